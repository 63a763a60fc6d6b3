"""A brief that an advisor edited in Word: what may stand, what is found, and what the terminal says of it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from docx import Document
from typer.testing import CliRunner

from xl_rebal import app, sample
from xl_rebal.app.checking import BriefCheck, check_brief, lint_brief_template
from xl_rebal.briefs.render import shipped_template
from xl_rebal.cli import app as terminal
from xl_rebal.errors import BriefUnreadable

run = CliRunner()


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Hartwells' folder of the sample firm: $121,000 of gain, $21,000 over the budget, an RMD of $87,000."""
    book = app.book_of(sample.tables_of(sample.firm_rows(), sample.firm_settings_values()))
    [done] = app.make_briefs(book, tmp_path_factory.mktemp("out"), client_ids=["HAR01"]).filed
    return done.brief.parent


def edited(filed: Path, folder: Path, *changes: tuple[str, str]) -> BriefCheck:
    """The check of the brief after these replacements, wherever the text stands, as Word would save them."""
    place = folder / "2026-Q4"
    shutil.copytree(filed, place)
    brief = place / "brief.docx"
    document = Document(str(brief))
    cells = [p for t in document.element.body.iter() if t.tag.endswith("}p") for p in [t]]
    runs = [*cells, *(s.footer._element for s in document.sections)]
    for old, new in changes:
        texts = [t for part in runs for t in part.iter() if t.tag.endswith("}t") and old in (t.text or "")]
        assert texts, old
        for text in texts:
            text.text = text.text.replace(old, new)
    document.save(str(brief))
    return check_brief(brief)


def findings(check: BriefCheck) -> list[str]:
    return [str(found) for found in check.findings]


def test_a_brief_as_it_was_filed_passes(filed: Path) -> None:
    check = check_brief(filed / "brief.docx")
    assert check.findings == ()
    assert not check.changed
    assert check.lines()[-1].startswith("brief.docx is as it was filed: every figure and date is a fact")


def test_an_edit_in_plain_words_may_stand(filed: Path, tmp_path: Path) -> None:
    check = edited(filed, tmp_path, ("Best regards,", "With warm regards to you both,"))
    assert check.changed
    assert check.findings == ()


def test_a_figure_that_is_no_fact_is_found_with_its_line(filed: Path, tmp_path: Path) -> None:
    check = edited(filed, tmp_path, ("for a total of $185,000", "for a total of $195,000"))
    found, right = findings(check)
    assert found.startswith("$195,000 is not a figure of this client's facts. In: “We suggest trimming")
    assert right == "The letter no longer says $185,000 (proceeds of all trims)."


def test_a_date_that_is_no_fact_is_found(filed: Path, tmp_path: Path) -> None:
    check = edited(filed, tmp_path, ("taken by December 31, 2026", "taken by December 13, 2026"))
    assert any(text.startswith("13 is not a figure") for text in findings(check))


def test_a_figure_in_words_is_found(filed: Path, tmp_path: Path) -> None:
    check = edited(
        filed, tmp_path, ("Dear Hartwell family,", "Dear Hartwell family, about two thousand more.")
    )
    assert any("is a figure in words" in text for text in findings(check))


@pytest.mark.parametrize(
    ("phrase", "why"),
    [("we guarantee a gain", "a guarantee or promise"), ("we have sold NVDA", "a trade stated as done")],
)
def test_a_forbidden_phrase_is_found(filed: Path, tmp_path: Path, phrase: str, why: str) -> None:
    check = edited(filed, tmp_path, ("Dear Hartwell family,", f"Dear Hartwell family, {phrase}."))
    assert any(why in text for text in findings(check))


def test_a_forbidden_phrase_does_not_hide_behind_the_end_of_a_line(filed: Path, tmp_path: Path) -> None:
    check = edited(filed, tmp_path, ("Dear Hartwell family,", "Dear Hartwell family, the gain is tax\nfree,"))
    assert any("may not be said" in text for text in findings(check))


def test_a_word_that_contradicts_a_sign_is_found_in_a_rewritten_paragraph(
    filed: Path, tmp_path: Path
) -> None:
    check = edited(filed, tmp_path, ("realize a long-term gain of $121,000", "realize a loss of $121,000"))
    assert any("'loss' contradicts $121,000" in text for text in findings(check))


def test_a_disclosure_that_is_gone_is_missed(filed: Path, tmp_path: Path) -> None:
    check = edited(filed, tmp_path, ("tax is an estimate, not tax advice", ""))
    [found] = findings(check)
    assert found.startswith("The statement “Prepared by software, with AI assistance")
    assert found.endswith("is gone.")


def test_a_figure_that_the_client_must_be_told_is_missed_when_it_is_gone(filed: Path, tmp_path: Path) -> None:
    check = edited(filed, tmp_path, ("$87,000", "the rest"))
    assert "It no longer says $87,000 (required minimum distribution left to take)." in findings(check)


def test_a_figure_that_only_the_letter_no_longer_says_is_missed(filed: Path, tmp_path: Path) -> None:
    """It still stands in the frame above: that is for the advisor, the letter is for the client."""
    check = edited(
        filed,
        tmp_path,
        (", $87,000 is to be taken by", ", all of it is to be taken by"),
    )
    assert "The letter no longer says $87,000 (required minimum distribution left to take)." in findings(
        check
    )


def test_a_copy_by_another_name_is_checked_against_the_newest_facts(filed: Path, tmp_path: Path) -> None:
    place = Path(shutil.copytree(filed, tmp_path / "2026-Q4"))
    shutil.copy(place / "facts.json", place / "facts-2.json")
    brief = place / "brief.docx"
    copy = brief.rename(place / "Hartwell for the meeting.docx")
    assert check_brief(copy).facts == place / "facts-2.json"
    assert check_brief(copy, place / "facts.json").facts == place / "facts.json"


def test_without_its_facts_or_without_a_brief_nothing_is_checked(filed: Path, tmp_path: Path) -> None:
    alone = Path(shutil.copy(filed / "brief.docx", tmp_path / "brief.docx"))
    with pytest.raises(BriefUnreadable, match=r"facts\.json can't be read .*filed beside it"):
        check_brief(alone)
    (tmp_path / "facts.json").write_text('{"facts": 3}', encoding="utf-8")
    with pytest.raises(BriefUnreadable, match=r"is not the facts\.json of a brief"):
        check_brief(alone)
    (tmp_path / "note.docx").write_text("hello", encoding="utf-8")
    with pytest.raises(BriefUnreadable, match="is not a Word document"):
        check_brief(tmp_path / "note.docx")
    with pytest.raises(BriefUnreadable, match="can't be read"):
        check_brief(tmp_path / "gone.docx")


def test_facts_json_accounts_for_all_that_the_page_says_and_names_the_plan(filed: Path) -> None:
    record = json.loads((filed / "facts.json").read_text(encoding="utf-8"))
    by_id = {row["id"]: row for row in record["facts"]}
    assert record["provenance"]["plan_hash"] == by_id["PLAN_HASH"]["value"]
    assert len(by_id["PLAN_HASH"]["value"]) == 64
    assert by_id["PLAN_HASH"]["display"] == by_id["PLAN_HASH"]["value"][:12]
    assert record["provenance"]["proof"] == "Proven"
    gap = float(record["provenance"]["proof_gap_dollars"])
    exact = float(record["provenance"]["proof_objective_dollars"]) - float(
        record["provenance"]["proof_bound_dollars"]
    )
    assert exact <= gap <= exact + 0.01
    assert any(row["mandatory"] for name, row in by_id.items() if name.startswith("TEMPLATE_"))


def test_the_terminal_tells_clean_from_found_from_impossible(filed: Path, tmp_path: Path) -> None:
    clean = run.invoke(terminal, ["check-brief", str(filed / "brief.docx")])
    assert clean.exit_code == 0
    edited(filed, tmp_path, ("for a total of $185,000", "for a total of $195,000"))
    brief = str(tmp_path / "2026-Q4" / "brief.docx")
    found = run.invoke(terminal, ["check-brief", brief])
    assert found.exit_code == 1
    assert "$195,000 is not a figure" in found.stdout
    record = json.loads(run.invoke(terminal, ["check-brief", brief, "--json"]).stdout)
    assert record["changed"] is True
    assert len(record["findings"]) == 2
    missing = run.invoke(terminal, ["check-brief", str(tmp_path / "gone.docx")])
    assert isinstance(missing.exception, BriefUnreadable)  # main() makes it exit code 2


def test_a_firms_template_is_checked_and_what_it_leaves_out_is_named(tmp_path: Path) -> None:
    assert lint_brief_template(shipped_template()) == [
        "brief.docx can be used as the template of the brief: every placeholder in it exists."
    ]
    document = Document()
    document.add_paragraph("{{ client }} {{ as_of }} {{ no_trades }} {{ drafted_by }} {{ sources }}")
    for name, shown_of_it in (("trims", "item.symbol"), ("tax", "item.text"), ("checks", "item")):
        document.add_paragraph(f"{{% for item in {name} %}}{{{{ {shown_of_it} }}}}{{% endfor %}}")
    document.save(str(tmp_path / "firm.docx"))
    shown = run.invoke(terminal, ["lint-template", str(tmp_path / "firm.docx")])
    assert shown.exit_code == 0
    assert "It does not show: quarter," in shown.stdout
    document.add_paragraph("{{ amu }}")
    document.save(str(tmp_path / "firm.docx"))
    wrong = run.invoke(terminal, ["lint-template", str(tmp_path / "firm.docx")])
    assert "amu" in str(wrong.exception)


def test_figures_that_changed_places_in_a_line_of_the_letter_are_found(filed: Path, tmp_path: Path) -> None:
    """Every figure is a fact and the words are as they were: $121,000 and $21,000 stand in each other's place."""
    check = edited(
        filed,
        tmp_path,
        ("gain of $121,000", "gain of $X"),
        ("by $21,000", "by $121,000"),
        ("gain of $X", "gain of $21,000"),
    )
    assert any("$21,000 is" in text or "its figures are not" in text for text in findings(check))


def test_a_rewritten_sentence_that_resembles_a_claim_is_shown_but_is_no_finding(
    filed: Path, tmp_path: Path
) -> None:
    said = "It is safe to assume the fund's recent run will continue."
    check = edited(filed, tmp_path, ("Best regards,", f"{said} Best regards,"))
    assert check.findings == ()
    assert check.read_again == (said,)
    assert check.lines()[0].endswith(f"“{said}”")
    assert check.record()["read_again"] == [said]


def test_the_letter_as_it_was_filed_needs_no_second_look(filed: Path) -> None:
    assert check_brief(filed / "brief.docx").read_again == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The proceeds would go into MUB", "The proceeds would go into NVDA"),
        ("above the ranges set for them", "below the ranges set for them"),
        ("in tax this year", "in tax next year"),
        ("is already in the target", "is not yet in the target"),
        ("tell us which you prefer", "we take the first"),
        ("Dear Hartwell family,", "Dear Mercer family,"),
        ("review: what we propose", "review: for your records"),
    ],
)
def test_every_sentence_of_the_letter_that_was_edited_is_shown(
    filed: Path, tmp_path: Path, old: str, new: str
) -> None:
    check = edited(filed, tmp_path, (old, new))
    assert [new.rstrip(",") in said for said in check.new_in_letter] == [True]
    assert [old.rstrip(",") in said for said in check.gone_from_letter] == [True]
    shown = check.lines()
    assert f"In the letter, not as filed: “{check.new_in_letter[0]}”" in shown
    assert check.record()["gone_from_letter"] == list(check.gone_from_letter)


def test_a_sentence_taken_out_of_the_letter_is_shown(filed: Path, tmp_path: Path) -> None:
    check = edited(filed, tmp_path, ("These are estimates; please check them with your CPA. ", ""))
    assert check.new_in_letter == ()
    assert check.gone_from_letter == ("These are estimates; please check them with your CPA.",)


def test_a_letter_as_it_was_filed_shows_no_edits(filed: Path) -> None:
    check = check_brief(filed / "brief.docx")
    assert (check.new_in_letter, check.gone_from_letter) == ((), ())
