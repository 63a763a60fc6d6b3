"""An advisor's decision on a brief: an entry bound to that brief's bytes, with the signed or edited file beside it.

A signed file is filed as a new version under a name of its own; nothing that is there is ever replaced.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Any

from xl_rebal.errors import BriefStale, DecisionRefused
from xl_rebal.records import entry as kinds
from xl_rebal.records.canonical import sha256
from xl_rebal.records.entry import Entry
from xl_rebal.records.history import FiledBrief
from xl_rebal.records.ledger import Ledger
from xl_rebal.records.places import FirmFolder, remove_unfinished, write_new


class Choice(StrEnum):
    """What an advisor decides about a proposed plan."""

    APPROVE = "approve"
    MODIFY = "modify"
    DECLINE = "decline"
    DEFER = "defer"


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that is on record now, and the files that were filed with it."""

    entry: Entry
    brief: FiledBrief
    files: tuple[Path, ...]
    stale: bool


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that comes with a decision: its name's suffix and its bytes."""

    suffix: str
    content: bytes


def who_answers(by: str, what: str) -> str:
    """The name without stray spaces, so that one person is one name. Raises DecisionRefused for none; `what` is asked for."""
    name = " ".join(by.split())
    if not name:
        raise DecisionRefused(f"Say {what}. Nothing was recorded.")
    return name


def decide(
    ledger: Ledger,
    folder: FirmFolder,
    client: str,
    period: str,
    choice: Choice,
    *,
    by: str,
    why: str = "",
    signed: Attached | None = None,
    workbook_sha256: str,
    changed: Callable[[FiledBrief], Sequence[str]],
    even_if_stale: bool = False,
) -> Decided:
    """Records a decision on the latest brief of a client and period; call it inside `ledger.writing()`.

    `changed` says what of the client's own input is other now than when that brief was made: with anything, the brief
    is stale. Raises DecisionRefused without a brief, for changes that nobody describes, and for a stale brief unless
    `even_if_stale`.
    """
    by = who_answers(by, "who decided")
    if choice is Choice.MODIFY and not why.strip():
        raise DecisionRefused(
            f"{client}: say what is to be changed in the plan and why (--why TEXT). Nothing was recorded."
        )
    brief = ledger.history.latest(client, period)
    if brief is None:
        raise DecisionRefused(
            f"{client} has no brief of {period} on record to decide on. Run `xl-rebal briefs` for {client} first."
        )
    what = list(changed(brief))
    if what and not even_if_stale:
        known = f"The workbook changed for {client} after the brief of {period} was made ({'; '.join(what)})"
        raise BriefStale(
            f"{known}, so the brief is stale. Make the brief again with `xl-rebal briefs`, or record the decision on the "
            "stale one with --even-if-stale.",
            f"{known}.",
        )
    copies, edited = _filed_copies(folder, brief, signed)
    data: dict[str, Any] = {
        "brief": brief.brief,
        "brief_sha256": brief.brief_sha256,
        "decided_by": by,
        "decision": choice.value,
        "edited": edited,
        "entry": brief.n,
        "files": copies,
        "manifest_sha256": brief.manifest_sha256,
        "changed": what,
        "stale": bool(what),
        "why": why,
        "workbook_sha256": workbook_sha256,
    }
    made = ledger.append(kinds.DECISION, data, client=client, period=period)
    return Decided(made, brief, tuple(folder.inside(path) for path in copies), bool(what))


def _filed_copies(
    folder: FirmFolder, brief: FiledBrief, signed: Attached | None
) -> tuple[dict[str, str], Mapping[str, str]]:
    """Files the signed file, and the brief where it was edited in place, as new versions; both as path -> SHA-256.

    The second mapping is the edited brief in its own place.
    """
    place = folder.inside(brief.brief)
    remove_unfinished(place.parent)
    copies: dict[str, str] = {}
    edited: dict[str, str] = {}
    if signed is not None:
        copies[_new_version(folder, brief, "signed", signed)] = sha256(signed.content)
    try:
        now = place.read_bytes()
    except FileNotFoundError:  # moved away by the advisor; verify says so
        return copies, edited
    if sha256(now) != brief.brief_sha256:
        edited[brief.brief] = sha256(now)
        if sha256(now) not in copies.values():
            copies[_new_version(folder, brief, "edited", Attached(place.suffix, now))] = sha256(now)
    return copies, edited


def _new_version(folder: FirmFolder, brief: FiledBrief, what: str, attached: Attached) -> str:
    """Writes `brief-signed.pdf` (or -2, -3 ...) beside the brief unless the very same is there; its path in the folder."""
    own = PurePosixPath(brief.brief)
    suffix = attached.suffix if re.fullmatch(r"\.[A-Za-z0-9]{1,8}", attached.suffix) else ""
    number = 1
    while True:
        end = f"-{number}" if number > 1 else ""
        relative = str(own.with_name(f"{own.stem}-{what}{end}{suffix.lower()}"))
        path = folder.inside(relative)
        if not path.exists():
            write_new(path, attached.content)
            return relative
        if path.read_bytes() == attached.content:
            return relative
        number += 1
