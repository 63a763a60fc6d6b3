"""Books and reviews: a workbook's values read and checked, and what the engine says of each client.

Parameters are loaded here and passed to the pure engine; a fault on one client stays that client's.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from xl_rebal.engine.book import Book, Household, Settings
from xl_rebal.engine.problems import NOWHERE, Problem, Severity, Source, in_order, is_everybodys
from xl_rebal.engine.results import Review
from xl_rebal.engine.used import with_used_securities
from xl_rebal.errors import ParameterMissing, XlRebalError
from xl_rebal.faults import fault_text

if TYPE_CHECKING:
    from xl_rebal.facts.types import Facts
    from xl_rebal.params.types import TaxParameters
    from xl_rebal.sheets.read import RowsMemory, Table

log = logging.getLogger(__name__)

CURVE_POINTS = 7
"""Points of the small curve that a brief shows."""

Result = TypeVar("Result")
Progress = Callable[[int, int, str], None]
"""Called with (done, total, client name) before each client and once at the end."""


def load(path: Path | str) -> Book:
    """The book of a workbook file with all problems found in it, worst first.

    Raises WorkbookUnreadable when there is no readable workbook.
    """
    from xl_rebal.sheets.read import read_book

    with no_garbage_collection():
        return _checked(read_book(Path(path)))


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Pauses the cycle collector: a book and its plans are millions of small values and no cycles (15 % of the time to read it)."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def book_of(tables: Mapping[str, Table], memory: RowsMemory | None = None) -> Book:
    """The book of tables held in memory (an open workbook's), keyed by sheet name; `memory` is of those read before."""
    from xl_rebal.sheets.read import book_from_tables

    with no_garbage_collection():
        return _checked(book_from_tables(tables, memory))


def _checked(book: Book) -> Book:
    from xl_rebal.app.drafts import tone_problems
    from xl_rebal.app.looks import look_problems
    from xl_rebal.engine.checks import checks
    from xl_rebal.engine.ignored import with_costs
    from xl_rebal.rules.checks import rule_text_problems

    problems = list(book.problems)
    params = None
    try:
        params = tax_parameters_of(book)
    except ParameterMissing as missing:
        todo = "Set Tax Year on the Settings sheet."
        problems.extend(_problem(home, "tax-year", str(missing), todo) for home in book.households)
    problems.extend(checks(book, params, _kept_apart))
    problems.extend(tone_problems(book))
    for home in book.households:
        problems.extend(_kept_apart(home, rule_text_problems(book, home)))
    problems.extend(look_problems(book))
    return replace(book, problems=in_order(with_costs(problems)))


def _kept_apart(household: Household, found: Iterator[Problem]) -> Iterator[Problem]:
    """A client's problems as the checks find them; where they fail, the client is withheld and the others go on."""
    try:
        yield from found
    except Exception as error:  # the barrier between clients, as for reviews
        log.error("The checks of a client failed for a reason that was not foreseen: %s", fault_text(error))
        yield _problem(
            household,
            "checks-failed",
            f"The checks failed on the rows of {household.client.name} ({type(error).__name__}), so what is wrong in them is "
            "not known, and nothing is computed from them.",
            "Look for what is unusual in this client's rows, and report it with them; other clients are not affected.",
        )


def tax_parameters_of(book: Book) -> TaxParameters:
    """The parameters of the book's tax year."""
    from xl_rebal.params.load import tax_parameters

    return tax_parameters(book.settings.tax_year)


def review_of(book: Book, client_id: str) -> Review:
    """The review of one client. A fault of the engine on this client becomes a problem of its review."""
    home = book.household(client_id)
    return review_on(with_used_securities(home), book.settings, problems_of(book, home))


def problems_of(book: Book, household: Household) -> tuple[Problem, ...]:
    """A client's problems, with the errors of the Settings sheet, which are everybody's, made its own."""
    own = [p for p in book.problems if p.client_id == household.client.id]
    return shared_problems(own, firm_wide(book), household)


def own_problems(book: Book) -> tuple[dict[str, list[Problem]], list[Problem]]:
    """Every client's problems by Client ID, and those that are everybody's: `problems_of` for many clients."""
    own: dict[str, list[Problem]] = {}
    for problem in book.problems:
        if problem.client_id is not None:
            own.setdefault(problem.client_id, []).append(problem)
    return own, firm_wide(book)


def shared_problems(
    own: Iterable[Problem], everybody: Iterable[Problem], household: Household
) -> tuple[Problem, ...]:
    """A client's own problems and everybody's, in order."""
    return in_order([*own, *(replace(p, client_id=household.client.id) for p in everybody)])


def firm_wide(book: Book) -> list[Problem]:
    """Errors that make every client's figures wrong, such as a missing as-of date or a renamed column Hold."""
    return [p for p in book.problems if is_everybodys(p)]


def reviews(
    book: Book,
    client_ids: Sequence[str] | None = None,
    progress: Progress | None = None,
    processes: int | None = 1,
) -> tuple[Review, ...]:
    """Reviews of the clients asked for, or of all, in the book's order; `processes` work on them at once (None: as many as pay)."""
    homes = households_of(book, client_ids)
    return tuple(found for _, found in each_worked(book, homes, progress, processes, review_of))


def each_worked(
    book: Book,
    homes: Sequence[Household],
    progress: Progress | None,
    processes: int | None,
    task: Callable[[Book, str], Result],
) -> Iterator[tuple[Household, Result]]:
    """Each household with what `task` makes of it, as they become ready."""
    from xl_rebal.workers import worked

    found = worked(book, [home.client.id for home in homes], processes, task)
    for done, home in enumerate(homes):
        if progress:
            progress(done, len(homes), home.client.name)
        yield home, next(found)
    if progress:
        progress(len(homes), len(homes), "")


def households_of(book: Book, client_ids: Sequence[str] | None) -> tuple[Household, ...]:
    if client_ids is None:
        return book.households
    return tuple(book.household(client_id) for client_id in client_ids)


def review_on(household: Household, settings: Settings, own: tuple[Problem, ...]) -> Review:
    """The review of a household with these problems; it depends on nothing else."""
    from xl_rebal.engine.review import review
    from xl_rebal.params.load import tax_parameters

    try:
        return review(household, settings, tax_parameters(settings.tax_year), own)
    except (
        Exception
    ) as error:  # the barrier between clients: one's fault, foreseen or not, is never another's
        foreseen = isinstance(error, XlRebalError)
        if not foreseen:
            log.error("A review failed for a reason that was not foreseen: %s", fault_text(error))
        failed = _problem(
            household,
            "plan-failed",
            str(error) if foreseen else f"The engine failed on this client's rows ({type(error).__name__}).",
            "Report this with the client's rows; other clients are not affected.",
        )
        return Review(
            household.client.id,
            household.client.name,
            in_order([failed, *own]),
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
    """The fact table of a reviewed client, with why its plan is as it is and the curve of tax against drift."""
    return facts_from(book.household(review.client_id), book.settings, tax_parameters_of(book), review)


def facts_from(home: Household, settings: Settings, params: TaxParameters, review: Review) -> Facts:
    """As `facts_of`, from the values alone."""
    from xl_rebal.engine.explain import explanation
    from xl_rebal.engine.frontier import frontier
    from xl_rebal.facts.build import build_facts

    plan = review.plan
    if plan is None or not (plan.trades or plan.residual or plan.shortfalls):
        return build_facts(home, review, settings)
    asked = (home, settings, params, review.rmds, plan)
    curve = frontier(*asked, points=CURVE_POINTS) if plan.trades else None
    return build_facts(home, review, settings, explanation(*asked, short=True), curve)


def has_errors(book: Book) -> bool:
    """Whether anything is an error: of a client, of the firm, or of a row that is nobody's."""
    return any(p.severity is Severity.ERROR for p in book.problems)


def errors_of_nobody(book: Book) -> tuple[Problem, ...]:
    """Errors in rows that belong to no client, such as a row of the Clients sheet that can't be read."""
    everybodys = firm_wide(book)
    known = {home.client.id for home in book.households}
    return tuple(
        p
        for p in book.problems
        if p.severity is Severity.ERROR and p.client_id not in known and p not in everybodys
    )


def no_clients(book: Book) -> str:
    """Why the book has no client, and what to do next; empty when it has some."""
    from xl_rebal.sheets.tables import NO_CLIENTS

    if book.households:
        return ""
    errors = sum(
        p.severity is Severity.ERROR and p.source.sheet == "Clients" and p.source.row > 0
        for p in book.problems
    )
    gone = next(
        (p for p in book.problems if p.source == Source("Clients", 0) and p.code == "sheet-missing"), None
    )
    if gone is not None:
        return f"No client can be read. {gone.what} {gone.todo}"
    if errors:
        return f"No client can be read: {counted(errors, 'error')} on the Clients sheet. Fix what Checks lists first."
    return NO_CLIENTS


def withheld(book: Book, client_ids: Sequence[str] | None = None) -> tuple[str, ...]:
    """Names of the clients (of those asked for) whose briefs errors in the data withhold."""
    bad = {p.client_id for p in book.problems if p.severity is Severity.ERROR}
    everybody = bool(firm_wide(book))
    return tuple(h.client.name for h in households_of(book, client_ids) if everybody or h.client.id in bad)


def counted(count: int, noun: str) -> str:
    """`1 brief`, `2 briefs`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
