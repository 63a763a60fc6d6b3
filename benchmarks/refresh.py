"""Measures `xl-rebal refresh`: python benchmarks/refresh.py [--households 300]. Prints seconds and memory.

The first line is a workbook without any result in a new process, the second the same workbook again. Seconds are from the
command to its end, Python's start included, and mean something only on a machine that does nothing else: seconds of CPU,
of this process and of those that make the plans, say what the work costs. --strict ends with 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BUILD_SECONDS, REFRESH_SECONDS, FILE_MB = 5.0, 5.0, 3.0


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--households", type=int, default=300)
    parser.add_argument("--lots", type=int, default=100, help="tax lots per household")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--strict", action="store_true", help="exit code 1 when a target is missed")
    parser.add_argument("--book", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.book:
        print(json.dumps(_refreshed(arguments.book)))
        return
    with tempfile.TemporaryDirectory() as folder:
        missed = _measure(arguments, Path(folder) / "rebalance.xlsm")
    if missed and arguments.strict:
        sys.exit(1)


def _measure(arguments: argparse.Namespace, book: Path) -> bool:
    """Prints the table; whether a target was missed."""
    from workbook.build import build_workbook
    from xl_rebal import sample

    rows = sample.generated_rows(arguments.households, arguments.seed, (arguments.lots, arguments.lots))
    start = time.process_time()
    build_workbook(book, rows, sample.generated_settings_values(), cached=False)
    built, size = time.process_time() - start, book.stat().st_size / 1e6
    missed = built > BUILD_SECONDS or size > FILE_MB
    print(
        f"{arguments.households} households x {arguments.lots} lots on {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}\n"
        f"workbook built in {built:.1f} s of CPU (target {BUILD_SECONDS:g}), {size:.1f} MB (target {FILE_MB:g})"
        f"{'  <- missed' if missed else ''}\n"
        f"{'':20}{'seconds':>9}{'target':>8}{'CPU here':>10}{'CPU plans':>11}{'cells':>9}{'memory MB':>11}"
    )
    for what in ("no result stored", "all results stored"):
        command = [sys.executable, __file__, "--book", str(book)]
        start = time.perf_counter()
        done = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        seconds = time.perf_counter() - start
        late = seconds > REFRESH_SECONDS
        missed = missed or late
        print(
            f"{what:20}{seconds:9.2f}{REFRESH_SECONDS:8g}{done['here']:10.2f}{done['plans']:11.2f}{done['cells']:9,}"
            f"{done['memory']:11.0f}{'  <- missed' if late else ''}"
        )
    return missed


def _refreshed(book: Path) -> dict[str, float]:
    """Seconds of CPU of this process and of those that it started, cells written, and memory of this one."""
    from xl_rebal.refreshing.run import refresh

    done = refresh(book)
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "here": own.ru_utime + own.ru_stime,
        "plans": others.ru_utime + others.ru_stime,
        "cells": done.cells,
        "memory": own.ru_maxrss / 1024,
    }


if __name__ == "__main__":
    main()
