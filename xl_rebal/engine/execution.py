"""What became of a plan: its trades beside the executed ones, lots and gains included.

The Activity sheet tells what was traded; which lots left is told by the Lots sheet of then and of now, or by the gain
that the custodian reports. Where neither tells it, it is unknown: an Activity row names no lots, and none are guessed.

A trade belongs to the plan when it is dated from the plan's as-of date on and was not on the Activity sheet then, to
the as-of date of now. Quantities are in the plan's shares: a split since then shows in lots that nobody touched. Does
not model short sales or spin-offs, and takes a ticker that changed for another security.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from xl_rebal.dates import date_text
from xl_rebal.engine.book import Activity, ActivityType, Household, Settings, Term
from xl_rebal.engine.execution_lots import LotsOfThen, lots_sold
from xl_rebal.engine.execution_results import (
    Agreed,
    Done,
    ExecutedTrade,
    Execution,
    LotsSold,
    Outcome,
    total_gain,
)
from xl_rebal.engine.results import Disposal, Plan, Side, Trade, WashMatch
from xl_rebal.engine.wash_sales import wash_sale_matches
from xl_rebal.engine.year import Year
from xl_rebal.money import money_text, quantity_text
from xl_rebal.params.types import TaxParameters

Key = tuple[str, str, Side]
"""Account, symbol and side: what a planned and an executed trade have in common."""

_SIDES = {ActivityType.SELL: Side.SELL, ActivityType.BUY: Side.BUY}
"""A reinvestment is nobody's order: it is no trade of a plan, but it may wash a loss."""

_SMALLEST_SPLIT = Decimal("1.5")
"""Of the usual ones, three for two: a price that moved by less is no sign of a split."""


def execution(
    plan: Plan,
    then: Household,
    planned_with: Settings,
    now: Household,
    settings: Settings,
    params: TaxParameters,
    agreed: Agreed | None,
) -> Execution:
    """The plan made for `then` beside what the household's rows of `now` say was done.

    `params` are those of the plan's tax year. Nothing is said to be undone before the as-of date has moved on.
    """
    start, end = planned_with.as_of, settings.as_of
    rows, notes = _new_rows(then, now, start, end)
    moved_on = end > start or bool(rows)
    planned = _planned(plan)
    done = _executed(rows)
    lots = {key: LotsOfThen(then, now, key[0], key[1], start) for key in [*planned, *done]}
    trades = [
        _compared(
            settings.executed_tolerance, key, planned.get(key, ()), done.get(key, ()), lots[key], then, now
        )
        for key in [*planned, *sorted(done.keys() - planned.keys(), key=lambda k: (k[0], k[1], k[2].value))]
    ]
    if not moved_on and trades:
        trades = [replace(trade, state=Done.UNKNOWN) for trade in trades]
        notes.append(
            f"The as-of date is still that of the plan ({date_text(start)}): the trades are not imported yet."
        )
    valued, traded, unseen = _valued(now, trades, rows)
    wash = tuple(_new_washes(then, valued, start, end, params, traded))
    own = {a.id for a in then.accounts if a.registration.household_taxable}
    gain = total_gain(t for t in trades if t.side is Side.SELL and t.fills and t.account_id in own)
    year = Year.of(then, planned_with, params)
    same_year = all(row.date.year == planned_with.tax_year for row in rows if row.type is ActivityType.SELL)
    if not same_year:
        notes.append("Some sales fall in another tax year than the plan's, so their tax is not compared.")
    elif wash:
        notes.append(
            "Estimated tax is not compared: the gains still count losses that the new wash sales disallow."
        )
    if unseen:
        notes.append(
            f"Neither Activity nor the lots tell the gain of {', '.join(unseen)}: a wash sale of a loss there would not be seen."
        )
    notes += _about_decision(agreed, trades)
    return Execution(
        _outcome(plan, trades, wash, agreed),
        tuple(trades),
        wash,
        (plan.short_gain_cents, plan.long_gain_cents),
        gain,
        plan.tax,
        year.added_tax(*gain) if gain is not None and moved_on and same_year and not wash else None,
        tuple(notes),
    )


# --- What was traded since -----------------------------------------------------------------------------------------


def _new_rows(then: Household, now: Household, start: date, end: date) -> tuple[list[Activity], list[str]]:
    """Trades of the plan's time that it did not know, and what is said of those that don't count."""
    known = Counter(_content(row) for row in then.activity)
    rows: list[Activity] = []
    late = future = 0
    for row in sorted(now.activity, key=lambda r: (r.date, r.source.row)):
        content = _content(row)
        if known[content]:
            known[content] -= 1
        elif row.type in _SIDES and row.symbol:
            late += row.date < start
            future += row.date > end
            if start <= row.date <= end:
                rows.append(row)
    notes = []
    if late:
        notes.append(
            f"{_rows(late)} from before {date_text(start)} came in after the plan was made: it did not know them."
        )
    if future:
        notes.append(
            f"{_rows(future)} dated after the as-of date {date_text(end)} do not count; set As Of to the date of the data."
        )
    return rows, notes


def _rows(count: int) -> str:
    return "1 trade" if count == 1 else f"{count} trades"


def _content(row: Activity) -> tuple[object, ...]:
    quantity = None if row.quantity is None else row.quantity.normalize()
    return row.date, row.account_id, row.type, row.symbol, quantity, row.amount_cents


def _planned(plan: Plan) -> dict[Key, list[Trade]]:
    found: dict[Key, list[Trade]] = defaultdict(list)
    for trade in plan.trades:
        found[trade.account_id, trade.symbol, trade.side].append(trade)
    return dict(found)


def _executed(rows: Iterable[Activity]) -> dict[Key, list[Activity]]:
    found: dict[Key, list[Activity]] = defaultdict(list)
    for row in rows:
        found[row.account_id, row.symbol, _SIDES[row.type]].append(row)
    return dict(found)


# --- One trade -----------------------------------------------------------------------------------------------------


def _compared(
    tolerance: float,
    key: Key,
    trades: Sequence[Trade],
    fills: Sequence[Activity],
    lots: LotsOfThen,
    then: Household,
    now: Household,
) -> ExecutedTrade:
    account_id, symbol, side = key
    wanted = sum((t.quantity for t in trades), Decimal(0))
    notes: list[str] = []
    price = trades[0].price if trades else None
    done = _quantity(fills, lots, price, notes)
    wanted_cents, cents = sum(t.amount_cents for t in trades), sum(abs(f.amount_cents) for f in fills)
    account = next((a for a in (*now.accounts, *then.accounts) if a.id == account_id), None)
    if not any(a.id == account_id for a in now.accounts):
        notes.append("The account is not in the workbook any more.")
    disposals = [d for t in trades for d in t.disposals]
    sold, method, gain = LotsSold.NO_MATTER, None, None
    if side is Side.SELL and fills and account is not None and account.registration.taxable:
        sold, method, gain, told = lots_sold(
            lots, disposals, fills, done, planned=bool(trades), tolerance=tolerance
        )
        notes += told
    if not trades:
        state = Done.UNPLANNED
    elif done is None or (not fills and account not in now.accounts):
        state = Done.UNKNOWN
    elif not done:
        state = Done.NOT_DONE
    elif _within(done, wanted, tolerance) or (side is Side.BUY and _within(cents, wanted_cents, tolerance)):
        state = Done.DONE
    else:
        state = Done.MORE if done > wanted else Done.PARTLY
    return ExecutedTrade(
        account_id,
        symbol,
        side,
        state,
        wanted,
        done,
        wanted_cents,
        cents,
        tuple(fills),
        sold,
        method,
        _gain(disposals) if disposals else None,
        gain,
        tuple(notes),
    )


def _gain(disposals: Iterable[Disposal]) -> tuple[int, int]:
    parts = list(disposals)
    return (
        sum(d.gain_cents for d in parts if d.term is Term.SHORT),
        sum(d.gain_cents for d in parts if d.term is Term.LONG),
    )


def _quantity(
    fills: Sequence[Activity], lots: LotsOfThen, price: Decimal | None, notes: list[str]
) -> Decimal | None:
    """Shares of all fills in the plan's shares; None where one is unknown."""
    total = Decimal(0)
    for fill in fills:
        if fill.quantity is None:
            notes.append(f"{fill.source}: the row has no quantity.")
            return None
        shares = abs(fill.quantity)
        ratio = _ratio(fill, shares, lots.split, price)
        if ratio is None:
            notes.append(
                f"{fill.source}: its price is not near the plan's; a split may lie between, and no lot tells its ratio."
            )
            return None
        total += shares / ratio
    if lots.split not in (None, 1) and fills:
        notes.append(
            f"{lots.symbol} split {quantity_text(lots.split or Decimal(1))} for 1; shares are as in the plan."
        )
    return total


def _ratio(fill: Activity, shares: Decimal, split: Decimal | None, price: Decimal | None) -> Decimal | None:
    """What this fill's shares are divided by to be the plan's; None when it can't be told."""
    if price is None or not shares or not fill.amount_cents:
        return Decimal(1) if split in (None, 1) else None
    moved = Decimal(abs(fill.amount_cents)) / 100 / shares / price  # 1: at the plan's price

    def off(ratio: Decimal) -> Decimal:
        """How far the price is from what it would be after such a split; 1: not at all."""
        factor = moved * ratio
        return max(factor, 1 / factor) if factor else _SMALLEST_SPLIT

    near = [r for r in {Decimal(1), split or Decimal(1)} if off(r) < _SMALLEST_SPLIT]
    return min(near, key=lambda r: (off(r), r)) if near else None


def _within(done: Decimal | int, wanted: Decimal | int, tolerance: float) -> bool:
    return abs(float(done) - float(wanted)) <= tolerance * float(wanted)


# --- The whole -----------------------------------------------------------------------------------------------------


def _valued(
    now: Household, trades: Iterable[ExecutedTrade], rows: Sequence[Activity]
) -> tuple[Household, Sequence[Activity], list[str]]:
    """The household of now with the gains that lots tell in sales that report none, the rows of the plan's time, and
    the sales whose gain is not known.

    Rows of one day that report none become one row; of several days the gain of each is not known.
    """
    own = {a.id for a in now.accounts if a.registration.household_taxable}
    instead: dict[int, Activity | None] = {}
    unseen = []
    for trade in trades:
        blank = [f for f in trade.fills if not (f.short_gain_cents or f.long_gain_cents)]
        if trade.side is not Side.SELL or trade.account_id not in own or not blank:
            continue
        if (
            trade.gain_cents is None
            or len({f.date for f in blank}) > 1
            or any(f.quantity is None for f in blank)
        ):
            unseen.append(f"{trade.symbol} in {trade.account_id}")
            continue
        instead |= dict.fromkeys(map(id, blank))
        instead[id(blank[0])] = replace(
            blank[0],
            quantity=sum((f.quantity or Decimal(0) for f in blank), Decimal(0)),
            amount_cents=sum(f.amount_cents for f in blank),
            short_gain_cents=trade.gain_cents[0] - sum(f.short_gain_cents for f in trade.fills),
            long_gain_cents=trade.gain_cents[1] - sum(f.long_gain_cents for f in trade.fills),
        )

    def told(known: Iterable[Activity]) -> tuple[Activity, ...]:
        found = (instead.get(id(row), row) for row in known)
        return tuple(row for row in found if row is not None)

    return replace(now, activity=told(now.activity)), told(rows), unseen


def _new_washes(
    then: Household,
    now: Household,
    start: date,
    end: date,
    params: TaxParameters,
    rows: Sequence[Activity],
) -> Iterator[WashMatch]:
    """Wash sales that a sale or a purchase of the plan's time makes; those that were there before are left out."""
    before = Counter(
        (_content(m.sale), m.disallowed_cents)
        for m in wash_sale_matches(then, start, params.wash_sale)
        if m.sale is not None
    )
    traded = {id(row) for row in rows}
    for match in wash_sale_matches(now, end, params.wash_sale):
        if match.sale is None:
            continue
        bought = (
            match.replacement.date if isinstance(match.replacement, Activity) else match.replacement.acquired
        )
        key = (_content(match.sale), match.disallowed_cents)
        if before[key]:
            before[key] -= 1
        elif id(match.sale) in traded or (bought is not None and bought >= start):
            yield match


def _outcome(
    plan: Plan, trades: Sequence[ExecutedTrade], wash: Sequence[WashMatch], agreed: Agreed | None
) -> Outcome:
    planned = [t for t in trades if t.state is not Done.UNPLANNED]
    states = {t.state for t in planned}
    carried_out = bool(states & {Done.DONE, Done.PARTLY, Done.MORE})
    if carried_out and agreed not in (Agreed.YES, Agreed.CHANGED):
        return Outcome.AGAINST
    if Done.UNKNOWN in states:
        return Outcome.UNKNOWN
    if agreed is Agreed.CHANGED and any(t.fills for t in trades):
        return Outcome.WASHED if wash else Outcome.CHANGED
    if any(t.lots is LotsSold.OTHER for t in planned):
        return Outcome.OTHER_LOTS
    if wash:
        return Outcome.WASHED
    if not plan.trades:
        return Outcome.NOTHING
    if states <= {Done.DONE, Done.MORE}:
        unknown = any(t.lots is LotsSold.UNKNOWN for t in planned)
        return Outcome.LOTS_UNKNOWN if unknown else Outcome.DONE
    return Outcome.PARTLY if carried_out else Outcome.NOT_DONE


def _about_decision(agreed: Agreed | None, trades: Sequence[ExecutedTrade]) -> Iterator[str]:
    carried_out = [t for t in trades if t.fills and t.state is not Done.UNPLANNED]
    if carried_out and agreed in (Agreed.NO, Agreed.LATER):
        yield f"The plan was {agreed.value}, and {_rows(len(carried_out))} of it were carried out."
    elif carried_out and agreed is None:
        yield f"No decision is on record, and {_rows(len(carried_out))} of the plan were carried out."
    elif agreed is Agreed.CHANGED and any(t.fills for t in trades):
        yield (
            "The plan was approved with changes, which are on record in words only: the trades are shown beside the plan as "
            "it was proposed, so compare them with what the decision says."
        )
    if others := [t for t in trades if t.state is Done.UNPLANNED]:
        listed = ", ".join(f"{t.side.value.lower()} {t.symbol} in {t.account_id}" for t in others[:5])
        more = f" and {len(others) - 5} more" if len(others) > 5 else ""
        yield f"Not in the plan: {listed}{more}."


def wash_text(match: WashMatch) -> str:
    """A new wash sale in a sentence."""
    assert match.sale is not None  # noqa: S101 - only executed sales are matched here
    bought = match.replacement
    on = bought.date if isinstance(bought, Activity) else bought.acquired
    when = f" on {date_text(on)}" if on else ""
    lost = "for good" if match.permanent else "until the replacement shares are sold"
    return (
        f"{quantity_text(match.quantity)} {bought.symbol} bought{when} in account {bought.account_id} wash the loss on "
        f"{match.sale.symbol} sold {date_text(match.sale.date)}: {money_text(match.disallowed_cents)} is disallowed {lost}."
    )


def outcome_text(found: Execution) -> str:
    """The outcome in a few words: `Partly done: 2 of 3 trades done; 1 trade not in the plan`."""
    planned = [t for t in found.trades if t.state is not Done.UNPLANNED]
    done = sum(t.state in (Done.DONE, Done.MORE) for t in planned)
    said = found.outcome.value
    counted = (Outcome.PARTLY, Outcome.OTHER_LOTS, Outcome.WASHED, Outcome.CHANGED, Outcome.AGAINST)
    if found.outcome in counted and planned:
        said = f"{said}: {done} of {_rows(len(planned))} done"
    others = len(found.trades) - len(planned)
    return f"{said}; {_rows(others)} not in the plan" if others else said
