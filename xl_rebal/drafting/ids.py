"""What a fact id says: `TRIM_NVDA_GAIN` is the gain of the trims of NVDA.

Ids are made by facts/build.py. Drafters read them here and nowhere else, so a fact that is absent, or an id that
nobody here knows, is skipped rather than misread.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from xl_rebal.facts.types import Direction, Fact, FactKind, Facts, Topic

_PATTERNS = (
    re.compile(r"TRIM_(?P<subject>.+?)(?:_\d+)?_(?:(?:LT|ST)_)?(?:SHARES|PROCEEDS|GAIN|TERM|FLAG|REASON)"),
    re.compile(r"REALLOCATE_(?P<subject>.+?)(?:_\d+)?_(?:AMOUNT|SHARES)"),
    re.compile(
        r"HARVEST_(?P<subject>.+?)_(?:LOSS|SWAP|STATUS|CLEAR|CAVEAT|SWAP_PROBLEM|DISALLOWED|IN_PLAN|LITTLE)"
    ),
    re.compile(r"WITHOUT_(?P<subject>.+?)_\d+(?:_(?:TAX|DRIFT))?"),
    re.compile(r"(?:DRIFT|CURRENT|TARGET|AFTER|BAND|STATUS|RESIDUAL|NAME|SECURITY)_(?P<subject>.+)"),
)


@lru_cache(maxsize=8192)
def subject(fact_id: str) -> str:
    """The symbol or class that the fact is about, as ids spell it; '' when it is about the whole household."""
    for pattern in _PATTERNS:
        match = pattern.fullmatch(fact_id)
        if match:
            return match["subject"]
    return ""


@lru_cache(maxsize=8192)
def id_form(name: str) -> str:
    """How ids spell a name: 'BRK.B' gives 'BRK_B', 'US Equity' gives 'US_EQUITY'."""
    return re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_")


def way(fact: Fact) -> Direction:
    """Where the figure points: as the fact says, else from the sign of a drift, gain or loss."""
    if fact.direction is not Direction.NONE:
        return fact.direction
    signed = fact.id.startswith("DRIFT_") or fact.topic is Topic.GAIN or fact.id.endswith(("_GAIN", "_LOSS"))
    if signed and isinstance(fact.value, (int, float)) and fact.value:
        return Direction.UP if fact.value > 0 else Direction.DOWN
    return Direction.NONE


def is_nothing(fact: Fact) -> bool:
    """True when the figure is zero."""
    return isinstance(fact.value, (int, float)) and fact.value == 0


def unsigned(fact: Fact) -> str:
    """The display without its sign, for prose whose words say the direction ('6.2% above its target')."""
    return fact.display.lstrip("+-\u2212") if way(fact) is not Direction.NONE else fact.display


def points(fact: Fact) -> str:
    """A drift in prose: '6.2 percentage points'. '6.2% above its target of 65%' could mean 69.0% or 71.2%."""
    text = unsigned(fact)
    is_drift = fact.kind is FactKind.PERCENT and _DRIFT.match(fact.id) and text.endswith("%")
    return f"{text.removesuffix('%')} percentage points" if is_drift else text


_DRIFT = re.compile(r"DRIFT_|RESIDUAL_|ALT_RESIDUAL$")


def spellings(fact: Fact) -> tuple[str, ...]:
    """The ways a text may write the fact: its display, without the sign where words can say it, a drift in points."""
    return tuple(dict.fromkeys(text for text in (fact.display, unsigned(fact), points(fact)) if text))


@dataclass(frozen=True)
class Lookup:
    """One client's facts by id, by subject and by running number."""

    facts: Facts

    @cached_property
    def by_id(self) -> Mapping[str, Fact]:
        return self.facts.by_id

    def get(self, fact_id: str) -> Fact | None:
        return self.by_id.get(fact_id)

    def amount(self, fact_id: str) -> Fact | None:
        """The fact when its figure is not nothing."""
        fact = self.by_id.get(fact_id)
        return None if fact is None or is_nothing(fact) else fact

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Subject -> the name people write: from NAME_ facts, else from labels, else as the id spells it."""
        found: dict[str, str] = {}
        for fact in self.facts:
            if fact.id.startswith("NAME_"):
                found[fact.id.removeprefix("NAME_")] = fact.display
        for fact in self.facts:
            key = subject(fact.id)
            if key and key not in found:
                found[key] = _name_in_label(fact.label, key)
        return found

    def name(self, key: str) -> str:
        return self.names.get(key, key.replace("_", " "))

    def is_class(self, key: str) -> bool:
        """True for an asset class; a symbol is what has trims, purchases or a security's name."""
        named = self.get(f"NAME_{key}")
        if named is not None:
            return named.label == "asset class"
        return not re.fullmatch(r"[A-Z][A-Z0-9.\-/]{0,6}", self.name(key))

    def keys(self, start: str, end: str = "") -> tuple[str, ...]:
        """Subjects K, in table order, for which the fact `start + K + end` exists."""
        return tuple(key for key in self.names if f"{start}{key}{end}" in self.by_id)

    def numbers(self, start: str, end: str = "") -> tuple[int, ...]:
        """Running numbers n for which the fact `start + n + end` exists, in order."""
        pattern = re.compile(re.escape(start) + r"(\d+)" + re.escape(end))
        return tuple(sorted(int(m[1]) for m in map(pattern.fullmatch, self.by_id) if m))

    def ends(self, start: str) -> tuple[str, ...]:
        """What follows `start` in the ids that begin with it: '' and '_SPOUSE' for RMD_LEFT."""
        return tuple(i.removeprefix(start) for i in self.by_id if i == start or i.startswith(start + "_"))


def _name_in_label(label: str, key: str) -> str:
    words = label.split()
    for start in range(len(words)):
        for stop in range(len(words), start, -1):
            name = " ".join(words[start:stop]).strip(",;:()'\"")
            if id_form(name) == key:
                return name
    return key.replace("_", " ")
