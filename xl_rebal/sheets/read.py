"""The workbook as a `Book`: rows to clients, accounts, lots and the rest, with every problem at its cell.

A row that can't be used is left out and reported for its client; the other clients go on. What follows from a row that
was left out (lots of an unreadable account) is not reported again. What the values mean together is for `engine.checks`.
"""

from __future__ import annotations

import logging
import os
import re
from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from xl_rebal.engine.book import (
    CASH_CLASS,
    Account,
    Activity,
    ActivityType,
    BandType,
    BeneficiaryType,
    Book,
    BuyIn,
    CashBalance,
    Client,
    ClientRule,
    Decision,
    FilingStatus,
    Household,
    Location,
    Lot,
    Note,
    Owner,
    Position,
    Registration,
    RuleKind,
    RuleStatus,
    Security,
    Settings,
    SoleBeneficiary,
    Target,
)
from xl_rebal.engine.client_rules import with_rules
from xl_rebal.engine.problems import Problem, Severity, in_order
from xl_rebal.faults import fault_text
from xl_rebal.money import from_cents, quantity_text, to_cents
from xl_rebal.sheets import layout
from xl_rebal.sheets.cells import folded
from xl_rebal.sheets.firm import settings_of
from xl_rebal.sheets.names import Names, hint
from xl_rebal.sheets.rows import Rows, RowsMemory, rows_of
from xl_rebal.sheets.source import Table, read_tables

log = logging.getLogger(__name__)

__all__ = ["RowsMemory", "Table", "book_from_tables", "read_book"]

CASH_SYMBOL = "CASH"
"""Money even when the Securities sheet does not list it."""

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
_NO_TRADE = re.compile(r"do[\s-]*not[\s-]*trade\b\s*[:;,.–—-]*\s*(.*)", re.IGNORECASE | re.DOTALL)


def read_book(path: str | os.PathLike[str]) -> Book:
    """The book in an .xlsx or .xlsm file. Raises `WorkbookUnreadable` when the file can't be opened as one."""
    return book_from_tables(read_tables(Path(path)))


def book_from_tables(tables: Mapping[str, Table], memory: RowsMemory | None = None) -> Book:
    """The book in raw tables, keyed by the layout's sheet names; a sheet that is not given is reported as missing.

    `memory` is of earlier books of the same workbook: what has not changed is not parsed again.
    """
    by_name = {folded(name): table for name, table in tables.items()}
    return _Reading(by_name, memory).book()


class _Reading:
    """The steps of reading one book, in the order in which sheets refer to each other."""

    def __init__(self, tables: Mapping[str, Table], memory: RowsMemory | None) -> None:
        self.tables = tables
        self.memory = memory
        self.problems: list[Problem] = []
        self.columns: dict[str, Mapping[str, str]] = {}
        self.client_names, self.account_names = Names(), Names()
        self.symbols, self.models, self.classes, self.groups = Names(), Names(), Names(), Names()
        self.clients: dict[str, Client] = {}
        self.accounts: dict[str, Account] = {}
        self.account_client: dict[str, str | None] = {}  # left-out accounts too
        self.securities: dict[str, Security] = {}
        self.left_out_symbols: dict[str, int] = {}  # symbol -> its row on Securities
        self.twice: dict[str, tuple[Rows, int, int]] = {}  # symbols listed twice with different values
        self.lots: list[Lot] = []
        self.cash: list[CashBalance] = []
        self.unlisted: dict[str, dict[str, list[int]]] = {}  # client -> unknown symbol -> rows of Lots

    def book(self) -> Book:
        self.classes.add(CASH_CLASS)
        self.symbols_first_from_securities()
        targets = self.read_targets()
        self.read_securities()
        prices = [s.price_date for s in self.securities.values() if s.price_date]
        settings, problems = settings_of(self.tables.get(folded(layout.SETTINGS_SHEET)), prices)
        self.problems += problems
        self.read_clients()
        self.read_accounts()
        self.read_lots()
        positions = self.read_positions()
        activity = self.read_activity()
        notes, decisions = self.read_notes(), self.read_decisions()
        rules = self.read_rules(settings)
        self.report_shared_rows()
        self.report_symbols(positions)
        households = tuple(
            self.ruled(home, rules[home.client.id], settings) if home.client.id in rules else home
            for home in self.households(targets, positions, activity, notes)
        )
        return Book(
            settings,
            households,
            self.securities,
            tuple(targets),
            tuple(decisions),
            in_order(dict.fromkeys(self.problems)),
            self.columns,
        )

    def ruled(self, home: Household, rules: list[ClientRule], settings: Settings) -> Household:
        """The household with its rules; one whose rules can't be worked out is withheld, and the others are not."""
        try:
            return with_rules(home, rules, settings)
        except Exception as error:  # the barrier between clients, as for checks and reviews
            log.error(
                "The rules of a client failed for a reason that was not foreseen: %s", fault_text(error)
            )
            what = f"The rows of {home.client.name} could not be worked out ({type(error).__name__}), so none of them has an effect."
            todo = "Look for what is unusual in these rows, and report it with them; other clients are not affected."
            source, client = rules[0].source, home.client.id
            self.problems.append(
                Problem(Severity.ERROR, "rules-failed", source, "", "", "", what, todo, client)
            )
            return home

    # ------------------------------------------------------------ sheets

    def rows(
        self,
        sheet: layout.SheetLayout,
        needed: tuple[str, ...],
        absent: Severity | None,
        worst: Severity = Severity.ERROR,
    ) -> Rows:
        table = self.tables.get(folded(sheet.name))
        rows = rows_of(
            table, sheet, self.problems, needed=needed, absent=absent, cell_severity=worst, memory=self.memory
        )
        self.columns[sheet.name] = rows.letters
        return rows

    def _is_deleted(self, sheet: layout.SheetLayout) -> bool:
        """Whether this sheet alone is not there: somebody deleted it, as a workbook is built with all of them."""
        missing = {s.name for s in layout.INPUT_SHEETS if folded(s.name) not in self.tables}
        return missing == {sheet.name} and all(t.last_row is not None for t in self.tables.values())

    def symbols_first_from_securities(self) -> None:
        self.security_rows = self.rows(layout.SECURITIES, ("Symbol", "Asset Class"), _ERROR)
        for symbol in self.security_rows.columns["Symbol"]:
            if symbol:
                self.symbols.add(symbol)

    def read_targets(self) -> list[Target]:
        rows = self.rows(layout.TARGETS, ("Model", "Asset Class", "Target"), _ERROR)
        column = rows.columns
        self.target_rows = rows
        for model in column["Model"]:
            if model:
                self.models.add(model)
        targets = []
        for i in rows.usable():
            band_type, location = column["Band Type"][i], column["Location"][i]
            targets.append(
                Target(
                    self.models.add(column["Model"][i]),
                    self.classes.add(column["Asset Class"][i]),
                    column["Target"][i],
                    self.symbols.find(column["Symbol"][i] or "") or column["Symbol"][i] or "",
                    column["Lower"][i],
                    column["Upper"][i],
                    column["Band"][i],
                    BandType(band_type) if band_type else None,
                    column["As Of"][i],
                    rows.source(i),
                    Location(location) if location else None,
                )
            )
        return targets

    def read_securities(self) -> None:
        rows = self.security_rows
        column = rows.columns
        first_row: dict[str, int] = {}
        for i, symbol in enumerate(column["Symbol"]):
            if symbol and i in rows.unusable:
                self.left_out_symbols.setdefault(self.symbols.add(symbol), rows.numbers[i])
        for i in rows.usable():
            symbol = self.symbols.add(column["Symbol"][i])
            same_as = column["Same As"][i] or ""
            swap = column["Swap"][i] or ""
            buy = column["Buy"][i]
            security = Security(
                symbol,
                self.classes.add(column["Asset Class"][i]),
                column["Price"][i],
                column["Name"][i] or "",
                column["Price Date"][i],
                (self.symbols.find(same_as) or self.groups.add(same_as)) if same_as else "",
                self.symbols.find(swap) or swap,
                BuyIn(buy) if buy else BuyIn.NOWHERE,
                self.not_negative(rows, i, "Min Trade", None) or 0,
                rows.source(i),
            )
            if symbol not in self.securities:
                self.securities[symbol] = security
                first_row[symbol] = i
                continue
            first = self.securities[symbol]
            if (first.price, first.asset_class, first.same_as) == (
                security.price,
                security.asset_class,
                security.same_as,
            ):
                self.problems.append(
                    rows.problem(
                        _WARNING,
                        "duplicate-symbol",
                        i,
                        "Symbol",
                        f"{symbol} is listed again with the same price and class; row {rows.numbers[first_row[symbol]]} is used.",
                        "Delete one of the two rows.",
                    )
                )
            else:
                self.twice.setdefault(symbol, (rows, i, rows.numbers[first_row[symbol]]))

    def read_clients(self) -> None:
        rows = self.rows(layout.CLIENTS, ("Client ID", "Filing Status"), _ERROR)
        column = rows.columns
        for header in ("Client Name", "Model"):  # their lack withholds the client, but does not hide it
            for i in rows.usable():
                if column[header][i] is None and not any(
                    f[0] == i and f[1].header == header for f in rows.faults
                ):
                    client_id = self.client_names.find(column["Client ID"][i]) or column["Client ID"][i]
                    what = f"{header} is empty."
                    todo = f"Enter it. {layout.CLIENTS.column(header).help}"
                    self.problems.append(
                        rows.problem(_ERROR, "missing-value", i, header, what, todo, client_id)
                    )
        for client_id in column["Client ID"]:
            if client_id:
                self.client_names.add(client_id)
        self.problems += rows.fault_problems(
            lambda index: self.client_names.find(column["Client ID"][index] or "")
        )
        for i in rows.usable():
            client_id = self.client_names.add(column["Client ID"][i])
            if client_id in self.clients:
                first = self.clients[client_id].source.row
                self.problems.append(
                    rows.problem(
                        _ERROR,
                        "duplicate-client",
                        i,
                        "Client ID",
                        f"Client ID {client_id} is already in row {first}, so it can't be told which row is meant.",
                        "Give each household its own Client ID, or delete one of the rows.",
                        client_id,
                    )
                )
                continue
            name = column["Client Name"][i] or client_id
            model = column["Model"][i] or ""
            self.clients[client_id] = Client(
                client_id,
                " ".join(name.split()),
                FilingStatus(column["Filing Status"][i]),
                self.models.find(model) or model,
                column["Advisor"][i] or "",
                column["Email"][i] or "",
                column["Birth Date"][i],
                column["Spouse Birth Date"][i],
                column["Taxable Income"][i],
                column["MAGI"][i],
                column["Other Investment Income"][i] or 0,
                column["CG Rate"][i],
                column["State Rate"][i] or Decimal(0),
                self.unsigned(rows, i, "ST Carryforward", client_id),
                self.unsigned(rows, i, "LT Carryforward", client_id),
                self.not_negative(rows, i, "Gain Budget", client_id),
                column["Band"][i],
                self.not_negative(rows, i, "Cash Reserve", client_id) or 0,
                column["Folder"][i] or "",
                rows.source(i),
                " ".join((column["Preferred Name"][i] or "").split()),
                column["Stated ST Gain"][i],
                column["Stated LT Gain"][i],
            )
        self.same_names(rows)

    def same_names(self, rows: Rows) -> None:
        """Two clients of one name get folders that end in their Client ID; the reader of a brief should know why."""
        shared = Counter(folded(client.name) for client in self.clients.values())
        row_at = {number: index for index, number in enumerate(rows.numbers)}
        for client in self.clients.values():
            if shared[folded(client.name)] > 1:
                others = [
                    c.id
                    for c in self.clients.values()
                    if c is not client and folded(c.name) == folded(client.name)
                ]
                self.problems.append(
                    rows.problem(
                        _WARNING,
                        "shared-name",
                        row_at[client.source.row],
                        "Client Name",
                        f"{client.name} is also the name of {', '.join(others)}; folders get the Client ID to tell them apart.",
                        "Tell the names apart, or give each a name in column Folder.",
                        client.id,
                    )
                )

    def read_accounts(self) -> None:
        rows = self.rows(layout.ACCOUNTS, ("Account ID", "Client ID", "Registration"), _ERROR)
        self.accounts_readable = rows.readable
        column = rows.columns

        def owner(index: int) -> str | None:
            return self.client_names.find(column["Client ID"][index] or "")

        self.problems += rows.fault_problems(owner)
        for i in range(len(rows)):
            if column["Account ID"][i]:
                self.account_client.setdefault(self.account_names.add(column["Account ID"][i]), owner(i))
        for i in rows.usable():
            account_id = self.account_names.add(column["Account ID"][i])
            client_id = owner(i)
            if client_id is None:
                if not self.client_names:
                    continue  # there is no client at all, which is said of the Clients sheet
                raw_id = column["Client ID"][i]
                what = f"Client {raw_id!r} is not on the Clients sheet, so account {account_id} and its lots are left out."
                todo = f"Correct the Client ID, or add the client.{hint(self.client_names, raw_id)}"
                self.problems.append(rows.problem(_ERROR, "unknown-client", i, "Client ID", what, todo))
                continue
            if account_id in self.accounts:
                first = self.accounts[account_id]
                what = f"Account ID {account_id} is already in row {first.source.row}, so it can't be told which row is meant."
                todo = "Give each account its own Account ID, or delete one of the rows."
                for client in dict.fromkeys((first.client_id, client_id)):
                    self.problems.append(
                        rows.problem(_ERROR, "duplicate-account", i, "Account ID", what, todo, client)
                    )
                continue
            flags = tuple(flag.strip() for flag in (column["Flags"][i] or "").split(";") if flag.strip())
            locked = [match for flag in flags if (match := _NO_TRADE.search(flag))]
            reason = " ".join(locked[0][1].split()) if locked else ""
            if locked and not reason:
                what = f"Account {account_id} is locked without a reason; the brief can't say why it is left alone."
                todo = "Write 'Do not trade: ' and the reason."
                self.problems.append(rows.problem(_WARNING, "no-reason", i, "Flags", what, todo, client_id))
            holder = column["Owner"][i]
            sole, heir = column["Sole Beneficiary"][i], column["Beneficiary Type"][i]
            registration = Registration(column["Registration"][i])
            self.accounts[account_id] = Account(
                account_id,
                client_id,
                registration,
                column["Custodian"][i] or "",
                Owner(holder) if holder else Owner.CLIENT,
                self.not_negative(rows, i, "Prior Year-End Value", client_id),
                self.unsigned(rows, i, "RMD Taken", client_id),
                flags,
                bool(locked),
                reason,
                self.not_negative(rows, i, "Cash Reserve", client_id) or 0,
                self.unsigned(rows, i, "Withdrawal", client_id),
                rows.source(i),
                SoleBeneficiary(sole) if sole else None,
                " ".join((column["Inherited From"][i] or "").split()),
                column["Owner Death Date"][i],
                column["Owner Birth Date"][i],
                BeneficiaryType(heir) if heir else None,
                column["Own Taxable Income"][i],
                self.unsigned(rows, i, "Own ST Carryforward", client_id),
                self.unsigned(rows, i, "Own LT Carryforward", client_id),
                column["Positions As Of"][i],
                column["Lots As Of"][i],
            )

    def read_lots(self) -> None:
        rows = self.rows(layout.LOTS, ("Account ID", "Symbol", "Quantity"), _ERROR)
        column = rows.columns
        owner = self.by_account(rows)
        accounts, symbols = column["Account ID"], column["Symbol"]
        acquired, quantities, bases = column["Acquired"], column["Quantity"], column["Cost Basis"]
        lot_ids, holds, covered = column["Lot ID"], column["Hold"], column["Covered"]
        made: Counter[str] = Counter()
        symbol_of_id: dict[tuple[str, str], str] = {}
        strays = _Strays()
        for i in rows.usable():
            account = self.known_account(accounts[i], i, strays)
            if account is None:
                continue
            listed = self.symbols.find(symbols[i])
            symbol = listed or symbols[i]
            if self.is_cash(symbol):
                self.cash.append(CashBalance(account.id, symbol, to_cents(quantities[i]), rows.source(i)))
                continue
            if symbol not in self.securities:
                self.unlisted.setdefault(account.client_id, {}).setdefault(symbol, []).append(i)
                continue
            lot_id = lot_ids[i]
            if lot_id is None:
                day = acquired[i].isoformat() if acquired[i] else "?"
                basis = from_cents(bases[i]) if bases[i] is not None else "?"
                lot_id = f"{account.id}:{symbol}:{day}:{quantity_text(quantities[i])}:{basis}"
                made[lot_id] += 1
                if made[lot_id] > 1:
                    what = f"This row repeats another lot of {symbol} in account {account.id} in every figure, without a Lot ID."
                    todo = "Delete it if it was pasted twice; else give both the custodian's Lot ID."
                    self.problems.append(
                        rows.problem(_WARNING, "identical-lots", i, "Lot ID", what, todo, account.client_id)
                    )
                    lot_id = f"{lot_id}#{made[lot_id]}"
            elif symbol_of_id.setdefault((account.id, lot_id), symbol) != symbol:
                lot_id = f"{lot_id} ({symbol})"  # the custodian counts lots per position
            self.lots.append(
                Lot(
                    lot_id,
                    account.id,
                    symbol,
                    acquired[i],
                    quantities[i],
                    bases[i],
                    holds[i] or False,
                    covered[i],
                    rows.source(i),
                )
            )
        self.problems += rows.fault_problems(owner)
        strays.report(self, rows)
        self.lot_rows = rows

    def read_positions(self) -> list[Position]:
        """The custodian's positions. They stand in for cash rows that Lots lacks and, in accounts whose sales are not taxed,
        for lots: there neither basis nor date decides anything."""
        rows = self.rows(layout.POSITIONS, ("Account ID", "Symbol", "Quantity"), _NOTE)
        column = rows.columns
        self.problems += rows.fault_problems(self.by_account(rows))
        has_cash = {balance.account_id for balance in self.cash}
        has_lots = {(lot.account_id, lot.symbol) for lot in self.lots}
        strays = _Strays()
        positions = []
        for i in rows.usable():
            account = self.known_account(column["Account ID"][i], i, strays)
            if account is None:
                continue
            symbol = self.symbols.find(column["Symbol"][i]) or column["Symbol"][i]
            quantity: Decimal = column["Quantity"][i]
            source = rows.source(i)
            position = Position(
                account.id,
                symbol,
                quantity,
                column["Price"][i],
                column["Value"][i],
                source,
                column["Cost Basis"][i],
            )
            positions.append(position)
            if self.is_cash(symbol):
                if account.id not in has_cash:
                    self.cash.append(CashBalance(account.id, symbol, to_cents(quantity), source))
            elif (
                not account.registration.taxable
                and (account.id, symbol) not in has_lots
                and symbol in self.securities
                and quantity > 0
            ):
                self.lots.append(
                    Lot(
                        f"{account.id}:{symbol}:position",
                        account.id,
                        symbol,
                        None,
                        quantity,
                        None,
                        source=source,
                    )
                )
        strays.report(self, rows)
        return positions

    def read_activity(self) -> list[Activity]:
        rows = self.rows(layout.ACTIVITY, ("Date", "Account ID", "Type", "Amount"), _WARNING)
        column = rows.columns
        self.problems += rows.fault_problems(self.by_account(rows))
        strays = _Strays()
        activity = []
        for i in rows.usable():
            account = self.known_account(column["Account ID"][i], i, strays)
            if account is None:
                continue
            symbol = column["Symbol"][i] or ""
            quantity = column["Quantity"][i]
            kind = ActivityType(column["Type"][i])
            short, long = column["ST Gain"][i], column["LT Gain"][i]
            if (
                kind is ActivityType.SELL
                and short is None
                and long is None
                and (account.registration.household_taxable or account.files_own_return)
            ):
                what = (
                    f"The realized gain of this sale of {symbol or 'a security'} is unknown, so it is missing in the "
                    "year's gains and tax."
                )
                todo = "Enter ST Gain and LT Gain (0 if there was none)."
                self.problems.append(
                    rows.problem(_WARNING, "gain-missing", i, "LT Gain", what, todo, account.client_id)
                )
            activity.append(
                Activity(
                    column["Date"][i],
                    account.id,
                    kind,
                    abs(column["Amount"][i]),
                    self.symbols.find(symbol) or symbol,
                    abs(quantity) if quantity is not None else None,
                    short or 0,
                    long or 0,
                    rows.source(i),
                )
            )
        strays.report(self, rows)
        return activity

    def read_notes(self) -> list[Note]:
        rows = self.rows(layout.NOTES, ("Client ID", "Date", "Text"), _NOTE, _WARNING)
        column = rows.columns
        self.problems += rows.fault_problems(
            lambda index: self.client_names.find(column["Client ID"][index] or "")
        )
        notes = []
        for i in rows.usable():
            client_id = self.client_names.find(column["Client ID"][i])
            if client_id is None:
                if not self.client_names:
                    continue
                raw_id = column["Client ID"][i]
                what = f"Client {raw_id!r} is not on the Clients sheet, so this CRM entry is left out."
                todo = f"Correct the Client ID, or delete the row.{hint(self.client_names, raw_id)}"
                self.problems.append(rows.problem(_WARNING, "unknown-client", i, "Client ID", what, todo))
                continue
            notes.append(
                Note(
                    client_id,
                    column["Date"][i],
                    column["Text"][i],
                    column["Kind"][i] or "",
                    column["Author"][i] or "",
                    column["Source"][i] or "",
                    rows.source(i),
                )
            )
        return notes

    def read_rules(self, settings: Settings) -> dict[str, list[ClientRule]]:
        """Rules by client, in the order of the sheet."""
        absent = _WARNING if self._is_deleted(layout.RULES) else None  # workbooks of before have no Rules
        rows = self.rows(layout.RULES, ("Client ID", "Kind", "Status"), absent, _WARNING)
        column = rows.columns
        self.problems += rows.fault_problems(
            lambda index: self.client_names.find(column["Client ID"][index] or "")
        )
        for i in sorted(rows.unusable):
            client_id = self.client_names.find(column["Client ID"][i] or "")
            day = column["Date"][i]
            over = (
                day is not None and day < settings.as_of and day.year < settings.tax_year
            )  # whatever its Kind
            if client_id and column["Status"][i] == RuleStatus.CONFIRMED.value and not over:
                what = (
                    "Somebody has confirmed this rule, but its Kind can't be read, so the plan can't heed it."
                )
                todo = "Choose its Kind, or set its Status to Declined."
                self.problems.append(
                    rows.problem(_ERROR, "rule-incomplete", i, "Kind", what, todo, client_id)
                )
        found: dict[str, list[ClientRule]] = {}
        for i in rows.usable():
            client_id = self.client_names.find(column["Client ID"][i])
            if client_id is None:
                if not self.client_names:
                    continue
                raw_id = column["Client ID"][i]
                what = f"Client {raw_id!r} is not on the Clients sheet, so this rule is left out."
                todo = f"Correct the Client ID, or delete the row.{hint(self.client_names, raw_id)}"
                self.problems.append(rows.problem(_WARNING, "unknown-client", i, "Client ID", what, todo))
                continue
            symbol, account = column["Symbol"][i] or "", column["Account ID"][i] or ""
            found.setdefault(client_id, []).append(
                ClientRule(
                    client_id,
                    RuleKind(column["Kind"][i]),
                    RuleStatus(column["Status"][i]),
                    column["Sentence"][i] or "",
                    column["Note Date"][i],
                    self.symbols.find(symbol) or symbol,
                    self.account_names.find(account) or account,
                    column["Amount"][i],
                    column["Date"][i],
                    column["Confirmed By"][i] or "",
                    column["Confirmed On"][i],
                    rows.source(i),
                )
            )
        return found

    def read_decisions(self) -> list[Decision]:
        rows = self.rows(layout.DECISIONS, ("Client ID", "Quarter", "Decision"), None, _WARNING)
        column = rows.columns
        self.problems += rows.fault_problems(
            lambda index: self.client_names.find(column["Client ID"][index] or "")
        )
        return [
            Decision(
                self.client_names.find(column["Client ID"][i]) or column["Client ID"][i],
                column["Quarter"][i],
                column["Decision"][i],
                column["By"][i] or "",
                column["Date"][i],
                column["Comment"][i] or "",
                rows.source(i),
            )
            for i in rows.usable()
        ]

    # ------------------------------------------------------------ what the sheets share

    def by_account(self, rows: Rows) -> Callable[[int], str | None]:
        """The client who owns the account of a row."""
        accounts = rows.columns["Account ID"]

        def owner(index: int) -> str | None:
            account_id = self.account_names.find(accounts[index] or "")
            return self.account_client.get(account_id) if account_id else None

        return owner

    def known_account(self, raw_id: str, index: int, strays: _Strays) -> Account | None:
        """The account of a row; a row of an account that nobody knows is noted in `strays`."""
        account_id = self.account_names.find(raw_id)
        if account_id is None:
            if self.accounts_readable:
                strays.add(raw_id, index)
            return None
        return self.accounts.get(account_id)

    def is_cash(self, symbol: str) -> bool:
        security = self.securities.get(symbol)
        return security.is_cash if security else folded(symbol) == folded(CASH_SYMBOL)

    def unsigned(self, rows: Rows, index: int, header: str, client_id: str) -> int:
        """An amount that only makes sense positive; a minus sign is dropped with a warning."""
        cents: int = rows.columns[header][index] or 0
        if cents < 0:
            what = f"{header} is entered with a minus sign; it is read as the positive amount."
            todo = "Enter it without the sign."
            self.problems.append(rows.problem(_WARNING, "sign-dropped", index, header, what, todo, client_id))
        return abs(cents)

    def not_negative(self, rows: Rows, index: int, header: str, client_id: str | None) -> int | None:
        """An amount that can't be negative; one that is counts as unknown."""
        cents: int | None = rows.columns[header][index]
        if cents is None or cents >= 0:
            return cents
        what = f"{header} can't be negative."
        todo = "Correct the amount."
        self.problems.append(rows.problem(_ERROR, "negative-amount", index, header, what, todo, client_id))
        return None

    def report_shared_rows(self) -> None:
        """Faults of Targets are those of everyone who follows the model, faults of Securities those of everyone who holds it."""
        followers: dict[str, list[str]] = {}
        for client in self.clients.values():
            followers.setdefault(client.model, []).append(client.id)
        models = self.target_rows.columns["Model"]
        self.problems += self.target_rows.fault_problems(
            lambda index: tuple(followers.get(self.models.find(models[index] or "") or "", ()))
        )
        holders: dict[str, set[str]] = {}
        for lot in self.lots:
            holders.setdefault(lot.symbol, set()).add(self.accounts[lot.account_id].client_id)
        symbols = self.security_rows.columns["Symbol"]
        self.problems += self.security_rows.fault_problems(
            lambda index: tuple(sorted(holders.get(self.symbols.find(symbols[index] or "") or "", ())))
        )

    def report_symbols(self, positions: list[Position]) -> None:
        """Held symbols that Securities lacks, can't be read there, or has twice with different values: one problem each."""
        rows = self.lot_rows
        for client_id, by_symbol in self.unlisted.items():
            for symbol, indexes in by_symbol.items():
                count = f"{len(indexes)} lots are" if len(indexes) > 1 else "its lot is"
                row = self.left_out_symbols.get(symbol)
                if row:
                    what = f"{symbol} has no usable row on Securities (row {row}), so {count} left out and the value is too low."
                    todo = f"Correct row {row} of Securities."
                else:
                    what = f"{symbol} is not on the Securities sheet, so {count} left out and the value is too low."
                    todo = f"Add {symbol} to Securities with its class and price.{hint(self.symbols, symbol)}"
                self.problems.append(
                    rows.problem(_ERROR, "unknown-symbol", indexes[0], "Symbol", what, todo, client_id)
                )
        for symbol, (security_rows, index, first) in self.twice.items():
            accounts = {lot.account_id for lot in self.lots if lot.symbol == symbol}
            accounts |= {position.account_id for position in positions if position.symbol == symbol}
            holders: list[str | None] = [*sorted({self.accounts[a].client_id for a in accounts})]
            what = f"{symbol} is listed again with another price, class or group than in row {first}."
            todo = "Delete the wrong row."
            for client in holders or [None]:
                self.problems.append(
                    security_rows.problem(_ERROR, "duplicate-symbol", index, "Symbol", what, todo, client)
                )

    def households(
        self, targets: list[Target], positions: list[Position], activity: list[Activity], notes: list[Note]
    ) -> tuple[Household, ...]:
        client_of = {account.id: account.client_id for account in self.accounts.values()}

        def split(values: list[Any], key: Callable[[Any], str]) -> dict[str, list[Any]]:
            parts: dict[str, list[Any]] = {}
            for value in values:
                parts.setdefault(key(value), []).append(value)
            return parts

        def by_account(value: Any) -> str:
            return client_of[value.account_id]

        accounts = split(list(self.accounts.values()), lambda a: a.client_id)
        lots, cash = split(self.lots, by_account), split(self.cash, by_account)
        held, done = split(positions, by_account), split(activity, by_account)
        told, aims = split(notes, lambda n: n.client_id), split(targets, lambda t: t.model)
        return tuple(
            Household(
                client,
                tuple(accounts.get(client.id, ())),
                tuple(lots.get(client.id, ())),
                tuple(cash.get(client.id, ())),
                tuple(held.get(client.id, ())),
                tuple(done.get(client.id, ())),
                tuple(told.get(client.id, ())),
                tuple(aims.get(client.model, ())),
                self.securities,
            )
            for client in self.clients.values()
        )


class _Strays:
    """Rows of accounts that are not on the Accounts sheet: one problem per account, however many rows."""

    def __init__(self) -> None:
        self.rows: dict[str, list[int]] = {}

    def add(self, account_id: str, index: int) -> None:
        self.rows.setdefault(account_id, []).append(index)

    def report(self, reading: _Reading, rows: Rows) -> None:
        for account_id, indexes in self.rows.items():
            count = (
                f"{len(indexes)} rows of it (this is the first) are" if len(indexes) > 1 else "this row is"
            )
            what = f"Account {account_id!r} is not on the Accounts sheet, so {count} left out."
            todo = f"Correct the Account ID, or add the account.{hint(reading.account_names, account_id)}"
            reading.problems.append(
                rows.problem(_ERROR, "unknown-account", indexes[0], "Account ID", what, todo)
            )
