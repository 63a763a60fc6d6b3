"""An irrevocable trust is taxed on its own return: worked examples, whose lot is sold, and what never nets."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests import builders as b
from xl_rebal.engine.audit import violations
from xl_rebal.engine.book import BudgetMode, BuyIn, FilingStatus, Household, Registration
from xl_rebal.engine.case import case_of
from xl_rebal.engine.compare import comparisons
from xl_rebal.engine.explain import explanation
from xl_rebal.engine.frontier import Mark, frontier
from xl_rebal.engine.plan import plan, plan_of
from xl_rebal.engine.results import Plan, Rule, TaxEstimate
from xl_rebal.engine.wash_sales import buy_blocks
from xl_rebal.engine.year import Year

PARAMS = b.tax_parameters(2026)
TRUST, OWN = "TRUST-9901", "OWN-0001"
HIGH, LOW = 700_000_00, 40_000_00  # joint, 2026: a gain is taxed 23.8 %, or 0 % up to 98,900


def trust(income: int | None, **more):
    kind = more.pop("registration", Registration.IRREVOCABLE_TRUST)
    return b.account(TRUST, kind, own_taxable_income_cents=income, **more)


def book(
    lots, *, trust_income: int | None = 0, income: int | None = HIGH, activity=(), trust_more=None, **client
) -> Household:
    """$180,000: stocks as in `lots`, the rest bonds in both accounts; half of each is the target, 5 points the band."""
    return b.household(
        client=b.client(taxable_income_cents=income, **client),
        accounts=[b.account(OWN), trust(trust_income, **(trust_more or {}))],
        lots=[
            *lots,
            b.lot("BND", 400, 40_000, "2015-03-02", OWN),
            b.lot("BND", 400, 40_000, "2015-03-02", TRUST),
        ],
        activity=activity,
        securities=[
            b.security("VTI", 100, "Equity"),
            b.security("ITOT", 100, "Equity"),
            b.security("BND", 100, "Bonds", buy=BuyIn.ANYWHERE),
        ],
        targets=[b.target("Equity", 0.5), b.target("Bonds", 0.5)],
    )


def one_each(basis: int = 10_000) -> list:
    """$50,000 of stock in each account; $100 of it holds a gain of $80 at the default basis."""
    return [b.lot("VTI", 500, basis, "2015-03-02", OWN), b.lot("VTI", 500, basis, "2015-03-02", TRUST)]


def planned(home: Household, **changes) -> Plan:
    """The plan, which its independent checker passes."""
    found = plan(home, b.settings(**changes), PARAMS)
    assert violations(home, b.settings(**changes), PARAMS, found) == []
    return found


def sold_in(found: Plan, account_id: str) -> int:
    return sum(t.amount_cents for t in found.sells if t.account_id == account_id)


def test_a_trusts_gain_is_stacked_on_its_own_income_and_taxed_at_its_own_brackets():
    """All stock lies in the trust: $10,000 of it goes, with $8,000 of long-term gain on $10,000 of income (2026).

    Stacked from 10,000 to 18,000: 15 % of the 6,250 to 16,250 is 937.50, 20 % of the 1,750 above is 350.00.
    NIIT on what its adjusted gross income of 18,000 has above 16,000: 3.8 % of 2,000 is 76.00.
    """
    home = book([b.lot("VTI", 1000, 20_000, "2015-03-02", TRUST)], trust_income=10_000_00)
    found = planned(home)
    (other,) = found.others
    assert (sold_in(found, TRUST), sold_in(found, OWN)) == (10_000_00, 0)
    assert (other.account_id, other.title) == (TRUST, "Irrevocable Trust ...9901")
    assert (other.short_gain_cents, other.long_gain_cents) == (0, 8_000_00)
    assert other.tax == TaxEstimate(0, 1_287_50, 76_00, 0)
    assert other.rates.long_rate == Decimal("0.20")
    assert other.rates.niit_rate == Decimal("0.038")
    assert (found.short_gain_cents, found.long_gain_cents) == (0, 0)
    assert found.tax.total_cents == 0
    assert found.gains.long_cents == 0
    assert found.all_tax.total_cents == 1_363_50
    assert any("...9901 is taxed on its own return" in text for text in found.unknowns)


def test_a_trusts_short_term_gain_runs_through_its_compressed_brackets():
    """$8,000 of short-term gain on $10,000: 24 % of 1,700, 35 % of 4,300 and 37 % of 2,000 is 408 + 1,505 + 740."""
    home = book([b.lot("VTI", 1000, 20_000, "2026-03-02", TRUST)], trust_income=10_000_00)
    (other,) = planned(home).others
    assert other.short_gain_cents == 8_000_00
    assert other.tax == TaxEstimate(2_653_00, 0, 76_00, 0)


def test_the_households_state_rate_is_the_trusts():
    home = book(
        [b.lot("VTI", 1000, 20_000, "2015-03-02", TRUST)], trust_income=10_000_00, state_rate=Decimal("0.05")
    )
    (other,) = planned(home).others
    assert other.tax.state_cents == 400_00


def test_the_trusts_lot_is_sold_where_its_rate_is_the_lower_one():
    """Household 23.8 % of 8,000 is 1,904; the trust without income 0 % to 3,300 and 15 % of 4,700, which is 705."""
    found = planned(book(one_each(), trust_income=0, income=HIGH))
    assert (sold_in(found, TRUST), sold_in(found, OWN)) == (10_000_00, 0)
    assert found.all_tax.total_cents == 705_00


def test_the_households_lot_is_sold_where_its_rate_is_the_lower_one():
    """The household pays 0 %, the trust with 80,000 of income 23.8 %."""
    found = planned(book(one_each(), trust_income=80_000_00, income=LOW))
    assert (sold_in(found, TRUST), sold_in(found, OWN)) == (0, 10_000_00)
    assert found.all_tax.total_cents == 0
    assert found.others[0].long_gain_cents == 0


def test_gain_is_spread_over_both_returns_where_each_has_room_at_a_lower_rate():
    """The trust has 3,300 at 0 %, the household 2,900 to the end of its 0 % (96,000 to 98,900); the rest is at 15 %."""
    found = planned(book(one_each(), trust_income=0, income=96_000_00))
    gains = found.long_gain_cents, found.others[0].long_gain_cents
    assert sum(gains) == 8_000_00
    assert gains[0] >= 2_880_00  # whole shares of $80 of gain
    assert gains[1] >= 3_280_00
    assert found.all_tax.total_cents <= 285_00 + 2 * 12_00  # 15 % of 8,000 - 6,200 is 270.00


def test_gains_and_losses_never_net_across_returns():
    home = book(one_each(), trust_income=80_000_00, income=HIGH)
    year = Year.of(home, b.settings(), PARAMS)
    alone = year.added_tax(0, 8_000_00).total_cents
    both = year.added_tax_of_all({"": (0, 8_000_00), TRUST: (0, -8_000_00)})
    # The trust deducts 3,000 of its own loss at 37 % and 3.8 %: 1,224.00 saved; the household pays in full.
    assert alone == 8_000_00 * 238 // 1000
    assert both.total_cents == alone - 1_224_00


def test_a_loss_in_the_trust_makes_no_room_in_the_households_gain_budget():
    """The trust's stock is at a loss, the household's at a gain; the budget of 0 holds: all is sold in the trust."""
    lots = [b.lot("VTI", 950, 10_000, "2015-03-02", OWN), b.lot("ITOT", 50, 9_000, "2015-03-02", TRUST)]
    home = book(lots, trust_income=0, gain_budget_cents=0)
    found = planned(home, gain_budget_mode=BudgetMode.LIMIT)
    assert sold_in(found, OWN) == 0
    assert sold_in(found, TRUST) == 5_000_00
    assert found.others[0].long_gain_cents == -4_000_00
    assert found.budget.used_cents == 0
    assert found.residual  # the budget leaves drift, though the trust has a loss to spare


def test_the_budget_counts_the_households_own_return_only():
    home = book(
        one_each(),
        gain_budget_cents=1_000_00,
        activity=[b.sell("2026-02-02", "ITOT", 5, long_gain=400, account_id=TRUST)],
    )
    found = planned(home, gain_budget_mode=BudgetMode.LIMIT)
    assert found.budget.used_cents == found.long_gain_cents <= 1_000_00
    assert found.others[0].gains.long_cents == 400_00 + found.others[0].long_gain_cents
    assert found.state.value == "Proposed"


def test_losses_carried_in_belong_to_their_own_return():
    """The trust carries 8,000 in: it takes 5,000 of gain for nothing, and the last 3,000 are worth more as a deduction.

    They save 37 % and 3.8 % there, while the household pays 23.8 % on the rest of the gain.
    """
    home = book(
        one_each(), trust_income=80_000_00, trust_more={"own_long_carryforward_cents": 8_000_00}, income=HIGH
    )
    found = planned(home)
    (other,) = found.others
    assert abs(other.long_gain_cents - 5_000_00) < 80_00  # whole shares of $80 of gain
    assert other.gains.taxed_long_cents == 0
    assert other.gains.carried_long_cents == 0
    assert found.long_gain_cents == 8_000_00 - other.long_gain_cents
    assert found.tax.total_cents == found.long_gain_cents * 238 // 1000


@pytest.mark.parametrize(
    ("kind", "income", "why"),
    [
        (Registration.IRREVOCABLE_TRUST, None, "its own taxable income is not in the workbook"),
        (Registration.CUSTODIAL, None, "kiddie tax"),
        (Registration.CUSTODIAL, 5_000_00, "kiddie tax"),
    ],
)
def test_without_its_own_income_a_trust_is_not_traded_nor_is_a_utma_account_ever(kind, income, why):
    home = book(one_each(), trust_income=income, trust_more={"registration": kind})
    found = planned(home)
    assert found.others == ()
    assert {t.account_id for t in found.trades} == {OWN}
    reasons = {x.reason for x in found.blocked if x.account_id == TRUST}
    assert len(reasons) == 1
    assert why in reasons.pop()
    assert {x.rule for x in found.blocked} == {Rule.SEPARATE_TAXPAYER}


def test_with_the_households_income_unknown_the_total_tax_is_unknown_and_the_trusts_is_not():
    found = planned(book([b.lot("VTI", 1000, 20_000, "2015-03-02", TRUST)], trust_income=0, income=None))
    assert found.tax is None or found.tax.total_cents == 0  # no gain on its return
    found = planned(
        book(
            [*one_each(), b.lot("ITOT", 400, 1000, "2015-03-02", OWN)],
            trust_income=0,
            income=None,
            trust_more={"do_not_trade": True},
        )
    )
    assert found.tax is None
    assert found.all_tax is None


def test_rules_of_thumb_are_taxed_return_by_return_and_compared_over_all():
    home, chosen = book(one_each(), trust_income=10_000_00, income=HIGH), b.settings()
    case, year = case_of(home, chosen, PARAMS, ()), Year.of(home, chosen, PARAMS)
    found = plan_of(case, year)
    for rule in comparisons(case, year, found):
        if rule.method.value == "Proportional":
            # 5,000 from each account: 4,000 of gain; household 23.8 % is 952, trust 15 % of 4,000 is 600.
            assert rule.long_gain_cents == 8_000_00
            assert rule.tax.total_cents == 952_00 + 600_00
        assert rule.more_tax_cents == rule.tax.total_cents - found.all_tax.total_cents


def test_the_curve_and_the_counterfactuals_add_up_every_return():
    home, chosen = book(one_each(), trust_income=0, income=HIGH), b.settings()
    found = planned(home)
    curve = frontier(home, chosen, PARAMS, (), found)
    marks = dict(curve.marks)
    assert marks[Mark.PLAN].tax_cents == 705_00
    assert curve.points[0].tax_cents == 705_00
    (sold,) = explanation(home, chosen, PARAMS, (), found, short=True).lots
    # Without the trust's lot the household's is sold: 1,904 instead of 705.
    assert (sold.account_id, sold.more_tax_cents) == (TRUST, 1_199_00)


def test_waiting_for_a_trusts_lot_saves_at_the_trusts_rates():
    """2,653 + 76 as short-term gain, 1,287.50 + 76 as long-term gain: 1,365.50 saved."""
    home = book([b.lot("VTI", 1000, 20_000, "2026-03-02", TRUST)], trust_income=10_000_00)
    found = planned(home)
    (wait,) = explanation(home, b.settings(), PARAMS, (), found, short=True).waiting
    assert wait.saves_cents == 1_365_50


def test_a_loss_that_the_trust_has_just_taken_waits_for_every_buyer():
    sold = [b.sell("2026-10-01", "VTI", 5, long_gain=-900, account_id=TRUST)]
    window = PARAMS.wash_sale
    as_of = b.settings().as_of
    assert "VTI" in buy_blocks(book(one_each(), trust_income=0, activity=sold), as_of, window)
    assert "VTI" not in buy_blocks(book(one_each(), trust_income=None, activity=sold), as_of, window)


def _other(found: Plan, **changes) -> Plan:
    return replace(found, others=(replace(found.others[0], **changes),))


TAMPERINGS = {
    "the trust's return left out": lambda p: replace(p, others=()),
    "told twice": lambda p: replace(p, others=p.others * 2),
    "a cent of gain": lambda p: _other(p, long_gain_cents=p.others[0].long_gain_cents + 1),
    "a cent of tax": lambda p: _other(
        p, tax=replace(p.others[0].tax, niit_cents=p.others[0].tax.niit_cents + 1)
    ),
    "its tax unknown": lambda p: _other(p, tax=None),
    "its year's gain": lambda p: _other(p, gains=replace(p.others[0].gains, long_cents=1)),
    "its year's gain before": lambda p: _other(
        p, gains_before=replace(p.others[0].gains_before, long_cents=1)
    ),
    "on the household's return": lambda p: replace(
        _other(p, long_gain_cents=0), long_gain_cents=p.others[0].long_gain_cents
    ),
    "another account's": lambda p: _other(p, account_id=OWN),
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_tampering_with_another_return_is_found(what):
    home = book([b.lot("VTI", 1000, 20_000, "2015-03-02", TRUST)], trust_income=10_000_00)
    assert violations(home, b.settings(), PARAMS, TAMPERINGS[what](planned(home))), what


def test_a_trusts_parameters_are_part_of_the_plans_hash():
    home = book(one_each(), trust_income=0)
    status = PARAMS.status(FilingStatus.TRUST)
    other = replace(
        PARAMS,
        by_status={**PARAMS.by_status, FilingStatus.TRUST: replace(status, loss_limit_cents=2_999_00)},
    )
    hashes = {plan(home, b.settings(), params).certificate.plan_hash for params in (PARAMS, other)}
    assert len(hashes) == 2
