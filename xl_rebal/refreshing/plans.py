"""Plans of all clients for the formulas that show them, made by other processes as soon as the data is read.

The processes start while the workbook is still being read, as they have to load the engine; and while they work, what
else a refresh needs can be done (`meanwhile`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

from udfs import session
from xl_rebal.app.kept import Basis, KeptBook, review_on_basis
from xl_rebal.refreshing.bookfile import BookFile
from xl_rebal.sheets import layout
from xl_rebal.sheets.cells import folded
from xl_rebal.workers import crew_for

if TYPE_CHECKING:
    from xl_rebal import app

_NEED_NO_PLANS = frozenset(("XR_CHECKS", "XR_QUARTER"))


class Plans:
    """Sees to it that a function finds the plans that it shows; while it is entered there may be other processes."""

    def __init__(
        self, book: BookFile, progress: app.Progress | None, meanwhile: Callable[[], object]
    ) -> None:
        clients = book.tables.get(folded(layout.CLIENTS.table))
        self._crew = crew_for(clients.area.bottom - clients.area.top if clients else 0)
        self._progress = progress
        self._meanwhile = meanwhile

    def __enter__(self) -> Plans:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._crew:
            self._crew.dismiss()

    def before_call(self, function: str, given: Mapping[str, Any]) -> None:
        """Computes every client's plan before the first function that shows them all."""
        if function in _NEED_NO_PLANS or next(iter(given), "") != "book" or given.get("client"):
            return
        try:
            loaded = session.loaded_book(given["book"])
        except session.NoBook:
            return
        if missing := loaded.unreviewed():
            self._compute(loaded, missing)

    def _compute(self, loaded: KeptBook, missing: Sequence[Basis]) -> None:
        if self._crew is None:
            self._crew = crew_for(len(missing))
        reviews = self._crew.each(review_on_basis, missing) if self._crew else map(review_on_basis, missing)
        self._meanwhile()
        for done, (basis, review) in enumerate(zip(missing, reviews, strict=True)):
            if self._progress:
                self._progress(done, len(missing), basis.household.client.name)
            loaded.take(basis, review)
        if self._progress:
            self._progress(len(missing), len(missing), "")
