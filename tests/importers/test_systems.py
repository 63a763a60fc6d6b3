"""Every system's exports from raw file to reviewed plan: read, merged into the firm's workbook, loaded, planned."""

from __future__ import annotations

import shutil
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from tests.importers import system_files as files
from xl_rebal import app as use
from xl_rebal.cli.imports import System
from xl_rebal.engine.book import ActivityType, Book
from xl_rebal.engine.problems import NOWHERE, Severity
from xl_rebal.importers.mapping import systems
from xl_rebal.importers.statements import CASH
from xl_rebal.importing import ImportResult


@pytest.fixture(scope="module")
def empty(tmp_path_factory) -> Path:
    return files.workbook(tmp_path_factory.mktemp("firm") / "firm.xlsx")


@pytest.fixture
def book(empty, tmp_path) -> Path:
    return Path(shutil.copy(empty, tmp_path / "firm.xlsx"))


def imported(system: str, content: files.Files, book: Path, **options: object) -> ImportResult:
    folder = book.parent
    paths = []
    for name, data in content:
        (folder / name).write_bytes(data)
        paths.append(folder / name)
    return use.import_files(system, paths, book, **options)  # type: ignore[arg-type]


def held_in(book: Book, account: str) -> dict[str, Decimal]:
    """Shares by symbol of an account, and its money."""
    found: dict[str, Decimal] = {}
    for home in book.households:
        for lot in home.lots:
            if lot.account_id == account:
                found[lot.symbol] = found.get(lot.symbol, Decimal(0)) + lot.quantity
        for balance in home.cash:
            if balance.account_id == account:
                found[CASH] = Decimal(balance.cents) / 100
    return found


@pytest.mark.parametrize("system", files.SYSTEMS)
def test_raw_files_become_a_reviewed_plan_and_importing_again_changes_nothing(system, book):
    result = imported(system, files.files_of(system), book)
    assert [str(p) for p in result.problems] == []
    loaded = use.load(book)
    for one in files.held(system):
        listed = dict(one.positions)
        if system == "schwab":  # its lot files in this fixture have no bond
            del listed[files.BOND]
        assert held_in(loaded, one.account) == {**listed, CASH: one.cash}
        home = loaded.household(one.client)
        basis = sum(lot.basis_cents or 0 for lot in home.lots if lot.account_id == one.account)
        own = [lot for lot in one.lots if lot.symbol in listed]
        assert basis == sum(files.cents(lot.basis) for lot in own)
        assert {lot.acquired for lot in home.lots if lot.account_id == one.account} == {
            lot.acquired for lot in own
        }
        review = use.review_of(loaded, one.client)
        assert not review.withheld, [str(p) for p in review.problems]
        assert review.plan is not None
        assert review.plan.trades
    bond = loaded.securities[files.BOND]
    assert bond.price == (Decimal("0.98") if system == "schwab" else Decimal("0.985"))  # 98.50 per 100
    assert loaded.securities["QQZA"].price == 40
    before = book.read_bytes()
    again = imported(system, files.files_of(system), book)
    assert again.backup is None
    assert again.lines()[-1] == "Nothing to change: firm.xlsx holds what these files say already."
    assert book.read_bytes() == before


def test_an_empty_workbook_is_filled_by_one_import_and_asks_for_the_rest(tmp_path):
    book = use.build_empty(tmp_path / "firm.xlsm")
    result = imported("auto", files.files_of("orion"), book)
    assert sorted({p.code for p in result.problems}) == ["client-added"]
    loaded = use.load(book)
    assert {p.code for p in loaded.problems if p.source.sheet == "Clients"} == {"missing-value"}
    assert result.report.new_accounts == list(files.ACCOUNTS["orion"])
    assert result.report.new_symbols == ["QQZA", "QQBD", files.BOND]
    assert use.undo_import(book).kept is None


@pytest.mark.parametrize("system", files.CRM)
def test_crm_entries_reach_the_household_once(system, book):
    content = files.CRM[system]()
    for _ in range(2):
        assert imported("auto", content, book).problems == ()
    (note,) = use.load(book).household("FID2").notes
    assert note.origin == systems()[system].name
    assert note.date.isoformat() == "2026-02-03"
    assert "<" not in note.text


def activity(book: Path, client: str) -> list[tuple[str, ActivityType, int, str, Decimal | None]]:
    return [
        (a.date.isoformat(), a.type, a.amount_cents, a.symbol, a.quantity)
        for a in use.load(book).household(client).activity
    ]


def test_transactions_are_purchases_reinvestments_and_cash_flows(book):
    imported("fidelity", files.files_of("fidelity")[2:], book)
    assert activity(book, "FID1") == [
        ("2026-02-03", ActivityType.WITHDRAWAL, 5_000_00, "", None),
        ("2026-02-09", ActivityType.REINVEST, 94_03, "QQZA", Decimal("2.345")),
        ("2026-02-10", ActivityType.BUY, 995_00, "QQZA", Decimal(25)),
    ]


def test_a_cancelled_trade_and_its_cancellation_are_both_left_out(book):
    imported("pershing", files.files_of("pershing")[-1:], book)
    assert activity(book, "PER1") == [
        ("2026-02-10", ActivityType.BUY, 995_00, "QQZA", Decimal(25)),
        ("2026-02-12", ActivityType.CONTRIBUTION, 5_000_00, "", None),
    ]


def test_schwabs_posted_as_of_date_is_the_effective_one(book):
    imported("schwab", files.files_of("schwab")[-1:], book)
    assert activity(book, "SCH1") == [
        ("2026-02-03", ActivityType.CONTRIBUTION, 5_000_00, "", None),
        ("2026-02-09", ActivityType.BUY, 995_00, "QQZA", Decimal(25)),
    ]


def test_reversed_transactions_do_not_count(book):
    imported("orion", files.files_of("orion")[2:], book)
    assert [row[:3] for row in activity(book, "ORI1")] == [("2026-02-10", ActivityType.BUY, 995_00)]


@pytest.mark.parametrize("system", files.SYSTEMS)
def test_a_book_goes_out_as_a_systems_files_and_comes_back_the_same(system, book, empty, tmp_path):
    """Round trip: the book of one import, written as the system's files, imported into an empty workbook."""
    imported(system, files.files_of(system), book)
    first = use.load(book)
    firm = []
    for one in files.held(system):
        home = first.household(one.client)
        own = tuple(
            files.Lot(lot.symbol, lot.acquired, lot.quantity, Decimal(lot.basis_cents) / 100)
            for lot in home.lots
            if lot.account_id == one.account and lot.acquired is not None and lot.basis_cents is not None
        )
        money = sum(balance.cents for balance in home.cash if balance.account_id == one.account)
        firm.append(replace(one, lots=own, cash=Decimal(money) / 100))
    other = tmp_path / "again"
    other.mkdir()
    again = Path(shutil.copy(empty, other / "firm.xlsx"))
    imported(system, files.FILES[system](firm), again)
    second = use.load(again)
    for one in files.held(system):
        before, after = first.household(one.client), second.household(one.client)
        assert before.lots
        assert [replace(lot, source=NOWHERE) for lot in after.lots] == [
            replace(lot, source=NOWHERE) for lot in before.lots
        ]
        assert {c.account_id: c.cents for c in after.cash} == {c.account_id: c.cents for c in before.cash}
    assert {s: (x.price, x.price_date) for s, x in second.securities.items()} == {
        s: (x.price, x.price_date) for s, x in first.securities.items()
    }


def test_the_terminal_offers_every_system_and_auto():
    assert {one.value for one in System} == {"auto", *systems()}


def test_every_mapping_says_how_well_it_is_known():
    for system in systems().values():
        assert system.evidence.endswith(".")
        assert {table.evidence for table in system.tables} <= {"documented", "partial", "inferred"}


def test_what_is_detected_is_shown_with_its_evidence(book):
    result = imported("auto", files.files_of("fidelity")[:1], book)
    assert result.evidence[0].startswith(
        "Fidelity: 16 of 16 headers in row 1 of Portfolio_Positions_Feb-13-2026.csv"
    )
    assert not any(p.severity is Severity.ERROR for p in result.problems)
