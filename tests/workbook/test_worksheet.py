"""Formulas are written as XlsxWriter writes them, whatever was written before."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import load_workbook

from workbook.worksheet import QuickSheet

FORMULAS = (
    "=SUM(A1:A2)",
    "=SUM(A1:A2)+SORT(A1:A2)",
    "=SORT(A1:A2)",
    '=IF(A1="SORT(",SUM(A1),FILTER(A1:A2,A1:A2))',
    "=IF(A1,SUM(A1),MAX(A2))",
    "=MAX(SUM(A1),IF(A2,1,2))",
    "=_xlfn.XLOOKUP(1,A1:A2,A1:A2)",
    "=XLOOKUP(1,A1:A2,A1:A2)",
    "=A1",
    "SUM(UNIQUE(A1:A2))",
    "={SUM(A1:A2)}",
    "={1}",
)


@pytest.mark.parametrize("turn", range(len(FORMULAS)))
def test_a_formula_is_written_as_the_usual_worksheet_writes_it(tmp_path: Path, turn: int) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for sheet in (book.add_worksheet("Usual"), book.add_worksheet("Quick", QuickSheet)):
            for row, formula in enumerate((*FORMULAS[turn:], *FORMULAS[:turn])):
                sheet.write_formula(row, 0, formula)
    read = load_workbook(path)
    usual, quick = (
        [getattr(cell.value, "text", cell.value) for cell in read[name]["A"]] for name in ("Usual", "Quick")
    )
    assert quick == usual
    assert "=SUM(A1:A2)+_xlfn._xlws.SORT(A1:A2)" in quick
