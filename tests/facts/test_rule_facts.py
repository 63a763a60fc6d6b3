"""Confirmed rules as facts: what the advisor reads of them, and how the letter offers to meet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tests import builders as b
from tests.engine.test_client_rules import home, need, rule, ruled
from xl_rebal.drafting.crm import preference_of
from xl_rebal.drafting.ids import Lookup
from xl_rebal.engine.book import RuleKind, RuleStatus
from xl_rebal.engine.review import review
from xl_rebal.facts.build import build_facts
from xl_rebal.facts.types import Facts


def facts(household) -> Facts:
    settings = b.settings()
    return build_facts(household, review(household, settings, b.tax_parameters(), ()), settings)


def test_each_rule_in_force_is_said_with_its_sentence_its_date_and_who_confirmed_it():
    found = facts(ruled(rule(), need("30,000"), rule(RuleKind.GAIN_BUDGET, amount_cents=5_000_000)))
    said = [found.by_id[f"WISH_{n}"].display for n in (1, 2, 3)]
    source = "\u2018The client said so.\u2019 (CRM entry of October 2, 2026; confirmed by M. Alder)"
    assert said == [
        f"BA not sold: {source}",
        f"$30,000 raised from Taxable \u2026TAX by January 31, 2027: {source}",
        f"Gains held against $50,000: {source}",
    ]
    assert all(found.by_id[f"WISH_{n}"].private for n in (1, 2, 3))
    (kept,) = (f.display for f in found if f.id.startswith("NOT_SOLD_"))
    assert kept.endswith("(client's wish of October 2, 2026)")


def test_rules_that_are_not_in_force_are_no_facts():
    found = facts(ruled(rule(status=RuleStatus.PROPOSED), rule(on=date(2026, 10, 1))))
    assert not [f.id for f in found if f.id.startswith("WISH_")]


def test_a_confirmed_preference_is_the_letters_and_a_declined_one_never_is():
    """The entry says phone; somebody confirmed video, or declined the phone."""
    phone = b.note("2026-10-02", "Prefers to talk by phone.")
    other = rule(RuleKind.MEETING, sentence="Prefers to meet by video.", said_on=date(2026, 9, 1))
    plain = home(notes=[phone])
    assert _phrase(plain) == "talking by phone"
    assert _phrase(ruled(other, of=plain)) == "meeting by video"
    declined = replace(other, sentence="Prefers to talk by phone", status=RuleStatus.DECLINED)
    assert _phrase(ruled(declined, of=plain)) is None
    assert _phrase(ruled(replace(declined, status=RuleStatus.PROPOSED), of=plain)) == "talking by phone"


def _phrase(household) -> str | None:
    preference = preference_of(Lookup(facts(household)))
    return preference.phrase if preference else None
