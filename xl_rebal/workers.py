"""Reviews of many clients on several processors; the result is the same as one after the other.

Households do not depend on each other, so each worker process has the book and reviews every client that it is handed.
Only terminal commands use this: inside Excel there is one process, and a client at a time is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xl_rebal.engine.book import Book
    from xl_rebal.engine.results import Review

WORTH_IT = 40  # clients from which starting processes pays
MOST = 4  # processes: beyond these the workbook's reading and the filing take longer than the plans
_book: Book | None = None  # of this worker process


def reviewed(book: Book, client_ids: Sequence[str], processes: int | None) -> Iterator[Review]:
    """The review of each client, in the order asked for, as they become ready; None: as many processes as pay."""
    from xl_rebal.app import review_of

    if processes is None:
        processes = min(MOST, os.cpu_count() or 1) if len(client_ids) >= WORTH_IT else 1
    if processes <= 1:
        for client_id in client_ids:
            yield review_of(book, client_id)
        return
    with ProcessPoolExecutor(processes, initializer=_keep, initargs=(book,)) as pool:
        yield from pool.map(_review, client_ids, chunksize=max(1, len(client_ids) // (8 * processes)))


def _keep(book: Book) -> None:
    global _book
    _book = book


def _review(client_id: str) -> Review:
    from xl_rebal.app import review_of

    assert _book is not None  # noqa: S101 - set when the process started
    return review_of(_book, client_id)
