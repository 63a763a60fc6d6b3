"""Where the files that ship with the package lie: in a checkout beside it, in an installation inside it."""

from __future__ import annotations

from pathlib import Path

from xl_rebal.errors import TemplateError

PACKAGE = Path(__file__).resolve().parent


def templates_dir() -> Path:
    """Folder of the shipped templates: `templates/` of a checkout, else the copy inside the package."""
    for folder in (PACKAGE.parent / "templates", PACKAGE / "_shipped" / "templates"):
        if folder.is_dir():
            return folder
    raise TemplateError("The templates folder is missing from this installation. Install xl-rebal again.")
