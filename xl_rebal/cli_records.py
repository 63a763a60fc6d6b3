"""The commands about the record of briefs: verify, decide, supervise, records. Exit codes as in cli.py."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

NEEDS_ATTENTION = 1

FolderArgument = Annotated[
    Path, typer.Argument(metavar="DIR", help="The folder that holds the clients' folders, e.g. clients.")
]
AnchorOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Where the head of the ledger is kept outside the folder. Default: a file in your user settings.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of text, for scripts.")]
ByOption = Annotated[str, typer.Option("--by", metavar="NAME", help="Who answers for it.")]


def register(app: typer.Typer) -> None:
    """Adds these commands to the terminal's."""
    for command in (verify,):
        app.command()(command)


def verify(folder: FolderArgument, anchor: AnchorOption = None, as_json: JsonOption = False) -> None:
    """Check the record: every entry, every filed byte. Exit code 1 when anything was changed, lost or added."""
    from xl_rebal import app_records as use
    from xl_rebal.clock import anchor_of

    place = use.firm_folder(folder)
    verdict = use.verify_records(place, anchor or anchor_of(place.root))
    if as_json:
        _print_json(use.verdict_record(verdict))
    else:
        for line in use.verdict_lines(verdict):
            print(line)
    if not verdict.clean:
        raise typer.Exit(NEEDS_ATTENTION)


def _print_json(value: object) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False))
