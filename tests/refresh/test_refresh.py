"""The sample firm's workbook refreshed after its data changed: every XR_ cell is what the engine's own tables say, and nothing else moved."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import range_boundaries
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from tests.refresh.files import (
    areas,
    cells,
    copied,
    edited,
    is_sound,
    marked,
    only_results_differ,
    parts,
    sheet_bytes,
    sheet_parts,
)
from udfs import session
from workbook.build import build_workbook
from xl_rebal import app, workers
from xl_rebal.app import insight
from xl_rebal.app.reports import firm_list
from xl_rebal.cli import app as terminal
from xl_rebal.engine.book import Book
from xl_rebal.libreoffice.host import LibreOffice, missing_parts
from xl_rebal.refreshing.run import Refreshed, refresh
from xl_rebal.sample import firm_rows, firm_settings_values
from xl_rebal.sheets import insight_tables, tables
from xl_rebal.sheets.firm_list import Order, Wanted
from xl_rebal.sheets.tables import CellTable
from xl_rebal.sheets.write import Change, change_rows

FIRST = "HAR01"  # the client that the workbook shows
CLIENTS = (FIRST, "NAK02", "MAR06")
NEW_CLIENT = {
    "Client ID": "ZZZ99",
    "Client Name": "Zoe <Z> & Sons",
    "Filing Status": "Single",
    "Model": "Growth",
}
OWN_CELLS = (
    '<row r="2020"><c r="A2020" t="inlineStr"><is><t xml:space="preserve">mine </t></is></c>'
    '<c r="C2020"><f>SUM(G8:G19)</f><v>5</v></c></row></sheetData>'
)
MERGED = '</sheetData><mergeCells count="1"><mergeCell ref="B2000:C2001"/></mergeCells>'
PRICES = Change(updated={row: {"Price": 31.25 + row} for row in range(2, 12)})


def few(rows: Mapping[str, list[dict[str, object]]]) -> dict[str, list[dict[str, object]]]:
    """The rows of three of the sample firm's clients; the last one's data is wrong, so that it is withheld."""
    mine = {row["Account ID"] for row in rows["Accounts"] if row["Client ID"] in CLIENTS}
    return {
        name: [
            row
            for row in lines
            if ("Client ID" not in row or row["Client ID"] in CLIENTS)
            and ("Account ID" not in row or row["Account ID"] in mine)
        ]
        for name, lines in rows.items()
    }


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample firm with macros, ribbon, chart and stored results, which a user has made their own: a column on Lots,
    cells below a result, merged cells, a hidden sheet."""
    rows = few(firm_rows())
    rows = {**rows, "Lots": [dict(row, Mine=f"note {n}") for n, row in enumerate(rows["Lots"], 2)]}
    path = build_workbook(tmp_path_factory.mktemp("firm") / "firm.xlsm", rows, firm_settings_values())
    where = sheet_parts(path)
    extent = re.search(r"<dimension [^>]*>", sheet_bytes(path, "Dashboard").decode())[0]
    return edited(
        path,
        {
            where["Dashboard"]: [
                (extent, re.sub(r"\d+(?=\"/>)", "2020", extent)),
                ("</sheetData>", OWN_CELLS),
            ],
            where["Client"]: [("</sheetData>", MERGED)],
            "xl/workbook.xml": [('<sheet name="Help" ', '<sheet name="Help" state="hidden" ')],
        },
    )


@pytest.fixture(scope="module")
def done(firm: Path, tmp_path_factory: pytest.TempPathFactory) -> Refreshed:
    """The refresh after prices changed, a client came and two lots went: no stored result is of this data."""
    path = copied(firm, tmp_path_factory.mktemp("refreshed"))
    lots = Change(removed=frozenset({3, 4}))
    change_rows(path, {"Securities": PRICES, "Clients": Change(added=(NEW_CLIENT,)), "Lots": lots})
    session.forget()
    return refresh(path)


def before(done: Refreshed) -> Path:
    assert done.backup is not None
    return done.backup


# --- What the cells must show ------------------------------------------------------------------------------------


def expected(book: Book, key: str) -> Mapping[str, Callable[..., CellTable]]:
    """Each function's table from the engine's results, by its arguments behind client and book."""
    reviews = app.reviews(book)
    one = next(found for found in reviews if found.client_id == FIRST)
    home = book.household(FIRST)
    t, i = tables, insight_tables

    def fold(table: CellTable) -> Callable[..., CellTable]:
        return lambda rows=0: t.folded(table, rows)

    return {
        "XR_DATA": lambda *_: [[key]],
        "XR_BOOK": lambda: firm_list(book, reviews, Wanted(order=Order.ATTENTION)),
        "XR_BOOK of one": lambda: firm_list(book, [one]),
        "XR_CHECKS": fold(t.checks_table(book.problems)),
        "XR_DRIFT": lambda rows=0, classes=False: t.folded(t.drift_table(one, securities=not classes), rows),
        "XR_PLAN": fold(t.plan_table(one)),
        "XR_LOTS": fold(t.lots_table(one)),
        "XR_LEFT_OUT": fold(t.left_out_table(one)),
        "XR_TAX": fold(t.tax_table(one)),
        "XR_WASH": fold(t.wash_table(one)),
        "XR_COMPARE": fold(t.compare_table(one)),
        "XR_RMD": fold(t.rmd_table(one)),
        "XR_NOTES": fold(t.notes_table(home.notes)),
        "XR_HARVEST": fold(t.harvest_table([one])),
        "XR_PROOF": fold(i.proof_table([one])),
        "XR_FRONTIER": lambda points: i.frontier_table(one, insight.frontier_of(book, one, points)),
        "XR_WHY": fold(i.why_table(one, insight.explanation_of(book, one), home.lots)),
        "XR_CALENDAR": fold(i.calendar_table([(one, insight.wash_calendar_of(book, one))])),
    }


def test_every_xr_cell_shows_what_the_engine_says_of_the_new_data(done):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # data bars, which openpyxl would drop on saving
        shown = openpyxl.load_workbook(done.workbook, data_only=True)
    book = app.load(done.workbook)
    key = str(shown["Settings"]["F2"].value)
    assert re.fullmatch(r"Book [0-9a-f]{12}: 4 clients, \d+ errors", key)
    says = expected(book, key)
    compared = set()
    for sheet in shown.sheetnames:
        for area, text in areas(sheet_bytes(done.workbook, sheet)).values():
            name, arguments = re.fullmatch(r"(XR_\w+)\((.*)\)", text).groups()
            if name == "XR_BOOK" and "XRClient" in arguments:
                name = "XR_BOOK of one"
            if name not in says:
                continue  # a function that is newer than this test
            more = [a == "TRUE" or int(a) for a in arguments.split(",") if re.fullmatch(r"\d+|TRUE", a)]
            table = says[name](*more)
            left, top, right, bottom = range_boundaries(area)
            assert (bottom - top + 1, right - left + 1) == (len(table), len(table[0])), (sheet, area, text)
            for line, row in zip(
                table, shown[sheet][area] if ":" in area else [[shown[sheet][area]]], strict=True
            ):
                for value, cell in zip(line, row, strict=True):
                    assert same(cell.value, value), (sheet, cell.coordinate, cell.value, value)
            compared.add(name)
    assert compared == set(says)


def same(shown: Any, value: Any) -> bool:
    if isinstance(shown, datetime) and isinstance(value, date):
        return bool(shown.date() == (value.date() if isinstance(value, datetime) else value))
    if isinstance(value, float):
        return f"{float(shown):.15g}" == f"{value:.15g}"
    return bool((shown or None) == (value or None)) if isinstance(value, str | None) else bool(shown == value)


# --- What must not move --------------------------------------------------------------------------------------------


def test_nothing_but_results_changes_in_the_file(done):
    assert only_results_differ(before(done), done.workbook) == {
        "Dashboard",
        "Client",
        "What-If",
        "Quarter",
        "Checks",
        "Settings",
        "Verify",  # whose formulas read results, and are marked
    }
    assert set(done.changed) == {
        "Dashboard",
        "Client",
        "What-If",
        "Checks",
        "Quarter",
        "Settings",
    }
    old, new = parts(before(done)), parts(done.workbook)
    for name in (
        "customUI/customUI14.xml",
        "xl/vbaProject.bin",
        "xl/metadata.xml",
        "xl/charts/chart1.xml",
        "xl/styles.xml",
        "xl/sharedStrings.xml",
        "xl/workbook.xml",
        "xl/comments1.xml",
        "[Content_Types].xml",
    ):
        assert old[name] == new[name]


def test_the_changed_sheets_are_sound_and_dynamic_arrays_stay_what_they_are(done):
    old, new = parts(before(done)), parts(done.workbook)
    for part in sheet_parts(done.workbook).values():
        is_sound(new[part])
        assert re.findall(rb'<c r="(\w+)"[^>]* cm="1"', new[part]) == re.findall(
            rb'<c r="(\w+)"[^>]* cm="1"', old[part]
        )


def test_what_the_user_put_into_the_workbook_stays(done):
    book = CalamineWorkbook.from_path(str(done.workbook))
    notes = [row[-1] for row in book.get_sheet_by_name("Lots").to_python()[1:]]
    assert notes[0] == "note 2"
    assert notes[1] == "note 5"  # of two rows that were removed nothing is left
    content = sheet_bytes(done.workbook, "Dashboard")
    computed = re.search(rb'<c r="C2020"><f ca="1">(SUM[^<]*</f><v>)([^<]*)', content)
    trims = [row[6] for row in book.get_sheet_by_name("Dashboard").to_python()[7:19]]
    assert float(computed[2]) == pytest.approx(sum(v for v in trims if isinstance(v, float)))
    assert OWN_CELLS.encode() in content.replace(computed[0], b'<c r="C2020"><f>%s5' % computed[1])
    assert MERGED.encode() in sheet_bytes(done.workbook, "Client")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        shown = openpyxl.load_workbook(done.workbook)
    assert shown["Help"].sheet_state == "hidden"
    assert shown["Lots"]["A1"].comment is not None
    assert shown["Lots"].data_validations.dataValidation


def test_the_zip_keeps_the_order_and_packing_of_its_parts(done):
    import zipfile

    with zipfile.ZipFile(before(done)) as old, zipfile.ZipFile(done.workbook) as new:
        assert [(i.filename, i.compress_type, i.date_time) for i in old.infolist()] == [
            (i.filename, i.compress_type, i.date_time) for i in new.infolist()
        ]


def test_a_second_refresh_finds_nothing_to_do_and_leaves_no_copy(done):
    content, beside = done.workbook.read_bytes(), sorted(done.workbook.parent.iterdir())
    session.forget()
    again = refresh(done.workbook)
    assert again.backup is None
    assert again.lines() == [
        f"firm.xlsm is already up to date: all {again.formulas} XR_ results are what they would be now."
    ]
    assert done.workbook.read_bytes() == content
    assert sorted(done.workbook.parent.iterdir()) == beside


def test_what_other_formulas_still_show_is_said(done):
    # The Verify sheet is Excel's own to compute, as a whole; tiles, decisions, links, headings and charts are computed here.
    assert done.readers > 30
    said = (
        f"Formulas of other kinds that read these results still show what they showed ({done.readers}): they are "
        "marked, so that Excel computes them when it opens the workbook."
    )
    assert said in done.lines()
    assert len(marked(sheet_bytes(done.workbook, "Verify"))) == done.readers
    assert len(marked(sheet_bytes(done.workbook, "Dashboard"))) > 1_000, "Excel computes these again"
    assert done.lines()[-1] == "The workbook as it was: firm (before refresh 1).xlsm"


def test_a_freshly_built_workbook_is_up_to_date(firm):
    session.forget()
    assert refresh(firm).backup is None


def test_a_workbook_that_was_built_without_results_gets_all_of_them(firm, tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "WORTH_IT", 1)  # so that other processes make the plans, as for a large firm
    session.forget()
    empty = build_workbook(tmp_path / "empty.xlsm", few(firm_rows()), firm_settings_values(), cached=False)
    assert refresh(empty).left == ()
    for sheet in ("Dashboard", "Client", "Checks", "Settings"):
        assert areas(sheet_bytes(empty, sheet)) == areas(sheet_bytes(firm, sheet))
    a, b = (
        CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Checks").to_python()
        for path in (empty, firm)
    )
    assert [row[1:] for row in a] == [row[1:] for row in b]  # the first column is links: Excel's own


# --- The command ---------------------------------------------------------------------------------------------------


def test_check_says_whether_results_are_up_to_date_and_writes_nothing(firm, done):
    run = CliRunner()
    content = before(done).read_bytes()
    stale = run.invoke(terminal, ["refresh", str(before(done)), "--check"])
    assert stale.exit_code == 1
    assert stale.stdout.splitlines()[-1].endswith("Nothing was changed.")
    assert "is not up to date: " in stale.stdout
    assert before(done).read_bytes() == content
    fresh = run.invoke(terminal, ["refresh", str(done.workbook), "--check", "--json"])
    assert fresh.exit_code == 0
    assert '"up_to_date": true' in fresh.stdout


# --- Another program -----------------------------------------------------------------------------------------------


@pytest.mark.skipif(bool(missing_parts()), reason=f"not installed: {', '.join(missing_parts())}")
def test_libreoffice_computes_the_very_results_that_the_file_holds(done):
    with LibreOffice() as office:
        office.open(done.workbook)
        office.calculate()
        values = office.values()
    assert values.errors() == []
    book = CalamineWorkbook.from_path(str(done.workbook))
    count = 0
    for sheet in done.changed:
        stored = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        for area, _ in areas(sheet_bytes(done.workbook, sheet)).values():
            left, top, right, bottom = range_boundaries(area)
            theirs = values.cells(sheet, left - 1, top - 1, right - 1, bottom - 1)
            ours = [[number(value) for value in row[left - 1 : right]] for row in stored[top - 1 : bottom]]
            assert theirs == [[pytest.approx(v) if isinstance(v, float) else v for v in row] for row in ours]
            count += 1
    assert count == done.formulas


def number(value: Any) -> Any:
    """A cell as LibreOffice holds it: dates are numbers, and nothing is None."""
    if isinstance(value, date):
        return float((date(value.year, value.month, value.day) - date(1899, 12, 30)).days)
    return None if value == "" else value


def test_the_client_shown_can_be_changed_and_its_tables_follow(done, tmp_path):
    path = copied(done.workbook, tmp_path)
    part = sheet_parts(path)["Client"]
    old = cells(parts(path)[part])["C2"].decode()
    new = '<c r="C2" s="{}" t="inlineStr"><is><t>NAK02</t></is></c>'.format(re.search(r's="(\d+)"', old)[1])  # type: ignore[index]
    edited(path, {part: [(old, new)]})
    assert set(refresh(path).changed) == {"Client"}
    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Client").to_python(skip_empty_area=False)
    assert sheet[8][12] == "NAK02"  # XR_PROOF's first line
