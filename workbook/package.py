"""The file of a workbook as a zip of parts: read whole, and written with some parts changed and all others as they are."""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from xl_rebal.errors import WorkbookUnwritable

EARLIEST_ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # for new parts: the file must not depend on the clock


def parts_of(path: Path) -> dict[str, bytes]:
    """Content of every part of a workbook file, by name, in the file's order."""
    try:
        with zipfile.ZipFile(path) as book:
            return {name: book.read(name) for name in book.namelist()}
    except FileNotFoundError as error:
        raise WorkbookUnwritable(f"There is no file {path}.") from error
    except PermissionError as error:
        raise WorkbookUnwritable(f"{path.name} can't be opened. Close it in Excel and try again.") from error
    except (OSError, zipfile.BadZipFile) as error:
        raise WorkbookUnwritable(f"{path.name} can't be changed, as it is no workbook.") from error


def replace_parts(path: Path, changed: Mapping[str, bytes]) -> None:
    """Replaces or appends parts of a workbook; all others keep bytes, dates and order.

    The new file takes the old one's place in one step, so that it is never half written.
    """
    beside = None
    try:
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".tmp")
        with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w") as new, zipfile.ZipFile(path) as old:
            for info in old.infolist():
                new.writestr(info, changed.get(info.filename, old.read(info)))
            for name in changed:
                if name not in old.namelist():
                    new.writestr(_new_part(name), changed[name])
        shutil.copymode(path, beside)
        os.replace(beside, path)
    except BaseException as error:
        if beside:
            Path(beside).unlink(missing_ok=True)
        if isinstance(error, PermissionError):
            raise WorkbookUnwritable(
                f"{path.name} can't be replaced: close it in Excel, and see that its folder can be written to."
            ) from error
        raise


def _new_part(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, EARLIEST_ZIP_DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 0  # the same on every system
    info.external_attr = 0o600 << 16
    return info
