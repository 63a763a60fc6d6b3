"""The Dashboard's list over the sample firm: who is shown, in which order, and where the briefs lie."""

from __future__ import annotations

import pytest

from xl_rebal import app
from xl_rebal.app.reports import firm_list
from xl_rebal.engine.review import flags
from xl_rebal.errors import ChoiceUnknown
from xl_rebal.sheets import tables
from xl_rebal.sheets.firm_list import ALL_ADVISORS, LIST_HEADERS, Order, Show, Wanted


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return app.load(app.write_sample(tmp_path_factory.mktemp("list")))


@pytest.fixture(scope="module")
def found(book):
    return app.reviews(book)


def shown(book, found, **wanted):
    header, *rows = firm_list(book, found, Wanted(**wanted))
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_by_default_it_is_the_table_of_the_book_with_advisor_and_folder(book, found):
    header, *rows = firm_list(book, found)
    assert tuple(header) == LIST_HEADERS
    assert [row[:-2] for row in rows] == tables.book_table(found)[1:]
    assert rows[0][-2:] == ["Margaret Alder", "clients/Hartwell Family/2026-Q4"]


def test_the_folder_is_the_one_that_briefs_are_filed_in(book, found, tmp_path):
    for row in shown(book, found):
        filed = app.client_folder(book, tmp_path / "clients", str(row["Client ID"]))
        assert (tmp_path / str(row["Folder"])) == filed


def test_what_needs_attention_comes_first_and_a_quiet_client_last(book, found):
    order = [row["Client ID"] for row in shown(book, found, order=Order.ATTENTION)]
    pressing = {review.client_id: flags(review) for review in found}
    assert order[:2] == ["MAR06", "HAR01"], "withheld, then the most flags over the gain budget"
    quiet = [client for client in order if not pressing[client]]
    assert order[len(order) - len(quiet) :] == quiet
    assert sorted(order) == sorted(pressing)


@pytest.mark.parametrize(
    ("order", "header", "falling"),
    [(Order.DRIFT, "Worst Drift", True), (Order.TAX, "Tax", True), (Order.VALUE, "Value", True), (Order.NAME, "Client", False)],
)  # fmt: skip
def test_other_orders_go_by_their_column_and_the_unknown_ends_them(book, found, order, header, falling):
    values = [row[header] for row in shown(book, found, order=order)]
    if order is Order.NAME:
        assert values == sorted(values, key=str.casefold)
        return
    assert values[-1] == "unknown"
    assert values[:-1] == sorted(values[:-1], key=abs if order is Order.DRIFT else None, reverse=falling)


@pytest.mark.parametrize("show", list(Show))
def test_a_choice_shows_the_clients_it_names_and_no_others(book, found, show):
    statuses = {row["Client ID"]: row["Status"] for row in shown(book, found)}
    right = {
        Show.ALL: lambda c: True,
        Show.ATTENTION: lambda c: any(r.client_id == c and flags(r) for r in found),
        Show.WITHHELD: lambda c: statuses[c] == "Withheld",
        Show.PROPOSED: lambda c: str(statuses[c]).startswith("Proposed"),
        Show.NO_ACTION: lambda c: statuses[c] == "No action",
    }[show]
    listed = [row["Client ID"] for row in shown(book, found, show=show)]
    assert listed == [client for client in statuses if right(client)]
    assert listed


def test_one_advisors_clients_and_a_list_that_is_empty(book, found):
    hers = shown(book, found, advisor="margaret alder")
    assert {row["Advisor"] for row in hers} == {"Margaret Alder"}
    assert 0 < len(hers) < len(found)
    [nobody] = shown(book, found, advisor="N. Body", show=Show.WITHHELD)
    assert nobody["Client ID"] == "No client of N. Body to show: Withheld."
    assert nobody["Status"] is None


def test_choices_are_read_as_cells_hold_them():
    assert Wanted.of("", "", "") == Wanted()
    assert Wanted.of("needs attention", ALL_ADVISORS, "TAX") == Wanted(Show.ATTENTION, "", Order.TAX)
    with pytest.raises(ChoiceUnknown, match="'Some' is not one of: All, Needs attention, Withheld"):
        Wanted.of("Some", "", "")
