"""What became of the plans: each client's latest approved one beside the trades that the workbook holds now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xl_rebal.app.books import counted, households_of
from xl_rebal.app.bundles import kept_brief
from xl_rebal.errors import RecordsUnreadable
from xl_rebal.records import entry as kinds
from xl_rebal.records.canonical import file_sha256
from xl_rebal.records.decisions import Choice
from xl_rebal.records.history import FiledBrief, FiledDecision, History
from xl_rebal.records.ledger import Ledger, Recording, read_ledger
from xl_rebal.records.places import FirmFolder

if TYPE_CHECKING:
    from xl_rebal.engine.book import Activity, Book, Household, Settings
    from xl_rebal.engine.execution_results import Agreed, ExecutedTrade, Execution
    from xl_rebal.sheets.tables import CellTable


@dataclass(frozen=True, slots=True)
class Executed:
    """One client's plan and what became of it. `found` is None where nothing can be compared, and `why` says why.

    `unplanned` counts the trades of the quarter where nothing can be compared.
    """

    client_id: str
    client_name: str
    brief: FiledBrief | None
    decision: FiledDecision | None
    found: Execution | None
    why: str = ""
    unplanned: int = 0

    @property
    def needs_a_person(self) -> bool:
        from xl_rebal.engine.execution_results import Outcome

        if self.found is None:
            return self.unplanned > 0
        return self.found.outcome not in (Outcome.DONE, Outcome.NOTHING)


def history_of(out: Path) -> History:
    """What is on record in a firm folder; empty where there is no record yet."""
    folder = FirmFolder(out)
    return History(read_ledger(folder).entries) if folder.ledger.is_file() else History()


def executed(
    book: Book, out: Path, client_ids: Sequence[str] | None = None, history: History | None = None
) -> tuple[Executed, ...]:
    """What became of the plans of the clients asked for, or of all, in the book's order."""
    known = history_of(out) if history is None else history
    return tuple(_executed(book, FirmFolder(out), home, known) for home in households_of(book, client_ids))


def plan_to_compare(
    history: History, client: str, quarter: str
) -> tuple[FiledBrief | None, FiledDecision | None]:
    """The client's latest brief that was approved, as it is or with changes; without one, the latest brief.

    Where every decision of `quarter` is to decline or defer, the latest of these: an approval of an earlier quarter
    must not hide that it was traded all the same.
    """
    briefs = history.briefs_of(client)
    now = [
        (brief, decision)
        for brief in briefs
        if brief.period == quarter and (decision := history.decision_on(brief))
    ]
    agreed = (Choice.APPROVE, Choice.MODIFY)
    if now and not any(decision.decision in agreed for _, decision in now):
        return now[-1]
    for brief in reversed(briefs):
        decision = history.decision_on(brief)
        if decision is not None and decision.decision in agreed:
            return brief, decision
    return (briefs[-1], history.decision_on(briefs[-1])) if briefs else (None, None)


def _executed(book: Book, folder: FirmFolder, home: Household, history: History) -> Executed:
    from xl_rebal.engine.execution import execution

    client = home.client
    brief, decision = plan_to_compare(history, client.id, book.settings.quarter)

    def nothing(why: str) -> Executed:
        rows = _traded(home, book.settings)
        said = f"{why} {_trades_text(rows, book.settings.quarter)}".rstrip()
        return Executed(client.id, client.name, brief, decision, None, said, len(rows))

    if brief is None:
        return nothing("No brief is on record.")
    try:
        kept = kept_brief(folder, brief)
    except RecordsUnreadable as error:
        return nothing(str(error))
    if kept.plan is None:
        return nothing("The brief has no plan.")
    then = kept.inputs
    found = execution(
        kept.plan, then.household, then.settings, home, book.settings, kept.params, _agreed(decision)
    )
    return Executed(client.id, client.name, brief, decision, found)


SHOWN_TRADES = 5
"""So many trades without a plan are named before `and n more`."""


def _traded(home: Household, settings: Settings) -> list[Activity]:
    """Purchases and sales of the book's quarter up to the as-of date."""
    from xl_rebal.engine.book import ActivityType
    from xl_rebal.sheets.firm import quarter_start

    start, kinds_of_trade = quarter_start(settings.quarter), (ActivityType.BUY, ActivityType.SELL)
    rows = [r for r in home.activity if r.type in kinds_of_trade and start <= r.date <= settings.as_of]
    return sorted(rows, key=lambda r: (r.date, r.account_id, r.symbol, r.source.row))


def _trades_text(rows: Sequence[Activity], quarter: str) -> str:
    """Trades that no plan is there to hold against, in a sentence; '' for none."""
    from xl_rebal.dates import date_text
    from xl_rebal.money import money_text, quantity_text

    if not rows:
        return ""
    said = [
        f"{row.type.value} {'' if row.quantity is None else quantity_text(abs(row.quantity)) + ' '}"
        f"{row.symbol or 'a security that is not named'} in {row.account_id} on {date_text(row.date)} "
        f"({money_text(abs(row.amount_cents))})"
        for row in rows[:SHOWN_TRADES]
    ]
    more = f"; and {len(rows) - SHOWN_TRADES} more" if len(rows) > SHOWN_TRADES else ""
    return f"{counted(len(rows), 'trade')} in {quarter} all the same: {'; '.join(said)}{more}."


def _agreed(decision: FiledDecision | None) -> Agreed | None:
    from xl_rebal.engine.execution_results import Agreed

    said = {
        Choice.APPROVE: Agreed.YES,
        Choice.MODIFY: Agreed.CHANGED,
        Choice.DECLINE: Agreed.NO,
        Choice.DEFER: Agreed.LATER,
    }
    return said.get(Choice(decision.decision)) if decision else None


def record_executed(
    book: Book, workbook: Path, out: Path, found: Iterable[Executed], recording: Recording
) -> int:
    """Enters what became of these plans in the ledger, one entry a client; how many. One that says the same is not repeated."""
    ledger = Ledger(FirmFolder(out), recording)
    own = file_sha256(workbook)
    entered = 0
    with ledger.writing():
        for one in found:
            if one.found is None or one.brief is None:
                continue
            data = {
                **execution_record(one.found),
                "as_of": book.settings.as_of.isoformat(),
                "entry": one.brief.n,
                "manifest_sha256": one.brief.manifest_sha256,
            }
            last = next(
                (
                    e
                    for e in reversed(ledger.entries)
                    if e.kind == kinds.EXECUTED and (e.client, e.period) == (one.client_id, one.brief.period)
                ),
                None,
            )
            if last and {k: v for k, v in last.data.items() if k != "workbook_sha256"} == data:
                continue
            ledger.append(
                kinds.EXECUTED,
                {**data, "workbook_sha256": own},
                client=one.client_id,
                period=one.brief.period,
            )
            entered += 1
    return entered


def execution_record(found: Execution) -> dict[str, object]:
    """What became of a plan, for JSON and the ledger: cents as whole numbers, shares as text, unknown as null."""

    def gain(value: tuple[int, int] | None) -> dict[str, int] | None:
        return None if value is None else {"short_cents": value[0], "long_cents": value[1]}

    def trade(one: ExecutedTrade) -> dict[str, object]:
        return {
            "account": one.account_id,
            "symbol": one.symbol,
            "side": one.side.value,
            "state": one.state.value,
            "planned_shares": str(one.planned_quantity),
            "shares": None if one.quantity is None else str(one.quantity),
            "planned_cents": one.planned_cents,
            "cents": one.amount_cents,
            "dates": [fill.date.isoformat() for fill in one.fills],
            "lots": one.lots.value,
            "method": one.method.value if one.method else None,
            "planned_gain": gain(one.planned_gain_cents),
            "gain": gain(one.gain_cents),
            "notes": list(one.notes),
        }

    from xl_rebal.engine.execution import wash_text

    return {
        "outcome": found.outcome.value,
        "trades": [trade(one) for one in found.trades],
        "wash_sales": [wash_text(match) for match in found.wash],
        "disallowed_cents": found.disallowed_cents,
        "planned_gain": gain(found.planned_gain_cents),
        "gain": gain(found.gain_cents),
        "planned_tax_cents": found.planned_tax.total_cents if found.planned_tax else None,
        "tax_cents": found.tax.total_cents if found.tax else None,
        "notes": list(found.notes),
    }


def executed_record(one: Executed) -> dict[str, object]:
    """One client for JSON."""
    return {
        "client": one.client_id,
        "name": one.client_name,
        "period": one.brief.period if one.brief else None,
        "brief": one.brief.brief if one.brief else None,
        "decision": one.decision.decision if one.decision else None,
        "decision_why": one.decision.why if one.decision else "",
        "why": one.why,
        **(execution_record(one.found) if one.found else {"outcome": None}),
    }


def executed_lines(one: Executed) -> list[str]:
    """Title and remarks of one client; the trades are a table of their own."""
    from xl_rebal.engine.execution import outcome_text, wash_text
    from xl_rebal.engine.execution_lots import gain_text
    from xl_rebal.money import money_text

    title = f"{one.client_name} ({one.client_id})"
    if one.found is None or one.brief is None:
        return [f"{title}: {one.why}"]
    found = one.found
    decided = f"{one.decision.decision} by {one.decision.by}" if one.decision else "no decision on record"
    if one.decision and one.decision.decision == Choice.MODIFY and one.decision.why:
        decided += f" ({' '.join(one.decision.why.split())})"
    lines = [f"{title}, brief of {one.brief.period}, {decided}: {outcome_text(found)}."]
    if any(trade.fills for trade in found.trades):
        lines.append(
            f"  Gain realized: {gain_text(found.gain_cents)}; planned: {gain_text(found.planned_gain_cents)}."
        )
        if found.more_tax_cents is not None:
            more = found.more_tax_cents
            said = f"{money_text(abs(more))} {'more' if more > 0 else 'less'} than" if more else "the same as"
            lines.append(f"  Estimated tax: {said} planned.")
    lines += [f"  {wash_text(match)}" for match in found.wash]
    return [*lines, *(f"  {note}" for note in found.notes)]


def executed_table(found: Iterable[Executed]) -> CellTable:
    """Every planned and other trade of these clients as a table."""
    from xl_rebal.sheets.execution_table import execution_table

    return execution_table((one.client_id, one.found) for one in found if one.found is not None)


def executed_sum(found: Sequence[Executed]) -> str:
    from collections import Counter

    counts = Counter(one.found.outcome.value for one in found if one.found)
    said = ", ".join(f"{count} {what.lower()}" for what, count in counts.most_common())
    without = sum(one.found is None for one in found)
    more = f", {without} not comparable" if without else ""
    return f"{counted(len(found), 'client')}: {said or 'none comparable'}{more}."
