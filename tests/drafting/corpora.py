"""Seeded clients and letters for measuring the guards: the sample firm, tables made by hand, generated households."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.drafting.tables import all_tables
from xl_rebal import app, sample
from xl_rebal.app.books import facts_of, review_of
from xl_rebal.engine.book import Book
from xl_rebal.errors import XlRebalError
from xl_rebal.facts.types import Facts

DATA = Path(__file__).parent.parent / "data" / "drafting"
SEED = 20261015
LOTS = (8, 40)
"""Tax lots of a generated household: enough for every kind of fact, few enough to plan hundreds quickly."""


def generated_book(households: int, seed: int = SEED) -> Book:
    rows = sample.generated_rows(households, seed, LOTS)
    return app.book_of(sample.tables_of(rows, sample.generated_settings_values()))


def sample_book() -> Book:
    return app.book_of(sample.tables_of(sample.firm_rows(), sample.firm_settings_values()))


def facts_in(book: Book) -> Iterator[Facts]:
    """The facts of each client of whom a brief would be filed."""
    for home in book.households:
        found = review_of(book, home.client.id)
        if not found.withheld:
            try:
                yield facts_of(book, found)
            except XlRebalError:
                continue


@cache
def clients(generated: int) -> tuple[Facts, ...]:
    """Facts of the sample firm's clients, of the tables made by hand, and of so many generated households."""
    return (*facts_in(sample_book()), *all_tables(), *facts_in(generated_book(generated)))


def lines_of(name: str) -> list[str]:
    """The sentences of a file of phrases, without comments and headings."""
    text = (DATA / f"{name}.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and line[0] not in "#["]
