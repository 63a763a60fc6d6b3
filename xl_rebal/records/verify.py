"""Whether a firm folder's record is what was written: the chain, its anchor, and every file that an entry names.

Reads only. What an advisor keeps beside a brief (notes, scans) is none of the record's business; a brief, email or facts
file that no entry knows is.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from xl_rebal.errors import FilingFailed, RecordsUnreadable
from xl_rebal.records import entry as kinds
from xl_rebal.records.anchor import Head, read_anchor
from xl_rebal.records.canonical import file_sha256
from xl_rebal.records.entry import Chain, Entry
from xl_rebal.records.findings import Finding, Trouble
from xl_rebal.records.history import History
from xl_rebal.records.ledger import fits, read_ledger
from xl_rebal.records.lock import holder
from xl_rebal.records.merge import is_copy
from xl_rebal.records.places import BUNDLES, EXPORTS, FOLDER, UNFINISHED, FirmFolder

_OURS = re.compile(
    r"(?:brief|email|facts)(?:-[1-9]\d*)?\.(?:docx|eml|txt|html|json)"
    r"|brief(?:-[1-9]\d*)?-(?:signed|edited)(?:-[1-9]\d*)?(?:\.[a-z0-9]+)?"
)
_NOBODYS = re.compile(r"desktop\.ini|thumbs\.db|\.ds_store|~\$.*|\._.*", re.IGNORECASE)
"""Files that Windows, macOS and Word leave in any folder."""

_BACKUP = "Restore it from a backup, or find out who changed it."


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was looked at and found. `head` is None when no entry can be read."""

    entries: int
    files: int
    head: Head | None
    anchored: bool
    findings: tuple[Finding, ...]
    accepted: tuple[Finding, ...]  # found, but a later entry says who answers for it

    @property
    def clean(self) -> bool:
        return not any(finding.wrong for finding in self.findings)


def verify(folder: FirmFolder, anchor: Path | None = None, printed: Head | None = None) -> Verdict:
    """Everything that is wrong with a record, seen against an anchor file and a head that was printed or mailed.

    Raises RecordsUnreadable when there is none to look at.
    """
    if not folder.records.is_dir():
        raise RecordsUnreadable(
            f"There is no record in {folder.root}: it has no folder {FOLDER}. Name the folder that holds the clients' folders."
        )
    findings: list[Finding] = []
    try:
        folder.inside(f"{FOLDER}/{folder.ledger.name}")
        chain = read_ledger(folder) if folder.ledger.exists() else None
    except FilingFailed as error:
        raise RecordsUnreadable(str(error)) from error
    if chain is None:
        findings.append(
            Finding(
                Trouble.MISSING,
                folder.relative(folder.ledger),
                "the ledger is gone.",
                "Restore it from a backup.",
            )
        )
        chain = Chain((), (), b"", 0)
    findings += chain.findings
    findings += _torn(folder, chain)
    head = Head(chain.last.n, chain.last.hash) if chain.last else None
    findings += _against_anchor(anchor, chain)
    findings += _against(printed, "the head that was given", chain)
    history = History(chain.entries)
    files = _Files(folder, history)
    findings += files.check()
    findings += _recorded_mismatches(chain.entries)
    accepted = _accepted(chain.entries)
    return Verdict(
        len(chain.entries),
        files.count,
        head,
        anchor is not None and anchor.exists(),
        tuple(f for f in findings if str(f) not in accepted),
        tuple(f for f in findings if str(f) in accepted),
    )


def _torn(folder: FirmFolder, chain: Chain) -> Iterator[Finding]:
    if chain.torn:
        writing = holder(folder.lock)
        if writing:
            what = f"its last line is not finished: {writing.get('by')} on {writing.get('host')} may be writing now."
        else:
            what = f"its last line was not written to its end ({len(chain.torn)} bytes): a writer was interrupted."
        yield Finding(
            Trouble.TORN,
            folder.relative(folder.ledger),
            what,
            "Run the command again that was interrupted; the next entry keeps the torn line aside and says so.",
        )


def _against_anchor(path: Path | None, chain: Chain) -> Iterator[Finding]:
    if path is None:
        return
    try:
        head = read_anchor(path)
    except (OSError, ValueError) as error:
        yield Finding(
            Trouble.ANCHOR, str(path), f"the anchor can't be read ({error}).", "Use another user's anchor."
        )
        return
    if head is None:
        yield Finding(
            Trouble.NOTE,
            "anchor",
            "none is kept here yet, so entries cut off at the end would not be noticed.",
            "Compare the head with that of a person who filed.",
        )
    yield from _against(head, "the anchor", chain)


def _against(head: Head | None, what: str, chain: Chain) -> Iterator[Finding]:
    """Whether the ledger has an entry that is known from elsewhere."""
    if head is None or fits(head, chain.entries):
        return
    last = chain.last.n if chain.last else 0
    todo = "Restore the ledger from a backup."
    if last < head.count:
        place = f"entry {head.count}" if head.count - last == 1 else f"entries {last + 1} to {head.count}"
        cut = f"cut off at the end: the ledger stops at entry {last}, {what} knows {head.count} entries."
        yield Finding(Trouble.TRUNCATED, place, cut, todo)
    else:
        other = f"is not the one that {what} knows: the ledger was replaced or written again."
        yield Finding(Trouble.CHANGED, f"entry {head.count}", other, todo)


def _recorded_mismatches(entries: Iterable[Entry]) -> Iterator[Finding]:
    for found in entries:
        if found.kind == kinds.ANCHOR:
            known, had = found.data.get("count", "?"), found.data.get("found", "?")
            what = f"when it was written, the ledger had {had} entries, and the anchor of {found.by} knew {known}: some were cut off or replaced."
            todo = "Look for the lost entries in a backup."
            yield Finding(Trouble.ANCHOR, f"entry {found.n}", what, todo)


def _accepted(entries: Iterable[Entry]) -> frozenset[str]:
    """Findings, as their text, that an entry accepts."""
    texts: set[str] = set()
    for found in entries:
        listed = found.data.get("findings") if found.kind == kinds.ACCEPTED else None
        texts.update(map(str, listed) if isinstance(listed, list) else ())
    return frozenset(texts)


class _Files:
    """The files of a record against what the history says of them."""

    def __init__(self, folder: FirmFolder, history: History) -> None:
        self._folder = folder
        self._history = history
        self.count = 0
        self._spellings: dict[str, str] | None = None

    def check(self) -> Iterator[Finding]:
        yield from self._named()
        yield from self._in_records()
        yield from self._in_client_folders()

    def _named(self) -> Iterator[Finding]:
        """Each file that an entry names: there, and with the bytes on record."""
        history = self._history
        for path, own in sorted(history.bundles.items()):
            yield from self._one(path, {own}, "the bundle of a brief", _BACKUP)
        edited = (
            "If it was edited or signed, record that with `xl-rebal decide`; else restore it from the bundle."
        )
        for path, hashes in sorted(history.files.items()):
            yield from self._one(path, hashes, "a filed file", edited)
        for name, own in sorted(history.names.items()):
            yield from self._one(
                f"{FOLDER}/{name}", {own}, "evidence of an interrupted or copied ledger", _BACKUP
            )

    def _one(self, relative: str, hashes: set[str], what: str, todo: str) -> Iterator[Finding]:
        try:
            path = self._folder.inside(relative)
        except FilingFailed as error:
            yield Finding(
                Trouble.CHANGED, relative, str(error), "Find out who wrote that entry or made the link."
            )
            return
        self.count += 1
        try:
            found = file_sha256(path)
        except FileNotFoundError:
            yield Finding(
                Trouble.MISSING, relative, f"{what} is gone.", "Restore it from a backup or its bundle."
            )
        except OSError as error:
            why = error.strerror or str(error)
            yield Finding(
                Trouble.UNREADABLE, relative, f"{what} can't be read ({why}).", "Get the right to read it."
            )
        else:
            if found not in hashes:
                now = f"{what} is not as it is on record (SHA-256 now {found[:16]})."
                yield Finding(Trouble.CHANGED, relative, now, todo)

    def _in_records(self) -> Iterator[Finding]:
        """What lies in the record's folder without an entry."""
        folder = self._folder
        for path in sorted(_files_under(folder.records)):
            relative = folder.relative(path)
            name = path.name
            if path == folder.ledger or _NOBODYS.fullmatch(name):
                continue
            if path == folder.lock or name == f"{folder.lock.name}.break":
                who = holder(path)
                what = f"a writer is at work, or was interrupted ({who.get('by', 'unknown')} on {who.get('host', 'unknown')})."
                yield Finding(Trouble.NOTE, relative, what)
            elif UNFINISHED.fullmatch(name):
                yield Finding(
                    Trouble.NOTE,
                    relative,
                    "was being written when a writer was interrupted; nothing reads it.",
                )
            elif (
                relative in self._history.bundles
                or relative in self._history.files
                or (path.parent == folder.records and name in self._history.names)
            ):
                continue
            elif path.parent == folder.records and is_copy(name):
                what = "is another copy of the ledger, made by a sync program or by hand."
                yield Finding(
                    Trouble.COPY, relative, what, "Bring its entries in with `xl-rebal records DIR --merge`."
                )
            elif relative.startswith(f"{FOLDER}/{BUNDLES}/") and name.endswith(".zip"):
                what = "is a bundle without an entry: its filing was interrupted, or it was put there."
                yield Finding(
                    Trouble.ADDED,
                    relative,
                    what,
                    "Run `xl-rebal briefs` again for that client; it enters it.",
                )
            else:
                yield Finding(
                    Trouble.ADDED,
                    relative,
                    "is not on record.",
                    "Find out who put it there and move it away.",
                )

    def _in_client_folders(self) -> Iterator[Finding]:
        """Briefs, emails and facts in clients' folders without an entry."""
        folder = self._folder
        for client in sorted(_folders(folder.root)):
            if client.name in (FOLDER, EXPORTS):
                continue
            for period in sorted(_folders(client)):
                for name in sorted(os.listdir(period)):
                    if _OURS.fullmatch(name) and not self._known(period / name):
                        todo = (
                            "Record it with `xl-rebal decide --file`."
                            if "-signed" in name or "-edited" in name
                            else "Run `xl-rebal briefs` again for that client, or move the file away."
                        )
                        what = "is a brief's file without an entry."
                        yield Finding(Trouble.ADDED, folder.relative(period / name), what, todo)

    def _known(self, path: Path) -> bool:
        """Whether an entry names this file, if need be in the other spelling that a disk takes for the same."""
        relative = self._folder.relative(path)
        if relative in self._history.files:
            return True
        if self._spellings is None:
            self._spellings = {_folded(name): name for name in self._history.files}
        other = self._spellings.get(_folded(relative))
        if other is None:
            return False
        try:
            return self._folder.root.joinpath(other).samefile(path)
        except OSError:
            return False


def _folded(relative: str) -> str:
    """A path in the one spelling of disks that know no case and of those that take accents apart."""
    return unicodedata.normalize("NFC", relative).casefold()


def _folders(folder: Path) -> Iterator[Path]:
    with os.scandir(folder) as found:
        for item in found:
            if item.is_dir(follow_symlinks=False):
                yield folder / item.name


def _files_under(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        for name in names:
            yield Path(place) / name
        for name in folders:
            if (Path(place) / name).is_symlink():
                yield Path(place) / name
