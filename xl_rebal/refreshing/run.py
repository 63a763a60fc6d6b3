"""The use case: a workbook's XR_ results computed anew and stored in its file, and what a person is told of it."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from udfs import session
from udfs.known import udf_functions
from xl_rebal import app
from xl_rebal.app.books import no_garbage_collection
from xl_rebal.errors import WorkbookUnreadable, WorkbookUnwritable
from xl_rebal.extent import extent
from xl_rebal.refreshing import native
from xl_rebal.refreshing.bookfile import Area, BookFile, FormulaCell
from xl_rebal.refreshing.cells import CellContent
from xl_rebal.refreshing.chain import without
from xl_rebal.refreshing.coding import area_name
from xl_rebal.refreshing.evaluate import LEFT_TOO, Evaluation, Evaluator, XrFormula
from xl_rebal.refreshing.plans import Plans
from xl_rebal.refreshing.readers import OtherFormulas
from xl_rebal.refreshing.writing import Writer, Written
from xl_rebal.sheets import layout
from xl_rebal.sheets.cells import folded
from xl_rebal.sheets.package import WORKBOOK, Package, check_writable, parsed
from xl_rebal.sheets.source import check_sheets, read_tables

_FIRM_SHEETS = frozenset(folded(sheet.name) for sheet in layout.INPUT_SHEETS)
_SHOWN_FORMULA, _SHOWN = 50, 20


@dataclass(frozen=True, slots=True)
class Left:
    """A formula whose stored result was kept, or has no room: where, the formula, and why."""

    place: str
    formula: str
    why: str

    def __str__(self) -> str:
        shown = self.formula if len(self.formula) <= _SHOWN_FORMULA else self.formula[:_SHOWN_FORMULA] + "..."
        return f"{self.place} (={shown}): {self.why}." if self.formula else f"{self.place}: {self.why}."


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh found and did. `changed` is formulas whose result is another one, by sheet; `backup` the file before."""

    workbook: Path
    formulas: int
    changed: Mapping[str, int]
    cells: int
    left: tuple[Left, ...]
    blocked: tuple[Left, ...]
    readers: int
    backup: Path | None

    @property
    def up_to_date(self) -> bool:
        return not self.cells

    @property
    def needs_attention(self) -> bool:
        return bool(self.left or self.blocked)

    def lines(self) -> list[str]:
        """What a person is told, the outcome last."""
        name = self.workbook.name
        # the cause before what only reads it: a deleted sheet stops one formula, and with it all others
        told = sorted(self.left, key=lambda one: one.why.endswith(LEFT_TOO))
        lines = [f"Left as it is: {one}" for one in told[:_SHOWN]]
        if len(told) > _SHOWN:
            lines.append(
                f"Left as they are, too: {len(told) - _SHOWN} more formulas (--json names them all)."
            )
        lines += [f"No room: {one}" for one in self.blocked]
        computed = self.formulas - len(self.left)
        if not self.formulas:
            return [f"{name} has no formula that calls an XR_ function, so there is nothing to refresh."]
        if not computed:
            return [
                *lines,
                f"None of the {self.formulas} XR_ formulas of {name} can be computed here. Nothing was changed.",
            ]
        if self.up_to_date:
            exact = (
                f"all {computed} XR_ results"
                if not self.left
                else f"{computed} of {self.formulas} XR_ results"
            )
            return [*lines, f"{name} is already up to date: {exact} are what they would be now."]
        sheets = ", ".join(f"{sheet} {count}" for sheet, count in self.changed.items())
        what = f"{sum(self.changed.values())} of {self.formulas} XR_ formulas, {app.counted(self.cells, 'cell')} ({sheets})"
        if self.backup is None:
            return [*lines, f"{name} is not up to date: {what}. Nothing was changed."]
        if self.readers:
            lines.append(
                f"Formulas of other kinds that read these results still show what they showed ({self.readers}): they are marked, "
                "so that Excel computes them when it opens the workbook."
            )
        return [*lines, f"{name} is refreshed: {what}.", f"The workbook as it was: {self.backup.name}"]

    def record(self) -> dict[str, object]:
        """The same for scripts."""

        def listed(some: tuple[Left, ...]) -> list[dict[str, str]]:
            return [{"cell": one.place, "formula": one.formula, "why": one.why} for one in some]

        return {
            "workbook": str(self.workbook),
            "up_to_date": self.up_to_date,
            "formulas": self.formulas,
            "changed": dict(self.changed),
            "cells": self.cells,
            "left": listed(self.left),
            "no_room": listed(self.blocked),
            "other_formulas_not_computed": self.readers,
            "backup": None if self.backup is None else str(self.backup),
        }


@no_garbage_collection()
def refresh(path: Path, *, check: bool = False, progress: app.Progress | None = None) -> Refreshed:
    """Computes every XR_ result of the workbook and stores it in the file in one step; with `check` nothing is written.

    Only the values of XR_ formulas and of the cells that they spill into change, and formulas that read them: these are
    computed where that is certain, and marked to be calculated by Excel all the same. Every other byte of every part stays.
    The file before is kept beside the new one. Raises WorkbookUnreadable when it is no workbook of a firm and
    WorkbookUnwritable, with the file as it was, when it is open elsewhere or read-only.
    """
    if not check and path.is_file():
        check_writable(path)
    before = _fingerprint(path)
    book = _book(path)
    package = book.package
    other_formulas = OtherFormulas(book)
    with session.beside(path.resolve().parent), Plans(book, progress, other_formulas.read) as plans:
        evaluation = Evaluator(book, udf_functions(), plans.before_call).evaluate()
    writes = _writes(book, evaluation)
    changed = {sheet: set(cells) for sheet, cells in writes.items() if cells}
    others = other_formulas.stale(changed) if changed else []
    backup = None
    known = native.computed(book, _values(writes), others) if changed else {}
    if changed and not check:
        _mark(writes, others, known)
        for sheet, cells in writes.items():
            if cells:
                part = book.sheets[sheet].part
                package.parts[part] = _sound(Writer(book.sheet(sheet)).changed(cells), path)
        _keep_chain(book, writes)
        if _fingerprint(path) != before:
            raise WorkbookUnwritable(
                f"{path.name} was saved by somebody else while its results were computed. It is as they saved it; run the "
                "refresh again."
            )
        check_writable(path)
        rewritten = [book.sheets[sheet] for sheet, cells in writes.items() if cells]
        names = [sheet.name for sheet in rewritten if not extent(package.parts[sheet.part]).is_too_large]
        backup = package.replace(
            path, kept="before refresh", read_back=lambda file: check_sheets(file, names)
        )
    by_sheet: dict[str, int] = {}
    for formula in evaluation.formulas:
        if not formula.left and _is_changed(formula, changed):
            name = book.sheets[formula.old.sheet].name
            by_sheet[name] = by_sheet.get(name, 0) + 1
    return Refreshed(
        path,
        len(evaluation.formulas),
        by_sheet,
        sum(map(len, changed.values())),
        tuple(_left(book, f, f.left) for f in evaluation.formulas if f.left),
        tuple(_left(book, f, _no_room(f)) for f in evaluation.formulas if f.blocked_by),
        sum(cell.anchor.sheet not in known for cell in others),
        backup,
    )


def _book(path: Path) -> BookFile:
    """The file's sheets and parts, once it is known to be the workbook of a firm."""
    try:
        book = BookFile(Package.read(path))
        if {folded(sheet.name) for sheet in book.sheets} & _FIRM_SHEETS:
            return book
        why = "it has none of its sheets"
    except (OSError, KeyError, zipfile.BadZipFile, etree.XMLSyntaxError) as error:
        why = str(error)
    # This says what is the matter: not there, no workbook, locked with a password, another workbook.
    read_tables(path)
    raise WorkbookUnreadable(f"{path.name} can't be read as the workbook of a firm ({why}).")


def _fingerprint(path: Path) -> bytes:
    try:
        return hashlib.sha256(path.read_bytes()).digest()
    except OSError:
        return b""  # reading the tables says what is the matter


def _writes(book: BookFile, evaluation: Evaluation) -> dict[int, dict[tuple[int, int], Written]]:
    """The cells whose stored content is not what it has to be, by sheet."""
    wanted: dict[int, dict[tuple[int, int], Written]] = {}
    computed = [formula for formula in evaluation.formulas if not formula.left]
    for formula in computed:
        cells = wanted.setdefault(formula.old.sheet, {})
        sheet = book.sheet(formula.old.sheet)
        for row, column in formula.old.places():
            cell = sheet.cell(row, column)
            if cell is not None and not sheet.has_formula(cell):
                cells[row, column] = Written(None)  # no longer part of the result, unless it is filled below
    for formula in computed:
        if formula.filled:
            cells = wanted[formula.filled.sheet]
            values = evaluation.cells[formula.filled.sheet]
            for place in formula.filled.places():
                cells[place] = Written(values[place])
            at = formula.cell.anchor
            if formula.cell.spills:
                area = formula.filled
                reference = area_name(area.top, area.left, area.bottom, area.right)
                cells[at.top, at.left] = Written(values[at.top, at.left], reference)
    return {
        sheet: {
            place: new for place, new in cells.items() if not Writer(book.sheet(sheet)).holds(*place, new)
        }
        for sheet, cells in wanted.items()
    }


def _values(
    writes: Mapping[int, Mapping[tuple[int, int], Written]],
) -> dict[int, dict[tuple[int, int], CellContent]]:
    return {sheet: {place: new.value for place, new in cells.items()} for sheet, cells in writes.items()}


def _mark(
    writes: dict[int, dict[tuple[int, int], Written]],
    others: Iterable[FormulaCell],
    known: Mapping[int, Mapping[tuple[int, int], CellContent]],
) -> None:
    """Adds the formulas that Excel has to compute to what is written, but for those whose cells are written anyway.

    What is `known` of them is stored, for whoever reads the file before Excel does; Excel computes them all the same.
    """
    for cell in others:
        at = cell.anchor
        place, found = (at.top, at.left), known.get(at.sheet)
        new = Written(found[place], is_marked=True) if found else Written(None, to_calculate=True)
        writes.setdefault(at.sheet, {}).setdefault(place, new)


def _keep_chain(book: BookFile, writes: Mapping[int, Mapping[tuple[int, int], Written]]) -> None:
    """Takes the cells that were emptied out of Excel's list of formula cells, where they are in it."""
    gone = set()
    for place, cells in writes.items():
        sheet = book.sheet(place)
        for (row, column), new in cells.items():
            cell = sheet.cell(row, column)
            if new.value is None and not new.to_calculate and cell is not None and sheet.formula(cell):
                gone.add((book.sheets[place].id, cell.reference))
    parts = book.package.parts
    for part in book.package.related(WORKBOOK, "calcChain") if gone else ():
        parts[part] = without(parts[part], gone)


def _is_changed(formula: XrFormula, changed: Mapping[int, set[tuple[int, int]]]) -> bool:
    cells = changed.get(formula.old.sheet, set())
    areas: list[Area] = [formula.old, *([formula.filled] if formula.filled else [])]
    return any(place in cells for area in areas for place in area.places())


def _left(book: BookFile, formula: XrFormula, why: str) -> Left:
    place = book.named(formula.cell.anchor) if formula.cell.text else book.sheets[formula.old.sheet].name
    return Left(place, formula.cell.text, why)


def _no_room(formula: XrFormula) -> str:
    rows, columns = len(formula.result or ()), max(map(len, formula.result or [[]]))
    return (
        f"its result needs {app.counted(rows, 'row')} and {app.counted(columns, 'column')}, and {formula.blocked_by} is in the way, as Excel says with "
        "#SPILL!. Clear that and refresh again"
    )


def _sound(content: bytes, path: Path) -> bytes:
    """The part, once it is proven to be well-formed."""
    try:
        parsed(content)
    except etree.XMLSyntaxError as error:
        raise WorkbookUnwritable(
            f"The changed sheet of {path.name} would not be well-formed ({error}). Nothing was changed. Report this."
        ) from error
    return content
