"""Named cell styles in the finished workbook: a firm changes one in Excel's Cell Styles gallery, and its cells follow.

XlsxWriter gives every cell its format and no named style. Here each named kind of cell gets a record of its own in
styles.xml (ECMA-376 part 1, 18.8.7 to 18.8.10), and the formats of that kind lead to it. What a format has in common
with its style it takes from there; what it has of its own, such as another alignment, is marked as applied and stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lxml import etree

from workbook.package import parts_of, replace_parts

STYLES_PART = "xl/styles.xml"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_NUMBERED = {
    "applyNumberFormat": "numFmtId",
    "applyFont": "fontId",
    "applyFill": "fillId",
    "applyBorder": "borderId",
}
_DETAILED = {"applyAlignment": "alignment", "applyProtection": "protection"}


def name_cell_styles(path: Path, names: Mapping[int, str]) -> None:
    """Writes the named styles into a finished workbook; every other part stays byte for byte.

    `names` maps the place of a cell format to its style's name. The first format of a name in `names` is the style.
    """
    content = parts_of(path)[STYLES_PART]
    replace_parts(path, {STYLES_PART: with_named_styles(content, names)})


def with_named_styles(content: bytes, names: Mapping[int, str]) -> bytes:
    """styles.xml with a style for each name, in the order of their names, and the formats that lead to them."""
    root = etree.fromstring(content)
    formats, records, listed = (_found(root, tag) for tag in ("cellXfs", "cellStyleXfs", "cellStyles"))
    first: dict[str, int] = {}
    for at, name in names.items():
        first.setdefault(name, at)
    places = {}
    for name in sorted(first):
        places[name] = len(records)
        records.append(_record(formats[first[name]]))
        etree.SubElement(listed, f"{_MAIN}cellStyle", name=name, xfId=str(places[name]))
    for at, name in names.items():
        _lead(formats[at], records[places[name]], places[name])
    for counted in (records, listed):
        counted.set("count", str(len(counted)))
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _found(root: etree._Element, tag: str) -> etree._Element:
    found = root.find(f"{_MAIN}{tag}")
    if found is None:
        raise ValueError(f"styles.xml has no {tag}.")
    return found


def _record(form: etree._Element) -> etree._Element:
    """The style that a cell format is: the same, with every part of it in force."""
    record = etree.Element(f"{_MAIN}xf", {key: form.get(key, "0") for key in _NUMBERED.values()})
    for tag in _DETAILED.values():
        detail = form.find(f"{_MAIN}{tag}")
        if detail is not None:
            etree.SubElement(record, f"{_MAIN}{tag}", dict(detail.attrib))
    return record


def _lead(form: etree._Element, record: etree._Element, place: int) -> None:
    """Leads a cell format to its style: what is the style's follows it, what is the cell's own is applied."""
    form.set("xfId", str(place))
    own = {flag: form.get(key) != record.get(key) for flag, key in _NUMBERED.items()}
    own |= {flag: _detail(form, tag) != _detail(record, tag) for flag, tag in _DETAILED.items()}
    for flag, differs in own.items():
        form.set(
            flag, "1" if differs else "0"
        )  # in words: without one, LibreOffice takes all for the cell's own


def _detail(form: etree._Element, tag: str) -> dict[str, str]:
    detail = form.find(f"{_MAIN}{tag}")
    return {} if detail is None else {str(key): str(value) for key, value in detail.attrib.items()}
