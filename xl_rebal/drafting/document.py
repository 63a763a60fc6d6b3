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
    r"(?:document\.main|macroEnabled\.main|template\.main|header|footer|footnotes|endnotes|comments|diagramData|chart|numbering)\+xml$"
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
    f"{_W}lvlText": (f"{_W}val",),
    f"{_W}tblCaption": (f"{_W}val",),
    f"{_W}tblDescription": (f"{_W}val",),
}
"""What is shown or read aloud of pictures, WordArt, tables and the labels of lists: attributes by element."""
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


def volatile_fields(document: bytes) -> tuple[str, ...]:
    """Codes of fields whose text Word makes anew, or has not made yet, so that what will stand there is not known.

    Page numbers and links are not among them.
    """
    found: list[str] = []
    parser = etree.XMLParser(resolve_entities=False)
    with zipfile.ZipFile(io.BytesIO(document)) as package:
        for name in _shown_parts(package):
            found += _volatile(etree.fromstring(package.read(name), parser))
    return tuple(dict.fromkeys(found))


_STEADY = re.compile(
    r"\s*(?:PAGE|NUMPAGES|SECTION|SECTIONPAGES|PAGEREF|HYPERLINK|FORMCHECKBOX|TOC|TC|XE|LISTNUM|ADDIN|EQ|SYMBOL)\b",
    re.I,
)
"""Fields that bring no text about a client."""
_REMADE = re.compile(
    r"\s*(?:=|DATE|TIME|PRINTDATE|SAVEDATE|IF|INCLUDETEXT|DOCPROPERTY|DOCVARIABLE|LINK|DDE|DDEAUTO|DATABASE|FORMULA)(?!\w)", re.I
)  # fmt: skip
"""Fields that Word makes anew when it opens, prints or updates the document, whatever text is stored."""


def _volatile(root: Any) -> Iterator[str]:
    """The codes of a part's fields that are remade, or that have no text yet."""
    for field in root.iter(f"{_W}fldSimple"):
        code, shown = field.get(f"{_W}instr") or "", "".join(t.text or "" for t in field.iter(f"{_W}t"))
        if not _STEADY.match(code) and (_REMADE.match(code) or not shown.strip()):
            yield code.strip()
    open_fields: list[list[str]] = []  # of each field: its code, its text, where we are in it
    for element in root.iter(f"{_W}fldChar", f"{_W}instrText", f"{_W}t"):
        kind = element.get(f"{_W}fldCharType") if element.tag == f"{_W}fldChar" else ""
        if kind == "begin":
            open_fields.append(["", "", "code"])
        elif not open_fields:
            continue
        elif kind == "separate":
            open_fields[-1][2] = "text"
        elif kind == "end":
            code, shown, _ = open_fields.pop()
            if not _STEADY.match(code) and (_REMADE.match(code) or not shown.strip()):
                yield code.strip() or "FORMTEXT"
            if open_fields:
                open_fields[-1][1] += shown
        elif element.tag == f"{_W}instrText":
            open_fields[-1][0] += element.text or ""
        elif open_fields[-1][2] == "text":
            open_fields[-1][1] += element.text or ""


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
        said = (_COUNTER.sub("", text or "").strip() for text in map(element.get, _DESCRIBED[element.tag]))
        yield from (f"\n{text}\n" for text in said if len(text) > 1)


_COUNTER = re.compile(r"%[1-9](?!\d)")
"""Where a list's label has its number."""


def _symbol(code: str) -> str:
    """The character of a symbol; fonts' own symbols lie 0xF000 above it."""
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    return chr(number - 0xF000 if number >= 0xF000 else number)
