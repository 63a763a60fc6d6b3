"""Single cells of a worksheet part are written: their values, and the ranges of array formulas; every other byte is kept."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from math import isfinite

from xl_rebal.refreshing.cells import CellContent, CellError, RawCell, RawRow, Sheet
from xl_rebal.refreshing.coding import area_name, area_of, attributes, encoded, storable
from xl_rebal.sheets.source import letters

_WHOLE = 1e15  # whole numbers below it are exact and read better without `.0`
DIGITS = 15
"""Significant digits that Excel keeps: two numbers that agree in them are the same figure."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a cell gets: its new value, and the new range of its array formula (None: as it is).

    None empties a cell; an empty text is a result that shows nothing, which an empty cell holds already. `to_calculate`:
    the cell keeps what it has, and its formula is marked to be calculated when Excel opens the workbook.
    """

    value: CellContent
    area: str | None = None
    to_calculate: bool = False
    is_marked: bool = False  # the value is new, and the formula is marked as well


class Writer:
    """Makes new bytes of a sheet, which itself never changes."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    def holds(self, row: int, column: int, new: Written) -> bool:
        """Whether the cell already shows this value, and its array formula already has this range."""
        cell = self._sheet.cell(row, column)
        if cell is None:
            return _is_blank(new.value) and new.area is None
        formula = self._sheet.formula(cell)
        if new.area is not None and formula and formula.attributes.get("ref") != new.area:
            return False
        if new.value is None and (formula is None or formula.is_mark):
            return not cell.body
        return self._same(self._sheet.value(cell), new.value)

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
            return self._sheet.reading.serial(value)
        if isinstance(value, str):
            return storable(value)
        return None if value is None else float(value) + 0.0  # never -0.0

    def changed(self, writes: Mapping[tuple[int, int], Written]) -> bytes:
        """The part with these cells, by row and column, written; every other byte is as it was."""
        by_row: dict[int, dict[int, Written]] = {}
        for (row, column), new in writes.items():
            if self._sheet.cell(row, column) is not None or not _is_blank(new.value):
                by_row.setdefault(row, {})[column] = new
        if not by_row:
            return self._sheet.content
        open_tag, close_tag = b"", b""
        start, end = self._sheet.data
        if self._sheet.data_inside is not None:
            start, end = self._sheet.data_inside
        else:  # the sheet has no cells yet: <sheetData/>
            open_tag, close_tag = (
                b"<%ssheetData>" % self._sheet.prefix,
                b"</%ssheetData>" % self._sheet.prefix,
            )
        pieces = [self._sheet.content[:start], open_tag]
        ordered = sorted(self._sheet.raw_rows)
        done = start
        for number, cells in sorted(by_row.items()):
            raw = self._sheet.raw_rows.get(number)
            if raw is None:
                after = bisect(ordered, number)
                at = self._sheet.raw_rows[ordered[after]].start if after < len(ordered) else end
                raw = RawRow(number, at, at, b"", None)
            pieces += [
                self._sheet.content[done : raw.start] if not open_tag else b"",
                self._new_row(raw, cells),
            ]
            done = raw.end
        pieces += [
            self._sheet.content[done:end] if not open_tag else b"",
            close_tag,
            self._sheet.content[end:],
        ]
        return self._with_dimension(b"".join(pieces), writes)

    def _new_row(self, raw: RawRow, new: Mapping[int, Written]) -> bytes:
        """A row with some cells written, in the order of columns."""
        p = self._sheet.prefix
        content = self._sheet.content[slice(*raw.inside)] if raw.inside else b""
        cells = self._sheet.cells(raw.number)
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
        style = style or self._column_styles.get(column)
        shown = f' s="{style}"' if style and style != "0" else ""
        return f' r="{letters(column)}{row.number}"{shown}'.encode()

    @cached_property
    def _column_styles(self) -> dict[int, str]:
        styles: dict[int, str] = {}
        for match in re.finditer(
            rb"<" + self._sheet.prefix + rb"col(\s[^>]*?)/?>", self._sheet.content[: self._sheet.data[0]]
        ):
            given = attributes(match[1])
            if "style" in given:
                last = min(int(given.get("max", "1")), 1 + int(given.get("min", "1")) + 1_000)
                styles |= dict.fromkeys(range(int(given.get("min", "1")), last + 1), given["style"])
        return styles

    def _new_cell(self, row: RawRow, cell: RawCell, new: Written) -> bytes:
        """The cell with its new value: formula, format and whatever else it has are kept."""
        p = self._sheet.prefix
        if new.to_calculate:
            body = self._marked(cell)
            return b"<" + p + b"c" + cell.attributes + b">" + body + b"</" + p + b"c>"
        body = cell.body or b""
        formula = self._sheet.formula(cell)
        head = b""
        if formula:
            head = b"" if formula.is_mark and new.value is None else body[formula.start : formula.end]
            if new.is_marked:
                head = self._calculated_again(head)
            body = body[: formula.start] + body[formula.end :]
            if new.area is not None:
                head = re.sub(
                    rb"""(\sref\s*=\s*)(?:"[^"]*"|'[^']*')""",
                    rb'\1"' + new.area.encode() + b'"',
                    head,
                    count=1,
                )
        rest = self._sheet.without_value(body)
        kind, stored = self._stored(new.value, bool(head))
        given = re.sub(rb"""\s(?:t|vm)\s*=\s*(?:"[^"]*"|'[^']*')""", b"", cell.attributes)
        if kind:
            given += b' t="' + kind + b'"'
        content = head + stored + rest
        if not content:
            return b"<" + p + b"c" + given + b"/>"
        return b"<" + p + b"c" + given + b">" + content + b"</" + p + b"c>"

    def _marked(self, cell: RawCell) -> bytes:
        """The cell's content with `ca="1"` at its formula (ECMA-376, 18.3.1.40: calculated the next time that Excel does)."""
        body = cell.body or b""
        formula = self._sheet.formula(cell)
        if formula is None or formula.attributes.get("ca") in ("1", "true"):
            return body
        marked = self._calculated_again(body[formula.start : formula.end])
        return body[: formula.start] + marked + body[formula.end :]

    def _calculated_again(self, formula: bytes) -> bytes:
        """A formula's element, marked."""
        if re.match(rb"""<[^>]*\sca\s*=\s*["'](?:1|true)["']""", formula):
            return formula
        after = len(b"<" + self._sheet.prefix + b"f")
        return formula[:after] + b' ca="1"' + formula[after:]

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
        return (
            b"<"
            + self._sheet.prefix
            + b"v"
            + space
            + b">"
            + text.encode()
            + b"</"
            + self._sheet.prefix
            + b"v>"
        )

    def _with_dimension(self, content: bytes, writes: Mapping[tuple[int, int], Written]) -> bytes:
        """The sheet's stated extent, grown where a new cell lies outside of it."""
        match = re.search(
            rb"<" + self._sheet.prefix + rb"dimension\s+ref=\"([A-Z0-9:$]+)\"", content[: self._sheet.data[0]]
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
