"""Formulas of other kinds that read XR_ results: they show what they showed until Excel computes them, which is to be said."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping

from xl_rebal.refreshing.bookfile import Area, BookFile, FormulaCell
from xl_rebal.refreshing.cells import SheetNotRead
from xl_rebal.refreshing.formula import NotRead, calls_xr, references


def readers(book: BookFile, changed: Mapping[int, Iterable[tuple[int, int]]]) -> int:
    """How many other formulas read a changed cell, directly or by way of one another: Excel computes them, not this."""
    waiting: list[tuple[FormulaCell, list[Area]]] = []
    for place in book.worksheets():
        try:
            cells = book.formulas(place)
        except SheetNotRead:
            continue
        for cell in cells:
            if not calls_xr(cell.text):
                waiting.append((cell, _areas(book, cell)))
    stale = _Places()
    for sheet, places in changed.items():
        for row, column in places:
            stale.add(sheet, row, column)
    count = 0
    while waiting:
        found = [(cell, areas) for cell, areas in waiting if any(stale.meet(area) for area in areas)]
        if not found:
            break
        count += len(found)
        for cell, _ in found:
            for row, column in cell.area.places():
                stale.add(cell.area.sheet, row, column)
        done = {id(cell) for cell, _ in found}
        waiting = [(cell, areas) for cell, areas in waiting if id(cell) not in done]
    return count


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
        self._rows: dict[tuple[int, int], list[int]] = {}

    def add(self, sheet: int, row: int, column: int) -> None:
        rows = self._rows.setdefault((sheet, column), [])
        at = bisect_left(rows, row)
        if at == len(rows) or rows[at] != row:
            rows.insert(at, row)

    def meet(self, area: Area) -> bool:
        for (sheet, column), rows in self._rows.items():
            if sheet == area.sheet and area.left <= column <= area.right:
                at = bisect_left(rows, area.top)
                if at < len(rows) and rows[at] <= area.bottom:
                    return True
        return False
