"""What replacement shares take over from the shares sold: the disallowed loss as basis, and the holding period.

The basis of replacement shares is that of the shares sold, changed by the difference of the prices (IRC 1091(d);
Reg. 1.1091-2), which is what they cost plus the loss disallowed. Pub. 550: 100 shares bought for $1,000, sold for
$750, bought again for $800; the $250 is not deductible and the new basis is $1,050. The period for which the shares
sold were held counts too (IRC 1223(3); Reg. 1.1223-1(f)): its days are added and the gap is skipped, overlapping
days counted in both. Shares bought in an IRA or plan take over neither (Rev. Rul. 2008-5).

Limits: Activity rows do not say when the shares sold were acquired, so the caller names it where a custodian's
realized-gain export tells; otherwise it stays unknown. Losses are as reported: whether a loss sale of replacement
shares had its own added basis in it is the custodian's to know. For purchases in the account of the sale the
custodian adjusts by itself, so `same_account` shares may have what is added in their basis already.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from xl_rebal.engine.book import Activity, Household, Lot
from xl_rebal.engine.holding import long_term_from
from xl_rebal.engine.purchases import Purchase
from xl_rebal.engine.wash_results import AdjustedLot, LotPart, ReplacementShares
from xl_rebal.engine.wash_sales import Washed, disposition_order, washed
from xl_rebal.money import quantity_text, share_of
from xl_rebal.params.types import WashSaleParameters


def tacked_acquisition(sold_acquired: date, sold_on: date, bought_on: date) -> date:
    """Date as if replacement shares bought on `bought_on` were acquired on, for the holding period.

    Shares acquired January 10 and sold June 1, 2026 were held 142 days: bought again on June 15, they count as if
    acquired on January 24 (IRC 1223(3)).
    """
    return bought_on - (sold_on - sold_acquired)


def replacement_shares(
    household: Household,
    as_of: date,
    params: WashSaleParameters,
    acquired: Mapping[Activity, date] | None = None,
) -> tuple[ReplacementShares, ...]:
    """Basis and holding period that each match of `wash_sale_matches` carries over, in the same order.

    `acquired` says when the shares of a sale were acquired, where that is known. What is added over all of them is
    the disallowed loss that is not permanent, to the cent.
    """
    booked: dict[int, tuple[Decimal, int]] = {}  # by lot: shares split off so far, and their basis
    found: list[ReplacementShares] = []
    for bought, matches in washed(household, as_of, params):
        by_purchase: dict[int, list[Washed]] = defaultdict(list)
        for match in matches:
            by_purchase[match[1]].append(match)
        for position in sorted(by_purchase):
            found += _of_purchase(bought[position], by_purchase[position], acquired or {}, booked)
    found.sort(key=lambda shares: disposition_order(shares.sale))
    return tuple(found)


def _of_purchase(
    purchase: Purchase,
    matches: Sequence[Washed],
    acquired: Mapping[Activity, date],
    booked: dict[int, tuple[Decimal, int]],
) -> Iterator[ReplacementShares]:
    """The matches of one purchase, its lots' shares given to them in the order of the sales and of the lots."""
    replaced = sum((quantity for _, _, quantity, _, _ in matches), Decimal(0))
    held = [(lot, quantity) for lot, quantity in purchase.holdings]
    whole = not purchase.gone
    alone = len(matches) == 1 and replaced == purchase.quantity
    for sale, _, quantity, cents, permanent in matches:
        parts: list[LotPart] = []
        unknown = ""
        if permanent:
            pass
        elif whole or alone:
            parts = list(_split(held, quantity, cents, booked))
        elif held:
            unknown = (
                f"{quantity_text(purchase.gone)} of the {quantity_text(purchase.quantity or Decimal(0))} shares bought have "
                "been sold since. Which of them were the replacement shares is not known, nor whose basis is higher."
            )
        held_from, long_term_by = (
            (None, None) if permanent else _holding(sale, purchase.on, acquired.get(sale))
        )
        yield ReplacementShares(
            sale,
            purchase.origin,
            quantity,
            cents,
            permanent,
            held_from,
            long_term_by,
            tuple(parts),
            unknown,
        )


def _split(
    held: list[tuple[Lot, Decimal]], quantity: Decimal, cents: int, booked: dict[int, tuple[Decimal, int]]
) -> Iterator[LotPart]:
    """Takes `quantity` shares off the front of `held` as far as they go, each with its part of lot basis and loss."""
    taken, added = Decimal(0), 0
    while held and taken < quantity:
        lot, there = held.pop(0)
        part = min(there, quantity - taken)
        if part < there:
            held.insert(0, (lot, there - part))
        taken += part
        share = share_of(cents, taken, quantity) - added
        added += share
        shares, basis = booked.get(id(lot), (Decimal(0), 0))
        own = None
        if lot.basis_cents is not None:
            own = share_of(lot.basis_cents, shares + part, lot.quantity) - basis
        booked[id(lot)] = shares + part, basis + (own or 0)
        yield LotPart(lot, part, own, share)


def _holding(sale: Activity, bought_on: date, acquired: date | None) -> tuple[date | None, date]:
    """Date as if acquired on (None: unknown), and a day from which the shares are long-term for certain.

    Shares sold at a long-term loss were held more than a year, so their replacement is long-term on the day after
    it is bought at the latest (the day itself when no February 29 comes between).
    """
    if acquired is not None:
        held_from = tacked_acquisition(acquired, sale.date, bought_on)
        return held_from, max(long_term_from(held_from), bought_on)
    if sale.long_gain_cents and not sale.short_gain_cents:
        return None, bought_on + timedelta(1)
    return None, long_term_from(bought_on)


def adjusted_lots(replaced: Iterable[ReplacementShares]) -> tuple[AdjustedLot, ...]:
    """Each lot with replacement shares in it, split into them and the rest, by account, symbol, acquired and lot id.

    The parts' basis and the rest's add up to the lot's to the cent.
    """
    parts: dict[int, list[LotPart]] = defaultdict(list)
    for shares in replaced:
        for part in shares.parts:
            parts[id(part.lot)].append(part)
    found = []
    for listed in parts.values():
        lot = listed[0].lot
        rest = lot.quantity - sum((part.quantity for part in listed), Decimal(0))
        basis = None
        if lot.basis_cents is not None:
            basis = lot.basis_cents - sum(part.basis_cents or 0 for part in listed)
        found.append(AdjustedLot(lot, tuple(listed), rest, basis))
    found.sort(key=lambda a: (a.lot.account_id, a.lot.symbol, a.lot.acquired or date.min, a.lot.id))
    return tuple(found)
