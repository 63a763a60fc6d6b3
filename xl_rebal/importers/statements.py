"""What an importer hands over: positions and tax lots as a custodian states them, section by section, before any merging."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from xl_rebal.engine.problems import Problem, Source
from xl_rebal.importers.exports import Skipped

CASH = "CASH"
"""Symbol that a custodian's own cash row becomes; its quantity is dollars."""


class Kind(Enum):
    POSITIONS = "positions"
    LOTS = "lots"


@dataclass(frozen=True, slots=True)
class ImportedPosition:
    """A position as the custodian states it. `account` is the masked text, `digits` what it shows of the number."""

    account: str
    digits: str
    symbol: str
    name: str
    quantity: Decimal
    price: Decimal | None  # dollars per unit of quantity
    value_cents: int | None
    basis_cents: int | None
    source: Source


@dataclass(frozen=True, slots=True)
class ImportedLot:
    """A tax lot as the custodian states it. `acquired` starts the holding period; `bought` is the trade where a wash
    sale made the two differ."""

    account: str
    digits: str
    symbol: str
    acquired: date | None
    quantity: Decimal
    basis_cents: int | None
    price: Decimal | None
    value_cents: int | None
    bought: date | None
    disallowed_cents: int | None
    source: Source


@dataclass(frozen=True, slots=True)
class Statement:
    """What one section of a file states: all positions of an account, or all lots of one security in it.

    `whole` says that nothing can be missing: no row was unreadable and, for positions, the file was not cut off.
    """

    kind: Kind
    source: Source
    account: str
    digits: str
    symbol: str  # of lots; '' for positions
    as_of: datetime | None
    whole: bool
    positions: tuple[ImportedPosition, ...] = ()
    lots: tuple[ImportedLot, ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """All that was read, with what was wrong and what was passed over."""

    statements: tuple[Statement, ...]
    problems: tuple[Problem, ...]
    skipped: tuple[Skipped, ...]

    @property
    def positions(self) -> tuple[ImportedPosition, ...]:
        return tuple(row for one in self.statements for row in one.positions)

    @property
    def lots(self) -> tuple[ImportedLot, ...]:
        return tuple(row for one in self.statements for row in one.lots)

    @property
    def as_of(self) -> date | None:
        """Day of the newest statement."""
        return max((one.as_of.date() for one in self.statements if one.as_of), default=None)
