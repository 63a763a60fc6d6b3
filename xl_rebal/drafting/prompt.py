"""What a model is asked and what its answer must look like: the messages made of the prompts, and the schema."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xl_rebal.drafting.advisor_notes import FEWEST_NOTES, MOST_NOTES
from xl_rebal.drafting.crm import entries, quotation
from xl_rebal.drafting.greeting import closing, greeting_of
from xl_rebal.drafting.grounding import (
    FEWEST_WORDS,
    MOST_WORDS,
    TOKEN,
    claim_faults_of_tokens,
    fill,
    spelled_figures,
    token_faults,
)
from xl_rebal.drafting.ids import Lookup
from xl_rebal.drafting.letter import word_count
from xl_rebal.drafting.privacy import (
    crm_lines,
    fact_lines,
    people_named,
    scrubbed_entry,
    sendable,
    without_entries,
)
from xl_rebal.drafting.prompts import Prompts, filled
from xl_rebal.drafting.tone import TONES, Tone
from xl_rebal.facts.draft import Draft, Sentence
from xl_rebal.facts.types import Facts

Message = Mapping[str, str]

SECTION = {
    "type": "object",
    "properties": {"fact_ids": {"type": "array", "items": {"type": "string"}}, "text": {"type": "string"}},
    "required": ["fact_ids", "text"],
    "additionalProperties": False,
}
SCHEMA = {
    "type": "object",
    "properties": {
        "email": {"type": "array", "items": SECTION},
        "notes": {"type": "array", "items": SECTION},
    },
    "required": ["email", "notes"],
    "additionalProperties": False,
}
"""The answer's JSON schema, for endpoints that take one but not the library's own."""

LONGEST_TEXT = 900
"""Characters of a paragraph or note that a narrow schema lets a model write."""


def narrow_schema(facts: Facts, longest: int = LONGEST_TEXT) -> dict[str, object]:
    """The schema with this client's fact ids as the only ones, and texts without a digit, sign or bracket but in tokens.

    For models on this computer: the smaller a model, the more it makes up. Cloud endpoints compile each new schema anew and
    know fewer patterns, so they get `SCHEMA`.
    """
    ids = [fact.id for fact in sendable(facts)]
    tokens = "|".join(ids)
    text = rf"^([^0-9%$\u20ac\u00a3\[\]{{}}\n]|\[\[({tokens})\]\]){{1,{longest}}}$"
    section = {
        **SECTION,
        "properties": {
            "fact_ids": {
                "type": "array",
                "items": {"type": "string", "enum": ids},
                "minItems": 1,
                "maxItems": 12,
            },
            "text": {"type": "string", "pattern": text},
        },
    }
    sections = {
        "email": {"type": "array", "items": section, "minItems": 1, "maxItems": 6},
        "notes": {"type": "array", "items": section, "minItems": FEWEST_NOTES, "maxItems": MOST_NOTES},
    }
    return {**SCHEMA, "properties": sections}


@dataclass(frozen=True, slots=True)
class Section:
    """A paragraph or note as a model returns it: text with tokens, and the facts it stands on."""

    fact_ids: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    email: tuple[Section, ...]
    notes: tuple[Section, ...]


NOT_GIVEN = "(not given to you; say nothing of whether there are any)"
"""Stands where CRM entries would, for a firm that sends none."""


def first_messages(
    facts: Facts, prompts: Prompts, tone: Tone = Tone.WARM, *, send_crm: bool = True
) -> list[Message]:
    """The system prompt, and the request with the fact table and the CRM entries, if these may be sent."""
    lookup = Lookup(facts)
    given = facts if send_crm else without_entries(facts)
    around = word_count(greeting_of(lookup)) + word_count(closing(lookup, "Warm regards,"))
    said = TONES[tone]
    asked = filled(
        prompts.request,
        FEWEST=str(FEWEST_WORDS - around),
        MOST=str(MOST_WORDS - around),
        FACTS=fact_lines(given),
        CRM=crm_lines(entries(lookup), facts) if send_crm else NOT_GIVEN,
        TONE=said,
    )
    return [
        {"role": "system", "content": filled(prompts.system, TONE=said)},
        {"role": "user", "content": asked},
    ]


def repair_messages(
    messages: Sequence[Message], answer: str, faults: Sequence[str], prompts: Prompts
) -> list[Message]:
    """The conversation so far and what to correct. Faults name figures of the client only as the model wrote them."""
    asked = filled(prompts.repair, FAULTS="\n".join(f"- {fault}" for fault in faults))
    said = [{"role": "assistant", "content": answer}] if answer else []
    return [*messages, *said, {"role": "user", "content": asked}]


def token_rules_broken(answer: Answer, facts: Facts) -> tuple[str, ...]:
    """What is wrong with an answer before it is filled: tokens, figures in words, CRM text in the letter, counts."""
    known = {f.id for f in sendable(facts)}
    texts = {entry.text_id for entry in entries(Lookup(facts))}
    faults: list[str] = []
    for place, sections in (("email", answer.email), ("notes", answer.notes)):
        for number, section in enumerate(sections, 1):
            found = list(token_faults(section.text, section.fact_ids, facts))
            found += [f"{i} is not in the fact table." for i in section.fact_ids if i not in known]
            found += [
                f"'{said}' is a figure or date: write a token." for said in spelled_figures(section.text)
            ]
            found += claim_faults_of_tokens(section.text, facts)
            if place == "email" and texts & set(TOKEN.findall(section.text)):
                found.append("The letter quotes a CRM entry; only notes may.")
            if place == "email" and section.text.lstrip().casefold().startswith(("dear ", "hello", "hi ")):
                found.append("The letter must not have a greeting; it is added afterward.")
            if place == "email":
                found += [
                    f"'{name}' is a name: write none."
                    for name in people_named(TOKEN.sub("", section.text), facts)
                ]
                found += [
                    f"'{copied}' is copied from a CRM entry; only notes quote, by token."
                    for copied in _copied(section.text, facts)
                ]
            if re.search(r"\S@\S|https?:|www\.|<[^>]*>", section.text):
                found.append("There is an address or markup in it.")
            if not section.text.strip():
                found.append("The text is empty.")
            faults += [f"{place} {number}: {fault}" for fault in found]
    if not answer.email:
        faults.append("The letter is empty.")
    if not FEWEST_NOTES <= len(answer.notes) <= MOST_NOTES:
        faults.append(f"There must be {FEWEST_NOTES} to {MOST_NOTES} notes.")
    return tuple(dict.fromkeys(faults))


COPIED_WORDS = 5
"""Words in a row, as in a CRM entry, from which a letter is taken to repeat it: what an entry asks for is never followed."""


def _copied(text: str, facts: Facts) -> Iterator[str]:
    """What a letter repeats of entries as they are or as the model was given them; the first of each entry."""
    said = " ".join(_words(text))
    for entry in entries(Lookup(facts)):
        for source in (entry.text, scrubbed_entry(entry.text, facts)):
            words = _words(source)
            runs = (" ".join(words[n : n + COPIED_WORDS]) for n in range(len(words) - COPIED_WORDS + 1))
            copied = next((run for run in runs if f" {run} " in f" {said} "), None)
            if copied:
                yield copied
                break


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:['\u2019][^\W_]+)?", text.casefold())


def filled_draft(answer: Answer, facts: Facts, template: Draft, drafted_by: str) -> Draft:
    """The answer with its tokens filled, between the template's subject, greeting and closing.

    Entries are quoted short in the notes. Without any entry the first note says so, as the template's does.
    """
    lookup = Lookup(facts)
    found = entries(lookup)
    notes = [_note(section, facts) for section in answer.notes]
    if not found:
        notes = [template.notes[0], *notes][:MOST_NOTES]
    paragraphs = tuple(
        Sentence(fill(s.text.strip(), facts), tuple(dict.fromkeys(s.fact_ids))) for s in answer.email
    )
    return Draft(tuple(notes), template.subject, template.greeting, paragraphs, template.closing, drafted_by)


def _note(section: Section, facts: Facts) -> Sentence:
    """A note with CRM tokens turned into short quotations. Pieces between them are filled apart, so that nothing in an
    entry is ever read as a token."""
    quoted = {entry.text_id: quotation(entry.text) for entry in entries(Lookup(facts))}
    pieces, start = [], 0
    for match in TOKEN.finditer(section.text):
        if match[1] in quoted:
            pieces += [fill(section.text[start : match.start()].rstrip("\"\u201c'"), facts), quoted[match[1]]]
            start = match.end()
            while start < len(section.text) and section.text[start] in "\"\u201d'":
                start += 1
    pieces.append(fill(section.text[start:], facts))
    return Sentence("".join(pieces).strip(), tuple(dict.fromkeys(section.fact_ids)))
