"""The commands about briefs and templates that are there: check-brief, lint-template. Exit codes as in cli.py."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xl_rebal.cli.terminal import NEEDS_ATTENTION, JsonOption, print_json


def register(app: typer.Typer) -> None:
    """Adds these commands to the terminal's."""
    app.command("check-brief")(check_brief)
    app.command("lint-template")(lint_template)


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
    """Check the firm's own brief template: every placeholder exists, and what it leaves out."""
    from xl_rebal.app import checking as use

    print("\n".join(use.lint_brief_template(template)))
