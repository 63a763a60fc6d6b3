"""Templates that a firm edited in Word: what is wrong is said with the text around it, all of it at once."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from tests.briefs import cases
from tests.briefs.test_render import edited_template
from xl_rebal.app.checking import lint_brief_template
from xl_rebal.briefs.kinds import BRIEF, SUMMARY, Kind
from xl_rebal.briefs.render import lint_template, render_brief, shipped_template, used_placeholders
from xl_rebal.errors import TemplateError


def faults(folder: Path, old: str, new: str) -> str:
    with pytest.raises(TemplateError) as error:
        lint_template(edited_template(folder, old, new))
    return str(error.value)


def test_a_misspelled_placeholder_is_told_with_its_line_and_the_likely_one(tmp_path: Path) -> None:
    said = faults(tmp_path, "data as of {{ as_of }}", "data as of {{ as_off }}")
    assert said.startswith(
        "The brief template firm.docx uses the placeholder {{ as_off }}, which does not exist, in “Rebalancing brief for "
        "{{ quarter }} · data as of {{ as_off }}”. Is as_of meant? Correct it in Word; known here are: account_types,"
    )


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    first = edited_template(tmp_path, "{{ aum }}", "{{ amu }}")
    second = tmp_path / "both.docx"
    with zipfile.ZipFile(first) as source, zipfile.ZipFile(second, "w") as copy:
        for name in source.namelist():
            text = source.read(name)
            copy.writestr(name, text.replace(b"{{ row.proceeds }}", b"{{ row.procedes }}"))
    with pytest.raises(TemplateError) as error:
        lint_template(second)
    one, two = str(error.value).splitlines()
    assert "{{ amu }}" in one
    assert "{{ row.procedes }}" in two
    assert "Is row.proceeds meant?" in two


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{{ quarter }}", "{{ quarter }", "damaged placeholder: {{ quarter }  ·  data as of {{ as_of }} (unexpected"),
        ("{{ quarter }}", "{ { quarter }}", "braces that do not belong together"),
        ("{{ quarter }}", "{{ quarter", "damaged placeholder: {{ quarter  ·  data"),
        ("{{ quarter }}", "{{ quarter + }}", "{{ quarter + }}"),
        ("{{ quarter }}", "{{ quarter quarter }}", "{{ quarter quarter }}"),
        ("{%p if flags %}", "{%p if flags %} Flags:", "beside other text, in “{%p if flags %} Flags:”. It must stand alone in its paragraph"),
        ("{%tr for row in trims %}", "{%tr for row in trims %} x", "It must stand alone in its table row"),
        ("{%p if flags %}", "{%p iff flags %}", "damaged placeholder"),
        ("{%p if flags %}", "{%p flags %}", "endif"),
        ("{%p for line in tax %}", "{%p for line in %}", "damaged placeholder"),
        ("{%p for line in tax %}", "", "endfor"),
        ("{%p endif %}", "", "if is never closed"),
        ("{%tr endfor %}", "{%tr endif %}", "endif after for, in “{%tr for row in drift %}”"),
    ],
)  # fmt: skip
def test_what_editing_in_word_breaks_is_told_with_the_text_around_it(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert said in faults(tmp_path, old, new)


def test_a_placeholder_that_word_has_split_into_runs_still_works(tmp_path: Path) -> None:
    """Word parts a placeholder at every change of spelling marks: `{{`, ` quar`, `ter }}`."""
    split = '{{</w:t></w:r><w:proofErr w:type="spellStart"/><w:r><w:t> quar</w:t></w:r><w:r><w:t>ter }}'
    firm = edited_template(tmp_path, "{{ quarter }}", split)
    lint_template(firm)
    from xl_rebal.drafting.document import docx_text

    assert "Rebalancing brief for Q4 2026" in docx_text(render_brief(cases.hartwell_context()[0], firm))


def test_a_needed_section_that_is_gone_is_named(tmp_path: Path) -> None:
    path = tmp_path / "firm.docx"
    with zipfile.ZipFile(shipped_template()) as source, zipfile.ZipFile(path, "w") as copy:
        for name in source.namelist():
            text = source.read(name).decode("utf-8") if name.endswith(".xml") else None
            if text is not None and "word/" in name:
                text = re.sub(r"Drafted by: \{\{ drafted_by \}\}\. ", "", text)
            copy.writestr(name, text.encode("utf-8") if text is not None else source.read(name))
    with pytest.raises(TemplateError, match="does not show what a brief must: drafted_by"):
        lint_template(path)


@pytest.mark.parametrize("kind", [BRIEF, SUMMARY])
def test_the_page_of_placeholders_lists_every_one_and_its_fields(kind: Kind) -> None:
    page = (shipped_template().parent / "PLACEHOLDERS.md").read_text(encoding="utf-8")
    own = page[page.index(f"## {kind.name.capitalize()}") :]
    own = own[: own.index("\n## ", 5)] if "\n## " in own[5:] else own
    for name, meaning in kind.placeholders.items():
        fields = meaning[0] if isinstance(meaning, list) else meaning
        names = [f"`{name}.{key}`" for key in fields] if isinstance(meaning, dict) else [f"`{name}`"]
        if isinstance(meaning, list) and isinstance(fields, dict):
            names += [f"`.{key}`" for key in fields]
        assert all(shown in own for shown in names)
    assert set(kind.needed) <= set(kind.placeholders)
    assert own.count("| must |") >= len(kind.needed)


@pytest.mark.parametrize("kind", [BRIEF, SUMMARY])
def test_the_shipped_templates_can_be_used_and_show_everything(kind: Kind, tmp_path: Path) -> None:
    template = shipped_template(kind)
    assert used_placeholders(template, kind) == set(kind.placeholders)
    own = tmp_path / "ours.docx"
    own.write_bytes(template.read_bytes())
    assert lint_brief_template(own) == [
        f"ours.docx can be used as the template of the {kind.name}: every placeholder in it exists.",
        f"To use it, save it as templates/{kind.file} beside the workbook.",
    ]
