"""Wash sales across a household: which shares past loss sales have met, and how long buying stays blocked.

A loss is disallowed so far as substantially identical shares are bought from 30 days before to 30 days after the
sale, both ends counted (IRC 1091(a); Reg. 1.1091-1(a); the days are parameters). Purchases count in every account
of the taxpayer and spouse, IRAs and plans included (Pub. 550; Rev. Rul. 2008-5), and so do reinvested dividends.
Identical means the same symbol or the same `Same As` group: which funds belong together is the firm's judgment.

Shares that are themselves sold are not their own replacement (Rev. Rul. 56-602: a sale out of the one lot bought).
A purchase that came before the sold lot's own counts all the same, as the statute's words have it; some advisers
read the ruling more kindly.

Limits: accounts held elsewhere are unknown. Options, short sales, corporations the client controls, gifts and
inheritances entered as lots (they count as purchases), and losses that the custodian has already reduced are not
told apart. A sale row that nets to a gain over its lots hides the losses inside it. Accounts of another taxpayer
(irrevocable trust, UTMA) are not matched with the household's; a caveat of `wash_calendar` names them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import cast

from xl_rebal.engine.book import Activity, ActivityType, Household
from xl_rebal.engine.purchases import (
    NOTHING,
    Purchases,
    identity_of,
    own_shares,
    purchases,
    traded,
)
from xl_rebal.engine.results import WashMatch
from xl_rebal.money import share_of
from xl_rebal.params.types import WashSaleParameters


def buy_blocks(household: Household, as_of: date, params: WashSaleParameters) -> Mapping[str, date]:
    """Identity -> first day on which a buy no longer washes a loss the household has lately realized.

    A loss sold on October 1 blocks buys through October 31 (30 days, IRC 1091(a)); the first free day is November 1.
    A sale with a loss in either term blocks, and one already matched in full still does: this errs toward caution.
    """
    blocks: dict[str, date] = {}
    for row in loss_sales(household, as_of, as_of - timedelta(params.days_after)):
        identity = identity_of(household, row.symbol)
        free = row.date + timedelta(params.days_after + 1)
        blocks[identity] = max(free, blocks.get(identity, free))
    return dict(sorted(blocks.items()))


def loss_sales(household: Household, as_of: date, start: date = date.min) -> list[Activity]:
    """Rows from `start` to `as_of` that sold something at a loss, in either term, on a return that is planned for.

    That is the household's own, and of a trust that is traded: a buy anywhere in the household then waits, which is
    more than the trust's loss needs where another account buys.
    """
    own = {a.id for a in household.accounts if a.registration.household_taxable or a.files_own_return}
    return [
        row
        for row in household.activity
        if (row.short_gain_cents < 0 or row.long_gain_cents < 0)
        and row.type is ActivityType.SELL
        and row.symbol
        and row.account_id in own
        and start <= row.date <= as_of
    ]


def wash_sale_matches(household: Household, as_of: date, params: WashSaleParameters) -> tuple[WashMatch, ...]:
    """Replacement shares of each past loss sale up to `as_of`, its window still open or not.

    Loss sales in order of disposition, the earliest first (Reg. 1.1091-1(b)); replacement shares in order of
    acquisition (1.1091-1(c), (d)), each used once (1.1091-1(e)). Only the matched shares' part of the loss is
    disallowed; the parts of a sale matched in full add up to its loss to the cent. A sale without a quantity
    cannot be matched and is left out, and so is a purchase without one.
    """
    found = [
        WashMatch(sale, bought.origins[position], shares, cents, permanent)
        for bought, matches in washed(household, as_of, params)
        for sale, position, shares, cents, permanent in matches
    ]
    found.sort(key=lambda match: disposition_order(cast(Activity, match.sale)))
    return tuple(found)


Washed = tuple[Activity, int, Decimal, int, bool]
"""A loss sale, the position of the purchase that replaced it, shares, cents disallowed, and whether for good."""


def washed(
    household: Household, as_of: date, params: WashSaleParameters
) -> Iterator[tuple[Purchases, list[Washed]]]:
    """For each identity with a past loss sale: its purchases, and its matches in order of disposition."""
    registrations = {a.id: a.registration for a in household.accounts}
    own_return = {key for key, registration in registrations.items() if registration.household_taxable}
    others = {key for key, registration in registrations.items() if registration.separate_taxpayer}
    sheltered = {key for key, registration in registrations.items() if not registration.taxable}

    for rows, lots in traded(household, as_of).values():
        losing = [
            row
            for row in rows
            if row.short_gain_cents + row.long_gain_cents < 0
            and row.type is ActivityType.SELL
            and row.account_id in own_return
            and row.quantity
            and row.quantity > 0
        ]
        if losing:
            losing.sort(key=disposition_order)
            bought = purchases(rows, lots, losing[0].date - timedelta(params.days_before), others)
            yield bought, _washed(losing, rows, bought, sheltered, params)


def disposition_order(row: Activity) -> tuple[date, bool, str, str, int]:
    """Lots sold on one day count in the order they were acquired, so the long-term ones first (Reg. 1.1091-1(b))."""
    return row.date, row.short_gain_cents < 0, row.account_id, row.symbol, row.source.row


def _washed(
    losing: Sequence[Activity],
    rows: Sequence[Activity],
    bought: Purchases,
    sheltered: Container[str],
    params: WashSaleParameters,
) -> list[Washed]:
    """Loss sales of one identity in order of disposition, with their replacement shares in order of acquisition."""
    own = own_shares(rows, bought)
    sold = [(row.date, row.quantity or NOTHING, own.get(id(row), {})) for row in losing]
    found = []
    current, matched, booked = -1, NOTHING, 0
    for sale, purchase, shares in replacements(sold, bought.days, bought.quantities, params):
        row = losing[sale]
        if sale != current:
            current, matched, booked = sale, NOTHING, 0
        matched += shares
        loss = -(row.short_gain_cents + row.long_gain_cents)
        disallowed = share_of(loss, matched, sold[sale][1]) - booked
        booked += disallowed
        found.append((row, purchase, shares, disallowed, bought.origins[purchase].account_id in sheltered))
    return found


def replacements(
    sold: Sequence[tuple[date, Decimal, Mapping[int, Decimal]]],
    days: Sequence[date],
    quantities: Sequence[Decimal | None],
    params: WashSaleParameters,
) -> Iterator[tuple[int, int, Decimal]]:
    """Which shares replace which: (position in `sold`, position in `days`, shares above zero), in that order.

    `sold` holds the day, shares and own shares of each loss sale of one identity, in order of disposition; `days`
    and `quantities` are of each purchase, in order of acquisition (None is not known and replaces nothing). Own shares are those that the sale sold out of
    the purchases of these positions: a purchase is no replacement for its own shares, nor are those of its shares
    that this very sale sold (Rev. Rul. 56-602).

    Takes n log n however many fall into one window: a purchase used up is never looked at again, one that is not
    used up ends the sale, and one that is passed over is the sale's own.
    """
    before, after = timedelta(params.days_before), timedelta(params.days_after)
    free = [quantity or NOTHING for quantity in quantities]
    following = [i if shares > 0 else i + 1 for i, shares in enumerate(free)] + [len(free)]

    def open_from(i: int) -> int:
        """The first purchase from position i on with shares left; halves the path it walks."""
        while following[i] != i:
            following[i] = i = following[following[i]]
        return i

    start = end = 0
    for sale, (day, shares, own) in enumerate(sold):
        first, last = day - before, day + after
        while start < len(days) and days[start] < first:
            start += 1
        while end < len(days) and days[end] <= last:
            end += 1
        # shares not yet matched by the purchase they came from, those of recent purchases first; -1 is any other
        waiting = deque((*own.items(), (-1, shares - sum(own.values())))) if own else deque(((-1, shares),))
        i = open_from(start)
        while i < end and waiting:
            left = free[i] - own[i] if i in own else free[i]
            taken, passed = NOTHING, None
            while left > 0 and waiting:
                origin, unmatched = waiting.popleft()
                if origin == i:
                    passed = (origin, unmatched)
                    continue
                part = min(left, unmatched)
                taken += part
                left -= part
                if part < unmatched:
                    waiting.appendleft((origin, unmatched - part))
            if passed:
                waiting.appendleft(passed)
            if taken:
                yield sale, i, taken
                free[i] -= taken
                if not free[i]:
                    following[i] = i + 1
            i = open_from(i + 1)
