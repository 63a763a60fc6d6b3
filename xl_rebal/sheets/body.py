"""The rows of a table inside a worksheet's XML, by sheet row number and header: written, cleared, closed up.

Works on the table that the reader sees: the cells under its headers. What stands left and right of it moves with its row
or stays, but never counts as the table's.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

from lxml import etree

from xl_rebal.errors import WorkbookUnwritable
from xl_rebal.sheets.cells import folded
from xl_rebal.sheets.new_rows import (
    EPOCH,
    EPOCH_1904,
    CellValue,
    NewRows,
    keeps_spaces,
    stored_number,
    stored_text,
)
from xl_rebal.sheets.package import MAIN, xml
from xl_rebal.sheets.source import Table, letters

CELL, ROW, FORMULA, VALUE = f"{{{MAIN}}}c", f"{{{MAIN}}}row", f"{{{MAIN}}}f", f"{{{MAIN}}}v"
RANGE = re.compile(r"\$?([A-Z]+)\$?(\d+)(?::\$?([A-Z]+)\$?(\d+))?")
LAST_ROW = 1_048_576
_HERE = "new-rows"  # a processing instruction that stands where they go


class Body:
    """A sheet's table while it is being changed. `last` is its last row with content, the header's row if it has none.

    `formulas` are row-independent formulas of calculated columns by header: new rows get them, as they do in Excel.
    `anchored` are rows that a comment, link or merged cell is tied to: they are neither moved nor given to other values.
    """

    def __init__(
        self,
        root: etree._Element,
        table: Table,
        formulas: Mapping[str, str],
        anchored: Iterable[int],
    ) -> None:
        data = root.find(f"{{{MAIN}}}sheetData")
        if data is None:
            raise WorkbookUnwritable(
                f"The sheet {table.sheet} is in a form that can't be changed here (Excel's 'Strict Open XML' format?). Save "
                "the workbook as a plain .xlsx or .xlsm. Nothing was changed."
            )
        self._root = root
        self._data = data
        _number_all(data)
        self._rows = {int(row.get("r", "0")): row for row in data.iterfind(ROW)}
        self._sheet = table.sheet
        self._headers = {
            folded(h): table.letters(i) for i, h in reversed(list(enumerate(table.headers))) if h
        }
        self._own = frozenset(self._headers.values())
        self._columns = sorted(self._own, key=column_key)
        self._formulas = {
            self._headers[folded(h)]: text for h, text in formulas.items() if folded(h) in self._headers
        }
        self._first = table.header_row + 1
        self._epoch = EPOCH_1904 if table.date_1904 else EPOCH
        self.overwritten: list[str] = []  # references of formula cells that got a value
        self.last = max(
            (n for n in self._rows if n >= self._first and self._filled(n)), default=table.header_row
        )
        self._anchored = frozenset(anchored)
        areas = (RANGE.fullmatch(f.get("ref", "")) for f in data.iter(FORMULA) if f.get("t") == "array")
        self._arrays = [area for area in areas if area and area[3]]
        self._lowest = max(self._rows, default=0)
        self._new: NewRows | None = None

    def _filled(self, number: int, *, formulas: bool = True) -> bool:
        row = self._rows.get(number)
        return row is not None and any(
            len(cell) > 0 and (formulas or cell.find(FORMULA) is None)
            for cell in row
            if column_of(cell) in self._own
        )

    @cached_property
    def _blank(self) -> list[int]:
        """Rows of the table without a value, as they were before the first row is added."""
        return [
            n
            for n in range(self._first, self.last)
            if n not in self._anchored and not self._filled(n, formulas=False)
        ]

    @cached_property
    def _styles(self) -> dict[str, str]:
        """Style of each column: the one most of its cells have, else that of the column itself."""
        styles: dict[str, str] = {}
        for column in self._root.iterfind(f"{{{MAIN}}}cols/{{{MAIN}}}col"):
            if style := column.get("style"):
                for number in range(int(column.get("min", "1")), min(int(column.get("max", "1")), 400) + 1):
                    styles[letters(number)] = style
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for number, row in self._rows.items():
            if self._first <= number <= max(self.last, self._first):
                for cell in row:
                    counts[column_of(cell)][cell.get("s", "0")] += 1
        styles.update((column, count.most_common(1)[0][0]) for column, count in counts.items())
        return styles

    # ------------------------------------------------------------ rows

    def add(self, cells: Mapping[str, CellValue], free: list[int]) -> None:
        """A new row: in one of the `free` rows (taken from it), in a blank row of the table, or below the last."""
        number = 0
        while free and not number:
            if (candidate := free.pop(0)) not in self._anchored:
                number = candidate
        if not number and self._blank:
            number = self._blank.pop(0)
        if number:
            self._renew(self._row(number))
        elif self.last >= self._lowest:  # nothing is below
            self.last = self._next()
            letters_of = self._headers
            if self._new is None:
                prefix = self._data.prefix
                self._new = NewRows(self._columns, self._styles, self._formulas, self._epoch, prefix)
            self._new.add(
                self.last, {letters_of[key]: v for h, v in cells.items() if (key := folded(h)) in letters_of}
            )
            return
        else:
            number = self._append()
        row = self._row(number)
        for column in self._columns:
            cell = self._cell(row, number, column)
            if column in self._formulas and cell.find(FORMULA) is None:
                _empty(cell)
                etree.SubElement(cell, FORMULA).text = self._formulas[column]
        self.write(number, cells)

    def _next(self) -> int:
        """The number below the last row."""
        number = self.last + 1
        if number > LAST_ROW:
            raise WorkbookUnwritable(f"The sheet {self._sheet} is full. Nothing was changed.")
        return number

    def _append(self) -> int:
        """The number of a new row below the last one."""
        number = self._next()
        row = self._rows.get(number)
        if row is not None:
            self._renew(row)
        else:
            row = self._rows[number] = etree.Element(ROW, r=str(number))
            above = self._rows.get(self.last)
            if above is not None:
                above.addnext(row)
            else:
                below = next((r for r in self._data if int(r.get("r", "0")) > number), None)
                if below is None:
                    self._data.append(row)
                else:
                    below.addprevious(row)
        self.last = number
        return number

    def _row(self, number: int) -> etree._Element:
        row = self._rows.get(number)
        if row is None or number < self._first:
            raise WorkbookUnwritable(
                f"Row {number} of {self._sheet} is not what it was when the workbook was read. Nothing was changed; try again."
            )
        return row

    def write(self, number: int, cells: Mapping[str, CellValue]) -> None:
        """Puts values into the row's columns; a header that the sheet does not have is left out."""
        row = self._row(number)
        for header, value in cells.items():
            column = self._headers.get(folded(header))
            if column is not None:
                if self._arrays:
                    self._refuse_part_of_array(number, column)
                cell = self._cell(row, number, column)
                if (formula := cell.find(FORMULA)) is not None:
                    self.overwritten.append(cell.get("r", ""))
                    self._hand_on(formula, cell)
                _empty(cell)
                self._put(cell, value)
        row.attrib.pop("spans", None)

    def _refuse_part_of_array(self, number: int, column: str) -> None:
        for area in self._arrays:
            left, right = column_key(area[1]), column_key(area[3])
            if int(area[2]) <= number <= int(area[4]) and left <= column_key(column) <= right:
                raise WorkbookUnwritable(
                    f"{self._sheet}!{column}{number} is part of a formula that fills {area[0]}, so it can't be changed alone. "
                    "Turn those cells into values (Copy, Paste Special > Values) and try again. Nothing was changed."
                )

    def _hand_on(self, formula: etree._Element, cell: etree._Element) -> None:
        """Makes the next cell of a shared formula its first, before this one is overwritten: the others only point at it."""
        area = RANGE.fullmatch(formula.get("ref", ""))
        shared = formula.get("si")
        if formula.get("t") != "shared" or not area or not formula.text or shared is None:
            return
        from openpyxl.formula.translate import Translator

        for later in (c for n in sorted(self._rows) if n >= int(area[2]) for c in self._rows[n]):
            other = later.find(FORMULA)
            if (
                other is not None
                and later is not cell
                and other.get("t") == "shared"
                and other.get("si") == shared
            ):
                here, there = str(cell.get("r")), str(later.get("r"))
                other.text = Translator(f"={formula.text}", origin=here).translate_formula(there)[1:]
                other.set("ref", str(formula.get("ref")))
                return

    def note_below(self, bottom: int) -> bool:
        """Whether the last row is one cell only, below `bottom` and below a blank row."""
        if self.last <= max(bottom, self._first) or self._filled(self.last - 1):
            return False
        filled = [c for c in self._rows[self.last] if len(c) and column_of(c) in self._own]
        return len(filled) == 1

    def _cell(self, row: etree._Element, number: int, column: str) -> etree._Element:
        """The row's cell of a column; a new one gets the column's style."""
        reference = f"{column}{number}"
        for cell in row:
            if cell.get("r") == reference:
                return cell
        key = column_key(column)
        after = None
        if len(row) and column_key(column_of(row[-1])) > key:
            after = next(cell for cell in row if column_key(column_of(cell)) > key)
        new = etree.Element(CELL, r=reference)
        if self._styles.get(column, "0") != "0":
            new.set("s", self._styles[column])
        if after is None:
            row.append(new)
        else:
            after.addprevious(new)
        return new

    def _put(self, cell: etree._Element, value: CellValue) -> None:
        if value is None or value == "":
            return
        if isinstance(value, str):
            cell.set("t", "inlineStr")
            text = etree.SubElement(etree.SubElement(cell, f"{{{MAIN}}}is"), f"{{{MAIN}}}t")
            text.text = stored_text(value)
            if keeps_spaces(value):
                text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            return
        if isinstance(value, bool):
            cell.set("t", "b")
        etree.SubElement(cell, VALUE).text = stored_number(value, self._epoch)

    def _renew(self, row: etree._Element) -> None:
        """Empties a row for another lot: its own formats and its filter's hiding go, too; formulas stay."""
        row.attrib.pop("hidden", None)
        for cell in row:
            column = column_of(cell)
            if column in self._own:
                if self._styles.get(column, "0") == "0":
                    cell.attrib.pop("s", None)
                else:
                    cell.set("s", self._styles[column])
                if cell.find(FORMULA) is None:
                    _empty(cell)

    def clear(self, number: int) -> None:
        """Empties the row's values in the table; formats and formulas (calculated columns) stay."""
        for cell in self._row(number):
            if column_of(cell) in self._own and cell.find(FORMULA) is None:
                _empty(cell)

    def close_up(self, empty: Iterable[int], *, fixed: bool) -> None:
        """Takes emptied rows out and moves the ones below up.

        Rows stay in place, blank, where moving them would break something: when `fixed` (a formula, name or chart points
        into the sheet), when a row holds a formula, is anchored, or has content beside the table. The last rows of the
        table go in any case.
        """
        gone = set(empty)
        if self._new is not None:  # below the last row there was: then none is free any more
            return
        tied = (
            not gone
            or fixed
            or any(
                cell.find(FORMULA) is not None
                or (n >= self._first and len(cell) > 0 and column_of(cell) not in self._own)
                for n, row in self._rows.items()
                for cell in row
            )
        )
        if tied or any(n >= min(gone, default=0) for n in self._anchored if n >= self._first):
            while self.last >= self._first and not self._filled(self.last):
                self.last -= 1
            return
        for number in sorted(gone):
            self._data.remove(self._rows.pop(number))
        ordered = sorted(gone)
        passed = 0
        for number in sorted(n for n in self._rows if ordered and n > ordered[0]):
            while passed < len(ordered) and ordered[passed] < number:
                passed += 1
            row = self._rows.pop(number)
            to = number - passed
            row.set("r", str(to))
            for cell in row:
                cell.set("r", f"{column_of(cell)}{to}")
            self._rows[to] = row
        self.last -= len(ordered)
        while self.last >= self._first and not self._filled(self.last):
            self.last -= 1
        if self._first not in self._rows:
            self._bare_row()

    def _bare_row(self) -> None:
        """A table keeps one row, be it empty: with the columns' formats."""
        last, self.last = self.last, self._first - 1
        row = self._row(self._append())
        for column in self._columns:
            self._cell(row, self._first, column)
        self.last = last

    # ------------------------------------------------------------ the sheet

    def content(self) -> bytes:
        """The sheet's XML with its new rows and the extent that they give it."""
        self._update_dimension()
        if self._new is None:
            return xml(self._root)
        here = etree.ProcessingInstruction(_HERE, "here")
        self._data.append(here)
        head, tail = xml(self._root).split(f"<?{_HERE} here?>".encode(), 1)
        self._data.remove(here)
        return head + self._new.xml() + tail

    def _update_dimension(self) -> None:
        """The sheet's stated extent, from its cells."""
        dimension = self._root.find(f"{{{MAIN}}}dimension")
        columns = {column_of(cell) for row in self._rows.values() if len(row) for cell in (row[0], row[-1])}
        rows = [number for number, row in self._rows.items() if len(row)]
        if self._new is not None:
            columns |= self._own
            rows.append(self.last)
        if dimension is None or not rows:
            return
        ordered = sorted(columns, key=column_key)
        dimension.set("ref", f"{ordered[0]}{min(rows)}:{ordered[-1]}{max(rows)}")


def _number_all(data: etree._Element) -> None:
    """Gives rows and cells their references where a program left them out: each follows the one before it."""
    number = 0
    for row in data.iterfind(ROW):
        number = int(row.get("r") or number + 1)
        row.set("r", str(number))
        column = 0
        for cell in row.iterfind(CELL):
            reference = cell.get("r")
            if reference:
                column = column_number(column_of(cell))
            else:
                column += 1
                cell.set("r", f"{letters(column)}{number}")


def _empty(cell: etree._Element) -> None:
    for child in list(cell):
        cell.remove(child)
    for name in ("t", "cm", "vm"):
        cell.attrib.pop(name, None)


def column_of(cell: etree._Element) -> str:
    """Letters of a cell's reference."""
    return str(cell.get("r", "")).rstrip("0123456789")


def column_key(column: str) -> tuple[int, str]:
    """Sorts column letters as Excel does: Z before AA."""
    return len(column), column


def column_number(column: str) -> int:
    number = 0
    for letter in column:
        number = number * 26 + ord(letter) - 64
    return number
