"""Each API against a server on this computer: what arrives is imported, and what goes wrong is survived or said."""

from __future__ import annotations

import logging
import shutil
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner
from werkzeug import Response
from werkzeug.serving import WSGIRequestHandler

from tests.fetching.vendors import SECRETS, TOKENS, UNDERSCORED, VENDORS, VIEWS, BlackDiamond, Vendor, answer
from tests.importers import system_files as files
from xl_rebal import app as use
from xl_rebal.cli.commands import app as terminal
from xl_rebal.cli.fetch import Api
from xl_rebal.errors import ExportUnreadable, FetchFailed
from xl_rebal.fetching.apis import Fetched, Wanted, apis, run_fetch
from xl_rebal.fetching.connection import Call, Connection
from xl_rebal.fetching.store import MANIFEST, read_manifest, without_numbers
from xl_rebal.keys import secret

ON, SINCE = date(2026, 2, 13), date(2025, 12, 1)


class Clock:
    """Time that only waiting moves."""

    def __init__(self) -> None:
        self.time = datetime(2026, 2, 14, 9, tzinfo=UTC)
        self.pauses: list[float] = []

    def wait(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.time += timedelta(seconds=seconds)

    def now(self) -> datetime:
        return self.time


@pytest.fixture(autouse=True)
def underscored_headers(monkeypatch):
    """Wealthbox's header has an underscore, which the test server would drop."""
    original = WSGIRequestHandler.make_environ

    def make_environ(self: WSGIRequestHandler) -> dict[str, Any]:
        return {**original(self), UNDERSCORED: self.headers.get("ACCESS_TOKEN")}

    monkeypatch.setattr(WSGIRequestHandler, "make_environ", make_environ)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def fetch(system: str, vendor: Vendor, folder: Path, clock: Clock, **more: Any) -> Fetched:
    wanted = Wanted(ON, SINCE, **VIEWS.get(system, {}))
    keys = {name: SECRETS[name] for name in apis()[system].needs} | more.pop("keys", {})
    return run_fetch(
        apis()[system], keys, wanted, folder, base_url=vendor.url, wait=clock.wait, now=clock.now, **more
    )


@pytest.fixture(scope="module")
def empty(tmp_path_factory) -> Path:
    return files.workbook(tmp_path_factory.mktemp("firm") / "firm.xlsx")


@pytest.mark.parametrize("system", VENDORS)
def test_what_an_api_answers_is_imported_from_its_folder(system, httpserver, empty, tmp_path, clock, caplog):
    caplog.set_level(logging.DEBUG)
    vendor = VENDORS[system](httpserver)
    folder = tmp_path / "answers"
    done = fetch(system, vendor, folder, clock)
    book = Path(shutil.copy(empty, tmp_path / "firm.xlsx"))
    result = use.import_files("auto", [folder], book)
    assert [str(p) for p in result.problems] == []
    loaded = use.load(book)
    if system in files.SYSTEMS:
        for one in files.held(system):
            home = loaded.household(one.client)
            cash = {c.account_id: c.cents for c in home.cash}
            assert cash[one.account] == files.cents(one.cash)
            if system != "black-diamond":  # which documents no lots
                held = [
                    (lot.symbol, lot.acquired, lot.quantity, lot.basis_cents)
                    for lot in home.lots
                    if lot.account_id == one.account
                ]
                assert sorted(held) == sorted(
                    (t.symbol, t.acquired, t.quantity, files.cents(t.basis)) for t in one.lots
                )
        assert any(home.activity for home in loaded.households)
    else:
        assert len(loaded.household("FID2").notes) == (2 if system == "wealthbox" else 1)
    assert done.lines()[0].endswith(f"All are in {folder}.")
    everything = b"".join(path.read_bytes() for path in folder.iterdir() if path.suffix != ".zip")
    shown = caplog.text + "\n".join(done.lines())
    for hush in (*TOKENS, *(SECRETS[name] for name in apis()[system].needs if "FIRM" not in name)):
        assert hush.encode() not in everything
        assert hush not in shown


@pytest.mark.parametrize("system", VENDORS)
def test_a_second_run_asks_for_nothing_that_is_there(system, httpserver, tmp_path, clock):
    vendor = VENDORS[system](httpserver)
    first = fetch(system, vendor, tmp_path / "a", clock)
    vendor.asked.clear()
    again = fetch(system, vendor, tmp_path / "a", clock)
    assert vendor.asked == []
    assert (again.new, again.kept) == ([], len(first.new))


@pytest.mark.parametrize("system", VENDORS)
def test_wrong_credentials_are_said_without_showing_them(system, httpserver, tmp_path, clock):
    vendor = VENDORS[system](httpserver)
    needs = [name for name in apis()[system].needs if name.endswith(("PASSWORD", "SECRET", "TOKEN"))]
    with pytest.raises(FetchFailed, match="Check") as refused:
        fetch(system, vendor, tmp_path / "a", clock, keys=dict.fromkeys(needs, "not-this"))
    assert "not-this" not in str(refused.value)
    assert len(vendor.asked) <= 2  # signed in again once at most


@pytest.mark.parametrize("system", VENDORS)
def test_credentials_that_are_not_there_are_named(system, tmp_path):
    api = apis()[system]
    with pytest.raises(FetchFailed) as refused:
        run_fetch(api, {}, Wanted(ON, SINCE), tmp_path / "a")
    assert all(name in str(refused.value) for name in api.needs)
    assert not (tmp_path / "a").exists()


def test_a_list_is_read_page_by_page_a_second_apart(httpserver, tmp_path, clock):
    vendor = VENDORS["wealthbox"](httpserver)
    fetch("wealthbox", vendor, tmp_path / "a", clock)
    assert vendor.asked == ["/contacts?1", "/notes?1", "/notes?2", "/events?1", "/tasks?1"]
    assert clock.pauses == [1.0] * 4


def test_a_list_that_does_not_count_its_pages_is_not_taken_for_whole(httpserver, tmp_path, clock):
    vendor = VENDORS["wealthbox"](httpserver)
    vendor.faults = [answer({"contacts": []})]
    with pytest.raises(FetchFailed, match="how many pages"):
        fetch("wealthbox", vendor, tmp_path / "a", clock)


def test_a_run_that_was_cut_off_goes_on_where_it_stopped(httpserver, tmp_path, clock):
    vendor = VENDORS["wealthbox"](httpserver)
    vendor.faults = [Response(status=200, content_type="text/html", response="<html>")]
    folder = tmp_path / "a"
    with pytest.raises(FetchFailed):
        fetch("wealthbox", vendor, folder, clock)

    def stop(name: str) -> None:
        if name.startswith("notes"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch("wealthbox", vendor, folder, clock, progress=stop)
    found = read_manifest(folder)
    assert found is not None
    assert not found["complete"]
    with pytest.raises(FetchFailed, match="not complete"):
        use.import_files("auto", [folder], files.workbook(tmp_path / "firm.xlsx"))
    vendor.asked.clear()
    assert fetch("wealthbox", vendor, folder, clock).kept == 2
    assert vendor.asked == ["/notes?2", "/events?1", "/tasks?1"]


def test_a_file_that_was_changed_is_fetched_again(httpserver, tmp_path, clock):
    vendor = VENDORS["orion"](httpserver)
    fetch("orion", vendor, tmp_path / "a", clock)
    (tmp_path / "a" / "lots.json").write_text("[]")
    assert fetch("orion", vendor, tmp_path / "a", clock).new == ["lots.json"]


def test_answers_of_another_day_are_not_mixed_in(httpserver, tmp_path, clock):
    vendor = VENDORS["orion"](httpserver)
    fetch("orion", vendor, tmp_path / "a", clock)
    with pytest.raises(FetchFailed, match=r"as of 2026-02-13.*Choose a new folder"):
        run_fetch(
            apis()["orion"], SECRETS, Wanted(date(2026, 3, 31), SINCE), tmp_path / "a", base_url=vendor.url
        )


def test_a_run_that_only_listed_views_does_not_keep_its_folder_from_being_used(httpserver, tmp_path, clock):
    vendor = VENDORS["addepar"](httpserver)
    with pytest.raises(FetchFailed, match="101 Holdings"):
        run_fetch(apis()["addepar"], SECRETS, Wanted(ON, SINCE), tmp_path / "a", base_url=vendor.url)
    assert len(fetch("addepar", vendor, tmp_path / "a", clock).new) == 3


def test_a_run_killed_while_it_wrote_its_first_file_goes_on(httpserver, tmp_path, clock):
    folder = tmp_path / "a"
    folder.mkdir()
    (folder / "manifest.json.part").write_bytes(b'{"asked"')
    fetch("orion", VENDORS["orion"](httpserver), folder, clock)
    assert read_manifest(folder)["complete"]  # type: ignore[index]


def test_a_folder_with_other_files_is_not_used(httpserver, tmp_path, clock):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(FetchFailed, match="other files"):
        fetch("orion", VENDORS["orion"](httpserver), tmp_path, clock)


# --- What servers do ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["Retry-After", "X-RateLimit-Retry-After"])
def test_an_api_that_asks_to_wait_is_waited_for(header, httpserver, tmp_path, clock):
    vendor = VENDORS["orion"](httpserver)
    vendor.faults = [answer({}, 429, **{header: "37"})]
    fetch("orion", vendor, tmp_path / "a", clock)
    assert clock.pauses == [37.0]


def test_a_time_to_wait_until_is_understood(httpserver, tmp_path, clock):
    vendor = VENDORS["orion"](httpserver)
    vendor.faults = [answer({}, 503, **{"Retry-After": "Sat, 14 Feb 2026 09:02:00 GMT"})]
    fetch("orion", vendor, tmp_path / "a", clock)
    assert clock.pauses == [120.0]


def test_an_api_that_asks_for_an_hour_is_left_for_later(httpserver, tmp_path, clock):
    vendor = VENDORS["orion"](httpserver)
    vendor.faults = [answer({}, 429, **{"Retry-After": "3600"})]
    with pytest.raises(FetchFailed, match=r"60 minutes.*goes on from there"):
        fetch("orion", vendor, tmp_path / "a", clock)
    assert clock.pauses == []


def test_errors_that_pass_are_tried_again_and_ones_that_stay_are_said(httpserver, tmp_path, clock):
    vendor = VENDORS["orion"](httpserver)
    vendor.faults = [answer({}, status) for status in (500, 502, 503)]
    fetch("orion", vendor, tmp_path / "a", clock)
    assert clock.pauses == [1.0, 2.0, 4.0]
    vendor.faults = [answer({}, 500) for _ in range(9)]
    with pytest.raises(FetchFailed, match="error 500: it has failed"):
        fetch("orion", vendor, tmp_path / "b", clock)
    assert len(vendor.faults) == 4


@pytest.mark.parametrize(
    ("status", "said"), [(400, "does not accept"), (403, "may not read"), (404, "does not know")]
)
def test_errors_that_no_repeating_mends_are_said_at_once(status, said, httpserver, tmp_path, clock):
    vendor = VENDORS["orion"](httpserver)
    vendor.faults = [answer({}, status)]
    with pytest.raises(FetchFailed, match=said):
        fetch("orion", vendor, tmp_path / "a", clock)
    assert clock.pauses == []


def test_an_answer_that_breaks_off_is_asked_for_again(httpserver, tmp_path, clock):
    vendor = VENDORS["orion"](httpserver)
    vendor.faults = [answer(b'[{"id": 900001, "na')]
    fetch("orion", vendor, tmp_path / "a", clock)
    assert clock.pauses == [1.0]
    vendor.faults = [answer(b'[{"id": 900001, "na') for _ in range(9)]
    with pytest.raises(FetchFailed, match="breaks off, 5 times"):
        fetch("orion", vendor, tmp_path / "b", clock)
    assert [p.name for p in (tmp_path / "b").iterdir()] == [MANIFEST]


@pytest.mark.parametrize(
    "wrong",
    [
        Response("<html>Sign in</html>", content_type="text/html"),
        Response(b"", content_type="application/json"),
    ],
)
def test_a_page_to_sign_in_is_not_kept_as_an_answer(wrong, httpserver, tmp_path, clock):
    vendor = VENDORS["orion"](httpserver)
    vendor.faults = [wrong] * 5
    with pytest.raises(FetchFailed):
        fetch("orion", vendor, tmp_path / "a", clock)
    assert [p.name for p in (tmp_path / "a").iterdir()] == [MANIFEST]


def test_a_redirect_is_not_followed(httpserver, tmp_path, clock):
    vendor = VENDORS["orion"](httpserver)
    vendor.faults = [Response(status=302, headers={"Location": "https://elsewhere.example/"})]
    with pytest.raises(FetchFailed, match="another address"):
        fetch("orion", vendor, tmp_path / "a", clock)


def test_a_server_that_is_not_there_is_said(tmp_path, clock):
    api, wanted = apis()["wealthbox"], Wanted(ON, SINCE)
    with pytest.raises(FetchFailed, match="can't be reached"):
        run_fetch(
            api,
            SECRETS,
            wanted,
            tmp_path / "a",
            base_url="http://127.0.0.1:9",
            wait=clock.wait,
            now=clock.now,
        )
    assert clock.pauses == [1.0, 2.0, 4.0, 8.0]


def test_a_token_that_runs_out_is_made_anew(httpserver, tmp_path, clock):
    vendor = BlackDiamond(httpserver)
    vendor.expires_in = 40  # ten seconds after the thirty that are kept back: the batch takes longer
    fetch("black-diamond", vendor, tmp_path / "a", clock)
    assert vendor.tokens == 3
    assert vendor.refused == 0
    assert clock.pauses == [15.0, 15.0]


def test_a_session_that_the_server_ends_is_signed_in_again(httpserver, tmp_path, clock):
    vendor = BlackDiamond(httpserver)
    vendor.faults = [answer({"message": "expired"}, 401)]
    fetch("black-diamond", vendor, tmp_path / "a", clock)
    assert vendor.tokens == 2


def test_a_batch_that_never_comes_is_given_up(httpserver, tmp_path, clock):
    vendor = BlackDiamond(httpserver)
    vendor.not_ready = 10_000
    with pytest.raises(FetchFailed, match="error 202"):
        fetch("black-diamond", vendor, tmp_path / "a", clock)
    assert sum(clock.pauses) == 3600


def test_a_batch_number_is_never_made_into_another_address(httpserver, tmp_path, clock):
    vendor = BlackDiamond(httpserver)
    vendor.faults = [answer({"id": "../../elsewhere"})]
    with pytest.raises(FetchFailed, match="holds no number"):
        fetch("black-diamond", vendor, tmp_path / "a", clock)


def test_without_a_view_the_firms_views_are_listed(httpserver, tmp_path, clock):
    vendor = VENDORS["addepar"](httpserver)
    with pytest.raises(FetchFailed, match="101 Holdings"):
        run_fetch(apis()["addepar"], SECRETS, Wanted(ON, SINCE), tmp_path / "a", base_url=vendor.url)


# --- Secrets ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["http://api.example.com/v1", "ftp://api.example.com", "api.example.com"])
def test_an_address_that_others_can_listen_to_is_refused(address, tmp_path):
    with pytest.raises(FetchFailed, match="https://"):
        run_fetch(apis()["wealthbox"], SECRETS, Wanted(ON, SINCE), tmp_path / "a", base_url=address)


@pytest.mark.parametrize(
    "address", ["https://me:hush@example.com/", "http://me:hush@example.com/", "https://[hush/", "//[hush"]
)
def test_a_password_in_the_address_is_refused_and_not_shown(address, tmp_path):
    with pytest.raises(FetchFailed) as refused:
        run_fetch(apis()["wealthbox"], SECRETS, Wanted(ON, SINCE), tmp_path / "a", base_url=address)
    assert "hush" not in str(refused.value)


def test_a_connection_does_not_show_what_it_signs_with(httpserver, clock):
    vendor = VENDORS["orion"](httpserver)
    link = Connection("Orion", vendor.url, lambda own: apis()["orion"].sign_in(own, SECRETS), wait=clock.wait)
    link.ask(Call("assets", "/Portfolio/Assets", (("includeCostBasis", "true"),)))
    assert not [hush for hush in (*TOKENS, *SECRETS.values()) if hush in repr(link)]
    link.close()


def test_credentials_that_no_header_can_hold_are_said(httpserver, tmp_path, clock):
    with pytest.raises(FetchFailed, match="can't be sent"):
        fetch(
            "wealthbox",
            VENDORS["wealthbox"](httpserver),
            tmp_path / "a",
            clock,
            keys={"WEALTHBOX_TOKEN": "\u2026"},
        )


def test_every_api_has_an_address_that_is_safe(tmp_path):
    for api in apis().values():
        assert api.base_url.startswith("https://")


def test_social_security_numbers_are_not_kept():
    content = b'{"tax_id": "000-12-3456", "registrationSsn":123456789, "note": "\\"tax_id\\": \\"5\\"", "taxqualified": true, "businessname": "A"}'
    assert without_numbers(content) == (
        b'{"tax_id": null, "registrationSsn":null, "note": "\\"tax_id\\": \\"5\\"", "taxqualified": true, "businessname": "A"}'
    )


def test_social_security_numbers_do_not_reach_the_folder(httpserver, tmp_path, clock):
    fetch("redtail", VENDORS["redtail"](httpserver), tmp_path / "a", clock)
    assert b"000-00-0000" not in (tmp_path / "a" / "contacts-0001.json").read_bytes()


def test_a_secret_comes_from_the_environment_first_and_then_from_the_keyring(monkeypatch):
    held = {("xl-rebal", "WEALTHBOX_TOKEN"): "from the keyring"}
    ring = SimpleNamespace(get_password=lambda service, name: held.get((service, name)))
    monkeypatch.setitem(sys.modules, "keyring", ring)
    monkeypatch.delenv("WEALTHBOX_TOKEN", raising=False)
    assert secret("WEALTHBOX_TOKEN") == "from the keyring"
    assert secret("ORION_PASSWORD") == ""
    monkeypatch.setenv("WEALTHBOX_TOKEN", "from the environment")
    assert secret("WEALTHBOX_TOKEN") == "from the environment"


# --- The terminal -------------------------------------------------------------------------------------------------------


def test_the_terminal_offers_every_api():
    assert {one.value for one in Api} == set(apis())


def test_the_terminal_fetches_and_says_what_to_do_next(httpserver, tmp_path, monkeypatch):
    vendor = VENDORS["orion"](httpserver)
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    options = ["--out", str(tmp_path / "a"), "--as-of", "2026-02-13", "--address", vendor.url]
    result = CliRunner().invoke(terminal, ["fetch", "orion", *options])
    assert result.exit_code == 0, result.output
    assert "Orion: 3 answers fetched." in result.output
    assert f"xl-rebal import auto {tmp_path / 'a'} --into BOOK" in result.output
    assert (tmp_path / "a" / MANIFEST).is_file()


def test_a_folder_of_another_system_is_not_imported_as_the_named_one(httpserver, tmp_path, clock):
    fetch("orion", VENDORS["orion"](httpserver), tmp_path / "a", clock)
    with pytest.raises(ExportUnreadable, match="answers of orion"):
        use.import_files("addepar", [tmp_path / "a"], files.workbook(tmp_path / "firm.xlsx"))


def test_any_other_folder_is_no_import(tmp_path):
    with pytest.raises(FetchFailed, match="Name its files"):
        use.import_files("auto", [tmp_path], files.workbook(tmp_path / "firm.xlsx"))
