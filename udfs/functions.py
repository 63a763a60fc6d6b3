"""The XR_ functions of the workbook: each converts, calls one function of xl_rebal.app, converts back.

XR_DATA takes the input tables once and returns a short key; every other function takes that key. So the tables cross
into Python once per change, Excel's own dependency graph stays right (tables -> key -> results), and formulas stay
readable. Books and reviews are cached by content: the same tables give the same key and are never parsed twice.

A function never raises into Excel: what a person must know comes back as one sentence in the cell. The docstrings and
argument texts here are what Excel shows in its function wizard.
"""

from __future__ import annotations

import functools
import hashlib
import logging
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ParamSpec, TypeAlias

from xlwings import arg, func, ret

from xl_rebal.errors import XlRebalError
from xl_rebal.sheets import tables
from xl_rebal.sheets.tables import CellTable

if TYPE_CHECKING:
    from xl_rebal.engine.book import Book
    from xl_rebal.engine.results import Review

CATEGORY = "xl_rebal"
BOOK_HELP = "The cell named XRBook on the Settings sheet."
CLIENT_HELP = "Client ID, or the client's name as on the Clients sheet."
ROWS_HELP = "Optional: most rows to return below the header; the last then counts what is not shown. 0: all."
RECALCULATE = "Press Ctrl+Alt+F9 to calculate everything again."

BOOKS_KEPT = 4
"""Books in memory: the open workbook, the one before its last change, and a second workbook beside it."""

TableIn: TypeAlias = list[list[Any]]  # xlwings reads these hints: they must be types that it converts
P = ParamSpec("P")
log = logging.getLogger(__name__)


# --- The books in memory ---------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Loaded:
    """A parsed book and the reviews computed of it so far, by Client ID."""

    book: Book
    reviews: dict[str, Review] = field(default_factory=dict)


_books: OrderedDict[str, _Loaded] = OrderedDict()  # by the hash in the key; the last used is last
_KEY = re.compile(r"Book ([0-9a-f]{12}): ")


class NoBook(XlRebalError):
    """A formula's book argument names no book that this Python session has read."""


def _keep(digest: str, book: Book) -> _Loaded:
    _books[digest] = loaded = _Loaded(book)
    while len(_books) > BOOKS_KEPT:
        _books.popitem(last=False)
    return loaded


def _loaded(key: object) -> _Loaded:
    """The book that a key names, or the reason why there is none, in words for the person at the cell."""
    text = "" if key is None else str(key).strip()
    match = _KEY.match(text)
    if match is None:
        if not text:
            raise NoBook("No data yet: the book argument is empty. Point it at XRBook on the Settings sheet.")
        raise NoBook(f"No data: the book argument says: {text}")
    try:
        _books.move_to_end(match[1])
    except KeyError:
        raise NoBook(f"This data is no longer in memory. {RECALCULATE}") from None
    return _books[match[1]]


def _asked(client: object) -> str:
    """The client that a formula names."""
    asked = _text(client)
    if not asked:
        raise NoBook("No client is chosen. Pick a Client ID, as on the Clients sheet.")
    return asked


def _review(client: object, key: object) -> Review:
    """The review of one client, computed once per book."""
    from xl_rebal import app

    loaded = _loaded(key)
    client_id = loaded.book.household(_asked(client)).client.id
    if client_id not in loaded.reviews:
        loaded.reviews[client_id] = app.review_of(loaded.book, client_id)
    return loaded.reviews[client_id]


def _reviews(client: object, key: object) -> list[Review]:
    """The review of one client, or with no client of all of them in the book's order."""
    from xl_rebal import app

    if _text(client):
        return [_review(client, key)]
    loaded = _loaded(key)
    ids = [household.client.id for household in loaded.book.households]
    missing = [client_id for client_id in ids if client_id not in loaded.reviews]
    if missing:
        for review in app.reviews(loaded.book, tuple(missing)):
            loaded.reviews[review.client_id] = review
    return [loaded.reviews[client_id] for client_id in ids]


# --- Conversion ------------------------------------------------------------------------------------------------


def _text(value: object) -> str:
    """Text of a cell: an ID typed as a number loses the `.0` that Excel's floats bring."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


_EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell's date has no time zone


def _date(value: object) -> date | None:
    """Date of a cell: a date, a date with a time, or the serial number behind one."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return (_EXCEL_EPOCH + timedelta(days=float(value))).date()
    return None


def _rows(value: object) -> list[list[object]]:
    """An argument as rows, whatever shape it came in: a table, one row, or a single cell."""
    if not isinstance(value, list | tuple):
        return [[value]]
    if value and not isinstance(value[0], list | tuple):
        return [list(value)]
    return [[_plain(cell) for cell in row] for row in value]


def _plain(cell: object) -> object:
    """A cell as every host gives it: Excel hands currency-formatted cells over as Decimal, empty ones as None or ''."""
    if isinstance(cell, Decimal):
        return float(cell)
    return None if cell == "" else cell


def _canonical(cell: object) -> object:
    """What a cell contributes to its table's key: a date is its serial number and 5 equals 5.0 in every host."""
    if isinstance(cell, datetime):
        return (cell.replace(tzinfo=None) - _EXCEL_EPOCH) / timedelta(days=1)
    if isinstance(cell, date):
        return float((cell - _EXCEL_EPOCH.date()).days)
    return float(cell) if isinstance(cell, int) else cell


def _count(value: object) -> int:
    return int(value) if isinstance(value, int | float) else 0


def sentence_on_error(function: Callable[P, CellTable]) -> Callable[P, CellTable]:
    """The function with what goes wrong told in its first cell, as one sentence, never a traceback."""

    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> CellTable:
        try:
            return function(*args, **kwargs)
        except XlRebalError as error:
            return [[str(error)]]
        except Exception as error:
            # Excel would show a traceback in a cell or #VALUE!; the log keeps it for whoever mends it.
            log.exception("%s failed", function.__name__)
            kind = type(error).__name__
            return [
                [
                    f"{function.__name__} met an error of its own ({kind}: {error}). "
                    "This is a fault in xl_rebal, not in your data: please report it with this text."
                ]
            ]

    return wrapped


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
)
"""Sheets whose tables XR_DATA takes, in the order of its arguments."""


@func(category=CATEGORY)
@arg("clients", ndim=2, err_to_str=True, doc="The whole Clients table with its headers.")
@arg("accounts", ndim=2, err_to_str=True, doc="The whole Accounts table with its headers.")
@arg("securities", ndim=2, err_to_str=True, doc="The whole Securities table with its headers.")
@arg("targets", ndim=2, err_to_str=True, doc="The whole Targets table with its headers.")
@arg("lots", ndim=2, err_to_str=True, doc="The whole Lots table with its headers.")
@arg("positions", ndim=2, err_to_str=True, doc="The whole Positions table with its headers.")
@arg("activity", ndim=2, err_to_str=True, doc="The whole Activity table with its headers.")
@arg("notes", ndim=2, err_to_str=True, doc="The whole Notes table with its headers.")
@arg("settings", ndim=2, err_to_str=True, doc="The whole Settings table with its headers.")
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
) -> CellTable:
    """Reads the input tables once and returns a short key for the other XR_ functions. Keep it in one cell, XRBook."""
    from xl_rebal import app
    from xl_rebal.engine.problems import Severity
    from xl_rebal.sheets.read import Table

    given = (clients, accounts, securities, targets, lots, positions, activity, notes, settings)
    sheets: dict[str, Table] = {}
    digest = hashlib.sha256()
    for sheet, argument in zip(DATA_SHEETS, given, strict=True):
        header, *rows = _rows(argument)
        digest.update(repr((sheet, header, [[_canonical(c) for c in row] for row in rows])).encode())
        sheets[sheet] = Table(sheet, tuple(_text(h) for h in header), rows)
    key = digest.hexdigest()[:12]
    loaded = _books.get(key) or _keep(key, app.book_of(sheets))
    _books.move_to_end(key)
    errors = sum(p.severity is Severity.ERROR for p in loaded.book.problems)
    return [
        [f"Book {key}: {app.counted(len(loaded.book.households), 'client')}, {app.counted(errors, 'error')}"]
    ]


# --- One client ------------------------------------------------------------------------------------------------


def about_client(function: Callable[P, CellTable]) -> Callable[P, CellTable]:
    """Registers a function of (client, book, rows) with Excel, its arguments explained."""
    registered: Callable[P, CellTable] = ret(ndim=2)(sentence_on_error(function))
    for name, help_text in (("rows", ROWS_HELP), ("book", BOOK_HELP), ("client", CLIENT_HELP)):
        registered = arg(name, doc=help_text)(registered)
    return func(category=CATEGORY)(registered)


@func(category=CATEGORY)
@arg("client", doc=CLIENT_HELP)
@arg("book", doc=BOOK_HELP)
@arg("rows", doc=ROWS_HELP)
@arg("classes_only", doc="Optional: TRUE leaves the securities out.")
@ret(ndim=2)
@sentence_on_error
def XR_DRIFT(client: Any, book: Any, rows: Any = 0, classes_only: Any = False) -> CellTable:  # noqa: N802
    """How far a household stands from its targets: classes, then securities, with bands and the weight after the plan."""
    table = tables.drift_table(_review(client, book), securities=not classes_only)
    return tables.folded(table, _count(rows))


@about_client
def XR_PLAN(client: Any, book: Any, rows: Any = 0) -> CellTable:  # noqa: N802
    """The proposed trades of a household with gains by term, cash moves, totals, and what the plan could not do."""
    return tables.folded(tables.plan_table(_review(client, book)), _count(rows))


@about_client
def XR_LOTS(client: Any, book: Any, rows: Any = 0) -> CellTable:  # noqa: N802
    """The tax lots that the plan sells in taxable accounts, with term, basis and gain: what to identify to the custodian."""
    return tables.folded(tables.lots_table(_review(client, book)), _count(rows))


@about_client
def XR_LEFT_OUT(client: Any, book: Any, rows: Any = 0) -> CellTable:  # noqa: N802
    """The lots and accounts that the plan may not sell, and why."""
    return tables.folded(tables.left_out_table(_review(client, book)), _count(rows))


@about_client
def XR_TAX(client: Any, book: Any, rows: Any = 0) -> CellTable:  # noqa: N802
    """Gains of the tax year before and with the plan, the gain budget, the estimated tax the plan adds, and the rates."""
    return tables.folded(tables.tax_table(_review(client, book)), _count(rows))


@about_client
def XR_WASH(client: Any, book: Any, rows: Any = 0) -> CellTable:  # noqa: N802
    """The wash-sale calendar of a household: what a loss sale would meet today and the day on which it turns clear."""
    return tables.folded(tables.wash_table(_review(client, book)), _count(rows))


@about_client
def XR_COMPARE(client: Any, book: Any, rows: Any = 0) -> CellTable:  # noqa: N802
    """The plan beside FIFO, HIFO and proportional trims of the same classes: gains realized and tax."""
    return tables.folded(tables.compare_table(_review(client, book)), _count(rows))


@about_client
def XR_RMD(client: Any, book: Any, rows: Any = 0) -> CellTable:  # noqa: N802
    """Required minimum distributions per owner: required, taken, left to take, and by when."""
    return tables.folded(tables.rmd_table(_review(client, book)), _count(rows))


@about_client
def XR_NOTES(client: Any, book: Any, rows: Any = 0) -> CellTable:  # noqa: N802
    """The CRM entries about a client, latest first, as they were recorded."""
    household = _loaded(book).book.household(_asked(client))
    return tables.folded(tables.notes_table(household.notes), _count(rows))


# --- The firm --------------------------------------------------------------------------------------------------


@func(category=CATEGORY)
@arg("book", doc=BOOK_HELP)
@arg("client", doc="Optional: only this client. " + CLIENT_HELP)
@arg("rows", doc=ROWS_HELP)
@ret(ndim=2)
@sentence_on_error
def XR_HARVEST(book: Any, client: Any = None, rows: Any = 0) -> CellTable:  # noqa: N802
    """Losses worth harvesting over all clients, or of one: largest first, with wash-sale status and swap."""
    return tables.folded(tables.harvest_table(_reviews(client, book)), _count(rows))


@func(category=CATEGORY)
@arg("book", doc=BOOK_HELP)
@arg("client", doc="Optional: only this client. " + CLIENT_HELP)
@arg("rows", doc=ROWS_HELP)
@ret(ndim=2)
@sentence_on_error
def XR_CHECKS(book: Any, client: Any = None, rows: Any = 0) -> CellTable:  # noqa: N802
    """What is wrong with or unknown in the data, worst first: where, what it means, and what to do."""
    found = _loaded(book).book
    problems = found.problems
    if _text(client):
        client_id = found.household(_text(client)).client.id
        problems = tuple(p for p in problems if p.client_id == client_id)
    return tables.folded(tables.checks_table(problems), _count(rows))


@func(category=CATEGORY)
@arg("book", doc=BOOK_HELP)
@arg("client", doc="Optional: only this client. " + CLIENT_HELP)
@ret(ndim=2)
@sentence_on_error
def XR_BOOK(book: Any, client: Any = None) -> CellTable:  # noqa: N802
    """One row per client: status, worst drift, trims, gains, tax, gain budget, RMD left, flags and data problems."""
    return tables.book_table(_reviews(client, book))


@func(category=CATEGORY)
@arg("acquired", ndim=2, doc="Trade date of purchase, or a range of them.")
@arg("sold", ndim=2, doc="Trade date of sale: one date, or a range as large as the first.")
@ret(ndim=2)
@sentence_on_error
def XR_TERM(acquired: TableIn, sold: TableIn) -> CellTable:  # noqa: N802
    """Long-term or Short-term for a purchase and a sale date: held more than one year, counted from the day after."""
    from xl_rebal.engine.holding import term_on

    def term(bought: object, left: object) -> str:
        start, end = _date(bought), _date(left)
        if start is None or end is None:
            return tables.UNKNOWN
        if end < start:
            return "The sale is before the purchase."
        return term_on(start, end).value

    buys, sells = _rows(acquired), _rows(sold)
    one = len(sells) == 1 and len(sells[0]) == 1
    if not one and [len(row) for row in buys] != [len(row) for row in sells]:
        return [["The two ranges differ in size: give one sale date, or one for each purchase."]]
    return [
        [term(bought, sells[0][0] if one else sells[i][j]) for j, bought in enumerate(row)]
        for i, row in enumerate(buys)
    ]
