"""The plan against brute force, against simple rules of thumb, and rule by rule on small books."""

from __future__ import annotations

import itertools
import random
from decimal import Decimal

import pytest

from tests.builders import (
    account,
    buy,
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
from xl_rebal.engine import model
from xl_rebal.engine.book import BudgetMode, BuyIn, Owner, RebalanceTo, Registration, Shares, Term
from xl_rebal.engine.case import Case, case_of
from xl_rebal.engine.drift import DriftStatus, drift
from xl_rebal.engine.gains import net_gains
from xl_rebal.engine.plan import plan
from xl_rebal.engine.results import PlanState, Side, TradeFlag
from xl_rebal.engine.rmd import rmds
from xl_rebal.engine.tax import tax_on_gains, tax_profile
from xl_rebal.money import value_cents

PARAMS = tax_parameters(2026)
OLD = "2015-03-02"  # long-term
RECENT = "2026-05-04"  # short-term, and older than 30 days


def simple(lots, *, prices=None, cash_now=(), accounts=None, targets=None, buy_in=BuyIn.ANYWHERE, **more):
    """Stock `STK` over target and a designated bond fund `BND`; 60/35/5 unless told otherwise."""
    prices = {"STK": 100, "TWO": 100, "BND": 100, **(prices or {})}
    return household(
        client=client(**{"taxable_income_cents": 300_000_00, **more}),
        accounts=accounts or [account("TAX")],
        lots=lots,
        cash=cash_now,
        securities=[
            security("STK", prices["STK"], "Equity"),
            security("TWO", prices["TWO"], "Equity"),
            security("BND", prices["BND"], "Fixed Income", buy=buy_in),
        ],
        targets=targets or [target("Equity", 0.60), target("Fixed Income", 0.35), target("Cash", 0.05)],
    )


def case_for(home, chosen) -> Case:
    return case_of(home, chosen, PARAMS, rmds(home, chosen, PARAMS))


def drift_penalty(case: Case, after) -> float:
    """Dollars of penalty and pull for the sleeves of `after`, from the definition alone."""
    pull = case.settings.transaction_cost * model.PULL_SHARE_OF_COST
    traded = {s.security.symbol for s in case.sellable} | {x.security.symbol for x in case.buyable}
    total = 0.0
    for goals, weight, softness in (
        (case.class_goals, model.CLASS_PENALTY, 1.0),
        (case.security_goals, model.SECURITY_PENALTY, model.SECURITY_PULL_SHARE),
    ):
        for goal in goals:
            if goal.sleeve.symbol and goal.sleeve.symbol not in traded:
                continue
            cents = after.sleeve(goal.sleeve.name).value_cents
            outside = max(0.0, cents - goal.upper_cents) + max(0.0, goal.lower_cents - cents)
            past_edge = max(0.0, cents - goal.upper_edge_cents, goal.lower_edge_cents - cents)
            total += weight * outside + softness * pull * abs(cents - goal.target_cents)
            total += 0.0 if goal.sleeve.symbol else model.BEYOND_BAND * past_edge
    return total / 100


def score(home, chosen, sales, bought_cents) -> float:
    """What the plan minimises, in dollars, for shares sold by lot and cents bought by symbol: exact tax."""
    case = case_for(home, chosen)
    gains = {Term.SHORT: 0, Term.LONG: 0}
    change: dict[str, int] = {"": 0}
    traded = 0
    for item, quantity in sales:
        proceeds = value_cents(quantity, item.price)
        change[item.security.symbol] = change.get(item.security.symbol, 0) - proceeds
        change[""] += proceeds
        traded += proceeds
        if item.term:
            gains[item.term] += proceeds - round(item.basis_cents * float(quantity / item.quantity))
    for symbol, cents in bought_cents.items():
        change[symbol] = change.get(symbol, 0) + cents
        change[""] -= cents
        traded += cents * (1 + model.GENERAL_FUND_SHARE)
    who = home.client
    realized = home.realized_cents(2026, chosen.as_of)
    profile = tax_profile(who, PARAMS)
    limit = PARAMS.status(who.filing_status).loss_limit_cents

    def tax(short, long):
        net = net_gains(short, long, who.short_carryforward_cents, who.long_carryforward_cents, limit)
        owed = tax_on_gains(net, profile, who.filing_status, PARAMS)
        carried = net.carried_short_cents + net.carried_long_cents
        return owed.total_cents / 100 - model.CARRY_VALUE * carried / 100

    added = tax(realized[0] + gains[Term.SHORT], realized[1] + gains[Term.LONG]) - tax(*realized)
    return added + chosen.transaction_cost * traded / 100 + drift_penalty(case, drift(home, chosen, change))


def score_of_plan(home, chosen, found) -> float:
    items = {item.lots[0].id: item for item in case_for(home, chosen).sellable}
    sales = [(items[d.lot.id], d.quantity) for t in found.sells for d in t.disposals]
    bought: dict[str, int] = {}
    for trade in found.buys:
        bought[trade.symbol] = bought.get(trade.symbol, 0) + trade.amount_cents
    return score(home, chosen, sales, bought)


def brute_force(home, chosen) -> float:
    """The least score over every whole-share sale of every lot and every whole-share buy of the bond fund."""
    case = case_for(home, chosen)
    bond = case.buyable[0]
    cash_now = sum(need.cents for need in case.cash)
    best = score(home, chosen, [], {})
    for counts in itertools.product(*(range(int(item.quantity) + 1) for item in case.sellable)):
        sales = [(i, Decimal(n)) for i, n in zip(case.sellable, counts, strict=True) if n]
        by_position: dict[str, int] = {}
        for item, quantity in sales:
            by_position[item.security.symbol] = by_position.get(item.security.symbol, 0) + value_cents(
                quantity, item.price
            )
        if any(cents < chosen.min_trade_cents for cents in by_position.values()):
            continue
        raised = cash_now + sum(by_position.values())
        for n in range(int(raised // value_cents(Decimal(1), bond.price)) + 1):
            cents = n * value_cents(Decimal(1), bond.price)
            if cents and cents < chosen.min_trade_cents:
                continue
            best = min(best, score(home, chosen, sales, {bond.security.symbol: cents}))
    return best


@pytest.mark.parametrize("seed", range(12))
def test_no_whole_share_plan_beats_it_on_small_books(seed):
    rng = random.Random(seed)
    prices = {
        "STK": rng.choice([900, 2500, 4000]),
        "TWO": rng.choice([800, 1500]),
        "BND": rng.choice([500, 1000]),
    }
    lots = []
    for symbol, count in (("STK", 2), ("TWO", 2)):
        for _ in range(count):
            shares = rng.randint(1, 4)
            basis = round(shares * prices[symbol] * rng.choice([0.2, 0.6, 0.9, 1.3]))
            lots.append(lot(symbol, shares, basis, rng.choice([OLD, RECENT])))
    home = simple(
        lots,
        prices=prices,
        cash_now=[cash(rng.choice([0, 700, 3000]))],
        taxable_income_cents=rng.choice([40_000_00, 95_000_00, 300_000_00, 700_000_00]),
        short_carryforward_cents=rng.choice([0, 0, 2_000_00]),
        long_carryforward_cents=rng.choice([0, 1_500_00]),
        targets=[
            target("Equity", rng.choice([0.5, 0.7])),
            target("Fixed Income", 0.28),
            target("Cash", 0.02),
        ],
    )
    chosen = settings()
    found = plan(home, chosen, PARAMS)
    if found.state is PlanState.NO_ACTION:
        assert not case_for(home, chosen).needs_action
        return
    # The solver proves its answer to one dollar, and cents of rounding come on top.
    assert score_of_plan(home, chosen, found) <= brute_force(home, chosen) + 1.5


def test_in_band_means_no_trades():
    home = simple([lot("STK", 62, 3000, OLD), lot("BND", 33, 3300, OLD)], cash_now=[cash(500)])
    found = plan(home, settings(), PARAMS)
    assert found.state is PlanState.NO_ACTION
    assert found.trades == ()
    assert found.tax.total_cents == 0


def test_a_class_out_of_band_is_brought_back_to_its_target():
    """$10,000: 80 stock at $100 (80 %). Target 60 %: exactly 20 shares go, 20 bond shares come."""
    home = simple([lot("STK", 80, 4000, OLD), lot("BND", 15, 1500, OLD)], cash_now=[cash(500)])
    found = plan(home, settings(), PARAMS)
    assert found.state is PlanState.PROPOSED
    assert [(t.side, t.symbol, t.quantity) for t in found.trades] == [
        (Side.SELL, "STK", Decimal(20)),
        (Side.BUY, "BND", Decimal(20)),
    ]
    assert found.long_gain_cents == 1000_00  # 20 x ($100 - $50)
    assert found.tax.total_cents == 1000_00 * 15 // 100 + 38_00  # 15 %, and 3.8 % above $250,000 of MAGI
    assert found.after.sleeve("Equity").weight == pytest.approx(0.60)


def test_rebalancing_to_the_band_stops_at_its_edge():
    home = simple([lot("STK", 80, 4000, OLD), lot("BND", 15, 1500, OLD)], cash_now=[cash(500)])
    found = plan(home, settings(class_rebalance_to=RebalanceTo.BAND), PARAMS)
    assert found.sells[0].quantity == Decimal(15)  # 80 % to the 65 % edge


def test_the_lot_with_least_tax_goes_first():
    """A high-basis long lot before a low-basis long one and before a short-term gain."""
    low = lot("STK", 30, 300, OLD)
    high = lot("STK", 30, 2700, OLD)
    short = lot("STK", 20, 1700, RECENT)
    home = simple([low, high, short, lot("BND", 15, 1500, OLD)], cash_now=[cash(500)])
    found = plan(home, settings(), PARAMS)
    assert [(d.lot.id, d.quantity) for d in found.sells[0].disposals] == [(high.id, Decimal(20))]


def test_the_ira_is_sold_before_anything_that_is_taxed():
    home = simple(
        [lot("STK", 40, 400, OLD), lot("STK", 40, 400, OLD, "IRA"), lot("BND", 15, 1500, OLD)],
        cash_now=[cash(500)],
        accounts=[account("TAX"), account("IRA", Registration.ROLLOVER_IRA)],
    )
    found = plan(home, settings(), PARAMS)
    assert [(t.account_id, t.symbol) for t in found.sells] == [("IRA", "STK")]
    assert found.sells[0].flags == (TradeFlag.SHELTERED,)
    assert found.tax.total_cents == 0


def test_cash_never_moves_between_accounts_but_for_the_rmd():
    home = simple(
        [lot("STK", 40, 400, OLD), lot("STK", 40, 400, OLD, "IRA"), lot("BND", 15, 1500, OLD)],
        cash_now=[cash(500)],
        accounts=[account("TAX"), account("IRA", Registration.ROLLOVER_IRA)],
    )
    found = plan(home, settings(), PARAMS)
    for account_id in ("TAX", "IRA"):
        spent = sum(t.amount_cents for t in found.buys if t.account_id == account_id)
        raised = sum(t.amount_cents for t in found.sells if t.account_id == account_id)
        assert spent <= raised + home.cash_cents(account_id)


@pytest.mark.parametrize("lock", ["hold", "do not trade", "no basis", "irrevocable trust"])
def test_what_may_not_be_sold_is_not_sold_and_says_why(lock):
    registration = Registration.IRREVOCABLE_TRUST if lock == "irrevocable trust" else Registration.INDIVIDUAL
    frozen = account(
        "TAX", registration, do_not_trade=lock == "do not trade", do_not_trade_reason="in transfer"
    )
    basis = None if lock == "no basis" else 4000
    home = simple(
        [lot("STK", 80, basis, OLD, hold=lock == "hold"), lot("BND", 20, 2000, OLD)], accounts=[frozen]
    )
    found = plan(home, settings(), PARAMS)
    assert found.sells == ()
    assert found.state is PlanState.RESIDUAL
    assert {s.name for s in found.residual} >= {"Equity"}
    words = {
        "hold": "Hold",
        "do not trade": "in transfer",
        "no basis": "basis is unknown",
        "irrevocable trust": "taxpayer",
    }
    assert any(words[lock] in b.reason for b in found.blocked)


def test_a_loss_that_would_be_a_wash_sale_is_not_sold():
    """STK is at a loss, and the IRA bought it two weeks ago."""
    home = simple(
        [lot("STK", 80, 9000, OLD), lot("STK", 1, 100, "2026-10-01", "IRA"), lot("BND", 15, 1500, OLD)],
        cash_now=[cash(500)],
        accounts=[
            account("TAX"),
            account("IRA", Registration.ROTH_IRA, do_not_trade=True, do_not_trade_reason="x"),
        ],
    )
    found = plan(home, settings(), PARAMS)
    assert found.sells == ()
    blocked = [b for b in found.blocked if "wash sale" in b.reason]
    assert [b.account_id for b in blocked] == ["TAX"]
    assert "November 1, 2026" in blocked[0].reason


def test_losses_are_not_sold_and_bought_back_in_one_plan():
    """The only bond fund is at a loss and is also the designated one: it is bought, so its loss is not taken."""
    home = simple(
        [lot("STK", 80, 7900, OLD), lot("BND", 15, 1800, OLD)],
        cash_now=[cash(500)],
    )
    found = plan(home, settings(), PARAMS)
    sold = {t.symbol for t in found.sells}
    bought = {t.symbol for t in found.buys}
    assert "BND" in bought
    assert not sold & bought


def test_a_fund_whose_loss_was_just_realized_is_not_bought_back():
    home = household(
        client=client(taxable_income_cents=300_000_00),
        lots=[lot("STK", 80, 4000, OLD), lot("BND", 15, 1500, OLD)],
        cash=[cash(500)],
        activity=[sell("2026-10-01", "BND", 10, short_gain=-200)],
        securities=[security("STK", 100, "Equity"), security("BND", 100, "Fixed Income", buy=BuyIn.ANYWHERE)],
        targets=[target("Equity", 0.60), target("Fixed Income", 0.35), target("Cash", 0.05)],
    )
    assert plan(home, settings(), PARAMS).buys == ()


def test_over_the_budget_the_drift_is_cured_and_the_alternative_shown():
    """20 shares carry $1,000 of gain; a budget of $600 allows 12."""
    home = simple(
        [lot("STK", 80, 4000, OLD), lot("BND", 15, 1500, OLD)], cash_now=[cash(500)], gain_budget_cents=600_00
    )
    found = plan(home, settings(), PARAMS)
    assert found.sells[0].quantity == 20
    assert found.budget.excess_cents == 400_00
    assert found.alternative is not None
    assert found.alternative.sells[0].quantity == 12
    assert found.alternative.budget.excess_cents == 0
    assert found.alternative.after.sleeve("Equity").drift == pytest.approx(0.08)


def test_as_a_limit_the_budget_holds_and_what_was_realized_before_counts():
    home = simple(
        [lot("STK", 80, 4000, OLD), lot("BND", 15, 1500, OLD)], cash_now=[cash(500)], gain_budget_cents=600_00
    )
    home = household(
        client=home.client,
        lots=home.lots,
        cash=home.cash,
        activity=[sell("2026-02-02", "STK", 5, long_gain=100)],
        securities=home.securities,
        targets=home.targets,
    )
    found = plan(home, settings(gain_budget_mode=BudgetMode.LIMIT), PARAMS)
    assert found.sells[0].quantity == 10  # $500 left at $50 a share
    assert found.budget.excess_cents == 0
    assert found.alternative is None
    assert found.state is PlanState.RESIDUAL


def test_a_budget_already_passed_does_not_force_losses():
    home = simple(
        [lot("STK", 80, 4000, OLD), lot("TWO", 10, 3000, OLD), lot("BND", 15, 1500, OLD)],
        cash_now=[cash(500)],
        gain_budget_cents=0,
    )
    home = household(
        client=home.client,
        lots=home.lots,
        cash=home.cash,
        activity=[sell("2026-02-02", "STK", 5, long_gain=9000)],
        securities=home.securities,
        targets=home.targets,
    )
    found = plan(home, settings(gain_budget_mode=BudgetMode.LIMIT), PARAMS)
    assert found.short_gain_cents + found.long_gain_cents <= 0


def test_a_withdrawal_is_raised_and_leaves_the_household():
    home = simple(
        [lot("STK", 60, 3000, OLD), lot("BND", 35, 3500, OLD)],
        cash_now=[cash(500)],
        accounts=[account("TAX", withdrawal_cents=2000_00)],
    )
    found = plan(home, settings(), PARAMS)
    assert [(t.from_account, t.to_account, t.cents) for t in found.transfers] == [("TAX", "", 2000_00)]
    assert found.sold_cents >= 1500_00
    assert found.after.total_cents == found.before.total_cents - 2000_00
    assert found.shortfalls == ()


def test_cash_that_cannot_be_raised_is_said():
    home = simple([lot("STK", 60, 3000, OLD, hold=True)], accounts=[account("TAX", withdrawal_cents=2000_00)])
    found = plan(home, settings(), PARAMS)
    assert found.state is PlanState.RESIDUAL
    assert "$2,000.00" in found.shortfalls[0]


def test_the_rmd_is_moved_to_the_owners_taxable_account_and_stays_in_the_household():
    """Age 79: $21,100 / 21.1 = $1,000. The IRA holds $400 of cash, so at least $600 of it is sold."""
    home = simple(
        [lot("STK", 30, 1500, OLD), lot("STK", 30, 900, OLD, "IRA"), lot("BND", 35, 3500, OLD, "IRA")],
        cash_now=[cash(100), cash(400, "IRA")],
        accounts=[
            account("JNT", Registration.JOINT, owner=Owner.JOINT),
            account("TAX"),
            account("IRA", Registration.TRADITIONAL_IRA, year_end=21_100),
        ],
        born="1947-05-19",
    )
    found = plan(home, settings(), PARAMS)
    assert [(t.from_account, t.to_account, t.cents) for t in found.transfers] == [("IRA", "TAX", 1000_00)]
    assert sum(t.amount_cents for t in found.sells if t.account_id == "IRA") >= 600_00
    assert found.after.total_cents == found.before.total_cents


def test_fractional_shares_are_cut_at_the_allowed_decimals():
    home = simple(
        [lot("STK", "80.1234", 4000, OLD), lot("BND", 15, 1500, OLD)],
        cash_now=[cash(500)],
        prices={"STK": "99.37"},
    )
    found = plan(home, settings(shares=Shares.FRACTIONAL), PARAMS)
    for trade in found.trades:
        assert trade.quantity == trade.quantity.quantize(Decimal("0.001"))
    assert found.after.sleeve("Equity").weight == pytest.approx(0.60, abs=1e-4)


def test_trades_below_the_minimum_are_not_made():
    home = simple([lot("STK", 80, 4000, OLD), lot("BND", 15, 1500, OLD)], cash_now=[cash(500)])
    found = plan(home, settings(min_trade_cents=2500_00), PARAMS)
    assert all(t.amount_cents >= 2500_00 for t in found.trades)


def test_short_term_gains_are_avoided_and_flagged_when_not():
    home = simple([lot("STK", 80, 4000, "2025-11-03"), lot("BND", 15, 1500, OLD)], cash_now=[cash(500)])
    found = plan(home, settings(), PARAMS)
    assert TradeFlag.SHORT_TERM in found.sells[0].flags
    assert TradeFlag.LONG_TERM_SOON in found.sells[0].flags  # long-term from 2026-11-04, 20 days on


def test_without_income_the_tax_is_unknown_and_said_never_guessed():
    home = simple(
        [lot("STK", 80, 4000, OLD), lot("BND", 15, 1500, OLD)],
        cash_now=[cash(500)],
        taxable_income_cents=None,
    )
    found = plan(home, settings(), PARAMS)
    assert found.trades
    assert found.tax is None
    assert found.rates is None
    assert any("Tax is unknown" in text for text in found.unknowns)


def test_the_order_of_rows_does_not_change_the_plan():
    rng = random.Random(5)
    lots = [lot("STK", rng.randint(1, 9), rng.randint(100, 900), OLD) for _ in range(12)]
    lots += [lot("TWO", rng.randint(1, 9), rng.randint(100, 900), RECENT) for _ in range(6)]
    first = plan(simple(lots, cash_now=[cash(100)]), settings(), PARAMS)
    for _ in range(3):
        rng.shuffle(lots)
        again = plan(simple(lots, cash_now=[cash(100)]), settings(), PARAMS)
        assert again.trades == first.trades
        assert again.tax == first.tax


@pytest.mark.parametrize("rule", ["fifo", "hifo", "proportional"])
@pytest.mark.parametrize("seed", range(4))
def test_no_rule_of_thumb_does_better(rule, seed):
    """Selling the same dollars of stock by FIFO, HIFO or pro rata never scores less than the plan."""
    rng = random.Random(seed)
    lots = [
        lot("STK", rng.randint(5, 30), rng.randint(200, 3000), rng.choice([OLD, RECENT, "2019-07-01"]))
        for _ in range(8)
    ]
    home = simple(lots, cash_now=[cash(300)])
    chosen = settings()
    found = plan(home, chosen, PARAMS)
    case = case_for(home, chosen)
    left = found.sells[0].quantity
    order = sorted(case.sellable, key=lambda s: s.lots[0].acquired)
    if rule == "hifo":
        order = sorted(case.sellable, key=lambda s: -s.basis_cents / s.value_cents)
    whole = sum(s.quantity for s in order)
    sales = []
    for item in order:
        take = min(item.quantity, left)
        if rule == "proportional":
            take = item.quantity * found.sells[0].quantity / whole
        left -= take
        if take:
            sales.append((item, take))
    bought = {"BND": sum(t.amount_cents for t in found.buys)}
    assert score_of_plan(home, chosen, found) <= score(home, chosen, sales, bought) + 1.5


def test_shares_basis_and_money_are_conserved():
    rng = random.Random(11)
    lots = [lot("STK", f"{rng.uniform(1, 40):.3f}", rng.randint(100, 3000), OLD) for _ in range(15)]
    home = simple(lots, cash_now=[cash("812.34")], prices={"STK": "97.13", "BND": "41.07"})
    found = plan(home, settings(), PARAMS)
    held = {item.id: item for item in lots}
    for trade in found.sells:
        assert trade.quantity == sum((d.quantity for d in trade.disposals), Decimal(0))
        assert trade.amount_cents == sum(d.proceeds_cents for d in trade.disposals)
        assert all(0 < d.quantity <= held[d.lot.id].quantity for d in trade.disposals)
        assert all(d.basis_cents <= held[d.lot.id].basis_cents for d in trade.disposals)
    spent = sum(t.amount_cents for t in found.buys)
    assert spent <= found.sold_cents + 812_34
    assert found.after.sleeve("Cash").value_cents == 812_34 + found.sold_cents - spent
    assert found.short_gain_cents + found.long_gain_cents == sum(t.gain_cents() for t in found.sells)


def test_security_targets_are_kept_inside_their_bands():
    """Equity is at target, but STK is 50 % against 30 % +/- 25 %: it goes to its 37.5 % edge, into TWO if designated."""
    home = household(
        client=client(taxable_income_cents=300_000_00),
        lots=[lot("STK", 50, 2000, OLD), lot("TWO", 10, 900, OLD), lot("BND", 35, 3400, OLD)],
        cash=[cash(500)],
        securities=[
            security("STK", 100, "Equity"),
            security("TWO", 100, "Equity", buy=BuyIn.ANYWHERE),
            security("BND", 100, "Fixed Income", buy=BuyIn.ANYWHERE),
        ],
        targets=[
            target("Equity", 0.60),
            target("Fixed Income", 0.35),
            target("Cash", 0.05),
            target("Equity", 0.30, "STK"),
        ],
    )
    found = plan(home, settings(), PARAMS)
    assert [(t.side, t.symbol) for t in found.trades] == [(Side.SELL, "STK"), (Side.BUY, "TWO")]
    assert found.after.sleeve("STK").status is DriftStatus.INSIDE
    assert found.sells[0].quantity == 13  # 12.5 shares to the edge


def test_a_recent_buy_does_not_stop_the_sale_of_a_gain():
    home = simple([lot("STK", 80, 4000, OLD), lot("BND", 15, 1500, OLD)], cash_now=[cash(500)])
    home = household(
        client=home.client,
        lots=home.lots,
        cash=home.cash,
        activity=[buy("2026-10-10", "STK", 5)],
        securities=home.securities,
        targets=home.targets,
    )
    assert plan(home, settings(), PARAMS).sells[0].quantity == 20
