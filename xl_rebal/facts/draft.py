"""A drafted email and notes, with the facts they speak of: what a drafter returns and a brief prints."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """Text whose every figure is the display of one of `fact_ids`."""

    text: str
    fact_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """Notes for the advisor and an email for the client, already filled and checked.

    `drafted_by` is what the brief says: 'template', or 'model NAME', or 'template (model answer rejected)'.
    `faults` lists why a model's answer was not used.
    """

    notes: tuple[Sentence, ...]
    subject: str
    greeting: str
    paragraphs: tuple[Sentence, ...]
    closing: str
    drafted_by: str
    faults: tuple[str, ...] = ()

    @property
    def body(self) -> str:
        """The email as plain text: greeting, paragraphs, closing, parted by blank lines."""
        return "\n\n".join((self.greeting, *(p.text for p in self.paragraphs), self.closing))

    @property
    def words(self) -> int:
        return len(self.body.split())
