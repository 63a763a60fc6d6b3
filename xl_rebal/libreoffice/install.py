"""The use cases for users without Excel: install the XR_ functions in their LibreOffice, remove them, say how it is.

A workbook with macros is opened as a copy without them: what LibreOffice saves is no longer the workbook that Excel needs
(its ribbon and its spilling formulas are gone), so the copy is where a firm without Excel works, and the other stays whole.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from xl_rebal import __version__
from xl_rebal.errors import WorkbookUnreadable, WorkbookUnwritable
from xl_rebal.libreoffice.extension import FILE_NAME, IDENTIFIER, digest, extension
from xl_rebal.libreoffice.plain_copy import plain_copy
from xl_rebal.libreoffice.profile import EXTENSIONS, MACROS, Profile, carried_out, kept, kept_files
from xl_rebal.libreoffice.program import LibreOfficeFailed, Program, installed, usable

PROOF = ("=XR_TERM(DATE(2025;1;2);DATE(2026;1;2))", "=XR_TERM(DATE(2025;1;2);DATE(2026;1;3))")
PROVEN = ["Short-term", "Long-term"]
SERVER_SECONDS = 60
START_SECONDS = 5
COPY_MARK = " (LibreOffice)"
OLDEST = (7, 0)


@dataclass(frozen=True, slots=True)
class Status:
    """What a profile has: `todo` is empty when XR_ functions compute in it, or when nobody wants them to."""

    what: str
    todo: str = ""
    installed: bool = False

    def lines(self) -> list[str]:
        return [self.what, *([f"To do: {self.todo}"] if self.todo else [])]

    def record(self) -> dict[str, object]:
        return {"installed": self.installed, "what": self.what, "todo": self.todo}


def install(profile: Profile) -> list[str]:
    """Installs the functions for this user and proves that one computes; what was done, in sentences.

    What is there already is replaced. When the proof fails, the profile is as it was. Raises LibreOfficeFailed.
    """
    program = _checked(profile)
    _check_server()
    if not profile.user.exists():
        carried_out(program, profile)  # LibreOffice's first start makes the profile
    already = _found(profile) is not None
    before = profile.files((*EXTENSIONS, MACROS))
    if not profile.before.is_file():
        kept(profile.before, before)
    try:
        with tempfile.TemporaryDirectory(prefix="xl_rebal_office_") as folder:
            file = Path(folder) / FILE_NAME
            file.write_bytes(extension(sys.executable, str(profile.log)))
            carried_out(program, profile, install=str(file), identifier=IDENTIFIER)
        answer = carried_out(program, profile, compute=PROOF)
        if answer["computed"] != PROVEN:
            raise LibreOfficeFailed(
                f"The functions were installed, but a formula shows {answer['computed'][0]!r}. They were removed again."
            )
    except LibreOfficeFailed:
        profile.put_back((*EXTENSIONS, MACROS), before)
        if not already:
            shutil.rmtree(profile.own, ignore_errors=True)
        raise
    again = "installed again" if already else "installed"
    return [
        f"XR_ functions {again} in LibreOffice {_shown(program)} for this user ({profile.folder}).",
        f"Proven: a formula computes, answered by {sys.executable}.",
        "Open a workbook with: xl-rebal libreoffice open BOOK",
    ]


def uninstall(profile: Profile) -> list[str]:
    """Removes the functions; what was done, in sentences. The user's other extensions, macros and settings stay.

    Where no other extension came since, the files are the same bytes as before the installation.
    """
    if _found(profile) is None and not profile.own.exists():
        return [f"The XR_ functions are not installed in {profile.folder}. Nothing was changed."]
    program = _checked(profile)
    answer = carried_out(program, profile, remove=True, identifier=IDENTIFIER)
    if IDENTIFIER in answer["extensions"]:
        raise LibreOfficeFailed(
            "LibreOffice still has the extension. Remove it under Tools, Extension Manager."
        )
    for leftover in profile.user.glob(f"*/*/*/*.tmp_/{FILE_NAME}"):
        shutil.rmtree(leftover.parent)  # LibreOffice itself would do so at its next start
    if profile.before.is_file():
        before = kept_files(profile.before)
        if not answer["extensions"] and not any(name.endswith("uno_packages.pmap") for name in before):
            for name in EXTENSIONS:
                shutil.rmtree(profile.user / name, ignore_errors=True)
            profile.put_back(EXTENSIONS, {n: c for n, c in before.items() if not n.startswith(MACROS)})
        macros = {name: content for name, content in before.items() if name.startswith(MACROS)}
        if macros and profile.same_macros(macros):
            profile.put_back((MACROS,), macros)
    shutil.rmtree(profile.own, ignore_errors=True)
    return [
        f"XR_ functions removed from LibreOffice ({profile.folder}). Other extensions, macros and settings stayed.",
        "Workbooks keep the results that they were saved with.",
    ]


def status(profile: Profile) -> Status:
    """Whether the functions are installed, and what keeps them from computing. LibreOffice is not started."""
    program = installed()
    if program is None:
        return Status(
            "LibreOffice is not installed on this computer; it is needed only for working without Excel."
        )
    name = f"LibreOffice {_shown(program)}"
    settings = _found(profile)
    if settings is None:
        return Status(f"{name}: XR_ functions are not installed (xl-rebal libreoffice install)")
    python, version = settings.get("python", ""), settings.get("version", "")
    again = "Run: xl-rebal libreoffice install"
    if missing := program.missing_parts():
        return Status(f"{name} lacks {', '.join(missing)}", f"Install {' '.join(missing)}.", True)
    if not Path(python).is_file():
        return Status(f"{name}: XR_ functions ask {python}, which is not there", again, True)
    if settings.get("digest") != digest():
        return Status(
            f"{name}: XR_ functions are of xl_rebal {version}, or of another build; this is {__version__}",
            again,
            True,
        )
    if profile.log.is_file() and (last := profile.log.read_text(errors="replace").strip()):
        return Status(
            f"{name}: XR_ functions met an error of their own: {last.splitlines()[-1]}",
            f"Report it with {profile.log}, then delete that file.",
            True,
        )
    return Status(f"{name}: XR_ functions are installed and answered by {python}", installed=True)


def working_copy(book: Path) -> tuple[Path, bool]:
    """The workbook that LibreOffice is to open, and whether it was made now.

    A workbook without macros is itself; for one with macros it is `NAME (LibreOffice).xlsx` beside it. A copy that is
    there already has what was worked in it since, and is never written over.
    """
    if not book.is_file():
        raise WorkbookUnreadable(f"There is no workbook {book}. Check the folder and the name.")
    if book.suffix.lower() != ".xlsm":
        return book, False
    copy = book.with_name(f"{book.stem}{COPY_MARK}.xlsx")
    if copy.exists():
        return copy, False
    try:
        return plain_copy(book, copy), True
    except BaseException as error:
        copy.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise WorkbookUnwritable(
                f"{copy} can't be written ({error.strerror}). Copy the workbook to a folder that you may write to."
            ) from error
        raise


def opened(book: Path, profile: Profile) -> list[str]:
    """Opens a workbook in LibreOffice as the user works in it; what was done, in sentences. Raises LibreOfficeFailed."""
    found = status(profile)
    if not found.installed or found.todo:
        raise LibreOfficeFailed(f"{found.what}. {found.todo or 'Run: xl-rebal libreoffice install'}")
    program = usable()
    target, made = working_copy(book)
    lines = []
    if made:
        lines.append(
            f"{target.name} was made beside {book.name}: LibreOffice can't keep Excel's ribbon and spilling formulas, so "
            f"work in this copy from now on. All xl-rebal commands take it. {book.name} stays as it is."
        )
    elif target != book:
        lines.append(
            f"{target.name} is there already and is opened as it is; changes made in {book.name} are not in it."
        )
    _start(program, profile, target)
    return [*lines, f"Opened {target} in LibreOffice."]


def _start(program: Program, profile: Profile, book: Path) -> None:
    """Starts LibreOffice with the workbook and lets go of it, once it is known not to have failed at once."""
    command = [str(program.path), "--calc", f"-env:UserInstallation={profile.folder.resolve().as_uri()}"]
    mine = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    process = subprocess.Popen(  # noqa: S603 - LibreOffice with the user's workbook
        [*command, str(book.resolve())],
        env=mine,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    with contextlib.suppress(subprocess.TimeoutExpired):
        if process.wait(START_SECONDS):
            said = (process.stderr.read() if process.stderr else b"").decode(errors="replace").strip()
            raise LibreOfficeFailed(f"LibreOffice did not start. It said: {said or 'nothing'}")


def _checked(profile: Profile) -> Program:
    """A LibreOffice in which this can work, with a profile that is free. Raises LibreOfficeMissing, LibreOfficeFailed."""
    program = usable()
    if program.is_boxed_in:
        raise LibreOfficeFailed(
            f"This LibreOffice ({program.path}) runs in a box (Snap or Flatpak) and can't start xl_rebal's Python. Install "
            "LibreOffice from libreoffice.org or from your system's packages."
        )
    if program.version and program.version < OLDEST:
        raise LibreOfficeFailed(
            f"This is LibreOffice {_shown(program)}; {'.'.join(map(str, OLDEST))} or newer is needed."
        )
    profile.check_free()
    return program


def _check_server() -> None:
    """Whether this Python answers as the extension will ask it. Raises LibreOfficeFailed."""
    asked = json.dumps({"call": "XR_TERM", "arguments": [45659.0, 46025.0]}).encode() + b"\n"
    command = [sys.executable, "-I", "-m", "xl_rebal.libreoffice.server"]
    try:
        done = subprocess.run(  # noqa: S603 - this very interpreter
            command, input=asked, capture_output=True, timeout=SERVER_SECONDS, check=False, cwd=Path.home()
        )
        why = (
            "" if done.stdout.startswith(b'{"rows"') else done.stderr.decode(errors="replace").strip()[-300:]
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        why = str(error)
    else:
        if done.stdout.startswith(b'{"rows"'):
            return
    raise LibreOfficeFailed(
        f"{sys.executable} does not answer outside this folder ({why or 'nothing was said'}). Install xl-rebal in it, and "
        "run this command by that installation."
    )


def _found(profile: Profile) -> dict[str, str] | None:
    """The settings inside the installed extension; None when it is not installed."""
    for path in profile.user.glob(f"uno_packages/cache/uno_packages/*/{FILE_NAME}/settings.json"):
        with contextlib.suppress(OSError, ValueError):
            found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
            return found
    return None


def _shown(program: Program) -> str:
    return ".".join(map(str, program.version)) or "of unknown version"
