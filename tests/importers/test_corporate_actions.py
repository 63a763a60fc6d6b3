"""Shares and cost basis that change without a trade, files that repeat themselves, and the day that a person says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.importers import system_files as files
from tests.importers.memory import Row, account, client, sheets
from xl_rebal.cli import app as terminal
from xl_rebal.errors import ExportUnreadable
from xl_rebal.importers.read import read_exports
from xl_rebal.importers.statements import Imported
from xl_rebal.importing import Report, merge
from xl_rebal.sheets.write import Change

POSITIONS = "Account Number,Symbol,Description,Quantity,Last Price,Current Value,Cost Basis Total"
LOTS = "Account Number,Symbol,Description,Acquired,Quantity,Current Value,Cost Basis Total"
END = '\r\n"Date downloaded Feb-13-2026 7:04 p.m ET"\r\n'


def fidelity(positions: list[str], lots: list[str]) -> Imported:
    """A whole positions file and a lots file of account Z1."""
    first = "\r\n".join([POSITIONS, *(f"Z1,{row}" for row in positions)]) + "\r\n" + END
    second = "\r\n".join([LOTS, *(f"Z1,{row}" for row in lots)]) + "\r\n"
    both = [("Positions_Feb-13-2026.csv", first.encode()), ("Lots_Feb-13-2026.csv", second.encode())]
    return read_exports("fidelity", both).imported


def lot(symbol: str, acquired: date, quantity: object, basis: object, **more: object) -> Row:
    return {
        "Account ID": "Z1",
        "Symbol": symbol,
        "Acquired": acquired,
        "Quantity": quantity,
        "Cost Basis": basis,
        **more,
    }


def merged(imported: Imported, lots: list[Row], **more: Any) -> tuple[dict[str, Change], Report]:
    book = sheets(
        clients=[client("C1")], accounts=[account("Z1", "C1", "Fidelity")], lots=lots,
        securities=[{"Symbol": "OLD", "Asset Class": "Equity", "Price": 40}, {"Symbol": "KEEP", "Asset Class": "Equity"}],
        positions=more.get("positions", []), targets=[{"Model": "M", "Asset Class": "Equity", "Target": 1}],
    )  # fmt: skip
    return merge(imported, book)


def said(report: Report, code: str) -> list[str]:
    return [p.what for p in report.problems if p.code == code]


FIRST, SECOND = date(2020, 1, 2), date(2021, 5, 6)


def test_a_split_keeps_the_lots_and_says_what_else_counts_old_shares():
    imported = fidelity(
        ["OLD,X,310,$20.00,$6200.00,$4500.00"],
        ["OLD,X,1/2/2020,200,$4000.00,$3000.00", "OLD,X,5/6/2021,110,$2200.00,$1500.00"],
    )
    changes, report = merged(
        imported, [lot("OLD", FIRST, 100, 3000, Hold="Yes"), lot("OLD", SECOND, 55, 1500)]
    )
    assert changes["Lots"].updated == {2: {"Quantity": 200}, 3: {"Quantity": 110}}
    assert (changes["Lots"].added, changes["Lots"].removed) == ((), frozenset())
    (what,) = said(report, "split")
    assert "OLD in account Z1 has 2 for 1 of its old shares" in what


def test_a_reverse_split_with_cash_for_a_fraction_is_one_still():
    imported = fidelity(["OLD,X,10.3,$400.00,$4120.00,$4500.00"], ["OLD,X,1/2/2020,10.3,$4120.00,$4500.00"])
    _, report = merged(imported, [lot("OLD", FIRST, "103.0", 4500)])
    assert "0.1 for 1" in said(report, "split")[0]


@pytest.mark.parametrize(
    ("quantity", "basis"),
    [(50, 1500), (100, 3000), (103, 3000)],  # sold in part; nothing; a share or two more
)
def test_a_sale_and_a_correction_are_no_split(quantity, basis):
    value = quantity * 40
    imported = fidelity(
        [f"OLD,X,{quantity},$40.00,${value}.00,${basis}.00"],
        [f"OLD,X,1/2/2020,{quantity},${value}.00,${basis}.00"],
    )
    _, report = merged(imported, [lot("OLD", FIRST, 100, 3000)])
    assert said(report, "split") == []


def test_a_new_ticker_takes_the_rows_with_what_the_firm_added_to_them():
    imported = fidelity(
        ["NEW,X,155,$40.00,$6200.00,$4500.00"],
        ["NEW,X,1/2/2020,100,$4000.00,$3000.00", "NEW,X,5/6/2021,55,$2200.00,$1500.00"],
    )
    before = {
        "Account ID": "Z1",
        "Symbol": "OLD",
        "Quantity": 155,
        "Price": 40,
        "Value": 6200,
        "Cost Basis": 4500,
    }
    changes, report = merged(
        imported, [lot("OLD", FIRST, 100, 3000, Hold="Yes"), lot("OLD", SECOND, 55, 1500)], positions=[before]
    )
    assert changes["Lots"] == Change({2: {"Symbol": "NEW"}, 3: {"Symbol": "NEW"}})
    assert changes["Positions"] == Change({2: {"Symbol": "NEW"}})
    assert [(row["Symbol"], row["Asset Class"]) for row in changes["Securities"].added] == [("NEW", "Equity")]
    assert "The lots of OLD in account Z1 are now listed as NEW" in said(report, "symbol-changed")[0]


@pytest.mark.parametrize(
    "row",
    [
        "NEW,X,1/2/2020,100,$4000.00,$3001.00",
        "NEW,X,1/3/2020,100,$4000.00,$3000.00",
        "NEW,X,1/2/2020,99,$3960.00,$3000.00",
    ],
)
def test_lots_that_are_not_alike_are_no_new_ticker(row):
    _, _, _, _, value, basis = row.split(",")
    quantity = row.split(",")[3]
    imported = fidelity([f"NEW,X,{quantity},$40.00,{value},{basis}"], [row])
    changes, report = merged(imported, [lot("OLD", FIRST, 100, 3000)])
    assert said(report, "symbol-changed") == []
    assert len(changes["Lots"].added) == 1


def test_a_position_that_is_still_held_is_no_new_ticker():
    lots = ["NEW,X,1/2/2020,100,$4000.00,$3000.00", "OLD,X,1/2/2020,100,$4000.00,$3000.00"]
    imported = fidelity([f"{s},X,100,$40.00,$4000.00,$3000.00" for s in ("NEW", "OLD")], lots)
    changes, report = merged(imported, [lot("OLD", FIRST, 100, 3000)])
    assert said(report, "symbol-changed") == []
    assert [row["Symbol"] for row in changes["Lots"].added] == ["NEW"]


def test_two_new_tickers_that_look_alike_are_not_guessed():
    lots = [f"{s},X,1/2/2020,100,$4000.00,$3000.00" for s in ("NEWA", "NEWB")]
    imported = fidelity([f"{s},X,100,$40.00,$4000.00,$3000.00" for s in ("NEWA", "NEWB")], lots)
    _, report = merged(imported, [lot("OLD", FIRST, 100, 3000)])
    assert said(report, "symbol-changed") == []


def test_a_spin_off_moves_basis_and_is_said_once():
    imported = fidelity(
        ["OLD,X,100,$40.00,$4000.00,$2500.00", "SPUN,X,25,$20.00,$500.00,$500.00"],
        ["OLD,X,1/2/2020,100,$4000.00,$2500.00", "SPUN,X,1/2/2020,25,$500.00,$500.00"],
    )
    changes, report = merged(imported, [lot("OLD", FIRST, 100, 3000)])
    assert changes["Lots"].updated == {2: {"Cost Basis": Decimal(2500)}}
    assert [(row["Symbol"], row["Acquired"], row["Cost Basis"]) for row in changes["Lots"].added] == [
        ("SPUN", FIRST, Decimal(500))
    ]  # the holding period goes on
    assert said(report, "basis-changed") == [
        "Another cost basis for the same shares: OLD (1 lot). A spin-off, a return of capital, a wash sale or a correction by "
        "the custodian; the file's was taken."
    ]


@pytest.mark.parametrize(
    "words",
    [
        "Stock Split",
        "Reverse Split",
        "Spin-off",
        "Stock Merger",
        "Name Change",
        "Cusip Change",
        "Return of Capital",
    ],
)
def test_corporate_actions_in_transactions_are_named(words):
    row = f'"02/10/2026","{words}","OLD","X","100","","",""'
    text = f'"Transactions  for account Brokerage XXXX-1234 as of 02/13/2026"\r\nDate,Action,Symbol,Description,Quantity,Price,Fees & Comm,Amount\r\n{row}\r\n'
    imported = read_exports("schwab", [("Transactions.csv", text.encode())]).imported
    assert [t.type.value for t in imported.transactions] == ["Other"]
    (problem,) = (p for p in imported.problems if p.code == "corporate-action")
    assert f"2026-02-10 {words} OLD" in problem.what


# --- Files that repeat themselves ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", [0, 1, 2])
@pytest.mark.parametrize("between", [b"", b"\r\n\r\n"])
def test_a_file_put_together_with_itself_counts_once(which, between):
    name, content = files.files_of("fidelity")[which]
    once = read_exports("fidelity", [(name, content)]).imported
    twice = read_exports("fidelity", [(name, content + between + content)]).imported
    for kind in ("positions", "lots", "transactions"):
        own = [(r.symbol, r.quantity) for r in getattr(twice, kind)]
        assert own == [(r.symbol, r.quantity) for r in getattr(once, kind)]
    (problem,) = (p for p in twice.problems if p.code == "rows-repeated")
    assert "counted once" in problem.what


def test_rows_pasted_twice_without_their_header_count_once():
    name, content = files.files_of("fidelity")[1]
    lines = content.split(b"\r\n")
    twice = b"\r\n".join([*lines[:-1], *lines[1:]])
    assert len(read_exports("fidelity", [(name, twice)]).imported.lots) == 16


def test_two_lots_alike_are_two_lots():
    rows = [
        "OLD,X,1/2/2020,10,$400.00,$300.00",
        "OLD,X,1/2/2020,10,$400.00,$300.00",
        "KEEP,X,1/2/2020,1,$4.00,$3.00",
    ]
    imported = fidelity(["OLD,X,20,$40.00,$800.00,$600.00"], rows)
    assert [x.symbol for x in imported.lots] == ["OLD", "OLD", "KEEP"]


def test_the_same_file_under_two_names_and_encodings_counts_once():
    name, content = files.files_of("fidelity")[1]
    copy = content.decode().encode("utf-16")
    imported = read_exports("fidelity", [(name, content), (f"copy of {name}", copy)]).imported
    changes, report = merge(
        imported, sheets(accounts=[account("Z00000001", custodian="Fidelity")], clients=[client("C1")])
    )
    assert len(changes["Lots"].added) == 4
    assert said(report, "older-statement") == []


# --- The day ------------------------------------------------------------------------------------------------------------


def test_the_day_that_a_person_says_counts_where_the_file_has_none():
    header = "Client Name,Account Number,Symbol,Description,Quantity,Price,Market Value,Cost Basis,Program,Account Type"
    text = f"{header}\nSample,EN1,QQZA,X,10,$40.00,$400.00,$350.00,UMA,Joint\n"
    plain = read_exports("envestnet", [("Holdings.csv", text.encode())]).imported
    assert "no-as-of" in {p.code for p in plain.problems}
    dated = read_exports("envestnet", [("Holdings.csv", text.encode())], as_of=date(2026, 3, 31)).imported
    assert dated.as_of == date(2026, 3, 31)
    assert "no-as-of" not in {p.code for p in dated.problems}


@pytest.mark.parametrize("system", files.SYSTEMS)
def test_a_file_of_another_day_than_the_person_says_is_refused(system):
    content = [f for f in files.files_of(system) if "ransactions" not in f[0] and "History" not in f[0]]
    with pytest.raises(ExportUnreadable, match="is as of 2026-02-13, not 2026-03-31"):
        read_exports(system, content, as_of=date(2026, 3, 31))
    read_exports(system, content, as_of=files.ON)


def test_the_terminal_takes_a_day(tmp_path):
    book = files.workbook(tmp_path / "firm.xlsx")
    name, content = files.files_of("fidelity")[0]
    (tmp_path / name).write_bytes(content)
    arguments = ["import", "fidelity", str(tmp_path / name), "--into", str(book), "--as-of"]
    refused = CliRunner().invoke(terminal, [*arguments, "2026-03-31"])
    assert isinstance(refused.exception, ExportUnreadable)
    assert CliRunner().invoke(terminal, [*arguments, "2026-02-13"]).exit_code == 0
    assert CliRunner().invoke(terminal, [*arguments, "13.2.2026"]).exit_code == 2


# --- Other spellings --------------------------------------------------------------------------------------------------------

SHEET = "Client Name|Account Number|Account Type|Program|Symbol|CUSIP|Description|Purchase Date|Quantity|Price|Market Value|Cost Basis"


def test_european_text_in_a_workbook_is_refused():
    row = ["Sample", "EN1", "Joint", "UMA", "QQZA", "", "X", "1/2/2024", "1.250", "", "", "52.100,00"]
    content = files.xlsx([], SHEET, [row, [*row[:11], "52.100"]])
    with pytest.raises(ExportUnreadable, match=r"European way \('52\.100,00' in row 2, column Cost Basis\)"):
        read_exports("envestnet", [("Lots 2026-02-13.xlsx", content)])


def test_one_odd_text_among_a_workbooks_numbers_spoils_its_row_only():
    row: list[object] = ["Sample", "EN1", "Joint", "UMA", "QQZA", "", "X", "1/2/2024", 10, 40, 400, 350.5]
    content = files.xlsx([], SHEET, [row, [*row[:11], "52,5"], [*row[:4], "QQBD", *row[5:11], 77.25]])
    imported = read_exports("envestnet", [("Lots 2026-02-13.xlsx", content)]).imported
    assert [x.basis_cents for x in imported.lots] == [350_50, 77_25]


@pytest.mark.parametrize(
    ("row", "basis"),
    [
        ("QQZA,,ETF,10,,40,,$30.00", 300_00),  # a share costs what it says
        ("912828AA1,,Bond,5000,98.5,98.5,4925,$99.00", 4_950_00),  # the value proves quotes per 100
        ("912828AA1,,Bond,5000,,,,$99.00", None),  # per 100 or per 1? nothing proves it
        ("QQZA270917C150,CALL QQZA,Option,2,1.50,1.50,300,$1.00", 200_00),
        ("QQZA270917C150,CALL QQZA,Option,2,,,,$1.00", None),
    ],
)
def test_a_cost_per_unit_is_scaled_as_the_rows_price_is(row, basis):
    symbol, name, kind, quantity, _, price, value, cost = row.split(",")
    header = "Account Number,Security Type,Symbol,Security Description,Trade Date,Quantity,Last Price,Market Value,Unit Cost,Taxlot ID"
    text = f"{header}\nZZZ1,{kind},{symbol},{name},1/2/2024,{quantity},{price},{value},{cost},L1\n"
    imported = read_exports("pershing", [("UGL 2026-02-13.csv", text.encode())]).imported
    assert [x.basis_cents for x in imported.lots] == [basis], [str(p) for p in imported.problems]


# --- The same in Schwab's own reader ------------------------------------------------------------------------------------

SCHWAB = '"Symbol","Description","Qty (Quantity)","Price","Mkt Val (Market Value)","Cost Basis","Asset Type",'


def schwab(*rows: str) -> Imported:
    title = '"Positions for account Individual ...417 as of 04:10 PM ET, 2026/02/13"\n\n'
    text = title + "\n".join([SCHWAB, *rows, '"Positions Total","","--","--","--","--","--",', ""])
    return read_exports("schwab", [("All-Accounts-Positions.csv", text.encode())]).imported


@pytest.mark.parametrize(
    ("row", "held", "code"),
    [
        (
            '"QQZA","X","-100","$40.00","-$4,000.00","$1","Equity",',
            [("QQZA", -100, Decimal(40))],
            "short-position",
        ),
        ('"QQZA","X","0.0001","$40.00","$0.00","$1","Equity",', [], ""),
        ('"QQZA","X","0","$40.00","$0.00","$1","Equity",', [], ""),
        (
            '"99ZZZ9AA1","POOL","5,000","98.50","$4,325.00","$1","Fixed Income",',
            [("99ZZZ9AA1", 5000, None)],
            "price-unproven",
        ),
        ('"QQZA","X","10","$40.00","$500.00","$1","Equity",', [], "row-damaged"),
    ],
)
def test_odd_positions_of_schwab_are_taken_or_said(row, held, code):
    imported = schwab(row)
    assert [(p.symbol, p.quantity, p.price) for p in imported.positions] == held
    assert {p.code for p in imported.problems} - {"total-differs"} == ({code} if code else set())


def test_a_position_that_stands_twice_in_schwabs_file_counts_once():
    row = '"QQZA","X","100","$40.00","$4,000.00","$1","Equity",'
    imported = schwab(row, row)
    assert [p.quantity for p in imported.positions] == [100]
    assert {p.code for p in imported.problems} == {"rows-repeated"}
