"""The Ribbon module compiled and run by a Basic that is not ours: LibreOffice's, in its VBA mode."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from workbook.ovba import Module, vba_project
from workbook.vba import modules

HOST = Path(__file__).with_name("basic_host.py")
SHEETS = ("wsDashboard", "wsClient")
TRACEBACK = 'Traceback (most recent call last):" & vbLf & "  File x" & vbLf & "{last}" & vbLf & "'

YES, NO = 6, 7  # what MsgBox returns

CALLS = {
    "missing dll": 'PlainWords(53, "File not found: xlwings64-0.0.dll")',
    "wrong folder": 'PlainWords(1, "Could not load xlwings64-0.0.dll from either of the following folders:")',
    "not installed": f'PlainWords(1000, "{TRACEBACK.format(last="ModuleNotFoundError: No module named udfs")}")',
    "anything else": f'PlainWords(1000, "{TRACEBACK.format(last="MemoryError")}")',
    "no text": 'LastLine("")',
    "python": "PythonAnswers()",
    "no texts": 'PythonCommand("check_data", Array())',
    "two texts": 'PythonCommand("record_decision", Array("Hi", ""))',
    "odd texts": 'PythonCommand("import_files", Array(Chr(34) & "\'); x" & vbLf & ChrW(228) & ChrW(8364)))',
    "one": 'DecisionWord("1")',
    "word": 'DecisionWord(" Approve ")',
    "four": 'DecisionWord("4")',
    "nonsense": 'DecisionWord("yes")',
    "needs nothing": 'Enabled("")',
    "needs a file": 'Enabled("file")',
    "needs a client": 'Enabled("client")',
    "needs both": 'Enabled("file client")',
    "chosen": "ChosenClient()",
    "no such name": 'NamedText("XRNowhere")',
    "lines": 'WithLine(WithLine("", "a"), "b")',
    "silent": "Silently()",
    "decision": f'Played("decision", "x|2|Pat|Keep NVDA.|{YES}|/tmp/signed.pdf")',
    "decision without file": f'Played("decision", "1|Pat||{NO}|")',
    "decision given up": 'Played("decision", "|")',
    "decision given up at the file": f'Played("decision", "1|Pat||{YES}||")',
    "sample": 'Played("sample", "2026-Q4|seed 7|5|")',
    "sample given up": 'Played("sample", "2026-Q4||")',
    "list": 'Jumped("wsDashboard", "D9")',
    "list's ID": 'Jumped("wsDashboard", "A9")',
    "other figures": 'Jumped("wsDashboard", "A4")',
    "headers": 'Jumped("wsDashboard", "A7")',
    "link": 'Jumped("wsDashboard", "T9")',
    "message": 'Jumped("wsDashboard", "A10")',
    "below": 'Jumped("wsDashboard", "C40")',
    "error": 'Jumped("wsDashboard", "A11")',
    "another sheet": 'Jumped("wsClient", "A9")',
}


def python_with_uno() -> str | None:
    """A Python that can drive LibreOffice: the system's, where it has the uno package."""
    for python in ("/usr/bin/python3", shutil.which("python3")):
        if python and Path(python).exists():
            found = subprocess.run([python, "-c", "import uno"], capture_output=True, check=False)
            if found.returncode == 0:
                return python
    return None


@pytest.fixture(scope="module")
def project() -> tuple[Module, ...]:
    return modules(SHEETS)


@pytest.fixture(scope="module")
def host(project: tuple[Module, ...], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Modules as LibreOffice read them, and the answers of CALLS by name."""
    python = python_with_uno() if shutil.which("soffice") else None
    if python is None:
        pytest.skip("needs LibreOffice and its Python package uno")
    folder = tmp_path_factory.mktemp("office")
    (folder / "vbaProject.bin").write_bytes(vba_project(project))
    writer = xlsxwriter.Workbook(folder / "book.xlsm")
    for name in SHEETS:
        writer.add_worksheet(name).set_vba_name(name)
    writer.get_worksheet_by_name("wsClient").write("C2", " HAR01 ")
    writer.get_worksheet_by_name("wsClient").write("C3", "2026-Q3")
    writer.get_worksheet_by_name("wsClient").write_row("A9", ("ROS11", "No list"))
    dashboard = writer.get_worksheet_by_name("wsDashboard")
    dashboard.write_row("A4", ("12", "10"))
    dashboard.write_row("A7", ("Client ID", "Client"))
    dashboard.write_row("A9", ("MAR06", "Marchetti Living Trust", 0.5, "Withheld"))
    dashboard.write_formula("T9", '=HYPERLINK("clients","Open folder")')
    dashboard.write("A10", "No client to show.")
    dashboard.write_formula("A11", "=NA()", None, "#N/A")
    dashboard.write("B11", "Somebody")
    writer.define_name("XRShow", "=wsDashboard!$B$6")
    writer.define_name("XRClient", "=wsClient!$C$2")
    writer.define_name("XRQuarter", "=wsClient!$C$3")
    writer.set_vba_name("ThisWorkbook")
    writer.add_vba_project(folder / "vbaProject.bin")
    writer.close()
    done = subprocess.run(
        [python, str(HOST), str(folder / "book.xlsm"), str(folder / "profile")],
        input=json.dumps(list(CALLS.values())),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    return {"modules": found["modules"], **dict(zip(CALLS, found["answers"], strict=True))}


def test_libreoffice_reads_the_code_of_every_module(
    host: dict[str, Any], project: tuple[Module, ...]
) -> None:
    """It shows code without attributes, below lines of its own, and with plain line ends."""
    assert set(host["modules"]) == {module.name for module in project}
    for module in project:
        code = [line for line in module.source.split("\r\n") if not line.startswith("Attribute ")]
        assert "\n".join(code).rstrip() in host["modules"][module.name].replace("\r\n", "\n"), module.name


@pytest.mark.parametrize(
    ("trouble", "first", "detail"),
    [
        (
            "missing dll",
            "Python was not found where the sheet xlwings.conf says",
            "File not found: xlwings64-0.0.dll",
        ),
        ("wrong folder", "Python was not found where the sheet xlwings.conf says", "Could not load"),
        (
            "not installed",
            "Python was found, but xl-rebal is not installed",
            "ModuleNotFoundError: No module named",
        ),
        ("anything else", "Python could not be asked.", "MemoryError"),
    ],
)
def test_trouble_before_python_speaks_is_told_in_plain_words(
    host: dict[str, Any], trouble: str, first: str, detail: str
) -> None:
    text = host[trouble]
    assert text.startswith(first)
    assert "xl-rebal doctor" in text
    assert f"Detail: {detail}" in text
    assert "Traceback" not in text


def test_a_text_without_lines_has_no_last_line(host: dict[str, Any]) -> None:
    assert host["no text"] in ("", None)


def test_a_missing_dll_means_that_python_does_not_answer_and_raises_nothing(host: dict[str, Any]) -> None:
    assert host["python"] is False


# --- what is sent to Python ------------------------------------------------------------------------------------


def python_of(command: str) -> tuple[str, list[str]]:
    """The action and the texts that Python reads from a command, as Python itself does."""
    from udfs import ribbon

    module, _, call = command.partition("; ")
    assert module == "import udfs.ribbon"
    action, _, arguments = call.partition("(")
    texts = arguments.removeprefix("*udfs.ribbon.texts(").rstrip(")")
    return action.removeprefix("udfs.ribbon."), ribbon.texts(*json.loads(f"[{texts}]"))


def test_texts_reach_python_whatever_stands_in_them(host: dict[str, Any]) -> None:
    assert host["no texts"] == "import udfs.ribbon; udfs.ribbon.check_data()"
    assert python_of(host["two texts"]) == ("record_decision", ["Hi", ""])
    assert python_of(host["odd texts"]) == ("import_files", ["\"'); x\n\u00e4\u20ac"])
    assert not set("'\"|") & set(host["odd texts"]), "nothing that a shell or AppleScript reads as its own"


# --- which buttons can be clicked ------------------------------------------------------------------------------


def test_buttons_can_be_clicked_where_what_they_need_is_there(host: dict[str, Any]) -> None:
    """The test's workbook is saved and has a client chosen."""
    assert [host[f"needs {what}"] for what in ("nothing", "a file", "a client", "both")] == [True] * 4
    assert host["chosen"] == "HAR01"
    assert host["no such name"] in ("", None)


def test_what_runs_by_itself_raises_nothing_where_excel_is_not_what_it_expects(host: dict[str, Any]) -> None:
    assert host["silent"] == "nothing raised"


# --- from the Dashboard to a client --------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["list", "list's ID"])
def test_a_double_click_in_the_list_shows_its_client(host: dict[str, Any], cell: str) -> None:
    assert host[cell] == "True MAR06 wsClient"


@pytest.mark.parametrize(
    "cell", ["other figures", "headers", "link", "message", "below", "error", "another sheet"]
)
def test_a_double_click_elsewhere_is_excels(host: dict[str, Any], cell: str) -> None:
    assert host[cell] == "False nobody wsDashboard"


# --- what is asked ---------------------------------------------------------------------------------------------


def test_numbers_and_words_are_decisions(host: dict[str, Any]) -> None:
    assert (host["one"], host["word"], host["four"]) == ("approve", "approve", "defer")
    assert host["nonsense"] == ""
    assert host["lines"] == "a\nb"


def test_a_decision_is_asked_for_until_it_is_one_and_then_by_whom_why_and_the_file(
    host: dict[str, Any],
) -> None:
    asked, _, ran = host["decision"].partition(" -> ")
    questions = asked.split("|")
    assert questions[0] == questions[1] == "What was decided on the latest brief of HAR01?"
    assert questions[2] == "Who decided it?"
    assert ran == "record_decision|modify|Pat|Keep NVDA.|/tmp/signed.pdf"
    assert host["decision without file"].endswith(" -> record_decision|approve|Pat||")


def test_whoever_gives_up_half_way_records_nothing(host: dict[str, Any]) -> None:
    for name in ("decision given up", "decision given up at the file", "sample given up"):
        assert host[name].endswith(" -> "), name


def test_a_sample_is_asked_for_by_quarter_seed_and_count(host: dict[str, Any]) -> None:
    assert host["sample"].endswith(" -> draw_sample|2026-Q4|seed 7|5")
