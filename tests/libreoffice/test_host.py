"""The sample workbook recalculated by a real spreadsheet program that calls the same XR_ functions as Excel.

Two ways to the same figures are compared cell by cell: cells -> LibreOffice's table references, names and types ->
Basic -> the functions, and rows -> Python -> the functions. One LibreOffice serves the whole module.
"""

from __future__ import annotations

import ast
import json
import re
import sys
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.formula import ArrayFormula
from xlsxwriter.worksheet import Worksheet

from tests.libreoffice.expected import cells, differences, extent, key_of, row_of, said, serial
from tests.refresh.test_user_edits import book_of
from tests.sheets.workbooks import firm
from tests.workbook.test_build import TINY
from udfs import session
from udfs.known import udf_functions
from workbook.build import CLIENT_NAME, build_workbook
from workbook.client_page import client_blocks
from workbook.quarter_page import PLACE_FORMULA, shown_place
from xl_rebal import app
from xl_rebal.clock import recording
from xl_rebal.errors import WorkbookUnreadable
from xl_rebal.libreoffice import __main__ as command
from xl_rebal.libreoffice import host
from xl_rebal.libreoffice.host import CellError, LibreOffice, LibreOfficeFailed, LibreOfficeMissing, Values
from xl_rebal.libreoffice.plain_copy import plain_copy
from xl_rebal.refreshing.run import refresh
from xl_rebal.sample import firm_rows, firm_settings_values
from xl_rebal.sheets.tables import NO_CLIENTS

_missing = host.missing_parts()
needs_libreoffice = pytest.mark.skipif(bool(_missing), reason=f"not installed: {', '.join(_missing)}")

FIRST = "HAR01"  # the client that the sample workbook shows


@pytest.fixture(scope="module")
def office() -> Iterator[LibreOffice]:
    with LibreOffice() as running:
        yield running


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return app.write_sample(tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="module")
def saved(sample: Path) -> tuple[Any, Any]:
    """The workbook's formulas and the results that were saved with them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # data bars, which openpyxl would drop on saving
        return openpyxl.load_workbook(sample), openpyxl.load_workbook(sample, data_only=True)


@pytest.fixture(scope="module")
def found(saved: tuple[Any, Any]) -> Mapping[tuple[str, str], str]:
    """Sheet and range of every XR_ result with its formula."""
    return {
        (sheet.title, cell.value.ref): str(cell.value.text)
        for sheet in saved[0]
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, ArrayFormula) and "XR_" in str(cell.value.text)
    }


@pytest.fixture(scope="module")
def recalculated(office: LibreOffice, sample: Path) -> Values:
    """Every cell after a full calculation by functions that remember nothing of the workbook's making."""
    session.forget()
    office.open(sample)
    office.calculate()
    return office.values()


# --- Tests ---------------------------------------------------------------------------------------------------


@needs_libreoffice
def test_every_cell_of_every_result_is_what_the_function_returns(
    recalculated: Values, saved: tuple[Any, Any], found: Mapping[tuple[str, str], str]
) -> None:
    data = key_of(saved[1])
    wrong = [
        difference
        for (sheet, reference), formula in found.items()
        for difference in differences(recalculated, sheet, said(formula, FIRST, data), reference)
    ]
    assert not wrong
    used = {re.match(r"=?(XR_\w+)", formula)[1] for formula in found.values()}  # type: ignore[index]
    assert used == {f.__name__ for f in udf_functions()} - {"XR_TERM"}, "which has a test of its own below"
    assert sum(len(row) for sheet, area in found for row in cells(recalculated, sheet, area)) > 800


@needs_libreoffice
def test_both_programs_read_the_same_book_from_the_cells(
    recalculated: Values, saved: tuple[Any, Any]
) -> None:
    """XRBook holds a hash of every cell of every table: one number or date read otherwise would change it."""
    [[key]] = key_of(saved[1])
    assert recalculated.cells("Settings", 5, 1, 5, 1) == [[key]]
    assert str(key).endswith("12 clients, 1 error")


@needs_libreoffice
def test_tiles_titles_and_links_calculate_to_what_was_saved(
    recalculated: Values, saved: tuple[Any, Any]
) -> None:
    assert _compared(recalculated, saved) > 500


@needs_libreoffice
@pytest.mark.parametrize("rows", [{}, TINY], ids=["empty", "one client"])
def test_a_workbook_that_is_new_calculates_to_what_was_saved(
    office: LibreOffice, tmp_path: Path, rows: Mapping[str, list[dict[str, object]]]
) -> None:
    """No date of 1899, no error and no cut-off sentence: it says what to do next."""
    settings = {"As Of": date(2026, 10, 15)} if rows else {}
    path = build_workbook(tmp_path / "new.xlsx", rows, settings, macros=False)
    session.forget()
    office.open(path)
    office.calculate()
    found = office.values()
    assert found.errors() == []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # data bars
        kept = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    assert _compared(found, kept) > 500
    shown = [str(value) for rows in found.sheets.values() for row in rows for value in row if value]
    assert not [text for text in shown if "1899" in text or "1900-Q" in text]
    [[said]], [[as_of]] = found.cells("Dashboard", 0, 4, 0, 4), found.cells("Dashboard", 1, 1, 1, 1)
    assert (said, as_of) == ((" ", 46310.0) if rows else (NO_CLIENTS, "not set: enter As Of on Settings"))
    assert not rows or found.cells("Quarter", 0, 0, 0, 0) == [["Quarter 2026-Q4"]]


def _compared(recalculated: Values, saved: tuple[Any, Any]) -> int:
    """How many cells with other formulas than XR_ ones hold what was saved with them; fails where one does not."""
    formulas, values = saved
    compared = 0
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value in (PLACE_FORMULA, shown_place()):
                    continue  # where this copy lies
                if isinstance(cell.value, str) and cell.value.startswith("=") and cell.data_type == "f":
                    [[found]] = cells(recalculated, sheet.title, cell.coordinate)
                    found = found.text if isinstance(found, CellError) else found  # the chart's #N/A
                    ours = serial(values[sheet.title][cell.coordinate].value)
                    same = found == (pytest.approx(ours) if isinstance(ours, float) else ours)
                    assert same, f"{sheet.title}!{cell.coordinate} {cell.value}: {found!r}, not {ours!r}"
                    compared += 1
    return compared


@needs_libreoffice
def test_what_a_refresh_stores_of_other_formulas_is_what_they_calculate_to(
    office: LibreOffice, tmp_path: Path
) -> None:
    """From a file without any result: tiles, lookups, headings, links and the chart's cells, but for the Verify sheet."""
    rows, settings = firm_rows(), firm_settings_values()
    path = build_workbook(tmp_path / "bare.xlsx", rows, settings, cached=False, macros=False)
    session.forget()
    done = refresh(path)
    session.forget()
    office.open(path)
    office.calculate()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # data bars
        formulas, values = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    del formulas["Verify"]
    assert _compared(office.values(), (formulas, values)) > 3_000
    assert values["Dashboard"]["B4"].value == 10.0
    assert 0 < done.readers < 4_000, "those of the Verify sheet"


@needs_libreoffice
def test_a_brief_filed_from_the_file_is_not_stale_in_the_program(office: LibreOffice, tmp_path: Path) -> None:
    """What the brief was made from is hashed: every number must arrive the same to the letter."""
    path = app.write_sample(tmp_path / "firm")
    app.make_briefs(
        app.load(path), path.parent / "clients", client_ids=["NAK02"], workbook=path, recording=recording
    )
    session.forget()
    office.open(path)
    office.change("XRPlace", str(path.parent))
    office.calculate()
    rows = {row[0]: row for row in office.values().cells("Quarter", 0, 4, 9, 15)}
    assert rows["NAK02"][8:] == ["Decide", "brief is waiting"]
    assert "stale" not in str(rows["NAK02"][5])
    assert rows["HAR01"][8] == "Make the brief"


@needs_libreoffice
def test_no_cell_of_the_workbook_shows_an_error(recalculated: Values) -> None:
    assert recalculated.errors() == []


@needs_libreoffice
def test_a_changed_quantity_changes_every_result_that_depends_on_it(
    office: LibreOffice, sample: Path, saved: tuple[Any, Any], found: Mapping[tuple[str, str], str]
) -> None:
    values = saved[1]
    account, symbol = "4471-2086", "AAPL"
    lot, position = (row_of(values[name], account, symbol) for name in ("Lots", "Positions"))
    price = next(r[2].value for r in values["Securities"].iter_rows() if r[0].value == symbol)
    typed = {
        f"Lots!D{lot}": values["Lots"][f"D{lot}"].value + 100.0,
        f"Positions!C{position}": values["Positions"][f"C{position}"].value + 100.0,
        f"Positions!E{position}": values["Positions"][f"E{position}"].value + 100 * price,
    }
    before = {r[0].value: r[2].value for r in values["Dashboard"].iter_rows(min_row=8, max_row=19)}

    office.open(sample)
    for place, value in typed.items():
        office.change(place, value)
    office.calculate()
    assert office.spill() == ()
    office.calculate()
    shown_now = office.values()

    data = key_of(values, typed)
    assert data != key_of(values)
    for (sheet, reference), formula in found.items():
        table = said(formula, FIRST, data)
        corner = reference.split(":")[0]
        assert not differences(shown_now, sheet, table, extent(corner, table)), formula
    after = {row[0]: row[2] for row in shown_now.cells("Dashboard", 0, 7, 2, 18)}
    assert {client for client in before if after[client] != before[client]} == {FIRST}
    assert after[FIRST] == pytest.approx(before[FIRST] + 100 * price), "100 shares more at the sheet's price"


@needs_libreoffice
def test_another_client_fills_the_client_sheet_without_any_result_meeting_another(
    office: LibreOffice, sample: Path, saved: tuple[Any, Any], found: Mapping[tuple[str, str], str]
) -> None:
    values = saved[1]
    data = key_of(values)
    names = {row[0].value: row[1].value for row in values["Clients"].iter_rows()}
    office.open(sample)
    for client in ("NAK02", "DEL03", "MAR06", "KLE08"):  # no action; trades; withheld; RMD unknown
        office.change(CLIENT_NAME, client)
        assert office.spill() == ()
        office.calculate()
        shown_now = office.values()
        for (sheet, reference), formula in found.items():
            table = said(formula, client, data)
            corner = reference.split(":")[0]
            assert not differences(shown_now, sheet, table, extent(corner, table)), f"{client}: {formula}"
        assert shown_now.errors() == []
        assert shown_now.cells("Client", 1, 0, 1, 0) == [[names[client]]]


@needs_libreoffice
def test_the_dashboards_choices_narrow_the_list_and_the_figures_above_it(
    office: LibreOffice, sample: Path
) -> None:
    office.open(sample)
    for name, chosen in (("XRShow", "Proposed"), ("XRAdvisor", "Daniel Finch"), ("XROrder", "Value")):
        office.change(name, chosen)
    assert office.spill() == ()
    office.calculate()
    shown_now = office.values()
    listed = [row for row in shown_now.cells("Dashboard", 0, 7, 17, 18) if row[0]]
    assert 0 < len(listed) < 12
    assert {row[17] for row in listed} == {"Daniel Finch"}
    assert all(str(row[3]).startswith("Proposed") for row in listed)
    assert [row[2] for row in listed] == sorted((row[2] for row in listed), reverse=True)
    [tiles] = shown_now.cells("Dashboard", 0, 3, 8, 3)
    assert tiles[0] == tiles[1] == len(listed)
    assert tiles[5] == pytest.approx(sum(row[6] for row in listed))
    left = [row[13] for row in listed if row[13]]
    said = [text for text in left if isinstance(text, str)]
    assert said == ["at least $16,000"], "one client's inherited account is unknown"
    known = 16_000 + sum(amount for amount in left if not isinstance(amount, str))
    assert tiles[8] == f"at least ${known:,.0f}"
    office.change("XRShow", "Everything")
    office.spill()
    office.calculate()
    [[said]] = office.values().cells("Dashboard", 0, 6, 0, 6)
    assert str(said).startswith("'Everything' is not one of: All, Needs attention")


@needs_libreoffice
def test_wishes_typed_into_the_sheet_are_answered(office: LibreOffice, sample: Path) -> None:
    office.open(sample)
    office.change("XRWhatIfBudget", 50_000.0)
    office.change("XRWhatIfNoShortTerm", "Yes")
    assert office.spill() == ()
    office.calculate()
    rows = {row[0]: row[1:] for row in office.values().cells("What-If", 1, 12, 4, 40)}
    assert rows["Long-term gain"][0] == 121_000.0
    assert 0 < rows["Long-term gain"][1] <= 50_000.0
    [said] = office.values().cells("What-If", 1, 7, 1, 7)
    assert said == ["2 wishes in force here only: nothing is saved to the client."]


@needs_libreoffice
def test_a_result_that_meets_a_used_cell_is_told_and_never_written_over_it(
    office: LibreOffice, sample: Path
) -> None:
    plan = next(block for block in client_blocks() if block.function == "XR_PLAN")
    header = plan.row + 1  # as Excel counts
    office.open(sample)
    office.change(CLIENT_NAME, "NAK02")  # no trades: one row below the header
    assert office.spill() == ()
    office.change(f"Client!B{header + 4}", "my own note")
    office.change(CLIENT_NAME, FIRST)
    [blocked] = office.spill()
    assert blocked.startswith(f"$Client.$B${header}:$K$")
    column = office.values().cells("Client", 1, plan.row, 1, plan.row + 4)
    assert column == [["Account"], [None], [None], [None], ["my own note"]]


def _small(path: Path, *formulas: str) -> Path:
    """A workbook with dates in A1:A3 and formulas from C1 down."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Dates")
        form = book.add_format({"num_format": "yyyy-mm-dd"})
        days = (date(2025, 1, 2), date(2026, 1, 2), date(2026, 1, 3))
        for row, day in enumerate(days):
            sheet.write_datetime(row, 0, day, form)
        for row, formula in enumerate(formulas):
            sheet.write_formula(row, 2, formula)
    return path


@needs_libreoffice
def test_dates_blanks_and_errors_arrive_as_in_excel(office: LibreOffice, tmp_path: Path) -> None:
    book = _small(
        tmp_path / "small.xlsx",
        "=XR_TERM(A1,A2)",  # bought January 2, sold January 2 a year later: one day short
        "=XR_TERM(A1,A3)",
        '=XR_TERM(A1,"")',
        "=XR_TERM(1/0,A3)",
        '=XR_DRIFT("HAR01","no book")',
        "=SUM(1,2)",
    )
    office.open(book)
    office.calculate()
    column = [row[0] for row in office.values().cells("Dates", 2, 0, 2, 5)]
    assert column[:3] == ["Short-term", "Long-term", "unknown"]
    assert column[3] == CellError("#DIV/0!")
    assert column[4] == "No data: the book argument says: no book"
    assert column[5] == 3.0


@needs_libreoffice
def test_days_counted_from_1904_are_the_same_days(office: LibreOffice, tmp_path: Path) -> None:
    """A date is a number in LibreOffice's cells, counted from the day that the workbook says."""

    def the_list(made: Mapping[str, Worksheet]) -> None:
        made["Calc"].write_dynamic_array_formula("A101:S103", "=XR_BOOK(XRBook)", None, "old")

    shown = []
    for date_1904 in (False, True):
        office.open(book_of(tmp_path / f"{date_1904}.xlsx", firm(), the_list, date_1904=date_1904))
        office.calculate()
        shown.append(office.values().cells("Calc", 0, 100, 18, 102))
    assert shown[0] == shown[1]
    assert shown[1][1][0] == "ADA"
    assert shown[1][1][18] == "clients/Ada Abel/2026-Q3"


@needs_libreoffice
def test_days_typed_as_plain_numbers_count_from_the_workbooks_first_day(
    office: LibreOffice, tmp_path: Path
) -> None:
    """In cells without a date format the host hands over the numbers alone."""

    def the_list(made: Mapping[str, Worksheet]) -> None:
        made["Calc"].write_dynamic_array_formula("A101:S103", "=XR_BOOK(XRBook)", None, "old")

    shown = []
    for date_1904, start in ((False, date(1899, 12, 30)), (True, date(1904, 1, 1))):
        numbers = {
            name: [
                {k: (v - start).days if isinstance(v, date) else v for k, v in row.items()} for row in rows
            ]
            for name, rows in firm().items()
        }
        office.open(book_of(tmp_path / f"{date_1904}.xlsx", numbers, the_list, date_1904=date_1904))
        office.calculate()
        shown.append(office.values().cells("Calc", 0, 100, 18, 102))
    assert shown[0] == shown[1]
    assert shown[1][1][0] == "ADA"
    assert shown[1][1][18] == "clients/Ada Abel/2026-Q3"


@needs_libreoffice
def test_what_it_cannot_do_is_said_and_it_goes_on(office: LibreOffice, sample: Path, tmp_path: Path) -> None:
    office.open(sample)
    with pytest.raises(LibreOfficeFailed, match="LibreOffice could not change"):
        office.change("Nowhere!A1", 1.0)
    (tmp_path / "no.xlsx").write_text("not a workbook")
    with pytest.raises(WorkbookUnreadable, match=r"no\.xlsx can't be read as a workbook"):
        office.open(tmp_path / "no.xlsx")
    office.open(_small(tmp_path / "small.xlsx", "=1+1"))
    office.calculate()
    assert office.values().cells("Dates", 2, 0, 2, 0) == [[2.0]]


@needs_libreoffice
def test_the_command_calculates_prints_and_leaves_the_workbook_as_it_was(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from pypdf import PdfReader

    bytes_before, pdf, values = sample.read_bytes(), tmp_path / "out.pdf", tmp_path / "out.json"
    done = command.main([str(sample), "--client", "DEL03", "--pdf", str(pdf), "--json", str(values)])
    assert (done, sample.read_bytes() == bytes_before) == (0, True)
    assert "no cell shows an error" in capsys.readouterr().out
    printed = [page.extract_text() for page in PdfReader(pdf).pages]
    assert ("RMD Left" in printed[0], "Flags" in printed[0]) == (True, False), "the Dashboard's figures"
    assert ("Flags" in printed[1], "Next" in printed[1]) == (True, True), "its second and last page"
    assert "Choose a client" in printed[2]
    text = "\n".join(printed)
    assert "Delgado-Whitfield Household" in text
    assert "Short-term gain" in text
    assert json.loads(values.read_text(encoding="utf-8"))["Client"][0][1] == "Delgado-Whitfield Household"


@needs_libreoffice
def test_it_ends_with_its_profile_and_with_what_took_too_long(tmp_path: Path) -> None:
    book = _small(tmp_path / "small.xlsx", "=1+1")
    with LibreOffice() as office:
        folder, process = office._folder, office.process
        with pytest.raises(LibreOfficeFailed, match=r"did not open within 0\.001 seconds and was given up"):
            office._do("open", 0.001, path=str(book))
        with pytest.raises(LibreOfficeFailed, match="is not running"):
            office.calculate()
    assert process is not None
    assert process.poll() is not None
    assert not folder.exists()


def test_a_missing_part_is_named_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with (
        pytest.raises(
            LibreOfficeMissing, match=r"apt-get install .*libreoffice-script-provider-python python3-uno"
        ),
        LibreOffice(),
    ):
        pass


def test_a_workbook_that_is_not_there_is_said_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["nowhere.xlsm"]) == 2
    assert "There is no workbook nowhere.xlsm." in capsys.readouterr().err


def test_the_copy_has_no_macros_and_every_sheet_as_it_is(sample: Path, tmp_path: Path) -> None:
    copy = plain_copy(sample, tmp_path / "copy.xlsx")
    with zipfile.ZipFile(sample) as before, zipfile.ZipFile(copy) as after:
        dropped = set(before.namelist()) - set(after.namelist())
        assert dropped == {"xl/vbaProject.bin"}
        changed = {name for name in after.namelist() if before.read(name) != after.read(name)}
        assert changed == {"[Content_Types].xml", "xl/_rels/workbook.xml.rels"}
        for name in changed:
            assert b"vba" not in after.read(name).lower()
            assert b"macroEnabled" not in after.read(name)


def test_nothing_of_the_project_runs_inside_libreoffice() -> None:
    """Its Python is another one: what runs there may import the standard library, UNO and what is copied with it."""
    files = sorted(path for path in host.INSIDE.glob("*.py") if path.stem != "__init__")
    assert [path.stem for path in files] == ["bridge", "component", "setting_up", "spilling"]
    for path in files:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        nodes = list(ast.walk(tree))
        names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
        names |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
        others = {name.split(".")[0] for name in names} - sys.stdlib_module_names
        assert others <= {"uno", "unohelper", "com", "xl_rebal_spilling"}, path.name
