"""Parts of a Word document that the shipped templates are made of: styles, tables, cells, headings, check boxes.

Sizes are in points, widths in inches. Only what Word, LibreOffice and docxtpl all take is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Inches, Pt, RGBColor

NAVY, INK, SLATE, RULE, PALE, AMBER, STEEL = (
    "1F3A5F", "1E2530", "5A6678", "C9D1DC", "F3F6FA", "B4540A", "7F9BBF",
)  # fmt: skip
LEFT, RIGHT, CENTER = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.CENTER
WIDTH = 7.5
LANGUAGE = "en-US"
SMALL = 8.0
"""Points of the smallest type that is read: labels, heads of columns, remarks."""
EXACT = {"Brief Cell": 10.4, "Brief Line": 10.4, "Brief Email": 10.4, "Brief Label": 9.4, "Brief Foot": 8.8}
"""Height of a line in points, fixed, so that a sign from another font (▲, ☐) does not push a page over its end."""
W14 = "http://schemas.microsoft.com/office/word/2010/wordml"


def color(text: str) -> RGBColor:
    return RGBColor.from_string(text)


def page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Inches(8.5), Inches(11)
    section.left_margin = section.right_margin = Inches(0.5)
    section.top_margin, section.bottom_margin = Inches(0.4), Inches(0.4)
    section.header_distance, section.footer_distance = Inches(0.25), Inches(0.25)


def styles(document: Any) -> None:
    styles = document.styles
    defaults = styles.element.find(qn("w:docDefaults"))
    settings = document.settings.element
    for setting in settings.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")  # Word 2013 and later: tables stand in line with the text
    zoom = settings.find(qn("w:zoom"))
    zoom.set(qn("w:percent"), "100")
    zoom.attrib.pop(qn("w:val"), None)
    language = defaults.find(".//" + qn("w:lang"))
    if language is not None:
        language.set(qn("w:val"), LANGUAGE)
    normal = styles["Normal"]
    font(normal, 9, INK)
    spacing(normal, 0, 0)
    title = styles["Title"]
    font(title, 17, "FFFFFF", bold=True)
    spacing(title, 0, 0)
    no_border(title)
    heading = styles["Heading 1"]
    font(heading, 9.5, NAVY, bold=True)
    heading.font.all_caps = True
    spacing(heading, 3.3, 1)
    heading.paragraph_format.keep_with_next = True
    bottom_rule(heading)
    for name, size, tone, after in (
        ("Brief Cell", 8.5, INK, 0),
        ("Brief Column Head", SMALL, SLATE, 0),
        ("Brief Line", 8.5, INK, 1),
        ("Brief Email", 8.5, INK, 2),
        ("Brief Label", SMALL, SLATE, 0),
        ("Brief Foot", SMALL - 0.5, SLATE, 0),
        ("Brief Amount", 17, "FFFFFF", 0),
        ("Brief Picture", 8.5, INK, 0),
    ):
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        font(style, size, tone)
        spacing(style, 0, after)
        if name in EXACT:
            style.paragraph_format.line_spacing = Pt(EXACT[name])
    styles["Brief Column Head"].font.bold = styles["Brief Amount"].font.bold = True


def font(style: Any, size: float, tone: str, *, bold: bool = False) -> None:
    style.font.name, style.font.size, style.font.bold = "Calibri", Pt(size), bold
    style.font.color.rgb = color(tone)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for attribute in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(attribute), None)
    for attribute in ("w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(attribute), "Calibri")
    spacing = style.element.rPr.find(qn("w:spacing"))
    if spacing is not None:
        style.element.rPr.remove(spacing)


def spacing(style: Any, before: float, after: float) -> None:
    form = style.paragraph_format
    form.space_before, form.space_after, form.line_spacing = Pt(before), Pt(after), 1.0


def no_border(style: Any) -> None:
    found = style.element.pPr.find(qn("w:pBdr"))
    if found is not None:
        style.element.pPr.remove(found)


def bottom_rule(style: Any) -> None:
    properties = style.element.get_or_add_pPr()
    border = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for key, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", NAVY)):
        bottom.set(qn(f"w:{key}"), value)
    border.append(bottom)
    spacing = properties.find(qn("w:spacing"))
    spacing.addprevious(border)


def band(
    document: Any,
    widths: Sequence[float],
    margins: tuple[int, int],
    *,
    rows: int,
    name: str,
    below: str,
    amount: str,
) -> Any:
    """The band across the top: what it is about, a line below, and the assets at the right; the table it begins."""
    made = table(document, rows, widths, margins=margins)
    title, money = made.cell(0, 0).merge(made.cell(0, len(widths) - 2)), made.cell(0, len(widths) - 1)
    write(title, name, "Title")
    run(title.add_paragraph(style="Brief Picture"), below, tone="FFFFFF", size=9)
    write(money, amount, "Brief Amount", RIGHT)
    under = money.add_paragraph(style="Brief Picture")
    under.alignment = RIGHT
    run(under, "under management", tone="FFFFFF", size=9)
    for cell in (title, money):
        shade(cell, NAVY)
    return made


def figure(
    cell: Any, label: str, value: str, note: str = "", *, size: float, note_below: bool = False
) -> None:
    """A figure to start from under its label, with a word of what it means behind or below it."""
    write(cell, label, "Brief Label")
    line = cell.add_paragraph(style="Brief Picture")
    run(line, value, bold=True, tone=NAVY, size=size)
    if note and note_below:
        run(cell.add_paragraph(style="Brief Label"), note)
    elif note:
        run(line, f"  {note}", tone=SLATE, size=SMALL)
    border(cell, bottom=NAVY)


def table(document: Any, rows: int, widths: Sequence[float], *, margins: tuple[int, int] = (8, 60)) -> Any:
    """A table of fixed column widths in inches without borders; margins (vertical, horizontal) in twentieths of a point."""
    table = document.add_table(rows, len(widths))
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.LEFT, False
    properties = table._tbl.tblPr
    whole = properties.find(qn("w:tblW"))
    whole.set(qn("w:type"), "dxa")
    whole.set(qn("w:w"), str(round(sum(widths) * 1440)))
    margin = OxmlElement("w:tblCellMar")
    for side, size in (
        ("top", margins[0]),
        ("left", margins[1]),
        ("bottom", margins[0]),
        ("right", margins[1]),
    ):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), str(size))
        edge.set(qn("w:type"), "dxa")
        margin.append(edge)
    look = properties.find(qn("w:tblLook"))
    look.addprevious(margin) if look is not None else properties.append(margin)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Inches(width)
        for cell in column.cells:
            cell.width = Inches(width)
    return table


def shade(cell: Any, fill: str) -> None:
    shading = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", fill)):
        shading.set(qn(f"w:{key}"), value)
    cell._tc.get_or_add_tcPr().append(shading)


def border(cell: Any, **edges: str) -> None:
    """`border(cell, bottom=RULE)`: a hairline of that color."""
    borders = OxmlElement("w:tcBorders")
    for side in ("top", "left", "bottom", "right"):
        if side in edges:
            edge = OxmlElement(f"w:{side}")
            for key, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", edges[side])):
                edge.set(qn(f"w:{key}"), value)
            borders.append(edge)
    properties = cell._tc.get_or_add_tcPr()
    later = [properties.find(qn(f"w:{name}")) for name in ("shd", "tcMar", "vAlign")]
    after = next((element for element in later if element is not None), None)
    after.addprevious(borders) if after is not None else properties.append(borders)


def write(
    cell: Any, text: str, style: str = "Brief Cell", align: Any = LEFT, *, bold: bool = False, tone: str = ""
) -> Any:
    """Text into the cell's first paragraph, which gets the style."""
    paragraph = cell.paragraphs[0]
    paragraph.style, paragraph.alignment = style, align
    return run(paragraph, text, bold=bold, tone=tone)


def run(paragraph: Any, text: str, *, bold: bool = False, tone: str = "", size: float = 0) -> Any:
    run = paragraph.add_run(text)
    run.bold = bold or None
    if tone:
        run.font.color.rgb = color(tone)
    if size:
        run.font.size = Pt(size)
    return run


def header_row(row: Any) -> None:
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    properties.append(OxmlElement("w:tblHeader"))


def described(table: Any, title: str, text: str) -> None:
    """Title and description of a table of figures, for a reader who has it read aloud."""
    for tag, said in (("w:tblCaption", title), ("w:tblDescription", text)):
        element = OxmlElement(tag)
        element.set(qn("w:val"), said)
        table._tbl.tblPr.append(element)


def column_heads(table: Any, heads: Sequence[tuple[str, Any]]) -> None:
    header_row(table.rows[0])
    for cell, (text, align) in zip(table.rows[0].cells, heads, strict=True):
        write(cell, text, "Brief Column Head", align)
        border(cell, bottom=NAVY)


def tag_row(row: Any, tag: str) -> None:
    """A row that docxtpl replaces by its tag: `{%tr for ... %}`."""
    write(row.cells[0], tag)


def tag(container: Any, tag: str) -> None:
    container.add_paragraph(tag, style="Brief Line")


def heading(document: Any, text: str, remark: str) -> None:
    """A heading with a remark in small letters behind it."""
    heading = document.add_heading(text, 1)
    small = run(heading, f"   {remark}", tone=SLATE, size=SMALL)
    small.font.all_caps, small.bold = False, False


def check_box(name: str) -> Any:
    """A check box that can be ticked in Word."""
    return parse_xml(
        f'<w:sdt xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:w14="{W14}">'
        f'<w:sdtPr><w:rPr><w:rFonts w:ascii="MS Gothic" w:hAnsi="MS Gothic" w:eastAsia="MS Gothic"/></w:rPr>'
        f'<w:alias w:val="{name}"/><w:tag w:val="decision-{name.lower()}"/>'
        f'<w14:checkbox><w14:checked w14:val="0"/><w14:checkedState w14:val="2612" w14:font="MS Gothic"/>'
        f'<w14:uncheckedState w14:val="2610" w14:font="MS Gothic"/></w14:checkbox></w:sdtPr>'
        f'<w:sdtContent><w:r><w:rPr><w:rFonts w:ascii="MS Gothic" w:hAnsi="MS Gothic" w:eastAsia="MS Gothic" '
        f'w:hint="eastAsia"/></w:rPr><w:t>\u2610</w:t></w:r></w:sdtContent></w:sdt>'
    )


def last_paragraph(document: Any) -> None:
    """Word wants a paragraph after the last table: one that takes no room."""
    paragraph = document.add_paragraph(style="Brief Foot")
    paragraph.paragraph_format.line_spacing = Pt(1)


def without_leftovers(document: Any) -> None:
    """Drops parts of python-docx's own template that contradict ours: a picture of a blank page, styles of Word 2010."""
    styles = document.styles.element
    for style in styles.findall(qn("w:style")):
        if style.get(qn("w:type")) == "table" and not style.get(qn("w:default")):
            styles.remove(style)  # a hundred of them, which no table here uses
    for rels in (document.part.rels, document.part.package.rels):
        for key in [
            k for k, rel in rels.items() if rel.reltype.endswith(("/stylesWithEffects", "/thumbnail"))
        ]:
            del rels[key]
