"""Wash sales across a household: what a loss sold today would meet, and what past loss sales have met.

A loss is disallowed so far as substantially identical shares are bought from 30 days before to 30 days after the
sale, both ends counted (IRC 1091(a); Reg. 1.1091-1(a); the days are parameters). Purchases count in every account
of the taxpayer and spouse, IRAs and plans included (Pub. 550; Rev. Rul. 2008-5), and so do reinvested dividends.
Identical means the same symbol or the same `Same As` group: which funds belong together is the firm's judgment.

Shares that are themselves sold are not their own replacement (Rev. Rul. 56-602: a sale out of the one lot bought).
A purchase that came before the sold lot's own counts all the same, as the statute's words have it; some advisers
read the ruling more kindly.

Limits: accounts held elsewhere are unknown and every status says so. Options, short sales, corporations the client
controls, gifts and inheritances entered as lots (they count as purchases), and losses that the custodian has
already reduced are not told apart. A sale row that nets to a gain over its lots hides the losses inside it.
Accounts of another taxpayer (irrevocable trust, UTMA) are not matched with the household's; a caveat names them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from xl_rebal.engine.book import Account, Activity, ActivityType, Household, Lot
from xl_rebal.engine.purchases import HOUSEHOLD, Purchase, identity_of, own_shares, purchases
from xl_rebal.engine.results import WashMatch, WashState, WashStatus
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


def wash_statuses(household: Household, as_of: date, params: WashSaleParameters) -> tuple[WashStatus, ...]:
    """Status of every security held in the household's taxable accounts with a loss lot or a recent purchase."""
    calendar = WashCalendar.of(household, as_of, params)
    statuses = (calendar.status(symbol) for symbol in calendar.held)
    return tuple(s for s in statuses if s.state is not WashState.NOT_A_LOSS or s.purchases)


def wash_lots(household: Household, as_of: date, params: WashSaleParameters) -> Mapping[Lot, WashStatus]:
    """Status of each loss lot in the household's taxable accounts, as if it alone were sold on `as_of`."""
    calendar = WashCalendar.of(household, as_of, params)
    return {
        lot: calendar.status(symbol, (lot,)) for symbol in calendar.held for lot in calendar.loss_lots(symbol)
    }


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
    _recent: Mapping[tuple[str, str], Sequence[Purchase]]  # by taxpayer and identity, latest first
    _reinvested: Mapping[str, Mapping[str, date]]  # identity -> account -> last reinvestment
    _undated: Mapping[str, Sequence[Lot]]  # by identity: lots that may be recent purchases
    _others: Mapping[str, Sequence[tuple[str, date]]]  # identity -> (other taxpayer, its last purchase)
    _losses: dict[str, tuple[_Loss, ...]] = field(default_factory=dict)  # by symbol, once asked

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
        recent: dict[tuple[str, str], list[Purchase]] = defaultdict(list)
        for purchase in reversed(purchases(household, as_of, start)):
            recent[purchase.taxpayer, purchase.identity].append(purchase)
        reinvested: dict[str, dict[str, date]] = defaultdict(dict)
        for row in household.activity:
            if row.type is ActivityType.REINVEST and row.symbol and row.date <= as_of:
                last = reinvested[identity_of(household, row.symbol)]
                last[row.account_id] = max(row.date, last.get(row.account_id, row.date))
        others: dict[str, list[tuple[str, date]]] = defaultdict(list)
        for taxpayer, identity in sorted(recent):
            if taxpayer != HOUSEHOLD:
                others[identity].append((taxpayer, recent[taxpayer, identity][0].on))
        held = tuple(sorted(lots))
        return cls(household, as_of, params, held, accounts, lots, recent, reinvested, undated, others)

    def loss_lots(self, symbol: str) -> tuple[Lot, ...]:
        """The symbol's lots at a known loss in the household's own taxable accounts."""
        return tuple(lot for loss, lot in self._known(symbol) if loss)

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
        recent = self._recent.get((taxpayer, identity_of(self.household, symbol)), ())
        if losing:
            blocking = [p for p in recent if any(lot not in p.lots for _, lot in losing)]
            state = WashState.BLOCKED if blocking else WashState.CLEAR
        else:
            blocking, state = list(recent), WashState.NOT_A_LOSS
        clear_from = blocking[0].on + timedelta(self.params.days_before + 1) if blocking else None
        worst = self._most_disallowed(losing, blocking) if state is WashState.BLOCKED else None
        caveats = self._caveats(symbol, taxpayer, judged, blocking, worst)
        origins = tuple(p.origin for p in blocking)
        return WashStatus(symbol, state, clear_from, origins, " ".join(caveats), worst)

    @staticmethod
    def _most_disallowed(losing: Sequence[tuple[int, Lot]], blocking: Sequence[Purchase]) -> int | None:
        """The most that the purchases so far could disallow: they meet the lots with the largest loss a share."""
        bought = [p.quantity for p in blocking if p.quantity is not None]
        if len(bought) < len(blocking):
            return None
        left, worst = sum(bought, Decimal(0)), 0
        for loss, lot in sorted(losing, key=lambda pair: (-Decimal(pair[0]) / pair[1].quantity, pair[1].id)):
            others = sum((p.quantity or Decimal(0) for p in blocking if lot not in p.lots), Decimal(0))
            part = min(lot.quantity, left, others)
            worst += share_of(loss, part, lot.quantity)
            left -= part
        return worst

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
            for account_id, last in sorted(self._reinvested.get(identity, {}).items()):
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


def _loss_sale(row: Activity, accounts: Mapping[str, Account]) -> bool:
    """Whether a row sold something at a loss, in either term, on the household's own return."""
    loss = row.short_gain_cents < 0 or row.long_gain_cents < 0
    return (
        row.type is ActivityType.SELL
        and bool(row.symbol)
        and loss
        and accounts[row.account_id].registration.household_taxable
    )
