"""Which lots left an account since a plan was made, as far as the Lots sheets of then and now, or the reported gain, tell.

Lots are told apart by the day they were acquired: custodians renumber what is left of a lot, and a partial sale changes
its quantity and basis, but not that day. The Lots sheet is believed only where what is missing from it is what the
Activity sheet sold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from xl_rebal.engine.book import Activity, Household, Lot, Term
from xl_rebal.engine.execution_results import LotMethod, LotsSold
from xl_rebal.engine.holding import term_on
from xl_rebal.engine.results import Disposal
from xl_rebal.money import money_text, share_of

NOTHING = Decimal(0)
CLOSE_CENTS = 100
"""Bases this close are the same: custodians round per share or per lot."""
SAME_SHARES = Decimal("0.001")
"""Quantities this close are the same: a fraction left by a split, or rounded by the custodian."""

Answer = tuple[LotsSold, LotMethod | None, tuple[int, int] | None, list[str]]
"""Which lots, the method that other lots fit, short- and long-term gain, and what is said of it."""


class LotsOfThen:
    """An account's lots of one security when the plan was made, and what is left of them."""

    def __init__(self, then: Household, now: Household, account_id: str, symbol: str, start: date) -> None:
        self.symbol = symbol
        self.then = _of(then, account_id, symbol)
        self.now = _of(now, account_id, symbol)
        self.split = _split(_of(then, "", symbol), _of(now, "", symbol))
        self._start = start

    def sold(self, quantity: Decimal) -> Mapping[date, tuple[Decimal, int | None]] | None:
        """Shares and basis that left, by the day they were acquired; None when the two sheets don't add up to `quantity`."""
        old, new = _by_day(self.then), _by_day(self.now)
        if old is None or new is None or self.split is None:
            return None
        if any(day not in old and day < self._start for day in new):
            return None  # transferred in, or dated anew
        found: dict[date, tuple[Decimal, int | None]] = {}
        for day, (shares, basis) in old.items():
            left, left_basis = new.get(day, (NOTHING, 0))
            gone = shares - left / self.split
            if gone < -SAME_SHARES:
                return None
            if gone > SAME_SHARES:
                known = basis is not None and left_basis is not None
                found[day] = gone, (basis or 0) - (left_basis or 0) if known else None
        if abs(sum((gone for gone, _ in found.values()), NOTHING) - quantity) > SAME_SHARES:
            return None
        return found


def _of(home: Household, account_id: str, symbol: str) -> list[Lot]:
    return [lot for lot in home.lots if lot.symbol == symbol and account_id in ("", lot.account_id)]


def _by_day(lots: Iterable[Lot]) -> dict[date, tuple[Decimal, int | None]] | None:
    """Shares and basis by day of acquisition; None when a day is unknown."""
    found: dict[date, tuple[Decimal, int | None]] = {}
    for lot in lots:
        if lot.acquired is None:
            return None
        shares, basis = found.get(lot.acquired, (NOTHING, 0))
        known = basis is not None and lot.basis_cents is not None
        found[lot.acquired] = (
            shares + lot.quantity,
            (basis or 0) + (lot.basis_cents or 0) if known else None,
        )
    return found


def _split(then: Sequence[Lot], now: Sequence[Lot]) -> Decimal | None:
    """Shares of now for one of then, by the household's lots that kept account, day and basis; None: they disagree."""

    def whole(lots: Sequence[Lot]) -> dict[tuple[object, ...], Decimal | None]:
        found: dict[tuple[object, ...], Decimal | None] = {}
        for lot in lots:
            key = (lot.account_id, lot.acquired, lot.basis_cents)
            if lot.basis_cents and lot.acquired is not None and lot.quantity > 0:
                found[key] = None if key in found else lot.quantity  # two alike tell nothing
        return found

    old, new = whole(then), whole(now)
    ratios = {
        after / before
        for key, before in old.items()
        if before is not None and (after := new.get(key)) is not None
    }
    if not ratios:
        return Decimal(1)
    if max(ratios) - min(ratios) > SAME_SHARES:
        return None
    return Decimal(1) if Decimal(1) in ratios else min(ratios)


# --- Which lots ----------------------------------------------------------------------------------------------------


def lots_sold(
    lots: LotsOfThen,
    disposals: Sequence[Disposal],
    fills: Sequence[Activity],
    quantity: Decimal | None,
    *,
    planned: bool,
    tolerance: float,
) -> Answer:
    """Which lots a taxable sale took, compared with the plan's, and the gain that it realized."""
    proceeds = sum(abs(fill.amount_cents) for fill in fills)
    reported = sum(f.short_gain_cents for f in fills), sum(f.long_gain_cents for f in fills)
    has_gain = all(fill.short_gain_cents or fill.long_gain_cents for fill in fills)
    if quantity is None:
        return LotsSold.UNKNOWN, None, reported if has_gain else None, []
    left = lots.sold(quantity)
    gain = reported if has_gain else None
    notes: list[str] = []
    if gain is None and left is not None:
        gain = _gain_of(left, proceeds, fills)
        if gain is not None:
            notes.append(
                "Its gain is computed from the Lots sheets of then and now, as Activity reports none."
            )
    if not planned:
        return LotsSold.NO_MATTER, None, gain, notes
    if left is not None:
        sold, method = _by_lots(lots, left, disposals, quantity)
    elif has_gain:
        sold, method = _by_basis(lots, proceeds - sum(reported), disposals, quantity, tolerance)
    else:
        sold, method = LotsSold.UNKNOWN, None
    if sold is LotsSold.UNKNOWN:
        notes.append("Which lots were sold is not known: import Lots of a day after the trades.")
    elif sold is LotsSold.OTHER:
        fit = f", as {method.value} would" if method else ""
        notes.append(
            f"Other lots were sold than planned{fit}: ask the custodian whether lots can still be named."
        )
    return sold, method, gain, notes


def _by_lots(
    lots: LotsOfThen,
    left: Mapping[date, tuple[Decimal, int | None]],
    disposals: Sequence[Disposal],
    quantity: Decimal,
) -> tuple[LotsSold, LotMethod | None]:
    """By the lots that are gone: the plan's, so far as the sale went, or others."""
    wanted: dict[date, Decimal] = defaultdict(Decimal)
    basis: dict[date, int] = defaultdict(int)
    for disposal in disposals:
        if disposal.lot.acquired is None:
            return LotsSold.UNKNOWN, None
        wanted[disposal.lot.acquired] += disposal.quantity
        basis[disposal.lot.acquired] += disposal.basis_cents
    total = sum(wanted.values(), NOTHING)
    gone = {day: shares for day, (shares, _) in left.items()}
    days = gone.keys() | wanted.keys()
    more = any(gone.get(day, NOTHING) > wanted.get(day, NOTHING) + SAME_SHARES for day in days)
    less = any(gone.get(day, NOTHING) < wanted.get(day, NOTHING) - SAME_SHARES for day in days)
    fits = not more if quantity <= total else not less
    if fits:
        for day, (shares, gone_basis) in left.items():
            several = len({_unit(lot) for lot in lots.then if lot.acquired == day}) > 1
            if not several or gone_basis is None:
                continue
            if abs(shares - wanted.get(day, NOTHING)) > SAME_SHARES:
                return LotsSold.UNKNOWN, None  # lots of one day, and not all that was planned of it
            if abs(gone_basis - basis[day]) > CLOSE_CENTS:
                return LotsSold.OTHER, None
        return LotsSold.AS_PLANNED, None
    for method in (LotMethod.FIFO, LotMethod.HIGHEST_COST, LotMethod.LIFO):
        taken = _taken(lots.then, quantity, method)
        by_day: dict[date, Decimal] = defaultdict(Decimal)
        for lot, shares in taken:
            if lot.acquired is not None:
                by_day[lot.acquired] += shares
        if all(
            abs(by_day.get(day, NOTHING) - gone.get(day, NOTHING)) <= SAME_SHARES
            for day in by_day.keys() | gone.keys()
        ):
            return LotsSold.OTHER, method
    return LotsSold.OTHER, None


def _by_basis(
    lots: LotsOfThen, basis: int, disposals: Sequence[Disposal], quantity: Decimal, tolerance: float
) -> tuple[LotsSold, LotMethod | None]:
    """By the basis that the reported gain implies: the plan's lots have one, or one between two bounds when partly sold."""
    parts = sorted(disposals, key=_unit_basis) if all(d.quantity > 0 for d in disposals) else []
    close = max(CLOSE_CENTS, int(quantity / 2))  # half a cent a share, as custodians round
    if not parts or any(lot.basis_cents is None for lot in lots.then):
        return LotsSold.UNKNOWN, None
    cheap = _basis_of(parts, quantity)
    dear = _basis_of(parts[::-1], quantity)
    if cheap is not None and dear is not None:
        if abs(basis - cheap) <= close and abs(basis - dear) <= close:
            return LotsSold.AS_PLANNED, None
        if cheap - close <= basis <= dear + close:
            return LotsSold.UNKNOWN, None  # a part of the plan's lots, or others that happen to cost as much
    for method in LotMethod:
        if method is LotMethod.AVERAGE:
            held = sum((lot.quantity for lot in lots.then), NOTHING)
            whole = sum(lot.basis_cents or 0 for lot in lots.then)
            fits = share_of(whole, quantity, held) if held else 0
        else:
            fits = sum(
                share_of(lot.basis_cents or 0, shares, lot.quantity)
                for lot, shares in _taken(lots.then, quantity, method)
            )
        if abs(fits - basis) <= close:
            return LotsSold.OTHER, method
    if cheap is None or dear is None:
        return LotsSold.UNKNOWN, None
    if cheap - tolerance * cheap <= basis <= dear + tolerance * dear:
        return (
            LotsSold.UNKNOWN,
            None,
        )  # a commission, a fee or an adjusted basis may make so small a difference
    return LotsSold.OTHER, None


def _unit_basis(disposal: Disposal) -> Decimal:
    return disposal.basis_cents / disposal.quantity


def _basis_of(disposals: Sequence[Disposal], quantity: Decimal) -> int | None:
    """Basis of the first `quantity` shares of these; None when there are fewer."""
    basis = 0
    for disposal in disposals:
        take = min(disposal.quantity, quantity)
        basis += share_of(disposal.basis_cents, take, disposal.quantity)
        quantity -= take
    return basis if quantity <= SAME_SHARES else None


def _taken(lots: Sequence[Lot], quantity: Decimal, method: LotMethod) -> list[tuple[Lot, Decimal]]:
    """What a method sells of these lots."""

    def rank(lot: Lot) -> tuple[float, str]:
        day = lot.acquired or date.max
        if method is LotMethod.HIGHEST_COST:
            return -_unit(lot), lot.id
        return float(day.toordinal() if method is LotMethod.FIFO else -day.toordinal()), lot.id

    taken = []
    for lot in sorted((lot for lot in lots if lot.quantity > 0), key=rank):
        take = min(lot.quantity, quantity)
        if take > 0:
            taken.append((lot, take))
        quantity -= take
    return taken


def _unit(lot: Lot) -> float:
    return float((lot.basis_cents or 0) / lot.quantity) if lot.quantity else 0.0


def _gain_of(
    left: Mapping[date, tuple[Decimal, int | None]],
    proceeds: int,
    fills: Sequence[Activity],
) -> tuple[int, int] | None:
    """Gain by term of the lots that left; None when a basis is unknown or the term depends on which fill took which lot."""
    short = long = 0
    # Of the shares that left: they may differ by a rounding from those of the fills, and all proceeds belong to them.
    rest, rest_shares = proceeds, sum((shares for shares, _ in left.values()), NOTHING)
    for day, (shares, basis) in sorted(left.items()):
        terms = {term_on(day, fill.date) for fill in fills}
        if basis is None or len(terms) > 1:
            return None
        part = share_of(rest, shares, rest_shares)
        rest, rest_shares = rest - part, rest_shares - shares
        if terms == {Term.SHORT}:
            short += part - basis
        else:
            long += part - basis
    return short, long


def gain_text(gain: tuple[int, int] | None) -> str:
    """`$1,200.00 long-term, -$30.00 short-term`; what is 0 is left out."""
    if gain is None:
        return "unknown"
    parts = [
        f"{money_text(cents)} {term}"
        for cents, term in ((gain[1], "long-term"), (gain[0], "short-term"))
        if cents
    ]
    return ", ".join(parts) or money_text(0)
