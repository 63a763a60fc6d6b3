"""Proves the record on this computer and prints a table: python benchmarks/records.py [--quick]

Filing killed at any call, several processes filing at once, random damage, disks that fail, and how long verifying a
large record takes. A row that ends with NO is a failure, and so is the exit code.
"""

from __future__ import annotations

import argparse
import contextlib
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.records import crowd, faults, kill, mutate
from xl_rebal.records import entry as kinds
from xl_rebal.records.anchor import Head
from xl_rebal.records.entry import Entry, next_entry
from xl_rebal.records.places import FirmFolder
from xl_rebal.records.verify import verify

TARGET_SECONDS = 5.0
"""To verify 100,000 entries."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    part = 10 if asked.quick else 1
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, seed {asked.seed}")
    print(f"{'what':62}{'seconds':>9}  outcome")
    rows: list[tuple[str, Callable[[], str]]] = [
        (f"{200 // part} filings and decisions killed (SIGKILL)", lambda: _killed(200 // part, asked.seed)),
        (f"{1000 // part} filings by {crowd.PROCESSES} processes at once", lambda: _crowd(1000 // part)),
        (
            f"{10_000 // part:,} random changes of a record folder",
            lambda: _mutated(10_000 // part, asked.seed),
        ),
        *((name, test) for name, test in faults.CASES.items()),
        (f"verify {100_000 // part:,} entries and 1,000 files", lambda: _verified(100_000 // part, 1000)),
    ]
    failed = 0
    for name, test in rows:
        start = time.perf_counter()
        try:
            outcome = test()
        except AssertionError as error:
            outcome, failed = f"NO: {error}", failed + 1
        print(f"{name:62}{time.perf_counter() - start:9.1f}  {outcome}", flush=True)
    sys.exit(1 if failed else 0)


def _killed(count: int, seed: int) -> str:
    calls = kill.run(count, seed)
    return f"all recovered; up to {calls} calls to the system in one"


def _crowd(count: int) -> str:
    seconds = crowd.run(count)
    return f"all on record, chain whole; {count / seconds:.0f} a second"


def _mutated(count: int, seed: int) -> str:
    found = mutate.run(count, seed)
    return f"all found, of {len(found)} kinds"


def _verified(entries: int, files: int) -> str:
    """A record of so many entries, most of them decisions; the time is that of `verify` alone."""
    with tempfile.TemporaryDirectory() as work:
        folder = FirmFolder(Path(work) / "firm")
        lines, last = [], None
        at = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
        from xl_rebal.records.canonical import sha256

        for number in range(entries):
            kind, data = (
                kinds.DECISION,
                {"decision": "approve", "decided_by": "Dana W.", "manifest_sha256": "ab" * 32},
            )
            if number < files:
                place = folder.root / f"Client {number}" / "2026-Q4" / "brief.docx"
                place.parent.mkdir(parents=True)
                content = b"%d" % number * 5000
                place.write_bytes(content)
                bundle = folder.records / "bundles" / "2026-Q4" / f"C{number}.zip"
                bundle.parent.mkdir(parents=True, exist_ok=True)
                bundle.write_bytes(content)
                own = sha256(content)
                relative = folder.relative(place)
                kind, data = kinds.BRIEF, {
                    "brief": relative, "files": {relative: own}, "bundle": folder.relative(bundle), "bundle_sha256": own,
                }  # fmt: skip
            made: Entry = next_entry(
                last, at=at + timedelta(seconds=number), by="dana", host="PC-1", kind=kind,
                client=f"C{number % 5000}", period="2026-Q4", data=data,
            )  # fmt: skip
            lines.append(made.line)
            last = made
        folder.ledger.write_bytes(b"\n".join(lines) + b"\n")
        assert last is not None
        start, used = time.perf_counter(), time.process_time()
        verdict = verify(folder, None, Head(last.n, last.hash))
        seconds, used = time.perf_counter() - start, time.process_time() - used
        assert verdict.clean, verdict.findings[:3]
        assert (verdict.entries, verdict.files) == (entries, 2 * files)
        assert used < TARGET_SECONDS, f"{used:.1f} s of processor time, target {TARGET_SECONDS:.0f}"
        size = folder.ledger.stat().st_size / 1e6
    return f"{seconds:.1f} s, {used:.1f} s of processor time, for a ledger of {size:.0f} MB; target {TARGET_SECONDS:.0f}"


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
