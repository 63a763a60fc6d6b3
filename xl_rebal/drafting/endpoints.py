"""Where a model answers: whether that is this computer, whether the way there is encrypted, and answers that have an end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from importlib import import_module
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from xl_rebal.errors import DrafterUnavailable

LARGEST_ANSWER = 4_000_000
"""Bytes of an answer; a letter has a few thousand."""
LARGEST_COMPRESSED = 40_000
"""Bytes of a compressed answer, which unpack to at most a thousand times as many (RFC 1951)."""
_PLAIN, _PACKED = ("", "identity"), ("gzip", "deflate")


def is_local(base_url: str) -> bool:
    """Whether the endpoint is on this computer."""
    host = _host(base_url)
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def in_the_clear(base_url: str) -> bool:
    """Whether requests would cross the internet unencrypted: plain http to anything but this computer or network."""
    host = _host(base_url)
    if not base_url.strip().casefold().startswith("http://") or is_local(base_url):
        return False
    try:
        return not ip_address(host).is_private
    except ValueError:
        return "." in host and not host.endswith((".local", ".lan", ".internal", ".home.arpa"))


def passes_proxy(base_url: str) -> bool:
    """Whether a proxy of the environment may stand between: it sees nothing of https, and all of plain http, key included."""
    return not base_url.strip().casefold().startswith("http://")


def _host(base_url: str) -> str:
    try:
        return urlsplit(base_url.strip()).hostname or ""
    except ValueError:
        return ""


def status_text(code: int) -> str:
    """An HTTP status in words for the person who set the endpoint up."""
    known = {
        401: "the endpoint rejects the API key",
        403: "the API key may not use this model",
        404: "the endpoint does not know this model or address",
        429: "the endpoint's rate limit or quota is used up",
    }
    if 300 <= code < 400:
        return (
            f"the endpoint sends us elsewhere ({code}), where nothing is sent; enter its address as it is now"
        )
    return known.get(code, f"the endpoint answers with error {code}")


def bounded(seconds: float) -> Callable[[Any], None]:
    """A hook for responses that ends those which drip in for longer than `seconds`, or do not end at all.

    The library's own time-out is that of a single chunk.
    """

    def bound(response: Any) -> None:
        library = import_module(type(response).__module__.partition(".")[0])
        stream, ends = response.stream, time.monotonic() + seconds
        coding = response.headers.get("content-encoding", "").strip().casefold()
        if coding not in _PLAIN + _PACKED:
            raise DrafterUnavailable(f"the answer is packed in a way that is not read ({coding[:20]})")
        largest = LARGEST_ANSWER if coding in _PLAIN else LARGEST_COMPRESSED

        class Bounded(library.SyncByteStream):  # type: ignore[name-defined, misc]
            def __iter__(self) -> Iterator[bytes]:
                size = 0
                for chunk in stream:
                    size += len(chunk)
                    if time.monotonic() > ends:
                        raise library.ReadTimeout("the answer took too long", request=response.request)
                    if size > largest:
                        raise DrafterUnavailable("the answer does not end")
                    yield chunk

            def close(self) -> None:
                stream.close()

        response.stream = Bounded()

    return bound
