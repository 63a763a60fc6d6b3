"""The household's wash calendar: what must wait, where, until which day; and what selling part of a lot would cost.

Every as-of date is October 15, 2026 unless a test says otherwise; $100 is every price.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.builders import (
    AS_OF,
    account,
    activity,
    buy,
    day,
    household,
    lots_table,
    security,
    sell,
    tax_parameters,
)
from xl_rebal.engine.book import ActivityType, Household, Owner, Registration
from xl_rebal.engine.wash_calendar import WashCalendar, wash_status
from xl_rebal.engine.wash_dates import wash_calendar
from xl_rebal.engine.wash_results import WashBlock, WashDate
from xl_rebal.engine.wash_sales import buy_blocks

WINDOW = tax_parameters(2026).wash_sale
ACCOUNTS = [
    account("TAX"),
    account("JOINT", Registration.JOINT, owner=Owner.JOINT),
    account("SPOUSE-IRA", Registration.TRADITIONAL_IRA, owner=Owner.SPOUSE),
    account("TRUST", Registration.IRREVOCABLE_TRUST),
]
OLD_LOSS = "VTI 100 12,000.00 2024-02-01"  # $2,000 loss at $100


def lines(home: Household, as_of: date | str = AS_OF) -> tuple[WashDate, ...]:
    return wash_calendar(home, day(as_of), WINDOW)


def shown(home: Household, as_of: date | str = AS_OF) -> list[tuple[str, str, str, str]]:
    """Symbol, account, what is blocked and the first clear day of each line."""
    return [
        (line.symbol, line.account_id, line.block.value, line.clear_from.isoformat())
        for line in lines(home, as_of)
    ]


# --- Selling at a loss ---


def test_a_loss_is_clear_31_days_after_the_last_purchase_anywhere_in_the_household() -> None:
    home = household(
        accounts=ACCOUNTS,
        lots=lots_table(OLD_LOSS),
        activity=[buy("2026-09-20", "VTI", 3), buy("2026-10-02", "VTI", 5, "SPOUSE-IRA")],
    )
    (line,) = lines(home)
    assert (line.symbol, line.account_id, line.block) == ("VTI", "TAX", WashBlock.SELL)
    assert line.clear_from == date(2026, 11, 2)  # October 2 + 31 days
    assert [(b.account_id, b.on, b.quantity, b.sheltered) for b in line.blocked_by] == [
        ("SPOUSE-IRA", day("2026-10-02"), 5, True),
        ("TAX", day("2026-09-20"), 3, False),
    ]
    assert line.blocked_by[0].source == home.activity[1]
    # 8 shares were bought: 8 of 100 of $2,000
    assert (line.loss_cents, line.at_stake_cents) == (2_000_00, 160_00)
    assert "Accounts held elsewhere" in line.caveat


@pytest.mark.parametrize(
    ("bought", "as_of", "clear"),
    [
        (
            "2026-12-15",
            "2026-12-31",
            "2027-01-15",
        ),  # over the year's end: 16 days of December and 15 of January
        ("2028-01-30", "2028-02-10", "2028-03-01"),  # leap year: February 29 is the 30th day
        ("2027-01-30", "2027-02-10", "2027-03-02"),  # March 1 is the 30th day
        ("2028-02-29", "2028-03-05", "2028-03-31"),
    ],
)
def test_the_31st_day_across_the_year_and_the_leap_day(bought: str, as_of: str, clear: str) -> None:
    home = household(lots=lots_table(OLD_LOSS), activity=[buy(bought, "VTI", 1)])
    assert shown(home, as_of) == [("VTI", "TAX", "Sell at a loss", clear)]
    last = day(clear) - timedelta(1)
    assert shown(home, last) == [("VTI", "TAX", "Sell at a loss", clear)]
    assert shown(home, clear) == []
    sold = household(activity=[sell(bought, "VTI", 1, long_gain=-5)])
    assert shown(sold, last) == [("VTI", "", "Buy", clear)]
    assert shown(sold, clear) == []


def test_each_account_has_its_own_line_and_its_own_loss() -> None:
    home = household(
        accounts=ACCOUNTS,
        lots=lots_table(f"{OLD_LOSS}\nVTI 10 1,100 2024-02-01 JOINT"),
        activity=[buy("2026-10-02", "VTI", 50)],
    )
    assert [(line.account_id, line.loss_cents, line.at_stake_cents) for line in lines(home)] == [
        ("JOINT", 100_00, 100_00),
        ("TAX", 2_000_00, 1_000_00),  # 50 of 100 shares
    ]


def test_a_security_held_only_in_what_was_just_bought_blocks_nothing() -> None:
    # Rev. Rul. 56-602
    home = household(lots=lots_table("VTI 10 1200 2026-10-01"), activity=[buy("2026-10-01", "VTI", 10)])
    assert lines(home) == ()


def test_a_security_without_a_purchase_or_a_loss_sale_blocks_nothing() -> None:
    assert lines(household(lots=lots_table(OLD_LOSS))) == ()


def test_a_position_at_a_gain_is_listed_with_nothing_at_stake_today() -> None:
    home = household(lots=lots_table("VTI 10 800 2024-01-05"), activity=[buy("2026-10-01", "VTI", 1)])
    assert [(line.loss_cents, line.at_stake_cents) for line in lines(home)] == [(0, 0)]


def test_a_position_without_basis_has_an_unknown_loss() -> None:
    home = household(lots=lots_table("VTI 10 ? 2024-01-05"), activity=[buy("2026-10-01", "VTI", 1)])
    (line,) = lines(home)
    assert (line.loss_cents, line.at_stake_cents) == (None, None)


def test_reinvested_dividends_move_the_date_and_are_named() -> None:
    home = household(
        accounts=ACCOUNTS,
        lots=lots_table(OLD_LOSS),
        activity=[
            buy("2026-10-01", "VTI", 1),
            activity("2026-06-28", ActivityType.REINVEST, "VTI", "0.8", account_id="SPOUSE-IRA"),
            activity("2026-06-28", ActivityType.REINVEST, "VTI", "0.8", account_id="TRUST"),
        ],
    )
    (line,) = lines(home)
    assert line.reinvesting == ("SPOUSE-IRA",)  # the trust is another taxpayer
    assert "Account SPOUSE-IRA reinvests" in line.caveat
    assert "Account TRUST reinvests" not in line.caveat


def test_identical_securities_block_each_other_and_show_their_group() -> None:
    home = household(
        lots=lots_table("VOO 100 12000 2024-02-01"),
        activity=[buy("2026-10-01", "IVV", 3)],
        securities=[security("VOO", same_as="S&P 500"), security("IVV", same_as="S&P 500")],
    )
    (line,) = lines(home)
    assert (line.symbol, line.group) == ("VOO", "S&P 500")


# --- Buying ---


def test_a_loss_sale_blocks_buying_in_every_account_for_31_days() -> None:
    home = household(
        accounts=ACCOUNTS,
        activity=[
            sell("2026-10-01", "VTI", 10, long_gain=-300),
            sell("2026-10-05", "VTI", 10, short_gain=-50),
        ],
    )
    (line,) = lines(home)
    assert (line.symbol, line.account_id, line.block) == ("VTI", "", WashBlock.BUY)
    assert line.clear_from == date(2026, 11, 5)  # October 5 + 31 days
    assert [(b.on, b.quantity) for b in line.blocked_by] == [(day("2026-10-05"), 10), (day("2026-10-01"), 10)]
    assert (line.loss_cents, line.at_stake_cents) == (350_00, 350_00)
    assert "Accounts held elsewhere" in line.caveat


def test_what_earlier_buys_have_disallowed_is_no_longer_at_stake() -> None:
    home = household(
        lots=lots_table("VTI 4 400 2026-10-03"),
        activity=[sell("2026-10-01", "VTI", 10, long_gain=-300), buy("2026-10-03", "VTI", 4)],
    )
    (line,) = (line for line in lines(home) if line.block is WashBlock.BUY)
    assert (line.loss_cents, line.at_stake_cents) == (300_00, 180_00)  # 4 of 10 shares are gone


def test_a_loss_already_disallowed_in_full_still_blocks_as_the_plan_has_it_and_says_so() -> None:
    home = household(
        lots=lots_table("VTI 10 1000 2026-10-03"),
        activity=[sell("2026-10-01", "VTI", 10, long_gain=-300), buy("2026-10-03", "VTI", 10)],
    )
    (line,) = (line for line in lines(home) if line.block is WashBlock.BUY)
    assert line.at_stake_cents == 0
    assert "disallowed already" in line.caveat
    assert buy_blocks(home, AS_OF, WINDOW) == {"VTI": line.clear_from}


def test_a_loss_in_one_term_is_at_stake_although_the_sale_nets_to_a_gain() -> None:
    home = household(activity=[sell("2026-10-01", "VTI", 10, short_gain=-100, long_gain=300)])
    assert [line.at_stake_cents for line in lines(home)] == [100_00]


def test_a_loss_inside_an_ira_blocks_no_buy() -> None:
    home = household(
        accounts=ACCOUNTS, activity=[sell("2026-10-01", "VTI", 10, long_gain=-300, account_id="SPOUSE-IRA")]
    )
    assert lines(home) == ()


def test_every_held_member_of_the_group_is_listed_for_a_buy() -> None:
    home = household(
        lots=lots_table("IVV 10 900 2024-02-01"),
        activity=[sell("2026-10-01", "VOO", 10, long_gain=-300)],
        securities=[
            security("VOO", same_as="S&P 500"),
            security("IVV", same_as="S&P 500"),
            security("SPY", same_as="S&P 500"),
        ],
    )
    assert [(line.symbol, line.group, line.block) for line in lines(home)] == [
        ("IVV", "S&P 500", WashBlock.BUY),
        ("VOO", "S&P 500", WashBlock.BUY),
    ]


def test_the_soonest_to_clear_comes_first_then_the_symbol() -> None:
    home = household(
        accounts=ACCOUNTS,
        lots=lots_table(
            "B 10 1200 2024-01-05\nA 10 1200 2024-01-05\nC 10 1200 2024-01-05 JOINT\nC 5 600 2024-01-05"
        ),
        activity=[
            buy("2026-10-10", "A", 1),
            buy("2026-10-10", "B", 1),
            buy("2026-10-01", "C", 1),
            sell("2026-10-01", "Z", 1, long_gain=-9),
        ],
    )
    assert [(symbol, where, clear) for symbol, where, _, clear in shown(home)] == [
        ("C", "JOINT", "2026-11-01"),
        ("C", "TAX", "2026-11-01"),
        ("Z", "", "2026-11-01"),
        ("A", "TAX", "2026-11-10"),
        ("B", "TAX", "2026-11-10"),
    ]


def test_a_calendar_that_is_there_already_gives_the_same_lines() -> None:
    home = household(lots=lots_table(OLD_LOSS), activity=[buy("2026-10-01", "VTI", 1)])
    calendar = WashCalendar.of(home, AS_OF, WINDOW)
    assert wash_calendar(home, AS_OF, WINDOW, calendar) == lines(home)


def test_an_account_of_another_taxpayer_that_reinvests_is_not_the_households_to_turn_off() -> None:
    home = household(
        accounts=ACCOUNTS,
        lots=lots_table(OLD_LOSS),
        activity=[activity("2026-06-28", ActivityType.REINVEST, "VTI", "0.8", account_id="TRUST")],
    )
    assert "TRUST" not in wash_status(home, "VTI", AS_OF, WINDOW).caveat
