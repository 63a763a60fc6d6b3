"""Required minimum distributions: IRS examples, the tables, first years, pools, and what is unknown.

The as-of date is October 15, 2026 unless a test says otherwise.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import account, activity, cents, client, household, settings, tax_parameters
from xl_rebal.engine.book import Activity, ActivityType, FilingStatus, Owner, Registration, SoleBeneficiary
from xl_rebal.engine.results import Rmd, RmdState
from xl_rebal.engine.rmd import rmds
from xl_rebal.engine.rmd_rules import (
    applicable_age,
    first_distribution_year,
    joint_divisor,
    uniform_divisor,
)
from xl_rebal.errors import ParameterMissing

PARAMETERS = tax_parameters(2026)
IRA = Registration.TRADITIONAL_IRA


def found(
    *accounts: Any,
    born: str | None = "1947-05-01",
    spouse_born: str | None = None,
    rows: tuple[Any, ...] = (),
    **year: Any,
) -> tuple[Rmd, ...]:
    """RMDs of a client, aged 79 in 2026 unless told otherwise."""
    home = household(
        client=client(born=born, spouse_born=spouse_born), accounts=list(accounts), activity=list(rows)
    )
    return rmds(home, settings(**year), PARAMETERS)


def only(*accounts: Any, **more: Any) -> Rmd:
    (rmd,) = found(*accounts, **more)
    return rmd


# --- The amount ---


def test_age_79_with_1_835_700_at_year_end_must_take_87_000() -> None:
    rmd = only(account("IRA", IRA, year_end="1,835,700.00"))
    assert (rmd.age, rmd.accounts[0].divisor) == (79, Decimal("21.1"))
    assert rmd.required_cents == 87_000_00  # 1,835,700.00 / 21.1
    assert (rmd.state, rmd.left_cents, rmd.due) == (RmdState.DUE, 87_000_00, date(2026, 12, 31))
    assert (rmd.owner, rmd.pool, rmd.caveats) == (Owner.CLIENT, "IRA", ())


@pytest.mark.parametrize(
    ("born", "on", "asked", "met"),
    [
        ("1947-05-01", "2026-10-15", 30_000, 30_000),
        ("1947-05-01", "2026-12-31", 90_000, 87_000),  # what is left is 87,000
        ("1947-05-01", "2027-01-01", 30_000, 0),  # late: what is taken now is the next year's
        ("1953-05-01", "2026-10-15", 30_000, 30_000),  # the first may wait, but need not
        ("1953-05-01", "2027-04-01", 30_000, 30_000),
        ("1960-05-01", "2026-10-15", 30_000, 0),  # nothing is due
    ],
)
def test_a_withdrawal_asked_for_meets_what_is_left(born: str, on: str, asked: int, met: int) -> None:
    """Any distribution of the year counts (Reg. 1.401(a)(9)-5(a)): 1,835,700 / 21.1 = 87,000 at 79, / 26.5 at 73."""
    ira = account("IRA", IRA, year_end="1,835,700.00", withdrawal_cents=asked * 100)
    rmd = only(ira, born=born, as_of=on, tax_year=2026)
    assert rmd.asked_cents == met * 100
    assert any(text.startswith("A withdrawal counts toward") for text in rmd.caveats) is bool(met)


def test_pub_590b_example_of_an_owner_aged_75_with_100_000() -> None:
    # After the example in Pub. 590-B: $100,000 at year end, age 75, distribution period 24.6: $4,065 (spouse 6 years younger)
    rmd = only(
        account("IRA", IRA, year_end=100_000), born="1949-08-01", spouse_born="1955-08-01", as_of="2024-11-01"
    )
    assert rmd.required_cents == 4_065_04  # 100,000 / 24.6 = 4,065.0406...
    assert rmd.caveats == ()


def test_pub_590b_example_of_a_first_distribution_at_73() -> None:
    # After the example in Pub. 590-B: born October 1, 1951, 73 in 2024, $26,500 on December 31, 2023: $26,500 / 26.5 = $1,000 by
    # April 1, 2025
    rmd = only(account("IRA", IRA, year_end=26_500), born="1951-10-01", as_of="2024-11-01")
    assert (rmd.required_cents, rmd.due, rmd.state) == (1_000_00, date(2025, 4, 1), RmdState.FIRST_YEAR)


@pytest.mark.parametrize(
    ("age", "divisor"),
    [
        (72, "27.4"),
        (73, "26.5"),
        (75, "24.6"),
        (80, "20.2"),
        (84, "16.8"),
        (90, "12.2"),
        (100, "6.4"),
        (107, "4.1"),
        (119, "2.3"),
        (120, "2.0"),
        (123, "2.0"),
    ],
)
def test_uniform_lifetime_divisors_of_pub_590b_table_iii(age: int, divisor: str) -> None:
    assert uniform_divisor(age, PARAMETERS.rmd) == Decimal(divisor)


def test_an_age_below_the_table_is_an_error_not_a_guess() -> None:
    with pytest.raises(ParameterMissing, match="no divisor for age 60"):
        uniform_divisor(60, PARAMETERS.rmd)


def test_the_age_is_the_one_attained_by_the_end_of_the_year() -> None:
    # born December 31, 1947: 78 on the as-of date, 79 attained in 2026
    assert only(account("IRA", IRA, year_end=1000), born="1947-12-31").age == 79


def test_each_account_is_rounded_half_up_to_the_cent() -> None:
    rmd = only(account("A", IRA, year_end="1,000"), account("B", IRA, year_end="1,000"))
    # 1,000 / 21.1 = 47.3933...: 47.39 each, and 94.78 together although 2,000 / 21.1 is 94.79
    assert [a.required_cents for a in rmd.accounts] == [47_39, 47_39]
    assert rmd.required_cents == 94_78
    tie = only(account("A", IRA, year_end="50.00"), born="1941-01-01")  # age 85: 50.00 / 16.0 = 3.125
    assert tie.required_cents == 3_13


# --- Who, and from when ---


@pytest.mark.parametrize(
    ("born", "first"),
    [
        ("1949-06-30", 2019),  # 70 1/2 on December 30, 2019
        ("1949-07-01", 2021),  # 72
        ("1950-12-31", 2022),  # 72
        ("1951-01-01", 2024),  # 73
        ("1958-12-31", 2031),  # 73
        ("1959-06-30", 2032),  # 73 by proposed regulation
        ("1960-01-01", 2035),  # 75
    ],
)
def test_first_distribution_year_by_birth_date(born: str, first: int) -> None:
    birth = date.fromisoformat(born)
    assert first_distribution_year(birth, applicable_age(birth, PARAMETERS.rmd)) == first


@pytest.mark.parametrize("born", ["1940-06-30", "1940-07-01"])
def test_age_70_and_a_half_falls_in_the_year_of_71_for_births_in_the_second_half(born: str) -> None:
    birth = date.fromisoformat(born)
    first = first_distribution_year(birth, applicable_age(birth, PARAMETERS.rmd))
    assert first == (2010 if born.endswith("06-30") else 2011)


def test_nothing_is_due_before_the_first_year_even_without_a_year_end_value() -> None:
    rmd = only(account("IRA", IRA), born="1954-01-01")
    assert (rmd.state, rmd.required_cents, rmd.left_cents, rmd.due) == (RmdState.NOT_DUE, 0, 0, None)


def test_born_in_1959_carries_the_caveat_of_the_proposed_regulation() -> None:
    rmd = only(account("IRA", IRA, year_end=1000), born="1959-03-01")
    assert rmd.state is RmdState.NOT_DUE
    assert any("73" in c and "75" in c for c in rmd.caveats)
    assert only(account("IRA", IRA, year_end=1000), born="1958-03-01").caveats == ()


def test_first_year_may_wait_until_april_1_and_says_what_that_means() -> None:
    rmd = only(account("IRA", IRA, year_end=26_500), born="1953-03-01")
    assert (rmd.state, rmd.age, rmd.due) == (RmdState.FIRST_YEAR, 73, date(2027, 4, 1))
    assert any("two distributions fall in 2027" in c for c in rmd.caveats)


def test_the_year_after_the_first_reminds_of_a_deferred_first_distribution() -> None:
    rmd = only(account("IRA", IRA, year_end=26_500), born="1952-03-01")
    assert (rmd.state, rmd.age, rmd.due) == (RmdState.DUE, 74, date(2026, 12, 31))
    assert any("due by 2026-04-01" in c for c in rmd.caveats)
    later = only(account("IRA", IRA, year_end=26_500), born="1951-03-01")
    assert later.caveats == ()


def test_a_first_distribution_taken_in_full_is_taken() -> None:
    rmd = only(account("IRA", IRA, year_end=26_500, rmd_taken=1_000), born="1953-03-01")
    assert (rmd.state, rmd.left_cents, rmd.caveats) == (RmdState.TAKEN, 0, ())


@pytest.mark.parametrize(
    "registration",
    [
        Registration.ROTH_IRA,
        Registration.ROTH_401K,
        Registration.INDIVIDUAL,
        Registration.JOINT,
        Registration.HSA,
        Registration.EDUCATION_529,
    ],
)
def test_roth_accounts_of_the_owner_and_other_accounts_have_none(registration: Registration) -> None:
    assert found(account("X", registration, year_end=100_000)) == ()


# --- Taken and left ---


def test_what_is_taken_is_subtracted_and_nothing_left_is_taken() -> None:
    part = only(account("IRA", IRA, year_end="1,835,700", rmd_taken=62_600))
    assert (part.state, part.left_cents) == (RmdState.DUE, 24_400_00)  # 87,000 - 62,600
    exact = only(account("IRA", IRA, year_end="1,835,700", rmd_taken=87_000))
    assert (exact.state, exact.left_cents) == (RmdState.TAKEN, 0)


def test_left_is_never_negative() -> None:
    rmd = only(account("IRA", IRA, year_end="1,835,700", rmd_taken=90_000))
    assert (rmd.state, rmd.left_cents, rmd.taken_cents) == (RmdState.TAKEN, 0, 90_000_00)


def test_an_empty_ira_has_nothing_due() -> None:
    rmd = only(account("IRA", IRA, year_end=0))
    assert (rmd.state, rmd.required_cents, rmd.due) == (RmdState.NOT_DUE, 0, None)


def test_an_overdrawn_account_does_not_lower_what_the_others_require() -> None:
    rmd = only(account("A", IRA, year_end=21_100), account("B", IRA, year_end=-211))
    assert rmd.required_cents == 1_000_00


def test_a_missed_due_date_names_the_excise_tax() -> None:
    rmd = only(account("IRA", IRA, year_end=21_100), as_of="2027-01-15", tax_year=2026)
    # 1,000.00 not taken: 25 % and 10 %; the window ends with the second year after 2026 (IRC 4974(e)(2))
    assert "$250.00 (25%), or $100.00 (10%) if corrected by December 31, 2028" in rmd.caveats[0]
    on_the_day = only(account("IRA", IRA, year_end=21_100), as_of="2026-12-31")
    assert on_the_day.caveats == ()


def test_a_first_distribution_is_late_only_after_april_1() -> None:
    ira = account("IRA", IRA, year_end=26_500)
    on_the_day = only(ira, born="1953-03-01", as_of="2027-04-01", tax_year=2026)
    assert on_the_day.state is RmdState.FIRST_YEAR
    assert any("may wait until 2027-04-01" in c for c in on_the_day.caveats)
    late = only(ira, born="1953-03-01", as_of="2027-04-02", tax_year=2026)
    assert (late.state, late.due) == (RmdState.DUE, date(2027, 4, 1))
    assert "$250.00 (25%)" in late.caveats[0]
    assert "December 31, 2029" in late.caveats[0]  # the tax is of 2027
    assert not any("may wait" in c for c in late.caveats)


def test_activity_that_shows_more_than_the_accounts_sheet_is_said() -> None:
    rows = (
        activity("2026-03-01", ActivityType.RMD, amount=3_000, account_id="IRA"),
        activity("2026-04-01", ActivityType.QCD, amount=500, account_id="IRA"),
        activity("2025-04-01", ActivityType.RMD, amount=9_000, account_id="IRA"),  # last year's
        activity("2026-12-01", ActivityType.RMD, amount=9_000, account_id="IRA"),  # after the as-of date
    )
    rmd = only(account("IRA", IRA, year_end=211_000, rmd_taken=1_000), rows=rows)
    assert any("$3,500.00" in c and "$1,000.00" in c for c in rmd.caveats)
    assert rmd.left_cents == 9_000_00  # 211,000 / 21.1 - 1,000: the Accounts sheet rules
    assert only(account("IRA", IRA, year_end=211_000, rmd_taken=3_500), rows=rows).caveats == ()


# --- Pools ---


def test_own_iras_are_computed_one_by_one_and_taken_in_total_from_any() -> None:
    rmd = only(
        account("A", IRA, year_end=211_000),
        account("B", Registration.ROLLOVER_IRA, year_end=21_100, rmd_taken=11_000),
        account("C", Registration.SEP_IRA, year_end=0),
        account("D", Registration.SIMPLE_IRA, year_end=0),
    )
    assert rmd.pool == "IRA"
    assert [a.required_cents for a in rmd.accounts] == [10_000_00, 1_000_00, 0, 0]
    assert (rmd.required_cents, rmd.taken_cents, rmd.state) == (11_000_00, 11_000_00, RmdState.TAKEN)


def test_403b_contracts_share_among_themselves_and_other_plans_stand_alone() -> None:
    pools = found(
        account("K2", Registration.PLAN_401K, year_end=21_100),
        account("K1", Registration.PLAN_401K, year_end=21_100, rmd_taken=5_000),
        account("V", Registration.PLAN_457B, year_end=21_100),
        account("B1", Registration.PLAN_403B, year_end=21_100),
        account("B2", Registration.PLAN_403B, year_end=21_100),
        account("I", IRA, year_end=21_100),
    )
    assert [(r.pool, r.required_cents, r.left_cents) for r in pools] == [
        ("IRA", 1_000_00, 1_000_00),
        ("403(b)", 2_000_00, 2_000_00),
        ("K1", 1_000_00, 0),  # its surplus helps no other plan
        ("K2", 1_000_00, 1_000_00),
        ("V", 1_000_00, 1_000_00),
    ]
    assert ["still working" in " ".join(r.caveats) for r in pools] == [False, True, True, True, True]


def test_spouses_never_share() -> None:
    mine, yours = found(
        account("A", IRA, year_end=211_000, rmd_taken=50_000),
        account("B", IRA, owner=Owner.SPOUSE, year_end=202_000),
        spouse_born="1946-05-01",
    )
    assert (mine.owner, mine.left_cents) == (Owner.CLIENT, 0)
    # the spouse is 80 in 2026: 202,000 / 20.2
    assert (yours.owner, yours.age, yours.left_cents) == (Owner.SPOUSE, 80, 10_000_00)


# --- The joint table ---


def test_pub_590b_example_of_a_sole_beneficiary_spouse_eleven_years_younger() -> None:
    # $100,000, owner 75, spouse 64: Table II gives 25.3, so $3,953
    ira = account("IRA", IRA, year_end=100_000, sole_beneficiary=SoleBeneficiary.SPOUSE)
    rmd = only(ira, born="1951-03-01", spouse_born="1962-11-01")
    assert (rmd.accounts[0].divisor, rmd.required_cents) == (Decimal("25.3"), 3_952_57)
    assert any("Joint Life table (25.3 at 75 and 64) for IRA" in c for c in rmd.caveats)


def test_a_published_example_of_76_and_60_with_262_000() -> None:
    ira = account("IRA", IRA, year_end=262_000, sole_beneficiary=SoleBeneficiary.SPOUSE)
    rmd = only(ira, born="1950-03-01", spouse_born="1966-11-01")
    assert rmd.required_cents == 9_290_78  # 262,000 / 28.2


@pytest.mark.parametrize(
    ("spouse_born", "divisor"),
    [
        ("1956-01-01", "21.1"),  # 70: nine years younger
        ("1957-12-31", "21.1"),  # 69: exactly ten by the ages attained in the year is not more than ten
        ("1958-01-01", "21.8"),  # 68: eleven, though only ten years and eight months by the calendar
        ("1946-01-01", "21.1"),  # older
        (None, "21.1"),
    ],
)
def test_the_joint_table_begins_with_more_than_ten_years_by_ages_attained(
    spouse_born: str | None, divisor: str
) -> None:
    ira = account("IRA", IRA, year_end=1000, sole_beneficiary=SoleBeneficiary.SPOUSE)
    assert only(ira, spouse_born=spouse_born).accounts[0].divisor == Decimal(divisor)


def test_a_spouse_more_than_ten_years_younger_is_asked_about_with_both_amounts() -> None:
    ira = account("IRA", IRA, year_end=211_000)
    rmd = only(ira, spouse_born="1958-01-01")  # 11 years by year
    assert rmd.required_cents == 10_000_00  # the larger, until it is known
    (caveat,) = rmd.caveats
    assert "requires $9,678.90 instead of $10,000.00" in caveat  # 211,000 / 21.8 and / 21.1
    assert "Enter Spouse or Other as Sole Beneficiary" in caveat
    assert only(ira, spouse_born="1957-12-31").caveats == ()  # exactly 10 by ages attained in the year


def test_another_sole_beneficiary_settles_the_question() -> None:
    ira = account("IRA", IRA, year_end=211_000, sole_beneficiary=SoleBeneficiary.OTHER)
    rmd = only(ira, spouse_born="1968-01-01")
    assert (rmd.required_cents, rmd.caveats) == (10_000_00, ())


def test_each_account_of_a_pool_has_its_own_beneficiary() -> None:
    rmd = only(
        account("A", IRA, year_end=21_800, sole_beneficiary=SoleBeneficiary.SPOUSE),
        account("B", IRA, year_end=21_100, sole_beneficiary=SoleBeneficiary.OTHER),
        account("C", IRA, year_end=21_100),
        spouse_born="1958-01-01",
    )
    assert [row.required_cents for row in rmd.accounts] == [1_000_00, 1_000_00, 1_000_00]
    assert [("for A:" in c, "beneficiary of C" in c) for c in rmd.caveats] == [(True, False), (False, True)]


def test_the_joint_table_holds_for_plans_and_for_the_spouses_own_accounts() -> None:
    plan = account("K", Registration.PLAN_401K, year_end=1000, sole_beneficiary=SoleBeneficiary.SPOUSE)
    assert only(plan, spouse_born="1958-01-01").accounts[0].divisor == Decimal("21.8")
    hers = account("S", IRA, owner=Owner.SPOUSE, year_end=1000, sole_beneficiary=SoleBeneficiary.SPOUSE)
    assert only(hers, born="1958-01-01", spouse_born="1947-05-01").accounts[0].divisor == Decimal("21.8")


@pytest.mark.parametrize("status", [FilingStatus.SINGLE, FilingStatus.QUALIFYING_SURVIVOR])
def test_a_spouse_of_an_unmarried_client_is_a_contradiction_and_the_uniform_table_stays(
    status: FilingStatus,
) -> None:
    ira = account("IRA", IRA, year_end=211_000, sole_beneficiary=SoleBeneficiary.SPOUSE)
    person = client(born="1947-05-01", spouse_born="1968-01-01", status=status)
    (rmd,) = rmds(household(client=person, accounts=[ira]), settings(), PARAMETERS)
    assert rmd.required_cents == 10_000_00
    assert any(f"Filing Status is {status.value}" in c for c in rmd.caveats)


def test_a_spouse_without_a_birth_date_or_too_young_for_the_table_leaves_the_uniform_one() -> None:
    ira = account("IRA", IRA, year_end=211_000, sole_beneficiary=SoleBeneficiary.SPOUSE)
    unknown = only(ira)
    assert (unknown.required_cents, "birth date is missing" in unknown.caveats[0]) == (10_000_00, True)
    child = only(ira, spouse_born="2008-01-01")
    assert (child.required_cents, "no spouse aged 18" in child.caveats[0]) == (10_000_00, True)


@given(age=st.integers(72, 125), spouse_age=st.integers(20, 109))
def test_the_joint_table_never_asks_for_more_than_the_uniform_one(age: int, spouse_age: int) -> None:
    joint = joint_divisor(age, spouse_age, PARAMETERS.rmd)
    assert (joint is None) == (age - spouse_age <= 10)
    if joint is not None:
        assert joint >= uniform_divisor(age, PARAMETERS.rmd)
        assert joint >= (joint_divisor(age + 1, spouse_age, PARAMETERS.rmd) or 0)


# --- Gifts to charity ---


def gift(on: str, amount: int, account_id: str = "IRA") -> Activity:
    return activity(on, ActivityType.QCD, amount=amount, account_id=account_id)


def test_a_qcd_counts_as_taken() -> None:
    rmd = only(account("IRA", IRA, year_end=211_000, rmd_taken=10_000), rows=(gift("2026-03-01", 10_000),))
    assert (rmd.state, rmd.left_cents, rmd.caveats) == (RmdState.TAKEN, 0, ())
    unsaid = only(account("IRA", IRA, year_end=211_000), rows=(gift("2026-03-01", 4_000),))
    assert any("$4,000.00 of it QCDs, which count" in c for c in unsaid.caveats)


def test_qcds_beyond_the_limit_of_one_person_are_said_once() -> None:
    accounts = (
        account("IRA", IRA, year_end=211_000, rmd_taken=100_000),
        account("INH", Registration.INHERITED_IRA, rmd_taken=20_000),
    )
    rows = (gift("2026-03-01", 100_000), gift("2026-04-01", 20_000, "INH"))
    own, inherited = found(*accounts, rows=rows)
    # 120,000 given from both, against 111,000 in 2026
    assert any("QCDs of $120,000.00" in c and "$9,000.00 is an ordinary" in c for c in own.caveats)
    assert not any("exceed" in c for c in inherited.caveats)
    within = found(*accounts, rows=(gift("2026-03-01", 100_000), gift("2026-04-01", 11_000, "INH")))
    assert not any("exceed" in c for rmd in within for c in rmd.caveats)


def test_a_gift_of_the_as_of_date_counts_and_a_later_one_does_not() -> None:
    ira = account("IRA", IRA, year_end=211_000, rmd_taken=112_000)
    assert any("exceed" in c for c in only(ira, rows=(gift("2026-10-15", 112_000),)).caveats)
    assert not any("exceed" in c for c in only(ira, rows=(gift("2026-10-16", 112_000),)).caveats)


def test_pools_come_in_a_fixed_order_whatever_their_ids() -> None:
    """The client's before the spouse's; own IRAs, 403(b)s, other plans by id, inherited accounts last."""
    pools = found(
        account("0-INH", Registration.INHERITED_IRA),
        account("9-K", Registration.PLAN_401K, year_end=1),
        account("1-K", Registration.PLAN_401K, year_end=1),
        account("3-B", Registration.PLAN_403B, year_end=1),
        account("8", IRA, year_end=1),
        account("0-S", IRA, owner=Owner.SPOUSE, year_end=1),
        spouse_born="1947-05-01",
    )
    assert [(rmd.owner, rmd.pool) for rmd in pools] == [
        *((Owner.CLIENT, pool) for pool in ("IRA", "403(b)", "1-K", "9-K", "0-INH")),
        (Owner.SPOUSE, "IRA"),
    ]


def test_each_spouse_has_an_own_qcd_limit() -> None:
    rows = (gift("2026-03-01", 111_000, "A"), gift("2026-03-01", 111_000, "B"))
    pools = found(
        account("A", IRA, year_end=1, rmd_taken=111_000),
        account("B", IRA, owner=Owner.SPOUSE, year_end=1, rmd_taken=111_000),
        spouse_born="1947-05-01",
        rows=rows,
    )
    assert [rmd.caveats for rmd in pools] == [(), ()]


def test_a_gift_before_70_and_a_half_or_out_of_a_plan_is_no_qcd() -> None:
    ira = account("IRA", IRA, year_end=1000, rmd_taken=500)
    early = only(ira, born="1955-10-31", rows=(gift("2026-04-29", 500),))  # 70 1/2 on April 30, 2026
    assert (early.state, "before 2026-04-30" in early.caveats[0]) == (RmdState.NOT_DUE, True)
    assert only(ira, born="1955-10-31", rows=(gift("2026-04-30", 500),)).caveats == ()
    both = only(ira, born="1955-10-31", rows=(gift("2026-04-29", 50_000), gift("2026-05-01", 111_000)))
    assert not any("exceed" in text for text in both.caveats)  # what is no QCD uses nothing of the $111,000
    over = only(ira, born="1955-10-31", rows=(gift("2026-04-29", 50_000), gift("2026-05-01", 112_000)))
    assert any("QCDs of $112,000.00" in text and "$1,000.00 is an ordinary" in text for text in over.caveats)
    plan = account("K", Registration.PLAN_401K, year_end=1000, rmd_taken=500)
    assert any("came out of a plan" in c for c in only(plan, rows=(gift("2026-04-29", 500, "K"),)).caveats)


def test_a_young_spouse_matters_only_once_a_distribution_is_due() -> None:
    assert only(account("IRA", IRA, year_end=1000), born="1965-01-01", spouse_born="1985-01-01").caveats == ()


# --- Unknown ---


def test_a_missing_birth_date_is_unknown_and_says_which() -> None:
    rmd = only(account("IRA", IRA, year_end=1000, rmd_taken=10), born=None)
    assert (rmd.state, rmd.required_cents, rmd.left_cents, rmd.age) == (RmdState.UNKNOWN, None, None, None)
    assert rmd.taken_cents == cents(10)
    assert rmd.caveats[0].startswith("Birth Date of C1 is missing")
    spouse = only(account("IRA", IRA, owner=Owner.SPOUSE, year_end=1000))
    assert spouse.caveats[0].startswith("Spouse Birth Date of C1 is missing")


def test_a_missing_year_end_value_makes_the_pool_unknown_and_names_the_account() -> None:
    rmd = only(account("A", IRA, year_end=21_100), account("B", IRA))
    assert (rmd.state, rmd.required_cents, rmd.left_cents) == (RmdState.UNKNOWN, None, None)
    assert rmd.due == date(2026, 12, 31)
    assert "of B is missing" in rmd.caveats[0]
    assert "December 31, 2025" in rmd.caveats[0]
    assert "The others require $1,000.00" in rmd.caveats[0]


def test_an_ira_cannot_be_owned_jointly() -> None:
    rmd = only(account("IRA", IRA, owner=Owner.JOINT, year_end=1000))
    assert rmd.state is RmdState.UNKNOWN
    assert "set Owner to Client or Spouse for IRA" in rmd.caveats[0]


@pytest.mark.parametrize("registration", [Registration.INHERITED_IRA, Registration.INHERITED_ROTH_IRA])
def test_inherited_accounts_are_unknown_ask(registration: Registration) -> None:
    own, inherited = found(
        account("A-INH", registration, year_end=100_000),
        account("IRA", IRA, year_end=21_100),
        born="1980-01-01",
    )
    assert (own.pool, own.state) == ("IRA", RmdState.NOT_DUE)
    assert (inherited.pool, inherited.state, inherited.required_cents) == ("A-INH", RmdState.UNKNOWN, None)
    assert "unknown, ask" in inherited.caveats[0]


def test_the_order_of_accounts_does_not_matter() -> None:
    accounts = [
        account("A", IRA, year_end=100),
        account("B", IRA, year_end=200),
        account("K", Registration.PLAN_401K),
    ]
    assert found(*accounts) == found(*reversed(accounts))
