"""The tax parameters of one year, frozen and checked: all the engine ever sees of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from xl_rebal.engine.book import FilingStatus, Registration
from xl_rebal.errors import ParameterInvalid, ParameterMissing


@dataclass(frozen=True, slots=True)
class Brackets:
    """Marginal rates: `rates[i]` applies up to `tops_cents[i]`; the last rate has no top."""

    rates: tuple[Decimal, ...]
    tops_cents: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.rates) != len(self.tops_cents) + 1:
            raise ParameterInvalid("Brackets need one rate more than tops.")
        if list(self.tops_cents) != sorted(set(self.tops_cents)) or list(self.rates) != sorted(self.rates):
            raise ParameterInvalid("Bracket tops and rates must rise.")


@dataclass(frozen=True, slots=True)
class StatusParameters:
    """Federal figures for one filing status in one tax year."""

    ordinary: Brackets
    long_term: Brackets  # 0 %, 15 %, 20 % on total taxable income, gains stacked on top (IRC 1(h))
    niit_threshold_cents: int  # IRC 1411(b), not indexed; of a trust: its top bracket (1411(a)(2))
    loss_limit_cents: int  # IRC 1211(b)
    standard_deduction_cents: int


@dataclass(frozen=True, slots=True)
class ApplicableAge:
    """RMD starting age for births from `born_from` to `born_to`, both included; None is open."""

    born_from: date | None
    born_to: date | None
    age: Decimal  # 70.5, 72, 73, 75
    caveat: str = ""


@dataclass(frozen=True, slots=True)
class InheritedParameters:
    """Limits of the rules for beneficiaries (IRC 401(a)(9)(B), (E), (H))."""

    deaths_from: date  # of owners whose individual beneficiaries have the ten-year rule
    years_with_individual: int  # all out by the end of this year after death (10)
    years_without_individual: int  # the same, when no person inherits (5)
    majority_age: int  # an owner's child is a minor until then
    years_younger: int  # a beneficiary not more than this younger is eligible
    waived_years: range  # yearly amounts of the ten-year rule that nobody had to take


@dataclass(frozen=True, slots=True)
class RmdParameters:
    uniform_lifetime: Mapping[int, Decimal]  # age attained in the distribution year -> divisor
    single_life: Mapping[int, Decimal]
    applicable_ages: tuple[ApplicableAge, ...]
    joint_life: Mapping[int, Mapping[int, Decimal]]  # owner's age -> spouse's age -> divisor
    joint_table_spouse_years_younger: int  # sole beneficiary and more than this younger: the joint table
    owner_rmd: frozenset[Registration]  # registrations whose owner must take one
    ira_pool: frozenset[Registration]  # may be taken in total from any of them
    plan_403b_pool: frozenset[Registration]
    excise_rate: Decimal
    excise_reduced_rate: Decimal
    excise_correction_years: int  # the correction window ends with the year so many years after the tax's
    qcd_limit_cents: int  # per person and year
    qcd_age: Decimal  # reached on the day of the gift
    inherited: InheritedParameters


@dataclass(frozen=True, slots=True)
class WashSaleParameters:
    days_before: int  # IRC 1091(a): 30 days before or after, both ends counted
    days_after: int


@dataclass(frozen=True, slots=True)
class TaxParameters:
    """Everything the engine may know about tax law for one tax year.

    `sources` maps a dotted name ('niit.rate') to the citation shown beside a figure that used it.
    """

    tax_year: int
    by_status: Mapping[FilingStatus, StatusParameters]
    niit_rate: Decimal
    collectibles_rate: Decimal  # the most that long-term gain on them is taxed at; no figure has it
    early_rate: Decimal  # additional tax on a distribution before the early age; no figure has it
    early_age: Decimal
    rmd: RmdParameters
    wash_sale: WashSaleParameters
    sources: Mapping[str, str]

    def status(self, status: FilingStatus) -> StatusParameters:
        try:
            return self.by_status[status]
        except KeyError:
            raise ParameterMissing(
                f"No federal parameters for filing status {status.value!r} in tax year {self.tax_year}."
            ) from None
