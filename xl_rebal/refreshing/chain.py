"""Excel's list of formula cells (calcChain.xml): a cell that stops being one leaves it, or Excel repairs the file on opening.

Only cells of a volatile spill are meant: Excel marks them with an empty formula element, which goes when the result
shrinks. An entry without a sheet is of the sheet that the entry before it names, so that goes to the entry after it.
"""

from __future__ import annotations

import re
from collections.abc import Set

from xl_rebal.refreshing.coding import attributes

_ENTRY = re.compile(rb"<(?:\w+:)?c(\s[^>]*?)?\s*/>")


def without(content: bytes, gone: Set[tuple[str, str]]) -> bytes:
    """The part without the cells in `gone`, by sheetId and reference; the same bytes when none of them is in it."""
    pieces: list[bytes] = []
    done = 0
    sheet, named = "", ""  # of this entry; by the last entry that was kept
    for match in _ENTRY.finditer(content):
        given = attributes(match[1] or b"")
        sheet = given.get("i", sheet)
        if (sheet, given.get("r", "")) in gone:
            pieces.append(content[done : match.start()])
            done = match.end()
        else:
            if "i" not in given and named != sheet:
                pieces += [content[done : match.start(1)], b' i="' + sheet.encode() + b'"']
                done = match.start(1)
            named = sheet
    return b"".join([*pieces, content[done:]])
