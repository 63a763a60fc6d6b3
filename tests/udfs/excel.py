"""Calls an XR_ function as Excel does: through xlwings' own `call_udf` and its Windows conversion, without Excel.

Arguments are what COM hands over: a 2-D tuple for a range, None for an empty cell, a datetime for a date, Decimal for
a currency cell, an int for an error value. The result is what goes back into the cells.
"""

from __future__ import annotations

import atexit
import ctypes
import importlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import MagicMock, patch

import xlwings

from udfs import session
from workbook.vba import udf_module_names
from workbook.xlwings_windows import freshly_imported, xlwings_as_on_windows

MISSING = -2147352572  # what VBA passes for an optional argument that is not given


class _Anything(ModuleType):
    """A stand-in for a pywin32 module: every name that is imported but never used here is a class."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


class _TimeZoneInfo:
    utc = staticmethod(lambda: UTC)


def _windows_modules(made: ModuleType) -> dict[str, ModuleType]:
    """Stand-ins for what xlwings._xlwindows imports beside those that `xlwings_as_on_windows` has put in place."""
    names = ("win32api", "win32con", "win32gui", "win32process", "win32timezone", "pythoncom", "pywintypes")
    modules: dict[str, ModuleType] = {name: _Anything(name) for name in (*names, "win32com.client")}
    vars(modules["pythoncom"])["__file__"] = "pythoncom"
    vars(modules["win32timezone"])["TimeZoneInfo"] = _TimeZoneInfo
    vars(modules["pywintypes"])["com_error"] = made
    vars(modules["pywintypes"])["TimeType"] = type("TimeType", (datetime,), {})
    return modules


_FROM_CTYPES = ("windll", "oledll", "PyDLL")
_MODULES_TOUCHED = ("xlwings._xlwindows", "xlwings.com_server")


@contextmanager
def excel() -> Iterator[Callable[..., Any]]:
    """`call(name, *arguments)` until the block ends; the functions' modules are imported afresh, no book in memory."""
    folder = os.getcwd()
    names = udf_module_names()
    with xlwings_as_on_windows() as udfs:
        put = _windows_modules(sys.modules["pywintypes"].com_error)
        before = {name: sys.modules.get(name) for name in (*put, *_MODULES_TOUCHED)}
        sys.modules.update(put)
        sys.modules["xlwings.com_server"] = com_server = ModuleType("xlwings.com_server")
        vars(com_server)["loop"] = None
        engines = xlwings.engines.engines_by_name
        engine_before = engines.get("excel")
        try:
            with patch.multiple(ctypes, create=True, **{name: MagicMock() for name in _FROM_CTYPES}):
                windows = importlib.import_module("xlwings._xlwindows")
            atexit.unregister(windows.cleanup)  # it would look for Excel's processes
            vars(xlwings)["_xlwindows"] = windows
            engines["excel"] = xlwings.Engine(impl=windows.engine)
            modules = {name: freshly_imported(name) for name in names}
            for name, module in modules.items():
                udfs.udf_modules[name] = {"module": module, "filename": "", "filetime": None}
            session.forget()

            def call(name: str, *arguments: Any) -> Any:
                owner = next(owner for owner, module in modules.items() if hasattr(module, name))
                given = (*arguments, *[MISSING] * (_parameters(modules[owner], name) - len(arguments)))
                return udfs.call_udf(owner, name, given, None, SimpleNamespace())

            yield call
        finally:
            os.chdir(folder)
            vars(xlwings).pop("_xlwindows", None)
            engines.pop("excel", None)
            if engine_before is not None:
                engines["excel"] = engine_before
            for name, module_before in before.items():
                if module_before is None:
                    sys.modules.pop(name, None)
                else:
                    sys.modules[name] = module_before


def _parameters(module: ModuleType, name: str) -> int:
    return len(getattr(module, name).__xlfunc__["args"])
