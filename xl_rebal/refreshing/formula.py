"""A stored formula as one call of an XR_ function: its name, and arguments that are literals, cells, tables or names.

Anything else, such as a native function around or inside the call, is not computed here: it raises `NotRead` with the
reason in words, so that the cell is left alone and a person is told. Formulas are read as files hold them: English
names, commas, no leading equals sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

PREFIX = "XR_"
_LONGEST_SHOWN = 60


class NotRead(Exception):
    """A formula or argument that is not understood here; the text completes 'left as it is: ...'."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a text, or TRUE and FALSE."""

    value: float | str | bool


@dataclass(frozen=True, slots=True)
class Omitted:
    """An argument left out between commas."""


@dataclass(frozen=True, slots=True)
class CellRange:
    """Cells by 1-based rows and columns; `sheet` None is the sheet of the formula."""

    sheet: str | None
    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class TableRange:
    """Part of a table: `items` such as '#headers' in lower case (none: the data), and its first and last column."""

    table: str
    items: tuple[str, ...] = ()
    columns: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """A defined name, of the workbook or of a sheet."""

    name: str
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """An XR_ function with its arguments; the name is in upper case."""

    function: str
    arguments: tuple[Argument, ...]


Reference: TypeAlias = CellRange | TableRange | Name
Argument: TypeAlias = Literal | Omitted | CellRange | TableRange | Name | Call

_BRACKETS = r"\[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*\]"
_SHEET = r"(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!"
TOKEN = re.compile(
    rf"""
      (?P<space>\s+)
    | (?P<text>"(?:[^"]|"")*")
    | (?P<error>\#(?:N/A|[A-Z0-9/]+[!?]))
    | (?P<function>(?:\[0\]!|_xll\.|_xludf\.|_xlfn\.|_xlws\.)*[^\W\d][\w.]*)\(
    | (?P<external>(?:'[^'\[]*\[[^']*'|\[\d+\][^\s,()!]*)![^\s,()]*)
    | (?P<cells>(?P<cells_sheet>{_SHEET})?(?P<from>\$?[A-Z]{{1,3}}\$?[0-9]{{1,7}})(?::(?P<to>\$?[A-Z]{{1,3}}\$?[0-9]{{1,7}}))?)(?![\w.(\[!:])
    | (?P<lines>(?:{_SHEET})?(?:\$?[A-Z]{{1,3}}:\$?[A-Z]{{1,3}}|\$?[0-9]+:\$?[0-9]+))(?![\w.(\[!])
    | (?P<table>[^\W\d][\w.]*)?(?P<spec>{_BRACKETS})
    | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:E[+-]?[0-9]+)?%?)
    | (?P<name_sheet>{_SHEET})?(?P<name>[^\W\d]\w*(?:[.\\?]\w+)*\\?)
    | (?P<sign>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_MENTION = re.compile(
    TOKEN.pattern.replace("(?P<space>\\s+)\n    | ", "").replace("| (?P<sign>.)\n", ""), TOKEN.flags
)
"""Tokens without white space and signs, of which most of a long formula consists: to look for references alone."""
_REFERRING = frozenset(("cells", "spec", "name"))
_A1 = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]+)", re.IGNORECASE)
_SPEC_PART = re.compile(r"\s*\[((?:[^\[\]']|'.)*)\]\s*([,:]?)")


def calls_xr(text: str) -> bool:
    """Whether an XR_ function is called anywhere in the formula, be it inside another function."""
    return PREFIX in text.upper() and any(
        token["function"] and plain_name(token["function"]).startswith(PREFIX)
        for token in TOKEN.finditer(text)
    )


def call_of(text: str) -> Call:
    """The one XR_ call that the formula consists of. Raises NotRead."""
    tokens = [token for token in TOKEN.finditer(text) if not token["space"]]
    call, after = _call(tokens, 0)
    if after != len(tokens):
        raise NotRead(f"{call.function} is only a part of it, and the rest is computed by Excel alone")
    return call


def references(text: str) -> Iterator[Reference]:
    """Every cell range, table and name that a formula mentions; what functions make of them is not asked."""
    for token in _MENTION.finditer(text):
        if token.lastgroup in _REFERRING and (found := reference_of(token)):
            yield found


def plain_name(function: str) -> str:
    """A function's name in upper case without what files put before it."""
    return re.sub(r"^(?:\[0\]!|_xll\.|_xludf\.)+", "", function, flags=re.IGNORECASE).upper()


def _call(tokens: list[re.Match[str]], at: int) -> tuple[Call, int]:
    token = tokens[at] if at < len(tokens) else None
    function = plain_name(token["function"] or "") if token else ""
    if not function.startswith(PREFIX):
        inside = next(
            (n for t in tokens if (n := plain_name(t["function"] or "")).startswith(PREFIX)), PREFIX
        )
        around = f"inside {function}" if function and function != inside else "inside a calculation"
        raise NotRead(f"{inside} stands {around}, which only Excel computes")
    arguments: list[Argument] = []
    at += 1
    while True:
        argument, at = _argument(tokens, at, function)
        arguments.append(argument)
        sign = tokens[at]["sign"] if at < len(tokens) else None
        at += 1
        if sign == ")":
            break
        if sign != ",":
            raise NotRead(f"an argument of {function} is a calculation, which only Excel does")
    if arguments == [Omitted()]:
        arguments = []
    return Call(function, tuple(arguments)), at


def _argument(tokens: list[re.Match[str]], at: int, function: str) -> tuple[Argument, int]:
    if at >= len(tokens):
        raise NotRead("the formula is not complete")
    token = tokens[at]
    if token["sign"] in (",", ")"):
        return Omitted(), at
    if token["function"]:
        inner = plain_name(token["function"])
        if inner.startswith(PREFIX):
            return _call(tokens, at)
        if inner in ("TRUE", "FALSE") and at + 1 < len(tokens) and tokens[at + 1]["sign"] == ")":
            return Literal(inner == "TRUE"), at + 2
        raise NotRead(
            f"an argument of {function} is {inner.removeprefix('_XLFN.')}, which only Excel computes"
        )
    if token["text"]:
        return Literal(token["text"][1:-1].replace('""', '"')), at + 1
    factor = 1.0
    while token["sign"] in ("-", "+") and at + 1 < len(tokens) and (number := tokens[at + 1]):
        factor, at, token = -factor if token["sign"] == "-" else factor, at + 1, number
        if not (token["number"] or token["sign"]):
            raise NotRead(f"an argument of {function} is a calculation, which only Excel does")
    if token["number"]:
        plain = token["number"].rstrip("%")
        return Literal(factor * float(plain) / (100 if plain != token["number"] else 1)), at + 1
    if (token["name"] or "").upper() in ("TRUE", "FALSE") and not token["name_sheet"]:
        return Literal(token["name"].upper() == "TRUE"), at + 1
    if token["external"]:
        raise NotRead(f"an argument of {function} points into another workbook")
    if token["lines"]:
        raise NotRead(
            f"an argument of {function} is whole rows or columns ({token['lines']}); name the range"
        )
    if found := reference_of(token):
        return found, at + 1
    shown = token[0] if len(token[0]) <= _LONGEST_SHOWN else token[0][:_LONGEST_SHOWN] + "..."
    if shown == "#REF!":
        raise NotRead(
            f"what {function} reads, a sheet or cells, was deleted ({shown}). Undo that, or take the workbook that is kept "
            "beside this one (before refresh, before import)"
        )
    raise NotRead(f"an argument of {function} ({shown}) is not understood here")


def reference_of(token: re.Match[str]) -> Reference | None:
    """The cells, table or name that a token mentions; None for another token."""
    kind = token.lastgroup
    if kind == "cells":
        return _cells(*token.group("cells_sheet", "from", "to"))
    if kind == "spec" and token["table"]:
        return _table(token["table"], token["spec"][1:-1])
    if kind == "name":
        return Name(token["name"], _sheet(token["name_sheet"]))
    return None


@lru_cache(10_000)
def _cells(sheet: str | None, first: str, last: str | None) -> CellRange:
    top, left = _place(first)
    bottom, right = _place(last) if last else (top, left)
    return CellRange(_sheet(sheet), min(top, bottom), min(left, right), max(top, bottom), max(left, right))


def _sheet(text: str | None) -> str | None:
    """A sheet's name before its exclamation mark, without quotes."""
    if not text:
        return None
    name = text[:-1]
    return name[1:-1].replace("''", "'") if name.startswith("'") else name


def _place(reference: str) -> tuple[int, int]:
    match = _A1.fullmatch(reference)
    assert match is not None  # noqa: S101 - the token's pattern has it
    return int(match[2]), column_number(match[1])


def column_number(letters: str) -> int:
    """1-based number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


@lru_cache(1_000)
def _table(name: str, spec: str) -> TableRange:
    """`tbl[]`, `tbl[#All]`, `tbl[Column]`, `tbl[[#Headers],[#Data],[First]:[Last]]`."""
    spec = spec.strip()
    if not spec.startswith("["):
        parts, colon = [spec] if spec else [], False
    else:
        found = list(_SPEC_PART.finditer(spec))
        if not found or found[-1].end() != len(spec):
            return TableRange(name, ("?",))
        parts, colon = [match[1] for match in found], any(match[2] == ":" for match in found)
    items = tuple(part.strip().lower() for part in parts if part.strip().startswith("#"))
    columns = [re.sub(r"'(.)", r"\1", part) for part in parts if not part.strip().startswith("#")]
    if len(columns) > 2 or (len(columns) == 2 and not colon) or any(c.startswith("@") for c in columns):
        return TableRange(name, ("?",))
    return TableRange(name, items, (columns[0], columns[-1]) if columns else None)
