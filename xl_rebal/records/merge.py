"""Second copies of a ledger that a sync program made: their entries come in as new ones that quote them whole.

OneDrive, Dropbox and the like keep both files when two computers wrote at once: `ledger-HOST.jsonl`, `ledger (conflicted
copy).jsonl`. The copy stays where it is, as evidence, with its hash on record.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from xl_rebal.records import entry as kinds
from xl_rebal.records.canonical import sha256
from xl_rebal.records.entry import entry_of
from xl_rebal.records.ledger import Ledger
from xl_rebal.records.places import LEDGER, FirmFolder


@dataclass(frozen=True, slots=True)
class Merged:
    """What a copy held that the ledger did not."""

    name: str
    entries: int
    damaged: int  # lines that are no entry; quoted all the same


def is_copy(name: str) -> bool:
    """Whether a file name is one that sync programs give to a second copy of the ledger."""
    plain = name.casefold()
    return plain != LEDGER and plain.startswith("ledger") and plain.endswith(".jsonl")


def copies(folder: FirmFolder) -> list[Path]:
    return sorted(path for path in folder.records.iterdir() if is_copy(path.name))


def merge_copies(ledger: Ledger, folder: FirmFolder) -> list[Merged]:
    """Brings every copy that is not on record into the ledger; call it inside `ledger.writing()`.

    Cut short, it is completed by the next run: an entry that was quoted is not quoted again.
    """
    known = {found.hash for found in ledger.entries}
    quoted = [str(found.data.get("line")) for found in ledger.entries if found.kind == kinds.MERGED]
    known |= {sha256(line.encode("utf-8")) for line in quoted}
    merged: list[Merged] = []
    for path in copies(folder):
        content = folder.inside(folder.relative(path)).read_bytes()
        own = sha256(content)
        if ledger.history.names.get(path.name) == own:
            continue
        entries = damaged = 0
        for line in filter(None, content.split(b"\n")):
            text = line.decode("utf-8", "backslashreplace")
            client = period = ""
            whole = True
            try:
                found = entry_of(line)
                keys = {found.hash, sha256(line)}
                client, period = found.client, found.period
            except ValueError:
                whole, keys = False, {sha256(text.encode("utf-8"))}
            if keys & known:
                continue
            known |= keys
            entries, damaged = entries + whole, damaged + (not whole)
            ledger.append(kinds.MERGED, {"from": path.name, "line": text}, client=client, period=period)
        ledger.append(kinds.COPY, {"damaged": damaged, "entries": entries, "file": path.name, "sha256": own})
        merged.append(Merged(path.name, entries, damaged))
    return merged
