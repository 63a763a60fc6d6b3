"""Export files of any system as one reading: each file's system is known or found, its tables are read by their mapping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from xl_rebal.engine.problems import NOWHERE, Problem, Severity, Source
from xl_rebal.errors import ExportUnreadable
from xl_rebal.importers.crm import People, people_of, read_notes
from xl_rebal.importers.detect import Fit, best_fit, detected, fits_of, refuse_another
from xl_rebal.importers.exports import folded
from xl_rebal.importers.grids import Grid, grids_of
from xl_rebal.importers.holdings import assets_of, read_holdings
from xl_rebal.importers.mapping import Overrides, System, systems
from xl_rebal.importers.rows import Found, TableRows, listed
from xl_rebal.importers.schwab import read_schwab
from xl_rebal.importers.statements import Imported, ImportedAccount, Kind
from xl_rebal.importers.transactions import read_transactions

AUTO = "auto"
_OWN_READER = "schwab"


@dataclass(frozen=True, slots=True)
class Reading:
    """What the files gave, and for each the evidence of what it is."""

    imported: Imported
    evidence: tuple[str, ...]
    systems: tuple[str, ...]  # names, in the order met


def system_named(text: str) -> System | None:
    """The system of a name or key; None for 'auto'. Raises ExportUnreadable that lists the systems."""
    wanted = folded(text).replace(" ", "-")
    known = systems()
    if wanted == AUTO:
        return None
    found = known.get(wanted) or next(
        (one for one in known.values() if folded(one.name) == folded(text)), None
    )
    if found is None:
        raise ExportUnreadable(
            f"There is no importer for {text!r}. Importers are: {', '.join(known)}; 'auto' finds out."
        )
    return found


def read_exports(
    system: str,
    files: Sequence[tuple[str, bytes]],
    overrides: Mapping[str, Overrides] | None = None,
    *,
    complete: bool = False,
    as_of: date | None = None,
) -> Reading:
    """The content of export files, given as (file name, content), of the named system or of whichever fits ('auto').

    `as_of` is the day that the person says the figures are of: it counts where a file says none, and a file of positions or
    lots that says another one is refused.
    `overrides` are the firm's own headers by system key. `complete` says that the files are all pages of an API's answers:
    then none of them is one page of several, an empty list is one, and a shape that nobody knows is a Problem. Raises ExportUnreadable for a file that is not an export of the
    system, with what it looks like instead; all else that is wrong is a Problem.
    """
    named = system_named(system)
    fits: list[Fit] = []
    schwab: list[tuple[str, bytes]] = []  # files for the reader of their own
    unknown: list[Problem] = []
    for name, content in files:
        try:
            found = _fits_of_file(name, content, named, overrides or {}, complete=complete)
        except ExportUnreadable as refused:
            if not complete:
                raise
            unknown.append(
                Problem(
                    Severity.WARNING, "answer-unknown", Source(name, 0), "", "", "", f"It was not imported. {refused}", ""
                )
            )  # fmt: skip
            continue
        if complete and not found:
            continue
        if not found or any(_has_own_reader(fit) for fit in found):
            schwab.append((name, content))
        fits += found
    _join_pages(fits)
    parts = [read_schwab(schwab)] if schwab else []
    parts.append(_read([fit for fit in fits if not _has_own_reader(fit)]))
    parts.append(Imported((), tuple(unknown), ()))
    names = ["Schwab"] * bool(schwab) + [fit.system.name for fit in fits]
    imported = Imported.joined(parts)
    if as_of is not None:
        imported = _dated(imported, as_of)
    return Reading(_checked(imported), tuple(str(fit) for fit in fits), tuple(dict.fromkeys(names)))


def _join_pages(fits: Sequence[Fit]) -> None:
    """Marks the pages of a list as whole where as many are here as each of them says that there are."""
    groups: dict[tuple[str, str, int], list[Fit]] = {}
    for fit in fits:
        if fit.grid.paged and fit.grid.pages > 1:
            groups.setdefault((fit.system.key, fit.table.what, fit.grid.pages), []).append(fit)
    for (_, _, pages), group in groups.items():
        if len({fit.grid.file for fit in group}) == pages:
            for fit in group:
                fit.grid.paged, fit.grid.sealed = False, True


def _has_own_reader(fit: Fit) -> bool:
    return fit.system.key == _OWN_READER and fit.table.kind in (Kind.POSITIONS, Kind.LOTS)


def _fits_of_file(
    name: str,
    content: bytes,
    named: System | None,
    overrides: Mapping[str, Overrides],
    *,
    complete: bool = False,
) -> list[Fit]:
    """The tables of a file that are read; [] for one that Schwab's own reader shall judge."""
    every = list(systems().values())
    known = frozenset().union(*(one.names for one in every), *(o.columns for o in overrides.values()))
    grids = _filled(grids_of(name, content, known, spanning=named is not None and named.role == "crm"))
    if not grids and complete:
        return []
    if not grids:
        raise ExportUnreadable(f"{name} is empty. Download it again.")
    for grid in grids if complete else ():
        grid.paged, grid.sealed = False, True
    if named is not None and named.key == _OWN_READER:
        own = [fits[0] for grid in grids if (fits := fits_of(grid, named, Overrides()))]
        for grid in grids:
            refuse_another(grid, named, own[0] if own else None, Overrides(), every)
        return own[:1]
    if len(grids) > 1:
        return _fits_of_many(grids, named, every, overrides)
    if named is not None:
        return [best_fit(grids[0], named, overrides.get(named.key, Overrides()), every)]
    fit = detected(grids[0], every, overrides)
    if fit.system.role == "crm" and grids[0].separator:  # its texts may go over several lines
        grids = _filled(grids_of(name, content, known, spanning=True))
        fit = detected(grids[0], [fit.system], overrides)
    return [fit]


def grids_of_file(name: str, content: bytes, overrides: Mapping[str, Overrides]) -> list[Grid]:
    """The tables that a file holds, whatever they are. Raises ExportUnreadable for a file that is no table at all."""
    every = systems().values()
    known = frozenset().union(*(one.names for one in every), *(o.columns for o in overrides.values()))
    return _filled(grids_of(name, content, known))


def _filled(grids: Sequence[Grid]) -> list[Grid]:
    return [grid for grid in grids if grid.lines]


def _fits_of_many(
    grids: Sequence[Grid],
    named: System | None,
    every: Sequence[System],
    overrides: Mapping[str, Overrides],
) -> list[Fit]:
    """The tables among a workbook's sheets or a document's lists: of each kind those that stand highest."""
    candidates = [named] if named else every
    found = []
    for grid in grids:
        options = [
            fits[0] for one in candidates if (fits := fits_of(grid, one, overrides.get(one.key, Overrides())))
        ]
        if options:
            found.append(max(options, key=lambda fit: fit.rank))
    if not found:
        longest = max(grids, key=lambda grid: len(grid.lines))
        if named is None:
            return [detected(longest, every, overrides)]
        return [best_fit(longest, named, overrides.get(named.key, Overrides()), every)]
    if named is not None:
        own = max(found, key=lambda fit: fit.rank)
        for grid in grids:
            refuse_another(grid, named, own, Overrides(), every)
    best = max(found, key=lambda fit: fit.rank).system.key if named is None else named.key
    kept = [fit for fit in found if fit.system.key == best]
    top = {fit.table.kind: min(f.grid.depth for f in kept if f.table.kind is fit.table.kind) for fit in kept}
    return [fit for fit in kept if fit.grid.depth == top[fit.table.kind]]


def _read(fits: Sequence[Fit]) -> Imported:
    found = Found()
    assets: dict[str, tuple[str, str]] = {}
    people: People = {}
    for fit in fits:
        assets.update(assets_of(fit))
        people.update(people_of(fit))
    for fit in fits:
        kind = fit.table.kind
        if kind in (Kind.POSITIONS, Kind.LOTS):
            read_holdings(fit, found, assets)
        elif kind is Kind.TRANSACTIONS:
            read_transactions(fit, found, assets)
        elif kind is Kind.NOTES:
            read_notes(fit, found, people)
        elif kind is Kind.ACCOUNTS:
            _accounts(fit, found, people)
        elif kind is Kind.OTHER:
            found.problem(
                Severity.WARNING, "not-imported", fit, fit.header, "", "",
                f"This is {fit.system.name}'s table {fit.table.what}, which is not imported.", fit.table.advice,
            )  # fmt: skip
        if fit.grid.paged:
            found.problem(
                Severity.WARNING, "more-pages", fit, fit.header, "", "",
                "This answer is one page of several, so it is not everything.", "Import the other pages, too.",
            )  # fmt: skip
        if fit.unknown and kind is not Kind.OTHER:
            found.problem(
                Severity.NOTE, "headers-unknown", fit, fit.header, "", "",
                f"Columns that were not used: {listed(list(fit.unknown))}.",
                "If one of them matters, say what it means with --map \"Their Header=Name\".",
            )  # fmt: skip
    return Imported(
        tuple(found.statements),
        tuple(found.problems),
        tuple(found.skipped),
        tuple(found.accounts),
        tuple(found.notes),
    )


def _accounts(fit: Fit, found: Found, people: People) -> None:
    rows = TableRows(fit, found)
    for line in rows:
        account = rows.text(line, "account")
        name, household = people.get(rows.text(line, "person_id"), ("", ""))
        if account:
            found.accounts.append(
                ImportedAccount(
                    account,
                    rows.text(line, "household") or household or name,
                    rows.text(line, "registration"),
                    rows.text(line, "account_name"),
                    rows.text(line, "custodian"),
                    folded(rows.text(line, "status")) in ("closed", "inactive"),
                    rows.source(line),
                )
            )


def _dated(imported: Imported, as_of: date) -> Imported:
    """The reading with a day for statements without one. Raises ExportUnreadable for a statement of another day."""
    for one in imported.statements:
        if one.kind in (Kind.POSITIONS, Kind.LOTS) and one.as_of is not None and one.as_of.date() != as_of:
            raise ExportUnreadable(
                f"{one.source.sheet} is as of {one.as_of.date()}, not {as_of} as --as-of says. Choose the file of that day, or leave "
                "--as-of away."
            )
    at = datetime.combine(as_of, time())
    return replace(
        imported,
        statements=tuple(one if one.as_of else replace(one, as_of=at) for one in imported.statements),
        problems=tuple(p for p in imported.problems if p.code != "no-as-of"),
    )


def _checked(imported: Imported) -> Imported:
    """The reading with what only shows when all files are together: figures of different days."""
    days: dict[str, set[str]] = {}
    mixed = {p.source.sheet for p in imported.problems if p.code == "as-of-mixed"}  # said of these already
    for one in imported.statements:
        if one.source.sheet in mixed:
            continue
        if one.kind in (Kind.POSITIONS, Kind.LOTS) and one.as_of:
            days.setdefault(one.as_of.date().isoformat(), set()).add(one.source.sheet)
    if len(days) <= 1:
        return imported
    newest = max(days)
    older = "; ".join(f"{listed(sorted(days[d]))} as of {d}" for d in sorted(days) if d != newest)
    problem = Problem(
        Severity.WARNING, "as-of-differs", next((s.source for s in imported.statements if s.as_of), NOWHERE), "", "",
        "", f"The files are of different days: {older}; {listed(sorted(days[newest]))} as of {newest}. Positions and lots "
        "of different days need not add up.",
        "Export all of them on one day.",
    )  # fmt: skip
    return Imported(
        imported.statements,
        (*imported.problems, problem),
        imported.skipped,
        imported.accounts,
        imported.notes,
    )
