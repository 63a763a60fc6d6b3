"""The tables that XR_DATA was given, kept in memory: what did not change since is neither converted nor hashed again.

Excel hands over all input tables whenever one cell of them changes. A table equal to one given before is that one; of a
changed table only the rows between the first and the last difference are new, so that the work follows the change, not
the size of the book. Every table has a digest of its content, the same in every host.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any, TypeAlias

from xlwings.conversion import Accessor, Pipeline

from xl_rebal.sheets.live import counts_from_1904, plain, with_exact_currency
from xl_rebal.sheets.source import Table, header_text

TABLES_KEPT = 4
"""Of each sheet: the present table, the one before its last change, and those of a second workbook."""

RawRow: TypeAlias = tuple[object, ...]
RawTable: TypeAlias = tuple[RawRow, ...]

_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell's date has no time zone


MANY_CELLS = 1_000_000
"""Cells of a range from which its end is looked for: whole columns are 27 million cells, nearly all of them empty."""


class From1904(list[Any]):
    """The rows of a range in a workbook that counts its days from 1904, as a date typed as a plain number means there."""


class ExactCells(Accessor):
    """An argument's values as Excel hands them over, unconverted; currency amounts without Excel's rounding of them."""

    @classmethod
    def reader(cls, options: Any) -> Pipeline:
        return Pipeline([_read_exactly])


def _read_exactly(context: Any) -> None:
    """xlwings' stage: the values of the context's range, if it has one (else they are there already)."""
    if context.range is None:
        return
    area = _used_part(context.range)
    found = area.raw_value
    if isinstance(found, tuple) and any(Decimal in set(map(type, row)) for row in found):
        found = tuple(map(tuple, with_exact_currency(found, area.api.Value2)))
    context.value = From1904(_rows(found)) if counts_from_1904(area.sheet.book) else found


def _used_part(area: Any) -> Any:
    """A large range without what lies below and right of everything on its sheet."""
    rows, columns = area.shape
    if rows * columns <= MANY_CELLS:
        return area
    last = area.sheet.used_range.last_cell
    return area.resize(
        max(1, min(rows, last.row - area.row + 1)), max(1, min(columns, last.column - area.column + 1))
    )


@dataclass(frozen=True, slots=True)
class Given:
    """A table as a host handed it over, what it says, and the digest of that. `hashes` has one for each of its rows."""

    raw: RawTable
    kinds: list[type]  # of every cell, row by row: 1.0 equals TRUE to Python, and not to a reader
    table: Table
    hashes: list[bytes]
    digest: bytes

    def same(self, raw: RawTable, date_1904: bool) -> bool:
        return date_1904 is self.table.date_1904 and raw == self.raw and _kinds(raw) == self.kinds


class GivenTables:
    """The tables given lately, by sheet; the last used is last."""

    def __init__(self) -> None:
        self._kept: dict[str, list[Given]] = {}

    def clear(self) -> None:
        self._kept.clear()

    def table(self, sheet: str, argument: object) -> Given:
        """The table in a function's argument: the very one given before, where nothing in it changed."""
        raw, date_1904 = _raw(argument), isinstance(argument, From1904)
        kept = self._kept.setdefault(sheet, [])
        found = next((given for given in reversed(kept) if given.same(raw, date_1904)), None)
        if found is None:
            found = _given(sheet, raw, date_1904, kept[-1] if kept else None)
        else:
            kept.remove(found)
        kept.append(found)
        del kept[:-TABLES_KEPT]
        return found


def _rows(argument: object) -> Sequence[Any]:
    """An argument as rows, whatever shape it came in: a table, one row, or a single cell."""
    if not isinstance(argument, list | tuple):
        return ((argument,),)
    if argument and not isinstance(argument[0], list | tuple):
        return (argument,)
    return argument


def _raw(argument: object) -> RawTable:
    """An argument's rows down to the last that holds anything. Nobody else can change them."""
    rows = _rows(argument)
    last = len(rows)
    if last > 1 and _is_blank(rows[-1]):
        blank = rows[-1]
        while last > 1 and (rows[last - 1] == blank or _is_blank(rows[last - 1])):
            last -= 1
    return tuple(map(tuple, rows[:last]))


def _is_blank(row: Sequence[object]) -> bool:
    return all(cell is None or cell == "" for cell in row)


def _kinds(rows: Iterable[RawRow]) -> list[type]:
    return list(map(type, chain.from_iterable(rows)))


def _given(sheet: str, raw: RawTable, date_1904: bool, before: Given | None) -> Given:
    """A table, with the rows that are those of `before` at its beginning and at its end taken from there."""
    head, body = raw[0] if raw else (), raw[1:]
    old = before.raw[1:] if before else ()
    start = _equal_rows(body, old)
    end = _equal_rows(body[start:][::-1], old[start:][::-1])
    fresh = [[plain(cell) for cell in row] for row in body[start : len(body) - end]]
    hashes = [_hash(row) for row in fresh]
    rows: list[list[object]] = fresh
    if before is not None:
        tail = len(old) - end
        rows = [*before.table.rows[:start], *fresh, *before.table.rows[tail:]]
        hashes = [*before.hashes[:start], *hashes, *before.hashes[tail:]]
        # One copy of each row in memory, however many tables have it.
        raw = (*raw[:1], *old[:start], *body[start : len(body) - end], *old[tail:])
    headers = tuple(header_text(plain(cell)) for cell in head)
    digest = hashlib.sha256(repr((sheet, headers, *(["1904"] if date_1904 else []))).encode())
    digest.update(b"".join(hashes))
    table = Table(sheet, headers, rows, date_1904=date_1904)
    return Given(raw, _kinds(raw), table, hashes, digest.digest())


def _equal_rows(rows: Sequence[RawRow], others: Sequence[RawRow]) -> int:
    """How many rows at the beginning of both are equal."""
    count = 0
    for row, other in zip(rows, others, strict=False):
        if row != other or list(map(type, row)) != list(map(type, other)):
            break
        count += 1
    return count


def _hash(row: Iterable[object]) -> bytes:
    return hashlib.sha256(repr([_canonical(cell) for cell in row]).encode()).digest()


def _canonical(cell: object) -> object:
    """What a cell contributes to its row's hash: a date is its serial number and 5 equals 5.0 in every host."""
    if isinstance(cell, datetime):
        return (cell - _EPOCH) / timedelta(days=1)
    if isinstance(cell, date):
        return float((cell - _EPOCH.date()).days)
    return float(cell) if type(cell) is int else cell
