"""The commands about the record of briefs: verify, decide, supervise, records. Exit codes as in cli.py."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from xl_rebal.cli.terminal import NEEDS_ATTENTION, progress_bar
from xl_rebal.records.anchor import Head, head_of
from xl_rebal.records.decisions import Choice
from xl_rebal.records.supervise import Result

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
PeriodOption = Annotated[str, typer.Option("--period", metavar="2026-Q4", help="Only this period's.")]
ByOption = Annotated[str, typer.Option("--by", metavar="NAME", help="Who answers for it.")]


def _head(text: str) -> Head:
    try:
        return head_of(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def register(app: typer.Typer) -> None:
    """Adds these commands to the terminal's."""
    for command in (decide, records, reproduce, supervise, verify):
        app.command()(command)


def decide(
    book: Annotated[Path, typer.Argument(metavar="BOOK", help="The firm's workbook (.xlsm or .xlsx).")],
    decision: Annotated[
        Choice, typer.Argument(metavar="DECISION", help="approve, modify, decline or defer.")
    ],
    client: Annotated[str, typer.Option("--client", metavar="ID", help="Client ID or name.")],
    by: ByOption,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason, in a sentence.")] = "",
    file: Annotated[
        Path | None,
        typer.Option(
            "--file", metavar="FILE", help="The signed brief (.docx, .pdf); filed beside the brief."
        ),
    ] = None,
    even_if_stale: Annotated[
        bool, typer.Option("--even-if-stale", help="Record it although the workbook changed since the brief.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the clients' folders. Default: as on the Settings sheet.")
    ] = None,
    anchor: AnchorOption = None,
) -> None:
    """Record what the advisor decided on a client's latest brief, with the signed file. Nothing is overwritten."""
    from xl_rebal import app as books
    from xl_rebal.app import records as use
    from xl_rebal.clock import recording

    loaded = books.load(book)
    folder = out or books.output_folder(loaded, book)
    decided = use.decide(
        loaded,
        book,
        folder,
        client,
        decision,
        recording(folder, anchor=anchor),
        by=by,
        why=why,
        file=file,
        even_if_stale=even_if_stale,
    )
    for line in use.decided_lines(decided):
        print(line)


def records(
    folder: FolderArgument,
    client: Annotated[str, typer.Option("--client", metavar="ID", help="Only this client's.")] = "",
    period: PeriodOption = "",
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Recorded or decided by this person.")] = "",
    decision: Annotated[
        Choice | None, typer.Option("--decision", help="Only decisions of this kind.")
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(
            "--export",
            metavar="FILE.zip",
            help="Write the complete file of the client or period to DIR/_exports.",
        ),
    ] = None,
    copy_to: Annotated[
        Path | None,
        typer.Option(
            "--copy-to",
            metavar="DIR2",
            help="Bring a second copy of the whole folder up to date, and verify it.",
        ),
    ] = None,
    advisor: Annotated[
        str, typer.Option("--advisor", metavar="NAME", help="Only this advisor's clients.")
    ] = "",
    merge: Annotated[
        bool, typer.Option("--merge", help="Bring in the entries of a sync program's copies of the ledger.")
    ] = False,
    fiscal_year_end: Annotated[
        int | None,
        typer.Option(
            min=1, max=12, metavar="MONTH", help="Month in which the fiscal year ends, from now on."
        ),
    ] = None,
    anchor: AnchorOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what is on record, or export a client's or period's complete file."""
    from xl_rebal.app import records as use
    from xl_rebal.clock import recording

    place = use.firm_folder(folder)
    who = recording(place.root, anchor=anchor)
    wanted = use.Wanted(client, period, by, decision.value if decision else "", advisor)
    if fiscal_year_end is not None:
        use.set_fiscal_year_end(place, who, fiscal_year_end)
    if merge:
        merged = use.merge(place, who)
        for one in merged:
            print(f"{one.name}: {one.entries} entries brought in, {one.damaged} damaged lines quoted.")
        if not merged:
            print("No copy of the ledger has anything that it lacks.")
    if copy_to is not None:
        with progress_bar("Copy", quiet=as_json) as progress:
            copied, verdict = use.copy_records(place, who, copy_to, progress)
        if as_json:
            _print_json({**use.verdict_record(verdict), "written": copied.written, "kept": list(copied.kept)})
        else:
            print("\n".join(use.copied_lines(copied, verdict)))
        if not verdict.clean:
            raise typer.Exit(NEEDS_ATTENTION)
    elif export is not None:
        exported = use.export_file(place, who, wanted, export)
        for line in use.exported_lines(exported):
            print(line)
        if exported.missing or exported.changed:
            raise typer.Exit(NEEDS_ATTENTION)
    elif as_json:
        _print_json([found.body() for found in use.entries(place, wanted)])
    elif not merge and fiscal_year_end is None:
        _print_rows(use.entries_table(use.entries(place, wanted)))


def reproduce(
    what: Annotated[
        Path,
        typer.Argument(metavar="BUNDLE|DIR", help="A bundle (.zip), or the folder of the clients' folders."),
    ],
    client: Annotated[str, typer.Option("--client", metavar="ID", help="Only this client's.")] = "",
    period: PeriodOption = "",
    as_json: JsonOption = False,
) -> None:
    """Make filed briefs again from what was kept, and say whether every figure is the same. Exit code 1 when not."""
    from xl_rebal.app import records as use
    from xl_rebal.app import reproduce as make

    found: Iterable[make.Reproduced]
    if what.is_file():
        found = [make.reproduce_bundle(what)]
    else:
        found = make.reproduce_records(use.firm_folder(what), client, period)
    outcomes = []
    for one in found:
        outcomes.append(one)
        if not as_json:
            print("\n".join(make.reproduced_lines(one)))
    if as_json:
        _print_json([make.reproduced_record(one) for one in outcomes])
    elif len(outcomes) > 1:
        print(make.reproduced_sum(outcomes))
    if not all(one.same for one in outcomes):
        raise typer.Exit(NEEDS_ATTENTION)


def supervise(
    folder: FolderArgument,
    period: Annotated[str, typer.Option("--period", metavar="2026-Q4", help="Whose briefs.")],
    count: Annotated[int | None, typer.Option("--count", min=0, help="How many clients to draw.")] = None,
    seed: Annotated[
        str | None,
        typer.Option(
            "--seed", help="Any text; the same seed draws the same sample. Default: drawn at random."
        ),
    ] = None,
    freeze: Annotated[
        bool, typer.Option("--freeze", help="Only enter whose briefs may be drawn; draw later.")
    ] = False,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", help="Also write it to this new plain workbook, to fill in.")
    ] = None,
    docx: Annotated[
        Path | None,
        typer.Option("--docx", help="Also write it to this new Word document, to fill in and sign."),
    ] = None,
    result: Annotated[
        Result | None, typer.Option("--result", help="Enter what was found in a client's brief.")
    ] = None,
    client: Annotated[str, typer.Option("--client", metavar="ID", help="With --result: whose.")] = "",
    results: Annotated[
        Path | None,
        typer.Option("--results", metavar="FILE.xlsx", help="Enter all results of a filled-in sheet."),
    ] = None,
    by: ByOption = "",
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="With --result: the remark.")] = "",
    anchor: AnchorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Draw a sample of a period's briefs to review, with every high-risk one, or enter what the reviewer found."""
    import secrets

    from xl_rebal.app import records as use
    from xl_rebal.app import supervision
    from xl_rebal.clock import recording

    place = use.firm_folder(folder)
    who = recording(place.root, anchor=anchor)
    if result is not None or results is not None:
        if not by or (result is not None and not client):
            raise typer.BadParameter("--result needs --client ID and --by NAME; --results needs --by NAME")
        found = supervision.results_of(results) if results else []
        if result is not None:
            found.append((client, result, why))
        for line in supervision.review_lines(supervision.enter_results(place, who, period, found, by=by)):
            print(line)
        return
    if freeze:
        clients, own, there = supervision.freeze_population(place, who, period)
        print(
            f"{clients} clients of {period}, population {own[:12]}, {'on record before' if there else 'on record'}."
        )
        return
    if count is None:
        raise typer.BadParameter("Say how many clients to draw with --count.")
    drawn = supervision.supervise(place, who, period, count, seed=seed, new_seed=lambda: secrets.token_hex(8))
    if xlsx is not None:
        supervision.write_sample_sheet(drawn, xlsx, place)
    if docx is not None:
        supervision.write_sample_document(drawn, docx, place)
    if as_json:
        _print_json(supervision.sample_record(drawn))
        return
    _print_rows(supervision.sample_table(drawn))
    print("\n".join(supervision.sample_lines(drawn)))


def verify(
    folder: FolderArgument,
    anchor: AnchorOption = None,
    head: Annotated[
        Head | None,
        typer.Option(parser=_head, metavar="N:HASH", help="A head that was printed or mailed earlier."),
    ] = None,
    accept: Annotated[
        bool,
        typer.Option("--accept", help="Record that you answer for what is found; needs --by and --why."),
    ] = False,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who answers for it.")] = "",
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="What happened, in a sentence.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Check the record: every entry, every filed byte. Exit code 1 when anything was changed, lost or added."""
    from xl_rebal.app import records as use
    from xl_rebal.clock import recording

    place = use.firm_folder(folder)
    if accept:
        if not (by and why):
            raise typer.BadParameter("--accept needs --by NAME and --why TEXT")
        use.accept(place, recording(place.root, anchor=anchor), by=by, why=why)
    who = recording(place.root)
    verdict = use.verify_records(
        place,
        anchor or who.anchor,
        printed=head,
        recording=who if anchor is None else replace(who, anchor=None),  # a given anchor is evidence
    )
    if as_json:
        _print_json(use.verdict_record(verdict))
    else:
        for line in use.verdict_lines(verdict):
            print(line)
    if not verdict.clean:
        raise typer.Exit(NEEDS_ATTENTION)


def _print_rows(table: Sequence[Sequence[object]]) -> None:
    """Columns side by side, each as wide as its widest cell."""
    shown = [["" if value is None else str(value) for value in row] for row in table]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    for row in shown:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())


def _print_json(value: object) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False))
