"""The commands of the record from a terminal, on the sample firm: what they print and the exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from xl_rebal import app as use
from xl_rebal.cli import app
from xl_rebal.clock import anchor_of
from xl_rebal.records.places import FirmFolder

run = CliRunner()


@pytest.fixture(scope="module")
def book(tmp_path_factory) -> Path:
    """The sample firm's workbook with the briefs of two clients filed by the command."""
    workbook = use.write_sample(tmp_path_factory.mktemp("firm"))
    filed = run.invoke(app, ["briefs", str(workbook), "--client", "HAR01", "--client", "NAK02"])
    assert filed.exit_code == 0, filed.output
    return workbook


@pytest.fixture
def clients(book: Path) -> Path:
    return book.parent / "clients"


def test_verify_says_that_all_is_as_recorded_and_shows_the_head(book: Path, clients: Path) -> None:
    shown = run.invoke(app, ["verify", str(clients)])
    assert shown.exit_code == 0, shown.output
    assert "all as recorded." in shown.output
    assert "Head: " in shown.output
    as_json = run.invoke(app, ["verify", str(book.parent), "--json"])
    found = json.loads(as_json.output)
    assert found["clean"]
    assert found["anchored"]
    assert anchor_of(clients).is_file()
    head = found["head"]
    printed = run.invoke(app, ["verify", str(clients), "--head", f"{head['count']}:{head['hash']}"])
    assert printed.exit_code == 0
    later = run.invoke(app, ["verify", str(clients), "--head", f"{head['count'] + 1}:{head['hash']}"])
    assert later.exit_code == 1
    assert "the head that was given knows" in later.output
    assert run.invoke(app, ["verify", str(clients), "--head", "12"]).exit_code == 2


def test_verify_ends_with_one_when_a_byte_is_other_and_an_error_without_a_record(
    clients: Path, tmp_path: Path
) -> None:
    brief = next(clients.glob("*/*/brief.docx"))
    whole = brief.read_bytes()
    brief.write_bytes(whole[:-1] + b"x")
    try:
        shown = run.invoke(app, ["verify", str(clients)])
    finally:
        brief.write_bytes(whole)
    assert shown.exit_code == 1
    assert f"Changed: {brief.relative_to(clients).as_posix()}" in shown.output
    nowhere = run.invoke(app, ["verify", str(tmp_path)])
    assert nowhere.exit_code != 0
    assert "no record" in str(nowhere.exception)  # main() turns it into a sentence and exit code 2


def test_a_decision_is_recorded_listed_sampled_and_exported(
    book: Path, clients: Path, tmp_path: Path
) -> None:
    signed = tmp_path / "scan.pdf"
    signed.write_bytes(b"%PDF signed")
    said = run.invoke(
        app,
        ["decide", str(book), "approve", "--client", "HAR01", "--by", "D. Whitfield", "--file", str(signed)],
    )
    assert said.exit_code == 0, said.output
    assert "approve by D. Whitfield" in said.output
    assert "brief-signed.pdf" in said.output
    rows = run.invoke(app, ["records", str(clients), "--by", "D. Whitfield"])
    assert "HAR01" in rows.output
    assert "decision" in rows.output
    as_json = json.loads(run.invoke(app, ["records", str(clients), "--client", "HAR01", "--json"]).output)
    assert [entry["kind"] for entry in as_json] == ["brief-filed", "decision"]
    table = run.invoke(app, ["supervise", str(clients), "--period", "2026-Q4", "--seed", "7", "--count", "1"])
    assert "HAR01" in table.output  # high gain: always
    assert "of 2 clients" in table.output
    sheet = tmp_path / "sample.xlsx"
    again = run.invoke(
        app,
        ["supervise", str(clients), "--period", "2026-Q4", "--seed", "7", "--count", "1", "--json", "--xlsx", str(sheet)],
    )  # fmt: skip
    assert json.loads(again.output)["again"]
    assert sheet.is_file()
    out = run.invoke(app, ["records", str(clients), "--client", "HAR01", "--export", "har01.zip"])
    assert out.exit_code == 0, out.output
    assert (clients / "_exports" / "har01.zip").is_file()
    assert run.invoke(app, ["verify", str(clients)]).exit_code == 0


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
def test_only_what_touches_the_client_makes_its_brief_stale(book: Path) -> None:
    whole = book.read_bytes()
    same = ["decide", str(book), "defer", "--client", "NAK02", "--by", "D"]
    edit(book, "Lots", lambda row: row["Account ID"] == "4471-2086", "Quantity", 1)  # of HAR01
    try:
        untouched = run.invoke(app, same)
    finally:
        book.write_bytes(whole)
    assert untouched.exit_code == 0, untouched.exception
    edit(book, "Clients", lambda row: row["Client ID"] == "NAK02", "Taxable Income", 123_456)
    try:
        refused = run.invoke(app, same)
        anyway = run.invoke(app, [*same, "--even-if-stale"])
    finally:
        book.write_bytes(whole)
    assert "Clients: taxable income" in str(refused.exception)
    assert "--even-if-stale" in str(refused.exception)
    assert anyway.exit_code == 0
    assert "The brief was stale" in anyway.output


def edit(book: Path, sheet: str, which, column: str, value: object) -> None:
    """Types a value into the cells of a column in the rows that `which` picks; the test alone re-saves a workbook so."""
    opened = openpyxl.load_workbook(book, keep_vba=True)
    rows = opened[sheet]
    at = next(n for n, r in enumerate(rows.iter_rows(values_only=True), 1) if r and column in r)
    headers = [cell.value for cell in rows[at]]
    changed = 0
    for row in rows.iter_rows(min_row=at + 1):
        values = dict(zip(headers, (cell.value for cell in row), strict=True))
        if values.get(headers[0]) is not None and which(values):
            row[headers.index(column)].value = value
            changed += 1
    assert changed
    opened.save(book)


def test_the_fiscal_year_end_and_a_merge_are_asked_for_by_option(clients: Path) -> None:
    assert run.invoke(app, ["records", str(clients), "--fiscal-year-end", "6"]).exit_code == 0
    assert run.invoke(app, ["records", str(clients), "--fiscal-year-end", "13"]).exit_code == 2
    assert "No copy" in run.invoke(app, ["records", str(clients), "--merge"]).output
    assert run.invoke(app, ["verify", str(clients), "--accept"]).exit_code == 2
    assert FirmFolder(clients).ledger.read_bytes().count(b"fiscal-year-end") == 1
