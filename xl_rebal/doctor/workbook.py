"""A workbook: whether it reads, its macros against the installed xlwings, the Python it starts, and Excel's trust in it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

from xl_rebal import app
from xl_rebal.doctor.drafter import drafter
from xl_rebal.doctor.finding import Finding, fix, note, ok
from xl_rebal.doctor.firm import firm
from xl_rebal.doctor.paths import workbook_path
from xl_rebal.doctor.windows import Registry, dll, trust, zone_of
from xl_rebal.errors import WorkbookUnwritable, XlRebalError
from xl_rebal.installing.interpreter import INTERPRETER, ON_PATH, entries, expanded
from xl_rebal.sheets.package import check_writable


def workbook(book: Path, registry: Registry | None) -> Iterator[Finding]:
    """What is to be said of a workbook and of the firm's files beside it; `registry` is Windows', None elsewhere."""
    yield from workbook_path(book.resolve())
    try:
        loaded = app.load(book)
    except XlRebalError as error:
        yield fix("workbook", f"{book.name} can't be read: {error}", "Until then, nothing works with it.")
        return
    clients = app.counted(len(loaded.households), "client")
    when = f", as of {loaded.settings.as_of}" if loaded.households else " yet"
    yield ok("workbook", f"{book.name}: {clients if loaded.households else 'no clients'}{when}")
    if stopped := app.withheld(loaded):
        yield note(
            "workbook", f"Withheld for data errors: {', '.join(stopped)}", f"Run: xl-rebal check {book.name}"
        )
    try:
        check_writable(book)
    except WorkbookUnwritable as error:
        yield note("workbook", str(error).rstrip("."), "Imports and refresh wait for that.")
    yield from macros(book)
    if registry is not None and book.suffix.lower() == ".xlsm":
        yield from trust(str(book.resolve()), zone_of(book), registry)
        yield from starts(book, registry)
    yield from drafter(loaded.settings)
    yield from firm(loaded, book)


def macros(book: Path) -> Iterator[Finding]:
    """Whether the workbook's macros are those of this installation."""
    from workbook.vba import embedded_xlwings_version, macros_are_current

    if book.suffix.lower() != ".xlsm":
        yield fix(
            "macros",
            f"{book.name} has no macros",
            "Use the .xlsm for the Rebalance tab and XR_ functions in Excel.",
        )
        return
    try:
        inside = embedded_xlwings_version(book)
        current = macros_are_current(book)
    except XlRebalError as error:
        yield fix(
            "macros", f"{book.name}: {error}", "Make a new workbook with xl-rebal build and move the data."
        )
        return
    installed = metadata.version("xlwings")
    update = f'Close it in Excel and run: xl-rebal doctor "{book.name}" --update-macros'
    if inside != installed:
        yield fix("macros", f"{book.name} holds xlwings {inside}, installed is {installed}", update)
    elif not current:
        yield fix("macros", f"{book.name} has macros or a ribbon of another version of xl_rebal", update)
    else:
        yield ok(
            "macros", f"{book.name} holds xlwings {inside}, as installed, and the macros of this version"
        )


def starts(book: Path, registry: Registry, environment: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """Whether the Python that the workbook starts on Windows is there, with xlwings' DLL beside it."""
    named = entries(book).get(INTERPRETER, "")
    again = "Run: xl-rebal init FOLDER, with the folder of the workbook."
    if not named or named in ON_PATH:
        yield note(
            "xlwings", f"The workbook starts {named or 'pythonw'}, whichever Windows finds first", again
        )
        return
    path = Path(expanded(named, environment))
    if not path.is_file():
        yield fix("xlwings", f"The workbook starts {named}, which is not there", again)
        return
    if path.parent != Path(sys.executable).parent:
        yield note(
            "xlwings",
            f"The workbook starts {named}, not the Python of this command ({sys.executable})",
            again,
        )
    if not str(path).isascii():
        yield note(
            "xlwings",
            f"The path {path} has letters that not every Windows passes on",
            "If Excel can't start Python, install to a folder with plain letters.",
        )
    yield dll(path, metadata.version("xlwings"), registry)
