"""What users do to a workbook, against the real reader and the real refresh: nothing of it is silent, nothing is guessed.

The firm of tests/sheets as Excel tables, with the formulas of the workbook beside them; a test edits it as a user would.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from tests.refresh.files import parts
from tests.sheets.workbooks import Firm, checked, firm
from udfs import functions, session
from xl_rebal import app
from xl_rebal.errors import WorkbookUnreadable
from xl_rebal.refreshing.run import Refreshed, refresh
from xl_rebal.sheets import layout

TABLES = {s.name: s.table for s in layout.INPUT_SHEETS} | {layout.SETTINGS_SHEET: layout.SETTINGS_TABLE}
Edit = Callable[[Mapping[str, Worksheet]], None]


def unedited(sheets: Mapping[str, Worksheet]) -> None:
    pass


def book_of(
    path: Path,
    sheets: Firm,
    edit: Edit = unedited,
    order: Mapping[str, list[str]] | None = None,
    **options: Any,
) -> Path:
    """A workbook with each sheet as an Excel table, and below XRBook on a sheet of its own what reads them."""
    with xlsxwriter.Workbook(
        str(path), {"default_date_format": "yyyy-mm-dd", "strings_to_formulas": False, **options}
    ) as book:
        made = {}
        for name in (*functions.DATA_SHEETS,):
            made[name] = sheet = book.add_worksheet(name)
            table = sheets.get(name, [])
            known = list(headers_of(name))
            headers = (order or {}).get(name) or list(
                dict.fromkeys([k for row in table for k in row] or known)
            )
            for y, row in enumerate(table, 1):
                for x, header in enumerate(headers):
                    value = row.get(header)
                    if isinstance(value, date):
                        sheet.write_datetime(y, x, value)
                    elif value is not None:
                        sheet.write(y, x, value)
            columns = [{"header": header} for header in headers]
            end = max(len(table), 1)
            sheet.add_table(0, 0, end, len(headers) - 1, {"name": TABLES[name], "columns": columns})
        calc = made["Calc"] = book.add_worksheet("Calc")
        given = ",".join(f"{TABLES[name]}[[#Headers],[#Data]]" for name in functions.DATA_SHEETS)
        calc.write_dynamic_array_formula("A1", f"=XR_DATA({given})", None, "old")
        book.define_name("XRBook", "=Calc!$A$1")
        calc.write_dynamic_array_formula("A3:B3", "=XR_BOOK(XRBook)", None, "old")
        calc.write_dynamic_array_formula("A20:B20", "=XR_CHECKS(XRBook)", None, "old")
        calc.write_dynamic_array_formula("A60:B60", '=XR_LOTS("ADA",XRBook)', None, "old")
        edit(made)
    return path


def headers_of(name: str) -> tuple[str, ...]:
    sheet = next((s for s in layout.INPUT_SHEETS if s.name == name), None)
    return layout.SETTINGS_HEADERS if sheet is None else sheet.headers


def shown(path: Path) -> list[list[Any]]:
    """What the sheet Calc shows."""
    book = openpyxl.load_workbook(path, data_only=True)
    rows = [[cell.value for cell in row] for row in book["Calc"].iter_rows(min_row=3)]
    book.close()
    return rows


def refreshed(path: Path) -> tuple[Refreshed, list[list[Any]]]:
    session.forget()
    done = refresh(path)
    assert done.left == (), done.lines()
    return done, shown(path)


@pytest.fixture
def usual(tmp_path: Path) -> list[list[Any]]:
    """What the workbook shows before anybody edits it: both clients, no error."""
    _, cells = refreshed(book_of(tmp_path / "usual.xlsx", firm()))
    assert [row[0] for row in cells[1:3]] == ["ADA", "BEN"]
    return cells


def test_an_inserted_column_of_the_users_own_changes_nothing(tmp_path: Path, usual: list[list[Any]]) -> None:
    edited = firm()
    edited["Lots"] = [{"My remark": "ask custodian", **row} for row in edited["Lots"]]
    path = book_of(tmp_path / "book.xlsx", edited)
    assert refreshed(path)[1] == usual
    assert checked(path)[1] == ()


def test_reordered_columns_change_nothing(tmp_path: Path, usual: list[list[Any]]) -> None:
    lots = firm()["Lots"]
    path = book_of(tmp_path / "book.xlsx", firm(), order={"Lots": list(reversed(lots[0]))})
    assert refreshed(path)[1] == usual


def test_a_renamed_column_that_is_needed_is_said_and_its_clients_are_withheld(tmp_path: Path) -> None:
    edited = firm()
    edited["Lots"] = [
        {("Qty" if k == "Quantity" else k): v for k, v in row.items()} for row in edited["Lots"]
    ]
    path = book_of(tmp_path / "book.xlsx", edited)
    _, cells = refreshed(path)
    said = " ".join(str(value) for row in cells for value in row if value)
    assert "Quantity" in said
    assert app.withheld(app.load(path)) == ("Ada Abel", "Ben Burg")
    assert any("Quantity" in p.what and p.place.startswith("Lots") for p in app.load(path).problems)


def test_hidden_columns_and_rows_that_a_filter_hides_still_count(
    tmp_path: Path, usual: list[list[Any]]
) -> None:
    def hide(sheets: Mapping[str, Worksheet]) -> None:
        sheets["Lots"].set_column(3, 4, None, None, {"hidden": True})
        sheets["Lots"].set_row(1, None, None, {"hidden": True})  # as a filter leaves a row
        sheets["Clients"].set_row(2, None, None, {"hidden": True})
        sheets["Clients"].hide()

    assert refreshed(book_of(tmp_path / "book.xlsx", firm(), hide))[1] == usual


def test_merged_cells_leave_a_row_without_account_which_is_said(tmp_path: Path) -> None:
    """Excel keeps the first cell's value only; tables can't be merged, so this is a sheet without one."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, table in firm().items():
            sheet = book.add_worksheet(name)
            headers = list(dict.fromkeys(k for row in table for k in row))
            sheet.write_row(0, 0, headers)
            for y, row in enumerate(table, 1):
                for x, header in enumerate(headers):
                    if row.get(header) is not None:
                        sheet.write(y, x, row[header])
            if name == "Lots":
                sheet.merge_range(1, 0, 2, 0, "A-1", book.add_format({"bold": True}))
    _, problems = checked(path)
    [merged] = [p for p in problems if p.place.startswith("Lots") and p.column == "Account ID"]
    assert merged.place == "Lots!A3"


def test_a_deleted_sheet_is_said_and_no_result_of_before_passes_for_one_of_now(tmp_path: Path) -> None:
    """Excel leaves #REF! in the formulas that read the sheet."""
    path = book_of(tmp_path / "book.xlsx", firm())
    refresh(path)
    before = shown(path)
    content = parts(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in content.items():
            text = part.replace(b"tblLots[[#Headers],[#Data]]", b"#REF!").replace(
                b'name="Lots"', b'name="Old"'
            )
            archive.writestr(name, text)
    session.forget()
    done = refresh(path)
    assert len(done.left) == done.formulas == 4
    told = done.lines()  # the cause first, however far back its sheet is, and then what only reads it
    assert "what XR_DATA reads, a sheet or cells, was deleted (#REF!)" in told[0]
    assert all("reads Calc!A1" in line for line in told[1:4])
    assert done.needs_attention
    assert "Nothing was changed" in done.lines()[-1]
    assert shown(path) == before


def test_a_value_pasted_over_the_data_cell_is_said(tmp_path: Path) -> None:
    path = book_of(tmp_path / "book.xlsx", firm())
    refresh(path)
    text = openpyxl.load_workbook(path, data_only=True)["Calc"]["A1"].value
    path = book_of(tmp_path / "pasted.xlsx", firm(), lambda sheets: sheets["Calc"].write_string("A1", text))
    session.forget()
    done = refresh(path)
    assert [one.place for one in done.left] == ["Calc!A3", "Calc!A20", "Calc!A60"]
    assert all("no cell holds the XR_DATA formula" in one.why for one in done.left), done.lines()


def test_values_pasted_over_a_result_are_the_users_own_and_stay(tmp_path: Path) -> None:
    def paste(sheets: Mapping[str, Worksheet]) -> None:
        sheets["Calc"].write_row("A3", ["Client ID", "mine"])

    done, cells = refreshed(book_of(tmp_path / "book.xlsx", firm(), paste))
    assert done.formulas == 3
    assert cells[0][:3] == ["Client ID", "mine", None]


def test_a_copied_workbook_is_refreshed_for_itself(tmp_path: Path, usual: list[list[Any]]) -> None:
    path = book_of(tmp_path / "book.xlsx", firm())
    copy = Path(shutil.copy(path, tmp_path / "book - Copy.xlsx"))
    bytes_before = path.read_bytes()
    assert refreshed(copy)[1] == usual
    assert path.read_bytes() == bytes_before


@pytest.mark.parametrize(
    ("column", "text", "words"),
    [
        ("Cost Basis", "15.000,25", "15.000,25"),
        ("Cost Basis", "15 000,25", "15 000,25"),
        ("Quantity", "100,5", "100,5"),
        ("Acquired", "31/12/2020", "31/12/2020"),
        ("Cost Basis", "15.000", "15.000"),
        ("Acquired", "31.12.2020", "31.12.2020"),
    ],
)
def test_text_in_the_manner_of_another_country_is_never_guessed(
    tmp_path: Path, column: str, text: str, words: str
) -> None:
    edited = firm()
    edited["Lots"][0][column] = text
    path = book_of(tmp_path / "book.xlsx", edited)
    loaded = app.load(path)
    [problem] = [p for p in loaded.problems if p.column == column and p.place.startswith("Lots")]
    assert words in problem.what or problem.value == words
    assert problem.todo
    _, cells = refreshed(path)
    assert any(problem.place in str(value) for row in cells for value in row if value)


def test_a_date_that_can_be_read_either_way_is_said_where_another_has_its_day_first(tmp_path: Path) -> None:
    edited = firm()
    edited["Lots"][0]["Acquired"], edited["Lots"][4]["Acquired"] = "31/12/2020", "03/04/2019"
    loaded = app.load(book_of(tmp_path / "book.xlsx", edited))
    places = {p.place: p.what for p in loaded.problems if p.column == "Acquired"}
    assert set(places) == {"Lots!C2", "Lots!C6"}
    assert "which of '03/04/2019' is the month" in places["Lots!C6"]
    edited["Lots"][0]["Acquired"] = "12/31/2020"  # as in this country
    assert [
        p for p in app.load(book_of(tmp_path / "us.xlsx", edited)).problems if p.column == "Acquired"
    ] == []


def test_days_counted_from_1904_are_the_same_days(tmp_path: Path, usual: list[list[Any]]) -> None:
    path = book_of(tmp_path / "book.xlsx", firm(), date_1904=True)
    loaded = app.load(path)
    assert loaded.settings.as_of == date(2026, 9, 30)
    assert {lot.acquired for lot in loaded.households[0].lots} >= {date(2020, 3, 2), date(2024, 3, 1)}
    _, cells = refreshed(path)
    assert [row[:2] for row in cells[1:3]] == [row[:2] for row in usual[1:3]]


def test_days_counted_from_1904_and_typed_as_plain_numbers_are_the_same_days(
    tmp_path: Path, usual: list[list[Any]]
) -> None:
    start = date(1904, 1, 1)
    numbers = {
        name: [{k: (v - start).days if isinstance(v, date) else v for k, v in row.items()} for row in rows]
        for name, rows in firm().items()
    }
    path = book_of(tmp_path / "book.xlsx", numbers, date_1904=True)
    _, cells = refreshed(path)
    before_lots = 60 - 3
    assert cells[:before_lots] == usual[:before_lots], "the firm and its checks"


def test_tables_with_one_row_and_with_none_are_read(tmp_path: Path) -> None:
    edited = firm()
    edited |= {
        name: rows[:1]
        for name, rows in edited.items()
        if name in ("Clients", "Accounts", "Lots", "Positions")
    }
    one = book_of(tmp_path / "one.xlsx", edited)
    assert [row[0] for row in refreshed(one)[1][1:3]] == ["ADA", None]
    none = {name: [] for name in firm()} | {"Settings": firm()["Settings"]}
    empty = book_of(tmp_path / "none.xlsx", none)
    _, cells = refreshed(empty)
    assert cells[0][0] == "Client ID" or "client" in str(cells[0][0]).lower()
    assert app.load(empty).households == ()
    built = app.build_empty(tmp_path / "built.xlsm")
    session.forget()
    assert refresh(built).left == ()


def test_a_stray_cell_in_the_last_corner_is_named_and_formats_alone_are_not_cells(
    tmp_path: Path, usual: list[list[Any]]
) -> None:
    stray = book_of(
        tmp_path / "stray.xlsx", firm(), lambda s: s["Lots"].write_string(1_048_575, 16_383, " x")
    )
    with pytest.raises(WorkbookUnreadable, match="the sheet Lots has something as far out as XFD1048576"):
        app.load(stray)
    bold = book_of(tmp_path / "bold.xlsx", firm(), lambda s: s["Lots"].write_blank(1_048_575, 16_383, None))
    content = parts(bold)
    last = b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'
    part = "xl/worksheets/sheet5.xml"
    assert b"A-1" in content[part] or b"sheetData" in content[part]
    with zipfile.ZipFile(bold, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data.replace(b"</sheetData>", last) if name == part else data)
    assert refreshed(bold)[1] == usual
