"""Which system a file comes from and which row is its header: by the headers themselves, never by position or by hope.

A table fits when the row has every header it can't do without. How well it fits is the share of the row's headers that the
system knows, and whether a title says so; both are shown as the evidence. A tie is not broken: a person names the system.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from xl_rebal.errors import ExportUnreadable
from xl_rebal.importers.exports import Line, folded, header_names
from xl_rebal.importers.grids import Grid
from xl_rebal.importers.headers import Column, columns_below
from xl_rebal.importers.mapping import FIELDS, IGNORE, NEEDS, Overrides, System, TableMapping
from xl_rebal.importers.statements import Kind

_SCANNED_LINES = 1000
_LAST_LINES = 15
_FEWEST_KNOWN = 2
_FEWEST_SHARE = 0.5  # of a row's headers, for a file whose system nobody names
_TABLES_SHOWN = 2
_PROPOSED = 4
_CLEARLY = 0.3  # so much better must another system fit to refuse the one that was named


@dataclass(frozen=True, slots=True)
class Fit:
    """A table of a system whose headers a grid has, and how many of the row's headers it knows."""

    system: System
    table: TableMapping
    grid: Grid
    index: int  # of the header in the grid's lines
    fields: Mapping[str, tuple[int, ...]]  # field -> cells to take, several are added up
    fallbacks: Mapping[str, tuple[int, ...]]  # field -> cells to take in turn where that one is empty
    known: int
    headers: int
    unknown: tuple[str, ...]
    titled: bool
    ambiguous: Mapping[str, str]  # field -> header that several columns have

    @property
    def header(self) -> Line:
        return self.grid.lines[self.index]

    @property
    def share(self) -> float:
        return self.known / self.headers if self.headers else 0.0

    @property
    def rank(self) -> tuple[float, ...]:
        evidence = {"documented": 2, "partial": 1}.get(self.table.evidence, 0)
        return (round(self.share + 0.25 * self.titled, 3), self.known, evidence)

    @property
    def place(self) -> str:
        return f"row {self.header.number} of {self.grid.file}" if self.header.number else self.grid.file

    def __str__(self) -> str:
        """`Fidelity: 9 of 9 headers in row 1 of Positions.csv (Portfolio positions), title fits`"""
        weak = "; this shape is inferred, not documented" if self.table.evidence == "inferred" else ""
        title = ", title fits" if self.titled else ""
        return f"{self.system.name}: {self.known} of {self.headers} headers in {self.place} ({self.table.what}){title}{weak}"


def fits_of(grid: Grid, system: System, overrides: Overrides, *, strict: bool = True) -> list[Fit]:
    """The tables of a system that fit the first header row that any fits, best first.

    Not `strict`: a table whose shape is not documented fits without the headers that only tell it from other systems'.
    """
    names = system.names | frozenset(overrides.columns)
    for index, line in enumerate(grid.lines[:_SCANNED_LINES]):
        if len(line.cells) < _FEWEST_KNOWN:
            continue
        columns = columns_of(line, names)
        if len(set(columns.values())) < _FEWEST_KNOWN:
            continue
        fits = [
            fit
            for table in system.tables
            if (fit := _fit(grid, index, columns, system, table, overrides, strict)) is not None
        ]
        if fits:
            return sorted(_without_blind(fits), key=lambda fit: fit.rank, reverse=True)
    return []


def _without_blind(fits: Sequence[Fit]) -> list[Fit]:
    """Tables that see what the row has: where lots fit, a table of positions would lose the day that each was acquired."""
    dated = any(fit.table.kind is Kind.LOTS and "acquired" in fit.fields for fit in fits)
    return [fit for fit in fits if not (dated and fit.table.kind is Kind.POSITIONS)]


def columns_of(line: Line, known: Iterable[str] | None = None) -> dict[str, int]:
    """Header names of a row with their cells: full names first, then the parts of `Qty (Quantity)`."""
    columns: dict[str, int] = {}
    for index, cell in enumerate(line.cells):
        if cell and len(cell) < 100:
            columns.setdefault(folded(cell), index)
    for index, cell in enumerate(line.cells):
        if cell.endswith(")") and len(cell) < 100:
            for name in header_names(cell)[1:]:
                columns.setdefault(name, index)
    if known is None:
        return columns
    wanted = known if isinstance(known, (set, frozenset)) else set(known)
    return {name: index for name, index in columns.items() if name in wanted}


def _fit(
    grid: Grid,
    index: int,
    columns: Mapping[str, int],
    system: System,
    table: TableMapping,
    overrides: Overrides,
    strict: bool,
) -> Fit | None:
    if strict or table.evidence == "documented":
        told = {name for header, name in overrides.columns.items() if header in columns}
        if any(header not in columns and table.field_of(header) not in told for header in table.require):
            return None
    if any(header in columns for header in table.forbid):
        return None
    fields: dict[str, tuple[int, ...]] = {}
    fallbacks: dict[str, tuple[int, ...]] = {}
    for name, options in table.columns.items():
        there = [option for option in options if all(part in columns for part in option)]
        if there:
            fields[name] = tuple(columns[part] for part in there[0])
            fallbacks[name] = tuple(columns[option[0]] for option in there[1:] if len(option) == 1)
    for header, name in overrides.columns.items():
        if header in columns and name != IGNORE:
            fields[name] = (columns[header],)
            fallbacks.pop(name, None)
    if any(not any(name in fields for name in group) for group in NEEDS[table.kind]):
        return None
    names = table.names | frozenset(overrides.columns)
    known = {place for name, place in columns.items() if name in names}
    line = grid.lines[index]
    filled = [place for place, cell in enumerate(line.cells) if cell]
    unknown = tuple(line.cells[place] for place in filled if place not in known)
    return Fit(
        system,
        table,
        grid,
        index,
        fields,
        {name: places for name, places in fallbacks.items() if places},
        sum(1 for place in filled if place in known),
        len(filled),
        unknown,
        _titled(grid, index, table),
        _ambiguous(line, table, fields, overrides),
    )


def _ambiguous(
    line: Line, table: TableMapping, fields: Mapping[str, tuple[int, ...]], overrides: Overrides
) -> dict[str, str]:
    """Fields whose header stands over several columns, so that nothing tells which is meant."""
    full = [folded(cell) for cell in line.cells]
    found = {}
    for name, places in fields.items():
        for place in places:
            alike = [i for i, text in enumerate(full) if text == full[place]]
            told = overrides.columns.get(full[place]) == name
            if len(alike) == 1 and not told and (full[place],) not in table.columns.get(name, ()):
                part = header_names(line.cells[place])[1:]  # known by the part of `Cost Basis (Book)` only
                alike = [
                    i for i, cell in enumerate(line.cells) if set(header_names(cell)[1:]) & set(part[:1])
                ]
            if len(alike) > 1:
                found[name] = ", ".join(line.cells[i] for i in alike)
    return found


def _titled(grid: Grid, index: int, table: TableMapping) -> bool:
    if not table.titles:
        return False
    around = [grid.file, *(" ".join(filter(None, line.cells)) for line in above_and_below(grid, index))]
    return any(title.search(text) for title in table.titles for text in around)


def above_and_below(grid: Grid, index: int) -> list[Line]:
    """The lines above a header and the last ones of the grid, where titles and disclaimers stand."""
    return [*grid.lines[:index], *grid.lines[max(index + 1, len(grid.lines) - _LAST_LINES) :]]


def best_fit(grid: Grid, system: System, overrides: Overrides, others: Sequence[System]) -> Fit:
    """The system's table in a grid. Raises ExportUnreadable when none fits, or another system fits clearly better."""
    own = fits_of(grid, system, overrides) or fits_of(grid, system, overrides, strict=False)
    refuse_another(grid, system, own[0] if own else None, overrides, others)
    if own:
        return own[0]
    raise ExportUnreadable(_unknown(grid, system, overrides))


def refuse_another(
    grid: Grid, system: System, own: Fit | None, overrides: Overrides, others: Sequence[System]
) -> None:
    """Raises ExportUnreadable when a grid is clearly another system's than the one that was named."""
    found = [fits[0] for one in others if one.key != system.key and (fits := fits_of(grid, one, Overrides()))]
    rival = max(found, key=lambda fit: fit.rank, default=None)
    if rival is None or rival.share < _FEWEST_SHARE:
        return
    if own is not None and (
        rival.rank[0] < own.rank[0] + _CLEARLY
        or any(header in overrides.columns for header in columns_of(own.header))
    ):
        return
    seen = f" ({own.known} of {own.headers} headers known)" if own else ""
    raise ExportUnreadable(
        f"{grid.file} is not {system.name}'s{seen}. It looks like {rival}. Import it as {rival.system.key}, or with 'auto'."
    )


def detected(grid: Grid, systems: Iterable[System], overrides: Mapping[str, Overrides]) -> Fit:
    """The system that a grid comes from. Raises ExportUnreadable when none fits, or several fit alike."""
    found = sorted(
        (fits[0] for one in systems if (fits := fits_of(grid, one, overrides.get(one.key, Overrides())))),
        key=lambda fit: fit.rank,
        reverse=True,
    )
    found = [fit for fit in found if fit.share >= _FEWEST_SHARE]
    if not found:
        raise ExportUnreadable(
            f"{grid.file} can't be recognized. {_seen(grid)} Name the system instead of 'auto' to see which headers it "
            f"expects: {', '.join(one.key for one in systems)}."
        )
    alike = [fit for fit in found if fit.rank == found[0].rank]
    if len(alike) > 1:
        raise ExportUnreadable(
            f"{grid.file} fits several systems alike: {'; '.join(str(fit) for fit in alike)}. Name the right one instead "
            "of 'auto'."
        )
    return found[0]


def widest(grid: Grid) -> Line | None:
    """The line that most looks like a header: most filled cells, among the first; none of a grid without lines."""
    return max(grid.lines[:100], key=lambda line: sum(1 for cell in line.cells if cell), default=None)


def _seen(grid: Grid) -> str:
    line = widest(grid)
    if line is None:
        return "It is empty."
    shown = ", ".join(cell for cell in line.cells if cell)
    return f"Its widest row is row {line.number}: {shown[:300]}."


def _unknown(grid: Grid, system: System, overrides: Overrides) -> str:
    """What was looked for in vain, the nearest row, its unknown headers, and how to say what they mean."""
    nearest = nearest_header(grid, system, overrides)
    if nearest is None:
        return f"{grid.file} is empty. Download it again."
    columns = columns_of(nearest)
    shown = header_columns(grid, system, overrides)
    unknown = [column for column in shown if not column.meaning]
    closest: dict[Kind, TableMapping] = {}
    for table in _closest(system, columns, overrides):
        if table.kind is not Kind.OTHER:
            closest.setdefault(table.kind, table)
    tables = list(closest.values())[:_TABLES_SHOWN]
    lacks = {table.what: _lacking(columns, table, overrides) for table in tables}
    looked = " ".join(
        f"For {what} it lacks: {', '.join(names) or 'nothing, but it is another table'}."
        for what, names in lacks.items()
    )
    lacking = [name for names in lacks.values() for name in names]
    likely = [
        column for column in unknown if column.proposal and any(column.proposal in one for one in lacking)
    ]
    likely += [column for column in unknown if column.proposal and column not in likely]
    pairs = [f"{column.header}={column.proposal}" for column in likely[:_PROPOSED]]
    if not pairs:
        wanted = lacking[0].partition(" or ")[0] if len(unknown) == len(lacking) == 1 else "NAME"
        pairs = [f"{(unknown[0].header if unknown else 'Their Header')[:40]}={wanted}"]
    spellings = dict.fromkeys(
        " + ".join(option) for table in tables for options in table.columns.values() for option in options
    )
    return (
        f"{grid.file} has no row with the headers that {system.name}'s exports are known by. The nearest is row {nearest.number}. "
        f"{looked} Headers there that are not known: {'; '.join(map(str, unknown))[:600] or 'none'}. Known headers: "
        f"{', '.join(spellings)[:600]}. If a column means what is lacking, say so once: "
        f"{' '.join(f'--map {_quoted(pair)}' for pair in pairs)}; --map-help shows every column. "
        f"({system.name}: {system.evidence})"
    )


def nearest_header(grid: Grid, system: System, overrides: Overrides) -> Line | None:
    """The row with the most headers that a system knows, else the widest; None of an empty grid."""
    names = system.names | frozenset(overrides.columns)
    nearest: Line | None = None
    most = 0
    for line in grid.lines[:_SCANNED_LINES]:
        count = len(set(columns_of(line, names).values()))
        if count > most:
            nearest, most = line, count
    return nearest or widest(grid)


def header_columns(grid: Grid, system: System, overrides: Overrides) -> list[Column]:
    """Every column of the nearest header row: what it means to the system, or may mean, with values below it."""
    header = nearest_header(grid, system, overrides)
    if header is None:
        return []
    columns = columns_of(header)
    fits = fits_of(grid, system, overrides) or fits_of(grid, system, overrides, strict=False)
    tables = [fits[0].table] if fits and fits[0].header is header else list(system.tables)
    meanings: dict[int, str] = {}
    for name, place in columns.items():
        if name in overrides.columns:
            meanings[place] = "" if overrides.columns[name] == IGNORE else overrides.columns[name]
            continue
        known = [table for table in tables if name in table.names]
        if known:
            meanings.setdefault(place, next(filter(None, (table.field_of(name) for table in known)), ""))
    rows = grid.lines[grid.lines.index(header) + 1 :]
    return columns_below(header, rows, meanings)


def _closest(system: System, columns: Mapping[str, int], overrides: Overrides) -> list[TableMapping]:
    """The system's tables, the one first that a header row lacks least for."""
    return sorted(
        system.tables,
        key=lambda one: (len(_lacking(columns, one, overrides)), -len(one.names & columns.keys())),
    )


def lacking_of(grid: Grid, system: System, overrides: Overrides) -> dict[str, list[str]]:
    """For each kind of table that the nearest header row could be, what it lacks: [] for one that it is."""
    header = nearest_header(grid, system, overrides)
    if header is None:
        return {}
    columns = columns_of(header)
    found: dict[Kind, TableMapping] = {}
    for table in _closest(system, columns, overrides):
        if table.kind is not Kind.OTHER:
            found.setdefault(table.kind, table)
    return {table.what: _lacking(columns, table, overrides) for table in found.values()}


def _lacking(columns: Mapping[str, int], table: TableMapping, overrides: Overrides) -> list[str]:
    """What the row lacks to be this table: titles of fields, and headers that tell the table from others."""
    has = {
        name
        for name, options in table.columns.items()
        if any(all(part in columns for part in option) for option in options)
    } | {name for header, name in overrides.columns.items() if header in columns}
    lacking = [
        " or ".join(FIELDS[name] for name in group)
        for group in NEEDS[table.kind]
        if not any(name in has for name in group)
    ]
    return lacking or [name for name in table.require if name not in columns]


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "'") + '"'
