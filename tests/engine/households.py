"""Households for the invariants: generated ones, bent in every way that a real book is bent, and tiny ones."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from tests.builders import account, cash, client, household, lot, security, settings, target
from xl_rebal.engine.book import (
    Activity,
    ActivityType,
    BudgetMode,
    BuyIn,
    CashBalance,
    Household,
    Location,
    Owner,
    RebalanceTo,
    Registration,
    Settings,
    Shares,
    ShortTermGains,
)
from xl_rebal.engine.problems import NOWHERE
from xl_rebal.sample import generated_rows, generated_settings_values, tables_of
from xl_rebal.sheets.read import book_from_tables

Case = tuple[Household, Settings]
Bend = Callable[[Household, Settings, random.Random], Case]


def generated(count: int, seed: int, lots: tuple[int, int]) -> Iterator[Case]:
    """Households as the sample firm has them."""
    rows = generated_rows(count, seed, lots)
    book = book_from_tables(tables_of(rows, generated_settings_values()))
    for home in book.households:
        yield home, book.settings


def _client(home: Household, **changes: object) -> Household:
    return replace(home, client=replace(home.client, **changes))


def _value(home: Household) -> int:
    held = sum(int(x.quantity * (home.securities[x.symbol].price or 0) * 100) for x in home.lots)
    return held + sum(c.cents for c in home.cash)


def withdrawals(home: Household, chosen: Settings, rng: random.Random) -> Case:
    share = rng.choice([0.01, 0.05, 0.2, 0.6, 1.5])
    accounts = tuple(
        replace(a, withdrawal_cents=int(_value(home) * share * rng.random()))
        if a.registration.household_taxable and rng.random() < 0.7
        else a
        for a in home.accounts
    )
    return replace(home, accounts=accounts), chosen


def reserves(home: Household, chosen: Settings, rng: random.Random) -> Case:
    accounts = tuple(
        replace(a, cash_reserve_cents=rng.choice([0, 5_000_00, 60_000_00])) for a in home.accounts
    )
    home = replace(home, accounts=accounts)
    return _client(home, cash_reserve_cents=int(_value(home) * rng.choice([0.0, 0.1, 1.2]))), chosen


def incomes(home: Household, chosen: Settings, rng: random.Random) -> Case:
    income = rng.choice(
        [None, 0, -20_000_00, 30_000_00, 49_450_00, 95_000_00, 240_000_00, 540_000_00, 2_000_000_00]
    )
    return _client(
        home,
        taxable_income_cents=income,
        cg_rate=rng.choice([None, None, None, Decimal("0.238")]),
        state_rate=rng.choice([Decimal(0), Decimal("0.093")]),
        magi_cents=rng.choice([None, 0, 245_000_00]),
    ), chosen


def carryforwards(home: Household, chosen: Settings, rng: random.Random) -> Case:
    losses = [0, 1_000_00, 40_000_00, 3_000_000_00]
    return _client(
        home, short_carryforward_cents=rng.choice(losses), long_carryforward_cents=rng.choice(losses)
    ), chosen


def budgets(home: Household, chosen: Settings, rng: random.Random) -> Case:
    budget = rng.choice([0, 1, 777_77, 2_500_00, 20_000_00, 1_000_000_00])
    return _client(home, gain_budget_cents=budget), replace(
        chosen, gain_budget_mode=rng.choice(list(BudgetMode))
    )


def fractions(home: Household, chosen: Settings, rng: random.Random) -> Case:
    return home, replace(chosen, shares=Shares.FRACTIONAL, share_decimals=rng.choice([0, 1, 3, 6]))


def styles(home: Household, chosen: Settings, rng: random.Random) -> Case:
    return home, replace(
        chosen,
        class_rebalance_to=rng.choice(list(RebalanceTo)),
        security_rebalance_to=rng.choice(list(RebalanceTo)),
        min_trade_cents=rng.choice([0, 100_00, 500_00, 5_000_00]),
        transaction_cost=rng.choice([0.0, 0.0005, 0.005]),
        class_band=rng.choice([0.0, 0.01, 0.05]),
    )


def terms(home: Household, chosen: Settings, rng: random.Random) -> Case:
    """Short-term gains blocked, or waited for, and classes with a place where they are best held."""
    rows = tuple(t if t.symbol else replace(t, location=rng.choice([None, *Location])) for t in home.targets)
    return replace(home, targets=rows), replace(
        chosen,
        short_term_gains=rng.choice(list(ShortTermGains)),
        wait_for_long_term_days=rng.choice([0, 1, 45, 400]),
        location_preference=rng.choice([0.0, 0.0002, 0.01]),
    )


def overdrawn(home: Household, chosen: Settings, rng: random.Random) -> Case:
    short = [replace(c, cents=-rng.randint(1, 20_000_00)) if rng.random() < 0.5 else c for c in home.cash]
    return replace(home, cash=tuple(short)), chosen


def penniless(home: Household, chosen: Settings, rng: random.Random) -> Case:
    return replace(home, cash=()), chosen


def flooded(home: Household, chosen: Settings, rng: random.Random) -> Case:
    where = rng.choice(home.accounts).id
    return replace(home, cash=(*home.cash, CashBalance(where, "CASH", _value(home) // 3, NOWHERE))), chosen


def losses(home: Household, chosen: Settings, rng: random.Random) -> Case:
    """Every lot far below its cost, some of them bought in the wash window."""
    lots = tuple(
        replace(
            x,
            basis_cents=None if x.basis_cents is None else int(x.basis_cents * rng.uniform(1.0, 4.0)),
            acquired=chosen.as_of - timedelta(days=rng.randint(0, 40)) if rng.random() < 0.3 else x.acquired,
        )
        for x in home.lots
    )
    return replace(home, lots=lots), chosen


def young(home: Household, chosen: Settings, rng: random.Random) -> Case:
    """Lots around the day on which they turn long-term."""
    lots = tuple(
        replace(x, acquired=chosen.as_of - timedelta(days=rng.choice([0, 29, 30, 31, 364, 365, 366, 367])))
        for x in home.lots
    )
    return replace(home, lots=lots), chosen


def unknowns(home: Household, chosen: Settings, rng: random.Random) -> Case:
    lots = tuple(
        replace(
            x,
            basis_cents=rng.choice([None, 0, x.basis_cents, x.basis_cents]),
            acquired=rng.choice([None, x.acquired, x.acquired]),
            hold=rng.random() < 0.2,
        )
        for x in home.lots
    )
    return replace(home, lots=lots), chosen


def eighths(home: Household, chosen: Settings, rng: random.Random) -> Case:
    """Quantities with eight decimals."""
    lots = tuple(
        replace(x, quantity=x.quantity + Decimal(rng.randint(1, 99_999_999)).scaleb(-8)) for x in home.lots
    )
    return replace(home, lots=lots), chosen


def costly(home: Household, chosen: Settings, rng: random.Random) -> Case:
    """A stock at $700,000 a share in place of another holding."""
    symbol = rng.choice([x.symbol for x in home.lots])
    securities = {**home.securities, symbol: replace(home.securities[symbol], price=Decimal("703450.17"))}
    kept = {x.symbol for x in home.lots}
    lots = tuple(
        replace(x, quantity=Decimal(1), basis_cents=rng.choice([20_000_00, 650_000_00, 800_000_00]))
        if x.symbol == symbol
        else x
        for x in home.lots
    )
    assert kept
    return replace(home, lots=lots, securities=securities), chosen


def nothing_to_buy(home: Household, chosen: Settings, rng: random.Random) -> Case:
    securities = {k: replace(v, buy=BuyIn.NOWHERE) for k, v in home.securities.items()}
    return replace(home, securities=securities), chosen


def everything_to_buy(home: Household, chosen: Settings, rng: random.Random) -> Case:
    """Each security may be bought somewhere, and identical groups span several."""
    securities = {
        k: v if v.is_cash else replace(v, buy=rng.choice(list(BuyIn)), same_as=rng.choice(["", "", "GROUP"]))
        for k, v in home.securities.items()
    }
    return replace(home, securities=securities), chosen


def sheltered(home: Household, chosen: Settings, rng: random.Random) -> Case:
    kinds = [Registration.TRADITIONAL_IRA, Registration.ROTH_IRA, Registration.PLAN_401K]
    accounts = tuple(replace(a, registration=rng.choice(kinds), owner=Owner.CLIENT) for a in home.accounts)
    return replace(home, accounts=accounts), chosen


def distributions(home: Household, chosen: Settings, rng: random.Random) -> Case:
    """An owner of 80 whose IRAs owe up to more than they hold, some not to be traded, some with a withdrawal that counts."""
    accounts = tuple(
        a
        if a.registration.taxable
        else replace(
            a,
            registration=Registration.TRADITIONAL_IRA,
            owner=Owner.CLIENT,
            prior_year_end_cents=int(_value(home) * rng.choice([0.1, 0.5, 30])),
            rmd_taken_cents=0,
            do_not_trade=rng.random() < 0.3,
            cash_reserve_cents=rng.choice([0, 0, 3_000_00]),
            withdrawal_cents=int(_value(home) * rng.choice([0, 0, 0.01, 0.2, 2])),
        )
        for a in home.accounts
    )
    return _client(replace(home, accounts=accounts), birth_date=date(chosen.tax_year - 80, 5, 5)), chosen


def model_targets(home: Household, chosen: Settings, rng: random.Random) -> Case:
    """Some classes at zero, the rest anyhow; some securities with narrow targets."""
    rows = [t for t in home.targets if not t.symbol]
    weights = [rng.choice([0.0, 0.0, 1.0, 2.0, 5.0]) for _ in rows]
    whole = sum(weights) or 1.0
    if not sum(weights):
        weights[0] = 1.0
    classes = [
        replace(t, weight=w / whole, lower=None, upper=None, band=rng.choice([None, 0.0, 0.02, 0.2]))
        for t, w in zip(rows, weights, strict=True)
    ]
    held = sorted({x.symbol for x in home.lots})
    singles = [
        target(home.securities[s].asset_class, rng.choice([0.0, 0.02, 0.05]), s, home.client.model)
        for s in rng.sample(held, min(2, len(held)))
    ]
    return replace(home, targets=(*classes, *singles)), chosen


def trusts(home: Household, chosen: Settings, rng: random.Random) -> Case:
    """Some taxable accounts in irrevocable trusts, most of them with an income and losses of their own."""
    year = chosen.as_of.replace(month=1, day=2)
    accounts = tuple(
        replace(
            a,
            registration=Registration.IRREVOCABLE_TRUST,
            own_taxable_income_cents=rng.choice([None, 0, 2_000_00, 10_000_00, 15_900_00, 80_000_00]),
            own_short_carryforward_cents=rng.choice([0, 0, 6_000_00]),
            own_long_carryforward_cents=rng.choice([0, 0, 25_000_00]),
        )
        if a.registration.household_taxable and rng.random() < 0.6
        else a
        for a in home.accounts
    )
    realized = tuple(
        Activity(
            year,
            a.id,
            ActivityType.SELL,
            50_000_00,
            short_gain_cents=rng.choice([0, -4_000_00, 3_000_00]),
            long_gain_cents=rng.choice([0, -9_000_00, 7_500_00]),
        )
        for a in accounts
        if a.files_own_return and rng.random() < 0.5
    )
    return replace(home, accounts=accounts, activity=(*home.activity, *realized)), chosen


BENDS: tuple[Bend, ...] = (
    withdrawals,
    reserves,
    incomes,
    carryforwards,
    budgets,
    fractions,
    styles,
    overdrawn,
    penniless,
    flooded,
    losses,
    young,
    unknowns,
    eighths,
    costly,
    nothing_to_buy,
    everything_to_buy,
    sheltered,
    distributions,
    model_targets,
    terms,
    trusts,
)


def bent(home: Household, chosen: Settings, rng: random.Random) -> tuple[str, Household, Settings]:
    """A household bent in one to four ways, and which."""
    bends = rng.sample(BENDS, rng.randint(1, 4))
    for bend in bends:
        home, chosen = bend(home, chosen, rng)
    return "+".join(b.__name__ for b in bends), home, chosen


def tiny(rng: random.Random) -> Case:
    """A household of at most a few lots and two accounts, prices from a cent to $700,000."""
    prices = [Decimal(p) for p in ("0.01", "0.9", "7.13", "33.333333", "100", "412.07", "703450.17")]
    kinds = [
        Registration.INDIVIDUAL,
        Registration.JOINT,
        Registration.TRADITIONAL_IRA,
        Registration.CUSTODIAL,
    ]
    accounts = [account(f"A{i}", rng.choice(kinds)) for i in range(rng.randint(1, 2))]
    stock, bond = rng.choice(prices), rng.choice(prices)
    lots = [
        lot(
            rng.choice(["STK", "BND"]),
            str(rng.choice([1, 2, 17, "0.00000001", "3.5"])),
            rng.choice([0, 100, 5_000, 900_000, None]),
            rng.choice(["2015-03-02", "2026-05-04", "2026-10-10", None]),
            rng.choice(accounts).id,
        )
        for _ in range(rng.randint(0, 4))
    ]
    money = [cash(rng.choice([0, "0.01", 300, 40_000, -250]), a.id) for a in accounts if rng.random() < 0.7]
    weight = rng.choice([0.0, 0.3, 0.6, 1.0])
    home = household(
        client=client(taxable_income_cents=rng.choice([None, 0, 300_000_00])),
        accounts=[
            replace(
                a,
                withdrawal_cents=rng.choice([0, 0, 1, 250_00, 9_000_000_00]) if a.registration.taxable else 0,
            )
            for a in accounts
        ],
        lots=lots,
        cash=money,
        securities=[
            security("STK", stock, "Equity", buy=rng.choice(list(BuyIn))),
            security("BND", bond, "Fixed Income", buy=rng.choice(list(BuyIn))),
        ],
        targets=[
            target("Equity", weight),
            target("Fixed Income", (1 - weight) * 0.9),
            target("Cash", (1 - weight) * 0.1),
        ],
    )
    return home, settings(shares=rng.choice(list(Shares)), min_trade_cents=rng.choice([0, 500_00]))
