"""Changes rows of an existing workbook without touching anything else in it.

A workbook holds what no library keeps when it saves one again: the ribbon, dynamic arrays, cached results, the user's
formats and comments. So the file is edited part by part: the XML of the changed sheets and their tables is rewritten,
every other part is copied byte for byte. The new file replaces the old one at once, and the old one is kept beside it.

Limits: rows are changed inside the table (or below the header of a plain sheet); a formula elsewhere that points at a
moved row is not adjusted, so rows are moved only where the table holds no formulas.
"""

from __future__ import annotations

import os
import re
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path, PurePosixPath

from lxml import etree

from xl_rebal.errors import WorkbookUnwritable
from xl_rebal.sheets.cells import folded
from xl_rebal.sheets.source import Table, letters, read_tables

CellValue = str | int | float | Decimal | date | bool | None

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_EPOCH, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
_RANGE = re.compile(r"\$?([A-Z]+)\$?(\d+)(?::\$?([A-Z]+)\$?(\d+))?")
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to the rows of one sheet: by sheet row number and header text.

    Cells of headers that are not named keep their content; a removed row's own columns go with it.
    """

    updated: Mapping[int, Mapping[str, CellValue]] = field(default_factory=dict)
    removed: frozenset[int] = frozenset()
    added: tuple[Mapping[str, CellValue], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.updated or self.removed or self.added)


def change_rows(path: Path, changes: Mapping[str, Change]) -> Path:
    """Applies `changes` (sheet name -> Change) to the workbook in one step; returns the copy of the file before.

    Raises WorkbookUnwritable, with the file as it was, when it is open in Excel, read-only, or not in a shape that can
    be changed safely.
    """
    _check_writable(path)
    tables = read_tables(path)
    with zipfile.ZipFile(path) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
        order = archive.infolist()
    for sheet, change in changes.items():
        if change:
            _change_sheet(parts, sheet, change, tables)
    _calculate_on_opening(parts)
    return _replace(path, order, parts)


def _check_writable(path: Path) -> None:
    owner = path.with_name(f"~${path.name}")
    if owner.exists():
        raise WorkbookUnwritable(f"{path.name} is open in Excel. Close it there, then import again.")
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        raise WorkbookUnwritable(
            f"{path} or its folder is read-only. Copy the workbook to a folder you may write to."
        )


def _change_sheet(parts: dict[str, bytes], sheet: str, change: Change, tables: Mapping[str, Table]) -> None:
    table = tables.get(sheet)
    if table is None:
        raise WorkbookUnwritable(
            f"The workbook has no sheet {sheet!r} with the expected headers. Nothing was changed."
        )
    name = _sheet_part(parts, sheet)
    root = etree.fromstring(parts[name], _PARSER)
    body = _Body(root, table)
    last_before = body.last
    for row, cells in change.updated.items():
        body.write(row, cells)
    free = sorted(change.removed)
    for cells in change.added:
        if free:
            row = free.pop(0)
            body.clear(row)
        else:
            row = body.append()
        body.write(row, cells)
    for row in free:
        body.clear(row)
    body.close_up(free)
    _stretch(root, table, last_before, body.last)
    _update_dimension(root)
    parts[name] = _xml(root)
    for part in _table_parts(parts, name):
        parts[part] = _resized_table(parts[part], table.header_row, last_before, body.last)


class _Body:
    """The rows of a sheet's table, by sheet row number and header."""

    def __init__(self, root: etree._Element, table: Table) -> None:
        data = root.find(f"{{{_MAIN}}}sheetData")
        if data is None:
            raise WorkbookUnwritable(f"Sheet {table.sheet!r} has no data part. Nothing was changed.")
        self._data = data
        self._rows = {int(row.get("r", "0")): row for row in data}
        self._columns = {folded(h): table.letters(i) for i, h in enumerate(table.headers) if h}
        self._first = table.header_row + 1
        self._epoch = _EPOCH_1904 if table.date_1904 else _EPOCH
        filled = [n for n, row in self._rows.items() if n >= self._first and any(_content(c) for c in row)]
        self.last = max(filled, default=table.header_row)
        self._styles = self._column_styles(root)

    def _column_styles(self, root: etree._Element) -> dict[str, str]:
        """Style of each column: of its first row below the header, else of the column itself."""
        styles: dict[str, str] = {}
        for column in root.iterfind(f"{{{_MAIN}}}cols/{{{_MAIN}}}col"):
            if style := column.get("style"):
                for number in range(int(column.get("min", "1")), min(int(column.get("max", "1")), 400) + 1):
                    styles[letters(number)] = style
        for number in sorted(n for n in self._rows if n >= self._first)[:1]:
            for cell in self._rows[number]:
                if style := cell.get("s"):
                    styles[_column_of(cell)] = style
        return styles

    def append(self) -> int:
        """A new row below the last one; its number."""
        self.last += 1
        if self.last not in self._rows:
            row = etree.Element(f"{{{_MAIN}}}row", r=str(self.last))
            below = [n for n in self._rows if n > self.last]
            if below:
                self._rows[min(below)].addprevious(row)
            else:
                self._data.append(row)
            self._rows[self.last] = row
        return self.last

    def write(self, number: int, cells: Mapping[str, CellValue]) -> None:
        """Puts values into the row's columns; a header that the sheet does not have is left out."""
        row = self._rows.get(number)
        if row is None:
            raise WorkbookUnwritable(f"Row {number} is not on the sheet any more. Read the workbook again.")
        for header, value in cells.items():
            column = self._columns.get(folded(header))
            if column is not None:
                self._put(row, f"{column}{number}", column, value)
        row.attrib.pop("spans", None)

    def _put(self, row: etree._Element, reference: str, column: str, value: CellValue) -> None:
        cell = next((c for c in row if c.get("r") == reference), None)
        if cell is None:
            cell = etree.Element(f"{{{_MAIN}}}c", r=reference)
            later = next((c for c in row if _column_key(_column_of(c)) > _column_key(column)), None)
            if later is None:
                row.append(cell)
            else:
                later.addprevious(cell)
            if column in self._styles:
                cell.set("s", self._styles[column])
        for child in list(cell):
            cell.remove(child)
        cell.attrib.pop("t", None)
        cell.attrib.pop("cm", None)
        if value is None:
            return
        if isinstance(value, bool):
            cell.set("t", "b")
            etree.SubElement(cell, f"{{{_MAIN}}}v").text = str(int(value))
        elif isinstance(value, date):
            day = value.date() if isinstance(value, datetime) else value
            etree.SubElement(cell, f"{{{_MAIN}}}v").text = str((day - self._epoch).days)
        elif isinstance(value, int | float | Decimal):
            etree.SubElement(cell, f"{{{_MAIN}}}v").text = (
                f"{value:f}" if isinstance(value, Decimal) else repr(value)
            )
        else:
            cell.set("t", "inlineStr")
            text = etree.SubElement(etree.SubElement(cell, f"{{{_MAIN}}}is"), f"{{{_MAIN}}}t")
            text.text = _printable(value)
            if value != value.strip() or "\n" in value:
                text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")

    def clear(self, number: int) -> None:
        """Empties the row's values; formats and formulas (calculated columns) stay."""
        for cell in self._rows[number]:
            if cell.find(f"{{{_MAIN}}}f") is None:
                for child in list(cell):
                    cell.remove(child)
                cell.attrib.pop("t", None)

    def close_up(self, empty: Iterable[int]) -> None:
        """Takes emptied rows out and moves the ones below up, unless the table holds formulas."""
        gone = sorted(empty)
        inside = [self._rows[n] for n in self._rows if self._first <= n <= self.last]
        if not gone or any(row.find(f"{{{_MAIN}}}c/{{{_MAIN}}}f") is not None for row in inside):
            return
        keep_one = self.last - self._first + 1 <= len(gone)  # a table has at least one row, be it empty
        if keep_one:
            gone = gone[1:]
        for number in gone:
            self._data.remove(self._rows.pop(number))
        for number in sorted(n for n in self._rows if gone and gone[0] < n <= self.last):
            row = self._rows.pop(number)
            to = number - sum(1 for n in gone if n < number)
            row.set("r", str(to))
            for cell in row:
                cell.set("r", f"{_column_of(cell)}{to}")
            self._rows[to] = row
        self.last -= len(gone)


def _content(cell: etree._Element) -> bool:
    return len(cell) > 0


def _column_of(cell: etree._Element) -> str:
    return re.sub(r"\d", "", cell.get("r", ""))


def _column_key(column: str) -> tuple[int, str]:
    return len(column), column


def _printable(text: str) -> str:
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text)


def _stretch(root: etree._Element, table: Table, last_before: int, last: int) -> None:
    """Validations and conditional formats that ended with the table's last row end with its new one."""
    if last == last_before:
        return
    for element in root.iter(f"{{{_MAIN}}}dataValidation", f"{{{_MAIN}}}conditionalFormatting"):
        ranges = []
        for area in element.get("sqref", "").split():
            match = _RANGE.fullmatch(area)
            if match and match[4] and int(match[4]) == last_before and int(match[2]) > table.header_row:
                area = f"{match[1]}{match[2]}:{match[3]}{max(last, int(match[2]))}"
            ranges.append(area)
        element.set("sqref", " ".join(ranges))


def _update_dimension(root: etree._Element) -> None:
    dimension = root.find(f"{{{_MAIN}}}dimension")
    cells = [
        cell.get("r", "") for cell in root.iterfind(f".//{{{_MAIN}}}sheetData/{{{_MAIN}}}row/{{{_MAIN}}}c")
    ]
    if dimension is None or not cells:
        return
    places = [m for c in cells if (m := _RANGE.fullmatch(c))]
    columns = sorted({m[1] for m in places}, key=_column_key)
    rows = [int(m[2]) for m in places]
    dimension.set("ref", f"{columns[0]}{min(rows)}:{columns[-1]}{max(rows)}")


def _resized_table(part: bytes, header_row: int, last_before: int, last: int) -> bytes:
    """The table's range and filter with the new last row; a table elsewhere on the sheet is left alone."""
    root = etree.fromstring(part, _PARSER)
    match = _RANGE.fullmatch(root.get("ref", ""))
    if not match or int(match[2]) != header_row:
        return part
    bottom = max(last, header_row + 1, int(match[4]) if last >= last_before and int(match[4]) > last else 0)
    for element in (root, root.find(f"{{{_MAIN}}}autoFilter")):
        if element is not None:
            element.set("ref", f"{match[1]}{match[2]}:{match[3]}{bottom}")
    return _xml(root)


def _sheet_part(parts: Mapping[str, bytes], sheet: str) -> str:
    book = etree.fromstring(parts["xl/workbook.xml"], _PARSER)
    for element in book.iterfind(f"{{{_MAIN}}}sheets/{{{_MAIN}}}sheet"):
        if folded(element.get("name", "")) == folded(sheet):
            return _related(parts, "xl/workbook.xml", element.get(f"{{{_OFFICE}}}id", ""))
    raise WorkbookUnwritable(f"The workbook has no sheet {sheet!r}. Nothing was changed.")


def _table_parts(parts: Mapping[str, bytes], sheet_part: str) -> list[str]:
    return [target for kind, _, target in _relations(parts, sheet_part) if kind.endswith("/table")]


def _related(parts: Mapping[str, bytes], part: str, relation_id: str) -> str:
    for _, found, target in _relations(parts, part):
        if found == relation_id:
            return target
    raise WorkbookUnwritable(
        f"The workbook is damaged: {part} has no part for {relation_id!r}. Nothing was changed."
    )


def _relations(parts: Mapping[str, bytes], part: str) -> list[tuple[str, str, str]]:
    """(type, id, target part) of a part's relationships inside the file."""
    folder, name = part.rsplit("/", 1)
    relations = parts.get(f"{folder}/_rels/{name}.rels")
    if relations is None:
        return []
    found = []
    for element in etree.fromstring(relations, _PARSER).iterfind(f"{{{_RELATIONS}}}Relationship"):
        target = element.get("Target", "")
        if element.get("TargetMode") != "External":
            place = target.lstrip("/") if target.startswith("/") else _joined(folder, target)
            found.append((element.get("Type", ""), element.get("Id", ""), place))
    return found


def _joined(folder: str, target: str) -> str:
    steps: list[str] = []
    for step in PurePosixPath(folder, target).parts:
        if step == "..":
            steps.pop()
        else:
            steps.append(step)
    return "/".join(steps)


def _calculate_on_opening(parts: dict[str, bytes]) -> None:
    """Asks Excel to compute everything when it opens the file: stored results are from before the change."""
    root = etree.fromstring(parts["xl/workbook.xml"], _PARSER)
    setting = root.find(f"{{{_MAIN}}}calcPr")
    if setting is not None:
        setting.set("fullCalcOnLoad", "1")
        parts["xl/workbook.xml"] = _xml(root)


def _xml(root: etree._Element) -> bytes:
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return content


def _replace(path: Path, order: Iterable[zipfile.ZipInfo], parts: Mapping[str, bytes]) -> Path:
    """Writes the new file beside the old one, keeps the old one under a name of its own, then swaps."""
    backup = _backup_name(path)
    handle, name = tempfile.mkstemp(prefix=".xl_rebal-", suffix=path.suffix, dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w") as archive:
            for info in order:
                archive.writestr(info, parts[info.filename], compress_type=info.compress_type)
        read_tables(temporary)  # what can't be read back never replaces the user's file
        temporary.chmod(path.stat().st_mode)
        backup.write_bytes(path.read_bytes())
        os.replace(temporary, path)
    except OSError as error:
        raise WorkbookUnwritable(
            f"{path} could not be replaced ({error.strerror or error}). It is as it was; close it wherever it is open."
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
    return backup


def _backup_name(path: Path) -> Path:
    number = 1
    while (backup := path.with_name(f"{path.stem} (before import {number}){path.suffix}")).exists():
        number += 1
    return backup
