"""Tables given again: the same one is known, of a changed one only the changed rows are new, and content has one digest."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import xlsxwriter

from tests.udfs.open_workbook import OpenWorkbook
from udfs.given import TABLES_KEPT, ExactCells, From1904, Given, GivenTables
from xl_rebal.sheets.cells import day
from xl_rebal.sheets.live import plain


class PywinDate(datetime):
    """A date as pywin32 makes it: its own class, and a time zone that no cell has."""


HEADER = ("Account ID", "Symbol", "Acquired", "Quantity")
ROWS: list[tuple[Any, ...]] = [
    (f"A{n}", "AGG", datetime.fromisoformat(f"2024-01-{1 + n:02}"), float(n)) for n in range(20)
]


def table(rows: list[tuple[Any, ...]], header: tuple[Any, ...] = HEADER) -> tuple[tuple[Any, ...], ...]:
    return (header, *rows)


def digest(rows: list[tuple[Any, ...]]) -> bytes:
    return GivenTables().table("Lots", table(rows)).digest


def test_an_equal_table_is_the_one_given_before() -> None:
    given = GivenTables()
    first = given.table("Lots", table(ROWS))
    assert given.table("Lots", table([tuple(row) for row in ROWS])) is first
    assert given.table("Positions", table(ROWS)).digest != first.digest, "it is another sheet's"


def test_a_list_that_is_changed_after_it_was_given_is_seen_to_be_changed() -> None:
    given = GivenTables()
    rows = [list(HEADER), ["A1", "AGG", None, 1.0]]
    first = given.table("Lots", rows)
    rows[1][3] = 2.0
    assert given.table("Lots", rows).table.rows == [["A1", "AGG", None, 2.0]]
    assert first.table.rows == [["A1", "AGG", None, 1.0]]


@pytest.mark.parametrize("seed", range(30))
def test_after_any_edit_a_table_is_what_it_is_without_memory_and_keeps_its_unchanged_rows(seed: int) -> None:
    dice = random.Random(seed)
    given = GivenTables()
    rows = list(ROWS)
    before = given.table("Lots", table(rows))
    for _ in range(6):
        start, count, fresh = dice.randrange(21), dice.randrange(4), dice.randrange(4)
        rows[start : start + count] = [("N", dice.random(), None, True)] * fresh
        after = given.table("Lots", table(rows))
        alone = GivenTables().table("Lots", table(rows))
        assert (after.table, after.digest, after.hashes) == (alone.table, alone.digest, alone.hashes)
        assert _kept_rows(before, after) >= len(rows) - fresh
        before = after


def _kept_rows(before: Given, after: Given) -> int:
    old = {id(row) for row in before.table.rows}
    return sum(id(row) in old for row in after.table.rows)


@pytest.mark.parametrize(
    ("excel", "elsewhere"),
    [
        (Decimal("12.5"), 12.5),
        (5, 5.0),
        ("", None),
        (-2146826246, "#N/A"),
        (-2146826243, "#SPILL!"),
        (PywinDate(2026, 3, 31, tzinfo=UTC), datetime.fromisoformat("2026-03-31")),
        (datetime.fromisoformat("2026-03-31"), 46112.0),
    ],
)
def test_content_has_the_same_digest_however_a_host_hands_it_over(excel: object, elsewhere: object) -> None:
    assert digest([("A", excel, None, 1.0)]) == digest([("A", elsewhere, None, 1.0)])


@pytest.mark.parametrize(("one", "other"), [(True, 1.0), ("1", 1.0), (None, 0.0), ("A", "a")])
def test_content_that_reads_differently_differs(one: object, other: object) -> None:
    assert digest([("A", one, None, 1.0)]) != digest([("A", other, None, 1.0)])
    given = GivenTables()
    given.table("Lots", table([("A", one, None, 1.0)]))
    assert given.table("Lots", table([("A", other, None, 1.0)])).table.rows[0][1] == plain(other)


def test_a_currency_cell_keeps_the_digits_that_excel_rounds_away() -> None:
    """`Range.Value` gives four decimals of a cell formatted as currency, `Value2` all of them."""
    value = (("BND", Decimal("72.1235"), datetime.fromisoformat("2026-03-31")),)
    area = SimpleNamespace(
        raw_value=value,
        api=SimpleNamespace(Value2=(("BND", 72.123456, 46112.0),)),
        shape=(1, 3),
        sheet=SimpleNamespace(book=SimpleNamespace(api=SimpleNamespace(Date1904=False))),
    )
    context = SimpleNamespace(range=area, value=None)
    for stage in ExactCells.reader({}):
        stage(context)
    assert context.value == (("BND", 72.123456, value[0][2]),)


@pytest.mark.parametrize("date_1904", [False, True])
def test_of_whole_columns_only_the_used_part_is_fetched_and_its_days_are_the_workbooks(
    tmp_path: Path, date_1904: bool
) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path), {"date_1904": date_1904}) as book:
        sheet = book.add_worksheet("Lots")
        for y, row in enumerate(((*HEADER,), ("A1", "AGG", 43_891, 5.0), ("A2", "AGG", None, 6.0))):
            sheet.write_row(y, 0, row)
    lots = OpenWorkbook(path).sheets["Lots"]
    context = SimpleNamespace(range=lots.range((1, 1), (1_048_576, 26)), value=None)
    for stage in ExactCells.reader({}):
        stage(context)
    assert len(context.value) == 3
    assert len(context.value[0]) == 4
    assert isinstance(context.value, From1904) is date_1904
    found = GivenTables().table("Lots", context.value)
    assert found.table.date_1904 is date_1904
    meant = date(2024, 3, 2) if date_1904 else date(2020, 3, 1)
    assert day(found.table.rows[0][2], found.table.date_1904) == meant


def test_the_same_cells_are_another_table_where_days_count_from_1904() -> None:
    given = GivenTables()
    rows = [("A1", "AGG", 43_891.0, 5.0)]
    usual, other = given.table("Lots", table(rows)), given.table("Lots", From1904(table(rows)))
    assert (usual.table.date_1904, other.table.date_1904) == (False, True)
    assert usual.digest != other.digest


@pytest.mark.parametrize("blank", [None, ""])
def test_empty_rows_at_the_end_are_no_part_of_a_table_whose_days_count_from_1904(blank: object) -> None:
    given = GivenTables()
    rows = [("A1", "AGG", 43_891.0, 5.0)]
    short = given.table("Lots", From1904(table(rows)))
    longer = given.table("Lots", From1904(table([*rows, *[(blank,) * 4] * 1_000])))
    assert longer is short
    assert day(longer.table.rows[-1][2], longer.table.date_1904) == date(2024, 3, 2)


@pytest.mark.parametrize("blank", [None, ""])
def test_empty_rows_at_the_end_are_no_part_of_a_table(blank: object) -> None:
    given = GivenTables()
    short = given.table("Lots", table(ROWS))
    longer = given.table("Lots", table([*ROWS, *[(blank,) * 4] * 1_000]))
    assert longer is short
    inside = given.table("Lots", table([(blank,) * 4, ROWS[0], (blank, blank, blank, 0.0), (blank,) * 4]))
    assert len(inside.table.rows) == 3, "an empty row before others stays, and so does one with a zero"


def test_neither_a_row_moved_into_the_header_nor_a_renamed_one_is_overlooked() -> None:
    renamed = GivenTables().table("Lots", table(ROWS, ("Account", *HEADER[1:])))
    assert renamed.digest != digest(ROWS)
    assert renamed.table.headers[0] == "Account"


@pytest.mark.parametrize("argument", [None, "text", 4.0, (), [], ("Account ID", "Symbol"), ((),)])
def test_what_is_no_table_is_read_as_far_as_it_goes(argument: object) -> None:
    given = GivenTables().table("Lots", argument)
    assert given.table.rows == []


def test_only_the_last_tables_of_a_sheet_are_kept() -> None:
    given = GivenTables()
    first = given.table("Lots", table(ROWS))
    for n in range(TABLES_KEPT - 1):
        given.table("Lots", table(ROWS[: n + 1]))
    assert given.table("Lots", table(ROWS)) is first, "used again, it is the last"
    for n in range(TABLES_KEPT):
        given.table("Lots", table(ROWS[: n + 1]))
    assert given.table("Lots", table(ROWS)) is not first
