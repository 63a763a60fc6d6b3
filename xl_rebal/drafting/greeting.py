"""How a letter opens and closes: always written by code, so that a client's name never leaves the firm."""

from __future__ import annotations

import re

from xl_rebal.drafting.ids import Lookup

_FAMILY = re.compile(r"\b(?:family|household|fam|hh)\b\.?", re.I)
_BODY = re.compile(
    r"\b(?:trust|estate|foundation|llc|inc|corp|company|co|lp|llp|partners|partnership|fund|charit\w*|endowment|plan"
    r"|holdings|group|association|church|university)\b\.?",
    re.I,
)
_TITLE = re.compile(r"^(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Rev|Hon|Judge|Senator|Col|Capt)\.?\s+", re.I)
_SUFFIX = re.compile(r",?\s+(?:Jr|Sr|II|III|IV|MD|M\.D\.|PhD|Ph\.D\.|Esq|CPA)\.?$", re.I)


def greeting_of(lookup: Lookup) -> str:
    """`Dear Rick and Ellen,` by the client's preferred name, else as the client's name suggests."""
    preferred = lookup.get("PREFERRED_NAME")
    return f"Dear {preferred.display}," if preferred else greeting(lookup.facts.client_name)


def greeting(client_name: str) -> str:
    """`Dear Hartwell family,` for 'Hartwell' or 'The Hartwell Household'; `Dear Ana and Luis,` for 'Ana & Luis Ortega'."""
    name = " ".join(client_name.split())
    if not name:
        return "Hello,"
    if _FAMILY.search(name) and not _BODY.search(name):
        surname = re.sub(r"^the\s+", "", _FAMILY.sub("", name), flags=re.I).strip(" ,")
        return f"Dear {surname} family," if surname else "Hello,"
    if _BODY.search(name) or re.search(r"\d", name):
        return f"Dear {name},"
    name = _SUFFIX.sub("", name)
    if "," in name:
        surname, _, given = (part.strip() for part in name.partition(","))
        name = f"{given} {surname}" if given else surname
    people = [p.strip() for p in re.split(r"\s+(?:&|and|\+)\s+|\s*/\s*", name) if p.strip()]
    if len(people) == 1 and len(people[0].split()) == 1:
        return f"Dear {people[0]} family,"
    if len(people) > 1 and all(len(person.split()) == 1 for person in people):
        return f"Dear {_joined(people)} family,"  # no given names: 'O'Brien & Núñez' are surnames
    return f"Dear {_joined([_called(person) for person in people])},"


def _called(person: str) -> str:
    title = _TITLE.match(person)
    if title:
        return f"{title.group().strip()} {person.split()[-1]}"
    first = person.split()[0]
    return person if len(first.rstrip(".")) < 2 else first


def _joined(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def closing(lookup: Lookup, farewell: str) -> str:
    """Farewell, advisor and firm on lines of their own; what is not known is left out."""
    signed = [f.display for f in map(lookup.get, ("ADVISOR", "FIRM")) if f and f.display]
    return "\n".join([farewell, *(signed or ["Your advisory team"])])
