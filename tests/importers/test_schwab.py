"""Schwab's CSV files: headers of every generation, masked accounts, missing cost, shifted columns. All samples are invented."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.importers.schwab_files import (
    POSITION_HEADERS,
    WASH_HEADERS,
    line,
    positions_file,
    positions_section,
    table,
)
from xl_rebal.engine.problems import Severity
from xl_rebal.errors import ExportUnreadable
from xl_rebal.importers.exports import Unreadable, as_of, number, product_fits
from xl_rebal.importers.identifiers import digits_of
from xl_rebal.importers.schwab import read_schwab
from xl_rebal.importers.statements import Imported, Kind

ON = date(2026, 2, 13)
LOTS = [
    {"Symbol": "QQZA", "Acquired": date(2024, 3, 2), "Quantity": 1000, "Cost Basis": 42_100},
    {"Symbol": "QQZA", "Acquired": date(2025, 11, 20), "Quantity": 250.5, "Cost Basis": 10_000},
    {"Symbol": "ZZTR", "Acquired": date(2025, 1, 3), "Quantity": 3, "Cost Basis": None},
    {"Symbol": "CASH", "Acquired": None, "Quantity": 5055, "Cost Basis": None},
]
PRICES = {"QQZA": 40.0, "ZZTR": 12.34}

QQZA_LOTS = """\
"QQZA Lot Details for ...417 as of 04:11 PM ET, 02/13/2026"

"Open Date","Quantity","Price","Cost/Share","Market Value","Cost Basis","Gain/Loss $","Gain/Loss %","Holding Period",
"03/02/2024 00:00:00","1,000","$40.00","$42.10","$40,000.00","$42,100.00","-$2,100.00","-4.99%","Long Term",
"11/20/2025 13:22:52","250.5","$40.00","$39.92","$10,020.00","$10,000.00","$20.00","+0.20%","Short Term",
"Total","1,250.5","--","--","$50,020.00","$52,100.00","-$2,080.00","-3.99%","--",
"""


def read(text: str | bytes, name: str = "export.csv") -> Imported:
    return read_schwab([(name, text.encode() if isinstance(text, str) else text)])


def codes(imported: Imported) -> list[str]:
    return [p.code for p in imported.problems]


@pytest.mark.parametrize("year", POSITION_HEADERS)
def test_positions_read_alike_under_every_generation_of_headers(year):
    text = positions_file("Individual ...417", ON, positions_section(LOTS, PRICES, year), year)
    imported = read(text)
    assert imported.problems == ()
    assert imported.as_of == ON
    assert [(p.symbol, p.quantity, p.price, p.value_cents, p.basis_cents) for p in imported.positions] == [
        ("QQZA", Decimal("1250.5"), Decimal("40.00"), 50_020_00, 52_100_00),
        ("ZZTR", Decimal(3), Decimal("12.34"), 37_02, None),  # Incomplete is unknown, never 0
        ("CASH", Decimal(5055), Decimal(1), 5_055_00, None),
    ]
    assert {(p.account, p.digits) for p in imported.positions} == {("Individual ...417", "417")}
    (statement,) = imported.statements
    assert statement.whole
    assert statement.as_of == datetime.combine(ON, datetime.min.time().replace(hour=16, minute=10))
    assert [(s.line, s.what) for s in imported.skipped] == [(7, "total row")]


def test_an_all_accounts_file_gives_a_statement_per_banner():
    header = positions_section(LOTS[3:], PRICES, 2020)
    text = "\n".join(
        [
            '"Positions for All-Accounts as of 06:04 PM ET, 11/15/2020"',
            "",
            '"Brokerage XXXX-1234"',
            *header,
            "",
            "",
            '"Trust XXXX-4321"',
            *positions_section(LOTS[:2], PRICES, 2020),
            "",
        ]
    )
    imported = read(text)
    assert imported.problems == ()
    assert [(s.account, s.digits, s.whole, len(s.positions)) for s in imported.statements] == [
        ("Brokerage XXXX-1234", "1234", True, 1),
        ("Trust XXXX-4321", "4321", True, 1),
    ]
    assert imported.as_of == date(2020, 11, 15)


def test_later_banners_show_only_three_digits():
    section = positions_section(LOTS[:2], PRICES)
    text = "\n".join(
        ['"Positions for All-Accounts as of 06:04 PM ET, 2026/02/13"', '"Individual ...417"', *section]
    )
    assert [p.digits for p in read(text).positions] == ["417"]


def test_lots_take_symbol_account_and_day_from_their_title():
    imported = read(QQZA_LOTS)
    assert imported.problems == ()
    assert [
        (lot.symbol, lot.digits, lot.acquired, lot.quantity, lot.basis_cents) for lot in imported.lots
    ] == [
        ("QQZA", "417", date(2024, 3, 2), Decimal(1000), 42_100_00),
        ("QQZA", "417", date(2025, 11, 20), Decimal("250.5"), 10_000_00),
    ]


def test_several_securities_in_one_file_are_kept_apart():
    second = QQZA_LOTS.replace("QQZA", "BRK/B").replace("...417", "...9417")
    imported = read(QQZA_LOTS + "\n" + second)
    assert [(s.kind, s.symbol, s.digits, len(s.lots)) for s in imported.statements] == [
        (Kind.LOTS, "QQZA", "417", 2),
        (Kind.LOTS, "BRK/B", "9417", 2),
    ]


def test_a_title_without_a_header_of_its_own_goes_on_with_the_one_before():
    second = "\n".join(row for row in QQZA_LOTS.splitlines() if "Open Date" not in row).replace(
        "QQZA", "SCHA"
    )
    assert [(s.symbol, len(s.lots)) for s in read(QQZA_LOTS + second).statements] == [
        ("QQZA", 2),
        ("SCHA", 2),
    ]


@pytest.mark.parametrize("name", ["QQZA Lot Details.csv", "QQZA-Lot-Details-2026-02-13.csv", "QQZA.csv"])
def test_without_a_title_the_files_name_gives_the_symbol(name):
    untitled = QQZA_LOTS.partition("\n")[2]
    imported = read(untitled, name)
    assert [lot.symbol for lot in imported.lots] == ["QQZA", "QQZA"]
    assert imported.lots[0].digits == ""


def test_lots_of_an_unnamed_security_are_not_taken():
    imported = read(QQZA_LOTS.partition("\n")[2], "export (3).csv")
    assert imported.lots == ()
    assert codes(imported) == ["no-symbol"]


def wash_row(**cells: str) -> dict[str, str]:
    row = {
        "opened": "05/06/2024",
        "bought": "10/02/2025",
        "quantity": "10",
        "price": "$50.00",
        "unit_cost": "$61.00",
    }
    return row | {"value": "$500.00", "basis": "$610.00", "disallowed": "$55.00"} | cells


def wash_file(*rows: dict[str, str]) -> str:
    title = '"SCHA Lot Details for XXXX-4321 as of 02:45 AM ET, 10/25/2025"'
    return "\n".join([title, "", *table(WASH_HEADERS, [*rows, {"opened": "Total"}])])


def test_the_wash_sale_variant_gives_holding_period_trade_and_disallowed_loss():
    imported = read(wash_file(wash_row()))
    (lot,) = imported.lots
    assert (lot.acquired, lot.bought) == (date(2024, 5, 6), date(2025, 10, 2))
    assert (lot.basis_cents, lot.disallowed_cents) == (610_00, 55_00)
    assert codes(imported) == ["tacked"]  # the purchase must be in Activity for the wash-sale window


def test_a_wash_sale_row_known_to_be_one_column_off_is_proved_by_its_cost():
    # Market Value stands under Transaction CPS and its own column is empty; 10 x 61.00 = 610.00
    imported = read(wash_file(wash_row(value="--", bought="--")))
    assert [lot.basis_cents for lot in imported.lots] == [610_00]
    assert codes(imported) == []


def test_shifted_columns_are_found_by_quantity_times_price():
    shifted = QQZA_LOTS.replace(
        '"1,000","$40.00","$42.10","$40,000.00"', '"1,000","$42.10","$40.00","$40,000.00"'
    )
    imported = read(shifted)  # 1,000 x 42.10 = 42,100.00, not 40,000.00
    assert [lot.quantity for lot in imported.lots] == [Decimal("250.5")]
    (problem,) = imported.problems
    assert (problem.code, problem.severity, problem.place) == (
        "row-damaged",
        Severity.ERROR,
        "export.csv row 4",
    )
    assert "1,000 x $42.10 is not the Market Value $40,000.00" in problem.what
    assert not imported.statements[0].whole


def test_a_price_rounded_for_display_still_fits():
    assert product_fits(Decimal(1000), Decimal("40.00"), 40_004_90)  # 40.0049 shown as 40.00
    assert not product_fits(Decimal(1000), Decimal("40.00"), 40_006_00)
    assert product_fits(Decimal("0.33"), Decimal("300.00"), 100_00)  # 0.333333 shown as 0.33
    assert not product_fits(Decimal(3), Decimal("12.34"), 37_10)


def test_bonds_are_quoted_per_100_and_options_per_share_of_100():
    rows = [
        {
            "symbol": "99ZZZ9AA1",
            "quantity": "5,000",
            "price": "98.50",
            "value": "$4,925.00",
            "basis": "Incomplete",
        },
        {"symbol": "SMAL 04/01/2027 32.00 P", "quantity": "1", "price": "$12.53", "value": "$1253"},
        {"symbol": "Positions Total", "value": "$6,178.00"},
    ]
    title = '"Positions for account Individual ...417 as of 04:10 PM ET, 2026/02/13"'
    imported = read("\n".join([title, *table(POSITION_HEADERS[2026], rows)]))
    assert imported.problems == ()
    assert [p.price for p in imported.positions] == [Decimal("0.985"), Decimal(1253)]


def test_missing_values_are_unknown():
    rows = [{"symbol": "RGHT", "quantity": "40", "price": "N/A", "value": "N/A", "basis": "Missing"}]
    title = '"Positions for account Individual ...417 as of 04:10 PM ET, 2026/02/13"'
    imported = read("\n".join([title, *table(POSITION_HEADERS[2026], rows)]))
    (position,) = imported.positions
    assert (position.price, position.value_cents, position.basis_cents) == (None, None, None)
    assert codes(imported) == ["no-total"]  # the file may be cut off
    assert not imported.statements[0].whole


def test_a_total_that_differs_is_only_noted():
    imported = read(QQZA_LOTS.replace('"Total","1,250.5"', '"Total","1,250"'))
    assert len(imported.lots) == 2
    assert [(p.code, p.severity) for p in imported.problems] == [("total-differs", Severity.NOTE)]


def test_the_ticker_CASH_is_not_taken_for_money():  # noqa: N802
    section = positions_section(LOTS[:2], PRICES)
    imported = read("\n".join(section).replace('"QQZA"', '"CASH"'))
    assert imported.positions == ()
    assert codes(imported) == ["row-damaged"]


def test_a_damaged_quote_spoils_one_row_only():
    imported = read(QQZA_LOTS.replace('"03/02/2024 00:00:00","1,000"', '"03/02/2024 00:00:00,"1,000"'))
    assert [lot.quantity for lot in imported.lots] == [Decimal("250.5")]
    assert codes(imported) == ["row-damaged"]


def test_disclaimers_are_kept_on_record():
    imported = read(QQZA_LOTS + '\n"Cost basis is provided by third parties and may be wrong."\n')
    assert [(s.what, s.line) for s in imported.skipped] == [("total row", 6), ("text line", 8)]
    assert imported.problems == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_any_usual_encoding_reads(encoding):
    section = positions_section(LOTS[:2], PRICES)
    text = "\n".join(section).replace("QQZA INC", "Société QQZA")
    assert [p.name for p in read(text.encode(encoding)).positions] == ["Société QQZA"]


def test_a_file_saved_with_tabs_or_semicolons_reads():
    for separator in "\t;":
        text = "\n".join(
            separator.join(cell.replace(",", "") for cell in row.strip(",").strip('"').split('","'))
            for row in positions_section(LOTS[:2], PRICES)
        )
        assert [p.quantity for p in read(text).positions] == [Decimal("1250.5")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04rest", "is an Excel workbook"),
        (b"%PDF-1.7", "is a PDF"),
        (b"<html><body>Your session has expired</body></html>", "found at most (line 1)"),
        (
            line(["Date", "Action", "Symbol", "Description", "Quantity", "Price", "Amount"]).encode(),
            "transactions file",
        ),
        (line(["Symbol", "Closed Date", "Quantity", "Cost Basis (CB)"]).encode(), "realized gain/loss file"),
        (line(["Account", "Balance"]).encode(), "Looked for a row with the headers Symbol, Quantity"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_what_was_found(content, said):
    with pytest.raises(ExportUnreadable) as refused:
        read(content, "download.csv")
    assert said in str(refused.value)
    assert str(refused.value).startswith("download.csv")


@pytest.mark.parametrize(
    ("mask", "digits"),
    [
        ("XXXX-1234", "1234"),
        ("Individual ...417", "417"),
        ("...", ""),
        ("Joint 2 XXX417", "417"),
        ("1234-5678", "12345678"),
    ],
)
def test_digits_of_a_mask(mask, digits):
    assert digits_of(mask) == digits


def test_numbers_as_custodians_write_them():
    shown = {
        "$1,234.56": "1234.56",
        "-$1.00": "-1.00",
        "($1.00)": "-1.00",
        "+2.68%": "2.68",
        "1": "1",
        "$-3": "-3",
    }
    assert {text: str(number(text)) for text in shown} == shown
    assert [number(text) for text in ("", "--", "N/A", "n/a", "Incomplete", "Missing", "-")] == [None] * 7
    for text in ("abc", "1.2.3", "1,23", "--5", "9" * 31, "٣", "1e5"):
        with pytest.raises(Unreadable):
            number(text)


def test_days_and_times_of_titles():
    assert as_of("as of 04:10 PM ET, 2026/02/13") == datetime.fromisoformat("2026-02-13T16:10")
    assert as_of("as of 12:05 AM ET, 02/13/2026") == datetime.fromisoformat("2026-02-13T00:05")
    assert as_of("as of 02/30/2026") is None


SOUND = QQZA_LOTS + "\n".join(positions_section(LOTS, PRICES))


@given(st.data())
def test_mangled_files_raise_nothing_but_export_unreadable(data):
    """Bytes cut out, doubled and replaced anywhere: the reader answers or refuses, and never invents a figure."""
    content = bytearray(SOUND.encode())
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(content)))
        length = data.draw(st.integers(0, 60))
        new = data.draw(
            st.one_of(
                st.binary(max_size=8), st.sampled_from([b'"', b",", b"\n", b"\x00", b"\r", b"Total", b"--"])
            )
        )
        content[at : at + length] = new
    try:
        imported = read(bytes(content))
    except ExportUnreadable:
        return
    for lot in imported.lots:
        if lot.price is not None and lot.value_cents is not None:
            assert abs(lot.price) < 10**13
    assert all(str(p) for p in imported.problems)


@given(st.binary(max_size=400))
@example(b'"' * 200_000)
@example(b"\xff\xfe\x00\xd8")
def test_any_bytes_are_read_or_refused(content):
    with pytest.raises(ExportUnreadable):
        read(content)
