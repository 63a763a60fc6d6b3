"""Formulas of other kinds that read XR_ results: they show what they showed, but for those that native computes.

All are marked in the file, and those that are left are said: Excel computes a marked cell when it opens the workbook. To have it compute
everything (fullCalcOnLoad) would replace every XR_ result by an error where macros are blocked or no Python runs.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping

from xl_rebal.refreshing.bookfile import Area, BookFile, FormulaCell
from xl_rebal.refreshing.cells import SheetNotRead
from xl_rebal.refreshing.formula import NotRead, calls_xr, references


class OtherFormulas:
    """The formulas of a workbook that call no XR_ function, with what they read."""

    def __init__(self, book: BookFile) -> None:
        self._book = book
        self._read: list[tuple[FormulaCell, list[Area]]] | None = None

    def read(self) -> list[tuple[FormulaCell, list[Area]]]:
        """Each with the areas that it mentions, once: nothing computed meanwhile makes a difference to them."""
        if self._read is None:
            self._read = []
            for place in self._book.worksheets():
                try:
                    cells = self._book.formulas(place)
                except SheetNotRead:
                    continue
                self._read += [(c, _areas(self._book, c)) for c in cells if not calls_xr(c.text)]
        return self._read

    def stale(self, changed: Mapping[int, Iterable[tuple[int, int]]]) -> list[FormulaCell]:
        """Those that read a changed cell, directly or by way of one another."""
        waiting = self.read()
        stale = _Places()
        for sheet, places in changed.items():
            for row, column in places:
                stale.add(sheet, row, column)
        all_found: list[FormulaCell] = []
        while waiting:
            met = {area: stale.meet(area) for area in {area for _, areas in waiting for area in areas}}
            found = [cell for cell, areas in waiting if any(met[area] for area in areas)]
            if not found:
                break
            all_found += found
            for cell in found:
                for row, column in cell.area.places():
                    stale.add(cell.area.sheet, row, column)
            done = set(map(id, found))
            waiting = [(cell, areas) for cell, areas in waiting if id(cell) not in done]
        return all_found


def _areas(book: BookFile, cell: FormulaCell) -> list[Area]:
    areas = []
    for reference in references(cell.text):
        try:
            areas.append(book.area(reference, cell.anchor))
        except NotRead:
            continue
    return areas


class _Places:
    """Single cells, to be asked whether any lies in an area: rows in order by sheet and column."""

    def __init__(self) -> None:
        self._columns: dict[int, dict[int, list[int]]] = {}

    def add(self, sheet: int, row: int, column: int) -> None:
        rows = self._columns.setdefault(sheet, {}).setdefault(column, [])
        at = bisect_left(rows, row)
        if at == len(rows) or rows[at] != row:
            rows.insert(at, row)

    def meet(self, area: Area) -> bool:
        columns = self._columns.get(area.sheet, {})
        if area.right - area.left < len(columns):
            asked = [columns[c] for c in range(area.left, area.right + 1) if c in columns]
        else:
            asked = [rows for column, rows in columns.items() if area.left <= column <= area.right]
        for rows in asked:
            at = bisect_left(rows, area.top)
            if at < len(rows) and rows[at] <= area.bottom:
                return True
        return False
