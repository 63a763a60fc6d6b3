"""Black Diamond: the batch of accounts with their cash flows, and each account's holdings.

Signing in is OAuth's password grant, whose token lasts ten minutes; every call carries the subscription key. A batch is
ordered by `POST /batchV5`, waited for, and taken as a ZIP from `GET /batch/{id}`. How a batch that is not ready answers is
not documented: anything but a ZIP is taken for that, up to an hour.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from xl_rebal.errors import FetchFailed
from xl_rebal.fetching.apis import Api, Ask, Keys, Wanted
from xl_rebal.fetching.connection import Call, Connection, token_of

LOGIN = "https://login.bdreporting.com/connect/token"
_EARLY = 30  # seconds before a token ends
_IDS = ("id", "batchid", "batch_id")


def _sign_in(link: Connection, keys: Keys) -> Mapping[str, str]:
    form = {
        "grant_type": "password",
        "client_id": keys["BLACK_DIAMOND_CLIENT_ID"],
        "client_secret": keys["BLACK_DIAMOND_CLIENT_SECRET"],
        "username": keys["BLACK_DIAMOND_USERNAME"],
        "password": keys["BLACK_DIAMOND_PASSWORD"],
    }
    answer = link.send("POST", _login(link), headers={"Accept": "application/json"}, data=form)
    token, said = token_of(link.name, answer, "access_token")
    if isinstance(seconds := said.get("expires_in"), (int, float)):
        link.expires = link.now() + timedelta(seconds=max(0, seconds - _EARLY))
    return {
        "Authorization": f"Bearer {token}",
        "Ocp-Apim-Subscription-Key": keys["BLACK_DIAMOND_SUBSCRIPTION_KEY"],
    }


def _login(link: Connection) -> str:
    """Where to sign in: the vendor's own place, or beside another address of the API."""
    return LOGIN if link.base_url == API.base_url else f"{link.base_url}/connect/token"


def _calls(ask: Ask, wanted: Wanted) -> None:
    order = {
        "returnDate": f"{wanted.as_of:%m-%d-%Y}",
        "batchFiles": ["accounts"],
        "includeTransactions": True,
        "includeHoldings": True,
    }
    number = _batch_number(ask(Call("batch order", "/batchV5", body=order, data=False)))
    batch = ask(Call("batch", f"/batch/{number}", form="zip", made=True))
    for account, title in _accounts(batch):
        body = {
            "accountID": account,
            "asOf": wanted.as_of.isoformat(),
            "onlyCurrentHoldings": True,
            "limit": 100_000,
            "include": {"returnInfo": True, "assets": True},
        }
        ask(Call(f"holdings {title}", "/account/Query/HoldingDetailSearch", body=body))


def _batch_number(answer: Any) -> str:
    """The batch's number, as a bare value or under a key that says so. Raises FetchFailed."""
    if isinstance(answer, dict):
        answer = next((value for key, value in answer.items() if key.casefold() in _IDS), None)
    if (
        isinstance(answer, bool)
        or not isinstance(answer, (str, int))
        or not str(answer).replace("-", "").isalnum()
    ):
        raise FetchFailed(
            "Black Diamond takes the order of a batch, but its answer holds no number to fetch it by."
        )
    return str(answer)


def _accounts(batch: bytes) -> Iterator[tuple[Any, str]]:
    """Each account's own number for the API, and what its file is called: by its account number where the batch has one."""
    seen = set()
    try:
        with zipfile.ZipFile(io.BytesIO(batch)) as archive:
            for name in sorted(archive.namelist()):
                if not name.casefold().endswith(".json"):
                    continue
                records = json.loads(archive.read(name))
                for one in records if isinstance(records, list) else ():
                    found = {k.casefold(): v for k, v in one.items()} if isinstance(one, dict) else {}
                    key = found.get("id")
                    if key is not None and "details" in found and key not in seen:
                        seen.add(key)
                        title = str(found.get("accountnumber") or key)
                        yield key, "".join(c if c.isalnum() or c in "-_. " else "_" for c in title)[:80]
    except (zipfile.BadZipFile, ValueError, OSError, RuntimeError, NotImplementedError) as error:
        raise FetchFailed(f"Black Diamond's batch is damaged ({error}). Fetch into a new folder.") from error


API = Api(
    "black-diamond",
    "Black Diamond",
    "https://api.blackdiamondwealthplatform.com",
    (
        "BLACK_DIAMOND_CLIENT_ID",
        "BLACK_DIAMOND_CLIENT_SECRET",
        "BLACK_DIAMOND_USERNAME",
        "BLACK_DIAMOND_PASSWORD",
        "BLACK_DIAMOND_SUBSCRIPTION_KEY",
    ),
    _sign_in,
    _calls,
    "Black Diamond documents no tax lots, registrations or account numbers in these answers: import its Tax Lots export as "
    "well. Holdings are told by their file's name: it must hold the Account ID of the Accounts sheet.",
)
