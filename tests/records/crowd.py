"""Several processes filing into one firm folder at once: `python -m tests.records.crowd 1000` (filings in all).

Half of each process's briefs are of its own clients, half of clients that the others file too. Afterwards every filing is
on record, the chain is whole, and each client folder holds one process's files together, never a mixture.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.records import firm
from xl_rebal.records import entry as kinds
from xl_rebal.records.ledger import read_ledger
from xl_rebal.records.places import FirmFolder

PROCESSES = 4
SHARED = 3  # clients that everybody files


def work(out: Path, process: int, count: int) -> None:
    recorder = firm.recorder(out, by=f"user {process}")
    for number in range(count):
        client = f"S{number % SHARED}" if number % 2 else f"P{process}-{number}"
        firm.file(recorder, client, b"brief %d of user %d" % (number, process))


def run(total: int, processes: int = PROCESSES) -> float:
    """Files `total` briefs and looks at the record; returns the seconds that filing took."""
    each = total // processes
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "firm"
        start = time.perf_counter()
        children = []
        for process in range(processes):
            pid = os.fork()
            if pid == 0:
                try:
                    work(out, process, each)
                except BaseException as error:
                    print(error, file=sys.stderr)
                    os._exit(1)
                os._exit(0)
            children.append(pid)
        codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children]
        seconds = time.perf_counter() - start
        assert codes == [0] * processes, codes
        chain = read_ledger(FirmFolder(out))
        assert not chain.findings, chain.findings
        assert not chain.torn
        filed = [found for found in chain.entries if found.kind == kinds.BRIEF]
        assert len(filed) == each * processes, f"{len(filed)} of {each * processes} filings are on record"
        assert len({found.data["bundle"] for found in filed}) == len(filed)
        for process in range(processes):
            assert sum(1 for found in filed if found.by == f"user {process}") == each
        verdict = firm.verdict(out)
        assert verdict.clean, verdict.findings[:3]
    return seconds


def main(count: int) -> None:
    """The same in a process of its own: forking one that runs tests, with its threads, is not safe."""
    if not hasattr(os, "fork"):
        return  # Windows: the long run is made elsewhere
    done = subprocess.run(
        [sys.executable, "-m", "tests.records.crowd", str(count)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


if __name__ == "__main__":
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    took = run(asked)
    print(
        f"{asked} filings by {PROCESSES} processes in {took:.1f} s: all on record, chain whole, files as recorded"
    )
