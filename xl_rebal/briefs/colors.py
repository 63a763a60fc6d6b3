"""The firm's color and the tones made of it: white must be readable on it, and it on their paper.

Contrast is that of WCAG 2.1 (success criterion 1.4.3): 4.5:1 is the least for text of ordinary size. The template is
made in four tones; each is replaced by the one of the firm's color wherever the document uses it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

SHIPPED, STEEL, PALE = "1F3A5F", "7F9BBF", "F3F6FA"
"""Tones of the shipped template: bands and headings, thin lines and bars, paper of boxes."""
LEAST_CONTRAST = 4.5
STEEL_SHARE, PALE_SHARE = 0.58, 0.06
"""How much of the firm's color is in the two lighter tones; the rest is white."""
_DARKER = 0.97
_HEX = re.compile(r"#?([0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})")


@dataclass(frozen=True, slots=True)
class Palette:
    """A document's tones as `RRGGBB`; `asked` is the firm's color as it was entered."""

    asked: str = SHIPPED
    firm: str = SHIPPED
    steel: str = STEEL
    pale: str = PALE

    @property
    def darkened(self) -> bool:
        return self.firm != self.asked

    @property
    def replaced(self) -> Mapping[str, str]:
        """Tone of the template -> tone of this palette; empty for the shipped one."""
        pairs = {SHIPPED: self.firm, STEEL: self.steel, PALE: self.pale}
        return {old: new for old, new in pairs.items() if old != new}


def palette(color: str) -> Palette:
    """The tones of a firm's color, darkened until white on it and it on its pale tone can be read; '' is the shipped one.

    Raises ValueError for what is no color of the form `#RRGGBB` or `#RGB`.
    """
    if not color.strip():
        return Palette()
    match = _HEX.fullmatch(color.strip())
    if match is None:
        raise ValueError(f"{color!r} is not a color of the form #1F3A5F")
    asked = match[1].upper() if len(match[1]) == 6 else "".join(digit * 2 for digit in match[1].upper())
    if asked == SHIPPED:
        return Palette()
    firm = asked
    while min(contrast(firm, "FFFFFF"), contrast(firm, _mixed(firm, PALE_SHARE))) < LEAST_CONTRAST:
        firm = _scaled(firm, _DARKER)
    return Palette(asked, firm, _mixed(firm, STEEL_SHARE), _mixed(firm, PALE_SHARE))


def contrast(one: str, other: str) -> float:
    """Ratio of the two colors' relative luminances, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def channels(color: str) -> tuple[int, int, int]:
    """Red, green and blue of `RRGGBB`, 0 to 255."""
    return int(color[0:2], 16), int(color[2:4], 16), int(color[4:6], 16)


def _luminance(color: str) -> float:
    linear = (
        c / 255 / 12.92 if c / 255 <= 0.03928 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in channels(color)
    )
    return sum(share * value for share, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _mixed(color: str, share: float) -> str:
    """The color thinned with white: `share` of it."""
    return "".join(f"{round(255 - (255 - c) * share):02X}" for c in channels(color))


def _scaled(color: str, by: float) -> str:
    return "".join(f"{int(c * by):02X}" for c in channels(color))
