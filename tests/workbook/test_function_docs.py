"""The page about the XR_ functions says what they are now, and its examples and errors are real answers."""

from __future__ import annotations

import re

import pytest

from workbook.function_docs import PAGE, page
from workbook.function_help import function_helps
from workbook.vba import udf_module_names


@pytest.fixture(scope="module")
def now() -> str:
    return page()


def without_examples(text: str) -> str:
    """The page with the examples' values left out: they follow the sample firm and the engine, not the functions."""
    kept, inside = [], False
    for line in text.splitlines():
        if line.startswith("| "):
            cells = re.split(r"(?<!\\) \| ", line)
            kept.append(cells[0] if inside else line)
            inside = inside or line == "| column | first row |"
        else:
            inside = False
            kept.append(line)
    return "\n".join(kept)


def test_the_page_is_what_the_functions_say_now(now: str) -> None:
    shipped = PAGE.read_text(encoding="utf-8")
    assert without_examples(shipped) == without_examples(now), "run python -m workbook.function_docs"


def test_a_changed_function_makes_the_page_stale(now: str) -> None:
    assert without_examples(now) != without_examples(
        now.replace("Optional: only this client.", "Only one client.", 1)
    )
    assert without_examples(now) != without_examples(now.replace("| Worst Drift |", "| Drift |", 1))
    assert without_examples(now) == without_examples(now.replace("| Hartwell Family |", "| Another |"))


def test_every_function_is_on_it_with_columns_and_an_example_row(now: str) -> None:
    sections = dict(re.findall(r"^## (XR_\w+)\n(.*?)(?=^## |\Z)", now, re.MULTILINE | re.DOTALL))
    assert set(sections) == {one.name for one in function_helps(udf_module_names())}
    for name, text in sections.items():
        rows = re.findall(
            r"^\| (.*?) \| (.*?) ?\|$", text.partition("| column | first row |")[2], re.MULTILINE
        )[1:]
        assert rows, name
        assert any(value.strip() for _, value in rows), f"{name} has an example"
        assert "fault in xl_rebal" not in text
        assert f"Example: `={name}(" in text


def test_every_error_is_one_sentence_or_two_and_none_is_a_fault(now: str) -> None:
    rows = re.findall(r"^\| (\w.*?) \| (.*?) \|$", now.partition("## ")[0], re.MULTILINE)[1:]
    assert len(rows) == 8
    for _, said in rows:
        assert re.search(r"[.!]$|more\.$", said), said
        assert "Error" not in said
        assert "Traceback" not in said
        assert "fault" not in said
