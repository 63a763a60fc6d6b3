"""Everything that may be said about a client, as values with their exact figure, wording and origin.

A fact is made from engine results by code alone (briefs and drafts only choose and order facts). `display` is the
only spelling of the figure that may appear in a brief, cell, note or email; `token` is what a language model writes
in its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from xl_rebal.engine.problems import Source


class FactKind(Enum):
    MONEY = "money"
    PERCENT = "percent"
    SHARES = "shares"
    COUNT = "count"
    DATE = "date"
    NAME = "name"  # symbol, fund, account type
    TEXT = "text"  # a whole sentence or a CRM quotation


class Direction(Enum):
    """Which way the figure points, for checking that words agree with signs."""

    UP = "up"  # overweight, gain, exceeded, buy
    DOWN = "down"  # underweight, loss, left over, sell
    NONE = "none"


class Topic(Enum):
    HEADER = "header"
    DRIFT = "drift"
    TRADE = "trade"
    REALLOCATE = "reallocate"
    GAIN = "gain"
    TAX = "tax"
    BUDGET = "budget"
    HARVEST = "harvest"
    WASH = "wash"
    RMD = "rmd"
    CASH = "cash"
    CONTRIBUTION = "contribution"
    PROOF = "proof"  # why the plan can be relied on: for the advisor, never in a letter
    NOTE = "note"  # a CRM entry
    DATA = "data"  # a problem or unknown the reader must know of


@dataclass(frozen=True, slots=True)
class Fact:
    """One sayable thing. `id` is unique in its client ('RMD_LEFT', 'TRIM_AAPL_GAIN')."""

    id: str
    topic: Topic
    kind: FactKind
    value: object  # exact: cents, Decimal, float weight, date or text
    display: str
    label: str  # what the figure is, in words, with no figure in it
    direction: Direction = Direction.NONE
    as_of: date | None = None
    rule: str = ""  # e.g. 'IRC 1211(b)'
    sources: tuple[Source, ...] = ()
    mandatory: bool = False  # the email must say it
    private: bool = False  # never leaves the firm (names, account numbers)

    @property
    def token(self) -> str:
        return f"[[{self.id}]]"


@dataclass(frozen=True, slots=True)
class Facts:
    """The fact table of one client for one quarter, in reading order."""

    client_id: str
    client_name: str
    quarter: str
    as_of: date
    facts: tuple[Fact, ...]
    by_id: Mapping[str, Fact] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {fact.id: fact for fact in self.facts})

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.facts)

    def __len__(self) -> int:
        return len(self.facts)

    def get(self, fact_id: str) -> Fact | None:
        return self.by_id.get(fact_id)

    def of(self, topic: Topic) -> tuple[Fact, ...]:
        return tuple(fact for fact in self.facts if fact.topic is topic)
