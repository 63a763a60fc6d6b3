"""The use cases, one function each: load, check, review, brief, import. Excel, ribbon and terminal call the same ones.

This is where the layers meet: parameters are loaded here and passed to the pure engine, and the packages for sheets,
briefs and drafting, which do not know each other, are joined.
"""

from __future__ import annotations

import functools
import gc
import hashlib
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from xl_rebal.engine.book import Book, Household
from xl_rebal.engine.problems import NOWHERE, Problem, Severity, in_order
from xl_rebal.engine.results import Review
from xl_rebal.errors import (
    DraftRejected,
    ParameterMissing,
    WorkbookUnwritable,
    XlRebalError,
)

if TYPE_CHECKING:
    from xl_rebal.app_records import Recorder
    from xl_rebal.briefs.filing import Filed
    from xl_rebal.drafting.openai_drafter import Drafted
    from xl_rebal.drafting.protocol import Drafter
    from xl_rebal.engine.results import Plan
    from xl_rebal.facts.types import Fact, Facts
    from xl_rebal.importing import ImportResult
    from xl_rebal.importing.log import Undone
    from xl_rebal.params.types import TaxParameters
    from xl_rebal.records.ledger import Recording
    from xl_rebal.sheets.read import Table
    from xl_rebal.sheets.tables import CellTable

log = logging.getLogger(__name__)

Result = TypeVar("Result")
Progress = Callable[[int, int, str], None]
"""Called with (done, total, client name) before each client and once at the end."""


def load(path: Path | str) -> Book:
    """The book of a workbook file with all problems found in it, worst first.

    Raises WorkbookUnreadable when there is no readable workbook.
    """
    from xl_rebal.sheets.read import read_book

    with _no_garbage_collection():
        return _checked(read_book(Path(path)))


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Pauses the cycle collector: a book is millions of small values and no cycles (15 % of the time to read it)."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def book_of(tables: Mapping[str, Table]) -> Book:
    """The book of tables held in memory (an open workbook's), keyed by sheet name."""
    from xl_rebal.sheets.read import book_from_tables

    return _checked(book_from_tables(tables))


def _checked(book: Book) -> Book:
    from xl_rebal.app_drafts import tone_problems
    from xl_rebal.engine.checks import checks

    problems = list(book.problems)
    params = None
    try:
        params = tax_parameters_of(book)
    except ParameterMissing as missing:
        todo = "Set Tax Year on the Settings sheet."
        problems.extend(_problem(home, "tax-year", str(missing), todo) for home in book.households)
    problems.extend(checks(book, params))
    problems.extend(tone_problems(book))
    return replace(book, problems=in_order(problems))


def tax_parameters_of(book: Book) -> TaxParameters:
    """The parameters of the book's tax year."""
    from xl_rebal.params.load import tax_parameters

    return tax_parameters(book.settings.tax_year)


def review_of(book: Book, client_id: str) -> Review:
    """The review of one client. A fault of the engine on this client becomes a problem of its review."""
    home = book.household(client_id)
    return _review(book, home, problems_of(book, home))


def problems_of(book: Book, household: Household) -> tuple[Problem, ...]:
    """A client's problems, with the errors of the Settings sheet, which are everybody's, made its own."""
    own = [p for p in book.problems if p.client_id == household.client.id]
    return in_order([*own, *(replace(p, client_id=household.client.id) for p in _firm_wide(book))])


def _firm_wide(book: Book) -> list[Problem]:
    """Errors that make every client's figures wrong, such as a missing as-of date."""
    from xl_rebal.sheets.layout import SETTINGS_SHEET

    return [
        p
        for p in book.problems
        if p.client_id is None and p.severity is Severity.ERROR and p.source.sheet == SETTINGS_SHEET
    ]


def reviews(
    book: Book,
    client_ids: Sequence[str] | None = None,
    progress: Progress | None = None,
    processes: int | None = 1,
) -> tuple[Review, ...]:
    """Reviews of the clients asked for, or of all, in the book's order; `processes` work on them at once (None: as many as pay)."""
    homes = _households(book, client_ids)
    return tuple(found for _, found in _worked(book, homes, progress, processes, review_of))


def _worked(
    book: Book,
    homes: Sequence[Household],
    progress: Progress | None,
    processes: int | None,
    task: Callable[[Book, str], Result],
) -> Iterator[tuple[Household, Result]]:
    """Each household with what `task` makes of it, as they become ready."""
    from xl_rebal.workers import worked

    found = worked(book, [home.client.id for home in homes], processes, task)
    for done, home in enumerate(homes):
        if progress:
            progress(done, len(homes), home.client.name)
        yield home, next(found)
    if progress:
        progress(len(homes), len(homes), "")


def _households(book: Book, client_ids: Sequence[str] | None) -> tuple[Household, ...]:
    if client_ids is None:
        return book.households
    return tuple(book.household(client_id) for client_id in client_ids)


def _review(book: Book, household: Household, own: tuple[Problem, ...]) -> Review:
    from xl_rebal.engine.review import review

    try:
        return review(household, book.settings, tax_parameters_of(book), own)
    except (
        Exception
    ) as error:  # the barrier between clients: one's fault, foreseen or not, is never another's
        foreseen = isinstance(error, XlRebalError)
        if not foreseen:
            log.exception("A review failed for a reason that was not foreseen")
        failed = _problem(
            household,
            "plan-failed",
            str(error) if foreseen else f"The engine failed on this client's rows ({type(error).__name__}).",
            "Report this with the client's rows; other clients are not affected.",
        )
        return Review(
            household.client.id,
            household.client.name,
            in_order([failed, *own]),
            None,
            None,
            (),
            (),
            (),
            None,
        )


def _problem(household: Household, code: str, what: str, todo: str) -> Problem:
    source = household.client.source or NOWHERE
    return Problem(Severity.ERROR, code, source, "", "", "", what, todo, household.client.id)


def facts_of(book: Book, review: Review) -> Facts:
    """The fact table of a reviewed client, with why its plan is as it is and the curve of tax against drift."""
    from xl_rebal.engine.explain import explanation
    from xl_rebal.engine.frontier import frontier
    from xl_rebal.facts.build import build_facts

    home, settings, plan = book.household(review.client_id), book.settings, review.plan
    if plan is None or not (plan.trades or plan.residual or plan.shortfalls):
        return build_facts(home, review, settings)
    asked = (home, settings, tax_parameters_of(book), review.rmds, plan)
    curve = frontier(*asked, points=2) if plan.trades else None  # its marks are what a brief shows
    return build_facts(home, review, settings, explanation(*asked, short=True), curve)


# --- Briefs ------------------------------------------------------------------------------------------------------


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

    def lines(self) -> list[str]:
        """The outcome in plain words, the unusual first."""
        lines = [f.message for f in self.filed if f.beside]
        for what, clients in (("withheld", self.withheld), ("not filed", self.failed)):
            for client in clients:
                more = f" (and {len(client.reasons) - 1} more)" if len(client.reasons) > 1 else ""
                lines.append(f"{client.client_name} ({client.client_id}): {what}. {client.reasons[0]}{more}")
        for why, count in Counter(
            f.drafted_by for f in self.filed if f.drafted_by.startswith("template (")
        ).items():
            lines.append(f"{counted(count, 'draft')} by the {why}.")
        if self.quiet:
            lines.append(f"{counted(self.quiet, 'client')} needed no attention.")
        if self.usage:
            lines.append(self.usage)
        lines.append(f"{counted(len(self.filed), 'brief')} filed in {self.out}.")
        if self.stopped:
            lines.append(
                f"Stopped before {counted(self.stopped, 'client')}. What is filed is whole; run the same command again to "
                "go on: answers of a model that arrived are kept."
            )
        return lines


def counted(count: int, noun: str) -> str:
    """`1 brief`, `2 briefs`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def output_folder(book: Book, workbook: Path) -> Path:
    """Where briefs are filed: the folder of the Settings sheet, beside the workbook unless it is a full path."""
    return workbook.resolve().parent / book.settings.output_folder


def brief_template(workbook: Path | None) -> Path:
    """The firm's own `templates/brief.docx` beside its workbook, else the shipped one."""
    from xl_rebal.briefs.render import shipped_template

    own = workbook.resolve().parent / "templates" / "brief.docx" if workbook else None
    return own if own is not None and own.is_file() else shipped_template()


def client_folder(book: Book, out: Path, client_id: str) -> Path:
    """The client's folder of this quarter under `out`, whether it exists or not."""
    from xl_rebal.briefs.naming import client_folders

    folders = client_folders(home.client for home in book.households)
    return out / folders[book.household(client_id).client.id] / book.settings.quarter


def withheld(book: Book, client_ids: Sequence[str] | None = None) -> tuple[str, ...]:
    """Names of the clients (of those asked for) whose briefs errors in the data withhold."""
    bad = {p.client_id for p in book.problems if p.severity is Severity.ERROR}
    everybody = bool(_firm_wide(book))
    return tuple(h.client.name for h in _households(book, client_ids) if everybody or h.client.id in bad)


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
    from xl_rebal.app_drafts import drafter_of, usage_line
    from xl_rebal.briefs.render import lint_template

    template = brief_template(workbook)
    lint_template(template)  # a template that can't work stops the run before any brief is made
    recorder, now = None, None
    if recording is not None:
        from xl_rebal.app_records import Recorder

        recording_here = recording(out)
        recorder, now = Recorder(out, recording_here), recording_here.clock
    writer = drafter or drafter_of(book, out, workbook, now)
    close: Callable[[], None] | None = getattr(writer, "close", None)
    try:
        homes = _households(book, client_ids)
        task = functools.partial(_prepared, flagged=flagged, drafter=_movable(writer))
        found = _worked(book, homes, progress, processes, task)
        result = _make_briefs(book, out, found, len(homes), writer, workbook, template, recorder)
        return replace(result, usage=usage_line(writer, book))
    finally:
        if close is not None and drafter is None:
            close()


@dataclass(frozen=True, slots=True)
class _Prepared:
    """All of a client's brief that needs nobody else: what other processes do."""

    review: Review
    facts: Facts | None = None  # None: no brief, or a fault
    drafted: Drafted | None = None  # checked; None: the drafter must be asked
    fault: str = ""


def _prepared(book: Book, client_id: str, flagged: bool, drafter: Drafter | None) -> _Prepared:
    """The review and, where a brief is due, its facts and what an offline drafter writes."""
    from xl_rebal.engine.review import flags

    found = review_of(book, client_id)
    if found.withheld or (flagged and not flags(found)):
        return _Prepared(found)
    try:
        facts = facts_of(book, found)
        return _Prepared(found, facts, _drafted(found, facts, drafter) if drafter else None)
    except XlRebalError as error:
        return _Prepared(found, fault=str(error))


def _drafted(found: Review, facts: Facts, drafter: Drafter) -> Drafted:
    """What the drafter writes, checked. Raises DraftRejected when it breaks a rule."""
    from xl_rebal.app_drafts import drafted_by
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
    workbook: Path | None,
    template: Path,
    recorder: Recorder | None,
) -> BriefsResult:
    from xl_rebal.app_drafts import at_once_for, in_threads
    from xl_rebal.briefs.naming import client_folders

    def drafted(one: tuple[Household, _Prepared]) -> Drafted | None:
        ready = one[1]
        if ready.facts is None or ready.fault or ready.review.withheld:
            return None
        return ready.drafted or _drafted(ready.review, ready.facts, writer)

    folders = client_folders(home.client for home in book.households)
    origin = _origin(workbook)
    filed: list[Filed] = []
    stopped: list[Unfiled] = []
    failed: list[Unfiled] = []
    quiet = left = 0
    try:
        for (home, ready), result in in_threads(prepared, drafted, at_once_for(writer, book)):
            if ready.review.withheld:
                reasons = tuple(str(p) for p in ready.review.problems if p.severity is Severity.ERROR)
                stopped.append(Unfiled(home.client.id, home.client.name, reasons))
                continue
            if ready.fault:
                failed.append(Unfiled(home.client.id, home.client.name, (ready.fault,)))
                continue
            if ready.facts is None:
                quiet += 1
                continue
            try:
                made = result()
                assert made is not None  # noqa: S101 - there are facts
                folder = folders[home.client.id]
                filed.append(
                    _file_one(book, home, ready, ready.facts, made, out, folder, origin, template, recorder)
                )
            except XlRebalError as error:
                failed.append(Unfiled(home.client.id, home.client.name, (str(error),)))
    except KeyboardInterrupt:
        left = asked_for - len(filed) - len(stopped) - len(failed) - quiet
    return BriefsResult(out, tuple(filed), tuple(stopped), tuple(failed), quiet, left)


@dataclass(frozen=True, slots=True)
class _Origin:
    """The workbook file that a run was made from."""

    name: str
    sha256: str


def _origin(workbook: Path | None) -> _Origin:
    if workbook is None:
        return _Origin("", "")
    return _Origin(workbook.name, hashlib.sha256(workbook.read_bytes()).hexdigest())


def _file_one(
    book: Book,
    home: Household,
    ready: _Prepared,
    facts: Facts,
    drafted: Drafted,
    out: Path,
    folder: str,
    origin: _Origin,
    template: Path,
    recorder: Recorder | None,
) -> Filed:
    from xl_rebal.briefs.context import brief_context
    from xl_rebal.briefs.filing import file_brief
    from xl_rebal.briefs.render import render_brief
    from xl_rebal.drafting.grounding import docx_text, ungrounded_figures

    found, draft = ready.review, drafted.draft
    sources = f"{origin.name}, SHA-256 {origin.sha256[:12]}" if origin.name else ""
    context = brief_context(home, found, facts, draft, sources=sources)
    document = render_brief(context, template)
    known = context.all_facts(facts)
    shown = docx_text(document)
    fixed = _template_texts(template)
    stray = ungrounded_figures(shown, known, fixed=fixed)
    if stray:
        raise DraftRejected(
            f"The brief for {home.client.name} shows figures that no fact holds ({', '.join(stray[:5])}), so it was not "
            "filed. Report this with the client's rows.",
            stray,
        )
    provenance = {
        "workbook": origin.name,
        "workbook_sha256": origin.sha256,
        "template_sha256": hashlib.sha256(template.read_bytes()).hexdigest(),
        "tax_year": str(book.settings.tax_year),
        "figures_checked": "every figure of email and brief is a fact",
        **_proof_of(found),
    }
    known = replace(known, facts=known.facts + _own_texts(fixed, shown))
    if recorder is None:
        return file_brief(out, known, draft, document, folder=folder, provenance=provenance)
    from xl_rebal.engine.review import flags
    from xl_rebal.records.inputs import Inputs

    return recorder.file(
        known,
        draft,
        document,
        folder=folder,
        provenance=provenance,
        inputs=Inputs(book.settings, home, problems_of(book, home)),
        flags=tuple(flag.value for flag in flags(found)),
        exchanges=drafted.exchanges,
    )


def _proof_of(found: Review) -> dict[str, str]:
    """The plan's hash and certificate for the record; dollars of the plan's objective, not of tax."""
    proof = found.plan.certificate if found.plan else None
    if proof is None:
        return {}
    return {
        "plan_hash": proof.plan_hash,
        "proof": proof.status.value,
        "proof_objective_dollars": f"{proof.objective:.4f}",
        "proof_bound_dollars": f"{proof.bound:.4f}",
        "proof_gap_dollars": f"{proof.gap_cents / 100:.2f}",
        "proof_linear_programs": str(proof.nodes),
    }


def _template_texts(template: Path) -> tuple[str, ...]:
    """The template's own lines that hold digits or a statement, with its placeholders taken out."""
    return _texts_of(template, template.stat().st_mtime_ns)


@functools.cache
def _texts_of(template: Path, _changed: int) -> tuple[str, ...]:
    from xl_rebal.drafting.grounding import docx_text

    plain = re.split(r"\{[{%#].*?[}%#]\}|\n", docx_text(template.read_bytes()))
    return tuple(
        dict.fromkeys(text.strip() for text in plain if re.search(r"\d", text) or _states_something(text))
    )


def _states_something(text: str) -> bool:
    """Whether a text of the template is a statement (a disclosure, say) and not a heading or label."""
    return len(text.split()) >= STATEMENT_WORDS


STATEMENT_WORDS = 6
"""Words from which a text of the template counts as a statement."""


def _own_texts(fixed: tuple[str, ...], shown: str) -> tuple[Fact, ...]:
    """The template's own texts on a page as facts, so that facts.json accounts for all of it; statements must stay."""
    from xl_rebal.facts.types import Fact, FactKind, Topic

    return tuple(
        Fact(
            f"TEMPLATE_{number}", Topic.HEADER, FactKind.TEXT, text, text, "the template's own text",
            mandatory=_states_something(text),
        )
        for number, text in enumerate((text for text in fixed if text in shown), 1)
    )  # fmt: skip


# --- Imports -----------------------------------------------------------------------------------------------------


def import_files(
    system: str,
    files: Sequence[Path],
    into: Path,
    *,
    columns: Sequence[str] = (),
    clients: Sequence[str] = (),
    dry_run: bool = False,
) -> ImportResult:
    """Brings a system's export files into the rows of the workbook `into`; the file as it was is kept beside it.

    `system` is one of the importers' names, or 'auto'. `columns` and `clients` are pairs that a person confirms with this
    import: `Their Header=Cost Basis`, `Their Name=Client ID`. Raises ExportUnreadable for a file that is not an export of
    this system, WorkbookUnreadable and WorkbookUnwritable for the workbook; the workbook is then as it was.
    """
    from xl_rebal.importing.run import run_import

    with _no_garbage_collection():
        return run_import(system, files, into, columns=columns, clients=clients, dry_run=dry_run)


def undo_import(workbook: Path, *, force: bool = False) -> Undone:
    """Takes the last import back. Raises WorkbookUnwritable when the workbook was changed since, unless `force`."""
    from xl_rebal.importing.log import undo_import as undo

    return undo(workbook, force=force)


def write_results(book: Book, found: Sequence[Review], path: Path) -> Path:
    """Writes dashboard, trades, lots, drift, harvest, proofs and checks of these clients to a new plain .xlsx file."""
    from xl_rebal.app_insight import wash_calendar_of
    from xl_rebal.sheets import insight_tables, tables
    from xl_rebal.sheets.export import write_results as write

    def of_each(one_table: Callable[[Review], CellTable]) -> CellTable:
        """One client's table after the other, under one header, with the Client ID in front."""
        parts = [(review.client_id, one_table(review)) for review in found]
        header = parts[0][1][0] if parts else []
        return [["Client ID", *header], *([client, *row] for client, table in parts for row in table[1:])]

    ids = {review.client_id for review in found}
    return write(
        path,
        {
            "Dashboard": tables.book_table(found),
            "Plan": of_each(tables.plan_table),
            "Lots": of_each(tables.lots_table),
            "Drift": of_each(tables.drift_table),
            "Tax": of_each(tables.tax_table),
            "Rules of thumb": of_each(tables.compare_table),
            "Harvest": tables.harvest_table(found),
            "Wash sales": of_each(tables.wash_table),
            "Wash calendar": insight_tables.calendar_table((r, wash_calendar_of(book, r)) for r in found),
            "Proof": insight_tables.proof_table(found),
            "RMD": of_each(tables.rmd_table),
            "Checks": tables.checks_table(
                p for p in book.problems if p.client_id in ids or p.client_id is None
            ),
        },
    )


# --- Invented firms ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Demo:
    workbook: Path
    result: BriefsResult


def demo(
    folder: Path,
    progress: Progress | None = None,
    recording: Callable[[Path], Recording] | None = None,
) -> Demo:
    """The main job on the sample firm: writes its workbook to `folder`, reads it back, files every client's brief.

    A workbook that is there already is used as it is, so that one can change the sample and run again.
    """
    workbook = folder / WORKBOOK_NAME
    if not workbook.exists():
        write_sample(folder)
    book = load(workbook)
    out = output_folder(book, workbook)
    return Demo(workbook, make_briefs(book, out, progress=progress, workbook=workbook, recording=recording))


def write_sample(folder: Path, households: int = 0, seed: int = 1, lots: tuple[int, int] = (20, 500)) -> Path:
    """Writes `rebalance.xlsm` with an invented firm to `folder`: the sample firm for 0 households."""
    from workbook.build import build_workbook
    from xl_rebal import sample

    if lots[0] < 1 or lots[0] > lots[1]:
        raise WorkbookUnwritable(f"--lots {lots[0]} {lots[1]}: the fewest comes first and is at least 1.")
    path = _new_workbook(folder / WORKBOOK_NAME)
    if households:
        return build_workbook(
            path, sample.generated_rows(households, seed, lots), sample.generated_settings_values()
        )
    return build_workbook(path, sample.firm_rows(), sample.firm_settings_values())


def build_empty(path: Path) -> Path:
    """Writes an empty workbook for a firm: every sheet with one blank row, settings at their defaults."""
    from workbook.build import build_workbook

    return build_workbook(_new_workbook(path), {}, {}, cached=False)


WORKBOOK_NAME = "rebalance.xlsm"


def _new_workbook(path: Path) -> Path:
    """The path of a workbook to make; one that exists may hold somebody's data and is never overwritten."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(exist_ok=False)
    except FileExistsError:
        raise WorkbookUnwritable(
            f"{path} exists already; it is not overwritten. Name another file or folder."
        ) from None
    except OSError as error:
        raise WorkbookUnwritable(
            f"{path} can't be written ({error.strerror or error}). Name a folder that you may write to."
        ) from error
    return path


# --- Results as records, for scripts --------------------------------------------------------------------------------


def briefs_record(result: BriefsResult) -> dict[str, object]:
    """A run of briefs for JSON."""
    return {
        "out": str(result.out),
        "filed": [
            {
                "client": f.client_id,
                "name": f.client_name,
                "brief": str(f.brief),
                "beside": f.beside,
                "drafted_by": f.drafted_by,
            }
            for f in result.filed
        ],
        "withheld": [
            {"client": u.client_id, "name": u.client_name, "reasons": u.reasons} for u in result.withheld
        ],
        "failed": [
            {"client": u.client_id, "name": u.client_name, "reasons": u.reasons} for u in result.failed
        ],
        "no_attention_needed": result.quiet,
        "stopped_before": result.stopped,
        "usage": result.usage,
    }


def review_record(book: Book, found: Review) -> dict[str, object]:
    """A client's plan for JSON: money in cents, quantities as text, weights as fractions."""
    from xl_rebal.engine.review import flags

    return {
        "client": found.client_id,
        "name": found.client_name,
        "quarter": book.settings.quarter,
        "as_of": book.settings.as_of.isoformat(),
        "flags": [flag.value for flag in flags(found)],
        "problems": [str(problem) for problem in found.problems],
        "plan": None if found.plan is None else _plan_record(found.plan),
        "harvest": [
            {
                "account": h.account_id,
                "symbol": h.symbol,
                "loss_cents": h.loss_cents,
                "wash": h.wash.state.value,
            }
            for h in found.harvest
        ],
        "rmd": [
            {"owner": r.owner.value, "pool": r.pool, "state": r.state.value, "left_cents": r.left_cents}
            for r in found.rmds
        ],
    }


def _plan_record(plan: Plan) -> dict[str, object]:
    return {
        "state": plan.state.value,
        "trades": [
            {
                "account": t.account_id,
                "side": t.side.value,
                "symbol": t.symbol,
                "quantity": str(t.quantity),
                "amount_cents": t.amount_cents,
                "gain_cents": t.gain_cents(),
                "flags": [flag.value for flag in t.flags],
                "reason": t.reason,
                "lots": [
                    {
                        "lot": d.lot.id,
                        "row": str(d.lot.source),
                        "quantity": str(d.quantity),
                        "gain_cents": d.gain_cents,
                    }
                    for d in t.disposals
                ],
            }
            for t in plan.trades
        ],
        "short_gain_cents": plan.short_gain_cents,
        "long_gain_cents": plan.long_gain_cents,
        "tax_cents": None if plan.tax is None else plan.tax.total_cents,
        "other_taxpayers": [
            {
                "account": o.account_id,
                "short_gain_cents": o.short_gain_cents,
                "long_gain_cents": o.long_gain_cents,
                "tax_cents": None if o.tax is None else o.tax.total_cents,
            }
            for o in plan.others
        ],
        "all_tax_cents": None if plan.all_tax is None else plan.all_tax.total_cents,
        "budget_excess_cents": None if plan.budget is None else plan.budget.excess_cents,
        "drift": [
            {
                "class": s.asset_class,
                "before": s.weight,
                "after": a.weight if (a := plan.after.sleeve(s.name)) else None,
            }
            for s in plan.before.classes
        ],
        "residual": [s.name for s in plan.residual],
        "unknown": list(plan.unknowns),
        "alternative": None if plan.alternative is None else _plan_record(plan.alternative),
    }
