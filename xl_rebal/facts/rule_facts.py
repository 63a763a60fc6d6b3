"""The facts of confirmed rules: what the plan heeds because the client asked, in the words of the CRM entry and dated."""

from __future__ import annotations

from xl_rebal.dates import date_text
from xl_rebal.engine.book import Household, RuleKind, RuleState, Ruling
from xl_rebal.engine.client_rules import citation, paying_account, quoted
from xl_rebal.facts.adding_up import trimmed_money_text
from xl_rebal.facts.collect import Collector
from xl_rebal.facts.types import Topic

_TOPICS = {
    RuleKind.DO_NOT_SELL: Topic.TRADE,
    RuleKind.CASH_NEED: Topic.CASH,
    RuleKind.GAIN_BUDGET: Topic.BUDGET,
}


def add_rules(table: Collector, household: Household) -> None:
    """WISH_n for the advisor, one a rule in force; MEETING_WISH for the letter; DECLINED_WISH_n, what it must not offer."""
    number = 0
    for ruling in household.rules_in_force:
        rule = ruling.rule
        if rule.kind is RuleKind.MEETING:
            _add_meeting(table, ruling)
            continue
        number += 1
        said = f"{_heeded(table, household, ruling)}: {quoted(rule)} ({citation(rule)}; confirmed by {rule.confirmed_by})"
        table.text(
            f"WISH_{number}", _TOPICS[rule.kind], table.masked(said), "a client's wish that the plan heeds",
            sources=[rule.source], private=True,
        )  # fmt: skip
    declined = [
        r.rule for r in household.rulings if r.state is RuleState.DECLINED and r.rule.kind is RuleKind.MEETING
    ]
    for place, rule in enumerate(declined, 1):
        table.text(
            f"DECLINED_WISH_{place}", Topic.NOTE, rule.sentence, "a preference that was declined",
            sources=[rule.source], private=True,
        )  # fmt: skip


def _heeded(table: Collector, household: Household, ruling: Ruling) -> str:
    """What the plan does about a rule, in a few words."""
    rule = ruling.rule
    if rule.kind is RuleKind.DO_NOT_SELL:
        where = f" in {table.account_text(rule.account_id)}" if rule.account_id else ""
        return f"{rule.symbol} not sold{where}" + (f" until {date_text(rule.on)}" if rule.on else "")
    if rule.kind is RuleKind.CASH_NEED:
        payer = paying_account(household, rule)
        where = f" from {table.account_text(payer.id)}" if payer else ""
        by = f" by {date_text(rule.on)}" if rule.on else ""
        return f"{trimmed_money_text(ruling.cents)} raised{where}{by}"
    return f"Gains held against {trimmed_money_text(rule.amount_cents or 0)}"


def _add_meeting(table: Collector, ruling: Ruling) -> None:
    rule = ruling.rule
    rows = [rule.source]
    table.text(
        "MEETING_WISH", Topic.NOTE, " ".join(rule.sentence.split()), "how the client likes to meet, confirmed",
        sources=rows, private=True, as_of=rule.said_on,
    )  # fmt: skip
    if rule.said_on:
        table.day(
            "MEETING_WISH_DATE", Topic.NOTE, rule.said_on, "date of the entry", sources=rows, as_of=rule.said_on
        )  # fmt: skip
