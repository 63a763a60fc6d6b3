"""Lots against the custodian's own positions: what the firm thinks a client owns, and what is there.

A difference below one share that is worth less than the firm's smallest trade is a rounding of fractional shares and only
warned of; so is a difference in value too small to cause a trade. Anything larger withholds the client.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from xl_rebal.engine.book import Account, Book, CashBalance, Household, Lot, Position
from xl_rebal.engine.problems import Problem, Severity, Source
from xl_rebal.money import CENT, money_text, quantity_text, to_cents, value_cents

_NONE = Decimal(0)


def differences(book: Book, household: Household) -> Iterator[Problem]:
    """Every account whose lots or money do not add up to the custodian's count, both figures in the text."""
    for account in household.accounts:
        positions = [p for p in household.positions if p.account_id == account.id]
        if positions:  # an account without any position is not reconciled at all
            yield from _securities(book, household, account, positions)
            yield from _money(book, household, account, positions)


def _is_cash(household: Household, symbol: str) -> bool:
    security = household.securities.get(symbol)
    return security.is_cash if security else any(balance.symbol == symbol for balance in household.cash)


def _securities(
    book: Book, household: Household, account: Account, positions: list[Position]
) -> Iterator[Problem]:
    lots: dict[str, list[Lot]] = {}
    for lot in household.lots:
        if lot.account_id == account.id:
            lots.setdefault(lot.symbol, []).append(lot)
    counted: dict[str, list[Position]] = {}
    for position in positions:
        if not _is_cash(household, position.symbol):
            counted.setdefault(position.symbol, []).append(position)
    for symbol in sorted(lots.keys() | counted.keys()):
        if symbol not in household.securities and symbol not in counted:
            continue
        yield from _symbol(book, household, account, symbol, lots.get(symbol, []), counted.get(symbol, []))


def _symbol(
    book: Book,
    household: Household,
    account: Account,
    symbol: str,
    lots: list[Lot],
    positions: list[Position],
) -> Iterator[Problem]:
    ours = sum((lot.quantity for lot in lots), _NONE)
    theirs = sum((position.quantity for position in positions), _NONE)
    first = positions[0].source if positions else lots[0].source
    security = household.securities.get(symbol)
    price = security.price if security else None
    if symbol not in household.securities:
        if not lots and theirs:
            yield household_problem(
                book, household, Severity.ERROR, "unknown-symbol", first, "Symbol", symbol,
                f"The custodian holds {quantity_text(theirs)} of {symbol} in account {account.id}, but {symbol} is not on "
                "the Securities sheet, so the household's value is too low.",
                f"Add {symbol} to Securities with its class and price, and its lots.",
                _in_question(_stated(positions)),
            )  # fmt: skip
        return
    if ours != theirs:
        gap = abs(ours - theirs)
        worth = value_cents(gap, price) if price is not None else None
        small = gap < 1 and worth is not None and worth < book.settings.min_trade_cents
        if not lots:
            code, what = (
                "no-lots",
                (
                    f"The custodian holds {quantity_text(theirs)} {symbol} in account {account.id}, but there are no lots of it."
                ),
            )
            todo = "Import or enter the lots, with their basis."
        elif not positions:
            code, what = (
                "not-at-custodian",
                (
                    f"Lots of {symbol} in account {account.id} add up to {quantity_text(ours)}, but the custodian lists none."
                ),
            )
            todo = "Delete the lots if the position was sold or moved, or import the positions again."
        else:
            code, what = (
                "lots-differ",
                (
                    f"Lots of {symbol} in account {account.id} add up to {quantity_text(ours)}, the custodian counts "
                    f"{quantity_text(theirs)}: {quantity_text(gap)} {'too many' if ours > theirs else 'missing'}."
                ),
            )
            todo = "Correct the lots, or import lots and positions of the same day."
        if account.lots_as_of and account.positions_as_of and account.lots_as_of != account.positions_as_of:
            what += f" The lots are of {account.lots_as_of}, the positions of {account.positions_as_of}."
        what += _hint(lots, ours, theirs)
        if _unread(book, household):
            what += " A row of this client's lots or positions could not be read, which may be the reason."
        yield household_problem(
            book, household, Severity.WARNING if small else Severity.ERROR, code, first, "Quantity",
            quantity_text(theirs) if positions else quantity_text(ours), what, todo, _in_question(worth),
        )  # fmt: skip
        return
    yield from _basis(book, household, account, symbol, lots, positions)
    if price is None or price <= 0 or any(p.value_cents is None for p in positions):
        return
    our_value = sum(value_cents(lot.quantity, price) for lot in lots)
    their_value = sum(p.value_cents or 0 for p in positions)
    gap_cents = abs(our_value - their_value)
    if gap_cents <= len(lots) + len(positions):  # each rounded once to the cent
        return
    custodian_price = positions[0].price
    theirs_at = f" at {_price(custodian_price)}" if custodian_price is not None else ""
    yield household_problem(
        book, household, Severity.ERROR if gap_cents >= book.settings.min_trade_cents else Severity.WARNING,
        "value-differs", first, "Value", money_text(their_value),
        f"The lots of {symbol} in account {account.id} are worth {money_text(our_value)} at {_price(price)} (Securities row "
        f"{household.securities[symbol].source.row}), the custodian says {money_text(their_value)}{theirs_at}.",
        "Take prices and positions of the same day; check for a split or a bond quoted per 100.",
        _in_question(gap_cents),
    )  # fmt: skip


def _basis(
    book: Book,
    household: Household,
    account: Account,
    symbol: str,
    lots: list[Lot],
    positions: list[Position],
) -> Iterator[Problem]:
    """The lots' total cost against the custodian's, where both are known; each lot may round to the dollar."""
    stated = [p.basis_cents for p in positions]
    ours = [lot.basis_cents for lot in lots]
    if not lots or not positions or not account.registration.taxable or None in stated or None in ours:
        return  # without a position the lots add up to no shares, or there would be a problem of shares
    total, theirs = sum(c for c in ours if c is not None), sum(c for c in stated if c is not None)
    gap = abs(total - theirs)
    if gap <= 100 * len(lots):
        return
    yield household_problem(
        book, household, Severity.WARNING, "basis-differs", positions[0].source, "Cost Basis", money_text(theirs),
        f"The lots of {symbol} in account {account.id} cost {money_text(total)} together, the custodian says "
        f"{money_text(theirs)} for the same {quantity_text(sum((lot.quantity for lot in lots), _NONE))} shares.",
        "Import the lots again; look for a wash sale, a return of capital or a spin-off that moved basis.",
        f"Gains on {symbol} are wrong by up to {money_text(gap)}.",
    )  # fmt: skip


_RATIOS = tuple(Decimal(n) for n in ("2", "3", "4", "5", "10", "20", "1.5"))


def _hint(lots: list[Lot], ours: Decimal, theirs: Decimal) -> str:
    """What the difference looks like: a split that the lots don't have, or a lot that is there twice."""
    seen: dict[tuple[object, ...], Lot] = {}
    for lot in lots:
        key = (lot.acquired, lot.quantity, lot.basis_cents)
        first = seen.setdefault(key, lot)
        if first is not lot and lot.quantity == ours - theirs:
            return (
                f" The lot in row {lot.source.row} is like the one in row {first.source.row} in every figure, and without it the "
                "two agree: imported twice?"
            )
    if ours > 0 and theirs > 0:
        for ratio in _RATIOS:
            if theirs == ours * ratio:
                return f" That is exactly {quantity_text(ratio)} for 1: a split that the lots don't have yet?"
            if ours == theirs * ratio:
                return f" That is exactly 1 for {quantity_text(ratio)}: a reverse split that the lots don't have yet?"
    return ""


def _money(
    book: Book, household: Household, account: Account, positions: list[Position]
) -> Iterator[Problem]:
    stated = [p for p in positions if _is_cash(household, p.symbol)]
    if not stated:
        return
    balances: list[CashBalance] = [c for c in household.cash if c.account_id == account.id]
    ours = sum(balance.cents for balance in balances)
    theirs = sum(to_cents(p.quantity) for p in stated)
    gap = abs(ours - theirs)
    if gap:
        yield household_problem(
            book, household, Severity.ERROR if gap >= book.settings.min_trade_cents else Severity.WARNING,
            "cash-differs", stated[0].source, "Quantity", money_text(theirs),
            f"Cash in account {account.id} is {money_text(ours)} by Lots, the custodian says {money_text(theirs)}.",
            "Take lots and positions of the same day, or correct the cash row.", _in_question(gap),
        )  # fmt: skip


def _in_question(cents: int | None) -> str:
    """What a difference costs while nobody clears it up."""
    if not cents:
        return ""
    return f"{money_text(cents)} of the household's value may be wrong, and with it every drift and trade."


def _stated(positions: list[Position]) -> int | None:
    """What the custodian says that they are worth; None when it doesn't for one of them."""
    values = [p.value_cents for p in positions]
    return None if None in values else abs(sum(v for v in values if v is not None))


def _unread(book: Book, household: Household) -> bool:
    return any(
        p.client_id == household.client.id
        and p.severity is Severity.ERROR
        and p.source.sheet in ("Lots", "Positions")
        for p in book.problems
    )


def _price(price: Decimal) -> str:
    return f"${price.quantize(CENT):,}" if price == price.quantize(CENT) else f"${price.normalize():,f}"


def household_problem(
    book: Book,
    household: Household,
    severity: Severity,
    code: str,
    source: Source,
    column: str,
    value: str,
    what: str,
    todo: str,
    cost: str = "",
) -> Problem:
    """A problem of one client at a cell of its rows."""
    cell = book.cell(source, column)
    return Problem(severity, code, source, column, cell, value, what, todo, household.client.id, cost)
