"""Redtail: contacts with their families, each contact's notes, and activities, as its API documentation lists them.

Signing in is `GET /authentication` with Basic authentication of three parts, which gives the user's key; every other call is
signed with the API key and that. Pages are counted in `meta.total_pages`. No limit of requests is documented.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping

from xl_rebal.fetching.apis import Api, Ask, Keys, Wanted, pages
from xl_rebal.fetching.connection import Call, Connection, token_of

_PAGE_SIZE = "200"


def _sign_in(link: Connection, keys: Keys) -> Mapping[str, str]:
    parts = f"{keys['REDTAIL_API_KEY']}:{keys['REDTAIL_USERNAME']}:{keys['REDTAIL_PASSWORD']}"
    headers = {
        "Authorization": f"Basic {base64.b64encode(parts.encode()).decode()}",
        "Accept": "application/json",
    }
    answer = link.send("GET", f"{link.base_url}/authentication", headers=headers)
    user, _ = token_of(link.name, answer, "authenticated_user.user_key", "user_key")
    own = base64.b64encode(f"{keys['REDTAIL_API_KEY']}:{user}".encode()).decode()
    return {"Authorization": f"Userkeyauth {own}"}


def _calls(ask: Ask, wanted: Wanted) -> None:
    headers = (("pagesize", _PAGE_SIZE), ("include", "family"))
    numbers: list[str] = []
    for page in pages(ask, Call("contacts", "/contacts", headers=headers)):
        found = page.get("contacts")
        numbers += (
            [str(one["id"]) for one in found if isinstance(one, dict) and "id" in one]
            if isinstance(found, list)
            else []
        )
    for number in dict.fromkeys(numbers):
        for _ in pages(ask, Call(f"notes-{number}", f"/contacts/{number}/notes")):
            pass
    for _ in pages(ask, Call("activities", "/activities")):
        pass


API = Api(
    "redtail",
    "Redtail",
    "https://crm.redtailtechnology.com/api/public/v1",
    ("REDTAIL_API_KEY", "REDTAIL_USERNAME", "REDTAIL_PASSWORD"),
    _sign_in,
    _calls,
    "Redtail's API gives notes contact by contact, all of them: the import leaves out what the workbook has. Its accounts are "
    "not fetched.",
)
