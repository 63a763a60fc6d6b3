"""An import from files to workbook: read, merge, show or write, and remember what a person has confirmed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from xl_rebal.engine.problems import Problem, Severity, Source
from xl_rebal.errors import ExportUnreadable
from xl_rebal.fetching.store import fetched_files
from xl_rebal.importers.read import read_exports, system_named
from xl_rebal.importing import firm, log
from xl_rebal.importing.merge import merge
from xl_rebal.importing.preview import preview
from xl_rebal.importing.proposing import changed, has_rules_sheet, proposed
from xl_rebal.importing.result import ImportResult, Report, formula_problems
from xl_rebal.sheets import layout
from xl_rebal.sheets.formulas import around_formulas
from xl_rebal.sheets.source import Table, read_tables
from xl_rebal.sheets.write import Change, change_rows


def run_import(
    system: str,
    files: Sequence[Path],
    into: Path,
    *,
    columns: Sequence[str] = (),
    clients: Sequence[str] = (),
    dry_run: bool = False,
    as_of: date | None = None,
) -> ImportResult:
    """Brings export files into the rows of the workbook `into`; the file as it was is kept beside it.

    `columns` and `clients` are pairs such as `Tax Cost=Cost Basis` and `Pat Sample=HAR01` that a person confirms with this
    import; they are remembered once the files could be read with them. Importing the same files again changes nothing.
    `as_of` is the day of the figures, where the files do not say it; a file that says another is refused.
    Raises ExportUnreadable for a file that is not an export of this system, WorkbookUnreadable and WorkbookUnwritable for
    the workbook; the workbook is then as it was.
    """
    named = system_named(system)
    headers, people = firm.said(columns, "--map"), firm.said(clients, "--client")
    overrides = firm.confirmed(into)
    if headers or people:
        if named is None:
            raise ExportUnreadable(
                "--map and --client say something about one system: name it instead of 'auto'."
            )
        overrides[named.key] = firm.merged(into, named, headers, people)
    complete = len(files) == 1 and files[0].is_dir()
    if complete:
        fetched, files = fetched_files(files[0])
        if named is not None and named.key != fetched:
            raise ExportUnreadable(
                f"The folder holds answers of {fetched}, not of {named.name}. Import it as {fetched}."
            )
        system = fetched
    contents = contents_of(files)
    tables = read_tables(into)
    reading = read_exports(system, contents, overrides, complete=complete, as_of=as_of)
    confirmed = {name: client for one in overrides.values() for name, client in one.clients.items()}
    changes, report = merge(reading.imported, tables, clients=confirmed)
    if report.notes_read:
        _propose_rules(tables, changes, report)
    if changes:
        around = around_formulas(into, changes, tables)
        changes = around.changes
        report.problems += formula_problems(into, around.kept, around.replaced)
    mapping = None
    if named is not None and (headers or people) and not dry_run:
        mapping = firm.remember(into, named, headers, people)
    backup = change_rows(into, changes) if changes and not dry_run else None
    if backup is not None:
        try:
            log.note_import(into, reading.systems, contents, changes, backup, report.days)
        except OSError as error:
            report.problems.append(
                Problem(
                    Severity.NOTE, "no-log", Source(into.name, 0), "", "", "",
                    f"The import could not be put on record beside the workbook ({error.strerror or error}), so --undo does "
                    "not know of it.",
                    f"To go back, copy {backup.name} over the workbook.",
                )
            )  # fmt: skip
    return ImportResult(
        into,
        len(contents),
        report,
        backup,
        reading.evidence if named is None else (),
        preview(changes, tables) if dry_run else (),
        dry_run,
        mapping,
    )


def _propose_rules(tables: Mapping[str, Table], changes: dict[str, Change], report: Report) -> None:
    """Adds what CRM entries ask for, these and those that were there, to the changes, as proposed rows of the Rules sheet."""
    found = proposed(changed(tables, changes))
    if not found:
        return
    if not has_rules_sheet(tables):
        sentences = "One sentence reads" if len(found) == 1 else f"{len(found):,} sentences read"
        report.problems.append(
            Problem(
                Severity.NOTE, "no-rules-sheet", Source("Rules", 0), "", "", "",
                f"{sentences} like a client's wish, but this workbook, made by an older version, has no Rules sheet to "
                "propose rules on.",
                "Make a new one with xl-rebal build, and paste or import the data into it.",
            )
        )  # fmt: skip
        return
    changes[layout.RULES.name] = Change(added=tuple(one.cells for one in found))
    report.proposed = list(map(str, found))


def contents_of(files: Sequence[Path]) -> list[tuple[str, bytes]]:
    """The files' names and contents: each content once, and each name once, with its folder where two are called alike."""
    read = {_content(file): file for file in reversed(files)}
    names = Counter(file.name for file in read.values())
    found = []
    for content, file in reversed(read.items()):
        name = file.name if names[file.name] == 1 else f"{file.resolve().parent.name}/{file.name}"
        found.append((name, content))
    return found


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ExportUnreadable(
            f"{file} can't be read ({error.strerror or error}). Check the folder and the name, and close it where it is open."
        ) from error
