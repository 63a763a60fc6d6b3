"""What an importer hands over: positions, lots, transactions, accounts and notes as a system states them, before any merging."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from xl_rebal.engine.book import ActivityType
from xl_rebal.engine.problems import Problem, Source
from xl_rebal.importers.exports import Skipped

CASH = "CASH"
"""Symbol that a custodian's own cash row becomes; its quantity is dollars."""


class Kind(Enum):
    """What the rows of a table in an export are."""

    POSITIONS = "positions"
    LOTS = "lots"
    TRANSACTIONS = "transactions"
    ACCOUNTS = "accounts"
    NOTES = "notes"
    PEOPLE = "people"
    OTHER = "other"  # known, but of no use here


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
    asset_class: str = ""  # in the system's words


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
    lot_id: str = ""  # the custodian's number of it


@dataclass(frozen=True, slots=True)
class ImportedTransaction:
    """A transaction as the system states it; amount and quantity are positive, the type says which way."""

    on: date
    type: ActivityType
    amount_cents: int
    symbol: str
    quantity: Decimal | None
    source: Source


@dataclass(frozen=True, slots=True)
class ImportedAccount:
    """What a system says about an account itself; '' is unknown."""

    account: str
    household: str
    registration: str  # in the system's words
    name: str
    custodian: str
    closed: bool
    source: Source


@dataclass(frozen=True, slots=True)
class ImportedNote:
    """A CRM entry; `person` is whom it is about, in the CRM's words."""

    person: str
    on: date
    text: str
    kind: str
    author: str
    system: str
    source: Source


@dataclass(frozen=True, slots=True)
class Statement:
    """What one section of a file states: all positions of an account, all lots of one security in it, or transactions.

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
    transactions: tuple[ImportedTransaction, ...] = ()
    full: bool = False  # `account` is the whole number, nothing masked
    unproven: bool = False  # the format has nothing that shows whether the file was cut off
    all_lots: bool = False  # of lots: the file holds all lots of the account, and was not cut off
    custodians: tuple[str, ...] | None = (
        None  # words of the Custodian column; () any; None as the merge is told
    )

    @property
    def rows(self) -> int:
        return len(self.positions) + len(self.lots) + len(self.transactions)


@dataclass(frozen=True, slots=True)
class Imported:
    """All that was read, with what was wrong and what was passed over."""

    statements: tuple[Statement, ...]
    problems: tuple[Problem, ...]
    skipped: tuple[Skipped, ...]
    accounts: tuple[ImportedAccount, ...] = ()
    notes: tuple[ImportedNote, ...] = ()

    @classmethod
    def joined(cls, parts: Iterable[Imported]) -> Imported:
        """Several readings as one."""
        every = list(parts)

        def of_all(name: str) -> tuple[Any, ...]:
            return tuple(row for one in every for row in getattr(one, name))

        return cls(
            of_all("statements"), of_all("problems"), of_all("skipped"), of_all("accounts"), of_all("notes")
        )

    @property
    def positions(self) -> tuple[ImportedPosition, ...]:
        return tuple(row for one in self.statements for row in one.positions)

    @property
    def lots(self) -> tuple[ImportedLot, ...]:
        return tuple(row for one in self.statements for row in one.lots)

    @property
    def transactions(self) -> tuple[ImportedTransaction, ...]:
        return tuple(row for one in self.statements for row in one.transactions)

    @property
    def as_of(self) -> date | None:
        """Day of the newest statement."""
        return max((one.as_of.date() for one in self.statements if one.as_of), default=None)
