"""The default drafter: offline, the same words on every run, chosen from what is true of this one client.

No figure is written here. `email_lines` turns facts into candidate sentences, `letter` chooses among them so that the
email has its length and every mandatory fact, and each optional line must pass the same checks as a model's answer.
"""

from __future__ import annotations

from xl_rebal.drafting import email_lines, tax_lines
from xl_rebal.drafting.advisor_notes import advisor_notes
from xl_rebal.drafting.greeting import closing, greeting_of
from xl_rebal.drafting.grounding import (
    FEWEST_WORDS,
    MOST_WORDS,
    check_text,
    prohibited_phrases,
)
from xl_rebal.drafting.ids import Lookup
from xl_rebal.drafting.letter import MUST, Line, Writer, chosen, paragraphs, word_count
from xl_rebal.drafting.tone import Tones
from xl_rebal.drafting.wording import proposes
from xl_rebal.facts.draft import Draft
from xl_rebal.facts.types import FactKind, Facts, Topic

COMFORTABLE_WORDS = FEWEST_WORDS + 10
"""General lines are added until a letter has this many words."""
ROOMY_WORDS = MOST_WORDS - 10
"""Lines that need not be said are added up to this many words: the brief has the letter, notes and tables on one page."""


class TemplateDrafter:
    """Drafts from the fact table alone, in the tone of the letter's advisor."""

    name = "template"

    def __init__(self, tones: Tones | None = None) -> None:
        self._tones = tones or Tones()

    def draft(self, facts: Facts) -> Draft:
        """Notes and email for one client; `grounding.check_draft` finds nothing wrong with them."""
        lookup = Lookup(facts)
        writer = Writer(facts.client_id, self._tones.of(lookup))
        for say in (
            email_lines.say_why,
            email_lines.say_trades,
            tax_lines.say_gains,
            tax_lines.say_budget,
            tax_lines.say_tax,
            tax_lines.say_harvest,
            tax_lines.say_rmd,
            tax_lines.say_withdrawals,
            tax_lines.say_contributions,
            email_lines.say_meeting,
            email_lines.say_ask,
            email_lines.say_general,
        ):
            say(lookup, writer)
        opens = greeting_of(lookup)
        closes = closing(
            lookup,
            writer.pick(
                "farewell",
                "Warm regards,",
                "With best wishes,",
                "Sincerely,",
                "Best regards,",
                plain=("Regards,", "Best regards,"),
                formal=("Sincerely,", "Respectfully,", "Yours sincerely,"),
            ),
        )
        kept = _sound_lines(
            _with_the_rest(lookup, writer.lines), facts, word_count(opens) + word_count(closes)
        )
        return Draft(
            notes=advisor_notes(lookup),
            subject=subject_line(lookup, writer),
            greeting=opens,
            paragraphs=paragraphs(kept),
            closing=closes,
            drafted_by=self.name,
        )


def _sound_lines(lines: list[Line], facts: Facts, around: int) -> tuple[Line, ...]:
    """The letter's lines: chosen, those that fail a check left out, and chosen again until none fails.

    The same as checking every line first, as a line that is not chosen takes no other's room, and half the checks.
    """
    sound: dict[Line, bool] = {}
    while True:
        kept = chosen(lines, around, COMFORTABLE_WORDS, ROOMY_WORDS)
        by_text = {form: line for line in lines for form in (line, line.shortened)}
        taken = [by_text[form] for form in kept]
        for line in taken:
            if line not in sound:
                sound[line] = line.weight == MUST or _sound(line, facts)
        if all(sound[line] for line in taken):
            return kept
        lines = [line for line in lines if sound.get(line, True)]


def _sound(line: Line, facts: Facts) -> bool:
    """True when nothing is wrong with the line in either form, CRM quotation included."""
    headers = [f.id for f in facts.of(Topic.HEADER)]
    forms = ((line.text, line.fact_ids), (line.short, line.short_ids))
    return not any(
        check_text(text, facts, [*ids, *headers]) or prohibited_phrases(text) for text, ids in forms if text
    )


def _with_the_rest(lookup: Lookup, lines: list[Line]) -> list[Line]:
    """The lines with one more for the mandatory facts that no line of weight 0 says, whatever their ids."""
    said = {i for line in lines if line.weight == MUST for i in line.shortened.fact_ids}
    left = [f for f in lookup.facts if f.mandatory and f.id not in said]
    texts = [
        f.display if f.kind is FactKind.TEXT else f"{f.label[:1].upper()}{f.label[1:]}: {f.display}."
        for f in left
    ]
    more = Line(4, " ".join(texts), tuple(f.id for f in left))
    return [*lines, more] if left else lines


def subject_line(lookup: Lookup, writer: Writer) -> str:
    """Subject of the email: what it asks, without figures of the client."""
    quarter = lookup.get("QUARTER")
    when = f"{quarter.display} " if quarter else ""
    if proposes(lookup):
        return writer.pick(
            "subject",
            f"Your {when}portfolio review: changes for your approval",
            f"{when}portfolio review: what we propose",
            f"Your {when}rebalancing proposal",
        )
    if any(lookup.amount(f"RMD_LEFT{end}") for end in lookup.ends("RMD_LEFT")):
        return f"Your {when}portfolio review and required distribution"
    if "NO_ACTION" not in lookup.by_id:
        return f"Your {when}portfolio review"
    return writer.pick(
        "subject",
        f"Your {when}portfolio review: no trades proposed",
        f"{when}portfolio review: your mix is inside its ranges",
        f"{when}review of your portfolio",
    )
