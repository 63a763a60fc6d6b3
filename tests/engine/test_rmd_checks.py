"""Distributions that are unknown, due or rest on a doubtful value, and cash out of tax-deferred accounts. As of October 15, 2026."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests import builders as b
from tests.engine.test_checks import home, only
from tests.engine.test_derived import of, retiree
from xl_rebal.engine.book import (
    ActivityType,
    ClientRule,
    Household,
    Registration,
    RuleKind,
    RuleState,
    RuleStatus,
    Ruling,
)
from xl_rebal.engine.checks import checks
from xl_rebal.engine.problems import Severity, Source

WARNING, NOTE = Severity.WARNING, Severity.NOTE
PARAMS = b.tax_parameters()


# ------------------------------------------------------------------ what a distribution rests on


def test_what_an_rmd_lacks_is_warned_of_when_tax_parameters_are_given() -> None:
    ira = b.account("IRA", Registration.TRADITIONAL_IRA)
    lots = [b.lot("VTI", 600, 1, "2020-01-06", "IRA")]
    unborn = b.book(home(accounts=[ira], lots=lots))
    assert checks(unborn) == ()
    params = b.tax_parameters()
    assert "Birth Date" in only(checks(unborn, params), "rmd-unknown", WARNING).what
    old = b.book(home(client=b.client(born="1945-05-05"), accounts=[ira], lots=lots))
    assert "Prior Year-End Value of IRA is missing" in only(checks(old, params), "rmd-unknown", WARNING).what
    young = b.book(home(client=b.client(born="1980-05-05"), accounts=[ira], lots=lots))
    assert checks(young, params) == ()


@pytest.mark.parametrize(
    ("year_end", "said"),
    [("60,000", None), ("20,000", None), ("19,999", "too little"), ("0", "too little"), ("180,001", "too much")],
)  # fmt: skip
def test_a_year_end_value_that_the_account_can_hardly_come_from_is_questioned(
    year_end: str, said: str | None
) -> None:
    """600 x $100 = $60,000 now; three times more or less is no market's doing."""
    ira = b.account("IRA", Registration.TRADITIONAL_IRA, year_end=year_end)
    lots = [b.lot("VTI", 600, 1, "2020-01-06", "IRA")]
    old = home(client=b.client(born="1945-05-05"), accounts=[ira], lots=lots)

    def far(household: Household) -> list[str]:
        return [p.cost for p in checks(b.book(household), b.tax_parameters()) if p.code == "year-end-far"]

    assert len(far(old)) == (1 if said else 0)
    assert all(said in cost for cost in far(old) if said)
    moved = b.activity("2026-02-01", ActivityType.TRANSFER_IN, "VTI", 600, account_id="IRA")
    assert far(replace(old, activity=(moved,))) == []
    assert len(far(replace(old, activity=(replace(moved, date=date(2025, 12, 31)),)))) == len(far(old))
    young = replace(old, client=b.client(born="1980-05-05"))
    assert far(young) == []


# ------------------------------------------------------------------ what is due


def test_a_distribution_that_is_due_says_what_missing_it_costs():
    """9,647.06 less 647.06 taken: 9,000 left; 25 % is 2,250, 10 % is 900 (IRC 4974)."""
    (problem,) = of(retiree(taken="647.06"), "rmd-due")
    assert problem.severity is WARNING  # due December 31: this quarter
    assert "$9,000.00 left to take of $9,647.06; it is due by 2026-12-31" in problem.what
    assert problem.cost == (
        "Missed, it costs $2,250.00 of excise tax (25%), or $900.00 if corrected in time."
    )


@pytest.mark.parametrize(
    ("on", "severity", "said"),
    [
        ("2026-03-31", NOTE, "is due by 2026-12-31"),
        ("2026-09-30", NOTE, "is due by 2026-12-31"),
        ("2026-10-01", WARNING, "is due by 2026-12-31"),
        ("2026-12-31", WARNING, "is due by 2026-12-31"),
        ("2027-01-01", WARNING, "was due by 2026-12-31"),
    ],
)
def test_a_distribution_of_a_later_quarter_is_a_note_and_a_late_one_a_warning(on, severity, said):
    early = checks(b.book(retiree(), as_of=on, tax_year=2026), PARAMS)
    assert [p.severity for p in early if p.code == "rmd-due"] == [severity]
    assert any(said in p.what for p in early)


def test_a_taken_distribution_is_no_problem_and_a_first_one_may_wait():
    assert of(retiree(taken="9,647.06"), "rmd-due") == []
    first = replace(retiree(), client=b.client(taxable_income_cents=1, born="1953-03-01"))
    (problem,) = of(first, "rmd-due")
    assert problem.todo == "Nothing yet, if it is to wait: the plan does not provide its cash."
    (due,) = of(retiree(), "rmd-due")
    assert due.todo == "Take it, and enter it in RMD Taken; the plan provides its cash."


# ------------------------------------------------------------------ cash out of tax-deferred accounts


def asking(dollars: int, registration: Registration, taken: str = "0") -> Household:
    right = retiree(taken=taken)
    accounts = tuple(
        replace(a, registration=registration, withdrawal_cents=dollars * 100) if a.id == "IRA" else a
        for a in right.accounts
    )
    return replace(right, accounts=accounts)


def test_cash_asked_for_from_an_ira_beyond_the_rmd_is_income_that_the_tax_lacks():
    """9,647.06 is required and not taken; the 20,000 asked for from the same account meet that and 10,352.94 more."""
    (problem,) = of(asking(20_000, Registration.TRADITIONAL_IRA), "withdrawal-taxed")
    assert problem.severity is WARNING
    assert problem.column == "Withdrawal"
    assert "The $20,000.00 asked for from account IRA (Traditional IRA) is a distribution" in problem.what
    assert "$9,647.06 of it counts toward the required minimum distribution" in problem.what
    assert problem.cost == "Tax on up to $10,352.94 of income is not in the plan."


def test_cash_asked_for_within_the_rmd_is_only_noted():
    (problem,) = of(asking(9_000, Registration.TRADITIONAL_IRA), "withdrawal-is-rmd")
    assert problem.severity is NOTE
    assert "All of it counts toward the required minimum distribution" in problem.what
    assert of(asking(9_000, Registration.TRADITIONAL_IRA), "withdrawal-taxed") == []


def test_cash_that_a_rule_asks_for_from_an_ira_leads_to_the_rule():
    """Of the rules in force only a cash need of that very account asks for it."""
    asked = asking(20_000, Registration.TRADITIONAL_IRA)
    common = (RuleStatus.CONFIRMED, "She said so.", date(2026, 10, 1))
    rules = [
        ClientRule(b.CLIENT_ID, kind, *common, account_id=account, source=Source("Rules", row))
        for row, (kind, account) in enumerate(
            [(RuleKind.DO_NOT_SELL, "IRA"), (RuleKind.CASH_NEED, b.TAXABLE), (RuleKind.CASH_NEED, "IRA")], 2
        )
    ]
    by_rule = replace(asked, rulings=tuple(Ruling(rule, RuleState.IN_FORCE, "") for rule in rules))
    (problem,) = of(by_rule, "withdrawal-taxed")
    assert (problem.source, problem.column, problem.value) == (Source("Rules", 4), "Account ID", "IRA")
    (cell,) = of(replace(by_rule, rulings=by_rule.rulings[:2]), "withdrawal-taxed")
    assert (cell.source.sheet, cell.column, cell.value) == ("Accounts", "Withdrawal", "$20,000.00")


def test_without_a_distribution_due_only_the_income_is_said():
    (problem,) = of(asking(20_000, Registration.TRADITIONAL_IRA, taken="9,647.06"), "withdrawal-taxed")
    assert "counts toward" not in problem.what
    assert problem.cost == "Tax on up to $20,000.00 of income is not in the plan."


@pytest.mark.parametrize(
    "registration", [Registration.ROTH_IRA, Registration.INDIVIDUAL, Registration.EDUCATION_529]
)
def test_cash_from_other_accounts_is_no_such_distribution(registration):
    assert of(asking(20_000, registration), "withdrawal-taxed") == []


@pytest.mark.parametrize(
    ("born", "registration", "extra"),
    [
        ("1967-04-16", Registration.TRADITIONAL_IRA, True),  # 59 1/2 on October 16, 2026
        ("1967-04-15", Registration.TRADITIONAL_IRA, False),
        ("1967-04-16", Registration.PLAN_401K, True),
        ("1967-04-16", Registration.PLAN_457B, False),
        ("1967-04-16", Registration.INHERITED_IRA, False),
        (None, Registration.TRADITIONAL_IRA, False),
    ],
)
def test_cash_taken_before_59_and_a_half_costs_a_tenth_besides(born, registration, extra):
    """IRC 72(t)(1), (2)(A)(i): 10 % of 20,000."""
    asked = asking(20_000, registration)
    young = replace(asked, client=b.client(taxable_income_cents=5_000_000, born=born))
    (problem,) = of(young, "withdrawal-taxed")
    assert ("nor $2,000.00 of additional tax (10%)" in problem.cost) is extra
    assert problem.cost.endswith(".")
