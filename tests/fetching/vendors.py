"""The five APIs on this computer, in the shapes that are documented: what a vendor's server would answer, from invented firms."""

from __future__ import annotations

import base64
import functools
import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.importers import system_files as files

SECRETS = {
    "ORION_USERNAME": "orion-user", "ORION_PASSWORD": "orion-hush",
    "ADDEPAR_FIRM": "samplefirm", "ADDEPAR_FIRM_ID": "77", "ADDEPAR_KEY": "addepar-key", "ADDEPAR_SECRET": "addepar-hush",
    "BLACK_DIAMOND_CLIENT_ID": "bd-client", "BLACK_DIAMOND_CLIENT_SECRET": "bd-hush", "BLACK_DIAMOND_USERNAME": "bd-user",
    "BLACK_DIAMOND_PASSWORD": "bd-password", "BLACK_DIAMOND_SUBSCRIPTION_KEY": "bd-subscription",
    "REDTAIL_API_KEY": "redtail-key", "REDTAIL_USERNAME": "redtail-user", "REDTAIL_PASSWORD": "redtail-hush",
    "WEALTHBOX_TOKEN": "wealthbox-hush",
}  # fmt: skip
TOKENS = ("orion-session", "bd-bearer", "redtail-user-key")
UNDERSCORED = (
    "seen.ACCESS_TOKEN"  # the test server drops headers with an underscore, so they are handed on beside them
)
Handler = Callable[[Request], Response]


def answer(value: Any, status: int = 200, **headers: str) -> Response:
    content = value if isinstance(value, bytes) else json.dumps(value, default=float).encode()
    return Response(content, status, headers, content_type="application/json; charset=utf-8")


def content_of(system: str) -> dict[str, bytes]:
    return dict(files.files_of(system))


class Vendor:
    """A server that checks how a request is signed, counts what it was asked, and can be told to misbehave."""

    def __init__(
        self, server: HTTPServer, routes: Mapping[str, Handler], signed: Callable[[Request], bool]
    ) -> None:
        self.server = server
        self.asked: list[str] = []
        self.faults: list[Response] = []  # given first, one a request
        self.refused = 0
        self._signed = signed
        for path, handler in routes.items():
            server.expect_request(f"/v1{path}").respond_with_handler(self._guarded(path, handler))

    @property
    def url(self) -> str:
        return self.server.url_for("/v1")

    def _guarded(self, path: str, handler: Handler) -> Handler:
        def guarded(request: Request) -> Response:
            self.asked.append(path if "page" not in request.args else f"{path}?{request.args['page']}")
            if path not in ("/Security/Token", "/authentication", "/connect/token"):
                if not self._signed(request):
                    self.refused += 1
                    return answer({"message": "unauthorized"}, 401)
                if self.faults:
                    return self.faults.pop(0)
            return handler(request)

        return guarded


def basic(*parts: str) -> str:
    return "Basic " + base64.b64encode(":".join(parts).encode()).decode()


def orion(server: HTTPServer) -> Vendor:
    content = content_of("orion")
    names = list(content)

    def token(request: Request) -> Response:
        if request.headers.get("Authorization") != basic("orion-user", "orion-hush"):
            return answer({"message": "no"}, 401)
        return answer({"access_token": "orion-session", "expires_in": 36_000})

    def assets(request: Request) -> Response:
        assert request.args["includeCostBasis"] == "true"  # without it costBasis is null
        return answer(content[names[0]])

    def lots(request: Request) -> Response:
        assert request.args.getlist("expand") == ["Portfolio", "CostBasisLots"]
        return answer(content[names[1]])

    routes = {
        "/Security/Token": token,
        "/Portfolio/Assets": assets,
        "/Portfolio/Assets/Verbose": lots,
        "/Portfolio/Transactions": lambda _: answer(content[names[2]]),
    }
    return Vendor(server, routes, lambda r: r.headers.get("Authorization") == "Session orion-session")


def tree(firm: Sequence[files.Held], *, lots: bool) -> dict[str, Any]:
    """A view's answer: households, accounts and securities as a tree, lots below them where the view has them."""
    columns = [("ticker_symbol", "Ticker Symbol"), ("cusip", "CUSIP"), ("account_number", "Holding Account Number"),
               ("units", "Units"), ("value", "Adjusted Value (USD)"), ("cost_basis", "Cost Basis (USD)"),
               ("lot_open_date", "Lot Open Date")]  # fmt: skip
    groups = [
        ("top_level_client", "Top Level Client"),
        ("holding_account", "Holding Account"),
        ("security", "Security"),
    ]
    households: dict[str, list[dict[str, Any]]] = {}
    for one in firm:
        leaves = []
        rows = (
            [(lot.symbol, lot.quantity, lot.value, lot.basis, lot.acquired) for lot in one.lots]
            if lots
            else [(s, q, files.worth(s, q), one.basis(s), None) for s, q in one.positions.items()]
        )
        for symbol, quantity, value, basis, acquired in rows:
            own = {"units": quantity, "value": value, "cost_basis": basis, "account_number": one.account}
            own |= {"cusip": symbol} if symbol == files.BOND else {"ticker_symbol": symbol}
            own |= {"lot_open_date": acquired.isoformat()} if acquired else {}
            leaves.append(
                {"name": files.NAMES[symbol], "grouping": "security", "columns": own, "children": []}
            )
        if not lots:
            money = {"units": one.cash, "value": one.cash, "account_number": one.account}
            leaves.append({"name": "USD", "grouping": "security", "columns": money, "children": []})
        node = {
            "name": f"{one.household} account",
            "grouping": "holding_account",
            "columns": {},
            "children": leaves,
        }
        households.setdefault(one.household, []).append(node)
    top = [
        {"name": name, "grouping": "top_level_client", "columns": {}, "children": nodes}
        for name, nodes in households.items()
    ]
    shown = columns if lots else columns[:-1]
    return {
        "meta": {
            "columns": [{"key": k, "display_name": name} for k, name in shown],
            "groupings": [{"key": k, "display_name": name} for k, name in groups],
        },
        "data": {
            "type": "portfolio_views",
            "attributes": {"total": {"name": "Total", "columns": {}, "children": top}},
        },
    }


def addepar(server: HTTPServer) -> Vendor:
    firm = files.held("addepar")

    def view(request: Request, *, lots: bool) -> Response:
        assert (request.args["portfolio_type"], request.args["portfolio_id"]) == ("FIRM", "1")
        assert request.args["start_date"] == request.args["end_date"] == "2026-02-13"
        return answer(tree(firm, lots=lots))

    def moves(request: Request) -> Response:
        assert (request.args["output_type"], request.args["start_date"]) == ("CSV", "2025-12-01")
        return Response(content_of("addepar")["Transactions.csv"], content_type="text/csv")

    views = {"data": [{"id": "101", "type": "portfolio_views", "attributes": {"display_name": "Holdings"}}]}
    routes = {
        "/portfolio/views": lambda _: answer(views),
        "/portfolio/views/101/results": lambda r: view(r, lots=False),
        "/portfolio/views/102/results": lambda r: view(r, lots=True),
        "/transactions/views/201/results": moves,
    }
    signature = basic("addepar-key", "addepar-hush")
    return Vendor(
        server,
        routes,
        lambda r: (r.headers.get("Authorization"), r.headers.get("Addepar-Firm")) == (signature, "77"),
    )


class BlackDiamond(Vendor):
    """Its tokens can be made to run out, and its batch is not ready at first."""

    def __init__(self, server: HTTPServer) -> None:
        self.tokens = 0
        self.not_ready = 2
        self.expires_in = 600
        firm = files.held("black-diamond")
        holdings = {one.account: content_of("black-diamond")[f"holdings {one.account}.json"] for one in firm}
        batch = io.BytesIO()
        with zipfile.ZipFile(batch, "w") as archive:
            accounts = [
                {"Id": 7001 + n, "Name": one.household, "AccountNumber": one.account, "Details": {"TotalEmv": 5.0},
                 "Transactions": [{"TransactionID": f"T-{n}", "TradeDate": "2026-02-03T00:00:00", "MarketValue": 5000.0,
                                   "ExternalFlowAffect": "Contribution"}]}
                for n, one in enumerate(firm)
            ]  # fmt: skip
            archive.writestr("Account_1.json", json.dumps(accounts))
        numbers = {7001 + n: one.account for n, one in enumerate(firm)}

        def token(request: Request) -> Response:
            assert request.form["grant_type"] == "password"
            if request.form["password"] != "bd-password":
                return answer({"error": "invalid_grant"}, 400)
            self.tokens += 1
            return answer({"access_token": f"bd-bearer-{self.tokens}", "expires_in": self.expires_in})

        def order(request: Request) -> Response:
            assert request.get_json()["returnDate"] == "02-13-2026"
            return answer({"id": 4711})

        def ready(_: Request) -> Response:
            self.not_ready -= 1
            if self.not_ready >= 0:
                return answer({"status": "in progress"}, 202)
            return Response(batch.getvalue(), content_type="application/zip")

        routes = {
            "/connect/token": token,
            "/batchV5": order,
            "/batch/4711": ready,
            "/account/Query/HoldingDetailSearch": lambda r: answer(
                holdings[numbers[r.get_json()["accountID"]]]
            ),
        }
        super().__init__(
            server,
            routes,
            lambda r: (
                r.headers.get("Authorization") == f"Bearer bd-bearer-{self.tokens}"
                and r.headers.get("Ocp-Apim-Subscription-Key") == "bd-subscription"
            ),
        )


def redtail(server: HTTPServer) -> Vendor:
    content = dict(files.redtail())
    meta = {"total_records": 1, "total_pages": 1}

    def user(request: Request) -> Response:
        if request.headers.get("Authorization") != basic("redtail-key", "redtail-user", "redtail-hush"):
            return answer({"message": "no"}, 401)
        return answer({"authenticated_user": {"user_key": "redtail-user-key"}})

    def contacts(request: Request) -> Response:
        assert request.headers["pagesize"] == "200"
        return answer(content["contacts.json"])

    def notes_of(number: int, _: Request) -> Response:
        every = json.loads(content["notes.json"])["notes"]
        own = [note for note in every if note["note_associations"][0]["noteable_id"] == number]
        return answer({"notes": own, "meta": meta})

    routes = {
        "/authentication": user,
        "/contacts": contacts,
        **{f"/contacts/{n}/notes": functools.partial(notes_of, n) for n in (40, 41, 43)},
        "/activities": lambda _: answer({"activities": [], "meta": {"total_records": 0, "total_pages": 0}}),
    }
    key = "Userkeyauth " + base64.b64encode(b"redtail-key:redtail-user-key").decode()
    return Vendor(server, routes, lambda r: r.headers.get("Authorization") == key)


def wealthbox(server: HTTPServer) -> Vendor:
    note = json.loads(files.wealthbox()[0][1])["status_updates"][0]
    contacts = [{"id": 41, "type": "Person", "contact_type": "Client", "name": "Jordan Roe FID",
                 "background_information": "", "household": {"name": "Roe, Jordan FID"}}]  # fmt: skip
    notes = [
        note,
        {**note, "id": 2, "created_at": "2026-02-04 09:00 AM -0500", "content": "<div>Called.</div>"},
    ]

    def listed(key: str, records: Sequence[Mapping[str, Any]], size: int) -> Handler:
        def page(request: Request) -> Response:
            number = int(request.args["page"])
            own = records[(number - 1) * size : number * size]
            total = max(1, -(-len(records) // size))
            return answer({key: own, "meta": {"total_count": len(records), "total_pages": total}})

        return page

    routes = {
        "/contacts": listed("contacts", contacts, 100),
        "/notes": listed("status_updates", notes, 1),  # two pages
        "/events": listed("events", [], 100),
        "/tasks": listed("tasks", [], 100),
    }
    return Vendor(server, routes, lambda r: r.environ.get(UNDERSCORED) == "wealthbox-hush")


VENDORS: dict[str, Callable[[HTTPServer], Vendor]] = {
    "orion": orion,
    "addepar": addepar,
    "black-diamond": BlackDiamond,
    "redtail": redtail,
    "wealthbox": wealthbox,
}
VIEWS = {"addepar": {"views": ("101", "102"), "transaction_views": ("201",)}}
