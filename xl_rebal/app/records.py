"""The use cases of the record: file a brief on record, decide, verify, list, export, merge.

`app` files briefs through `Recorder`. Who records and the clock come from the shell as a `Recording`; without one a
brief is filed, but not recorded (trials, tests).
"""

from __future__ import annotations

import functools
import hashlib
import platform
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xl_rebal import __version__
from xl_rebal.briefs.filing import Filed, file_brief
from xl_rebal.errors import DecisionRefused, FilingFailed, RecordsUnreadable
from xl_rebal.records import entry as kinds
from xl_rebal.records.anchor import Head, write_anchor
from xl_rebal.records.bundle import (
    DRAFT,
    EXCHANGES,
    INPUTS,
    LOGO,
    PARAMETERS,
    PLAN,
    TEMPLATE,
    draft_bytes,
    exchange_bytes,
    plan_bytes,
)
from xl_rebal.records.canonical import encoded, file_sha256, sha256
from xl_rebal.records.changes import changes, content_sha256, content_sha256_of
from xl_rebal.records.copying import Copied, Progress, copy_folder
from xl_rebal.records.decisions import Attached, Choice, Decided, who_answers
from xl_rebal.records.decisions import decide as record_decision
from xl_rebal.records.entry import Entry
from xl_rebal.records.filing import Filing
from xl_rebal.records.inputs import Inputs, own_part
from xl_rebal.records.ledger import Ledger, Recording, read_ledger
from xl_rebal.records.listing import Exported, Wanted, export, listed, summary
from xl_rebal.records.lock import Lock
from xl_rebal.records.merge import Merged, merge_copies
from xl_rebal.records.places import FirmFolder, firm_folder
from xl_rebal.records.verify import Verdict, verify
from xl_rebal.records.written import written, written_bytes

if TYPE_CHECKING:
    from xl_rebal.briefs.papers import Papers
    from xl_rebal.drafting.openai_drafter import Exchange
    from xl_rebal.engine.book import Book, Household
    from xl_rebal.engine.results import Plan
    from xl_rebal.facts.draft import Draft
    from xl_rebal.params.types import TaxParameters
    from xl_rebal.records.history import FiledBrief
    from xl_rebal.sheets.tables import CellTable

__all__ = ["Choice", "Recorder", "Recording", "Wanted", "decide", "firm_folder", "verify_records"]


@dataclass(frozen=True, slots=True)
class OnRecord:
    """What goes on record with a brief beside its own files: parts of its bundle, and what the manifest says of it."""

    stored: Mapping[str, bytes]
    about: Mapping[str, Any]


def on_record(
    papers: Papers,
    draft: Draft,
    *,
    inputs: Inputs,
    parameters: TaxParameters,
    plan: Plan | None,
    template: bytes,
    flags: tuple[str, ...],
    exchanges: Sequence[Exchange] = (),
    logo: bytes = b"",
) -> OnRecord:
    """All that is kept of how a brief came about; `exchanges` are those with a model."""
    own = written(own_part(inputs))
    stored = {
        INPUTS: encoded(own),
        PARAMETERS: parameters_bytes(parameters),
        PLAN: plan_bytes(plan),
        TEMPLATE: template,
        DRAFT: draft_bytes(draft),
    }
    if logo:
        stored[LOGO] = logo
    if exchanges:
        stored[EXCHANGES] = exchange_bytes([asdict(exchange) for exchange in exchanges])
    about = {
        "advisor": inputs.household.client.advisor,
        "as_of": papers.as_of.isoformat(),
        "content_sha256": content_sha256_of(own),
        "drafted_by": papers.drafted_by,
        "flags": list(flags),
        "parameters_sha256": parameters_sha256(),
        "provenance": dict(papers.provenance),
        "trades": len(plan.trades) if plan else 0,
        "versions": {"python": platform.python_version(), "xl_rebal": __version__},
    }
    return OnRecord(stored, about)


class Recorder:
    """Files briefs on record, one after the other; one for a firm folder and run."""

    def __init__(self, out: Path, recording: Recording) -> None:
        self._folder = FirmFolder(out)
        self._ledger = Ledger(self._folder, recording)

    def file(self, papers: Papers, kept: OnRecord, *, folder: str) -> Filed:
        """Files a brief as `file_brief` does, keeps its bundle and enters it in the ledger.

        Bundle, files, entry, in this order and under one lock: whenever it is cut short, what is on record is whole,
        and running again completes it. The same brief twice is one entry.
        """
        with self._ledger.writing():
            filing = Filing(
                self._folder, self._ledger, papers.client_id, papers.quarter, kept.stored, kept.about
            )
            filed = file_brief(self._folder.root, papers, folder=folder, guard=filing)
            filing.enter(self._folder.relative(filed.brief))
        return filed


_written_parameters: dict[int, tuple[TaxParameters, bytes]] = {}
"""By identity, which lasts as long as the value is kept: the briefs of a run share their parameters."""


def parameters_bytes(parameters: TaxParameters) -> bytes:
    """parameters.json: the tax parameters of the year, as the engine saw them."""
    key = id(parameters)
    if key not in _written_parameters:
        _written_parameters[key] = parameters, written_bytes(parameters)
    return _written_parameters[key][1]


@functools.cache
def parameters_sha256() -> str:
    """One hash over the tax and firm parameter files, names included."""
    from xl_rebal.params import load

    whole = hashlib.sha256()
    for path in sorted(Path(load.__file__).parent.glob("*.toml")):
        whole.update(f"{path.name} {sha256(path.read_bytes())}\n".encode())
    return whole.hexdigest()


# --- Decide --------------------------------------------------------------------------------------------------------


def decide(
    book: Book,
    workbook: Path,
    out: Path,
    client_id: str,
    choice: Choice,
    recording: Recording,
    *,
    by: str,
    why: str = "",
    file: Path | None = None,
    even_if_stale: bool = False,
) -> Decided:
    """Records the advisor's decision on the client's latest brief of the book's quarter; `file` is filed beside it.

    Raises DecisionRefused without a brief or for a stale one, UnknownClient, FilingFailed.
    """
    home = book.household(client_id)
    signed = None
    if file is not None:
        try:
            signed = Attached(file.suffix, file.read_bytes())
        except OSError as error:
            raise FilingFailed(
                f"{file} can't be read ({error.strerror or error}), so nothing was recorded."
            ) from error
    folder = FirmFolder(out)
    if not folder.ledger.is_file():
        raise DecisionRefused(f"There is no record in {out} yet. Run `xl-rebal briefs` first.")
    ledger = Ledger(folder, recording)
    with ledger.writing():
        return record_decision(
            ledger,
            folder,
            home.client.id,
            book.settings.quarter,
            choice,
            by=by,
            why=why,
            signed=signed,
            workbook_sha256=file_sha256(workbook),
            changed=lambda brief: changes_since(folder, brief, book, home),
            even_if_stale=even_if_stale,
        )


def changes_since(folder: FirmFolder, brief: FiledBrief, book: Book, home: Household) -> tuple[str, ...]:
    """What of the client's own input is other than when the brief was made, a phrase for each sheet; empty: nothing."""
    from xl_rebal.app.books import problems_of
    from xl_rebal.app.bundles import kept_brief

    now = Inputs(book.settings, home, problems_of(book, home))
    if brief.content_sha256 == content_sha256(now):
        return ()
    try:
        return changes(kept_brief(folder, brief).inputs, now)
    except RecordsUnreadable:
        return ("what the brief was made from can't be read",)


def decided_lines(decided: Decided) -> list[str]:
    """What was recorded, in plain words."""
    data = decided.entry.data
    stale = " The brief was stale; that is on record too." if decided.stale else ""
    lines = [
        f"{decided.entry.client}: {data['decision']} by {data['decided_by']} for {decided.entry.period} is on record "
        f"(entry {decided.entry.n}, brief {decided.brief.brief_sha256[:12]}).{stale}"
    ]
    lines += [f"Filed beside the brief: {path.name}." for path in decided.files]
    return lines


# --- Verify --------------------------------------------------------------------------------------------------------


def verify_records(
    folder: FirmFolder,
    anchor: Path | None,
    *,
    printed: Head | None = None,
    recording: Recording | None = None,
) -> Verdict:
    """What is wrong with a firm folder's record. Raises RecordsUnreadable when there is none.

    With `recording`, a record that somebody is writing to is looked at once more when it is still, so that a brief half
    filed is no finding; and a clean outcome moves the anchor of `recording` on, so that who only verifies has one too.
    """
    try:
        size = _size(folder.ledger)
        verdict = verify(folder, anchor, printed)
        if (
            recording is not None
            and not verdict.clean
            and (folder.lock.exists() or _size(folder.ledger) != size)
        ):
            with suppress(FilingFailed, OSError), Lock(folder.lock, recording.by, recording.host):
                verdict = verify(folder, anchor, printed)
        if recording is not None and recording.anchor is not None and verdict.clean and verdict.head:
            with suppress(OSError):
                write_anchor(recording.anchor, folder.root, verdict.head)
    except OSError as error:
        raise RecordsUnreadable(
            f"The record in {folder.root} can't be read: {error.strerror or error}."
        ) from error
    return verdict


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


MOST_LINES = 100
"""Findings that a terminal shows: a ledger saved by an editor has one a line."""


def verdict_lines(verdict: Verdict) -> list[str]:
    """The outcome in plain words: what is wrong first, the head to print or mail last."""
    from xl_rebal.app import counted

    wrong = [f for f in verdict.findings if f.wrong]
    lines = [str(f) for f in wrong[:MOST_LINES]]
    if len(wrong) > MOST_LINES:
        lines.append(f"... and {len(wrong) - MOST_LINES:,} more; --json lists them all.")
    lines += [str(f) for f in verdict.findings if not f.wrong]
    lines += [f"Accepted on record: {f}" for f in verdict.accepted]
    seen = f"{verdict.entries:,} {'entry' if verdict.entries == 1 else 'entries'} and {counted(verdict.files, 'file')}"
    lines.append(f"{seen} checked: {counted(len(wrong), 'finding') if wrong else 'all as recorded'}.")
    if verdict.head:
        lines.append(f"Head: {verdict.head}")
    return lines


def verdict_record(verdict: Verdict) -> dict[str, object]:
    """A verdict for JSON."""
    return {
        "clean": verdict.clean,
        "entries": verdict.entries,
        "files": verdict.files,
        "head": None if verdict.head is None else {"count": verdict.head.count, "hash": verdict.head.hash},
        "anchored": verdict.anchored,
        "findings": [finding.record() for finding in verdict.findings],
        "accepted": [finding.record() for finding in verdict.accepted],
    }


def accept(folder: FirmFolder, recording: Recording, *, by: str, why: str) -> tuple[str, ...]:
    """Records who answers for what verify finds now, so that it is no finding any more; returns the findings.

    For damage that can't be mended (a lost backup): it stays listed as accepted, and anything new is found again.
    """
    by = who_answers(by, "who answers for it")
    ledger = Ledger(with_record(folder), recording)
    with ledger.writing():
        verdict = verify_records(folder, recording.anchor)
        found = tuple(str(finding) for finding in verdict.findings if finding.wrong)
        if found:
            ledger.append(kinds.ACCEPTED, {"decided_by": by, "findings": list(found), "why": why})
    return found


# --- List, export, merge -------------------------------------------------------------------------------------------


def entries(folder: FirmFolder, wanted: Wanted) -> list[Entry]:
    """The entries asked for, in order. Raises RecordsUnreadable when there is no record."""
    return listed(read_ledger(folder).entries, wanted)


def entries_table(found: Sequence[Entry]) -> CellTable:
    """Entries as a table, one row each."""
    rows: CellTable = [["Entry", "At", "Kind", "Client ID", "Period", "By", "What", "Keep Until"]]
    rows += [[e.n, e.at, e.kind, e.client, e.period, e.by, summary(e), e.retain_until] for e in found]
    return rows


def export_file(folder: FirmFolder, recording: Recording, wanted: Wanted, name: Path) -> Exported:
    """The complete file of a client or period as a zip in the firm folder's `_exports`."""
    if not (wanted.client or wanted.period):
        raise FilingFailed(
            "Say whose file to export: name a client with --client, or a period with --period."
        )
    ledger = Ledger(with_record(folder), recording)
    with ledger.writing():
        return export(ledger, folder, wanted, name)


def exported_lines(exported: Exported) -> list[str]:
    """What was exported, in plain words, what is not as recorded first."""
    lines = [f"Missing: {path} is on record, but gone." for path in exported.missing]
    lines += [
        f"Changed: {path} is not as it is on record; it is exported as it is." for path in exported.changed
    ]
    seen = f"{exported.entries:,} {'entry' if exported.entries == 1 else 'entries'}"
    return [*lines, f"{seen} and {exported.files:,} files are in {exported.file}."]


def merge(folder: FirmFolder, recording: Recording) -> list[Merged]:
    """Brings the entries of conflict copies of the ledger into it. Nothing is lost; the copies stay as evidence."""
    ledger = Ledger(with_record(folder), recording)
    with ledger.writing():
        return merge_copies(ledger, folder)


def copy_records(
    folder: FirmFolder, recording: Recording, to: Path, progress: Progress | None = None
) -> tuple[Copied, Verdict]:
    """Copies the firm folder to `to`, verifies the copy, and enters that in the ledger here when the copy is right."""
    ledger = Ledger(with_record(folder), recording)
    copied = copy_folder(folder, to, progress)
    verdict = verify(FirmFolder(to))
    if verdict.clean and verdict.head and copied.written:
        with ledger.writing():
            data = {
                "entries": verdict.entries,
                "files": copied.files,
                "head": verdict.head.hash,
                "to": str(to.resolve()),
                "written": copied.written,
            }
            ledger.append(kinds.COPIED, data)
    return copied, verdict


def copied_lines(copied: Copied, verdict: Verdict) -> list[str]:
    """What was copied, in plain words, and whether the copy is as recorded."""
    from xl_rebal.app.books import counted

    lines = [f"Not copied, as it is a link: {name}" for name in copied.skipped]
    lines += [f"The copy had another version, kept beside the new one: {name}" for name in copied.kept]
    lines.append(
        f"{counted(copied.files, 'file')} in {copied.to}: {copied.written:,} written ({copied.written_bytes:,} bytes), the "
        f"rest was there; the ledger has {counted(copied.entries, 'entry').replace('entrys', 'entries')}."
    )
    found = [line for line in verdict_lines(verdict) if not line.startswith("Note: anchor")]
    return [*lines, *(f"Copy: {line}" for line in found)]


def set_fiscal_year_end(folder: FirmFolder, recording: Recording, month: int) -> None:
    """From now on entries are kept until five years after fiscal years that end with this month."""
    ledger = Ledger(with_record(folder), recording)
    with ledger.writing():
        ledger.append(kinds.FISCAL_YEAR, {"month": month})


def with_record(folder: FirmFolder) -> FirmFolder:
    if not folder.records.is_dir():
        raise RecordsUnreadable(
            f"There is no record in {folder.root}. Name the folder that holds the clients' folders."
        )
    return folder
