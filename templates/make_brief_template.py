"""Writes `brief.docx`, the template of the one-page brief.

    python templates/make_brief_template.py [FOLDER]

The template is an ordinary Word document: a firm may change its wording, colors and order in Word and keep the
placeholders, which PLACEHOLDERS.md lists. This script is how the shipped one was made; it gives the same bytes each time.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import word_parts as word
from word_parts import AMBER, CENTER, LEFT, NAVY, PALE, RIGHT, RULE, SLATE, STEEL, WIDTH

from xl_rebal.briefs.zipped import with_fixed_dates


def make() -> bytes:
    """The template's bytes."""
    document = Document()
    word.page(document)
    word.styles(document)
    _header_band(document)
    _drift(document)
    _recommendation(document)
    _tax_and_notes(document)
    _email(document)
    _decision(document)
    _foot(document)
    word.last_paragraph(document)
    word.without_leftovers(document)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = "Client brief", "xl_rebal", ""
    properties.language = word.LANGUAGE
    buffer = io.BytesIO()
    document.save(buffer)
    return with_fixed_dates(buffer.getvalue())


def _header_band(document: Any) -> None:
    band = word.band(
        document,
        (1.95, 1.95, 1.7, 1.9),
        (30, 110),
        rows=3,
        name="{{ client }}",
        below="Rebalancing brief for {{ quarter }}  ·  data as of {{ as_of }}",
        amount="{{ aum }}",
    )
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
            word.write(cell, "{%p if logo %}")
            word.run(cell.add_paragraph(style="Brief Picture"), "{{ logo }}")
            word.tag(cell, "{%p else %}")
            word.run(cell.add_paragraph(style="Brief Label"), label)
            word.run(cell.add_paragraph(style="Brief Cell"), value, bold=True)
            word.tag(cell, "{%p endif %}")
        else:
            word.write(cell, label, "Brief Label")
            word.run(cell.add_paragraph(style="Brief Cell"), value, bold=True)
        word.shade(cell, PALE)
    for cell, (label, key) in zip(
        band.rows[2].cells,
        (("To trim", "trim"), ("Net gain", "gain"), ("Tax", "tax"), ("RMD left to take", "rmd")),
        strict=True,
    ):
        word.figure(cell, label, f"{{{{ glance.{key} }}}}", f"{{{{ glance.{key}_note }}}}", size=12)
    word.tag(document, "{%p if flags %}")
    line = document.add_paragraph(style="Brief Line")
    line.paragraph_format.space_before = Pt(3)
    word.run(line, "▲ To look at  ", bold=True, tone=AMBER)
    word.run(line, "{{ flags }}", bold=True)
    word.tag(document, "{%p endif %}")


def _drift(document: Any) -> None:
    document.add_heading("Drift", 1)
    table = word.table(document, 4, (1.75, 0.55, 0.95, 0.65, 0.6, 0.6, 1.6, 0.8))
    word.described(
        table,
        "Drift",
        "Target, band and current weight of each asset class, and its drift as figure and picture",
    )
    word.column_heads(
        table,
        (
            ("Asset class", LEFT), ("Target", RIGHT), ("Band", RIGHT), ("Current", RIGHT), ("Drift", RIGHT),
            ("After", RIGHT), ("□ band   ▬ now   ○ after", CENTER), ("Status", LEFT),
        ),
    )  # fmt: skip
    word.tag_row(table.rows[1], "{%tr for row in drift %}")
    cells = table.rows[2].cells
    word.write(cells[0], "{{ row.name }}", bold=True)
    for cell, field in zip(cells[1:6], ("target", "band", "current", "drift", "after"), strict=True):
        word.write(cell, "{{ row." + field + " }}", align=RIGHT, bold=field == "drift")
    word.write(cells[6], "{{ row.bar }}", "Brief Picture", CENTER)
    word.write(cells[7], "{{ row.status_out }}", bold=True, tone=AMBER)
    word.run(cells[7].paragraphs[0], "{{ row.status_in }}", tone=SLATE)
    for cell in cells:
        word.border(cell, bottom=RULE)
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    word.tag_row(table.rows[3], "{%tr endfor %}")
    word.tag(document, "{%p if out_of_line %}")
    line = document.add_paragraph(style="Brief Line")
    line.paragraph_format.space_before = Pt(2)
    word.run(line, "▲ Securities out of line  ", bold=True, tone=AMBER)
    word.run(line, "{{ out_of_line }}")
    word.tag(document, "{%p endif %}")


def _recommendation(document: Any) -> None:
    document.add_heading("Rebalance recommendation", 1)
    word.tag(document, "{%p if no_trades %}")
    word.run(document.add_paragraph(style="Brief Line"), "{{ no_trades }}")
    word.tag(document, "{%p endif %}")
    word.tag(document, "{%p if trims %}")
    table = word.table(document, 6, (0.64, 1.15, 0.7, 0.85, 0.85, 0.8, 2.51))
    word.described(
        table, "Proposed trims", "Shares, proceeds, gain and term of each position to trim, with the reason"
    )
    word.column_heads(
        table,
        (
            ("Trim", LEFT), ("Account", LEFT), ("Shares", RIGHT), ("Proceeds", RIGHT), ("Gain (loss)", RIGHT),
            ("Term", LEFT), ("Flag or reason", LEFT),
        ),
    )  # fmt: skip
    word.tag_row(table.rows[1], "{%tr for row in trims %}")
    cells = table.rows[2].cells
    for cell, field, align in zip(
        cells,
        ("symbol", "account", "shares", "proceeds", "gain", "term"),
        (LEFT, LEFT, RIGHT, RIGHT, RIGHT, LEFT),
        strict=False,
    ):
        word.write(cell, "{{ row." + field + " }}", align=align, bold=field == "symbol")
    for row in table.rows[:3]:
        row.cells[5].paragraphs[0].paragraph_format.left_indent = Pt(8)
    word.write(cells[6], "{{ row.flag }}", bold=True, tone=AMBER)
    word.run(cells[6].paragraphs[0], "{{ row.why }}", tone=SLATE)
    for cell in cells:
        word.border(cell, bottom=RULE)
    word.tag_row(table.rows[3], "{%tr endfor %}")
    total = table.rows[4].cells
    for cell, text, align in zip(
        total,
        ("Total", "", "", "{{ trim_total }}", "{{ gain_total }}", "", "{{ trims_more }}"),
        (LEFT, LEFT, RIGHT, RIGHT, RIGHT, LEFT, LEFT),
        strict=True,
    ):
        if text:
            word.write(cell, text, align=align, bold=True)
        else:
            cell.paragraphs[0].style = "Brief Cell"
        word.shade(cell, PALE)
    table._tbl.remove(table.rows[5]._tr)
    word.tag(document, "{%p endif %}")
    word.tag(document, "{%p for line in money_lines %}")
    line = document.add_paragraph(style="Brief Line")
    line.paragraph_format.space_before = Pt(1.5)
    word.run(line, "{{ line.label }}  ", bold=True, tone=NAVY)
    word.run(line, "{{ line.text }}")
    word.tag(document, "{%p endfor %}")
    word.tag(document, "{%p if proof_lines %}")
    document.add_paragraph(style="Brief Foot").paragraph_format.line_spacing = Pt(3)
    word.tag(document, "{%p if curve %}")
    picture = _proof_box(document, (WIDTH - 1.85, 1.85))[1]
    word.write(picture, "{{ curve }}", "Brief Picture", RIGHT)
    picture.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    word.tag(document, "{%p else %}")
    _proof_box(document, (WIDTH,))
    word.tag(document, "{%p endif %}")
    word.tag(document, "{%p endif %}")


def _proof_box(document: Any, widths: Sequence[float]) -> tuple[Any, ...]:
    """The box with the lines that say why the plan can be relied on; its cells."""
    table = word.table(document, 1, widths, margins=(25, 110))
    box = table.cell(0, 0)
    word.shade(box, PALE)
    word.border(box, left=STEEL)
    word.write(box, "{%p for line in proof_lines %}")
    line = box.add_paragraph(style="Brief Line")
    word.run(line, "{{ line.label }}  ", bold=True, tone=NAVY)
    word.run(line, "{{ line.text }}")
    word.tag(box, "{%p endfor %}")
    return tuple(table.rows[0].cells)


def _tax_and_notes(document: Any) -> None:
    document.add_paragraph(style="Brief Foot").paragraph_format.line_spacing = Pt(3)
    table = word.table(document, 1, (3.6, 3.9), margins=(0, 0))
    tax, notes = table.rows[0].cells
    for cell, heading, right, left in (
        (tax, "Tax considerations", 140, 0),
        (notes, "Client-specific notes", 0, 0),
    ):
        cell.paragraphs[0].style = "Heading 1"
        word.run(cell.paragraphs[0], heading)
        cell.paragraphs[0].paragraph_format.space_before = Pt(2)
        margin = OxmlElement("w:tcMar")
        for side, size in (("left", left), ("right", right)):
            edge = OxmlElement(f"w:{side}")
            edge.set(qn("w:w"), str(size))
            edge.set(qn("w:type"), "dxa")
            margin.append(edge)
        cell._tc.get_or_add_tcPr().append(margin)
    word.tag(tax, "{%p for line in tax %}")
    line = tax.add_paragraph(style="Brief Line")
    word.run(line, "{{ line.flag }}", bold=True, tone=AMBER)
    word.run(line, "{{ line.label }}", bold=True, tone=NAVY)
    word.run(line, "  {{ line.text }}")
    word.tag(tax, "{%p endfor %}")
    word.tag(notes, "{%p for note in notes %}")
    word.run(_bullet(notes), "{{ note }}")
    word.tag(notes, "{%p endfor %}")
    word.tag(notes, "{%p for check in checks %}")
    line = _bullet(notes)
    word.run(line, "▲ Check  ", bold=True, tone=AMBER)
    word.run(line, "{{ check }}")
    word.tag(notes, "{%p endfor %}")


def _bullet(cell: Any) -> Any:
    """A line with a hanging bullet."""
    paragraph = cell.add_paragraph(style="Brief Line")
    form = paragraph.paragraph_format
    form.left_indent, form.first_line_indent = Pt(8), Pt(-8)
    form.tab_stops.add_tab_stop(Pt(8))
    word.run(paragraph, "•\t", tone=STEEL)
    return paragraph


def _email(document: Any) -> None:
    word.heading(document, "Draft email", "for the advisor to edit; nothing has been sent")
    table = word.table(document, 1, (WIDTH,), margins=(50, 110))
    box = table.cell(0, 0)
    word.shade(box, PALE)
    word.border(box, left=STEEL)
    word.write(box, "Subject  ", "Brief Email", bold=True, tone=NAVY)
    word.run(box.paragraphs[0], "{{ email.subject }}", bold=True)
    word.run(box.add_paragraph(style="Brief Email"), "{{ email.greeting }}")
    word.tag(box, "{%p for paragraph in email.paragraphs %}")
    word.run(box.add_paragraph(style="Brief Email"), "{{ paragraph }}")
    word.tag(box, "{%p endfor %}")
    closing = box.add_paragraph(style="Brief Email")
    closing.paragraph_format.space_after = Pt(0)
    word.run(closing, "{{ email.closing }}")


def _decision(document: Any) -> None:
    document.add_heading("Decision", 1)
    table = word.table(document, 2, (3.3, 0.6, 2.1, 0.4, 1.1), margins=(35, 40))
    boxes = table.cell(0, 0)
    boxes.paragraphs[0].style = "Brief Cell"
    for choice in ("Approve", "Modify", "Decline", "Defer"):
        boxes.paragraphs[0]._p.append(word.check_box(choice))
        word.run(boxes.paragraphs[0], f" {choice}      ", bold=True)
    for column, label in ((1, "Name"), (3, "Date")):
        word.write(table.cell(0, column), label, "Brief Label", RIGHT)
    for column in (2, 4):
        table.cell(0, column).paragraphs[0].style = "Brief Cell"
        word.border(table.cell(0, column), bottom=SLATE)
    comment, signature = table.cell(1, 0), table.cell(1, 2).merge(table.cell(1, 4))
    word.write(comment, "Changes and reasons", "Brief Label")
    word.border(comment, bottom=SLATE)
    word.write(table.cell(1, 1), "Signature", "Brief Label", RIGHT)
    signature.paragraphs[0].style = "Brief Cell"
    word.border(signature, bottom=SLATE)


def _foot(document: Any) -> None:
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.style = "Brief Foot"
    paragraph.paragraph_format.tab_stops.clear_all()
    word.run(
        paragraph,
        "Prepared by software, with AI assistance where a model is named as drafter. The advisor decides; trades are "
        "placed elsewhere. Amounts are rounded and add up as shown; tax is an estimate, not "
        "tax advice. Drafted by: {{ drafted_by }}. Sources: {{ sources }}",
    )


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent
    (folder / "brief.docx").write_bytes(make())


if __name__ == "__main__":
    main()
