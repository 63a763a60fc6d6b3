"""The page's values section by section, each made once for the limits that it really depends on.

To find how much fits on a page a brief is filled under dozens of limits, most of which change one list only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast

from xl_rebal.briefs.fit import Limits
from xl_rebal.briefs.page import Page
from xl_rebal.facts.types import Fact, Facts

Section = Callable[[Page], dict[str, Any]]
"""Some of the placeholders' values; it reads limits from its page only."""


class _Watched:
    """Limits that note which of them were read."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.read: dict[str, int] = {}

    def __getattr__(self, name: str) -> int:
        value: int = getattr(self._limits, name)
        self.read[name] = value
        return value


class _Filled:
    """One section under the limits that it read."""

    def __init__(self, section: Section, facts: Facts, limits: Limits, finish: Callable[[Any], Any]) -> None:
        watched = _Watched(limits)
        page = Page(facts, cast(Limits, watched))
        self.values: dict[str, Any] = finish(section(page))
        self.furniture = tuple(page.furniture)
        self.read = frozenset(watched.read)
        self._filled_under = self._those_read(limits)

    def holds_under(self, limits: Limits) -> bool:
        return self._those_read(limits) == self._filled_under

    def _those_read(self, limits: Limits) -> list[int]:
        return [getattr(limits, name) for name in self.read]


class Sections:
    """The values of a page under any limits; `finish` makes a section's values printable."""

    def __init__(self, facts: Facts, sections: Sequence[Section], finish: Callable[[Any], Any]) -> None:
        self._facts = facts
        self._finish = finish
        self._done: list[tuple[Section, list[_Filled]]] = [(section, []) for section in sections]
        self._pages: dict[Limits, list[_Filled]] = {}

    def values(self, limits: Limits) -> dict[str, Any]:
        return {name: value for filled in self._under(limits) for name, value in filled.values.items()}

    def reads(self, field: str, limits: Limits) -> bool:
        """Whether any value under these limits could be another one if `field` were."""
        return any(field in filled.read for filled in self._under(limits))

    def furniture(self, limits: Limits) -> tuple[Fact, ...]:
        """What the page itself says or cuts, as facts with ids of their own."""
        own = [fact for filled in self._under(limits) for fact in filled.furniture]
        return tuple(replace(fact, id=f"PAGE_{number}") for number, fact in enumerate(own, 1))

    def _under(self, limits: Limits) -> list[_Filled]:
        if limits not in self._pages:
            self._pages[limits] = [self._filled(section, done, limits) for section, done in self._done]
        return self._pages[limits]

    def _filled(self, section: Section, done: list[_Filled], limits: Limits) -> _Filled:
        for filled in reversed(done):  # the limits asked for are mostly those of before but for one
            if filled.holds_under(limits):
                return filled
        done.append(_Filled(section, self._facts, limits, self._finish))
        return done[-1]
