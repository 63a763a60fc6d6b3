"""Results of XR_ functions as LibreOffice's cells hold them, and array formulas fitted to their results, as Excel spills.

LibreOffice fills exactly the range that a file names for an array formula: a smaller result leaves #N/A, a larger one is
cut without a word. Runs inside LibreOffice: the standard library only.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

FORMULAS = 16  # com.sun.star.sheet.CellFlags.FORMULA
CONTENTS = 1 | 2 | 4 | FORMULAS  # values, dates, texts and formulas
ERROR_CODES = {
    "#NULL!": 521,
    "#DIV/0!": 532,
    "#VALUE!": 519,
    "#REF!": 524,
    "#NAME?": 525,
    "#NUM!": 503,
    "#N/A": 32767,
}
DATA = "XR_DATA"
BLANK = {"", None}
LAST: dict[str, Any] = {"size": None, "calls": 0}
"""Rows and columns of the result that was made last, which nobody else can be asked for, and how many were made."""


def question(context: Any, name: str, arguments: Any) -> dict[str, Any]:
    """What is asked of the project's Python: the function, its arguments, and from when the open workbooks count days.

    Of whole columns, a million rows, XR_DATA gets those down to the last with anything in it. A date is a number here,
    and which workbook's formula is calculated is not told: `date_1904` is None where open ones count differently.
    """
    given = [_used(one) for one in arguments] if name == DATA else arguments
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    years = set()
    documents = desktop.Components.createEnumeration()
    while documents.hasMoreElements():
        document = documents.nextElement()
        if document.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
            years.add(document.NullDate.Year)
    date_1904 = None if len(years) > 1 and 1904 in years else 1904 in years
    return {"call": name, "arguments": given, "date_1904": date_1904}


def _used(argument: Any) -> Any:
    if not isinstance(argument, (tuple, list)):
        return argument
    last = len(argument)
    while last > 1 and isinstance(argument[last - 1], (tuple, list)) and set(argument[last - 1]) <= BLANK:
        last -= 1
    return argument[:last]


def result(rows: Any) -> tuple[tuple[Any, ...], ...]:
    """Rows of text, numbers and None as a formula's result."""
    LAST["size"] = (len(rows), len(rows[0]))
    LAST["calls"] += 1
    return tuple(tuple(_cell(value) for value in row) for row in rows)


def _cell(value: Any) -> Any:
    """A value as a formula's result: an error value is a number that is none, with the error's code in its bits."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value if value not in ERROR_CODES else _error(ERROR_CODES[value])
    return float(value)


def _error(code: int) -> float:
    number: float = struct.unpack("<d", struct.pack("<Q", 0x7FF8000000000000 | code))[0]
    return number


def spill(document: Any, prefix: str) -> list[str]:
    """Fits the array of each `prefix` formula to its result; returns those that met a used cell.

    A formula in a single cell is left alone: its result is a single one.
    """
    blocked = []
    for sheet in document.Sheets:
        with unprotected(sheet) as changeable:
            if changeable:
                blocked += _spill_sheet(sheet, prefix)
    return blocked


@contextmanager
def unprotected(sheet: Any) -> Iterator[bool]:
    """The sheet without its protection for the while; False where a password that is not known keeps it closed."""
    was_protected = sheet.isProtected()
    if was_protected:
        sheet.unprotect("")  # the workbook's own sheets have no password
    try:
        yield not sheet.isProtected()
    finally:
        if was_protected and not sheet.isProtected():
            sheet.protect("")


def _spill_sheet(sheet: Any, prefix: str) -> list[str]:
    blocked = []
    for left, top, right, bottom in _array_formulas(sheet, prefix):
        anchor = sheet.getCellRangeByPosition(left, top, left, top)
        # Not getArrayFormula: its arguments are separated as setArrayFormula does not understand them.
        formula = sheet.getCellByPosition(left, top).getFormula().strip("{}")
        sheet.getCellRangeByPosition(left, top, right, bottom).clearContents(CONTENTS)
        rows, columns = _size_of(anchor, formula) or (bottom - top + 1, right - left + 1)
        full = sheet.getCellRangeByPosition(left, top, left + columns - 1, top + rows - 1)
        if full.queryContentCells(CONTENTS).Count:
            blocked.append(full.AbsoluteName)
            full = anchor
        full.setArrayFormula(formula)
    return blocked


def _size_of(anchor: Any, formula: str) -> tuple[int, int] | None:
    """Rows and columns of a formula's result, by calculating it in one cell, which is empty again afterwards.

    None when the function was not called: an argument holds an error, which then is the result.
    """
    LAST["size"] = None
    anchor.setArrayFormula(formula)
    anchor.getCellByPosition(0, 0).getString()  # calculated when asked for
    anchor.clearContents(CONTENTS)
    size: tuple[int, int] | None = LAST["size"]
    return size


def _array_formulas(sheet: Any, prefix: str) -> list[tuple[int, int, int, int]]:
    """Left, top, right and bottom of each array of several cells whose formula starts with `prefix`."""
    found: dict[tuple[int, int, int, int], None] = {}
    for column, row, formula in formulas(sheet):
        if formula.startswith("{=" + prefix):
            cursor = sheet.createCursorByRange(sheet.getCellByPosition(column, row))
            cursor.collapseToCurrentArray()
            place = cursor.RangeAddress
            found[place.StartColumn, place.StartRow, place.EndColumn, place.EndRow] = None
    return [place for place in found if place[:2] != place[2:]]


def formulas(sheet: Any) -> Iterator[tuple[int, int, str]]:
    """Column, row and formula of every cell that has one, read range by range: a cell at a time takes seconds."""
    for area in sheet.queryContentCells(FORMULAS).RangeAddresses:
        cells = sheet.getCellRangeByPosition(area.StartColumn, area.StartRow, area.EndColumn, area.EndRow)
        for row, line in enumerate(cells.getFormulaArray(), area.StartRow):
            for column, formula in enumerate(line, area.StartColumn):
                yield column, row, formula
