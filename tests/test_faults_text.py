"""A fault that nobody foresaw says where it arose, and no value that it met."""

from __future__ import annotations

import importlib
import logging
import sys

import pytest

from tests import builders as b
from xl_rebal import app, sample
from xl_rebal.cli import commands
from xl_rebal.engine import review as engine
from xl_rebal.engine.book import Book, Household
from xl_rebal.engine.problems import Severity
from xl_rebal.faults import fault_text

SECRET = "Hartwell 4471-2086"


def failing(*_: object, **__: object) -> None:
    try:
        raise KeyError(SECRET)
    except KeyError as error:
        raise ValueError(f"{SECRET} has no basis") from error


def caught() -> Exception:
    try:
        failing()
    except ValueError as error:
        return error
    raise AssertionError


def test_the_text_has_kinds_and_places_and_no_message() -> None:
    text = fault_text(caught())
    assert SECRET not in text
    assert text.startswith("ValueError\n")
    assert "caught by" not in text
    assert "caused by KeyError\n" in text
    assert "test_faults_text.py:" in text
    assert " in failing" in text


def test_the_terminal_prints_no_traceback_and_no_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(app, "load", failing)
    monkeypatch.setattr(sys, "argv", ["xl-rebal", "check", "firm.xlsm"])
    with pytest.raises(SystemExit) as ended:
        commands.main()
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "a fault in xl_rebal, not in your data" in said
    assert SECRET not in said
    assert "xl_rebal/cli/commands.py:" in said


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ("xl_rebal.engine.checks.basis_problems", "checks-failed"),
        ("xl_rebal.rules.checks._taken_back", "checks-failed"),
        ("xl_rebal.sheets.read.with_rules", "rules-failed"),
    ],
)
def test_a_fault_on_one_client_withholds_that_client_alone(
    where: str, code: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Its other problems stay, the message names it and what to do, and the other clients are as they were."""
    firm = sample.tables_of(sample.firm_rows(), sample.firm_settings_values())
    before = app.book_of(firm)
    bad = next(home for home in before.households if home.rulings).client

    def fails_once(*given: object) -> object:
        if any(isinstance(each, Household) and each.client.id == bad.id for each in given):
            failing()
        return right(*given)

    module, name = where.rsplit(".", 1)
    right = getattr(importlib.import_module(module), name)
    monkeypatch.setattr(where, fails_once)
    with caplog.at_level(logging.ERROR):
        book = app.book_of(firm)
    (said,) = (p for p in book.problems if p.code == code)
    assert (said.severity, said.client_id) == (Severity.ERROR, bad.id)
    assert bad.name in said.what
    assert "report it with them; other clients are not affected" in said.todo
    assert SECRET not in f"{said} {caplog.text}"
    assert set(app.withheld(book)) - set(app.withheld(before)) == {bad.name}
    assert [p for p in book.problems if p.client_id != bad.id] == [
        p for p in before.problems if p.client_id != bad.id
    ]
    assert app.review_of(book, bad.id).withheld


def test_the_log_of_a_review_that_failed_has_no_value(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(engine, "case_of", failing)
    home = b.household(lots=b.lots_table("VTI 10 900 2020-01-02"))
    book = Book(b.settings(), (home,), home.securities, ())
    with caplog.at_level(logging.ERROR):
        found = app.review_of(book, "C1")
    assert found.plan is None
    assert "ValueError" in caplog.text
    assert SECRET not in caplog.text
    assert SECRET not in " ".join(str(problem) for problem in found.problems)
