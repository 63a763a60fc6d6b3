"""Whether transactions explain what changed in an account's positions between two imports."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.importers.memory import account, client, sheets
from xl_rebal.engine.book import ActivityType
from xl_rebal.engine.problems import Severity, Source
from xl_rebal.importers.read import read_exports
from xl_rebal.importing import merge
from xl_rebal.importing.explained import Move, explained

OLD, NEW = date(2026, 1, 31), date(2026, 2, 13)
BUY, SELL, IN, OTHER = (
    t.value for t in (ActivityType.BUY, ActivityType.SELL, ActivityType.TRANSFER_IN, ActivityType.OTHER)
)


def found(before: dict[str, int], after: dict[str, int], *moves: tuple[str, str, str, int]):
    return explained(
        "NN1",
        {s: Decimal(q) for s, q in before.items()},
        {s: Decimal(q) for s, q in after.items()},
        OLD, NEW,
        [Move(date.fromisoformat(on), kind, symbol, Decimal(q)) for on, kind, symbol, q in moves],
        Source("positions.csv", 1),
    )  # fmt: skip


def test_buys_sales_and_transfers_that_add_up_explain_a_change():
    result = found(
        {"AAA": 100, "BBB": 50}, {"AAA": 130, "CCC": 10},
        ("2026-02-02", BUY, "AAA", 40), ("2026-02-03", SELL, "AAA", 10), ("2026-02-03", SELL, "BBB", 50),
        ("2026-02-13", IN, "CCC", 10),
    )  # fmt: skip
    assert (result.explained, result.problem) == (3, None)


@pytest.mark.parametrize("on", ["2026-01-31", "2026-02-14"])
def test_a_trade_of_the_old_day_or_after_the_new_one_explains_nothing(on):
    result = found({"AAA": 100}, {"AAA": 110}, (on, BUY, "AAA", 10), ("2026-02-05", BUY, "ZZZ", 0))
    assert result.problem is not None
    assert "AAA went from 100 to 110, of which transactions explain 0" in result.problem.what


def test_what_transactions_do_not_explain_is_said_with_all_figures():
    result = found(
        {"AAA": 100, "BBB": 5},
        {"AAA": 80, "BBB": 5},
        ("2026-02-02", SELL, "AAA", 10),
        ("2026-02-04", BUY, "BBB", 7),
    )
    assert result.explained == 0
    assert result.problem is not None
    assert result.problem.severity is Severity.WARNING
    assert result.problem.what == (
        "Account NN1 since 2026-01-31: AAA went from 100 to 80, of which transactions explain -10; BBB is unchanged, though "
        "transactions moved +7."
    )


def test_changes_without_any_transaction_are_a_note():
    result = found({"AAA": 100}, {"AAA": 80})
    assert result.problem is not None
    assert result.problem.severity is Severity.NOTE
    assert found({"AAA": 100}, {"AAA": 100}).problem is None


def test_other_transactions_move_no_shares():
    assert found({"AAA": 100}, {"AAA": 100}, ("2026-02-02", OTHER, "AAA", 100)).problem is None


HEADER = "Client Name,Account Number,Account Type,Program,Symbol,CUSIP,Description,Quantity,Price,Market Value,Cost Basis"


def test_an_import_holds_positions_against_the_transactions_on_the_sheet():
    """Envestnet's file of February 13 has 10 shares; the sheet had 4 on January 31 and bought 5 since."""
    book = sheets(
        clients=[client("C1")],
        accounts=[account("NN1") | {"Positions As Of": OLD}],
        positions=[{"Account ID": "NN1", "Symbol": "QQZA", "Quantity": 4}],
        activity=[
            {
                "Date": date(2026, 2, 2),
                "Account ID": "NN1",
                "Type": "Buy",
                "Amount": 200,
                "Symbol": "QQZA",
                "Quantity": 5,
            }
        ],
    )
    lines = [HEADER, "C1,NN1,Joint,UMA,QQZA,,Example,10,$40.00,$400.00,$350.00", ""]
    read = read_exports("envestnet", [("Holdings 2026-02-13.csv", "\r\n".join(lines).encode())])
    _, report = merge(read.imported, book)
    problems = [p.what for p in report.problems if p.code == "change-unexplained"]
    assert problems == [
        "Account NN1 since 2026-01-31: QQZA went from 4 to 10, of which transactions explain +5."
    ]
