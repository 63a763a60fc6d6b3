"""Transactions of a file against the rows of the Activity sheet: what is new is added, nothing is ever taken away.

A transaction is its day, account, security, amount and shares; the sheet has no number for it. Two purchases alike in all of
these are two, as often as one file has them; files that overlap in time don't double them. A row whose Type a person
changed (a withdrawal into an RMD) stays as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from xl_rebal.importers.statements import ImportedTransaction, Statement
from xl_rebal.importing.accounts import Known
from xl_rebal.importing.symbols import Symbols
from xl_rebal.money import from_cents
from xl_rebal.sheets.cells import folded
from xl_rebal.sheets.rows import Rows
from xl_rebal.sheets.write import CellValue

_Key = tuple[date | None, str, str, int | None, Decimal | None]


def new_transactions(
    statements: Iterable[tuple[Known, Statement]], sheet: Rows, symbols: Symbols
) -> list[tuple[Known, dict[str, CellValue]]]:
    """Rows to add to Activity, by day."""
    known = _on_sheet(sheet, symbols)
    by_file: dict[str, dict[_Key, list[tuple[Known, ImportedTransaction]]]] = {}
    for account, statement in statements:
        for one in statement.transactions:
            key = _key(
                one.on,
                account.id,
                symbols.of(one.symbol) if one.symbol else "",
                one.amount_cents,
                one.quantity,
            )
            by_file.setdefault(statement.source.sheet, {}).setdefault(key, []).append((account, one))
    most: dict[_Key, list[tuple[Known, ImportedTransaction]]] = {}
    for found in by_file.values():  # of files that overlap, the one that has a transaction most often counts
        for key, rows in found.items():
            if len(rows) > len(most.get(key, ())):
                most[key] = rows
    added = []
    for key, rows in most.items():
        there = known.get(key, Counter())
        missing = Counter(one.type.value for _, one in rows)
        same = missing & there
        missing -= same
        spare = sum(there.values()) - sum(same.values())  # rows of another type: changed by a person
        for account, one in rows:
            if missing[one.type.value] <= 0:
                continue
            missing[one.type.value] -= 1
            if spare > 0:
                spare -= 1
                continue
            added.append((account, _cells(account, one, symbols)))
    return sorted(added, key=lambda row: (str(row[1]["Date"]), row[0].id))


def _on_sheet(sheet: Rows, symbols: Symbols) -> dict[_Key, Counter[str]]:
    """How often each transaction is on the sheet, by type."""
    columns = sheet.columns
    known: dict[_Key, Counter[str]] = {}
    for on, account, kind, amount, symbol, quantity in zip(
        *(columns[h] for h in ("Date", "Account ID", "Type", "Amount", "Symbol", "Quantity")), strict=True
    ):
        cents = None if amount is None else abs(amount)
        shares = None if quantity is None else abs(quantity)
        key = _key(on, account or "", symbols.of(symbol) if symbol else "", cents, shares)
        known.setdefault(key, Counter())[kind or ""] += 1
    return known


def _key(on: date | None, account: str, symbol: str, cents: int | None, quantity: Decimal | None) -> _Key:
    return on, folded(account), folded(symbol), cents, quantity or None


def _cells(account: Known, one: ImportedTransaction, symbols: Symbols) -> dict[str, CellValue]:
    cells: dict[str, CellValue] = {
        "Date": one.on,
        "Account ID": account.id,
        "Type": one.type.value,
        "Amount": from_cents(one.amount_cents),
        "Symbol": symbols.of(one.symbol) if one.symbol else None,
        "Quantity": one.quantity,
    }
    return {header: value for header, value in cells.items() if value is not None}
