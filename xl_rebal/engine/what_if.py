"""A household's plan under other wishes: another gain budget, tolerance, cash need, or no short-term gains.

The wishes change values that the workbook holds, and the plan is made anew; nothing is approximated.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from xl_rebal.engine.book import BandType, BudgetMode, Household, Owner, Settings, ShortTermGains
from xl_rebal.engine.drift import holdings_cents
from xl_rebal.errors import WishImpossible


@dataclass(frozen=True, slots=True)
class Wishes:
    """What to change; None leaves it as it is in the workbook."""

    gain_budget_cents: int | None = None  # then it holds: drift stays where it must
    class_band: float | None = None  # tolerance of every class, absolute
    cash_cents: int | None = None  # to be paid out of a taxable account, besides what is asked for already
    block_short_term: bool | None = None

    def __post_init__(self) -> None:
        if self.gain_budget_cents is not None and self.gain_budget_cents < 0:
            raise WishImpossible("A gain budget is 0 or more.")
        if self.class_band is not None and not 0 <= self.class_band <= 1:
            raise WishImpossible("A tolerance lies between 0% and 100%.")
        if self.cash_cents is not None and self.cash_cents < 0:
            raise WishImpossible("A cash need is 0 or more.")

    @property
    def any(self) -> bool:
        return self != Wishes()


def wished(household: Household, settings: Settings, wishes: Wishes) -> tuple[Household, Settings]:
    """The household and settings as they would be. Raises WishImpossible for cash that no account could pay."""
    if wishes.gain_budget_cents is not None:
        client = replace(household.client, gain_budget_cents=wishes.gain_budget_cents)
        household = replace(household, client=client)
        settings = replace(settings, gain_budget_mode=BudgetMode.LIMIT)
    if wishes.class_band is not None:
        targets = tuple(
            t
            if t.symbol
            else replace(t, band=wishes.class_band, band_type=BandType.ABSOLUTE, lower=None, upper=None)
            for t in household.targets
        )
        household = replace(household, targets=targets)
    if wishes.cash_cents:
        household = _paying(household, wishes.cash_cents)
    if wishes.block_short_term is not None:
        chosen = ShortTermGains.BLOCK if wishes.block_short_term else ShortTermGains.ALLOW
        settings = replace(settings, short_term_gains=chosen)
    return household, settings


def paying_account(household: Household) -> str:
    """The taxable account with the most in it, a joint one first where equal: the one that cash is taken from."""
    values: dict[str, int] = {}
    for account in household.accounts:
        if account.registration.household_taxable and not account.do_not_trade:
            own = replace(
                household,
                lots=tuple(x for x in household.lots if x.account_id == account.id),
                cash=tuple(c for c in household.cash if c.account_id == account.id),
            )
            values[account.id] = sum(holdings_cents(own)[0].values())
    joint = {a.id for a in household.accounts if a.owner is Owner.JOINT}
    return min(values, key=lambda a: (-values[a], a not in joint, a), default="")


def _paying(household: Household, cents: int) -> Household:
    where = paying_account(household)
    if not where:
        raise WishImpossible(
            "No taxable account of the household may be traded, so no cash can be taken out."
        )
    return replace(
        household,
        accounts=tuple(
            replace(a, withdrawal_cents=a.withdrawal_cents + cents) if a.id == where else a
            for a in household.accounts
        ),
    )
