"""The Settings sheet as `Settings`: names, kinds and defaults come from params/firm.toml, none is here.

A setting that can't be read is reported and its default is used, so that the other clients' data can still be checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, get_type_hints

from xl_rebal.engine.book import Settings
from xl_rebal.engine.problems import Problem, Severity, Source
from xl_rebal.params.load import FirmSetting, firm_settings
from xl_rebal.sheets.cells import Fault, Value, cell, folded, percents, shown
from xl_rebal.sheets.layout import SETTINGS_HEADERS, SETTINGS_SHEET, Column, Kind
from xl_rebal.sheets.source import Table, header_text

AS_OF, QUARTER, TAX_YEAR = "as_of", "quarter", "tax_year"
_QUARTER = re.compile(r"(?:(\d{4})[\s-]*q([1-4])|q([1-4])[\s-]*(\d{4}))", re.IGNORECASE)
NO_DATE = date(1900, 1, 1)
"""Stands in for an as-of date that nothing tells. Every client is withheld then, and no quarter is known."""


def quarter_of(day: date) -> str:
    """`2026-Q4` for a day of October to December 2026."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def quarter_start(quarter: str) -> date:
    """First day of `2026-Q4`."""
    year, _, number = quarter.partition("-Q")
    return date(int(year), int(number) * 3 - 2, 1)


@dataclass(frozen=True, slots=True)
class _Entry:
    raw: object
    row: int
    cell: str


def settings_of(table: Table | None, dates: Iterable[date]) -> tuple[Settings, list[Problem]]:
    """The firm's settings and what is wrong with them.

    Without a readable As Of date, the latest of `dates` (the book's price dates) stands in, under an ERROR.
    """
    entries, problems = _entries(table)
    hints = get_type_hints(Settings)
    values: dict[str, Any] = {}
    at: dict[str, _Entry | None] = {}
    for setting in firm_settings():
        entry = entries.pop(folded(setting.name), None) or entries.pop(folded(setting.field), None)
        at[setting.field] = entry
        found: Any = _value(setting, entry.raw, table is not None and table.date_1904) if entry else None
        if isinstance(found, Fault) and entry:
            instead = setting.unreadable or setting.default
            going_on = f" {instead} is used instead." if instead else ""
            problems.append(
                _problem(found.severity, found.code, setting.name, entry, found.what + going_on, found.todo)
            )
            found = found.value or setting.unreadable or None
        if found is None and setting.default:
            found = _value(setting, setting.default)
        kind = hints[setting.field]
        if found is not None and isinstance(kind, type) and issubclass(kind, Enum):
            found = kind(found)
        values[setting.field] = "" if found is None and kind is str else found
    for entry_name, entry in entries.items():
        problems.append(
            _problem(
                Severity.NOTE,
                "unknown-setting",
                "",
                entry,
                f"There is no setting {entry_name!r}, so this row has no effect.",
                "Correct the name in column Setting, or delete the row.",
            )
        )
    _follow_as_of(values, at, dates, problems)
    return Settings(**values), problems


def _entries(table: Table | None) -> tuple[dict[str, _Entry], list[Problem]]:
    """Rows of the Settings table by folded name; a name given twice keeps its first row."""
    problems: list[Problem] = []
    entries: dict[str, _Entry] = {}
    heads = [folded(header_text(header)) for header in table.headers] if table else []
    name_header, value_header = (folded(header) for header in SETTINGS_HEADERS[:2])
    if table is None or name_header not in heads or value_header not in heads:
        problems.append(
            Problem(
                Severity.ERROR,
                "settings-missing",
                Source(SETTINGS_SHEET, 0),
                "",
                "",
                "",
                "The Settings sheet is missing or has no columns Setting and Value, so every setting has its default.",
                "Restore the sheet with a table of Setting and Value, and enter As Of.",
            )
        )
        return entries, problems
    name_at, value_at = heads.index(name_header), heads.index(value_header)
    for index, row in enumerate(table.rows):
        name = row[name_at] if name_at < len(row) else None
        if name is None or not str(name).strip():
            continue
        number = table.header_row + 1 + index
        entry = _Entry(
            row[value_at] if value_at < len(row) else None, number, f"{table.letters(value_at)}{number}"
        )
        key = folded(str(name))
        if key in entries:
            problems.append(
                _problem(
                    Severity.WARNING,
                    "duplicate-setting",
                    str(name).strip(),
                    entry,
                    f"{str(name).strip()} is set again here; row {entries[key].row} is used.",
                    "Delete one of the two rows.",
                )
            )
            continue
        entries[key] = entry
    return entries, problems


def _value(setting: FirmSetting, raw: object, date_1904: bool = False) -> Value | Fault:
    column = Column(setting.name, Kind(setting.kind), setting.help, choices=tuple(setting.choices))
    found = cell(column, raw, percent=percents([raw]), date_1904=date_1904)
    if isinstance(found, Decimal):
        return float(found)
    return found


def _follow_as_of(
    values: dict[str, Any], at: Mapping[str, _Entry | None], dates: Iterable[date], problems: list[Problem]
) -> None:
    """Fills As Of when missing (with its ERROR), then Quarter and Tax Year from it."""
    if values[AS_OF] is None:
        latest = max(dates, default=None)
        values[AS_OF] = latest or NO_DATE
        entry = at.get(AS_OF)
        stand_in = f"; {latest.isoformat()}, the latest price date, stands in" if latest else ""
        if not any(p.column == "As Of" and p.severity is Severity.ERROR for p in problems):
            problems.append(
                _problem(
                    Severity.ERROR,
                    "as-of-missing",
                    "As Of",
                    entry,
                    f"The as-of date is missing{stand_in}. Holding periods, quarter and wash-sale windows depend on it.",
                    "Enter the date of the data in setting As Of.",
                )
            )
    as_of: date = values[AS_OF]
    quarter = values[QUARTER]
    match = _QUARTER.fullmatch(quarter.strip()) if quarter else None
    if match:
        values[QUARTER] = f"{match[1] or match[4]}-Q{match[2] or match[3]}"
    else:
        values[QUARTER] = quarter_of(as_of)
        if quarter:
            problems.append(
                _problem(
                    Severity.ERROR,
                    "not-a-quarter",
                    "Quarter",
                    at.get(QUARTER),
                    f"{quarter!r} is not a quarter; {values[QUARTER]} is used instead.",
                    "Enter it like 2026-Q4, or leave it empty to follow As Of.",
                )
            )
    if values[TAX_YEAR] is None:
        values[TAX_YEAR] = as_of.year
    elif values[TAX_YEAR] != as_of.year:
        problems.append(
            _problem(
                Severity.WARNING,
                "tax-year-differs",
                "Tax Year",
                at.get(TAX_YEAR),
                f"Tax year {values[TAX_YEAR]} is not the year of the as-of date {as_of.isoformat()}.",
                "Leave Tax Year empty to follow As Of, unless this is meant.",
            )
        )


def _problem(severity: Severity, code: str, name: str, entry: _Entry | None, what: str, todo: str) -> Problem:
    source = Source(SETTINGS_SHEET, entry.row if entry else 0)
    value = shown(entry.raw) if entry else ""
    return Problem(severity, code, source, name, entry.cell if entry else "", value, what, todo)
