"""Measures importing a large export: python benchmarks/imports.py [--lots 50000]. Prints seconds and memory, asserts nothing.

Every step runs in a process of its own, so that its memory is its own. Seconds of CPU are what the step needs on a machine
that does nothing else.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

TARGET_SECONDS, TARGET_MB = 5.0, 500
LOTS_PER_ACCOUNT = 50
TWO = "Lots_Feb-13-2026.csv"  # imported with the positions that belong to it


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lots", type=int, default=50_000)
    parser.add_argument("--step", choices=["read", "write", "again", "change"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--file", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step:
        print(json.dumps(_step(arguments.step, arguments.folder, arguments.file)))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _files(folder, arguments.lots)
        print(
            f"{arguments.lots:,} lots in {arguments.lots // LOTS_PER_ACCOUNT:,} accounts; target of every line: {TARGET_SECONDS:g} s of CPU, {TARGET_MB} MB"
        )
        print(f"{'':30}{'seconds':>9}{'of CPU':>9}{'memory MB':>11}")
        for file in ("lots 2026-02-13.csv", "lots.json", "lots.xlsx", "Lots_Feb-13-2026.csv"):
            for step, what in (
                ("read", "read and merged"),
                ("write", "written to the workbook"),
                ("again", "imported again"),
                ("change", "with every basis changed"),
            ):
                if step == "change" and file != "lots 2026-02-13.csv":
                    continue
                command = [sys.executable, __file__, "--step", step, "--folder", name, "--file", file]
                done = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
                missed = done["cpu"] > TARGET_SECONDS or done["memory"] > TARGET_MB
                print(
                    f"{'two' if file == TWO else Path(file).suffix[1:]:6}{what:24}{done['seconds']:9.2f}{done['cpu']:9.2f}{done['memory']:11.0f}{'  <- missed' if missed else ''}"
                )


def _step(step: str, folder: Path, file: str) -> dict[str, float]:
    from xl_rebal.app import import_files

    book = folder / f"firm of {file}.xlsx"
    if step == "read":
        book.write_bytes((folder / "firm.xlsx").read_bytes())
    if step == "change":
        file = "changed lots 2026-02-13.csv"
    files = [folder / file]
    if file == TWO:
        files.append(folder / "Positions_Feb-13-2026.csv")
    start, used = time.perf_counter(), time.process_time()
    result = import_files("auto", files, book, dry_run=step == "read")
    seconds, used = time.perf_counter() - start, time.process_time() - used
    if (result.backup is None) != (step in ("read", "again")):
        raise SystemExit(f"{step}: not what was expected: {result.lines()[-1]}")
    return {
        "seconds": seconds,
        "cpu": used,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _files(folder: Path, count: int) -> None:
    """An empty firm, and its lots as three systems export them: Tamarac CSV, Orion JSON, Black Diamond XLSX."""
    import xlsxwriter

    from xl_rebal.sheets import layout

    accounts = [f"ZZ-{number:05}" for number in range(count // LOTS_PER_ACCOUNT)]
    lots = []
    for number in range(count):
        account = accounts[number // LOTS_PER_ACCOUNT % len(accounts)]
        bought = date(2015, 1, 2) + timedelta(days=number * 7 % 3900)
        lots.append((account, f"SYM{number % 25}", bought, 10 + number % 90, 20 + number % 25))
    with xlsxwriter.Workbook(folder / "firm.xlsx") as book:
        for sheet in layout.INPUT_SHEETS:
            page = book.add_worksheet(sheet.name)
            page.write_row(0, 0, sheet.headers)
            if sheet is layout.ACCOUNTS:
                for row, account in enumerate(accounts, 1):
                    page.write_row(row, 0, [account, f"C{row // 3}", "Individual", "Example Trust Co"])
            if sheet is layout.CLIENTS:
                for row in range(1, len(accounts) // 3 + 2):
                    page.write_row(row, 0, [f"C{row - 1}", f"Client {row}", "Single", "M"])
    head = [
        "AccountNumber,HouseholdName,AccountType,Symbol,SecurityName,Quantity,Price,MarketValue,CostBasis,PurchaseDate"
    ]
    for name, gain in (("lots", 5), ("changed lots", 7)):
        lines = [
            f'{account},,Individual,{symbol},"Example, {symbol}",{shares},{price},{shares * price},{shares * price - gain},{bought:%m/%d/%Y}'
            for account, symbol, bought, shares, price in lots
        ]
        (folder / f"{name} 2026-02-13.csv").write_text("\n".join([*head, *lines]))
    _two_files(folder, lots)
    assets = [
        {"id": number, "accountNumber": account, "ticker": symbol, "costBasisLots": [
            {"asOfDate": "2026-02-13T00:00:00", "acquiredDate": f"{bought}T00:00:00", "longTermCost": shares * price - 5.0,
             "shortTermCost": 0.0, "longTermUnits": float(shares), "shortTermUnits": 0.0, "costPerShare": 1.0}]}
        for number, (account, symbol, bought, shares, price) in enumerate(lots)
    ]  # fmt: skip
    (folder / "lots.json").write_text(json.dumps(assets))
    with xlsxwriter.Workbook(folder / "lots.xlsx", {"default_date_format": "m/d/yyyy"}) as book:
        page = book.add_worksheet("Sheet1")
        page.write(0, 0, "As of 2/13/2026")
        page.write_row(
            2,
            0,
            [
                "Account Number",
                "Asset Name",
                "Ticker",
                "Open Date",
                "Units",
                "Price",
                "Cost Basis",
                "Market Value",
            ],
        )
        for row, (account, symbol, bought, shares, price) in enumerate(lots, 3):
            page.write_row(row, 0, [account, symbol, symbol])
            page.write_datetime(row, 3, bought)
            page.write_row(row, 4, [shares, price, shares * price - 5, shares * price])


def _two_files(folder: Path, lots: list[tuple[str, str, date, int, int]]) -> None:
    """The same lots, and the positions that they make up, as a custodian's two downloads."""
    held: dict[tuple[str, str], list[int]] = {}
    lines = ["Account Number,Symbol,Description,Acquired,Quantity,Current Value,Cost Basis Total"]
    for account, symbol, bought, shares, price in lots:
        value = shares * price
        lines.append(f"{account},{symbol},{symbol},{bought:%m/%d/%Y},{shares},${value}.00,${value - 5}.00")
        held.setdefault((account, symbol), [0, price])[0] += shares
    (folder / TWO).write_text("\n".join([*lines, ""]))
    lines = ["Account Number,Symbol,Description,Quantity,Last Price,Current Value,Cost Basis Total"]
    lines += [
        f"{account},{symbol},{symbol},{shares},${price}.00,${shares * price}.00,$1.00"
        for (account, symbol), (shares, price) in held.items()
    ]
    end = '"Date downloaded Feb-13-2026 7:04 p.m ET"'
    (folder / "Positions_Feb-13-2026.csv").write_text("\n".join([*lines, "", end, ""]))


if __name__ == "__main__":
    main()
