"""How far out the cells of a worksheet stand: a reader makes one block of all cells up to the last row and column.

A single stray cell in XFD1048576 makes that block 17 billion cells, which ends the whole program. Cells that have only a
format are not in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_CELLS = 20_000_000
"""Cells of the block that is still read: 30,000 lots with a hundred columns are 3 million."""

_ROW = re.compile(rb"""\br\s*=\s*["'][A-Za-z]*(\d{1,20})""")
_COLUMN = re.compile(rb"""\br\s*=\s*["']([A-Za-z]+)\d""")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_FILLED = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\br\s*=\s*["']([A-Za-z]{1,3})(\d{1,20})["'][^>]*(?<!/)>""")


@dataclass(frozen=True, slots=True)
class Extent:
    """The last row and column of a worksheet, and the cells that stand there."""

    rows: int
    columns: int

    @property
    def is_too_large(self) -> bool:
        return self.rows * self.columns > MOST_CELLS

    @property
    def corner(self) -> str:
        """The last cell of the block: XFD1048576."""
        text, column = "", self.columns
        while column > 0:
            column, rest = divmod(column - 1, 26)
            text = chr(65 + rest) + text
        return f"{text}{self.rows}"


def extent(part: bytes) -> Extent:
    """How far out the filled cells of a worksheet's XML stand; cells with a format alone count only where it is small."""
    found = Extent(
        max(map(int, set(_ROW.findall(part))), default=0),
        max(map(_number, set(_COLUMN.findall(part))), default=0),
    )
    if not found.is_too_large:
        return found
    places = _FILLED.findall(part)
    if len(_CELL.findall(part)) != len(re.findall(rb"<(?:\w+:)?c\s[^>]*?\br\s*=", part)):
        return found  # cells without a place of their own: each follows the one before
    return Extent(
        max((int(row) for _, row in places), default=0),
        max((_number(column) for column, _ in places), default=0),
    )


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
