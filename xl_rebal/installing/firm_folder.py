"""A firm's folder: what is missing is made, what is there is left alone, and both are said.

Smith & Co/
    rebalance.xlsm      the workbook, or the name that was asked for
    templates/          brief.docx, summary.docx, prompts and the list of placeholders: the firm's own from now on
    mappings/           what the firm's export files mean, written by import
    clients/            briefs and the record
    README.txt          a word for the associate
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from xl_rebal import app
from xl_rebal.data import templates_dir
from xl_rebal.doctor.finding import Finding, State
from xl_rebal.doctor.paths import place, workbook_path
from xl_rebal.errors import WorkbookUnreadable, WorkbookUnwritable, XlRebalError
from xl_rebal.installing.interpreter import INTERPRETER, set_entries, this_interpreter
from xl_rebal.sheets.source import read_tables

TEMPLATES = (
    "brief.docx",
    "summary.docx",
    "PLACEHOLDERS.md",
    "prompts/system.txt",
    "prompts/request.txt",
    "prompts/repair.txt",
)
WORKBOOK = "rebalance"
README = "README.txt"
_FORBIDDEN = re.compile(
    r'[<>:"/\\|?*\[\]\x00-\x1f]'
)  # Windows' own, and brackets, which Excel refuses in names
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_KEPT = re.compile(r" \((?:before \w+ \d+|LibreOffice)\)$")


@dataclass(slots=True)
class Initialized:
    """What was made, what was there and left alone, and what is to be known of the place."""

    folder: Path
    workbook: Path | None = None
    made: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def needs_attention(self) -> bool:
        return any(finding.state is State.FIX for finding in self.findings)

    def lines(self) -> list[str]:
        """For a person: what was done, then what to know, then where to go on."""
        lines = [f"made  {name}" for name in self.made] + [f"left  {name}" for name in self.left]
        lines += self.said
        lines += [str(one) for one in self.findings if one.state is not State.OK]
        if not self.made:
            lines.append(f"{self.folder} is whole: nothing had to be made.")
        else:
            lines.append(f"{self.folder} is ready." if not self.left else f"{self.folder} is whole again.")
        if self.workbook is not None:
            lines.append(
                f"Next: fill Clients, Accounts, Securities and Targets in {self.workbook.name}, then import."
            )
        return lines

    def record(self) -> dict[str, object]:
        return {
            "folder": str(self.folder),
            "workbook": None if self.workbook is None else str(self.workbook),
            "made": self.made,
            "left": self.left,
            "said": self.said,
            "findings": [one.record() for one in self.findings],
        }


def init(folder: Path, name: str = "", firm: str = "") -> Initialized:
    """Makes a firm's folder, or what is missing of it. Nothing that exists is written over.

    `name` is the workbook's, `firm` goes to its Settings when it is made. On Windows the workbook is told to start this
    Python. Raises WorkbookUnwritable with what keeps the folder from being made.
    """
    folder = Path(os.path.abspath(folder.expanduser()))
    done = Initialized(folder)
    done.findings = [finding for finding in place(folder) if finding.about != "disk" or not finding.well]
    for finding in done.findings:
        if finding.state is State.FIX:
            raise WorkbookUnwritable(f"{folder}: {finding.what}. {finding.todo} Nothing was made.")
    wanted = folder / f"{_checked_name(name)}.xlsm" if name else None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        done.workbook = _workbook(done, wanted, firm)
        _templates(done)
        for part, readme in (("mappings", _MAPPINGS), ("clients", "")):
            _folder(done, part)
            if readme:
                _text(done, f"{part}/{README}", readme)
        shown = done.workbook.name if done.workbook else f"{WORKBOOK}.xlsm"
        _text(done, README, _README.format(workbook=shown, line="=" * len(folder.name), folder=folder.name))
    except OSError as error:
        raise WorkbookUnwritable(
            f"{error.filename or folder} can't be made ({error.strerror or error}). Choose a folder that you may write to; "
            "what was made so far stays, and running this again makes the rest."
        ) from error
    if done.workbook is not None:
        done.findings += workbook_path(done.workbook)
    return done


def firm_workbooks(folder: Path) -> list[Path]:
    """The workbooks of a firm in a folder, without the copies that xl-rebal keeps of them."""
    found = []
    for path in sorted(folder.glob("*.xls[xm]")):
        if path.name.startswith(("~$", ".")) or _KEPT.search(path.stem):
            continue
        try:
            tables = read_tables(path)
        except WorkbookUnreadable:
            continue
        if "Clients" in tables and "Settings" in tables:
            found.append(path)
    return found


def _workbook(done: Initialized, wanted: Path | None, firm: str) -> Path | None:
    """The workbook of the folder: the one that is there, else a new one. None when several could be meant."""
    there = firm_workbooks(done.folder)
    book = wanted if wanted is not None else (there[0] if len(there) == 1 else None)
    if book is None and there:
        done.said.append(
            f"Several workbooks are here ({', '.join(path.name for path in there)}), so none was made. Name one with --workbook."
        )
        done.left += [path.name for path in there]
        return None
    if book is None:
        book = done.folder / f"{WORKBOOK}.xlsm"
    interpreter = this_interpreter()
    if book.exists():
        done.left.append(book.name)
        if interpreter and book.suffix.lower() == ".xlsm":
            _point(done, book, interpreter)
        return book
    others = [path.name for path in there if path != book]
    if others:
        done.said.append(f"Another workbook is here, too: {', '.join(others)}.")
    app.build_empty(book, firm=firm, interpreter=interpreter)
    done.made.append(book.name)
    return book


def _point(done: Initialized, book: Path, interpreter: str) -> None:
    """Tells an existing workbook to start this Python."""
    try:
        kept = set_entries(book, {INTERPRETER: interpreter})
    except XlRebalError as error:
        done.findings.append(Finding("xlwings", f"Interpreter_Win could not be set: {error}", "", State.FIX))
        return
    if kept is not None:
        done.said.append(
            f"{book.name} now starts {interpreter} (xlwings.conf, Interpreter_Win); the workbook as it was: {kept.name}"
        )


def _templates(done: Initialized) -> None:
    shipped = templates_dir()
    for name in TEMPLATES:
        target = done.folder / "templates" / name
        if target.exists():
            same = target.is_file() and target.read_bytes() == (shipped / name).read_bytes()
            done.left.append(f"templates/{name}" + ("" if same else " (yours, or an older version's)"))
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(shipped / name, target)
        done.made.append(f"templates/{name}")


def _folder(done: Initialized, name: str) -> None:
    target = done.folder / name
    if target.is_dir():
        done.left.append(f"{name}/")
        return
    target.mkdir()
    done.made.append(f"{name}/")


def _text(done: Initialized, name: str, content: str) -> None:
    target = done.folder / name
    if target.exists():
        done.left.append(name)
        return
    target.write_text(content, encoding="utf-8")
    done.made.append(name)


def _checked_name(name: str) -> str:
    """The workbook's name without its ending. Raises WorkbookUnwritable for one that Windows or Excel refuses."""
    stem = name.strip().removesuffix(".xlsm").rstrip(". ")
    wrong = _FORBIDDEN.search(stem)
    if not stem or wrong or _RESERVED.fullmatch(stem):
        what = f"has {wrong[0]!r}, which" if wrong else "is a name that"
        raise WorkbookUnwritable(
            f"The workbook's name {name!r} {what} Windows or Excel does not take. Choose another."
        )
    return stem


_README = """{folder}
{line}

{workbook}   the workbook. Fill Clients, Accounts, Securities and Targets once; every column explains itself
             when its cell is chosen. The sheet Help says how to go on.
templates    brief.docx and summary.docx are the firm's own templates of the brief and of the book summary; PLACEHOLDERS.md lists
             what they may use. Prompts are used only when a language model is switched on (Settings, Drafter).
mappings     what the columns of your export files mean, when they are not the usual ones. Written by imports.
clients      a folder for each client and quarter, with brief, letter and facts; _records is the firm's record. Do not
             edit, move or delete what is in _records.

Each quarter, with the workbook closed:

  xl-rebal import auto FILES --into "{workbook}"     exports of custodian, portfolio system and CRM
  xl-rebal check "{workbook}"                        what is wrong or unknown in the data
  xl-rebal briefs "{workbook}"                       a brief for each client
  xl-rebal verify clients                            whether the record is as it was written

In Excel for Windows the tab Rebalance does the same. When something doesn't work: xl-rebal doctor "{workbook}"

Nothing here trades or sends. Running `xl-rebal init` on this folder again makes what is missing and changes nothing else.
"""

_MAPPINGS = """Imports write here what your export files mean when their columns are not the usual ones: one file a system,
plain text, for example schwab.toml. Edit or delete lines as needed; xl-rebal doctor reads them through.
"""
