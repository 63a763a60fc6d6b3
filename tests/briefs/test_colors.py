"""The firm's color: contrast as the Web Content Accessibility Guidelines compute it, and tones that stay readable."""

from __future__ import annotations

import pytest

from tests import builders as b
from xl_rebal.app.looks import look_problems
from xl_rebal.briefs.colors import LEAST_CONTRAST, PALE, SHIPPED, STEEL, contrast, palette
from xl_rebal.engine.book import Book


def test_contrast_is_that_of_the_guidelines() -> None:
    """Black on white is 21:1; #767676 is the lightest gray that passes on white at 4.54:1."""
    assert contrast("000000", "FFFFFF") == pytest.approx(21.0)
    assert contrast("767676", "FFFFFF") == pytest.approx(4.54, abs=0.005)
    assert contrast("777777", "FFFFFF") == pytest.approx(4.48, abs=0.005)
    assert contrast("FF0000", "FFFFFF") == pytest.approx(4.00, abs=0.005)


@pytest.mark.parametrize("typed", ["#FFD700", "#fff", "00FF00", "#ABCDEF", "#0a7", "FF0000", "#808080"])
def test_a_light_color_is_darkened_until_it_can_be_read(typed: str) -> None:
    tones = palette(typed)
    assert tones.darkened
    assert contrast(tones.firm, "FFFFFF") >= LEAST_CONTRAST
    assert contrast(tones.firm, tones.pale) >= LEAST_CONTRAST


@pytest.mark.parametrize("typed", ["#800020", "004D40", "#003", "000000"])
def test_a_dark_color_is_taken_as_it_is(typed: str) -> None:
    tones = palette(typed)
    assert not tones.darkened
    assert set(tones.replaced) == {SHIPPED, STEEL, PALE}


def test_without_a_color_the_template_keeps_its_own() -> None:
    assert palette("").replaced == {}
    assert palette(" #1f3a5f ").replaced == {}


@pytest.mark.parametrize("typed", ["navy", "#12345", "12 34 56", "#GGGGGG", "#1F3A5F;", "1F3A5FFF"])
def test_what_is_no_color_is_said_and_the_shipped_one_used(typed: str) -> None:
    with pytest.raises(ValueError, match="not a color"):
        palette(typed)
    problem = look_problems(Book(b.settings(firm_color=typed), (), {}, ()))[0]
    assert (problem.column, problem.value) == ("Firm Color", typed)
    assert "shipped navy" in problem.what


def test_a_darkened_color_is_said_with_its_contrast() -> None:
    problem = look_problems(Book(b.settings(firm_color="#FFD700"), (), {}, ()))[0]
    assert problem.what == (
        "White on #FFD700 has a contrast of 1.4:1, which can't be read well; documents use #836D00."
    )
    assert look_problems(Book(b.settings(firm_color="#1F3A5F"), (), {}, ())) == ()
