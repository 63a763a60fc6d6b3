"""Everything the engine says about one household, and what of it needs a person's eye."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from xl_rebal.engine.book import Household, Settings
from xl_rebal.engine.drift import drift
from xl_rebal.engine.harvest import harvest_candidates
from xl_rebal.engine.plan import plan
from xl_rebal.engine.problems import Problem, Severity, in_order
from xl_rebal.engine.results import BudgetUse, PlanState, Review, RmdState, TradeFlag
from xl_rebal.engine.rmd import rmds
from xl_rebal.engine.wash_sales import wash_statuses
from xl_rebal.params.types import TaxParameters


class Flag(Enum):
    """What needs attention; the text is what dashboard, brief and terminal show."""

    WITHHELD = "Data errors: withheld"
    BUDGET = "Gain budget exceeded"
    HIGH_GAIN = "High gain"
    SHORT_TERM = "Short-term gain"
    RESIDUAL = "Drift or cash need remains"
    RMD_LEFT = "RMD left to take"
    RMD_UNKNOWN = "RMD unknown"
    HARVEST = "Harvest candidate"
    TAX_UNKNOWN = "Tax unknown"
    WARNINGS = "Data warnings"


def review(
    household: Household, settings: Settings, params: TaxParameters, problems: Iterable[Problem]
) -> Review:
    """The review of a household, given the problems found in its data.

    With an ERROR among them nothing that rests on holdings is computed: drift and plan are None.
    """
    own = in_order(p for p in problems if p.client_id == household.client.id)
    owed = rmds(household, settings, params)
    realized = sum(household.realized_cents(settings.tax_year, settings.as_of))
    limit = household.client.gain_budget_cents
    budget = None if limit is None else BudgetUse(limit, realized, 0)
    client = household.client
    if any(p.severity is Severity.ERROR for p in own):
        return Review(client.id, client.name, own, None, None, (), (), owed, budget)
    return Review(
        client.id,
        client.name,
        own,
        drift(household, settings),
        plan(household, settings, params, owed),
        wash_statuses(household, settings.as_of, params.wash_sale),
        harvest_candidates(household, settings, params.wash_sale),
        owed,
        budget,
    )


def flags(found: Review) -> tuple[Flag, ...]:
    """What of a review needs a person's eye, most pressing first; none means a quiet quarter."""
    result = []
    chosen = found.plan
    if chosen is None:
        result.append(Flag.WITHHELD)
    else:
        marks = {flag for trade in chosen.trades for flag in trade.flags}
        if chosen.budget is not None and chosen.budget.excess_cents > 0:
            result.append(Flag.BUDGET)
        if TradeFlag.HIGH_GAIN in marks:
            result.append(Flag.HIGH_GAIN)
        if TradeFlag.SHORT_TERM in marks:
            result.append(Flag.SHORT_TERM)
        if chosen.state is PlanState.RESIDUAL:
            result.append(Flag.RESIDUAL)
        if chosen.trades and chosen.tax is None:
            result.append(Flag.TAX_UNKNOWN)
    if any(r.state is RmdState.DUE and r.left_cents for r in found.rmds):
        result.append(Flag.RMD_LEFT)
    if any(r.state is RmdState.UNKNOWN for r in found.rmds):
        result.append(Flag.RMD_UNKNOWN)
    if found.harvest:
        result.append(Flag.HARVEST)
    if any(p.severity is Severity.WARNING for p in found.problems):
        result.append(Flag.WARNINGS)
    return tuple(result)
