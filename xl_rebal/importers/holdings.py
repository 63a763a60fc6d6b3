"""Positions and tax lots of any mapped system: one statement an account, or an account and security.

A figure must prove its price: quantity x price is the value, else the row is not taken (a bond with a factor keeps quantity
and value, and its price stays unknown). Money in another currency is never taken for dollars. Short positions and options
are imported as the file has them; what the plan does not support, the Checks list says.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from xl_rebal.engine.problems import Severity, Source
from xl_rebal.importers.detect import Fit
from xl_rebal.importers.exports import Line, Unreadable, folded
from xl_rebal.importers.identifiers import digits_of, is_exponent, is_masked, security_symbol
from xl_rebal.importers.notices import Notices
from xl_rebal.importers.pricing import DUST, derive_prices, is_bond, is_option, mismatch, price_scale
from xl_rebal.importers.rows import Found, TableRows
from xl_rebal.importers.statements import (
    CASH,
    ImportedAccount,
    ImportedLot,
    ImportedPosition,
    Kind,
    Statement,
)
from xl_rebal.money import from_cents, to_cents, value_cents

_ROUNDING_CENTS = 200  # value, basis and gain are each rounded, some to the dollar
_DOLLARS = frozenset(("", "usd", "us dollar", "us dollars", "u.s. dollar", "usde", "$"))
_CLOSED = frozenset(("closed", "no", "inactive", "false"))

Known = Mapping[str, tuple[str, str]]
"""Security or asset number -> (account, symbol), from another file of the same import."""


def read_holdings(fit: Fit, found: Found, assets: Known) -> None:
    """Reads a table of positions or lots into `found`."""
    _Holdings(fit, found, assets).read()


class _Holdings:
    def __init__(self, fit: Fit, found: Found, assets: Known) -> None:
        self.fit = fit
        self.found = found
        self.assets = assets
        self.rows = TableRows(fit, found)
        self.said = Notices()
        self.lots = fit.table.kind is Kind.LOTS
        self.account = self.rows.account()
        self.values: list[int | None] = []
        self.dates: dict[date, Line] = {}
        self.oldest: dict[str, date] = {}  # day of the oldest row of each account
        self.positions: dict[tuple[str, str], list[ImportedPosition]] = {}
        self.lot_rows: dict[tuple[str, str, str], list[ImportedLot]] = {}
        self.rollups: dict[tuple[str, str], tuple[Decimal, Line]] = {}
        self.first: dict[str, Line] = {}
        self.broken: dict[str, set[str]] = {}  # account -> symbols of rows that were not read, '' for any
        self.about: dict[tuple[str, str], ImportedAccount] = {}

    def read(self) -> None:
        rows = self.rows
        for line in rows:
            try:
                self.row(line)
            except Unreadable as why:
                name = rows.text(line, "symbol") or rows.text(line, "cusip") or rows.text(line, "name")
                rows.damaged(line, name, str(why))
                self.broken.setdefault(self.account_of(line), set()).add(name if self.lots else "")
        self.rows.report_repeated()
        self.said.report(self.fit, self.found)
        self.finish()

    def account_of(self, line: Line) -> str:
        text = self.rows.text(line, "account")
        if not text and self.assets:
            text = self.assets.get(self.rows.text(line, "security_id"), ("", ""))[0]
        return text or self.account

    # ------------------------------------------------------------ rows

    def row(self, line: Line) -> None:
        rows = self.rows
        account = self.account_of(line)
        if is_exponent(account):
            self.said.lost_accounts.setdefault(account, line)
            rows.skipped(line, "damaged-account row")
            return
        symbol, cusip, isin, name = (rows.text(line, f) for f in ("symbol", "cusip", "isin", "name"))
        quantity, value = rows.number(line, "quantity"), rows.cents(line, "value")
        cash_value = rows.cents(line, "cash_value")
        if not (symbol or cusip or isin) and quantity is None and not name:
            what = "subtotal row" if value is not None else "text line"
            rows.skipped(line, what)
            return
        if rows.has("account") and not account and quantity is None:
            rows.skipped(line, "subtotal row" if value is not None else "text line")
            return
        self.describe(line, account)
        self.first.setdefault(account, line)
        if on := rows.day(line, "as_of"):
            self.dates.setdefault(on, line)
            self.oldest[account] = min(on, self.oldest.get(account, on))
        if self.is_cash(symbol, cusip, name):
            self.cash(line, account, quantity, cash_value if cash_value is not None else value)
            return
        if quantity is None:
            if value is None and not self.lots:
                rows.skipped(line, "text line")
                return
            raise Unreadable("the quantity is missing")
        if not symbol and self.assets:
            symbol = self.assets.get(rows.text(line, "security_id"), ("", ""))[1]
        if not (symbol or cusip or isin):
            self.said.named.append(name)
        own = security_symbol(symbol, cusip, isin, name)
        if own == CASH:
            raise Unreadable("the symbol CASH stands for money in the workbook")
        if self.lots and folded(rows.text(line, "acquired")) == "multiple":
            self.rollups[account, own] = (quantity, line)
            rows.skipped(line, "roll-up row")
            return
        price, value, dollars = self.price_and_value(line, own, name, quantity, value)
        if quantity == 0 or (abs(quantity) < DUST and (value == 0 or _worth_nothing(quantity, price))):
            rows.skipped(line, "empty position" if quantity == 0 else "worthless fraction")
            return
        self.values.append(value)
        if quantity < 0:
            self.said.short.append(own)
        if self.lots:
            self.lot(line, account, own, quantity, price, value, dollars)
        else:
            basis = rows.cents(line, "basis") if dollars else None
            self.positions.setdefault((account, rows.text(line, "household")), []).append(
                ImportedPosition(
                    account,
                    digits_of(account),
                    own,
                    name,
                    quantity,
                    price,
                    value,
                    basis,
                    rows.source(line),
                    rows.text(line, "asset_class"),
                )
            )

    def is_cash(self, symbol: str, cusip: str, name: str) -> bool:
        table = self.fit.table
        return any(p.search(one) for p in table.cash for one in (symbol, cusip) if one) or (
            not symbol and bool(name) and any(p.search(name) for p in table.cash_names)
        )

    def cash(self, line: Line, account: str, quantity: Decimal | None, value: int | None) -> None:
        """Money as a position of dollars; in a file of lots as the account's lot without date and basis."""
        if value is None and quantity is not None:
            value = to_cents(quantity)
        if value is None:
            self.rows.skipped(line, "empty cash row")
            return
        self.values.append(value)
        source = self.rows.source(line)
        if self.lots:
            money = ImportedLot(
                account,
                digits_of(account),
                CASH,
                None,
                from_cents(value),
                None,
                Decimal(1),
                value,
                None,
                None,
                source,
            )
            key = (account, self.rows.text(line, "household"), CASH)
            before = self.lot_rows.get(key)
            if before:
                money = replace(before[0], quantity=before[0].quantity + money.quantity, value_cents=None)
            self.lot_rows[key] = [money]
            return
        self.positions.setdefault((account, self.rows.text(line, "household")), []).append(
            ImportedPosition(
                account, digits_of(account), CASH, "", from_cents(value), Decimal(1), value, None, source
            )
        )

    def price_and_value(
        self, line: Line, symbol: str, name: str, quantity: Decimal, value: int | None
    ) -> tuple[Decimal | None, int | None, bool]:
        """Price per unit and value in dollars, as far as they prove each other, and whether the row is in dollars."""
        rows = self.rows
        price = rows.number(line, "price")
        kind = rows.text(line, "kind")
        currency = rows.text(line, "currency")
        if folded(currency) not in _DOLLARS:
            self.said.foreign.setdefault(currency.upper(), []).append(symbol)
            rate = rows.number(line, "fx")
            if not rows.has("fx"):
                return None, None, False
            if price is None or rate is None or value is None:
                return None, value, False
            price = price * rate
            if price_scale(symbol, kind, quantity, price, value, name) is None:
                return None, value, False
            return price * (price_scale(symbol, kind, quantity, price, value, name) or 1), value, False
        if price is None:
            return None, value, True
        if value is None:
            if is_bond(symbol, kind) or is_option(symbol, kind, name):
                self.said.unpriced.append(symbol)  # per 100 or per share of 100: nothing proves which
                return None, None, True
            return price, None, True
        scale = price_scale(symbol, kind, quantity, price, value, name)
        if scale is None:
            if not is_bond(symbol, kind):
                raise Unreadable(mismatch(quantity, price, value))
            self.said.unpriced.append(symbol)
            return None, value, True
        return price * scale, value, True

    def lot(
        self,
        line: Line,
        account: str,
        symbol: str,
        quantity: Decimal,
        price: Decimal | None,
        value: int | None,
        dollars: bool,
    ) -> None:
        rows = self.rows
        basis = rows.cents(line, "basis") if dollars else None
        unit_cost = rows.number(line, "unit_cost") if dollars else None
        if basis is None and unit_cost is not None and not rows.has("basis"):
            scale = self.cost_scale(line, symbol, price)
            basis = None if scale is None else value_cents(quantity, unit_cost * scale)
        elif basis is not None:
            basis = self.proven_basis(line, symbol, quantity, value, basis, unit_cost)
        self.lot_rows.setdefault((account, rows.text(line, "household"), symbol), []).append(
            ImportedLot(
                account,
                digits_of(account),
                symbol,
                rows.day(line, "acquired"),
                quantity,
                basis,
                price,
                value,
                None,
                None,
                rows.source(line),
                rows.text(line, "lot_id"),
            )
        )

    def proven_basis(
        self,
        line: Line,
        symbol: str,
        quantity: Decimal,
        value: int | None,
        basis: int,
        unit_cost: Decimal | None,
    ) -> int | None:
        """The basis, unless the row's own figures prove that it is the cost of one unit; then None, and it is said.

        Value less gain is the basis of the lot. Where that is another amount, both are named and the column is taken.
        """
        gain = None
        with suppress(Unreadable):
            gain = self.rows.cents(line, "gain")
        total = None if gain is None or value is None else value - gain
        if total is None and unit_cost is not None and to_cents(unit_cost) == basis:
            total = value_cents(quantity, unit_cost)
        if total is None or abs(total - basis) <= _ROUNDING_CENTS:
            return basis
        if abs(total - to_cents(from_cents(basis) * quantity)) <= _ROUNDING_CENTS + abs(total) // 200:
            self.said.unit_costs.append(symbol)
            return None
        self.said.gains.setdefault(symbol, (line, basis, total))
        return basis

    def cost_scale(self, line: Line, symbol: str, price: Decimal | None) -> Decimal | None:
        """What makes a cost per unit dollars per unit held: what the row's value has proven of its price, which is quoted the
        same way; 1 where nothing is quoted otherwise; None where nothing proves it."""
        quoted = self.rows.number(line, "price")
        if price is not None and quoted:
            return price / quoted
        kind, name = self.rows.text(line, "kind"), self.rows.text(line, "name")
        return None if is_bond(symbol, kind) or is_option(symbol, kind, name) else Decimal(1)

    def describe(self, line: Line, account: str) -> None:
        """Notes what the row says about the account itself, once an account and household."""
        rows = self.rows
        if "household" not in self.fit.fields:
            return
        household = rows.text(line, "household")
        if not account or not household or (account, household) in self.about:
            return
        self.about[account, household] = ImportedAccount(
            account,
            household,
            rows.text(line, "registration"),
            rows.text(line, "account_name"),
            rows.text(line, "custodian")
            or (self.fit.system.name if self.fit.system.role == "custodian" else ""),
            folded(rows.text(line, "status")) in _CLOSED,
            rows.source(line),
        )

    # ------------------------------------------------------------ statements

    def finish(self) -> None:
        if not self.rows.has("price"):
            derive_prices([*self.positions.values(), *self.lot_rows.values()], self.said.unpriced)
        whole = self.rows.whole(self.values)
        self.found.accounts += self.about.values()
        stated = self.as_of()
        if stated is None and self.values:
            self.found.problem(
                Severity.WARNING, "no-as-of", self.fit, self.fit.header, "", "",
                "Nothing in this file or its name says of which day its figures are, so its prices were not taken.",
                "Put the day into the file's name, for example 'Positions 2026-03-31.csv', and import it again.",
            )  # fmt: skip
        custodians = self.fit.system.custodians if self.fit.system.role == "custodian" else ()
        if self.rows.broken and not self.positions and not self.lot_rows:
            return
        unproven = whole is None
        if unproven:
            self.found.problem(
                Severity.NOTE, "end-unknown", self.fit, self.fit.header, "", "",
                "Nothing in this file shows whether it was cut off (no total, no last line).",
                "Securities that it lacks are kept; compare its last security with the positions: some of its lots may be missing."
                if self.lots
                else "Rows of the workbook that it lacks are kept and named.",
            )  # fmt: skip
        for (account, _), positions in self.positions.items():
            self.found.statements.append(
                Statement(
                    Kind.POSITIONS,
                    self.source(account),
                    account,
                    digits_of(account),
                    "",
                    self.as_of_account(account, stated),
                    bool(whole) and self.is_read(account, ""),
                    tuple(positions),
                    full=bool(account) and not is_masked(account),
                    unproven=unproven and not self.rows.broken,
                    custodians=custodians,
                )
            )
        cut = list(self.lot_rows)[-1:] if whole is False else []  # the last security's lots may go on
        for key, lots in self.lot_rows.items():
            account, _, symbol = key
            read = self.is_read(account, symbol)
            self.found.statements.append(
                Statement(
                    Kind.LOTS,
                    self.source(account),
                    account,
                    digits_of(account),
                    symbol,
                    self.as_of_account(account, stated),
                    read and self.adds_up(account, symbol, lots) and [key] != cut,
                    lots=tuple(lots),
                    full=bool(account) and not is_masked(account),
                    all_lots=whole is True and account not in self.broken,
                    custodians=custodians,
                )
            )

    def is_read(self, account: str, symbol: str) -> bool:
        """Whether every row of an account was read; for lots, every row of a security in it."""
        if "" in self.broken and self.rows.has("account"):
            return False  # a broken row whose account nobody can tell
        broken = self.broken.get(account, set())
        return not broken or (bool(symbol) and symbol not in broken and "" not in broken)

    def source(self, account: str) -> Source:
        line = self.first.get(account, self.fit.header)
        return Source(self.fit.grid.file, line.number)

    def adds_up(self, account: str, symbol: str, lots: list[ImportedLot]) -> bool:
        """Whether a security's lots are as many shares as its roll-up row says."""
        if (account, symbol) not in self.rollups:
            return True
        stated, line = self.rollups[account, symbol]
        held = sum((lot.quantity for lot in lots), Decimal(0))
        if held == stated:
            return True
        self.found.problem(
            Severity.ERROR, "lots-missing", self.fit, line, "Quantity", f"{stated:f}",
            f"The lots of {symbol} add up to {held:f} shares, its own row says {stated:f}: lots are missing.",
            "Download the file again.",
        )  # fmt: skip
        return False

    def as_of_account(self, account: str, stated: datetime | None) -> datetime | None:
        """The day of an account's figures: of its oldest row, so that old ones never pass for new; else the file's."""
        oldest = self.oldest.get(account)
        return stated if oldest is None else datetime.combine(oldest, datetime.min.time())

    def as_of(self) -> datetime | None:
        if len(self.dates) > 1:
            newest = max(self.dates)
            oldest = min(self.dates)
            self.found.problem(
                Severity.WARNING, "as-of-mixed", self.fit, self.dates[oldest], "As Of", oldest.isoformat(),
                f"Rows of this file are of different days, {oldest} to {newest}; an account is as of the oldest of its own.",
                "Export all accounts as of one day.",
            )  # fmt: skip
        if self.dates:
            return datetime.combine(max(self.dates), datetime.min.time())
        return self.rows.as_of()


def _worth_nothing(quantity: Decimal, price: Decimal | None) -> bool:
    return price is not None and value_cents(quantity, price) == 0


def assets_of(fit: Fit) -> dict[str, tuple[str, str]]:
    """Security number -> (account, symbol) of a table of positions, for lots that only give the number."""
    if "security_id" not in fit.fields or fit.table.kind is not Kind.POSITIONS:
        return {}
    rows = TableRows(fit, Found())
    known = {}
    for line in rows:
        symbol, cusip = rows.text(line, "symbol"), rows.text(line, "cusip")
        if (key := rows.text(line, "security_id")) and (account := rows.text(line, "account")):
            known[key] = (account, symbol or cusip)
    return known
