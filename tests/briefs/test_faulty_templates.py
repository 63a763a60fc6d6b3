"""What a firm may put in place of its template: each is refused in one sentence that says what to do, before any brief."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from xl_rebal import app, sample
from xl_rebal.app.briefs import brief_template
from xl_rebal.app.checking import lint_brief_template
from xl_rebal.briefs.kinds import BRIEF
from xl_rebal.briefs.render import lint_template, shipped_template
from xl_rebal.errors import TemplateError
from xl_rebal.sample.rows import tables_of

SHIPPED = shipped_template().read_bytes()
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1016)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
BODY, FOOT, TYPES = "word/document.xml", "word/footer1.xml", "[Content_Types].xml"
MAIN = "vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def changed(part: str, change: Callable[[str], str], added: tuple[str, bytes] | None = None) -> bytes:
    """The shipped template with one part edited, and another added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(SHIPPED)) as source, zipfile.ZipFile(out, "w") as copy:
        assert part in source.namelist()
        for name in source.namelist():
            text = source.read(name)
            copy.writestr(name, change(text.decode("utf-8")).encode("utf-8") if name == part else text)
        if added:
            copy.writestr(*added)
    return out.getvalue()


def swapped(part: str, old: str, new: str) -> bytes:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return changed(part, change)


def workbook_bytes() -> bytes:
    import openpyxl

    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


def refusal(folder: Path, content: bytes) -> str:
    path = folder / "brief.docx"
    path.write_bytes(content)
    with pytest.raises(TemplateError) as error:
        lint_template(path, BRIEF)
    said = str(error.value)
    assert "object at 0x" not in said
    assert ".." not in said
    return said


FILES = {
    "an old Word document": (lambda: COMPOUND, "is a document of an old Word (.doc), whatever its name says. Open it in Word"),
    "with a password": (lambda: COMPOUND + "EncryptedPackage".encode("utf-16-le"), "is protected by a password"),
    "with macros": (
        lambda: changed(TYPES, lambda t: t.replace(MAIN, "vnd.ms-word.document.macroEnabled.main+xml"), ("word/vbaProject.bin", b"x")),
        "has macros (.docm), which a template here may not. Open it in Word and save it as Word Document (.docx), without",
    ),
    "a .dotx": (lambda: swapped(TYPES, ".document.main+xml", ".template.main+xml"), "is a Word template (.dotx)"),
    "a workbook": (workbook_bytes, "is not a Word document. Open it in Word"),
    "no bytes": (lambda: b"", "is an empty file"),
    "text": (lambda: b"hello", "is not a Word document"),
    "half of it": (lambda: SHIPPED[: len(SHIPPED) // 2], "is damaged or cut off. Save it again in Word"),
    "a part cut off": (lambda: changed(BODY, lambda text: text[:-50]), "is damaged ("),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_word_document_is_said_to_be_what_it_is(tmp_path: Path, name: str) -> None:
    make, said = FILES[name]
    assert said in refusal(tmp_path, make())


CONTENTS = {
    "a filter that does not exist": ("{{ aum }}", "{{ aum | nosuch }}", "{{ aum | nosuch }} (No filter named 'nosuch')"),
    "one in a tag": ("{%p if flags %}", "{%p if flags | nosuch %}", "No filter named 'nosuch'"),
    "not escaped": ("{{ aum }}", "{{ aum | safe }}", "No filter named 'safe'"),
    "out of the sandbox": ("{{ aum }}", "{{ aum.__class__.__mro__ }}", "does what a template may not"),
    "no number": ("{{ aum }}", "{{ 1 / 0 }}", "has a placeholder that can't be worked out (division by zero)"),
    "a sum with text": ("{{ aum }}", "{{ aum + 1 }}", "has a placeholder that can't be worked out"),
    "another file": ("{{ aum }}", "{% include 'x' %}", "can't be worked out"),
    "a list": ("{{ aum }}", "{{ trims }}", "shows {{ trims }}, which is a list. Write {%p for item in trims %}"),
    "a row": ("{{ row.symbol }}", "{{ row }}", "shows {{ row }}, which is a group"),
}  # fmt: skip


@pytest.mark.parametrize("name", CONTENTS)
def test_what_would_fail_in_filling_is_found_before_any_brief(tmp_path: Path, name: str) -> None:
    old, new, said = CONTENTS[name]
    assert said in refusal(tmp_path, swapped(BODY, old, new))


def with_run(text: str, properties: str) -> bytes:
    """The shipped template with run properties put before those of every run that shows `text`."""

    def change(xml: str) -> str:
        root = etree.fromstring(xml.encode("utf-8"))
        found = [run for run in root.iter(f"{W}r") if text in "".join(run.itertext())]
        assert found
        for run in found:
            own = run.find(f"{W}rPr")
            if own is None:
                own = etree.Element(f"{W}rPr")
                run.insert(0, own)
            own.insert(0, etree.fromstring(properties.replace("/>", f' xmlns:w="{W[1:-1]}"/>')))
        return etree.tostring(root, encoding="unicode")

    return changed(FOOT if text == "{{ drafted_by }}" else BODY, change)


@pytest.mark.parametrize(
    ("text", "properties", "how"),
    [
        ("{{ check }}", "<w:vanish/>", "hidden text"),
        ("{{ drafted_by }}", "<w:vanish/>", "hidden text"),
        ("{{ drafted_by }}", '<w:color w:val="FFFFFF"/>', "white on white"),
        ("{{ line.text }}", '<w:sz w:val="2"/>', "too small to read"),
    ],
)
def test_a_placeholder_that_nobody_would_see_is_refused(
    tmp_path: Path, text: str, properties: str, how: str
) -> None:
    said = refusal(tmp_path, with_run(text, properties))
    assert "hides a placeholder: “" in said
    assert f"is {how}" in said


def test_hidden_text_switched_off_is_not_hidden(tmp_path: Path) -> None:
    path = tmp_path / "brief.docx"
    path.write_bytes(with_run("{{ check }}", '<w:vanish w:val="0"/>'))
    lint_template(path)


@pytest.mark.parametrize(
    ("part", "old", "said"),
    [
        (BODY, "{{ row.bar }}", "It does not show: drift.bar (see PLACEHOLDERS.md)."),
        (BODY, "{{ curve }}", "It does not show: curve (see PLACEHOLDERS.md)."),
        (BODY, "{{ logo }}", "It does not show: logo (see PLACEHOLDERS.md)."),
        (FOOT, "tax is an estimate, not tax advice", "Its foot does not say what the shipped one does: “tax is an estimate"),
    ],
)  # fmt: skip
def test_a_picture_or_statement_that_is_gone_is_named(tmp_path: Path, part: str, old: str, said: str) -> None:
    path = tmp_path / "brief.docx"
    path.write_bytes(swapped(part, old, ""))
    found = lint_brief_template(path)
    assert len(found) == 2
    assert found[1].startswith(said)


@pytest.mark.parametrize("suffix", [".docm", ".doc", ".dotx"])
def test_a_template_in_a_form_that_is_not_used_is_not_passed_over(tmp_path: Path, suffix: str) -> None:
    other = tmp_path / "templates" / f"brief{suffix}"
    other.parent.mkdir()
    other.write_bytes(COMPOUND)
    with pytest.raises(TemplateError, match=r"is not used, as it is no \.docx"):
        brief_template(tmp_path / "rebalance.xlsm")
    (tmp_path / "templates" / "brief.docx").write_bytes(SHIPPED)
    assert brief_template(tmp_path / "rebalance.xlsm").name == "brief.docx"


def test_a_run_with_a_faulty_template_files_nothing_and_says_why(tmp_path: Path) -> None:
    book = app.book_of(tables_of(sample.firm_rows(), sample.firm_settings_values()))
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "brief.docx").write_bytes(COMPOUND)
    with pytest.raises(TemplateError, match="old Word"):
        app.make_briefs(book, tmp_path / "clients", workbook=tmp_path / "rebalance.xlsm")
    assert not list(tmp_path.rglob("clients/*/*"))
