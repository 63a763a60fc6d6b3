"""The what-if table: both plans' figures, their differences, and the trades of the wished one."""

from __future__ import annotations

from tests.builders import settings, tax_parameters
from tests.engine.test_frontier import worked
from xl_rebal.engine.review import review
from xl_rebal.engine.what_if import Wishes, wished
from xl_rebal.sheets.what_if_table import what_if_table

PARAMS = tax_parameters(2026)


def test_both_plans_stand_side_by_side():
    home, chosen = worked(), settings()
    one = review(home, chosen, PARAMS, ())
    two = review(*wished(home, chosen, Wishes(gain_budget_cents=1_250_00)), PARAMS, ())
    rows = {row[0]: row[1:] for row in what_if_table(one, two)[1:]}
    assert rows["Sold"] == [10_000.0, 5_000.0, -5_000.0]
    assert rows["Long-term gain"] == [3_750.0, 1_250.0, -2_500.0]
    assert rows["Added tax"] == [562.5, 187.5, -375.0]
    assert rows["Gain budget left"] == [None, 0.0, None]
    assert "Sell 50 STK in TAX: $5,000.00" in rows


def test_a_withheld_client_is_said():
    home = worked()
    one = review(home, settings(), PARAMS, ())
    withheld = review(home, settings(), PARAMS, [_error()])
    assert len(what_if_table(withheld, one)) == 2


def _error():
    from xl_rebal.engine.problems import Problem, Severity, Source

    return Problem(Severity.ERROR, "x", Source("Lots", 2), "", "", "", "Wrong.", "Correct it.", "C1")
