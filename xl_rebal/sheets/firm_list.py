"""The Dashboard's list: which clients it shows, in which order, and what stands behind each one's figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from xl_rebal.engine.results import PlanState, Review
from xl_rebal.engine.review import Flag, flags
from xl_rebal.errors import ChoiceUnknown
from xl_rebal.sheets.tables import BOOK_HEADERS, NO_CLIENTS, CellTable, book_table, listing

LIST_HEADERS = (*BOOK_HEADERS, "Advisor", "Folder")


class Show(Enum):
    """Which clients the list shows."""

    ALL = "All"
    ATTENTION = "Needs attention"
    WITHHELD = "Withheld"
    PROPOSED = "Proposed"
    NO_ACTION = "No action"


class Order(Enum):
    """In which order it shows them."""

    ATTENTION = "Attention first"
    CLIENTS = "As on Clients"
    NAME = "Client"
    DRIFT = "Worst drift"
    TAX = "Tax"
    VALUE = "Value"


ALL_ADVISORS = "All advisors"
_PRESSING = {flag: at for at, flag in enumerate(Flag)}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person chose for the list; the defaults are every client in the book's order."""

    show: Show = Show.ALL
    advisor: str = ""  # of everyone when empty
    order: Order = Order.CLIENTS

    @classmethod
    def of(cls, show: str, advisor: str, order: str) -> Wanted:
        """From the texts of cells, empty ones as they are by default. Raises ChoiceUnknown for others."""
        everyone = advisor.casefold() == ALL_ADVISORS.casefold()
        return cls(
            _chosen(Show, show, Show.ALL), "" if everyone else advisor, _chosen(Order, order, Order.CLIENTS)
        )


E = TypeVar("E", bound=Enum)


def _chosen(choices: type[E], text: str, default: E) -> E:
    if not text:
        return default
    for choice in choices:
        if str(choice.value).casefold() == text.casefold():
            return choice
    listed = ", ".join(str(choice.value) for choice in choices)
    raise ChoiceUnknown(f"{text!r} is not one of: {listed}.")


def firm_list(
    reviews: Sequence[Review],
    advisors: Mapping[str, str],
    folders: Mapping[str, str],
    wanted: Wanted,
    empty: str = NO_CLIENTS,
) -> CellTable:
    """The list of the clients that are wanted, with each one's advisor and folder, by Client ID, at the end.

    `empty` is said where the book has no client.
    """
    chosen = [
        review
        for review in reviews
        if _is_shown(review, wanted.show)
        and wanted.advisor.casefold() in ("", advisors.get(review.client_id, "").casefold())
    ]
    if not chosen:
        who = f" of {wanted.advisor}" if wanted.advisor else ""
        nothing = f"No client{who} to show: {wanted.show.value}." if reviews else empty
        return listing(LIST_HEADERS, [], nothing)
    shown = in_order(chosen, wanted.order)
    _, *rows = book_table(shown)
    return [
        list(LIST_HEADERS),
        *(
            [*row, advisors.get(review.client_id) or None, folders.get(review.client_id)]
            for review, row in zip(shown, rows, strict=True)
        ),
    ]


def _is_shown(review: Review, show: Show) -> bool:
    state = review.plan.state if review.plan else PlanState.WITHHELD
    return {
        Show.ALL: True,
        Show.ATTENTION: bool(flags(review)),
        Show.WITHHELD: state is PlanState.WITHHELD,
        Show.PROPOSED: state in (PlanState.PROPOSED, PlanState.RESIDUAL),
        Show.NO_ACTION: state is PlanState.NO_ACTION,
    }[show]


def in_order(reviews: Iterable[Review], order: Order) -> list[Review]:
    """The reviews in an order; equal ones stay as they come, and what is not known goes to the end."""

    def tax(review: Review) -> float:
        plan = review.plan
        return -plan.all_tax.total_cents if plan and plan.all_tax else float("inf")

    keys = {
        Order.ATTENTION: _by_attention,
        Order.CLIENTS: lambda _review: 0,
        Order.NAME: lambda review: review.client_name.casefold(),
        Order.DRIFT: lambda review: -_worst_drift(review) if review.drift else float("inf"),
        Order.TAX: tax,
        Order.VALUE: lambda review: -review.drift.total_cents if review.drift else float("inf"),
    }
    return sorted(reviews, key=keys[order])


def _by_attention(review: Review) -> tuple[int, int, float]:
    """The most pressing flag first, then how many there are, then the drift."""
    found = flags(review)
    first = min((_PRESSING[flag] for flag in found), default=len(_PRESSING))
    return first, -len(found), -_worst_drift(review)


def _worst_drift(review: Review) -> float:
    worst = review.drift.worst if review.drift else None
    return abs(worst.drift) if worst else 0.0
