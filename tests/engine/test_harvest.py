"""Losses worth taking: thresholds, which lots count, terms, wash status, and swaps that would wash.

The as-of date is October 15, 2026 and every price $100: a lot with basis $120 a share is at a loss of $20 a share.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.builders import (
    account,
    activity,
    buy,
    household,
    lots_table,
    security,
    sell,
    settings,
    tax_parameters,
)
from xl_rebal.engine.book import Activity, ActivityType, Registration, Security
from xl_rebal.engine.harvest import harvest_candidates
from xl_rebal.engine.results import HarvestCandidate, WashState

WINDOW = tax_parameters(2026).wash_sale
ACCOUNTS = (
    account("TAX"),
    account("JOINT", Registration.JOINT),
    account("IRA", Registration.TRADITIONAL_IRA),
    account("UTMA", Registration.CUSTODIAL),
    account("LOCKED", do_not_trade=True),
)


def found(
    lots: str, securities: Iterable[Security] = (), rows: Iterable[Activity] = (), **changes: Any
) -> tuple[HarvestCandidate, ...]:
    home = household(accounts=ACCOUNTS, lots=lots_table(lots), securities=securities, activity=rows)
    return harvest_candidates(home, settings(**changes), WINDOW)


def test_a_candidate_is_the_loss_lots_of_one_security_in_one_account() -> None:
    (candidate,) = found(
        """
        VTI 100 12,000.00 2023-01-05  # $2,000 long-term loss
        VTI  50  5,500.00 2026-08-05  # $500 short-term loss
        VTI 100  8,000.00 2020-01-05  # a gain: not in it
        """
    )
    assert (candidate.account_id, candidate.symbol, candidate.quantity) == ("TAX", "VTI", Decimal(150))
    assert (candidate.long_loss_cents, candidate.short_loss_cents) == (-2_000_00, -500_00)
    assert (candidate.loss_cents, candidate.value_cents) == (-2_500_00, 15_000_00)
    assert [lot.acquired for lot in candidate.lots] == [date(2023, 1, 5), date(2026, 8, 5)]
    assert candidate.wash.state is WashState.CLEAR


def test_a_lot_bought_a_year_ago_to_the_day_is_still_short_term() -> None:
    # held more than one year from October 16 on (IRC 1222)
    (short,) = found("VTI 100 12000 2025-10-15")
    assert (short.short_loss_cents, short.long_loss_cents) == (-2_000_00, 0)
    (long,) = found("VTI 100 12000 2025-10-14")
    assert (long.short_loss_cents, long.long_loss_cents) == (0, -2_000_00)


@pytest.mark.parametrize(
    ("basis", "worth"),
    [
        ("10,999.99", False),  # $999.99: below $1,000
        ("11,000.00", True),  # $1,000.00 and 9.1 % of basis
    ],
)
def test_the_dollar_threshold_is_met_to_the_cent(basis: str, worth: bool) -> None:
    assert bool(found(f"VTI 100 {basis} 2023-01-05")) is worth


def test_the_share_of_basis_is_compared_exactly() -> None:
    # value $100,000 and 2.5 %: 2.5 % of 102,564.10 is 2,564.1025, a loss of 2,564.10 is just below;
    # 2.5 % of 102,564.11 is 2,564.10275, a loss of 2,564.11 is just above
    assert found("VTI 1000 102,564.10 2023-01-05") == ()
    assert len(found("VTI 1000 102,564.11 2023-01-05")) == 1
    assert len(found("VTI 975 100,000.00 2023-01-05")) == 1  # $2,500.00 is 2.5 % exactly


def test_both_thresholds_must_pass() -> None:
    assert found("VTI 1000 101,500.00 2023-01-05") == ()  # $1,500 but 1.5 %
    assert found("VTI 1 150.00 2023-01-05") == ()  # 33 % but $50
    assert len(found("VTI 1000 101,500.00 2023-01-05", harvest_min_loss=0.01)) == 1
    assert len(found("VTI 1 150.00 2023-01-05", harvest_min_loss_cents=50_00)) == 1


def test_small_losses_of_one_security_and_account_add_up_to_the_threshold_but_not_across_accounts() -> None:
    assert len(found("VTI 30 3,600 2023-01-05\nVTI 30 3,600 2023-02-05")) == 1  # 2 x $600
    assert found("VTI 30 3,600 2023-01-05\nVTI 30 3,600 2023-02-05 JOINT") == ()


@pytest.mark.parametrize("where", ["IRA", "UTMA", "LOCKED"])
def test_sheltered_other_taxpayers_and_locked_accounts_are_left_out(where: str) -> None:
    assert found(f"VTI 100 12000 2023-01-05 {where}") == ()


def test_lots_on_hold_and_lots_with_unknown_basis_date_or_price_are_left_out() -> None:
    lots = lots_table("VTI 100 12000 2023-01-05\nVTI 100 ? 2023-01-05\nVTI 100 12000 ?")
    home = household(lots=[replace(lots[0], hold=True), *lots[1:]])
    assert harvest_candidates(home, settings(), WINDOW) == ()
    unpriced = household(lots=lots[:1], securities=[security("VTI", None)])
    assert harvest_candidates(unpriced, settings(), WINDOW) == ()


def test_the_largest_loss_comes_first_and_ties_go_by_account_and_symbol() -> None:
    candidates = found(
        """
        B 100 12000 2023-01-05
        A 100 12000 2023-01-05
        A 100 12000 2023-01-05 JOINT
        C 100 15000 2023-01-05
        """
    )
    assert [(c.account_id, c.symbol) for c in candidates] == [
        ("TAX", "C"),
        ("JOINT", "A"),
        ("TAX", "A"),
        ("TAX", "B"),
    ]


def test_a_recent_reinvestment_in_the_ira_blocks_the_harvest_and_says_from_when_it_is_clear() -> None:
    (candidate,) = found(
        "VTI 100 12000 2023-01-05",
        rows=[activity("2026-10-01", ActivityType.REINVEST, "VTI", "1.5", account_id="IRA")],
    )
    assert (candidate.wash.state, candidate.wash.clear_from) == (WashState.BLOCKED, date(2026, 11, 1))
    assert candidate.wash.disallowed_cents == 30_00  # 1.5 shares x $20


def test_a_recent_lot_is_clear_in_its_own_account_and_blocks_the_other() -> None:
    by_account = {
        c.account_id: c.wash.state for c in found("VTI 100 12000 2023-01-05\nVTI 100 12000 2026-10-01 JOINT")
    }
    assert by_account == {"TAX": WashState.BLOCKED, "JOINT": WashState.CLEAR}


# --- Swaps ---

LOSS = "VTI 100 12000 2023-01-05"


def swap_problem(vti: Security, *others: Security, lots: str = LOSS, rows: Iterable[Activity] = ()) -> str:
    candidates = found(lots, [vti, *others], rows)
    return next(c.swap_problem for c in candidates if c.symbol == "VTI")


def test_a_designated_swap_is_offered() -> None:
    (candidate,) = found(LOSS, [security("VTI", swap="SCHB"), security("SCHB")])
    assert (candidate.swap, candidate.swap_problem) == ("SCHB", "")
    (without,) = found(LOSS)
    assert (without.swap, without.swap_problem) == ("", "")


def test_a_swap_in_the_same_identical_group_would_wash() -> None:
    problem = swap_problem(security("VTI", swap="ITOT", same_as="US"), security("ITOT", same_as="US"))
    assert "ITOT is substantially identical to VTI" in problem
    assert "substantially identical" in swap_problem(security("VTI", swap="VTI"))


def test_a_swap_that_is_not_listed_or_not_priced_is_named() -> None:
    assert "SCHB is not on the Securities sheet" in swap_problem(security("VTI", swap="SCHB"))
    assert "SCHB has no price" in swap_problem(security("VTI", swap="SCHB"), security("SCHB", None))


def test_a_swap_lately_sold_at_a_loss_may_not_be_bought_yet() -> None:
    funds = security("VTI", swap="SCHB"), security("SCHB")
    recent = [sell("2026-10-01", "SCHB", 10, long_gain=-500, account_id="JOINT")]
    assert "before 2026-11-01" in swap_problem(*funds, rows=recent)
    assert swap_problem(*funds, rows=[sell("2026-09-14", "SCHB", 10, long_gain=-500)]) == ""


def test_a_loss_of_the_swaps_group_blocks_it_too() -> None:
    funds = [
        security("VTI", swap="VOO"),
        security("VOO", same_as="S&P 500"),
        security("IVV", same_as="S&P 500"),
    ]
    assert "before 2026-11-01" in swap_problem(*funds, rows=[sell("2026-10-01", "IVV", 10, long_gain=-500)])
    problem = swap_problem(*funds, lots=f"{LOSS}\nIVV 100 13000 2023-01-05 JOINT")
    assert problem.startswith("IVV is a loss to harvest itself: selling it and buying VOO would wash")


def test_a_swap_that_is_itself_to_be_harvested_would_wash() -> None:
    funds = security("VTI", swap="SCHB"), security("SCHB", swap="VTI")
    problem = swap_problem(*funds, lots=f"{LOSS}\nSCHB 100 13000 2023-01-05 JOINT")
    assert "SCHB is a loss to harvest itself" in problem


def test_a_swap_bought_lately_is_no_problem() -> None:
    assert (
        swap_problem(security("VTI", swap="SCHB"), security("SCHB"), rows=[buy("2026-10-01", "SCHB", 5)])
        == ""
    )


def test_the_order_of_lots_does_not_matter() -> None:
    lots = lots_table("A 100 12000 2023-01-05\nA 10 1200 2026-10-02\nB 100 12000 2023-01-05 JOINT")
    home = household(accounts=ACCOUNTS, lots=lots)
    turned = replace(home, lots=tuple(reversed(lots)), accounts=tuple(reversed(ACCOUNTS)))
    assert harvest_candidates(home, settings(), WINDOW) == harvest_candidates(turned, settings(), WINDOW)
