"""Measures `xl-rebal refresh`: python benchmarks/refresh.py [--households 300]. Prints seconds and memory, asserts nothing.

The first line is a workbook without any result in a new process, the second the same workbook again. Plans, curves and
explanations are told apart from all else (reading, parsing, tables, comparing, writing): any way to have them costs that.
Seconds of CPU are what the rest needs on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import functools
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

TARGET_SECONDS = 5.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=300)
    parser.add_argument("--lots", type=int, default=100, help="tax lots per household")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--book", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.book:
        print(json.dumps(_refreshed(arguments.book)))
        return
    with tempfile.TemporaryDirectory() as folder:
        _measure(arguments, Path(folder) / "rebalance.xlsm")


def _measure(arguments: argparse.Namespace, book: Path) -> None:
    from workbook.build import build_workbook
    from xl_rebal import sample

    rows = sample.generated_rows(arguments.households, arguments.seed, (arguments.lots, arguments.lots))
    build_workbook(book, rows, sample.generated_settings_values(), cached=False)
    print(
        f"{arguments.households} households x {arguments.lots} lots, {book.stat().st_size / 1e6:.1f} MB workbook; "
        f"target: {TARGET_SECONDS:g} s besides the plans"
    )
    print(f"{'':22}{'seconds':>9}{'plans':>9}{'the rest':>10}{'of CPU':>8}{'cells':>9}{'memory MB':>11}")
    for what in ("no result stored", "all results stored"):
        command = [sys.executable, __file__, "--book", str(book)]
        done = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        rest = done["seconds"] - done["plans"]
        print(
            f"{what:22}{done['seconds']:9.2f}{done['plans']:9.2f}{rest:10.2f}{done['cpu']:8.2f}{done['cells']:9,}"
            f"{done['memory']:11.0f}{'  <- missed' if done['cpu'] > TARGET_SECONDS else ''}"
        )


def _refreshed(book: Path) -> dict[str, float]:
    """Seconds of a refresh, and of them those in which plans and what stands on them are computed."""
    from xl_rebal import app
    from xl_rebal.app import insight
    from xl_rebal.refreshing.run import refresh

    spent = {"seconds": 0.0, "cpu": 0.0}

    def timed(compute: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(compute)
        def wrapped(*given: Any, **named: Any) -> Any:
            start, used = time.perf_counter(), time.process_time()
            try:
                return compute(*given, **named)
            finally:
                spent["seconds"] += time.perf_counter() - start
                spent["cpu"] += time.process_time() - used

        return wrapped

    for module, name in (
        (app, "reviews"),
        (insight, "frontier_of"),
        (insight, "explanation_of"),
        (insight, "wash_calendar_of"),
    ):
        setattr(module, name, timed(getattr(module, name)))
    start, used = time.perf_counter(), time.process_time()
    done = refresh(book)
    seconds, cpu = time.perf_counter() - start, time.process_time() - used - spent["cpu"]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "plans": spent["seconds"], "cpu": cpu, "cells": done.cells, "memory": memory}


if __name__ == "__main__":
    main()
