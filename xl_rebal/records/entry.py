"""An entry of the ledger, and the chain that a file of them makes.

Each entry holds its number (from 1), the hash of the entry before, and its own hash over the canonical form without
that hash. Order is by number; the time is what the writer's clock said and may go backwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from xl_rebal.records.canonical import canonical, encoded, is_sha256, parsed, sha256
from xl_rebal.records.findings import Finding, Trouble
from xl_rebal.records.retention import DECEMBER, retain_until

FORMAT = 1
"""Of an entry's keys; the first entry of a ledger states it."""
START = "0" * 64
"""`prev` of the first entry."""

OPENED = "ledger-opened"
BRIEF = "brief-filed"
DECISION = "decision"
POPULATION = "population-frozen"
SAMPLE = "sample-drawn"
EXPORT = "exported"
TORN = "torn-line"
MERGED = "merged"
COPY = "copy-merged"
ANCHOR = "anchor-mismatch"
FOUND = "bundle-found"
FISCAL_YEAR = "fiscal-year-end"
ACCEPTED = "findings-accepted"
EXECUTED = "trades-compared"
QUARTER_OPENED = "quarter-opened"
QUARTER_CLOSED = "quarter-closed"
REVIEWED = "sample-reviewed"
COPIED = "copied"
SUMMARY = "book-summary"

_KEYS = frozenset(
    ("n", "at", "by", "host", "kind", "client", "period", "data", "retain_until", "prev", "hash")
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing recorded. `client` and `period` are '' where the entry is about neither."""

    n: int
    at: str  # ISO 8601 with offset
    by: str
    host: str
    kind: str
    client: str
    period: str
    data: Mapping[str, Any]
    retain_until: str
    prev: str
    hash: str
    line: bytes  # as it stands in the file, without the line end

    def body(self) -> dict[str, Any]:
        """The entry as an object, its hash included."""
        return parsed(self.line)


def next_entry(
    last: Entry | None,
    *,
    at: datetime,
    by: str,
    host: str,
    kind: str,
    client: str = "",
    period: str = "",
    data: Mapping[str, Any],
    fiscal_month: int = DECEMBER,
) -> Entry:
    """The entry that follows `last` (None: the first one). `at` has an offset from UTC."""
    if at.utcoffset() is None:
        raise ValueError("the time of an entry needs its offset from UTC")
    body: dict[str, Any] = {
        "n": last.n + 1 if last else 1,
        "at": at.isoformat(timespec="seconds"),
        "by": by,
        "host": host,
        "kind": kind,
        "client": client,
        "period": period,
        "data": data,
        "retain_until": retain_until(at.date(), fiscal_month).isoformat(),
        "prev": last.hash if last else START,
    }
    plain = parsed(canonical(body))
    plain["hash"] = sha256(encoded(plain))
    return entry_of(encoded(plain))


def entry_of(line: bytes) -> Entry:
    """The entry in a line (without its end). Raises ValueError unless its hash is that of its bytes without it."""
    body = parsed(line)
    if body.keys() != _KEYS:
        raise ValueError("its keys are not those of an entry")
    if not isinstance(body["n"], int) or isinstance(body["n"], bool) or body["n"] < 1:
        raise ValueError("its number is not one")
    if not isinstance(body["data"], dict):
        raise ValueError("its data are no object")
    texts = [
        body[key] for key in ("at", "by", "host", "kind", "client", "period", "retain_until", "prev", "hash")
    ]
    if not all(isinstance(text, str) for text in texts) or not is_sha256(body["prev"]):
        raise ValueError("one of its values is not text")
    own = body.pop("hash")
    # "host" follows "hash" in sorted keys, and the body's hash fixes where it stands: the line has one spelling.
    content = line.replace(b'"hash":"%s","host":' % own.encode("utf-8"), b'"host":', 1)
    if len(content) == len(line) or sha256(content) != own:
        raise ValueError("its content does not have its hash")
    return Entry(line=line, hash=own, **body)


@dataclass(frozen=True, slots=True)
class Chain:
    """The entries of a ledger file that are whole, in the file's order, and what is wrong with the file.

    `torn` is what stands after the last line end: an append that did not finish. `whole` is the length of the file
    without it.
    """

    entries: tuple[Entry, ...]
    findings: tuple[Finding, ...]
    torn: bytes
    whole: int

    @property
    def last(self) -> Entry | None:
        return self.entries[-1] if self.entries else None


def chain_of(content: bytes, last: Entry | None = None, first_line: int = 1) -> Chain:
    """The chain in a ledger file's bytes; with `last`, in the bytes that follow that entry's line."""
    whole = content.rfind(b"\n") + 1
    lines = content[:whole].split(b"\n")[:-1] if whole else []
    found: list[Entry | None] = []
    faults: dict[int, str] = {}
    for index, line in enumerate(lines):
        try:
            found.append(entry_of(line))
        except ValueError as error:
            found.append(None)
            faults[index] = f"{error} (SHA-256 of the line {sha256(line)[:16]})"
    findings = _order(found, faults, last, first_line)
    return Chain(tuple(entry for entry in found if entry), tuple(findings), content[whole:], whole)


_RESTORE = "Compare with a backup; the entries around it are as they were written."


def _order(
    found: list[Entry | None], faults: Mapping[int, str], last: Entry | None, first_line: int
) -> list[Finding]:
    """What is wrong with the sequence: changed, missing, added and reordered entries, each by its number or line."""
    present = {entry.n for entry in found if entry}
    findings: list[Finding] = []
    number, tip = (
        (last.n, last.hash) if last else (0, START)
    )  # of the entry before, '' when its hash is unknown
    unknown = 0  # unreadable lines since the last good entry
    seen: set[int] = set()
    for index, entry in enumerate(found):
        place = f"ledger line {first_line + index}"
        if entry is None:
            why = faults[index]
            findings.append(
                Finding(Trouble.CHANGED, place, f"was changed after it was written: {why}.", _RESTORE)
            )
            unknown += 1
            tip = ""
            continue
        place = f"entry {entry.n}"
        if entry.n in seen or (entry.n <= number and last is not None and entry.n <= last.n):
            findings.append(Finding(Trouble.ADDED, place, "stands in the ledger a second time.", _RESTORE))
            continue
        seen.add(entry.n)
        if entry.n <= number:
            what = f"stands after entry {number}, behind its place."
            findings.append(Finding(Trouble.REORDERED, place, what, _RESTORE))
            continue
        gap = range(number + 1, entry.n)[:10_000]
        lost = [n for n in gap if n not in present][unknown:]
        if lost:
            which = f"entry {lost[0]}" if len(lost) == 1 else f"entries {lost[0]} to {lost[-1]}"
            findings.append(
                Finding(Trouble.MISSING, which, f"missing before entry {entry.n}.", "Restore from a backup.")
            )
        if any(n in present for n in gap):
            what = f"stands before entry {next(n for n in gap if n in present)}, ahead of its place."
            findings.append(Finding(Trouble.REORDERED, place, what, _RESTORE))
        elif tip and not gap and entry.prev != tip:
            what = "does not follow the entry before it: one of the two was replaced."
            findings.append(Finding(Trouble.CHANGED, place, what, _RESTORE))
        number, tip, unknown = entry.n, entry.hash, 0
    return findings
