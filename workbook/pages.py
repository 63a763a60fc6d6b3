"""The sheets a person reads: Dashboard, Client, Checks and Help. Every table on them is one spilled XR_ function.

A spilled table is written as a dynamic-array formula with its result cached beside it, so the file reads right before
Python has run. Tables that lie above one another have a fixed room and fold what does not fit: a spill never meets
another one.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from workbook import styles as look
from workbook.curve import draws_nothing, write_curve
from workbook.help_text import HELP, NOT_ADVICE
from workbook.inputs import lines_of, list_name, page, row_height, write_cell
from workbook.styles import Styles
from xl_rebal import app_insight
from xl_rebal.sheets import insight_tables, tables
from xl_rebal.sheets.layout import DASHBOARD_SHEET
from xl_rebal.sheets.tables import Cell, CellTable

Compute = Callable[..., CellTable]
"""`compute("XR_PLAN", client, ...)`: what the function returns for the book of this workbook, to cache it."""

NOT_CALCULATED = "Press Ctrl+Alt+F9 to calculate."

OPEN_ROOM = 300
"""Rows with conditional formats below a table that runs on, as nothing stands below it."""

FORMATS: Mapping[str, str] = {
    **dict.fromkeys(("Weight", "Target", "Lower", "Upper", "After Plan", "Drift Left"), look.PERCENT),
    **dict.fromkeys(("Drift", "Worst Drift", "More Drift"), look.SIGNED_PERCENT),
    **dict.fromkeys(("Acquired", "Clear From", "Last Purchase", "Due", "Date"), look.DATE),
    **dict.fromkeys(
        ("Amount", "Sold", "ST Gain", "LT Gain", "ST Loss", "LT Loss", "Tax", "More Tax"), look.CENTS
    ),
    **dict.fromkeys(("Proceeds", "Cost Basis", "Gain", "Required", "Taken", "Left"), look.CENTS),
    **dict.fromkeys(("Before plan", "Plan", "With plan", "Value", "Year-End Value"), look.CENTS),
    **dict.fromkeys(("Added Tax", "$ per Point", "Gap", "At Stake"), look.CENTS),
    "Price": look.PRICE,
    **dict.fromkeys(("Shares", "Programs"), look.WHOLE),
    "Divisor": "0.0",
}
"""Number format of a result column by its header; text where there is none."""

FIRM_FORMATS: Mapping[str, str] = {
    **FORMATS,
    **dict.fromkeys(("Value", "Trims", "ST Gain", "LT Gain", "Tax", "Gain Budget"), look.DOLLARS),
    **dict.fromkeys(("Budget Used", "Budget Left (Over)", "RMD Left"), look.DOLLARS),
}
"""On the Dashboard money stands in whole dollars: it is for comparing clients."""

SHRUNK = frozenset(("Flag", "Flags", "Reason", "Class", "Client", "Purchases", "What", "Binding Limits"))
"""Texts that get smaller rather than cut when they are too long: each has a neighbour that they can't run over."""


def spill(
    sheet: Worksheet,
    styles: Styles,
    at: tuple[int, int],
    formula: str,
    cached: CellTable | None,
    headers: Sequence[str],
    room: int,
    formats: Mapping[str, str] = FORMATS,
    across: int = 0,
    wrapped: Collection[str] = (),
) -> None:
    """A spilled table at `at` (its header's first cell) with its cached result and formats for `room` rows.

    A table with OPEN_ROOM or more has nothing below it: there the columns bring the formats, not each empty cell.
    With `across` header and lines go over so many columns: the last text runs over the empty cells to its right.
    Columns in `wrapped` wrap their texts, which their rows must be high enough for.
    """
    row, column = at
    table = cached or [[NOT_CALCULATED, *[None] * (len(headers) - 1)]]
    forms = [formats.get(header, "") for header in headers]
    last = (row + len(table) - 1, column + len(table[0]) - 1)
    heads = [styles.header(form if x else "") for x, form in enumerate(forms)]
    bodies = [
        _body(styles, header, formats, first=not x, wrap=header in wrapped)
        for x, header in enumerate(headers)
    ]
    sheet.write_dynamic_array_formula(row, column, *last, formula, heads[0], table[0][0])
    for y in range(len(table) if room >= OPEN_ROOM else room + 1):
        values = table[y] if y < len(table) else []
        for x in range(len(headers)):
            if (y, x) != (0, 0):
                value = values[x] if x < len(values) else None
                write_cell(sheet, row + y, column + x, value, heads[x] if y == 0 else bodies[x])
    for x in range(len(headers), across):
        sheet.write_blank(row, column + x, None, styles.header())
    width = max(len(headers), across)
    _row_rules(sheet, styles, (row + 1, column, row + room, column + width - 1), headers)


def _body(
    styles: Styles,
    header: str,
    formats: Mapping[str, str] = FORMATS,
    *,
    first: bool = False,
    wrap: bool = False,
) -> Any:
    """The format of a result column's cells. The first column stands left: a sentence there runs over the empty cells."""
    if first and formats.get(header):
        return styles(num_format=formats[header], align="left", indent=1)
    if wrap:
        return styles.body(text_wrap=True)
    return styles.body(formats.get(header, ""), **({"shrink": True} if header in SHRUNK else {}))


def _row_rules(
    sheet: Worksheet, styles: Styles, area: tuple[int, int, int, int], headers: Sequence[str]
) -> None:
    """Lines under the rows in use, totals set off, fractions of shares shown, and emphasis on words that ask for it."""
    top, left = area[0], area[1]
    first = xl_rowcol_to_cell(top, left, col_abs=True)

    def rule(criteria: str, form: Any, columns: tuple[int, int] | None = None) -> None:
        start, end = columns or (area[1], area[3])
        sheet.conditional_format(
            top, start, area[2], end, {"type": "formula", "criteria": criteria, "format": form}
        )

    # Where several rules meet Excel merges them and LibreOffice takes the first: the narrow ones come first.
    for x, header in enumerate(headers):
        cell = xl_rowcol_to_cell(top, left + x)
        one = (left + x, left + x)
        if header == "Shares":
            rule(f"=AND(ISNUMBER({cell}),{cell}<>INT(N({cell})))", styles.fractions(), one)
        elif header in ("Status", "If sold today"):
            words = ("Above band", "Below band", "Wash sale", "Withheld", "Due")
            tests = ",".join(f'{cell}="{word}"' for word in words)
            rule(f"=OR({tests})", styles.emphasis(), one)
        elif header == "Severity":
            rule(f'={cell}="Error"', styles.emphasis(), one)
        elif header in ("Drift", "Worst Drift"):
            rule(
                f'={first}<>""', styles.row_line(), one
            )  # LibreOffice draws one range's rules where ranges meet
            _drift_bars(sheet, top, left + x, area[2])
    sums = ",".join(f'{first}="{label}"' for label in ("Net gain, both terms", "Tax added by the plan"))
    rule(f'=OR(LEFT({first},6)="Total ",{sums})', styles.total_line())
    rule(f'={first}<>""', styles.row_line())


def _drift_bars(sheet: Worksheet, top: int, column: int, bottom: int) -> None:
    """Bars from the middle: right is over target, left is under; the signed number says the same."""
    sheet.conditional_format(
        top,
        column,
        bottom,
        column,
        {
            "type": "data_bar",
            "data_bar_2010": True,
            "bar_solid": True,
            "bar_color": "#A9BDD6",
            "bar_negative_color": "#D9B8A6",
            "bar_axis_position": "middle",
            "min_type": "num",
            "max_type": "num",
            "min_value": -0.15,
            "max_value": 0.15,
        },
    )


@dataclass(frozen=True, slots=True)
class FirmFacts:
    """What the sheets' titles show, looked up in the Settings table by formula and cached here."""

    name: str
    as_of: datetime | None
    quarter: str
    decisions: Mapping[str, str]  # Client ID -> the last one of this quarter

    @property
    def as_of_serial(self) -> float | str:
        """The date as the number that a formula's cached result holds."""
        return float((self.as_of - datetime(1899, 12, 30)).days) if self.as_of else ""  # noqa: DTZ001


# --- Dashboard -------------------------------------------------------------------------------------------------

BOOK_ROW = 6  # zero-based header row of the spilled XR_BOOK
BOOK_ROOM = 2000
DECISION_ROWS = 500
QUARTER_NAME = "XRQuarter"


def _book_range(header: str, *, row_end: int = BOOK_ROW + BOOK_ROOM) -> str:
    """`$D$8:$D$2007`: a column of the Dashboard's client list."""
    column = tables.BOOK_HEADERS.index(header)
    first = xl_rowcol_to_cell(BOOK_ROW + 1, column, row_abs=True, col_abs=True)
    return f"{first}:{xl_rowcol_to_cell(row_end, column, row_abs=True, col_abs=True)}"


@dataclass(frozen=True, slots=True)
class _Tile:
    """A figure with its caption: where, the formula, and how its value follows from the client list."""

    caption: str
    formula: str
    value: Callable[[list[dict[str, Cell]]], Cell]
    form: str = look.WHOLE


def _dashboard_tiles() -> list[_Tile]:
    status, over = _book_range("Status"), _book_range("Budget Left (Over)")
    ids = _book_range("Client ID")

    def total(header: str) -> Callable[[list[dict[str, Cell]]], Cell]:
        return lambda rows: sum(v for r in rows if isinstance(v := r[header], float))

    return [
        _Tile("Clients", f"=COUNTA({ids})", lambda rows: float(len(rows))),
        _Tile(
            "Trades proposed",
            f'=COUNTIF({status},"Proposed*")',
            lambda rows: float(sum(str(r["Status"]).startswith("Proposed") for r in rows)),
        ),
        _Tile(
            "No action",
            f'=COUNTIF({status},"No action")',
            lambda rows: float(sum(r["Status"] == "No action" for r in rows)),
        ),
        _Tile(
            "Withheld",
            f'=COUNTIF({status},"Withheld")',
            lambda rows: float(sum(r["Status"] == "Withheld" for r in rows)),
        ),
        _Tile(
            "Over gain budget",
            f'=COUNTIF({over},"<0")',
            lambda rows: float(sum(isinstance(v := r["Budget Left (Over)"], float) and v < 0 for r in rows)),
        ),
        _Tile("Trims", f"=SUM({_book_range('Trims')})", total("Trims"), look.DOLLARS),
        _Tile("Estimated tax, where known", f"=SUM({_book_range('Tax')})", total("Tax"), look.DOLLARS),
        _Tile("RMDs left", f"=SUM({_book_range('RMD Left')})", total("RMD Left"), look.DOLLARS),
    ]


def records(table: CellTable) -> list[dict[str, Cell]]:
    """The rows of a firm table by header; none when the only row says that there is nothing."""
    rows = [dict(zip((str(h) for h in table[0]), row, strict=True)) for row in table[1:]]
    return [row for row in rows if row.get("Client") is not None]


_BOOK_WIDTHS = (10, 30, 13, 21, 13, 16, 13, 9, 10, 10, 11, 11, 11, 10, 72, 19, 24)
"""Columns of the Dashboard; its tiles stand in them, too."""


def write_dashboard(sheet: Worksheet, styles: Styles, firm: FirmFacts, compute: Compute | None) -> None:
    """The firm at a glance: counts and totals, then one row per client."""
    sheet.set_tab_color(look.TAB_RESULT)
    sheet.hide_gridlines(2)
    sheet.set_default_row(18)
    book = compute("XR_BOOK") if compute else None
    rows = records(book) if book else []
    _write_firm_title(sheet, styles, firm)
    sheet.set_row(3, 26)
    for at, tile in zip((0, 1, 2, 3, 4, 5, 6, 8), _dashboard_tiles(), strict=True):
        sheet.write_string(2, at, tile.caption, styles(font_size=9, font_color=look.SLATE, align="left"))
        form = styles(
            font_size=15, bold=True, font_color=look.NAVY, align="left", num_format=tile.form, shrink=True
        )
        sheet.write_formula(3, at, tile.formula, form, tile.value(rows) if compute else "")
    for at, (width, header) in enumerate(zip(_BOOK_WIDTHS, tables.BOOK_HEADERS, strict=True)):
        sheet.set_column(at, at, width, _body(styles, header, FIRM_FORMATS))
    sheet.set_row(BOOK_ROW, 32)
    spill(
        sheet, styles, (BOOK_ROW, 0), "=XR_BOOK(XRBook)", book, tables.BOOK_HEADERS, BOOK_ROOM, FIRM_FORMATS
    )
    _write_decisions(sheet, styles, rows, firm)
    sheet.autofilter(BOOK_ROW, 0, BOOK_ROW + BOOK_ROOM, len(tables.BOOK_HEADERS))
    sheet.freeze_panes(BOOK_ROW + 1, 2)
    page(sheet, styles, repeat_row=BOOK_ROW)
    # Two pages side by side, each with the clients' names: the figures, then what they ask for. One would be too small.
    sheet.set_print_scale(65)
    sheet.repeat_columns(0, 1)
    sheet.set_v_pagebreaks([tables.BOOK_HEADERS.index("Flags")])
    sheet.print_area(0, 0, BOOK_ROW + max(1, len(rows)), len(_BOOK_WIDTHS))


def _write_decisions(sheet: Worksheet, styles: Styles, rows: list[dict[str, Cell]], firm: FirmFacts) -> None:
    """Beside each client the last decision recorded for this quarter: what is still open is empty."""
    column = len(tables.BOOK_HEADERS)
    sheet.set_column(column, column, 14, styles.body())
    sheet.write_string(BOOK_ROW, column, "Decision", styles.header())
    for at in range(DECISION_ROWS):
        row = BOOK_ROW + 1 + at
        client = xl_rowcol_to_cell(row, 0, col_abs=True)
        mine = f"(tblDecisions[Client ID]={client})*(tblDecisions[Quarter]={QUARTER_NAME})"
        formula = f'=IF({client}="","",IFERROR(LOOKUP(2,1/({mine}),tblDecisions[Decision])&"",""))'
        decided = firm.decisions.get(str(rows[at]["Client ID"]), "") if at < len(rows) else ""
        sheet.write_formula(row, column, formula, styles.body(), decided)
    top = xl_rowcol_to_cell(BOOK_ROW + 1, 0, col_abs=True)
    line = {"type": "formula", "criteria": f'={top}<>""', "format": styles.row_line()}
    sheet.conditional_format(BOOK_ROW + 1, column, BOOK_ROW + DECISION_ROWS, column, line)


def setting_formula(name: str) -> str:
    return f'INDEX(tblSettings[Value],MATCH("{name}",tblSettings[Setting],0))'


def _write_firm_title(sheet: Worksheet, styles: Styles, firm: FirmFacts) -> None:
    sheet.set_row(0, 28)
    sheet.write_formula(0, 0, "=" + setting_formula("Firm Name"), styles.title(), firm.name)
    sheet.write_string(1, 0, "As of", styles.subtitle())
    form = styles(font_color=look.SLATE, num_format="mmmm d, yyyy", align="left")
    sheet.write_formula(1, 1, "=" + setting_formula("As Of"), form, firm.as_of_serial)
    sheet.write_formula(1, 2, f"={QUARTER_NAME}", styles.subtitle(), firm.quarter)


# --- Client ----------------------------------------------------------------------------------------------------

PRINTED_ROWS = 75
DECIDE, WHY, TAXES, DETAIL, LOTS = 1, 12, 21, 31, 42
"""First columns of the Client sheet's bands: each is a screen, and prints as a page of its own."""
CALENDAR_ROW, CALENDAR_ROOM, CALENDAR_LINES = 56, 10, 6
"""Below what the other bands reach as a rule: its rows are as high as its notes need, and so in every band."""
CURVE_ROW, CURVE_ROOM = 11, app_insight.POINTS + insight_tables.MARKS
CURVE_CELLS = (CURVE_ROW, LOTS + len(tables.LOTS_HEADERS) + 2)
"""First cell of the hidden columns that the chart reads, beyond the last band."""
CURVE_CHART = (CURVE_ROW - 1, WHY + 7, 740, 366)
"""Row and column of the chart, right of the curve's table, and its size in pixels."""


def is_left_out_of_the_chart(sheet: str, row: int, column: int, text: str) -> bool:
    """Whether an error, by zero-based place, is the Client sheet's chart leaving a point out."""
    return draws_nothing(sheet, row, column, text, CURVE_CELLS, CURVE_ROOM)


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
        _Block("Drift by asset class", "XR_DRIFT", (6, True), t.DRIFT_HEADERS, 7, DECIDE, 6),
        _Block("Plan", "XR_PLAN", (), t.PLAN_HEADERS, 16, DECIDE, OPEN_ROOM),
        _Block("Proof", "XR_PROOF", (1,), i.PROOF_HEADERS, 7, WHY, 1),
        _Block(
            "Drift left against tax",
            "XR_FRONTIER",
            (app_insight.POINTS,),
            i.FRONTIER_HEADERS,
            CURVE_ROW,
            WHY,
            CURVE_ROOM,
        ),
        _Block("Why this plan", "XR_WHY", (), i.WHY_HEADERS, 29, WHY, OPEN_ROOM),
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
    ("Flags", "Flags", ""),
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
_TILE_COLUMNS = (1, 3, 4, 5, 6, 7, 8, 9, 10)


def write_client(
    sheet: Worksheet, styles: Styles, client_id: str, compute: Compute | None, book: list[dict[str, Cell]]
) -> None:
    """One household to be read in four minutes: choose it in the drop-down, everything follows."""
    sheet.set_tab_color(look.TAB_RESULT)
    sheet.hide_gridlines(2)
    chosen = next((row for row in book if row["Client ID"] == client_id), {})
    sheet.set_default_row(17)
    open_formats = {
        block.column + x: _body(styles, header, first=not x, wrap=header in _WRAPPED.get(block.function, ()))
        for block in client_blocks()
        if block.room >= OPEN_ROOM
        for x, header in enumerate(block.headers)
    }
    decide, taxes = (2, 18, 14, 13, 13, 13, 15, 14, 14, 25, 62), (2, 34, 15, 14, 14, 16, 14, 16, 30, 72)
    why = (2, 12, 42, 14, 14, 13, 16, 13, 108)
    detail, lots = (
        (2, 19, 16, 13, 15, 13, 14, 13, 14, 13, 85),
        (2, 17, 13, 43, 12, 12, 12, 15, 15, 15, 11, 50),
    )
    for at, width in enumerate((*decide, *why, *taxes, *detail, *lots)):
        sheet.set_column(at, at, width, open_formats.get(at, styles()))
    sheet.set_row(0, 28)
    sheet.write_formula(0, 1, _of_client("Client"), styles.title(), chosen.get("Client") or "")
    sheet.write_string(1, 1, "Choose a client", styles.subtitle())
    entry = styles(
        bold=True,
        bg_color=look.ENTRY,
        border=1,
        border_color=look.NAVY,
        align="left",
        indent=1,
        num_format="@",
    )
    sheet.write_string(1, 2, client_id, entry)
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
        sheet.write_string(3, at, caption, styles(font_size=9, font_color=look.SLATE, align="left"))
        long = (
            {"font_size": 10, "text_wrap": True} if header == "Flags" else {"font_size": 12, "shrink": True}
        )
        big = styles(bold=True, font_color=look.NAVY, align="left", num_format=form or "General", **long)
        sheet.write_formula(4, at, _of_client(header), big, _shown(chosen.get(header)))
    for block in client_blocks():
        cached = compute(block.function, client_id, *block.more) if compute else None
        _write_heading(sheet, styles, block, cached)
        place, across = (block.row, block.column), _ACROSS.get(block.function, 0)
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


def _write_heading(sheet: Worksheet, styles: Styles, block: _Block, cached: CellTable | None) -> None:
    """The table's heading. Where the table is only a sentence, the heading has it: the empty texts that a spill puts
    into the cells to its right would cut it off, so in its own cell it is not shown.
    """
    row, left = block.row + 1, block.column
    said = xl_rowcol_to_cell(row, left, row_abs=True, col_abs=True)
    rest = f"{xl_rowcol_to_cell(row, left + 1)}:{xl_rowcol_to_cell(row, left + len(block.headers) - 1)}"
    alone = f'AND(ISTEXT({said}),{said}<>"",COUNT({rest})+COUNTIF({rest},"?*")=0)'
    formula = f'="{block.title}"&IF({alone},": "&{said},"")'
    first = cached[1] if cached and len(cached) > 1 else [None]
    only = isinstance(first[0], str) and all(value is None for value in first[1:])
    text = f"{block.title}: {first[0]}" if only else block.title
    sheet.write_formula(block.row - 1, left, formula, styles.section(), text)
    hidden = {"type": "formula", "criteria": f"={alone}", "format": styles.not_shown()}
    sheet.conditional_format(row, left, row, left, hidden)


def _of_client(header: str) -> str:
    """Formula for the chosen client's figure from the Dashboard's list; an empty figure stays empty."""
    value = f"INDEX({DASHBOARD_SHEET}!{_book_range(header)},MATCH(XRClient,{DASHBOARD_SHEET}!{_book_range('Client ID')},0))"
    return f'=IFERROR(IF({value}="","",{value}),"")'


def _shown(value: Cell) -> Cell:
    return "" if value is None else value


def _format_rates(sheet: Worksheet, styles: Styles, block: _Block, cached: CellTable | None) -> None:
    """The tax table's rates stand in rows of their own: percent there, dollars elsewhere."""
    form = styles.body(look.RATE)
    for row in tables.TAX_RATE_ROWS:
        for x in range(1, 4):
            value = cached[row][x] if cached and row < len(cached) else None
            write_cell(sheet, block.row + row, block.column + x, value, form)


# --- Checks ----------------------------------------------------------------------------------------------------

CHECKS_ROW = 3
CHECKS_ROOM = 500
_CHECKS_WIDTHS = (6, 11, 11, 17, 15, 34, 96, 44)


def write_checks(sheet: Worksheet, styles: Styles, compute: Compute | None) -> None:
    """What to cure before the briefs, worst first, each with a link to its cell."""
    sheet.set_tab_color(look.TAB_RESULT)
    sheet.hide_gridlines(2)
    sheet.set_row(0, 28)
    sheet.write_string(0, 0, "Checks", styles.title())
    sheet.write_string(
        1,
        0,
        "An Error withholds that client's plan and brief; the other clients go on. Go jumps to the cell.",
        styles.subtitle(),
    )
    for at, width in enumerate(_CHECKS_WIDTHS):
        sheet.set_column(at, at, width, styles(text_wrap=at >= 5))
    cached = compute("XR_CHECKS") if compute else None
    sheet.set_row(CHECKS_ROW, 22)
    sheet.write_string(CHECKS_ROW, 0, "Go", styles.header())
    spill(
        sheet, styles, (CHECKS_ROW, 1), "=XR_CHECKS(XRBook)", cached, tables.CHECKS_HEADERS, CHECKS_ROOM, {}
    )
    place = tables.CHECKS_HEADERS.index("Place") + 1
    link = styles(font_color="#0B5394", underline=1, align="left", indent=1)
    body = styles(text_wrap=True, align="left", indent=1)
    severity = xl_rowcol_to_cell(CHECKS_ROW + 1, 1, col_abs=True)
    line = {"type": "formula", "criteria": f'={severity}<>""', "format": styles.row_line()}
    sheet.conditional_format(CHECKS_ROW + 1, 0, CHECKS_ROW + CHECKS_ROOM, 0, line)
    for y in range(1, CHECKS_ROOM + 1):
        row = CHECKS_ROW + y
        values = cached[y] if cached and y < len(cached) else None
        lines = [
            lines_of(value, width) for value, width in zip(values or (), _CHECKS_WIDTHS[1:], strict=False)
        ]
        sheet.set_row(row, row_height(max(2, *lines, 2)))  # a spill does not fit its rows by itself
        cell = xl_rowcol_to_cell(row, place)
        # 'Lots row 214' has no single cell: the link goes to the row's first one; 'Lots' goes to the sheet.
        target = f'SUBSTITUTE({cell}," row ","!A")'
        full = f'IF(ISNUMBER(FIND("!",{target})),{target},{target}&"!A1")'
        shown = "Go" if values and values[place - 1] else ""
        sheet.write_formula(row, 0, f'=IF({cell}="","",HYPERLINK("#"&{full},"Go"))', link, shown)
        for x in range(len(tables.CHECKS_HEADERS)):
            write_cell(sheet, row, 1 + x, values[x] if values else None, body)
    sheet.autofilter(CHECKS_ROW, 0, CHECKS_ROW + CHECKS_ROOM, len(tables.CHECKS_HEADERS))
    sheet.freeze_panes(CHECKS_ROW + 1, 0)
    page(sheet, styles, repeat_row=CHECKS_ROW)
    sheet.print_area(0, 0, CHECKS_ROW + max(1, len(cached or []) - 1), len(tables.CHECKS_HEADERS))


# --- Help ------------------------------------------------------------------------------------------------------


HELP_WIDTH = 110


def write_help(sheet: Worksheet, styles: Styles, functions: Sequence[Callable[..., Any]]) -> None:
    """How to use the workbook, in plain words, and every function with its arguments."""
    sheet.set_tab_color(look.TAB_SETUP)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 24, styles(valign="top"))
    sheet.set_column(1, 1, HELP_WIDTH, styles(valign="top", text_wrap=True))
    sheet.set_row(0, 28)
    sheet.write_string(0, 0, "How to use this workbook", styles.title())
    label = styles(bold=True, valign="top", font_color=look.NAVY, text_wrap=True)
    text = styles(text_wrap=True, valign="top")
    row = 2
    for section, lines in HELP:
        sheet.write_string(row, 0, section, styles.section())
        for name, what in lines:
            row += 1
            sheet.set_row(row, row_height(lines_of(what, HELP_WIDTH)))
            sheet.write_string(row, 0, name, label)
            sheet.write_string(row, 1, what, text)
        row += 2
    sheet.write_string(row, 0, "Functions", styles.section())
    for function in functions:
        row += 1
        arguments = ", ".join(
            name if parameter.default is inspect.Parameter.empty else f"[{name}]"
            for name, parameter in inspect.signature(function).parameters.items()
        )
        what = f"({arguments})  {inspect.getdoc(function) or ''}"
        sheet.set_row(row, row_height(lines_of(what, HELP_WIDTH)))
        sheet.write_string(row, 0, function.__name__, label)
        sheet.write_string(row, 1, what, text)
    sheet.write_string(row + 2, 0, NOT_ADVICE, styles(italic=True, font_color=look.SLATE))
    page(sheet, styles)
    sheet.print_area(0, 0, row + 2, 1)
