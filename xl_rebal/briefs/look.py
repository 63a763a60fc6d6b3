"""What is the firm's own about a document: its color and its logo."""

from __future__ import annotations

from dataclasses import dataclass, field

from xl_rebal.briefs.colors import Palette
from xl_rebal.briefs.pictures import Picture


@dataclass(frozen=True, slots=True)
class Look:
    """Tones and logo of a firm's documents; without them the shipped tones and the firm's name."""

    palette: Palette = field(default_factory=Palette)
    logo: Picture | None = None
