"""Why a plan can be relied on, in words: nothing claims more than was proven, and every figure is a fact of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests import hartwell
from xl_rebal.engine.explain import Explanation, LotReason, Waiting
from xl_rebal.engine.results import Certificate, Disposal, Plan, PlanState, ProofStatus, Review, Rule, Slack
from xl_rebal.facts.build import build_facts
from xl_rebal.facts.proof_facts import effect_text, gap_cents
from xl_rebal.facts.types import Facts, Topic

HOME, SETTINGS = hartwell.household(), hartwell.settings()


def facts_of(review: Review | None = None, why: Explanation | None = None, **plan: Any) -> Facts:
    found = review or hartwell.review()
    assert found.plan is not None
    return build_facts(HOME, replace(found, plan=replace(found.plan, **plan)), SETTINGS, why)


def said(facts: Facts, fact_id: str) -> str:
    found = facts.get(fact_id)
    return found.display if found else ""


def certificate(gap: float, *tight: Slack, status: ProofStatus = ProofStatus.OPTIMAL) -> Certificate:
    return replace(hartwell.certificate(gap, "3f9a1c20be41", *tight), status=status)


# --- The certificate -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gap", "cents"),
    [
        (0.0, 1),  # two floats that are equal prove no more than a cent
        (0.001, 1),
        (0.874, 88),
        (0.88, 88),
        (0.8801, 89),
        (99.99, 9_999),
        (100.01, 10_100),
        (12_345.0, 1_234_500),
    ],
)
def test_a_gap_is_rounded_up_to_the_cent_and_from_a_hundred_dollars_to_the_dollar(
    gap: float, cents: int
) -> None:
    assert gap_cents(replace(certificate(0.0), objective=gap, bound=0.0)) == cents


def test_a_proven_plan_says_how_near_it_is_and_by_which_hash_it_is_known() -> None:
    facts = facts_of(certificate=certificate(0.874, Slack("Gain budget", 99)))
    assert said(facts, "PROOF") == (
        "Proven within $0.88 of the least tax and drift that the rules allow; the gain budget binds. "
        "Checked independently. Plan 3f9a1c20be41."
    )
    assert facts.by_id["PROOF_GAP"].value == 88
    assert facts.by_id["PLAN_HASH"].value == "3f9a1c20be41".ljust(64, "0")
    assert facts.by_id["ALT_PLAN_HASH"].display == "a41b00000000"


def test_a_search_that_ended_at_its_limit_is_not_called_proven() -> None:
    text = said(facts_of(certificate=certificate(412.2, status=ProofStatus.LIMITED)), "PROOF")
    assert text.startswith("Search ended at its work limit: within $413 of the least tax and drift")
    assert "roven" not in text


def test_with_tax_unknown_the_proof_is_of_the_highest_rates_only() -> None:
    text = said(facts_of(tax=None), "PROOF")
    assert text.startswith("Proven within $0.88 of the best that the rules allow at the highest tax rates")
    assert "least tax" not in text


def test_without_trades_there_is_nothing_to_prove() -> None:
    nothing = Certificate(ProofStatus.NOTHING, 0.0, 0.0, 0, (), "5e" * 32)
    facts = facts_of(trades=(), state=PlanState.NO_ACTION, certificate=nothing, alternative=None)
    assert said(facts, "PROOF") == "No trades, so nothing to prove. Checked independently. Plan 5e5e5e5e5e5e."
    assert facts.get("PROOF_GAP") is None


def test_a_budget_that_is_passed_does_not_bind_and_spent_cash_is_no_news() -> None:
    """$21,000 over the budget: the tax column says so. Cash of an account is spent in every plan."""
    facts = facts_of(certificate=certificate(0.5, Slack("Gain budget", -2_100_000)))
    assert facts.get("PROOF_BINDING") is None
    assert "bind" not in said(facts, "PROOF")


def test_two_limits_bind_with_the_budget_named_first() -> None:
    tight = (Slack("Band of Equity", 0), Slack("Gain budget", 50))
    text = said(facts_of(certificate=certificate(0.5, *tight)), "PROOF_BINDING")
    assert text == "the gain budget and the band of Equity bind"


def test_a_withheld_plan_has_no_proof() -> None:
    facts = build_facts(HOME, replace(hartwell.review(), plan=None), SETTINGS, hartwell.explanation())
    assert facts.of(Topic.PROOF) == ()


# --- Each sale -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "drift", "text"),
    [
        (124_000, 0.0, "$1,240 more tax"),
        (124_000, 0.004, "$1,240 more tax and 0.4% more drift"),
        (124_000, -0.004, "$1,240 more tax, 0.4% less drift"),
        (-50_000, 0.004, "0.4% more drift, $500 less tax"),
        (0, 0.012, "1.2% more drift"),
        (0, 0.0, "other lots would serve as well"),
        (49, 0.0004, "other lots would serve as well"),  # would show as $0 and 0.0%
        (None, 0.012, "1.2% more drift"),
        (None, 0.0, ""),  # tax is unknown: nothing can be said
    ],
)
def test_what_becomes_of_the_plan_without_a_sale(more: int | None, drift: float, text: str) -> None:
    assert effect_text(more, drift) == text


def test_each_trim_has_its_counterfactual_with_the_figures_as_facts_and_the_lots_row() -> None:
    facts = facts_of(why=hartwell.explanation())
    assert said(facts, "WITHOUT_AAPL_1") == "without this sale $1,240 more tax"
    assert facts.by_id["WITHOUT_AAPL_1_TAX"].value == 124_000
    assert facts.by_id["WITHOUT_AAPL_1"].sources == (hartwell.LOTS["AAPL"].source,)
    assert said(facts, "WITHOUT_NVDA_1") == "without this sale 3.3% more drift, $14,518 less tax"
    assert (said(facts, "WITHOUT_NVDA_1_DRIFT"), said(facts, "WITHOUT_NVDA_1_TAX")) == ("3.3%", "$14,518")
    assert said(facts, "WITHOUT_MSFT_1") == "other lots would serve as well"


def _two_lots() -> tuple[Plan, Explanation]:
    """AAPL out of two lots, each asked about on its own: $300 and $900 more tax."""
    plan = hartwell.plan()
    trade = next(t for t in plan.sells if t.symbol == "AAPL")
    [sold] = trade.disposals
    other: Disposal = replace(sold, lot=replace(sold.lot, id="A2"))
    lots = tuple(
        LotReason(hartwell.TAX, "AAPL", lot, 2_250_000, 1_600_000, more, 0.0, "")
        for lot, more in (("A1", 30_000), ("A2", 90_000))
    )
    return replace(plan, trades=(replace(trade, disposals=(sold, other)),)), Explanation(lots, (), (), ())


def test_of_several_lots_the_dearest_is_named_as_one_and_not_added_up() -> None:
    plan, why = _two_lots()
    facts = facts_of(why=why, trades=plan.trades)
    assert said(facts, "WITHOUT_AAPL_1") == "without one of its lots $900 more tax"


def test_where_even_the_dearest_of_several_lots_has_an_equal_that_is_said_of_one_lot() -> None:
    plan, why = _two_lots()
    alike = replace(why, lots=tuple(replace(lot, more_tax_cents=0) for lot in why.lots))
    facts = facts_of(why=alike, trades=plan.trades)
    assert said(facts, "WITHOUT_AAPL_1") == "for one of its lots another would serve as well"


def test_lots_that_are_kept_say_nothing_about_a_sale() -> None:
    why = hartwell.explanation()
    kept = replace(why, lots=tuple(replace(r, sold_cents=0) for r in why.lots))
    assert not any(f.id.startswith("WITHOUT_") for f in facts_of(why=kept))


# --- Rules of thumb --------------------------------------------------------------------------------------------------


def test_rules_of_thumb_are_told_by_the_tax_they_would_add() -> None:
    """23.8% of the gain beyond the plan's: 39,076 gives 9,300.09, 52,269 gives 12,440.02, 42,227 gives 10,050.03."""
    facts = facts_of()
    assert said(facts, "COMPARE_ACCOUNT") == (
        "HIFO account by account would add $9,300 of tax for the same class drift, FIFO $12,440, proportional $10,050"
    )
    assert facts.by_id["COMPARE_HIFO_ACCOUNT"].value == 930_009
    assert said(facts, "COMPARE_HOUSEHOLD") == (
        "tax over the whole household: HIFO the same, FIFO $2,856 more, proportional $1,428 more"
    )
    assert facts.get("COMPARE_LESS") is None


def test_a_rule_of_thumb_that_costs_less_is_said_to_with_the_reason() -> None:
    review = hartwell.review()
    first, *others = review.comparisons
    cheaper = replace(review, comparisons=(replace(first, more_tax_cents=-42_000), *others))
    facts = facts_of(cheaper)
    assert "HIFO $420 less" in said(facts, "COMPARE_HOUSEHOLD")
    assert said(facts, "COMPARE_LESS").startswith("less where it passes over single securities")


def test_where_every_rule_of_thumb_costs_less_they_are_not_compared_and_the_reason_is_said() -> None:
    """The plan cures single securities, which trims by class pass over: their tax says nothing about it."""
    review = hartwell.review()
    less = replace(review, comparisons=tuple(replace(c, more_tax_cents=-42_000) for c in review.comparisons))
    facts = facts_of(less)
    assert said(facts, "COMPARE_ACCOUNT").startswith("not comparable in tax: by class alone FIFO, HIFO and")
    assert facts.get("COMPARE_HOUSEHOLD") is None
    assert facts.by_id["COMPARE_HIFO_ACCOUNT"].value == -42_000  # on file all the same


def test_with_tax_unknown_gains_are_compared_instead() -> None:
    """39,076 more gain by HIFO account by account."""
    review = hartwell.review()
    unknown = replace(
        review, comparisons=tuple(replace(c, tax=None, more_tax_cents=None) for c in review.comparisons)
    )
    facts = facts_of(unknown, tax=None)
    assert said(facts, "COMPARE_ACCOUNT").startswith("HIFO account by account would add $39,076 of gain")


def test_rules_of_thumb_that_come_to_the_same_are_said_in_a_few_words() -> None:
    review = hartwell.review()
    same = replace(review, comparisons=tuple(replace(c, more_tax_cents=0) for c in review.comparisons))
    assert said(facts_of(same), "COMPARE_ACCOUNT") == (
        "account by account the same tax for the same class drift by HIFO, FIFO and proportional trims"
    )


# --- Rules, waiting, the curve ---------------------------------------------------------------------------------------


def test_prices_of_rules_leave_out_what_costs_nothing_and_a_budget_that_the_alternative_shows() -> None:
    why = hartwell.explanation()
    [budget] = why.rules
    hold = replace(budget, rule=Rule.HOLD, tax_saved_cents=50_000, sentence="Do not sell (VTI): costs $500.")
    free = replace(hold, tax_saved_cents=0, drift_cured=0.0, sentence="Costs nothing.")
    every = replace(why, rules=(budget, hold, free))
    assert said(facts_of(why=every), "RULE_1") == "Do not sell (VTI): costs $500."
    assert facts_of(why=every).get("RULE_2") is None
    assert said(facts_of(why=every, alternative=None), "RULE_1") == budget.sentence


def test_account_numbers_in_an_explanation_are_masked() -> None:
    wait = Waiting(SETTINGS.as_of, ("1",), 100, f"A lot in {hartwell.TAX} turns long-term by 2027-01-11.")
    facts = facts_of(why=Explanation((), (), (wait,), ("Do not trade: 7001-4417.",)))
    assert said(facts, "WAIT_1") == "A lot in Taxable …4417 turns long-term by January 11, 2027."
    assert "7001-4417" not in said(facts, "CONFLICT_1")


def test_the_curve_names_the_plan_the_budget_and_today() -> None:
    facts = build_facts(HOME, hartwell.review(), SETTINGS, None, hartwell.frontier())
    assert said(facts, "FRONTIER") == (
        "$28,798 at 0% (this plan), $23,572 at 1.2% (within the gain budget), $0 at 6.2% (no trades)"
    )
    assert facts.by_id["FRONTIER_BUDGET_TAX"].value == 2_357_152


def test_places_of_the_curve_that_read_alike_are_one_and_a_level_curve_is_none() -> None:
    curve = hartwell.frontier()
    (plan_mark, plan), (budget_mark, _), today = curve.marks
    alike = replace(curve, marks=((plan_mark, plan), (budget_mark, replace(plan, drift=0.0001)), today))
    facts = build_facts(HOME, hartwell.review(), SETTINGS, None, alike)
    assert (
        said(facts, "FRONTIER") == "$28,798 at 0% (this plan, within the gain budget), $0 at 6.2% (no trades)"
    )
    level = replace(curve, marks=tuple((mark, replace(point, tax_cents=0)) for mark, point in curve.marks))
    assert build_facts(HOME, hartwell.review(), SETTINGS, None, level).get("FRONTIER") is None


def test_a_curve_without_known_tax_is_not_shown() -> None:
    curve = hartwell.frontier()
    unknown = replace(curve, marks=tuple((m, replace(p, tax_cents=None)) for m, p in curve.marks))
    assert build_facts(HOME, hartwell.review(), SETTINGS, None, unknown).get("FRONTIER") is None


# --- What these facts are --------------------------------------------------------------------------------------------


def test_labels_hold_no_figure_and_no_claim_goes_without_its_rule_or_rows() -> None:
    facts = build_facts(HOME, hartwell.review(), SETTINGS, hartwell.explanation(), hartwell.frontier()).of(
        Topic.PROOF
    )
    assert len(facts) > 20
    for fact in facts:
        assert not any(c.isdigit() for c in fact.label)
        assert fact.rule or fact.sources or fact.id == "COMPARE_LESS"
