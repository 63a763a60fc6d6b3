"""Required distributions from inherited IRAs: over a life expectancy, within ten or five years, or nothing yet.

Which it is follows from when the owner died and whether distributions had begun by then, and from what the heir is to
the rules (IRC 401(a)(9)(B), (E), (H); Reg. 1.401(a)(9)-3, -4(e), -5(d), (e); Pub. 590-B). A Roth IRA's owner always dies
before the required beginning date (Reg. 1.408A-6, Q&A-14(b)).

- Heir of a death before 2020, or an eligible designated beneficiary: over the Single Life expectancy.
- Any other individual: all out by the end of the tenth year after death; yearly amounts before that only if
  distributions had begun, and those of 2021 to 2024 were waived (Notices 2022-53, 2023-54, 2024-35).
- The owner's minor child: as eligible until 21, and all out ten years after.
- No person: over the owner's own remaining expectancy if distributions had begun, else all out in five years.

Where a fact is missing or two contradict each other, the answer is a question, not an amount. Limits: one heir for each
account (separate accounts for several), no successor of a dead heir, no look-through trusts, no inherited plans.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from xl_rebal.engine.book import Account, BeneficiaryType, Household, Owner, Registration, Settings
from xl_rebal.engine.results import Rmd, RmdAccount, RmdState
from xl_rebal.engine.rmd_rules import (
    account_row,
    account_value,
    age_reached,
    applicable_age,
    first_distribution_year,
    late_caveat,
    listed,
    required_beginning_date,
    single_life,
    taken_caveat,
    uniform_divisor,
    year_end_missing,
)
from xl_rebal.params.types import RmdParameters

INHERITED = frozenset((Registration.INHERITED_IRA, Registration.INHERITED_ROTH_IRA))

UNKNOWN = ": unknown, ask. "
"""Between an account and what has to be known of it before its distribution is."""
_ONE = Decimal(1)
_OTHER_ELIGIBLE = frozenset(
    (
        BeneficiaryType.MINOR_CHILD,
        BeneficiaryType.DISABLED,
        BeneficiaryType.CHRONICALLY_ILL,
        BeneficiaryType.NOT_MUCH_YOUNGER,
    )
)
_RULES = {
    BeneficiaryType.NON_PERSON: "Five-year rule",
    BeneficiaryType.DESIGNATED: "Ten-year rule",
    BeneficiaryType.MINOR_CHILD: "Ten years after coming of age",
}
_TODAY = "The amount is what it holds at today's prices."


@dataclass(frozen=True, slots=True)
class Inheritance:
    """The facts that decide. A birth date may be unknown where the rule does not need it (`missing_columns` asks)."""

    roth: bool
    death: date
    kind: BeneficiaryType
    owner_born: date | None = None
    heir_born: date | None = None

    def begun(self, params: RmdParameters) -> bool:
        """The owner died on or after the required beginning date."""
        if self.roth or self.owner_born is None:
            return False
        return self.death >= required_beginning_date(self.owner_born, params)

    def ten_years(self, params: RmdParameters) -> bool:
        """The ten-year rule is in force for this death (SECURE Act sec. 401(b))."""
        return self.death >= params.inherited.deaths_from


@dataclass(frozen=True, slots=True)
class Duty:
    """What one year asks of the heir: a divisor, everything, nothing (neither), or a question first."""

    divisor: Decimal | None = None
    everything: bool = False
    due: date | None = None
    notes: tuple[str, ...] = ()
    question: str = ""


# --- The rule ---


def inherited_duty(inheritance: Inheritance, year: int, params: RmdParameters) -> Duty:
    """What must come out in `year`, the year of death or later.

    A designated heir born in 1960, the owner born in 1945 and dead in 2023: 2025 has 22.7, the Single Life expectancy at
    64 (attained in 2024), 23.7, less one for the year since; 2033 takes the rest.
    """
    since = year - inheritance.death.year
    begun = inheritance.begun(params)
    if question := _contradiction(inheritance, params):
        return Duty(question=question)
    if not since:
        if begun:
            return Duty(
                question=f"What the owner had not taken of the {year} distribution is the heir's to take: ask how much of it "
                "was taken before death."
            )
        return Duty(notes=(f"Nothing is due for {year}, the year of death.",))
    out_by = _out_by(inheritance, begun, params)
    end = (
        ""
        if out_by is None
        else f"{_RULES[inheritance.kind]}: all of it must be out by December 31, {out_by}."
    )
    if out_by is not None and year >= out_by:
        return Duty(everything=True, due=date(out_by, 12, 31), notes=(end, _TODAY))
    notes = (*((end,) if end else ()), *_choices(inheritance, begun, year, params))
    if waiting := _nothing_yet(inheritance, begun, year, params):
        return Duty(notes=(waiting, *notes))
    factor = _factor(inheritance, begun, year, params)
    if factor <= _ONE:
        used = "The life expectancy is used up: all of it is due."
        return Duty(everything=True, due=date(year, 12, 31), notes=(used, _TODAY, *notes))
    return Duty(factor, due=date(year, 12, 31), notes=notes)


def _out_by(inheritance: Inheritance, begun: bool, params: RmdParameters) -> int | None:
    """Year by whose end all must be out; None where only a life expectancy ends it."""
    limits, died = params.inherited, inheritance.death.year
    if inheritance.kind is BeneficiaryType.NON_PERSON:
        return None if begun else died + limits.years_without_individual
    if not inheritance.ten_years(params):
        return None
    if inheritance.kind is BeneficiaryType.DESIGNATED:
        return died + limits.years_with_individual
    if inheritance.kind is BeneficiaryType.MINOR_CHILD and inheritance.heir_born is not None:
        return inheritance.heir_born.year + limits.majority_age + limits.years_with_individual
    return None


def _nothing_yet(inheritance: Inheritance, begun: bool, year: int, params: RmdParameters) -> str:
    """Why nothing is due in a year before the last, or ''."""
    kind = inheritance.kind
    ten_years = kind is BeneficiaryType.DESIGNATED and inheritance.ten_years(params)
    if not begun and (kind is BeneficiaryType.NON_PERSON or ten_years):
        return f"Distributions had not begun when the owner died: nothing is due for {year}."
    if ten_years and year in params.inherited.waived_years:
        return f"The amount for {year} was waived (Notices 2022-53, 2023-54, 2024-35)."
    start = _spouse_start(inheritance, begun, params)
    if start is not None and year < start:
        return f"The spouse may wait until {start}, when the owner would have reached the starting age."
    return ""


def _spouse_start(inheritance: Inheritance, begun: bool, params: RmdParameters) -> int | None:
    """First year of a spouse whose owner had not begun: when the owner would have (IRC 401(a)(9)(B)(iv))."""
    if inheritance.kind is not BeneficiaryType.SPOUSE or begun or inheritance.owner_born is None:
        return None
    rule = applicable_age(inheritance.owner_born, params)
    return max(inheritance.death.year + 1, first_distribution_year(inheritance.owner_born, rule))


def _factor(inheritance: Inheritance, begun: bool, year: int, params: RmdParameters) -> Decimal:
    """The longer of the heir's expectancy and, had distributions begun, the owner's (Reg. 1.401(a)(9)-5(d)(3)).

    An heir's is fixed at the age attained in the year after death and falls by one a year; a spouse's is looked up
    anew each year; the owner's is fixed at the age of the year of death and falls by one a year.
    """
    died, heir_born, owner_born = inheritance.death.year, inheritance.heir_born, inheritance.owner_born
    factors = [Decimal(0)]
    if inheritance.kind is BeneficiaryType.SPOUSE and heir_born is not None:
        factors.append(single_life(year - heir_born.year, params))
    elif inheritance.kind is not BeneficiaryType.NON_PERSON and heir_born is not None:
        first = single_life(died + 1 - heir_born.year, params)
        factors.append(first - (year - died - 1))
    if begun and owner_born is not None:
        factors.append(single_life(died - owner_born.year, params) - (year - died))
    return max(factors)


def _choices(inheritance: Inheritance, begun: bool, year: int, params: RmdParameters) -> tuple[str, ...]:
    """What the heir may have chosen or should know, beside the rule that is applied."""
    limits, kind, born = params.inherited, inheritance.kind, inheritance.heir_born
    notes = []
    if kind is BeneficiaryType.SPOUSE and born is not None:
        age = year - born.year
        own = f", {uniform_divisor(age, params)} at {age}" if age >= min(params.uniform_lifetime) else ""
        notes.append(
            "The spouse is taken as a beneficiary, by the Single Life table. Treating the IRA as one's own, or the "
            f"election of SECURE 2.0 sec. 327, gives the Uniform Lifetime divisor{own}, and requires less: ask."
        )
    if (
        not begun
        and inheritance.ten_years(params)
        and (kind is BeneficiaryType.SPOUSE or kind in _OTHER_ELIGIBLE)
    ):
        last = inheritance.death.year + limits.years_with_individual
        notes.append(f"If the ten-year rule was chosen instead, nothing is due before December 31, {last}.")
    if (
        kind is BeneficiaryType.DESIGNATED
        and inheritance.ten_years(params)
        and _much_younger(inheritance, params) is False
    ):
        notes.append(
            f"By the birth dates the heir is not more than {limits.years_younger} years younger than the owner, so may take "
            f"it over life expectancy: if so, enter {BeneficiaryType.NOT_MUCH_YOUNGER.value!r} as Beneficiary Type."
        )
    return tuple(notes)


def _much_younger(inheritance: Inheritance, params: RmdParameters) -> bool | None:
    """Born more than ten years after the owner (Reg. 1.401(a)(9)-4(e)(6)); None when a birth date is unknown."""
    if inheritance.heir_born is None or inheritance.owner_born is None:
        return None
    return inheritance.heir_born > age_reached(
        inheritance.owner_born, Decimal(params.inherited.years_younger)
    )


def _contradiction(inheritance: Inheritance, params: RmdParameters) -> str:
    """Facts that can't all be true, as a question; or ''."""
    limits, kind = params.inherited, inheritance.kind
    if inheritance.owner_born is not None and inheritance.owner_born > inheritance.death:
        return "Owner Birth Date is after Owner Death Date: correct one of them."
    if (
        kind is not BeneficiaryType.NON_PERSON
        and inheritance.heir_born is not None
        and inheritance.heir_born.year > inheritance.death.year + 1
    ):
        return "The heir's birth date is after Owner Death Date: correct one of them."
    if not inheritance.ten_years(params):
        return ""
    if kind is BeneficiaryType.MINOR_CHILD and inheritance.heir_born is not None:
        of_age = age_reached(inheritance.heir_born, Decimal(limits.majority_age))
        if of_age <= inheritance.death:
            return (
                f"Beneficiary Type says {kind.value}, but the heir was {limits.majority_age} on {of_age}, before the owner "
                f"died: enter {BeneficiaryType.DESIGNATED.value}, or correct the dates."
            )
    if kind is BeneficiaryType.NOT_MUCH_YOUNGER and _much_younger(inheritance, params):
        return (
            f"Beneficiary Type says {kind.value}, but by the birth dates the heir is more than {limits.years_younger} years "
            f"younger: enter {BeneficiaryType.DESIGNATED.value}, or correct the dates."
        )
    return ""


# --- What is known of the accounts ---


def missing_columns(
    roth: bool,
    death: date | None,
    kind: BeneficiaryType | None,
    owner_born: date | None,
    heir_born: date | None,
    params: RmdParameters,
) -> tuple[str, ...]:
    """Headers of the facts that the rule needs and the book lacks; 'Birth Date' stands for the heir's."""
    absent = []
    if death is None:
        absent.append("Owner Death Date")
    if kind is None:
        absent.append("Beneficiary Type")
    if owner_born is None and not (roth and kind is not BeneficiaryType.SPOUSE):
        absent.append("Owner Birth Date")
    if absent or death is None or kind in (None, BeneficiaryType.NON_PERSON) or heir_born is not None:
        return tuple(absent)
    known = Inheritance(roth, death, kind, owner_born)
    in_ten_years = kind is BeneficiaryType.DESIGNATED and known.ten_years(params)
    return () if in_ten_years and not known.begun(params) else ("Birth Date",)


def inherited_rmd(
    household: Household,
    owner: Owner,
    pool: str,
    accounts: Sequence[Account],
    settings: Settings,
    params: RmdParameters,
) -> Rmd:
    """The distribution of accounts that one heir (`owner`) has from the same person; unknown with the exact question."""
    year, client = settings.tax_year, household.client
    heir_born = {Owner.CLIENT: client.birth_date, Owner.SPOUSE: client.spouse_birth_date}.get(owner)
    taken = sum(a.rmd_taken_cents for a in accounts)
    name = f"{accounts[0].registration.value} {listed(accounts)}"
    blank = tuple(account_row(account, None) for account in accounts)
    age: int | None = None

    def unknown(question: str, rows: tuple[RmdAccount, ...] = blank, due: date | None = None) -> Rmd:
        return Rmd(owner, pool, RmdState.UNKNOWN, age, rows, None, taken, None, due, (question,))

    if owner is Owner.JOINT:
        return unknown(
            f"A retirement account has one owner: set Owner to Client or Spouse for {listed(accounts)}."
        )
    deaths = {a.owner_death_date for a in accounts} - {None}
    births = {a.owner_birth_date for a in accounts} - {None}
    kinds = {a.beneficiary_type for a in accounts} - {None}
    for header, values in (
        ("Owner Death Date", deaths),
        ("Owner Birth Date", births),
        ("Beneficiary Type", kinds),
    ):
        if len(values) > 1:
            return unknown(
                f"{name}: Inherited From is the same, but {header} differs. Correct it, or tell the two persons apart."
            )
    death, owner_born, kind = next(iter(deaths), None), next(iter(births), None), next(iter(kinds), None)
    roth = accounts[0].registration is Registration.INHERITED_ROTH_IRA
    absent = missing_columns(roth, death, kind, owner_born, heir_born, params)
    if absent or death is None or kind is None:
        return unknown(f"{name}{UNKNOWN}{_to_enter(absent, owner, client.id)}")
    if death > settings.as_of or death.year > year:
        return unknown(
            f"{name}: Owner Death Date {death} is after the tax year or the as-of date: correct it."
        )
    if heir_born is not None and kind is not BeneficiaryType.NON_PERSON:
        age = year - heir_born.year

    duty = inherited_duty(Inheritance(roth, death, kind, owner_born, heir_born), year, params)
    if duty.question:
        return unknown(f"{name}{UNKNOWN}{duty.question}")
    notes = (
        *duty.notes,
        *_alone(household, owner, accounts),
        *taken_caveat(household, accounts, year, settings.as_of),
    )
    if duty.due is None:
        return Rmd(owner, pool, RmdState.NOT_DUE, age, blank, 0, taken, 0, None, notes)
    rows = _rows(household, accounts, duty)
    lacking = [a for a, row in zip(accounts, rows, strict=True) if row.required_cents is None]
    known = sum(row.required_cents or 0 for row in rows)
    if lacking:
        rest = known if len(lacking) < len(accounts) else None
        return unknown(year_end_missing(lacking, year, rest), rows, duty.due)
    left = max(0, known - taken)
    state = RmdState.NOT_DUE if not known else RmdState.DUE if left else RmdState.TAKEN
    late = late_caveat(left, duty.due, settings.as_of, params)
    return Rmd(
        owner, pool, state, age, rows, known, taken, left, duty.due if known else None, (*late, *notes)
    )


def _rows(household: Household, accounts: Sequence[Account], duty: Duty) -> tuple[RmdAccount, ...]:
    """Each account's line. 'Everything' is what it holds now and what has come out, whatever the year began with."""
    if not duty.everything:
        return tuple(account_row(account, duty.divisor) for account in accounts)
    rows = []
    for account in accounts:
        row = account_row(account, _ONE)
        value = account_value(household, account)
        whole = row.required_cents if value is None else max(0, value) + account.rmd_taken_cents
        rows.append(
            RmdAccount(
                row.account_id,
                row.registration,
                row.prior_year_end_cents,
                row.divisor,
                whole,
                row.taken_cents,
            )
        )
    return tuple(rows)


def _alone(household: Household, owner: Owner, accounts: Sequence[Account]) -> tuple[str, ...]:
    """Asks whom an account comes from when another might share its distribution (Reg. 1.408-8(e))."""
    first = accounts[0]
    others = [
        a
        for a in household.accounts
        if a.owner is owner and a.registration is first.registration and a not in accounts
    ]
    if first.inherited_from or not others:
        return ()
    return (f"Inherited From of {first.id} is missing: it is taken alone, not with {listed(others)}.",)


def _to_enter(absent: Sequence[str], owner: Owner, client_id: str) -> str:
    """`Facts ... are missing: enter Owner Death Date and Beneficiary Type on the Accounts sheet.`"""
    here = [header for header in absent if header != "Birth Date"]
    parts = []
    if here:
        words = f"{', '.join(here[:-1])} and {here[-1]}" if len(here) > 1 else here[0]
        parts.append(f"{words} on the Accounts sheet")
    if "Birth Date" in absent:
        header = "Spouse Birth Date" if owner is Owner.SPOUSE else "Birth Date"
        parts.append(f"{header} of {client_id} on the Clients sheet")
    return f"Facts that decide it are missing (IRC 401(a)(9)(B), (H)): enter {', '.join(parts)}."
