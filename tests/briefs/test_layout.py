"""The shipped template as Writer lays it out: one page for the quietest client and for the busiest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.briefs import cases
from tests.briefs.hardest import generated, hardest
from tests.briefs.layout import LaidOut, lay_out
from xl_rebal.briefs.fit import estimated_points
from xl_rebal.briefs.render import render_brief

SLACK = 0.03
"""Share of the page's body that stays free under the longest brief."""
TOP = 0.4 * 72


GENERATED = generated(14, 11, (20, 60))
HARDEST = hardest()


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> dict[str, LaidOut]:
    """All briefs in one call of Writer, which takes longer to start than to lay out forty of them."""
    contexts = {**HARDEST, **GENERATED}
    hostile = dict(contexts["example"].values)
    hostile["client"] = "Smith & Co <x>"
    hostile["notes"] = ["She wrote {{ 7*7 }} and {% endif %} & <b>bold</b> \u2026"]
    contexts["hostile"] = replace(contexts["example"], values=hostile)
    return lay_out(
        {name: render_brief(context) for name, context in contexts.items()}, tmp_path_factory.mktemp("layout")
    )


@pytest.mark.parametrize("name", [*HARDEST, *GENERATED, "hostile"])
def test_a_brief_is_one_page(laid_out: dict[str, LaidOut], name: str) -> None:
    assert laid_out[name].pages == 1


@pytest.mark.parametrize("name", [*HARDEST, *GENERATED])
def test_no_brief_runs_into_its_foot_line(laid_out: dict[str, LaidOut], name: str) -> None:
    assert laid_out[name].foot_top - laid_out[name].lowest > 5


def test_the_hardest_cases_are_as_hard_as_they_say() -> None:
    values = HARDEST["forty-trades"].values
    assert values["glance"]["trim_note"] == "in 40 lines"
    assert values["flags"].count("▲") == 8  # nine flags: all that a review with a plan can have
    assert any("more, see the workbook" in row["text"] for row in values["tax"])
    assert values["logo"]


def test_the_longest_brief_leaves_room_above_the_foot_line(laid_out: dict[str, LaidOut]) -> None:
    page = laid_out["longest"]
    assert page.foot_top - page.lowest > SLACK * (page.foot_top - TOP)


@pytest.mark.parametrize(
    ("name", "make"), [("example", cases.hartwell_context), ("longest", cases.long_context)]
)
def test_the_estimate_of_the_height_errs_on_the_safe_side_and_not_by_much(
    laid_out: dict[str, LaidOut], name: str, make: object
) -> None:
    assert callable(make)
    context, _ = make()
    actual = laid_out[name].lowest - TOP
    assert actual <= estimated_points(context.values) <= 1.08 * actual


def test_the_page_reads_in_the_order_that_an_advisor_decides_in(laid_out: dict[str, LaidOut]) -> None:
    text = laid_out["example"].text.upper()
    order = (
        "DRIFT",
        "REBALANCE RECOMMENDATION",
        "TAX CONSIDERATIONS",
        "DRAFT EMAIL",
        "DECISION",
        "PREPARED BY SOFTWARE",
    )
    places = [text.index(heading) for heading in order]
    assert places == sorted(places)
    for said in (
        "$2.98M",
        "+6.2%",
        "$185,000",
        "$121,000",
        "$28,798",
        "$21,000",
        "$99,040",
        "$87,000",
        "APPROVE",
    ):
        assert said in text


def test_ampersands_and_braces_of_a_record_arrive_on_paper_as_they_were_typed(
    laid_out: dict[str, LaidOut],
) -> None:
    text = laid_out["hostile"].text
    assert "Smith & Co <x>" in text
    assert "{{ 7*7 }}" in text
    assert "<b>bold</b>" in text
    assert "She wrote 49" not in text
