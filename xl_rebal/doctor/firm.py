"""A firm's own files beside its workbook: templates, prompts, mappings, the record, and room for briefs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from xl_rebal import app
from xl_rebal.app.drafts import prompts_of
from xl_rebal.clock import anchor_of
from xl_rebal.doctor.finding import Finding, fix, note, ok
from xl_rebal.doctor.paths import place
from xl_rebal.engine.book import Book
from xl_rebal.errors import XlRebalError


def firm(book: Book, workbook: Path) -> Iterator[Finding]:
    yield from _templates(workbook)
    yield _prompts(book, workbook)
    yield _mappings(workbook)
    out = app.output_folder(book, workbook)
    yield from place(out)
    yield from record(out)


def _templates(workbook: Path) -> Iterator[Finding]:
    from xl_rebal.app.summarizing import summary_template
    from xl_rebal.briefs.kinds import BRIEF, SUMMARY
    from xl_rebal.briefs.render import lint_template, shipped_template

    for kind, own in ((BRIEF, app.brief_template), (SUMMARY, summary_template)):
        try:
            path = own(workbook)
            if path == shipped_template(kind):
                yield ok("templates", f"The {kind.name} uses the shipped template")
                continue
            lint_template(path, kind)
        except (XlRebalError, OSError) as error:
            yield fix(
                "templates",
                f"The firm's template of the {kind.name}: {error}",
                f"Until then, no {kind.name} can be made.",
            )
        else:
            yield ok("templates", f"The firm's template of the {kind.name} {path}")


def _prompts(book: Book, workbook: Path) -> Finding:
    own = workbook.resolve().parent / "templates" / "prompts"
    try:
        prompts_of(book, workbook)
    except XlRebalError as error:
        return fix(
            "templates",
            f"The firm's prompts: {error}",
            "Correct the file, or delete it to use the shipped one.",
        )
    return ok("templates", f"Prompts in {own}" if own.is_dir() else "Prompts are the shipped ones")


def _mappings(workbook: Path) -> Finding:
    from xl_rebal.importing.firm import FOLDER, confirmed

    try:
        found = confirmed(workbook)
    except (XlRebalError, OSError) as error:
        return fix("mappings", f"Mappings: {error}", "Imports of that system stop until it is corrected.")
    strange = sorted(
        path.name
        for path in (workbook.resolve().parent / FOLDER).glob("*.toml")
        if path.stem not in _systems()
    )
    if strange:
        return note(
            "mappings",
            f"No system has the mapping {', '.join(strange)}",
            f"Rename it to one of: {', '.join(_systems())}.",
        )
    return ok(
        "mappings",
        f"Mappings of {app.counted(len(found), 'system')}" if found else "No mappings of the firm's own",
    )


def _systems() -> tuple[str, ...]:
    from xl_rebal.importers.mapping import systems

    return tuple(systems())


def record(out: Path) -> Iterator[Finding]:
    """Whether the ledger's chain is unbroken and ends where this user's anchor says; files are for `xl-rebal verify`."""
    from xl_rebal.records.anchor import read_anchor
    from xl_rebal.records.ledger import fits, read_ledger
    from xl_rebal.records.places import firm_folder

    folder = firm_folder(out)
    if not folder.ledger.is_file():
        yield ok("records", f"No record yet in {folder.root}")
        return
    again = f"Run: xl-rebal verify {folder.root}"
    try:
        chain = read_ledger(folder)
        anchor = read_anchor(anchor_of(folder.root))
    except (XlRebalError, OSError, ValueError) as error:
        yield fix("records", f"The record can't be read: {error}", again)
        return
    wrong = [one for one in chain.findings if one.wrong]
    if wrong or chain.torn:
        yield fix(
            "records",
            f"The record's chain is broken: {wrong[0] if wrong else 'its last line is cut off'}",
            again,
        )
    elif anchor is not None and not fits(anchor, chain.entries):
        yield fix(
            "records",
            f"The record has fewer or other entries than this user's anchor ({anchor.count}) says",
            again,
        )
    else:
        yield ok("records", f"Record of {len(chain.entries):,} entries: chain unbroken")
