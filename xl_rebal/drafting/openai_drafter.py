"""A drafter behind any OpenAI-compatible endpoint, cloud or local. Off unless the firm's Settings switch it on.

The model arranges words and tokens; it sees no figure, no name and no account number, and its answer stands only if
`grounding` finds nothing wrong. It gets one chance to repair its faults. After that, and whenever it can't be asked,
the template's draft is returned, and `drafted_by` says why.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import Enum
from importlib import import_module
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from xl_rebal.drafting.grounding import check_draft
from xl_rebal.drafting.ids import spellings
from xl_rebal.drafting.privacy import IdentifierFound, refuse_identifiers
from xl_rebal.drafting.prompt import (
    SCHEMA,
    Answer,
    Message,
    Section,
    filled_draft,
    first_messages,
    fixed_text,
    repair_messages,
    token_rules_broken,
)
from xl_rebal.drafting.template import TemplateDrafter
from xl_rebal.engine.book import Settings
from xl_rebal.errors import DrafterUnavailable
from xl_rebal.facts.draft import Draft
from xl_rebal.facts.types import Facts

if TYPE_CHECKING:
    from openai import OpenAI

TIMEOUT_SECONDS = 60.0
RETRIES = 2
"""Of the library, on 429, 5xx, time-outs and broken connections, with its own pauses."""
KEY_NAME = "OPENAI_API_KEY"
KEYRING_SERVICE = "xl-rebal"
LONGEST_REASON = 140
"""Characters of a fault that `drafted_by` repeats; `faults` has them whole."""


_SPOKEN_OF: ContextVar[Facts | None] = ContextVar(
    "facts of the client whose draft is being asked for", default=None
)


class Mode(Enum):
    """How an answer's shape is asked for; endpoints know fewer of them the older they are."""

    PARSE = "strict schema through the library"
    SCHEMA = "json_schema"
    OBJECT = "json_object"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its raw answer, for the record of a brief."""

    messages: tuple[Message, ...]
    answer: str
    model: str


class AnswerUnusable(Exception):
    """The model answered, but not with the asked-for JSON. `raw` is what it said."""

    def __init__(self, message: str, raw: str = "", *, final: bool = False) -> None:
        super().__init__(message)
        self.raw = raw
        self.final = final  # asking again would not help


class OpenAIDrafter:
    """Drafts with a language model, checks the answer, and falls back on the template."""

    def __init__(
        self,
        model: str,
        base_url: str = "",
        *,
        api_key: str | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
        retries: int = RETRIES,
        on_exchange: Callable[[Exchange], None] | None = None,
    ) -> None:
        self._model = model
        self._base_url = base_url
        self._api_key = api_key
        self._timeout_seconds = timeout_seconds
        self._retries = retries
        self._on_exchange = on_exchange
        self._template = TemplateDrafter()
        self._mode = Mode.PARSE
        self._client: OpenAI | None = None

    @classmethod
    def from_settings(
        cls, settings: Settings, on_exchange: Callable[[Exchange], None] | None = None
    ) -> OpenAIDrafter:
        """The drafter that the Settings sheet describes (Drafter Model, Drafter URL)."""
        return cls(settings.drafter_model, settings.drafter_url, on_exchange=on_exchange)

    @property
    def name(self) -> str:
        return f"model {self._model}"

    def draft(self, facts: Facts) -> Draft:
        """The model's draft when it passes every check, else the template's with the reason in `drafted_by`."""
        template = self._template.draft(facts)
        try:
            draft, faults = self._checked(facts, template)
        except DrafterUnavailable as error:
            return replace(
                template, drafted_by=f"template (model not available: {error})", faults=(str(error),)
            )
        if draft is None or faults:
            more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
            reason = shorten(faults[0].rstrip("."), LONGEST_REASON, placeholder="\u2026") + more
            return replace(template, drafted_by=f"template (model answer rejected: {reason})", faults=faults)
        return draft

    def _checked(self, facts: Facts, template: Draft) -> tuple[Draft | None, tuple[str, ...]]:
        """The filled answer and what is wrong with it, after at most one repair."""
        messages: list[Message] = first_messages(facts)
        draft: Draft | None = None
        faults: tuple[str, ...] = ()
        for last in (False, True):
            raw = ""
            try:
                answer, raw = self._ask(messages, facts)
            except AnswerUnusable as error:
                draft, faults, raw = None, (str(error),), error.raw
                if error.final:
                    break
            else:
                faults = token_rules_broken(answer, facts)
                draft = None if faults else filled_draft(answer, facts, template, self.name)
                faults = faults or check_draft(draft, facts) if draft else faults
            if not faults or last:
                break
            messages = repair_messages(messages, raw, [_tokenized(fault, facts) for fault in faults])
        return draft, faults

    def _ask(self, messages: Sequence[Message], facts: Facts) -> tuple[Answer, str]:
        """The model's answer and its raw text, asking for the strictest shape that the endpoint knows."""
        import openai

        refuse_identifiers(json.dumps(list(messages), ensure_ascii=False).encode(), facts, fixed_text())
        _SPOKEN_OF.set(facts)
        client = self._connected()
        modes = list(Mode)
        for mode in modes[modes.index(self._mode) :]:
            try:
                raw = self._said(client, mode, messages)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                if mode is Mode.TEXT:
                    raise DrafterUnavailable(
                        f"the endpoint refuses the request ({error.status_code})"
                    ) from error
                continue
            except openai.LengthFinishReasonError as error:
                raise AnswerUnusable("The answer was cut off before its end; write less.") from error
            except openai.ContentFilterFinishReasonError as error:
                raise AnswerUnusable(
                    "The endpoint's content filter stopped the answer.", final=True
                ) from error
            except openai.APIStatusError as error:
                raise DrafterUnavailable(_status(error.status_code)) from error
            except openai.APITimeoutError as error:
                raise DrafterUnavailable(f"no answer within {self._timeout_seconds:g} seconds") from error
            except openai.APIConnectionError as error:
                if isinstance(error.__cause__, IdentifierFound):
                    raise error.__cause__ from None
                raise DrafterUnavailable("the endpoint can't be reached") from error
            except openai.OpenAIError as error:
                raise DrafterUnavailable(
                    f"the endpoint's answer can't be read ({type(error).__name__})"
                ) from error
            self._mode = mode
            if self._on_exchange:
                self._on_exchange(Exchange(tuple(messages), raw, self._model))
            return parsed_answer(raw), raw
        raise DrafterUnavailable("the endpoint knows no way of answering that we can read")

    def _said(self, client: OpenAI, mode: Mode, messages: Sequence[Message]) -> str:
        """The raw text of one completion, or AnswerUnusable for a refusal or a cut."""
        from pydantic import ValidationError

        asked: Any = [dict(message) for message in messages]
        completion: Any
        if mode is Mode.PARSE:
            try:
                completion = client.chat.completions.parse(
                    model=self._model, messages=asked, response_format=_pydantic_answer()
                )
            except ValidationError as error:
                self._mode = (
                    Mode.SCHEMA
                )  # read the next answers ourselves: a fence around the JSON is no fault then
                raise AnswerUnusable(
                    f"The answer is not the asked-for JSON ({error.error_count()} faults)."
                ) from error
        elif mode is Mode.TEXT:
            completion = client.chat.completions.create(model=self._model, messages=asked)
        else:
            shape: Any = {"type": "json_object"}
            if mode is Mode.SCHEMA:
                shape = {
                    "type": "json_schema",
                    "json_schema": {"name": "draft", "strict": True, "schema": SCHEMA},
                }
            completion = client.chat.completions.create(
                model=self._model, messages=asked, response_format=shape
            )
        if not completion.choices:
            raise AnswerUnusable("The answer is empty.")
        choice = completion.choices[0]
        if getattr(choice.message, "refusal", None):
            raise AnswerUnusable("The model refused to answer.", final=True)
        if choice.finish_reason == "length":
            raise AnswerUnusable(
                "The answer was cut off before its end; write less.", choice.message.content or ""
            )
        if choice.finish_reason == "content_filter":
            raise AnswerUnusable("The endpoint's content filter stopped the answer.", final=True)
        return choice.message.content or ""

    def _connected(self) -> OpenAI:
        """The client, made once; every request body it sends passes the identifier gate first."""
        if self._client is None:
            import openai

            key = self._api_key or api_key(self._base_url)
            self._client = openai.OpenAI(
                api_key=key,
                base_url=self._base_url or None,
                timeout=self._timeout_seconds,
                max_retries=self._retries,
                http_client=openai.DefaultHttpxClient(event_hooks={"request": [self._gate]}),
            )
        return self._client

    def _gate(self, request: Any) -> None:
        """Reads the bytes about to leave and refuses them when they name the client."""
        facts = _SPOKEN_OF.get()
        if facts is not None:
            refuse_identifiers(request.read(), facts, fixed_text())

    def close(self) -> None:
        """Closes the connection; a later draft opens it again."""
        if self._client is not None:
            self._client.close()
            self._client = None


def _status(code: int) -> str:
    known = {
        401: "the endpoint rejects the API key",
        403: "the API key may not use this model",
        404: "the endpoint does not know this model or address",
        429: "the endpoint's rate limit or quota is used up",
    }
    return known.get(code, f"the endpoint answers with error {code}")


def api_key(base_url: str) -> str:
    """The key from the environment, else from the system's keyring; an endpoint on this computer may need none."""
    key = os.environ.get(KEY_NAME, "")
    if not key:
        try:
            key = import_module("keyring").get_password(KEYRING_SERVICE, KEY_NAME) or ""
        except Exception:  # no keyring package, or none that works without a desktop: then there is no key
            key = ""
    local = any(host in base_url for host in ("//localhost", "//127.0.0.1", "//[::1]"))
    if not key and not local:
        raise DrafterUnavailable(
            f"no API key; set the environment variable {KEY_NAME}, or store it in the keyring under {KEYRING_SERVICE!r}"
        )
    return key or "none"


def parsed_answer(raw: str) -> Answer:
    """The answer's sections, from JSON alone or inside a Markdown fence; anything else is AnswerUnusable."""
    start, stop = raw.find("{"), raw.rfind("}")
    try:
        data = json.loads(raw[start : stop + 1])
        sections = {name: tuple(_section(item) for item in data[name]) for name in ("email", "notes")}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise AnswerUnusable("The answer is not the asked-for JSON with email and notes.", raw) from error
    return Answer(sections["email"], sections["notes"])


def _section(item: Any) -> Section:
    ids, text = item["fact_ids"], item["text"]
    if not isinstance(text, str) or not isinstance(ids, list) or not all(isinstance(i, str) for i in ids):
        raise TypeError("a section is {fact_ids: [text], text: text}")
    return Section(tuple(ids), text)


def _tokenized(fault: str, facts: Facts) -> str:
    """A fault without the client's figures: displays become tokens again before the model reads them."""
    pairs = [(s, f.token) for f in facts if any(c.isdigit() for c in f.display) for s in spellings(f)]
    for spelled, token in sorted(pairs, key=lambda pair: -len(pair[0])):
        fault = fault.replace(spelled, token)
    return fault


def _pydantic_answer() -> Any:
    """The answer as strict pydantic models, which the library turns into a schema."""
    from pydantic import BaseModel, ConfigDict

    class DraftSection(BaseModel):
        model_config = ConfigDict(extra="forbid", strict=True)
        fact_ids: list[str]
        text: str

    class DraftAnswer(BaseModel):
        model_config = ConfigDict(extra="forbid", strict=True)
        email: list[DraftSection]
        notes: list[DraftSection]

    return DraftAnswer
