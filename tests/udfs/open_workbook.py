"""A workbook that is open in Excel, as xlwings shows it, over a real file. Only Excel itself is stood in for.

Cells come as COM hands them over: dates with pywin32's class and time zone, currency cells as Decimal of four places, error
values as numbers, all of them cleaned by xlwings' rules. What is written stays in memory until the workbook is saved.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.datetime import CALENDAR_MAC_1904, to_excel

ERRORS = {
    "#NULL!": -2146826288,
    "#DIV/0!": -2146826281,
    "#VALUE!": -2146826273,
    "#REF!": -2146826265,
    "#NAME?": -2146826259,
    "#NUM!": -2146826252,
    "#N/A": -2146826246,
    "#SPILL!": -2146826243,
}
KNOWN_TO_XLWINGS = {number: text for text, number in ERRORS.items() if text != "#SPILL!"}


class PywinDate(datetime):
    """A date as pywin32 makes it: its own class, and a time zone that no cell has."""


class OpenWorkbook:
    """What xlwings' Book shows of an open workbook. `client` stands in the cell XRClient; None: there is no such name."""

    def __init__(
        self,
        path: Path,
        client: object = None,
        *,
        saved: bool = True,
        answer: str = "ok",
        app: Excel | None = None,
    ) -> None:
        self.path = path
        self.name = path.name
        self.api = Api(self, saved)
        self.names = Names(client)
        self.app = app or Excel(answer)
        self.app.books.open_now.append(self)
        self.saves = 0
        self.reads = 0  # ranges that crossed over
        self.writes = 0
        self._content: Any = None
        self._sheets: Sheets | None = None

    @property
    def fullname(self) -> str:
        return str(self.path)

    @property
    def content(self) -> Any:
        """The cells as they are on the screen."""
        if self._content is None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of extensions that it does not keep
                self._content = openpyxl.load_workbook(BytesIO(self.path.read_bytes()), data_only=True)
        return self._content

    @property
    def sheets(self) -> Sheets:
        if self._sheets is None:
            self._sheets = Sheets(self)
        return self._sheets

    def save(self) -> None:
        self.saves += 1
        self.api.Saved = True
        if self._content is not None:
            self._content.save(self.path)

    def close(self) -> None:
        self.app.books.close(self)


class Api(SimpleNamespace):
    """Excel's own object behind a Book."""

    def __init__(self, book: OpenWorkbook, saved: bool) -> None:
        super().__init__(Saved=saved)
        self._book = book

    @property
    def Date1904(self) -> bool:  # noqa: N802 - Excel's name
        return bool(self._book.content.epoch == CALENDAR_MAC_1904)


class Excel:
    """The application: answers every question alike, and keeps what it was told to show."""

    def __init__(self, answer: str) -> None:
        self.answer = answer
        self.messages: list[tuple[str, str | None]] = []
        self.questions: list[str] = []
        self.status_bars: list[object] = []
        self.books = Books(self)

    def alert(self, prompt: str, title: str, buttons: str = "ok", mode: str | None = None) -> str:
        assert title == "Rebalance"
        if buttons == "ok":
            self.messages.append((prompt, mode))
            return "ok"
        self.questions.append(prompt)
        return self.answer

    def __setattr__(self, name: str, value: object) -> None:
        if name == "status_bar":
            self.status_bars.append(value)
        else:
            super().__setattr__(name, value)


class Books:
    """The workbooks that are open. While one is, nobody else may write its file: Excel's owner file says so."""

    def __init__(self, app: Excel) -> None:
        self.app = app
        self.open_now: list[Any] = []
        self.opened: list[Path] = []
        self.closed: list[Path] = []

    def __iter__(self) -> Iterator[Any]:
        return iter(self.open_now)

    def open(self, path: str | Path) -> OpenWorkbook:
        self.opened.append(Path(path))
        return OpenWorkbook(Path(path), app=self.app)

    def close(self, book: OpenWorkbook) -> None:
        assert book.api.Saved, "nothing that is not saved is closed"
        self.open_now.remove(book)
        self.closed.append(book.path)


class Names:
    """Defined names with their cells' values: XRClient, unless the client is None, and whatever else a test puts in."""

    def __init__(self, client: object) -> None:
        self.cells: dict[str, object] = {} if client is None else {"XRClient": client}

    def __iter__(self) -> Iterator[Any]:
        return iter([SimpleNamespace(name=name) for name in self.cells])

    def __getitem__(self, name: str) -> Any:
        return SimpleNamespace(refers_to_range=SimpleNamespace(value=self.cells[name]))


class Sheets:
    """Sheets by name: those of the file, and the result sheets that a plain test file does not have."""

    def __init__(self, book: OpenWorkbook) -> None:
        self.book = book
        self.shown = ""
        self.more = ["Dashboard", "Client", "Checks"]

    @property
    def names(self) -> list[str]:
        own = self.book.content.sheetnames
        return [*own, *(name for name in self.more if name not in own)]

    def __iter__(self) -> Iterator[Any]:
        return iter([self[name] for name in self.names])

    def __getitem__(self, name: str) -> OpenSheet:
        assert name in self.names
        return OpenSheet(self, name)

    @property
    def active(self) -> OpenSheet:
        return self[self.shown or self.names[0]]


class OpenSheet:
    def __init__(self, sheets: Sheets, name: str) -> None:
        self.sheets, self.book, self.name = sheets, sheets.book, name

    def activate(self) -> None:
        self.sheets.shown = self.name

    @property
    def cells(self) -> Any:
        return self.book.content[self.name]

    @property
    def used_range(self) -> OpenRange:
        """Everything from the first to the last cell with content or a format."""
        if self.name not in self.book.content.sheetnames:
            return OpenRange(self, (1, 1, 1, 1))
        left, top, right, bottom = range_boundaries(self.cells.dimensions)
        return OpenRange(self, (top, left, bottom, right))

    @property
    def tables(self) -> list[OpenTable]:
        if self.name not in self.book.content.sheetnames:
            return []
        return [OpenTable(self, table) for table in self.cells.tables.values()]

    def range(self, first: tuple[int, int], last: tuple[int, int]) -> OpenRange:
        return OpenRange(self, (*first, *last))


class OpenTable:
    """An Excel table (ListObject)."""

    def __init__(self, sheet: OpenSheet, table: Any) -> None:
        self.sheet, self.table, self.name = sheet, table, table.displayName

    @property
    def range(self) -> OpenRange:
        left, top, right, bottom = range_boundaries(self.table.ref)
        return OpenRange(self.sheet, (top, left, bottom, right))

    def resize(self, target: OpenRange) -> None:
        self.table.ref = target.address
        self.sheet.book.api.Saved = False


class OpenRange:
    """A rectangle of cells: (top, left, bottom, right), counted from 1."""

    def __init__(self, sheet: OpenSheet, place: tuple[int, int, int, int]) -> None:
        self.sheet, self.place = sheet, place
        self.row, self.column = place[0], place[1]
        self.shape = place[2] - place[0] + 1, place[3] - place[1] + 1

    @property
    def last_cell(self) -> OpenRange:
        return OpenRange(self.sheet, (*self.place[2:], *self.place[2:]))

    @property
    def address(self) -> str:
        top, left, bottom, right = self.place
        return f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}"

    def resize(self, rows: int, columns: int) -> OpenRange:
        return OpenRange(self.sheet, (self.row, self.column, self.row + rows - 1, self.column + columns - 1))

    def _cells(self) -> Iterator[Any]:
        top, left, bottom, right = self.place
        if self.sheet.name not in self.sheet.book.content.sheetnames:
            return iter(())
        return iter(self.sheet.cells.iter_rows(min_row=top, min_col=left, max_row=bottom, max_col=right))

    @property
    def raw_value(self) -> tuple[tuple[object, ...], ...]:
        """`Range.Value`: values with their types."""
        self.sheet.book.reads += 1
        return tuple(tuple(typed(cell) for cell in row) for row in self._cells())

    @property
    def api(self) -> Any:
        return RangeApi(self)

    def options(self, *, ndim: int, err_to_str: bool) -> Any:
        assert (ndim, err_to_str) == (2, True)
        return SimpleNamespace(value=[[cleaned(cell) for cell in row] for row in self.raw_value])

    def _write(self, rows: list[list[object]]) -> None:
        self.sheet.book.writes += 1
        self.sheet.book.api.Saved = False
        for cells, values in zip(self._cells(), rows, strict=True):
            for cell, value in zip(cells, values, strict=True):
                cell.value = typed_in(value, cell.number_format)
                if cell.number_format == "@" and cell.value is not None:
                    cell.data_type = "s"

    value = property(fset=_write)

    def _format(self, code: str) -> None:
        for row in self._cells():
            for cell in row:
                cell.number_format = code

    number_format = property(fset=_format)


class RangeApi:
    def __init__(self, area: OpenRange) -> None:
        self._area = area

    @property
    def Value2(self) -> tuple[tuple[object, ...], ...]:  # noqa: N802 - Excel's name
        """Values without types for dates and currency."""
        self._area.sheet.book.reads += 1
        epoch = self._area.sheet.book.content.epoch
        return tuple(tuple(untyped(cell, epoch) for cell in row) for row in self._area._cells())


def typed(cell: Any) -> object:
    """A cell's value as COM hands it over."""
    value = cell.value
    if cell.data_type == "e":
        return ERRORS[value]
    if isinstance(value, datetime):
        return PywinDate(
            value.year, value.month, value.day, value.hour, value.minute, value.second, tzinfo=UTC
        )
    if isinstance(value, date):
        return PywinDate(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, int | float) and not isinstance(value, bool):
        if "$" in cell.number_format:
            return Decimal(repr(float(value))).quantize(Decimal("0.0001"))
        return float(value)
    return value


def untyped(cell: Any, epoch: datetime) -> object:
    value = cell.value
    if isinstance(value, date | datetime | time):
        return float(to_excel(value, epoch))
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def cleaned(value: object) -> object:
    """What xlwings makes of it (_xlwindows._clean_value_data_element)."""
    if value in ("", None):
        return None
    if isinstance(value, PywinDate):
        return datetime(value.year, value.month, value.day, value.hour, value.minute, value.second)  # noqa: DTZ001
    if type(value) is int and value in KNOWN_TO_XLWINGS:
        return KNOWN_TO_XLWINGS[value]
    return value


def typed_in(value: object, number_format: str) -> object:
    """What Excel makes of a value that is written: outside of text cells a text of digits is a number, '=' a formula."""
    if isinstance(value, str) and number_format != "@" and value.strip().isdigit():
        return float(value)
    return value
