"""What people, exports and Excel put into a cell, and what it is read as."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_rebal.engine.problems import Severity
from xl_rebal.money import money_text
from xl_rebal.sheets.cells import (
    NOT_CALCULATED,
    Fault,
    cell,
    choice,
    count,
    day,
    fraction,
    money,
    number,
    percents,
    shown,
    text,
    yes_no,
)
from xl_rebal.sheets.layout import INPUT_SHEETS, Column, Kind

STATUS = ("Single", "Married filing jointly", "Head of household")


def code(found: object) -> str:
    assert isinstance(found, Fault), found
    return found.code


@pytest.mark.parametrize(
    ("raw", "cents"),
    [
        (1234.5, 123450),
        (1234, 123400),
        ("1234.50", 123450),
        ("$1,234.50", 123450),
        (" $ 1,234.50 ", 123450),
        ("1,234,567", 123456700),
        ("(1,234.50)", -123450),
        ("($1.00)", -100),
        ("-$1.00", -100),
        ("$-1.00", -100),
        ("1.00-", -100),
        ("\u22121.00", -100),  # the minus sign that is not a hyphen
        ("+1.00", 100),
        ("USD 1.00", 100),
        (".5", 50),
        ("1.5E+03", 150000),
        ("1.0050", 101),  # half-up
        (1.005, 101),  # the digits that Excel shows, not the double's 1.00499999999999989
        (-0.005, -1),
        ("1\u00a0234.50", 123450),  # no-break space
        (0, 0),
    ],
)
def test_dollars_are_read_to_the_cent(raw: object, cents: int) -> None:
    assert money(raw) == cents


@pytest.mark.parametrize(
    "raw", [None, "", "  ", "--", "-", "N/A", "n/a", "Incomplete", "Missing", float("nan")]
)
def test_missing_has_many_spellings_and_is_never_zero(raw: object) -> None:
    assert money(raw) is None
    assert number(raw) is None
    assert day(raw) is None


@pytest.mark.parametrize(
    "raw",
    [
        "abc",
        "1,23",
        "1.234,56",
        "12,34,567",
        "1.2.3",
        "--5",
        "(-5)",
        "$",
        ".",
        "1 USD 2",
        True,
        date(2026, 1, 1),
    ],
)
def test_what_is_not_plainly_a_number_is_a_fault(raw: object) -> None:
    assert code(number(raw)) == "not-a-number"


@pytest.mark.parametrize("raw", [1e13, float("inf"), "1e999", "99999999999999", 10**400])
def test_numbers_beyond_any_household_are_faults(raw: object) -> None:
    assert code(number(raw)) == "number-too-large"


def test_noise_beyond_excels_fifteen_digits_is_dropped() -> None:
    assert number(1.1 * 3) == Decimal("3.3")  # stored as 3.3000000000000003
    assert number(0.1) == Decimal("0.1")


@pytest.mark.parametrize("raw", ["#N/A", "#REF!", "#DIV/0!", "#value!", "#NAME?", -2146826246])
def test_an_excel_error_is_never_a_value(raw: object) -> None:
    for found in (
        money(raw),
        number(raw),
        day(raw),
        yes_no(raw),
        fraction(raw),
        text(raw),
        choice(raw, STATUS),
        count(raw),
    ):
        assert code(found) == "error-value"


def test_a_formula_without_a_stored_result_is_said() -> None:
    assert code(money(NOT_CALCULATED)) == "not-calculated"
    assert code(text(NOT_CALCULATED)) == "not-calculated"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (date(2026, 3, 31), date(2026, 3, 31)),
        (datetime(2026, 3, 31, 16, 30), date(2026, 3, 31)),  # noqa: DTZ001 (cells have no zone)
        (46112, date(2026, 3, 31)),
        (46112.75, date(2026, 3, 31)),
        ("2026-03-31", date(2026, 3, 31)),
        ("2026-03-31T16:30:00-05:00", date(2026, 3, 31)),
        ("2026/03/31", date(2026, 3, 31)),
        ("3/31/2026", date(2026, 3, 31)),
        ("03/31/2026 16:30:00", date(2026, 3, 31)),
        ("4/3/2026", date(2026, 4, 3)),  # month first
        (1, date(1900, 1, 1)),
        (61, date(1900, 3, 1)),  # after the leap day that 1900 did not have
    ],
)
def test_dates_are_read_from_what_excel_and_people_write(raw: object, expected: date) -> None:
    assert day(raw) == expected


@pytest.mark.parametrize(
    "raw",
    ["31/3/2026", "31.3.2026", "3/31/26", "Mar-31-2026", "31 March 2026", "2026-02-30", "soon", "46112", 20260331, -1, True,
     time(1, 2), timedelta(days=1)],
)  # fmt: skip
def test_a_date_that_needs_guessing_is_a_fault(raw: object) -> None:
    assert code(day(raw)) == "not-a-date"


def test_a_year_in_a_date_column_is_not_a_day_of_1905() -> None:
    assert code(day(2024)) == "year-not-date"


def test_a_date_of_another_century_is_a_fault() -> None:
    assert code(day("3/31/0026")) == "date-out-of-range"


def test_a_1904_workbook_counts_days_from_1904() -> None:
    assert day(44650, date_1904=True) == date(2026, 3, 31)  # 46112 - 1462


@pytest.mark.parametrize(
    ("raw", "percent", "expected"),
    [
        ("65%", False, "0.65"),
        ("65 %", None, "0.65"),
        (0.65, False, "0.65"),
        ("0.65", None, "0.65"),
        (65, True, "0.65"),
        ("5", True, "0.05"),
        ("0.5%", True, "0.005"),
        (1, False, "1"),
    ],
)
def test_a_weight_is_a_fraction_of_one(raw: object, percent: bool | None, expected: str) -> None:
    assert fraction(raw, percent) == Decimal(expected)


@pytest.mark.parametrize(
    ("raw", "percent", "fault"),
    [
        (65, None, "ambiguous-percent"),
        (65, False, "over-100-percent"),
        ("101%", False, "over-100-percent"),
        (-0.1, False, "negative-percent"),
        ("many", False, "not-a-number"),
    ],
)
def test_a_weight_that_can_not_be_is_a_fault(raw: object, percent: bool | None, fault: str) -> None:
    assert code(fraction(raw, percent)) == fault


@pytest.mark.parametrize(
    ("column", "unit"),
    [
        ([0.65, 0.30, 0.05], False),
        ([65, 30, 5], True),
        (["65", "34.5", "0.5"], True),  # adds up to 100
        (["65%", "30%", 0.05], False),
        ([65, 0.30, 0.05], None),
        ([5, 10, None, "--"], True),
        ([], False),
        ([0.98], False),
        ([98], True),
    ],
)
def test_a_column_says_whether_its_plain_numbers_are_percents(
    column: list[object], unit: bool | None
) -> None:
    assert percents(column) is unit


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (123456.0, "123456"),
        (123456, "123456"),
        ("0012-34", "0012-34"),
        ("  AGG ", "AGG"),
        ("Zo\u00eb & J\u00fcrgen <O'Brien> / \\ :", "Zo\u00eb & J\u00fcrgen <O'Brien> / \\ :"),
        ("Zoe\u0308", "Zo\u00eb"),  # composed, so that equal names compare equal
        ("{{ 7*7 }}", "{{ 7*7 }}"),
        ("two\r\nlines", "two\nlines"),
        ("--", None),
        ("", None),
        (None, None),
    ],
)
def test_text_stays_what_it_is(raw: object, expected: str | None) -> None:
    assert text(raw) == expected


@pytest.mark.parametrize("raw", ["=cmd|' /C calc'!A0", "@SUM(A1)", "+cmd|x", '=HYPERLINK("http://x","y")'])
def test_text_that_looks_like_a_formula_is_kept_as_text_and_warned_of(raw: str) -> None:
    found = text(raw)
    assert isinstance(found, Fault)
    assert (found.code, found.severity, found.value) == ("formula-like-text", Severity.WARNING, raw)


def test_control_characters_are_left_out_with_a_note() -> None:
    found = text("Hart\x00well\u202e Family\x07")
    assert isinstance(found, Fault)
    assert (found.severity, found.value) == (Severity.NOTE, "Hartwell Family")


@pytest.mark.parametrize(
    ("raw", "value"), [("3.7833E+08", "3.7833E+08"), (1.2345678901234567e18, "1234567890123456768")]
)
def test_an_identifier_in_exponent_form_is_warned_of(raw: object, value: str) -> None:
    found = text(raw)
    assert isinstance(found, Fault)
    assert (found.code, found.severity, found.value) == ("exponent-form", Severity.WARNING, value)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Yes", True),
        ("y", True),
        ("TRUE", True),
        (True, True),
        (1.0, True),
        ("x", True),
        ("No", False),
        (0, False),
        (None, None),
    ],
)
def test_yes_and_no_have_few_spellings(raw: object, expected: bool | None) -> None:
    assert yes_no(raw) is expected


def test_neither_yes_nor_no_is_a_fault() -> None:
    assert code(yes_no("maybe")) == "not-yes-no"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("single", "Single"),
        ("Married  Filing Jointly", "Married filing jointly"),
        ("MFJ", "Married filing jointly"),
        (None, None),
    ],
)
def test_a_choice_is_read_in_its_own_spelling(raw: object, expected: str | None) -> None:
    assert choice(raw, STATUS) == expected


def test_an_unclear_choice_lists_the_choices() -> None:
    found = choice("Married", STATUS)
    assert isinstance(found, Fault)
    assert "Married filing jointly" in found.todo


def test_a_count_is_whole() -> None:
    assert count("45") == 45
    assert count(2026.0) == 2026
    assert code(count(4.5)) == "not-a-count"
    assert code(count(-1)) == "not-a-count"


def test_a_message_shows_the_cell_as_excel_does() -> None:
    assert shown(12.0) == "12"
    assert shown(datetime(2026, 3, 31)) == "2026-03-31"  # noqa: DTZ001
    assert len(shown("x" * 500)) == 60


COLUMNS = [column for sheet in INPUT_SHEETS for column in sheet.columns] + [Column("Count", Kind.COUNT, "")]
ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.dates(), st.datetimes(), st.times(), st.timedeltas(),
    st.decimals(), st.from_regex(r"[-+$(]{0,3}[\d,.]{1,12}[eE]?[-+]?\d{0,4}[%)-]{0,2}"), st.from_regex(r"\d{1,4}[-/]\d{1,2}[-/]\d{1,4}"),
    st.sampled_from(["#N/A", "=1+1", "--", "\x00", "\ud800", "\u0661\u0662", "\u00b2"]),
)  # fmt: skip


@given(st.sampled_from(COLUMNS), ANYTHING, st.sampled_from([True, False, None]), st.booleans())
def test_no_content_of_a_cell_raises(
    column: Column, raw: object, percent: bool | None, date_1904: bool
) -> None:
    """Every cell is a value of its column's type, None, or a fault with something to do."""
    found = cell(column, raw, percent=percent, date_1904=date_1904)
    if isinstance(found, Fault):
        assert found.what
        assert found.todo
        found = found.value
    types = {
        Kind.TEXT: str, Kind.CHOICE: str, Kind.DATE: date, Kind.MONEY: int, Kind.COUNT: int, Kind.QUANTITY: Decimal,
        Kind.PRICE: Decimal, Kind.WEIGHT: float, Kind.RATE: Decimal, Kind.YES_NO: bool,
    }  # fmt: skip
    assert found is None or isinstance(found, types[column.kind])
    if column.kind is Kind.WEIGHT and found is not None:
        assert isinstance(found, float)
        assert 0 <= found <= 1


@given(st.integers(0, 10**12))
def test_a_whole_number_is_read_the_same_whatever_the_host_makes_of_it(number: int) -> None:
    """LibreOffice hands over 420, a file and Excel 420.0: to the letter the same, as it is hashed for the record."""
    column = Column("Quantity", Kind.QUANTITY, "")
    assert repr(cell(column, number)) == repr(cell(column, float(number)))


@given(st.integers(-(10**12), 10**12))
def test_money_written_as_money_reads_back(cents: int) -> None:
    assert money(money_text(cents)) == cents
    assert money(f"({money_text(abs(cents))})") == -abs(cents)


@given(st.dates(date(1900, 3, 1), date(2199, 12, 31)))
def test_a_date_reads_back_from_serial_iso_and_us_text(when: date) -> None:
    serial = (when - date(1899, 12, 30)).days
    for raw in (serial, float(serial), when.isoformat(), f"{when.month}/{when.day}/{when.year}"):
        if raw == serial and 1900 <= serial <= 2199:
            continue  # a bare year is refused
        assert day(raw) == when
