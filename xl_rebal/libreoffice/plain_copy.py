"""A copy of a workbook without its macros: LibreOffice would call the VBA functions of the file instead of ours.

The imported VBA library shadows the functions of the same names and returns nothing, without an error.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from xl_rebal.errors import WorkbookUnreadable

_MACRO_PART = re.compile(r"vbaProject|vbaData", re.IGNORECASE)
_RELATIONSHIP = re.compile(rb"<Relationship\s[^>]*vbaProject[^>]*?(?:/>|></Relationship>)")
_CONTENT_TYPE = re.compile(rb"<(Default|Override)\s[^>]*vba(?:Project|Data)[^>]*?(?:/>|></\1>)")
_MACRO_TYPE = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_PLAIN_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def plain_copy(source: Path, target: Path) -> Path:
    """Writes `source` to `target` without VBA project, its relationship and its content types; every sheet as it is."""
    try:
        with zipfile.ZipFile(source) as book, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
            for name in book.namelist():
                if not _MACRO_PART.search(name):
                    copy.writestr(name, _without_macros(name, book.read(name)))
    except (OSError, zipfile.BadZipFile) as error:
        raise WorkbookUnreadable(
            f"{source} can't be read as a workbook ({error}). Check the name, and close it where it is open."
        ) from error
    return target


def _without_macros(name: str, content: bytes) -> bytes:
    if name == "xl/_rels/workbook.xml.rels":
        return _RELATIONSHIP.sub(b"", content)
    if name == "[Content_Types].xml":
        return _CONTENT_TYPE.sub(b"", content).replace(_MACRO_TYPE, _PLAIN_TYPE)
    return content
