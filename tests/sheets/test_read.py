"""Reading real workbook files: what is in the Book, what is reported, and that one bad row stops nobody else."""

from __future__ import annotations

import os
import random
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import msoffcrypto
import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sheets.workbooks import Firm, Row, checked, firm, rows, write
from xl_rebal import app
from xl_rebal.engine.book import (
    BeneficiaryType,
    BuyIn,
    FilingStatus,
    Owner,
    Registration,
    SoleBeneficiary,
)
from xl_rebal.engine.checks import checks
from xl_rebal.engine.ignored import with_costs
from xl_rebal.engine.problems import Problem, Severity
from xl_rebal.errors import WorkbookUnreadable
from xl_rebal.sheets.read import Table, book_from_tables, read_book
from xl_rebal.sheets.source import read_tables


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "firm.xlsx"


def problems_of(path: Path, changed: Firm) -> tuple[Problem, ...]:
    return checked(write(path, changed))[1]


def only(problems: tuple[Problem, ...], code: str) -> Problem:
    found = [p for p in problems if p.code == code]
    assert len(found) == 1, [str(p) for p in problems]
    return found[0]


def codes(problems: tuple[Problem, ...]) -> list[str]:
    return [p.code for p in problems]


def tables(sheets: Firm) -> dict[str, Table]:
    found = {}
    for name, table in sheets.items():
        headers = list(dict.fromkeys(header for row in table for header in row))
        found[name] = Table(name, tuple(headers), [[row.get(header) for header in headers] for row in table])
    return found


# ------------------------------------------------------------------ a right workbook


def test_a_right_workbook_has_no_problem(path: Path) -> None:
    book, problems = checked(write(path, firm()))
    assert [str(p) for p in problems] == []
    ada, ben = book.households
    assert (ada.client.name, ben.client.filing_status) == ("Ada Abel", FilingStatus.MARRIED_JOINT)
    assert ada.client.taxable_income_cents == 12_000_000
    assert [a.registration for a in ada.accounts] == [Registration.INDIVIDUAL, Registration.TRADITIONAL_IRA]
    assert [lot.symbol for lot in ada.lots] == ["VTI", "VTI", "BND"]
    second = ada.lots[1]
    assert (second.id, second.acquired, second.quantity, second.basis_cents) == (
        "L2", date(2024, 3, 1), Decimal("50.5"), 1_100_025,
    )  # fmt: skip
    assert ada.cash_cents("A-1") == 120_050
    assert ada.realized_cents(2026, book.settings.as_of) == (0, 250_000)
    assert [t.weight for t in ada.targets] == [0.6, 0.38, 0.02]
    assert book.securities["VTI"].price == Decimal("250.25")
    assert book.securities["VTI"].buy is BuyIn.ANYWHERE


def test_settings_follow_the_as_of_date_and_the_shipped_defaults(path: Path) -> None:
    chosen = read_book(write(path, firm())).settings
    assert (chosen.as_of, chosen.quarter, chosen.tax_year) == (date(2026, 9, 30), "2026-Q3", 2026)
    assert (chosen.firm_name, chosen.class_band, chosen.min_trade_cents) == ("Test & Co", 0.05, 50_000)


def test_values_keep_their_row_and_problems_their_cell_wherever_the_table_stands(path: Path) -> None:
    changed = firm()
    changed["Lots"][1]["Quantity"] = "many"
    book, problems = checked(write(path, changed, top=4, left=27))  # header in row 5, first column AB
    fault = only(problems, "not-a-number")
    assert (fault.place, fault.value, fault.client_id) == ("Lots!AE7", "many", "ADA")
    assert book.households[0].lots[0].source.row == 6
    assert book.cell(book.households[0].lots[0].source, "Cost Basis") == "AF6"


def test_title_rows_above_the_header_and_blank_rows_below_it_are_skipped(path: Path) -> None:
    book = openpyxl.load_workbook(write(path, firm()))
    sheet = book["Accounts"]
    sheet.insert_rows(1, 3)
    sheet["A1"], sheet["A2"] = "Account list", "as of 9/30/2026"
    sheet.insert_rows(6, 2)
    book.save(path)
    found = read_book(path)
    assert [account.source.row for h in found.households for account in h.accounts] == [5, 8, 9]


def test_headers_may_differ_in_case_and_spacing_and_unknown_columns_are_ignored(path: Path) -> None:
    changed = firm()
    changed["Lots"] = [
        {"Remark": "#N/A", " account id ": row["Account ID"], "SYMBOL": row["Symbol"], "Acquired": row["Acquired"],
         "Quantity": row["Quantity"], "cost\n basis": row["Cost Basis"]}
        for row in changed["Lots"]
    ]  # fmt: skip
    book, problems = checked(write(path, changed))
    assert codes(problems) == []
    assert book.households[0].lots[0].basis_cents == 1_500_000


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_the_order_of_columns_does_not_matter(tmp_path: Path, seed: int) -> None:
    mixed = random.Random(seed)
    order = {}
    for name, table in firm().items():
        headers = list(dict.fromkeys(header for row in table for header in row))
        order[name] = mixed.sample(headers, len(headers))
    first = read_book(write(tmp_path / "first.xlsx", firm()))
    other = read_book(write(tmp_path / "other.xlsx", firm(), order=order))
    assert (first.settings, first.households, first.targets) == (
        other.settings,
        other.households,
        other.targets,
    )


def test_tables_in_memory_read_like_the_file(path: Path) -> None:
    from_file, in_memory = read_book(write(path, firm())), book_from_tables(tables(firm()))
    assert (from_file.households, from_file.settings) == (in_memory.households, in_memory.settings)


def test_a_1904_workbook_has_the_same_dates(path: Path) -> None:
    found = read_book(write(path, firm(), date_1904=True))
    assert found.households == read_book(write(path, firm())).households


def test_numbers_written_as_text_and_ids_written_as_numbers_are_read(path: Path) -> None:
    changed = firm()
    for row in changed["Accounts"] + changed["Lots"] + changed["Positions"] + changed["Activity"]:
        row["Account ID"] = {"A-1": 70010001, "A-2": "70010002", "B-1": 70010003}[row["Account ID"]]
    changed["Lots"][0] |= {"Quantity": "100.0", "Cost Basis": "$15,000.00", "Acquired": "3/2/2020"}
    book, problems = checked(write(path, changed))
    assert codes(problems) == []
    assert book.households[0].accounts[0].id == "70010001"
    assert book.households[0].lots[0].basis_cents == 1_500_000


def test_names_match_in_any_case_and_take_the_spelling_of_their_own_sheet(path: Path) -> None:
    changed = firm()
    changed["Lots"][0] |= {"Account ID": "a-1", "Symbol": "vti"}
    changed["Clients"][0]["Model"] = "BALANCED"
    book, problems = checked(write(path, changed))
    assert codes(problems) == []
    assert (book.households[0].lots[0].account_id, book.households[0].lots[0].symbol) == ("A-1", "VTI")


def test_a_macro_workbook_reads_the_same(path: Path) -> None:
    macro = path.with_suffix(".xlsm")
    write(path, firm()).rename(macro)
    assert len(read_book(macro).households) == 2


def test_excels_owner_file_beside_it_does_not_prevent_reading(path: Path) -> None:
    write(path, firm())
    (path.parent / "~$firm.xlsx").write_bytes(b"\x05Dana" + b"\0" * 160)
    assert len(read_book(path).households) == 2


# ------------------------------------------------------------------ percents


@pytest.mark.parametrize("weights", [(60, 38, 2), ("60%", "38%", "2%"), ("60", "38", "2"), (0.6, 0.38, "2%")])
def test_percents_are_read_however_the_column_writes_them(path: Path, weights: tuple[object, ...]) -> None:
    changed = firm()
    for row, weight in zip(changed["Targets"], weights, strict=True):
        row["Target"] = weight
    book, problems = checked(write(path, changed))
    assert codes(problems) == []
    assert [t.weight for t in book.targets] == [0.6, 0.38, 0.02]


def test_each_model_decides_for_itself_and_its_bands_follow(path: Path) -> None:
    changed = firm()
    for row in changed["Targets"]:
        row["Band"] = 0.05
    changed["Targets"] += rows(
        "Model|Asset Class|Target|Band",
        ("Growth", "Equity", 79.5, 1),
        ("Growth", "Bonds", 20, 1),
        ("Growth", "Cash", 0.5, None),
    )
    book, _ = checked(write(path, changed))
    assert [t.weight for t in book.targets] == [0.6, 0.38, 0.02, 0.795, 0.2, 0.005]
    assert [t.band for t in book.targets] == [0.05, 0.05, 0.05, 0.01, 0.01, None]


def test_a_percent_among_fractions_is_not_guessed_and_its_consequences_are_silent(path: Path) -> None:
    changed = firm()
    changed["Targets"][1]["Target"] = 38
    problems = problems_of(path, changed)
    assert [(p.code, p.place, p.severity, p.client_id) for p in problems] == [
        ("ambiguous-percent", "Targets!C3", Severity.ERROR, "ADA"),
        ("ambiguous-percent", "Targets!C3", Severity.ERROR, "BEN"),
    ]


# ------------------------------------------------------------------ bad input of one client


@pytest.mark.parametrize("basis", [None, "--", "N/A", "Incomplete"])
def test_missing_basis_in_a_taxable_account_is_a_warning_and_never_zero(
    path: Path, basis: str | None
) -> None:
    changed = firm()
    changed["Lots"][0]["Cost Basis"] = basis
    book, problems = checked(write(path, changed))
    found = only(problems, "missing-basis")
    assert (found.severity, found.place, found.client_id) == (Severity.WARNING, "Lots!E2", "ADA")
    assert "its gain is unknown and it is left out of the plan" in found.what
    assert book.households[0].lots[0].basis_cents is None


def test_missing_basis_in_an_ira_is_no_problem(path: Path) -> None:
    changed = firm()
    changed["Lots"][3]["Cost Basis"] = None
    assert codes(problems_of(path, changed)) == []


@pytest.mark.parametrize("price", [None, 0, -5, "N/A"])
def test_no_usable_price_is_one_error_for_each_holder(path: Path, price: object) -> None:
    changed = firm()
    changed["Securities"][0]["Price"] = price
    found = [p for p in problems_of(path, changed) if p.code == "no-price"]
    assert sorted((p.client_id, p.place, p.severity) for p in found) == [
        ("ADA", "Securities!C2", Severity.ERROR),
        ("BEN", "Securities!C2", Severity.ERROR),
    ]
    assert any("2 lots" in p.what for p in found)  # Ada's two, in one problem


def test_a_price_only_one_client_holds_stops_only_that_client(path: Path) -> None:
    changed = firm()
    changed["Securities"][1]["Price"] = 0
    errors = [p for p in problems_of(path, changed) if p.severity is Severity.ERROR]
    assert [p.client_id for p in errors] == ["ADA"]


def test_targets_of_98_percent_are_an_error_for_every_follower(path: Path) -> None:
    changed = firm()
    changed["Targets"][1]["Target"] = 0.36
    found = [p for p in problems_of(path, changed) if p.code == "targets-not-100"]
    assert {p.client_id for p in found} == {"ADA", "BEN"}
    assert "98.00%, not 100% (Equity 60.00%, Bonds 36.00%, Cash 2.00%)" in found[0].what


def test_a_class_without_target_is_an_error(path: Path) -> None:
    changed = firm()
    changed["Securities"][0]["Asset Class"] = "Equities"
    found = [p for p in problems_of(path, changed) if p.code == "unknown-class"]
    assert {p.client_id for p in found} == {"ADA", "BEN"}
    assert found[0].place == "Securities!B2"
    assert "Did you mean 'Equity'?" in found[0].todo


def test_an_unknown_model_is_an_error_for_its_client_alone(path: Path) -> None:
    changed = firm()
    changed["Clients"][1]["Model"] = "Balancd"
    found = only(problems_of(path, changed), "unknown-model")
    assert (found.client_id, found.place) == ("BEN", "Clients!D3")
    assert "Did you mean 'Balanced'?" in found.todo


def test_lots_of_an_unknown_account_are_one_error_that_names_it(path: Path) -> None:
    changed = firm()
    for index in (0, 1):
        changed["Lots"][index]["Account ID"] = "A1"
    found = only(problems_of(path, changed), "unknown-account")
    assert (found.client_id, found.place, found.value) == (None, "Lots!A2", "A1")
    assert "2 rows" in found.what
    assert "Did you mean 'A-1'?" in found.todo


def test_an_account_id_that_lost_its_zeros_is_recognized(path: Path) -> None:
    changed = firm()
    changed["Accounts"][2]["Account ID"] = "000123"
    for row in changed["Lots"][4:] + changed["Positions"][3:]:
        row["Account ID"] = 123
    found = [p for p in problems_of(path, changed) if p.code == "unknown-account"]
    assert len(found) == 2
    assert all("Did you mean '000123'?" in p.todo for p in found)


def test_an_account_of_an_unknown_client_is_one_error_and_its_lots_are_silent(path: Path) -> None:
    changed = firm()
    changed["Accounts"][2]["Client ID"] = "BENN"
    problems = problems_of(path, changed)
    assert sorted(codes(problems)) == ["no-accounts", "unknown-client"]


@pytest.mark.parametrize(("quantity", "code"), [(-10, "negative-quantity"), (0, "zero-quantity")])
def test_a_lot_of_no_shares_is_an_error(path: Path, quantity: int, code: str) -> None:
    changed = firm()
    changed["Lots"][0]["Quantity"] = quantity
    found = only(problems_of(path, changed), code)
    assert (found.severity, found.place, found.client_id) == (Severity.ERROR, "Lots!D2", "ADA")


def test_the_same_lot_twice_is_an_error(path: Path) -> None:
    changed = firm()
    changed["Lots"][1]["Lot ID"] = "L1"
    found = only(problems_of(path, changed), "duplicate-lot")
    assert (found.place, found.client_id) == ("Lots!F3", "ADA")
    assert "already in row 2" in found.what


def test_identical_rows_without_lot_id_are_a_warning_and_get_their_own_ids(path: Path) -> None:
    changed = firm()
    changed["Lots"].append(dict(changed["Lots"][4]))
    changed["Positions"][3] |= {"Quantity": 160, "Value": 40_040}
    book, problems = checked(write(path, changed))
    assert codes(problems) == ["identical-lots"]
    assert [lot.id for lot in book.households[1].lots] == [
        "B-1:VTI:2019-07-08:80:12000.00",
        "B-1:VTI:2019-07-08:80:12000.00#2",
    ]


def test_lot_numbers_that_the_custodian_counts_per_position_stay_apart(path: Path) -> None:
    changed = firm()
    changed["Lots"].append({"Account ID": "A-1", "Symbol": "BND", "Acquired": date(2022, 1, 3), "Quantity": 1, "Cost Basis": 80,
                            "Lot ID": "L1"})  # fmt: skip
    changed["Positions"].append({"Account ID": "A-1", "Symbol": "BND", "Quantity": 1})
    book, problems = checked(write(path, changed))
    assert codes(problems) == []
    assert [lot.id for lot in book.households[0].lots if lot.account_id == "A-1"] == ["L1", "L2", "L1 (BND)"]


def test_lots_that_do_not_add_up_are_an_error_with_both_figures(path: Path) -> None:
    changed = firm()
    changed["Lots"][4]["Quantity"] = 70
    found = only(problems_of(path, changed), "lots-differ")
    assert (found.severity, found.client_id, found.place) == (Severity.ERROR, "BEN", "Positions!C5")
    assert "add up to 70, the custodian counts 80: 10 missing" in found.what


@pytest.mark.parametrize("raw", ["31/12/2025", "Dec-31-2025", "last spring", 2020])
def test_a_date_as_text_that_needs_guessing_is_an_error_at_its_cell(path: Path, raw: object) -> None:
    changed = firm()
    changed["Lots"][0]["Acquired"] = raw
    problems = problems_of(path, changed)
    assert [(p.severity, p.place, p.value, p.client_id) for p in problems] == [
        (Severity.ERROR, "Lots!C2", str(raw), "ADA"),  # and no second problem about a missing date
    ]
    assert problems[0].code in ("not-a-date", "year-not-date")


def test_a_row_without_its_needed_value_is_left_out_for_that_client_alone(path: Path) -> None:
    changed = firm()
    changed["Lots"][0]["Symbol"] = None
    book, problems = checked(write(path, changed))
    found = only(problems, "missing-value")
    assert (found.place, found.client_id) == ("Lots!B2", "ADA")
    assert found.what == "Symbol is empty. The row is left out."
    assert {p.client_id for p in problems} == {"ADA"}
    assert "could not be read, which may be the reason" in only(problems, "lots-differ").what
    assert len(book.households[1].lots) == 1


def test_an_unreadable_account_is_reported_once_not_again_for_each_lot(path: Path) -> None:
    changed = firm()
    changed["Accounts"][2]["Registration"] = "Jiont"
    problems = problems_of(path, changed)
    assert [(p.code, p.client_id) for p in problems if p.severity is Severity.ERROR] == [
        ("unknown-choice", "BEN"), ("no-accounts", "BEN"),
    ]  # fmt: skip


def test_two_clients_with_one_id_are_an_error_for_it(path: Path) -> None:
    changed = firm()
    changed["Clients"][1]["Client ID"] = "ADA"
    problems = problems_of(path, changed)
    assert only(problems, "duplicate-client").client_id == "ADA"


def test_two_clients_with_one_name_are_warned_of(path: Path) -> None:
    changed = firm()
    changed["Clients"][1]["Client Name"] = "ada  abel"
    problems = problems_of(path, changed)
    assert [(p.code, p.severity, p.client_id) for p in problems] == [
        ("shared-name", Severity.WARNING, "ADA"), ("shared-name", Severity.WARNING, "BEN"),
    ]  # fmt: skip


def test_a_fault_of_a_shared_row_is_an_error_for_each_client_whom_it_touches(path: Path) -> None:
    """An unreadable band would else give way to the firm's, an unreadable group would hide a wash sale."""
    changed = firm()
    changed["Clients"][1]["Model"] = "Growth"
    changed["Targets"] += rows("Model|Asset Class|Target|Band", ("Growth", "Equity", 1, "wide"))
    changed["Securities"][1]["Same As"] = "#REF!"
    errors = [p for p in problems_of(path, changed) if p.severity is Severity.ERROR]
    assert {(p.code, p.place, p.client_id) for p in errors} == {
        ("not-a-number", "Targets!D5", "BEN"), ("error-value", "Securities!F3", "ADA"),
    }  # fmt: skip


def test_an_account_id_twice_is_an_error_for_both_clients(path: Path) -> None:
    changed = firm()
    changed["Accounts"][2]["Account ID"] = "A-1"
    problems = problems_of(path, changed)
    assert {p.client_id for p in problems if p.code == "duplicate-account"} == {"ADA", "BEN"}


def test_a_symbol_twice_with_another_price_is_an_error_for_its_holders(path: Path) -> None:
    changed = firm()
    changed["Securities"].append({"Symbol": "bnd", "Asset Class": "Bonds", "Price": 27.5})
    found = only(problems_of(path, changed), "duplicate-symbol")
    assert (found.severity, found.client_id, found.place) == (Severity.ERROR, "ADA", "Securities!A5")


def test_a_held_symbol_that_is_not_listed_is_one_error_for_its_client(path: Path) -> None:
    changed = firm()
    del changed["Securities"][1]
    problems = problems_of(path, changed)
    assert [(p.client_id, p.place) for p in problems if p.code == "unknown-symbol"] == [
        ("ADA", "Lots!B5"), ("ADA", "Positions!B4"),
    ]  # fmt: skip


def test_excel_errors_and_uncalculated_formulas_are_never_blanks(path: Path) -> None:
    book = openpyxl.load_workbook(write(path, firm()))
    sheet = book["Lots"]
    sheet["E2"].value, sheet["E2"].data_type = "#REF!", "e"
    sheet["E3"] = "=1+1"  # written by a program: no stored result
    book.save(path)
    found = read_book(path).problems
    assert [(p.code, p.place, p.value, p.client_id) for p in found] == [
        ("error-value", "Lots!E2", "#REF!", "ADA"), ("not-calculated", "Lots!E3", "#NOT CALCULATED", "ADA"),
    ]  # fmt: skip


def test_an_uncalculated_formula_outside_the_filled_area_moves_no_cell(path: Path) -> None:
    """Formulas without a result, above and left of the table, are nothing to the fast reader, which trims them away."""
    book = openpyxl.load_workbook(write(path, firm(), top=3, left=2))
    book["Lots"]["C1"] = "=TODAY()"
    book["Lots"]["B9"] = "=1+1"
    book.save(path)
    found, problems = checked(path)
    assert codes(problems) == []
    first = found.households[0].lots[0]
    assert (first.source.row, found.cell(first.source, "Account ID")) == (5, "C5")
    assert found.households == checked(write(path, firm(), top=3, left=2))[0].households


def test_a_formulas_stored_result_is_read(path: Path) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        for name, table in firm().items():
            sheet = book.add_worksheet(name)
            for column, header in enumerate(dict.fromkeys(h for row in table for h in row)):
                sheet.write(0, column, header)
                for index, row in enumerate(table):
                    value = row.get(header)
                    if isinstance(value, (int, float)):
                        sheet.write_formula(index + 1, column, f"={value}", None, value)
                    elif value is not None:
                        sheet.write(
                            index + 1, column, value.isoformat() if isinstance(value, date) else value
                        )
    assert codes(checked(path)[1]) == []


JUNK: list[object] = [
    None, "", "--", "#N/A", "=1+1", "x", "-1", -1, 0, 1e12, 1e300, True, "31/12/2025", date(2030, 1, 1), "%", "\x00", "B-1", "BEN",
    "{{ 7*7 }}", 2024, 0.5, 65,
]  # fmt: skip
ADAS_ROWS = {"Clients": 1, "Accounts": 2, "Lots": 4, "Positions": 3, "Activity": 1, "Notes": 1}


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_junk_in_one_clients_rows_never_stops_reading_and_never_touches_another(data: st.DataObject) -> None:
    """Up to three cells of Ada's rows are replaced; Ben, who shares no cell with her, reads as before."""
    changed = firm()
    for _ in range(data.draw(st.integers(1, 3))):
        sheet = data.draw(st.sampled_from(sorted(ADAS_ROWS)))
        row = changed[sheet][data.draw(st.integers(0, ADAS_ROWS[sheet] - 1))]
        header = data.draw(st.sampled_from([h for h in row if h not in ("Account ID", "Client ID")]))
        row[header] = data.draw(st.sampled_from(JUNK))
    book = book_from_tables(tables(changed))
    problems = (*book.problems, *checks(book))
    assert book.households[-1] == book_from_tables(tables(firm())).households[-1]
    assert {p.client_id for p in problems if p.severity is Severity.ERROR} <= {"ADA", None}
    assert not [p for p in problems if p.client_id == "BEN"]


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_junk_anywhere_is_a_problem_and_never_an_exception(data: st.DataObject) -> None:
    changed = firm()
    for _ in range(data.draw(st.integers(1, 6))):
        sheet = data.draw(st.sampled_from([name for name, table in changed.items() if table]))
        row = data.draw(st.sampled_from(changed[sheet]))
        row[data.draw(st.sampled_from(list(row)))] = data.draw(st.sampled_from(JUNK))
    book = book_from_tables(tables(changed))
    for household in book.households:
        assert all(lot.symbol in household.securities for lot in household.lots)
        assert {lot.account_id for lot in household.lots} <= {account.id for account in household.accounts}
    for problem in (*book.problems, *checks(book)):
        assert problem.what
        assert problem.todo


# ------------------------------------------------------------------ awkward text


AWKWARD = "Zo\u00eb O'Brien & S\u00f8n <Trust> / \\ : \u00d1"


def test_awkward_names_come_through_unchanged(path: Path) -> None:
    changed = firm()
    changed["Clients"][0]["Client Name"] = AWKWARD
    book, problems = checked(write(path, changed))
    assert book.households[0].client.name == AWKWARD
    assert codes(problems) == []


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", '=HYPERLINK("http://evil","Ada")', "@SUM(1)"])
def test_a_formula_in_a_name_is_plain_text_and_warned_of(path: Path, name: str) -> None:
    changed = firm()
    changed["Clients"][0]["Client Name"] = name
    book, problems = checked(write(path, changed))
    assert book.households[0].client.name == name
    found = only(problems, "formula-like-text")
    assert (found.severity, found.place, found.client_id) == (Severity.WARNING, "Clients!B2", "ADA")


def test_a_template_expression_in_a_crm_note_is_plain_text(path: Path) -> None:
    changed = firm()
    changed["Notes"][0]["Text"] = "{{ 7*7 }} {% for x in y %} <script>"
    book, problems = checked(write(path, changed))
    assert book.households[0].notes[0].text == "{{ 7*7 }} {% for x in y %} <script>"
    assert codes(problems) == []


def test_a_bad_crm_row_is_a_warning_and_withholds_nobody(path: Path) -> None:
    changed = firm()
    changed["Notes"] += rows(
        "Client ID|Date|Text",
        ("ADA", "someday", "Lunch"),
        ("NOBODY", date(2026, 1, 5), "Who?"),
        ("BEN", date(2026, 1, 5), None),
    )
    problems = problems_of(path, changed)
    assert {(p.code, p.severity, p.client_id) for p in problems} == {
        ("not-a-date", Severity.WARNING, "ADA"),
        ("unknown-client", Severity.WARNING, None),
        ("missing-value", Severity.WARNING, "BEN"),
    }


# ------------------------------------------------------------------ cash, flags and stand-ins


def test_cash_needs_neither_date_nor_basis_nor_a_row_on_securities(path: Path) -> None:
    changed = firm()
    del changed["Securities"][2]
    book, problems = checked(write(path, changed))
    assert codes(problems) == []
    assert book.households[1].cash_cents("B-1") == 50_000


def test_cash_comes_from_positions_when_lots_have_none(path: Path) -> None:
    changed = firm()
    changed["Positions"] += rows("Account ID|Symbol|Quantity", ("A-2", "CASH", "1,234.56"))
    book, problems = checked(write(path, changed))
    assert codes(problems) == []
    assert book.households[0].cash_cents("A-2") == 123_456
    assert book.households[0].cash_cents("A-1") == 120_050  # its own row in Lots, not twice


def test_a_position_stands_in_for_lots_in_an_ira_only(path: Path) -> None:
    changed = firm()
    del changed["Lots"][3:5]  # the IRA's BND and Ben's taxable VTI
    book, problems = checked(write(path, changed))
    stand_in = only(problems, "position-as-lot")
    assert (stand_in.severity, stand_in.client_id, stand_in.place) == (
        Severity.WARNING,
        "ADA",
        "Positions!B4",
    )
    missing = only(problems, "no-lots")
    assert (missing.severity, missing.client_id) == (Severity.ERROR, "BEN")
    lot = book.households[0].lots[-1]
    assert (lot.symbol, lot.quantity, lot.basis_cents, lot.acquired) == ("BND", Decimal(300), None, None)


@pytest.mark.parametrize(
    ("flags", "locked", "reason", "kept"),
    [
        ("Do not trade: moving to Schwab; College funding", True, "moving to Schwab", 2),
        ("do NOT trade - estate", True, "estate", 1),
        ("College funding ;; Distribution phase", False, "", 2),
    ],
)
def test_flags_are_split_and_lock_the_account(
    path: Path, flags: str, locked: bool, reason: str, kept: int
) -> None:
    changed = firm()
    changed["Accounts"][0]["Flags"] = flags
    account = checked(write(path, changed))[0].households[0].accounts[0]
    assert (account.do_not_trade, account.do_not_trade_reason, len(account.flags)) == (locked, reason, kept)


def test_a_lock_without_reason_asks_for_it(path: Path) -> None:
    changed = firm()
    changed["Accounts"][0]["Flags"] = "Do not trade"
    found = only(problems_of(path, changed), "no-reason")
    assert (found.severity, found.client_id) == (Severity.WARNING, "ADA")


def test_a_carryforward_with_a_minus_sign_is_the_loss_it_means(path: Path) -> None:
    changed = firm()
    changed["Clients"][0]["LT Carryforward"] = "(5,000.00)"
    book, problems = checked(write(path, changed))
    assert book.households[0].client.long_carryforward_cents == 500_000
    assert only(problems, "sign-dropped").severity is Severity.WARNING


def test_a_sale_without_its_gain_is_warned_of(path: Path) -> None:
    changed = firm()
    changed["Activity"][0] |= {"ST Gain": None, "LT Gain": None}
    found = only(problems_of(path, changed), "gain-missing")
    assert (found.severity, found.place, found.client_id) == (Severity.WARNING, "Activity!H2", "ADA")


def test_exports_that_sign_purchases_and_quantities_read_as_positive(path: Path) -> None:
    changed = firm()
    changed["Activity"] += rows(
        "Date|Account ID|Type|Amount|Symbol|Quantity",
        (date(2026, 3, 3), "A-1", "Buy", "(1,250.00)", "VTI", 5),
    )
    changed["Activity"][0]["Quantity"] = -40
    done = read_book(write(path, changed)).households[0].activity
    assert [(a.amount_cents, a.quantity) for a in done] == [(1_000_000, Decimal(40)), (125_000, Decimal(5))]


def test_who_inherits_and_from_whom_is_read_and_a_sheet_without_these_columns_leaves_it_unknown(
    path: Path,
) -> None:
    plain = read_book(write(path, firm())).households[0].accounts[1]
    assert (plain.sole_beneficiary, plain.beneficiary_type, plain.inherited_from) == (None, None, "")
    assert (plain.owner_death_date, plain.owner_birth_date) == (None, None)
    changed = firm()
    changed["Accounts"][0] |= {"Sole Beneficiary": "spouse"}
    changed["Accounts"][1] |= {
        "Registration": "Inherited IRA", "Inherited From": " Ruth  Abel ", "Owner Death Date": "5/6/2023",
        "Owner Birth Date": date(1941, 2, 3), "Beneficiary Type": "not more than ten years younger",
    }  # fmt: skip
    book, problems = checked(write(path, changed))
    assert "unknown-choice" not in codes(problems)
    own, inherited = book.households[0].accounts
    assert own.sole_beneficiary is SoleBeneficiary.SPOUSE
    assert (inherited.inherited_from, inherited.beneficiary_type) == (
        "Ruth Abel",
        BeneficiaryType.NOT_MUCH_YOUNGER,
    )
    assert (inherited.owner_death_date, inherited.owner_birth_date) == (date(2023, 5, 6), date(1941, 2, 3))


def test_a_trusts_own_return_is_read_and_blank_income_is_unknown(path: Path) -> None:
    changed = firm()
    trust = {
        "Registration": "Irrevocable Trust",
        "Own ST Carryforward": "(1,250.50)",
        "Own LT Carryforward": 700,
    }
    changed["Accounts"][0] |= {**trust, "Own Taxable Income": 0}
    changed["Accounts"][1] |= trust
    book, problems = checked(write(path, changed))
    known, unknown = book.households[0].accounts
    assert known.own_taxable_income_cents == 0
    assert known.files_own_return
    assert (known.own_short_carryforward_cents, known.own_long_carryforward_cents) == (1_250_50, 700_00)
    assert "sign-dropped" in codes(problems)
    assert unknown.own_taxable_income_cents is None
    assert not unknown.files_own_return


def test_a_client_can_not_file_as_a_trust(path: Path) -> None:
    changed = firm()
    changed["Clients"][0] |= {"Filing Status": "Estate or trust"}
    problem = only(problems_of(path, changed), "unknown-choice")
    assert problem.column == "Filing Status"
    assert "Estate or trust" not in problem.todo


def test_an_unknown_beneficiary_type_is_reported_at_its_cell_with_the_choices(path: Path) -> None:
    changed = firm()
    changed["Accounts"][1] |= {"Beneficiary Type": "Niece"}
    problem = only(problems_of(path, changed), "unknown-choice")
    assert (problem.column, problem.value) == ("Beneficiary Type", "Niece")
    assert "Designated, Non-person" in problem.todo


def test_everything_of_every_sheet_is_read(path: Path) -> None:
    changed = firm()
    changed["Clients"][0] |= {
        "Advisor": "Dana", "Email": "ada@example.com", "Spouse Birth Date": "1/2/1972", "MAGI": 140_000,
        "Other Investment Income": 3_000, "CG Rate": "23.8%", "State Rate": 0.05, "ST Carryforward": 1, "Gain Budget": "50,000",
        "Band": "3%", "Cash Reserve": 2_000, "Folder": "Abel, A.",
    }  # fmt: skip
    changed["Accounts"][1] |= {
        "Custodian": "Schwab", "Owner": "Spouse", "Prior Year-End Value": 24_000, "RMD Taken": 10, "Cash Reserve": 5,
        "Withdrawal": 7,
    }  # fmt: skip
    changed["Securities"][0] |= {"Name": "Total", "Same As": "US market", "Swap": "bnd", "Min Trade": 250}
    changed["Targets"][0] |= {
        "Lower": 0.55,
        "Upper": 0.65,
        "Band": 0.05,
        "Band Type": "relative",
        "As Of": date(2026, 9, 1),
    }
    changed["Lots"][0] |= {"Hold": "Yes", "Covered": "No"}
    changed["Positions"][0]["Price"] = 250.25
    changed["Notes"][0] |= {"Kind": "Call", "Author": "Dana", "Source": "Redtail"}
    changed["Decisions"] = rows(
        "Client ID|Quarter|Decision|By|Date|Comment",
        ("ADA", "2026-Q2", "Approve", "Dana", date(2026, 7, 2), "as is"),
    )
    book = read_book(write(path, changed))
    client, account = book.households[0].client, book.households[0].accounts[1]
    assert (client.advisor, client.email, client.spouse_birth_date) == (
        "Dana",
        "ada@example.com",
        date(1972, 1, 2),
    )
    assert (client.magi_cents, client.other_investment_income_cents, client.gain_budget_cents) == (
        14_000_000,
        300_000,
        5_000_000,
    )
    assert (client.cg_rate, client.state_rate, client.band) == (Decimal("0.238"), Decimal("0.05"), 0.03)
    assert (client.short_carryforward_cents, client.cash_reserve_cents, client.folder) == (
        100,
        200_000,
        "Abel, A.",
    )
    assert (account.custodian, account.owner, account.prior_year_end_cents) == (
        "Schwab",
        Owner.SPOUSE,
        2_400_000,
    )
    assert (account.rmd_taken_cents, account.cash_reserve_cents, account.withdrawal_cents) == (
        1_000,
        500,
        700,
    )
    security, target = book.securities["VTI"], book.targets[0]
    assert (security.name, security.same_as, security.swap, security.min_trade_cents) == (
        "Total",
        "US market",
        "BND",
        25_000,
    )
    assert (target.lower, target.upper, target.band, target.as_of) == (0.55, 0.65, 0.05, date(2026, 9, 1))
    assert (book.households[0].lots[0].hold, book.households[0].lots[0].covered) == (True, False)
    assert book.households[0].positions[0].price == Decimal("250.25")
    assert (book.households[0].notes[0].kind, book.households[0].notes[0].origin) == ("Call", "Redtail")
    assert (book.decisions[0].decision, book.decisions[0].decided_on) == ("Approve", date(2026, 7, 2))
    assert [p.code for p in book.problems] == []


# ------------------------------------------------------------------ the sheets themselves


@pytest.mark.parametrize(
    ("sheet", "severity"),
    [("Clients", Severity.ERROR), ("Accounts", Severity.ERROR), ("Securities", Severity.ERROR), ("Targets", Severity.ERROR),
     ("Lots", Severity.ERROR), ("Positions", Severity.NOTE), ("Activity", Severity.WARNING), ("Notes", Severity.NOTE)],
)  # fmt: skip
def test_a_missing_and_an_empty_sheet_are_reported(path: Path, sheet: str, severity: Severity) -> None:
    changed = firm()
    del changed[sheet]
    missing = only(problems_of(path, changed), "sheet-missing")
    assert (missing.severity, missing.place) == (severity, sheet)
    changed[sheet] = []
    empty = only(problems_of(path, changed), "sheet-empty")
    assert (empty.severity, empty.place) == (severity, sheet)


def test_a_sheet_with_headers_and_no_row_is_empty(path: Path) -> None:
    changed = firm()
    changed["Lots"] = [dict.fromkeys(changed["Lots"][0])]
    assert only(problems_of(path, changed), "sheet-empty").source.sheet == "Lots"


def test_a_sheet_with_strange_headers_says_which_columns_it_needs(path: Path) -> None:
    changed = firm()
    changed["Lots"] = [{"Konto": "A-1", "Titel": "VTI"}]
    found = only(problems_of(path, changed), "header-missing")
    assert "Account ID, Symbol, Acquired, Quantity, Cost Basis" in found.todo


def test_a_missing_required_column_is_one_problem(path: Path) -> None:
    changed = firm()
    for row in changed["Lots"]:
        del row["Quantity"]
    found = only(problems_of(path, changed), "column-missing")
    assert (found.severity, found.column, found.source.row) == (Severity.ERROR, "Quantity", 1)


def test_a_renamed_column_that_decides_what_is_sold_withholds_everybody_until_it_is_named(
    tmp_path: Path,
) -> None:
    """Hold under another header was ignored as a column of the user's own: lots marked Yes were sold."""
    path = app.write_sample(tmp_path)
    for sheet, header, other, cell in (
        ("Lots", "Hold", "Do not sell", "G1"),
        ("Clients", "Gain Budget", "Max Gain", "P1"),
        ("Accounts", "Flags", "Restrictions", "H1"),
        ("Lots", "Cost Basis", "Basis", "E1"),
    ):
        tables = dict(read_tables(path))
        tables[sheet] = replace(
            tables[sheet], headers=tuple(other if h == header else h for h in tables[sheet].headers)
        )
        book = book_from_tables(tables)
        [found] = [p for p in book.problems if p.code in ("column-unread", "column-missing")]
        assert (found.severity, found.source.sheet, found.cell) == (Severity.ERROR, sheet, cell)
        assert (found.column, found.value) == (header, other)
        assert f"all it {header}" in found.todo
        assert with_costs([found])[0].cost == "Every client's plan and brief are withheld."
        assert len(app.withheld(book)) == len(book.households)


def test_a_column_of_the_users_own_is_taken_for_no_other(tmp_path: Path) -> None:
    path = app.write_sample(tmp_path)
    lots = read_tables(path)["Lots"]
    own = ("Reviewed", *("Yes" for _ in lots.rows))
    for at in range(len(lots.headers) + 1):  # wherever it stands, all columns of the layout being there
        headers, *body = (
            (*row[:at], one, *row[at:]) for row, one in zip((lots.headers, *lots.rows), own, strict=True)
        )
        table = replace(lots, headers=tuple(map(str, headers)), rows=[list(row) for row in body])
        book = book_from_tables({**read_tables(path), "Lots": table})
        assert not {"column-unread", "column-missing"} & set(codes(book.problems))
    # Hold gone, and a note of the user's own far from its place
    without = [h for h in lots.headers if h != "Hold"]
    rows_ = [[row[lots.headers.index(h)] for h in without] for row in lots.rows]
    table = replace(lots, headers=("Reviewed", *without), rows=[["Yes", *row] for row in rows_])
    book = book_from_tables({**read_tables(path), "Lots": table})
    assert "column-unread" not in codes(book.problems)


def test_a_row_below_the_excel_table_is_read_and_said_as_the_functions_do_not_see_it(tmp_path: Path) -> None:
    """Typed where Excel did not extend the table: briefs counted it and the Dashboard did not, without a word."""
    path = tmp_path / "firm.xlsx"
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, table in firm().items():
            sheet = book.add_worksheet(name)
            headers = list(dict.fromkeys(header for row in table for header in row))
            for y, row in enumerate(table, 1):
                for x, header in enumerate(headers):
                    if row.get(header) is not None:
                        sheet.write(y, x, row[header])
            end = len(table) - (name == "Lots")  # the last lot stands below
            sheet.add_table(0, 0, end, len(headers) - 1, {"columns": [{"header": h} for h in headers]})
    last = len(firm()["Lots"]) + 1
    read, problems = checked(path)
    found = only(problems, "below-table")
    assert (found.severity, found.source.row) == (Severity.WARNING, last)
    assert f"ends in row {last - 1}" in found.what
    assert f"down to row {last}" in found.todo
    plain, others = checked(write(tmp_path / "plain.xlsx", firm()))
    assert [home.lots for home in read.households] == [home.lots for home in plain.households]
    assert "below-table" not in codes(others)


def test_without_the_clients_sheet_its_absence_is_said_and_not_each_row_that_refers_to_it(
    tmp_path: Path,
) -> None:
    tables = {name: t for name, t in read_tables(app.write_sample(tmp_path)).items() if name != "Clients"}
    book = book_from_tables(tables)
    assert "unknown-client" not in codes(book.problems)
    found = only(book.problems, "sheet-missing")
    assert (found.source.sheet, found.severity) == ("Clients", Severity.ERROR)
    assert app.no_clients(book) == (
        "No client can be read. The sheet Clients is missing. It has one row per household. "
        "Fill it, with the columns Client ID, Client Name, Filing Status, Model."
    )


def test_a_deleted_rules_sheet_is_said_as_confirmed_wishes_are_gone_with_it(tmp_path: Path) -> None:
    """The plan then sells what a client wants to keep; nothing on another sheet says that there was a rule."""
    tables = dict(read_tables(app.write_sample(tmp_path)))
    assert "sheet-missing" not in codes(book_from_tables(tables).problems)
    del tables["Rules"]
    found = only(book_from_tables(tables).problems, "sheet-missing")
    assert (found.source.sheet, found.severity) == ("Rules", Severity.WARNING)
    assert "is not heeded by any plan" in with_costs([found])[0].cost
    del tables["Decisions"]  # a workbook of before: it never had them
    assert "Rules" not in {p.source.sheet for p in book_from_tables(tables).problems}


def test_a_column_twice_is_reported_and_the_first_is_used(path: Path) -> None:
    changed = firm()
    for row in changed["Lots"]:
        row["quantity"] = 7
    book, problems = checked(write(path, changed))
    assert only(problems, "duplicate-header").cell == "G1"
    assert book.households[0].lots[0].quantity == 100


def test_a_totals_row_is_left_out_with_a_note(path: Path) -> None:
    changed = firm()
    changed["Lots"].append({"Account ID": "Total", "Quantity": 2231})
    found = only(problems_of(path, changed), "totals-row")
    assert (found.severity, found.cell) == (Severity.NOTE, "A8")


def test_many_like_faults_are_counted_after_ten(path: Path) -> None:
    changed = firm()
    new: list[Row] = [
        dict(changed["Lots"][4]) | {"Acquired": "yesterday", "Lot ID": f"N{i}"} for i in range(100)
    ]
    changed["Lots"] += new
    found = [p for p in problems_of(path, changed) if p.code == "not-a-date"]
    assert len(found) == 11
    assert found[-1].what.startswith("90 more cells of column Acquired")


# ------------------------------------------------------------------ settings


def with_settings(*pairs: tuple[str, object]) -> Firm:
    changed = firm()
    changed["Settings"] = rows("Setting|Value", *pairs)
    return changed


def test_without_as_of_the_latest_price_date_stands_in_under_an_error(path: Path) -> None:
    book, problems = checked(write(path, with_settings(("Firm Name", "X"))))
    assert only(problems, "as-of-missing").severity is Severity.ERROR
    assert book.settings.as_of == date(2026, 9, 30)


def test_an_unreadable_setting_is_an_error_and_its_default_is_used(path: Path) -> None:
    changed = with_settings(("As Of", date(2026, 9, 30)), ("Min Trade", "some"), ("Class Band Type", "wide"))
    book, problems = checked(write(path, changed))
    assert {(p.code, p.place) for p in problems} == {
        ("not-a-number", "Settings!B3"),
        ("unknown-choice", "Settings!B4"),
    }
    assert "$500 is used instead" in only(problems, "not-a-number").what
    assert book.settings.min_trade_cents == 50_000


def test_settings_are_read_by_name_in_any_case(path: Path) -> None:
    changed = with_settings(
        ("as of", "2026-09-30"),
        ("class  band", 4),
        ("Shares", "fractional"),
        ("Quarter", "Q4 2026"),
        ("Tax Year", 2026),
    )
    book, problems = checked(write(path, changed))
    assert codes(problems) == []
    assert (book.settings.class_band, book.settings.shares.value, book.settings.quarter) == (
        0.04,
        "Fractional",
        "2026-Q4",
    )


def test_unknown_and_repeated_settings_are_reported(path: Path) -> None:
    changed = with_settings(("As Of", date(2026, 9, 30)), ("Min Trde", 100), ("As Of", date(2025, 1, 1)))
    book, problems = checked(write(path, changed))
    assert only(problems, "unknown-setting").severity is Severity.NOTE
    assert only(problems, "duplicate-setting").severity is Severity.WARNING
    assert book.settings.as_of == date(2026, 9, 30)


def test_a_tax_year_that_is_not_the_as_of_dates_is_questioned(path: Path) -> None:
    book, problems = checked(write(path, with_settings(("As Of", date(2026, 9, 30)), ("Tax Year", 2025))))
    found = only(problems, "tax-year-differs")
    assert (found.severity, found.place, book.settings.tax_year) == (Severity.WARNING, "Settings!B3", 2025)


# ------------------------------------------------------------------ files that are no workbook


def unreadable(path: Path) -> str:
    with pytest.raises(WorkbookUnreadable) as caught:
        read_book(path)
    return str(caught.value)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    assert "There is no workbook at" in unreadable(tmp_path / "none.xlsx")


def test_a_folder_is_said(tmp_path: Path) -> None:
    assert "is a folder" in unreadable(tmp_path)


@pytest.mark.parametrize("content", [b"", b"Account,Symbol\n1,2\n", b"<html></html>", b"%PDF-1.7"])
def test_a_file_that_is_no_workbook_is_said(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert "is not an Excel workbook" in unreadable(path)


def test_a_damaged_workbook_is_said(path: Path) -> None:
    content = write(path, firm()).read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert "can't be read as an Excel workbook" in unreadable(path)


def test_a_zip_that_is_no_workbook_is_said(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert "can't be read as an Excel workbook" in unreadable(path)


def test_an_encrypted_workbook_is_said(path: Path) -> None:
    plain = write(path.with_name("plain.xlsx"), firm())
    with plain.open("rb") as source, path.open("wb") as target:
        msoffcrypto.OfficeFile(source).encrypt("secret", target)
    assert "protected with a password" in unreadable(path)


def test_an_old_xls_is_said(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000)
    assert ".xls format" in unreadable(path)


def test_a_workbook_locked_by_another_program_is_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows refuses to open a file that another program has locked; the same refusal is raised here."""
    write(path, firm())
    opened = Path.open

    def refuse(self: Path, *args: object, **kwargs: object) -> object:
        if self == path:
            raise PermissionError(13, "Permission denied", str(self))
        return opened(self, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "open", refuse)
    assert "firm.xlsx is locked by another program" in unreadable(path)


@pytest.fixture
def nobody() -> Iterator[None]:
    """Without the right to read every file, which root has."""
    if os.name == "nt" or os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(os.name == "nt", reason="file permissions work otherwise on Windows")
def test_a_file_without_read_permission_is_said(path: Path, request: pytest.FixtureRequest) -> None:
    write(path, firm()).chmod(0)
    request.getfixturevalue("nobody")
    assert "you have no right to read it" in unreadable(path)


def test_excels_lock_file_itself_is_said(tmp_path: Path) -> None:
    lock = tmp_path / "~$firm.xlsx"
    lock.write_bytes(b"\x05Dana")
    assert "Choose firm.xlsx instead" in unreadable(lock)


def test_another_workbook_is_said(path: Path) -> None:
    write(path, {"Sheet1": [{"a": 1}]})
    assert "has none of the sheets Clients" in unreadable(path)


def test_a_confirmed_rule_whose_kind_is_unreadable_withholds_its_client_and_a_proposed_one_does_not(
    path: Path,
) -> None:
    changed = firm()
    changed["Rules"] = rows(
        "Client ID|Kind|Status|Confirmed By|Date",
        ("ADA", "Keep it all", "Confirmed", "Dana", None),
        ("BEN", "?", "Proposed", None, None),
        ("BEN", "Keep it all", "Confirmed", "Dana", date(2025, 12, 31)),  # over, whatever it was
    )
    _, problems = checked(write(path, changed))
    assert [(p.client_id, p.place) for p in problems if p.severity is Severity.ERROR] == [("ADA", "Rules!B2")]
