"""Rewrites an Office file so that the same content gives the same bytes: fixed dates, named order."""

from __future__ import annotations

import io
import zipfile

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest date a zip can carry: it says that no clock was read."""


def with_fixed_dates(content: bytes) -> bytes:
    """The same zip with every entry's date set to `EPOCH`, entries sorted with [Content_Types].xml first."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for name in sorted(source.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0  # the same on Windows and elsewhere
            copy.writestr(entry, source.read(name))
    return out.getvalue()
