"""A worksheet part as the bytes it is: cells are read from it, and single cells are written without touching any other byte.

No library that parses a sheet and writes it again keeps its bytes (declared namespaces, attribute order, white space,
extensions), so cells are found by patterns. A part that these patterns may misread (comments, CDATA, another encoding
than UTF-8) is refused.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from math import isfinite
from typing import TypeAlias

from xl_rebal.refreshing.coding import area_name, area_of, attributes, decoded, encoded, storable, uncoded
from xl_rebal.refreshing.formula import column_number
from xl_rebal.sheets.cells import NOT_CALCULATED
from xl_rebal.sheets.source import letters

_ROOT = re.compile(rb"<((?:\w+:)?)worksheet[\s>]")
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - a cell's date has no time zone
_LAST_DATE = 2_958_466  # the day after 9999-12-31
_ROW_NUMBER = re.compile(rb"""\sr\s*=\s*["']([0-9]+)["']""")
_WHOLE = 1e15  # whole numbers below it are exact and read better without `.0`
DIGITS = 15
"""Significant digits that Excel keeps: two numbers that agree in them are the same figure."""

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
        if not 0 <= number < _LAST_DATE:
            return number
        return (_EPOCH_1904 if self.date_1904 else _EPOCH) + timedelta(seconds=round(number * 86_400, 3))

    def serial(self, value: date) -> float:
        moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001
        epoch = _EPOCH_1904 if self.date_1904 else _EPOCH
        return (moment.replace(tzinfo=None) - epoch) / timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RawCell:
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


@dataclass(frozen=True, slots=True)
class RawRow:
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


@dataclass(frozen=True, slots=True)
class Written:
    """What a cell gets: its new value, and the new range of its array formula (None: as it is).

    None empties a cell; an empty text is a result that shows nothing, which an empty cell holds already.
    """

    value: CellContent
    area: str | None = None


class Sheet:
    """One worksheet part. `content` never changes; `changed` makes a new one."""

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
        self._reading = reading
        self._prefix = p = root[1]  # of element names, such as `x:`; mostly there is none
        data = re.search(
            rb"<" + p + rb"sheetData\s*(?:/>|>(.*)</" + p + rb"sheetData\s*>)", content, re.DOTALL
        )
        if data is None:
            raise SheetNotRead("its cells are not where they belong")
        self._data = data.span()
        self._data_inside = data.span(1) if data[1] is not None else None
        self._cell = re.compile(rb"<" + p + rb"c(\s[^>]*?)?\s*(?:/>|>(.*?)</" + p + rb"c\s*>)", re.DOTALL)
        self._row = re.compile(rb"<" + p + rb"row(\s[^>]*?)?\s*(/?)>")
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
        self._rows = self._found_rows()
        self._cells: dict[int, dict[int, RawCell]] = {}

    def _found_rows(self) -> dict[int, RawRow]:
        rows: dict[int, RawRow] = {}
        if self._data_inside is None:
            return rows
        number, done = 0, self._data_inside[0]
        close = b"</" + self._prefix + b"row>"
        for match in self._row.finditer(self.content, *self._data_inside):
            given = _ROW_NUMBER.search(match[1] or b"")
            number = int(given[1]) if given else number + 1
            if number in rows or match.start() < done:
                raise SheetNotRead(f"its row {number} is not where it belongs")
            start, done, inside = match.start(), match.end(), None
            if not match[2]:
                end = self.content.find(close, done, self._data_inside[1])
                if end < 0:
                    raise SheetNotRead(f"its row {number} does not end")
                inside, done = (done, end), end + len(close)
            rows[number] = RawRow(number, start, done, match[1] or b"", inside)
        return rows

    # ------------------------------------------------------------ reading

    def rows(self) -> Iterator[int]:
        yield from self._rows

    def cells(self, row: int) -> dict[int, RawCell]:
        """The cells of a row by 1-based column."""
        if (found := self._cells.get(row)) is not None:
            return found
        found = {}
        if (raw := self._rows.get(row)) and raw.inside:
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
        mark = b"<" + self._prefix + b"f"
        if not re.search(re.escape(mark) + rb"[\s/>]", self.content):
            return
        for number, raw in self._rows.items():
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
            return self._reading.strings(int(stored))
        if sort == b"b":
            return stored.strip() in ("1", "true")
        if sort == b"e":
            return CellError(stored.strip())
        if sort == b"d":
            return datetime.fromisoformat(stored.strip()).replace(tzinfo=None)
        number = float(stored)
        if self._reading.date_styles:
            style = re.search(rb"""\ss\s*=\s*["']([0-9]+)["']""", cell.attributes)
            if style and int(style[1]) in self._reading.date_styles:
                return self._reading.day(number)
        return number

    def grid(self, top: int, left: int, bottom: int, right: int) -> list[list[CellContent]]:
        """The values of a range."""
        width = right - left + 1
        return [self._line(number, left, width) for number in range(top, bottom + 1)]

    def _line(self, number: int, left: int, width: int) -> list[CellContent]:
        """The values of so many cells of a row: fast where all are as most programs write them, as in long tables."""
        line: list[CellContent] = [None] * width
        raw = self._rows.get(number)
        if raw is None or raw.inside is None:
            return line
        dates, texts = self._reading.date_styles, self._reading.strings
        for name, style, kind, stored, other in self._plain_cell.findall(self.content, *raw.inside):
            if other:
                break
            at = _column(name) - left
            if stored and 0 <= at < width:
                if kind == b"s":
                    line[at] = texts(int(stored))
                elif style and int(style) in dates:
                    line[at] = self._reading.day(float(stored))
                else:
                    line[at] = float(stored)
        else:
            return line
        for column, cell in self.cells(number).items():
            if left <= column < left + width:
                line[column - left] = self.value(cell)
        return line

    def is_filled(self, cell: RawCell) -> bool:
        """Whether a formula or a value stands in the cell; a format alone is nothing."""
        return bool(cell.body) and (self.formula(cell) is not None or self.value(cell) is not None)

    def merged(self) -> Iterator[tuple[int, int, int, int]]:
        """Top, left, bottom and right of every merged range."""
        for match in re.finditer(rb"<" + self._prefix + rb"mergeCell(\s[^>]*?)/?>", self.content):
            if area := area_of(attributes(match[1]).get("ref", "")):
                yield area

    # ------------------------------------------------------------ writing

    def holds(self, row: int, column: int, new: Written) -> bool:
        """Whether the cell already shows this value, and its array formula already has this range."""
        cell = self.cell(row, column)
        if cell is None:
            return _is_blank(new.value) and new.area is None
        formula = self.formula(cell)
        if new.area is not None and formula and formula.attributes.get("ref") != new.area:
            return False
        if new.value is None and (formula is None or formula.is_mark):
            return not cell.body
        return self._same(self.value(cell), new.value)

    def _same(self, old: CellContent, new: CellContent) -> bool:
        if isinstance(old, CellError) or isinstance(new, CellError):
            return type(old) is type(new) and old == new
        if isinstance(old, bool) or isinstance(new, bool):
            return old is new
        if _is_blank(old) and _is_blank(new):
            return True
        old, new = self._plain(old), self._plain(new)
        if isinstance(old, float) and isinstance(new, float):
            return f"{old:.{DIGITS}g}" == f"{new:.{DIGITS}g}"
        return type(old) is type(new) and old == new

    def _plain(self, value: CellContent) -> float | str | None:
        """A value as the file holds it: a date is its number, an integer a float, a text without what XML can't hold."""
        if isinstance(value, date):
            return self._reading.serial(value)
        if isinstance(value, str):
            return storable(value)
        return None if value is None else float(value) + 0.0  # never -0.0

    def changed(self, writes: Mapping[tuple[int, int], Written]) -> bytes:
        """The part with these cells, by row and column, written; every other byte is as it was."""
        by_row: dict[int, dict[int, Written]] = {}
        for (row, column), new in writes.items():
            if self.cell(row, column) is not None or not _is_blank(new.value):
                by_row.setdefault(row, {})[column] = new
        if not by_row:
            return self.content
        open_tag, close_tag = b"", b""
        start, end = self._data
        if self._data_inside is not None:
            start, end = self._data_inside
        else:  # the sheet has no cells yet: <sheetData/>
            open_tag, close_tag = b"<%ssheetData>" % self._prefix, b"</%ssheetData>" % self._prefix
        pieces = [self.content[:start], open_tag]
        ordered = sorted(self._rows)
        done = start
        for number, cells in sorted(by_row.items()):
            raw = self._rows.get(number)
            if raw is None:
                after = bisect(ordered, number)
                at = self._rows[ordered[after]].start if after < len(ordered) else end
                raw = RawRow(number, at, at, b"", None)
            pieces += [self.content[done : raw.start] if not open_tag else b"", self._new_row(raw, cells)]
            done = raw.end
        pieces += [self.content[done:end] if not open_tag else b"", close_tag, self.content[end:]]
        return self._with_dimension(b"".join(pieces), writes)

    def _new_row(self, raw: RawRow, new: Mapping[int, Written]) -> bytes:
        """A row with some cells written, in the order of columns."""
        p = self._prefix
        content = self.content[slice(*raw.inside)] if raw.inside else b""
        cells = self.cells(raw.number)
        pieces: list[bytes] = []
        done = 0
        ordered = sorted(cells)
        for column in sorted(new):
            cell = cells.get(column)
            if cell is not None:
                pieces += [content[done : cell.start], self._new_cell(raw, cell, new[column])]
                done = cell.end
            elif not _is_blank(new[column].value):
                before = next((cells[c] for c in ordered if c > column), None)
                at = before.start if before else (cells[ordered[-1]].end if ordered else 0)
                at = max(at, done)
                empty = RawCell(raw.number, column, 0, 0, self._fresh_attributes(raw, column), None)
                pieces += [content[done:at], self._new_cell(raw, empty, new[column])]
                done = at
        pieces.append(content[done:])
        given = _widened(raw.attributes, cells, new) if raw.attributes else b' r="%d"' % raw.number
        return b"<" + p + b"row" + given + b">" + b"".join(pieces) + b"</" + p + b"row>"

    def _fresh_attributes(self, row: RawRow, column: int) -> bytes:
        """Reference and format of a cell that is not in the file yet: its row's format, else its column's, as in Excel."""
        given = attributes(row.attributes)
        style = given.get("s") if given.get("customFormat") in ("1", "true") else None
        style = style or self._column_styles().get(column)
        shown = f' s="{style}"' if style and style != "0" else ""
        return f' r="{letters(column)}{row.number}"{shown}'.encode()

    def _column_styles(self) -> dict[int, str]:
        styles: dict[int, str] = {}
        for match in re.finditer(rb"<" + self._prefix + rb"col(\s[^>]*?)/?>", self.content[: self._data[0]]):
            given = attributes(match[1])
            if "style" in given:
                last = min(int(given.get("max", "1")), 1 + int(given.get("min", "1")) + 1_000)
                styles |= dict.fromkeys(range(int(given.get("min", "1")), last + 1), given["style"])
        return styles

    def _new_cell(self, row: RawRow, cell: RawCell, new: Written) -> bytes:
        """The cell with its new value: formula, format and whatever else it has are kept."""
        p = self._prefix
        body = cell.body or b""
        formula = self.formula(cell)
        head = b""
        if formula:
            head = b"" if formula.is_mark and new.value is None else body[formula.start : formula.end]
            body = body[: formula.start] + body[formula.end :]
            if new.area is not None:
                head = re.sub(
                    rb"""(\sref\s*=\s*)(?:"[^"]*"|'[^']*')""",
                    rb'\1"' + new.area.encode() + b'"',
                    head,
                    count=1,
                )
        rest = self._inline.sub(b"", self._value.sub(b"", body)).strip()
        kind, stored = self._stored(new.value, bool(head))
        given = re.sub(rb"""\s(?:t|vm)\s*=\s*(?:"[^"]*"|'[^']*')""", b"", cell.attributes)
        if kind:
            given += b' t="' + kind + b'"'
        content = head + stored + rest
        if not content:
            return b"<" + p + b"c" + given + b"/>"
        return b"<" + p + b"c" + given + b">" + content + b"</" + p + b"c>"

    def _stored(self, value: CellContent, formula: bool) -> tuple[bytes, bytes]:
        """A value's cell type and element. Texts stand in the cell, as Excel stores what formulas return."""
        if isinstance(value, CellError):
            return b"e", self._element(value)
        if isinstance(value, bool):
            return b"b", self._element(str(int(value)))
        plain = self._plain(value)
        if plain is None or plain == "":
            return (b"str", self._element("")) if formula else (b"", b"")
        if isinstance(plain, str):
            return b"str", self._element(encoded(plain), spaced=plain != plain.strip() or "\n" in plain)
        if not isfinite(plain):
            return b"e", self._element("#NUM!")
        return b"", self._element(
            str(int(plain)) if plain.is_integer() and abs(plain) < _WHOLE else repr(plain)
        )

    def _element(self, text: str, *, spaced: bool = False) -> bytes:
        space = b' xml:space="preserve"' if spaced else b""
        return b"<" + self._prefix + b"v" + space + b">" + text.encode() + b"</" + self._prefix + b"v>"

    def _with_dimension(self, content: bytes, writes: Mapping[tuple[int, int], Written]) -> bytes:
        """The sheet's stated extent, grown where a new cell lies outside of it."""
        match = re.search(
            rb"<" + self._prefix + rb"dimension\s+ref=\"([A-Z0-9:$]+)\"", content[: self._data[0]]
        )
        area = area_of(match[1].decode()) if match else None
        filled = [place for place, new in writes.items() if not _is_blank(new.value)]
        if match is None or area is None or not filled:
            return content
        top, left, bottom, right = area
        new = (
            min(top, *(row for row, _ in filled)),
            min(left, *(column for _, column in filled)),
            max(bottom, *(row for row, _ in filled)),
            max(right, *(column for _, column in filled)),
        )
        if new == area:
            return content
        return content[: match.start(1)] + area_name(*new).encode() + content[match.end(1) :]


@lru_cache(1_000)
def _column(name: bytes) -> int:
    return column_number(name.decode())


def _is_blank(value: CellContent) -> bool:
    """Whether a value shows nothing; Excel keeps a function's empty results as empty texts, this package as no value."""
    return value is None or (value == "" and not isinstance(value, CellError))


def _widened(given: bytes, cells: Mapping[int, RawCell], new: Mapping[int, Written]) -> bytes:
    """A row's attributes with its `spans`, where it has them, wide enough for its new cells."""
    match = re.search(rb'(\sspans=")([0-9]+):([0-9]+)(")', given)
    added = [column for column, one in new.items() if column not in cells and not _is_blank(one.value)]
    if match is None or not added:
        return given
    first, last = min(int(match[2]), *added), max(int(match[3]), *added)
    return given[: match.start()] + b'%s%d:%d"' % (match[1], first, last) + given[match.end() :]
