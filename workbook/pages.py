"""The sheets about the firm that a person reads: Dashboard, Checks and Help. The Client sheet is in client_page."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from workbook import styles as look
from workbook.firm_cells import setting_formula
from workbook.help_text import HELP, NOT_ADVICE
from workbook.inputs import column_help, lines_of, list_name, page, protect, row_height, write_cell
from workbook.quarter_page import ROW
from workbook.spill import FIRM_FORMATS, Compute, body_format, say_if_alone, say_if_no_functions, spill
from workbook.styles import Styles
from xl_rebal.money import AT_LEAST, at_least_text, to_cents
from xl_rebal.sheets import tables
from xl_rebal.sheets.firm_list import ALL_ADVISORS, LIST_HEADERS, Order, Show
from xl_rebal.sheets.layout import CHECKS_SHEET, DASHBOARD_SHEET, INPUT_SHEETS, QUARTER_SHEET
from xl_rebal.sheets.quarter_table import QUARTER_HEADERS
from xl_rebal.sheets.tables import Cell, CellTable


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
CHOICE_ROW = 5
SAID_CELL = (4, 0)
ADVISOR_LIST = (BOOK_ROW + 1, len(LIST_HEADERS) + 6)
ADVISOR_ROOM = 40
"""First cell and length of the hidden list of advisors, each once, that the drop-down offers."""
ADVISORS_NAME = "XRAdvisors"
ORDER_SHOWN = Order.ATTENTION.value
CHOICES: tuple[tuple[str, str, int, str, str], ...] = (
    ("XRShow", "Show", 1, Show.ALL.value, "Which clients are listed. The figures above count these."),
    ("XRAdvisor", "Advisor", 3, ALL_ADVISORS, "Whose clients are listed."),
    ("XROrder", "Order", 5, ORDER_SHOWN, "Attention first: data errors, then budgets, gains, drift, RMDs."),
)
"""Name, caption, column, first value and help of the cells that choose what the list shows.

A drop-down and a formula rather than filter arrows: Excel's filter hides rows of a spilled list and does not follow when
the list changes, and sorting one is refused.
"""
LIST_FORMULA = f'=XR_BOOK(XRBook,"",{",".join(choice[0] for choice in CHOICES)})'


def book_range(header: str, *, row_end: int = BOOK_ROW + BOOK_ROOM) -> str:
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
    status, over = book_range("Status"), book_range("Budget Left (Over)")

    def total(header: str) -> Callable[[list[dict[str, Cell]]], Cell]:
        return lambda rows: sum(v for r in rows if isinstance(v := r[header], float))

    return [
        _Tile("Clients", f'=COUNTIF({status},"?*")', lambda rows: float(len(rows))),
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
        _Tile("Trims", f"=SUM({book_range('Trims')})", total("Trims"), look.DOLLARS),
        _Tile("Estimated tax, where known", f"=SUM({book_range('Tax')})", total("Tax"), look.DOLLARS),
        _Tile("RMDs left", _rmds_left_formula(), _rmds_left, look.DOLLARS),
    ]


def _rmds_left_formula() -> str:
    """What is left to take: a sum, or in words `at least` it as soon as one client's is not known whole.

    The words are read as text, so that a locale with decimal commas makes the same number of them.
    """
    left = book_range("RMD Left")
    start = len(at_least_text(0)) - 1
    part = f'SUBSTITUTE(MID({left},{start + 1},20),",","")'
    said = f'(LEFT({left},{len(AT_LEAST)})="{AT_LEAST}")'
    known = f'(SUM({left})+SUMPRODUCT({said}*("0"&{part})))'
    unknown = f'COUNTIF({left},"{tables.UNKNOWN}")+COUNTIF({left},"{AT_LEAST}*")'
    words = f'IF({known}=0,"{tables.UNKNOWN}","{AT_LEAST}$"&FIXED(INT({known}),0))'
    return f"=IF({unknown}=0,{known},{words})"


def _rmds_left(rows: list[dict[str, Cell]]) -> Cell:
    """The same of a client list in memory."""
    left = [row["RMD Left"] for row in rows]
    said = [v for v in left if isinstance(v, str)]
    known = sum(v for v in left if isinstance(v, float)) + sum(
        float(v.removeprefix(AT_LEAST).lstrip("$").replace(",", "")) for v in said if v.startswith(AT_LEAST)
    )
    if not said:
        return known
    return at_least_text(to_cents(int(known))) if known else tables.UNKNOWN


def records(table: CellTable) -> list[dict[str, Cell]]:
    """The rows of a firm table by header; none when the only row says that there is nothing."""
    rows = [dict(zip((str(h) for h in table[0]), row, strict=True)) for row in table[1:]]
    return [row for row in rows if row.get("Client") is not None]


RMD_TILE = 8
_BOOK_WIDTHS = (10, 28, 13, 21, 13, 14, 13, 10, 11, 10, 11, 11, 11, 15, 60, 16, 21, 17, 10)
PRINT_SCALE = 56
"""Percent at which the wider one of the Dashboard's two pages just fits a letter page."""
"""Columns of the Dashboard; its tiles stand in them, too."""


def choice_names() -> Mapping[str, str]:
    """Names of the cells that choose what the list shows, and of the list of advisors, with what they refer to."""
    cells = {
        name: xl_rowcol_to_cell(CHOICE_ROW, column, row_abs=True, col_abs=True)
        for name, _, column, _, _ in CHOICES
    }
    row, column = ADVISOR_LIST
    first, last = (
        xl_rowcol_to_cell(y, column, row_abs=True, col_abs=True) for y in (row, row + ADVISOR_ROOM)
    )
    whole = f"{DASHBOARD_SHEET}!{first}:{last}"
    last_used = f'INDEX({whole},COUNTIF({whole},"?*"))'
    places = {name: f"={DASHBOARD_SHEET}!{cell}" for name, cell in cells.items()}
    checks = xl_rowcol_to_cell(*CHECKS_CLIENT_CELL, row_abs=True, col_abs=True)
    places[CHECKS_CLIENT] = f"={CHECKS_SHEET}!{checks}"
    return {**places, ADVISORS_NAME: f"={DASHBOARD_SHEET}!{first}:{last_used}"}


def write_dashboard(
    sheet: Worksheet, styles: Styles, firm: FirmFacts, compute: Compute | None, advisors: Sequence[str]
) -> None:
    """The firm at a glance: counts and totals, then one row per client; `advisors` are those of the Clients sheet's rows."""
    sheet.set_tab_color(look.TAB_RESULT)
    sheet.hide_gridlines(2)
    sheet.set_default_row(18)
    shown = (Show.ALL.value, ALL_ADVISORS, ORDER_SHOWN)
    book = compute("XR_BOOK", "", *shown) if compute else None
    rows = records(book) if book else []
    for at, (width, header) in enumerate(zip(_BOOK_WIDTHS, LIST_HEADERS, strict=True)):
        form = body_format(styles, header, FIRM_FORMATS)
        sheet.set_column(at, at, width, form, {"hidden": header == "Folder"})
    _write_firm_title(sheet, styles, firm)
    sheet.set_row(3, 26)
    for at, tile in zip((0, 1, 2, 3, 4, 5, 6, RMD_TILE), _dashboard_tiles(), strict=True):
        sheet.write_string(2, at, tile.caption, styles.caption())
        if at == RMD_TILE:  # its words need more room than a column has
            sheet.merge_range(3, at, 3, at + 2, "")
        form = styles.figure(tile.form, font_size=15, shrink=True)
        sheet.write_formula(3, at, tile.formula, form, tile.value(rows) if compute else "")
    _write_choices(sheet, styles, advisors)
    sheet.set_row(BOOK_ROW, 32)
    _color_tax(sheet, styles)
    place, bold = (BOOK_ROW, 0), styles.figure(font_size=10)
    say_if_alone(sheet, styles, SAID_CELL, place, LIST_HEADERS, book, form=bold)
    say_if_no_functions(sheet, styles, SAID_CELL)
    spill(sheet, styles, place, LIST_FORMULA, book, LIST_HEADERS, BOOK_ROOM, FIRM_FORMATS)
    quarter = compute("XR_QUARTER") if compute else None
    standing = {str(row["Client ID"]): row for row in records(quarter)} if quarter else {}
    _write_decisions(sheet, styles, rows, firm, standing)
    _write_folder_links(sheet, styles, rows)
    _write_standing(sheet, styles, rows, standing)
    sheet.freeze_panes(BOOK_ROW + 1, 2)
    page(sheet, styles, repeat_row=BOOK_ROW)
    # Two pages side by side, each with the clients' names: the figures, then what they ask for and what was done. One
    # page would be a third of the size.
    sheet.set_print_scale(PRINT_SCALE)
    sheet.repeat_columns(0, 1)
    sheet.set_v_pagebreaks([tables.BOOK_HEADERS.index("Flags")])
    last = len(LIST_HEADERS) + 1 + len(STANDING)
    sheet.print_area(0, 0, BOOK_ROW + max(1, len(rows)), last)
    protect(sheet)


def _write_choices(sheet: Worksheet, styles: Styles, advisors: Sequence[str]) -> None:
    """The drop-downs over the list, and the hidden list of advisors, which grows with the Clients sheet."""
    sources: Mapping[str, Any] = {
        "XRShow": [show.value for show in Show],
        "XRAdvisor": "=" + ADVISORS_NAME,
        "XROrder": [order.value for order in Order],
    }
    sheet.set_row(CHOICE_ROW, 20)
    for name, caption, column, value, what in CHOICES:
        label = styles.label()
        sheet.write_string(CHOICE_ROW, column - 1, caption, label)
        sheet.write_string(CHOICE_ROW, column, value, styles.entry())
        rule = {
            "validate": "list",
            "source": sources[name],
            "input_title": caption,
            "input_message": what,
            "error_title": "Check this value",
            "error_message": "Choose from the list.",
        }
        sheet.data_validation(CHOICE_ROW, column, CHOICE_ROW, column, rule)
    row, column = ADVISOR_LIST
    sheet.set_column(column, column, 10, styles(), {"hidden": True})
    sheet.write_string(row, column, ALL_ADVISORS, styles())
    different = list(dict.fromkeys(advisor for advisor in advisors if advisor))
    top = xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)
    names = "tblClients[Advisor]"
    for at in range(1, ADVISOR_ROOM + 1):
        above = f"{top}:{xl_rowcol_to_cell(row + at - 1, column, col_abs=True)}"
        rows = f"ROW({names})-ROW(tblClients[[#Headers],[Advisor]])"
        taken = f'(COUNTIF({above},{names})>0)+({names}="")>0'
        first = f"SUMPRODUCT(SMALL({rows}+1000000*({taken}),1))"
        name = different[at - 1] if at <= len(different) else ""
        sheet.write_formula(row + at, column, f'=IFERROR(INDEX({names},{first}),"")', styles(), name)


def _color_tax(sheet: Worksheet, styles: Styles) -> None:
    """The more tax the darker; the figure says the same."""
    column = tables.BOOK_HEADERS.index("Tax")
    area = (BOOK_ROW + 1, column, BOOK_ROW + BOOK_ROOM, column)
    top = xl_rowcol_to_cell(BOOK_ROW + 1, 0, col_abs=True)
    line = {"type": "formula", "criteria": f'={top}<>""', "format": styles.row_line()}
    sheet.conditional_format(*area, line)  # LibreOffice draws one range's rules where ranges meet
    sheet.conditional_format(
        *area,
        {
            "type": "2_color_scale",
            "min_type": "num",
            "min_value": 0,
            "min_color": "#FFFFFF",
            "max_type": "max",
            "max_color": "#F3D9A4",
        },
    )


Standings = Mapping[str, Mapping[str, Cell]]
"""The Quarter sheet's rows by Client ID."""


def _write_decisions(
    sheet: Worksheet, styles: Styles, rows: list[dict[str, Cell]], firm: FirmFacts, standing: Standings
) -> None:
    """Beside each client the decision on its latest brief: what is still open is empty.

    The record has it, where the Quarter sheet knows the record: a decision of the command line is on no sheet, and one
    on an earlier brief does not hold for the new one. Elsewhere the last row of the Decisions sheet for this quarter.
    """
    column = len(LIST_HEADERS)
    sheet.set_column(column, column, 11, styles.body())
    sheet.write_string(BOOK_ROW, column, "Decision", styles.header())
    for at in range(DECISION_ROWS):
        row = BOOK_ROW + 1 + at
        client = xl_rowcol_to_cell(row, 0, col_abs=True)
        mine = f"(tblDecisions[Client ID]={client})*(tblDecisions[Quarter]={QUARTER_NAME})"
        on_sheet = f'IFERROR(LOOKUP(2,1/({mine}),tblDecisions[Decision])&"","")'
        brief = xl_rowcol_to_cell(row, len(LIST_HEADERS) + 2, col_abs=True)
        formula = f'=IF({client}="","",IF({brief}="",{on_sheet},PROPER({quarter_cell(client, "Decision")})))'
        own = str(rows[at]["Client ID"]) if at < len(rows) else ""
        found = standing.get(own, {})
        decided = (
            str(found["Decision"] or "").capitalize() if found.get("Brief") else firm.decisions.get(own, "")
        )
        sheet.write_formula(row, column, formula, styles.body(), decided)


def _write_folder_links(sheet: Worksheet, styles: Styles, rows: list[dict[str, Cell]]) -> None:
    """Beside each client a link to the folder of its briefs of the quarter, which Excel looks for beside the workbook."""
    column = len(LIST_HEADERS) + 1
    sheet.set_column(column, column, 11, styles.body())
    sheet.write_string(BOOK_ROW, column, "Briefs", styles.header())
    for at in range(DECISION_ROWS):
        row = BOOK_ROW + 1 + at
        folder = xl_rowcol_to_cell(row, LIST_HEADERS.index("Folder"), col_abs=True)
        shown = "Open folder" if at < len(rows) and rows[at]["Folder"] else ""
        formula = f'=IF({folder}="","",HYPERLINK({folder},"Open folder"))'
        sheet.write_formula(row, column, formula, styles.link(), shown)
    top = xl_rowcol_to_cell(BOOK_ROW + 1, 0, col_abs=True)
    line = {"type": "formula", "criteria": f'={top}<>""', "format": styles.row_line()}
    sheet.conditional_format(BOOK_ROW + 1, column - 1, BOOK_ROW + DECISION_ROWS, column, line)


STANDING = (("Brief", "Brief Filed", 17), ("Trades", "Trades", 22), ("Next", "Next", 15))
"""Columns of the Quarter sheet that the Dashboard repeats, with caption and width."""


def _write_standing(
    sheet: Worksheet, styles: Styles, rows: list[dict[str, Cell]], standing: Standings
) -> None:
    """Beside each client what the Quarter sheet says: its brief and whether it is stale, its trades, and what is next."""
    start = len(LIST_HEADERS) + 2
    for column, (header, caption, width) in enumerate(STANDING, start):
        sheet.set_column(column, column, width, styles.body())
        sheet.write_string(BOOK_ROW, column, caption, styles.header())
        for at in range(DECISION_ROWS):
            client = xl_rowcol_to_cell(BOOK_ROW + 1 + at, 0, col_abs=True)
            formula = f'=IF({client}="","",{quarter_cell(client, header)})'
            row = standing.get(str(rows[at]["Client ID"]), {}) if at < len(rows) else {}
            sheet.write_formula(BOOK_ROW + 1 + at, column, formula, styles.body(), str(row.get(header) or ""))
    top = BOOK_ROW + 1
    cells = [xl_rowcol_to_cell(top, start + at) for at in (0, 1)]
    fine = "".join(f',{cells[1]}<>"{word}"' for word in ("", "Done", "Not known"))
    for at, criteria in enumerate((f'=ISNUMBER(SEARCH("stale",{cells[0]}))', f"=AND({fine[1:]})")):
        rule = {"type": "formula", "criteria": criteria, "format": styles.emphasis()}
        sheet.conditional_format(top, start + at, BOOK_ROW + DECISION_ROWS, start + at, rule)
    used = f'={xl_rowcol_to_cell(top, 0, col_abs=True)}<>""'
    line = {"type": "formula", "criteria": used, "format": styles.row_line()}
    sheet.conditional_format(top, start, BOOK_ROW + DECISION_ROWS, start + len(STANDING) - 1, line)


def quarter_cell(client: str, header: str) -> str:
    """Formula of what the Quarter sheet says of the client in a cell; empty where it says nothing."""
    return f'IFERROR(INDEX({quarter_range(header)},MATCH({client},{quarter_range("Client ID")},0))&"","")'


def quarter_range(header: str) -> str:
    """`Quarter!$F$5:$F$2004`: a column of the Quarter sheet's list."""
    column = QUARTER_HEADERS.index(header)
    first, last = (
        xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True) for row in (ROW + 1, ROW + BOOK_ROOM)
    )
    return f"{QUARTER_SHEET}!{first}:{last}"


NO_DATE = "not set: enter As Of on Settings"


def _write_firm_title(sheet: Worksheet, styles: Styles, firm: FirmFacts) -> None:
    sheet.set_row(0, 28)
    sheet.write_formula(0, 0, "=" + setting_formula("Firm Name"), styles.title(), firm.name)
    sheet.write_string(1, 0, "As of", styles.subtitle())
    form = styles(font_color=look.SLATE, num_format="mmmm d, yyyy", align="left")
    as_of = setting_formula("As Of")
    sheet.write_formula(1, 1, f'=IF({as_of}="","{NO_DATE}",{as_of})', form, firm.as_of_serial or NO_DATE)
    sheet.write_formula(1, 2, f"={QUARTER_NAME}", styles.subtitle(), firm.quarter)


# --- Checks ----------------------------------------------------------------------------------------------------

CHECKS_ROW = 3
CHECKS_ROOM = 500
CHECKS_CLIENT, CHECKS_CLIENT_CELL = "XRChecksClient", (1, 7)
"""The cell that narrows the list to one client; empty lists every problem."""
_CHECKS_WIDTHS = (5, 9, 9, 13, 12, 12, 44, 28, 34)


def write_checks(sheet: Worksheet, styles: Styles, compute: Compute | None) -> None:
    """What to cure before the briefs, worst first, each with a link to its cell."""
    sheet.set_tab_color(look.TAB_RESULT)
    sheet.hide_gridlines(2)
    sheet.set_row(0, 28)
    sheet.write_string(0, 0, "Checks", styles.title())
    sheet.write_string(
        1,
        0,
        "An Error withholds that client's plan and brief only. Go jumps to the cell.",
        styles.subtitle(),
    )
    for at, width in enumerate(_CHECKS_WIDTHS):
        sheet.set_column(at, at, width, styles(text_wrap=at >= 3))
    row, column = CHECKS_CLIENT_CELL
    label = styles.label()
    sheet.write_string(row, column - 1, "Only this client (empty: all)", label)
    sheet.write_blank(row, column, None, styles.entry())
    sheet.data_validation(
        row,
        column,
        row,
        column,
        {
            "validate": "list",
            "source": "=" + list_name("Clients", "Client ID"),
            "input_title": "Only this client",
            "input_message": "Pick a Client ID, or empty the cell to list every problem.",
            "error_title": "Check this value",
            "error_message": "Choose a Client ID from the list.",
        },
    )
    cached = compute("XR_CHECKS") if compute else None
    said = (CHECKS_ROW - 1, 0)
    bold = styles.figure(font_size=10)
    say_if_alone(sheet, styles, said, (CHECKS_ROW, 1), tables.CHECKS_HEADERS, cached, form=bold)
    say_if_no_functions(sheet, styles, said)
    sheet.set_row(CHECKS_ROW, 22)
    sheet.write_string(CHECKS_ROW, 0, "Go", styles.header())
    spill(
        sheet,
        styles,
        (CHECKS_ROW, 1),
        f"=XR_CHECKS(XRBook,{CHECKS_CLIENT})",
        cached,
        tables.CHECKS_HEADERS,
        CHECKS_ROOM,
        {},
    )
    place = tables.CHECKS_HEADERS.index("Place") + 1
    link = styles.link()
    body = styles.body(text_wrap=True)
    severity = xl_rowcol_to_cell(CHECKS_ROW + 1, 1, col_abs=True)
    line = {"type": "formula", "criteria": f'={severity}<>""', "format": styles.row_line()}
    sheet.conditional_format(CHECKS_ROW + 1, 0, CHECKS_ROW + CHECKS_ROOM, 0, line)
    for y in range(1, CHECKS_ROOM + 1):
        row = CHECKS_ROW + y
        values = cached[y] if cached and y < len(cached) else None
        lines = [
            lines_of(value, width) for value, width in zip(values or (), _CHECKS_WIDTHS[1:], strict=False)
        ]
        sheet.set_row(row, row_height(max(3, *lines, 3)))  # a spill does not fit its rows by itself
        cell = xl_rowcol_to_cell(row, place)
        # 'Lots row 214' has no single cell: the link goes to the row's first one; 'Lots' goes to the sheet.
        target = f'SUBSTITUTE({cell}," row ","!A")'
        full = f'IF(ISNUMBER(FIND("!",{target})),{target},{target}&"!A1")'
        shown = "Go" if values and values[place - 1] else ""
        sheet.write_formula(row, 0, f'=IF({cell}="","",HYPERLINK("#"&{full},"Go"))', link, shown)
        for x in range(len(tables.CHECKS_HEADERS)):
            write_cell(sheet, row, 1 + x, values[x] if values else None, body)
    sheet.freeze_panes(CHECKS_ROW + 1, 0)
    page(sheet, styles, repeat_row=CHECKS_ROW)
    sheet.print_area(0, 0, CHECKS_ROW + max(1, len(cached or []) - 1), len(tables.CHECKS_HEADERS))
    protect(sheet)


# --- Help ------------------------------------------------------------------------------------------------------


HELP_WIDTH = 110


def _write_columns(sheet: Worksheet, styles: Styles, row: int, label: Any, text: Any) -> int:
    """Every input sheet column by column, from the layout; returns the last row."""
    for layout in INPUT_SHEETS:
        sheet.write_string(row, 0, f"Columns of {layout.name}", styles.section())
        sheet.write_string(row, 1, f"One row per {layout.row_is}.", text)
        for column in layout.columns:
            row += 1
            what = column_help(column).replace("\n", " ")
            sheet.set_row(row, row_height(lines_of(what, HELP_WIDTH)))
            sheet.write_string(row, 0, column.header, label)
            sheet.write_string(row, 1, what, text)
        row += 2
    return row - 2


def write_help(sheet: Worksheet, styles: Styles, functions: Sequence[Callable[..., Any]]) -> None:
    """How to use the workbook, in plain words, and every function with its arguments."""
    sheet.set_tab_color(look.TAB_SETUP)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 24, styles(valign="top"))
    sheet.set_column(1, 1, HELP_WIDTH, styles(valign="top", text_wrap=True))
    sheet.set_row(0, 28)
    sheet.write_string(0, 0, "How to use this workbook", styles.title())
    label = styles("XR Help Topic", bold=True, valign="top", font_color=look.NAVY, text_wrap=True)
    text = styles("XR Help Text", text_wrap=True, valign="top")
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
    row = _write_columns(sheet, styles, row + 2, label, text)
    sheet.write_string(row + 2, 0, NOT_ADVICE, styles("XR Disclaimer", italic=True, font_color=look.SLATE))
    page(sheet, styles)
    sheet.print_area(0, 0, row + 2, 1)
