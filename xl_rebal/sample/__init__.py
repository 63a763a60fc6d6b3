"""A sample firm: twelve households that show every rule and flag, and any number of generated ones.

All people are invented. Rows are what an associate would type: sheet name -> list of header -> value.
"""

from __future__ import annotations

from xl_rebal.sample.firm import firm_rows, firm_settings_values
from xl_rebal.sample.generate import generated_rows, generated_settings_values
from xl_rebal.sample.hartwell import hartwell_rows
from xl_rebal.sample.rows import Cell, Row, Rows, tables_of

__all__ = [
    "Cell",
    "Row",
    "Rows",
    "firm_rows",
    "firm_settings_values",
    "generated_rows",
    "generated_settings_values",
    "hartwell_rows",
    "tables_of",
]
