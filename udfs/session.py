"""What the XR_ functions share: the books in memory, the conversion of cells, and errors told in a sentence.

Books and what is computed of them are cached by content: the same tables give the same key and are never parsed twice.
No worksheet function stands here, so that every module of functions meets one and the same memory.
"""

from __future__ import annotations

import functools
import hashlib
import logging
import math
import re
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeAlias

import xlwings

from udfs.given import GivenTables
from xl_rebal.errors import WishImpossible, XlRebalError
from xl_rebal.faults import fault_text
from xl_rebal.money import decimal_of, to_cents
from xl_rebal.sheets.live import plain
from xl_rebal.sheets.tables import CellTable, folded

if TYPE_CHECKING:
    from xl_rebal.app.kept import KeptBook, Reviewed
    from xl_rebal.engine.results import Review
    from xl_rebal.sheets.read import RowsMemory

CATEGORY = "xl_rebal"
BOOK_HELP = "The cell named XRBook on the Settings sheet."
CLIENT_HELP = "Client ID, or the client's name as on the Clients sheet."
ONE_CLIENT_HELP = "Optional: only this client. " + CLIENT_HELP
ROWS_HELP = "Optional: most rows to return below the header; the last then counts what is not shown. 0: all."
RECALCULATE = "Press Ctrl+Alt+F9 to calculate everything again."

BOOKS_KEPT = 4
"""Books in memory: the open workbook, the one before its last change, and a second workbook beside it."""

TableIn: TypeAlias = list[list[Any]]  # xlwings reads these hints: they must be types that it converts
P = ParamSpec("P")
log = logging.getLogger(__name__)


# --- The books in memory ---------------------------------------------------------------------------------------


_books: OrderedDict[str, KeptBook] = OrderedDict()  # by the hash in the key; the last used is last
_given = GivenTables()
_rows: RowsMemory | None = None
_KEY = re.compile(r"Book ([0-9a-f]{12}): ")


class NoBook(XlRebalError):
    """A formula's book argument names no book that this Python session has read."""


def kept(arguments: Mapping[str, object]) -> tuple[str, KeptBook]:
    """The book of these tables by sheet name, and the hash of all that stands in them.

    Read when it is not in memory; the one used longest ago makes room.
    """
    global _rows
    from xl_rebal import app
    from xl_rebal.app.kept import KeptBook
    from xl_rebal.sheets.read import RowsMemory

    given = {sheet: _given.table(sheet, argument) for sheet, argument in arguments.items()}
    digest = hashlib.sha256(b"".join(one.digest for one in given.values())).hexdigest()[:12]
    if digest not in _books:
        _rows = _rows or RowsMemory()
        book = app.book_of({sheet: one.table for sheet, one in given.items()}, _rows)
        _books[digest] = KeptBook(book, tuple(reversed(_books.values())))
    _books.move_to_end(digest)
    while len(_books) > BOOKS_KEPT:
        _books.popitem(last=False)
    return digest, _books[digest]


_place: list[Path] = []
"""The folder of the workbook whose results are being stored; empty where Excel asks."""


def place() -> Path | None:
    """The folder of the workbook, where the host knows it."""
    return _place[-1] if _place else None


@contextmanager
def beside(folder: Path) -> Iterator[None]:
    """While it lasts, functions know that their workbook lies in this folder."""
    _place.append(folder)
    try:
        yield
    finally:
        _place.pop()


def forget() -> None:
    """Empties the memory, as a new Python session has it."""
    global _rows
    _books.clear()
    _given.clear()
    _rows = None


def loaded_book(key: object) -> KeptBook:
    """The book that a key names, or the reason why there is none, in words for the person at the cell."""
    text = text_of(key)
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


def asked_client(client: object, loaded: KeptBook) -> str:
    """The client that a formula names. Raises NoBook where it names none, with what to do."""
    from xl_rebal.app.books import no_clients

    asked = text_of(client)
    if not asked:
        pick = "No client is chosen. Pick a Client ID, as on the Clients sheet."
        raise NoBook(no_clients(loaded.book) or pick)
    return asked


def reviewed(client: object, key: object) -> Reviewed:
    """The review of one client with what was computed on it, computed once for as long as its data is the same."""
    loaded = loaded_book(key)
    return loaded.reviewed(asked_client(client, loaded))


def all_reviewed(client: object, key: object) -> list[Reviewed]:
    """The review of one client, or with no client of all of them in the book's order, with what was computed on each."""
    return [reviewed(client, key)] if text_of(client) else loaded_book(key).all_reviewed()


def review_of(client: object, key: object) -> Review:
    """The review of one client."""
    return reviewed(client, key).review


def firm_table(
    asked: str, key: object, client: object, rows: object, table: Callable[[list[Review]], CellTable]
) -> CellTable:
    """`table` of all clients' reviews, or of one's, laid out once for as long as the book is the same."""
    loaded, only, most = loaded_book(key), text_of(client), count_of(rows)

    def laid_out() -> CellTable:
        return folded(table([found.review for found in all_reviewed(only, key)]), most)

    return loaded.answer((asked, only, most), laid_out)


# --- Conversion ------------------------------------------------------------------------------------------------


def text_of(value: object) -> str:
    """Text of a cell: an ID typed as a number loses the `.0` that Excel's floats bring. Raises NoBook for a range."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        cells = [cell for row in rows_of(value) for cell in row]
        if len(cells) > 1:
            raise NoBook(f"One cell is needed here, not a range of {len(cells):,} cells.")
        return text_of(cells[0]) if cells else ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


_EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell's date has no time zone


def date_of(value: object) -> date | None:
    """Date of a cell: a date, a date with a time, or the serial number behind one; None for anything else."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        with suppress(OverflowError, ValueError):  # no number of a day
            return (_EXCEL_EPOCH + timedelta(days=float(value))).date()
    return None


def rows_of(value: object) -> list[list[object]]:
    """An argument as rows, whatever shape it came in: a table, one row, or a single cell."""
    if not isinstance(value, list | tuple):
        return [[value]]
    if value and not isinstance(value[0], list | tuple):
        return [list(value)]
    return [[plain(cell) for cell in row] for row in value]


def is_gone(table: object) -> bool:
    """Whether an argument is no table but Excel's word that it refers to nothing: its sheet was deleted."""
    if isinstance(table, list | tuple) and len(table) > 1:
        return False
    cells = [plain(cell) for row in rows_of(table) for cell in row]
    return len(cells) == 1 and str(cells[0]).startswith(("#REF!", "#NAME?"))


def count_of(value: object) -> int:
    return int(value) if isinstance(value, int | float) and math.isfinite(value) else 0


def number_of(value: object, what: str) -> float | None:
    """A number typed into a cell, as a number or as text such as `5%` or `$20,000`; None for an empty cell.

    Raises WishImpossible for what is no number; `what` says what it was to be.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return float(value)
    text = text_of(value)
    try:
        exact = Decimal(text.replace("$", "").replace(",", "").replace("%", ""))
    except ArithmeticError:
        exact = Decimal("NaN")
    if not exact.is_finite():
        raise WishImpossible(f"{what} is a number, not {text!r}.")
    return float(exact / 100 if text.endswith("%") else exact)


def cents_of(value: object, what: str) -> int | None:
    """Dollars typed into a cell as cents; None for an empty cell. Raises WishImpossible for what is no number."""
    dollars = number_of(value, what)
    return None if dollars is None else to_cents(decimal_of(dollars))


def yes_of(value: object, what: str) -> bool | None:
    """Yes or No of a cell; None for an empty one. Raises WishImpossible for anything else."""
    text = text_of(value).casefold()
    if text in ("yes", "y", "true", "1"):
        return True
    if text in ("no", "n", "false", "0"):
        return False
    if text:
        raise WishImpossible(f"{what} is Yes or No, or empty, not {text_of(value)!r}.")
    return None


LONGEST = 1_000
"""Characters of a sentence in a cell: Excel refuses more than 32,767 with #VALUE!, and nobody reads them."""


def _fitting(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} ..."


def sentence_on_error(function: Callable[P, CellTable]) -> Callable[P, CellTable]:
    """The function with what goes wrong told in its first cell, as one sentence, never a traceback."""

    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> CellTable:
        try:
            return function(*args, **kwargs)
        except XlRebalError as error:
            return [[_fitting(str(error))]]
        except Exception as error:
            # Excel would show a traceback in a cell or #VALUE!; the log keeps it for whoever mends it.
            log.error("%s failed: %s", function.__name__, fault_text(error))
            where = fault_text(error).splitlines()[-1].strip()
            return [
                [
                    f"{function.__name__} met an error of its own ({type(error).__name__} at {where}). "
                    "This is a fault in xl_rebal, not in your data: please report it with this text."
                ]
            ]

    return wrapped


# --- Registering with Excel --------------------------------------------------------------------------------------


def about_client(function: Callable[P, CellTable]) -> Callable[P, CellTable]:
    """Registers a function of (client, book, rows) with Excel, its arguments explained."""
    registered: Callable[P, CellTable] = xlwings.ret(ndim=2)(sentence_on_error(function))
    for name, help_text in (("rows", ROWS_HELP), ("book", BOOK_HELP), ("client", CLIENT_HELP)):
        registered = xlwings.arg(name, doc=help_text)(registered)
    finished: Callable[P, CellTable] = xlwings.func(category=CATEGORY)(registered)
    return finished
