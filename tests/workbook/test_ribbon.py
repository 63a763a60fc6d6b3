"""The buttons' actions on real workbook files. Only Excel itself is stood in for: its message boxes and its state."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwings

from tests.test_outlook import Application
from tests.udfs.open_workbook import OpenWorkbook
from udfs import ribbon
from xl_rebal import __version__
from xl_rebal.errors import PlanInfeasible
from xl_rebal.params.load import firm_settings
from xl_rebal.sample import Rows, firm_rows, firm_settings_values
from xl_rebal.sheets.layout import INPUT_SHEETS, SETTINGS_HEADERS, SETTINGS_SHEET


def written(path: Path, rows: Rows) -> Path:
    """A workbook file with these rows and the sample firm's settings."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for layout in INPUT_SHEETS:
        sheet = book.create_sheet(layout.name)
        sheet.append(list(layout.headers))
        for row in rows.get(layout.name, ()):
            sheet.append([row.get(header) for header in layout.headers])
    sheet = book.create_sheet(SETTINGS_SHEET)
    sheet.append(list(SETTINGS_HEADERS))
    values = firm_settings_values()
    for setting in firm_settings():
        sheet.append([setting.name, values.get(setting.name, setting.default or None), setting.help])
    book.save(path)
    return path


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("firm") / "rebalance.xlsx", firm_rows())


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[[OpenWorkbook, Callable[[], None]], list[str]]:
    """Runs an action on an open workbook, as VBA would, and returns the messages shown."""

    def run_action(workbook: OpenWorkbook, action: Callable[[], None]) -> list[str]:
        monkeypatch.setattr(xlwings.Book, "caller", staticmethod(lambda: workbook))
        action()
        assert workbook.app.status_bars[-1] is False, "the status bar is given back to Excel"
        return [text for text, _ in workbook.app.messages]

    return run_action


Run = Callable[[OpenWorkbook, Callable[[], None]], "list[str]"]


# --- check data ------------------------------------------------------------------------------------------------


def test_check_data_counts_the_problems_and_shows_their_sheet(run: Run, firm: Path) -> None:
    from xl_rebal import app

    workbook = OpenWorkbook(firm)
    (message,) = run(workbook, ribbon.check_data)
    book = app.load(firm)
    counted = sum(int(n) for n in re.findall(r"(\d+) (?:error|warning|note)s?", message))
    assert counted == len(book.problems) > 0
    assert f"in the data of {len(book.households)} clients." in message
    assert workbook.sheets.shown == "Checks"


def test_check_data_counts_also_where_the_checks_sheet_was_removed(run: Run, firm: Path) -> None:
    workbook = OpenWorkbook(firm)
    workbook.sheets.more.remove("Checks")
    (message,) = run(workbook, ribbon.check_data)
    assert "in the data of" in message
    assert "fault" not in message


def test_check_data_names_the_clients_whose_briefs_are_withheld(run: Run, firm: Path, tmp_path: Path) -> None:
    rows = firm_rows()
    client = rows["Clients"][0]
    lots = [
        dict(row, Quantity=-5) if row["Account ID"] == _account_of(rows, client["Client ID"]) else row
        for row in rows["Lots"]
    ]
    path = written(tmp_path / "bad.xlsx", {**rows, "Lots": lots})
    (message,) = run(OpenWorkbook(path), ribbon.check_data)
    assert "Briefs withheld until fixed" in message
    assert str(client["Client Name"]) in message


def _account_of(rows: Rows, client_id: object) -> object:
    return next(row["Account ID"] for row in rows["Accounts"] if row["Client ID"] == client_id)


# --- saving first ----------------------------------------------------------------------------------------------


def test_what_is_checked_is_what_is_on_the_screen_and_nothing_is_saved(run: Run, firm: Path) -> None:
    workbook = OpenWorkbook(firm, saved=False)
    before = run(workbook, ribbon.check_data)
    workbook.content["Lots"]["D2"] = "#N/A"
    workbook.content["Lots"]["D2"].data_type = "e"
    (_, after) = run(workbook, ribbon.check_data)
    assert _errors(after) > _errors(before[0])
    assert (workbook.saves, workbook.app.questions) == (0, [])


def _errors(message: str) -> int:
    found = re.match(r"(\d+) errors?", message)
    return int(found[1]) if found else 0


def test_an_unsaved_change_is_saved_only_after_asking(run: Run, own_firm: Path) -> None:
    agreed = OpenWorkbook(own_firm, "HAR01", saved=False, answer="ok")
    run(agreed, ribbon.open_client_folder)
    assert agreed.app.questions == ["rebalance.xlsx has changes that are not saved. Save it and go on?"]
    assert agreed.saves == 1
    declined = OpenWorkbook(own_firm, "HAR01", saved=False, answer="cancel")
    assert run(declined, ribbon.open_client_folder) == []
    assert declined.saves == 0


def test_a_saved_workbook_is_not_saved_again(run: Run, own_firm: Path) -> None:
    workbook = OpenWorkbook(own_firm, "HAR01")
    run(workbook, ribbon.open_client_folder)
    assert (workbook.saves, workbook.app.questions) == (0, [])


def test_a_workbook_that_was_never_saved_is_told_why_it_must_be(run: Run) -> None:
    assert run(OpenWorkbook(Path("Book1")), ribbon.briefs_all) == [
        "Save the workbook in a folder first. Briefs are filed beside it."
    ]


def test_a_workbook_on_sharepoint_without_a_local_folder_says_what_to_do(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_local_path(_: object) -> str:
        raise xlwings.XlwingsError("Couldn't find the local OneDrive folder")

    monkeypatch.setattr(OpenWorkbook, "fullname", property(no_local_path))
    (message,) = run(OpenWorkbook(tmp_path / "rebalance.xlsm"), ribbon.briefs_all)
    assert message.startswith("rebalance.xlsm is on OneDrive or SharePoint")
    assert "Open it from the synced folder" in message
    (message,) = run(OpenWorkbook(tmp_path / "rebalance.xlsm"), ribbon.about)
    assert "Workbook: rebalance.xlsm" in message


# --- the chosen client -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("client", ["", "   "])
def test_without_a_chosen_client_the_message_says_where_to_choose_one(
    run: Run, firm: Path, client: str
) -> None:
    expected = ["Choose a client on the Client sheet first."]
    assert run(OpenWorkbook(firm, client), ribbon.briefs_this_client) == expected
    assert run(OpenWorkbook(firm, client), ribbon.open_client_folder) == expected


def test_a_workbook_without_the_cell_for_the_client_says_so(run: Run, firm: Path) -> None:
    (message,) = run(OpenWorkbook(firm, client=None), ribbon.briefs_this_client)
    assert "has no cell named XRClient" in message


def test_an_unknown_client_is_named_in_the_message(run: Run, firm: Path) -> None:
    (message,) = run(OpenWorkbook(firm, "NOBODY"), ribbon.briefs_this_client)
    assert "No client 'NOBODY' in the book" in message


def test_a_client_id_of_digits_is_found_though_excel_gives_a_float(run: Run, firm: Path) -> None:
    (message,) = run(OpenWorkbook(firm, 1042.0), ribbon.briefs_this_client)
    assert "No client '1042' in the book" in message


# --- briefs ----------------------------------------------------------------------------------------------------


@pytest.fixture
def own_firm(firm: Path, tmp_path: Path) -> Path:
    """A copy in a folder of its own, since briefs are filed beside the workbook."""
    path = tmp_path / firm.name
    path.write_bytes(firm.read_bytes())
    return path


def _sound_client(path: Path) -> Any:
    """A client without errors in the data."""
    from xl_rebal import app
    from xl_rebal.engine.problems import Severity

    book = app.load(path)
    withheld = {p.client_id for p in book.problems if p.severity is Severity.ERROR}
    return next(home.client for home in book.households if home.client.id not in withheld)


def test_the_brief_of_the_chosen_client_is_filed_in_the_folder_that_opens(
    run: Run, own_firm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    monkeypatch.setattr(ribbon, "open_folder", opened.append)
    client = _sound_client(own_firm)
    (message,) = run(OpenWorkbook(own_firm, client.id), ribbon.open_client_folder)
    assert message == f"{client.name} has no brief of 2026-Q4 yet. Click This Client to make the first one."

    workbook = OpenWorkbook(own_firm, client.id)
    (message,) = run(workbook, ribbon.briefs_this_client)
    assert client.name in message
    assert f"Rebalance: 1 of 1: {client.name}" in workbook.app.status_bars

    assert run(OpenWorkbook(own_firm, client.id), ribbon.open_client_folder) == []
    assert [len(list(folder.glob("*.docx"))) for folder in opened] == [1]
    assert own_firm.parent in opened[0].parents


def test_the_filed_email_becomes_a_draft_in_outlook_and_is_not_sent(
    run: Run, own_firm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outlook = Application()
    monkeypatch.setattr("xl_rebal.outlook.outlook", lambda: outlook)
    client = _sound_client(own_firm)
    (message,) = run(OpenWorkbook(own_firm, client.id), ribbon.open_draft)
    assert message == (
        f"{client.name} has no email of 2026-Q4 yet. Make the client's brief first; it is filed with it."
    )
    run(OpenWorkbook(own_firm, client.id), ribbon.briefs_this_client)
    (message,) = run(OpenWorkbook(own_firm, client.id), ribbon.open_draft)
    assert message == f"The email to {client.name} (email.eml) is in Outlook's Drafts. It has not been sent."
    assert [name for name, _ in outlook.calls][-2:] == ["Save", "Display"]
    assert ("To", client.email) in outlook.calls


def test_without_outlook_the_other_ways_are_said(run: Run, own_firm: Path) -> None:
    client = _sound_client(own_firm)
    run(OpenWorkbook(own_firm, client.id), ribbon.briefs_this_client)
    (message,) = run(OpenWorkbook(own_firm, client.id), ribbon.open_draft)
    assert message.startswith("Drafts are opened in Outlook for Windows only.")


def test_briefs_of_all_clients_are_made_only_after_asking(run: Run, own_firm: Path) -> None:
    workbook = OpenWorkbook(own_firm, answer="cancel")
    assert run(workbook, ribbon.briefs_all) == []
    assert workbook.app.questions == ["Make a brief for every client? A large firm takes a few minutes."]
    assert not list(own_firm.parent.rglob("*.docx"))


def test_a_long_outcome_is_folded_to_fit_a_message_box_and_keeps_its_last_line(
    run: Run, own_firm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fifty clients with problems are more than a message box has lines."""
    from xl_rebal import app

    unfiled = tuple(app.Unfiled(f"C{n}", f"Client {n}", ("Why.",)) for n in range(50))
    outcome = app.BriefsResult(own_firm.parent, (), unfiled, (), 0)
    monkeypatch.setattr("xl_rebal.app.make_briefs", lambda *_, **__: outcome)
    (message,) = run(OpenWorkbook(own_firm), ribbon.briefs_all)
    lines = message.splitlines()
    assert len(lines) == 21
    assert lines[0] == "Client 0 (C0): withheld. Why."
    assert lines[10] == "... 31 more ..."  # 50 clients and the count are 51 lines; 20 are shown
    assert lines[-1] == f"0 briefs filed in {own_firm.parent}."


@pytest.mark.parametrize(("action", "flagged"), [(ribbon.briefs_flagged, True), (ribbon.briefs_all, False)])
def test_flagged_and_all_differ_only_in_which_clients_are_asked_for(
    run: Run, own_firm: Path, monkeypatch: pytest.MonkeyPatch, action: Callable[[], None], flagged: bool
) -> None:
    """The app alone knows who needs attention (tests of app); making every brief here would take half a minute."""
    from xl_rebal import app

    asked: list[dict[str, Any]] = []

    def noted(_: object, out: Path, **how: Any) -> app.BriefsResult:
        asked.append({**how, "out": out})
        return app.BriefsResult(out, (), (), (), 12)

    monkeypatch.setattr("xl_rebal.app.make_briefs", noted)
    (message,) = run(OpenWorkbook(own_firm), action)
    (how,) = asked
    assert (how["flagged"], how["client_ids"], how["workbook"]) == (flagged, None, own_firm)
    assert how["out"].parent == own_firm.parent.resolve()
    assert "12 clients needed no attention." in message


# --- what goes wrong -------------------------------------------------------------------------------------------


def test_an_error_of_ours_is_shown_as_it_is(run: Run, firm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def infeasible(*_: object) -> None:
        raise PlanInfeasible("Cash reserve and withdrawal of account 7 leave nothing to trade with.")

    monkeypatch.setattr("xl_rebal.app.book_of", infeasible)
    workbook = OpenWorkbook(firm)
    run(workbook, ribbon.check_data)
    assert workbook.app.messages == [
        ("Cash reserve and withdrawal of account 7 leave nothing to trade with.", "critical")
    ]
    assert not (firm.parent / "rebalance-errors.log").exists()


def test_a_fault_is_one_sentence_and_its_details_are_in_a_file(
    run: Run, own_firm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr("xl_rebal.app.book_of", broken)
    (message,) = run(OpenWorkbook(own_firm), ribbon.check_data)
    log = own_firm.parent / "rebalance-errors.log"
    assert "Traceback" not in message
    assert str(log) in message
    written = log.read_text(encoding="utf-8")
    assert "ZeroDivisionError\n" in written
    assert "a fault" not in written  # a message may name a client


def test_a_fault_is_logged_elsewhere_where_the_folder_takes_no_file(
    run: Run, own_firm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "temporary"
    elsewhere.mkdir()
    (own_firm.parent / "rebalance-errors.log").mkdir()  # a folder of that name can't be written as a file
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(elsewhere))
    monkeypatch.setattr("xl_rebal.app.book_of", lambda _: 1 / 0)
    (message,) = run(OpenWorkbook(own_firm), ribbon.check_data)
    assert str(elsewhere / "rebalance-errors.log") in message


def test_a_file_that_is_no_workbook_is_said_in_plain_words(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "rebalance.xlsm"
    path.write_bytes(b"not a workbook")
    workbook = OpenWorkbook(path)
    (message,) = run(workbook, ribbon.briefs_flagged)
    assert "rebalance.xlsm" in message
    assert not list(tmp_path.glob("*.log"))


# --- about -----------------------------------------------------------------------------------------------------


def test_about_gives_the_versions_and_never_asks_to_save(run: Run, firm: Path) -> None:
    workbook = OpenWorkbook(firm, saved=False)
    (message,) = run(workbook, ribbon.about)
    assert message.startswith(f"xl_rebal {__version__} with xlwings {xlwings.__version__}")
    assert str(firm) in message
    assert workbook.app.questions == []
