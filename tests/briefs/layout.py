"""Lays briefs out with LibreOffice Writer, several in one call, and measures the pages."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

TOOLS = ("soffice", "pdfinfo", "pdftotext")


@dataclass(frozen=True)
class LaidOut:
    pages: int
    text: str
    lowest: float
    """Bottom edge, in points from the top, of the lowest word above the foot line."""
    foot_top: float


def lay_out(documents: Mapping[str, bytes], folder: Path) -> dict[str, LaidOut]:
    """Each document as Writer lays it out. Skips the test where the tools are not installed."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")
    paths = []
    for name, content in documents.items():
        path = folder / f"{name}.docx"
        path.write_bytes(content)
        paths.append(str(path))
    profile = (folder / "profile").resolve().as_uri()
    subprocess.run(
        ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf", "--outdir", str(folder), *paths],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    return {name: _measured(folder / f"{name}.pdf") for name in documents}


def _measured(pdf: Path) -> LaidOut:
    info = _output("pdfinfo", str(pdf))
    words = [
        (float(top), float(bottom), word)
        for top, bottom, word in re.findall(
            r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">([^<]*)<',
            _output("pdftotext", "-bbox", str(pdf), "-"),
        )
    ]
    foot = max(top for top, _, word in words if word == "Prepared")
    match = re.search(r"Pages:\s+(\d+)", info)
    assert match
    return LaidOut(
        pages=int(match[1]),
        text=_output("pdftotext", "-layout", str(pdf), "-"),
        lowest=max(bottom for top, bottom, _ in words if top < foot - 1),
        foot_top=foot,
    )


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8").stdout
