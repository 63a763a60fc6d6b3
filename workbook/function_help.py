"""What Excel's function wizard says of each XR_ function, from the Python functions: the data, and the macro that sets it.

xlwings sets descriptions through Excel when somebody imports functions with its add-in. Here nobody does: the descriptions
are attributes of the wrappers, and categories and arguments are set by `DescribeFunctions` each time the workbook opens.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from workbook.ovba import Module
from workbook.xlwings_windows import freshly_imported, xlwings_as_on_windows

LONGEST = 255
"""Characters of a description, of a function or an argument (Application.MacroOptions)."""


@dataclass(frozen=True, slots=True)
class ArgumentHelp:
    """An argument as the wizard lists it. `default` is what stands for it when it is left out."""

    name: str
    text: str
    optional: bool
    default: object = None


@dataclass(frozen=True, slots=True)
class FunctionHelp:
    name: str
    category: str
    text: str
    arguments: tuple[ArgumentHelp, ...]

    @property
    def call(self) -> str:
        """`XR_DRIFT(client, book, [rows], [classes_only])`"""
        names = (f"[{a.name}]" if a.optional else a.name for a in self.arguments)
        return f"{self.name}({', '.join(names)})"


def worksheet_functions(module: ModuleType) -> dict[str, Callable[..., Any]]:
    """The decorated functions that a module defines itself (not those it imports), by name."""
    return {
        name: value
        for name, value in sorted(vars(module).items())
        if hasattr(value, "__xlfunc__") and value.__module__ == module.__name__
    }


def function_helps(module_names: Iterable[str]) -> tuple[FunctionHelp, ...]:
    """What is to be said of every worksheet function of these modules, by name."""
    with xlwings_as_on_windows():
        found = [
            _help_of(function)
            for module_name in module_names
            for function in worksheet_functions(freshly_imported(module_name)).values()
        ]
    return tuple(sorted(found, key=lambda one: one.name))


def _help_of(function: Callable[..., Any]) -> FunctionHelp:
    registered = vars(function)["__xlfunc__"]
    arguments = tuple(
        ArgumentHelp(arg["name"], cut(arg["doc"]), "optional" in arg, arg.get("optional"))
        for arg in registered["args"]
    )
    return FunctionHelp(registered["name"], registered["category"], description(function), arguments)


def description(function: Callable[..., Any]) -> str:
    """The first paragraph of a function's docstring on one line, cut at a word where Excel would cut it."""
    return cut((inspect.getdoc(function) or "").split("\n\n")[0])


def cut(text: str) -> str:
    """A text on one line, no longer than the wizard takes."""
    text = " ".join(text.split())
    if len(text) <= LONGEST:
        return text
    return text[: LONGEST - 3].rsplit(" ", 1)[0] + "..."


def vba_text(text: str) -> str:
    """A text as VBA writes it."""
    return '"' + text.replace('"', '""') + '"'


_HEAD = """' Written by the build from the Python functions. Changes made here are lost with the next one.
Option Explicit

' Tells Excel's function wizard what each function and argument is. Never shows or raises an error, and leaves the
' workbook as saved or unsaved as it was.
Public Sub DescribeFunctions()
    Dim wasSaved As Boolean
    On Error Resume Next
    wasSaved = ThisWorkbook.Saved
"""
_TAIL = """    ThisWorkbook.Saved = wasSaved
End Sub

Private Sub Describe(functionName As String, category As String, description As String, arguments As Variant)
    On Error Resume Next
    Application.MacroOptions Macro:="'" & Replace(ThisWorkbook.Name, "'", "''") & "'!" & functionName, _
        Description:=description, Category:=category, ArgumentDescriptions:=arguments
End Sub
"""


def help_module(module_names: Iterable[str]) -> Module:
    """The VBA module `FunctionHelp`."""
    calls = []
    for one in function_helps(module_names):
        arguments = ", _\n        ".join(vba_text(argument.text) for argument in one.arguments)
        calls.append(
            f"    Describe {vba_text(one.name)}, {vba_text(one.category)}, _\n"
            f"        {vba_text(one.text)}, _\n        Array({arguments})\n"
        )
    return Module("FunctionHelp", _HEAD + "".join(calls) + _TAIL)
