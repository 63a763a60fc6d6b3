"""How much fits on one page: limits from roomy to tight, and an estimate of the height that a brief will take.

A quiet client's notes are shown whole; a busy client's lists fold. The estimate knows the shipped template's sizes and
an average letter, rounded up; the tests lay out the longest cases and count pages, so that it stays honest. A firm's
own template with larger type may need a second page: nothing is lost then.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Limits:
    """The most of everything that a brief lists, and the length of what it quotes."""

    name_length: int
    head_length: int  # model, advisor, firm
    classes: int
    why_length: int  # of a trim's flag and reason, in letters of the reason
    trims: int
    securities: int
    buys: int
    blocked: int
    harvests: int
    notes: int
    note_length: int
    checks: int
    check_length: int
    email_words: int
    scopes: int  # rules of thumb: 1 account by account, 2 over the household too
    curve: int  # whether tax is shown against drift
    whys: int  # prices of rules, what waiting saves, what stands in the way: so many of each


LEAST = Limits(
    name_length=44, head_length=27, classes=6, why_length=52, trims=4, securities=3, buys=2, blocked=1, harvests=1, notes=3,
    note_length=90, checks=1, check_length=60, email_words=250, scopes=0, curve=0, whys=0,
)  # fmt: skip
"""What every brief shows."""

WISHES: tuple[tuple[str, int], ...] = (
    ("scopes", 1), ("trims", 6), ("notes", 4), ("trims", 8), ("head_length", 44), ("name_length", 60), ("classes", 8),
    ("harvests", 2), ("note_length", 150), ("securities", 5), ("buys", 3), ("whys", 1), ("note_length", 220),
    ("blocked", 2), ("scopes", 2), ("trims", 10), ("email_words", 280), ("why_length", 96), ("trims", 12), ("curve", 1),
    ("checks", 2), ("check_length", 110), ("harvests", 3), ("securities", 8), ("buys", 5), ("trims", 14),
    ("check_length", 220), ("checks", 4), ("note_length", 320), ("notes", 6), ("securities", 12), ("buys", 8),
    ("harvests", 5), ("blocked", 3), ("classes", 10), ("email_words", 330), ("whys", 2), ("note_length", 420),
    ("check_length", 340),
)  # fmt: skip
"""What a brief shows beyond that as far as there is room, most wanted first."""


def fitted(values_for: Callable[[Limits], Mapping[str, Any]]) -> Limits:
    """The limits under which a brief shows the most of WISHES on one page."""
    everything = LEAST
    for field, value in WISHES:
        everything = replace(everything, **{field: value})
    if fits(values_for(everything)):
        return everything
    limits = LEAST
    for field, value in WISHES:
        wider = replace(limits, **{field: value})
        if fits(values_for(wider)):
            limits = wider
    return limits


PAGE_POINTS = 725.0
FILL = 0.99  # share of the page that an estimate may take: the rest is for fonts that run wider than ours
LINE, ROW, HEADING = 10.4, 11.8, 19.0  # points: a line of text, a table row of one line, a section heading
DECISION = 26.0  # the boxes to tick and the line for reasons
LETTER, BOLD_LETTER = 3.6, 4.2  # points: average width at 8.5 pt
WHY_LETTER = 3.55  # of a trim's reason, which is all small letters: 49 of them fit its column
REASON_WIDTH = 174.0  # of that column


def _lines(text: str, width: float, letter: float = LETTER) -> int:
    """Lines that a text takes in a column `width` points wide."""
    return sum(max(1, math.ceil(len(part) * letter / width)) for part in text.split("\n"))


def estimated_points(values: Mapping[str, Any]) -> float:
    """Height of the brief with these values on the shipped template."""
    whole = 540.0
    title = _lines(values["client"], 400, 8.2)
    strip = max(
        _lines(str(values[name]), width, BOLD_LETTER)
        for name, width in (("account_types", 145), ("model", 125), ("advisor", 115), ("firm", 110))
    )
    points = title * 21 + 14 + 12 + strip * LINE
    points += (
        HEADING
        + ROW
        + sum(ROW + LINE * (_lines(row["name"], 138, BOLD_LETTER) - 1) for row in values["drift"])
    )
    if values["out_of_line"]:
        points += _paragraphs([f"Securities out of line  {values['out_of_line']}"], whole) + 2
    points += HEADING
    if values["no_trades"]:
        points += _paragraphs([values["no_trades"]], whole)
    if values["trims"]:
        points += 2 * ROW
        for row in values["trims"]:
            reason = len(row["flag"]) * BOLD_LETTER + len(row["why"]) * WHY_LETTER
            points += ROW + LINE * max(0, math.ceil(reason / REASON_WIDTH) - 1)
    points += _paragraphs([f"{line['label']}  {line['text']}" for line in values["money_lines"]], whole, 2.5)
    if values["proof_lines"]:
        points += 7 + _paragraphs(
            [f"{line['label']}  {line['text']}" for line in values["proof_lines"]], whole - 12
        )
    tax = _paragraphs([f"{line['flag']}{line['label']}  {line['text']}" for line in values["tax"]], 268)
    notes = _paragraphs([*values["notes"], *(f"Check  {check}" for check in values["checks"])], 252)
    points += 3 + HEADING + max(tax, notes)
    email = values["email"]
    points += HEADING + 5
    points += _paragraphs(
        [email["subject"], email["greeting"], *email["paragraphs"], email["closing"]], whole - 12, 2.0
    )
    return points + HEADING + DECISION


def _paragraphs(texts: Iterable[str], width: float, after: float = 1.0) -> float:
    return sum(_lines(text, width) * LINE + after for text in texts)


def fits(values: Mapping[str, Any]) -> bool:
    """Whether the brief is expected to fit one page with room to spare."""
    return estimated_points(values) <= PAGE_POINTS * FILL
