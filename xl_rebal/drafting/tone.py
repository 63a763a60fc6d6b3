"""How a letter sounds: chosen on the Settings sheet, for the firm or for one advisor."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from xl_rebal.drafting.ids import Lookup


class Tone(Enum):
    WARM = "Warm"
    PLAIN = "Plain"
    FORMAL = "Formal"


TONES: Mapping[Tone, str] = {
    Tone.WARM: "warm and plain, as to people one has known for years",
    Tone.PLAIN: "short and matter-of-fact, without small talk",
    Tone.FORMAL: "formal and reserved, without contractions",
}
"""What a model is told of each."""


@dataclass(frozen=True, slots=True)
class Tones:
    """The firm's tone, and advisors who have one of their own (names folded)."""

    firm: Tone = Tone.WARM
    advisors: tuple[tuple[str, Tone], ...] = ()

    def of(self, lookup: Lookup) -> Tone:
        """The tone of the letter's advisor."""
        advisor = lookup.get("ADVISOR")
        return dict(self.advisors).get(_folded(advisor.display), self.firm) if advisor else self.firm


def tones_of(text: str) -> tuple[Tones, tuple[str, ...]]:
    """The tones that a setting such as `Warm; Jordan Ellis: Formal` asks for, and the parts of it that name none."""
    firm, advisors, unknown = Tone.WARM, [], []
    for part in filter(None, (p.strip() for p in re.split(r"[;\n]", text))):
        name, _, word = part.rpartition(":")
        found = next((tone for tone in Tone if tone.value.casefold() == word.strip().casefold()), None)
        if found is None:
            unknown.append(part)
        elif name:
            advisors.append((_folded(name), found))
        else:
            firm = found
    return Tones(firm, tuple(advisors)), tuple(unknown)


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
