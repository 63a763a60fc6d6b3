"""The commands about briefs and templates that are there, and the book summary. Exit codes as in cli.py."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xl_rebal.cli.terminal import NEEDS_ATTENTION, BookArgument, JsonOption, print_json, progress_bar


def register(app: typer.Typer) -> None:
    """Adds these commands to the terminal's."""
    app.command("check-brief")(check_brief)
    app.command("lint-template")(lint_template)
    app.command("summary")(summary)


def check_brief(
    brief: Annotated[Path, typer.Argument(metavar="FILE.docx", help="A brief, edited in Word or not.")],
    facts: Annotated[
        Path | None, typer.Option("--facts", help="Its facts.json. Default: the one beside it.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check an edited brief: every figure and date a fact, no forbidden phrase, disclosures there."""
    from xl_rebal.app import checking as use

    done = use.check_brief(brief, facts)
    if as_json:
        print_json(done.record())
    else:
        print("\n".join(done.lines()))
    if done.findings:
        raise typer.Exit(NEEDS_ATTENTION)


def lint_template(
    template: Annotated[Path, typer.Argument(metavar="FILE.docx", help="The firm's own brief template.")],
) -> None:
    """Check the firm's own template of the brief or the book summary: what is wrong in it, and what it leaves out."""
    from xl_rebal.app import checking as use

    print("\n".join(use.lint_brief_template(template)))


def summary(
    book: BookArgument,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE.docx",
            help="Where it goes. Default: in the folder of the briefs, under _summaries.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """One Word document over all clients for the investment committee: totals, exceptions, a row a client, the proof."""
    from xl_rebal import app as use
    from xl_rebal.app.summarizing import make_summary
    from xl_rebal.clock import recording

    loaded = use.load(book)
    with progress_bar("Clients") as progress:
        done = make_summary(
            loaded,
            use.output_folder(loaded, book),
            workbook=book,
            file=out,
            recording=recording,
            progress=progress,
            processes=None,
        )
    if as_json:
        print_json(
            {
                "document": str(done.document),
                "facts": str(done.facts),
                "clients": done.clients,
                "withheld": done.withheld,
                "exceptions": done.exceptions,
                "recorded": done.recorded,
                "kept": done.kept,
            }
        )
    else:
        print("\n".join(done.lines()))
    if done.withheld:
        raise typer.Exit(NEEDS_ATTENTION)
