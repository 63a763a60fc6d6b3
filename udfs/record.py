"""The XR_ function that looks into the firm's folder: where each client stands in the quarter."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from xlwings import arg, func, ret

from udfs.session import (
    BOOK_HELP,
    CATEGORY,
    ROWS_HELP,
    count_of,
    loaded_book,
    place,
    sentence_on_error,
    text_of,
)
from xl_rebal.sheets import tables
from xl_rebal.sheets.quarter_table import QUARTER_HEADERS
from xl_rebal.sheets.tables import CellTable

FOLDER_HELP = 'Optional: the workbook\'s folder, or CELL("filename",A1). Empty: known while results are stored by xl-rebal refresh.'
_KEPT = 4
_tables: OrderedDict[tuple[str, str, int, int], CellTable] = (
    OrderedDict()
)  # by book, folder, and the ledger's state


@func(category=CATEGORY)
@arg("book", doc=BOOK_HELP)
@arg("folder", doc=FOLDER_HELP)
@arg("rows", doc=ROWS_HELP)
@ret(ndim=2)
@sentence_on_error
def XR_QUARTER(book: Any, folder: Any = None, rows: Any = 0) -> CellTable:  # noqa: N802
    """Where each client stands: brief and whether it is stale, decision, trades compared with the plan, what is next."""
    from xl_rebal import app
    from xl_rebal.app import quarter

    loaded = loaded_book(book)
    beside = folder_of(text_of(folder)) or place()
    if beside is None:
        why = "Not known yet where this workbook lies: save it, or run xl-rebal refresh."
        return [list(QUARTER_HEADERS), [why, *[None] * (len(QUARTER_HEADERS) - 1)]]
    out = app.output_folder(loaded.book, beside / "workbook")
    ledger = out / "_records" / "ledger.jsonl"
    state = ledger.stat() if ledger.is_file() else None
    key = (text_of(book), str(out), state.st_size if state else 0, state.st_mtime_ns if state else 0)
    if key not in _tables:
        _tables[key] = quarter.quarter_table(quarter.quarter_status(loaded.book, out))
        while len(_tables) > _KEPT:
            _tables.popitem(last=False)
    return tables.folded(_tables[key], count_of(rows))


def folder_of(text: str) -> Path | None:
    r"""The folder in `C:\firm\[book.xlsm]Sheet`, in `'file:///firm/book.xlsm'#$Sheet`, or in a plain path; None: no such folder."""
    if text.startswith(("'file:", "file:")):
        link = urlsplit(text.strip("'").partition("'#")[0])
        path = unquote(link.path)
        found = Path(path[1:] if path[2:3] == ":" else path).parent
    else:
        found = Path(text.partition("[")[0]) if text else Path()
    return found if text and found.is_dir() else None
