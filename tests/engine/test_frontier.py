"""The curve of drift against tax: a worked example, and what must hold on any household."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.builders import client as a_client
from tests.builders import household, lot, security, settings, target, tax_parameters
from tests.engine.households import generated
from xl_rebal.engine.book import BuyIn, FilingStatus
from xl_rebal.engine.frontier import Mark, frontier
from xl_rebal.engine.plan import plan
from xl_rebal.engine.rmd import rmds

PARAMS = tax_parameters(2026)
OLD = "2015-03-02"
CHOSEN = settings()


def worked(*more_lots, budget=None, first="50"):
    """$70,000 of stock against a target of $60,000, $30,000 of bonds against $40,000: 20 points lie outside the goals.

    Lot A ($5,000) has 25 cents of gain in each dollar, lot B ($65,000 unless other lots share it) has 50. At $150,000
    of joint income long-term gain is taxed at 15 % (2026: from $98,900) and no net investment income tax is near.
    """
    rest = 700 - int(first) - sum(x.quantity for x in more_lots)
    return household(
        client=a_client(
            status=FilingStatus.MARRIED_JOINT,
            taxable_income_cents=150_000_00,
            magi_cents=180_000_00,
            gain_budget_cents=budget,
        ),
        lots=[
            lot("STK", first, 75 * int(first), OLD, id="A"),
            lot("STK", rest, 50 * rest, OLD, id="B"),
            *more_lots,
            lot("BND", 300, 30_000, OLD, id="Z"),
        ],
        securities=[
            security("STK", 100, "Equity"),
            security("BND", 100, "Fixed Income", buy=BuyIn.ANYWHERE),
        ],
        targets=[target("Equity", 0.60), target("Fixed Income", 0.40)],
    )


def curve_of(home, points=10, chosen=CHOSEN):
    owed = rmds(home, chosen, PARAMS)
    return frontier(home, chosen, PARAMS, owed, plan(home, chosen, PARAMS, owed), points)


def test_the_worked_example_point_by_point():
    # All goals: sell $5,000 of A (gain 1,250) and $5,000 of B (2,500): 3,750 x 15 % = $562.50.
    # Half the drift: $5,000 of A alone: 1,250 x 15 % = $187.50. A point of drift is $500 sold and $500 bought.
    found = curve_of(worked(), points=3)
    assert [round(p.drift, 6) for p in found.points] == [0.0, 0.10, 0.20]
    assert [p.tax_cents for p in found.points] == pytest.approx([562_50, 187_50, 0], abs=50)
    assert [p.gain_cents for p in found.points] == pytest.approx([3_750_00, 1_250_00, 0], abs=500)
    assert [p.cents_per_point for p in found.points[:2]] == pytest.approx([37_50, 18_75], abs=5)
    assert found.points[-1].cents_per_point is None


def test_the_marks_of_the_worked_example():
    marks = dict(curve_of(worked(budget=1_250_00)).marks)
    assert marks[Mark.PLAN].drift == pytest.approx(0.0, abs=1e-9)
    assert marks[Mark.PLAN].tax_cents == 562_50
    assert marks[Mark.BUDGET].drift == pytest.approx(0.10, abs=1e-6)
    assert marks[Mark.BUDGET].tax_cents == pytest.approx(187_50, abs=50)
    assert marks[Mark.ZERO_TAX].drift == pytest.approx(0.20, abs=1e-4)
    assert marks[Mark.TODAY].drift == pytest.approx(0.20, abs=1e-9)


def test_a_household_in_band_has_one_point():
    home = worked()
    calm = [target("Equity", 0.70), target("Fixed Income", 0.30)]
    found = curve_of(household(**{**_parts(home), "targets": calm}))
    assert len(found.points) == 1
    assert found.points[0].drift == pytest.approx(0.0, abs=1e-9)


def _parts(home):
    return {
        "client": home.client,
        "lots": home.lots,
        "securities": home.securities,
        "targets": home.targets,
    }


def test_without_an_income_the_curve_has_gains_and_no_tax():
    home = worked()
    found = curve_of(household(**{**_parts(home), "client": a_client(taxable_income_cents=None)}), points=3)
    assert [p.tax_cents for p in found.points] == [None, None, 0]  # no sale, no tax, whatever the income
    assert found.points[0].gain_cents == pytest.approx(3_750_00, abs=500)
    assert Mark.ZERO_TAX not in dict(found.marks)


def test_more_drift_never_costs_more_tax_and_the_plan_is_never_below_the_curve():
    for home, chosen in generated(14, 5, (10, 60)):
        owed = rmds(home, chosen, PARAMS)
        proposed = plan(home, chosen, PARAMS, owed)
        found = frontier(home, chosen, PARAMS, owed, proposed, 6)
        if found is None or found.points[0].tax_cents is None:
            continue
        taxes = [p.tax_cents for p in found.points]
        # losses too small to harvest count nothing when lots are weighed, and a few dollars when tax is exact
        assert all(b <= a + 5_00 for a, b in pairwise(taxes)), (home.client.id, taxes)
        own = dict(found.marks)[Mark.PLAN]
        if own.drift <= found.points[-1].drift:
            least = min(p.tax_cents for p in found.points if p.drift >= own.drift - 1e-9)
            assert own.tax_cents >= least - 5_00, home.client.id
