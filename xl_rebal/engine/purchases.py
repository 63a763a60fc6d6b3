"""What a household bought and when, each purchase counted once, for the wash-sale rules.

A purchase is known from its Activity row, from the lot that it left, or from both. Lots and rows of one account,
symbol and day describe the same shares; neither alone is complete, as exports cut activity off and lots vanish when
they are sold.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from xl_rebal.engine.book import Activity, ActivityType, Household, Lot

HOUSEHOLD = ""
"""Key of the household as a taxpayer; an account of another taxpayer has its own id as key."""


@dataclass(frozen=True, slots=True)
class Purchase:
    """Shares bought in one go. `lots` are the lots that hold what is left of them; `gone` is what no lot holds."""

    on: date
    account_id: str
    symbol: str
    identity: str
    taxpayer: str
    quantity: Decimal | None
    origin: Lot | Activity
    lots: tuple[Lot, ...]
    gone: Decimal


def identity_of(household: Household, symbol: str) -> str:
    """Key of the symbol's substantially-identical group; an unlisted symbol is identical to itself only."""
    security = household.securities.get(symbol)
    return security.identity if security else symbol


def purchases(household: Household, as_of: date, start: date = date.min) -> list[Purchase]:
    """Every purchase from `start` to `as_of`, in order of acquisition, each counted once.

    The lots of one account, symbol and day are the shares that its Activity rows of that day bought: an equal
    quantity pairs first, the rest fills the rows in order, and what exceeds them is a purchase of its own.
    """
    accounts = {a.id: a for a in household.accounts}
    bought: dict[tuple[str, str, date], tuple[list[Activity], list[Lot]]] = defaultdict(lambda: ([], []))
    for row in household.activity:
        if row.type.purchase and row.symbol and start <= row.date <= as_of:
            bought[row.account_id, row.symbol, row.date][0].append(row)
    for lot in household.lots:
        if lot.quantity > 0 and lot.acquired is not None and start <= lot.acquired <= as_of:
            bought[lot.account_id, lot.symbol, lot.acquired][1].append(lot)

    found = []
    for (account_id, symbol, on), (rows, lots) in bought.items():
        rows.sort(key=lambda row: row.source.row)
        lots.sort(key=lambda lot: (lot.source.row, lot.id))
        identity = identity_of(household, symbol)
        taxpayer = account_id if accounts[account_id].registration.separate_taxpayer else HOUSEHOLD
        for quantity, origin, own, gone in _counted_once(rows, lots):
            found.append(Purchase(on, account_id, symbol, identity, taxpayer, quantity, origin, own, gone))
    found.sort(key=lambda p: (p.on, p.account_id, p.symbol, p.origin.source.row, str(p.origin.source)))
    return found


def _counted_once(
    rows: Sequence[Activity], lots: Sequence[Lot]
) -> list[tuple[Decimal | None, Lot | Activity, tuple[Lot, ...], Decimal]]:
    """Quantity, origin, lots and shares gone of each purchase of one account, symbol and day."""
    if not rows:
        return [(lot.quantity, lot, (lot,), Decimal(0)) for lot in lots]
    if not lots:
        return [(row.quantity, row, (), row.quantity or Decimal(0)) for row in rows]
    room = [row.quantity for row in rows]
    holders: list[list[Lot]] = [[] for _ in rows]
    open_lots = []
    for lot in lots:
        pair = next((i for i, left in enumerate(room) if left == lot.quantity and not holders[i]), None)
        if pair is None:
            open_lots.append(lot)
        else:
            holders[pair].append(lot)
            room[pair] = Decimal(0)
    counted: list[tuple[Decimal | None, Lot | Activity, tuple[Lot, ...], Decimal]] = []
    for lot in open_lots:
        over = lot.quantity
        for i, left in enumerate(room):
            if over and (left is None or left):
                held = over if left is None else min(left, over)
                room[i] = None if left is None else left - held
                holders[i].append(lot)
                over -= held
        if over > 0:
            counted.append((over, lot, (lot,), Decimal(0)))
    counted.extend(
        (row.quantity, row, tuple(held), left or Decimal(0))
        for row, held, left in zip(rows, holders, room, strict=True)
    )
    return counted


def own_shares(
    household: Household, bought: Sequence[Purchase], as_of: date
) -> dict[int, dict[int, Decimal]]:
    """By sale and purchase (`id` of each): shares of the purchase that the sale itself sold.

    A sale row does not name its lots. Shares bought that no lot holds any more have been sold: by the latest sales
    of that account and symbol that sold short-term shares, as first-in-first-out would have it.
    """
    sales: dict[tuple[str, str], list[Activity]] = defaultdict(list)
    for row in household.activity:
        long_only = row.long_gain_cents != 0 and row.short_gain_cents == 0
        if row.type is ActivityType.SELL and row.quantity and row.date <= as_of and not long_only:
            sales[row.account_id, row.symbol].append(row)
    for rows in sales.values():
        rows.sort(key=lambda row: (row.date, row.source.row))  # the latest is taken from the end

    own: dict[int, dict[int, Decimal]] = defaultdict(dict)
    open_sales: dict[tuple[str, str], deque[Activity]] = defaultdict(deque)
    left: dict[int, Decimal] = {}
    for purchase in reversed(bought):
        key = purchase.account_id, purchase.symbol
        rows, queue = sales[key], open_sales[key]
        while rows and rows[-1].date >= purchase.on:
            sale = rows.pop()
            queue.append(sale)
            left[id(sale)] = sale.quantity or Decimal(0)
        gone = purchase.gone
        while gone > 0 and queue:
            sale = queue[0]
            part = min(gone, left[id(sale)])
            own[id(sale)][id(purchase)] = part
            gone -= part
            left[id(sale)] -= part
            if not left[id(sale)]:
                queue.popleft()
    return own
