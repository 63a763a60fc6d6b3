"""A fact table prepared for its checks: dozens of texts are read against the same hundreds of facts.

Spellings are found as they stand in a text, without a compiled pattern for each: there are as many as there are facts.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from xl_rebal.drafting.ids import Lookup, spellings, way
from xl_rebal.drafting.vocabulary import SCALE_WORDS
from xl_rebal.facts.types import Direction, Fact, Facts, Topic

_BEFORE = re.compile(r"(?<![\w$\u20ac\u00a3%+\-\u2212\u2013/])(?<!\d[.,])")
_AFTER_FIGURE = re.compile(r"(?![\w%])(?![.,:/\-\u2013]\d)(?!" + SCALE_WORDS + ")")
_AFTER_WORD = re.compile(r"(?!\w)")
SYMBOL = re.compile(r"(?<![\w&.])[A-Z]{2,5}(?:\.[A-Z])?(?![\w&])")
"""A word that reads as the symbol of a security."""
_PLAIN = str.maketrans(
    {"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2011": "-", "\u00ad": "", "\u2026": "..."}
)


def tidy(text: str) -> str:
    """The text with the typographic spaces, hyphens and ellipses that Word and our own page put in made plain."""
    return text if text.isascii() else text.translate(_PLAIN)


@dataclass(frozen=True, slots=True)
class Index:
    """What the checks of one fact table share: they read dozens of texts against the same hundreds of facts."""

    facts: Facts
    by_id: Mapping[str, Fact]
    place: Mapping[str, int]
    spelled: Mapping[str, tuple[tuple[str, str], ...]]  # fact id -> (spelling, the same made plain)
    lookup: Lookup
    low_names: Mapping[str, str]  # subject -> its name in small letters
    names: tuple[
        tuple[str, str, bool], ...
    ]  # name, subject, whether it is a class (then in small letters); longest first
    drifts: frozenset[Direction]  # which ways anything is off its target
    entries: frozenset[
        str
    ]  # ids of the CRM entries' own texts: in a letter they stand only in quotation marks
    symbols: frozenset[str]  # words of capitals in any fact but the entries' own texts
    _chosen: dict[tuple[str, ...], tuple[Fact, ...]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, facts: Facts, known: Index | None = None) -> Index:
        """The index of `facts`; where they are those of `known` and what a page adds, all of it is taken over."""
        if known is not None and _only_adds(facts, known.facts):
            return known._with(facts)
        lookup = Lookup(facts)
        entries = frozenset(
            fact.id for fact in facts if fact.topic is Topic.NOTE and re.fullmatch(r"NOTE_\d+", fact.id)
        )
        return cls(
            facts,
            lookup.by_id,
            {fact.id: place for place, fact in enumerate(facts)},
            {fact.id: _spelled(fact) for fact in facts},
            lookup,
            {key: name.casefold() for key, name in lookup.names.items()},
            _names(lookup),
            frozenset(way(fact) for fact in facts if fact.id.startswith("DRIFT_")),
            entries,
            _symbols(f for f in facts if f.id not in entries),
        )

    def _with(self, facts: Facts) -> Index:
        """The index of the same table with what a page adds to it: nothing about a security, and no entry."""
        added = facts.facts[len(self.facts) :]
        return replace(
            self,
            facts=facts,
            by_id=facts.by_id,
            place={fact.id: place for place, fact in enumerate(facts)},
            spelled={**self.spelled, **{fact.id: _spelled(fact) for fact in added}},
            symbols=self.symbols | _symbols(added),
            _chosen={},
        )

    def chosen(self, fact_ids: Iterable[str] | None) -> tuple[Fact, ...]:
        """The facts of `fact_ids` in table order; all for None."""
        if fact_ids is None:
            return self.facts.facts
        key = tuple(fact_ids)
        if key not in self._chosen:
            wanted = sorted({i for i in key if i in self.by_id}, key=self.place.__getitem__)
            self._chosen[key] = tuple(self.by_id[i] for i in wanted)
        return self._chosen[key]


def _only_adds(facts: Facts, known: Facts) -> bool:
    """Whether a table is another with facts of the page added."""
    if _whose(facts) != _whose(known) or facts.facts[: len(known)] != known.facts:
        return False
    return all(fact.id.startswith("PAGE_") for fact in facts.facts[len(known) :])


def _whose(facts: Facts) -> tuple[object, ...]:
    return facts.client_id, facts.client_name, facts.quarter, facts.as_of


def _spelled(fact: Fact) -> tuple[tuple[str, str], ...]:
    return tuple((s, tidy(s)) for s in spellings(fact) if tidy(s))


def _symbols(facts: Iterable[Fact]) -> frozenset[str]:
    shown = (fact.display for fact in facts if not fact.id.startswith("DECLINED_"))
    return frozenset(SYMBOL.findall("\n".join(shown)))


def _names(lookup: Lookup) -> tuple[tuple[str, str, bool], ...]:
    named = ((name, key, lookup.is_class(key)) for key, name in lookup.names.items() if name)
    found = ((name.casefold() if is_class else name, key, is_class) for name, key, is_class in named)
    return tuple(sorted(found, key=lambda n: (-len(n[0]), n)))


_RECENT: OrderedDict[int, Index] = OrderedDict()
_KEPT = 4
_AT_ONCE = threading.Lock()  # drafts of several clients are checked in threads


def index_of(facts: Facts) -> Index:
    """The index of this very table, made once: a table is checked many times in a row, then never again."""
    found = _RECENT.get(id(facts))
    if found is not None and found.facts is facts:
        return found
    with _AT_ONCE:
        latest = next(reversed(_RECENT.values()), None)
        found = _RECENT[id(facts)] = Index.of(facts, latest)
        while len(_RECENT) > _KEPT:
            _RECENT.popitem(last=False)
    return found


def standing(spelling: str, text: str) -> Iterator[tuple[int, int]]:
    """Where the spelling stands alone: not part of a longer figure, not scaled by the word after it."""
    after = _AFTER_FIGURE if spelling[-1].isdecimal() or spelling[-1] == "%" else _AFTER_WORD
    begin = text.find(spelling)
    while begin >= 0:
        stop = begin + len(spelling)
        alone = _BEFORE.match(text, begin) and after.match(text, stop)
        if alone:
            yield begin, stop
        begin = text.find(spelling, stop if alone else begin + 1)
