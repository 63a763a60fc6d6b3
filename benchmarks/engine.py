"""Measures the optimiser on invented households and prints a table: python benchmarks/engine.py

`case` finds what may be traded; `fraction` builds and proves the optimum with any fraction of a share; `whole` is the rest
of a plan: whole shares, exact trades, certificate; `curve` is ten points of drift against tax with its marks; `why` the
full explanation; `review` everything that the workbook shows of a client, the independent checker included.

Times depend on the machine and are printed, never asserted. Each row runs in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import time
from collections import defaultdict
from importlib.metadata import version
from pathlib import Path

from run import _at, _peak_mb

from xl_rebal.engine.case import case_of
from xl_rebal.engine.explain import explanation
from xl_rebal.engine.frontier import frontier
from xl_rebal.engine.model import build
from xl_rebal.engine.plan import GAP, NODE_LIMIT, plan, tax_side
from xl_rebal.engine.review import review
from xl_rebal.engine.rmd import rmds
from xl_rebal.engine.solve import solve
from xl_rebal.engine.year import Year
from xl_rebal.params.load import tax_parameters
from xl_rebal.sample import generated_rows, generated_settings_values, tables_of
from xl_rebal.sheets.read import book_from_tables

ROWS = {  # households, lots from and to
    "100 lots": (60, 100, 100),
    "500 lots": (40, 500, 500),
    "mixed": (60, 20, 500),
    "10,000 lots": (3, 10_000, 10_000),
}
TARGETS = {  # milliseconds at the median
    ("100 lots", "fraction"): 20,
    ("500 lots", "fraction"): 50,
    ("100 lots", "whole"): 100,
    ("500 lots", "whole"): 100,
    ("100 lots", "curve"): 100,
    ("500 lots", "curve"): 100,
    ("10,000 lots", "fraction"): 250,
}
FIRM, FIRM_TARGET = 300, 3.0  # mixed households, seconds on two processes
MEMORY_TARGET_MB = 200


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--row", choices=[*ROWS, "firm"], help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.row:
        measured = _firm(chosen.seed) if chosen.row == "firm" else _row(*ROWS[chosen.row], chosen.seed)
        print(json.dumps({**measured, "memory_mb": _peak_mb()}))
        return
    print(
        f"Python {platform.python_version()}, {platform.machine()}, HiGHS {version('highspy')}, seed {chosen.seed}"
    )
    print(
        f"{'':14}{'':10}{'median':>9}{'p90':>9}{'max':>9}{'target':>9}   milliseconds a household with something to cure"
    )
    for name in ROWS:
        found = _measured(name, chosen.seed)
        for step, times in found["times"].items():
            target = TARGETS.get((name, step))
            median = _at(times, 50)
            missed = "   <- missed" if target and median > target else ""
            shown = f"{target:9d}" if target else f"{'':9}"
            print(
                f"{name:14}{step:10}{median:9.1f}{_at(times, 90):9.1f}{_at(times, 100):9.1f}{shown}{missed}"
            )
            name = ""
        for what in ("gaps of fraction", "gaps of whole"):
            values = found[what]
            print(
                f"{'':14}{what}, $: median {_at(values, 50):.2f}, p90 {_at(values, 90):.2f}, max {_at(values, 100):.2f}"
            )
        print(
            f"{'':14}linear programs to the proof: median {_at(found['nodes'], 50):.0f}, max {_at(found['nodes'], 100):.0f}; "
            f"{found['memory_mb']:.0f} MB{_missed(found['memory_mb'], MEMORY_TARGET_MB)}",
            flush=True,
        )
    firm = _measured("firm", chosen.seed)
    print(
        f"{FIRM} mixed households reviewed on 2 processes: {firm['seconds']:.1f} s (target {FIRM_TARGET:.0f})"
        f"{_missed(firm['seconds'], FIRM_TARGET)}; on one: {firm['alone']:.1f} s"
    )


def _missed(value: float, target: float) -> str:
    return "   <- missed" if value > target else ""


def _measured(row: str, seed: int) -> dict:  # type: ignore[type-arg]
    command = [sys.executable, str(Path(__file__)), "--row", row, "--seed", str(seed)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _row(households: int, low: int, high: int, seed: int) -> dict[str, object]:
    book = book_from_tables(
        tables_of(generated_rows(households, seed, (low, high)), generated_settings_values())
    )
    settings, params = book.settings, tax_parameters(book.settings.tax_year)
    times: dict[str, list[float]] = defaultdict(list)
    fraction_gaps, gaps, nodes = [], [], []

    def clocked(step: str, work):  # type: ignore[no-untyped-def]
        start = time.perf_counter()
        found = work()
        times[step].append((time.perf_counter() - start) * 1000)
        return found

    for home in book.households:
        owed = rmds(home, settings, params)
        case = case_of(home, settings, params, owed)
        if not case.needs_action:
            continue
        year = Year.of(home, settings, params)
        clocked("case", lambda home=home, owed=owed: case_of(home, settings, params, owed))
        proven = clocked(
            "fraction",
            lambda case=case, year=year: solve(
                build(case, tax_side(year), budget_cents=None).arrays, absolute_gap=GAP, node_limit=NODE_LIMIT
            ),
        )
        found = clocked("whole", lambda home=home, owed=owed: plan(home, settings, params, owed))
        times["whole"][-1] = max(0.0, times["whole"][-1] - times["case"][-1] - times["fraction"][-1])
        clocked("curve", lambda home=home, owed=owed, p=found: frontier(home, settings, params, owed, p))
        clocked("why", lambda home=home, owed=owed, p=found: explanation(home, settings, params, owed, p))
        clocked("review", lambda home=home: review(home, settings, params, ()))
        fraction_gaps.append(1000 * proven.gap)
        gaps.append(found.certificate.gap)
        nodes.append(proven.nodes)
    return {"times": times, "gaps of fraction": fraction_gaps, "gaps of whole": gaps, "nodes": nodes}


def _firm(seed: int) -> dict[str, object]:
    from xl_rebal import app

    book = app.book_of(tables_of(generated_rows(FIRM, seed, (20, 500)), generated_settings_values()))
    seconds = []
    for processes in (2, 1):
        start = time.perf_counter()
        app.reviews(book, processes=processes)
        seconds.append(time.perf_counter() - start)
    return {"seconds": seconds[0], "alone": seconds[1]}


if __name__ == "__main__":
    main()
