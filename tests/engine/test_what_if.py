"""Plans under other wishes, by worked examples."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.builders import account, cash, household, lot, settings, tax_parameters
from tests.engine.test_frontier import OLD, worked
from xl_rebal.engine.plan import plan
from xl_rebal.engine.what_if import Wishes, paying_account, wished
from xl_rebal.errors import WishImpossible

PARAMS = tax_parameters(2026)
CHOSEN = settings()


def planned(home, **wishes):
    return plan(*wished(home, CHOSEN, Wishes(**wishes)), PARAMS)


def test_a_budget_that_was_wished_for_holds():
    # 3,750 of gain would cure all; within 1,250 only lot A's 50 shares go.
    found = planned(worked(), gain_budget_cents=1_250_00)
    assert found.long_gain_cents == 1_250_00
    assert found.sold_cents == 5_000_00


def test_a_wider_tolerance_leaves_more_alone():
    # Equity stands 10 points over its target.
    assert planned(worked(), class_band=0.10).trades == ()
    assert planned(worked(), class_band=0.099).sold_cents == 10_000_00


def test_a_band_of_the_targets_own_gives_way_to_the_wish():
    home = worked()
    home = replace(home, targets=tuple(replace(t, lower=0.0, upper=1.0) for t in home.targets))
    assert planned(home).trades == ()
    assert planned(home, class_band=0.05).sold_cents == 10_000_00


def test_cash_that_was_wished_for_is_raised_and_leaves_the_household():
    found = planned(worked(), cash_cents=20_000_00)
    assert sum(t.cents for t in found.transfers if not t.to_account) == 20_000_00
    assert found.sold_cents >= 20_000_00
    assert found.after.total_cents == 80_000_00


def test_short_term_gains_can_be_blocked_and_allowed_again():
    home = worked()
    young = replace(
        home, lots=tuple(replace(x, acquired=date(2026, 5, 4)) if x.id == "A" else x for x in home.lots)
    )
    assert planned(young, block_short_term=True).short_gain_cents == 0
    assert planned(young, block_short_term=False).short_gain_cents == 1_250_00


def test_cash_comes_out_of_the_taxable_account_with_the_most_in_it():
    home = household(
        accounts=[account("A"), account("B"), account("C", do_not_trade=True)],
        lots=[lot("STK", 10, 500, OLD, "A"), lot("STK", 90, 500, OLD, "C")],
        cash=[cash(1_001, "B")],
    )
    assert paying_account(home) == "B"


def test_no_wish_changes_nothing():
    home = worked()
    assert wished(home, CHOSEN, Wishes()) == (home, CHOSEN)


@pytest.mark.parametrize("wrong", [{"gain_budget_cents": -1}, {"class_band": 1.5}, {"cash_cents": -1}])
def test_a_wish_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(WishImpossible):
        Wishes(**wrong)


def test_cash_out_of_no_taxable_account_is_refused():
    home = household(accounts=[account("A", do_not_trade=True)], lots=[lot("STK", 1, 1, OLD, "A")])
    with pytest.raises(WishImpossible, match="taxable account"):
        wished(home, CHOSEN, Wishes(cash_cents=1))
