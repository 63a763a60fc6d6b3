"""Holding periods against the calendar, the ruling's own month-end rule, and a day-by-day count."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_rebal.engine.book import Term
from xl_rebal.engine.holding import days_to_long_term, long_term_from, long_term_from_each, term_on

DATES = st.dates(date(1950, 1, 1), date(2150, 12, 31))


@pytest.mark.parametrize(
    ("acquired", "turns"),
    [
        # Day after acquisition, one year on.
        (date(2023, 3, 1), date(2024, 3, 2)),
        (date(2025, 11, 21), date(2026, 11, 22)),
        (date(2024, 12, 31), date(2026, 1, 1)),
        # Last day of a month: first day of the 13th month (Rev. Rul. 66-7), leap or not.
        (date(2023, 2, 28), date(2024, 3, 1)),
        (date(2024, 2, 29), date(2025, 3, 1)),
        (date(2022, 2, 28), date(2023, 3, 1)),
        (date(2023, 4, 30), date(2024, 5, 1)),
        # The period would begin on February 29: the next year has none, so it turns on March 1.
        (date(2024, 2, 28), date(2025, 3, 1)),
        # 2023-03-01 to 2024-03-01 is 366 days, yet short-term: counting to 365 would have called it long.
        (date(2023, 2, 27), date(2024, 2, 28)),
    ],
)
def test_a_lot_turns_long_term_one_year_after_the_day_following_acquisition(
    acquired: date, turns: date
) -> None:
    assert long_term_from(acquired) == turns
    assert term_on(acquired, turns) is Term.LONG
    assert term_on(acquired, turns - timedelta(days=1)) is Term.SHORT


def test_a_lot_sold_on_the_anniversary_of_its_purchase_is_short_term() -> None:
    assert term_on(date(2023, 3, 1), date(2024, 3, 1)) is Term.SHORT
    assert term_on(date(2023, 3, 1), date(2024, 3, 2)) is Term.LONG


def test_february_28_sold_on_the_leap_day_is_still_short_term() -> None:
    assert term_on(date(2023, 2, 28), date(2024, 2, 29)) is Term.SHORT


def test_days_to_long_term_count_down_to_zero_and_stay_there() -> None:
    acquired = date(2025, 12, 1)  # turns 2026-12-02; from 2026-11-22: 8 days left of November + 2 = 10
    assert days_to_long_term(acquired, date(2026, 11, 22)) == 10
    assert days_to_long_term(acquired, date(2026, 12, 1)) == 1
    assert days_to_long_term(acquired, date(2026, 12, 2)) == 0
    assert days_to_long_term(acquired, date(2030, 1, 1)) == 0


@given(DATES)
def test_the_last_day_of_any_month_turns_on_the_first_day_of_the_thirteenth(day: date) -> None:
    first = day.replace(day=1)
    assert long_term_from(first - timedelta(days=1)) == first.replace(year=first.year + 1)


@given(DATES)
def test_the_period_is_a_calendar_year_walked_day_by_day(acquired: date) -> None:
    """Independent count: walk on from the first day held until month and day are past the anniversary."""
    begins = acquired + timedelta(days=1)
    walk = date(begins.year, 12, 31)
    while (walk.year, walk.month, walk.day) < (begins.year + 1, begins.month, begins.day):
        walk += timedelta(days=1)
    assert long_term_from(acquired) == walk


@given(DATES, DATES)
def test_a_later_purchase_never_turns_earlier(one: date, other: date) -> None:
    earlier, later = sorted((one, other))
    assert long_term_from(earlier) <= long_term_from(later)


@given(st.lists(DATES, min_size=1, max_size=20))
def test_the_array_form_gives_the_same_dates(acquired: list[date]) -> None:
    turns = long_term_from_each(np.array(acquired, dtype="datetime64[D]"))
    assert turns.tolist() == [long_term_from(day) for day in acquired]


def test_an_unknown_acquisition_date_stays_unknown() -> None:
    turns = long_term_from_each(np.array(["2023-02-28", "NaT"], dtype="datetime64[D]"))
    assert turns[0] == np.datetime64("2024-03-01")
    assert np.isnat(turns[1])
