"""The cell table of executed trades beside the plan's."""

from __future__ import annotations

from collections.abc import Iterable

from xl_rebal.engine.execution_results import Done, ExecutedTrade, Execution, LotsSold
from xl_rebal.sheets.tables import UNKNOWN, Cell, CellTable, money

EXECUTION_HEADERS = (
    "Client ID",
    "Account",
    "Action",
    "Symbol",
    "Planned",
    "Traded",
    "Planned Amount",
    "Amount",
    "Status",
    "Lots",
    "Planned Gain",
    "Gain",
    "Note",
)


def execution_table(found: Iterable[tuple[str, Execution]]) -> CellTable:
    """A row for each planned trade, then those that no plan asked for, client by client."""
    rows = [_row(client, trade) for client, execution in found for trade in execution.trades]
    if not rows:
        return [list(EXECUTION_HEADERS), ["No trades to compare.", *[None] * (len(EXECUTION_HEADERS) - 1)]]
    return [list(EXECUTION_HEADERS), *rows]


def _row(client: str, trade: ExecutedTrade) -> list[Cell]:
    planned = trade.state is not Done.UNPLANNED
    lots: Cell = None if trade.lots is LotsSold.NO_MATTER else trade.lots.value
    if trade.method:
        lots = f"{trade.lots.value}: {trade.method.value}"
    return [
        client,
        trade.account_id,
        trade.side.value,
        trade.symbol,
        float(trade.planned_quantity) if planned else None,
        UNKNOWN if trade.quantity is None else float(trade.quantity),
        money(trade.planned_cents) if planned else None,
        money(trade.amount_cents),
        trade.state.value,
        lots,
        None if trade.planned_gain_cents is None else money(sum(trade.planned_gain_cents)),
        _gain(trade),
        " ".join(trade.notes) or None,
    ]


def _gain(trade: ExecutedTrade) -> Cell:
    if trade.gain_cents is not None:
        return money(sum(trade.gain_cents))
    taxable = trade.planned_gain_cents is not None or trade.lots is not LotsSold.NO_MATTER
    return UNKNOWN if taxable and trade.fills else None
