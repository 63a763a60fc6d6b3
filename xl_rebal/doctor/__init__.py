"""Looks an installation over, and a firm's workbook and folder: what works, what does not, what to do. Changes nothing."""

from __future__ import annotations

import sys
from pathlib import Path

from xl_rebal.doctor.finding import Finding, State, fix
from xl_rebal.doctor.windows import Registry, WindowsRegistry, excel

__all__ = ["Finding", "State", "findings"]


def findings(target: Path | None = None, registry: Registry | None = None) -> tuple[Finding, ...]:
    """The installation's findings; with a workbook, or a folder that holds one, those of the firm's files, too.

    `registry` is Windows' own when none is given, and not asked on other systems.
    """
    from xl_rebal.doctor.installation import installation

    if registry is None and sys.platform == "win32":
        registry = WindowsRegistry()
    found = [*installation()]
    if registry is not None:
        found.append(excel(registry))
    if target is not None:
        found += _of(target, registry)
    return tuple(found)


def _of(target: Path, registry: Registry | None) -> list[Finding]:
    from xl_rebal.doctor.workbook import workbook

    if not target.is_dir():
        return list(workbook(target, registry))
    from xl_rebal.installing.firm_folder import firm_workbooks

    books = firm_workbooks(target)
    if len(books) == 1:
        return list(workbook(books[0], registry))
    if not books:
        return [
            fix("workbook", f"{target} holds no workbook of a firm", f'Make one: xl-rebal init "{target}"')
        ]
    names = ", ".join(path.name for path in books)
    return [fix("workbook", f"{target} holds several workbooks ({names})", "Name the one that is meant.")]
