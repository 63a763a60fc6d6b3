"""Compares the optimiser with other software on the same invented households: python benchmarks/rivals.py

1. The same fractional problem, stated again for CBC through PuLP (tests/engine/independent.py): time and objective.
2. TaxRebalance (PyPI `taxrebalance`), a tax-aware rebalancer for one taxable account: the tax, by the exact rules, of the
   lots that each sells to bring the same account's classes to the same targets.

Times depend on the machine and are printed, never asserted. A rival that is not installed is named with what installs it;
none is a dependency of the package.
"""

from __future__ import annotations

import argparse
import importlib.util
import platform
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from importlib.metadata import version

from xl_rebal.engine.book import (
    Account,
    BandType,
    BuyIn,
    Client,
    FilingStatus,
    Household,
    Lot,
    RebalanceTo,
    Registration,
    Security,
    Settings,
    Shares,
    Target,
    Term,
)
from xl_rebal.engine.case import Case, case_of
from xl_rebal.engine.holding import term_on
from xl_rebal.engine.model import DOLLARS_PER_UNIT, build
from xl_rebal.engine.plan import GAP, NODE_LIMIT, plan, tax_side
from xl_rebal.engine.problems import Source
from xl_rebal.engine.rmd import rmds
from xl_rebal.engine.solve import solve
from xl_rebal.engine.year import Year
from xl_rebal.money import to_cents
from xl_rebal.params.load import tax_parameters
from xl_rebal.params.types import TaxParameters


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--households", type=int, default=100)
    parser.add_argument("--lots", type=int, default=100, help="tax lots per household, of the first table")
    parser.add_argument("--accounts", type=int, default=20, help="taxable accounts of the second table")
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args()
    print(f"Python {platform.python_version()}, {platform.machine()}, HiGHS {version('highspy')}")
    same_problem(chosen.households, chosen.lots, chosen.seed)
    print()
    same_account(chosen.accounts, chosen.seed)


# ------------------------------------------------------------------ the same problem by another solver


def same_problem(households: int, lots: int, seed: int) -> None:
    print(f"\nThe same fractional problem: {households} households x {lots} lots, seed {seed}")
    if importlib.util.find_spec("pulp") is None:
        print("PuLP with CBC is not installed: pip install pulp")
        return
    from tests.engine.independent import least_objective

    params = tax_parameters(2026)
    ours, theirs, apart, programs = [], [], [], 0
    for case, year in _cases(households, lots, seed, params):
        start = time.perf_counter()
        model = build(case, tax_side(year), budget_cents=None)
        found = solve(model.arrays, absolute_gap=GAP, node_limit=NODE_LIMIT)
        ours.append(time.perf_counter() - start)
        start = time.perf_counter()
        truth = least_objective(case, year)
        theirs.append(time.perf_counter() - start)
        programs += truth.programs
        apart.append(found.objective * DOLLARS_PER_UNIT - truth.dollars)
    print(f"{'':34}{'median s':>10}{'p90 s':>10}{'max s':>10}")
    _times("this engine, one HiGHS program", ours)
    _times(f"PuLP {version('pulp')} and CBC, by regimes", theirs)
    print(
        f"{len(ours)} with something to solve. Objective, this engine less CBC: {min(apart):+.2f} to {max(apart):+.2f} dollars; "
        f"{sum(abs(d) <= 1 for d in apart)} within the proven dollar."
    )
    print(
        f"CBC solves {programs / max(1, len(ours)):.1f} linear programs a household, each in a process of its own."
    )


def _cases(households: int, lots: int, seed: int, params: TaxParameters) -> Sequence[tuple[Case, Year]]:
    from tests.engine.households import generated

    found = []
    for home, settings in generated(households, seed, (lots, lots)):
        case = case_of(home, settings, params, rmds(home, settings, params))
        if case.needs_action:
            found.append((case, Year.of(home, settings, params)))
    return found


def _times(name: str, seconds: Sequence[float]) -> None:
    ordered = sorted(seconds) or [0.0]
    p90 = ordered[round(0.9 * (len(ordered) - 1))]
    print(f"{name:34}{statistics.median(ordered):10.4f}{p90:10.4f}{ordered[-1]:10.4f}")


# ------------------------------------------------------------------ the same account by another tool

_TO_TARGET = 0.0005  # both tools may end this far from the class targets, as a share of the account
_EQUITY, _BONDS = 0.6, 0.4


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a tool's sales come to: exact tax added to the year, dollars sold, how far equity ends from its target."""

    tax: float
    sold: float
    off_target: float
    seconds: float


def same_account(accounts: int, seed: int) -> None:
    print(
        f"One taxable account to 60/40, lots chosen by each tool: {accounts} accounts of 10 securities, seed {seed}"
    )
    if importlib.util.find_spec("taxrebalance") is None:
        print("TaxRebalance is not installed: pip install taxrebalance")
        return
    params = tax_parameters(2026)
    ours, theirs, failed = [], [], 0
    for number in range(accounts):
        home, settings = _account(random.Random(f"{seed}/{number}"))
        other = _taxrebalance(home, settings, params)
        if other is None:
            failed += 1
            continue
        theirs.append(other)
        ours.append(_engine(home, settings, params))
    name = f"TaxRebalance {version('taxrebalance')}"
    print(f"{'':22}{'mean tax $':>12}{'mean sold $':>13}{'worst off target':>18}{'median s':>10}{'max s':>9}")
    for who, rows in (("this engine", ours), (name, theirs)):
        print(
            f"{who:22}{statistics.mean(r.tax for r in rows):12,.0f}{statistics.mean(r.sold for r in rows):13,.0f}"
            f"{max(r.off_target for r in rows):18.3%}{statistics.median(r.seconds for r in rows):10.3f}"
            f"{max(r.seconds for r in rows):9.3f}"
        )
    more = sorted(b.tax - a.tax for a, b in zip(ours, theirs, strict=True))
    print(
        f"{name} pays more tax by: median {statistics.median(more):,.0f}, mean {statistics.mean(more):,.0f}, least "
        f"{more[0]:,.0f}, most {more[-1]:,.0f} dollars; it finds no plan for {failed} accounts."
    )
    print(
        "It has flat rates (here the client's marginal ones), no netting, $3,000 limit or thresholds, one account, and no "
        "whole shares; its classes are put to it as a covariance, losses as fully usable. Fractions of a share on both sides."
    )


def _account(rng: random.Random) -> tuple[Household, Settings]:
    """One taxable account, 75 to 90 % in eight stocks, the rest in two bond funds; all may be bought."""
    here = Source("", 0)
    as_of = _settings().as_of
    prices = {f"STK{i}": Decimal(rng.randint(30, 400)) for i in range(8)} | {
        f"BND{i}": Decimal(rng.randint(20, 110)) for i in range(2)
    }
    securities = {
        s: Security(s, "Equity" if s.startswith("STK") else "Bonds", p, buy=BuyIn.ANYWHERE, source=here)
        for s, p in prices.items()
    } | {"CASH": Security("CASH", "Cash", Decimal(1), source=here)}
    worth, equity = rng.randint(300, 3_000) * 1_000, rng.uniform(0.75, 0.90)
    lots = []
    for symbol, price in prices.items():
        share = equity / 8 if symbol.startswith("STK") else (1 - equity) / 2
        for number in range(rng.randint(2, 6)):
            shares = max(1, round(worth * share * rng.uniform(0.5, 1.5) / 4 / float(price)))
            cost = rng.choice([0.15, 0.3, 0.45, 0.6, 0.75, 0.85, 0.95, 1.05]) * rng.uniform(0.9, 1.1)
            days = rng.choice([60, 150, 300, 500, 1_200, 3_000])
            basis = to_cents(round(shares * float(price) * cost, 2))
            lots.append(
                Lot(
                    f"{symbol}-{number}",
                    "TAX",
                    symbol,
                    as_of - timedelta(days=days),
                    Decimal(shares),
                    basis,
                    source=here,
                )
            )
    client = Client(
        id="C1",
        name="One Account",
        filing_status=rng.choice([FilingStatus.SINGLE, FilingStatus.MARRIED_JOINT]),
        model="60/40",
        taxable_income_cents=rng.choice([60_000, 140_000, 300_000, 620_000]) * 100,
        state_rate=rng.choice([Decimal(0), Decimal("0.05")]),
        source=here,
    )
    targets = tuple(
        Target("60/40", name, weight, "", source=here)
        for name, weight in (("Equity", _EQUITY), ("Bonds", _BONDS), ("Cash", 0.0))
    )
    account = Account(id="TAX", client_id="C1", registration=Registration.INDIVIDUAL, source=here)
    return Household(client, (account,), tuple(lots), (), (), (), (), targets, securities), _settings()


def _settings() -> Settings:
    """Fractional shares to the edge of a narrow band, losses of any size, the trading cost that the other tool is given too."""
    from xl_rebal.sample import generated_settings_values, tables_of
    from xl_rebal.sheets.layout import INPUT_SHEETS
    from xl_rebal.sheets.read import book_from_tables

    values = {
        **generated_settings_values(),
        "Shares": "Fractional",
        "Share Decimals": 5,
        "Min Trade": 0,
        "Class Band": _TO_TARGET,
        "Class Band Type": BandType.ABSOLUTE.value,
        "Rebalance Class To": RebalanceTo.BAND.value,
        "Transaction Cost": "0.05%",
        "Harvest Min Loss": 0,
        "Harvest Min Loss Pct": 0,
    }
    settings = book_from_tables(tables_of({s.name: [] for s in INPUT_SHEETS}, values)).settings
    assert settings.shares is Shares.FRACTIONAL
    return settings


def _engine(home: Household, settings: Settings, params: TaxParameters) -> Outcome:
    start = time.perf_counter()
    found = plan(home, settings, params)
    seconds = time.perf_counter() - start
    equity = found.after.sleeve("Equity")
    assert equity is not None
    assert found.tax is not None
    return Outcome(found.tax.total_cents / 100, found.sold_cents / 100, abs(equity.weight - _EQUITY), seconds)


def _taxrebalance(home: Household, settings: Settings, params: TaxParameters) -> Outcome | None:
    """Its trades at the client's marginal rates, taxed exactly; None where it calls none feasible."""
    from taxrebalance import Portfolio, RebalanceConfig, UnitedStatesLots, rebalance
    from taxrebalance.api import TaxLot

    year = Year.of(home, settings, params)
    rates = year.rates()
    assert rates is not None
    assert rates.short_rate is not None
    extra = rates.niit_rate + rates.state_rate
    symbols = [s for s in home.securities if s != "CASH"]
    prices = {s: float(home.securities[s].price or 0) for s in symbols}
    equity = {s for s in symbols if home.securities[s].asset_class == "Equity"}
    weights = {
        s: _EQUITY / len(equity) if s in equity else _BONDS / (len(symbols) - len(equity)) for s in symbols
    }
    deviation = 0.2  # one factor a class: only the class weights are tracked, as the engine's goals are
    covariance = [[deviation**2 * ((a in equity) == (b in equity)) for b in symbols] for a in symbols]
    lots = [
        TaxLot(
            lot.id,
            lot.symbol,
            float(lot.quantity),
            max(1, lot.basis_cents or 0) / 100 / float(lot.quantity),
            (settings.as_of - lot.acquired).days if lot.acquired else 0,
        )
        for lot in home.lots
    ]
    start = time.perf_counter()
    result = rebalance(
        Portfolio.from_tax_lots(lots, prices=prices),
        target_weights=weights,
        covariance=covariance,
        tax_policy=UnitedStatesLots(float(rates.short_rate + extra), float(rates.long_rate + extra)),
        config=RebalanceConfig(
            max_tracking_error=deviation * _TO_TARGET * 2**0.5,
            trading_cost_bps=settings.transaction_cost * 1e4,
            loss_utilization=1.0,
            future_recapture_fraction=0.0,
            risk_aversion=0.0,
        ),
    )
    seconds = time.perf_counter() - start
    if not result.feasible:
        return None
    by_id = {lot.id: lot for lot in home.lots}
    gains = {Term.SHORT: 0.0, Term.LONG: 0.0}
    sold = 0.0
    value = {s: sum(float(x.quantity) * prices[s] for x in home.lots if x.symbol == s) for s in symbols}
    total = sum(value.values())
    for trade in result.trades:
        dollars = trade["shares"] * prices[trade["ticker"]]
        if trade["side"] == "BUY":
            value[trade["ticker"]] += dollars
            continue
        lot = by_id[trade["lot_id"]]
        assert lot.acquired is not None
        value[lot.symbol] -= dollars
        sold += dollars
        gains[term_on(lot.acquired, settings.as_of)] += trade["realized_gain_loss"]
    tax = year.added_tax(round(gains[Term.SHORT] * 100), round(gains[Term.LONG] * 100))
    assert tax is not None
    off = abs(sum(value[s] for s in equity) / total - _EQUITY)
    return Outcome(tax.total_cents / 100, sold, off, seconds)


if __name__ == "__main__":
    main()
