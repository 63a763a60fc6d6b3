"""What every distribution rests on: ages, dates and divisors of the tables, an account's line, and what being late costs."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from xl_rebal.engine.book import Account, ActivityType, Household, Security
from xl_rebal.engine.results import RmdAccount
from xl_rebal.errors import ParameterMissing
from xl_rebal.money import money_text, percent_text, rate_of, share_of, value_cents
from xl_rebal.params.types import ApplicableAge, RmdParameters

# --- Ages and dates ---


def applicable_age(born: date, params: RmdParameters) -> ApplicableAge:
    """The starting-age rule for a birth date (IRC 401(a)(9)(C)(v))."""
    for rule in params.applicable_ages:
        if (rule.born_from is None or rule.born_from <= born) and (
            rule.born_to is None or born <= rule.born_to
        ):
            return rule
    raise ParameterMissing(f"No RMD starting age for a birth date of {born}.")


def first_distribution_year(born: date, rule: ApplicableAge) -> int:
    """Year in which the applicable age is reached; its distribution is the first (Reg. 1.401(a)(9)-2(b)).

    Age 70 1/2 is reached six months after the 70th birthday: born 1949-06-30 in 2019, and half a year matters
    only for births from July on.
    """
    months = rule.age * 12
    return (born.year * 12 + born.month - 1 + int(months)) // 12


def required_beginning_date(born: date, params: RmdParameters) -> date:
    """April 1 of the year after the first distribution year (IRC 401(a)(9)(C); an IRA owner's work doesn't put it off)."""
    return date(first_distribution_year(born, applicable_age(born, params)) + 1, 4, 1)


def age_reached(born: date, age: Decimal) -> date:
    """The day on which an age is reached; half a year is six calendar months after the birthday (Pub. 590-B)."""
    months = born.year * 12 + born.month - 1 + int(age * 12)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(born.day, monthrange(year, month + 1)[1]))


# --- Divisors ---


def uniform_divisor(age: int, params: RmdParameters) -> Decimal:
    """Uniform Lifetime divisor for the age attained in the year; the table's last age stands for all above it."""
    last = max(params.uniform_lifetime)
    try:
        return params.uniform_lifetime[min(age, last)]
    except KeyError:
        raise ParameterMissing(f"The Uniform Lifetime table has no divisor for age {age}.") from None


def joint_divisor(age: int, spouse_age: int, params: RmdParameters) -> Decimal | None:
    """Joint and Last Survivor divisor for the ages attained in the year; None where that table does not apply.

    It applies to a spouse *more* than ten years younger (Reg. 1.401(a)(9)-5(c)(2)): 75 and 64, but not 75 and 65. A
    pair that the table does not have (a spouse under 20) gives None as well.
    """
    if age - spouse_age <= params.joint_table_spouse_years_younger:
        return None
    return params.joint_life[min(age, max(params.joint_life))].get(spouse_age)


def single_life(age: int, params: RmdParameters) -> Decimal:
    """Single Life expectancy at an age (Reg. 1.401(a)(9)-9(b); Pub. 590-B Table I)."""
    return params.single_life[min(age, max(params.single_life))]


# --- Accounts ---


def account_row(account: Account, divisor: Decimal | None) -> RmdAccount:
    """One account's line; its amount is rounded half-up to the cent."""
    balance = account.prior_year_end_cents
    required = None if balance is None or divisor is None else max(0, share_of(balance, Decimal(1), divisor))
    return RmdAccount(account.id, account.registration, balance, divisor, required, account.rmd_taken_cents)


def account_value(household: Household, account: Account) -> int | None:
    """What the account holds at today's prices, in cents; None when a price is missing."""
    total = household.cash_cents(account.id)
    for lot in household.lots:
        if lot.account_id != account.id:
            continue
        security: Security | None = household.securities.get(lot.symbol)
        if security is None or security.price is None:
            return None
        total += value_cents(lot.quantity, security.price)
    return total


def listed(accounts: Iterable[Account]) -> str:
    """`IRA1, IRA2` for messages."""
    return ", ".join(a.id for a in accounts)


# --- What a person must know beside the amount ---


def year_end_missing(missing: Sequence[Account], year: int, rest: int | None) -> str:
    """Asks for the December 31 values of `missing`; `rest` is what the other accounts require, None without any."""
    more = "" if rest is None else f" The others require {money_text(rest)}."
    return (
        f"Prior Year-End Value of {listed(missing)} is missing: enter the value on December 31, {year - 1} "
        f"(0 if the account was opened later).{more}"
    )


def late_caveat(left: int, due: date, as_of: date, params: RmdParameters) -> tuple[str, ...]:
    """What a missed due date costs (IRC 4974(a), (e); Form 5329), as no sentence or one."""
    if not left or as_of <= due:
        return ()
    full, reduced = params.excise_rate, params.excise_reduced_rate
    return (
        f"The due date, {due}, has passed with {money_text(left)} not taken: the excise tax on it is "
        f"{money_text(rate_of(left, full))} ({percent_text(float(full), 0)}), or "
        f"{money_text(rate_of(left, reduced))} ({percent_text(float(reduced), 0)}) if corrected by December 31, "
        f"{due.year + params.excise_correction_years}, and may be waived (IRC 4974; Form 5329).",
    )


def taken_caveat(
    household: Household, accounts: Sequence[Account], year: int, as_of: date
) -> tuple[str, ...]:
    """Distributions of the year that Activity has and the Accounts sheet lacks, as no sentence or one."""
    ids = {a.id for a in accounts}
    rows = [
        row
        for row in household.activity
        if row.account_id in ids
        and row.type in (ActivityType.RMD, ActivityType.QCD)
        and row.date.year == year
        and row.date <= as_of
    ]
    seen, taken = sum(row.amount_cents for row in rows), sum(a.rmd_taken_cents for a in accounts)
    if seen <= taken:
        return ()
    gifts = sum(row.amount_cents for row in rows if row.type is ActivityType.QCD)
    of_it = f" ({money_text(gifts)} of it QCDs, which count)" if gifts else ""
    return (
        f"Activity shows {money_text(seen)} of RMDs and QCDs in {year}{of_it}, but RMD Taken on the Accounts sheet adds up to "
        f"{money_text(taken)}: check which is right.",
    )
