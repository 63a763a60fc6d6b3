"""The built workbook: sound in every part, the engine's results in its cells, and the same Book when it is read again."""

from __future__ import annotations

import inspect
import re
import shutil
import subprocess
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lxml import etree
from openpyxl.utils import range_boundaries

from tests.workbook.values_only import values_only
from udfs import functions
from udfs.known import udf_functions
from workbook import client_page, pages, what_if_page
from workbook import styles as look
from workbook.build import CONF_SHEET, build_workbook, sheet_code_names
from workbook.inputs import lines_of, list_names, table_values
from workbook.spill import NO_FUNCTIONS
from xl_rebal import app
from xl_rebal.app import insight
from xl_rebal.app.reports import firm_list
from xl_rebal.sample import firm_rows, firm_settings_values
from xl_rebal.sheets import insight_tables, layout, tables
from xl_rebal.sheets.firm_list import Order, Wanted
from xl_rebal.sheets.read import Table, book_from_tables, read_book

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATIONSHIPS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
REL_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
ARRAY_TYPES = ("array",)

# One household without trades: enough for what does not need the sample firm.
TINY: Mapping[str, list[dict[str, object]]] = {
    "Clients": [
        {
            "Client ID": "A1",
            "Client Name": "=Ada & <Ben>",
            "Filing Status": "Single",
            "Model": "All stock",
            "Nickname": "kept",
        }
    ],
    "Accounts": [{"Account ID": "0007", "Client ID": "A1", "Registration": "Individual"}],
    "Securities": [{"Symbol": "VTI", "Asset Class": "Equity", "Price": 100, "Buy": "Yes"}],
    "Targets": [{"Model": "All stock", "Asset Class": "Equity", "Target": 1.0}],
    "Lots": [
        {
            "Account ID": "0007",
            "Symbol": "VTI",
            "Acquired": date(2020, 1, 2),
            "Quantity": 10,
            "Cost Basis": 900,
        }
    ],
}
DECISIONS = [
    {"Client ID": "HAR01", "Quarter": "2026-Q4", "Decision": "Defer", "By": "M. Alder"},
    {"Client ID": "NAK02", "Quarter": "2026-Q3", "Decision": "Decline", "By": "D. Finch"},
    {"Client ID": "HAR01", "Quarter": "2026-Q4", "Decision": "Approve", "By": "M. Alder"},
]
TINY_SETTINGS = {"As Of": date(2026, 10, 15)}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample firm's workbook with macros, ribbon and cached results."""
    path = tmp_path_factory.mktemp("built") / "rebalance.xlsm"
    return build_workbook(path, {**firm_rows(), "Decisions": DECISIONS}, firm_settings_values())


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tiny") / "tiny.xlsx"
    return build_workbook(path, TINY, TINY_SETTINGS, macros=False)


@pytest.fixture(scope="module")
def parts(built: Path) -> Mapping[str, bytes]:
    with zipfile.ZipFile(built) as book:
        return {name: book.read(name) for name in book.namelist()}


@pytest.fixture(scope="module")
def trees(parts: Mapping[str, bytes]) -> Mapping[str, etree._Element]:
    """Every XML part, parsed without mercy."""
    strict = etree.XMLParser(recover=False, resolve_entities=False)
    xml = {name: content for name, content in parts.items() if not name.endswith(".bin")}
    return {name: etree.fromstring(content, strict) for name, content in xml.items()}


@pytest.fixture(scope="module")
def sheets(trees: Mapping[str, etree._Element]) -> Mapping[str, etree._Element]:
    """Every worksheet by its name on the tab."""
    targets = {r.get("Id"): r.get("Target") for r in trees["xl/_rels/workbook.xml.rels"].iter(RELATIONSHIPS)}
    names = [(s.get("name"), s.get(REL_ID)) for s in trees["xl/workbook.xml"].iter(f"{MAIN}sheet")]
    return {str(name): trees[f"xl/{targets[rel]}"] for name, rel in names}


@pytest.fixture(scope="module")
def cached(built: Path) -> Iterator[Any]:
    """The workbook as a reader of cached values sees it."""
    book = opened(built, data_only=True)
    yield book
    book.close()


def opened(path: Path, *, data_only: bool = False) -> Any:
    """The workbook through openpyxl, which warns of what it would drop on saving (data bars)."""
    with pytest.warns(UserWarning, match="extension is not supported"):
        return openpyxl.load_workbook(path, data_only=data_only)


def spills(sheet: etree._Element) -> dict[str, tuple[str, etree._Element]]:
    """Array formulas of a sheet by their range: formula text and cell."""
    return {
        f.get("ref"): (f.text, f.getparent()) for f in sheet.iter(f"{MAIN}f") if f.get("t") in ARRAY_TYPES
    }


def cells_of(sheet: Any, reference: str) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet[reference]]


# --- The package -----------------------------------------------------------------------------------------------


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    first = build_workbook(tmp_path / "first.xlsm", TINY, TINY_SETTINGS)
    second = build_workbook(tmp_path / "second.xlsm", TINY, TINY_SETTINGS)
    assert first.read_bytes() == second.read_bytes()


def test_code_names_are_the_projects_document_modules(
    built: Path, trees: Mapping[str, etree._Element], sheets: Mapping[str, etree._Element]
) -> None:
    from oletools.olevba import VBA_Parser

    assert trees["xl/workbook.xml"].find(f"{MAIN}workbookPr").get("codeName") == "ThisWorkbook"
    names = {name: sheet.find(f"{MAIN}sheetPr").get("codeName") for name, sheet in sheets.items()}
    assert names == dict(sheet_code_names())
    parser = VBA_Parser(str(built))
    try:
        modules = {Path(name).stem for _, _, name, _ in parser.extract_macros()}
    finally:
        parser.close()
    assert {"ThisWorkbook", *names.values()} <= modules
    assert "customUI/customUI14.xml" in zipfile.ZipFile(built).namelist()


def test_without_macros_it_is_a_plain_workbook(tiny: Path) -> None:
    names = zipfile.ZipFile(tiny).namelist()
    assert not [name for name in names if "vba" in name.lower() or "customUI" in name]


# --- Input sheets ----------------------------------------------------------------------------------------------


def test_sheets_stand_in_the_layouts_order(sheets: Mapping[str, etree._Element]) -> None:
    assert list(sheets) == [*layout.SHEET_ORDER, CONF_SHEET]


def test_tables_start_in_a1_and_their_columns_are_their_header_cells(
    trees: Mapping[str, etree._Element], cached: Any
) -> None:
    expected = {s.table: s.name for s in layout.INPUT_SHEETS} | {layout.SETTINGS_TABLE: layout.SETTINGS_SHEET}
    found = {t.get("name"): t for name, t in trees.items() if name.startswith("xl/tables/")}
    assert set(found) == set(expected)
    for name, table in found.items():
        left, top, right, bottom = range_boundaries(table.get("ref"))
        assert (left, top) == (1, 1)
        assert bottom > top
        assert right
        headers = [c.get("name") for c in table.iter(f"{MAIN}tableColumn")]
        assert headers == cells_of(cached[expected[name]], table.get("ref"))[0]


def test_it_reads_back_as_the_book_of_its_rows(built: Path) -> None:
    rows = {**firm_rows(), "Decisions": DECISIONS}
    given = {
        s.name: Table(s.name, tuple(values[0]), values[1:])
        for s in layout.INPUT_SHEETS
        for values in [table_values(s, rows.get(s.name, ()))]
    }
    settings = [[name, value, ""] for name, value in firm_settings_values().items()]
    given["Settings"] = Table("Settings", layout.SETTINGS_HEADERS, settings)
    expected, read = book_from_tables(given), read_book(built)
    assert read.households == expected.households
    assert read.settings == expected.settings
    assert read.securities == expected.securities
    assert read.targets == expected.targets
    assert read.problems == expected.problems
    assert len(read.households) == 12


def test_columns_of_your_own_are_kept_at_the_end(tiny: Path) -> None:
    sheet = opened(tiny)["Clients"]
    assert sheet.cell(1, len(layout.CLIENTS.columns) + 1).value == "Nickname"
    assert sheet.cell(2, len(layout.CLIENTS.columns) + 1).value == "kept"


def test_result_sheets_are_protected_without_a_password_and_input_sheets_are_not(
    sheets: Mapping[str, etree._Element],
) -> None:
    protected = {name for name, sheet in sheets.items() if sheet.find(f"{MAIN}sheetProtection") is not None}
    assert protected == {"Dashboard", "Client", "What-If", "Verify", "Quarter", "Checks"}
    for name in protected:
        rules = sheets[name].find(f"{MAIN}sheetProtection")
        assert rules.get("password") is None
        assert rules.get("formatColumns") == rules.get("formatRows") == "0", "anyone may make room for a text"


def test_every_cell_with_a_name_of_its_own_to_type_into_is_open_and_marked(built: Path) -> None:
    book = opened(built)
    names = ["XRClient", "XRShow", "XRAdvisor", "XROrder", "XRChecksClient"]
    names += [wish.name for wish in what_if_page.wishes()]
    for name in names:
        [(sheet, place)] = book.defined_names[name].destinations
        cell = book[sheet][place]
        assert not cell.protection.locked, name
        assert cell.fill.fgColor.rgb == "FF" + look.ENTRY.removeprefix("#"), name
    assert book["Client"]["B1"].protection.locked


def test_text_that_looks_like_a_formula_or_a_number_stays_text(tiny: Path) -> None:
    book = opened(tiny)
    name = book["Clients"].cell(2, 2)
    assert (name.value, name.data_type) == ("=Ada & <Ben>", "s")
    account = book["Accounts"].cell(2, 1)
    assert (account.value, account.number_format) == ("0007", "@"), "leading zeros stay"
    assert [h.client.name for h in read_book(tiny).households] == ["=Ada & <Ben>"]


def test_every_header_has_a_note_that_says_whether_it_is_required(built: Path) -> None:
    book = opened(built)
    for sheet in layout.INPUT_SHEETS:
        for at, column in enumerate(sheet.columns, 1):
            comment = book[sheet.name].cell(1, at).comment
            assert comment is not None, f"{sheet.name}: {column.header}"
            assert comment.text.startswith("Required. " if column.required else "Optional. ")
            assert column.help in comment.text


def test_drop_downs_offer_the_layouts_choices(sheets: Mapping[str, etree._Element]) -> None:
    names = set(list_names())
    for sheet in layout.INPUT_SHEETS:
        rules = {r.get("sqref"): r for r in sheets[sheet.name].iter(f"{MAIN}dataValidation")}
        for at, column in enumerate(sheet.columns, 1):
            letter = openpyxl.utils.get_column_letter(at)
            rule = rules.get(f"{letter}2:{letter}1048576")
            if column.choices:
                assert rule is not None
                assert rule.findtext(f"{MAIN}formula1") == f'"{",".join(column.choices)}"'
            elif column.refers_to:
                assert rule is not None
                assert rule.findtext(f"{MAIN}formula1") in names
                assert rule.get("errorStyle") == "warning", (
                    "a new ID may be typed before its own sheet has it"
                )


def test_a_sheet_without_rows_is_a_table_with_one_empty_row(tiny: Path) -> None:
    sheet = opened(tiny)["Activity"]
    assert sheet.tables["tblActivity"].ref == "A1:H2"
    assert [cell.value for cell in sheet[2]] == [None] * 8


def test_settings_are_typed_cells_with_the_firms_defaults(tiny: Path) -> None:
    sheet = opened(tiny)["Settings"]
    values = {row[0].value: row[1] for row in sheet.iter_rows(min_row=2) if row[0].value}
    assert (values["Class Band"].value, values["Class Band"].number_format) == (0.05, "0.0#%")
    assert values["Min Trade"].value == 500
    assert values["As Of"].value.date() == date(2026, 10, 15)
    assert values["Quarter"].value is None, "empty: it follows As Of"


def test_a_setting_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"There is no setting 'Bands'\. Settings are: Firm Name, As Of,"):
        build_workbook(tmp_path / "x.xlsx", TINY, {**TINY_SETTINGS, "Bands": 1}, macros=False)


def test_xlwings_finds_its_configuration(cached: Any) -> None:
    conf = {row[0].value: row[1].value for row in cached[CONF_SHEET].iter_rows(min_row=1) if row[0].value}
    assert conf["UDF Modules"] == "udfs.functions;udfs.insight;udfs.record"
    assert conf["Use UDF Server"] == "True"
    assert conf["Interpreter_Win"] == "pythonw"
    assert "PYTHONPATH" in conf
    assert conf["ADD_WORKBOOK_TO_PYTHONPATH"] == "False", "a numpy.py beside the workbook is never imported"


def test_excel_opens_it_on_the_saved_results(trees: Mapping[str, etree._Element]) -> None:
    """An older engine's calcId or fullCalcOnLoad makes Excel recalculate on opening: without Python, errors all over."""
    [calculation] = trees["xl/workbook.xml"].iter(f"{MAIN}calcPr")
    assert int(calculation.get("calcId")) >= 191029
    assert calculation.get("fullCalcOnLoad") is None
    assert calculation.get("calcMode") is None, "automatic"


# --- Results ---------------------------------------------------------------------------------------------------


def test_every_result_is_a_dynamic_array_so_that_excel_spills_it(
    trees: Mapping[str, etree._Element], sheets: Mapping[str, etree._Element]
) -> None:
    """Without cm="1" and its metadata Excel shows one cell, as =@XR_..."""
    metadata = etree.tostring(trees["xl/metadata.xml"]).decode()
    assert 'name="XLDAPR"' in metadata
    assert 'fDynamic="1"' in metadata
    formulas = [
        (f"{name}!{f.getparent().get('r')}", f)
        for name, sheet in sheets.items()
        for f in sheet.iter(f"{MAIN}f")
    ]
    ours = [(place, f) for place, f in formulas if f.text.startswith("XR_")]
    others = ("XR_DATA", "XR_BOOK", "XR_BOOK of the chosen client", "XR_CHECKS", "XR_WHATIF", "XR_QUARTER")
    assert len(ours) == len(others) + len(client_page.client_blocks())
    for place, f in ours:
        assert (f.get("t"), f.getparent().get("cm")) == ("array", "1"), place


def test_formulas_call_functions_that_exist_with_arguments_they_take(
    sheets: Mapping[str, etree._Element],
) -> None:
    known = {function.__name__: inspect.signature(function) for function in udf_functions()}
    for sheet in sheets.values():
        for formula, _ in spills(sheet).values():
            name, arguments = re.fullmatch(r"(XR_\w+)\((.*)\)", formula).groups()  # type: ignore[union-attr]
            bare = re.sub(r"\[\[.*?\]\]", "", arguments)
            known[name].bind(*bare.split(","))


def test_the_data_cell_takes_every_table_that_the_functions_know(
    sheets: Mapping[str, etree._Element], trees: Mapping[str, etree._Element]
) -> None:
    [(formula, cell)] = spills(sheets["Settings"]).values()
    by_table = {s.table: s.name for s in layout.INPUT_SHEETS} | {"tblSettings": "Settings"}
    given = re.findall(r"(\w+)\[\[#Headers\],\[#Data\]\]", formula)
    assert tuple(by_table[table] for table in given) == functions.DATA_SHEETS
    assert cell.findtext(f"{MAIN}v").endswith(": 12 clients, 1 error")
    names = {n.get("name"): n.text for n in trees["xl/workbook.xml"].iter(f"{MAIN}definedName")}
    assert names["XRBook"] == "Settings!$F$2"
    assert cell.get("r") == "F2"
    assert names["XRClient"] == "Client!$C$2"
    assert names["XRList_Clients_Client_ID"] == "tblClients[Client ID]"


def test_cells_hold_what_the_engine_says_of_the_file_itself(
    built: Path, sheets: Mapping[str, etree._Element], cached: Any
) -> None:
    """Read again from the file, reviewed again, compared with every spilled cell of the three result sheets."""
    book = app.load(built)
    reviews = app.reviews(book)
    first = reviews[0]
    expected = {
        "XR_BOOK": firm_list(book, reviews, Wanted(order=Order.ATTENTION)),
        "XR_BOOK(XRBook,XRClient)": firm_list(book, [first]),
        "XR_CHECKS": tables.checks_table(book.problems),
        "XR_PLAN": tables.plan_table(first),
        "XR_TAX": tables.tax_table(first),
        "XR_RMD": tables.rmd_table(first),
        "XR_HARVEST": tables.harvest_table([first]),
        "XR_WASH": tables.wash_table(first),
        "XR_COMPARE": tables.compare_table(first),
        "XR_LOTS": tables.lots_table(first),
        "XR_NOTES": tables.notes_table(book.household(first.client_id).notes),
        "XR_LEFT_OUT": tables.left_out_table(first),
        "XR_CALENDAR": insight_tables.calendar_table([(first, insight.wash_calendar_of(book, first))]),
        "XR_PROOF": insight_tables.proof_table([first]),
        "XR_FRONTIER": insight_tables.frontier_table(first, insight.frontier_of(book, first)),
        "XR_WHY": insight_tables.why_table(
            first, insight.explanation_of(book, first), book.household(first.client_id).lots
        ),
        "XR_DRIFT(XRClient,XRBook,8,TRUE)": tables.drift_table(first, securities=False),
        "XR_DRIFT": tables.drift_table(first),
    }
    seen = 0
    for name in (layout.DASHBOARD_SHEET, layout.CLIENT_SHEET, layout.CHECKS_SHEET):
        for reference, (formula, _) in spills(sheets[name]).items():
            table = expected.get(formula) or expected[formula.split("(")[0]]
            shown = [
                [v.date() if hasattr(v, "date") else v for v in row]
                for row in cells_of(cached[name], reference)
            ]
            assert shown == [[v if v != "" else None for v in row] for row in table], f"{name}: {formula}"
            seen += 1
    assert seen == len(expected)


def test_tiles_agree_with_the_list_below_them(cached: Any) -> None:
    sheet = cached["Dashboard"]
    tiles = {sheet.cell(3, at).value: sheet.cell(4, at).value for at in range(1, 12)}
    rows = list(sheet.iter_rows(min_row=8, max_row=19, values_only=True))
    assert tiles["Clients"] == 12
    assert tiles["Withheld"] == sum(row[3] == "Withheld" for row in rows)
    assert tiles["Over gain budget"] == sum(isinstance(row[12], float | int) and row[12] < 0 for row in rows)
    taxes = [row[9] for row in rows if isinstance(row[9], float | int)]
    assert round(tiles["Estimated tax, where known"], 2) == round(sum(taxes), 2)
    left = {row[0]: row[13] for row in rows if row[13]}
    assert left.pop("KLE08") == "at least $16,000"
    assert tiles["RMDs left"] == f"at least ${16_000 + sum(left.values()):,.0f}"


@pytest.mark.parametrize(
    ("left", "said"),
    [
        ([7_500.5, None, 16_000.0], 23_500.5),
        ([], 0),
        ([7_500.5, "at least $1,216,000"], "at least $1,223,500"),
        ([7_500.0, "unknown"], "at least $7,500"),
        (["unknown", None], "unknown"),
    ],
)
def test_what_is_left_of_rmds_is_never_said_as_a_whole_when_a_part_is_unknown(left: Any, said: Any) -> None:
    tile = next(tile for tile in pages._dashboard_tiles() if tile.caption == "RMDs left")
    assert tile.value([{"RMD Left": amount} for amount in left]) == said


def test_tables_above_one_another_can_never_meet() -> None:
    """A spill onto a used cell is #SPILL!: each table has a room, folds to it, and ends before the next heading."""
    blocks = client_page.client_blocks()
    for block in blocks:
        below = [b for b in blocks if b.column == block.column and b.row > block.row]
        if below:
            assert block.row + block.room < min(b.row for b in below) - 1
            most = block.more[0] + (insight_tables.MARKS if block.function == "XR_FRONTIER" else 0)
            assert most == block.room
        right = [b.column for b in blocks if b.column > block.column]
        assert not right or block.column + len(block.headers) < min(right), (
            "a column stays free between bands"
        )


def test_a_table_that_is_only_a_sentence_has_it_in_its_heading(tiny: Path, cached: Any) -> None:
    """In its own narrow cell it would be cut off: a spill fills the cells to its right with empty texts."""
    plan = next(block for block in client_page.client_blocks() if block.function == "XR_PLAN")
    heading = {"row": plan.row, "column": plan.column + 1}
    alone = opened(tiny, data_only=True)["Client"].cell(**heading).value
    assert alone == "Plan: No trades: every class and security is inside its band."
    assert cached["Client"].cell(**heading).value == "Plan"


def test_nothing_else_stands_inside_a_spill(sheets: Mapping[str, etree._Element]) -> None:
    for name, sheet in sheets.items():
        ranges = [range_boundaries(reference) for reference in spills(sheet)]
        formulas = [f.getparent().get("r") for f in sheet.iter(f"{MAIN}f")]
        anchors = {cell.get("r") for _, cell in spills(sheet).values()}
        for address in formulas:
            if address in anchors:
                continue
            column, row, *_ = range_boundaries(address)
            for left, top, right, bottom in ranges:
                assert not (left <= column <= right and top <= row <= bottom), f"{name}!{address}"


def test_the_client_is_chosen_from_a_list(sheets: Mapping[str, etree._Element], cached: Any) -> None:
    [rule] = sheets["Client"].iter(f"{MAIN}dataValidation")
    assert (rule.get("sqref"), rule.findtext(f"{MAIN}formula1")) == ("C2", "XRList_Clients_Client_ID")
    assert cached["Client"]["C2"].value == "HAR01"
    assert cached["Client"]["B1"].value == "Hartwell Family"


def test_the_last_decision_of_the_quarter_stands_beside_its_client(built: Path, cached: Any) -> None:
    sheet = cached["Dashboard"]
    decisions = {row[0]: row[19] for row in sheet.iter_rows(min_row=8, max_row=19, values_only=True)}
    assert sheet["T7"].value == "Decision"
    assert {client: text for client, text in decisions.items() if text} == {"HAR01": "Approve"}
    assert sheet["C2"].value == "2026-Q4"


def test_the_dashboard_repeats_what_the_quarter_sheet_says_of_each_client(built: Path, cached: Any) -> None:
    sheet, formulas = cached["Dashboard"], opened(built)["Dashboard"]
    assert [cell.value for cell in sheet["V7:X7"][0]] == ["Brief Filed", "Trades", "Next"]
    quarter = {row[0]: row for row in cached["Quarter"].iter_rows(min_row=5, max_row=16, values_only=True)}
    assert len(quarter) == 12
    for row in sheet.iter_rows(min_row=8, max_row=19, values_only=True):
        assert [row[at] or None for at in (21, 22, 23)] == [quarter[row[0]][at] for at in (5, 7, 8)], row[0]
    assert "INDEX(Quarter!$I$5:$I$2004,MATCH($A8,Quarter!$A$5:$A$2004,0))" in formulas["X8"].value
    assert sheet["X8"].value in ("Decide", "Make the brief", "Fix the data")
    assert 'IF($V8="",IFERROR(LOOKUP(' in formulas["T8"].value, (
        "a decision on record goes before one on a sheet"
    )


def test_the_quarter_follows_as_of_where_it_is_not_set(tiny: Path) -> None:
    assert opened(tiny, data_only=True)["Dashboard"]["C2"].value == "2026-Q4"


def test_every_check_with_a_place_has_a_link(cached: Any) -> None:
    sheet = cached["Checks"]
    for row in sheet.iter_rows(min_row=5, max_row=60, values_only=True):
        assert (row[0] or "") == ("Go" if row[3] else "")


def test_a_sheet_too_wide_for_one_readable_page_takes_several_with_its_first_columns(
    sheets: Mapping[str, etree._Element], trees: Mapping[str, etree._Element]
) -> None:
    pages_wide = {
        name: int(setup.get("fitToWidth", 1))
        for name, sheet in sheets.items()
        for setup in sheet.iter(f"{MAIN}pageSetup")
    }
    assert (pages_wide["Clients"], pages_wide["Targets"]) == (3, 1)
    repeated = {
        list(sheets)[int(n.get("localSheetId"))]: n.text
        for n in trees["xl/workbook.xml"].iter(f"{MAIN}definedName")
        if n.get("name") == "_xlnm.Print_Titles"
    }
    assert repeated["Clients"] == "Clients!$A:$B,Clients!$1:$1"
    assert repeated["Dashboard"] == "Dashboard!$A:$B,Dashboard!$7:$7"


def test_flags_get_smaller_rather_than_cut(built: Path) -> None:
    book = opened(built)
    for place in (
        book["Dashboard"]["O8"],
        book["Client"]["J20"],
        book["Client"]["K20"],
    ):  # flags, flag, reason
        assert place.alignment.shrink_to_fit, place.coordinate


def test_a_row_is_as_high_as_its_wrapped_text() -> None:
    assert lines_of("Dividends reinvested.", 36) == 1
    assert lines_of("x" * 100, 36) == 3, "39 letters of running text a line"
    assert lines_of("two\nlines", 36) == 2
    assert lines_of(None, 36) == lines_of(12.5, 36) == 1


def test_help_names_every_function_with_its_arguments(cached: Any) -> None:
    text = {row[0]: row[1] for row in cached["Help"].iter_rows(values_only=True) if row[0]}
    for function in udf_functions():
        assert inspect.getdoc(function) in text[function.__name__]
    assert text["XR_HARVEST"].startswith("(book, [client], [rows])")


def test_uncached_results_say_how_to_calculate(tmp_path: Path) -> None:
    path = build_workbook(tmp_path / "x.xlsx", TINY, TINY_SETTINGS, cached=False, macros=False)
    book = opened(path, data_only=True)
    assert book["Dashboard"]["A7"].value == "Press Ctrl+Alt+F9 to calculate."


def test_every_result_sheet_says_what_to_do_where_the_functions_do_not_run(built: Path) -> None:
    """By a conditional format, which a program evaluates though it calculates nothing; its cell holds a text to replace."""
    book = opened(built, data_only=True)
    for sheet in ("Dashboard", "Client", "What-If", "Verify", "Quarter", "Checks"):
        [place] = [
            str(area.sqref)
            for area, rules in book[sheet].conditional_formatting._cf_rules.items()
            if any(rule.formula == ["ISERROR(XRBook)"] for rule in rules)
        ]
        assert isinstance(book[sheet][place].value, str), (sheet, place)
        assert book[sheet][place].value
    assert len(NO_FUNCTIONS) < 250, "a number format takes 255 characters"


def test_a_firm_without_clients_is_a_workbook_to_start_with(tmp_path: Path) -> None:
    path = build_workbook(tmp_path / "x.xlsx", {}, TINY_SETTINGS, macros=False)
    book = opened(path, data_only=True)
    assert book["Dashboard"]["A8"].value == tables.NO_CLIENTS
    assert book["Dashboard"]["A5"].value == tables.NO_CLIENTS, "where nothing to its right cuts it off"
    assert book["Client"]["B18"].value == f"Plan: {tables.NO_CLIENTS}"
    assert book["Quarter"]["A3"].value == tables.NO_CLIENTS
    assert book["Dashboard"]["B4"].value == 0
    assert read_book(path).households == ()


# --- LibreOffice -----------------------------------------------------------------------------------------------


needs_libreoffice = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")


def converted(source: Path, kind: str) -> Path:
    """What LibreOffice makes of a file, in a folder beside it."""
    folder = source.parent / "converted"
    profile = f"-env:UserInstallation={(source.parent / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(folder), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder / f"{source.stem}.{kind.partition(':')[0]}"


@needs_libreoffice
def test_libreoffice_opens_it_and_shows_the_results(built: Path, tmp_path: Path) -> None:
    """As a PDF of cached results; XR_ functions running in LibreOffice are proved elsewhere."""
    from pypdf import PdfReader

    document = converted(values_only(built, tmp_path / "shown.xlsm"), "pdf")
    pages_of = [page.extract_text() for page in PdfReader(document).pages]
    text = "\n".join(pages_of)
    for wanted in (
        "Hartwell Family",
        "Over gain budget",
        "Total sold",
        "Tax added by the plan",
        "Positions!C61",
    ):
        assert wanted in text
    proof = next(text for text in pages_of if "Plan Hash" in text)
    assert "Binding Limits" in proof, "a band is one page wide"
    calendar = next(text for text in pages_of if "Blocked By" in text)
    assert "Clear From" in calendar
    for error in ("#NAME?", "#REF!", "#VALUE!", "#N/A", "Err:"):
        assert error not in text


@needs_libreoffice
def test_tiles_titles_and_links_are_cached_as_libreoffice_calculates_them(
    built: Path, cached: Any, tmp_path: Path
) -> None:
    """A second spreadsheet program resolves every table reference and name of the plain formulas."""
    forgetful = values_only(built, tmp_path / "forgetful.xlsm", forget=True)
    path = converted(forgetful, "xlsx:Calc MS Excel 2007 XML")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        formulas, values = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    compared = 0
    for name in (layout.DASHBOARD_SHEET, layout.CLIENT_SHEET, layout.CHECKS_SHEET):
        for row in formulas[name].iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    ours = cached[name][cell.coordinate].value or ""
                    theirs = values[name][cell.coordinate].value or ""
                    same = theirs == (pytest.approx(ours) if isinstance(ours, float) else ours)
                    assert same, f"{name}!{cell.coordinate} {cell.value}: {theirs!r}, not {ours!r}"
                    compared += 1
    assert compared > pages.CHECKS_ROOM
    assert formulas["Client"].data_validations.dataValidation[0].formula1 == "XRList_Clients_Client_ID"
