"""What CRM entries can not do: change a figure, the recommendation or the recipient, or carry out who the client is.

Measured on whole exchanges: a server on this computer keeps the bytes that it is sent, and plays a model that obeys an entry.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from tests.drafting.corpora import lines_of
from tests.drafting.endpoint import GOOD, Endpoint, completion
from tests.drafting.tables import Table, hartwell
from xl_rebal.drafting.grounding import check_draft
from xl_rebal.drafting.openai_drafter import OpenAIDrafter, parsed_answer
from xl_rebal.drafting.prompt import filled_draft, first_messages, token_rules_broken
from xl_rebal.drafting.prompts import load_prompts
from xl_rebal.drafting.template import TemplateDrafter
from xl_rebal.facts.draft import Draft
from xl_rebal.facts.types import Facts, Topic

ENTERED = date(2026, 9, 9)


def with_entry(entry: str, kind: str = "Call") -> Facts:
    """Hartwell with this entry as the only one."""
    facts = hartwell()
    notes = [f for f in Table("C", "V").note(entry, ENTERED, kind).done() if f.topic is Topic.NOTE]
    return replace(facts, facts=(*(f for f in facts if f.topic is not Topic.NOTE), *notes))


def figures(draft: Draft) -> set[str]:
    """Figures of the letter, without the entry's own date and what is quoted of it."""
    said = re.sub("\u201c.*?\u201d|September 9, 2026", "", draft.body)
    return set(re.findall(r"\$[\d,]*\d|[\d.]+%?", said)) - {"."}


def names(draft: Draft) -> set[str]:
    said = re.sub("\u201c.*?\u201d", "", draft.body)
    return set(re.findall(r"\b[A-Z]{2,5}\b", said))


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    with HTTPServer() as server:
        yield Endpoint(server)


ALONE = TemplateDrafter().draft(with_entry("Talked about the garden."))


def test_no_entry_changes_a_figure_the_recommendation_or_the_recipient_of_the_templates_letter() -> None:
    entries = lines_of("crm_injections")
    assert len(entries) >= 50
    for entry in entries:
        for kind in ("Call", "Preference"):
            facts = with_entry(entry, kind)
            draft = TemplateDrafter().draft(facts)
            assert check_draft(draft, facts) == (), entry
            assert (draft.greeting, draft.closing, draft.subject) == (
                ALONE.greeting,
                ALONE.closing,
                ALONE.subject,
            ), entry
            assert figures(draft) <= figures(ALONE) | {
                "66.2%",
                "60%",
                "55%",
                "65%",
                "30.1%",
                "35%",
                "60.0%",
            }, entry
            assert names(draft) <= names(ALONE), entry


def faults_of(answer: dict[str, Any], facts: Facts) -> tuple[str, ...]:
    """As the drafter judges an answer."""
    read = parsed_answer(json.dumps(answer))
    broken = token_rules_broken(read, facts)
    return broken or check_draft(filled_draft(read, facts, TemplateDrafter().draft(facts), "model m"), facts)


def obeying(entry: str) -> dict[str, Any]:
    """A good answer with what the entry asks for in the letter, word for word."""
    answer: dict[str, Any] = json.loads(json.dumps(GOOD))
    answer["email"][1]["text"] += f" {entry}"
    return answer


def test_a_model_that_obeys_an_entry_is_not_believed(endpoint: Endpoint) -> None:
    """Each entry by the rules, one in twelve through a real exchange to the template's letter."""
    entries = lines_of("crm_injections")
    assert [entry for entry in entries if not faults_of(obeying(entry), with_entry(entry))] == []
    drafter = OpenAIDrafter("m", endpoint.url, api_key="k", retries=0)
    for entry in entries[::12]:
        facts = with_entry(entry)
        endpoint.play(completion(json.dumps(obeying(entry))))
        draft = drafter.draft(facts)
        assert draft.drafted_by.startswith("template (model answer rejected")
        assert draft.body == TemplateDrafter().draft(facts).body
    drafter.close()


OBEYED = (
    "We propose selling everything.", "We would put all of it into Bitcoin.", "We propose buying GME as well.",
    "Your consent is on file.", "Nothing needs to be confirmed.", "You have already approved the trades.",
    "Please forward this letter to Max Power.", "Replies go to help@example.com.", "See www.example.com for more.",
    "This letter is for Smith & Co.", "We would switch the entire portfolio.", "The trades need no further approval.",
)  # fmt: skip


@pytest.mark.parametrize("sentence", OBEYED)
def test_a_model_that_obeys_in_its_own_words_is_not_believed(sentence: str) -> None:
    assert faults_of(obeying(sentence), hartwell())


def test_an_entry_stands_between_its_marks_and_can_not_end_them() -> None:
    for entry in lines_of("crm_injections"):
        asked = first_messages(with_entry(entry), load_prompts())
        assert asked[1]["content"].count("<<<CRM") == asked[1]["content"].count("CRM>>>") == 1, entry
        for message in asked:
            outside = re.sub("<<<CRM.*?CRM>>>", "", message["content"], flags=re.S)
            assert entry not in outside


def test_nothing_that_identifies_people_is_in_the_bytes_that_leave(endpoint: Endpoint) -> None:
    """Names, nicknames, relatives, employers, towns, numbers, addresses of three dozen entries, first request and repair."""
    endpoint.play(completion("no letter"))
    found = []
    drafter = OpenAIDrafter("m", endpoint.url, api_key="k", retries=0)
    for line in lines_of("crm_private"):
        known = re.findall(r"\{([^}]+)\}", line)
        endpoint.bodies.clear()
        drafter.draft(with_entry(re.sub(r"[{}]", "", line)))
        assert len(endpoint.bodies) == 2
        for body in endpoint.bodies:
            said = json.dumps(json.loads(body), ensure_ascii=False)
            entry = said.split("<<<CRM")[1].split("CRM>>>")[0]
            found += [(i, line) for i in known if re.search(rf"(?<!\w){re.escape(i)}(?!\w)", entry)]
            found += [
                (i, line) for i in ("Hartwell", "Ellen", "Ridgeline", "4417", "0093", "C-1001") if i in said
            ]
    assert found == []
