"""A system's statements against the rows of the workbook: what to change, to add and to remove, sheet by sheet.

The file decides quantities, dates, bases and prices; what only the firm knows (Hold, Lot ID, own columns, a basis that the
custodian lacks) stays with its row. Rows are removed only where a statement is whole: every row read, nothing cut off.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from xl_rebal.engine.problems import Problem, Severity, Source
from xl_rebal.importers.statements import Imported, ImportedLot, ImportedPosition, Kind, Statement
from xl_rebal.importing.accounts import Accounts, Known
from xl_rebal.importing.activity import new_transactions
from xl_rebal.importing.corporate import (
    basis_moved,
    basis_problem,
    renamed,
    renamed_problem,
    split_problem,
    split_ratio,
)
from xl_rebal.importing.crm import Clients, new_notes
from xl_rebal.importing.days import account_days
from xl_rebal.importing.explained import Move, explained
from xl_rebal.importing.households import new_households
from xl_rebal.importing.missing import left_over_lots, missing_accounts, missing_positions
from xl_rebal.importing.money import money_twice
from xl_rebal.importing.pairing import LotFigures, paired
from xl_rebal.importing.result import AccountReport, Counts, Report
from xl_rebal.importing.securities import NEVER, Quotes
from xl_rebal.importing.symbols import Symbols, by_account_and_symbol
from xl_rebal.money import from_cents
from xl_rebal.sheets import layout
from xl_rebal.sheets.cells import folded
from xl_rebal.sheets.rows import Rows, rows_of
from xl_rebal.sheets.source import Table
from xl_rebal.sheets.write import CellValue, Change

_MONEY_HEADERS = frozenset(("Cost Basis", "Value"))


def merge(
    imported: Imported,
    tables: Mapping[str, Table],
    custodian: str = "Schwab",
    clients: Mapping[str, str] | None = None,
) -> tuple[dict[str, Change], Report]:
    """The changes that bring the workbook's rows up to the statements, by sheet, and the report of them.

    `custodian` keeps the accounts of statements that do not say whose they are; `clients` maps names of another system to
    Client IDs, as the firm has confirmed them.
    """
    merging = _Merging(imported, tables, custodian, clients or {})
    return merging.changes(), merging.report


@dataclass(slots=True)
class _Draft:
    """A `Change` in the making."""

    updated: dict[int, dict[str, CellValue]] = field(default_factory=dict)
    removed: set[int] = field(default_factory=set)
    added: list[dict[str, CellValue]] = field(default_factory=list)

    def frozen(self) -> Change:
        kept = {row: cells for row, cells in self.updated.items() if row not in self.removed}
        return Change(kept, frozenset(self.removed), tuple(self.added))


class _Merging:
    """One run: the sheets' rows, the statements that count, and the changes that follow."""

    def __init__(
        self,
        imported: Imported,
        tables: Mapping[str, Table],
        custodian: str,
        confirmed: Mapping[str, str],
    ) -> None:
        self.imported = imported
        self.report = Report(
            imported.as_of,
            len(imported.positions),
            len(imported.lots),
            len(imported.transactions),
            len(imported.notes),
            skipped=imported.skipped,
        )
        self.report.problems += imported.problems
        by_name = {folded(name): table for name, table in tables.items()}

        def rows(sheet: layout.SheetLayout, *needed: str) -> Rows:
            return rows_of(by_name.get(folded(sheet.name)), sheet, [], needed=needed, absent=None)

        self.lots = rows(layout.LOTS, "Account ID", "Symbol", "Quantity")
        self.positions = rows(layout.POSITIONS, "Account ID", "Symbol", "Quantity")
        self.securities = rows(layout.SECURITIES, "Symbol")
        self.activity = rows(layout.ACTIVITY, "Date", "Account ID", "Type", "Amount")
        self.notes = rows(layout.NOTES, "Client ID", "Date", "Text")
        self.account_rows = rows(layout.ACCOUNTS, "Account ID")
        self.accounts = Accounts(self.account_rows, custodian)
        self.client_rows = rows(layout.CLIENTS, "Client ID")
        self.clients = Clients(self.client_rows, confirmed)
        self.drafts = {sheet.name: _Draft() for sheet in layout.INPUT_SHEETS}
        self.symbols = Symbols(self.securities, self.positions, self.lots)
        self.lot_rows = by_account_and_symbol(self.lots, self.symbols)
        self.position_rows = by_account_and_symbol(self.positions, self.symbols)
        targets = rows(layout.TARGETS, "Asset Class")
        self.renamed: set[tuple[str, str]] = set()  # account and new symbol of rows under another symbol
        self.moved: dict[str, int] = {}  # symbol -> lots whose basis changed with their shares the same
        self.quotes = Quotes(self.securities, self.symbols, targets.columns["Asset Class"])

    def changes(self) -> dict[str, Change]:
        self.merge_households()
        positions: dict[str, tuple[Known, Statement]] = {}
        lots: dict[tuple[str, str], tuple[Known, Statement]] = {}
        moved: list[tuple[Known, Statement]] = []
        for known, statement in self.matched():
            if statement.kind is Kind.TRANSACTIONS:
                moved.append((known, statement))
            elif statement.kind is Kind.POSITIONS:
                key = known.id
                positions[key] = (known, self.newer(positions.get(key, (known, statement))[1], statement))
            else:
                pair = (known.id, self.symbols.of(statement.symbol))
                lots[pair] = (known, self.newer(lots.get(pair, (known, statement))[1], statement))
        for account_id, symbol in list(lots):
            if account_id in positions and self.quotes.is_cash(symbol):
                del lots[account_id, symbol]  # the positions file says how much money there is
        own: dict[str, dict[str, Statement]] = {}
        for (account_id, symbol), (_, statement) in lots.items():
            own.setdefault(account_id, {})[symbol] = statement
        self.rename(positions, own)
        fresh = {pair for pair, (_, statement) in lots.items() if statement.whole}
        for known, statement in positions.values():
            self.merge_positions(known, statement)
            self.merge_cash(known, statement, fresh)
            self.report_missing(known, statement, own.get(known.id, {}))
        for (_, symbol), (known, statement) in lots.items():
            self.merge_lots(known, symbol, statement)
        if self.moved:
            first = next(statement for _, statement in lots.values())
            self.report.problems.append(basis_problem(first.source, self.moved))
        stated = {account_id: statement for account_id, (_, statement) in positions.items()}
        self.report.problems += missing_accounts(stated, self.accounts.all, self.position_rows)
        self.merge_activity(moved)
        self.merge_notes()
        self.merge_securities()
        self.explain(positions)
        self.merge_days(positions, lots)
        found = {name: draft.frozen() for name, draft in self.drafts.items()}
        return {name: change for name, change in found.items() if change}

    # ------------------------------------------------------------ which statements count

    def matched(self) -> Iterable[tuple[Known, Statement]]:
        """Statements whose account is known, on sheets that can take them; one problem per masked account of a file."""
        counts: dict[tuple[str, str], int] = {}
        for one in self.imported.statements:
            key = (one.source.sheet, one.account)
            counts[key] = counts.get(key, 0) + one.rows
        told: set[object] = set()
        answers: dict[tuple[str, str], Known | Problem] = {}
        for one in self.imported.statements:
            rows = {Kind.POSITIONS: self.positions, Kind.LOTS: self.lots}.get(one.kind, self.activity)
            if not rows.readable:
                if rows.layout.name not in told:
                    told.add(rows.layout.name)
                    self.problem(
                        Severity.ERROR, "sheet-missing", Source(rows.layout.name, 0), "",
                        f"The workbook has no sheet {rows.layout.name} with the columns {', '.join(rows.layout.required)}, "
                        f"so no {one.kind.value} were imported.",
                        "Add the sheet with these headers in one row.",
                    )  # fmt: skip
                continue
            key = (one.source.sheet, one.account)
            if key not in answers:
                answers[key] = self.accounts.find(one, counts[key])
            found = answers[key]
            if isinstance(found, Known):
                yield found, one
            elif key not in told:
                told.add(key)
                self.report.problems.append(found)

    def newer(self, first: Statement, second: Statement) -> Statement:
        """The one of two statements about the same thing that counts: the newer; of the same minute the later in order."""
        if first is second or _content(first) == _content(second):
            return second
        old, new = (first, second) if (first.as_of or NEVER) <= (second.as_of or NEVER) else (second, first)
        same = old.as_of == new.as_of
        self.problem(
            Severity.WARNING if same else Severity.NOTE, "older-statement", old.source, "",
            f"{new.source.sheet} states the same {old.kind.value} {'differently, of the same time' if same else 'later'}, so "
            "these were not used.",
            "Leave the wrong one of the two files out." if same else "",
        )  # fmt: skip
        return new

    # ------------------------------------------------------------ positions

    def merge_positions(self, known: Known, statement: Statement) -> None:
        draft = self.drafts[layout.POSITIONS.name]
        counts = self.account(known).positions
        rows = self.position_rows.get(folded(known.id), {})
        stated = self.summed(statement.positions)
        self.report.problems += money_twice(known, statement)
        for symbol, position in stated.items():
            self.quotes.add(symbol, position.price, position.name, statement.as_of, position.asset_class)
            cells: dict[str, CellValue | int] = {
                "Quantity": position.quantity,
                "Price": position.price,
                "Value": position.value_cents,
            }
            existing = rows.get(symbol, [])
            there = existing and self.positions.columns["Cost Basis"][existing[0]] is not None
            if position.basis_cents is not None or there:
                cells["Cost Basis"] = position.basis_cents
            if not existing:
                draft.added.append(_written({"Account ID": known.id, "Symbol": symbol, **cells}))
                counts.added += 1
                continue
            if (known.id, symbol) in self.renamed:
                cells["Symbol"] = symbol
            self.update(self.positions, draft, existing[0], cells, counts)
            for repeated in existing[1:]:
                draft.removed.add(self.positions.numbers[repeated])
                counts.removed += 1
        if statement.whole:
            for symbol, indexes in rows.items():
                if symbol not in stated:
                    draft.removed.update(self.positions.numbers[i] for i in indexes)
                    counts.removed += len(indexes)

    def summed(self, positions: Iterable[ImportedPosition]) -> dict[str, ImportedPosition]:
        """One position per symbol of the workbook's spelling; the same security listed twice is added up."""
        found: dict[str, ImportedPosition] = {}
        for position in positions:
            symbol = self.symbols.of(position.symbol)
            before = found.get(symbol)
            if before is None:
                found[symbol] = position
                continue
            known = before.value_cents is not None and position.value_cents is not None
            costed = before.basis_cents is not None and position.basis_cents is not None
            found[symbol] = ImportedPosition(
                position.account,
                position.digits,
                symbol,
                before.name,
                before.quantity + position.quantity,
                before.price,
                (before.value_cents or 0) + (position.value_cents or 0) if known else None,
                (before.basis_cents or 0) + (position.basis_cents or 0) if costed else None,
                before.source,
                before.asset_class,
            )
        return found

    def merge_cash(self, known: Known, statement: Statement, fresh: set[tuple[str, str]]) -> None:
        """Money on Lots, where the account has it there: then the reader takes none from Positions."""
        rows = self.lot_rows.get(folded(known.id), {})
        money = {symbol: indexes for symbol, indexes in rows.items() if self.quotes.is_cash(symbol)}
        if not money or not self.lots.readable:
            return
        draft = self.drafts[layout.LOTS.name]
        counts = self.account(known).lots
        stated = {s: p for s, p in self.summed(statement.positions).items() if self.quotes.is_cash(s)}
        for symbol, position in stated.items():
            if (known.id, symbol) in fresh:
                continue
            existing = money.get(symbol, [])
            if not existing:
                draft.added.append({"Account ID": known.id, "Symbol": symbol, "Quantity": position.quantity})
                counts.added += 1
                continue
            self.update(self.lots, draft, existing[0], {"Quantity": position.quantity}, counts)
            draft.removed.update(self.lots.numbers[i] for i in existing[1:])
            counts.removed += len(existing) - 1
        if statement.whole:
            for symbol, indexes in money.items():
                if symbol not in stated and (known.id, symbol) not in fresh:
                    draft.removed.update(self.lots.numbers[i] for i in indexes)
                    counts.removed += len(indexes)

    def report_missing(self, known: Known, statement: Statement, lots: Mapping[str, Statement]) -> None:
        """Says what the sheets have and a positions statement does not list; takes out lots that two files agree on.

        `lots` are the account's own, by symbol.
        """
        listed = {self.symbols.of(position.symbol) for position in statement.positions}
        key = folded(known.id)
        if statement.unproven:
            self.report.problems += missing_positions(
                known, self.position_rows.get(key, {}), listed, self.positions
            )
        if statement.whole and not self.remove_sold(known, statement, lots):
            rows = self.lot_rows.get(key, {})
            told = {symbol for symbol, one in lots.items() if one.whole}
            money = {symbol for symbol in rows if self.quotes.is_cash(symbol)}
            self.report.problems += left_over_lots(known, rows, listed | told | money, self.lots)

    def remove_sold(self, known: Known, statement: Statement, lots: Mapping[str, Statement]) -> bool:
        """Removes lots of securities that neither the positions nor a file of all lots lists any more.

        Only where both are whole, so that two sources agree; returns whether they are.
        """
        if not statement.whole or not lots or not all(lot.whole and lot.all_lots for lot in lots.values()):
            return False
        held = {self.symbols.of(position.symbol) for position in statement.positions}
        draft, counts = self.drafts[layout.LOTS.name], self.account(known).lots
        for symbol, indexes in self.lot_rows.get(folded(known.id), {}).items():
            if symbol not in held and symbol not in lots and not self.quotes.is_cash(symbol):
                draft.removed.update(self.lots.numbers[i] for i in indexes)
                counts.removed += len(indexes)
        return True

    # ------------------------------------------------------------ lots

    def merge_lots(self, known: Known, symbol: str, statement: Statement) -> None:
        if not statement.whole:
            self.problem(
                Severity.ERROR, "lots-left", statement.source, symbol,
                f"A row of the {symbol} lots in account {known.id} could not be read, so its lots on the sheet were left as "
                "they were.",
                "Download the lots of this position again.",
            )  # fmt: skip
            return
        draft = self.drafts[layout.LOTS.name]
        counts = self.account(known).lots
        existing = self.lot_rows.get(folded(known.id), {}).get(symbol, [])
        sheet = self.figures_on_sheet(existing)
        pairs = paired([_figures(lot) for lot in statement.lots], sheet)
        self.say_changes(known, symbol, statement, sheet, pairs)
        for index, lot in enumerate(statement.lots):
            self.quotes.add(symbol, lot.price, "", statement.as_of)
            cells = self.lot_cells(lot, sheet[pairs[index]] if index in pairs else None)
            if index in pairs:
                if (known.id, symbol) in self.renamed:
                    cells["Symbol"] = symbol
                self.update(self.lots, draft, existing[pairs[index]], cells, counts)
            else:
                draft.added.append(_written({"Account ID": known.id, "Symbol": symbol, **cells}))
                counts.added += 1
        for j in sorted(set(range(len(existing))) - set(pairs.values())):
            draft.removed.add(self.lots.numbers[existing[j]])
            counts.removed += 1

    def say_changes(
        self,
        known: Known,
        symbol: str,
        statement: Statement,
        sheet: Sequence[LotFigures],
        pairs: Mapping[int, int],
    ) -> None:
        """Says what has changed about the lots without a trade."""
        own = [(sheet[j], _figures(statement.lots[i])) for i, j in pairs.items()]
        whole = len(own) == len(sheet)
        ratio = split_ratio(own) if whole else None
        if ratio is not None:
            self.report.problems.append(split_problem(statement.source, known.id, symbol, ratio))
        elif count := basis_moved(own):
            self.moved[symbol] = self.moved.get(symbol, 0) + count

    def rename(
        self,
        positions: Mapping[str, tuple[Known, Statement]],
        lots: Mapping[str, Mapping[str, Statement]],
    ) -> None:
        """Rows of a security that a whole file lists under a new symbol are that symbol's from now on."""
        for account_id, (_, statement) in positions.items():
            if not statement.whole:
                continue
            rows = self.lot_rows.get(folded(account_id), {})
            own = lots.get(account_id, {})
            held = {*own, *(self.symbols.of(position.symbol) for position in statement.positions)}
            gone = {symbol: self.figures_on_sheet(at) for symbol, at in rows.items() if symbol not in held}
            new = {
                symbol: [_figures(lot) for lot in one.lots]
                for symbol, one in own.items()
                if one.whole and symbol not in rows
            }
            for symbol, old in renamed(gone, new).items():
                rows[symbol] = rows.pop(old)
                places = self.position_rows.get(folded(account_id), {})
                if symbol not in places and old in places:
                    places[symbol] = places.pop(old)
                self.renamed.add((account_id, symbol))
                if (place := self.symbols.row.get(old)) is not None:
                    asset_class = self.securities.columns["Asset Class"][place] or ""
                    self.quotes.add(symbol, None, "", None, asset_class)
                self.report.problems.append(renamed_problem(own[symbol].source, account_id, old, symbol))

    def figures_on_sheet(self, indexes: Iterable[int]) -> list[LotFigures]:
        """What the Lots sheet says in these rows."""
        columns = self.lots.columns
        return [
            LotFigures(columns["Acquired"][i], columns["Quantity"][i], columns["Cost Basis"][i])
            for i in indexes
        ]

    def lot_cells(self, lot: ImportedLot, sheet: LotFigures | None) -> dict[str, CellValue | int]:
        """The lot's cells; a date, basis or Lot ID that only the workbook knows is left standing."""
        cells: dict[str, CellValue | int] = {"Quantity": lot.quantity}
        if lot.lot_id and sheet is None:
            cells["Lot ID"] = lot.lot_id
        if lot.acquired is not None or sheet is None:
            cells["Acquired"] = lot.acquired
        if lot.basis_cents is not None or sheet is None:
            cells["Cost Basis"] = lot.basis_cents
        elif sheet.basis_cents is not None:
            self.report.kept_basis += 1
        return cells

    # ------------------------------------------------------------ households, activity, notes

    def merge_households(self) -> None:
        """Accounts and households that a system knows and the workbook lacks, before anything is matched with them."""
        if not self.imported.accounts or not (self.account_rows.readable and self.client_rows.readable):
            return
        new = new_households(self.imported.accounts, self.accounts, self.clients)
        self.drafts[layout.CLIENTS.name].added += new.clients
        self.drafts[layout.ACCOUNTS.name].added += new.accounts
        self.report.problems += new.problems
        self.report.new_accounts += [str(cells["Account ID"]) for cells in new.accounts]
        self.report.new_clients += [str(cells["Client ID"]) for cells in new.clients]

    def explain(self, positions: Mapping[str, tuple[Known, Statement]]) -> None:
        """Changes of positions since the last import against the transactions, those of this import among them."""
        columns = self.account_rows.columns
        last = {
            folded(account): day
            for account, day in zip(columns["Account ID"], columns["Positions As Of"], strict=True)
            if account and day
        }
        moves = self.moves()
        for account_id, (known, statement) in positions.items():
            since = last.get(folded(account_id))
            if since is None or statement.as_of is None:
                continue
            held = self.position_rows.get(folded(account_id), {})
            quantities = self.positions.columns["Quantity"]
            before = {
                s: quantities[rows[0]] or Decimal(0) for s, rows in held.items() if not self.quotes.is_cash(s)
            }
            after = {
                s: p.quantity
                for s, p in self.summed(statement.positions).items()
                if not self.quotes.is_cash(s)
            }
            found = explained(
                known.id,
                before if statement.whole else {s: q for s, q in before.items() if s in after},
                after,
                since,
                statement.as_of.date(),
                moves.get(folded(account_id), ()),
                statement.source,
            )
            self.report.explained += found.explained
            if found.problem is not None:
                self.report.problems.append(found.problem)

    def moves(self) -> dict[str, list[Move]]:
        """Transactions with shares by folded account: the sheet's, then those of this import."""
        columns = self.activity.columns
        rows: list[tuple[object, ...]] = list(
            zip(*(columns[h] for h in ("Date", "Account ID", "Type", "Symbol", "Quantity")), strict=True)
        )
        rows += [
            tuple(cells.get(h) for h in ("Date", "Account ID", "Type", "Symbol", "Quantity"))
            for cells in self.drafts[layout.ACTIVITY.name].added
        ]
        found: dict[str, list[Move]] = {}
        for on, account, kind, symbol, quantity in rows:
            if isinstance(on, date) and account and symbol and isinstance(quantity, Decimal):
                move = Move(on, str(kind), self.symbols.of(str(symbol)), quantity)
                found.setdefault(folded(str(account)), []).append(move)
        return found

    def merge_days(
        self,
        positions: Mapping[str, tuple[Known, Statement]],
        lots: Mapping[tuple[str, str], tuple[Known, Statement]],
    ) -> None:
        """The days of an account's positions and lots, beside the account."""
        columns, draft = self.account_rows.columns, self.drafts[layout.ACCOUNTS.name]
        row_of = {folded(account): i for i, account in enumerate(columns["Account ID"]) if account}
        removed = self.drafts[layout.LOTS.name].removed
        held = {
            account: [
                symbol
                for symbol, indexes in by_symbol.items()
                if not self.quotes.is_cash(symbol)
                and any(self.lots.numbers[i] not in removed for i in indexes)
            ]
            for account, by_symbol in self.lot_rows.items()
        }
        for account_id, header, day in account_days(positions, lots, held):
            self.report.days.append((account_id, header, day))
            new = next((c for c in draft.added if folded(str(c["Account ID"])) == folded(account_id)), None)
            if new is not None:
                new[header] = day
            elif header in self.account_rows.letters:
                index = row_of[folded(account_id)]
                if columns[header][index] != day:
                    draft.updated.setdefault(self.account_rows.numbers[index], {})[header] = day

    def merge_activity(self, moved: Sequence[tuple[Known, Statement]]) -> None:
        found = new_transactions(moved, self.activity, self.symbols)
        self.drafts[layout.ACTIVITY.name].added += [cells for _, cells in found]
        for known, statement in moved:
            self.account(known).activity.same += len(statement.transactions)
        for known, _ in found:
            counts = self.account(known).activity
            counts.added += 1
            counts.same -= 1

    def merge_notes(self) -> None:
        if not self.imported.notes:
            return
        if not self.notes.readable:
            self.problem(
                Severity.ERROR, "sheet-missing", Source(layout.NOTES.name, 0), "",
                f"The workbook has no sheet Notes with the columns {', '.join(layout.NOTES.required)}, so no CRM entries were "
                "imported.",
                "Add the sheet with these headers in one row.",
            )  # fmt: skip
            return
        added, strangers, same = new_notes(self.imported.notes, self.notes, self.clients)
        self.drafts[layout.NOTES.name].added += added
        self.report.problems += strangers
        self.report.notes.added, self.report.notes.same = len(added), same

    # ------------------------------------------------------------ securities

    def merge_securities(self) -> None:
        if not self.securities.readable:
            return
        found = self.quotes.merged()
        draft = self.drafts[layout.SECURITIES.name]
        draft.added += found.added
        draft.updated.update(found.updated)
        self.report.priced = len(found.updated)
        self.report.new_symbols = [str(cells["Symbol"]) for cells in found.added]
        self.report.unclassed = [str(cells["Symbol"]) for cells in found.added if "Asset Class" not in cells]
        if found.older:
            self.problem(
                Severity.WARNING, "older-prices", Source(layout.SECURITIES.name, 0), "",
                f"Prices of {len(found.older):,} securities on the sheet are newer than these files ({max(found.older)}); the "
                "sheet's were kept. Lots and positions were imported as the files have them.",
                "If newer files exist, import those.",
            )  # fmt: skip

    # ------------------------------------------------------------ shared

    def account(self, known: Known) -> AccountReport:
        return self.report.account(known.id, known.client_id)

    def update(
        self,
        rows: Rows,
        draft: _Draft,
        index: int,
        cells: Mapping[str, CellValue | int],
        counts: Counts,
    ) -> None:
        """Notes the cells of a row that differ from the sheet's, and counts the row."""
        unread = {i for i, column, _ in rows.faults if i == index}
        changed = {
            header: value
            for header, value in cells.items()
            if header in rows.letters and (rows.columns[header][index] != value or unread)
        }
        if changed:
            draft.updated[rows.numbers[index]] = _written(changed)
            counts.changed += 1
        else:
            counts.same += 1

    def problem(
        self, severity: Severity, code: str, source: Source, value: str, what: str, todo: str
    ) -> None:
        self.report.problems.append(Problem(severity, code, source, "", "", value, what, todo))


def _figures(lot: ImportedLot) -> LotFigures:
    return LotFigures(lot.acquired, lot.quantity, lot.basis_cents)


def _content(statement: Statement) -> object:
    """What a statement says, wherever it says it."""
    positions = [(p.symbol, p.quantity, p.price, p.value_cents) for p in statement.positions]
    lots = [(lot.symbol, str(lot.acquired), lot.quantity, str(lot.basis_cents)) for lot in statement.lots]
    return sorted(positions, key=str), sorted(lots)


def _written(cells: Mapping[str, CellValue | int]) -> dict[str, CellValue]:
    """Cells as they are written: cents as dollars."""
    return {
        header: from_cents(value) if header in _MONEY_HEADERS and isinstance(value, int) else value
        for header, value in cells.items()
    }
