"""What arrives in practice and must never be read wrongly: cut, re-encoded, damaged by Excel, foreign, odd securities."""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from decimal import Decimal

import pytest
import xlsxwriter
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.importers import system_files as files
from tests.importers.memory import account, client, sheets
from xl_rebal.errors import ExportUnreadable
from xl_rebal.importers.detect import fits_of
from xl_rebal.importers.grids import grids_of
from xl_rebal.importers.mapping import Overrides, systems
from xl_rebal.importers.read import read_exports
from xl_rebal.importers.statements import Imported
from xl_rebal.importing import merge

HEADER = "Client Name,Account Number,Account Type,Program,Symbol,CUSIP,Description,Quantity,Price,Market Value,Cost Basis"
NAME = "Holdings 2026-02-13.csv"
FIDELITY = files.files_of("fidelity")[0]


def holdings(*rows: str, header: str = HEADER, name: str = NAME) -> Imported:
    """Envestnet-like rows, the account first: `EN1,Joint,UMA,QQZA,,Name,10,$40.00,$400.00,$350.00`."""
    text = "\r\n".join([header, *(f"Sample,{row}" for row in rows)]) + "\r\n"
    return read_exports("envestnet", [(name, text.encode())]).imported


def codes(imported: Imported) -> set[str]:
    return {p.code for p in imported.problems} - {"end-unknown", "headers-unknown"}


def test_a_file_cut_in_the_middle_of_a_row_removes_nothing_from_the_workbook():
    name, content = FIDELITY
    imported = read_exports("fidelity", [(name, content[: len(content) // 2])]).imported
    assert codes(imported) == {"row-damaged", "no-end"}
    assert not any(one.whole for one in imported.statements)


def test_a_file_cut_between_rows_is_known_by_its_missing_last_line():
    name, content = FIDELITY
    cut = b"\r\n".join(content.split(b"\r\n")[:8]) + b"\r\n"
    imported = read_exports("fidelity", [(name, cut)]).imported
    assert codes(imported) == {"no-end"}
    old = {"Account ID": "Z00000001", "Symbol": "OLD", "Quantity": 3}
    changes, _ = merge(
        imported, sheets(accounts=[account("Z00000001", custodian="Fidelity")], positions=[old])
    )
    assert changes["Positions"].removed == frozenset()


def test_a_stated_number_of_rows_shows_that_a_report_is_cut():
    above = [
        ["Report Name : Holdings by Assets"],
        ["Snapshot Date equals 13-Feb-2026"],
        ["Number of Rows : 3"],
    ]
    row = ["2026-02-13", "ZZZ1", "PAT", "SAMPLE", "000000AA1", "QQZA", "EX", 10, 40, 400, 400]
    content = files.xlsx(above, files.PERSHING_HOLDINGS, [row])
    imported = read_exports("pershing", [("Holdings.xlsx", content)]).imported
    assert codes(imported) == {"rows-missing"}
    assert not imported.statements[0].whole


def test_a_total_that_differs_keeps_what_the_file_lacks():
    assert codes(holdings("EN1,Joint,UMA,QQZA,,X,10,$40.00,$400.00,$1", header=HEADER)) == set()
    text = f"{HEADER}\nSample,EN1,Joint,UMA,QQZA,,X,10,$40.00,$400.00,$1\nTotal,,,,,,,,,$900.00,\n"
    imported = read_exports("envestnet", [(NAME, text.encode())]).imported
    assert codes(imported) == {"total-differs"}
    assert not imported.statements[0].whole


def test_a_security_called_total_is_no_total_row():
    imported = holdings(
        "EN1,Joint,UMA,VBTLX,,Total Bond Fund,10,$40.00,$400.00,$1",
        "EN1,Joint,UMA,,922908769,TOTAL STOCK ETF,1,$40.00,$40.00,$1",
    )
    assert [p.symbol for p in imported.positions] == ["VBTLX", "922908769"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_any_usual_encoding_reads_alike(encoding):
    name, content = FIDELITY
    text = content.decode("utf-8-sig").replace("EXAMPLE BOND", "SOCIÉTÉ BOND")
    imported = read_exports("auto", [(name, text.encode(encoding))]).imported
    assert [p.name for p in imported.positions if p.symbol == "QQBD"] == ["SOCIÉTÉ BOND ETF"] * 4
    assert all(one.whole for one in imported.statements)


def test_two_hundred_rows_above_the_header_are_passed_over():
    name, content = FIDELITY
    above = "".join(f"Line {i}, of some text\r\n" for i in range(200)).encode()
    assert len(read_exports("auto", [(name, above + content)]).imported.positions) == 16


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n\n,,\n", "is empty"),
        (b"%PDF-1.7", "is a PDF"),
        (b"PK\x03\x04damaged", "cut off, damaged"),
        (b"\xd0\xcf\x11\xe0damaged", "can't be read as an Excel workbook"),
        (b'{"notes": [{"id": 1, "bo', "breaks off or is damaged at line 1"),
        (b"[" * 100_000, "nested too deeply"),
        (b"<html><body>Your session has expired</body></html>", "can't be recognized"),
        (b'{"error": "unauthorized"}', "is empty"),
    ],
)
def test_a_file_that_is_no_export_is_refused_in_words(content, said):
    with pytest.raises(ExportUnreadable) as refused:
        read_exports("auto", [("download.dat", content)])
    assert said in str(refused.value)
    assert str(refused.value).startswith("download.dat")


def test_a_workbook_with_a_cell_far_out_is_refused_before_it_fills_the_memory():
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write(0, 0, "Snapshot Date")
        page.write(1_048_575, 16_383, 1)
    with pytest.raises(ExportUnreadable, match="as far out as row 1,048,576, column 16,384"):
        read_exports("pershing", [("Holdings.xlsx", target.getvalue())])


def test_a_workbook_that_promises_too_many_texts_is_refused():
    sound = files.xlsx([], "Snapshot Date|Account Number", [["x", "y"]])
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sound)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'uniqueCount="4"', b'uniqueCount="59999999990"'))
    with pytest.raises(ExportUnreadable, match="number of texts can't be right"):
        read_exports("pershing", [("Holdings.xlsx", target.getvalue())])


def test_a_workbook_cut_or_flipped_anywhere_is_read_or_refused():
    sound = files.xlsx(
        [], files.PERSHING_HOLDINGS, [["2026-02-13", "ZZZ1", "P", "S", "X", "Q", "EX", 10, 40, 400]]
    )
    for at in range(0, len(sound), 37):
        for damaged in (sound[:at], sound[:at] + b"\xff" + sound[at + 1 :]):
            with contextlib.suppress(ExportUnreadable):
                read_exports("pershing", [("Holdings.xlsx", damaged)])


def test_a_zip_of_answers_is_read_like_its_files():
    accounts = [{"Id": "5500-1001", "Name": "Sample, Pat - IRA", "Details": {"TotalEmv": 5.0}, "Transactions": [
        {"TransactionID": "T-1", "TradeDate": "2026-02-03T00:00:00", "MarketValue": 5000.0, "ExternalFlowAffect": "Withdrawal"},
        {"TransactionID": "T-2", "TradeDate": "2026-02-10T00:00:00", "MarketValue": 995.0, "ExternalFlowAffect": "NotExternalFlow"},
    ]}]  # fmt: skip
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("Account_1.json", json.dumps(accounts))
    imported = read_exports("auto", [("batch.zip", target.getvalue())]).imported
    assert [(t.type.value, t.amount_cents) for t in imported.transactions] == [
        ("Withdrawal", 5_000_00),
        ("Other", 995_00),
    ]


def test_pages_of_an_answer_are_whole_together_and_only_then():
    name, content = files.CRM["wealthbox"]()[0]
    said = json.loads(content)
    pages = [
        (f"notes {n}.json", json.dumps({"status_updates": [note], "meta": {"total_pages": 3}}).encode())
        for n, note in enumerate(said["status_updates"], 1)
    ]
    assert "more-pages" in codes(read_exports("auto", pages[:2]).imported)
    every = read_exports("auto", pages).imported
    assert codes(every) == set()
    assert len(every.notes) == len(read_exports("auto", [(name, content)]).imported.notes) == 3


# --- Numbers, dates and money of other countries ----------------------------------------------------------------------


def test_european_numbers_are_refused_with_the_evidence():
    rows = (
        "Sample;EN1;Joint;UMA;QQZA;;X;1.250,50;40,00;50.020,00;52.100,00",
        "Sample;EN1;Joint;UMA;QQBD;;X;500;72,50;36.250,00;37.812,50",
    )
    text = "\n".join([HEADER.replace(",", ";"), *rows])
    with pytest.raises(ExportUnreadable, match=r"European way \('1\.250,50' in row 2, column Quantity\)"):
        read_exports("envestnet", [(NAME, text.encode())])


def test_one_odd_number_among_american_ones_spoils_its_row_only():
    good = "EN1,Joint,UMA,QQZA,,X,10,$40.00,$400.00,$1.00"
    imported = holdings(good, 'EN1,Joint,UMA,QQBD,,X,10,"72,5",$725.00,$1.00')
    assert codes(imported) == {"row-damaged"}
    assert [p.symbol for p in imported.positions] == ["QQZA"]


def test_dates_with_the_day_first_are_refused():
    text = "Account Number,Symbol,Acquired,Quantity,Cost Basis Total\nZ1,Q,03/02/2024,10,$5.00\nZ1,Q,13/02/2024,10,$5.00\n"
    with pytest.raises(ExportUnreadable, match=r"day first \('13/02/2024' in row 3, column Acquired\)"):
        read_exports("fidelity", [("Lots.csv", text.encode())])


def test_amounts_in_another_currency_are_never_taken_for_dollars():
    with pytest.raises(ExportUnreadable, match=r"amounts in EUR"):
        read_exports(
            "addepar",
            [
                (
                    "v.csv",
                    b"Client,Holding Account,Security,Ticker Symbol,Units,Adjusted Value (EUR)\nA,B,C,D,1,2\n",
                )
            ],
        )
    text = b"Client,Holding Account,Security,Ticker Symbol,Units,Price,Currency,Adjusted Value (USD),Cost Basis (USD)\nA,B,Nestle,NESN,10,100,CHF,1100,900\n"
    imported = read_exports("addepar", [("View 2026-02-13.csv", text)]).imported
    assert "foreign-currency" in codes(imported)
    (position,) = imported.positions
    assert (position.quantity, position.price, position.basis_cents) == (10, None, None)


def test_a_position_in_another_currency_takes_the_dollars_that_the_file_gives():
    headers = "Symbol|CUSIP|Description|Market Value (Position CCY)|Trade Date Quantity|Position CCY|Market Price (Position CCY)|FX Rate (To USDE)|Market Value (USDE)"
    row = ["NESN", "", "NESTLE", 1000, 10, "CHF", 100, 1.1, 1100]
    content = files.xlsx([["Account", "ZZZ1"], ["As of", "2026-02-13"]], headers, [row])
    imported = read_exports("pershing", [("Positions.xlsx", content)]).imported
    (position,) = imported.positions
    assert (position.account, position.price, position.value_cents) == ("ZZZ1", Decimal("110.0"), 1_100_00)
    assert codes(imported) == {"foreign-currency"}


# --- Securities and accounts --------------------------------------------------------------------------------------------


def test_identifiers_that_excel_has_damaged_are_said_and_not_joined():
    imported = holdings(
        "EN1,Joint,UMA,,3.7833E+08,X,10,$40.00,$400.00,$1", "EN1,Joint,UMA,,37833100,X,10,$40.00,$400.00,$1"
    )
    assert imported.positions == ()
    assert [
        ("exponent" in p.what, "zeros" in p.what) for p in imported.problems if p.code == "row-damaged"
    ] == [(True, False), (False, True)]


def test_a_damaged_cusip_is_had_back_from_the_isin():
    text = b"Client,Holding Account,Security,CUSIP,ISIN,Units,Adjusted Value\nA,B,X,3.7833E+08,US0378331005,10,400\n"
    (position,) = read_exports("addepar", [("v.csv", text)]).imported.positions
    assert position.symbol == "037833100"


def test_an_account_number_in_exponent_form_is_said_and_not_joined():
    imported = holdings("2.39E+08,Joint,UMA,QQZA,,X,10,$40.00,$400.00,$1")
    assert imported.positions == ()
    assert codes(imported) == {"account-damaged"}


def test_an_account_that_lost_its_zeros_is_said_and_not_joined():
    changes, report = merge(
        holdings("12345,Joint,UMA,QQZA,,X,10,$40.00,$400.00,$1"),
        sheets(clients=[client("C1", "Sample")], accounts=[account("00012345")]),
    )
    assert changes == {}
    assert "account-zeros" in {p.code for p in report.problems}


@pytest.mark.parametrize("spelling", ["EN-1", "en1", "EN 1"])
def test_dashes_and_case_of_an_account_do_not_matter(spelling):
    row = f"{spelling},Joint,UMA,QQZA,,X,10,$40.00,$400.00,$1"
    changes, _ = merge(holdings(row), sheets(clients=[client("C1", "Sample")], accounts=[account("EN1")]))
    assert [cells["Account ID"] for cells in changes["Positions"].added] == ["EN1"]


def test_a_masked_account_is_found_by_the_digits_it_shows():
    row = "XXXX2086,Joint,UMA,QQZA,,X,10,$40.00,$400.00,$1"
    book = sheets(clients=[client("C1", "Sample")], accounts=[account("4471-2086"), account("4471-3097")])
    changes, report = merge(holdings(row), book)
    assert [cells["Account ID"] for cells in changes["Positions"].added] == ["4471-2086"]
    assert report.new_accounts == []


def test_the_same_account_under_two_households_is_counted_once():
    text = "\r\n".join(
        [
            HEADER,
            "A,EN1,Joint,UMA,QQZA,,X,10,$40.00,$400.00,$1",
            "B,EN1,Joint,UMA,QQZA,,X,10,$40.00,$400.00,$1",
            "",
        ]
    )
    imported = read_exports("envestnet", [(NAME, text.encode())]).imported
    changes, report = merge(imported, sheets(clients=[client("A")], accounts=[account("EN1", "A")]))
    (row,) = changes["Positions"].added
    assert row["Quantity"] == 10
    assert "account-in-two-households" in {p.code for p in report.problems}


def test_shares_too_few_to_matter_and_empty_positions_are_passed_over():
    imported = holdings("EN1,Joint,UMA,QQZA,,X,0.0001,$40.00,$0.00,$0", "EN1,Joint,UMA,GONE,,X,0,,$0.00,")
    assert imported.positions == ()
    assert {s.what for s in imported.skipped} == {"worthless fraction", "empty position"}
    kept = holdings("EN1,Joint,UMA,QQZA,,X,0.0004,$40.00,$0.02,$0")
    assert [p.quantity for p in kept.positions] == [Decimal("0.0004")]


def test_short_positions_and_options_keep_their_sign_and_are_said():
    imported = holdings(
        "EN1,Joint,UMA,QQZB,,X,-10,$40.00,-$400.00,$1",
        "EN1,Joint,UMA,QQZA270917C150,,CALL QQZA,-2,$1.50,($300.00),",
    )
    assert [(p.symbol, p.quantity, p.price, p.value_cents) for p in imported.positions] == [
        ("QQZB", -10, Decimal("40.00"), -400_00),
        ("QQZA270917C150", -2, Decimal("150.00"), -300_00),  # $1.50 a share, 100 shares a contract
    ]
    assert codes(imported) == {"short-position"}


def test_a_bond_is_priced_per_100_and_one_with_a_factor_stays_unpriced():
    imported = holdings(
        "EN1,Joint,UMA,,912828AA1,T BOND,5000,98.5,4925,",
        "EN1,Joint,UMA,,31417AAA1,MBS POOL,10000,98,4321.50,",
    )
    assert [(p.price, p.value_cents) for p in imported.positions] == [
        (Decimal("0.985"), 4_925_00),
        (None, 4_321_50),
    ]
    assert codes(imported) == {"price-unproven"}


def test_a_row_whose_price_does_not_give_its_value_is_not_taken():
    imported = holdings("EN1,Joint,UMA,QQZA,,X,10,$40.00,$500.00,$1")
    assert imported.positions == ()
    assert codes(imported) == {"row-damaged"}


def test_a_security_without_any_identifier_goes_by_its_name():
    imported = holdings("EN1,Joint,UMA,,,Example Private Fund LP,10,$40.00,$400.00,")
    assert [p.symbol for p in imported.positions] == ["Example Private Fund LP"]
    assert codes(imported) == {"no-identifier"}


def test_positions_of_a_file_that_may_be_cut_are_named_and_kept():
    old = {"Account ID": "EN1", "Symbol": "OLD", "Quantity": 3}
    book = sheets(clients=[client("C1", "Sample")], accounts=[account("EN1")], positions=[old])
    changes, report = merge(holdings("EN1,Joint,UMA,QQZA,,X,10,$40.00,$400.00,$1"), book)
    assert changes["Positions"].removed == frozenset()
    assert [p.what for p in report.problems if p.code == "positions-missing"] == [
        "The file does not list OLD in account EN1; it may be cut off, so it was kept."
    ]


# --- Days -------------------------------------------------------------------------------------------------------------------


def test_files_of_two_days_are_said():
    later = ("Lots_Feb-10-2026.csv", files.files_of("fidelity")[1][1])
    imported = read_exports("fidelity", [FIDELITY, later]).imported
    (problem,) = (p for p in imported.problems if p.code == "as-of-differs")
    assert "Lots_Feb-10-2026.csv as of 2026-02-10" in problem.what


def test_rows_of_two_days_are_said():
    header = HEADER + ",As Of Date"
    imported = holdings(
        "EN1,Joint,UMA,QQZA,,X,10,$40.00,$400.00,$1,2/13/2026",
        "EN2,Joint,UMA,QQZA,,X,10,$40.00,$400.00,$1,2/12/2026",
        header=header,
    )
    assert codes(imported) == {"as-of-mixed"}
    assert (
        {one.account: str(one.as_of.date()) for one in imported.statements}
        == {
            "EN1": "2026-02-13",
            "EN2": "2026-02-12",  # never as fresh as the newest row of another account: freshness would let it pass
        }
    )


def test_an_account_with_rows_of_two_days_is_as_old_as_its_oldest():
    imported = holdings(
        "EN1,Joint,UMA,QQZA,,X,10,$40.00,$400.00,$1,2/13/2026",
        "EN1,Joint,UMA,QQBD,,X,10,$40.00,$400.00,$1,1/12/2026",
        header=HEADER + ",As Of Date",
    )
    assert [str(one.as_of.date()) for one in imported.statements] == ["2026-01-12"]


def test_prices_of_a_file_without_a_day_are_not_taken():
    row = "EN1,Joint,UMA,QQZA,,X,10,$41.00,$410.00,$1"
    book = sheets(
        clients=[client("C1", "Sample")],
        accounts=[account("EN1")],
        securities=[{"Symbol": "QQZA", "Asset Class": "Equity", "Price": 40}],
    )
    changes, report = merge(holdings(row, name="Holdings.csv"), book)
    assert "Securities" not in changes
    assert "no-as-of" in {p.code for p in report.problems}


def test_lots_that_do_not_add_up_to_their_roll_up_row_are_left_alone():
    name, content = next(f for f in files.files_of("pershing") if f[0].startswith("UGL"))
    one = files.held("pershing")[0]
    short = files.Held(one.account, one.household, one.client, one.registration, one.lots, one.cash)
    imported = read_exports("pershing", [(name, content)]).imported
    assert all(s.whole for s in imported.statements)
    rows = [
        [
            "",
            "EX",
            "ETF",
            1250.5,
            "",
            52_100,
            50_020,
            "",
            "",
            "",
            "",
            "Multiple",
            "",
            "",
            "",
            "QQZA",
            "QQZA",
            "",
        ],
        [
            "",
            "EX",
            "ETF",
            1000,
            "",
            42_100,
            40_000,
            40,
            "",
            "",
            "",
            "2024-03-04",
            "",
            "LOT1",
            "",
            "QQZA",
            "QQZA",
            "",
        ],
    ]
    cut = files.xlsx([["Account", short.account], ["As Of", "Feb 13, 2026"]], files.PERSHING_UGL, rows)
    imported = read_exports("pershing", [(name, cut)]).imported
    assert codes(imported) == {"lots-missing"}
    assert not imported.statements[0].whole


@pytest.mark.parametrize("twice", ["Cost Basis,Cost Basis", "Cost Basis (Book),Cost Basis (Tax)"])
def test_two_columns_for_one_figure_are_refused(twice):
    text = f"Account Number,Symbol,Description,Acquired,Quantity,{twice}\nZ1,Q,X,1/2/2024,10,$5.00,$6.00\n"
    with pytest.raises(ExportUnreadable, match="several columns for Cost Basis"):
        read_exports("fidelity", [("Lots.csv", text.encode())])


def test_which_of_two_columns_counts_can_be_said():
    text = "Account Number,Symbol,Description,Acquired,Quantity,Cost Basis (Book),Cost Basis (Tax)\nZ1,Q,X,1/2/2024,10,$5.00,$6.00\n"
    said = {"fidelity": Overrides({"cost basis (tax)": "basis"})}
    imported = read_exports("fidelity", [("Lots.csv", text.encode())], said).imported
    assert [lot.basis_cents for lot in imported.lots] == [6_00]


def test_text_that_keeps_its_zeros_as_a_formula_is_read_as_text():
    (position,) = holdings('"=""00012345""",Joint,UMA,QQZA,,X,10,$40.00,$400.00,$1').positions
    assert position.account == "00012345"


def test_letters_within_a_number_are_no_mask():
    row = "EXX0001,Joint,UMA,QQZA,,X,10,$40.00,$400.00,$1"
    book = sheets(clients=[client("C1")], accounts=[account("1234-0001")])
    changes, report = merge(holdings(row), book)
    assert report.new_accounts == ["EXX0001"]
    assert [cells["Account ID"] for cells in changes["Positions"].added] == ["EXX0001"]


def test_a_damaged_lot_keeps_back_its_own_security_only():
    header = "Account Number,Symbol,Description,Acquired,Quantity,Cost Basis Total"
    rows = ("Z1,QQZA,X,1/2/2024,10,$5.00", "Z1,QQZA,X,1/2/2025,ten,$5.00", "Z1,QQBD,X,1/2/2024,10,$5.00")
    text = "\n".join([header, *rows, ""])
    imported = read_exports("fidelity", [("Lots 2026-02-13.csv", text.encode())]).imported
    assert [(one.symbol, one.whole) for one in imported.statements] == [("QQZA", False), ("QQBD", True)]


# --- Anything at all ----------------------------------------------------------------------------------------------------------

SOUND = [
    content
    for system in ("fidelity", "black-diamond", "tamarac", "orion", "addepar")
    for _, content in files.files_of(system)[:2]
]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_mangled_files_are_read_or_refused_and_never_break(data):
    content = bytearray(data.draw(st.sampled_from(SOUND)))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content)))
        length = data.draw(st.sampled_from([0, 1, 5, 40, 100_000]))
        new = data.draw(
            st.one_of(
                st.binary(max_size=8),
                st.sampled_from([b'"', b",", b"\n", b"\x00", b"\r", b"Total", b"--", b"1E+9", b"}", b";"]),
            )
        )
        content[at : at + length] = new
    system = data.draw(st.sampled_from(["auto", "fidelity", "orion", "addepar", "redtail", "schwab"]))
    try:
        imported = read_exports(system, [("file.dat", bytes(content))]).imported
    except ExportUnreadable:
        return
    assert all(str(problem) for problem in imported.problems)
    merge(imported, sheets(accounts=[account("Z00000001", custodian="Fidelity"), account("ZZ-0001")]))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
@example(b'"' * 100_000)
@example(b"\xff\xfe\x00\xd8")
@example(b"[{}]")
@example(b'[{"a": 1e999999999}]')
@example(b'{"data": {"attributes": {"total": {"children": [1, {"children": 3}]}}}}')
@example(b'{"meta": {"columns": 3}, "data": {"attributes": {"total": {"children": [{"columns": []}]}}}}')
def test_any_bytes_are_refused_in_words(content):
    with pytest.raises(ExportUnreadable):
        read_exports("auto", [("file.dat", content)])


def test_shuffled_rows_give_the_same_statements():
    name, content = files.files_of("black-diamond")[0]
    lines = content.split(b"\r\n")
    turned = [*lines[:4], *lines[4:-2][::-1], *lines[-2:]]
    straight = read_exports("auto", [(name, content)]).imported
    mirrored = read_exports("auto", [(name, b"\r\n".join(turned))]).imported

    def held(imported: Imported) -> set[tuple[str, str, frozenset[object]]]:
        return {
            (s.account, s.symbol, frozenset((lot.acquired, lot.quantity, lot.basis_cents) for lot in s.lots))
            for s in imported.statements
        }

    assert held(mirrored) == held(straight)


def test_every_shipped_table_fits_its_own_headers():
    """A row of a table's headers is recognized as that system's, wherever it stands."""
    for system in systems().values():
        for table in system.tables:
            headers = [*table.require, *(part for options in table.columns.values() for part in options[0])]
            row = ",".join(f'"{name}"' for name in dict.fromkeys(headers))
            (grid,) = grids_of("x.csv", f"title\n{row}\n".encode(), system.names)
            fits = fits_of(grid, system, Overrides())
            assert any(fit.table is table for fit in fits), (system.name, table.what)


def tax_lots(*rows: str) -> Imported:
    """Lots of Black Diamond's screen: `ticker, units, basis, value, gain`, all of one account."""
    header = "Account Number,Asset Name,Ticker,Open Date,Units,Cost Basis,Market Value,Unrealized G/L ($)"
    lines = (f"5500-1001,Name,{row.split(',', 1)[0]},3/4/2024,{row.split(',', 1)[1]}" for row in rows)
    text = "\r\n".join(["As of 2/13/2026", header, *lines])
    return read_exports("black-diamond", [("Tax Lots.csv", text.encode())]).imported


def test_a_cost_basis_of_one_share_is_not_taken_for_the_lots():
    imported = tax_lots("QQZA,1000,42.10,40000.00,-2100.00", "QQBD,500,37812.50,36250.00,-1562.50")
    assert {lot.symbol: lot.basis_cents for lot in imported.lots} == {"QQZA": None, "QQBD": 3_781_250}
    problem = next(p for p in imported.problems if p.code == "unit-basis")
    assert "The Cost Basis of QQZA is the cost of one share" in problem.what


def test_a_gain_that_belongs_to_another_basis_is_said():
    imported = tax_lots("QQZA,1000,42100.00,40000.00,-1600.00", "QQBD,500,37812.50,36250.00,N/A")
    assert {lot.symbol: lot.basis_cents for lot in imported.lots} == {"QQZA": 4_210_000, "QQBD": 3_781_250}
    problem = next(p for p in imported.problems if p.code == "gain-differs")
    assert "is $42,100.00, but its value less its gain is $41,600.00" in problem.what


def test_a_short_lots_gain_agrees_with_its_basis():
    assert codes(tax_lots("QQZA,-1000,-42100.00,-40000.00,2100.00")) == {"short-position"}


def test_lots_in_a_file_that_also_reads_as_positions_are_lots():
    text = (
        "Account Number,Account Name,Symbol,Description,Acquired,Term,Quantity,Last Price,Current Value,"
        "Cost Basis Total,Average Cost Basis\r\n"
        "Z00000001,Joint,QQZA,EXAMPLE,03/04/2024,Long,1000,$40.00,$40000.00,$42100.00,$42.10\r\n"
        '\r\n"Date downloaded Feb-13-2026 7:04 p.m ET"\r\n'
    )
    imported = read_exports("auto", [("lots.csv", text.encode())]).imported
    assert [(lot.symbol, str(lot.acquired)) for lot in imported.lots] == [("QQZA", "2024-03-04")]
    assert imported.positions == ()


@pytest.mark.parametrize(("value", "said"), [("2366.50", True), ("2366.51", False)])
def test_a_sweep_fund_beside_the_same_cash_is_questioned(value, said):
    text = (
        "Account Number,Account Name,Symbol,Description,Quantity,Last Price,Current Value,Cost Basis Total\r\n"
        "Z00000001,Joint,SPAXX**,HELD IN MONEY MARKET,,,$2366.50,\r\n"
        f"Z00000001,Joint,SPAXX,GOVERNMENT MONEY MARKET,{value},$1.00,${value},\r\n"
        '\r\n"Date downloaded Feb-13-2026 7:04 p.m ET"\r\n'
    )
    imported = read_exports("fidelity", [("positions.csv", text.encode())]).imported
    _, report = merge(imported, sheets(accounts=[account("Z00000001", custodian="Fidelity")]))
    found = [p for p in report.problems if p.code == "money-twice"]
    assert [p.value for p in found] == (["SPAXX"] if said else [])
    if said:
        assert "lists $2,366.50 of cash and the same $2,366.50 of SPAXX" in found[0].what
        assert found[0].cost == "The household's value and cash are too high by $2,366.50."
