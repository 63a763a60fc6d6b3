"""A book kept from change to change gives what a book read afresh gives, and computes only what a change can touch."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests import builders as b
from udfs.given import GivenTables
from workbook.inputs import cell_value, table_values
from xl_rebal import app, sample
from xl_rebal.app import insight
from xl_rebal.app.kept import KeptBook
from xl_rebal.app.moved import moved_review, moves_of, taken_along
from xl_rebal.engine.book import Book, ClientRule, Household, RuleKind, RuleState, RuleStatus, Ruling
from xl_rebal.engine.problems import Problem, Severity, Source
from xl_rebal.engine.results import Review
from xl_rebal.engine.review import review
from xl_rebal.params.load import tax_parameters
from xl_rebal.sheets.layout import INPUT_SHEETS
from xl_rebal.sheets.read import RowsMemory, Table

Cells = dict[str, list[list[Any]]]


def firm(households: int = 6, seed: int = 3) -> Cells:
    """An invented firm's tables with their headers, as Excel hands them over."""
    rows = sample.generated_rows(households, seed, (4, 12))
    cells: Cells = {s.name: table_values(s, rows.get(s.name, ())) for s in INPUT_SHEETS}
    values = sample.generated_settings_values().items()
    cells["Settings"] = [["Setting", "Value"], *[[name, cell_value(value)] for name, value in values]]
    return cells


class Kept:
    """What a session of Excel keeps, without Excel."""

    def __init__(self) -> None:
        self.given, self.memory = GivenTables(), RowsMemory()
        self.before: list[KeptBook] = []

    def after(self, cells: Cells) -> KeptBook:
        tables = {name: self.given.table(name, rows).table for name, rows in cells.items()}
        book = KeptBook(app.book_of(tables, self.memory), self.before[:3])
        self.before.insert(0, book)
        return book


def afresh(cells: Cells) -> Book:
    """The book of these cells, read by a reader that has met none before."""
    return app.book_of({n: Table(n, tuple(map(str, rows[0])), rows[1:]) for n, rows in cells.items()})


def in_full(book: Book, client_id: str) -> Review:
    """The review by the engine alone, of the household with all securities of the firm."""
    home = book.household(client_id)
    params = tax_parameters(book.settings.tax_year)
    return review(home, book.settings, params, app.problems_of(book, home))


def same(kept: KeptBook, cells: Cells) -> None:
    book = afresh(cells)
    assert kept.book == book
    for home in book.households:
        client_id = home.client.id
        found = kept.reviewed(client_id)
        full = in_full(book, client_id)
        assert found.review == full, client_id
        calendar = found.answer("wash", insight.wash_calendar_of)
        assert calendar == insight.wash_calendar_of(book, full), client_id


def column(cells: Cells, sheet: str, header: str) -> int:
    return int(cells[sheet][0].index(header))


def changed(cell: Any, dice: random.Random, others: list[Any]) -> Any:
    """Another content of a cell: of a text that of another row, now and then one that makes no sense."""
    if dice.random() < 0.1:
        return dice.choice([None, True, -1.0, "#N/A", "?"])
    if isinstance(cell, str) and dice.random() < 0.5:
        return dice.choice(others)
    if isinstance(cell, datetime):
        return cell + timedelta(days=dice.choice([-400, -30, 1, 40]))
    if isinstance(cell, int | float):
        return round(float(cell) * dice.choice([0.5, 0.97, 1.04, 2.0]), 2)
    return cell


def wish(cells: Cells, dice: random.Random) -> list[Any]:
    """A row of the Rules sheet: a wish of some client, in force or not."""
    client = dice.choice(cells["Clients"][1:] or [[None]])[0]
    lot = dice.choice(cells["Lots"][1:] or [[None] * len(cells["Lots"][0])])
    row = {
        "Client ID": client,
        "Kind": dice.choice(list(RuleKind)).value,
        "Symbol": lot[column(cells, "Lots", "Symbol")],
        "Amount": dice.choice([None, 5_000.0, 60_000.0]),
        "Date": dice.choice([None, datetime.fromisoformat("2026-12-15")]),
        "Sentence": "We would like that.",
        "Status": dice.choice(["Confirmed", "Confirmed", "Proposed"]),
        "Confirmed By": "M. Alder",
    }
    return [row.get(header) for header in cells["Rules"][0]]


def edited(cells: Cells, dice: random.Random) -> Cells:
    """The firm after one random edit of any input sheet: a cell, a row more or less, rows sorted, a setting."""
    sheet = dice.choice([*cells, "Lots", "Lots", "Securities", "Securities", "Targets", "Rules", "Rules"])
    header, *rows = [list(row) for row in cells[sheet]]
    if sheet == "Rules":
        rows.insert(dice.randrange(len(rows) + 1), wish(cells, dice))
        return {**cells, sheet: [header, *rows]}
    if not rows:
        return cells
    index = dice.randrange(len(rows))
    rearranged = ["drop", "repeat", "sort", "blank", "swap"]
    kind = "cell" if sheet == "Settings" else dice.choice(["cell"] * 8 + rearranged)
    if kind == "cell":
        at = 1 if sheet == "Settings" else dice.randrange(len(header))
        rows[index][at] = changed(rows[index][at], dice, [row[at] for row in rows])
    elif kind == "drop":
        del rows[index]
    elif kind == "repeat":
        rows.insert(dice.randrange(len(rows) + 1), list(rows[index]))
    elif kind == "blank":
        rows.insert(index, [None] * len(header))
    elif kind == "swap":
        other = dice.randrange(len(rows))
        rows[index], rows[other] = rows[other], rows[index]
    else:
        at = dice.randrange(len(header))
        rows.sort(key=lambda row: str(row[at]))
    return {**cells, sheet: [header, *rows]}


@pytest.mark.parametrize("seed", [0, 2, 3])
def test_after_any_edits_the_kept_book_is_the_book_read_afresh(seed: int) -> None:
    dice = random.Random(seed)
    kept, cells = Kept(), firm(4, seed=seed)
    before = [cells]
    same(kept.after(cells), cells)
    for _ in range(6):
        # Now and then an edit is taken back.
        cells = before.pop() if len(before) > 1 and dice.random() < 0.2 else edited(cells, dice)
        before.append(cells)
        same(kept.after(cells), cells)


def with_cell(cells: Cells, sheet: str, row: int, header: str, change: Callable[[Any], Any]) -> Cells:
    rows = [list(one) for one in cells[sheet]]
    at = column(cells, sheet, header)
    rows[row][at] = change(rows[row][at])
    return {**cells, sheet: rows}


def computed(kept: Kept, cells: Cells) -> int:
    """How many reviews a change makes the kept book compute."""
    book = kept.after(cells)
    book.all_reviewed()
    same(book, cells)
    return book.computed


def test_a_changed_lot_has_one_review_computed() -> None:
    kept, cells = Kept(), firm()
    assert computed(kept, cells) == 6
    assert computed(kept, cells) == 0
    cells = with_cell(cells, "Lots", 3, "Quantity", lambda shares: shares + 1)
    assert computed(kept, cells) == 1


def test_a_new_row_at_the_end_of_lots_has_one_review_computed() -> None:
    kept, cells = Kept(), firm()
    computed(kept, cells)
    cells = {**cells, "Lots": [*cells["Lots"], list(cells["Lots"][1])]}
    assert computed(kept, cells) == 1


def test_a_price_counts_for_those_who_hold_or_may_buy_the_security() -> None:
    kept, cells = Kept(), firm()
    computed(kept, cells)
    symbols = [row[column(cells, "Securities", "Symbol")] for row in cells["Securities"]]
    buys = [row[column(cells, "Securities", "Buy")] for row in cells["Securities"]]
    book = afresh(cells)

    def users(symbol: str) -> int:
        """Households that hold, held, aim at or may swap into a security."""
        return sum(
            symbol in str((h.lots, h.cash, h.positions, h.activity, h.targets)) for h in book.households
        )

    swaps = {s.swap for s in book.securities.values()}
    rare = [
        (users(s), i)
        for i, s in enumerate(symbols)
        if buys[i] in (None, "No") and s in book.securities and s not in swaps and users(s) < 4
    ]
    count, row = max(rare)
    assert 0 < count < 4
    cells = with_cell(cells, "Securities", row, "Price", lambda price: round(price * 1.01, 2))
    assert computed(kept, cells) == count


def test_settings_and_the_targets_of_a_model_count_for_all_who_follow_them() -> None:
    kept, cells = Kept(), firm()
    computed(kept, cells)
    names = [row[0] for row in cells["Settings"]]
    as_of = with_cell(cells, "Settings", names.index("As Of"), "Value", lambda day: day + timedelta(days=1))
    assert computed(kept, as_of) == 6
    book = afresh(as_of)
    model = as_of["Targets"][1][column(as_of, "Targets", "Model")]
    followers = sum(home.client.model == model for home in book.households)
    aimed = with_cell(as_of, "Targets", 1, "As Of", lambda _: datetime.fromisoformat("2026-01-05"))
    assert 0 < computed(kept, aimed) == followers < 6


def test_a_note_counts_for_its_client() -> None:
    kept, cells = Kept(), firm()
    computed(kept, cells)
    cells = with_cell(cells, "Notes", 1, "Text", lambda text: f"{text} More.")
    assert computed(kept, cells) == 1


def test_true_is_not_taken_for_one() -> None:
    """They are equal to Python; a quantity of TRUE is an error all the same."""
    kept, cells = Kept(), firm()
    one = with_cell(cells, "Lots", 3, "Quantity", lambda _: 1.0)
    computed(kept, one)
    assert computed(kept, with_cell(cells, "Lots", 3, "Quantity", lambda _: True)) == 1


def test_answers_stay_with_the_review_they_were_made_of() -> None:
    kept, cells = Kept(), firm()
    book = kept.after(cells)
    asked = []
    changed_id, other_id = (book.book.households[i].client.id for i in (0, 1))
    lots = cells["Lots"]
    own = {account.id for account in book.book.household(changed_id).accounts}
    row = next(i for i, lot in enumerate(lots) if lot[0] in own)

    def compute(own_book: Book, found: Review) -> str:
        assert [home.client.id for home in own_book.households] == [found.client_id]
        asked.append(found.client_id)
        return found.client_id

    for _ in range(2):
        for client_id in (changed_id, other_id):
            assert book.reviewed(client_id).answer("who", compute) == client_id
        book = kept.after(with_cell(cells, "Lots", row, "Quantity", lambda shares: shares + 1))
    assert asked == [changed_id, other_id, changed_id]


def test_a_client_that_was_gone_and_comes_back_has_its_review_still() -> None:
    kept, cells = Kept(), firm()
    computed(kept, cells)
    without = {**cells, "Clients": cells["Clients"][:-1]}
    assert len(kept.after(without).all_reviewed()) == 5
    assert computed(kept, cells) == 0, "an undone deletion costs nothing"


def test_two_workbooks_with_the_same_clients_do_not_cost_each_other_their_reviews() -> None:
    kept, cells = Kept(), firm()
    as_of = [row[0] for row in cells["Settings"]].index("As Of")
    copy = with_cell(cells, "Settings", as_of, "Value", lambda day: day + timedelta(days=1))
    assert (computed(kept, cells), computed(kept, copy)) == (6, 6)
    for row in (3, 4):
        cells = with_cell(cells, "Lots", row, "Quantity", lambda shares: shares + 1)
        copy = with_cell(copy, "Lots", row, "Quantity", lambda shares: shares + 1)
        assert (computed(kept, cells), computed(kept, copy)) == (1, 1)


# --- rows that moved ---------------------------------------------------------------------------------------------


def test_a_row_deleted_in_the_middle_of_lots_has_one_review_computed() -> None:
    kept, cells = Kept(), firm()
    computed(kept, cells)
    book = afresh(cells)
    middle = book.households[3].lots[0].source.row
    lots = list(cells["Lots"])
    del lots[middle - 1]
    assert computed(kept, {**cells, "Lots": lots}) == 1


def test_a_client_inserted_at_the_top_has_itself_computed() -> None:
    kept, cells = Kept(), firm()
    last = {**cells, "Clients": cells["Clients"][:-1]}
    computed(kept, last)
    header, *rows = cells["Clients"]
    assert computed(kept, {**cells, "Clients": [header, rows[-1], *rows[:-1]]}) == 1


def test_results_name_the_rows_where_the_lots_stand_now() -> None:
    kept, cells = Kept(), firm()
    first = kept.after(cells).all_reviewed()
    sold = [one for one in first if one.review.plan and any(t.disposals for t in one.review.plan.trades)]
    assert sold, "the firm has a client with a sale"
    client_id = sold[-1].review.client_id
    book = kept.after(
        {**cells, "Lots": [cells["Lots"][0], [None] * len(cells["Lots"][0]), *cells["Lots"][1:]]}
    )
    moved = book.reviewed(client_id).review
    assert book.computed == 0
    rows = [
        [d.lot.source.row for t in review.plan.trades for d in t.disposals]
        for review in (sold[-1].review, moved)
        if review.plan
    ]
    assert rows[1] == [row + 1 for row in rows[0]]


def test_rows_in_another_order_are_computed_again() -> None:
    """Ties are broken by the order of the rows."""
    kept, cells = Kept(), firm()
    computed(kept, cells)
    book = afresh(cells)
    one, other = (lot.source.row - 1 for lot in book.households[0].lots[:2])
    lots = list(cells["Lots"])
    lots[one], lots[other] = lots[other], lots[one]
    assert computed(kept, {**cells, "Lots": lots}) == 1


def test_a_sentence_that_names_a_row_is_never_taken_along() -> None:
    moves = {Source("Lots", 5): Source("Lots", 4)}
    assert taken_along((Source("Lots", 5), "Sold."), moves) == (Source("Lots", 4), "Sold.")
    assert taken_along(("See Lots row 5.",), moves) is None
    assert taken_along(("See Lots!D5.",), moves) is None
    assert taken_along((Source("Lots", 6),), moves) is None, "where that went is not known"
    assert taken_along((object(),), moves) is None


HOME = b.household(lots=[b.lot("VTI", 10, 900, "2024-02-01")], activity=[b.buy("2026-10-01", "VTI", 5)])


def the_rows(lot_row: int, bought_row: int, *wishes: Ruling) -> Household:
    """A holding with a lot and a purchase, at these rows of their sheets."""
    return replace(
        HOME,
        lots=tuple(replace(lot, source=Source("Lots", lot_row)) for lot in HOME.lots),
        activity=tuple(replace(row, source=Source("Activity", bought_row)) for row in HOME.activity),
        rulings=wishes,
    )


def test_rows_of_two_sheets_that_change_places_break_ties_anew() -> None:
    """Purchases of one day are matched to a loss by their rows, wherever they stand."""
    before = the_rows(5, 6)
    moves = moves_of(before, the_rows(4, 6))
    assert moves is not None
    assert moves[Source("Lots", 5)] == Source("Lots", 4)
    assert moves_of(before, the_rows(7, 6)) is None


def test_a_client_with_a_wish_is_computed_again_as_its_sentences_name_rows() -> None:
    wish = ClientRule(
        b.CLIENT_ID, RuleKind.MEETING, RuleStatus.PROPOSED, "By phone.", source=Source("Rules", 2)
    )
    ruled = Ruling(wish, RuleState.PROPOSED, "Nobody has confirmed it.")
    assert moves_of(the_rows(5, 6, ruled), the_rows(4, 6, ruled)) is None


def test_a_review_with_problems_of_its_own_is_not_taken_along_without_them() -> None:
    kept = Kept()
    found = kept.after(firm(2)).all_reviewed()[0]
    own = Problem(Severity.ERROR, "plan-failed", Source("Clients", 2), "", "", "", "It failed.", "Report it.")
    failed = replace(found.review, problems=(*found.basis.problems, own))
    moves = moves_of(found.basis.household, found.basis.household)
    assert moves is not None
    assert moved_review(found.review, found.basis.problems, found.basis.problems, moves) == found.review
    assert moved_review(failed, found.basis.problems, found.basis.problems, moves) is None


def test_a_review_is_not_taken_along_where_other_problems_are_found_now() -> None:
    """The rows are the same, but a firm-wide error or a check of another sheet came or went: the review may be withheld now."""
    kept = Kept()
    found = next(r for r in kept.after(firm()).all_reviewed() if r.basis.problems)
    moves = moves_of(found.basis.household, found.basis.household)
    assert moves is not None
    own = found.basis.problems
    for now in (
        own[1:],
        (*own, own[0]),
        (replace(own[0], severity=Severity.ERROR), *own[1:]),
        (replace(own[0], code="another"), *own[1:]),
        (replace(own[0], column="Another"), *own[1:]),
        (replace(own[0], source=Source("Elsewhere", own[0].source.row)), *own[1:]),
    ):
        assert moved_review(found.review, own, now, moves) is None
    elsewhere = tuple(replace(p, source=Source(p.source.sheet, p.source.row + 1), cell="") for p in own)
    taken = moved_review(found.review, own, elsewhere, moves)
    assert taken is not None
    assert taken.problems == elsewhere
