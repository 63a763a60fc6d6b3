"""A quarter from opening to closing, and plans beside their trades, on the sample firm."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.records import firm
from xl_rebal import app, sample
from xl_rebal.app import executed as trades
from xl_rebal.app import quarter
from xl_rebal.app import records as use
from xl_rebal.app.bundles import kept_brief
from xl_rebal.app.quarter import Step
from xl_rebal.cli import app as terminal
from xl_rebal.engine.book import Activity, ActivityType, Book, Household
from xl_rebal.engine.execution_results import Outcome
from xl_rebal.engine.problems import Source
from xl_rebal.engine.results import Side
from xl_rebal.errors import QuarterRefused
from xl_rebal.records import entry as kinds
from xl_rebal.records.decisions import Choice
from xl_rebal.records.ledger import read_ledger
from xl_rebal.records.places import FirmFolder

BRIEFED = ("HAR01", "NAK02", "VEN04")


@pytest.fixture(scope="module")
def book() -> Book:
    """Three clients of the sample firm."""
    whole = app.book_of(sample.tables_of(sample.firm_rows(), sample.firm_settings_values()))
    return replace(whole, households=tuple(whole.household(client) for client in BRIEFED))


@pytest.fixture(scope="module")
def filed(book: Book, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("firm") / "clients"
    made = app.make_briefs(book, out, recording=firm.recording)
    assert len(made.filed) == 3
    return out


@pytest.fixture
def out(filed: Path, tmp_path: Path) -> Path:
    """A firm folder of one's own with a brief of each client."""
    return shutil.copytree(filed, tmp_path / "clients")


def decide(book: Book, out: Path, client: str, choice: Choice, why: str = "") -> None:
    workbook = out.with_name("firm.xlsm")
    workbook.write_bytes(b"stand-in")
    use.decide(book, workbook, out, client, choice, firm.recording(out), by="Dana W.", why=why)


def traded(book: Book, out: Path, client: str, *, days: int = 5) -> Book:
    """The book some days later, with this client's plan carried out to the share, with the plan's own lots."""
    history = trades.history_of(out)
    brief = history.latest(client, book.settings.quarter)
    assert brief is not None
    plan = kept_brief(FirmFolder(out), brief).plan
    assert plan is not None
    on = book.settings.as_of + timedelta(days)
    rows = tuple(
        Activity(
            on,
            t.account_id,
            ActivityType.SELL if t.side is Side.SELL else ActivityType.BUY,
            t.amount_cents,
            t.symbol,
            t.quantity,
            sum(d.gain_cents for d in t.disposals if d.term.value == "Short-term"),
            sum(d.gain_cents for d in t.disposals if d.term.value == "Long-term"),
            Source("Activity", 900 + number),
        )
        for number, t in enumerate(plan.trades)
    )
    homes = tuple(
        replace(home, activity=(*home.activity, *rows)) if home.client.id == client else home
        for home in book.households
    )
    return replace(book, households=homes, settings=replace(book.settings, as_of=on + timedelta(1)))


def step(found: quarter.Quarter, client: str) -> Step:
    return next(one.step for one in found.standings if one.client_id == client)


def test_a_quarter_goes_from_brief_to_decision_to_trades_and_closes(book: Book, out: Path) -> None:
    who = firm.recording(out)
    assert quarter.open_quarter(book, out, who).clients == {}
    with pytest.raises(QuarterRefused, match="open already"):
        quarter.open_quarter(book, out, who)
    first = quarter.quarter_status(book, out)
    assert {one.step for one in first.standings} == {Step.DECIDE}
    # HAR01 and VEN04 propose trades, NAK02 does not: 3 x 4 minutes to decide, 2 x 10 to trade.
    assert first.minutes == 3 * 4 + 2 * 10
    assert "3 to decide at 4 minutes, 2 to trade if approved at 10 minutes" in quarter.hours_text(first)

    decide(book, out, "HAR01", Choice.APPROVE)
    decide(book, out, "NAK02", Choice.DEFER, "waits for the house sale")
    decide(book, out, "VEN04", Choice.DECLINE)
    second = quarter.quarter_status(book, out)
    assert [one.step for one in second.standings] == [Step.TRADE, Step.DEFERRED, Step.DONE]
    with pytest.raises(QuarterRefused, match=r"1 client still open.\n  Hartwell Family \(HAR01\): Trade"):
        quarter.close_quarter(book, out, who, by="Robin")

    later = traded(book, out, "HAR01")
    third = quarter.quarter_status(later, out)
    assert step(third, "HAR01") is Step.DONE
    assert "Nothing is left to do." in quarter.quarter_lines(third)
    done = quarter.close_quarter(later, out, who, by="Robin")
    assert done.closed is not None
    assert (done.closed.by, dict(done.closed.clients)) == ("Robin", {})
    with pytest.raises(QuarterRefused, match="closed already"):
        quarter.close_quarter(later, out, who, by="Robin")

    next_quarter = replace(book, settings=replace(book.settings, quarter="2027-Q1"))
    carried = quarter.open_quarter(next_quarter, out, who)
    assert dict(carried.clients) == {"NAK02": "deferred in 2026-Q4 by Dana W.: waits for the house sale"}
    found = quarter.quarter_status(next_quarter, out)
    assert next(one.carried for one in found.standings if one.client_id == "NAK02").startswith("deferred")
    assert "Carried over: NAK02." in quarter.quarter_lines(found)
    assert firm.verdict(out).clean


def test_closing_with_clients_open_needs_a_reason_and_they_are_carried_over(book: Book, out: Path) -> None:
    who = firm.recording(out)
    with pytest.raises(QuarterRefused, match="never opened"):
        quarter.close_quarter(book, out, who, by="Robin", why="x")
    quarter.open_quarter(book, out, who)
    closed = quarter.close_quarter(book, out, who, by="Robin", why="Year end is near.").closed
    assert closed is not None
    assert set(closed.clients) == set(BRIEFED)
    last = read_ledger(FirmFolder(out)).entries[-1]
    assert (last.kind, last.data["why"]) == (kinds.QUARTER_CLOSED, "Year end is near.")
    later = quarter.open_quarter(replace(book, settings=replace(book.settings, quarter="2027-Q1")), out, who)
    assert later.clients["HAR01"] == "open when 2026-Q4 was closed: decide, brief is waiting"


def test_a_change_of_one_clients_rows_makes_its_brief_stale_and_no_other(book: Book, out: Path) -> None:
    home = book.household("HAR01")
    poorer = replace(home, client=replace(home.client, taxable_income_cents=1))
    changed = replace(book, households=(poorer, *book.households[1:]))
    found = quarter.quarter_status(changed, out)
    assert [one.step for one in found.standings] == [Step.BRIEF, Step.DECIDE, Step.DECIDE]
    assert found.standings[0].why == "stale: Clients: taxable income"
    assert quarter.quarter_table(found)[1][5] == f"{firm.NOON.date()} (stale)"


def test_a_client_without_data_with_errors_or_without_brief_is_told_what_is_next(
    book: Book, tmp_path: Path
) -> None:
    home = book.household("NAK02")
    empty = replace(home, lots=(), cash=(), positions=())
    old = replace(
        book.household("VEN04"),
        accounts=tuple(
            replace(a, positions_as_of=date(2026, 9, 30)) for a in book.household("VEN04").accounts
        ),
    )
    changed = replace(book, households=(book.household("HAR01"), empty, old))
    found = quarter.quarter_status(changed, tmp_path)
    assert [(one.step, one.why) for one in found.standings] == [
        (Step.BRIEF, "no brief yet"),
        (Step.IMPORT, "no holdings in the workbook"),
        (Step.IMPORT, "holdings are of 2026-09-30"),
    ]
    whole = app.book_of(sample.tables_of(sample.firm_rows(), sample.firm_settings_values()))
    withheld = quarter.quarter_status(whole, tmp_path, flagged=True)
    assert step(withheld, "MAR06") is Step.CHECK
    assert step(withheld, "HAR01") is Step.BRIEF


# --- Trades


def test_what_became_of_a_plan_is_compared_with_the_kept_plan_and_recorded_once(
    book: Book, out: Path
) -> None:
    workbook = out.with_name("firm.xlsm")
    decide(book, out, "HAR01", Choice.APPROVE)
    later = traded(book, out, "HAR01")
    found = {one.client_id: one for one in trades.executed(later, out)}
    assert found["HAR01"].found is not None
    assert found["HAR01"].found.outcome is Outcome.DONE
    assert found["HAR01"].found.gain_cents == found["HAR01"].found.planned_gain_cents
    assert not found["HAR01"].needs_a_person
    assert found["VEN04"].found is not None
    assert found["VEN04"].found.outcome is Outcome.NOT_DONE
    who = firm.recording(out)
    assert trades.record_executed(later, workbook, out, found.values(), who) == 3
    assert trades.record_executed(later, workbook, out, found.values(), who) == 0
    entry = next(
        e for e in read_ledger(FirmFolder(out)).entries if e.kind == kinds.EXECUTED and e.client == "HAR01"
    )
    assert entry.data["outcome"] == "Done"
    assert entry.data["trades"][0]["lots"] == "As planned"
    assert firm.verdict(out).clean
    # A later look at a book whose as-of date was set back still knows what is on record.
    assert step(quarter.quarter_status(book, out), "HAR01") is Step.DONE


def test_the_latest_approved_plan_counts_and_a_newer_brief_without_decision_does_not(
    book: Book, out: Path
) -> None:
    decide(book, out, "HAR01", Choice.APPROVE)
    later = traded(book, out, "HAR01")
    app.make_briefs(later, out, client_ids=("HAR01",), recording=firm.recording)
    (one,) = trades.executed(later, out, ["HAR01"])
    assert one.decision is not None
    assert one.found is not None
    assert one.found.outcome is Outcome.DONE


def test_a_client_that_was_traded_without_a_brief_has_its_trades_listed(book: Book, out: Path) -> None:
    later = traded(book, out, "HAR01")
    (one,) = trades.executed(later, out.with_name("nowhere"), ["HAR01"])
    home = later.household("HAR01")
    new = [r for r in home.activity if r.source.row >= 900]
    earlier = [
        r
        for r in home.activity
        if r.type in (ActivityType.BUY, ActivityType.SELL)
        and r not in new
        and date(2026, 10, 1) <= r.date <= later.settings.as_of
    ]
    assert one.unplanned == len(new) + len(earlier)
    assert one.needs_a_person
    assert one.why.startswith(f"No brief is on record. {one.unplanned} trades in 2026-Q4 all the same: ")
    assert any(f"{new[0].symbol} in {new[0].account_id} on October 20, 2026 ($" in text for text in [one.why])
    assert one.why.count(" on October ") == min(5, one.unplanned)
    assert trades.executed_record(one)["why"] == one.why
    quiet = replace(home, activity=())
    (none,) = trades.executed(replace(later, households=(quiet,)), out.with_name("nowhere"))
    assert (none.why, none.needs_a_person) == ("No brief is on record.", False)


def test_a_plan_approved_with_changes_is_done_for_the_quarter_and_says_what_was_changed(
    book: Book, out: Path
) -> None:
    decide(book, out, "HAR01", Choice.MODIFY, "Sell half of it.")
    later = traded(book, out, "HAR01")
    (one,) = trades.executed(later, out, ["HAR01"])
    assert one.needs_a_person
    assert "modify by Dana W. (Sell half of it.): Traded with changes" in trades.executed_lines(one)[0]
    standing = quarter.quarter_status(later, out).standings[0]
    assert (standing.step, standing.why) == (Step.DONE, "traded with changes")


def test_a_plan_that_was_declined_and_traded_all_the_same_is_said_first(book: Book, out: Path) -> None:
    decide(book, out, "VEN04", Choice.DECLINE)
    (one,) = trades.executed(traded(book, out, "VEN04"), out, ["VEN04"])
    assert one.found is not None
    assert one.found.outcome is Outcome.AGAINST
    lines = trades.executed_lines(one)
    assert "decline by Dana W.: Traded although not approved" in lines[0]
    assert any("was declined" in text for text in lines)


def test_a_bundle_that_is_gone_leaves_that_client_uncompared(book: Book, out: Path) -> None:
    next(out.glob("_records/bundles/*/HAR01-*.zip")).unlink()
    found = trades.executed(book, out)
    assert found[0].found is None
    assert "verify" in found[0].why
    assert found[1].found is not None
    assert trades.executed(book, out.with_name("nowhere"))[0].why == "No brief is on record."
    # Its inputs can't be compared either, once anything of the client changed.
    home: Household = replace(book.households[0], notes=())
    changed = replace(book, households=(home, *book.households[1:]))
    assert "can't be read" in quarter.quarter_status(changed, out).standings[0].why


run = CliRunner()


def test_the_commands_print_tables_json_and_exit_codes(tmp_path: Path) -> None:
    workbook = app.write_sample(tmp_path)
    assert run.invoke(terminal, ["briefs", str(workbook), "--client", "HAR01"]).exit_code == 0
    assert run.invoke(terminal, ["quarter", "open", str(workbook)]).output.startswith("2026-Q4 is open")
    shown = run.invoke(terminal, ["quarter", "status", str(workbook)])
    assert shown.exit_code == 0
    assert "Make the brief" in shown.output
    as_json = json.loads(run.invoke(terminal, ["quarter", "status", str(workbook), "--json"]).output)
    assert as_json["period"] == "2026-Q4"
    assert len(as_json["clients"]) == 12
    refused = run.invoke(terminal, ["quarter", "close", str(workbook), "--by", "R"])
    assert "12 clients still open" in str(refused.exception)
    closed = run.invoke(terminal, ["quarter", "close", str(workbook), "--by", "R", "--why", "A test."])
    assert closed.exit_code == 0
    assert "Closed by R" in closed.output
    compared = run.invoke(terminal, ["executed", str(workbook), "--client", "HAR01", "--record"])
    assert compared.exit_code == 1
    assert "Not known" in compared.output
    assert "1 outcome entered" in compared.output
    (record,) = json.loads(
        run.invoke(terminal, ["executed", str(workbook), "--client", "HAR01", "--json"]).output
    )
    assert record["outcome"] == "Not known"
    assert record["trades"]


def test_other_lots_do_not_hide_that_a_planned_trade_is_not_done(book: Book, out: Path) -> None:
    decide(book, out, "HAR01", Choice.APPROVE)
    later = traded(book, out, "HAR01")
    home = later.household("HAR01")
    *rows, last = home.activity[-len(trades.executed(later, out, ["HAR01"])[0].found.trades) :]  # type: ignore[union-attr]
    first = replace(rows[0], long_gain_cents=rows[0].long_gain_cents - 1_000_000)
    fewer = tuple(first if row is rows[0] else row for row in home.activity if row is not last)
    changed = replace(later, households=(replace(home, activity=fewer), *later.households[1:]))
    (one,) = trades.executed(changed, out, ["HAR01"])
    assert one.found is not None
    assert one.found.outcome is Outcome.OTHER_LOTS
    standing = quarter.quarter_status(changed, out).standings[0]
    assert (standing.step, standing.why) == (Step.TRADE, "1 trade not done")
    assert standing.minutes


def test_an_approval_of_an_earlier_quarter_does_not_hide_that_a_declined_plan_was_traded(
    book: Book, out: Path
) -> None:
    decide(book, out, "VEN04", Choice.APPROVE)
    later = replace(book, settings=replace(book.settings, quarter="2027-Q1"))
    app.make_briefs(later, out, client_ids=("VEN04",), recording=firm.recording)
    assert trades.executed(later, out, ["VEN04"])[0].brief.period == "2026-Q4"  # type: ignore[union-attr]
    decide(later, out, "VEN04", Choice.DECLINE)
    done = traded(later, out, "VEN04")
    (one,) = trades.executed(done, out, ["VEN04"])
    assert one.found is not None
    assert one.found.outcome is Outcome.AGAINST
    assert quarter.quarter_status(done, out).standings[-1].why == "declined, but traded"
