"""The command about clients' wishes: rules. Exit codes as in cli.py."""

from __future__ import annotations

from typing import Annotated

import typer

from xl_rebal.cli.terminal import NEEDS_ATTENTION, BookArgument, ClientOption, JsonOption, print_json


def register(app: typer.Typer) -> None:
    """Adds this command to the terminal's."""
    app.command()(rules)


def rules(
    book: BookArgument,
    write: Annotated[
        bool, typer.Option("--write", help="Add what is new to the Rules sheet, as Proposed.")
    ] = False,
    client: ClientOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what clients asked for: rules of the Rules sheet and whether they hold, and wishes in CRM entries not yet there."""
    from xl_rebal.app.rules import rules as use

    found = use(book, write=write, client_ids=client)
    if as_json:
        print_json(found.record())
    else:
        for line in found.lines():
            print(line)
    if found.needs_attention:
        raise typer.Exit(NEEDS_ATTENTION)
