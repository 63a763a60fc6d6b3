"""Formulas of other kinds that read XR_ results, computed where that is certain: lookups, counts, sums and texts.

The workbook's own sheets put figures on top of a list, repeat what another sheet says, and name the chosen client. Whoever
reads the refreshed file without Excel would see those of before. Here the few functions that they use are computed exactly
as Excel does; anything else, and any case in which programs differ, raises `NotRead`, and the formula is left to Excel. A
sheet is computed whole or not at all, so that its figures never are of two days.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeAlias, TypeVar

from xl_rebal.refreshing.bookfile import Area, BookFile, FormulaCell
from xl_rebal.refreshing.cells import CellContent, CellError
from xl_rebal.refreshing.formula import TOKEN, Literal, NotRead, plain_name, reference_of
from xl_rebal.sheets.cells import NOT_CALCULATED

Scalar: TypeAlias = float | str | bool | CellError | None
Grid: TypeAlias = list[list[Scalar]]
Value: TypeAlias = Scalar | Grid
Place: TypeAlias = tuple[int, int]
_T = TypeVar("_T")
Node: TypeAlias = Callable[["_Sheets", Area], Value]

_NOT_AVAILABLE, _WRONG, _DIVIDED = CellError("#N/A"), CellError("#VALUE!"), CellError("#DIV/0!")
_WILD = re.compile(r"[*?~]")
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell's date has no time zone
_EXACT = 1e15


def computed(
    book: BookFile, written: Mapping[int, Mapping[Place, CellContent]], stale: Sequence[FormulaCell]
) -> dict[int, dict[Place, CellContent]]:
    """What the stale formulas show now, by sheet and place, for the sheets that can be computed whole.

    `written` is what changes in cells that are no such formulas, None for one that is emptied.
    """
    left: set[int] = set()
    while True:
        sheets = _Sheets(book, written, stale, left)
        found: dict[int, dict[Place, CellContent]] = {}
        for cell in stale:
            at = cell.anchor
            if at.sheet in left:
                continue
            try:
                value = sheets.formula(at.sheet, (at.top, at.left))
            except (NotRead, RecursionError):
                left.add(at.sheet)
                break
            found.setdefault(at.sheet, {})[at.top, at.left] = 0.0 if value is None else value
        else:
            return {sheet: cells for sheet, cells in found.items() if sheet not in left}


class _Sheets:
    """The cells as they are after the refresh: formulas are computed when they are asked for."""

    def __init__(
        self,
        book: BookFile,
        written: Mapping[int, Mapping[Place, CellContent]],
        stale: Iterable[FormulaCell],
        left: set[int],
    ) -> None:
        self.book = book
        self._written = written
        self._stale: dict[int, dict[Place, FormulaCell]] = {}
        for cell in stale:
            self._stale.setdefault(cell.anchor.sheet, {})[cell.anchor.top, cell.anchor.left] = cell
        self._left = left
        self._found: dict[tuple[int, Place], Scalar] = {}
        self._grids: dict[Area, Grid] = {}
        self._rows: dict[Area, dict[Scalar, int]] = {}

    def formula(self, sheet: int, place: Place) -> Scalar:
        """The value of a stale formula's cell."""
        key = (sheet, place)
        if key not in self._found:
            cell = self._stale[sheet][place]
            if sheet in self._left or cell.spills or cell.fixed:
                raise NotRead("it is left to Excel")
            self._found[key] = _circular(key)
            try:
                self._found[key] = _one(_parsed(cell.text)(self, cell.anchor))
            except NotRead:
                del self._found[key]
                raise
        value = self._found[key]
        if isinstance(value, _Circle):
            raise NotRead("it reads its own result")
        return value

    def grid(self, area: Area) -> Grid:
        """What the cells of an area show; dates as Excel's numbers."""
        if area not in self._grids:
            rows: list[list[Any]] = [list(row) for row in self.book.values(area)]
            for (row, column), value in self._inside(self._written.get(area.sheet, {}), area):
                rows[row - area.top][column - area.left] = value
            for place, _ in self._inside(self._stale.get(area.sheet, {}), area):
                rows[place[0] - area.top][place[1] - area.left] = self.formula(area.sheet, place)
            grid = [[_scalar(self.book, value) for value in row] for row in rows]
            self._grids[area] = grid
        return self._grids[area]

    def _inside(self, cells: Mapping[Place, _T], area: Area) -> list[tuple[Place, _T]]:
        if area.is_one:
            place = (area.top, area.left)
            return [(place, cells[place])] if place in cells else []
        return [
            (place, value)
            for place, value in cells.items()
            if area.top <= place[0] <= area.bottom and area.left <= place[1] <= area.right
        ]

    def row_of(self, area: Area, wanted: Scalar) -> int | None:
        """First row (from 0) of a column that holds the value; texts in whatever case."""
        if area not in self._rows:
            rows: dict[Scalar, int] = {}
            for at, (value,) in enumerate(self.grid(area)):
                if value is not None and not isinstance(value, CellError):
                    rows.setdefault(_key(value), at)
            self._rows[area] = rows
        return self._rows[area].get(_key(wanted))


class _Circle(CellError):
    """Stands where a formula is being computed."""

    __slots__ = ()


def _circular(key: tuple[int, Place]) -> _Circle:
    return _Circle(str(key))


def _scalar(book: BookFile, value: object) -> Scalar:
    if isinstance(value, date):
        if book.reading.date_1904:
            raise NotRead("its dates count from 1904")
        moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001
        return (moment - _EPOCH).total_seconds() / 86_400
    if value == NOT_CALCULATED:
        raise NotRead("it reads a formula without a result")
    if isinstance(value, bool | str) or value is None:
        return value
    if isinstance(value, int | float):
        return float(value)
    raise NotRead("it reads a cell that is not understood here")


def _key(value: Scalar) -> Scalar:
    """Equal for values that Excel's lookups take for the same; True and 1 are two."""
    if isinstance(value, bool):
        return f"\0{value}"
    return value.lower() if isinstance(value, str) else value


# --- Values --------------------------------------------------------------------------------------------------------


def _one(value: Value) -> Scalar:
    if isinstance(value, list):
        if len(value) == len(value[0]) == 1:
            return value[0][0]
        raise NotRead("a part of it is many cells where one is meant")
    return value


def _number(value: Scalar) -> float | CellError:
    """As arithmetic takes it."""
    if isinstance(value, CellError):
        return value
    if value is None:
        return 0.0
    if isinstance(value, bool | float):
        return float(value)
    return float(value) if _NUMBER.fullmatch(value) else _WRONG


def _text(value: Scalar) -> str:
    """As & takes it. Errors are handled before."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        if not value.is_integer() or abs(value) >= _EXACT:
            raise NotRead("a fraction becomes a text in it")
        return str(int(value))
    return value


def _truth(value: Scalar) -> bool | CellError:
    if isinstance(value, str):
        return value if isinstance(value, CellError) else _WRONG
    return bool(value)


def _filled(value: Scalar, beside: Scalar) -> Scalar:
    """An empty cell as a comparison takes it: "" beside a text, else zero."""
    if value is not None:
        return value
    return "" if isinstance(beside, str) else False if isinstance(beside, bool) else 0.0


def _compared(sign: str, a: Scalar, b: Scalar) -> bool | CellError:
    for side in (a, b):
        if isinstance(side, CellError):
            return side
    a, b = _filled(a, b), _filled(b, a)
    if type(a) is not type(b):
        if sign in ("=", "<>"):
            return sign == "<>"
        raise NotRead("it compares a text with a number")
    x, y = (a.lower(), b.lower()) if isinstance(a, str) and isinstance(b, str) else (a, b)
    if sign in ("=", "<>"):
        return (x == y) is (sign == "=")
    if isinstance(x, str):
        raise NotRead("it asks which text comes first")
    return {"<": x < y, ">": x > y, "<=": x <= y, ">=": x >= y}[sign]  # type: ignore[operator]


def _calculated(sign: str, a: Scalar, b: Scalar) -> Scalar:
    if sign == "&":
        error = next((side for side in (a, b) if isinstance(side, CellError)), None)
        return _text(a) + _text(b) if error is None else error
    if sign in ("=", "<>", "<", ">", "<=", ">="):
        return _compared(sign, a, b)
    x, y = _number(a), _number(b)
    if isinstance(x, CellError) or isinstance(y, CellError):
        return x if isinstance(x, CellError) else y
    if sign == "/":
        return x / y if y else _DIVIDED
    return {"+": x + y, "-": x - y, "*": x * y}[sign]


def _each(function: Callable[..., Scalar], *values: Value) -> Value:
    """The function over single values, or over each cell of one or more ranges of the same size."""
    sizes = {(len(v), len(v[0])) for v in values if isinstance(v, list)}
    if not sizes:
        return function(*values)
    if len(sizes) > 1:
        raise NotRead("it calculates with ranges of several sizes")
    [(height, width)] = sizes
    return [
        [function(*(v[y][x] if isinstance(v, list) else v for v in values)) for x in range(width)]
        for y in range(height)
    ]


def _flat(value: Value) -> list[Scalar]:
    return [one for row in value for one in row] if isinstance(value, list) else [value]


# --- Functions -----------------------------------------------------------------------------------------------------


def _first_error(values: Iterable[Scalar]) -> CellError | None:
    return next((v for v in values if isinstance(v, CellError)), None)


def _sum(*ranges: Value) -> Scalar:
    cells = [one for part in ranges for one in _flat(part)]
    error = _first_error(cells)
    return error if error is not None else float(sum(v for v in cells if isinstance(v, float)))


def _sum_product(*ranges: Value) -> Scalar:
    parts = [_flat(part) for part in ranges]
    if len({len(part) for part in parts}) > 1:
        return _WRONG
    error = _first_error(one for part in parts for one in part)
    if error is not None:
        return error
    return float(
        sum(math.prod(v if isinstance(v, float) else 0.0 for v in row) for row in zip(*parts, strict=True))
    )


def _count_if(cells: Value, wanted: Value) -> Scalar:
    criterion = _one(wanted)
    if not isinstance(criterion, str) or isinstance(criterion, CellError):
        raise NotRead("COUNTIF asks for something else than a text")
    found = re.fullmatch(r"([<>]=?)(-?[0-9.]+)", criterion)
    if found:
        limit = float(found[2])
        return float(sum(_compared(found[1], v, limit) is True for v in _flat(cells) if isinstance(v, float)))
    if criterion[:1] in "<>=" or "~" in criterion or _NUMBER.fullmatch(criterion):
        raise NotRead("COUNTIF asks in a way that is not understood here")
    pattern = "".join({"*": ".*", "?": "."}.get(sign, re.escape(sign)) for sign in criterion)
    matches = re.compile(pattern, re.IGNORECASE | re.DOTALL).fullmatch
    texts = (v for v in _flat(cells) if isinstance(v, str) and not isinstance(v, CellError))
    return float(sum(matches(text) is not None for text in texts))


def _index(cells: Value, at: Value) -> Scalar:
    number = _number(_one(at))
    if isinstance(number, CellError):
        return number
    if not isinstance(cells, list) or (len(cells) > 1 and len(cells[0]) > 1):
        raise NotRead("INDEX reads something else than a row or a column")
    line = _flat(cells)
    if not 1 <= number < len(line) + 1:
        raise NotRead("INDEX reads beyond its cells")
    return line[int(number) - 1]


def _lookup(wanted: Value, marks: Value, cells: Value) -> Scalar:
    """LOOKUP(2,1/(condition),values): the value at the last place where the condition holds."""
    found, values = _flat(marks), _flat(cells)
    numbers = {v for v in found if not isinstance(v, CellError)}
    if _one(wanted) != 2.0 or not numbers <= {1.0} or len(found) != len(values):
        raise NotRead("LOOKUP searches in a way that is not understood here")
    last = max((at for at, v in enumerate(found) if v == 1.0), default=None)
    return _NOT_AVAILABLE if last is None else values[last]


def _find(wanted: Scalar, within: Scalar) -> Scalar:
    error = _first_error((wanted, within))
    if error is not None:
        return error
    at = _text(within).find(_text(wanted))
    return _WRONG if at < 0 else float(at + 1)


def _of_texts(function: Callable[..., Scalar]) -> Callable[..., Value]:
    """A function of texts over each cell; an error in stays one."""

    def each(*values: Scalar) -> Scalar:
        error = _first_error(values)
        return error if error is not None else function(*values)

    return lambda *values: _each(each, *values)


def _places(value: Scalar) -> int:
    number = _number(value)
    if isinstance(number, CellError) or number < 0:
        raise NotRead("it cuts a text at no place")
    return int(number)


def _part(text: Scalar, start: Scalar, length: Scalar) -> Scalar:
    first = _places(start)
    if not first:
        return _WRONG
    return _text(text)[first - 1 : first - 1 + _places(length)]


def _fixed(value: Scalar, decimals: Scalar) -> Scalar:
    number = _number(value)
    if isinstance(number, CellError) or not number.is_integer() or _number(decimals) != 0.0:
        raise NotRead("FIXED rounds, which is left to Excel")
    return f"{number:,.0f}"


def _proper(text: Scalar) -> Scalar:
    return re.sub(r"[^\W\d_]+", lambda word: word[0][:1].upper() + word[0][1:].lower(), _text(text))


def _rounded(function: Callable[[float], float]) -> Callable[[Scalar], Scalar]:
    def each(value: Scalar) -> Scalar:
        number = _number(value)
        return number if isinstance(number, CellError) else float(function(number))

    return each


def _all_or_any(found: Callable[[Iterable[bool]], bool]) -> Callable[..., Scalar]:
    def function(*values: Value) -> Scalar:
        truths = [_truth(_one(value)) for value in values]
        error = next((v for v in truths if isinstance(v, CellError)), None)
        return error if error is not None else found(bool(v) for v in truths)

    return function


def _not(value: Value) -> Scalar:
    truth = _truth(_one(value))
    return truth if isinstance(truth, CellError) else not truth


def _kind(test: Callable[[Scalar], bool]) -> Callable[[Value], Value]:
    return lambda value: _each(test, value)


def _is_text(value: Scalar) -> bool:
    return isinstance(value, str) and not isinstance(value, CellError)


_FUNCTIONS: Mapping[str, tuple[int, int, Callable[..., Value]]] = {
    "ABS": (1, 1, lambda value: _each(_rounded(abs), value)),
    "AND": (1, 30, _all_or_any(all)),
    "COUNT": (1, 30, lambda *v: float(sum(isinstance(one, float) for part in v for one in _flat(part)))),
    "COUNTIF": (2, 2, _count_if),
    "FIND": (2, 2, lambda wanted, within: _each(_find, wanted, within)),
    "FIXED": (2, 2, lambda value, decimals: _fixed(_one(value), _one(decimals))),
    "HYPERLINK": (2, 2, lambda link, text: (link if isinstance(link, CellError) else _one(text))),
    "INDEX": (2, 2, _index),
    "INT": (1, 1, lambda value: _each(_rounded(math.floor), value)),
    "ISERROR": (1, 1, _kind(lambda value: isinstance(value, CellError))),
    "ISNUMBER": (1, 1, _kind(lambda value: isinstance(value, float))),
    "ISTEXT": (1, 1, _kind(_is_text)),
    "LEFT": (2, 2, _of_texts(lambda text, length: _text(text)[: _places(length)])),
    "LOOKUP": (3, 3, _lookup),
    "MID": (3, 3, _of_texts(_part)),
    "N": (1, 1, lambda value: v if isinstance(v := _one(value), float | CellError) else 0.0),
    "NA": (0, 0, lambda: _NOT_AVAILABLE),
    "NOT": (1, 1, _not),
    "OR": (1, 30, _all_or_any(any)),
    "PROPER": (1, 1, _of_texts(_proper)),
    "RIGHT": (2, 2, _of_texts(lambda text, n: _text(text)[-_places(n) :] if _places(n) else "")),
    "SUBSTITUTE": (3, 3, _of_texts(lambda text, old, new: _text(text).replace(_text(old), _text(new)))),
    "SUM": (1, 30, _sum),
    "SUMPRODUCT": (1, 30, _sum_product),
    "TRIM": (1, 1, _of_texts(lambda text: re.sub(" +", " ", _text(text)).strip(" "))),
}  # fmt: skip
"""Fewest and most arguments, and the function of their values. IF, IFERROR and MATCH see their arguments themselves."""


# --- Formulas ------------------------------------------------------------------------------------------------------

_LEVELS = (("=", "<>", "<", ">", "<=", ">="), ("&",), ("+", "-"), ("*", "/"))
_parsed_before: dict[str, Node] = {}
_KEPT = 20_000


def _parsed(text: str) -> Node:
    if text not in _parsed_before:
        if len(_parsed_before) >= _KEPT:
            _parsed_before.clear()
        parser = _Parser(text)
        node = parser.level(0)
        if parser.at != len(parser.tokens):
            raise NotRead("it is not understood here")
        _parsed_before[text] = node
    return _parsed_before[text]


class _Parser:
    """A formula's text as a function of the cells."""

    def __init__(self, text: str) -> None:
        self.tokens = [token for token in TOKEN.finditer(text) if not token["space"]]
        self.at = 0

    def _sign(self, signs: Sequence[str]) -> str:
        """The operator at this place, if it is one of these; `<>`, `<=` and `>=` are two tokens side by side."""
        here, after = (
            self.tokens[at]["sign"] or "" if at < len(self.tokens) else "" for at in (self.at, self.at + 1)
        )
        if here + after in ("<>", "<=", ">="):
            here += after
        if here not in signs or not here:
            return ""
        self.at += len(here)
        return here

    def level(self, depth: int) -> Node:
        """An expression of operators that bind as strongly as this level's, or more."""
        if depth == len(_LEVELS):
            return self._signed()
        node = self.level(depth + 1)
        while sign := self._sign(_LEVELS[depth]):
            node = _operation(sign, node, self.level(depth + 1))
        return node

    def _signed(self) -> Node:
        if self._sign(("-",)):
            inner = self._signed()
            return lambda cells, at: _each(lambda v: _calculated("-", 0.0, v), inner(cells, at))
        if self._sign(("+",)):
            return self._signed()
        return self._part()

    def _part(self) -> Node:
        if self.at >= len(self.tokens):
            raise NotRead("the formula is not complete")
        token = self.tokens[self.at]
        self.at += 1
        if token["sign"] == "(":
            node = self.level(0)
            self._expect(")")
            return node
        if token["function"]:
            return _call(plain_name(token["function"]), self._arguments())
        if token["text"]:
            return _constant(token["text"][1:-1].replace('""', '"'))
        if token["number"]:
            plain = token["number"].rstrip("%")
            return _constant(float(plain) / (100 if plain != token["number"] else 1))
        if (token["name"] or "").upper() in ("TRUE", "FALSE") and not token["name_sheet"]:
            return _constant(token["name"].upper() == "TRUE")
        reference = reference_of(token)
        if reference is None:
            raise NotRead(f"{token[0]} is not understood here")

        def read(cells: _Sheets, at: Area) -> Value:
            meant = cells.book.meaning(reference, at)
            if isinstance(meant, Literal):
                return meant.value
            grid = cells.grid(meant)
            return grid[0][0] if meant.is_one else grid

        read.reference = reference  # type: ignore[attr-defined]
        return read

    def _expect(self, sign: str) -> None:
        if self._sign((sign,)) != sign:
            raise NotRead("it is not understood here")

    def _arguments(self) -> list[Node]:
        if self._sign((")",)):
            return []
        arguments = [self.level(0)]
        while self._sign((",",)):
            arguments.append(self.level(0))
        self._expect(")")
        return arguments


def _constant(value: Scalar) -> Node:
    return lambda cells, at: value


def _operation(sign: str, left: Node, right: Node) -> Node:
    return lambda cells, at: _each(lambda a, b: _calculated(sign, a, b), left(cells, at), right(cells, at))


def _call(name: str, arguments: list[Node]) -> Node:
    if name == "IF" and len(arguments) == 3:
        return lambda cells, at: _chosen(arguments, cells, at)
    if name == "IFERROR" and len(arguments) == 2:
        return lambda cells, at: _instead(arguments, cells, at)
    if name == "MATCH" and len(arguments) == 3:
        return lambda cells, at: _matched(arguments, cells, at)
    fewest, most, function = _FUNCTIONS.get(name, (1, 0, _sum))
    if not fewest <= len(arguments) <= most:
        raise NotRead(f"{name} is left to Excel")
    return lambda cells, at: function(*(argument(cells, at) for argument in arguments))


def _chosen(arguments: list[Node], cells: _Sheets, at: Area) -> Value:
    truth = _truth(_one(arguments[0](cells, at)))
    return truth if isinstance(truth, CellError) else arguments[1 if truth else 2](cells, at)


def _instead(arguments: list[Node], cells: _Sheets, at: Area) -> Value:
    value = _one(arguments[0](cells, at))
    return arguments[1](cells, at) if isinstance(value, CellError) else value


def _matched(arguments: list[Node], cells: _Sheets, at: Area) -> Value:
    """MATCH(value, column, 0): the place of the first cell that holds the value."""
    reference = getattr(arguments[1], "reference", None)
    area = cells.book.meaning(reference, at) if reference else None
    if not isinstance(area, Area) or area.left != area.right or arguments[2](cells, at) != 0.0:
        raise NotRead("MATCH searches in a way that is not understood here")
    wanted = _one(arguments[0](cells, at))
    if isinstance(wanted, CellError):
        return wanted
    if wanted is None or (isinstance(wanted, str) and _WILD.search(wanted)):
        raise NotRead("MATCH searches in a way that is not understood here")
    row = cells.row_of(area, wanted)
    return _NOT_AVAILABLE if row is None else float(row + 1)
