"""Workbooks for tests of refreshing, and what is inside their files: read by other means than the ones under test."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from lxml import etree
from openpyxl.utils import get_column_letter, range_boundaries

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CELL = re.compile(rb'<c r="([A-Z]+[0-9]+)"[^>]*?(?:/>|>.*?</c>)', re.DOTALL)


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert len(set(archive.namelist())) == len(archive.namelist())
        return {name: archive.read(name) for name in archive.namelist()}


def edited(path: Path, changes: Mapping[str, Sequence[tuple[str, str]]]) -> Path:
    """The workbook with texts of its parts replaced, as if another program had written them; each stands there once."""
    old = parts(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in old.items():
            text = content.decode() if name in changes else ""
            for was, new in changes.get(name, ()):
                assert text.count(was) == 1, (name, was, text.count(was))
                text = text.replace(was, new)
            archive.writestr(name, text.encode() if name in changes else content)
    return path


def sheet_parts(path: Path) -> dict[str, str]:
    """Part of each sheet by the sheet's name."""
    inside = parts(path)
    targets = {e.get("Id"): e.get("Target") for e in etree.fromstring(inside["xl/_rels/workbook.xml.rels"])}
    book = etree.fromstring(inside["xl/workbook.xml"])
    return {str(e.get("name")): f"xl/{targets[e.get(_REL)]}" for e in book.iter(f"{MAIN}sheet")}


def sheet_bytes(path: Path, sheet: str) -> bytes:
    return parts(path)[sheet_parts(path)[sheet]]


def areas(content: bytes) -> dict[str, tuple[str, str]]:
    """The cells of every XR_ formula of a sheet, by its first cell: its range and its text."""
    found = {}
    for cell in etree.fromstring(content).iter(f"{MAIN}c"):
        formula = cell.find(f"{MAIN}f")
        if formula is not None and "XR_" in (formula.text or ""):
            found[str(cell.get("r"))] = (str(formula.get("ref") or cell.get("r")), str(formula.text))
    return found


def inside(references: Sequence[str]) -> set[str]:
    """Every cell of these ranges."""
    cells = set()
    for reference in references:
        left, top, right, bottom = range_boundaries(reference)
        cells |= {
            f"{get_column_letter(x)}{y}" for x in range(left, right + 1) for y in range(top, bottom + 1)
        }
    return cells


def only_results_differ(before: Path, after: Path) -> set[str]:
    """Proves that nothing but XR_ results changed, and returns the changed sheets.

    Every other part is the same; in a sheet everything before and behind the cells is the same but its stated extent,
    and so is every cell outside of the ranges that XR_ results fill or filled, but for formulas that read them, which are
    marked for Excel to calculate; in them formats, formulas and the marks of dynamic arrays are the same.
    """
    old, new = parts(before), parts(after)
    assert list(old) == list(new)
    names = {part: name for name, part in sheet_parts(before).items()}
    changed = {name for name in old if old[name] != new[name]}
    assert changed <= set(names), changed - set(names)
    for part in changed:
        a, b = old[part], new[part]
        theirs = inside([area for content in (a, b) for area, _ in areas(content).values()])
        for x, y in zip(around(a), around(b), strict=True):
            assert x == y
        assert rows(a) == {number: line for number, line in rows(b).items() if number in rows(a)}
        cells_a, cells_b = cells(a), cells(b)
        theirs |= marked(b)
        assert {r: c for r, c in cells_a.items() if r not in theirs} == {
            r: c for r, c in cells_b.items() if r not in theirs
        }
        for reference, cell in cells_a.items():
            if reference in theirs:
                assert kept(cell) == kept(cells_b[reference])
    return {names[part] for part in changed}


def marked(content: bytes) -> set[str]:
    """The cells whose formulas Excel is to calculate when it opens the workbook."""
    return {reference for reference, cell in cells(content).items() if b'<f ca="1"' in cell}


def around(content: bytes) -> tuple[bytes, bytes]:
    """What stands before and behind the cells, without the sheet's stated extent."""
    head, _, rest = content.partition(b"<sheetData")
    return re.sub(rb'<dimension ref="[^"]*"/>', b"", head), rest.rpartition(b"</sheetData>")[2]


def rows(content: bytes) -> dict[bytes, bytes]:
    """Opening tags of the rows, without the hint which columns they use."""
    return {
        m[1]: re.sub(rb' spans="[^"]*"', b"", m[0]).replace(b"/>", b">")
        for m in re.finditer(rb'<row r="([0-9]+)"[^>]*>', content)
    }


def cells(content: bytes) -> dict[str, bytes]:
    return {m[1].decode(): m[0] for m in _CELL.finditer(content)}


def kept(cell: bytes) -> tuple[Any, ...]:
    """What of a result's cell has to stay: its format and its formula."""
    root = etree.fromstring(cell)
    formula = root.find("f")
    text = None if formula is None else (formula.text, formula.get("t"), formula.get("si"))
    return root.get("r"), root.get("s"), root.get("cm"), root.get("ph"), text


def is_sound(content: bytes) -> None:
    """Rows and cells each once and in order, and in each cell what belongs there: what Excel asks of a sheet."""
    root = etree.fromstring(content, etree.XMLParser(recover=False))
    numbers = [int(row.get("r")) for row in root.iter(f"{MAIN}row")]
    assert numbers == sorted(set(numbers))
    for row in root.iter(f"{MAIN}row"):
        columns = [str(cell.get("r")).rstrip("0123456789") for cell in row]
        assert [f"{c}{row.get('r')}" for c in columns] == [cell.get("r") for cell in row]
        assert columns == sorted(set(columns), key=lambda c: (len(c), c))
        if row.get("spans"):
            first, last = map(int, row.get("spans").split(":"))
            assert all(first <= range_boundaries(cell.get("r"))[0] <= last for cell in row)
        for cell in row:
            assert [etree.QName(e).localname for e in cell] in ([], ["v"], ["is"], ["f"], ["f", "v"])
    extent = root.find(f"{MAIN}dimension")
    filled = [cell.get("r") for cell in root.iter(f"{MAIN}c")]
    if extent is not None and filled:
        assert set(filled) <= inside([extent.get("ref")])


def calc(path: Path, fill: Callable[[Any, Any], None], **options: Any) -> Path:
    """A workbook with a sheet Calc that `fill(book, sheet)` writes, beside the Lots sheet of a firm."""
    with xlsxwriter.Workbook(str(path), options) as book:
        lots = book.add_worksheet("Lots")
        lots.write_row(0, 0, ["Account ID", "Symbol", "Acquired", "Quantity", "Cost Basis"])
        sheet = book.add_worksheet("Calc")
        fill(book, sheet)
    return path


def copied(path: Path, folder: Path) -> Path:
    return Path(shutil.copy(path, folder / path.name))
