"""The buttons that ask, file or close the workbook: imports, decisions, samples, and what a Mac is told in words."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwings
from openpyxl.worksheet.table import Table as ExcelTable

from tests.importers.schwab_files import lots_file, positions_file, positions_section
from tests.udfs.open_workbook import OpenWorkbook
from tests.workbook.test_ribbon import written
from udfs import closed, dialog, ribbon
from workbook.build import build_workbook
from xl_rebal import app
from xl_rebal.clock import recording
from xl_rebal.sample import Rows, firm_settings_values, hartwell_rows
from xl_rebal.sample.hartwell import CLIENT_ID, JOINT
from xl_rebal.sample.securities import prices, security_rows
from xl_rebal.sheets.source import read_tables

ON = date(2026, 10, 15)
Do = Callable[..., "list[str]"]


class Apps(list[Any]):
    """xlwings.apps: every Excel that is running, the first in front."""

    @property
    def active(self) -> Any:
        return self[0] if self else None


def small_firm() -> Rows:
    """Hartwell alone."""
    return {**hartwell_rows(), "Securities": security_rows()}


@pytest.fixture
def do(monkeypatch: pytest.MonkeyPatch) -> Do:
    """Runs an action on an open workbook, as VBA would, and returns the messages shown."""

    def run(workbook: OpenWorkbook, action: Callable[..., None], *texts: str) -> list[str]:
        monkeypatch.setattr(xlwings.Book, "caller", staticmethod(lambda: workbook))
        monkeypatch.setattr(ribbon, "FUNCTIONS_RUN", False)
        workbook.app.messages.clear()
        action(*texts)
        assert workbook.app.status_bars[-1] is False, "the status bar is given back to Excel"
        return [text for text, _ in workbook.app.messages]

    return run


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a firm with one client, whose brief is filed; its Decisions sheet is an Excel table."""
    path = written(tmp_path_factory.mktemp("filed") / "rebalance.xlsx", small_firm())
    content = openpyxl.load_workbook(path)
    content["Decisions"].add_table(ExcelTable(displayName="tblDecisions", ref="A1:F2"))
    content.save(path)
    book = app.load(path)
    result = app.make_briefs(book, app.output_folder(book, path), workbook=path, recording=recording)
    assert len(result.filed) == 1
    return path.parent


@pytest.fixture
def firm(filed: Path, tmp_path: Path) -> Path:
    shutil.copytree(filed, tmp_path / "firm")
    return tmp_path / "firm" / "rebalance.xlsx"


def test_texts_come_back_as_vba_sent_them() -> None:
    def codes(text: str) -> list[int]:
        data = text.encode("utf-16-le")
        return [int.from_bytes(data[i : i + 2], "little") for i in range(0, len(data), 2)]

    said = ["", "a", '"); import os #', "O'Neill & Söhne\n\\", "\U0001f600"]
    assert ribbon.texts(*map(codes, said)) == said
    assert ribbon.texts([0xD800]) == ["\ufffd"], "half a character is no reason to fail"
    assert ribbon.texts() == []


# --- import ----------------------------------------------------------------------------------------------------


def exports(folder: Path) -> str:
    """Schwab's files of Hartwell's joint account, one path a line as VBA sends them."""
    lots = [row for row in small_firm()["Lots"] if row["Account ID"] == JOINT]
    positions, details = folder / "Joint-Positions.csv", folder / "Joint-Lot-Details.csv"
    positions.write_bytes(positions_file("Joint Tenant ...086", ON, positions_section(lots, prices())))
    details.write_bytes(lots_file("...086", ON, lots, prices()))
    return f"{positions}\n{details}"


@pytest.fixture
def stale(tmp_path: Path) -> Path:
    """Hartwell's workbook without the MSFT lots that the export files have."""
    rows = small_firm()
    lots = [row for row in rows["Lots"] if (row["Account ID"], row["Symbol"]) != (JOINT, "MSFT")]
    (tmp_path / "stale").mkdir()
    return written(tmp_path / "stale" / "rebalance.xlsx", {**rows, "Lots": lots})


def count_of_lots(path: Path) -> int:
    return sum(any(cell is not None and cell != "" for cell in row) for row in read_tables(path)["Lots"].rows)


def test_an_import_shows_what_would_change_and_only_then_closes_imports_and_opens_again(
    do: Do, stale: Path, tmp_path: Path
) -> None:
    workbook = OpenWorkbook(stale, CLIENT_ID)
    workbook.sheets["Lots"].activate()
    before = count_of_lots(stale)
    (message,) = do(workbook, ribbon.import_files, exports(tmp_path))
    (question,) = workbook.app.questions
    assert "Account 4471-2086 (HAR01): " in question
    assert "--dry-run" not in question
    assert question.endswith("the file as it was is kept beside it.")
    books = workbook.app.books
    assert (books.closed, books.opened) == ([stale], [stale])
    assert [book.sheets.shown for book in books] == ["Lots"], "it opens where it was"
    assert count_of_lots(stale) > before
    assert "As it was before: rebalance (before import 1).xlsx" in message
    assert message.endswith("To take it back: xl-rebal import --undo rebalance.xlsx")
    assert len(message) < 2000


def test_an_import_that_is_not_wanted_leaves_all_as_it_was(do: Do, stale: Path, tmp_path: Path) -> None:
    workbook = OpenWorkbook(stale, answer="cancel")
    content = stale.read_bytes()
    assert do(workbook, ribbon.import_files, exports(tmp_path)) == []
    assert workbook.app.books.closed == []
    assert stale.read_bytes() == content
    assert len(list(stale.parent.iterdir())) == 1


def test_files_that_change_nothing_are_said_to_and_the_workbook_stays_open(
    do: Do, stale: Path, tmp_path: Path
) -> None:
    app.import_files("auto", [Path(p) for p in exports(tmp_path).splitlines()], stale)
    workbook = OpenWorkbook(stale)
    (message,) = do(workbook, ribbon.import_files, exports(tmp_path))
    assert message.endswith("rebalance.xlsx stays as it is.")
    assert (workbook.app.questions, workbook.app.books.closed) == ([], [])


def test_a_file_that_is_no_export_is_named_before_anything_is_closed(
    do: Do, stale: Path, tmp_path: Path
) -> None:
    (tmp_path / "holiday.csv").write_text("a,b\n1,2\n")
    workbook = OpenWorkbook(stale)
    (message,) = do(workbook, ribbon.import_files, str(tmp_path / "holiday.csv"))
    assert "holiday.csv" in message
    assert workbook.app.books.closed == []


def test_a_workbook_opens_again_though_the_import_fails(
    do: Do, stale: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbook = OpenWorkbook(stale)
    real, content = app.import_files, stale.read_bytes()

    def failing(*given: Any, dry_run: bool = False, **named: Any) -> Any:
        if not dry_run:
            raise ZeroDivisionError("a fault")
        return real(*given, dry_run=True, **named)

    monkeypatch.setattr("xl_rebal.app.import_files", failing)
    (message,) = do(workbook, ribbon.import_files, exports(tmp_path))
    assert "a fault in xl_rebal, not in your data" in message
    assert workbook.app.books.opened == [stale]
    assert stale.read_bytes() == content


def test_a_workbook_that_can_not_be_opened_again_is_said_to_be_done_with(
    do: Do, stale: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbook = OpenWorkbook(stale)

    def refused(_: str) -> None:
        raise OSError("Excel is busy")

    monkeypatch.setattr(workbook.app.books, "open", refused)
    (message,) = do(workbook, ribbon.import_files, exports(tmp_path))
    assert "is up to date" in message
    assert message.endswith(f"Open it yourself: {stale}")


def test_the_owner_file_that_excel_leaves_for_a_moment_is_waited_for(
    do: Do, stale: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = stale.with_name(f"~${stale.name}")
    owner.write_bytes(b"Pat")
    naps: list[float] = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) == 3:
            owner.unlink()

    monkeypatch.setattr("time.sleep", nap)
    (message,) = do(OpenWorkbook(stale), ribbon.import_files, exports(tmp_path))
    assert len(naps) == 3
    assert "is up to date" in message


def test_a_file_that_stays_locked_is_said_to_be_and_the_workbook_opens_again(
    do: Do, stale: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale.with_name(f"~${stale.name}").write_bytes(b"Pat, on another computer")
    monkeypatch.setattr(closed, "RELEASED_WITHIN", 0.0)
    workbook = OpenWorkbook(stale)
    (message,) = do(workbook, ribbon.import_files, exports(tmp_path))
    assert "rebalance.xlsx is open in Excel" in message
    assert workbook.app.books.opened == [stale]


def test_in_windows_another_python_does_it_once_the_macro_has_ended(
    do: Do, stale: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(closed.sys, "platform", "win32")
    monkeypatch.setattr(subprocess, "Popen", lambda command, **_: started.append(command))
    workbook = OpenWorkbook(stale)
    assert do(workbook, ribbon.import_files, exports(tmp_path)) == []
    assert workbook.app.books.closed == [], "a workbook can't be closed under its own macro"
    ((python, *module, job),) = started
    assert module == ["-m", "udfs.closed"]
    assert python == closed.sys.executable
    # What the other Python does: it finds the workbook by its path, in whichever Excel it is.
    other = OpenWorkbook(tmp_path / "other.xlsx")
    monkeypatch.setattr(xlwings, "apps", Apps([other.app, workbook.app]))
    before = count_of_lots(stale)
    closed.main(Path(job))
    assert not Path(job).exists()
    assert count_of_lots(stale) > before
    assert workbook.app.books.opened == [stale]
    ((message, mode),) = workbook.app.messages
    assert "is up to date" in message
    assert mode == "info"


def test_a_workbook_that_was_closed_meanwhile_is_left_alone(
    stale: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = OpenWorkbook(tmp_path / "other.xlsx")
    monkeypatch.setattr(xlwings, "apps", Apps([other.app]))
    job = tmp_path / "job.json"
    job.write_text(json.dumps({"path": str(stale), "action": "import", "texts": []}), encoding="utf-8")
    content = stale.read_bytes()
    closed.main(job)
    assert other.app.messages == [
        ("rebalance.xlsx is not open in Excel any more, so nothing was done.", "critical")
    ]
    assert stale.read_bytes() == content


def test_what_was_changed_between_question_and_import_is_not_lost(stale: Path) -> None:
    workbook = OpenWorkbook(stale, saved=False)
    dialog.answer(workbook, lambda found: closed.done(found, stale, "import", []))  # type: ignore[arg-type]
    assert workbook.app.messages == [
        ("rebalance.xlsx was changed meanwhile. Save it and try again. Nothing was done.", "critical")
    ]
    assert workbook.app.books.closed == []


def test_the_job_of_the_other_python_says_all_that_it_needs(
    stale: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closed.sys, "platform", "win32")
    kept: list[dict[str, Any]] = []

    def read(command: list[str], env: dict[str, str], **_: Any) -> None:
        assert env["PYTHONPATH"]
        kept.append(json.loads(Path(command[-1]).read_text(encoding="utf-8")))

    monkeypatch.setattr(subprocess, "Popen", read)
    closed.start(OpenWorkbook(stale), stale, "import", ["Exporté.csv"])  # type: ignore[arg-type]
    assert kept == [{"path": str(stale), "action": "import", "texts": ["Exporté.csv"]}]


# --- decide ----------------------------------------------------------------------------------------------------


def test_a_decision_goes_on_record_and_onto_the_sheet(do: Do, firm: Path, tmp_path: Path) -> None:
    signed = tmp_path / "signed.pdf"
    signed.write_bytes(b"%PDF-1.7 signed")
    workbook = OpenWorkbook(firm, CLIENT_ID)
    (message,) = do(workbook, ribbon.record_decision, "modify", " Pat Advisor ", "=Keep NVDA", str(signed))
    assert f"{CLIENT_ID}: modify by Pat Advisor for 2026-Q4 is on record" in message
    assert "Filed beside the brief: brief-signed.pdf." in message
    assert message.endswith("The Decisions sheet shows it.")
    (decision,) = app.load(firm).decisions
    assert (decision.client_id, decision.quarter, decision.decision, decision.by, decision.comment) == (
        CLIENT_ID, "2026-Q4", "Modify", "Pat Advisor", "=Keep NVDA",
    )  # fmt: skip
    assert decision.decided_on is not None
    assert (workbook.writes, workbook.saves) == (1, 1)
    # The sheet is no part of what a brief rests on, so that the next decision is not on a stale one.
    (message,) = do(OpenWorkbook(firm, CLIENT_ID), ribbon.record_decision, "approve", "Pat", "", "")
    assert "approve by Pat" in message
    assert [d.decision for d in app.load(firm).decisions] == ["Modify", "Approve"]


def test_a_stale_brief_is_decided_on_only_after_asking(do: Do, firm: Path) -> None:
    content = openpyxl.load_workbook(firm)
    content["Lots"]["D2"] = 1
    content.save(firm)
    workbook = OpenWorkbook(firm, CLIENT_ID, answer="cancel")
    (message,) = do(workbook, ribbon.record_decision, "approve", "Pat", "", "")
    (question,) = workbook.app.questions
    assert question.startswith(f"The workbook changed for {CLIENT_ID} after the brief of 2026-Q4 was made (")
    assert "--even-if-stale" not in question
    assert message.startswith("Nothing was recorded.")
    assert app.load(firm).decisions == ()
    (message,) = do(OpenWorkbook(firm, CLIENT_ID), ribbon.record_decision, "approve", "Pat", "", "")
    assert "The brief was stale; that is on record too." in message


def test_a_decision_stays_on_record_where_the_sheet_can_not_show_it(do: Do, firm: Path) -> None:
    content = openpyxl.load_workbook(firm)
    del content["Decisions"]
    content.save(firm)
    (message,) = do(OpenWorkbook(firm, CLIENT_ID), ribbon.record_decision, "defer", "Pat", "", "")
    assert "is on record" in message
    assert message.endswith("So the Decisions sheet does not show it; the record does.")


def test_a_decision_stays_on_record_where_excel_refuses_to_write(
    do: Do, firm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError("The sheet is protected")

    monkeypatch.setattr("xl_rebal.sheets.live.add_rows", refused)
    (message,) = do(OpenWorkbook(firm, CLIENT_ID), ribbon.record_decision, "defer", "Pat", "", "")
    assert "is on record" in message
    assert message.endswith("(The sheet is protected). The record has it all the same.")


def test_a_decision_without_a_person_or_a_brief_is_refused(do: Do, firm: Path, stale: Path) -> None:
    assert do(OpenWorkbook(firm, CLIENT_ID), ribbon.record_decision, "approve", " ", "", "") == [
        "Say who decided. Nothing was recorded."
    ]
    (message,) = do(OpenWorkbook(stale, CLIENT_ID), ribbon.record_decision, "approve", "Pat", "", "")
    assert "There is no record in" in message


# --- compliance ------------------------------------------------------------------------------------------------


def test_a_sample_is_drawn_put_on_record_and_opened_and_an_earlier_one_is_never_replaced(
    do: Do, firm: Path
) -> None:
    workbook = OpenWorkbook(firm)
    (message,) = do(workbook, ribbon.draw_sample, "2026-Q4", "audit/1", "5")
    assert message.startswith("1 of 1 clients, population ")
    assert "seed audit/1 (given), on record." in message
    (first,) = workbook.app.books.opened
    rows = openpyxl.load_workbook(first)["Sample"]
    assert [cell.value for cell in rows[2]][1] == CLIENT_ID
    (message,) = do(workbook, ribbon.draw_sample, "2026-Q4", "audit/1", "5")
    assert "drawn before; nothing was added to the record" in message
    assert workbook.app.books.opened[1] != first
    assert first.parent.name == "_exports"
    (message,) = do(workbook, ribbon.draw_sample, "2026-Q4", "New", "5")
    assert "drawn after the population was on record" in message
    (message,) = do(workbook, ribbon.verify_records)
    assert "all as recorded" in message


@pytest.mark.parametrize("count", ["", "five", "-1", "2.5"])
def test_a_count_that_is_no_number_is_named(do: Do, firm: Path, count: str) -> None:
    (message,) = do(OpenWorkbook(firm), ribbon.draw_sample, "2026-Q4", "s", count)
    assert message == f"{count!r} is not a number of clients. Enter a whole number, 0 or more."


def test_a_brief_that_was_changed_is_found(do: Do, firm: Path) -> None:
    (brief,) = firm.parent.rglob("brief.docx")
    brief.write_bytes(brief.read_bytes() + b"x")
    (message,) = do(OpenWorkbook(firm), ribbon.verify_records)
    assert "brief.docx" in message
    assert "responsible for compliance" in message


def test_a_firm_without_a_record_is_told_so(do: Do, stale: Path) -> None:
    (message,) = do(OpenWorkbook(stale), ribbon.verify_records)
    assert "fault" not in message


# --- where the functions can't run -----------------------------------------------------------------------------


def test_the_curve_of_what_is_on_the_screen_is_said_in_words(do: Do, firm: Path) -> None:
    workbook = OpenWorkbook(firm, CLIENT_ID, saved=False)
    (message,) = do(workbook, ribbon.frontier)
    name, *lines = message.splitlines()
    assert "Hartwell" in name
    assert all("of drift left: added tax $" in line for line in lines)
    assert sum(line.endswith("(This plan)") for line in lines) == 1
    assert workbook.sheets.shown == "Client"
    assert workbook.app.questions == []


def test_a_what_if_is_said_in_words(do: Do, firm: Path) -> None:
    workbook = OpenWorkbook(firm, CLIENT_ID)
    workbook.sheets.more.append("What-If")
    assert do(workbook, ribbon.what_if) == [
        "Enter a wish in one of the input cells, then click What-If again."
    ]
    workbook.names.cells["XRWhatIfBudget"] = 100_000.0
    (message,) = do(workbook, ribbon.what_if)
    gain = re.search(r"^Long-term gain: \$121,000\.00, what if: \$([\d,.]+)$", message, re.MULTILINE)
    assert gain is not None
    assert 95_000 < float(gain[1].replace(",", "")) <= 100_000
    assert workbook.sheets.shown == "What-If"
    workbook.names.cells["XRWhatIfBudget"] = "much"
    assert do(workbook, ribbon.what_if) == ["The gain budget is a number, not 'much'."]


def test_where_the_functions_run_the_sheets_answer(
    do: Do, firm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbook = OpenWorkbook(firm, CLIENT_ID)
    workbook.sheets.more.append("What-If")
    monkeypatch.setattr(xlwings.Book, "caller", staticmethod(lambda: workbook))
    monkeypatch.setattr(ribbon, "FUNCTIONS_RUN", True)
    for action in (ribbon.what_if, ribbon.frontier, ribbon.show_help):
        workbook.sheets.more.append("Help")
        action()
    assert workbook.app.messages == []
    assert workbook.sheets.shown == "Help"
    assert workbook.reads == 0


def test_a_sheet_that_is_gone_is_named(do: Do, firm: Path) -> None:
    workbook = OpenWorkbook(firm, CLIENT_ID)
    workbook.sheets.more.clear()
    for action, sheet in (
        (ribbon.what_if, "What-If"),
        (ribbon.frontier, "Client"),
        (ribbon.show_help, "Help"),
    ):
        assert f"has no sheet {sheet}." in do(workbook, action)[0]


def test_recalculating_stores_the_results_in_the_file(do: Do, tmp_path: Path) -> None:
    path = tmp_path / "rebalance.xlsm"
    build_workbook(path, small_firm(), firm_settings_values(), cached=False)
    workbook = OpenWorkbook(path)
    (message,) = do(workbook, ribbon.recalculate)
    assert "fault" not in message
    assert (workbook.app.books.closed, workbook.app.books.opened) == ([path], [path])
    (reopened,) = workbook.app.books
    assert str(reopened.content["Settings"]["F2"].value).startswith("Book ")
