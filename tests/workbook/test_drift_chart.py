"""The chart of drift: native, each class's bars in line with its row, and nothing drawn where there is no class."""

from __future__ import annotations

import zipfile

import pytest
from lxml import etree

from workbook import client_page, drift_chart
from workbook.build import build_workbook
from xl_rebal.sample import firm_rows, firm_settings_values
from xl_rebal.sheets.tables import DRIFT_HEADERS, CellTable

CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
DRAWN = "xl/charts/chart1.xml"


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    path = build_workbook(
        tmp_path_factory.mktemp("drift") / "c.xlsx", firm_rows(), firm_settings_values(), macros=False
    )
    with zipfile.ZipFile(path) as book:
        return {name: book.read(name) for name in book.namelist()}


def points(series: etree._Element, of: str) -> list[str]:
    return [p.findtext(f"{CHART}v") for p in series.find(f"{CHART}{of}").iter(f"{CHART}pt")]


def test_three_series_of_the_households_classes_and_no_point_without_one(parts: dict[str, bytes]) -> None:
    now, after, target = etree.fromstring(parts[DRAWN]).iter(f"{CHART}ser")
    assert [s.find(f".//{CHART}tx//{CHART}v").text for s in (now, after, target)] == list(
        drift_chart.HEADERS[1:4]
    )
    assert points(now, "cat")[:3] == ["Equity", "Fixed Income", "Cash"]
    for series in (now, after, target):
        assert len(points(series, "val")) == 3, "three classes in a place for eight"
    assert [float(v) for v in points(target, "val")] == pytest.approx([0.65, 0.32, 0.03])


def test_whiskers_go_from_the_target_to_the_band(parts: dict[str, bytes]) -> None:
    [bars] = etree.fromstring(parts[DRAWN]).iter(f"{CHART}errBars")
    plus, minus = (
        [float(p.findtext(f"{CHART}v")) for p in bars.find(f"{CHART}{side}").iter(f"{CHART}pt")][:3]
        for side in ("plus", "minus")
    )
    assert plus == pytest.approx([0.05, 0.05, 0.05])
    assert minus == pytest.approx([0.05, 0.05, 0.03]), "a band never reaches below 0"


def test_it_is_described_in_words_and_reads_hidden_cells(parts: dict[str, bytes]) -> None:
    assert drift_chart.ALT_TEXT in parts["xl/drawings/drawing1.xml"].decode()
    visible_only = etree.fromstring(parts[DRAWN]).find(f".//{CHART}plotVisOnly")
    assert visible_only is None or visible_only.get("val") == "0"


def test_what_is_no_class_draws_nothing() -> None:
    folded: CellTable = [list(DRIFT_HEADERS), ["and 2 more", *[None] * 9]]
    assert drift_chart._figures(folded, 1) == ["", "#N/A", "#N/A", "#N/A", 0.0, 0.0]
    assert drift_chart._figures(folded, 2) == ["", "#N/A", "#N/A", "#N/A", 0.0, 0.0]
    untargeted: CellTable = [
        list(DRIFT_HEADERS),
        ["Gold", None, 100.0, 0.1, None, None, None, None, "unknown", "No target"],
    ]
    assert drift_chart._figures(untargeted, 1) == ["Gold", 0.1, "#N/A", "#N/A", 0.0, 0.0]


def test_its_hidden_cells_may_show_that_a_point_is_left_out() -> None:
    top, left = client_page.DRIFT_CELLS
    assert client_page.is_left_out_of_a_chart("Client", top + 8, left + 1, "#N/A")
    assert not client_page.is_left_out_of_a_chart("Client", top + 9, left + 1, "#N/A")
    assert not client_page.is_left_out_of_a_chart("Client", top + 1, left + 1, "#NAME?")
