"""Holding periods: when a lot turns long-term.

The period begins on the day after acquisition and the property is held for more than one year from the same day of
the next year on (IRC 1222; Rev. Rul. 66-7; Pub. 550, Holding Period). Trade dates count, not settlement dates.
The rule goes by the calendar, so day arithmetic (365 days) is wrong around a leap day: it is one formula over
months, in `long_term_from_each`, and the scalar functions call it (once a date: a book has few of them).

Does not know how a lot was acquired: `acquired` must be the date from which the holding period counts, which for a
gift or a wash-sale replacement is the tacked date that the custodian reports (IRC 1223), and an inherited lot is
long-term from the start (IRC 1223(9)).
"""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
from numpy.typing import NDArray

from xl_rebal.engine.book import Term

Days = NDArray[np.datetime64]
"""Dates as `datetime64[D]`; NaT is unknown and stays NaT."""


def long_term_from_each(acquired: Days) -> Days:
    """First long-term day of each acquisition date, in an array of the same shape.

    The first day held is the one after acquisition; its day of the month is kept and its month moves a year on. A
    period that begins on February 29 turns on the day after February 28 of the next year, which is March 1.
    """
    begins = acquired.astype("datetime64[D]") + np.timedelta64(1, "D")
    month = begins.astype("datetime64[M]")
    days_into_month = begins - month.astype("datetime64[D]")
    turns: Days = (month + np.timedelta64(12, "M")).astype("datetime64[D]") + days_into_month
    return turns


@cache
def long_term_from(acquired: date) -> date:
    """First date on which selling a lot acquired on `acquired` is long-term.

    Held more than one year, counting from the day after acquisition (IRC 1222; Rev. Rul. 66-7), so a lot acquired
    2023-02-28 turns long-term on 2024-03-01 and one acquired 2023-03-01 on 2024-03-02.
    """
    turns: date = long_term_from_each(np.array([acquired], dtype="datetime64[D]"))[0].item()
    return turns


def term_on(acquired: date, sold: date) -> Term:
    """Term of a lot acquired on `acquired` and sold on `sold`."""
    return Term.LONG if sold >= long_term_from(acquired) else Term.SHORT


def days_to_long_term(acquired: date, as_of: date) -> int:
    """Days to wait from `as_of` until a sale is long-term; 0 if it already is."""
    return max(0, (long_term_from(acquired) - as_of).days)
