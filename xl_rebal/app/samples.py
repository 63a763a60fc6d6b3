"""Invented firms and empty workbooks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xl_rebal.app.books import Progress, load
from xl_rebal.app.briefs import BriefsResult, make_briefs, output_folder
from xl_rebal.errors import WorkbookUnwritable

if TYPE_CHECKING:
    from xl_rebal.records.ledger import Recording


@dataclass(frozen=True, slots=True)
class Demo:
    workbook: Path
    result: BriefsResult


def demo(
    folder: Path,
    progress: Progress | None = None,
    recording: Callable[[Path], Recording] | None = None,
) -> Demo:
    """The main job on the sample firm: writes its workbook to `folder`, reads it back, files every client's brief.

    A workbook that is there already is used as it is, so that one can change the sample and run again.
    """
    workbook = folder / WORKBOOK_NAME
    if not workbook.exists():
        write_sample(folder)
    book = load(workbook)
    out = output_folder(book, workbook)
    return Demo(workbook, make_briefs(book, out, progress=progress, workbook=workbook, recording=recording))


def write_sample(folder: Path, households: int = 0, seed: int = 1, lots: tuple[int, int] = (20, 500)) -> Path:
    """Writes `rebalance.xlsm` with an invented firm to `folder`: the sample firm for 0 households."""
    from workbook.build import build_workbook
    from xl_rebal import sample

    if lots[0] < 1 or lots[0] > lots[1]:
        raise WorkbookUnwritable(f"--lots {lots[0]} {lots[1]}: the fewest comes first and is at least 1.")
    path = _new_workbook(folder / WORKBOOK_NAME)
    if households:
        return build_workbook(
            path, sample.generated_rows(households, seed, lots), sample.generated_settings_values()
        )
    return build_workbook(path, sample.firm_rows(), sample.firm_settings_values())


def build_empty(path: Path, *, firm: str = "", interpreter: str = "") -> Path:
    """Writes an empty workbook for a firm: every sheet with one blank row, settings at their defaults but for its name.

    `interpreter` is the Python that Excel starts; without one, the first of the PATH.
    """
    from workbook.build import build_workbook

    settings = {"Firm Name": firm} if firm else {}
    python = interpreter or "pythonw"
    try:
        return build_workbook(_new_workbook(path), {}, settings, interpreter=python)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise WorkbookUnwritable(f"{path} can't be written ({error.strerror or error}).") from error


WORKBOOK_NAME = "rebalance.xlsm"


def _new_workbook(path: Path) -> Path:
    """The path of a workbook to make; one that exists may hold somebody's data and is never overwritten."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(exist_ok=False)
    except FileExistsError:
        raise WorkbookUnwritable(
            f"{path} exists already; it is not overwritten. Name another file or folder."
        ) from None
    except OSError as error:
        raise WorkbookUnwritable(
            f"{path} can't be written ({error.strerror or error}). Name a folder that you may write to."
        ) from error
    return path
