"""Formulas of other kinds: what the builder stored for them is what is computed, and what is not certain is left to Excel.

That they calculate to the same in a spreadsheet program is in tests/libreoffice/test_host.py.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.refresh.files import calc
from workbook.build import build_workbook
from xl_rebal.refreshing.bookfile import BookFile
from xl_rebal.refreshing.formula import calls_xr
from xl_rebal.refreshing.native import computed
from xl_rebal.sample import firm_rows, firm_settings_values
from xl_rebal.sheets.cells import NOT_CALCULATED
from xl_rebal.sheets.package import Package

DECISIONS = [
    {"Client ID": "HAR01", "Quarter": "2026-Q4", "Decision": "Defer", "By": "M. Alder"},
    {"Client ID": "NAK02", "Quarter": "2026-Q3", "Decision": "Decline", "By": "D. Finch"},
    {"Client ID": "HAR01", "Quarter": "2026-Q4", "Decision": "Approve", "By": "M. Alder"},
]


def test_the_workbooks_own_formulas_are_computed_to_what_was_stored_with_them(tmp_path: Path) -> None:
    rows = {**firm_rows(), "Decisions": DECISIONS}
    path = build_workbook(tmp_path / "sample.xlsx", rows, firm_settings_values(), macros=False)
    book = BookFile(Package.read(path))
    own_kind = (
        "ROW(",
        "YEAR(",
        "COUNTA(",
        "CELL(",
        "VALUE(",
        "XRPlace",
    )  # read no result, and are left to Excel
    compared: Counter[str] = Counter()
    for place in book.worksheets():
        name = book.sheets[place].name
        stale = [
            c for c in book.formulas(place) if not calls_xr(c.text) and not any(f in c.text for f in own_kind)
        ]
        if name == "Verify" or not stale:
            continue
        found = computed(book, {}, stale)[place]
        for cell in stale:
            at = cell.anchor
            [[stored]] = book.values(at)
            stored = "" if stored == NOT_CALCULATED else stored  # a formula that shows nothing
            stored = (
                float((stored.date() - date(1899, 12, 30)).days) if isinstance(stored, datetime) else stored
            )
            value = found[at.top, at.left]
            same = value == (pytest.approx(stored) if isinstance(stored, float) else stored)
            assert same, f"{book.named(at)} {cell.text}: {value!r}, not {stored!r}"
            compared[name] += 1
    assert compared["Dashboard"] > 2_500
    assert compared["Client"] > 120
    assert compared["Checks"] > 500


def results(tmp_path: Path, *formulas: str) -> list[Any]:
    """What formulas of column C show beside A1:B4; None for one that is left to Excel."""

    def fill(book: Any, sheet: Any) -> None:
        for row, (a, b) in enumerate((("Ada", 2), ("ben", 0.5), ("Ada", -3), (None, "x*"))):
            sheet.write(row, 0, a)
            sheet.write(row, 1, b)
        sheet.write(4, 1, date(2026, 10, 15), book.add_format({"num_format": "yyyy-mm-dd"}))
        for row, formula in enumerate(formulas):
            sheet.write_formula(row, 2, formula, None, "old")

    book = BookFile(Package.read(calc(tmp_path / "c.xlsx", fill)))
    place = next(p for p in book.worksheets() if book.sheets[p].name == "Calc")
    return [
        computed(book, {}, [cell]).get(place, {}).get((cell.anchor.top, cell.anchor.left))
        for cell in book.formulas(place)
    ]


def test_they_are_computed_as_excel_does(tmp_path: Path) -> None:
    # By ECMA-376 part 1, 18.17: operators 18.17.2.2, conversions 18.17.2.6, functions 18.17.7.
    expected = {
        "=1+2*3-4/2": 5.0,
        "=-B1+-B3": 1.0,
        '="a"&2&A4&TRUE': "a2TRUE",
        '=A1="ADA"': True,
        '=A4=""': True,
        "=A4=0": True,
        "=A4": 0.0,
        '=B1="2"': False,
        "=SUM(B1:B4)": -0.5,
        '=COUNTIF(A1:A4,"ad*")': 2.0,
        '=COUNTIF(A1:A4,"?*")': 3.0,
        '=COUNTIF(B1:B4,"<0")': 1.0,
        "=INDEX(B1:B3,MATCH(A2,A1:A3,0))": 0.5,
        '=IFERROR(INDEX(B1:B3,MATCH("no",A1:A3,0)),"none")': "none",
        '=MATCH("no",A1:A3,0)': "#N/A",
        "=LOOKUP(2,1/(A1:A3=A1),B1:B3)": -3.0,
        '=LOOKUP(2,1/(A1:A3="no"),B1:B3)': "#N/A",
        "=SUMPRODUCT((A1:A3=A1)*B1:B3)": -1.0,
        "=1/A4": "#DIV/0!",
        "=A1*2": "#VALUE!",
        "=IF(B2>0,ISTEXT(A1),NA())": True,
        '=PROPER("approve")&MID("abcd",2,2)&FIND("c","abcd")': "Approvebc3",
        '=SUBSTITUTE("Lots row 5"," row ","!A")': "Lots!A5",
        '="at least $"&FIXED(INT(124500.7),0)': "at least $124,500",
        "=B5": 46310.0,
        "=ABS(B3)&LEFT(A2,1)&RIGHT(A2,1)": "3bn",
        "=SUM(A1:A4)+1": 1.0,  # no number in it: zero, as any other number
        "=SUM(A1:A4)=0": True,
        '=IF(SUM(A1:A4)=0,"none","some")': "none",
    }
    assert dict(zip(expected, results(tmp_path, *expected), strict=True)) == expected


def test_what_is_not_certain_is_left_to_excel(tmp_path: Path) -> None:
    left = (
        "=TODAY()", "=VLOOKUP(A1,A1:B3,2)", "=B2&\"\"", "=MATCH(B4,A1:A3,0)", "=MATCH(A1,A1:A3)", "=MATCH(B1,B1:B3,1)", "=A1<A2",
        "=A1<B1", "=COUNTIF(B1:B4,2)", "=COUNTIF(A1:A4,\"<>x\")", "=LOOKUP(1,B1:B3)", "=A:A", "=Calc!A1:A3",
        "=ROUND(B2,0)", "=FIXED(B2,1)", "=2^3", "=nowhere", "=SUM(A1:A2,", "=[1]Other!A1",
    )  # fmt: skip
    assert results(tmp_path, *left) == [None] * len(left)


def test_a_sheet_is_computed_whole_or_not_at_all(tmp_path: Path) -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write("A1", 4)
        sheet.write_formula("B1", "=A1*2", None, 1)
        sheet.write_formula("B2", "=ROUND(A1,0)", None, 1)
        other = book.add_worksheet("Other")
        other.write_formula("A1", "=Calc!B1+1", None, 1)
        book.add_worksheet("Third").write_formula("A1", "=Calc!A1+1", None, 1)

    book = BookFile(Package.read(calc(tmp_path / "w.xlsx", fill)))
    cells = [cell for place in book.worksheets() for cell in book.formulas(place)]
    found = computed(book, {}, cells)
    assert {book.sheets[place].name: values for place, values in found.items()} == {"Third": {(1, 1): 5.0}}, (
        "what reads a sheet that is left is left, too"
    )


def test_formulas_that_read_one_another_are_left(tmp_path: Path) -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_formula("B1", "=B2+1", None, 1)
        sheet.write_formula("B2", "=B1", None, 1)

    book = BookFile(Package.read(calc(tmp_path / "r.xlsx", fill)))
    assert computed(book, {}, [cell for place in book.worksheets() for cell in book.formulas(place)]) == {}
