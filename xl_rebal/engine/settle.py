"""From the solver's proposal to trades that can be made: whole steps of shares, exact lots, exact cents.

The solver's floats end here. Shares are rounded to the tradable step, lots are disposed in the order in which the
proposal used them, and every amount is computed anew from quantity and price. A buy gives way by a step where
rounding would overdraw an account.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from xl_rebal.engine.book import Lot, Shares, Term
from xl_rebal.engine.case import Case, Sellable
from xl_rebal.engine.client_rules import WITHDRAWAL
from xl_rebal.engine.holding import days_to_long_term
from xl_rebal.engine.results import Disposal, Side, Trade, TradeFlag, Transfer
from xl_rebal.errors import PlanUnsound
from xl_rebal.money import from_cents, share_of, value_cents

RMD_TRANSFER = "Required minimum distribution"
FULL = 1e-6  # share of a lot so close to 0 or 1 that the solver means none or all of it


@dataclass(frozen=True, slots=True)
class Proposal:
    """Amounts in cents as the solver left them: by sellable, by buyable, by RMD need and account."""

    sells: tuple[float, ...]
    buys: tuple[float, ...]
    rmd: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Settled:
    trades: tuple[Trade, ...]
    transfers: tuple[Transfer, ...]
    cash_after: Mapping[str, int]
    shortfalls: tuple[
        tuple[str, int], ...
    ]  # (account id or '' for the household, cents that could not be raised)


def share_step(case: Case) -> Decimal:
    """The smallest tradable quantity: one share, or one in the last allowed decimal."""
    if case.settings.shares is Shares.WHOLE:
        return Decimal(1)
    return Decimal(1).scaleb(-case.settings.share_decimals)


def settle(case: Case, proposal: Proposal) -> Settled:
    """Trades, transfers and cash of a proposal, exact to the cent and to the share.

    Raises PlanUnsound if an account would end below zero by more than it must.
    """
    sells = _sells(case, proposal, {})
    transfers, unpaid = _transfers(case, proposal, sells)
    cash = _cash_before_buys(case, sells, transfers)
    if more := _rounded_away(case, proposal, sells, cash, unpaid):
        sells = _sells(case, proposal, more)
        transfers, unpaid = _transfers(case, proposal, sells)
        cash = _cash_before_buys(case, sells, transfers)
    buys = _buys(case, proposal, cash)
    for buy in buys:
        cash[buy.account_id] -= buy.amount_cents
    reserve = {need.account_id: need.reserve_cents for need in case.cash}
    short = dict(unpaid)
    for account_id, cents in cash.items():
        if cents < reserve[account_id]:
            short[account_id] = short.get(account_id, 0) + reserve[account_id] - cents
            if cents < 0 and any(b.account_id == account_id for b in buys):
                raise PlanUnsound(f"Account {account_id} would be overdrawn by a buy; nothing is proposed.")
    missing = case.household.client.cash_reserve_cents - sum(cash.values())
    missing -= sum(reserve[a] - cents for a, cents in cash.items() if cents < reserve[a])  # said already
    if missing > 0:
        short[""] = missing
    return Settled((*sells, *buys), transfers, cash, tuple(sorted(short.items())))


def _sells(case: Case, proposal: Proposal, more: Mapping[tuple[str, str], Decimal]) -> tuple[Trade, ...]:
    """The proposed sales in whole steps; `more` shares of a position are added to what is proposed."""
    kept = case.kept_in_part
    by_position: dict[tuple[str, str], list[tuple[Sellable, float]]] = defaultdict(list)
    for item, cents in zip(case.sellable, proposal.sells, strict=True):
        by_position[item.position].append((item, max(0.0, cents)))
    trades = []
    for position, members in by_position.items():
        taken = _lots_taken(
            [(item, _share(item, cents)) for item, cents in members],
            share_step(case),
            more.get(position, Decimal(0)),
            max(members[0][0].security.min_trade_cents, case.settings.min_trade_cents),
            position in kept,
        )
        trade = _sell_trade(case, taken) if taken else None
        if trade is not None and trade.amount_cents > 0:
            trades.append(trade)
    trades.sort(key=lambda t: (-t.amount_cents, t.symbol, t.account_id))
    return tuple(trades)


def _share(item: Sellable, cents: float) -> float:
    return cents / item.value_cents if item.value_cents else 0.0


def _lots_taken(
    members: list[tuple[Sellable, float]], step: Decimal, more: Decimal, minimum_cents: int, kept: bool
) -> list[tuple[Sellable, Decimal]]:
    """Shares of each lot so that the position's total is a whole step, or everything.

    Where other lots of the position are `kept`, even all of these make a whole step only. A total that rounding
    would leave below the minimum trade is rounded up. Lots that the proposal sells in full go first, then those sold in part by how much of them; the last one takes
    up the rounding.
    """
    held = sum((item.quantity for item, _ in members), Decimal(0))
    wished = sum((item.quantity * Decimal(repr(share)) for item, share in members), Decimal(0))
    most = (held / step).to_integral_value(ROUND_DOWN) * step if kept else held
    if all(share >= 1 - FULL for _, share in members):
        total = most
    else:
        total = (wished / step).to_integral_value(ROUND_HALF_UP) * step
        price = members[0][0].price
        if value_cents(total, price) < minimum_cents <= value_cents(total + step, price) and wished > 0:
            total += step
        total = min(total + more, most)
    if total <= 0:
        return []
    order = sorted(
        range(len(members)),
        key=lambda i: (members[i][1] < 1 - FULL, members[i][1] <= FULL, -members[i][1], i),
    )
    taken: dict[int, Decimal] = {}
    left = total
    for i in order:
        item, share = members[i]
        wanted = item.quantity
        if share < 1 - FULL:
            wanted = min(
                wanted, (item.quantity * Decimal(repr(share)) / step).to_integral_value(ROUND_HALF_UP) * step
            )
        take = min(wanted, left)
        taken[i] = take
        left -= take
    for i in order:  # rounding left over: into the lots in use, in the same order
        extra = min(left, members[i][0].quantity - taken[i])
        taken[i] += extra
        left -= extra
    return [(members[i][0], taken[i]) for i in range(len(members)) if taken[i] > 0]


def _sell_trade(case: Case, taken: list[tuple[Sellable, Decimal]]) -> Trade:
    first = taken[0][0]
    quantity = sum((q for _, q in taken), Decimal(0))
    if first.term is None:
        amount = first.value_cents if quantity == first.quantity else value_cents(quantity, first.price)
        return Trade(
            first.account_id,
            first.security.symbol,
            Side.SELL,
            quantity,
            first.price,
            amount,
            (),
            (TradeFlag.SHELTERED,),
            "",
        )
    disposals = tuple(_disposal(item, q) for item, q in taken)
    trade = Trade(
        first.account_id,
        first.security.symbol,
        Side.SELL,
        quantity,
        first.price,
        sum(d.proceeds_cents for d in disposals),
        disposals,
        (),
        "",
    )
    return replace(trade, flags=_flags(case, trade))


def _disposal(item: Sellable, quantity: Decimal) -> Disposal:
    lot = item.lots[0]
    assert item.term is not None  # noqa: S101 - only taxable lots come here
    proceeds = item.value_cents if quantity == lot.quantity else value_cents(quantity, item.price)
    return Disposal(lot, quantity, proceeds, share_of(item.basis_cents, quantity, lot.quantity), item.term)


def _flags(case: Case, trade: Trade) -> tuple[TradeFlag, ...]:
    flags = []
    if trade.gain_cents() >= case.settings.high_gain_cents:
        flags.append(TradeFlag.HIGH_GAIN)
    if any(d.term is Term.SHORT and d.gain_cents > 0 for d in trade.disposals):
        flags.append(TradeFlag.SHORT_TERM)
    if any(_soon(case, d.lot) for d in trade.disposals if d.term is Term.SHORT and d.gain_cents > 0):
        flags.append(TradeFlag.LONG_TERM_SOON)
    if any(d.gain_cents < 0 for d in trade.disposals):
        flags.append(TradeFlag.LOSS)
    return tuple(flags)


def _soon(case: Case, lot: Lot) -> bool:
    if lot.acquired is None:
        return False
    return 0 < days_to_long_term(lot.acquired, case.settings.as_of) <= case.settings.long_term_soon_days


def _rounded_away(
    case: Case,
    proposal: Proposal,
    sells: tuple[Trade, ...],
    cash: Mapping[str, int],
    unpaid: Mapping[str, int],
) -> dict[tuple[str, str], Decimal]:
    """Steps to add to a sale where an account lacks the cents that rounding its sales to steps has cost.

    Only a lack smaller than one step of something sold there is rounding; more is a shortfall.
    """
    step = share_step(case)
    lacking = dict(unpaid)
    for need in case.cash:
        if cash[need.account_id] < need.reserve_cents:
            short = need.reserve_cents - cash[need.account_id]
            lacking[need.account_id] = lacking.get(need.account_id, 0) + short
    pools = {a: need.from_accounts for need in case.rmd_needs for a in need.from_accounts if a in unpaid}
    total_short = case.household.client.cash_reserve_cents - sum(cash.values())
    if total_short > 0 and not lacking:
        lacking[""] = total_short
    free: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    proposed: dict[tuple[str, str], list[Sellable]] = defaultdict(list)
    for item, cents in zip(case.sellable, proposal.sells, strict=True):
        free[item.position] += item.quantity
        if cents > 0:
            proposed[item.position].append(item)
    for trade in sells:
        free[trade.account_id, trade.symbol] -= trade.quantity
    more: dict[tuple[str, str], Decimal] = {}
    for account_id, short in sorted(lacking.items()):
        places = pools.get(account_id, (account_id,))
        choices = [
            (value_cents(step, items[0].price), *position)
            for position, items in proposed.items()
            if (position[0] in places or not account_id)
            and step <= free[position]
            and short <= value_cents(step, items[0].price) + len(items)
        ]
        if choices:
            value, where, symbol = min(choices)
            count = 1 if value >= short else 2
            more[where, symbol] = max(more.get((where, symbol), Decimal(0)), step * count)
    return more


def _transfers(
    case: Case, proposal: Proposal, sells: tuple[Trade, ...]
) -> tuple[tuple[Transfer, ...], dict[str, int]]:
    """RMD cash as proposed from each account, what is left from any of them that has cash; withdrawals as asked for."""
    cash = {need.account_id: need.cents - need.withdrawal_cents - need.reserve_cents for need in case.cash}
    for trade in sells:
        cash[trade.account_id] += trade.amount_cents
    transfers: list[Transfer] = []
    unpaid: dict[str, int] = {}
    for need, proposed in zip(case.rmd_needs, proposal.rmd, strict=True):
        still = need.cents
        taken = dict.fromkeys(need.from_accounts, 0)
        for account_id, wish in (
            *zip(need.from_accounts, (round(cents) for cents in proposed), strict=True),
            *((account_id, need.cents) for account_id in need.from_accounts),
        ):
            take = max(0, min(wish, still, cash[account_id]))
            taken[account_id] += take
            cash[account_id] -= take
            still -= take
            if need.to:
                cash[need.to] += take
        transfers.extend(
            Transfer(account_id, need.to, cents, RMD_TRANSFER) for account_id, cents in taken.items() if cents
        )
        if still:
            unpaid[need.from_accounts[0]] = unpaid.get(need.from_accounts[0], 0) + still
    transfers.extend(
        Transfer(
            need.account_id,
            "",
            need.withdrawal_cents,
            case.household.account(need.account_id).withdrawal_why or WITHDRAWAL,
        )
        for need in case.cash
        if need.withdrawal_cents
    )
    return tuple(transfers), unpaid


def _cash_before_buys(
    case: Case, sells: tuple[Trade, ...], transfers: tuple[Transfer, ...]
) -> dict[str, int]:
    cash = {need.account_id: need.cents for need in case.cash}
    for trade in sells:
        cash[trade.account_id] += trade.amount_cents
    for transfer in transfers:
        cash[transfer.from_account] -= transfer.cents
        if transfer.to_account:
            cash[transfer.to_account] += transfer.cents
    return cash


def _buys(case: Case, proposal: Proposal, cash: Mapping[str, int]) -> tuple[Trade, ...]:
    """Buys in whole steps; where an account's cash would not do, its largest buy gives way step by step."""
    step = share_step(case)
    reserve = {need.account_id: need.reserve_cents for need in case.cash}
    wanted: dict[str, list[tuple[int, Decimal]]] = defaultdict(list)
    for i, (item, cents) in enumerate(zip(case.buyable, proposal.buys, strict=True)):
        steps = (
            from_cents(round(max(0.0, cents))) / item.price / step + Decimal("0.0001")
        ).to_integral_value(ROUND_DOWN)
        if steps > 0:
            wanted[item.account_id].append((i, steps * step))
    trades: list[Trade] = []
    for account_id in sorted(wanted):
        lines = [(case.buyable[i], quantity) for i, quantity in wanted[account_id]]
        available = cash[account_id] - reserve[account_id]
        while lines and sum(value_cents(q, item.price) for item, q in lines) > available:
            at = max(range(len(lines)), key=lambda k: (value_cents(lines[k][1], lines[k][0].price), -k))
            item, quantity = lines[at]
            over = sum(value_cents(q, x.price) for x, q in lines) - available
            unit = max(1, value_cents(step, item.price))
            quantity -= step * -(-over // unit)
            if quantity > 0:
                lines[at] = (item, quantity)
            else:
                del lines[at]
        for item, quantity in lines:
            minimum = max(item.security.min_trade_cents, case.settings.min_trade_cents, 1)
            cents = value_cents(quantity, item.price)
            if (
                cents < minimum
            ):  # rounding down took it below: one step more if there is cash, else not at all
                spent = sum(value_cents(q, x.price) for x, q in lines)
                up = value_cents(quantity + step, item.price)
                if up < minimum or spent - cents + up > available:
                    continue
                quantity, cents = quantity + step, up
            trades.append(
                Trade(account_id, item.security.symbol, Side.BUY, quantity, item.price, cents, (), (), "")
            )
    trades.sort(key=lambda t: (-t.amount_cents, t.symbol, t.account_id))
    return tuple(trades)
