"""Transactions of any mapped system: the words of each system as the workbook's types, cancelled trades netted.

Amounts and quantities are positive; the type says which way the money went. What a system calls by a word that the mapping
does not know is imported as Other and named, so that no cash flow vanishes.
"""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal

from xl_rebal.engine.book import ActivityType
from xl_rebal.engine.problems import Severity
from xl_rebal.importers.detect import Fit
from xl_rebal.importers.exports import Line, Unreadable, folded, number
from xl_rebal.importers.holdings import Known
from xl_rebal.importers.identifiers import digits_of, is_exponent, is_masked, security_symbol
from xl_rebal.importers.rows import Found, TableRows, listed
from xl_rebal.importers.statements import ImportedTransaction, Kind, Statement
from xl_rebal.money import value_cents

_TRADES = frozenset((ActivityType.BUY, ActivityType.SELL, ActivityType.REINVEST))
_DOLLARS = frozenset(("", "usd", "us dollar", "us dollars", "usde", "$"))
_CORPORATE = re.compile(
    r"\b(splits?|spin-?\s?offs?|mergers?|reorgani[sz]ation|reorg|name change|symbol change|stock dividend|return of capital"
    r"|tender|exchange offer|conversion|cusip change)\b",
    re.I,
)
_Key = tuple[str, str, Decimal | None, int]  # account, symbol, quantity, cents: what a cancelled trade shares


def read_transactions(fit: Fit, found: Found, assets: Known) -> None:
    """Reads a table of transactions into `found`: a statement an account."""
    rows = TableRows(fit, found)
    reading = _Transactions(fit, found, rows, assets)
    for line in rows:
        try:
            reading.row(line)
        except Unreadable as why:
            rows.damaged(line, rows.text(line, "type"), str(why))
    reading.finish()


class _Transactions:
    def __init__(self, fit: Fit, found: Found, rows: TableRows, assets: Known) -> None:
        self.fit = fit
        self.found = found
        self.rows = rows
        self.assets = assets
        self.around = rows.account()
        self.by_account: dict[str, list[ImportedTransaction]] = {}
        self.cancelled: list[tuple[_Key, Line]] = []
        self.unknown: Counter[str] = Counter()
        self.foreign: list[str] = []
        self.corporate: list[str] = []
        self.empty = 0

    def row(self, line: Line) -> None:
        rows = self.rows
        account = rows.text(line, "account") or self.assets.get(rows.text(line, "security_id"), ("", ""))[0]
        account = account or self.around
        if is_exponent(account):
            raise Unreadable(f"the account number {account} was damaged when the file was opened in Excel")
        words = rows.text(line, "type")
        if not words and not rows.text(line, "date"):
            rows.skipped(line, "text line")
            return
        on = rows.day(line, "date")
        if on is None:
            raise Unreadable("the date is missing")
        if folded(rows.text(line, "currency")) not in _DOLLARS:
            self.foreign.append(f"{on} {words[:30]}")
            rows.skipped(line, "foreign-currency transaction")
            return
        amount = rows.cents(line, "amount")
        quantity, price = rows.number(line, "quantity"), rows.number(line, "price")
        symbol = rows.text(line, "symbol")
        parsed = self.fit.table.parse.search(words) if self.fit.table.parse else None
        if parsed:
            symbol = parsed["symbol"] or symbol
            quantity = number(parsed["quantity"])
            price = number(parsed["price"]) if parsed["price"] else price
        if amount is None and quantity is not None and price is not None:
            amount = value_cents(quantity, price)
        kind = self.type_of(words, amount, quantity)
        if amount is None:
            if not quantity:
                self.empty += 1
                rows.skipped(line, "empty transaction")
                return
            amount = 0  # shares that moved without money
        if symbol or kind in _TRADES:
            symbol = security_symbol(symbol, rows.text(line, "cusip"), "", rows.text(line, "name"))
        if any(p.search(symbol) for p in self.fit.table.cash):
            symbol = ""
        shares = abs(quantity) if quantity else None
        if kind is ActivityType.OTHER and _CORPORATE.search(words):
            self.corporate.append(f"{on} {' '.join(words.split()[:6])[:40]} {symbol}".strip())
        if "cancel" in words.casefold():
            self.cancelled.append(((account, symbol, shares, abs(amount)), line))
            return
        self.by_account.setdefault(account, []).append(
            ImportedTransaction(on, kind, abs(amount), symbol, shares, rows.source(line))
        )

    def type_of(self, words: str, amount: int | None, quantity: Decimal | None) -> ActivityType:
        """The first rule that the words match; which of its two types, money tells, or shares where none moved."""
        out = amount < 0 if amount else (quantity is not None and quantity < 0)
        text = words.strip()
        for rule in self.fit.table.types:
            if rule.words.search(text):
                return rule.outward if out else rule.inward
        if not _CORPORATE.search(text):
            self.unknown[" ".join(text.split()[:4])[:40]] += 1
        return ActivityType.OTHER

    def net(self) -> None:
        """Takes out the trade that each cancellation reverses; one without its trade is for a person."""
        for (account, symbol, quantity, cents), line in self.cancelled:
            own = self.by_account.get(account, [])
            match = next(
                (
                    one
                    for one in own
                    if (one.symbol, one.quantity) == (symbol, quantity) and cents in (one.amount_cents, 0)
                ),
                None,
            )
            self.rows.skipped(line, "cancellation")
            if match is not None:
                own.remove(match)
            else:
                self.found.problem(
                    Severity.WARNING, "cancelled-elsewhere", self.fit, line, "Type", "",
                    f"This cancels a trade of {symbol} that is not in the file, perhaps of an earlier period.",
                    "Delete the cancelled trade from the Activity sheet, if it is there.",
                )  # fmt: skip

    def finish(self) -> None:
        self.rows.report_repeated()
        self.net()
        if self.unknown:
            names = [
                f"{name!r} ({count})" if count > 1 else repr(name) for name, count in self.unknown.items()
            ]
            self.found.problem(
                Severity.NOTE, "type-unknown", self.fit, self.fit.header, "Type", "",
                f"Imported as Other, because their words are not known: {listed(names)}.",
                "Choose the right Type on the Activity sheet where it matters (purchases, contributions, withdrawals).",
            )  # fmt: skip
        if self.corporate:
            self.found.problem(
                Severity.WARNING, "corporate-action", self.fit, self.fit.header, "Type", "",
                f"Shares or cost basis changed without a trade: {listed(self.corporate)}. They were imported as Other.",
                "Import positions and lots from after them as well; if cash was paid for shares, it may be a taxable gain.",
            )  # fmt: skip
        if self.foreign:
            self.found.problem(
                Severity.WARNING, "foreign-currency", self.fit, self.fit.header, "Currency", "",
                f"Not in dollars and so not imported: {listed(self.foreign)}.",
                "Enter them on the Activity sheet in dollars.",
            )  # fmt: skip
        custodians = self.fit.system.custodians if self.fit.system.role == "custodian" else ()
        when = self.rows.as_of()
        for account, rows in self.by_account.items():
            if rows:
                self.found.statements.append(
                    Statement(
                        Kind.TRANSACTIONS,
                        rows[0].source,
                        account,
                        digits_of(account),
                        "",
                        when,
                        not self.rows.broken,
                        transactions=tuple(rows),
                        full=bool(account) and not is_masked(account),
                        custodians=custodians,
                    )
                )
