"""A user's profile of LibreOffice: where it is, one task carried out in it, and its files put back as they were."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from xl_rebal.libreoffice.program import LibreOfficeFailed, Program, end, environment, unattended

TASK_SECONDS = 120.0
SCRIPT = "xl_rebal_setting_up.py"
INSIDE = Path(__file__).with_name("inside")
EXTENSIONS = ("uno_packages", "extensions")
"""Folders of the profile in which LibreOffice keeps the user's extensions and what it knows of them."""
MACROS = "basic"
SETTINGS = ("registrymodifications.xcu", "pack", "basic")
"""What LibreOffice writes at every end, although nobody changed a setting."""


@dataclass(frozen=True, slots=True)
class Profile:
    """The folder that LibreOffice calls UserInstallation."""

    folder: Path

    @property
    def user(self) -> Path:
        return self.folder / "user"

    @property
    def own(self) -> Path:
        """What this project keeps in the profile: the files as they were before, and the extension's log."""
        return self.user / "xl_rebal"

    @property
    def log(self) -> Path:
        return self.own / "errors.log"

    @property
    def before(self) -> Path:
        return self.own / "before.zip"

    def check_free(self) -> None:
        """Raises LibreOfficeFailed while somebody works in LibreOffice with this profile, or it can't be written."""
        if os.path.lexists(lock := self.folder / ".lock"):
            raise LibreOfficeFailed(
                "LibreOffice is open. Close all its windows and try again. If it is open nowhere, it has left a file "
                f"behind: delete {lock}."
            )
        place = next(p for p in (self.user, self.folder, *self.folder.parents) if p.exists())
        if not os.access(place, os.W_OK) or not place.is_dir():
            raise LibreOfficeFailed(
                f"{place} can't be written to, so LibreOffice's profile can't be changed."
            )

    def files(self, names: Iterable[str]) -> dict[str, bytes]:
        """The files under these names of the profile, with their bytes."""
        found = {}
        for name in names:
            place = self.user / name
            for path in [place] if place.is_file() else sorted(place.rglob("*")):
                if path.is_file() and not path.is_symlink():
                    found[path.relative_to(self.user).as_posix()] = path.read_bytes()
        return found

    def put_back(self, names: Iterable[str], files: Mapping[str, bytes]) -> None:
        """Makes the files under these names what they were: changed ones, missing ones, and those that came since."""
        names = tuple(names)
        now = self.files(names)
        for relative in now.keys() - files.keys():
            (self.user / relative).unlink()
        for relative, content in files.items():
            if now.get(relative) != content:
                path = self.user / relative
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)

    def same_macros(self, files: Mapping[str, bytes]) -> bool:
        """Whether the user's macros are still those in `files`, however LibreOffice has written them since."""
        return _macros(self.files((MACROS,))) == _macros(files)


def default_profile() -> Profile:
    """The profile of the user who is logged in, where LibreOffice keeps it on this system."""
    if sys.platform == "win32":
        base = Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming") / "LibreOffice"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support" / "LibreOffice"
    else:
        base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "libreoffice"
    return Profile(base / "4")


def carried_out(program: Program, profile: Profile, **task: object) -> Mapping[str, Any]:
    """The answer to a task for inside/setting_up.py, by one unattended start of LibreOffice with this profile.

    The user's macros and settings are the same bytes afterwards. Raises LibreOfficeFailed.
    """
    profile.check_free()
    before = profile.files(SETTINGS)
    with tempfile.TemporaryDirectory(prefix="xl_rebal_office_") as name, _script_in(profile) as script:
        folder = Path(name)
        answer, asked, log = folder / "answer.json", folder / "task.json", folder / "log"
        asked.write_text(json.dumps({**task, "answer": str(answer)}), encoding="utf-8")
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - LibreOffice with our own arguments
                unattended(program, profile.folder, script),
                env=environment(XL_REBAL_TASK=str(asked)),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(TASK_SECONDS)
            end(process)
        if before:
            profile.put_back(SETTINGS, before)
        said = log.read_text(errors="replace").strip()
        if not answer.is_file():
            raise LibreOfficeFailed(
                f"LibreOffice did not do it within {TASK_SECONDS:.0f} seconds, or its Python did not start. It said: "
                f"{said or 'nothing'}"
            )
        found: Mapping[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    if "failed" in found:
        raise LibreOfficeFailed(f"LibreOffice refused: {found['failed']}")
    return found


@contextlib.contextmanager
def _script_in(profile: Profile) -> Iterator[str]:
    """The address of the script while it lies in the profile; folders that were not there go with it."""
    made = []
    place = profile.user / "Scripts" / "python"
    for folder in (*reversed(place.parents), place):
        if not folder.exists():
            folder.mkdir()
            made.append(folder)
    try:
        shutil.copyfile(INSIDE / "setting_up.py", place / SCRIPT)
        yield f"vnd.sun.star.script:{SCRIPT}$run?language=Python&location=user"
    finally:
        (place / SCRIPT).unlink(missing_ok=True)
        shutil.rmtree(place / "__pycache__", ignore_errors=True)
        for folder in reversed(made):
            with contextlib.suppress(OSError):  # somebody else's files may lie in it by now
                folder.rmdir()


def kept(path: Path, files: Mapping[str, bytes]) -> None:
    """Writes files to a zip."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)


def kept_files(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _macros(files: Mapping[str, bytes]) -> dict[str, str]:
    """What the Basic files of a profile say, without how LibreOffice has laid them out."""
    said = {}
    for name, content in files.items():
        if not name.startswith(f"{MACROS}/"):
            continue
        try:
            root = ElementTree.fromstring(content)  # noqa: S314 - the user's own file, read by LibreOffice too
        except ElementTree.ParseError:
            said[name] = content.hex()
            continue
        names = sorted(v for e in root.iter() for k, v in e.attrib.items() if k.endswith("}name"))
        said[name] = "\n".join((*names, "".join(root.itertext()).strip()))
    return said
