"""Measures how fast past loss sales meet their replacement shares, and prints a table: python benchmarks/wash.py

Every case is one household of invented transactions, made from a seed. Making the transactions is not timed; taking
them to matches is. `spread` is many securities over four years; `dense` is one security inside one 61-day window,
as many loss sales as purchases; `own` is dense with every purchase sold again, so that whose shares a sale sold must
be worked out too; `lots` is one day of purchases known both from their rows and from the lots that hold them.

Times are processor seconds of the one core used; they depend on the machine and are printed, never asserted. Every
case runs in a process of its own, so that its memory is its own; `values MB` is what the transactions take.
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from xl_rebal.engine.book import (
    Account,
    Activity,
    ActivityType,
    Client,
    FilingStatus,
    Household,
    Lot,
    Owner,
    Registration,
    Security,
)
from xl_rebal.engine.problems import Source
from xl_rebal.engine.wash_sales import wash_sale_matches
from xl_rebal.params.types import WashSaleParameters

WINDOW = WashSaleParameters(days_before=30, days_after=30)
AS_OF = date(2026, 10, 15)
ACCOUNTS = (
    Account("TAX", "C1", Registration.INDIVIDUAL),
    Account("JOINT", "C1", Registration.JOINT, owner=Owner.JOINT),
    Account("SPOUSE", "C1", Registration.INDIVIDUAL, owner=Owner.SPOUSE),
    Account("IRA", "C1", Registration.TRADITIONAL_IRA),
    Account("ROTH", "C1", Registration.ROTH_IRA, owner=Owner.SPOUSE),
)
CASES = (
    ("spread", 10_000),
    ("spread", 100_000),
    ("spread", 1_000_000),
    ("dense", 20_000),
    ("dense", 200_000),
    ("own", 20_000),
    ("own", 200_000),
    ("lots", 200_000),
)
TARGET_SECONDS = {("spread", 1_000_000): 5.0}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--case", choices=sorted(_MADE), help="only this case")
    parser.add_argument("--rows", type=int, help="of that many transactions")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(_measured(_MADE[arguments.case](arguments.rows, random.Random(arguments.seed)))))
        return
    cases = [(arguments.case, arguments.rows or 100_000)] if arguments.case else CASES
    print(f"Python {platform.python_version()}, {platform.machine()}, seed {arguments.seed}")
    print(f"{'case':8}{'n':>11}{'seconds':>10}{'target':>8}{'matches':>10}{'peak MB':>10}{'values MB':>11}")
    for name, rows in cases:
        command = [sys.executable, __file__, "--measure", "--case", name, "--rows", str(rows)]
        done = subprocess.run(
            [*command, "--seed", str(arguments.seed)], check=True, capture_output=True, text=True
        )
        found = json.loads(done.stdout)
        target = TARGET_SECONDS.get((name, rows))
        shown = f"{target:8.1f}" if target else f"{'':>8}"
        missed = "  <- missed" if target and found["seconds"] > target else ""
        print(
            f"{name:8}{rows:11,}{found['seconds']:10.2f}{shown}{found['matches']:10,}{found['peak']:10.0f}"
            f"{found['values']:11.0f}{missed}",
            flush=True,
        )


def _measured(home: Household) -> dict[str, float]:
    gc.collect()
    values = _peak_mb()
    start = time.process_time()
    matches = wash_sale_matches(home, AS_OF, WINDOW)
    seconds = time.process_time() - start
    return {"seconds": seconds, "matches": len(matches), "peak": _peak_mb(), "values": values}


def _spread(rows: int, chance: random.Random) -> Household:
    """Buys, reinvestments, sales (most at a loss) and dividends of many securities; some of the buys are still held."""
    symbols = [f"S{i:04}" for i in range(max(10, rows // 500))]
    kinds = chance.choices(
        (ActivityType.BUY, ActivityType.REINVEST, ActivityType.SELL, ActivityType.DIVIDEND),
        (30, 20, 30, 20),
        k=rows,
    )
    listed, lots = [], []
    for number, kind in enumerate(kinds):
        on = AS_OF - timedelta(chance.randrange(1461))
        symbol, account = chance.choice(symbols), chance.choice(ACCOUNTS).id
        shares = chance.randrange(1, 200)
        quantity = Decimal(
            f"{shares}.{chance.randrange(10_000):04}" if kind is ActivityType.REINVEST else shares
        )
        gain = chance.randrange(-50_000, 20_000) if kind is ActivityType.SELL else 0
        short, long = (gain, 0) if chance.random() < 0.5 else (0, gain)
        listed.append(_row(number, on, account, kind, symbol, quantity, short, long))
        if kind is ActivityType.BUY and chance.random() < 0.3:
            lots.append(_lot(number, on, account, symbol, quantity))
    securities = {
        s: Security(s, "US Equity", Decimal(100), same_as=f"G{i // 2}") for i, s in enumerate(symbols)
    }
    return _household(listed, lots, securities)


def _dense(rows: int, chance: random.Random) -> Household:
    """As many long-term loss sales as purchases of one security, in random order inside 61 days."""
    listed = []
    for number in range(rows):
        on, shares = AS_OF - timedelta(chance.randrange(61)), Decimal(chance.randrange(1, 10))
        if number % 2:
            listed.append(
                _row(number, on, "TAX", ActivityType.SELL, "A", shares, 0, -chance.randrange(1, 9_999))
            )
        else:
            listed.append(_row(number, on, chance.choice(ACCOUNTS).id, ActivityType.BUY, "A", shares, 0, 0))
    return _household(listed, [], {})


def _own(rows: int, chance: random.Random) -> Household:
    """Purchases of one security that are all sold again at a short-term loss: a few at once, and one sale of half."""
    listed = []
    half = rows // 2
    for number in range(half):
        on = AS_OF - timedelta(30 + chance.randrange(31))
        listed.append(_row(number, on, "TAX", ActivityType.BUY, "A", Decimal(2), 0, 0))
    for number in range(half, rows - 1):
        on = AS_OF - timedelta(chance.randrange(30))
        listed.append(
            _row(number, on, "TAX", ActivityType.SELL, "A", Decimal(1), -chance.randrange(1, 9_999), 0)
        )
    listed.append(_row(rows, AS_OF, "TAX", ActivityType.SELL, "A", Decimal(half), -half * 100, 0))
    return _household(listed, [], {})


def _lots(rows: int, chance: random.Random) -> Household:
    """One day's purchases, each known from a row and from a lot of another quantity, and a sale the day after."""
    on = AS_OF - timedelta(10)
    half = rows // 2
    listed = [
        _row(i, on, "TAX", ActivityType.BUY, "A", Decimal(chance.randrange(1, 10_000)), 0, 0)
        for i in range(half)
    ]
    lots = [_lot(i, on, "TAX", "A", Decimal(chance.randrange(1, 10_000))) for i in range(half)]
    listed.append(_row(half, AS_OF, "TAX", ActivityType.SELL, "A", Decimal(half * 100), 0, -half * 100))
    return _household(listed, lots, {})


def _row(
    number: int,
    on: date,
    account: str,
    kind: ActivityType,
    symbol: str,
    quantity: Decimal,
    short: int,
    long: int,
) -> Activity:
    return Activity(on, account, kind, 10_000, symbol, quantity, short, long, Source("Activity", number + 2))


def _lot(number: int, on: date, account: str, symbol: str, quantity: Decimal) -> Lot:
    return Lot(f"L{number}", account, symbol, on, quantity, 10_000, source=Source("Lots", number + 2))


def _household(rows: list[Activity], lots: list[Lot], securities: dict[str, Security]) -> Household:
    client = Client("C1", "Measured", FilingStatus.MARRIED_JOINT, "Balanced")
    return Household(client, ACCOUNTS, tuple(lots), (), (), tuple(rows), (), (), securities)


def _peak_mb() -> float:
    """Most memory of this process so far; Linux's ru_maxrss would count the parent's at the fork."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


_MADE: dict[str, Callable[[int, random.Random], Household]] = {
    "spread": _spread,
    "dense": _dense,
    "own": _own,
    "lots": _lots,
}

if __name__ == "__main__":
    main()
