"""The text of a Word document as a reader sees or hears it, for checking what stands on the page.

Read are body, tables, text boxes, headers, footers, notes, comments, equations, WordArt, diagrams, chart titles and alt
texts, hidden text too; what a tracked change inserts counts, what it deletes or moves away does not. Not read: pictures.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

LARGEST_PART = 30_000_000
"""Bytes of one part; a brief has a few ten thousand."""
_SHOWN = re.compile(
    r"(?:document\.main|macroEnabled\.main|template\.main|header|footer|footnotes|endnotes|comments|diagramData|chart)\+xml$"
)
"""Kinds of part that a reader sees, wherever in the package they lie."""
_EMBEDDED = re.compile(r"aFChunk$")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXTS = (
    f"{_W}t",
    "{http://schemas.openxmlformats.org/officeDocument/2006/math}t",
    "{http://schemas.openxmlformats.org/drawingml/2006/main}t",
)
_DESCRIBED = {
    "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr": ("title", "descr"),
    "{urn:schemas-microsoft-com:vml}textpath": ("string",),
    "{urn:schemas-microsoft-com:vml}shape": ("alt", "title"),
    f"{_W}tblCaption": (f"{_W}val",),
    f"{_W}tblDescription": (f"{_W}val",),
}
"""What is shown or read aloud of pictures, WordArt and tables: attributes by element."""
_MARKS: Mapping[str, str] = {
    f"{_W}p": "\n",
    f"{_W}br": "\n",
    f"{_W}cr": "\n",
    f"{_W}tab": "\t",
    f"{_W}ptab": "\t",
    f"{_W}noBreakHyphen": "-",
    "{http://schemas.openxmlformats.org/drawingml/2006/main}p": "\n",
}
_GONE = (f"{_W}del", f"{_W}moveFrom")
"""Tracked changes whose text is on the page no more."""


def docx_text(document: bytes) -> str:
    """All text of a .docx as a reader sees or hears it. Raises ValueError for a part too large to be a brief's."""
    pieces: list[str] = []
    with zipfile.ZipFile(io.BytesIO(document)) as package:
        for name in _shown_parts(package):
            if package.getinfo(name).file_size > LARGEST_PART:
                raise ValueError(f"its part {name} is too large")
            parser = etree.XMLParser(resolve_entities=False)
            pieces += _spoken(etree.fromstring(package.read(name), parser))
            pieces.append("\n")
    return "".join(pieces).strip()


def unread_parts(document: bytes) -> tuple[str, ...]:
    """Names of files that Word would import into the page when it opens the document, and that are not read here."""
    found: list[str] = []
    with zipfile.ZipFile(io.BytesIO(document)) as package:
        for name in package.namelist():
            if name.endswith(".rels"):
                for relation in etree.fromstring(package.read(name), etree.XMLParser(resolve_entities=False)):
                    if _EMBEDDED.search(relation.get("Type") or ""):
                        found.append(relation.get("Target") or name)
    return tuple(dict.fromkeys(found))


def _shown_parts(package: zipfile.ZipFile) -> list[str]:
    """Parts that a reader sees, by their declared kind, in the package's order. Raises KeyError without declarations."""
    parser = etree.XMLParser(resolve_entities=False)
    types = etree.fromstring(package.read("[Content_Types].xml"), parser)
    shown = {
        (part.get("PartName") or "").lstrip("/")
        for part in types
        if _SHOWN.search(part.get("ContentType") or "")
    }
    return [name for name in package.namelist() if name in shown]


def _spoken(root: Any) -> Iterator[str]:
    """The texts of a part in reading order, without what tracked changes took away."""
    if next(root.iter(*_GONE), None) is None:
        for element in root.iter(*_TEXTS, *_MARKS, f"{_W}sym", *_DESCRIBED):
            mark = _MARKS.get(element.tag)
            if mark is not None:
                yield mark
            else:
                yield from _of_itself(element)
    else:
        yield from _without_gone(root)


def _without_gone(root: Any) -> Iterator[str]:
    if root.tag in _GONE:
        return
    yield from _of_itself(root)
    for child in root:
        yield from _without_gone(child)


def _of_itself(element: Any) -> Iterator[str]:
    """What an element says without its children."""
    if element.tag in _TEXTS:
        yield element.text or ""
    elif element.tag in _MARKS:
        yield _MARKS[element.tag]
    elif element.tag == f"{_W}sym":
        yield _symbol(element.get(f"{_W}char") or "")
    elif element.tag in _DESCRIBED:
        yield from (f"\n{text}\n" for text in map(element.get, _DESCRIBED[element.tag]) if text)


def _symbol(code: str) -> str:
    """The character of a symbol; fonts' own symbols lie 0xF000 above it."""
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    return chr(number - 0xF000 if number >= 0xF000 else number)
