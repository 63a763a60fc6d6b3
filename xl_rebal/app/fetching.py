"""Answers of a system's API into a folder, which `import` then reads. Runs only when a person asks for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xl_rebal.fetching.apis import Fetched


def fetch_answers(
    system: str,
    folder: Path,
    as_of: date,
    *,
    since: date | None = None,
    views: Sequence[str] = (),
    transaction_views: Sequence[str] = (),
    base_url: str = "",
    progress: Callable[[str], None] | None = None,
) -> Fetched:
    """Fetches what a system's API has as of a day into `folder`; what is there already is not asked for again.

    `since` is the first day of transactions; without it the first of December before the year of `as_of`, so that the year's
    gains and the wash-sale windows that reach into it are covered. Raises FetchFailed; what was fetched before it is kept.
    """
    from xl_rebal.errors import FetchFailed
    from xl_rebal.fetching.apis import Wanted, apis, run_fetch
    from xl_rebal.keys import secret

    api = apis().get(system)
    if api is None:
        raise FetchFailed(
            f"There is no API of {system!r} to fetch from. There is one of: {', '.join(apis())}."
        )
    first = since or date(as_of.year - 1, 12, 1)
    if first > as_of:
        raise FetchFailed(f"The first day, {first}, is after the day of the figures, {as_of}.")
    keys = {name: secret(name) for name in api.needs}
    wanted = Wanted(as_of, first, tuple(views), tuple(transaction_views))
    return run_fetch(api, keys, wanted, folder, base_url=base_url, progress=progress)
