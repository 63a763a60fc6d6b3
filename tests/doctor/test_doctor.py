"""What `xl-rebal doctor` finds: each check shown to catch a real fault in real files, and to be silent without it."""

from __future__ import annotations

import json
import shutil
import sys
import zipfile
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from typer.testing import CliRunner

from workbook.build import build_workbook
from workbook.ovba import vba_project
from workbook.ovba_read import read_project
from xl_rebal import app as use
from xl_rebal.cli import app
from xl_rebal.clock import recording
from xl_rebal.doctor import State, findings, installation, paths, windows
from xl_rebal.doctor.drafter import endpoint
from xl_rebal.doctor.firm import record
from xl_rebal.doctor.workbook import starts, workbook
from xl_rebal.installing.firm_folder import init
from xl_rebal.installing.interpreter import set_entries

run = CliRunner()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The firm folder of the sample firm with two clients' briefs on record; tests copy it."""
    folder = tmp_path_factory.mktemp("doctor") / "firm"
    book = use.write_sample(folder)
    init(folder)
    loaded = use.load(book)
    use.make_briefs(
        loaded,
        use.output_folder(loaded, book),
        client_ids=["HAR01", "NAK02"],
        workbook=book,
        recording=recording,
    )
    return folder


@pytest.fixture
def firm(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "firm")


def aged(book: Path) -> None:
    """Gives a workbook the macros of an older xlwings."""
    with zipfile.ZipFile(book) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    project = read_project(content["xl/vbaProject.bin"])
    version = metadata.version("xlwings")
    old = [
        replace(m, code=m.code.replace(version, "0.30.1")) if m.name == "xlwings" else m
        for m in project.modules
    ]
    content["xl/vbaProject.bin"] = vba_project(old, project.name, project.references)
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in content.items():
            archive.writestr(name, part)


def found(book: Path) -> dict[str, list[Any]]:
    """Findings about a workbook by what they are about, those that are well left out."""
    by: dict[str, list[Any]] = {}
    for one in workbook(book, None):
        if one.state is not State.OK:
            by.setdefault(one.about, []).append(one)
    return by


def test_the_sample_firm_is_well_and_json_says_the_same(firm: Path) -> None:
    shown = run.invoke(app, ["doctor", str(firm)])
    assert shown.exit_code == 0, shown.output
    assert "0 to fix, 1 to know." in shown.output
    assert "Withheld for data errors: Marchetti Living Trust" in shown.output
    said = json.loads(run.invoke(app, ["doctor", str(firm / "rebalance.xlsm"), "--json"]).output)
    assert said["well"] is True
    assert {"python", "packages", "solver", "macros", "records", "disk"} <= {
        f["about"] for f in said["findings"]
    }


def test_folders_without_or_with_several_workbooks_are_said(firm: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    shown = run.invoke(app, ["doctor", str(empty)])
    assert (shown.exit_code, "xl-rebal init" in shown.output) == (1, True)
    shutil.copy(firm / "rebalance.xlsm", firm / "other.xlsm")
    assert "several workbooks" in run.invoke(app, ["doctor", str(firm)]).output
    shown = run.invoke(app, ["doctor", str(tmp_path / "nowhere.xlsm"), "--json"])
    assert (shown.exit_code, json.loads(shown.output)["well"]) == (1, False)


def test_old_and_missing_macros_are_found_and_updated(firm: Path, tmp_path: Path) -> None:
    book = firm / "rebalance.xlsm"
    aged(book)
    [old] = found(book)["macros"]
    assert "--update-macros" in old.todo
    shown = run.invoke(app, ["doctor", str(book), "--update-macros"])
    assert "Macros updated." in shown.output
    assert "macros" not in found(book)
    plain = tmp_path / "plain.xlsx"
    build_workbook(plain, {}, {}, cached=False, macros=False)
    assert "has no macros" in found(plain)["macros"][0].what


def test_a_faulty_template_prompt_and_mapping_are_found(firm: Path) -> None:
    (firm / "templates" / "brief.docx").write_bytes(b"no document")
    (firm / "templates" / "summary.docx").write_bytes(b"nor this")
    (firm / "templates" / "prompts" / "system.txt").write_text("Write to Hartwell Family.")
    (firm / "mappings" / "schwab.toml").write_text("[columns]\n'Tax Cost' = 'No such thing'\n")
    by = found(firm / "rebalance.xlsm")
    assert [one.state for one in by["templates"]] == [State.FIX, State.FIX, State.FIX]
    assert "book summary" in by["templates"][1].what
    assert "Hartwell" in by["templates"][2].what
    assert "No such thing" in by["mappings"][0].what
    (firm / "mappings" / "schwab.toml").rename(firm / "mappings" / "swchab.toml")
    [strange] = found(firm / "rebalance.xlsm")["mappings"]
    assert (strange.state, "swchab.toml" in strange.what) == (State.NOTE, True)


def test_a_broken_chain_and_a_cut_ledger_are_found(firm: Path) -> None:
    out = firm / "clients"
    [well] = record(out)
    assert (well.state, "3 entries" in well.what) == (State.OK, True)
    ledger = out / "_records" / "ledger.jsonl"
    whole = ledger.read_bytes()
    ledger.write_bytes(whole.replace(b"HAR01", b"HAR02", 1))
    assert "chain is broken" in next(record(out)).what
    ledger.write_bytes(whole[:-10])
    assert "cut off" in next(record(out)).what
    ledger.write_bytes(whole)
    from xl_rebal.clock import anchor_of
    from xl_rebal.records.anchor import Head, write_anchor

    write_anchor(anchor_of(out), out, Head(9, "0" * 64))
    assert "this user's anchor (9)" in next(record(out)).what


def test_an_open_and_a_read_only_workbook_are_notes(firm: Path) -> None:
    (firm / "~$rebalance.xlsm").write_bytes(b"")
    assert "is open in Excel" in found(firm / "rebalance.xlsm")["workbook"][1].what


# --- Places --------------------------------------------------------------------------------------------------------


def test_copies_that_sync_programs_make_are_told_from_others(tmp_path: Path) -> None:
    book = tmp_path / "rebalance.xlsm"
    theirs = (
        "rebalance-DESKTOP-4F2AB.xlsm",
        "rebalance (Pat's conflicted copy 2026-10-15).xlsm",
        "rebalance (1).xlsm",
        "rebalance 2.xlsm",
    )
    ours = (
        "rebalance (before refresh 1).xlsm",
        "rebalance-notes.xlsm",
        "rebalance-2025.xlsm",
        "rebalance-Q4.xlsm",
        "rebalance2.xlsm",
        "rebalances.xlsm",
    )
    for name in (book.name, *theirs, *ours):
        (tmp_path / name).write_bytes(b"")
    assert {path.name for path in paths.conflict_copies(book)} == set(theirs)


def test_synced_long_and_server_paths_are_known(tmp_path: Path) -> None:
    assert paths.sync_program(Path("/x/Dropbox (Firm)/a"), {}) == "Dropbox"
    assert paths.sync_program(Path("/work/documents"), {"OneDriveCommercial": "/work"}) == "OneDrive"
    assert paths.sync_program(Path("/work/boxes"), {}) == ""
    long = tmp_path / ("d" * 200)
    assert any(f.state is State.FIX and "drive's root" in f.todo for f in paths.place(long, {}))
    assert [f.about for f in paths.workbook_path(long / "rebalance.xlsm")] == ["paths"]
    assert any("on a server" in f.what for f in paths.place(Path("//server/share"), {}))


def test_fonts_are_looked_for_by_file(tmp_path: Path) -> None:
    assert installation.font([tmp_path]).state is State.NOTE
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "CALIBRI.TTF").write_bytes(b"")
    assert installation.font([tmp_path / "nowhere", tmp_path]).state is State.OK


def test_versions_compare_as_numbers_and_requirements_are_read() -> None:
    assert installation.numbers("0.9.1") < installation.numbers("0.10")
    assert installation.requirement("numpy>=2.0") == ("numpy", "2.0")
    assert installation.requirement("openpyxl<4,>=3.1.5") == ("openpyxl", "3.1.5")


# --- The model's endpoint ------------------------------------------------------------------------------------------


def test_an_endpoint_is_reached_without_any_key(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v1/models", method="GET").respond_with_json({}, status=401)
    assert endpoint(httpserver.url_for("/v1")).state is State.OK
    [(request, _)] = httpserver.log
    assert "authorization" not in {name.lower() for name, _ in request.headers}
    httpserver.clear()
    httpserver.expect_request("/v1/models").respond_with_data("", status=503)
    assert "answers with error 503" in endpoint(httpserver.url_for("/v1/")).what


def test_an_endpoint_that_is_not_there_and_no_address_are_said() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert "does not answer" in endpoint(f"http://127.0.0.1:{port}/v1").what
    for wrong in ("file:///etc/passwd", "localhost", "ftp://x/y"):
        assert "is no web address" in endpoint(wrong).what


def test_a_model_is_asked_about_only_when_it_is_switched_on_and_its_key_is_never_shown(
    tmp_path: Path, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    httpserver.expect_request("/v1/models").respond_with_json({})
    book = tmp_path / "rebalance.xlsm"
    settings = {"Drafter": "OpenAI", "Drafter URL": httpserver.url_for("/v1"), "Drafter Model": "local"}
    build_workbook(book, {}, settings, cached=False)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    shown = run.invoke(app, ["doctor", str(book)])
    assert "a key is there" in shown.output
    assert "answers" in shown.output
    assert "secret" not in shown.output
    assert len(httpserver.log) == 1


# --- Windows -------------------------------------------------------------------------------------------------------

HKCU = windows.USER


class Keys:
    """A registry of these values: {(root, key): {name: value}}."""

    def __init__(self, *values: tuple[str, str, str, Any]) -> None:
        self.values = {(root, key.casefold(), name): value for root, key, name, value in values}
        self.names = [(root, key) for root, key, _, _ in values]

    def value(self, root: str, key: str, name: str) -> Any:
        return self.values.get((root, key.casefold(), name))

    def subkeys(self, root: str, key: str) -> tuple[str, ...]:
        start = key.casefold() + "\\"
        below = [
            k[len(start) :].split("\\")[0]
            for r, k in self.names
            if r == root and k.casefold().startswith(start)
        ]
        return tuple(dict.fromkeys(below))


LOCATION = windows.SECURITY + windows.LOCATIONS
BOOK = r"C:\Firm\Rebalancing\rebalance.xlsm"


@pytest.mark.parametrize(
    ("path", "more", "trusted"),
    [
        ("C:\\Firm\\Rebalancing\\", (), True),
        ("c:\\firm\\rebalancing", (), True),
        ("C:\\Firm\\", (), False),
        ("C:\\Firm\\", ((HKCU, LOCATION + "\\Location2", "AllowSubFolders", 1),), True),
        ("C:\\Firm\\Rebalancing\\", ((HKCU, LOCATION, "AllLocationsDisabled", 1),), False),
        ("C:\\Firm\\Rebal", ((HKCU, LOCATION + "\\Location2", "AllowSubFolders", 1),), False),
    ],
)
def test_a_trusted_location_covers_its_folder_and_those_below_only_if_it_says_so(
    path: str, more: tuple[Any, ...], trusted: bool
) -> None:
    registry = Keys((HKCU, LOCATION + "\\Location2", "Path", path), *more)
    assert (windows.trusted_location(BOOK, registry) is not None) is trusted


def test_a_server_is_trusted_only_where_network_locations_are() -> None:
    book = r"\\server\firm\rebalance.xlsm"
    keys = ((HKCU, LOCATION + "\\L", "Path", "\\\\server\\firm\\"),)
    assert windows.trusted_location(book, Keys(*keys)) is None
    assert windows.trusted_location(book, Keys(*keys, (HKCU, LOCATION, "AllowNetworkLocations", 1)))


@pytest.mark.parametrize(
    ("values", "zone", "state", "words"),
    [
        ((), None, State.NOTE, "Excel asks"),
        ((), 3, State.FIX, "marked the workbook as downloaded"),
        ((), 1, State.NOTE, "Excel asks"),
        (((HKCU, windows.SECURITY, "VBAWarnings", 4),), None, State.FIX, "switched off"),
        (((HKCU, windows.SECURITY, "VBAWarnings", 3),), None, State.FIX, "known signature"),
        (((HKCU, windows.SECURITY, "VBAWarnings", 1),), None, State.NOTE, "macros of every file"),
        (
            ((HKCU, windows.SECURITY, "VBAWarnings", 1), (HKCU, windows.POLICY, "VBAWarnings", 4)),
            None,
            State.FIX,
            "Your IT has set it",
        ),
    ],
)
def test_what_excel_does_with_macros_is_said(
    values: tuple[Any, ...], zone: int | None, state: State, words: str
) -> None:
    [one] = windows.trust(BOOK, zone, Keys(*values))
    assert one.state is state
    assert words in str(one)


def test_a_downloaded_file_is_known_by_its_stream(tmp_path: Path) -> None:
    book = tmp_path / "rebalance.xlsm"
    book.write_bytes(b"")
    assert windows.zone_of(book) is None
    (tmp_path / "rebalance.xlsm:Zone.Identifier").write_text(
        "[ZoneTransfer]\r\nZoneId=3\r\nHostUrl=about:internet\r\n"
    )
    assert windows.zone_of(book) == 3


def test_the_python_of_the_workbook_and_its_dll_are_looked_for(firm: Path, tmp_path: Path) -> None:
    book, registry = firm / "rebalance.xlsm", Keys((windows.MACHINE, windows.CLICK_TO_RUN, "Platform", "x64"))
    [first] = starts(book, registry, {})
    assert (first.state, "whichever Windows finds first" in first.what) == (State.NOTE, True)
    set_entries(book, {"Interpreter_Win": r"%LOCALAPPDATA%/venv/Scripts/pythonw.exe"})
    [gone] = starts(book, registry, {"LOCALAPPDATA": str(tmp_path)})
    assert gone.state is State.FIX
    scripts = tmp_path / "venv" / "Scripts"
    scripts.mkdir(parents=True)
    (scripts / "pythonw.exe").write_bytes(b"")
    [other, missing] = starts(book, registry, {"LOCALAPPDATA": str(tmp_path)})
    assert (other.state, missing.state) == (State.NOTE, State.FIX)
    dll = f"xlwings64-{metadata.version('xlwings')}.dll"
    assert dll in missing.what
    (tmp_path / "venv" / dll).write_bytes(b"")
    assert list(starts(book, registry, {"LOCALAPPDATA": str(tmp_path)}))[1].state is State.OK
    bits32 = Keys((windows.MACHINE, windows.CLICK_TO_RUN, "Platform", "x86"))
    assert "xlwings32" in list(starts(book, bits32, {"LOCALAPPDATA": str(tmp_path)}))[1].what


def test_with_windows_everything_is_asked_and_excel_itself(firm: Path) -> None:
    registry = Keys((windows.MACHINE, windows.EXCEL_CLASS, "", "Excel.Application.16"))
    abouts = [one.about for one in findings(firm / "rebalance.xlsm", registry)]
    assert {"excel", "trust", "xlwings"} <= set(abouts)
    assert any("Excel is not installed" in one.what for one in findings(None, Keys()))
    if sys.platform != "win32":
        assert "excel" not in [one.about for one in findings(None)]
