"""A household's tax year before and with added gains: what they net to, what tax they add, what budget they use.

The one place where year-to-date gains, carryforwards and the return's profile meet; the plan, the comparison with
rules of thumb and the frontier all ask here.
"""

from __future__ import annotations

from dataclasses import dataclass

from xl_rebal.engine.book import Household, Settings
from xl_rebal.engine.gains import net_gains
from xl_rebal.engine.results import BudgetUse, MarginalRates, NetGains, TaxEstimate, TaxProfile
from xl_rebal.engine.tax import marginal_rates, tax_on_gains, tax_profile
from xl_rebal.params.types import StatusParameters, TaxParameters


@dataclass(frozen=True, slots=True)
class Year:
    """The household's own return in one tax year, gains realized so far included."""

    household: Household
    params: TaxParameters
    short_cents: int  # realized year to date
    long_cents: int

    @classmethod
    def of(cls, household: Household, settings: Settings, params: TaxParameters) -> Year:
        return cls(household, params, *household.realized_cents(settings.tax_year, settings.as_of))

    @property
    def realized_cents(self) -> int:
        """Net gain realized so far, both terms, before carryforwards: what a gain budget counts."""
        return self.short_cents + self.long_cents

    @property
    def status(self) -> StatusParameters:
        return self.params.status(self.household.client.filing_status)

    @property
    def profile(self) -> TaxProfile:
        return tax_profile(self.household.client, self.params)

    def net(self, short_cents: int = 0, long_cents: int = 0) -> NetGains:
        """The year's gains with these added, netted with the carryforwards."""
        client = self.household.client
        return net_gains(
            self.short_cents + short_cents,
            self.long_cents + long_cents,
            client.short_carryforward_cents,
            client.long_carryforward_cents,
            self.status.loss_limit_cents,
        )

    def added_tax(self, short_cents: int, long_cents: int) -> TaxEstimate | None:
        """Tax, line by line, that these gains add to the year; None when it is unknown."""
        status = self.household.client.filing_status
        before = tax_on_gains(self.net(), self.profile, status, self.params)
        after = tax_on_gains(self.net(short_cents, long_cents), self.profile, status, self.params)
        if before is None or after is None:
            return None
        return TaxEstimate(
            after.ordinary_cents - before.ordinary_cents,
            after.long_term_cents - before.long_term_cents,
            after.niit_cents - before.niit_cents,
            after.state_cents - before.state_cents,
        )

    def rates(self, short_cents: int = 0, long_cents: int = 0) -> MarginalRates | None:
        """Rates on the next dollar of gain after these."""
        net = self.net(short_cents, long_cents)
        return marginal_rates(net, self.profile, self.household.client.filing_status, self.params)

    def budget(self, planned_cents: int = 0) -> BudgetUse | None:
        """Use of the client's gain budget with `planned_cents` of net gain added; None without a budget."""
        limit = self.household.client.gain_budget_cents
        return None if limit is None else BudgetUse(limit, self.realized_cents, planned_cents)
