"""Installing for one user: a real virtual environment, real pip, real hashes, offline; and the script that calls it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest
import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

from xl_rebal.bootstrap import ROOT, program
from xl_rebal.installing import for_user
from xl_rebal.installing.for_user import MARK, NotInstalled, Source, install, uninstall

SCRIPT = ROOT / "install" / "install.ps1"

BACKEND = """
import zipfile
def build_wheel(folder, config=None, metadata=None):
    name = "xl_rebal-{version}-py3-none-any.whl"
    with zipfile.ZipFile(folder + "/" + name, "w") as wheel:
        wheel.writestr("small_project.py", "import small_need")
        wheel.writestr("xl_rebal-{version}.dist-info/METADATA", "Metadata-Version: 2.1\\nName: xl-rebal\\nVersion: {version}\\n")
        wheel.writestr("xl_rebal-{version}.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("xl_rebal-{version}.dist-info/RECORD", "")
    return name
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    """A project as small as can be with a lock of one package, and the folder of its wheel."""
    root = tmp_path_factory.mktemp("small project")
    wheels = root / "wheels"
    wheels.mkdir()
    need = wheels / "small_need-1.0-py3-none-any.whl"
    with zipfile.ZipFile(need, "w") as wheel:
        wheel.writestr("small_need.py", "")
        wheel.writestr(
            "small_need-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: small-need\nVersion: 1.0\n"
        )
        wheel.writestr(
            "small_need-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr("small_need-1.0.dist-info/RECORD", "")
    digest = hashlib.sha256(need.read_bytes()).hexdigest()
    (root / "requirements.lock").write_text(f"small-need==1.0 \\\n    --hash=sha256:{digest}\n")
    (root / "backend.py").write_text(BACKEND.replace("{version}", "9.9"))
    (root / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "xl-rebal"\nversion = "9.9"\n'
    )
    return Source(root, wheels)


def test_it_installs_offline_upgrades_mends_itself_and_goes_again(source: Source, tmp_path: Path) -> None:
    target = tmp_path / "Pat Müller" / "xl_rebal"
    wrong = tmp_path / "wrong"
    shutil.copytree(source.root, wrong)
    lock = wrong / "requirements.lock"
    lock.write_text(lock.read_text().replace("sha256:", "sha256:0")[:-2] + "\n")
    with pytest.raises(NotInstalled, match=r"packages of requirements\.lock failed: .*Expected sha256"):
        install(target, Source(wrong, source.wheels))
    python = program(target / "venv", "python")
    importing = [python, "-c", "import small_project"]
    assert subprocess.run(importing, check=False, capture_output=True).returncode == 1

    install(target, source)  # what was broken off is gone on with
    assert subprocess.run(importing, check=False).returncode == 0
    (target / "templates of mine.txt").write_text("mine")
    assert "Upgraded" in install(target, source)[-1], "nothing had to be made anew"
    assert for_user.works(python)
    [line] = uninstall(target)
    assert "templates of mine.txt in it stayed" in line
    assert [path.name for path in target.iterdir()] == ["templates of mine.txt"]
    with pytest.raises(NotInstalled, match="holds no installation"):
        uninstall(target)
    with pytest.raises(NotInstalled, match="holds something else"):
        install(target, source)


def test_what_is_in_use_is_not_replaced(source: Source, tmp_path: Path) -> None:
    """A running program can't be opened for writing, on Windows as on Linux."""
    target = tmp_path / "xl_rebal"
    running = Path(program(target / "venv", "python"))
    running.parent.mkdir(parents=True)
    shutil.copy(shutil.which("sleep") or "", running)
    (target / MARK).write_text("{}")
    process = subprocess.Popen([running, "60"])
    try:
        for job in (lambda: install(target, source), lambda: uninstall(target)):
            with pytest.raises(NotInstalled, match=r"is in use\. Close Excel"):
                job()
    finally:
        process.kill()
        process.wait()
    assert running.is_file()


def test_what_keeps_it_from_working_is_said_first(tmp_path: Path) -> None:
    with pytest.raises(NotInstalled, match="as it was unpacked"):
        install(tmp_path / "a", Source(tmp_path))
    with pytest.raises(NotInstalled, match=r"holds no \.whl files"):
        install(tmp_path / "a", Source(wheels=tmp_path))
    assert not (tmp_path / "a").exists()
    store = r"C:\Program Files\WindowsApps\PythonSoftwareFoundation.Python.3.12_3.12.1_x64"
    assert "hidden from Excel" in for_user.hidden(store, Path(r"C:\Users\Pat\AppData\Local\xl_rebal"))
    assert for_user.hidden(store, Path(r"D:\xl_rebal")) == ""
    assert (
        for_user.hidden(
            r"C:\Users\Pat\AppData\Local\Programs\Python\Python312", Path(r"C:\Users\Pat\AppData\x")
        )
        == ""
    )
    assert for_user.main(["install", "--target", str(tmp_path), "--wheels", str(tmp_path)]) == 2
    assert for_user.main(["uninstall", "--target", str(tmp_path / "nothing")]) == 2


def test_it_runs_before_anything_is_installed() -> None:
    """By a Python without packages, from the folder of the project."""
    shown = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); sys.argv = ['x', '--help']; "
         "import runpy; runpy.run_module('xl_rebal.installing.for_user', run_name='__main__')"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "--firm-folder" in shown.stdout


# --- The script ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tree() -> Node:
    return Parser(Language(tree_sitter_powershell.language())).parse(SCRIPT.read_bytes()).root_node


def nodes(node: Node, kind: str) -> list[Node]:
    found = [node] if node.type == kind else []
    return found + [one for child in node.children for one in nodes(child, kind)]


def text(node: Node) -> str:
    return (node.text or b"").decode()


def test_the_script_parses_and_a_planted_fault_does_not(tree: Node) -> None:
    assert not tree.has_error
    broken = SCRIPT.read_bytes().replace(b"Push-Location $Root\ntry {", b"Push-Location $Root\ntry {{", 1)
    assert Parser(Language(tree_sitter_powershell.language())).parse(broken).root_node.has_error


def test_the_script_passes_only_options_that_the_installer_has(tree: Node) -> None:
    words = {word.strip("\"'") for node in nodes(tree, "string_literal") for word in [text(node)]}
    options = {word for word in words if word.startswith("--")}
    assert options == {"--target", "--wheels", "--firm-folder", "--firm", "--workbook"}
    given = ["install", *(part for option in sorted(options) for part in (option, "x"))]
    assert for_user._parser().parse_args(given).firm == "x"
    assert "xl_rebal.installing.for_user" in words


def test_the_script_changes_no_setting_and_asks_for_no_administrator(tree: Node) -> None:
    commands = {text(node).casefold() for node in nodes(tree, "command_name")}
    assert commands <= {
        "set-strictmode", "split-path", "join-path", "write-output", "write-verbose", "test-path", "resolve-path", "get-command",
        "select-object", "get-pythonpath", "find-python", "push-location", "pop-location", "remove-item", "new-object",
    } | {"exit"}, commands  # fmt: skip
    lower = SCRIPT.read_text(encoding="utf-8").casefold()
    for word in ("set-executionpolicy", "runas", "hklm", "set-itemproperty", "invoke-webrequest", "iex "):
        assert word not in lower


def test_every_parameter_of_the_script_is_explained(tree: Node) -> None:
    script = SCRIPT.read_text(encoding="utf-8")
    assert SCRIPT.read_bytes().isascii(), (
        "Windows PowerShell reads a file without a mark in the local code page"
    )
    parameters = [text(node).lstrip("$") for node in nodes(nodes(tree, "param_block")[0], "variable")]
    assert len(parameters) == 8
    for name in parameters:
        assert f".PARAMETER {name}\n" in script


# --- The wheel -----------------------------------------------------------------------------------------------------


def test_a_wheel_of_the_project_works_where_only_it_is_installed(tmp_path: Path) -> None:
    """Built from the tree, unpacked beside nothing else of the project, and used from another folder."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    place = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place)
        names = set(archive.namelist())
    assert {
        "xl_rebal/_shipped/templates/brief.docx",
        "xl_rebal/_shipped/templates/prompts/system.txt",
        "xl_rebal/params/federal.toml",
        "xl_rebal/importers/systems/schwab.toml",
        "xl_rebal/libreoffice/inside/component.py",
        "workbook/vba/Ribbon.bas",
        "workbook/ribbon.xml",
        "udfs/functions.py",
    } <= names
    # Neither the checkout nor its editable installation: this Python's packages, and the unpacked wheel before them.
    paths = os.pathsep.join([str(place), sysconfig.get_paths()["purelib"]])
    code = (
        "import sys, xl_rebal; from xl_rebal.cli import main; "
        f"assert xl_rebal.__file__.startswith({str(place)!r}), xl_rebal.__file__; main()"
    )
    variables = {**os.environ, "PYTHONPATH": paths}
    for arguments, expected in (
        (["init", "firm", "--firm", "Wheel & Co"], "firm is ready"),
        (["sample", "book", "--households", "1", "--lots", "20", "22"], "rebalance.xlsm"),
        (["refresh", "book/rebalance.xlsm", "--check"], "up to date"),
        (["briefs", "book/rebalance.xlsm"], "1 brief filed"),
    ):
        done = subprocess.run(
            [sys.executable, "-S", "-c", code, *arguments],
            cwd=tmp_path,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
        assert expected in done.stdout
