"""The plan as it is beside the plan under other wishes, and the trades of the latter."""

from __future__ import annotations

from collections.abc import Iterator

from xl_rebal.engine.drift import Drift, DriftStatus
from xl_rebal.engine.results import Plan, Review
from xl_rebal.money import money_text, quantity_text
from xl_rebal.sheets.tables import Cell, CellTable, listing, money, withheld_text

WHAT_IF_HEADERS = ("", "As planned", "What if", "Difference")


def what_if_table(planned: Review, wished: Review) -> CellTable:
    """Figures of both plans side by side, then the trades that the wishes lead to."""
    for review in (planned, wished):
        if review.plan is None:
            return listing(WHAT_IF_HEADERS, [], withheld_text(review))
    one, two = planned.plan, wished.plan
    assert one is not None and two is not None  # noqa: S101, PT018 - withheld ones were answered above
    rows: list[list[Cell]] = [
        [name, before, after, _difference(before, after)]
        for (name, before), (_, after) in zip(_figures(one), _figures(two), strict=True)
    ]
    trades = [
        f"{t.side.value} {quantity_text(t.quantity)} {t.symbol} in {t.account_id}: {money_text(t.amount_cents)}"
        for t in two.trades
    ]
    below = ["Trades under these wishes:", *(trades or ["none"]), *two.shortfalls, *two.unknowns]
    rows += [[text, None, None, None] for text in below]
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
    yield "Classes out of band after", _out_of_band(plan.after)
    yield "Cash that lacks", len(plan.shortfalls)


def _out_of_band(after: Drift) -> int:
    return sum(s.status in (DriftStatus.ABOVE, DriftStatus.BELOW) for s in after.classes)


def _difference(before: Cell, after: Cell) -> Cell:
    if isinstance(before, int | float) and isinstance(after, int | float):
        return after - before
    return None
