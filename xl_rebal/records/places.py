"""Where records lie in a firm folder, and how a file gets there: whole, once, and never outside the folder."""

from __future__ import annotations

import errno
import os
import re
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeVar

from xl_rebal.errors import FilingFailed
from xl_rebal.paths import tricky
from xl_rebal.permissions import file_mode, make_folder
from xl_rebal.records.canonical import sha256

T = TypeVar("T")

FOLDER = "_records"
BUNDLES = "bundles"
EXPORTS = "_exports"
LEDGER = "ledger.jsonl"
LOCK = "ledger.lock"
UNFINISHED = re.compile(r"\.filing-.*\.tmp")
"""Files that were being written when the program was ended; nothing reads them."""

_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS)
"""What disks without hard links (FAT, some network shares) answer."""

LONGEST = 259
"""Characters of a path that Word and Excel on Windows can open."""


@dataclass(frozen=True, slots=True)
class FirmFolder:
    """A folder of client folders, and its record."""

    root: Path

    @property
    def records(self) -> Path:
        return self.root / FOLDER

    @property
    def ledger(self) -> Path:
        return self.records / LEDGER

    @property
    def lock(self) -> Path:
        return self.records / LOCK

    def relative(self, path: Path) -> str:
        """`path` as the record writes it: from the firm folder, with forward slashes."""
        return path.relative_to(self.root).as_posix()

    def inside(self, relative: str) -> Path:
        """The path that a relative one names. Raises FilingFailed when it leads out of the folder or is too long."""
        pure = PurePosixPath(relative)
        parts = pure.parts
        outside = not parts or pure.is_absolute() or ".." in parts or relative.startswith("~")
        if outside or "\\" in relative or ":" in relative or "\0" in relative:
            raise FilingFailed(
                f"{relative!r} leads outside the firm's folder, so it is not used for a record."
            )
        if odd := next(filter(tricky, parts), None):
            raise FilingFailed(
                f"{odd!r} is a name that Windows takes for another, so it is not used for a record: a device, dots or "
                "spaces at the end, or characters that look like a separator."
            )
        path = self.root.joinpath(*parts)
        if len(str(path)) > LONGEST:
            raise FilingFailed(
                f"The path of {parts[-1]!r} would have {len(str(path))} characters, and Windows opens {LONGEST} at most: "
                "choose an output folder nearer to the drive's root, or a shorter name in the client's Folder column."
            )
        real = self.root.resolve()
        if path.resolve() != real.joinpath(*parts):
            raise FilingFailed(
                f"{relative!r} goes through a link, so it is not used for a record: it could lead outside the firm's folder."
            )
        return path


def firm_folder(folder: Path) -> FirmFolder:
    """The firm folder meant by `folder`: itself, the `clients` folder in it, or the folder that holds this `_records`."""
    if folder.name == FOLDER:
        return FirmFolder(folder.resolve().parent)
    if not (folder / FOLDER).is_dir() and (folder / "clients" / FOLDER).is_dir():
        return FirmFolder(folder / "clients")
    return FirmFolder(folder)


def safe_part(text: str) -> str:
    """`text` (a Client ID, a period) as part of a file name on any system; two texts never share one.

    Letters that were replaced, and small and capital ones that a disk takes for the same, are told apart by a hash.
    """
    plain = re.sub(r"[^A-Za-z0-9_-]", "_", text)[:32]
    return (
        plain
        if plain == text and plain == plain.upper()
        else f"{plain}~{sha256(text.encode('utf-8', 'replace'))[:8]}"
    )


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file that is there with all its bytes or not at all; replaces an earlier one."""
    spare = _spare(path, content)
    try:
        patiently(lambda: os.replace(spare, path))
        sync_folder(path.parent)
    finally:
        with suppress(OSError):
            spare.unlink(missing_ok=True)


def write_new(path: Path, content: bytes) -> None:
    """As `write_whole`, but raises FileExistsError where a file is already."""
    spare = _spare(path, content)
    try:
        if os.name == "nt":
            patiently(lambda: os.rename(spare, path))  # refuses to replace, on Windows
        else:
            try:
                os.link(spare, path)
            except OSError as error:
                if error.errno not in _NO_LINKS:
                    raise
                with path.open(
                    "xb"
                ) as claimed:  # a disk without links (FAT, some shares): claim the name first
                    claimed.flush()
                os.replace(spare, path)
        sync_folder(path.parent)
    finally:
        with suppress(OSError):
            spare.unlink(missing_ok=True)


def _spare(path: Path, content: bytes) -> Path:
    make_folder(path.parent)
    handle, name = tempfile.mkstemp(prefix=".filing-", suffix=".tmp", dir=path.parent)
    spare = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(spare, file_mode(path.parent))  # a temporary file is private, a record is for colleagues too
    except BaseException:
        with suppress(OSError):
            spare.unlink(missing_ok=True)
        raise
    return spare


_PAUSE_SECONDS = (0.05, 0.1, 0.2, 0.4)


def patiently(
    do: Callable[[], T], *, windows: bool = os.name == "nt", sleep: Callable[[float], None] = time.sleep
) -> T:
    """`do()`, tried again for a moment on Windows, where a virus scanner or sync program may hold a file that long."""
    for pause in _PAUSE_SECONDS if windows else ():
        try:
            return do()
        except PermissionError:
            sleep(pause)
    return do()


def sync_folder(folder: Path) -> None:
    """Makes a new name last through a power cut, where the system lets a folder be synced (not on Windows)."""
    if os.name == "nt":
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def remove_unfinished(folder: Path) -> None:
    """Removes what an interrupted writer left half-written in `folder`; call it under the lock only."""
    with suppress(OSError):
        for path in folder.iterdir():
            if UNFINISHED.fullmatch(path.name):
                with suppress(OSError):
                    path.unlink()


def plainly(error: OSError, what: str) -> str:
    """One sentence: what could not be done, why, and what to do."""
    winerror = getattr(error, "winerror", None)
    if error.errno in (errno.ENOSPC, errno.EDQUOT) or winerror in (39, 112):
        return f"{what}: the disk is full; free some space and run again."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS) or winerror in (5, 19):
        return f"{what}: the folder is read-only, or the file is open in another program; close it or get write access, and run again."
    if error.errno == errno.ENAMETOOLONG or winerror == 206:
        return f"{what}: the path is too long; choose an output folder nearer to the drive's root."
    if error.errno in (errno.EEXIST, errno.ENOTDIR):
        return f"{what}: a file stands where the folder {FOLDER} should be; rename it and run again."
    return f"{what}: {error.strerror or error}; check the folder and run again."
