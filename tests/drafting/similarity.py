"""How alike letters read: the share of their sentences that are the same once names, figures and dates are set aside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from xl_rebal.facts.draft import Draft
from xl_rebal.facts.types import Facts

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"


@dataclass(frozen=True, slots=True)
class Alike:
    """Over all pairs of letters: the mean share of common sentences, the greatest, and the two clients it is of."""

    mean: float
    most: float
    pair: tuple[str, str]


def sentences_of(draft: Draft) -> frozenset[str]:
    """The letter's sentences with figures, dates, symbols and quotations set aside."""
    body = " ".join(p.text for p in draft.paragraphs)
    plain = re.sub("\u201c.*?\u201d", "\u201c\u201d", body)
    plain = re.sub(rf"\b(?:{_MONTHS}) \d+, \d{{4}}", "#", plain)
    plain = re.sub(r"[$\d][\d.,%M]*", "#", plain)
    plain = re.sub(r"\b[A-Z]{2,5}(?:\.[A-Z])?\b", "X", plain)
    return frozenset(s for s in re.split(r"(?<=[.!?\u201d])\s+", plain) if s)


def shared_sentences(letters: Sequence[tuple[Facts, Draft]]) -> Alike:
    """Shares are of the sentences that either letter has."""
    told = [(facts.client_id, sentences_of(draft)) for facts, draft in letters]
    total, most, pair, count = 0.0, 0.0, ("", ""), 0
    for (one, said), (other, also) in combinations(told, 2):
        alike = len(said & also) / len(said | also)
        total, count = total + alike, count + 1
        if alike > most:
            most, pair = alike, (one, other)
    return Alike(total / count if count else 0.0, most, pair)
