"""The sample firm that ships: twelve households, among them the worked example."""

from __future__ import annotations

from datetime import date

from xl_rebal.sample.hartwell import hartwell_rows
from xl_rebal.sample.models import model_rows
from xl_rebal.sample.retirees import klein, marchetti, okafor, pruitt
from xl_rebal.sample.rows import Cell, Rows, joined, rows_of
from xl_rebal.sample.savers import abernathy, delgado, nakamura, obrien, rosenthal, sorensen, venkataraman
from xl_rebal.sample.securities import security_rows
from xl_rebal.sheets.layout import DECISIONS, SECURITIES, TARGETS

_HOUSEHOLDS = (
    hartwell_rows, nakamura, delgado, venkataraman, abernathy, marchetti,
    okafor, klein, pruitt, sorensen, rosenthal, obrien,
)  # fmt: skip
_DECISIONS = (
    ("HAR01", "2026-Q3", "Defer", "Margaret Alder", "2026-07-21", "Wait for the lake house money; reset the targets first."),
    ("NAK02", "2026-Q3", "Approve", "Daniel Finch", "2026-07-20", None),
    ("DEL03", "2026-Q3", "Modify", "Priya Raman", "2026-07-23", "Without the sale of the growth fund."),
    ("OKA07", "2026-Q3", "Approve", "Margaret Alder", "2026-07-22", None),
    ("SOR10", "2026-Q3", "Decline", "Margaret Alder", "2026-07-24", "Client is moving money between banks; look again in October."),
    ("ROS11", "2026-Q3", "Approve", "Daniel Finch", "2026-07-20", None),
)  # fmt: skip
_STALE_PRICES = {"DE": date(2026, 10, 6)}


def firm_rows() -> Rows:
    """Every sheet of the sample firm, in the order of its Client IDs' numbers."""
    securities = security_rows()
    for row in securities:
        row["Price Date"] = _STALE_PRICES.get(str(row["Symbol"]), row["Price Date"])
    shared: Rows = {SECURITIES.name: securities, TARGETS.name: model_rows()}
    decisions = rows_of(DECISIONS, "Client ID|Quarter|Decision|By|Date|Comment", _DECISIONS)
    return joined([shared, *(household() for household in _HOUSEHOLDS), {DECISIONS.name: decisions}])


def firm_settings_values() -> dict[str, Cell]:
    """Settings of the sample firm that differ from the defaults."""
    return {"Firm Name": "Alder & Finch Wealth Partners", "As Of": date(2026, 10, 15), "Quarter": "2026-Q4"}
