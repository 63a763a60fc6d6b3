"""The use cases of the record: file a brief on record, decide, verify, draw a sample, list, export, merge.

`app` files briefs through `Recorder`. Who records and the clock come from the shell as a `Recording`; without one a
brief is filed, but not recorded (trials, tests).
"""

from __future__ import annotations

import functools
import hashlib
import platform
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xl_rebal import __version__
from xl_rebal.briefs.filing import Filed, file_brief
from xl_rebal.errors import RecordsUnreadable
from xl_rebal.records import entry as kinds
from xl_rebal.records.bundle import (
    DRAFT,
    EXCHANGES,
    INPUTS,
    Bundle,
    bundle_folder,
    bundle_of,
    client_bundles,
    draft_bytes,
    exchange_bytes,
    keep_bundle,
    manifest_in,
)
from xl_rebal.records.canonical import sha256
from xl_rebal.records.inputs import Inputs, inputs_bytes
from xl_rebal.records.ledger import Ledger, Recording
from xl_rebal.records.places import FirmFolder, firm_folder, remove_unfinished
from xl_rebal.records.verify import Verdict, verify

__all__ = ["Recorder", "Recording", "firm_folder", "verdict_lines", "verdict_record", "verify_records"]

if TYPE_CHECKING:
    from xl_rebal.drafting.openai_drafter import Exchange
    from xl_rebal.facts.draft import Draft
    from xl_rebal.facts.types import Facts


class Recorder:
    """Files briefs on record, one after the other; one for a firm folder and run.

    `exchanges` is where the drafter puts what it asked a model and what came back; it is taken with the next brief.
    """

    def __init__(self, out: Path, recording: Recording) -> None:
        self.exchanges: list[Exchange] = []
        self._folder = FirmFolder(out)
        self._ledger = Ledger(self._folder, recording)

    def file(
        self,
        facts: Facts,
        draft: Draft,
        document: bytes,
        *,
        folder: str,
        provenance: Mapping[str, str],
        inputs: Inputs,
        flags: tuple[str, ...],
    ) -> Filed:
        """Files a brief as `file_brief` does, keeps its bundle and enters it in the ledger.

        Bundle, files, entry, in this order and under one lock: whenever it is cut short, what is on record is whole,
        and running again completes it. The same brief twice is one entry.
        """
        stored = {INPUTS: inputs_bytes(inputs), DRAFT: draft_bytes(draft)}
        if self.exchanges:
            stored[EXCHANGES] = exchange_bytes([asdict(exchange) for exchange in self.exchanges])
        about = {
            "as_of": facts.as_of.isoformat(),
            "drafted_by": draft.drafted_by,
            "flags": list(flags),
            "parameters_sha256": parameters_sha256(),
            "provenance": dict(provenance),
            "versions": {"python": platform.python_version(), "xl_rebal": __version__},
        }
        out = self._folder.root
        with self._ledger.writing():
            filing = _Filing(self._folder, self._ledger, facts.client_id, facts.quarter, stored, about)
            filed = file_brief(
                out, facts, draft, document, folder=folder, provenance=provenance, guard=filing
            )
            filing.enter(self._folder.relative(filed.brief))
        return filed


class _Filing:
    """One brief on its way into the record: the guard that `file_brief` asks."""

    def __init__(
        self,
        folder: FirmFolder,
        ledger: Ledger,
        client: str,
        period: str,
        stored: Mapping[str, bytes],
        about: Mapping[str, Any],
    ) -> None:
        self._folder = folder
        self._ledger = ledger
        self._client = client
        self._period = period
        self._stored = stored
        self._about = about
        self._bundle: Bundle | None = None
        self._kept = ""
        self._interrupted = self._bundles_without_entry()

    def stays(self, path: Path, sha256: str, as_filed: bool) -> bool:
        """Whether a file is somebody's own or was decided on; what an interrupted filing wrote may be replaced."""
        relative = self._folder.relative(path)
        history = self._ledger.history
        if history.decided(relative, sha256):
            return True
        if as_filed or sha256 in history.written.get(relative, ()):
            return False
        return all(manifest["files"].get(relative) != sha256 for _, manifest in self._interrupted.values())

    def keep(self, contents: Mapping[Path, bytes]) -> None:
        for path in contents:
            self._folder.inside(self._folder.relative(path))
            remove_unfinished(path.parent)
        files = {self._folder.relative(path): content for path, content in contents.items()}
        self._bundle = bundle_of(self._client, self._period, files, self._stored, self._about)
        self._kept = keep_bundle(self._folder, self._bundle)

    def enter(self, brief: str) -> None:
        """Writes the entry, unless the last one of this client and period says the same."""
        assert self._bundle is not None  # noqa: S101 - file_brief called keep
        own = sha256(self._bundle.content)
        for relative, (found, _) in self._interrupted.items():
            if relative != self._kept:
                self._append(kinds.FOUND, {"bundle": relative, "bundle_sha256": found})
        last = self._ledger.history.latest(self._client, self._period)
        if last and (last.manifest_sha256, last.bundle, last.bundle_sha256) == (
            self._bundle.manifest_sha256,
            self._kept,
            own,
        ):
            return
        provenance = self._about["provenance"]
        data = {
            "brief": brief,
            "bundle": self._kept,
            "bundle_sha256": own,
            "drafted_by": self._about["drafted_by"],
            "files": {path: sha256(content) for path, content in self._bundle.files.items()},
            "flags": self._about["flags"],
            "manifest_sha256": self._bundle.manifest_sha256,
            "workbook": provenance.get("workbook", ""),
            "workbook_sha256": provenance.get("workbook_sha256", ""),
        }
        if provenance.get("plan_hash"):
            data["plan_hash"] = provenance["plan_hash"]
        self._append(kinds.BRIEF, data)

    def _append(self, kind: str, data: Mapping[str, Any]) -> None:
        self._ledger.append(kind, data, client=self._client, period=self._period)

    def _bundles_without_entry(self) -> dict[str, tuple[str, dict[str, Any]]]:
        """Whole bundles of this client and period that no entry names, by path: hash and manifest."""
        found: dict[str, tuple[str, dict[str, Any]]] = {}
        remove_unfinished(self._folder.root / bundle_folder(self._period))
        for path in client_bundles(self._folder, self._client, self._period):
            relative = self._folder.relative(path)
            if relative in self._ledger.history.bundles:
                continue
            content = path.read_bytes()
            try:
                manifest = manifest_in(content)
            except ValueError:
                continue  # not ours or damaged: verify names it
            if (manifest.get("client"), manifest.get("period")) == (self._client, self._period):
                found[relative] = (sha256(content), manifest)
        return found


@functools.cache
def parameters_sha256() -> str:
    """One hash over the tax and firm parameter files, names included."""
    from xl_rebal.params import load

    whole = hashlib.sha256()
    for path in sorted(Path(load.__file__).parent.glob("*.toml")):
        whole.update(f"{path.name} {sha256(path.read_bytes())}\n".encode())
    return whole.hexdigest()


# --- Verify --------------------------------------------------------------------------------------------------------


def verify_records(folder: FirmFolder, anchor: Path | None) -> Verdict:
    """What is wrong with a firm folder's record. Raises RecordsUnreadable when there is none."""
    try:
        return verify(folder, anchor)
    except OSError as error:
        raise RecordsUnreadable(
            f"The record in {folder.root} can't be read: {error.strerror or error}."
        ) from error


def verdict_lines(verdict: Verdict) -> list[str]:
    """The outcome in plain words: what is wrong first, the head to print or mail last."""
    from xl_rebal.app import counted

    wrong = [f for f in verdict.findings if f.wrong]
    lines = [str(f) for f in (*wrong, *(f for f in verdict.findings if not f.wrong))]
    lines += [f"Accepted on record: {f}" for f in verdict.accepted]
    seen = f"{verdict.entries:,} {'entry' if verdict.entries == 1 else 'entries'} and {counted(verdict.files, 'file')}"
    lines.append(f"{seen} checked: {counted(len(wrong), 'finding') if wrong else 'all as recorded'}.")
    if verdict.head:
        lines.append(f"Head: {verdict.head.count} {verdict.head.hash}")
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
