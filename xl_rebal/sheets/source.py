"""A workbook file as raw tables: which row holds the headers, which cells hold Excel errors. No meaning yet.

Reads .xlsx and .xlsm through calamine, which is fast and never writes. calamine shows an Excel error value and a formula
without a stored result as an empty cell, so those two are read from the sheet's XML and put back as '#N/A' or
'#NOT CALCULATED': an error must never pass for a blank.
"""

from __future__ import annotations

import os
import posixpath
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from xl_rebal.errors import WorkbookUnreadable
from xl_rebal.extent import extent
from xl_rebal.sheets.cells import NOT_CALCULATED, folded, is_blank
from xl_rebal.sheets.layout import INPUT_SHEETS, SETTINGS_HEADERS, SETTINGS_SHEET, SETTINGS_TABLE

HEADER_SCAN_ROWS = 25
"""Exports put title and date rows above the header: it is looked for in this many rows."""

_KNOWN: Mapping[str, frozenset[str]] = {
    folded(name): frozenset(map(folded, headers))
    for name, headers in (
        *((sheet.name, sheet.headers) for sheet in INPUT_SHEETS),
        (SETTINGS_SHEET, SETTINGS_HEADERS),
    )
}
TABLE_NAMES: Mapping[str, str] = {
    **{sheet.name: sheet.table for sheet in INPUT_SHEETS},
    SETTINGS_SHEET: SETTINGS_TABLE,
}
"""Excel's name of each input sheet's table: by it a sheet is found that somebody gave another name."""
_SHEET_NAMES = {folded(name): name for name in (*(sheet.name for sheet in INPUT_SHEETS), SETTINGS_SHEET)}


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet's header and the rows below it, raw. `rows[i]` is sheet row `header_row + 1 + i`, blank rows included.

    `header_row` and `first_column` are 1-based; `date_1904` says from when Excel counts days in this workbook. `last_row` is
    where the Excel table with this header ends, None without one: rows below it are read, and no formula sees them.
    """

    sheet: str
    headers: tuple[str, ...]
    rows: list[list[object]]
    header_row: int = 1
    first_column: int = 1
    date_1904: bool = False
    last_row: int | None = None

    def letters(self, index: int) -> str:
        """Column letters of the header at `index`: first_column 1 and index 26 give 'AA'."""
        return letters(self.first_column + index)


def letters(column: int) -> str:
    """Excel's name of a 1-based column: 1 is A, 27 is AA."""
    text = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def header_text(raw: object) -> str:
    """A header cell as text, white space folded."""
    return "" if is_blank(raw) else " ".join(str(raw).split())


def table_of(
    sheet: str, grid: Sequence[Sequence[object]], *, row: int = 1, column: int = 1, date_1904: bool = False
) -> Table:
    """The table in `grid`, whose top left cell is at 1-based (row, column) of the sheet.

    Its header is the row, among the first 25, with the most names that the layout knows; the first such row wins.
    Without any it has no headers, and all that stands there as rows.
    """
    known = _KNOWN.get(folded(sheet), frozenset())
    best, most = 0, 0
    for index, cells in enumerate(grid[:HEADER_SCAN_ROWS]):
        names = {folded(header_text(raw)) for raw in cells if isinstance(raw, str)}
        if len(names & known) > most:
            best, most = index, len(names & known)
    if not most:
        return Table(sheet, (), [list(cells) for cells in grid], row, column, date_1904)
    headers = tuple(header_text(raw) for raw in grid[best])
    rows = [list(cells) for cells in grid[best + 1 :]]
    return Table(sheet, headers, rows, row + best, column, date_1904)


def read_tables(path: Path) -> dict[str, Table]:
    """The input sheets of a workbook file, by the layout's sheet names; sheets it does not know are left alone."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    _check_readable(path)
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            areas = _tables_in(path)
            sheets = _input_sheets(areas, book.sheet_names)
            marks, date_1904 = _marks(path, frozenset(map(folded, sheets)))
            tables: dict[str, Table] = {}
            for name, known in sheets.items():
                sheet = book.get_sheet_by_name(name)
                top, left = sheet.start or (0, 0)
                grid: list[list[object]] = [[*cells] for cells in sheet.to_python(skip_empty_area=True)]
                top, left = _put_back(grid, marks.get(name, ()), top, left)
                table = table_of(known, grid, row=top + 1, column=left + 1, date_1904=date_1904)
                tables[known] = replace(table, last_row=_end(areas, name, table.header_row))
    except PasswordError:
        raise WorkbookUnreadable(_encrypted(path)) from None
    except (CalamineError, OSError, ValueError) as error:
        raise WorkbookUnreadable(
            f"{path.name} can't be read as an Excel workbook ({error}). Open it in Excel and save it again as .xlsx or .xlsm."
        ) from error
    if not tables:
        raise WorkbookUnreadable(
            f"{path.name} is a workbook, but has none of the sheets {', '.join(s.name for s in INPUT_SHEETS[:5])}. "
            "Choose the rebalancing workbook."
        )
    return tables


def check_sheets(path: Path, names: Iterable[str]) -> None:
    """Raises WorkbookUnreadable where the workbook or one of these sheets, by the names on their tabs, can't be read."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            for name in names:
                book.get_sheet_by_name(name)
    except (CalamineError, OSError, ValueError) as error:
        raise WorkbookUnreadable(f"{path.name} can't be read as an Excel workbook ({error}).") from error


def _input_sheets(areas: Iterable[_Area], names: Iterable[str]) -> dict[str, str]:
    """The layout's name of each input sheet of a workbook, by the name that it has there."""
    found: dict[str, str] = {}
    for name in names:
        known = _SHEET_NAMES.get(folded(name))
        if known is not None and known not in found.values():
            found[name] = known
    missing = {folded(TABLE_NAMES[known]): known for known in TABLE_NAMES if known not in found.values()}
    for area in areas:
        if area.name in missing and area.sheet not in found:
            found[area.sheet] = missing.pop(area.name)
    return found


class _Area(NamedTuple):
    """An Excel table: its name, folded, its sheet, and its first and last row, a total row included."""

    name: str
    sheet: str
    top: int
    bottom: int


def _end(areas: Iterable[_Area], sheet: str, header_row: int) -> int | None:
    """The last row of the only Excel table whose header stands in this row of the sheet."""
    ends = [area.bottom for area in areas if area.sheet == sheet and area.top == header_row]
    return ends[0] if len(ends) == 1 else None


def _tables_in(path: Path) -> list[_Area]:
    """The Excel tables of a workbook."""
    found: list[_Area] = []
    try:
        with zipfile.ZipFile(path) as archive:
            parts = {part: name for name, part in _parts(archive)[0].items()}
            for part, name in parts.items():
                folder, _, file = part.rpartition("/")
                related = f"{folder}/_rels/{file}.rels"
                if related not in archive.namelist():
                    continue
                for relation in ElementTree.fromstring(archive.read(related)):  # noqa: S314 - expat resolves no entities
                    if relation.get("Type", "").endswith("/table"):
                        target = posixpath.normpath(posixpath.join(folder, relation.get("Target", "")))
                        table = ElementTree.fromstring(archive.read(target.lstrip("/")))  # noqa: S314
                        called = folded(table.get("displayName") or table.get("name") or "")
                        rows = [int(row) for row in _ROW.findall(table.get("ref", ""))]
                        found.append(_Area(called, name, *((rows[0], rows[-1]) if rows else (0, 0))))
    except (KeyError, zipfile.BadZipFile, ElementTree.ParseError):
        return found  # calamine's own reading decides whether the file is a workbook
    return found


_ROW = re.compile(r"(?<=[A-Z])\d+")
_ZIP_MAGIC = b"PK\x03\x04"
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _encrypted(path: Path) -> str:
    return (
        f"{path.name} is protected with a password to open, so it can't be read. In Excel, remove it under "
        "File > Info > Protect Workbook > Encrypt with Password."
    )


def _check_readable(path: Path) -> None:
    """Raises `WorkbookUnreadable` with the sentence for what keeps this file from being read.

    Excel's owner file (`~$name.xlsx` beside it) only says that somebody has the workbook open; reading still works.
    """
    if path.name.startswith("~$"):
        raise WorkbookUnreadable(
            f"{path.name} is Excel's lock file, not the workbook. Choose {path.name[2:]} instead."
        )
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except FileNotFoundError:
        raise WorkbookUnreadable(f"There is no workbook at {path}. Check the folder and the name.") from None
    except IsADirectoryError:
        raise WorkbookUnreadable(f"{path} is a folder. Choose the workbook in it.") from None
    except PermissionError:
        if os.path.isdir(path):  # unlike Path.is_dir, False also where even looking is not allowed
            raise WorkbookUnreadable(f"{path} is a folder. Choose the workbook in it.") from None
        raise WorkbookUnreadable(
            f"{path.name} is locked by another program, or you have no right to read it. Close it there (Excel, a sync "
            "client, a preview) and try again."
        ) from None
    except OSError as error:
        raise WorkbookUnreadable(f"{path.name} can't be opened: {error.strerror or error}.") from error
    if start.startswith(_OLE_MAGIC):
        content = path.read_bytes()
        if (
            "EncryptedPackage".encode("utf-16-le") in content
            or "EncryptionInfo".encode("utf-16-le") in content
        ):
            raise WorkbookUnreadable(_encrypted(path))
        raise WorkbookUnreadable(
            f"{path.name} is in the old .xls format or another program's. Save it as .xlsx or .xlsm in Excel."
        )
    if not start.startswith(_ZIP_MAGIC):
        raise WorkbookUnreadable(
            f"{path.name} is not an Excel workbook (.xlsx or .xlsm), or is damaged. Choose the workbook, or restore it "
            "from a backup."
        )


_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_REF = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_ERROR_TYPE = re.compile(rb'\bt="e"')
_RESULT = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]*)</")
_HAS_MARK = re.compile(
    rb't="e"|</(?:\w+:)?f>\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>'
)

Mark = tuple[int, int, str]  # 0-based row and column, and the error's text


def _marks(path: Path, sheets: frozenset[str]) -> tuple[dict[str, tuple[Mark, ...]], bool]:
    """Excel errors and formulas without a result, by sheet name, and whether the workbook counts days from 1904."""
    found: dict[str, tuple[Mark, ...]] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            names, date_1904 = _parts(archive)
            for sheet, part in names.items():
                if folded(sheet) in sheets:
                    content = archive.read(part)
                    _check_extent(path, sheet, content)
                    if (b't="e"' in content or b"f>" in content) and _HAS_MARK.search(content):
                        found[sheet] = tuple(_marks_of(content))
    except (KeyError, zipfile.BadZipFile, ElementTree.ParseError):
        return found, False  # calamine's own reading decides whether the file is a workbook
    return found, date_1904


def _check_extent(path: Path, sheet: str, content: bytes) -> None:
    """Raises WorkbookUnreadable for a sheet with a stray cell so far out that reading it would need all memory."""
    found = extent(content)
    if found.is_too_large:
        raise WorkbookUnreadable(
            f"{path.name}: the sheet {sheet} has something as far out as {found.corner}, so it is too large to be read. Press "
            "Ctrl+End there, delete the rows and columns outside of its table, and save."
        )


def _parts(archive: zipfile.ZipFile) -> tuple[dict[str, str], bool]:
    """Path of each sheet's XML by the sheet's name, from workbook.xml and its relationships."""
    root = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 (no entities are resolved by expat here)
    rels = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    targets = {rel.get("Id"): rel.get("Target", "") for rel in rels}
    parts: dict[str, str] = {}
    date_1904 = False
    for element in root.iter():
        tag = element.tag.rpartition("}")[2]
        if tag == "workbookPr":
            date_1904 = element.get("date1904") in ("1", "true")
        elif tag == "sheet":
            rid = next((value for key, value in element.attrib.items() if key.endswith("}id")), None)
            target = targets.get(rid, "")
            parts[element.get("name", "")] = target[1:] if target.startswith("/") else f"xl/{target}"
    return parts, date_1904


def _marks_of(content: bytes) -> Iterable[Mark]:
    for match in _CELL.finditer(content):
        attributes, body = match[1], match[2] or b""
        error = _ERROR_TYPE.search(attributes)
        result = _RESULT.search(body)
        if not error and (
            (b"<f" not in body and b":f>" not in body) or (result and result[1]) or b't="str"' in attributes
        ):
            continue
        place = _REF.search(attributes)
        if place is None:
            continue
        column = 0
        for letter in place[1]:
            column = column * 26 + letter - 64
        text = result[1].decode("utf-8", "replace") if error and result else NOT_CALCULATED
        yield int(place[2]) - 1, column - 1, text


def _put_back(grid: list[list[object]], marks: Iterable[Mark], top: int, left: int) -> tuple[int, int]:
    """Writes the marks into `grid` (top left at 0-based `top`, `left`), growing it where calamine trimmed it."""
    for row, column, text in marks:
        if not grid:
            grid.append([])
            top, left = row, column
        while row < top:
            grid.insert(0, [])
            top -= 1
        if column < left:
            for cells in grid:
                cells[:0] = [""] * (left - column)
            left = column
        while len(grid) <= row - top:
            grid.append([])
        cells = grid[row - top]
        cells.extend([""] * (column - left + 1 - len(cells)))
        cells[column - left] = text
    return top, left
