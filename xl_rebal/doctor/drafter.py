"""The language model, where one is switched on: its key, and whether its endpoint answers. No client's data is sent."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlsplit

from xl_rebal.doctor.finding import Finding, fix, ok
from xl_rebal.engine.book import DrafterKind, Settings
from xl_rebal.errors import DrafterUnavailable

DEFAULT_URL = "https://api.openai.com/v1"
SECONDS = 5.0


def drafter(settings: Settings) -> Iterator[Finding]:
    """What drafts letters and notes; for a model whether it has a key (never shown) and whether its endpoint answers."""
    if settings.drafter is DrafterKind.TEMPLATE:
        yield ok("drafter", "Drafter: the template, offline; nothing leaves this computer")
        return
    from xl_rebal.drafting.openai_drafter import api_key

    try:
        api_key(settings.drafter_url)
        yield ok(
            "drafter", f"Drafter: {settings.drafter.value}, model {settings.drafter_model}; a key is there"
        )
    except DrafterUnavailable as error:
        yield fix(
            "drafter", f"Drafter: {error}", "Until then, briefs are drafted by the template and say so."
        )
    yield endpoint(settings.drafter_url or DEFAULT_URL)


def endpoint(url: str) -> Finding:
    """Whether an endpoint answers a question about nothing: any answer but a server's fault will do. No key is sent."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return fix("drafter", f"Drafter URL {url!r} is no web address", "Correct it on the Settings sheet.")
    request = urllib.request.Request(url.rstrip("/") + "/models", method="GET")  # noqa: S310 - http and https only
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            status = answer.status
    except urllib.error.HTTPError as error:
        status = error.code
    except (OSError, ValueError) as error:
        why = getattr(error, "reason", error)
        return fix(
            "drafter",
            f"The model's endpoint {parts.hostname} does not answer ({why})",
            "See whether this computer is online and the address on the Settings sheet is right.",
        )
    if status >= 500:
        return fix(
            "drafter",
            f"The model's endpoint {parts.hostname} answers with error {status}",
            "Try again later.",
        )
    return ok("drafter", f"The model's endpoint {parts.hostname} answers")
