"""The commands of the terminal: what they print and the exit code that a script sees."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from workbook.build import build_workbook
from xl_rebal import app as use
from xl_rebal.cli import app
from xl_rebal.sample import firm_rows, firm_settings_values

run = CliRunner()


@pytest.fixture(scope="module")
def book(tmp_path_factory) -> Path:
    return use.write_sample(tmp_path_factory.mktemp("firm"))


def main(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The installed entry point, as a terminal runs it."""
    return subprocess.run(
        [sys.executable, "-m", "xl_rebal.cli", *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        check=False,
    )


def test_help_teaches_the_quarter_and_the_exit_codes():
    shown = run.invoke(app, ["--help"])
    assert shown.exit_code == 0
    for command in ("demo", "sample", "check", "plan", "briefs", "build", "import"):
        assert command in shown.output
    assert "Exit codes" in shown.output


def test_check_lists_each_problem_and_ends_with_one_when_a_brief_is_withheld(book):
    shown = run.invoke(app, ["check", str(book)])
    assert shown.exit_code == 1
    assert "[MAR06] Error at Positions!C" in shown.output
    assert "Withheld until fixed: Marchetti Living Trust." in shown.output


def test_check_as_json_is_for_scripts(book):
    shown = run.invoke(app, ["check", str(book), "--json"])
    problems = json.loads(shown.output)
    assert {"severity", "code", "client", "place", "what", "todo"} <= set(problems[0])
    assert problems[0]["severity"] == "Error"


def test_plan_shows_one_line_a_client_or_one_client_in_full(book):
    everyone = run.invoke(app, ["plan", str(book)])
    assert everyone.exit_code == 1
    assert len([line for line in everyone.output.splitlines() if line.startswith("HAR01")]) == 1
    one = run.invoke(app, ["plan", str(book), "--client", "HAR01"])
    assert one.exit_code == 0
    for word in ("NVDA", "98,000", "61,000", "High gain", "87,000", "SCHB", "FIFO", "By account"):
        assert word in one.output


def test_plan_as_json_has_cents_and_the_rows_of_the_lots(book):
    shown = run.invoke(app, ["plan", str(book), "--client", "HAR01", "--json"])
    record = json.loads(shown.output)[0]
    assert record["plan"]["long_gain_cents"] == 121_000_00
    assert record["plan"]["budget_excess_cents"] == 21_000_00
    assert record["plan"]["trades"][0]["lots"][0]["row"].startswith("Lots row")


def test_plan_writes_its_tables_to_a_plain_workbook_once(book, tmp_path):
    path = tmp_path / "results.xlsx"
    run.invoke(app, ["plan", str(book), "--xlsx", str(path)])
    sheets = openpyxl.load_workbook(path)
    assert sheets.sheetnames[:3] == ["Dashboard", "Plan", "Lots"]
    proofs = {row[0]: row for row in sheets["Proof"].iter_rows(values_only=True)}
    assert (proofs["HAR01"][2], proofs["HAR01"][4]) == ("Proven", "Passed")
    assert any(row[1] == "HAR01" for row in sheets["Wash calendar"].iter_rows(values_only=True))
    trades = list(sheets["Plan"].iter_rows(values_only=True))
    hartwell = [row for row in trades if row[0] == "HAR01" and row[2] == "Sell"]
    assert sorted((row[3], row[4], row[6], row[8]) for row in hartwell) == [
        ("AAPL", 200, 45_000, 32_000),
        ("MSFT", 100, 42_000, 28_000),
        ("NVDA", 50, 98_000, 61_000),
    ]
    assert run.invoke(app, ["plan", str(book), "--xlsx", str(path)]).exit_code != 0


def test_prove_shows_the_gap_what_binds_and_the_checkers_verdict(book):
    shown = run.invoke(app, ["prove", str(book)])
    assert shown.exit_code == 1  # Marchetti is withheld
    hartwell = next(line for line in shown.output.splitlines() if line.startswith("HAR01"))
    assert "Proven" in hartwell
    assert "Passed" in hartwell
    assert "Gain budget: $21,000.00 over" in hartwell
    assert "best possible with any fraction of a share" in shown.output
    record = json.loads(run.invoke(app, ["prove", str(book), "--client", "HAR01", "--json"]).output)[0]
    assert (record["checker"], record["proof"]) == ("passed", "Proven")
    assert 0 <= record["gap_dollars"] < 5
    assert record["plan_hash"][:12] in hartwell
    assert len(record["plan_hash"]) == 64
    assert record["limits"][0] == {"rule": "Gain budget", "left_cents": -21_000_00, "binding": True}


def test_frontier_shows_the_curve_with_the_plan_on_it(book):
    shown = run.invoke(
        app, ["frontier", str(book), "--client", "HAR01", "--client", "MAR06", "--points", "4"]
    )
    assert shown.exit_code == 1
    assert "Withheld: cure 1 data error first" in shown.output
    curve = shown.output.split("Marchetti")[0]
    assert "This plan" in curve
    assert "Within the gain budget" in curve
    record = json.loads(run.invoke(app, ["frontier", str(book), "--client", "HAR01", "--json"]).output)[0]
    assert len(record["points"]) == 10
    taxes = [point["tax_cents"] for point in record["points"]]
    assert taxes == sorted(taxes, reverse=True), "more drift left never costs more tax"
    plan = next(mark for mark in record["marks"] if mark["mark"] == "This plan")
    assert plan["long_gain_cents"] == 121_000_00


def test_why_shows_what_each_lot_and_rule_costs(book):
    shown = run.invoke(app, ["why", str(book), "--client", "HAR01"])
    assert shown.exit_code == 0
    assert "NVDA, 50 of 2024-02-14, 4471-3390" in shown.output
    assert "Gain budget" in shown.output
    record = json.loads(run.invoke(app, ["why", str(book), "--client", "HAR01", "--json"]).output)[0]
    sold = [lot for lot in record["lots"] if lot["sold_cents"]]
    assert [lot["symbol"] for lot in sold] == ["NVDA", "AAPL", "MSFT"]
    assert all(lot["more_tax_cents"] > 0 for lot in sold), "each sale saves tax against any other way"
    withheld = json.loads(run.invoke(app, ["why", str(book), "--client", "MAR06", "--json"]).output)[0]
    assert withheld["why"].startswith("Withheld: cure 1 data error first")


def test_calendar_shows_what_waits_and_until_when(book):
    shown = run.invoke(app, ["calendar", str(book)])
    assert shown.exit_code == 1
    assert "9.55 bought 2026-10-02 in 4471-5527" in shown.output
    assert "Withheld: cure 1 data error first" in shown.output
    record = json.loads(run.invoke(app, ["calendar", str(book), "--client", "HAR01", "--json"]).output)[0]
    [waits] = record["dates"]
    assert (waits["clear_from"], waits["symbol"], waits["what"]) == ("2026-11-02", "SCHB", "Sell at a loss")
    assert waits["blocked_by"][0]["row"].startswith(("Lots row", "Activity row"))


def test_without_a_client_that_can_be_read_no_command_says_that_it_is_done(tmp_path):
    empty = use.build_empty(tmp_path / "empty.xlsx")
    unread = build_workbook(
        tmp_path / "unread.xlsx",
        {"Clients": [{"Client ID": "A1", "Model": "M"}]},
        {"As Of": "2026-10-15"},
        macros=False,
    )
    for book, said in (
        (empty, "No clients yet. Next: Import"),
        (unread, "No client can be read: 1 error on the Clients sheet"),
    ):
        briefs = run.invoke(app, ["briefs", str(book)])
        assert (briefs.exit_code, said in briefs.output, "No brief was filed." in briefs.output) == (
            1,
            True,
            True,
        )
        assert json.loads(run.invoke(app, ["briefs", str(book), "--json"]).output)["no_clients"].startswith(
            said
        )
        assert run.invoke(app, ["plan", str(book)]).exit_code == 1
        assert said in run.invoke(app, ["quarter", "status", str(book)]).output
        summary = main("summary", str(book))
        assert (summary.returncode, said in summary.stderr) == (2, True)
    opened = main("quarter", "open", str(empty))
    assert (opened.returncode, "Enter the date of the data in As Of" in opened.stderr) == (2, True)
    assert not (tmp_path / "clients").exists()


def test_briefs_says_that_a_client_could_not_be_read_when_the_others_are_filed(tmp_path):
    rows = {**firm_rows()}
    rows["Clients"] = [*rows["Clients"][:1], {"Client ID": "NEW", "Client Name": "New", "Model": "No such"}]
    book = build_workbook(tmp_path / "b.xlsx", rows, firm_settings_values(), macros=False)
    briefs = run.invoke(app, ["briefs", str(book)])
    assert briefs.exit_code == 1
    assert "1 brief filed" in briefs.output
    assert "NEW" in briefs.output or "Clients" in briefs.output


def test_briefs_files_them_and_says_what_was_withheld(book, tmp_path):
    shown = run.invoke(
        app, ["briefs", str(book), "--out", str(tmp_path), "--client", "HAR01", "--client", "MAR06"]
    )
    assert shown.exit_code == 1
    assert "1 brief filed" in shown.output
    assert "Marchetti Living Trust (MAR06): withheld." in shown.output
    assert (tmp_path / "Hartwell Family" / "2026-Q4" / "brief.docx").is_file()


def test_an_error_is_one_sentence_and_exit_code_two(tmp_path):
    for arguments in (
        ["check", "nowhere.xlsm"],
        ["plan", str(Path(__file__))],
        ["briefs", "nowhere.xlsm"],
    ):
        done = main(*arguments, cwd=tmp_path)
        assert done.returncode == 2, done
        assert done.stderr.startswith("xl-rebal: ")
        assert "Traceback" not in done.stderr


def test_an_unknown_client_is_answered_with_the_known_ones(book):
    done = main("plan", str(book), "--client", "NOBODY")
    assert done.returncode == 2
    assert "HAR01" in done.stderr


def test_build_makes_an_empty_workbook_and_overwrites_none(tmp_path):
    path = tmp_path / "firm.xlsm"
    assert run.invoke(app, ["build", str(path)]).exit_code == 0
    before = path.read_bytes()
    again = main("build", str(path))
    assert again.returncode == 2
    assert "not overwritten" in again.stderr
    assert path.read_bytes() == before


def test_sample_never_overwrites_a_workbook(book):
    before = book.read_bytes()
    done = main("sample", str(book.parent))
    assert done.returncode == 2
    assert "not overwritten" in done.stderr
    assert book.read_bytes() == before


def test_an_empty_workbook_is_told_what_to_fill_in(tmp_path):
    path = tmp_path / "firm.xlsm"
    run.invoke(app, ["build", str(path)])
    shown = run.invoke(app, ["check", str(path)])
    assert shown.exit_code == 1
    assert "As Of" in shown.output
    assert "Traceback" not in shown.output


def test_sample_invents_any_number_of_households(tmp_path):
    shown = run.invoke(
        app, ["sample", str(tmp_path), "--households", "3", "--seed", "5", "--lots", "20", "30"]
    )
    assert shown.exit_code == 0
    loaded = use.load(tmp_path / "rebalance.xlsm")
    assert len(loaded.households) == 3
    assert all(20 <= len(home.lots) <= 30 for home in loaded.households)


def test_the_demo_is_the_main_job_in_one_command(tmp_path):
    done = main("demo", str(tmp_path / "demo"))
    assert done.returncode == 0, done.stderr
    assert "11 briefs filed" in done.stdout
    assert (tmp_path / "demo" / "clients" / "Hartwell Family" / "2026-Q4" / "email.eml").is_file()


def test_doctor_finds_this_installation_well_and_names_what_is_not(book, tmp_path):
    shown = run.invoke(app, ["doctor", str(book)])
    assert shown.exit_code == 0, shown.output
    assert "FIX" not in shown.output
    plain = tmp_path / "plain.xlsx"
    build_workbook(plain, {}, {}, cached=False, macros=False)
    shown = run.invoke(app, ["doctor", str(plain)])
    assert shown.exit_code == 1
    assert "has no macros" in shown.output


def test_help_needs_none_of_the_heavy_packages():
    """`xl-rebal --help` answers in a blink: nothing heavy is imported for it."""
    code = (
        "import sys; import xl_rebal.cli; "
        "heavy = {'numpy', 'pandas', 'highspy', 'openai', 'docxtpl', 'xlwings', 'xlsxwriter', 'lxml'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
