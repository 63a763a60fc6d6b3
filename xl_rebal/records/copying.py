"""A second copy of a firm folder: every file of it, each read back and compared; what is there is never deleted.

Run again after an interruption, or every night: what is there already with the right bytes is not written again. The
ledger goes last and only grows, so a copy cut short is a whole record of an earlier moment. Where the copy holds
another version of a file, that version stays beside the new one as `<name>.kept-<hash>`; a ledger of the copy that is
not the beginning of this one is not touched at all.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from xl_rebal.errors import FilingFailed
from xl_rebal.permissions import make_folder
from xl_rebal.records.canonical import file_sha256
from xl_rebal.records.entry import chain_of
from xl_rebal.records.places import FOLDER, LEDGER, LOCK, UNFINISHED, FirmFolder, plainly, write_whole

LEDGER_PATH = f"{FOLDER}/{LEDGER}"
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy did. `kept` are the copy's own versions that were set aside, `skipped` links that nobody follows."""

    to: Path
    files: int
    written: int
    written_bytes: int
    kept: tuple[str, ...]
    skipped: tuple[str, ...]
    entries: int  # that the copy's ledger has now


def copy_folder(folder: FirmFolder, to: Path, progress: Progress | None = None) -> Copied:
    """Copies the firm folder to `to`, which may hold an earlier copy. Raises FilingFailed when one of the folders lies in
    the other, the copy's ledger is another one, a file did not arrive whole, or `to` can't be written.
    """
    here, there = folder.root.resolve(), to.resolve()
    if here == there or here.is_relative_to(there) or there.is_relative_to(here):
        raise FilingFailed(
            f"{to} and {folder.root} lie in one another; a second copy needs a folder of its own."
        )
    target = FirmFolder(to)
    snapshot = folder.ledger.read_bytes()
    snapshot = snapshot[
        : chain_of(snapshot).whole
    ]  # what a writer is adding right now waits for the next copy
    try:
        _refuse_another_ledger(target, snapshot)
        skipped: list[str] = []
        names = sorted(_files(folder, skipped))
        written = size = 0
        kept: list[str] = []
        for number, relative in enumerate(names):
            if progress:
                progress(number, len(names) + 1, PurePosixPath(relative).name)
            added = _copy_one(folder.root / relative, target.inside(relative), kept, relative)
            written, size = written + (added is not None), size + (added or 0)
        if not target.ledger.exists() or target.ledger.read_bytes() != snapshot:
            write_whole(target.ledger, snapshot)
            written, size = written + 1, size + len(snapshot)
    except OSError as error:
        raise FilingFailed(plainly(error, f"The copy in {to} could not be finished")) from error
    last = chain_of(snapshot).last
    return Copied(to, len(names) + 1, written, size, tuple(kept), tuple(skipped), last.n if last else 0)


def _refuse_another_ledger(target: FirmFolder, snapshot: bytes) -> None:
    if not target.ledger.exists():
        return
    there = target.ledger.read_bytes()
    if not snapshot.startswith(there):
        raise FilingFailed(
            f"{target.ledger} is not the beginning of this ledger: it is another firm's, was written to, or this one was "
            "changed. Nothing was copied. Run `xl-rebal verify` on both, or name another folder."
        )


def _files(folder: FirmFolder, skipped: list[str]) -> Iterator[str]:
    """Every file of the firm folder but the ledger, locks and half-written ones, by its path in it."""
    for place, folders, names in os.walk(folder.root):
        for name in list(folders):
            path = Path(place) / name
            if path.is_symlink() or path.resolve() != path.parent.resolve() / name:
                folders.remove(name)
                skipped.append(folder.relative(path))
        for name in names:
            path = Path(place) / name
            relative = folder.relative(path)
            if path.is_symlink():
                skipped.append(relative)
            elif not (relative == LEDGER_PATH or name.startswith(LOCK) or UNFINISHED.fullmatch(name)):
                yield relative


def _copy_one(source: Path, target: Path, kept: list[str], relative: str) -> int | None:
    """Copies a file unless the same is there; bytes written, None for nothing. Raises FilingFailed when it did not arrive."""
    own = file_sha256(source)
    if target.exists():
        there = file_sha256(target)
        if there == own:
            return None
        aside = target.with_name(f"{target.name}.kept-{there[:12]}")
        if not aside.exists():
            os.replace(target, aside)
            kept.append(f"{relative}.kept-{there[:12]}")
    make_folder(target.parent)
    spare = target.with_name(f".filing-copy-{own[:12]}.tmp")
    try:
        shutil.copyfile(source, spare)
        with spare.open("rb+") as file:
            os.fsync(file.fileno())
        shutil.copystat(source, spare)
        if file_sha256(spare) != own:
            raise FilingFailed(
                f"{relative} did not arrive whole in {target.parent}: the disk or the network gave other bytes back, or the "
                "file was being changed. Run again."
            )
        os.replace(spare, target)
    finally:
        with suppress(OSError):
            spare.unlink(missing_ok=True)
    return target.stat().st_size
