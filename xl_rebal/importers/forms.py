"""What is wrong with a table as a whole: two columns for one figure, another country's numbers or dates, rows that repeat.

Each of these would read, some of it wrongly and nothing of it seen; so they are found before the first row is.
"""

from __future__ import annotations

import re
from collections import Counter

from xl_rebal.errors import ExportUnreadable
from xl_rebal.importers.detect import Fit
from xl_rebal.importers.mapping import FIELDS
from xl_rebal.importers.statements import Kind

_EUROPEAN = re.compile(
    r"[(\-+]?\s*(?:[€$£]\s*)?(?:\d{1,3}(?:\.\d{3})+,\d+|\d+,(?:\d{1,2}|\d{4,}))\s*(?:[€%)])?"
)
_DAY_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})\b")
_OTHER_CURRENCY = re.compile(
    r"[([](EUR|GBP|CHF|CAD|JPY|AUD|NZD|SEK|NOK|DKK|HKD|SGD|CNY|INR|MXN|BRL|ZAR)[)\]]|([€£])", re.I
)
NUMBERS = ("quantity", "price", "value", "basis", "unit_cost", "amount", "cash_value")
_MONEY = ("value", "basis", "amount", "cash_value")
_DATES = ("acquired", "date", "as_of")
_THOUSANDS = 4  # characters of '.234', which both ways of writing have
_MONTHS_OF_YEAR = 12


def refuse_ambiguous_headers(fit: Fit) -> None:
    """Raises ExportUnreadable where two columns could be the same figure or date."""
    for name, headers in fit.ambiguous.items():
        if name in NUMBERS or name in _DATES:
            raise ExportUnreadable(
                f"{fit.grid.file} has several columns for {FIELDS[name]} ({headers}), and nothing tells which is "
                f'right. Export it with one of them, or say which: --map "Their Header={FIELDS[name]}".'
            )


def refuse_foreign_forms(fit: Fit) -> None:
    """Raises ExportUnreadable where numbers or dates can't be American: each would read, some of them wrongly."""
    fields, header, file = fit.fields, fit.header.cells, fit.grid.file
    for place in (place for name in _MONEY for place in fields.get(name, ())):
        if match := _OTHER_CURRENCY.search(header[place]):
            raise ExportUnreadable(
                f"{file} gives amounts in {match[1] or match[2]} (column {header[place]}), not in dollars. It was not read. "
                "Export it in US dollars."
            )
    numbers = [place for name in NUMBERS for place in fields.get(name, ())]
    dates = [place for name in _DATES for place in fields.get(name, ())]
    european: dict[int, list[tuple[int, str]]] = {}
    american: Counter[int] = Counter()
    for line in fit.grid.lines[fit.index + 1 :]:
        cells = line.cells
        for place in numbers:
            cell = cells[place] if place < len(cells) else ""
            if "," in cell and _EUROPEAN.fullmatch(cell):
                european.setdefault(place, []).append((line.number, cell))
            elif "." in cell and len(cell) - cell.rindex(".") != _THOUSANDS:
                american[place] += 1
        for place in dates:
            match = _DAY_FIRST.match(cells[place]) if place < len(cells) else None
            if match and int(match[1]) > _MONTHS_OF_YEAR >= int(match[2]):
                raise ExportUnreadable(
                    f"{file} writes the day first ({cells[place]!r} in row {line.number}, column {header[place]}), so "
                    "03/02 could mean February 3. It was not read. Export it with the month first."
                )
    found = sum(map(len, european.values()))
    for place, cells_of in european.items():
        # a CSV file is written by one program; in a workbook some columns hold numbers and others their spelling
        if found > american.total() if fit.grid.separator else len(cells_of) > american[place]:
            number, cell = cells_of[0]
            raise ExportUnreadable(
                f"{file} writes numbers in the European way ({cell!r} in row {number}, column {header[place]}), so 1.234 "
                "could mean 1,234. It was not read. Export it with American numbers (1,234.56)."
            )


def repeated_lines(fit: Fit) -> frozenset[int]:
    """Numbers of lines that say again what a line before them says: a file that was put together with itself.

    Two equal rows of positions are one position. Lots and transactions can be alike, so theirs count as repeated only where
    every row stands as often, or where they stand again below a header that is repeated.
    """
    header, kind = fit.header.cells, fit.table.kind
    lines = fit.grid.lines[fit.index + 1 :]
    if kind not in (Kind.POSITIONS, Kind.LOTS, Kind.TRANSACTIONS):
        return frozenset()
    counts = Counter(line.cells for line in lines if not line.lone)
    if len(counts) == sum(counts.values()):
        return frozenset()
    counts.pop(header, None)
    again = next((i for i, line in enumerate(lines) if line.cells == header), None)
    found: set[int] = set()
    if kind is Kind.POSITIONS:
        seen: set[tuple[str, ...]] = set()
        for line in lines:
            if line.cells in seen and not line.lone:
                found.add(line.number)
            seen.add(line.cells)
    elif again is not None:
        above = Counter(line.cells for line in lines[:again])
        for line in lines[again + 1 :]:
            if above[line.cells] > 0 and not line.lone:
                above[line.cells] -= 1
                found.add(line.number)
    elif (
        len(counts) > 1
        and (times := min(counts.values())) > 1
        and all(n % times == 0 for n in counts.values())
    ):
        left = {cells: count // times for cells, count in counts.items()}
        for line in lines:
            if line.cells in left:
                left[line.cells] -= 1
                if left[line.cells] < 0:
                    found.add(line.number)
    return frozenset(found)
