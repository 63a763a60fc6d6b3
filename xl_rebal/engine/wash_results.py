"""The values that the wash-sale rules return beside `results.WashMatch` and `WashStatus`.

Shares and losses are positive; a disallowed loss that is not permanent is added to the basis of its replacement.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from xl_rebal.engine.book import Activity, Lot


@dataclass(frozen=True, slots=True)
class LotPart:
    """Replacement shares inside a lot: `quantity` of its shares carry `added_cents` more than the lot says."""

    lot: Lot
    quantity: Decimal
    basis_cents: int | None  # of these shares as the lot has it; None: the lot's is unknown
    added_cents: int

    @property
    def adjusted_cents(self) -> int | None:
        """Basis of these shares with the disallowed loss (IRC 1091(d)); None: unknown."""
        return None if self.basis_cents is None else self.basis_cents + self.added_cents


@dataclass(frozen=True, slots=True)
class ReplacementShares:
    """What one purchase took over from one loss sale: basis and holding period of its replacement shares.

    `held_from` is the date as if acquired on: the purchase's own moved back by the days that the shares sold were
    held, without the gap between; None when the day on which they were acquired is not known. From `long_term_by`
    on they are long-term for certain, perhaps earlier; both are None for shares in an IRA or plan.
    """

    sale: Activity
    bought: Lot | Activity
    quantity: Decimal
    disallowed_cents: int
    permanent: bool  # in an IRA or plan: no basis is added and the loss is gone (Rev. Rul. 2008-5)
    held_from: date | None
    long_term_by: date | None
    parts: tuple[LotPart, ...]  # where the shares are today, as far as lots hold them
    unknown: str = ""  # why the lots' shares can't be told apart, as a sentence

    @property
    def added_cents(self) -> int:
        """What the basis of the replacement shares rises by: all of the disallowed loss, or nothing."""
        return 0 if self.permanent else self.disallowed_cents

    @property
    def same_account(self) -> bool:
        """Whether the custodian adjusts basis and reported loss itself (Reg. 1.6045-1(d)(6)(iii)): then don't twice."""
        return self.sale.account_id == self.bought.account_id and self.sale.symbol == self.bought.symbol


@dataclass(frozen=True, slots=True)
class AdjustedLot:
    """A lot with its replacement shares split off; what is left keeps its own date and the rest of the basis."""

    lot: Lot
    parts: tuple[LotPart, ...]
    other_quantity: Decimal
    other_basis_cents: int | None

    @property
    def adjusted_cents(self) -> int | None:
        """The whole lot's basis with everything added; None: unknown."""
        if self.lot.basis_cents is None:
            return None
        return self.lot.basis_cents + sum(part.added_cents for part in self.parts)


class WashBlock(Enum):
    """What must wait."""

    SELL = "Sell at a loss"
    BUY = "Buy"


@dataclass(frozen=True, slots=True)
class Blocking:
    """A purchase, or a loss sale, that something must wait for."""

    account_id: str
    on: date
    quantity: Decimal | None
    source: Lot | Activity
    sheltered: bool  # in an IRA or plan: a loss that it washes is lost for good


@dataclass(frozen=True, slots=True)
class WashDate:
    """One line of a household's wash calendar: what is blocked there, until when, and by what.

    `clear_from` is the first day on which it can be done as far as this household's accounts tell. It is never
    clear without the caveat: accounts held elsewhere are unknown, and a reinvested dividend moves the date.
    """

    symbol: str
    group: str  # substantially-identical group, '' when the symbol stands alone
    account_id: str  # '' for a buy: it is blocked in every account of the household, IRAs and spouse included
    block: WashBlock
    clear_from: date
    blocked_by: tuple[Blocking, ...]  # latest first
    loss_cents: int | None  # SELL: loss of the account's lots today; BUY: realized; None: not known
    at_stake_cents: int | None  # the most of it that would be disallowed; None: not known
    reinvesting: tuple[str, ...]  # accounts that reinvest: the date holds only once that is turned off
    caveat: str
