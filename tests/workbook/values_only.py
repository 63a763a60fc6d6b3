"""A copy of a workbook with its spilled formulas replaced by their cached results.

LibreOffice drops the cached results of array formulas and calculates them on load; where it has no XR_ functions it
shows #NAME?. The copy shows what Excel shows before any calculation.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

_ARRAY = re.compile(rb'<c ((?:[a-z]+="[^"]*" ?)*)><f t="array"[^>]*>[^<]*</f>')


_CACHED = re.compile(rb"(<f>[^<]*</f>)<v>[^<]*</v>")


def values_only(source: Path, target: Path, *, forget: bool = False) -> Path:
    """Writes the copy and returns its path. Formulas of single cells stay; with `forget` their results don't."""
    with zipfile.ZipFile(source) as book, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in book.namelist():
            content = book.read(name)
            if name.startswith("xl/worksheets/sheet"):
                content = _CACHED.sub(rb"\1", content) if forget else content
                content = _ARRAY.sub(lambda m: b"<c " + m[1].replace(b'cm="1"', b"") + b">", content)
            copy.writestr(name, content)
    return target
