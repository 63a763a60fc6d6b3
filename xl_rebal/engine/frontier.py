"""The exact curve of drift against tax: how much tax each further point of drift saves, or costs to cure.

Drift left is what lies outside the goals, classes and securities added up, as a share of the household's value.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class FrontierPoint:
    """The least tax with so much drift left, any fraction of a share allowed."""

    drift: float  # fraction of the household's value outside its goals
    tax_cents: int | None  # what these sales add to the year; None: income is unknown
    short_gain_cents: int
    long_gain_cents: int
    sold_cents: int
    cents_per_point: int | None = (
        None  # tax saved by one percentage point more of drift, from here; None at the end
    )

    @property
    def gain_cents(self) -> int:
        return self.short_gain_cents + self.long_gain_cents


class Mark(Enum):
    """A place of interest on the curve."""

    PLAN = "This plan"
    BUDGET = "Within the gain budget"
    ZERO_TAX = "No added tax"
    TODAY = "No trades"


@dataclass(frozen=True, slots=True)
class Frontier:
    """The curve from the least drift that the rules allow to today's; `marks` lie on it, but for PLAN with its whole shares."""

    points: tuple[FrontierPoint, ...]  # drift ascending, tax falling
    marks: tuple[tuple[Mark, FrontierPoint], ...]
