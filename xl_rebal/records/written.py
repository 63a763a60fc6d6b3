"""Any of the package's values as canonical JSON, and back: decimals and floats are text (a float in its shortest exact
form), dates ISO, enums their text, a row's place [sheet, row].

Reading is patient with time: what an earlier version did not know yet is filled in from given values or from the type's
own defaults, what this version does not know any more is left out, and both are said.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from xl_rebal.engine.problems import Source
from xl_rebal.records.canonical import encoded, whole_text


def written(value: object) -> object:
    """`value` in lists, mappings and text, ready for `encoded`: nothing in it is other in its canonical form."""
    return _WRITER_OF[type(value)](value)


def written_bytes(value: object) -> bytes:
    """`value` as canonical JSON."""
    return encoded(written(value))


Writer = Callable[[Any], object]


class _Writers(dict[type, Writer]):
    """How values of a type are written: found out once, as a book has few types and millions of values."""

    def __missing__(self, kind: type) -> Writer:
        self[kind] = found = _writer(kind)
        return found


_WRITER_OF = _Writers()


def _writer(kind: type) -> Writer:
    if issubclass(kind, Source):
        return lambda value: [whole_text(value.sheet), value.row]
    if issubclass(kind, Enum):
        return lambda value: written(value.value)
    if is_dataclass(kind):
        names = tuple(field.name for field in fields(kind))
        return lambda value: {name: written(getattr(value, name)) for name in names}
    for known, write in _WRITERS.items():
        if issubclass(kind, known):
            return write
    return lambda value: value


_WRITERS: Mapping[type, Writer] = {
    str: whole_text,
    Mapping: lambda value: {_key_text(key): written(item) for key, item in value.items()},
    tuple: lambda value: [written(item) for item in value],
    list: lambda value: [written(item) for item in value],
    frozenset: lambda value: sorted(str(written(item)) for item in value),
    range: lambda value: [value.start, value.stop],
    Decimal: str,
    float: repr,
    date: lambda value: value.isoformat(),
}


def _key_text(key: object) -> str:
    return whole_text(str(key.value) if isinstance(key, Enum) else str(key))


class Reader:
    """Turns written values back; `notes` says what was filled in and what was left out."""

    def __init__(self, instead: Mapping[type, object] | None = None) -> None:
        """`instead`: by type, a value whose fields stand in for those that are missing."""
        self._instead = instead or {}
        self.notes: list[str] = []

    def read(self, kind: Any, value: Any) -> Any:
        """`value` as its written form `kind` says; the inverse of `written`. Raises ValueError when it is not one."""
        try:
            return self._read(kind, value)
        except (KeyError, TypeError, ArithmeticError, IndexError, AttributeError, StopIteration) as error:
            raise ValueError(f"not what was expected: {error}") from error

    def _read(self, kind: Any, value: Any) -> Any:
        origin, arguments = get_origin(kind), get_args(kind)
        if origin in (Union, types.UnionType):
            if value is None:
                return None
            return self._read(next(a for a in arguments if a is not type(None)), value)
        if origin is tuple:
            return tuple(self._read(arguments[0], item) for item in value)
        if origin is frozenset:
            return frozenset(self._read(arguments[0], item) for item in value)
        if origin is not None and issubclass(origin, Mapping):
            return {_key(arguments[0], key): self._read(arguments[1], item) for key, item in value.items()}
        if kind is Source:
            return Source(value[0], value[1])
        if is_dataclass(kind):
            return self._dataclass(kind, value)
        if kind is Decimal or kind is float:
            return kind(value)
        if kind is date:
            return date.fromisoformat(value)
        if kind is range:
            return range(value[0], value[1])
        if isinstance(kind, type) and issubclass(kind, Enum):
            return kind(value)
        return value

    def _dataclass(self, kind: Any, value: Mapping[str, Any]) -> Any:
        known = _fields(kind)
        found = {name: self._read(known[name][1], item) for name, item in value.items() if name in known}
        for name in value.keys() - known.keys():
            self._note(f"{kind.__name__} has no {_words(name)} any more: {value[name]} is left out")
        for name, (own, _) in known.items():
            if name not in found and own.init:
                self._fill(kind, own, found)
        return kind(**found)

    def _fill(self, kind: type, own: Field[Any], found: dict[str, Any]) -> None:
        """Gives a field that the written form lacks the value of today's default."""
        if kind in self._instead:
            found[own.name] = getattr(self._instead[kind], own.name)
            self._note(f"{kind.__name__} had no {_words(own.name)} yet: {found[own.name]} is taken")
        elif own.default is not MISSING or own.default_factory is not MISSING:
            self._note(f"{kind.__name__} had no {_words(own.name)} yet: its default is taken")
        else:
            raise ValueError(f"{kind.__name__} has no {_words(own.name)}")

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)


def _key(kind: Any, key: str) -> Any:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(key)
    return int(key) if kind is int else key


@cache
def _fields(kind: type) -> Mapping[str, tuple[Field[Any], Any]]:
    hints = get_type_hints(kind)
    return {own.name: (own, hints[own.name]) for own in fields(kind)}


def _words(name: str) -> str:
    return name.removesuffix("_cents").replace("_", " ")


def differing(old: object, new: object, path: str = "") -> Iterator[tuple[str, object, object]]:
    """(where, old, new) of each value that is not the same in two written forms; a row is named by its position."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*old, *(k for k in new if k not in old)]:
            yield from differing(old.get(key), new.get(key), f"{path}.{key}" if path else str(key))
    elif isinstance(old, list) and isinstance(new, list):
        for number in range(max(len(old), len(new))):
            one = old[number] if number < len(old) else None
            other = new[number] if number < len(new) else None
            yield from differing(one, other, f"{path}[{number + 1}]")
    elif old != new:
        yield path, old, new
