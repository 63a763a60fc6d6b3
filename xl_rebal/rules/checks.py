"""Rules that a later CRM entry reads as if they no longer held: asked about, never ended by it."""

from __future__ import annotations

from collections.abc import Iterator

from xl_rebal.dates import date_text
from xl_rebal.engine.book import Book, Household, RuleState, Ruling
from xl_rebal.engine.problems import Problem, Severity
from xl_rebal.engine.reconcile import household_problem
from xl_rebal.engine.rule_checks import describes
from xl_rebal.rules.matcher import takes_back
from xl_rebal.rules.names import Holdings
from xl_rebal.rules.text import poses_as_instruction, sentences

_OPEN = (RuleState.IN_FORCE, RuleState.LATER, RuleState.PROPOSED)


def rule_text_problems(book: Book, household: Household) -> Iterator[Problem]:
    """Questions that only the words of a client's entries raise."""
    for ruling in household.rulings:
        yield from _taken_back(book, household, ruling)


def _taken_back(book: Book, household: Household, ruling: Ruling) -> Iterator[Problem]:
    """A rule that a later entry reads as if it no longer held. The rule stays: a person decides."""
    rule = ruling.rule
    if ruling.state not in _OPEN or rule.said_on is None:
        return
    holdings = Holdings(household)
    for note in sorted(household.notes, key=lambda n: (n.date, n.source.row), reverse=True):
        if note.date <= rule.said_on or poses_as_instruction(note.text):
            continue
        for sentence in sentences(note.text):
            if takes_back(sentence, rule.kind, rule.symbol, holdings):
                stays = (
                    "It holds until somebody changes the row."
                    if ruling.state is not RuleState.PROPOSED
                    else ""
                )
                yield household_problem(
                    book, household, Severity.WARNING, "rule-taken-back", rule.source, "Status", rule.status.value,
                    f"{describes(rule)}: a later entry, of {date_text(note.date)}, reads as if that no longer held: "
                    f"\u2018{' '.join(sentence.split())}\u2019. {stays}".rstrip(),
                    "Ask the client; set Status to Declined if the wish is over.",
                    "The plan may heed a wish that the client no longer has.",
                )  # fmt: skip
                return
