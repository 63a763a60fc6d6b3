"""Talking with Excel about an action: it is run, its outcome said in one message box, its progress in the status bar.

What goes wrong becomes a sentence: one of ours as it is, anything else with the name of a log file that holds the rest.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import webbrowser
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import xlwings as xw

import xl_rebal
from xl_rebal.errors import WorkbookUnreadable, XlRebalError
from xl_rebal.faults import fault_text
from xl_rebal.sheets.layout import CLIENT_SHEET

TITLE = "Rebalance"
CLIENT_CELL = "XRClient"
LINES_AT_MOST = 20
LETTERS_AT_MOST = 1500
"""A message box cuts what is longer than about 2,000 letters."""


def on_file(action: Callable[[xw.Book, Path], str]) -> None:
    """Runs an action on the saved file of the workbook that called, after asking to save it, and says what it answers."""

    def on_saved(workbook: xw.Book) -> str:
        path = path_of(workbook)
        return action(workbook, path) if saved(workbook) else ""

    on_screen(on_saved)


def on_screen(action: Callable[[xw.Book], str]) -> None:
    """Runs an action on the workbook that called, saved or not, and says what it answers, or what went wrong."""
    answer(xw.Book.caller(), action)


def answer(workbook: xw.Book, action: Callable[[xw.Book], str]) -> None:
    """Runs an action on a workbook and says what it answers, or what went wrong."""
    app, folder, name = workbook.app, _folder(workbook), workbook.name
    try:
        show(workbook, "working ...")
        said = action(workbook)
    except XlRebalError as error:
        app.alert(cut(str(error)), TITLE, mode="critical")
    except Exception as error:
        log = log_file(error, folder, name)
        app.alert(
            "This could not be finished because of a fault in xl_rebal, not in your data. "
            f"What is already filed is complete. Please report it with the file {log}.",
            TITLE,
            mode="critical",
        )
    else:
        if said:
            app.alert(cut(said), TITLE, mode="info")
    finally:
        app.status_bar = False


def path_of(workbook: xw.Book) -> Path:
    """The workbook's file on this computer."""
    try:
        path = Path(workbook.fullname)
    except xw.XlwingsError as error:
        raise WorkbookUnreadable(
            f"{workbook.name} is on OneDrive or SharePoint and its folder on this computer isn't known. "
            "Open it from the synced folder, or save it in a folder of this computer or network."
        ) from error
    if not path.is_absolute():
        raise WorkbookUnreadable("Save the workbook in a folder first. Briefs are filed beside it.")
    return path


def _folder(workbook: xw.Book) -> Path | None:
    try:
        return path_of(workbook).parent
    except WorkbookUnreadable:
        return None


def is_saved(workbook: xw.Book) -> bool:
    """Whether nothing on the screen is missing in the file."""
    try:
        return bool(workbook.api.Saved)
    except AttributeError:  # Excel for Mac has another name for it
        return bool(workbook.api.saved.get())


def saved(workbook: xw.Book) -> bool:
    """Whether the file holds what the screen shows, after asking to save it where it does not."""
    if is_saved(workbook):
        return True
    if not agreed(workbook, f"{workbook.name} has changes that are not saved. Save it and go on?"):
        return False
    workbook.save()
    return True


def agreed(workbook: xw.Book, question: str) -> bool:
    return workbook.app.alert(cut(question), TITLE, buttons="ok_cancel") == "ok"


def named_cell(workbook: xw.Book, name: str) -> object:
    """The value of a named cell, None where there is no such name."""
    if name not in [known.name for known in workbook.names]:
        return None
    value: object = workbook.names[name].refers_to_range.value
    return value


def chosen_client(workbook: xw.Book) -> str:
    """Client ID in the cell named XRClient; an ID of digits alone comes from Excel as a float."""
    if CLIENT_CELL not in [name.name for name in workbook.names]:
        raise WorkbookUnreadable(
            f"This workbook has no cell named {CLIENT_CELL}, where the client is chosen (sheet {CLIENT_SHEET}). "
            "Make a new workbook and import the data."
        )
    value = named_cell(workbook, CLIENT_CELL)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    chosen = "" if value is None else str(value).strip()
    if not chosen:
        raise WorkbookUnreadable(f"Choose a client on the {CLIENT_SHEET} sheet first.")
    return chosen


def shown_sheet(workbook: xw.Book, name: str) -> bool:
    """Whether the workbook has this sheet, which then is in front."""
    if name not in [sheet.name for sheet in workbook.sheets]:
        return False
    workbook.sheets[name].activate()
    return True


def progress(workbook: xw.Book, done: int, total: int, client: str) -> None:
    """Shows which client is worked on and how many there are."""
    show(workbook, f"{done + 1} of {total}: {client}" if done < total else "finishing ...")


def show(workbook: xw.Book, words: str) -> None:
    """Shows how far the work is in Excel's status bar."""
    workbook.app.status_bar = f"{TITLE}: {words}"


def folded(lines: Sequence[str]) -> str:
    """Lines for a message box, which must fit on a screen: the last ones, which sum up, always among them."""
    if len(lines) <= LINES_AT_MOST:
        return "\n".join(lines)
    ends = LINES_AT_MOST // 2
    return "\n".join([*lines[:ends], f"... {len(lines) - 2 * ends} more ...", *lines[-ends:]])


def cut(text: str) -> str:
    """A message that a box shows whole: its middle left out where it is too long."""
    half = LETTERS_AT_MOST // 2
    return (
        text if len(text) <= LETTERS_AT_MOST else f"{text[:half].rstrip()} ...\n... {text[-half:].lstrip()}"
    )


def open_folder(folder: Path) -> None:
    """Opens a folder in the system's file manager."""
    if sys.platform == "win32":
        os.startfile(folder)  # noqa: S606 - a folder that we made
    else:
        webbrowser.open(folder.as_uri())


def log_file(error: Exception, folder: Path | None, workbook: str) -> Path:
    """Adds an unexpected error to a file beside the workbook (where that can't be: in the temporary folder)."""
    when = datetime.now().astimezone().isoformat(timespec="seconds")
    details = fault_text(error)  # without the values it met: the file may be mailed
    entry = f"{when} xl_rebal {xl_rebal.__version__} Python {platform.python_version()}\n{details}\n"
    name = f"{Path(workbook).stem}-errors.log"
    for place in (folder, Path(tempfile.gettempdir())):
        if place is None:
            continue
        try:
            with (place / name).open("a", encoding="utf-8") as file:
                file.write(entry)
        except OSError:
            continue
        return place / name
    return Path(name)
