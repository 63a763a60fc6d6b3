"""The XR_ functions through xlwings' own conversion: what Excel hands over, and what stands in the cells afterwards."""

from __future__ import annotations

import inspect
import logging
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.udfs.excel import excel
from udfs import functions, session
from workbook.inputs import cell_value, table_values
from xl_rebal import app
from xl_rebal.sample import firm_rows, firm_settings_values
from xl_rebal.sheets import tables
from xl_rebal.sheets.layout import INPUT_SHEETS

Call = Callable[..., Any]
Range = tuple[tuple[Any, ...], ...]


def day(text: str) -> datetime:
    """A date's cell as COM hands it over: midnight, without a time zone."""
    return datetime.fromisoformat(text)


def whole_tables() -> dict[str, list[list[Any]]]:
    """The sample firm's tables with their headers, as an open workbook holds them."""
    rows = firm_rows()
    sheets = {s.name: table_values(s, rows.get(s.name, ())) for s in INPUT_SHEETS}
    settings: list[list[Any]] = [["Setting", "Value", "What it does"]]
    settings += [[name, cell_value(value), ""] for name, value in firm_settings_values().items()]
    return {**sheets, "Settings": settings}


def com(table: list[list[Any]]) -> Range:
    """A table as COM hands it over: a tuple of rows."""
    return tuple(tuple(row) for row in table)


def data(sheets: dict[str, list[list[Any]]]) -> list[Range]:
    return [com(sheets[name]) for name in functions.DATA_SHEETS]


@pytest.fixture(scope="module")
def call() -> Iterator[Call]:
    with excel() as excel_call:
        yield excel_call


@pytest.fixture
def key(call: Call) -> str:
    """The key of the sample firm, as the cell XRBook shows it."""
    cell = call("XR_DATA", *data(whole_tables()))
    assert len(cell) == len(cell[0]) == 1
    return str(cell[0][0])


def by_header(table: list[list[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(table[0], row, strict=True)) for row in table[1:]]


XR = [getattr(functions, name) for name in sorted(vars(functions)) if name.startswith("XR_")]


@pytest.mark.parametrize("function", XR, ids=lambda f: f.__name__)
def test_excel_shows_a_sentence_for_every_function_and_argument(function: Any) -> None:
    """The function wizard shows at most 255 characters of each (Application.MacroOptions)."""
    from workbook.xlwings_windows import freshly_imported, xlwings_as_on_windows

    with xlwings_as_on_windows():
        info = getattr(freshly_imported("udfs.functions"), function.__name__).__xlfunc__
    description = inspect.getdoc(function) or ""
    assert 20 < len(description) <= 255
    assert description.endswith(".")
    for argument in info["args"]:
        assert not argument["doc"].startswith("Positional argument"), argument["name"]
        assert len(argument["doc"]) <= 255


def test_data_gives_a_short_key_that_says_what_was_read(key: str) -> None:
    assert re.fullmatch(r"Book [0-9a-f]{12}: 12 clients, 1 error", key)


def test_the_same_tables_give_the_same_key_in_every_host(call: Call, key: str) -> None:
    """Excel hands over datetimes, Decimals for currency cells and None; LibreOffice serial numbers, floats and ''."""
    sheets = whole_tables()
    epoch = day("1899-12-30")

    def elsewhere(cell: Any) -> Any:
        if isinstance(cell, datetime):
            return float((cell - epoch).days)
        return "" if cell is None else cell

    other = {name: [[elsewhere(c) for c in row] for row in table] for name, table in sheets.items()}
    currency = [[Decimal(repr(c)) if isinstance(c, float) else c for c in row] for row in sheets["Lots"]]
    assert call("XR_DATA", *data({**sheets, "Lots": currency})) == [[key]]
    # The plain function, as LibreOffice calls it.
    plain: Any = functions.XR_DATA
    assert plain(*data(other)) == [[key]]


def test_tables_are_parsed_once_for_as_long_as_they_do_not_change(
    call: Call, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_: object) -> None:
        raise AssertionError("parsed again")

    monkeypatch.setattr(app, "book_of", never)
    assert call("XR_DATA", *data(whole_tables())) == [[key]]


def test_a_review_is_computed_once_for_all_functions_that_show_it(
    call: Call, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = call("XR_PLAN", "HAR01", key)

    def never(*_: object) -> None:
        raise AssertionError("computed again")

    monkeypatch.setattr(app, "review_of", never)
    assert call("XR_PLAN", "HAR01", key) == first
    assert call("XR_TAX", "HAR01", key)[0] == list(tables.TAX_HEADERS)


def test_drift_lists_classes_first_and_can_leave_the_securities_out(call: Call, key: str) -> None:
    drift = by_header(call("XR_DRIFT", "HAR01", key))
    assert drift[0]["Asset Class"] == "Equity"
    assert drift[0]["Status"] == "Above band"
    assert call("XR_DRIFT", "HAR01", key, 0, True)[1:] == [
        row for row in call("XR_DRIFT", "HAR01", key)[1:] if row[1] == ""
    ], "classes only"


def test_a_client_may_be_named_by_id_or_by_name(call: Call, key: str) -> None:
    assert call("XR_PLAN", "Hartwell Family", key) == call("XR_PLAN", "HAR01", key)


def test_an_id_that_excel_took_for_a_number_is_still_that_id(call: Call) -> None:
    sheets = whole_tables()
    for name in ("Clients", "Accounts", "Notes"):
        at = sheets[name][0].index("Client ID")
        for row in sheets[name][1:]:
            row[at] = 1001.0 if row[at] == "HAR01" else row[at]
    cell = call("XR_DATA", *data(sheets))[0][0]
    assert by_header(call("XR_BOOK", cell, 1001.0))[0]["Client"] == "Hartwell Family"


def test_dates_leave_as_dates_and_what_says_nothing_as_an_empty_cell(call: Call, key: str) -> None:
    [rmd] = by_header(call("XR_RMD", "HAR01", key))
    assert rmd["Due"].date().isoformat() == "2026-12-31"
    buys = [row for row in by_header(call("XR_PLAN", "HAR01", key)) if row["Action"] == "Buy"]
    assert {row["LT Gain"] for row in buys} == {""}


def test_crm_entries_of_a_client_come_with_their_dates(call: Call, key: str) -> None:
    notes = by_header(call("XR_NOTES", "HAR01", key))
    assert notes == sorted(notes, key=lambda n: n["Date"], reverse=True)
    assert any("$250,000" in note["Text"] for note in notes)


def test_optional_arguments_may_be_left_out(call: Call, key: str) -> None:
    everyone = call("XR_BOOK", key)
    assert len(everyone) == 1 + 12
    assert call("XR_BOOK", key, "HAR01") == [everyone[0], everyone[1]]
    assert call("XR_BOOK", key, None) == everyone, "an empty cell is no client"
    assert len(call("XR_CHECKS", key)) > len(call("XR_CHECKS", key, "HAR01"))
    assert {row["Client ID"] for row in by_header(call("XR_HARVEST", key, "HAR01"))} == {"HAR01"}


def test_rows_folds_a_table_to_its_place_on_a_sheet(call: Call, key: str) -> None:
    table = call("XR_PLAN", "HAR01", key)
    short = call("XR_PLAN", "HAR01", key, 3.0)
    assert short[:3] == table[:3]
    assert short[3][0] == f"and {len(table) - 3} more"


def test_an_error_value_in_a_cell_becomes_a_check_not_a_blank(call: Call) -> None:
    sheets = whole_tables()
    at = sheets["Securities"][0].index("Price")
    symbol = sheets["Securities"][1][0]
    sheets["Securities"][1][at] = -2146826246  # #N/A, as COM hands it over
    cell = call("XR_DATA", *data(sheets))[0][0]
    found = [row for row in by_header(call("XR_CHECKS", cell)) if "#N/A" in str(row["Value"])]
    assert found, f"the price of {symbol} is an error and nobody says so"
    assert found[0]["Place"] == "Securities!C2"


def test_headers_may_stand_in_any_order(call: Call, key: str) -> None:
    sheets = whole_tables()
    sheets["Lots"] = [list(reversed(row)) for row in sheets["Lots"]]
    cell = call("XR_DATA", *data(sheets))[0][0]
    assert cell != key
    assert call("XR_PLAN", "HAR01", cell) == call("XR_PLAN", "HAR01", key)


def test_an_unknown_client_is_answered_with_one_sentence(call: Call, key: str) -> None:
    [[text]] = call("XR_PLAN", "NOBODY", key)
    assert text.startswith("No client 'NOBODY' in the book.")
    [[text]] = call("XR_TAX", None, key)
    assert text == "No client is chosen. Pick a Client ID, as on the Clients sheet."


@pytest.mark.parametrize("size", [(2, 1), (1, 2), (200_000, 1)])
def test_a_range_where_one_cell_is_needed_is_answered_with_a_sentence_that_fits_a_cell(
    call: Call, key: str, size: tuple[int, int]
) -> None:
    """A whole column's text would be longer than a cell may be, and Excel shows #VALUE! then."""
    many = tuple((None,) * size[1] for _ in range(size[0]))
    said = f"One cell is needed here, not a range of {size[0] * size[1]:,} cells."
    assert call("XR_PLAN", many, key) == call("XR_BOOK", many) == call("XR_CHECKS", key, many) == [[said]]
    assert call("XR_WHATIF", "HAR01", key, many) == [[said]]


def test_a_sentence_about_an_endless_text_is_cut(call: Call, key: str) -> None:
    [[text]] = call("XR_PLAN", "x" * 40_000, key)
    assert text.startswith("No client 'xxx")
    assert len(text) < 1_010


def test_a_key_of_an_earlier_session_tells_how_to_calculate_again(call: Call) -> None:
    [[text]] = call("XR_BOOK", "Book 000000000000: 12 clients, 0 errors")
    assert text == "This data is no longer in memory. Press Ctrl+Alt+F9 to calculate everything again."


def test_a_book_argument_that_is_no_key_is_passed_on_in_words(call: Call) -> None:
    [[text]] = call("XR_BOOK", None)
    assert text == "No data yet: the book argument is empty. Point it at XRBook on the Settings sheet."
    [[text]] = call("XR_BOOK", "#NAME?")
    assert text == "No data: the book argument says: #NAME?"


def test_a_fault_of_the_program_is_a_sentence_in_the_cell_and_a_traceback_in_the_log(
    call: Call, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(app, "book_of", broken)
    sheets = whole_tables()
    sheets["Settings"].append(["Not read before", 1.0, ""])
    with caplog.at_level(logging.ERROR):
        [[text]] = call("XR_DATA", *data(sheets))
    assert text.startswith("XR_DATA met an error of its own (ZeroDivisionError at ")
    assert "division by zero" not in text  # a message may hold a client's values
    assert "udfs/functions.py" in caplog.text


def test_only_the_last_few_books_stay_in_memory(call: Call) -> None:
    sheets = whole_tables()
    keys = []
    for number in range(session.BOOKS_KEPT + 1):
        settings = [*sheets["Settings"], ["Your note", float(number), ""]]
        keys.append(call("XR_DATA", *data({**sheets, "Settings": settings}))[0][0])
    assert call("XR_CHECKS", keys[-1])[0] == list(tables.CHECKS_HEADERS)
    assert "no longer in memory" in call("XR_CHECKS", keys[0])[0][0]


@pytest.mark.parametrize(
    ("acquired", "sold", "term"),
    [
        (day("2023-03-01"), day("2024-03-01"), "Short-term"),  # held exactly one year
        (day("2023-03-01"), day("2024-03-02"), "Long-term"),  # more than one year
        (day("2023-02-28"), day("2024-02-29"), "Short-term"),  # Rev. Rul. 66-7
        (day("2024-03-02"), day("2023-03-01"), "The sale is before the purchase."),
        (None, day("2024-03-01"), "unknown"),
        ("soon", day("2024-03-01"), "unknown"),
        (1e308, day("2024-03-01"), "unknown"),  # no number of a day
        (-1e6, day("2024-03-01"), "unknown"),
        (44986.0, 45352.0, "Short-term"),  # serials of 2023-03-01 and 2024-03-01
    ],
)
def test_term_turns_long_on_the_day_after_a_year(call: Call, acquired: Any, sold: Any, term: str) -> None:
    assert call("XR_TERM", ((acquired,),), ((sold,),)) == [[term]]


def test_term_spills_over_a_range_of_purchases(call: Call) -> None:
    bought = ((day("2020-01-02"),), (day("2023-03-02"),))
    assert call("XR_TERM", bought, ((day("2024-03-02"),),)) == [["Long-term"], ["Short-term"]]
    sold = ((day("2020-01-03"),), (day("2024-03-03"),))
    assert call("XR_TERM", bought, sold) == [["Short-term"], ["Long-term"]]
    [[text]] = call("XR_TERM", bought, ((day("2024-01-01"), day("2024-01-01")),))
    assert text.startswith("The two ranges differ in size")


def test_a_deleted_sheet_is_said_to_be_missing(call: Call) -> None:
    """Its table's reference is #REF! then, which COM hands over as a number."""
    given = data(whole_tables())
    given[functions.DATA_SHEETS.index("Lots")] = -2146826265  # type: ignore[call-overload]
    cell = call("XR_DATA", *given)[0][0]
    said = [row["What"] for row in by_header(call("XR_CHECKS", cell))]
    assert said[0] == "The sheet Lots is missing. It has one row per tax lot."
    assert not any("has no column" in what for what in said)
    assert {row["Status"] for row in by_header(call("XR_BOOK", cell))} == {"Withheld"}


def test_a_table_of_headers_alone_is_empty(call: Call) -> None:
    sheets = whole_tables()
    sheets["Notes"], sheets["Activity"] = sheets["Notes"][:1], [sheets["Activity"][0], [None] * 8]
    cell = call("XR_DATA", *data(sheets))[0][0]
    assert cell.endswith("12 clients, 1 error"), "CRM entries and activity may be none at all"


def test_a_rule_that_is_confirmed_in_the_sheet_counts_at_once(call: Call) -> None:
    sheets = whole_tables()
    headers = sheets["Rules"][0]
    row = next(r for r in sheets["Rules"] if r[0] == "PRU09")
    asked = call("XR_DATA", *data(sheets))[0][0]
    assert "XOM" not in {r["Symbol"] for r in by_header(call("XR_LEFT_OUT", "PRU09", asked))}
    row[headers.index("Status")], row[headers.index("Confirmed By")] = "Confirmed", "Priya Raman"
    confirmed = call("XR_DATA", *data(sheets))[0][0]
    assert confirmed != asked
    kept = [r for r in by_header(call("XR_LEFT_OUT", "PRU09", confirmed)) if r["Symbol"] == "XOM"]
    assert str(kept[0]["Why"]).startswith("Client's wish of October 1, 2026: ")
    without_rules = call("XR_DATA", *data(sheets)[:-1])[0][
        0
    ]  # a workbook that was made before there were rules
    assert "XOM" not in {r["Symbol"] for r in by_header(call("XR_LEFT_OUT", "PRU09", without_rules))}
