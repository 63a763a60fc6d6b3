"""Lines that compete for room in a letter, and the choice among them: what must be said, then what fits.

A line is one or two sentences with the facts they speak of. Lines of weight 0 are always in, in their short form if
the letter would run too long; the others come in order of weight while there is room, and general ones only while
the letter is too short.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from xl_rebal.drafting.tone import Tone
from xl_rebal.facts.draft import Sentence

MUST = 0
VALUED = 15
"""Weight below which a line of this client's matters is worth shortening others for."""
GENERAL = 100
"""Weight from which a line is only there to make a letter long enough."""


@dataclass(frozen=True, slots=True)
class Line:
    """A candidate: paragraph, text, facts, weight (lower goes first) and a shorter form for a crowded letter."""

    paragraph: int
    text: str
    fact_ids: tuple[str, ...] = ()
    weight: int = MUST
    short: str = ""
    short_ids: tuple[str, ...] = ()

    @property
    def shortened(self) -> Line:
        return (
            replace(self, text=self.short, fact_ids=self.short_ids, short="", short_ids=())
            if self.short
            else self
        )


@dataclass
class Writer:
    """Collects lines; `pick` chooses among wordings by client and place, so that letters are no form letters."""

    client_id: str
    tone: Tone = Tone.WARM
    lines: list[Line] = field(default_factory=list)

    def pick(self, place: str, *wordings: str, plain: Sequence[str] = (), formal: Sequence[str] = ()) -> str:
        """The same wording for the same client and place on every run, on every computer.

        `plain` and `formal` take the place of `wordings` in letters of these tones.
        """
        pool = {Tone.PLAIN: plain, Tone.FORMAL: formal}.get(self.tone) or wordings
        digest = hashlib.sha256(f"{self.client_id}\n{place}".encode()).digest()
        return pool[digest[0] % len(pool)]

    def say(
        self,
        paragraph: int,
        text: str,
        fact_ids: Sequence[str] = (),
        weight: int = MUST,
        short: str = "",
        short_ids: Sequence[str] | None = None,
    ) -> None:
        ids = tuple(dict.fromkeys(fact_ids))
        fewer = ids if short_ids is None else tuple(dict.fromkeys(short_ids))
        self.lines.append(Line(paragraph, text, ids, weight, short, fewer))


def word_count(text: str) -> int:
    return len(text.split())


def chosen(lines: Sequence[Line], around: int, fewest: int, most: int) -> tuple[Line, ...]:
    """The lines of a letter of `fewest` to `most` words, of which `around` are greeting and closing.

    Lines of weight 0 come first in their short form, then the valued ones; what room is left goes to the full forms,
    then to the other lines by weight. If the short forms alone are too long, the letter's check says so.
    """
    taken: dict[int, Line] = {n: line.shortened for n, line in enumerate(lines) if line.weight == MUST}

    def room() -> int:
        return most - around - sum(word_count(line.text) for line in taken.values())

    optional = sorted(
        (n for n, line in enumerate(lines) if line.weight != MUST), key=lambda n: (lines[n].weight, n)
    )
    for number in optional:
        form = lines[number].shortened
        if lines[number].weight < VALUED and word_count(form.text) <= room():
            taken[number] = form
    for number in sorted(taken, key=lambda n: (lines[n].weight, n)):
        if word_count(lines[number].text) - word_count(taken[number].text) <= room():
            taken[number] = lines[number]
    for number in optional:
        line = lines[number]
        enough = line.weight >= GENERAL and most - room() >= fewest
        if number not in taken and not enough and word_count(line.text) <= room():
            taken[number] = line
    return tuple(taken[number] for number in sorted(taken))


def paragraphs(lines: Sequence[Line]) -> tuple[Sentence, ...]:
    """Lines set together by paragraph, each paragraph with the facts of its lines."""
    together: dict[int, list[Line]] = {}
    for line in lines:
        together.setdefault(line.paragraph, []).append(line)
    return tuple(
        Sentence(
            " ".join(line.text for line in group),
            tuple(dict.fromkeys(i for line in group for i in line.fact_ids)),
        )
        for _, group in sorted(together.items())
    )


def listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b, and c`."""
    if len(items) < 3:
        return " and ".join(items)
    return f"{', '.join(items[:-1])}, and {items[-1]}"
