"""Rendering: values are data, templates are checked, the same input gives the same bytes."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from docx import Document

from tests.briefs import cases
from xl_rebal.briefs import render
from xl_rebal.briefs.colors import palette
from xl_rebal.briefs.context import BriefContext
from xl_rebal.briefs.kinds import BRIEF
from xl_rebal.briefs.look import Look
from xl_rebal.briefs.pictures import read_logo
from xl_rebal.briefs.placeholders import PLACEHOLDERS
from xl_rebal.briefs.raster import Canvas
from xl_rebal.briefs.render import lint_template, render_brief, shipped_template
from xl_rebal.drafting.grounding import docx_text, ungrounded_figures
from xl_rebal.errors import TemplateError


def changed(context: BriefContext, **values: object) -> BriefContext:
    return replace(context, values=dict(context.values) | values)


def edited_template(folder: Path, old: str, new: str) -> Path:
    """The shipped template with one text replaced in its body, as a firm's edit in Word would leave it."""
    path = folder / "firm.docx"
    with zipfile.ZipFile(shipped_template()) as source, zipfile.ZipFile(path, "w") as copy:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/document.xml":
                text = content.decode()
                assert old in text
                content = text.replace(old, new, 1).encode()
            copy.writestr(name, content)
    return path


def test_the_same_context_gives_the_same_bytes() -> None:
    context, _ = cases.hartwell_context()
    assert render_brief(context) == render_brief(context)


def test_no_clock_is_in_the_file() -> None:
    with zipfile.ZipFile(io.BytesIO(render_brief(cases.hartwell_context()[0]))) as brief:
        assert {entry.date_time for entry in brief.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = brief.read("docProps/core.xml").decode()
    assert set(re.findall(r">(\d{4}-\d\d-\d\dT[^<]*)<", core)) == {"1980-01-01T00:00:00Z"}


def test_the_documents_properties_name_the_client() -> None:
    context = changed(cases.hartwell_context()[0], client="Smith & Co")
    properties = Document(io.BytesIO(render_brief(context))).core_properties
    assert properties.title == "Smith & Co: rebalancing brief Q4 2026"
    assert properties.author == "Meridian Wealth Partners"


@pytest.mark.parametrize(
    "typed",
    ["Smith & Co <x>", "{{ 7*7 }}", "{% for x in y %}", "{%tr endfor %}", "a ]]> b", "&amp;", "Zoë Øst 李"],
)
def test_what_a_client_record_holds_comes_out_as_typed(typed: str) -> None:
    context, _ = cases.hartwell_context()
    text = docx_text(render_brief(changed(context, client=typed, notes=[f"note {typed} end"])))
    assert text.count(typed) >= 2


def test_control_characters_in_a_note_do_not_break_the_file() -> None:
    draft = replace(cases.hartwell_draft(), notes=cases.said("bad\x00\x0b\x1f\ud800 \x07note\x0c"))
    from tests import hartwell
    from xl_rebal.briefs.context import brief_context
    from xl_rebal.facts.build import build_facts

    facts = build_facts(hartwell.household(), hartwell.review(), hartwell.settings())
    context = brief_context(hartwell.household(), hartwell.review(), facts, draft)
    assert "bad note" in docx_text(render_brief(context))


@pytest.mark.parametrize("make", [cases.hartwell_context, cases.quiet_context, cases.long_context])
def test_every_figure_on_the_page_is_the_display_of_a_fact(make: object) -> None:
    assert callable(make)
    context, facts = make()
    assert ungrounded_figures(docx_text(render_brief(context)), context.all_facts(facts)) == ()


def test_a_figure_that_is_no_fact_is_found_in_the_page() -> None:
    context, facts = cases.hartwell_context()
    tampered = render_brief(changed(context, trim_total="$185,001"))
    assert ungrounded_figures(docx_text(tampered), context.all_facts(facts)) == ("$185,001",)


def test_no_placeholder_is_left_in_the_page() -> None:
    text = docx_text(render_brief(cases.hartwell_context()[0]))
    assert "{{" not in text
    assert "{%" not in text


def test_every_placeholder_of_the_schema_is_filled_and_no_other() -> None:
    values = cases.hartwell_context()[0].values
    assert set(values) == set(PLACEHOLDERS)
    for name in ("drift", "trims", "money_lines", "proof_lines", "tax"):
        schema = PLACEHOLDERS[name]
        assert isinstance(schema, list)
        assert all(set(row) == set(schema[0]) for row in values[name])


def test_the_shipped_template_passes_its_own_check() -> None:
    lint_template(shipped_template())


def test_a_misspelled_placeholder_is_named_before_anything_is_filled(tmp_path: Path) -> None:
    firm = edited_template(tmp_path, "{{ aum }}", "{{ amu }}")
    with pytest.raises(
        TemplateError, match=r"firm.docx uses the placeholder \{\{ amu \}\}.*known here are: .*aum"
    ):
        render_brief(cases.hartwell_context()[0], firm)


def test_a_misspelled_field_of_a_row_is_named_with_its_row(tmp_path: Path) -> None:
    firm = edited_template(tmp_path, "{{ row.proceeds }}", "{{ row.procedes }}")
    with pytest.raises(TemplateError, match=r"\{\{ row.procedes \}\}.*row.proceeds"):
        render_brief(
            cases.quiet_context()[0], firm
        )  # this client has no such row: the check finds it all the same


def test_an_unclosed_loop_is_said_in_words_for_the_person_who_edits_the_template(tmp_path: Path) -> None:
    firm = edited_template(tmp_path, "{%tr endfor %}", "")
    with pytest.raises(TemplateError, match=r"damaged placeholder.*endfor"):
        render_brief(cases.hartwell_context()[0], firm)


def test_a_template_cannot_reach_out_of_its_values(tmp_path: Path) -> None:
    firm = edited_template(tmp_path, "{{ aum }}", "{{ aum.__class__.__mro__ }}")
    with pytest.raises(TemplateError):
        render_brief(cases.hartwell_context()[0], firm)


def test_a_missing_or_foreign_template_is_a_template_error(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="missing"):
        render_brief(cases.hartwell_context()[0], tmp_path / "gone.docx")
    (tmp_path / "not.docx").write_text("hello")
    with pytest.raises(TemplateError, match="not a Word document"):
        render_brief(cases.hartwell_context()[0], tmp_path / "not.docx")


@pytest.mark.parametrize(
    ("script", "made"),
    [
        ("make_brief_template", "brief.docx"),
        ("make_summary_template", "summary.docx"),
        ("make_placeholder_page", "PLACEHOLDERS.md"),
    ],
)
def test_the_shipped_templates_and_their_page_are_what_the_scripts_write(
    tmp_path: Path, script: str, made: str
) -> None:
    shipped = shipped_template().parent
    subprocess.run([sys.executable, str(shipped / f"{script}.py"), str(tmp_path)], check=True)
    if made.endswith(".md"):
        assert (tmp_path / made).read_text(encoding="utf-8") == (shipped / made).read_text(encoding="utf-8")
        return
    written, kept = (zipfile.ZipFile(folder / made) for folder in (tmp_path, shipped))
    with written, kept:  # part by part: another zlib packs the same parts differently
        assert {n: written.read(n) for n in written.namelist()} == {n: kept.read(n) for n in kept.namelist()}


def test_headings_are_headings_and_tables_say_their_header_rows() -> None:
    document = Document(io.BytesIO(render_brief(cases.hartwell_context()[0])))
    headings = [p.text for p in document.paragraphs if p.style is not None and p.style.name == "Heading 1"]
    assert headings[:2] == ["Drift", "Rebalance recommendation"]
    assert headings[-1] == "Decision"
    header_rows = document.element.body.xpath(".//w:tblHeader")
    assert len(header_rows) == 2  # drift and trims


def test_cell_properties_stand_in_the_order_that_word_demands() -> None:
    """CT_TcPr is a sequence (ECMA-376 part 1, 17.4.69): Word may refuse a file that breaks it."""
    order = [
        "tcW",
        "gridSpan",
        "hMerge",
        "vMerge",
        "tcBorders",
        "shd",
        "noWrap",
        "tcMar",
        "textDirection",
        "vAlign",
    ]
    document = Document(str(shipped_template()))
    for properties in document.element.body.xpath(".//w:tcPr"):
        names = [child.tag.rpartition("}")[2] for child in properties]
        assert names == sorted(names, key=order.index)


def test_a_template_is_prepared_once_for_all_briefs_of_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    context, _ = cases.hartwell_context()
    before = render_brief(context)

    def compiled_again(*_: object, **__: object) -> None:
        raise AssertionError("the template was compiled again")

    monkeypatch.setattr("jinja2.sandbox.SandboxedEnvironment.from_string", compiled_again)
    monkeypatch.setattr("docxtpl.DocxTemplate.patch_xml", compiled_again)
    assert render_brief(context) == before


def test_a_template_edited_between_two_briefs_is_read_anew(tmp_path: Path) -> None:
    context, _ = cases.hartwell_context()
    firm = edited_template(tmp_path, "under management", "in our care")
    assert "in our care" in docx_text(render_brief(context, firm))
    edited_template(tmp_path, "under management", "with us")
    assert "with us" in docx_text(render_brief(context, firm))


def test_word_opens_what_is_filed_and_no_part_is_twice_in_it() -> None:
    brief = render_brief(cases.hartwell_context()[0])
    with zipfile.ZipFile(io.BytesIO(brief)) as package:
        names = package.namelist()
    assert len(names) == len(set(names))
    assert names[0] == "[Content_Types].xml"
    assert len(Document(io.BytesIO(brief)).tables) >= 5


def test_a_reader_that_speaks_finds_language_title_and_headed_tables() -> None:
    with zipfile.ZipFile(io.BytesIO(render_brief(cases.hartwell_context()[0]))) as package:
        body, styles = (package.read(f"word/{part}.xml").decode() for part in ("document", "styles"))
        core = package.read("docProps/core.xml").decode()
    assert body.count("<w:tblHeader") == body.count("<w:tblCaption") == 2  # the two tables of figures
    assert re.search(r'<w:lang [^>]*w:val="en-US"', styles)
    assert "<dc:title>Hartwell Family: rebalancing brief Q4 2026</dc:title>" in core


@pytest.mark.parametrize("make", [cases.hartwell_context, cases.quiet_context, cases.long_context])
def test_a_page_is_filled_as_the_template_library_fills_it(
    make: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callable(make)
    context, _ = make()
    ours = zipfile.ZipFile(io.BytesIO(render_brief(context)))
    template = render._checked(shipped_template(), BRIEF)
    monkeypatch.setattr(template, "_varying", set(template._filled))
    theirs = zipfile.ZipFile(io.BytesIO(render_brief(context)))
    for part in template._filled:
        assert ElementTree.canonicalize(ours.read(part).decode()) == ElementTree.canonicalize(
            theirs.read(part).decode()
        )


def test_a_template_that_changes_a_tables_columns_is_mended(tmp_path: Path) -> None:
    """`{%tc %}` repeats cells: the table's grid must follow."""
    document = Document()
    table = document.add_table(1, 3)
    for cell, text in zip(
        table.rows[0].cells, ("{%tc for note in notes %}", "{{ note }}", "{%tc endfor %}"), strict=True
    ):
        cell.text = text
    document.save(str(tmp_path / "firm.docx"))
    context = changed(cases.hartwell_context()[0], notes=["a", "b", "c", "d", "e"])
    filled = Document(io.BytesIO(render_brief(context, tmp_path / "firm.docx")))
    assert len(filled.tables[0].columns) == 5


# --- Pictures, logo and color --------------------------------------------------------------------------------------


def parts_of(document: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(document)) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_every_picture_is_in_the_file_once_and_has_words_for_who_cannot_see_it() -> None:
    parts = parts_of(render_brief(cases.hartwell_context()[0]))
    body, rels = parts["word/document.xml"].decode(), parts["word/_rels/document.xml.rels"].decode()
    used = set(re.findall(r'r:embed="([^"]+)"', body))
    listed = dict(re.findall(r'Id="(rIdXl[^"]+)"[^>]*Target="([^"]+)"', rels))
    assert set(listed) == used
    assert {f"word/{target}" for target in listed.values()} == {n for n in parts if "/media/" in n}
    described = re.findall(r"<wp:docPr [^>]*descr=\"([^\"]*)\"", body)
    assert len(described) == 4  # three classes and the curve
    assert all(described)
    numbers = re.findall(r'<wp:docPr id="(\d+)"', body)
    assert len(set(numbers)) == len(numbers) == 4
    assert b'Extension="png"' in parts["[Content_Types].xml"]


def looked(**parts: object) -> bytes:
    context, _ = cases.hartwell_context()
    look = Look(**parts)  # type: ignore[arg-type]
    values = dict(context.values) | {"logo": look.logo or ""}
    return render_brief(replace(context, values=values, look=look))


def test_the_logo_takes_the_place_of_the_firms_name_and_says_it(tmp_path: Path) -> None:
    path = tmp_path / "logo.png"
    canvas = Canvas(300, 100)
    canvas.rectangle(0, 0, 300, 100, "800020")
    path.write_bytes(canvas.png(200))
    shown = looked(logo=read_logo(path, 'Smith & "Co" <x>'))
    body = parts_of(shown)["word/document.xml"].decode()
    assert ElementTree.fromstring(body) is not None
    assert "Smith &amp; " in body
    assert path.read_bytes() in parts_of(shown).values()
    text = docx_text(shown)
    assert "Firm\n" not in text
    assert "Firm\n" in docx_text(looked())


def test_the_firms_color_is_wherever_the_templates_was() -> None:
    parts = parts_of(looked(palette=palette("#800020")))
    for name in ("word/document.xml", "word/styles.xml"):
        xml = parts[name].decode().upper()
        assert '"1F3A5F"' not in xml
        assert '"800020"' in xml
    assert '"B4540A"' in parts["word/document.xml"].decode()  # what needs a look keeps its own
    assert '"1F3A5F"' in parts_of(looked())["word/document.xml"].decode()


def test_a_figure_in_the_words_of_a_picture_is_checked_too() -> None:
    context, facts = cases.hartwell_context()
    rows = [dict(row) for row in context.values["drift"]]
    rows[0]["bar"] = replace(rows[0]["bar"], alt="Equity: 99.9% now.")
    tampered = render_brief(changed(context, drift=rows))
    assert ungrounded_figures(docx_text(tampered), context.all_facts(facts)) == ("99.9%",)
