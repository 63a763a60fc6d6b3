"""Required minimum distributions: who must take how much from which accounts, what is taken, what is left, by when.

Each account's amount is its value on December 31 of the year before, divided by the Uniform Lifetime divisor for the
age attained in the year, or by the Joint and Last Survivor divisor when the spouse is sole beneficiary and more than ten
years younger (IRC 401(a)(9); Reg. 1.401(a)(9)-5(a), (c), -9(c), (d)). Own IRAs are taken in total from any of them,
403(b) contracts likewise among themselves, accounts inherited from the same person likewise, every other plan by
itself; spouses never share (Reg. 1.408-8(e); IRS RMD FAQs). A withdrawal that is asked for from one of its accounts
counts toward it, as any distribution of the year does (Reg. 1.401(a)(9)-5(a)). Roth IRAs and designated Roth accounts have none in the
owner's life (IRC 408A(c), 402A(d)(5)). Inherited accounts have their own rules: `engine.rmd_inherited`.

Limits: retirement dates, plan loans, rollovers under way at the year's end and a first distribution put off from last
year are not known. Where the sole beneficiary is not known, the larger, uniform amount is taken and the other is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from xl_rebal.engine.book import (
    Account,
    Activity,
    ActivityType,
    FilingStatus,
    Household,
    Owner,
    Settings,
    SoleBeneficiary,
)
from xl_rebal.engine.results import Rmd, RmdAccount, RmdState
from xl_rebal.engine.rmd_inherited import INHERITED, inherited_rmd
from xl_rebal.engine.rmd_rules import (
    account_row,
    age_reached,
    applicable_age,
    first_distribution_year,
    joint_divisor,
    late_caveat,
    listed,
    taken_caveat,
    uniform_divisor,
    year_end_missing,
)
from xl_rebal.money import money_text
from xl_rebal.params.types import RmdParameters, TaxParameters

IRA_POOL = "IRA"
PLAN_403B_POOL = "403(b)"
WITHDRAWAL_COUNTS = "A withdrawal counts toward the required minimum distribution (Reg. 1.401(a)(9)-5(a))"
"""How the caveat begins that says so; what it meets is a figure of its own."""
_UNMARRIED = frozenset((FilingStatus.SINGLE, FilingStatus.QUALIFYING_SURVIVOR))


def rmds(household: Household, settings: Settings, params: TaxParameters) -> tuple[Rmd, ...]:
    """The household's distributions for the tax year: one per owner and pool, client first, inherited accounts last."""
    found: list[Rmd] = []
    for owner, pool, accounts in _pools(household, params.rmd):
        of_pool = inherited_rmd if accounts[0].registration in INHERITED else _own_rmd
        found.append(of_pool(household, owner, pool, accounts, settings, params.rmd))
    asked = [_with_withdrawals(rmd, household, settings) for rmd in found]
    return tuple(_with_qcd_caveats(asked, household, settings, params.rmd))


# --- Pools ---


def _pools(household: Household, params: RmdParameters) -> Iterator[tuple[Owner, str, list[Account]]]:
    """Owner, pool and accounts of each distribution, in the order in which they are shown."""
    for owner in Owner:
        pools: dict[tuple[int, str], list[Account]] = {}
        for account in sorted(household.accounts, key=lambda a: a.id):
            if account.owner is owner and (place := _place(account, params)) is not None:
                pools.setdefault(place, []).append(account)
        for (order, pool), members in sorted(pools.items()):
            yield owner, _inherited_pool(members) if order == _INHERITED_LAST else pool, members


_INHERITED_LAST = 3


def _place(account: Account, params: RmdParameters) -> tuple[int, str] | None:
    """Order and key of the pool that an account belongs to; None for an account without distributions.

    Inherited IRAs share with those from the same person only, Roth with Roth (Reg. 1.408-8(e)(2), (3)).
    """
    if account.registration in INHERITED:
        person = account.inherited_from.casefold()
        return _INHERITED_LAST, f"{account.registration.value} {person}" if person else account.id
    if account.registration in params.ira_pool:
        return 0, IRA_POOL
    if account.registration in params.plan_403b_pool:
        return 1, PLAN_403B_POOL
    return (2, account.id) if account.registration in params.owner_rmd else None


def _inherited_pool(members: Sequence[Account]) -> str:
    """The account's ID, or `Inherited IRA from Ruth Abel` for several that share."""
    first = members[0]
    return f"{first.registration.value} from {first.inherited_from}" if len(members) > 1 else first.id


# --- An owner's own accounts ---


@dataclass(frozen=True, slots=True)
class _Life:
    """What the tax year is in an owner's life, the birth date being known."""

    age: int
    first_year: int
    spouse_age: int | None
    caveats: tuple[str, ...]


def _own_rmd(
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

    blank = tuple(account_row(account, None) for account in accounts)
    if owner is Owner.JOINT:
        return unknown(
            None,
            blank,
            None,
            f"A retirement account has one owner: set Owner to Client or Spouse for {listed(accounts)}.",
        )
    born, spouse_born = _births(household, owner)
    if born is None:
        column = "Birth Date" if owner is Owner.CLIENT else "Spouse Birth Date"
        what = f"{column} of {household.client.id} is missing, so it is not known what must be taken."
        return unknown(None, blank, None, what)

    year, as_of = settings.tax_year, settings.as_of
    rule = applicable_age(born, params)
    life = _Life(
        year - born.year,
        first_distribution_year(born, rule),
        None if spouse_born is None else year - spouse_born.year,
        (rule.caveat,) if rule.caveat else (),
    )
    if year < life.first_year:
        return Rmd(owner, pool, RmdState.NOT_DUE, life.age, blank, 0, taken, 0, None, life.caveats)

    deferrable = year == life.first_year
    due = date(year + 1, 4, 1) if deferrable else date(year, 12, 31)
    divisors = [_divisor(household, account, life, params) for account in accounts]
    rows = tuple(account_row(account, divisor) for account, divisor in zip(accounts, divisors, strict=True))
    caveats = (
        *_plan_caveat(accounts, params),
        *taken_caveat(household, accounts, year, as_of),
        *_joint_caveats(household, accounts, life, params),
        *life.caveats,
    )
    missing = [a for a in accounts if a.prior_year_end_cents is None]
    known = sum(row.required_cents or 0 for row in rows)
    if missing:
        rest = known if len(missing) < len(accounts) else None
        return unknown(life.age, rows, due, year_end_missing(missing, year, rest), *caveats)

    left = max(0, known - taken)
    return Rmd(
        owner,
        pool,
        _state(known, left, deferrable and as_of <= due),
        life.age,
        rows,
        known,
        taken,
        left,
        due if known else None,
        (
            *late_caveat(left, due, as_of, params),
            *_first_year_caveats(life, year, left, due, as_of),
            *caveats,
        ),
    )


def _state(required: int, left: int, may_wait: bool) -> RmdState:
    if not required:
        return RmdState.NOT_DUE
    if not left:
        return RmdState.TAKEN
    return RmdState.FIRST_YEAR if may_wait else RmdState.DUE


def _births(household: Household, owner: Owner) -> tuple[date | None, date | None]:
    """The owner's and the owner's spouse's birth dates."""
    client = household.client
    dates = (client.birth_date, client.spouse_birth_date)
    return dates if owner is Owner.CLIENT else dates[::-1]


def _divisor(household: Household, account: Account, life: _Life, params: RmdParameters) -> Decimal:
    """Joint and Last Survivor divisor when it is known to apply, else the uniform one."""
    joint = _joint(household, life, params)
    if account.sole_beneficiary is SoleBeneficiary.SPOUSE and joint is not None:
        return joint
    return uniform_divisor(life.age, params)


def _joint(household: Household, life: _Life, params: RmdParameters) -> Decimal | None:
    """The divisor for owner and spouse; None when there is no spouse, or none who is younger enough."""
    if life.spouse_age is None or household.client.filing_status in _UNMARRIED:
        return None
    return joint_divisor(life.age, life.spouse_age, params)


def _joint_caveats(
    household: Household, accounts: Sequence[Account], life: _Life, params: RmdParameters
) -> Iterator[str]:
    """That the joint table is used, that it might be, or that it can't be told."""
    client = household.client
    spouse = [a for a in accounts if a.sole_beneficiary is SoleBeneficiary.SPOUSE]
    unsaid = [a for a in accounts if a.sole_beneficiary is None]
    younger, joint = params.joint_table_spouse_years_younger, _joint(household, life, params)
    if client.filing_status in _UNMARRIED:
        if spouse:
            yield (
                f"Sole Beneficiary of {listed(spouse)} says Spouse, but Filing Status is {client.filing_status.value}: the "
                "Uniform Lifetime table is used."
            )
        return
    if life.spouse_age is None:
        if spouse:
            yield (
                f"Sole Beneficiary of {listed(spouse)} is the spouse, whose birth date is missing: if more than {younger} "
                "years younger, less is required."
            )
        return
    if joint is None:
        if (spouse or unsaid) and life.age - life.spouse_age > younger:
            yield (
                f"The Joint Life table carried here has no spouse aged {life.spouse_age}: the Uniform Lifetime table is "
                "used, which requires more. Check the birth dates."
            )
        return
    if spouse:
        yield (
            f"Joint Life table ({joint} at {life.age} and {life.spouse_age}) for {listed(spouse)}: the spouse is more than "
            f"{younger} years younger and must be sole beneficiary all year."
        )
    if unsaid:
        uniform = uniform_divisor(life.age, params)
        at = [sum(account_row(a, d).required_cents or 0 for a in unsaid) for d in (joint, uniform)]
        yield (
            f"The spouse is more than {younger} years younger: if sole beneficiary of {listed(unsaid)} all year, the Joint "
            f"Life table (Pub. 590-B Table II, {joint}) requires {money_text(at[0])} instead of {money_text(at[1])}. Enter "
            "Spouse or Other as Sole Beneficiary."
        )


def _first_year_caveats(life: _Life, year: int, left: int, due: date, as_of: date) -> Iterator[str]:
    """What the first two years' dates mean (IRC 401(a)(9)(C); Pub. 590-B)."""
    if left and year == life.first_year and as_of <= due:
        yield (
            f"First year: this may wait until {due}, but then two distributions fall in {year + 1}, as that year's own is "
            f"due by {date(year + 1, 12, 31)}."
        )
    if year == life.first_year + 1:
        yield (
            f"If the first distribution (for {year - 1}) was put off, it was due by {date(year, 4, 1)} as well: it is not "
            "in this amount, and what was taken counts toward it first."
        )


def _plan_caveat(accounts: Sequence[Account], params: RmdParameters) -> Iterator[str]:
    """What the rows leave open of a plan's participant: employment."""
    if accounts[0].registration not in params.ira_pool:
        yield (
            "If still working for this plan's employer and not a 5-percent owner, nothing may be required yet "
            "(IRC 401(a)(9)(C)(ii))."
        )


# --- Withdrawals that are asked for ---


def _with_withdrawals(rmd: Rmd, household: Household, settings: Settings) -> Rmd:
    """With what the withdrawals asked for from its accounts will meet of what is left, and a sentence that says so."""
    asked = sum(household.account(row.account_id).withdrawal_cents for row in rmd.accounts)
    met = min(asked, rmd.left_cents or 0)
    if not met or not rmd.counts_from(settings.as_of):
        return rmd
    rest = (rmd.left_cents or 0) - met
    said = (
        f"{WITHDRAWAL_COUNTS}: {money_text(asked)} is asked for, which leaves "
        f"{money_text(rest) if rest else 'nothing'} of it to take."
    )
    return replace(rmd, asked_cents=met, caveats=(said, *rmd.caveats))


# --- Gifts to charity ---


def _with_qcd_caveats(
    found: Sequence[Rmd], household: Household, settings: Settings, params: RmdParameters
) -> Iterator[Rmd]:
    """The distributions, each with what its qualified charitable distributions run into."""
    told: set[Owner] = set()
    for rmd in found:
        ids = {row.account_id for row in rmd.accounts}
        if rmd.owner is Owner.JOINT or not (own := _gifts(household, ids, settings)):
            yield rmd
            continue
        caveats = [*_qcd_caveats(rmd, own, _births(household, rmd.owner)[0], params)]
        if rmd.owner not in told and _from_ira(rmd, params):
            told.add(rmd.owner)
            iras = {
                r.account_id
                for o in found
                if o.owner is rmd.owner and _from_ira(o, params)
                for r in o.accounts
            }
            every = _gifts(household, iras, settings)
            early = _too_early(every, _births(household, rmd.owner)[0], params)
            caveats += _over_limit(sum(g.amount_cents for g in every if g not in early), settings, params)
        yield replace(rmd, caveats=(*rmd.caveats, *caveats))


def _gifts(household: Household, account_ids: set[str], settings: Settings) -> list[Activity]:
    """The year's QCDs out of these accounts up to the as-of date."""
    return [
        row
        for row in household.activity
        if row.type is ActivityType.QCD
        and row.account_id in account_ids
        and row.date.year == settings.tax_year
        and row.date <= settings.as_of
    ]


def _from_ira(rmd: Rmd, params: RmdParameters) -> bool:
    """Own and inherited IRAs can give; plans can't (IRC 408(d)(8)(B))."""
    return rmd.accounts[0].registration in params.ira_pool | INHERITED


def _qcd_caveats(
    rmd: Rmd, gifts: Sequence[Activity], born: date | None, params: RmdParameters
) -> Iterator[str]:
    """Gifts that are not qualified: out of a plan, or too early (IRC 408(d)(8)(B); Pub. 590-B)."""
    if not _from_ira(rmd, params):
        amount = money_text(sum(g.amount_cents for g in gifts))
        yield f"QCDs of {amount} came out of a plan: only IRAs can make them, so they are ordinary, taxable distributions."
        return
    if born is not None and (early := _too_early(gifts, born, params)):
        start = age_reached(born, params.qcd_age)
        amount = money_text(sum(g.amount_cents for g in early))
        yield f"QCDs of {amount} were made before {start}, when age {params.qcd_age} is reached: they are ordinary, taxable distributions."


def _too_early(gifts: Sequence[Activity], born: date | None, params: RmdParameters) -> list[Activity]:
    """Gifts before the giver was old enough; none of them where the birth date is unknown."""
    start = None if born is None else age_reached(born, params.qcd_age)
    return [gift for gift in gifts if start is not None and gift.date < start]


def _over_limit(given: int, settings: Settings, params: RmdParameters) -> Iterator[str]:
    """What is given beyond the year's limit of one person (IRC 408(d)(8)(A), (F)); it counts toward the RMD all the same.

    Gifts made too early are no QCDs, so they use nothing of the limit.
    """
    limit = params.qcd_limit_cents
    if given > limit:
        yield (
            f"QCDs of {money_text(given)} in {settings.tax_year} exceed the limit of {money_text(limit)} a person: "
            f"{money_text(given - limit)} is an ordinary, taxable distribution, which still counts as taken (IRC 408(d)(8))."
        )
