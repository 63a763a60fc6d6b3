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
from xl_rebal.engine.rmd_checks import FLAGGED_APART
from xl_rebal.engine.wash_basis import adjusted_lots, replacement_shares
from xl_rebal.engine.wash_calendar import wash_statuses
from xl_rebal.engine.wash_results import ReplacementShares
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


HIGH_RISK = (
    Flag.BUDGET,
    Flag.HIGH_GAIN,
    Flag.SHORT_TERM,
    Flag.RESIDUAL,
    Flag.RMD_UNKNOWN,
    Flag.TAX_UNKNOWN,
)
"""Flags of plans that someone besides the advisor should see: a sample always has them, the book summary names them."""


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
    """Loss sales of this year and the last that a purchase elsewhere in the household disallows (IRC 1091).

    A custodian adjusts for purchases of the same security in the account of the sale only, so the gains as reported are then too low, and
    so is the basis of the replacement shares (IRC 1091(d)).
    """
    for shares in replacement_shares(household, settings.as_of, params.wash_sale):
        sale, bought = shares.sale, shares.bought
        if sale.date.year < settings.tax_year - 1 or shares.same_account:
            continue
        where = household.account(bought.account_id).registration.value
        lost = "for good" if shares.permanent else "until the replacement shares are sold"
        gains = "The year's gains here are as reported, without that."
        if sale.date.year != settings.tax_year:
            gains = f"It concerns the return of {sale.date.year}."
        yield Problem(
            Severity.WARNING,
            "washed-elsewhere",
            sale.source,
            "",
            "",
            "",
            f"The loss on {sale.symbol} sold {date_text(sale.date)} is a wash sale: {quantity_text(shares.quantity)} shares "
            f"were bought in the {where}, so {money_text(shares.disallowed_cents)} of it is disallowed {lost}. {gains}"
            + "".join(f" {text}" for text in _carried_over(shares)),
            "Correct the gain of the sale on the Activity sheet, and tell the client's tax preparer.",
            household.client.id,
        )


def _carried_over(shares: ReplacementShares) -> Iterator[str]:
    """What the replacement shares take over, lot by lot, as sentences."""
    for adjusted in adjusted_lots([shares]):
        if adjusted.adjusted_cents is not None and adjusted.lot.basis_cents is not None:
            yield (
                f"{adjusted.lot.source}: the basis is then {money_text(adjusted.adjusted_cents)}, "
                f"not {money_text(adjusted.lot.basis_cents)}."
            )
    if shares.unknown:
        yield shares.unknown


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
    if any(p.severity is Severity.WARNING and p.code not in FLAGGED_APART for p in found.problems):
        result.append(Flag.WARNINGS)
    return tuple(result)
