"""Installs xl_rebal for the user who is logged in, or takes it away again: `python -m xl_rebal.installing.for_user install`.

install/install.ps1 calls it on Windows; it works the same elsewhere. Standard library only, so that it runs before
anything is installed. A virtual environment in a folder of the user's own, the locked dependencies with their hashes
checked, then the project, then the firm's folder. No administrator, no setting of the system. Again: an upgrade.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from xl_rebal import __version__
from xl_rebal.bootstrap import OLDEST, ROOT, program

MARK = "installed-by-xl_rebal.json"
STORE = "windowsapps"
"""Part of the path of the Microsoft Store's Python. What it writes below AppData is hidden from other programs: Excel
would not find it."""


class NotInstalled(Exception):
    """It could not be done; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Source:
    """What is installed: a folder with the project and its lock, and where wheels come from when not from the internet."""

    root: Path = ROOT
    wheels: Path | None = None

    @property
    def lock(self) -> Path:
        return self.root / "requirements.lock"


def install(target: Path, source: Source) -> list[str]:
    """Installs into `target`, or upgrades what is there; what was done, in sentences. Raises NotInstalled."""
    check(target, source)
    environment = target / "venv"
    upgrade = (target / MARK).is_file()
    python = program(environment, "python")
    done = []
    target.mkdir(parents=True, exist_ok=True)
    # Said before the first step: an installation that was broken off is ours, too, and is mended by the next one.
    (target / MARK).write_text(json.dumps({"version": __version__, "by": sys.executable}), encoding="utf-8")
    if not works(python):
        shutil.rmtree(environment, ignore_errors=True)
        try:
            venv.create(environment, with_pip=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise NotInstalled(
                f"{environment} could not be made ({error}). See that the folder can be written to."
            ) from error
        done.append(f"Made {environment} with Python {sys.version.split()[0]}.")
    offline = ["--no-index", "--find-links", str(source.wheels)] if source.wheels else []
    pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", *offline]
    _run([*pip, "--require-hashes", "--requirement", str(source.lock)], "the packages of requirements.lock")
    lock = hashlib.sha256(source.lock.read_bytes()).hexdigest()[:12]
    done.append(f"Installed the packages of requirements.lock (hashes checked, {lock}).")
    _run([*pip, "--no-deps", "--no-build-isolation", "--force-reinstall", str(source.root)], "xl_rebal")
    done.append(f"{'Upgraded' if upgrade else 'Installed'} xl_rebal {__version__} in {environment}.")
    return done


def uninstall(target: Path) -> list[str]:
    """Removes what `install` put into `target`, nothing else; what was done, in sentences. Raises NotInstalled."""
    if not (target / MARK).is_file():
        raise NotInstalled(
            f"{target} holds no installation of xl_rebal ({MARK} is not there). Nothing was removed."
        )
    _check_free(target / "venv")
    shutil.rmtree(target / "venv", ignore_errors=True)
    (target / MARK).unlink()
    left = [path.name for path in target.iterdir()]
    if not left:
        target.rmdir()
    stays = f" {', '.join(left)} in it stayed." if left else ""
    return [f"Removed {target / 'venv'}.{stays} The firm's folder, workbook and records were not touched."]


def check(target: Path, source: Source) -> None:
    """Raises NotInstalled with the first thing that keeps an installation from working."""
    if sys.version_info < OLDEST:
        raise NotInstalled(
            f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed; this is {sys.version.split()[0]} ({sys.executable})."
        )
    if reason := hidden(sys.base_prefix, target):
        raise NotInstalled(reason)
    if not source.lock.is_file():
        raise NotInstalled(
            f"{source.lock} is not there. Run this from the whole folder of xl_rebal, as it was unpacked."
        )
    if source.wheels is not None and not any(source.wheels.glob("*.whl")):
        raise NotInstalled(f"{source.wheels} holds no .whl files. Name the folder of downloaded wheels.")
    if target.exists() and not (target / MARK).is_file() and any(target.iterdir()):
        raise NotInstalled(f"{target} holds something else. Name an empty folder with --target.")
    _check_free(target / "venv")


def hidden(base: str, target: Path) -> str:
    """Why a Python can't install there, for the Microsoft Store's; '' for any other."""
    if STORE in base.replace("\\", "/").casefold().split("/") and "appdata" in str(target).casefold():
        return (
            "This is the Python of the Microsoft Store. What it installs below AppData is hidden from Excel. Install Python from "
            "python.org (no administrator is needed) and run this again, or name another folder with --target."
        )
    return ""


def works(python: str) -> bool:
    """Whether an interpreter starts and has pip: not after a broken installation, or when the Python below it is gone."""
    try:
        done = subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False)  # noqa: S603
    except OSError:
        return False
    return done.returncode == 0


def _check_free(environment: Path) -> None:
    """Whether no program of the environment runs: a running one can't be replaced."""
    for name in ("python", "pythonw", "xl-rebal"):
        path = Path(program(environment, name))
        if path.is_file() and not path.is_symlink():
            try:
                with path.open("r+b"):
                    pass
            except OSError:
                raise NotInstalled(
                    f"{path} is in use. Close Excel and every xl-rebal command, and try again."
                ) from None


def _run(command: Sequence[str], what: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        lines = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        raise NotInstalled(
            f"Installing {what} failed: {' '.join(lines[-3:])[:600]} What is there is not complete; running this again goes on."
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code: 0 done, 1 done but doctor found something to fix, 2 could not be done."""
    asked = _parser().parse_args(arguments)
    try:
        if asked.job == "uninstall":
            lines = uninstall(asked.target)
        else:
            wheels = asked.wheels.resolve() if asked.wheels else None
            lines = install(asked.target.absolute(), Source(wheels=wheels))
    except (NotInstalled, OSError) as error:
        print(f"Not done: {error}", file=sys.stderr)
        return 2
    for line in lines:
        print(line)
    if asked.job == "uninstall" or asked.firm_folder is None:
        return 0
    command = program(asked.target / "venv", "xl-rebal")
    named = [
        f"--{name}={value}" for name, value in (("workbook", asked.workbook), ("firm", asked.firm)) if value
    ]
    made = subprocess.call([command, "init", str(asked.firm_folder), *named])  # noqa: S603
    return made if made else subprocess.call([command, "doctor", str(asked.firm_folder)])  # noqa: S603


def default_target() -> Path:
    """The folder of the user's own where programs of one user belong on this system."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "xl_rebal"
    return Path.home() / ".local" / "share" / "xl_rebal"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m xl_rebal.installing.for_user",
        description="Installs xl_rebal for the user who is logged in.",
    )
    parser.add_argument("job", choices=("install", "uninstall"))
    parser.add_argument("--target", type=Path, default=default_target(), metavar="DIR", help="Where it goes.")
    parser.add_argument(
        "--wheels", type=Path, metavar="DIR", help="Downloaded wheels, to install without the internet."
    )
    parser.add_argument(
        "--firm-folder", type=Path, metavar="DIR", help="The firm's folder to make or repair."
    )
    parser.add_argument("--firm", default="", metavar="NAME", help="The firm's name, for a new workbook.")
    parser.add_argument("--workbook", default="", metavar="NAME", help="The workbook's name.")
    return parser


if __name__ == "__main__":
    sys.exit(main())
