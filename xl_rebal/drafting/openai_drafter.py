"""A drafter behind any OpenAI-compatible endpoint, cloud or local. Off unless the firm's Settings switch it on.

The model arranges words and tokens; it sees no figure, no name and no account number, and its answer stands only if
`grounding` finds nothing wrong. It gets one chance to repair its faults. After that, and whenever it can't be asked,
the template's draft is returned, and `drafted_by` says why. Several clients may be asked about at once, from threads.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import Enum
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from xl_rebal.drafting.attributions import attribution_faults
from xl_rebal.drafting.endpoints import bounded, in_the_clear, is_local, passes_proxy, status_text
from xl_rebal.drafting.grounding import check_draft
from xl_rebal.drafting.ids import Lookup, spellings
from xl_rebal.drafting.kept import Answers, Reply, SentLog, question_key
from xl_rebal.drafting.privacy import IdentifierFound, pattern_of, refuse_identifiers, without_entries
from xl_rebal.drafting.prompt import (
    SCHEMA,
    Answer,
    Message,
    Section,
    filled_draft,
    first_messages,
    narrow_schema,
    repair_messages,
    token_rules_broken,
)
from xl_rebal.drafting.prompts import Prompts, load_prompts
from xl_rebal.drafting.second_look import to_read_again
from xl_rebal.drafting.template import TemplateDrafter
from xl_rebal.drafting.tone import Tones
from xl_rebal.drafting.usage import Tally, Usage
from xl_rebal.errors import DrafterUnavailable
from xl_rebal.facts.draft import Draft, Sentence
from xl_rebal.facts.types import Facts
from xl_rebal.keys import KEYRING_SERVICE, secret

if TYPE_CHECKING:
    from openai import OpenAI

TIMEOUT_SECONDS = 60.0
RETRIES = 2
"""Of the library, on 429 (after the Retry-After that the endpoint asks for), 5xx, time-outs and broken connections."""
PATIENCE = 3
"""Clients in a row whose requests fail before the endpoint is not asked any more in a run."""
KEY_NAME = "OPENAI_API_KEY"
MOST_READ_AGAIN = 2
"""Sentences of a letter that a note names for a second look."""
LONGEST_REASON = 140
"""Characters of a fault that `drafted_by` repeats; `faults` has them whole."""


_SPOKEN_OF: ContextVar[Facts | None] = ContextVar(
    "facts of the client whose draft is being asked for", default=None
)


class Mode(Enum):
    """How an answer's shape is asked for; endpoints know fewer of them the older they are. All are read by us."""

    NARROW = "json_schema with this client's fact ids"  # asked of endpoints on this computer only
    SCHEMA = "json_schema"
    OBJECT = "json_object"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its raw answer, for the record of a brief."""

    messages: tuple[Message, ...]
    answer: str
    model: str
    tokens_in: int | None = None
    tokens_out: int | None = None


@dataclass(frozen=True, slots=True)
class Drafted:
    """A client's draft and what was asked and answered for it."""

    draft: Draft
    exchanges: tuple[Exchange, ...] = ()


class AnswerUnusable(Exception):
    """The model answered, but not with the asked-for JSON. `raw` is what it said."""

    def __init__(self, message: str, raw: str = "", *, final: bool = False) -> None:
        super().__init__(message)
        self.raw = raw
        self.final = final  # asking again would not help


class _NotSent(Exception):
    """Stops a request just before it would leave."""


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
        prompts: Prompts | None = None,
        tones: Tones | None = None,
        answers: Answers | None = None,
        log: SentLog | None = None,
        known: Sequence[str] = (),
        send_crm: bool = True,
    ) -> None:
        """`send_crm`: whether the model gets CRM entries; without them it works from the other facts alone. `known`: names, numbers and addresses of all the firm's clients, none of which may leave. `answers`: replies of earlier runs, used instead of asking again. `log`: entered with each body before it leaves."""
        self._model = model
        self._base_url = base_url
        self._api_key = api_key
        self._timeout_seconds = timeout_seconds
        self._retries = retries
        self._prompts = prompts or load_prompts()
        self._everybody = pattern_of(known, self._prompts.fixed)
        self._tones = tones or Tones()
        self._answers = answers
        self._log = log
        self._send_crm = send_crm
        self._template = TemplateDrafter(self._tones)
        self._mode = Mode.NARROW if is_local(base_url) else Mode.SCHEMA
        self._client: OpenAI | None = None
        self._tally = Tally(model)
        self._lock = threading.Lock()
        self._failed_in_a_row = 0
        self._failure = ""

    @property
    def name(self) -> str:
        return f"model {self._model}"

    @property
    def usage(self) -> Usage:
        """What was asked, answered and counted so far."""
        return self._tally.usage

    def draft(self, facts: Facts) -> Draft:
        """The model's draft when it passes every check, else the template's with the reason in `drafted_by`."""
        return self.drafted(facts).draft

    def drafted(self, facts: Facts) -> Drafted:
        """As `draft`, with the requests and answers for the record."""
        template = self._template.draft(facts)
        exchanges: list[Exchange] = []
        try:
            draft, faults = self._checked(facts, template, exchanges)
        except DrafterUnavailable as error:
            why = f"template (model not available: {error})"
            return Drafted(replace(template, drafted_by=why, faults=(str(error),)), tuple(exchanges))
        if draft is None or faults:
            more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
            reason = shorten(faults[0].rstrip("."), LONGEST_REASON, placeholder="\u2026") + more
            why = f"template (model answer rejected: {reason})"
            return Drafted(replace(template, drafted_by=why, faults=faults), tuple(exchanges))
        return Drafted(_marked(draft), tuple(exchanges))

    def _checked(
        self, facts: Facts, template: Draft, exchanges: list[Exchange]
    ) -> tuple[Draft | None, tuple[str, ...]]:
        """The filled answer and what is wrong with it, after at most one repair."""
        messages = self._first_messages(facts)
        draft: Draft | None = None
        faults: tuple[str, ...] = ()
        for last in (False, True):
            raw = ""
            try:
                answer, raw = self._ask(messages, facts, exchanges)
            except AnswerUnusable as error:
                draft, faults, raw = None, (str(error),), error.raw
                if error.final:
                    break
            else:
                given = self._given(facts)
                faults = token_rules_broken(answer, given)
                draft = None if faults else filled_draft(answer, given, template, self.name)
                if draft:
                    faults = (*check_draft(draft, facts), *attribution_faults(draft, given))
            if not faults or last:
                break
            told = [_tokenized(fault, facts) for fault in faults]
            messages = repair_messages(messages, raw, told, self._prompts)
        return draft, faults

    def _first_messages(self, facts: Facts) -> list[Message]:
        return first_messages(facts, self._prompts, self._tones.of(Lookup(facts)), send_crm=self._send_crm)

    def _given(self, facts: Facts) -> Facts:
        """The facts that the model's request is made of."""
        return facts if self._send_crm else without_entries(facts)

    def _ask(
        self, messages: Sequence[Message], facts: Facts, exchanges: list[Exchange]
    ) -> tuple[Answer, str]:
        """The model's answer and its raw text: kept from an earlier run, or asked for now."""
        refuse_identifiers(
            json.dumps(list(messages), ensure_ascii=False).encode(), facts, self._prompts.fixed
        )
        key = question_key(self._base_url, self._model, SCHEMA, messages, facts)
        reply = self._answers.get(key) if self._answers else None
        if reply is not None:
            self._tally.kept()
        else:
            reply = self._replied(messages, facts)
            self._tally.sent(reply.tokens_in, reply.tokens_out)
            if self._answers:
                with suppress(IdentifierFound):  # a name that a model made up and got right is not kept
                    refuse_identifiers(reply.text.encode(), facts, self._prompts.fixed)
                    self._answers.put(key, reply)
        exchanges.append(
            Exchange(tuple(messages), reply.text, self._model, reply.tokens_in, reply.tokens_out)
        )
        if reply.fault:
            raise AnswerUnusable(reply.fault, reply.text, final=reply.final)
        return parsed_answer(reply.text), reply.text

    def _replied(self, messages: Sequence[Message], facts: Facts) -> Reply:
        """What the endpoint says, once failures in a row have not made it pointless to ask."""
        if self._failed_in_a_row >= PATIENCE:
            raise DrafterUnavailable(
                f"{self._failure}; after {PATIENCE} clients in a row it was not asked again"
            )
        try:
            reply = self._sent(messages, facts)
        except IdentifierFound:
            raise
        except DrafterUnavailable as error:
            with self._lock:
                self._failed_in_a_row += 1
                self._failure = str(error)
            raise
        with self._lock:
            self._failed_in_a_row = 0
        return reply

    def _sent(self, messages: Sequence[Message], facts: Facts) -> Reply:
        """The endpoint's reply, asking for the strictest shape that it knows."""
        import openai

        _SPOKEN_OF.set(facts)
        client = self._connected()
        modes = list(Mode)
        for mode in modes[modes.index(self._mode) :]:
            try:
                reply = self._said(client, mode, messages, facts)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                if mode is Mode.TEXT:
                    raise DrafterUnavailable(
                        f"the endpoint refuses the request ({error.status_code})"
                    ) from error
                continue
            except openai.APIStatusError as error:
                raise DrafterUnavailable(status_text(error.status_code)) from error
            except openai.APITimeoutError as error:
                raise DrafterUnavailable(f"no answer within {self._timeout_seconds:g} seconds") from error
            except openai.APIConnectionError as error:
                if isinstance(error.__cause__, DrafterUnavailable):
                    raise error.__cause__ from None
                raise DrafterUnavailable("the endpoint can't be reached") from error
            except (openai.OpenAIError, ValueError, TypeError, AttributeError, RecursionError) as error:
                raise DrafterUnavailable(
                    f"the endpoint's answer can't be read ({type(error).__name__})"
                ) from error
            self._mode = mode
            return reply
        raise DrafterUnavailable("the endpoint knows no way of answering that we can read")

    def _said(self, client: OpenAI, mode: Mode, messages: Sequence[Message], facts: Facts) -> Reply:
        """One completion: its text, what it cost, and why it can't be used when it was refused or cut."""
        asked: Any = [dict(message) for message in messages]
        shape: dict[str, Any] = {}
        if mode in (Mode.NARROW, Mode.SCHEMA):
            form = narrow_schema(self._given(facts)) if mode is Mode.NARROW else SCHEMA
            schema = {"name": "draft", "strict": True, "schema": form}
            shape = {"response_format": {"type": "json_schema", "json_schema": schema}}
        elif mode is Mode.OBJECT:
            shape = {"response_format": {"type": "json_object"}}
        completion: Any = client.chat.completions.create(model=self._model, messages=asked, **shape)
        usage = getattr(completion, "usage", None)
        counts = (_whole(usage, "prompt_tokens"), _whole(usage, "completion_tokens"))
        if not completion.choices:
            return Reply("", *counts, fault="The answer is empty.")
        choice = completion.choices[0]
        text = _text_of(choice.message.content)
        if getattr(choice.message, "refusal", None):
            return Reply(text, *counts, fault="The model refused to answer.", final=True)
        if choice.finish_reason == "length":
            return Reply(text, *counts, fault="The answer was cut off before its end; write less.")
        if choice.finish_reason == "content_filter":
            fault = "The endpoint's content filter stopped the answer."
            return Reply(text, *counts, fault=fault, final=True)
        return Reply(text, *counts)

    def outgoing(self, facts: Facts) -> bytes:
        """The body of the first request for this client, byte for byte as it would leave; nothing is sent.

        Raises IdentifierFound when it would be refused.
        """
        from openai import APIConnectionError

        caught: list[bytes] = []

        def stop(request: Any) -> None:
            caught.append(request.read())
            raise _NotSent

        messages = self._first_messages(facts)
        client = self._client_with(stop, "none", 0)
        try:
            self._said(client, self._mode, messages, facts)
        except (_NotSent, APIConnectionError):
            refuse_identifiers(caught[0], facts, self._prompts.fixed, self._everybody)
        finally:
            client.close()
        return caught[0]

    def is_kept(self, facts: Facts) -> bool:
        """Whether the answer to the first request is kept from an earlier run, so that nothing would be sent."""
        key = question_key(self._base_url, self._model, SCHEMA, self._first_messages(facts), facts)
        return self._answers is not None and self._answers.get(key) is not None

    def _connected(self) -> OpenAI:
        """The client, made once; every request body it sends passes the identifier gate first, and is logged."""
        with self._lock:
            if self._client is None:
                if in_the_clear(self._base_url):
                    raise DrafterUnavailable(
                        "its address is plain http, which anyone on the way can read; use https"
                    )
                key = self._api_key or api_key(self._base_url)
                self._client = self._client_with(self._gate, key, self._retries)
            return self._client

    def _client_with(self, gate: Callable[[Any], None], key: str, retries: int) -> OpenAI:
        import openai

        hooks = {"request": [gate], "response": [bounded(self._timeout_seconds)]}
        return openai.OpenAI(
            api_key=key,
            base_url=self._base_url or None,
            timeout=self._timeout_seconds,
            max_retries=retries,
            default_headers={"Accept-Encoding": "identity"},
            http_client=openai.DefaultHttpxClient(
                event_hooks=hooks, follow_redirects=False, trust_env=passes_proxy(self._base_url)
            ),
        )

    def _gate(self, request: Any) -> None:
        """Reads the bytes about to leave, refuses them when they name the client, and logs them."""
        facts = _SPOKEN_OF.get()
        if facts is None:
            raise DrafterUnavailable("a request about no client was about to leave, so it was not sent")
        body = request.read()
        refuse_identifiers(body, facts, self._prompts.fixed, self._everybody)
        if self._log is not None:
            self._log.enter(body, str(request.url), facts)

    def close(self) -> None:
        """Closes the connection; a later draft opens it again."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None


def _marked(draft: Draft) -> Draft:
    """The draft with a first note that names what the advisor should read again, if the second look finds something."""
    found = [(s, p.fact_ids) for p in draft.paragraphs for s in to_read_again(p.text)][:MOST_READ_AGAIN]
    if not found:
        return draft
    quoted = "; ".join(f"\u201c{sentence}\u201d" for sentence, _ in found)
    text = f"Read again before sending, as it resembles what a letter may not say: {quoted}"
    note = Sentence(text, tuple(dict.fromkeys(i for _, ids in found for i in ids)))
    return replace(draft, notes=(note, *draft.notes))


def _text_of(content: Any) -> str:
    """The text of an answer, alone or in parts as some endpoints give it, without halves of characters."""
    parts = content if isinstance(content, list) else [content]
    texts = [part.get("text") if isinstance(part, dict) else part for part in parts]
    return "".join(t for t in texts if isinstance(t, str)).encode("utf-8", "replace").decode()


def _whole(usage: Any, name: str) -> int | None:
    count = getattr(usage, name, None)
    return count if isinstance(count, int) and count >= 0 else None


def api_key(base_url: str) -> str:
    """The key from the environment, else from the system's keyring; an endpoint on this computer may need none."""
    key = secret(KEY_NAME)
    if not key and not is_local(base_url):
        raise DrafterUnavailable(
            f"no API key; set the environment variable {KEY_NAME}, or store it in the keyring under {KEYRING_SERVICE!r}"
        )
    return key or "none"


def parsed_answer(raw: str) -> Answer:
    """The answer's sections, from JSON alone or inside a Markdown fence; anything else is AnswerUnusable."""
    said = re.sub(r"<think>.*?</think>", "", raw, flags=re.S)
    try:
        data, _ = json.JSONDecoder(object_pairs_hook=_said_once).raw_decode(said, said.index("{"))
        sections = {name: tuple(_section(item) for item in data[name]) for name in ("email", "notes")}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise AnswerUnusable("The answer is not the asked-for JSON with email and notes.", raw) from error
    return Answer(sections["email"], sections["notes"])


def _said_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are all different: of two parts of one name, which one is meant is not ours to guess."""
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a name stands twice")
    return made


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
