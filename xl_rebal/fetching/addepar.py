"""Addepar: saved views of the firm, positions and lots as JSON and transactions as CSV, as its developer site documents them.

A view's columns are the firm's choice, so the firm names the views. Basic authentication with an API key and its secret, and
the firm's number in `Addepar-Firm`. At most 50 requests in 15 minutes: a fetch makes one for each view.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from xl_rebal.errors import FetchFailed
from xl_rebal.fetching.apis import Api, Ask, Keys, Wanted
from xl_rebal.fetching.connection import Call, Connection

_WHOLE_FIRM = (("portfolio_type", "FIRM"), ("portfolio_id", "1"))


def _sign_in(_: Connection, keys: Keys) -> Mapping[str, str]:
    pair = f"{keys['ADDEPAR_KEY']}:{keys['ADDEPAR_SECRET']}"
    return {
        "Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}",
        "Addepar-Firm": keys["ADDEPAR_FIRM_ID"],
    }


def _calls(ask: Ask, wanted: Wanted) -> None:
    if not wanted.views and not wanted.transaction_views:
        raise FetchFailed(
            "Say which saved views to fetch: --view NUMBER (positions or lots, each for itself), --transactions NUMBER. "
            f"Views of this firm: {_listed(ask(Call('views', '/portfolio/views', data=False)))}."
        )
    day = wanted.as_of.isoformat()
    for view in wanted.views:
        params = (*_WHOLE_FIRM, ("output_type", "JSON"), ("start_date", day), ("end_date", day))
        ask(Call(f"view {view} {day}", f"/portfolio/views/{view}/results", params))
    for view in wanted.transaction_views:
        params = (
            *_WHOLE_FIRM,
            ("output_type", "CSV"),
            ("start_date", wanted.since.isoformat()),
            ("end_date", day),
        )
        ask(Call(f"transactions {view} {day}", f"/transactions/views/{view}/results", params, form="csv"))


def _listed(answer: Any) -> str:
    """`101 Holdings, 102 Lots`: the views in an answer, with the names that they have."""
    data = answer.get("data") if isinstance(answer, dict) else None
    found = []
    for one in data if isinstance(data, list) else ():
        if isinstance(one, dict):
            about = one.get("attributes")
            texts = [v for v in about.values() if isinstance(v, str)] if isinstance(about, dict) else []
            found.append(" ".join([str(one.get("id", "?")), *texts[:1]]))
    return ", ".join(found[:20]) or "none"


API = Api(
    "addepar",
    "Addepar",
    "https://{ADDEPAR_FIRM}.addepar.com/api/v1",
    ("ADDEPAR_FIRM", "ADDEPAR_FIRM_ID", "ADDEPAR_KEY", "ADDEPAR_SECRET"),
    _sign_in,
    _calls,
    "Views that take longer than a minute need Addepar's job service, which is not used here: split such a view.",
)
