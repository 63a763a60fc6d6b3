"""The ledger of a firm folder: read it at any time, append to it under the lock.

An append is one write of one line, synced. When it is cut short (power, kill), the next writer moves what stands after
the last line end to a .torn file as evidence, says so in an entry, and goes on; nothing is dropped. The anchor outside
the folder follows each append; one that does not fit what is there is kept aside and its mismatch recorded.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from xl_rebal.errors import FilingFailed, RecordsLocked, RecordsUnreadable
from xl_rebal.permissions import OWNER, make_folder, set_mode
from xl_rebal.records import entry as kinds
from xl_rebal.records.anchor import Head, keep_aside, read_anchor, write_anchor
from xl_rebal.records.canonical import file_sha256, sha256
from xl_rebal.records.entry import Chain, Entry, chain_of, next_entry
from xl_rebal.records.history import History
from xl_rebal.records.lock import WAIT_SECONDS, Lock
from xl_rebal.records.places import FirmFolder, patiently, plainly, remove_unfinished, sync_folder, write_new
from xl_rebal.records.retention import DECEMBER

_NEXT_WAIT_SECONDS = 1.0
"""Of a run of hundreds of briefs, only the first waits long for a lock that does not get free."""


@dataclass(frozen=True, slots=True)
class Recording:
    """Who records, and the clock to write down: given by the shell, because nothing below it reads a clock."""

    by: str
    host: str
    clock: Callable[[], datetime]  # with its offset from UTC
    anchor: Path | None = None  # None: no anchor is kept
    wait_seconds: float = WAIT_SECONDS


class Ledger:
    """The entries of a firm folder as read so far; `writing()` reads on and allows `append`."""

    def __init__(self, folder: FirmFolder, recording: Recording) -> None:
        self.folder = folder
        self.entries: list[Entry] = []
        self.history = History()
        self._recording = recording
        self._lock: Lock | None = None
        self._end = 0  # bytes of the file that `entries` stand for
        self._tip = b""  # last line read, to notice a file that was replaced
        self._fiscal_month = DECEMBER
        self._patience = recording.wait_seconds

    @property
    def last(self) -> Entry | None:
        return self.entries[-1] if self.entries else None

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Holds the lock. The ledger is opened with a first entry when there is none, and mended after a torn append."""
        who, records = self._recording, self.folder.records
        try:
            self.folder.inside(f"{records.name}/{self.folder.ledger.name}")
            make_folder(records)
            with Lock(self.folder.lock, who.by, who.host, wait_seconds=self._patience) as self._lock:
                try:
                    self._prepare()
                    yield
                finally:
                    self._lock = None
        except RecordsLocked:
            self._patience = min(self._patience, _NEXT_WAIT_SECONDS)
            raise
        except OSError as error:
            raise FilingFailed(plainly(error, f"The record in {records} could not be written")) from error

    def append(self, kind: str, data: Mapping[str, Any], *, client: str = "", period: str = "") -> Entry:
        """Appends one entry, whole or not at all, and moves the anchor. Only inside `writing()`."""
        if self._lock is None or not self._lock.held:
            raise RecordsLocked(
                f"The record in {self.folder.records} was taken over by another writer because this computer was silent for "
                "too long; run again."
            )
        who = self._recording
        made = next_entry(
            self.last,
            at=who.clock(),
            by=who.by,
            host=who.host,
            kind=kind,
            client=client,
            period=period,
            data=data,
            fiscal_month=self._fiscal_month,
        )
        _append_line(self.folder.ledger, made.line + b"\n")
        self._end += len(made.line) + 1
        self._add(made)
        if who.anchor is not None:
            # The entry is written: an anchor that can't be is no reason to say otherwise; verify sees that it lags.
            with suppress(OSError):
                write_anchor(who.anchor, self.folder.root, Head(made.n, made.hash))
        return made

    # ------------------------------------------------------------ before writing

    def _prepare(self) -> None:
        torn = self._read_on()
        remove_unfinished(self.folder.records)
        if torn:
            self._set_aside(torn)
        self._keep_unfit_anchor()
        if not self.entries:
            self.append(kinds.OPENED, {"format": kinds.FORMAT})
        self._record_torn_files()

    def _read_on(self) -> bytes:
        """Reads what was appended since; everything again when the file is not the one read before. Returns a torn end."""
        path = self.folder.ledger
        size = path.stat().st_size if path.exists() else 0
        if size < self._end or not self._continues(path):
            self.entries, self.history = [], History()
            self._end, self._tip, self._fiscal_month = 0, b"", DECEMBER
        if size == self._end:
            return b""
        with path.open("rb") as file:
            file.seek(self._end)
            chain = parsed_chain(file.read())
        self._end += chain.whole
        for found in chain.entries:
            self._add(found)
        return chain.torn

    def _continues(self, path: Path) -> bool:
        if not self._tip:
            return True
        with path.open("rb") as file:
            file.seek(self._end - len(self._tip) - 1)
            return file.read(len(self._tip) + 1) == self._tip + b"\n"

    def _add(self, found: Entry) -> None:
        self.entries.append(found)
        self.history.add(found)
        self._tip = found.line
        month = found.data.get("month")
        if found.kind == kinds.FISCAL_YEAR and isinstance(month, int) and 1 <= month <= DECEMBER:
            self._fiscal_month = month

    def _set_aside(self, torn: bytes) -> None:
        """Moves an unfinished line to a .torn file, then cuts the ledger back to its last whole line."""
        aside = self.folder.records / f"ledger-{len(self.entries) + 1}-{sha256(torn)[:8]}.torn"
        if not (aside.exists() and aside.read_bytes() == torn):
            write_new(aside, torn)
        handle = os.open(self.folder.ledger, os.O_RDWR | getattr(os, "O_BINARY", 0))
        try:
            os.ftruncate(handle, self._end)
            os.fsync(handle)
        finally:
            os.close(handle)

    def _record_torn_files(self) -> None:
        known = {found.data.get("file") for found in self.entries if found.kind == kinds.TORN}
        for path in sorted(self.folder.records.glob("ledger-*.torn")):
            if path.name not in known:
                self.append(
                    kinds.TORN,
                    {"file": path.name, "sha256": file_sha256(path), "bytes": path.stat().st_size},
                )

    def _keep_unfit_anchor(self) -> None:
        path = self._recording.anchor
        if path is None:
            return
        try:
            head = read_anchor(path)
            if head is None or fits(head, self.entries):
                return
            data: dict[str, Any] = {"count": head.count, "head": head.hash}
        except ValueError as error:
            data = {"unreadable": str(error)}
        except OSError:  # no right to it, or a folder: verify says so
            return
        kept = ""
        with suppress(OSError):
            kept = keep_aside(path).name
        self.append(kinds.ANCHOR, {**data, "found": len(self.entries), "kept": kept})


def fits(head: Head, entries: list[Entry] | tuple[Entry, ...]) -> bool:
    """Whether the ledger has the anchored entry at its number."""
    if len(entries) >= head.count and entries[head.count - 1].hash == head.hash:
        return True
    return any(found.n == head.count and found.hash == head.hash for found in entries)


def parsed_chain(content: bytes) -> Chain:
    """The chain in `content`, with the cycle collector paused: entries are many small values and no cycles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        return chain_of(content)
    finally:
        if was_on:
            gc.enable()


def read_ledger(folder: FirmFolder) -> Chain:
    """The ledger of a folder as it stands. Raises RecordsUnreadable when there is none."""
    try:
        content = folder.ledger.read_bytes()
    except FileNotFoundError:
        raise RecordsUnreadable(
            f"There is no record in {folder.root} ({folder.relative(folder.ledger)} is missing). Name the folder that "
            "holds the clients' folders."
        ) from None
    except OSError as error:
        raise RecordsUnreadable(f"{folder.ledger} can't be read ({error.strerror or error}).") from error
    return parsed_chain(content)


def _append_line(path: Path, line: bytes) -> None:
    new = not path.exists()
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
    handle = patiently(lambda: os.open(path, flags, OWNER))
    try:
        rest = memoryview(line)
        if new:
            set_mode(handle, path)  # the umask must not keep colleagues from writing on
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    finally:
        os.close(handle)
    if new:
        sync_folder(path.parent)
