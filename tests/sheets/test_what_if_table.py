"""The what-if table: both plans' figures, their differences, and the trades of the wished one."""

from __future__ import annotations

from tests.builders import settings, tax_parameters
from tests.engine.test_frontier import worked
from xl_rebal.engine.review import review
from xl_rebal.engine.what_if import Wishes, wished
from xl_rebal.sheets.what_if_table import COUNT_ROWS, FIGURES, TRADES, WEIGHT_ROWS, what_if_table

PARAMS = tax_parameters(2026)


def test_both_plans_stand_side_by_side():
    home, chosen = worked(), settings()
    one = review(home, chosen, PARAMS, ())
    two = review(*wished(home, chosen, Wishes(gain_budget_cents=1_250_00)), PARAMS, ())
    rows = {row[0]: row[1:4] for row in what_if_table(one, two)[1:]}
    assert rows["Sold"] == [10_000.0, 5_000.0, -5_000.0]
    assert rows["Long-term gain"] == [3_750.0, 1_250.0, -2_500.0]
    assert rows["Added tax"] == [562.5, 187.5, -375.0]
    assert rows["Gain budget left"] == [None, 0.0, None]
    assert rows["Sell 50 STK in TAX (planned: 100)"] == [10_000.0, 5_000.0, -5_000.0]


def test_figures_stand_in_the_rows_that_a_sheet_formats():
    home, chosen = worked(), settings()
    table = what_if_table(*[review(home, chosen, PARAMS, ())] * 2)
    assert [table[row][0] for row in (*WEIGHT_ROWS, *COUNT_ROWS)] == [
        "Worst drift after",
        "Classes out of band after",
        "Cash needs not met",
    ]
    assert table[FIGURES + 1] == [TRADES, None, None, None, None]
    assert all(row[3] == 0.0 for row in table[2:] if isinstance(row[1], float)), (
        "a plan does not differ from itself"
    )


def test_a_trade_of_one_plan_only_is_said():
    home, chosen = worked(), settings()
    one = review(home, chosen, PARAMS, ())
    none = review(*wished(home, chosen, Wishes(class_band=0.5)), PARAMS, ())
    assert not none.plan.trades
    there, back = ({row[0]: row[1:4] for row in what_if_table(*pair)} for pair in ((one, none), (none, one)))
    assert there["Do not trade STK in TAX (planned: 100)"] == [10_000.0, 0.0, -10_000.0]
    assert back["Sell 100 STK in TAX (not planned)"] == [0.0, 10_000.0, 10_000.0]
    assert "No trades in either plan" in {row[0] for row in what_if_table(none, none)}


def test_a_withheld_client_is_said():
    home = worked()
    one = review(home, settings(), PARAMS, ())
    withheld = review(home, settings(), PARAMS, [_error()])
    assert len(what_if_table(withheld, one)) == 2


def _error():
    from xl_rebal.engine.problems import Problem, Severity, Source

    return Problem(Severity.ERROR, "x", Source("Lots", 2), "", "", "", "Wrong.", "Correct it.", "C1")
