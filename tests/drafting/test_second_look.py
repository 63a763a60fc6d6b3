"""The second look: its weights are what the sentences teach, and it is right often enough about sentences it has not seen."""

from __future__ import annotations

import pytest

from benchmarks.second_look import HANDS, ORDINARY, learn
from tests.drafting.corpora import lines_of
from xl_rebal.drafting.prohibited import prohibited_phrases
from xl_rebal.drafting.second_look import learned, phrases, to_read_again


def test_the_weights_of_the_package_are_what_the_sentences_teach() -> None:
    """Made by another processor a weight may end in another digit; new sentences move dozens."""
    forbidden = [line for bad, _ in HANDS for name in bad for line in lines_of(name)]
    harmless = [line for _, good in HANDS for name in good for line in lines_of(name)]
    again = learn(forbidden, [*harmless, *(line for name in ORDINARY for line in lines_of(name))])
    kept = learned()
    assert again.bias == pytest.approx(kept.bias, abs=0.01)
    moved = {
        phrase
        for phrase in again.by_phrase.keys() | kept.by_phrase.keys()
        if abs(again.by_phrase.get(phrase, 0.0) - kept.by_phrase.get(phrase, 0.0)) > 0.025
    }
    assert moved == set(), "run python benchmarks/second_look.py --write"


def test_of_what_was_never_learned_most_claims_and_few_look_alikes_are_found() -> None:
    """When first measured 34 of 40 claims with the rules of that day, which alone had 18. Look-alikes: none, and 2 by the rules."""
    claims, look_alikes = lines_of("prohibited_never_learned"), lines_of("harmless_never_learned")
    assert len(claims) >= 40
    assert len(look_alikes) >= 40
    found = [s for s in claims if prohibited_phrases(s) or to_read_again(s)]
    wrongly = [s for s in look_alikes if to_read_again(s)]
    assert len(found) >= 0.85 * len(claims)
    assert len(wrongly) <= 0.1 * len(look_alikes)


def test_nothing_that_is_measured_with_is_learned() -> None:
    known = {line for bad, good in HANDS for name in (*bad, *good) for line in lines_of(name)}
    known |= {line for name in ORDINARY for line in lines_of(name)}
    assert not known & {*lines_of("prohibited_never_learned"), *lines_of("harmless_never_learned")}


def test_a_figure_or_another_name_changes_nothing() -> None:
    said = "We are sure that the sale of Apple raises what you need."
    assert phrases(said) == phrases("We are sure that the sale of Boeing raises $12,000 what you need.")


def test_a_heading_and_a_text_of_nothing_known_are_not_marked() -> None:
    assert to_read_again("Guaranteed success") == ()
    assert to_read_again("Xqz vrtl mnop jklw.") == ()
    assert to_read_again("") == ()
