"""Sentences that resemble claims a client letter must not make, in words that no rule knows: to be read once more.

A second opinion beside `prohibited`, learned from the sentences in tests/data/drafting: each one- and two-word phrase
has a weight, and a sentence is marked when the mean of what it has outweighs the bias (a linear model, logistic
regression; second_look.json has every weight, benchmarks/second_look.py made it and says how often it is right about
sentences by a hand it has not learned from). It is wrong now and then both ways, so nothing is refused for it: it only
shows the advisor where to look. No figure is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

from xl_rebal.rules.text import sentences

_WORD = re.compile(r"\[\[[^\]]*\]\]|[$(]?\d[\d,.]*\w*%?|[A-Za-z][\w'-]*|\?")
_ENDINGS = ("ing", "ed", "es", "s", "ly")
SHORTEST_STEM = 4
FEWEST_WORDS = 4
"""Words of a sentence from which on it is judged: shorter ones are headings and names."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The linear model: what each phrase adds, what a sentence starts from, and from which score on it is marked."""

    by_phrase: Mapping[str, float]
    bias: float
    threshold: float

    def score(self, sentence: str) -> float:
        """How much the sentence resembles a forbidden claim: above the threshold it does. Unknown phrases count nothing."""
        found = [self.by_phrase[p] for p in phrases(sentence) if p in self.by_phrase]
        return self.bias + (sum(found) / len(found) ** 0.5 if found else 0.0)


def phrases(sentence: str) -> frozenset[str]:
    """The one- and two-word phrases of a sentence, from its start to its end: words without endings, any name as a name.

    A figure is as if it were not there: a claim is none the better for one.
    """
    words = ["^"]
    for match in _WORD.finditer(sentence.replace("\u2019", "'")):
        words.append(
            _plain(match[0], within=match.start() > 1 and sentence[match.start() - 2] not in ".!?;:")
        )
    words = [*filter(None, words), "$"]
    return frozenset(words[1:-1]) | {f"{one} {other}" for one, other in pairwise(words)}


def _plain(word: str, *, within: bool) -> str:
    if not word[0].isalpha():
        return "?" if word == "?" else ""
    if within and word[0].isupper() and word not in ("I", "IRS", "SEC"):
        return "<name>"
    return stem(word.casefold())


def stem(word: str) -> str:
    """A word in small letters without its ending, so that sell, sells and selling are one."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word.removesuffix(ending)
    return word


@cache
def learned() -> Weights:
    """The weights that the package carries."""
    data = json.loads(files("xl_rebal.drafting").joinpath("second_look.json").read_text(encoding="utf-8"))
    return Weights(data["phrases"], data["bias"], data["threshold"])


def to_read_again(text: str) -> tuple[str, ...]:
    """The sentences of a text that are worth a second look, verbatim, in order."""
    weights = learned()
    return tuple(
        s for s in sentences(text) if len(s.split()) >= FEWEST_WORDS and weights.score(s) > weights.threshold
    )
