"""Prompt files: the firm's own first, each checked for what would not work and for what must not leave."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drafting.tables import hartwell
from xl_rebal.drafting.prompt import first_messages
from xl_rebal.drafting.prompts import NAMES, filled, load_prompts, prompt_path
from xl_rebal.drafting.tone import Tone, tones_of
from xl_rebal.errors import TemplateError

SHIPPED = load_prompts()


def own(folder: Path, **texts: str) -> Path:
    (folder / "prompts").mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / "prompts" / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def test_a_firms_own_file_is_used_and_the_others_are_as_shipped(tmp_path: Path) -> None:
    own(tmp_path, repair=f"Please try again.\n{SHIPPED.repair}")
    found = load_prompts(tmp_path)
    assert found.repair.startswith("Please try again.")
    assert (found.system, found.request) == (SHIPPED.system, SHIPPED.request)


def test_a_file_saved_by_notepad_with_a_mark_of_its_encoding_is_read(tmp_path: Path) -> None:
    own(tmp_path)
    (tmp_path / "prompts" / "repair.txt").write_bytes("\ufeff".encode() + SHIPPED.repair.encode())
    assert load_prompts(tmp_path).repair == SHIPPED.repair


def test_the_shipped_files_pass_their_checks_and_lie_among_the_templates() -> None:
    assert all(prompt_path(name).parent.name == "prompts" for name in NAMES)
    assert load_prompts() == SHIPPED


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("request", "{{FACTS}}", "", "{{FACTS}} is missing"),
        ("request", "{{FACTS}}", "{{FACTS}}\n{{FACTS}}", "{{FACTS}} stands 2 times"),
        ("request", "<<<CRM", "", "{{CRM}} must stand between a line <<<CRM"),
        ("request", "{{MOST}}", "{{ MOST }}", "{{MOST}} is missing"),
        ("repair", "{{FAULTS}}", "{{FAULTS}} {{CLIENT}}", "line 2: there is no placeholder {{CLIENT}}"),
        ("system", "JSON", "text", "must have 'JSON' in it"),
        ("system", "<<<CRM", "the CRM", "must have '<<<CRM' in it"),
        ("repair", "Your", "Ask jo@firm.example. Your", "looks like an email address"),
        ("repair", "Your", "See https://firm.example/x Your", "looks like a web address"),
        ("repair", "Your", "Account 4417-0093-22. Your", "looks like a number that could be an account"),
        ("repair", "Your", "As ridgeline advisors say: your", "it names 'Ridgeline Advisors'"),
    ],
)
def test_what_would_not_work_or_must_not_leave_is_named_with_its_file_and_line(
    tmp_path: Path, name: str, old: str, new: str, said: str
) -> None:
    text = getattr(SHIPPED, name)
    assert old in text
    own(tmp_path, **{name: text.replace(old, new)})
    with pytest.raises(TemplateError) as error:
        load_prompts(tmp_path, ["Ridgeline Advisors"])
    assert said in str(error.value)
    assert f"{name}.txt" in str(error.value)


def test_an_empty_or_foreign_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    own(tmp_path, repair="  ")
    (tmp_path / "prompts" / "system.txt").write_bytes(b"\xff\xfe\x00d")
    with pytest.raises(TemplateError, match="is empty") as error:
        load_prompts(tmp_path)
    assert "not saved as UTF-8" in str(error.value)


def test_what_a_client_wrote_is_never_read_as_a_placeholder() -> None:
    assert filled("{{CRM}} {{FACTS}}", CRM="{{FACTS}}", FACTS="secret") == "{{FACTS}} secret"


def test_the_model_is_told_the_advisors_tone() -> None:
    asked = first_messages(hartwell(), SHIPPED, Tone.FORMAL)
    assert "formal and reserved" in asked[0]["content"]
    assert "{{" not in asked[0]["content"] + asked[1]["content"]


def test_a_tone_is_the_firms_or_one_advisors_own() -> None:
    tones, unknown = tones_of("plain; Jordan  Ellis: Formal; Sam Poe: Jolly")
    assert tones.firm is Tone.PLAIN
    assert tones.advisors == (("jordan ellis", Tone.FORMAL),)
    assert unknown == ("Sam Poe: Jolly",)
