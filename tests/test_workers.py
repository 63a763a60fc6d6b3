"""Reviews and briefs made on several processes are those of one process."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from xl_rebal import app
from xl_rebal.app.kept import KeptBook, review_on_basis
from xl_rebal.sample import generated_rows, generated_settings_values, tables_of
from xl_rebal.workers import Crew, worked


def test_two_processes_find_what_one_finds_in_the_order_asked_for():
    book = app.book_of(tables_of(generated_rows(6, 3, (5, 20)), generated_settings_values()))
    ids = [home.client.id for home in reversed(book.households)]
    together = list(worked(book, ids, 2, app.review_of))
    assert [found.client_id for found in together] == ids
    assert together == list(worked(book, ids, 1, app.review_of))


def test_processes_started_before_there_is_work_find_the_same():
    crew = Crew(2)
    book = app.book_of(tables_of(generated_rows(6, 3, (5, 20)), generated_settings_values()))
    try:
        found = list(crew.each(review_on_basis, KeptBook(book).unreviewed()))
    finally:
        crew.dismiss()
    assert found == list(app.reviews(book))


def test_a_fault_of_one_client_leaves_the_others_their_reviews():
    rows = tables_of(generated_rows(3, 3, (5, 20)), generated_settings_values())
    book = app.book_of(rows)
    first, *others = book.households
    wrong = replace(first, accounts=())  # its lots lie in accounts that it does not have
    found = list(
        worked(
            replace(book, households=(wrong, *others)),
            [h.client.id for h in book.households],
            2,
            app.review_of,
        )
    )
    assert [review.client_id for review in found] == [h.client.id for h in book.households]
    assert list(worked(book, [h.client.id for h in others], 1, app.review_of)) == found[1:]


def test_briefs_made_on_two_processes_are_the_same_files(tmp_path: Path):
    book = app.book_of(tables_of(generated_rows(4, 3, (5, 20)), generated_settings_values()))
    for processes in (1, 2):
        result = app.make_briefs(book, tmp_path / str(processes), processes=processes)
        assert len(result.filed) == 4
    one, two = (
        {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name).rglob("*.*")}
        for name in ("1", "2")
    )
    assert one == two
