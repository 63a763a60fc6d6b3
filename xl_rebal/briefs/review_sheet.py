"""The reviewer's sheet in Word: the sampled briefs as a table to work through on paper or on the screen, and to sign.

It has the look of the firm's documents (page, font, tones of the shipped summary) and no figures of its own.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xl_rebal.briefs.colors import PALE, SHIPPED
from xl_rebal.briefs.zipped import with_fixed_dates

BOX, CROSSED = "☐", "☒"
_RULE = "B9C3D0"
_LINK_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
_WIDTHS = (0.45, 2.2, 2.25, 1.45, 1.15, 2.5)  # inches, of a landscape Letter page
_MARGIN = 0.5
_HEADS = ("Rank", "Client", "Why", "Decision", "Result", "Remarks (a finding needs one)")


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One brief to review. `link` leads to the brief, seen from the sheet; `result` is one of the choices, '' not yet."""

    rank: str
    client: str
    client_id: str
    link: str
    why: str
    decision: str
    result: str = ""
    remarks: str = ""


def review_sheet(
    title: str, about: Sequence[str], lines: Sequence[ReviewLine], results: Sequence[str]
) -> bytes:
    """The sheet's bytes: title, how the sample was drawn, a row a brief with a box a result, and lines to sign."""
    from docx import Document
    from docx.enum.section import WD_ORIENT
    from docx.shared import Inches, Pt, RGBColor

    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Inches(11), Inches(8.5)
    section.left_margin = section.right_margin = Inches(_MARGIN)
    section.top_margin = section.bottom_margin = Inches(0.6)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(9.5)
    normal.paragraph_format.space_after = Pt(2)
    heading = document.add_paragraph()
    run = heading.add_run(title)
    run.bold, run.font.size, run.font.color.rgb = True, Pt(18), RGBColor.from_string(SHIPPED)
    for text in about:
        document.add_paragraph(text)
    table = document.add_table(rows=1, cols=len(_HEADS), style="Table Grid")
    table.autofit = False
    _repeated(table.rows[0])
    for cell, head in zip(table.rows[0].cells, _HEADS, strict=True):
        run = cell.paragraphs[0].add_run(head)
        run.bold, run.font.color.rgb = True, RGBColor(255, 255, 255)
    for line in lines:
        row = table.add_row()
        _whole(row)
        cells = row.cells
        cells[0].paragraphs[0].add_run(line.rank)
        cells[1].paragraphs[0].add_run(line.client).bold = True
        below = cells[1].add_paragraph(f"{line.client_id}  ")
        _link(below, "Open the brief", line.link)
        cells[2].paragraphs[0].add_run(line.why)
        cells[3].paragraphs[0].add_run(line.decision)
        for at, result in enumerate(results):
            place = cells[4].paragraphs[0] if not at else cells[4].add_paragraph()
            place.add_run(f"{CROSSED if line.result == result else BOX} {result}")
        cells[5].paragraphs[0].add_run(line.remarks)
    for column, width in zip(table.columns, _WIDTHS, strict=True):
        column.width = Inches(width)  # LibreOffice reads the grid, Word the cells
    for number, row in enumerate(table.rows):
        for cell, width in zip(row.cells, _WIDTHS, strict=True):
            cell.width = Inches(width)
            _border(cell)
            if not number or not number % 2:
                _shade(cell, PALE if number else SHIPPED)
    sign = document.add_paragraph()
    sign.paragraph_format.space_before = Pt(22)
    sign.paragraph_format.keep_together = True
    sign.add_run(f"Reviewed by (name) {'_' * 34}   Signature {'_' * 38}   Date {'_' * 16}").font.size = Pt(10)
    document.core_properties.title, document.core_properties.author = title, "xl_rebal"
    document.core_properties.comments = ""
    buffer = io.BytesIO()
    document.save(buffer)
    return with_fixed_dates(buffer.getvalue())


def _shade(cell: Any, fill: str) -> None:
    """After borders, as the schema orders them."""
    _child(cell._tc.get_or_add_tcPr(), "w:shd", {"w:val": "clear", "w:color": "auto", "w:fill": fill})


def _border(cell: Any) -> None:
    edges = _child(cell._tc.get_or_add_tcPr(), "w:tcBorders", {})
    for edge in ("top", "left", "bottom", "right"):
        _child(edges, f"w:{edge}", {"w:val": "single", "w:sz": "4", "w:color": _RULE})


def _repeated(row: Any) -> None:
    """The row stands again on each page."""
    _child(row._tr.get_or_add_trPr(), "w:tblHeader", {"w:val": "true"})


def _whole(row: Any) -> None:
    """The row is not broken between pages."""
    _child(row._tr.get_or_add_trPr(), "w:cantSplit", {"w:val": "true"})


def _link(paragraph: Any, text: str, target: str) -> None:
    """Appends a link to a file, which Word follows from the sheet's own folder."""
    from docx.oxml.ns import qn

    own = paragraph.part.relate_to(target, _LINK_TYPE, is_external=True)
    run = paragraph.add_run(text)
    run.underline = True
    link = _child(paragraph._p, "w:hyperlink", {})
    link.set(qn("r:id"), own)
    link.append(run._r)


def _child(parent: Any, name: str, values: dict[str, str]) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(name)
    for key, value in values.items():
        made.set(qn(key), value)
    parent.append(made)
    return made
