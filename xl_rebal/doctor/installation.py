"""This installation: Python, packages, tax parameters, solver, shipped template, fonts, LibreOffice."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

from xl_rebal import __version__
from xl_rebal.doctor.finding import Finding, fix, note, ok
from xl_rebal.errors import XlRebalError

OLDEST_PYTHON = (3, 11)
AGAIN = "Install xl-rebal again."
FONTS = ("calibri", "carlito")
"""The brief's font, and the free one with letters of the same widths."""


def installation() -> Iterator[Finding]:
    yield _python()
    yield from _packages()
    yield from _templates()
    yield _parameters()
    yield _solver()
    yield font()
    yield _libreoffice()


def _python() -> Finding:
    what = f"xl_rebal {__version__} in Python {platform.python_version()} ({sys.executable})"
    if sys.version_info < OLDEST_PYTHON:
        return fix("python", what, f"Install Python {OLDEST_PYTHON[0]}.{OLDEST_PYTHON[1]} or newer.")
    return ok("python", what)


def _packages() -> Iterator[Finding]:
    """What this package says it needs, against what is there."""
    try:
        needed = [need for need in metadata.requires("xl-rebal") or () if "extra ==" not in need]
    except metadata.PackageNotFoundError:
        yield fix(
            "packages",
            "xl-rebal is run from a folder and is not installed in this Python",
            "Run: pip install .",
        )
        return
    fine = []
    for need in sorted(needed, key=str.lower):
        name, least = requirement(need)
        try:
            found = metadata.version(name)
        except metadata.PackageNotFoundError:
            yield fix("packages", f"{name} is missing", AGAIN)
            continue
        if numbers(found) < numbers(least):
            yield fix("packages", f"{name} {found} is too old; {least} is needed", AGAIN)
        else:
            fine.append(f"{name} {found}")
    yield ok("packages", f"Packages: {', '.join(fine)}")


def requirement(text: str) -> tuple[str, str]:
    """Name and least version of a requirement such as `numpy>=2.0`."""
    name = re.match(r"[\w.-]+", text)
    least = re.search(r">=\s*([\d.]+)", text)
    return name[0] if name else text, least[1] if least else "0"


def numbers(version: str) -> tuple[int, ...]:
    """`0.37.8` as numbers, which compare as versions do."""
    return tuple(int(part) for part in re.findall(r"\d+", version.split("+")[0]))


def _templates() -> Iterator[Finding]:
    from xl_rebal.briefs.kinds import BRIEF, SUMMARY
    from xl_rebal.briefs.render import lint_template, shipped_template

    for kind in (BRIEF, SUMMARY):
        try:
            lint_template(shipped_template(kind), kind)
        except (XlRebalError, OSError) as error:
            yield fix("templates", f"Shipped template of the {kind.name}: {error}", AGAIN)
        else:
            yield ok("templates", f"Shipped template of the {kind.name} {shipped_template(kind)}")


def _parameters() -> Finding:
    from xl_rebal.params.load import tax_parameters, tax_years

    years = tax_years()
    try:
        for year in years:
            tax_parameters(year)
    except XlRebalError as error:
        return fix("parameters", f"Tax parameters: {error}", AGAIN)
    return ok("parameters", f"Tax parameters for {', '.join(map(str, years))}")


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
        return fix("solver", f"Solver: {error}", AGAIN)
    if abs(answer - 1) > 1e-6:
        return fix("solver", f"The solver says {answer} where 1 is right", "Report this.")
    return ok("solver", "Solver answers")


def font(folders: Iterable[Path] | None = None) -> Finding:
    """Whether the brief's font is there, without which Word and LibreOffice break its lines elsewhere."""
    for folder in font_folders() if folders is None else folders:
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.suffix.lower() in (".ttf", ".otf", ".ttc") and path.stem.lower().startswith(FONTS):
                return ok("fonts", f"Font of the briefs: {path.stem} ({path.parent})")
    return note(
        "fonts",
        "Neither Calibri nor Carlito was found: a brief may break its lines elsewhere and need a second page",
        "Install Carlito (Debian: fonts-crosextra-carlito), or the fonts of Microsoft Office.",
    )


def font_folders() -> tuple[Path, ...]:
    """Where this system keeps fonts."""
    home = Path.home()
    if sys.platform == "win32":
        local = Path(os.environ.get("LOCALAPPDATA", home))
        return (
            Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts",
            local / "Microsoft" / "Windows" / "Fonts",
        )
    if sys.platform == "darwin":
        office = Path("/Applications/Microsoft Word.app/Contents/Resources/DFonts")
        return (Path("/Library/Fonts"), home / "Library" / "Fonts", office)
    return (
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        home / ".local/share/fonts",
        home / ".fonts",
    )


def _libreoffice() -> Finding:
    from xl_rebal.libreoffice.install import status
    from xl_rebal.libreoffice.profile import default_profile
    from xl_rebal.libreoffice.program import installed

    program = installed()
    found = status(default_profile())
    if found.todo:
        return fix("libreoffice", found.what, found.todo)
    if program is not None and (missing := program.missing_parts()):
        return note(
            "libreoffice",
            f"LibreOffice lacks {', '.join(missing)}: it can't compute XR_ formulas",
            "Install that to work in it.",
        )
    inside = f", Python {program.python} inside" if program is not None and program.python else ""
    return ok("libreoffice", f"{found.what}{inside}")
