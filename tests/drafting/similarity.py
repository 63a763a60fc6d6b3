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
    return frozenset(_split(" ".join(p.text for p in draft.paragraphs)))


def _split(body: str) -> list[str]:
    plain = re.sub("\u201c.*?\u201d", "\u201c\u201d", body)
    plain = re.sub(rf"\b(?:{_MONTHS}) \d+, \d{{4}}", "#", plain)
    plain = re.sub(r"\bQ[1-4] \d{4}", "#", plain)
    plain = re.sub(r"[$\d](?:[\d.,%M]*[\d%M])?", "#", plain)
    plain = re.sub(r"\b[A-Z]{2,5}(?:\.[A-Z])?\b", "X", plain)
    return [s for s in re.split(r"(?<=[.!?\u201d])\s+", plain) if s]


def opening_of(draft: Draft) -> str:
    """The letter's first two sentences, as `sentences_of` reads them."""
    return " ".join(_split(draft.paragraphs[0].text)[:2])


def last_of(draft: Draft) -> str:
    """The letter's last sentence before its farewell."""
    return _split(draft.paragraphs[-1].text)[-1]


def reading_grade(text: str) -> float:
    """School years that a text asks for: 0.39 words a sentence + 11.8 syllables a word - 15.59 (Kincaid et al. 1975).

    A figure is one word of one syllable; syllables are runs of vowels, without a silent e at the end.
    """
    text = re.sub(r"\$?\d[\d.,%]*(?<![.,])M?", "x", text)
    sentences = [s for s in re.split(r"(?<=[.!?;:\u201d])\s+", text) if re.search(r"\w", s)]
    words = re.findall(r"[A-Za-z\u2019']+", text)
    beats = sum(max(1, len(re.findall(r"[aeiouy]+", re.sub(r"(?<!l)e$", "", w.lower())))) for w in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * beats / len(words) - 15.59


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
