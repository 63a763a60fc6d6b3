"""What makes Excel offer to repair a workbook, looked for without Excel.

`faults` reads the file as a package of parts and lists everything in it that Excel refuses, drops or repairs: broken
XML, relationships into nowhere, cells out of order, indexes past their table, tables whose columns are not their
header cells, callbacks without a macro. Sources: ECMA-376 parts 1 and 2, [MS-XLSX], [MS-CUSTOMUI], Excel's published
specifications and limits.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path

from lxml import etree
from openpyxl.utils import range_boundaries
from openpyxl.utils.exceptions import CellCoordinatesException

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
CHILDREN = [  # CT_Worksheet is a sequence: Excel repairs a sheet whose parts stand in another order
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
    "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup",
    "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags",
    "drawing", "legacyDrawing", "legacyDrawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts",
    "extLst",
]  # fmt: skip
STYLE_CHILDREN = [  # CT_Stylesheet is a sequence, too
    "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors", "extLst",
]  # fmt: skip
FIRST_OWN_FORMAT = 164  # number formats below it are Excel's and need no entry
CELL_TYPES = {"b", "d", "e", "inlineStr", "n", "s", "str"}
LONGEST = {"cell": 32_767, "formula": 8_192, "input message": 255, "sheet name": 31}
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]*)")
_CALL = re.compile(r"\bXR_[A-Z_]+(?=\()")
_QUOTED = re.compile(r'"[^"]*"')
_SHEET_OF = re.compile(r"(?:'((?:[^']|'')+)'|([A-Za-z_][A-Za-z0-9_.]*))!")


def faults(path: Path) -> list[str]:
    """Everything wrong in a workbook's file, each as one sentence that names the part; empty for a sound file."""
    try:
        book = Package.read(path)
    except (zipfile.BadZipFile, etree.XMLSyntaxError, ValueError) as unreadable:
        return [str(unreadable)]
    rules = (
        _content_types,
        _relationships,
        _workbook,
        _styles,
        _worksheets,
        _tables,
        _charts,
        _protection,
        _macros,
    )
    return [fault for rule in rules for fault in rule(book)]


@dataclass(frozen=True)
class Package:
    """The parts of a workbook: bytes by name, and the trees of those that are XML."""

    parts: Mapping[str, bytes]
    trees: Mapping[str, etree._Element]

    @classmethod
    def read(cls, path: Path) -> Package:
        strict = etree.XMLParser(recover=False, resolve_entities=False)
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            twice = [name for name, count in Counter(n.lower() for n in names).items() if count > 1]
            if twice:
                raise ValueError(f"the part {twice[0]} is there twice")
            parts = {name: archive.read(name) for name in names}
        trees = {}
        for name, content in parts.items():
            if name.endswith((".xml", ".rels", ".vml")):
                try:
                    trees[name] = etree.fromstring(content, strict)
                except etree.XMLSyntaxError as broken:
                    raise ValueError(f"{name}: {broken}") from None
        return cls(parts, trees)

    def relations(self, name: str) -> dict[str, etree._Element]:
        """Relationships of a part by their id."""
        folder, base = posixpath.split(name)
        rels = self.trees.get(posixpath.join(folder, "_rels", f"{base}.rels"))
        return {} if rels is None else {r.get("Id"): r for r in rels}

    def targets(self, name: str) -> dict[str, str]:
        """Parts that a part's relationships lead to, by relationship id; those outside the file are left out."""
        return {
            rel_id: _resolved(posixpath.dirname(name), relation.get("Target"))
            for rel_id, relation in self.relations(name).items()
            if relation.get("TargetMode") != "External"
        }

    @cached_property
    def sheets(self) -> dict[str, str]:
        """Part of every sheet by the name on its tab."""
        targets = self.targets("xl/workbook.xml")
        listed = self.trees["xl/workbook.xml"].iter(f"{MAIN}sheet")
        return {s.get("name"): targets.get(s.get(f"{REL}id"), "") for s in listed}

    @cached_property
    def worksheets(self) -> dict[str, tuple[str, etree._Element]]:
        return {name: (part, self.trees[part]) for name, part in self.sheets.items() if part in self.trees}

    @cached_property
    def shared_texts(self) -> list[str]:
        table = self.trees.get("xl/sharedStrings.xml")
        return [] if table is None else ["".join(entry.itertext()) for entry in table.iter(f"{MAIN}si")]

    @cached_property
    def macros(self) -> Mapping[str, str]:
        """Source of every macro module by its name."""
        return _modules(self.parts["xl/vbaProject.bin"]) if "xl/vbaProject.bin" in self.parts else {}


@cache
def _modules(project: bytes) -> Mapping[str, str]:
    """The modules as a reader that is not ours reads them."""
    from oletools.olevba import VBA_Parser

    parser = VBA_Parser("vbaProject.bin", data=project)
    try:
        return {Path(name).stem: code for _, _, name, code in parser.extract_macros()}
    finally:
        parser.close()


def _resolved(folder: str, target: str) -> str:
    return target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))


# --- The package (ECMA-376 part 2) -----------------------------------------------------------------------------


def _content_types(book: Package) -> Iterator[str]:
    types = book.trees.get("[Content_Types].xml")
    if types is None:
        yield "[Content_Types].xml is missing"
        return
    by_extension = {e.get("Extension").lower(): e.get("ContentType") for e in types.iter(f"{TYPES}Default")}
    by_name = [e.get("PartName") for e in types.iter(f"{TYPES}Override")]
    for name in book.parts:
        general = by_extension.get(name.rsplit(".", 1)[-1].lower())
        # A part of the workbook that is only "some XML" is one that Excel does not know and drops.
        told = f"/{name}" in by_name or (
            general is not None and not (general.endswith("/xml") and name.startswith("xl/"))
        )
        if name != "[Content_Types].xml" and not told:
            yield f"{name} has no content type"
    yield from (
        f"a content type names {name}, which is not there" for name in by_name if name[1:] not in book.parts
    )
    yield from (f"{name} has two content types" for name, count in Counter(by_name).items() if count > 1)


def _relationships(book: Package) -> Iterator[str]:
    reached = {"[Content_Types].xml"}
    for name, tree in book.trees.items():
        if not name.endswith(".rels"):
            continue
        folder, base = (
            posixpath.split(posixpath.dirname(name))[0],
            posixpath.basename(name).removesuffix(".rels"),
        )
        owner = posixpath.join(folder, base) if base else ""
        if owner and owner not in book.parts:
            yield f"{name} belongs to no part"
        ids = Counter(relation.get("Id") for relation in tree)
        yield from (f"{name}: the id {rel_id} is there twice" for rel_id, count in ids.items() if count > 1)
        reached.add(name)
        for rel_id, target in book.targets(owner).items() if owner else _root_targets(tree):
            reached.add(target)
            if target not in book.parts:
                yield f"{name}: {rel_id} leads to {target}, which is not there"
    yield from (f"no relationship leads to {name}" for name in book.parts if name not in reached)
    for name, tree in book.trees.items():
        ids_used = {value for e in tree.iter() for key, value in e.attrib.items() if key.startswith(REL)}
        missing = sorted(ids_used - set(book.relations(name)))
        yield from (f"{name} uses the relationship {rel_id}, which it does not have" for rel_id in missing)


def _root_targets(tree: etree._Element) -> list[tuple[str, str]]:
    return [(r.get("Id"), _resolved("", r.get("Target"))) for r in tree if r.get("TargetMode") != "External"]


# --- The workbook ----------------------------------------------------------------------------------------------


def _workbook(book: Package) -> Iterator[str]:
    root = book.trees["xl/workbook.xml"]
    names = [sheet.get("name") for sheet in root.iter(f"{MAIN}sheet")]
    for name in names:
        if len(name) > LONGEST["sheet name"] or set(name) & set("[]:*?/\\") or name.strip("'") != name:
            yield f"the sheet name {name!r} is not one that Excel takes"
    twice = [name for name, count in Counter(n.lower() for n in names).items() if count > 1]
    yield from (f"two sheets are called {name!r}" for name in twice)
    if len({s.get("sheetId") for s in root.iter(f"{MAIN}sheet")}) < len(names):
        yield "two sheets have the same sheetId"
    for view in root.iter(f"{MAIN}workbookView"):
        if int(view.get("activeTab", 0)) >= len(names):
            yield "the active tab is past the last sheet"
    scoped = Counter((d.get("localSheetId"), d.get("name").lower()) for d in root.iter(f"{MAIN}definedName"))
    yield from (f"the name {name!r} is defined twice" for (_, name), count in scoped.items() if count > 1)
    for defined in root.iter(f"{MAIN}definedName"):
        yield from _reference_faults(f"the name {defined.get('name')}", defined.text or "", names)


def _reference_faults(place: str, formula: str, sheets: list[str]) -> Iterator[str]:
    if "#REF!" in formula:
        yield f"{place} refers to cells that are gone: {formula}"
    for quoted, bare in _SHEET_OF.findall(_QUOTED.sub('""', formula)):
        sheet = quoted.replace("''", "'") or bare
        if sheet not in sheets and not sheet.startswith("#"):
            yield f"{place} refers to a sheet that is not there: {sheet}"


# --- Styles (ECMA-376 part 1, 18.8) ----------------------------------------------------------------------------


def _styles(book: Package) -> Iterator[str]:
    root = book.trees["xl/styles.xml"]
    tags = [etree.QName(child).localname for child in root]
    if tags != sorted(tags, key=lambda tag: STYLE_CHILDREN.index(tag) if tag in STYLE_CHILDREN else -1):
        yield f"styles.xml: its elements stand in another order than Excel takes: {' '.join(tags)}"
    parts = {etree.QName(child).localname: child for child in root}
    for tag, part in parts.items():
        if int(part.get("count", len(part))) != len(part):
            yield f"styles.xml: {tag} says {part.get('count')} and has {len(part)}"
    sizes = {tag: len(parts[tag]) if tag in parts else 0 for tag in STYLE_CHILDREN}
    own = {form.get("numFmtId") for form in parts.get("numFmts", ())}
    for tag in ("cellStyleXfs", "cellXfs"):
        for at, form in enumerate(parts.get(tag, ())):
            place = f"styles.xml: format {at} of {tag}"
            for key, table in (("fontId", "fonts"), ("fillId", "fills"), ("borderId", "borders")):
                if not 0 <= _index(form.get(key, "0")) < sizes[table]:
                    yield f"{place} has {key} {form.get(key)} of {sizes[table]}"
            number = form.get("numFmtId", "0")
            if int(number) >= FIRST_OWN_FORMAT and number not in own:
                yield f"{place} has the number format {number}, which is not there"
            if tag == "cellXfs" and not 0 <= _index(form.get("xfId", "0")) < sizes["cellStyleXfs"]:
                yield f"{place} leads to style {form.get('xfId')} of {sizes['cellStyleXfs']}"
            if tag == "cellStyleXfs" and form.get("xfId") is not None:
                yield f"{place} leads to a style and is one"
    yield from _named_style_faults(list(parts.get("cellStyles", ())), sizes["cellStyleXfs"])


def _named_style_faults(listed: list[etree._Element], records: int) -> Iterator[str]:
    names = Counter(style.get("name", "").lower() for style in listed)
    yield from (f"styles.xml: two cell styles are called {name!r}" for name, n in names.items() if n > 1)
    places = Counter(style.get("xfId") for style in listed)
    yield from (
        f"styles.xml: two cell styles share the record {place}" for place, n in places.items() if n > 1
    )
    for style in listed:
        name, builtin = style.get("name", ""), style.get("builtinId")
        if not 0 <= _index(style.get("xfId")) < records:
            yield f"styles.xml: the cell style {name!r} has the record {style.get('xfId')} of {records}"
        if not name or len(name) > LONGEST["input message"]:
            yield f"styles.xml: {name!r} is no name of a cell style"
        if (builtin is not None) != (name == "Normal") or builtin not in (None, "0"):
            yield f"styles.xml: the cell style {name!r} says that it is Excel's own style {builtin}"


# --- Worksheets ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Limits:
    """How many entries each table has that a cell may point into."""

    formats: int
    dxfs: int
    texts: int
    cell_metadata: int


def _limits(book: Package) -> Limits:
    styles = book.trees["xl/styles.xml"]
    metadata = book.trees.get("xl/metadata.xml")
    kinds = None if metadata is None else metadata.find(f"{MAIN}cellMetadata")
    dxfs = styles.find(f"{MAIN}dxfs")
    return Limits(
        len(styles.find(f"{MAIN}cellXfs")),
        0 if dxfs is None else len(dxfs),
        len(book.shared_texts),
        0 if kinds is None else len(kinds),
    )


def _worksheets(book: Package) -> Iterator[str]:
    limits = _limits(book)
    functions = _wrapped(book)
    for name, (_, sheet) in book.worksheets.items():
        yield from _order_faults(name, sheet)
        yield from _row_faults(name, sheet)
        for cell in sheet.iter(f"{MAIN}c"):
            yield from _cell_faults(f"{name}!{cell.get('r')}", cell, limits)
        for formula in sheet.iter(f"{MAIN}f"):
            place = f"{name}!{formula.getparent().get('r')}"
            yield from _reference_faults(place, formula.text or "", list(book.sheets))
            unknown = set(_CALL.findall(_QUOTED.sub('""', formula.text or ""))) - functions
            yield from (
                f"{place} calls {call}, which no macro offers" for call in sorted(unknown) if functions
            )
        for rule in sheet.iter(f"{MAIN}cfRule"):
            if int(rule.get("dxfId", 0)) >= max(limits.dxfs, 1):
                yield f"{name}: a conditional format uses format {rule.get('dxfId')} of {limits.dxfs}"
        for check in sheet.iter(f"{MAIN}dataValidation"):
            yield from _validation_faults(name, check)
        yield from _overlaps(f"{name}: merged cells", [m.get("ref") for m in sheet.iter(f"{MAIN}mergeCell")])
        spilled = [f.get("ref") for f in sheet.iter(f"{MAIN}f") if f.get("t") == "array"]
        yield from _overlaps(f"{name}: results", spilled)


def _order_faults(name: str, sheet: etree._Element) -> Iterator[str]:
    tags = [etree.QName(child).localname for child in sheet]
    unknown = [tag for tag in tags if tag not in CHILDREN]
    if unknown:
        yield f"{name}: <{unknown[0]}> is no element of a worksheet"
    elif [CHILDREN.index(tag) for tag in tags] != sorted(CHILDREN.index(tag) for tag in tags):
        yield f"{name}: the worksheet's elements stand in another order than Excel takes: {' '.join(tags)}"


def _row_faults(name: str, sheet: etree._Element) -> Iterator[str]:
    rows = [int(row.get("r")) for row in sheet.iter(f"{MAIN}row")]
    if any(later <= earlier for earlier, later in pairwise(rows)):
        yield f"{name}: rows are not in order"
    for row in sheet.iter(f"{MAIN}row"):
        columns = []
        for cell in row.iter(f"{MAIN}c"):
            match = _PLACE.fullmatch(cell.get("r", ""))
            if match is None or match[2] != row.get("r"):
                yield f"{name}!{cell.get('r')} stands in row {row.get('r')}"
                return
            columns.append((len(match[1]), match[1]))
        if any(later <= earlier for earlier, later in pairwise(columns)):
            yield f"{name}: cells of row {row.get('r')} are not in order"


def _cell_faults(place: str, cell: etree._Element, limits: Limits) -> Iterator[str]:
    kind, value, formula = cell.get("t", "n"), cell.findtext(f"{MAIN}v"), cell.find(f"{MAIN}f")
    if kind not in CELL_TYPES:
        yield f"{place} has the unknown type {kind!r}"
    if int(cell.get("s", 0)) >= limits.formats:
        yield f"{place} uses cell format {cell.get('s')} of {limits.formats}"
    if kind == "s" and not 0 <= _index(value) < limits.texts:
        yield f"{place} shows shared text {value} of {limits.texts}"
    if kind == "n" and value and not _is_number(value):
        yield f"{place} holds {value!r} as a number"
    text = "".join(cell.itertext()) if kind in ("inlineStr", "str") else ""
    if len(text) > LONGEST["cell"]:
        yield f"{place} holds {len(text)} characters"
    if cell.get("cm") is not None:
        if not 1 <= int(cell.get("cm")) <= limits.cell_metadata:
            yield f"{place} uses cell metadata {cell.get('cm')} of {limits.cell_metadata}"
        if formula is None or formula.get("t") != "array":
            yield f"{place} is marked as a dynamic array and is none"
    if formula is None:
        return
    if len(formula.text or "") > LONGEST["formula"]:
        yield f"{place} has a formula of {len(formula.text)} characters"
    if formula.get("t") == "array" and formula.get("ref", "").split(":")[0] != cell.get("r"):
        yield f"{place} is an array formula over {formula.get('ref')}"
    if (formula.text or "").startswith("XR_") and cell.get("cm") is None:
        yield f"{place} would show as =@{formula.text[:20]}: it is no dynamic array"


def _index(value: str | None) -> int:
    """A cell's index into a table; -1 for what is none."""
    return int(value) if value and value.isdecimal() else -1


def _is_number(value: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?([eE][-+]?\d+)?", value) is not None


def _validation_faults(name: str, check: etree._Element) -> Iterator[str]:
    place = f"{name}!{check.get('sqref')}"
    for what in ("prompt", "error"):
        if len(check.get(what, "")) > LONGEST["input message"]:
            yield f"{place}: the {what} is longer than 255 characters"
    for formula in check.iter(f"{MAIN}formula1", f"{MAIN}formula2"):
        if len(formula.text or "") > LONGEST["input message"]:
            yield f"{place}: the list of choices is longer than 255 characters"


def _overlaps(what: str, references: list[str]) -> Iterator[str]:
    boxes = sorted((range_boundaries(ref), ref) for ref in references)
    for index, (box, ref) in enumerate(boxes):
        for other, other_ref in boxes[index + 1 :]:
            apart = other[0] > box[2] or other[2] < box[0] or other[1] > box[3] or other[3] < box[1]
            if not apart:
                yield f"{what} {ref} and {other_ref} meet"


# --- Tables, charts --------------------------------------------------------------------------------------------


def _tables(book: Package) -> Iterator[str]:
    dxfs = _limits(book).dxfs
    defined = {d.get("name").lower() for d in book.trees["xl/workbook.xml"].iter(f"{MAIN}definedName")}
    seen_ids: Counter[str] = Counter()
    seen_names: Counter[str] = Counter()
    for name, (part, sheet) in book.worksheets.items():
        targets = book.targets(part)
        listed = [targets.get(entry.get(f"{REL}id"), "") for entry in sheet.iter(f"{MAIN}tablePart")]
        tables = [book.trees[table] for table in listed if table in book.trees]
        merged = [entry.get("ref") for entry in sheet.iter(f"{MAIN}mergeCell")]
        yield from _overlaps(f"{name}: tables and merged cells", [*(t.get("ref") for t in tables), *merged])
        for table in tables:
            seen_ids[table.get("id")] += 1
            seen_names[table.get("name").lower()] += 1
            yield from _table_faults(book, f"{name}: table {table.get('name')}", table, sheet, dxfs)
    yield from (f"two tables have the id {table_id}" for table_id, count in seen_ids.items() if count > 1)
    yield from (f"the table name {n!r} is used twice" for n, c in seen_names.items() if c > 1 or n in defined)


def _table_faults(
    book: Package, place: str, table: etree._Element, sheet: etree._Element, dxfs: int
) -> Iterator[str]:
    try:
        left, top, right, bottom = range_boundaries(table.get("ref"))
    except (CellCoordinatesException, ValueError, TypeError):
        yield f"{place} has the range {table.get('ref')!r}"
        return
    columns = [column.get("name") for column in table.iter(f"{MAIN}tableColumn")]
    if len(columns) != right - left + 1:
        yield f"{place} has {len(columns)} columns over {right - left + 1} cells"
    if bottom <= top:
        yield f"{place} has no row below its headers"
    twice = [name for name, count in Counter(c.lower() for c in columns).items() if count > 1]
    yield from (f"{place} has two columns {name!r}" for name in twice)
    row = next((r for r in sheet.iter(f"{MAIN}row") if r.get("r") == str(top)), None)
    texts = {} if row is None else {_column(c.get("r")): _text(book, c) for c in row.iter(f"{MAIN}c")}
    for offset, column in enumerate(columns):
        if texts.get(left + offset) != column:
            yield f"{place}: the header cell of {column!r} holds {texts.get(left + offset)!r}"
    for column in table.iter(f"{MAIN}tableColumn"):
        if int(column.get("dataDxfId", 0)) >= max(dxfs, 1):
            yield f"{place}: column {column.get('name')!r} uses format {column.get('dataDxfId')} of {dxfs}"


def _column(reference: str) -> int:
    return int(range_boundaries(reference)[0])


def _text(book: Package, cell: etree._Element) -> str | None:
    """Text of a cell; None for one that holds no text, which a header may not."""
    if cell.get("t") == "s":
        index = _index(cell.findtext(f"{MAIN}v"))
        return book.shared_texts[index] if 0 <= index < len(book.shared_texts) else None
    return "".join(cell.itertext()) if cell.get("t") in ("inlineStr", "str") else None


def _charts(book: Package) -> Iterator[str]:
    for name, tree in book.trees.items():
        if name.startswith("xl/charts/chart"):
            for formula in tree.iter(f"{CHART}f"):
                yield from _reference_faults(name, formula.text or "", list(book.sheets))

            yield from _series_faults(name, tree)


def _series_faults(name: str, tree: etree._Element) -> Iterator[str]:
    """A series draws each of its values in its own category: their ranges, and those of its bars, are as long."""
    for number, series in enumerate(tree.iter(f"{CHART}ser"), 1):
        formulas = [f.text or "" for f in series.iter(f"{CHART}f") if ":" in (f.text or "")]
        sizes = set()
        for formula in formulas:
            left, top, right, bottom = range_boundaries(formula.rpartition("!")[2])
            sizes.add((right - left + 1) * (bottom - top + 1))
        if len(sizes) > 1:
            yield f"{name}: the ranges of series {number} are not of one length: {', '.join(formulas)}"


# --- Protection ------------------------------------------------------------------------------------------------


def _protection(book: Package) -> Iterator[str]:
    """A protected sheet has no password and no table, which could not grow there, and what is typed into is open."""
    formats = book.trees["xl/styles.xml"].find(f"{MAIN}cellXfs")
    locks = [xf.find(f"{MAIN}protection") for xf in formats]
    is_open = [lock is not None and lock.get("locked") == "0" for lock in locks]
    for name, (_, sheet) in book.worksheets.items():
        protection = sheet.find(f"{MAIN}sheetProtection")
        if protection is None:
            continue
        if protection.get("password") or protection.get("hashValue"):
            yield f"{name} is protected with a password"
        if sheet.find(f"{MAIN}tableParts") is not None:
            yield f"{name} is protected and has a table, which can't grow there"
        cells = {c.get("r"): int(c.get("s", 0)) for c in sheet.iter(f"{MAIN}c")}
        for check in sheet.iter(f"{MAIN}dataValidation"):
            place = check.get("sqref", "").split(":")[0]
            if not is_open[cells.get(place, 0)]:
                yield f"{name}!{place} is to be typed into and is locked"


# --- Macros and ribbon -----------------------------------------------------------------------------------------


def _wrapped(book: Package) -> set[str]:
    """Worksheet functions that the macros offer."""
    code = "\n".join(book.macros.values())
    return set(re.findall(r"^(?:Public )?Function (XR_\w+)\(", code, re.MULTILINE))


def _macros(book: Package) -> Iterator[str]:
    modules = book.macros
    if not modules:
        return
    names = [book.trees["xl/workbook.xml"].find(f"{MAIN}workbookPr").get("codeName")]
    names += [s.find(f"{MAIN}sheetPr").get("codeName") for _, s in book.worksheets.values()]
    yield from (f"the code name {name} has no module" for name in names if name not in modules)
    code = "\n".join(modules.values())
    for name, tree in book.trees.items():
        if not name.startswith("customUI/") or name.endswith(".rels"):
            continue
        for element in tree.iter():
            for attribute, callback in element.attrib.items():
                is_callback = attribute.startswith(("on", "get"))
                if is_callback and not re.search(rf"^Public Sub {re.escape(callback)}\(", code, re.MULTILINE):
                    yield f"{name}: {element.get('id')} calls {callback}, which no macro has"
    yield from _action_faults(code)


def _action_faults(code: str) -> Iterator[str]:
    """Actions that a macro asks Python for are functions of the ribbon's module that take as many texts as it sends."""
    import inspect

    from udfs import ribbon

    for action, given in re.findall(r'RunAction "(\w+)"((?:, \w+)*)', code):
        found = getattr(ribbon, action, None)
        if not callable(found) or len(inspect.signature(found).parameters) != given.count(","):
            yield f"a macro runs udfs.ribbon.{action}, which is no action"
