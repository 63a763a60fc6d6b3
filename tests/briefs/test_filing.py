"""Filing: whole files in the client's folder, never over a changed brief, never outside the output folder."""

from __future__ import annotations

import email
import email.policy
import errno
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests import builders as b
from tests import hartwell
from tests.briefs import cases
from xl_rebal.briefs.filing import Filed, file_brief
from xl_rebal.briefs.naming import LONGEST, client_folders, safe_name
from xl_rebal.briefs.papers import fact_record, papers_of, sha256
from xl_rebal.errors import FilingFailed
from xl_rebal.facts.build import build_facts
from xl_rebal.facts.draft import Draft
from xl_rebal.facts.types import Fact, Facts

FACTS = build_facts(hartwell.household(), hartwell.review(), hartwell.settings())
NAMES = ("brief.docx", "email.eml", "email.html", "email.txt", "facts.json")


def filed(
    out: Path, document: bytes = b"brief one", facts: Facts = FACTS, draft: Draft | None = None
) -> Filed:
    return file_brief(out, papers_of(facts, draft or cases.hartwell_draft(), document, {"workbook": "3f2a"}))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_brief_is_filed_under_client_and_quarter_with_its_email_and_facts(tmp_path: Path) -> None:
    result = filed(tmp_path)
    assert result.brief == tmp_path / "Hartwell Family" / "2026-Q4" / "brief.docx"
    assert tuple(sorted(path.name for path in result.files)) == NAMES
    assert sorted(contents(result.brief.parent)) == list(NAMES)  # and no temporary file
    assert not result.beside
    assert "Hartwell Family" in result.message


def test_the_record_has_exact_values_origins_and_the_hashes_of_the_files(tmp_path: Path) -> None:
    folder = filed(tmp_path).brief.parent
    record = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    by_id = {fact["id"]: fact for fact in record["facts"]}
    assert by_id["TRIM_TOTAL"]["value"] == 18_500_000
    assert by_id["MARGINAL_CG_RATE"]["value"] == "0.20"
    assert by_id["RMD_DUE"]["value"] == "2026-12-31"
    assert by_id["TRIM_NVDA_GAIN"]["sources"] == ["Lots row 4"]
    assert record["provenance"] == {"workbook": "3f2a"}
    assert record["files"] == {
        name: sha256((folder / name).read_bytes()) for name in NAMES if name != "facts.json"
    }


def test_a_rerun_with_the_same_data_changes_no_byte_and_no_file_date(tmp_path: Path) -> None:
    folder = filed(tmp_path).brief.parent
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}
    again = filed(tmp_path)
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()} == before
    assert not again.beside


def test_a_rerun_replaces_a_brief_that_nobody_touched(tmp_path: Path) -> None:
    filed(tmp_path)
    again = filed(tmp_path, b"brief two")
    assert again.brief.name == "brief.docx"
    assert again.brief.read_bytes() == b"brief two"


@pytest.mark.parametrize("touched", ["brief.docx", "email.eml", "email.txt", "email.html"])
def test_a_changed_file_stays_and_the_new_brief_is_filed_beside_it(tmp_path: Path, touched: str) -> None:
    folder = filed(tmp_path).brief.parent
    (folder / touched).write_bytes(b"signed by the advisor")
    kept = contents(folder)
    again = filed(tmp_path, b"brief two")
    assert again.brief.name == "brief-2.docx"
    assert again.beside
    assert "stays" in again.message
    assert {name: content for name, content in contents(folder).items() if name in kept} == kept
    assert sorted(path.name for path in again.files) == [
        "brief-2.docx",
        "email-2.eml",
        "email-2.html",
        "email-2.txt",
        "facts-2.json",
    ]


def test_the_brief_beside_is_replaced_in_turn_until_it_is_changed_too(tmp_path: Path) -> None:
    folder = filed(tmp_path).brief.parent
    (folder / "brief.docx").write_bytes(b"signed")
    assert filed(tmp_path, b"two").brief.name == "brief-2.docx"
    assert filed(tmp_path, b"three").brief.name == "brief-2.docx"
    (folder / "brief-2.docx").write_bytes(b"signed too")
    assert filed(tmp_path, b"four").brief.name == "brief-3.docx"
    assert (folder / "brief.docx").read_bytes() == b"signed"
    assert (folder / "brief-2.docx").read_bytes() == b"signed too"


def test_a_brief_that_we_did_not_file_is_never_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "Hartwell Family" / "2026-Q4"
    folder.mkdir(parents=True)
    (folder / "brief.docx").write_bytes(b"somebody's own")
    assert filed(tmp_path).brief.name == "brief-2.docx"
    assert (folder / "brief.docx").read_bytes() == b"somebody's own"


def test_a_folder_of_another_client_of_the_same_name_is_not_shared(tmp_path: Path) -> None:
    first = filed(tmp_path)
    other = filed(tmp_path, b"other", replace(FACTS, client_id="HAR02"))
    assert other.brief.parent == tmp_path / "Hartwell Family (HAR02)" / "2026-Q4"
    assert first.brief.read_bytes() == b"brief one"


def test_the_email_opens_as_an_unsent_draft_with_its_text_unharmed(tmp_path: Path) -> None:
    draft = replace(
        cases.hartwell_draft(), subject="Überblick\nBcc: x@example.com", closing="Grüße,\nZoë Øst 李"
    )
    folder = filed(tmp_path, draft=draft).brief.parent
    message = email.message_from_bytes((folder / "email.eml").read_bytes(), policy=email.policy.default)
    assert message["X-Unsent"] == "1"
    assert message["To"] == "hartwell@example.com"
    assert message["Subject"] == "Überblick Bcc: x@example.com"
    assert message["Bcc"] is None
    assert message["Date"] is None
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n").rstrip("\n") == draft.body
    assert "Zoë Øst 李" in (folder / "email.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "address", ["a@b.com\nBcc: c@d.com", "not an address", "a b@c.com", "a@b.com;c@d.com (her)", "@b.com"]
)
def test_what_is_no_address_is_left_for_the_advisor_to_enter(tmp_path: Path, address: str) -> None:
    wrong = tuple(replace(f, display=address) if f.id == "CLIENT_EMAIL" else f for f in FACTS)
    folder = filed(tmp_path, facts=replace(FACTS, facts=wrong)).brief.parent
    message = email.message_from_bytes((folder / "email.eml").read_bytes(), policy=email.policy.default)
    assert message["To"] is None
    assert message["Bcc"] is None


def test_a_file_in_the_way_of_the_folder_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "Hartwell Family").write_text("not a folder")
    with pytest.raises(
        FilingFailed, match=r"Hartwell Family could not be filed.*a file stands where the folder"
    ):
        filed(tmp_path)


@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.ENOSPC, "disk is full"), (errno.EACCES, "open in Word"), (errno.EROFS, "read-only")],
)
def test_a_failing_disk_leaves_the_earlier_brief_whole_and_no_rubbish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, said: str
) -> None:
    folder = filed(tmp_path).brief.parent
    before = contents(folder)

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("xl_rebal.briefs.filing.os.replace", refuse)
    with pytest.raises(FilingFailed, match=said):
        filed(tmp_path, b"brief two")
    assert contents(folder) == before


def test_a_link_out_of_the_output_folder_is_refused(tmp_path: Path) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    out.mkdir()
    elsewhere.mkdir()
    (out / "Hartwell Family").symlink_to(elsewhere)
    with pytest.raises(FilingFailed, match="outside the output folder"):
        filed(out)
    assert not list(elsewhere.iterdir())


@pytest.mark.parametrize(
    "name", ["..", "../../etc", "C:\\Windows", "/etc/passwd", ".", "\u202egnp", "con", "Nul.txt"]
)
def test_no_name_leads_outside_or_to_a_device(tmp_path: Path, name: str) -> None:
    brief = filed(tmp_path, facts=replace(FACTS, client_name=name)).brief
    assert brief.resolve().is_relative_to(tmp_path.resolve())
    assert len(brief.relative_to(tmp_path).parts) == 3


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("Smith & Co: <x>/..", "Smith and Co x"),
        ("Müller-Øst, José", "Müller-Øst, José"),
        ("Mu\u0308ller", "Müller"),  # NFC, as Windows writes it
        ("CON", "CON_"),
        ("com1.txt", "com1_.txt"),
        ("Trailing dots...", "Trailing dots"),
        ("  a   b  ", "a b"),
        ('He said "hi" | why? *', "He said hi why"),
        ("...", "client"),
    ],
)
def test_folder_names_are_safe_on_windows_and_stay_readable(name: str, folder: str) -> None:
    assert safe_name(name) == folder


def test_a_long_name_is_cut_and_still_a_good_name() -> None:
    assert safe_name("x" * 59 + ". more") == "x" * 59
    assert len(safe_name("word " * 50)) <= LONGEST


def test_clients_of_one_name_get_their_ids_and_others_do_not() -> None:
    clients = [b.client("C1", name="Pat Lee"), b.client("C2", name="PAT LEE"), b.client("C3", name="Ann Roe")]
    assert client_folders(clients) == {"C1": "Pat Lee (C1)", "C2": "PAT LEE (C2)", "C3": "Ann Roe"}


def test_names_that_differ_only_in_what_windows_refuses_are_kept_apart() -> None:
    clients = [b.client("C1", name="A/B"), b.client("C2", name="A:B"), b.client("C3", name="z", folder="A B")]
    assert len({name.casefold() for name in client_folders(clients).values()}) == 3


def test_the_folder_column_wins_over_the_name() -> None:
    assert client_folders([b.client("C1", name="Ann Roe", folder="Roe household")]) == {"C1": "Roe household"}


def test_every_fact_survives_json() -> None:
    records = [fact_record(fact) for fact in FACTS if isinstance(fact, Fact)]
    assert json.loads(json.dumps(records, allow_nan=False)) == records


def test_the_record_has_a_fact_a_line_and_is_plain_json(tmp_path: Path) -> None:
    text = filed(tmp_path).brief.with_name("facts.json").read_text(encoding="utf-8")
    record = json.loads(text)
    assert [fact["id"] for fact in record["facts"]] == [fact.id for fact in FACTS]
    assert sum(line.startswith('  {"id"') for line in text.splitlines()) == len(FACTS)
