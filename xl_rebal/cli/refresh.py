"""The command that stores XR_ results in a workbook without Excel: refresh. Exit codes as in cli.py."""

from __future__ import annotations

from typing import Annotated

import typer

from xl_rebal.cli.terminal import NEEDS_ATTENTION, BookArgument, JsonOption, print_json, progress_bar


def register(app: typer.Typer) -> None:
    """Adds this command to the terminal's."""
    app.command()(refresh)


def refresh(
    book: BookArgument,
    check: Annotated[
        bool,
        typer.Option("--check", help="Only say whether the results are up to date; exit code 1 when not."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Compute every XR_ result of the workbook and store it in the file, without Excel. Nothing else in it changes."""
    from xl_rebal.refreshing.run import refresh as use

    with progress_bar("Plans", quiet=as_json) as progress:
        done = use(book, check=check, progress=progress)
    if as_json:
        print_json(done.record())
    else:
        for line in done.lines():
            print(line)
    if done.needs_attention or (check and not done.up_to_date):
        raise typer.Exit(NEEDS_ATTENTION)
