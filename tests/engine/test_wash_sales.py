"""Wash sales: the window's edges, whose purchases count, and how past losses meet their replacement shares.

Every as-of date is October 15, 2026 unless a test says otherwise; $100 is every price, so a lot with basis $120 a
share is at a loss of $20 a share. 30 days before October 15 is September 15.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.builders import (
    AS_OF,
    account,
    activity,
    buy,
    day,
    household,
    lot,
    lots_table,
    security,
    sell,
    tax_parameters,
)
from xl_rebal.engine.book import Activity, ActivityType, Household, Lot, Owner, Registration
from xl_rebal.engine.results import WashMatch, WashState
from xl_rebal.engine.wash_calendar import wash_lots, wash_status, wash_statuses
from xl_rebal.engine.wash_sales import buy_blocks, wash_sale_matches

WINDOW = tax_parameters(2026).wash_sale
ACCOUNTS = [
    account("TAX"),
    account("JOINT", Registration.JOINT, owner=Owner.JOINT),
    account("SPOUSE-IRA", Registration.TRADITIONAL_IRA, owner=Owner.SPOUSE),
    account("ROTH", Registration.ROTH_IRA),
    account("TRUST", Registration.IRREVOCABLE_TRUST),
]
OLD_LOSS = "VTI 100 12,000.00 2024-02-01"  # $2,000 loss at $100


def matched(home: Household, as_of: date | str = AS_OF) -> list[tuple[date, date | None, Decimal, int, bool]]:
    """Sale date, replacement date, shares, disallowed cents, lost for good: of every match."""
    return [
        (
            m.sale.date if m.sale else date.min,
            m.replacement.acquired if isinstance(m.replacement, Lot) else m.replacement.date,
            m.quantity,
            m.disallowed_cents,
            m.permanent,
        )
        for m in wash_sale_matches(home, day(as_of), WINDOW)
    ]


# --- The window of a loss that might be sold today ---


@pytest.mark.parametrize(
    ("bought", "state"),
    [
        ("2026-09-14", WashState.CLEAR),  # 31 days before
        ("2026-09-15", WashState.BLOCKED),  # 30 days before: counted
        ("2026-10-15", WashState.BLOCKED),  # the day of sale itself
        ("2026-10-16", WashState.CLEAR),  # after the as-of date: not known to have happened
    ],
)
def test_a_purchase_blocks_a_loss_for_30_days_and_frees_it_on_the_31st(bought: str, state: WashState) -> None:
    home = household(accounts=ACCOUNTS, lots=lots_table(OLD_LOSS), activity=[buy(bought, "VTI", 5, "JOINT")])
    assert wash_status(home, "VTI", AS_OF, WINDOW).state is state


def test_clear_from_is_the_31st_day_after_the_last_purchase() -> None:
    home = household(
        lots=lots_table(OLD_LOSS), activity=[buy("2026-09-20", "VTI", 1), buy("2026-10-02", "VTI", 1)]
    )
    status = wash_status(home, "VTI", AS_OF, WINDOW)
    assert status.clear_from == date(2026, 11, 2)  # October 2 + 31 days
    assert [p.date for p in status.purchases if isinstance(p, Activity)] == [
        day("2026-10-02"),
        day("2026-09-20"),
    ]
    still = wash_status(home, "VTI", date(2026, 11, 1), WINDOW)
    clear = wash_status(home, "VTI", date(2026, 11, 2), WINDOW)
    assert (still.state, clear.state, clear.clear_from) == (WashState.BLOCKED, WashState.CLEAR, None)


def test_the_window_crosses_the_year() -> None:
    home = household(lots=lots_table(OLD_LOSS), activity=[buy("2026-12-10", "VTI", 5)])
    status = wash_status(home, "VTI", date(2027, 1, 8), WINDOW)
    assert (status.state, status.clear_from) == (WashState.BLOCKED, date(2027, 1, 10))


@pytest.mark.parametrize("where", ["TAX", "JOINT", "SPOUSE-IRA", "ROTH"])
def test_purchases_count_in_every_account_of_the_taxpayer_and_spouse(where: str) -> None:
    home = household(
        accounts=ACCOUNTS, lots=lots_table(OLD_LOSS), activity=[buy("2026-10-01", "VTI", 5, where)]
    )
    status = wash_status(home, "VTI", AS_OF, WINDOW)
    assert status.state is WashState.BLOCKED
    assert ("lost for good" in status.caveat) is (where in ("SPOUSE-IRA", "ROTH"))


def test_a_lot_without_an_activity_row_is_a_purchase_too() -> None:
    home = household(accounts=ACCOUNTS, lots=lots_table(f"{OLD_LOSS}\nVTI 5 500 2026-10-01 ROTH"))
    assert wash_status(home, "VTI", AS_OF, WINDOW).purchases == (home.lots[1],)


def test_another_taxpayers_purchase_is_not_counted_but_said() -> None:
    home = household(
        accounts=ACCOUNTS, lots=lots_table(OLD_LOSS), activity=[buy("2026-10-01", "VTI", 5, "TRUST")]
    )
    status = wash_status(home, "VTI", AS_OF, WINDOW)
    assert status.state is WashState.CLEAR
    assert "TRUST bought on 2026-10-01" in status.caveat


def test_another_taxpayers_loss_meets_only_its_own_purchases() -> None:
    trust = lot("VTI", 10, 1200, "2024-01-05", "TRUST")
    elsewhere = household(accounts=ACCOUNTS, lots=[trust], activity=[buy("2026-10-01", "VTI", 5, "TAX")])
    inside = household(accounts=ACCOUNTS, lots=[trust], activity=[buy("2026-10-01", "VTI", 5, "TRUST")])
    assert wash_status(elsewhere, "VTI", AS_OF, WINDOW, trust).state is WashState.CLEAR
    assert wash_status(inside, "VTI", AS_OF, WINDOW, trust).state is WashState.BLOCKED


def test_reinvested_dividends_are_purchases_and_the_plan_to_turn_them_off_is_named() -> None:
    home = household(
        lots=lots_table(OLD_LOSS), activity=[activity("2026-09-28", ActivityType.REINVEST, "VTI", "0.8")]
    )
    status = wash_status(home, "VTI", AS_OF, WINDOW)
    assert status.state is WashState.BLOCKED
    assert "reinvests its dividends (last on 2026-09-28)" in status.caveat
    # 0.8 of 100 shares of a $2,000.00 loss: $16.00
    assert status.disallowed_cents == 16_00
    assert "at most $16.00 of the $2,000.00 loss" in status.caveat


def test_an_old_reinvestment_leaves_the_loss_clear_but_warns() -> None:
    home = household(
        lots=lots_table(OLD_LOSS), activity=[activity("2026-06-28", ActivityType.REINVEST, "VTI", "0.8")]
    )
    status = wash_status(home, "VTI", AS_OF, WINDOW)
    assert status.state is WashState.CLEAR
    assert "turn that off" in status.caveat


def test_dividends_sales_and_transfers_are_not_purchases() -> None:
    rows = [
        activity("2026-10-01", ActivityType.DIVIDEND, "VTI", 5),
        activity("2026-10-01", ActivityType.TRANSFER_IN, "VTI", 5),
        sell("2026-10-01", "VTI", 5, long_gain=10),
    ]
    home = household(lots=lots_table(OLD_LOSS), activity=rows)
    assert wash_status(home, "VTI", AS_OF, WINDOW).state is WashState.CLEAR


def test_securities_of_one_same_as_group_wash_each_other_and_others_do_not() -> None:
    funds = [security("VOO", same_as="S&P 500"), security("IVV", same_as="S&P 500"), security("VTI")]
    home = household(
        lots=lots_table("VOO 100 12000 2024-02-01\nVTI 100 12000 2024-02-01"),
        activity=[buy("2026-10-01", "IVV", 3)],
        securities=funds,
    )
    assert wash_status(home, "VOO", AS_OF, WINDOW).state is WashState.BLOCKED
    assert wash_status(home, "VTI", AS_OF, WINDOW).state is WashState.CLEAR


# --- The very lot that was just bought ---


def test_a_lot_just_bought_is_not_its_own_replacement() -> None:
    # Rev. Rul. 56-602: a loss on shares out of the one lot bought less than 30 days ago is allowed
    home = household(lots=lots_table("VTI 60 7200 2026-10-01"), activity=[buy("2026-10-01", "VTI", 100)])
    assert wash_status(home, "VTI", AS_OF, WINDOW, home.lots[0]).state is WashState.CLEAR
    assert wash_status(home, "VTI", AS_OF, WINDOW).state is WashState.CLEAR


def test_a_recent_loss_lot_blocks_the_older_ones_and_is_itself_clear() -> None:
    home = household(lots=lots_table(f"{OLD_LOSS}\nVTI 10 1100 2026-10-01"))
    old, recent = home.lots
    each = wash_lots(home, AS_OF, WINDOW)
    assert (each[old].state, each[old].clear_from) == (WashState.BLOCKED, date(2026, 11, 1))
    assert each[recent].state is WashState.CLEAR
    assert wash_status(home, "VTI", AS_OF, WINDOW).state is WashState.BLOCKED
    # at most the 10 new shares' worth of the larger loss a share: 10 x $20.00
    assert wash_status(home, "VTI", AS_OF, WINDOW).disallowed_cents == 200_00


def test_two_recent_loss_lots_block_each_other() -> None:
    home = household(lots=lots_table("VTI 10 1200 2026-09-20\nVTI 10 1200 2026-10-05"))
    each = wash_lots(home, AS_OF, WINDOW)
    assert {s.state for s in each.values()} == {WashState.BLOCKED}
    assert each[home.lots[0]].clear_from == date(2026, 11, 5)  # October 5 + 31
    assert each[home.lots[1]].clear_from == date(2026, 10, 21)  # September 20 + 31


def test_another_purchase_of_the_same_day_in_another_account_still_blocks() -> None:
    home = household(
        accounts=ACCOUNTS, lots=lots_table("VTI 10 1200 2026-10-01\nVTI 10 1200 2026-10-01 ROTH")
    )
    assert wash_status(home, "VTI", AS_OF, WINDOW, home.lots[0]).state is WashState.BLOCKED


# --- How much of the loss is at stake ---


def test_the_purchase_meets_the_lot_with_the_largest_loss_a_share_at_worst() -> None:
    home = household(
        accounts=ACCOUNTS,
        lots=lots_table("VTI 100 11,000 2024-01-05\nVTI 100 12,000 2024-01-05"),
        activity=[buy("2026-10-01", "VTI", 5, "ROTH")],
    )
    # 5 shares once: 5 x $20.00, not 5 x $10.00, nor both
    assert wash_status(home, "VTI", AS_OF, WINDOW).disallowed_cents == 100_00


def test_a_lots_own_purchase_takes_nothing_of_its_loss() -> None:
    home = household(lots=lots_table(f"{OLD_LOSS}\nVTI 10 1,500 2026-10-01"))
    # the new lot has the larger loss ($50 a share) but only the old one is washed: 10 x $20.00
    assert wash_status(home, "VTI", AS_OF, WINDOW).disallowed_cents == 200_00


def test_the_whole_loss_is_at_stake_when_as_many_shares_were_bought() -> None:
    home = household(lots=lots_table(OLD_LOSS), activity=[buy("2026-10-01", "VTI", 300)])
    status = wash_status(home, "VTI", AS_OF, WINDOW)
    assert status.disallowed_cents == 2_000_00
    assert "at most" not in status.caveat


# --- Not a loss, unknown, and what is listed ---


def test_a_security_without_a_loss_lot_is_not_a_loss_but_keeps_its_calendar() -> None:
    home = household(lots=lots_table("VTI 10 800 2024-01-05"), activity=[buy("2026-10-01", "VTI", 1)])
    status = wash_status(home, "VTI", AS_OF, WINDOW)
    assert (status.state, status.clear_from) == (WashState.NOT_A_LOSS, date(2026, 11, 1))


def test_a_lot_whose_value_equals_its_basis_is_not_a_loss() -> None:
    even, one_cent = lot("VTI", 10, "1000.00", "2024-01-05"), lot("VTI", 10, "1000.01", "2024-01-05")
    home = household(lots=[even, one_cent])
    assert wash_status(home, "VTI", AS_OF, WINDOW, even).state is WashState.NOT_A_LOSS
    assert wash_status(home, "VTI", AS_OF, WINDOW, one_cent).state is WashState.CLEAR


def test_lots_in_an_ira_realize_no_loss() -> None:
    ira = lot("VTI", 10, 1200, "2024-01-05", "ROTH")
    home = household(accounts=ACCOUNTS, lots=[ira])
    assert wash_status(home, "VTI", AS_OF, WINDOW, ira).state is WashState.NOT_A_LOSS
    assert wash_statuses(home, AS_OF, WINDOW) == ()


def test_every_status_says_that_accounts_held_elsewhere_are_unknown() -> None:
    home = household(
        lots=lots_table("A 10 1200 2024-01-05\nB 10 800 2024-01-05\nC 10 1200 2024-01-05"),
        activity=[buy("2026-10-01", "B", 1), buy("2026-10-01", "C", 1)],
    )
    statuses = wash_statuses(home, AS_OF, WINDOW)
    assert [s.state for s in statuses] == [WashState.CLEAR, WashState.NOT_A_LOSS, WashState.BLOCKED]
    assert all("Accounts held elsewhere" in s.caveat for s in statuses)


def test_statuses_list_held_securities_with_a_loss_or_a_recent_purchase_only() -> None:
    home = household(
        lots=lots_table("LOSS 1 120 2024-01-05\nGAIN 1 80 2024-01-05\nNEW 1 80 2026-10-01"),
        activity=[buy("2026-10-01", "GONE", 1)],
    )
    assert [s.symbol for s in wash_statuses(home, AS_OF, WINDOW)] == ["LOSS", "NEW"]


def test_lots_without_basis_or_price_are_left_out_and_counted() -> None:
    home = household(lots=lots_table(f"{OLD_LOSS}\nVTI 10 ? 2024-01-05"))
    status = wash_status(home, "VTI", AS_OF, WINDOW)
    assert status.state is WashState.CLEAR
    assert "1 lot without basis or price left out" in status.caveat
    unpriced = household(lots=lots_table(OLD_LOSS), securities=[security("VTI", None)])
    assert wash_status(unpriced, "VTI", AS_OF, WINDOW).state is WashState.NOT_A_LOSS


@pytest.mark.parametrize("quantity", ["0", "-5"])
def test_a_lot_without_a_positive_quantity_is_left_out(quantity: str) -> None:
    home = household(
        lots=lots_table(f"VTI {quantity} 500 2024-01-05"), activity=[buy("2026-10-01", "VTI", 1)]
    )
    assert wash_status(home, "VTI", AS_OF, WINDOW).state is WashState.NOT_A_LOSS
    recent = household(lots=lots_table(f"{OLD_LOSS}\nVTI {quantity} 500 2026-10-01"))
    assert wash_status(recent, "VTI", AS_OF, WINDOW).state is WashState.CLEAR


def test_a_lot_without_an_acquisition_date_may_be_a_recent_purchase() -> None:
    home = household(accounts=ACCOUNTS, lots=lots_table(f"{OLD_LOSS}\nVTI 10 1000 ? ROTH"))
    assert "no acquisition date" in wash_status(home, "VTI", AS_OF, WINDOW).caveat


def test_a_purchase_of_unknown_quantity_blocks_and_leaves_the_amount_open() -> None:
    home = household(lots=lots_table(OLD_LOSS), activity=[buy("2026-10-01", "VTI", None)])
    status = wash_status(home, "VTI", AS_OF, WINDOW)
    assert (status.state, status.disallowed_cents) == (WashState.BLOCKED, None)


# --- Past sales and their replacement shares ---


def test_regulation_example_1_a_sale_of_the_older_lot_is_washed_by_the_newer() -> None:
    # Reg. 1.1091-1(h) Example 1: 100 shares for $10,000 on December 1, 100 for $9,000 on December 15; the first
    # 100 sold for $9,000 on January 3: no loss is deductible
    home = household(
        lots=lots_table("M 100 9000 1954-12-15"),
        activity=[
            buy("1954-12-01", "M", 100),
            buy("1954-12-15", "M", 100),
            sell("1955-01-03", "M", 100, short_gain=-1000),
        ],
    )
    # the December 1 purchase is gone: those are the shares sold
    assert matched(home) == [(day("1955-01-03"), day("1954-12-15"), Decimal(100), 1000_00, False)]


def test_regulation_example_2_only_the_replaced_shares_lose_their_loss() -> None:
    # Reg. 1.1091-1(h) Example 2, also Pub. 550: 100 sold at a $1,000 loss; 50 and 25 were bought in the 30 days
    # before: $750 is not deductible ($500 and $250), $250 is
    home = household(
        lots=lots_table("M 50 2750 1954-12-21\nM 25 1125 1954-12-27"),
        activity=[
            buy("1954-09-21", "M", 100),
            buy("1954-12-21", "M", 50),
            buy("1954-12-27", "M", 25),
            sell("1955-01-03", "M", 100, short_gain=-1000),
        ],
    )
    assert [(on, cents) for _, on, _, cents, _ in matched(home)] == [
        (day("1954-12-21"), 500_00),
        (day("1954-12-27"), 250_00),
    ]


def test_regulation_example_3_replacement_shares_count_in_order_of_acquisition() -> None:
    # Reg. 1.1091-1(h) Example 3: 100 sold at a loss on February 1, 50 bought on each of February 15, 16, 17, 18:
    # the first two purchases replace the 100 shares, the others do not matter
    days = ["1956-02-15", "1956-02-16", "1956-02-17", "1956-02-18"]
    home = household(
        lots=lots_table("\n".join(f"M 50 2000 {d}" for d in days)),
        activity=[
            sell("1956-02-01", "M", 100, long_gain=-1000),
            *(buy(d, "M", 50) for d in reversed(days)),
        ],
    )
    assert [(on, cents) for _, on, _, cents, _ in matched(home)] == [
        (day("1956-02-15"), 500_00),
        (day("1956-02-16"), 500_00),
    ]


@pytest.mark.parametrize(
    ("bought", "washed"),
    [("2026-05-01", False), ("2026-05-02", True), ("2026-07-01", True), ("2026-07-02", False)],
)
def test_the_61_days_around_a_sale_on_june_1(bought: str, washed: bool) -> None:
    # May 2 is 30 days before June 1, July 1 is 30 days after
    home = household(
        lots=lots_table(f"VTI 10 1000 {bought}"), activity=[sell("2026-06-01", "VTI", 10, long_gain=-100)]
    )
    assert bool(matched(home)) is washed


def test_a_sale_whose_window_is_still_open_is_matched_so_far() -> None:
    home = household(activity=[sell("2026-10-10", "VTI", 10, long_gain=-100), buy("2026-10-20", "VTI", 10)])
    assert matched(home, "2026-10-19") == []
    assert matched(home, "2026-10-20") == [(day("2026-10-10"), day("2026-10-20"), Decimal(10), 100_00, False)]


def test_a_sale_in_december_is_washed_by_a_purchase_in_january() -> None:
    home = household(activity=[sell("2025-12-20", "VTI", 10, long_gain=-100), buy("2026-01-19", "VTI", 4)])
    # January 19 is the 30th day; 4 of 10 shares: $40.00
    assert matched(home) == [(day("2025-12-20"), day("2026-01-19"), Decimal(4), 40_00, False)]


def test_a_replacement_in_the_spouses_ira_loses_the_loss_for_good() -> None:
    home = household(
        accounts=ACCOUNTS,
        activity=[sell("2026-06-01", "VTI", 10, long_gain=-100), buy("2026-06-15", "VTI", 10, "SPOUSE-IRA")],
    )
    assert matched(home) == [(day("2026-06-01"), day("2026-06-15"), Decimal(10), 100_00, True)]


def test_a_purchase_in_the_irrevocable_trust_replaces_nothing() -> None:
    home = household(
        accounts=ACCOUNTS,
        activity=[sell("2026-06-01", "VTI", 10, long_gain=-100), buy("2026-06-15", "VTI", 10, "TRUST")],
    )
    assert matched(home) == []


def test_each_replacement_share_is_used_once_the_earliest_sale_first() -> None:
    home = household(
        activity=[
            sell("2026-06-05", "VTI", 10, long_gain=-200),
            sell("2026-06-01", "VTI", 10, long_gain=-100),
            buy("2026-06-20", "VTI", 15),
        ],
    )
    # June 1 takes 10 of the 15 shares: all of $100; June 5 takes the other 5 of 10: half of $200
    assert [(sale, shares, cents) for sale, _, shares, cents, _ in matched(home)] == [
        (day("2026-06-01"), Decimal(10), 100_00),
        (day("2026-06-05"), Decimal(5), 100_00),
    ]


def test_disallowed_parts_of_a_sale_replaced_in_full_add_up_to_its_loss_to_the_cent() -> None:
    home = household(
        activity=[
            sell("2026-06-01", "VTI", 3, long_gain="-100.00"),
            *(buy(d, "VTI", 1) for d in ("2026-06-02", "2026-06-03", "2026-06-04")),
        ],
    )
    # thirds of $100.00: cumulated 33.33, 66.67, 100.00
    assert [cents for *_, cents, _ in matched(home)] == [33_33, 33_34, 33_33]


def test_a_lot_and_its_own_activity_row_are_one_purchase() -> None:
    home = household(
        lots=lots_table("VTI 10 900 2026-06-15"),
        activity=[sell("2026-06-01", "VTI", 20, long_gain=-200), buy("2026-06-15", "VTI", 10)],
    )
    assert [(shares, cents) for _, _, shares, cents, _ in matched(home)] == [(Decimal(10), 100_00)]


def test_a_purchase_known_from_its_row_and_its_lot_blocks_once() -> None:
    row = buy("2026-10-01", "VTI", 10)
    home = household(lots=lots_table(f"{OLD_LOSS}\nVTI 6 540 2026-10-01"), activity=[row])
    assert wash_status(home, "VTI", AS_OF, WINDOW).purchases == (row,)


def test_of_two_buys_on_one_day_a_lot_belongs_to_the_one_of_its_quantity() -> None:
    ten, five = buy("2026-10-01", "VTI", 10), buy("2026-10-01", "VTI", 5)
    home = household(lots=lots_table("VTI 5 600 2026-10-01\nVTI 10 1200 2026-10-01"), activity=[ten, five])
    assert wash_status(home, "VTI", AS_OF, WINDOW, home.lots[0]).purchases == (ten,)
    assert wash_status(home, "VTI", AS_OF, WINDOW, home.lots[1]).purchases == (five,)


def test_of_two_losses_on_one_day_the_long_term_one_is_replaced_first() -> None:
    # Reg. 1.1091-1(b): sold on the same day counts in the order of acquisition
    home = household(
        accounts=ACCOUNTS,
        activity=[
            sell("2026-06-01", "VTI", 10, short_gain=-50, account_id="JOINT"),
            sell("2026-06-01", "VTI", 10, long_gain=-100),
            buy("2026-06-15", "VTI", 10, "ROTH"),
        ],
    )
    assert [(cents, permanent) for *_, cents, permanent in matched(home)] == [(100_00, True)]


def test_one_buy_held_as_two_lots_is_one_purchase_and_a_further_lot_is_another() -> None:
    home = household(
        lots=lots_table("VTI 6 600 2026-06-15\nVTI 4 400 2026-06-15\nVTI 5 500 2026-06-15"),
        activity=[sell("2026-06-01", "VTI", 20, long_gain=-200), buy("2026-06-15", "VTI", 10)],
    )
    assert sum(shares for _, _, shares, _, _ in matched(home)) == 15


def test_selling_out_of_the_only_lot_just_bought_is_no_wash() -> None:
    # Rev. Rul. 56-602: 100 bought June 1, 40 of them sold June 10 at a loss, 60 kept
    home = household(
        lots=lots_table("VTI 60 6000 2026-06-01"),
        activity=[buy("2026-06-01", "VTI", 100), sell("2026-06-10", "VTI", 40, short_gain=-400)],
    )
    assert matched(home) == []


def test_a_long_term_loss_is_washed_by_a_lot_bought_just_before() -> None:
    home = household(
        lots=lots_table("VTI 60 6000 2026-06-01"),
        activity=[buy("2026-06-01", "VTI", 60), sell("2026-06-10", "VTI", 100, long_gain=-1000)],
    )
    # the shares sold were long-term, so the 60 are others: 60 of 100 of $1,000
    assert [(shares, cents) for _, _, shares, cents, _ in matched(home)] == [(Decimal(60), 600_00)]


def test_selling_everything_at_once_is_no_wash() -> None:
    home = household(
        activity=[
            buy("2026-03-01", "VTI", 10),
            buy("2026-06-01", "VTI", 10),
            sell("2026-06-10", "VTI", 20, short_gain=-400),
        ],
    )
    assert matched(home) == []


def test_replacement_shares_sold_since_are_still_replacement_shares() -> None:
    home = household(
        activity=[
            buy("2026-03-01", "VTI", 10),
            buy("2026-06-01", "VTI", 10),
            sell("2026-06-10", "VTI", 10, short_gain=-100),
            sell("2026-06-20", "VTI", 10, short_gain=50),
        ],
    )
    # first in, first out: June 10 sold the March shares, June 20 those of June 1
    assert [(sale, on) for sale, on, *_ in matched(home)] == [(day("2026-06-10"), day("2026-06-01"))]


def test_gains_and_sales_without_a_quantity_are_not_matched() -> None:
    home = household(
        activity=[
            sell("2026-06-01", "VTI", 10, long_gain=100),
            sell("2026-06-02", "VTI", None, long_gain=-100),
            buy("2026-06-15", "VTI", 10),
        ]
    )
    assert matched(home) == []


def test_a_sale_after_the_as_of_date_has_not_happened() -> None:
    home = household(activity=[buy("2026-10-10", "VTI", 10), sell("2026-10-16", "VTI", 10, long_gain=-100)])
    assert matched(home) == []
    assert len(matched(home, "2026-10-16")) == 1


def test_sales_inside_an_ira_have_no_loss_to_disallow() -> None:
    home = household(
        accounts=ACCOUNTS,
        activity=[
            sell("2026-06-01", "VTI", 10, long_gain=-100, account_id="ROTH"),
            buy("2026-06-15", "VTI", 10),
        ],
    )
    assert matched(home) == []
    assert buy_blocks(home, day("2026-06-15"), WINDOW) == {}


# --- Buying after a loss ---


def test_buying_is_free_on_the_31st_day_after_the_loss_sale() -> None:
    home = household(activity=[sell("2026-10-01", "VTI", 10, long_gain=-100)])
    assert buy_blocks(home, AS_OF, WINDOW) == {"VTI": date(2026, 11, 1)}
    assert buy_blocks(home, date(2026, 10, 31), WINDOW) == {"VTI": date(2026, 11, 1)}
    assert buy_blocks(home, date(2026, 11, 1), WINDOW) == {}


def test_the_latest_loss_sale_of_the_group_decides() -> None:
    home = household(
        activity=[
            sell("2026-10-05", "VOO", 10, short_gain=-100),
            sell("2026-10-01", "IVV", 10, long_gain=-100),
            sell("2026-10-10", "IVV", 10, long_gain=100),
        ],
        securities=[security("VOO", same_as="S&P 500"), security("IVV", same_as="S&P 500")],
    )
    assert buy_blocks(home, AS_OF, WINDOW) == {"S&P 500": date(2026, 11, 5)}


def test_a_loss_in_one_term_blocks_although_the_row_nets_to_a_gain() -> None:
    home = household(activity=[sell("2026-10-01", "VTI", 10, short_gain=-100, long_gain=300)])
    assert buy_blocks(home, AS_OF, WINDOW) == {"VTI": date(2026, 11, 1)}


# --- Brute force ---


@st.composite
def holdings(draw: st.DrawFn) -> Household:
    """Lots and purchases of two symbols of one group in three accounts, around the as-of date."""
    near = st.integers(-40, 5).map(lambda n: AS_OF + timedelta(n))
    symbol, where = st.sampled_from(["A", "B"]), st.sampled_from(["TAX", "JOINT", "ROTH"])
    lots = [
        lot(draw(symbol), draw(st.integers(1, 9)), 2000, draw(near), draw(where), id=f"L{i}")
        for i in range(draw(st.integers(0, 4)))
    ]
    lots += [lot("A", 5, 2000, "2024-01-05", id=f"OLD{i}") for i in range(draw(st.integers(0, 1)))]
    rows = [
        buy(draw(near), draw(symbol), draw(st.integers(1, 9)), draw(where))
        for _ in range(draw(st.integers(0, 3)))
    ]
    rows += [
        buy(x.acquired or AS_OF, x.symbol, x.quantity, x.account_id) for x in lots if draw(st.booleans())
    ]
    funds = [security("A", same_as="G"), security("B", same_as="G")]
    return household(accounts=ACCOUNTS, lots=lots, activity=rows, securities=funds)


@given(holdings())
@hypothesis_settings(max_examples=150, deadline=None, derandomize=True)
def test_a_lot_is_blocked_until_the_first_day_without_another_purchase_in_the_30_before(
    home: Household,
) -> None:
    for x in home.lots:
        if home.account(x.account_id).registration is Registration.ROTH_IRA:
            continue
        own = (x.account_id, x.symbol, x.acquired)
        bought = {(row.account_id, row.symbol, row.date) for row in home.activity}
        bought |= {(other.account_id, other.symbol, other.acquired or AS_OF) for other in home.lots}
        days = [on for where, symbol, on in bought if (where, symbol, on) != own and on <= AS_OF]
        if sum(1 for y in home.lots if (y.account_id, y.symbol, y.acquired) == own) > 1 or (
            sum(1 for r in home.activity if (r.account_id, r.symbol, r.date) == own) > 1
        ):
            continue  # several purchases on the lot's own day: examples above
        clear = AS_OF
        while any(clear - timedelta(30) <= d <= clear for d in days):
            clear += timedelta(1)
        status = wash_status(home, x.symbol, AS_OF, WINDOW, x)
        if clear == AS_OF:
            assert (status.state, status.clear_from) == (WashState.CLEAR, None)
        else:
            assert (status.state, status.clear_from) == (WashState.BLOCKED, clear)


def share_by_share(
    events: list[tuple[date, str, str, int]],
) -> tuple[list[Lot], list[Activity], dict[tuple[int, int], int]]:
    """A ledger of single shares, sold first in first out: lots left, activity rows, and shares matched by
    (sale row, purchase row).

    Each event is (day, account, 'buy' | 'sell', shares); every sale loses $10 a share. The opening lot of 12 shares
    was bought 200 days before the first day, so that every sale is short-term and its lots must be inferred.
    """
    rows: list[Activity] = []
    open_on = AS_OF - timedelta(300)
    held: dict[str, list[tuple[int, date]]] = {"TAX": [(-1, open_on)] * 12, "ROTH": []}
    sold_by: dict[int, list[int]] = {}  # sale row -> purchase row of each share sold
    pool: list[tuple[date, str, int, int]] = []  # single purchased shares: day, account, purchase row, number
    for on, where, kind, shares in sorted(events, key=lambda e: (e[0], e[2])):
        index = len(rows)
        if kind == "buy":
            rows.append(buy(on, "VTI", shares, where))
            held[where] += [(index, on)] * shares
            pool += [(on, where, index, n) for n in range(shares)]
        else:
            shares = min(shares, len(held["TAX"]))
            if shares:
                rows.append(sell(on, "VTI", shares, short_gain=-10 * shares))
                sold_by[index] = [purchase for purchase, _ in held["TAX"][:shares]]
                held["TAX"] = held["TAX"][shares:]
    pairs: dict[tuple[int, int], int] = defaultdict(int)
    pool.sort(key=lambda share: (share[0], share[1], share[2], share[3]))
    used: set[tuple[int, int]] = set()
    for sale in sorted(sold_by, key=lambda i: (rows[i].date, i)):
        loose = sorted(sold_by[sale], reverse=True)  # shares of recent purchases first
        for on, _, purchase, n in pool:
            kept = sum(1 for p, k in used if p == purchase)
            bought = int(rows[purchase].quantity or 0)
            if (purchase, n) in used or abs((on - rows[sale].date).days) > 30:
                continue
            if bought - kept <= sold_by[sale].count(purchase):
                continue  # what is left of it is sold in this very sale
            other = next((p for p in loose if p != purchase), None)
            if other is not None:
                loose.remove(other)
                used.add((purchase, n))
                pairs[sale, purchase] += 1
    lots = [
        lot("VTI", sum(1 for p, _ in shares if p == purchase), 100, on, where, id=f"{where}{purchase}")
        for where, shares in held.items()
        for purchase, on in dict.fromkeys(shares)
    ]
    return lots, rows, dict(pairs)


@pytest.mark.parametrize("seed", range(300))
def test_matches_equal_a_ledger_of_single_shares(seed: int) -> None:
    chance = random.Random(seed)
    events = [
        (
            AS_OF - timedelta(chance.randint(0, 90)),
            chance.choice(["TAX", "TAX", "ROTH"]),
            "buy",
            chance.randint(1, 4),
        )
        for _ in range(chance.randint(0, 4))
    ]
    events += [
        (AS_OF - timedelta(chance.randint(0, 90)), "TAX", "sell", chance.randint(1, 6))
        for _ in range(chance.randint(1, 4))
    ]
    # one purchase a day and account, so that single shares and rows name the same purchase
    events = list({(on, where, kind): (on, where, kind, n) for on, where, kind, n in events}.values())
    lots, rows, expected = share_by_share(events)
    home = household(accounts=ACCOUNTS, lots=lots, activity=rows)
    found: dict[tuple[int, int], int] = defaultdict(int)
    matches = wash_sale_matches(home, AS_OF, WINDOW)
    for match in matches:
        assert match.sale is not None
        assert isinstance(match.replacement, Activity)
        found[rows.index(match.sale), rows.index(match.replacement)] += int(match.quantity)
        assert match.disallowed_cents == match.quantity * 10_00
        assert match.permanent is (match.replacement.account_id == "ROTH")
    assert dict(found) == expected

    shuffled = replace(
        home,
        activity=tuple(chance.sample(rows, len(rows))),
        lots=tuple(chance.sample(lots, len(lots))),
        accounts=tuple(reversed(ACCOUNTS)),
    )
    assert wash_sale_matches(shuffled, AS_OF, WINDOW) == matches


@given(
    st.lists(st.tuples(st.integers(-70, 0), st.integers(1, 50), st.integers(1, 99_999)), max_size=6),
    st.lists(st.tuples(st.integers(-70, 0), st.integers(1, 50)), max_size=6),
)
@hypothesis_settings(max_examples=100, deadline=None, derandomize=True)
def test_no_more_is_disallowed_than_was_lost_and_no_share_replaces_twice(
    sold: list[tuple[int, int, int]], bought: list[tuple[int, int]]
) -> None:
    sales = [
        sell(AS_OF + timedelta(n), "VTI", f"{tenths / 10}", long_gain=f"-{cents / 100:.2f}")
        for n, tenths, cents in sold
    ]
    buys = [buy(AS_OF + timedelta(n), "VTI", f"{tenths / 10}", "ROTH") for n, tenths in bought]
    home = household(accounts=ACCOUNTS, activity=[*sales, *buys])
    by_sale: dict[int, list[WashMatch]] = defaultdict(list)
    by_purchase: dict[int, Decimal] = defaultdict(Decimal)
    for match in wash_sale_matches(home, AS_OF, WINDOW):
        by_sale[id(match.sale)].append(match)
        by_purchase[id(match.replacement)] += match.quantity
    for sale in sales:
        loss, shares = -sale.long_gain_cents, sum(m.quantity for m in by_sale[id(sale)])
        disallowed = sum(m.disallowed_cents for m in by_sale[id(sale)])
        assert disallowed == loss if shares == sale.quantity else 0 <= disallowed <= loss
    assert all(by_purchase[id(p)] <= (p.quantity or 0) for p in buys)


def test_ten_thousand_rows_are_matched_in_a_moment() -> None:
    start = date(2026, 1, 5)
    rows = [
        row
        for i in range(5_000)
        for row in (
            sell(start + timedelta(i % 250), "VTI", 1, long_gain=-1),
            buy(start + timedelta(i % 250), "VTI", 1, "ROTH"),
        )
    ]
    home = household(accounts=ACCOUNTS, activity=rows)
    matches = wash_sale_matches(home, AS_OF, WINDOW)
    assert len(matches) == 5_000  # every share replaced once; quadratic work would take minutes
