"""Why each sale that a letter names is proposed, in a client's words: the engine's reasons are a closed list.

Sales of one reason are told together. A security sold in several accounts for several reasons is told with that of the
largest sale.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from xl_rebal.drafting.ids import Lookup, way
from xl_rebal.drafting.letter import Writer, listed
from xl_rebal.drafting.wording import be, its, net_of_year, opening, out_of_band, prose, size
from xl_rebal.facts.types import Direction, Fact


class Why(Enum):
    SECURITY = "above its own band"
    CLASS = "of a class that is above its band"
    LOSS = "to realize a loss"
    CASH = "for cash that is needed"
    ROOM = "to make room for what is below its band"


_READ = (
    (re.compile(r"Realizes a loss"), Why.LOSS),
    (re.compile(r"Raises the cash that is needed"), Why.CASH),
    (re.compile(r"Makes room for sleeves below their band"), Why.ROOM),
    (re.compile(r"(?P<of>.+) above band; .+"), Why.CLASS),
    (re.compile(r".+ above band"), Why.SECURITY),
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a position is sold, and the class it is about where it is one."""

    why: Why
    of: str = ""


def reason_of(lookup: Lookup, key: str) -> Reason | None:
    """The reason of the largest sale of a security that can be told of all its sales; None when none is known.

    A loss in one account is no reason to tell where the sales together realize a gain.
    """
    starts = [f"TRIM_{key}_{number}" for number in lookup.numbers(f"TRIM_{key}_", "_REASON")]
    starts.sort(
        key=lambda start: (
            -size(lookup.by_id[f"{start}_PROCEEDS"]) if f"{start}_PROCEEDS" in lookup.by_id else 0
        )
    )
    gain = lookup.amount(f"TRIM_{key}_GAIN")
    for start in starts:
        text = lookup.by_id[f"{start}_REASON"].display
        for pattern, why in _READ:
            match = pattern.fullmatch(text)
            if match and (why is not Why.LOSS or (gain and way(gain) is Direction.DOWN)):
                return Reason(why, match.groupdict().get("of", ""))
            if match:
                break
    return None


def say_reasons(lookup: Lookup, to: Writer, keys: Sequence[str]) -> None:
    """One sentence for the sales that the letter names, the first in full; a few words fewer where it is crowded."""
    groups: dict[Reason, list[str]] = {}
    for key in keys:
        reason = reason_of(lookup, key)
        if reason:
            groups.setdefault(reason, []).append(key)
    if not groups:
        return
    every = (
        len(keys) > 1
        and [*groups.values()] == [list(keys)]
        and len(lookup.keys("TRIM_", "_PROCEEDS")) == len(keys)
    )
    full, ids = _sentence(lookup, groups, every=every, brief=False)
    short, _ = _sentence(lookup, groups, every=every, brief=True)
    to.say(2, full, ids, 0, short, ids)


def _sentence(
    lookup: Lookup, groups: dict[Reason, list[str]], *, every: bool, brief: bool
) -> tuple[str, list[str]]:
    clauses, ids = [], []
    for reason, keys in groups.items():
        clause, facts = _clause(lookup, reason, keys, every=every, brief=brief)
        clauses.append(clause)
        ids += [fact.id for fact in facts]
    return f"{opening('; '.join(clauses))}.", ids


def _clause(
    lookup: Lookup, reason: Reason, keys: Sequence[str], *, every: bool, brief: bool
) -> tuple[str, list[Fact]]:
    names, one = listed([lookup.name(k) for k in keys]), len(keys) == 1
    these = ("both" if len(keys) == 2 else "all of these") if every else names
    if reason.why is Why.SECURITY:
        own = "the range set for it" if one else "the ranges set for them"
        return f"{these} {'is' if one else 'are'} above {own}", []
    if reason.why is Why.CLASS:
        name = prose(reason.of)
        whole = f"{name}, which {be(name)} above {its(name)} range"
        return f"{these} {'belongs' if one else 'belong'} to {whole}", []
    if reason.why is Why.LOSS:
        use = "" if brief or net_of_year(lookup) <= 0 else " that can offset gains"
        loss = lookup.by_id[f"TRIM_{keys[0]}_GAIN"]
        if one:
            return f"selling {names} would realize a loss of {loss.display}{use}", [loss]
        return f"selling {names} would realize losses{use}", []
    if reason.why is Why.CASH:
        what = f"selling {names}"
        if _exceeds_need(lookup, keys):
            what = f"part of the {'sale' if one else 'sales'} of {names}"
        return f"{what} would raise cash{_purpose(lookup)}", []
    return f"selling {names} would make room for {_below(lookup)}", []


def _exceeds_need(lookup: Lookup, keys: Sequence[str]) -> bool:
    """Whether more is sold than all the cash that is asked for, so that the cash alone does not explain the sales."""
    needs = [lookup.by_id[f"TRANSFER_{n}_AMOUNT"] for n in lookup.numbers("TRANSFER_", "_AMOUNT")]
    sold = sum(size(lookup.by_id[f"TRIM_{key}_PROCEEDS"]) for key in keys)
    return bool(needs) and sold > sum(size(fact) for fact in needs)


def _purpose(lookup: Lookup) -> str:
    """What the cash is for, as far as one thing alone asks for it."""
    whys = [lookup.by_id[f"TRANSFER_{n}_WHY"].display.casefold() for n in lookup.numbers("TRANSFER_", "_WHY")]
    if whys and all(why.startswith("withdrawal") for why in whys):
        return " for your withdrawal"
    if whys and all("required" in why or "rmd" in why for why in whys):
        return " for the required distribution"
    return " that is needed"


def _below(lookup: Lookup) -> str:
    keys = [k for k in out_of_band(lookup) if way(lookup.by_id[f"DRIFT_{k}"]) is Direction.DOWN]
    if not keys:
        return "what is below its range"
    names = [prose(lookup.name(k)) for k in keys[:2]]
    one = len(names) == 1
    return f"{listed(names)}, which {be(names[0]) if one else 'are'} below {its(names[0]) if one else 'their'} range"
