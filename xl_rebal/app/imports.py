"""Export files into the workbook, and back out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from xl_rebal.app.books import no_garbage_collection

if TYPE_CHECKING:
    from xl_rebal.importing import ImportResult
    from xl_rebal.importing.log import Undone


def import_files(
    system: str,
    files: Sequence[Path],
    into: Path,
    *,
    columns: Sequence[str] = (),
    clients: Sequence[str] = (),
    dry_run: bool = False,
    as_of: date | None = None,
) -> ImportResult:
    """Brings a system's export files into the rows of the workbook `into`; the file as it was is kept beside it.

    `system` is one of the importers' names, or 'auto'. `columns` and `clients` are pairs that a person confirms with this
    import: `Their Header=Cost Basis`, `Their Name=Client ID`. `as_of` is the
    day of the figures where the files do not say it. Raises ExportUnreadable for a file that is not an export of
    this system, WorkbookUnreadable and WorkbookUnwritable for the workbook; the workbook is then as it was.
    """
    from xl_rebal.importing.run import run_import

    with no_garbage_collection():
        return run_import(system, files, into, columns=columns, clients=clients, dry_run=dry_run, as_of=as_of)


def undo_import(workbook: Path, *, force: bool = False) -> Undone:
    """Takes the last import back. Raises WorkbookUnwritable when the workbook was changed since, unless `force`."""
    from xl_rebal.importing.log import undo_import as undo

    return undo(workbook, force=force)


def explain_headers(system: str, files: Sequence[Path], workbook: Path | None = None) -> list[str]:
    """Lines that say what each column of export files means or may mean, with values, and how to confirm it.

    `workbook` is the firm's, whose confirmed headers count. Raises ExportUnreadable for files that can't be read at all.
    """
    from xl_rebal.importing.explain import explained

    return explained(system, files, workbook)
