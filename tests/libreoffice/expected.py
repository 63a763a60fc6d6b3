"""What the XR_ functions say of a workbook without any spreadsheet program, and where a program shows something else."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from openpyxl.utils import get_column_letter, range_boundaries

from udfs import functions
from udfs.known import udf_functions
from workbook.build import CLIENT_NAME
from workbook.pages import CHECKS_CLIENT, CHOICES
from workbook.quarter_page import PLACE_NAME
from workbook.what_if_page import input_names
from xl_rebal.libreoffice.host import CellError, Values
from xl_rebal.sheets import layout
from xl_rebal.sheets.tables import CellTable


def key_of(book: Any, changes: Mapping[str, object] | None = None) -> CellTable:
    """XR_DATA over the tables of the file as Python reads them; `changes` are values typed into cells since."""
    tables = {s.name: s.table for s in layout.INPUT_SHEETS} | {layout.SETTINGS_SHEET: layout.SETTINGS_TABLE}
    typed = dict(changes or {})
    given = [
        [[typed.get(f"{name}!{cell.coordinate}", cell.value) for cell in row] for row in sheet[area]]
        for name in functions.DATA_SHEETS
        for sheet in [book[name]]
        for area in [sheet.tables[tables[name]].ref]
    ]
    return functions.XR_DATA(*given)


def said(formula: str, client: str, data: CellTable) -> CellTable:
    """The result of a formula of the workbook, such as `XR_TAX(XRClient,XRBook,24)`, by calling its function."""
    name, arguments = re.fullmatch(r"=?(XR_\w+)\((.*)\)", formula).groups()  # type: ignore[union-attr]
    if name == "XR_DATA":
        return data
    values = {
        CLIENT_NAME: client,
        "XRBook": data[0][0],
        "TRUE": True,
        '""': "",
        **dict.fromkeys(input_names()),
    }
    values[CHECKS_CLIENT] = None
    values[PLACE_NAME] = tempfile.gettempdir()  # a folder without a record, as the workbook's own is
    values |= {choice[0]: choice[3] for choice in CHOICES}
    given = [values[text] if text in values else float(text) for text in arguments.split(",")]
    return next(f for f in udf_functions() if f.__name__ == name)(*given)


def shown(table: CellTable, height: int, width: int) -> list[list[Any]]:
    """How LibreOffice shows a result in a range of this size: dates as serial numbers, what is missing as #N/A."""
    blank = CellError("#N/A")
    rows = [[serial(v) for v in row[:width]] + [blank] * (width - len(row)) for row in table[:height]]
    return rows + [[blank] * width for _ in range(height - len(rows))]


def serial(value: Any) -> Any:
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return float((value - date(1899, 12, 30)).days)
    return None if value == "" else value


def cells(values: Values, sheet: str, reference: str) -> list[list[Any]]:
    left, top, right, bottom = range_boundaries(reference)
    return values.cells(sheet, left - 1, top - 1, right - 1, bottom - 1)


def differences(values: Values, sheet: str, table: CellTable, reference: str) -> list[str]:
    """Cells of a range that do not show the table, in words."""
    left, top, right, bottom = range_boundaries(reference)
    wanted = shown(table, bottom - top + 1, right - left + 1)
    return [
        f"{sheet}!{get_column_letter(left + x)}{top + y}: {is_!r}, not {ought!r}"
        for y, (is_row, ought_row) in enumerate(zip(cells(values, sheet, reference), wanted, strict=True))
        for x, (is_, ought) in enumerate(zip(is_row, ought_row, strict=True))
        if is_ != ought
    ]


def row_of(sheet: Any, account: str, symbol: str) -> int:
    """The first row of an account's security."""
    return next(r[0].row for r in sheet.iter_rows() if (r[0].value, r[1].value) == (account, symbol))


def extent(corner: str, table: CellTable) -> str:
    """The range that a result takes from its corner cell on."""
    column, row, *_ = range_boundaries(corner)
    return f"{corner}:{get_column_letter(column + len(table[0]) - 1)}{row + len(table) - 1}"
