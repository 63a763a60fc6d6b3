"""The template's letters: always the right length, complete, grounded, and no two alike."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.drafting.corpora import clients
from tests.drafting.tables import Table, all_tables, crowded, hartwell, injected, quiet, retired, sheltered
from xl_rebal.drafting.greeting import greeting
from xl_rebal.drafting.grounding import FEWEST_WORDS, MOST_WORDS, check_draft
from xl_rebal.drafting.ids import Lookup
from xl_rebal.drafting.reasons import Why, reason_of
from xl_rebal.drafting.tax_lines import offers_loss
from xl_rebal.drafting.template import TemplateDrafter
from xl_rebal.facts.types import Direction, FactKind, Facts, Topic

DRAFTER = TemplateDrafter()
TABLES = all_tables()
by_client = pytest.mark.parametrize("facts", TABLES, ids=[t.client_id for t in TABLES])


@by_client
def test_every_letter_passes_every_check(facts: Facts) -> None:
    """Figures, directions, phrases, mandatory facts and 150 to 230 words."""
    assert check_draft(DRAFTER.draft(facts), facts) == ()


@by_client
def test_every_letter_has_150_to_230_words(facts: Facts) -> None:
    assert FEWEST_WORDS <= len(DRAFTER.draft(facts).body.split()) <= MOST_WORDS


@by_client
def test_there_are_two_to_four_notes(facts: Facts) -> None:
    assert 2 <= len(DRAFTER.draft(facts).notes) <= 4


@by_client
def test_the_same_facts_give_the_same_letter(facts: Facts) -> None:
    assert TemplateDrafter().draft(facts) == TemplateDrafter().draft(facts)


def test_the_worked_example_says_what_the_client_must_know() -> None:
    body = DRAFTER.draft(hartwell()).body
    for said in (
        "66.2%", "6.2 percentage points above", "AAPL by $45,000", "MSFT by $42,000", "NVDA by $98,000",
        "$185,000",  # 45 + 42 + 98
        "long-term gain of $121,000",  # 32 + 28 + 61
        "$21,000",  # 121 - 100 over the budget
        "$87,000", "December 31, 2026", "$8,012 in SCHB", "$250,000", "August 14, 2026", "in person in the morning",
        "until you confirm",
    ):  # fmt: skip
        assert said in body, said
    assert body.startswith("Dear Robert and Ellen,")
    assert body.endswith("Jordan Ellis\nRidgeline Advisors")


def test_the_within_budget_alternative_stands_beside_the_excess() -> None:
    body = DRAFTER.draft(hartwell()).body
    assert re.search(r"within the budget would trim \$153,000", body)
    assert body.index("by $21,000") < body.index("$153,000")


def test_a_quiet_client_reads_that_no_trades_are_proposed() -> None:
    draft = DRAFTER.draft(quiet())
    assert re.search(r"propose no trades|No trades are proposed", draft.body)
    assert "We propose trimming" not in draft.body


def test_a_client_without_entries_has_a_note_that_says_so() -> None:
    assert DRAFTER.draft(quiet()).notes[0].text.startswith("No CRM entry is on file")


def test_an_entry_is_quoted_verbatim_with_its_date() -> None:
    note = DRAFTER.draft(retired()).notes[0].text
    assert (
        note
        == "CRM (call, June 3, 2026): “Harold would rather get a call than email. Daughter Jane handles taxes.”"
    )


def test_a_long_entry_stops_after_a_word_with_an_ellipsis() -> None:
    entry = "Met in office. " + "They talked about the garden and the boat at length. " * 6
    note = DRAFTER.draft(Table("X", "Vale").note(entry.strip(), date(2026, 7, 1)).done()).notes[0].text
    quoted = re.search("“(.*)…”", note)
    assert quoted is not None
    assert entry.startswith(quoted[1])
    assert entry[len(quoted[1])] in " .,"


def test_what_the_client_does_not_want_is_not_offered() -> None:
    """'Would rather get a call than email': by phone, not by email."""
    body = DRAFTER.draft(retired()).body
    assert "talking by phone" in body
    assert "email" not in body


def test_a_private_remark_stays_out_of_the_letter() -> None:
    entry = "Prefers to meet without her husband, divorce pending. Do not mention to anyone."
    facts = replace(quiet(), facts=(*quiet().facts, *Table("Y", "Y").note(entry, date(2026, 7, 1)).facts[5:]))
    body = DRAFTER.draft(facts).body
    assert "divorce" not in body
    assert "husband" not in body


def test_a_wish_about_the_letters_subject_is_quoted_with_its_date() -> None:
    """A long sentence is quoted up to its first comma; the advisor sees the whole."""
    entry = "Annual review. Ellen wants the RMD settled before the holidays, not in the last week of December as last year."
    table = Table("C-1", "Vale").rmd(87_000).note(entry, date(2026, 8, 14), "Meeting")
    draft = DRAFTER.draft(table.done())
    assert "when we met on August 14, 2026" in draft.body.replace("When", "when")
    assert "“Ellen wants the RMD settled before the holidays…”" in draft.body
    assert "not in the last week" in draft.notes[0].text


def test_a_wish_is_never_cut_where_its_meaning_would_turn() -> None:
    """'... and she does not want to go past it': cut after 'does' it would say the opposite, so it is left out."""
    entry = "Miriam: the spring sale used most of the gain budget and she does not want to go past it without a call first."
    table = Table("C-1", "Vale").trims(VOO=(53_000, 16_000)).gains(16_000, 0).budget(10_000, 16_000)
    body = DRAFTER.draft(table.note(entry, date(2026, 9, 3), "Call").done()).body
    assert "Miriam" not in body


@pytest.mark.parametrize(
    ("entry", "phrase"),
    [
        ("Ellen prefers in-person meetings in the morning.", "meeting in person in the morning"),
        ("Prefers Zoom over phone.", "meeting by video"),
        ("Prefers to talk over the phone on Tuesday afternoons.", "talking by phone on a Tuesday afternoon"),
        ("Wants emails, not calls.", "hearing from us by email"),
        ("Best reached by phone in the evening.", "talking by phone in the evening"),
    ],
)
def test_a_way_to_meet_is_paraphrased(entry: str, phrase: str) -> None:
    body = DRAFTER.draft(Table("C-1", "Vale").note(entry, date(2026, 8, 14)).done()).body
    assert f"prefer {phrase}" in body


@pytest.mark.parametrize(
    "entry", ["Does not want calls.", "Prefers no phone calls.", "Do not contact by email."]
)
def test_a_way_that_is_refused_is_not_offered(entry: str) -> None:
    body = DRAFTER.draft(Table("C-1", "Vale").note(entry, date(2026, 8, 14)).done()).body
    assert "by phone" not in body
    assert "by email" not in body


def test_gains_of_earlier_this_year_are_named_where_they_use_the_budget() -> None:
    """16,698 of the plan + 55,500 earlier = 72,198, which is 12,198 over 60,000: no sum a client could doubt."""
    table = Table("C-1", "Vale").trims(VOO=(53_418, 16_698)).gains(16_698, 0).budget(60_000, 72_198)
    table.gain("BUDGET_REALIZED", 55_500, "net gain realized so far this year", Topic.BUDGET)
    assert "Counting gains realized earlier this year, that exceeds" in DRAFTER.draft(table.done()).body


def test_a_loss_that_the_trims_take_anyway_is_not_proposed_again() -> None:
    table = (
        Table("C-1", "Vale").trims(VTEB=(28_076, -3_000)).gains(-3_000, 0).harvest("VTEB", 13_832, swap="MUB")
    )
    assert "$13,832" not in DRAFTER.draft(table.done()).body


def test_a_loss_in_a_fund_that_the_plan_buys_is_not_proposed() -> None:
    """The purchase would wash it (IRC 1091): the letter is silent, the advisor is told."""
    table = (
        Table("C-1", "Vale")
        .trims(AAPL=(74_551, 9_000))
        .gains(9_000, 0)
        .buys(VXUS=74_551)
        .harvest("VXUS", 1_481)
    )
    draft = DRAFTER.draft(table.done())
    assert "$1,481" not in draft.body
    assert any("taking it now would be a wash sale" in note.text for note in draft.notes)


def test_purchases_beyond_the_proceeds_name_the_available_cash() -> None:
    """45,624 bought for 39,527 sold."""
    table = Table("C-1", "Vale").trims(XOM=(39_527, 24_039)).gains(24_039, 0).buys(MUB=45_624)
    assert "Together with available cash, $45,624 would go into MUB." in DRAFTER.draft(table.done()).body


def test_an_entry_posing_as_an_instruction_changes_nothing_in_the_letter() -> None:
    facts = injected()
    without = replace(facts, facts=tuple(f for f in facts if f.topic is not Topic.NOTE))
    assert DRAFTER.draft(facts).body == DRAFTER.draft(without).body
    assert "reads like an instruction" in DRAFTER.draft(facts).notes[0].text


def test_sales_inside_an_ira_realize_nothing() -> None:
    body = DRAFTER.draft(sheltered()).body
    assert (
        "This sale is inside a tax-advantaged account, so it adds no gain or loss to this year\u2019s tax return."
        in body
    )
    assert "$0" not in body


def test_a_loss_blocked_by_a_purchase_waits_until_its_date() -> None:
    facts = next(t for t in TABLES if t.client_id == "C-6111")
    body = DRAFTER.draft(facts).body
    assert "before November 6, 2026, so we would wait" in body
    assert "realize a loss of $5,480" not in body


def test_a_crowded_letter_keeps_every_mandatory_fact() -> None:
    body = DRAFTER.draft(crowded()).body
    for said in (
        "$271,108",
        "$81,324",
        "$14,250",
        "$75,574",
        "$87,000",
        "$45,500",
        "$12,250",
        "April 1, 2027",
    ):
        assert said in body


def test_a_mandatory_fact_of_an_unknown_kind_is_said_all_the_same() -> None:
    table = Table("C-1", "Vale").money("NEW_THING", Topic.CASH, 4_321, "pledged amount", mandatory=True)
    assert "Pledged amount: $4,321." in DRAFTER.draft(table.done()).body


def test_no_two_clients_read_alike() -> None:
    """Sentences of two letters with their names and figures set aside: fewer than half are the same."""

    def sentences(facts: Facts) -> set[str]:
        body = " ".join(p.text for p in DRAFTER.draft(facts).paragraphs)
        return {re.sub(r"[$\d][\d.,%M]*", "#", s) for s in re.split(r"(?<=[.!?])\s+", body)}

    told = [sentences(facts) for facts in TABLES]
    for i, one in enumerate(told):
        for other in told[i + 1 :]:
            assert len(one & other) < len(one | other) / 2


def test_equal_situations_are_worded_differently_for_different_clients() -> None:
    bodies = {DRAFTER.draft(replace(hartwell(), client_id=f"C-{n}")).body for n in range(12)}
    assert len(bodies) == 12


@pytest.mark.parametrize(
    ("name", "opens"),
    [
        ("Hartwell", "Dear Hartwell family,"),
        ("The Hartwell Household", "Dear Hartwell family,"),
        ("Hartwell, Robert & Ellen", "Dear Robert and Ellen,"),
        ("Robert and Ellen Hartwell", "Dear Robert and Ellen,"),
        ("Ana Ortega & Luis Vega", "Dear Ana and Luis,"),
        ("Dr. Priya Raman", "Dear Dr. Raman,"),
        ("Thomas Reed III", "Dear Thomas,"),
        ("J. Reed", "Dear J. Reed,"),
        ("O'Brien & Núñez", "Dear O'Brien and Núñez family,"),
        ("Okafor Family Trust", "Dear Okafor Family Trust,"),
        ("Reed Holdings LLC", "Dear Reed Holdings LLC,"),
        ("Springfield Food Bank", "Dear Springfield Food Bank,"),
        ("The Smith Living Trust dated 3/1/2010", "Dear Smith Living Trust,"),
        ("dr. MÜLLER", "Dear Dr. Müller,"),
        ("HARTWELL, ROBERT & ELLEN", "Dear Robert and Ellen,"),
        ("Smith, John; Smith, Mary", "Dear John and Mary,"),
        ("Mr. and Mrs. Robert Hartwell", "Dear Mr. and Mrs. Hartwell,"),
        ("O'Brien-Smith III", "Dear O'Brien-Smith family,"),
        ("J. R. Reed", "Dear J. R. Reed,"),
        ("J.R.", "Dear J.R.,"),
        ("Robert (deceased) & Ellen Hartwell", "Dear Ellen,"),
        ("the late Robert Hartwell & Ellen Hartwell", "Dear Ellen,"),
        ("Hartwell, Ellen (widow of Robert)", "Dear Ellen,"),
        ("../../etc/Birgit", "Hello,"),
        ("<b>Birgit</b>", "Hello,"),
        ("[[RMD_LEFT]]", "Hello,"),
        ("???", "Hello,"),
    ],
)
def test_the_greeting_fits_the_name(name: str, opens: str) -> None:
    assert DRAFTER.draft(Table("C-1", name).done()).greeting == opens


@given(st.text(max_size=40))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_name_breaks_the_greeting(name: str) -> None:
    opens = greeting(name)
    assert re.fullmatch(r"Hello,|Dear \S(?:.*\S)?,", opens)
    assert not re.search(r"[<>{}\[\]\\|]|\.\.", opens)


def test_a_preferred_name_is_how_the_client_is_greeted() -> None:
    table = Table("C-1", "Hartwell, Richard & Ellen")
    table._add(
        "PREFERRED_NAME", Topic.HEADER, FactKind.NAME, "Rick and Ellen", "Rick and Ellen", "", private=True
    )
    assert DRAFTER.draft(table.done()).greeting == "Dear Rick and Ellen,"


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_subset_of_facts_gives_a_sound_letter(data: st.DataObject) -> None:
    """Facts may be absent one by one; what is mandatory of those that are there is said."""
    facts = data.draw(st.sampled_from(TABLES))
    kept = data.draw(st.lists(st.booleans(), min_size=len(facts), max_size=len(facts)))
    subset = replace(
        facts,
        client_id=f"C-{data.draw(st.integers(0, 10_000))}",
        facts=tuple(f for f, keep in zip(facts, kept, strict=True) if keep or f.id.startswith("NAME_")),
    )
    draft = DRAFTER.draft(subset)
    assert check_draft(draft, subset) == (), draft.body


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.text(max_size=300))
@example("\x1b")
@example("0\x1b0")
def test_no_entry_can_break_a_letter(entry: str) -> None:
    facts = replace(hartwell(), facts=tuple(f for f in hartwell() if f.topic is not Topic.NOTE))
    table = Table("C-1", "Vale").note(entry, date(2026, 8, 14), "Call")
    both = replace(facts, facts=(*facts.facts, *table.facts[5:]))
    draft = DRAFTER.draft(both)
    assert check_draft(draft, both) == ()
    assert f"“{entry.strip()}" not in draft.body or not re.search(r"[\d$%]", entry)


def washed(loss: int, lost: int) -> str:
    table = Table("C-1", "Vale").trims(AAPL=(45_000, 9_000)).gains(9_000, 0)
    return DRAFTER.draft(table.harvest("SCHB", loss, clear=date(2026, 11, 2), lost=lost).done()).body


@pytest.mark.parametrize(
    ("lost", "said"),
    [
        (8, "disallow a small part of it (up to $8) if realized before November 2, 2026"),  # 0.1% of 8,063
        (3_000, "disallow part of it (up to $3,000) if realized before November 2, 2026"),  # 37%
        (7_700, "disallow most of it if realized before November 2, 2026"),  # 95%
        (8_063, "disallow it if realized before November 2, 2026"),
        (0, "disallow it if realized before November 2, 2026"),  # how much is not known
    ],
)
def test_a_wash_sale_is_said_to_take_no_more_than_it_would(lost: int, said: str) -> None:
    assert said in washed(8_063, lost)


def test_a_loss_that_the_plan_realizes_in_part_is_not_offered_again() -> None:
    table = Table("C-1", "Vale").trims(VTI=(70_000, None), VTEB=(28_076, -3_000)).gains(-3_000, 0, -792)
    draft = DRAFTER.draft(table.harvest("VTEB", 13_832, swap="MUB", planned=3_000).done())
    assert "$13,832" not in draft.body
    assert not any("VTEB" in note.text for note in draft.notes)


def test_a_loss_in_a_taxable_account_is_offered_though_an_ira_sells_the_same_fund() -> None:
    table = Table("C-1", "Vale").trims(VXUS=(11_739, None), VOO=(53_418, 16_698)).gains(16_698, 0)
    assert "$13,965" in DRAFTER.draft(table.harvest("VXUS", 13_965, swap="IXUS").done()).body


def test_a_loss_is_not_said_to_offset_gains_where_there_are_none() -> None:
    """No gains this year: the loss is for later ones. With $9,000 of gains it offsets them."""
    body = DRAFTER.draft(Table("C-1", "Vale").harvest("MUB", 5_325).done()).body
    assert "to offset future gains" in body
    table = Table("C-1", "Vale").trims(AAPL=(45_000, 9_000)).gains(9_000, 0)
    assert "to offset gains" in DRAFTER.draft(table.harvest("MUB", 5_325).done()).body


def test_a_net_loss_is_said_to_reduce_other_income_and_not_gains() -> None:
    table = Table("C-1", "Vale").trims(VTEB=(28_076, -3_000)).gains(-3_000, 0, -792)
    body = DRAFTER.draft(table.done()).body
    assert "save $792 in tax" in body
    assert "deducted from other income" in body
    assert "offset" not in body


def test_a_first_distribution_is_a_choice_between_this_year_and_two_in_the_next() -> None:
    """IRC 401(a)(9)(C): by April 1 of the next year, whose own distribution is due in that year too."""
    table = (
        Table("C-1", "Vale")
        .rmd(16_000, date(2027, 4, 1))
        .text("RMD_STATUS", Topic.RMD, "First year", "state")
    )
    draft = DRAFTER.draft(table.done())
    assert "may be taken this year or wait until April 1, 2027" in draft.body
    assert "same tax year as the second" in draft.body
    assert "still has to be taken" not in draft.body
    assert any("let the client choose" in note.text for note in draft.notes)


@pytest.mark.parametrize(
    ("asked", "state", "met"),
    [(4000, "Due", "$4,000"), (16_000, "Due", "all"), (4000, "First year", "$4,000"), (16_000, "First year", "all")],
)  # fmt: skip
def test_a_withdrawal_asked_for_is_said_to_meet_the_distribution(asked: int, state: str, met: str) -> None:
    """Nothing is left to choose or to coordinate of what the client takes out anyway."""
    table = Table("C-1", "Vale").rmd(16_000, asked=asked).text("RMD_STATUS", Topic.RMD, state, "state")
    draft = DRAFTER.draft(table.done())
    assert f"The withdrawal you asked for meets {met} of it." in draft.body
    assert ("which you prefer" in draft.body) is (state == "First year" and met != "all")
    assert "coordinate its timing" not in draft.body
    assert any(f"the withdrawal asked for meets {met} of it" in note.text for note in draft.notes)


def test_an_unknown_distribution_is_said_to_client_and_advisor() -> None:
    table = Table("C-1", "Ann Vale").text("RMD_POOL_INHERITED_IRA", Topic.RMD, "Inherited IRA", "accounts")
    draft = DRAFTER.draft(table.done())
    assert "find out with you what distribution your inherited IRA requires" in draft.body
    assert any("what is required is unknown" in note.text for note in draft.notes)


HARVEST_WISH = (
    "Annual review with Richard and Ellen. Comfortable with tax-loss harvesting as long as the overall risk stays the "
    "same. Richard wants the RMD coordinated and settled before the holidays, not in the last week of December."
)


def test_the_entry_about_harvesting_comes_first_where_there_is_a_loss_to_harvest() -> None:
    """A newer call about something else does not push the pertinent meeting out of the notes."""
    table = Table("C-1", "Vale").harvest("SCHB", 8_063, swap="ITOT").rmd(87_000)
    table.note("Transfer desk called about the form for the new custodian.", date(2026, 9, 29), "Call")
    draft = DRAFTER.draft(table.note(HARVEST_WISH, date(2026, 8, 14), "Meeting", 2).done())
    assert draft.notes[0].text.startswith("CRM (meeting, August 14, 2026)")
    assert "Comfortable with tax-loss harvesting" in draft.notes[0].text
    assert "settled before the holidays, not in the last week" in draft.notes[0].text
    assert "“Comfortable with tax-loss harvesting as long as the overall risk stays the same.”" in draft.body
    assert "“Richard wants the RMD coordinated and settled before the holidays…”" in draft.body


def test_a_wish_about_harvesting_stays_out_where_there_is_no_loss_to_harvest() -> None:
    draft = DRAFTER.draft(
        Table("C-1", "Vale").rmd(87_000).note(HARVEST_WISH, date(2026, 8, 14), "Meeting").done()
    )
    assert "harvesting" not in draft.body
    assert "Richard wants the RMD" in draft.body


def test_a_long_entry_is_quoted_from_its_pertinent_sentence_on() -> None:
    entry = (
        f"{'They talked at length about the garden and the boat. ' * 4}Comfortable with tax-loss harvesting."
    )
    draft = DRAFTER.draft(
        Table("C-1", "Vale").harvest("SCHB", 8_063).note(entry, date(2026, 8, 14), "Meeting").done()
    )
    assert "“Comfortable with tax-loss harvesting.”" in draft.notes[0].text


def test_the_letter_does_not_claim_that_the_plan_follows_a_wish() -> None:
    """The plan sells short-term although the client would rather wait: the letter quotes and asks."""
    table = Table("C-1", "Vale").trims(IVV=(36_263, 6_000)).gains(0, 6_000)
    table.text("TRIM_IVV_1_FLAG", Topic.TRADE, "Short-term gain; Long-term soon", "flag on the sale of IVV")
    entry = "He would rather wait for long-term treatment than pay ordinary rates."
    body = DRAFTER.draft(table.note(entry, date(2026, 7, 22), "Call").done()).body
    assert entry in body
    assert "with that in mind" not in body
    assert "tell us if you would rather wait" in body


def test_a_contribution_before_the_target_was_set_is_said_to_be_in_it() -> None:
    table = Table("C-1", "Vale").contribution(
        250_000, date(2026, 9, 8), "already reflected in the target, set x"
    )
    assert "Your $250,000 contribution of September 8, 2026 is already" in DRAFTER.draft(table.done()).body


def test_drift_that_the_trades_leave_is_said() -> None:
    table = Table("C-1", "Vale").names("MSFT").trims(MSFT=(184_800, 79_040)).gains(79_040, 0)
    table._add(
        "RESIDUAL_MSFT", Topic.DRIFT, FactKind.PERCENT, 0.147, "+14.7%", "drift that remains", Direction.UP
    )
    body = DRAFTER.draft(table.done()).body
    assert "MSFT would remain 14.7 percentage points above its target" in body


def test_a_loss_is_not_offered_where_gains_are_untaxed() -> None:
    table = (
        Table("C-1", "Vale")
        .trims(XOM=(34_005, 24_039))
        .gains(24_039, 0, 0)
        .harvest("VTEB", 2_898, swap="MUB")
    )
    table.text(
        "HARVEST_VTEB_LITTLE", Topic.HARVEST, "it would offset gains that are taxed at 0% this year", "why"
    )
    draft = DRAFTER.draft(table.done())
    assert "$2,898" not in draft.body
    assert any("another year may make more of it" in note.text for note in draft.notes)


def test_purchases_below_the_proceeds_are_said_to_take_a_part_of_them() -> None:
    """54,689 bought for 87,610 sold: the rest is a withdrawal."""
    table = Table("C-1", "Vale").trims(JNJ=(66_978, 100), MUB=(20_632, 100)).gains(200, 0)
    body = DRAFTER.draft(table.buys(BND=47_900, AGG=6_789).done()).body
    assert "Part of the proceeds would go into BND ($47,900) and AGG ($6,789)." in body


def test_carried_losses_without_gains_are_deducted_and_absorb_nothing() -> None:
    table = Table("C-1", "Vale").money(
        "CARRY_USED", Topic.GAIN, 3_000, "carried loss used this year with the plan"
    )
    body = DRAFTER.draft(table.money("CARRY_LEFT", Topic.GAIN, 27_660, "loss left to carry").done()).body
    assert "Of your losses carried forward, $3,000 could be deducted this year, leaving $27,660" in body


def test_a_withdrawal_without_trades_is_paid_from_cash() -> None:
    table = Table("C-1", "Vale").text(
        "NO_ACTION", Topic.DRIFT, "In band: no trades are proposed.", "no action is needed"
    )
    table.money("TRANSFER_1_AMOUNT", Topic.CASH, 1_400, "cash that moves out")
    body = DRAFTER.draft(table.text("TRANSFER_1_WHY", Topic.CASH, "Withdrawal asked for", "why").done()).body
    assert "The $1,400 you asked to withdraw can be paid from cash." in body
    assert "raises" not in body


def test_a_sentence_that_points_to_the_one_before_is_not_quoted_alone() -> None:
    entry = (
        "Discussed harvesting losses. Benedict is fine with it if the replacement fund does much the same."
    )
    draft = DRAFTER.draft(
        Table("C-1", "Vale").harvest("VUG", 3_041).note(entry, date(2026, 1, 17), "Call").done()
    )
    assert "fine with it" not in draft.body
    assert entry in draft.notes[0].text


def test_the_wash_sale_rule_is_explained_once() -> None:
    table = Table("C-1", "Vale").harvest("SWPPX", 2_066, clear=date(2026, 11, 5), lost=9)
    body = DRAFTER.draft(table.harvest("SCHH", 2_371, clear=date(2026, 10, 29), lost=4).done()).body
    assert body.count("because of a recent purchase") == 1
    assert (
        "SCHH shows a loss of $2,371, of which the same rule would disallow a small part (up to $4)" in body
    )


def test_a_wish_to_wait_that_the_plan_does_not_follow_is_put_as_a_choice() -> None:
    table = Table("C-1", "Vale").trims(IVV=(36_263, 6_000)).gains(0, 6_000)
    entry = "He would rather wait for long-term treatment than pay ordinary rates."
    body = DRAFTER.draft(table.note(entry, date(2026, 7, 22), "Call").done()).body
    assert f"\u201c{entry}\u201d This proposal would not wait, so tell us which you prefer." in body
    assert "Please tell us if that has changed" not in body


@pytest.mark.parametrize(
    ("entry", "said_on", "ahead"),
    [
        ("Grandson's wedding in May.", date(2026, 3, 30), False),
        ("Grandson's wedding in May.", date(2026, 8, 30), True),
        ("Wedding of their daughter on June 12, 2027.", date(2026, 3, 30), True),
        ("Daughter's wedding this summer.", date(2026, 3, 30), False),
        ("Wedding next summer.", date(2026, 3, 30), True),
        ("Wedding in October.", date(2026, 3, 30), True),
        ("Daughter's wedding planned.", date(2026, 3, 30), True),
    ],
)
def test_a_plan_whose_time_has_passed_is_not_ahead(entry: str, said_on: date, ahead: bool) -> None:
    table = Table("C-1", "Vale").trims(IVV=(36_263, 6_000)).gains(6_000, 0)
    facts = table.note(entry, said_on, "Call").done()
    assert facts.as_of == date(2026, 10, 15)
    assert ("the family wedding ahead" in DRAFTER.draft(facts).body) == ahead


@pytest.mark.parametrize("trust", [True, False])
def test_a_trusts_loss_is_not_said_to_lower_the_clients_other_income(trust: bool) -> None:
    """Of a loss of $24,015 the trust's $21,015 never reaches the client's return."""
    table = Table("C-1", "Vale").trims(LQD=(99_945, -24_015)).gains(-24_015, 0, -8_399)
    if trust:
        table.money("OTHER_1_GAIN", Topic.GAIN, -21_015, "gain in the trust", Direction.DOWN)
    body = DRAFTER.draft(table.done()).body
    assert ("deducted from other income" in body) != trust
    assert ("in the trust" in body) == trust


def test_a_plan_within_the_budget_is_not_called_smaller() -> None:
    """It may sell more at less gain: $67,312 instead of $58,800."""
    table = Table("C-1", "Vale").trims(MSFT=(58_800, 13_732)).gains(10_943, 2_789).budget(10_000, 14_337)
    body = DRAFTER.draft(table.alternative(67_312, 9_376, 5.5, "MSFT").done()).body
    assert "$67,312" in body
    assert "smaller" not in body


def test_a_weight_that_reaches_its_target_is_not_set_against_it() -> None:
    """'to 60.0%, against its 60% target' says one thing twice."""
    assert re.search(
        r"equity (?:back to|would be back at) its 60% target", DRAFTER.draft(hartwell()).body
    ) or ("60.0%" not in DRAFTER.draft(hartwell()).body)


def test_a_plan_that_changes_no_tax_is_not_said_to_add_nothing() -> None:
    body = DRAFTER.draft(Table("C-1", "Vale").trims(XOM=(34_005, 2_000)).gains(2_000, 0, 0).done()).body
    assert "would leave this year’s tax as it is" in body
    assert "$0" not in body


def test_a_call_that_is_to_come_before_a_trade_is_no_way_of_meeting() -> None:
    entry = "Prefers a call before any trade that realizes a gain."
    table = Table("C-1", "Vale").trims(XOM=(34_005, 2_000)).gains(2_000, 0)
    body = DRAFTER.draft(table.note(entry, date(2026, 8, 14), "Preference").done()).body
    assert "by phone" not in body
    assert body.count("August 14, 2026") == 1


def test_a_contribution_is_told_to_the_advisor_once() -> None:
    table = Table("C-1", "Vale").contribution(
        10_300, date(2026, 8, 12), "not yet reflected in the target, set x"
    )
    table.text(
        "DATA_1",
        Topic.DATA,
        "The contribution of $10,300.00 is not reflected in the target.",
        "warning in the data",
    )
    notes = [note.text for note in DRAFTER.draft(table.done()).notes]
    assert sum("ontribution" in note for note in notes) == 1


def with_reasons(table: Table, **reasons: str) -> Table:
    """Each symbol's sale in account 1 with the engine's reason for it."""
    for symbol, reason in reasons.items():
        proceeds = next(f for f in table.facts if f.id == f"TRIM_{symbol}_PROCEEDS")
        table.money(
            f"TRIM_{symbol}_1_PROCEEDS", Topic.TRADE, proceeds.value // 100, "proceeds", Direction.DOWN
        )
        table.text(f"TRIM_{symbol}_1_REASON", Topic.TRADE, reason, "why it is sold")
    return table


def sold(**reasons: str) -> str:
    """What a letter says of sales of VTI, at a gain, and of INTC and MUB, at a loss, for these reasons."""
    trims = {"VTI": (40_000, 9_000), "INTC": (30_000, -5_000), "MUB": (20_000, -1_000)}
    table = Table("C-1", "Ann Vale").sleeve("US Equity", 70, 60).sleeve("Bonds", 28, 40)
    table.trims(**{k: v for k, v in trims.items() if k in reasons})
    total = sum(trims[k][1] for k in reasons)
    facts = with_reasons(table.gains(total, 0, 500), **reasons).done()
    draft = DRAFTER.draft(facts)
    assert check_draft(draft, facts) == ()
    return next(p.text for p in draft.paragraphs if "VTI" in p.text or "INTC" in p.text)


def test_every_sale_that_is_named_comes_with_its_reason() -> None:
    text = sold(VTI="US Equity above band; least tax per dollar", INTC="Realizes a loss")
    assert "VTI belongs to US equity, which is above its range" in text
    assert "selling INTC would realize a loss of $5,000" in text
    assert "VTI is above the range set for it" in sold(VTI="VTI and US Equity above band")
    assert "Selling VTI would make room for bonds, which are below their range." in sold(
        VTI="Makes room for sleeves below their band"
    )
    assert "Selling INTC and MUB would realize losses" in sold(INTC="Realizes a loss", MUB="Realizes a loss")
    assert "Selling VTI would raise cash that is needed." in sold(VTI="Raises the cash that is needed")


def test_sales_of_one_reason_are_told_together() -> None:
    same = "US Equity above band; least tax per dollar"
    assert "Both belong to US equity, which is above its range." in sold(VTI=same, INTC=same)


def test_a_loss_is_no_reason_where_the_sales_realize_a_gain() -> None:
    table = Table("C-1", "Ann Vale").sleeve("US Equity", 70, 60).trims(VTI=(40_000, 9_000))
    facts = with_reasons(table, VTI="Realizes a loss").done()
    assert reason_of(Lookup(facts), "VTI") is None


def test_every_reason_of_the_engine_is_understood() -> None:
    """Over the sample firm and generated households: no sale that a letter names is left unexplained."""
    seen = set()
    for facts in clients(14):
        lookup, body = Lookup(facts), DRAFTER.draft(facts).body
        for key in lookup.keys("TRIM_", "_PROCEEDS"):
            reasons = [f.display for f in facts if re.fullmatch(rf"TRIM_{key}_\d+_REASON", f.id)]
            found = reason_of(lookup, key)
            assert found or not reasons or reasons == ["Realizes a loss"], (facts.client_id, key, reasons)
            if found and f"{lookup.name(key)} by $" in body:
                seen.add(found.why)
    assert {Why.LOSS, Why.CLASS, Why.SECURITY, Why.ROOM} <= seen


def test_no_sentence_opens_with_a_figure() -> None:
    for facts in (*TABLES, *clients(14)):
        body = DRAFTER.draft(facts).body
        assert not re.search(r"(?:^|[.!?\u201d]\s+|\n)[$\d]", body), facts.client_id


def test_every_letter_says_of_which_day_its_figures_are() -> None:
    for facts in (*TABLES, *clients(14)):
        assert f"as of {facts.by_id['AS_OF'].display}" in DRAFTER.draft(facts).paragraphs[0].text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Samuel & Adaeze Okafor", "the spouse\u2019s required minimum distribution from the IRA \u20260093"),
        ("Samuel Okafor", "your spouse\u2019s required minimum distribution"),
    ],
)
def test_a_couple_reads_from_which_account_a_distribution_comes(name: str, said: str) -> None:
    table = Table("C-1", name).money("RMD_LEFT_SPOUSE", Topic.RMD, 14_000, "left", mandatory=True)
    table.text("RMD_FROM_SPOUSE", Topic.RMD, "IRA \u20260093", "accounts that it comes from")
    facts = table.done()
    assert said in DRAFTER.draft(facts).body
    assert check_draft(DRAFTER.draft(facts), facts) == ()


def test_carried_losses_beyond_the_gains_are_said_to_reach_other_income() -> None:
    """Gains of 75,000 and 78,000 used: the gains, and 3,000 of other income (IRC 1211(b))."""
    table = (
        Table("C-1", "Ann Vale").sleeve("US Equity", 70, 60).trims(VTI=(90_000, 75_000)).gains(75_000, 0, 0)
    )
    table.gain("YEAR_LT_GAIN", 75_000, "long-term gain of the year with the plan")
    table.money("CARRY_USED", Topic.GAIN, 78_000, "carried loss used").money(
        "CARRY_LEFT", Topic.GAIN, 9_000, "left"
    )
    body = DRAFTER.draft(table.done()).body
    assert "offset this year\u2019s gains and some other income, using up $78,000 and leaving $9,000" in body


def test_old_data_is_told_to_the_advisor_and_not_to_the_client() -> None:
    table = (
        Table("C-1", "Ann Vale").sleeve("US Equity", 70, 60).trims(VTI=(40_000, 9_000)).gains(9_000, 0, 500)
    )
    facts = table.text("OLD_DATA", Topic.HEADER, "prices of October 1, 2026", "old data").done()
    draft = DRAFTER.draft(facts)
    assert draft.notes[0].text.startswith(
        "Not to be sent yet: the letter rests on old data (prices of October 1, 2026)."
    )
    assert "October 1," not in draft.body
    assert check_draft(draft, facts) == ()


def test_a_trust_has_no_household_and_no_family() -> None:
    facts = replace(hartwell(), client_name="Okafor Family Trust")
    assert not re.search(r"household|family situation", DRAFTER.draft(facts).body)


def test_a_sale_beyond_the_cash_that_is_needed_is_not_said_to_be_for_it_alone() -> None:
    """$18,500 is asked for and $285,600 sold: the withdrawal is the reason of a part only."""

    def letter(sold: int) -> str:
        table = Table("C-1", "Ann Vale").sleeve("US Equity", 62, 60).trims(MSFT=(sold, 9_000))
        table.money("TRANSFER_1_AMOUNT", Topic.TRADE, 18_500, "withdrawal")
        table.text("TRANSFER_1_WHY", Topic.TRADE, "withdrawal", "what the cash is for")
        return DRAFTER.draft(with_reasons(table, MSFT="Raises the cash that is needed").done()).body

    assert "Part of the sale of MSFT would raise cash for your withdrawal." in letter(285_600)
    assert "Selling MSFT would raise cash for your withdrawal." in letter(18_500)


def test_every_sale_whose_reason_is_told_was_named_before() -> None:
    """Whatever the length of the letter: no 'VCIT and SCHZ belong to bonds' after 'VCIT, VXUS, VTIP, and others'."""
    for facts in clients(60):
        lookup, draft = Lookup(facts), DRAFTER.draft(facts)
        second = next((p.text for p in draft.paragraphs if "trim" in p.text), "")
        listed, _, after = second.partition(". ")
        reasons = after.split(". ")[0]
        if not re.search(r"above (?:its|the) range|would r(?:aise|ealize)|make room", reasons):
            continue
        for key in lookup.keys("TRIM_", "_PROCEEDS"):
            name = lookup.name(key)
            told = re.search(rf"\b{re.escape(name)}\b", reasons.partition("would make room")[0])
            assert not told or name in listed, (facts.client_id, second)


def test_a_wish_to_be_called_before_a_gain_is_honored_by_asking_to_talk() -> None:
    table = Table("C-1", "Ann Vale").sleeve("US Equity", 70, 60).trims(VTI=(40_000, 9_000))
    table.note("Prefers a call before any trade that realizes a gain.", date(2026, 4, 10), "preference")
    gain, none = table.gains(9_000, 0, 500).done(), Table("C-1", "Ann Vale").sleeve("US Equity", 70, 60)
    none.trims(VTI=(40_000, -9_000)).gains(-9_000, 0, -500)
    none.note("Prefers a call before any trade that realizes a gain.", date(2026, 4, 10), "preference")
    assert "This proposal would realize a gain, so let us talk first." in DRAFTER.draft(gain).body
    assert "let us talk first" not in DRAFTER.draft(none.done()).body


def test_the_last_sentence_asks_for_what_this_client_has_to_decide() -> None:
    """Over the budget: which version. A loss on offer and no trades: whether to take it."""
    over = DRAFTER.draft(hartwell()).paragraphs[-1].text
    assert "version" in over.split(". ")[-1]
    for facts in clients(60):
        lookup, last = Lookup(facts), DRAFTER.draft(facts).paragraphs[-1].text
        if offers_loss(lookup) and "NO_ACTION" in lookup.by_id and not lookup.ends("RMD_LEFT"):
            assert "loss" in last, facts.client_id
        assert "confirm" in last


def test_the_first_distribution_of_a_spouse_is_not_that_of_a_first_spouse() -> None:
    for facts in clients(60):
        assert not any("First Spouse" in note.text for note in DRAFTER.draft(facts).notes)


def test_no_letter_says_that_a_wash_sale_takes_up_to_nothing() -> None:
    table = Table("C-1", "Ann Vale").harvest("SPY", 3_489, clear=date(2026, 11, 7))
    table.money("HARVEST_SPY_DISALLOWED", Topic.HARVEST, 0, "loss that a sale now would disallow")
    draft = DRAFTER.draft(table.done())
    assert "$0" not in draft.body + "".join(note.text for note in draft.notes)
    assert "a very small part of it if realized before November 7, 2026" in draft.body
