"""A supervisory sample of a period's briefs that anybody can draw again, and nobody can steer.

The population (clients with a brief on record) is frozen by an entry before the seed is used. Clients rank by
SHA-256 of the canonical JSON text ["<seed>","<period>","<client>"]; the first `count` are drawn, and every high-risk one
is added. The same seed, period and population give the same sample on any computer.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from xl_rebal.errors import RecordsUnreadable
from xl_rebal.records import entry as kinds
from xl_rebal.records.canonical import canonical, sha256
from xl_rebal.records.history import FiledBrief, FiledDecision, History
from xl_rebal.records.ledger import Ledger

STALE = "Decided on a stale brief"
"""Beside the engine's flags, what makes a brief high-risk."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """A client to review, and why. `rank` is its place in the whole population, from 1."""

    client: str
    rank: int
    drawn: bool
    risks: tuple[str, ...]
    brief: FiledBrief
    decision: FiledDecision | None  # the last one


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample on record. `again`: the same one was drawn before, and nothing was added to the record."""

    period: str
    seed: str
    count: int
    population: tuple[str, ...]
    population_sha256: str
    chosen: tuple[Sampled, ...]
    again: bool


def population(history: History, period: str) -> tuple[str, ...]:
    """Clients with a brief of a period, in order of their ID."""
    return tuple(sorted({client for client, of in history.briefs if of == period}))


def population_sha256(period: str, clients: Collection[str]) -> str:
    return sha256(canonical({"clients": sorted(clients), "period": period}))


def ranking(seed: str, period: str, clients: Collection[str]) -> tuple[str, ...]:
    """The clients in the order in which this seed draws them."""
    return tuple(sorted(clients, key=lambda client: (sha256(canonical([seed, period, client])), client)))


def draw(ledger: Ledger, period: str, seed: str, count: int, high_risk: Collection[str]) -> Sample:
    """Freezes the population, draws and records; call it inside `ledger.writing()`.

    `high_risk` are the flags whose briefs are always reviewed. Raises RecordsUnreadable when the period has no brief.
    """
    history = ledger.history
    clients = population(history, period)
    if not clients:
        known = sorted({of for _, of in history.briefs})
        raise RecordsUnreadable(
            f"No brief of {period} is on record. Periods on record: {', '.join(known) or 'none'}."
        )
    frozen = population_sha256(period, clients)
    if not _recorded(ledger, kinds.POPULATION, period, {"sha256": frozen}):
        ledger.append(kinds.POPULATION, {"clients": list(clients), "sha256": frozen}, period=period)
    chosen = []
    for rank, client in enumerate(ranking(seed, period, clients), start=1):
        brief = history.briefs[client, period][-1]
        decisions = [d for d in history.decisions if (d.client, d.period) == (client, period)]
        risks = tuple(flag for flag in brief.flags if flag in high_risk)
        if any(decision.stale for decision in decisions):
            risks = (*risks, STALE)
        if rank <= count or risks:
            last = decisions[-1] if decisions else None
            chosen.append(Sampled(client, rank, rank <= count, risks, brief, last))
    data = {
        "count": count,
        "drawn": [one.client for one in chosen if one.drawn],
        "high_risk": [one.client for one in chosen if one.risks],
        "population_sha256": frozen,
        "seed": seed,
    }
    again = _recorded(ledger, kinds.SAMPLE, period, data)
    if not again:
        ledger.append(kinds.SAMPLE, data, period=period)
    return Sample(period, seed, count, clients, frozen, tuple(chosen), again)


def _recorded(ledger: Ledger, kind: str, period: str, data: dict[str, object]) -> bool:
    """Whether the last entry of this kind and period says the same; a population in between makes it another matter."""
    for found in reversed(ledger.entries):
        if found.period == period and found.kind == kind:
            if all(found.data.get(key) == value for key, value in data.items()):
                return True
            if kind == kinds.POPULATION:
                return False
    return False
