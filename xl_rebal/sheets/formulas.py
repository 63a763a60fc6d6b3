"""Formulas where an import wants to put values: a calculated column keeps its formula, one in a single cell is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from xl_rebal.sheets.body import CELL, FORMULA
from xl_rebal.sheets.cells import folded
from xl_rebal.sheets.package import Package, parsed
from xl_rebal.sheets.source import Table
from xl_rebal.sheets.table_parts import calculated_columns, table_part
from xl_rebal.sheets.write import CellValue, Change


@dataclass(frozen=True, slots=True)
class Formulas:
    """What is left to change; `kept` names calculated columns (`Positions: Value`), `replaced` cells (`Lots!D5`)."""

    changes: dict[str, Change]
    kept: tuple[str, ...]
    replaced: tuple[str, ...]


def around_formulas(path: Path, changes: Mapping[str, Change], tables: Mapping[str, Table]) -> Formulas:
    """The changes without the values that calculated columns of the workbook compute themselves."""
    package = Package.read(path)
    left: dict[str, Change] = {}
    kept: list[str] = []
    replaced: list[str] = []
    for sheet, change in changes.items():
        table = next((one for name, one in tables.items() if folded(name) == folded(sheet)), None)
        part = package.sheet_part(sheet) if table is not None else ""
        if table is not None and (own := table_part(package, part, table)):
            computed = {folded(header) for header in calculated_columns(package.parts[own])}
            named = {folded(h) for row in (*change.updated.values(), *change.added) for h in row} & computed
            kept += [f"{sheet}: {header}" for header in table.headers if folded(header) in named]
            change = _without(change, named) if named else change
        if table is not None and (b"<f" in package.parts[part] or b":f" in package.parts[part]):
            columns = {folded(h): table.letters(i) for i, h in enumerate(table.headers) if h}
            written = {
                f"{columns[folded(header)]}{number}"
                for number, row in change.updated.items()
                for header in row
                if folded(header) in columns
            }
            cells = parsed(package.parts[part]).iter(CELL)
            replaced += [
                f"{sheet}!{c.get('r')}"
                for c in cells
                if c.get("r") in written and c.find(FORMULA) is not None
            ]
        if change:
            left[sheet] = change
    return Formulas(left, tuple(kept), tuple(replaced))


def _without(change: Change, headers: set[str]) -> Change:
    def cut(row: Mapping[str, CellValue]) -> dict[str, CellValue]:
        return {header: value for header, value in row.items() if folded(header) not in headers}

    updated = {number: cells for number, row in change.updated.items() if (cells := cut(row))}
    return replace(change, updated=updated, added=tuple(cut(row) for row in change.added))
