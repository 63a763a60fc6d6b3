"""Installs or removes the extension, and proves that a formula computes: one task for one start of LibreOffice.

The task is a JSON file that the environment names, the answer is another. Runs in the Python that LibreOffice brings:
the standard library and UNO only.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from typing import Any

import uno  # type: ignore[import-not-found]
import unohelper  # type: ignore[import-not-found]
from com.sun.star.task import XInteractionHandler  # type: ignore[import-not-found]
from com.sun.star.ucb import XCommandEnvironment  # type: ignore[import-not-found]

USER = "user"


class Agreed(unohelper.Base, XCommandEnvironment, XInteractionHandler):  # type: ignore[misc]
    """Answers the extension manager's questions: the one who started the task has agreed to it.

    The first answer offered is to go on. The question itself is not looked at: its types are unknown to Python.
    """

    def getInteractionHandler(self) -> Agreed:
        return self

    def getProgressHandler(self) -> None:
        return None

    def handle(self, request: Any) -> None:
        request.getContinuations()[0].select()


class Manager:
    """LibreOffice's own manager of extensions, for those of the user."""

    def __init__(self, context: Any) -> None:
        self._manager = context.getValueByName("/singletons/com.sun.star.deployment.ExtensionManager")

    def identifiers(self) -> dict[str, str]:
        """The user's extensions: identifier and file name."""
        found = self._manager.getDeployedExtensions(USER, self._manager.createAbortChannel(), Agreed())
        return {one.getIdentifier().Value: one.getName() for one in found}

    def install(self, path: str, identifier: str) -> None:
        self.remove(identifier)
        url = uno.systemPathToFileUrl(path)
        self._manager.addExtension(url, (), USER, self._manager.createAbortChannel(), Agreed())

    def remove(self, identifier: str) -> None:
        name = self.identifiers().get(identifier)
        if name is not None:
            self._manager.removeExtension(
                identifier, name, USER, self._manager.createAbortChannel(), Agreed()
            )


def _computed(desktop: Any, formulas: list[str]) -> list[str]:
    """What formulas show in a new spreadsheet, as a user would enter them."""
    hidden = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
    hidden.Name, hidden.Value = "Hidden", True
    document = desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, (hidden,))
    shown = []
    for row, formula in enumerate(formulas):
        cell = document.Sheets.getByIndex(0).getCellByPosition(0, row)
        cell.setFormula(formula)
        shown.append(cell.getString())
    document.close(True)
    return shown


def run(*_event: Any) -> None:
    """Carries out the task; then LibreOffice ends."""
    context = globals()["XSCRIPTCONTEXT"].getComponentContext()  # LibreOffice puts it into this module
    desktop = globals()["XSCRIPTCONTEXT"].getDesktop()
    answer: dict[str, Any] = {"python": sys.version.split()[0]}
    with open(os.environ["XL_REBAL_TASK"], encoding="utf-8") as file:
        task = json.load(file)
    try:
        manager = Manager(context)
        if "install" in task:
            manager.install(task["install"], task["identifier"])
        if "remove" in task:
            manager.remove(task["identifier"])
        if "compute" in task:
            answer["computed"] = _computed(desktop, task["compute"])
        answer["extensions"] = sorted(manager.identifiers())
    except Exception as error:
        answer["failed"] = f"{error}".strip() or traceback.format_exc()
    finally:
        with open(task["answer"], "w", encoding="utf-8") as file:
            json.dump(answer, file)
        desktop.terminate()


g_exportedScripts = (run,)  # noqa: N816 - LibreOffice looks for this name
