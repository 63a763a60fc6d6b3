"""Whether a text gives a CRM entry the date that it has: a quotation, a preference or a plan stands with its own entry's date."""

from __future__ import annotations

import re
from collections.abc import Iterator

from xl_rebal.drafting.crm import Entry, entries, plan_mentioned, preference_of
from xl_rebal.drafting.ids import Lookup
from xl_rebal.drafting.indexed import Index, standing, tidy
from xl_rebal.facts.build import MOST_NOTES

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])|(?<=[.!?]\u201d)\s+|\n+")
_QUOTED = re.compile(r"[\u201c\"]([^\u201c\u201d\"]+)[\u201d\"]")


def entry_date_faults(text: str, index: Index) -> tuple[str, ...]:
    """Dates of entries that stand with what another entry says."""
    known = (index.by_id.get(f"NOTE_{number}_DATE") for number in range(1, MOST_NOTES + 1))
    dates = sorted({fact.display for fact in known if fact})
    if len(dates) < 2 or not any(date in text for date in dates):
        return ()
    found = entries(index.lookup)
    faults = []
    for sentence in _SENTENCE.split(tidy(text)):
        given = [date for date in dates if any(standing(date, sentence))]
        if not given:
            continue
        for what, dated in _spoken_of(sentence, found, index.lookup):
            if dated and not dated & set(given):
                faults.append(f"{what} is of {' or '.join(sorted(dated))}, not of {given[0]}.")
    return tuple(dict.fromkeys(faults))


def _spoken_of(sentence: str, found: tuple[Entry, ...], lookup: Lookup) -> Iterator[tuple[str, set[str]]]:
    """What of the entries a sentence repeats, and the dates of the entries that say it."""
    for match in _QUOTED.finditer(sentence):
        inner = _plain(match[1])
        said = [e for e in found if inner and inner in _plain(e.text)]
        yield f"\u201c{match[1]}\u201d", {e.date for e in said if e.date}
    outside = _QUOTED.sub(" ", sentence)
    preference = preference_of(lookup)
    if preference and not preference.quoted and f"prefer {preference.phrase}" in outside:
        yield "What the client prefers", {preference.entry.date} - {""}
    plan = plan_mentioned(found, lookup.facts.as_of)
    if plan and plan[0] in outside:
        yield f"What is said of {plan[0]}", {plan[1].date} - {""}


def _plain(text: str) -> str:
    return (
        re.sub(r"\s+", " ", re.sub(r"[\u201c\u201d\"]", "'", tidy(text)))
        .strip(" ,.\u2026")
        .removesuffix("...")
        .casefold()
    )
