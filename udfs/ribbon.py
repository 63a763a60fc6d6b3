"""The actions of the Rebalance tab. VBA (workbook/vba/Ribbon.bas) runs one of these functions per button.

Each takes the workbook that called, makes sure it is saved, calls xl_rebal.app and says the outcome in one message
box. What goes wrong becomes a sentence: one of ours as it is, anything else with the name of a log file that holds
the rest.

Actions read the *saved* file, so they ask to save first. The record of a brief carries the SHA-256 of the workbook
it was made from, and that must be the hash of a file that exists, not of what happened to be on a screen.
"""

from __future__ import annotations

import functools
import os
import platform
import sys
import tempfile
import traceback
import webbrowser
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import xlwings as xw

import xl_rebal
from xl_rebal.engine.problems import Severity
from xl_rebal.errors import WorkbookUnreadable, XlRebalError
from xl_rebal.sheets.layout import CHECKS_SHEET, CLIENT_SHEET

TITLE = "Rebalance"
CLIENT_CELL = "XRClient"
NAMED_AT_MOST = 12  # clients named in a message box; the Checks sheet has them all
LINES_AT_MOST = 20


# --- The buttons -------------------------------------------------------------------------------------------------


def check_data() -> None:
    """Counts what is wrong with the data and shows the sheet that lists it."""
    _run(_check_data)


def briefs_this_client() -> None:
    """Makes the brief of the client chosen on the Client sheet."""
    _run(_brief_this_client)


def briefs_flagged() -> None:
    """Makes the briefs of the clients that need attention."""
    _run(lambda workbook, path: _briefs(workbook, path, flagged=True))


def briefs_all() -> None:
    """Makes the briefs of all clients, after asking: it takes a while for a large firm."""
    _run(_briefs_all)


def open_client_folder() -> None:
    """Opens the folder of the client chosen on the Client sheet."""
    _run(_open_client_folder)


def about() -> None:
    """Says what is installed and that nothing is sent."""
    _run(lambda _workbook, path: _about(path), asks_to_save=False)


# --- What they do ------------------------------------------------------------------------------------------------


def _check_data(workbook: xw.Book, path: Path) -> str:
    from xl_rebal import app

    book = app.load(path)
    count = Counter(problem.severity for problem in book.problems)
    clients = app.counted(len(book.households), "client")
    if not book.problems:
        return f"Nothing is wrong with the data of {clients}."
    if CHECKS_SHEET in [sheet.name for sheet in workbook.sheets]:
        workbook.sheets[CHECKS_SHEET].activate()
    found = ", ".join(
        app.counted(count[severity], severity.value.lower()) for severity in Severity if count[severity]
    )
    names = app.withheld(book)
    shown = ", ".join(names[:NAMED_AT_MOST]) + (" ..." if len(names) > NAMED_AT_MOST else "")
    advice = f"Briefs withheld until fixed ({len(names)}): {shown}." if names else "No brief is withheld."
    return f"{found} in the data of {clients}. {advice} The {CHECKS_SHEET} sheet lists each with what to do."


def _brief_this_client(workbook: xw.Book, path: Path) -> str:
    return _briefs(workbook, path, client_id=_chosen_client(workbook))


def _briefs_all(workbook: xw.Book, path: Path) -> str:
    if not _agreed(workbook, "Make a brief for every client? A large firm takes a few minutes."):
        return ""
    return _briefs(workbook, path)


def _briefs(workbook: xw.Book, path: Path, *, client_id: str | None = None, flagged: bool = False) -> str:
    from xl_rebal import app
    from xl_rebal.clock import recording

    book = app.load(path)
    client_ids = None if client_id is None else (book.household(client_id).client.id,)
    result = app.make_briefs(
        book,
        app.output_folder(book, path),
        client_ids=client_ids,
        flagged=flagged,
        progress=functools.partial(_progress, workbook),
        workbook=path,
        recording=recording,
    )
    if client_id is not None and result.filed:
        return result.filed[0].message
    return _folded(result.lines())


def _open_client_folder(workbook: xw.Book, path: Path) -> str:
    from xl_rebal import app

    book = app.load(path)
    client = book.household(_chosen_client(workbook)).client
    folder = app.client_folder(book, app.output_folder(book, path), client.id)
    if not folder.is_dir():
        return f"{client.name} has no brief of {book.settings.quarter} yet. Click This Client to make the first one."
    _open(folder)
    return ""


def _about(path: Path) -> str:
    return (
        f"xl_rebal {xl_rebal.__version__} with xlwings {xw.__version__} and Python {platform.python_version()}\n"
        f"Python: {sys.executable}\n"
        f"Workbook: {path}\n\n"
        "Prepares rebalances for an advisor to review. It places no trades and sends no messages. "
        "Nothing leaves this computer unless a drafter other than the template is chosen on the Settings sheet.\n\n"
        "If something doesn't work, open a terminal and run: xl-rebal doctor"
    )


def _folded(lines: Sequence[str]) -> str:
    """Lines for a message box, which must fit on a screen: the last ones, which sum up, always among them."""
    if len(lines) <= LINES_AT_MOST:
        return "\n".join(lines)
    ends = LINES_AT_MOST // 2
    return "\n".join([*lines[:ends], f"... {len(lines) - 2 * ends} more ...", *lines[-ends:]])


# --- Talking with Excel ------------------------------------------------------------------------------------------


def _run(action: Callable[[xw.Book, Path], str], *, asks_to_save: bool = True) -> None:
    """Runs an action on the workbook that called and says what it answers, or what went wrong."""
    workbook = xw.Book.caller()
    path: Path | None = None
    try:
        path = _path(workbook)
        if asks_to_save and not _saved(workbook):
            return
        _show(workbook, "working ...")
        said = action(workbook, path)
    except XlRebalError as error:
        workbook.app.alert(str(error), TITLE, mode="critical")
    except Exception as error:
        log = _log(error, path)
        workbook.app.alert(
            "This could not be finished because of a fault in xl_rebal, not in your data. "
            f"What is already filed is complete. Please report it with the file {log}.",
            TITLE,
            mode="critical",
        )
    else:
        if said:
            workbook.app.alert(said, TITLE, mode="info")
    finally:
        workbook.app.status_bar = False


def _path(workbook: xw.Book) -> Path:
    """The workbook's file on this computer."""
    if not workbook.api.Path:
        raise WorkbookUnreadable("Save the workbook in a folder first. Briefs are filed beside it.")
    try:
        return Path(workbook.fullname)
    except xw.XlwingsError as error:
        raise WorkbookUnreadable(
            f"{workbook.name} is on OneDrive or SharePoint and its folder on this computer isn't known. "
            "Open it from the synced folder, or save it in a folder of this computer or network."
        ) from error


def _saved(workbook: xw.Book) -> bool:
    """Whether the file holds what the screen shows, after asking to save it where it does not."""
    if workbook.api.Saved:
        return True
    if not _agreed(workbook, f"{workbook.name} has changes that are not saved. Save it and go on?"):
        return False
    workbook.save()
    return True


def _agreed(workbook: xw.Book, question: str) -> bool:
    return workbook.app.alert(question, TITLE, buttons="ok_cancel") == "ok"


def _chosen_client(workbook: xw.Book) -> str:
    """Client ID in the cell named XRClient; an ID of digits alone comes from Excel as a float."""
    if CLIENT_CELL not in [name.name for name in workbook.names]:
        raise WorkbookUnreadable(
            f"This workbook has no cell named {CLIENT_CELL}, where the client is chosen (sheet {CLIENT_SHEET}). "
            "Make a new workbook and import the data."
        )
    value = workbook.names[CLIENT_CELL].refers_to_range.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    chosen = "" if value is None else str(value).strip()
    if not chosen:
        raise WorkbookUnreadable(f"Choose a client on the {CLIENT_SHEET} sheet first.")
    return chosen


def _progress(workbook: xw.Book, done: int, total: int, client: str) -> None:
    """Shows which client is worked on and how many there are."""
    _show(workbook, f"{done + 1} of {total}: {client}" if done < total else "finishing ...")


def _show(workbook: xw.Book, words: str) -> None:
    """Shows how far the work is in Excel's status bar."""
    workbook.app.status_bar = f"{TITLE}: {words}"


def _open(folder: Path) -> None:
    """Opens a folder in the system's file manager."""
    if sys.platform == "win32":
        os.startfile(folder)  # noqa: S606 - a folder that we made
    else:
        webbrowser.open(folder.as_uri())


def _log(error: Exception, path: Path | None) -> Path:
    """Adds an unexpected error to a file beside the workbook (where that can't be: in the temporary folder)."""
    when = datetime.now().astimezone().isoformat(timespec="seconds")
    details = "".join(traceback.format_exception(error))
    entry = f"{when} xl_rebal {xl_rebal.__version__} Python {platform.python_version()}\n{details}\n"
    name = f"{path.stem}-errors.log" if path else "xl_rebal-errors.log"
    folders = (path.parent, Path(tempfile.gettempdir())) if path else (Path(tempfile.gettempdir()),)
    for folder in folders:
        try:
            with (folder / name).open("a", encoding="utf-8") as file:
                file.write(entry)
        except OSError:
            continue
        return folder / name
    return Path(name)
