"""What makes a brief stale: the client's own content, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from xl_rebal import app, sample
from xl_rebal.engine.book import Book
from xl_rebal.engine.problems import Source
from xl_rebal.records.changes import changes, content_sha256
from xl_rebal.records.inputs import Inputs, inputs_bytes, inputs_from


@pytest.fixture(scope="module")
def book() -> Book:
    return app.book_of(sample.tables_of(sample.firm_rows(), sample.firm_settings_values()))


def inputs(book: Book, client: str = "HAR01") -> Inputs:
    home = book.household(client)
    return Inputs(book.settings, home, app.problems_of(book, home))


def test_the_same_content_in_other_rows_and_another_order_is_the_same(book: Book) -> None:
    old = inputs(book)
    home = old.household
    lots = tuple(replace(lot, source=Source("Lots", lot.source.row + 7)) for lot in reversed(home.lots))
    moved = replace(old, household=replace(home, lots=lots, notes=home.notes[::-1]))
    assert changes(old, moved) == ()
    assert content_sha256(old) == content_sha256(moved)


def test_what_was_kept_is_the_same_content_as_what_it_was_made_from(book: Book) -> None:
    for home in book.households:
        own = inputs(book, home.client.id)
        back = inputs_from(inputs_bytes(own))
        assert content_sha256(back) == content_sha256(own)
        assert changes(back, own) == ()


def test_another_client_or_a_security_of_nobody_changes_nothing(book: Book) -> None:
    old = inputs(book)
    home = old.household
    securities = dict(home.securities)
    held = {lot.symbol for lot in home.lots}
    other = next(s for s in securities.values() if s.symbol not in held and s.buy.value == "No")
    securities[other.symbol] = replace(other, price=other.price and other.price + 1)
    used = {row.symbol for row in (*home.activity, *home.positions, *home.targets)}
    assert other.symbol not in used
    assert changes(old, replace(old, household=replace(home, securities=securities))) == ()


def test_each_change_is_named_by_sheet_and_what(book: Book) -> None:
    old = inputs(book)
    home = old.household
    lots = (replace(home.lots[0], quantity=home.lots[0].quantity + 1), *home.lots[1:-1])
    symbol = home.lots[0].symbol
    priced = replace(home.securities[symbol], price=(home.securities[symbol].price or 1) + 1)
    new = Inputs(
        replace(old.settings, class_band=0.1, letter_tone="Formal", output_folder="elsewhere"),
        replace(
            home,
            client=replace(home.client, taxable_income_cents=1),
            lots=lots,
            securities={**home.securities, symbol: priced},
        ),
        old.problems,
    )
    assert changes(old, new) == (
        "Settings: class band",
        "Clients: taxable income",
        "Lots: 2 rows",
        f"Securities: {symbol} price",
    )
    assert content_sha256(old) != content_sha256(new)
