"""What is wrong with or unknown in a book, as problems at their cells: the Checks list.

Reading has already reported what a single cell is (sheets/read.py); here values are held against each other. An ERROR
withholds one client's plan and brief, so a fault of a shared row (a price, a model) is one ERROR for each client it
touches; a fault repeated over lots is one problem that counts them. Pure: no files, no clock, no tax tables unless given.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal

from xl_rebal.engine.book import (
    Account,
    ActivityType,
    Book,
    Household,
    Registration,
    Security,
)
from xl_rebal.engine.derived import derived_problems
from xl_rebal.engine.freshness import freshness_problems, old_data_severity
from xl_rebal.engine.lot_checks import basis_problems, collectible_problems, lot_cents, lot_problems
from xl_rebal.engine.model_checks import model_problems, security_problems, unread_targets
from xl_rebal.engine.problem_words import close_to, listed, lots_text
from xl_rebal.engine.problems import Problem, Severity, in_order
from xl_rebal.engine.reconcile import differences, household_problem
from xl_rebal.engine.rmd_checks import rmd_due_problems, rmd_problems, taxed_withdrawal_problems
from xl_rebal.engine.rule_checks import rule_problems
from xl_rebal.money import money_text, percent_text, value_cents
from xl_rebal.params.types import TaxParameters

Barrier = Callable[[Household, Iterator[Problem]], Iterable[Problem]]
"""What stands between a client's checks and the others': the problems as they come, and what to say if that fails."""


def checks(
    book: Book, params: TaxParameters | None = None, barrier: Barrier = lambda _, found: found
) -> tuple[Problem, ...]:
    """Everything in `book` that a person should look at, worst first; with `params` also what RMDs need.

    `barrier` gets each client's checks to run; without one, a fault in them is everybody's.
    """
    found = list(model_problems(book))
    found += security_problems(book)
    for household in book.households:
        found += barrier(household, _household(book, household, params))
    return in_order(dict.fromkeys(found))


def _household(book: Book, household: Household, params: TaxParameters | None) -> Iterator[Problem]:
    yield from _accounts(book, household)
    yield from _model(book, household)
    yield from _prices(book, household)
    yield from freshness_problems(book, household)
    yield from lot_problems(book, household)
    yield from basis_problems(book, household)
    yield from differences(book, household)
    yield from _cash(book, household)
    yield from _client(book, household)
    yield from _activity(book, household)
    yield from _contact(book, household)
    yield from derived_problems(book, household)
    yield from rule_problems(book, household)
    if params is not None:
        yield from rmd_problems(book, household, params)
        yield from rmd_due_problems(book, household, params)
        yield from taxed_withdrawal_problems(book, household, params)
        yield from collectible_problems(book, household, params)


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
                lot_cents(household, lot) for lot in household.lots if lot.account_id == account.id
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
    if not client.model or client.id in unread_targets(book):
        return  # reported where it is read
    known = sorted({target.model for target in book.targets})
    if not household.targets:
        if not any(p.source.sheet == "Targets" and p.code in _SHEET_GONE for p in book.problems):
            yield household_problem(
                book, household, Severity.ERROR, "unknown-model", client.source, "Model", client.model,
                f"Model {client.model!r} has no usable row on the Targets sheet, so {client.name} has no targets.",
                f"Correct the model, or add its targets.{close_to(client.model, known)}",
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
        symbols = listed([security.symbol for security in securities])
        yield household_problem(
            book, household, Severity.ERROR, "unknown-class", securities[0].source, "Asset Class", name,
            f"{symbols} {'is' if len(securities) == 1 else 'are'} of class {name}, which has no target in model {client.model}.",
            f"Correct the class on Securities, or give {name} a target (0% if none is wanted).{close_to(name, classes.values())}",
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
                f"{symbol} is held in {lots_text(count)} but is not on the Securities sheet, so its value is unknown.",
                f"Add {symbol} to Securities with its class and price.{close_to(symbol, household.securities)}",
            )  # fmt: skip
            continue
        if security.price is None or security.price <= 0:
            value = "" if security.price is None else f"{security.price:f}"
            state = "no usable price" if security.price is None else f"a price of {value}"
            yield household_problem(
                book, household, Severity.ERROR, "no-price", security.source, "Price", value,
                f"{symbol} has {state}, so the value of {lots_text(count)} and of the household is unknown.",
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
            names = listed([f"{security.symbol} of {security.price_date}" for security in group])
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


_MOST_RATE = {"State Rate": Decimal("0.20"), "CG Rate": Decimal("0.50")}
"""Above these a rate was mistyped: state and city together take less than 15 %, federal rates on gain with NIIT less than 41 %."""


def _client(book: Book, household: Household) -> Iterator[Problem]:
    client, settings = household.client, book.settings
    taxable = any(account.registration.household_taxable for account in household.accounts)
    if client.taxable_income_cents is None and client.cg_rate is None and taxable:
        yield household_problem(
            book, household, Severity.WARNING, "tax-unknown", client.source, "Taxable Income", "",
            f"Taxable Income and CG Rate of {client.name} are both empty, so the tax on gains is unknown.",
            "Enter the expected taxable income without capital gains, or a rate.",
        )  # fmt: skip
    income, magi = client.taxable_income_cents, client.magi_cents
    if income is not None and magi is not None and magi < income:
        yield household_problem(
            book, household, Severity.WARNING, "magi-below-income", client.source, "MAGI", money_text(magi),
            f"MAGI of {client.name}, {money_text(magi)}, is less than Taxable Income, {money_text(income)}: it is what is left "
            "before deductions, so it can't be (IRC 63, 1411(d)).",
            "Correct one of them, or leave MAGI blank to have it estimated.",
            "Net investment income tax (IRC 1411) on gains may be missing from the tax that is shown.",
        )  # fmt: skip
    for column, rate in (("State Rate", client.state_rate), ("CG Rate", client.cg_rate)):
        if rate is not None and rate > _MOST_RATE[column]:
            yield household_problem(
                book, household, Severity.WARNING, "rate-too-high", client.source, column, percent_text(float(rate), 2),
                f"{column} of {client.name} is {percent_text(float(rate), 2)}, more than anybody pays on gains.",
                "Enter it as a percentage or a fraction of 1, such as 9.3% or 0.093.",
                "The tax that is shown is too high, and lots are chosen by it.",
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
