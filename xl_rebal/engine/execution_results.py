"""The values that the comparison of executed trades with a plan returns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from xl_rebal.engine.book import Activity
from xl_rebal.engine.results import Side, TaxEstimate, WashMatch


class Done(Enum):
    """How far a planned trade was carried out."""

    DONE = "Done"
    PARTLY = "Partly done"
    MORE = "More than planned"
    NOT_DONE = "Not done"
    UNPLANNED = "Not in the plan"
    UNKNOWN = "Unknown"


class LotsSold(Enum):
    """Which lots left, compared with the plan's."""

    AS_PLANNED = "As planned"
    OTHER = "Other lots"
    UNKNOWN = "Unknown"
    NO_MATTER = "No matter"  # a buy, or an account whose sales are not taxed


class LotMethod(Enum):
    """A custodian's way of choosing lots that the sale fits; most take FIFO unless lots are named."""

    FIFO = "FIFO"  # first in, first out (Reg. 1.1012-1(c)(1))
    HIGHEST_COST = "highest cost first"
    LIFO = "LIFO"
    AVERAGE = "average cost"  # funds (Reg. 1.1012-1(e))


class Agreed(Enum):
    """What was decided about the plan; None in its place is no decision."""

    YES = "approved"
    CHANGED = "approved with changes"
    NO = "declined"
    LATER = "deferred"


class Outcome(Enum):
    """A household's plan as a whole after the trades, the most pressing first."""

    AGAINST = "Traded although not approved"
    UNKNOWN = "Not known"
    OTHER_LOTS = "Other lots sold"
    WASHED = "New wash sale"
    CHANGED = "Traded with changes"  # that the decision names in words only: not comparable with the plan as proposed
    PARTLY = "Partly done"
    NOT_DONE = "Not done"
    LOTS_UNKNOWN = "Done, lots not known"
    DONE = "Done"
    NOTHING = "Nothing planned"


@dataclass(frozen=True, slots=True)
class ExecutedTrade:
    """One planned trade, or one that no plan asked for, with what was done about it.

    `quantity` is in the plan's shares (a split since then is taken out); None: a fill's shares are unknown. Gains are of
    taxable sales; None: neither the Activity nor the Lots sheet tells.
    """

    account_id: str
    symbol: str
    side: Side
    state: Done
    planned_quantity: Decimal
    quantity: Decimal | None
    planned_cents: int
    amount_cents: int
    fills: tuple[Activity, ...]
    lots: LotsSold
    method: LotMethod | None  # that other lots fit
    planned_gain_cents: tuple[int, int] | None  # short- and long-term
    gain_cents: tuple[int, int] | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Execution:
    """What became of a plan."""

    outcome: Outcome
    trades: tuple[ExecutedTrade, ...]  # planned ones in the plan's order, then the others
    wash: tuple[WashMatch, ...]  # that no day before the plan's knew
    planned_gain_cents: tuple[int, int]
    gain_cents: tuple[int, int] | None  # realized by every sale since, on the household's own return
    planned_tax: TaxEstimate | None
    tax: TaxEstimate | None  # on what was realized
    notes: tuple[str, ...]

    @property
    def disallowed_cents(self) -> int:
        return sum(match.disallowed_cents for match in self.wash)

    @property
    def more_tax_cents(self) -> int | None:
        """Estimated tax beyond the plan's; None when one of them is unknown."""
        if self.tax is None or self.planned_tax is None:
            return None
        return self.tax.total_cents - self.planned_tax.total_cents

    def of(self, *states: Done) -> tuple[ExecutedTrade, ...]:
        return tuple(trade for trade in self.trades if trade.state in states)


def total_gain(trades: Iterable[ExecutedTrade]) -> tuple[int, int] | None:
    """Short- and long-term gain of these sales; None when one of them is unknown."""
    short = long = 0
    for trade in trades:
        if trade.gain_cents is None:
            return None
        short, long = short + trade.gain_cents[0], long + trade.gain_cents[1]
    return short, long
