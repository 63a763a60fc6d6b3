"""How old the data is that a client's figures rest on: prices, positions and lots, held against the firm's days.

Old data is marked or held, as the setting Stale Data says: a WARNING that the brief shows at its head, or an ERROR that
withholds the client until newer data is imported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from xl_rebal.dates import date_text
from xl_rebal.engine.book import Account, Book, Household, Security, Settings, StaleData
from xl_rebal.engine.problems import Problem, Severity
from xl_rebal.engine.reconcile import household_problem
from xl_rebal.money import money_text, value_cents

PRICES, POSITIONS, LOTS = "prices", "positions", "lots"


@dataclass(frozen=True, slots=True)
class OldData:
    """One kind of data that is older than the firm allows: of which day the oldest is, and the rows that say so."""

    kind: str
    oldest: date
    securities: tuple[Security, ...] = ()
    accounts: tuple[Account, ...] = ()

    def __str__(self) -> str:
        return f"{self.kind} of {date_text(self.oldest)}"


def old_data(household: Household, settings: Settings) -> tuple[OldData, ...]:
    """What of the household's data is too old on the as-of date: prices of what is held, then positions, then lots."""

    def old(day: date | None, limit: int) -> bool:
        return day is not None and (settings.as_of - day).days > limit

    found = []
    symbols = dict.fromkeys(lot.symbol for lot in household.lots)
    held = [household.securities[s] for s in symbols if s in household.securities]
    stale = tuple(s for s in held if s.price and old(s.price_date, settings.stale_price_days))
    if stale:
        found.append(OldData(PRICES, min(s.price_date for s in stale if s.price_date), securities=stale))
    for kind in (POSITIONS, LOTS):
        days = {a.id: a.positions_as_of if kind == POSITIONS else a.lots_as_of for a in household.accounts}
        accounts = tuple(a for a in household.accounts if old(days[a.id], settings.stale_holdings_days))
        if accounts:
            oldest = min(day for a in accounts if (day := days[a.id]) is not None)
            found.append(OldData(kind, oldest, accounts=accounts))
    return tuple(found)


def old_data_severity(settings: Settings) -> Severity:
    return Severity.ERROR if settings.stale_data is StaleData.HOLD else Severity.WARNING


def freshness_problems(book: Book, household: Household) -> Iterator[Problem]:
    """Old positions and lots, and those of a day that has not come yet. Old prices are among the checks of prices."""
    settings = book.settings
    for found in old_data(household, settings):
        if found.kind == PRICES:
            continue
        header = "Positions As Of" if found.kind == POSITIONS else "Lots As Of"
        names = ", ".join(account.id for account in found.accounts)
        of = "account" if len(found.accounts) == 1 else "accounts"
        worth = sum(_account_cents(household, account) for account in found.accounts)
        yield household_problem(
            book, household, old_data_severity(settings), f"stale-{found.kind}", found.accounts[0].source, header,
            str(found.oldest),
            f"The {found.kind} of {of} {names} are older than {settings.stale_holdings_days} days at {settings.as_of}: the "
            f"oldest are of {found.oldest}.",
            f"Import the {found.kind} again.",
            f"Shares of {money_text(worth)} of holdings may have been bought or sold since, and the plan would not know.",
        )  # fmt: skip
    for account in household.accounts:
        for header, day in (
            ("Positions As Of", account.positions_as_of),
            ("Lots As Of", account.lots_as_of),
        ):
            if day is not None and day > settings.as_of:
                yield household_problem(
                    book, household, Severity.WARNING, "holdings-after-as-of", account.source, header, str(day),
                    f"{header} of account {account.id}, {day}, is later than the as-of date {settings.as_of}.",
                    "Correct As Of on Settings, or the date.",
                    "Holding periods and wash-sale windows are counted to another day than that of the holdings.",
                )  # fmt: skip


def _account_cents(household: Household, account: Account) -> int:
    """What the account's lots are worth, as far as their prices are known."""
    total = 0
    for lot in household.lots:
        security = household.securities.get(lot.symbol)
        if lot.account_id == account.id and security is not None and security.price is not None:
            total += value_cents(lot.quantity, security.price)
    return total
