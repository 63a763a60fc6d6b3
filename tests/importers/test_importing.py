"""Custodian files into the workbook: which account, which lot, what stays and what goes, told in plain words."""

from __future__ import annotations

import copy
import shutil
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.importers.schwab_files import lots_file, positions_file, positions_section
from workbook.build import build_workbook
from xl_rebal import app as use
from xl_rebal import sample
from xl_rebal.cli import app as cli
from xl_rebal.errors import ExportUnreadable, WorkbookUnwritable
from xl_rebal.importers.schwab import read_schwab
from xl_rebal.importing import merge
from xl_rebal.importing.pairing import LotFigures, paired
from xl_rebal.sample.hartwell import CLIENT_ID, JOINT
from xl_rebal.sample.securities import prices, security_rows
from xl_rebal.sheets import layout
from xl_rebal.sheets.source import Table, read_tables

ON = date(2026, 10, 15)
PRICES = prices()
ROWS = {**sample.hartwell_rows(), "Securities": security_rows()}
JOINT_LOTS = [row for row in ROWS["Lots"] if row["Account ID"] == JOINT]


def files(folder: Path, on: date = ON) -> list[Path]:
    """Schwab's two files of Hartwell's joint account."""
    positions, lots = folder / "Joint-Positions.csv", folder / "Joint-Lot-Details.csv"
    positions.write_bytes(positions_file("Joint Tenant ...086", on, positions_section(JOINT_LOTS, PRICES)))
    lots.write_bytes(lots_file("...086", on, JOINT_LOTS, PRICES))
    return [positions, lots]


@pytest.fixture(scope="module")
def stale(tmp_path_factory) -> Path:
    """Hartwell's workbook of last quarter: joint lots missing, halved, sold since; an own column; an old price."""
    rows = copy.deepcopy(ROWS)
    rows["Lots"] = [
        r for r in rows["Lots"] if (r["Account ID"], r["Symbol"]) not in {(JOINT, "MSFT"), (JOINT, "SCHB")}
    ]
    for row in rows["Lots"]:
        if row["Account ID"] == JOINT and row["Symbol"] == "AAPL":
            row["Quantity"] = float(str(row["Quantity"])) * 2  # since sold in part
            row["Cost Basis"] = float(str(row["Cost Basis"])) * 2
            row["Lot ID"] = f"A{row['Acquired']:%y}"
            row["Tax note"] = "gift"
        if row["Account ID"] == JOINT and row["Symbol"] == "CASH":
            row["Quantity"] = 1
    sold = dict(
        rows["Lots"][0], Acquired=date(2011, 1, 3), Quantity=5, **{"Cost Basis": 50.0, "Lot ID": "gone"}
    )
    rows["Lots"].insert(1, sold)
    rows["Positions"] = [r for r in rows["Positions"] if (r["Account ID"], r["Symbol"]) != (JOINT, "AAPL")]
    rows["Positions"].append({"Account ID": JOINT, "Symbol": "DE", "Quantity": 3, "Price": 1.0, "Value": 3.0})
    for row in rows["Securities"]:
        if row["Symbol"] == "MSFT":
            row["Price"], row["Price Date"] = 400.0, date(2026, 9, 30)
    path = tmp_path_factory.mktemp("stale") / "rebalance.xlsm"
    return build_workbook(path, rows, sample.firm_settings_values(), cached=False)


@pytest.fixture
def book(stale, tmp_path) -> Path:
    return Path(shutil.copy(stale, tmp_path / "rebalance.xlsm"))


def lots_of(path: Path, account: str) -> list[dict[str, object]]:
    table = read_tables(path)["Lots"]
    rows = [dict(zip(table.headers, row, strict=True)) for row in table.rows]
    return [row for row in rows if row["Account ID"] == account]


def test_imported_lots_give_the_worked_example(book, tmp_path):
    paths = [str(path) for path in files(tmp_path)]
    done = CliRunner().invoke(cli, ["import", "schwab", *paths, "--into", str(book)])
    assert done.exit_code == 0, done.output
    # SCHB and 3 lots of MSFT are new; 3 AAPL and the cash row change; the lot of 2011 was sold
    assert "Account 4471-2086 (HAR01): lots 4 added, 4 changed, 1 removed" in done.output
    assert "As it was before: rebalance (before import 1).xlsm" in done.output
    review = use.review_of(use.load(book), CLIENT_ID)
    assert not review.withheld
    assert review.plan is not None
    assert {t.symbol: int(t.quantity) for t in review.plan.sells} == {"AAPL": 200, "MSFT": 100, "NVDA": 50}
    assert review.plan.long_gain_cents == 121_000_00


def test_importing_again_changes_nothing_and_says_so(book, tmp_path):
    paths = files(tmp_path)
    first = use.import_files("schwab", paths, book)
    assert first.backup is not None
    content = book.read_bytes()
    second = use.import_files("schwab", paths, book)
    assert second.backup is None
    assert second.lines()[-1] == "Nothing to change: rebalance.xlsm holds what these files say already."
    assert book.read_bytes() == content
    assert sorted(p.name for p in tmp_path.glob("*.xlsm")) == [
        "rebalance (before import 1).xlsm",
        "rebalance.xlsm",
    ]


def test_what_the_firm_added_stays_with_its_lot(book, tmp_path):
    use.import_files("schwab", files(tmp_path), book)
    apple = [row for row in lots_of(book, JOINT) if row["Symbol"] == "AAPL"]
    assert [(r["Lot ID"], r["Tax note"], r["Quantity"], r["Cost Basis"]) for r in apple] == [
        ("A13", "gift", 400, 6_240),  # sold in part: matched by day and basis per share
        ("A16", "gift", 300, 7_290),
        ("A19", "gift", 200, 13_000),
    ]


def test_positions_cash_and_prices_follow_the_file(book, tmp_path):
    use.import_files("schwab", files(tmp_path), book)
    positions = read_tables(book)["Positions"]
    held = {row[1]: tuple(row[2:5]) for row in positions.rows if row[0] == JOINT}
    assert held["AAPL"] == (900, 225, 202_500)
    assert held["CASH"] == (1_204.55, 1, 1_204.55)
    assert "DE" not in held
    assert [r["Quantity"] for r in lots_of(book, JOINT) if r["Symbol"] == "CASH"] == [1_204.55]
    securities = read_tables(book)["Securities"]
    assert [(row[2], row[4]) for row in securities.rows if row[0] == "MSFT"] == [(420, ON)]


def test_what_is_not_imported_is_said_and_the_exit_code_asks_for_a_person(book, tmp_path):
    (tmp_path / "other.csv").write_bytes(
        positions_file("Trust ...999", ON, positions_section(JOINT_LOTS, PRICES))
    )
    done = CliRunner().invoke(cli, ["import", "schwab", str(tmp_path / "other.csv"), "--into", str(book)])
    assert done.exit_code == 1
    assert (
        "Warning at other.csv row 3 (Account: 'Trust ...999'): No account on the Accounts sheet ends in 999"
        in done.output
    )
    assert "its 4 rows were not imported" in done.output  # AAPL, MSFT, SCHB and cash
    assert done.output.rstrip().endswith("rebalance.xlsm was not changed.")


def test_other_accounts_are_not_touched(book, tmp_path):
    others = {row["Account ID"] for row in ROWS["Lots"]} - {JOINT}
    before = {account: lots_of(book, str(account)) for account in others}
    use.import_files("schwab", files(tmp_path), book)
    assert {account: lots_of(book, str(account)) for account in others} == before


def test_a_file_without_a_known_header_leaves_the_workbook_alone(book, tmp_path):
    content = book.read_bytes()
    odd = tmp_path / "odd.csv"
    odd.write_text("a,b\n1,2\n")
    with pytest.raises(ExportUnreadable, match=r"odd\.csv"):
        use.import_files("schwab", [*files(tmp_path), odd], book)
    with pytest.raises(ExportUnreadable, match=r"absent\.csv"):
        use.import_files("schwab", [tmp_path / "absent.csv"], book)
    assert book.read_bytes() == content


def test_an_open_workbook_is_not_changed(book, tmp_path):
    (tmp_path / "~$rebalance.xlsm").write_bytes(b"")
    content = book.read_bytes()
    with pytest.raises(WorkbookUnwritable, match="open in Excel"):
        use.import_files("schwab", files(tmp_path), book)
    assert book.read_bytes() == content


# --- Merging, on tables in memory ------------------------------------------------------------------------------


def table(sheet: layout.SheetLayout, *rows: dict[str, object]) -> Table:
    return Table(sheet.name, sheet.headers, [[row.get(h) for h in sheet.headers] for row in rows])


def account(account_id: str, custodian: str = "Schwab") -> dict[str, object]:
    return {"Account ID": account_id, "Client ID": "C1", "Registration": "Individual", "Custodian": custodian}


def tables(
    accounts: list[dict[str, object]],
    lots: list[dict[str, object]] | None = None,
    securities: list[dict[str, object]] | None = None,
    positions: list[dict[str, object]] | None = None,
) -> dict[str, Table]:
    found = (
        table(layout.ACCOUNTS, *accounts),
        table(layout.LOTS, *lots or []),
        table(layout.SECURITIES, *securities or []),
        table(layout.POSITIONS, *positions or []),
    )
    return {one.sheet: one for one in found}


HELD = [{"Symbol": "QQZA", "Acquired": date(2024, 3, 2), "Quantity": 10, "Cost Basis": 300}]
AT = {"QQZA": 40.0}


def positions(mask: str = "Individual ...417", on: date = ON, lots=HELD, name="p.csv"):
    return name, positions_file(mask, on, positions_section(lots, AT))


def lots(mask: str = "...417", on: date = ON, own=HELD, name="l.csv"):
    return name, lots_file(mask, on, own, AT)


def codes(report) -> list[str]:
    return [problem.code for problem in report.problems]


def test_a_mask_is_matched_by_its_trailing_digits():
    changes, report = merge(read_schwab([positions()]), tables([account("5512-3417"), account("5512-3418")]))
    assert changes["Positions"].added == (
        {
            "Account ID": "5512-3417",
            "Symbol": "QQZA",
            "Quantity": 10,
            "Price": Decimal(40),
            "Value": Decimal(400),
            "Cost Basis": Decimal(300),
        },
    )
    assert codes(report) == []


def test_the_custodians_own_account_comes_first_and_anothers_is_never_taken():
    found, _ = merge(
        read_schwab([positions()]), tables([account("1-417", "Fidelity"), account("2-417", "Charles Schwab")])
    )
    assert [row["Account ID"] for row in found["Positions"].added] == ["2-417"]
    changes, report = merge(read_schwab([positions()]), tables([account("1-417", "Fidelity")]))
    assert changes == {}
    assert codes(report) == ["account-elsewhere"]


def test_an_unknown_account_is_named_once_with_what_to_do():
    changes, report = merge(read_schwab([positions(), lots()]), tables([account("5512-0001")]))
    assert changes == {}
    assert codes(report) == ["account-unknown", "account-unknown"]  # one a file
    text = str(report.problems[0])
    assert "p.csv" in text
    assert "'Individual ...417'" in text
    assert "Add the account to the Accounts sheet" in text


def test_an_ambiguous_mask_is_settled_by_the_files_name_only():
    both = tables([account("5512-3417"), account("9000-0417")])
    changes, report = merge(read_schwab([positions()]), both)
    assert changes == {}
    assert codes(report) == ["account-ambiguous"]
    assert "5512-3417, 9000-0417" in report.problems[0].what
    named, report = merge(read_schwab([positions(name="9000-0417 positions.csv")]), both)
    assert [row["Account ID"] for row in named["Positions"].added] == ["9000-0417"]


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ([account("5512-3417"), account("9000-0417")], "The file does not name its account, so it can't be told which"),
        ([account("1-417", "Fidelity")], "The file's account could be 1-417, but the Accounts sheet has that one at"),
        ([], "The file does not name its account, and none on the Accounts sheet is left to be it"),
    ],
)  # fmt: skip
def test_a_file_that_names_no_account_is_said_so_in_plain_words(known, said):
    read = read_schwab([positions()])
    nameless = replace(read, statements=tuple(replace(s, account="", digits="") for s in read.statements))
    _, report = merge(nameless, tables(known))
    assert report.problems[0].what.startswith(said)


def test_a_basis_that_only_the_firm_knows_is_kept():
    row = {
        "Account ID": "5512-3417",
        "Symbol": "QQZA",
        "Acquired": date(2024, 3, 2),
        "Quantity": 10,
        "Cost Basis": 250,
    }
    unknown = [dict(HELD[0], **{"Cost Basis": None})]
    changes, report = merge(read_schwab([lots(own=unknown)]), tables([account("5512-3417")], [row]))
    assert "Lots" not in changes
    assert report.kept_basis == 1


def test_lots_of_a_statement_with_an_unreadable_row_stay_as_they_were():
    row = {
        "Account ID": "5512-3417",
        "Symbol": "QQZA",
        "Acquired": date(2020, 1, 2),
        "Quantity": 7,
        "Cost Basis": 70,
    }
    name, content = lots()
    damaged = content.replace(b'"10","$40.00"', b'"10","$41.00"')
    changes, report = merge(read_schwab([(name, damaged)]), tables([account("5512-3417")], [row]))
    assert "Lots" not in changes
    assert codes(report) == ["row-damaged", "lots-left"]


def test_rows_are_removed_only_by_a_positions_file_that_was_not_cut_off():
    old = {"Account ID": "5512-3417", "Symbol": "OLD", "Quantity": 1}
    book = tables([account("5512-3417")], positions=[old])
    name, content = positions()
    whole, _ = merge(read_schwab([(name, content)]), book)
    assert whole["Positions"].removed == {2}
    cut, report = merge(read_schwab([(name, content.rpartition(b'"Positions Total"')[0])]), book)
    assert cut["Positions"].removed == frozenset()
    assert codes(report) == ["no-total"]


def test_lots_of_a_position_that_is_gone_are_pointed_out():
    old = {
        "Account ID": "5512-3417",
        "Symbol": "OLD",
        "Acquired": date(2020, 1, 2),
        "Quantity": 7,
        "Cost Basis": 70,
    }
    _, report = merge(read_schwab([positions()]), tables([account("5512-3417")], [old]))
    assert codes(report) == ["lots-left-over"]
    assert report.problems[0].place == "Lots!B2"


def test_a_new_security_comes_with_name_and_price_and_without_a_class():
    changes, report = merge(read_schwab([positions()]), tables([account("5512-3417")]))
    assert changes["Securities"].added == (
        {"Symbol": "QQZA", "Name": "QQZA INC", "Price": Decimal("40.00"), "Price Date": ON},
    )
    assert report.new_symbols == ["QQZA"]


def test_a_price_is_replaced_by_a_newer_one_only():
    def priced(on: date) -> dict[str, object]:
        return {"Symbol": "qqza", "Asset Class": "Equity", "Price": 39.0, "Price Date": on}

    older, _ = merge(
        read_schwab([positions()]), tables([account("5512-3417")], securities=[priced(date(2026, 9, 1))])
    )
    assert older["Securities"].updated == {2: {"Price": Decimal("40.00"), "Price Date": ON}}
    newer, report = merge(
        read_schwab([positions()]), tables([account("5512-3417")], securities=[priced(date(2026, 11, 1))])
    )
    assert "Securities" not in newer
    assert codes(report) == ["older-prices"]


def test_share_classes_keep_the_workbooks_spelling():
    held = [dict(HELD[0], Symbol="BRK/B")]
    content = positions_file("...417", ON, positions_section(held, {"BRK/B": 40.0}))
    known = {"Symbol": "BRK.B", "Asset Class": "Equity", "Price": 40.0, "Price Date": ON}
    changes, _ = merge(read_schwab([("p.csv", content)]), tables([account("5512-3417")], securities=[known]))
    assert [row["Symbol"] for row in changes["Positions"].added] == ["BRK.B"]
    assert "Securities" not in changes


def test_of_two_files_about_one_account_the_newer_counts():
    older = [dict(HELD[0], Quantity=99)]
    files = [positions(name="new.csv"), positions(on=date(2026, 7, 1), lots=older, name="old.csv")]
    for order in (files, files[::-1]):
        changes, report = merge(read_schwab(order), tables([account("5512-3417")]))
        assert [row["Quantity"] for row in changes["Positions"].added] == [10]
        assert codes(report) == ["older-statement"]


def figures(day: str, quantity: object, basis: int | None) -> LotFigures:
    return LotFigures(date.fromisoformat(day), Decimal(str(quantity)), basis)


def test_lots_are_paired_by_day_and_then_by_what_still_agrees():
    sheet = [figures("2020-01-02", 10, 100), figures("2020-01-02", 20, 300), figures("2021-05-05", 8, 800)]
    same = [figures("2020-01-02", 20, 300), figures("2020-01-02", 10, 100)]
    assert paired(same, sheet) == {0: 1, 1: 0}
    adjusted_basis = [figures("2020-01-02", 10, 140)]
    assert paired(adjusted_basis, sheet) == {0: 0}
    after_a_split = [figures("2020-01-02", 40, 300)]
    assert paired(after_a_split, sheet) == {0: 1}
    sold_in_part = [figures("2020-01-02", 12, 180)]  # 15 cents a share, as 300 / 20
    assert paired(sold_in_part, sheet) == {0: 1}
    only_lot_of_its_day = [figures("2021-05-05", 3, None)]
    assert paired(only_lot_of_its_day, sheet) == {0: 2}
    assert paired([figures("2022-02-02", 10, 100)], sheet) == {}
