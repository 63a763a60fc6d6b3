"""Tables about a plan: its proof, the curve of drift against tax, and why these lots. The reviews are those of test_tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from tests import builders as b
from tests.sheets.test_tables import HOME, PLAN, REVIEW, WITHHELD, row
from xl_rebal.engine.explain import Explanation, LotReason, RulePrice, Waiting
from xl_rebal.engine.frontier import Frontier, FrontierPoint, Mark
from xl_rebal.engine.results import Certificate, PlanState, ProofStatus, Rule, Slack
from xl_rebal.engine.wash_results import Blocking, WashBlock, WashDate
from xl_rebal.sheets import insight_tables, tables
from xl_rebal.sheets.tables import UNKNOWN

HASH = "0123456789abcdef" * 4
PROOF = Certificate(
    ProofStatus.OPTIMAL,
    objective=1_410.88,
    bound=1_410.0,
    nodes=3,
    slacks=(Slack("Gain budget", -2_100_000), Slack("Cash of IRA", 0), Slack("Band of Bonds", 250_000)),
    plan_hash=HASH,
)
PROVEN = replace(REVIEW, plan=replace(PLAN, certificate=PROOF))

# Drift 0 costs $1,200, 4 points $400, 8 points nothing: $200, then $100 for each further point.
AT_ONCE = FrontierPoint(0.0, 120_000, 0, 800_000, 2_000_000, 20_000)
HALF = FrontierPoint(0.04, 40_000, 0, 300_000, 900_000, 10_000)
NOTHING = FrontierPoint(0.08, 0, 0, 0, 0)
WHOLE_SHARES = FrontierPoint(0.0, 120_045, 0, 800_300, 2_000_700)
CURVE = Frontier(
    (AT_ONCE, HALF, NOTHING),
    (
        (Mark.PLAN, WHOLE_SHARES),
        (Mark.BUDGET, FrontierPoint(0.02, 80_000, 0, 500_000, 1_400_000)),
        (Mark.ZERO_TAX, replace(NOTHING, tax_cents=40)),
        (Mark.TODAY, NOTHING),
    ),
)
WHY = Explanation(
    lots=(
        LotReason("TAX", "VTI", "L-1", 2_000_000, 750_000, 12_345, 0.004, "Without this sale: $123.45 more tax."),
        LotReason("IRA", "VTI", "", 500_000, 0, None, 0.0, "Another lot would serve as well."),
        LotReason("TAX", "VTI", "L-2", 0, 90_000, 0, 0.0, "It would serve as well."),
    ),
    rules=(RulePrice(Rule.HOLD, "AAPL in Trust", 50_000, 0.01, "It costs $500.00."),),
    waiting=(Waiting(date(2027, 1, 15), ("L-1", "B", "C", "D", "E"), 70_000, "It saves $700.00."),),
    fighting=("Gain budget: too small.",),
)  # fmt: skip


def test_a_proof_says_the_most_that_a_plan_gives_away_and_what_binds_it() -> None:
    line = row(insight_tables.proof_table([PROVEN]), "C1")
    assert (line["Proof"], line["Gap"], line["Checker"], line["Programs"]) == ("Proven", 0.88, "Passed", 3.0)
    assert line["Plan Hash"] == "0123456789ab"
    assert line["Binding Limits"] == "Gain budget: $21,000.00 over; Cash of IRA: used up"


def test_a_gap_is_never_rounded_down() -> None:
    """1,410.8801 - 1,410 is more than 88 cents."""
    assert replace(PROOF, objective=1_410.8801).gap_cents == 89
    assert replace(PROOF, objective=1_410.0).gap_cents == 0
    assert replace(PROOF, objective=1_409.5).gap_cents == 0, "better than its bound by rounding only"


def test_a_proof_that_met_its_work_limit_says_so_on_the_dashboard() -> None:
    assert row(tables.book_table([PROVEN]), "C1")["Proof"] == "within $0.88"
    loose = replace(PLAN, certificate=replace(PROOF, status=ProofStatus.LIMITED))
    assert row(tables.book_table([replace(REVIEW, plan=loose)]), "C1")["Proof"] == "within $0.88, work limit"
    assert row(tables.book_table([WITHHELD]), "C1")["Proof"] is None
    assert row(tables.book_table([REVIEW]), "C1")["Proof"] == UNKNOWN, (
        "a plan without certificate proves nothing"
    )


def test_a_plan_that_does_nothing_has_no_gap_and_no_binding_limit() -> None:
    idle = replace(PROOF, status=ProofStatus.NOTHING, objective=0.0, bound=0.0, nodes=0)
    plan = replace(PLAN, state=PlanState.NO_ACTION, trades=(), certificate=idle)
    line = row(insight_tables.proof_table([replace(REVIEW, plan=plan)]), "C1")
    assert (line["Proof"], line["Gap"], line["Binding Limits"]) == ("Nothing to do", None, None)


def test_a_withheld_client_has_no_proof_and_the_checkers_objection_is_shown() -> None:
    line = row(insight_tables.proof_table([WITHHELD]), "C1")
    assert (line["Proof"], line["Checker"]) == ("Withheld", "Not asked")
    assert line["Binding Limits"] == "Withheld: cure 1 data error first (see Checks)."
    refused = replace(WITHHELD.problems[0], code="plan-unsound", what="The plan sells more than is held.")
    line = row(insight_tables.proof_table([replace(WITHHELD, problems=(refused,))]), "C1")
    assert (line["Checker"], line["Binding Limits"]) == ("Refused", "The plan sells more than is held.")


def test_the_curve_runs_by_drift_with_the_plan_in_a_row_of_its_own() -> None:
    header, *rows = insight_tables.frontier_table(REVIEW, CURVE)
    assert header == list(insight_tables.FRONTIER_HEADERS)
    assert [(r[0], r[1], r[2]) for r in rows] == [
        (0.0, "This plan", 1_200.45),
        (0.0, None, 1_200.0),
        (0.02, "Within the gain budget", 800.0),
        (0.04, None, 400.0),
        (0.08, "No added tax; No trades", 0.0),
    ]
    assert [r[-1] for r in rows] == [None, 200.0, None, 100.0, None], "$ for each further point of drift"


def test_a_curve_of_an_unknown_tax_reads_unknown() -> None:
    blind = Frontier((replace(AT_ONCE, tax_cents=None),), ((Mark.PLAN, replace(AT_ONCE, tax_cents=None)),))
    assert [r[1:3] for r in insight_tables.frontier_table(REVIEW, blind)[1:]] == [
        ["This plan", UNKNOWN],
        [None, UNKNOWN],
    ]


def test_no_curve_and_no_plan_are_said_in_words() -> None:
    assert str(insight_tables.frontier_table(WITHHELD, None)[1][0]).startswith("Withheld:")
    assert str(insight_tables.frontier_table(REVIEW, None)[1][0]).startswith("No curve: every class")
    assert str(insight_tables.why_table(WITHHELD, None)[1][0]).startswith("Withheld:")
    nothing = Explanation((), (), (), ())
    assert insight_tables.why_table(REVIEW, nothing)[1][0] == "No lot is sold, and no rule stands in the way."


def test_why_lists_sales_then_rules_then_waiting_then_what_fights_then_lots_kept() -> None:
    table = insight_tables.why_table(REVIEW, WHY, HOME.lots)
    assert table[1:] == [
        ["Lot sold", "VTI, 800 of 2020-01-15, TAX", 20_000.0, 123.45, 0.004, "Without this sale: $123.45 more tax."],
        ["Lot sold", "VTI, IRA", 5_000.0, UNKNOWN, 0.0, "Another lot would serve as well."],
        ["Rule", "Do not sell: AAPL in Trust", None, 500.0, 0.01, "It costs $500.00."],
        ["Wait", "VTI, 800 of 2020-01-15; lot B; 3 more", None, 700.0, None, "It saves $700.00."],
        ["Conflict", None, None, None, None, "Gain budget: too small."],
        ["Lot kept", "VTI, lot L-2, TAX", None, 0.0, 0.0, "It would serve as well."],
    ]  # fmt: skip


def test_every_table_is_a_rectangle_with_its_header_first() -> None:
    for table in (
        insight_tables.proof_table([PROVEN, WITHHELD]),
        insight_tables.frontier_table(PROVEN, CURVE),
        insight_tables.frontier_table(WITHHELD, None),
        insight_tables.why_table(PROVEN, WHY),
        insight_tables.why_table(WITHHELD, None),
    ):
        assert all(isinstance(header, str) for header in table[0])
        assert {len(r) for r in table} == {len(table[0])}
        assert len(table) > 1, "an empty table says so in a row"


SALE_WAITS = WashDate(
    "VTI",
    "",
    "TAX",
    WashBlock.SELL,
    date(2026, 11, 2),
    (
        Blocking("IRA", date(2026, 10, 2), Decimal("9.55"), b.buy("2026-10-02", "VTI", "9.55", "IRA"), True),
        Blocking("TAX", date(2026, 9, 20), None, b.buy("2026-09-20", "VTI", 5), False),
        Blocking("TAX", date(2026, 9, 18), Decimal(5), b.buy("2026-09-18", "VTI", 5), False),
    ),
    806_250,
    821,
    ("IRA",),
    "Accounts held elsewhere are unknown.",
)
BUY_WAITS = replace(
    SALE_WAITS,
    account_id="",
    block=WashBlock.BUY,
    clear_from=date(2026, 10, 31),
    blocked_by=(Blocking("TAX", date(2026, 9, 30), Decimal(100), b.buy("2026-09-30", "VTI", 1), False),),
    at_stake_cents=None,
    reinvesting=(),
    caveat="",
)


def test_the_wash_calendar_runs_by_date_over_all_clients() -> None:
    other = replace(REVIEW, client_id="C2")
    header, *rows = insight_tables.calendar_table([(REVIEW, (SALE_WAITS,)), (other, (BUY_WAITS,))])
    assert header == list(insight_tables.CALENDAR_HEADERS)
    assert rows == [
        [
            date(2026, 10, 31), "C2", "every account", "VTI", "Buy", UNKNOWN, None,
            "100 sold at a loss 2026-09-30 in TAX", None,
        ],
        [
            date(2026, 11, 2), "C1", "TAX", "VTI", "Sell at a loss", 8.21, "IRA",
            "9.55 bought 2026-10-02 in IRA; bought 2026-09-20 in TAX; 1 more",
            "Accounts held elsewhere are unknown.",
        ],
    ]  # fmt: skip


def test_a_withheld_client_stands_at_the_end_of_the_wash_calendar_with_its_reason() -> None:
    """Its dates would come from data that is known to be wrong; leaving it out would read as clear."""
    table = insight_tables.calendar_table([(WITHHELD, ()), (replace(REVIEW, client_id="C2"), (SALE_WAITS,))])
    assert [r[1] for r in table[1:]] == ["C2", "C1"]
    assert table[2][0] == UNKNOWN
    assert table[2][-1] == "Withheld: cure 1 data error first (see Checks)."


def test_nothing_waits_is_said_with_what_is_not_known() -> None:
    said = str(insight_tables.calendar_table([(REVIEW, ())])[1][0])
    assert said == "Nothing waits: no loss sale and no buy is blocked as far as is known."
