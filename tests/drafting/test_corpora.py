"""The guards measured on seeded corpora, in a size for every run; `python benchmarks/drafting.py` has the whole table."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.drafting.corpora import clients, lines_of
from tests.drafting.mutations import (
    DRAFTER,
    TokenText,
    clean_tokens,
    every_wrong_token,
    mutants,
    turned,
    with_tokens,
    wrong_tokens,
)
from tests.drafting.tables import hartwell
from xl_rebal.drafting.grounding import check_draft, check_text, prohibited_phrases

CLIENTS = 14
"""Generated, beside the sample firm's and those made by hand."""


def test_every_changed_swapped_or_added_figure_is_caught() -> None:
    made = list(mutants(clients(CLIENTS), each=5, seed=7))
    assert [str(m) for m in made if not m.caught] == []
    kinds = Counter(m.kind for m in made)
    assert len(made) > 180
    assert set(kinds) == {
        "changed figure", "misplaced mark or scale", "other digits", "number words", "vague figure", "spelled percent",
        "date in another shape", "added figure", "swapped figures",
    }  # fmt: skip


def test_a_token_of_another_fact_is_caught_and_the_right_one_is_not() -> None:
    wrong = list(wrong_tokens(clients(CLIENTS), each=4, seed=7))
    assert [(w.before, w.after, w.text) for w in wrong if not w.faults] == []
    assert len(wrong) > 80
    assert [(c.text, c.faults) for c in clean_tokens(clients(CLIENTS)) if c.faults] == []


def test_any_other_token_in_a_free_sentence_is_caught() -> None:
    """Every token of every sentence is tried as every other figure of the client, of whatever kind."""
    facts, lines = hartwell(), lines_of("right_claims_2")
    missed = [f"{w.before}: {w.text}" for w in every_wrong_token(lines, facts) if not w.faults]
    assert missed == []
    right = [TokenText(facts, with_tokens(line, facts)[0]) for line in lines]
    assert [(r.text, r.faults) for r in right if r.faults] == []


def test_words_that_turn_a_true_figure_into_a_false_claim_are_caught() -> None:
    """One letter in hundreds may pass: a gain budget of $100,000 is called a gain where there is a gain of as much."""
    made = list(turned(clients(CLIENTS)))
    missed = [str(m) for m in made if not m.caught]
    assert len(made) > 120
    assert len(missed) <= 0.05 * len(made), missed


def test_true_letters_are_let_pass() -> None:
    assert {f.client_id: check_draft(DRAFTER.draft(f), f) for f in clients(CLIENTS)} == {
        f.client_id: () for f in clients(CLIENTS)
    }


def test_free_sentences_about_one_client_are_told_true_from_false() -> None:
    """Written in other words than the template's; every figure in them is one of the client's."""
    facts = hartwell()
    missed = [line for line in lines_of("wrong_claims") if not check_text(line, facts)]
    true = [*lines_of("right_claims"), *lines_of("right_claims_2")]
    refused = [line for line in true if check_text(line, facts)]
    assert len(missed) <= 0.05 * len(lines_of("wrong_claims")), missed
    assert refused == []


@pytest.mark.parametrize(
    ("name", "forbidden"),
    [
        ("prohibited", True),
        ("prohibited_held_out", True),
        ("prohibited_families", True),
        ("harmless", False),
        ("harmless_families", False),
    ],
)
def test_what_may_never_be_said_is_found_and_its_look_alikes_are_not(name: str, forbidden: bool) -> None:
    lines = lines_of(name)
    wrong = [line for line in lines if bool(prohibited_phrases(line)) != forbidden]
    assert len(wrong) <= 0.02 * len(lines), wrong


def test_look_alikes_that_nobody_tuned_on_are_mostly_let_pass() -> None:
    lines = lines_of("harmless_held_out")
    assert len([line for line in lines if prohibited_phrases(line)]) <= 0.05 * len(lines)


@pytest.mark.parametrize("number", [4, 5])
def test_a_fourth_hand_finds_little_that_passes_and_little_that_is_refused(number: int) -> None:
    """4 without sight of the matcher: 57 of 100 caught and 2 of 100 refused; 5 in words that the rules had not; mended since."""
    forbidden, harmless = lines_of(f"prohibited_held_out_{number}"), lines_of(f"harmless_held_out_{number}")
    assert len([line for line in forbidden if not prohibited_phrases(line)]) <= 0.02 * len(forbidden)
    assert len([line for line in harmless if prohibited_phrases(line)]) <= 0.02 * len(harmless)


def test_what_no_rule_was_made_from_is_caught_more_often_than_not() -> None:
    """28 of 40 claims and 2 of 40 look-alikes when the frames were made; nothing is to be mended by looking at these."""
    claims, look_alikes = lines_of("prohibited_never_learned"), lines_of("harmless_never_learned")
    assert len([line for line in claims if prohibited_phrases(line)]) >= 0.6 * len(claims)
    assert len([line for line in look_alikes if prohibited_phrases(line)]) <= 0.05 * len(look_alikes)
    ordinary = lines_of("ordinary")
    assert [line for line in ordinary if prohibited_phrases(line)] == []


def test_a_third_hand_finds_little_that_passes_and_little_that_is_refused() -> None:
    """Composed by one who had not read the matcher: 60 of 120 caught and 16 of 120 refused at first sight; mended since."""
    forbidden, harmless = lines_of("prohibited_held_out_3"), lines_of("harmless_held_out_3")
    assert len([line for line in forbidden if not prohibited_phrases(line)]) <= 0.02 * len(forbidden)
    assert len([line for line in harmless if prohibited_phrases(line)]) <= 0.02 * len(harmless)


def test_a_second_hand_finds_little_that_passes_and_little_that_is_refused() -> None:
    """Composed by one who had not read the matcher: 25 of 30 caught and 1 of 30 refused at first sight; mended since."""
    forbidden, harmless = lines_of("prohibited_held_out_2"), lines_of("harmless_held_out_2")
    assert [line for line in forbidden if not prohibited_phrases(line)] == []
    assert len([line for line in harmless if prohibited_phrases(line)]) <= 1
    known = [*harmless, *lines_of("harmless_held_out")]
    assert len([line for line in known if prohibited_phrases(line)]) <= 0.02 * len(known)


@pytest.mark.parametrize(
    ("text", "forbidden"),
    [
        ("There is no way we can know where the market goes.", False),
        ("There is no way this can miss.", True),
        ("The IRS does not allow the loss within the wash-sale window.", False),
        ("The IRS will not see any of it.", True),
        ("No fund removes risk.", False),
        ("There is no real risk in it.", True),
        ("A guarantee is something that we do not give.", False),
        ("We guarantee that no firm could offer you more.", True),
        ("Once you approve, we will place the trades.", False),
        ("We will place the trades; once they settle, we send a letter.", True),
        ("You should ask your attorney about the trust.", False),
        ("You should set up a trust.", True),
        ("THE MARKET WILL RECOVER SOON.", True),  # short words in capitals are no symbols
    ],
)
def test_a_denial_is_told_from_a_claim_in_like_words(text: str, forbidden: bool) -> None:
    assert bool(prohibited_phrases(text)) == forbidden


@pytest.mark.parametrize(
    "text",
    [
        "We cannot guarantee anything, but we guarantee this.",  # a denial excuses its own clause only
        "There is no doubt that this is guaranteed.",
        "This is not only safe, it is guaranteed.",
        "We g\u00aduarantee it.",  # a soft hyphen inside the word
        "We \uff47\uff55\uff41\uff52\uff41\uff4e\uff54\uff45\uff45 it.",  # full-width letters
        "It can\u2019t lose.",
        "We gu\u0430r\u0430ntee it.",  # Cyrillic letters
        "We guar\u00e1nte\u00e9 it.",
        "We g u a r a n t e e it.",
        "We g.u.a.r.a.n.t.e.e it.",
        "We **guar**antee it.",
        "We gu4rantee it.",
        "We guar-\nantee it.",
        "The gain is tax\nfree.",
        "This is RISK FREE.",  # no symbols
    ],
)
def test_a_forbidden_phrase_does_not_hide(text: str) -> None:
    assert prohibited_phrases(text)
