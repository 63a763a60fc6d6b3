"""Looks an installation over: what works, what does not, and what to do about it. Changes nothing."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from xl_rebal import __version__
from xl_rebal.errors import XlRebalError

OLDEST_PYTHON = (3, 11)
PACKAGES = (
    "xlwings",
    "openpyxl",
    "pandas",
    "numpy",
    "openai",
    "docxtpl",
    "highspy",
    "XlsxWriter",
    "python-calamine",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `todo` is empty when it is well."""

    what: str
    todo: str = ""

    @property
    def well(self) -> bool:
        return not self.todo

    def __str__(self) -> str:
        return f"ok    {self.what}" if self.well else f"FIX   {self.what}. {self.todo}"


def findings(book: Path | None = None) -> tuple[Finding, ...]:
    """The installation's findings and, with a workbook, what its macros need."""
    found = [_python(), *_packages(), _templates(), _parameters(), _solver()]
    if book is not None:
        found += _workbook(book)
    return tuple(found)


def _python() -> Finding:
    what = f"xl_rebal {__version__} in Python {platform.python_version()} ({sys.executable})"
    if sys.version_info < OLDEST_PYTHON:
        return Finding(what, f"Install Python {OLDEST_PYTHON[0]}.{OLDEST_PYTHON[1]} or newer.")
    return Finding(what)


def _packages() -> list[Finding]:
    found = []
    for name in PACKAGES:
        try:
            found.append(Finding(f"{name} {metadata.version(name)}"))
        except metadata.PackageNotFoundError:
            found.append(Finding(f"{name} is missing", "Install xl-rebal again."))
    return found


def _templates() -> Finding:
    from xl_rebal.briefs.render import lint_template, shipped_template

    try:
        lint_template(shipped_template())
    except (XlRebalError, OSError) as error:
        return Finding(f"Brief template: {error}", "Install xl-rebal again.")
    return Finding(f"Brief template {shipped_template()}")


def _parameters() -> Finding:
    from xl_rebal.params.load import tax_parameters, tax_years

    years = tax_years()
    try:
        for year in years:
            tax_parameters(year)
    except XlRebalError as error:
        return Finding(f"Tax parameters: {error}", "Install xl-rebal again.")
    return Finding(f"Tax parameters for {', '.join(map(str, years))}")


def _solver() -> Finding:
    import numpy as np

    from xl_rebal.engine.solve import Arrays, solve

    one = np.ones(1)
    arrays = Arrays(
        one, 0 * one, 2 * one, np.zeros(1, dtype=np.bool_), one, 3 * one,
        np.array([0, 1], dtype=np.int32), np.zeros(1, dtype=np.int32), one, np.zeros(1, dtype=np.int8),
    )  # fmt: skip
    try:
        answer = solve(arrays, absolute_gap=0.0, node_limit=1).objective
    except (XlRebalError, ImportError) as error:
        return Finding(f"Solver: {error}", "Install xl-rebal again.")
    return Finding("Solver answers") if abs(answer - 1) < 1e-6 else Finding("Solver is wrong", "Report this.")


def _workbook(book: Path) -> list[Finding]:
    from workbook.vba import embedded_xlwings_version
    from xl_rebal import app

    loaded = app.load(book)
    found = [
        Finding(
            f"{book.name}: {app.counted(len(loaded.households), 'client')}, as of {loaded.settings.as_of}"
        )
    ]
    if book.suffix.lower() != ".xlsm":
        return [
            *found,
            Finding(f"{book.name} has no macros", "Use the .xlsm for the Rebalance tab and XR_ functions."),
        ]
    try:
        inside = embedded_xlwings_version(book)
    except XlRebalError as error:
        return [
            *found,
            Finding(f"{book.name}: {error}", "Make a new workbook with xl-rebal build and move the data."),
        ]
    installed = metadata.version("xlwings")
    if inside != installed:
        todo = f"Run: xl-rebal doctor {book.name} --update-macros"
        return [*found, Finding(f"{book.name} holds xlwings {inside}, installed is {installed}", todo)]
    return [*found, Finding(f"{book.name} holds xlwings {inside}, as installed")]
