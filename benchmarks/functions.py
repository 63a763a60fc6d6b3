"""Times the Excel functions on an invented firm through xlwings' own conversion: python benchmarks/functions.py

What is in it: all that happens in Python between Excel's call and its answer (xlwings' call_udf, with the values that COM
hands over). What is not: the COM transfer of the ranges itself, which only Windows has. Every formula of the Dashboard, the
Client sheet and Checks is asked, as Excel does after a change. Times depend on the machine and are printed, never asserted.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import platform
import pstats
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

ONE_CLIENT = (
    *("XR_DRIFT", "XR_PLAN", "XR_LOTS", "XR_TAX", "XR_COMPARE", "XR_WASH", "XR_RMD", "XR_LEFT_OUT"),
    *("XR_NOTES", "XR_FRONTIER", "XR_WHY"),
)
WHOLE_FIRM = ("XR_BOOK", "XR_CHECKS", "XR_HARVEST", "XR_PROOF", "XR_CALENDAR")
CHANGED, UNCHANGED, START = 1.0, 0.05, 1.0  # seconds aimed at
QUANTITY = 3  # column of Lots
FIRST_ANSWER = """
import time, sys
start = time.perf_counter()
from udfs import functions, insight
tables = {tables!r}
key = functions.XR_DATA(*tables)[0][0]
assert key.startswith("Book "), key
print(time.perf_counter() - start)
"""

Call = Callable[..., Any]
Tables = dict[str, tuple[tuple[Any, ...], ...]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=300)
    parser.add_argument("--lots", type=int, default=100, help="tax lots per household")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--edits", type=int, default=5, help="cells of Lots changed one after the other")
    parser.add_argument("--profile", action="store_true", help="show where the time of one change goes")
    arguments = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from tests.udfs.excel import excel

    tables = _tables(arguments.households, arguments.lots, arguments.seed)
    lots = len(tables["Lots"]) - 1
    print(f"{arguments.households} households, {lots:,} lots, seed {arguments.seed}")
    print(f"Python {platform.python_version()}, {platform.machine()}; seconds (processor seconds)")
    with excel() as call:
        client = str(tables["Clients"][1][0])
        _line("first", lambda: _all(call, tables, client), None)
        same = _fresh(tables)
        _line("nothing changed", lambda: _all(call, same, client), UNCHANGED)
        for edit in range(arguments.edits):
            tables = _edited(tables, (edit * 2 + 1) * lots // (2 * arguments.edits))
            given = _fresh(tables)
            _line(f"lot changed {edit + 1}", lambda given=given: _all(call, given, client), CHANGED)
        lots_now = tables["Lots"]
        tables = {**tables, "Lots": (*lots_now[: lots // 2], *lots_now[lots // 2 + 1 :])}
        shorter = _fresh(tables)
        _line("row deleted", lambda: _all(call, shorter, client), None)
        again = _fresh(tables)
        _line("nothing changed", lambda: _all(call, again, client), UNCHANGED)
        _line("other client", lambda: _client(call, tables, str(tables["Clients"][2][0])), None)
        held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{'memory':18}{held:8.0f} MB at most, the invented tables included")
        if arguments.profile:
            profile = cProfile.Profile()
            given = _fresh(_edited(tables, 7))
            profile.runcall(_all, call, given, client)
            pstats.Stats(profile).sort_stats("tottime").print_stats(30)
    _starts()


def _line(name: str, task: Callable[[], object], target: float | None) -> None:
    gc.collect()
    start, used = time.perf_counter(), time.process_time()
    task()
    seconds, cpu = time.perf_counter() - start, time.process_time() - used
    missed = "  <- missed" if target and cpu > target else ""
    aim = f"  aim {target:g}" if target else ""
    print(f"{name:18}{seconds:8.3f} ({cpu:.3f}){aim}{missed}", flush=True)


def _all(call: Call, tables: Tables, client: str) -> None:
    """Every function once, as a change of the tables makes Excel ask them."""
    from udfs.functions import DATA_SHEETS

    key = call("XR_DATA", *(tables[name] for name in DATA_SHEETS))[0][0]
    if not str(key).startswith("Book "):
        raise SystemExit(f"XR_DATA answers: {key}")
    for name in WHOLE_FIRM:
        _sound(name, call(name, key))
    _client(call, tables, client, key)


def _client(call: Call, tables: Tables, client: str, key: str | None = None) -> None:
    from udfs.functions import DATA_SHEETS

    key = key or call("XR_DATA", *(tables[name] for name in DATA_SHEETS))[0][0]
    for name in ONE_CLIENT:
        _sound(name, call(name, client, key))


def _sound(name: str, cells: list[list[Any]]) -> None:
    if "fault in xl_rebal" in str(cells[0][0]):
        raise SystemExit(f"{name} answers: {cells[0][0]}")


def _tables(households: int, lots: int, seed: int) -> Tables:
    """The firm's tables as COM hands them over: tuples of rows, dates as datetimes."""
    from workbook.inputs import table_values
    from xl_rebal import sample
    from xl_rebal.sheets.layout import INPUT_SHEETS

    rows = sample.generated_rows(households, seed, (lots, lots))
    tables: Tables = {
        sheet.name: tuple(map(tuple, table_values(sheet, rows.get(sheet.name, ())))) for sheet in INPUT_SHEETS
    }
    settings = [("Setting", "Value")]
    for name, value in sample.generated_settings_values().items():
        settings.append((name, _com(value)))
    return {**tables, "Settings": tuple(settings)}


def _com(value: Any) -> Any:
    """A setting's value as COM hands it over."""
    from workbook.inputs import cell_value

    return cell_value(value)


def _edited(tables: Tables, row: int) -> Tables:
    """The tables with one more share in a row of Lots."""
    lots = list(tables["Lots"])
    cells = list(lots[row + 1])
    cells[QUANTITY] = float(cells[QUANTITY]) + 1
    lots[row + 1] = tuple(cells)
    return {**tables, "Lots": tuple(lots)}


def _fresh(tables: Tables) -> Tables:
    """Equal tables of which nothing is the same object, as COM makes them anew for every call."""
    return {
        name: tuple(tuple(_copy(cell) for cell in row) for row in table) for name, table in tables.items()
    }


def _copy(cell: Any) -> Any:
    if isinstance(cell, str):
        return cell.encode().decode()
    if isinstance(cell, datetime):
        return cell.replace()
    return cell * 1.0 if type(cell) is float else cell


def _starts() -> None:
    """From the start of Python to the first answer on the sample firm, as Excel waits for it when a workbook opens."""
    from udfs.functions import DATA_SHEETS
    from workbook.inputs import table_values
    from xl_rebal import sample
    from xl_rebal.sheets.layout import INPUT_SHEETS

    rows = sample.firm_rows()
    tables = {sheet.name: table_values(sheet, rows.get(sheet.name, ())) for sheet in INPUT_SHEETS}
    tables["Settings"] = [["Setting", "Value"]]
    tables["Settings"] += [[name, _com(value)] for name, value in sample.firm_settings_values().items()]
    code = "import datetime\n" + FIRST_ANSWER.format(tables=[tables[name] for name in DATA_SHEETS])
    with tempfile.NamedTemporaryFile("w", suffix=".py", encoding="utf-8") as script:
        script.write(code)
        script.flush()
        times = []
        for _ in range(3):
            start, used = time.perf_counter(), _children()
            done = subprocess.run(
                [sys.executable, script.name],
                check=True,
                capture_output=True,
                text=True,
                env={"PYTHONPATH": str(Path(__file__).resolve().parent.parent)},
            )
            times.append((_children() - used, time.perf_counter() - start, float(done.stdout)))
    cpu, whole, inside = min(times)
    missed = "  <- missed" if cpu > START else ""
    print(
        f"{'start':18}{whole:8.3f} ({cpu:.3f}) of them {inside:.3f} after Python itself  aim {START:g}{missed}"
    )


def _children() -> float:
    """Processor seconds of the processes started so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
