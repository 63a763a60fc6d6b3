"""How a file writes what its cells hold: attributes, texts in XML, Excel's own coding of characters, cell ranges."""

from __future__ import annotations

import re

from xl_rebal.refreshing.formula import column_number
from xl_rebal.sheets.source import letters

_ATTRIBUTE = re.compile(r"""([\w:.\-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_ENTITY = re.compile("&(?:#([0-9]+)|#x([0-9a-fA-F]+)|(lt|gt|amp|quot|apos));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_CODED = re.compile("_x([0-9A-Fa-f]{4})_")
_MISTAKABLE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LONGEST_TEXT = 32_767


def attributes(content: bytes) -> dict[str, str]:
    """Attributes of a tag by name."""
    return {m[1]: entities(m[2] if m[2] is not None else m[3]) for m in _ATTRIBUTE.finditer(content.decode())}


def decoded(content: bytes) -> str:
    """Text of XML: entities resolved, lines ended as XML says."""
    return entities(content.decode().replace("\r\n", "\n"))


def entities(text: str) -> str:
    """Text with the entities of XML resolved."""
    if "&" not in text:
        return text
    return _ENTITY.sub(
        lambda m: chr(int(m[1])) if m[1] else chr(int(m[2], 16)) if m[2] else _NAMED[m[3]], text
    )


def uncoded(text: str) -> str:
    """Excel's own coding of characters that XML can't hold: `_x000D_` is a carriage return."""
    return _CODED.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


def encoded(text: str) -> str:
    """A cell's text as XML holds it."""
    text = _MISTAKABLE.sub("_x005F_", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def storable(text: str) -> str:
    """A text without what no cell can hold: control characters, and what is beyond Excel's longest."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n"))[:LONGEST_TEXT]


def area_of(reference: str) -> tuple[int, int, int, int] | None:
    """Top, left, bottom, right of `A1` or `A1:C3`."""
    match = re.fullmatch(r"\$?([A-Z]+)\$?([0-9]+)(?::\$?([A-Z]+)\$?([0-9]+))?", reference)
    if match is None:
        return None
    top, left = int(match[2]), column_number(match[1])
    return top, left, int(match[4] or top), column_number(match[3]) if match[3] else left


def area_name(top: int, left: int, bottom: int, right: int) -> str:
    """`A1` of one cell, `A1:C3` of several."""
    first, last = f"{letters(left)}{top}", f"{letters(right)}{bottom}"
    return first if first == last else f"{first}:{last}"
