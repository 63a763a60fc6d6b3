"""Until when an entry must be kept. The firm's counsel confirms the rule; this is its arithmetic."""

from __future__ import annotations

import calendar
from datetime import date

RETENTION_YEARS = 5
"""Years after the end of the fiscal year in which the last entry was made: 17 CFR 275.204-2(e)(1)."""

DECEMBER = 12


def fiscal_year_end(day: date, month: int = DECEMBER) -> date:
    """Last day of the fiscal year that `day` lies in, for fiscal years that end with `month`."""
    year = day.year if day.month <= month else day.year + 1
    return date(year, month, calendar.monthrange(year, month)[1])


def retain_until(day: date, month: int = DECEMBER) -> date:
    """Last day on which an entry of `day` must still be kept.

    An entry of 2026-11-22 in a fiscal year that ends in December is kept through 2031-12-31.
    """
    end = fiscal_year_end(day, month)
    year = end.year + RETENTION_YEARS
    return date(year, month, calendar.monthrange(year, month)[1])
