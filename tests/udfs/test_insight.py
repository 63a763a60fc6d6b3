"""XR_PROOF, XR_FRONTIER, XR_WHY, XR_WHATIF and XR_CALENDAR through xlwings' own conversion."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.udfs.excel import excel
from tests.udfs.test_functions import Call, by_header, data, whole_tables
from xl_rebal.app import insight
from xl_rebal.sheets import insight_tables


@pytest.fixture(scope="module")
def call() -> Iterator[Call]:
    with excel() as excel_call:
        yield excel_call


@pytest.fixture
def key(call: Call) -> str:
    return str(call("XR_DATA", *data(whole_tables()))[0][0])


def test_a_proof_of_every_client_or_of_one(call: Call, key: str) -> None:
    everyone = call("XR_PROOF", key)
    assert len(everyone) == 1 + 12
    [hartwell] = by_header(call("XR_PROOF", key, "HAR01"))
    assert (hartwell["Proof"], hartwell["Checker"]) == ("Proven", "Passed")
    assert 0 <= hartwell["Gap"] < 5
    assert len(hartwell["Plan Hash"]) == insight_tables.HASH_SHOWN
    assert call("XR_PROOF", key, None, 3.0)[3][0] == "and 10 more"


def test_the_curve_has_the_plan_on_it_and_falls_with_more_drift(call: Call, key: str) -> None:
    curve = by_header(call("XR_FRONTIER", "HAR01", key))
    [plan] = [point for point in curve if point["Mark"] == "This plan"]
    assert (plan["Sold"], plan["LT Gain"]) == (185_000.0, 121_000.0)
    taxes = [point["Added Tax"] for point in curve if point is not plan]
    assert taxes == sorted(taxes, reverse=True)
    assert curve[-1]["Mark"].endswith("No trades")
    assert curve[-1]["Added Tax"] == 0.0


def test_points_are_as_many_as_asked_for_within_reason(call: Call, key: str) -> None:
    few, usual = call("XR_FRONTIER", "HAR01", key, 4.0), call("XR_FRONTIER", "HAR01", key)
    assert len(few) < len(usual) <= 1 + insight.POINTS + insight_tables.MARKS
    assert call("XR_FRONTIER", "HAR01", key, 0.0) == usual
    assert call("XR_FRONTIER", "HAR01", key, 1.0) == call("XR_FRONTIER", "HAR01", key, 2.0)
    assert len(call("XR_FRONTIER", "HAR01", key, 1e9)) <= 1 + insight.MOST_POINTS + insight_tables.MARKS


def test_why_names_the_sold_lots_by_shares_and_date(call: Call, key: str) -> None:
    why = by_header(call("XR_WHY", "HAR01", key))
    sold = [row for row in why if row["Subject"] == "Lot sold"]
    assert [row["Amount"] for row in sold] == [98_000.0, 45_000.0, 42_000.0]
    assert sold[0]["What"] == "NVDA, 50 of 2024-02-14, 4471-3390"
    assert all(row["Why"].endswith(".") for row in why)
    assert {row["Subject"] for row in why} <= {"Lot sold", "Lot kept", "Rule", "Wait", "Conflict"}
    assert call("XR_WHY", "HAR01", key, 2.0)[2][0] == f"and {len(why) - 1} more"


def test_a_withheld_client_has_no_curve_and_no_reasons_and_says_why(call: Call, key: str) -> None:
    for name in ("XR_FRONTIER", "XR_WHY"):
        assert call(name, "MAR06", key)[1][0] == "Withheld: cure 1 data error first (see Checks)."
    [proof] = by_header(call("XR_PROOF", key, "MAR06"))
    assert (proof["Proof"], proof["Checker"]) == ("Withheld", "Not asked")


def test_the_wash_calendar_of_the_firm_or_of_a_client_runs_by_date(call: Call, key: str) -> None:
    firm = by_header(call("XR_CALENDAR", key))
    *dates, withheld = [row["Clear From"] for row in firm]
    assert dates == sorted(dates)
    assert withheld == "unknown"
    assert firm[-1]["Client ID"] == "MAR06"
    [hartwell] = by_header(call("XR_CALENDAR", key, "HAR01"))
    # Reinvested in the Roth on October 2: the window's 30 days after it end on November 1.
    assert hartwell["Clear From"].date().isoformat() == "2026-11-02"
    assert (hartwell["Symbol"], hartwell["What"]) == ("SCHB", "Sell at a loss")
    assert hartwell["Blocked By"] == "9.55 bought 2026-10-02 in 4471-5527"
    assert len(call("XR_CALENDAR", key, None, 1.0)) == 2


def test_an_answer_is_computed_once_per_book(call: Call, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = call("XR_FRONTIER", "DEL03", key), call("XR_WHY", "DEL03", key)

    def never(*_: object) -> None:
        raise AssertionError("computed again")

    monkeypatch.setattr(insight, "frontier_of", never)
    monkeypatch.setattr(insight, "explanation_of", never)
    assert (call("XR_FRONTIER", "DEL03", key), call("XR_WHY", "DEL03", key)) == first


def test_an_unknown_client_is_answered_with_one_sentence(call: Call, key: str) -> None:
    for name in ("XR_FRONTIER", "XR_WHY"):
        assert call(name, "NOBODY", key)[0][0].startswith("No client 'NOBODY' in the book.")
    assert call("XR_PROOF", key, "NOBODY")[0][0].startswith("No client 'NOBODY' in the book.")


def figures(table: list[list[object]]) -> dict[object, list[object]]:
    return {row[0]: row[1:4] for row in table[1:]}


def test_what_if_without_a_wish_is_the_plan_itself(call: Call, key: str) -> None:
    """Empty input cells come as None in Excel and as empty text in LibreOffice."""
    as_it_is = call("XR_WHATIF", "HAR01", key)
    assert figures(as_it_is)["Long-term gain"] == [121_000.0, 121_000.0, 0.0]
    assert call("XR_WHATIF", "HAR01", key, None, "", " ", None) == as_it_is


def test_what_if_holds_a_gain_budget_and_pays_cash(call: Call, key: str) -> None:
    shown = figures(call("XR_WHATIF", "HAR01", key, 50_000.0, None, 20_000.0))
    assert shown["Long-term gain"][0] == 121_000.0
    assert shown["Long-term gain"][1] <= 50_000.0
    assert shown["Cash moved or paid out"] == [87_000.0, 107_000.0, 20_000.0], "the RMD, and the cash besides"


def test_what_if_reads_wishes_as_they_are_typed(call: Call, key: str) -> None:
    """A currency cell comes as Decimal, a text cell as text."""
    number = call("XR_WHATIF", "DEL03", key, 5_000.0, 0.03, None, "Yes")
    assert call("XR_WHATIF", "DEL03", key, Decimal("5000"), "3%", None, True) == number
    assert call("XR_WHATIF", "DEL03", key, "$5,000", "3%", None, "y") == number
    assert figures(number)["Short-term gain"][1] == 0.0
    assert figures(call("XR_WHATIF", "DEL03", key, None, None, None, "No"))["Short-term gain"][1] > 0.0


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ((-1.0,), "A gain budget is 0 or more."),
        (("a lot",), "The gain budget is a number, not 'a lot'."),
        ((None, 5.0), "A tolerance lies between 0% and 100%."),
        ((None, None, -5.0), "A cash need is 0 or more."),
        ((None, None, None, "perhaps"), "No short-term gains is Yes or No, or empty, not 'perhaps'."),
    ],
)
def test_what_if_says_what_is_wrong_with_a_wish(
    call: Call, key: str, wishes: tuple[object, ...], said: str
) -> None:
    assert call("XR_WHATIF", "HAR01", key, *wishes) == [[said]]


def test_what_if_of_a_withheld_client_says_so(call: Call, key: str) -> None:
    [_, row] = call("XR_WHATIF", "MAR06", key, 5_000.0)
    assert str(row[0]).startswith("Withheld")


def test_a_plan_under_the_same_wishes_is_made_once(
    call: Call, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = call("XR_WHATIF", "HAR01", key, 60_000.0)
    monkeypatch.setattr(insight, "what_if_of", None)
    assert call("XR_WHATIF", "HAR01", key, 60_000.0) == first
