"""What a header that nobody knows may mean: judged by its words, and by what stands below it. A proposal, never a decision.

The words are those of every system's mapping, so that a caption of one system helps with another's file. A proposal must suit
the cells: dates for a date, numbers for a figure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

from xl_rebal.importers.exports import Line, Unreadable, day, folded, is_missing, number
from xl_rebal.importers.mapping import FIELDS, systems

_DATES = frozenset(("acquired", "date", "as_of"))
_FIGURES = frozenset(
    ("quantity", "price", "value", "cash_value", "basis", "unit_cost", "gain", "amount", "fx")
)
_ALIKE = 0.62
_LEAD = 0.04  # by so much must the best be better than the next
_SAMPLES = 3
_ROWS = 200
_LONGEST_SAMPLE = 24
_SHORT_WORDS: Mapping[str, str] = {
    "acct": "account", "a/c": "account", "qty": "quantity", "shs": "shares", "mkt": "market", "val": "value", "mv": "market value",
    "cst": "cost", "px": "price", "sym": "symbol", "dt": "date", "purch": "purchase", "acq": "acquired", "no": "number",
    "num": "number", "#": "number", "desc": "description", "sec": "security",
}  # fmt: skip


_HINTS: Sequence[tuple[str, frozenset[str], frozenset[str]]] = (
    ("acquired", frozenset(("bought", "acquired", "purchase", "purchased", "opened", "open")), frozenset(("price", "cost", "value"))),
    ("unit_cost", frozenset(("cost",)), frozenset(("total", "basis", "tax", "book", "adjusted", "original"))),
    ("basis", frozenset(("cost", "basis")), frozenset(("unit", "per", "average", "avg", "share"))),
    ("quantity", frozenset(("shares", "units", "quantity")), frozenset(("per", "value", "price", "cost"))),
    ("value", frozenset(("value", "worth")), frozenset(("unit", "per", "book", "cost", "par"))),
)  # fmt: skip
"""Words that tell a field unless others stand beside them; of two fields that they tell, nothing is proposed."""
_TOLD = 0.8


@dataclass(frozen=True, slots=True)
class Column:
    """A header with the first values below it; `meaning` is its title where it is known, `proposal` where it is not."""

    header: str
    samples: tuple[str, ...]
    meaning: str = ""
    proposal: str = ""

    def __str__(self) -> str:
        below = ", ".join(self.samples) or "nothing"
        means = self.meaning or (f"perhaps {self.proposal}" if self.proposal else "not known")
        return f"{self.header}: {means} ({below})"


def columns_below(header: Line, rows: Sequence[Line], meanings: Mapping[int, str]) -> list[Column]:
    """The columns of a header row. `meanings` are fields by cell; '' for a header that is known and not used."""
    found = []
    open_fields = [name for name in FIELDS if name not in meanings.values()]
    for place, cell in enumerate(header.cells):
        if not cell:
            continue
        samples = samples_of(rows, place)
        if place in meanings:
            title = FIELDS[meanings[place]] if meanings[place] else "not used"
            found.append(Column(cell, samples, title))
        else:
            guess = proposed(cell, samples, open_fields)
            found.append(Column(cell, samples, proposal=FIELDS[guess] if guess else ""))
    return found


def samples_of(rows: Iterable[Line], place: int) -> tuple[str, ...]:
    """The first different values of a column, cut to be shown."""
    found: dict[str, None] = {}
    for row in list(rows)[:_ROWS]:
        cell = row.cells[place] if place < len(row.cells) else ""
        if not is_missing(cell):
            found.setdefault(cell[:_LONGEST_SAMPLE])
        if len(found) == _SAMPLES:
            break
    return tuple(found)


def proposed(header: str, samples: Sequence[str], fields: Iterable[str]) -> str:
    """The field that a header most likely means; '' where nothing is likely, or two are alike."""
    scores = sorted(
        ((_likeness(header, name), name) for name in fields if _suits(name, samples)), reverse=True
    )
    if not scores or scores[0][0] < _ALIKE:
        return ""
    lead = scores[0][0] - (scores[1][0] if len(scores) > 1 else 0.0)
    return scores[0][1] if lead >= _LEAD else ""


def _suits(field: str, samples: Sequence[str]) -> bool:
    """Whether values could be the field's."""
    dates = sum(1 for text in samples if day(text) is not None)
    figures = sum(1 for text in samples if _is_figure(text))
    if field in _DATES:
        return dates == len(samples)
    if field in _FIGURES:
        return figures == len(samples) and not dates
    return not samples or dates < len(samples)


def _is_figure(text: str) -> bool:
    try:
        return number(text) is not None
    except Unreadable:
        return False


def _likeness(header: str, field: str) -> float:
    words = _words(header)
    own = set(words.split())
    if any(name == field and own & telling and not own & but for name, telling, but in _HINTS):
        return _TOLD
    return max((_alike(words, other) for other in _vocabulary()[field]), default=0.0)


def _alike(one: str, other: str) -> float:
    own, theirs = set(one.split()), set(other.split())
    shared = len(own & theirs) / len(own | theirs) if own | theirs else 0.0
    return 0.5 * shared + 0.5 * SequenceMatcher(None, one, other).ratio()


def _words(header: str) -> str:
    """`acctNo` and `Acct No.` as 'account number'."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
    plain = folded(re.sub(r"[^\w#/]+|_", " ", spaced))
    return " ".join(_SHORT_WORDS.get(word, word) for word in plain.split())


@cache
def _vocabulary() -> Mapping[str, tuple[str, ...]]:
    """The captions of each field, of every system, in plain words."""
    found: dict[str, dict[str, None]] = {name: {_words(title): None} for name, title in FIELDS.items()}
    for system in systems().values():
        for table in system.tables:
            for name, options in table.columns.items():
                for option in options:
                    if len(option) == 1:
                        found[name].setdefault(_words(option[0]))
    return {name: tuple(words) for name, words in found.items()}
