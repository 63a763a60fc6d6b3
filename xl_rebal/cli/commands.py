"""The same use cases from a terminal: each command reads its arguments, calls one function of app, prints.

Exit codes: 0 done; 1 done, but something needs a person (data errors, a brief withheld); 2 could not be done.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xl_rebal.cli import briefs as brief_commands
from xl_rebal.cli import (
    cycle,
    drafts,
    fetch,
    imports,
    insight,
    installing,
    libreoffice,
    records,
    refresh,
    rules,
)
from xl_rebal.cli.terminal import (
    FAILED,
    NEEDS_ATTENTION,
    BookArgument,
    ClientOption,
    JsonOption,
    print_json,
    print_table,
    progress_bar,
)
from xl_rebal.errors import XlRebalError
from xl_rebal.faults import fault_text

if TYPE_CHECKING:
    from xl_rebal.engine.book import Book
    from xl_rebal.engine.problems import Problem

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help=(
        "Prepares an advisory firm's quarterly rebalances from its Excel workbook: drift, tax-aware trades lot by "
        "lot, and a one-page Word brief per client. It never trades and never sends.\n\n"
        "First look:   xl-rebal demo\n\n"
        "Each quarter: import the custodian's files, 'check' until the list is clean, then 'briefs'.\n\n"
        "Exit codes:   0 done, 1 done but something needs a person, 2 could not be done."
    ),
)


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Where the sample workbook and the briefs go.")] = Path(
        "demo"
    ),
) -> None:
    """Run the main job on the sample firm: workbook in, a filed Word brief per client out."""
    from xl_rebal import app as use
    from xl_rebal.clock import recording

    with progress_bar("Briefs") as progress:
        made = use.demo(folder, progress, recording)
    print(f"Workbook  {made.workbook}")
    _print_filed(made.result)


@app.command()
def sample(
    folder: Annotated[Path, typer.Argument(help="Folder for the new workbook.")],
    households: Annotated[
        int, typer.Option(min=0, help="How many households to invent. 0: the twelve of the sample firm.")
    ] = 0,
    seed: Annotated[int, typer.Option(help="The same seed invents the same firm.")] = 1,
    lots: Annotated[
        tuple[int, int], typer.Option(help="Fewest and most tax lots of a household.", metavar="LOW HIGH")
    ] = (20, 500),
) -> None:
    """Write a workbook with an invented firm: the sample firm, or any number of households from a seed."""
    from xl_rebal import app as use

    print(use.write_sample(folder, households, seed, lots))


@app.command()
def build(
    path: Annotated[Path, typer.Argument(help="The new workbook.")] = Path("rebalance.xlsm"),
) -> None:
    """Build an empty workbook for a firm: all sheets, the Excel functions and the Rebalance tab."""
    from xl_rebal import app as use

    print(use.build_empty(path))


@app.command()
def check(book: BookArgument, as_json: JsonOption = False) -> None:
    """List what is wrong with or unknown in the data: where, why it matters, what to do."""
    from xl_rebal import app as use

    loaded = use.load(book)
    if as_json:
        print_json([_problem_record(p) for p in loaded.problems])
    else:
        for problem in loaded.problems:
            owner = f"[{problem.client_id}] " if problem.client_id else ""
            print(f"{owner}{problem}")
            print(f"    If ignored: {problem.cost}")
        print(_check_summary(loaded))
    if use.has_errors(loaded):
        raise typer.Exit(NEEDS_ATTENTION)


@app.command()
def plan(
    book: BookArgument,
    client: ClientOption = None,
    as_json: JsonOption = False,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", help="Also write every table to this new plain workbook.")
    ] = None,
) -> None:
    """Show the proposed trades: one line a client, or one client's drift, trades, tax and RMD in full."""
    from xl_rebal import app as use
    from xl_rebal.sheets import tables

    loaded = use.load(book)
    with progress_bar("Plans", quiet=as_json) as progress:
        found = use.reviews(loaded, client, progress, processes=None)
    if xlsx is not None:
        use.write_results(loaded, found, xlsx)
    if as_json:
        print_json([use.review_record(loaded, one) for one in found])
    elif client is None:
        print_table(tables.book_table(found))
    else:
        for one in found:
            print(
                f"{one.client_name} ({one.client_id}), {loaded.settings.quarter}, as of {loaded.settings.as_of}"
            )
            for title, table in (
                ("Drift", tables.drift_table(one)),
                ("Plan", tables.plan_table(one)),
                ("Tax", tables.tax_table(one)),
                ("Beside rules of thumb", tables.compare_table(one)),
                ("Harvest", tables.harvest_table([one])),
                ("RMD", tables.rmd_table(one)),
            ):
                print(f"\n{title}")
                print_table(table)
            for problem in one.problems:
                print(problem)
    if not found or any(one.withheld for one in found):
        raise typer.Exit(NEEDS_ATTENTION)


@app.command()
def briefs(
    book: BookArgument,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the clients' folders. Default: as on the Settings sheet.")
    ] = None,
    client: ClientOption = None,
    flagged: Annotated[bool, typer.Option("--flagged", help="Only clients that need attention.")] = False,
    as_json: JsonOption = False,
) -> None:
    """File a Word brief, facts and draft email per client. A client with data errors is withheld; the others go on."""
    from xl_rebal import app as use
    from xl_rebal.clock import recording

    loaded = use.load(book)
    with progress_bar("Briefs", quiet=as_json) as progress:
        result = use.make_briefs(
            loaded,
            out or use.output_folder(loaded, book),
            client_ids=client,
            flagged=flagged,
            progress=progress,
            workbook=book,
            processes=None,
            recording=recording,
        )
    if as_json:
        print_json(use.briefs_record(result))
    else:
        _print_filed(result)
    if result.needs_attention:
        raise typer.Exit(NEEDS_ATTENTION)


insight.register(app)
brief_commands.register(app)
drafts.register(app)
records.register(app)
cycle.register(app)
refresh.register(app)
imports.register(app)
fetch.register(app)
rules.register(app)
libreoffice.register(app)
installing.register(app)


def _print_filed(result: object) -> None:
    from xl_rebal.app import BriefsResult

    assert isinstance(result, BriefsResult)  # noqa: S101 - for the type checker
    for line in result.lines():
        print(line)


def _check_summary(book: Book) -> str:
    from xl_rebal.app import withheld
    from xl_rebal.engine.problems import Severity

    counts = [(s, sum(1 for p in book.problems if p.severity is s)) for s in Severity]
    found = (
        ", ".join(f"{n} {s.value.lower()}{'' if n == 1 else 's'}" for s, n in counts if n) or "no problems"
    )
    names = withheld(book)
    stopped = f" Withheld until fixed: {', '.join(names)}." if names else ""
    return f"{len(book.households)} clients: {found}.{stopped}"


def _problem_record(problem: Problem) -> dict[str, object]:
    return {
        "severity": problem.severity.value,
        "code": problem.code,
        "client": problem.client_id,
        "place": problem.place,
        "column": problem.column,
        "value": problem.value,
        "what": problem.what,
        "if_ignored": problem.cost,
        "todo": problem.todo,
    }


def main() -> None:
    """Entry point: an error of ours is one sentence on the error stream, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        app()
    except XlRebalError as error:
        print(f"xl-rebal: {error}", file=sys.stderr)
        sys.exit(FAILED)
    except Exception as error:  # a fault of ours: no traceback, as its message may name a client
        print(
            "xl-rebal: This could not be finished because of a fault in xl_rebal, not in your data. What is already filed "
            f"is complete. Please report these lines; they hold no client data.\n{fault_text(error)}",
            file=sys.stderr,
        )
        sys.exit(FAILED)


if __name__ == "__main__":
    main()
