"""Invented price histories: a seeded monthly path per security that ends at today's price."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from math import exp, sqrt
from random import Random

YEARS = 15
_BEHAVIOR = {  # asset class of generated firms -> yearly growth and volatility of the price, dividends apart
    "US Equity": (0.11, 0.15),
    "International Equity": (0.06, 0.16),
    "Fixed Income": (0.008, 0.05),
    "Real Assets": (0.05, 0.16),
}
_SINGLE_STOCK = (0.12, 0.30)


@lru_cache(maxsize=4096)
def path(seed: int, identity: str, asset_class: str, single_stock: bool, price: float) -> Sequence[float]:
    """Price at the end of each month, going back from now: item 0 is `price`.

    Securities of one `identity` (funds of one index) move together.
    """
    rng = Random(f"{seed}/{identity}")  # noqa: S311
    growth, volatility = _SINGLE_STOCK if single_stock else _BEHAVIOR[asset_class]
    prices = [price]
    for _ in range(12 * (YEARS + 1)):
        step = (growth - volatility**2 / 2) / 12 + volatility / sqrt(12) * rng.gauss(0, 1)
        prices.append(prices[-1] * exp(-step))
    return prices


def price_on(monthly: Sequence[float], as_of: date, day: date) -> float:
    """Price on a past day, between the two month ends around it."""
    months = max(0.0, (as_of - day).days / 30.4375)
    i = min(int(months), len(monthly) - 2)
    part = min(1.0, months - i)
    return monthly[i] * (1 - part) + monthly[i + 1] * part
