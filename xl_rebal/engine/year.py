"""A taxpayer's year before and with added gains: what they net to, what tax they add, what budget they use.

The one place where year-to-date gains, carryforwards and the return's profile meet; the plan, the comparison with
rules of thumb and the frontier all ask here. A household has its own return and one more for each trust that is a
taxpayer of its own and whose income is known; gains and losses never net across returns.

Assumes of a trust (Form 1041): its gains stay in it and aren't distributed (IRC 643(a)(3)), its income is investment
income, its adjusted gross income is its taxable income (IRC 67(e)), and its state's rate is the household's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xl_rebal.engine.book import Account, Client, FilingStatus, Household, Settings
from xl_rebal.engine.gains import net_gains
from xl_rebal.engine.results import (
    BudgetUse,
    MarginalRates,
    NetGains,
    TaxEstimate,
    TaxProfile,
    sum_of_taxes,
)
from xl_rebal.engine.tax import marginal_rates, tax_on_gains, tax_profile
from xl_rebal.params.types import StatusParameters, TaxParameters

GainsByTaxpayer = Mapping[str, tuple[int, int]]
"""Short- and long-term gain in cents by taxpayer ('' the household's own return, else the account's id)."""


@dataclass(frozen=True, slots=True)
class Year:
    """One taxpayer's return in one tax year, gains realized so far included.

    The household's own year has the `others`: those of its trusts that file for themselves.
    """

    client: Client  # the taxpayer: the household's client, or a trust as if it were one
    params: TaxParameters
    short_cents: int  # realized year to date
    long_cents: int
    others: tuple[Year, ...] = ()

    @classmethod
    def of(cls, household: Household, settings: Settings, params: TaxParameters) -> Year:
        """The household's own year, with those of its other taxpayers by account id."""
        year, on = settings.tax_year, settings.as_of
        trusts = sorted((a for a in household.accounts if a.files_own_return), key=lambda a: a.id)
        others = tuple(
            cls(trust_taxpayer(a, household.client), params, *household.realized_in_cents(a.id, year, on))
            for a in trusts
        )
        return cls(household.client, params, *household.realized_cents(year, on), others)

    @property
    def taxpayers(self) -> tuple[tuple[str, Year], ...]:
        """Every return with its key, the household's own first."""
        return ("", self), *((other.client.id, other) for other in self.others)

    @property
    def realized_cents(self) -> int:
        """Net gain realized so far, both terms, before carryforwards: what a gain budget counts."""
        return self.short_cents + self.long_cents

    @property
    def status(self) -> StatusParameters:
        return self.params.status(self.client.filing_status)

    @property
    def profile(self) -> TaxProfile:
        return tax_profile(self.client, self.params)

    def net(self, short_cents: int = 0, long_cents: int = 0) -> NetGains:
        """The year's gains with these added, netted with the carryforwards."""
        return net_gains(
            self.short_cents + short_cents,
            self.long_cents + long_cents,
            self.client.short_carryforward_cents,
            self.client.long_carryforward_cents,
            self.status.loss_limit_cents,
        )

    def added_tax(self, short_cents: int, long_cents: int) -> TaxEstimate | None:
        """Tax, line by line, that these gains add to this return; None when it is unknown."""
        status = self.client.filing_status
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

    def added_tax_of_all(self, gains: GainsByTaxpayer) -> TaxEstimate | None:
        """Tax that these gains add over all returns, line by line; None when one of them is unknown."""
        return sum_of_taxes(year.added_tax(*gains.get(taxpayer, (0, 0))) for taxpayer, year in self.taxpayers)

    def rates(self, short_cents: int = 0, long_cents: int = 0) -> MarginalRates | None:
        """Rates on the next dollar of gain after these."""
        net = self.net(short_cents, long_cents)
        return marginal_rates(net, self.profile, self.client.filing_status, self.params)

    def budget(self, planned_cents: int = 0) -> BudgetUse | None:
        """Use of the client's gain budget with `planned_cents` of net gain added; None without a budget."""
        limit = self.client.gain_budget_cents
        return None if limit is None else BudgetUse(limit, self.realized_cents, planned_cents)


def trust_taxpayer(account: Account, client: Client) -> Client:
    """An irrevocable trust as a taxpayer; a gain budget or an override of the rate is the household's alone."""
    income = account.own_taxable_income_cents
    return Client(
        account.id,
        account.title,
        FilingStatus.TRUST,
        client.model,
        taxable_income_cents=income,
        other_investment_income_cents=max(0, income or 0),
        state_rate=client.state_rate,
        short_carryforward_cents=account.own_short_carryforward_cents,
        long_carryforward_cents=account.own_long_carryforward_cents,
        source=account.source,
    )
