"""The commands for working in LibreOffice instead of Excel: libreoffice install, uninstall, status, open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xl_rebal.cli.terminal import NEEDS_ATTENTION, BookArgument, JsonOption, print_json

if TYPE_CHECKING:
    from xl_rebal.libreoffice.profile import Profile

ProfileOption = Annotated[
    Path | None,
    typer.Option(
        "--profile",
        metavar="DIR",
        help="Another LibreOffice profile than that of the user who is logged in.",
    ),
]


def register(app: typer.Typer) -> None:
    """Adds these commands to the terminal's."""
    group = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode=None,
        help="Work in LibreOffice Calc: XR_ formulas compute there too, by this installation.",
    )
    for command in (install, uninstall, status):
        group.command()(command)
    group.command("open")(open_book)
    app.add_typer(group, name="libreoffice")


def install(profile: ProfileOption = None) -> None:
    """Install the XR_ functions in this user's LibreOffice and prove that a formula computes."""
    from xl_rebal.libreoffice import install as use

    for line in use.install(_profile(profile)):
        print(line)


def uninstall(profile: ProfileOption = None) -> None:
    """Take the XR_ functions out of this user's LibreOffice again; everything else in it stays."""
    from xl_rebal.libreoffice import install as use

    for line in use.uninstall(_profile(profile)):
        print(line)


def status(profile: ProfileOption = None, as_json: JsonOption = False) -> None:
    """Say whether the XR_ functions are installed in LibreOffice, and what keeps them from computing."""
    from xl_rebal.libreoffice import install as use

    found = use.status(_profile(profile))
    if as_json:
        print_json(found.record())
    else:
        for line in found.lines():
            print(line)
    if found.todo:
        raise typer.Exit(NEEDS_ATTENTION)


def open_book(book: BookArgument, profile: ProfileOption = None) -> None:
    """Open a workbook in LibreOffice; for one with Excel's macros, a working copy beside it."""
    from xl_rebal.libreoffice import install as use

    for line in use.opened(book, _profile(profile)):
        print(line)


def _profile(folder: Path | None) -> Profile:
    from xl_rebal.libreoffice.profile import Profile, default_profile

    return Profile(folder) if folder else default_profile()
