"""Tables about a plan rather than of it: what is proven, the curve of drift against tax, why these lots, and when.

As in `tables`: a header row, then rows; dollars and fractions of 1; `unknown` where something is; a sentence where
there is nothing to list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from xl_rebal.engine.book import Lot
from xl_rebal.engine.explain import Explanation, LotReason, RulePrice, Waiting
from xl_rebal.engine.frontier import Frontier, FrontierPoint, Mark
from xl_rebal.engine.results import Certificate, PlanState, ProofStatus, Review, Slack
from xl_rebal.engine.wash_results import WashBlock, WashDate
from xl_rebal.money import money_text, percent_text, quantity_text
from xl_rebal.sheets.tables import (
    NO_CLIENTS,
    UNKNOWN,
    Cell,
    CellTable,
    fraction,
    listing,
    money,
    withheld_text,
)

PROOF_HEADERS = (
    "Client ID",
    "Client",
    "Proof",
    "Gap",
    "Checker",
    "Plan Hash",
    "Programs",
    "Binding Limits",
)
FRONTIER_HEADERS = ("Drift Left", "Mark", "Added Tax", "ST Gain", "LT Gain", "Sold", "$ per Point")
CALENDAR_HEADERS = (
    "Clear From",
    "Client ID",
    "Account",
    "Symbol",
    "What",
    "At Stake",
    "Reinvests",
    "Blocked By",
    "Note",
)
WHY_HEADERS = ("Subject", "What", "Amount", "More Tax", "More Drift", "Why")

MARKS = len(Mark)
"""Rows that a curve may have beyond the points that were asked for."""
HASH_SHOWN = 12
"""Characters of a plan's hash in a cell; the whole is in the JSON of `xl-rebal prove`."""


# --- Proof -----------------------------------------------------------------------------------------------------


def proof_table(reviews: Iterable[Review]) -> CellTable:
    """Per client: how much is proven, the most that the plan gives away, the checker's verdict, and what binds."""
    return listing(PROOF_HEADERS, [_proof_row(r) for r in reviews], NO_CLIENTS)


def _proof_row(review: Review) -> list[Cell]:
    plan, who = review.plan, [review.client_id, review.client_name]
    if plan is None:
        why = "; ".join(unsound(review)) or withheld_text(review)
        return [*who, PlanState.WITHHELD.value, None, checker_text(review), None, None, why]
    proof = plan.certificate
    if proof is None:
        return [*who, UNKNOWN, UNKNOWN, checker_text(review), UNKNOWN, UNKNOWN, None]
    idle = proof.status is ProofStatus.NOTHING
    return [
        *who,
        proof.status.value,
        None if idle else money(proof.gap_cents),
        checker_text(review),
        proof.plan_hash[:HASH_SHOWN],
        float(proof.nodes),
        None if idle else "; ".join(binding_limits(proof)) or "none",
    ]


def unsound(review: Review) -> list[str]:
    """What the independent checker holds against the plan, as sentences."""
    return [p.what for p in review.problems if p.code == "plan-unsound"]


def checker_text(review: Review) -> str:
    """The independent checker's verdict in a word or two."""
    if unsound(review):
        return "Refused"
    return "Passed" if review.plan is not None else "Not asked"


def binding_limits(proof: Certificate) -> list[str]:
    """The limits that the plan uses up or exceeds, tightest first: `Gain budget: $21,000.00 over`."""
    return [f"{slack.rule}: {_slack_text(slack)}" for slack in proof.binding]


def _slack_text(slack: Slack) -> str:
    return f"{money_text(-slack.left_cents)} over" if slack.left_cents < 0 else "used up"


# --- Drift against tax -------------------------------------------------------------------------------------------


def frontier_table(review: Review, frontier: Frontier | None) -> CellTable:
    """The curve by the drift that is left, a point a row; the plan, with its whole shares, in a row of its own.

    `$ per Point` is the tax that one percentage point more of drift saves, from this row on.
    """
    if review.plan is None:
        return listing(FRONTIER_HEADERS, [], withheld_text(review))
    if frontier is None:
        return listing(FRONTIER_HEADERS, [], NO_CURVE)
    return listing(FRONTIER_HEADERS, [_point_row(*row) for row in marked_points(frontier)], "")


def frontier_lines(review: Review, frontier: Frontier | None) -> list[str]:
    """The curve as sentences, for where no sheet can show it."""
    if review.plan is None or frontier is None:
        return [str(frontier_table(review, frontier)[1][0])]
    return [
        f"{percent_text(point.drift, 2)} of drift left: "
        f"added tax {UNKNOWN if point.tax_cents is None else money_text(point.tax_cents)}{f' ({mark})' if mark else ''}"
        for point, mark in marked_points(frontier)
    ]


NO_CURVE = "No curve: every class and security is inside its band, so no drift is weighed against tax."


def marked_points(frontier: Frontier) -> list[tuple[FrontierPoint, str]]:
    """Points and what they are, by drift: a mark on a point of the curve names it, any other is a row of its own.

    The plan never shares a row: its whole shares put it beside the curve.
    """
    rows: list[tuple[FrontierPoint, list[str]]] = [(point, []) for point in frontier.points]
    plans = [(place, mark.value) for mark, place in frontier.marks if mark is Mark.PLAN]
    for mark, place in frontier.marks:
        if mark is Mark.PLAN:
            continue
        labels = next((names for point, names in rows if _same_place(point, place)), None)
        if labels is None:
            rows.append((place, [mark.value]))
        else:
            labels.append(mark.value)
    found = plans + [(point, "; ".join(names)) for point, names in rows]
    return sorted(found, key=lambda row: round(row[0].drift, 6))  # the plan first among equals


def _same_place(point: FrontierPoint, other: FrontierPoint) -> bool:
    """Whether two points are one to the reader: less than a dollar of tax and a millionth of the value apart."""
    if point.tax_cents is None or other.tax_cents is None:
        return point.tax_cents is other.tax_cents and abs(point.drift - other.drift) < 1e-6
    return abs(point.drift - other.drift) < 1e-6 and abs(point.tax_cents - other.tax_cents) < 100


def _point_row(point: FrontierPoint, mark: str) -> list[Cell]:
    return [
        fraction(point.drift),
        mark or None,
        money(point.tax_cents),
        money(point.short_gain_cents),
        money(point.long_gain_cents),
        money(point.sold_cents),
        None if point.cents_per_point is None else money(point.cents_per_point),
    ]


# --- Why ---------------------------------------------------------------------------------------------------------


def why_table(review: Review, explanation: Explanation | None, lots: Iterable[Lot] = ()) -> CellTable:
    """Each sale's counterfactual, the price of each rule, what waiting would save, which rules fight; then lots kept.

    More Tax and More Drift are what doing otherwise would add for a lot, and what the rule, or not waiting, adds now.
    `lots` are the household's: a lot among them is named by shares and date rather than by its id.
    """
    if review.plan is None:
        return listing(WHY_HEADERS, [], withheld_text(review))
    lots = tuple(lots)
    found = explanation or Explanation((), (), (), ())
    names = {(lot.account_id, lot.id): _lot_name(lot) for lot in lots}
    by_id = {lot.id: _lot_name(lot) for lot in lots}
    rows: list[list[Cell]] = [_lot_row(reason, names) for reason in found.lots if reason.sold_cents > 0]
    rows += [_rule_row(price) for price in found.rules]
    rows += [_wait_row(wait, by_id) for wait in found.waiting]
    rows += [["Conflict", None, None, None, None, sentence] for sentence in found.fighting]
    rows += [_lot_row(reason, names) for reason in found.lots if reason.sold_cents <= 0]
    return listing(WHY_HEADERS, rows, "No lot is sold, and no rule stands in the way.")


def _lot_name(lot: Lot) -> str:
    """`NVDA, 50 of 2024-02-14`; by its id where the date is unknown."""
    if lot.acquired is None:
        return f"{lot.symbol}, lot {lot.id}"
    return f"{lot.symbol}, {quantity_text(lot.quantity)} of {lot.acquired}"


def _lot_row(reason: LotReason, names: Mapping[tuple[str, str], str]) -> list[Cell]:
    sold = reason.sold_cents > 0
    by_id = f"{reason.symbol}, lot {reason.lot_id}" if reason.lot_id else reason.symbol
    name = names.get((reason.account_id, reason.lot_id), by_id)
    return [
        "Lot sold" if sold else "Lot kept",
        f"{name}, {reason.account_id}",
        money(reason.sold_cents) if sold else None,
        money(reason.more_tax_cents),
        fraction(reason.more_drift),
        reason.sentence,
    ]


def _rule_row(price: RulePrice) -> list[Cell]:
    rule = price.rule.value
    what = rule if price.what in ("", rule) else f"{rule}: {price.what}"
    return ["Rule", what, None, money(price.tax_saved_cents), fraction(price.drift_cured), price.sentence]


def _wait_row(wait: Waiting, names: Mapping[str, str]) -> list[Cell]:
    shown = [names.get(lot, f"lot {lot}") for lot in wait.lots[:2]]
    more = [f"{len(wait.lots) - 2} more"] if len(wait.lots) > 2 else []
    return ["Wait", "; ".join([*shown, *more]), None, money(wait.saves_cents), None, wait.sentence]


# --- Wash calendar -----------------------------------------------------------------------------------------------


def calendar_table(found: Iterable[tuple[Review, Sequence[WashDate]]]) -> CellTable:
    """When something turns clear to sell at a loss or to buy, earliest first; a withheld client says so at the end.

    At Stake is the most of the loss that would be disallowed. A buy is blocked in every account of the household.
    """
    given = list(found)
    dates = [
        (line.clear_from, review.client_id, at, line)
        for review, lines in given
        for at, line in enumerate(lines)
    ]
    rows = [_calendar_row(client, line) for _, client, _, line in sorted(dates, key=lambda d: d[:3])]
    rows += [
        [UNKNOWN, review.client_id, *[None] * 6, withheld_text(review)]
        for review, _ in given
        if review.withheld
    ]
    return listing(
        CALENDAR_HEADERS, rows, "Nothing waits: no loss sale and no buy is blocked as far as is known."
    )


def _calendar_row(client_id: str, line: WashDate) -> list[Cell]:
    return [
        line.clear_from,
        client_id,
        line.account_id or "every account",
        line.symbol,
        line.block.value,
        money(line.at_stake_cents),
        ", ".join(line.reinvesting) or None,
        _blocking_text(line),
        line.caveat or None,
    ]


def _blocking_text(line: WashDate) -> str:
    """`40 bought 2026-09-30 in IRA-2; 2 more`: the latest purchases, or for a buy the loss sales, that it waits for."""
    verb = "bought" if line.block is WashBlock.SELL else "sold at a loss"
    shown = [
        f"{'' if b.quantity is None else quantity_text(b.quantity) + ' '}{verb} {b.on} in {b.account_id}"
        for b in line.blocked_by[:2]
    ]
    more = [f"{len(line.blocked_by) - 2} more"] if len(line.blocked_by) > 2 else []
    return "; ".join([*shown, *more])
