"""Rights of new files and folders: as strict as the folder that they come to lie in, never wider."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

READ_WRITE = 0o666
OWNER = 0o600
WIDEST = 0o664
"""Nobody but owner and group ever writes a record, whatever the folder lets them do."""

_NEVER = stat.S_ISVTX | stat.S_IWOTH


def file_mode(folder: Path) -> int:
    """Mode of a new file in `folder`: a colleague who may not open the folder may not read the file either."""
    try:
        own = stat.S_IMODE(folder.stat().st_mode)
    except OSError:
        return OWNER
    return (own & READ_WRITE & WIDEST) | OWNER


def set_mode(handle: int, path: Path) -> None:
    """Gives a file that was just made the mode that belongs in its folder."""
    if hasattr(os, "fchmod"):
        with suppress(OSError):
            os.fchmod(handle, file_mode(path.parent))


def make_folder(folder: Path) -> None:
    """Makes a folder and those above it that are missing, each with the rights of the one it lies in."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for one in reversed(missing):
        one.mkdir(exist_ok=True)
        if os.name != "nt":  # Windows: a new folder inherits the rights of the one above
            with suppress(OSError):
                one.chmod(stat.S_IMODE(one.parent.stat().st_mode) & ~_NEVER | stat.S_IRWXU)
