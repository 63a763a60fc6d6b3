"""What a fault that nobody foresaw may say: its kind and where in the program it arose, never a value it met.

A message such as KeyError('Hartwell') or a line of a client's rows is personal data, and logs are mailed around.
"""

from __future__ import annotations

import traceback
from pathlib import PurePath

_PACKAGES = ("xl_rebal", "udfs", "workbook", "site-packages", "lib")


def fault_text(error: BaseException) -> str:
    """Kind and place of an error and of those that caused it, the outermost first: no message, no value, no user's folder."""
    parts: list[str] = []
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        lines = [type(found).__qualname__]
        lines += [
            f"  {_place(frame.filename)}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(found.__traceback__)
        ]
        parts.append("\n".join(lines))
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
    return "\ncaused by ".join(parts)


def _place(filename: str) -> str:
    """A source file from its package on; the folders above it name a user."""
    parts = PurePath(filename).parts
    for name in _PACKAGES:
        if name in parts:
            at = len(parts) - 1 - parts[::-1].index(name)
            return "/".join(parts[at:])
    return parts[-1] if parts else filename
