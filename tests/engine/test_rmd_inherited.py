"""Inherited IRAs: who must take what from which year on, and what has to be asked.

The as-of date is October 15, 2026. The heir is the client, born in 1966 (60 in 2026), unless a test says otherwise. The
Single Life figures used here (Pub. 590-B Table I): 75.9 at 9, 31.6 at 55, 30.6 at 56, 29.8 at 57, 14.8 at 75,
14.1 at 76, 13.3 at 77, 11.2 at 80, 9.3 at 83, 8.1 at 85.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import (
    account,
    activity,
    cash,
    cents,
    client,
    day,
    household,
    lot,
    security,
    settings,
    tax_parameters,
)
from xl_rebal.engine.book import Account, ActivityType, BeneficiaryType, Owner, Registration
from xl_rebal.engine.results import Rmd, RmdState
from xl_rebal.engine.rmd import rmds
from xl_rebal.engine.rmd_inherited import Inheritance, inherited_duty
from xl_rebal.engine.rmd_rules import required_beginning_date

PARAMETERS = tax_parameters(2026)
RULES = PARAMETERS.rmd
B = BeneficiaryType
IRA, ROTH = Registration.INHERITED_IRA, Registration.INHERITED_ROTH_IRA


def inherited(
    id: str = "INH",  # noqa: A002
    registration: Registration = IRA,
    *,
    died: str | None = None,
    owner_born: str | None = None,
    kind: BeneficiaryType | None = None,
    whose: str = "",
    **more: Any,
) -> Account:
    return account(
        id,
        registration,
        owner_death_date=None if died is None else day(died),
        owner_birth_date=None if owner_born is None else day(owner_born),
        beneficiary_type=kind,
        inherited_from=whose,
        **more,
    )


def found(*accounts: Account, heir_born: str | None = "1966-04-01", **more: Any) -> tuple[Rmd, ...]:
    home = {key: more.pop(key) for key in ("cash", "lots", "securities", "activity") if key in more}
    person = client(born=heir_born, spouse_born=more.pop("spouse_born", None))
    return rmds(household(client=person, accounts=list(accounts), **home), settings(**more), PARAMETERS)


def only(*accounts: Account, **more: Any) -> Rmd:
    (rmd,) = found(*accounts, **more)
    return rmd


def divisor(
    year: int,
    kind: BeneficiaryType,
    died: str,
    owner_born: str | None,
    heir_born: str | None,
    roth: bool = False,
) -> Decimal | None:
    births = [None if text is None else day(text) for text in (owner_born, heir_born)]
    return inherited_duty(Inheritance(roth, day(died), kind, *births), year, RULES).divisor


# --- The ten-year rule ---


def test_a_designated_heir_of_an_owner_who_had_begun_takes_yearly_amounts_and_the_rest_in_year_ten() -> None:
    """The owner, born 1936, died in 2021 at 85, long after April 1, 2008. The heir was 56 in 2022, the year after."""
    case = (B.DESIGNATED, "2021-06-01", "1936-06-15", "1966-04-01")
    assert divisor(2025, *case) == Decimal("27.6")  # 30.6 - 3
    assert divisor(2026, *case) == Decimal("26.6")
    assert divisor(2030, *case) == Decimal("22.6")  # year nine
    last = inherited_duty(
        Inheritance(False, date(2021, 6, 1), B.DESIGNATED, *map(day, case[2:])), 2031, RULES
    )
    assert (last.everything, last.due) == (True, date(2031, 12, 31))


def test_the_yearly_amounts_of_2021_to_2024_were_waived_but_the_divisor_ran_on() -> None:
    rmd = only(
        inherited(died="2020-03-01", owner_born="1936-06-15", kind=B.DESIGNATED, year_end=100_000),
        as_of="2024-10-15",
    )
    assert (rmd.state, rmd.required_cents, rmd.due) == (RmdState.NOT_DUE, 0, None)
    assert any("waived" in c for c in rmd.caveats)
    # 2025, the first year that counts: 31.6 at 55 in 2021, less 4
    now = only(
        inherited(died="2020-03-01", owner_born="1936-06-15", kind=B.DESIGNATED, year_end=100_000),
        as_of="2025-10-15",
    )
    assert (now.state, now.accounts[0].divisor) == (RmdState.DUE, Decimal("27.6"))
    assert now.required_cents == 3_623_19  # 100,000 / 27.6 = 3,623.188...


def test_the_published_example_of_an_heir_aged_56_in_2021() -> None:
    # 30.6 at 56 in 2021, less one for each year since: 26.6 in 2025 (a press example of a death in 2020)
    assert divisor(2025, B.DESIGNATED, "2020-09-01", "1940-01-01", "1965-02-02") == Decimal("26.6")


def test_nothing_is_due_before_year_ten_when_the_owner_had_not_begun() -> None:
    rmd = only(inherited(died="2022-03-01", owner_born="1955-06-15", kind=B.DESIGNATED, year_end=100_000))
    assert (rmd.state, rmd.required_cents, rmd.left_cents) == (RmdState.NOT_DUE, 0, 0)
    assert any("had not begun" in c for c in rmd.caveats)
    assert any("Ten-year rule: all of it must be out by December 31, 2032" in c for c in rmd.caveats)


@pytest.mark.parametrize(("died", "state"), [("2025-03-31", RmdState.NOT_DUE), ("2025-04-01", RmdState.DUE)])
def test_a_death_on_the_required_beginning_date_counts_as_begun(died: str, state: RmdState) -> None:
    assert required_beginning_date(date(1951, 1, 1), RULES) == date(2025, 4, 1)  # 73 in 2024
    assert required_beginning_date(date(1950, 8, 1), RULES) == date(2023, 4, 1)  # 72 in 2022
    rmd = only(inherited(died=died, owner_born="1951-01-01", kind=B.DESIGNATED, year_end=100_000))
    assert rmd.state is state


def test_the_last_year_takes_everything_the_account_holds_now() -> None:
    rmd = only(
        inherited(died="2016-03-01", owner_born="1955-06-15", kind=B.NON_PERSON, year_end=50_000),
        cash=[cash("1,000.00", "INH")],
        lots=[lot("VTI", 100, "9,000", "2016-03-01", "INH")],
        securities=[security("VTI", "80.00")],
        as_of="2021-10-15",
    )
    # five years after 2016, no person: $1,000 + 100 x $80.00, whatever the year began with
    assert (rmd.state, rmd.left_cents, rmd.due) == (RmdState.DUE, 9_000_00, date(2021, 12, 31))


def test_what_has_come_out_in_the_last_year_counts_and_an_empty_account_is_done() -> None:
    ten = {"died": "2020-03-01", "owner_born": "1960-06-15", "kind": B.DESIGNATED, "year_end": 50_000}
    part = only(inherited(**ten, rmd_taken=30_000), cash=[cash("21,000", "INH")], as_of="2030-10-15")
    assert (part.required_cents, part.left_cents) == (51_000_00, 21_000_00)  # 30,000 out, 21,000 there
    done = only(inherited(**ten, rmd_taken=51_000), as_of="2030-10-15")
    assert (done.state, done.left_cents) == (RmdState.TAKEN, 0)


def test_an_account_kept_beyond_its_last_year_is_late_with_the_penalty_in_dollars() -> None:
    rmd = only(
        inherited(died="2019-12-31", owner_born="1960-06-15", kind=B.NON_PERSON, year_end=1),
        cash=[cash("40,000", "INH")],
    )
    assert (rmd.state, rmd.due, rmd.left_cents) == (RmdState.DUE, date(2024, 12, 31), 40_000_00)
    # 25 % and 10 % of 40,000; the correction window ends with the second year after 2024
    late = rmd.caveats[0]
    assert "$10,000.00 (25%)" in late
    assert "$4,000.00 (10%) if corrected by December 31, 2026" in late


def test_more_than_is_due_leaves_nothing_and_never_less_than_nothing() -> None:
    known = {"died": "2022-03-01", "owner_born": "1957-06-15", "kind": B.DISABLED}
    rmd = only(inherited(**known, year_end=26_800, rmd_taken=1_200))
    assert (rmd.state, rmd.required_cents, rmd.left_cents) == (RmdState.TAKEN, 1_000_00, 0)


# --- Life expectancy ---


@pytest.mark.parametrize(("died", "last_year"), [("2019-12-31", None), ("2020-01-01", 2030)])
def test_the_ten_year_rule_is_for_deaths_from_2020_on(died: str, last_year: int | None) -> None:
    case = Inheritance(False, day(died), B.DESIGNATED, day("1940-01-01"), day("1966-04-01"))
    assert inherited_duty(case, 2030, RULES).everything == (last_year == 2030)


def test_an_heir_of_a_death_before_2020_keeps_the_life_expectancy() -> None:
    # the reset of Reg. 1.401(a)(9)-9(f)(2): 14.1 at 76 in 2020, the year after death; 12.1 in 2022 and 11.1 in 2023
    case = (B.DESIGNATED, "2019-05-01", "1939-05-01", "1944-05-01")
    assert [divisor(year, *case) for year in (2022, 2023)] == [Decimal("12.1"), Decimal("11.1")]


@pytest.mark.parametrize("kind", [B.DISABLED, B.CHRONICALLY_ILL, B.NOT_MUCH_YOUNGER])
def test_an_eligible_heir_takes_over_life_without_a_last_year(kind: BeneficiaryType) -> None:
    # 60 in 2026, 57 in 2023: 29.8 - 3; the owner, born 1957, had not begun when he died in 2022
    case = (kind, "2022-03-01", "1957-06-15", "1966-04-01")
    assert divisor(2026, *case) == Decimal("26.8")
    assert divisor(2033, *case) == Decimal("19.8")


def test_an_older_heir_may_use_the_owners_longer_expectancy() -> None:
    # owner born 1946, died in 2023 at 77, 13.3; the heir was 85 in 2024, 8.1. In 2026: 13.3 - 3 = 10.3 against 6.1
    assert divisor(2026, B.NOT_MUCH_YOUNGER, "2023-05-01", "1946-02-01", "1939-02-01") == Decimal("10.3")


def test_an_expectancy_that_is_used_up_takes_everything() -> None:
    duty = inherited_duty(
        Inheritance(False, date(2010, 5, 1), B.DESIGNATED, day("1930-01-01"), day("1928-01-01")), 2026, RULES
    )
    # 11.2 at 80 in 2010, less 16, for the owner; 9.3 at 83 in 2011, less 15, for the heir: nothing is left of either
    assert (duty.everything, duty.due) == (True, date(2026, 12, 31))


def test_an_expectancy_of_more_than_one_year_is_divided_by_to_the_end() -> None:
    """An heir of 78 in 2016: 12.6 (Table I); ten years on 2.6, then 1.6, then all of it."""
    case = Inheritance(False, date(2015, 5, 1), B.DESIGNATED, date(1960, 1, 1), date(1938, 1, 1))
    duties = [inherited_duty(case, year, RULES) for year in (2026, 2027, 2028)]
    assert [duty.divisor for duty in duties] == [Decimal("2.6"), Decimal("1.6"), None]
    assert [duty.everything for duty in duties] == [False, False, True]


def test_a_death_on_the_as_of_date_is_known() -> None:
    rmd = only(inherited(died="2026-10-15", owner_born="1960-02-01", kind=B.DESIGNATED, year_end=1000))
    assert rmd.state is RmdState.NOT_DUE
    tomorrow = only(inherited(died="2026-10-16", owner_born="1960-02-01", kind=B.DESIGNATED, year_end=1000))
    assert "correct it" in tomorrow.caveats[0]


def test_an_owners_minor_child_takes_over_life_and_all_by_31() -> None:
    case = (B.MINOR_CHILD, "2022-03-01", "1980-06-15", "2014-04-01")
    # 9 in 2023: 75.9, less 3
    assert divisor(2026, *case) == Decimal("72.9")
    last = inherited_duty(
        Inheritance(False, date(2022, 3, 1), B.MINOR_CHILD, *map(day, case[2:])), 2045, RULES
    )
    assert (last.everything, last.due) == (True, date(2045, 12, 31))  # 21 in 2035, and ten years
    before = inherited_duty(
        Inheritance(False, date(2022, 3, 1), B.MINOR_CHILD, *map(day, case[2:])), 2044, RULES
    )
    assert not before.everything


def test_a_child_of_21_is_no_minor() -> None:
    rmd = only(
        inherited(died="2022-03-01", owner_born="1970-06-15", kind=B.MINOR_CHILD, year_end=1),
        heir_born="2001-03-01",
    )
    assert rmd.state is RmdState.UNKNOWN
    assert "enter Designated" in rmd.caveats[0]
    younger = only(
        inherited(died="2022-03-01", owner_born="1970-06-15", kind=B.MINOR_CHILD, year_end=1),
        heir_born="2001-03-02",
    )
    assert younger.state is RmdState.DUE


def test_no_person_as_heir_uses_the_owners_own_expectancy_or_five_years() -> None:
    # born 1943, died in 2023 at 80: 11.2, less 3 in 2026 (Pub. 590-B: not an individual, after the beginning date)
    assert divisor(2026, B.NON_PERSON, "2023-05-01", "1943-02-01", None) == Decimal("8.2")
    early = Inheritance(False, date(2022, 5, 1), B.NON_PERSON, date(1960, 2, 1))
    assert inherited_duty(early, 2026, RULES).due is None
    assert inherited_duty(early, 2027, RULES).everything


# --- The spouse ---


def test_a_spouse_is_looked_up_anew_each_year_and_told_of_the_better_ways() -> None:
    # the owner, born 1943, had begun; the spouse is 75 in 2026: 14.8, and the owner's 11.2 - 3 is shorter
    rmd = only(
        inherited(died="2023-05-01", owner_born="1943-02-01", kind=B.SPOUSE, year_end=148_000),
        heir_born="1951-07-01",
    )
    assert (rmd.age, rmd.accounts[0].divisor) == (75, Decimal("14.8"))
    assert rmd.required_cents == 10_000_00  # 148,000 / 14.8
    assert any("24.6 at 75" in c and "SECURE 2.0 sec. 327" in c for c in rmd.caveats)


def test_a_spouse_of_an_owner_who_had_not_begun_waits_until_the_owner_would_have() -> None:
    # the owner, born 1955, would have reached 73 in 2028
    case = (B.SPOUSE, "2022-05-01", "1955-02-01", "1958-07-01")
    assert divisor(2027, *case) is None
    assert divisor(2028, *case) == RULES.single_life[70]
    assert divisor(2029, *case) == RULES.single_life[71]


# --- Roth, year of death, sharing ---


@pytest.mark.parametrize("kind", list(B))
@pytest.mark.parametrize(
    ("died", "owner_born", "may"),
    [
        ("2022-05-01", "1960-02-01", True),
        ("2022-05-01", "1945-02-01", False),  # distributions had begun
        ("2019-12-31", "1960-02-01", False),  # before the ten-year rule
    ],
)
def test_only_who_may_choose_is_told_of_the_ten_years_that_may_have_been_chosen(
    kind: BeneficiaryType, died: str, owner_born: str, may: bool
) -> None:
    """A spouse or another eligible heir of an owner who had not begun (Reg. 1.401(a)(9)-3(c)(5)(iii))."""
    heir = day("2015-04-01") if kind is B.MINOR_CHILD else day("1962-04-01")
    duty = inherited_duty(Inheritance(False, day(died), kind, day(owner_born), heir), 2026, RULES)
    eligible = kind not in (B.DESIGNATED, B.NON_PERSON)
    said = [note for note in duty.notes if "If the ten-year rule was chosen instead" in note]
    assert bool(said) is (may and eligible and not duty.question), duty
    assert all("before December 31, 2032" in note for note in said)


def test_a_roth_owner_never_had_begun() -> None:
    case = {"died": "2022-05-01", "kind": B.DESIGNATED, "year_end": 100_000}
    rmd = only(inherited("R", ROTH, **case))  # neither birth date of the owner nor of the heir is needed
    assert (rmd.state, rmd.due) == (RmdState.NOT_DUE, None)
    at_86 = ("2022-05-01", "1936-01-01", "1966-04-01")
    assert divisor(2026, B.DESIGNATED, *at_86, roth=True) is None
    assert (
        divisor(2026, B.DESIGNATED, *at_86) == divisor(2026, B.DISABLED, *at_86, roth=True) == Decimal("26.8")
    )


def test_the_year_of_death_asks_for_what_the_owner_took() -> None:
    begun = only(inherited(died="2026-02-01", owner_born="1946-02-01", kind=B.DESIGNATED, year_end=1))
    assert begun.state is RmdState.UNKNOWN
    assert "how much of it was taken before death" in begun.caveats[0]
    early = only(inherited(died="2026-02-01", owner_born="1966-02-01", kind=B.DESIGNATED, year_end=1))
    assert early.state is RmdState.NOT_DUE


def test_accounts_inherited_from_the_same_person_share_and_others_do_not() -> None:
    ruth = {"died": "2022-03-01", "owner_born": "1957-06-15", "kind": B.DISABLED, "whose": "Ruth Abel"}
    case = (
        inherited("A", **ruth, year_end=26_800, rmd_taken=2_000),
        inherited("B", whose="ruth abel", year_end=26_800),  # the first row says the rest
        inherited("C", ROTH, **ruth, year_end=26_800),
        inherited("D", **ruth | {"whose": "Sam"}, year_end=26_800),
    )
    pools = found(*case)
    assert [(r.pool, [a.account_id for a in r.accounts], r.required_cents, r.left_cents) for r in pools] == [
        ("Inherited IRA from Ruth Abel", ["A", "B"], 2_000_00, 0),  # 26,800 / 26.8 each; all taken from A
        ("D", ["D"], 1_000_00, 1_000_00),
        ("C", ["C"], 1_000_00, 1_000_00),
    ]
    assert found(*reversed(case)) == pools


def test_the_spouses_inheritance_is_the_spouses() -> None:
    (rmd,) = found(
        inherited(
            owner=Owner.SPOUSE, died="2022-03-01", owner_born="1957-06-15", kind=B.DISABLED, year_end=1_000
        ),
        spouse_born="1966-04-01",
        heir_born=None,
    )
    assert (rmd.owner, rmd.age, rmd.accounts[0].divisor) == (Owner.SPOUSE, 60, Decimal("26.8"))


def test_an_account_without_a_name_is_taken_alone_and_says_so() -> None:
    same = {"died": "2022-03-01", "owner_born": "1957-06-15", "kind": B.DISABLED, "year_end": 26_800}
    first, second = found(inherited("A", **same), inherited("B", **same))
    assert (first.pool, second.pool) == ("A", "B")
    assert any("Inherited From of A is missing" in c and "with B" in c for c in first.caveats)


# --- Unknown: the exact question ---


@pytest.mark.parametrize(
    ("known", "asked", "not_asked"),
    [
        (
            {},
            "enter Owner Death Date, Beneficiary Type and Owner Birth Date on the Accounts sheet.",
            "Clients",
        ),
        ({"died": "2022-03-01", "kind": B.SPOUSE}, "enter Owner Birth Date on the Accounts sheet.", "Death"),
        (
            {"died": "2022-03-01", "kind": B.DISABLED, "owner_born": "1957-06-15"},
            "enter Birth Date of C1 on the Clients sheet.",
            "Accounts sheet",
        ),
        (
            {"died": "2022-03-01", "owner_born": "1957-06-15"},
            "enter Beneficiary Type on the Accounts",
            "Clients",
        ),
    ],
)
def test_what_is_missing_is_asked_for_by_its_column(
    known: dict[str, Any], asked: str, not_asked: str
) -> None:
    rmd = only(inherited(**known, year_end=1_000, rmd_taken=10), heir_born=None)
    assert (rmd.state, rmd.required_cents, rmd.left_cents) == (RmdState.UNKNOWN, None, None)
    assert rmd.taken_cents == cents(10)
    assert asked in rmd.caveats[0]
    assert not_asked not in rmd.caveats[0]


def test_a_missing_year_end_value_is_asked_for_where_it_decides() -> None:
    known = {"died": "2022-03-01", "owner_born": "1957-06-15"}
    rmd = only(inherited(**known, kind=B.DISABLED))
    assert (rmd.state, rmd.due) == (RmdState.UNKNOWN, date(2026, 12, 31))
    assert rmd.caveats[0].startswith("Prior Year-End Value of INH is missing")
    assert only(inherited(**known, kind=B.DESIGNATED)).state is RmdState.NOT_DUE  # ten years, not begun


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"died": "2026-11-01"}, "is after the tax year or the as-of date"),
        ({"owner_born": "2023-01-01"}, "Owner Birth Date is after Owner Death Date"),
        ({"kind": B.NOT_MUCH_YOUNGER, "owner_born": "1956-03-31"}, "more than 10 years younger"),
        ({"died": "1964-12-31", "owner_born": "1900-01-01"}, "heir's birth date is after Owner Death Date"),
    ],
)
def test_facts_that_contradict_each_other_are_a_question(facts: dict[str, Any], said: str) -> None:
    right = {"died": "2022-03-01", "owner_born": "1957-06-15", "kind": B.DISABLED}
    rmd = only(inherited(**right | facts, year_end=1_000))
    assert rmd.state is RmdState.UNKNOWN
    assert said in rmd.caveats[0]


def test_ten_years_to_the_day_is_not_more_than_ten_years_younger() -> None:
    rmd = only(inherited(died="2022-03-01", owner_born="1956-04-01", kind=B.NOT_MUCH_YOUNGER, year_end=1_000))
    assert rmd.state is RmdState.DUE
    typed = only(inherited(died="2022-03-01", owner_born="1956-04-01", kind=B.DESIGNATED, year_end=1_000))
    assert any("'Not more than ten years younger' as Beneficiary Type" in c for c in typed.caveats)


def test_accounts_of_one_person_with_different_dates_are_a_question() -> None:
    same = {"whose": "Ruth", "owner_born": "1957-06-15", "kind": B.DISABLED, "year_end": 1_000}
    rmd = only(inherited("A", **same, died="2022-03-01"), inherited("B", **same, died="2022-03-02"))
    assert rmd.state is RmdState.UNKNOWN
    assert "Owner Death Date differs" in rmd.caveats[0]


def test_a_joint_owner_of_an_inherited_account_is_asked_for() -> None:
    rmd = only(inherited(owner=Owner.JOINT))
    assert "set Owner to Client or Spouse for INH" in rmd.caveats[0]


def test_activity_beyond_what_is_entered_as_taken_is_said() -> None:
    rmd = only(
        inherited(died="2022-03-01", owner_born="1957-06-15", kind=B.DISABLED, year_end=26_800),
        activity=[activity("2026-03-01", ActivityType.RMD, amount=500, account_id="INH")],
    )
    assert any("Activity shows $500.00" in c for c in rmd.caveats)


# --- Properties ---

_DAYS = st.dates(date(1925, 1, 1), date(2018, 12, 31))


@given(
    kind=st.sampled_from(list(BeneficiaryType)),
    death=st.dates(date(2005, 1, 1), date(2026, 9, 30)),
    owner_born=_DAYS,
    heir_born=_DAYS,
    roth=st.booleans(),
    ahead=st.integers(0, 40),
)
def test_every_case_has_one_answer_and_divisors_only_fall(
    kind: BeneficiaryType, death: date, owner_born: date, heir_born: date, roth: bool, ahead: int
) -> None:
    case = Inheritance(roth, death, kind, owner_born, heir_born)
    year = death.year + ahead
    duty, following = inherited_duty(case, year, RULES), inherited_duty(case, year + 1, RULES)
    if duty.question or following.question:
        return
    assert [duty.divisor is not None, duty.everything].count(True) <= 1
    assert (duty.due is None) == (duty.divisor is None and not duty.everything)
    if duty.divisor is not None:
        assert duty.divisor > 1
        assert following.everything or (following.divisor or Decimal(0)) < duty.divisor
    if duty.everything:
        assert following.everything  # once all is due, it stays so
    if kind is B.DESIGNATED and case.ten_years(RULES):
        assert duty.everything == (ahead >= 10) or (duty.everything and case.begun(RULES))
