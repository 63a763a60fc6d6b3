"""File and folder names that no system, and no reader, takes for another: what is refused, and what is left out instead.

Windows takes `CON`, `nul.txt` and names with dots or spaces at the end for something else, a fraction slash looks like
a separator, and a direction mark turns what is shown around.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

DEVICE = re.compile(
    r"(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|CLOCK\$|(COM|LPT)[0-9\u00b9\u00b2\u00b3])( *\..*)?", re.IGNORECASE
)
_SEPARATORS = '/\\:*?"<>|'
"""Separators, and what Windows refuses in a name."""
_LOOK_ALIKES = str.maketrans(
    dict.fromkeys("\u2215\u2044\u29f8", "/")
    | dict.fromkeys("\u2216\u29f5", "\\")
    | {"\ua789": ":", "\u2236": ":"}
)
"""Characters that look like a separator, and that normalization leaves as they are."""
_INVISIBLE = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))


@lru_cache(maxsize=4096)
def deceptive(character: str) -> bool:
    """Whether a character separates names, looks as if it did, or shows nothing of its own."""
    if unicodedata.category(character) in _INVISIBLE:
        return True
    plain = unicodedata.normalize("NFKC", character).translate(_LOOK_ALIKES)
    return any(c in _SEPARATORS for c in plain)


def tricky(name: str) -> bool:
    """Whether a name may lead, or seem to lead, elsewhere than it shows."""
    bare = name.rstrip(". ")
    if name != bare or DEVICE.fullmatch(bare) or any(map(deceptive, name)):
        return True
    return set(unicodedata.normalize("NFKC", name)) <= {"."}
