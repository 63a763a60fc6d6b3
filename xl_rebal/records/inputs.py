"""One client's own input as canonical JSON, enough to compute its review and brief again, and back to values.

Decimals and floats are text (a float in its shortest exact form), dates ISO, enums their text, a row's place
[sheet, row]. Only securities that can matter to the client are kept: held, traded, targeted, identical, replacements,
and the funds that may be bought.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

from xl_rebal.engine.book import BuyIn, Household, Settings
from xl_rebal.engine.problems import Problem, Source
from xl_rebal.records.canonical import canonical, parsed


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that a client's review is computed from, but for the tax parameters (the manifest has their hash)."""

    settings: Settings
    household: Household
    problems: tuple[Problem, ...]


def inputs_bytes(inputs: Inputs) -> bytes:
    """inputs.json."""
    own = replace(inputs, household=replace(inputs.household, securities=_related(inputs.household)))
    return canonical(_written(own))


def inputs_from(content: bytes) -> Inputs:
    """The inputs that an inputs.json holds. Raises ValueError when it is not one of this version."""
    try:
        found = _read(Inputs, parsed(content))
    except (KeyError, TypeError, ArithmeticError) as error:
        raise ValueError(f"not the inputs of a client: {error}") from error
    assert isinstance(found, Inputs)  # noqa: S101 - for the type checker
    return found


def _related(home: Household) -> dict[str, Any]:
    """Securities that the engine may look at for this household, in the book's order."""
    symbols = {row.symbol for rows in (home.lots, home.cash, home.positions, home.activity) for row in rows}
    symbols |= {target.symbol for target in home.targets}
    known = home.securities
    symbols |= {known[symbol].swap for symbol in symbols if symbol in known}
    groups = {known[symbol].identity for symbol in symbols if symbol in known}
    return {
        symbol: security
        for symbol, security in known.items()
        if symbol in symbols
        or security.identity in groups
        or security.buy is not BuyIn.NOWHERE
        or security.is_cash
    }


def _written(value: Any) -> object:
    if isinstance(value, Source):
        return [value.sheet, value.row]
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _written(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: _written(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_written(item) for item in value]
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, date):
        return value.isoformat()
    return value


def _read(kind: Any, value: Any) -> object:
    """`value` as its written form `kind` says; the inverse of `_written`."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        if value is None:
            return None
        return _read(next(a for a in arguments if a is not type(None)), value)
    if origin is tuple:
        return tuple(_read(arguments[0], item) for item in value)
    if origin is not None and issubclass(origin, Mapping):
        return {key: _read(arguments[1], item) for key, item in value.items()}
    if kind is Source:
        return Source(value[0], value[1])
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{name: _read(hints[name], item) for name, item in value.items()})  # type: ignore[operator]
    if kind is Decimal or kind is float:
        return kind(value)
    if kind is date:
        return date.fromisoformat(value)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    return value
