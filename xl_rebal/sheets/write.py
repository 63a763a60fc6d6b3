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
from xl_rebal.sheets.body import LAST_ROW, RANGE, Body
from xl_rebal.sheets.cells import folded
from xl_rebal.sheets.new_rows import CellValue
from xl_rebal.sheets.package import MAIN, WORKBOOK, Package, check_writable, parsed, xml
from xl_rebal.sheets.source import Table, read_tables
from xl_rebal.sheets.table_parts import (
    calculated_columns,
    last_row_of,
    refuse_note_below,
    refuse_overlap,
    resized,
    table_part,
)

__all__ = ["CellValue", "Change", "change_rows"]

_THREADED = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
_PRINT_NAMES = ("_xlnm.Print_Area", "_xlnm.Print_Titles", "_xlnm._FilterDatabase")
_CALC_CHAIN = "xl/calcChain.xml"


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
    own = table_part(package, part, table)
    formulas = calculated_columns(package.parts[own]) if own else {}
    body = Body(root, table, formulas, _anchored_rows(package, part, root))
    before = body.last
    noted = body.note_below(last_row_of(package.parts[own]) if own else table.header_row)
    if noted and change.added:
        refuse_note_below(body, table)
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
    if body.last > before:
        refuse_overlap(package, part, root, own, table, before, body.last)
    _stretch(root, table.header_row, before, body.last)
    package.parts[part] = body.content()
    if own:
        package.parts[own] = resized(package.parts[own], table.header_row, before, body.last, noted=noted)
    _stretch_print_area(package, sheet, before, body.last)
    if body.overwritten or (formulas and change.added):
        _drop_calc_chain(package)


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
