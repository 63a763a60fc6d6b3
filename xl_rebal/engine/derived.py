"""What Activity tells, against what the sheets state: distributions, gains of the year, cash paid out, purchases.

Activity is what gains, wash sales and contributions are computed from; the other sheets state some of the same figures.
Where the two differ both are named, and which of them is used. How complete Activity is nobody knows: less there than
stated is only noted, more there than stated is a warning.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from xl_rebal.engine.book import (
    Account,
    Activity,
    ActivityType,
    Book,
    Household,
    Lot,
)
from xl_rebal.engine.problems import Problem, Severity
from xl_rebal.engine.reconcile import household_problem
from xl_rebal.money import money_text, quantity_text

_DISTRIBUTIONS = (ActivityType.RMD, ActivityType.QCD)
_INCOME = (ActivityType.DIVIDEND, ActivityType.CAPITAL_GAIN_DISTRIBUTION, ActivityType.INTEREST)


def derived_problems(book: Book, household: Household) -> Iterator[Problem]:
    """Where Activity and the sheets tell different stories of this household."""
    for account in household.accounts:
        yield from _rmd_taken(book, household, account)
        yield from _paid_already(book, household, account)
    yield from _stated_gains(book, household)
    yield from _uncounted_distributions(book, household)
    yield from _hidden_purchases(book, household)
    yield from _lost_dates(book, household)
    yield from _others(book, household)


def _of_year(book: Book, household: Household, account: Account) -> list[Activity]:
    settings = book.settings
    return [
        row
        for row in household.activity
        if row.account_id == account.id and row.date.year == settings.tax_year and row.date <= settings.as_of
    ]


def _total(rows: list[Activity]) -> int:
    return sum(row.amount_cents for row in rows)


def _rmd_taken(book: Book, household: Household, account: Account) -> Iterator[Problem]:
    """RMD Taken of an account against the RMDs and QCDs in Activity; other withdrawals count toward an RMD as well."""
    if account.registration.taxable:
        return
    rows, year = _of_year(book, household, account), book.settings.tax_year
    seen = _total([row for row in rows if row.type in _DISTRIBUTIONS])
    out = _total([row for row in rows if row.type is ActivityType.WITHDRAWAL])
    stated = account.rmd_taken_cents
    if seen <= stated <= seen + out or not (seen or (stated and rows)):
        return  # any distribution of the year counts toward the RMD (Reg. 1.401(a)(9)-5(a)), so withdrawals may be in it
    more = seen > stated
    also = f", and {money_text(out)} of other withdrawals, which count toward an RMD, too" if out else ""
    cost = (
        f"The plan and the brief ask for {money_text(seen - stated)} that is taken already."
        if more
        else f"If Activity is complete, {money_text(stated - seen - out)} is counted as taken that is not, and may be missed."
    )
    yield household_problem(
        book, household, Severity.WARNING if more else Severity.NOTE, "rmd-taken-differs", account.source, "RMD Taken",
        money_text(stated),
        f"RMD Taken of account {account.id} is {money_text(stated)}; Activity has {money_text(seen)} of RMDs and QCDs in "
        f"{year}{also}. RMD Taken is used.",
        "Correct RMD Taken, or the Type of the rows on Activity.", cost,
    )  # fmt: skip


def _paid_already(book: Book, household: Household, account: Account) -> Iterator[Problem]:
    """A withdrawal that the Accounts sheet asks for and Activity shows as paid lately."""
    asked = account.withdrawal_cents
    since = book.settings.as_of - timedelta(days=book.settings.recent_contribution_days)
    if not asked or account.withdrawal_why:
        return
    for row in household.activity:
        if (
            row.type is ActivityType.WITHDRAWAL
            and (row.account_id, row.amount_cents) == (account.id, asked)
            and since <= row.date <= book.settings.as_of
        ):
            yield household_problem(
                book, household, Severity.WARNING, "withdrawal-paid", account.source, "Withdrawal", money_text(asked),
                f"Account {account.id} asks for a withdrawal of {money_text(asked)}, and {row.source} shows one of the same "
                f"amount on {row.date}.",
                "Clear Withdrawal if that was it.",
                f"{money_text(asked)} is raised a second time, with the gain and tax of its sales.",
            )  # fmt: skip
            return


def _stated_gains(book: Book, household: Household) -> Iterator[Problem]:
    """The year's gains by term as the custodian reports them against those of the sales in Activity."""
    client, settings = household.client, book.settings
    derived = household.realized_cents(settings.tax_year, settings.as_of)
    for header, term, stated, ours in (
        ("Stated ST Gain", "Short-term", client.stated_short_cents, derived[0]),
        ("Stated LT Gain", "Long-term", client.stated_long_cents, derived[1]),
    ):
        if stated is None or stated == ours:
            continue
        yield household_problem(
            book, household, Severity.WARNING, "gains-differ", client.source, header, money_text(stated),
            f"{term} gain of {settings.tax_year} so far is {money_text(stated)} as stated, and {money_text(ours)} by the sales "
            "on Activity, which is used.",
            "Import the transactions of the whole year, and complete the gains of its sales.",
            f"Tax and the gain budget are off by up to {money_text(abs(stated - ours))} of gain.",
        )  # fmt: skip


def _uncounted_distributions(book: Book, household: Household) -> Iterator[Problem]:
    """Capital gain distributions of funds that no gain of the year has: their rows name none.

    What a fund calls long-term is long-term gain of the holder, however long the fund was held (IRC 852(b)(3)(B); Schedule
    D line 13); what it calls short-term is a dividend. The type of the row does not tell which it is.
    """
    taxed = {a.id for a in household.accounts if a.registration.taxable}
    rows = [
        row for account in household.accounts if account.id in taxed for row in _of_year(book, household, account)
        if row.type is ActivityType.CAPITAL_GAIN_DISTRIBUTION and not (row.short_gain_cents or row.long_gain_cents)
    ]  # fmt: skip
    total = _total(rows)
    if total:
        named = (
            ", ".join(dict.fromkeys(row.symbol for row in rows if row.symbol)) or "funds that are not named"
        )
        yield household_problem(
            book, household, Severity.WARNING, "distribution-not-in-gains", rows[0].source, "LT Gain", "",
            f"Capital gain distributions of {named} this year, {money_text(total)}, have no gain on Activity, so the year's "
            "gains lack them.",
            "Enter what was long-term as LT Gain of its row; what was short-term is a dividend and belongs in Taxable Income.",
            f"Tax on up to {money_text(total)} of long-term gain is not in the figures, and losses that it would take up, and the "
            "gain budget, are judged without it.",
        )  # fmt: skip


def _hidden_purchases(book: Book, household: Household) -> Iterator[Problem]:
    """Income rows that brought shares: reinvested, and so a purchase, but not typed as one (IRC 1091)."""
    rows = [
        r for r in household.activity if r.type in _INCOME and r.quantity and _bought_shares(household, r)
    ]
    if not rows:
        return
    named = ", ".join(dict.fromkeys(row.symbol for row in rows))
    count = "A dividend" if len(rows) == 1 else f"{len(rows)} dividends"
    yield household_problem(
        book, household, Severity.WARNING, "reinvested-income", rows[0].source, "Type", rows[0].type.value,
        f"{count} of {named} came with shares that lots of the same day hold, so {'it was' if len(rows) == 1 else 'they were'} "
        "reinvested: that is a purchase.",
        "Set Type to Reinvest (the dividend itself may stand in a row of its own).",
        f"Reports of purchases lack {money_text(_total(rows))}; the lots alone still warn of a wash sale while they are held.",
    )  # fmt: skip


def _bought_shares(household: Household, row: Activity) -> bool:
    """Whether a lot of that account, symbol and day holds just these shares, and no purchase row says so."""
    there = [
        lot for lot in household.lots
        if (lot.account_id, lot.symbol, lot.acquired, lot.quantity) == (row.account_id, row.symbol, row.date, row.quantity)
    ]  # fmt: skip
    told = any(
        other.type.purchase and (other.account_id, other.symbol, other.date) == (row.account_id, row.symbol, row.date)
        for other in household.activity
    )  # fmt: skip
    return bool(there) and not told


def _lost_dates(book: Book, household: Household) -> Iterator[Problem]:
    """Lots acquired, as they say, on the day on which they were transferred in: then their own date is lost."""
    moves = {
        (r.account_id, r.symbol, r.date)
        for r in household.activity
        if r.type is ActivityType.TRANSFER_IN and r.symbol
    }
    bought = {(r.account_id, r.symbol, r.date) for r in household.activity if r.type.purchase}
    found: dict[tuple[str, str, date], list[Lot]] = {}
    for lot in household.lots:
        if lot.acquired is not None:
            key = (lot.account_id, lot.symbol, lot.acquired)
            if key in moves and key not in bought and household.account(lot.account_id).registration.taxable:
                found.setdefault(key, []).append(lot)
    for (account_id, symbol, on), lots in found.items():
        shares = quantity_text(sum((lot.quantity for lot in lots), Decimal(0)))
        yield household_problem(
            book, household, Severity.WARNING, "transfer-as-purchase", lots[0].source, "Acquired", str(on),
            f"{shares} {symbol} in account {account_id} are dated {on}, the day they were transferred in. A transfer in kind is "
            "no purchase, so the date of purchase seems to be lost.",
            "Enter the date and basis of the account that they came from.",
            "Their gain may be called short-term that is long-term, and a wash sale seen where there is none.",
        )  # fmt: skip


def _others(book: Book, household: Household) -> Iterator[Problem]:
    """Transactions of type Other with a security: a split, a merger, a return of capital, which nothing here applies."""
    rows = [
        r for r in household.activity
        if r.type is ActivityType.OTHER and r.symbol and r.date.year == book.settings.tax_year and r.date <= book.settings.as_of
    ]  # fmt: skip
    if not rows:
        return
    named = ", ".join(dict.fromkeys(row.symbol for row in rows))
    count = "One transaction" if len(rows) == 1 else f"{len(rows)} transactions"
    yield household_problem(
        book, household, Severity.NOTE, "other-activity", rows[0].source, "Type", rows[0].type.value,
        f"{count} of {named} this year {'has' if len(rows) == 1 else 'have'} the type Other: a split, a merger or a return of "
        "capital, perhaps. None of them changes lots here.",
        "Compare lots and basis with the custodian's; choose the right Type where there is one.",
        f"Shares or basis of {named} may not be the custodian's.",
    )  # fmt: skip
