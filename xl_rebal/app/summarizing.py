"""The book summary for the investment committee: one Word document over all clients, checked, filed and put on record."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xl_rebal import __version__
from xl_rebal.app.books import Progress, no_clients, reviews
from xl_rebal.app.composing import own_texts, template_texts
from xl_rebal.app.looks import look_of
from xl_rebal.engine.book import Book
from xl_rebal.errors import DraftRejected, FilingFailed, NoClients

if TYPE_CHECKING:
    from xl_rebal.facts.types import Facts
    from xl_rebal.records.ledger import Recording

FOLDER = "_summaries"
NAME = "book-summary"


@dataclass(frozen=True, slots=True)
class Summarized:
    """What was filed, over how many clients, and what there is to say about it."""

    document: Path
    facts: Path
    clients: int
    withheld: int
    exceptions: int
    recorded: bool
    kept: bool  # in the firm folder, where verify looks at it
    root: Path  # of the firm folder
    said: tuple[str, ...]

    def lines(self) -> list[str]:
        """The outcome in plain words."""
        from xl_rebal.app.books import counted

        return [
            *self.said,
            f"{counted(self.clients, 'client')}, {self.withheld} withheld, {counted(self.exceptions, 'client')} with exceptions.",
            f"The book summary is {self.document}. {self._record()}",
        ]

    def _record(self) -> str:
        if not self.recorded:
            return f"It is not on record: {self.root} has no record before the first brief is filed there."
        if self.kept:
            return "It is on record."
        return f"Its name and SHA-256 are on record in {self.root}; the file itself is elsewhere, so verify does not look at it."


def summary_template(workbook: Path | None) -> Path:
    """The firm's own `templates/summary.docx` beside its workbook, else the shipped one."""
    from xl_rebal.briefs.kinds import SUMMARY
    from xl_rebal.briefs.render import template_beside

    return template_beside(workbook, SUMMARY)


def make_summary(
    book: Book,
    out: Path,
    *,
    workbook: Path | None = None,
    file: Path | None = None,
    recording: Callable[[Path], Recording] | None = None,
    progress: Progress | None = None,
    processes: int | None = 1,
) -> Summarized:
    """Files the summary of the whole book: in `file`, else in the firm folder `out` under `_summaries` and the quarter.

    A summary that somebody changed since stays, and the new one is filed beside it; a changed `file` is not replaced.
    Where `out` has a record and `recording` is given, it is entered there; of a `file` elsewhere its name and hash, as
    nothing outside `out` is watched. Raises TemplateError, DraftRejected when a
    figure is no fact, FilingFailed, NoClients.
    """
    from xl_rebal.briefs.kinds import SUMMARY
    from xl_rebal.briefs.render import lint_template, render_brief
    from xl_rebal.briefs.summary import summary_context
    from xl_rebal.drafting.document import docx_text
    from xl_rebal.drafting.grounding import ungrounded_figures
    from xl_rebal.facts.book_facts import book_facts

    if nobody := no_clients(book):
        raise NoClients(f"{nobody} No summary was made.")
    template = summary_template(workbook)
    lint_template(template, SUMMARY)
    look, said = look_of(book, workbook)
    found = reviews(book, None, progress, processes)
    facts = book_facts(book, found)
    own = hashlib.sha256(workbook.read_bytes()).hexdigest() if workbook else ""
    sources = f"{workbook.name}, SHA-256 {own[:12]}" if workbook else ""
    context = summary_context(facts, found, book.settings, sources=sources, look=look)
    document = render_brief(context, template, SUMMARY)
    known, shown, fixed = context.all_facts(facts), docx_text(document), template_texts(template)
    stray = ungrounded_figures(shown, known, fixed=fixed)
    if stray:
        raise DraftRejected(
            f"The book summary shows figures that no fact holds ({', '.join(stray[:5])}), so it was not filed. Report this "
            "with the workbook.",
            stray,
        )
    about = {
        "template_sha256": hashlib.sha256(template.read_bytes()).hexdigest(),
        "workbook": workbook.name if workbook else "",
        "workbook_sha256": own,
    }
    known = type(known)(
        known.client_id,
        known.client_name,
        known.quarter,
        known.as_of,
        (*known.facts, *own_texts(fixed, shown)),
    )
    path = file or out / FOLDER / book.settings.quarter / f"{NAME}.docx"
    filed = _Filed(path, document, known, about)
    recorded = _file(filed, out, recording, beside=file is None)
    count = {name: _count(facts, name) for name in ("CLIENTS", "WITHHELD", "EXCEPTIONS")}
    return Summarized(
        filed.path,
        filed.facts_path,
        count["CLIENTS"],
        count["WITHHELD"],
        count["EXCEPTIONS"],
        recorded,
        filed.path.resolve().is_relative_to(out.resolve()),
        out,
        said,
    )


def _count(facts: Facts, name: str) -> int:
    fact = facts.get(name)
    return fact.value if fact is not None and isinstance(fact.value, int) else 0


# --- Filing --------------------------------------------------------------------------------------------------------


class _Filed:
    """A summary on its way to a path that is free."""

    def __init__(self, path: Path, document: bytes, facts: Facts, about: dict[str, str]) -> None:
        self.path, self.document, self.facts, self.about = path, document, facts, about

    @property
    def facts_path(self) -> Path:
        return self.path.with_name(f"{self.path.stem}-facts.json")

    @property
    def record(self) -> bytes:
        """The facts with exact values and sources, and the document's hash."""
        from xl_rebal.briefs.papers import fact_record

        head: dict[str, Any] = {
            "format": 1,
            "quarter": self.facts.quarter,
            "as_of": self.facts.as_of.isoformat(),
            "version": __version__,
            **self.about,
            "files": {self.path.name: hashlib.sha256(self.document).hexdigest()},
            "facts": [fact_record(fact) for fact in self.facts],
        }
        return (json.dumps(head, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "backslashreplace")

    def changed(self) -> bool:
        """Whether a file is there that is neither this one nor as it was filed."""
        if not self.path.exists():
            return False
        own = hashlib.sha256(self.path.read_bytes()).hexdigest()
        if own == hashlib.sha256(self.document).hexdigest():
            return False
        try:
            filed = json.loads(self.facts_path.read_text(encoding="utf-8"))["files"].get(self.path.name)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return True
        return bool(filed != own)

    def names(self) -> Iterator[Path]:
        """The path, then the same with -2, -3 ..."""
        first, number = self.path, 1
        while True:
            yield first if number == 1 else first.with_name(f"{first.stem}-{number}{first.suffix}")
            number += 1


def _file(filed: _Filed, out: Path, recording: Callable[[Path], Recording] | None, *, beside: bool) -> bool:
    """Writes document and facts, and enters them on record where there is one; whether that was done."""
    from xl_rebal.records.places import FirmFolder

    if not beside and filed.changed():
        raise FilingFailed(
            f"{filed.path} is there already and is not a summary as it was filed, so it stays. Choose another name, or move it."
        )
    for path in filed.names():
        filed.path = path
        if not filed.changed():
            break
    folder = FirmFolder(out)
    if recording is None or not folder.records.is_dir():
        _write(filed)
        return False
    from xl_rebal.records.entry import SUMMARY
    from xl_rebal.records.ledger import Ledger

    ledger = Ledger(folder, recording(out))
    with ledger.writing():
        _write(filed)
        data = _entry(filed, folder)
        last = next((e for e in reversed(ledger.entries) if e.kind == SUMMARY), None)
        if last is None or dict(last.data) != data:
            ledger.append(SUMMARY, data, period=filed.facts.quarter)
    return True


def _write(filed: _Filed) -> None:
    from xl_rebal.records.places import write_whole

    try:
        filed.path.parent.mkdir(parents=True, exist_ok=True)
        for path, content in ((filed.path, filed.document), (filed.facts_path, filed.record)):
            if not path.exists() or path.read_bytes() != content:
                write_whole(path, content)
    except OSError as error:
        raise FilingFailed(
            f"The book summary could not be filed as {filed.path} ({error.strerror or error}). Close it in Word, or choose "
            "another place with --out."
        ) from error


def _entry(filed: _Filed, folder: Any) -> dict[str, Any]:
    """What the ledger keeps of it: files in the firm folder by path, one elsewhere by name and hash."""
    contents = {filed.path: filed.document, filed.facts_path: filed.record}
    hashes = {path: hashlib.sha256(content).hexdigest() for path, content in contents.items()}
    inside = filed.path.resolve().is_relative_to(folder.root.resolve())
    files = (
        {path.resolve().relative_to(folder.root.resolve()).as_posix(): own for path, own in hashes.items()}
        if inside
        else {}
    )
    return {
        "clients": _count(filed.facts, "CLIENTS"),
        "files": files,
        "sha256": hashes[filed.path],
        "summary": filed.path.name,
        "withheld": _count(filed.facts, "WITHHELD"),
        **{key: filed.about[key] for key in ("workbook", "workbook_sha256")},
    }
