"""The use cases of drafting: which drafter a firm has, drafts of many clients at once, and what would be sent.

A model is asked about several clients at the same time, from threads; briefs are filed in the book's order all the
same. Threads die with the program, so that Ctrl-C ends a run at once: what is filed is whole, answers that arrived are kept.
"""

from __future__ import annotations

import hashlib
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from xl_rebal.engine.book import Book, DrafterKind, DrafterLog, SendCrm
from xl_rebal.engine.problems import Problem, Severity, Source
from xl_rebal.errors import DrafterUnavailable, XlRebalError

if TYPE_CHECKING:
    from xl_rebal.app import Progress
    from xl_rebal.drafting.openai_drafter import Drafted, OpenAIDrafter
    from xl_rebal.drafting.prompts import Prompts
    from xl_rebal.drafting.protocol import Drafter
    from xl_rebal.drafting.usage import Usage
    from xl_rebal.facts.draft import Draft
    from xl_rebal.facts.types import Facts

Item = TypeVar("Item")
Made = TypeVar("Made")

AHEAD = 4
"""Clients for each one asked about that may wait, drafted, for an earlier client's brief."""
MOST_AT_ONCE = 16


def drafter_of(
    book: Book,
    out: Path | None = None,
    workbook: Path | None = None,
    now: Callable[[], datetime] | None = None,
) -> Drafter:
    """The drafter that Settings asks for; the offline template unless a model is switched on.

    With a firm folder `out`, a model's answers are kept there and what is sent is logged, at the time that `now` tells.
    Prompts are the firm's own beside `workbook`, else the shipped ones. Raises TemplateError for one that can't work.
    """
    from xl_rebal.drafting.template import TemplateDrafter
    from xl_rebal.drafting.tone import tones_of

    settings = book.settings
    tones, _ = tones_of(settings.letter_tone)
    if settings.drafter is DrafterKind.TEMPLATE:
        return TemplateDrafter(tones)
    from xl_rebal.drafting.kept import KeptAnswers, SentLog
    from xl_rebal.drafting.openai_drafter import OpenAIDrafter

    log = SentLog(out, now, with_text=settings.drafter_log is DrafterLog.TEXT) if out else None
    return OpenAIDrafter(
        settings.drafter_model,
        settings.drafter_url,
        prompts=prompts_of(book, workbook),
        tones=tones,
        answers=KeptAnswers(out) if out else None,
        log=log,
        known=_identifiers(book),
        send_crm=settings.send_crm is SendCrm.YES,
    )


def _identifiers(book: Book) -> tuple[str, ...]:
    """Names, numbers and addresses of every client of the firm."""
    found = []
    for home in book.households:
        client = home.client
        found += [client.name, client.id, *client.email.replace(";", ",").split(",")]
        found += [account.id for account in home.accounts]
    return tuple(dict.fromkeys(text.strip() for text in found if text.strip()))


def prompts_of(book: Book, workbook: Path | None) -> Prompts:
    """The firm's own prompts in `templates/prompts` beside its workbook, each, else the shipped one."""
    from xl_rebal.drafting.prompts import load_prompts

    own = workbook.resolve().parent / "templates" if workbook else None
    names = [book.settings.firm_name]
    for home in book.households:
        names += [home.client.name, home.client.advisor]
    return load_prompts(own, sorted({name.strip() for name in names if name.strip()}))


def tone_problems(book: Book) -> tuple[Problem, ...]:
    """A Problem for each part of the setting Letter Tone that names no tone."""
    from xl_rebal.drafting.tone import tones_of
    from xl_rebal.sheets.layout import SETTINGS_SHEET

    _, unknown = tones_of(book.settings.letter_tone)
    return tuple(
        Problem(
            Severity.WARNING, "unknown-tone", Source(SETTINGS_SHEET, 0), "Letter Tone", "", part,
            f"{part!r} is not a tone, so it has no effect on letters.",
            "Write Warm, Plain or Formal; for one advisor: Warm; Jordan Ellis: Formal",
        )
        for part in unknown
    )  # fmt: skip


def drafted_by(drafter: Drafter, facts: Facts) -> Drafted:
    """What any drafter writes, with the requests and answers of one that asks a model."""
    from xl_rebal.drafting.openai_drafter import Drafted, OpenAIDrafter

    return drafter.drafted(facts) if isinstance(drafter, OpenAIDrafter) else Drafted(drafter.draft(facts))


def at_once_for(drafter: Drafter, book: Book) -> int:
    """How many clients are asked about at once: one after the other for anything but a model."""
    from xl_rebal.drafting.openai_drafter import OpenAIDrafter

    if not isinstance(drafter, OpenAIDrafter):
        return 1
    return max(1, min(book.settings.drafter_at_once, MOST_AT_ONCE))


def usage_line(drafter: Drafter, book: Book) -> str:
    """What a run asked of a model and what that cost, in one sentence; '' when nothing was asked."""
    usage: Usage | None = getattr(drafter, "usage", None)
    return usage.line(book.settings.drafter_price_in, book.settings.drafter_price_out) if usage else ""


# --- Several at once -----------------------------------------------------------------------------------------------


class _Job(Generic[Item, Made]):
    """One item being worked on in a thread that does not keep the program from ending."""

    def __init__(self, item: Item, work: Callable[[Item], Made], free: threading.Semaphore) -> None:
        self.item = item
        self._work, self._free = work, free
        self._made: Made | None = None
        self._error: Exception | None = None
        self._done = threading.Event()
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        try:
            with self._free:
                self._made = self._work(self.item)
        except Exception as error:  # handed to who asks for the result
            self._error = error
        finally:
            self._done.set()

    @property
    def is_done(self) -> bool:
        return self._done.is_set()

    def result(self) -> Made:
        while not self._done.wait(0.2):  # a wait without end can't be interrupted on Windows
            pass
        if self._error is not None:
            raise self._error
        return self._made  # type: ignore[return-value]


def in_threads(
    items: Iterable[Item], work: Callable[[Item], Made], at_once: int
) -> Iterator[tuple[Item, Callable[[], Made]]]:
    """Each item, in order, with a function that gives its result or raises its error; `at_once` are worked on at a time."""
    if at_once <= 1:
        for item in items:
            yield item, lambda item=item: work(item)  # type: ignore[misc]
        return
    free = threading.Semaphore(at_once)
    waiting: deque[_Job[Item, Made]] = deque()
    for item in items:
        waiting.append(_Job(item, work, free))
        while waiting and (waiting[0].is_done or len(waiting) >= at_once * AHEAD):
            job = waiting.popleft()
            yield job.item, job.result
    while waiting:
        job = waiting.popleft()
        yield job.item, job.result


# --- Drafts without briefs -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What a drafter would send first for one client; `body` is empty when nothing would be."""

    client_id: str
    client_name: str
    body: bytes
    why: str = ""  # why nothing would be sent

    def lines(self) -> list[str]:
        """For a person: a title line, then the body as it is."""
        title = f"{self.client_name} ({self.client_id}): "
        if not self.body:
            return [title + self.why]
        note = f" {self.why}" if self.why else ""
        digest = hashlib.sha256(self.body).hexdigest()
        return [f"{title}{len(self.body):,} bytes, SHA-256 {digest}.{note}", self.body.decode()]

    def record(self) -> dict[str, object]:
        return {
            "client": self.client_id,
            "name": self.client_name,
            "body": self.body.decode(),
            "sha256": hashlib.sha256(self.body).hexdigest() if self.body else None,
            "why": self.why,
        }


def outgoing(
    book: Book, out: Path, client_ids: Sequence[str] | None = None, workbook: Path | None = None
) -> Iterator[Outgoing]:
    """What the chosen drafter would send for each client, byte for byte; nothing is sent, filed or logged."""
    from xl_rebal.drafting.openai_drafter import OpenAIDrafter

    writer = drafter_of(book, out, workbook)
    for home_id, name, facts, why in _each(book, client_ids):
        if facts is None:
            yield Outgoing(home_id, name, b"", why)
        elif not isinstance(writer, OpenAIDrafter):
            yield Outgoing(
                home_id, name, b"", "nothing: the template drafts offline (Settings, Drafter: Template)."
            )
        else:
            yield _outgoing_of(writer, home_id, name, facts)


def _outgoing_of(writer: OpenAIDrafter, client_id: str, name: str, facts: Facts) -> Outgoing:
    try:
        body = writer.outgoing(facts)
    except DrafterUnavailable as error:
        return Outgoing(client_id, name, b"", f"nothing: {error}")
    kept = (
        "Its answer is kept from an earlier run, so nothing would be sent." if writer.is_kept(facts) else ""
    )
    return Outgoing(client_id, name, body, kept)


@dataclass(frozen=True, slots=True)
class Letter:
    """A draft made without a brief; `draft` is None where there is none, and `why` says why."""

    client_id: str
    client_name: str
    draft: Draft | None
    why: str = ""

    def lines(self) -> list[str]:
        title = f"{self.client_name} ({self.client_id})"
        if self.draft is None:
            return [f"{title}: {self.why}"]
        notes = [f"- {note.text}" for note in self.draft.notes]
        subject = f"Subject: {self.draft.subject}"
        return [f"{title}: by the {self.draft.drafted_by}", *notes, "", subject, "", self.draft.body, ""]

    def record(self) -> dict[str, object]:
        draft = self.draft
        return {
            "client": self.client_id,
            "name": self.client_name,
            "why": self.why,
            "drafted_by": draft.drafted_by if draft else None,
            "faults": list(draft.faults) if draft else [],
            "notes": [note.text for note in draft.notes] if draft else [],
            "subject": draft.subject if draft else None,
            "body": draft.body if draft else None,
        }


def letters(
    book: Book,
    drafter: Drafter,
    client_ids: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Iterator[Letter]:
    """The draft of each client, checked, without filing anything; a model's answers are kept for the briefs."""
    from xl_rebal.drafting.grounding import check_draft

    due = list(_each(book, client_ids))
    asked = [(client_id, name, facts) for client_id, name, facts, _ in due if facts is not None]
    made = in_threads(asked, lambda one: drafted_by(drafter, one[2]), at_once_for(drafter, book))
    for done, (client_id, name, facts, why) in enumerate(due):
        if progress:
            progress(done, len(due), name)
        if facts is None:
            yield Letter(client_id, name, None, why)
            continue
        _, result = next(made)
        draft = result().draft
        faults = check_draft(draft, facts)
        yield Letter(client_id, name, None if faults else draft, f"not usable. {faults[0]}" if faults else "")


def _each(book: Book, client_ids: Sequence[str] | None) -> Iterator[tuple[str, str, Facts | None, str]]:
    """Each client's facts, or why there are none."""
    from xl_rebal.app import facts_of, review_of

    homes = book.households if client_ids is None else tuple(book.household(i) for i in client_ids)
    for home in homes:
        client = home.client
        found = review_of(book, client.id)
        if found.withheld:
            yield client.id, client.name, None, "withheld until its data is right; see Checks."
            continue
        try:
            facts, why = facts_of(book, found), ""
        except XlRebalError as error:
            facts, why = None, str(error)
        yield client.id, client.name, facts, why
