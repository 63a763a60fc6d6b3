"""Required minimum distributions: who must take how much from which accounts, what is taken, what is left, by when.

Each account's amount is its value on December 31 of the year before, divided by the Uniform Lifetime divisor for the
age attained in the year (IRC 401(a)(9); Reg. 1.401(a)(9)-5(a), -9(c); Pub. 590-B). Own IRAs are taken in total from
any of them, 403(b) contracts likewise among themselves, every other plan by itself; spouses never share
(Reg. 1.408-8(e); IRS RMD FAQs). Roth IRAs and designated Roth accounts have none in the owner's life (IRC 408A(c),
402A(d)(5)).

Limits: the Joint and Last Survivor table is not carried, so a much younger spouse who is sole beneficiary gets a
caveat and the larger, uniform amount. Inherited accounts are always unknown here. Retirement dates, plan loans and
rollovers under way at the year's end are not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from xl_rebal.engine.book import Account, ActivityType, Household, Owner, Registration, Settings
from xl_rebal.engine.results import Rmd, RmdAccount, RmdState
from xl_rebal.errors import ParameterMissing
from xl_rebal.money import money_text, percent_text, share_of
from xl_rebal.params.types import ApplicableAge, RmdParameters, TaxParameters

IRA_POOL = "IRA"
PLAN_403B_POOL = "403(b)"
INHERITED = frozenset((Registration.INHERITED_IRA, Registration.INHERITED_ROTH_IRA))


def rmds(household: Household, settings: Settings, params: TaxParameters) -> tuple[Rmd, ...]:
    """The household's distributions for the tax year: one per owner and pool, client first, inherited accounts last."""
    return tuple(
        _rmd(household, owner, pool, accounts, settings, params.rmd)
        for owner, pool, accounts in _pools(household, params.rmd)
    )


def first_distribution_year(born: date, rule: ApplicableAge) -> int:
    """Year in which the applicable age is reached; its distribution is the first (Reg. 1.401(a)(9)-2(b)).

    Age 70 1/2 is reached six months after the 70th birthday: born 1949-06-30 in 2019, and half a year matters
    only for births from July on.
    """
    months = rule.age * 12
    return (born.year * 12 + born.month - 1 + int(months)) // 12


def applicable_age(born: date, params: RmdParameters) -> ApplicableAge:
    """The starting-age rule for a birth date (IRC 401(a)(9)(C)(v))."""
    for rule in params.applicable_ages:
        if (rule.born_from is None or rule.born_from <= born) and (
            rule.born_to is None or born <= rule.born_to
        ):
            return rule
    raise ParameterMissing(f"No RMD starting age for a birth date of {born}.")


def uniform_divisor(age: int, params: RmdParameters) -> Decimal:
    """Uniform Lifetime divisor for the age attained in the year; the table's last age stands for all above it."""
    last = max(params.uniform_lifetime)
    try:
        return params.uniform_lifetime[min(age, last)]
    except KeyError:
        raise ParameterMissing(f"The Uniform Lifetime table has no divisor for age {age}.") from None


@dataclass(frozen=True, slots=True)
class _Life:
    """What the tax year is in an owner's life, the birth date being known."""

    age: int
    first_year: int
    caveats: tuple[str, ...]


def _pools(household: Household, params: RmdParameters) -> Iterator[tuple[Owner, str, list[Account]]]:
    """Owner, pool and accounts of each distribution, in the order in which they are shown."""
    for owner in Owner:
        pools: dict[str, list[Account]] = {}
        for account in sorted(household.accounts, key=lambda a: a.id):
            if account.owner is not owner:
                continue
            if account.registration in params.ira_pool:
                pools.setdefault(IRA_POOL, []).append(account)
            elif account.registration in params.plan_403b_pool:
                pools.setdefault(PLAN_403B_POOL, []).append(account)
            elif account.registration in params.owner_rmd or account.registration in INHERITED:
                pools.setdefault(account.id, []).append(account)

        def place(pool: str, members: list[Account]) -> tuple[int, str]:
            inherited = members[0].registration in INHERITED
            fixed = {IRA_POOL: 0, PLAN_403B_POOL: 1}
            return (3 if inherited else fixed.get(pool, 2)), pool

        for pool, members in sorted(pools.items(), key=lambda item: place(*item)):
            yield owner, pool, members


def _rmd(
    household: Household,
    owner: Owner,
    pool: str,
    accounts: Sequence[Account],
    settings: Settings,
    params: RmdParameters,
) -> Rmd:
    taken = sum(a.rmd_taken_cents for a in accounts)

    def unknown(age: int | None, rows: tuple[RmdAccount, ...], due: date | None, *caveats: str) -> Rmd:
        return Rmd(owner, pool, RmdState.UNKNOWN, age, rows, None, taken, None, due, caveats)

    blank = tuple(_row(account, None) for account in accounts)
    if accounts[0].registration in INHERITED:
        return unknown(
            None,
            blank,
            None,
            f"{accounts[0].registration.value} {accounts[0].id}: unknown, ask. What must be taken depends on the year of "
            "death, whether the owner had begun distributions, and who the beneficiary is (IRC 401(a)(9)(B), (H)).",
        )
    if owner is Owner.JOINT:
        return unknown(
            None,
            blank,
            None,
            f"A retirement account has one owner: set Owner to Client or Spouse for {_list(accounts)}.",
        )
    client = household.client
    born = client.birth_date if owner is Owner.CLIENT else client.spouse_birth_date
    if born is None:
        column = "Birth Date" if owner is Owner.CLIENT else "Spouse Birth Date"
        return unknown(
            None, blank, None, f"{column} of {client.id} is missing, so it is not known what must be taken."
        )

    year = settings.tax_year
    life = _life(household, owner, born, year, params)
    if year < life.first_year:
        rows = tuple(_row(account, None) for account in accounts)
        return Rmd(owner, pool, RmdState.NOT_DUE, life.age, rows, 0, taken, 0, None, life.caveats)

    deferrable = year == life.first_year
    due = date(year + 1, 4, 1) if deferrable else date(year, 12, 31)
    divisor = uniform_divisor(life.age, params)
    rows = tuple(_row(account, divisor) for account in accounts)
    caveats = (*_pool_caveats(household, accounts, year, settings.as_of, params), *life.caveats)
    missing = [a for a in accounts if a.prior_year_end_cents is None]
    known = sum(row.required_cents or 0 for row in rows)
    if missing:
        more = f" The others require {money_text(known)}." if len(missing) < len(accounts) else ""
        what = (
            f"Prior Year-End Value of {_list(missing)} is missing: enter the value on December 31, {year - 1} "
            f"(0 if the account was opened later).{more}"
        )
        return unknown(life.age, rows, due, what, *caveats)

    left = max(0, known - taken)
    if not known:
        state = RmdState.NOT_DUE
    elif not left:
        state = RmdState.TAKEN
    else:
        state = RmdState.FIRST_YEAR if deferrable else RmdState.DUE
    return Rmd(
        owner,
        pool,
        state,
        life.age,
        rows,
        known,
        taken,
        left,
        due if known else None,
        (*_timing_caveats(life, year, left, due, settings.as_of, params), *caveats),
    )


def _row(account: Account, divisor: Decimal | None) -> RmdAccount:
    """One account's line; its amount is rounded half-up to the cent."""
    balance = account.prior_year_end_cents
    required = None if balance is None or divisor is None else max(0, share_of(balance, Decimal(1), divisor))
    return RmdAccount(account.id, account.registration, balance, divisor, required, account.rmd_taken_cents)


def _life(household: Household, owner: Owner, born: date, year: int, params: RmdParameters) -> _Life:
    """Age attained in the year, first distribution year, and what is uncertain about the person."""
    rule = applicable_age(born, params)
    first = first_distribution_year(born, rule)
    caveats = [rule.caveat] if rule.caveat else []
    client = household.client
    spouse = client.spouse_birth_date if owner is Owner.CLIENT else client.birth_date
    if (
        spouse is not None
        and year >= first
        and spouse.year - born.year > params.joint_table_spouse_years_younger
    ):
        caveats.append(
            f"The spouse is more than {params.joint_table_spouse_years_younger} years younger: if sole beneficiary all "
            "year, the Joint Life table (Pub. 590-B Table II) requires less. The Uniform Lifetime table is used here."
        )
    return _Life(year - born.year, first, tuple(caveats))


def _timing_caveats(
    life: _Life, year: int, left: int, due: date, as_of: date, params: RmdParameters
) -> Iterator[str]:
    """What the first years and a missed date mean (IRC 401(a)(9)(C), 4974; Pub. 590-B)."""
    if left and as_of > due:
        yield (
            f"The due date has passed: the excise tax is {percent_text(float(params.excise_rate), 0)} of what was not "
            f"taken, {percent_text(float(params.excise_reduced_rate), 0)} if corrected in time, and may be waived "
            "(IRC 4974; Form 5329)."
        )
    if left and year == life.first_year:
        yield (
            f"First year: this may wait until {due}, but then two distributions fall in {year + 1}, as that year's own is "
            f"due by {date(year + 1, 12, 31)}."
        )
    if year == life.first_year + 1:
        yield (
            f"If the first distribution (for {year - 1}) was put off, it was due by {date(year, 4, 1)} as well: it is not "
            "in this amount, and what was taken counts toward it first."
        )


def _pool_caveats(
    household: Household, accounts: Sequence[Account], year: int, as_of: date, params: RmdParameters
) -> Iterator[str]:
    """What the rows themselves leave open: employment, and distributions that the Activity sheet knows better."""
    if accounts[0].registration not in params.ira_pool:
        yield (
            "If still working for this plan's employer and not a 5-percent owner, nothing may be required yet "
            "(IRC 401(a)(9)(C)(ii))."
        )
    ids = {a.id for a in accounts}
    seen = sum(
        row.amount_cents
        for row in household.activity
        if row.account_id in ids
        and row.type in (ActivityType.RMD, ActivityType.QCD)
        and row.date.year == year
        and row.date <= as_of
    )
    taken = sum(a.rmd_taken_cents for a in accounts)
    if seen > taken:
        yield (
            f"Activity shows {money_text(seen)} of RMDs and QCDs in {year}, but RMD Taken on the Accounts sheet adds up to "
            f"{money_text(taken)}: check which is right."
        )


def _list(accounts: Sequence[Account]) -> str:
    """`IRA1, IRA2` for messages."""
    return ", ".join(a.id for a in accounts)
