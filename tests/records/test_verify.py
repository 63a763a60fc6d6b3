"""verify: every change to a record is found and named, and nothing that is none is called one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.records import firm, mutate
from xl_rebal.app import records
from xl_rebal.errors import RecordsUnreadable
from xl_rebal.records.anchor import head_of, read_anchor
from xl_rebal.records.entry import Entry, next_entry
from xl_rebal.records.findings import Finding, Trouble
from xl_rebal.records.history import History
from xl_rebal.records.ledger import read_ledger
from xl_rebal.records.places import FirmFolder, firm_folder
from xl_rebal.records.verify import verify


def troubles(out: Path) -> set[tuple[Trouble, str]]:
    return {(f.trouble, f.place) for f in firm.verdict(out).findings}


def test_random_changes_to_a_record_are_all_found() -> None:
    """300 seeded ones here; `python -m tests.records.mutate 10000` is the long run."""
    made = mutate.run(300)
    assert len(made) == len(set(mutate.MUTATIONS))


def test_each_changed_lost_or_added_file_is_named(tmp_path: Path) -> None:
    recorder = firm.recorder(tmp_path)
    place = firm.file(recorder).brief.parent
    bundle = next((tmp_path / "_records").rglob("*.zip"))
    (place / "email.txt").write_bytes(b"other")
    (place / "facts.json").unlink()
    (place / "brief-7.docx").write_bytes(b"planted")
    bundle.write_bytes(bundle.read_bytes() + b"x")
    (tmp_path / "_records" / "readme.txt").write_bytes(b"")
    assert troubles(tmp_path) == {
        (Trouble.CHANGED, "Client C1/2026-Q4/email.txt"),
        (Trouble.MISSING, "Client C1/2026-Q4/facts.json"),
        (Trouble.ADDED, "Client C1/2026-Q4/brief-7.docx"),
        (Trouble.CHANGED, bundle.relative_to(tmp_path).as_posix()),
        (Trouble.ADDED, "_records/readme.txt"),
    }


def test_what_an_advisor_and_the_system_keep_in_the_folders_is_no_finding(tmp_path: Path) -> None:
    place = firm.file(firm.recorder(tmp_path)).brief.parent
    for name in ("notes.docx", "scan of passport.pdf", "~$brief.docx", "desktop.ini", ".DS_Store"):
        (place / name).write_bytes(b"x")
    (tmp_path / "_records" / "Thumbs.db").write_bytes(b"x")
    (tmp_path / "_exports").mkdir()
    (tmp_path / "_exports" / "C1.zip").write_bytes(b"x")
    assert firm.verdict(tmp_path).findings == ()


def test_entries_cut_off_at_the_end_are_found_by_the_anchor_alone(tmp_path: Path) -> None:
    recorder = firm.recorder(tmp_path)
    for client in ("C1", "C2", "C3"):
        firm.file(recorder, client)
    ledger = FirmFolder(tmp_path).ledger
    ledger.write_bytes(b"".join(ledger.read_bytes().splitlines(keepends=True)[:2]))
    cut = [f for f in firm.verdict(tmp_path).findings if f.trouble is Trouble.TRUNCATED]
    assert [f.place for f in cut] == ["entries 3 to 4"]
    assert not [f for f in verify(FirmFolder(tmp_path), None).findings if f.trouble is Trouble.TRUNCATED]


def test_an_anchor_that_lags_behind_is_no_finding_and_a_missing_one_a_note(tmp_path: Path) -> None:
    """A colleague filed since: the anchored entry is still where it was."""
    firm.file(firm.recorder(tmp_path))
    old = firm.anchor(tmp_path).read_bytes()
    firm.file(firm.recorder(tmp_path), "C2")
    firm.anchor(tmp_path).write_bytes(old)
    assert firm.verdict(tmp_path).findings == ()
    firm.anchor(tmp_path).unlink()
    assert [f.trouble for f in firm.verdict(tmp_path).findings] == [Trouble.NOTE]
    assert firm.verdict(tmp_path).clean


def test_a_head_that_was_printed_finds_entries_cut_off_later(tmp_path: Path) -> None:
    recorder = firm.recorder(tmp_path)
    firm.file(recorder)
    firm.file(recorder, "C2")
    head = firm.verdict(tmp_path).head
    assert head is not None
    assert head_of(str(head)) == head
    ledger = FirmFolder(tmp_path).ledger
    ledger.write_bytes(b"".join(ledger.read_bytes().splitlines(keepends=True)[:2]))
    assert "entry 3" in {f.place for f in verify(FirmFolder(tmp_path), None, head).findings}
    for wrong in ("", "3", "0:" + "ab" * 32, "3:xyz", "-1:" + "ab" * 32):
        with pytest.raises(ValueError, match="not a head"):
            head_of(wrong)


def test_who_only_verifies_gets_an_anchor_too_but_never_from_a_record_with_findings(tmp_path: Path) -> None:
    out, mine = tmp_path / "firm", tmp_path / "compliance.json"
    recorder = firm.recorder(out)
    firm.file(recorder)
    who = replace(firm.recording(out, "robin"), anchor=mine)
    records.verify_records(FirmFolder(out), mine, recording=who)
    known = read_anchor(mine)
    assert known == firm.verdict(out).head
    brief = firm.file(recorder, "C2").brief
    brief.write_bytes(b"other")
    assert not records.verify_records(FirmFolder(out), mine, recording=who).clean
    assert read_anchor(mine) == known


def test_a_brief_that_is_just_being_filed_is_looked_at_again_when_the_writer_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first look falls between bundle and entry; the second waits for the lock."""
    recorder = firm.recorder(tmp_path)
    firm.file(recorder)
    looks = []

    def look(*arguments):
        found = verify(*arguments) if looks else replace(verify(*arguments), findings=BUSY)
        looks.append(found)
        if len(looks) == 1:
            firm.file(recorder, "C2")
        return found

    monkeypatch.setattr(records, "verify", look)
    who = firm.recording(tmp_path)
    assert records.verify_records(FirmFolder(tmp_path), who.anchor, recording=who).clean
    assert len(looks) == 2


BUSY = (Finding(Trouble.ADDED, "a bundle", "is not on record yet."),)


def test_a_ledger_written_anew_with_hashes_of_its_own_does_not_fit_the_anchor(tmp_path: Path) -> None:
    recorder = firm.recorder(tmp_path)
    firm.file(recorder)
    firm.file(recorder, "C2")
    forged: list[Entry] = []
    for number in range(4):
        at = firm.NOON
        last = forged[-1] if forged else None
        forged.append(next_entry(last, at=at, by="x", host="x", kind="remark", data={"number": number}))
    FirmFolder(tmp_path).ledger.write_bytes(b"".join(found.line + b"\n" for found in forged))
    found = [f for f in firm.verdict(tmp_path).findings if f.place == "entry 3"]
    assert [f.trouble for f in found] == [Trouble.CHANGED]
    assert "the anchor knows" in found[0].what


def test_an_entry_that_names_a_file_outside_the_folder_is_found_and_the_file_is_not_read(
    tmp_path: Path,
) -> None:
    out = tmp_path / "firm"
    (tmp_path / "secret").write_bytes(b"x")
    ledger = firm.ledger(out)
    with ledger.writing():
        ledger.append("brief-filed", {"brief": "../secret", "files": {"../secret": "ab" * 32}}, client="C1")
    assert (Trouble.CHANGED, "../secret") in troubles(out)


def test_what_cannot_be_mended_is_accepted_by_name_and_anything_new_is_found_again(tmp_path: Path) -> None:
    recorder = firm.recorder(tmp_path)
    place = firm.file(recorder).brief.parent
    (place / "email.eml").unlink()
    (place / "email.txt").write_bytes(b"spoiled")
    accepted = records.accept(
        FirmFolder(tmp_path), firm.recording(tmp_path), by="Robin", why="A virus scanner did it."
    )
    assert len(accepted) == 2
    verdict = firm.verdict(tmp_path)
    assert verdict.clean
    assert len(verdict.accepted) == 2
    (place / "email.txt").write_bytes(b"spoiled again")
    assert troubles(tmp_path) == {(Trouble.CHANGED, "Client C1/2026-Q4/email.txt")}


def test_the_folder_may_be_named_from_above_or_within(tmp_path: Path) -> None:
    clients = tmp_path / "clients"
    firm.file(firm.recorder(clients))
    assert firm_folder(tmp_path).root == clients
    assert firm_folder(clients).root == clients
    assert firm_folder(clients / "_records").root == clients.resolve()


def test_a_folder_without_a_record_could_not_be_verified(tmp_path: Path) -> None:
    with pytest.raises(RecordsUnreadable, match="has no folder _records"):
        firm.verdict(tmp_path)


def test_a_ledger_saved_by_an_editor_with_other_line_ends_is_found_and_the_list_kept_short(
    tmp_path: Path,
) -> None:
    entries: list[Entry] = []
    for number in range(151):
        last = entries[-1] if entries else None
        entries.append(
            next_entry(last, at=firm.NOON, by="x", host="x", kind="remark", data={"number": number})
        )
    path = FirmFolder(tmp_path).ledger
    path.parent.mkdir()
    path.write_bytes(b"".join(found.line + b"\r\n" for found in entries))
    verdict = firm.verdict(tmp_path)
    assert sum(1 for f in verdict.findings if f.trouble is Trouble.CHANGED) == 151
    lines = records.verdict_lines(verdict)
    assert "and 51 more" in lines[records.MOST_LINES]
    assert len(lines) == records.MOST_LINES + 3  # a note that there is no anchor, and the count


def test_a_disk_that_knows_no_case_is_not_said_to_hold_files_off_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client was renamed to CLIENT C1, the disk keeps the folder's old spelling; a link stands in for such a disk."""
    firm.file(firm.recorder(tmp_path))
    folder = FirmFolder(tmp_path)
    other = {
        path.replace("Client C1", "CLIENT C1"): own
        for path, own in History(read_ledger(folder).entries).files.items()
    }
    (tmp_path / "CLIENT C1").symlink_to(tmp_path / "Client C1")
    monkeypatch.setattr("xl_rebal.records.verify.History", lambda entries: renamed(History(entries), other))
    monkeypatch.setattr(FirmFolder, "inside", lambda self, relative: self.root / relative)
    assert firm.verdict(tmp_path).findings == ()


def renamed(history: History, files: dict[str, set[str]]) -> History:
    history.files = files
    return history


def test_the_outcome_ends_with_the_head_to_print(tmp_path: Path) -> None:
    firm.file(firm.recorder(tmp_path))
    verdict = firm.verdict(tmp_path)
    lines = records.verdict_lines(verdict)
    assert lines[0] == "2 entries and 6 files checked: all as recorded."
    assert verdict.head is not None
    assert lines[1] == f"Head: 2:{verdict.head.hash}"
