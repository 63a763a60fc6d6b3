"""The pictures of a brief: drift within its band for each class, and the curve of tax against drift left.

No letter or figure is drawn: they stand beside the picture as text, where they are checked and can be read aloud. What
matters is told by shape and place, not by color alone, so that a page printed in gray says the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from xl_rebal.briefs.colors import Palette
from xl_rebal.briefs.pictures import Picture
from xl_rebal.briefs.raster import Canvas, Point

DOTS_PER_INCH = 240
BAR_WIDTH, BAR_HEIGHT = 112.0, 8.0  # points
BAR_ABOVE = 1.4
"""Points left empty above a bar: a picture stands on the line of the text, whose letters are lower than it."""
CURVE_WIDTH, CURVE_HEIGHT = 118.0, 46.0
INK, ALERT, BAND, EDGE = "1E2530", "B4540A", "E4E8EE", "858FA0"

SYMBOLS: Mapping[str, str] = {"PLAN": "●", "BUDGET": "◆", "ZERO_TAX": "■", "TODAY": "○"}
"""The mark of each place on the curve, as it is drawn and as text has it."""


def _pixels(points: float) -> float:
    return points * DOTS_PER_INCH / 72


@dataclass(frozen=True, slots=True)
class DriftBar:
    """One class around its target: edges of the band, drift now and after the trades, as shares of the household."""

    under: float  # of the band, below target: 0 or less
    over: float
    drift: float
    after: float | None
    out: bool

    @property
    def reach(self) -> float:
        return max(abs(self.under), abs(self.over), abs(self.drift), abs(self.after or 0.0))


@lru_cache(maxsize=64)
def drift_bar(bar: DriftBar, reach: float, palette: Palette, alt: str) -> Picture:
    """The target in the middle, the band as a box around it, a bar to the current weight, a ring for after.

    `reach` is the drift at either end of the picture, the same for all classes of a brief.
    """
    canvas = Canvas(round(_pixels(BAR_WIDTH)), round(_pixels(BAR_HEIGHT)))
    middle, half = canvas.width / 2, canvas.width / 2 - _pixels(4)
    top, bottom = _pixels(BAR_ABOVE), float(canvas.height)
    level, thick = (top + bottom) / 2, 0.2 * (bottom - top)

    def at(drift: float) -> float:
        return middle + half * (drift / reach if reach else 0.0)

    thin = _pixels(0.5)
    canvas.rectangle(at(bar.under), top + 1, at(bar.over), bottom - 1, BAND)
    canvas.frame(at(bar.under), top + 1, at(bar.over), bottom - 1, EDGE, thin)
    left, right = sorted((middle, at(bar.drift)))
    tone = ALERT if bar.out else palette.firm
    canvas.rectangle(left, level - thick, right, level + thick, tone)
    canvas.rectangle(middle - thin, top, middle + thin, bottom, INK)
    if bar.after is not None:
        center = (at(bar.after), level)
        canvas.disc(center, _pixels(2.9), INK)
        canvas.disc(center, _pixels(2.0), "FFFFFF")
    return Picture(canvas.png(DOTS_PER_INCH), "png", BAR_WIDTH, BAR_HEIGHT, alt)


def curve(
    points: Sequence[tuple[float, float]],
    marks: Mapping[str, tuple[float, float]],
    palette: Palette,
    alt: str,
) -> Picture:
    """Tax (up) against drift left (to the right) through `points`, with the marks of SYMBOLS by their names."""
    return _curve(tuple(points), tuple(marks.items()), palette, alt)


@lru_cache(maxsize=8)
def _curve(
    points: tuple[tuple[float, float], ...],
    places: tuple[tuple[str, tuple[float, float]], ...],
    palette: Palette,
    alt: str,
) -> Picture:
    marks = dict(places)
    canvas = Canvas(round(_pixels(CURVE_WIDTH)), round(_pixels(CURVE_HEIGHT)))
    every = [*points, *marks.values()]
    most_drift = max(drift for drift, _ in every)
    least, most = min(0.0, *(tax for _, tax in every)), max(0.0, *(tax for _, tax in every))
    margin = _pixels(5)
    across, up = canvas.width - 2 * margin, canvas.height - 2 * margin

    def at(place: tuple[float, float]) -> Point:
        drift, tax = place
        return (
            margin + across * (drift / most_drift if most_drift else 0.0),
            margin + up * (most - tax) / ((most - least) or 1.0),
        )

    thin = _pixels(0.6)
    left, zero = at((0.0, 0.0))
    canvas.line((left, margin - thin), (left, canvas.height - margin + thin), EDGE, thin)
    canvas.line((left, zero), (canvas.width - margin + thin, zero), EDGE, thin)
    canvas.path([at(place) for place in points], palette.firm, _pixels(1.4))
    for name in reversed(tuple(SYMBOLS)):
        if name in marks:
            _mark(canvas, name, at(marks[name]), palette)
    return Picture(canvas.png(DOTS_PER_INCH), "png", CURVE_WIDTH, CURVE_HEIGHT, alt)


def _mark(canvas: Canvas, name: str, center: Point, palette: Palette) -> None:
    """A disc for the plan, a diamond for the budget, a square for no tax, a ring for no trades; each with a white edge."""
    edge = _pixels(0.8)
    if name == "BUDGET":
        radius = _pixels(3.6)
        canvas.diamond(center, radius + edge, "FFFFFF")
        canvas.diamond(center, radius, palette.firm)
    elif name == "ZERO_TAX":
        reach = _pixels(2.4)
        for size, tone in ((reach + edge, "FFFFFF"), (reach, palette.firm)):
            canvas.rectangle(center[0] - size, center[1] - size, center[0] + size, center[1] + size, tone)
    else:
        radius = _pixels(2.9)
        canvas.disc(center, radius + edge, "FFFFFF")
        canvas.disc(center, radius, ALERT if name == "PLAN" else INK)
        if name == "TODAY":
            canvas.disc(center, radius - _pixels(1.0), "FFFFFF")
