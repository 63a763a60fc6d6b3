"""The fractional rebalance problem a second time: another formulation, for another solver (CBC, through PuLP).

`least_objective` answers what `engine/model` and `engine/solve` answer, and shares with them only the statement of the
problem (`Case`, `Year`) and the named weights of the objective. What is different on purpose:

- Tax has no yes/no columns. Each regime (sign of net short, of net long and of their sum, which long-term rate ordinary
  income ends in, whether an override's NIIT is reached) is a linear program with the regime's rows, and the least of
  them is the answer. Inside a regime each schedule is convex, so its tax is a column above the tangents of its brackets;
  the long-term tax of stacked gain is that of the top of the stack less that of its bottom, F(ordinary + gain) - F(ordinary).
- Cash after the plan is a sum of trades, not a column; a goal is one distance from target, cut where its band ends.

A longer run, with every disagreement printed: `python -m tests.engine.independent SEED COUNT`.
"""

from __future__ import annotations

import itertools
import math
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from random import Random

import pulp

from tests.engine.households import BENDS, Bend, generated, trusts
from xl_rebal.engine.book import (
    BudgetMode,
    Household,
    Location,
    Registration,
    Security,
    Settings,
    ShortTermGains,
    Term,
)
from xl_rebal.engine.case import Case, Goal, case_of
from xl_rebal.engine.model import (
    BEYOND_BAND,
    BUDGET_PENALTY,
    CARRY_VALUE,
    CASH_PENALTY,
    CLASS_PENALTY,
    GENERAL_FUND_SHARE,
    LEAST_COST,
    PULL_SHARE_OF_COST,
    SECURITY_PENALTY,
    SECURITY_PULL_SHARE,
)
from xl_rebal.engine.results import Plan
from xl_rebal.engine.rmd import rmds
from xl_rebal.engine.year import Year
from xl_rebal.params.types import Brackets, TaxParameters

Terms = list[tuple[pulp.LpVariable, float]]
Amount = tuple[Terms, float]  # a sum of columns and a constant
THOUSAND = 100_000  # cents in a thousand dollars, the unit of the linear programs


def engine_bound(plan: Plan) -> float:
    """The bound that the engine proves for any fraction of a share, in dollars: the one place that knows where it is."""
    return plan.certificate.bound


@dataclass(frozen=True, slots=True)
class Regime:
    """Signs of the year's nets, and where the schedules bend: inside it, tax is convex."""

    short: int  # +1: net short-term gain >= 0; -1: <= 0
    long: int
    net: int
    rung: int = 0  # index of the long-term rate that ordinary income ends in
    reached: bool = True  # with an override: long-term gain alone reaches the NIIT threshold


@dataclass(frozen=True, slots=True)
class Truth:
    dollars: float  # least objective, comparable with `engine_bound`
    regimes: tuple[Regime, ...]  # of each return
    programs: int  # linear programs solved


@dataclass(frozen=True, slots=True)
class Taxpayer:
    """What the return says without the plan, in thousands of dollars."""

    short: float  # gains so far less the loss carried in
    long: float
    income: float
    niit_room: float  # net gain at which NIIT begins
    limit: float  # of the loss deduction
    ordinary: Brackets
    long_term: Brackets
    niit: float
    state: float
    override: float | None

    @classmethod
    def of(cls, year: Year) -> Taxpayer:
        client, status, profile = year.client, year.status, year.profile
        tops = (status.ordinary.tops_cents[-1], status.long_term.tops_cents[-1])
        income = profile.ordinary_income_cents
        if (
            income is None
        ):  # above every threshold, so that lots are ranked at top rates (documented in model.py)
            income = 2 * max(tops)
        exposed = income  # income that NIIT is or would be on, before any gain
        if profile.magi_cents is not None:
            over = profile.magi_cents - status.niit_threshold_cents
            exposed = min(profile.other_investment_income_cents, over)
        return cls(
            (year.short_cents - client.short_carryforward_cents) / THOUSAND,
            (year.long_cents - client.long_carryforward_cents) / THOUSAND,
            income / THOUSAND,
            -exposed / THOUSAND,
            status.loss_limit_cents / THOUSAND,
            status.ordinary,
            status.long_term,
            float(year.params.niit_rate),
            float(profile.state_rate),
            None if profile.cg_rate is None else float(profile.cg_rate),
        )


def budget_left(case: Case, year: Year) -> int | None:
    """Cents of net gain that a budget that holds leaves to the plan."""
    budget = case.household.client.gain_budget_cents
    return None if budget is None else max(0, budget - year.realized_cents)


def least_objective(
    case: Case, year: Year, budget_cents: int | None = None, *, outside_cents: float | None = None
) -> Truth:
    """The least objective of any fractional plan, over all regimes; `budget_cents` holds when given.

    With `outside_cents`, the year's tax alone is minimised (and cash that lacks), with at most so much value left
    outside the goals: a point of the curve of drift against tax.
    """
    selling = {s.taxpayer for s in case.sellable}
    returns = {key: Taxpayer.of(one) for key, one in year.taxpayers if not key or key in selling}
    choices = [tuple(_regimes(payer, *_reach(case, key, payer))) for key, payer in returns.items()]
    best: Truth | None = None
    solved = 0
    for regimes in itertools.product(*choices):  # what one return's regime is says nothing about another's
        taxed = {key: (returns[key], regime) for key, regime in zip(returns, regimes, strict=True)}
        found = _Program(case, taxed, budget_cents, outside_cents).least()
        solved += 1
        if found is not None and (best is None or found < best.dollars):
            best = Truth(found, regimes, solved)
    assert best is not None, "no regime is feasible: at least doing nothing should be"
    return Truth(best.dollars, best.regimes, solved)


def _reach(case: Case, key: str, taxpayer: Taxpayer) -> tuple[tuple[float, float], tuple[float, float]]:
    """Lowest and highest net short and net long on one return that any sales could lead to."""
    ends = []
    for term, base in ((Term.SHORT, taxpayer.short), (Term.LONG, taxpayer.long)):
        gains = [
            s.weighed_gain_cents / THOUSAND for s in case.sellable if s.term is term and s.taxpayer == key
        ]
        ends.append((base + sum(g for g in gains if g < 0), base + sum(g for g in gains if g > 0)))
    return ends[0], ends[1]


def _regimes(taxpayer: Taxpayer, short: tuple[float, float], long: tuple[float, float]) -> Iterator[Regime]:
    """Every regime that could be reached; shared edges belong to both, which costs nothing but time."""

    def signs(low: float, high: float) -> list[int]:
        return [s for s, open_ in ((1, high >= 0), (-1, low <= 0)) if open_]

    sums = (short[0] + long[0], short[1] + long[1])
    for s, g in itertools.product(signs(*short), signs(*long)):
        for net in [s] if s == g else signs(*sums):
            if net < 0 or g < 0:  # no long-term gain is left to tax
                yield Regime(s, g, net)
                continue
            if taxpayer.override is not None:
                room = max(0.0, taxpayer.niit_room)
                for reached in (True, False):
                    if (room or reached) and (not reached or long[1] >= room):
                        yield Regime(s, g, net, reached=reached)
                continue
            most = taxpayer.income + (max(0.0, short[1]) if s > 0 else 0.0)
            tops = [top / THOUSAND for top in taxpayer.long_term.tops_cents]
            for rung in range(len(tops) + 1):
                above = rung == 0 or most >= tops[rung - 1]
                below = rung == len(tops) or taxpayer.income <= tops[rung]
                if above and below:
                    yield Regime(s, g, net, rung=rung)


class _Program:
    """The linear program of a regime of each return (mixed-integer only where a loss and a purchase may wash)."""

    def __init__(
        self,
        case: Case,
        taxed: Mapping[str, tuple[Taxpayer, Regime]],
        budget_cents: int | None,
        outside_cents: float | None = None,
    ) -> None:
        self.case, self.taxed_as = case, taxed
        self.tax_alone = outside_cents is not None
        self.outside: Terms = []
        self.problem = pulp.LpProblem("regime", pulp.LpMinimize)
        self.cost: Terms = []
        self.constant = 0.0
        self.count = itertools.count()
        self.trades()
        self.cash()
        self.goals()
        self.washes()
        for key, (self.taxpayer, self.regime) in taxed.items():
            self.tax(self.gain(Term.SHORT, key), self.gain(Term.LONG, key))
        if budget_cents is not None:
            # Beyond the budget only for cash that must be there.
            needed = any(case.cash_missing().values())
            most = None if needed else max(0, -budget_cents) / THOUSAND
            over = self.column(most, BUDGET_PENALTY)
            own = [*self.gain(Term.SHORT, ""), *self.gain(Term.LONG, "")]
            self.row([*own, (over, -1.0)], upper=budget_cents / THOUSAND)
        if outside_cents is not None:
            self.row(self.outside, upper=outside_cents / THOUSAND)

    def least(self) -> float | None:
        """Dollars of the optimum; None when the regime can't be reached."""
        self.problem.setObjective(_sum(self.cost))
        # The bundled binary by its path: the class that finds it by itself is leaving PuLP.
        solver = pulp.COIN_CMD(
            path=pulp.PULP_CBC_CMD.pulp_cbc_path,
            msg=False,
            gapRel=0.0,
            options=["primalT 1e-9", "dualT 1e-9"],
        )
        status = self.problem.solve(solver)
        if status == pulp.LpStatusInfeasible:
            return None
        assert status == pulp.LpStatusOptimal, (pulp.LpStatus[status], self.taxed_as)
        return (pulp.value(self.problem.objective) + self.constant) * 1000.0

    # ------------------------------------------------------------ columns and rows

    def column(
        self,
        upper: float | None = None,
        cost: float = 0.0,
        lower: float | None = 0.0,
        kind: str = "Continuous",
    ) -> pulp.LpVariable:
        found = self.problem.add_variable(f"x{next(self.count)}", lower, upper, kind)
        if cost:
            self.cost.append((found, cost))
        return found

    def row(
        self,
        terms: Terms,
        *,
        lower: float | None = None,
        upper: float | None = None,
    ) -> None:
        for sense, end in ((pulp.LpConstraintGE, lower), (pulp.LpConstraintLE, upper)):
            if end is not None:
                self.problem.addConstraint(pulp.LpConstraint(_sum(terms), sense, None, end))

    # ------------------------------------------------------------ trades, cash, goals

    def trades(self) -> None:
        cost = self.trading_cost
        self.sales = [
            self.column(s.value_cents / THOUSAND, cost + self.misplaced(s.account_id, s.security, out=True))
            for s in self.case.sellable
        ]
        self.purchases = [
            self.column(
                None,
                cost * (1.0 if b.special else 1.0 + GENERAL_FUND_SHARE)
                + self.misplaced(b.account_id, b.security, out=False),
            )
            for b in self.case.buyable
        ]

    def misplaced(self, account_id: str, security: Security, *, out: bool) -> float:
        """Cost of a dollar that leaves the kind of account its class is best held in, or is bought in another kind."""
        home = self.case.household
        best = [
            t.location
            for t in home.targets
            if t.location and not t.symbol and _same(t.asset_class, security.asset_class)
        ]
        (account,) = [a for a in home.accounts if a.id == account_id]
        against = not self.tax_alone and best and (account.registration.location is best[0]) == out
        return self.case.settings.location_preference if against else 0.0

    @property
    def trading_cost(self) -> float:
        return 0.0 if self.tax_alone else max(self.case.settings.transaction_cost, LEAST_COST)

    def gain(self, term: Term, key: str) -> Terms:
        """Gain of that term on one return."""
        return [
            (column, s.weighed_gain_cents / s.value_cents)
            for column, s in zip(self.sales, self.case.sellable, strict=True)
            if s.term is term and s.value_cents and s.taxpayer == key
        ]

    def cash(self) -> None:
        """Money in each account as what is there, comes and goes; what lacks is paid for dearly."""
        case = self.case
        start = {c.account_id: (c.cents - c.payable_cents) / THOUSAND for c in case.cash}
        flows: dict[str, Terms] = {c.account_id: [] for c in case.cash}
        drawn: dict[str, Terms] = defaultdict(list)
        for column, sold in zip(self.sales, case.sellable, strict=True):
            flows[sold.account_id].append((column, 1.0))
        for column, bought in zip(self.purchases, case.buyable, strict=True):
            flows[bought.account_id].append((column, -1.0))
        self.undistributed: list[pulp.LpVariable] = []  # RMD that should leave the household and does not
        for need in case.rmd_needs:
            lacking = self.column(None, CASH_PENALTY)
            taken = [self.column() for _ in need.from_accounts]
            total = need.cents / THOUSAND
            self.row([(lacking, 1.0), *((t, 1.0) for t in taken)], lower=total, upper=total)
            for account_id, column in zip(need.from_accounts, taken, strict=True):
                drawn[account_id].append((column, 1.0))
                flows[account_id].append((column, -1.0))
                if need.to:
                    flows[need.to].append((column, 1.0))
            if not need.to:
                self.undistributed.append(lacking)
        sold_in: dict[str, Terms] = defaultdict(list)
        for column, sold in zip(self.sales, case.sellable, strict=True):
            sold_in[sold.account_id].append((column, -1.0))
        everything: Terms = []
        for need in case.cash:
            reserve = need.reserve_cents / THOUSAND
            lacking = self.column(None, CASH_PENALTY)
            self.row([*flows[need.account_id], (lacking, 1.0)], lower=reserve - start[need.account_id])
            everything += flows[need.account_id]
            if need.account_id in drawn:  # an RMD comes out of what is there or sold, not out of a shortfall
                there = max(0.0, start[need.account_id] - reserve)
                self.row([*drawn[need.account_id], *sold_in[need.account_id]], upper=there)
        if reserve_cents := case.household.client.cash_reserve_cents:
            lacking = self.column(None, CASH_PENALTY)
            self.row([*everything, (lacking, 1.0)], lower=reserve_cents / THOUSAND - sum(start.values()))

    def goals(self) -> None:
        case, securities = self.case, self.case.household.securities
        moves: dict[str, Terms] = defaultdict(list)
        for column, sold in zip(self.sales, case.sellable, strict=True):
            moves[sold.security.symbol].append((column, -1.0))
        for column, bought in zip(self.purchases, case.buyable, strict=True):
            moves[bought.security.symbol].append((column, 1.0))
        pull = self.trading_cost * PULL_SHARE_OF_COST
        money = next((c.symbol for c in case.household.cash if c.symbol in securities), None)
        cash_class = securities[money].asset_class.casefold() if money else "cash"
        for goal in case.class_goals:
            name = goal.sleeve.name.casefold()
            change = [
                term for symbol, terms in moves.items() for term in terms
                if securities[symbol].asset_class.casefold() == name
            ]  # fmt: skip
            if name == cash_class:  # every trade moves money the other way
                change += [(column, 1.0) for column in self.sales]
                change += [(column, -1.0) for column in self.purchases]
                change += [(column, 1.0) for column in self.undistributed]
            self.goal(goal, change, CLASS_PENALTY, pull, BEYOND_BAND)
        for goal in case.security_goals:
            if moves[goal.sleeve.name]:
                self.goal(goal, moves[goal.sleeve.name], SECURITY_PENALTY, pull * SECURITY_PULL_SHARE)

    def goal(self, goal: Goal, change: Terms, penalty: float, pull: float, past_edge: float = 0.0) -> None:
        """value = target + up + beyond + far - down - below - deep: each ends where the next and dearer one begins."""
        lower, target, upper = (c / THOUSAND for c in (goal.lower_cents, goal.target_cents, goal.upper_cents))
        penalty, past_edge = (0.0, 0.0) if self.tax_alone else (penalty, past_edge)
        assert lower <= target + 1e-9
        assert target <= upper + 1e-9
        up, down = self.column(max(0.0, upper - target), pull), self.column(max(0.0, target - lower), pull)
        beyond = self.column(max(0.0, goal.upper_edge_cents / THOUSAND - upper), penalty + pull)
        below = self.column(max(0.0, lower - goal.lower_edge_cents / THOUSAND), penalty + pull)
        far, deep = (self.column(None, penalty + past_edge + pull) for _ in range(2))
        self.outside += [(beyond, 1.0), (below, 1.0), (far, 1.0), (deep, 1.0)]
        value = goal.sleeve.value_cents / THOUSAND
        self.row(
            [*change, *((c, -1.0) for c in (up, beyond, far)), *((c, 1.0) for c in (down, below, deep))],
            lower=target - value,
            upper=target - value,
        )

    def washes(self) -> None:
        """In a group of identical securities either losses are sold or shares are bought."""
        losses: dict[str, Terms] = defaultdict(list)
        for column, sold in zip(self.sales, self.case.sellable, strict=True):
            if sold.term is not None and sold.basis_cents > sold.value_cents:
                losses[sold.security.identity].append((column, sold.value_cents / THOUSAND))
        money = sum(max(0, c.cents) for c in self.case.cash) + sum(s.value_cents for s in self.case.sellable)
        for identity, sold_here in losses.items():
            bought = [
                (column, 1.0)
                for column, b in zip(self.purchases, self.case.buyable, strict=True)
                if b.security.identity == identity
            ]
            if not bought:
                continue
            keeps = self.column(1, kind="Binary")  # 1: no loss is sold
            whole = sum(value for _, value in sold_here)
            self.row([*((c, 1.0) for c, _ in sold_here), (keeps, whole)], upper=whole)
            self.row([*bought, (keeps, -money / THOUSAND)], upper=0.0)

    # ------------------------------------------------------------ tax

    def tax(self, short: Terms, long: Terms) -> None:
        """Rows that keep the nets in the regime, and the tax of what it taxes or deducts."""
        t, regime = self.taxpayer, self.regime
        for sign, terms, base in (
            (regime.short, short, t.short),
            (regime.long, long, t.long),
            (regime.net, [*short, *long], t.short + t.long),
        ):
            # sign x (base + terms) >= 0
            self.row([(c, sign * k) for c, k in terms], lower=-sign * base)
        nothing: Terms = []
        both, base = [*short, *long], t.short + t.long
        if regime.net < 0:
            self.taxed((nothing, 0.0), (nothing, 0.0), ([(c, -k) for c, k in both], -base))
        elif regime.short > 0 and regime.long > 0:
            self.taxed((short, t.short), (long, t.long), None)
        elif regime.short > 0:
            self.taxed((both, base), (nothing, 0.0), None)
        else:
            self.taxed((nothing, 0.0), (both, base), None)

    def taxed(self, short: Amount, long: Amount, loss: Amount | None) -> None:
        """Tax of what netting leaves; each amount is at least 0 by the regime's rows."""
        t, regime = self.taxpayer, self.regime
        deduction: Amount = ([], 0.0)
        if loss is not None:
            # At most the loss and the limit; below zero income it saves nothing and is carried on (Carryover Worksheet).
            taken = self.column(t.limit)
            deduction = ([(taken, 1.0)], 0.0)
            self.row([(taken, -1.0), *loss[0]], lower=-loss[1])
            self.pay(0.0 if self.tax_alone else -CARRY_VALUE, _plus(loss, deduction, -1.0))
        ordinary = _plus((list(short[0]), short[1] + t.income), deduction, -1.0)
        gain = _plus(_plus(short, long), deduction, -1.0)
        self.pay(t.state, gain)
        self.above(t.ordinary, ordinary)
        niit = self.column(None, 1.0)
        self.row(
            [(niit, 1.0), *((c, -t.niit * k) for c, k in gain[0])], lower=t.niit * (gain[1] - t.niit_room)
        )
        if not long[0] and not long[1]:
            return
        if t.override is not None:
            self.pay(t.override, long)
            room = max(0.0, t.niit_room)  # NIIT of the long-term gain alone is inside the override
            if regime.reached:
                self.row(long[0], lower=room - long[1])
                self.pay(-t.niit, (long[0], long[1] - room))
            else:
                self.row(long[0], upper=room - long[1])
            return
        tops = [top / THOUSAND for top in t.long_term.tops_cents]
        if regime.rung:
            self.row(ordinary[0], lower=tops[regime.rung - 1] - ordinary[1])
        if regime.rung < len(tops):
            self.row(ordinary[0], upper=tops[regime.rung] - ordinary[1])
        self.above(t.long_term, _plus(ordinary, long))
        rate, intercept = list(_tangents(t.long_term))[regime.rung]
        self.pay(-rate, ordinary)
        self.constant -= intercept

    def pay(self, rate: float, amount: Amount) -> None:
        self.cost += [(c, rate * k) for c, k in amount[0]]
        self.constant += rate * amount[1]

    def above(self, brackets: Brackets, amount: Amount) -> None:
        """The schedule's tax on `amount`: a column on or above every tangent, and never below 0."""
        tax = self.column(None, 1.0)
        for rate, intercept in _tangents(brackets):
            self.row(
                [(tax, 1.0), *((c, -rate * k) for c, k in amount[0])], lower=rate * amount[1] + intercept
            )


def _same(one: str, two: str) -> bool:
    return one.casefold() == two.casefold()


def _sum(terms: Terms) -> pulp.LpAffineExpression:
    """The terms as an expression; PuLP's own constructor would keep only the last of a repeated column."""
    found = pulp.LpAffineExpression()
    for variable, coefficient in terms:
        found.addterm(variable, coefficient)
    return found


def _plus(one: Amount, two: Amount, times: float = 1.0) -> Amount:
    """Sum of two amounts, the second `times` over."""
    return [*one[0], *((c, times * k) for c, k in two[0])], one[1] + times * two[1]


def _tangents(brackets: Brackets) -> Iterator[tuple[float, float]]:
    """(rate, intercept) of each bracket: tax = rate x income + intercept inside it."""
    tax = bottom = Decimal(0)
    for rate, top in zip(brackets.rates, (*brackets.tops_cents, None), strict=True):
        yield float(rate), float((tax - rate * bottom) / THOUSAND)
        if top is not None:
            tax += rate * (top - bottom)
            bottom = Decimal(top)


# ------------------------------------------------------------------ the engine beside it


@dataclass(frozen=True, slots=True)
class Compared:
    engine: float  # dollars
    truth: Truth

    @property
    def difference(self) -> float:
        return self.engine - self.truth.dollars

    @property
    def agrees(self) -> bool:
        """Within the engine's tolerance; in the billions, where cash can't be raised, within what CBC prints (8 digits)."""
        size = abs(self.truth.dollars)
        return abs(self.difference) <= 2.0 + 1e-5 * min(size, 1e6) + 1e-7 * size


def compared(home: Household, settings: Settings, params: TaxParameters) -> Compared | None:
    """The engine's bound and the independent optimum; None where the engine has nothing to solve."""
    from unittest.mock import patch

    from xl_rebal.engine import plan as engine

    case = case_of(home, settings, params, rmds(home, settings, params))
    if not case.needs_action:
        return None
    year = Year.of(home, settings, params)
    limited = settings.gain_budget_mode is BudgetMode.LIMIT
    with patch.object(
        engine, "BUDGET_TRIES", 0
    ):  # a budget drawn tighter for whole shares is another problem
        found = engine.plan(home, settings, params)
    return Compared(
        engine_bound(found), least_objective(case, year, budget_left(case, year) if limited else None)
    )


# ------------------------------------------------------------------ households that reach the regimes


def short_gains(home: Household, chosen: Settings, rng: Random) -> tuple[Household, Settings]:
    """Half of the lots bought within the year but outside the wash window, for half to all of their value."""
    lots = tuple(
        lot
        if rng.random() < 0.5
        else replace(
            lot,
            acquired=chosen.as_of - timedelta(days=rng.randint(40, 330)),
            basis_cents=None if lot.basis_cents is None else int(lot.basis_cents * rng.uniform(0.5, 1.2)),
        )
        for lot in home.lots
    )
    return replace(home, lots=lots), chosen


def carried(home: Household, chosen: Settings, rng: Random) -> tuple[Household, Settings]:
    """Losses carried in of the size of the gains that a plan realizes, so that signs are in question."""
    client = replace(
        home.client,
        short_carryforward_cents=rng.choice([0, 2_000_00, 15_000_00, 60_000_00]),
        long_carryforward_cents=rng.choice([0, 4_000_00, 25_000_00, 120_000_00]),
    )
    return replace(home, client=client), chosen


def near_a_threshold(home: Household, chosen: Settings, rng: Random) -> tuple[Household, Settings]:
    """Income a little below a threshold of the 0, 15 or 20 % rate or of NIIT."""
    income = rng.choice([20_000_00, 49_450_00, 98_900_00, 200_000_00, 250_000_00, 545_500_00, 613_700_00])
    income -= rng.randint(0, 60_000_00)
    client = replace(
        home.client,
        taxable_income_cents=income,
        magi_cents=rng.choice([None, income, 240_000_00, 199_000_00]),
        other_investment_income_cents=rng.choice([0, 5_000_00, 90_000_00]),
        cg_rate=rng.choice([None, None, None, Decimal("0.188")]),
    )
    return replace(home, client=client), chosen


def overridden(home: Household, chosen: Settings, rng: Random) -> tuple[Household, Settings]:
    """A rate of the client's own, with the NIIT threshold within reach."""
    client = replace(
        home.client,
        cg_rate=rng.choice([Decimal("0.15"), Decimal("0.188"), Decimal("0.238")]),
        magi_cents=250_000_00 - rng.randint(-20_000_00, 80_000_00),
    )
    return replace(home, client=client), chosen


def limited(home: Household, chosen: Settings, rng: Random) -> tuple[Household, Settings]:
    """A gain budget that holds."""
    client = replace(home.client, gain_budget_cents=rng.choice([0, 1_000_00, 12_000_00, 80_000_00]))
    return replace(home, client=client), replace(chosen, gain_budget_mode=BudgetMode.LIMIT)


def located(home: Household, chosen: Settings, rng: Random) -> tuple[Household, Settings]:
    """Classes best held in one kind of account, and short-term gains that may be blocked or waited for."""
    targets = tuple(
        t if t.symbol else replace(t, location=rng.choice([None, *Location])) for t in home.targets
    )
    return replace(home, targets=targets), replace(
        chosen,
        location_preference=rng.choice([0.0002, 0.003]),
        short_term_gains=rng.choice(list(ShortTermGains)),
        wait_for_long_term_days=rng.choice([0, 60]),
    )


def in_trust(home: Household, chosen: Settings, rng: Random) -> tuple[Household, Settings]:
    """One taxable account in a trust that files for itself; more would multiply the regimes."""
    own = [a for a in home.accounts if a.registration.household_taxable]
    if not own:
        return home, chosen
    trust = replace(
        rng.choice(own),
        registration=Registration.IRREVOCABLE_TRUST,
        own_taxable_income_cents=rng.choice([0, 2_000_00, 10_000_00, 15_900_00, 80_000_00]),
        own_short_carryforward_cents=rng.choice([0, 0, 6_000_00]),
        own_long_carryforward_cents=rng.choice([0, 0, 25_000_00]),
    )
    return replace(home, accounts=tuple(trust if a.id == trust.id else a for a in home.accounts)), chosen


TAX_BENDS = (short_gains, carried, near_a_threshold, overridden, limited, located, in_trust)


def varied(
    home: Household,
    chosen: Settings,
    rng: Random,
    tax: Sequence[Bend] = TAX_BENDS,
    other: Sequence[Bend] = tuple(
        b for b in BENDS if b is not trusts
    ),  # here one trust at a time: `in_trust`
) -> tuple[str, Household, Settings]:
    """A household bent in up to three ways that matter to tax and, every other time, in one of any kind."""
    bends = [*rng.sample(tax, rng.randint(0, 3)), *rng.sample(other, min(len(other), rng.randint(0, 1)))]
    for bend in bends:
        home, chosen = bend(home, chosen, rng)
    return "+".join(b.__name__ for b in bends) or "plain", home, chosen


def _long_run(seed: int, count: int) -> None:
    """Generated and bent households; every disagreement with what was bent."""
    from tests.builders import tax_parameters

    params = tax_parameters(2026)
    done = wrong = programs = 0
    worst = 0.0
    start = time.perf_counter()
    for number, (home, chosen) in enumerate(generated(count, seed, (5, 60))):
        how, home, chosen = varied(home, chosen, Random(f"{seed}/{number}"))
        found = compared(home, chosen, params)
        if found is None:
            continue
        done += 1
        programs += found.truth.programs
        worst = max(worst, abs(found.difference))
        if not found.agrees or not math.isfinite(found.difference):
            wrong += 1
            print(
                f"{number} {home.client.id} {how}: engine {found.engine:.2f}, independent {found.truth.dollars:.2f} "
                f"({found.difference:+.2f}) in {found.truth.regimes}",
                flush=True,
            )
    print(
        f"{done} of {count} households to solve, {programs} linear programs, {wrong} disagree, "
        f"largest difference ${worst:.4f}, {time.perf_counter() - start:.0f} s"
    )


if __name__ == "__main__":
    _long_run(int(sys.argv[1]), int(sys.argv[2]))
