"""One contract for both readers: the workbook open in Excel and its saved file are the same book, cell for cell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.table import Table as ExcelTable

from tests.sheets.workbooks import Firm, firm, write
from tests.udfs.open_workbook import OpenWorkbook
from workbook.build import build_workbook
from xl_rebal.errors import WorkbookUnreadable, WorkbookUnwritable
from xl_rebal.sample import firm_rows, firm_settings_values
from xl_rebal.sheets import live
from xl_rebal.sheets.layout import DECISIONS, INPUT_SHEETS
from xl_rebal.sheets.read import book_from_tables, read_book
from xl_rebal.sheets.source import TABLE_NAMES


def changed(path: Path, change: Callable[[Any], None]) -> Path:
    """The file after somebody worked in it; values only, as no test here needs formulas."""
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    return path


def hidden_filtered_merged(book: Any) -> None:
    lots = book["Lots"]
    lots.row_dimensions[3].hidden = True
    lots.column_dimensions["B"].hidden = True
    lots.auto_filter.ref = "A1:F7"
    lots.auto_filter.add_filter_column(1, ["BND"])
    lots.merge_cells("A5:A6")  # keeps the first account, empties the second


def errors(book: Any) -> None:
    for cell, text in (("D2", "#N/A"), ("E3", "#REF!"), ("A4", "#NAME?"), ("C5", "#DIV/0!")):
        book["Lots"][cell] = text
        book["Lots"][cell].data_type = "e"
    book["Settings"]["B2"] = "#VALUE!"
    book["Settings"]["B2"].data_type = "e"


def typed_oddly(book: Any) -> None:
    lots = book["Lots"]
    lots["D2"], lots["E2"] = "100", " $15,000.00 "
    lots["C2"], lots["C3"] = "3/2/2020", 45352  # a text, and a date's number without its format
    lots["D3"] = True
    lots["E4"], lots["F4"] = "(12.50)", 7
    lots["A7"] = "  B-1\u00a0"
    book["Accounts"]["D1"] = "My column"
    book["Accounts"]["D2"] = date(2026, 1, 1)
    book["Notes"]["C2"] = "=1+1"
    book["Notes"]["C2"].data_type = "s"


def currency(book: Any) -> None:
    """Excel hands a currency cell over with four decimals; a fund's price has more."""
    for row in range(2, 5):
        book["Securities"].cell(row, 3).number_format = '"$"#,##0.00'
    book["Securities"]["C3"] = 72.123456
    book["Lots"]["E2"].number_format = "_($* #,##0.00_)"


def below_and_beside(book: Any) -> None:
    lots = book["Lots"]
    lots.append(["A-1", "BND", datetime(2025, 1, 2, 13, 30), 5, 400, "L9"])  # noqa: DTZ001
    lots["J40"] = "a remark"
    lots["A60"].number_format = "@"


def titles_above(book: Any) -> None:
    lots = book["Lots"]
    lots.insert_rows(1, 4)
    lots["A2"] = "Lots of the firm"
    lots["B1"].number_format = "0.00"


def columns_moved(book: Any) -> None:
    lots = book["Lots"]
    lots.move_range("A1:A7", cols=9)
    lots["B1"] = "symbol "


def renamed_sheet(book: Any) -> None:
    book["Lots"].add_table(ExcelTable(displayName="tblLots", ref="A1:F7"))
    book["Lots"].title = "Tax lots 2026"


def one_row(book: Any) -> None:
    book["Lots"].delete_rows(3, 10)


def no_row(book: Any) -> None:
    book["Lots"].delete_rows(2, 10)


def empty_sheet(book: Any) -> None:
    book["Lots"].delete_rows(1, 10)


def deleted_sheet(book: Any) -> None:
    del book["Positions"]


CHANGES = (
    hidden_filtered_merged, errors, typed_oddly, currency, below_and_beside, titles_above, columns_moved, renamed_sheet,
    one_row, no_row, empty_sheet, deleted_sheet,
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("date_1904", [False, True], ids=["1900", "1904"])
def test_an_open_workbook_reads_as_its_saved_file(
    tmp_path: Path, change: Callable[[Any], None], date_1904: bool
) -> None:
    path = changed(write(tmp_path / "firm.xlsx", firm(), date_1904=date_1904), change)
    plain = read_book(write(tmp_path / "plain.xlsx", firm(), date_1904=date_1904))
    book = book_from_tables(live.read_open(OpenWorkbook(path)))
    assert book == read_book(path)
    if change not in (hidden_filtered_merged, renamed_sheet):
        assert book != plain, "the change means something"


def test_the_sample_firms_own_workbook_reads_the_same_and_each_sheet_crosses_over_once(
    tmp_path: Path,
) -> None:
    path = tmp_path / "rebalance.xlsm"
    build_workbook(path, firm_rows(), firm_settings_values(), cached=False)
    workbook = OpenWorkbook(path)
    tables = live.read_open(workbook)
    assert book_from_tables(tables) == read_book(path)
    assert set(tables) == set(TABLE_NAMES)
    assert workbook.reads == len(tables), "one read a sheet"


def test_what_is_not_saved_yet_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "firm.xlsx", firm())
    workbook = OpenWorkbook(path, saved=False)
    workbook.content["Lots"]["D2"] = 999
    quantities = [lot.quantity for lot in book_from_tables(live.read_open(workbook)).household("ADA").lots]
    assert quantities[0] == 999
    assert read_book(path).household("ADA").lots[0].quantity == 100


def test_formats_down_to_the_last_row_are_not_read_as_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def formatted(book: Any) -> None:
        book["Lots"].add_table(ExcelTable(displayName="tblLots", ref="A1:F7"))
        book["Lots"]["F900"].number_format = "0.00"

    path = changed(write(tmp_path / "firm.xlsx", firm()), formatted)
    monkeypatch.setattr(live, "MOST_CELLS", 1000)
    tables = live.read_open(OpenWorkbook(path))
    assert len(tables["Lots"].rows) == 6
    assert book_from_tables(tables) == read_book(path)


def test_a_sheet_without_a_table_and_with_a_stray_cell_far_out_says_what_to_do(tmp_path: Path) -> None:
    workbook = OpenWorkbook(write(tmp_path / "firm.xlsx", firm()))
    workbook.content["Lots"]["XFD1048576"] = "stray"
    with pytest.raises(WorkbookUnreadable, match=r"The sheet Lots has .* 1,048,576 rows down .*Ctrl\+End"):
        live.read_open(workbook)


def test_a_workbook_without_any_input_sheet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Sheet1").write("A1", "hello")
    with pytest.raises(WorkbookUnreadable, match=r"other\.xlsx has none of the sheets Clients"):
        live.read_open(OpenWorkbook(path))


def test_errors_that_xlwings_does_not_know_are_errors_all_the_same(tmp_path: Path) -> None:
    """Files hold #VALUE! in the place of #SPILL!, so here the open workbook alone is asked."""
    workbook = OpenWorkbook(write(tmp_path / "firm.xlsx", firm()))
    workbook.content["Lots"]["D2"] = "#SPILL!"
    workbook.content["Lots"]["D2"].data_type = "e"
    problems = book_from_tables(live.read_open(workbook)).problems
    assert [(p.cell, p.value) for p in problems if p.code == "error-value"] == [("D2", "#SPILL!")]


# --- rows added ------------------------------------------------------------------------------------------------

DECISION = {
    "Client ID": "0042",
    "Quarter": "2026-Q4",
    "Decision": "approve",
    "By": "=Pat",
    "Date": datetime(2026, 12, 1),  # noqa: DTZ001
    "Comment": "As talked about.",
}


def with_decisions(tmp_path: Path, *, rows: int = 0, own_column: bool = False) -> Path:
    headers = list(DECISIONS.headers)
    if own_column:
        headers.insert(2, "Mine")
    sheets: Firm = firm()
    sheets["Decisions"] = [dict.fromkeys(headers, f"old {n}") for n in range(rows)]
    path = write(tmp_path / "firm.xlsx", sheets, order={"Decisions": headers})

    def as_table(book: Any) -> None:
        right = openpyxl.utils.get_column_letter(len(headers))
        book["Decisions"].add_table(
            ExcelTable(displayName="tblDecisions", ref=f"A1:{right}{max(2, rows + 1)}")
        )

    return changed(path, as_table)


def test_a_row_is_added_below_the_last_and_the_table_grows(tmp_path: Path) -> None:
    workbook = OpenWorkbook(with_decisions(tmp_path, rows=2))
    live.add_rows(workbook, DECISIONS, [DECISION])
    sheet = workbook.content["Decisions"]
    assert [cell.value for cell in sheet[4]][:4] == ["0042", "2026-Q4", "approve", "=Pat"]
    assert sheet["D4"].data_type == "s", "a text, never a formula"
    assert sheet.tables["tblDecisions"].ref == "A1:F4"
    assert workbook.writes == 1
    assert workbook.api.Saved is False
    workbook.save()
    (decision,) = [d for d in read_book(workbook.path).decisions if d.client_id == "0042"]
    assert (decision.quarter, decision.decision, decision.decided_on) == (
        "2026-Q4",
        "approve",
        date(2026, 12, 1),
    )


def test_the_blank_row_of_an_empty_table_is_filled_first(tmp_path: Path) -> None:
    workbook = OpenWorkbook(with_decisions(tmp_path))
    live.add_rows(workbook, DECISIONS, [DECISION, {**DECISION, "Client ID": "0043"}])
    sheet = workbook.content["Decisions"]
    assert [sheet["A2"].value, sheet["A3"].value] == ["0042", "0043"]
    assert sheet.tables["tblDecisions"].ref == "A1:F3"
    assert workbook.writes == 1, "however many rows"


def test_a_column_of_the_users_own_is_left_alone(tmp_path: Path) -> None:
    workbook = OpenWorkbook(with_decisions(tmp_path, own_column=True))
    workbook.content["Decisions"]["C2"] = "a formula of mine"
    workbook.content["Decisions"]["A2"] = None
    live.add_rows(workbook, DECISIONS, [DECISION])
    sheet = workbook.content["Decisions"]
    row = next(r for r in (2, 3) if sheet.cell(r, 1).value == "0042")
    assert sheet.cell(row, 4).value == "approve"
    assert sheet["C2"].value == "a formula of mine"


def test_without_the_sheet_nothing_is_written_and_it_is_said(tmp_path: Path) -> None:
    sheets = firm()
    del sheets["Decisions"]
    workbook = OpenWorkbook(write(tmp_path / "firm.xlsx", sheets))
    with pytest.raises(WorkbookUnwritable, match="has no sheet Decisions"):
        live.add_rows(workbook, DECISIONS, [DECISION])
    assert workbook.writes == 0


def test_every_input_sheet_has_a_table_name_of_its_own() -> None:
    names = [name.casefold() for name in TABLE_NAMES.values()]
    assert len(set(names)) == len(names) == len(INPUT_SHEETS) + 1
