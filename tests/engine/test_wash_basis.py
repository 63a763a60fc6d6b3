"""What replacement shares take over from a washed loss: basis to the cent, and the days that the sold shares were held."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.builders import (
    AS_OF,
    account,
    activity,
    buy,
    day,
    household,
    lot,
    lots_table,
    sell,
    tax_parameters,
)
from xl_rebal.engine.book import ActivityType, Household, Owner, Registration
from xl_rebal.engine.holding import long_term_from, term_on
from xl_rebal.engine.wash_basis import (
    adjusted_lots,
    replacement_shares,
    tacked_acquisition,
)
from xl_rebal.engine.wash_results import ReplacementShares
from xl_rebal.engine.wash_sales import wash_sale_matches

WINDOW = tax_parameters(2026).wash_sale
ACCOUNTS = [
    account("TAX"),
    account("JOINT", Registration.JOINT, owner=Owner.JOINT),
    account("SPOUSE-IRA", Registration.TRADITIONAL_IRA, owner=Owner.SPOUSE),
]


def replaced(home: Household) -> tuple[ReplacementShares, ...]:
    return replacement_shares(home, AS_OF, WINDOW)


# --- Basis ---


def test_pub_550_the_disallowed_loss_is_added_to_the_cost_of_the_new_stock() -> None:
    # Pub. 550, Wash Sales, Example 1: 100 shares of X bought for $1,000, sold for $750, bought again within 30 days
    # for $800: the $250 loss is not deductible, the basis of the new shares is $1,050
    home = household(
        lots=lots_table("X 100 800 2026-06-20"),
        activity=[sell("2026-06-01", "X", 100, short_gain=-250), buy("2026-06-20", "X", 100)],
    )
    (shares,) = replaced(home)
    assert (shares.disallowed_cents, shares.added_cents) == (250_00, 250_00)
    (adjusted,) = adjusted_lots([shares])
    assert adjusted.adjusted_cents == 1_050_00
    assert (adjusted.other_quantity, adjusted.other_basis_cents) == (0, 0)


def test_regulation_1_1091_2_the_difference_of_the_prices_moves_the_basis() -> None:
    # Reg. 1.1091-2(a) Example 1: cost $100, sold at $80, bought at $90: basis $110. Example 2: bought at $70: $90
    for price, basis in ((90, 110_00), (70, 90_00)):
        home = household(
            lots=[lot("X", 1, price, "2026-06-20")],
            activity=[sell("2026-06-01", "X", 1, long_gain=-20), buy("2026-06-20", "X", 1)],
        )
        assert adjusted_lots(replaced(home))[0].adjusted_cents == basis


def test_only_the_replacement_shares_of_a_lot_take_the_loss_and_are_split_off() -> None:
    # 40 of the 100 shares bought for $800.01 replace the 40 sold: their part of the cost is $320.004, so $320.00,
    # plus $100.00; the other 60 keep $480.01
    home = household(
        lots=lots_table("X 100 800.01 2026-06-20"),
        activity=[sell("2026-06-01", "X", 40, long_gain=-100), buy("2026-06-20", "X", 100)],
    )
    (adjusted,) = adjusted_lots(replaced(home))
    (part,) = adjusted.parts
    assert (part.quantity, part.basis_cents, part.added_cents) == (40, 320_00, 100_00)
    assert part.adjusted_cents == 420_00
    assert (adjusted.other_quantity, adjusted.other_basis_cents) == (60, 480_01)
    assert adjusted.adjusted_cents == 900_01


def test_two_sales_replaced_by_one_lot_leave_two_parts_with_their_own_loss() -> None:
    home = household(
        lots=lots_table("X 30 300 2026-06-20"),
        activity=[
            sell("2026-06-01", "X", 10, long_gain=-50),
            sell("2026-06-05", "X", 10, long_gain=-70),
            buy("2026-06-20", "X", 30),
        ],
    )
    (adjusted,) = adjusted_lots(replaced(home))
    assert [(p.quantity, p.adjusted_cents) for p in adjusted.parts] == [(10, 150_00), (10, 170_00)]
    assert (adjusted.other_quantity, adjusted.other_basis_cents) == (10, 100_00)


def test_a_purchase_held_as_two_lots_gives_them_its_loss_in_their_order() -> None:
    home = household(
        lots=lots_table("X 6 600 2026-06-20\nX 4 404 2026-06-20"),
        activity=[sell("2026-06-01", "X", 8, long_gain=-80), buy("2026-06-20", "X", 10)],
    )
    first, second = adjusted_lots(replaced(home))
    assert [(p.quantity, p.basis_cents, p.added_cents) for p in first.parts] == [(6, 600_00, 60_00)]
    assert [(p.quantity, p.basis_cents, p.added_cents) for p in second.parts] == [(2, 202_00, 20_00)]
    assert (second.other_quantity, second.other_basis_cents) == (2, 202_00)


def test_shares_bought_in_the_spouses_ira_take_over_neither_basis_nor_holding_period() -> None:
    # Rev. Rul. 2008-5
    home = household(
        accounts=ACCOUNTS,
        lots=lots_table("X 100 800 2026-06-20 SPOUSE-IRA"),
        activity=[sell("2026-06-01", "X", 100, long_gain=-250), buy("2026-06-20", "X", 100, "SPOUSE-IRA")],
    )
    (shares,) = replaced(home)
    assert shares.permanent
    assert (shares.disallowed_cents, shares.added_cents, shares.parts) == (250_00, 0, ())
    assert (shares.held_from, shares.long_term_by) == (None, None)


def test_a_lot_without_basis_stays_unknown_and_says_what_is_added() -> None:
    home = household(
        lots=lots_table("X 10 ? 2026-06-20"),
        activity=[sell("2026-06-01", "X", 10, long_gain=-20), buy("2026-06-20", "X", 10)],
    )
    (adjusted,) = adjusted_lots(replaced(home))
    assert (adjusted.adjusted_cents, adjusted.other_basis_cents) == (None, None)
    assert adjusted.parts[0].added_cents == 20_00


def test_which_shares_of_a_purchase_are_left_is_not_guessed() -> None:
    # 5 of the 10 bought replaced shares, 4 were sold since: the lot of 6 holds one to five replacement shares
    home = household(
        lots=lots_table("X 6 600 2026-06-20"),
        activity=[
            sell("2026-06-01", "X", 5, long_gain=-50),
            buy("2026-06-20", "X", 10),
            sell("2026-08-03", "X", 4, short_gain=10),
        ],
    )
    (shares,) = replaced(home)
    assert (shares.added_cents, shares.parts) == (50_00, ())
    assert shares.unknown.startswith("4 of the 10 shares bought have been sold since.")


def test_the_shares_left_of_a_purchase_that_all_replaced_one_sale_carry_their_part() -> None:
    # 10 of 10 replaced: the 6 left carry 6/10 of $50.00, the 4 sold carried the rest
    home = household(
        lots=lots_table("X 6 600 2026-06-20"),
        activity=[
            sell("2026-06-01", "X", 10, long_gain=-50),
            buy("2026-06-20", "X", 10),
            sell("2026-08-03", "X", 4, short_gain=10),
        ],
    )
    (shares,) = replaced(home)
    assert (shares.added_cents, shares.unknown) == (50_00, "")
    assert [(p.quantity, p.added_cents) for p in shares.parts] == [(6, 30_00)]


def test_a_reinvested_dividend_takes_over_its_part_of_the_loss() -> None:
    home = household(
        lots=lots_table("X 0.8 80 2026-06-20"),
        activity=[
            sell("2026-06-01", "X", 100, long_gain=-250),
            activity("2026-06-20", ActivityType.REINVEST, "X", "0.8"),
        ],
    )
    # 0.8 of 100 shares of $250.00: $2.00
    assert adjusted_lots(replaced(home))[0].adjusted_cents == 82_00


def test_the_custodian_adjusts_purchases_in_the_account_of_the_sale_only() -> None:
    # Reg. 1.6045-1(d)(6)(iii)
    home = household(
        accounts=ACCOUNTS,
        activity=[
            sell("2026-06-01", "X", 10, long_gain=-20),
            buy("2026-06-20", "X", 5),
            buy("2026-06-21", "X", 5, "JOINT"),
        ],
    )
    assert [shares.same_account for shares in replaced(home)] == [True, False]


# --- Holding period ---


def test_the_days_that_the_sold_shares_were_held_are_added_and_the_gap_is_skipped() -> None:
    # January 11 to June 1 is 142 days (21 + 28 + 31 + 30 + 31 + 1); June 15 less 142 days is January 24
    acquired, sold, bought = day("2026-01-10"), day("2026-06-01"), day("2026-06-15")
    assert tacked_acquisition(acquired, sold, bought) == day("2026-01-24")


def test_the_days_before_a_purchase_that_came_before_the_sale_count_twice() -> None:
    # bought May 20, twelve days before the sale: both periods are included (IRC 1223(3))
    assert tacked_acquisition(day("2026-01-10"), day("2026-06-01"), day("2026-05-20")) == day("2025-12-29")


def test_a_known_acquisition_date_gives_the_date_as_if_acquired_on() -> None:
    home = household(
        lots=lots_table("X 10 100 2026-06-15"),
        activity=[sell("2026-06-01", "X", 10, short_gain=-20), buy("2026-06-15", "X", 10)],
    )
    (shares,) = replacement_shares(home, AS_OF, WINDOW, {home.activity[0]: day("2026-01-10")})
    # as if acquired on January 24, 2026: long-term from January 25, 2027 instead of June 16, 2027
    assert (shares.held_from, shares.long_term_by) == (day("2026-01-24"), day("2027-01-25"))


def test_an_acquisition_date_that_nobody_knows_stays_unknown() -> None:
    home = household(activity=[sell("2026-06-01", "X", 10, short_gain=-20), buy("2026-06-15", "X", 10)])
    (shares,) = replaced(home)
    assert (shares.held_from, shares.long_term_by) == (None, day("2027-06-16"))


def test_shares_that_replace_a_long_term_loss_are_long_term_at_once() -> None:
    home = household(activity=[sell("2026-06-01", "X", 10, long_gain=-20), buy("2026-06-15", "X", 10)])
    (shares,) = replaced(home)
    assert (shares.held_from, shares.long_term_by) == (None, day("2026-06-16"))


@pytest.mark.parametrize("start", range(0, 1461, 7))
def test_no_leap_day_makes_that_wrong(start: int) -> None:
    # the shortest long-term holding, bought back on any day of the window: long-term on the next day whatever comes between
    acquired = date(2022, 12, 1) + timedelta(start)
    sold = long_term_from(acquired)
    for gap in range(-30, 31):
        bought = sold + timedelta(gap)
        held_from = tacked_acquisition(acquired, sold, bought)
        assert term_on(held_from, bought + timedelta(1)).value == "Long-term"


# --- Years, and everything at once ---


def disallowed_by_year(home: Household, as_of: date = AS_OF) -> dict[int, int]:
    years: dict[int, int] = {}
    for match in wash_sale_matches(home, as_of, WINDOW):
        assert match.sale is not None
        years[match.sale.date.year] = years.get(match.sale.date.year, 0) + match.disallowed_cents
    return years


def test_a_december_loss_bought_back_in_january_is_disallowed_in_december() -> None:
    home = household(
        activity=[
            sell("2025-12-20", "X", 10, long_gain=-100),
            sell("2026-02-20", "X", 10, long_gain=-30),
            buy("2026-01-19", "X", 4),
            buy("2026-03-02", "X", 10),
        ]
    )
    # 4 of 10 shares of $100; all of the February loss
    assert disallowed_by_year(home) == {2025: 40_00, 2026: 30_00}


def test_a_purchase_after_the_as_of_date_has_not_washed_the_december_loss_yet() -> None:
    home = household(activity=[sell("2025-12-20", "X", 10, long_gain=-100), buy("2026-01-19", "X", 4)])
    assert disallowed_by_year(home, day("2026-01-18")) == {}
    assert disallowed_by_year(home, day("2026-01-19")) == {2025: 40_00}


@pytest.mark.parametrize("seed", range(60))
def test_every_cent_disallowed_is_added_somewhere_or_lost_for_good(seed: int) -> None:
    chance = random.Random(seed)
    rows = [
        sell(
            AS_OF - timedelta(chance.randint(0, 80)),
            "X",
            f"{chance.randint(1, 90) / 7:.3f}",
            long_gain=f"-{chance.randint(1, 99999) / 100:.2f}",
            account_id=chance.choice(["TAX", "JOINT"]),
        )
        for _ in range(6)
    ]
    lots = []
    for _ in range(7):
        on, shares = AS_OF - timedelta(chance.randint(0, 80)), Decimal(chance.randint(1, 9000)) / 1000
        where = chance.choice(["TAX", "JOINT", "SPOUSE-IRA"])
        rows.append(buy(on, "X", shares, where))
        first = (shares / 3).quantize(Decimal("0.001"))
        pieces = [first, shares - first] if first else [shares]
        lots += [lot("X", piece, f"{chance.randint(100, 99999) / 100:.2f}", on, where) for piece in pieces]
    home = household(accounts=ACCOUNTS, lots=lots, activity=chance.sample(rows, len(rows)))
    found = replaced(home)
    matches = wash_sale_matches(home, AS_OF, WINDOW)
    assert [(s.sale, s.bought, s.quantity, s.disallowed_cents) for s in found] == [
        (m.sale, m.replacement, m.quantity, m.disallowed_cents) for m in matches
    ]
    lost = sum(m.disallowed_cents for m in matches if m.permanent)
    assert sum(s.added_cents for s in found) == sum(m.disallowed_cents for m in matches) - lost
    for shares in found:  # every purchase is still held in full, so its lots take all of it
        assert sum(p.added_cents for p in shares.parts) == shares.added_cents
        assert shares.permanent or sum(p.quantity for p in shares.parts) == shares.quantity
    adjusted = adjusted_lots(found)
    for each in adjusted:
        parts = sum(p.basis_cents or 0 for p in each.parts)
        assert parts + (each.other_basis_cents or 0) == each.lot.basis_cents
        assert sum(p.quantity for p in each.parts) + each.other_quantity == each.lot.quantity
        assert each.other_quantity >= 0
    before = sum(each.lot.basis_cents or 0 for each in adjusted)
    assert sum(each.adjusted_cents or 0 for each in adjusted) - before == sum(s.added_cents for s in found)
