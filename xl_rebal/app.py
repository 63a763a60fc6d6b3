"""The use cases, one function each: load, check, review, brief, import. Excel, ribbon and terminal call the same ones.

This is where the layers meet: parameters are loaded here and passed to the pure engine, and the packages for sheets,
briefs and drafting, which do not know each other, are joined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from xl_rebal.engine.book import Book, DrafterKind, Household
from xl_rebal.engine.problems import NOWHERE, Problem, Severity, in_order
from xl_rebal.engine.results import Review
from xl_rebal.errors import ParameterMissing, XlRebalError

if TYPE_CHECKING:
    from xl_rebal.briefs.filing import Filed
    from xl_rebal.facts.draft import Draft
    from xl_rebal.facts.types import Facts
    from xl_rebal.params.types import TaxParameters
    from xl_rebal.sheets.read import Table

Progress = Callable[[int, int, str], None]
"""Called with (done, total, client name) before each client and once at the end."""


class Drafter(Protocol):
    """Writes notes and email from facts; the name is what the brief says."""

    @property
    def name(self) -> str: ...

    def draft(self, facts: Facts) -> Draft: ...


def load(path: Path | str) -> Book:
    """The book of a workbook file with all problems found in it, worst first.

    Raises WorkbookUnreadable when there is no readable workbook.
    """
    from xl_rebal.sheets.read import read_book

    return _checked(read_book(Path(path)))


def book_of(tables: Mapping[str, Table]) -> Book:
    """The book of tables held in memory (an open workbook's), keyed by sheet name."""
    from xl_rebal.sheets.read import book_from_tables

    return _checked(book_from_tables(tables))


def _checked(book: Book) -> Book:
    from xl_rebal.engine.checks import checks

    problems = list(book.problems) + list(checks(book))
    try:
        tax_parameters_of(book)
    except ParameterMissing as missing:
        problems.extend(
            _problem(home, "tax-year", str(missing), "Set Tax Year on the Settings sheet.")
            for home in book.households
        )
    return replace(book, problems=in_order(problems))


def tax_parameters_of(book: Book) -> TaxParameters:
    """The parameters of the book's tax year."""
    from xl_rebal.params.load import tax_parameters

    return tax_parameters(book.settings.tax_year)


def review_of(book: Book, client_id: str) -> Review:
    """The review of one client. A fault of the engine on this client becomes a problem of its review."""
    return _review(book, book.household(client_id), book.problems)


def reviews(
    book: Book, client_ids: Sequence[str] | None = None, progress: Progress | None = None
) -> tuple[Review, ...]:
    """Reviews of the clients asked for, or of all, in the book's order."""
    homes = _households(book, client_ids)
    by_client: dict[str | None, list[Problem]] = {}
    for problem in book.problems:
        by_client.setdefault(problem.client_id, []).append(problem)
    found = []
    for done, home in enumerate(homes):
        if progress:
            progress(done, len(homes), home.client.name)
        found.append(_review(book, home, by_client.get(home.client.id, ())))
    if progress:
        progress(len(homes), len(homes), "")
    return tuple(found)


def _households(book: Book, client_ids: Sequence[str] | None) -> tuple[Household, ...]:
    if client_ids is None:
        return book.households
    return tuple(book.household(client_id) for client_id in client_ids)


def _review(book: Book, household: Household, problems: Iterable[Problem]) -> Review:
    from xl_rebal.engine.review import review

    own = list(problems)
    try:
        return review(household, book.settings, tax_parameters_of(book), own)
    except XlRebalError as error:
        failed = _problem(
            household,
            "plan-failed",
            str(error),
            "Report this with the client's rows; other clients are not affected.",
        )
        return Review(
            household.client.id,
            household.client.name,
            in_order([failed, *(p for p in own if p.client_id == household.client.id)]),
            None,
            None,
            (),
            (),
            (),
            None,
        )


def _problem(household: Household, code: str, what: str, todo: str) -> Problem:
    source = household.client.source or NOWHERE
    return Problem(Severity.ERROR, code, source, "", "", "", what, todo, household.client.id)


def facts_of(book: Book, review: Review) -> Facts:
    """The fact table of a reviewed client."""
    from xl_rebal.facts.build import build_facts

    return build_facts(book.household(review.client_id), review, book.settings)


def drafter_of(book: Book) -> Drafter:
    """The drafter that Settings asks for; the offline template unless a model is switched on."""
    from xl_rebal.drafting.template import TemplateDrafter

    if book.settings.drafter is DrafterKind.TEMPLATE:
        return TemplateDrafter()
    from xl_rebal.drafting.openai_drafter import OpenAIDrafter

    return OpenAIDrafter(book.settings.drafter_model, book.settings.drafter_url)
