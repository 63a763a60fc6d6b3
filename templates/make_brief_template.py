"""Writes `brief.docx`, the template of the one-page brief, and the list of its placeholders.

    python templates/make_brief_template.py [FOLDER]

The template is an ordinary Word document: a firm may change its wording, colors and order in Word and keep the
placeholders, which xl_rebal/briefs/placeholders.py lists with their meaning. This script is how the shipped one was made;
the same script gives the same bytes.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Inches, Pt, RGBColor

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from xl_rebal.briefs.placeholders import PLACEHOLDERS
from xl_rebal.briefs.zipped import with_fixed_dates

NAVY, INK, SLATE, RULE, PALE, AMBER, STEEL = (
    "1F3A5F", "1E2530", "5A6678", "C9D1DC", "F3F6FA", "B4540A", "7F9BBF",
)  # fmt: skip
LEFT, RIGHT, CENTER = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.CENTER
WIDTH = 7.5
EXACT = {"Brief Cell": 10.4, "Brief Line": 10.4, "Brief Email": 10.4, "Brief Label": 8.6, "Brief Foot": 8.0}
"""Height of a line in points, fixed, so that a sign from another font (▲, ☐) does not push a page over its end."""
W14 = "http://schemas.microsoft.com/office/word/2010/wordml"


def color(text: str) -> RGBColor:
    return RGBColor.from_string(text)


def make() -> bytes:
    """The template's bytes."""
    document = Document()
    _page(document)
    _styles(document)
    _header_band(document)
    _drift(document)
    _recommendation(document)
    _tax_and_notes(document)
    _email(document)
    _decision(document)
    _foot(document)
    _last_paragraph(document)
    _without_leftovers(document)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = "Client brief", "xl_rebal", ""
    buffer = io.BytesIO()
    document.save(buffer)
    return with_fixed_dates(buffer.getvalue())


def _page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Inches(8.5), Inches(11)
    section.left_margin = section.right_margin = Inches(0.5)
    section.top_margin, section.bottom_margin = Inches(0.4), Inches(0.4)
    section.header_distance, section.footer_distance = Inches(0.25), Inches(0.25)


def _styles(document: Any) -> None:
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
        language.set(qn("w:val"), "en-US")
    normal = styles["Normal"]
    _font(normal, 9, INK)
    _spacing(normal, 0, 0)
    title = styles["Title"]
    _font(title, 17, "FFFFFF", bold=True)
    _spacing(title, 0, 0)
    _no_border(title)
    heading = styles["Heading 1"]
    _font(heading, 9.5, NAVY, bold=True)
    heading.font.all_caps = True
    _spacing(heading, 3.5, 1)
    heading.paragraph_format.keep_with_next = True
    _bottom_rule(heading)
    for name, size, tone, after in (
        ("Brief Cell", 8.5, INK, 0),
        ("Brief Column Head", 7.5, SLATE, 0),
        ("Brief Line", 8.5, INK, 1),
        ("Brief Email", 8.5, INK, 2),
        ("Brief Label", 7, SLATE, 0),
        ("Brief Foot", 6.5, SLATE, 0),
        ("Brief Amount", 17, "FFFFFF", 0),
        ("Brief Picture", 8.5, INK, 0),
    ):
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        _font(style, size, tone)
        _spacing(style, 0, after)
        if name in EXACT:
            style.paragraph_format.line_spacing = Pt(EXACT[name])
    styles["Brief Column Head"].font.bold = styles["Brief Amount"].font.bold = True


def _font(style: Any, size: float, tone: str, *, bold: bool = False) -> None:
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


def _spacing(style: Any, before: float, after: float) -> None:
    form = style.paragraph_format
    form.space_before, form.space_after, form.line_spacing = Pt(before), Pt(after), 1.0


def _no_border(style: Any) -> None:
    found = style.element.pPr.find(qn("w:pBdr"))
    if found is not None:
        style.element.pPr.remove(found)


def _bottom_rule(style: Any) -> None:
    properties = style.element.get_or_add_pPr()
    border = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for key, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", NAVY)):
        bottom.set(qn(f"w:{key}"), value)
    border.append(bottom)
    spacing = properties.find(qn("w:spacing"))
    spacing.addprevious(border)


def _table(document: Any, rows: int, widths: Sequence[float], *, margins: tuple[int, int] = (8, 60)) -> Any:
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


def _shade(cell: Any, fill: str) -> None:
    shading = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", fill)):
        shading.set(qn(f"w:{key}"), value)
    cell._tc.get_or_add_tcPr().append(shading)


def _border(cell: Any, **edges: str) -> None:
    """`_border(cell, bottom=RULE)`: a hairline of that color."""
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


def _write(
    cell: Any, text: str, style: str = "Brief Cell", align: Any = LEFT, *, bold: bool = False, tone: str = ""
) -> Any:
    """Text into the cell's first paragraph, which gets the style."""
    paragraph = cell.paragraphs[0]
    paragraph.style, paragraph.alignment = style, align
    return _run(paragraph, text, bold=bold, tone=tone)


def _run(paragraph: Any, text: str, *, bold: bool = False, tone: str = "", size: float = 0) -> Any:
    run = paragraph.add_run(text)
    run.bold = bold or None
    if tone:
        run.font.color.rgb = color(tone)
    if size:
        run.font.size = Pt(size)
    return run


def _header_row(row: Any) -> None:
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    properties.append(OxmlElement("w:tblHeader"))


def _described(table: Any, title: str, text: str) -> None:
    """Title and description of a table of figures, for a reader who has it read aloud."""
    for tag, said in (("w:tblCaption", title), ("w:tblDescription", text)):
        element = OxmlElement(tag)
        element.set(qn("w:val"), said)
        table._tbl.tblPr.append(element)


def _column_heads(table: Any, heads: Sequence[tuple[str, Any]]) -> None:
    _header_row(table.rows[0])
    for cell, (text, align) in zip(table.rows[0].cells, heads, strict=True):
        _write(cell, text, "Brief Column Head", align)
        _border(cell, bottom=NAVY)


def _tag_row(row: Any, tag: str) -> None:
    """A row that docxtpl replaces by its tag: `{%tr for ... %}`."""
    _write(row.cells[0], tag)


def _tag(container: Any, tag: str) -> None:
    container.add_paragraph(tag, style="Brief Line")


def _header_band(document: Any) -> None:
    band = _table(document, 3, (1.95, 1.95, 1.7, 1.9), margins=(30, 110))
    name = band.cell(0, 0).merge(band.cell(0, 2))
    _write(name, "{{ client }}", "Title")
    below = name.add_paragraph(style="Brief Picture")
    _run(below, "Rebalancing brief for {{ quarter }}  ·  data as of {{ as_of }}", tone="FFFFFF", size=9)
    money = band.cell(0, 3)
    _write(money, "{{ aum }}", "Brief Amount", RIGHT)
    under = money.add_paragraph(style="Brief Picture")
    under.alignment = RIGHT
    _run(under, "under management", tone="FFFFFF", size=9)
    for cell in (name, money):
        _shade(cell, NAVY)
    for cell, (label, value) in zip(
        band.rows[1].cells,
        (
            ("Accounts", "{{ account_types }}"),
            ("Model", "{{ model }}"),
            ("Advisor", "{{ advisor }}"),
            ("Firm", "{{ firm }}"),
        ),
        strict=True,
    ):
        if label == "Firm":
            _write(cell, "{%p if logo %}")
            _run(cell.add_paragraph(style="Brief Picture"), "{{ logo }}")
            _tag(cell, "{%p else %}")
            _run(cell.add_paragraph(style="Brief Label"), label)
            _run(cell.add_paragraph(style="Brief Cell"), value, bold=True)
            _tag(cell, "{%p endif %}")
        else:
            _write(cell, label, "Brief Label")
            _run(cell.add_paragraph(style="Brief Cell"), value, bold=True)
        _shade(cell, PALE)
    for cell, (label, key) in zip(
        band.rows[2].cells,
        (("To trim", "trim"), ("Net gain", "gain"), ("Tax", "tax"), ("RMD left to take", "rmd")),
        strict=True,
    ):
        _write(cell, label, "Brief Label")
        value = cell.add_paragraph(style="Brief Picture")
        _run(value, "{{ glance." + key + " }}", bold=True, tone=NAVY, size=12)
        _run(value, "  {{ glance." + key + "_note }}", tone=SLATE, size=7.5)
        _border(cell, bottom=NAVY)
    _tag(document, "{%p if flags %}")
    line = document.add_paragraph(style="Brief Line")
    line.paragraph_format.space_before = Pt(3)
    _run(line, "▲ To look at  ", bold=True, tone=AMBER)
    _run(line, "{{ flags }}", bold=True)
    _tag(document, "{%p endif %}")


def _drift(document: Any) -> None:
    document.add_heading("Drift", 1)
    table = _table(document, 4, (1.75, 0.55, 0.95, 0.65, 0.6, 0.6, 1.6, 0.8))
    _described(
        table,
        "Drift",
        "Target, band and current weight of each asset class, and its drift as figure and picture",
    )
    _column_heads(
        table,
        (
            ("Asset class", LEFT), ("Target", RIGHT), ("Band", RIGHT), ("Current", RIGHT), ("Drift", RIGHT),
            ("After", RIGHT), ("□ band   ▬ now   ○ after", CENTER), ("Status", LEFT),
        ),
    )  # fmt: skip
    _tag_row(table.rows[1], "{%tr for row in drift %}")
    cells = table.rows[2].cells
    _write(cells[0], "{{ row.name }}", bold=True)
    for cell, field in zip(cells[1:6], ("target", "band", "current", "drift", "after"), strict=True):
        _write(cell, "{{ row." + field + " }}", align=RIGHT, bold=field == "drift")
    _write(cells[6], "{{ row.bar }}", "Brief Picture", CENTER)
    _write(cells[7], "{{ row.status_out }}", bold=True, tone=AMBER)
    _run(cells[7].paragraphs[0], "{{ row.status_in }}", tone=SLATE)
    for cell in cells:
        _border(cell, bottom=RULE)
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    _tag_row(table.rows[3], "{%tr endfor %}")
    _tag(document, "{%p if out_of_line %}")
    line = document.add_paragraph(style="Brief Line")
    line.paragraph_format.space_before = Pt(2)
    _run(line, "▲ Securities out of line  ", bold=True, tone=AMBER)
    _run(line, "{{ out_of_line }}")
    _tag(document, "{%p endif %}")


def _heading(document: Any, text: str, remark: str) -> None:
    """A heading with a remark in small letters behind it."""
    heading = document.add_heading(text, 1)
    run = _run(heading, f"   {remark}", tone=SLATE, size=7.5)
    run.font.all_caps, run.bold = False, False


def _recommendation(document: Any) -> None:
    document.add_heading("Rebalance recommendation", 1)
    _tag(document, "{%p if no_trades %}")
    _run(document.add_paragraph(style="Brief Line"), "{{ no_trades }}")
    _tag(document, "{%p endif %}")
    _tag(document, "{%p if trims %}")
    table = _table(document, 6, (0.65, 1.15, 0.6, 0.9, 0.9, 0.8, 2.5))
    _described(
        table, "Proposed trims", "Shares, proceeds, gain and term of each position to trim, with the reason"
    )
    _column_heads(
        table,
        (
            ("Trim", LEFT), ("Account", LEFT), ("Shares", RIGHT), ("Proceeds", RIGHT), ("Gain (loss)", RIGHT),
            ("Term", LEFT), ("Flag or reason", LEFT),
        ),
    )  # fmt: skip
    _tag_row(table.rows[1], "{%tr for row in trims %}")
    cells = table.rows[2].cells
    for cell, field, align in zip(
        cells,
        ("symbol", "account", "shares", "proceeds", "gain", "term"),
        (LEFT, LEFT, RIGHT, RIGHT, RIGHT, LEFT),
        strict=False,
    ):
        _write(cell, "{{ row." + field + " }}", align=align, bold=field == "symbol")
    for row in table.rows[:3]:
        row.cells[5].paragraphs[0].paragraph_format.left_indent = Pt(8)
    _write(cells[6], "{{ row.flag }}", bold=True, tone=AMBER)
    _run(cells[6].paragraphs[0], "{{ row.why }}", tone=SLATE)
    for cell in cells:
        _border(cell, bottom=RULE)
    _tag_row(table.rows[3], "{%tr endfor %}")
    total = table.rows[4].cells
    for cell, text, align in zip(
        total,
        ("Total", "", "", "{{ trim_total }}", "{{ gain_total }}", "", "{{ trims_more }}"),
        (LEFT, LEFT, RIGHT, RIGHT, RIGHT, LEFT, LEFT),
        strict=True,
    ):
        if text:
            _write(cell, text, align=align, bold=True)
        else:
            cell.paragraphs[0].style = "Brief Cell"
        _shade(cell, PALE)
    table._tbl.remove(table.rows[5]._tr)
    _tag(document, "{%p endif %}")
    _tag(document, "{%p for line in money_lines %}")
    line = document.add_paragraph(style="Brief Line")
    line.paragraph_format.space_before = Pt(1.5)
    _run(line, "{{ line.label }}  ", bold=True, tone=NAVY)
    _run(line, "{{ line.text }}")
    _tag(document, "{%p endfor %}")
    _tag(document, "{%p if proof_lines %}")
    document.add_paragraph(style="Brief Foot").paragraph_format.line_spacing = Pt(3)
    _tag(document, "{%p if curve %}")
    picture = _proof_box(document, (WIDTH - 1.85, 1.85))[1]
    _write(picture, "{{ curve }}", "Brief Picture", RIGHT)
    picture.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    _tag(document, "{%p else %}")
    _proof_box(document, (WIDTH,))
    _tag(document, "{%p endif %}")
    _tag(document, "{%p endif %}")


def _proof_box(document: Any, widths: Sequence[float]) -> tuple[Any, ...]:
    """The box with the lines that say why the plan can be relied on; its cells."""
    table = _table(document, 1, widths, margins=(25, 110))
    box = table.cell(0, 0)
    _shade(box, PALE)
    _border(box, left=STEEL)
    _write(box, "{%p for line in proof_lines %}")
    line = box.add_paragraph(style="Brief Line")
    _run(line, "{{ line.label }}  ", bold=True, tone=NAVY)
    _run(line, "{{ line.text }}")
    _tag(box, "{%p endfor %}")
    return tuple(table.rows[0].cells)


def _tax_and_notes(document: Any) -> None:
    document.add_paragraph(style="Brief Foot").paragraph_format.line_spacing = Pt(3)
    table = _table(document, 1, (3.6, 3.9), margins=(0, 0))
    tax, notes = table.rows[0].cells
    for cell, heading, right, left in (
        (tax, "Tax considerations", 140, 0),
        (notes, "Client-specific notes", 0, 0),
    ):
        cell.paragraphs[0].style = "Heading 1"
        _run(cell.paragraphs[0], heading)
        cell.paragraphs[0].paragraph_format.space_before = Pt(2)
        margin = OxmlElement("w:tcMar")
        for side, size in (("left", left), ("right", right)):
            edge = OxmlElement(f"w:{side}")
            edge.set(qn("w:w"), str(size))
            edge.set(qn("w:type"), "dxa")
            margin.append(edge)
        cell._tc.get_or_add_tcPr().append(margin)
    _tag(tax, "{%p for line in tax %}")
    line = tax.add_paragraph(style="Brief Line")
    _run(line, "{{ line.flag }}", bold=True, tone=AMBER)
    _run(line, "{{ line.label }}", bold=True, tone=NAVY)
    _run(line, "  {{ line.text }}")
    _tag(tax, "{%p endfor %}")
    _tag(notes, "{%p for note in notes %}")
    _run(_bullet(notes), "{{ note }}")
    _tag(notes, "{%p endfor %}")
    _tag(notes, "{%p for check in checks %}")
    line = _bullet(notes)
    _run(line, "▲ Check  ", bold=True, tone=AMBER)
    _run(line, "{{ check }}")
    _tag(notes, "{%p endfor %}")


def _bullet(cell: Any) -> Any:
    """A line with a hanging bullet."""
    paragraph = cell.add_paragraph(style="Brief Line")
    form = paragraph.paragraph_format
    form.left_indent, form.first_line_indent = Pt(8), Pt(-8)
    form.tab_stops.add_tab_stop(Pt(8))
    _run(paragraph, "•\t", tone=STEEL)
    return paragraph


def _email(document: Any) -> None:
    _heading(document, "Draft email", "for the advisor to edit; nothing has been sent")
    table = _table(document, 1, (WIDTH,), margins=(50, 110))
    box = table.cell(0, 0)
    _shade(box, PALE)
    _border(box, left=STEEL)
    _write(box, "Subject  ", "Brief Email", bold=True, tone=NAVY)
    _run(box.paragraphs[0], "{{ email.subject }}", bold=True)
    _run(box.add_paragraph(style="Brief Email"), "{{ email.greeting }}")
    _tag(box, "{%p for paragraph in email.paragraphs %}")
    _run(box.add_paragraph(style="Brief Email"), "{{ paragraph }}")
    _tag(box, "{%p endfor %}")
    closing = box.add_paragraph(style="Brief Email")
    closing.paragraph_format.space_after = Pt(0)
    _run(closing, "{{ email.closing }}")


def _decision(document: Any) -> None:
    document.add_heading("Decision", 1)
    table = _table(document, 2, (3.3, 0.6, 2.1, 0.4, 1.1), margins=(35, 40))
    boxes = table.cell(0, 0)
    boxes.paragraphs[0].style = "Brief Cell"
    for choice in ("Approve", "Modify", "Decline", "Defer"):
        boxes.paragraphs[0]._p.append(_check_box(choice))
        _run(boxes.paragraphs[0], f" {choice}      ", bold=True)
    for column, label in ((1, "Name"), (3, "Date")):
        _write(table.cell(0, column), label, "Brief Label", RIGHT)
    for column in (2, 4):
        table.cell(0, column).paragraphs[0].style = "Brief Cell"
        _border(table.cell(0, column), bottom=SLATE)
    comment, signature = table.cell(1, 0), table.cell(1, 2).merge(table.cell(1, 4))
    _write(comment, "Changes and reasons", "Brief Label")
    _border(comment, bottom=SLATE)
    _write(table.cell(1, 1), "Signature", "Brief Label", RIGHT)
    signature.paragraphs[0].style = "Brief Cell"
    _border(signature, bottom=SLATE)


def _check_box(name: str) -> Any:
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


def _foot(document: Any) -> None:
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.style = "Brief Foot"
    paragraph.paragraph_format.tab_stops.clear_all()
    _run(
        paragraph,
        "Prepared by software, with AI assistance where a model is named as drafter. The advisor decides; trades are "
        "placed elsewhere. Amounts are rounded, totals are of the exact amounts; tax is an estimate, not "
        "tax advice. Drafted by: {{ drafted_by }}. Sources: {{ sources }}",
    )


def _last_paragraph(document: Any) -> None:
    """Word wants a paragraph after the last table: one that takes no room."""
    paragraph = document.add_paragraph(style="Brief Foot")
    paragraph.paragraph_format.line_spacing = Pt(1)


def _without_leftovers(document: Any) -> None:
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


def placeholder_page() -> str:
    """PLACEHOLDERS.md: what a firm may use in its own template."""
    lines = [
        "# Placeholders of the brief",
        "",
        "Open `brief.docx` in Word and change wording, order, colors and fonts as you like; keep a copy of the original.",
        "Write `{{ client }}` for a value. A list is repeated between `{%p for note in notes %}` and `{%p endfor %}`, each",
        "alone in a paragraph, or, for table rows, `{%tr for row in drift %}` and `{%tr endfor %}`, each alone in a row.",
        "`{%p if no_trades %}` and `{%p endif %}` keep a paragraph only when there is something to show.",
        "A placeholder that does not exist is named before any brief is made, and nothing is filed then.",
        "",
        "| placeholder | what it is |",
        "|---|---|",
    ]
    for name, meaning in PLACEHOLDERS.items():
        if isinstance(meaning, str):
            lines.append(f"| `{name}` | {meaning} |")
        elif isinstance(meaning, dict):
            lines += [f"| `{name}.{key}` | {_said(of)} |" for key, of in meaning.items()]
        elif isinstance(meaning, list) and isinstance(meaning[0], dict):
            lines.append(f"| `{name}` | list; each item has: |")
            lines += [f"| `.{key}` | {of} |" for key, of in meaning[0].items()]
        else:
            lines.append(f"| `{name}` | {_said(meaning)} |")
    return "\n".join(lines) + "\n"


def _said(meaning: object) -> str:
    return f"list: {meaning[0]}" if isinstance(meaning, list) else str(meaning)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent
    (folder / "brief.docx").write_bytes(make())
    (folder / "PLACEHOLDERS.md").write_text(placeholder_page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
