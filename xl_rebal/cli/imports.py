"""The command `import`: export files into the workbook, back out, or only their headers explained. Exit codes as in commands.py."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from xl_rebal.cli.terminal import NEEDS_ATTENTION


class System(StrEnum):
    """Whose export files these are; the keys of importers/systems."""

    AUTO = "auto"
    ADDEPAR = "addepar"
    BLACK_DIAMOND = "black-diamond"
    ENVESTNET = "envestnet"
    FIDELITY = "fidelity"
    ORION = "orion"
    PERSHING = "pershing"
    REDTAIL = "redtail"
    SALESFORCE_FSC = "salesforce-fsc"
    SCHWAB = "schwab"
    TAMARAC = "tamarac"
    WEALTHBOX = "wealthbox"


def register(app: typer.Typer) -> None:
    """Adds this command to the terminal's."""
    app.command("import")(import_files)


def import_files(
    system: Annotated[
        System | None, typer.Argument(help="Whose files these are; 'auto' finds it out.", show_default=False)
    ] = None,
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FILE...",
            help="Export files: CSV, XLSX or JSON, as downloaded; or the folder of a fetch.",
        ),
    ] = None,
    into: Annotated[
        Path | None, typer.Option("--into", metavar="BOOK", help="The workbook to write to.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change and write nothing.")
    ] = False,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            "--as-of",
            formats=["%Y-%m-%d"],
            metavar="DATE",
            help="Day of the figures, where the files don't say it. A file of another day is refused.",
        ),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="HEADER=NAME", help='What a column means: "Tax Cost=Cost Basis". Remembered.'
        ),
    ] = None,
    map_help: Annotated[
        bool,
        typer.Option(
            "--map-help", help="Only show the files' columns: what each means or may mean, with values."
        ),
    ] = False,
    clients: Annotated[
        list[str] | None,
        typer.Option("--client", metavar="NAME=ID", help='Who a name is: "Pat Sample=SAM01". Remembered.'),
    ] = None,
    undo: Annotated[
        Path | None, typer.Option("--undo", metavar="BOOK", help="Take the last import into BOOK back.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="With --undo: although the workbook was changed since.")
    ] = False,
) -> None:
    """Bring export files of a custodian, portfolio system or CRM into the workbook. The file before is kept beside it."""
    from xl_rebal import app as use

    if undo is not None:
        if system or files or into:
            raise typer.BadParameter("--undo takes only the workbook: xl-rebal import --undo BOOK")
        for line in use.undo_import(undo, force=force).lines():
            print(line)
        return
    if map_help and system is not None and files:
        print("\n".join(use.explain_headers(system.value, files, into)))
        return
    if system is None or not files or into is None:
        raise typer.BadParameter(
            "Name the system, its files and the workbook: import SYSTEM FILE... --into BOOK"
        )
    result = use.import_files(
        system.value,
        files,
        into,
        columns=columns or (),
        clients=clients or (),
        dry_run=dry_run,
        as_of=as_of.date() if as_of else None,
    )
    for line in result.lines():
        print(line)
    if result.problems:
        raise typer.Exit(NEEDS_ATTENTION)
