"""The actions of the Rebalance tab. VBA (workbook/vba/Ribbon.bas) runs one of these functions per button.

What only looks (*Check Data*, *What-If*, *Frontier*) reads the workbook as it is on the screen. What goes on record reads
the *saved* file, so it asks to save first: the record of a brief carries the SHA-256 of the workbook it was made from, and
that must be the hash of a file that exists, not of what happened to be on a screen.
"""

from __future__ import annotations

import functools
import platform
import secrets
import struct
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import xlwings as xw

import xl_rebal
from udfs import closed
from udfs.dialog import (
    agreed,
    chosen_client,
    folded,
    named_cell,
    on_file,
    on_screen,
    open_folder,
    progress,
    shown_sheet,
)
from xl_rebal.engine.problems import Severity
from xl_rebal.errors import BriefStale, RecordsUnreadable, WorkbookUnreadable, XlRebalError
from xl_rebal.sheets.layout import CHECKS_SHEET, CLIENT_SHEET, DECISIONS, HELP_SHEET, WHAT_IF_SHEET

if TYPE_CHECKING:
    from xl_rebal.engine.book import Book
    from xl_rebal.records.decisions import Decided

NAMED_AT_MOST = 12  # clients named in a message box; the Checks sheet has them all
NEW_SEED = "new"
"""What stands for a seed that the program draws, once it is on record who could be drawn."""
FUNCTIONS_RUN = sys.platform == "win32"
"""Whether the XR_ functions calculate in this Excel; where they do not, a message says what they would show."""


def texts(*codes: Sequence[int]) -> list[str]:
    """The texts that VBA sends as lists of UTF-16 units, so that nothing in them can be taken for code."""
    return [struct.pack(f"<{len(units)}H", *units).decode("utf-16-le", "replace") for units in codes]


# --- Data ---------------------------------------------------------------------------------------------------------


def import_files(files: str) -> None:
    """Imports export files (full paths, one a line) after showing what would change."""
    on_file(functools.partial(_import_files, [line for line in files.splitlines() if line.strip()]))


def _import_files(files: Sequence[str], workbook: xw.Book, path: Path) -> str:
    from xl_rebal import app

    found = app.import_files("auto", [Path(file) for file in files], path, dry_run=True)
    lines = [line for line in found.lines() if not line.endswith("(--dry-run).")]
    if not found.preview:
        return folded([*lines, f"{workbook.name} stays as it is."])
    question = (
        "Import this? The workbook closes for a moment and opens again; the file as it was is kept beside it."
    )
    if not agreed(workbook, f"{folded(lines)}\n\n{question}"):
        return ""
    return closed.start(workbook, path, "import", list(files))


def check_data() -> None:
    """Counts what is wrong with the data on the screen and shows the sheet that lists it."""
    on_screen(_check_data)


def _check_data(workbook: xw.Book) -> str:
    from xl_rebal import app

    book = _on_the_screen(workbook)
    count = Counter(problem.severity for problem in book.problems)
    clients = app.counted(len(book.households), "client")
    if not book.problems:
        return f"Nothing is wrong with the data of {clients}."
    shown_sheet(workbook, CHECKS_SHEET)
    found = ", ".join(
        app.counted(count[severity], severity.value.lower()) for severity in Severity if count[severity]
    )
    names = app.withheld(book)
    shown = ", ".join(names[:NAMED_AT_MOST]) + (" ..." if len(names) > NAMED_AT_MOST else "")
    advice = f"Briefs withheld until fixed ({len(names)}): {shown}." if names else "No brief is withheld."
    return f"{found} in the data of {clients}. {advice} The {CHECKS_SHEET} sheet lists each with what to do."


def _on_the_screen(workbook: xw.Book) -> Book:
    """The book of the open workbook, changes that are not saved included."""
    from xl_rebal import app
    from xl_rebal.sheets.live import read_open

    return app.book_of(read_open(workbook))


# --- Plan ---------------------------------------------------------------------------------------------------------


def recalculate() -> None:
    """Stores every XR_ result in the workbook's file: for Excel for Mac, where the functions themselves can't run."""
    on_file(lambda workbook, path: closed.start(workbook, path, "refresh", []))


def what_if() -> None:
    """Shows the What-If sheet; where its function can't run, also says what it would show."""
    on_screen(_what_if)


def _what_if(workbook: xw.Book) -> str:
    from udfs.session import cents_of, number_of, yes_of
    from xl_rebal import app
    from xl_rebal.app import insight
    from xl_rebal.engine.what_if import Wishes
    from xl_rebal.sheets.what_if_table import what_if_lines

    _show(workbook, WHAT_IF_SHEET)
    if FUNCTIONS_RUN:
        return ""
    wishes = Wishes(
        cents_of(named_cell(workbook, "XRWhatIfBudget"), "The gain budget"),
        number_of(named_cell(workbook, "XRWhatIfTolerance"), "The tolerance"),
        cents_of(named_cell(workbook, "XRWhatIfCash"), "The cash need"),
        yes_of(named_cell(workbook, "XRWhatIfNoShortTerm"), "No short-term gains"),
    )
    if not wishes.any:
        return "Enter a wish in one of the input cells, then click What-If again."
    book = _on_the_screen(workbook)
    found = app.review_of(book, chosen_client(workbook))
    wished = insight.what_if_of(book, found, wishes) if found.plan is not None else found
    return folded([found.client_name, *what_if_lines(found, wished)])


def frontier() -> None:
    """Shows the curve of drift against tax of the chosen client; where its function can't run, also in words."""
    on_screen(_frontier)


def _frontier(workbook: xw.Book) -> str:
    from xl_rebal import app
    from xl_rebal.app import insight
    from xl_rebal.sheets.insight_tables import frontier_lines

    client = chosen_client(workbook)
    _show(workbook, CLIENT_SHEET)
    if FUNCTIONS_RUN:
        return ""
    book = _on_the_screen(workbook)
    found = app.review_of(book, client)
    return folded([found.client_name, *frontier_lines(found, insight.frontier_of(book, found))])


def _show(workbook: xw.Book, sheet: str) -> None:
    if not shown_sheet(workbook, sheet):
        raise WorkbookUnreadable(
            f"This workbook has no sheet {sheet}. Make a new workbook and import the data."
        )


# --- Briefs -------------------------------------------------------------------------------------------------------


def briefs_this_client() -> None:
    """Makes the brief of the client chosen on the Client sheet."""
    on_file(lambda workbook, path: _briefs(workbook, path, client_id=chosen_client(workbook)))


def briefs_flagged() -> None:
    """Makes the briefs of the clients that need attention."""
    on_file(lambda workbook, path: _briefs(workbook, path, flagged=True))


def briefs_all() -> None:
    """Makes the briefs of all clients, after asking: it takes a while for a large firm."""
    on_file(_briefs_all)


def _briefs_all(workbook: xw.Book, path: Path) -> str:
    if not agreed(workbook, "Make a brief for every client? A large firm takes a few minutes."):
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
        progress=functools.partial(progress, workbook),
        workbook=path,
        recording=recording,
    )
    if client_id is not None and result.filed:
        return result.filed[0].message
    return folded(result.lines())


def open_client_folder() -> None:
    """Opens the folder of the client chosen on the Client sheet."""
    on_file(_open_client_folder)


def _open_client_folder(workbook: xw.Book, path: Path) -> str:
    from xl_rebal import app

    book = app.load(path)
    client = book.household(chosen_client(workbook)).client
    folder = app.client_folder(book, app.output_folder(book, path), client.id)
    if not folder.is_dir():
        return f"{client.name} has no brief of {book.settings.quarter} yet. Click This Client to make the first one."
    open_folder(folder)
    return ""


def open_draft() -> None:
    """Saves the latest email of the client chosen on the Client sheet as a draft in Outlook and shows it."""
    on_file(_open_draft)


def _open_draft(workbook: xw.Book, path: Path) -> str:
    from xl_rebal import app, outlook
    from xl_rebal.app.letters import filed_email

    book = app.load(path)
    client = book.household(chosen_client(workbook)).client
    filed = filed_email(book, app.output_folder(book, path), client.id)
    outlook.save_draft(outlook.outlook(), filed.to, filed.subject, filed.html)
    return "\n".join(filed.lines())


# --- Decide -------------------------------------------------------------------------------------------------------


def record_decision(decision: str, by: str, why: str, signed: str) -> None:
    """Puts a decision on the chosen client's latest brief on record, with the signed file if there is one."""
    on_file(functools.partial(_record_decision, decision, by, why, signed))


def _record_decision(decision: str, by: str, why: str, signed: str, workbook: xw.Book, path: Path) -> str:
    from xl_rebal import app
    from xl_rebal.app import records
    from xl_rebal.clock import recording
    from xl_rebal.records.decisions import Choice

    book = app.load(path)
    out = app.output_folder(book, path)
    decide = functools.partial(
        records.decide,
        book,
        path,
        out,
        chosen_client(workbook),
        Choice(decision),
        recording(out),
        by=by.strip(),
        why=why.strip(),
        file=Path(signed) if signed.strip() else None,
    )
    try:
        decided = decide()
    except BriefStale as stale:
        if not agreed(workbook, f"{stale.what} Record the decision on that brief all the same?"):
            return "Nothing was recorded. Click This Client to make the brief again."
        decided = decide(even_if_stale=True)
    return folded([*records.decided_lines(decided), _on_the_sheet(workbook, decided)])


def _on_the_sheet(workbook: xw.Book, decided: Decided) -> str:
    """Adds a decision that is on record to the Decisions sheet and saves; what there is to say about that."""
    from xl_rebal.sheets.live import add_rows

    entry = decided.entry
    row = {
        "Client ID": entry.client,
        "Quarter": entry.period,
        "Decision": str(entry.data["decision"]).capitalize(),
        "By": entry.data["decided_by"],
        "Date": datetime.fromisoformat(entry.at).replace(
            hour=0, minute=0, second=0, microsecond=0, tzinfo=None
        ),
        "Comment": entry.data["why"] or None,
    }
    try:
        add_rows(workbook, DECISIONS, [row])
        workbook.save()
    except XlRebalError as error:
        return f"{error} So the {DECISIONS.name} sheet does not show it; the record does."
    except Exception as error:  # Excel's own: a protected sheet, a read-only file
        return f"Excel did not take it into the {DECISIONS.name} sheet ({error}). The record has it all the same."
    return f"The {DECISIONS.name} sheet shows it."


# --- Compliance ---------------------------------------------------------------------------------------------------


def draw_sample(period: str, seed: str, count: str) -> None:
    """Draws a sample of a period's briefs to review, puts it on record, and opens it as a sheet for remarks."""
    on_file(functools.partial(_draw_sample, period.strip(), seed.strip(), count.strip()))


def _draw_sample(period: str, seed: str, count: str, workbook: xw.Book, path: Path) -> str:
    from xl_rebal import app
    from xl_rebal.app import records, supervision
    from xl_rebal.clock import recording

    if not count.isdigit():
        raise RecordsUnreadable(f"{count!r} is not a number of clients. Enter a whole number, 0 or more.")
    folder = records.firm_folder(app.output_folder(app.load(path), path))
    drawn = supervision.supervise(
        folder,
        recording(folder.root),
        period,
        int(count),
        seed=None if seed.casefold() == NEW_SEED else seed,
        new_seed=lambda: secrets.token_hex(8),
    )
    sheet = supervision.write_sample_sheet(drawn, supervision.sample_file(folder, drawn), folder)
    workbook.app.books.open(str(sheet))
    return folded([*supervision.sample_lines(drawn), str(sheet)])


def verify_records() -> None:
    """Says whether every filed brief and every entry of the record is as it was written."""
    on_file(_verify_records)


def _verify_records(_: xw.Book, path: Path) -> str:
    from xl_rebal import app
    from xl_rebal.app import records
    from xl_rebal.clock import recording

    folder = records.firm_folder(app.output_folder(app.load(path), path))
    by = recording(folder.root)
    verdict = records.verify_records(folder, by.anchor, recording=by)
    advice = (
        ""
        if verdict.clean
        else "\n\nSend this to whoever is responsible for compliance before anything else is filed."
    )
    return folded(records.verdict_lines(verdict)) + advice


# --- Help ---------------------------------------------------------------------------------------------------------


def show_help() -> None:
    """Shows the Help sheet."""
    on_screen(_show_help)


def _show_help(workbook: xw.Book) -> str:
    _show(workbook, HELP_SHEET)
    return ""


def about() -> None:
    """Says what is installed and that nothing is sent."""
    on_screen(_about)


def _about(workbook: xw.Book) -> str:
    try:
        where = workbook.fullname
    except xw.XlwingsError:  # in the cloud, with no file here
        where = workbook.name
    return (
        f"xl_rebal {xl_rebal.__version__} with xlwings {xw.__version__} and Python {platform.python_version()}\n"
        f"Python: {sys.executable}\n"
        f"Workbook: {where}\n\n"
        "Prepares rebalances for an advisor to review. It places no trades and sends no messages. "
        "Nothing leaves this computer unless a drafter other than the template is chosen on the Settings sheet.\n\n"
        "If something doesn't work, open a terminal and run: xl-rebal doctor"
    )
