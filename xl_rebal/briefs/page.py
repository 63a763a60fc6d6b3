"""Facts as a page asks for them, with an account of what the page itself adds or cuts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from xl_rebal.briefs.fit import Limits
from xl_rebal.facts.types import Direction, Fact, FactKind, Facts, Topic

FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML can't carry."""

_SPACES = re.compile(r"[^\S\u00a0\u202f]+")
"""White space at which a line may end."""


class Page:
    """Looks facts up and keeps account of what the page adds or cuts."""

    def __init__(self, facts: Facts, limits: Limits) -> None:
        self._facts = facts.by_id
        self.limits = limits
        self.furniture: list[Fact] = []

    def __call__(self, fact_id: str) -> str:
        """The display of a fact, '' when there is none."""
        fact = self._facts.get(fact_id)
        return fact.display if fact else ""

    def items(self) -> Iterable[tuple[str, Fact]]:
        """Ids and facts in table order."""
        return self._facts.items()

    def fact(self, fact_id: str) -> Fact | None:
        return self._facts.get(fact_id)

    def of(self, topic: Topic) -> list[Fact]:
        return [fact for fact in self._facts.values() if fact.topic is topic]

    def signed(self, fact_id: str) -> str:
        """A gain as a table shows it: a loss in parentheses."""
        fact = self._facts.get(fact_id)
        if fact is None:
            return ""
        return f"({fact.display})" if fact.direction is Direction.DOWN else fact.display

    def starting(self, prefix: str, end: str = "") -> list[Fact]:
        """Facts called `prefix`, a number and `end`, in order."""
        return [f for i, f in self._facts.items() if i.startswith(prefix) and _numbered(i, prefix, end)]

    def own(self, text: str, label: str) -> str:
        """Text of the page itself, noted as a fact when it holds a figure."""
        if re.search(r"\d", text):
            fact_id = f"PAGE_{len(self.furniture) + 1}"
            self.furniture.append(Fact(fact_id, Topic.HEADER, FactKind.TEXT, text, text, label))
        return text

    def clip(self, text: str, length: int) -> str:
        """The text on one line, cut at a word when it is longer than `length`; a no-break space stays one."""
        line = " ".join(part for part in _SPACES.split(FORBIDDEN.sub(" ", text)) if part)
        if len(line) <= length:
            return line
        cut = line[: length - 1]
        word = cut.rsplit(" ", 1)[0]
        cut = (word if len(word) > 0.7 * length else cut).rstrip(" ,;:.-")
        close = "\u201d" if cut.count("\u201c") > cut.count("\u201d") else ""
        return self.own(f"{cut}…{close}", "shortened text")

    def more(self, left_out: int) -> str:
        return self.own(f"and {left_out} more, see the workbook", "rows not shown") if left_out > 0 else ""

    def folded(self, parts: list[str], most: int, between: str) -> str:
        """The first `most` parts, then how many more there are."""
        more = self.more(len(parts) - most)
        return between.join(parts[:most] + ([more] if more else []))


def _numbered(fact_id: str, prefix: str, end: str) -> bool:
    return fact_id.endswith(end) and fact_id.removeprefix(prefix).removesuffix(end).isdecimal()
