"""Requests to one API: retried when that can help, slowed down when it asks for that, and refused where a secret could leak.

Only https, except to this computer; redirects are not followed, so that a secret never goes to another address. Of an answer
that is wrong the message says what it is and never what it holds, and no message, log or file names a secret.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx2

from xl_rebal.errors import FetchFailed

Pairs = tuple[tuple[str, str], ...]
Wait = Callable[[float], None]

ATTEMPTS = 5
TIMEOUT_SECONDS = 90.0
_LONGEST_BACKOFF = 60.0
LONGEST_PAUSE = 15 * 60.0
"""An API that asks for a longer pause is not waited for: a later run goes on from there."""
_LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))
_UNAUTHORIZED = 401
_NOT_YET = frozenset((200, 202, 204, 404, 409))
_SECONDS_FOR_WHAT_IS_MADE, _TRIES_FOR_WHAT_IS_MADE = 15.0, 240
_PAUSE_HEADERS = ("Retry-After", "X-RateLimit-Retry-After")
_TRY_AGAIN = frozenset((408, 425, 429, 500, 502, 503, 504))
_MEANING = {
    400: "it does not accept the request",
    403: "these credentials may not read this",
    404: "it does not know this address",
    429: "its limit of requests is reached",
}


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it is documented; `file` is what its answer is called, without an ending."""

    file: str
    path: str
    params: Pairs = ()
    body: Mapping[str, Any] | None = None  # of a POST
    headers: Pairs = ()
    form: str = "json"  # or csv, zip
    made: bool = False  # whether the API has to make the answer first, so that another one means "not yet"
    data: bool = True  # whether the answer is something to import

    @property
    def method(self) -> str:
        return "GET" if self.body is None else "POST"

    @property
    def key(self) -> str:
        """What tells the request from others; it holds no secret."""
        asked = "&".join(f"{name}={value}" for name, value in self.params)
        body = "" if self.body is None else json.dumps(self.body, sort_keys=True)
        return f"{self.method} {self.path}?{asked} {body}".strip()


@dataclass(slots=True)
class Connection:
    """An API's address, with the headers that sign a request in; `sign_in` makes them again when they have run out."""

    name: str
    base_url: str
    sign_in: Callable[[Connection], Mapping[str, str]] = field(repr=False)
    between_seconds: float = 0.0  # the pause that the API asks for between requests
    wait: Wait = time.sleep
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    expires: datetime | None = None  # set by `sign_in` where an answer says so
    _client: httpx2.Client | None = None
    _signed: Mapping[str, str] | None = field(default=None, repr=False)  # holds secrets
    _asked: bool = False

    def __post_init__(self) -> None:
        self.base_url = checked_address(self.base_url)

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def ask(self, call: Call) -> bytes:
        """The content of an answer in the form that was asked for. Raises FetchFailed."""
        answer = self._allowed(call)
        tries = _TRIES_FOR_WHAT_IS_MADE if call.made else 0
        while tries and answer.status_code in _NOT_YET and not _is_form(call.form, "", answer.content):
            tries -= 1
            self.wait(_SECONDS_FOR_WHAT_IS_MADE)
            answer = self._allowed(call)
        self._refuse(call, answer)
        return answer.content

    def _allowed(self, call: Call) -> httpx2.Response:
        """An answer to who is signed in; signed in again, once, when that was too long ago. Raises FetchFailed."""
        answer = self._signed_in(call)
        if answer.status_code == _UNAUTHORIZED:
            self._signed = None
            answer = self._signed_in(call)
        if answer.status_code == _UNAUTHORIZED:
            raise FetchFailed(
                f"{self.name} rejects the credentials. Check them, and that they may use its API."
            )
        return answer

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str], call: Call | None = None, **more: Any
    ) -> httpx2.Response:
        """An answer of any status that trying again would not change. `more` goes to the HTTP library."""
        if self._asked and self.between_seconds:
            self.wait(self.between_seconds)
        self._asked = True
        for attempt in range(ATTEMPTS):
            last = attempt == ATTEMPTS - 1
            try:
                answer = self._http().request(method, url, headers=dict(headers), **more)
            except httpx2.TimeoutException:
                fault = "does not answer in time"
            except httpx2.TransportError as error:  # refused, cut off in the middle, no such host
                fault = f"can't be reached ({type(error).__name__})"
            except UnicodeEncodeError:
                raise FetchFailed(
                    f"The credentials of {self.name} hold a character that can't be sent. Enter them again."
                ) from None
            except (httpx2.HTTPError, httpx2.InvalidURL) as error:
                raise FetchFailed(
                    f"{self.name} answers what can't be read ({type(error).__name__})."
                ) from None
            else:
                cut = _is_cut(call, answer)
                if answer.status_code not in _TRY_AGAIN and not cut:
                    return answer
                if last and not cut:
                    return answer
                fault = "gives an answer that breaks off" if cut else ""
                pause = _asked_pause(answer, self.now())
                if pause is not None and pause > LONGEST_PAUSE:
                    raise FetchFailed(
                        f"{self.name} asks to wait {pause / 60:,.0f} minutes. What is there already is kept: run the same "
                        "command again then, and it goes on from there."
                    )
                if not last:
                    self.wait(_backoff(attempt) if pause is None else pause)
                    continue
            if last:
                raise FetchFailed(
                    f"{self.name} {fault}, {ATTEMPTS} times in a row. What is there already is kept: run the same command "
                    "again later, and it goes on from there."
                )
            self.wait(_backoff(attempt))
        raise AssertionError  # not reached: the last attempt returns or raises

    def _signed_in(self, call: Call) -> httpx2.Response:
        if self._signed is None or (self.expires is not None and self.now() >= self.expires):
            self.expires = None
            self._signed = self.sign_in(self)
        more: dict[str, Any] = {"params": list(call.params)}
        if call.body is not None:
            more["json"] = dict(call.body)
        headers = {"Accept": _ACCEPTED[call.form], **self._signed, **dict(call.headers)}
        return self.send(call.method, self.base_url + call.path, headers=headers, call=call, **more)

    def _refuse(self, call: Call, answer: httpx2.Response) -> None:
        """Raises FetchFailed for an answer that is no answer."""
        status, kind = answer.status_code, answer.headers.get("content-type", "").partition(";")[0].lower()
        if 300 <= status < 400:
            raise FetchFailed(f"{self.name} sends {call.path} on to another address, which is not followed.")
        if status != 200:
            why = _MEANING.get(status, "it has failed" if status >= 500 else "it refuses the request")
            raise FetchFailed(f"{self.name} answers {call.path} with error {status}: {why}.")
        if not answer.content:
            raise FetchFailed(f"{self.name} answers {call.path} with nothing at all.")
        if not _is_form(call.form, kind, answer.content):
            raise FetchFailed(
                f"{self.name} answers {call.path} with {kind or 'something unnamed'} instead of {call.form.upper()}: perhaps a "
                "page to sign in, or a wrong address."
            )

    def _http(self) -> httpx2.Client:
        if self._client is None:
            self._client = httpx2.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False)
        return self._client


_ACCEPTED = {"json": "application/json, application/vnd.api+json", "csv": "text/csv, */*", "zip": "*/*"}


def checked_address(url: str) -> str:
    """The address without a slash at its end. Raises FetchFailed where it is not https and not this computer."""
    wrong = FetchFailed(
        "The address of the API is not one: give it like https://api.example.com/v1, without a password."
    )
    try:
        parts = urlsplit(url)
        host, named = parts.hostname, parts.username or parts.password
    except ValueError:
        raise wrong from None
    if named or (not host and "://" in url):
        raise wrong
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOOPBACK):
        raise FetchFailed(
            f"{url} does not begin with https://, so what it answers and what it is sent could be read on the way."
        )
    return url.rstrip("/")


def token_of(name: str, answer: httpx2.Response, *keys: str) -> tuple[str, Mapping[str, Any]]:
    """The token in an answer to signing in, under the first of `keys` (`a.b` for nested ones), and the answer.

    Raises FetchFailed.
    """
    if answer.status_code != 200:
        raise FetchFailed(
            f"{name} does not let this user sign in (error {answer.status_code}). Check the credentials, and that they may use "
            "its API."
        )
    try:
        said = answer.json()
    except ValueError:
        said = None
    for key in keys:
        found: Any = said
        for part in key.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        if isinstance(found, str) and found:
            return found, said if isinstance(said, dict) else {}
    raise FetchFailed(
        f"{name} answers the sign-in without a token. Perhaps it asks for a second factor, which an API user must not have."
    )


def _is_form(form: str, kind: str, content: bytes) -> bool:
    if form == "zip":
        return content.startswith(b"PK")
    if form == "csv":
        return "html" not in kind and not content.lstrip().startswith(b"<")
    return "json" in kind


def _is_cut(call: Call | None, answer: httpx2.Response) -> bool:
    """Whether an answer that should be JSON and says it is can't be read as such: cut off on its way."""
    if call is None or call.form != "json" or answer.status_code != 200:
        return False
    if "json" not in answer.headers.get("content-type", ""):
        return False
    try:
        json.loads(answer.content)
    except (ValueError, RecursionError):
        return True
    return False


def _backoff(attempt: int) -> float:
    return min(2.0**attempt, _LONGEST_BACKOFF)


def _asked_pause(answer: httpx2.Response, now: datetime) -> float | None:
    """Seconds that the answer asks to wait, as a number or as a time."""
    for name in _PAUSE_HEADERS:
        text = answer.headers.get(name, "").strip()
        if text.replace(".", "", 1).isdigit():
            return float(text)
        if text:
            try:
                return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
            except (ValueError, TypeError):
                continue
    return None
