"""Everything the engine says about one household, and what of it needs a person's eye."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum

from xl_rebal.dates import date_text
from xl_rebal.engine.audit import violations
from xl_rebal.engine.book import Household, Settings
from xl_rebal.engine.case import case_of
from xl_rebal.engine.compare import comparisons
from xl_rebal.engine.harvest import harvest_candidates
from xl_rebal.engine.plan import plan_of
from xl_rebal.engine.problems import Problem, Severity, in_order
from xl_rebal.engine.results import PlanState, Review, RmdState, TradeFlag
from xl_rebal.engine.rmd import rmds
from xl_rebal.engine.wash_calendar import wash_statuses
from xl_rebal.engine.wash_sales import wash_sale_matches
from xl_rebal.engine.year import Year
from xl_rebal.money import money_text, quantity_text
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
    """The review of a household, given the problems found in its own data.

    With an ERROR among them nothing that rests on holdings is computed: drift and plan are None.
    """
    own = in_order([*problems, *_washed_elsewhere(household, settings, params)])
    owed = rmds(household, settings, params)
    year = Year.of(household, settings, params)
    budget = year.budget()
    client = household.client
    if any(p.severity is Severity.ERROR for p in own):
        return Review(client.id, client.name, own, None, None, (), (), owed, budget)
    case = case_of(household, settings, params, owed)
    proposed = plan_of(case, year)
    if faults := violations(household, settings, params, proposed):
        failed = [_unsound(household, fault) for fault in faults]
        return Review(client.id, client.name, in_order([*own, *failed]), None, None, (), (), owed, budget)
    return Review(
        client.id,
        client.name,
        own,
        case.before,
        proposed,
        wash_statuses(household, settings.as_of, params.wash_sale, case.calendar),
        harvest_candidates(household, settings, params.wash_sale, case.calendar),
        owed,
        budget,
        comparisons(case, year, proposed),
    )


def _unsound(household: Household, fault: str) -> Problem:
    """A plan that its independent check refuses is never shown; this says why."""
    return Problem(
        Severity.ERROR,
        "plan-unsound",
        household.client.source,
        "",
        "",
        "",
        f"The plan did not pass its independent check, so it is withheld: {fault}.",
        "Report this with the client's rows; other clients are not affected.",
        household.client.id,
    )


def _washed_elsewhere(household: Household, settings: Settings, params: TaxParameters) -> Iterator[Problem]:
    """This year's loss sales that a purchase in another account of the household disallows (IRC 1091).

    A custodian adjusts for purchases in the account of the sale only, so the year's gains as reported are then too low.
    """
    for match in wash_sale_matches(household, settings.as_of, params.wash_sale):
        sale, bought = match.sale, match.replacement
        if sale is None or sale.date.year != settings.tax_year or bought.account_id == sale.account_id:
            continue
        where = household.account(bought.account_id).registration.value
        lost = "for good" if match.permanent else "until the replacement shares are sold"
        yield Problem(
            Severity.WARNING,
            "washed-elsewhere",
            sale.source,
            "",
            "",
            "",
            f"The loss on {sale.symbol} sold {date_text(sale.date)} is a wash sale: {quantity_text(match.quantity)} shares "
            f"were bought in the {where}, so {money_text(match.disallowed_cents)} of it is disallowed {lost}. The "
            "year's gains here are as reported, without that.",
            "Correct the gain of the sale on the Activity sheet, and tell the client's tax preparer.",
            household.client.id,
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
