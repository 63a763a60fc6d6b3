"""Whether transactions explain what has changed in an account's positions since they were last imported.

Shares that came or went between the two days must be those that Activity has bought, sold, reinvested or transferred. What
it does not explain is said with all three figures: a trade that is missing, a split, a correction, or another account's file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from xl_rebal.engine.book import ActivityType
from xl_rebal.engine.problems import Problem, Severity, Source
from xl_rebal.money import quantity_text

_SIGNS: Mapping[str, int] = {
    ActivityType.BUY.value: 1,
    ActivityType.REINVEST.value: 1,
    ActivityType.TRANSFER_IN.value: 1,
    ActivityType.SELL.value: -1,
    ActivityType.TRANSFER_OUT.value: -1,
}
_NONE = Decimal(0)
_LISTED = 4


@dataclass(frozen=True, slots=True)
class Move:
    """A transaction as far as it moves shares."""

    on: date
    type: str
    symbol: str
    quantity: Decimal

    @property
    def shares(self) -> Decimal:
        """Shares in (positive) or out."""
        return _SIGNS.get(self.type, 0) * abs(self.quantity)


@dataclass(frozen=True, slots=True)
class Explained:
    """Positions of an account that changed, by whether transactions explain the change."""

    explained: int
    problem: Problem | None


def explained(
    account_id: str,
    before: Mapping[str, Decimal],
    after: Mapping[str, Decimal],
    since: date,
    until: date,
    moves: Iterable[Move],
    source: Source,
) -> Explained:
    """The changes of an account's positions from day `since` to day `until`, held against its `moves` of that time."""
    net: dict[str, Decimal] = {}
    count = 0
    for move in moves:
        if since < move.on <= until:
            count += 1
            net[move.symbol] = net.get(move.symbol, _NONE) + move.shares
    changes = {
        symbol: after.get(symbol, _NONE) - before.get(symbol, _NONE)
        for symbol in sorted(before.keys() | after.keys())
        if after.get(symbol, _NONE) != before.get(symbol, _NONE)
    }
    open_changes = {s: change for s, change in changes.items() if net.get(s, _NONE) != change}
    silent = {s: moved for s, moved in net.items() if moved and s not in changes}
    if not open_changes and not silent:
        return Explained(len(changes), None)
    if not count:
        many = "One position" if len(changes) == 1 else f"{len(changes):,} positions"
        return Explained(
            0,
            Problem(
                Severity.NOTE, "change-unexplained", source, "", "", "",
                f"{many} of account {account_id} changed since {since} ({', '.join(list(changes)[:_LISTED])}"
                f"{' ...' if len(changes) > _LISTED else ''}), and Activity has no transaction of that time to explain it.",
                "Import the account's transactions, so that gains and wash sales are known.",
            ),
        )  # fmt: skip
    texts = list(_texts(open_changes, silent, before, after, net))
    more = f"; and {len(texts) - _LISTED} more" if len(texts) > _LISTED else ""
    return Explained(
        len(changes) - len(open_changes),
        Problem(
            Severity.WARNING, "change-unexplained", source, "", "", "",
            f"Account {account_id} since {since}: {'; '.join(texts[:_LISTED])}{more}.",
            "Look for a transaction that is missing on Activity, a split, or a correction of the custodian's.",
        ),
    )  # fmt: skip


def _texts(
    changes: Mapping[str, Decimal],
    silent: Mapping[str, Decimal],
    before: Mapping[str, Decimal],
    after: Mapping[str, Decimal],
    net: Mapping[str, Decimal],
) -> Iterator[str]:
    for symbol in changes:
        was, now = quantity_text(before.get(symbol, _NONE)), quantity_text(after.get(symbol, _NONE))
        yield f"{symbol} went from {was} to {now}, of which transactions explain {_signed(net.get(symbol, _NONE))}"
    for symbol, moved in silent.items():
        yield f"{symbol} is unchanged, though transactions moved {_signed(moved)}"


def _signed(quantity: Decimal) -> str:
    return f"+{quantity_text(quantity)}" if quantity > 0 else quantity_text(quantity)
