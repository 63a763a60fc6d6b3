"""The household's rebalance plan: least tax among the trades that cure the drift, every figure exact.

Two solves. The first, with any fraction of a share, finds which positions to touch; the second, on those alone,
finds whole shares and keeps to the minimum trade. Where that costs much against the first, a third has all positions.
`settle` makes trades of it and everything shown is recomputed from them with the exact rules of gains, tax and drift.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from xl_rebal.engine.book import BudgetMode, Household, Settings, Shares, Term
from xl_rebal.engine.case import UNKNOWN_BASIS, UNKNOWN_DATE, Buyable, Case, Goal, Sellable, case_of
from xl_rebal.engine.certificate import plan_hash, slacks
from xl_rebal.engine.drift import Drift, DriftStatus, Sleeve, drift
from xl_rebal.engine.model import CENTS_PER_UNIT, DOLLARS_PER_UNIT, Model, TaxSide, Whole, build
from xl_rebal.engine.results import (
    Certificate,
    OtherTaxpayer,
    Plan,
    PlanState,
    ProofStatus,
    Rmd,
    Side,
    TaxEstimate,
    Trade,
    Transfer,
)
from xl_rebal.engine.rmd import rmds as rmds_of
from xl_rebal.engine.settle import RMD_TRANSFER, Proposal, Settled, settle, share_step
from xl_rebal.engine.solve import Program, Solution
from xl_rebal.engine.year import Year
from xl_rebal.errors import PlanInfeasible
from xl_rebal.money import money_text, value_cents
from xl_rebal.params.types import TaxParameters

GAP = 0.001  # thousands of dollars: the solver proves its answer to one dollar
GAP_SHARE = 5e-6  # or to this share of the household's value where that is more: $5 of a million
NODE_LIMIT = 20_000  # work is bounded by nodes, so the same book gives the same plan on any machine
WHOLE_NODE_LIMIT = 1_000  # of the second solve: what more nodes find is cents
WIDE_NODE_LIMIT = 100  # of the third, for the few households whose second solve is far from the bound
WIDEN_AT = 0.1  # thousands of dollars from the bound: whole shares of other positions may serve better
BUDGET_TRIES = 4  # rounding lots to shares can pass a budget that holds; it is then drawn tighter
FEW_POSITIONS = (
    8  # so many may all trade in whole shares: coarse prices can make an untouched one the better choice
)
CENT = 1 / CENTS_PER_UNIT
TOUCHED = 0.01  # thousands of dollars: a position that the first solve trades for less is left alone


def plan(
    household: Household,
    settings: Settings,
    params: TaxParameters,
    rmds: tuple[Rmd, ...] | None = None,
) -> Plan:
    """The proposed trades of a household whose data has no errors; pure, and the same for the same inputs.

    In budget mode FLAG a plan over the gain budget carries the within-budget plan as its `alternative`; in mode LIMIT
    the budget holds and the drift that stays is in `residual`.
    """
    owed = rmds_of(household, settings, params) if rmds is None else rmds
    return plan_of(case_of(household, settings, params, owed), Year.of(household, settings, params))


def plan_of(case: Case, year: Year) -> Plan:
    """`plan` of a case that was built before."""
    if not case.needs_action:
        return _assess(case, year, settle(case, _nothing(case)), ProofStatus.NOTHING)
    limited = case.settings.gain_budget_mode is BudgetMode.LIMIT
    chosen = _proposed(case, year, limited)
    if not limited and chosen.budget is not None and chosen.budget.excess_cents > 0:
        other = _proposed(case, year, True)
        if _gain(other) <= (budget_cap(case, year) or 0):  # not where needed cash breaks the budget
            return replace(chosen, alternative=other)
    return chosen


def _proposed(case: Case, year: Year, limited: bool) -> Plan:
    """The plan of one case; with `limited` the budget holds to the cent unless needed cash breaks it."""
    cap = budget_cap(case, year) if limited else None
    found = first = _solved(case, year, cap)
    if cap is None:
        return found
    drawn, slack = cap, 0
    for _ in range(BUDGET_TRIES):
        if _gain(found) <= cap or found.shortfalls or case.gain_needed:
            break
        slack = max(2 * slack, _gain(found) - cap)
        drawn -= slack
        found = _with_bound_of(first, _solved(case, year, drawn))
    return found


def _with_bound_of(first: Plan, tighter: Plan) -> Plan:
    """A plan found within a tighter budget, proven against the client's own: that of the first try."""
    proof, own = tighter.certificate, first.certificate
    if proof is None or own is None:
        return tighter
    return replace(tighter, certificate=replace(proof, bound=own.bound, status=own.status))


def _gain(plan: Plan) -> int:
    return plan.short_gain_cents + plan.long_gain_cents


def _solved(case: Case, year: Year, cap: int | None) -> Plan:
    taxes = tax_side(year)
    precise = max(GAP, GAP_SHARE * case.start.total_cents / CENTS_PER_UNIT)
    fractions = model = build(case, taxes, budget_cents=cap)
    program = Program(fractions.arrays)
    relaxed = program.optimum(absolute_gap=GAP, node_limit=NODE_LIMIT)
    step = share_step(case) if case.settings.shares is Shares.WHOLE else None
    positions = _touched(case, model, relaxed)
    model = build(case, taxes, budget_cents=cap, whole=Whole(positions, step))
    near = relaxed.bound + precise  # whole shares this close to the bound are not searched further
    solution = Program(model.arrays).optimum(absolute_gap=precise, node_limit=WHOLE_NODE_LIMIT, enough=near)
    wider = positions
    if lacking := _lacking(case, model, solution):
        wider = positions | {s.position for s in case.sellable if s.account_id in lacking or "" in lacking}
    if solution.objective - relaxed.bound > WIDEN_AT:
        wider = case.positions
    if wider != positions:
        other = build(case, taxes, budget_cents=cap, whole=Whole(wider, step))
        second = Program(other.arrays).optimum(absolute_gap=precise, node_limit=WIDE_NODE_LIMIT, enough=near)
        if second.objective < solution.objective:
            model, solution = other, second
    proposal = Proposal(
        tuple(model.amount(solution, c) for c in model.columns.sells),
        tuple(model.amount(solution, c) for c in model.columns.buys),
        tuple(tuple(model.amount(solution, c) for c in need) for need in model.columns.rmd),
    )
    settled = settle(case, proposal)
    status = ProofStatus.OPTIMAL if relaxed.proven else ProofStatus.LIMITED
    objective = _objective(case, fractions, program, settled)
    return _assess(
        case,
        year,
        settled,
        status,
        solution.objective if objective is None else objective,
        relaxed.bound,
        relaxed.nodes,
    )


def _objective(case: Case, model: Model, program: Program, settled: Settled) -> float | None:
    """The objective of the trades as settled, rounding included; None where a hard rule takes them in whole cents only."""
    sold = {id(d.lot): d.proceeds_cents for t in settled.trades for d in t.disposals}
    by_position = {(t.side, t.account_id, t.symbol): t.amount_cents for t in settled.trades}
    amounts = [
        (
            column,
            by_position.get((Side.SELL, *item.position), 0)
            if item.term is None  # sheltered: the whole position is one
            else sold.get(id(item.lots[0]), 0),
        )
        for column, item in zip(model.columns.sells, case.sellable, strict=True)
    ]
    amounts += [
        (column, by_position.get((Side.BUY, *item.position), 0))
        for column, item in zip(model.columns.buys, case.buyable, strict=True)
    ]
    paid = {(t.from_account, t.to_account): t.cents for t in settled.transfers if t.why == RMD_TRANSFER}
    for need, columns in zip(case.rmd_needs, model.columns.rmd, strict=True):
        amounts += [
            (column, paid.get((account_id, need.to), 0))
            for account_id, column in zip(need.from_accounts, columns, strict=True)
        ]
    for column, cents in amounts:
        program.set_column(column, cents / CENTS_PER_UNIT, cents / CENTS_PER_UNIT)
    try:
        return program.optimum(absolute_gap=GAP / 1000, node_limit=NODE_LIMIT).objective
    except PlanInfeasible:
        return None


def _lacking(case: Case, model: Model, solution: Solution) -> frozenset[str]:
    """Accounts ('' for the household) whose cash need the solution does not raise in full."""
    short = {a: solution.values[c] for a, c in model.columns.cash_short.items()}
    for need, column in zip(case.rmd_needs, model.columns.rmd_short, strict=True):
        for account_id in need.from_accounts:
            short[account_id] = max(short[account_id], solution.values[column])
    return frozenset(a for a, missing in short.items() if missing > CENT / 2)


def tax_side(year: Year) -> Mapping[str, TaxSide]:
    """The tax side of the program: each taxpayer's gains so far less the losses carried in, and its return."""
    return {
        taxpayer: TaxSide(
            own.profile,
            own.status,
            own.params,
            own.short_cents - own.client.short_carryforward_cents,
            own.long_cents - own.client.long_carryforward_cents,
        )
        for taxpayer, own in year.taxpayers
    }


def budget_cap(case: Case, year: Year) -> int | None:
    """Net gain left for the plan. What was realized beyond the budget can't be undone, so it is never below 0."""
    budget = case.household.client.gain_budget_cents
    return None if budget is None else max(0, budget - year.realized_cents)


def _touched(case: Case, model: Model, solution: Solution) -> frozenset[tuple[str, str]]:
    """Positions for the whole-share solve: those that the first solve trades; all of them when they are few."""
    if len(case.positions) <= FEW_POSITIONS:
        return case.positions
    items: list[Sellable | Buyable] = [*case.sellable, *case.buyable]
    columns = (*model.columns.sells, *model.columns.buys)
    return frozenset(i.position for i, c in zip(items, columns, strict=True) if solution.values[c] > TOUCHED)


def _nothing(case: Case) -> Proposal:
    return Proposal(
        (0.0,) * len(case.sellable),
        (0.0,) * len(case.buyable),
        tuple((0.0,) * len(need.from_accounts) for need in case.rmd_needs),
    )


def _assess(
    case: Case,
    year: Year,
    settled: Settled,
    status: ProofStatus,
    objective: float = 0.0,
    bound: float = 0.0,
    nodes: int = 0,
) -> Plan:
    """Every figure of the plan, from its trades alone; objective and bound in the model's thousands of dollars."""
    gains = _gains_by_taxpayer(case.household, settled.trades)
    short, long = gains[""]
    tax = year.added_tax(short, long)
    after = (
        _drift_after(case, settled.trades, settled.transfers)
        if settled.trades or settled.transfers
        else case.before
    )
    residual = _residual(case, after, settled.trades)
    budget = year.budget(short + long)
    broken = (
        case.settings.gain_budget_mode is BudgetMode.LIMIT and budget is not None and budget.excess_cents > 0
    )
    trades = tuple(replace(t, reason=_reason(case, t, broken)) for t in settled.trades)
    if residual or settled.shortfalls:
        state = PlanState.RESIDUAL
    else:
        state = PlanState.PROPOSED if trades else PlanState.NO_ACTION
    certificate = Certificate(
        status,
        objective * DOLLARS_PER_UNIT,
        bound * DOLLARS_PER_UNIT,
        nodes,
        slacks(case.household, after, settled.cash_after, budget),
        plan_hash(case.household, case.settings, year.params, case.rmds, trades, settled.transfers),
    )
    return Plan(
        state=state,
        trades=trades,
        transfers=settled.transfers,
        before=case.before,
        after=after,
        short_gain_cents=short,
        long_gain_cents=long,
        gains=year.net(short, long),
        gains_before=year.net(),
        tax=tax,
        rates=year.rates(short, long),
        budget=budget,
        alternative=None,
        residual=residual,
        shortfalls=_shortfall_texts(case, settled),
        blocked=case.blocked,
        unknowns=_unknowns(case, tax, trades),
        certificate=certificate,
        others=tuple(_other(own, *gains[taxpayer]) for taxpayer, own in year.taxpayers if taxpayer),
    )


def _gains_by_taxpayer(household: Household, trades: tuple[Trade, ...]) -> Mapping[str, tuple[int, int]]:
    """Short- and long-term gain that trades realize, for every account's taxpayer."""
    taxpayer_of = {a.id: a.taxpayer for a in household.accounts}
    gains = {taxpayer: [0, 0] for taxpayer in ("", *taxpayer_of.values())}
    for trade in trades:
        both = gains[taxpayer_of[trade.account_id]]
        both[0] += trade.gain_cents(Term.SHORT)
        both[1] += trade.gain_cents(Term.LONG)
    return {taxpayer: (short, long) for taxpayer, (short, long) in gains.items()}


def _other(year: Year, short: int, long: int) -> OtherTaxpayer:
    return OtherTaxpayer(
        year.client.id,
        year.client.name,
        short,
        long,
        year.net(short, long),
        year.net(),
        year.added_tax(short, long),
        year.rates(short, long),
    )


def _drift_after(case: Case, trades: tuple[Trade, ...], transfers: tuple[Transfer, ...]) -> Drift:
    change: dict[str, int] = {}
    cash = 0
    for trade in trades:
        sign = -1 if trade.side is Side.SELL else 1
        change[trade.symbol] = change.get(trade.symbol, 0) + sign * trade.amount_cents
        cash -= sign * trade.amount_cents
    cash -= sum(t.cents for t in transfers if not t.to_account)
    change[""] = cash
    return drift(case.household, case.settings, change, case.holdings)


def _residual(case: Case, after: Drift, trades: tuple[Trade, ...]) -> tuple[Sleeve, ...]:
    """Sleeves outside their band, and classes that missed their goal by more than rounding to shares explains."""
    share_cents = max((int(t.price * 100) for t in trades), default=0)
    tolerance = max(case.settings.min_trade_cents, share_cents)
    goals: Mapping[str, Goal] = {g.sleeve.name: g for g in case.class_goals}
    left = []
    for sleeve in after.classes + after.securities:
        goal = goals.get(sleeve.name) if not sleeve.symbol else None
        missed = goal is not None and (
            sleeve.value_cents > goal.upper_cents + tolerance
            or sleeve.value_cents < goal.lower_cents - tolerance
        )
        if missed or sleeve.status in (DriftStatus.ABOVE, DriftStatus.BELOW):
            left.append(sleeve)
    return tuple(left)


def _reason(case: Case, trade: Trade, budget_broken: bool) -> str:
    """Why this line is in the plan, in words without figures.

    A budget that holds is broken for needed cash alone, whatever else is above its band.
    """
    start = case.start
    security = case.household.securities[trade.symbol]
    own, whole = start.sleeve(trade.symbol), start.sleeve(security.asset_class)
    missing = case.cash_missing()
    if trade.side is Side.BUY:
        if whole is not None and whole.drift < 0:
            return f"Designated fund for {security.asset_class}, which is below target"
        return f"Designated fund for {security.asset_class}; puts the proceeds to work"
    if trade.disposals and trade.gain_cents() < 0:
        return "Realizes a loss"
    least = "no tax in this account" if not trade.disposals else "least tax per dollar"
    class_over = whole is not None and whole.status is DriftStatus.ABOVE
    held = case.before.sleeve(security.asset_class)
    above = held is not None and held.status is DriftStatus.ABOVE
    if trade.account_id in missing and (budget_broken or not above):
        return "Raises the cash that is needed"
    if own is not None and own.status is DriftStatus.ABOVE:
        both = f"{trade.symbol} and {security.asset_class} above band"
        return both if class_over else f"{trade.symbol} above band"
    if class_over:
        return f"{security.asset_class} above band; {least}"
    if trade.account_id in missing or "" in missing:
        return "Raises the cash that is needed"
    return "Makes room for sleeves below their band"


def _shortfall_texts(case: Case, settled: Settled) -> tuple[str, ...]:
    """What cash is lacking where, and why nothing is sold for it."""
    step = share_step(case)
    sold = {(t.account_id, t.symbol): t.quantity for t in settled.trades if t.side is Side.SELL}
    texts = []
    for account_id, cents in settled.shortfalls:
        where = case.household.account(account_id).title if account_id else "The household"
        held: dict[tuple[str, str], Decimal] = {}
        price: dict[tuple[str, str], int] = {}
        for item in case.sellable:
            if item.account_id == account_id:
                held[item.position] = held.get(item.position, Decimal(0)) + item.quantity
                price[item.position] = max(1, value_cents(step, item.price))
        pieces = [price[p] for p, quantity in held.items() if quantity - sold.get(p, Decimal(0)) >= step]
        why = "nothing that may be sold can raise it"
        if pieces:
            least = max(min(pieces), case.settings.min_trade_cents)
            why = f"what is left to sell there ({money_text(least)} at least) would break a rule or a target by more"
        texts.append(f"{where} lacks {money_text(cents)} of the cash it must hold or pay out, and {why}.")
    return tuple(texts)


def _unknowns(case: Case, tax: TaxEstimate | None, trades: tuple[Trade, ...]) -> tuple[str, ...]:
    unknown = []
    if tax is None:
        unknown.append(
            "Tax is unknown: the client's taxable income is not in the workbook. Lots were ranked at top rates."
        )
    selling = {t.account_id for t in trades if t.disposals}
    for account in case.household.accounts:
        if account.files_own_return and account.id in selling:
            unknown.append(
                f"{account.title} is taxed on its own return, as if its gains stay in the trust and its state rate is "
                "the household's."
            )
    for reason, what in ((UNKNOWN_BASIS, "cost basis"), (UNKNOWN_DATE, "acquisition date")):
        count = sum(1 for b in case.blocked if b.reason == reason)
        if count:
            unknown.append(
                f"{count} lot{'s have' if count > 1 else ' has'} no {what} and {'are' if count > 1 else 'is'} "
                "left out of the plan."
            )
    return tuple(unknown)
