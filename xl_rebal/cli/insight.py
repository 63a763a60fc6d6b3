"""The commands about a plan: prove, frontier, why, calendar. Exit codes as in cli.py."""

from __future__ import annotations

from typing import Annotated

import typer

from xl_rebal.cli.terminal import (
    NEEDS_ATTENTION,
    BookArgument,
    ClientOption,
    JsonOption,
    print_json,
    print_table,
    progress_bar,
)


def register(app: typer.Typer) -> None:
    """Adds these commands to the terminal's."""
    for command in (prove, frontier, why, calendar, what_if):
        app.command()(command)


def prove(book: BookArgument, client: ClientOption = None, as_json: JsonOption = False) -> None:
    """Show for each client how far its plan is from the proven optimum, what binds it, and the checker's verdict."""
    from xl_rebal import app as use
    from xl_rebal.app import insight as insight
    from xl_rebal.sheets import insight_tables

    loaded = use.load(book)
    with progress_bar("Proofs", quiet=as_json) as progress:
        found = use.reviews(loaded, client, progress, processes=None)
    if as_json:
        print_json([insight.proof_record(one) for one in found])
    else:
        print_table(insight_tables.proof_table(found))
        print(f"\n{insight.PROOF_NOTE}")
    if any(one.withheld for one in found):
        raise typer.Exit(NEEDS_ATTENTION)


def frontier(
    book: BookArgument,
    client: ClientOption = None,
    points: Annotated[int, typer.Option(min=2, max=40, help="Points of each curve.")] = 10,
    as_json: JsonOption = False,
) -> None:
    """Show the least tax for each amount of drift left, and where the plan lies on that curve."""
    from xl_rebal import app as use
    from xl_rebal.app import insight as insight
    from xl_rebal.sheets import insight_tables

    loaded = use.load(book)
    with progress_bar("Curves", quiet=as_json) as progress:
        found = use.reviews(loaded, client, progress, processes=None)
    curves = [(one, insight.frontier_of(loaded, one, points)) for one in found]
    if as_json:
        print_json([insight.frontier_record(one, curve) for one, curve in curves])
    else:
        for one, curve in curves:
            print(f"{one.client_name} ({one.client_id}): drift left against tax")
            print_table(insight_tables.frontier_table(one, curve))
            print()
    if any(one.withheld for one in found):
        raise typer.Exit(NEEDS_ATTENTION)


def why(book: BookArgument, client: ClientOption = None, as_json: JsonOption = False) -> None:
    """Show why the plan sells these lots, what each rule costs, what waiting would save, and which rules fight."""
    from xl_rebal import app as use
    from xl_rebal.app import insight as insight
    from xl_rebal.sheets import insight_tables

    loaded = use.load(book)
    with progress_bar("Reasons", quiet=as_json) as progress:
        found = use.reviews(loaded, client, progress, processes=None)
    reasons = [(one, insight.explanation_of(loaded, one)) for one in found]
    if as_json:
        print_json([insight.explanation_record(one, reason) for one, reason in reasons])
    else:
        for one, reason in reasons:
            print(f"{one.client_name} ({one.client_id}): why this plan")
            lots = loaded.household(one.client_id).lots
            print_table(insight_tables.why_table(one, reason, lots))
            print()
    if any(one.withheld for one in found):
        raise typer.Exit(NEEDS_ATTENTION)


def calendar(book: BookArgument, client: ClientOption = None, as_json: JsonOption = False) -> None:
    """Show what waits for a wash-sale window to close, to be sold at a loss or bought: until when, and because of what."""
    from xl_rebal import app as use
    from xl_rebal.app import insight as insight
    from xl_rebal.sheets import insight_tables

    loaded = use.load(book)
    with progress_bar("Calendars", quiet=as_json) as progress:
        found = use.reviews(loaded, client, progress)
    dates = [(one, insight.wash_calendar_of(loaded, one)) for one in found]
    if as_json:
        print_json([insight.calendar_record(one, lines) for one, lines in dates])
    else:
        print_table(insight_tables.calendar_table(dates))
    if any(one.withheld for one in found):
        raise typer.Exit(NEEDS_ATTENTION)


def what_if(
    book: BookArgument,
    client: Annotated[str, typer.Option(help="Client ID, or the client's name.")],
    budget: Annotated[float | None, typer.Option(help="Gain budget in dollars, which then holds.")] = None,
    band: Annotated[float | None, typer.Option(help="Tolerance of every class in percentage points.")] = None,
    cash: Annotated[float | None, typer.Option(help="Dollars to be paid out of a taxable account.")] = None,
    short_term: Annotated[
        bool | None,
        typer.Option("--short-term/--no-short-term", help="Whether short-term gains are allowed."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show one client's plan beside the plan under another gain budget, tolerance, cash need or without short-term gains."""
    from xl_rebal import app as use
    from xl_rebal.app import insight as insight
    from xl_rebal.engine.what_if import Wishes
    from xl_rebal.money import decimal_of, to_cents
    from xl_rebal.sheets.what_if_table import what_if_table

    def cents(dollars: float | None) -> int | None:
        return None if dollars is None else to_cents(decimal_of(dollars))

    loaded = use.load(book)
    planned = use.review_of(loaded, client)
    wishes = Wishes(
        cents(budget),
        None if band is None else band / 100,
        cents(cash),
        None if short_term is None else not short_term,
    )
    wished = insight.what_if_of(loaded, planned, wishes)
    if as_json:
        print_json(
            {"planned": use.review_record(loaded, planned), "what_if": use.review_record(loaded, wished)}
        )
    else:
        print(f"{planned.client_name} ({planned.client_id}): what if")
        print_table(what_if_table(planned, wished))
    if wished.withheld:
        raise typer.Exit(NEEDS_ATTENTION)
