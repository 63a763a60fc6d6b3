"""A raw table as typed columns: headers matched to the layout, each cell parsed by its kind, faults kept with their cell.

Columns may stand in any order and headers differ in case and spacing; columns that the layout does not know are ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from xl_rebal.engine.problems import Problem, Severity, Source
from xl_rebal.sheets.cells import Fault, cell, folded, is_blank, is_day_first, percents, shown, text
from xl_rebal.sheets.layout import Column, Kind, SheetLayout
from xl_rebal.sheets.source import Table, header_text

LISTED_FAULTS = 10
"""So many like faults of one column and client are listed one by one; the rest are counted."""

_TOTALS = frozenset(("total", "totals", "grand total", "subtotal", "sub-total", "account total"))

Owner = Callable[[int], str | tuple[str, ...] | None]
"""Whose a row is: one client, several who share it, or nobody known."""


@dataclass(slots=True)
class Rows:
    """The usable rows of one sheet, column by column; a column that is absent holds only None."""

    layout: SheetLayout
    numbers: list[int] = field(default_factory=list)  # sheet row of each row
    columns: dict[str, list[Any]] = field(default_factory=dict)
    raw: dict[str, list[object]] = field(default_factory=dict)
    letters: dict[str, str] = field(default_factory=dict)  # of the headers that are there
    faults: list[tuple[int, Column, Fault]] = field(default_factory=list)
    unusable: set[int] = field(default_factory=set)
    readable: bool = True  # False: the sheet or a column that every row needs is missing

    def __len__(self) -> int:
        return len(self.numbers)

    def source(self, index: int) -> Source:
        return Source(self.layout.name, self.numbers[index])

    def usable(self) -> list[int]:
        """Indexes of the rows that have every needed value."""
        return [i for i in range(len(self)) if i not in self.unusable]

    def problem(
        self,
        severity: Severity,
        code: str,
        index: int,
        header: str,
        what: str,
        todo: str,
        client_id: str | None = None,
    ) -> Problem:
        """A problem at one cell of a row; with header '' at the whole row."""
        letters = self.letters.get(header, "")
        number = self.numbers[index]
        value = shown(self.raw[header][index]) if header in self.raw else ""
        return Problem(
            severity,
            code,
            Source(self.layout.name, number),
            header,
            f"{letters}{number}" if letters else "",
            value,
            what,
            todo,
            client_id,
        )

    def fault_problems(self, owner: Owner) -> list[Problem]:
        """The faults as problems of each client that `owner` names for a row; long series of one kind are counted."""
        groups: dict[tuple[str, str, str | None], list[tuple[int, Fault]]] = {}
        for index, column, fault in self.faults:
            who = owner(index)
            for client_id in (who or (None,)) if isinstance(who, tuple) else (who,):
                groups.setdefault((column.header, fault.code, client_id), []).append((index, fault))
        problems = []
        for (header, code, client_id), members in groups.items():
            for index, fault in members[:LISTED_FAULTS]:
                left_out = " The row is left out." if index in self.unusable and fault.value is None else ""
                problems.append(
                    self.problem(
                        fault.severity, code, index, header, fault.what + left_out, fault.todo, client_id
                    )
                )
            rest = members[LISTED_FAULTS:]
            if rest:
                index, fault = rest[0]
                more = f"{len(rest)} more cells of column {header} from here on have the same fault."
                problems.append(
                    self.problem(fault.severity, code, index, header, more, fault.todo, client_id)
                )
        return problems


SEEN_AT_MOST = 500_000
"""Different cells whose values are remembered; with more, remembering starts anew."""


@dataclass(slots=True)
class RowsMemory:
    """Sheets read lately, so that after a change of one only that one is parsed, and in it only cells not met before.

    Whoever reads the same workbook again and again holds one and passes it along. A table is known by being the same
    object, so nobody may change one that was read.
    """

    sheets: dict[str, tuple[Table, Rows, tuple[Problem, ...]]] = field(default_factory=dict)
    cells: dict[Column, dict[tuple[type, object, bool | None, bool, bool], Any]] = field(default_factory=dict)

    def seen(self, column: Column) -> dict[tuple[type, object, bool | None, bool, bool], Any]:
        """Values of a column's cells by type, content, unit and calendar."""
        if sum(map(len, self.cells.values())) > SEEN_AT_MOST:
            self.cells.clear()
        return self.cells.setdefault(column, {})


def rows_of(
    table: Table | None,
    layout: SheetLayout,
    problems: list[Problem],
    *,
    needed: Sequence[str],
    absent: Severity | None,
    cell_severity: Severity = Severity.ERROR,
    memory: RowsMemory | None = None,
) -> Rows:
    """The rows of a sheet; what is wrong with the sheet itself goes to `problems`, with its cells into `faults`.

    `needed` are the headers without whose value a row can't be used. `absent` is how bad it is that the sheet is missing or
    empty (None: not worth a word). `cell_severity` is the worst that a cell of this sheet can be. `memory` is of earlier
    readings with the same arguments for each sheet.
    """
    known = memory.sheets.get(layout.name) if memory is not None else None
    if known is not None and known[0] is table:
        problems += known[2]
        return known[1]
    found: list[Problem] = []
    rows = _read(table, layout, found, needed, absent, cell_severity, memory or RowsMemory())
    if memory is not None and table is not None:
        memory.sheets[layout.name] = table, rows, tuple(found)
    problems += found
    return rows


def _read(
    table: Table | None,
    layout: SheetLayout,
    problems: list[Problem],
    needed: Sequence[str],
    absent: Severity | None,
    cell_severity: Severity,
    memory: RowsMemory,
) -> Rows:
    result = Rows(layout)
    for header in layout.headers:
        result.columns[header] = []
        result.raw[header] = []
    if table is None or not table.headers:
        result.readable = False
        _sheet_problem(table, layout, problems, absent)
        return result
    places = _places(table, layout, result, problems)
    problems += _absent_columns(table, layout, places, cell_severity)
    result.readable = all(header in places for header in needed)
    if not result.readable:
        return result
    kept = _kept_rows(table, layout, places, problems)
    result.numbers = [table.header_row + 1 + index for index in kept]
    if not kept:
        _sheet_problem(table, layout, problems, absent)
    for column in layout.columns:
        place = places.get(column.header)
        if place is None:
            result.columns[column.header] = [None] * len(kept)
            result.raw[column.header] = [None] * len(kept)
            continue
        raws = [row[place] if place < len(row) else None for row in (table.rows[index] for index in kept)]
        result.raw[column.header] = raws
    models = result.raw["Model"] if "Target" in result.raw and "Model" in result.raw else None
    for column in layout.columns:
        if column.header in places:
            unit = _units(result, column, models)
            _parse(result, column, unit, table.date_1904, cell_severity, memory.seen(column))
    _find_missing(result, needed, cell_severity)
    return result


def _sheet_problem(
    table: Table | None, layout: SheetLayout, problems: list[Problem], absent: Severity | None
) -> None:
    if absent is None:
        return
    filled = table is not None and any(not is_blank(raw) for row in table.rows for raw in row)
    state = "is missing" if table is None else ("has no row of known column names" if filled else "is empty")
    code = "sheet-missing" if table is None else ("header-missing" if filled else "sheet-empty")
    problems.append(
        Problem(
            absent,
            code,
            Source(layout.name, 0),
            "",
            "",
            "",
            f"The sheet {layout.name} {state}. It has one row per {layout.row_is.partition(' (')[0]}.",
            f"Fill it, with the columns {', '.join(layout.required)}.",
        )
    )


def _places(table: Table, layout: SheetLayout, result: Rows, problems: list[Problem]) -> dict[str, int]:
    """Index of each known header in the table; the first of duplicates counts."""
    known = {folded(header): header for header in layout.headers}
    places: dict[str, int] = {}
    for index, raw in enumerate(table.headers):
        header = known.get(folded(header_text(raw)))
        if header is None:
            continue
        letters = table.letters(index)
        if header in places:
            problems.append(
                Problem(
                    Severity.ERROR,
                    "duplicate-header",
                    Source(layout.name, table.header_row),
                    header,
                    f"{letters}{table.header_row}",
                    raw,
                    f"Two columns are called {header}; column {result.letters[header]} is used and {letters} is not.",
                    "Rename or delete one of them.",
                )
            )
            continue
        places[header] = index
        result.letters[header] = letters
    return places


_ACTED_ON = frozenset(("Flags", "Same As", "Confirmed By"))
"""Text columns that decide what is traded; the rest of the text columns name or describe."""
_FITTING_CELLS = 200


def _absent_columns(
    table: Table, layout: SheetLayout, places: Mapping[str, int], worst: Severity
) -> Iterator[Problem]:
    """Required columns that are not there, and optional ones that somebody renamed: Hold or Gain Budget is not lost in silence."""
    renamed = _renamed_columns(table, layout, places)
    for column in layout.columns:
        header, index = column.header, renamed.get(column.header)
        if header in places or (index is None and not column.required):
            continue
        name = "" if index is None else header_text(table.headers[index])
        called = f"the column {name!r}" if name else "the column without a name"
        if column.required:
            todo = f"Add a column with the header {header}." if index is None else ""
            yield Problem(
                Severity.ERROR,
                "column-missing",
                Source(layout.name, table.header_row),
                header,
                "" if index is None else f"{table.letters(index)}{table.header_row}",
                name,
                f"The sheet {layout.name} has no column {header}. {column.help}",
                todo or f"If {called} is it, call it {header}; else add a column with the header {header}.",
            )
        elif index is not None:
            harmless = column.kind is Kind.TEXT and header not in _ACTED_ON
            yield Problem(
                Severity.WARNING if harmless or worst is not Severity.ERROR else Severity.ERROR,
                "column-unread",
                Source(layout.name, table.header_row),
                header,
                f"{table.letters(index)}{table.header_row}",
                name,
                f"The sheet {layout.name} has no column {header}; in its place stands {called}, which is not read.",
                f"Call it {header}. If it is a column of your own, add an empty column {header} beside it.",
            )


def _renamed_columns(table: Table, layout: SheetLayout, places: Mapping[str, int]) -> dict[str, int]:
    """Index of the column that seems to be a missing one under another header, by the missing header.

    Columns of the user's own stand anywhere and mean nothing here. One stands for a missing column only where both of its
    neighbors are that column's neighbors in the layout and most of its cells could be that column's.
    """
    at = {index: header for header, index in places.items()}
    order = ("", *layout.headers, "")
    found = {}
    for index in range(len(table.headers)):
        if index in at:
            continue
        left = at.get(index - 1) if index else ""
        right = at.get(index + 1) if index + 1 < len(table.headers) else ""
        if left is None or right is None:
            continue
        place = order.index(left) + 1
        if place + 1 >= len(order) or order[place] in places or order[place + 1] != right:
            continue
        column = layout.column(order[place])
        cells = [row[index] for row in table.rows if index < len(row) and not is_blank(row[index])]
        values = [
            cell(column, one, percent=True, date_1904=table.date_1904) for one in cells[:_FITTING_CELLS]
        ]
        if 2 * sum(isinstance(value, Fault) for value in values) < len(values):
            found[column.header] = index
    return found


def _kept_rows(
    table: Table, layout: SheetLayout, places: Mapping[str, int], problems: list[Problem]
) -> list[int]:
    """Indexes of the rows with something in a known column; a totals row is left out with a note."""
    columns = sorted(places.values())
    first = places.get(layout.columns[0].header, columns[0])
    kept = []
    for index, row in enumerate(table.rows):
        width = len(row)
        for place in columns:
            if place < width and not is_blank(row[place]):
                break
        else:
            continue
        head = row[first] if first < width else None
        if isinstance(head, str) and folded(head) in _TOTALS:
            number = table.header_row + 1 + index
            problems.append(
                Problem(
                    Severity.NOTE,
                    "totals-row",
                    Source(layout.name, number),
                    "",
                    f"{table.letters(first)}{number}",
                    head,
                    "This looks like a row of totals and is left out.",
                    "Delete it if it is not needed.",
                )
            )
            continue
        kept.append(index)
    _tell_rows_below(table, layout, kept, problems)
    return kept


def _tell_rows_below(table: Table, layout: SheetLayout, kept: Sequence[int], problems: list[Problem]) -> None:
    """A problem for rows below the Excel table, which formulas and XR_ functions don't see: Dashboard and brief would differ."""
    if table.last_row is None:
        return
    below = [n for n in (table.header_row + 1 + index for index in kept) if n > table.last_row]
    if not below:
        return
    stands = "1 row stands" if len(below) == 1 else f"{len(below):,} rows stand"
    it = "it" if len(below) == 1 else "them"
    problems.append(
        Problem(
            Severity.WARNING,
            "below-table",
            Source(layout.name, below[0]),
            "",
            "",
            "",
            f"{stands} below the table, which ends in row {table.last_row}: the functions on Dashboard, Client and Checks "
            f"don't see {it}, but check, plan and briefs read {it}.",
            f"Drag the corner of the table down to row {below[-1]}, or delete {it} or move {it} to another sheet.",
        )
    )


def _units(result: Rows, column: Column, models: list[object] | None) -> Callable[[int], bool | None]:
    """What a plain number of a weight column is, row by row: a percent, a fraction, or undecided (see `percents`).

    On Targets each model decides for itself, and its Lower, Upper and Band follow its Target where they can.
    """
    if column.kind not in (Kind.WEIGHT, Kind.RATE):
        return lambda index: False
    raws = result.raw[column.header]
    if models is None:
        unit = percents(raws)
        return lambda index: unit
    keys = [folded(str(model or "")) for model in models]
    groups: dict[str, list[int]] = {}
    for index, key in enumerate(keys):
        groups.setdefault(key, []).append(index)
    by_model: dict[str, bool | None] = {}
    for key, members in groups.items():
        classes = [i for i in members if text(result.raw["Symbol"][i]) is None]
        target_unit = percents([result.raw["Target"][i] for i in classes])
        if column.header == "Target":
            everything = percents([raws[i] for i in members])
            by_model[key] = target_unit if target_unit is not False else everything
            continue
        values = [raws[i] for i in members]
        unit = percents(values)
        if unit is None and target_unit:
            unit = True
        if unit is False and target_unit and percents([*values, 2]) is True:
            unit = True  # a band of 1 beside targets of 65 and 35 is 1%
        by_model[key] = unit
    return lambda index: by_model[keys[index]]


def _parse(
    result: Rows,
    column: Column,
    unit: Callable[[int], bool | None],
    date_1904: bool,
    worst: Severity,
    seen: dict[tuple[type, object, bool | None, bool, bool], Any],
) -> None:
    """Parses one column; equal cells are parsed once."""
    header = column.header
    weights = column.kind in (Kind.WEIGHT, Kind.RATE)
    day_first = column.kind is Kind.DATE and any(map(is_day_first, result.raw[header]))
    values: list[Any] = []
    for index, raw in enumerate(result.raw[header]):
        if raw is None:
            values.append(None)
            continue
        percent = unit(index) if weights else False
        key = (
            type(raw),
            raw,
            percent,
            date_1904,
            day_first,
        )  # by type too: 1, 1.0 and TRUE are equal to Python
        if key in seen:
            value = seen[key]
        else:
            value = seen[key] = cell(column, raw, percent=percent, date_1904=date_1904, day_first=day_first)
        if isinstance(value, Fault):
            fault = value
            if fault.severity is Severity.ERROR and worst is not Severity.ERROR:
                fault = Fault(fault.code, fault.what, fault.todo, worst)
            result.faults.append((index, column, fault))
            value = fault.value
        values.append(value)
    result.columns[header] = values


def _find_missing(result: Rows, needed: Sequence[str], worst: Severity) -> None:
    """Marks the rows without a needed value, with a fault for each that no other fault explains."""
    faulty = {(index, column.header) for index, column, _ in result.faults}
    for header in needed:
        column = result.layout.column(header)
        for index, value in enumerate(result.columns[header]):
            if value is None:
                result.unusable.add(index)
                if (index, header) not in faulty:
                    fault = Fault(
                        "missing-value",
                        f"{header} is empty.",
                        f"Enter it, or delete the row. {column.help}",
                        worst,
                    )
                    result.faults.append((index, column, fault))
