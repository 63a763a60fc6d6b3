"""Dates in words, in English whatever the computer's region."""

from __future__ import annotations

from datetime import date

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def date_text(day: date) -> str:
    """`October 15, 2026`."""
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"
