"""The sample firm that ships: twelve households, among them the worked example."""

from __future__ import annotations

from datetime import date

from xl_rebal.sample.hartwell import hartwell_rows
from xl_rebal.sample.rows import Cell, Rows, joined
from xl_rebal.sample.securities import security_rows
from xl_rebal.sheets.layout import SECURITIES


def firm_rows() -> Rows:
    """Every sheet of the sample firm."""
    return joined([{SECURITIES.name: security_rows()}, hartwell_rows()])


def firm_settings_values() -> dict[str, Cell]:
    """Settings of the sample firm that differ from the defaults."""
    return {"Firm Name": "Alder & Finch Wealth Partners", "As Of": date(2026, 10, 15), "Quarter": "2026-Q4"}
