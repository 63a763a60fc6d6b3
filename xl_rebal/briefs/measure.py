"""How many lines a text takes in a column, by the widths of Calibri's letters (Carlito's are the same by design).

Lines break at spaces, as a word processor breaks them. Kerning is left out and a column is taken a little narrower than
it is, so that a count errs on the side of one line more.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache

_ASCII = range(32, 127)
_REGULAR = (
    226, 326, 401, 498, 507, 715, 682, 221, 303, 303, 498, 498, 250, 306, 252, 386, 507, 507, 507, 507, 507, 507, 507, 507,
    507, 507, 268, 268, 498, 498, 498, 463, 894, 579, 544, 533, 615, 488, 459, 631, 623, 252, 319, 520, 420, 855, 646, 662,
    517, 673, 543, 459, 487, 642, 567, 890, 519, 487, 468, 307, 386, 307, 498, 498, 291, 479, 525, 423, 525, 498, 305, 471,
    525, 229, 239, 455, 229, 799, 525, 527, 525, 525, 349, 391, 335, 525, 452, 715, 433, 453, 395, 314, 460, 314, 498,
)  # fmt: skip
_BOLD = (
    226, 326, 438, 498, 507, 729, 705, 233, 312, 312, 498, 498, 258, 306, 267, 430, 507, 507, 507, 507, 507, 507, 507, 507,
    507, 507, 276, 276, 498, 498, 498, 463, 898, 606, 561, 529, 630, 488, 459, 637, 631, 267, 331, 547, 423, 874, 659, 676,
    532, 686, 563, 473, 495, 653, 591, 906, 551, 520, 478, 325, 430, 325, 498, 498, 300, 494, 537, 418, 537, 503, 316, 474,
    537, 246, 255, 480, 246, 813, 537, 538, 537, 537, 355, 399, 347, 537, 473, 745, 459, 474, 397, 344, 475, 344, 498,
)  # fmt: skip
_OTHERS = {
    "\u00a0": 226,
    "“": 435,
    "”": 435,
    "‘": 258,
    "’": 258,
    "…": 711,
    "–": 498,
    "—": 905,
    "·": 268,
    "•": 498,
}
"""Thousandths of the type size: printable ASCII in order, and signs that briefs use."""
_UNKNOWN = 1000  # of a letter of another script or font
NARROWER = 0.995

Run = tuple[str, bool]
"""A piece of a text, and whether it is bold."""


def lines(runs: Sequence[Run], width: float, size: float = 8.5) -> int:
    """Lines that the runs take one after the other in a column `width` points wide; at least 1."""
    return _lines(tuple(runs), round(width * NARROWER * 1000 / size))


def text_lines(text: str, width: float, size: float = 8.5, *, bold: bool = False) -> int:
    return lines(((text, bold),), width, size)


def text_width(text: str, size: float = 8.5, *, bold: bool = False) -> float:
    """Points that a text takes on one line."""
    return sum(map(_widths(bold), text)) * size / 1000 / NARROWER


@lru_cache(maxsize=16_384)
def _lines(runs: tuple[Run, ...], room: int) -> int:
    """Lines in a column `room` thousandths of the type size wide."""
    count, used, space = 1, 0, 0
    for text, bold in runs:
        advance = _widths(bold)
        for number, part in enumerate(text.split("\n")):
            if number:
                count, used, space = count + 1, 0, 0
            for place, word in enumerate(part.split(" ")):
                if place:
                    space += advance(" ")
                if not word:
                    continue
                long = _word(word, bold)
                if used and used + space + long > room:
                    count, used = count + 1, 0
                used += (space if used else 0) + long
                space = 0
                while used > room:  # a word longer than the column is broken within
                    count, used = count + 1, used - room
    return count


@lru_cache(maxsize=16_384)
def _word(word: str, bold: bool) -> int:
    return sum(map(_widths(bold), word))


@cache
def _widths(bold: bool) -> Widths:
    return Widths(bold)


class Widths:
    """Width of a letter in thousandths of the type size; an accented letter has that of its base."""

    def __init__(self, bold: bool) -> None:
        table = _BOLD if bold else _REGULAR
        self._known = {chr(code): width for code, width in zip(_ASCII, table, strict=True)} | _OTHERS

    def __call__(self, letter: str) -> int:
        width = self._known.get(letter)
        if width is None:
            base = unicodedata.normalize("NFD", letter)[0]
            width = self._known[letter] = self._known.get(base, _UNKNOWN)
        return width
