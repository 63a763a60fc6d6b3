"""The extension's part that runs inside LibreOffice: XR_ calls out to the project's Python, results fitted to their cells.

Runs in the Python that LibreOffice brings: the standard library and UNO only. Three services:

Bridge    what the Basic function of each XR_ function calls; it asks a process of the project's Python, started once
          for each LibreOffice at the first call and ended with it
Start     a job: when LibreOffice starts it loads those Basic functions; when a workbook opens whose formulas call them
          it takes the macros for Excel of the same names out of the way (in memory only), calculates, and looks after it
Commands  the menu's command: everything is calculated once more
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import threading
import traceback
from typing import Any

import unohelper  # type: ignore[import-not-found]
import xl_rebal_spilling as spilling  # type: ignore[import-not-found] # copied beside this file
from com.sun.star.awt import XCallback  # type: ignore[import-not-found]
from com.sun.star.frame import XTerminateListener  # type: ignore[import-not-found]
from com.sun.star.lang import XServiceInfo  # type: ignore[import-not-found]
from com.sun.star.script.provider import XScript  # type: ignore[import-not-found]
from com.sun.star.task import XJob, XJobExecutor  # type: ignore[import-not-found]
from com.sun.star.util import XModifyListener  # type: ignore[import-not-found]

LIBRARY, MODULE = "Standard", "XlRebal"
"""Where formulas find Basic functions: in no other library of the application are they allowed to be called."""
PREFIX = "XR_"
BOOK = "XRBook"
"""Name of the cell that every workbook of ours has."""
MACROS, WRAPPERS = "VBAProject", "xlwings_udfs"
"""The library and the module into which LibreOffice puts the macros by which Excel calls the functions."""
CHANGED, SETTLED = "changed", "settled"
SETTLE_SECONDS = (0.5, 2.0)
ANSWER_SECONDS = 600
HERE = os.path.dirname(os.path.abspath(__file__))


def _settings() -> dict[str, Any]:
    with open(os.path.join(HERE, "settings.json"), encoding="utf-8") as file:
        settings: dict[str, Any] = json.load(file)
    return settings


# --- The project's Python --------------------------------------------------------------------------------------


class Server:
    """A process of the project's Python that answers calls; started when the first one comes, again when it ended."""

    def __init__(self) -> None:
        self._process: Any = None
        self._lines: Any = None
        self._lock = threading.Lock()

    def rows(self, question: dict[str, Any]) -> list[list[Any]]:
        """The rows that a function returns, or the sentence that says why there are none."""
        with self._lock:
            python = ""
            try:
                python = _settings()["python"]
                if self._process is None or self._process.poll() is not None:
                    self._start(python)
                self._process.stdin.write(json.dumps(question).encode() + b"\n")
                self._process.stdin.flush()
                line = self._lines.get(timeout=ANSWER_SECONDS)
                if line:
                    rows: list[list[Any]] = json.loads(line)["rows"]
                    return rows
                why = "it ended without an answer"
            except queue.Empty:
                why = f"it did not answer within {ANSWER_SECONDS} seconds"
            except (OSError, ValueError, KeyError) as error:
                why = str(error)
            self._end()
        return [
            [f"xl_rebal's Python ({python}) could not be asked: {why}. Run: xl-rebal libreoffice install"]
        ]

    def _start(self, python: str) -> None:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "URE_", "UNO_"))}
        self._process = subprocess.Popen(  # noqa: S603 - the interpreter that installed this extension
            [python, "-I", "-m", "xl_rebal.libreoffice.server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=kept,
            cwd=os.path.expanduser("~"),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._lines = queue.Queue()
        threading.Thread(target=_read, args=(self._process.stdout, self._lines), daemon=True).start()

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def _read(stream: Any, lines: Any) -> None:
    for line in stream:
        lines.put(line)
    lines.put(b"")  # the process has ended


SERVER = Server()


class Bridge(unohelper.Base, XScript, XServiceInfo):  # type: ignore[misc]
    """Called from Basic with the function's name and its arguments."""

    implementation = "xl_rebal.Bridge"

    def __init__(self, context: Any) -> None:
        self._context = context

    def invoke(self, given: Any, *_out: Any) -> tuple[Any, tuple[()], tuple[()]]:
        question = spilling.question(self._context, *given)
        return spilling.result(SERVER.rows(question)), (), ()

    def getImplementationName(self) -> str:
        return self.implementation

    def supportsService(self, name: str) -> bool:
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self) -> tuple[str, ...]:
        return (self.implementation,)


# --- Workbooks -------------------------------------------------------------------------------------------------


class Functions(unohelper.Base, XTerminateListener):  # type: ignore[misc]
    """The Basic functions in the library where formulas look for them: while LibreOffice runs, never in the profile.

    LibreOffice stores its libraries when it ends; before that they are taken out again.
    """

    def __init__(self, context: Any) -> None:
        make = context.ServiceManager.createInstanceWithContext
        libraries = make("com.sun.star.script.ApplicationScriptLibraryContainer", context)
        libraries.loadLibrary(LIBRARY)
        self._library = libraries.getByName(LIBRARY)
        with open(os.path.join(HERE, "functions.bas"), encoding="utf-8") as file:
            source = file.read()
        self._remove()
        self._library.insertByName(MODULE, source)
        make("com.sun.star.frame.Desktop", context).addTerminateListener(self)

    def _remove(self) -> None:
        if self._library.hasByName(MODULE):
            self._library.removeByName(MODULE)

    def queryTermination(self, _event: Any) -> None:
        pass

    def notifyTermination(self, _event: Any) -> None:
        self._remove()

    def disposing(self, _event: Any) -> None:
        pass


LOADED: list[Functions] = []


def _load_functions(context: Any) -> None:
    if not LOADED:
        LOADED.append(Functions(context))


def _is_workbook(document: Any) -> bool:
    return document is not None and document.supportsService("com.sun.star.sheet.SpreadsheetDocument")


def _calls_us(document: Any) -> bool:
    """Whether a formula calls an XR_ function, or the workbook has the cell that all of them read."""
    if document.NamedRanges.hasByName(BOOK):
        return True
    return any(PREFIX in formula for sheet in document.Sheets for _, _, formula in spilling.formulas(sheet))


def _without_wrappers(document: Any) -> bool:
    """Takes Excel's macros of the same names out of the open document, where they would answer nothing instead of us."""
    libraries = document.BasicLibraries
    if not libraries.hasByName(MACROS):
        return False
    libraries.loadLibrary(MACROS)
    library = libraries.getByName(MACROS)
    if not library.hasByName(WRAPPERS):
        return False
    library.removeByName(WRAPPERS)
    return True


def _entered_again(document: Any) -> None:
    """Every formula that calls an XR_ function is looked up anew: it was bound to a macro, or to nothing, on loading."""
    for sheet in document.Sheets:
        with spilling.unprotected(sheet) as changeable:
            if changeable:
                _enter_again(sheet)


def _enter_again(sheet: Any) -> None:
    done = set()
    for column, row, formula in list(spilling.formulas(sheet)):
        if PREFIX not in formula:
            continue
        cell = sheet.getCellByPosition(column, row)
        if not formula.startswith("{"):
            cell.setFormula(formula)
            continue
        cursor = sheet.createCursorByRange(cell)
        cursor.collapseToCurrentArray()
        if cursor.AbsoluteName not in done:
            done.add(cursor.AbsoluteName)
            place = sheet.getCellRangeByName(cursor.AbsoluteName.rpartition(".")[2])
            place.setArrayFormula("")
            place.setArrayFormula(formula.strip("{}"))


class Workbook(unohelper.Base, XModifyListener, XCallback):  # type: ignore[misc]
    """An open workbook that is looked after: its results fill cells of their own size, however the data changes."""

    def __init__(self, context: Any, document: Any) -> None:
        self._context = context
        self.document = document
        self._busy = self._called = False
        self._results: list[Any] = []  # the first cell of each result
        self._calls = 0

    def calculate(self, *, opening: bool) -> None:
        """Everything calculated, every result fitted. On opening it is nothing to undo and nothing to save."""
        changed = self.document.isModified()
        self._busy = True
        try:
            if opening and _without_wrappers(self.document):
                _entered_again(self.document)
                self.document.getUndoManager().clear()  # no doing of the user's
            self.document.calculateAll()
            self._fit()
        finally:
            self._busy = False
        if opening and not changed:
            self._unchanged()
            for seconds in SETTLE_SECONDS:  # charts follow their cells when nothing else is to do
                timer = threading.Timer(seconds, self._later, (SETTLED,))
                timer.daemon = True
                timer.start()

    def _unchanged(self) -> None:
        """Nothing that a user did waits to be saved, unless something can be undone. Charts are documents of their own."""
        if self.document.getUndoManager().isUndoPossible():
            return
        for sheet in self.document.Sheets:
            for chart in sheet.Charts:
                chart.EmbeddedObject.setModified(False)
        self.document.setModified(False)

    def _later(self, what: str) -> None:
        """`notify` when LibreOffice has finished with what it is at."""
        later = self._context.ServiceManager.createInstanceWithContext(
            "com.sun.star.awt.AsyncCallback", self._context
        )
        later.addCallback(self, what)

    def _fit(self) -> None:
        """Every result in cells of its size. Undoing the change that led to it takes it back with it."""
        undo = self.document.getUndoManager()
        follows = undo.isUndoPossible()
        self.document.lockControllers()
        if follows:
            undo.enterHiddenUndoContext()
        try:
            spilling.spill(self.document, PREFIX)
            self._results = [
                sheet.getCellByPosition(column, row)
                for sheet in self.document.Sheets
                for column, row, formula in spilling.formulas(sheet)
                if formula.startswith("{=" + PREFIX)
            ]
            self.document.calculate()  # now, and what reads the results: not when it is shown, as a change of its own
            self._ask()
        finally:
            if follows:
                undo.leaveUndoContext()
            else:
                undo.clear()
            self.document.unlockControllers()

    def _ask(self) -> bool:
        """Whether a function was asked since this was called last: then results may have other sizes."""
        for cell in self._results:
            cell.getString()  # calculated now if a change touched it
        calls, self._calls = self._calls, spilling.LAST["calls"]
        return bool(calls != self._calls)

    def modified(self, _event: Any) -> None:
        """Something changed, or counts as saved from now on: a change is looked at when LibreOffice has finished with it."""
        if not self._busy and not self._called and self.document.isModified():
            self._called = True
            self._later(CHANGED)

    def notify(self, what: str) -> None:
        if self.document is None:
            return
        if what == SETTLED:
            self._unchanged()
            return
        self._called = False
        if self._busy:
            return
        self._busy = True
        try:
            if self._ask():
                self._fit()
        finally:
            self._busy = False

    def disposing(self, _event: Any) -> None:
        OPEN.pop(self.document.RuntimeUID, None)
        self.document = None


OPEN: dict[str, Workbook] = {}
"""The workbooks that are looked after, by the number LibreOffice has for each."""


def look_after(context: Any, document: Any, *, again: bool = False) -> None:
    """Calculates a workbook of ours and looks after it until it closes; any other document is left alone.

    A second window of the same workbook is no reason to calculate, but for `again`.
    """
    if not _is_workbook(document) or not _calls_us(document):
        return
    _load_functions(context)
    book = OPEN.get(document.RuntimeUID)
    if book is not None and not again:
        return
    opening = book is None
    if book is None:
        OPEN[document.RuntimeUID] = book = Workbook(context, document)
        document.addModifyListener(book)
    book.calculate(opening=opening)


class Start(unohelper.Base, XJob, XServiceInfo):  # type: ignore[misc]
    """LibreOffice tells it that it has started, and of each document that opens."""

    implementation = "xl_rebal.Start"

    def __init__(self, context: Any) -> None:
        self._context = context

    def execute(self, arguments: Any) -> None:
        try:
            given = {one.Name: one.Value for one in arguments}
            event = {one.Name: one.Value for one in given.get("Environment") or ()}
            if event.get("EventName") == "OnStartApp":
                _load_functions(self._context)
            else:
                look_after(self._context, event.get("Model"))
        except Exception:
            # LibreOffice must open every document, whatever happens here.
            _log(traceback.format_exc())

    getImplementationName = Bridge.getImplementationName
    supportsService = Bridge.supportsService

    def getSupportedServiceNames(self) -> tuple[str, ...]:
        return (self.implementation, "com.sun.star.task.Job")


class Commands(unohelper.Base, XJobExecutor, XServiceInfo):  # type: ignore[misc]
    """The menu: Tools, Add-Ons, Rebalance: Calculate Now."""

    implementation = "xl_rebal.Commands"

    def __init__(self, context: Any) -> None:
        self._context = context

    def trigger(self, _command: str) -> None:
        try:
            desktop = self._context.ServiceManager.createInstanceWithContext(
                "com.sun.star.frame.Desktop", self._context
            )
            look_after(self._context, desktop.getCurrentComponent(), again=True)
        except Exception:
            _log(traceback.format_exc())

    getImplementationName = Bridge.getImplementationName
    supportsService = Bridge.supportsService
    getSupportedServiceNames = Bridge.getSupportedServiceNames


def _log(text: str) -> None:
    """What went wrong, for whoever mends it, where `xl-rebal libreoffice status` shows it."""
    try:
        with open(_settings()["log"], "a", encoding="utf-8") as file:
            file.write(text + "\n")
    except (OSError, ValueError, KeyError):
        return


g_ImplementationHelper = unohelper.ImplementationHelper()  # noqa: N816 - LibreOffice looks for this name
for service, names in ((Bridge, ()), (Start, ("com.sun.star.task.Job",)), (Commands, ())):
    g_ImplementationHelper.addImplementation(
        service, service.implementation, (service.implementation, *names)
    )
