"""Parts and totals that stand side by side read so that they add up: a total shown equals the sum of the parts shown.

Each amount keeps its true rounding. Where whole dollars of a family of amounts would not add up by a dollar, the whole
family is shown to the cent, in which every sum is exact; a part is never bent to fit. Weights get decimals in the same
way. What does not add up to the cent, or has a part that is no fact of this client, is no sum and is left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import cast

from xl_rebal.engine.drift import Sleeve
from xl_rebal.facts.types import Fact
from xl_rebal.money import AT_LEAST, money_text, percent_text

FEWEST_DECIMALS, MOST_DECIMALS = 1, 4
"""Decimals of a percentage: as few as add up; where none does, as the target is no short decimal, the fewest."""


@dataclass(frozen=True, slots=True)
class Sum:
    """Ids of amounts of which one is the sum of the others."""

    total: str
    parts: tuple[str, ...]


def trimmed_money_text(cents: int) -> str:
    """To the cent where there are cents, else whole dollars."""
    return money_text(cents, whole=cents % 100 == 0)


def shown_to_add_up(facts: Mapping[str, Fact], sums: Sequence[Sum]) -> dict[str, Fact]:
    """The facts, those to the cent that would not add up in whole dollars, with all that they stand in a sum with."""
    found = dict(facts)
    true = [s for s in sums if _holds(facts, s)]
    for family in _families(true):
        if all(_dollars(facts, s.total) == sum(_dollars(facts, part) for part in s.parts) for s in family):
            continue
        for fact_id in dict.fromkeys(i for s in family for i in (s.total, *s.parts)):
            found[fact_id] = replace(found[fact_id], display=_to_the_cent(facts[fact_id]))
    return found


def _to_the_cent(fact: Fact) -> str:
    """Cents that line up in a column; not for nothing, nor for a round amount that somebody set."""
    cents = cast(int, fact.value)
    if not cents or fact.id.endswith(_SET):
        return trimmed_money_text(cents)
    return (AT_LEAST if _partly_known(fact) else "") + money_text(abs(cents))


_SET = ("_BUDGET",)
"""How the ids of amounts end that somebody set."""


def _partly_known(fact: Fact) -> bool:
    """Whether it is shown as `at least` an amount, which is rounded down."""
    return fact.display.startswith(AT_LEAST)


def _holds(facts: Mapping[str, Fact], one: Sum) -> bool:
    """Whether it is a sum to the cent, of facts that there are."""
    there = all(i in facts for i in (one.total, *one.parts))
    return there and _cents(facts, one.total) == sum(_cents(facts, part) for part in one.parts)


def _families(sums: Iterable[Sum]) -> list[list[Sum]]:
    """Sums that share an amount, directly or by way of others, together."""
    families: list[tuple[set[str], list[Sum]]] = []
    for one in sums:
        ids, members = {one.total, *one.parts}, [one]
        apart = []
        for other_ids, others in families:
            if ids & other_ids:
                ids, members = ids | other_ids, others + members
            else:
                apart.append((other_ids, others))
        families = [*apart, (ids, members)]
    return [members for _, members in families]


def _cents(facts: Mapping[str, Fact], fact_id: str) -> int:
    return cast(int, facts[fact_id].value)


def _dollars(facts: Mapping[str, Fact], fact_id: str) -> int:
    """Whole dollars as shown, with the sign that direction and label say in words."""
    cents = _cents(facts, fact_id)
    rounded = abs(cents) // 100 if _partly_known(facts[fact_id]) else (abs(cents) + 50) // 100
    return rounded if cents >= 0 else -rounded


def decimals_of(*sleeves: Sleeve | None) -> int:
    """Decimals with which the weight, target and drift of a sleeve (now, and after the trades) add up as shown."""
    told = [(s.weight, s.band.target, s.drift) for s in sleeves if s is not None and s.band is not None]
    for decimals in range(FEWEST_DECIMALS, MOST_DECIMALS + 1):
        shown = [[Decimal(percent_text(part, decimals).rstrip("%")) for part in three] for three in told]
        if all(weight == target + drift for weight, target, drift in shown):
            return decimals
    return FEWEST_DECIMALS
