"""What becomes of a client's review when nothing of its data changed but the rows that it stands in.

A row inserted, deleted or sorted in elsewhere on a sheet moves the rows of many clients. Their reviews stay the same, but
for the rows that they name. Where the places alone differ, and in no other order, a review is taken along to the new ones;
where a sentence names a row, or anything is not known to be safe, it is not, and is computed again.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from operator import attrgetter
from typing import Any, TypeVar, cast

from xl_rebal.engine.book import Activity, Household, Lot
from xl_rebal.engine.problems import NOWHERE, Problem, Source
from xl_rebal.engine.results import Review

T = TypeVar("T")
Moves = Mapping[Source, Source]

_NAMES_A_ROW = re.compile(r"\brow \d|![A-Z]{1,3}\d", re.IGNORECASE)
_PLAIN = (int, float, Decimal, date, bool, type(None), Enum, bytes)
_ROWS = ("accounts", "lots", "cash", "positions", "activity", "notes", "targets")


class _NamesARow(Exception):
    """Something cannot be taken along: a sentence that names a row, or a value of a kind that is not known here."""


def moves_of(before: Household, now: Household) -> Moves | None:
    """Where each row of a household went, if nothing else about it changed; None when something did.

    The order of rows must be as it was, on each sheet, and among the purchases of one holding also across sheets: ties
    are broken by row numbers.
    """
    if before.rulings or now.rulings:
        return None  # their sentences name rows
    moves: dict[Source, Source] = {}
    holdings: dict[tuple[str, ...], set[Source]] = {}
    pairs: list[tuple[Sequence[Any], Sequence[Any]]] = [((before.client,), (now.client,))]
    pairs += [(getattr(before, name), getattr(now, name)) for name in _ROWS]
    pairs.append((tuple(before.securities.values()), tuple(now.securities.values())))
    for old, new in pairs:
        if len(old) != len(new):
            return None
        for one, other in zip(old, new, strict=True):
            content = _content(cast("Hashable", type(one)))
            if content(one) != content(other) or moves.setdefault(one.source, other.source) != other.source:
                return None
            holdings.setdefault(_holding(one), set()).add(one.source)
    in_order = all(_same_order(own, moves) for own in holdings.values())
    return moves if in_order and moves.get(NOWHERE, NOWHERE) == NOWHERE else None


def _holding(row: Any) -> tuple[str, ...]:
    """Of lots and activity, which are purchases both, the account and security; of any other row its sheet."""
    if isinstance(row, Lot | Activity):
        return row.account_id, row.symbol
    return (row.source.sheet,)


def _same_order(sources: Iterable[Source], moves: Moves) -> bool:
    after = [_by_row(moves[source]) for source in sorted(sources, key=_by_row)]
    return after == sorted(after)


def _by_row(source: Source) -> tuple[int, str]:
    return source.row, source.sheet


@functools.cache
def _content(kind: Any) -> attrgetter[Any]:
    """Gets all that a row holds but its place."""
    return attrgetter(*(field.name for field in fields(kind) if field.name != "source"))


def moved_review(
    review: Review, before: Iterable[Problem], now: tuple[Problem, ...], moves: Moves
) -> Review | None:
    """The review at its rows' new places, its problems those found `now`; None where that cannot be told.

    A review that found problems of its own is not taken along: their sentences may name rows.
    """
    before = tuple(before)
    if review.problems != before or [_kind(p) for p in before] != [_kind(p) for p in now]:
        return None
    moved = taken_along(replace(review, problems=()), moves)
    return None if moved is None else replace(moved, problems=now)


def _kind(problem: Problem) -> tuple[object, ...]:
    return problem.severity, problem.code, problem.source.sheet, problem.column


def taken_along(value: T, moves: Moves) -> T | None:
    """A value with every place in it replaced by where it went; None where that cannot be told."""
    try:
        moved: T = _moved(value, moves, {})
    except _NamesARow:
        return None
    return moved


def _moved(value: Any, moves: Moves, done: dict[int, tuple[Any, Any]]) -> Any:
    """`done` has what was moved before by identity, with the value itself, which so lives as long."""
    if isinstance(value, str):
        if _NAMES_A_ROW.search(value):
            raise _NamesARow
        return value
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, Source):
        if value not in moves and value != NOWHERE:
            raise _NamesARow
        return moves.get(value, value)
    if id(value) in done:
        return done[id(value)][1]
    new: Any
    if isinstance(value, tuple):
        parts = [_moved(one, moves, done) for one in value]
        same = all(one is other for one, other in zip(value, parts, strict=True))
        new = value if same else tuple(parts)
    elif isinstance(value, Mapping):
        new = {_moved(k, moves, done): _moved(v, moves, done) for k, v in value.items()}
    elif is_dataclass(value) and not isinstance(value, type):
        changed = {}
        for field in fields(value):
            old = getattr(value, field.name)
            other = _moved(old, moves, done)
            if other is not old:
                changed[field.name] = other
        new = replace(value, **changed) if changed else value
    else:
        raise _NamesARow
    done[id(value)] = value, new
    return new
