"""Results as a plain workbook of values: for a Mac, for LibreOffice, for a colleague without the tool.

One sheet per table, made with pandas and openpyxl. It is always a new file: a workbook with macros is never saved
again this way, since that would drop its ribbon and its results.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from xl_rebal.errors import WorkbookUnwritable
from xl_rebal.sheets.tables import CellTable

PERCENT = frozenset(("Weight", "Target", "Drift", "Lower", "Upper", "After Plan", "Worst Drift"))
WIDEST = 60


def write_results(path: Path, tables: Mapping[str, CellTable]) -> Path:
    """Writes each table to a sheet of its own and returns the path; an existing file is not overwritten."""
    import pandas as pd

    if path.exists():
        raise WorkbookUnwritable(f"{path} exists already; it is not overwritten. Name another file.")
    try:
        with pd.ExcelWriter(path, engine="openpyxl") as writer:
            for name, table in tables.items():
                frame = pd.DataFrame(table[1:], columns=pd.Index(table[0]))
                frame.to_excel(writer, sheet_name=name, index=False, freeze_panes=(1, 0))
                _dress(writer.sheets[name], table)
    except OSError as error:
        raise WorkbookUnwritable(f"{path} can't be written: {error.strerror or error}.") from error
    return path


def _dress(sheet: object, table: CellTable) -> None:
    """Bold header, widths that fit, dollars and percents as such; text stays text, whatever it starts with."""
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.worksheet import Worksheet

    assert isinstance(sheet, Worksheet)  # noqa: S101 - for the type checker
    for index, header in enumerate(table[0], 1):
        letter = get_column_letter(index)
        sheet.cell(1, index).font = Font("Calibri", 11, bold=True)
        longest = max((len(str(row[index - 1])) for row in table if row[index - 1] is not None), default=8)
        sheet.column_dimensions[letter].width = min(WIDEST, longest + 2)
        for cell in sheet[letter][1:]:
            if isinstance(cell.value, float):
                cell.number_format = "0.00%" if header in PERCENT else "#,##0.00"
            elif isinstance(cell.value, str):
                cell.data_type = "s"
                cell.alignment = Alignment(vertical="top", wrap_text=longest > WIDEST)
    sheet.auto_filter.ref = sheet.dimensions
