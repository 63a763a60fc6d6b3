"""How a letter opens and closes: always written by code, so that a client's name never leaves the firm.

A name is what somebody typed or a system exported: capitals are evened out, notes in brackets and people marked as
deceased are left out, and a name that is no name (a path, markup) greets nobody by it.
"""

from __future__ import annotations

import re

from xl_rebal.drafting.ids import Lookup

_FAMILY = re.compile(r"\b(?:family|household|fam|hh)\b\.?", re.I)
_BODY = re.compile(
    r"\b(?:trust(?:ees?)?|estate|foundation|llc|pllc|inc|ltd|corp|corporation|company|co|lp|llp|partners|partnership|fund"
    r"|charit\w*|endowment|plan|holdings|group|association|society|church|ministr(?:y|ies)|university|college|school"
    r"|hospital|institute|museum|library|food bank|club|league|city of|county of|friends of)\b\.?",
    re.I,
)
_DATED = re.compile(r",?\s+\(?(?:dated|dtd|d/t/d|u/?a/?d|u/?d/?t|u/?a|uad|udt)\b\.?.*$", re.I)
_TITLE = re.compile(r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Rev|Hon|Judge|Senator|Col|Capt)\.?(?=\s|$)", re.I)
_SUFFIX = re.compile(r",?\s+(?:Jr|Sr|II|III|IV|MD|M\.D\.|PhD|Ph\.D\.|Esq|CPA)\.?$", re.I)
_DECEASED = re.compile(r"\b(?:deceased|dec[\u2019']?d|decedent|(?:the|^) ?late)\b|\u2020", re.I)
_NO_NAME = re.compile(r"[<>\[\]{}|\\@#$%^*_=:~`\x00-\x1f]|\.\.|//|^/|/$")
"""Signs of a path, of markup or of software in a name."""


def greeting_of(lookup: Lookup) -> str:
    """`Dear Rick and Ellen,` by the client's preferred name, else as the client's name suggests."""
    preferred = lookup.get("PREFERRED_NAME")
    said = " ".join(preferred.display.split()) if preferred else ""
    return f"Dear {said}," if said and _is_name(said) else greeting(lookup.facts.client_name)


def is_organization(client_name: str) -> bool:
    """Whether the name is of a trust, company or charity rather than of people, who have a household and a family."""
    return _BODY.search(client_name) is not None


def is_one_person(client_name: str) -> bool:
    """Whether the name is of one person with a given name, so that 'your' can be nobody else's."""
    name = _plain(client_name)
    people = _people(name)
    alone = len(people) == 1 and (len(people[0].split()) > 1 or bool(_INITIALS.fullmatch(people[0])))
    return _is_name(name) and alone and not _FAMILY.search(name) and not is_organization(name)


def greeting(client_name: str) -> str:
    """`Dear Hartwell family,` for 'Hartwell' or 'The Hartwell Household'; `Dear Ana and Luis,` for 'Ana & Luis Ortega'."""
    name = _plain(client_name)
    if not _is_name(name):
        return "Hello,"
    if _FAMILY.search(name) and not _BODY.search(name):
        surname = re.sub(r"^the\s+", "", _FAMILY.sub("", name), flags=re.I).strip(" ,")
        return f"Dear {_cased(surname)} family," if surname else "Hello,"
    if _BODY.search(name) or re.search(r"\d", name):
        return f"Dear {re.sub(r'^the ', '', _DATED.sub('', name), flags=re.I)},"
    people = _people(name)
    if not people:
        return "Hello,"
    if len(people) == 1 and len(people[0].split()) == 1 and not _INITIALS.fullmatch(people[0]):
        return f"Dear {people[0]} family,"
    if len(people) > 1 and all(
        len(person.split()) == 1 and not _TITLE.fullmatch(person) for person in people
    ):
        return f"Dear {_joined(people)} family,"  # no given names: 'O'Brien & Núñez' are surnames
    return f"Dear {_joined([_called(person) for person in people])},"


_INITIALS = re.compile(r"(?:[A-Z]\.\s?)+[A-Z]?\.?|[A-Z](?: [A-Z])+")


def _is_name(name: str) -> bool:
    return not _NO_NAME.search(name) and any(letter.isalpha() for letter in name)


def _plain(name: str) -> str:
    """On one line, without remarks in brackets, except those that say that somebody died."""
    said = re.sub(r"\(([^()]*)\)", lambda m: " deceased" if _DECEASED.search(m[1]) else "", name)
    return " ".join(said.split())


def _people(name: str) -> list[str]:
    """The living people of a name, each 'Given Surname' in even capitals."""
    parts = [part.strip() for part in name.split(";") if part.strip()]
    if len(parts) == 1 and _suffixed(parts[0]).count(",") == 1:  # 'Hartwell, Robert & Ellen'
        surname, _, given = (part.strip() for part in _suffixed(parts[0]).partition(","))
        parts = [f"{given} {surname}" if given else surname]
    elif len(parts) > 1:
        turned = [p.partition(",") for p in map(_suffixed, parts)]
        parts = [f"{given.strip()} {surname.strip()}".strip() for surname, _, given in turned]
    people = [p.strip() for part in parts for p in re.split(r"\s+(?:&|and|\+)\s+|\s*/\s*", part) if p.strip()]
    living = [person for person in people if not _DECEASED.search(person)]
    return [_cased(_suffixed(person)) for person in living if any(c.isalpha() for c in person)]


def _suffixed(person: str) -> str:
    """Without 'Jr.' or 'III'."""
    return _SUFFIX.sub("", person).strip(" ,")


def _cased(name: str) -> str:
    """Words all in capitals or all small, of more than initials, with a capital first: 'dr. MÜLLER' gives 'Dr. Müller'."""
    return " ".join(_word_cased(word) for word in name.split())


_SMALL = (
    "de",
    "da",
    "di",
    "del",
    "della",
    "der",
    "den",
    "van",
    "von",
    "la",
    "le",
    "du",
    "dos",
    "das",
    "ten",
    "ter",
)


def _word_cased(word: str) -> str:
    letters = "".join(c for c in word if c.isalpha())
    if (
        "." in word.rstrip(".")
        or word in _SMALL
        or not (word.islower() or (word.isupper() and len(letters) > 2))
    ):
        return word
    return re.sub(r"[^\W\d_]+", lambda m: m[0].capitalize(), word)


def _called(person: str) -> str:
    title = _TITLE.match(person)
    if title:
        rest = person[title.end() :].split()
        return f"{title[0]} {rest[-1]}" if rest else title[0]
    first = person.split()[0]
    return person if len(first.rstrip(".")) < 2 or _INITIALS.fullmatch(person) else first


def _joined(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def closing(lookup: Lookup, farewell: str) -> str:
    """Farewell, advisor and firm on lines of their own; what is not known is left out."""
    signed = [f.display for f in map(lookup.get, ("ADVISOR", "FIRM")) if f and f.display]
    return "\n".join([farewell, *(signed or ["Your advisory team"])])
