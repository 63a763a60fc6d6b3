"""Writes `summary.docx`, the template of the book summary for the investment committee.

    python templates/make_summary_template.py [FOLDER]

An ordinary Word document like the brief's; heads of tables repeat on every page, and pages are numbered by Word.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement, parse_xml
from docx.shared import Inches, Pt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import word_parts as word
from word_parts import CENTER, LEFT, RIGHT, RULE, SLATE

from xl_rebal.briefs.zipped import with_fixed_dates

WIDTH = 10.0
Head = tuple[str, Any, float, str]
"""Text and alignment of a column's head, width in inches, and the field that its cells show."""


def make() -> bytes:
    """The template's bytes."""
    document = Document()
    word.page(document)
    _landscape(document)
    word.styles(document)
    _band(document)
    _totals(document)
    _exceptions(document)
    _withheld(document)
    _clients(document)
    _method(document)
    _sign_off(document)
    _foot(document)
    word.last_paragraph(document)
    word.without_leftovers(document)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = "Book summary", "xl_rebal", ""
    properties.language = word.LANGUAGE
    buffer = io.BytesIO()
    document.save(buffer)
    return with_fixed_dates(buffer.getvalue())


def _landscape(document: Any) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Inches(11), Inches(8.5)
    section.bottom_margin = Inches(0.55)


def _band(document: Any) -> None:
    word.tag(document, "{%p if logo %}")
    picture = document.add_paragraph(style="Brief Picture")
    picture.alignment = RIGHT
    word.run(picture, "{{ logo }}")
    word.tag(document, "{%p endif %}")
    band = word.band(
        document,
        (2.0,) * 5,
        (40, 110),
        rows=2,
        name="Book summary for the investment committee",
        below="{{ firm }}  ·  {{ quarter }}  ·  data as of {{ as_of }}",
        amount="{{ glance.aum }}",
    )
    for cell, (label, key) in zip(
        band.rows[1].cells,
        (
            ("Clients", "clients"),
            ("To trim", "trim"),
            ("Net gain", "gain"),
            ("Tax", "tax"),
            ("RMDs left", "rmd"),
        ),
        strict=True,
    ):
        note = "" if key == "gain" else f"{{{{ glance.{key}_note }}}}"
        word.figure(cell, label, f"{{{{ glance.{key} }}}}", note, size=13, note_below=True)


def _listed(
    document: Any, name: str, title: str, about: str, heads: Sequence[Head], *, margin: int = 60
) -> tuple[Any, Any]:
    """A table with a repeated head and a row for each item of the list `name`; returns the head's cells and the row's."""
    table = word.table(document, 4, tuple(head[2] for head in heads), margins=(8, margin))
    word.described(table, title, about)
    word.column_heads(table, [(text, align) for text, align, _, _ in heads])
    word.tag_row(table.rows[1], f"{{%tr for row in {name} %}}")
    row = table.rows[2]
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for cell, (_, align, _, field) in zip(row.cells, heads, strict=True):
        word.write(cell, "{{ row." + field + " }}", align=align)
        word.border(cell, bottom=RULE)
    for run in row.cells[0].paragraphs[0].runs:
        run.bold = True
    word.tag_row(table.rows[3], "{%tr endfor %}")
    return table.rows[0].cells, row.cells


def _totals(document: Any) -> None:
    document.add_heading("Firm totals", 1)
    heads = (
        ("Total", LEFT, 1.7, "label"),
        ("Figure", RIGHT, 1.4, "value"),
        ("Of it", LEFT, 6.9, "note"),
    )
    top, cells = _listed(
        document, "totals", "Firm totals", "Totals over all clients whose data allow a plan", heads
    )
    for run in cells[1].paragraphs[0].runs:
        run.bold = True
    for cell in (top[2], cells[2]):
        cell.paragraphs[0].paragraph_format.left_indent = Pt(10)


def _exceptions(document: Any) -> None:
    document.add_heading("Exceptions", 1)
    _when(document, "no_exceptions")
    word.tag(document, "{%p if exceptions %}")
    heads = (
        ("Client", LEFT, 2.4, "client"),
        ("Advisor", LEFT, 1.6, "advisor"),
        ("What the committee should see", LEFT, 6.0, "what"),
    )
    _listed(
        document, "exceptions", "Exceptions", "Clients with plans that need a second look, and why", heads
    )
    word.tag(document, "{%p endif %}")


def _when(document: Any, name: str) -> None:
    """A line that is there when it has something to say."""
    word.tag(document, f"{{%p if {name} %}}")
    word.run(document.add_paragraph(style="Brief Line"), "{{ " + name + " }}")
    word.tag(document, "{%p endif %}")


def _withheld(document: Any) -> None:
    document.add_heading("Withheld", 1)
    _when(document, "none_withheld")
    word.tag(document, "{%p if withheld %}")
    heads = (
        ("Client", LEFT, 2.4, "client"),
        ("Advisor", LEFT, 1.6, "advisor"),
        ("Errors in the data", LEFT, 6.0, "why"),
    )
    _listed(document, "withheld", "Withheld clients", "Clients whose data have errors, and which", heads)
    word.tag(document, "{%p endif %}")


def _clients(document: Any) -> None:
    """Columns of amounts are wide enough for `($1,234,567.89)`: figures of a long list add up in cents only."""
    document.add_heading("Clients", 1)
    heads = (
        ("Client", LEFT, 1.45, "client"),
        ("Advisor", LEFT, 0.9, "advisor"),
        ("Value", RIGHT, 0.58, "aum"),
        ("Worst drift", LEFT, 1.13, "worst"),
        ("Trims", RIGHT, 0.78, "trim"),
        ("LT gain", RIGHT, 0.78, "long"),
        ("ST gain", RIGHT, 0.72, "short"),
        ("Tax", RIGHT, 0.72, "tax"),
        ("Budget left", RIGHT, 0.99, "budget"),
        ("RMD left", RIGHT, 0.74, "rmd"),
        ("Flags", LEFT, 1.21, "flags"),
    )
    top, cells = _listed(
        document, "rows", "Clients", "A row for each client: value, drift, trims, gains, tax and flags", heads,
        margin=45,
    )  # fmt: skip
    for cell in cells:
        for run in cell.paragraphs[0].runs:
            run.font.size = Pt(word.SMALL)
    for column, indent in ((3, 5), (10, 3)):
        for cell in (top[column], cells[column]):
            cell.paragraphs[0].paragraph_format.left_indent = Pt(indent)


def _method(document: Any) -> None:
    for heading, name in (("How well the plans are proven", "proof"), ("Method", "method")):
        document.add_heading(heading, 1)
        word.tag(document, f"{{%p for line in {name} %}}")
        word.run(document.add_paragraph(style="Brief Line"), "{{ line }}")
        word.tag(document, "{%p endfor %}")


def _sign_off(document: Any) -> None:
    document.add_heading("Committee", 1)
    table = word.table(document, 4, (3.6, 0.7, 2.6, 0.9, 2.2), margins=(45, 40))
    boxes = table.cell(0, 0)
    boxes.paragraphs[0].style = "Brief Cell"
    for choice in ("Noted", "With changes", "Not approved"):
        boxes.paragraphs[0]._p.append(word.check_box(choice))
        word.run(boxes.paragraphs[0], f" {choice}      ", bold=True)
    word.write(table.cell(1, 0), "Changes and reasons", "Brief Label")
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for column, label in ((1, "Name"), (3, "Signature, date")):
            word.write(row.cells[column], label, "Brief Label", RIGHT)
        for column in (0, 2, 4):
            row.cells[column].paragraphs[0].style = row.cells[column].paragraphs[0].style or "Brief Cell"
            if column or row is not table.rows[0]:
                word.border(row.cells[column], bottom=SLATE)
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True


def _foot(document: Any) -> None:
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.style = "Brief Foot"
    paragraph.paragraph_format.tab_stops.clear_all()
    word.run(
        paragraph,
        "Prepared by software for the committee; advisors decide, trades are placed elsewhere. Amounts are "
        "rounded and add up as shown, but for values with an M; withheld clients are in no total; tax is an estimate, not "
        "tax advice. Sources: {{ sources }}",
    )
    number = document.sections[0].footer.add_paragraph(style="Brief Foot")
    number.alignment = CENTER
    word.run(number, "{{ firm }}  ·  book summary {{ quarter }}  ·  page ")
    _field(number, "PAGE")
    word.run(number, " of ")
    _field(number, "NUMPAGES")


def _field(paragraph: Any, instruction: str) -> None:
    """A field that Word fills in on every page; it holds no figure in the file."""
    paragraph._p.append(
        parse_xml(
            '<w:fldSimple xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
            f'w:instr=" {instruction} "><w:r><w:t></w:t></w:r></w:fldSimple>'
        )
    )


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent
    (folder / "summary.docx").write_bytes(make())


if __name__ == "__main__":
    main()
