"""What every drafter is to the rest of the program: facts in, a checked draft out."""

from __future__ import annotations

from typing import Protocol

from xl_rebal.facts.draft import Draft
from xl_rebal.facts.types import Facts


class Drafter(Protocol):
    """Writes notes for the advisor and an email to the client from one client's facts."""

    @property
    def name(self) -> str:
        """Who drafts, as the brief prints it."""
        ...

    def draft(self, facts: Facts) -> Draft:
        """The draft, with every figure in it the display of a fact."""
        ...
