"""The input sheets: one Excel table each, headers from the layout, with formats, drop-downs and help on every column.

A table starts in A1, so that a row's number in a message is its number in Excel. Formats and validation cover the
whole column, so that rows added later have them, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from math import ceil
from textwrap import wrap
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from workbook.styles import TAB_INPUT, Styles
from xl_rebal.sheets.layout import INPUT_SHEETS, Column, Kind, SheetLayout

Rows = Sequence[Mapping[str, object]]
LONGEST = 48
"""Width up to which a column of short texts grows with them."""
PAGE_WIDTH = 190
"""Widths of columns that fit one page without getting too small to read."""
LAST_ROW = 1_048_575  # zero-based: the last row of a sheet
VALIDATION_TEXT_LIMIT = 255
HEADER_HEIGHT = 30
LETTERS = 1.1
"""Letters of running text in a column of width 1."""
WIDE = 36
"""A text column at least this wide holds sentences: it wraps."""


def list_name(sheet: str, header: str) -> str:
    """Workbook name of a table column that other columns and the client drop-down choose from."""
    return "XRList_" + f"{sheet}_{header}".replace(" ", "_")


def list_names() -> Mapping[str, str]:
    """Names of all columns that are chosen from, with the table references they stand for."""
    tables = {layout.name: layout.table for layout in INPUT_SHEETS}
    wanted = {("Clients", "Client ID")} | {
        column.refers_to for layout in INPUT_SHEETS for column in layout.columns if column.refers_to
    }
    return {list_name(sheet, header): f"{tables[sheet]}[{header}]" for sheet, header in sorted(wanted)}


def cell_value(value: object) -> str | float | datetime | None:
    """A row's value as Excel holds it: Decimal and int as float, dates as midnight, True as Yes, blank text as None."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int | float | Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, date):
        return datetime.combine(value, time())
    return str(value)


def table_columns(layout: SheetLayout, rows: Rows) -> tuple[Column, ...]:
    """The layout's columns, then the rows' own extra ones, which are kept though nothing reads them."""
    known = set(layout.headers)
    extra = dict.fromkeys(header for row in rows for header in row if header not in known)
    return layout.columns + tuple(
        Column(header, Kind.TEXT, "Your own column: kept, not read.") for header in extra
    )


def table_values(layout: SheetLayout, rows: Rows) -> list[list[Any]]:
    """Header row and rows of a table as Excel hands them to XR_DATA: at least one row, if an empty one."""
    columns = table_columns(layout, rows)
    body = [[cell_value(row.get(column.header)) for column in columns] for row in rows]
    return [[c.header for c in columns], *(body or [[None] * len(columns)])]


def write_input_sheet(sheet: Worksheet, layout: SheetLayout, rows: Rows, styles: Styles) -> None:
    """The sheet's table with its rows, formats, drop-downs and help."""
    columns = table_columns(layout, rows)
    body = table_values(layout, rows)[1:]
    widths = [_width(column, (row[at] for row in body)) for at, column in enumerate(columns)]
    for at, column in enumerate(columns):
        sheet.set_column(at, at, widths[at], _format(column, styles))
    write_table(
        sheet, layout.table, [(c.header, _format(c, styles), c.required) for c in columns], body, styles
    )
    wide = [at for at, column in enumerate(columns) if column.width >= WIDE]
    for y, row in enumerate(body, 1):
        lines = max((lines_of(row[at], widths[at]) for at in wide), default=1)
        if lines > 1:
            sheet.set_row(y, row_height(lines))
    for at, column in enumerate(columns):
        sheet.write_comment(0, at, column_help(column), {"x_scale": 1.6, "y_scale": 0.9, "font_size": 9})
        if rule := validation(column):
            sheet.data_validation(1, at, LAST_ROW, at, rule)
        if column.kind is Kind.QUANTITY:
            cell = xl_rowcol_to_cell(1, at, col_abs=True)
            criteria = f"=AND(ISNUMBER({cell}),{cell}=INT(N({cell})))"
            form = {"type": "formula", "criteria": criteria, "format": styles.whole()}
            sheet.conditional_format(1, at, LAST_ROW, at, form)
    sheet.freeze_panes(1, 2 if layout.columns[1].header.endswith("Name") else 1)
    sheet.ignore_errors({"number_stored_as_text": f"A2:{xl_col_to_name(len(columns) - 1)}{LAST_ROW + 1}"})
    sheet.set_tab_color(TAB_INPUT)
    page(sheet, styles, repeat_row=0, wide=ceil(sum(widths) / PAGE_WIDTH))
    if sum(widths) > PAGE_WIDTH:
        sheet.repeat_columns(0, 1 if layout.columns[1].header.endswith("Name") else 0)
    sheet.print_area(0, 0, max(1, len(body)), len(columns) - 1)


def _width(column: Column, values: Iterable[object]) -> int:
    """The layout's width, or what the header's longest word with its filter arrow or the longest short text needs."""
    widest = max((len(value) for value in values if isinstance(value, str)), default=0)
    needed = 0 if column.width >= WIDE else min(LONGEST, ceil(widest / LETTERS) + 2)
    return max(column.width, needed, max(len(word) for word in column.header.split()) + 4)


def lines_of(value: object, width: float) -> int:
    """Lines that a wrapped text needs in a column: an estimate on the safe side, as no program is asked to lay it out.

    A column's width counts digits of the next larger size, so more letters than that fit; capitals are wider.
    """
    if not isinstance(value, str):
        return 1
    return max(1, sum(len(wrap(line, max(1, int(width * LETTERS)))) or 1 for line in value.split("\n")))


def row_height(lines: int) -> float:
    return 2.0 + 13.5 * lines


def write_table(
    sheet: Worksheet,
    name: str,
    columns: Sequence[tuple[str, Any, bool]],
    body: Sequence[Sequence[Any]],
    styles: Styles,
) -> None:
    """An Excel table at A1: (header, format, required) columns and plain values."""
    sheet.add_table(
        0,
        0,
        len(body),
        len(columns) - 1,
        {
            "name": name,
            "style": "Table Style Light 1",
            "columns": [
                {"header": header, "format": form, "header_format": styles.input_header(required)}
                for header, form, required in columns
            ],
        },
    )
    sheet.set_row(0, HEADER_HEIGHT)
    for y, row in enumerate(body, 1):
        for x, value in enumerate(row):
            write_cell(sheet, y, x, value, columns[x][1])


def write_cell(sheet: Worksheet, row: int, column: int, value: object, form: Any) -> None:
    """A plain value: text never becomes a formula, a link or a number."""
    if value is None or value == "":
        sheet.write_blank(row, column, None, form)
    elif isinstance(value, str):
        sheet.write_string(row, column, value, form)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, form)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, form)
    else:
        raise TypeError(f"A cell takes text, a number or a date, not {value!r}.")


def protect(sheet: Worksheet) -> None:
    """Keeps a result sheet's formulas from being typed over; there is no password, and its input cells stay open.

    Columns and rows may be formatted, so that anyone can make room for a long text. Sheets with input tables are never
    protected: Excel lets no table grow there.
    """
    sheet.protect("", {"format_cells": True, "format_columns": True, "format_rows": True})


def page(sheet: Worksheet, styles: Styles, *, repeat_row: int | None = None, wide: int = 1) -> None:
    """Landscape letter, one page wide, page numbers, and the header row on every page."""
    sheet.set_landscape()
    sheet.set_paper(1)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(wide, 0)
    sheet.set_footer("&L&8&F  &A&R&8Page &P of &N")
    if repeat_row is not None:
        sheet.repeat_rows(repeat_row)


def _format(column: Column, styles: Styles) -> Any:
    if column.kind is Kind.TEXT and column.width >= WIDE:
        return styles.input_note()
    return styles.input(column.kind)


def column_help(column: Column) -> str:
    """What the header's note says: required or not, what belongs there, and the allowed values."""
    first = "Required. " if column.required else "Optional. "
    choices = f"\nOne of: {', '.join(column.choices)}." if column.choices else ""
    where = f"s on the {column.refers_to[0]} sheet" if column.refers_to else ""
    listed = f"\nA{where}." if where and where not in column.help else ""
    return first + column.help + choices + listed


def validation(column: Column) -> dict[str, Any] | None:
    """The rule that Excel applies when a person types into the column; pasted and imported values pass it by."""
    rules: dict[Kind, dict[str, Any]] = {
        Kind.DATE: _rule("date", "A date, such as 2026-10-15.", criteria=">=", value=date(1900, 1, 1)),
        Kind.MONEY: _number_rule("Dollars as a number. Leave it empty when it is unknown."),
        Kind.QUANTITY: _number_rule("Shares as a number."),
        Kind.PRICE: _number_rule("Price per share as a number. Leave it empty when it is unknown."),
        Kind.WEIGHT: _share_rule("A share of 100%, such as 65%."),
        Kind.RATE: _share_rule("A rate, such as 15%."),
        Kind.YES_NO: _list_rule(["Yes", "No"], "stop"),
        Kind.COUNT: _rule("integer", "A whole number.", criteria=">=", value=0),
    }
    if column.kind is Kind.CHOICE:
        return _list_rule(list(column.choices), "stop")
    if column.refers_to:
        where = f"Not on the {column.refers_to[0]} sheet yet. Keep it anyway?"
        return _list_rule("=" + list_name(*column.refers_to), "warning", where)
    return rules.get(column.kind)


def _rule(kind: str, message: str, error_type: str = "stop", **more: Any) -> dict[str, Any]:
    return {
        "validate": kind,
        "error_title": "Check this value",
        "error_message": message,
        "error_type": error_type,
        **more,
    }


def _number_rule(message: str) -> dict[str, Any]:
    return _rule("decimal", message, criteria="between", minimum=-1e12, maximum=1e12)


def _share_rule(message: str) -> dict[str, Any]:
    return _rule("decimal", message, "warning", criteria="between", minimum=0, maximum=1)


def _list_rule(
    source: list[str] | str, error_type: str, message: str = "Choose from the list."
) -> dict[str, Any]:
    if isinstance(source, list) and len(",".join(source)) > VALIDATION_TEXT_LIMIT:
        raise ValueError(
            f"Excel takes drop-downs of {VALIDATION_TEXT_LIMIT} characters, not {','.join(source)!r}."
        )
    return _rule("list", message, error_type, source=source)


def define_lists(book: xlsxwriter.Workbook, names: Iterable[tuple[str, str]]) -> None:
    for name, reference in names:
        book.define_name(name, "=" + reference)
