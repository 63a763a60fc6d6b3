"""Small choices of words that several topics share: names inside a sentence, singular and plural, up and down."""

from __future__ import annotations

from xl_rebal.drafting.ids import Lookup, is_nothing, way
from xl_rebal.facts.types import Direction, Fact


def prose(name: str) -> str:
    """A class name inside a sentence: 'Fixed Income' gives 'fixed income', 'US Equity' 'US equity'."""
    return " ".join(w if sum(c.isupper() for c in w) > 1 else w.lower() for w in name.split())


def opening(text: str) -> str:
    """The text with its first letter capital."""
    return text[:1].upper() + text[1:]


def out_of_band(lookup: Lookup) -> tuple[str, ...]:
    """Classes outside their band, the farthest first; without status facts, classes with the most drift."""
    found = []
    for key in lookup.keys("DRIFT_"):
        status, drift = lookup.get(f"STATUS_{key}"), lookup.by_id[f"DRIFT_{key}"]
        outside = status.display.endswith("band") and status.display != "In band" if status else True
        if lookup.is_class(key) and outside and not is_nothing(drift) and "NO_ACTION" not in lookup.by_id:
            found.append(key)
    return tuple(sorted(found, key=lambda k: (-abs(size(lookup.by_id[f"DRIFT_{k}"])), k)))


def size(fact: Fact) -> float:
    return float(fact.value) if isinstance(fact.value, (int, float)) else 0.0


def above_or_below(fact: Fact) -> str:
    return "below" if way(fact) is Direction.DOWN else "above"


def gain_or_loss(fact: Fact) -> str:
    return "loss" if way(fact) is Direction.DOWN else "gain"


def be(name: str) -> str:
    """`is`, or `are` for a name in the plural ('Bonds', 'US Equities')."""
    return "are" if _plural(name) else "is"


def its(name: str) -> str:
    """`its`, or `their` for a name in the plural."""
    return "their" if _plural(name) else "its"


def third(name: str, verb: str) -> str:
    """The verb as the name needs it: 'equity stands', 'bonds stand'; 'equity has', 'bonds have'."""
    if _plural(name):
        return verb
    return "has" if verb == "have" else f"{verb}s"


def _plural(name: str) -> bool:
    return name.rstrip(")").endswith("s") and not name.endswith(("ss", "us", "is"))


def funds(lookup: Lookup) -> list[tuple[str, Fact]]:
    """What would be bought, by symbol, the largest purchase first."""
    keys = [k for k in lookup.keys("REALLOCATE_", "_AMOUNT") if not lookup.is_class(k)]
    found = [(lookup.name(k), lookup.by_id[f"REALLOCATE_{k}_AMOUNT"]) for k in keys]
    return sorted(found, key=lambda pair: (-size(pair[1]), pair[0]))


def trims(lookup: Lookup) -> list[tuple[str, Fact]]:
    """What would be sold, by subject, the largest proceeds first."""
    keys = lookup.keys("TRIM_", "_PROCEEDS")
    return sorted(
        ((k, lookup.by_id[f"TRIM_{k}_PROCEEDS"]) for k in keys), key=lambda pair: (-size(pair[1]), pair[0])
    )


def proposes(lookup: Lookup) -> bool:
    """True when the plan has trades."""
    return lookup.get("TRIM_TOTAL") is not None or bool(funds(lookup))


def wash_share(lookup: Lookup, key: str) -> float:
    """Share of a harvest candidate's loss that a sale now would disallow; 1 when it is not known."""
    loss, lost = lookup.get(f"HARVEST_{key}_LOSS"), lookup.get(f"HARVEST_{key}_DISALLOWED")
    if loss is None or lost is None or not size(loss):
        return 1.0
    return abs(size(lost) / size(loss))


def in_plan(lookup: Lookup, key: str) -> bool:
    """True when the proposed trims already take the candidate's loss, wholly or in part."""
    gain = lookup.get(f"TRIM_{key}_GAIN")
    return f"HARVEST_{key}_IN_PLAN" in lookup.by_id or (gain is not None and way(gain) is Direction.DOWN)


def is_first_year(lookup: Lookup, end: str) -> bool:
    """True when the required distribution is the owner's first, which may wait until April 1 (IRC 401(a)(9)(C))."""
    state = lookup.get(f"RMD_STATUS{end}")
    return state is not None and state.display == "First year"


def net_of_year(lookup: Lookup) -> float:
    """The year's net gain or loss with the plan, in cents."""
    year = [lookup.get(f"YEAR_{term}_GAIN") for term in ("LT", "ST")]
    parts = [lookup.get(f"{when}_{term}_GAIN") for when in ("REALIZED", "PLAN") for term in ("LT", "ST")]
    return sum(size(fact) for fact in (year if any(year) else parts) if fact)
