"""Files a client's brief, facts and draft email in the client's folder: whole or not at all, never over a changed one.

`<out>/<Client Name>/<2026-Q4>/` holds brief.docx, email.eml, email.txt, email.html and facts.json, which carries the hashes
of the files beside it, so a rerun knows whether an advisor has edited or signed the brief since: then the new one is
filed as brief-2.docx (with email-2.eml and so on). Nothing is ever sent.
"""

from __future__ import annotations

import errno
import json
import os
import re
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from xl_rebal.briefs.naming import safe_name, with_id
from xl_rebal.briefs.papers import Papers, Parts, end_of, sha256
from xl_rebal.errors import FilingFailed
from xl_rebal.permissions import file_mode, make_folder


@dataclass(frozen=True, slots=True)
class Filed:
    """What was filed for one client, and where. `message` is a sentence for the person who asked for it."""

    client_id: str
    client_name: str
    brief: Path
    files: tuple[Path, ...]  # the brief included
    beside: bool  # an edited or signed brief was there and stays
    drafted_by: str
    message: str


class Guard(Protocol):
    """What a record of filings knows and keeps, where one is kept (app.records)."""

    def stays(self, path: Path, sha256: str, as_filed: bool) -> bool:
        """Whether the file at `path` may not be replaced; `as_filed`: facts.json beside it says it is unchanged."""
        ...

    def keep(self, contents: Mapping[Path, bytes]) -> None:
        """Keeps what is going to be filed, before any of it takes its place."""
        ...


def file_brief(out: Path, papers: Papers, *, folder: str = "", guard: Guard | None = None) -> Filed:
    """Files one client's quarter under `out` and says where.

    `folder` is the client's from `naming.client_folders` (without: made of the name). With a `guard`, what it says stays
    is never replaced either, and it is handed the files before they take their places. Raises FilingFailed with one
    sentence when the folder can't be written; files of an earlier run are then as they were.
    """
    name = papers.client_name
    place = _place(out, papers, safe_name(folder or name, papers.client_id))
    try:
        make_folder(place)
        number, beside = _free_number(place, papers.parts, guard)
        contents = papers.numbered(number)
        if guard is not None:
            guard.keep({place / name: content for name, content in contents.items()})
        _write_all(place, contents)
    except OSError as error:
        raise FilingFailed(_plainly(error, place, name)) from error
    brief = place / f"brief{end_of(number)}.docx"
    message = f"{name}: {brief.name} is in {place}."
    if beside:
        message = (
            f"{name}: an earlier brief was changed or decided on since it was filed, so it stays, "
            f"and the new one is beside it as {brief.name} in {place}."
        )
    files = (brief, *(place / name for name in contents if name != brief.name))
    return Filed(papers.client_id, name, brief, files, beside, papers.drafted_by, message)


def _place(out: Path, papers: Papers, folder: str) -> Path:
    """The quarter's folder; one that belongs to another client, or leads out of `out`, is not used."""
    quarter = safe_name(papers.quarter, "quarter")
    place = out / folder / quarter
    if _owner(place) not in ("", papers.client_id):
        place = out / with_id(folder, papers.client_id) / quarter
    root = out.resolve()
    if not place.resolve().is_relative_to(root) or place.resolve() == root:
        raise FilingFailed(
            f"The folder for {papers.client_name} leads outside the output folder {out} (a link?), so nothing was filed."
        )
    return place


def _owner(place: Path) -> str:
    """Client ID of the briefs in a client's folder, whatever their quarter; '' when there is none."""
    for record in sorted(place.parent.glob("*/facts*.json")):
        owner = _read_record(record).get("client_id")
        if isinstance(owner, str):
            return owner
    return ""


def _read_record(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _free_number(place: Path, parts: Parts, guard: Guard | None) -> tuple[int, bool]:
    """Number under which to file, and whether a changed brief stays beside it."""
    numbers = [
        int(match[1] or 1)
        for path in place.iterdir()
        if (
            match := re.fullmatch(
                r"(?:brief|email|facts)(?:-([1-9]\d*))?\.(?:docx|eml|txt|html|json)", path.name
            )
        )
    ]
    last = max(numbers, default=1)
    changed = _changed(place, last, parts, guard)
    return (last + 1, True) if changed else (last, last > 1)


def _changed(place: Path, number: int, parts: Parts, guard: Guard | None) -> bool:
    """Whether a file of this number is not as it was filed (edited, signed, not ours), nor the one to file now."""
    end = end_of(number)
    hashes = _read_record(place / f"facts{end}.json").get("files")
    known = hashes if isinstance(hashes, dict) else {}
    for (start, suffix), content in parts.items():
        path = place / f"{start}{end}{suffix}"
        if not path.exists():
            continue
        found = sha256(path.read_bytes())
        as_filed = known.get(path.name) == found
        stays = guard.stays(path, found, as_filed) if guard is not None else not as_filed
        if stays and found != sha256(content):
            return True
    return False


def _write_all(place: Path, contents: Mapping[str, bytes]) -> None:
    """All files or none: each is written whole beside its name, then all take their places."""
    waiting: list[tuple[Path, Path]] = []
    try:
        for name, content in contents.items():
            target = place / name
            if target.exists() and target.read_bytes() == content:
                continue
            handle, spare = tempfile.mkstemp(prefix=".filing-", suffix=".tmp", dir=place)
            waiting.append((Path(spare), target))
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.chmod(spare, file_mode(place))  # a temporary file is private, a brief is for colleagues too
        if waiting:
            with ThreadPoolExecutor(len(waiting)) as pool:  # a disk takes several at once in the time of one
                list(pool.map(_on_disk, [spare_path for spare_path, _ in waiting]))
        for spare_path, target in waiting:
            os.replace(spare_path, target)
    finally:
        for spare_path, _ in waiting:
            with suppress(OSError):
                spare_path.unlink(missing_ok=True)


def _on_disk(path: Path) -> None:
    """Returns when the file's bytes would survive a loss of power."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def _plainly(error: OSError, place: Path, client: str) -> str:
    """One sentence: what happened to whose brief, and what to do."""
    start = f"The brief of {client} could not be filed in {place}:"
    winerror = getattr(error, "winerror", None)
    if error.errno in (errno.ENOSPC, errno.EDQUOT) or winerror in (39, 112):
        return f"{start} the disk is full; free some space and run again."
    if winerror in (32, 33):
        return f"{start} the file is open in another program; close it and run again."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY, errno.ETXTBSY):
        return f"{start} the folder is read-only or the file is open in Word; close it or choose another output folder."
    if error.errno in (errno.EEXIST, errno.ENOTDIR):
        return f"{start} a file stands where the folder should be; rename it or choose another output folder."
    if error.errno == errno.ENAMETOOLONG or winerror == 206:
        return f"{start} the path is too long; choose an output folder nearer to the drive's root."
    return f"{start} {error.strerror or error}; choose another output folder and run again."
