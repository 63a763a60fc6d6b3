"""Plans of degenerate books, and of rules that meet rounding: each was wrong once or easily could be."""

from __future__ import annotations

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
    settings,
    target,
    tax_parameters,
)
from tests.engine.invariants import violations
from xl_rebal.engine.book import BudgetMode, BuyIn, Owner, RebalanceTo, Registration, Shares
from xl_rebal.engine.plan import plan
from xl_rebal.engine.results import PlanState

PARAMS = tax_parameters(2026)
OLD = "2015-03-02"
TARGETS = (target("Equity", 0.60), target("Fixed Income", 0.35), target("Cash", 0.05))
IRA = Registration.TRADITIONAL_IRA


def home(lots=(), money=(), *, accounts=None, targets=TARGETS, prices=None, **more):
    price = {"STK": 100, "TWO": 100, "BND": 100, **(prices or {})}
    return household(
        client=client(**{"taxable_income_cents": 300_000_00, **more}),
        accounts=accounts or [account("TAX")],
        lots=lots,
        cash=money,
        securities=[
            security("STK", price["STK"], "Equity"),
            security("TWO", price["TWO"], "Equity"),
            security("BND", price["BND"], "Fixed Income", buy=BuyIn.ANYWHERE),
        ],
        targets=targets,
    )


def sound(family, chosen=None):
    """The plan, once every invariant has been derived again from its trades."""
    chosen = chosen or settings()
    found = plan(family, chosen, PARAMS)
    assert violations(family, chosen, PARAMS, found) == []
    return found


def test_an_empty_household_has_nothing_to_do_but_its_targets_missed():
    found = sound(home())
    assert found.trades == ()
    assert found.after.total_cents == 0


def test_cash_alone_is_put_into_the_designated_fund():
    """$10,000: bonds to 35 %; equity has no designated fund, and cash stays over its band."""
    found = sound(home(money=[cash(10_000)]))
    assert [(t.symbol, t.quantity) for t in found.buys] == [
        ("BND", Decimal(40))
    ]  # the 40 % edge: cash is over
    assert found.state is PlanState.RESIDUAL


def test_targets_of_zero_empty_a_class():
    found = sound(
        home(
            [lot("STK", 50, 5000, OLD), lot("BND", 50, 5000, OLD)],
            targets=[target("Equity", 0.0), target("Fixed Income", 1.0), target("Cash", 0.0)],
        )
    )
    assert [(t.symbol, t.quantity) for t in found.trades] == [("STK", 50), ("BND", 50)]


def test_a_lot_without_a_price_is_left_alone():
    found = plan(
        home([lot("STK", 80, 4000, OLD), lot("TWO", 5, 10, OLD)], prices={"TWO": 0}), settings(), PARAMS
    )
    assert {t.symbol for t in found.trades} == {"STK", "BND"}
    assert [b.reason for b in found.blocked] == ["It has no price."]


def test_a_withdrawal_beyond_the_household_sells_nothing_that_could_not_pay_it():
    """The joint account has $5,000; the IRA can't pay a withdrawal asked of it, and stays in its own balance."""
    found = sound(
        home(
            [lot("STK", 50, 2500, OLD), lot("STK", 60, 1, OLD, "IRA"), lot("BND", 35, 1, OLD, "IRA")],
            [cash(500, "IRA")],
            accounts=[account("TAX", withdrawal_cents=1_000_000_00), account("IRA", IRA)],
        )
    )
    assert [(t.account_id, t.symbol, t.quantity) for t in found.trades] == [("TAX", "STK", 50)]
    assert "$995,000.00" in found.shortfalls[0]


def test_an_rmd_larger_than_the_ira_takes_it_whole_and_says_what_is_missing():
    """Age 79: $211,000 / 21.1 = $10,000, of an IRA that holds $3,000."""
    found = sound(
        home(
            [lot("STK", 60, 3000, OLD), lot("BND", 25, 1, OLD, "IRA")],
            [cash(500, "IRA")],
            accounts=[account("TAX"), account("IRA", IRA, year_end=211_000)],
            born="1947-05-19",
        )
    )
    assert [t.cents for t in found.transfers] == [3000_00]
    assert "$7,000.00" in found.shortfalls[0]


def test_an_rmd_that_a_locked_ira_cannot_pay_is_no_money_for_the_taxable_account():
    """$10,000 is due and the IRA, not to be traded, has $200 of cash: only that reaches the $6,000 withdrawal."""
    found = sound(
        home(
            [lot("STK", 40, 2000, OLD), lot("BND", 500, 1, OLD, "IRA")],
            [cash(200, "IRA")],
            accounts=[
                account("TAX", withdrawal_cents=6000_00),
                account("IRA", IRA, year_end=211_000, do_not_trade=True, do_not_trade_reason="in transfer"),
            ],
            born="1947-05-19",
        )
    )
    assert [(t.symbol, t.quantity) for t in found.sells] == [("STK", 40)]
    assert sum("lacks" in text for text in found.shortfalls) == 2


def retired(accounts, money, lots=()):
    """Born in 1947, so 79 in 2026: an IRA of 211,000 at the year's end owes 211,000 / 21.1 = 10,000."""
    holdings = [lot("STK", 600, 30_000, OLD), lot("BND", 350, 1, OLD, "IRA"), *lots]
    return home(holdings, money, accounts=[account("TAX"), *accounts], born="1947-05-19")


def moves(found):
    return [(t.from_account, t.to_account, t.cents // 100, t.why) for t in found.transfers]


RMD, OUT = "Required minimum distribution", "Withdrawal asked for"


@pytest.mark.parametrize(
    ("asked", "second", "on", "expected"),
    [
        # 4,000 leave the household and count: 6,000 of the 10,000 are moved besides.
        (4000, 0, "2026-10-15", [("IRA", "TAX", 6000, RMD), ("IRA", "", 4000, OUT)]),
        (10_000, 0, "2026-10-15", [("IRA", "", 10_000, OUT)]),
        (12_000, 0, "2026-10-15", [("IRA", "", 12_000, OUT)]),  # never below 0
        # IRAs of one owner are one pool: what leaves either counts (Reg. 1.408-8(e)).
        (3000, 2000, "2026-10-15", [("IRA", "TAX", 5000, RMD), ("IRA", "", 3000, OUT), ("IRA2", "", 2000, OUT)]),
        # After the due date the withdrawal is a distribution of the next year; the late one is still owed.
        (4000, 0, "2027-01-04", [("IRA", "TAX", 10_000, RMD), ("IRA", "", 4000, OUT)]),
    ],
)  # fmt: skip
def test_a_withdrawal_from_an_ira_counts_toward_its_rmd(asked, second, on, expected):
    family = retired(
        [
            account("IRA", IRA, year_end=211_000, withdrawal_cents=asked * 100),
            account("IRA2", IRA, year_end=0, withdrawal_cents=second * 100),
        ],
        [cash(20_000, "IRA"), cash(second, "IRA2")],
    )
    found = sound(family, settings(as_of=on, tax_year=2026))
    assert moves(found) == expected


def test_the_check_refuses_an_rmd_taken_beside_the_withdrawal_that_meets_it():
    ira = account("IRA", IRA, year_end=211_000, withdrawal_cents=4000_00)
    family, chosen = retired([ira], [cash(20_000, "IRA")]), settings()
    found = plan(family, chosen, PARAMS)
    rmd, out = found.transfers
    for moved in (6000_01, 10_000_00):
        twice = replace(found, transfers=(replace(rmd, cents=moved), out), alternative=None)
        assert f"RMD of ['IRA']: {moved} moved, 600000 left" in violations(family, chosen, PARAMS, twice)
    less = replace(found, transfers=(replace(rmd, cents=5999_99), out), alternative=None)
    assert any("only 599999 moved of 600000" in text for text in violations(family, chosen, PARAMS, less))


@pytest.mark.parametrize(
    "other",
    [
        account("OTH", IRA, owner=Owner.SPOUSE, withdrawal_cents=4000_00),  # spouses never share
        account("OTH", Registration.ROTH_IRA, withdrawal_cents=4000_00),
        account("OTH", Registration.PLAN_401K, withdrawal_cents=4000_00),  # a plan stands alone
        account("OTH", Registration.INHERITED_IRA, withdrawal_cents=4000_00),
    ],
    ids=lambda a: a.registration.value,
)
def test_a_withdrawal_from_another_pool_does_not_count_toward_an_iras_rmd(other):
    ira = account("IRA", IRA, year_end=211_000)
    found = sound(retired([ira, other], [cash(20_000, "IRA"), cash(5000, "OTH")]))
    assert moves(found) == [("IRA", "TAX", 10_000, RMD), ("OTH", "", 4000, OUT)]


def test_a_withdrawal_that_an_ira_cannot_pay_meets_no_more_of_the_rmd_than_it_pays():
    """The first IRA may sell nothing and has $1,000: of the $4,000 asked for that counts; $9,000 come from the other."""
    family = retired(
        [
            account("IRA", IRA, year_end=211_000),
            account(
                "IRA0",
                IRA,
                year_end=0,
                withdrawal_cents=4000_00,
                do_not_trade=True,
                do_not_trade_reason="in transfer",
            ),
        ],
        [cash(20_000, "IRA"), cash(1000, "IRA0")],
        [lot("BND", 10, 1, OLD, "IRA0")],
    )
    found = sound(family)
    assert moves(found) == [("IRA", "TAX", 9000, RMD), ("IRA0", "", 4000, OUT)]
    assert len(found.shortfalls) == 1


def test_an_rmd_goes_to_an_account_that_is_traded():
    found = sound(
        home(
            [lot("STK", 60, 3000, OLD), lot("BND", 35, 1, OLD, "IRA")],
            [cash(2000, "IRA")],
            accounts=[
                account("A1", do_not_trade=True, do_not_trade_reason="in transfer"),
                account("TAX", Registration.JOINT, owner=Owner.JOINT),
                account("IRA", IRA, year_end=21_100),
            ],
            born="1947-05-19",
        )
    )
    assert [t.to_account for t in found.transfers] == ["TAX"]


def test_a_lot_without_a_date_is_not_sold_and_the_reason_is_the_date():
    found = sound(home([lot("STK", 80, 4000, None), lot("BND", 15, 1500, OLD)]))
    assert found.sells == ()
    assert "acquisition date is unknown" in found.blocked[0].reason
    assert any("no acquisition date" in text for text in found.unknowns)


def test_a_basis_of_zero_is_all_gain():
    found = sound(home([lot("STK", 80, 0, OLD), lot("BND", 15, 1500, OLD)], [cash(500)]))
    assert found.long_gain_cents == found.sold_cents == 2000_00


def test_eight_decimals_of_a_share_are_sold_to_the_last():
    lots = [lot("STK", "40.12345678", 2000, OLD), lot("BND", 1, 100, OLD)]
    found = sound(
        home(lots, targets=[target("Equity", 0.0), target("Fixed Income", 1.0), target("Cash", 0.0)])
    )
    assert found.sells[0].quantity == Decimal("40.12345678")


@pytest.mark.parametrize("price", ["33.333333", "7.13", "412.07"])
def test_with_fractional_shares_a_withdrawal_is_raised_to_the_cent(price):
    """Rounding a sale down to a thousandth of a share must not leave the account a few cents short."""
    family = home(
        [lot("STK", "600.5", 3000, OLD)],
        prices={"STK": price},
        accounts=[account("TAX", withdrawal_cents=1234_57)],
        targets=[target("Equity", 1.0), target("Cash", 0.0)],
    )
    found = sound(family, settings(shares=Shares.FRACTIONAL))
    assert found.shortfalls == ()


@pytest.mark.parametrize("price", ["33.333333", "97.13", "0.9"])
def test_with_fractional_shares_a_class_brought_to_its_band_ends_inside(price):
    family = home([lot("STK", "800.123", 3000, OLD), lot("BND", 3, 300, OLD)], prices={"STK": price})
    found = sound(
        family, settings(shares=Shares.FRACTIONAL, class_rebalance_to=RebalanceTo.BAND, min_trade_cents=0)
    )
    assert found.after.sleeve("Equity").weight <= 0.65


@pytest.mark.parametrize("budget", [333_33, 777_77, 1_234_56])
def test_a_budget_that_holds_is_not_passed_by_rounding_lots_to_shares(budget):
    lots = [
        lot("STK", 37, 333, OLD),
        lot("STK", 23, 1900, OLD),
        lot("STK", 20, 1300, OLD),
        lot("BND", 15, 1500, OLD),
    ]
    family = home(lots, [cash(500)], gain_budget_cents=budget)
    found = sound(family, settings(gain_budget_mode=BudgetMode.LIMIT))
    assert 0 < found.long_gain_cents <= budget


def test_a_budget_that_holds_is_not_passed_for_drift_however_small_the_gain():
    """Each dollar sold carries 5 cents of gain: $2,000 of drift would cost $100, and the budget leaves $40."""
    family = home(
        [lot("STK", 80, 7600, OLD), lot("BND", 15, 1500, OLD)], [cash(500)], gain_budget_cents=40_00
    )
    found = sound(family, settings(gain_budget_mode=BudgetMode.LIMIT))
    assert found.sells[0].quantity == 8  # $5 a share
    assert found.state is PlanState.RESIDUAL


def test_no_alternative_is_called_within_a_budget_that_needed_cash_breaks():
    family = home(
        [lot("STK", 60, 600, OLD), lot("BND", 35, 3500, OLD, hold=True)],
        accounts=[account("TAX", withdrawal_cents=3000_00)],
        gain_budget_cents=100_00,
    )
    found = sound(family)
    assert found.budget.excess_cents > 0
    assert found.alternative is None


def test_a_small_loss_pays_for_a_withdrawal_though_it_is_too_small_to_harvest():
    """$60 lost of $6,000: below the thresholds, yet the only thing that can raise $2,000."""
    family = home(
        [lot("STK", 60, 6060, OLD)],
        accounts=[account("TAX", withdrawal_cents=2000_00)],
        targets=[target("Equity", 1.0), target("Cash", 0.0)],
    )
    found = sound(family)
    assert 20 <= found.sells[0].quantity <= 22
    assert found.sells[0].reason == "Realizes a loss"
    assert found.shortfalls == ()


def test_a_loss_below_the_harvest_thresholds_causes_no_trade():
    """Bonds are short of their band; TWO, in band, lost 20 % but only $200, and $1,000 is the least worth harvesting."""
    lots = [lot("STK", 20, 400, OLD, "IRA"), lot("TWO", 8, 1000, OLD), lot("STK", 36, 1, OLD, "IRA")]
    family = home(
        lots,
        [cash(3600, "IRA")],
        accounts=[account("TAX"), account("IRA", IRA)],
    )
    found = sound(family)
    assert "TWO" not in {t.symbol for t in found.sells}


def test_a_position_kept_in_part_is_sold_in_whole_shares():
    lots = [
        lot("STK", "40.25", 2000, OLD),
        lot("STK", "40.75", 2000, OLD, hold=True),
        lot("BND", 15, 1500, OLD),
    ]
    found = sound(
        home(lots, targets=[target("Equity", 0.0), target("Fixed Income", 1.0), target("Cash", 0.0)])
    )
    assert found.sells[0].quantity == 40


def test_a_position_below_the_minimum_trade_is_sold_whole_where_cash_is_needed():
    family = home(
        [lot("STK", 4, 200, OLD)],
        accounts=[account("TAX", withdrawal_cents=300_00)],
        targets=[target("Equity", 1.0), target("Cash", 0.0)],
    )
    found = sound(family)
    assert found.sells[0].quantity == 4
    assert found.shortfalls == ()


def test_rmd_cash_is_drawn_from_the_account_that_was_sold_for_it():
    """Two IRAs: the first has cash that buys bonds there, the second sells for the distribution or has its own."""
    family = home(
        [lot("STK", 80, 1, OLD, "IRA2"), lot("BND", 5, 1, OLD, "IRA1")],
        [cash(1500, "IRA1"), cash(0, "TAX")],
        accounts=[
            account("TAX"),
            account("IRA1", IRA, year_end=10_550),
            account("IRA2", IRA, year_end=10_550),
        ],
        born="1947-05-19",
    )
    found = sound(family)
    assert sum(t.cents for t in found.transfers) == 1000_00  # $21,100 / 21.1
    for account_id in ("IRA1", "IRA2"):
        spent = sum(t.amount_cents for t in found.buys if t.account_id == account_id)
        moved = sum(t.cents for t in found.transfers if t.from_account == account_id)
        raised = sum(t.amount_cents for t in found.sells if t.account_id == account_id)
        assert family.cash_cents(account_id) + raised - spent - moved >= 0
    assert found.shortfalls == ()


def test_nothing_is_sold_and_bought_in_one_account_even_where_trading_is_free():
    lots = [lot("STK", 60, 1, OLD, "IRA"), lot("BND", 35, 1, OLD, "IRA"), lot("BND", 20, 2000, OLD)]
    family = home(lots, [cash(900, "IRA")], accounts=[account("TAX"), account("IRA", IRA)])
    chosen = settings(transaction_cost=0.0, min_trade_cents=0, class_band=0.0)
    found = sound(family, chosen)
    assert len({(t.account_id, t.symbol) for t in found.trades}) == len(found.trades)


def test_a_household_that_is_overdrawn_everywhere_is_still_planned():
    family = home([lot("STK", 10, 500, OLD)], [cash(-400)])
    found = sound(replace(family, client=replace(family.client, cash_reserve_cents=100_00)))
    assert found.shortfalls == ()
    assert found.sold_cents >= 500_00


def test_a_plan_drawn_tighter_to_keep_a_budget_is_proven_against_the_budget_itself(monkeypatch):
    """Rounding to thousandths of a share passes $333.33 by 3 cents twice. What those 9 cents of gain less cost, about $15
    of drift at its weight, is part of the gap: the bound is that of the client's own budget."""
    family = home(
        [lot("STK", 13, 10_400, OLD), lot("TWO", 39, 11_700, OLD), lot("BND", 15, 1500, OLD)],
        [cash(500)],
        prices={"STK": "971.13", "TWO": "412.07"},
        gain_budget_cents=333_33,
    )
    limited = settings(gain_budget_mode=BudgetMode.LIMIT, shares=Shares.FRACTIONAL)
    kept = sound(family, limited)
    assert kept.long_gain_cents <= 333_33
    monkeypatch.setattr("xl_rebal.engine.plan.BUDGET_TRIES", 0)
    first = plan(family, limited, PARAMS)
    assert first.long_gain_cents > 333_33
    assert kept.certificate.bound == first.certificate.bound
    assert kept.certificate.gap > first.certificate.gap + 10
