"""One brief on its way into the record: what may be replaced, the bundle kept first, the entry written last."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xl_rebal.records import entry as kinds
from xl_rebal.records.bundle import (
    INPUTS,
    Bundle,
    bundle_folder,
    bundle_of,
    client_bundles,
    keep_bundle,
    manifest_in,
)
from xl_rebal.records.canonical import file_sha256, sha256
from xl_rebal.records.history import FiledBrief
from xl_rebal.records.ledger import Ledger
from xl_rebal.records.places import FirmFolder, remove_unfinished


class Filing:
    """The guard that `briefs.filing.file_brief` asks, and the entry after it; inside `ledger.writing()`."""

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
            "advisor": self._about["advisor"],
            "brief": brief,
            "bundle": self._kept,
            "bundle_sha256": own,
            "content_sha256": self._about["content_sha256"],
            "drafted_by": self._about["drafted_by"],
            "files": {path: sha256(content) for path, content in self._bundle.files.items()},
            "flags": self._about["flags"],
            "inputs_sha256": sha256(self._stored[INPUTS]),
            "manifest_sha256": self._bundle.manifest_sha256,
            "trades": self._about["trades"],
            "workbook": provenance.get("workbook", ""),
            "workbook_sha256": provenance.get("workbook_sha256", ""),
        }
        if last and last.brief != brief and (edited := self._edited(last)):
            data["edited"] = edited
        if provenance.get("plan_hash"):
            data["plan_hash"] = provenance["plan_hash"]
        self._append(kinds.BRIEF, data)

    def _edited(self, last: FiledBrief) -> dict[str, str]:
        """Files of the brief before, beside which this one is filed, as a person left them: path -> SHA-256.

        They are on record from now on, so that a later change shows. What was decided on is left out: a change of
        that is nobody's to make.
        """
        found: dict[str, str] = {}
        for relative, filed in last.files.items():
            path = self._folder.inside(relative)
            if path.is_file() and not self._ledger.history.decided(relative, filed):
                own = file_sha256(path)
                if own not in self._ledger.history.files.get(relative, ()):
                    found[relative] = own
        return found

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
