"""A household's wash calendar: what must wait, in which account, until which day, and because of what.

Two things are blocked (IRC 1091(a); 30 days either side, both counted). Selling at a loss waits until the 31st day
after the last purchase of an identical security anywhere in the household: bought December 15, clear on January 15.
Buying, in any account of the household, IRAs and the spouse's included (Pub. 550; Rev. Rul. 2008-5), waits until
the 31st day after the last loss sale, or it takes that loss away: sold at a loss on January 30, clear on March 1 in
a leap year and March 2 in another.

The dates are as far as this household's accounts tell. Accounts held elsewhere are unknown and every line says so;
while dividends are reinvested, each one moves the date. A security held only in the lots that the purchases left
blocks nothing (Rev. Rul. 56-602). As with `buy_blocks`, a loss sale that is already matched in full still blocks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from xl_rebal.engine.book import Activity, Household, Lot
from xl_rebal.engine.purchases import identity_of
from xl_rebal.engine.results import WashState
from xl_rebal.engine.wash_calendar import WashCalendar, loss_cents
from xl_rebal.engine.wash_results import Blocking, WashBlock, WashDate
from xl_rebal.engine.wash_sales import loss_sales
from xl_rebal.params.types import WashSaleParameters


def wash_calendar(
    household: Household, as_of: date, params: WashSaleParameters, calendar: WashCalendar | None = None
) -> tuple[WashDate, ...]:
    """What must wait for each security held or lately traded in the household's own taxable accounts.

    One line for selling at a loss by security and account, one for buying by security; soonest to clear first, then
    by symbol. Lines that block nothing are left out. `calendar` is one of this household and day, if there is one.
    """
    calendar = calendar or WashCalendar.of(household, as_of, params)
    sheltered = {a.id: not a.registration.taxable for a in household.accounts}
    lines = [*_sells(calendar, sheltered), *_buys(calendar)]
    lines.sort(key=lambda line: (line.clear_from, line.symbol, line.account_id, line.block.value))
    return tuple(lines)


def _sells(calendar: WashCalendar, sheltered: Mapping[str, bool]) -> Iterator[WashDate]:
    """Lines of the lots that a purchase blocks: the account's loss lots, or all of them while none is at a loss."""
    household, wait = calendar.household, timedelta(calendar.params.days_before + 1)
    for symbol in calendar.held:
        by_account: dict[str, list[Lot]] = defaultdict(list)
        for lot in calendar.lots(symbol):
            if lot.quantity > 0:
                by_account[lot.account_id].append(lot)
        for account_id, lots in by_account.items():
            losses = [loss_cents(household, lot) for lot in lots]
            losing = [lot for lot, loss in zip(lots, losses, strict=True) if loss]
            blocking = calendar.blocking(losing or lots)
            if not blocking:
                continue
            status = calendar.status(symbol, lots)
            known = [loss for loss in losses if loss is not None]
            yield WashDate(
                symbol,
                _group(household, symbol),
                account_id,
                WashBlock.SELL,
                blocking[0].on + wait,
                tuple(
                    Blocking(p.account_id, p.on, p.quantity, p.origin, sheltered[p.account_id])
                    for p in blocking
                ),
                sum(known) if known else None,
                status.disallowed_cents if status.state is WashState.BLOCKED else 0 if known else None,
                _reinvesting(calendar, symbol),
                status.caveat,
            )


def _buys(calendar: WashCalendar) -> Iterator[WashDate]:
    """Lines of the securities whose lately realized loss a buy in any account would wash."""
    household, params = calendar.household, calendar.params
    start = calendar.as_of - timedelta(params.days_after)
    sold: dict[str, list[Activity]] = defaultdict(list)
    for sale in loss_sales(household, calendar.as_of, start):
        sold[identity_of(household, sale.symbol)].append(sale)
    own = {a.id for a in household.accounts if a.registration.household_taxable}
    shown = {
        *calendar.held,
        *(
            row.symbol
            for row in household.activity
            if row.account_id in own and row.quantity and start <= row.date <= calendar.as_of
        ),
        *(sale.symbol for sales in sold.values() for sale in sales),
    }
    for symbol in sorted(shown):
        sales = sold.get(identity_of(household, symbol)) if symbol else None
        if not sales:
            continue
        sales.sort(key=lambda row: (row.date, row.source.row), reverse=True)
        losses = [_realized_loss(sale) for sale in sales]
        at_stake = sum(losses) - sum(calendar.disallowed_so_far(sale) for sale in sales)
        yield WashDate(
            symbol,
            _group(household, symbol),
            "",
            WashBlock.BUY,
            sales[0].date + timedelta(params.days_after + 1),
            tuple(Blocking(sale.account_id, sale.date, sale.quantity, sale, False) for sale in sales),
            sum(losses),
            at_stake,
            _reinvesting(calendar, symbol),
            _buy_caveat(calendar, symbol, sales, at_stake),
        )


def _realized_loss(sale: Activity) -> int:
    """Loss of a sale in either term, as reported; a gain in the other term takes nothing off it."""
    return -min(0, sale.short_gain_cents) - min(0, sale.long_gain_cents)


def _buy_caveat(calendar: WashCalendar, symbol: str, sales: Sequence[Activity], at_stake: int) -> str:
    reinvested = calendar.reinvesting(identity_of(calendar.household, symbol))
    sentences = [
        f"Account {account_id} reinvests its dividends (last on {last}); each is a purchase that would wash the loss: "
        "turn that off."
        for account_id, last in reinvested
    ]
    if not at_stake:
        sentences.append("All of that loss is disallowed already, so a further buy takes no more of it.")
    elif any(not sale.quantity for sale in sales):
        sentences.append("A sale has no quantity, so what buys since have taken of its loss is not known.")
    sentences.append("Accounts held elsewhere are unknown; a buy there would wash the loss as well.")
    return " ".join(sentences)


def _group(household: Household, symbol: str) -> str:
    security = household.securities.get(symbol)
    return security.same_as if security else ""


def _reinvesting(calendar: WashCalendar, symbol: str) -> tuple[str, ...]:
    return tuple(where for where, _ in calendar.reinvesting(identity_of(calendar.household, symbol)))
