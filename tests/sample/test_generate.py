"""Generated firms: the same seed gives the same rows, and the reader finds nothing wrong in them."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from xl_rebal.engine.book import Book
from xl_rebal.engine.checks import checks
from xl_rebal.engine.drift import drift
from xl_rebal.engine.problems import Severity
from xl_rebal.sample import generated_rows, generated_settings_values, tables_of
from xl_rebal.sheets.layout import INPUT_SHEETS
from xl_rebal.sheets.read import book_from_tables


@cache
def book(households: int = 60, seed: int = 5, errors: float = 0.0) -> Book:
    rows = generated_rows(households, seed, (20, 120), errors)
    return book_from_tables(tables_of(rows, generated_settings_values()))


def client_errors(found: Book) -> set[str]:
    return {
        p.client_id
        for p in (*found.problems, *checks(found))
        if p.severity is Severity.ERROR and p.client_id is not None
    }


def test_same_seed_gives_the_same_rows_and_another_seed_others() -> None:
    assert generated_rows(5, seed=1) == generated_rows(5, seed=1)
    assert generated_rows(5, seed=1)["Lots"] != generated_rows(5, seed=2)["Lots"]


def test_a_larger_firm_starts_with_the_same_households() -> None:
    small, large = generated_rows(3, seed=9), generated_rows(6, seed=9)
    for sheet in INPUT_SHEETS:
        assert large[sheet.name][: len(small[sheet.name])] == small[sheet.name]


def test_every_row_has_every_header_of_its_sheet() -> None:
    rows = generated_rows(3, seed=1)
    for sheet in INPUT_SHEETS:
        assert all(tuple(row) == sheet.headers for row in rows[sheet.name]), sheet.name


def test_reader_and_checks_find_no_error() -> None:
    assert book().problems == ()
    assert client_errors(book()) == set()


def test_lot_count_of_each_household_is_within_what_was_asked() -> None:
    counts = [len(h.lots) for h in book().households]
    assert all(20 <= count <= 120 for count in counts)
    assert max(counts) > 80
    assert min(counts) < 40


def test_exact_lot_count_can_be_asked_for() -> None:
    rows = generated_rows(4, seed=3, lots=(100, 100))
    assert len([lot for lot in rows["Lots"] if lot["Symbol"] != "CASH"]) == 400


def test_thousands_of_lots_in_one_household_are_no_trouble() -> None:
    rows = generated_rows(1, seed=3, lots=(10_000, 10_000))
    assert sum(lot["Symbol"] != "CASH" for lot in rows["Lots"]) == 10_000
    assert len({(lot["Account ID"], lot["Lot ID"]) for lot in rows["Lots"] if lot["Lot ID"]}) == 10_000


def test_registrations_and_securities_are_mixed() -> None:
    accounts = [a for h in book().households for a in h.accounts]
    assert len({a.registration for a in accounts}) >= 10
    assert len({lot.symbol for h in book().households for lot in h.lots}) >= 30
    assert all(h.accounts[0].registration.household_taxable for h in book().households)


def test_some_households_are_in_band_and_more_are_not() -> None:
    breached = Counter(drift(h, book().settings).breached for h in book().households)
    assert breached[False] >= 10
    assert breached[True] >= 20


def test_recent_lots_hold_losses_and_old_lots_gains() -> None:
    recent: list[float] = []
    old: list[float] = []
    for h in book().households:
        for lot in h.lots:
            price = h.securities[lot.symbol].price
            if lot.acquired and lot.basis_cents and price:
                gain = float(lot.quantity * price) * 100 / lot.basis_cents - 1
                age = (book().settings.as_of - lot.acquired).days
                if age < 365:
                    recent.append(gain)
                elif age > 3650:
                    old.append(gain)
    assert sum(g < -0.025 for g in recent) > 0.1 * len(recent)
    assert sum(g > 0 for g in old) > 0.6 * len(old)


def test_client_names_do_not_repeat() -> None:
    names = [row["Client Name"] for row in generated_rows(500, seed=1, lots=(1, 2))["Clients"]]
    assert len(set(names)) == 500


def test_asked_for_errors_withhold_about_that_share_of_households() -> None:
    spoiled = client_errors(book(errors=0.25))
    assert 8 <= len(spoiled) <= 22  # 15 of 60 expected
    clean = {h.client.id for h in book().households} - spoiled
    assert len(clean) >= 38


def test_households_without_an_error_are_untouched_by_those_with() -> None:
    spoiled = client_errors(book(errors=0.25))
    right = {h.client.id: h for h in book().households}
    same = [h for h in book(errors=0.25).households if h.client.id not in spoiled]
    assert all(h.notes and len(h.lots) == len(right[h.client.id].lots) for h in same)


@pytest.mark.parametrize(
    "wrong", [{"households": -1}, {"lots": (0, 5)}, {"lots": (9, 5)}, {"errors": 1.5}], ids=str
)
def test_impossible_requests_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="generated_rows"):
        generated_rows(**{"households": 1, "seed": 1} | wrong)  # type: ignore[arg-type]
