"""Which import changed a workbook and what it was before: a line of JSON an import, beside the workbook, so that it can be undone."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from xl_rebal.errors import WorkbookUnreadable, WorkbookUnwritable
from xl_rebal.sheets.package import check_writable
from xl_rebal.sheets.write import Change


@dataclass(frozen=True, slots=True)
class Undone:
    """An import that was taken back. `kept` is the workbook as it was, when it held more than the import."""

    workbook: Path
    backup: str
    files: tuple[str, ...]
    kept: Path | None

    def lines(self) -> list[str]:
        lines = [
            f"{self.workbook.name} is as it was before the import of {', '.join(self.files)} (it was kept as {self.backup})."
        ]
        if self.kept is not None:
            lines.append(f"The workbook with its later changes: {self.kept.name}")
        return lines


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def note_import(
    workbook: Path,
    systems: Sequence[str],
    files: Sequence[tuple[str, bytes]],
    changes: Mapping[str, Change],
    backup: Path,
    days: Sequence[tuple[str, str, date]] = (),
) -> None:
    """Adds an import to the log, with the days of the accounts' data. Raises OSError."""
    entry = {
        "systems": list(systems),
        "files": [{"name": name, "sha256": hashlib.sha256(content).hexdigest()} for name, content in files],
        "rows": {
            sheet: {
                "added": len(change.added),
                "changed": len(change.updated),
                "removed": len(change.removed),
            }
            for sheet, change in changes.items()
        },
        "as_of": [{"account": account, header: day.isoformat()} for account, header, day in days],
        "backup": backup.name,
        "before": sha256_of(backup),
        "after": sha256_of(workbook),
    }
    _append(workbook, entry)


def undo_import(workbook: Path, *, force: bool = False) -> Undone:
    """Puts the workbook back to what it was before the last import that is not undone yet.

    Raises WorkbookUnwritable when there is none, when its copy is gone or was changed, or, unless `force`, when the
    workbook was changed since: then it is kept under another name.
    """
    if not workbook.is_file():
        raise WorkbookUnreadable(f"There is no workbook at {workbook}. Check the folder and the name.")
    entry = _last(workbook)
    if entry is None:
        raise WorkbookUnwritable(f"No import into {workbook.name} is on record that could be undone.")
    backup = workbook.with_name(str(entry["backup"]))
    if not backup.is_file():
        raise WorkbookUnwritable(
            f"The copy of before the import, {backup.name}, is not there any more, so the import can't be undone."
        )
    if sha256_of(backup) != entry["before"] and not force:
        raise WorkbookUnwritable(
            f"{backup.name} is not the copy that the import kept: it was changed since. Use --force to take it anyway."
        )
    changed = sha256_of(workbook) != entry["after"]
    if changed and not force:
        raise WorkbookUnwritable(
            f"{workbook.name} was changed since the import of {', '.join(_names(entry))}, and undoing it would lose those "
            f"changes. Use --force to go back to {backup.name} and keep the present workbook under another name."
        )
    check_writable(workbook)
    kept = _unused(workbook) if changed else None
    try:
        if kept is not None:
            shutil.copy2(workbook, kept)
        os.replace(backup, workbook)
        _append(workbook, {"undone": backup.name})
    except OSError as error:
        raise WorkbookUnwritable(
            f"{workbook.name} could not be put back ({error.strerror or error}). Close it wherever it is open and try again."
        ) from error
    return Undone(workbook, backup.name, _names(entry), kept)


def _names(entry: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(file.get("name", "?")) for file in entry.get("files", ()) if isinstance(file, dict))


def _path(workbook: Path) -> Path:
    return workbook.with_name(f"{workbook.stem} (imports).jsonl")


def _append(workbook: Path, entry: Mapping[str, Any]) -> None:
    with _path(workbook).open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry, ensure_ascii=False) + "\n")


def _last(workbook: Path) -> dict[str, Any] | None:
    """The newest import that was not undone."""
    open_imports: list[dict[str, Any]] = []
    try:
        lines = _path(workbook).read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue  # a line cut off when the disk was full: the imports before it still count
        if not isinstance(entry, dict):
            continue
        if "undone" in entry:
            if open_imports:
                open_imports.pop()
        elif "backup" in entry:
            open_imports.append(entry)
    return open_imports[-1] if open_imports else None


def _unused(workbook: Path) -> Path:
    number = 1
    while (path := workbook.with_name(f"{workbook.stem} (before undo {number}){workbook.suffix}")).exists():
        number += 1
    return path
