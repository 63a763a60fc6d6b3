"""What the entries of a ledger amount to: the briefs filed, the decisions on them, and the files they answer for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xl_rebal.records import entry as kinds
from xl_rebal.records.entry import Entry


@dataclass(frozen=True, slots=True)
class FiledBrief:
    """A brief on record. Paths are in the firm folder."""

    n: int
    at: str
    client: str
    period: str
    brief: str
    brief_sha256: str
    manifest_sha256: str
    bundle: str
    bundle_sha256: str
    workbook_sha256: str
    inputs_sha256: str
    files: Mapping[str, str]
    flags: tuple[str, ...]
    content_sha256: str  # of the client's own input, wherever its rows stand
    trades: int | None  # that the plan proposes; None: not on record


@dataclass(frozen=True, slots=True)
class FiledDecision:
    """A decision on record. `by` decided; who recorded it is the entry's `by`."""

    n: int
    at: str
    by: str
    client: str
    period: str
    decision: str
    why: str
    manifest_sha256: str
    stale: bool
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class QuarterMark:
    """A quarter opened or closed on record. `clients` were carried in (opened), or were still open (closed)."""

    n: int
    at: str
    by: str
    closed: bool
    clients: Mapping[str, str]  # Client ID -> why
    why: str


class History:
    """Grows with the ledger: `add` each entry once, in order."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.briefs: dict[tuple[str, str], list[FiledBrief]] = defaultdict(list)
        self.decisions: list[FiledDecision] = []
        self.bundles: dict[str, str] = {}  # path -> SHA-256
        self.files: dict[str, set[str]] = {}  # path -> hashes that it may have now
        self.written: dict[str, set[str]] = defaultdict(set)  # path -> every hash that this program gave it
        self.names: dict[str, str] = {}  # file in the record's folder -> SHA-256: torn lines, conflict copies
        self.executed: dict[str, tuple[str, str]] = {}  # manifest -> (outcome, as-of date) last recorded
        self.quarters: dict[str, list[QuarterMark]] = defaultdict(list)
        self._of_client: dict[str, list[FiledBrief]] = defaultdict(list)
        self._decision_on: dict[tuple[str, str, str], FiledDecision] = {}
        self._by_manifest: dict[str, list[FiledBrief]] = defaultdict(list)
        self._settled: set[tuple[str, str]] = set()  # (path, SHA-256) of files that were decided on
        self.count = 0
        for found in entries:
            self.add(found)

    def add(self, found: Entry) -> None:
        self.count += 1
        data = found.data
        if found.kind in (kinds.TORN, kinds.COPY):
            self.names[_text(data, "file")] = _text(data, "sha256")
        if found.kind == kinds.FOUND:
            self.bundles[_text(data, "bundle")] = _text(data, "bundle_sha256")
        for inner in effective([found]):
            if inner.kind == kinds.BRIEF:
                self._add_brief(inner, merged=inner is not found)
            elif inner.kind == kinds.SUMMARY:
                for path, own in _mapping(inner.data, "files").items():
                    self.files[str(path)] = {str(own)}
                    self.written[str(path)].add(str(own))
            elif inner.kind == kinds.DECISION:
                self._add_decision(inner)
            elif inner.kind == kinds.EXECUTED:
                said = _text(inner.data, "outcome"), _text(inner.data, "as_of")
                self.executed[_text(inner.data, "manifest_sha256")] = said
            elif inner.kind in (kinds.QUARTER_OPENED, kinds.QUARTER_CLOSED):
                self._add_quarter(inner)

    def _add_quarter(self, found: Entry) -> None:
        closed = found.kind == kinds.QUARTER_CLOSED
        clients = _mapping(found.data, "open" if closed else "carried")
        mark = QuarterMark(
            found.n,
            found.at,
            _text(found.data, "decided_by") or found.by,
            closed,
            {str(client): str(why) for client, why in clients.items()},
            _text(found.data, "why"),
        )
        self.quarters[found.period].append(mark)

    def _add_brief(self, found: Entry, *, merged: bool) -> None:
        data = found.data
        files = {str(path): str(own) for path, own in _mapping(data, "files").items()}
        flags = data.get("flags")
        brief = FiledBrief(
            found.n,
            found.at,
            found.client,
            found.period,
            _text(data, "brief"),
            files.get(_text(data, "brief"), ""),
            _text(data, "manifest_sha256"),
            _text(data, "bundle"),
            _text(data, "bundle_sha256"),
            _text(data, "workbook_sha256"),
            _text(data, "inputs_sha256"),
            files,
            tuple(map(str, flags)) if isinstance(flags, list) else (),
            _text(data, "content_sha256"),
            trades if isinstance(trades := data.get("trades"), int) else None,
        )
        self.briefs[found.client, found.period].append(brief)
        self._of_client[found.client].append(brief)
        self._by_manifest[brief.manifest_sha256].append(brief)
        self.bundles[brief.bundle] = brief.bundle_sha256
        for path, own in files.items():
            # Of two copies of a ledger nobody can tell which filing came last, so either file is right.
            self.files[path] = {own} | (self.files.get(path, set()) if merged else set())
            self.written[path].add(own)
        for path, own in _mapping(
            data, "edited"
        ).items():  # as a person left it, when a new one was filed beside
            self.files[str(path)] = {str(own)}

    def _add_decision(self, found: Entry) -> None:
        data = found.data
        decision = FiledDecision(
            found.n,
            found.at,
            _text(data, "decided_by"),
            found.client,
            found.period,
            _text(data, "decision"),
            _text(data, "why"),
            _text(data, "manifest_sha256"),
            data.get("stale") is True,
            {str(path): str(own) for path, own in _mapping(data, "files").items()},
        )
        self.decisions.append(decision)
        self._decision_on[decision.client, decision.period, decision.manifest_sha256] = decision
        for brief in self._by_manifest[decision.manifest_sha256]:
            self._settled.update(brief.files.items())
        for path, own in (*decision.files.items(), *_mapping(data, "edited").items()):
            self.files[str(path)] = {str(own)}

    def latest(self, client: str, period: str) -> FiledBrief | None:
        """The last brief filed for a client and period."""
        filed = self.briefs.get((client, period))
        return filed[-1] if filed else None

    def decision_on(self, brief: FiledBrief) -> FiledDecision | None:
        """The last decision on this very brief."""
        return self._decision_on.get((brief.client, brief.period, brief.manifest_sha256))

    def briefs_of(self, client: str) -> Sequence[FiledBrief]:
        """A client's briefs of all periods, in the order they were filed."""
        return self._of_client[client]

    def decided(self, path: str, own: str) -> bool:
        """Whether a decision was made on a brief whose file at `path` has this hash."""
        return (path, own) in self._settled


def effective(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Entries as what they say: one that was merged from a conflict copy as the entry that it quotes, the rest as is."""
    for found in entries:
        line = found.data.get("line") if found.kind == kinds.MERGED else None
        if not isinstance(line, str):
            yield found
            continue
        try:
            yield kinds.entry_of(line.encode("utf-8"))
        except ValueError:
            yield found


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""


def _mapping(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key)
    return value if isinstance(value, Mapping) else {}
