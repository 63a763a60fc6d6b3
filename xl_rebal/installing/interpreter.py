"""The Python that a workbook starts: the entries of its sheet xlwings.conf, read from and set in the closed file."""

from __future__ import annotations

import os
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

from lxml import etree

from workbook.build import CONF_SHEET
from xl_rebal.errors import WorkbookUnwritable
from xl_rebal.refreshing.bookfile import BookFile
from xl_rebal.refreshing.cells import Sheet, SheetNotRead
from xl_rebal.refreshing.writing import Writer, Written
from xl_rebal.sheets.cells import folded
from xl_rebal.sheets.package import Package, check_writable

INTERPRETER, PYTHONPATH = "Interpreter_Win", "PYTHONPATH"
ON_PATH = ("python", "pythonw")
"""What stands for whatever Python Windows finds first."""
_EXPANDED = ("LOCALAPPDATA", "USERPROFILE")
_ROWS = 40  # of the sheet, in which keys are looked for


def this_interpreter(environment: Mapping[str, str] = os.environ) -> str:
    """What the workbook is to start on Windows: this Python without a console, '' on other systems.

    A place below the user's own folder is written with its variable, which xlwings' macros expand: then it is right for
    each colleague who has installed xl_rebal in the same way.
    """
    if sys.platform != "win32":
        return ""
    return shared_name(str(Path(sys.executable).with_name("pythonw.exe")), environment)


def shared_name(path: str, environment: Mapping[str, str]) -> str:
    """A path with the user's own folder as a variable: `%LOCALAPPDATA%\\xl_rebal\\...`."""
    for variable in _EXPANDED:
        root = environment.get(variable, "").rstrip("\\")
        if root and path.casefold().startswith(root.casefold() + "\\"):
            return f"%{variable}%{path[len(root) :]}"
    return path


def expanded(text: str, environment: Mapping[str, str]) -> str:
    """The path that a name with variables stands for."""
    for variable in _EXPANDED:
        text = text.replace(f"%{variable}%", environment.get(variable, f"%{variable}%"))
    return text


def entries(book: Path) -> dict[str, str]:
    """The entries of the workbook's sheet xlwings.conf; {} for a workbook without it."""
    try:
        file = BookFile(Package.read(book))
        found = _sheet(file)
        if found is None:
            return {}
        return {
            key: _text(found[1].value(cell)) if (cell := found[1].cell(row, 2)) else ""
            for key, row in _keys(found[1])
        }
    except (OSError, KeyError, zipfile.BadZipFile, etree.XMLSyntaxError, SheetNotRead):
        return {}


def set_entries(book: Path, wanted: Mapping[str, str]) -> Path | None:
    """Sets entries that are other ones now; the file before, which is kept, or None when all were so already.

    Raises WorkbookUnwritable, with the file as it was, when it is open, read-only or has no such sheet.
    """
    now = entries(book)
    missing = [key for key in wanted if key not in now]
    if missing:
        raise WorkbookUnwritable(
            f"{book.name} has no {missing[0]} on a sheet {CONF_SHEET}. Make a new workbook with xl-rebal build and move the data."
        )
    changed = {key: value for key, value in wanted.items() if now[key] != value}
    if not changed:
        return None
    check_writable(book)
    file = BookFile(Package.read(book))
    found = _sheet(file)
    assert found is not None  # noqa: S101 - its entries were just read
    part, sheet = found
    writes = {(row, 2): Written(changed[key]) for key, row in _keys(sheet) if key in changed}
    file.package.parts[part] = Writer(sheet).changed(writes)
    return file.package.replace(book, kept="before init")


def _sheet(file: BookFile) -> tuple[str, Sheet] | None:
    for at, sheet in enumerate(file.sheets):
        if sheet.part and folded(sheet.name) == folded(CONF_SHEET):
            return sheet.part, file.sheet(at)
    return None


def _keys(sheet: Sheet) -> list[tuple[str, int]]:
    """Each key in column A with its row, spelled as here: xlwings takes them in any case."""
    spelled = {name.casefold(): name for name in (INTERPRETER, PYTHONPATH)}
    found = []
    for row in range(1, _ROWS + 1):
        cell = sheet.cell(row, 1)
        text = _text(sheet.value(cell)) if cell else ""
        if text:
            found.append((spelled.get(text.casefold(), text), row))
    return found


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()
