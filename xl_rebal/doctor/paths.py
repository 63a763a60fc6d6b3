"""What a folder's place does to the files in it: too long for Windows, synced, on a server, read-only, full."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from xl_rebal.doctor.finding import Finding, fix, note, ok

EXCEL_LONGEST = 218
"""Characters of a workbook's full path that Excel opens (Microsoft: "Excel specifications and limits", file names)."""
WINDOWS_LONGEST = 259
ROOM_FOR_BRIEFS = 90
"""Characters that `clients/<name>/2026-Q4/brief (2).docx` takes with a client's name of ordinary length."""
LEAST_FREE = 500_000_000
"""Bytes: a quarter's briefs and bundles of a large firm, with the backups of its workbook."""
SYNCED = ("OneDrive", "Dropbox", "Google Drive", "My Drive", "iCloud Drive", "Box Sync", "SharePoint")
_SYNC_VARIABLES = ("OneDrive", "OneDriveCommercial", "OneDriveConsumer")
_OWN_COPY = re.compile(r" \((?:before \w+ \d+|LibreOffice)\)$")


def place(folder: Path, environment: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """What is to be said of the folder of a firm, whether it exists yet or not."""
    text = str(folder)
    if len(text) + ROOM_FOR_BRIEFS > WINDOWS_LONGEST:
        yield fix(
            "paths",
            f"The folder's path has {len(text)} characters; Windows opens files of {WINDOWS_LONGEST} at most, and a "
            f"brief's place in it takes about {ROOM_FOR_BRIEFS} more",
            "Move it nearer to the drive's root.",
        )
    if name := sync_program(folder, environment):
        yield note(
            "paths",
            f"The folder is synced by {name}",
            "Choose 'Always keep on this device' for it, and let one person at a time change the workbook: a second "
            "change makes a copy of its own.",
        )
    if text.startswith(("\\\\", "//")):
        yield note(
            "paths", "The folder is on a server", "Excel trusts it only as a network location that IT allows."
        )
    yield from _writable(folder)
    yield from _space(folder)


def sync_program(folder: Path, environment: Mapping[str, str] = os.environ) -> str:
    """The program that syncs a folder, by its name or by where OneDrive says that it is; '' for none."""
    for part in folder.parts:
        for name in SYNCED:
            if part.casefold().startswith(name.casefold()):
                return name
    for variable in _SYNC_VARIABLES:
        root = environment.get(variable, "")
        if root and (folder == Path(root) or Path(root) in folder.parents):
            return "OneDrive"
    return ""


def workbook_path(book: Path) -> Iterator[Finding]:
    """What is to be said of a workbook's name and of copies that a sync program has made of it."""
    if len(str(book)) > EXCEL_LONGEST:
        yield fix(
            "paths",
            f"The workbook's path has {len(str(book))} characters; Excel opens {EXCEL_LONGEST} at most",
            "Move it nearer to the drive's root, or give it a shorter name.",
        )
    copies = conflict_copies(book)
    if copies:
        yield fix(
            "paths",
            f"There {'is a copy' if len(copies) == 1 else 'are copies'} of {book.name} that a sync program may have "
            f"made when two people changed it: {', '.join(path.name for path in copies)}",
            "See which one has the work of today, bring the rest into it, and move the other away.",
        )


def conflict_copies(book: Path) -> tuple[Path, ...]:
    """Copies of a workbook as OneDrive, Dropbox, Google Drive and iCloud name them; not those that xl-rebal keeps."""
    stem = re.escape(book.stem)
    computer = r"-(?=[0-9-]*[A-Z])[A-Z0-9][A-Z0-9-]{4,18}"  # OneDrive adds the computer's name: in capitals, unlike people
    named = re.compile(rf"{stem}(?: \(.*[Cc]onflict.*\)|{computer}| \(\d+\)| \d)")
    return tuple(
        sorted(
            path
            for path in book.parent.glob(f"*{book.suffix}")
            if path != book and named.fullmatch(path.stem) and not _OWN_COPY.search(path.stem)
        )
    )


def _writable(folder: Path) -> Iterator[Finding]:
    nearest = _nearest(folder)
    if not nearest.is_dir():
        yield fix("paths", f"{nearest} is a file, not a folder", "Choose another folder.")
    elif not os.access(nearest, os.W_OK) or not nearest.stat().st_mode & 0o222:
        yield fix(
            "paths",
            f"{nearest} is read-only",
            "Have the right to write there restored, or choose another folder.",
        )


def _space(folder: Path) -> Iterator[Finding]:
    try:
        free = shutil.disk_usage(_nearest(folder)).free
    except OSError as error:
        yield note("disk", f"The free space of {folder} can't be told ({error.strerror or error})")
        return
    if free < LEAST_FREE:
        yield fix(
            "disk", f"Only {free / 1e6:,.0f} MB are free where {folder} is", "Make room before the next run."
        )
    else:
        yield ok("disk", f"{free / 1e9:,.1f} GB free for {folder}")


def _nearest(folder: Path) -> Path:
    return next(place for place in (folder, *folder.parents) if place.exists())
