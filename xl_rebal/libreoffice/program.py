"""The LibreOffice of this computer: where it is, what it is, and how its process is started and ended."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from xl_rebal.errors import XlRebalError

END_SECONDS = 15.0
_PARTS = {
    "pythonscript.py": "libreoffice-script-provider-python",
    "pythonloader.py": "python3-uno",
}
_ALL_PARTS = ("libreoffice-calc", *_PARTS.values())


class LibreOfficeMissing(XlRebalError):
    """LibreOffice, or the part of it that runs Python, is not installed."""


class LibreOfficeFailed(XlRebalError):
    """LibreOffice did not start, did not answer in time, or could not do what was asked."""


@dataclass(frozen=True, slots=True)
class Program:
    """An installed LibreOffice: the program that starts it, and the folder that holds its parts."""

    path: Path
    folder: Path

    @property
    def version(self) -> tuple[int, ...]:
        """Major and minor version; () when its own files do not say."""
        match = re.search(r"^ProductKey=\D*(\d+)\.(\d+)", self._bootstrap(), re.MULTILINE)
        return tuple(map(int, match.groups())) if match else ()

    @property
    def python(self) -> str:
        """Version of the Python inside it, such as 3.11; '' when it can't be told."""
        for place in self._places():
            for folder in sorted(place.glob("python-core-*")):
                return folder.name.removeprefix("python-core-")
            for name in ("libpyuno.so", "pyuno.pyd", "libpyuno.dylib"):
                if (library := place / name).is_file():
                    found = re.search(rb"[Pp]ython\.?(3)\.?(\d+)", library.read_bytes())
                    if found:
                        return f"{found[1].decode()}.{found[2].decode()}"
        return ""

    @property
    def is_boxed_in(self) -> bool:
        """Whether it runs in a box (Snap, Flatpak) from which it can't start the project's Python."""
        return any(part in ("snap", "flatpak") for part in (*self.path.parts, *self.folder.parts))

    def missing_parts(self) -> tuple[str, ...]:
        """What running Python in it lacks, as Debian's package names."""
        return tuple(
            package
            for file, package in _PARTS.items()
            if not any((place / file).exists() for place in self._places())
        )

    def _places(self) -> tuple[Path, ...]:
        return (self.folder, self.folder.parent / "Resources")  # Linux and Windows; macOS

    def _bootstrap(self) -> str:
        for place in self._places():
            for name in ("bootstraprc", "bootstrap.ini"):
                with contextlib.suppress(OSError):
                    return (place / name).read_text(encoding="utf-8", errors="replace")
        return ""


def installed() -> Program | None:
    """The LibreOffice on the PATH, else where its installer puts it; None when there is none."""
    for place in _candidates():
        if place.is_file():
            real = place.resolve()
            return Program(place, real.parent)
    return None


def _candidates() -> Iterator[Path]:
    if found := shutil.which("soffice"):
        yield Path(found)
    if sys.platform == "win32":
        for name in ("ProgramFiles", "ProgramW6432", "ProgramFiles(x86)"):
            if base := os.environ.get(name):
                yield Path(base) / "LibreOffice" / "program" / "soffice.exe"
    elif sys.platform == "darwin":
        yield Path("/Applications/LibreOffice.app/Contents/MacOS/soffice")


def missing_parts() -> tuple[str, ...]:
    """What is not installed of what XR_ functions in LibreOffice need, as Debian's package names; empty when all is there."""
    program = installed()
    return _ALL_PARTS if program is None else program.missing_parts()


def usable() -> Program:
    """The installed LibreOffice with all that it needs. Raises LibreOfficeMissing."""
    program, missing = installed(), missing_parts()
    if program is None or missing:
        raise LibreOfficeMissing(
            f"Calculating in LibreOffice needs {', '.join(missing)}. On Debian or Ubuntu: "
            f"apt-get install {' '.join(missing)}; elsewhere: install LibreOffice from libreoffice.org."
        )
    return program


def unattended(program: Program, profile: Path, *arguments: str) -> list[str]:
    """The command that starts it without windows, with a profile of its own."""
    return [
        str(program.path),
        "--headless",
        "--norestore",
        "--nologo",
        "--nodefault",
        "--nofirststartwizard",
        f"-env:UserInstallation={profile.resolve().as_uri()}",
        *arguments,
    ]


def environment(**more: str) -> dict[str, str]:
    """This process's environment without what would lead LibreOffice's Python or its windows astray.

    An embedded Python looks for its library beside the first `python3` of PATH, which may be another installation's; so
    PATH is the system's own.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    if sys.platform == "win32":
        return {**kept, **more}
    kept.pop("DISPLAY", None)
    return {**kept, "PATH": os.defpath, "SAL_USE_VCLPLUGIN": "svp", **more}


def end(process: subprocess.Popen[bytes]) -> None:
    """Waits for LibreOffice to end by itself; ends it with everything it started when it does not."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(END_SECONDS)
    if process.poll() is None:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)  # its own session: nothing else is in it
        else:
            process.kill()
        process.wait(END_SECONDS)
