"""The sample firm that ships: twelve households, among them the worked example."""

from __future__ import annotations

from datetime import date

from xl_rebal.sample.hartwell import hartwell_rows
from xl_rebal.sample.models import model_rows
from xl_rebal.sample.retirees import klein, marchetti, okafor, pruitt
from xl_rebal.sample.rows import Cell, Rows, joined
from xl_rebal.sample.savers import abernathy, delgado, nakamura, obrien, rosenthal, sorensen, venkataraman
from xl_rebal.sample.securities import security_rows
from xl_rebal.sheets.layout import SECURITIES, TARGETS

_HOUSEHOLDS = (
    hartwell_rows, nakamura, delgado, venkataraman, abernathy, marchetti,
    okafor, klein, pruitt, sorensen, rosenthal, obrien,
)  # fmt: skip
_STALE_PRICES = {"DE": date(2026, 10, 6)}


def firm_rows() -> Rows:
    """Every sheet of the sample firm, in the order of its Client IDs' numbers."""
    securities = security_rows()
    for row in securities:
        row["Price Date"] = _STALE_PRICES.get(str(row["Symbol"]), row["Price Date"])
    shared: Rows = {SECURITIES.name: securities, TARGETS.name: model_rows()}
    return joined([shared, *(household() for household in _HOUSEHOLDS)])


def firm_settings_values() -> dict[str, Cell]:
    """Settings of the sample firm that differ from the defaults."""
    return {"Firm Name": "Alder & Finch Wealth Partners", "As Of": date(2026, 10, 15), "Quarter": "2026-Q4"}
