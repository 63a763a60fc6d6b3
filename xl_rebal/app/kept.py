"""A book whose answers are kept: what a change of the workbook cannot have touched is not computed again.

A review is a pure function of its `Basis`. So a client whose basis is the same in the next book keeps its review and
everything that was computed on it, and one whose rows only moved takes them along; nothing has to be told what changed.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from xl_rebal.app.books import own_problems, review_on, shared_problems
from xl_rebal.app.moved import moved_review, moves_of, taken_along
from xl_rebal.engine.book import Book, Household, Settings
from xl_rebal.engine.problems import Problem
from xl_rebal.engine.results import Review
from xl_rebal.engine.used import with_used_securities

T = TypeVar("T")
REVIEWS_KEPT = 4
"""Of each client, for the books before: a change and its undoing, in two workbooks that have the client."""


@dataclass(frozen=True, slots=True)
class Basis:
    """Everything that a client's review rests on: equal bases have equal reviews.

    The household has only the securities that its review can look at. The tax parameters follow from the settings' year.
    """

    household: Household
    settings: Settings
    problems: tuple[Problem, ...]

    def book(self) -> Book:
        """The book of this client alone: what is computed on it holds for every book in which its basis is the same."""
        return Book(
            self.settings,
            (self.household,),
            self.household.securities,
            self.household.targets,
            problems=self.problems,
        )


def review_on_basis(basis: Basis) -> Review:
    """The review that rests on it."""
    return review_on(basis.household, basis.settings, basis.problems)


@dataclass(slots=True)
class Reviewed:
    """A review, and what was computed on it and its basis so far, by what was asked."""

    basis: Basis
    review: Review
    answers: dict[Hashable, Any] = field(default_factory=dict)

    def answer(self, asked: Hashable, compute: Callable[[Book, Review], T]) -> T:
        """What `compute` answers of the client's own book and its review, computed once for each question."""
        if asked not in self.answers:
            self.answers[asked] = compute(self.basis.book(), self.review)
        answer: T = self.answers[asked]
        return answer

    def moved_to(self, basis: Basis) -> Reviewed | None:
        """The same for a basis that differs in nothing but the places of its rows; None for any other."""
        if basis.settings != self.basis.settings:
            return None
        moves = moves_of(self.basis.household, basis.household)
        if moves is None:
            return None
        review = moved_review(self.review, self.basis.problems, basis.problems, moves)
        if review is None:
            return None
        taken = {asked: taken_along(answer, moves) for asked, answer in self.answers.items()}
        return Reviewed(basis, review, {asked: one for asked, one in taken.items() if one is not None})


class KeptBook:
    """A book with the reviews made of it; those of the books `before` it are taken over where nothing changed.

    `before` are books in memory, the latest first: of the same workbook before a change, and of another one beside it.
    """

    def __init__(self, book: Book, before: Sequence[KeptBook] = ()) -> None:
        self.book = book
        self.computed = 0  # reviews that had to be computed for this book
        self._reviewed: dict[str, Reviewed] = {}
        self._answers: dict[Hashable, Any] = {}
        self._problems, self._shared = own_problems(book)
        self._earlier: dict[str, list[Reviewed]] = {
            household.client.id: _latest(before, household.client.id) for household in book.households
        }

    def reviewed(self, client_id: str) -> Reviewed:
        """The review of a client named by ID or name; raises UnknownClient."""
        household = self.book.household(client_id)
        own = household.client.id
        found = self._reviewed.get(own) or self._taken_over(household)
        if found is None:
            basis = self._basis(household)
            found = self._reviewed[own] = Reviewed(basis, review_on_basis(basis))
            self.computed += 1
        return found

    def _taken_over(self, household: Household) -> Reviewed | None:
        """The client's review in an earlier book, if its basis is the same but for the rows that it stands in."""
        earlier = self._earlier.pop(household.client.id, None)
        if not earlier:
            return None
        basis = self._basis(household)
        same = next((one for one in earlier if one.basis == basis), None)
        moved = (one.moved_to(basis) for one in earlier)
        found = same or next((one for one in moved if one is not None), None)
        if found is not None:
            self._reviewed[household.client.id] = found
        return found

    def unreviewed(self) -> tuple[Basis, ...]:
        """What the reviews rest on that have yet to be computed, in the book's order."""
        return tuple(
            self._basis(household)
            for household in self.book.households
            if household.client.id not in self._reviewed and self._taken_over(household) is None
        )

    def take(self, basis: Basis, review: Review) -> None:
        """Keeps a review of this book that was computed elsewhere."""
        self._reviewed[review.client_id] = Reviewed(basis, review)
        self.computed += 1

    def all_reviewed(self) -> list[Reviewed]:
        """The reviews of all clients, in the book's order."""
        return [self.reviewed(household.client.id) for household in self.book.households]

    def answer(self, asked: Hashable, compute: Callable[[], T]) -> T:
        """What `compute` answers about the whole book, computed once for each question."""
        if asked not in self._answers:
            self._answers[asked] = compute()
        answer: T = self._answers[asked]
        return answer

    def _basis(self, household: Household) -> Basis:
        problems = shared_problems(self._problems.get(household.client.id, ()), self._shared, household)
        return Basis(with_used_securities(household), self.book.settings, problems)


def _latest(books: Iterable[KeptBook], client_id: str) -> list[Reviewed]:
    """The latest reviews of a client in these books or the ones before them."""
    found: list[Reviewed] = []
    for book in books:
        own = book._reviewed.get(client_id)
        for one in ([own] if own is not None else []) + book._earlier.get(client_id, []):
            if all(one is not other for other in found):
                found.append(one)
    return found[:REVIEWS_KEPT]
