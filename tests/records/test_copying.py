"""A second copy: complete, verified, resumable, and nothing of it is ever deleted."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.records import firm
from xl_rebal.app import records as use
from xl_rebal.cli import app as terminal
from xl_rebal.errors import FilingFailed
from xl_rebal.records import copying
from xl_rebal.records import entry as kinds
from xl_rebal.records.ledger import read_ledger
from xl_rebal.records.listing import Wanted
from xl_rebal.records.places import FirmFolder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    out = tmp_path / "firm"
    for client in ("C1", "C2"):
        firm.file(firm.recorder(out), client)
    (out / "Client C1" / "scan.pdf").write_bytes(b"an advisor's own file")
    return out


def copied(out: Path, to: Path):
    return use.copy_records(FirmFolder(out), firm.recording(out), to)


def test_a_copy_has_every_file_and_verifies_and_is_on_record(out: Path, tmp_path: Path) -> None:
    to = tmp_path / "copy"
    done, verdict = copied(out, to)
    assert verdict.clean, verdict.findings
    before = {k: v for k, v in firm.snapshot(out).items() if k != "_records/ledger.jsonl"}
    after = {k: v for k, v in firm.snapshot(to).items() if k != "_records/ledger.jsonl"}
    assert before == after
    assert done.written == done.files == len(before) + 1
    last = read_ledger(FirmFolder(out)).entries[-1]
    assert (last.kind, last.data["entries"]) == (kinds.COPIED, 3)
    assert firm.ledger_bytes(out).startswith(firm.ledger_bytes(to))


def test_a_second_run_writes_only_what_is_new_and_a_third_nothing(out: Path, tmp_path: Path) -> None:
    to = tmp_path / "copy"
    copied(out, to)
    before = firm.snapshot(out).keys()
    firm.file(firm.recorder(out), "C3")
    new = firm.snapshot(out).keys() - before
    done, verdict = copied(out, to)
    assert verdict.clean
    assert done.written == len(new) + 1  # and the ledger
    done, _ = copied(out, to)
    assert done.written == 1  # the ledger with the entry of the second copy
    assert not list(to.rglob("*.kept-*"))


def test_a_copy_cut_short_anywhere_is_finished_by_the_next_run(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ideal = tmp_path / "ideal"
    copied(out, ideal)
    files = len(firm.snapshot(ideal))
    real = os.replace
    for stop in range(files):
        to = tmp_path / f"copy{stop}"
        calls = 0

        def replace(source: object, target: object) -> None:
            nonlocal calls
            calls += 1
            if calls > stop:  # noqa: B023
                raise OSError(5, "Input/output error")
            real(source, target)  # type: ignore[arg-type]

        with monkeypatch.context() as broken:
            broken.setattr(copying.os, "replace", replace)
            with pytest.raises(FilingFailed, match="could not be finished"):
                copying.copy_folder(FirmFolder(out), to)
        copying.copy_folder(FirmFolder(out), to)
        assert not [name for name in firm.snapshot(to) if ".filing-" in name]
        assert firm.snapshot(to).keys() == firm.snapshot(ideal).keys()


def test_a_version_that_the_copy_had_is_kept_beside_the_new_one(out: Path, tmp_path: Path) -> None:
    to = tmp_path / "copy"
    copied(out, to)
    (to / "Client C1" / "2026-Q4" / "brief.docx").write_bytes(b"changed in the copy")
    done, verdict = copied(out, to)
    assert verdict.clean
    (kept,) = done.kept
    assert (to / kept).read_bytes() == b"changed in the copy"
    assert (to / "Client C1" / "2026-Q4" / "brief.docx").read_bytes() == b"brief one"
    assert "kept beside the new one" in use.copied_lines(done, verdict)[0]


def test_a_file_gone_here_stays_in_the_copy(out: Path, tmp_path: Path) -> None:
    to = tmp_path / "copy"
    copied(out, to)
    (out / "Client C1" / "2026-Q4" / "email.txt").unlink()
    copied(out, to)
    assert (to / "Client C1" / "2026-Q4" / "email.txt").is_file()


def test_another_ledger_is_not_touched(out: Path, tmp_path: Path) -> None:
    to = tmp_path / "copy"
    firm.file(firm.recorder(to), "X1")
    before = firm.snapshot(to)
    with pytest.raises(FilingFailed, match="not the beginning of this ledger"):
        copied(out, to)
    assert firm.snapshot(to) == before


@pytest.mark.parametrize("where", ["firm", "firm/copy", "."])
def test_a_copy_into_itself_is_refused(out: Path, tmp_path: Path, where: str) -> None:
    with pytest.raises(FilingFailed, match="lie in one another"):
        copied(out, tmp_path / where)


def test_a_link_is_not_followed_and_a_link_in_the_copy_is_not_written_through(
    out: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "x").write_bytes(b"x")
    (out / "linked").symlink_to(secret)
    (out / "Client C1" / "link.txt").symlink_to(secret / "x")
    to = tmp_path / "copy"
    done, _ = copied(out, to)
    assert set(done.skipped) == {"linked", "Client C1/link.txt"}
    assert not (to / "linked").exists()
    other = tmp_path / "other"
    other.mkdir()
    (other / "Client C1").symlink_to(secret)
    with pytest.raises(FilingFailed, match="link"):
        copied(out, other)
    assert [p.name for p in secret.iterdir()] == ["x"]


def test_damage_here_shows_in_the_copys_verdict_and_is_not_entered_as_a_good_copy(
    out: Path, tmp_path: Path
) -> None:
    shutil.rmtree(out / "_records" / "bundles")
    _, verdict = copied(out, tmp_path / "copy")
    assert not verdict.clean
    assert read_ledger(FirmFolder(out)).entries[-1].kind == kinds.BRIEF


def test_the_command_copies_and_lists_by_advisor(out: Path, tmp_path: Path) -> None:
    said = CliRunner().invoke(terminal, ["records", str(out), "--copy-to", str(tmp_path / "copy")])
    assert said.exit_code == 0, said.output
    assert "Copy: 3 entries" in said.output
    advisor = firm.INPUTS.household.client.advisor
    assert advisor
    assert len(use.entries(FirmFolder(out), Wanted(advisor=advisor.upper()))) == 2
    assert use.entries(FirmFolder(out), Wanted(advisor="Nobody")) == []
