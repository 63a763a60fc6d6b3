"""What a model says that the client told us: an entry's paraphrase may stand, what no entry says may not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.drafting.corpora import clients
from tests.drafting.tables import Table
from xl_rebal.drafting.attributions import attribution_faults
from xl_rebal.drafting.template import TemplateDrafter
from xl_rebal.facts.draft import Draft, Sentence

FACTS = (
    Table("C-1", "Vale")
    .trims(AAPL=(45_000, 9_000))
    .note(
        "Transfer desk: the IRA is moving to Schwab and must not be traded until it has settled.",
        date(2026, 9, 29),
        "Call",
        1,
    )
    .note(
        "Review with both. They want the distribution coordinated before the holidays. Considering a lake house.",
        date(2026, 8, 14),
        "Meeting",
        2,
    )
    .done()
)


def faults(sentence: str, note: str = "") -> tuple[str, ...]:
    notes = (Sentence(note, ()),) if note else ()
    draft = Draft(notes, "", "", (Sentence(sentence, ()),), "", "model m")
    return attribution_faults(draft, FACTS)


@pytest.mark.parametrize(
    "said",
    [
        "You told us on August 14, 2026 that you want your distribution coordinated before the holidays.",
        "Since you mentioned a lake house, we would like to hear how far that has come.",
        "As you asked, the transfer to Schwab comes before any trade in the IRA.",
        "When we spoke on September 29, 2026, the transfer had not settled.",
        "Please tell us which of the two you prefer.",
        "Did you say whether mornings suit you?",
        "Would you let us know if you'd prefer a smaller sale?",
        "The sale of AAPL brings the mix back to target.",
        "We can meet whenever you prefer.",
    ],
)
def test_what_an_entry_says_may_be_said_in_other_words(said: str) -> None:
    assert faults(said) == ()


@pytest.mark.parametrize(
    "said",
    [
        "Since you told us on September 29, 2026 that meeting in person in the morning suits you best, we will do that.",
        "You mentioned that your daughter starts medical school in the fall.",
        "As you prefer calls on Friday afternoons, I will ring then.",
        "Your stated wish to avoid tobacco companies was respected.",
        "You told us on September 29, 2026 that you want your distribution before the holidays.",
        "When we met, you asked for more exposure to gold.",
        "We noted your interest in impact investing.",
    ],
)
def test_what_no_entry_or_another_days_entry_says_is_a_fault(said: str) -> None:
    assert len(faults(said)) == 1


def test_notes_are_read_too() -> None:
    assert len(faults("Nothing else.", "The client mentioned a divorce.")) == 1
    assert faults("Nothing else.", "CRM (August 14, 2026): they consider a lake house.") == ()


def test_without_any_entry_nothing_can_have_been_told() -> None:
    facts = replace(FACTS, facts=tuple(f for f in FACTS if not f.id.startswith("NOTE_")))
    draft = Draft((), "", "", (Sentence("You told us that retirement is near.", ()),), "", "model m")
    assert attribution_faults(draft, facts) != ()


def test_the_templates_own_letters_say_nothing_that_was_not_told() -> None:
    found = [f for facts in clients(20) for f in attribution_faults(TemplateDrafter().draft(facts), facts)]
    assert found == []
