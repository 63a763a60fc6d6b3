"""The book summary: totals that equal their parts, exceptions first, a row a client, figures that are facts, on record."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest
from docx import Document
from typer.testing import CliRunner

from xl_rebal import app, sample
from xl_rebal.app.summarizing import make_summary
from xl_rebal.briefs.kinds import SUMMARY
from xl_rebal.briefs.render import render_brief, shipped_template
from xl_rebal.briefs.summary import PLACEHOLDERS, summary_context
from xl_rebal.cli.commands import app as terminal
from xl_rebal.drafting.document import docx_text
from xl_rebal.drafting.grounding import ungrounded_figures
from xl_rebal.engine.book import Term
from xl_rebal.engine.results import Review, Side, TradeFlag
from xl_rebal.engine.review import HIGH_RISK, flags
from xl_rebal.errors import FilingFailed, TemplateError
from xl_rebal.facts.book_facts import book_facts
from xl_rebal.facts.types import Fact, Facts
from xl_rebal.money import money_text
from xl_rebal.sample.rows import tables_of
from xl_rebal.sheets import tables

run = CliRunner()


@pytest.fixture(scope="module")
def book() -> Any:
    return app.book_of(tables_of(sample.firm_rows(), sample.firm_settings_values()))


@pytest.fixture(scope="module")
def found(book: Any) -> tuple[Review, ...]:
    return app.reviews(book)


@pytest.fixture(scope="module")
def facts(book: Any, found: tuple[Review, ...]) -> Facts:
    return book_facts(book, found)


@pytest.fixture(scope="module")
def values(book: Any, found: tuple[Review, ...], facts: Facts) -> Any:
    return summary_context(facts, found, book.settings).values


def value(facts: Facts, fact_id: str) -> Any:
    return facts.by_id[fact_id].value


def test_totals_are_the_sums_of_the_plans_to_the_cent(found: tuple[Review, ...], facts: Facts) -> None:
    plans = [review.plan for review in found if review.plan is not None]
    sells = [t for plan in plans for t in plan.trades if t.side is Side.SELL]
    buys = [t for plan in plans for t in plan.trades if t.side is Side.BUY]
    assert value(facts, "TRIMS") == sum(t.amount_cents for t in sells) > 0
    assert value(facts, "TRIM_LINES") == len(sells)
    assert value(facts, "BUYS") == sum(t.amount_cents for t in buys)
    assert value(facts, "GAIN") == sum(t.gain_cents() for t in sells)
    assert value(facts, "GAIN") == value(facts, "LT_GAIN") + value(facts, "ST_GAIN")
    taxes = [plan.all_tax.total_cents for plan in plans if plan.trades and plan.all_tax]
    assert value(facts, "TAX_ADDED") == sum(t for t in taxes if t > 0) > 0
    assert value(facts, "TAX_SAVED") == sum(t for t in taxes if t < 0) < 0
    assert value(facts, "RMD_LEFT") == sum(review.rmd_left_cents for review in found) > 0
    over = [plan.budget.excess_cents for plan in plans if plan.budget and plan.budget.excess_cents]
    assert (value(facts, "OVER_BUDGET"), value(facts, "OVER_BUDGET_BY")) == (len(over), sum(over))


def test_rows_add_up_to_the_totals(facts: Facts) -> None:
    def column(end: str) -> int:
        return sum(f.value for i, f in facts.by_id.items() if re.fullmatch(rf"ROW_\d+_{end}", i))

    assert column("TRIM") == value(facts, "TRIMS")
    assert column("LT") == value(facts, "LT_GAIN")
    assert column("ST") == value(facts, "ST_GAIN")
    assert column("RMD") == value(facts, "RMD_LEFT")
    assert column("OVER") == value(facts, "OVER_BUDGET_BY")


def dollars(shown: str) -> Decimal:
    """What a cell shows: `($1,234.50)` gives -1234.50, `at least $16,000` 16000, `▲ $12 over` 12, a dash nothing."""
    found = re.search(r"\$([\d,]+(?:\.\d\d)?)", shown)
    value = Decimal(found[1].replace(",", "")) if found else Decimal(0)
    return -value if "(" in shown else value


def inside(note: str, words: str) -> Decimal:
    """The amount behind these words in a line of the totals."""
    return dollars(note.partition(words)[2].split(";")[0].split(", ")[0])


@pytest.mark.parametrize("seed", [None, 3, 11], ids=["sample", "3", "11"])
def test_figures_as_shown_add_up_in_every_table(seed: int | None) -> None:
    """Read off the page alone: columns of clients, parts of a total, and what exceeds a budget."""
    if seed is None:
        made = app.book_of(tables_of(sample.firm_rows(), sample.firm_settings_values()))
    else:
        rows = sample.generated_rows(24, seed, (5, 30))
        made = app.book_of(tables_of(rows, sample.generated_settings_values()))
    reviewed = app.reviews(made)
    shown: Any = summary_context(book_facts(made, reviewed), reviewed, made.settings).values
    total = {line["label"]: (dollars(line["value"]), line["note"]) for line in shown["totals"]}

    def column(field: str) -> list[Decimal]:
        return [dollars(row[field]) for row in shown["rows"] if field != "budget" or "over" in row[field]]

    net, notes = total["Net gain"]
    long, short = inside(notes, "long-term "), inside(notes, "short-term ")
    assert long + short == net
    assert (sum(column("long")), sum(column("short"))) == (long, short)
    assert sum(column("trim")) == total["Trims"][0] > 0
    added, notes = total["Tax added"]
    assert sum(tax for tax in column("tax") if tax > 0) == added
    assert -sum(tax for tax in column("tax") if tax < 0) == inside(notes, "saved ")
    assert sum(column("budget")) == inside(total["Over gain budget"][1], "by ")
    left, notes = total["RMDs left"]
    assert sum(column("rmd")) == left
    exact = book_facts(made, reviewed).by_id
    if value_of(exact, "RMD_REQUIRED") == value_of(exact, "RMD_TAKEN") + value_of(exact, "RMD_LEFT"):
        assert inside(notes, "required ") == inside(notes, "taken ") + left
    for row in shown["exceptions"]:
        if said := re.search(r"exceeded by (\S+) \((\S+) of (\S+)\)", row["what"]):
            over, used, budget = (dollars(figure) for figure in said.groups())
            assert used - budget == over, row


def test_a_short_term_gain_among_lots_with_losses_is_said_as_the_gain_that_it_is(book: Any) -> None:
    """A sale flagged for $600 of short-term gain, with a long-term lot at a loss of $900 beside it, is no gain of -$300."""
    home, review = next(
        (h, r) for h, r in zip(book.households, app.reviews(book), strict=True) if "DEL" in r.client_id
    )
    assert review.plan is not None
    trade = next(t for t in review.plan.sells if TradeFlag.SHORT_TERM in t.flags)
    lot = replace(trade.disposals[0], proceeds_cents=1_000_00, basis_cents=400_00, term=Term.SHORT)
    other = replace(lot, basis_cents=1_900_00, term=Term.LONG)
    plan = replace(
        review.plan, trades=(replace(trade, disposals=(lot, other), flags=(TradeFlag.SHORT_TERM,)),)
    )
    found = replace(review, plan=plan)
    made = replace(book, households=(home,))
    said = summary_context(book_facts(made, (found,)), (found,), book.settings).values["exceptions"][0][
        "what"
    ]
    assert re.match(rf"▲ Short-term gain: {trade.symbol} \$600(\.00)?$", said), said


def value_of(facts: Mapping[str, Fact], fact_id: str) -> int:
    return cast(int, facts[fact_id].value)


def test_what_is_left_of_rmds_is_said_as_on_the_dashboard(found: tuple[Review, ...], facts: Facts) -> None:
    """One client's inherited account is unknown: what is known of his and of all is said as `at least`."""
    at = next(n for n, review in enumerate(found, 1) if not review.rmd_is_known)
    assert facts.by_id[f"ROW_{at}_RMD"].display == tables.book_table(found)[at][13] == "at least $16,000"
    assert facts.by_id["RMD_LEFT"].display == "at least $124,500"
    assert facts.by_id["RMD_REQUIRED"].display.startswith("at least ")
    assert not facts.by_id["RMD_TAKEN"].display.startswith("at least ")


def test_every_client_is_a_row_or_withheld_with_its_errors(
    book: Any, found: tuple[Review, ...], values: Any
) -> None:
    names = [row["client"] for row in values["rows"]] + [row["client"] for row in values["withheld"]]
    assert sorted(names) == sorted(home.client.name for home in book.households)
    assert [row["client"] for row in values["withheld"]] == [r.client_name for r in found if r.withheld]
    assert "Positions!C61" in values["withheld"][0]["why"]
    assert "1904-6650" not in values["withheld"][0]["why"]  # numbers of accounts are shortened


def test_exceptions_are_those_that_a_sample_always_has_the_gravest_first(
    found: tuple[Review, ...], values: Any
) -> None:
    risky = {r.client_name for r in found if r.plan and set(flags(r)) & set(HIGH_RISK)}
    assert {row["client"] for row in values["exceptions"]} == risky
    first = values["exceptions"][0]
    assert first["what"].startswith(
        "▲ Gain budget exceeded by $21,000 ($121,000 of $100,000); ▲ High gain: NVDA $61,000"
    )


def test_every_figure_in_the_document_is_a_fact_and_one_that_is_not_is_found(
    book: Any, found: tuple[Review, ...], facts: Facts
) -> None:
    context = summary_context(facts, found, book.settings, sources="rebalance.xlsm, SHA-256 3f2a9c1e77aa")
    document = render_brief(context, shipped_template(SUMMARY), SUMMARY)
    fixed = [line for line in docx_text(shipped_template(SUMMARY).read_bytes()).split("\n") if line]
    assert ungrounded_figures(docx_text(document), context.all_facts(facts), fixed=fixed) == ()
    rows = [dict(row) for row in context.values["rows"]]
    rows[0]["trim"] = "$185,001"
    tampered = replace(context, values={**context.values, "rows": rows})
    shown = docx_text(render_brief(tampered, shipped_template(SUMMARY), SUMMARY))
    assert ungrounded_figures(shown, context.all_facts(facts), fixed=fixed) == ("$185,001",)


def test_every_placeholder_is_filled_and_no_other(values: Any) -> None:
    assert set(values) == set(PLACEHOLDERS)
    for name in ("totals", "exceptions", "withheld", "rows"):
        schema = PLACEHOLDERS[name]
        assert isinstance(schema, list)
        assert all(set(row) == set(schema[0]) for row in values[name])
    assert set(values["glance"]) == set(PLACEHOLDERS["glance"])  # type: ignore[call-overload]


def test_heads_of_tables_repeat_and_pages_are_numbered(book: Any, tmp_path: Path) -> None:
    done = make_summary(book, tmp_path)
    content = done.document.read_bytes()
    document = Document(io.BytesIO(content))
    assert len(document.element.body.xpath(".//w:tblHeader")) == 4
    assert len(document.element.body.xpath(".//w:tblCaption")) == 4
    headings = [p.text for p in document.paragraphs if p.style is not None and p.style.name == "Heading 1"]
    assert headings == [
        "Firm totals", "Exceptions", "Withheld", "Clients", "How well the plans are proven", "Method", "Committee",
    ]  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        foot = b"".join(package.read(n) for n in package.namelist() if n.startswith("word/footer"))
    assert b'w:instr=" PAGE "' in foot
    assert document.core_properties.title == "Alder & Finch Wealth Partners: book summary Q4 2026"


def test_a_book_in_which_nothing_happens_says_so(book: Any) -> None:
    quiet = replace(book, households=(), problems=())
    values = summary_context(book_facts(quiet, ()), (), quiet.settings).values
    assert values["no_exceptions"] == "No plan has an exception."
    assert values["none_withheld"] == "No client is withheld."
    assert values["proof"] == ["No plan has trades, so there is nothing to prove."]
    assert values["rows"] == []


def test_an_error_of_the_firm_withholds_everybody_and_the_document_is_made(tmp_path: Path) -> None:
    settings = {**sample.firm_settings_values(), "As Of": None}
    done = make_summary(app.book_of(tables_of(sample.firm_rows(), settings)), tmp_path)
    assert done.withheld == done.clients == 12


# --- Filing --------------------------------------------------------------------------------------------------------


def test_the_facts_beside_it_have_values_sources_and_the_documents_hash(book: Any, tmp_path: Path) -> None:
    done = make_summary(book, tmp_path)
    assert done.document == tmp_path / "_summaries" / "2026-Q4" / "book-summary.docx"
    record = json.loads(done.facts.read_text(encoding="utf-8"))
    by_id = {fact["id"]: fact for fact in record["facts"]}
    assert money_text(by_id["TRIMS"]["value"], whole=True) == by_id["TRIMS"]["display"]
    figures = [f for f in record["facts"] if f["kind"] == "money" and f["id"] != "MIN_TRADE" and f["value"]]
    assert all(fact["sources"] for fact in figures)


def test_a_changed_summary_stays_and_an_unchanged_one_is_replaced(book: Any, tmp_path: Path) -> None:
    first = make_summary(book, tmp_path)
    before = first.document.stat().st_mtime_ns
    assert make_summary(book, tmp_path).document == first.document
    assert first.document.stat().st_mtime_ns == before
    other = replace(book, settings=replace(book.settings, firm_name="Another Name"))
    assert make_summary(other, tmp_path).document == first.document
    first.document.write_bytes(b"minutes of the meeting")
    assert make_summary(book, tmp_path).document.name == "book-summary-2.docx"
    assert first.document.read_bytes() == b"minutes of the meeting"


def test_a_file_that_is_somebodys_own_is_not_replaced(book: Any, tmp_path: Path) -> None:
    own = tmp_path / "mine.docx"
    own.write_bytes(b"mine")
    with pytest.raises(FilingFailed, match="Choose another name"):
        make_summary(book, tmp_path, file=own)
    assert own.read_bytes() == b"mine"
    done = make_summary(book, tmp_path, file=tmp_path / "deep" / "new.docx")
    assert [p.name for p in sorted((tmp_path / "deep").iterdir())] == ["new-facts.json", "new.docx"]
    assert done.document.name == "new.docx"


def test_a_firms_own_template_is_used_and_checked(book: Any, tmp_path: Path) -> None:
    own = tmp_path / "templates" / "summary.docx"
    own.parent.mkdir()
    workbook = tmp_path / "rebalance.xlsm"
    workbook.write_bytes(b"any")
    document = Document()
    document.add_paragraph(
        "House view {{ as_of }} {{ totals }} {{ exceptions }} {{ withheld }} {{ rows }} {{ sources }}"
    )
    document.save(str(own))
    document.add_paragraph("{{ amu }}")
    document.save(str(own))
    with pytest.raises(
        TemplateError, match=r"The book summary template summary\.docx uses the placeholder \{\{ amu"
    ):
        make_summary(book, tmp_path / "out", workbook=workbook)
    document = Document(str(shipped_template(SUMMARY)))
    document.add_paragraph("House view of the committee as its members wrote it")
    document.save(str(own))
    made = make_summary(book, tmp_path / "out", workbook=workbook)
    assert "House view of the committee" in docx_text(made.document.read_bytes())


def test_it_goes_on_record_where_there_is_one_and_a_later_change_is_found(tmp_path: Path) -> None:
    made = sample_workbook(tmp_path)
    alone = run.invoke(terminal, ["summary", str(made)])
    assert alone.exit_code == 1, alone.output  # a client is withheld
    assert "It is not on record" in alone.output
    run.invoke(terminal, ["briefs", str(made), "--client", "HAR01"])
    again = run.invoke(terminal, ["summary", str(made), "--json"])
    said = json.loads(again.stdout)
    assert said["recorded"]
    assert (said["clients"], said["withheld"]) == (12, 1)
    other = tmp_path / "elsewhere" / "book.docx"
    outside = " ".join(run.invoke(terminal, ["summary", str(made), "--out", str(other)]).output.split())
    assert "Its name and SHA-256 are on record" in outside
    assert "verify does not look at it" in outside
    other.write_bytes(b"other")
    listed = run.invoke(terminal, ["records", str(made.parent / "clients")])
    assert "book-summary.docx of 12 clients, 1 withheld" in " ".join(listed.output.split())
    assert run.invoke(terminal, ["verify", str(made.parent / "clients")]).exit_code == 0
    Path(said["document"]).write_bytes(b"other")
    spoiled = run.invoke(terminal, ["verify", str(made.parent / "clients")])
    assert spoiled.exit_code == 1
    assert "book-summary.docx" in spoiled.output


def sample_workbook(folder: Path) -> Path:
    from workbook.build import build_workbook

    path = folder / "rebalance.xlsm"
    build_workbook(path, sample.firm_rows(), sample.firm_settings_values(), cached=False)
    return path


def test_a_summary_is_checked_against_the_facts_filed_with_it(book: Any, tmp_path: Path) -> None:
    file = tmp_path / "committee.docx"
    make_summary(book, tmp_path / "clients", file=file)
    done = run.invoke(terminal, ["check-brief", str(file)])
    assert (done.exit_code, "is as it was filed" in done.output) == (0, True), done.output
    (tmp_path / "edited").mkdir()
    edited, total = tmp_path / "edited" / file.name, "$1,234,567"
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(edited, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/document.xml":
                content = content.replace(b"</w:t>", f" {total}</w:t>".encode(), 1)
            new.writestr(name, content)
    done = run.invoke(terminal, ["check-brief", str(edited)])
    assert "leave it in its folder" in str(done.exception)  # its facts are not beside it
    facts = file.with_name("committee-facts.json")
    done = run.invoke(terminal, ["check-brief", str(edited), "--facts", str(facts)])
    assert (done.exit_code, total in done.output) == (1, True), done.output
