"""What a cell table shows of the engine's results: a header row, then rows of text, numbers and dates.

The Excel functions return these tables and the workbook's builder caches them, so a cell reads the same in both.
Money leaves its cents here, once, as dollars; weights and rates stay fractions (the cell's format shows percent).
What is not known reads `unknown`, never 0. A cell that says nothing is None.

Every table starts with its header row, also when there is nothing to list: the first row below then says so.
Tables of one household name its state in words when it has no plan, so that an empty table is never a clean one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from xl_rebal.engine.book import Activity, Lot, Note, Term
from xl_rebal.engine.drift import Sleeve
from xl_rebal.engine.problems import Problem, Severity, in_order
from xl_rebal.engine.results import (
    BudgetUse,
    Certificate,
    HarvestCandidate,
    MarginalRates,
    Plan,
    PlanState,
    ProofStatus,
    Review,
    Rmd,
    RmdState,
    Side,
    TaxEstimate,
    Trade,
    TradeFlag,
    WashState,
    WashStatus,
)
from xl_rebal.engine.review import Flag, flags
from xl_rebal.money import at_least_text, money_text, percent_text, quantity_text

Cell: TypeAlias = str | float | date | None
CellTable: TypeAlias = list[list[Cell]]

UNKNOWN = "unknown"
NO_CLIENTS = "No clients yet. Next: Import on the tab Rebalance, or fill Clients, Accounts, Securities, Targets and Lots."

DRIFT_HEADERS = (
    "Asset Class",
    "Symbol",
    "Value",
    "Weight",
    "Target",
    "Drift",
    "Lower",
    "Upper",
    "After Plan",
    "Status",
)
PLAN_HEADERS = (
    "Account",
    "Action",
    "Symbol",
    "Shares",
    "Price",
    "Amount",
    "ST Gain",
    "LT Gain",
    "Flag",
    "Reason",
)
LOTS_HEADERS = (
    "Account",
    "Symbol",
    "Lot ID",
    "Acquired",
    "Term",
    "Shares",
    "Proceeds",
    "Cost Basis",
    "Gain",
    "Lots row",
)
TAX_HEADERS = ("Line", "Before plan", "Plan", "With plan", "Note")
HARVEST_HEADERS = (
    "Client ID",
    "Account",
    "Symbol",
    "Shares",
    "Value",
    "ST Loss",
    "LT Loss",
    "Clear From",
    "Swap",
    "Note",
)
COMPARE_HEADERS = ("Method", "Accounts", "Sold", "ST Gain", "LT Gain", "Tax", "More Tax")
WASH_HEADERS = ("Symbol", "If sold today", "Clear From", "Last Purchase", "Purchases", "Note")
RMD_HEADERS = (
    "Owner",
    "Pool",
    "Status",
    "Year-End Value",
    "Divisor",
    "Required",
    "Taken",
    "Left",
    "Due",
    "Note",
)
NOTES_HEADERS = ("Date", "Kind", "Author", "Text")
LEFT_OUT_HEADERS = ("Account", "Symbol", "Lot ID", "Value", "Why")
CHECKS_HEADERS = ("Severity", "Client ID", "Place", "Column", "Value", "What", "If Ignored", "To do")
BOOK_HEADERS = (
    "Client ID",
    "Client",
    "Value",
    "Status",
    "Worst Drift",
    "Class",
    "Trims",
    "ST Gain",
    "LT Gain",
    "Tax",
    "Gain Budget",
    "Budget Used",
    "Budget Left (Over)",
    "RMD Left",
    "Flags",
    "Problems",
    "Proof",
)


def money(cents: int | None) -> Cell:
    """Dollars of a cell: 12345 gives 123.45; None gives `unknown`."""
    return UNKNOWN if cents is None else round(cents / 100, 2)


def fraction(weight: float) -> float:
    """A weight of a cell without the float's last digits: 0.6 - 0.05 reads 0.55."""
    return round(weight, 12)


def number(value: Decimal | int | None) -> Cell:
    """A quantity, price or count of a cell; None gives `unknown`."""
    return UNKNOWN if value is None else float(value)


def folded(table: CellTable, rows: int, what: str = "more") -> CellTable:
    """The table with at most `rows` rows below its header; the last of them then says how many are not shown.

    Sheets that stack results give each a fixed room, so that no result ever meets the next (#SPILL!).
    """
    if rows < 1 or len(table) - 1 <= rows:
        return table
    hidden = len(table) - rows
    last: list[Cell] = [f"and {hidden} {what}", *[None] * (len(table[0]) - 1)]
    return [*table[:rows], last]


def listing(headers: Sequence[str], rows: Iterable[Sequence[Cell]], nothing: str) -> CellTable:
    """Header and rows; without rows one row whose first cell says `nothing`."""
    body = [list(row) for row in rows]
    return [list(headers), *(body or [[nothing, *[None] * (len(headers) - 1)]])]


def withheld_text(review: Review) -> str:
    """Why a household has no plan, as a sentence that says where to look."""
    errors = sum(p.severity is Severity.ERROR for p in review.problems)
    noun = "error" if errors == 1 else "errors"
    return f"Withheld: cure {errors} data {noun} first (see Checks)." if errors else "Withheld: see Checks."


# --- Drift -----------------------------------------------------------------------------------------------------


def drift_table(review: Review, *, securities: bool = True) -> CellTable:
    """Classes, then (unless `securities` is off) securities, against target and band, now and after the plan."""
    if review.drift is None:
        return listing(
            DRIFT_HEADERS, [], f"No weight is computed from data with errors. {withheld_text(review)}"
        )
    sleeves = review.drift.classes + (review.drift.securities if securities else ())
    after = (
        {(s.asset_class, s.symbol): s for s in review.plan.after.classes + review.plan.after.securities}
        if review.plan
        else None
    )
    return listing(DRIFT_HEADERS, [_drift_row(s, after) for s in sleeves], "Nothing is held.")


def _drift_row(sleeve: Sleeve, after: dict[tuple[str, str], Sleeve] | None) -> list[Cell]:
    band = sleeve.band
    then: Cell = UNKNOWN
    if after is not None:
        later = after.get((sleeve.asset_class, sleeve.symbol))
        then = fraction(later.weight) if later else 0.0
    return [
        sleeve.asset_class,
        sleeve.symbol or None,
        money(sleeve.value_cents),
        fraction(sleeve.weight),
        fraction(band.target) if band else None,
        fraction(sleeve.drift) if band else None,
        fraction(band.lower) if band else None,
        fraction(band.upper) if band else None,
        then,
        sleeve.status.value,
    ]


# --- Plan ------------------------------------------------------------------------------------------------------


def plan_table(review: Review) -> CellTable:
    """One row per proposed trade and cash move, then totals, then what the plan could not do.

    Gains are shown for sales in taxable accounts only; a sale inside an IRA or Roth has none. The totals add up every
    row, those of a trust that is its own taxpayer included; `tax_table` tells the returns apart.
    """
    plan = review.plan
    if plan is None:
        return listing(PLAN_HEADERS, [], withheld_text(review))
    rows: list[list[Cell]] = [_trade_row(t) for t in plan.trades]
    for move in plan.transfers:
        where = f"to {move.to_account}" if move.to_account else "out of the household"
        action = "Move cash" if move.to_account else "Pay out"
        reason = f"{where}: {move.why}" if move.why else where
        rows.append(
            [move.from_account, action, None, None, None, money(move.cents), None, None, None, reason]
        )
    if plan.trades:
        gains: list[Cell] = [money(plan.all_short_gain_cents), money(plan.all_long_gain_cents)]
        rows.append(["Total sold", None, None, None, None, money(plan.sold_cents), *gains, None, None])
        bought = money(sum(t.amount_cents for t in plan.buys))
        rows.append(["Total bought", None, None, None, None, bought, None, None, None, None])
    if not plan.trades and plan.state is PlanState.NO_ACTION:
        rows.append(["No trades: every class and security is inside its band.", *[None] * 9])
    notes = [("Cash short", text) for text in plan.shortfalls]
    notes += [("Still out of band", _residual_text(s)) for s in plan.residual]
    notes += [("Unknown", text) for text in plan.unknowns]
    rows += [[label, None, None, None, None, None, None, None, None, text] for label, text in notes]
    return listing(PLAN_HEADERS, rows, "No trades.")


def _trade_row(trade: Trade) -> list[Cell]:
    taxed = trade.side is Side.SELL and bool(trade.disposals)
    return [
        trade.account_id,
        trade.side.value,
        trade.symbol,
        number(trade.quantity),
        number(trade.price),
        money(trade.amount_cents),
        money(trade.gain_cents(Term.SHORT)) if taxed else None,
        money(trade.gain_cents(Term.LONG)) if taxed else None,
        "; ".join(flag.value for flag in trade.flags) or None,
        trade.reason,
    ]


def _residual_text(sleeve: Sleeve) -> str:
    if sleeve.band is None:
        return f"{sleeve.name} at {percent_text(sleeve.weight)}, without a target."
    return (
        f"{sleeve.name} at {percent_text(sleeve.weight)}, target {percent_text(sleeve.band.target)}, "
        f"band {percent_text(sleeve.band.lower)} to {percent_text(sleeve.band.upper)}."
    )


def lots_table(review: Review) -> CellTable:
    """The tax lots that the plan sells in taxable accounts: what to enter as specific identification."""
    if review.plan is None:
        return listing(LOTS_HEADERS, [], withheld_text(review))
    rows: list[list[Cell]] = [
        [
            trade.account_id,
            trade.symbol,
            disposal.lot.id,
            disposal.lot.acquired or UNKNOWN,
            disposal.term.value,
            number(disposal.quantity),
            money(disposal.proceeds_cents),
            money(disposal.basis_cents),
            money(disposal.gain_cents),
            float(disposal.lot.source.row) if disposal.lot.source.row else None,
        ]
        for trade in review.plan.sells
        for disposal in trade.disposals
    ]
    return listing(LOTS_HEADERS, rows, "No taxable lot is sold.")


def left_out_table(review: Review) -> CellTable:
    """The lots and accounts that the plan may not sell, and why."""
    if review.plan is None:
        return listing(LEFT_OUT_HEADERS, [], withheld_text(review))
    rows: list[list[Cell]] = [
        [b.account_id, b.symbol or None, b.lot_id or "all lots", money(b.value_cents), b.reason]
        for b in review.plan.blocked
    ]
    return listing(LEFT_OUT_HEADERS, rows, "Nothing is left out.")


# --- Tax -------------------------------------------------------------------------------------------------------


def tax_table(review: Review) -> CellTable:
    """The household's tax year before the plan, the plan alone, and the year with it; then the gain budget.

    Rows keep their order and number in every household, so that a sheet can format and refer to them. After them come
    the returns of trusts that file their own, with the tax over every return, the alternative, and what is unknown.
    """
    plan = review.plan
    if plan is None:
        return listing(TAX_HEADERS, [], withheld_text(review))
    before, after = plan.gains_before, plan.gains
    rows: list[list[Cell]] = [
        _across("Short-term gain", before.short_cents, plan.short_gain_cents, after.short_cents),
        _across("Long-term gain", before.long_cents, plan.long_gain_cents, after.long_cents),
        _across(
            "Net gain, both terms",
            before.short_cents + before.long_cents,
            plan.short_gain_cents + plan.long_gain_cents,
            after.short_cents + after.long_cents,
        ),
        *_budget_rows(plan.budget),
        _across(
            "Losses carried in",
            before.short_carried_in_cents + before.long_carried_in_cents,
            None,
            after.short_carried_in_cents + after.long_carried_in_cents,
        ),
        _across(
            "Taxed after netting",
            before.taxed_short_cents + before.taxed_long_cents,
            None,
            after.taxed_short_cents + after.taxed_long_cents,
        ),
        _across("Deducted from other income", before.deduction_cents, None, after.deduction_cents),
        _across(
            "Losses carried to next year",
            before.carried_short_cents + before.carried_long_cents,
            None,
            after.carried_short_cents + after.carried_long_cents,
        ),
        *_tax_rows(plan),
    ]
    rows += _other_rows(plan)
    rows += _alternative_rows(plan)
    rows += [[UNKNOWN.capitalize(), None, None, None, text] for text in plan.unknowns]
    return listing(TAX_HEADERS, rows, "")


def _across(
    label: str, before: int | None, plan: int | None, after: int | None, note: str = ""
) -> list[Cell]:
    """A line of dollar amounts; here None is a cell that does not apply."""
    amounts = [None if cents is None else money(cents) for cents in (before, plan, after)]
    return [label, *amounts, note or None]


def _budget_rows(budget: BudgetUse | None) -> list[list[Cell]]:
    if budget is None:
        return [
            ["Gain budget", None, None, "none", None],
            ["Budget left (over)", None, None, None, None],
        ]
    left = budget.budget_cents - budget.used_cents
    note = f"Over budget by {money_text(budget.excess_cents)}." if budget.excess_cents else ""
    return [
        _across("Gain budget", budget.budget_cents, None, budget.budget_cents),
        _across("Budget left (over)", budget.budget_cents - budget.realized_cents, None, left, note),
    ]


def _tax_rows(plan: Plan) -> list[list[Cell]]:
    """Tax that the plan adds, then the rates on the next dollar of gain; a negative tax is a saving."""
    labels = ("Federal tax on short-term gain", "Federal tax on long-term gain", "NIIT", "State tax")
    if plan.tax is None:
        amounts: list[Cell] = [UNKNOWN] * 4
        total: Cell = UNKNOWN
    else:
        tax = plan.tax
        amounts = [
            money(c) for c in (tax.ordinary_cents, tax.long_term_cents, tax.niit_cents, tax.state_cents)
        ]
        total = money(tax.total_cents)
    rows: list[list[Cell]] = [
        [label, None, amount, None, None] for label, amount in zip(labels, amounts, strict=True)
    ]
    rows.append(["Tax added by the plan", None, total, None, "Estimate"])
    rates = plan.rates
    note = "Clients sheet's CG Rate, not computed." if rates and rates.overridden else None
    short_rate = float(rates.short_rate) if rates and rates.short_rate is not None else UNKNOWN
    return [
        *rows,
        ["Rate on the next long-term $", None, None, float(rates.long_rate) if rates else UNKNOWN, note],
        ["Rate on the next short-term $", None, None, short_rate, None],
        ["NIIT rate on the next $", None, None, float(rates.niit_rate) if rates else UNKNOWN, None],
    ]


def _other_rows(plan: Plan) -> list[list[Cell]]:
    """Gains and added tax of each trust that is its own taxpayer, then the tax over every return."""
    rows: list[list[Cell]] = []
    for other in plan.others:
        before, after = other.gains_before, other.gains
        rows += [
            _across(
                f"{other.title}: short-term gain",
                before.short_cents,
                other.short_gain_cents,
                after.short_cents,
                "Its own return: nothing nets with the household's.",
            ),
            _across(
                f"{other.title}: long-term gain",
                before.long_cents,
                other.long_gain_cents,
                after.long_cents,
                _next_dollar(other.rates),
            ),
            [f"{other.title}: tax added", None, _total(other.tax), None, "Estimate"],
        ]
    if rows:
        rows.append(["Tax added over every return", None, _total(plan.all_tax), None, "Estimate"])
    return rows


def _total(tax: TaxEstimate | None) -> Cell:
    return UNKNOWN if tax is None else money(tax.total_cents)


def _next_dollar(rates: MarginalRates | None) -> str:
    if rates is None:
        return ""
    niit = f" + {percent_text(float(rates.niit_rate))} NIIT" if rates.niit_rate else ""
    return f"Rate on its next long-term $: {percent_text(float(rates.long_rate))}{niit}."


def _alternative_rows(plan: Plan) -> list[list[Cell]]:
    """The plan that would stay within the gain budget, in one line and the drift that it leaves."""
    other = plan.alternative
    if other is None:
        return []
    left = "; ".join(_residual_text(s) for s in other.residual) or "No drift is left."
    gain = other.short_gain_cents + other.long_gain_cents
    return [_across("Within budget instead: net gain", None, gain, None, left)]


TAX_RATE_ROWS = (15, 16, 17)
"""Rows of `tax_table`, counted from its header as 0, whose amounts are rates."""


# --- Harvest, wash sales, RMD ----------------------------------------------------------------------------------


def compare_table(review: Review) -> CellTable:
    """The plan, then the same class reductions by rules of thumb: what each realizes and costs."""
    plan = review.plan
    if plan is None:
        return listing(COMPARE_HEADERS, [], withheld_text(review))
    rows: list[list[Cell]] = [
        [
            "This plan",
            "Household",
            money(plan.sold_cents),
            money(plan.all_short_gain_cents),
            money(plan.all_long_gain_cents),
            _total(plan.all_tax),
            None,
        ]
    ]
    for c in review.comparisons:
        rows.append(
            [
                c.method.value,
                c.scope.value,
                money(c.sold_cents),
                money(c.short_gain_cents),
                money(c.long_gain_cents),
                UNKNOWN if c.tax is None else money(c.tax.total_cents),
                UNKNOWN if c.more_tax_cents is None else money(c.more_tax_cents),
            ]
        )
    nothing = "The plan takes no asset class down, so there is nothing to compare."
    return listing(COMPARE_HEADERS, rows if review.comparisons else [], nothing)


def harvest_table(reviews: Iterable[Review]) -> CellTable:
    """Every loss worth taking, largest first, with the day on which it is clear and what to hold instead."""
    reviews = list(reviews)
    withheld = [review for review in reviews if review.withheld]
    found = [(review.client_id, candidate) for review in reviews for candidate in review.harvest]
    found.sort(key=lambda f: (f[1].loss_cents, f[0], f[1].account_id, f[1].symbol))
    nothing = "No loss meets both thresholds."
    if withheld:
        left_out = (
            f"{len(withheld):,} client{'s are' if len(withheld) != 1 else ' is'} withheld and left out."
        )
        nothing = f"{nothing} {left_out}" if len(reviews) > 1 else withheld_text(withheld[0])
    return listing(HARVEST_HEADERS, [_harvest_row(*f) for f in found], nothing)


def _harvest_row(client_id: str, candidate: HarvestCandidate) -> list[Cell]:
    blocked = "A wash sale if sold today." if candidate.wash.state is WashState.BLOCKED else ""
    notes = [text for text in (blocked, candidate.swap_problem, candidate.wash.caveat) if text]
    return [
        client_id,
        candidate.account_id,
        candidate.symbol,
        number(candidate.quantity),
        money(candidate.value_cents),
        money(candidate.short_loss_cents),
        money(candidate.long_loss_cents),
        _clear_from(candidate.wash),
        candidate.swap or "none named",
        " ".join(notes) or None,
    ]


def _clear_from(wash: WashStatus) -> Cell:
    """The day a blocked loss turns clear, `now` for a clear one."""
    if wash.state is not WashState.BLOCKED:
        return "now" if wash.state is WashState.CLEAR else None
    return wash.clear_from or UNKNOWN


def wash_table(review: Review) -> CellTable:
    """What a loss sale on the as-of date would meet, per security: blocked first, by the day it turns clear."""
    order = {WashState.BLOCKED: 0, WashState.CLEAR: 1, WashState.NOT_A_LOSS: 2}
    found = sorted(review.wash, key=lambda w: (order[w.state], w.clear_from or date.max, w.symbol))
    rows: list[list[Cell]] = [
        [
            w.symbol,
            w.state.value,
            _clear_from(w),
            _bought_on(w.purchases[0]) if w.purchases else None,
            _purchases_text(w.purchases),
            w.caveat or None,
        ]
        for w in found
    ]
    return listing(WASH_HEADERS, rows, "No security has a loss lot or a recent purchase.")


def _bought_on(purchase: Lot | Activity) -> Cell:
    bought = purchase.acquired if isinstance(purchase, Lot) else purchase.date
    return bought or UNKNOWN


def _purchases_text(purchases: Sequence[Lot | Activity]) -> Cell:
    """`2: 40 in BRK-1, 3.2 in IRA-2`: how many purchases block, and where the latest of them lie."""
    if not purchases:
        return None
    shown = [
        f"{quantity_text(p.quantity)} in {p.account_id}" if p.quantity is not None else f"in {p.account_id}"
        for p in purchases[:3]
    ]
    more = f" and {len(purchases) - 3} more" if len(purchases) > 3 else ""
    return f"{len(purchases)}: {', '.join(shown)}{more}"


def rmd_table(review: Review) -> CellTable:
    """Required distributions per owner and pool: what is left to take and by when."""
    return listing(RMD_HEADERS, [_rmd_row(r) for r in review.rmds], "No account owes a distribution.")


def _rmd_row(rmd: Rmd) -> list[Cell]:
    due = rmd.state is not RmdState.NOT_DUE
    values = [a.prior_year_end_cents for a in rmd.accounts]
    year_end = sum(v for v in values if v is not None) if None not in values else None
    divisors = {a.divisor for a in rmd.accounts}
    return [
        f"{rmd.owner.value}, age {UNKNOWN if rmd.age is None else rmd.age}",
        rmd.pool,
        rmd.state.value,
        money(year_end) if due else None,
        number(divisors.pop()) if due and len(divisors) == 1 else None,
        money(rmd.required_cents) if due else None,
        money(rmd.taken_cents),
        money(rmd.left_cents) if due else None,
        rmd.due if due else None,
        " ".join(rmd.caveats) or None,
    ]


def notes_table(notes: Iterable[Note]) -> CellTable:
    """CRM entries as recorded, latest first."""
    latest = sorted(notes, key=lambda n: (n.date, n.source.row), reverse=True)
    rows: list[list[Cell]] = [[n.date, n.kind or None, n.author or None, n.text] for n in latest]
    return listing(NOTES_HEADERS, rows, "No CRM entry about this client.")


# --- The firm --------------------------------------------------------------------------------------------------


def checks_table(problems: Iterable[Problem]) -> CellTable:
    """What a person must look at, worst first."""
    rows: list[list[Cell]] = [
        [
            p.severity.value,
            p.client_id,
            p.place,
            p.column or None,
            p.value or None,
            p.what,
            p.cost or None,
            p.todo,
        ]
        for p in in_order(problems)
    ]
    return listing(CHECKS_HEADERS, rows, "No problems found.")


def book_table(reviews: Iterable[Review]) -> CellTable:
    """One row per household, in the book's order: the advisor's list of where to look first."""
    return listing(BOOK_HEADERS, [_book_row(r) for r in reviews], NO_CLIENTS)


def _book_row(review: Review) -> list[Cell]:
    plan = review.plan
    worst = review.drift.worst if review.drift else None
    # With a plan the budget counts its gains; a withheld household shows the year to date.
    budget = plan.budget if plan else review.budget
    return [
        review.client_id,
        review.client_name,
        money(review.drift.total_cents if review.drift else None),
        plan.state.value if plan else PlanState.WITHHELD.value,
        fraction(worst.drift) if worst else UNKNOWN,
        worst.name if worst else UNKNOWN,
        money(plan.sold_cents if plan else None),
        money(plan.all_short_gain_cents if plan else None),
        money(plan.all_long_gain_cents if plan else None),
        money(plan.all_tax.total_cents if plan and plan.all_tax else None),
        money(budget.budget_cents) if budget else "none",
        money(budget.used_cents) if budget else None,
        money(budget.budget_cents - budget.used_cents) if budget else None,
        _rmd_left(review),
        "; ".join(_flags(review)) or None,
        _problems_text(review.problems),
        proof_text(plan.certificate) if plan else None,
    ]


def proof_text(proof: Certificate | None) -> Cell:
    """`within $0.88`: the most that a plan gives away against the best possible; None where nothing is to do."""
    if proof is None:
        return UNKNOWN
    if proof.status is ProofStatus.NOTHING:
        return None
    loose = ", work limit" if proof.status is ProofStatus.LIMITED else ""
    return f"within {money_text(proof.gap_cents)}{loose}"


def _rmd_left(review: Review) -> Cell:
    """Dollars left to take over all pools; None when no distribution is due.

    Where a pool's can't be told: `at least $16,000`, or unknown when nothing is known to be left.
    """
    if not review.rmd_is_known:
        return at_least_text(review.rmd_left_cents) if review.rmd_left_cents else UNKNOWN
    due = any(r.state is not RmdState.NOT_DUE for r in review.rmds)
    return money(review.rmd_left_cents) if due else None


def _flags(review: Review) -> list[str]:
    """The review's flags with their counts and days; what the columns Status and Problems say is left to them."""
    return [text for flag in flags(review) if (text := _flag_text(flag, review))]


def _flag_text(flag: Flag, review: Review) -> str:
    plan = review.plan
    if flag in (Flag.WITHHELD, Flag.WARNINGS):
        return ""
    if flag is Flag.RESIDUAL and plan and plan.shortfalls:
        return "Cash short"
    if flag in _TRADE_FLAGS and plan:
        return f"{flag.value} ({sum(_TRADE_FLAGS[flag] in t.flags for t in plan.sells)})"
    if flag is Flag.RMD_LEFT:
        return f"RMD due {min(r.due for r in review.rmds if r.left_cents and r.due):%Y-%m-%d}"
    if flag is Flag.HARVEST:
        blocked = sum(c.wash.state is WashState.BLOCKED for c in review.harvest)
        losses = "1 loss" if len(review.harvest) == 1 else f"{len(review.harvest)} losses"
        return f"{losses} to harvest" + (f" ({blocked} blocked)" if blocked else "")
    return str(flag.value)


_TRADE_FLAGS = {Flag.HIGH_GAIN: TradeFlag.HIGH_GAIN, Flag.SHORT_TERM: TradeFlag.SHORT_TERM}


def _problems_text(problems: Sequence[Problem]) -> Cell:
    """`1 error, 2 warnings`; notes count only when nothing worse is there."""
    parts: list[str] = []
    for severity in Severity:
        count = sum(p.severity is severity for p in problems)
        if count and (severity is not Severity.NOTE or not parts):
            noun = severity.value.lower()
            parts.append(f"{count} {noun}" + ("" if count == 1 else "s"))
    return ", ".join(parts) or None
