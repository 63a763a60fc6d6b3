"""The workbook that is open in Excel, changes that nobody saved included: its input sheets as raw tables, and rows added.

Takes xlwings' Book as it is handed over; nothing here imports xlwings. A sheet crosses over in one read and rows go back in
one write, as every call into Excel costs a thousand cells. What is read here and what `source` reads from the file, once it
is saved, is the same: rows and columns beside the table count in both, and hidden or filtered rows are rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING, Any

from xl_rebal.errors import WorkbookUnreadable, WorkbookUnwritable
from xl_rebal.sheets.cells import COM_ERRORS, folded, is_blank
from xl_rebal.sheets.layout import INPUT_SHEETS, Kind, SheetLayout
from xl_rebal.sheets.source import TABLE_NAMES, Table, table_of

if TYPE_CHECKING:
    import xlwings

MOST_CELLS = 4_000_000
"""A used area beyond this is formats down to the last row, not data: then the Excel table alone is read."""

Grid = list[list[object]]


def read_open(workbook: xlwings.Book) -> dict[str, Table]:
    """The input sheets of a workbook open in Excel, by the layout's sheet names.

    Raises WorkbookUnreadable when it has none of them.
    """
    date_1904 = counts_from_1904(workbook)
    tables = {
        name: _read(sheet, name, date_1904)
        for name in TABLE_NAMES
        if (sheet := _sheet(workbook, name)) is not None
    }
    if not tables:
        raise WorkbookUnreadable(
            f"{workbook.name} has none of the sheets {', '.join(s.name for s in INPUT_SHEETS[:5])}. "
            "Open the rebalancing workbook."
        )
    return tables


def _sheet(workbook: xlwings.Book, name: str) -> Any | None:
    """An input sheet: by its name, or by its table's when somebody gave the sheet another one."""
    sheets = list(workbook.sheets)
    for sheet in sheets:
        if folded(sheet.name) == folded(name):
            return sheet
    table = folded(TABLE_NAMES[name])
    return next((s for s in sheets if any(folded(own.name) == table for own in s.tables)), None)


def counts_from_1904(workbook: xlwings.Book) -> bool:
    """Whether plain numbers in date columns count days from 1904 (real dates come as dates either way)."""
    try:
        return bool(workbook.api.Date1904)
    except AttributeError:  # Excel for Mac has another name for it
        return bool(getattr(workbook.api, "date_1904", False) is True)


def _read(sheet: Any, name: str, date_1904: bool) -> Table:
    area = sheet.used_range
    rows, columns = area.shape
    if rows * columns > MOST_CELLS:
        own = _excel_table(sheet, name)
        if own is None:
            raise WorkbookUnreadable(
                f"The sheet {sheet.name} has a format or a value {rows:,} rows down and {columns:,} columns across, so it is "
                "too large to be read. Press Ctrl+End there, delete the rows and columns outside of its table, and save."
            )
        area = own.range
    grid, top = cells_of(area), area.row
    while grid and all(is_blank(cell) for cell in grid[0]):
        grid.pop(0)
        top += 1
    table = table_of(name, grid, row=top, column=area.column, date_1904=date_1904)
    own = _excel_table(sheet, name)
    if own is None or own.range.row != table.header_row:
        return table
    return replace(table, last_row=own.range.row + own.range.shape[0] - 1)


def _excel_table(sheet: Any, name: str) -> Any | None:
    """The Excel table of an input sheet, by its name; if it was renamed, the only one that the sheet has."""
    own = list(sheet.tables)
    named = [table for table in own if folded(table.name) == folded(TABLE_NAMES[name])]
    return named[0] if named else own[0] if len(own) == 1 else None


def cells_of(area: Any) -> Grid:
    """The values of a range, read at once.

    Excel rounds what is formatted as currency to four decimals when it hands over values with their types. A fund's price
    has more, so where there is a currency cell the exact numbers are read as well.
    """
    found: Sequence[Sequence[object]] = area.options(ndim=2, err_to_str=True).value
    if Decimal not in set(map(type, chain.from_iterable(found))):
        return [[plain(cell) for cell in row] for row in found]
    return [[plain(cell) for cell in row] for row in with_exact_currency(found, area.api.Value2)]


def with_exact_currency(
    typed: Iterable[Sequence[object]], untyped: Sequence[Sequence[object]]
) -> Iterator[list[object]]:
    """Rows of typed values with each currency amount as the cell really holds it."""
    exact = untyped if isinstance(untyped, list | tuple) else ((untyped,),)
    for row, numbers in zip(typed, exact, strict=True):
        yield [number if type(cell) is Decimal else cell for cell, number in zip(row, numbers, strict=True)]


def plain(cell: object) -> object:
    """A cell as every host gives it. Excel hands over Decimal for currency cells, its own kind of dates, numbers for
    error values; LibreOffice '' for an empty cell."""
    if type(cell) is float or cell is None:
        return cell
    if type(cell) is str:
        return cell or None
    if isinstance(cell, Decimal):
        return float(cell)
    if isinstance(cell, datetime):
        return _naive(cell)
    if isinstance(cell, int) and not isinstance(cell, bool):
        return COM_ERRORS.get(cell, cell)
    return cell


def _naive(cell: datetime) -> datetime:
    """A date and time as the cell shows it: pywin32's own kind says UTC, which no cell means."""
    if type(cell) is datetime and cell.tzinfo is None:
        return cell
    day = (cell.year, cell.month, cell.day, cell.hour, cell.minute, cell.second, cell.microsecond)
    return datetime(*day)  # noqa: DTZ001 - a cell's date has no time zone


# --- Rows added ------------------------------------------------------------------------------------------------


def add_rows(workbook: xlwings.Book, layout: SheetLayout, rows: Sequence[Mapping[str, object]]) -> None:
    """Adds rows below the last one of an input sheet, in one write a run of neighboring columns.

    Columns of the user's own stay as they are. Texts are written as texts: '007' keeps its zeros, and '=...' is no formula.
    Raises WorkbookUnwritable when the sheet or its headers are gone.
    """
    sheet = _sheet(workbook, layout.name)
    table = _read(sheet, layout.name, date_1904=False) if sheet is not None else None
    if sheet is None or table is None or not table.headers:
        raise WorkbookUnwritable(f"{workbook.name} has no sheet {layout.name} with its headers.")
    filled = [i for i, row in enumerate(table.rows) if any(not is_blank(cell) for cell in row)]
    first = table.header_row + 1 + (filled[-1] + 1 if filled else 0)
    last = first + len(rows) - 1
    excel_table = _excel_table(sheet, layout.name)
    if excel_table is not None:
        whole = excel_table.range
        bottom = whole.row + whole.shape[0] - 1
        if last > bottom:
            excel_table.resize(whole.resize(last - whole.row + 1, whole.shape[1]))
    known = {folded(column.header): column for column in layout.columns}
    places = [(i, known[folded(h)]) for i, h in enumerate(table.headers) if folded(h) in known]
    for run in _runs(places):
        left = table.first_column + run[0][0]
        target = sheet.range((first, left), (last, left + len(run) - 1))
        for at, (_, column) in enumerate(run):
            if column.kind in (Kind.TEXT, Kind.CHOICE):
                sheet.range((first, left + at), (last, left + at)).number_format = "@"
        target.value = [[row.get(column.header) for _, column in run] for row in rows]


def _runs(places: Sequence[tuple[int, Any]]) -> list[list[tuple[int, Any]]]:
    """Columns that stand side by side, together."""
    runs: list[list[tuple[int, Any]]] = []
    for place in places:
        if runs and runs[-1][-1][0] == place[0] - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs
