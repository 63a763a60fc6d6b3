"""Brief, summary and letter for a reader who has them read aloud, sees little, or prints them in gray.

Contrast is computed from what stands in the filled files: every piece of text against the shading behind it (WCAG 2.1,
success criterion 1.4.3: 4.5:1), and what pictures are drawn in against paper (1.4.11: 3:1).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from docx import Document
from lxml import etree

from tests.briefs import cases
from tests.briefs.hardest import forty_trades
from xl_rebal import app, sample
from xl_rebal.briefs import charts
from xl_rebal.briefs.colors import LEAST_CONTRAST, STEEL, contrast, palette
from xl_rebal.briefs.kinds import SUMMARY
from xl_rebal.briefs.letter import html_page
from xl_rebal.briefs.look import Look
from xl_rebal.briefs.render import render_brief, shipped_template
from xl_rebal.briefs.summary import summary_context
from xl_rebal.facts.book_facts import book_facts
from xl_rebal.sample.rows import tables_of

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
LEAST_GRAPHIC = 3.0
LEAST_HALF_POINTS = 15  # 7.5 points: the foot line


def summary() -> bytes:
    book = app.book_of(tables_of(sample.firm_rows(), sample.firm_settings_values()))
    found = app.reviews(book)
    context = summary_context(book_facts(book, found), found, book.settings, look=Look(palette("#800020")))
    return render_brief(context, shipped_template(SUMMARY), SUMMARY)


MAKERS = {
    "example": lambda: render_brief(cases.hartwell_context()[0]),
    "quiet": lambda: render_brief(cases.quiet_context()[0]),
    "hardest": lambda: render_brief(forty_trades()),  # with a logo
    "summary": summary,
}


@cache
def parts(name: str) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(MAKERS[name]())) as package:
        return {part: package.read(part) for part in package.namelist()}


def tree(name: str, part: str) -> Any:
    return etree.fromstring(parts(name)[part])


everywhere = pytest.mark.parametrize("name", MAKERS)


@everywhere
def test_headings_begin_with_one_title_and_skip_no_level(name: str) -> None:
    styles = [e.get(f"{W}val") for e in tree(name, "word/document.xml").iter(f"{W}pStyle")]
    heads = [style for style in styles if style == "Title" or str(style).startswith("Heading")]
    assert heads[0] == "Title"
    assert set(heads[1:]) == {"Heading1"}
    assert len(heads) > 5


@everywhere
def test_language_and_title_are_said(name: str) -> None:
    core = parts(name)["docProps/core.xml"].decode()
    assert "<dc:language>en-US</dc:language>" in core
    assert re.search(r"<dc:title>[^<]*(rebalancing brief|book summary) Q\d \d{4}</dc:title>", core)
    assert re.search(r'<w:lang [^>]*w:val="en-US"', parts(name)["word/styles.xml"].decode())


@everywhere
def test_every_picture_says_what_it_shows(name: str) -> None:
    body = tree(name, "word/document.xml")
    drawings = list(body.iter(f"{W}drawing"))
    described = [e.get("descr") for e in body.iter(f"{WP}docPr")]
    assert len(drawings) == len(described)
    assert all(described)
    assert bool(drawings) == (name != "summary")
    assert not list(body.iter(f"{W}pict"))  # the old form, whose words would be elsewhere


@everywhere
def test_tables_of_figures_have_a_name_and_a_head_that_is_marked(name: str) -> None:
    """A table for the layout has neither, so that it is not read out as one of figures."""
    for table in tree(name, "word/document.xml").iter(f"{W}tbl"):
        rows = table.findall(f"{W}tr")
        headed = [row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows]
        named = table.find(f"{W}tblPr/{W}tblCaption") is not None
        assert named == (table.find(f"{W}tblPr/{W}tblDescription") is not None) == any(headed)
        if named:
            assert headed == [True] + [False] * (len(rows) - 1)
            assert all("".join(cell.itertext()).strip() for cell in rows[0].findall(f"{W}tc"))
        else:
            assert len(rows) <= 4  # the band, a box, two columns, lines to sign


def test_a_reader_meets_the_page_from_top_to_bottom() -> None:
    """The order of the file is the order of the page: nothing floats, and no table stands in another."""
    body = tree("example", "word/document.xml")
    assert not list(body.iter(f"{WP}anchor"))
    assert not [t for t in body.iter(f"{W}tbl") if next(t.iterancestors(f"{W}tbl"), None) is not None]
    text = "\n".join("".join(p.itertext()) for p in body.iter(f"{W}p"))
    order = ["Hartwell Family", "To trim", "Drift", "Rebalance recommendation", "Tax considerations", "Draft email", "Decision"]  # fmt: skip
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def texts(name: str) -> Iterator[tuple[str, str, str, int]]:
    """Each piece of text: its words, color, shading behind it, and size in half points."""
    document = Document(io.BytesIO(MAKERS[name]()))
    styles = {style.style_id: style for style in document.styles}
    for part in [part for part in parts(name) if re.fullmatch(r"word/(document|footer\d)\.xml", part)]:
        for run in tree(name, part).iter(f"{W}r"):
            words = "".join(t.text or "" for t in run.findall(f"{W}t")).strip()
            if not words:
                continue
            paragraph = next(run.iterancestors(f"{W}p"))
            chain = paragraph.find(f"{W}pPr/{W}pStyle")
            style = styles[chain.get(f"{W}val") if chain is not None else "Normal"]
            color, size = run.find(f"{W}rPr/{W}color"), run.find(f"{W}rPr/{W}sz")
            cell = next(run.iterancestors(f"{W}tc"), None)
            shade = None if cell is None else cell.find(f"{W}tcPr/{W}shd")
            yield (
                words,
                color.get(f"{W}val") if color is not None else str(style.font.color.rgb),
                shade.get(f"{W}fill") if shade is not None else "FFFFFF",
                int(size.get(f"{W}val")) if size is not None else int(style.font.size.pt * 2),
            )


@everywhere
def test_every_word_can_be_read_against_what_is_behind_it(name: str) -> None:
    found = list(texts(name))
    assert len(found) > 60
    for words, color, behind, half_points in found:
        if words != "•":  # an ornament
            assert contrast(color, behind) >= LEAST_CONTRAST, (words, color, behind)
            assert half_points >= LEAST_HALF_POINTS, words


def test_what_pictures_are_drawn_in_stands_out_from_paper_and_from_each_other_in_gray() -> None:
    for tone in (charts.INK, charts.ALERT, charts.EDGE):
        assert contrast(tone, "FFFFFF") >= LEAST_GRAPHIC
    for bar in (charts.ALERT, palette("").firm):
        assert contrast(bar, charts.BAND) >= LEAST_GRAPHIC
    assert contrast(STEEL, "FFFFFF") > 1  # lines beside boxes and bullets only: ornaments


def test_the_letter_has_language_title_and_contrast() -> None:
    page = html_page(cases.hartwell_draft(), "Your Q4 2026 portfolio review")
    assert page.startswith('<!DOCTYPE html>\n<html lang="en-US">')
    assert "<title>Your Q4 2026 portfolio review</title>" in page
    colors = set(re.findall(r"(?<!background-)color:#([0-9A-F]{6})", page))
    (paper,) = set(re.findall(r"background-color:#([0-9A-F]{6})", page))
    assert colors
    assert all(contrast(color, paper) >= 7 for color in colors)
    assert not re.search(r"<(img|link|script|style|iframe|h\d)\b|url\(|src=", page)
    assert page.count("<p ") == page.count("</p>") == 6
