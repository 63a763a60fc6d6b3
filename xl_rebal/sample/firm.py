"""The sample firm that ships: twelve households, among them the worked example."""

from __future__ import annotations

from datetime import date

from xl_rebal.sample.hartwell import hartwell_rows
from xl_rebal.sample.models import model_rows
from xl_rebal.sample.retirees import klein, marchetti, okafor, pruitt
from xl_rebal.sample.rows import Cell, Rows, joined, rows_of
from xl_rebal.sample.savers import abernathy, delgado, nakamura, obrien, rosenthal, sorensen, venkataraman
from xl_rebal.sample.securities import security_rows
from xl_rebal.sheets.layout import DECISIONS, RULES, SECURITIES, TARGETS

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
_RULES = (
    ("SOR10", "Do not sell", "BRK.B", None, None, None, "He does not want to sell Berkshire, in any account.", "2026-09-22",
     "Confirmed", "Margaret Alder", "2026-09-23", "R-ddb37cabc4cd"),
    ("PRU09", "Do not sell", "XOM", None, None, None, "He would rather not sell the Exxon shares.", "2026-10-01",
     "Proposed", None, None, "R-a47f47d0d9bb"),
    ("DEL03", "Cash need", None, 40_000, "2027-01-31", "8815-0462", "They will need $40k for it in January.", "2026-10-08",
     "Proposed", None, None, "R-50cba1d18980"),
)  # fmt: skip
"""What the CRM entries ask for: one confirmed, two that wait for an answer."""
_STALE_PRICES = {"DE": date(2026, 10, 6)}


def firm_rows() -> Rows:
    """Every sheet of the sample firm, in the order of its Client IDs' numbers."""
    securities = security_rows()
    for row in securities:
        row["Price Date"] = _STALE_PRICES.get(str(row["Symbol"]), row["Price Date"])
    shared: Rows = {SECURITIES.name: securities, TARGETS.name: model_rows()}
    decisions = rows_of(DECISIONS, "Client ID|Quarter|Decision|By|Date|Comment", _DECISIONS)
    rules = rows_of(
        RULES,
        "Client ID|Kind|Symbol|Amount|Date|Account ID|Sentence|Note Date|Status|Confirmed By|Confirmed On|Rule ID",
        _RULES,
    )
    of_all = {RULES.name: rules, DECISIONS.name: decisions}
    return joined([shared, *(household() for household in _HOUSEHOLDS), of_all])


def firm_settings_values() -> dict[str, Cell]:
    """Settings of the sample firm that differ from the defaults."""
    return {"Firm Name": "Alder & Finch Wealth Partners", "As Of": date(2026, 10, 15), "Quarter": "2026-Q4"}
