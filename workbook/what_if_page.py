"""The What-If sheet: a few wishes in input cells, and the plan under them beside the plan as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from workbook import styles as look
from workbook.firm_cells import CLIENT_ROW_NAME, FirmCells, client_row, client_value, setting_formula
from workbook.inputs import page, protect, write_cell
from workbook.spill import OPEN_ROOM, Compute, body_format, say_if_alone, say_if_no_functions, spill
from workbook.styles import Styles
from xl_rebal.sheets.layout import CLIENT_SHEET
from xl_rebal.sheets.tables import Cell, CellTable
from xl_rebal.sheets.what_if_table import COUNT_ROWS, FIGURES, TRADES, WEIGHT_ROWS, WHAT_IF_HEADERS

RESULT_TITLE = "The plan, and the plan under these wishes"
FIRST_WISH, RESULT_ROW = 3, 9
"""Zero-based rows: the first wish, and the header of the result."""
ENTRY_COLUMN, NOW_COLUMN, WHAT_COLUMN = 2, 3, 4
CLIENT_ROW_CELL = (0, 7)
"""Hidden: where the client stands in the Clients table, which this sheet and Verify read."""
_WIDTHS = (2, 46, 19, 19, 19, 78)


@dataclass(frozen=True, slots=True)
class _Wish:
    """An input cell: its name in the workbook, what it asks, its format, its rule, and the formula of what holds now."""

    name: str
    label: str
    what: str
    form: str
    rule: Mapping[str, Any]
    now: str


def wishes() -> tuple[_Wish, ...]:
    """The input cells in the order of XR_WHATIF's arguments."""
    budget, band = client_value("Gain Budget"), client_value("Band")
    owners = "TRIM(tblAccounts[Client ID])=TRIM(XRClient)"
    amount: dict[str, Any] = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1e12}
    share = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1}
    return (
        _Wish(
            "XRWhatIfBudget",
            "Gain budget",
            "Most net gain of the year. It holds then: drift stays where it must.",
            look.DOLLARS,
            {**amount, "error_message": "Dollars, 0 or more. Leave it empty to keep the client's budget."},
            f'=IFERROR(IF({budget}="","none",{budget}),"")',
        ),
        _Wish(
            "XRWhatIfTolerance",
            "Class tolerance",
            "Points around the target of every class, such as 3%.",
            look.RATE,
            {**share, "error_message": "A share between 0% and 100%, such as 3%. Empty keeps the bands."},
            f'=IFERROR(IF({band}="",{setting_formula("Class Band")},{band}),"")',
        ),
        _Wish(
            "XRWhatIfCash",
            "Cash need",
            "Paid out of a taxable account, besides what is asked for already.",
            look.DOLLARS,
            {**amount, "error_message": "Dollars, 0 or more. Leave it empty when no cash is needed."},
            f"=SUMPRODUCT(--({owners}),tblAccounts[Withdrawal])",
        ),
        _Wish(
            "XRWhatIfNoShortTerm",
            "No short-term gains",
            "Yes: lots with a short-term gain are not sold.",
            look.TEXT,
            {
                "validate": "list",
                "source": ["Yes", "No"],
                "error_message": "Yes, No, or empty to keep the setting.",
            },
            f'=IF({setting_formula("Short-Term Gains")}="Block","Yes","No")',
        ),
    )


FORMULA = f"=XR_WHATIF(XRClient,XRBook,{','.join(wish.name for wish in wishes())})"


def input_names() -> Mapping[str, str]:
    """Names of the input cells, and of the cell that says where the chosen client stands, with their places."""
    names = {
        wish.name: xl_rowcol_to_cell(FIRST_WISH + at, ENTRY_COLUMN, row_abs=True, col_abs=True)
        for at, wish in enumerate(wishes())
    }
    return {**names, CLIENT_ROW_NAME: xl_rowcol_to_cell(*CLIENT_ROW_CELL, row_abs=True, col_abs=True)}


def write_what_if(sheet: Worksheet, styles: Styles, firm: FirmCells, compute: Compute | None) -> None:
    """Input cells with what holds now beside them, and below the plan beside the plan under these wishes."""
    sheet.set_tab_color(look.TAB_RESULT)
    sheet.hide_gridlines(2)
    sheet.set_default_row(17)
    for at, width in enumerate(_WIDTHS):
        sheet.set_column(at, at, width, styles())
    for x, header in enumerate(WHAT_IF_HEADERS):
        form = body_format(styles, header, first=not x, wrap=False)
        sheet.set_column(1 + x, 1 + x, _WIDTHS[1 + x], form)
    _write_title(sheet, styles, firm)
    now = _now(firm)
    for x, header in enumerate(("Wish", "Your input", "As it is", "What it does")):
        right = "" if x in (0, 3) else look.DOLLARS
        sheet.write_string(FIRST_WISH - 1, 1 + x, header, styles.header(right))
    sheet.write_blank(FIRST_WISH - 1, 5, None, styles.header())
    for at, wish in enumerate(wishes()):
        row = FIRST_WISH + at
        sheet.set_row(row, 18)
        sheet.write_string(row, 1, wish.label, styles.body(bold=True))
        entry = styles.entry(wish.form)
        sheet.write_blank(row, ENTRY_COLUMN, None, entry)
        rule = {
            "error_title": "Check this value",
            "input_title": wish.label,
            "input_message": wish.what + " Empty: as it is.",
            **wish.rule,
        }
        sheet.data_validation(row, ENTRY_COLUMN, row, ENTRY_COLUMN, rule)
        form = styles(num_format=wish.form, align="right", font_color=look.SLATE)
        sheet.write_formula(row, NOW_COLUMN, wish.now, form, now[at])
        sheet.write_string(row, WHAT_COLUMN, wish.what, styles.body(font_color=look.SLATE))
    cells = f"{xl_rowcol_to_cell(FIRST_WISH, ENTRY_COLUMN)}:{xl_rowcol_to_cell(FIRST_WISH + 3, ENTRY_COLUMN)}"
    said = (
        f'=IF(COUNTA({cells})=0,"Type into a yellow cell: the plan under your wishes follows. Empty: as it is.",'
        f'COUNTA({cells})&IF(COUNTA({cells})=1," wish"," wishes")&" in force here only: nothing is saved to the client.")'
    )
    shown = "Type into a yellow cell: the plan under your wishes follows. Empty: as it is."
    sheet.write_formula(FIRST_WISH + len(now), 1, said, styles.subtitle(), shown)
    say_if_no_functions(sheet, styles, (FIRST_WISH + len(now), 1))
    cached = compute("XR_WHATIF", firm.client_id) if compute else None
    sheet.set_row(RESULT_ROW - 1, 20)
    heading, place = (RESULT_ROW - 1, 1), (RESULT_ROW, 1)
    say_if_alone(sheet, styles, heading, place, WHAT_IF_HEADERS, cached, title=RESULT_TITLE)
    sheet.set_row(RESULT_ROW, 20)
    _emphasize(sheet, styles)  # before the rules of the spill: LibreOffice takes the first that holds
    spill(sheet, styles, place, FORMULA, cached, WHAT_IF_HEADERS, OPEN_ROOM)
    _format_figures(sheet, styles, cached)
    sheet.freeze_panes(RESULT_ROW + 1, 0)
    page(sheet, styles)
    sheet.print_area(0, 0, RESULT_ROW + max(24, len(cached or [])), 5)
    protect(sheet)


def _write_title(sheet: Worksheet, styles: Styles, firm: FirmCells) -> None:
    sheet.set_row(0, 28)
    name = client_value("Client Name")
    sheet.write_formula(0, 1, f'=IFERROR({name}&"","")', styles.title(), firm.of_client("Client Name") or "")
    choose = "Choose a client on the Client sheet first"
    said = f"What if: client {firm.client_id}" if firm.client_id else choose
    formula = f'=IF(XRClient="","{choose}","What if: client "&XRClient)'
    sheet.write_formula(1, 1, formula, styles.subtitle(), said)
    link = styles.link()
    sheet.write_formula(
        1, 2, f'=HYPERLINK("#{CLIENT_SHEET}!C2","Choose another client")', link, "Choose another client"
    )
    row, column = CLIENT_ROW_CELL
    sheet.set_column(column, column, 10, styles(), {"hidden": True})
    sheet.write_formula(row, column, client_row(), styles(), firm.client_row or "")


def _now(firm: FirmCells) -> Sequence[Cell]:
    """What the cells beside the inputs show: the client's and the firm's own figures."""
    if firm.client_row is None:
        return ("", "", 0.0, "Yes" if firm.settings.get("Short-Term Gains") == "Block" else "No")
    budget, band = firm.of_client("Gain Budget"), firm.of_client("Band")
    return (
        "none" if budget is None else budget,
        firm.settings.get("Class Band") if band is None else band,
        firm.sum_of_accounts("Withdrawal"),
        "Yes" if firm.settings.get("Short-Term Gains") == "Block" else "No",
    )


def _format_figures(sheet: Worksheet, styles: Styles, cached: CellTable | None) -> None:
    """Weights and counts among the dollars."""
    kinds = {**dict.fromkeys(WEIGHT_ROWS, look.SIGNED_PERCENT), **dict.fromkeys(COUNT_ROWS, look.WHOLE)}
    for row, form in kinds.items():
        for x in range(1, 4):
            value = cached[row][x] if cached and row < len(cached) else None
            write_cell(sheet, RESULT_ROW + row, 1 + x, value, styles.body(form))


def _emphasize(sheet: Worksheet, styles: Styles) -> None:
    """What differs in bold, and a line over the trades."""
    for top, last in ((1, FIGURES), (FIGURES + 2, OPEN_ROOM)):
        changed = xl_rowcol_to_cell(RESULT_ROW + top, 4, col_abs=True)
        rule = {
            "type": "formula",
            "criteria": f"=AND(ISNUMBER({changed}),{changed}<>0)",
            "format": styles.changed(),
        }
        sheet.conditional_format(RESULT_ROW + top, 4, RESULT_ROW + last, 4, rule)
    row = RESULT_ROW + FIGURES + 1
    heading = {"type": "formula", "criteria": f'=$B${row + 1}="{TRADES}"', "format": styles.total_line()}
    sheet.conditional_format(row, 1, row, 5, heading)
