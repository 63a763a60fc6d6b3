"""The XR_ functions about a plan: its proof, the curve of drift against tax, why these lots, what if, and the wash calendar.

Each solves a household again many times, so that its answer is kept with the book and asked for only by its own formula.
"""

from __future__ import annotations

from typing import Any

from xlwings import arg, func, ret

from udfs.session import (
    BOOK_HELP,
    CATEGORY,
    CLIENT_HELP,
    ONE_CLIENT_HELP,
    ROWS_HELP,
    about_client,
    all_reviewed,
    cents_of,
    count_of,
    firm_table,
    loaded_book,
    number_of,
    reviewed,
    sentence_on_error,
    text_of,
    yes_of,
)
from xl_rebal.app import insight
from xl_rebal.sheets import insight_tables, tables
from xl_rebal.sheets.tables import CellTable
from xl_rebal.sheets.what_if_table import what_if_table

POINTS_HELP = "Optional: points of the curve, 2 to 40; 10 when left out. More points take longer."


@func(category=CATEGORY)
@arg("client", doc=CLIENT_HELP)
@arg("book", doc=BOOK_HELP)
@arg("points", doc=POINTS_HELP)
@ret(ndim=2)
@sentence_on_error
def XR_FRONTIER(client: Any, book: Any, points: Any = None) -> CellTable:  # noqa: N802
    """Drift left against the least tax it costs, with the plan's own place, the gain budget's, and the one without tax."""
    found = reviewed(client, book)
    wanted = insight.points_of(count_of(points))
    curve = found.answer(("curve", wanted), lambda own, review: insight.frontier_of(own, review, wanted))
    return insight_tables.frontier_table(found.review, curve)


@about_client
def XR_WHY(client: Any, book: Any, rows: Any = 0) -> CellTable:  # noqa: N802
    """Why these lots: what each sale saves, what each rule costs, what waiting would save, and which rules fight."""
    found = reviewed(client, book)
    why = found.answer("why", insight.explanation_of)
    lots = found.basis.household.lots
    return tables.folded(insight_tables.why_table(found.review, why, lots), count_of(rows))


@func(category=CATEGORY)
@arg("client", doc=CLIENT_HELP)
@arg("book", doc=BOOK_HELP)
@arg("budget", doc="Optional: gain budget in dollars, which then holds. Empty: as it is.")
@arg("tolerance", doc="Optional: tolerance of every class, such as 5%. Empty: as it is.")
@arg("cash", doc="Optional: dollars to pay out of a taxable account besides what is asked for already.")
@arg("no_short_term", doc="Optional: Yes blocks short-term gains, No allows them. Empty: as it is.")
@arg("rows", doc=ROWS_HELP)
@ret(ndim=2)
@sentence_on_error
def XR_WHATIF(  # noqa: N802
    client: Any,
    book: Any,
    budget: Any = None,
    tolerance: Any = None,
    cash: Any = None,
    no_short_term: Any = None,
    rows: Any = 0,
) -> CellTable:
    """The plan beside the plan under another gain budget, tolerance or cash need, or without short-term gains."""
    from xl_rebal.engine.what_if import Wishes

    found = reviewed(client, book)
    wishes = Wishes(
        cents_of(budget, "The gain budget"),
        number_of(tolerance, "The tolerance"),
        cents_of(cash, "The cash need"),
        yes_of(no_short_term, "No short-term gains"),
    )
    wished = found.review
    if wishes.any and wished.plan is not None:
        wished = found.answer(
            ("what if", wishes), lambda own, review: insight.what_if_of(own, review, wishes)
        )
    return tables.folded(what_if_table(found.review, wished), count_of(rows))


@func(category=CATEGORY)
@arg("book", doc=BOOK_HELP)
@arg("client", doc=ONE_CLIENT_HELP)
@arg("rows", doc=ROWS_HELP)
@ret(ndim=2)
@sentence_on_error
def XR_PROOF(book: Any, client: Any = None, rows: Any = 0) -> CellTable:  # noqa: N802
    """What is proven of each plan: the most it gives away in dollars, what binds it, and the checker's verdict."""
    return firm_table("proof", book, client, rows, insight_tables.proof_table)


@func(category=CATEGORY)
@arg("book", doc=BOOK_HELP)
@arg("client", doc=ONE_CLIENT_HELP)
@arg("rows", doc=ROWS_HELP)
@ret(ndim=2)
@sentence_on_error
def XR_CALENDAR(book: Any, client: Any = None, rows: Any = 0) -> CellTable:  # noqa: N802
    """When each security is clear to sell at a loss, or to buy again after one: earliest first, with what it waits for."""

    def table() -> CellTable:
        dates = [
            (one.review, one.answer("wash", insight.wash_calendar_of)) for one in all_reviewed(client, book)
        ]
        return tables.folded(insight_tables.calendar_table(dates), count_of(rows))

    return loaded_book(book).answer(("calendar", text_of(client), count_of(rows)), table)
