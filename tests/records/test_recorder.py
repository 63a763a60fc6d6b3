"""Filing on record: a bundle with its manifest and an entry per brief, once, and never outside the firm folder."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest

from tests.records import crowd, firm, kill
from xl_rebal import app, sample
from xl_rebal.engine.review import review
from xl_rebal.errors import FilingFailed
from xl_rebal.records import entry as kinds
from xl_rebal.records.bundle import manifest_in
from xl_rebal.records.entry import Entry
from xl_rebal.records.inputs import Inputs, inputs_bytes, inputs_from
from xl_rebal.records.ledger import read_ledger
from xl_rebal.records.places import FirmFolder, safe_part


def briefs(out: Path) -> list[Entry]:
    return [found for found in read_ledger(FirmFolder(out)).entries if found.kind == kinds.BRIEF]


def parts(out: Path, found: Entry) -> dict[str, bytes]:
    with zipfile.ZipFile(out / found.data["bundle"]) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_brief_is_entered_with_its_bundle_and_every_part_has_the_hash_that_the_manifest_gives(
    tmp_path: Path,
) -> None:
    filed = firm.file(firm.recorder(tmp_path), flags=("High gain",))
    (found,) = briefs(tmp_path)
    inside = parts(tmp_path, found)
    manifest = json.loads(inside["manifest.json"])
    assert hashlib.sha256(inside["manifest.json"]).hexdigest() == found.data["manifest_sha256"]
    own = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in filed.files}
    assert {path.rpartition("/")[2]: value for path, value in manifest["files"].items()} == own
    assert manifest["files"] == found.data["files"]
    for name, value in manifest["stored"].items():
        assert hashlib.sha256(inside[name]).hexdigest() == value
    assert set(manifest["stored"]) == {
        "inputs.json",
        "parameters.json",
        "plan.json",
        "template.docx",
        "draft.json",
    }
    assert manifest["provenance"]["workbook_sha256"] == found.data["workbook_sha256"] == firm.WORKBOOK
    assert set(manifest["versions"]) == {"python", "xl_rebal"}
    assert len(manifest["parameters_sha256"]) == 64
    assert (found.client, found.period, found.data["flags"]) == ("C1", "2026-Q4", ["High gain"])
    assert firm.verdict(tmp_path).clean


def test_the_same_brief_again_is_no_new_entry_and_a_changed_one_is(tmp_path: Path) -> None:
    recorder = firm.recorder(tmp_path)
    firm.file(recorder)
    before = firm.snapshot(tmp_path)
    firm.file(recorder)
    firm.file(firm.recorder(tmp_path, by="riley"))
    assert firm.snapshot(tmp_path) == before
    firm.file(recorder, document=b"brief two")
    assert len(briefs(tmp_path)) == 2
    assert [parts(tmp_path, found)["brief.docx"] for found in briefs(tmp_path)] == [
        b"brief one",
        b"brief two",
    ]
    assert firm.verdict(tmp_path).clean


def test_an_edited_brief_stays_and_the_bundle_still_has_the_one_that_was_filed(tmp_path: Path) -> None:
    recorder = firm.recorder(tmp_path)
    firm.file(recorder).brief.write_bytes(b"signed")
    again = firm.file(recorder, document=b"brief two")
    assert again.brief.name == "brief-2.docx"
    assert again.brief.with_name("brief.docx").read_bytes() == b"signed"
    assert parts(tmp_path, briefs(tmp_path)[0])["brief.docx"] == b"brief one"
    # The edited version is on record as it was then, so that a change after it is found.
    path = "Client C1/2026-Q4/brief.docx"
    assert briefs(tmp_path)[1].data["edited"] == {path: hashlib.sha256(b"signed").hexdigest()}
    assert firm.verdict(tmp_path).clean
    (tmp_path / path).write_bytes(b"signed, then changed")
    assert [f.place for f in firm.verdict(tmp_path).findings] == [path]


def test_a_bundle_whose_run_was_ended_before_its_entry_is_entered_by_the_next_run(tmp_path: Path) -> None:
    """And when the next run files something else, the bundle is entered as found, so that nothing is off record."""
    recorder = firm.recorder(tmp_path)
    firm.file(recorder)
    ledger = FirmFolder(tmp_path).ledger
    first_line = ledger.read_bytes().split(b"\n")[0] + b"\n"
    ledger.write_bytes(first_line)
    firm.anchor(tmp_path).unlink()
    assert not firm.verdict(tmp_path).clean
    firm.file(firm.recorder(tmp_path), document=b"brief two")
    assert [found.kind for found in read_ledger(FirmFolder(tmp_path)).entries] == [
        kinds.OPENED,
        kinds.FOUND,
        kinds.BRIEF,
    ]
    assert firm.verdict(tmp_path).clean


def test_a_brief_on_record_keeps_enough_to_compute_its_review_again() -> None:
    """For every second client of the sample firm: inputs.json read back gives the very same review."""
    book = app.book_of(sample.tables_of(sample.firm_rows(), sample.firm_settings_values()))
    for home in book.households[::2]:
        own = app.problems_of(book, home)
        back = inputs_from(inputs_bytes(Inputs(book.settings, home, own)))
        again = review(back.household, back.settings, app.tax_parameters_of(book), back.problems)
        assert again == app.review_of(book, home.client.id)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"settings":{},"household":{},"problems":[]}'])
def test_what_is_no_input_of_a_client_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        inputs_from(content)


def test_what_a_model_was_asked_and_answered_is_in_the_bundle_of_its_own_client(tmp_path: Path) -> None:
    from xl_rebal.drafting.openai_drafter import Exchange

    recorder = firm.recorder(tmp_path)
    asked_and_answered = Exchange(({"role": "user", "content": "Arrange [[RMD_LEFT]]."},), "{raw", "small")
    firm.file(recorder, exchanges=(asked_and_answered,))
    (found,) = briefs(tmp_path)
    asked = json.loads(parts(tmp_path, found)["exchanges.json"])
    assert asked == [
        {
            "answer": "{raw",
            "messages": [{"content": "Arrange [[RMD_LEFT]].", "role": "user"}],
            "model": "small",
            "tokens_in": None,
            "tokens_out": None,
        }
    ]


def test_briefs_of_the_sample_firm_go_on_record_through_app(tmp_path: Path) -> None:
    book = app.book_of(sample.tables_of(sample.firm_rows(), sample.firm_settings_values()))
    app.make_briefs(book, tmp_path, client_ids=["HAR01", "NAK02"], recording=firm.recording)
    found = briefs(tmp_path)
    assert [entry.client for entry in found] == ["HAR01", "NAK02"]
    assert "High gain" in found[0].data["flags"]
    plan = app.review_of(book, "HAR01").plan
    assert plan is not None
    assert plan.certificate is not None
    assert found[0].data["plan_hash"] == plan.certificate.plan_hash
    assert firm.verdict(tmp_path).clean


@pytest.mark.parametrize(
    "name", ["../Smith & Söhne <x> / \\ : Trust.", "CON", "a\u202eb", "Ünï 李", "x" * 300, ".", "_records"]
)
def test_awkward_names_and_ids_are_filed_inside_and_on_record(tmp_path: Path, name: str) -> None:
    out = tmp_path / "firm"
    filed = firm.file(firm.recorder(out), client=name, name=name)
    assert filed.brief.resolve().is_relative_to(out.resolve())
    assert firm.verdict(out).clean, firm.verdict(out).findings
    for path in out.rglob("*.zip"):
        assert not set(path.name) & set('<>:"/\\|?*&')


def test_ids_that_a_disk_may_take_for_the_same_get_files_of_their_own() -> None:
    ids = ["HAR01", "har01", "HAR/01", "HAR:01", "HAR_01", "X" * 40, "X" * 41]
    assert len({safe_part(one).casefold() for one in ids}) == len(ids)
    assert safe_part("HAR01") == "HAR01"


@pytest.mark.parametrize(
    "path",
    ["../x", "a/../../x", "/etc/passwd", "C:/x", "C:\\x", "..\\x", "", "a/\0", "~root/x", "link/x"],
)
def test_no_path_of_a_record_leads_outside_the_firm_folder(tmp_path: Path, path: str) -> None:
    (tmp_path / "firm").mkdir()
    (tmp_path / "else").mkdir()
    (tmp_path / "firm" / "link").symlink_to(tmp_path / "else")
    with pytest.raises(FilingFailed, match=r"outside|link"):
        FirmFolder(tmp_path / "firm").inside(path)


def test_a_records_folder_that_is_a_link_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "firm").mkdir()
    (tmp_path / "else").mkdir()
    (tmp_path / "firm" / "_records").symlink_to(tmp_path / "else")
    with pytest.raises(FilingFailed, match="goes through a link"):
        firm.file(firm.recorder(tmp_path / "firm"))
    assert not list((tmp_path / "else").iterdir())


def test_a_path_longer_than_word_opens_is_refused_with_what_to_do(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 90) / ("e" * 90) / "firm"
    with pytest.raises(
        FilingFailed, match="Windows opens 259 at most: choose an output folder nearer"
    ) as error:
        firm.file(firm.recorder(deep), name="x" * 60)
    assert "x" * 10 not in str(error.value)  # the client's name is not in the message


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 no zip", b"{}"])
def test_a_file_that_is_no_bundle_is_never_taken_for_one(damage: bytes) -> None:
    with pytest.raises(ValueError, match="zip"):
        manifest_in(damage)


def test_a_bundle_with_another_part_than_its_manifest_says_is_refused(tmp_path: Path) -> None:
    firm.file(firm.recorder(tmp_path))
    inside = parts(tmp_path, briefs(tmp_path)[0])
    inside["brief.docx"] = b"another"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in inside.items():
            archive.writestr(name, content)
    with pytest.raises(ValueError, match="not those of its manifest"):
        manifest_in(buffer.getvalue())


def test_a_filing_killed_at_any_call_leaves_whole_records_and_is_completed_by_the_next_run() -> None:
    kill.main(12)


def test_four_processes_filing_at_once_lose_nothing_and_the_chain_is_whole() -> None:
    crowd.main(16)
