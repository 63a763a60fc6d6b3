"""Ends a filing process at a chosen call to the operating system, and looks at what is left: `python -m tests.records.kill 200`.

Each case forks a child that files a brief, mends a torn ledger or records a decision, and kills itself (SIGKILL) right
before, or half way through, its k-th call that changes a file. What is on record then must be whole, and the same again
must complete it as if nothing had happened.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.records import firm
from xl_rebal.records.decisions import Attached, Choice, decide
from xl_rebal.records.entry import chain_of
from xl_rebal.records.findings import Trouble
from xl_rebal.records.places import FirmFolder

CALLS = ("open", "write", "fsync", "replace", "link", "unlink", "chmod", "mkdir", "ftruncate", "close")


def fresh(out: Path) -> None:
    """Nothing was filed before."""


def filed_before(out: Path) -> None:
    firm.file(firm.recorder(out), document=b"an earlier brief")


def edited_before(out: Path) -> None:
    (firm.file(firm.recorder(out), document=b"an earlier brief").brief).write_bytes(b"signed by the client")


def torn_before(out: Path) -> None:
    filed_before(out)
    with FirmFolder(out).ledger.open("ab") as file:
        file.write(b'{"at":"2026-10-15')


def filing(out: Path) -> None:
    firm.file(firm.recorder(out))


def deciding(out: Path) -> None:
    ledger = firm.ledger(out)
    with ledger.writing():
        decide(
            ledger,
            FirmFolder(out),
            "C1",
            firm.PERIOD,
            Choice.APPROVE,
            by="Dana",
            signed=Attached(".pdf", b"%PDF signed"),
            workbook_sha256=firm.WORKBOOK,
            changed=lambda brief: (),
        )


Scenario = tuple[Callable[[Path], None], Callable[[Path], None]]
SCENARIOS: tuple[Scenario, ...] = (
    (fresh, filing),
    (filed_before, filing),
    (edited_before, filing),
    (torn_before, filing),
    (filed_before, deciding),
    (edited_before, deciding),
)


def count_calls(at: int, half: bool) -> Callable[[], int]:
    """Wraps the calls of `os`: the one numbered `at` is the process's last. Returns the number of calls so far."""
    calls = 0

    def wrapped(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == at:
                if name == "write" and half:
                    arguments = (arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
                if half:
                    with suppress(OSError):
                        real(*arguments, **named)
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **named)

        return call

    for name in CALLS:
        setattr(os, name, wrapped(name, getattr(os, name)))
    return lambda: calls


def in_child(work: Callable[[], int]) -> int:
    """Runs `work` in a forked child; its result modulo 256, or -9 when it was killed."""
    pid = os.fork()
    if pid == 0:
        try:
            os._exit(work())
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(255)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def killed(work: Callable[[Path], None], out: Path, at: int, half: bool) -> int:
    """Does `work` in a child that ends at its call `at`; with -1 the number of calls that the whole work makes."""

    def child() -> int:
        calls = count_calls(at, half)
        work(out)
        return min(calls(), 250)

    return in_child(child)


def case(scenario: Scenario, at: int, half: bool) -> None:
    """One piece of work cut short at its call `at`. Raises AssertionError when the record is not as it must be."""
    start, work = scenario
    with tempfile.TemporaryDirectory() as folder:
        out, ideal = Path(folder) / "firm", Path(folder) / "ideal"
        for one in (out, ideal):
            start(one)
        work(ideal)
        torn = chain_of(firm.ledger_bytes(out)).torn
        before = firm.ledger_bytes(out)
        code = killed(work, out, at, half)
        assert code == -signal.SIGKILL, f"the child ended with {code}"
        # What is on record is whole.
        after = firm.ledger_bytes(out)
        chain = chain_of(after)
        assert after.startswith(before.removesuffix(torn)), "an entry that was there has changed"
        assert not chain.findings, chain.findings
        if (out / "_records").is_dir():
            wrong = [f for f in firm.verdict(out).findings if f.trouble in (Trouble.CHANGED, Trouble.MISSING)]
            ours = [f for f in wrong if "_records/" in f.place]
            assert not ours or "the ledger is gone" in str(ours[0]), ours
        # The same again completes it, and nothing of the interruption stays but evidence.
        work(out)
        verdict = firm.verdict(out)
        assert verdict.findings == firm.verdict(ideal).findings, verdict.findings
        expected = {p: c for p, c in firm.snapshot(ideal).items() if "_records" not in p}
        assert {p: c for p, c in firm.snapshot(out).items() if "_records" not in p} == expected
        if torn:
            kept = [p.read_bytes() for p in (out / "_records").glob("*.torn")]
            assert torn in kept, "the torn line is gone"
        assert not [p for p in firm.snapshot(out) if ".filing-" in p], "half-written files stay"
        assert not (out / "_records" / "ledger.lock").exists()


def run(count: int, seed: int = 1) -> int:
    """`count` seeded cases, spread over all calls of each scenario; returns how many calls the longest has."""
    dice = random.Random(seed)
    calls: dict[Scenario, int] = {}
    for scenario in SCENARIOS:
        with tempfile.TemporaryDirectory() as folder:
            scenario[0](Path(folder) / "firm")
            calls[scenario] = killed(scenario[1], Path(folder) / "firm", -1, False)
    for number in range(count):
        scenario, half = SCENARIOS[number % len(SCENARIOS)], dice.random() < 0.5
        last = calls[scenario]
        at = 1 + (number * last) // count if count <= last else dice.randint(1, last)
        try:
            case(scenario, at, half)
        except AssertionError as error:
            names = ", ".join(part.__name__ for part in scenario)
            raise AssertionError(f"{names}, killed at call {at}, half {half}: {error}") from error
    return max(calls.values())


def main(count: int) -> None:
    """The same in a process of its own: forking one that runs tests, with its threads, is not safe."""
    if not hasattr(os, "fork"):
        return  # Windows: the long run is made elsewhere
    done = subprocess.run(
        [sys.executable, "-m", "tests.records.kill", str(count)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


if __name__ == "__main__":
    total = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    print(f"{total} filings and decisions killed among {run(total)} calls: all recovered")
