"""What the CSV exports of custodians have in common: sections under title rows, headers found by name, cells as values.

A file is read line by line, so that one damaged quote spoils one row and never swallows the rest. A section is a header
row, the title rows above it and the rows below it up to the next title or header. Rows that hold no data (totals,
disclaimers) are kept as such: nothing in the file vanishes unseen. Nothing here raises but `ExportUnreadable`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal, localcontext
from functools import lru_cache

from xl_rebal.dates import MONTHS
from xl_rebal.errors import ExportUnreadable
from xl_rebal.money import CENT, to_cents

HEADER_SCAN_ROWS = 25
"""A section's header stands within so many lines that are not blank."""

_MISSING = frozenset(
    (
        "",
        "-",
        "--",
        "—",
        "–",
        "n/a",
        "na",
        "incomplete",
        "missing",
        "none",
        "null",
        "not available",
        "pending",
    )
)
_TOTALS = frozenset(("total", "totals", "grand total", "subtotal", "account total", "positions total"))
_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
_NUMBER = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?")
_ISO_DATE = re.compile(r"(?<!\d)(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?!\d)")
_US_DATE = re.compile(r"(?<![\d/])(\d{1,2})[/-](\d{1,2})[/-](\d{4})(?!\d)")
_MONTHS = {name[:3].lower(): number for number, name in enumerate(MONTHS, 1)}
_MONTH = f"({'|'.join(_MONTHS)})(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?\\.?"
_MONTH_FIRST = re.compile(
    rf"\b{_MONTH}[ -]+(\d{{1,2}})(?:,?[ -]+|\s+[\d:]+\s+[A-Z]{{2,4}}\s+)(\d{{4}})(?!\d)", re.I
)
_DAY_FIRST = re.compile(rf"(?<!\d)(\d{{1,2}})[ -]+{_MONTH}[ ,-]+(\d{{4}})(?!\d)", re.I)
_EPOCH_DATE = re.compile(r"/Date\((-?\d{1,14})([+-]\d{4})?\)/")
_LINE_END = re.compile(r"\r\n|\r|\n")
_TIME = re.compile(r"\b(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp])?\.?[Mm]?")
_LONGEST_NUMBER = 30
_LARGEST = Decimal(10) ** 13
_FIRST_YEAR, _LAST_YEAR = 1900, 2199


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank: its 1-based number in the file and its cells, trimmed."""

    number: int
    cells: tuple[str, ...]

    @property
    def text(self) -> str:
        """The first cell that holds something."""
        return next((cell for cell in self.cells if cell), "")

    @property
    def lone(self) -> bool:
        """One cell holds something: a title, a banner or a disclaimer."""
        return sum(1 for cell in self.cells if cell) == 1


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row of the file that holds no position or lot, and what it is instead."""

    file: str
    line: int
    text: str
    what: str


@dataclass(slots=True)
class Section:
    """A header with the titles above it and the rows below it. `columns` maps folded header names to cell indexes."""

    titles: tuple[Line, ...]
    header: Line
    columns: Mapping[str, int]
    rows: list[Line] = field(default_factory=list)
    total: Line | None = None

    def cell(self, line: Line, names: Iterable[str]) -> str:
        """The row's cell under the first of these header names that the section has; '' where it has none."""
        for name in names:
            index = self.columns.get(name)
            if index is not None:
                return line.cells[index] if index < len(line.cells) else ""
        return ""

    def has(self, names: Iterable[str]) -> bool:
        return any(name in self.columns for name in names)


@lru_cache(maxsize=16_384)
def folded(text: str) -> str:
    """Text for comparing names: trimmed, inner white space folded, case ignored."""
    return " ".join(text.split()).casefold()


def header_names(cell: str) -> tuple[str, ...]:
    """The names a header cell goes by: 'Mkt Val (Market Value)' is 'mkt val' and 'market value', too."""
    name = folded(cell)
    match = re.fullmatch(r"(.*?)\s*\((.*)\)", name)
    return (name, match[1], match[2]) if match else (name,)


def lines_of(file: str, content: bytes, separator: str = ",") -> list[Line]:
    """The lines of a CSV file that are not blank. Raises ExportUnreadable when it is no text at all."""
    return lines_of_text(text_of(file, content), separator)


def lines_of_text(text: str, separator: str = ",", most: int | None = None) -> list[Line]:
    """The lines of a text that are not blank, among the first `most` if that is given."""
    lines = []
    for number, raw in enumerate(_LINE_END.split(text)[:most], 1):
        try:
            cells = next(csv.reader([raw], delimiter=separator), [])
        except csv.Error:  # a field beyond csv's limit: the line can't be a row of ours
            cells = [raw]
        trimmed = cleaned(cells)
        if any(trimmed):
            lines.append(Line(number, trimmed))
    return lines


def cleaned(cells: Iterable[str]) -> tuple[str, ...]:
    """Cells without control characters, trimmed; `="00123"`, which keeps Excel from dropping zeros, is its text."""
    return tuple(
        [
            found[2:-1] if found[:2] == '="' and found[-1:] == '"' else found
            for c in cells
            if (found := (c if c.isprintable() else _CONTROLS.sub("", c)).strip()) or True
        ]
    )


def text_of(file: str, content: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 or Windows-1252. Raises ExportUnreadable for one that is no text."""
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise ExportUnreadable(
            f"{file} is an Excel workbook, not a CSV file. Download it again as CSV, as the custodian exports it."
        )
    if content.startswith(b"%PDF"):
        raise ExportUnreadable(f"{file} is a PDF, not a CSV file. Download the CSV export instead.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    start = content[:400]
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):  # UTF-16 without its mark
        if len(start) > 3 and start[first::2].count(0) * 3 > len(start):
            return content.decode(encoding, "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start >= len(content) - 3:  # cut off within a character
            return content[: error.start].decode("utf-8-sig")
        return content.decode("cp1252", "replace")


def sections_of(
    lines: Sequence[Line],
    marks: Collection[str],
    is_header: Callable[[Collection[str]], bool],
    is_title: Callable[[str], bool],
) -> tuple[list[Section], list[Line]]:
    """The sections of a file, and its lines that belong to none (disclaimers, rows below a total).

    `is_header` is asked about the folded names of a line that has one of `marks`, `is_title` about a lone cell: a title starts a section even
    when no header of its own follows, and the header before it then goes on. A lone cell above a section's total that
    is no title counts as a row: it may be a damaged one.
    """
    sections: list[Section] = []
    loose: list[Line] = []
    titles: list[Line] = []
    current: Section | None = None
    for line in lines:
        marked = any(cell.casefold() in marks for cell in line.cells)
        columns = _columns(line) if marked else {}
        if marked and is_header(columns):
            loose += titles[:-HEADER_SCAN_ROWS]
            current = Section(tuple(titles[-HEADER_SCAN_ROWS:]), line, columns)
            sections.append(current)
            titles = []
        elif line.lone and (is_title(line.text) or not sections):
            titles.append(line)
            current = None
        elif current is None and sections and titles:
            current = Section(tuple(titles), sections[-1].header, sections[-1].columns)
            sections.append(current)
            titles = []
            _add(current, line, loose)
        elif current is None:
            titles.append(line)  # metadata above the first header
        else:
            _add(current, line, loose)
    return sections, sorted((*loose, *titles), key=lambda line: line.number)


def _add(section: Section, line: Line, loose: list[Line]) -> None:
    if section.total is not None:
        loose.append(line)
    elif is_total(line.text):
        section.total = line
    else:
        section.rows.append(line)


def _columns(line: Line) -> dict[str, int]:
    columns: dict[str, int] = {}
    for index, cell in enumerate(line.cells):
        for name in header_names(cell):
            if name:
                columns.setdefault(name, index)
    return columns


def is_total(text: str) -> bool:
    """`Account Total`, `Positions Total`, `Total` ..."""
    return folded(text) in _TOTALS


def as_of(text: str) -> datetime | None:
    """Date and time of a title: 'as of 04:10 PM ET, 2026/02/13'; midnight where it gives no time."""
    found = day(text)
    if found is None:
        return None
    match = _TIME.search(text)
    at = time()
    if match:
        half = (match[4] or "").lower()
        hour = int(match[1]) % 12 + (12 if half == "p" else 0) if half else int(match[1])
        if hour < 24 and int(match[2]) < 60:
            at = time(hour, int(match[2]))
    return datetime.combine(found, at)


@lru_cache(maxsize=16_384)
def day(text: str) -> date | None:
    """The date in a text, in US or ISO order or with the month's name, whatever stands around it (a time of day); None
    without one. `/Date(928174800000-0700)/` counts milliseconds from 1970."""
    if iso := _ISO_DATE.search(text):
        year, month, dom = int(iso[1]), int(iso[2]), int(iso[3])
    elif us := _US_DATE.search(text):
        month, dom, year = int(us[1]), int(us[2]), int(us[3])
    elif named := _MONTH_FIRST.search(text):
        month, dom, year = _MONTHS[named[1].lower()], int(named[2]), int(named[3])
    elif named := _DAY_FIRST.search(text):
        dom, month, year = int(named[1]), _MONTHS[named[2].lower()], int(named[3])
    elif counted := _EPOCH_DATE.search(text):
        zone = counted[2] or "+0000"
        minutes = (1 if zone[0] == "+" else -1) * (int(zone[1:3]) * 60 + int(zone[3:]))
        span = timedelta(milliseconds=int(counted[1]), minutes=minutes)
        try:
            moment = datetime(1970, 1, 1) + span  # noqa: DTZ001 (the zone is in the span)
        except OverflowError:
            return None
        year, month, dom = moment.year, moment.month, moment.day
    else:
        return None
    try:
        found = date(year, month, dom)
    except ValueError:
        return None
    return found if _FIRST_YEAR <= found.year <= _LAST_YEAR else None


class Unreadable(ValueError):
    """A cell that holds something, but not what its column promises. Stays inside the importers."""


@lru_cache(maxsize=16_384)
def is_missing(text: str) -> bool:
    """Whether the cell says that the value is unknown or does not apply: blank, `--`, `N/A`, `Incomplete` ..."""
    return folded(text) in _MISSING


@lru_cache(maxsize=16_384)
def number(text: str) -> Decimal | None:
    """`$1,234.56`, `-$1.00`, `($1.00)`, `+2.68%` as they read (a percent is not divided); None where it is missing."""
    if is_missing(text):
        return None
    body = "".join(text.split()).replace("−", "-")
    negative = body.startswith("(") and body.endswith(")")
    if negative:
        body = body[1:-1]
    body = body.removesuffix("%")
    for _ in range(2):  # a sign before or after the currency sign
        if body.startswith("-"):
            if negative:
                raise Unreadable(text)
            negative, body = True, body[1:]
        body = body.removeprefix("+").removeprefix("$")
    if not body.isascii() or len(body) > _LONGEST_NUMBER or body.strip(".,") == "":
        raise Unreadable(text)
    if not _NUMBER.fullmatch(body):
        raise Unreadable(text)
    found = Decimal(body.replace(",", ""))
    if found >= _LARGEST:
        raise Unreadable(text)
    return -found if negative else found


def cents(text: str) -> int | None:
    """Dollars as cents; None where they are missing, never 0."""
    found = number(text)
    return None if found is None else to_cents(found)


def product_fits(quantity: Decimal, price: Decimal, value_cents: int) -> bool:
    """Whether quantity x price is the value, as closely as figures shown to so many digits can tell.

    Each of the two may be off by half of its last digit (a price shown as $40.00 may be $40.0049; whole shares are
    exact), and the value by half a cent.
    """
    if quantity * price * 100 == value_cents:
        return True
    with localcontext() as context:
        context.prec = 60
        gap = abs(quantity * price - Decimal(value_cents) / 100)
        return gap <= abs(quantity) * _half_digit(price) + abs(price) * _half_digit(quantity) + CENT


def _half_digit(shown: Decimal) -> Decimal:
    exponent = shown.as_tuple().exponent
    return Decimal(5).scaleb(exponent - 1) if isinstance(exponent, int) and exponent < 0 else Decimal(0)
