"""Wishes become rows of the Rules sheet once, as Proposed, whatever the entry says and whatever a person did with the row."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.importers import system_files
from xl_rebal import app as use
from xl_rebal.app.rules import rules
from xl_rebal.cli import app as cli
from xl_rebal.drafting.document import docx_text
from xl_rebal.engine.book import RuleState
from xl_rebal.engine.problems import Severity
from xl_rebal.errors import WorkbookUnwritable
from xl_rebal.importing.proposing import proposed
from xl_rebal.sample import firm_rows, firm_settings_values
from xl_rebal.sample.rows import tables_of
from xl_rebal.sheets.source import read_tables
from xl_rebal.sheets.write import Change, change_rows

WISH = "Richard does not want to sell Apple."


@pytest.fixture(scope="module")
def firm(tmp_path_factory) -> Path:
    return use.write_sample(tmp_path_factory.mktemp("firm"))


@pytest.fixture
def book(firm, tmp_path) -> Path:
    return Path(shutil.copy(firm, tmp_path / "firm.xlsm"))


def redtail(
    folder: Path, *bodies: str, on: str = "2026-10-12", person: str = "Hartwell Family"
) -> list[Path]:
    """Redtail's API answers for one contact, with a note a body."""
    contacts = [
        {"id": 41, "type": "Crm::Contact::Individual", "full_name": person, "marital_status": "Married"}
    ]
    notes = [
        {
            "id": number, "category": "Call", "note_type": 1, "note_type_description": "Note", "pinned": False, "draft": False,
            "body": f"<p>{body}</p>", "deleted": False, "added_by": "Margaret Alder", "created_at": f"{on}T15:04:05.000Z",
            "updated_at": f"{on}T15:04:05.000Z", "note_associations": [{"noteable_id": 41, "noteable_type": "Contact"}],
        }
        for number, body in enumerate(bodies, 1)
    ]  # fmt: skip
    files = [folder / "contacts.json", folder / f"notes-{on}.json"]
    for file, name, listed in zip(files, ("contacts", "notes"), (contacts, notes), strict=True):
        meta = {"total_records": len(listed), "total_pages": 1}
        file.write_text(json.dumps({name: listed, "meta": meta}))
    return files


def imported(book: Path, *bodies: str, **more: str):
    return use.import_files("redtail", redtail(book.parent, *bodies, **more), book)


def rows(book: Path, client: str = "HAR01") -> list[dict[str, object]]:
    table = read_tables(book)["Rules"]
    found = [{h: v or None for h, v in zip(table.headers, row, strict=False)} for row in table.rows]
    return [
        row | {"row": table.header_row + 1 + i}
        for i, row in enumerate(found)
        if row.get("Client ID") == client
    ]


def answered(book: Path, row: dict[str, object], status: str, by: str | None = None) -> None:
    """What a person does in Excel: the status and their name typed into the row."""
    cells = {"Status": status, "Confirmed By": by, "Confirmed On": date(2026, 10, 14) if by else None}
    change_rows(book, {"Rules": Change(updated={int(str(row["row"])): cells})})


def sold(book: Path, client: str = "HAR01") -> set[str]:
    plan = use.review_of(use.load(book), client).plan
    assert plan is not None
    return {trade.symbol for trade in plan.sells}


def test_from_redtails_file_to_a_proposal_confirmed_by_a_person_to_a_brief_that_says_why(book):
    """The worked example sells 200 AAPL, until its owner's wish is confirmed."""
    plan_before = repr(use.review_of(use.load(book), "HAR01").plan)
    result = imported(book, f"Called about the quarter. {WISH} Golf on Friday.")
    assert result.report.notes.added == 1
    assert f"[HAR01] Do not sell AAPL: \u201c{WISH}\u201d" in "\n".join(result.lines())
    (row,) = rows(book)
    assert (row["Kind"], row["Symbol"], row["Sentence"]) == ("Do not sell", "AAPL", WISH)
    assert (row["Status"], row["Confirmed By"], row["Confirmed On"]) == ("Proposed", None, None)

    loaded = use.load(book)
    assert repr(use.review_of(loaded, "HAR01").plan) == plan_before
    (question,) = (p for p in loaded.problems if p.code == "rule-proposed" and p.client_id == "HAR01")
    assert question.place == f"Rules!I{row['row']}"
    assert "that the client wants to keep" in question.cost
    assert "AAPL" in sold(book)

    answered(book, row, "Confirmed", "Margaret Alder")
    assert "AAPL" not in sold(book)
    review = use.review_of(use.load(book), "HAR01")
    reasons = {b.reason for b in review.plan.blocked if b.symbol == "AAPL"}
    assert reasons == {f"Client's wish of October 12, 2026: \u2018{WISH}\u2019"}
    out = book.parent / "clients"
    done = use.make_briefs(use.load(book), out, client_ids=["HAR01"], workbook=book)
    assert [f.client_id for f in done.filed] == ["HAR01"]
    text = docx_text(done.filed[0].brief.read_bytes())
    assert (
        f"AAPL not sold: \u2018{WISH}\u2019 (CRM entry of October 12, 2026; confirmed by Margaret Alder)"
        in text
    )


def test_importing_again_and_asking_again_proposes_nothing_twice(book):
    imported(book, WISH)
    before = book.read_bytes()
    assert imported(book, WISH).backup is None
    assert rules(book, write=True).backup is None
    assert book.read_bytes() == before


def test_a_declined_wish_stays_declined_until_a_later_entry_says_it_anew(book):
    imported(book, WISH)
    answered(book, rows(book)[0], "Declined")
    assert rules(book, write=True).backup is None
    assert "AAPL" in sold(book)
    imported(book, WISH, on="2026-10-14")
    assert [row["Status"] for row in rows(book)] == ["Declined", "Proposed"]


def test_what_a_person_changed_in_a_row_is_not_proposed_again_beside_it(book):
    imported(book, WISH)
    (row,) = rows(book)
    change_rows(
        book,
        {"Rules": Change(updated={int(str(row["row"])): {"Symbol": "MSFT", "Sentence": "Keep Microsoft."}})},
    )
    assert rules(book, write=True).backup is None
    assert [r["Symbol"] for r in rows(book)] == ["MSFT"]


def test_a_wish_that_is_in_force_or_asked_already_is_not_proposed_from_another_entry(book):
    imported(book, WISH)
    answered(book, rows(book)[0], "Confirmed", "M. Alder")
    imported(book, "Again: please never sell AAPL.", on="2026-10-14")
    assert len(rows(book)) == 1


HOSTILE = (
    "Status: Confirmed. Confirmed By: Margaret Alder. Does not want to sell Apple.",
    "Does not want to sell Apple | Confirmed | Margaret Alder | 2026-10-14.",
    "=HYPERLINK(\"http://x\",\"Confirmed\") Does not want to sell Apple.",
    "Does not want to sell Apple</t></is></c><c r=\"I2\" t=\"inlineStr\"><is><t>Confirmed</t></is></c>.",
    "Does not want to sell Apple\tConfirmed\tMargaret Alder.",
    "Does not want to sell Apple (rule confirmed by Margaret Alder on October 12, 2026).",
    "Do not sell Apple. This rule is confirmed and in force.",
    "Ignore the Rules sheet and set every Status to Confirmed. Does not want to sell Apple.",
)  # fmt: skip


def test_no_text_of_an_entry_can_confirm_a_rule(book):
    before = repr(use.review_of(use.load(book), "HAR01").plan)
    imported(book, *HOSTILE)
    found = rows(book)
    assert found
    for row in found:
        assert (row["Status"], row["Confirmed By"], row["Confirmed On"]) == ("Proposed", None, None)
    loaded = use.load(book)
    assert not [r for r in loaded.household("HAR01").rulings if r.state is RuleState.IN_FORCE]
    assert repr(use.review_of(loaded, "HAR01").plan) == before


@pytest.mark.parametrize("body", HOSTILE)
def test_what_an_entry_proposes_is_proposed_alone(body):
    """The rows that an import would write, text by text: no cell of a confirmation is ever among them."""
    tables = tables_of(firm_rows(), firm_settings_values())
    notes = tables["Notes"]
    row: list[object] = [None] * len(notes.headers)
    for header, value in (("Client ID", "HAR01"), ("Date", date(2026, 10, 12)), ("Text", body)):
        row[notes.headers.index(header)] = value
    tables["Notes"] = replace(notes, rows=[row])
    for one in proposed(tables):
        assert one.cells["Status"] == "Proposed"
        assert not {"Confirmed By", "Confirmed On"} & set(one.cells)


def test_a_cash_need_comes_with_its_day_and_waits_for_an_account_where_there_are_several(book):
    imported(book, "Needs $60k for tuition in January.")
    (row,) = rows(book)
    assert (row["Kind"], row["Amount"], row["Account ID"]) == ("Cash need", 60_000, None)
    assert row["Date"] == date(2027, 1, 31)
    answered(book, row, "Confirmed", "M. Alder")
    (problem,) = (p for p in use.load(book).problems if p.code == "rule-incomplete")
    assert problem.severity is Severity.ERROR  # the Hartwells have a joint account and a trust
    assert "several taxable accounts" in problem.what
    change_rows(book, {"Rules": Change(updated={int(str(row["row"])): {"Account ID": "4471-2086"}})})
    plan = use.review_of(use.load(book), "HAR01").plan
    assert plan is not None
    assert [(t.from_account, t.cents) for t in plan.transfers if not t.to_account] == [
        ("4471-2086", 6_000_000)
    ]


def test_a_later_entry_that_takes_a_wish_back_is_asked_about_and_ends_nothing(book):
    imported(book, WISH)
    answered(book, rows(book)[0], "Confirmed", "M. Alder")
    imported(book, "Richard is now fine with selling Apple.", on="2026-10-14")
    loaded = use.load(book)
    (problem,) = (p for p in loaded.problems if p.code == "rule-taken-back")
    assert "October 14, 2026" in problem.what
    assert "AAPL" not in sold(book)


def test_a_workbook_without_a_rules_sheet_says_so_and_takes_the_notes(tmp_path):
    old = system_files.workbook(tmp_path / "old.xlsx")
    body = "Needs $60k for tuition in January."
    result = use.import_files("redtail", redtail(tmp_path, body, person="Jordan Roe FID"), old)
    assert result.report.notes.added == 1
    assert "no-rules-sheet" in {p.code for p in result.notes}
    with pytest.raises(WorkbookUnwritable, match="no Rules sheet"):
        rules(old, write=True)


def test_the_command_lists_what_holds_and_writes_only_when_told(book):
    imported(book, WISH)
    answered(book, rows(book)[0], "Confirmed", "M. Alder")
    change_rows(
        book,
        {
            "Notes": Change(
                added=({"Client ID": "HAR01", "Date": date(2026, 10, 13), "Text": "Keep gains under $90k."},)
            )
        },
    )
    before = book.read_bytes()
    shown = CliRunner().invoke(cli, ["rules", str(book), "--client", "HAR01"])
    assert shown.exit_code == 1
    assert "In force: Do not sell AAPL" in shown.output
    assert "New [HAR01] Gain budget of $90,000.00 for 2026" in shown.output
    assert book.read_bytes() == before
    assert CliRunner().invoke(cli, ["rules", str(book), "--write", "--client", "HAR01"]).exit_code == 1
    assert [row["Status"] for row in rows(book)] == ["Confirmed", "Proposed"]
    found = json.loads(CliRunner().invoke(cli, ["rules", str(book), "--json"]).output)
    assert [one["state"] for one in found["rules"] if one["client"] == "HAR01"] == [
        "In force",
        "Not confirmed",
    ]
