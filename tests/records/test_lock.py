"""The lock file: one writer, taken over only from the dead, its holder named to those who wait."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.records import firm
from xl_rebal.errors import RecordsLocked
from xl_rebal.records.ledger import Ledger
from xl_rebal.records.lock import Lock, alive
from xl_rebal.records.places import FirmFolder


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def lock(path: Path, by: str = "dana", host: str = "PC-1", **more: float) -> Lock:
    time = Time()
    return Lock(path, by, host, clock=time.clock, sleep=time.sleep, **more)  # type: ignore[arg-type]


def held_by(path: Path, host: str, pid: int, old_seconds: float = 0.0) -> None:
    path.write_text(json.dumps({"by": "riley", "host": host, "pid": pid, "token": "t"}))
    then = path.stat().st_mtime - old_seconds
    os.utime(path, (then, then))


def ended_process() -> int:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_the_second_writer_waits_and_is_told_who_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "ledger.lock"
    with (
        lock(path, "riley", "PC-2"),
        pytest.raises(RecordsLocked, match=r"riley on PC-2 \(process \d+\).*30 seconds"),
        lock(path),
    ):
        pass
    assert not path.exists()
    with lock(path):
        assert path.exists()


def test_a_lock_of_a_process_that_is_gone_is_taken_over_at_once(tmp_path: Path) -> None:
    path = tmp_path / "ledger.lock"
    held_by(path, "PC-1", ended_process())
    with lock(path, wait_seconds=0.5) as ours:
        assert ours.held
    assert list(tmp_path.iterdir()) == []


def test_a_lock_of_another_computer_is_taken_over_only_when_it_is_old(tmp_path: Path) -> None:
    path = tmp_path / "ledger.lock"
    held_by(path, "PC-2", ended_process(), old_seconds=200)
    with pytest.raises(RecordsLocked), lock(path):
        pass
    held_by(path, "PC-2", ended_process(), old_seconds=400)
    with lock(path) as ours:
        assert ours.held


def test_a_lock_that_was_never_signed_is_taken_over_after_seconds(tmp_path: Path) -> None:
    path = tmp_path / "ledger.lock"
    path.write_bytes(b"")
    os.utime(path, (path.stat().st_mtime - 3,) * 2)
    with lock(path) as ours:
        assert ours.held


def test_a_lock_that_another_took_over_is_neither_ours_nor_removed(tmp_path: Path) -> None:
    path = tmp_path / "ledger.lock"
    with lock(path) as ours:
        held_by(path, "PC-2", 1)
        assert not ours.held
    assert path.exists()


def test_this_process_runs_and_an_ended_one_does_not() -> None:
    assert alive(os.getpid())
    assert not alive(ended_process())
    assert not alive(0)


def test_of_many_briefs_only_the_first_waits_long_for_a_lock_that_stays(tmp_path: Path) -> None:
    ledger = Ledger(FirmFolder(tmp_path), firm.recording(tmp_path, wait_seconds=0.0))
    ledger._patience = 30.0
    (tmp_path / "_records").mkdir()
    held_by(tmp_path / "_records" / "ledger.lock", "PC-2", 1)
    with pytest.MonkeyPatch.context() as patch:
        time = Time()
        patch.setattr(
            "xl_rebal.records.ledger.Lock", functools.partial(Lock, clock=time.clock, sleep=time.sleep)
        )
        waits = []
        for _ in range(3):
            start = time.now
            with pytest.raises(RecordsLocked), ledger.writing():
                pass
            waits.append(round(time.now - start))
    assert waits == [30, 1, 1]
