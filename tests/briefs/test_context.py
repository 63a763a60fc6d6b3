"""The page's values: what is shown, what folds, what is cut, and that nothing of it is lost silently."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

from tests import builders as b
from tests import hartwell
from tests.briefs import cases
from xl_rebal.briefs.context import BriefContext, brief_context
from xl_rebal.briefs.fit import LEAST, PAGE_POINTS, estimated_points, fits
from xl_rebal.briefs.page import Page
from xl_rebal.briefs.sections import Sections
from xl_rebal.engine.book import Owner, Registration, Term
from xl_rebal.engine.problems import Problem, Severity, Source
from xl_rebal.engine.results import Disposal, Review, RmdAccount, RmdState, Side, Trade, WashState
from xl_rebal.facts.build import build_facts
from xl_rebal.facts.draft import Draft

HOME, REVIEW = hartwell.household(), hartwell.review()


def context_of(review: Review = REVIEW, draft: Draft | None = None) -> BriefContext:
    facts = build_facts(HOME, review, hartwell.settings())
    return brief_context(HOME, review, facts, draft or cases.hartwell_draft())


def with_plan(**changes: Any) -> BriefContext:
    assert REVIEW.plan is not None
    return context_of(replace(REVIEW, plan=replace(REVIEW.plan, **changes)))


def line(context: BriefContext, label: str) -> str:
    """The text of a tax or money line by its label."""
    rows = [*context.values["tax"], *context.values["money_lines"]]
    return next(
        str(row["text"]) for row in rows if label in (row["label"], row.get("flag", "").removeprefix("▲ "))
    )


def flagged(context: BriefContext) -> set[str]:
    return {row["flag"] for row in context.values["tax"]} - {""}


def test_the_worked_example_reads_as_an_advisor_would_say_it() -> None:
    context = context_of()
    assert context.values["out_of_line"] == (
        "AAPL +3.1% (8.1%, target 5%);  MSFT +2.4% (7.4%, target 5%);  NVDA +1.8% (5.8%, target 4%)"
    )
    assert line(context, "Reallocate") == (
        "$185,000: $111,000 to MUB (1,110 sh, Taxable\u00a0...4417); $74,000 to BND (1,000 sh, IRA\u00a0...0093)"
    )
    assert line(context, "Gain budget") == "$121,000 of $100,000: exceeded by $21,000"
    assert line(context, "Within budget") == "trim $149,720, gain $99,040, tax $23,572; Equity stays +1.2%"
    assert line(context, "Tax") == "about $28,798; rate on further gain 20% long-term + 3.8% NIIT"
    assert line(context, "RMD") == "$87,000 left to take by December 31, 2026"
    assert line(context, "Harvest") == "SCHB $8,012 loss, swap VTI; clear to harvest"


def test_what_needs_a_decision_is_flagged_and_the_rest_is_not() -> None:
    assert flagged(context_of()) == {"▲ Gain budget", "▲ RMD"}


def test_what_is_out_of_its_band_is_told_by_more_than_color() -> None:
    equity, _, cash = context_of().values["drift"]
    assert (equity["status_out"], equity["status_in"]) == ("▲ Above band", "")
    assert (cash["status_out"], cash["status_in"]) == ("", "In band")


def test_the_picture_of_a_class_is_read_aloud_with_the_figures_of_its_row() -> None:
    equity = context_of().values["drift"][0]["bar"]
    assert equity.alt == (
        "Equity: 71.2% now, target 65%, band 60% to 70%, 65.0% after the proposed trades. Above band."
    )


def test_the_page_starts_with_four_figures_and_what_needs_a_look() -> None:
    values = context_of().values
    assert values["glance"] == {
        "trim": "$185,000", "trim_note": "in 3 lines", "gain": "$121,000", "gain_note": "$21,000 over budget",
        "tax": "$28,798", "tax_note": "added, estimate", "rmd": "$87,000", "rmd_note": "by\u00a0December\u00a031,\u00a02026",
    }  # fmt: skip
    assert values["flags"] == (
        "Gain budget exceeded  ▲  High gain  ▲  RMD left to take  ▲  Harvest candidate  ▲  Data warnings"
    )


def test_a_quiet_client_has_nothing_to_start_from_and_nothing_to_look_at() -> None:
    values = cases.quiet_context()[0].values
    assert values["flags"] == ""
    assert (values["glance"]["trim"], values["glance"]["rmd"]) == ("none", "none due")


def test_distributions_of_two_pools_are_added_up() -> None:
    """$87,000 and $1,234.50: $88,234.50, with no single date beside it."""
    second = replace(REVIEW.rmds[0], owner=Owner.SPOUSE, left_cents=123_450, required_cents=123_450)
    glance = context_of(replace(REVIEW, rmds=(REVIEW.rmds[0], second))).values["glance"]
    assert (glance["rmd"], glance["rmd_note"]) == ("$88,234.50", "")


def test_a_no_break_space_stays_where_a_text_is_cut_to_one_line() -> None:
    """`Plan` and the hash after it are one word to a line's end, in the proof's line too."""
    proof = next(row["text"] for row in context_of().values["proof_lines"] if row["label"] == "Proof")
    assert re.search(r" Plan\u00a0[0-9a-f]{12}\.", proof), proof


def test_a_reason_that_all_trims_share_is_said_once() -> None:
    context = context_of()
    assert {row["why"] for row in context.values["trims"]} == {""}
    assert line(context, "Why these lots") == "highest-basis lots first"
    assert REVIEW.plan is not None
    first, *others = REVIEW.plan.trades
    differing = with_plan(trades=(replace(first, reason="overweight", flags=()), *others))
    assert [row["why"] for row in differing.values["trims"]] == ["Overweight"] + [
        "Highest-basis lots first"
    ] * 2


def test_a_loss_stands_in_parentheses_in_the_table() -> None:
    sold = Disposal(hartwell.LOTS["SCHB"], Decimal(6000), 15_000_000, 15_801_200, Term.LONG)
    trade = Trade(hartwell.TRUST, "SCHB", Side.SELL, Decimal(6000), Decimal(25), 15_000_000, (sold,), (), "")
    context = with_plan(trades=(trade,), long_gain_cents=-801_200)
    assert context.values["trims"][0]["gain"] == "($8,012)"
    assert context.values["gain_total"] == "($8,012)"


def test_a_sheltered_trim_shows_a_dash_for_its_gain() -> None:
    trade = Trade(hartwell.IRA, "BND", Side.SELL, Decimal(10), Decimal(74), 74_000, (), (), "")
    row = with_plan(trades=(trade,), long_gain_cents=0).values["trims"][0]
    assert (row["gain"], row["term"]) == ("–", "No tax")


def test_a_client_in_band_gets_a_sentence_instead_of_a_table() -> None:
    values = cases.quiet_context()[0].values
    assert values["trims"] == []
    assert "no trades are proposed" in values["no_trades"]
    assert values["out_of_line"] == ""


def test_a_withheld_plan_says_why_there_is_none() -> None:
    values = context_of(replace(REVIEW, plan=None)).values
    assert values["no_trades"].startswith("No plan: the data has errors")
    assert values["money_lines"] == []


def test_a_plan_that_only_buys_says_that_nothing_is_sold() -> None:
    values = with_plan(trades=(hartwell.purchase("BND", 10, 74, hartwell.IRA),)).values
    assert values["no_trades"] == "Nothing needs to be sold."


def test_unknown_tax_is_flagged_with_what_to_do() -> None:
    context = with_plan(tax=None, rates=None)
    assert line(context, "Tax") == "unknown: enter the client's taxable income or a rate"
    assert "▲ Tax" in flagged(context)


def test_a_blocked_harvest_shows_the_day_it_becomes_clear() -> None:
    candidate = REVIEW.harvest[0]
    wash = replace(
        candidate.wash, state=WashState.BLOCKED, clear_from=b.day("2026-11-01"), disallowed_cents=24_500
    )
    context = context_of(replace(REVIEW, harvest=(replace(candidate, wash=wash, swap=""),)))
    said = "SCHB $8,012 loss, no swap designated; a small part is a wash sale if sold now (up to $245 disallowed), clear from November 1, 2026"
    assert line(context, "Harvest") == said


def test_an_rmd_that_is_taken_or_unknown_is_said() -> None:
    taken = replace(REVIEW.rmds[0], state=RmdState.TAKEN, taken_cents=8_700_000, left_cents=0)
    assert line(context_of(replace(REVIEW, rmds=(taken,))), "RMD") == "$87,000 for the year, all taken"
    unknown = replace(
        taken, owner=Owner.SPOUSE, state=RmdState.UNKNOWN, required_cents=None, left_cents=None,
        accounts=(RmdAccount(hartwell.IRA, Registration.TRADITIONAL_IRA, None, None, None, 0),),
    )  # fmt: skip
    assert (
        line(context_of(replace(REVIEW, rmds=(unknown,))), "RMD (spouse, IRA)") == "unknown: see the checks"
    )
    both = context_of(replace(REVIEW, rmds=(REVIEW.rmds[0], unknown)))
    assert both.values["glance"]["rmd"] == "at least $87,000"


def test_the_busiest_client_folds_and_says_how_much_is_left_out() -> None:
    context, facts = cases.long_context()
    shown = len(context.values["trims"])
    assert LEAST.trims <= shown < 12
    assert context.values["trims_more"] == f"and {12 - shown} more, see the workbook"
    assert context.values["trim_total"] == facts.by_id["TRIM_TOTAL"].display  # of all twelve
    assert fits(context.values)


def test_a_table_is_not_folded_to_hide_a_single_row() -> None:
    for count in range(1, 13):
        assert REVIEW.plan is not None
        one = REVIEW.plan.sells[0]
        values = with_plan(trades=(one,) * count).values
        assert count - len(values["trims"]) != 1


def test_a_quiet_clients_notes_are_shown_whole() -> None:
    text = "A long note about the household. " * 10
    draft = replace(cases.hartwell_draft(), notes=cases.said(text))
    assert context_of(draft=draft).values["notes"] == [text.strip()]


def test_an_email_longer_than_the_page_says_where_the_rest_is() -> None:
    draft = replace(cases.hartwell_draft(), paragraphs=cases.said(*("word " * 100,) * 6))
    paragraphs = context_of(draft=draft).values["email"]["paragraphs"]
    assert paragraphs[-1].endswith("… (the rest is in email.txt)")
    assert 250 <= sum(len(p.split()) for p in paragraphs) < 350


def test_problems_of_the_data_are_on_the_page_and_counted() -> None:
    problems = tuple(
        Problem(Severity.WARNING, f"x{n}", Source("Lots", n), "", "", "", f"Problem {n}.", "Look.", None)
        for n in range(2, 12)
    )
    checks = context_of(replace(REVIEW, problems=problems)).values["checks"]
    assert checks[0] == "Lots row 2: Problem 2. Look."
    assert checks[-1].endswith(f"({10 - len(checks)} more on the Checks sheet)")


def test_figures_that_the_page_itself_says_are_listed_as_facts() -> None:
    context, facts = cases.long_context()
    own = {fact.display for fact in context.furniture}
    assert context.values["trims_more"] in own
    assert "model llama-3.3-70b-instruct at a local endpoint" in own
    assert len(context.all_facts(facts)) == len(facts) + len(context.furniture)


def test_the_same_review_fills_the_page_the_same_way() -> None:
    assert cases.long_context()[0] == cases.long_context()[0]


def test_more_text_is_estimated_to_take_more_room() -> None:
    values = dict(context_of().values)
    taller = values | {"notes": [*values["notes"], "another note " * 20] * 3}
    assert estimated_points(values) < estimated_points(taller)
    assert estimated_points(values) < PAGE_POINTS


def test_what_a_note_says_is_not_said_again_as_a_check() -> None:
    facts = build_facts(HOME, REVIEW, hartwell.settings())
    problem = facts.by_id["DATA_1"].display
    draft = replace(cases.hartwell_draft(), notes=cases.said(f"Data: {problem}"))
    assert context_of(draft=draft).values["checks"] == []
    assert context_of().values["checks"] == [problem]


def test_trims_inside_sheltered_accounts_realize_no_gain_and_no_tax() -> None:
    trade = Trade(hartwell.IRA, "BND", Side.SELL, Decimal(10), Decimal(74), 74_000, (), (), "")
    context = with_plan(trades=(trade,), long_gain_cents=0, budget=None)
    assert line(context, "Gains") == "none from the trims, which are all in tax-sheltered accounts"
    assert line(context, "Tax").startswith("rate on further gain")


def test_a_mere_note_of_the_data_stays_in_the_workbook() -> None:
    note = Problem(Severity.NOTE, "x", Source("Lots", 2), "", "", "", "A note.", "Nothing to do.", None)
    assert context_of(replace(REVIEW, problems=(note,))).values["checks"] == []


def test_a_harvest_that_the_plan_takes_is_said_to_be_in_the_plan_and_not_offered() -> None:
    """The whole lot at its loss of $8,012, then a part of $500."""
    assert REVIEW.plan is not None
    candidate = REVIEW.harvest[0]
    lot = candidate.lots[0]
    for loss, said in (
        (-candidate.loss_cents, "SCHB $8,012 loss, all of it in the plan"),
        (50_000, "SCHB $8,012 loss, $500 of it in the plan, the rest not proposed"),
    ):
        sold = Disposal(lot, lot.quantity, 1_000_000 - loss, 1_000_000, Term.SHORT)
        sale = replace(
            REVIEW.plan.sells[0], account_id=candidate.account_id, symbol="SCHB", disposals=(sold,)
        )
        context = context_of(replace(REVIEW, plan=replace(REVIEW.plan, trades=(sale,))))
        assert line(context, "Harvest") == said


def test_a_first_rmd_shows_that_it_may_wait_and_what_waiting_means() -> None:
    first = replace(REVIEW.rmds[0], state=RmdState.FIRST_YEAR, due=b.day("2027-04-01"))
    context = context_of(replace(REVIEW, rmds=(first,)))
    said = "$87,000 left; first year: may wait until April 1, 2027, but the next is due that year too"
    assert line(context, "RMD") == said


def test_an_account_and_its_number_stay_on_one_line() -> None:
    """A no-break space before the digits, and dots at which no line ends."""
    values = cases.hartwell_context()[0].values
    assert all("…" not in row["account"] for row in values["trims"])
    assert values["trims"][0]["account"] == "Taxable\u00a0...4417"


def test_a_quotation_that_is_cut_still_ends() -> None:
    draft = replace(cases.hartwell_draft(), notes=cases.said(f"CRM: “{'she would like to wait ' * 60}”"))
    note = context_of(draft=draft).values["notes"][0]
    assert note.endswith("…”")


def test_one_purchase_has_no_total_beside_it() -> None:
    context = with_plan(trades=(hartwell.purchase("BND", 10, 74, hartwell.IRA),))
    assert next(
        row["text"] for row in context.values["money_lines"] if row["label"] == "Reallocate"
    ).startswith("$740 to BND")


def test_a_check_that_another_one_holds_is_not_shown_twice() -> None:
    said = "Inherited IRA: unknown, ask."
    problem = Problem(
        Severity.WARNING, "rmd-unknown", Source("Accounts", 3), "", "", "", f"Not known. {said}", "", "HAR01"
    )
    rmd = replace(REVIEW.rmds[0], caveats=(said,))
    checks = context_of(replace(REVIEW, problems=(problem,), rmds=(rmd,))).values["checks"]
    assert sum(said in check for check in checks) == 1


# --- Why this plan -------------------------------------------------------------------------------------------------


def proof(context: BriefContext) -> dict[str, str]:
    return {row["label"]: row["text"] for row in context.values["proof_lines"]}


def test_the_box_under_the_trades_says_why_the_plan_can_be_relied_on() -> None:
    lines = proof(cases.hartwell_context()[0])
    assert list(lines) == ["Proof", "Rules of thumb", "Tax for total drift"]
    assert lines["Proof"].startswith("Proven within $0.88 of the least tax and drift")
    assert lines["Rules of thumb"].startswith("HIFO account by account would add $9,300 of tax")
    assert lines["Tax for total drift"].startswith("$28,798 at 0% (● this plan)")


def test_a_trim_says_what_becomes_of_the_plan_without_it() -> None:
    rows = {row["symbol"]: row for row in cases.hartwell_context()[0].values["trims"]}
    assert rows["AAPL"]["why"] == "Without this sale $1,240 more tax"
    assert rows["NVDA"]["flag"] == "▲ High gain  "
    assert rows["NVDA"]["why"] == "without this sale 3.3% more drift, $14,518 less tax"


def with_reason(reason: str) -> str:
    """What the row of AAPL says when it is sold for this reason and the other trims for another."""
    assert REVIEW.plan is not None
    trades = tuple(
        replace(t, reason=reason if t.symbol == "AAPL" else "above band") for t in REVIEW.plan.trades
    )
    review = replace(REVIEW, plan=replace(REVIEW.plan, trades=trades))
    facts = build_facts(HOME, review, hartwell.settings(), hartwell.explanation())
    values = brief_context(HOME, review, facts, cases.hartwell_draft()).values
    return next(str(row["why"]) for row in values["trims"] if row["symbol"] == "AAPL")


def test_reason_and_counterfactual_stand_together_where_both_have_room() -> None:
    assert with_reason("AAPL above band") == "AAPL above band; without this sale $1,240 more tax"


def test_where_one_must_go_the_dollars_stay() -> None:
    assert with_reason("a very long reason " * 5) == "Without this sale $1,240 more tax"


def test_a_withheld_plan_has_no_box() -> None:
    assert context_of(replace(REVIEW, plan=None)).values["proof_lines"] == []


def test_the_busiest_brief_keeps_its_proof() -> None:
    assert proof(cases.long_context()[0])["Proof"].startswith(
        "Search ended at its work limit: within $12,346"
    )


def test_what_a_rule_costs_and_what_waiting_saves_are_shown_where_there_is_room() -> None:
    facts = build_facts(HOME, REVIEW, hartwell.settings(), cases.long_explanation(hartwell.plan()))
    lines = proof(brief_context(HOME, REVIEW, facts, cases.hartwell_draft()))
    assert lines["Waiting"].startswith("3 lots turn long-term")
    assert lines["Price of a rule"].startswith("Do not sell")
    assert lines["In the way"].startswith("Gain budget")


def test_a_section_is_filled_once_for_all_limits_that_it_does_not_read() -> None:
    facts = build_facts(HOME, REVIEW, hartwell.settings())
    filled: list[int] = []

    def section(page: Page) -> dict[str, int]:
        filled.append(page.limits.trims)
        page.own(f"{page.limits.trims} rows", "rows")
        return {"trims": page.limits.trims}

    sections = Sections(facts, [section, section], lambda values: values)
    for words in (250, 280, 330):
        assert sections.values(replace(LEAST, email_words=words)) == {"trims": LEAST.trims}
    assert sections.values(replace(LEAST, trims=9)) == {"trims": 9}
    assert filled == [LEAST.trims] * 2 + [9] * 2
    assert [f.id for f in sections.furniture(LEAST)] == ["PAGE_1", "PAGE_2"]
