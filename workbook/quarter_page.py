"""The Quarter sheet: where each client stands, from data to trades, as the record in the firm's folder has it."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from workbook import styles as look
from workbook.inputs import page, protect
from workbook.spill import OPEN_ROOM, Compute, spill
from workbook.styles import Styles
from xl_rebal.sheets.quarter_table import QUARTER_HEADERS

PLACE_NAME, PLACE_CELL = "XRPlace", "$D$2"
"""The cell that says where the workbook lies: Excel fills it once the file is saved."""
PLACE_FORMULA = '=IFERROR(CELL("filename",$A$1),"")'
FORMULA = f"=XR_QUARTER(XRBook,{PLACE_NAME})"
ROW = 3
_WIDTHS = (11, 30, 20, 13, 8, 20, 12, 24, 16, 78)


def write_quarter(sheet: Worksheet, styles: Styles, quarter: str, compute: Compute | None) -> None:
    """A row a client, with what is next; a brief that is stale, and trades that are not as planned, stand out."""
    sheet.set_tab_color(look.TAB_RESULT)
    sheet.hide_gridlines(2)
    sheet.set_default_row(18)
    for at, width in enumerate(_WIDTHS):
        sheet.set_column(at, at, width, styles.body())
    sheet.set_row(0, 28)
    sheet.write_string(0, 0, f"Quarter {quarter}".strip(), styles.title())
    sheet.write_string(1, 0, "Where each client stands, from the record of briefs in", styles.subtitle())
    sheet.write_formula(1, 3, PLACE_FORMULA, styles.subtitle(), "")
    cached = compute("XR_QUARTER") if compute else None
    spill(sheet, styles, (ROW, 0), FORMULA, cached, QUARTER_HEADERS, OPEN_ROOM, {"Data As Of": look.DATE})
    sheet.freeze_panes(ROW + 1, 2)
    page(sheet, styles, repeat_row=ROW)
    protect(sheet)
