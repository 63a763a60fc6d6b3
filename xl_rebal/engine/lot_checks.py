"""What is wrong with lots: those that can't be, a basis or a date that is not known or can't be one, and gain that has a
rate of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from xl_rebal.engine.book import Book, Household, Lot, Term
from xl_rebal.engine.holding import term_on
from xl_rebal.engine.problem_words import capitalized, lots_text
from xl_rebal.engine.problems import Problem, Severity
from xl_rebal.engine.reconcile import household_problem
from xl_rebal.money import from_cents, money_text, percent_text, quantity_text, rate_of, value_cents
from xl_rebal.params.types import TaxParameters


def lot_problems(book: Book, household: Household) -> Iterator[Problem]:
    """Lots that can't be: no quantity, bought tomorrow, negative basis, the same lot twice."""
    as_of = book.settings.as_of
    seen: dict[tuple[str, str, str], Lot] = {}
    for lot in household.lots:
        name = f"lot of {lot.symbol} in account {lot.account_id}"
        if lot.quantity <= 0:
            sign = "negative" if lot.quantity < 0 else "zero"
            yield household_problem(
                book, household, Severity.ERROR, f"{sign}-quantity", lot.source, "Quantity", quantity_text(lot.quantity),
                f"The {name} has a {sign} quantity.",
                "Correct it, or delete the row; short positions are not supported.",
            )  # fmt: skip
        if lot.acquired is not None and lot.acquired > as_of:
            yield household_problem(
                book, household, Severity.ERROR, "acquired-after-as-of", lot.source, "Acquired", str(lot.acquired),
                f"The {name} was acquired after the as-of date {as_of}.",
                "Correct the date, or As Of on Settings.",
            )  # fmt: skip
        if lot.basis_cents is not None and lot.basis_cents < 0:
            yield household_problem(
                book, household, Severity.ERROR, "negative-basis", lot.source, "Cost Basis", money_text(lot.basis_cents),
                f"The {name} has a negative cost basis.",
                "Enter the total basis of the lot, or leave it blank if it is unknown.",
            )  # fmt: skip
        first = seen.setdefault((lot.account_id, lot.symbol, lot.id), lot)
        if first is not lot:
            yield household_problem(
                book, household, Severity.ERROR, "duplicate-lot", lot.source, "Lot ID", lot.id,
                f"Lot {lot.id} of {lot.symbol} in account {lot.account_id} is already in row {first.source.row}; counted twice, "
                "the household's value is wrong.",
                "Delete one of the two rows.",
            )  # fmt: skip


def basis_problems(book: Book, household: Household) -> Iterator[Problem]:
    """Lots whose gain or term can't be known, where that decides tax: one problem per position.

    In accounts whose sales are not taxed neither matters, nor does a basis that can't be one: nothing reads it. What was
    paid into an IRA after tax is one amount for all of a person's IRAs, and no lot's (IRC 408(d)(2); Form 8606). A position
    that stands in for missing lots there is said.
    """
    accounts = {account.id: account for account in household.accounts}
    unread = {
        p.column
        for p in book.problems
        if p.source.sheet == "Lots" and p.severity is Severity.ERROR and p.client_id == household.client.id
    }  # columns whose cells are already reported for this client
    groups: dict[tuple[str, str, str], list[Lot]] = {}
    for lot in household.lots:
        account = accounts.get(lot.account_id)
        if account is None:
            continue
        if lot.source.sheet == "Positions":
            kind = "position-as-lot"
        elif not account.registration.taxable:
            continue
        elif lot.basis_cents is None:
            if "Cost Basis" in unread:
                continue
            kind = "missing-basis"
        elif lot.acquired is None:
            if "Acquired" in unread:
                continue
            kind = "missing-date"
        elif lot.basis_cents == 0:
            kind = "zero-basis"
        elif (unit := _basis_unit(household, lot)) is not None:
            kind = unit
        else:
            continue
        groups.setdefault((kind, lot.account_id, lot.symbol), []).append(lot)
    for (kind, account_id, symbol), lots in groups.items():
        where = f"{lots_text(len(lots))} of {symbol} in account {account_id}"
        its, is_ = ("their", "are") if len(lots) > 1 else ("its", "is")
        has = "have" if len(lots) > 1 else "has"
        severity, column, what, todo = {
            "missing-basis": (
                Severity.WARNING,
                "Cost Basis",
                f"{where} {has} no cost basis: {its} gain is unknown and {'they are' if len(lots) > 1 else 'it is'} left out of "
                "the plan.",
                "Enter the basis, or ask the custodian for it.",
            ),
            "missing-date": (
                Severity.WARNING,
                "Acquired",
                f"{where} {has} no acquisition date, so it is unknown whether {its} gain is long-term, and "
                f"{'they are' if len(lots) > 1 else 'it is'} left out of the plan.",
                "Enter the trade date, or ask the custodian for it.",
            ),
            "zero-basis": (
                Severity.WARNING,
                "Cost Basis",
                f"{where} {has} a basis of $0.00, so all proceeds would be gain. Some exports write 0 for unknown.",
                "Clear the cell if the basis is unknown; leave it if 0 is right.",
            ),
            "unit-basis": (
                Severity.WARNING,
                "Cost Basis",
                f"{where} {has} a basis that looks like the cost of one share, not of the whole lot, so nearly all proceeds would "
                "be gain.",
                "Enter the total cost (cost per share x quantity); leave it if it is right.",
            ),
            "hundredfold-basis": (
                Severity.WARNING,
                "Cost Basis",
                f"{where} {has} a basis about a hundred times {its} value, as when a cost quoted per 100 is taken for dollars.",
                "Enter the total cost in dollars; leave it if it is right.",
            ),
            "position-as-lot": (
                Severity.WARNING,
                "Symbol",
                f"{where} {is_} not on the Lots sheet; the custodian's position is used, as no sale in this account is taxed.",
                "Import the lots if you want their dates checked for wash sales.",
            ),
        }[kind]
        basis = lots[0].basis_cents
        value = "" if basis is None or column != "Cost Basis" else f"{from_cents(basis)}"
        worth = money_text(sum(lot_cents(household, lot) for lot in lots))
        cost = {
            "missing-basis": f"{worth} is never sold by the plan, whatever the drift.",
            "missing-date": f"{worth} is never sold by the plan, whatever the drift.",
            "zero-basis": f"If the basis is not 0, up to {worth} of gain is shown and taxed that is none.",
            "unit-basis": f"If it is the cost of one share, up to {worth} of gain is shown and taxed that is none.",
            "hundredfold-basis": "If it is a hundredfold, a loss is harvested that is none.",
            "position-as-lot": "A wash sale against a recent purchase of it would be missed.",
        }[kind]
        yield household_problem(
            book, household, severity, kind, lots[0].source, column, value, capitalized(what), todo, cost
        )


_METAL = re.compile(r"\b(?:gold|silver|platinum|palladium|bullion|precious metals?)\b", re.IGNORECASE)
_HELD = re.compile(r"\b(?:trust|physical\w*|bullion|(?:mini)?shares|etf|etc)\b", re.IGNORECASE)
_MINED = re.compile(
    r"\b(?:min(?:er|ing)s?|miners|producers?|explorers?|royalt\w+|streaming|futures|strategy)\b",
    re.IGNORECASE,
)


def collectible_problems(book: Book, household: Household, params: TaxParameters) -> Iterator[Problem]:
    """Long-term gain in funds that seem to hold metal: taxed at up to 28 % (IRC 1(h)(4)), which no figure has.

    Told by their names, so it may be wrong either way; short-term gain and losses are as for any other security.
    """
    held = dict.fromkeys(lot.symbol for lot in household.lots)
    metal = {s for s in held if s in household.securities and _holds_metal(household.securities[s].name)}
    taxed = {account.id for account in household.accounts if account.registration.taxable}
    gains: dict[str, int] = {}
    for lot in household.lots:
        if (
            lot.symbol not in metal
            or lot.account_id not in taxed
            or lot.basis_cents is None
            or lot.acquired is None
        ):
            continue
        if term_on(lot.acquired, book.settings.as_of) is Term.LONG:
            gains[lot.symbol] = gains.get(lot.symbol, 0) + lot_cents(household, lot) - lot.basis_cents
    rate = percent_text(float(params.collectibles_rate), 0)
    for symbol, gain in gains.items():
        if gain > 0:
            security = household.securities[symbol]
            yield household_problem(
                book, household, Severity.WARNING, "collectible-gain", security.source, "Name", security.name,
                f"{symbol} seems to hold metal: its long-term gain, {money_text(gain)} unrealized, is then taxed at up to {rate} as "
                "that of a collectible (IRC 1(h)(4), 408(m)). The plan's tax takes the usual long-term rates.",
                "Ask the client's tax preparer before it is sold; nothing, if the fund holds no metal.",
                f"Tax on its sale may be up to {money_text(rate_of(gain, params.collectibles_rate))} and not what is shown.",
            )  # fmt: skip


def _holds_metal(name: str) -> bool:
    """Whether a fund looks by its name as if it held metal itself, not miners or futures."""
    return bool(_METAL.search(name) and _HELD.search(name) and not _MINED.search(name))


_UNIT_SHARES = 100  # of fewer shares that have grown a lot, a true basis may be as large as a price
_UNIT_NEAR = 3  # a cost of one share is within so many times of the price, up or down


def _basis_unit(household: Household, lot: Lot) -> str | None:
    """What the size of a basis looks like, where it is not dollars for the lot; None where it may be right.

    A cost of one share is near the price, though the lot has many shares; a cost per 100 read as dollars is about 100 times the
    value. Both can be right, rarely; nobody would see them otherwise.
    """
    value = lot_cents(household, lot)
    if lot.basis_cents is None or lot.basis_cents <= 0 or value <= 0:
        return None
    near = value <= lot.basis_cents * lot.quantity * _UNIT_NEAR and (
        lot.basis_cents * lot.quantity <= value * _UNIT_NEAR
    )
    if lot.quantity >= _UNIT_SHARES and near:
        return "unit-basis"
    return "hundredfold-basis" if 80 * value <= lot.basis_cents <= 125 * value else None


def lot_cents(household: Household, lot: Lot) -> int:
    """What a lot is worth; 0 where its price is not known."""
    security = household.securities.get(lot.symbol)
    price = security.price if security else None
    return value_cents(lot.quantity, price) if price is not None else 0
