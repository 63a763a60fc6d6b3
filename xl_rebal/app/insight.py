"""The use cases about a plan rather than of it: its proof, the curve of drift against tax, and why these lots.

They stand on a client's review and are computed only when somebody asks: each solves the household again many times.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from xl_rebal.app import problems_of, tax_parameters_of
from xl_rebal.engine.book import Book
from xl_rebal.engine.results import Review
from xl_rebal.sheets import insight_tables as shown
from xl_rebal.sheets.tables import withheld_text

if TYPE_CHECKING:
    from xl_rebal.engine.explain import Explanation
    from xl_rebal.engine.frontier import Frontier, FrontierPoint
    from xl_rebal.engine.wash_results import WashDate
    from xl_rebal.engine.what_if import Wishes

PROOF_NOTE = (
    "Gap: the most in dollars that a plan gives away against the best possible with any fraction of a share and no least "
    "trade. The checker derives every figure again from the trades alone."
)
POINTS = 10
"""Points of a curve unless asked otherwise."""
FEWEST_POINTS, MOST_POINTS = 2, 40


def points_of(asked: int) -> int:
    """How many points a curve gets: 10 when none or 0 are asked for, and no fewer than 2 or more than 40."""
    return max(FEWEST_POINTS, min(asked, MOST_POINTS)) if asked > 0 else POINTS


def frontier_of(book: Book, found: Review, points: int = POINTS) -> Frontier | None:
    """The least tax for each amount of drift left; None for a withheld client and where nothing is to trade."""
    from xl_rebal.engine.frontier import frontier

    if found.plan is None:
        return None
    home = book.household(found.client_id)
    return frontier(home, book.settings, tax_parameters_of(book), found.rmds, found.plan, points)


def explanation_of(book: Book, found: Review) -> Explanation | None:
    """Why these lots, what each rule costs, what waiting would save, which rules fight; None for a withheld client."""
    from xl_rebal.engine.explain import explanation

    if found.plan is None:
        return None
    home = book.household(found.client_id)
    return explanation(home, book.settings, tax_parameters_of(book), found.rmds, found.plan)


def wash_calendar_of(book: Book, found: Review) -> tuple[WashDate, ...]:
    """What waits for a wash-sale window to close, and until when; empty for a withheld client, whose data is wrong."""
    from xl_rebal.engine.wash_dates import wash_calendar

    if found.withheld:
        return ()
    home = book.household(found.client_id)
    return wash_calendar(home, book.settings.as_of, tax_parameters_of(book).wash_sale)


# --- As records, for scripts -----------------------------------------------------------------------------------


def proof_record(found: Review) -> dict[str, object]:
    """A plan's certificate and the independent checker's verdict: dollars of the objective, slacks in cents."""
    plan = found.plan
    proof = plan.certificate if plan else None
    refused = shown.unsound(found)
    record: dict[str, object] = {
        "client": found.client_id,
        "name": found.client_name,
        "state": plan.state.value if plan else "Withheld",
        "checker": "refused" if refused else "passed" if plan else "not asked: data errors",
        "why": refused,
    }
    if proof is None:
        return {**record, "proof": None, "gap_dollars": None}
    return {
        **record,
        "proof": proof.status.value,
        "gap_dollars": proof.gap_cents / 100,
        "objective_dollars": proof.objective,
        "bound_dollars": proof.bound,
        "linear_programs": proof.nodes,
        "plan_hash": proof.plan_hash,
        "limits": [{"rule": s.rule, "left_cents": s.left_cents, "binding": s.binding} for s in proof.slacks],
    }


def frontier_record(found: Review, frontier: Frontier | None) -> dict[str, object]:
    """The curve: drift as a fraction of the household's value, money in cents."""
    record: dict[str, object] = {"client": found.client_id, "name": found.client_name}
    if frontier is None:
        why = withheld_text(found) if found.plan is None else shown.NO_CURVE
        return {**record, "points": [], "marks": [], "why": why}
    return {
        **record,
        "points": [_point_record(point) for point in frontier.points],
        "marks": [{"mark": mark.value, **_point_record(point)} for mark, point in frontier.marks],
    }


def _point_record(point: FrontierPoint) -> dict[str, object]:
    return {
        "drift": point.drift,
        "tax_cents": point.tax_cents,
        "short_gain_cents": point.short_gain_cents,
        "long_gain_cents": point.long_gain_cents,
        "sold_cents": point.sold_cents,
        "tax_cents_per_point": point.cents_per_point,
    }


def explanation_record(found: Review, explanation: Explanation | None) -> dict[str, object]:
    """Why the plan is as it is: money in cents, drift as a fraction of the household's value."""
    record: dict[str, object] = {"client": found.client_id, "name": found.client_name}
    if explanation is None:
        return {
            **record,
            "lots": [],
            "rules": [],
            "waiting": [],
            "fighting": [],
            "why": withheld_text(found),
        }
    return {
        **record,
        "lots": [
            {
                "account": lot.account_id,
                "symbol": lot.symbol,
                "lot": lot.lot_id,
                "sold_cents": lot.sold_cents,
                "gain_cents": lot.gain_cents,
                "more_tax_cents": lot.more_tax_cents,
                "more_drift": lot.more_drift,
                "sentence": lot.sentence,
            }
            for lot in explanation.lots
        ],
        "rules": [
            {
                "rule": price.rule.value,
                "what": price.what,
                "tax_saved_cents": price.tax_saved_cents,
                "drift_cured": price.drift_cured,
                "sentence": price.sentence,
            }
            for price in explanation.rules
        ],
        "waiting": [
            {
                "until": wait.until.isoformat(),
                "lots": list(wait.lots),
                "saves_cents": wait.saves_cents,
                "sentence": wait.sentence,
            }
            for wait in explanation.waiting
        ],
        "fighting": list(explanation.fighting),
    }


def calendar_record(found: Review, lines: Sequence[WashDate]) -> dict[str, object]:
    """A client's wash calendar: money in cents, quantities as text, the earliest date first."""
    record: dict[str, object] = {"client": found.client_id, "name": found.client_name}
    if found.withheld:
        return {**record, "dates": [], "why": withheld_text(found)}
    return {
        **record,
        "dates": [
            {
                "clear_from": line.clear_from.isoformat(),
                "symbol": line.symbol,
                "account": line.account_id,
                "what": line.block.value,
                "loss_cents": line.loss_cents,
                "at_stake_cents": line.at_stake_cents,
                "blocked_by": [
                    {
                        "account": b.account_id,
                        "on": b.on.isoformat(),
                        "quantity": None if b.quantity is None else str(b.quantity),
                        "row": str(b.source.source),
                        "sheltered": b.sheltered,
                    }
                    for b in line.blocked_by
                ],
                "reinvesting": list(line.reinvesting),
                "caveat": line.caveat,
            }
            for line in lines
        ],
    }


def what_if_of(book: Book, found: Review, wishes: Wishes) -> Review:
    """The review as it would be under other wishes, its plan checked like any other; withheld where it is.

    Raises WishImpossible for a wish that makes no sense.
    """
    from xl_rebal.engine.review import review
    from xl_rebal.engine.what_if import wished

    home = book.household(found.client_id)
    changed, settings = wished(home, book.settings, wishes)
    return review(changed, settings, tax_parameters_of(book), problems_of(book, home))
