"""Why a plan is as it is: each lot's counterfactual, what each rule costs, what waiting would save, which rules fight.

Every figure is the difference of two optima, both with any fraction of a share: the same household with one thing changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from xl_rebal.engine.results import Rule


@dataclass(frozen=True, slots=True)
class LotReason:
    """One lot that could be sold: what the plan does with it and what the opposite would cost.

    `more_tax_cents` is the tax added when a lot that is sold may not be, or one that is kept is sold to the same
    amount instead; `more_drift` is the drift it would leave besides, as a fraction of the household's value. `sentence`
    says it.
    """

    account_id: str
    symbol: str
    lot_id: str  # '' for a position in a sheltered account
    sold_cents: int  # 0: kept
    gain_cents: int  # of what is sold; of the whole lot when kept
    more_tax_cents: int | None  # None: tax is unknown
    more_drift: float
    sentence: str


@dataclass(frozen=True, slots=True)
class RulePrice:
    """What lifting one rule would save: tax, and drift that could be cured besides."""

    rule: Rule
    what: str  # 'NVDA lot 17 in Trust ...1234', or the rule's own words
    tax_saved_cents: int | None  # negative: more tax, for the drift that it cures
    drift_cured: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """What it would save to wait until lots that the plan sells at a short-term gain turn long-term, prices unchanged."""

    until: date
    lots: tuple[str, ...]  # lot ids
    saves_cents: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answers to "why this lot, not that", "what does this rule cost", "what if we wait", "what stands in the way"."""

    lots: tuple[LotReason, ...]  # sold first, by amount; then kept ones that come closest
    rules: tuple[RulePrice, ...]  # dearest first
    waiting: tuple[Waiting, ...]
    fighting: tuple[
        str, ...
    ]  # the smallest set of rules that together keep the goals out of reach; sentences
