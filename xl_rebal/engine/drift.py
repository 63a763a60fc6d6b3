"""How far a household stands from its targets: class first, then security, against tolerance bands.

Weights are fractions of the household's current value across all its accounts, cash included. A lot whose security
has no price makes the household's value unknown; `checks` withholds such a client before this is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from xl_rebal.engine.book import (
    CASH_CLASS,
    BandType,
    Client,
    Household,
    Settings,
    Target,
)
from xl_rebal.engine.problems import Source
from xl_rebal.money import value_cents


class DriftStatus(Enum):
    BELOW = "Below band"
    INSIDE = "In band"
    ABOVE = "Above band"
    NO_TARGET = "No target"


@dataclass(frozen=True, slots=True)
class Band:
    """Target and tolerance of a sleeve as weights; `lower <= target <= upper`."""

    target: float
    lower: float
    upper: float
    source: Source


@dataclass(frozen=True, slots=True)
class Sleeve:
    """One line of a drift report: an asset class, or a security inside one (`symbol` set)."""

    asset_class: str
    symbol: str  # '' for a class
    value_cents: int
    weight: float
    band: Band | None  # None: held, or listed, without a target
    sources: tuple[Source, ...]  # the lots and balances that add up to value_cents

    @property
    def name(self) -> str:
        return self.symbol or self.asset_class

    @property
    def drift(self) -> float:
        """Weight less target: positive is overweight. Without a target: 0."""
        return self.weight - self.band.target if self.band else 0.0

    @property
    def status(self) -> DriftStatus:
        if self.band is None:
            return DriftStatus.NO_TARGET
        if self.weight > self.band.upper + WEIGHT_TOLERANCE:
            return DriftStatus.ABOVE
        if self.weight < self.band.lower - WEIGHT_TOLERANCE:
            return DriftStatus.BELOW
        return DriftStatus.INSIDE


WEIGHT_TOLERANCE = 1e-9
"""Slack of float weights: a weight this close to a band's edge is inside."""


@dataclass(frozen=True, slots=True)
class Drift:
    """The drift report of a household: classes by weight, then securities that have a target."""

    as_of: date
    total_cents: int
    classes: tuple[Sleeve, ...]
    securities: tuple[Sleeve, ...]  # every held security, and every one with a target

    @property
    def breached(self) -> bool:
        return any(s.status in (DriftStatus.ABOVE, DriftStatus.BELOW) for s in self.classes + self.securities)

    @property
    def worst(self) -> Sleeve | None:
        """The class that is furthest from its target."""
        return max(self.classes, key=lambda s: (abs(s.drift), s.name), default=None)

    def sleeve(self, name: str) -> Sleeve | None:
        """The class or security called `name`."""
        folded = name.casefold()
        return next((s for s in self.classes + self.securities if s.name.casefold() == folded), None)


def band_of(target: Target, client: Client, settings: Settings) -> Band:
    """Tolerance band of a target row.

    Explicit Lower/Upper win, then the row's own Band, then the client's override (classes only, absolute), then the
    firm's default for classes or securities. A band never reaches below 0 or above 1.
    """
    if target.band is not None:
        kind = target.band_type or (
            settings.security_band_type if target.symbol else settings.class_band_type
        )
        width = target.band
    elif target.symbol:
        width, kind = settings.security_band, settings.security_band_type
    elif client.band is not None:
        width, kind = client.band, BandType.ABSOLUTE
    else:
        width, kind = settings.class_band, settings.class_band_type
    reach = target.weight * width if kind is BandType.RELATIVE else width
    lower = target.lower if target.lower is not None else max(0.0, target.weight - reach)
    upper = target.upper if target.upper is not None else min(1.0, target.weight + reach)
    return Band(target.weight, lower, upper, target.source)


Holdings = tuple[Mapping[str, int], Mapping[str, tuple[Source, ...]]]
"""Market value per symbol, and the rows behind it."""


def holdings_cents(household: Household) -> Holdings:
    """Market value per symbol over all accounts, and the rows behind it; cash balances under their own symbol.

    Lots are valued one by one and rounded once each, so a position's value is the sum of the lots shown.
    """
    values: dict[str, int] = {}
    sources: dict[str, list[Source]] = {}
    for lot in household.lots:
        price = household.securities[lot.symbol].price
        if price is None:
            continue
        values[lot.symbol] = values.get(lot.symbol, 0) + value_cents(lot.quantity, price)
        sources.setdefault(lot.symbol, []).append(lot.source)
    for balance in household.cash:
        values[balance.symbol] = values.get(balance.symbol, 0) + balance.cents
        sources.setdefault(balance.symbol, []).append(balance.source)
    return values, {symbol: tuple(rows) for symbol, rows in sources.items()}


def drift(
    household: Household,
    settings: Settings,
    change_cents: Mapping[str, int] | None = None,
    holdings: Holdings | None = None,
) -> Drift:
    """The drift report now or, with `change_cents` (symbol -> signed cents), after those trades.

    A household worth nothing or less has no weights, so nothing of it is held against a band. The symbol '' in
    `change_cents` is money that comes (+) or goes (-) as cash. `holdings` are the household's
    `holdings_cents` where they are known already.
    """
    values, sources = holdings or holdings_cents(household)
    after = dict(values)
    for symbol, cents in (change_cents or {}).items():
        key = symbol or _CASH_CHANGE
        after[key] = after.get(key, 0) + cents
    total = sum(after.values())

    def class_of(symbol: str) -> str:
        if symbol == _CASH_CHANGE:
            return CASH_CLASS
        security = household.securities.get(symbol)
        return security.asset_class if security else CASH_CLASS

    class_targets = {t.asset_class.casefold(): t for t in household.targets if not t.symbol}
    security_targets = {t.symbol: t for t in household.targets if t.symbol}
    names: dict[str, str] = {key: t.asset_class for key, t in class_targets.items()}
    for symbol in after:
        names.setdefault(class_of(symbol).casefold(), class_of(symbol))

    def weight(cents: int) -> float:
        return cents / total if total > 0 else 0.0

    classes = []
    for key, name in names.items():
        members = [symbol for symbol in after if class_of(symbol).casefold() == key]
        cents = sum(after[symbol] for symbol in members)
        rows = tuple(row for symbol in members for row in sources.get(symbol, ()))
        target = class_targets.get(key)
        band = band_of(target, household.client, settings) if target and total > 0 else None
        classes.append(Sleeve(name, "", cents, weight(cents), band, rows))
    securities = []
    for symbol in sorted(set(values) | set(security_targets)):
        if symbol in household.securities and household.securities[symbol].is_cash:
            continue
        target = security_targets.get(symbol)
        band = band_of(target, household.client, settings) if target and total > 0 else None
        cents = after.get(symbol, 0)
        held_class = (
            class_of(symbol) if symbol in household.securities else (target.asset_class if target else "")
        )
        securities.append(Sleeve(held_class, symbol, cents, weight(cents), band, sources.get(symbol, ())))
    for symbol in sorted(set(after) - set(values) - set(security_targets) - {_CASH_CHANGE}):
        cents = after[symbol]
        securities.append(Sleeve(class_of(symbol), symbol, cents, weight(cents), None, ()))
    classes.sort(key=lambda s: (-(s.band.target if s.band else -1.0), s.name))
    securities.sort(key=lambda s: (-s.drift, -s.value_cents, s.symbol))
    return Drift(settings.as_of, total, tuple(classes), tuple(securities))


_CASH_CHANGE = "\x00cash"
