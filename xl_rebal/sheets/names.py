"""Names that refer from sheet to sheet: matched in any case and spacing, and guessed at when they miss."""

from __future__ import annotations

from xl_rebal.sheets.cells import folded


class Names:
    """One spelling for names that differ only in case and white space: the first one met."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}
        self._memo: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._first)

    def add(self, name: str) -> str:
        """The first spelling of `name`, which becomes it if there is none."""
        if name not in self._memo:
            self._memo[name] = self._first.setdefault(folded(name), name)
        return self._memo[name]

    def find(self, name: str) -> str | None:
        """The first spelling of `name`, or None if it is not known."""
        hit = self._memo.get(name)
        if hit is None:
            hit = self._first.get(folded(name))
            if hit is not None:
                self._memo[name] = hit
        return hit

    def like(self, name: str) -> str:
        """A known name that `name` may stand for (zeros lost, dashes or stars left out), or ''."""
        key = _skeleton(name)
        hits = [first for first in self._first.values() if _skeleton(first) == key] if key else []
        return hits[0] if len(hits) == 1 else ""


def _skeleton(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum()).lstrip("0")


def hint(names: Names, name: str) -> str:
    """` Did you mean 'A-1'?` when one known name differs only in zeros, dashes or case."""
    like = names.like(name)
    return f" Did you mean {like!r}?" if like and like != name else ""
