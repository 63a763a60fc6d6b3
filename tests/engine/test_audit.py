"""The independent checker: sound plans pass, and every kind of tampering with one is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests import builders as b
from xl_rebal import app, sample
from xl_rebal.engine.audit import cents_of, is_long, violations
from xl_rebal.engine.book import Term
from xl_rebal.engine.holding import term_on
from xl_rebal.engine.results import PlanState, Side
from xl_rebal.engine.review import review
from xl_rebal.money import value_cents

PARAMS = b.tax_parameters(2026)


@pytest.fixture(scope="module")
def firm():
    return app.book_of(sample.tables_of(sample.firm_rows(), sample.firm_settings_values()))


@pytest.fixture(scope="module")
def hartwell(firm):
    return firm.household("HAR01"), firm.settings, app.review_of(firm, "HAR01").plan


def changed_trade(plan, index, **changes):
    trades = list(plan.trades)
    trades[index] = replace(trades[index], **changes)
    return replace(plan, trades=tuple(trades), alternative=None)


def changed_disposal(plan, index, **changes):
    trade = plan.trades[index]
    return changed_trade(
        plan, index, disposals=(replace(trade.disposals[0], **changes), *trade.disposals[1:])
    )


def test_every_plan_of_the_sample_firm_passes(firm):
    for found in app.reviews(firm):
        if found.plan is not None:
            assert violations(firm.household(found.client_id), firm.settings, PARAMS, found.plan) == []


TAMPERINGS = {
    "a share more is sold": lambda p: changed_trade(p, 0, quantity=p.trades[0].quantity + 1),
    "a dollar of proceeds is added": lambda p: changed_trade(
        p, 0, amount_cents=p.trades[0].amount_cents + 100
    ),
    "another price": lambda p: changed_trade(p, 1, price=p.trades[1].price + 1),
    "another basis": lambda p: changed_disposal(p, 0, basis_cents=p.trades[0].disposals[0].basis_cents + 1),
    "another term": lambda p: changed_disposal(p, 0, term=Term.SHORT),
    "a lot nobody holds": lambda p: changed_disposal(p, 0, lot=replace(p.trades[0].disposals[0].lot, id="X")),
    "a cent of gain": lambda p: replace(p, long_gain_cents=p.long_gain_cents + 1, alternative=None),
    "a cent of tax": lambda p: replace(
        p, tax=replace(p.tax, niit_cents=p.tax.niit_cents + 1), alternative=None
    ),
    "tax left out": lambda p: replace(p, tax=None, alternative=None),
    "budget used too low": lambda p: replace(
        p, budget=replace(p.budget, planned_cents=p.budget.planned_cents - 1), alternative=None
    ),
    "the RMD left where it is": lambda p: replace(p, transfers=(), alternative=None),
    "more RMD than is owed": lambda p: replace(
        p, transfers=(replace(p.transfers[0], cents=p.transfers[0].cents + 1),), alternative=None
    ),
    "a purchase beyond the cash": lambda p: changed_trade(
        p, -1, quantity=p.trades[-1].quantity * 9, amount_cents=p.trades[-1].amount_cents * 9
    ),
    "a purchase of what is not designated": lambda p: changed_trade(p, -1, symbol="AAPL"),
    "a purchase in the account in transfer": lambda p: changed_trade(p, -1, account_id="4471-5512"),
    "drift that was not cured": lambda p: replace(p, after=p.before, alternative=None),
    "called no action": lambda p: replace(p, state=PlanState.NO_ACTION, alternative=None),
    "the alternative is the plan itself": lambda p: replace(p, alternative=replace(p, alternative=None)),
    "a sale twice": lambda p: replace(p, trades=(p.trades[0], *p.trades), alternative=None),
    "no purchases, cash as if there were": lambda p: replace(
        p, trades=tuple(t for t in p.trades if t.side is Side.SELL), alternative=None
    ),
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_tampering_is_found(what, hartwell):
    home, settings, plan = hartwell
    assert violations(home, settings, PARAMS, plan) == []
    assert violations(home, settings, PARAMS, TAMPERINGS[what](plan)), what


def test_a_loss_sale_that_washes_is_found():
    """The plan sells STK at a loss; a purchase that only the audit is told of makes it a wash sale."""
    home = b.household(
        client=b.client(taxable_income_cents=300_000_00),
        lots=[b.lot("STK", 80, 9000, "2015-03-02"), b.lot("BND", 15, 1500, "2015-03-02")],
        cash=[b.cash(500)],
        securities=[b.security("STK", 100, "Equity"), b.security("BND", 100, "Fixed Income")],
        targets=[b.target("Equity", 0.60), b.target("Fixed Income", 0.35), b.target("Cash", 0.05)],
    )
    plan = review(home, b.settings(), PARAMS, []).plan
    assert any(d.gain_cents < 0 for t in plan.sells for d in t.disposals)
    washed = replace(home, activity=(b.buy("2026-10-01", "STK", 1),))
    assert any("is a wash" in text for text in violations(washed, b.settings(), PARAMS, plan))


def test_a_plan_that_fails_is_withheld_with_the_reason(monkeypatch):
    home = b.household(
        client=b.client(taxable_income_cents=300_000_00),
        lots=[b.lot("STK", 80, 4000, "2015-03-02")],
        securities=[b.security("STK", 100, "Equity")],
        targets=[b.target("Equity", 0.60), b.target("Cash", 0.40)],
    )
    from xl_rebal.engine import review as module

    honest = module.plan_of

    def wrong(*arguments):
        plan = honest(*arguments)
        return replace(plan, long_gain_cents=plan.long_gain_cents - 1_000_00)

    monkeypatch.setattr(module, "plan_of", wrong)
    found = review(home, b.settings(), PARAMS, [])
    assert found.withheld
    assert any(p.code == "plan-unsound" and "gains by term" in p.what for p in found.problems)


@pytest.mark.parametrize("quantity", ["1", "0.5", "12.3456", "1000000.00000001"])
@pytest.mark.parametrize("price", ["1", "0.005", "99.995", "1960.01"])
def test_its_own_arithmetic_agrees_with_money(quantity, price):
    assert cents_of(Decimal(quantity), Decimal(price)) == value_cents(Decimal(quantity), Decimal(price))


def test_its_own_holding_period_agrees_with_holding():
    for acquired in (
        date(2023, 2, 28),
        date(2024, 2, 28),
        date(2024, 2, 29),
        date(2023, 3, 1),
        date(2023, 12, 31),
    ):
        for offset in range(360, 372):
            sold = date.fromordinal(acquired.toordinal() + offset)
            assert is_long(acquired, sold) == (term_on(acquired, sold) is Term.LONG)
