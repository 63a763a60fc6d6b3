"""Where text can stand in a Word document: every place that a reader sees or hears is read, and what was deleted is not."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx import Document

from tests.drafting.tables import hartwell
from xl_rebal.drafting.document import docx_text, unread_parts, volatile_fields
from xl_rebal.drafting.grounding import wording_faults

SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
RUN = "<w:r><w:t>We expect $9,999.</w:t></w:r>"


def document(body: str = "<w:p/>", **parts: str) -> bytes:
    """A .docx with this body, and parts such as `header='<w:hdr>...'` under names that Word never gives them."""
    kinds = {"document": "document.main", **{part: part for part in parts}}
    main = f"<w:document {SPACES}><w:body>{body}</w:body></w:document>"
    texts = {"document": main, **{k: t.replace(">", f" {SPACES}>", 1) for k, t in parts.items()}}
    base = "application/vnd.openxmlformats-officedocument.wordprocessingml."
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w") as package:
            overrides = "".join(
                f'<Override PartName="/word/x_{part}.xml" ContentType="{base}{kind}+xml"/>'
                for part, kind in kinds.items()
            )
            space = "http://schemas.openxmlformats.org/package/2006/content-types"
            package.writestr("[Content_Types].xml", f'<Types xmlns="{space}">{overrides}</Types>')
            for part, text in texts.items():
                package.writestr(f"word/x_{part}.xml", text)
        return file.getvalue()


PLACES = {
    "body": f"<w:p>{RUN}</w:p>",
    "table": f"<w:tbl><w:tr><w:tc><w:p>{RUN}</w:p></w:tc></w:tr></w:tbl>",
    "text box": f"<w:p><w:r><w:pict><v:shape><v:textbox><w:txbxContent><w:p>{RUN}</w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>",
    "only the fallback of a text box": f"<w:p><mc:AlternateContent><mc:Choice/><mc:Fallback>{RUN}</mc:Fallback></mc:AlternateContent></w:p>",
    "inserted, tracked": f'<w:p><w:ins w:id="1" w:author="A">{RUN}</w:ins></w:p>',
    "moved to here, tracked": f'<w:p><w:moveTo w:id="1" w:author="A">{RUN}</w:moveTo></w:p>',
    "hidden text": "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>We expect $9,999.</w:t></w:r></w:p>",
    "content control": f"<w:sdt><w:sdtContent><w:p>{RUN}</w:p></w:sdtContent></w:sdt>",
    "hyperlink": f"<w:p><w:hyperlink>{RUN}</w:hyperlink></w:p>",
    "result of a field": f'<w:p><w:fldSimple w:instr="= 1">{RUN}</w:fldSimple></w:p>',
    "split runs": "<w:p><w:r><w:t>We expect $9,</w:t></w:r><w:proofErr/><w:r><w:rPr><w:b/></w:rPr><w:t>999.</w:t></w:r></w:p>",
    "alt text": '<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" name="x" descr="We expect $9,999."/></wp:inline></w:drawing></w:r></w:p>',
    "title of a table": '<w:tbl><w:tblPr><w:tblCaption w:val="We expect $9,999."/></w:tblPr></w:tbl>',
    "WordArt": '<w:p><w:r><w:pict><v:shape><v:textpath string="We expect $9,999."/></v:shape></w:pict></w:r></w:p>',
    "equation": "<w:p><m:oMath><m:r><m:t>We expect $9,999.</m:t></m:r></m:oMath></w:p>",
    "drawn shape": "<w:p><w:r><w:drawing><a:p><a:r><a:t>We expect $9,999.</a:t></a:r></a:p></w:drawing></w:r></w:p>",
    "symbols": '<w:p><w:r><w:t>We expect $</w:t><w:sym w:font="A" w:char="0039"/><w:t>,</w:t><w:sym w:font="A" w:char="F039"/>'
    "<w:t>99.</w:t></w:r></w:p>",
}


@pytest.mark.parametrize("place", PLACES)
def test_an_invented_figure_is_found_wherever_it_stands(place: str) -> None:
    text = docx_text(document(PLACES[place]))
    assert "We expect $9,999." in text
    assert wording_faults(text, hartwell())


@pytest.mark.parametrize(
    ("part", "root"),
    [
        ("header", "w:hdr"),
        ("footer", "w:ftr"),
        ("footnotes", "w:footnotes"),
        ("endnotes", "w:endnotes"),
        ("comments", "w:comments"),
    ],
)
def test_every_part_that_a_reader_sees_is_read_whatever_its_name(part: str, root: str) -> None:
    text = docx_text(document(**{part: f"<{root}><w:p>{RUN}</w:p></{root}>"}))
    assert "We expect $9,999." in text


@pytest.mark.parametrize(
    "body",
    [
        '<w:p><w:del w:id="1" w:author="A"><w:r><w:delText>We expect $9,999.</w:delText></w:r></w:del></w:p>',
        f'<w:p><w:del w:id="1" w:author="A">{RUN}</w:del></w:p>',
        f'<w:p><w:moveFrom w:id="1" w:author="A">{RUN}</w:moveFrom></w:p>',
        "<w:p><w:r><w:instrText>= 9,999</w:instrText></w:r></w:p>",
    ],
)
def test_what_a_tracked_change_took_away_is_not_read(body: str) -> None:
    assert "9,999" not in docx_text(document(body))


def field(code: str, text: str = "") -> str:
    """A field as Word writes it, with the text that it showed last."""
    run = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    shown = f"{run.format('separate')}<w:r><w:t>{text}</w:t></w:r>" if text else ""
    return f"<w:p>{run.format('begin')}<w:r><w:instrText>{code}</w:instrText></w:r>{shown}{run.format('end')}</w:p>"


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        (field("= 61000*2"), ("= 61000*2",)),  # no text yet: Word computes it when it opens the document
        (field("DATE", "October 15, 2026"), ("DATE",)),  # another day, another text
        (
            '<w:p><w:fldSimple w:instr=" DOCPROPERTY x "><w:r><w:t>a</w:t></w:r></w:fldSimple></w:p>',
            ("DOCPROPERTY x",),
        ),
        (field("", ""), ("FORMTEXT",)),
        (field("PAGE") + field("NUMPAGES", "1") + field("REF x", "the plan"), ()),
    ],
)
def test_a_field_that_word_fills_in_by_itself_is_named(body: str, codes: tuple[str, ...]) -> None:
    assert volatile_fields(document(body)) == codes


def test_a_file_that_word_would_import_is_named() -> None:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/aFChunk"
    with io.BytesIO(document()) as file:
        with zipfile.ZipFile(file, "a") as package:
            package.writestr(
                "word/_rels/document.xml.rels",
                f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                f'<Relationship Id="r1" Type="{kind}" Target="letter.html"/></Relationships>',
            )
        assert unread_parts(file.getvalue()) == ("letter.html",)
    assert unread_parts(document()) == ()


def test_a_document_of_python_docx_reads_as_it_was_written() -> None:
    made = Document()
    made.add_paragraph("First line\twith a tab")
    made.sections[0].footer.paragraphs[0].text = "At the foot"
    with io.BytesIO() as file:
        made.save(file)
        assert docx_text(file.getvalue()).split("\n")[:1] == ["First line\twith a tab"]
        assert "At the foot" in docx_text(file.getvalue())
