"""Why a plan is as it is: worked counterfactuals, priced rules, waiting, and the rules that fight."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.builders import (
    account,
    client,
    household,
    lot,
    security,
    sell,
    settings,
    target,
    tax_parameters,
)
from tests.engine.test_frontier import OLD, worked
from xl_rebal.engine.book import BudgetMode, BuyIn, Registration, ShortTermGains
from xl_rebal.engine.explain import _Change, explanation
from xl_rebal.engine.plan import plan
from xl_rebal.engine.results import Rule
from xl_rebal.engine.rmd import rmds

PARAMS = tax_parameters(2026)
CHOSEN = settings()


def explained(home, chosen=CHOSEN):
    owed = rmds(home, chosen, PARAMS)
    return explanation(home, chosen, PARAMS, owed, plan(home, chosen, PARAMS, owed))


def by_lot(found):
    return {reason.lot_id: reason for reason in found.lots}


def test_a_sold_lot_says_what_the_plan_would_cost_without_it():
    # A + B realize 3,750: $562.50. Without A all $10,000 come from B: 5,000 x 15 % = $750.
    # Without B only A's $5,000 can go: $375 less tax, and 10 points of drift stay.
    found = by_lot(explained(worked()))
    assert found["A"].more_tax_cents == pytest.approx(187_50, abs=50)
    assert found["A"].sentence == "Without this sale: $187.50 more tax."
    assert found["B"].more_tax_cents == pytest.approx(-375_00, abs=50)
    assert found["B"].more_drift == pytest.approx(0.10, abs=1e-4)
    assert found["B"].sentence == "Without this sale: $375.00 less tax, but 10.0 points more drift left."
    assert (found["A"].sold_cents, found["A"].gain_cents) == (5_000_00, 1_250_00)


def test_a_kept_lot_says_what_selling_it_instead_would_cost():
    # $5,000 of C (80 cents of gain a dollar) in place of B's: 1,250 + 4,000 = 5,250 x 15 % = $787.50, $225 more.
    found = by_lot(explained(worked(lot("STK", 100, 2_000, OLD, id="C"))))
    assert found["C"].sold_cents == 0
    assert found["C"].more_tax_cents == pytest.approx(225_00, abs=50)
    assert found["C"].sentence == "Selling $5,000.00 of it instead: $225.00 more tax."


def test_the_brief_asks_for_the_sold_lots_alone():
    home = worked(lot("STK", 100, 2_000, OLD, id="C"))
    owed = rmds(home, CHOSEN, PARAMS)
    proposed = plan(home, CHOSEN, PARAMS, owed)
    short, whole = (explanation(home, CHOSEN, PARAMS, owed, proposed, short=brief) for brief in (True, False))
    assert [reason.lot_id for reason in short.lots] == ["A", "B"]
    assert short.lots == whole.lots[:2]
    assert (short.waiting, short.fighting, short.rules) == (whole.waiting, whole.fighting, ())


def test_a_lot_on_hold_has_its_price():
    # A on hold: $10,000 of B, $750. Free: $562.50.
    home = worked()
    held = replace(home, lots=tuple(replace(x, hold=x.id == "A") for x in home.lots))
    (price,) = [p for p in explained(held).rules if p.rule is Rule.HOLD]
    assert price.tax_saved_cents == pytest.approx(187_50, abs=50)
    assert price.sentence == "Do not sell (STK in Individual ...TAX): costs $187.50 of tax."


@pytest.mark.parametrize("mode", list(BudgetMode))
def test_the_gain_budget_has_its_price_whether_it_holds_or_is_flagged(mode):
    # Within 1,250 of gain only A goes: 10 points stay; lifting the budget cures them for $375 of tax.
    found = explained(worked(budget=1_250_00), replace(CHOSEN, gain_budget_mode=mode))
    (price,) = [p for p in found.rules if p.rule is Rule.GAIN_BUDGET]
    assert price.drift_cured == pytest.approx(0.10, abs=1e-4)
    assert price.tax_saved_cents == pytest.approx(-375_00, abs=50)
    assert (
        price.sentence
        == {
            BudgetMode.LIMIT: "Gain budget: keeps 10.0 points of drift from being cured, which would cost $375.00 of tax.",
            BudgetMode.FLAG: "Gain budget: holding it would leave 10.0 points of drift and save $375.00 of tax.",
        }[mode]
    )


def test_waiting_saves_the_difference_of_the_rates():
    # A bought 2026-05-04 turns long-term on 2027-05-05; its 1,250 of gain costs 22 % now and 15 % then: 7 % = $87.50.
    home = worked()
    young = replace(
        home, lots=tuple(replace(x, acquired=date(2026, 5, 4)) if x.id == "A" else x for x in home.lots)
    )
    (waiting,) = explained(young).waiting
    assert waiting.until == date(2027, 5, 5)
    assert waiting.lots == ("A",)
    assert waiting.saves_cents == 87_50
    assert waiting.sentence.endswith(
        "saves $87.50 of tax. The tax would then fall into 2027; "
        "this takes its income and other gains to be like this year's."
    )


def test_blocked_short_term_gains_are_kept_and_priced():
    # Blocked, A (short-term) stays: $10,000 of B cost $750. Allowed: 1,250 x 22 % + 2,500 x 15 % = $650.
    home = worked()
    young = replace(
        home, lots=tuple(replace(x, acquired=date(2026, 5, 4)) if x.id == "A" else x for x in home.lots)
    )
    chosen = replace(CHOSEN, short_term_gains=ShortTermGains.BLOCK)
    found = plan(young, chosen, PARAMS)
    assert {d.lot.id for t in found.sells for d in t.disposals} == {"B"}
    assert [b.lot_id for b in found.blocked if b.rule is Rule.SHORT_TERM] == ["A"]
    (price,) = [p for p in explained(young, chosen).rules if p.rule is Rule.SHORT_TERM]
    assert price.tax_saved_cents == pytest.approx(100_00, abs=50)


@pytest.mark.parametrize(("days", "kept"), [(201, False), (202, True)])
def test_a_lot_that_turns_long_term_soon_enough_is_waited_for(days, kept):
    # 2026-10-15 to 2027-05-05 are 202 days.
    home = worked()
    young = replace(
        home, lots=tuple(replace(x, acquired=date(2026, 5, 4)) if x.id == "A" else x for x in home.lots)
    )
    found = plan(young, replace(CHOSEN, wait_for_long_term_days=days), PARAMS)
    assert ("A" in {b.lot_id for b in found.blocked}) is kept


def test_what_stands_in_the_way_is_the_smallest_set_of_rules():
    # Everything on hold: that alone keeps the stock. The gain budget of 0 is in force too, but is not what stands there.
    home = worked(budget=10_000_00)
    held = replace(home, lots=tuple(replace(x, hold=x.symbol == "STK") for x in home.lots))
    found = explained(held, replace(CHOSEN, gain_budget_mode=BudgetMode.LIMIT))
    assert found.fighting == ("Do not sell: STK ($70,000.00).",)


def test_two_rules_fight_where_either_alone_would_do_no_harm():
    # A ($10,000, gain 2,500) alone would cure all drift within the budget of 2,600; B's gain for it would be 5,000.
    home = worked(budget=2_600_00, first="100")
    held = replace(home, lots=tuple(replace(x, hold=x.id == "A") for x in home.lots))
    found = explained(held, replace(CHOSEN, gain_budget_mode=BudgetMode.LIMIT))
    assert len(found.fighting) == 2
    assert any(text.startswith("Do not sell") for text in found.fighting)
    assert any(text.startswith("Gain budget") for text in found.fighting)


def test_a_trust_that_may_not_be_traded_has_no_price_where_its_tax_could_not_be_told():
    # Free to trade it would still be a taxpayer of its own whose income nobody entered.
    home = worked()
    trust = account("TRUST", Registration.IRREVOCABLE_TRUST, do_not_trade=True)
    home = replace(
        home,
        accounts=(*home.accounts, trust),
        lots=(*home.lots, lot("STK", 100, 20_000, OLD, "TRUST", id="T")),
    )
    (price,) = [p for p in explained(home).rules if p.rule is Rule.DO_NOT_TRADE]
    assert price.sentence == "Do not trade (Irrevocable Trust ...RUST): costs nothing in this plan."


def paying(dollars, **changes):
    """$5,000 of stock in the taxable account, which must pay out some of it, and bonds in an IRA that can't."""
    return household(
        client=client(taxable_income_cents=150_000_00, magi_cents=180_000_00),
        accounts=[
            account("TAX", withdrawal_cents=dollars * 100),
            account("IRA", Registration.TRADITIONAL_IRA),
        ],
        lots=[
            lot("STK", 50, 3_750, OLD, id="A", **changes),
            lot("BND", 950, 95_000, OLD, "IRA", id="Z"),
        ],
        securities=[security("STK", 100, "Equity"), security("BND", 100, "Fixed Income", buy=BuyIn.ANYWHERE)],
        targets=[target("Equity", 0.05, band=0.05), target("Fixed Income", 0.95, band=0.05)],
    )


def test_a_sale_that_pays_the_client_is_not_said_to_be_replaceable():
    found = by_lot(explained(paying(5_000)))["A"]
    assert found.unpaid_cents == 5_000_00
    assert found.sentence.startswith("Without this sale:")
    assert "$5,000.00 of the cash that is needed could not be paid" in found.sentence


def test_a_hold_that_keeps_the_client_from_being_paid_is_said_to():
    found = explained(paying(5_000, hold=True))
    (price,) = [p for p in found.rules if p.rule is Rule.HOLD]
    assert price.unpaid_cents == 5_000_00
    assert price.sentence.endswith("keeps $5,000.00 of needed cash from being paid.")
    assert found.fighting == ("Do not sell: STK ($5,000.00).",)


def test_a_security_on_hold_above_its_own_band_is_what_stands_in_the_way():
    # STK is targeted at 10 % and stands at 70 %, all of it on hold; another fund of its class could be bought.
    home = worked()
    home = replace(
        home,
        securities={**home.securities, "TWO": security("TWO", 100, "Equity", buy=BuyIn.ANYWHERE)},
        lots=tuple(replace(x, hold=x.symbol == "STK") for x in home.lots),
        targets=(
            target("Equity", 0.70),
            target("Fixed Income", 0.30),
            target("Equity", 0.10, "STK"),
        ),
    )
    found = explained(home)
    assert found.fighting == ("Do not sell: STK ($70,000.00).",)
    (price,) = [p for p in found.rules if p.rule is Rule.HOLD]
    assert price.drift_cured > 0
    assert "costs nothing" not in price.sentence


def test_what_nobody_can_lift_is_named():
    home = worked()
    unknown = replace(
        home, lots=tuple(replace(x, basis_cents=None) if x.symbol == "STK" else x for x in home.lots)
    )
    assert explained(unknown).fighting == ("Unknown basis or date: STK ($70,000.00).",)


def test_two_conflicts_are_both_named():
    # Stock on hold, and more of it in an account that is not traded: lifting one leaves the other.
    home = worked()
    home = replace(
        home,
        accounts=(*home.accounts, account("SHUT", do_not_trade=True)),
        lots=(
            *(replace(x, hold=x.symbol == "STK") for x in home.lots),
            lot("STK", 700, 35_000, OLD, "SHUT", id="S"),
        ),
    )
    found = explained(home).fighting
    assert {text.removeprefix("Besides: ").split(":")[0] for text in found} == {"Do not sell", "Do not trade"}


def test_a_fund_washed_by_a_late_loss_is_what_stands_in_the_way():
    home = worked()
    home = replace(
        home,
        lots=tuple(x for x in home.lots if x.symbol == "STK"),
        activity=(sell("2026-10-01", "BND", 300, long_gain=-900),),
    )
    assert explained(home).fighting == (
        "Wash sale: what should be bought would wash a loss, or has washed one too lately.",
    )


def test_a_drift_too_small_for_points_is_said_in_dollars():
    assert _Change(0, 16_000_00, 0).said(40_000_000_00) == "$16,000.00 more drift left"
    assert (
        _Change(412_50, -133_000_00, 0).said(1_000_000_00)
        == "13.3 points less drift left, but $412.50 more tax"
    )


def test_a_plan_without_trades_and_without_need_has_nothing_to_explain():
    home = worked()
    calm = replace(home, lots=tuple(x for x in home.lots if x.symbol == "BND"), targets=home.targets[1:])
    calm = replace(calm, targets=(replace(calm.targets[0], weight=1.0),))
    found = explained(calm)
    assert (found.lots, found.rules, found.waiting, found.fighting) == ((), (), (), ())
