"""The pictures of a brief, looked at by their pixels: bars point the right way, marks lie on the curve."""

from __future__ import annotations

import pytest

from tests.briefs import cases
from tests.briefs.test_pictures import pixels
from xl_rebal.briefs.charts import ALERT, BAR_WIDTH, DriftBar, curve, drift_bar
from xl_rebal.briefs.colors import Palette, channels
from xl_rebal.briefs.pictures import Picture

PALETTE = Palette()
FIRM, OUT, INK, WHITE = channels(PALETTE.firm), channels(ALERT), channels("1E2530"), (255, 255, 255)


def middle_row(picture: Picture) -> list[tuple[int, int, int]]:
    rows = pixels(picture.content)
    return rows[len(rows) // 2]


def places(row: list[tuple[int, int, int]], color: tuple[int, int, int]) -> list[float]:
    """Where in the row the color is, -1 at the left end and 1 at the right."""
    return [2 * x / len(row) - 1 for x, found in enumerate(row) if found == color]


@pytest.mark.parametrize(("drift", "side"), [(0.062, 1), (-0.062, -1)])
def test_a_bar_goes_from_target_to_the_weight_on_the_side_of_the_drift(drift: float, side: int) -> None:
    """At a reach of 12.4% a drift of 6.2% is half of the way to the end, less the margin of 4 points."""
    row = middle_row(drift_bar(DriftBar(-0.05, 0.05, drift, None, out=True), 0.124, PALETTE, ""))
    found = [place * side for place in places(row, OUT)]
    assert min(found) > -0.02
    assert max(found) == pytest.approx((BAR_WIDTH / 2 - 4) / BAR_WIDTH, abs=0.02)


def test_in_band_and_out_of_band_differ_in_tone_and_in_reaching_past_the_box() -> None:
    inside = middle_row(drift_bar(DriftBar(-0.05, 0.05, 0.03, None, out=False), 0.1, PALETTE, ""))
    assert places(inside, FIRM)
    assert not places(inside, OUT)
    assert max(places(inside, FIRM)) < 0.5 * (1 - 8 / BAR_WIDTH)  # where the band ends


def test_the_ring_is_where_the_weight_is_after_the_trades() -> None:
    row = middle_row(drift_bar(DriftBar(-0.05, 0.05, -0.08, 0.04, out=True), 0.1, PALETTE, ""))
    ring = [place for place in places(row, WHITE) if 0.3 < place < 0.44]
    assert sum(ring) / len(ring) == pytest.approx(0.4 * (1 - 8 / BAR_WIDTH), abs=0.02)


def test_a_class_without_drift_or_band_is_drawn_too() -> None:
    assert middle_row(drift_bar(DriftBar(0.0, 0.0, 0.0, 0.0, out=False), 0.0, PALETTE, ""))


def test_the_marks_of_the_curve_are_at_its_ends() -> None:
    """Tax falls from the plan's, top left, to none at today's drift, bottom right."""
    picture = curve(
        [(0.0, 2_879_800), (0.062, 0)], {"PLAN": (0.0, 2_879_800), "TODAY": (0.062, 0)}, PALETTE, ""
    )
    rows = pixels(picture.content)
    at = {
        color: [(x, y) for y, row in enumerate(rows) for x, found in enumerate(row) if found == color]
        for color in (OUT, INK)
    }
    plan, today = (
        tuple(sum(part) / len(part) for part in zip(*at[color], strict=True)) for color in (OUT, INK)
    )
    assert plan[0] < 0.1 * len(rows[0])
    assert plan[1] < 0.2 * len(rows)
    assert today[0] > 0.9 * len(rows[0])
    assert today[1] > 0.8 * len(rows)


def test_a_curve_that_saves_tax_stays_on_the_picture() -> None:
    points = [(0.0, -300_000.0), (0.01, -500_000.0), (0.04, 0.0)]
    assert pixels(curve(points, {"PLAN": points[0]}, PALETTE, "").content)


def test_the_curve_of_the_worked_example_is_read_aloud() -> None:
    shown = cases.hartwell_context()[0].values["curve"]
    assert shown.alt == (
        "Curve of tax added against total drift left: $28,798 at 0% (● this plan), $23,572 at 1.2% "
        "(◆ within the gain budget), $0 at 6.2% (○ no trades)."
    )
    assert cases.quiet_context()[0].values["curve"] == ""
