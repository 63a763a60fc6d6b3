"""Old prices, positions and lots: marked in the brief or held, as the firm has set it. As of October 15, 2026."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests import builders as b
from tests.engine.test_checks import home, position, with_security
from xl_rebal.briefs.context import brief_context
from xl_rebal.engine.book import Household, StaleData
from xl_rebal.engine.checks import checks
from xl_rebal.engine.freshness import old_data
from xl_rebal.engine.problems import Severity
from xl_rebal.engine.review import review
from xl_rebal.facts.build import build_facts
from xl_rebal.facts.draft import Draft


def dated(positions: str | None = None, lots: str | None = None) -> Household:
    account = b.account(
        positions_as_of=b.day(positions) if positions else None, lots_as_of=b.day(lots) if lots else None
    )
    return home(accounts=[account])


def codes(household: Household, **settings: object) -> dict[str, Severity]:
    return {p.code: p.severity for p in checks(b.book(household, **settings))}


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("2026-10-05", None),
        ("2026-10-04", "stale"),
        ("2026-10-15", None),
        ("2026-10-16", "holdings-after-as-of"),
    ],
)
def test_positions_and_lots_are_old_after_the_firms_days(day, code):
    """10 days before October 15 is October 5."""
    for kind in ("positions", "lots"):
        expected = set() if code is None else {f"stale-{kind}" if code == "stale" else code}
        assert set(codes(dated(**{kind: day}))) == expected


def test_data_without_a_day_is_not_called_old():
    assert codes(dated()) == {}


def test_old_data_costs_the_holdings_that_may_have_changed():
    (problem,) = checks(b.book(dated(lots="2026-09-01")))
    assert problem.cost.startswith("Shares of $100,000.00 of holdings may have been bought or sold since")
    assert (problem.column, problem.value) == ("Lots As Of", "2026-09-01")


def test_the_firm_may_hold_what_is_old_instead_of_marking_it():
    stale = with_security("VTI", price_date=date(2026, 10, 1))
    assert codes(stale) == {"stale-price": Severity.WARNING}
    assert codes(stale, stale_data=StaleData.HOLD) == {"stale-price": Severity.ERROR}
    assert codes(dated(lots="2026-09-01"), stale_data=StaleData.HOLD) == {"stale-lots": Severity.ERROR}


def test_a_marked_brief_says_at_its_head_what_is_old_and_of_which_day():
    settings, household = b.settings(), dated(positions="2026-10-01", lots="2026-09-01")
    found = review(household, settings, b.tax_parameters(), checks(b.book(household)))
    facts = build_facts(household, found, settings)
    assert facts.by_id["OLD_DATA"].display == "positions of October 1, 2026; lots of September 1, 2026"
    values = brief_context(household, found, facts, Draft((), "S", "Dear A,", (), "Bye", "template")).values
    assert (
        values["as_of"] == "October 15, 2026  ·  old: positions of October 1, 2026; lots of September 1, 2026"
    )
    fresh = dated(positions="2026-10-14", lots="2026-10-14")
    assert (
        "OLD_DATA" not in build_facts(fresh, review(fresh, settings, b.tax_parameters(), ()), settings).by_id
    )


def test_a_held_client_gets_no_plan():
    household = dated(lots="2026-09-01")
    settings = b.settings(stale_data=StaleData.HOLD)
    problems = checks(b.book(household, stale_data=StaleData.HOLD))
    assert review(household, settings, b.tax_parameters(), problems).withheld


def test_lots_and_positions_of_two_days_are_named_where_they_differ():
    household = dated(positions="2026-10-14", lots="2026-10-10")
    household = replace(household, positions=(position("VTI", "610"), position("BND", "400")))
    (problem,) = checks(b.book(household))
    assert "The lots are of 2026-10-10, the positions of 2026-10-14." in problem.what


def test_of_several_the_oldest_day_is_named():
    """Prices of two days and lots of two accounts, the older one last."""
    both = replace(
        dated(),
        accounts=(
            b.account(lots_as_of=date(2026, 9, 20)),
            b.account("T2", lots_as_of=date(2026, 9, 1)),
            b.account("T3", lots_as_of=date(2026, 10, 14)),
        ),
    )
    prices = {
        symbol: replace(security, price_date=date(2026, 9, day))
        for (symbol, security), day in zip(both.securities.items(), (20, 1), strict=True)
    }
    found = old_data(replace(both, securities=prices), b.settings())
    assert [str(one) for one in found] == ["prices of September 1, 2026", "lots of September 1, 2026"]
    (problem,) = [p for p in checks(b.book(both)) if p.code == "stale-lots"]
    assert "The lots of accounts TAX, T2 are older than 10 days" in problem.what
    assert "the oldest are of 2026-09-01" in problem.what
    (one,) = checks(b.book(dated(lots="2026-09-01")))
    assert "The lots of account TAX are older" in one.what
