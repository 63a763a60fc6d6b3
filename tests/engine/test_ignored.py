"""What each problem costs if nobody sees to it: said for all, in dollars where a check has them."""

from __future__ import annotations

from dataclasses import replace

from tests import builders as b
from tests.engine.test_checks import home, position, with_security
from xl_rebal import app
from xl_rebal.engine.checks import checks
from xl_rebal.engine.ignored import WITHHELD, with_costs
from xl_rebal.engine.problems import Problem, Severity, Source
from xl_rebal.sample import firm_rows, firm_settings_values
from xl_rebal.sample.rows import tables_of
from xl_rebal.sheets import tables


def costs(household, **settings) -> dict[str, str]:
    return {p.code: p.cost for p in with_costs(checks(b.book(household, **settings)))}


def test_every_problem_of_the_sample_firm_says_what_it_costs_and_an_error_withholds():
    book = app.book_of(tables_of(firm_rows(), firm_settings_values()))
    assert book.problems
    assert all(p.cost.endswith(".") for p in book.problems)
    assert all(p.cost.startswith(WITHHELD) for p in book.problems if p.severity is Severity.ERROR)
    table = tables.checks_table(book.problems)
    assert table[0].index("If Ignored") == table[0].index("What") + 1
    assert [row[6] for row in table[1:]] == [p.cost for p in book.problems]


def test_lots_that_differ_from_the_position_cost_the_shares_between_them_at_their_price():
    """600 VTI by lots, 650 by the custodian: 50 x $100."""
    cost = costs(home(positions=[position("VTI", "650"), position("BND", "400")]))["lots-differ"]
    assert cost.startswith(f"{WITHHELD} $5,000.00 of the household's value may be wrong")


def test_a_lot_without_basis_costs_its_value():
    """400 BND x $100 is never sold."""
    lots = [
        b.lot("VTI", 600, "30,000", "2020-01-06", id="V"),
        b.lot("BND", 400, None, "2021-02-01", id="B"),
    ]
    assert (
        costs(home(lots=lots))["missing-basis"] == "$40,000.00 is never sold by the plan, whatever the drift."
    )


def test_stale_prices_cost_what_rests_on_them():
    stale = with_security("VTI", price_date=b.day("2026-10-01"))
    assert "for $60,000.00 of holdings" in costs(stale)["stale-price"]


def test_an_error_of_nobody_withholds_nobody():
    stray = Problem(
        Severity.ERROR, "unknown-account", Source("Lots", 9), "Account ID", "A9", "X", "What.", "Do."
    )
    (found,) = with_costs([stray])
    assert WITHHELD not in found.cost
    (firm,) = with_costs([replace(stray, source=Source("Settings", 2))])
    assert firm.cost == "Every client's plan and brief are withheld."
