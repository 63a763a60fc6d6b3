"""The commands of who installs: init makes a firm's folder, doctor says what an installation or a firm's files lack."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xl_rebal.cli.terminal import NEEDS_ATTENTION, JsonOption, print_json


def register(app: typer.Typer) -> None:
    """Adds these commands to the terminal's."""
    app.command()(init)
    app.command()(doctor)


def init(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The firm's folder; made if it is not there.")
    ],
    workbook: Annotated[
        str, typer.Option("--workbook", metavar="NAME", help="The workbook's name. Default: rebalance.")
    ] = "",
    firm: Annotated[
        str,
        typer.Option("--firm", metavar="NAME", help="The firm's name, for the Settings of a new workbook."),
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Make a firm's folder: workbook, templates, mappings, clients. Again: what is missing is made, the rest stays."""
    from xl_rebal.installing.firm_folder import init as use

    done = use(folder, workbook, firm)
    if as_json:
        print_json(done.record())
    else:
        for line in done.lines():
            print(line)
    if done.needs_attention:
        raise typer.Exit(NEEDS_ATTENTION)


def doctor(
    target: Annotated[
        Path | None,
        typer.Argument(metavar="[BOOK|DIR]", help="A firm's workbook or folder to look at as well."),
    ] = None,
    update_macros: Annotated[
        bool,
        typer.Option(
            "--update-macros", help="Bring the workbook's macros up to date with this installation."
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Check this installation, and a firm's workbook and files, and say what to fix. Exit code 1 when something is."""
    from xl_rebal.doctor import State, findings

    if update_macros:
        if target is None:
            raise typer.BadParameter(
                "--update-macros needs the workbook: xl-rebal doctor BOOK --update-macros"
            )
        from workbook.vba import refresh_macros

        changed = refresh_macros(target)
        if not as_json:
            print("Macros updated." if changed else "Macros were up to date.")
    found = findings(target)
    to_fix = [finding for finding in found if not finding.well]
    if as_json:
        print_json({"well": not to_fix, "findings": [finding.record() for finding in found]})
    else:
        for finding in found:
            print(finding)
        notes = sum(1 for finding in found if finding.state is State.NOTE)
        print(f"{len(to_fix)} to fix, {notes} to know." if to_fix or notes else "All is well.")
    if to_fix:
        raise typer.Exit(NEEDS_ATTENTION)
