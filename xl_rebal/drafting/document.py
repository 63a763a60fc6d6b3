"""The text of a Word document as a reader sees it, for checking what stands on the page."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping

from lxml import etree

_SHOWN_PARTS = re.compile(r"word/(?:document|header\d*|footer\d*|footnotes|endnotes)\.xml")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXT = f"{_W}t"
_DESCRIBED = {
    "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr": ("title", "descr"),
    f"{_W}tblCaption": (f"{_W}val",),
    f"{_W}tblDescription": (f"{_W}val",),
}
"""What is read aloud of pictures and tables: attributes by element."""
_MARKS: Mapping[str, str] = {
    f"{_W}p": "\n",
    f"{_W}br": "\n",
    f"{_W}cr": "\n",
    f"{_W}tab": "\t",
    f"{_W}noBreakHyphen": "-",
}


def docx_text(document: bytes) -> str:
    """All text of a .docx as a reader sees or hears it: body, tables, text boxes, headers, footers, notes, alt texts."""
    pieces: list[str] = []
    with zipfile.ZipFile(io.BytesIO(document)) as package:
        for name in package.namelist():
            if not _SHOWN_PARTS.fullmatch(name):
                continue
            parser = etree.XMLParser(resolve_entities=False)
            for element in etree.fromstring(package.read(name), parser).iter(_TEXT, *_MARKS, *_DESCRIBED):
                if element.tag in _DESCRIBED:
                    spoken = (element.get(key) for key in _DESCRIBED[element.tag])
                    pieces += [f"\n{text}\n" for text in spoken if text]
                    continue
                mark = _MARKS.get(element.tag)
                pieces.append((element.text or "") if mark is None else mark)
    return "".join(pieces).strip()
