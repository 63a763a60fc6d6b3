"""The workbook that ships is what its text sources build."""

from __future__ import annotations

from pathlib import Path

from xl_rebal import app
from xl_rebal.engine.problems import Severity


def test_the_shipped_workbook_is_what_the_sources_build(tmp_path):
    """To refresh it after a change of layout, macros or ribbon: `xl-rebal build` and move the file here."""
    shipped = Path(__file__).parents[2] / "workbook" / "rebalance.xlsm"
    assert app.build_empty(tmp_path / "rebalance.xlsm").read_bytes() == shipped.read_bytes()


def test_the_shipped_workbook_reads_as_an_empty_firm():
    book = app.load(Path(__file__).parents[2] / "workbook" / "rebalance.xlsm")
    assert book.households == ()
    assert {p.source.sheet for p in book.problems if p.severity is Severity.ERROR} == {
        "Settings",
        "Clients",
        "Accounts",
        "Securities",
        "Targets",
        "Lots",
    }
