"""The head of a ledger, kept outside the folder: without it nobody could tell that the last entries were cut off.

One small file per firm folder and user, written after each append. Every user who files keeps one, so cutting off the
tail unseen means changing files on several computers. It can be printed: number and hash of the last entry are enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from xl_rebal.records.canonical import canonical, is_sha256, parsed, sha256
from xl_rebal.records.places import write_whole


@dataclass(frozen=True, slots=True)
class Head:
    """Number of entries and hash of the last one."""

    count: int
    hash: str

    def __str__(self) -> str:
        return f"{self.count}:{self.hash}"


def head_of(text: str) -> Head:
    """The head in `12:4f0c...`, as `verify` prints it. Raises ValueError for anything else."""
    count, colon, own = text.strip().partition(":")
    if not (colon and count.isascii() and count.isdigit() and int(count) and is_sha256(own)):
        raise ValueError(
            f"{text!r} is not a head, which looks like 12:4f0c... with 64 characters after the colon"
        )
    return Head(int(count), own)


def anchor_name(root: Path) -> str:
    """File name of a firm folder's anchor, by where the folder lies: a ledger that was replaced as a whole is found too."""
    return f"{sha256(str(root.resolve()).encode('utf-8', 'surrogateescape'))[:24]}.json"


def read_anchor(path: Path) -> Head | None:
    """The head that an anchor holds; None when there is none. Raises ValueError when it can't be read."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    found = parsed(content)
    count, head = found.get("count"), found.get("head")
    if not isinstance(count, int) or isinstance(count, bool) or count < 1 or not is_sha256(head):
        raise ValueError("it does not hold a count and a head")
    return Head(count, str(head))


def write_anchor(path: Path, root: Path, head: Head) -> None:
    content: Mapping[str, object] = {"count": head.count, "folder": str(root), "head": head.hash}
    write_whole(path, canonical(content) + b"\n")


def keep_aside(path: Path) -> Path:
    """Moves an anchor that does not fit out of the way, as evidence; returns where it is."""
    number = 1
    while (aside := path.with_name(f"{path.stem}.kept-{number}.json")).exists():
        number += 1
    path.replace(aside)
    return aside
