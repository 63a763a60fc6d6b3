"""A trust that files its own return, from the workbook's rows to every place that shows it; totals equal their parts."""

from __future__ import annotations

from typing import Any

import pytest

from xl_rebal import app
from xl_rebal.app import drafts
from xl_rebal.briefs.context import brief_context
from xl_rebal.drafting.grounding import check_draft
from xl_rebal.engine.book import Book
from xl_rebal.sheets import layout, tables
from xl_rebal.sheets.read import Table
from xl_rebal.sheets.tables import CellTable

TRUST, OWN = "7710-9901", "7710-0001"


def book(*, trust_stock: int = 1000, own_stock: int = 0, **trust: object) -> Book:
    """$180,000, half stocks and half bonds wanted: stocks are $10,000 over, each $100 of them holds $80 of gain.

    A trust with $10,000 of income, a couple with $700,000, a gain budget of $5,000.
    """
    rows: dict[str, list[dict[str, Any]]] = {
        "Clients": [
            {
                "Client ID": "ADA", "Client Name": "Ada & Ben Abel", "Filing Status": "Married filing jointly",
                "Model": "Half", "Taxable Income": 700_000, "Gain Budget": 5_000,
            }
        ],
        "Accounts": [
            {"Account ID": OWN, "Client ID": "ADA", "Registration": "Joint"},
            {
                "Account ID": TRUST, "Client ID": "ADA", "Registration": "Irrevocable Trust",
                "Own Taxable Income": 10_000, **{k.replace("_", " "): v for k, v in trust.items()},
            },
        ],
        "Securities": [
            {"Symbol": "STK", "Asset Class": "Equity", "Price": 100},
            {"Symbol": "BND", "Asset Class": "Bonds", "Price": 100, "Buy": "Yes"},
        ],
        "Targets": [
            {"Model": "Half", "Asset Class": "Equity", "Target": 0.5},
            {"Model": "Half", "Asset Class": "Bonds", "Target": 0.5},
        ],
        "Lots": [
            {"Account ID": a, "Symbol": s, "Acquired": "2015-03-02", "Quantity": n, "Cost Basis": n * basis}
            for a, s, n, basis in (
                (TRUST, "STK", trust_stock, 20), (OWN, "STK", own_stock, 20), (TRUST, "BND", 400, 100), (OWN, "BND", 400, 100),
            )
            if n
        ],
    }  # fmt: skip
    found = {
        sheet.name: Table(
            sheet.name,
            sheet.headers,
            [[row.get(h) for h in sheet.headers] for row in rows.get(sheet.name, [])],
        )
        for sheet in layout.INPUT_SHEETS
    }
    settings = [["As Of", "2026-10-15", None], ["Firm Name", "Test & Co", None]]
    found["Settings"] = Table("Settings", layout.SETTINGS_HEADERS, settings)
    return app.book_of(found)


def row(table: CellTable, label: str) -> list[Any]:
    (found,) = [r for r in table if r[0] == label]
    return list(found)


BOTH = {"trust_stock": 500, "own_stock": 500}


def test_the_tax_sheet_tells_the_returns_apart_and_adds_them_up() -> None:
    """8,000 of gain in the trust on 10,000 of income: 937.50 + 350.00 + 76.00 (tests/engine/test_trusts.py)."""
    review = app.review_of(book(), "ADA")
    table = tables.tax_table(review)
    assert row(table, "Long-term gain")[1:4] == [0.0, 0.0, 0.0]
    assert row(table, "Tax added by the plan")[2] == 0.0
    assert row(table, "Irrevocable Trust ...9901: long-term gain")[1:4] == [0.0, 8_000.0, 8_000.0]
    assert row(table, "Irrevocable Trust ...9901: long-term gain")[4] == (
        "Rate on its next long-term $: 20.0% + 3.8% NIIT."
    )
    assert row(table, "Irrevocable Trust ...9901: tax added")[2] == 1_363.5
    assert row(table, "Tax added over every return")[2] == 1_363.5
    assert any("taxed on its own return" in str(r[4]) for r in table)


@pytest.mark.parametrize("stock", [{}, BOTH], ids=["all in the trust", "in both"])
def test_every_total_is_the_sum_of_its_parts(stock: dict[str, Any]) -> None:
    made = book(**stock)
    review = app.review_of(made, "ADA")
    plan = review.plan
    assert plan is not None
    trades = [r for r in tables.plan_table(review) if r[1] == "Sell"]
    total = row(tables.plan_table(review), "Total sold")
    assert [sum(float(r[i] or 0) for r in trades) for i in (5, 6, 7)] == total[5:8]
    compared, listed = tables.compare_table(review), tables.book_table([review])
    tax = row(tables.tax_table(review), "Tax added over every return")[2]
    parts = [r[2] for r in tables.tax_table(review) if str(r[0]).endswith(("tax added", "added by the plan"))]
    assert sum(parts) == tax
    assert row(compared, "This plan")[3:6] == [*total[6:8], tax]
    header = list(listed[0])
    shown = dict(zip(header, listed[1], strict=True))
    assert [v for h, v in shown.items() if h in ("ST Gain", "LT Gain", "Tax")] == [*total[6:8], tax]
    record = app.review_record(made, review)["plan"]
    assert isinstance(record, dict)
    assert record["all_tax_cents"] == record["tax_cents"] + sum(
        o["tax_cents"] for o in record["other_taxpayers"]
    )
    assert sum(t["gain_cents"] for t in record["trades"]) == (
        record["short_gain_cents"]
        + record["long_gain_cents"]
        + sum(o["short_gain_cents"] + o["long_gain_cents"] for o in record["other_taxpayers"])
    )


def test_the_facts_tell_the_returns_apart_and_the_budget_is_the_households() -> None:
    made = book()
    facts = app.facts_of(made, app.review_of(made, "ADA")).by_id
    assert facts["PLAN_LT_GAIN"].display == facts["OTHER_1_LT_GAIN"].display == "$8,000"
    assert facts["OWN_LT_GAIN"].display == facts["OWN_TAX"].display == "$0"
    assert facts["PLAN_TAX"].display == facts["OTHER_1_TAX"].display == "$1,364"
    assert facts["OTHER_1_NAME"].private
    assert facts["BUDGET_USED"].display == "$0"
    assert facts["OTHER_1_TAX"].sources


def test_the_brief_and_the_letter_say_what_is_on_the_trusts_own_return() -> None:
    made = book()
    review = app.review_of(made, "ADA")
    facts = app.facts_of(made, review)
    draft = drafts.drafter_of(made).draft(facts)
    assert check_draft(draft, facts) == ()
    assert "Of this, a gain of $8,000 is in the trust, which pays tax on a return of its own" in draft.body
    assert "doesn't count toward your gain budget" in draft.body
    values = brief_context(made.household("ADA"), review, facts, draft).values
    (line,) = [entry for entry in values["tax"] if entry["label"] == "Of it"]
    assert line["text"].replace("\u00a0", " ") == (
        "Irrevocable Trust ...9901, its own return: $8,000 long-term, tax $1,364"
    )
    assert values["gain_total"] == "$8,000"


def test_a_household_without_such_a_trust_is_told_nothing_of_it() -> None:
    made = book(**BOTH, Own_Taxable_Income=None)
    review = app.review_of(made, "ADA")
    assert review.plan is not None
    assert {t.account_id for t in review.plan.sells} == {OWN}
    facts = app.facts_of(made, review).by_id
    assert not [i for i in facts if i.startswith(("OTHER_", "OWN_"))]
    assert not [r for r in tables.tax_table(review) if "every return" in str(r[0])]
    assert any(
        "own taxable income is not in the workbook" in str(r[4]) for r in tables.left_out_table(review)
    )
    assert any(p.code == "separate-taxpayer" and "Own Taxable Income" in p.todo for p in review.problems)
