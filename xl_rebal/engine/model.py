"""A rebalance case as a mixed-integer program, in thousands of dollars.

Minimised: this year's tax on gains + trading cost + drift left outside the goals (class before security) + cash that
can't be raised + gain over a budget that must hold. The penalties are larger than any tax rate, so that drift is cured
first and tax is least among the cures; they are weights of the method, not figures about a client.

Federal tax in (short, long) net gain is not convex: the sign of net short, of net long and of their sum decide what
offsets what and whether the loss deduction applies (IRC 1222, 1211), and the 0 % and 15 % brackets end where ordinary
income takes their room (IRC 1(h)). One binary each; a binary whose answer is already known is fixed by its bounds,
which also fixes the deduction and the carryforward that belong to it. Each return has rows of its own: gains and
losses of a trust that is its own taxpayer meet only its own.

Left out: long-term gain is never taxed at more than the ordinary rates (IRC 1(h)(1)). It matters where gain lies
between the top of the 0 % rate and that of the 12 % bracket (single, 2026: $49,450 to $50,400), so by 3 % of that
strip at most: $28.50, or $57 on a joint return. Plans may be that far from the least tax; the tax that is shown is
exact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from xl_rebal.engine.book import Term
from xl_rebal.engine.case import Case, Goal
from xl_rebal.engine.results import Side, TaxProfile
from xl_rebal.engine.solve import Arrays, Guess, Solution
from xl_rebal.engine.tax import niit_room_cents
from xl_rebal.params.types import StatusParameters, TaxParameters

CENTS_PER_UNIT = 100_000.0  # the model counts thousands of dollars
DOLLARS_PER_UNIT = CENTS_PER_UNIT / 100

CASH_PENALTY = 10_000.0  # per dollar of cash that must be there and is not
BUDGET_PENALTY = 2000.0  # per dollar over a budget that must hold
CLASS_PENALTY = 10.0  # per dollar of a class outside its goal
BEYOND_BAND = 5.0  # more per dollar of a class beyond its band: no class is cured by pushing another one out
SECURITY_PENALTY = 3.0  # per dollar of a security outside its goal
LEAST_COST = 1e-4  # of each dollar traded, where the firm's setting is lower: no trade is free of trouble
PULL_SHARE_OF_COST = 0.75  # pull towards target inside the band, between one and two one-way trading costs:
# idle cash is invested (one trade), but nothing in band is sold to buy something else (two trades)
GENERAL_FUND_SHARE = (
    0.1  # of trading cost: a fund designated for this kind of account goes before a general one
)
SECURITY_PULL_SHARE = 0.2  # of the class pull: only decides which designated fund is bought
CURVE_COST = (
    1e-6  # of each dollar traded on the curve of drift against tax: only so that nothing trades in circles
)
CARRY_VALUE = 0.001  # a dollar of loss carried on; below trading cost, so it only breaks ties
SMALLEST_TRADE = 100.0 / CENTS_PER_UNIT  # one dollar: what a trade is at least where no minimum is set

Terms = list[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class TaxSide:
    """What the tax rows need: the taxpayer, the year's gains so far, and the parameters."""

    profile: TaxProfile
    status: StatusParameters
    params: TaxParameters
    short_cents: int  # realized so far less carryforward in
    long_cents: int


@dataclass(frozen=True, slots=True)
class Whole:
    """The integer stage: only these positions trade, in multiples of `step` shares, none below its minimum."""

    positions: frozenset[tuple[str, str]]
    step: Decimal | None  # None: any fraction; only minimum trades are enforced


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the decisions stand in the solution: sales by sellable, buys by buyable, RMD cash by need and account."""

    sells: tuple[int, ...]
    buys: tuple[int, ...]
    rmd: tuple[tuple[int, ...], ...]
    cash_short: Mapping[str, int]
    rmd_short: tuple[int, ...]
    outside: tuple[int, ...]  # dollars of each sleeve over and under its goal
    drift: int | None  # their sum, where the model was built to trace it


@dataclass(frozen=True, slots=True)
class Model:
    arrays: Arrays
    columns: Columns

    def amount(self, solution: Solution, column: int) -> float:
        """Dollars of a decision in the solution, in cents (not yet rounded)."""
        return float(solution.values[column]) * CENTS_PER_UNIT


class _Builder:
    """Collects columns and rows; knows nothing of taxes or accounts."""

    def __init__(self) -> None:
        self._cost: list[float] = []
        self._lower: list[float] = []
        self._upper: list[float] = []
        self._integer: list[bool] = []
        self._guess: list[int] = []
        self._row_lower: list[float] = []
        self._row_upper: list[float] = []
        self._starts: list[int] = [0]
        self._index: list[int] = []
        self._value: list[float] = []

    def column(
        self,
        upper: float = np.inf,
        *,
        lower: float = 0.0,
        cost: float = 0.0,
        integer: bool = False,
        guess: Guess = Guess.OPEN,
    ) -> int:
        self._cost.append(cost)
        self._lower.append(lower)
        self._upper.append(max(upper, lower))
        self._integer.append(integer)
        self._guess.append(guess)
        return len(self._cost) - 1

    def binary(self, known: bool | None = None, guess: Guess = Guess.OPEN) -> int:
        """A yes/no column; fixed when the answer is known."""
        lower = 1.0 if known else 0.0
        upper = 0.0 if known is False else 1.0
        return self.column(upper, lower=lower, integer=known is None, guess=guess)

    def add_cost(self, column: int, cost: float) -> None:
        self._cost[column] += cost

    def row(self, terms: Iterable[tuple[int, float]], lower: float = -np.inf, upper: float = np.inf) -> None:
        """lower <= sum of coefficient x column <= upper; repeated columns are added up."""
        listed = list(terms)
        merged = dict(listed)
        if len(merged) < len(listed):
            merged = defaultdict(float)
            for column, coefficient in listed:
                merged[column] += coefficient
        for column, coefficient in merged.items():
            if coefficient:
                self._index.append(column)
                self._value.append(coefficient)
        self._starts.append(len(self._index))
        self._row_lower.append(lower)
        self._row_upper.append(upper)

    def arrays(self) -> Arrays:
        return Arrays(
            np.array(self._cost),
            np.array(self._lower),
            np.array(self._upper),
            np.array(self._integer, dtype=np.bool_),
            np.array(self._row_lower),
            np.array(self._row_upper),
            np.array(self._starts, dtype=np.int32),
            np.array(self._index, dtype=np.int32),
            np.array(self._value),
            np.array(self._guess, dtype=np.int8),
        )


def build(
    case: Case,
    taxes: Mapping[str, TaxSide],
    *,
    budget_cents: int | None,
    whole: Whole | None = None,
    curve: bool = False,
) -> Model:
    """The program of a case; `taxes` has each of its taxpayers.

    `budget_cents` is the most net gain that the year may have when the budget is a limit (None: no limit).
    With `whole`, only its positions trade, in whole steps. With `curve`, tax alone is minimised: drift has no penalty
    but a column of its own, to be bounded, and trades cost next to nothing.
    """
    b = _Builder()
    cost = CURVE_COST if curve else _trading_cost(case)
    active = case.positions if whole is None else whole.positions

    sells = tuple(
        b.column(
            s.value_cents / CENTS_PER_UNIT if s.position in active else 0.0,
            cost=cost + case.location_cost(s.account_id, s.security, Side.SELL),
        )
        for s in case.sellable
    )
    buys = tuple(
        b.column(
            np.inf if x.position in active else 0.0,
            cost=cost * (1.0 if x.special else 1.0 + GENERAL_FUND_SHARE)
            + case.location_cost(x.account_id, x.security, Side.BUY),
        )
        for x in case.buyable
    )
    cash, rmd, cash_short, rmd_short = _add_cash(b, case, sells, buys)
    outside = _add_goals(b, case, sells, buys, cash, curve)
    drift = b.column(cost=CURVE_COST) if curve else None
    if drift is not None:
        b.row([(drift, 1.0), *((c, -1.0) for c in outside)], 0.0, 0.0)
    if case.washes:
        _add_wash_choice(b, case, sells, buys)
    own: Terms = []
    for taxpayer in case.taxpayers:
        short = _gains(case, sells, taxpayer, Term.SHORT)
        long = _gains(case, sells, taxpayer, Term.LONG)
        reaches = _reach(case, taxpayer, Term.SHORT), _reach(case, taxpayer, Term.LONG)
        _add_tax(b, taxes[taxpayer], short, long, *reaches)
        if not taxpayer:  # a gain budget is the household's own return's
            own = [*short, *long]
    if budget_cents is not None:
        # Only needed cash may break the budget; without it, no trade at all keeps within 0 and is always open.
        over = b.column(
            np.inf if case.gain_needed else max(0, -budget_cents) / CENTS_PER_UNIT, cost=BUDGET_PENALTY
        )
        b.row([*own, (over, -1.0)], upper=budget_cents / CENTS_PER_UNIT)
    if whole is not None:
        _add_whole_shares(b, case, sells, buys, whole)
    return Model(b.arrays(), Columns(sells, buys, rmd, cash_short, rmd_short, outside, drift))


def _trading_cost(case: Case) -> float:
    return max(case.settings.transaction_cost, LEAST_COST)


def _gains(case: Case, sells: tuple[int, ...], taxpayer: str, term: Term) -> Terms:
    """Gain of that term on the taxpayer's return in each dollar sold."""
    return [
        (column, s.gain_per_dollar)
        for column, s in zip(sells, case.sellable, strict=True)
        if s.term is term and s.taxpayer == taxpayer
    ]


def _reach(case: Case, taxpayer: str, term: Term) -> tuple[float, float]:
    """Lowest and highest gain of that term that the plan alone could put on the taxpayer's return."""
    gains = [
        s.weighed_gain_cents / CENTS_PER_UNIT
        for s in case.sellable
        if s.term is term and s.taxpayer == taxpayer
    ]
    return sum(g for g in gains if g < 0), sum(g for g in gains if g > 0)


def _add_cash(
    b: _Builder, case: Case, sells: tuple[int, ...], buys: tuple[int, ...]
) -> tuple[dict[str, int], tuple[tuple[int, ...], ...], dict[str, int], tuple[int, ...]]:
    """Cash after the plan, one column an account; it never goes below the reserve but for a reported shortfall."""
    flows: dict[str, Terms] = defaultdict(list)
    for column, sold in zip(sells, case.sellable, strict=True):
        flows[sold.account_id].append((column, 1.0))
    for column, bought in zip(buys, case.buyable, strict=True):
        flows[bought.account_id].append((column, -1.0))
    rmd: list[tuple[int, ...]] = []
    rmd_short: list[int] = []
    for need in case.rmd_needs:
        taken = tuple(b.column() for _ in need.from_accounts)
        missing = b.column(cost=CASH_PENALTY)
        b.row(
            [*((t, 1.0) for t in taken), (missing, 1.0)],
            need.cents / CENTS_PER_UNIT,
            need.cents / CENTS_PER_UNIT,
        )
        for account_id, column in zip(need.from_accounts, taken, strict=True):
            flows[account_id].append((column, -1.0))
            if need.to:
                flows[need.to].append((column, 1.0))
        rmd.append(taken)
        rmd_short.append(missing)
    cash: dict[str, int] = {}
    short: dict[str, int] = {}
    drawn: dict[str, Terms] = defaultdict(list)
    for need, taken in zip(case.rmd_needs, rmd, strict=True):
        for account_id, column in zip(need.from_accounts, taken, strict=True):
            drawn[account_id].append((column, 1.0))
    for column, sold in zip(sells, case.sellable, strict=True):
        if sold.account_id in drawn:
            drawn[sold.account_id].append((column, -1.0))
    for cash_need in case.cash:
        if (
            cash_need.account_id in drawn
        ):  # an RMD is paid with what is there or is sold, never out of a shortfall
            there = cash_need.cents - cash_need.payable_cents - cash_need.reserve_cents
            b.row(drawn[cash_need.account_id], upper=max(0, there) / CENTS_PER_UNIT)
        column = b.column(lower=-np.inf)
        missing = b.column(cost=CASH_PENALTY)
        available = (cash_need.cents - cash_need.payable_cents) / CENTS_PER_UNIT
        b.row([(column, 1.0), *((c, -k) for c, k in flows[cash_need.account_id])], available, available)
        b.row([(column, 1.0), (missing, 1.0)], lower=cash_need.reserve_cents / CENTS_PER_UNIT)
        cash[cash_need.account_id] = column
        short[cash_need.account_id] = missing
    reserve = case.household.client.cash_reserve_cents
    if reserve:
        missing = b.column(cost=CASH_PENALTY)
        b.row([*((c, 1.0) for c in cash.values()), (missing, 1.0)], lower=reserve / CENTS_PER_UNIT)
        short[""] = missing
    return cash, tuple(rmd), short, tuple(rmd_short)


def _add_goals(
    b: _Builder,
    case: Case,
    sells: tuple[int, ...],
    buys: tuple[int, ...],
    cash: Mapping[str, int],
    curve: bool,
) -> tuple[int, ...]:
    """Value of each sleeve after the plan within its goal, what lies outside penalised; a gentle pull to target.

    Returns the columns of what lies outside.
    """
    outside: list[int] = []
    change: dict[str, Terms] = defaultdict(list)
    for column, sold in zip(sells, case.sellable, strict=True):
        change[sold.security.symbol].append((column, -1.0))
    for column, bought in zip(buys, case.buyable, strict=True):
        change[bought.security.symbol].append((column, 1.0))
    securities = case.household.securities
    by_class: dict[str, Terms] = defaultdict(list)
    for symbol, terms in change.items():
        by_class[securities[symbol].asset_class.casefold()].extend(terms)
    cash_class = next(
        (securities[c.symbol].asset_class for c in case.household.cash if c.symbol in securities), "Cash"
    ).casefold()
    cash_now = sum(need.cents - need.payable_cents for need in case.cash) / CENTS_PER_UNIT
    leaving = sum(need.cents for need in case.rmd_needs if not need.to) / CENTS_PER_UNIT
    pull = 0.0 if curve else _trading_cost(case) * PULL_SHARE_OF_COST
    class_penalty, beyond = (0.0, 0.0) if curve else (CLASS_PENALTY, BEYOND_BAND)
    security_penalty = 0.0 if curve else SECURITY_PENALTY
    for goal in case.class_goals:
        name = goal.sleeve.name.casefold()
        terms = list(by_class[name])
        now = goal.sleeve.value_cents / CENTS_PER_UNIT
        if name == cash_class:
            terms.extend((column, 1.0) for column in cash.values())
            now -= cash_now - leaving
        outside += _add_goal(b, goal, terms, now, class_penalty, pull, beyond)
    for goal in case.security_goals:
        terms = change[goal.sleeve.name]
        if terms:
            now = goal.sleeve.value_cents / CENTS_PER_UNIT
            outside += _add_goal(b, goal, terms, now, security_penalty, pull * SECURITY_PULL_SHARE)
    return tuple(outside)


def _add_goal(
    b: _Builder, goal: Goal, change: Terms, now: float, penalty: float, pull: float, beyond: float = 0.0
) -> tuple[int, int]:
    """One goal's rows; returns the columns of what lies over and under it. `beyond` is added past the band's edge."""
    at_edge = goal.upper_cents == goal.upper_edge_cents, goal.lower_cents == goal.lower_edge_cents
    over = b.column(cost=penalty + beyond if at_edge[0] else penalty)
    under = b.column(cost=penalty + beyond if at_edge[1] else penalty)
    away = b.column(cost=pull)
    lower, upper, target = (
        c / CENTS_PER_UNIT for c in (goal.lower_cents, goal.upper_cents, goal.target_cents)
    )
    b.row([*change, (over, -1.0)], upper=upper - now)
    b.row([*change, (under, 1.0)], lower=lower - now)
    b.row([*change, (away, -1.0)], upper=target - now)
    b.row([*change, (away, 1.0)], lower=target - now)
    if beyond and not at_edge[0]:
        b.row([*change, (b.column(cost=beyond), -1.0)], upper=goal.upper_edge_cents / CENTS_PER_UNIT - now)
    if beyond and not at_edge[1]:
        b.row([*change, (b.column(cost=beyond), 1.0)], lower=goal.lower_edge_cents / CENTS_PER_UNIT - now)
    return over, under


def _add_wash_choice(b: _Builder, case: Case, sells: tuple[int, ...], buys: tuple[int, ...]) -> None:
    """Either losses are sold or shares are bought in an identical group, never both (IRC 1091)."""
    losses: dict[str, Terms] = defaultdict(list)
    for column, sold in zip(sells, case.sellable, strict=True):
        if sold.term is not None and sold.basis_cents > sold.value_cents:
            losses[sold.security.identity].append((column, sold.value_cents / CENTS_PER_UNIT))
    total = sum(max(0, need.cents) for need in case.cash) + sum(s.value_cents for s in case.sellable)
    most = max(total / CENTS_PER_UNIT, 1.0)
    bought: dict[str, Terms] = defaultdict(list)
    for column, item in zip(buys, case.buyable, strict=True):
        if item.security.identity in losses:
            bought[item.security.identity].append((column, 1.0))
    for identity, columns in bought.items():
        choice = b.binary()  # 1: losses may be sold
        for column, value in losses[identity]:
            b.row([(column, 1.0), (choice, -value)], upper=0.0)
        b.row([*columns, (choice, most)], upper=most)


def _add_tax(
    b: _Builder,
    tax: TaxSide,
    short: Terms,
    long: Terms,
    short_reach: tuple[float, float],
    long_reach: tuple[float, float],
) -> None:
    """Federal and state tax on the year's net gains as costs, with the netting rules as rows."""
    s0, l0 = tax.short_cents / CENTS_PER_UNIT, tax.long_cents / CENTS_PER_UNIT
    s_low, s_high = s0 + short_reach[0], s0 + short_reach[1]
    l_low, l_high = l0 + long_reach[0], l0 + long_reach[1]
    limit = tax.status.loss_limit_cents / CENTS_PER_UNIT

    short_up, short_down = b.column(max(s_high, 0.0)), b.column(max(-s_low, 0.0))
    long_up, long_down = b.column(max(l_high, 0.0)), b.column(max(-l_low, 0.0))
    b.row([*short, (short_up, -1.0), (short_down, 1.0)], -s0, -s0)
    b.row([*long, (long_up, -1.0), (long_down, 1.0)], -l0, -l0)
    for up, down, low, high in (
        (short_up, short_down, s_low, s_high),
        (long_up, long_down, l_low, l_high),
    ):
        positive = b.binary(_known_sign(low, high))
        b.row([(up, 1.0), (positive, -max(high, 0.0))], upper=0.0)
        b.row([(down, 1.0), (positive, max(-low, 0.0))], upper=max(-low, 0.0))

    most_gain = max(s_high, 0.0) + max(l_high, 0.0)
    most_loss = max(-s_low, 0.0) + max(-l_low, 0.0)
    taxed_short, taxed_long = b.column(max(s_high, 0.0)), b.column(max(l_high, 0.0))
    loss, deduction = b.column(most_loss), b.column(limit)
    net_positive = b.binary(_known_sign(s_low + l_low, s_high + l_high))
    b.row(
        [
            (taxed_short, 1.0),
            (taxed_long, 1.0),
            (loss, -1.0),
            (short_up, -1.0),
            (short_down, 1.0),
            (long_up, -1.0),
            (long_down, 1.0),
        ],
        0.0,
        0.0,
    )
    b.row([(taxed_short, 1.0), (short_up, -1.0)], upper=0.0)
    b.row([(taxed_long, 1.0), (long_up, -1.0)], upper=0.0)
    b.row([(taxed_short, 1.0), (taxed_long, 1.0), (net_positive, -most_gain)], upper=0.0)
    b.row([(loss, 1.0), (net_positive, most_loss)], upper=most_loss)
    b.row([(deduction, 1.0), (net_positive, limit)], upper=limit)
    b.row([(deduction, 1.0), (loss, -1.0)], upper=0.0)
    b.add_cost(loss, -CARRY_VALUE)
    b.add_cost(deduction, CARRY_VALUE)

    state = float(tax.profile.state_rate)
    for column, sign in ((taxed_short, 1.0), (taxed_long, 1.0), (deduction, -1.0)):
        b.add_cost(column, sign * state)
    _add_ordinary_and_long(b, tax, taxed_short, taxed_long, deduction, max(s_high, 0.0), most_gain)
    _add_niit(b, tax, taxed_short, taxed_long, deduction, max(l_high, 0.0))


def _known_sign(low: float, high: float) -> bool | None:
    if low >= 0.0:
        return True
    if high <= 0.0:
        return False
    return None


def _income(tax: TaxSide) -> float:
    """Ordinary taxable income; where it is unknown, above every threshold, so that lots are ranked at top rates."""
    if tax.profile.ordinary_income_cents is None:
        return (
            2.0
            * max(tax.status.ordinary.tops_cents[-1], tax.status.long_term.tops_cents[-1])
            / CENTS_PER_UNIT
        )
    return tax.profile.ordinary_income_cents / CENTS_PER_UNIT


def _add_ordinary_and_long(
    b: _Builder,
    tax: TaxSide,
    taxed_short: int,
    taxed_long: int,
    deduction: int,
    most_short: float,
    most_gain: float,
) -> None:
    """Brackets on ordinary income + net short gain - deduction; long-term gain stacked on top (IRC 1, 1(h))."""
    income = _income(tax)
    ordinary: Terms = [(taxed_short, 1.0), (deduction, -1.0)]  # what is added to `income`
    lowest = income - tax.status.loss_limit_cents / CENTS_PER_UNIT
    highest = income + most_short
    filled: Terms = []
    bottom = 0.0
    for rate, top_cents in zip(
        tax.status.ordinary.rates, (*tax.status.ordinary.tops_cents, None), strict=True
    ):
        top = np.inf if top_cents is None else top_cents / CENTS_PER_UNIT
        if bottom <= max(highest, 0.0):
            filled.append((b.column(top - bottom, cost=float(rate)), 1.0))
        bottom = top
    b.row([*filled, *((c, -k) for c, k in ordinary)], lower=income)

    if tax.profile.cg_rate is not None:
        b.add_cost(taxed_long, float(tax.profile.cg_rate))
        return
    layers: Terms = []
    for rate, top_cents in zip(
        tax.status.long_term.rates, (*tax.status.long_term.tops_cents, None), strict=True
    ):
        layers.append((b.column(most_gain, cost=float(rate)), 1.0))
        if top_cents is None:
            continue
        top = top_cents / CENTS_PER_UNIT
        if highest <= top:  # ordinary income never reaches it: the room left is linear
            b.row([*layers, *ordinary], upper=top - income)
            continue
        room = b.binary(False if lowest >= top else None)  # 1: ordinary income ends below this threshold
        b.row([*layers, (room, -most_gain)], upper=0.0)
        slack = most_gain + highest - top
        b.row([*layers, *ordinary, (room, slack)], upper=top - income + slack)
    b.row([*layers, (taxed_long, -1.0)], 0.0, 0.0)


def _add_niit(
    b: _Builder, tax: TaxSide, taxed_short: int, taxed_long: int, deduction: int, most_long: float
) -> None:
    """Net investment income tax: rate x max(0, lesser of net investment income and MAGI excess) (IRC 1411).

    Net gain moves both sides of the 'lesser of', so the gain at which the tax begins (`room`) is known beforehand and
    the rest is convex. An all-in override rate contains the tax that the long-term gain alone would cause, which is
    taken off again; that needs a binary where the gain may or may not reach the threshold.
    """
    rate = float(tax.params.niit_rate)
    known_room = niit_room_cents(tax.profile, tax.status)
    room = -_income(tax) if known_room is None else known_room / CENTS_PER_UNIT
    counted = b.column(cost=rate)
    b.row([(counted, 1.0), (taxed_short, -1.0), (taxed_long, -1.0), (deduction, 1.0)], lower=-room)
    if tax.profile.cg_rate is None:
        return
    included = b.column(most_long, cost=-rate)
    reached = b.binary(True if room <= 0 else False if most_long <= room else None)
    b.row([(included, 1.0), (reached, -most_long)], upper=0.0)
    over = max(room, 0.0)
    b.row([(included, 1.0), (taxed_long, -1.0), (reached, over)], upper=0.0)


def _add_whole_shares(
    b: _Builder, case: Case, sells: tuple[int, ...], buys: tuple[int, ...], whole: Whole
) -> None:
    """Whole steps of shares per position, the whole position as the one exception, and nothing below the minimum.

    A position is sold or bought, never both. One that is smaller than the minimum trade may be sold as a whole
    where cash is needed.
    """
    lacking, kept, sold_from = case.cash_missing(), case.kept_in_part, dict[tuple[str, str], int]()
    by_position: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i, sold in enumerate(case.sellable):
        if sold.position in whole.positions:
            by_position[sold.position].append(i)
    for members in by_position.values():
        first = case.sellable[members[0]]
        quantity = sum((case.sellable[i].quantity for i in members), Decimal(0))
        value = sum(case.sellable[i].value_cents for i in members) / CENTS_PER_UNIT
        minimum = _minimum(case, first.security.min_trade_cents)
        terms: Terms = [(sells[i], 1.0) for i in members]
        if value < minimum and (first.account_id in lacking or "" in lacking):
            minimum = value
        used = sold_from[first.position] = b.binary(
            False if value < minimum or value <= 0.0 else None, Guess.UP
        )
        b.row([*terms, (used, -value)], upper=0.0)
        b.row([*terms, (used, -minimum)], lower=0.0)
        if whole.step is None:
            continue
        unit = float(first.price * whole.step) * 100 / CENTS_PER_UNIT
        steps = int(quantity // whole.step)
        count = b.column(steps, integer=True)
        rest = value - steps * unit  # value of the fraction left after whole steps; sold only with everything
        everything = b.binary(False if rest <= 1e-9 or first.position in kept else None, Guess.DOWN)
        b.row([*terms, (count, -unit), (everything, -rest)], 0.0, 0.0)
        b.row([(count, 1.0), (everything, -float(steps))], lower=0.0)
    spendable = _spendable(case, whole.positions)
    for column, item in zip(buys, case.buyable, strict=True):
        if item.position not in whole.positions:
            continue
        minimum = _minimum(case, item.security.min_trade_cents)
        most = spendable[item.account_id]
        used = b.binary(False if most < minimum else None, Guess.UP)
        if item.position in sold_from:
            b.row([(used, 1.0), (sold_from[item.position], 1.0)], upper=1.0)
        b.row([(column, 1.0), (used, -most)], upper=0.0)
        b.row([(column, 1.0), (used, -minimum)], lower=0.0)
        if whole.step is not None:
            unit = float(item.price * whole.step) * 100 / CENTS_PER_UNIT
            count = b.column(float(int(most / unit * (1 + 1e-9))), integer=True)
            b.row([(column, 1.0), (count, -unit)], 0.0, 0.0)


def _spendable(case: Case, positions: frozenset[tuple[str, str]]) -> Mapping[str, float]:
    """The most that each account could spend: its cash, what these positions would raise, RMD cash that comes in."""
    most = {
        need.account_id: max(0, need.cents - need.withdrawal_cents - need.reserve_cents) for need in case.cash
    }
    for item in case.sellable:
        if item.position in positions:
            most[item.account_id] += item.value_cents
    for need in case.rmd_needs:
        if need.to:
            most[need.to] += need.cents
    return {account_id: cents / CENTS_PER_UNIT for account_id, cents in most.items()}


def _minimum(case: Case, security_minimum_cents: int) -> float:
    return max(
        security_minimum_cents / CENTS_PER_UNIT,
        case.settings.min_trade_cents / CENTS_PER_UNIT,
        SMALLEST_TRADE,
    )
