"""Where each fact comes from: rows of the workbook that a person can open."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from xl_rebal import app, sample
from xl_rebal.briefs.papers import fact_record
from xl_rebal.facts.types import FactKind, Facts
from xl_rebal.sample.rows import tables_of
from xl_rebal.sheets.layout import INPUT_SHEETS, SETTINGS_SHEET

SHEETS = {layout.name for layout in INPUT_SHEETS} | {SETTINGS_SHEET}


def tables() -> Iterator[Facts]:
    book = app.book_of(tables_of(sample.firm_rows(), sample.firm_settings_values()))
    for home in book.households:
        review = app.review_of(book, home.client.id)
        if not review.withheld:
            yield app.facts_of(book, review)


@pytest.fixture(scope="module")
def every() -> list[Facts]:
    return list(tables())


def test_every_fact_of_the_sample_firm_names_rows_of_the_workbook(every: list[Facts]) -> None:
    for facts in every:
        for fact in facts:
            assert fact.sources, (facts.client_name, fact.id)
            assert {source.sheet for source in fact.sources} <= SHEETS
            assert all(source.row > 1 or source.sheet == SETTINGS_SHEET for source in fact.sources)


def test_trims_name_the_lots_that_are_sold_in_sheltered_accounts_too(every: list[Facts]) -> None:
    trims = [
        fact
        for facts in every
        for fact in facts
        if fact.id.startswith("TRIM_") and fact.kind in (FactKind.SHARES, FactKind.MONEY)
    ]
    assert len(trims) > 20
    assert all(any(source.sheet == "Lots" for source in fact.sources) for fact in trims)


def test_purchases_name_the_fund_and_the_account(every: list[Facts]) -> None:
    bought = [fact for facts in every for fact in facts if fact.id.startswith("REALLOCATE_")]
    assert bought
    for fact in bought:
        assert {"Securities", "Accounts"} == {source.sheet for source in fact.sources}


def test_a_source_without_a_row_is_written_as_its_sheet(every: list[Facts]) -> None:
    record = fact_record(every[0].by_id["AS_OF"])
    assert record["sources"] == ["Settings"]
    assert any(source.startswith("Lots row ") for source in fact_record(every[0].by_id["AUM"])["sources"])  # type: ignore[attr-defined]
