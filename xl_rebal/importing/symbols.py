"""Symbols of the workbook and of a file as one: the workbook's spelling counts."""

from __future__ import annotations

import re

from xl_rebal.sheets.cells import folded
from xl_rebal.sheets.names import Names
from xl_rebal.sheets.rows import Rows


class Symbols:
    """The workbook's spelling of a symbol: case, spaces and the separator of share classes (BRK/B, BRK.B) aside."""

    def __init__(self, securities: Rows, *others: Rows) -> None:
        self._names = Names()
        self._plain: dict[str, set[str]] = {}
        self.row: dict[str, int] = {}  # on Securities, of the first row of a symbol
        for rows in (securities, *others):
            for index, symbol in enumerate(rows.columns["Symbol"]):
                if symbol:
                    name = self._names.add(symbol)
                    self._plain.setdefault(_plain(name), set()).add(name)
                    if rows is securities:
                        self.row.setdefault(name, index)

    def of(self, symbol: str) -> str:
        found = self._names.find(symbol)
        if found is None:
            alike = self._plain.get(_plain(symbol), set())
            found = next(iter(alike)) if len(alike) == 1 else self._names.add(symbol)
        return found


def _plain(symbol: str) -> str:
    return re.sub(r"[./\s-]", "", symbol).casefold()


def by_account_and_symbol(rows: Rows, symbols: Symbols) -> dict[str, dict[str, list[int]]]:
    """Indexes of a sheet's rows by folded account and by symbol."""
    found: dict[str, dict[str, list[int]]] = {}
    for index, (account, symbol) in enumerate(
        zip(rows.columns["Account ID"], rows.columns["Symbol"], strict=True)
    ):
        if account and symbol:
            found.setdefault(folded(account), {}).setdefault(symbols.of(symbol), []).append(index)
    return found
