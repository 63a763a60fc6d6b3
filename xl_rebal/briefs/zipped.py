"""Rewrites an Office file so that the same content gives the same bytes: fixed dates, named order."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest date a zip can carry: it says that no clock was read."""


def with_fixed_dates(content: bytes) -> bytes:
    """The same zip with every entry's date set to `EPOCH`, entries sorted with [Content_Types].xml first."""
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        return zipped({name: source.read(name) for name in source.namelist()})


def zipped(parts: Mapping[str, bytes], onto: bytes = b"") -> bytes:
    """A zip of the parts in sorted order, after those of the zip `onto`, which are not compressed again."""
    out = io.BytesIO(onto)
    with zipfile.ZipFile(out, "a" if onto else "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts, key=lambda n: (n != "[Content_Types].xml", n)):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0  # the same on Windows and elsewhere
            archive.writestr(entry, parts[name])
    return out.getvalue()
