"""The command `fetch`: a system's API into a folder of files, which `import` reads. Exit codes as in commands.py."""

from __future__ import annotations

import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from xl_rebal.cli.terminal import NEEDS_ATTENTION


class Api(StrEnum):
    """Systems with an API to fetch from; the keys of fetching.apis."""

    ADDEPAR = "addepar"
    BLACK_DIAMOND = "black-diamond"
    ORION = "orion"
    REDTAIL = "redtail"
    WEALTHBOX = "wealthbox"


def register(app: typer.Typer) -> None:
    """Adds this command to the terminal's."""
    app.command("fetch")(fetch)


def fetch(
    system: Annotated[Api, typer.Argument(help="Whose API.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="A folder of its own for the answers.")],
    as_of: Annotated[
        datetime | None,
        typer.Option(
            "--as-of", formats=["%Y-%m-%d"], metavar="DATE", help="Day of the figures. Default: today."
        ),
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            "--since",
            formats=["%Y-%m-%d"],
            metavar="DATE",
            help="First day of transactions. Default: December 1 of the year before.",
        ),
    ] = None,
    views: Annotated[
        list[str] | None,
        typer.Option(
            "--view", metavar="NUMBER", help="Addepar: a saved view of positions or lots; repeat for several."
        ),
    ] = None,
    transactions: Annotated[
        list[str] | None,
        typer.Option("--transactions", metavar="NUMBER", help="Addepar: a saved view of transactions."),
    ] = None,
    address: Annotated[
        str,
        typer.Option("--address", metavar="URL", help="Another address of the API, such as a test system."),
    ] = "",
) -> None:
    """Fetch positions, lots, transactions or CRM entries from a system's API into files for 'import'.

    Nothing is sent but the request. Credentials come from environment variables or the system's keyring (service xl-rebal);
    without them this command says their names. Run again, it fetches only what is not there yet.
    """
    from xl_rebal.app.fetching import fetch_answers
    from xl_rebal.clock import now

    def show(name: str) -> None:
        if sys.stderr.isatty():
            print(name, file=sys.stderr)

    try:
        done = fetch_answers(
            system.value,
            out,
            as_of.date() if as_of else now().date(),
            since=since.date() if since else None,
            views=views or (),
            transaction_views=transactions or (),
            base_url=address,
            progress=show,
        )
    except KeyboardInterrupt:
        print(
            f"Stopped. What is in {out} is kept: run the same command again, and it goes on from there.",
            file=sys.stderr,
        )
        raise typer.Exit(NEEDS_ATTENTION) from None
    for line in done.lines():
        print(line)
