"""The rows below a header that a mapping fits: what each one is, its cells by field, and what is wrong with the table.

Nothing vanishes unseen: a row that is no data (total, disclaimer, repeated header) is kept as `Skipped`, one that breaks off
or can't be read becomes a Problem. What proves that a file is whole is its form, its last line, its row count or its total.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import PurePath

from xl_rebal.engine.problems import Problem, Severity, Source
from xl_rebal.importers.detect import Fit, above_and_below
from xl_rebal.importers.exports import (
    Line,
    Skipped,
    Unreadable,
    as_of,
    day,
    folded,
    is_missing,
    number,
)
from xl_rebal.importers.forms import NUMBERS, refuse_ambiguous_headers, refuse_foreign_forms, repeated_lines
from xl_rebal.importers.statements import ImportedAccount, ImportedNote, Statement
from xl_rebal.money import money_text, to_cents

_TOTAL = re.compile(
    r"(?:[\w&' ]{1,40} )?(?:sub-?)?totals?:?|(?:grand |sub-?)?totals?(?: for| of|:| -)\s.{1,80}", re.I
)
_DATED = re.compile(
    r"\b(?:as[ _-]of(?: date)?|snapshot date(?: equals)?|date downloaded|business date|report date|valuation date)\b\W*(?P<when>.{0,60})",
    re.I,
)
_ROW_COUNT = re.compile(r"\bnumber of rows\W+(?P<count>\d[\d,]*)", re.I)
_SENTENCE_WORDS = 4
_LISTED = 8


@dataclass(slots=True)
class Found:
    """What reading has given so far."""

    statements: list[Statement] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    accounts: list[ImportedAccount] = field(default_factory=list)
    notes: list[ImportedNote] = field(default_factory=list)

    def problem(
        self,
        severity: Severity,
        code: str,
        fit: Fit,
        line: Line,
        column: str,
        value: str,
        what: str,
        todo: str,
    ) -> None:
        place = Source(fit.grid.file, line.number)
        self.problems.append(Problem(severity, code, place, column, "", value[:60], what, todo))


class TableRows:
    """The data rows of a fitting table. Iterating gives them once; then `broken` and `totals` are known."""

    def __init__(self, fit: Fit, found: Found) -> None:
        self.fit = fit
        self.found = found
        self.broken = 0  # rows that were not read, by whoever reads them
        self.totals: list[Line] = []
        self.repeated = 0
        self.data_rows = 0
        self.last_row = 0  # line of the last of them
        self._width = len(fit.header.cells)
        self._around = above_and_below(fit.grid, fit.index)
        self._repeats = repeated_lines(fit)
        refuse_ambiguous_headers(fit)
        refuse_foreign_forms(fit)

    # ------------------------------------------------------------ cells

    def text(self, line: Line, name: str) -> str:
        """The cell under a field; '' where the table or the row has none, or it says that it is missing."""
        places = self.fit.fields.get(name)
        if places is None:
            return ""
        cells = line.cells
        found = cells[places[0]] if places[0] < len(cells) else ""
        if not is_missing(found):
            return found
        for place in self.fit.fallbacks.get(name, ()):
            if place < len(cells) and not is_missing(cells[place]):
                return cells[place]
        return ""

    def number(self, line: Line, name: str) -> Decimal | None:
        """A number, or the sum of the columns that make it up. Raises Unreadable."""
        places = self.fit.fields.get(name)
        if places is None:
            return None
        cells = line.cells
        found = None
        for place in places:
            try:
                part = number(cells[place]) if place < len(cells) else None
            except Unreadable:
                raise Unreadable(f"{cells[place][:60]!r} is not a number") from None
            if part is not None:
                found = part if found is None else found + part
        return found

    def cents(self, line: Line, name: str) -> int | None:
        """Dollars as cents. Raises Unreadable."""
        found = self.number(line, name)
        return None if found is None else to_cents(found)

    def day(self, line: Line, name: str) -> date | None:
        """A date; of 'x as of y' the second, when it took effect. None where it is missing. Raises Unreadable."""
        text = self.text(line, name)
        if not text or folded(text) in ("multiple", "various"):
            return None
        found = day(text.casefold().partition(" as of ")[2] or text)
        if found is None:
            raise Unreadable(f"{text[:60]!r} is no date")
        return found

    def has(self, name: str) -> bool:
        return name in self.fit.fields

    def source(self, line: Line) -> Source:
        return Source(self.fit.grid.file, line.number)

    # ------------------------------------------------------------ rows

    def __iter__(self) -> Iterator[Line]:
        """The rows that hold data."""
        fit = self.fit
        header = fit.header.cells
        lines = fit.grid.lines[fit.index + 1 :]
        skip = fit.table.skip
        keys = [
            fit.fields[name][0]
            for name in ("symbol", "name", "type", "lot_id", "security_id")
            if self.has(name)
        ]
        for line in lines:
            cells = line.cells
            first = line.text
            if _TOTAL.fullmatch(first):
                self.totals.append(line)
                self.skipped(line, "total row")
            elif cells == header:
                self.skipped(line, "repeated header")
            elif line.number in self._repeats:
                self.repeated += 1
                self.skipped(line, "repeated row")
            elif line.lone and (self._is_trailer(first) or len(first.split()) >= _SENTENCE_WORDS):
                self.skipped(line, "text line")
            elif skip and (what := self._skipped_as(line, keys)):
                self.skipped(line, what)
            elif self._total_further_in(line, keys):
                self.totals.append(line)
                self.skipped(line, "total row")
            elif fit.table.keep and not self._kept(line):
                self.skipped(line, "inactive row")
            elif len(cells) < self._width and fit.grid.separator and not self._enough(cells):
                self.data_rows, self.last_row = self.data_rows + 1, line.number
                self.damaged(line, first, f"it breaks off after {len(cells)} of {self._width} cells")
            else:
                self.data_rows, self.last_row = self.data_rows + 1, line.number
                yield line

    def _is_trailer(self, text: str) -> bool:
        return any(pattern.search(text) for pattern in self.fit.table.trailer)

    def _skipped_as(self, line: Line, keys: Sequence[int]) -> str:
        texts = [line.text, *(line.cells[k] for k in keys if k < len(line.cells))]
        return next((what for words, what in self.fit.table.skip if any(words.search(t) for t in texts)), "")

    def _total_further_in(self, line: Line, keys: Sequence[int]) -> bool:
        """`Total` in the symbol or name column of a row."""
        return any(k < len(line.cells) and _TOTAL.fullmatch(line.cells[k]) for k in keys)

    def _kept(self, line: Line) -> bool:
        return all(
            folded(self.text(line, name)) in values
            for name, values in self.fit.table.keep.items()
            if self.has(name)
        )

    def _enough(self, cells: Sequence[str]) -> bool:
        """Whether a short row still reaches every column that is used; exports leave empty cells out at the end."""
        used = [p for name, places in self.fit.fields.items() if name in NUMBERS for p in places]
        return not used or len(cells) > max(used)

    def skipped(self, line: Line, what: str) -> None:
        self.found.skipped.append(Skipped(self.fit.grid.file, line.number, line.text[:200], what))

    def report_repeated(self) -> None:
        """Says that the file repeats itself, where it does."""
        if self.repeated:
            what, todo = repeated_text(self.repeated)
            self.found.problem(
                Severity.WARNING, "rows-repeated", self.fit, self.fit.header, "", "", what, todo
            )

    def damaged(self, line: Line, name: str, what: str) -> None:
        self.broken += 1
        self.found.problem(
            Severity.ERROR, "row-damaged", self.fit, line, "", "",
            f"The row of {name[:40] or line.text[:40]} can't be right ({what}), so it was not imported.",
            "Download the file again, or enter the row by hand.",
        )  # fmt: skip

    # ------------------------------------------------------------ the table as a whole

    def as_of(self) -> datetime | None:
        """When the figures are from: of the text above or below the rows, else of the file's name."""
        for line in self._around:
            match = _DATED.search(" ".join(filter(None, line.cells)))
            if match and (found := as_of(match["when"])):
                return found
        return as_of(PurePath(self.fit.grid.file.partition(" [")[0]).stem.replace("_", " "))

    def account(self) -> str:
        """The account that the text around the rows or the file's name gives; '' without one."""
        texts = [" | ".join(filter(None, line.cells)) for line in self._around]
        texts.append(PurePath(self.fit.grid.file.partition(" [")[0]).stem)
        for pattern in self.fit.table.account_from:
            for text in texts:
                if match := pattern.search(text):
                    return match["account"].strip()
        return ""

    def stated_rows(self) -> int | None:
        """The number of rows that a line above the header states."""
        for line in self._around:
            if match := _ROW_COUNT.search(" ".join(filter(None, line.cells))):
                return int(match["count"].replace(",", ""))
        return None

    def whole(self, values: Sequence[int | None]) -> bool | None:
        """Whether the file is whole: True proven, False it is not, None nothing shows it. `values` are the rows' cents."""
        stated = self.stated_rows()
        if stated is not None and stated > self.data_rows:
            self.found.problem(
                Severity.WARNING, "rows-missing", self.fit, self.fit.header, "", str(stated),
                f"The file says that it has {stated:,} rows, but {self.data_rows:,} are there: it is cut off. Rows of the "
                "workbook that it lacks were kept.",
                "Download it again.",
            )  # fmt: skip
            return False
        total = self._check_total(values)
        if total is not None:
            return total
        ended = any(self._is_trailer(line.text) for line in self.fit.grid.lines[self.fit.index + 1 :])
        if stated is not None or self.fit.grid.sealed or ended:
            return True
        if self.fit.table.trailer:
            self.found.problem(
                Severity.WARNING, "no-end", self.fit, self.fit.header, "", "",
                "The line that ends this export is not there, so the file may be cut off: rows of the workbook that it "
                "lacks were kept.",
                "Download it again if rows are missing.",
            )  # fmt: skip
            return False
        return None

    def _check_total(self, values: Sequence[int | None]) -> bool | None:
        """Whether the last total row ends the file with the sum of the rows; None where no total row ends it."""
        if not self.totals or self.totals[-1].number < self.last_row:
            return None
        stated = None
        with suppress(Unreadable):
            stated = self.cents(self.totals[-1], "value")
        if stated is None or None in values or self.broken:
            return True
        added = sum(value or 0 for value in values)
        if abs(added - stated) <= len(values):
            return True
        if len(self.totals) > 1:
            return None  # perhaps the last group's
        self.found.problem(
            Severity.WARNING, "total-differs", self.fit, self.totals[-1], "Market Value", money_text(stated),
            f"The rows add up to {money_text(added)}, the total row says {money_text(stated)}: rows may be missing. Rows of "
            "the workbook that the file lacks were kept.",
            "Download the file again, or look which position is missing.",
        )  # fmt: skip
        return False


def repeated_text(count: int) -> tuple[str, str]:
    """What is said of rows that stand in a file again, and what to do."""
    one = count == 1
    return (
        f"{count:,} row{' stands' if one else 's stand'} in this file again, as if it had been put together with itself; "
        f"{'it was' if one else 'they were'} counted once.",
        "Download it again if these are two positions or trades alike.",
    )


def listed(names: Sequence[str]) -> str:
    """`A, B, C and 4 more`."""
    more = len(names) - _LISTED
    return ", ".join(names[:_LISTED]) + (f" and {more} more" if more > 0 else "")
