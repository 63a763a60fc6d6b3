"""The XR_ functions in a user's own LibreOffice: installed, used with two workbooks at once, saved, and removed.

Every test starts the real LibreOffice with a profile of its own, by the very commands that a user types.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula
from typer.testing import CliRunner

from tests.libreoffice.expected import differences, extent, key_of, row_of, said
from workbook.build import CLIENT_NAME
from workbook.ovba import Module
from workbook.ovba_read import read_project
from workbook.vba import refresh_macros
from xl_rebal import app as use
from xl_rebal.cli import app
from xl_rebal.errors import WorkbookUnreadable
from xl_rebal.libreoffice import install as installing
from xl_rebal.libreoffice import program
from xl_rebal.libreoffice.host import Values, _rows
from xl_rebal.libreoffice.profile import EXTENSIONS, Profile, carried_out
from xl_rebal.libreoffice.program import LibreOfficeFailed, LibreOfficeMissing
from xl_rebal.refreshing.run import refresh

_missing = program.missing_parts()
needs_libreoffice = pytest.mark.skipif(bool(_missing), reason=f"not installed: {', '.join(_missing)}")
run = CliRunner()
HERE = Path(__file__).parent
FIRST = "HAR01"
HEADERS, GREEN = ("Dashboard!A7", "Dashboard!C7", "Client!B8", "Quarter!B4"), 0x2E7D32

OWN_MACRO = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" script:language="StarBasic">Sub Mine
    MsgBox &quot;my own&quot;
End Sub
</script:module>"""


# --- What a user has, and does ---------------------------------------------------------------------------------


def soffice(profile: Profile, *arguments: str, **variables: str) -> None:
    """One unattended start of the user's LibreOffice."""
    command = program.unattended(program.usable(), profile.folder, *arguments)
    subprocess.run(
        command, env=program.environment(**variables), check=True, capture_output=True, timeout=120
    )


def session(profile: Profile, folder: Path, *steps: dict[str, Any]) -> list[Any]:
    """What a user sees who does these steps, LibreOffice started and ended once."""
    scripts = profile.user / "Scripts" / "python"
    (scripts / "pythonpath").mkdir(parents=True, exist_ok=True)
    shutil.copyfile(HERE / "user_session.py", scripts / "user_session.py")
    inside = installing.__file__ and Path(installing.__file__).with_name("inside")
    assert inside
    shutil.copyfile(inside / "bridge.py", scripts / "pythonpath" / "xl_rebal_bridge.py")
    shutil.copyfile(inside / "spilling.py", scripts / "pythonpath" / "xl_rebal_spilling.py")
    asked, seen = folder / "steps.json", folder / "seen.json"
    asked.write_text(json.dumps(steps), encoding="utf-8")
    address = "vnd.sun.star.script:user_session.py$run?language=Python&location=user"
    soffice(profile, address, XL_REBAL_STEPS=str(asked), XL_REBAL_SEEN=str(seen))
    shutil.rmtree(scripts.parent)
    answers = json.loads(seen.read_text(encoding="utf-8"))
    assert isinstance(answers, list), answers
    return answers


def used_profile(folder: Path) -> Profile:
    """A profile in which LibreOffice has been used: a macro and a setting of the user's own."""
    profile = Profile(folder / "profile")
    soffice(profile, "--terminate_after_init")
    (profile.user / "basic" / "Standard" / "Module1.xba").write_text(OWN_MACRO)
    settings = profile.user / "registrymodifications.xcu"
    own = '<item oor:path="/org.openoffice.UserProfile/Data"><prop oor:name="sn" oor:op="fuse"><value>Ellis</value></prop></item>'
    settings.write_text(settings.read_text().replace("</oor:items>", f"{own}</oor:items>"))
    return profile


def command(profile: Profile, *arguments: str, code: int = 0) -> str:
    shown = run.invoke(app, ["libreoffice", *arguments, "--profile", str(profile.folder)])
    assert shown.exit_code == code, (shown.output, shown.exception)
    return shown.output


@dataclass(frozen=True)
class Office:
    profile: Profile
    before: dict[str, bytes]
    workbook: Path
    copy: Path


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A LibreOffice with the functions installed, the sample workbook, and the copy of it for LibreOffice."""
    folder = tmp_path_factory.mktemp("Ünïted office")
    profile = used_profile(folder)
    before = profile.files((*EXTENSIONS, "basic", "registrymodifications.xcu"))
    assert "Proven: a formula computes" in command(profile, "install")
    workbook = use.write_sample(folder / "firm one")
    copy, made = installing.working_copy(workbook)
    assert (made, copy.name) == (True, "rebalance (LibreOffice).xlsx")
    return Office(profile, before, workbook, copy)


def opened(path: Path) -> tuple[Any, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)


def macros_of(path: Path) -> tuple[Module, ...]:
    with zipfile.ZipFile(path) as archive:
        return read_project(archive.read("xl/vbaProject.bin")).modules


def results(book: Any) -> dict[tuple[str, str], str]:
    """Sheet and range of every XR_ result of the workbook with its formula."""
    return {
        (sheet.title, cell.value.ref): str(cell.value.text)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, ArrayFormula) and "XR_" in str(cell.value.text)
    }


def wrong(seen: Any, formulas: dict[tuple[str, str], str], client: str, data: Any) -> list[str]:
    """Cells in which LibreOffice shows something else than the functions say, each result in its own size."""
    values = Values({name: _rows(rows) for name, rows in seen.items()})
    found = []
    for (sheet, reference), formula in formulas.items():
        table = said(formula, client, data)
        corner = reference.split(":")[0]
        found += differences(values, sheet, table, extent(corner, table))
    return found


# --- Tests -----------------------------------------------------------------------------------------------------


@needs_libreoffice
def test_two_workbooks_at_once_compute_what_the_functions_say_and_follow_changes(
    office: Office, tmp_path: Path
) -> None:
    """The workbook with Excel's macros, whose functions of the same names LibreOffice would call, and the copy."""
    formulas, values = opened(office.workbook)
    found = results(formulas)
    assert len(found) > 12
    account, symbol = "4471-2086", "AAPL"
    lot = row_of(values["Lots"], account, symbol)
    typed = {f"Lots!D{lot}": values["Lots"][f"D{lot}"].value + 1.0}
    one, two = str(office.workbook), str(office.copy)
    stored, stored_macros = tmp_path / "stored.xlsx", tmp_path / "stored.xlsm"
    bytes_before = office.workbook.read_bytes(), office.copy.read_bytes()
    seen = session(
        office.profile, tmp_path,
        {"do": "load", "path": one}, {"do": "load", "path": two},
        {"do": "read", "path": one}, {"do": "read", "path": two},
        {"do": "becomes_unmodified", "path": one}, {"do": "becomes_unmodified", "path": two},
        {"do": "change", "path": one, "place": CLIENT_NAME, "value": "NAK02"},
        {"do": "change", "path": two, "place": f"Lots!D{lot}", "value": typed[f"Lots!D{lot}"]},
        {"do": "read", "path": one}, {"do": "read", "path": two},
        {"do": "modified", "path": one},
        {"do": "store", "path": two, "to": str(stored), "kind": "Calc MS Excel 2007 XML"},
        {"do": "store", "path": one, "to": str(stored_macros), "kind": "Calc MS Excel 2007 VBA XML"},
        {"do": "change", "path": one, "place": CLIENT_NAME, "value": "OKA07"},
        {"do": "command", "path": one, "url": "service:xl_rebal.Commands?calculate"},
        {"do": "read", "path": one},
        {"do": "undo", "path": one}, {"do": "read", "path": one},
        {"do": "restyle", "path": two, "style": "XR Header", "color": GREEN, "places": [*HEADERS, "Dashboard!B6"]},
        {"do": "close", "path": one}, {"do": "close", "path": two},
    )  # fmt: skip
    data = key_of(values)
    assert not wrong(seen[2], found, FIRST, data), "with macros, as opened"
    assert not wrong(seen[3], found, FIRST, data), "the copy, as opened"
    assert seen[4:6] == [True, True], "opening a workbook changes nothing that is to be saved"
    assert not wrong(seen[8], found, "NAK02", data), "another client: shorter and longer results"
    assert not wrong(seen[9], found, FIRST, key_of(values, typed)), "another quantity"
    assert seen[10] is True
    assert not wrong(seen[15], found, "OKA07", data), "the menu's command"
    assert not wrong(seen[17], found, "NAK02", data), "one step back: the client before, all of its results"
    restyled = {**{key: ["XR Header", GREEN] for key in HEADERS}, "Dashboard!B6": ["XR Entry", 0xFFF8E1]}
    assert seen[18] == restyled, "a named style changes its cells, left and right ones, and no others"
    assert (office.workbook.read_bytes(), office.copy.read_bytes()) == bytes_before
    assert not office.profile.log.exists()

    # What LibreOffice saves: the same formulas, which the terminal still computes.
    again = refresh(stored, check=True)
    assert (again.formulas, again.left, again.blocked) == (len(found), (), ())
    assert again.up_to_date, again.lines()
    assert refresh_macros(stored_macros), (
        "LibreOffice lost ribbon and wrappers on saving; this brings them back"
    )
    ours = {m.name: m.source for m in macros_of(office.workbook) if not m.name.startswith("ws")}
    back = {m.name: m.source for m in macros_of(stored_macros) if not m.name.startswith("ws")}
    assert back == ours
    assert len(use.load(stored).households) == 12


@needs_libreoffice
def test_other_documents_are_left_alone_and_no_macro_stays_in_the_profile(
    office: Office, tmp_path: Path
) -> None:
    import xlsxwriter

    plain = tmp_path / "plain.xlsx"
    with xlsxwriter.Workbook(str(plain)) as book:
        book.add_worksheet("A").write_formula("A1", "=1+1", None, 2)
    text = tmp_path / "letter.txt"
    text.write_text("Dear client")
    seen = session(
        office.profile, tmp_path,
        {"do": "load", "path": str(plain)}, {"do": "read", "path": str(plain)},
        {"do": "modified", "path": str(plain)}, {"do": "macros"},
        {"do": "load", "path": str(text)}, {"do": "modified", "path": str(text)},
    )  # fmt: skip
    assert seen[1] == {"A": [[2.0]]}
    assert (seen[2], seen[5]) == (False, False)
    assert sorted(seen[3]) == ["Module1", "XlRebal"], "while it runs"
    assert sorted(p.name for p in (office.profile.user / "basic" / "Standard").iterdir()) == [
        "Module1.xba",
        "dialog.xlb",
        "script.xlb",
    ]
    assert not office.profile.log.exists()


@needs_libreoffice
def test_a_lost_interpreter_an_older_build_and_an_error_of_its_own_are_said(
    office: Office, tmp_path: Path
) -> None:
    assert "are installed and answered by" in command(office.profile, "status")
    [settings] = office.profile.user.glob("uno_packages/cache/uno_packages/*/xl_rebal.oxt/settings.json")
    whole = settings.read_text()
    try:
        gone = json.loads(whole) | {"python": str(tmp_path / "gone" / "python")}
        settings.write_text(json.dumps(gone))
        assert "which is not there" in command(office.profile, "status", code=1)
        small = tmp_path / "small.xlsx"
        shutil.copy(office.copy, small)
        seen = session(
            office.profile, tmp_path, {"do": "load", "path": str(small)}, {"do": "read", "path": str(small)}
        )
        assert "could not be asked" in seen[1]["Settings"][1][5]
        assert "xl-rebal libreoffice install" in seen[1]["Settings"][1][5]
        settings.write_text(json.dumps(json.loads(whole) | {"digest": "0"}))
        shown = json.loads(command(office.profile, "status", "--json", code=1))
        assert (shown["installed"], shown["todo"]) == (True, "Run: xl-rebal libreoffice install")
    finally:
        settings.write_text(whole)
    office.profile.log.write_text("Traceback\nValueError: planted\n")
    try:
        assert "ValueError: planted" in command(office.profile, "status", code=1)
    finally:
        office.profile.log.unlink()


@needs_libreoffice
def test_while_libreoffice_is_open_nothing_is_changed(office: Office) -> None:
    lock = office.profile.folder / ".lock"
    lock.write_text("")
    try:
        for what in ("install", "uninstall"):
            shown = run.invoke(app, ["libreoffice", what, "--profile", str(office.profile.folder)])
            assert isinstance(shown.exception, LibreOfficeFailed)
            assert "Close all its windows" in str(shown.exception)
    finally:
        lock.unlink()
    assert "are installed" in command(office.profile, "status")


def _other_extension(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest"/>',
        )
        archive.writestr(
            "description.xml",
            '<?xml version="1.0" encoding="UTF-8"?><description xmlns="http://openoffice.org/extensions/description/2006">'
            '<identifier value="somebody.else"/><version value="1"/></description>',
        )
    return path


@needs_libreoffice
def test_another_extension_and_a_macro_that_came_since_stay(office: Office, tmp_path: Path) -> None:
    profile = Profile(shutil.copytree(office.profile.folder, tmp_path / "profile"))
    other = _other_extension(tmp_path / "other.oxt")
    answer = carried_out(program.usable(), profile, install=str(other), identifier="somebody.else")
    assert answer["extensions"] == ["somebody.else", "xl_rebal.libreoffice"]
    (profile.user / "basic" / "Standard" / "Module1.xba").write_text(OWN_MACRO)
    command(profile, "uninstall")
    assert list(profile.user.glob("uno_packages/cache/uno_packages/*/other.oxt/description.xml"))
    assert not list(profile.user.glob("uno_packages/cache/uno_packages/*/xl_rebal.oxt/settings.json"))
    assert "my own" in (profile.user / "basic" / "Standard" / "Module1.xba").read_text()


@needs_libreoffice
def test_uninstalling_leaves_the_profile_as_it_was(office: Office, tmp_path: Path) -> None:
    """Last of the tests that share the profile: it was worked in with the functions before."""
    settings = (office.profile.user / "registrymodifications.xcu").read_bytes()
    assert "removed" in command(office.profile, "uninstall")
    after = office.profile.files((*EXTENSIONS, "basic", "registrymodifications.xcu"))
    assert after.pop("registrymodifications.xcu") == settings, "what LibreOffice wrote for the user stays"
    assert b"Ellis" in settings
    before = {name: content for name, content in office.before.items() if name != "registrymodifications.xcu"}
    assert after == before
    assert not office.profile.own.exists()
    assert not (office.profile.user / "Scripts").exists()
    assert "are not installed" in command(office.profile, "status")
    assert "Nothing was changed" in command(office.profile, "uninstall")
    seen = session(office.profile, tmp_path, {"do": "services", "name": "xl_rebal.Bridge"}, {"do": "macros"})
    assert seen == [False, ["Module1"]]


@needs_libreoffice
def test_a_working_copy_is_made_once_and_never_written_over(tmp_path: Path) -> None:
    book = use.build_empty(tmp_path / "Müller & Söhne.xlsm")
    copy, made = installing.working_copy(book)
    assert (copy.name, made) == ("Müller & Söhne (LibreOffice).xlsx", True)
    copy.write_bytes(b"worked in since")
    assert installing.working_copy(book) == (copy, False)
    assert copy.read_bytes() == b"worked in since"
    assert installing.working_copy(copy) == (copy, False), "a workbook without macros is opened itself"
    with pytest.raises(WorkbookUnreadable, match="There is no workbook"):
        installing.working_copy(tmp_path / "nowhere.xlsm")
    (tmp_path / "no.xlsm").write_text("no workbook")
    with pytest.raises(WorkbookUnreadable, match="can't be read as a workbook"):
        installing.working_copy(tmp_path / "no.xlsm")
    assert not (tmp_path / "no (LibreOffice).xlsx").exists()


def test_opening_needs_the_functions_and_says_so(tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    book.write_bytes(b"")
    with pytest.raises(LibreOfficeFailed, match=r"libreoffice install|not installed"):
        installing.opened(book, Profile(tmp_path / "profile"))


def test_a_libreoffice_that_can_not_do_it_is_refused_before_anything_is_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Snap's path, an old version's own file, no LibreOffice at all: found as on the user's disk."""
    profile = Profile(tmp_path / "profile")
    for place, version, reason in (
        ("snap/libreoffice", "24.2", "Snap or Flatpak"),
        ("opt/lo", "6.4", "6.4; 7.0 or newer"),
    ):
        folder = tmp_path / place / "program"
        folder.mkdir(parents=True)
        (folder / "bootstraprc").write_text(f"[Bootstrap]\nProductKey=LibreOffice {version}\n")
        for name in ("soffice", "pythonscript.py", "pythonloader.py"):
            (folder / name).write_text("")
            (folder / name).chmod(0o755)
        monkeypatch.setenv("PATH", str(folder))
        with pytest.raises(LibreOfficeFailed, match=reason):
            installing.install(profile)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(LibreOfficeMissing, match="libreoffice-calc"):
        installing.install(profile)
    assert "not installed on this computer" in installing.status(profile).what
    assert not profile.folder.exists()
