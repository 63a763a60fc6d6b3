"""Entries to look at: by client, period, person or decision; and the complete file of a client or period to hand over."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from xl_rebal.errors import FilingFailed, RecordsUnreadable
from xl_rebal.records import entry as kinds
from xl_rebal.records.canonical import canonical, sha256
from xl_rebal.records.entry import Entry
from xl_rebal.records.history import History, effective
from xl_rebal.records.ledger import Ledger
from xl_rebal.records.places import EXPORTS, FirmFolder, write_new

_EPOCH = (1980, 1, 1, 0, 0, 0)
MANIFEST = "export.json"
ENTRIES = "entries.jsonl"
_NOTE = """How to check this export with any tool:
- export.json lists each file with its SHA-256. Files under 'changed' differ from the record, those under 'missing' are gone.
- entries.jsonl holds the ledger's entries as they are. The hash of an entry is the SHA-256 of its line without the
  member "hash"; entries of other clients, which the numbers leave room for, are in the firm's ledger.
- Each brief's entry names its bundle (a zip) and the bundle's hash; manifest.json in the bundle lists its parts.
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries; '' asks for all."""

    client: str = ""
    period: str = ""
    by: str = ""
    decision: str = ""
    advisor: str = ""  # of the client, when the brief was made

    def fits(self, found: Entry) -> bool:
        people = (found.by.casefold(), str(found.data.get("decided_by", "")).casefold())
        return (
            self.client in ("", found.client)
            and self.period in ("", found.period)
            and (not self.by or self.by.casefold() in people)
            and self.decision in ("", found.data.get("decision"))
        )


def listed(entries: Iterable[Entry], wanted: Wanted) -> list[Entry]:
    """The entries asked for, in order; merged ones as the entry that they quote."""
    every = list(effective(entries))
    if wanted.advisor:
        name = wanted.advisor.casefold()
        theirs = {
            (found.client, found.period)
            for found in every
            if found.kind == kinds.BRIEF and str(found.data.get("advisor", "")).casefold() == name
        }
        every = [found for found in every if (found.client, found.period) in theirs]
    return [found for found in every if wanted.fits(found)]


def summary(found: Entry) -> str:
    """What an entry says, in a few words."""
    data = found.data
    if found.kind == kinds.BRIEF:
        flags = ", ".join(map(str, data.get("flags", ()))) or "no flags"
        edited = data.get("edited")
        names = ", ".join(PurePosixPath(path).name for path in edited) if isinstance(edited, Mapping) else ""
        beside = f" beside {names}, edited since it was filed" if names else ""
        return f"{PurePosixPath(str(data.get('brief'))).name} by {data.get('drafted_by')}{beside}; {flags}"
    if found.kind == kinds.DECISION:
        why = f": {data.get('why')}" if data.get("why") else ""
        stale = " (stale brief)" if data.get("stale") else ""
        return f"{data.get('decision')} by {data.get('decided_by')}{stale}{why}"
    if found.kind == kinds.REVIEWED:
        remark = f": {data.get('why')}" if data.get("why") else ""
        return f"{data.get('result')} by {data.get('decided_by')}{remark}"
    if found.kind == kinds.SUMMARY:
        return f"{data.get('summary')} of {data.get('clients')} clients, {data.get('withheld')} withheld"
    if found.kind == kinds.EXECUTED:
        return f"{data.get('outcome')}, {len(data.get('trades', ()))} trades as of {data.get('as_of')}"
    if found.kind in (kinds.QUARTER_OPENED, kinds.QUARTER_CLOSED):
        key = "open" if found.kind == kinds.QUARTER_CLOSED else "carried"
        listed = ", ".join(map(str, data.get(key) or ())) or "nobody"
        return f"by {data.get('decided_by')}, {key}: {listed}"
    if found.kind == kinds.SAMPLE:
        return f"seed {data.get('seed')}, count {data.get('count')}: {', '.join(map(str, data.get('drawn', ())))}"
    if found.kind == kinds.POPULATION:
        return f"{len(data.get('clients', ()))} clients, {str(data.get('sha256'))[:12]}"
    shown = (f"{key} {value}" for key, value in sorted(data.items()) if isinstance(value, str | int))
    return "; ".join(shown)


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export holds. `missing` and `changed` are paths that are not as they are on record."""

    file: Path
    entries: int
    files: int
    missing: tuple[str, ...]
    changed: tuple[str, ...]


def export(ledger: Ledger, folder: FirmFolder, wanted: Wanted, name: Path) -> Exported:
    """Writes the complete file of a client or period as a new zip in the firm folder's `_exports`, and records that.

    Call it inside `ledger.writing()`. Raises FilingFailed when `name` leads elsewhere or exists, RecordsUnreadable when
    nothing on record fits.
    """
    chosen = listed(ledger.entries, Wanted(wanted.client, wanted.period))
    if not chosen:
        asked = " and ".join(filter(None, (wanted.client, wanted.period)))
        raise RecordsUnreadable(f"Nothing is on record for {asked}, so nothing was exported.")
    target = export_path(folder, name)
    parts: dict[str, bytes] = {ENTRIES: b"".join(found.line + b"\n" for found in chosen)}
    missing: list[str] = []
    changed: list[str] = []
    for relative, hashes in sorted(_files(chosen, ledger.history).items()):
        try:
            content = folder.inside(relative).read_bytes()
        except FileNotFoundError:
            missing.append(relative)
            continue
        if sha256(content) not in hashes:
            changed.append(relative)
        parts[f"files/{relative}"] = content
    last = ledger.last
    manifest: Mapping[str, Any] = {
        "format": 1,
        "client": wanted.client,
        "period": wanted.period,
        "entries": len(chosen),
        "head": {"count": last.n, "hash": last.hash} if last else {},
        "files": {path: sha256(content) for path, content in parts.items()},
        "missing": missing,
        "changed": changed,
    }
    content = _zipped({MANIFEST: canonical(manifest), "HOW-TO-CHECK.txt": _NOTE.encode("ascii"), **parts})
    try:
        write_new(target, content)
    except FileExistsError:
        raise FilingFailed(f"{target} exists already and is not overwritten. Name another file.") from None
    data = {"entries": len(chosen), "file": folder.relative(target), "sha256": sha256(content)}
    ledger.append(kinds.EXPORT, data, client=wanted.client, period=wanted.period)
    return Exported(target, len(chosen), len(parts) - 1, tuple(missing), tuple(changed))


def export_path(folder: FirmFolder, name: Path) -> Path:
    """Where an export of this name goes: exports stay in the firm's folder, where its rights and backups hold."""
    if name.is_absolute():
        try:
            relative = name.relative_to(folder.root.resolve()).as_posix()
        except ValueError:
            raise FilingFailed(
                f"{name} is outside the firm's folder, and exports stay in it. Give a name such as file.zip; it is written to "
                f"{folder.root / EXPORTS}, and you can copy it from there."
            ) from None
    else:
        relative = f"{EXPORTS}/{name.as_posix()}"
    if not relative.startswith(f"{EXPORTS}/") or not relative.endswith(".zip"):
        raise FilingFailed(
            f"An export is a .zip file in the firm's folder {EXPORTS}. Give a name such as file.zip."
        )
    path = folder.inside(relative)
    if path.exists():
        raise FilingFailed(f"{path} exists already and is not overwritten. Name another file.")
    return path


def _files(chosen: Iterable[Entry], history: History) -> dict[str, set[str]]:
    """Every file that the entries name, with the hashes it may have now."""
    files: dict[str, set[str]] = {}
    for found in chosen:
        for path in _paths(found):
            own = {history.bundles[path]} if path in history.bundles else history.files.get(path, set())
            files[path] = own
    return files


def _paths(found: Entry) -> Iterator[str]:
    bundle, files = found.data.get("bundle"), found.data.get("files")
    if isinstance(bundle, str):
        yield bundle
    if found.kind in (kinds.BRIEF, kinds.DECISION, kinds.SUMMARY) and isinstance(files, Mapping):
        yield from map(str, files)


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(parts.items()):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, compress_type=zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
