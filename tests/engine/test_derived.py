"""What Activity tells against what the sheets state, both figures named. As of October 15, 2026."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests import builders as b
from tests.engine.test_checks import home, position
from xl_rebal.engine.book import (
    Activity,
    ActivityType,
    Household,
    Registration,
)
from xl_rebal.engine.checks import checks
from xl_rebal.engine.problems import Problem, Severity

WARNING, NOTE = Severity.WARNING, Severity.NOTE
PARAMS = b.tax_parameters()


def of(household: Household, *codes: str) -> list[Problem]:
    return [p for p in checks(b.book(household), PARAMS) if p.code in codes]


# ------------------------------------------------------------------ distributions


def retiree(*rows: Activity, taken: str = "0", year_end: str = "246,000") -> Household:
    """Born in 1953, so 73 in 2026 and in her first year; or 1952 and 74: 246,000 / 25.5 = 9,647.06."""
    ira = b.account("IRA", Registration.TRADITIONAL_IRA, year_end=year_end, rmd_taken=taken)
    client = b.client(taxable_income_cents=5_000_000, born="1952-03-01")
    return home(client=client, accounts=[b.account(), ira], activity=rows, cash=[b.cash(1_000, "IRA")])


def out(kind: ActivityType, dollars: str, on: str = "2026-05-04") -> Activity:
    return b.activity(on, kind, amount=dollars, account_id="IRA")


@pytest.mark.parametrize(
    ("stated", "rows", "severity"),
    [
        ("4,000", [out(ActivityType.RMD, "4,000")], None),
        ("4,000", [out(ActivityType.RMD, "3,000"), out(ActivityType.QCD, "1,000")], None),
        ("0", [out(ActivityType.RMD, "4,000")], WARNING),
        ("0", [out(ActivityType.RMD, "4,000", "2026-10-15")], WARNING),
        ("4,000", [out(ActivityType.RMD, "1,500")], NOTE),
        # Any distribution counts toward an RMD, so RMD Taken may have the withdrawals in it, or some of them.
        ("4,000", [out(ActivityType.WITHDRAWAL, "4,000")], None),
        ("4,000", [out(ActivityType.RMD, "1,500"), out(ActivityType.WITHDRAWAL, "9,000")], None),
        ("4,000", [out(ActivityType.RMD, "1,500"), out(ActivityType.WITHDRAWAL, "1,000")], NOTE),
        ("4,000", [], None),  # nothing of this account is on Activity: nothing to compare
        ("0", [out(ActivityType.RMD, "4,000", "2025-12-30")], None),  # last year's
        ("0", [out(ActivityType.RMD, "4,000", "2026-10-16")], None),  # not yet
    ],
)
def test_rmd_taken_is_held_against_the_years_rmds_and_gifts(stated, rows, severity):
    found = of(retiree(*rows, taken=stated), "rmd-taken-differs")
    assert [p.severity for p in found] == ([severity] if severity else [])


def test_a_difference_names_both_figures_and_other_withdrawals_that_count():
    rows = (out(ActivityType.RMD, "4,000"), out(ActivityType.WITHDRAWAL, "2,500"))
    (problem,) = of(retiree(*rows), "rmd-taken-differs")
    assert (
        "RMD Taken of account IRA is $0.00; Activity has $4,000.00 of RMDs and QCDs in 2026" in problem.what
    )
    assert "$2,500.00 of other withdrawals" in problem.what
    assert problem.cost == "The plan and the brief ask for $4,000.00 that is taken already."


def test_what_withdrawals_explain_of_rmd_taken_is_not_called_missing():
    rows = (out(ActivityType.RMD, "1,500"), out(ActivityType.WITHDRAWAL, "1,000"))
    (problem,) = of(retiree(*rows, taken="4,000"), "rmd-taken-differs")
    assert "$1,500.00 is counted as taken that is not" in problem.cost


# ------------------------------------------------------------------ cash, gains


def test_a_withdrawal_that_was_paid_is_not_to_be_raised_again():
    asked = b.account(withdrawal_cents=2_000_000)
    paid = b.activity("2026-09-30", ActivityType.WITHDRAWAL, amount="20,000")
    (problem,) = of(home(accounts=[asked], activity=[paid]), "withdrawal-paid")
    assert problem.cost.startswith("$20,000.00 is raised a second time")
    other = replace(paid, amount_cents=1_999_999)
    assert of(home(accounts=[asked], activity=[other]), "withdrawal-paid") == []
    old = replace(paid, date=date(2026, 7, 16))  # 91 days before
    assert of(home(accounts=[asked], activity=[old]), "withdrawal-paid") == []
    last = replace(paid, date=date(2026, 7, 17))
    assert len(of(home(accounts=[asked], activity=[last]), "withdrawal-paid")) == 1
    wish = replace(asked, withdrawal_why="a rule's")  # which counts what was paid by itself
    assert of(home(accounts=[wish], activity=[paid]), "withdrawal-paid") == []


def test_stated_gains_are_compared_by_term_and_never_used():
    sale = b.sell("2026-04-01", "VTI", 1, short_gain=100, long_gain=900)
    client = b.client(taxable_income_cents=1, stated_short_cents=100_00, stated_long_cents=950_00)
    (problem,) = of(home(client=client, activity=[sale]), "gains-differ")
    assert problem.column == "Stated LT Gain"
    assert "$950.00 as stated, and $900.00 by the sales on Activity" in problem.what
    assert problem.cost.endswith("$50.00 of gain.")


def test_a_capital_gain_distribution_without_a_gain_is_missing_from_the_years_gains():
    """IRC 852(b)(3)(B): long-term gain of the holder. With LT Gain in its row the year's gains have it."""
    paid = b.activity("2026-10-15", ActivityType.CAPITAL_GAIN_DISTRIBUTION, "VTI", amount="1,250")
    (problem,) = of(home(activity=[paid, replace(paid, date=date(2026, 3, 1))]), "distribution-not-in-gains")
    assert (problem.severity, problem.column) == (WARNING, "LT Gain")
    assert "distributions of VTI this year, $2,500.00, have no gain on Activity" in problem.what
    told = replace(paid, long_gain_cents=125_000)
    assert of(home(activity=[told]), "distribution-not-in-gains") == []
    assert home(activity=[told]).realized_cents(2026, b.AS_OF) == (0, 125_000)
    ira = b.account("IRA", Registration.ROTH_IRA)
    for other in (
        home(activity=[replace(paid, account_id="IRA")], accounts=[b.account(), ira]),  # no tax there
        home(activity=[replace(paid, date=date(2025, 12, 31))]),
        home(activity=[replace(paid, date=date(2026, 10, 16))]),
        home(activity=[replace(paid, type=ActivityType.DIVIDEND)]),
    ):
        assert of(other, "distribution-not-in-gains") == []


# ------------------------------------------------------------------ purchases that are none, and the reverse


def test_a_dividend_that_left_a_lot_of_its_shares_is_a_reinvestment():
    drip = b.activity("2026-10-01", ActivityType.DIVIDEND, "VTI", 3, amount=300)
    lots = [*home().lots, b.lot("VTI", 3, 300, "2026-10-01")]
    (problem,) = of(home(lots=lots, activity=[drip]), "reinvested-income")
    assert (problem.severity, problem.column) == (WARNING, "Type")
    told = [drip, b.activity("2026-10-01", ActivityType.REINVEST, "VTI", 3, amount=300)]
    assert of(home(lots=lots, activity=told), "reinvested-income") == []
    assert of(home(activity=[drip]), "reinvested-income") == []  # shares on record, no lot of them
    assert problem.what.startswith("A dividend of VTI came with shares")
    assert "so it was reinvested" in problem.what
    again = replace(drip, date=date(2026, 7, 1))
    twice = home(lots=[*lots, b.lot("VTI", 3, 300, "2026-07-01")], activity=[again, drip])
    (both,) = of(twice, "reinvested-income")
    assert both.what.startswith("2 dividends of VTI came with shares")
    assert "so they were reinvested" in both.what


def test_a_lot_dated_on_its_transfer_has_lost_its_date():
    moved = b.activity("2026-09-15", ActivityType.TRANSFER_IN, "VTI", 100)
    lots = [*home().lots, b.lot("VTI", 100, "9,000", "2026-09-15")]
    (problem,) = of(home(lots=lots, activity=[moved]), "transfer-as-purchase")
    assert problem.what.startswith(
        "100 VTI in account TAX are dated 2026-09-15, the day they were transferred in."
    )
    own_date = [*home().lots, b.lot("VTI", 100, "9,000", "2019-02-01")]
    assert of(home(lots=own_date, activity=[moved]), "transfer-as-purchase") == []
    income = b.activity("2026-09-15", ActivityType.DIVIDEND, "VTI", amount=300)  # the same day, by chance
    assert of(home(lots=lots, activity=[income]), "transfer-as-purchase") == []
    bought = [moved, b.buy("2026-09-15", "VTI", 100)]
    assert of(home(lots=lots, activity=bought), "transfer-as-purchase") == []


def test_other_transactions_of_a_security_are_pointed_at():
    split = b.activity("2026-06-10", ActivityType.OTHER, "VTI", 10)
    (one,) = of(home(activity=[split]), "other-activity")
    assert one.severity is NOTE
    assert one.what.startswith("One transaction of VTI this year has the type Other")
    (two,) = of(home(activity=[split, replace(split, date=date(2026, 10, 15))]), "other-activity")
    assert two.what.startswith("2 transactions of VTI this year have the type Other")
    assert of(home(activity=[replace(split, date=date(2025, 6, 10))]), "other-activity") == []
    assert of(home(activity=[replace(split, symbol="")]), "other-activity") == []


# ------------------------------------------------------------------ lots against the custodian


def test_cost_is_held_against_the_custodians_total():
    stated = [replace(position("VTI", "600"), basis_cents=3_100_000), position("BND", "400")]
    (problem,) = of(home(positions=stated), "basis-differs")
    assert "cost $30,000.00 together, the custodian says $31,000.00 for the same 600 shares" in problem.what
    assert problem.cost == "Gains on VTI are wrong by up to $1,000.00."
    near = [replace(stated[0], basis_cents=3_000_099), stated[1]]  # one lot, rounded to the dollar
    assert of(home(positions=near), "basis-differs") == []


@pytest.mark.parametrize("quantities", [("0",), ("5", "-5")])
def test_lots_of_no_shares_without_a_position_have_no_cost_to_compare(quantities):
    """Such rows are problems of their own; they must never keep the other clients' checks from being read."""
    lots = [b.lot("VTI", q, "500", "2020-01-06", id=f"L{i}") for i, q in enumerate(quantities)]
    found = of(
        home(lots=lots, positions=[position("BND", "400")]),
        "basis-differs",
        "zero-quantity",
        "negative-quantity",
    )
    assert {p.code for p in found} == {"zero-quantity" if len(lots) == 1 else "negative-quantity"}


@pytest.mark.parametrize(
    ("theirs", "hint"),
    [("1200", "exactly 2 for 1"), ("900", "exactly 1.5 for 1"), ("60", "exactly 1 for 10"), ("601", "")],
)
def test_a_difference_that_looks_like_a_split_says_so(theirs, hint):
    (problem,) = of(home(positions=[position("VTI", theirs), position("BND", "400")]), "lots-differ")
    assert (hint in problem.what) if hint else ("split" not in problem.what)


def test_a_lot_that_is_there_twice_is_named_by_its_rows():
    twice = [*home().lots, b.lot("VTI", 600, "30,000", "2020-01-06", id="V2")]
    (problem,) = of(
        home(lots=twice, positions=[position("VTI", "600"), position("BND", "400")]), "lots-differ"
    )
    assert f"row {twice[-1].source.row} is like the one in row" in problem.what


def test_a_closed_account_with_holdings_and_a_guessed_registration_ask():
    account = b.account(flags=("Closed in May", "Confirm the registration: guessed from 'Nest egg'"))
    found = {p.code: p for p in of(home(accounts=[account]), "account-closed", "registration-guessed")}
    assert found["account-closed"].cost.startswith("$100,000.00 counts in drift")
    assert "Individual, which an import has guessed" in found["registration-guessed"].what
    empty = home(accounts=[b.account(), b.account("OLD", flags=("Closed",))])
    assert of(empty, "account-closed") == []


def test_a_household_that_agrees_in_everything_has_no_problem():
    right = home(
        positions=[
            replace(position("VTI", "600"), basis_cents=3_000_000),
            replace(position("BND", "400"), basis_cents=4_100_000),
        ],
        activity=[b.sell("2026-04-01", "VTI", Decimal(1), short_gain=0, long_gain=0)],
        client=b.client(taxable_income_cents=1, stated_short_cents=0, stated_long_cents=0),
    )
    assert checks(b.book(right), PARAMS) == ()
