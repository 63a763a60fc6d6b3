"""Runs inside LibreOffice, in the Python that LibreOffice brings: carries out the host's commands, forwards XR_ calls.

It knows nothing of xl_rebal and imports only the standard library and UNO, so that it does not matter which Python
LibreOffice was built with and no compiled package of the project is ever loaded into it. The host copies this file
into a fresh profile and starts LibreOffice with `run`; over one local connection come its commands, one JSON line
each, and while a command makes LibreOffice calculate, `call` sends each XR_ call back and waits for its result.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import types
from collections.abc import Callable
from typing import Any

import uno  # type: ignore[import-not-found]
import xl_rebal_spilling as spilling  # type: ignore[import-not-found] # copied beside this file

LIBRARY = "Standard"
NEVER_UPDATE_LINKS, RUN_MACROS = 0, 4
ALL_ERRORS = 4  # com.sun.star.sheet.FormulaResult.ERROR
SLACK = 40  # 0.4 mm, so that rounding never makes a second page


# --- The connection to the host --------------------------------------------------------------------------------


class Connection:
    """JSON lines to and from the host. Commands and calls nest, so each answer belongs to the last question."""

    def __init__(self, port: int, token: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._lines = self._socket.makefile("r", encoding="utf-8")
        self.send({"token": token})

    def send(self, message: dict[str, Any]) -> None:
        self._socket.sendall((json.dumps(message) + "\n").encode())

    def receive(self) -> dict[str, Any] | None:
        """The next message, or None when the host is gone."""
        line = self._lines.readline()
        return json.loads(line) if line else None


def _shared() -> dict[str, Any]:
    """What `run` and `call` share: LibreOffice loads this file once for each, as modules that do not know each other."""
    name = "xl_rebal_bridge_shared"
    return sys.modules.setdefault(name, types.ModuleType(name)).__dict__


# --- XR_ functions ---------------------------------------------------------------------------------------------


def call(name: str, arguments: tuple[Any, ...]) -> tuple[tuple[Any, ...], ...]:
    """The result of an XR_ function, computed by the host: equally long rows of text and numbers."""
    connection: Connection = _shared()["connection"]
    connection.send(spilling.question(uno.getComponentContext(), name, arguments))
    answer = connection.receive()
    if answer is None:
        return (("The host of the XR_ functions is gone.",),)
    rows: tuple[tuple[Any, ...], ...] = spilling.result(answer["rows"])
    return rows


# --- The host's commands ---------------------------------------------------------------------------------------


def run(*_event: Any) -> None:
    """Carries out the host's commands until it says quit or is gone; then LibreOffice ends."""
    context = globals()["XSCRIPTCONTEXT"]  # LibreOffice puts it into this module
    desktop = context.getDesktop()
    try:
        connection = Connection(int(os.environ["XL_REBAL_PORT"]), os.environ["XL_REBAL_TOKEN"])
        _shared()["connection"] = connection
        office = Office(context.getComponentContext(), desktop)
        while (command := connection.receive()) is not None and command["do"] != "quit":
            try:
                method: Callable[..., Any] = getattr(office, command.pop("do"))
                connection.send({"done": method(**command)})
            except Exception as error:
                connection.send({"failed": f"{type(error).__name__}: {error}"})
        office.close()
    finally:
        desktop.terminate()


def _property(name: str, value: Any) -> Any:
    made = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
    made.Name, made.Value = name, value
    return made


class Office:
    """The one open workbook. Every public method is a command of the host, and returns what JSON can carry."""

    def __init__(self, context: Any, desktop: Any) -> None:
        self._context = context
        self._desktop = desktop
        self._document: Any = None

    def define(self, module: str, source: str) -> None:
        """Puts Basic source into the application's own library: before a workbook opens whose formulas need it."""
        libraries = self._context.ServiceManager.createInstanceWithContext(
            "com.sun.star.script.ApplicationScriptLibraryContainer", self._context
        )
        if not libraries.hasByName(LIBRARY):
            libraries.createLibrary(LIBRARY)
        libraries.loadLibrary(LIBRARY)
        library = libraries.getByName(LIBRARY)
        if library.hasByName(module):
            library.removeByName(module)
        library.insertByName(module, source)

    def open(self, path: str) -> None:
        options = (
            _property("Hidden", True),
            _property("MacroExecutionMode", RUN_MACROS),
            _property("UpdateDocMode", NEVER_UPDATE_LINKS),
        )
        url = uno.systemPathToFileUrl(path)
        self._document = self._desktop.loadComponentFromURL(url, "_blank", 0, options)
        if self._document is None:
            raise ValueError(f"LibreOffice does not open {path}.")
        for sheet in self._document.Sheets:  # a copy, in which any cell may be changed
            if sheet.isProtected():
                sheet.unprotect("")

    def close(self) -> None:
        if self._document is not None:
            self._document.close(True)
            self._document = None

    def change(self, place: str, value: str | float | None) -> None:
        """Types a value into a cell, given as `Lots!F2` or by a name of the workbook: text stays text, None empties it."""
        sheet, _, address = place.rpartition("!")
        if sheet:
            target = self._document.Sheets.getByName(sheet).getCellRangeByName(address)
        else:
            target = self._document.NamedRanges.getByName(place).getReferredCells()
        cell = target.getCellByPosition(0, 0)
        if isinstance(value, str):
            cell.setString(value)
        elif value is None:
            cell.setFormula("")
        else:
            cell.setValue(value)

    def calculate(self) -> None:
        """Calculates every formula, also those whose saved result LibreOffice would keep."""
        self._document.calculateAll()

    def spill(self, prefix: str) -> list[str]:
        """Fits the array of each `prefix` formula to its result, as Excel spills it; returns those that met a used cell."""
        blocked: list[str] = spilling.spill(self._document, prefix)
        return blocked

    def read(self) -> dict[str, list[list[Any]]]:
        """Every sheet's used cells from A1 on: numbers, text, None where empty, {"error": text} for an error."""
        sheets = {}
        for sheet in self._document.Sheets:
            cursor = sheet.createCursor()
            cursor.gotoEndOfUsedArea(False)
            end = cursor.RangeAddress
            used = sheet.getCellRangeByPosition(0, 0, end.EndColumn, end.EndRow)
            rows = [[None if value == "" else value for value in row] for row in used.getDataArray()]
            for area in used.queryFormulaCells(ALL_ERRORS).RangeAddresses:
                for y in range(area.StartRow, area.EndRow + 1):
                    for x in range(area.StartColumn, area.EndColumn + 1):
                        rows[y][x] = {"error": sheet.getCellByPosition(x, y).String}
            sheets[sheet.Name] = rows
        return sheets

    def pdf(self, path: str) -> None:
        """All sheets as they print."""
        filter_name = _property("FilterName", "calc_pdf_Export")
        self._document.storeToURL(uno.systemPathToFileUrl(path), (filter_name,))

    def picture(self, path: str, sheet: str, area: str, widths: dict[str, float]) -> None:
        """One area of a sheet as a PDF of one page that is as large as the area, without margins or footer.

        `widths` are points that columns get in the copy, to show the area without the room that it does not use.
        """
        sheets = list(self._document.Sheets)
        shown = self._document.Sheets.getByName(sheet)
        printed = [(one, one.getPrintAreas()) for one in sheets]
        repeated = shown.PrintTitleRows
        style = shown.PageStyle
        for column, points in widths.items():
            shown.Columns.getByName(column).Width = round(points * 2540 / 72)
        target = shown.getCellRangeByName(area)
        shown.PageStyle = self._page_of(target.Size)
        shown.PrintTitleRows = False
        for one in sheets:
            one.setPrintAreas(())
        shown.setPrintAreas((target.RangeAddress,))
        try:
            self.pdf(path)
        finally:
            shown.PageStyle, shown.PrintTitleRows = style, repeated
            for one, areas in printed:
                one.setPrintAreas(areas)

    def _page_of(self, size: Any) -> str:
        """The name of a page style for a page of this size."""
        name = "xl_rebal picture"
        styles = self._document.StyleFamilies.getByName("PageStyles")
        if not styles.hasByName(name):
            styles.insertByName(name, self._document.createInstance("com.sun.star.style.PageStyle"))
        page = styles.getByName(name)
        page.HeaderIsOn = page.FooterIsOn = False
        page.LeftMargin = page.RightMargin = page.TopMargin = page.BottomMargin = 0
        page.IsLandscape = size.Width > size.Height
        page.Width, page.Height = size.Width + SLACK, size.Height + SLACK
        page.PageScale = 100
        return name


g_exportedScripts = (run, call)  # noqa: N816 - LibreOffice looks for this name
