"""What is wrong with or unknown in a book, as problems at their cells: the Checks list.

Reading has already reported what a single cell is (sheets/read.py); here values are held against each other. An ERROR
withholds one client's plan and brief, so a fault of a shared row (a price, a model) is one ERROR for each client it
touches; a fault repeated over lots is one problem that counts them. Pure: no files, no clock, no tax tables unless given.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from difflib import get_close_matches

from xl_rebal.engine.book import (
    CASH_CLASS,
    Account,
    ActivityType,
    Book,
    BuyIn,
    Household,
    Lot,
    Registration,
    Security,
    Target,
    Term,
)
from xl_rebal.engine.derived import derived_problems, rmd_due_problems, taxed_withdrawal_problems
from xl_rebal.engine.freshness import freshness_problems, old_data_severity
from xl_rebal.engine.holding import term_on
from xl_rebal.engine.problems import NOWHERE, Problem, Severity, Source, in_order
from xl_rebal.engine.reconcile import differences, household_problem
from xl_rebal.engine.results import RmdState
from xl_rebal.engine.rmd import rmds
from xl_rebal.engine.rule_checks import rule_problems
from xl_rebal.money import from_cents, money_text, percent_text, quantity_text, rate_of, value_cents
from xl_rebal.params.types import TaxParameters

SUM_TOLERANCE = 1e-4
"""Class targets of a model may miss 100 % by this much: thirds are typed as 33.33 %."""

_NAMED = 6
"""So many names are listed in a message before 'and n more'."""


Barrier = Callable[[Household, Iterator[Problem]], Iterable[Problem]]
"""What stands between a client's checks and the others': the problems as they come, and what to say if that fails."""


def checks(
    book: Book, params: TaxParameters | None = None, barrier: Barrier = lambda _, found: found
) -> tuple[Problem, ...]:
    """Everything in `book` that a person should look at, worst first; with `params` also what RMDs need.

    `barrier` gets each client's checks to run; without one, a fault in them is everybody's.
    """
    found = list(_Models(book).problems())
    found += _securities(book)
    for household in book.households:
        found += barrier(household, _household(book, household, params))
    return in_order(dict.fromkeys(found))


def _household(book: Book, household: Household, params: TaxParameters | None) -> Iterator[Problem]:
    yield from _accounts(book, household)
    yield from _model(book, household)
    yield from _prices(book, household)
    yield from freshness_problems(book, household)
    yield from _lots(book, household)
    yield from _unknown_basis(book, household)
    yield from differences(book, household)
    yield from _cash(book, household)
    yield from _client(book, household)
    yield from _activity(book, household)
    yield from _contact(book, household)
    yield from derived_problems(book, household)
    yield from rule_problems(book, household)
    if params is not None:
        yield from _rmds(book, household, params)
        yield from rmd_due_problems(book, household, params)
        yield from taxed_withdrawal_problems(book, household, params)
        yield from _collectibles(book, household, params)


# ------------------------------------------------------------------ models and securities of the firm


_FOLLOWS_FROM_ROWS = frozenset(("targets-not-100", "no-class-targets", "class-without-target"))
"""What is bound to be wrong when a row of Targets was left out, so not said again."""


def _unread_targets(book: Book) -> set[str | None]:
    """Clients whose targets could not all be read (None: of a model that nobody follows)."""
    return {
        p.client_id for p in book.problems if p.severity is Severity.ERROR and p.source.sheet == "Targets"
    }


class _Models:
    """Faults of the Targets sheet, each for every client who follows the model."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.models: dict[str, list[Target]] = {}
        for target in book.targets:
            self.models.setdefault(target.model, []).append(target)
        self.unread = _unread_targets(book)
        self.followers: dict[str, list[str]] = {}
        for household in book.households:
            self.followers.setdefault(household.client.model, []).append(household.client.id)

    def problems(self) -> Iterator[Problem]:
        for model, targets in self.models.items():
            yield from self._sum(model, targets)
            yield from self._twice(model, targets)
            yield from self._bands(model, targets)
            yield from self._members(model, targets)
            yield from self._funds(model, targets)

    def _for_followers(
        self,
        model: str,
        severity: Severity,
        code: str,
        target: Target,
        column: str,
        value: str,
        what: str,
        todo: str,
    ) -> Iterator[Problem]:
        """One problem per client of the model; a model that nobody follows is only warned of."""
        followers: Sequence[str | None] = self.followers.get(model, ())
        if code in _FOLLOWS_FROM_ROWS and self.unread & {*(followers or (None,))}:
            return
        if not followers:
            severity = Severity.WARNING if severity is Severity.ERROR else severity
            what += " No client follows this model now."
        for client_id in followers or (None,):
            yield _problem(self.book, client_id, severity, code, target.source, column, value, what, todo)

    def _sum(self, model: str, targets: list[Target]) -> Iterator[Problem]:
        classes = [t for t in targets if not t.symbol]
        if not classes:
            yield from self._for_followers(
                model, Severity.ERROR, "no-class-targets", targets[0], "Asset Class", "",
                f"Model {model} has targets of securities but none of a class.",
                "Add a row with a blank Symbol for each class; together they make 100%.",
            )  # fmt: skip
            return
        total = sum(t.weight for t in classes)
        if abs(total - 1) > SUM_TOLERANCE:
            parts = _listed([f"{t.asset_class} {percent_text(t.weight, 2)}" for t in classes])
            yield from self._for_followers(
                model, Severity.ERROR, "targets-not-100", classes[0], "Target", percent_text(total, 2),
                f"The class targets of model {model} add up to {percent_text(total, 2)}, not 100% ({parts}).",
                "Correct the targets; money that is meant to stay uninvested is the class Cash.",
            )  # fmt: skip

    def _twice(self, model: str, targets: list[Target]) -> Iterator[Problem]:
        first: dict[tuple[str, str], Target] = {}
        for target in targets:
            key = ("", target.symbol.casefold()) if target.symbol else (target.asset_class.casefold(), "")
            if key in first:
                name = target.symbol or target.asset_class
                yield from self._for_followers(
                    model, Severity.ERROR, "duplicate-target", target, "Target", percent_text(target.weight, 2),
                    f"Model {model} has a second target for {name}; the first is in row {first[key].source.row}.",
                    "Delete one of the two rows.",
                )  # fmt: skip
            else:
                first[key] = target

    def _bands(self, model: str, targets: list[Target]) -> Iterator[Problem]:
        for target in targets:
            lower, upper = target.lower, target.upper
            if (lower is None or lower <= target.weight) and (upper is None or target.weight <= upper):
                continue
            column, edge = (
                ("Upper", upper) if upper is not None and upper < target.weight else ("Lower", lower)
            )
            shown = percent_text(edge or 0.0, 2)
            yield from self._for_followers(
                model, Severity.ERROR, "band-without-target", target, column, shown,
                f"The target of {target.symbol or target.asset_class} in model {model}, {percent_text(target.weight, 2)}, lies "
                f"outside its own band ({column} is {shown}).",
                "Make Lower at most, and Upper at least, the Target.",
            )  # fmt: skip

    def _members(self, model: str, targets: list[Target]) -> Iterator[Problem]:
        """Security targets: known, of the class they stand in, and together no more than it."""
        classes = {t.asset_class.casefold(): t for t in targets if not t.symbol}
        inside: dict[str, list[Target]] = {}
        for target in targets:
            if not target.symbol:
                continue
            inside.setdefault(target.asset_class.casefold(), []).append(target)
            security = self.book.securities.get(target.symbol)
            if security is None:
                yield from self._for_followers(
                    model, Severity.ERROR, "unknown-target-symbol", target, "Symbol", target.symbol,
                    f"Model {model} has a target for {target.symbol}, which is not on the Securities sheet.",
                    f"Add it to Securities, or correct the symbol.{_close(target.symbol, self.book.securities)}",
                )  # fmt: skip
            elif security.asset_class.casefold() != target.asset_class.casefold():
                yield from self._for_followers(
                    model, Severity.ERROR, "class-differs", target, "Asset Class", target.asset_class,
                    f"Model {model} has {target.symbol} in {target.asset_class}, the Securities sheet (row "
                    f"{security.source.row}) in {security.asset_class}.",
                    "Give it the same class in both.",
                )  # fmt: skip
        for key, members in inside.items():
            name, total = members[0].asset_class, sum(t.weight for t in members)
            if key not in classes:
                if not classes:
                    continue
                yield from self._for_followers(
                    model, Severity.ERROR, "class-without-target", members[0], "Asset Class", name,
                    f"Model {model} has securities in {name}, but no target for {name} itself.",
                    f"Add a row for {name} with a blank Symbol.",
                )  # fmt: skip
            elif total > classes[key].weight + SUM_TOLERANCE:
                parts = _listed([f"{t.symbol} {percent_text(t.weight, 2)}" for t in members])
                yield from self._for_followers(
                    model, Severity.ERROR, "securities-exceed-class", members[0], "Target", percent_text(total, 2),
                    f"The securities of {name} in model {model} add up to {percent_text(total, 2)} ({parts}), more than the "
                    f"class itself, {percent_text(classes[key].weight, 2)}.",
                    "Security targets are weights of the whole household: correct them or the class.",
                )  # fmt: skip

    def _funds(self, model: str, targets: list[Target]) -> Iterator[Problem]:
        """A class that nothing may be bought in can't be brought up to its target."""
        buyable = {
            s.asset_class.casefold() for s in self.book.securities.values() if s.buy is not BuyIn.NOWHERE
        }
        for target in targets:
            name = target.asset_class
            if (
                target.symbol
                or not target.weight
                or name.casefold() in buyable
                or name.casefold() == CASH_CLASS.casefold()
            ):
                continue
            if model in self.followers:
                yield _problem(
                    self.book, None, Severity.WARNING, "no-fund-to-buy", target.source, "Asset Class", name,
                    f"No security of class {name} may be bought (column Buy on Securities), so the plan can't raise it to its "
                    f"target in model {model}.",
                    "Set Buy for the fund that the firm uses for this class.",
                )  # fmt: skip


def _securities(book: Book) -> Iterator[Problem]:
    """Replacement securities and identical groups that can't do what they are for."""
    groups = Counter(security.identity for security in book.securities.values())
    for security in book.securities.values():
        if security.same_as and groups[security.identity] == 1:
            yield _problem(
                book, None, Severity.NOTE, "group-of-one", security.source, "Same As", security.same_as,
                f"{security.symbol} is alone in the group {security.same_as!r}, so it is identical to nothing else.",
                "Write the same text at the securities that are substantially identical to it, or clear the cell.",
            )  # fmt: skip
        if not security.swap:
            continue
        swap = book.securities.get(security.swap)
        if swap is None:
            what = f"The swap of {security.symbol}, {security.swap}, is not on the Securities sheet."
            todo = f"Add it with its class and price, or correct the symbol.{_close(security.swap, book.securities)}"
            code = "unknown-swap"
        elif swap.identity == security.identity:
            what = f"{security.symbol} and its swap {security.swap} are substantially identical, so buying it would wash the loss."
            todo, code = "Choose a replacement of another group.", "identical-swap"
        else:
            continue
        yield _problem(book, None, Severity.WARNING, code, security.source, "Swap", security.swap, what, todo)


# ------------------------------------------------------------------ one household


def _accounts(book: Book, household: Household) -> Iterator[Problem]:
    client = household.client
    if not household.accounts:
        yield household_problem(
            book, household, Severity.ERROR, "no-accounts", client.source, "Client ID", client.id,
            f"{client.name} has no usable account, so there is nothing to compute.",
            "Add the client's accounts on the Accounts sheet, or correct their Client ID.",
        )  # fmt: skip
    held = {lot.account_id for lot in household.lots} | {balance.account_id for balance in household.cash}
    counted = {position.account_id for position in household.positions}
    for account in household.accounts:
        if account.id not in held | counted:
            yield household_problem(
                book, household, Severity.NOTE, "empty-account", account.source, "Account ID", account.id,
                f"Account {account.id} holds nothing: no lots, no cash.",
                "Import its lots if it is not empty.",
            )  # fmt: skip
        if account.do_not_trade:
            reason = f": {account.do_not_trade_reason}" if account.do_not_trade_reason else ""
            yield household_problem(
                book, household, Severity.NOTE, "do-not-trade", account.source, "Flags", "; ".join(account.flags),
                f"Account {account.id} counts in drift but is not traded{reason}.",
                "Nothing, if the reason still holds.",
            )  # fmt: skip
        yield from _separate_taxpayer(book, household, account)
        yield from _flagged(book, household, account, held)


_CLOSED = re.compile(r"\bclosed\b", re.IGNORECASE)
_GUESSED = re.compile(r"confirm the registration", re.IGNORECASE)


def _flagged(book: Book, household: Household, account: Account, held: set[str]) -> Iterator[Problem]:
    """Flags that ask for something: an account that is closed and still holds rows, a registration that was guessed."""
    for flag in account.flags:
        if _CLOSED.search(flag) and account.id in held:
            worth = household.cash_cents(account.id) + sum(
                _lot_cents(household, lot) for lot in household.lots if lot.account_id == account.id
            )
            yield household_problem(
                book, household, Severity.WARNING, "account-closed", account.source, "Flags", flag,
                f"Account {account.id} is flagged {flag!r} and still has lots or cash.",
                "Delete its rows on Lots and Positions, or the flag.",
                f"{money_text(worth)} counts in drift, and the plan may sell it, though it is not there.",
            )  # fmt: skip
        if _GUESSED.search(flag):
            yield household_problem(
                book, household, Severity.WARNING, "registration-guessed", account.source, "Flags", flag,
                f"Account {account.id} is taken for {account.registration.value}, which an import has guessed. Is that right?",
                "Confirm or correct its Registration, and delete the flag.",
                "A wrong registration makes sales taxed that are not, or the reverse, and RMDs missed.",
            )  # fmt: skip


def _separate_taxpayer(book: Book, household: Household, account: Account) -> Iterator[Problem]:
    """How an account of another taxpayer is treated, and an income of its own that is entered where it is not used."""
    kind = account.registration
    trust = kind is Registration.IRREVOCABLE_TRUST
    if kind.separate_taxpayer:
        if account.files_own_return:
            traded = "not traded" if account.do_not_trade else "traded with the household"
            treated, todo = f"{traded}, and taxed on its own return", "Nothing, if its income is right."
        elif trust:
            treated = "shown in drift, not traded by the plan, as its own taxable income is not known"
            todo = (
                "Enter Own Taxable Income (0 if it has none) to have it traded; nothing, if it is not to be."
            )
        else:
            treated = "shown in drift, not traded by the plan, as the kiddie tax takes the parents' and the child's returns"
            todo = "Nothing, if the registration is right."
        yield household_problem(
            book, household, Severity.NOTE, "separate-taxpayer", account.source, "Registration", kind.value,
            f"Account {account.id} ({kind.value}) is its own taxpayer: {treated}.", todo,
        )  # fmt: skip
    income = account.own_taxable_income_cents
    if income is not None and not trust:
        yield household_problem(
            book, household, Severity.WARNING, "own-income-unused", account.source, "Own Taxable Income",
            money_text(income),
            f"Account {account.id} ({kind.value}) has an Own Taxable Income, which only an irrevocable trust's return uses.",
            "Delete it, or correct the registration.",
        )  # fmt: skip


def _model(book: Book, household: Household) -> Iterator[Problem]:
    """The model exists, and every held class has a target in it."""
    client = household.client
    if not client.model or client.id in _unread_targets(book):
        return  # reported where it is read
    known = sorted({target.model for target in book.targets})
    if not household.targets:
        if not any(p.source.sheet == "Targets" and p.code in _SHEET_GONE for p in book.problems):
            yield household_problem(
                book, household, Severity.ERROR, "unknown-model", client.source, "Model", client.model,
                f"Model {client.model!r} has no usable row on the Targets sheet, so {client.name} has no targets.",
                f"Correct the model, or add its targets.{_close(client.model, known)}",
            )  # fmt: skip
        return
    classes = {
        target.asset_class.casefold(): target.asset_class for target in household.targets if not target.symbol
    }
    if not classes:
        return
    strangers: dict[str, list[Security]] = {}
    for symbol in dict.fromkeys(lot.symbol for lot in household.lots):
        security = household.securities.get(symbol)
        if security is not None and security.asset_class.casefold() not in classes:
            strangers.setdefault(security.asset_class, []).append(security)
    for name, securities in strangers.items():
        symbols = _listed([security.symbol for security in securities])
        yield household_problem(
            book, household, Severity.ERROR, "unknown-class", securities[0].source, "Asset Class", name,
            f"{symbols} {'is' if len(securities) == 1 else 'are'} of class {name}, which has no target in model {client.model}.",
            f"Correct the class on Securities, or give {name} a target (0% if none is wanted).{_close(name, classes.values())}",
        )  # fmt: skip


_SHEET_GONE = frozenset(("sheet-missing", "sheet-empty", "header-missing", "column-missing"))


def _prices(book: Book, household: Household) -> Iterator[Problem]:
    as_of, limit = book.settings.as_of, book.settings.stale_price_days
    lots = Counter(lot.symbol for lot in household.lots)
    stale: list[Security] = []
    late: list[Security] = []
    for symbol, count in lots.items():
        security = household.securities.get(symbol)
        if security is None:
            first = next(lot for lot in household.lots if lot.symbol == symbol)
            yield household_problem(
                book, household, Severity.ERROR, "unknown-symbol", first.source, "Symbol", symbol,
                f"{symbol} is held in {_lots_text(count)} but is not on the Securities sheet, so its value is unknown.",
                f"Add {symbol} to Securities with its class and price.{_close(symbol, household.securities)}",
            )  # fmt: skip
            continue
        if security.price is None or security.price <= 0:
            value = "" if security.price is None else f"{security.price:f}"
            state = "no usable price" if security.price is None else f"a price of {value}"
            yield household_problem(
                book, household, Severity.ERROR, "no-price", security.source, "Price", value,
                f"{symbol} has {state}, so the value of {_lots_text(count)} and of the household is unknown.",
                f"Enter the price of {symbol} on or shortly before {as_of}.",
            )  # fmt: skip
        elif security.price_date is not None and security.price_date > as_of:
            late.append(security)
        elif security.price_date is not None and (as_of - security.price_date).days > limit:
            stale.append(security)
    for group, code, what, todo in (
        (stale, "stale-price", f"older than {limit} days at {as_of}", "Import the prices again."),
        (
            late,
            "price-after-as-of",
            f"later than the as-of date {as_of}",
            "Correct As Of on Settings, or the prices.",
        ),
    ):
        if group:
            names = _listed([f"{security.symbol} of {security.price_date}" for security in group])
            head = "One held price is" if len(group) == 1 else f"{len(group)} held prices are"
            severity = old_data_severity(book.settings) if code == "stale-price" else Severity.WARNING
            yield household_problem(
                book, household, severity, code, group[0].source, "Price Date", str(group[0].price_date),
                f"{head} {what}: {names}.", todo,
                f"Drift and trades rest on these prices for {money_text(_held_cents(household, group))} of holdings.",
            )  # fmt: skip


def _held_cents(household: Household, securities: Iterable[Security]) -> int:
    """What the household's lots of these securities are worth at the prices on the sheet."""
    priced = {s.symbol: s.price for s in securities if s.price is not None}
    return sum(
        value_cents(lot.quantity, priced[lot.symbol]) for lot in household.lots if lot.symbol in priced
    )


def _lots(book: Book, household: Household) -> Iterator[Problem]:
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


def _unknown_basis(book: Book, household: Household) -> Iterator[Problem]:
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
        where = f"{_lots_text(len(lots))} of {symbol} in account {account_id}"
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
        worth = money_text(sum(_lot_cents(household, lot) for lot in lots))
        cost = {
            "missing-basis": f"{worth} is never sold by the plan, whatever the drift.",
            "missing-date": f"{worth} is never sold by the plan, whatever the drift.",
            "zero-basis": f"If the basis is not 0, up to {worth} of gain is shown and taxed that is none.",
            "unit-basis": f"If it is the cost of one share, up to {worth} of gain is shown and taxed that is none.",
            "hundredfold-basis": "If it is a hundredfold, a loss is harvested that is none.",
            "position-as-lot": "A wash sale against a recent purchase of it would be missed.",
        }[kind]
        yield household_problem(
            book, household, severity, kind, lots[0].source, column, value, _upper(what), todo, cost
        )


_METAL = re.compile(r"\b(?:gold|silver|platinum|palladium|bullion|precious metals?)\b", re.IGNORECASE)
_HELD = re.compile(r"\b(?:trust|physical\w*|bullion|(?:mini)?shares|etf|etc)\b", re.IGNORECASE)
_MINED = re.compile(
    r"\b(?:min(?:er|ing)s?|miners|producers?|explorers?|royalt\w+|streaming|futures|strategy)\b",
    re.IGNORECASE,
)


def _collectibles(book: Book, household: Household, params: TaxParameters) -> Iterator[Problem]:
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
            gains[lot.symbol] = gains.get(lot.symbol, 0) + _lot_cents(household, lot) - lot.basis_cents
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
    value = _lot_cents(household, lot)
    if lot.basis_cents is None or lot.basis_cents <= 0 or value <= 0:
        return None
    near = value <= lot.basis_cents * lot.quantity * _UNIT_NEAR and (
        lot.basis_cents * lot.quantity <= value * _UNIT_NEAR
    )
    if lot.quantity >= _UNIT_SHARES and near:
        return "unit-basis"
    return "hundredfold-basis" if 80 * value <= lot.basis_cents <= 125 * value else None


def _lot_cents(household: Household, lot: Lot) -> int:
    """What a lot is worth; 0 where its price is not known."""
    security = household.securities.get(lot.symbol)
    price = security.price if security else None
    return value_cents(lot.quantity, price) if price is not None else 0


def _cash(book: Book, household: Household) -> Iterator[Problem]:
    for account in household.accounts:
        cents = household.cash_cents(account.id)
        if cents < 0:
            source = next(balance.source for balance in household.cash if balance.account_id == account.id)
            yield household_problem(
                book, household, Severity.WARNING, "negative-cash", source, "Quantity", money_text(cents),
                f"Cash in account {account.id} is {money_text(cents)}: overdrawn, or a margin balance.",
                "Check the balance; the plan raises cash to bring it to zero.",
                f"The plan sells {money_text(-cents)} that may not be needed, or interest on a margin balance runs on.",
            )  # fmt: skip


def _client(book: Book, household: Household) -> Iterator[Problem]:
    client, settings = household.client, book.settings
    taxable = any(account.registration.household_taxable for account in household.accounts)
    if client.taxable_income_cents is None and client.cg_rate is None and taxable:
        yield household_problem(
            book, household, Severity.WARNING, "tax-unknown", client.source, "Taxable Income", "",
            f"Taxable Income and CG Rate of {client.name} are both empty, so the tax on gains is unknown.",
            "Enter the expected taxable income without capital gains, or a rate.",
        )  # fmt: skip
    for column, born in (("Birth Date", client.birth_date), ("Spouse Birth Date", client.spouse_birth_date)):
        if born is not None and born > settings.as_of:
            yield household_problem(
                book, household, Severity.ERROR, "born-after-as-of", client.source, column, str(born),
                f"{column} {born} is after the as-of date {settings.as_of}.",
                "Correct the date.",
            )  # fmt: skip
    realized = sum(household.realized_cents(settings.tax_year, settings.as_of))
    if client.gain_budget_cents is not None and realized > client.gain_budget_cents:
        yield household_problem(
            book, household, Severity.WARNING, "budget-exceeded", client.source, "Gain Budget",
            money_text(client.gain_budget_cents),
            f"Net gains realized in {settings.tax_year} are {money_text(realized)}, already "
            f"{money_text(realized - client.gain_budget_cents)} over the gain budget of {money_text(client.gain_budget_cents)}.",
            "Ask the client about the budget before any further gain is realized.",
            f"The client has {money_text(realized - client.gain_budget_cents)} more gain than agreed, and every sale at a gain "
            "adds to it.",
        )  # fmt: skip


def _activity(book: Book, household: Household) -> Iterator[Problem]:
    as_of = book.settings.as_of
    late = [row for row in household.activity if row.date > as_of]
    if late:
        rows = "One transaction is" if len(late) == 1 else f"{len(late)} transactions are"
        yield household_problem(
            book, household, Severity.WARNING, "activity-after-as-of", late[0].source, "Date", str(late[0].date),
            f"{rows} dated after the as-of date {as_of}.",
            "Correct the dates, or As Of on Settings.",
            f"{money_text(sum(row.amount_cents for row in late))} of transactions counts in no gain, contribution, distribution or wash sale.",
        )  # fmt: skip
    vague = [row for row in household.activity if row.type.purchase and (not row.symbol or not row.quantity)]
    if vague:
        rows = "A purchase has" if len(vague) == 1 else f"{len(vague)} purchases have"
        missing = "Symbol" if not vague[0].symbol else "Quantity"
        yield household_problem(
            book, household, Severity.WARNING, "vague-purchase", vague[0].source, missing, "",
            f"{rows} no symbol or no quantity, so wash sales can't be matched against it.",
            "Enter both.",
            f"A loss may be taken that {money_text(sum(row.amount_cents for row in vague))} of purchases would disallow.",
        )  # fmt: skip
    set_on = max((target.as_of for target in household.targets if target.as_of), default=None)
    if set_on is None:
        return
    newer = [
        row for row in household.activity
        if row.type is ActivityType.CONTRIBUTION and set_on < row.date <= as_of
    ]  # fmt: skip
    if sum(row.amount_cents for row in newer) >= max(
        book.settings.min_trade_cents, 1
    ):  # less can't cause a trade
        total = money_text(sum(row.amount_cents for row in newer))
        what = (
            f"The contribution of {total} on {newer[0].date}"
            if len(newer) == 1
            else f"{len(newer)} contributions since {min(row.date for row in newer)}, {total} in total,"
        )
        yield household_problem(
            book, household, Severity.WARNING, "contribution-not-in-target", newer[-1].source, "Date", str(newer[-1].date),
            f"{what} came after the targets of model {household.client.model} were set ({set_on}) and "
            f"{'is' if len(newer) == 1 else 'are'} not reflected in the target.",
            "Confirm the targets with the client, and set their As Of.",
            f"{total} may be invested by a mix that the client has not agreed to for it.",
        )  # fmt: skip


def _contact(book: Book, household: Household) -> Iterator[Problem]:
    as_of, months = book.settings.as_of, book.settings.no_contact_months
    last = max((note.date for note in household.notes if note.date <= as_of), default=None)
    if last is not None and last >= months_before(as_of, months):
        return
    client = household.client
    since = f"since {last}, more than {months} months ago" if last else f"at all up to {as_of}"
    yield household_problem(
        book, household, Severity.WARNING, "no-contact", client.source, "Client ID", client.id,
        f"There is no CRM entry about {client.name} {since}.",
        "Import the CRM notes, or get in touch with the client.",
    )  # fmt: skip


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or that month's last: 2026-03-31 less 1 gives 2026-02-28."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    for dom in range(day.day, 27, -1):
        try:
            return date(year, month + 1, dom)
        except ValueError:
            continue
    return date(year, month + 1, min(day.day, 28))


def _rmds(book: Book, household: Household, params: TaxParameters) -> Iterator[Problem]:
    """Distributions that can't be computed, in the words of the RMD rule."""
    by_id: dict[str, Account] = {account.id: account for account in household.accounts}
    for rmd in rmds(household, book.settings, params):
        if rmd.state is RmdState.UNKNOWN and rmd.accounts and rmd.caveats:
            unvalued = [row for row in rmd.accounts if row.prior_year_end_cents is None]
            account = by_id[(unvalued or rmd.accounts)[0].account_id]
            column = "Prior Year-End Value" if rmd.due is not None else "Owner"
            yield household_problem(
                book, household, Severity.WARNING, "rmd-unknown", account.source, column, "",
                f"The required minimum distribution of account {account.id} is unknown. {rmd.caveats[0]}",
                "Complete the data, so that the brief can say what is left to take.",
            )  # fmt: skip


# ------------------------------------------------------------------ wording


def _problem(
    book: Book,
    client_id: str | None,
    severity: Severity,
    code: str,
    source: Source,
    column: str,
    value: str,
    what: str,
    todo: str,
) -> Problem:
    cell = book.cell(source, column) if source is not NOWHERE else ""
    return Problem(severity, code, source, column, cell, value, what, todo, client_id)


def _lots_text(count: int) -> str:
    return "1 lot" if count == 1 else f"{count} lots"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _listed(names: Sequence[str]) -> str:
    """`AGG, VTI and 3 more`."""
    shown = ", ".join(names[:_NAMED])
    return f"{shown} and {len(names) - _NAMED} more" if len(names) > _NAMED else shown


def _close(name: str, known: Iterable[str]) -> str:
    """` Did you mean 'Balanced'?` when a known name is much like this one."""
    options = {option.casefold(): option for option in known}
    hits = get_close_matches(name.casefold(), list(options), n=1, cutoff=0.7)
    return f" Did you mean {options[hits[0]]!r}?" if hits else ""
