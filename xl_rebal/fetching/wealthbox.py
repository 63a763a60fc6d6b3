"""Wealthbox: contacts, notes, events and tasks, each list under its own address, a page after the other.

An access token in the header `ACCESS_TOKEN`; `page` and `per_page`, counted in `meta.total_pages`; one request a second.
"""

from __future__ import annotations

from collections.abc import Mapping

from xl_rebal.fetching.apis import Api, Ask, Keys, Wanted, pages
from xl_rebal.fetching.connection import Call, Connection

_PAGE_SIZE = (("per_page", "100"),)


def _sign_in(_: Connection, keys: Keys) -> Mapping[str, str]:
    return {"ACCESS_TOKEN": keys["WEALTHBOX_TOKEN"]}


def _calls(ask: Ask, wanted: Wanted) -> None:
    for name in ("contacts", "notes", "events", "tasks"):
        for _ in pages(ask, Call(name, f"/{name}"), _PAGE_SIZE):
            pass


API = Api(
    "wealthbox",
    "Wealthbox",
    "https://api.crmworkspace.com/v1",
    ("WEALTHBOX_TOKEN",),
    _sign_in,
    _calls,
    "Wealthbox lists open tasks only, and comments on notes are a list of their own that is not fetched.",
    1.0,
)
