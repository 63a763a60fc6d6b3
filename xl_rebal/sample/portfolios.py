"""What a generated household holds: positions around its model's weights, and their tax lots over fifteen years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from xl_rebal.engine.book import Owner, Registration
from xl_rebal.sample.prices import YEARS, path, price_on
from xl_rebal.sample.rows import Cell, Row
from xl_rebal.sample.securities import PRICE_DATE, security_rows

AS_OF = date.fromisoformat(PRICE_DATE)
US, ABROAD, BONDS, REAL, CASH = "US Equity", "International Equity", "Fixed Income", "Real Assets", "Cash"
CLASSES = (US, ABROAD, BONDS, REAL, CASH)
_ABROAD = frozenset(("VXUS", "IXUS", "VEA", "IEFA", "VWO", "IEMG"))
_STOCKS = frozenset(("AAPL", "MSFT", "NVDA", "JNJ", "PG", "JPM", "XOM", "BRK.B", "INTC", "DE"))
_MUNI = frozenset(("MUB", "VTEB"))
_RISE = {US: 0.12, ABROAD: 0.05}  # log of what a class gained on the others since the last rebalance


class Account(NamedTuple):
    """An account to fill; `size` is what such accounts hold beside each other."""

    id: str
    size: float
    registration: Registration
    owner: Owner


class Holding(NamedTuple):
    account: str
    symbol: str
    value: float
    reinvests: bool


@dataclass(frozen=True, slots=True)
class Universe:
    """The firm's securities by class, with their price histories."""

    rows: list[Row]
    price: dict[str, float]
    by_class: dict[str, tuple[str, ...]]
    history: dict[str, Sequence[float]]


def universe_of(seed: int) -> Universe:
    """The sample's securities in the finer classes of generated firms, with price histories of this seed."""
    rows = security_rows()
    by_class: dict[str, list[str]] = {name: [] for name in CLASSES}
    history: dict[str, Sequence[float]] = {}
    price: dict[str, float] = {}
    for row in rows:
        symbol, value = str(row["Symbol"]), float(str(row["Price"]))
        if row["Asset Class"] == "Equity":
            row["Asset Class"] = ABROAD if symbol in _ABROAD else US
        asset_class = str(row["Asset Class"])
        price[symbol] = value
        by_class[asset_class].append(symbol)
        if asset_class != CASH:
            history[symbol] = path(seed, str(row["Same As"] or symbol), asset_class, symbol in _STOCKS, value)
    return Universe(rows, price, {name: tuple(symbols) for name, symbols in by_class.items()}, history)


def holdings_of(
    rng: Random,
    accounts: Sequence[Account],
    values: Sequence[float],
    weights: Sequence[float],
    universe: Universe,
) -> tuple[list[Holding], dict[str, float]]:
    """Positions whose classes stand around the model's weights, and cash by account.

    Classes have drifted, stocks up more often than not; accounts tilt, taxable ones to stocks and sheltered ones to
    bonds; then rows and columns are fitted to the totals.
    """
    drifted = [
        weight * rng.lognormvariate(_RISE.get(name, 0.0), 0.5 if name == CASH else 0.14)
        for name, weight in zip(CLASSES, weights, strict=True)
    ]
    columns = [sum(values) * weight / sum(drifted) for weight in drifted]
    grid = [
        [
            (rng.gammavariate(1.2, 1.0) + 0.02)
            * (2.0 if (name == BONDS) != account.registration.taxable else 1.0)
            for name in CLASSES
        ]
        for account in accounts
    ]
    for _ in range(6):
        for i, row in enumerate(grid):
            scale = values[i] / sum(row)
            grid[i] = [cell * scale for cell in row]
        for j, column in enumerate(columns):
            scale = column / sum(row[j] for row in grid)
            for row in grid:
                row[j] *= scale
    holdings, cash = [], {}
    for account, row in zip(accounts, grid, strict=True):
        taxable = account.registration.taxable
        reinvests = rng.random() < (0.3 if taxable else 0.65)
        for asset_class, value in zip(CLASSES, row, strict=True):
            if asset_class == CASH:
                cash[account.id] = value
                continue
            if value < 1_500:
                continue
            choice = [s for s in universe.by_class[asset_class] if taxable or s not in _MUNI]
            symbols = rng.sample(choice, min(len(choice), 1 + (rng.random() < 0.6) + (value > 250e3)))
            parts = [rng.gammavariate(2.0, 1.0) for _ in symbols]
            holdings += [
                Holding(account.id, s, value * part / sum(parts), reinvests and s not in _STOCKS)
                for s, part in zip(symbols, parts, strict=True)
            ]
    return holdings, cash


def lots_of(
    rng: Random, holdings: Sequence[Holding], count: int, universe: Universe
) -> tuple[list[tuple[Cell, ...]], list[tuple[Cell, ...]]]:
    """`count` lots of these holdings, and the purchases of this year among them as activity."""
    extra = [0] * len(holdings)
    if holdings:
        weights = [h.value**0.5 * (3.0 if h.reinvests else 1.0) for h in holdings]
        for i in rng.choices(range(len(holdings)), weights, k=count - len(holdings)):
            extra[i] += 1
    table: list[tuple[Cell, ...]] = []
    activity: list[tuple[Cell, ...]] = []
    for holding, more in zip(holdings, extra, strict=True):
        price, history = universe.price[holding.symbol], universe.history[holding.symbol]
        shares = holding.value / price
        bought, reinvested = _dates(rng, more + 1, holding.reinvests)
        parts = [rng.gammavariate(1.5, 1.0) + 0.05 for _ in bought]
        drip = shares * 0.004  # a quarter's or month's dividend buys about this much of the position
        main = max(shares * 0.3, shares - drip * len(reinvested))
        trades = [
            (day, "Buy", float(max(1, round(main * part / sum(parts)))))
            for day, part in zip(bought, parts, strict=True)
        ]
        trades += [
            (day, "Reinvest", max(0.001, round(drip * rng.uniform(0.7, 1.3), 4))) for day in reinvested
        ]
        for day, kind, quantity in trades:
            basis = round(quantity * price_on(history, AS_OF, day), 2)
            known = rng.random() >= 0.002
            hold = "Yes" if rng.random() < 0.01 else None
            serial = f"{len(table) + 1:04d}"
            lot = (holding.account, holding.symbol, day, quantity, basis if known else None)
            table.append((*lot, hold, "Yes", serial))
            if day.year == AS_OF.year:
                activity.append((day, holding.account, kind, basis, holding.symbol, quantity))
    return table, activity


def _dates(rng: Random, count: int, reinvests: bool) -> tuple[list[date], list[date]]:
    """Trade dates: purchases over the years, more of them lately, and monthly reinvestments up to now."""
    months = min(count - 1, 12 * (YEARS - 1)) if reinvests else 0
    offset = rng.randint(1, 28)
    reinvested = [weekday(AS_OF - timedelta(days=offset + round(30.4375 * i))) for i in range(months)]
    back = [1 + int(365.25 * YEARS * rng.random() ** 1.6) for _ in range(count - months)]
    return sorted(weekday(AS_OF - timedelta(days=days)) for days in back), reinvested[::-1]


def weekday(day: date) -> date:
    """The day, or the Friday before it."""
    return day - timedelta(days=max(0, day.weekday() - 4))
