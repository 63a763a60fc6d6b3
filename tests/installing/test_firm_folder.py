"""A firm's folder: made, repaired, never written over; whatever its place is called."""

from __future__ import annotations

import json
import os
import shutil
import sys
import warnings
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from tests.refresh.files import parts, sheet_parts
from xl_rebal import app as use
from xl_rebal.cli import app
from xl_rebal.errors import WorkbookUnwritable
from xl_rebal.installing import firm_folder
from xl_rebal.installing.firm_folder import TEMPLATES, firm_workbooks, init
from xl_rebal.installing.interpreter import entries, expanded, set_entries, shared_name

run = CliRunner()
WINDOWS_PYTHON = r"C:\Users\Pat\AppData\Local\xl_rebal\venv\Scripts\pythonw.exe"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the command has made; tests copy it."""
    folder = tmp_path_factory.mktemp("firms") / "Smith & Söhne – 日本"
    shown = run.invoke(app, ["init", str(folder), "--firm", "Smith & Söhne", "--workbook", "Q4 Büro.xlsm"])
    assert shown.exit_code == 0, shown.output
    assert "is ready" in shown.output
    return folder


@pytest.fixture
def firm(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / made.name)


def everything(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_firm_folder_is_whole_and_works(made: Path) -> None:
    assert set(everything(made)) == {
        "Q4 Büro.xlsm",
        *(f"templates/{name}" for name in TEMPLATES),
        "mappings/README.txt",
        "README.txt",
    }
    assert (made / "clients").is_dir()
    assert use.load(made / "Q4 Büro.xlsm").settings.firm_name == "Smith & Söhne"
    assert use.brief_template(made / "Q4 Büro.xlsm") == made / "templates" / "brief.docx"
    text = (made / "README.txt").read_text(encoding="utf-8")
    assert text.startswith("Smith & Söhne – 日本\n")
    assert 'xl-rebal check "Q4 Büro.xlsm"' in text


def test_again_nothing_changes_and_what_is_left_alone_is_said(firm: Path) -> None:
    before = everything(firm)
    (firm / "templates" / "brief.docx").write_bytes(b"our own")
    shown = run.invoke(app, ["init", str(firm)])
    assert shown.exit_code == 0, shown.output
    assert "nothing had to be made" in shown.output
    assert "left  templates/brief.docx (yours, or an older version's)" in shown.output
    assert "left  Q4 Büro.xlsm" in shown.output
    assert everything(firm) == before | {"templates/brief.docx": b"our own"}


def test_what_is_missing_is_made_and_nothing_else(firm: Path) -> None:
    before = everything(firm)
    shutil.rmtree(firm / "clients")
    (firm / "templates" / "prompts" / "system.txt").unlink()
    done = json.loads(run.invoke(app, ["init", str(firm), "--json"]).output)
    assert done["made"] == ["templates/prompts/system.txt", "clients/"]
    assert everything(firm) == before


def test_several_workbooks_are_asked_about_and_own_copies_are_none(firm: Path) -> None:
    book = firm / "Q4 Büro.xlsm"
    shutil.copy(book, firm / "Q4 Büro (before refresh 1).xlsm")
    shutil.copy(book, firm / "Q4 Büro (LibreOffice).xlsx")
    openpyxl.Workbook().save(firm / "another matter.xlsx")
    assert firm_workbooks(firm) == [book]
    shutil.copy(book, firm / "second.xlsm")
    done = init(firm)
    assert (done.workbook, done.made) == (None, [])
    assert "Name one with --workbook" in done.said[0]
    assert init(firm, "second").workbook == firm / "second.xlsm"


def test_a_copy_of_a_sync_program_is_said(firm: Path) -> None:
    shutil.copy(firm / "Q4 Büro.xlsm", firm / "Q4 Büro-DESKTOP-4F2.xlsm")
    shown = run.invoke(app, ["init", str(firm), "--workbook", "Q4 Büro"])
    assert shown.exit_code == 1
    assert "a copy of Q4 Büro.xlsm that a sync program may have made" in shown.output


@pytest.mark.parametrize("name", ["a/b", "what?", "[one]", "CON", "com1.old", " . ", 'say "x"', "a\nb"])
def test_a_name_that_windows_or_excel_refuses_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(WorkbookUnwritable, match="does not take"):
        init(tmp_path / "firm", name)
    assert not (tmp_path / "firm").exists()


def test_a_path_that_windows_can_not_open_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 100) / ("y" * 100)
    shown = run.invoke(app, ["init", str(folder)])
    assert "nearer to the drive's root" in str(shown.exception)
    assert not folder.parent.exists()


def test_a_read_only_place_and_a_file_in_the_way_are_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkbookUnwritable, match="is a file, not a folder"):
        init(tmp_path / "file" / "firm")
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0o555)
    try:
        with pytest.raises(WorkbookUnwritable, match="read-only"):
            init(closed / "firm")
    finally:
        closed.chmod(0o755)
    half = tmp_path / "half"
    half.mkdir()
    (half / "templates").write_text("a file where a folder belongs")
    with pytest.raises(WorkbookUnwritable, match="running this again makes the rest"):
        init(half)
    (half / "templates").unlink()
    assert "templates/brief.docx" in init(half).made
    assert "rebalance.xlsm" not in init(half).made


def test_a_synced_folder_is_a_note(tmp_path: Path) -> None:
    shown = run.invoke(app, ["init", str(tmp_path / "OneDrive - Smith" / "Rebalancing")])
    assert shown.exit_code == 0
    assert "synced by OneDrive" in shown.output
    assert "Always keep on this device" in shown.output


# --- The Python that the workbook starts -------------------------------------------------------------------------


def test_a_new_workbook_starts_this_python_on_windows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(firm_folder, "this_interpreter", lambda: WINDOWS_PYTHON)
    init(tmp_path / "firm")
    assert entries(tmp_path / "firm" / "rebalance.xlsm")["Interpreter_Win"] == WINDOWS_PYTHON


def test_an_existing_workbook_is_told_to_and_nothing_else_in_it_changes(
    firm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = firm / "Q4 Büro.xlsm"
    before = parts(book)
    monkeypatch.setattr(firm_folder, "this_interpreter", lambda: WINDOWS_PYTHON)
    done = init(firm)
    assert "now starts" in done.said[0]
    assert (firm / "Q4 Büro (before init 1).xlsm").is_file()
    after = parts(book)
    [changed] = [name for name in before if before[name] != after[name]]
    assert changed == sheet_parts(book)["xlwings.conf"]
    assert list(before) == list(after)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # data bars, which openpyxl would drop on saving
        assert openpyxl.load_workbook(book)["xlwings.conf"]["B1"].value == WINDOWS_PYTHON
    assert init(firm).said == [], "a second time it is so already"
    assert not (firm / "Q4 Büro (before init 2).xlsm").exists()
    (firm / "~$Q4 Büro.xlsm").write_bytes(b"")
    monkeypatch.setattr(firm_folder, "this_interpreter", lambda: r"D:\new\pythonw.exe")
    done = init(firm)
    assert done.needs_attention
    assert "is open in Excel" in done.findings[-1].what


def test_a_workbook_without_the_sheet_says_so(tmp_path: Path) -> None:
    from tests.refresh.files import calc

    book = calc(tmp_path / "plain.xlsx", lambda book, sheet: None)
    assert entries(book) == {}
    assert entries(tmp_path / "nowhere.xlsm") == {}
    with pytest.raises(WorkbookUnwritable, match=r"no Interpreter_Win on a sheet xlwings\.conf"):
        set_entries(book, {"Interpreter_Win": "x"})


def test_the_place_below_a_users_own_folder_is_right_for_each_colleague() -> None:
    environment = {"LOCALAPPDATA": r"C:\Users\Pat\AppData\Local", "USERPROFILE": r"C:\Users\Pat"}
    named = shared_name(WINDOWS_PYTHON, environment)
    assert named == r"%LOCALAPPDATA%\xl_rebal\venv\Scripts\pythonw.exe"
    assert expanded(named, environment) == WINDOWS_PYTHON
    assert shared_name(r"D:\Python\pythonw.exe", environment) == r"D:\Python\pythonw.exe"
    assert shared_name(r"C:\Users\Patricia\x.exe", environment) == r"C:\Users\Patricia\x.exe"
    assert expanded(named, {}) == named


def test_off_windows_no_python_is_set() -> None:
    assert (firm_folder.this_interpreter() == "") == (sys.platform != "win32")
    assert os.sep in sys.executable
