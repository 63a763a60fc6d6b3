"""What a household bought and when, each purchase counted once, for the wash-sale rules.

A purchase is known from its Activity row, from the lot that it left, or from both. Lots and rows of one account,
symbol and day describe the same shares; neither alone is complete, as exports cut activity off and lots vanish when
they are sold.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import attrgetter

from xl_rebal.engine.book import Activity, ActivityType, Household, Lot

NOTHING = Decimal(0)


Holdings = tuple[tuple[Lot, Decimal], ...]
"""Lots with what each of them still holds of a purchase."""


@dataclass(frozen=True, slots=True)
class Purchase:
    """Shares bought in one go. `quantity` None is not known; `gone` is what no lot holds any more."""

    on: date
    quantity: Decimal | None
    origin: Lot | Activity
    holdings: Holdings
    gone: Decimal

    @property
    def account_id(self) -> str:
        return self.origin.account_id

    @property
    def lots(self) -> tuple[Lot, ...]:
        return tuple(lot for lot, _ in self.holdings)


@dataclass(frozen=True, slots=True)
class Purchases:
    """Purchases of one identity in order of acquisition, as columns; most have no lot left and are a row alone."""

    days: Sequence[date]
    quantities: Sequence[Decimal | None]
    origins: Sequence[Lot | Activity]
    gone: Sequence[Decimal]
    holdings: Mapping[int, Holdings]  # by position; missing where no lot holds any of it

    def __len__(self) -> int:
        return len(self.origins)

    def __getitem__(self, position: int) -> Purchase:
        return Purchase(
            self.days[position],
            self.quantities[position],
            self.origins[position],
            self.holdings.get(position, ()),
            self.gone[position],
        )


def identity_of(household: Household, symbol: str) -> str:
    """Key of the symbol's substantially-identical group; an unlisted symbol is identical to itself only."""
    security = household.securities.get(symbol)
    return security.identity if security else symbol


def traded(household: Household, as_of: date) -> Mapping[str, tuple[list[Activity], list[Lot]]]:
    """Purchases and sales up to `as_of`, and lots whose day of purchase is known, by identity; in no order."""
    rows_of: dict[str, list[Activity]] = defaultdict(list)
    for row in household.activity:
        if row.type in _TRADES and row.date <= as_of and row.symbol:
            rows_of[row.symbol].append(row)
    lots_of: dict[str, list[Lot]] = defaultdict(list)
    for lot in household.lots:
        if lot.quantity > 0 and lot.acquired is not None and lot.acquired <= as_of:
            lots_of[lot.symbol].append(lot)
    found: dict[str, tuple[list[Activity], list[Lot]]] = defaultdict(lambda: ([], []))
    for symbol in dict.fromkeys((*rows_of, *lots_of)):
        rows, lots = found[identity_of(household, symbol)]
        rows += rows_of.get(symbol, ())
        lots += lots_of.get(symbol, ())
    return found


_TRADES = (ActivityType.SELL, *(t for t in ActivityType if t.purchase))


def purchases(
    rows: Iterable[Activity], lots: Iterable[Lot], start: date = date.min, without: Container[str] = ()
) -> Purchases:
    """Purchases from `start` on among the rows and lots of one identity, each counted once.

    The lots of one account, symbol and day are the shares that its Activity rows of that day bought: an equal
    quantity pairs first, the rest fills the rows in order, and what exceeds them is a purchase of its own.
    Accounts `without` are left out.
    """
    lots_at: dict[tuple[str, str, date], list[Lot]] = defaultdict(list)
    lot_days = set()
    for lot in lots:
        if lot.acquired is not None and lot.acquired >= start and lot.account_id not in without:
            lots_at[lot.account_id, lot.symbol, lot.acquired].append(lot)
            lot_days.add(lot.acquired)
    rows_at: dict[tuple[str, str, date], list[Activity]] = defaultdict(list)
    origins: list[Lot | Activity] = []
    for row in rows:
        on = row.date
        if row.type is not ActivityType.SELL and on >= start and row.account_id not in without:
            if on in lot_days and (row.account_id, row.symbol, on) in lots_at:
                rows_at[row.account_id, row.symbol, on].append(row)
            else:
                origins.append(row)
    keys = list(map(_order_of_row, origins))
    alone = len(origins)
    held: list[
        tuple[Decimal | None, Holdings, Decimal]
    ] = []  # of the origins after those that are rows alone
    for place, lots_there in lots_at.items():
        for quantity, origin, holdings, gone in _counted_once(rows_at.get(place, []), lots_there):
            origins.append(origin)
            keys.append((_order_of_row if isinstance(origin, Activity) else _order_of_lot)(origin))
            held.append((quantity, holdings, gone))
    order = sorted(range(len(origins)), key=keys.__getitem__)
    origins = [origins[i] for i in order]
    quantities = [origin.quantity for origin in origins]
    gone_shares = [quantity or NOTHING for quantity in quantities]
    holdings_at = {}
    for position, i in enumerate(order):
        if i >= alone:
            quantities[position], holdings_at[position], gone_shares[position] = held[i - alone]
    return Purchases([keys[i][0] for i in order], quantities, origins, gone_shares, holdings_at)


# order of acquisition: the day, then a named order for those of one day
_order_of_row = attrgetter("date", "account_id", "symbol", "source.row", "source.sheet")
_order_of_lot = attrgetter("acquired", "account_id", "symbol", "source.row", "source.sheet")


def _counted_once(
    rows: list[Activity], lots: list[Lot]
) -> list[tuple[Decimal | None, Lot | Activity, Holdings, Decimal]]:
    """Quantity, origin, holdings and shares gone of each purchase of one account, symbol and day."""
    if not rows:
        return [(lot.quantity, lot, ((lot, lot.quantity),), NOTHING) for lot in lots]
    if len(rows) == len(lots) == 1 and rows[0].quantity == lots[0].quantity:
        return [(rows[0].quantity, rows[0], ((lots[0], lots[0].quantity),), NOTHING)]
    rows.sort(key=lambda row: row.source.row)
    lots.sort(key=lambda lot: (lot.source.row, lot.id))
    room = [row.quantity for row in rows]
    same: dict[Decimal, deque[int]] = defaultdict(deque)
    for i, quantity in enumerate(room):
        if quantity is not None:
            same[quantity].append(i)
    holdings: list[list[tuple[Lot, Decimal]]] = [[] for _ in rows]
    unpaired = []
    for lot in lots:
        if equal := same.get(lot.quantity):
            i = equal.popleft()
            holdings[i].append((lot, lot.quantity))
            room[i] = NOTHING
        else:
            unpaired.append(lot)
    counted: list[tuple[Decimal | None, Lot | Activity, Holdings, Decimal]] = []
    i = 0  # rows before this one are full
    for lot in unpaired:
        over = lot.quantity
        while over and i < len(rows):
            left = room[i]
            if left is None:  # a row of unknown quantity takes all
                holdings[i].append((lot, over))
                over = NOTHING
            elif left > 0:
                part = min(over, left)
                holdings[i].append((lot, part))
                room[i] = left - part
                over -= part
            else:
                i += 1
        if over:
            counted.append((over, lot, ((lot, over),), NOTHING))
    counted.extend(
        (row.quantity, row, tuple(held), left or NOTHING)
        for row, held, left in zip(rows, holdings, room, strict=True)
    )
    return counted


def own_shares(rows: Iterable[Activity], bought: Purchases) -> Mapping[int, Mapping[int, Decimal]]:
    """By sale (`id` of its row): shares of each purchase (position in `bought`) that the sale itself sold.

    `rows` and `bought` are of one identity. A sale row does not name its lots. Shares bought that no lot holds any
    more have been sold: by the latest sales of that account and symbol that sold short-term shares, as
    first-in-first-out would have it.
    """
    selling: dict[tuple[str, str], list[Activity]] = defaultdict(list)
    for row in rows:
        if row.type is ActivityType.SELL and row.quantity and row.quantity > 0:
            long_only = row.long_gain_cents and not row.short_gain_cents
            if not long_only:
                selling[row.account_id, row.symbol].append(row)
    positions: dict[tuple[str, str], list[int]] = defaultdict(list)
    for position, (origin, gone) in enumerate(zip(bought.origins, bought.gone, strict=True)):
        if gone > 0 and (origin.account_id, origin.symbol) in selling:
            positions[origin.account_id, origin.symbol].append(position)

    own: dict[int, dict[int, Decimal]] = {}
    for place, listed in positions.items():
        sales = sorted(selling[place], key=lambda row: (row.date, row.source.row))
        waiting: list[Activity] = []  # sales on or after the purchase, the latest first
        head, left = 0, NOTHING  # the first of them with shares left that came from no purchase yet
        for position in reversed(listed):
            on, unsold = bought.days[position], bought.gone[position]
            while sales and sales[-1].date >= on:
                waiting.append(sales.pop())
            while unsold and head < len(waiting):
                sale = waiting[head]
                left = left or sale.quantity or NOTHING
                part = min(unsold, left)
                own.setdefault(id(sale), {})[position] = part
                unsold -= part
                left -= part
                if not left:
                    head += 1
    return own
