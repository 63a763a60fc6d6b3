"""Required distributions that need a person: unknown, due, or resting on a value that can hardly be right; and cash that is
asked for out of tax-deferred accounts."""

from __future__ import annotations

from collections.abc import Iterator

from xl_rebal.engine.book import (
    Account,
    ActivityType,
    Book,
    Household,
    Location,
    Owner,
    Registration,
    RuleKind,
)
from xl_rebal.engine.problems import Problem, Severity
from xl_rebal.engine.reconcile import household_problem
from xl_rebal.engine.results import Rmd, RmdState
from xl_rebal.engine.rmd import rmds
from xl_rebal.engine.rmd_inherited import INHERITED, UNKNOWN
from xl_rebal.engine.rmd_rules import account_value, age_reached
from xl_rebal.money import money_text, percent_text, rate_of
from xl_rebal.params.types import TaxParameters

FLAGGED_APART = frozenset(("rmd-due",))
"""Codes of problems that have a flag, and facts, of their own: no data is wrong."""


def rmd_problems(book: Book, household: Household, params: TaxParameters) -> Iterator[Problem]:
    """Distributions that can't be computed, in the words of the RMD rule."""
    by_id: dict[str, Account] = {account.id: account for account in household.accounts}
    for rmd in rmds(household, book.settings, params):
        if rmd.state is RmdState.UNKNOWN and rmd.accounts and rmd.caveats:
            unvalued = [row for row in rmd.accounts if row.prior_year_end_cents is None]
            account = by_id[(unvalued or rmd.accounts)[0].account_id]
            column = "Prior Year-End Value" if rmd.due is not None else "Owner"
            yield household_problem(
                book, household, Severity.WARNING, "rmd-unknown", account.source, column, "",
                f"The required minimum distribution of account {account.id} is unknown. {rmd.caveats[0].rpartition(UNKNOWN)[2]}",
                "Complete the data, so that the brief can say what is left to take.",
            )  # fmt: skip
        for row in rmd.accounts:
            if row.divisor is not None and row.divisor > 1:  # by 1 all goes that it holds now
                yield from _year_end_far(book, household, by_id[row.account_id], params)


_FAR = 3  # so many times the year-end value, up or down, no market explains


def _year_end_far(
    book: Book, household: Household, account: Account, params: TaxParameters
) -> Iterator[Problem]:
    """A year-end value that what the account holds now can hardly come from: of another account, or in thousands.

    What was moved in or out this year explains a difference; the distribution is of the year-end value all the same.
    """
    then, now = account.prior_year_end_cents, account_value(household, account)
    moves = (
        ActivityType.TRANSFER_IN,
        ActivityType.TRANSFER_OUT,
        ActivityType.CONTRIBUTION,
        ActivityType.WITHDRAWAL,
        ActivityType.RMD,
        ActivityType.QCD,
    )
    moved = any(
        row.account_id == account.id and row.type in moves and row.date.year == book.settings.tax_year
        for row in household.activity
    )
    if then is None or now is None or moved or account.rmd_taken_cents:
        return
    small = book.settings.min_trade_cents
    if (now > _FAR * then and now > small) or (then > _FAR * now and then > small):
        yield household_problem(
            book, household, Severity.WARNING, "year-end-far", account.source, "Prior Year-End Value", money_text(then),
            f"Prior Year-End Value of account {account.id} is {money_text(then)}, yet it holds {money_text(now)} now and Activity "
            f"shows nothing moved in or out in {book.settings.tax_year}.",
            "Compare it with the December 31 statement.",
            "The required distribution rests on it: "
            + (
                f"too little may be asked for, and what is missed is taxed at {percent_text(float(params.rmd.excise_rate), 0)} (IRC 4974)."
                if now > then
                else "too much may be taken, and taxed."
            ),
        )  # fmt: skip


def rmd_due_problems(book: Book, household: Household, params: TaxParameters) -> Iterator[Problem]:
    """Distributions that are due and not taken, with the excise tax of missing them (IRC 4974).

    A note while the due date lies in a later quarter than the as-of date, else a warning.
    """
    as_of = book.settings.as_of
    for rmd in rmds(household, book.settings, params):
        left, due = rmd.left_cents, rmd.due
        if rmd.state not in (RmdState.DUE, RmdState.FIRST_YEAR) or not left or due is None:
            continue
        near = due <= as_of or (due.year, (due.month + 2) // 3) == (as_of.year, (as_of.month + 2) // 3)
        account = household.account(rmd.accounts[0].account_id)
        past = "was due" if due < as_of else "is due"
        full, reduced = params.rmd.excise_rate, params.rmd.excise_reduced_rate
        yield household_problem(
            book, household, Severity.WARNING if near else Severity.NOTE, "rmd-due", account.source, "RMD Taken",
            money_text(rmd.taken_cents),
            f"{_whose(rmd)} required minimum distribution has {money_text(left)} left to take of "
            f"{money_text(rmd.required_cents or 0)}; it {past} by {due}.",
            "Take it, and enter it in RMD Taken; the plan provides its cash."
            + (f" The withdrawal asked for meets {money_text(rmd.asked_cents)} of it." if rmd.asked_cents else "")
            if rmd.state is RmdState.DUE
            else "Nothing yet, if it is to wait: the plan does not provide its cash.",
            f"Missed, it costs {money_text(rate_of(left, full))} of excise tax ({percent_text(float(full), 0)}), or "
            f"{money_text(rate_of(left, reduced))} if corrected in time.",
        )  # fmt: skip


def taxed_withdrawal_problems(book: Book, household: Household, params: TaxParameters) -> Iterator[Problem]:
    """Cash asked for out of a tax-deferred account beyond the RMD that it counts toward: income that the plan's tax lacks.

    A distribution is ordinary income (IRC 408(d)(1), 402(a)). As any of the year it counts toward the RMD (Reg.
    1.401(a)(9)-5(a)), which Taxable Income has in it; what is asked for within that is only noted.
    """
    counted: dict[str, int] = {}  # of each account's withdrawal; each dollar left to take is met once
    for rmd in rmds(household, book.settings, params):
        left = rmd.asked_cents
        for row in rmd.accounts:
            counted[row.account_id] = min(household.account(row.account_id).withdrawal_cents, left)
            left -= counted[row.account_id]
    for account in household.accounts:
        asked, kind = account.withdrawal_cents, account.registration
        if not asked or kind.location is not Location.TAX_DEFERRED or kind is Registration.EDUCATION_529:
            continue
        asks = [
            r.rule
            for r in household.rules_in_force
            if r.rule.kind is RuleKind.CASH_NEED and r.rule.account_id == account.id
        ]
        source, column = (asks[0].source, "Account ID") if asks else (account.source, "Withdrawal")
        met = counted.get(account.id, 0)
        what = f"The {money_text(asked)} asked for from account {account.id} ({kind.value}) is a distribution: ordinary income"
        if met:
            what += (
                f". {'All' if met == asked else money_text(met)} of it counts toward the required minimum "
                "distribution, which the plan does not take a second time"
            )
        rest = asked - met
        if not rest:
            yield household_problem(
                book, household, Severity.NOTE, "withdrawal-is-rmd", source, column,
                account.id if asks else money_text(asked), f"{what}.",
                "Nothing, if Taxable Income on Clients has the required distribution in it.",
            )  # fmt: skip
            continue
        what += (
            f"; the other {money_text(rest)} the plan's tax does not contain."
            if met
            else " that the plan's tax does not contain."
        )
        yield household_problem(
            book, household, Severity.WARNING, "withdrawal-taxed", source, column,
            account.id if asks else money_text(asked), what,
            "Count it in Taxable Income on Clients, or ask for it from a taxable account.",
            f"Tax on up to {money_text(rest)} of income is not in the plan{_early(book, household, account, params)}.",
        )  # fmt: skip


_NEVER_EARLY = INHERITED | {Registration.PLAN_457B}
"""Distributions after the owner's death (IRC 72(t)(2)(A)(ii)), and of a governmental 457(b), have no additional tax."""


def _early(book: Book, household: Household, account: Account, params: TaxParameters) -> str:
    """What a withdrawal costs besides before the owner is 59 1/2 (IRC 72(t)); '' for one who is, or whose age is not known."""
    client = household.client
    born = {Owner.CLIENT: client.birth_date, Owner.SPOUSE: client.spouse_birth_date}.get(account.owner)
    if (
        born is None
        or account.registration in _NEVER_EARLY
        or book.settings.as_of >= age_reached(born, params.early_age)
    ):
        return ""
    tax, rate = (
        rate_of(account.withdrawal_cents, params.early_rate),
        percent_text(float(params.early_rate), 0),
    )
    return (
        f", nor {money_text(tax)} of additional tax ({rate}) as the owner is not yet {params.early_age}, unless an exception applies "
        "(IRC 72(t))"
    )


def _whose(rmd: Rmd) -> str:
    return f"The {rmd.owner.value.lower()}'s {rmd.pool}"
