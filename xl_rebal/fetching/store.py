"""The folder that answers are kept in: a file an answer, and a manifest that says what is there and what is complete.

Written whole or not at all, one after the other: whatever ends a run, the next one asks only for what is not there yet.
Social security numbers are taken out before an answer is kept.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from xl_rebal.errors import FetchFailed

MANIFEST = "manifest.json"
_PART = ".part"  # of a file that is being written
_SECRET_NUMBERS = re.compile(
    rb'"((?:[a-z]+_)*(?:ssn|tax_id)|[A-Za-z]*(?:S(?:sn|SN)|[tT]axI[dD]))"(\s*:\s*)("(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*)'
)


def without_numbers(content: bytes) -> bytes:
    """A JSON text whose social security numbers are null; everything else stays byte for byte."""
    return _SECRET_NUMBERS.sub(rb'"\1"\2null', content)


@dataclass(slots=True)
class Store:
    """An output folder of one fetch. `asked` says for what: another folder's answers are never mixed with it."""

    folder: Path
    asked: Mapping[str, str]
    files: dict[str, dict[str, Any]] = field(default_factory=dict)  # by the request's key
    complete: bool = False

    @classmethod
    def opened(cls, folder: Path, asked: Mapping[str, str]) -> Store:
        """The folder as a run before has left it, or a new one. Raises FetchFailed."""
        store = cls(folder, asked)
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise FetchFailed(
                f"{folder} can't be made ({error.strerror or error}). Choose another folder."
            ) from error
        if (before := read_manifest(folder)) is not None:
            same = before.get("asked") == dict(asked)
            if not same and any(one.get("data", True) for one in before["files"].values()):
                raise FetchFailed(
                    f"{folder} holds answers to something else ({_said(before.get('asked'))}), not to {_said(asked)}. Choose a "
                    "new folder."
                )
            if same:
                store.files = dict(before["files"])
                store.complete = bool(before.get("complete"))
        elif any(path.suffix != _PART for path in folder.iterdir()):
            raise FetchFailed(
                f"{folder} holds other files already. Choose a new folder, so that nothing is mixed up."
            )
        store._note()
        return store

    def kept(self, key: str) -> bytes | None:
        """The answer of an earlier run, if its file is there as it was written."""
        entry = self.files.get(key)
        if entry is None:
            return None
        try:
            content = (self.folder / str(entry["file"])).read_bytes()
        except OSError:
            return None
        return content if hashlib.sha256(content).hexdigest() == entry["sha256"] else None

    def keep(self, key: str, name: str, content: bytes, data: bool) -> None:
        """Writes an answer and puts it on the manifest."""
        _write(self.folder / name, content)
        self.files[key] = {
            "file": name,
            "sha256": hashlib.sha256(content).hexdigest(),
            "bytes": len(content),
            "data": data,
        }
        self._note()

    def finish(self) -> None:
        self.complete = True
        self._note()

    def _note(self) -> None:
        said = {"asked": dict(self.asked), "complete": self.complete, "files": self.files}
        _write(self.folder / MANIFEST, json.dumps(said, indent=1, ensure_ascii=False).encode())


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """What a folder's manifest says; None without one. Raises FetchFailed for one that is damaged."""
    path = folder / MANIFEST
    if not path.is_file():
        return None
    try:
        found = json.loads(path.read_bytes())
        if not isinstance(found["files"], dict) or not all("file" in one for one in found["files"].values()):
            raise ValueError("no files")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FetchFailed(f"{path} can't be read ({error}). Fetch into a new folder.") from error
    return dict(found)


def fetched_files(folder: Path) -> tuple[str, list[Path]]:
    """The system and the answers to import of a complete fetch. Raises FetchFailed for a folder that is none."""
    found = read_manifest(folder)
    if found is None:
        raise FetchFailed(
            f"{folder} is a folder, and not one that `xl-rebal fetch` has filled. Name its files."
        )
    if not found.get("complete"):
        raise FetchFailed(
            f"{folder} is not complete. Run the same `xl-rebal fetch` again: it goes on from there."
        )
    names = [PurePath(str(one["file"])).name for one in found["files"].values() if one.get("data", True)]
    return str(found.get("asked", {}).get("system", "auto")), [folder / name for name in names]


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_name(path.name + _PART)
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    except OSError as error:
        raise FetchFailed(f"{path} can't be written ({error.strerror or error}).") from error


def _said(asked: object) -> str:
    return (
        ", ".join(f"{name} {value}" for name, value in asked.items() if value)
        if isinstance(asked, dict)
        else "?"
    )
