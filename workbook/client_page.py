"""The Client sheet: one household, a band of tables for each question, the chart of drift against tax beside its table."""

from __future__ import annotations

from dataclasses import dataclass

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from workbook import styles as look
from workbook.curve import HEADERS as CURVE_HEADERS
from workbook.curve import draws_nothing, write_curve
from workbook.drift_chart import HEADERS as DRIFT_CHART_HEADERS
from workbook.drift_chart import write_drift_chart
from workbook.inputs import list_name, protect, row_height, write_cell
from workbook.spill import OPEN_ROOM, Compute, body_format, say_if_alone, say_if_no_functions, spill
from workbook.styles import Styles
from xl_rebal.app import insight
from xl_rebal.sheets import insight_tables, tables
from xl_rebal.sheets.firm_list import LIST_HEADERS
from xl_rebal.sheets.layout import CLIENT_SHEET
from xl_rebal.sheets.tables import Cell, CellTable

DECIDE, WHY, TAXES, DETAIL, LOTS = 1, 12, 21, 31, 42
"""First columns of the Client sheet's bands: each is a screen, and prints as a page of its own."""
CALENDAR_ROW, CALENDAR_ROOM, CALENDAR_LINES = 56, 8, 6
"""Below what the other bands reach as a rule: its rows are as high as its notes need, and so in every band."""
PRINTED_ROWS = CALENDAR_ROW + CALENDAR_ROOM + 1  # two pages a band
DRIFT_ROOM = 8
CURVE_ROW, CURVE_ROOM = 11, insight.POINTS + insight_tables.MARKS
CURVE_CELLS = (CURVE_ROW, LOTS + len(tables.LOTS_HEADERS) + 2)
"""First cell of the hidden columns that the chart reads, beyond the last band."""
BOOK_LINE = (0, CURVE_CELLS[1] + 6)
"""First cell of the hidden XR_BOOK line of the chosen client, whatever the Dashboard lists at the moment."""
CURVE_CHART = (CURVE_ROW - 1, WHY + 7, 700, 366)
"""Row and column of the chart, right of the curve's table, and its size in pixels."""


DRIFT_CELLS = (CURVE_ROW + CURVE_ROOM + 4, CURVE_CELLS[1])
DRIFT_CHART = (8, DECIDE + len(tables.DRIFT_HEADERS) - 1, 84, 296, 224)
"""Right of the classes' statuses: row, column, pixels from there, width and height."""
ROW_POINTS = 17
DRIFT_PIXELS = DRIFT_ROOM * ROW_POINTS * 96 / 72


def is_left_out_of_a_chart(sheet: str, row: int, column: int, text: str) -> bool:
    """Whether an error, by zero-based place, is one of the Client sheet's charts leaving a point out."""
    return draws_nothing(sheet, row, column, text, CURVE_CELLS, CURVE_ROOM, CURVE_HEADERS) or draws_nothing(
        sheet, row, column, text, DRIFT_CELLS, DRIFT_ROOM, DRIFT_CHART_HEADERS
    )


@dataclass(frozen=True, slots=True)
class _Block:
    """One table of the Client sheet: its heading, the function with its own arguments, and its room."""

    title: str
    function: str
    more: tuple[object, ...]
    headers: tuple[str, ...]
    row: int
    column: int
    room: int

    @property
    def formula(self) -> str:
        of_firm = self.function in ("XR_HARVEST", "XR_PROOF", "XR_CALENDAR")
        first = "XRBook,XRClient" if of_firm else "XRClient,XRBook"
        more = "".join(f",{str(m).upper() if isinstance(m, bool) else m}" for m in self.more)
        return f"={self.function}({first}{more})"


def client_blocks() -> tuple[_Block, ...]:
    """The Client sheet's tables, top to bottom in each band; a table above another one folds to its room."""
    t, i = tables, insight_tables
    return (
        _Block(
            "Drift by asset class", "XR_DRIFT", (DRIFT_ROOM, True), t.DRIFT_HEADERS, 7, DECIDE, DRIFT_ROOM
        ),
        _Block("Plan", "XR_PLAN", (), t.PLAN_HEADERS, 18, DECIDE, OPEN_ROOM),
        _Block("Proof", "XR_PROOF", (1,), i.PROOF_HEADERS, 7, WHY, 1),
        _Block(
            "Drift left against tax",
            "XR_FRONTIER",
            (insight.POINTS,),
            i.FRONTIER_HEADERS,
            CURVE_ROW,
            WHY,
            CURVE_ROOM,
        ),
        _Block("Why this plan", "XR_WHY", (26,), i.WHY_HEADERS, 29, WHY, 26),
        _Block("Tax and gain budget", "XR_TAX", (24,), t.TAX_HEADERS, 7, TAXES, 24),
        _Block("Wash sales, if sold today", "XR_WASH", (16,), t.WASH_HEADERS, 34, TAXES, 16),
        _Block(
            "Wash-sale calendar",
            "XR_CALENDAR",
            (CALENDAR_ROOM,),
            i.CALENDAR_HEADERS,
            CALENDAR_ROW,
            TAXES,
            CALENDAR_ROOM,
        ),
        _Block("Required minimum distributions", "XR_RMD", (4,), t.RMD_HEADERS, 7, DETAIL, 4),
        _Block("Losses to harvest", "XR_HARVEST", (8,), t.HARVEST_HEADERS, 14, DETAIL, 8),
        _Block("Beside rules of thumb", "XR_COMPARE", (7,), t.COMPARE_HEADERS, 25, DETAIL, 7),
        _Block("Drift of every class and security", "XR_DRIFT", (), t.DRIFT_HEADERS, 35, DETAIL, OPEN_ROOM),
        _Block("From the CRM, latest first", "XR_NOTES", (8,), t.NOTES_HEADERS, 7, LOTS, 8),
        _Block("Left out of the plan", "XR_LEFT_OUT", (16,), t.LEFT_OUT_HEADERS, 18, LOTS, 16),
        _Block("Tax lots sold", "XR_LOTS", (), t.LOTS_HEADERS, 37, LOTS, OPEN_ROOM),
    )


_CLIENT_TILES = (
    ("Status", "Status", ""),
    ("Household value", "Value", look.DOLLARS),
    ("Worst drift", "Worst Drift", look.SIGNED_PERCENT),
    ("in class", "Class", ""),
    ("Trims", "Trims", look.DOLLARS),
    ("Estimated tax", "Tax", look.DOLLARS),
    ("Budget left (over)", "Budget Left (Over)", look.DOLLARS),
    ("RMD left", "RMD Left", look.DOLLARS),
)
_ACROSS = {
    "XR_NOTES": len(tables.LOTS_HEADERS) + 1,
    "XR_LEFT_OUT": len(tables.LOTS_HEADERS) + 1,
    "XR_TAX": 9,
    "XR_WHY": 8,
    "XR_WASH": 10,
}
"""Columns of the band that tables with fewer columns take: their last text runs over the empty cells to its right."""

_WRAPPED = {"XR_CALENDAR": ("Reinvests", "Blocked By", "Note")}
_TILE_COLUMNS = (1, 3, 4, 5, 6, 7, 8, 9)
FLAGS_ROW = 2


def write_client(sheet: Worksheet, styles: Styles, client_id: str, compute: Compute | None) -> None:
    """One household to be read in four minutes: choose it in the drop-down, everything follows."""
    sheet.set_tab_color(look.TAB_RESULT)
    sheet.hide_gridlines(2)
    chosen = _write_book_line(sheet, styles, client_id, compute)
    sheet.set_default_row(ROW_POINTS)
    open_formats = {
        block.column + x: body_format(
            styles, header, first=not x, wrap=header in _WRAPPED.get(block.function, ())
        )
        for block in client_blocks()
        if block.room >= OPEN_ROOM
        for x, header in enumerate(block.headers)
    }
    decide, taxes = (2, 15, 11, 14, 10, 10, 13, 12, 12, 13, 60), (2, 32, 15, 13, 13, 15, 13, 15, 30, 70)
    why = (2, 12, 36, 14, 14, 13, 15, 12, 102)
    detail, lots = (
        (2, 19, 16, 13, 15, 13, 14, 13, 14, 13, 85),
        (2, 17, 13, 43, 12, 12, 12, 15, 15, 15, 11, 50),
    )
    for at, width in enumerate((*decide, *why, *taxes, *detail, *lots)):
        sheet.set_column(at, at, width, open_formats.get(at, styles()))
    sheet.set_row(0, 28)
    sheet.write_formula(0, 1, _of_client("Client"), styles.title(), chosen.get("Client") or "")
    sheet.write_string(1, 1, "Choose a client", styles.subtitle())
    sheet.write_string(1, 2, client_id, styles.entry())
    sheet.data_validation(
        1,
        2,
        1,
        2,
        {
            "validate": "list",
            "source": "=" + list_name("Clients", "Client ID"),
            "input_title": "Client",
            "input_message": "Pick a Client ID: everything on this sheet follows.",
            "error_title": "Check this value",
            "error_message": "Choose a Client ID from the list.",
        },
    )
    sheet.set_row(4, 30)
    for at in (WHY, TAXES, DETAIL, LOTS):
        sheet.write_formula(0, at, "=$B$1", styles.title(), chosen.get("Client") or "")
    for at, (caption, header, form) in zip(_TILE_COLUMNS, _CLIENT_TILES, strict=True):
        sheet.write_string(3, at, caption, styles.caption())
        big = styles.figure(form, font_size=12, shrink=header != "Status")  # which has room to its right
        sheet.write_formula(4, at, _of_client(header), big, _shown(chosen.get(header)))
    sheet.write_string(FLAGS_ROW, 1, "Flags", styles.subtitle())
    flags = styles.figure(font_size=10, indent=1)
    sheet.write_formula(FLAGS_ROW, 2, _of_client("Flags"), flags, _shown(chosen.get("Flags")))
    sheet.write_string(1, 4, " ", styles())
    say_if_no_functions(sheet, styles, (1, 4))
    for block in client_blocks():
        cached = compute(block.function, client_id, *block.more) if compute else None
        heading = (block.row - 1, block.column)
        place, across = (block.row, block.column), _ACROSS.get(block.function, 0)
        say_if_alone(sheet, styles, heading, place, block.headers, cached, title=block.title)
        wrapped = _WRAPPED.get(block.function, ())
        spill(
            sheet,
            styles,
            place,
            block.formula,
            cached,
            block.headers,
            block.room,
            across=across,
            wrapped=wrapped,
        )
        if block.function == "XR_TAX":
            _format_rates(sheet, styles, block, cached)
        if block.function == "XR_FRONTIER":
            write_curve(sheet, styles, place, CURVE_CELLS, CURVE_CHART, block.room, cached)
        if block.room == DRIFT_ROOM and block.function == "XR_DRIFT":
            write_drift_chart(
                sheet, styles, place, DRIFT_CELLS, DRIFT_CHART, block.room, cached, DRIFT_PIXELS
            )
    for gap in (WHY - 1, TAXES - 1, DETAIL - 1, LOTS - 1):
        for row in range(5, PRINTED_ROWS):
            sheet.write_string(row, gap, " ", styles())  # a long note ends at its band's edge
    for row in range(CALENDAR_ROW + 1, CALENDAR_ROW + 1 + CALENDAR_ROOM):
        sheet.set_row(row, row_height(CALENDAR_LINES))
    sheet.freeze_panes(5, 0)
    sheet.set_landscape()
    sheet.set_paper(1)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_print_scale(58)
    sheet.set_v_pagebreaks([WHY, TAXES, DETAIL, LOTS])
    sheet.repeat_rows(0)
    sheet.set_footer("&L&8&F  &A&R&8Page &P of &N")
    sheet.print_area(0, 0, PRINTED_ROWS - 1, LOTS + len(tables.LOTS_HEADERS))
    protect(sheet)


def _write_book_line(
    sheet: Worksheet, styles: Styles, client_id: str, compute: Compute | None
) -> dict[str, Cell]:
    """The chosen client's line of XR_BOOK, which the figures on top and the Verify sheet read; returns it by header."""
    column = BOOK_LINE[1]
    width = len(LIST_HEADERS)
    sheet.set_column(column, column + width - 1, 10, styles(), {"hidden": True})
    line = compute("XR_BOOK", client_id) if compute else None
    spill(sheet, styles, BOOK_LINE, "=XR_BOOK(XRBook,XRClient)", line, LIST_HEADERS, 1)
    return dict(zip(LIST_HEADERS, line[1], strict=True)) if line and len(line) > 1 and client_id else {}


def book_line_cell(header: str) -> str:
    """Where the Client sheet holds a figure of the chosen client's line of XR_BOOK."""
    row, column = BOOK_LINE
    at = xl_rowcol_to_cell(row + 1, column + LIST_HEADERS.index(header), row_abs=True, col_abs=True)
    return f"{CLIENT_SHEET}!{at}"


def _of_client(header: str) -> str:
    """Formula for the chosen client's figure; an empty figure stays empty."""
    value = book_line_cell(header)
    return f'=IF({value}="","",{value})'


def _shown(value: Cell) -> Cell:
    return "" if value is None else value


def _format_rates(sheet: Worksheet, styles: Styles, block: _Block, cached: CellTable | None) -> None:
    """The tax table's rates stand in rows of their own: percent there, dollars elsewhere."""
    form = styles.body(look.RATE)
    for row in tables.TAX_RATE_ROWS:
        for x in range(1, 4):
            value = cached[row][x] if cached and row < len(cached) else None
            write_cell(sheet, block.row + row, block.column + x, value, form)
