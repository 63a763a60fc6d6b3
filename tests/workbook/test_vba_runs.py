"""The Ribbon module compiled and run by a Basic that is not ours: LibreOffice's, in its VBA mode."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from workbook.ovba import Module, vba_project
from workbook.vba import modules

HOST = Path(__file__).with_name("basic_host.py")
SHEETS = ("wsDashboard", "wsClient")
TRACEBACK = 'Traceback (most recent call last):" & vbLf & "  File x" & vbLf & "{last}" & vbLf & "'

CALLS = {
    "missing dll": 'PlainWords(53, "File not found: xlwings64-0.0.dll")',
    "wrong folder": 'PlainWords(1, "Could not load xlwings64-0.0.dll from either of the following folders:")',
    "not installed": f'PlainWords(1000, "{TRACEBACK.format(last="ModuleNotFoundError: No module named udfs")}")',
    "anything else": f'PlainWords(1000, "{TRACEBACK.format(last="MemoryError")}")',
    "no text": 'LastLine("")',
    "python": "PythonAnswers()",
}


def python_with_uno() -> str | None:
    """A Python that can drive LibreOffice: the system's, where it has the uno package."""
    for python in ("/usr/bin/python3", shutil.which("python3")):
        if python and Path(python).exists():
            found = subprocess.run([python, "-c", "import uno"], capture_output=True, check=False)
            if found.returncode == 0:
                return python
    return None


@pytest.fixture(scope="module")
def project() -> tuple[Module, ...]:
    return modules(SHEETS)


@pytest.fixture(scope="module")
def host(project: tuple[Module, ...], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Modules as LibreOffice read them, and the answers of CALLS by name."""
    python = python_with_uno() if shutil.which("soffice") else None
    if python is None:
        pytest.skip("needs LibreOffice and its Python package uno")
    folder = tmp_path_factory.mktemp("office")
    (folder / "vbaProject.bin").write_bytes(vba_project(project))
    writer = xlsxwriter.Workbook(folder / "book.xlsm")
    for name in SHEETS:
        writer.add_worksheet(name).set_vba_name(name)
    writer.set_vba_name("ThisWorkbook")
    writer.add_vba_project(folder / "vbaProject.bin")
    writer.close()
    done = subprocess.run(
        [python, str(HOST), str(folder / "book.xlsm"), str(folder / "profile")],
        input=json.dumps(list(CALLS.values())),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    return {"modules": found["modules"], **dict(zip(CALLS, found["answers"], strict=True))}


def test_libreoffice_reads_the_code_of_every_module(
    host: dict[str, Any], project: tuple[Module, ...]
) -> None:
    """It shows code without attributes, below lines of its own, and with plain line ends."""
    assert set(host["modules"]) == {module.name for module in project}
    for module in project:
        code = [line for line in module.source.split("\r\n") if not line.startswith("Attribute ")]
        assert "\n".join(code).rstrip() in host["modules"][module.name].replace("\r\n", "\n"), module.name


@pytest.mark.parametrize(
    ("trouble", "first", "detail"),
    [
        (
            "missing dll",
            "Python was not found where the sheet xlwings.conf says",
            "File not found: xlwings64-0.0.dll",
        ),
        ("wrong folder", "Python was not found where the sheet xlwings.conf says", "Could not load"),
        (
            "not installed",
            "Python was found, but xl-rebal is not installed",
            "ModuleNotFoundError: No module named",
        ),
        ("anything else", "Python could not be asked.", "MemoryError"),
    ],
)
def test_trouble_before_python_speaks_is_told_in_plain_words(
    host: dict[str, Any], trouble: str, first: str, detail: str
) -> None:
    text = host[trouble]
    assert text.startswith(first)
    assert "xl-rebal doctor" in text
    assert f"Detail: {detail}" in text
    assert "Traceback" not in text


def test_a_text_without_lines_has_no_last_line(host: dict[str, Any]) -> None:
    assert host["no text"] in ("", None)


def test_a_missing_dll_means_that_python_does_not_answer_and_raises_nothing(host: dict[str, Any]) -> None:
    assert host["python"] is False
