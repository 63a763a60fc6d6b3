"""Wash sales across a household: which shares past loss sales have met, and how long buying stays blocked.

A loss is disallowed so far as substantially identical shares are bought from 30 days before to 30 days after the
sale, both ends counted (IRC 1091(a); Reg. 1.1091-1(a); the days are parameters). Purchases count in every account
of the taxpayer and spouse, IRAs and plans included (Pub. 550; Rev. Rul. 2008-5), and so do reinvested dividends.
Identical means the same symbol or the same `Same As` group: which funds belong together is the firm's judgment.

Shares that are themselves sold are not their own replacement (Rev. Rul. 56-602: a sale out of the one lot bought).
A purchase that came before the sold lot's own counts all the same, as the statute's words have it; some advisers
read the ruling more kindly.

Limits: accounts held elsewhere are unknown. Options, short sales, corporations the client
controls, gifts and inheritances entered as lots (they count as purchases), and losses that the custodian has
already reduced are not told apart. A sale row that nets to a gain over its lots hides the losses inside it.
Accounts of another taxpayer (irrevocable trust, UTMA) are not matched with the household's; a caveat names them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from xl_rebal.engine.book import Account, Activity, ActivityType, Household
from xl_rebal.engine.purchases import HOUSEHOLD, Purchase, identity_of, own_shares, purchases
from xl_rebal.engine.results import WashMatch
from xl_rebal.money import share_of
from xl_rebal.params.types import WashSaleParameters


def buy_blocks(household: Household, as_of: date, params: WashSaleParameters) -> Mapping[str, date]:
    """Identity -> first day on which a buy no longer washes a loss the household has lately realized.

    A loss sold on October 1 blocks buys through October 31 (30 days, IRC 1091(a)); the first free day is November 1.
    A sale with a loss in either term blocks, and one already matched in full still does: this errs toward caution.
    """
    accounts = {a.id: a for a in household.accounts}
    blocks: dict[str, date] = {}
    for row in household.activity:
        if not _loss_sale(row, accounts) or not as_of - timedelta(params.days_after) <= row.date <= as_of:
            continue
        identity = identity_of(household, row.symbol)
        free = row.date + timedelta(params.days_after + 1)
        blocks[identity] = max(free, blocks.get(identity, free))
    return dict(sorted(blocks.items()))


def wash_sale_matches(household: Household, as_of: date, params: WashSaleParameters) -> tuple[WashMatch, ...]:
    """Replacement shares of each past loss sale up to `as_of`, its window still open or not.

    Loss sales in order of disposition, the earliest first (Reg. 1.1091-1(b)); replacement shares in order of
    acquisition (1.1091-1(c), (d)), each used once (1.1091-1(e)). Only the matched shares' part of the loss is
    disallowed; the parts of a sale matched in full add up to its loss to the cent. A sale without a quantity
    cannot be matched and is left out, and so is a purchase without one.
    """
    accounts = {a.id: a for a in household.accounts}
    sales = [row for row in household.activity if row.date <= as_of and _loss_sale(row, accounts)]
    if not sales:
        return ()
    earliest = min(row.date for row in sales) - timedelta(params.days_before)
    ledger = purchases(household, as_of, earliest)
    own = own_shares(household, ledger, as_of)
    by_identity: dict[str, list[Purchase]] = defaultdict(list)
    for purchase in ledger:
        if purchase.taxpayer == HOUSEHOLD and purchase.quantity is not None:
            by_identity[purchase.identity].append(purchase)
    days = {identity: [p.on for p in listed] for identity, listed in by_identity.items()}
    unused = {id(p): p.quantity or Decimal(0) for listed in by_identity.values() for p in listed}
    first: dict[str, int] = defaultdict(int)  # purchases before this one are used up

    matches: list[WashMatch] = []
    for sale in sorted(
        sales,
        # lots sold on one day count in the order they were acquired, so the long-term ones first (1.1091-1(b))
        key=lambda row: (row.date, row.short_gain_cents < 0, row.account_id, row.symbol, row.source.row),
    ):
        loss = -(sale.short_gain_cents + sale.long_gain_cents)
        if loss <= 0 or not sale.quantity or sale.quantity < 0:
            continue
        identity = identity_of(household, sale.symbol)
        listed = by_identity.get(identity, [])
        while first[identity] < len(listed) and not unused[id(listed[first[identity]])]:
            first[identity] += 1
        start = bisect_left(days.get(identity, []), sale.date - timedelta(params.days_before))
        end = bisect_right(days.get(identity, []), sale.date + timedelta(params.days_after))
        sold_own = own.get(id(sale), {})
        # sold shares not yet matched, by the recent purchase they came from; 0 stands for all others
        left = {**sold_own, 0: sale.quantity - sum(sold_own.values(), Decimal(0))}
        matched, booked = Decimal(0), 0
        for purchase in listed[max(start, first[identity]) : end]:
            free = unused[id(purchase)] - sold_own.get(id(purchase), Decimal(0))
            taken = Decimal(0)
            for key in left:
                if key != id(purchase):
                    part = max(Decimal(0), min(left[key], free - taken))
                    left[key] -= part
                    taken += part
            if not taken:
                continue
            unused[id(purchase)] -= taken
            matched += taken
            disallowed = share_of(loss, matched, sale.quantity) - booked
            booked += disallowed
            permanent = not accounts[purchase.account_id].registration.taxable
            matches.append(WashMatch(sale, purchase.origin, taken, disallowed, permanent))
            if matched == sale.quantity:
                break
    return tuple(matches)


def _loss_sale(row: Activity, accounts: Mapping[str, Account]) -> bool:
    """Whether a row sold something at a loss, in either term, on the household's own return."""
    loss = row.short_gain_cents < 0 or row.long_gain_cents < 0
    return (
        row.type is ActivityType.SELL
        and bool(row.symbol)
        and loss
        and accounts[row.account_id].registration.household_taxable
    )
