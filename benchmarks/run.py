"""Measures speed and memory of the main job on an invented firm and prints a table: python benchmarks/run.py

Times depend on the machine and are printed, never asserted. Every step runs in a process of its own, so that its
memory is its own.
"""

from __future__ import annotations

import argparse
import functools
import json
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xl_rebal.engine.book import Book

TARGETS = {
    "help": (0.5, "xl-rebal --help"),
    "read": (2.0, "read and check the workbook"),
    "plan": (60.0, "review every client (drift, plan, tax, wash sales, harvest, RMD)"),
    "briefs": (60.0, "file every brief (plans included)"),
    "recorded": (60.0, "the same, each put on record"),
    "data": (None, "XR_DATA through the Excel functions, once per change"),
    "book": (None, "XR_BOOK on it, first time"),
    "unchanged": (None, "XR_DATA and XR_BOOK with nothing changed"),
}
MEMORY_TARGET_MB = 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=300)
    parser.add_argument("--lots", type=int, default=100, help="tax lots per household")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--step", choices=["read", "plan", "briefs", "udfs"], help=argparse.SUPPRESS)
    parser.add_argument("--book", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step:
        print(json.dumps({**_STEPS[arguments.step](arguments.book), "memory_mb": _peak_mb()}))
        return
    with tempfile.TemporaryDirectory() as folder:
        _measure(arguments, Path(folder))


def _measure(arguments: argparse.Namespace, folder: Path) -> None:
    from workbook.build import build_workbook
    from xl_rebal import sample

    book = folder / "rebalance.xlsm"
    rows = sample.generated_rows(arguments.households, arguments.seed, (arguments.lots, arguments.lots))
    start = time.perf_counter()
    build_workbook(book, rows, sample.generated_settings_values(), cached=False)
    built = time.perf_counter() - start
    print(f"{arguments.households} households x {arguments.lots} lots, seed {arguments.seed}")
    print(
        f"Python {platform.python_version()}, {platform.machine()}, {book.stat().st_size / 1e6:.1f} MB workbook"
    )
    print(f"{'':12}{'seconds':>10}{'target':>10}{'memory MB':>12}  what")
    print(f"{'build':12}{built:10.2f}{'':>10}{'':>12}  build the workbook, results not cached")
    starts = [_timed([sys.executable, "-m", "xl_rebal.cli", "--help"]) for _ in range(5)]
    _line("help", statistics.median(starts), None)
    extra: list[str] = []
    for step in ("read", "plan", "briefs", "udfs"):
        command = [sys.executable, __file__, "--step", step, "--book", str(book)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        result = json.loads(done.stdout)
        for name in TARGETS:
            if name in result:
                _line(name, result[name], result["memory_mb"])
        extra += result.get("notes", [])
    print("\n".join(extra))


def _line(name: str, seconds: float, memory: float | None) -> None:
    target, what = TARGETS[name]
    shown = f"{target:10.1f}" if target else f"{'':>10}"
    held = f"{memory:12.0f}" if memory else f"{'':>12}"
    missed = "  <- missed" if target and seconds > target else ""
    print(f"{name:12}{seconds:10.2f}{shown}{held}  {what}{missed}", flush=True)


def _timed(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def _peak_mb() -> float:
    """Most memory of this process; Linux's ru_maxrss would count the parent's at the fork."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _read(book: Path) -> dict[str, object]:
    from xl_rebal import app

    start = time.perf_counter()
    loaded = app.load(book)
    seconds = time.perf_counter() - start
    lots = sum(len(home.lots) for home in loaded.households)
    return {"read": seconds, "notes": [f"{lots:,} lots read, {len(loaded.problems)} problems found"]}


def _plan(book: Path) -> dict[str, object]:
    from xl_rebal import app

    loaded = app.load(book)
    each: list[float] = []
    gaps: list[float] = []
    start = time.perf_counter()
    for home in loaded.households:
        began = time.perf_counter()
        found = app.review_of(loaded, home.client.id)
        each.append(time.perf_counter() - began)
        if found.plan and found.plan.trades and found.plan.certificate:
            gaps.append(found.plan.certificate.gap)
    seconds = time.perf_counter() - start
    notes = [
        f"a review: median {_ms(each, 50)} ms, p90 {_ms(each, 90)} ms, max {_ms(each, 100)} ms",
        f"{len(gaps)} plans with trades; dollars from the bound on any fraction of a share: "
        f"median {_at(gaps, 50):.2f}, p90 {_at(gaps, 90):.2f}, max {_at(gaps, 100):.2f}",
    ]
    return {"plan": seconds, "notes": notes}


def _briefs(book: Path) -> dict[str, object]:
    from xl_rebal import app
    from xl_rebal.clock import recording

    loaded = app.load(book)
    with tempfile.TemporaryDirectory() as out:
        start = time.perf_counter()
        result = app.make_briefs(loaded, Path(out), workbook=book, processes=None)
        seconds = time.perf_counter() - start
    spent = {
        who: sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    }
    with tempfile.TemporaryDirectory() as folder:
        out, anchor = Path(folder) / "clients", Path(folder) / "anchor"
        start = time.perf_counter()
        recorded_by = functools.partial(recording, by="benchmark", anchor=anchor)
        app.make_briefs(loaded, out, workbook=book, processes=None, recording=recorded_by)
        recorded = time.perf_counter() - start
    note = f"{len(result.filed)} briefs filed, {len(result.withheld)} withheld, {len(result.failed)} failed"
    return {
        "briefs": seconds,
        "recorded": recorded,
        "notes": [
            note,
            f"processor time, plans and start included: {sum(spent.values()):.1f} s",
            _paper(loaded),
            *(f"  {f.client_id}: {f.reasons[0]}" for f in result.failed[:5]),
        ],
    }


def _paper(loaded: Book) -> str:
    """Processor time of drafting, checking, laying out and filing alone, when reviews and facts are there already."""
    from xl_rebal import app
    from xl_rebal.app import briefs

    reviews = {home.client.id: app.review_of(loaded, home.client.id) for home in loaded.households}
    facts = {
        client_id: app.facts_of(loaded, found) for client_id, found in reviews.items() if not found.withheld
    }
    review_of, facts_of = briefs.review_of, briefs.facts_of
    briefs.review_of = lambda _, client_id: reviews[client_id]
    briefs.facts_of = lambda _, found: facts[found.client_id]
    try:
        with tempfile.TemporaryDirectory() as out:
            start = time.process_time()
            app.make_briefs(loaded, Path(out), processes=1)
            seconds = time.process_time() - start
    finally:
        briefs.review_of, briefs.facts_of = review_of, facts_of
    return f"drafts, documents, emails and filing without the plans: {seconds:.1f} s of processor time"


def _udfs(book: Path) -> dict[str, object]:
    """The functions' bodies on cell values as Excel hands them over; the COM transfer itself is not in it."""
    from udfs import functions
    from xl_rebal.sheets.source import read_tables

    tables = read_tables(book)
    cells = [[list(tables[name].headers), *tables[name].rows] for name in functions.DATA_SHEETS]
    start = time.perf_counter()
    key = functions.XR_DATA(*cells)[0][0]
    data = time.perf_counter() - start
    if not str(key).startswith("Book "):
        raise SystemExit(f"XR_DATA answers: {key}")
    start = time.perf_counter()
    functions.XR_BOOK(key)
    first = time.perf_counter() - start
    start = time.perf_counter()
    functions.XR_BOOK(functions.XR_DATA(*cells)[0][0])
    return {"data": data, "book": first, "unchanged": time.perf_counter() - start}


def _at(values: list[float], percent: int) -> float:
    ordered = sorted(values) or [0.0]
    return ordered[min(len(ordered) - 1, round(percent / 100 * (len(ordered) - 1)))]


def _ms(seconds: list[float], percent: int) -> str:
    return f"{_at(seconds, percent) * 1000:.0f}"


_STEPS = {"read": _read, "plan": _plan, "briefs": _briefs, "udfs": _udfs}

if __name__ == "__main__":
    main()
