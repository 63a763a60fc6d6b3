"""The Quarter sheet: where each client stands, from data to trades, as the record in the firm's folder has it."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from workbook import styles as look
from workbook.inputs import page, protect
from workbook.spill import OPEN_ROOM, Compute, say_if_alone, say_if_no_functions, spill
from workbook.styles import Styles
from xl_rebal.sheets.layout import QUARTER_SHEET
from xl_rebal.sheets.quarter_table import QUARTER_HEADERS

PLACE_NAME, PLACE_COLUMN = "XRPlace", len(QUARTER_HEADERS) + 1
PLACE_CELL = "$L$2"
"""The hidden cell that says where the workbook lies: Excel fills it once the file is saved."""
PLACE_FORMULA = '=IFERROR(CELL("filename",$A$1),"")'
FORMULA = f"=XR_QUARTER(XRBook,{PLACE_NAME})"
ROW = 3
_WIDTHS = (10, 28, 17, 12, 8, 17, 11, 24, 15, 70)


def shown_place() -> str:
    """Formula of the folder as a person writes it: `C:\\firm\\` of Excel's `C:\\firm\\[book.xlsm]Quarter`, and
    `/firm/book.xlsx` of LibreOffice's `'file:///firm/book.xlsx'#$Quarter`."""
    place = PLACE_NAME
    for away in ("'file://", f"'#${QUARTER_SHEET}"):
        place = f'SUBSTITUTE({place},"{away}","")'
    return f'=IFERROR(LEFT({PLACE_NAME},FIND("[",{PLACE_NAME})-1),{place})'


def write_quarter(
    sheet: Worksheet, styles: Styles, quarter: str, quarter_name: str, compute: Compute | None
) -> None:
    """A row a client, with what is next; a brief that is stale, and trades that are not as planned, stand out."""
    sheet.set_tab_color(look.TAB_RESULT)
    sheet.hide_gridlines(2)
    sheet.set_default_row(18)
    for at, width in enumerate(_WIDTHS):
        sheet.set_column(at, at, width, styles.body())
    sheet.set_column(PLACE_COLUMN, PLACE_COLUMN, 10, styles(), {"hidden": True})
    sheet.set_row(0, 28)
    title = f"Quarter {quarter}".strip()
    sheet.write_formula(0, 0, f'=TRIM("Quarter "&{quarter_name})', styles.title(), title)
    sheet.write_string(1, 0, "Where each client stands, from the record of briefs in", styles.subtitle())
    sheet.write_formula(1, PLACE_COLUMN, PLACE_FORMULA, styles(), "")
    sheet.write_formula(1, 3, shown_place(), styles.subtitle(), "")
    cached = compute("XR_QUARTER") if compute else None
    said = (ROW - 1, 0)
    bold = styles.figure(font_size=10)
    say_if_alone(sheet, styles, said, (ROW, 0), QUARTER_HEADERS, cached, form=bold)
    say_if_no_functions(sheet, styles, said)
    spill(sheet, styles, (ROW, 0), FORMULA, cached, QUARTER_HEADERS, OPEN_ROOM, {"Data As Of": look.DATE})
    sheet.freeze_panes(ROW + 1, 2)
    page(sheet, styles, repeat_row=ROW)
    sheet.print_area(0, 0, ROW + max(1, len(cached or []) - 1), len(QUARTER_HEADERS) - 1)
    protect(sheet)
