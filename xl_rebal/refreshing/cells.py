"""A worksheet part as the bytes it is: where its rows and cells stand in it, and what they hold.

No library that parses a sheet and writes it again keeps its bytes (declared namespaces, attribute order, white space,
extensions), so cells are found by patterns. A part that these patterns may misread (comments, CDATA, another encoding
than UTF-8) is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from xl_rebal.refreshing.coding import area_of, attributes, decoded, uncoded
from xl_rebal.refreshing.formula import column_number
from xl_rebal.sheets.cells import NOT_CALCULATED
from xl_rebal.sheets.source import letters

_ROOT = re.compile(rb"<((?:\w+:)?)worksheet[\s>]")
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - a cell's date has no time zone
_LAST_DATE = 2_958_466  # the day after 9999-12-31
_ROW_NUMBER = re.compile(rb"""\sr\s*=\s*["']([0-9]+)["']""")
CellContent: TypeAlias = bool | float | str | datetime | date | None


class CellError(str):
    """An error value such as #N/A: never a text that happens to read so."""

    __slots__ = ()


class SheetNotRead(Exception):
    """A part that is not in a form whose cells can be told apart safely; the text says why."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the cells of one workbook mean: its shared texts, the styles that show dates, and from when days count."""

    strings: Callable[[int], str]
    date_styles: frozenset[int]
    date_1904: bool

    def day(self, number: float) -> datetime | float:
        """The date behind a number in a cell that shows dates; the number where Excel has none for it."""
        return _day(number, self.date_1904)

    def serial(self, value: date) -> float:
        moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001
        epoch = _EPOCH_1904 if self.date_1904 else _EPOCH
        return (moment.replace(tzinfo=None) - epoch) / timedelta(days=1)


@lru_cache(10_000)
def _day(number: float, date_1904: bool) -> datetime | float:
    if not 0 <= number < _LAST_DATE:
        return number
    return (_EPOCH_1904 if date_1904 else _EPOCH) + timedelta(seconds=round(number * 86_400, 3))


class RawCell(NamedTuple):
    """A cell as it stands: its place in its row's bytes, its attributes, and what is between its tags (None: nothing)."""

    row: int
    column: int
    start: int
    end: int
    attributes: bytes
    body: bytes | None

    @property
    def reference(self) -> str:
        return f"{letters(self.column)}{self.row}"


class RawRow(NamedTuple):
    """A row as it stands: its place in the part, its attributes, and where its cells begin and end (None: none)."""

    number: int
    start: int
    end: int
    attributes: bytes
    inside: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Formula:
    """The formula element of a cell: attributes as text, its own text, and its place in the cell's body."""

    attributes: Mapping[str, str]
    text: str
    start: int
    end: int

    @property
    def is_mark(self) -> bool:
        """Whether it only marks a cell that a volatile result spills into, as Excel does: `<f ca="1"/>`."""
        return not self.text and "t" not in self.attributes


class Sheet:
    """One worksheet part, read. `content` never changes."""

    def __init__(self, content: bytes, reading: Reading) -> None:
        root = _ROOT.search(content)
        if root is None:
            raise SheetNotRead("it is not a worksheet")
        head = content[: root.start()]
        if content.startswith((b"\xff\xfe", b"\xfe\xff")) or (
            b"encoding" in head and b"utf-8" not in head.lower()
        ):
            raise SheetNotRead("its XML is not in UTF-8")
        if b"<!" in content:
            raise SheetNotRead("its XML has comments or sections that Excel does not write")
        self.content = content
        self.reading = reading
        self.prefix = p = root[1]  # of element names, such as `x:`; mostly there is none
        data = re.search(
            rb"<" + p + rb"sheetData\s*(?:/>|>(.*)</" + p + rb"sheetData\s*>)", content, re.DOTALL
        )
        if data is None:
            raise SheetNotRead("its cells are not where they belong")
        self.data = data.span()
        self.data_inside = data.span(1) if data[1] is not None else None
        self._cell = re.compile(rb"<" + p + rb"c(\s[^>]*?)?\s*(?:/>|>(.*?)</" + p + rb"c\s*>)", re.DOTALL)
        self._row = re.compile(
            rb"<" + p + rb"row((?:\sr=\"([0-9]+)\")?(?:\s[^>]*[^>/\s])?)\s*(/?)>"
        )  # attributes; the row's number where it comes first
        self._plain_cell = re.compile(
            rb"<"
            + p
            + rb'c r="([A-Z]+)[0-9]+"(?: s="([0-9]+)")?(?: t="([ns])")?(?:/>|><'
            + p
            + rb"v>([^<]*)</"
            + p
            + rb"v></"
            + p
            + rb"c>)|(<"
            + p
            + rb"c[\s/>])"
        )
        self._formula = re.compile(rb"<" + p + rb"f(\s[^>]*?)?\s*(?:/>|>([^<]*)</" + p + rb"f\s*>)")
        self._value = re.compile(rb"<" + p + rb"v(?:\s[^>]*?)?(?:/>|>([^<]*)</" + p + rb"v\s*>)")
        self._inline = re.compile(rb"<" + p + rb"is(?:\s[^>]*?)?(?:/>|>(.*?)</" + p + rb"is\s*>)", re.DOTALL)
        self._phonetic = re.compile(rb"<" + p + rb"rPh[\s>].*?</" + p + rb"rPh\s*>", re.DOTALL)
        self._text = re.compile(rb"<" + p + rb"t(?:\s[^>]*?)?>([^<]*)</" + p + rb"t\s*>")
        self.raw_rows = self._found_rows()
        self._cells: dict[int, dict[int, RawCell]] = {}

    def _found_rows(self) -> dict[int, RawRow]:
        rows: dict[int, RawRow] = {}
        if self.data_inside is None:
            return rows
        number, done = 0, self.data_inside[0]
        close = b"</" + self.prefix + b"row>"
        for match in self._row.finditer(self.content, *self.data_inside):
            given, stated, is_empty = match.groups()
            if stated is None and (elsewhere := _ROW_NUMBER.search(given)):
                stated = elsewhere[1]
            number = int(stated) if stated else number + 1
            if number in rows or match.start() < done:
                raise SheetNotRead(f"its row {number} is not where it belongs")
            (start, done), inside = match.span(), None
            if not is_empty:
                end = self.content.find(close, done, self.data_inside[1])
                if end < 0:
                    raise SheetNotRead(f"its row {number} does not end")
                inside, done = (done, end), end + len(close)
            rows[number] = RawRow(number, start, done, given, inside)
        return rows

    # ------------------------------------------------------------ reading

    def rows(self) -> Iterator[int]:
        yield from self.raw_rows

    def cells(self, row: int) -> dict[int, RawCell]:
        """The cells of a row by 1-based column."""
        if (found := self._cells.get(row)) is not None:
            return found
        found = {}
        if (raw := self.raw_rows.get(row)) and raw.inside:
            start = raw.inside[0]
            column = 0
            for match in self._cell.finditer(self.content, *raw.inside):
                attributes = match[1] or b""
                if place := re.search(rb"""\sr\s*=\s*["']([A-Za-z]+)[0-9]+["']""", attributes):
                    column = column_number(place[1].decode())
                else:
                    column += 1
                found[column] = RawCell(
                    row, column, match.start() - start, match.end() - start, attributes, match[2]
                )
        self._cells[row] = found
        return found

    def cell(self, row: int, column: int) -> RawCell | None:
        return self.cells(row).get(column)

    def formula_cells(self) -> Iterator[tuple[RawCell, Formula]]:
        """Every cell that holds a formula, row by row."""
        mark = b"<" + self.prefix + b"f"
        if not re.search(re.escape(mark) + rb"[\s/>]", self.content):
            return
        for number, raw in self.raw_rows.items():
            if raw.inside and self.content.find(mark, *raw.inside) >= 0:
                for cell in self.cells(number).values():
                    if (formula := self.formula(cell)) and not formula.is_mark:
                        yield cell, formula

    def formula(self, cell: RawCell) -> Formula | None:
        match = self._formula.search(cell.body) if cell.body else None
        if match is None:
            return None
        return Formula(attributes(match[1] or b""), decoded(match[2] or b""), *match.span())

    def has_formula(self, cell: RawCell) -> bool:
        """Whether the cell has a formula of its own: none that only marks it as a result's."""
        formula = self.formula(cell)
        return formula is not None and not formula.is_mark

    def value(self, cell: RawCell) -> CellContent:
        """What the cell shows: an error is a CellError, a formula without a result '#NOT CALCULATED'."""
        body = cell.body
        if not body:
            return None
        kind = re.search(rb"""\st\s*=\s*["'](\w+)["']""", cell.attributes)
        sort = kind[1] if kind else b"n"
        if sort == b"inlineStr":
            inline = self._inline.search(body)
            texts = self._text.findall(self._phonetic.sub(b"", inline[1] or b"")) if inline else []
            return uncoded("".join(map(decoded, texts)))
        match = self._value.search(body)
        stored = decoded(match[1] or b"") if match else ""
        if sort == b"str":
            if match is None and self._formula.search(body):
                return NOT_CALCULATED
            return uncoded(stored)
        if not stored.strip():
            return NOT_CALCULATED if self._formula.search(body) else None
        if sort == b"s":
            return self.reading.strings(int(stored))
        if sort == b"b":
            return stored.strip() in ("1", "true")
        if sort == b"e":
            return CellError(stored.strip())
        if sort == b"d":
            return datetime.fromisoformat(stored.strip()).replace(tzinfo=None)
        number = float(stored)
        if self.reading.date_styles:
            style = re.search(rb"""\ss\s*=\s*["']([0-9]+)["']""", cell.attributes)
            if style and int(style[1]) in self.reading.date_styles:
                return self.reading.day(number)
        return number

    def grid(self, top: int, left: int, bottom: int, right: int) -> list[list[CellContent]]:
        """The values of a range."""
        width = right - left + 1
        return [self._line(number, left, width) for number in range(top, bottom + 1)]

    def _line(self, number: int, left: int, width: int) -> list[CellContent]:
        """The values of so many cells of a row: fast where all are as most programs write them, as in long tables."""
        line: list[CellContent] = [None] * width
        raw = self.raw_rows.get(number)
        if raw is None or raw.inside is None:
            return line
        dates, texts = self.reading.date_styles, self.reading.strings
        for name, style, kind, stored, other in self._plain_cell.findall(self.content, *raw.inside):
            if other:
                break
            at = _column(name) - left
            if stored and 0 <= at < width:
                if kind == b"s":
                    line[at] = texts(int(stored))
                elif style and int(style) in dates:
                    line[at] = self.reading.day(float(stored))
                else:
                    line[at] = float(stored)
        else:
            return line
        for column, cell in self.cells(number).items():
            if left <= column < left + width:
                line[column - left] = self.value(cell)
        return line

    def without_value(self, body: bytes) -> bytes:
        """What a cell's body holds beside its value."""
        return self._inline.sub(b"", self._value.sub(b"", body)).strip()

    def is_filled(self, cell: RawCell) -> bool:
        """Whether a formula or a value stands in the cell; a format alone is nothing."""
        return bool(cell.body) and (self.formula(cell) is not None or self.value(cell) is not None)

    def merged(self) -> Iterator[tuple[int, int, int, int]]:
        """Top, left, bottom and right of every merged range."""
        for match in re.finditer(rb"<" + self.prefix + rb"mergeCell(\s[^>]*?)/?>", self.content):
            if area := area_of(attributes(match[1]).get("ref", "")):
                yield area


@lru_cache(1_000)
def _column(name: bytes) -> int:
    return column_number(name.decode())
