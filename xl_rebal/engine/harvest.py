"""Losses worth taking, by account and security, with their replacement securities.

A candidate is all lots of one security at a loss in one of the household's own taxable accounts. Both thresholds of
the firm must be met: the loss in dollars and as a share of the loss lots' basis. Whether the loss would count is the
wash-sale status beside it; the replacement is the firm's designated `Swap`, checked so that it does not wash a loss.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from xl_rebal.engine.book import Household, Lot, Settings, Term
from xl_rebal.engine.holding import term_on
from xl_rebal.engine.purchases import identity_of
from xl_rebal.engine.results import HarvestCandidate
from xl_rebal.engine.wash_calendar import WashCalendar, loss_cents
from xl_rebal.engine.wash_sales import buy_blocks
from xl_rebal.money import decimal_of, value_cents
from xl_rebal.params.types import WashSaleParameters


def harvest_candidates(
    household: Household,
    settings: Settings,
    params: WashSaleParameters,
    calendar: WashCalendar | None = None,
) -> tuple[HarvestCandidate, ...]:
    """Losses that meet both thresholds, the largest first, then by account and symbol.

    `calendar` is the one of this household and day, where the caller has built it already.

    Left out: lots with unknown basis, price or acquisition date, lots on hold, and accounts that are not traded.
    """
    tradable = {a.id for a in household.accounts if a.registration.household_taxable and not a.do_not_trade}
    losing: dict[tuple[str, str], list[tuple[int, Lot]]] = defaultdict(list)
    for lot in household.lots:
        if (
            lot.account_id in tradable
            and not lot.hold
            and lot.acquired
            and (loss := loss_cents(household, lot))
        ):
            losing[lot.account_id, lot.symbol].append((loss, lot))
    worth = {key: losses for key, losses in losing.items() if worth_taking(losses, settings)}
    if not worth:
        return ()
    calendar = calendar or WashCalendar.of(household, settings.as_of, params)
    blocks = buy_blocks(household, settings.as_of, params)
    sold = {identity_of(household, symbol): symbol for _, symbol in sorted(worth, reverse=True)}

    candidates = []
    for (account_id, symbol), losses in worth.items():
        losses.sort(key=lambda pair: (pair[1].acquired or date.min, pair[1].id))
        lots = tuple(lot for _, lot in losses)
        security = household.securities[symbol]
        by_term = {Term.SHORT: 0, Term.LONG: 0}
        for loss, lot in losses:
            by_term[term_on(lot.acquired or date.min, settings.as_of)] -= loss
        candidates.append(
            HarvestCandidate(
                account_id=account_id,
                symbol=symbol,
                lots=lots,
                quantity=sum((lot.quantity for lot in lots), Decimal(0)),
                value_cents=sum(value_cents(lot.quantity, security.price or Decimal(0)) for lot in lots),
                short_loss_cents=by_term[Term.SHORT],
                long_loss_cents=by_term[Term.LONG],
                wash=calendar.status(symbol, lots),
                swap=security.swap,
                swap_problem=_swap_problem(household, symbol, blocks, sold),
            )
        )
    candidates.sort(key=lambda c: (c.loss_cents, c.account_id, c.symbol))
    return tuple(candidates)


def worth_taking(losses: Sequence[tuple[int, Lot]], settings: Settings) -> bool:
    """Whether the lots' loss (cents above zero, and the lot) meets the firm's thresholds in dollars and as a share of their basis."""
    loss = sum(cents for cents, _ in losses)
    basis = sum(lot.basis_cents or 0 for _, lot in losses)
    return loss >= settings.harvest_min_loss_cents and loss >= decimal_of(settings.harvest_min_loss) * basis


def _swap_problem(
    household: Household, symbol: str, blocks: Mapping[str, date], sold: Mapping[str, str]
) -> str:
    """Why the designated replacement can't be bought now, as a sentence; '' when it can or none is designated."""
    swap = household.securities[symbol].swap
    if not swap:
        return ""
    security = household.securities.get(swap)
    if security is None:
        return f"Swap {swap} is not on the Securities sheet. Add it, or name another."
    if security.identity == identity_of(household, symbol):
        return f"Swap {swap} is substantially identical to {symbol}: buying it would wash the loss. Name another."
    if security.price is None:
        return f"Swap {swap} has no price, so no quantity can be given. Enter its price."
    if security.identity in blocks:
        return f"A loss on {swap} was realized lately: buying it before {blocks[security.identity]} would wash that loss."
    if security.identity in sold:
        return (
            f"{sold[security.identity]} is a loss to harvest itself: selling it and buying {swap} would wash that loss. "
            "Harvest one of the two, or name another swap."
        )
    return ""
