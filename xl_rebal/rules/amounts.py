"""Amounts and days as CRM entries spell them: `$60k`, `sixty thousand`, `1.2 million`; `in January`, `by 3/15/2027`."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from xl_rebal.dates import MONTHS
from xl_rebal.money import to_cents

_UNITS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SCALES = {
    "k": 1_000, "thousand": 1_000, "grand": 1_000, "m": 1_000_000, "mm": 1_000_000, "mil": 1_000_000, "million": 1_000_000,
}  # fmt: skip
_WORD = rf"(?:{'|'.join((*_TENS, *sorted(_UNITS, key=len, reverse=True), 'hundred', 'a', 'half'))})"
_SPELLED = rf"(?:{_WORD}(?:[\s-]+(?:and\s+)?{_WORD})*)\s+(?:thousand|grand|million)(?:\s+dollars)?"
_FIGURE = r"\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d+(?:\.\d+)?"
_AMOUNT = re.compile(
    rf"(?<![\w.])(?!401\s?\(?k)(?:(?P<sign>\$|USD\s?)\s?)?(?P<figure>{_FIGURE})\s?(?P<scale>k|thousand|grand|mm|mil|million|m)?(?![\w%])(?:\s+(?P<unit>dollars))?"
    rf"|\b(?P<spelled>{_SPELLED})\b",
    re.I,
)


def amounts(text: str) -> Iterator[tuple[int, int]]:
    """Every amount of money in a text with its place: (position, cents). A bare number is none."""
    for match in _AMOUNT.finditer(text):
        if match["spelled"]:
            found = _spelled(match["spelled"])
            if found:
                yield match.start(), found
            continue
        if not (match["sign"] or match["scale"] or match["unit"]):
            continue
        try:
            value = Decimal(match["figure"].replace(",", "")) * _SCALES.get((match["scale"] or "").lower(), 1)
        except InvalidOperation:  # pragma: no cover - the pattern lets only numbers through
            continue
        yield match.start(), to_cents(value)


def only_amount(text: str) -> int | None:
    """The one amount in a text, in cents; None when there is none, or more than one."""
    found = {cents for _, cents in amounts(text)}
    return found.pop() if len(found) == 1 else None


def _spelled(text: str) -> int:
    """`two hundred fifty thousand` in cents, `half a million` too; 0 when the words make no number."""
    words = [w for w in re.split(r"[\s-]+", text.lower()) if w not in ("and", "dollars")]
    scale = _SCALES[words.pop()]
    if words[:1] == ["half"]:
        return scale * 50 if words in (["half"], ["half", "a"]) else 0
    if words == ["a"]:
        return scale * 100
    total = current = 0
    for word in words:
        if word in _UNITS or word in _TENS:
            current += _UNITS.get(word, 0) + _TENS.get(word, 0)
        elif word == "hundred":
            current = max(1, current) * 100
        elif word != "a":
            return 0
    total += current
    return total * scale * 100


# --- Days ----------------------------------------------------------------------------------------------------------

_MONTHS = {name.lower(): number for number, name in enumerate(MONTHS, 1)}
_MONTHS |= {name[:3]: number for name, number in list(_MONTHS.items())} | {"sept": 9}
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b\.?"
_DAYS = (
    ("iso", re.compile(r"\b(?P<year>20\d\d)-(?P<m>\d{1,2})-(?P<d>\d{1,2})\b")),
    ("us", re.compile(r"(?<![\d/$.])(?P<m>\d{1,2})/(?P<d>\d{1,2})(?:/(?P<year>\d{4}|\d{2}))?(?![\d/])")),
    ("named", re.compile(rf"\b{_MONTH}\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?!,\d{{3}})(?:,?\s+(?P<year>20\d\d)\b)?", re.I)),
    ("month", re.compile(rf"\b(?:(?P<part>early|mid|late|end of|the end of|beginning of|start of)[\s-]+)?{_MONTH}(?:\s+(?:of\s+)?(?P<year>20\d\d)\b)?", re.I)),
    ("quarter", re.compile(r"\bQ(?P<quarter>[1-4])(?:\s+(?:of\s+)?(?P<year>20\d\d))?\b", re.I)),
    ("year_end", re.compile(r"\b(?:year[\s-]?end|(?:the )?end of (?:the|this) year|(?:by|before) december 31)\b", re.I)),
    ("next_month", re.compile(r"\bnext month\b", re.I)),
    ("this_month", re.compile(r"\b(?:this month|(?:the )?end of (?:the|this) month|month[\s-]end)\b", re.I)),
    ("span", re.compile(r"\b(?:in|within)\s+(?:the next\s+)?(?P<count>\d{1,2}|an?|two|three|four|five|six)\s+(?P<unit>days?|weeks?|months?)\b", re.I)),
    ("in_year", re.compile(r"\b(?:in|for|by|during)\s+(?P<year>20\d\d)\b", re.I)),
    ("next_year", re.compile(r"\bnext year\b", re.I)),
)  # fmt: skip
"""Shapes of days, the most exact first."""
_MAY = re.compile(r"\bmay\b")
"""In small letters it is the verb."""


def day_in(text: str, said_on: date) -> date | None:
    """The last day that a text gives for what it asks, seen from the day it was said; None when it gives none.

    `in January` is January 31 of the next January; `by 3/15` is March 15, next year's when this year's is past.
    """
    readable = _MAY.sub("___", text)
    for shape, pattern in _DAYS:
        match = pattern.search(readable)
        if match:
            try:
                return _day(shape, match, said_on)
            except ValueError:
                return None
    return None


def _day(shape: str, match: re.Match[str], said_on: date) -> date | None:
    parts = match.groupdict()
    year = int(parts["year"]) if parts.get("year") else None
    if year is not None and year < 100:
        year += 2000
    if shape == "iso":
        return date(year or said_on.year, int(parts["m"]), int(parts["d"]))
    if shape == "us":
        return _next(said_on, int(parts["m"]), int(parts["d"]), year)
    if shape == "named":
        return _next(said_on, _MONTHS[parts["month"].lower()], int(parts["d"]), year)
    if shape == "month":
        month = _MONTHS[parts["month"].lower()]
        last = None if (parts["part"] or "").lower() != "mid" else 15
        return _next(said_on, month, last, year)
    if shape == "quarter":
        return _next(said_on, int(parts["quarter"]) * 3, None, year)
    if shape == "next_month":
        return _end(said_on.year + said_on.month // 12, said_on.month % 12 + 1)
    if shape == "this_month":
        return _end(said_on.year, said_on.month)
    if shape == "span":
        return _span(said_on, parts["count"].lower(), parts["unit"].lower())
    if shape == "in_year":
        return date(year or said_on.year, 12, 31)
    return date(said_on.year + (shape == "next_year"), 12, 31)


def _next(said_on: date, month: int, dom: int | None, year: int | None) -> date:
    """That day (None: the month's last) of the year given, else of this year or, when it is past, of the next."""
    for candidate in (year,) if year else (said_on.year, said_on.year + 1):
        found = _end(candidate, month) if dom is None else date(candidate, month, dom)
        if year or found >= said_on:
            return found
    return found


def _end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _span(said_on: date, count: str, unit: str) -> date:
    number = int(count) if count.isdigit() else {"a": 1, "an": 1}.get(count, _UNITS.get(count, 1))
    if unit.startswith("month"):
        index = said_on.year * 12 + said_on.month - 1 + number
        last = _end(index // 12, index % 12 + 1)
        return min(last, last.replace(day=min(said_on.day, last.day)))
    return said_on + timedelta(days=number * (7 if unit.startswith("week") else 1))
