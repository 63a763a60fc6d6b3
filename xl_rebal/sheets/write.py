"""Changes rows of an existing workbook without touching anything else in it.

A workbook holds what no library keeps when it saves one again: the ribbon, dynamic arrays, cached results, the user's
formats and comments. So the file is edited part by part: the XML of the changed sheets and their tables is rewritten,
every other part is copied byte for byte. The new file replaces the old one at once, and the old one is kept beside it.

Limits: emptied rows are closed up only where nothing points into the sheet (formulas, names, charts, comments on its
rows); elsewhere they stay as blank rows, which readers pass over and later additions fill.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from xl_rebal.errors import WorkbookUnwritable
from xl_rebal.sheets.body import LAST_ROW, RANGE, Body, CellValue, column_key, column_of
from xl_rebal.sheets.cells import folded
from xl_rebal.sheets.package import MAIN, WORKBOOK, Package, check_writable, parsed, xml
from xl_rebal.sheets.source import Table, read_tables

__all__ = ["CellValue", "Change", "change_rows"]

_THREADED = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
_PRINT_NAMES = ("_xlnm.Print_Area", "_xlnm.Print_Titles", "_xlnm._FilterDatabase")
_CALC_CHAIN = "xl/calcChain.xml"
_A1 = re.compile(r"(?<![\w.])\$?[A-Z]{1,3}\$?\d+(?![\w(])")


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

    Raises WorkbookUnreadable when it is no workbook and WorkbookUnwritable, with the file as it was, when it is open in
    Excel, read-only, or not in a shape that can be changed safely.
    """
    tables = read_tables(path)
    check_writable(path)
    package = Package.read(path)
    for sheet, change in changes.items():
        if change:
            _change_sheet(package, sheet, change, tables)
    _calculate_on_opening(package)
    return package.replace(path)


def _change_sheet(package: Package, sheet: str, change: Change, tables: Mapping[str, Table]) -> None:
    table = next((t for name, t in tables.items() if folded(name) == folded(sheet)), None)
    if table is None or not table.headers:
        raise WorkbookUnwritable(
            f"The workbook has no sheet {sheet} with the expected headers. Nothing was changed."
        )
    part = package.sheet_part(sheet)
    root = parsed(package.parts[part])
    table_part = _table_part(package, part, table)
    formulas = _calculated_columns(package.parts[table_part]) if table_part else {}
    body = Body(root, table, formulas, _anchored_rows(package, part, root))
    before = body.last
    for row, cells in change.updated.items():
        body.write(row, cells)
    free = sorted(change.removed)
    for row in free:
        body.clear(row)
    for cells in change.added:
        body.add(cells, free)
    fixed = bool(free) and (
        _is_pointed_at(package, part, sheet) or _has_partial_ranges(root, table.header_row + 1, before)
    )
    body.close_up(free, fixed=fixed)
    _stretch(root, table.header_row, before, body.last)
    _update_dimension(root)
    package.parts[part] = xml(root)
    if table_part:
        package.parts[table_part] = _resized(package.parts[table_part], table.header_row, before, body.last)
    _stretch_print_area(package, sheet, before, body.last)
    if body.overwritten or (formulas and change.added):
        _drop_calc_chain(package)


def _table_part(package: Package, part: str, table: Table) -> str | None:
    """The table part whose header row and columns are the reader's. Raises for one with a totals row."""
    places = [table.first_column + i for i, header in enumerate(table.headers) if header]
    for name in package.related(part, "table"):
        root = parsed(package.parts[name])
        match = RANGE.fullmatch(root.get("ref", ""))
        if not match or int(match[2]) != table.header_row or not match[3]:
            continue
        first, last = column_key(match[1]), column_key(match[3])
        if any(first <= column_key(table.letters(p - table.first_column)) <= last for p in places):
            if root.get("totalsRowCount", "0") not in ("0", ""):
                raise WorkbookUnwritable(
                    f"The table on the sheet {table.sheet} shows a total row, below which no rows can be added. Switch it "
                    "off (Table Design > Total Row) and try again. Nothing was changed."
                )
            return name
    return None


def _calculated_columns(part: bytes) -> dict[str, str]:
    """Formulas of the table's calculated columns by header, as far as they read the same in every row."""
    formulas = {}
    for column in parsed(part).iterfind(f".//{{{MAIN}}}tableColumn"):
        formula = column.find(f"{{{MAIN}}}calculatedColumnFormula")
        if formula is None or not formula.text or formula.get("array") in ("1", "true"):
            continue
        plain = re.sub(r'"[^"]*"', "", formula.text)
        while (stripped := re.sub(r"\[[^\[\]]*\]", "", plain)) != plain:
            plain = stripped
        if not _A1.search(plain):
            formulas[column.get("name", "")] = formula.text
    return formulas


def _anchored_rows(package: Package, part: str, root: etree._Element) -> set[int]:
    """Rows that a comment, a link or a merged cell is tied to."""
    references = [e.get("ref", "") for e in root.iter(f"{{{MAIN}}}hyperlink", f"{{{MAIN}}}mergeCell")]
    for kind, tag in (
        ("comments", f"{{{MAIN}}}comment"),
        ("threadedComment", f"{{{_THREADED}}}threadedComment"),
    ):
        for name in package.related(part, kind):
            references += [e.get("ref", "") for e in parsed(package.parts[name]).iter(tag)]
    rows: set[int] = set()
    for reference in references:
        if match := RANGE.fullmatch(reference):
            rows.update(range(int(match[2]), min(int(match[4] or match[2]), LAST_ROW) + 1))
    return rows


def _is_pointed_at(package: Package, part: str, sheet: str) -> bool:
    """Whether a formula, name, chart or pivot table elsewhere points at cells of the sheet."""
    name = re.escape(sheet.encode())
    formula = re.compile(rb"<(?:\w+:)?f(?:\s[^>]*)?>[^<]*\b" + name + rb"'?!", re.IGNORECASE)
    source = re.compile(rb'<worksheetSource[^>]*\bsheet="' + name + rb'"', re.IGNORECASE)
    for other, content in package.parts.items():
        if other != part and other.endswith(".xml") and (formula.search(content) or source.search(content)):
            return True
    names = parsed(package.parts[WORKBOOK]).iterfind(f".//{{{MAIN}}}definedName")
    pointer = re.compile(rf"\b{re.escape(sheet)}'?!", re.IGNORECASE)
    return any(e.get("name") not in _PRINT_NAMES and pointer.search(e.text or "") for e in names)


def _areas(root: etree._Element) -> Iterator[tuple[etree._Element, list[str]]]:
    for element in root.iter(f"{{{MAIN}}}dataValidation", f"{{{MAIN}}}conditionalFormatting"):
        yield element, element.get("sqref", "").split()


def _has_partial_ranges(root: etree._Element, first: int, last: int) -> bool:
    """Whether a validation or conditional format covers some rows of the table and not others."""
    for _, areas in _areas(root):
        for area in areas:
            if match := RANGE.fullmatch(area):
                top, bottom = int(match[2]), int(match[4] or match[2])
                inside = top <= last and bottom >= first
                if inside and (top > first or bottom < last):
                    return True
    return False


def _stretch(root: etree._Element, header_row: int, before: int, last: int) -> None:
    """Validations and conditional formats that ended with the table's last row end with its new one."""
    if last == before:
        return
    for element, areas in _areas(root):
        moved = []
        for area in areas:
            match = RANGE.fullmatch(area)
            if match and int(match[4] or match[2]) == before > header_row >= int(match[2]) - 1:
                area = f"{match[1]}{match[2]}:{match[3] or match[1]}{max(last, int(match[2]))}"
            moved.append(area)
        element.set("sqref", " ".join(moved))


def _update_dimension(root: etree._Element) -> None:
    """The sheet's stated extent, from its cells."""
    dimension = root.find(f"{{{MAIN}}}dimension")
    cells = [cell for row in root.iterfind(f"{{{MAIN}}}sheetData/{{{MAIN}}}row") for cell in row]
    if dimension is None or not cells:
        return
    columns = sorted({column_of(cell) for cell in cells}, key=column_key)
    rows = [int(row.get("r", "0")) for row in root.iterfind(f"{{{MAIN}}}sheetData/{{{MAIN}}}row") if len(row)]
    dimension.set("ref", f"{columns[0]}{min(rows)}:{columns[-1]}{max(rows)}")


def _resized(part: bytes, header_row: int, before: int, last: int) -> bytes:
    """The table with its range and filter up to the new last row; blank rows at its end stay in it while it grows."""
    root = parsed(part)
    match = RANGE.fullmatch(root.get("ref", ""))
    if match is None:  # not reached: _table_part has matched it
        return part
    old = int(match[4])
    bottom = max(last, header_row + 1, old if last >= before else 0)
    if bottom == old:
        return part
    for element in (root, root.find(f"{{{MAIN}}}autoFilter")):
        if element is not None:
            element.set("ref", f"{match[1]}{match[2]}:{match[3]}{bottom}")
    for state in list(root.iter(f"{{{MAIN}}}sortState")):  # how rows were once sorted: they no longer are
        parent = state.getparent()
        if parent is not None:
            parent.remove(state)
    return xml(root)


def _stretch_print_area(package: Package, sheet: str, before: int, last: int) -> None:
    """A print area that ended with the table's last row ends with its new one."""
    if last == before:
        return
    book = parsed(package.parts[WORKBOOK])
    names = [folded(e.get("name", "")) for e in book.iterfind(f"{{{MAIN}}}sheets/{{{MAIN}}}sheet")]
    for element in book.iterfind(f".//{{{MAIN}}}definedName"):
        if element.get("name") == "_xlnm.Print_Area" and element.get("localSheetId") == str(
            names.index(folded(sheet))
        ):
            text = element.text or ""
            if text.endswith(f"${before}"):
                element.text = text[: -len(str(before))] + str(max(last, 2))
                package.parts[WORKBOOK] = xml(book)


def _drop_calc_chain(package: Package) -> None:
    """Takes out Excel's list of formula cells, which it makes again: one that names a cell without formula is an error."""
    if package.parts.pop(_CALC_CHAIN, None) is None:
        return
    package.infos = tuple(info for info in package.infos if info.filename != _CALC_CHAIN)
    for part, attribute in (("xl/_rels/workbook.xml.rels", "Target"), ("[Content_Types].xml", "PartName")):
        root = parsed(package.parts[part])
        for element in list(root):
            if element.get(attribute, "").endswith("calcChain.xml"):
                root.remove(element)
        package.parts[part] = xml(root)


def _calculate_on_opening(package: Package) -> None:
    """Asks Excel to compute everything when it opens the file: stored results are from before the change."""
    book = parsed(package.parts[WORKBOOK])
    setting = book.find(f"{{{MAIN}}}calcPr")
    if setting is not None and setting.get("fullCalcOnLoad") not in ("1", "true"):
        setting.set("fullCalcOnLoad", "1")
        package.parts[WORKBOOK] = xml(book)
