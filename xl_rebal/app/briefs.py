"""Briefs: one for each client asked for, drafted, checked, filed and put on record; one client's trouble is nobody else's."""

from __future__ import annotations

import functools
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from xl_rebal.app.books import (
    Progress,
    counted,
    each_worked,
    errors_of_nobody,
    facts_of,
    households_of,
    no_clients,
    problems_of,
    review_of,
    tax_parameters_of,
)
from xl_rebal.app.composing import Origin
from xl_rebal.engine.book import Book, Household
from xl_rebal.engine.problems import Severity
from xl_rebal.engine.results import Review
from xl_rebal.errors import DraftRejected, XlRebalError

if TYPE_CHECKING:
    from xl_rebal.app.records import OnRecord, Recorder
    from xl_rebal.briefs.filing import Filed
    from xl_rebal.briefs.look import Look
    from xl_rebal.briefs.papers import Papers
    from xl_rebal.drafting.openai_drafter import Drafted
    from xl_rebal.drafting.protocol import Drafter
    from xl_rebal.facts.types import Facts
    from xl_rebal.records.ledger import Recording


@dataclass(frozen=True, slots=True)
class Unfiled:
    """A client without a brief, and why, in sentences."""

    client_id: str
    client_name: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BriefsResult:
    """What a run filed, what it withheld because of the data, and what it could not file."""

    out: Path
    filed: tuple[Filed, ...]
    withheld: tuple[Unfiled, ...]
    failed: tuple[Unfiled, ...]
    quiet: int  # clients that --flagged left out
    stopped: int = 0  # clients that were left when the run was interrupted
    usage: str = ""  # what a model was asked and what that cost
    said: tuple[str, ...] = ()  # about the run as a whole, such as a logo that can't be used
    no_clients: str = ""  # why the book has none, and what to do next
    nobodys: tuple[str, ...] = ()  # errors of no client that can be read

    @property
    def needs_attention(self) -> bool:
        """Whether a person has to do something before every brief is there."""
        return bool(self.withheld or self.failed or self.stopped or self.no_clients or self.nobodys)

    def lines(self) -> list[str]:
        """The outcome in plain words, the unusual first."""
        lines = [*self.said, *(f.message for f in self.filed if f.beside)]
        for what, clients in (("withheld", self.withheld), ("not filed", self.failed)):
            for client in clients:
                more = f" (and {len(client.reasons) - 1} more)" if len(client.reasons) > 1 else ""
                lines.append(f"{client.client_name} ({client.client_id}): {what}. {client.reasons[0]}{more}")
        for why, count in Counter(
            f.drafted_by for f in self.filed if f.drafted_by.startswith("template (")
        ).items():
            lines.append(f"{counted(count, 'draft')} by the {why}.")
        if self.nobodys and not self.no_clients:
            more = f" (and {len(self.nobodys) - 1} more, see Checks)" if len(self.nobodys) > 1 else ""
            lines.append(f"An error that is of no client that can be read: {self.nobodys[0]}{more}")
        if self.quiet:
            lines.append(f"{counted(self.quiet, 'client')} needed no attention.")
        if self.usage:
            lines.append(self.usage)
        if self.no_clients:
            lines.append(f"{self.no_clients} No brief was filed.")
        else:
            lines.append(f"{counted(len(self.filed), 'brief')} filed in {self.out}.")
        if self.stopped:
            lines.append(
                f"Stopped before {counted(self.stopped, 'client')}. What is filed is whole; run the same command again to "
                "go on: answers of a model that arrived are kept."
            )
        return lines


def output_folder(book: Book, workbook: Path) -> Path:
    """Where briefs are filed: the folder of the Settings sheet, beside the workbook unless it is a full path."""
    return workbook.resolve().parent / book.settings.output_folder


def brief_template(workbook: Path | None) -> Path:
    """The firm's own `templates/brief.docx` beside its workbook, else the shipped one."""
    from xl_rebal.briefs.kinds import BRIEF
    from xl_rebal.briefs.render import template_beside

    return template_beside(workbook, BRIEF)


def client_folder(book: Book, out: Path, client_id: str) -> Path:
    """The client's folder of this quarter under `out`, whether it exists or not."""
    from xl_rebal.briefs.naming import client_folders

    folders = client_folders(home.client for home in book.households)
    return out / folders[book.household(client_id).client.id] / book.settings.quarter


def make_briefs(
    book: Book,
    out: Path,
    *,
    client_ids: Sequence[str] | None = None,
    flagged: bool = False,
    drafter: Drafter | None = None,
    progress: Progress | None = None,
    workbook: Path | None = None,
    recording: Callable[[Path], Recording] | None = None,
    processes: int | None = 1,
) -> BriefsResult:
    """Files a brief for each client asked for (`flagged`: only those that need attention); one client's trouble never
    stops the others.

    `workbook` is the file that the book was read from: its name and hash go on record, and a `templates/brief.docx`
    beside it is used instead of the shipped one. `recording` (who records in a folder, by the shell's clock) enters
    each brief in the firm folder's ledger; without it briefs are filed but not on record. Raises TemplateError when
    that template, or a prompt of the firm's, can't work. Ctrl-C ends the run with what is filed.
    """
    from xl_rebal.app.drafts import drafter_of, usage_line
    from xl_rebal.app.looks import look_of
    from xl_rebal.briefs.render import lint_template

    template = brief_template(workbook)
    lint_template(template)  # a template that can't work stops the run before any brief is made
    recorder, now = None, None
    if recording is not None:
        from xl_rebal.app.records import Recorder

        recording_here = recording(out)
        recorder, now = Recorder(out, recording_here), recording_here.clock
    writer = drafter or drafter_of(book, out, workbook, now)
    close: Callable[[], None] | None = getattr(writer, "close", None)
    try:
        look, said = look_of(book, workbook)
        homes = households_of(book, client_ids)
        paper = _Paper(template, look, _origin(workbook), recorder is not None)
        task = functools.partial(_prepared, flagged=flagged, drafter=_movable(writer), paper=paper)
        found = each_worked(book, homes, progress, processes, task)
        result = _make_briefs(book, out, found, len(homes), writer, paper, recorder)
        nobodys = () if client_ids else tuple(str(problem) for problem in errors_of_nobody(book))
        return replace(
            result, usage=usage_line(writer, book), said=said, no_clients=no_clients(book), nobodys=nobodys
        )
    finally:
        if close is not None and drafter is None:
            close()


@dataclass(frozen=True, slots=True)
class _Prepared:
    """All of a client's brief that needs nobody else: what other processes do. Nothing of it: no brief is due."""

    withheld: tuple[str, ...] = ()  # why
    fault: str = ""
    ready: _Ready | None = None
    undrafted: tuple[Review, Facts] | None = None  # the drafter must be asked


@dataclass(frozen=True, slots=True)
class _Ready:
    """A brief to be filed, and what goes on record with it where a record is kept."""

    papers: Papers
    kept: OnRecord | None


def _prepared(book: Book, client_id: str, flagged: bool, drafter: Drafter | None, paper: _Paper) -> _Prepared:
    """The review and, where a brief is due, its facts, and with an offline drafter the brief itself."""
    from xl_rebal.engine.review import flags

    found = review_of(book, client_id)
    if found.withheld:
        return _Prepared(withheld=tuple(str(p) for p in found.problems if p.severity is Severity.ERROR))
    if flagged and not flags(found):
        return _Prepared()
    try:
        facts = facts_of(book, found)
        if drafter is None:
            return _Prepared(undrafted=(found, facts))
        drafted = _drafted(found, facts, drafter)
        return _Prepared(ready=_ready(book, found, facts, drafted, paper))
    except XlRebalError as error:
        return _Prepared(fault=str(error))


def _ready(book: Book, found: Review, facts: Facts, drafted: Drafted, paper: _Paper) -> _Ready:
    """The brief with its draft. Raises DraftRejected when it shows a figure that no fact holds."""
    from xl_rebal.app.composing import composed
    from xl_rebal.briefs.papers import papers_of

    home, draft = book.household(found.client_id), drafted.draft
    made = composed(home, found, facts, draft, book.settings, paper.origin, paper.template, paper.look)
    papers = papers_of(made.facts, draft, made.document, made.provenance)
    if not paper.recorded:
        return _Ready(papers, None)
    from xl_rebal.app.records import on_record
    from xl_rebal.engine.review import flags
    from xl_rebal.records.inputs import Inputs

    kept = on_record(
        papers,
        draft,
        inputs=Inputs(book.settings, home, problems_of(book, home)),
        parameters=tax_parameters_of(book),
        plan=found.plan,
        template=paper.template.read_bytes(),
        logo=paper.look.logo.content if paper.look.logo else b"",
        flags=tuple(flag.value for flag in flags(found)),
        exchanges=drafted.exchanges,
    )
    return _Ready(papers, kept)


def _drafted(found: Review, facts: Facts, drafter: Drafter) -> Drafted:
    """What the drafter writes, checked. Raises DraftRejected when it breaks a rule."""
    from xl_rebal.app.drafts import drafted_by
    from xl_rebal.drafting.grounding import check_draft

    drafted = drafted_by(drafter, facts)
    faults = check_draft(drafted.draft, facts)
    if faults:
        raise DraftRejected(f"The draft for {found.client_name} breaks a rule: {faults[0]}", faults)
    return drafted


def _movable(writer: Drafter) -> Drafter | None:
    """The drafter when it may work in any process: the template. A model is asked from one place."""
    from xl_rebal.drafting.template import TemplateDrafter

    return writer if isinstance(writer, TemplateDrafter) else None


def _make_briefs(
    book: Book,
    out: Path,
    prepared: Iterable[tuple[Household, _Prepared]],
    asked_for: int,
    writer: Drafter,
    paper: _Paper,
    recorder: Recorder | None,
) -> BriefsResult:
    from xl_rebal.app.drafts import at_once_for, in_threads
    from xl_rebal.briefs.naming import client_folders

    def drafted(one: tuple[Household, _Prepared]) -> Drafted | None:
        asked = one[1].undrafted
        return None if asked is None else _drafted(*asked, writer)

    folders = client_folders(home.client for home in book.households)
    filed: list[Filed] = []
    stopped: list[Unfiled] = []
    failed: list[Unfiled] = []
    quiet = left = 0
    try:
        for (home, one), result in in_threads(prepared, drafted, at_once_for(writer, book)):
            client = home.client
            try:
                answer, ready = result(), one.ready
                if one.undrafted is not None and answer is not None:
                    ready = _ready(book, *one.undrafted, answer, paper)
                if ready is not None:
                    filed.append(_file_one(ready, out, folders[client.id], recorder))
                elif one.withheld:
                    stopped.append(Unfiled(client.id, client.name, one.withheld))
                elif one.fault:
                    failed.append(Unfiled(client.id, client.name, (one.fault,)))
                else:
                    quiet += 1
            except XlRebalError as error:
                failed.append(Unfiled(client.id, client.name, (str(error),)))
    except KeyboardInterrupt:
        left = asked_for - len(filed) - len(stopped) - len(failed) - quiet
    return BriefsResult(out, tuple(filed), tuple(stopped), tuple(failed), quiet, left)


def _file_one(ready: _Ready, out: Path, folder: str, recorder: Recorder | None) -> Filed:
    from xl_rebal.briefs.filing import file_brief

    if recorder is None or ready.kept is None:
        return file_brief(out, ready.papers, folder=folder)
    return recorder.file(ready.papers, ready.kept, folder=folder)


@dataclass(frozen=True, slots=True)
class _Paper:
    """What the briefs of a run have in common: template, the firm's color and logo, the workbook."""

    template: Path
    look: Look
    origin: Origin
    recorded: bool  # whether a record is kept


def _origin(workbook: Path | None) -> Origin:
    if workbook is None:
        return Origin("", "")
    return Origin(workbook.name, hashlib.sha256(workbook.read_bytes()).hexdigest())
