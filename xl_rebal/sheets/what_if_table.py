"""The plan as it is beside the plan under other wishes: figures first, then the trades of either."""

from __future__ import annotations

from collections.abc import Iterator

from xl_rebal.engine.drift import Drift, DriftStatus
from xl_rebal.engine.results import Plan, Review, Side
from xl_rebal.money import money_text, percent_text, quantity_text
from xl_rebal.sheets.tables import Cell, CellTable, fraction, listing, money, withheld_text

WHAT_IF_HEADERS = ("Figure", "As planned", "What if", "Difference", "Note")
FIGURES = 10
"""Rows of figures below the header; the trades follow."""
WEIGHT_ROWS, COUNT_ROWS = (7,), (8, 9)
"""Rows, counted from the header as 0, that hold a weight or a count; all other amounts are dollars."""
TRADES = "Trades"
_BLANK: tuple[Cell, ...] = (None, None, None)


def what_if_table(planned: Review, wished: Review) -> CellTable:
    """Figures of both plans side by side, then every trade of either with its amount in both, then what is not met."""
    for review in (planned, wished):
        if review.plan is None:
            return listing(WHAT_IF_HEADERS, [], withheld_text(review))
    one, two = planned.plan, wished.plan
    assert one is not None and two is not None  # noqa: S101, PT018 - withheld ones were answered above
    rows: list[list[Cell]] = [
        [name, before, after, _difference(before, after), None]
        for (name, before), (_, after) in zip(_figures(one), _figures(two), strict=True)
    ]
    trades = list(_trades(one, two))
    rows += [[TRADES, *_BLANK, None], *(trades or [["No trades in either plan", *_BLANK, None]])]
    rows += [["Not met", *_BLANK, text] for text in two.shortfalls]
    rows += [["Unknown", *_BLANK, text] for text in two.unknowns]
    return listing(WHAT_IF_HEADERS, rows, "")


def _figures(plan: Plan) -> Iterator[tuple[str, Cell]]:
    yield "State", plan.state.value
    yield "Sold", money(plan.sold_cents)
    yield "Short-term gain", money(plan.all_short_gain_cents)
    yield "Long-term gain", money(plan.all_long_gain_cents)
    yield "Added tax", "unknown" if plan.all_tax is None else money(plan.all_tax.total_cents)
    yield (
        "Gain budget left",
        money(plan.budget.budget_cents - plan.budget.used_cents) if plan.budget else None,
    )
    worst = plan.after.worst
    yield "Worst drift after", fraction(worst.drift) if worst else None
    yield "Classes out of band after", float(_out_of_band(plan.after))
    yield "Cash needs not met", float(len(plan.shortfalls))
    yield "Cash moved or paid out", money(sum(t.cents for t in plan.transfers))


def _out_of_band(after: Drift) -> int:
    return sum(s.status in (DriftStatus.ABOVE, DriftStatus.BELOW) for s in after.classes)


def _trades(planned: Plan, wished: Plan) -> Iterator[list[Cell]]:
    """Each position traded in either plan: what to do under the wishes, and the amount in both; sales first."""
    before, after = ({(t.side, t.account_id, t.symbol): t for t in plan.trades} for plan in (planned, wished))

    def order(key: tuple[Side, str, str]) -> tuple[bool, int, str, str]:
        amounts = [plan[key].amount_cents for plan in (before, after) if key in plan]
        return key[0] is not Side.SELL, -max(amounts), key[2], key[1]

    for key in sorted({*before, *after}, key=order):
        side, account_id, symbol = key
        old, new = before.get(key), after.get(key)
        what = f"{side.value} {quantity_text(new.quantity)} {symbol}" if new else f"Do not trade {symbol}"
        same = old is not None and new is not None and old.quantity == new.quantity
        was = "" if same else f" (planned: {quantity_text(old.quantity)})" if old else " (not planned)"
        amounts = [money(t.amount_cents if t else 0) for t in (old, new)]
        yield [f"{what} in {account_id}{was}", *amounts, _difference(*amounts), new.reason if new else None]


def _difference(before: Cell, after: Cell) -> Cell:
    if isinstance(before, int | float) and isinstance(after, int | float):
        return round(after - before, 12)
    return None


def what_if_lines(planned: Review, wished: Review) -> list[str]:
    """The table as sentences, for where no sheet can show it."""
    lines = []
    for at, (label, before, after, _, note) in enumerate(what_if_table(planned, wished)[1:], 1):
        if before is None and after is None:
            lines.append(f"{label}: {note}" if note else str(label))
            continue
        one, two = (_said(cell, at) for cell in (before, after))
        lines.append(f"{label}: {one}" if one == two else f"{label}: {one}, what if: {two}")
    return lines


def _said(cell: Cell, row: int) -> str:
    if not isinstance(cell, int | float):
        return "none" if cell is None else str(cell)
    if row in WEIGHT_ROWS:
        return percent_text(cell)
    return f"{cell:,.0f}" if row in COUNT_ROWS else money_text(round(cell * 100))
