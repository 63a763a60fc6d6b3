"""What can only be done to the workbook's file while Excel does not have it open: close, do it, open again.

An import changes rows inside the file, so that formats, comments, formulas and tables stay as they are and the file before
is kept beside it; Excel could neither promise that for rows written into an open workbook, nor undo them. The workbook is
opened again whatever happens, and is closed only when nothing in it is unsaved.

In Windows a workbook can't be closed under its own macro, which waits for the Python that it called. There another Python
does the work once the macro has ended (`python -m udfs.closed JOB`); it finds the workbook by its path. On a Mac no macro
waits for the button's Python.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import xlwings as xw

from udfs import dialog
from xl_rebal.errors import WorkbookUnreadable, WorkbookUnwritable

log = logging.getLogger(__name__)
RELEASED_WITHIN = 10.0
"""Seconds that Excel, a sync program or a virus scanner gets to let go of a file that was closed."""
PAUSE = 0.2


def start(workbook: xw.Book, path: Path, action: str, texts: list[str]) -> str:
    """Has an action done to the closed file. What is said in the end is said by whoever does it."""
    if sys.platform != "win32":
        return done(workbook, path, action, texts)
    with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False, encoding="utf-8") as job:
        json.dump({"path": str(path), "action": action, "texts": texts}, job)
    # The same pythonw.exe that asks, so no window, with the folders that it imports from.
    subprocess.Popen(  # noqa: S603 - our own module and a file that we wrote
        [sys.executable, "-m", "udfs.closed", job.name],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    return ""


def main(job: Path) -> None:
    """Does the job that a file describes, and removes it."""
    wanted = json.loads(job.read_text(encoding="utf-8"))
    job.unlink(missing_ok=True)
    path = Path(wanted["path"])
    try:
        workbook = open_workbook(path)
    except WorkbookUnreadable as error:
        if xw.apps.active is not None:
            xw.apps.active.alert(str(error), dialog.TITLE, mode="critical")
        return
    dialog.answer(workbook, lambda found: done(found, path, wanted["action"], wanted["texts"]))


def open_workbook(path: Path) -> xw.Book:
    """The workbook of this path in any Excel that is running. Raises WorkbookUnreadable when it is open nowhere."""
    for app in xw.apps:
        for book in app.books:
            try:
                if Path(book.fullname) == path:
                    return book
            except xw.XlwingsError:
                continue  # in the cloud, with no file here
    raise WorkbookUnreadable(f"{path.name} is not open in Excel any more, so nothing was done.")


def done(workbook: xw.Book, path: Path, action: str, texts: list[str]) -> str:
    """Closes the workbook, does the action, opens the workbook again where it was; returns what there is to say."""
    app, in_front = workbook.app, workbook.sheets.active.name
    if not dialog.is_saved(workbook):
        raise WorkbookUnwritable(
            f"{workbook.name} was changed meanwhile. Save it and try again. Nothing was done."
        )
    workbook.close()
    reopened = False
    try:
        _wait_until_released(path)
        said = ACTIONS[action](path, texts)
    finally:
        reopened = _opened_again(app, path, in_front)
    return said if reopened else f"{said}\nExcel could not open the workbook again. Open it yourself: {path}"


def _opened_again(app: xw.App, path: Path, in_front: str) -> bool:
    """Whether the workbook is open again, the sheet that was in front in front."""
    try:
        dialog.shown_sheet(app.books.open(str(path)), in_front)
    except Exception:
        log.exception(
            "Excel could not open %s again", path
        )  # what was done, or what went wrong in it, is said first
        return False
    return True


def _wait_until_released(path: Path) -> None:
    """Waits for Excel's owner file beside the workbook to go; what is then still locked the action itself will say."""
    end = time.monotonic() + RELEASED_WITHIN
    while path.with_name(f"~${path.name}").exists() and time.monotonic() < end:
        time.sleep(PAUSE)


# --- The actions -------------------------------------------------------------------------------------------------


def _import(path: Path, files: list[str]) -> str:
    from xl_rebal import app

    result = app.import_files("auto", [Path(file) for file in files], path)
    back = "" if result.backup is None else f"\nTo take it back: xl-rebal import --undo {path.name}"
    return dialog.folded(result.lines()) + back


def _refresh(path: Path, _: list[str]) -> str:
    from xl_rebal.refreshing.run import refresh

    return dialog.folded(refresh(path).lines())


ACTIONS: dict[str, Callable[[Path, list[str]], str]] = {"import": _import, "refresh": _refresh}

if __name__ == "__main__":
    main(Path(sys.argv[1]))
