"""The chart of drift against tax: native, over cells that never draw a zero where there is no figure."""

from __future__ import annotations

import re
import zipfile

import pytest
from lxml import etree

from workbook import client_page, curve
from workbook.build import build_workbook
from xl_rebal.engine.frontier import Mark
from xl_rebal.sample import firm_rows, firm_settings_values
from xl_rebal.sheets.insight_tables import FRONTIER_HEADERS
from xl_rebal.sheets.tables import CellTable

CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
CURVE = "xl/charts/chart2.xml"  # the first is that of drift
PLAN, TODAY = Mark.PLAN.value, Mark.TODAY.value


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    path = build_workbook(
        tmp_path_factory.mktemp("curve") / "c.xlsx", firm_rows(), firm_settings_values(), macros=False
    )
    with zipfile.ZipFile(path) as book:
        return {name: book.read(name) for name in book.namelist()}


def table(*rows: tuple[float, str | None, float | str]) -> CellTable:
    """A curve with drift, mark and tax of each row."""
    return [list(FRONTIER_HEADERS), *([drift, mark, tax, 0.0, 0.0, 0.0, None] for drift, mark, tax in rows)]


def test_the_chart_has_titles_and_an_alternative_text(parts: dict[str, bytes]) -> None:
    tree = etree.fromstring(parts[CURVE])
    titles = ["".join(t.itertext()) for t in tree.iter(f"{CHART}title")]
    assert titles == [
        "What curing the drift costs",
        "Drift left, share of the household's value",
        "Tax the trades add",
    ]
    assert curve.ALT_TEXT in parts["xl/drawings/drawing1.xml"].decode()


def test_the_plan_differs_from_the_curve_by_its_shape_not_only_its_color(parts: dict[str, bytes]) -> None:
    tree = etree.fromstring(parts[CURVE])
    assert [m.get("val") for m in tree.iter(f"{CHART}symbol")] == ["circle", "diamond", "square"]


def test_empty_rows_are_left_out_not_drawn_at_zero(parts: dict[str, bytes]) -> None:
    """Cached points are those that have a figure; a row without one has no point in any series."""
    tree = etree.fromstring(parts[CURVE])
    assert tree.find(f".//{CHART}dispBlanksAs").get("val") == "span"
    assert (
        tree.find(f".//{CHART}plotVisOnly") is None or tree.find(f".//{CHART}plotVisOnly").get("val") == "0"
    )
    ranges = {f.text for f in tree.iter(f"{CHART}f")}
    top, _ = client_page.CURVE_CELLS
    assert {re.sub(r"Client!|[A-Z$]", "", text) for text in ranges} == {
        f"{top + 2}:{top + 1 + client_page.CURVE_ROOM}"
    }
    plan = list(tree.iter(f"{CHART}yVal"))[1]
    [point] = plan.iter(f"{CHART}pt")
    assert float(point.findtext(f"{CHART}v")) == pytest.approx(28_798.0)


def test_a_rows_figure_goes_to_the_curve_or_to_the_plan() -> None:
    rows = table((0.0, PLAN, 120.0), (0.0, None, 119.0), (0.05, f"No added tax; {TODAY}", 0.0))
    assert curve._figures(rows, 1) == [0.0, "#N/A", 120.0, "#N/A"]
    assert curve._figures(rows, 2) == [0.0, 119.0, "#N/A", "#N/A"]
    assert curve._figures(rows, 3) == [0.05, 0.0, "#N/A", 0.0], (
        "the end of the curve is the place of no trades"
    )
    assert curve._figures(rows, 4) == [0.0, "#N/A", "#N/A", "#N/A"], "no row, no point"


def test_no_trades_beside_the_curve_are_not_drawn_into_it() -> None:
    """Losses worth taking save tax at the same drift: a line to the place of no trades would be a false one."""
    rows = table((0.1, None, -500.0), (0.1, TODAY, 0.0))
    assert curve._figures(rows, 2) == [0.1, "#N/A", "#N/A", 0.0]


def test_an_unknown_tax_and_a_sentence_draw_nothing() -> None:
    assert curve._figures(table((0.1, None, "unknown")), 1) == [0.1, "#N/A", "#N/A", "#N/A"]
    said: CellTable = [list(FRONTIER_HEADERS), ["Withheld: cure 1 data error first.", *[None] * 6]]
    assert curve._figures(said, 1) == [0.0, "#N/A", "#N/A", "#N/A"]


def test_only_the_charts_own_cells_may_show_an_error() -> None:
    top, left = client_page.CURVE_CELLS
    assert client_page.is_left_out_of_a_chart("Client", top + 1, left + 1, "#N/A")
    assert not client_page.is_left_out_of_a_chart("Client", top + 1, left + 1, "#NAME?")
    assert not client_page.is_left_out_of_a_chart("Client", top + 1, left, "#N/A"), (
        "a drift is always a number"
    )
    assert not client_page.is_left_out_of_a_chart("Dashboard", top + 1, left + 1, "#N/A")
