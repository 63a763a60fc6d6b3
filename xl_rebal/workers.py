"""Work on many clients on several processors; the result is the same as one after the other.

Households do not depend on each other, so each worker process has the book and reviews every client that it is
handed, or prepares its brief.
Only terminal commands use this: inside Excel there is one process, and a client at a time is asked for.
"""

from __future__ import annotations

import copyreg
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import fields, is_dataclass
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from xl_rebal.engine.book import Book

Given = TypeVar("Given")
Result = TypeVar("Result")

WORTH_IT = 40  # clients from which starting processes pays
HANDFUL = 3  # clients sent at once: few, as one client's plan takes a hundred times as long as another's
MOST = 4  # processes: beyond these the workbook's reading and the filing take longer than the plans
CHUNKS = 64  # for each process: small, so that none has work left when the others are done
_work_of: tuple[Book, Callable[[Book, str], Any]] | None = None  # of this worker process


class Crew:
    """Processes that start, and load the engine, before there is work: beside what their caller does until then."""

    def __init__(self, processes: int) -> None:
        _send_by_fields()
        self._pool = ProcessPoolExecutor(processes, initializer=_load)
        for _ in range(processes):
            self._pool.submit(_nothing)  # one each: they are started when something is asked of them

    def each(self, task: Callable[[Given], Result], given: Iterable[Given]) -> Iterator[Result]:
        """What `task` (of a module, so that it can be sent) makes of each, in order; all of it is begun at once."""
        return self._pool.map(task, given, chunksize=HANDFUL)

    def dismiss(self) -> None:
        """Ends the processes; what has not begun is left."""
        self._pool.shutdown(cancel_futures=True)


def crew_for(clients: int) -> Crew | None:
    """As many processes as pay for so many clients; None: it is done sooner without."""
    processes = min(MOST, os.cpu_count() or 1)
    return Crew(processes) if clients >= WORTH_IT and processes > 1 else None


def _load() -> None:
    import xl_rebal.engine.review  # noqa: F401
    from xl_rebal.engine.solve import load

    _ignore_interrupts()
    _send_by_fields()
    load()


def _send_by_fields() -> None:
    """Has the engine's values sent as what they are made of, in one go.

    A dataclass with slots hands over and takes back its fields one by one in Python: half the time of 30,000 lots.
    """
    from xl_rebal.engine import book, drift, problems, results

    for module in (book, drift, problems, results):
        for kind in vars(module).values():
            if isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == module.__name__:
                names = [field.name for field in fields(kind) if field.init]
                if 1 < len(names) == len(fields(kind)):
                    copyreg.pickle(kind, partial(_made_of, attrgetter(*names)))


def _made_of(fields_of: Callable[[Any], tuple[Any, ...]], value: Any) -> tuple[type, tuple[Any, ...]]:
    return type(value), fields_of(value)


def _nothing() -> None:
    pass


def worked(
    book: Book, client_ids: Sequence[str], processes: int | None, task: Callable[[Book, str], Result]
) -> Iterator[Result]:
    """What `task` (of a module, so that it can be sent) makes of each client, in the order asked for, as they become ready.

    None: as many processes as pay.
    """
    if processes is None:
        processes = min(MOST, os.cpu_count() or 1) if len(client_ids) >= WORTH_IT else 1
    if processes <= 1:
        for client_id in client_ids:
            yield task(book, client_id)
        return
    _send_by_fields()
    pool = ProcessPoolExecutor(processes, initializer=_keep, initargs=(book, task))
    try:
        yield from pool.map(_work, client_ids, chunksize=max(1, len(client_ids) // (CHUNKS * processes)))
    finally:  # who stops listening does not wait for the rest
        pool.shutdown(cancel_futures=True)


def _keep(book: Book, task: Callable[[Book, str], Any]) -> None:
    global _work_of
    _work_of = book, task
    _send_by_fields()
    _ignore_interrupts()


def _ignore_interrupts() -> None:
    """Ctrl-C is for the program that started this one to act on."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _work(client_id: str) -> Any:
    assert _work_of is not None  # noqa: S101 - set when the process started
    book, task = _work_of
    return task(book, client_id)
