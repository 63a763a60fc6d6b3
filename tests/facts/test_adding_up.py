"""Sums as a reader would check them: from the figures as shown alone, in facts, letters and the brief's rows."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

import pytest

from tests.drafting.corpora import clients, generated_book, sample_book
from xl_rebal.app.books import facts_of, review_of
from xl_rebal.briefs.context import brief_context
from xl_rebal.drafting.template import TemplateDrafter
from xl_rebal.facts.adding_up import Sum, shown_to_add_up
from xl_rebal.facts.types import Direction, Fact, FactKind, Facts, Topic

GENERATED = 14


@cache
def every() -> tuple[Facts, ...]:
    """The sample firm's and generated clients; tables made by hand have no engine behind them."""
    return tuple(f for f in clients(GENERATED) if "PLAN_HASH" in f.by_id)


def read(shown: str) -> Decimal:
    """`($1,234.50)` gives -1234.50, `+6.2%` gives 6.2."""
    value = Decimal(re.sub(r"[$,%()+]", "", shown))
    return -value if shown.startswith("(") else value


def shown(facts: Facts, fact_id: str) -> Decimal:
    fact = facts.by_id[fact_id]
    value = read(fact.display)
    return (
        -value
        if fact.kind is FactKind.MONEY and "GAIN" in fact.id and fact.direction is Direction.DOWN
        else value
    )


def matching(facts: Facts, pattern: str) -> list[str]:
    return [i for i in facts.by_id if re.fullmatch(pattern, i)]


def symbols(facts: Facts) -> list[str]:
    return [f.id.removeprefix("NAME_") for f in facts if f.id.startswith("NAME_") and f.label == "symbol"]


def test_trims_and_purchases_add_up_by_account_by_symbol_and_in_total() -> None:
    seen = 0
    for facts in every():
        for start, end, total in (
            ("TRIM", "PROCEEDS", "TRIM_TOTAL"),
            ("REALLOCATE", "AMOUNT", "REALLOCATE_TOTAL"),
        ):
            keys = [k for k in symbols(facts) if f"{start}_{k}_{end}" in facts.by_id]
            for key in keys:
                parts = matching(facts, rf"{start}_{key}_\d+_{end}")
                assert sum(shown(facts, i) for i in parts) == shown(facts, f"{start}_{key}_{end}"), (
                    facts.client_id
                )
                seen += len(parts)
            if keys:
                whole = sum(shown(facts, f"{start}_{k}_{end}") for k in keys)
                assert whole == shown(facts, total), facts.client_id
    assert seen > 60


def test_gains_add_up_by_sale_by_term_by_return_and_over_the_year() -> None:
    for facts in every():
        if "PLAN_GAIN" not in facts.by_id:
            continue
        gains = [f"TRIM_{k}_GAIN" for k in symbols(facts) if f"TRIM_{k}_GAIN" in facts.by_id]
        assert sum(shown(facts, i) for i in gains) == shown(facts, "PLAN_GAIN"), facts.client_id
        others = matching(facts, r"OTHER_\d+_GAIN")
        own = "OWN" if others else "PLAN"
        for term in ("LT", "ST"):
            returns = [f"{own}_{term}_GAIN", *(i.replace("_GAIN", f"_{term}_GAIN") for i in others)]
            assert sum(shown(facts, i) for i in returns) == shown(facts, f"PLAN_{term}_GAIN")
            assert shown(facts, f"REALIZED_{term}_GAIN") + shown(facts, f"{own}_{term}_GAIN") == shown(
                facts, f"YEAR_{term}_GAIN"
            )
        assert shown(facts, "PLAN_LT_GAIN") + shown(facts, "PLAN_ST_GAIN") == shown(facts, "PLAN_GAIN")


def test_the_gain_budget_is_used_exceeded_and_left_by_what_is_shown() -> None:
    seen = 0
    for facts in every():
        if "GAIN_BUDGET" not in facts.by_id:
            continue
        budget, used = shown(facts, "GAIN_BUDGET"), facts.by_id["BUDGET_USED"]
        net = read(used.display) * (-1 if used.direction is Direction.DOWN else 1)
        rest = "BUDGET_EXCESS" if "BUDGET_EXCESS" in facts.by_id else "BUDGET_LEFT"
        left = shown(facts, rest)
        assert budget - net == (-left if rest == "BUDGET_EXCESS" else left), facts.client_id
        seen += 1
    assert seen > 10


def test_weight_target_and_drift_add_up() -> None:
    for facts in every():
        for drift in matching(facts, "DRIFT_.*"):
            key = drift.removeprefix("DRIFT_")
            now, target = shown(facts, f"CURRENT_{key}"), shown(facts, f"TARGET_{key}")
            assert now - target == shown(facts, drift), (facts.client_id, key)
            if {f"AFTER_{key}", f"RESIDUAL_{key}"} <= set(facts.by_id):
                assert shown(facts, f"AFTER_{key}") - target == shown(facts, f"RESIDUAL_{key}")


def test_what_a_letter_lists_adds_up_to_the_total_it_names() -> None:
    seen = 0
    for facts in clients(GENERATED):
        for said in re.split(r"(?<=[.!?])\s+", TemplateDrafter().draft(facts).body):
            named, _, total = said.partition(", for a total of ")
            if total and "smaller" not in named and "others" not in named:
                parts = re.findall(r"\$[\d,]+(?:\.\d\d)?", named)
                assert sum(map(read, parts)) == read(total.rstrip(".")), (facts.client_id, said)
                seen += 1
    assert seen > 10


@pytest.mark.parametrize(
    "make", [sample_book, lambda: generated_book(GENERATED)], ids=["sample", "generated"]
)
def test_the_rows_of_a_brief_add_up_to_the_totals_below_them(make) -> None:  # type: ignore[no-untyped-def]
    book, seen = make(), 0
    for home in book.households:
        found = review_of(book, home.client.id)
        if found.withheld:
            continue
        facts = facts_of(book, found)
        values = brief_context(home, found, facts, TemplateDrafter().draft(facts)).values
        if not values["trims"] or values["trims_more"]:
            continue
        rows = values["trims"]
        assert sum(read(row["proceeds"]) for row in rows) == read(values["trim_total"]), home.client.name
        gains = [read(row["gain"]) for row in rows if row["gain"] != "–"]
        if gains:
            assert sum(gains) == read(values["gain_total"]), home.client.name
        seen += 1
    assert seen > 4


def money(fact_id: str, cents: int) -> Fact:
    return Fact(fact_id, Topic.GAIN, FactKind.MONEY, cents, f"${(abs(cents) + 50) // 100:,}", "amount")


def displays(sums: list[Sum], **cents: int) -> dict[str, str]:
    facts = {fact_id: money(fact_id, value) for fact_id, value in cents.items()}
    return {i: f.display for i, f in shown_to_add_up(facts, sums).items()}


def test_whole_dollars_that_add_up_stay_whole() -> None:
    """30,650.30 + 676.20 = 31,326.50 reads 30,650 + 676 = 31,327, so cents are shown; + 676.10 = 31,326.40 reads well."""
    one = [Sum("T", ("A", "B"))]
    assert displays(one, T=31_326_40, A=30_650_30, B=676_10) == {"T": "$31,326", "A": "$30,650", "B": "$676"}
    assert displays(one, T=31_326_50, A=30_650_30, B=676_20) == {
        "T": "$31,326.50", "A": "$30,650.30", "B": "$676.20",
    }  # fmt: skip


def test_cents_reach_every_amount_of_the_family_and_no_other() -> None:
    two = [Sum("T", ("A", "B")), Sum("A", ("C", "D")), Sum("X", ("Y",))]
    found = displays(two, T=1_01, A=51, B=50, C=26, D=25, X=7_49, Y=7_49)
    assert found == {
        "T": "$1.01",
        "A": "$0.51",
        "B": "$0.50",
        "C": "$0.26",
        "D": "$0.25",
        "X": "$7",
        "Y": "$7",
    }


def test_a_loss_counts_against_a_gain() -> None:
    """100.40 - 30.60 = 69.80: 100 - 31 = 69, but 70 would be shown."""
    found = displays([Sum("T", ("A", "B"))], T=69_80, A=100_40, B=-30_60)
    assert found == {"T": "$69.80", "A": "$100.40", "B": "$30.60"}


def test_what_is_no_sum_to_the_cent_is_left_alone() -> None:
    assert displays([Sum("T", ("A", "B"))], T=3_00, A=1_40, B=1_40) == {"T": "$3", "A": "$1", "B": "$1"}
    assert displays([Sum("T", ("A", "LOST"))], T=3_40, A=1_40) == {"T": "$3", "A": "$1"}
