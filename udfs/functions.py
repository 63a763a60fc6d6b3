"""The XR_ functions of the workbook: each converts, calls one function of xl_rebal.app, converts back.

XR_DATA takes the input tables once and returns a short key; every other function takes that key. So the tables cross
into Python once per change, Excel's own dependency graph stays right (tables -> key -> results), and formulas stay
readable. `udfs.session` keeps books and reviews by content: the same tables give the same key, parsed once.

A function never raises into Excel: what a person must know comes back as one sentence in the cell. The docstrings and
argument texts here are what Excel shows in its function wizard.
"""

from __future__ import annotations

from typing import Any

from xlwings import arg, func, ret

from udfs.given import ExactCells
from udfs.session import (
    BOOK_HELP,
    CATEGORY,
    CLIENT_HELP,
    ONE_CLIENT_HELP,
    ROWS_HELP,
    TableIn,
    about_client,
    asked_client,
    count_of,
    date_of,
    firm_table,
    is_gone,
    kept,
    loaded_book,
    review_of,
    rows_of,
    sentence_on_error,
    text_of,
)
from xl_rebal.sheets import tables
from xl_rebal.sheets.tables import CellTable

# --- Data ------------------------------------------------------------------------------------------------------

DATA_SHEETS = (
    "Clients",
    "Accounts",
    "Securities",
    "Targets",
    "Lots",
    "Positions",
    "Activity",
    "Notes",
    "Settings",
    "Rules",
)
"""Sheets whose tables XR_DATA takes, in the order of its arguments. Workbooks made before there were rules lack the last."""


@func(category=CATEGORY)
@arg("clients", ExactCells, doc="The whole Clients table with its headers.")
@arg("accounts", ExactCells, doc="The whole Accounts table with its headers.")
@arg("securities", ExactCells, doc="The whole Securities table with its headers.")
@arg("targets", ExactCells, doc="The whole Targets table with its headers.")
@arg("lots", ExactCells, doc="The whole Lots table with its headers.")
@arg("positions", ExactCells, doc="The whole Positions table with its headers.")
@arg("activity", ExactCells, doc="The whole Activity table with its headers.")
@arg("notes", ExactCells, doc="The whole Notes table with its headers.")
@arg("settings", ExactCells, doc="The whole Settings table with its headers.")
@arg("rules", ExactCells, doc="Optional: the whole Rules table with its headers.")
@ret(ndim=2)
@sentence_on_error
def XR_DATA(  # noqa: N802
    clients: TableIn,
    accounts: TableIn,
    securities: TableIn,
    targets: TableIn,
    lots: TableIn,
    positions: TableIn,
    activity: TableIn,
    notes: TableIn,
    settings: TableIn,
    rules: Any = None,
) -> CellTable:
    """Reads the input tables once and returns a short key for the other XR_ functions. Keep it in one cell, XRBook."""
    from xl_rebal import app
    from xl_rebal.engine.problems import Severity

    given = [clients, accounts, securities, targets, lots, positions, activity, notes, settings]
    given += [] if rules is None else [rules]
    there = {sheet: table for sheet, table in zip(DATA_SHEETS, given, strict=False) if not is_gone(table)}
    key, loaded = kept(there)
    errors = sum(p.severity is Severity.ERROR for p in loaded.book.problems)
    return [
        [f"Book {key}: {app.counted(len(loaded.book.households), 'client')}, {app.counted(errors, 'error')}"]
    ]


# --- One client ------------------------------------------------------------------------------------------------


@func(category=CATEGORY)
@arg("client", doc=CLIENT_HELP)
@arg("book", doc=BOOK_HELP)
@arg("rows", doc=ROWS_HELP)
@arg("classes_only", doc="Optional: TRUE leaves the securities out.")
@ret(ndim=2)
@sentence_on_error
def XR_DRIFT(client: Any, book: Any, rows: Any = 0, classes_only: Any = False) -> CellTable:  # noqa: N802
    """How far a household stands from its targets: classes, then securities, with bands and the weight after the plan."""
    table = tables.drift_table(review_of(client, book), securities=not classes_only)
    return tables.folded(table, count_of(rows))


@about_client
def XR_PLAN(client: Any, book: Any, rows: Any = 0) -> CellTable:  # noqa: N802
    """The proposed trades of a household with gains by term, cash moves, totals, and what the plan could not do."""
    return tables.folded(tables.plan_table(review_of(client, book)), count_of(rows))


@about_client
def XR_LOTS(client: Any, book: Any, rows: Any = 0) -> CellTable:  # noqa: N802
    """The tax lots that the plan sells in taxable accounts, with term, basis and gain: what to identify to the custodian."""
    return tables.folded(tables.lots_table(review_of(client, book)), count_of(rows))


@about_client
def XR_LEFT_OUT(client: Any, book: Any, rows: Any = 0) -> CellTable:  # noqa: N802
    """The lots and accounts that the plan may not sell, and why."""
    return tables.folded(tables.left_out_table(review_of(client, book)), count_of(rows))


@about_client
def XR_TAX(client: Any, book: Any, rows: Any = 0) -> CellTable:  # noqa: N802
    """Gains of the tax year before and with the plan, the gain budget, the estimated tax the plan adds, and the rates."""
    return tables.folded(tables.tax_table(review_of(client, book)), count_of(rows))


@about_client
def XR_WASH(client: Any, book: Any, rows: Any = 0) -> CellTable:  # noqa: N802
    """What a loss sale of each security would meet today: clear, or a wash sale until the day on which it turns clear."""
    return tables.folded(tables.wash_table(review_of(client, book)), count_of(rows))


@about_client
def XR_COMPARE(client: Any, book: Any, rows: Any = 0) -> CellTable:  # noqa: N802
    """The plan beside FIFO, HIFO and proportional trims of the same classes: gains realized and tax."""
    return tables.folded(tables.compare_table(review_of(client, book)), count_of(rows))


@about_client
def XR_RMD(client: Any, book: Any, rows: Any = 0) -> CellTable:  # noqa: N802
    """Required minimum distributions per owner: required, taken, left to take, and by when."""
    return tables.folded(tables.rmd_table(review_of(client, book)), count_of(rows))


@about_client
def XR_NOTES(client: Any, book: Any, rows: Any = 0) -> CellTable:  # noqa: N802
    """The CRM entries about a client, latest first, as they were recorded."""
    loaded = loaded_book(book)
    household = loaded.book.household(asked_client(client, loaded))
    return tables.folded(tables.notes_table(household.notes), count_of(rows))


# --- The firm --------------------------------------------------------------------------------------------------


@func(category=CATEGORY)
@arg("book", doc=BOOK_HELP)
@arg("client", doc=ONE_CLIENT_HELP)
@arg("rows", doc=ROWS_HELP)
@ret(ndim=2)
@sentence_on_error
def XR_HARVEST(book: Any, client: Any = None, rows: Any = 0) -> CellTable:  # noqa: N802
    """Losses worth harvesting over all clients, or of one: largest first, with wash-sale status and swap."""
    return firm_table("harvest", book, client, rows, tables.harvest_table)


@func(category=CATEGORY)
@arg("book", doc=BOOK_HELP)
@arg("client", doc=ONE_CLIENT_HELP)
@arg("rows", doc=ROWS_HELP)
@ret(ndim=2)
@sentence_on_error
def XR_CHECKS(book: Any, client: Any = None, rows: Any = 0) -> CellTable:  # noqa: N802
    """What is wrong with or unknown in the data, worst first: where, what it means, and what to do."""
    found = loaded_book(book).book
    problems = found.problems
    if text_of(client):
        client_id = found.household(text_of(client)).client.id
        problems = tuple(p for p in problems if p.client_id == client_id)
    return tables.folded(tables.checks_table(problems), count_of(rows))


@func(category=CATEGORY)
@arg("book", doc=BOOK_HELP)
@arg("client", doc=ONE_CLIENT_HELP)
@arg("show", doc="Optional: All, Needs attention, Withheld, Proposed or No action.")
@arg("advisor", doc="Optional: only this advisor's clients.")
@arg("order", doc="Optional: Attention first, As on Clients, Client, Worst drift, Tax or Value.")
@ret(ndim=2)
@sentence_on_error
def XR_BOOK(  # noqa: N802
    book: Any, client: Any = None, show: Any = None, advisor: Any = None, order: Any = None
) -> CellTable:
    """One row per client: status, worst drift, trims, gains, tax, gain budget, RMD left, flags, data problems, proof, advisor."""
    from xl_rebal.app.reports import firm_list
    from xl_rebal.sheets.firm_list import Wanted

    wanted = Wanted.of(text_of(show), text_of(advisor), text_of(order))
    parsed = loaded_book(book).book
    return firm_table(f"book {wanted}", book, client, 0, lambda found: firm_list(parsed, found, wanted))


@func(category=CATEGORY)
@arg("acquired", ndim=2, doc="Trade date of purchase, or a range of them.")
@arg("sold", ndim=2, doc="Trade date of sale: one date, or a range as large as the first.")
@ret(ndim=2)
@sentence_on_error
def XR_TERM(acquired: TableIn, sold: TableIn) -> CellTable:  # noqa: N802
    """Long-term or Short-term for a purchase and a sale date: held more than one year, counted from the day after."""
    from xl_rebal.engine.holding import term_on

    def term(bought: object, left: object) -> str:
        start, end = date_of(bought), date_of(left)
        if start is None or end is None:
            return tables.UNKNOWN
        if end < start:
            return "The sale is before the purchase."
        return term_on(start, end).value

    buys, sells = rows_of(acquired), rows_of(sold)
    one = len(sells) == 1 and len(sells[0]) == 1
    if not one and [len(row) for row in buys] != [len(row) for row in sells]:
        return [["The two ranges differ in size: give one sale date, or one for each purchase."]]
    return [
        [term(bought, sells[0][0] if one else sells[i][j]) for j, bought in enumerate(row)]
        for i, row in enumerate(buys)
    ]
