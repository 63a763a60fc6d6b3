"""Wash-sale matches against a matcher of single shares written from the words of Reg. 1.1091-1, and in large numbers."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest

from tests.builders import AS_OF, account, activity, buy, household, lot, security, sell, tax_parameters
from xl_rebal.engine.book import Activity, ActivityType, Household, Lot, Owner, Registration
from xl_rebal.engine.wash_sales import replacements, wash_sale_matches

WINDOW = tax_parameters(2026).wash_sale
ACCOUNTS = [
    account("TAX"),
    account("JOINT", Registration.JOINT, owner=Owner.JOINT),
    account("SPOUSE", owner=Owner.SPOUSE),
    account("SPOUSE-IRA", Registration.TRADITIONAL_IRA, owner=Owner.SPOUSE),
    account("ROTH", Registration.ROTH_IRA),
    account("TRUST", Registration.IRREVOCABLE_TRUST),
]
OWN_RETURN = ("TAX", "JOINT", "SPOUSE")
FUNDS = [security("A", same_as="G"), security("B", same_as="G"), security("C")]
GROUP = {"A": "G", "B": "G", "C": "C"}
TENTH = Decimal("0.1")


def bought_on(origin: Lot | Activity) -> date:
    return origin.date if isinstance(origin, Activity) else origin.acquired or date.min


def by_the_regulation(
    sales: list[Activity], bought: list[tuple[Lot | Activity, Decimal]]
) -> tuple[dict[tuple[int, int], int], dict[int, int]]:
    """Tenths of a share matched by (sale row, purchase row), and cents disallowed by sale row; shares one by one.

    (a) 30 days before to 30 days after; (b) losses in the order of disposition, on one day of acquisition: long-term
    first; (c), (d) shares acquired are matched in the order of acquisition; (e) each of them once.
    """
    pool = [(origin, tenth) for origin, shares in bought for tenth in range(int(shares / TENTH))]
    pool.sort(key=lambda s: (bought_on(s[0]), s[0].account_id, s[0].symbol, s[0].source.row, s[1]))
    used = [False] * len(pool)
    pairs: dict[tuple[int, int], int] = defaultdict(int)
    cents: dict[int, int] = {}
    for sale in sorted(
        sales, key=lambda r: (r.date, r.short_gain_cents < 0, r.account_id, r.symbol, r.source.row)
    ):
        loss, replaced = -(sale.short_gain_cents + sale.long_gain_cents), 0
        tenths = int((sale.quantity or Decimal(0)) / TENTH)
        for _ in range(tenths):
            for i, (origin, _) in enumerate(pool):
                apart = (bought_on(origin) - sale.date).days
                if not used[i] and -30 <= apart <= 30 and GROUP[origin.symbol] == GROUP[sale.symbol]:
                    used[i] = True
                    replaced += 1
                    pairs[sale.source.row, origin.source.row] += 1
                    break
        if replaced:
            cents[sale.source.row] = floor(Fraction(loss * replaced, tenths) + Fraction(1, 2))
    return dict(pairs), cents


def ledger(chance: random.Random) -> tuple[Household, list[Activity], list[tuple[Lot | Activity, Decimal]]]:
    """A household of three securities, two of them identical, with the loss sales and purchases that count.

    Every loss is long-term, so that the shares sold are none of those bought in the window.
    """
    rows: list[Activity] = []
    lots: list[Lot] = []
    counted: list[tuple[Lot | Activity, Decimal]] = []
    sales = []
    for _ in range(chance.randint(1, 6)):
        sale = sell(
            AS_OF - timedelta(chance.randint(-2, 80)),
            chance.choice("AABC"),
            Decimal(chance.randint(1, 60)) / 10,
            long_gain=Decimal(-chance.randint(1, 99_999)) / 100,
            account_id=chance.choice([*OWN_RETURN, *OWN_RETURN, "ROTH", "TRUST"]),
        )
        rows.append(sale)
        if sale.account_id in OWN_RETURN and sale.date <= AS_OF:
            sales.append(sale)
    taken = set()
    for _ in range(chance.randint(0, 7)):
        on, where = AS_OF - timedelta(chance.randint(-2, 110)), chance.choice(ACCOUNTS).id
        symbol, shares = chance.choice("AABC"), Decimal(chance.randint(1, 50)) / 10
        if (on, where, symbol) in taken:
            continue
        taken.add((on, where, symbol))
        kind = chance.choice([ActivityType.BUY, ActivityType.REINVEST])
        row = activity(on, kind, symbol, shares, account_id=where)
        held = lot(symbol, shares, 10, on, where)
        known = chance.choice(["row", "lot", "both"])
        rows += [row] if known != "lot" else []
        lots += [held] if known != "row" else []
        if where != "TRUST" and on <= AS_OF:
            counted.append((held if known == "lot" else row, shares))
    rows += [sell(AS_OF, "A", 3, long_gain=50), activity(AS_OF, ActivityType.DIVIDEND, "A", 4)]
    home = household(
        accounts=ACCOUNTS,
        lots=chance.sample(lots, len(lots)),
        activity=chance.sample(rows, len(rows)),
        securities=FUNDS,
    )
    return home, sales, counted


@pytest.mark.parametrize("seed", range(400))
def test_matches_are_those_of_the_regulation_share_by_share(seed: int) -> None:
    home, sales, bought = ledger(random.Random(seed))
    pairs, cents = by_the_regulation(sales, bought)
    found: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    disallowed: dict[int, int] = defaultdict(int)
    for match in wash_sale_matches(home, AS_OF, WINDOW):
        assert match.sale is not None
        found[match.sale.source.row, match.replacement.source.row] += match.quantity
        disallowed[match.sale.source.row] += match.disallowed_cents
        assert match.permanent is (match.replacement.account_id in ("SPOUSE-IRA", "ROTH"))
    assert {pair: shares / TENTH for pair, shares in found.items()} == pairs
    assert disallowed == cents
    for sale in sales:
        in_full = sum(n for (row, _), n in pairs.items() if row == sale.source.row) * TENTH == sale.quantity
        assert not in_full or disallowed[sale.source.row] == -sale.long_gain_cents


def test_a_reinvestment_in_the_spouses_account_and_a_buy_of_an_identical_fund_fill_one_sale_in_order() -> (
    None
):
    home = household(
        accounts=ACCOUNTS,
        activity=[
            sell("2026-06-01", "A", 10, long_gain=-100),
            buy("2026-06-20", "B", 30, "ROTH"),
            activity("2026-06-10", ActivityType.REINVEST, "A", "2.5", account_id="SPOUSE"),
        ],
        securities=FUNDS,
    )
    # 2.5 of 10 shares of $100 by the spouse's dividend first, then 7.5 by the Roth IRA's buy, gone for good
    assert [
        (m.quantity, m.disallowed_cents, m.permanent) for m in wash_sale_matches(home, AS_OF, WINDOW)
    ] == [
        (Decimal("2.5"), 25_00, False),
        (Decimal("7.5"), 75_00, True),
    ]


@pytest.mark.parametrize("seed", range(150))
def test_a_purchase_replaces_none_of_its_own_shares_and_none_that_the_sale_sold(seed: int) -> None:
    chance = random.Random(seed)
    days = sorted(date(2026, 6, 1) + timedelta(chance.randint(0, 50)) for _ in range(6))
    quantities = [Decimal(chance.randint(0, 9)) for _ in days]
    left = list(quantities)
    sold = []
    for on in sorted(date(2026, 6, 1) + timedelta(chance.randint(0, 60)) for _ in range(5)):
        own = {}
        for i in chance.sample(range(6), chance.randint(0, 3)):
            if left[i] and days[i] <= on:
                own[i] = Decimal(chance.randint(1, int(left[i])))
                left[i] -= own[i]
        sold.append((on, sum(own.values(), Decimal(chance.randint(0, 5))) or Decimal(1), own))
    found = list(replacements(sold, days, quantities, WINDOW))
    assert found == sorted(found)
    assert all(shares > 0 for _, _, shares in found)
    for sale, (on, shares, own) in enumerate(sold):
        taken = {i: part for s, i, part in found if s == sale}
        assert sum(taken.values()) <= shares
        assert all(abs((days[i] - on).days) <= 30 for i in taken)
        for i, part in taken.items():
            assert part <= quantities[i] - own.get(i, 0)  # the rest of it is sold here
            assert part <= shares - own.get(i, 0)  # and replaces other shares than its own
        # no share that could be replaced is left while another purchase of the window has shares for it
        before = [sum((p for s, j, p in found if s <= sale and j == i), Decimal(0)) for i in range(6)]
        for i in range(6):
            free = quantities[i] - before[i] - own.get(i, 0)
            if abs((days[i] - on).days) <= 30 and free > 0:
                assert shares - sum(taken.values()) <= own.get(i, 0)
    for i in range(6):
        assert sum(part for _, j, part in found if j == i) <= quantities[i]


@pytest.mark.parametrize("kind", ["as many", "own shares", "passed over"])
def test_twenty_thousand_trades_in_one_window_take_a_moment(kind: str) -> None:
    # quadratic work would take minutes
    n, start = 10_000, date(2026, 6, 1)
    one = Decimal(1)
    days = [start + timedelta(i * 30 // n) for i in range(n)]
    quantities: list[Decimal | None] = [one] * n
    if kind == "as many":
        sold = [(start + timedelta(i * 60 // n), one, {}) for i in range(n)]
        expected = n
    elif (
        kind == "own shares"
    ):  # one sale of two shares for each purchase, one of them its own; all else is used
        quantities = [Decimal(2)] * n
        sold = [(start + timedelta(30), Decimal(n), dict.fromkeys(range(n), one))]
        expected = n
    else:  # the first purchase is every sale's own and stays, while the others are used up
        quantities[0] = Decimal(n)
        sold = [(start + timedelta(30), one, {0: one}) for _ in range(n // 2)]
        expected = n // 2
    found = list(replacements(sold, days, quantities, WINDOW))
    assert sum(shares for _, _, shares in found) == expected
