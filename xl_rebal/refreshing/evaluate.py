"""Every XR_ formula of a workbook computed by the functions that Excel calls, each after those that it reads.

A result spills from its formula's cell as in Excel: into cells that are empty or held the result before, never over what
somebody has put there. A formula that can't be computed here keeps its stored result, and so does everything that reads
it: a result from new data beside one from old data would be worse than both.
"""

from __future__ import annotations

import inspect
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from udfs.given import From1904
from udfs.session import RECALCULATE
from xl_rebal.refreshing.bookfile import Area, BookFile, FormulaCell
from xl_rebal.refreshing.cells import CellContent, CellError, SheetNotRead
from xl_rebal.refreshing.formula import (
    Argument,
    Call,
    Literal,
    NotRead,
    Omitted,
    call_of,
    calls_xr,
)
from xl_rebal.sheets.tables import CellTable

LEFT_TOO = ", which is left as it is"
"""So ends the reason of a formula that only reads another one that is left."""
DATA = "XR_DATA"
ROUNDS = 12
"""Times a formula is computed at most: formulas that read each other in a circle never settle."""
BLOCKED = CellError("#VALUE!")
"""What a file holds for a result that has no room. Excel shows #SPILL! and stores this: #SPILL! itself is no error
value of the file format, and readers refuse a sheet that has one."""
MISSING = CellError("#N/A")
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384

Function: TypeAlias = Callable[..., CellTable]
BeforeCall: TypeAlias = Callable[[str, Mapping[str, Any]], None]


@dataclass(slots=True, eq=False)
class XrFormula:
    """An XR_ formula and what has become of it: `result` fills `filled`; `left` says why it was not computed."""

    cell: FormulaCell
    call: Call | None
    left: str = ""
    reads: tuple[Area, ...] = ()
    result: CellTable | None = None
    waits: bool = False
    filled: Area | None = None
    blocked_by: str = ""  # the cell in the way of a result that has no room

    @property
    def old(self) -> Area:
        return self.cell.area

    def wanted(self) -> Area:
        """The range that the result would fill."""
        at = self.cell.anchor
        if not self.cell.spills or not self.result:
            return self.cell.area if self.cell.fixed else at
        width = max(map(len, self.result))
        return Area(at.sheet, at.top, at.left, at.top + len(self.result) - 1, at.left + width - 1)


@dataclass(slots=True)
class Evaluation:
    """All XR_ formulas after computing, and the cells of the workbook that their results fill."""

    formulas: list[XrFormula]
    cells: dict[int, dict[tuple[int, int], CellContent]] = field(default_factory=dict)  # by sheet


class Evaluator:
    """Computes the XR_ formulas of one workbook with the given functions."""

    def __init__(
        self, book: BookFile, functions: Iterable[Function], before_call: BeforeCall | None = None
    ) -> None:
        self._book = book
        self._functions = {function.__name__: function for function in functions}
        self._before_call = before_call
        self._values: dict[Area, list[list[CellContent]]] = {}
        self._formulas: list[XrFormula] = []
        self._anchors: dict[tuple[int, int, int], XrFormula] = {}  # by sheet, row and column
        self._spilled: dict[int, dict[tuple[int, int], XrFormula]] = {}  # cells that stored results fill
        self._cells: dict[int, dict[tuple[int, int], CellContent]] = {}
        self._reads_one: dict[Area, list[XrFormula]] = {}  # by the single cell that a formula reads
        self._reads_many: list[tuple[Area, XrFormula]] = []
        self._spilling: list[XrFormula] = []  # those whose results are not single cells
        self._left_wide: list[XrFormula] = []  # left ones whose stored results are not

    def evaluate(self) -> Evaluation:
        """Computes until nothing changes any more."""
        self._formulas = self._found()
        for formula in self._formulas:
            old = formula.old
            self._anchors[old.sheet, old.top, old.left] = formula
            if formula.left and not old.is_one:
                self._left_wide.append(formula)
            elif not formula.left:
                cells = self._spilled.setdefault(old.sheet, {})
                cells.update((place, formula) for place in old.places() if place != (old.top, old.left))
        waiting = deque(sorted((f for f in self._formulas if not f.left), key=_data_first))
        rounds: Counter[int] = Counter()
        for formula in waiting:
            formula.waits = True
        while waiting:
            formula = waiting.popleft()
            formula.waits = False
            if formula.left:
                continue
            rounds[id(formula)] += 1
            before = formula.filled, formula.result
            if rounds[id(formula)] > ROUNDS:
                self._leave(formula, "it reads its own result, by way of other formulas")
            else:
                self._compute(formula)
            if (formula.filled, formula.result) != before or formula.left:
                touched = {
                    area for area in (formula.old, before[0], formula.filled, formula.wanted()) if area
                }
                for other in self._touched_by(touched):
                    if other is not formula and not other.left and not other.waits:
                        other.waits = True
                        waiting.append(other)
        return Evaluation(self._formulas, self._cells)

    def _touched_by(self, areas: Iterable[Area]) -> list[XrFormula]:
        """Formulas that were computed from one of these areas, or whose results have to do with them."""
        found: dict[int, XrFormula] = {}
        for area in areas:
            if area.is_one:
                found.update((id(f), f) for f in self._reads_one.get(area, ()))
            else:
                found.update((id(f), f) for one, fs in self._reads_one.items() if one.meets(area) for f in fs)
            found.update((id(f), f) for many, f in self._reads_many if many.meets(area))
            for other in self._spilling:
                kept_from = other.blocked_by and other.wanted().meets(area)
                if kept_from or (other.filled and other.filled.meets(area)):
                    found[id(other)] = other
        return list(found.values())

    def _found(self) -> list[XrFormula]:
        found = []
        for place in self._book.worksheets():
            try:
                cells = self._book.formulas(place)
            except SheetNotRead as reason:
                part = self._book.package.parts.get(self._book.sheets[place].part, b"")
                if b"XR_" in part:
                    area = Area(place, 1, 1, 1, 1)
                    why = f"the sheet can't be read: {reason}"
                    found.append(XrFormula(FormulaCell(area, "", False, False), None, why))
                continue
            found += [self._formula(cell) for cell in cells if calls_xr(cell.text)]
        return found

    def _formula(self, cell: FormulaCell) -> XrFormula:
        try:
            call = call_of(cell.text)
            self._check(call)
        except NotRead as reason:
            return XrFormula(cell, None, str(reason))
        return XrFormula(cell, call)

    def _check(self, call: Call) -> None:
        """Whether this installation has the function, with so many arguments. Raises NotRead."""
        if call.function not in self._functions:
            raise NotRead(f"this installation has no function {call.function}")
        try:
            inspect.signature(self._functions[call.function]).bind(*call.arguments)
        except TypeError:
            raise NotRead(f"{call.function} has other arguments in this installation") from None
        for argument in call.arguments:
            if isinstance(argument, Call):
                self._check(argument)

    # ------------------------------------------------------------ computing

    def _leave(self, formula: XrFormula, why: str) -> None:
        self._take_back(formula)
        # Its stored result stays, and is in the way of others.
        formula.left, formula.result, formula.blocked_by = why, None, ""
        if not formula.old.is_one:
            self._left_wide.append(formula)
        cells = self._spilled.get(formula.old.sheet, {})
        for place in formula.old.places():
            cells.pop(place, None)

    def _take_back(self, formula: XrFormula) -> None:
        if formula.filled:
            cells = self._cells.get(formula.filled.sheet, {})
            for place in formula.filled.places():
                cells.pop(place, None)
        formula.filled = None

    def _compute(self, formula: XrFormula) -> None:
        assert formula.call is not None  # noqa: S101 - those without a call are left
        reads: list[Area] = []
        try:
            result = self._result(formula.call, formula.cell.anchor, reads)
        except NotRead as reason:
            self._leave(formula, str(reason))
            return
        for area in set(reads).difference(formula.reads):
            if area.is_one:
                self._reads_one.setdefault(area, []).append(formula)
            else:
                self._reads_many.append((area, formula))
        formula.reads = tuple({*formula.reads, *reads})
        self._take_back(formula)
        formula.result = result
        self._place(formula)

    def _result(self, call: Call, at: Area, reads: list[Area]) -> CellTable:
        function = self._functions[call.function]
        signature = inspect.signature(function)
        given: dict[str, Any] = {}
        for parameter, argument in zip(signature.parameters.values(), call.arguments, strict=False):
            if not isinstance(argument, Omitted):
                given[parameter.name] = self._value(argument, at, reads)
            elif parameter.default is inspect.Parameter.empty:
                given[parameter.name] = None
        if self._before_call:
            self._before_call(call.function, given)
        result = function(**given)
        if len(result) == 1 and isinstance(said := result[0][0], str) and said.endswith(RECALCULATE):
            raise NotRead(self._why_no_book())
        return result

    def _why_no_book(self) -> str:
        """Why a book that a formula names is not in memory."""
        if any(formula.call and formula.call.function == DATA for formula in self._formulas):
            return "the book that it names is not one that a formula of this workbook reads"
        return (
            f"no cell holds the {DATA} formula any more that reads the data; a value may have been pasted over it. Undo that, "
            "or copy the cell XRBook of a new workbook (xl-rebal build) over it"
        )

    def _value(self, argument: Argument, at: Area, reads: list[Area]) -> Any:
        """An argument as Excel hands it over: a single value, or rows of values."""
        if isinstance(argument, Literal):
            return argument.value
        if isinstance(argument, Call):
            table = self._result(argument, at, reads)
            return table[0][0] if len(table) == len(table[0]) == 1 else table
        assert not isinstance(argument, Omitted)  # noqa: S101 - handled with the parameter's default
        meant = self._book.meaning(argument, at)
        if isinstance(meant, Literal):
            return meant.value
        reads.append(meant)
        if left := self._left_in(meant):
            raise NotRead(f"it reads {self._book.named(left.cell.anchor)}{LEFT_TOO}")
        values = self._values_of(meant)
        if not meant.is_one:
            return From1904(values) if self._book.reading.date_1904 else values
        return None if isinstance(values[0][0], CellError) else values[0][0]

    def _left_in(self, area: Area) -> XrFormula | None:
        """The first formula without a result of now among these cells."""
        if not area.is_one:
            return next((f for f in self._formulas if f.left and f.old.meets(area)), None)
        here = self._anchors.get((area.sheet, area.top, area.left))
        if here and here.left:
            return here
        return next((f for f in self._left_wide if f.old.meets(area)), None)

    def _values_of(self, area: Area) -> list[list[CellContent]]:
        """What an area shows now: the file's cells, with the results that were computed so far over them."""
        if area not in self._values:
            self._values[area] = self._book.values(area)
        values = self._values[area]
        now, stored = self._cells.get(area.sheet, {}), self._spilled.get(area.sheet, {})
        if area.is_one:
            over = [place for place in area.places() if place in now or place in stored]
        else:
            over = [
                place
                for place in (*stored, *now)
                if area.top <= place[0] <= area.bottom and area.left <= place[1] <= area.right
            ]
        if not over:
            return values
        values = [list(row) for row in values]
        for row, column in over:
            if (row, column) in now:
                values[row - area.top][column - area.left] = now[row, column]
            elif stored[row, column].result is not None:  # the result of before, which is another one now
                values[row - area.top][column - area.left] = None
        return values

    # ------------------------------------------------------------ spilling

    def _place(self, formula: XrFormula) -> None:
        """Puts a result into its cells, or the error into its first one when there is no room."""
        at, wanted = formula.cell.anchor, formula.wanted()
        if not wanted.is_one and formula not in self._spilling:
            self._spilling.append(formula)
        formula.blocked_by = "" if formula.cell.fixed or wanted.is_one else self._in_the_way(formula, wanted)
        cells = self._cells.setdefault(at.sheet, {})
        formula.filled = at if formula.blocked_by else wanted
        if formula.blocked_by:
            cells[at.top, at.left] = BLOCKED
            return
        table = formula.result or [[None]]
        for row, column in wanted.places():
            y, x = row - at.top, column - at.left
            inside = y < len(table) and x < len(table[y])
            value = table[y][x] if inside else (MISSING if formula.cell.fixed else None)
            cells[row, column] = "" if value is None else value

    def _in_the_way(self, formula: XrFormula, wanted: Area) -> str:
        """The first thing that keeps a result from its cells, in words; empty when there is room."""
        if wanted.bottom > LAST_ROW or wanted.right > LAST_COLUMN:
            return "the edge of the sheet"
        sheet = self._book.sheet(wanted.sheet)
        for merged in sheet.merged():
            if wanted.meets(Area(wanted.sheet, *merged)):
                return f"merged cells at {self._book.named(Area(wanted.sheet, *merged))}"
        for table in self._book.tables.values():
            if wanted.meets(table.area):
                return f"the table {table.name}"
        at = formula.cell.anchor
        ours = self._spilled.get(wanted.sheet, {})
        for row in range(wanted.top, wanted.bottom + 1):
            for column, cell in sheet.cells(row).items():
                if not wanted.left <= column <= wanted.right or (row, column) == (at.top, at.left):
                    continue
                if (sheet.has_formula(cell) or (row, column) not in ours) and sheet.is_filled(cell):
                    return self._book.named(Area(wanted.sheet, row, column, row, column))
        for other in self._spilling:
            if other is not formula and other.filled and other.filled.meets(wanted):
                return f"the result of {self._book.named(other.cell.anchor)}"
        return ""


def _data_first(formula: XrFormula) -> bool:
    return formula.call is None or formula.call.function != DATA
