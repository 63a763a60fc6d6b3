"""The Excel table around a sheet's rows: its part in the file, its calculated columns, its range, and what stops it growing."""

from __future__ import annotations

import re

from lxml import etree

from xl_rebal.errors import WorkbookUnwritable
from xl_rebal.sheets.body import RANGE, Body, column_key
from xl_rebal.sheets.cells import shown
from xl_rebal.sheets.package import MAIN, Package, parsed, xml
from xl_rebal.sheets.source import Table

_A1 = re.compile(r"(?<![\w.])\$?[A-Z]{1,3}\$?\d+(?![\w(])")


def table_part(package: Package, part: str, table: Table) -> str | None:
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


def calculated_columns(part: bytes) -> dict[str, str]:
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


def last_row_of(part: bytes) -> int:
    """The row that a table ends with."""
    match = RANGE.fullmatch(parsed(part).get("ref", ""))
    return int(match[4] or match[2]) if match else 0


def resized(part: bytes, header_row: int, before: int, last: int, *, noted: bool) -> bytes:
    """The table with its range and filter up to the new last row; blank rows at its end stay in it while it grows.

    `noted`: the last row is a note below the table, which stays outside.
    """
    root = parsed(part)
    match = RANGE.fullmatch(root.get("ref", ""))
    if match is None:  # not reached: table_part has matched it
        return part
    old = int(match[4])
    bottom = max(last, header_row + 1, old if last >= before else 0)
    if noted:
        bottom = max(header_row + 1, old - (before - last))
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


def refuse_note_below(body: Body, table: Table) -> None:
    """Raises WorkbookUnwritable for the last row, a note below the table, into which rows would grow."""
    index = body.last - table.header_row - 1
    cells = table.rows[index] if index < len(table.rows) else []
    text = next((shown(cell) for cell in cells if shown(cell)), "something")
    raise WorkbookUnwritable(
        f"Below the rows of the sheet {table.sheet} stands {text!r} (row {body.last}), so no rows can be added. Move it above "
        "the table or delete it, and try again. Nothing was changed."
    )


def refuse_overlap(
    package: Package, part: str, root: etree._Element, own: str | None, table: Table, before: int, last: int
) -> None:
    """Raises WorkbookUnwritable where the rows `before` + 1 to `last` would reach another table or merged cells."""
    columns = [column_key(table.letters(i)) for i, header in enumerate(table.headers) if header]
    if own and (area := RANGE.fullmatch(parsed(package.parts[own]).get("ref", ""))) and area[3]:
        columns = [key for key in columns if column_key(area[1]) <= key <= column_key(area[3])]
    others = [
        ("another table", parsed(package.parts[name]).get("ref", ""))
        for name in package.related(part, "table")
        if name != own
    ]
    others += [("merged cells", e.get("ref", "")) for e in root.iter(f"{{{MAIN}}}mergeCell")]
    for what, reference in others:
        match = RANGE.fullmatch(reference)
        if match is None:
            continue
        left, right = column_key(match[1]), column_key(match[3] or match[1])
        if (
            any(left <= key <= right for key in columns)
            and int(match[2]) <= last
            and int(match[4] or match[2]) > before
        ):
            raise WorkbookUnwritable(
                f"The rows of the sheet {table.sheet} can't grow from row {before} to {last}: {what} ({reference}) "
                f"{'stands' if what.startswith('a') else 'stand'} below. Move that away and try again. Nothing was changed."
            )
