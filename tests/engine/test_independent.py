"""The optimiser against truth from elsewhere: another formulation and solver, exact returns, rules of thumb, wider bands.

`tests/engine/independent.py` states the same fractional problem a second time for CBC; a longer run of it over hundreds
of households: `python -m tests.engine.independent SEED COUNT`.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.builders import (
    account,
    cash,
    client,
    household,
    lot,
    security,
    sell,
    settings,
    target,
    tax_parameters,
)
from tests.engine.households import BENDS, distributions, generated, sheltered
from tests.engine.independent import (
    TAX_BENDS,
    budget_left,
    compared,
    engine_bound,
    in_trust,
    least_objective,
    varied,
)
from tests.engine.test_model import added_by_model, exact_tax_cents
from tests.engine.test_plan import score
from xl_rebal.engine.audit import violations
from xl_rebal.engine.book import (
    BudgetMode,
    BuyIn,
    FilingStatus,
    Household,
    RebalanceTo,
    Registration,
    Settings,
    Shares,
)
from xl_rebal.engine.case import case_of
from xl_rebal.engine.compare import comparisons
from xl_rebal.engine.frontier import frontier
from xl_rebal.engine.model import CARRY_VALUE, GENERAL_FUND_SHARE, PULL_SHARE_OF_COST
from xl_rebal.engine.plan import plan
from xl_rebal.engine.results import Plan, PlanState
from xl_rebal.engine.rmd import rmds
from xl_rebal.engine.tax import niit_room_cents, tax_on_gains, tax_on_slice, tax_profile
from xl_rebal.engine.year import Year

PARAMS = tax_parameters(2026)
OLD, RECENT = "2015-03-02", "2026-05-04"  # long-term; short-term and older than 30 days


# ------------------------------------------------------------------ the same optimum by another road


@pytest.mark.parametrize("seed", range(101, 107))
def test_the_proven_bound_is_the_optimum_of_another_formulation_and_solver(seed):
    """Six times ten households, of which at least 42 have something to solve."""
    solved, apart = 0, []
    for number, (home, chosen) in enumerate(generated(10, seed, (5, 32))):
        how, home, chosen = varied(home, chosen, random.Random(f"{seed}/{number}"))
        found = compared(home, chosen, PARAMS)
        if found is not None:
            solved += 1
            if not found.agrees:
                apart.append((home.client.id, how, found))
    assert solved >= 7
    assert apart == []


@pytest.mark.parametrize("bends", [*((b,) for b in (*BENDS, *TAX_BENDS)), (sheltered, distributions)])
def test_it_is_for_every_kind_of_household(bends):
    """Each bend alone, and IRAs only whose distributions leave the household."""
    solved = 0
    for number, (home, chosen) in enumerate(generated(2, 107, (8, 20))):
        for bend in bends:
            home, chosen = bend(home, chosen, random.Random(number))
        found = compared(home, chosen, PARAMS)
        assert found is None or found.agrees, found
        solved += found is not None
    assert solved


def test_it_is_with_a_trust_that_files_its_own_return():
    """Two returns whose gains never net: the least over every pair of their regimes."""
    solved, apart = 0, []
    others = tuple(bend for bend in TAX_BENDS if bend is not in_trust)
    for number, (home, chosen) in enumerate(generated(8, 301, (5, 24))):
        rng = random.Random(number)
        home, chosen = in_trust(home, chosen, rng)
        how, home, chosen = varied(home, chosen, rng, others, ())
        found = compared(home, chosen, PARAMS)
        if found is not None:
            solved += len(found.truth.regimes) == 2
            if not found.agrees:
                apart.append((home.client.id, how, found))
    assert solved >= 5
    assert apart == []


def test_the_other_formulation_itself_is_right_on_a_book_worked_by_hand():
    """$80 of $100 thousand in stock against 60 %: $20 thousand go, the lot with least gain first.

    Income 300,000 joint: 15 % bracket of long-term gain, NIIT from 250,000 of MAGI (332,200) on the gain alone.
    """
    home = worked()
    found = compared(home, settings(class_rebalance_to=RebalanceTo.TARGET), PARAMS)
    gain = 20_000 * 0.25  # the younger lot's quarter; $30,000 of it, so the older lot is not touched
    ordinary = float(tax_on_slice(PARAMS.status(FilingStatus.MARRIED_JOINT).ordinary, 0, 300_000_00)) / 100
    cost = 0.0005 * (20_000 + 20_000 * (1 + GENERAL_FUND_SHARE))
    assert found.truth.dollars == pytest.approx(ordinary + (0.15 + 0.038) * gain + cost, abs=0.01)
    assert found.agrees


def worked() -> Household:
    return household(
        client=client(taxable_income_cents=300_000_00),
        lots=[
            lot("STK", 500, 10_000, OLD),
            lot("STK", 300, 22_500, "2019-07-01"),
            lot("BND", 150, 15_000, OLD),
        ],
        cash=[cash(5_000)],
        securities=[security("STK", 100, "Equity"), security("BND", 100, "Bonds", buy=BuyIn.ANYWHERE)],
        targets=[target("Equity", 0.60), target("Bonds", 0.35), target("Cash", 0.05)],
    )


@pytest.mark.parametrize("seed", range(201, 203))
def test_each_point_of_the_curve_is_the_least_tax_with_so_much_drift(seed):
    """Tax alone, minimised by the other formulation with the point's drift; the curve's own tie-breakers are worth little."""
    judged = 0
    for number, (home, chosen) in enumerate(generated(8, seed, (5, 24))):
        _, home, chosen = varied(home, chosen, random.Random(f"{seed}/{number}"), TAX_BENDS[:5], ())
        case, year = case_of(home, chosen, PARAMS, rmds(home, chosen, PARAMS)), Year.of(home, chosen, PARAMS)
        if (
            not case.needs_action
            or any(case.cash_missing().values())
            or year.profile.ordinary_income_cents is None
        ):
            continue
        curve = frontier(home, chosen, PARAMS, case.rmds, plan(home, chosen, PARAMS), points=3)
        cap = budget_left(case, year) if chosen.gain_budget_mode is BudgetMode.LIMIT else None
        for point in curve.points:
            left = point.drift * case.start.total_cents
            truth = least_objective(case, year, cap, outside_cents=left + 0.1).dollars
            least = truth * 100 - whole_return_cents(home, year.net())
            ties = 1e-6 * 2 * point.sold_cents + CARRY_VALUE * max(0, -point.gain_cents)
            strip = 57_00  # what programs tax too much between the 0 % rate and the 12 % bracket (model.py)
            assert least - strip - 200 <= point.tax_cents <= least + 200 + ties, (home.client.id, point)
            judged += 1
    assert judged >= 6


# ------------------------------------------------------------------ no deduction against a gain


CARRIED = [
    (0, 0),
    (10_000_00, 0),
    (0, 30_000_00),
    (25_000_00, 25_000_00),
    (90_000_00, 0),
    (70_000_00, 80_000_00),
]


@pytest.mark.parametrize("carried", CARRIED)
@pytest.mark.parametrize("reach", [(0, 50_000_00), (-1_000_00, 50_000_00), (20_000_00, 20_000_00)])
def test_no_deduction_is_taken_against_a_gain_whatever_is_known_of_the_signs(carried, reach):
    """$20,000 of each term. `reach` fixes some signs beforehand: a binary left out must fix its deduction too.

    With nothing carried in, both nets are known to be gains; with 150,000 carried in, to be losses.
    """
    taxpayer = client(
        taxable_income_cents=200_000_00,
        short_carryforward_cents=carried[0],
        long_carryforward_cents=carried[1],
    )
    assert added_by_model(20_000_00, 20_000_00, taxpayer, reach) == pytest.approx(
        exact_tax_cents(20_000_00, 20_000_00, taxpayer), abs=6
    )


@pytest.mark.parametrize("carried", CARRIED)
@pytest.mark.parametrize("realized", [0, 12_000, -7_000, -25_000])
@pytest.mark.parametrize("income", [200_000_00, 40_000_00])
def test_a_household_that_can_only_realize_gains_pays_exactly_the_tax_on_them(carried, realized, income):
    """All is sold for a withdrawal, so the gains are given: $40,000 long, $9,000 short. The bound is then the exact
    return, trading cost and what carried losses break ties with. At an income of $40,000 the long-term rate is 0 %, and
    still no loss may be kept back from netting and carried on."""
    home = household(
        client=client(
            taxable_income_cents=income,
            short_carryforward_cents=carried[0],
            long_carryforward_cents=carried[1],
        ),
        accounts=[account(withdrawal_cents=100_000_00)],
        lots=[
            lot("STK", 700, 30_000, OLD),
            lot("STK", 100, 1_000, RECENT),
            lot("STK", 200, 20_000, OLD),
        ],
        activity=[sell("2026-02-02", "TWO", 10, short_gain=realized)],
        securities=[security("STK", 100, "Equity"), security("TWO", 100, "Equity")],
        targets=[target("Equity", 0.5), target("Cash", 0.5)],
    )
    found = plan(home, settings(), PARAMS)
    assert (found.short_gain_cents, found.long_gain_cents) == (9_000_00, 40_000_00)
    year = Year.of(home, settings(), PARAMS)
    net = year.net(9_000_00, 40_000_00)
    losses = net.carried_short_cents + net.carried_long_cents
    expected = whole_return_cents(home, net) + 0.0005 * 100_000_00 - CARRY_VALUE * losses
    assert engine_bound(found) == pytest.approx(expected / 100, abs=1.1)  # proven to one dollar


def whole_return_cents(home: Household, net) -> float:
    """Tax on the whole return, the income's own tax included, as the objective counts it."""
    status = home.client.filing_status
    profile = tax_profile(home.client, PARAMS)
    rates = PARAMS.status(status)
    room = niit_room_cents(profile, rates)
    own = tax_on_slice(rates.ordinary, 0, profile.ordinary_income_cents)
    own += PARAMS.niit_rate * max(0, -room)
    return float(own) + tax_on_gains(net, profile, status, PARAMS).total_cents


# ------------------------------------------------------------------ every whole-share plan of two accounts


@pytest.mark.parametrize("seed", range(6))
def test_no_whole_share_plan_over_two_accounts_beats_it(seed):
    """Every count of shares of every lot and of the IRA's position, every purchase that each account's cash allows.

    Scored with exact tax, as in test_plan, which has one account; here money can't cross and the IRA is not taxed.
    """
    rng = random.Random(f"two accounts/{seed}")
    price = {"STK": rng.choice([900, 2_500]), "BND": rng.choice([500, 1_000])}
    lots = [
        lot("STK", (n := rng.randint(1, 3)), round(n * price["STK"] * rng.choice([0.1, 0.5, 0.9])), when)
        for when in (OLD, RECENT)
    ]
    lots.append(lot("STK", rng.randint(1, 3), 1, OLD, "IRA"))
    home = household(
        client=client(
            taxable_income_cents=rng.choice([60_000_00, 300_000_00]),
            long_carryforward_cents=rng.choice([0, 1_500_00]),
        ),
        accounts=[account("TAX"), account("IRA", Registration.TRADITIONAL_IRA)],
        lots=lots,
        cash=[cash(rng.choice([0, 700])), cash(rng.choice([0, 300]), "IRA")],
        securities=[
            security("STK", price["STK"], "Equity"),
            security("BND", price["BND"], "Fixed Income", buy=BuyIn.ANYWHERE),
        ],
        targets=[target("Equity", 0.5), target("Fixed Income", 0.45), target("Cash", 0.05)],
    )
    chosen = settings(min_trade_cents=0)
    found = plan(home, chosen, PARAMS)
    items = case_of(home, chosen, PARAMS, ()).sellable
    bond = price["BND"] * 100
    best = float("inf")
    for counts in itertools.product(*(range(int(item.quantity) + 1) for item in items)):
        sales = [(item, Decimal(n)) for item, n in zip(items, counts, strict=True) if n]
        afford = 0
        for account_id in ("TAX", "IRA"):
            raised = sum(int(n * item.price * 100) for item, n in sales if item.account_id == account_id)
            afford += (home.cash_cents(account_id) + raised) // bond
        best = min(best, *(score(home, chosen, sales, {"BND": n * bond}) for n in range(afford + 1)))
    by_lot = {item.lots[0].id: item for item in items}
    own = [(by_lot[d.lot.id], d.quantity) for t in found.sells for d in t.disposals]
    own += [
        (i, t.quantity)
        for t in found.sells
        for i in items
        if not t.disposals and i.account_id == t.account_id
    ]
    bought = {"BND": sum(t.amount_cents for t in found.buys)}
    assert score(home, chosen, own, bought) <= best + 1.5  # proven to one dollar


# ------------------------------------------------------------------ rules of thumb, wider bands


def drifted(seed: int) -> tuple[Household, Settings]:
    """A random book without security targets: lots of two stocks in a taxable account and an IRA, over their class.

    Thresholds for losses are 0 and shares fractional, so that any rule of thumb could be followed to the letter.
    """
    rng = random.Random(f"drifted/{seed}")
    lots = []
    for account_id, count in (("TAX", rng.randint(3, 12)), ("IRA", rng.randint(0, 3))):
        for _ in range(count):
            shares = rng.randint(5, 400)
            symbol, price = rng.choice([("STK", 100), ("TWO", 40)])
            basis = round(shares * price * rng.choice([0.05, 0.3, 0.7, 0.95, 1.0, 1.1, 1.6]))
            lots.append(lot(symbol, shares, basis, rng.choice([OLD, "2019-07-01", RECENT]), account_id))
    lots.append(lot("BND", rng.randint(10, 200), 900, OLD, "IRA"))
    home = household(
        client=client(
            status=rng.choice([FilingStatus.MARRIED_JOINT, FilingStatus.SINGLE]),
            taxable_income_cents=rng.choice([30_000_00, 90_000_00, 240_000_00, 560_000_00]),
            state_rate=rng.choice([Decimal(0), Decimal("0.05")]),
            short_carryforward_cents=rng.choice([0, 0, 0, 4_000_00]),
            long_carryforward_cents=rng.choice([0, 0, 0, 9_000_00]),
        ),
        accounts=[account("TAX"), account("IRA", Registration.TRADITIONAL_IRA)],
        lots=lots,
        cash=[cash(rng.choice([0, 500, 20_000]))],
        securities=[
            security("STK", 100, "Equity"),
            security("TWO", 40, "Equity"),
            security("BND", 10, "Bonds", buy=BuyIn.ANYWHERE),
        ],
        targets=[target("Equity", rng.choice([0.4, 0.55])), target("Bonds", 0.35), target("Cash", 0.1)],
    )
    return home, settings(
        shares=Shares.FRACTIONAL,
        share_decimals=6,
        min_trade_cents=0,
        harvest_min_loss_cents=0,
        harvest_min_loss=0.0,
        class_band=0.02,
    )


def test_no_rule_of_thumb_is_cheaper_at_the_same_drift_and_turnover_on_a_hundred_books():
    """Tax and trading cost of FIFO, HIFO and proportional sales of the plan's own class reductions, in both scopes.

    Losses carried on count as they do in the objective; a thousandth of a share is what rounding costs.
    """
    judged, cheaper = 0, []
    for seed in range(100):
        home, chosen = drifted(seed)
        found = plan(home, chosen, PARAMS)
        year = Year.of(home, chosen, PARAMS)
        own = burden(
            year,
            chosen,
            found.short_gain_cents,
            found.long_gain_cents,
            sum(t.amount_cents for t in found.trades),
        )
        reduced = class_change(home, found)
        for rule in comparisons(case_of(home, chosen, PARAMS, ()), year, found):
            if rule.sold_cents < sum(-c for c in reduced.values() if c < 0) - 100:
                continue  # the lots that may be sold don't reach, so the drift isn't the same
            turnover = sum(abs(c) for name, c in reduced.items() if name != "cash")
            theirs = burden(year, chosen, rule.short_gain_cents, rule.long_gain_cents, turnover)
            judged += 1
            if theirs < own - 150:
                cheaper.append((seed, rule.method, rule.scope, theirs - own))
    assert judged >= 400
    assert cheaper == []


def burden(year: Year, chosen: Settings, short: int, long: int, turnover_cents: int) -> float:
    """Cents of added tax and trading cost, less the weight of losses carried on."""
    net = year.net(short, long)
    carried = net.carried_short_cents + net.carried_long_cents
    tax = year.added_tax(short, long).total_cents
    return (
        tax + chosen.transaction_cost * (1 + GENERAL_FUND_SHARE / 2) * turnover_cents - CARRY_VALUE * carried
    )


def class_change(home: Household, found: Plan) -> dict[str, int]:
    before = {s.name.casefold(): s.value_cents for s in found.before.classes}
    return {s.name.casefold(): s.value_cents - before[s.name.casefold()] for s in found.after.classes}


def test_a_wider_band_never_costs_more():
    """The objective never rises as the band widens; nor does tax, beyond the trading cost and pull that it may save."""
    narrower_and_wider = 0
    for seed in range(14):
        home, chosen = drifted(seed)
        last: tuple[Settings, Plan] | None = None
        for band in (0.0, 0.02, 0.05, 0.10, 0.20):
            wide = replace(chosen, class_band=band, class_rebalance_to=RebalanceTo.BAND)
            found = plan(home, wide, PARAMS)
            if found.state is PlanState.NO_ACTION:
                break  # in band no loss is harvested either: there is no plan to compare
            if last is not None:
                narrower_and_wider += 1
                assert engine_bound(found) <= engine_bound(last[1]) + 1.1, (
                    seed,
                    band,
                )  # proven to one dollar
                if last[1].state is PlanState.PROPOSED:
                    assert found.state is PlanState.PROPOSED
                    saved = tax_of(last[1]) + softness(*last)
                    assert tax_of(found) <= saved + 150, (seed, band)
            last = wide, found
    assert narrower_and_wider >= 40


def tax_of(found: Plan) -> int:
    return found.tax.total_cents


def softness(chosen: Settings, found: Plan) -> float:
    """Cents of trading cost, pull and carried losses in the objective: what a plan may trade against tax."""
    traded = sum(t.amount_cents for t in found.trades) * (1 + GENERAL_FUND_SHARE)
    away = sum(abs(s.drift) * found.after.total_cents for s in found.after.classes)
    carried = found.gains.carried_short_cents + found.gains.carried_long_cents
    return chosen.transaction_cost * (traded + PULL_SHARE_OF_COST * away) + CARRY_VALUE * carried


# ------------------------------------------------------------------ what every plan keeps


def test_order_shares_basis_and_gap_on_random_books():
    """Any order of rows gives the same trades; lots give up no more shares or basis than they have; gap >= 0."""
    rng = random.Random("orders")
    traded = 0
    for seed in range(100, 130):
        home, chosen = drifted(seed)
        chosen = replace(chosen, shares=rng.choice(list(Shares)), min_trade_cents=rng.choice([0, 500_00]))
        found = plan(home, chosen, PARAMS)
        shuffled = replace(
            home,
            lots=tuple(rng.sample(home.lots, len(home.lots))),
            accounts=home.accounts[::-1],
            targets=home.targets[::-1],
            securities=dict(reversed(home.securities.items())),
        )
        again = plan(shuffled, chosen, PARAMS)
        assert [(t.side, t.account_id, t.symbol, t.quantity, t.disposals) for t in again.trades] == [
            (t.side, t.account_id, t.symbol, t.quantity, t.disposals) for t in found.trades
        ]
        assert violations(home, chosen, PARAMS, found) == []
        assert plan_gap(found) >= 0
        parted = [d for t in found.sells for d in t.disposals]
        assert len({d.lot.id for d in parted}) == len(parted)
        for d in parted:
            traded += 1
            assert 0 < d.quantity <= d.lot.quantity
            assert 0 <= d.basis_cents <= d.lot.basis_cents
            assert (d.quantity == d.lot.quantity) <= (d.basis_cents == d.lot.basis_cents)
    assert traded > 60


def plan_gap(found: Plan) -> float:
    """The plan's own gap in dollars; the second place that knows where it is."""
    return found.certificate.gap
