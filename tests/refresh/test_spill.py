"""Results that grow, shrink or have no room, and formulas that are left: on small sheets with XR_TERM, which needs no book."""

from __future__ import annotations

import os
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests.refresh.files import (
    areas,
    calc,
    edited,
    is_sound,
    marked,
    only_results_differ,
    parts,
    sheet_bytes,
    sheet_parts,
)
from xl_rebal.errors import WorkbookUnreadable, WorkbookUnwritable
from xl_rebal.refreshing import evaluate
from xl_rebal.refreshing.chain import without
from xl_rebal.refreshing.run import Refreshed, refresh

LONG, SHORT = "Long-term", "Short-term"
BOUGHT = [date(2024, 1, 2), date(2025, 9, 30), date(2020, 2, 29)]
SOLD = date(2026, 1, 5)  # held more than one year: the first and the third
TERMS = [LONG, SHORT, LONG]


def dates(book: Any, sheet: Any) -> None:
    form = book.add_format({"num_format": "m/d/yyyy"})
    for row, day in enumerate(BOUGHT):
        sheet.write_datetime(row, 0, day, form)
    sheet.write_datetime(0, 1, SOLD, form)


def shown(path: Path) -> list[list[Any]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Calc").to_python(skip_empty_area=False)


def column(path: Path, at: int, rows: int) -> list[Any]:
    table = shown(path)
    return [table[y][at] if y < len(table) and at < len(table[y]) else "" for y in range(rows)]


def refreshed(path: Path) -> Refreshed:
    """Refreshes and proves on the way that only results changed, that the sheets are sound and that a second time changes nothing."""
    done = refresh(path)
    if done.backup:
        assert only_results_differ(done.backup, path) == set(done.changed)
    for sheet in sheet_parts(path):
        is_sound(sheet_bytes(path, sheet))
    assert refresh(path, check=True).up_to_date
    return done


def test_a_result_grows_into_empty_cells_with_the_formats_that_they_have(tmp_path):
    def fill(book: Any, sheet: Any) -> None:
        dates(book, sheet)
        sheet.set_column(3, 3, 12, book.add_format({"bold": True}))
        sheet.write_dynamic_array_formula("D1:D1", "=XR_TERM(A1:A3,B1)", None, "old")
        sheet.write_blank("D2", None, book.add_format({"italic": True}))
        sheet.write("F9", "end")

    path = calc(tmp_path / "b.xlsx", fill)
    done = refreshed(path)
    assert column(path, 3, 4) == [*TERMS, ""]
    content = sheet_bytes(path, "Calc")
    assert areas(content) == {"D1": ("D1:D3", "XR_TERM(A1:A3,B1)")}
    assert b'<c r="D2" s="3" t="str">' in content  # italic, as it was
    assert b'<c r="D3" s="1" t="str">' in content  # bold: its column's
    assert (done.formulas, done.cells, done.changed) == (1, 3, {"Calc": 1})
    assert done.lines()[-2:] == [
        "b.xlsx is refreshed: 1 of 1 XR_ formulas, 3 cells (Calc 1).",
        "The workbook as it was: b (before refresh 1).xlsx",
    ]


def test_a_result_shrinks_and_leaves_empty_cells_with_their_formats(tmp_path):
    def fill(book: Any, sheet: Any) -> None:
        dates(book, sheet)
        sheet.write_dynamic_array_formula("D1:E5", "=XR_TERM(A1:A3,B1)", None, LONG)
        form = book.add_format({"bold": True})
        for row in range(5):
            sheet.write(row, 4, "stale", form)
            if row:
                sheet.write(row, 3, [SHORT, LONG, "stale", 7][row - 1], form)
        sheet.write("D6", "mine")

    path = calc(tmp_path / "b.xlsx", fill)
    done = refreshed(path)
    assert column(path, 3, 6) == [*TERMS, "", "", "mine"]
    assert column(path, 4, 6) == [""] * 6
    assert areas(sheet_bytes(path, "Calc"))["D1"][0] == "D1:D3"
    assert sheet_bytes(path, "Calc").count(b's="2"/>') == 7
    assert done.cells == 8  # D1 for its range, two below the result, five beside it


@pytest.mark.parametrize(
    ("in_the_way", "words"),
    [
        (lambda book, sheet: sheet.write("D3", "mine"), "Calc!D3"),
        (lambda book, sheet: sheet.write_formula("D2", "=1+1", None, 2), "Calc!D2"),
        (lambda book, sheet: sheet.merge_range("D3:E4", None), "merged cells at Calc!D3:E4"),
        (
            lambda book, sheet: sheet.add_table("D3:E5", {"name": "Mine", "header_row": False}),
            "the table Mine",
        ),
        (
            lambda book, sheet: sheet.write_dynamic_array_formula("D3", "=XR_TERM(A1,B1)", None, LONG),
            "Calc!D3",
        ),
    ],
)
def test_a_result_never_writes_over_what_somebody_put_there(tmp_path, in_the_way, words):
    def fill(book: Any, sheet: Any) -> None:
        dates(book, sheet)
        sheet.write_dynamic_array_formula("D1:D2", "=XR_TERM(A1:A3,B1)", None, "old")
        sheet.write("D2", "old")
        in_the_way(book, sheet)

    path = calc(tmp_path / "b.xlsx", fill)
    before = shown(path)
    done = refreshed(path)
    # Excel shows #SPILL! and stores #VALUE!, as here: readers refuse a sheet with #SPILL! in it.
    assert b'cm="1" t="e"><f t="array" ref="D1">XR_TERM(A1:A3,B1)</f><v>#VALUE!</v>' in sheet_bytes(
        path, "Calc"
    )
    if words != "Calc!D2":  # there the formula, which is not part of the result, stays
        assert column(path, 3, 2) == ["", ""]
    assert column(path, 3, 5)[2:] == [before[y][3] if y < len(before) else "" for y in range(2, 5)]
    assert done.needs_attention
    assert [str(one) for one in done.blocked] == [
        f"Calc!D1 (=XR_TERM(A1:A3,B1)): its result needs 3 rows and 1 column, and {words} is in the way, as Excel says with "
        "#SPILL!. Clear that and refresh again."
    ]


def test_a_blocked_result_comes_back_when_its_cells_are_clear(tmp_path):
    def fill(book: Any, sheet: Any) -> None:
        dates(book, sheet)
        sheet.write_dynamic_array_formula("D1", "=XR_TERM(A1:A3,B1)", None, "#VALUE!")

    path = calc(tmp_path / "b.xlsx", fill)
    part = sheet_parts(path)["Calc"]
    edited(
        path, {part: [('<c r="D1" cm="1" t="str">', '<c r="D1" cm="1" vm="1" t="e">')]}
    )  # as Excel marks #SPILL!
    refreshed(path)
    assert column(path, 3, 3) == TERMS
    assert b"vm=" not in sheet_bytes(path, "Calc")


def test_results_do_not_spill_over_each_other_and_one_that_shrinks_makes_room(tmp_path):
    def fill(book: Any, sheet: Any) -> None:
        dates(book, sheet)
        sheet.write_dynamic_array_formula("D1:D9", "=XR_TERM(A1:A3,B1)", None, LONG)
        for row in range(1, 9):
            sheet.write(row, 3, "old")
        sheet.write_row("H8", [44000, 45930, 44001])
        sheet.write_dynamic_array_formula(
            "C5", "=XR_TERM(H8:J8,B1)", None, "#VALUE!"
        )  # its way was blocked by D5
        sheet.write_dynamic_array_formula("B7", "=XR_TERM(H8:J8,B1)", None, "old")  # ends beside C5's
        sheet.write_dynamic_array_formula("E3:E4", "=XR_TERM(A1:A3,B1)", None, "old")  # meets C5's in E5

    path = calc(tmp_path / "b.xlsx", fill)
    done = refreshed(path)
    assert shown(path)[4][2:6] == [LONG, SHORT, LONG, ""] or done.blocked
    assert column(path, 3, 4) == [*TERMS, ""]
    assert [one.place for one in done.blocked] == ["Calc!C5"]  # E3 stands above it and was there first
    assert "the result of Calc!E3" in done.blocked[0].why
    assert column(path, 4, 5)[2:] == TERMS
    assert shown(path)[6][1:4] == [LONG, SHORT, LONG]


def test_an_array_formula_with_a_range_of_its_own_fills_exactly_that(tmp_path):
    def fill(book: Any, sheet: Any) -> None:
        dates(book, sheet)
        sheet.write_array_formula("D1:D5", "{=XR_TERM(A1:A3,B1)}", None, "old")
        sheet.write_array_formula("E1:E2", "{=XR_TERM(A1:A3,B1)}", None, "old")

    path = calc(tmp_path / "b.xlsx", fill)
    refreshed(path)
    content = sheet_bytes(path, "Calc")
    assert {a for a, _ in areas(content).values()} == {"D1:D5", "E1:E2"}
    assert column(path, 3, 3) == TERMS
    assert column(path, 4, 3) == [*TERMS[:2], ""]
    assert content.count(b"<v>#N/A</v>") == 2  # as Excel fills what a result does not reach


def test_formulas_in_single_cells_shared_ones_and_table_columns_show_one_value(tmp_path):
    def fill(book: Any, sheet: Any) -> None:
        dates(book, sheet)
        for row in range(3):
            sheet.write_formula(row, 3, f"=XR_TERM(A{row + 1},$B$1)", None, "old")
        sheet.write_formula("E1", "=XR_TERM(A1:A3,B1)", None, "old")
        form = book.add_format({"num_format": "m/d/yyyy"})
        columns = [
            {"header": "Bought", "format": form},
            {"header": "Term", "formula": "=XR_TERM(tblMine[[#This Row],[Bought]],$B$1)"},
        ]
        sheet.add_table("G1:H4", {"name": "tblMine", "columns": columns, "data": [[day] for day in BOUGHT]})

    path = calc(tmp_path / "b.xlsx", fill)
    edited(
        path,
        {
            sheet_parts(path)["Calc"]: [
                ("<f>XR_TERM(A1,$B$1)</f>", '<f t="shared" ref="D1:D3" si="0">XR_TERM(A1,$B$1)</f>'),
                ("<f>XR_TERM(A2,$B$1)</f>", '<f t="shared" si="0"/>'),
                ("<f>XR_TERM(A3,$B$1)</f>", '<f t="shared" si="0"/>'),
            ]
        },
    )
    done = refresh(path)
    assert not done.left
    assert column(path, 3, 3) == TERMS
    assert column(path, 4, 2) == [LONG, ""]  # the first value, as Excel's @ gives
    assert column(path, 7, 4)[1:] == TERMS
    assert sheet_bytes(path, "Calc").count(b'<f t="shared" si="0"/>') == 2
    assert refresh(path).up_to_date


def test_arguments_are_names_tables_other_sheets_literals_and_other_results(tmp_path):
    def fill(book: Any, sheet: Any) -> None:
        dates(book, sheet)
        form = book.add_format({"num_format": "m/d/yyyy"})
        other = book.add_worksheet("Ann's list")
        other.write_datetime("C3", BOUGHT[1], form)
        sheet.add_table(
            "M1:M4",
            {
                "name": "tblDays",
                "data": [[d] for d in BOUGHT],
                "columns": [{"header": "Day", "format": form}],
            },
        )
        book.define_name("Sold", "=Calc!$B$1")
        book.define_name("Again", "=Sold")
        book.define_name("Calc!Own", "=Calc!$A$2")
        book.define_name("Number", "=45930")
        for row, formula in enumerate(
            [
                "XR_TERM('Ann''s list'!$C$3,Sold)",
                "XR_TERM(Own,Again)",
                "XR_TERM(44000,SOLD)",
                "XR_TERM(Number,Sold)",
                "XR_TERM(A1,45000+0)",
            ]
        ):
            sheet.write_formula(row, 3, "=" + formula, None, "old")
        sheet.write_dynamic_array_formula("E1", "=XR_TERM(tblDays[Day],Sold)", None, "old")
        sheet.write_dynamic_array_formula("F1", "=XR_TERM(tblDays,Sold)", None, "old")
        sheet.write_dynamic_array_formula(
            "G1", "=XR_TERM(D1:D5,Sold)", None, "old"
        )  # texts: no dates, so unknown

    path = calc(tmp_path / "b.xlsx", fill)
    done = refreshed(path)
    assert column(path, 3, 5) == [SHORT, SHORT, LONG, SHORT, "old"]
    assert column(path, 4, 3) == TERMS == column(path, 5, 3)
    assert [one.place for one in done.left] == ["Calc!G1", "Calc!D5"]


def test_what_reads_a_result_is_computed_after_it_however_far_it_is(tmp_path, monkeypatch):
    """Functions made for this test: each cell is one more than the one that it reads."""

    def XR_NEXT(value: Any) -> list[list[Any]]:  # noqa: N802
        return [[(sum(v or 0 for row in value for v in row) if isinstance(value, list) else value or 0) + 1]]

    def XR_DATA(count: float) -> list[list[Any]]:  # noqa: N802
        return [[float(n)] for n in range(int(count))]

    monkeypatch.setattr("xl_rebal.refreshing.run.udf_functions", lambda: (XR_NEXT, XR_DATA))

    def fill(book: Any, sheet: Any) -> None:
        sheet.write("A1", 4)
        sheet.write_formula("B1", "=XR_NEXT(B2)", None, 0)
        sheet.write_formula("B2", "=XR_NEXT(B3)", None, 0)
        sheet.write_formula("B3", "=XR_NEXT(D3:D9)", None, 0)  # the result below grows into it: 2 + 3
        sheet.write_dynamic_array_formula("D1", "=XR_DATA(A1)", None, 0)
        sheet.write_formula("E1", "=XR_NEXT(E2)", None, 7)
        sheet.write_formula("E2", "=XR_NEXT(E1)", None, 7)
        sheet.write_formula("F1", "=XR_NEXT(XR_NEXT(A1))", None, 0)
        sheet.write_formula("G1", "=SUM(D1:D4)+B1", None, 9)
        sheet.write_formula("G2", "=G1*2", None, 18)
        sheet.write_formula("G3", "=A1*2", None, 8)

    path = calc(tmp_path / "b.xlsx", fill)
    done = refresh(path)
    assert column(path, 1, 3) == [8, 7, 6]
    assert column(path, 3, 4) == [0, 1, 2, 3]
    assert column(path, 5, 1) == [6]
    assert column(path, 4, 2) == [7, 7]
    assert {one.place for one in done.left} == {"Calc!E1", "Calc!E2"}
    assert column(path, 6, 3) == [14, 28, 8]  # of other kinds: what reads a result follows it
    assert done.readers == 0
    assert marked(sheet_bytes(path, "Calc")) == {"G1", "G2"}, (
        "which Excel computes again when it opens the workbook"
    )


def test_what_only_excel_computes_is_left_with_all_that_reads_it(tmp_path):
    def fill(book: Any, sheet: Any) -> None:
        dates(book, sheet)
        sheet.write_formula("D1", '=IFERROR(XR_TERM(A1,B1),"")', None, "kept")
        sheet.write_formula("D2", "=XR_TERM(A2,TODAY())", None, "kept")
        sheet.write_formula("D3", "=XR_NONE(A2)", None, "kept")
        sheet.write_formula("D4", "=XR_TERM(A1)", None, "kept")
        sheet.write_formula("D5", "=XR_TERM(Nowhere!A1,B1)", None, "kept")
        sheet.write_formula("D6", "=XR_BOOK(D1)", None, "kept")
        sheet.write_formula("D7", '=XR_BOOK("Book 0123456789ab: 2 clients, 0 errors")', None, "kept")
        sheet.write_formula("D8", "=XR_TERM(A1,B1)", None, "old")

    path = calc(tmp_path / "b.xlsx", fill)
    done = refresh(path)
    assert column(path, 3, 8) == ["kept"] * 7 + [LONG]
    assert {one.place: one.why for one in done.left} == {
        "Calc!D1": "XR_TERM stands inside IFERROR, which only Excel computes",
        "Calc!D2": "an argument of XR_TERM is TODAY, which only Excel computes",
        "Calc!D3": "this installation has no function XR_NONE",
        "Calc!D4": "XR_TERM has other arguments in this installation",
        "Calc!D5": "the workbook has no sheet Nowhere",
        "Calc!D6": "it reads Calc!D1, which is left as it is",
        "Calc!D7": "no cell holds the XR_DATA formula any more that reads the data; a value may have been pasted over it. "
        "Undo that, or copy the cell XRBook of a new workbook (xl-rebal build) over it",
    }
    assert done.needs_attention
    again = refresh(path)
    assert again.backup is None
    assert again.lines()[-1] == "b.xlsx is already up to date: 1 of 8 XR_ results are what they would be now."


def test_dates_of_a_workbook_that_counts_from_1904_are_the_same_days(tmp_path):
    def fill(book: Any, sheet: Any) -> None:
        dates(book, sheet)
        sheet.write_dynamic_array_formula("D1", "=XR_TERM(A1:A3,B1)", None, "old")

    path = calc(tmp_path / "b.xlsx", fill, date_1904=True)
    refreshed(path)
    assert column(path, 3, 3) == TERMS
    assert shown(path)[0][1] in (SOLD, datetime(2026, 1, 5))  # noqa: DTZ001


def test_a_sheet_that_could_be_misread_is_left_and_said(tmp_path):
    def fill(book: Any, sheet: Any) -> None:
        dates(book, sheet)
        sheet.write_formula("D1", "=XR_TERM(A1,B1)", None, "kept")

    path = edited(
        calc(tmp_path / "b.xlsx", fill),
        {"xl/worksheets/sheet2.xml": [("<sheetData>", "<!-- ? --><sheetData>")]},
    )
    done = refresh(path)
    assert done.up_to_date
    assert [str(one) for one in done.left] == [
        "Calc: the sheet can't be read: its XML has comments or sections that Excel does not write."
    ]


def test_a_workbook_without_xr_formulas_is_not_touched_and_says_so(tmp_path):
    path = calc(tmp_path / "b.xlsx", lambda book, sheet: sheet.write_formula("A1", "=1+1", None, 2))
    before = path.read_bytes()
    done = refresh(path)
    assert done.lines() == [
        "b.xlsx has no formula that calls an XR_ function, so there is nothing to refresh."
    ]
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def one(tmp_path: Path) -> Path:
    def fill(book: Any, sheet: Any) -> None:
        dates(book, sheet)
        sheet.write_formula("D1", "=XR_TERM(A1,B1)", None, "old")

    return calc(tmp_path / "b.xlsx", fill)


def untouched(path: Path) -> Any:
    """Runs a refresh that must fail: the file is as it was and nothing lies beside it. Returns the message."""
    before, beside = path.read_bytes(), sorted(path.parent.iterdir())
    with pytest.raises(WorkbookUnwritable) as caught:
        refresh(path)
    assert path.read_bytes() == before
    assert sorted(path.parent.iterdir()) == beside
    return str(caught.value)


@pytest.mark.parametrize(("lock", "program"), [("~$b.xlsx", "Excel"), (".~lock.b.xlsx#", "LibreOffice")])
def test_a_workbook_that_is_open_is_not_written_but_can_be_checked(tmp_path, lock, program):
    path = one(tmp_path)
    (tmp_path / lock).touch()
    assert f"b.xlsx is open in {program}. Close it there and try again." in untouched(path)
    assert not refresh(path, check=True).up_to_date


def test_a_read_only_workbook_is_not_written(tmp_path):
    path = one(tmp_path)
    path.chmod(0o444)
    assert "is read-only" in untouched(path)
    path.chmod(0o644)


def test_a_workbook_that_is_saved_while_results_are_computed_keeps_what_was_saved(tmp_path, monkeypatch):
    path = one(tmp_path)
    original = evaluate.Evaluator.evaluate

    def saved_meanwhile(self: Any) -> Any:
        path.write_bytes(path.read_bytes() + b"\0")
        return original(self)

    monkeypatch.setattr(evaluate.Evaluator, "evaluate", saved_meanwhile)
    with pytest.raises(
        WorkbookUnwritable, match="was saved by somebody else while its results were computed"
    ):
        refresh(path)
    assert path.read_bytes().endswith(b"\0")
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_the_workbook_as_it_was(tmp_path, monkeypatch):
    path = one(tmp_path)

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert "No space left on device" in untouched(path)


@pytest.mark.parametrize("name", ["none.xlsm", "text.xlsm", "other.xlsx"])
def test_what_is_no_workbook_of_a_firm_is_named(tmp_path, name):
    import xlsxwriter

    path = tmp_path / name
    if name == "text.xlsm":
        path.write_text("no workbook")
    elif name == "other.xlsx":
        xlsxwriter.Workbook(str(path)).close()
    with pytest.raises(WorkbookUnreadable):
        refresh(path)


def test_cells_that_excel_marks_as_a_volatile_result_s_are_no_formulas_of_the_user(tmp_path):
    """Excel stores a result that is always calculated with an empty formula element in every cell that it spills into."""

    def fill(book: Any, sheet: Any) -> None:
        dates(book, sheet)
        sheet.write_dynamic_array_formula("D1:D5", "=XR_TERM(A1:A3,B1)", None, "old")
        for row in range(1, 5):
            sheet.write(row, 3, row)

    path = calc(tmp_path / "b.xlsx", fill)
    where = sheet_parts(path)["Calc"]
    marks = [(f'<c r="D{row}"><v>', f'<c r="D{row}"><f ca="1"/><v>') for row in range(2, 6)]
    anchor = [('<f t="array" ref="D1:D5">', '<f t="array" aca="1" ref="D1:D5" ca="1">')]
    kind = '<Override PartName="/xl/calcChain.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"/></Types>'
    relation = '<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain" Target="calcChain.xml"/></Relationships>'
    edited(
        path,
        {
            where: [*marks, *anchor],
            "[Content_Types].xml": [("</Types>", kind)],
            "xl/_rels/workbook.xml.rels": [("</Relationships>", relation)],
        },
    )
    chain = '<calcChain xmlns="m"><c r="A9" i="1"/><c r="D5" i="2" l="1"/><c r="D4"/><c r="D3" s="1"/><c r="D2"/><c r="D1" a="1"/></calcChain>'
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/calcChain.xml", chain)
    done = refresh(path)
    assert not done.blocked
    assert column(path, 3, 5) == [*TERMS, "", ""]
    content = sheet_bytes(path, "Calc")
    assert b'<f t="array" aca="1" ref="D1:D3" ca="1">XR_TERM(A1:A3,B1)</f>' in content
    assert b'<c r="D3" t="str"><f ca="1"/><v>Long-term</v></c>' in content
    assert b'<c r="D4"/>' in content
    assert parts(path)["xl/calcChain.xml"].decode() == (
        '<calcChain xmlns="m"><c r="A9" i="1"/><c i="2" r="D3" s="1"/><c r="D2"/><c r="D1" a="1"/></calcChain>'
    )
    assert refresh(path).up_to_date


def test_a_chain_without_the_cells_that_go_is_the_same_bytes():
    chain = b'<calcChain xmlns="m">\n<c r="A9" i="1"/><c r="D5"/><c r="D5" i="3"/></calcChain>'
    assert without(chain, {("2", "D5")}) == chain
    assert (
        without(chain, {("1", "A9"), ("3", "D5")}) == b'<calcChain xmlns="m">\n<c i="1" r="D5"/></calcChain>'
    )
