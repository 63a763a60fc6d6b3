"""Orion: assets, open tax lots and transactions, by its published API schema (V1).

Signing in is `GET /Security/Token` with Basic authentication, which gives the token of `Authorization: Session`. Each list
comes in one answer: the schema has no pages for them. Realized lots and RMDs are not asked for, because they are not imported.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping

from xl_rebal.fetching.apis import Api, Ask, Keys, Wanted
from xl_rebal.fetching.connection import Call, Connection, token_of


def _sign_in(link: Connection, keys: Keys) -> Mapping[str, str]:
    pair = f"{keys['ORION_USERNAME']}:{keys['ORION_PASSWORD']}"
    basic = base64.b64encode(pair.encode()).decode()
    answer = link.send(
        "GET",
        f"{link.base_url}/Security/Token",
        headers={"Authorization": f"Basic {basic}", "Accept": "application/json"},
    )
    token, _ = token_of(link.name, answer, "access_token")
    return {"Authorization": f"Session {token}"}


def _calls(ask: Ask, wanted: Wanted) -> None:
    day = wanted.as_of.isoformat()
    ask(
        Call(
            "assets",
            "/Portfolio/Assets",
            (("includeCostBasis", "true"), ("hasValue", "true"), ("asOfDate", day)),
        )
    )
    ask(
        Call(
            "lots",
            "/Portfolio/Assets/Verbose",
            (("isActive", "true"), ("expand", "Portfolio"), ("expand", "CostBasisLots")),
        )
    )
    span = (("status", "Complete"), ("startDate", wanted.since.isoformat()), ("endDate", day))
    ask(Call("transactions", "/Portfolio/Transactions", span))


API = Api(
    "orion",
    "Orion",
    "https://api.orionadvisor.com/api/v1",
    ("ORION_USERNAME", "ORION_PASSWORD"),
    _sign_in,
    _calls,
    "Orion's schema states neither limits nor pages for these lists, nor a day for its open lots: they are as of its last "
    "close, whatever --as-of says. Compare the day that the import shows.",
)
