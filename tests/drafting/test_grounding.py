"""What the checks catch: planted figures, wrong directions, figures in words, things never said."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pytest

from tests.drafting.tables import Table, crowded, hartwell, quiet
from xl_rebal.drafting.grounding import (
    check_draft,
    check_text,
    direction_faults,
    docx_text,
    fill,
    prohibited_phrases,
    spelled_figures,
    token_faults,
    ungrounded_figures,
)
from xl_rebal.drafting.template import TemplateDrafter
from xl_rebal.facts.draft import Sentence

FACTS = hartwell()


@pytest.mark.parametrize(
    "text",
    [
        "We propose trimming NVDA by $98,000.",
        "Equity is 6.2% above its target of 60%.",
        "It is due by December 31, 2026, in Q4 2026.",
        "The range is 55% to 65%.",
        "Your 401(k) and the 529 plan stay as they are in 2026.",
        "($98,000) and “$98,000”; $98,000—all of it.",
        "In CRM: “$250k contribution coming from the sale of the rental property.”",
        "In CRM: “Ellen prefers in-person meetings in the morning. $250k contribution…”",
        "A year\u00a0ago nothing: $98,000\u00a0is new.",
    ],
)
def test_figures_of_facts_may_stand(text: str) -> None:
    assert ungrounded_figures(text, FACTS) == ()


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("We expect $99,000.", "$99,000"),
        ("It adds 7.1%.", "7.1%"),
        ("By January 15, 2027.", "15"),
        ("A sum of $98,000,000.", "$98,000,000"),
        ("A sum of $98,000 million.", "$98,000"),
        ("A sum of $98,000k.", "$98,000k"),
        ("A sum of $98,000.50.", "$98,000.50"),
        ("A sum of -$98,000.", "-$98,000"),
        ("A sum of €98,000.", "€98,000"),
        ("About 60 percent.", "60"),
        ("About 160%.", "160%"),
        ("Due 12/31/2026.", "12/31/2026"),
        ("Due 2026-12-31.", "2026-12-31"),
        ("Up by ½ of it.", "½"),
        ("Up by ２０％.", "２０％"),
        ("Up by ٢٠ of it.", "٢٠"),
        ("It costs ten dollars.", "ten"),
        ("Roughly half of it.", "half"),
        ("It could double.", "double"),
        ("Twenty-five percent of it.", "Twenty-five"),
        ("A third of it.", "A third"),
        ("A quarter of it.", "A quarter of "),
        ("Someone said “a return of 25%”.", "25%"),
        ("$250k contribution coming.", "$250k"),
    ],
)
def test_invented_figures_are_found(text: str, figure: str) -> None:
    assert figure in ungrounded_figures(text, FACTS)


def test_ordinary_words_are_no_figures() -> None:
    text = "One of the first things we look at each quarter is the second fund, for one."
    assert ungrounded_figures(text, FACTS) == ()
    assert spelled_figures(text) == ()


def test_a_figure_of_another_fact_than_the_listed_ones_is_not_grounded() -> None:
    assert ungrounded_figures("RMD of $98,000.", FACTS, ["RMD_LEFT", "RMD_DUE"]) == ("$98,000",)


def test_every_planted_digit_in_a_letter_is_found() -> None:
    """Each figure of the letter, changed in its first digit, is caught."""
    draft = TemplateDrafter().draft(FACTS)
    for n, paragraph in enumerate(draft.paragraphs):
        for at, char in enumerate(paragraph.text):
            if not char.isdigit() or paragraph.text[at - 1].isalnum() or paragraph.text[at - 1] in ".,":
                continue
            planted = f"{paragraph.text[:at]}{(int(char) + 3) % 10}{paragraph.text[at + 1 :]}"
            changed = [*draft.paragraphs]
            changed[n] = Sentence(planted, paragraph.fact_ids)
            faults = check_draft(replace(draft, paragraphs=tuple(changed)), FACTS)
            assert faults, planted


@pytest.mark.parametrize(
    "text",
    [
        "Equity is 6.2% below its target.",
        "Equity is underweight.".replace("Equity is", "Equity, 6.2% away, is"),
        "The sales realize a loss of $121,000.",
        "SCHB shows a gain of $8,012.",
        "That stays within your gain budget, with $21,000 to spare.",
        "We propose buying NVDA for $98,000.",
        "We propose selling AGG for $110,000.",
        "Fixed income is 4.9% above its target.",
    ],
)
def test_words_that_contradict_a_sign_are_found(text: str) -> None:
    assert direction_faults(text, FACTS)


@pytest.mark.parametrize(
    "text",
    [
        "Equity is 6.2% above its target, while fixed income is 4.9% below.",
        "The loss of $8,012 in SCHB would offset part of the gain of $121,000.",
        "A gain of $121,000 on these sales, and in SCHB a loss of $8,012.",
        "This exceeds your gain budget of $100,000 by $21,000.",
        "We would trim NVDA by $98,000 and add $110,000 to AGG.",
        "After losses carried forward, the gain of $121,000 is taxed.",
    ],
)
def test_words_that_agree_with_signs_may_stand(text: str) -> None:
    assert direction_faults(text, FACTS) == ()


def test_overweight_is_wrong_when_nothing_is() -> None:
    facts = Table("C", "Vale").sleeve("Equity", 52, 60).done()
    assert direction_faults("Your equity is overweight.", facts)
    assert not direction_faults("Your equity is underweight.", facts)


def test_a_figure_with_the_wrong_security_is_found() -> None:
    """$61,000 is NVDA's gain."""
    assert direction_faults("The gain on AAPL is $61,000.", FACTS)
    assert direction_faults("The gain on NVDA is $61,000.", FACTS) == ()


@pytest.mark.parametrize(
    "text",
    [
        "We guarantee it.", "Guaranteed growth.", "It will outperform.", "This fund is going to rise.", "It is tax-free.",
        "It is tax free.", "You will pay no taxes.", "We sold NVDA.", "We have already trimmed AAPL.", "NVDA was sold today.",
        "The trades have been placed.", "The orders are placed.", "A risk-free choice.", "Act now.", "It beats the market.",
    ],
)  # fmt: skip
def test_what_may_never_be_said_is_found(text: str) -> None:
    assert prohibited_phrases(text)
    assert check_text(text, FACTS)


def test_a_clients_own_words_in_quotation_marks_are_not_judged() -> None:
    facts = Table("C", "Vale").note("Asked whether 5% is guaranteed.", date(2026, 8, 1)).done()
    assert check_text("CRM: “Asked whether 5% is guaranteed.”", facts) == ()
    assert check_text("Asked whether 5% is guaranteed.", facts, ["NOTE_1"]) != ()


def test_tokens_must_be_known_listed_and_well_formed() -> None:
    assert token_faults("[[RMD_LEFT]] by [[RMD_DUE]]", ["RMD_LEFT", "RMD_DUE"], FACTS) == ()
    assert token_faults("[[RMD_LEFT]]", [], FACTS)
    assert token_faults("[[RMD_PAID]]", ["RMD_PAID"], FACTS)
    for odd in ("[[rmd_left]]", "[[RMD_LEFT]", "{{RMD_LEFT}}"):
        assert token_faults(odd, ["RMD_LEFT"], FACTS), odd


@pytest.mark.parametrize(
    "text",
    ["in December", "by Friday", "ten", "half of [[RMD_LEFT]]", "double", "5", "$[[RMD_LEFT]]", "[[DRIFT_EQUITY]] percent",
     "tomorrow", "in May", "½", "twice"],
)  # fmt: skip
def test_a_models_own_figures_and_dates_are_found(text: str) -> None:
    assert spelled_figures(text)


def test_a_signed_drift_loses_its_sign_where_words_give_the_direction() -> None:
    assert (
        fill("Equity is [[DRIFT_EQUITY]] above target.", FACTS)
        == "Equity is 6.2 percentage points above target."
    )
    assert fill("Drift of equity: [[DRIFT_EQUITY]].", FACTS) == "Drift of equity: +6.2%."


def test_a_display_is_not_read_for_tokens_again() -> None:
    facts = Table("C", "Vale").note("Sneaky [[CLIENT_NAME]].", date(2026, 8, 1)).done()
    assert fill("[[NOTE_1]]", facts) == "Sneaky [[CLIENT_NAME]]."


def test_a_missing_mandatory_fact_is_named() -> None:
    draft = TemplateDrafter().draft(FACTS)
    fewer = tuple(p for p in draft.paragraphs if "RMD_LEFT" not in p.fact_ids)
    faults = check_draft(replace(draft, paragraphs=fewer), FACTS)
    assert any("RMD_LEFT" in fault for fault in faults)
    assert any("RMD_DUE" in fault for fault in faults)


def test_a_mandatory_fact_that_is_listed_but_not_written_is_missing() -> None:
    draft = TemplateDrafter().draft(FACTS)
    changed = tuple(Sentence(p.text.replace("$87,000", "an amount"), p.fact_ids) for p in draft.paragraphs)
    assert any("RMD_LEFT" in fault for fault in check_draft(replace(draft, paragraphs=changed), FACTS))


def test_a_letter_out_of_length_is_rejected() -> None:
    draft = TemplateDrafter().draft(FACTS)
    longer = Sentence("So " * 80, ())
    assert any(
        "words" in f for f in check_draft(replace(draft, paragraphs=(*draft.paragraphs, longer)), FACTS)
    )
    assert any("words" in f for f in check_draft(replace(draft, paragraphs=draft.paragraphs[:1]), FACTS))


def test_a_letter_about_trades_says_that_nothing_happens_before_confirmation() -> None:
    draft = TemplateDrafter().draft(FACTS)
    changed = tuple(
        Sentence(p.text.replace("until you confirm", "soon"), p.fact_ids) for p in draft.paragraphs
    )
    faults = check_draft(replace(draft, paragraphs=changed), FACTS)
    assert "The email must say that nothing is traded until the client confirms." in faults


def test_claiming_no_trades_where_there_are_some_is_found() -> None:
    draft = TemplateDrafter().draft(FACTS)
    more = Sentence("No trades are proposed.", ())
    assert any(
        "no trades" in f for f in check_draft(replace(draft, paragraphs=(*draft.paragraphs, more)), FACTS)
    )


def test_firm_texts_may_stand_when_they_are_given() -> None:
    text = "Call 555-0100. Registered since 1998."
    assert ungrounded_figures(text, FACTS) == ("555-0100", "1998")
    assert ungrounded_figures(text, FACTS, fixed=["Call 555-0100.", "Registered since 1998."]) == ()


def test_the_text_of_a_document_has_its_tables_headers_and_footers() -> None:
    from docx import Document

    document = Document()
    document.add_paragraph("RMD $87,000 by December 31, 2026")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "NVDA", "$98,001"
    document.sections[0].header.paragraphs[0].text = "Header 77"
    document.sections[0].footer.paragraphs[0].text = "Footer"
    stream = io.BytesIO()
    document.save(stream)
    text = docx_text(stream.getvalue())
    assert "Footer" in text
    assert set(ungrounded_figures(text, FACTS)) == {"$98,001", "77"}


def test_the_checks_do_not_take_one_clients_figures_for_anothers() -> None:
    body = TemplateDrafter().draft(crowded()).body
    assert "$271,108" in ungrounded_figures(body, quiet())


def test_an_edited_table_is_not_checked_against_the_old_one() -> None:
    """Tables are indexed once for many checks; one that differs in a single figure has an index of its own."""
    facts = hartwell()
    assert ungrounded_figures("AAPL by $45,000", facts) == ()
    changed = tuple(replace(f, display=f.display.replace("45,000", "45,100")) for f in facts)
    assert ungrounded_figures("AAPL by $45,000", replace(facts, facts=changed)) == ("$45,000",)
    assert ungrounded_figures("AAPL by $45,000", facts) == ()


@pytest.mark.parametrize("text", ["$45,0001", "x$45,000", "$45,000 million", "-$45,000", "1.$45,000"])
def test_a_figure_inside_a_longer_one_is_not_the_fact(text: str) -> None:
    assert ungrounded_figures(f"AAPL by {text} now", hartwell()) != ()
