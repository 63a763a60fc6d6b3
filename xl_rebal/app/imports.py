"""Export files into the workbook, and back out."""

from __future__ import annotations

from collections.abc import Sequence
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
) -> ImportResult:
    """Brings a system's export files into the rows of the workbook `into`; the file as it was is kept beside it.

    `system` is one of the importers' names, or 'auto'. `columns` and `clients` are pairs that a person confirms with this
    import: `Their Header=Cost Basis`, `Their Name=Client ID`. Raises ExportUnreadable for a file that is not an export of
    this system, WorkbookUnreadable and WorkbookUnwritable for the workbook; the workbook is then as it was.
    """
    from xl_rebal.importing.run import run_import

    with no_garbage_collection():
        return run_import(system, files, into, columns=columns, clients=clients, dry_run=dry_run)


def undo_import(workbook: Path, *, force: bool = False) -> Undone:
    """Takes the last import back. Raises WorkbookUnwritable when the workbook was changed since, unless `force`."""
    from xl_rebal.importing.log import undo_import as undo

    return undo(workbook, force=force)
