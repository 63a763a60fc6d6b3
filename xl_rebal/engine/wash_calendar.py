"""What a loss sold today would meet: whether a security, or one lot, is clear to sell at a loss, and from when.

Of the 61 days of IRC 1091(a) only those up to today are known: a purchase in the 30 days before the sale washes its
loss, and so would one in the 30 days after. `WashCalendar` orders a household's purchases once and answers for many
lots; build one and pass it on. A lot's own purchase is no replacement for it (Rev. Rul. 56-602; see wash_sales).

Accounts held elsewhere are unknown and every answer says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from xl_rebal.engine.book import Account, Activity, ActivityType, Household, Lot
from xl_rebal.engine.purchases import Purchase, identity_of, purchases, traded
from xl_rebal.engine.results import WashState, WashStatus
from xl_rebal.engine.wash_sales import washed
from xl_rebal.money import money_text, quantity_text, share_of, value_cents
from xl_rebal.params.types import WashSaleParameters


def wash_status(
    household: Household,
    symbol: str,
    as_of: date,
    params: WashSaleParameters,
    lot: Lot | None = None,
) -> WashStatus:
    """What would happen to a loss on `symbol` if it were sold on `as_of`: only `lot`, or every loss lot.

    A lot's own purchase is no replacement for it, but it is one for the other lots: of two loss lots, one bought
    last week and one last year, the recent one blocks the old one and is itself clear.
    For many lots of one household ask `wash_lots` or `WashCalendar` once.
    """
    return WashCalendar.of(household, as_of, params).status(symbol, None if lot is None else (lot,))


def wash_statuses(
    household: Household, as_of: date, params: WashSaleParameters, calendar: WashCalendar | None = None
) -> tuple[WashStatus, ...]:
    """Status of every security held in the household's taxable accounts with a loss lot or a recent purchase.

    `calendar` is the one of this household and day, where the caller has built it already.
    """
    calendar = calendar or WashCalendar.of(household, as_of, params)
    statuses = (calendar.status(symbol) for symbol in calendar.held)
    return tuple(s for s in statuses if s.state is not WashState.NOT_A_LOSS or s.purchases)


def wash_lots(household: Household, as_of: date, params: WashSaleParameters) -> Mapping[Lot, WashStatus]:
    """Status of each loss lot in the household's taxable accounts, as if it alone were sold on `as_of`."""
    calendar = WashCalendar.of(household, as_of, params)
    return {
        lot: calendar.status(symbol, (lot,)) for symbol in calendar.held for lot in calendar.loss_lots(symbol)
    }


def loss_cents(household: Household, lot: Lot) -> int | None:
    """Unrealized loss of a lot as a positive amount, 0 when there is none; None when it can't be known.

    Basis or price is missing, or the quantity is not above zero (`checks` reports each).
    """
    security = household.securities.get(lot.symbol)
    if security is None or security.price is None or lot.basis_cents is None or lot.quantity <= 0:
        return None
    return max(0, lot.basis_cents - value_cents(lot.quantity, security.price))


_Loss = tuple[int | None, Lot]
"""A lot with its loss in cents (0: no loss, None: not known)."""

HOUSEHOLD = ""
"""Key of the household as a taxpayer; an account of another taxpayer has its own id as key."""


@dataclass(frozen=True, slots=True)
class _Recent:
    """One taxpayer's purchases of one identity in the window before the day, latest first."""

    purchases: tuple[Purchase, ...]
    of_lot: Mapping[Lot, frozenset[int]]  # lot -> positions of the purchases whose shares it holds

    @classmethod
    def of(cls, purchases: tuple[Purchase, ...]) -> _Recent:
        of_lot: dict[Lot, set[int]] = defaultdict(set)
        for position, purchase in enumerate(purchases):
            for lot, _ in purchase.holdings:
                of_lot[lot].add(position)
        return cls(purchases, {lot: frozenset(positions) for lot, positions in of_lot.items()})

    def blocking(self, lots: Iterable[Lot]) -> tuple[Purchase, ...]:
        """Purchases that are another's than one of these lots: all but those that every lot came out of."""
        own = [self.of_lot.get(lot, frozenset()) for lot in lots]
        shared = frozenset.intersection(*own) if own else frozenset()
        if not shared:
            return self.purchases
        return tuple(p for i, p in enumerate(self.purchases) if i not in shared)

    def most_disallowed(self, losing: Sequence[tuple[int, Lot]]) -> int | None:
        """The most that the purchases so far could disallow: they meet the lots with the largest loss a share."""
        blocking = self.blocking(lot for _, lot in losing)
        bought = [p.quantity for p in blocking if p.quantity is not None]
        if len(bought) < len(blocking):
            return None
        total = left = sum(bought, Decimal(0))
        blocks, worst = {id(p) for p in blocking}, 0
        for loss, lot in sorted(losing, key=lambda pair: (-Decimal(pair[0]) / pair[1].quantity, pair[1].id)):
            own = (self.purchases[i] for i in self.of_lot.get(lot, ()))
            others = total - sum((p.quantity or Decimal(0) for p in own if id(p) in blocks), Decimal(0))
            part = min(lot.quantity, left, others)
            worst += share_of(loss, part, lot.quantity)
            left -= part
        return worst


_NONE = _Recent((), {})


@dataclass(frozen=True, slots=True)
class WashCalendar:
    """A household's purchases in the window before `as_of`, ordered once to answer for many lots.

    `held` are the symbols in the household's own taxable accounts, in order.
    """

    household: Household
    as_of: date
    params: WashSaleParameters
    held: tuple[str, ...]
    _accounts: Mapping[str, Account]
    _lots: Mapping[str, Sequence[Lot]]
    _recent: Mapping[tuple[str, str], _Recent]  # by taxpayer and identity
    _reinvested: Mapping[str, Mapping[str, date]]  # identity -> account -> last reinvestment
    _undated: Mapping[str, Sequence[Lot]]  # by identity: lots that may be recent purchases
    _others: Mapping[str, Sequence[tuple[str, date]]]  # identity -> (other taxpayer, its last purchase)
    _losses: dict[str, tuple[_Loss, ...]] = field(default_factory=dict)  # by symbol, once asked
    _past: list[Mapping[int, int]] = field(
        default_factory=list
    )  # once asked: cents disallowed by past sale (`id`)

    @classmethod
    def of(cls, household: Household, as_of: date, params: WashSaleParameters) -> WashCalendar:
        """The calendar of a household on a day."""
        accounts = {a.id: a for a in household.accounts}
        start = as_of - timedelta(params.days_before)
        lots: dict[str, list[Lot]] = defaultdict(list)
        undated: dict[str, list[Lot]] = defaultdict(list)
        for lot in household.lots:
            if accounts[lot.account_id].registration.household_taxable:
                lots[lot.symbol].append(lot)
            if lot.acquired is None:
                undated[identity_of(household, lot.symbol)].append(lot)
        bought: dict[tuple[str, str], list[Purchase]] = defaultdict(list)
        reinvested: dict[str, dict[str, date]] = defaultdict(dict)
        for identity, (rows, dated) in traded(household, as_of).items():
            columns = purchases(rows, dated, start)
            for position in range(len(columns) - 1, -1, -1):
                purchase = columns[position]
                separate = accounts[purchase.account_id].registration.separate_taxpayer
                bought[purchase.account_id if separate else HOUSEHOLD, identity].append(purchase)
            for row in rows:
                if row.type is ActivityType.REINVEST:
                    last = reinvested[identity]
                    last[row.account_id] = max(row.date, last.get(row.account_id, row.date))
        others: dict[str, list[tuple[str, date]]] = defaultdict(list)
        for (taxpayer, identity), listed in sorted(bought.items(), key=lambda item: item[0]):
            if taxpayer != HOUSEHOLD:
                others[identity].append((taxpayer, listed[0].on))
        recent = {key: _Recent.of(tuple(listed)) for key, listed in bought.items()}
        held = tuple(sorted(lots))
        return cls(household, as_of, params, held, accounts, lots, recent, reinvested, undated, others)

    def lots(self, symbol: str) -> Sequence[Lot]:
        """The symbol's lots in the household's own taxable accounts."""
        return self._lots.get(symbol, ())

    def loss_lots(self, symbol: str) -> tuple[Lot, ...]:
        """The symbol's lots at a known loss in the household's own taxable accounts."""
        return tuple(lot for loss, lot in self._known(symbol) if loss)

    def reinvesting(self, identity: str, taxpayer: str = HOUSEHOLD) -> list[tuple[str, date]]:
        """The taxpayer's accounts that have reinvested dividends of the identity, each with the last time."""
        found = self._reinvested.get(identity, {}).items()
        return sorted((where, last) for where, last in found if self._taxpayer(where) == taxpayer)

    def _taxpayer(self, account_id: str) -> str:
        separate = self._accounts[account_id].registration.separate_taxpayer
        return account_id if separate else HOUSEHOLD

    def _known(self, symbol: str) -> tuple[_Loss, ...]:
        """The symbol's lots in the household's own taxable accounts, each with its loss."""
        if symbol not in self._losses:
            self._losses[symbol] = tuple(
                (loss_cents(self.household, lot), lot) for lot in self._lots.get(symbol, ())
            )
        return self._losses[symbol]

    def status(self, symbol: str, lots: Iterable[Lot] | None = None) -> WashStatus:
        """What a loss on these lots (None: on all loss lots of the symbol) would meet on the calendar's day."""
        taxpayer = HOUSEHOLD
        if lots is None:
            judged = self._known(symbol)
        else:
            given = [lot for lot in lots if self._accounts[lot.account_id].registration.taxable]
            judged = tuple((loss_cents(self.household, lot), lot) for lot in given)
            if given and self._accounts[given[0].account_id].registration.separate_taxpayer:
                taxpayer = given[0].account_id
        losing = [(loss, lot) for loss, lot in judged if loss]
        recent = self._recent.get((taxpayer, identity_of(self.household, symbol)), _NONE)
        blocking = recent.blocking(lot for _, lot in losing)
        state = WashState.NOT_A_LOSS
        if losing:
            state = WashState.BLOCKED if blocking else WashState.CLEAR
        clear_from = self._clear_from(blocking)
        worst = recent.most_disallowed(losing) if state is WashState.BLOCKED else None
        caveats = self._caveats(symbol, taxpayer, judged, blocking, worst)
        origins = tuple(p.origin for p in blocking)
        return WashStatus(symbol, state, clear_from, origins, " ".join(caveats), worst)

    def blocking(self, lots: Sequence[Lot]) -> tuple[Purchase, ...]:
        """Purchases of the window that a loss on these lots, of one taxpayer and identity, would meet, latest first."""
        if not lots:
            return ()
        key = self._taxpayer(lots[0].account_id), identity_of(self.household, lots[0].symbol)
        return self._recent.get(key, _NONE).blocking(lots)

    def clear_from(self, lots: Sequence[Lot]) -> date | None:
        """First day on which a loss on these lots meets no purchase made so far; None: it meets none today."""
        return self._clear_from(self.blocking(lots))

    def _clear_from(self, blocking: Sequence[Purchase]) -> date | None:
        return blocking[0].on + timedelta(self.params.days_before + 1) if blocking else None

    def disallowed_so_far(self, sale: Activity) -> int:
        """What of a past sale's loss the purchases up to the calendar's day have disallowed, in cents."""
        if not self._past:
            disallowed: dict[int, int] = defaultdict(int)
            for _, matches in washed(self.household, self.as_of, self.params):
                for washed_sale, _, _, cents, _ in matches:
                    disallowed[id(washed_sale)] += cents
            self._past.append(disallowed)
        return self._past[0].get(id(sale), 0)

    def _caveats(
        self,
        symbol: str,
        taxpayer: str,
        judged: Sequence[_Loss],
        blocking: Sequence[Purchase],
        worst: int | None,
    ) -> list[str]:
        identity = identity_of(self.household, symbol)
        loss = sum(cents or 0 for cents, _ in judged)
        caveats = []
        if loss and blocking:
            if worst is not None and worst < loss:
                shares = sum((p.quantity or Decimal(0) for p in blocking), Decimal(0))
                caveats.append(
                    f"The {quantity_text(shares)} shares bought would disallow at most {money_text(worst)} of the "
                    f"{money_text(loss)} loss."
                )
            lost = [p for p in blocking if not self._accounts[p.account_id].registration.taxable]
            if lost:
                account = self._accounts[lost[0].account_id]
                caveats.append(
                    f"Bought in {account.registration.value} {account.id}: the loss on as many shares would be lost "
                    "for good (Rev. Rul. 2008-5)."
                )
        if loss:
            for account_id, last in self.reinvesting(identity, taxpayer):
                caveats.append(
                    f"Account {account_id} reinvests its dividends (last on {last}); each is a purchase: turn that off "
                    "before selling at a loss."
                )
        for other, last in self._others.get(identity, ()):
            if other != taxpayer:
                caveats.append(
                    f"Account {other} bought on {last}; it belongs to another taxpayer and is not counted, but "
                    "ask the tax adviser (related parties, IRC 267)."
                )
        own = [lot for _, lot in judged]
        undated = [lot for lot in self._undated.get(identity, ()) if lot not in own or len(own) > 1]
        if undated and loss:
            which = str(undated[0].source) if undated[0].source.row else f"Lot {undated[0].id}"
            caveats.append(f"{which} has no acquisition date and may be a recent purchase.")
        unknown = [lot for cents, lot in judged if cents is None]
        if unknown:
            caveats.append(
                f"{len(unknown)} lot{'s' if len(unknown) > 1 else ''} without basis or price left out."
            )
        caveats.append(
            f"Accounts held elsewhere and purchases in the {self.params.days_after} days after a sale are unknown; "
            "either would wash the loss."
        )
        return caveats
