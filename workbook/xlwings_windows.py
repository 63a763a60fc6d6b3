"""xlwings' UDF machinery as it is on Windows, on any system: for building the workbook and for tests only.

Off Windows xlwings turns `@func`, `@arg` and `@ret` into no-ops, and `xlwings.udfs`, which writes the VBA wrappers
and converts arguments, imports pywin32. Neither needs Excel to do its work, so here the four names that it takes
from pywin32 are stood in for while a block runs, and xlwings' own code does the rest.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import xlwings

DECORATORS = {"func": "xlfunc", "sub": "xlsub", "arg": "xlarg", "ret": "xlret"}
"""Names in `xlwings` -> what they are on Windows, in `xlwings.udfs`."""


class ComError(Exception):
    """Stands in for pywintypes.com_error: an error that came from Excel. There is no Excel, so none comes."""


def _dispatch(_: object) -> object:
    raise ComError(
        "There is no Excel to talk to: only the parts of xlwings.udfs that need none can run here."
    )


def _stand_ins() -> dict[str, ModuleType]:
    """pythoncom, pywintypes and win32com.client with the names that xlwings.udfs takes from them."""
    modules = {name: ModuleType(name) for name in ("pythoncom", "pywintypes", "win32com", "win32com.client")}
    names: dict[str, dict[str, Any]] = {
        "pythoncom": {"CoInitialize": lambda: None},
        "pywintypes": {"com_error": ComError},
        "win32com": {"client": modules["win32com.client"]},
        "win32com.client": {"Dispatch": _dispatch},
    }
    for name, attributes in names.items():
        vars(modules[name]).update(attributes)
    return modules


@contextmanager
def xlwings_as_on_windows() -> Iterator[ModuleType]:
    """`xlwings.udfs`, and working decorators in `xlwings`, until the block ends. On Windows: the real ones."""
    if sys.platform == "win32":
        yield importlib.import_module("xlwings.udfs")
        return
    stand_ins = _stand_ins()
    modules_before = {name: sys.modules.get(name) for name in (*stand_ins, "xlwings.udfs")}
    names_before = {name: vars(xlwings).get(name) for name in (*DECORATORS, "udfs")}
    sys.modules.update(stand_ins)
    sys.modules.pop("xlwings.udfs", None)
    try:
        udfs = importlib.import_module("xlwings.udfs")
        vars(xlwings).update({name: getattr(udfs, real) for name, real in DECORATORS.items()})
        yield udfs
    finally:
        _put_back(sys.modules, modules_before)
        _put_back(vars(xlwings), names_before)


def _put_back(names: dict[str, Any], before: dict[str, Any]) -> None:
    for name, value in before.items():
        if value is None:
            names.pop(name, None)
        else:
            names[name] = value


def freshly_imported(name: str) -> ModuleType:
    """A second copy of a module, run now, so that its decorators are the ones now in `xlwings`.

    The copy in `sys.modules` stays what it was.
    """
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    module = importlib.util.module_from_spec(spec)
    before = sys.modules.get(name)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    finally:
        _put_back(sys.modules, {name: before})
    return module
