"""The Verify sheet calculated by LibreOffice: its own formulas against the engine's review, and differences planted on purpose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.workbook.values_only import values_only
from workbook import verify_layout as v
from workbook.build import CLIENT_NAME, build_workbook
from workbook.verify_page import NO_ROOM, STALE
from workbook.verify_values import long_or_short
from xl_rebal import app
from xl_rebal.engine.drift import DriftStatus
from xl_rebal.engine.holding import term_on
from xl_rebal.engine.results import Review
from xl_rebal.libreoffice import host
from xl_rebal.libreoffice.host import LibreOffice, Values
from xl_rebal.sample import firm_rows, firm_settings_values

pytestmark = pytest.mark.skipif(bool(host.missing_parts()), reason="LibreOffice is not installed")
SHEET = "Verify"


@pytest.fixture(scope="module")
def office() -> Iterator[LibreOffice]:
    with LibreOffice() as running:
        yield running


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("verify") / "firm.xlsm"
    return build_workbook(path, firm_rows(), firm_settings_values())


@pytest.fixture(scope="module")
def reviews(sample: Path) -> dict[str, Review]:
    return {found.client_id: found for found in app.reviews(app.load(sample))}


def shown(office: LibreOffice, client: str = "") -> Values:
    if client:
        office.change(CLIENT_NAME, client)
    assert office.spill() == ()
    office.calculate()
    return office.values()


def lines(values: Values, head: int, rooms: int) -> list[list[Any]]:
    """The lines of a part from column B on, those that are used."""
    found = values.cells(SHEET, 1, head + 1, v.DIFFER, head + rooms)
    return [row for row in found if row[0]]


def summary(values: Values) -> str:
    [[text]] = values.cells(SHEET, 1, 2, 1, 2)
    return str(text).strip()


def dollars(cents: int) -> float:
    return cents / 100


# --- The sheet and the engine agree ------------------------------------------------------------------------------


def test_the_sheets_own_figures_are_the_engines_for_every_household(
    office: LibreOffice, sample: Path, reviews: dict[str, Review]
) -> None:
    office.open(sample)
    compared = 0
    for client, review in reviews.items():
        values = shown(office, client)
        if review.plan is None:
            assert summary(values).endswith("The client's plan is withheld, see Checks.")
            continue
        assert re.fullmatch(r"All (\d+) figures agree\.", summary(values)), f"{client}: {summary(values)}"
        compared += int(summary(values).split()[1])
        assert_classes(values, review)
        assert_lots(values, review)
        assert values.errors() == []
    assert compared > 250


def assert_classes(values: Values, review: Review) -> None:
    assert review.drift is not None
    found = {row[0]: row for row in lines(values, v.CLASS_HEAD, v.CLASS_ROOM)}
    expected = {s.asset_class: s for s in review.drift.classes if s.band}
    assert set(found) == set(expected), review.client_id
    for name, sleeve in expected.items():
        row = found[name]
        assert row[1] == dollars(sleeve.value_cents), f"{review.client_id} {name}"
        assert row[4] == pytest.approx(sleeve.weight, abs=1e-12)
        assert row[7] == pytest.approx(sleeve.drift, abs=1e-12)
        assert row[10] == sleeve.status.value
    household, rest = values.cells(SHEET, 2, v.TOTAL_ROW, 2, v.OTHER_ROW)
    assert household == [dollars(review.drift.total_cents)]
    untargeted = sum(s.value_cents for s in review.drift.classes if s.status is DriftStatus.NO_TARGET)
    assert rest == [dollars(untargeted)]


def assert_lots(values: Values, review: Review) -> None:
    assert review.plan is not None
    expected = [
        [
            trade.account_id,
            trade.symbol,
            float(d.lot.source.row),
            dollars(d.proceeds_cents),
            dollars(d.basis_cents),
            dollars(d.gain_cents),
            d.term.value,
        ]
        for trade in review.plan.sells
        for d in trade.disposals
    ]
    found = lines(values, v.PLAN_HEAD, v.PLAN_ROOM)
    assert [[r[0], r[1], r[2], r[4], r[6], r[8], r[11]] for r in found] == expected, review.client_id
    sums = values.cells(SHEET, 2, v.SUM_HEAD + 1, 2, v.SUM_HEAD + 2)
    assert sums == [[dollars(review.plan.all_short_gain_cents)], [dollars(review.plan.all_long_gain_cents)]]
    left = {r.owner.value: r.left_cents for r in review.rmds if r.pool == "IRA" and r.due}
    for owner, [figure] in zip(
        ("Client", "Spouse"), values.cells(SHEET, 2, v.SUM_HEAD + 3, 2, v.SUM_HEAD + 4), strict=True
    ):
        cents = left.get(owner)
        if cents is not None and figure != "needs the joint table":
            assert figure == dollars(cents), f"{review.client_id} {owner}"
        else:
            assert not isinstance(figure, float), f"{review.client_id} {owner}: {figure}"


# A household with what trips simple formulas up.
AWKWARD: dict[str, list[dict[str, object]]] = {
    "Clients": [
        {
            "Client ID": "A1",
            "Client Name": "Awkward",
            "Filing Status": "Single",
            "Model": "M",
            "Birth Date": date(1950, 8, 1),
            "Taxable Income": 90_000,
            "Band": 0.04,
        },
        {"Client ID": "A10", "Client Name": "Other", "Filing Status": "Single", "Model": "M"},
    ],
    "Accounts": [
        {"Account ID": "0007", "Client ID": "A1", "Registration": "Individual"},
        {"Account ID": "7", "Client ID": "A10", "Registration": "Individual"},
        {"Account ID": "70*1", "Client ID": "A1", "Registration": "Joint"},
        {
            "Account ID": "8001",
            "Client ID": "A1",
            "Registration": "Traditional IRA",
            "Prior Year-End Value": 100_000.01,
            "RMD Taken": 1_000,
        },
        {"Account ID": "9", "Client ID": "A1", "Registration": "Roth IRA"},
    ],
    "Securities": [
        {"Symbol": "STK", "Asset Class": "Equity", "Price": 10.005, "Buy": "Yes"},
        {"Symbol": "BND", "Asset Class": "Bonds", "Price": 50, "Buy": "Yes"},
        {"Symbol": "GLD", "Asset Class": "Gold", "Price": 20},
        {"Symbol": "CASH", "Asset Class": "Cash", "Price": None},
        {"Symbol": "MMF", "Asset Class": "Cash", "Price": 1},
    ],
    "Targets": [
        {"Model": "Other", "Asset Class": "Equity", "Target": 1.0},
        {"Model": "M", "Asset Class": "Equity", "Target": 0.5},
        {"Model": "M", "Asset Class": "Equity", "Target": 0.5, "Symbol": "STK"},
        {"Model": "M", "Asset Class": "GOLD", "Target": 0},
        {"Model": "M", "Asset Class": "Bonds", "Target": 0.45, "Band": 0.2, "Band Type": "Relative"},
        {"Model": "M", "Asset Class": "Cash", "Target": 0.05, "Lower": 0.0, "Upper": 0.2},
    ],
    "Lots": [
        # Two households' rows mixed, one account's rows apart, three shares that make half a cent.
        {"Account ID": "70*1", "Symbol": "STK", "Acquired": date(2024, 2, 28), "Quantity": 3, "Cost Basis": 11.11},
        {"Account ID": "7", "Symbol": "STK", "Acquired": date(2020, 1, 2), "Quantity": 100, "Cost Basis": 500},
        {"Account ID": "0007", "Symbol": "STK", "Acquired": date(2024, 2, 28), "Quantity": 2001, "Cost Basis": 4000.01},
        {"Account ID": "70*1", "Symbol": "STK", "Acquired": date(2024, 2, 27), "Quantity": 300.5, "Cost Basis": 2000},
        {"Account ID": "0007", "Symbol": "GLD", "Acquired": date(2020, 1, 2), "Quantity": 5, "Cost Basis": 50},
        {"Account ID": "0007", "Symbol": "cash", "Quantity": 123.45},
        {"Account ID": "8001", "Symbol": "BND", "Acquired": date(2020, 1, 2), "Quantity": 10, "Cost Basis": 400},
    ],
    "Positions": [
        {"Account ID": "0007", "Symbol": "CASH", "Quantity": 123.45},  # in Lots already
        {"Account ID": "70*1", "Symbol": "MMF", "Quantity": 77.77},  # cash that Lots lacks
        {"Account ID": "0007", "Symbol": "STK", "Quantity": 2001},
        {"Account ID": "0007", "Symbol": "GLD", "Quantity": 5},
        {"Account ID": "70*1", "Symbol": "STK", "Quantity": 303.5},
        {"Account ID": "8001", "Symbol": "BND", "Quantity": 10},  # has a lot
        {"Account ID": "9", "Symbol": "STK", "Quantity": 12.25},  # sheltered, without a lot
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def awkward(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As of February 28 after a leap year: a lot bought a year before to the day is short-term, one day older is long-term."""
    path = tmp_path_factory.mktemp("awkward") / "firm.xlsx"
    return build_workbook(path, AWKWARD, {"As Of": date(2025, 2, 28)}, macros=False)


def test_mixed_rows_odd_ids_positions_bands_and_leap_days(office: LibreOffice, awkward: Path) -> None:
    review = app.review_of(app.load(awkward), "A1")
    assert review.plan is not None, [p.what for p in review.problems]
    assert {d.term.value for t in review.plan.sells for d in t.disposals} == {"Short-term", "Long-term"}
    office.open(awkward)
    values = shown(office, "A1")
    assert summary(values).startswith("All ")
    assert_classes(values, review)
    assert_lots(values, review)


def test_an_id_may_be_text_on_one_sheet_and_a_number_on_another(office: LibreOffice, awkward: Path) -> None:
    office.open(awkward)
    before = shown(office, "A1")
    office.change("Lots!A8", 8001.0)
    office.change("Positions!A8", 9.0)
    after = shown(office)
    assert summary(after) == summary(before)
    assert lines(after, v.CLASS_HEAD, v.CLASS_ROOM) == lines(before, v.CLASS_HEAD, v.CLASS_ROOM)


def test_the_file_itself_holds_what_the_formulas_come_to(office: LibreOffice, awkward: Path) -> None:
    """Before anything has run: the cached figures are the calculated ones, cell by cell."""
    assert_cached(office, awkward)


def cached(path: Path) -> Any:
    with pytest.warns(UserWarning, match="extension is not supported"):  # data bars
        return openpyxl.load_workbook(path, data_only=True)[SHEET]


def assert_cached(office: LibreOffice, path: Path) -> None:
    saved = cached(path)
    office.open(path)
    office.calculate()
    rows = office.values().sheets[SHEET]
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            ours = saved.cell(y + 1, x + 1).value
            if isinstance(value, float) and isinstance(ours, int | float):
                assert ours == pytest.approx(value, abs=1e-9), (y, x)
            elif not hasattr(ours, "year"):
                assert (ours or None) == value, (y, x)


def test_more_classes_than_there_is_room_for_are_neither_compared_nor_called_different(
    office: LibreOffice, tmp_path: Path
) -> None:
    """Nor is what is left over for `Without a target`, which would hold the classes that have no line."""
    more = [f"Class {n}" for n in range(v.CLASS_ROOM)]
    rows = {
        **AWKWARD,
        "Securities": [
            *AWKWARD["Securities"],
            *({"Symbol": f"S{n}", "Asset Class": name, "Price": 10} for n, name in enumerate(more)),
        ],
        "Targets": [
            *({"Model": "M", "Asset Class": name, "Target": 0.05} for name in more[:9]),
            *({"Model": "M", "Asset Class": name, "Target": 0.2} for name in ("Equity", "Bonds")),
            {"Model": "M", "Asset Class": "Cash", "Target": 0.15},
            {"Model": "M", "Asset Class": "Gold", "Target": 0},
        ],
    }
    path = build_workbook(tmp_path / "firm.xlsx", rows, {"As Of": date(2025, 2, 28)}, macros=False)
    assert_cached(office, path)
    assert re.fullmatch(rf"All (\d+) figures agree\. {re.escape(NO_ROOM)}", summary(office.values()))


@pytest.mark.parametrize(("lots", "accounts"), [(v.LOT_ROOM, 0), (0, v.ACCOUNT_ROOM)])
def test_a_new_file_says_of_a_client_with_too_many_rows_that_the_rest_is_not_recomputed(
    lots: int, accounts: int, tmp_path: Path
) -> None:
    """As its formulas do: with rows missing, values would be called different, or all agree that was never compared."""
    lot = {
        "Account ID": "0007",
        "Symbol": "STK",
        "Acquired": date(2015, 1, 2),
        "Quantity": 1,
        "Cost Basis": 9,
    }
    account = {"Client ID": "A1", "Registration": "Individual"}
    rows = {
        **AWKWARD,
        "Positions": [],
        "Accounts": [*AWKWARD["Accounts"], *({"Account ID": f"N{n}", **account} for n in range(accounts))],
        "Lots": [*AWKWARD["Lots"], *([lot] * lots)],
    }
    path = build_workbook(tmp_path / "firm.xlsx", rows, {"As Of": date(2025, 2, 28)}, macros=False)
    sheet = cached(path)
    assert re.fullmatch(rf"All \d+ figures agree\. {re.escape(NO_ROOM)}", sheet["B3"].value)
    compared = [sheet.cell(row + 1, v.COMPARED + 1).value for row in range(v.TOTAL_ROW, v.CLASS_HEAD + 5)]
    assert not any(compared), "classes are not compared where rows are missing"


@pytest.mark.parametrize("year", [2023, 2024, 2025, 2027, 2028])
def test_the_term_by_the_calendar_is_the_engines(year: int) -> None:
    days = [date(year, month, day) for month in (2, 3) for day in (1, 27, 28)] + [date(year, 12, 31)]
    days += [date(year, 2, 29)] if year % 4 == 0 else []
    for bought in days:
        for sold in (
            date(year + 1, 2, 28),
            date(year + 1, 3, 1),
            date(year + 1, 3, 2),
            date(year + 1, 12, 31),
        ):
            assert long_or_short(bought, sold) == term_on(bought, sold).value, (bought, sold)


# --- Differences are shown -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stale(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook with its XR_ results as plain values: what stays when Python does not answer."""
    return values_only(sample, tmp_path_factory.mktemp("stale") / "stale.xlsm")


def test_a_lot_changed_after_the_results_is_shown(office: LibreOffice, stale: Path) -> None:
    office.open(stale)
    office.calculate()
    assert summary(office.values()).startswith("All ")
    office.change("Lots!D2", 500.0)  # 400 shares of AAPL at $225 when the results were made
    office.calculate()
    values = office.values()
    found = re.match(r"(\d+) of (\d+) figures differ: see the rows marked Differs\.", summary(values))
    assert found, summary(values)
    assert int(found[1]) > 3
    equity = next(row for row in lines(values, v.CLASS_HEAD, v.CLASS_ROOM) if row[0] == "Equity")
    assert equity[3] == 100 * 225.0
    assert equity[13] == "Differs"


def test_a_result_typed_over_is_shown_in_its_row(office: LibreOffice, stale: Path) -> None:
    office.open(stale)
    office.change(v.result_cell("XR_LOTS", "Gain", 1).replace("$", ""), 1.0)
    office.calculate()
    values = office.values()
    assert summary(values).startswith("1 of ")
    first, *others = lines(values, v.PLAN_HEAD, v.PLAN_ROOM)
    assert (first[13], first[10]) == ("Differs", first[8] - 1.0)
    assert {row[13] for row in others} == {"Agrees"}


def test_a_term_and_a_class_that_are_wrong_or_gone_are_shown(office: LibreOffice, stale: Path) -> None:
    office.open(stale)
    office.change(v.result_cell("XR_LOTS", "Term", 1).replace("$", ""), "Short-term")
    office.change(v.result_cell("XR_DRIFT", "Asset Class", 1).replace("$", ""), "Equities")
    office.calculate()
    values = office.values()
    assert lines(values, v.PLAN_HEAD, v.PLAN_ROOM)[0][13] == "Differs"
    equity = next(row for row in lines(values, v.CLASS_HEAD, v.CLASS_ROOM) if row[0] == "Equity")
    assert (equity[2], equity[13], equity[15]) == ("missing", "Differs", 4.0)
    assert summary(values).startswith("5 of ")


def test_figures_of_before_a_refresh_never_say_that_all_agree(sample: Path) -> None:
    """A refresh without Excel stores XR_ results only. Conditional formats are evaluated when a sheet is shown: the line on
    top then reads `Press F9`, as the cell that was calculated with it holds another key than XRBook."""
    with pytest.warns(UserWarning, match="extension is not supported"):
        book = openpyxl.load_workbook(sample)
    sheet = book[SHEET]
    kept = v.cell(0, v.COUNTS - 1)
    assert sheet[kept.replace("$", "")].value == "=XRBook"
    [rules] = [
        rules for area, rules in sheet.conditional_formatting._cf_rules.items() if str(area.sqref) == "B3"
    ]
    first = min(rules, key=lambda rule: rule.priority)
    assert (first.formula, first.stopIfTrue) == ([f"{kept}<>XRBook"], True)
    assert first.dxf.numFmt.formatCode == f';;;"{STALE}"'


def test_cells_that_hold_texts_never_keep_a_workbook_from_being_built(tmp_path: Path) -> None:
    rows = {name: [dict(row) for row in lines] for name, lines in AWKWARD.items()}
    rows["Lots"][2] |= {"Quantity": "2,001"}
    rows["Lots"][3] |= {"Acquired": "2024-02-27"}
    rows["Lots"][0] |= {"Cost Basis": "$11.11"}
    rows["Positions"][1] |= {"Quantity": "77.77"}
    rows["Targets"][1] |= {"Target": "50%"}
    rows["Targets"][3] |= {"Band": "20%"}
    rows["Clients"][0] |= {"Birth Date": "1950-08-01"}
    rows["Accounts"][3] |= {"RMD Taken": "$1,000"}
    assert build_workbook(tmp_path / "x.xlsx", rows, {"As Of": date(2025, 2, 28)}, macros=False).is_file()
