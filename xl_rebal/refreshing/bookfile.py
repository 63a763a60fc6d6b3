"""A workbook file as its formulas see it: sheets, tables, defined names, and the cells that a reference stands for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from openpyxl.formula.translate import Translator
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from xl_rebal.errors import WorkbookUnreadable
from xl_rebal.refreshing.cells import CellContent, Reading, Sheet, SheetNotRead
from xl_rebal.refreshing.coding import area_name, area_of, uncoded
from xl_rebal.refreshing.formula import (
    CellRange,
    Literal,
    Name,
    NotRead,
    Reference,
    TableRange,
    call_of,
)
from xl_rebal.sheets.cells import folded
from xl_rebal.sheets.package import MAIN, WORKBOOK, Package, parsed

_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STYLES, _STRINGS = "xl/styles.xml", "xl/sharedStrings.xml"
_NAMES_DEEP = 8  # a name that stands for a name ...
_KNOWN_ITEMS = frozenset(("#all", "#data", "#headers", "#totals", "#this row"))


class Area(NamedTuple):
    """A rectangle of cells: the sheet's place in the workbook, 1-based rows and columns, ends included."""

    sheet: int
    top: int
    left: int
    bottom: int
    right: int

    def meets(self, other: Area) -> bool:
        return (
            self.sheet == other.sheet
            and self.top <= other.bottom
            and other.top <= self.bottom
            and self.left <= other.right
            and other.left <= self.right
        )

    def places(self) -> Iterator[tuple[int, int]]:
        """Row and column of every cell."""
        for row in range(self.top, self.bottom + 1):
            for column in range(self.left, self.right + 1):
                yield row, column

    @property
    def is_one(self) -> bool:
        return self.top == self.bottom and self.left == self.right


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A worksheet by its name on the tab, its part in the file, and its number in the workbook."""

    name: str
    part: str
    id: str


@dataclass(frozen=True, slots=True)
class TableParts:
    """An Excel table: its whole range, how many rows at its ends are headers and totals, its columns' names."""

    name: str
    area: Area
    headers: int
    totals: int
    columns: tuple[str, ...]


class FormulaCell(NamedTuple):
    """A cell with its formula's whole text, and the range that the file says its result fills.

    `spills` is True for a dynamic array; `fixed` for an array formula with a range of its own (Ctrl+Shift+Enter).
    """

    area: Area
    text: str
    spills: bool
    fixed: bool

    @property
    def anchor(self) -> Area:
        return Area(self.area.sheet, self.area.top, self.area.left, self.area.top, self.area.left)


class BookFile:
    """The sheets of a package. Nothing is changed here; sheets are read when they are asked for."""

    def __init__(self, package: Package) -> None:
        self.package = package
        book = parsed(package.parts[WORKBOOK])
        targets = {
            found: target
            for kind, found, target in package.relations(WORKBOOK)
            if kind.endswith("/worksheet") and target in package.parts
        }
        self.sheets = tuple(
            SheetPart(e.get("name", ""), targets.get(e.get(_ID, ""), ""), e.get("sheetId", ""))
            for e in book.iterfind(f"{{{MAIN}}}sheets/{{{MAIN}}}sheet")
        )
        if not any(sheet.part for sheet in self.sheets):
            raise WorkbookUnreadable(
                "No sheet can be found inside the file, which may be in Excel's 'Strict Open XML' format or damaged. Save it "
                "as a plain .xlsx or .xlsm in Excel. Nothing was changed."
            )
        self._places = {folded(sheet.name): at for at, sheet in enumerate(self.sheets) if sheet.part}
        properties = book.find(f"{{{MAIN}}}workbookPr")
        date_1904 = properties is not None and properties.get("date1904") in ("1", "true")
        self.reading = Reading(self._string, self._date_styles(), date_1904)
        self._names = {
            (folded(e.get("name", "")), e.get("localSheetId")): e.text or ""
            for e in book.iterfind(f".//{{{MAIN}}}definedName")
        }
        self._read: dict[int, Sheet | SheetNotRead] = {}
        self._formulas: dict[int, tuple[FormulaCell, ...]] = {}

    # ------------------------------------------------------------ parts

    def sheet(self, place: int) -> Sheet:
        """A worksheet by its place in the workbook. Raises SheetNotRead."""
        if place not in self._read:
            try:
                self._read[place] = Sheet(self.package.parts[self.sheets[place].part], self.reading)
            except SheetNotRead as reason:
                self._read[place] = reason
            except (KeyError, UnicodeDecodeError):
                self._read[place] = SheetNotRead("it is not a worksheet")
        found = self._read[place]
        if isinstance(found, SheetNotRead):
            raise found
        return found

    def worksheets(self) -> Iterator[int]:
        for place, sheet in enumerate(self.sheets):
            if sheet.part:
                yield place

    def named(self, area: Area) -> str:
        """The area as a person reads it: `Client!B8:K11`."""
        cells = area_name(area.top, area.left, area.bottom, area.right)
        return f"{self.sheets[area.sheet].name}!{cells}"

    @cached_property
    def _strings(self) -> list[str]:
        part = next((p for p in self.package.related(WORKBOOK, "sharedStrings")), _STRINGS)
        if part not in self.package.parts:
            return []
        texts = []
        for item in parsed(self.package.parts[part]).iterfind(f"{{{MAIN}}}si"):
            plain = item.find(f"{{{MAIN}}}t")
            runs = [plain] if plain is not None else item.iterfind(f"{{{MAIN}}}r/{{{MAIN}}}t")
            texts.append(uncoded("".join(run.text or "" for run in runs)))
        return texts

    def _string(self, number: int) -> str:
        return self._strings[number] if number < len(self._strings) else ""

    def _date_styles(self) -> frozenset[int]:
        """Indexes of the cell formats that show a number as a date or time."""
        if _STYLES not in self.package.parts:
            return frozenset()
        root = parsed(self.package.parts[_STYLES])
        own = {
            e.get("numFmtId"): e.get("formatCode", "")
            for e in root.iterfind(f"{{{MAIN}}}numFmts/{{{MAIN}}}numFmt")
        }
        dates = set()
        for at, form in enumerate(root.iterfind(f"{{{MAIN}}}cellXfs/{{{MAIN}}}xf")):
            number = form.get("numFmtId", "0")
            code = own.get(number) or BUILTIN_FORMATS.get(int(number), "")
            if is_date_format(code):
                dates.add(at)
        return frozenset(dates)

    @cached_property
    def tables(self) -> dict[str, TableParts]:
        """Every Excel table by its name, case ignored."""
        found = {}
        for place in self.worksheets():
            for part in self.package.related(self.sheets[place].part, "table"):
                root = parsed(self.package.parts[part])
                name = root.get("displayName") or root.get("name") or ""
                if area := area_of(root.get("ref", "")):
                    columns = root.iterfind(f"{{{MAIN}}}tableColumns/{{{MAIN}}}tableColumn")
                    found[folded(name)] = TableParts(
                        name,
                        Area(place, *area),
                        int(root.get("headerRowCount", "1")),
                        int(root.get("totalsRowCount", "0")),
                        tuple(c.get("name", "") for c in columns),
                    )
        return found

    # ------------------------------------------------------------ formulas

    def formulas(self, place: int) -> tuple[FormulaCell, ...]:
        """Every formula of a sheet. A formula that a range of cells shares is given for each of them."""
        if place not in self._formulas:
            self._formulas[place] = tuple(self._found_formulas(place))
        return self._formulas[place]

    def _found_formulas(self, place: int) -> Iterator[FormulaCell]:
        shared: dict[str, tuple[str, str]] = {}
        for cell, formula in self.sheet(place).formula_cells():
            given, text = formula.attributes, formula.text
            if given.get("t") == "shared":
                number = given.get("si", "")
                if text:
                    shared[number] = (text, cell.reference)
                elif number in shared:
                    first, origin = shared[number]
                    text = Translator("=" + first, origin).translate_formula(cell.reference)[1:]
            array = given.get("t") == "array"
            area = area_of(given.get("ref", "")) if array else None
            dynamic = array and b" cm=" in cell.attributes
            here = (cell.row, cell.column, cell.row, cell.column)
            yield FormulaCell(Area(place, *(area or here)), text, dynamic, array and not dynamic)

    # ------------------------------------------------------------ references

    def area(self, reference: Reference, at: Area) -> Area:
        """The cells that a reference in the formula at `at` stands for. Raises NotRead."""
        found = self.meaning(reference, at)
        if isinstance(found, Area):
            return found
        raise NotRead("it is not a range")

    def meaning(self, reference: Reference, at: Area, depth: int = 0) -> Area | Literal:
        """The cells or the constant that a reference stands for. Raises NotRead."""
        if isinstance(reference, CellRange):
            place = at.sheet if reference.sheet is None else self._place(reference.sheet)
            return Area(place, reference.top, reference.left, reference.bottom, reference.right)
        if isinstance(reference, TableRange):
            return self._table_area(reference, at)
        text = self._text_of(reference, at)
        if text is None:
            if reference.sheet is None and folded(reference.name) in self.tables:
                return self._table_area(TableRange(reference.name), at)
            raise NotRead(f"the workbook has no name {reference.name}")
        inner = _single_argument(text)
        if isinstance(inner, Literal):
            return inner
        if inner is None or depth >= _NAMES_DEEP:
            raise NotRead(f"the name {reference.name} stands for a calculation, which only Excel does")
        return self.meaning(inner, at, depth + 1)

    def _place(self, sheet: str) -> int:
        if folded(sheet) not in self._places:
            raise NotRead(f"the workbook has no sheet {sheet}")
        return self._places[folded(sheet)]

    def _text_of(self, name: Name, at: Area) -> str | None:
        """What a name stands for: the sheet's own name before the workbook's."""
        sheet = at.sheet if name.sheet is None else self._place(name.sheet)
        own = self._names.get((folded(name.name), str(sheet)))
        return self._names.get((folded(name.name), None)) if own is None else own

    def _table_area(self, reference: TableRange, at: Area) -> Area:
        table = self.tables.get(folded(reference.table))
        if table is None:
            raise NotRead(f"the workbook has no table {reference.table}")
        if not set(reference.items) <= _KNOWN_ITEMS:
            raise NotRead(f"a part of the table {table.name} is named in a way that is not understood here")
        area = table.area
        first, last = area.top + table.headers, area.bottom - table.totals
        spans = []
        for item in reference.items or ("#data",):
            if item == "#this row":
                if at.sheet != area.sheet or not first <= at.top <= last:
                    raise NotRead(f"it asks for its own row of {table.name}, in which it does not stand")
                spans.append((at.top, at.top))
            elif item == "#headers":
                spans.append((area.top, first - 1))
            elif item == "#totals":
                spans.append((last + 1, area.bottom))
            else:
                spans.append((area.top, area.bottom) if item == "#all" else (first, last))
        top, bottom = min(a for a, _ in spans), max(b for _, b in spans)
        if top > bottom:
            raise NotRead(f"the table {table.name} has no such row")
        left, right = area.left, area.right
        if reference.columns:
            places = [self._column(table, name) for name in reference.columns]
            left, right = area.left + min(places), area.left + max(places)
        return Area(area.sheet, top, left, bottom, right)

    def _column(self, table: TableParts, name: str) -> int:
        at = _column_places(table.columns).get(folded(name))
        if at is None:
            raise NotRead(f"the table {table.name} has no column {name}")
        return at

    def values(self, area: Area) -> list[list[CellContent]]:
        """What the file's cells of an area show. Raises NotRead for a sheet that can't be read."""
        try:
            return self.sheet(area.sheet).grid(area.top, area.left, area.bottom, area.right)
        except SheetNotRead as reason:
            raise NotRead(f"the sheet {self.sheets[area.sheet].name} can't be read: {reason}") from None


@lru_cache(100)
def _column_places(columns: tuple[str, ...]) -> dict[str, int]:
    """Where each column of a table stands in it; of two with one name the first."""
    return {folded(name.replace("_x000a_", " ")): at for at, name in reversed(list(enumerate(columns)))}


@lru_cache(1_000)
def _single_argument(text: str) -> Literal | Reference | None:
    """What a name's text is, if it is one reference or one constant."""
    try:
        arguments = call_of(f"XR_NAME({text.lstrip('=')})").arguments
    except NotRead:
        return None
    one = arguments[0] if len(arguments) == 1 else None
    return one if isinstance(one, Literal | CellRange | TableRange | Name) else None
