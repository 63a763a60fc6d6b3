"""Rules that clients asked for: in force only when a person confirmed them, and then through holds, withdrawals, budget."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import count

import pytest

from tests import builders as b
from xl_rebal.engine.book import (
    Activity,
    ActivityType,
    ClientRule,
    Household,
    Registration,
    RuleKind,
    RuleState,
    RuleStatus,
)
from xl_rebal.engine.checks import checks
from xl_rebal.engine.client_rules import with_rules
from xl_rebal.engine.plan import plan
from xl_rebal.engine.problems import Severity, Source
from xl_rebal.engine.results import Plan, Rule

PARAMS = b.tax_parameters()
SAID = date(2026, 10, 2)
SELL, CASH, BUDGET, MEETING = (
    RuleKind.DO_NOT_SELL, RuleKind.CASH_NEED, RuleKind.GAIN_BUDGET, RuleKind.MEETING,
)  # fmt: skip
_rows = count(2)


def rule(kind: RuleKind = SELL, **changes: object) -> ClientRule:
    """A confirmed rule, said on October 2; by default not to sell BA."""
    base = ClientRule(
        b.CLIENT_ID, kind, RuleStatus.CONFIRMED, "The client said so.", SAID,
        symbol="BA" if kind is SELL else "", confirmed_by="M. Alder", confirmed_on=date(2026, 10, 5),
        source=Source("Rules", next(_rows)),
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]


def home(**changes: object) -> Household:
    """$80,000 of stock against a target of 60 %: 20 points over, half in BA, half in VTI, BA with less gain; $20,000 cash."""
    parts = {
        "client": b.client(taxable_income_cents=20_000_000),
        "lots": [
            b.lot("BA", 400, "38,000", "2020-01-06", id="A"),
            b.lot("VTI", 400, "10,000", "2020-01-06", id="V"),
        ],
        "cash": [b.cash("20,000")],
        "securities": [b.security("BA"), b.security("VTI"), b.security("CASH", 1, "Cash")],
        "targets": [b.target("US Equity", 0.6), b.target("Cash", 0.4)],
        "notes": [b.note("2026-10-02", "The client said so.")],
    }
    return b.household(**(parts | changes))  # type: ignore[arg-type]


def ruled(*rules: ClientRule, of: Household | None = None, **settings: object) -> Household:
    return with_rules(of or home(), rules, b.settings(**settings))


def planned(household: Household) -> Plan:
    return plan(household, b.settings(), PARAMS)


def state(household: Household) -> list[RuleState]:
    return [ruling.state for ruling in household.rulings]


# ------------------------------------------------------------------ what needs a person


@pytest.mark.parametrize("kind", list(RuleKind))
@pytest.mark.parametrize("status", [RuleStatus.PROPOSED, RuleStatus.DECLINED])
def test_a_rule_that_nobody_confirmed_leaves_the_plan_as_it_is_to_the_byte(kind, status):
    """Names and dates beside it don't help: the status decides."""
    base = home()
    asked = ruled(rule(kind, status=status, amount_cents=6_000_000, on=date(2026, 12, 31)), of=base)
    assert replace(asked, rulings=()) == base
    assert repr(planned(asked)) == repr(planned(base))


def test_confirmed_without_a_name_is_not_in_force_and_withholds_until_somebody_answers():
    nameless = ruled(rule(confirmed_by="  "))
    assert state(nameless) == [RuleState.INCOMPLETE]
    assert not any(lot.hold for lot in nameless.lots)
    (problem,) = (p for p in checks(b.book(nameless)) if p.code == "rule-incomplete")
    assert (problem.severity, problem.column) == (Severity.ERROR, "Confirmed By")


def test_a_proposal_is_a_question_with_what_is_at_stake():
    """400 BA x $100."""
    asked = ruled(rule(status=RuleStatus.PROPOSED))
    (problem,) = (p for p in checks(b.book(asked)) if p.code == "rule-proposed")
    assert problem.severity is Severity.WARNING
    assert problem.what == (
        "Do not sell BA (CRM entry of October 2, 2026: \u2018The client said so.\u2019). Nobody has confirmed it, so it has "
        "no effect."
    )
    assert problem.cost == "The plan may sell some of $40,000.00 of BA that the client wants to keep."


def test_rules_in_force_and_declined_ones_are_no_problem():
    quiet = ruled(rule(), rule(status=RuleStatus.DECLINED))
    assert not [p for p in checks(b.book(quiet)) if p.code.startswith("rule")]


# ------------------------------------------------------------------ do not sell


def test_a_security_that_the_client_wants_to_keep_is_not_sold_and_the_reason_cites_the_entry():
    free = planned(home())
    assert [t.symbol for t in free.sells] == ["BA"]  # 5 % of gain in a dollar of it, 75 % in VTI
    kept = planned(ruled(rule()))
    assert [t.symbol for t in kept.sells] == ["VTI"]
    (blocked,) = kept.blocked
    assert (blocked.rule, blocked.symbol) == (Rule.HOLD, "BA")
    assert blocked.reason == "Client's wish of October 2, 2026: \u2018The client said so.\u2019"


def test_a_rule_for_one_account_leaves_the_other_accounts_free():
    two = home(
        accounts=[b.account(), b.account("T2")],
        lots=[b.lot("BA", 400, "38,000", "2020-01-06"), b.lot("BA", 400, "38,000", "2020-01-06", "T2")],
    )
    held = ruled(rule(account_id="T2"), of=two)
    assert [(lot.account_id, lot.hold) for lot in held.lots] == [(b.TAXABLE, False), ("T2", True)]
    assert state(ruled(rule(account_id="T9"), of=two)) == [RuleState.INCOMPLETE]


def test_a_rule_holds_to_its_last_day_and_no_longer():
    assert state(ruled(rule(on=b.AS_OF))) == [RuleState.IN_FORCE]
    past = ruled(rule(on=date(2026, 10, 14)))
    assert state(past) == [RuleState.EXPIRED]
    assert not any(lot.hold for lot in past.lots)
    assert "rule-expired" in {p.code for p in checks(b.book(past))}


@pytest.mark.parametrize(
    "over",
    [
        {"symbol": "BAA"},
        {"symbol": ""},
        {"account_id": "T9"},
        {"confirmed_by": ""},
        {"kind": CASH, "amount_cents": None},
        {"kind": CASH, "amount_cents": 1, "account_id": "T9"},
        {"kind": MEETING, "sentence": ""},
        {"kind": BUDGET, "amount_cents": None, "on": date(2025, 12, 31)},
        {"kind": BUDGET, "amount_cents": 100, "on": None, "said_on": date(2025, 12, 31), "confirmed_by": ""},
    ],
    ids=str,
)
def test_a_rule_that_is_over_has_no_effect_however_incomplete_it_is(over):
    """Its symbol was sold and its account closed since: that is no reason to withhold the client."""
    base = home()
    past = ruled(rule(**{"on": date(2026, 10, 14), **over}), of=base)
    assert state(past) == [RuleState.EXPIRED]
    assert replace(past, rulings=()) == base
    severity = Severity.WARNING if over.get("kind") is CASH else Severity.NOTE  # the cash may be lacking
    assert [p.severity for p in checks(b.book(past)) if p.code.startswith("rule")] == [severity]
    if over.get("kind") is not BUDGET:
        assert state(ruled(rule(**{"on": b.AS_OF, **over}), of=base)) == [RuleState.INCOMPLETE]


def test_a_need_that_was_paid_in_time_is_met_and_not_over():
    paid = ruled(need(by=date(2026, 10, 14)), of=home(activity=[withdrawal("2026-10-09", "30,000")]))
    assert state(paid) == [RuleState.MET]
    part = ruled(need(by=date(2026, 10, 14)), of=home(activity=[withdrawal("2026-10-09", "29,999")]))
    assert state(part) == [RuleState.EXPIRED]
    assert part.accounts[0].withdrawal_cents == 0


def test_a_meeting_preference_that_is_over_gives_way_to_the_older_one():
    found = ruled(rule(MEETING, said_on=date(2026, 1, 1)), rule(MEETING, on=date(2026, 10, 14)))
    assert state(found) == [RuleState.IN_FORCE, RuleState.EXPIRED]


def test_a_symbol_that_is_not_known_withholds_and_one_that_is_not_held_does_nothing():
    assert state(ruled(rule(symbol="BAA"))) == [RuleState.INCOMPLETE]
    assert state(ruled(rule(symbol=""))) == [RuleState.INCOMPLETE]
    idle = ruled(rule(symbol="CASH"))
    assert state(idle) == [RuleState.IDLE]
    (problem,) = (p for p in checks(b.book(idle)) if p.code == "rule-idle")
    assert problem.severity is Severity.WARNING  # its symbol may have changed since


# ------------------------------------------------------------------ cash needs


def need(dollars: str = "30,000", by: date = date(2027, 1, 31), **changes: object) -> ClientRule:
    return rule(CASH, amount_cents=b.cents(dollars), on=by, **changes)


def withdrawal(on: str, dollars: str, account: str = b.TAXABLE) -> Activity:
    return b.activity(on, ActivityType.WITHDRAWAL, amount=dollars, account_id=account)


def test_a_cash_need_is_raised_in_the_only_taxable_account_and_leaves_with_its_reason():
    paid = planned(ruled(need()))
    (transfer,) = paid.transfers
    assert (transfer.from_account, transfer.to_account, transfer.cents) == (b.TAXABLE, "", 3_000_000)
    assert transfer.why == "Withdrawal asked for; by January 31, 2027, client's wish of October 2, 2026"
    assert not paid.shortfalls


def test_a_cash_need_without_an_account_asks_when_there_are_several():
    two = home(accounts=[b.account(), b.account("T2"), b.account("IRA", Registration.TRADITIONAL_IRA)])
    assert state(ruled(need(), of=two)) == [RuleState.INCOMPLETE]
    named = ruled(need(account_id="T2"), of=two)
    assert [a.withdrawal_cents for a in named.accounts] == [0, 3_000_000, 0]


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (date(2026, 10, 14), RuleState.EXPIRED),
        (date(2026, 10, 15), RuleState.IN_FORCE),
        (date(2027, 2, 12), RuleState.IN_FORCE),  # 120 days after October 15
        (date(2027, 2, 13), RuleState.LATER),
        (None, RuleState.INCOMPLETE),
    ],
)
def test_a_cash_need_is_raised_within_the_firms_days_and_not_after_its_date(by, expected):
    assert state(ruled(need(by=by))) == [expected]


def test_what_was_withdrawn_since_it_was_said_is_not_raised_again():
    part = ruled(
        need(), of=home(activity=[withdrawal("2026-10-01", "9,000"), withdrawal("2026-10-09", "10,000")])
    )
    assert [r.cents for r in part.rulings] == [2_000_000]  # the one of October 1 is older than the wish
    whole = ruled(need(), of=home(activity=[withdrawal("2026-10-09", "30,000")]))
    assert state(whole) == [RuleState.MET]
    assert whole.accounts[0].withdrawal_cents == 0


def test_a_withdrawal_of_the_day_on_which_the_wish_was_said_is_older_than_it():
    (same,) = ruled(need(), of=home(activity=[withdrawal("2026-10-02", "30,000")])).rulings
    assert (same.state, same.cents) == (RuleState.IN_FORCE, 3_000_000)
    assert same.why == "$30,000.00 is raised in account TAX by January 31, 2027."
    (part,) = ruled(need(), of=home(activity=[withdrawal("2026-10-03", "10,000")])).rulings
    assert part.cents == 2_000_000
    assert part.why.endswith("by January 31, 2027, as $10,000.00 was withdrawn since it was said.")


def test_a_need_of_no_known_day_is_raised_in_full_and_other_rules_raise_nothing():
    found = ruled(need(said_on=None), rule(), of=home(activity=[withdrawal("2026-10-09", "30,000")])).rulings
    assert [ruling.cents for ruling in found] == [3_000_000, 0]
    assert found[1].why == "BA is not sold."
    assert ruled(rule(account_id=b.TAXABLE)).rulings[0].why == "BA is not sold in account TAX."


def test_withdrawals_pay_the_earliest_need_first_whatever_the_order_of_rows():
    paid = home(activity=[withdrawal("2026-10-09", "20,000"), withdrawal("2026-10-10", "1")])
    late, early = need("30,000", date(2027, 1, 31)), need("19,000", date(2026, 12, 1))
    assert [r.cents for r in ruled(late, early, of=paid).rulings] == [2_899_900, 0]


def test_where_cash_comes_from_is_asked_in_words_that_fit():
    none = home(accounts=[b.account(do_not_trade=True)])
    assert ruled(need(), of=none).rulings[0].why.endswith("the client has no taxable account that is traded.")
    two = home(accounts=[b.account(), b.account("T2")])
    assert ruled(need(), of=two).rulings[0].why.endswith("the client has several taxable accounts.")


def test_one_withdrawal_pays_one_need_and_that_of_its_amount_first():
    home_ = home(activity=[withdrawal("2026-10-09", "20,000")])
    both = ruled(need("30,000"), need("20,000", date(2027, 2, 1)), of=home_)
    assert state(both) == [RuleState.IN_FORCE, RuleState.MET]
    assert both.accounts[0].withdrawal_cents == 3_000_000


def test_the_same_need_twice_is_raised_once():
    assert state(ruled(need(), need())) == [RuleState.IN_FORCE, RuleState.OVERRULED]
    asked = home(accounts=[b.account(withdrawal_cents=3_000_000)])
    once = ruled(need(), of=asked)
    assert state(once) == [RuleState.OVERRULED]
    assert once.accounts[0].withdrawal_cents == 3_000_000
    more = ruled(need("5,000"), of=asked)
    assert more.accounts[0].withdrawal_cents == 3_500_000


def test_a_need_that_was_paid_is_not_raised_for_its_second_row():
    paid = ruled(need(), need(), of=home(activity=[withdrawal("2026-10-09", "30,000")]))
    assert state(paid) == [RuleState.MET, RuleState.OVERRULED]
    assert paid.accounts[0].withdrawal_cents == 0


def test_the_same_need_is_raised_once_whether_or_not_its_only_account_is_named():
    named = ruled(need(), need(account_id=home().accounts[0].id))
    assert state(named) == [RuleState.IN_FORCE, RuleState.OVERRULED]
    assert named.accounts[0].withdrawal_cents == 3_000_000


# ------------------------------------------------------------------ gain budget, meetings


def test_the_newest_gain_budget_of_the_year_counts_but_never_above_the_clients_sheet():
    old = rule(BUDGET, amount_cents=3_000_000, said_on=date(2026, 3, 1))
    new = rule(BUDGET, amount_cents=5_000_000)
    both = ruled(new, old)
    assert state(both) == [RuleState.IN_FORCE, RuleState.OVERRULED]
    assert both.client.gain_budget_cents == 5_000_000
    strict = home(client=b.client(gain_budget_cents=1_000_000))
    kept = ruled(new, of=strict)
    assert state(kept) == [RuleState.OVERRULED]
    assert kept.client.gain_budget_cents == 1_000_000


@pytest.mark.parametrize(("year", "expected"), [(2025, RuleState.EXPIRED), (2027, RuleState.LATER)])
def test_a_gain_budget_of_another_year_is_not_in_force(year, expected):
    other = ruled(rule(BUDGET, amount_cents=5_000_000, on=date(year, 12, 31)))
    assert state(other) == [expected]
    assert other.client.gain_budget_cents is None


def test_a_newer_rule_of_another_kind_does_not_overrule_a_gain_budget():
    budget = rule(BUDGET, amount_cents=5_000_000)
    later = need(said_on=date(2026, 10, 9), by=date(2026, 12, 1))
    assert state(ruled(budget, later)) == [RuleState.IN_FORCE, RuleState.IN_FORCE]
    past = rule(BUDGET, amount_cents=1_000_000, said_on=date(2026, 10, 9), on=date(2025, 12, 31))
    assert state(ruled(budget, past)) == [RuleState.IN_FORCE, RuleState.EXPIRED]


def test_only_the_newest_meeting_preference_is_for_the_letter_and_none_touches_the_plan():
    base = home()
    found = ruled(rule(MEETING, said_on=date(2026, 1, 1)), rule(MEETING), of=base)
    assert state(found) == [RuleState.OVERRULED, RuleState.IN_FORCE]
    assert replace(found, rulings=()) == base
