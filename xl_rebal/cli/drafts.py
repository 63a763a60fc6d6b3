"""The command about drafting: `draft`, which shows the letters, or with --dry-run what a model would be sent. Exit codes as in cli.py."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xl_rebal.cli.terminal import (
    NEEDS_ATTENTION,
    BookArgument,
    ClientOption,
    JsonOption,
    print_json,
    progress_bar,
)


def register(app: typer.Typer) -> None:
    """Adds this command to the terminal's."""
    app.command("draft")(draft)


def draft(
    book: BookArgument,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the clients' folders. Default: as on the Settings sheet.")
    ] = None,
    client: ClientOption = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Show byte for byte what would be sent to the model; send nothing."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Draft notes and letter of each client and show them; nothing is filed. A model's answers are kept for the briefs."""
    from xl_rebal import app as use
    from xl_rebal.app import drafts

    loaded = use.load(book)
    folder = out or use.output_folder(loaded, book)
    if dry_run:
        shown = list(drafts.outgoing(loaded, folder, client, book))
        if as_json:
            print_json([one.record() for one in shown])
        else:
            print("\n".join(line for one in shown for line in one.lines()))
        return
    from xl_rebal.clock import now

    writer = drafts.drafter_of(loaded, folder, book, now)
    with progress_bar("Drafts", quiet=as_json) as progress:
        letters = list(drafts.letters(loaded, writer, client, progress))
    if as_json:
        print_json([letter.record() for letter in letters])
    else:
        print("\n".join(line for letter in letters for line in letter.lines()))
        print(drafts.usage_line(writer, loaded) or "Drafted offline; nothing was sent.")
    if any(letter.draft is None for letter in letters):
        raise typer.Exit(NEEDS_ATTENTION)
