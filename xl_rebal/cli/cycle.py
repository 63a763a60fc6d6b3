"""The commands of a quarter's course: quarter open, status and close, and executed. Exit codes as in cli.py."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xl_rebal.cli.records import AnchorOption
from xl_rebal.cli.terminal import (
    NEEDS_ATTENTION,
    BookArgument,
    ClientOption,
    JsonOption,
    print_json,
    print_table,
)

OutOption = Annotated[
    Path | None, typer.Option(help="Folder of the clients' folders. Default: as on the Settings sheet.")
]


def register(app: typer.Typer) -> None:
    """Adds these commands to the terminal's."""
    app.command()(executed)
    app.add_typer(quarter, name="quarter")


quarter = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Open a quarter, see where each client stands and what is left, close it.",
)

FlaggedOption = Annotated[
    bool, typer.Option("--flagged", help="A client without a brief whom nothing flags counts as done.")
]


@quarter.command("open")
def open_quarter(book: BookArgument, out: OutOption = None, anchor: AnchorOption = None) -> None:
    """Enter that the workbook's quarter is being worked on, and list who is carried over from the one before."""
    from xl_rebal import app as books
    from xl_rebal.app import quarter as use
    from xl_rebal.clock import recording

    loaded = books.load(book)
    folder = out or books.output_folder(loaded, book)
    mark = use.open_quarter(loaded, folder, recording(folder, anchor=anchor))
    print(f"{loaded.settings.quarter} is open, with {books.counted(len(loaded.households), 'client')}.")
    for client, why in mark.clients.items():
        print(f"  {client}: {why}")


@quarter.command("status")
def quarter_status(
    book: BookArgument,
    out: OutOption = None,
    flagged: FlaggedOption = False,
    as_json: JsonOption = False,
) -> None:
    """Show for each client what is imported, checked, briefed, decided and traded, what is next, and the hours left."""
    from xl_rebal import app as books
    from xl_rebal.app import quarter as use

    loaded = books.load(book)
    found = use.quarter_status(loaded, out or books.output_folder(loaded, book), flagged=flagged)
    if as_json:
        print_json(use.quarter_record(found))
        return
    if not found.nothing:
        print_table(use.quarter_table(found))
        print()
    print("\n".join(use.quarter_lines(found)))


@quarter.command("close")
def close_quarter(
    book: BookArgument,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who closes it.")],
    why: Annotated[
        str, typer.Option("--why", metavar="TEXT", help="Why it is closed with clients still open.")
    ] = "",
    out: OutOption = None,
    flagged: FlaggedOption = False,
    anchor: AnchorOption = None,
) -> None:
    """Enter that the quarter is closed. Refused with the list of open clients unless --why gives a reason."""
    from xl_rebal import app as books
    from xl_rebal.app import quarter as use
    from xl_rebal.clock import recording

    loaded = books.load(book)
    folder = out or books.output_folder(loaded, book)
    found = use.close_quarter(
        loaded, folder, recording(folder, anchor=anchor), by=by, why=why, flagged=flagged
    )
    print("\n".join(use.quarter_lines(found)))


def executed(
    book: BookArgument,
    client: ClientOption = None,
    out: OutOption = None,
    record: Annotated[bool, typer.Option("--record", help="Also enter the outcome in the ledger.")] = False,
    anchor: AnchorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare the trades on the Activity and Lots sheets with the approved plans: done, partly, other lots, not done."""
    from xl_rebal import app as books
    from xl_rebal.app import executed as use
    from xl_rebal.clock import recording

    loaded = books.load(book)
    folder = out or books.output_folder(loaded, book)
    found = use.executed(loaded, folder, client)
    if as_json:
        print_json([use.executed_record(one) for one in found])
    else:
        for one in found:
            print("\n".join(use.executed_lines(one)))
        print()
        print_table(use.executed_table(found))
        print(f"\n{use.executed_sum(found)}")
    if record:
        entered = use.record_executed(loaded, book, folder, found, recording(folder, anchor=anchor))
        if not as_json:
            print(f"{books.counted(entered, 'outcome')} entered in the record.")
    if any(one.needs_a_person for one in found):
        raise typer.Exit(NEEDS_ATTENTION)
