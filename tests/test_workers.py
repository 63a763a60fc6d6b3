"""Reviews on several processes are those of one process."""

from __future__ import annotations

from dataclasses import replace

from xl_rebal import app
from xl_rebal.sample import generated_rows, generated_settings_values, tables_of
from xl_rebal.workers import reviewed


def test_two_processes_find_what_one_finds_in_the_order_asked_for():
    book = app.book_of(tables_of(generated_rows(6, 3, (5, 20)), generated_settings_values()))
    ids = [home.client.id for home in reversed(book.households)]
    together = list(reviewed(book, ids, 2))
    assert [found.client_id for found in together] == ids
    assert together == list(reviewed(book, ids, 1))


def test_a_fault_of_one_client_leaves_the_others_their_reviews():
    rows = tables_of(generated_rows(3, 3, (5, 20)), generated_settings_values())
    book = app.book_of(rows)
    first, *others = book.households
    wrong = replace(first, accounts=())  # its lots lie in accounts that it does not have
    found = list(
        reviewed(replace(book, households=(wrong, *others)), [h.client.id for h in book.households], 2)
    )
    assert [review.client_id for review in found] == [h.client.id for h in book.households]
    assert list(reviewed(book, [h.client.id for h in others], 1)) == found[1:]
