"""Words that the messages of several checks share: counts, lists, and the name that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

NAMED = 6
"""So many names are listed in a message before 'and n more'."""


def lots_text(count: int) -> str:
    return "1 lot" if count == 1 else f"{count} lots"


def capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]


def listed(names: Sequence[str]) -> str:
    """`AGG, VTI and 3 more`."""
    shown = ", ".join(names[:NAMED])
    return f"{shown} and {len(names) - NAMED} more" if len(names) > NAMED else shown


def close_to(name: str, known: Iterable[str]) -> str:
    """` Did you mean 'Balanced'?` when a known name is much like this one."""
    options = {option.casefold(): option for option in known}
    hits = get_close_matches(name.casefold(), list(options), n=1, cutoff=0.7)
    return f" Did you mean {options[hits[0]]!r}?" if hits else ""
