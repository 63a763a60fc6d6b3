"""What `verify` finds, each with its place, what it means and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Trouble(Enum):
    """Kinds of finding; the value is what the JSON shows."""

    CHANGED = "changed"  # bytes are not those on record
    MISSING = "missing"  # on record, but gone
    ADDED = "added"  # there, but not on record
    REORDERED = "reordered"
    TRUNCATED = "truncated"  # the anchor knows more entries
    TORN = "torn"  # a line that was not written to its end
    UNREADABLE = "unreadable"
    COPY = "conflict copy"
    ANCHOR = "anchor"  # the ledger was once found shorter or other than its anchor
    NOTE = "note"  # worth saying, nothing wrong


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. `place` is an entry ('entry 12') or a path inside the firm folder."""

    trouble: Trouble
    place: str
    what: str
    todo: str = ""

    @property
    def wrong(self) -> bool:
        return self.trouble is not Trouble.NOTE

    def __str__(self) -> str:
        head = "Note" if not self.wrong else self.trouble.value.capitalize()
        return f"{head}: {self.place}: {self.what} {self.todo}".strip()

    def record(self) -> dict[str, str]:
        return {"trouble": self.trouble.value, "place": self.place, "what": self.what, "todo": self.todo}
