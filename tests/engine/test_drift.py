"""Drift of a household against class and security targets, absolute and relative bands."""

from __future__ import annotations

import pytest

from tests.builders import account, cash, client, household, lot, security, settings, target
from xl_rebal.engine.book import BandType, Registration
from xl_rebal.engine.drift import DriftStatus, band_of, drift


def portfolio(**client_changes):
    """$700 of stock over two accounts, $250 of bonds, $50 of cash: 70 % / 25 % / 5 %."""
    return household(
        client=client(**client_changes),
        accounts=[account("TAX"), account("IRA", Registration.TRADITIONAL_IRA)],
        lots=[
            lot("STK", 4, 300, "2020-01-02"),
            lot("STK", 3, 200, "2021-01-04", "IRA"),
            lot("BND", "2.5", 260, "2022-01-03", "IRA"),
        ],
        cash=[cash(20), cash(30, "IRA")],
        securities=[security("STK", 100, "Equity"), security("BND", 100, "Fixed Income")],
        targets=[
            target("Equity", 0.60),
            target("Fixed Income", 0.35),
            target("Cash", 0.05),
            target("Equity", 0.60, "STK"),
        ],
    )


def test_weights_are_of_the_whole_household_across_accounts():
    report = drift(portfolio(), settings())
    assert report.total_cents == 100_000
    assert [(s.name, s.weight) for s in report.classes] == [
        ("Equity", 0.70),
        ("Fixed Income", 0.25),
        ("Cash", 0.05),
    ]
    assert report.sleeve("Equity").drift == pytest.approx(0.10)


def test_a_class_inside_its_absolute_band_needs_no_action():
    """60 % with 10 points: 70 % is the edge itself, which is inside."""
    report = drift(portfolio(), settings(class_band=0.10))
    assert {s.status for s in report.classes} == {DriftStatus.INSIDE}


def test_a_class_beyond_its_band_is_above_or_below():
    report = drift(portfolio(), settings(class_band=0.05))
    assert report.sleeve("Equity").status is DriftStatus.ABOVE
    assert report.sleeve("Fixed Income").status is DriftStatus.BELOW
    assert report.sleeve("Cash").status is DriftStatus.INSIDE


def test_a_relative_band_is_a_share_of_the_target():
    """25 % of 60 % is 15 points, so 45 % to 75 %; 20 % of a 5 % target is one point."""
    band = band_of(target("Equity", 0.60, "STK"), client(), settings())
    assert (band.lower, band.upper) == (pytest.approx(0.45), pytest.approx(0.75))
    row = target("Cash", 0.05, band=0.20, band_type=BandType.RELATIVE)
    assert band_of(row, client(), settings()).upper == pytest.approx(0.06)


def test_explicit_edges_win_over_every_band():
    row = target("Equity", 0.60, lower=0.50, upper=0.62, band=0.01)
    band = band_of(row, client(band=0.2), settings())
    assert (band.lower, band.upper) == (0.50, 0.62)


def test_the_clients_override_is_absolute_and_for_classes_only():
    band = band_of(target("Equity", 0.60), client(band=0.02), settings(class_band_type=BandType.RELATIVE))
    assert (band.lower, band.upper) == (pytest.approx(0.58), pytest.approx(0.62))
    band = band_of(target("Equity", 0.60, "STK"), client(band=0.02), settings())
    assert band.lower == pytest.approx(0.45)


def test_a_band_never_reaches_below_zero_or_above_one():
    band = band_of(target("Cash", 0.03), client(), settings())
    assert band.lower == 0.0
    assert band_of(target("Equity", 0.98), client(), settings()).upper == 1.0


def test_a_held_class_without_a_target_is_listed_without_drift():
    home = portfolio()
    home = household(
        client=home.client,
        accounts=home.accounts,
        lots=[*home.lots, lot("GLD", 1, 90, "2020-01-02")],
        cash=home.cash,
        securities={**home.securities, "GLD": security("GLD", 100, "Gold")},
        targets=home.targets,
    )
    sleeve = drift(home, settings()).sleeve("Gold")
    assert sleeve.status is DriftStatus.NO_TARGET
    assert sleeve.drift == 0.0
    assert sleeve.value_cents == 10_000


def test_a_target_without_holdings_is_underweight_by_all_of_it():
    home = portfolio()
    home = household(
        client=home.client,
        accounts=home.accounts,
        lots=home.lots[:2],
        cash=home.cash,
        securities=home.securities,
        targets=home.targets,
    )
    bonds = drift(home, settings()).sleeve("Fixed Income")
    assert bonds.value_cents == 0
    assert bonds.drift == pytest.approx(-0.35)


def test_classes_add_up_to_the_household_and_trace_to_their_rows():
    home = portfolio()
    report = drift(home, settings())
    assert sum(s.value_cents for s in report.classes) == report.total_cents
    rows = {source for s in report.classes for source in s.sources}
    assert rows == {lot.source for lot in home.lots} | {balance.source for balance in home.cash}


def test_trades_move_weights_and_money_that_leaves_shrinks_the_household():
    """Sell $100 of stock for bonds, pay out $50: 600 / 350 / 0 of 950."""
    report = drift(portfolio(), settings(), {"STK": -10_000, "BND": 10_000, "": -5_000})
    assert report.total_cents == 95_000
    assert report.sleeve("Equity").value_cents == 60_000
    assert report.sleeve("Cash").value_cents == 0


def test_an_empty_household_has_no_weights_and_no_division_by_zero():
    report = drift(household(targets=[target("Equity", 1.0)]), settings())
    assert report.total_cents == 0
    assert report.sleeve("Equity").weight == 0.0
