"""What a brief draws, row by row: each class within its band, and the curve of tax against drift, with text beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from xl_rebal.briefs.charts import SYMBOLS, DriftBar, curve, drift_bar
from xl_rebal.briefs.colors import Palette
from xl_rebal.briefs.page import Page
from xl_rebal.briefs.pictures import Picture
from xl_rebal.engine.drift import DriftStatus, Sleeve
from xl_rebal.engine.results import Review
from xl_rebal.facts.types import Direction, Fact

ALERT = "▲"
"""Stands before what needs a look, so that it is told from the rest on gray paper too."""


def is_out(sleeve: Sleeve) -> bool:
    return sleeve.status in (DriftStatus.ABOVE, DriftStatus.BELOW)


def drift_rows(page: Page, review: Review, keys: Mapping[str, str], palette: Palette) -> list[dict[str, Any]]:
    """The classes, those out of band first when there are more than fit."""
    if review.drift is None:
        return []
    classes = list(review.drift.classes)
    if len(classes) > page.limits.classes:
        kept = sorted(classes, key=lambda s: (not is_out(s), -abs(s.drift)))[: page.limits.classes - 1]
        shown = [s for s in classes if s in kept]
    else:
        shown = classes
    bars = {s.name: _bar(page, s, keys[s.name]) for s in classes}
    reach = max((bar.reach for bar in bars.values() if bar), default=0.0)
    rows: list[dict[str, Any]] = []
    for sleeve in shown:
        key, out, bar = keys[sleeve.name], is_out(sleeve), bars[sleeve.name]
        row: dict[str, Any] = {
            "name": page.clip(sleeve.name, 30),
            "target": page(f"TARGET_{key}"),
            "band": page(f"BAND_{key}"),
            "current": page(f"CURRENT_{key}"),
            "drift": page(f"DRIFT_{key}"),
            "after": page(f"AFTER_{key}"),
            "status_out": f"{ALERT} {page(f'STATUS_{key}')}" if out else "",
            "status_in": "" if out else page(f"STATUS_{key}"),
        }
        row["bar"] = drift_bar(bar, reach, palette, _read_aloud(row, page(f"STATUS_{key}"))) if bar else ""
        rows.append(row)
    if len(shown) < len(classes):
        rows.append(dict.fromkeys(rows[0], "") | {"name": page.more(len(classes) - len(shown))})
    return rows


def _bar(page: Page, sleeve: Sleeve, key: str) -> DriftBar | None:
    """None for a class without a target."""
    if sleeve.band is None:
        return None
    band, after = sleeve.band, page.fact(f"AFTER_{key}")
    later = after.value - band.target if after and isinstance(after.value, float) else None
    return DriftBar(band.lower - band.target, band.upper - band.target, sleeve.drift, later, is_out(sleeve))


def _read_aloud(row: Mapping[str, Any], status: str) -> str:
    after = f", {row['after']} after the proposed trades" if row["after"] else ""
    return (
        f"{row['name']}: {row['current']} now, target {row['target']}, band {row['band']}{after}. {status}."
    )


# --- Tax against drift ---------------------------------------------------------------------------------------------


def curve_text(page: Page) -> str:
    """`● $28,798 at 0% (this plan), ○ $0 at 6.2% (no trades)`: places that read the same stand together."""
    if not page("FRONTIER"):
        return ""
    places: dict[str, list[str]] = {}
    for name, tax, drift in _marks(page):
        saved = "saves " if tax.direction is Direction.DOWN and tax.display != "$0" else ""
        words = f"{SYMBOLS[name]} {tax.label.rpartition(': ')[2]}"
        places.setdefault(f"{saved}{tax.display} at {drift.display}", []).append(words)
    return ", ".join(f"{place} ({', '.join(words)})" for place, words in places.items())


def curve_picture(page: Page, palette: Palette) -> Picture | str:
    """The curve with its marks, or '' where there is none to show."""
    whole = page.fact("FRONTIER")
    if whole is None or not isinstance(whole.value, tuple):
        return ""
    marks = {name: (_number(drift), _number(tax)) for name, tax, drift in _marks(page)}
    return curve(
        whole.value, marks, palette, f"Curve of tax added against total drift left: {curve_text(page)}."
    )


def _marks(page: Page) -> Iterable[tuple[str, Fact, Fact]]:
    """Name, tax and drift of the places on the curve, from the least drift to the most."""
    found = []
    for name in SYMBOLS:
        tax, drift = page.fact(f"FRONTIER_{name}_TAX"), page.fact(f"FRONTIER_{name}_DRIFT")
        if tax and drift:
            found.append((name, tax, drift))
    return sorted(found, key=lambda mark: _number(mark[2]))


def _number(fact: Fact) -> float:
    return float(fact.value) if isinstance(fact.value, int | float) else 0.0
