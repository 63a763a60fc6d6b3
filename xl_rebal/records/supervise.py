"""A supervisory sample of a period's briefs that anybody can draw again, and nobody can steer.

The population (clients with a brief on record) is frozen by an entry before the seed comes to be: a seed drawn by the
program is drawn after that entry is written, and one that a person brings (dice, a lottery) is marked as given. Every draw
is on record, so nobody can draw until it suits unseen. Clients rank by SHA-256 of the canonical JSON text
["<seed>","<period>","<client>"]; the first `count` are drawn, and every high-risk one is added. The same seed, period and
population give the same sample on any computer. What a reviewer finds is an entry too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from xl_rebal.engine.execution_results import Outcome
from xl_rebal.errors import DecisionRefused, RecordsUnreadable
from xl_rebal.records import entry as kinds
from xl_rebal.records.canonical import canonical, sha256
from xl_rebal.records.decisions import Choice, who_answers
from xl_rebal.records.entry import Entry
from xl_rebal.records.history import FiledBrief, FiledDecision, History
from xl_rebal.records.ledger import Ledger

STALE = "Decided on a stale brief"
CHANGED = "Approved with changes"
EDITED = "Brief edited"
TRADES = "Trades: "
"""Beside the engine's flags, what makes a brief high-risk; the last is followed by what became of the plan."""


class Result(StrEnum):
    """What a reviewer found."""

    CLEAR = "clear"
    FINDING = "finding"
    FOLLOW_UP = "follow-up"


@dataclass(frozen=True, slots=True)
class ReviewedBrief:
    """A reviewer's result on record."""

    n: int
    at: str
    by: str
    client: str
    result: str
    why: str
    own: bool  # the reviewer is who decided


@dataclass(frozen=True, slots=True)
class Sampled:
    """A client to review, and why. `rank` is its place in the whole population, from 1."""

    client: str
    rank: int
    drawn: bool
    risks: tuple[str, ...]
    brief: FiledBrief
    decision: FiledDecision | None  # the last one
    review: ReviewedBrief | None = None  # the last one of this brief


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample on record. `again`: the same one was drawn before, and nothing was added to the record.

    `earlier` counts other samples of this period that were drawn before this one.
    """

    period: str
    seed: str
    given: bool  # the seed came from a person
    earlier: int
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


def freeze(ledger: Ledger, period: str) -> tuple[tuple[str, ...], str, bool]:
    """Enters the population of a period unless the last such entry is the same; clients, hash, and whether it was there.

    Call it inside `ledger.writing()`. Raises RecordsUnreadable when the period has no brief.
    """
    history = ledger.history
    clients = population(history, period)
    if not clients:
        known = sorted({of for _, of in history.briefs})
        raise RecordsUnreadable(
            f"No brief of {period} is on record. Periods on record: {', '.join(known) or 'none'}."
        )
    frozen = population_sha256(period, clients)
    there = _recorded(ledger, kinds.POPULATION, period, {"sha256": frozen})
    if not there:
        ledger.append(kinds.POPULATION, {"clients": list(clients), "sha256": frozen}, period=period)
    return clients, frozen, there


def draw(
    ledger: Ledger,
    period: str,
    count: int,
    high_risk: Collection[str],
    *,
    seed: str | None,
    new_seed: Callable[[], str],
) -> Sample:
    """Freezes the population, then draws and records; call it inside `ledger.writing()`.

    `high_risk` are the flags whose briefs are always reviewed. Without `seed`, `new_seed` is asked for one after the
    population is on record.
    """
    clients, frozen, _ = freeze(ledger, period)
    given = seed is not None
    own = seed if seed is not None else new_seed()
    history = ledger.history
    reviews = {
        found.client: _review_of(found)
        for found in ledger.entries
        if found.kind == kinds.REVIEWED and found.period == period
    }
    chosen = []
    for rank, client in enumerate(ranking(own, period, clients), start=1):
        brief = history.briefs[client, period][-1]
        decisions = [d for d in history.decisions if (d.client, d.period) == (client, period)]
        risks = tuple(_risks(brief, decisions, history, high_risk))
        if rank <= count or risks:
            last = decisions[-1] if decisions else None
            chosen.append(Sampled(client, rank, rank <= count, risks, brief, last, reviews.get(client)))
    data: dict[str, object] = {
        "count": count,
        "drawn": [one.client for one in chosen if one.drawn],
        "high_risk": [one.client for one in chosen if one.risks],
        "population_sha256": frozen,
        "seed": own,
    }
    earlier = sum(
        found.kind == kinds.SAMPLE and found.period == period and found.data.get("seed") != own
        for found in ledger.entries
    )
    again = _recorded(ledger, kinds.SAMPLE, period, data)
    if again:  # where the seed came from is said by the entry that first used it
        first = next(e for e in ledger.entries if e.kind == kinds.SAMPLE and e.data.get("seed") == own)
        given = first.data.get("seed_given") is not False
    else:
        ledger.append(kinds.SAMPLE, {**data, "seed_given": given}, period=period)
    return Sample(period, own, given, earlier, count, clients, frozen, tuple(chosen), again)


def _risks(
    brief: FiledBrief, decisions: Sequence[FiledDecision], history: History, high_risk: Collection[str]
) -> Iterator[str]:
    """Why a brief is always reviewed."""
    yield from (flag for flag in brief.flags if flag in high_risk)
    if any(decision.stale for decision in decisions):
        yield STALE
    if any(decision.decision == Choice.MODIFY for decision in decisions):
        yield CHANGED
    if any(history.files.get(path) != {own} for path, own in brief.files.items() if path == brief.brief):
        yield EDITED
    outcome, _ = history.executed.get(brief.manifest_sha256, ("", ""))
    if outcome in UNUSUAL:
        yield TRADES + outcome


UNUSUAL = frozenset(outcome.value for outcome in (Outcome.AGAINST, Outcome.OTHER_LOTS, Outcome.WASHED))


def record_reviews(
    ledger: Ledger, period: str, results: Sequence[tuple[str, Result, str]], *, by: str
) -> list[ReviewedBrief]:
    """Enters what a reviewer found as (Client ID, result, remark); call it inside `ledger.writing()`.

    What is on record word for word is left out. Raises DecisionRefused, and enters nothing, when a client is in no
    sample of the period or a finding has no remark, or nobody is named.
    """
    by = who_answers(by, "who reviewed")
    sample_of: dict[str, int] = {}
    on_record: set[tuple[str, ...]] = set()
    for found in ledger.entries:
        if found.kind == kinds.SAMPLE and found.period == period:
            sampled = (*found.data.get("drawn", ()), *found.data.get("high_risk", ()))
            sample_of.update(dict.fromkeys(sampled, found.n))
        elif found.kind == kinds.REVIEWED and found.period == period:
            one = _review_of(found)
            on_record.add((one.client, one.result, one.why, one.by))
    for client, result, why in results:
        if client not in sample_of:
            raise DecisionRefused(
                f"{client} is in no sample of {period} on record, so nothing was entered. Draw one with "
                "`xl-rebal supervise` first, or check the ID."
            )
        if result is not Result.CLEAR and not why.strip():
            raise DecisionRefused(
                f"{client}: a result of {result.value!r} needs a remark, so nothing was entered. Add what was found."
            )
    entered = []
    for client, result, why in results:
        if (client, result.value, why, by) in on_record:
            continue
        brief = ledger.history.briefs[client, period][-1]
        decision = ledger.history.decision_on(brief)
        data = {
            "brief": brief.brief,
            "decided_by": by,
            "entry": brief.n,
            "manifest_sha256": brief.manifest_sha256,
            "own": decision is not None and decision.by.casefold() == by.casefold(),
            "result": result.value,
            "sample": sample_of[client],
            "why": why,
        }
        entered.append(_review_of(ledger.append(kinds.REVIEWED, data, client=client, period=period)))
    return entered


def _review_of(found: Entry) -> ReviewedBrief:
    data = found.data
    return ReviewedBrief(
        found.n,
        found.at,
        str(data.get("decided_by", "")),
        found.client,
        str(data.get("result", "")),
        str(data.get("why", "")),
        data.get("own") is True,
    )


def _recorded(ledger: Ledger, kind: str, period: str, data: dict[str, object]) -> bool:
    """Whether the last entry of this kind and period says the same; a population in between makes it another matter."""
    for found in reversed(ledger.entries):
        if found.period == period and found.kind == kind:
            if all(found.data.get(key) == value for key, value in data.items()):
                return True
            if kind == kinds.POPULATION:
                return False
    return False
