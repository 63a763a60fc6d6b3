"""A quarter's course: where each client stands, what is left to do and how long it may take, and what is carried over.

A client goes through import, check, brief, decision and trades. A decision to decline, or a brief that proposes nothing,
ends it; a deferred one is carried into the next quarter. Opening and closing are entries of the ledger.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from xl_rebal.app.books import counted, no_clients, problems_of, review_of
from xl_rebal.app.executed import Executed, executed, history_of
from xl_rebal.app.records import changes_since
from xl_rebal.engine.execution_results import Done, Outcome
from xl_rebal.engine.problems import Severity
from xl_rebal.errors import QuarterRefused
from xl_rebal.records import entry as kinds
from xl_rebal.records.decisions import Choice, who_answers
from xl_rebal.records.history import FiledBrief, FiledDecision, History, QuarterMark
from xl_rebal.records.ledger import Ledger, Recording
from xl_rebal.records.places import FirmFolder

if TYPE_CHECKING:
    from xl_rebal.engine.book import Book, Household
    from xl_rebal.sheets.tables import CellTable


class Step(Enum):
    """What a client needs next."""

    IMPORT = "Import data"
    CHECK = "Fix the data"
    BRIEF = "Make the brief"
    DECIDE = "Decide"
    TRADE = "Trade"
    DEFERRED = "Deferred"
    DONE = "Done"

    @property
    def open(self) -> bool:
        return self not in (Step.DEFERRED, Step.DONE)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one client stands in a quarter. `why` says it in a few words; `minutes` are a person's, by what for."""

    client_id: str
    client_name: str
    advisor: str
    data_as_of: date | None  # of the oldest holdings; None: no import says it
    errors: int
    brief: FiledBrief | None
    stale: tuple[str, ...]
    decision: FiledDecision | None
    outcome: Outcome | None
    carried: str  # why it was carried in from the quarter before; '' it was not
    step: Step
    why: str
    minutes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter as a whole."""

    period: str  # '' where no date tells it
    standings: tuple[Standing, ...]
    opened: QuarterMark | None
    closed: QuarterMark | None
    nothing: str = ""  # why there is no client, and what to do next

    @property
    def open(self) -> tuple[Standing, ...]:
        return tuple(one for one in self.standings if one.step.open)

    @property
    def minutes(self) -> int:
        return sum(sum(one.minutes.values()) for one in self.standings)


def quarter_status(book: Book, out: Path, *, flagged: bool = False) -> Quarter:
    """Where each client of the book stands in its quarter.

    `flagged`: clients without a brief whom nothing flags are done, as `briefs --flagged` makes none for them.
    """
    history = history_of(out)
    period = book.settings.quarter if has_date(book) else ""
    marks = history.quarters.get(period, [])
    opened = next((m for m in reversed(marks) if not m.closed), None)
    closed = marks[-1] if marks and marks[-1].closed else None
    carried = opened.clients if opened else carried_over(history, period)
    became = {one.client_id: one for one in executed(book, out, history=history)}
    standings = tuple(
        _standing(book, FirmFolder(out), home, history, became[home.client.id], carried, flagged)
        for home in book.households
    )
    return Quarter(period, standings, opened, closed, no_clients(book))


def has_date(book: Book) -> bool:
    """Whether any date tells which quarter the book is about."""
    from xl_rebal.sheets.firm import NO_DATE

    return book.settings.as_of != NO_DATE


def period_of(book: Book) -> str:
    """The quarter that the book is about. Raises QuarterRefused where no date tells it."""
    if not has_date(book):
        raise QuarterRefused(
            "The quarter is not known, as the workbook has no as-of date. Enter the date of the data in As Of on the "
            "Settings sheet."
        )
    return book.settings.quarter


def carried_over(history: History, period: str) -> dict[str, str]:
    """Clients of the latest earlier period that were deferred, or still open when it was closed: Client ID -> why."""
    earlier = sorted(
        {of for _, of in history.briefs if of < period} | {q for q in history.quarters if q < period}
    )
    if not earlier:
        return {}
    last = earlier[-1]
    carried: dict[str, str] = {}
    for client, of in sorted(history.briefs):
        decision = history.decision_on(history.briefs[client, of][-1]) if of == last else None
        if decision is not None and decision.decision == Choice.DEFER:
            reason = f": {decision.why}" if decision.why else ""
            carried[client] = f"deferred in {last} by {decision.by}{reason}"
    closes = [mark for mark in history.quarters.get(last, []) if mark.closed]
    for client, why in (closes[-1].clients if closes else {}).items():
        carried.setdefault(client, f"open when {last} was closed: {why}")
    return carried


def _standing(
    book: Book,
    folder: FirmFolder,
    home: Household,
    history: History,
    became: Executed,
    carried: Mapping[str, str],
    flagged: bool,
) -> Standing:
    client, settings = home.client, book.settings
    brief = history.latest(client.id, settings.quarter)
    decision = history.decision_on(brief) if brief else None
    errors = sum(p.severity is Severity.ERROR for p in problems_of(book, home))
    stale = changes_since(folder, brief, book, home) if brief and decision is None else ()
    outcome, open_trades = None, 0
    if brief and became.brief and became.brief.n == brief.n and became.found:
        outcome = became.found.outcome
        as_proposed = decision is None or decision.decision != Choice.MODIFY
        if as_proposed and outcome in (Outcome.OTHER_LOTS, Outcome.WASHED):
            open_trades = len(became.found.of(Done.NOT_DONE, Done.PARTLY))
    if (
        brief
        and (recorded := history.executed.get(brief.manifest_sha256))
        and outcome in (None, Outcome.UNKNOWN)
    ):
        outcome = next((o for o in Outcome if o.value == recorded[0]), outcome)
    step, why = _step(book, home, brief, decision, errors, stale, outcome, open_trades, flagged)
    return Standing(
        client.id,
        client.name,
        client.advisor,
        _data_as_of(home),
        errors,
        brief,
        stale,
        decision,
        outcome,
        carried.get(client.id, ""),
        step,
        why,
        _minutes(book, step, brief, errors),
    )


def _data_as_of(home: Household) -> date | None:
    days = [day for a in home.accounts for day in (a.positions_as_of, a.lots_as_of) if day is not None]
    return min(days, default=None)


def _step(
    book: Book,
    home: Household,
    brief: FiledBrief | None,
    decision: FiledDecision | None,
    errors: int,
    stale: Sequence[str],
    outcome: Outcome | None,
    open_trades: int,
    flagged: bool,
) -> tuple[Step, str]:
    """What is next, and why in a few words."""
    from xl_rebal.sheets.firm import quarter_start

    if decision is not None and brief is not None:
        return _after_decision(brief, decision, outcome, open_trades)
    if not (home.lots or home.cash or home.positions):
        return Step.IMPORT, "no holdings in the workbook"
    day = _data_as_of(home)
    if brief is None and day is not None and day < quarter_start(book.settings.quarter):
        return Step.IMPORT, f"holdings are of {day.isoformat()}"
    if errors:
        return Step.CHECK, counted(errors, "error")
    if brief is None:
        if flagged and _quiet(book, home):
            return Step.DONE, "nothing needed attention"
        return Step.BRIEF, "no brief yet"
    if stale:
        return Step.BRIEF, f"stale: {'; '.join(stale)}"
    return Step.DECIDE, "brief is waiting"


def _after_decision(
    brief: FiledBrief, decision: FiledDecision, outcome: Outcome | None, open_trades: int
) -> tuple[Step, str]:
    """`open_trades`: planned ones that are not, or partly, done, which other lots or a wash sale must not hide."""
    if decision.decision == Choice.DEFER:
        return Step.DEFERRED, f"by {decision.by}"
    against = outcome is Outcome.AGAINST
    if decision.decision == Choice.DECLINE:
        return Step.DONE, "declined, but traded" if against else "declined"
    if brief.trades == 0 or outcome is Outcome.NOTHING:
        return Step.DONE, "nothing to trade"
    if open_trades:
        return Step.TRADE, f"{counted(open_trades, 'trade')} not done"
    if outcome in _TRADED:
        said = outcome.value.lower()
        return Step.DONE, said if said.startswith("traded") else f"traded: {said}"
    if outcome in (None, Outcome.UNKNOWN):
        return Step.TRADE, "no trades imported yet"
    return Step.TRADE, outcome.value.lower()


_TRADED = (Outcome.DONE, Outcome.LOTS_UNKNOWN, Outcome.CHANGED, Outcome.OTHER_LOTS, Outcome.WASHED)


def _quiet(book: Book, home: Household) -> bool:
    from xl_rebal.engine.review import flags

    return not flags(review_of(book, home.client.id))


CHECK, DECIDE, TRADE = "check", "decide", "trade"


def _minutes(book: Book, step: Step, brief: FiledBrief | None, errors: int) -> dict[str, int]:
    """Minutes of a person for what is left, by what for; trades only where the brief proposes some."""
    settings, minutes = book.settings, {}
    if not step.open:
        return {}
    if errors and step in (Step.CHECK, Step.IMPORT):
        minutes[CHECK] = settings.minutes_check
    if step is not Step.TRADE:
        minutes[DECIDE] = settings.minutes_decide
    if step is Step.TRADE or (brief is not None and brief.trades):
        minutes[TRADE] = settings.minutes_trade
    return minutes


# --- Open and close ------------------------------------------------------------------------------------------------


def open_quarter(book: Book, out: Path, recording: Recording) -> QuarterMark:
    """Enters that the book's quarter is worked on, with who is carried over. Raises QuarterRefused when it is open or closed."""
    period = period_of(book)
    ledger = Ledger(FirmFolder(out), recording)
    with ledger.writing():
        marks = ledger.history.quarters.get(period, [])
        if marks:
            state = "closed" if marks[-1].closed else "open"
            raise QuarterRefused(f"{period} is {state} already: {_mark_text(marks[-1])}.")
        known = {home.client.id for home in book.households}
        carried = carried_over(ledger.history, period)
        data = {
            "carried": {client: why for client, why in carried.items() if client in known},
            "left": {client: why for client, why in carried.items() if client not in known},
            "clients": len(book.households),
            "decided_by": recording.by,
        }
        ledger.append(kinds.QUARTER_OPENED, data, period=period)
        return ledger.history.quarters[period][-1]


def close_quarter(
    book: Book, out: Path, recording: Recording, *, by: str, why: str = "", flagged: bool = False
) -> Quarter:
    """Enters that the book's quarter is closed, with what is still open and why. Raises QuarterRefused when it is not
    open, or when clients are open and no reason is given."""
    by = who_answers(by, "who closes the quarter")
    period_of(book)
    now = quarter_status(book, out, flagged=flagged)
    if now.closed:
        raise QuarterRefused(f"{now.period} is closed already: {_mark_text(now.closed)}.")
    if now.opened is None:
        raise QuarterRefused(f"{now.period} was never opened. Run `xl-rebal quarter open` first.")
    if now.open and not why.strip():
        listed = "\n".join(
            f"  {one.client_name} ({one.client_id}): {one.step.value} ({one.why})" for one in now.open
        )
        raise QuarterRefused(
            f"{now.period} can't be closed: {counted(len(now.open), 'client')} still open.\n{listed}\n"
            "Finish them, or close it as it is with --why and the reason."
        )
    ledger = Ledger(FirmFolder(out), recording)
    with ledger.writing():
        data = {
            "decided_by": by,
            "open": {one.client_id: f"{one.step.value.lower()}, {one.why}" for one in now.open},
            "deferred": [one.client_id for one in now.standings if one.step is Step.DEFERRED],
            "done": sum(one.step is Step.DONE for one in now.standings),
            "why": why,
        }
        ledger.append(kinds.QUARTER_CLOSED, data, period=now.period)
        return Quarter(now.period, now.standings, now.opened, ledger.history.quarters[now.period][-1])


def _mark_text(mark: QuarterMark) -> str:
    return f"{'closed' if mark.closed else 'opened'} by {mark.by} at {mark.at} (entry {mark.n})"


# --- Outcome -------------------------------------------------------------------------------------------------------


def quarter_table(found: Quarter) -> CellTable:
    """A row a client: what is there, what was decided and traded, what is next."""
    from xl_rebal.sheets.quarter_table import QUARTER_HEADERS
    from xl_rebal.sheets.tables import listing

    rows: CellTable = [list(QUARTER_HEADERS)]
    for one in found.standings:
        brief = None
        if one.brief:
            brief = f"{one.brief.at[:10]}{' (stale)' if one.stale else ''}"
        why = f"{one.why}; {one.carried}" if one.carried else one.why
        rows.append(
            [
                one.client_id,
                one.client_name,
                one.advisor or None,
                one.data_as_of,
                one.errors or None,
                brief,
                one.decision.decision if one.decision else None,
                _traded(one),
                one.step.value,
                why,
            ]
        )
    return rows if found.standings else listing(QUARTER_HEADERS, [], found.nothing)


def _traded(one: Standing) -> str | None:
    """What became of the plan, where something was to be traded or was."""
    if one.outcome is None or one.outcome is Outcome.NOTHING:
        return None
    if one.decision is None and one.outcome is not Outcome.AGAINST:
        return None
    return str(one.outcome.value)


def quarter_lines(found: Quarter) -> list[str]:
    """The quarter in a few sentences."""
    counts = Counter(one.step for one in found.standings)
    steps = ", ".join(f"{step.value} {counts[step]}" for step in Step if counts[step])
    if found.nothing:
        return [found.nothing]
    period = found.period or "Quarter not known (enter As Of on the Settings sheet)"
    lines = [f"{period}, {counted(len(found.standings), 'client')}: {steps or 'none'}."]
    lines.append(hours_text(found))
    carried = [one for one in found.standings if one.carried]
    if carried:
        lines.append(f"Carried over: {', '.join(one.client_id for one in carried)}.")
    for mark in (found.opened, found.closed):
        if mark:
            reason = f": {mark.why}" if mark.why else ""
            lines.append(f"{_mark_text(mark)[:1].upper()}{_mark_text(mark)[1:]}{reason}.")
    if found.opened is None:
        lines.append("Not opened yet: xl-rebal quarter open.")
    return lines


def hours_text(found: Quarter) -> str:
    """`About 2.4 hours are left, an estimate: 3 to check at 10 minutes, 12 to decide at 4.`"""
    parts = []
    for what in (CHECK, DECIDE, TRADE):
        each = [one.minutes[what] for one in found.standings if what in one.minutes]
        if each:
            approved = " if approved" if what == TRADE else ""
            parts.append(f"{len(each)} to {what}{approved} at {each[0]} minutes")
    if not parts:
        return "Nothing is left to do."
    return f"About {found.minutes / 60:.1f} hours are left, an estimate: {', '.join(parts)} (Settings)."


def quarter_record(found: Quarter) -> dict[str, object]:
    """A quarter for JSON."""

    def mark(one: QuarterMark | None) -> dict[str, object] | None:
        return None if one is None else {"entry": one.n, "at": one.at, "by": one.by, "why": one.why}

    return {
        "period": found.period,
        "opened": mark(found.opened),
        "closed": mark(found.closed),
        "estimated_minutes_left": found.minutes,
        "clients": [
            {
                "client": one.client_id,
                "name": one.client_name,
                "advisor": one.advisor,
                "data_as_of": one.data_as_of.isoformat() if one.data_as_of else None,
                "errors": one.errors,
                "brief": one.brief.brief if one.brief else None,
                "stale": list(one.stale),
                "decision": one.decision.decision if one.decision else None,
                "trades": one.outcome.value if one.outcome else None,
                "carried": one.carried,
                "next": one.step.value,
                "open": one.step.open,
                "why": one.why,
                "minutes": dict(one.minutes),
            }
            for one in found.standings
        ],
    }
