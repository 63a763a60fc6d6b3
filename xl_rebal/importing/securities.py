"""Prices and names of the files against the Securities sheet: the newest price counts, and new securities are added.

A new security gets the class that the file gives when the firm uses a class of that very name; else a person enters it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal

from xl_rebal.engine.book import CASH_CLASS
from xl_rebal.importers.statements import CASH
from xl_rebal.importing.symbols import Symbols
from xl_rebal.sheets.cells import folded
from xl_rebal.sheets.rows import Rows
from xl_rebal.sheets.write import CellValue

NEVER = datetime.combine(date.min, time())


@dataclass(frozen=True, slots=True)
class _Quote:
    """A security's price in a statement, per unit held."""

    price: Decimal | None
    name: str
    on: datetime | None
    asset_class: str


@dataclass(slots=True)
class Priced:
    """What follows for the sheet: rows to add, prices to change, and days of files that are older than the sheet's."""

    added: list[dict[str, CellValue]] = field(default_factory=list)
    updated: dict[int, dict[str, CellValue]] = field(default_factory=dict)
    older: list[date] = field(default_factory=list)


class Quotes:
    """The Securities sheet and what the files say about its securities."""

    def __init__(self, sheet: Rows, symbols: Symbols, classes: Iterable[str | None]) -> None:
        self.sheet = sheet
        self.symbols = symbols
        used = [*classes, *sheet.columns["Asset Class"]]
        self.classes = {folded(name): name for name in reversed(used) if name}
        self.quotes: dict[str, _Quote] = {}

    def is_cash(self, symbol: str) -> bool:
        """Whether the reader takes the symbol's quantity as dollars."""
        found = self.symbols.row.get(symbol)
        if found is None:
            return folded(symbol) == folded(CASH)
        price = self.sheet.columns["Price"][found]
        asset_class = self.sheet.columns["Asset Class"][found] or ""
        return folded(asset_class) == folded(CASH_CLASS) and (price is None or price == 1)

    def add(
        self, symbol: str, price: Decimal | None, name: str, on: datetime | None, asset_class: str = ""
    ) -> None:
        """Notes a price; the newest counts, and name and class are kept from wherever they come."""
        before = self.quotes.get(symbol)
        if before is None:
            self.quotes[symbol] = _Quote(price, name, on, asset_class)
        elif price is not None and (before.price is None or (on or NEVER) > (before.on or NEVER)):
            self.quotes[symbol] = _Quote(price, name or before.name, on, before.asset_class or asset_class)
        elif (name and not before.name) or (asset_class and not before.asset_class):
            self.quotes[symbol] = _Quote(
                before.price, before.name or name, before.on, before.asset_class or asset_class
            )

    def merged(self) -> Priced:
        """The changes of the sheet; a price that is newer there stays."""
        found = Priced()
        columns = self.sheet.columns
        first = {self.symbols.of(s): i for i, s in reversed(list(enumerate(columns["Symbol"]))) if s}
        for symbol, quote in self.quotes.items():
            index = first.get(symbol)
            on = quote.on.date() if quote.on else None
            if index is None:
                if symbol != CASH:
                    cells: dict[str, CellValue] = {
                        "Symbol": symbol,
                        "Asset Class": self.classes.get(folded(quote.asset_class)),
                        "Name": quote.name or None,
                        "Price": quote.price,
                        "Price Date": on,
                    }
                    found.added.append({h: value for h, value in cells.items() if value is not None})
                continue
            if self.is_cash(symbol) or quote.price is None or on is None:
                continue
            known, priced = columns["Price"][index], columns["Price Date"][index]
            if priced is not None and priced > on:
                found.older.append(on)
            elif known is None or not _same_price(known, quote.price):
                found.updated[self.sheet.numbers[index]] = {"Price": quote.price, "Price Date": on}
            elif priced != on:
                found.updated[self.sheet.numbers[index]] = {"Price Date": on}
        return found


def _same_price(sheet: Decimal, file: Decimal) -> bool:
    """Whether the file's price is the sheet's, shown to fewer digits perhaps."""
    exponent = file.as_tuple().exponent
    rounded = isinstance(exponent, int) and exponent <= -2
    return sheet == file or (rounded and 2 * abs(sheet - file) <= Decimal(1).scaleb(int(exponent)))
