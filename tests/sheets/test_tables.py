"""What the cells show: dollars from cents, fractions, dates, and words where something is unknown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from tests import builders as b
from xl_rebal.engine.book import Owner, Registration, Term
from xl_rebal.engine.drift import drift
from xl_rebal.engine.problems import Problem, Severity, Source
from xl_rebal.engine.results import (
    Blocked,
    BudgetUse,
    Comparison,
    Disposal,
    HarvestCandidate,
    MarginalRates,
    Method,
    NetGains,
    Plan,
    PlanState,
    Review,
    Rmd,
    RmdAccount,
    RmdState,
    Scope,
    Side,
    TaxEstimate,
    Trade,
    TradeFlag,
    Transfer,
    WashState,
    WashStatus,
)
from xl_rebal.sheets import tables
from xl_rebal.sheets.tables import UNKNOWN, Cell, CellTable

# $80,000 of stock against a target of 60 %, $20,000 of bonds against 40 %: 20 points out, band 5.
STOCK_LOT = b.lot("VTI", 800, "50,000.00", "2020-01-15", id="L-1", source=Source("Lots", 7))
HOME = b.household(
    lots=[STOCK_LOT, b.lot("BND", 200, "21,000.00", "2026-09-30")],
    securities=[b.security("VTI", 100, "US Equity"), b.security("BND", 100, "Bonds")],
    targets=[b.target("US Equity", 0.6), b.target("Bonds", 0.4)],
)
SETTINGS = b.settings()

# 200 of 800 shares leave: basis 50,000 x 200/800 = 12,500.00; proceeds 20,000.00; gain 7,500.00 long-term.
SALE = Trade(
    "TAX",
    "VTI",
    Side.SELL,
    Decimal(200),
    Decimal(100),
    2_000_000,
    (Disposal(STOCK_LOT, Decimal(200), 2_000_000, 1_250_000, Term.LONG),),
    (TradeFlag.HIGH_GAIN,),
    "US Equity is 20.0% over target.",
)
PURCHASE = Trade("TAX", "BND", Side.BUY, Decimal(200), Decimal(100), 2_000_000, (), (), "Bonds are under.")
YEAR_BEFORE = NetGains(100_000, 200_000, 50_000, 0, 50_000, 200_000, 0, 0, 0)
YEAR_AFTER = NetGains(100_000, 950_000, 50_000, 0, 50_000, 950_000, 0, 0, 0)
PLAN = Plan(
    state=PlanState.PROPOSED,
    trades=(SALE, PURCHASE),
    transfers=(Transfer("IRA", "TAX", 123_456, "RMD of 2026"),),
    before=drift(HOME, SETTINGS),
    after=drift(HOME, SETTINGS, {"VTI": -2_000_000, "BND": 2_000_000}),
    short_gain_cents=0,
    long_gain_cents=750_000,
    gains=YEAR_AFTER,
    gains_before=YEAR_BEFORE,
    tax=TaxEstimate(0, 112_500, 28_500, 0),
    rates=MarginalRates(Decimal("0.24"), Decimal("0.15"), Decimal("0.038"), Decimal(0)),
    budget=BudgetUse(1_000_000, 300_000, 750_000),
    alternative=None,
    residual=(),
    shortfalls=(),
    blocked=(Blocked("IRA", "AGG", "L-9", 500_000, "Hold is set on Lots row 9."),),
    unknowns=(),
)
BLOCKED = WashStatus(
    "BND", WashState.BLOCKED, date(2026, 10, 31), (b.buy("2026-09-30", "BND", 40),), "Held-away is unknown."
)
REVIEW = Review(
    client_id="C1",
    client_name="Ada & Ben Sample",
    problems=(),
    drift=drift(HOME, SETTINGS),
    plan=PLAN,
    wash=(WashStatus("AGG", WashState.CLEAR, None, ()), BLOCKED),
    harvest=(),
    rmds=(),
    budget=BudgetUse(1_000_000, 300_000, 0),
)
ERROR = Problem(
    Severity.ERROR, "NO_PRICE", Source("Securities", 4), "Price", "C4", "", "No price.", "Enter it.", "C1"
)
WITHHELD = replace(REVIEW, plan=None, problems=(ERROR,))


def row(table: CellTable, first: str) -> dict[Cell, Cell]:
    """The row whose first cell is `first`, by header."""
    found = [r for r in table[1:] if r[0] == first]
    assert len(found) == 1, f"{len(found)} rows start with {first!r}"
    return dict(zip(table[0], found[0], strict=True))


def test_every_table_is_a_rectangle_with_its_header_first() -> None:
    for review in (REVIEW, WITHHELD, replace(WITHHELD, drift=None)):
        for table in (
            tables.drift_table(review),
            tables.plan_table(review),
            tables.lots_table(review),
            tables.left_out_table(review),
            tables.tax_table(review),
            tables.harvest_table([review]),
            tables.wash_table(review),
            tables.rmd_table(review),
            tables.checks_table(review.problems),
            tables.book_table([review]),
        ):
            assert all(isinstance(header, str) for header in table[0])
            assert {len(r) for r in table} == {len(table[0])}
            assert len(table) > 1, "an empty table says so in a row"


def test_drift_shows_weights_as_fractions_now_and_after_the_plan() -> None:
    table = tables.drift_table(REVIEW)
    stock = dict(zip(table[0], table[1], strict=True))
    assert stock == {
        "Asset Class": "US Equity",
        "Symbol": None,
        "Value": 80_000.0,
        "Weight": 0.8,
        "Target": 0.6,
        "Drift": 0.2,
        "Lower": 0.55,
        "Upper": 0.65,
        "Status": "Above band",
        "After Plan": 0.6,
    }


def test_drift_without_securities_lists_classes_only() -> None:
    assert [r[0] for r in tables.drift_table(REVIEW, securities=False)[1:]] == ["US Equity", "Bonds"]
    assert len(tables.drift_table(REVIEW)) == 1 + 2 + 2


def test_a_class_without_target_has_no_drift_rather_than_zero() -> None:
    alone = replace(HOME, targets=(b.target("US Equity", 1.0),))
    table = tables.drift_table(replace(REVIEW, drift=drift(alone, SETTINGS)))
    bonds = row([table[0], *[r for r in table[1:] if r[1] is None]], "Bonds")
    assert (bonds["Target"], bonds["Drift"], bonds["Status"]) == (None, None, "No target")


def test_a_withheld_client_shows_why_and_unknown_instead_of_zero() -> None:
    assert tables.plan_table(WITHHELD)[1][0] == "Withheld: cure 1 data error first (see Checks)."
    assert tables.drift_table(WITHHELD)[1][-2] == UNKNOWN
    line = row(tables.book_table([WITHHELD]), "C1")
    assert line["Status"] == "Withheld"
    assert [line[h] for h in ("Trims", "ST Gain", "LT Gain", "Tax")] == [UNKNOWN] * 4
    assert line["Budget Used"] == 3_000.0, "the year to date is known without a plan"
    assert line["Problems"] == "1 error"


def test_a_sale_shows_its_gain_by_term_and_a_purchase_shows_none() -> None:
    table = tables.plan_table(REVIEW)
    assert table[1] == [
        "TAX", "Sell", "VTI", 200.0, 100.0, 20_000.0, 0.0, 7_500.0, "High gain", "US Equity is 20.0% over target.",
    ]  # fmt: skip
    assert table[2][6:8] == [None, None]


def test_a_sale_inside_an_ira_has_no_gain_at_all() -> None:
    inside = replace(SALE, account_id="IRA", disposals=(), flags=(TradeFlag.SHELTERED,))
    table = tables.plan_table(replace(REVIEW, plan=replace(PLAN, trades=(inside,))))
    assert table[1][6:8] == [None, None]


def test_cash_moves_and_totals_follow_the_trades() -> None:
    table = tables.plan_table(REVIEW)
    assert row(table, "IRA")["Action"] == "Move cash"
    assert row(table, "IRA")["Amount"] == 1_234.56
    assert row(table, "IRA")["Reason"] == "to TAX: RMD of 2026"
    assert row(table, "Total sold")["Amount"] == 20_000.0
    assert row(table, "Total sold")["LT Gain"] == 7_500.0
    assert row(table, "Total bought")["Amount"] == 20_000.0


def test_what_the_plan_could_not_do_is_said_below_the_totals() -> None:
    left = drift(HOME, SETTINGS).classes[0]
    plan = replace(
        PLAN, residual=(left,), shortfalls=("$500 is missing in TAX.",), unknowns=("Income is blank.",)
    )
    table = tables.plan_table(replace(REVIEW, plan=plan))
    assert (
        row(table, "Still out of band")["Reason"] == "US Equity at 80.0%, target 60.0%, band 55.0% to 65.0%."
    )
    assert row(table, "Cash short")["Reason"] == "$500 is missing in TAX."
    assert row(table, "Unknown")["Reason"] == "Income is blank."


def test_no_action_is_said_and_has_no_totals() -> None:
    plan = replace(PLAN, state=PlanState.NO_ACTION, trades=(), transfers=())
    assert tables.plan_table(replace(REVIEW, plan=plan))[1:] == [
        ["No trades: every class and security is inside its band.", *[None] * 9]
    ]


def test_sold_lots_carry_what_specific_identification_needs() -> None:
    assert tables.lots_table(REVIEW)[1] == [
        "TAX", "VTI", "L-1", date(2020, 1, 15), "Long-term", 200.0, 20_000.0, 12_500.0, 7_500.0, 7.0,
    ]  # fmt: skip


def test_what_may_not_be_sold_is_listed_with_its_reason() -> None:
    assert tables.left_out_table(REVIEW)[1] == ["IRA", "AGG", "L-9", 5_000.0, "Hold is set on Lots row 9."]


def test_tax_adds_the_plan_to_the_year_line_by_line() -> None:
    table = tables.tax_table(REVIEW)
    net = row(table, "Net gain, both terms")
    # 1,000 + 2,000 so far; the plan adds 7,500; 10,500 with it.
    assert (net["Before plan"], net["Plan"], net["With plan"]) == (3_000.0, 7_500.0, 10_500.0)
    # 1,125 at 15 % and 285 of NIIT at 3.8 % of 7,500.
    assert row(table, "Tax added by the plan")["Plan"] == 1_410.0


def test_over_budget_is_negative_and_said_in_words() -> None:
    left = row(tables.tax_table(REVIEW), "Budget left (over)")
    # 10,000 - 3,000 = 7,000 before; 7,000 - 7,500 = -500 with the plan.
    assert (left["Before plan"], left["With plan"]) == (7_000.0, -500.0)
    assert left["Note"] == "Over budget by $500.00."
    assert row(tables.book_table([REVIEW]), "C1")["Budget Left (Over)"] == -500.0
    assert "Gain budget exceeded" in str(row(tables.book_table([REVIEW]), "C1")["Flags"])


def test_unknown_tax_reads_unknown_in_every_place() -> None:
    blind = replace(REVIEW, plan=replace(PLAN, tax=None, rates=None, unknowns=("Taxable Income is blank.",)))
    table = tables.tax_table(blind)
    assert row(table, "Tax added by the plan")["Plan"] == UNKNOWN
    assert row(table, "Rate on the next long-term $")["With plan"] == UNKNOWN
    assert row(table, "Unknown")["Note"] == "Taxable Income is blank."
    assert row(tables.book_table([blind]), "C1")["Tax"] == UNKNOWN


def test_rates_stand_in_the_rows_that_sheets_format_as_percent() -> None:
    for review in (REVIEW, replace(REVIEW, plan=replace(PLAN, budget=None, tax=None))):
        table = tables.tax_table(review)
        assert all("on the next" in str(table[i][0]) for i in tables.TAX_RATE_ROWS)
        assert sum("on the next" in str(r[0]) for r in table) == len(tables.TAX_RATE_ROWS)


def test_the_plan_within_budget_is_one_line_with_the_drift_it_leaves() -> None:
    other = replace(PLAN, long_gain_cents=600_000, residual=drift(HOME, SETTINGS).classes[:1])
    table = tables.tax_table(replace(REVIEW, plan=replace(PLAN, alternative=other)))
    line = row(table, "Within budget instead: net gain")
    assert line["Plan"] == 6_000.0
    assert "US Equity at 80.0%" in str(line["Note"])


def test_harvest_list_runs_over_clients_from_the_largest_loss() -> None:
    small = HarvestCandidate("TAX", "BND", (), Decimal(200), 2_000_000, -100_000, 0, BLOCKED, "AGG")
    large = replace(small, symbol="VXUS", long_loss_cents=-400_000, wash=REVIEW.wash[0], swap="")
    reviews = [replace(REVIEW, harvest=(small,)), replace(REVIEW, client_id="C2", harvest=(large,))]
    table = tables.harvest_table(reviews)
    assert [r[:3] for r in table[1:]] == [["C2", "TAX", "VXUS"], ["C1", "TAX", "BND"]]
    assert (row(table, "C2")["ST Loss"], row(table, "C2")["LT Loss"]) == (-1_000.0, -4_000.0)
    assert row(table, "C2")["Swap"] == "none named"
    assert row(table, "C2")["Clear From"] == "now"
    assert row(table, "C1")["Clear From"] == date(2026, 10, 31)
    assert row(table, "C1")["Note"] == "A wash sale if sold today. Held-away is unknown."
    assert "1 loss to harvest (1 blocked)" in str(row(tables.book_table(reviews), "C1")["Flags"])


def test_wash_calendar_puts_blocked_securities_first_with_what_blocks_them() -> None:
    table = tables.wash_table(REVIEW)
    assert [r[0] for r in table[1:]] == ["BND", "AGG"]
    assert table[1][1:5] == ["Wash sale", date(2026, 10, 31), date(2026, 9, 30), "1: 40 in TAX"]
    assert table[2][1:3] == ["Clear", "now"]


def test_rmd_shows_what_is_left_and_unknown_when_a_year_end_value_is_missing() -> None:
    account = RmdAccount("IRA", Registration.TRADITIONAL_IRA, 26_500_000, Decimal("26.5"), 1_000_000, 400_000)
    due = Rmd(
        Owner.CLIENT, "IRA", RmdState.DUE, 73, (account,), 1_000_000, 400_000, 600_000, date(2026, 12, 31)
    )
    table = tables.rmd_table(replace(REVIEW, rmds=(due,)))
    assert table[1] == [
        "Client, age 73", "IRA", "Due", 265_000.0, 26.5, 10_000.0, 4_000.0, 6_000.0, date(2026, 12, 31), None,
    ]  # fmt: skip
    assert row(tables.book_table([replace(REVIEW, rmds=(due,))]), "C1")["RMD Left"] == 6_000.0
    blind = replace(
        due,
        state=RmdState.UNKNOWN,
        required_cents=None,
        left_cents=None,
        accounts=(replace(account, prior_year_end_cents=None),),
    )
    table = tables.rmd_table(replace(REVIEW, rmds=(blind,)))
    assert (table[1][3], table[1][5], table[1][7]) == (UNKNOWN, UNKNOWN, UNKNOWN)
    assert row(tables.book_table([replace(REVIEW, rmds=(due, blind))]), "C1")["RMD Left"] == "at least $6,000"
    assert row(tables.book_table([replace(REVIEW, rmds=(blind,))]), "C1")["RMD Left"] == UNKNOWN


def test_crm_entries_stand_latest_first_as_recorded() -> None:
    notes = [
        b.note("2026-03-01", "Early."),
        b.note("2026-09-08", "Wired $250,000.", kind="Email", author="M. A."),
    ]
    assert tables.notes_table(notes)[1:] == [
        [date(2026, 9, 8), "Email", "M. A.", "Wired $250,000."],
        [date(2026, 3, 1), None, None, "Early."],
    ]
    assert tables.notes_table([])[1][0] == "No CRM entry about this client."


def test_no_rmd_due_is_an_empty_cell_not_zero() -> None:
    assert row(tables.book_table([REVIEW]), "C1")["RMD Left"] is None


def test_checks_list_worst_first_and_name_the_cell() -> None:
    note = replace(ERROR, severity=Severity.NOTE, source=Source("Clients", 2), cell="")
    table = tables.checks_table([note, ERROR])
    assert [r[0] for r in table[1:]] == ["Error", "Note"]
    assert [r[2] for r in table[1:]] == ["Securities!C4", "Clients row 2"]
    assert tables.checks_table([])[1][0] == "No problems found."


def test_a_folded_table_counts_what_it_hides() -> None:
    table: CellTable = [["Symbol", "Value"], ["A", 1.0], ["B", 2.0], ["C", 3.0], ["D", 4.0]]
    # Three rows of room: two are shown, the third says that C and D are not.
    assert tables.folded(table, 3) == [["Symbol", "Value"], ["A", 1.0], ["B", 2.0], ["and 2 more", None]]
    assert tables.folded(table, 4) == table
    assert tables.folded(table, 0) == table


def test_cents_become_the_nearest_float_of_their_dollars() -> None:
    assert tables.money(1_234_567_890_12) == 1_234_567_890.12
    assert tables.money(-1) == -0.01
    assert tables.money(None) == UNKNOWN


def test_rules_of_thumb_stand_below_the_plan_with_the_tax_they_cost_more() -> None:
    fifo = Comparison(
        Method.FIFO, Scope.ACCOUNT, 10_000_00, 1_00, 9_000_00, TaxEstimate(0, 2_000_00, 0, 0), 590_00
    )
    table = tables.compare_table(replace(REVIEW, comparisons=(fifo,)))
    assert row(table, "This plan")["Tax"] == 1_410.0
    assert row(table, "FIFO")["More Tax"] == 590.0
    unknown = tables.compare_table(
        replace(REVIEW, comparisons=(replace(fifo, tax=None, more_tax_cents=None),))
    )
    assert row(unknown, "FIFO")["Tax"] == UNKNOWN
    assert "nothing to compare" in str(tables.compare_table(REVIEW)[1][0])


def test_a_withheld_household_is_never_said_to_have_no_loss_or_no_price() -> None:
    withheld = replace(WITHHELD, drift=None, harvest=())
    reason = "Withheld: cure 1 data error first (see Checks)."
    assert tables.harvest_table([withheld])[1][0] == reason
    assert tables.drift_table(withheld)[1][0] == f"No weight is computed from data with errors. {reason}"
    nothing = replace(REVIEW, harvest=())
    assert tables.harvest_table([nothing])[1][0] == "No loss meets both thresholds."
    assert tables.harvest_table([nothing, withheld])[1][0] == (
        "No loss meets both thresholds. 1 client is withheld and left out."
    )
