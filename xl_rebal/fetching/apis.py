"""The APIs that can be fetched from, each with what it needs; and the run that asks, keeps and finishes.

An API is a small file of its own: how to sign in, and which documented calls are made. What its documentation leaves open
is said there and in `limits`, and left out rather than guessed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Protocol

from xl_rebal.errors import FetchFailed
from xl_rebal.fetching.connection import Call, Connection, Wait
from xl_rebal.fetching.store import Store, without_numbers

Keys = Mapping[str, str]


class Ask(Protocol):
    """Answers a call: from the folder where it is there, else from the API; JSON is parsed."""

    def __call__(self, call: Call) -> Any: ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asks for."""

    as_of: date
    since: date  # of transactions and entries
    views: tuple[str, ...] = ()  # saved views of Addepar: positions, lots
    transaction_views: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Api:
    """One system's API. `calls` makes its requests through `Ask`, in an order that is the same every time."""

    key: str
    name: str
    base_url: str
    needs: tuple[str, ...]  # names of secrets
    sign_in: Callable[[Connection, Keys], Mapping[str, str]]
    calls: Callable[[Ask, Wanted], None]
    limits: str  # what its documentation leaves open, in a sentence or two
    between_seconds: float = 0.0


@dataclass(slots=True)
class Fetched:
    """What a run did."""

    name: str
    folder: Path
    limits: str
    new: list[str] = field(default_factory=list)
    kept: int = 0

    def lines(self) -> list[str]:
        kept = f", {self.kept:,} were there already" if self.kept else ""
        return [
            f"{self.name}: {len(self.new):,} answer{'' if len(self.new) == 1 else 's'} fetched{kept}. All are in {self.folder}.",
            f"Import them: xl-rebal import auto {self.folder} --into BOOK",
            self.limits,
        ]


def apis() -> Mapping[str, Api]:
    """Every API by its key."""
    from xl_rebal.fetching import addepar, black_diamond, orion, redtail, wealthbox

    every = (addepar.API, black_diamond.API, orion.API, redtail.API, wealthbox.API)
    return {api.key: api for api in every}


def run_fetch(
    api: Api,
    keys: Keys,
    wanted: Wanted,
    folder: Path,
    *,
    base_url: str = "",
    wait: Wait = time.sleep,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    progress: Callable[[str], None] | None = None,
) -> Fetched:
    """Fetches into `folder` what is not there yet. Raises FetchFailed, with the folder as far as it came.

    `base_url` is another address of the same API (a test system of the vendor's).
    """
    missing = [name for name in api.needs if not keys.get(name)]
    if missing:
        raise FetchFailed(
            f"To ask {api.name}, set {', '.join(missing)}: as environment variables, or in the system's keyring under the "
            "service 'xl-rebal' and these names."
        )
    link = Connection(
        api.name,
        base_url or api.base_url.format(**keys),
        lambda own: api.sign_in(own, keys),
        api.between_seconds,
        wait,
        now,
    )
    asked = {
        "system": api.key,
        "address": link.base_url,
        "as of": wanted.as_of.isoformat(),
        "since": wanted.since.isoformat(),
        "views": " ".join((*wanted.views, *wanted.transaction_views)),
    }
    store = Store.opened(folder, asked)
    done = Fetched(api.name, folder, api.limits)

    def ask(call: Call) -> Any:
        content = store.kept(call.key)
        if content is not None:
            done.kept += 1
        else:
            content = link.ask(call)
            if call.form == "json":
                content = without_numbers(content)
            name = f"{call.file}.{call.form}"
            store.keep(call.key, name, content, call.data)
            done.new.append(name)
            if progress is not None:
                progress(name)
        return json.loads(content) if call.form == "json" else content

    try:
        api.calls(ask, wanted)
        store.finish()
    finally:
        link.close()
    return done


def pages(ask: Ask, call: Call, size: Sequence[tuple[str, str]] = ()) -> Iterator[Any]:
    """The pages of a list that counts them: `page=1` and so on, up to `meta.total_pages`."""
    number, last = 1, 1
    while number <= last:
        page = Call(
            f"{call.file}-{number:04}",
            call.path,
            (*call.params, *size, ("page", str(number))),
            None,
            call.headers,
        )
        answer = ask(page)
        meta = answer.get("meta") if isinstance(answer, dict) else None
        stated = meta.get("total_pages") if isinstance(meta, dict) else None
        if not isinstance(stated, int) or stated < 0:
            raise FetchFailed(
                f"The answer to {call.path} does not say how many pages there are, so it may not be everything."
            )
        last = stated
        yield answer
        number += 1
