"""Runs inside LibreOffice: what a user does in it, one step of a JSON list after the other. Copied into a test's profile.

Documents are opened as File, Open does, with the user's own macro security, and LibreOffice gets the time to do what it
does by itself.
"""

from __future__ import annotations

import json
import os
import time
import traceback

import uno
import xl_rebal_bridge as bridge


def run(*_event):
    context = globals()["XSCRIPTCONTEXT"].getComponentContext()
    desktop = globals()["XSCRIPTCONTEXT"].getDesktop()
    answers = []
    try:
        with open(os.environ["XL_REBAL_STEPS"], encoding="utf-8") as file:
            steps = json.load(file)
        answers = Session(context, desktop).done(steps)
    except Exception:
        answers = {"failed": traceback.format_exc()}
    finally:
        with open(os.environ["XL_REBAL_SEEN"], "w", encoding="utf-8") as file:
            json.dump(answers, file)
        desktop.terminate()


class Session:
    def __init__(self, context, desktop):
        self.context, self.desktop = context, desktop
        self.toolkit = context.ServiceManager.createInstanceWithContext("com.sun.star.awt.Toolkit", context)
        self.open = {}

    def done(self, steps):
        answers = []
        for step in steps:
            answers.append(getattr(self, step.pop("do"))(**step))
            self.toolkit.processEventsToIdle()
        return answers

    def load(self, path):
        hidden = bridge._property("Hidden", True)
        document = self.desktop.loadComponentFromURL(uno.systemPathToFileUrl(path), "_blank", 0, (hidden,))
        office = bridge.Office(self.context, self.desktop)
        office._document = document
        self.open[path] = office

    def becomes_unmodified(self, path):
        """Whether nothing is to be saved once LibreOffice has come to rest."""
        for _ in range(200):
            if not self.open[path]._document.isModified():
                return True
            time.sleep(0.1)
            self.toolkit.processEventsToIdle()
        return False

    def modified(self, path):
        return self.open[path]._document.isModified()

    def read(self, path):
        return self.open[path].read()

    def change(self, path, place, value):
        self.open[path].change(place, value)

    def undo(self, path):
        manager = self.open[path]._document.getUndoManager()
        manager.undo()
        self.toolkit.processEventsToIdle()
        return manager.isUndoPossible()

    def store(self, path, to, kind):
        name = bridge._property("FilterName", kind)
        self.open[path]._document.storeToURL(uno.systemPathToFileUrl(to), (name,))

    def close(self, path):
        self.open[path].close()

    def command(self, path, url):
        provider = self.open[path]._document.CurrentController.Frame
        helper = self.context.ServiceManager.createInstanceWithContext(
            "com.sun.star.frame.DispatchHelper", self.context
        )
        helper.executeDispatch(provider, url, "_self", 0, ())

    def restyle(self, path, style, color, places):
        """Gives a named cell style another background; the style and background of each place then, `Sheet!A1`."""
        document = self.open[path]._document
        for name in document.Sheets.ElementNames:  # LibreOffice keeps the styles while a sheet is protected
            document.Sheets.getByName(name).unprotect("")
        document.StyleFamilies.getByName("CellStyles").getByName(style).CellBackColor = color
        seen = {}
        for place in places:
            sheet, cell = place.split("!")
            found = document.Sheets.getByName(sheet).getCellRangeByName(cell)
            seen[place] = [found.CellStyle, found.CellBackColor]
        return seen

    def services(self, name):
        made = self.context.ServiceManager.createInstanceWithContext(name, self.context)
        return made is not None

    def macros(self):
        libraries = self.context.ServiceManager.createInstanceWithContext(
            "com.sun.star.script.ApplicationScriptLibraryContainer", self.context
        )
        libraries.loadLibrary("Standard")
        return list(libraries.getByName("Standard").getElementNames())


g_exportedScripts = (run,)  # noqa: N816 - LibreOffice looks for this name
