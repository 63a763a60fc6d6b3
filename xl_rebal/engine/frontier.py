"""The exact curve of drift against tax: how much tax each further point of drift saves, or costs to cure.

Drift left is what lies outside the goals, classes and securities added up, as a share of the household's value. Each point is the least tax of any trades that leave no more drift than that (an epsilon constraint), under the
same rules as the plan and with any fraction of a share; the tax of a point is exact for its gains.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise

from xl_rebal.engine.book import BudgetMode, Household, Settings
from xl_rebal.engine.case import Case, case_of
from xl_rebal.engine.plan import budget_cap
from xl_rebal.engine.relaxed import Optimum, Relaxed
from xl_rebal.engine.results import Plan, Rmd
from xl_rebal.engine.year import Year
from xl_rebal.params.types import TaxParameters

POINTS = 10
HALVINGS = 12  # of the interval in which the drift without added tax is sought: to 1/4096 of the curve


@dataclass(frozen=True, slots=True)
class FrontierPoint:
    """The least tax with so much drift left, any fraction of a share allowed; gains and tax are over every return."""

    drift: float  # fraction of the household's value outside its goals
    tax_cents: int | None  # what these sales add to the year; None: income is unknown
    short_gain_cents: int
    long_gain_cents: int
    sold_cents: int
    cents_per_point: int | None = (
        None  # tax saved by each percentage point more of drift, up to the next point
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
    """The curve from the least drift that the rules allow to today's; `marks` beside it.

    The plan's mark lies above the curve by what whole shares and trading cost it; no trades may, where losses could be taken.
    """

    points: tuple[FrontierPoint, ...]  # drift ascending, tax falling
    marks: tuple[tuple[Mark, FrontierPoint], ...]


def frontier(
    household: Household,
    settings: Settings,
    params: TaxParameters,
    rmds: tuple[Rmd, ...],
    plan: Plan,
    points: int = POINTS,
) -> Frontier | None:
    """The curve of a household with `points` points (2 at least), and where its plan lies; None when it has no goals.

    One point where nothing is outside the goals, or nothing of it can be cured.
    """
    case = case_of(household, settings, params, rmds)
    total = case.start.total_cents
    if total <= 0 or not (case.class_goals or case.security_goals):
        return None
    year = Year.of(household, settings, params)
    budget = budget_cap(case, year)
    curve = Relaxed(case, year, budget if settings.gain_budget_mode is BudgetMode.LIMIT else None, curve=True)
    least = curve.least_drift()
    today = case.outside_cents(case.start)
    found = [_point(least, least.outside_cents, total)]
    if today > least.outside_cents + 100:
        steps = max(2, points) - 1
        for i in range(1, steps + 1):
            left = least.outside_cents + (today - least.outside_cents) * i / steps
            found.append(_point(curve.within(left), left, total))
    marks = [(Mark.PLAN, _plan_point(case, plan))]
    if budget is not None:
        within = Relaxed(case, year, budget, curve=True).least_drift()
        marks.append((Mark.BUDGET, _point(within, within.outside_cents, total)))
    if free := _without_tax(curve, found, total):
        marks.append((Mark.ZERO_TAX, free))
    if not any(case.cash_missing().values()):
        marks.append((Mark.TODAY, FrontierPoint(today / total, 0, 0, 0, 0)))
    return Frontier(_with_slopes(found), tuple(marks))


def _point(found: Optimum, outside_cents: float, total_cents: int) -> FrontierPoint:
    return FrontierPoint(
        outside_cents / total_cents, found.tax_cents, found.short_cents, found.long_cents, found.sold_cents
    )


def _plan_point(case: Case, plan: Plan) -> FrontierPoint:
    return FrontierPoint(
        case.outside_cents(plan.after) / case.start.total_cents,
        None if plan.all_tax is None else plan.all_tax.total_cents,
        plan.all_short_gain_cents,
        plan.all_long_gain_cents,
        plan.sold_cents,
    )


def _without_tax(curve: Relaxed, found: list[FrontierPoint], total: int) -> FrontierPoint | None:
    """The least drift that adds no tax, by halving; None where tax is unknown or needed cash causes some anyway."""
    taxes = [p.tax_cents for p in found]
    if any(t is None for t in taxes) or (taxes[-1] or 0) > 0:
        return None
    first = next(i for i, t in enumerate(taxes) if (t or 0) <= 0)
    best = found[first]
    if first == 0:
        return best
    taxed, free = found[first - 1].drift, best.drift
    for _ in range(HALVINGS):
        middle = (taxed + free) / 2
        point = _point(curve.within(middle * total), middle * total, total)
        if (point.tax_cents or 0) <= 0:
            best, free = point, middle
        else:
            taxed = middle
    return best


def _with_slopes(points: list[FrontierPoint]) -> tuple[FrontierPoint, ...]:
    """Each point with the tax that a percentage point more of drift saves until the next."""
    sloped = []
    for point, following in pairwise(points):
        if point.tax_cents is not None and following.tax_cents is not None and following.drift > point.drift:
            saved = (point.tax_cents - following.tax_cents) / (100 * (following.drift - point.drift))
            point = replace(point, cents_per_point=round(saved))
        sloped.append(point)
    return (*sloped, *points[-1:])
