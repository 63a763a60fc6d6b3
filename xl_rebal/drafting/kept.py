"""Answers kept in the firm's folder, so that the same question is never paid for twice, and what was sent is on file.

An answer is kept under a hash of all it depends on: endpoint, model, schema, messages, and the client's facts. It holds
what the model wrote, tokens instead of figures, and is searched for identifiers like everything that leaves. The log has a
line for each request body: when, to whom, its hash and length, and the text itself where the firm asked for that.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from xl_rebal.errors import DrafterUnavailable
from xl_rebal.facts.types import Facts

FOLDER = "_drafts"
"""Beside the clients' folders; the record's `_records` is another."""
FORMAT = 1
"""Of kept answers; another number asks again."""
LOG = "sent.jsonl"


@dataclass(frozen=True, slots=True)
class Reply:
    """What an endpoint answered, and what it counted; `fault` when it can't be used, `final` when asking again is no use."""

    text: str
    tokens_in: int | None = None
    tokens_out: int | None = None
    fault: str = ""
    final: bool = False


def question_key(endpoint: str, model: str, schema: Any, messages: Sequence[Any], facts: Facts) -> str:
    """The hash that an answer is kept under. One figure, date or label of the client that changes makes another."""
    table = [facts.client_id, *((f.id, f.display, f.label, f.direction.value, f.mandatory) for f in facts)]
    whole = [FORMAT, endpoint, model, schema, list(messages), table]
    return hashlib.sha256(json.dumps(whole, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


class Answers(Protocol):
    """Where replies of earlier requests are found again by their key, and put."""

    def get(self, key: str) -> Reply | None: ...

    def put(self, key: str, reply: Reply) -> None: ...


class KeptAnswers:
    """Replies by key in a folder. One that can't be read or written is asked for again; it never stops a run."""

    def __init__(self, out: Path) -> None:
        self._folder = out / FOLDER / "answers"

    def get(self, key: str) -> Reply | None:
        try:
            data = json.loads(self._path(key).read_text(encoding="utf-8"))
            reply = Reply(**data)
        except (OSError, ValueError, TypeError):
            return None
        return reply if isinstance(reply.text, str) and isinstance(reply.fault, str) else None

    def put(self, key: str, reply: Reply) -> None:
        """Keeps a reply, whole or not at all."""
        path = self._path(key)
        content = json.dumps(asdict(reply), ensure_ascii=False, indent=1)
        spare = ""
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, spare = tempfile.mkstemp(prefix=".answer-", suffix=".tmp", dir=path.parent)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(content)
            os.replace(spare, path)
            return
        if spare:
            with suppress(OSError):
                Path(spare).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.json"


class SentLog:
    """The log of request bodies. A body that can't be logged is not sent."""

    def __init__(self, out: Path, now: Callable[[], datetime] | None, *, with_text: bool) -> None:
        self._path = out / FOLDER / LOG
        self._now = now
        self._with_text = with_text
        self._lock = threading.Lock()

    def enter(self, body: bytes, url: str, facts: Facts) -> None:
        """One line for a body that is about to leave. Raises DrafterUnavailable when it can't be written."""
        line: dict[str, object] = {
            "at": self._now().isoformat(timespec="seconds") if self._now else None,
            "client": facts.client_id,
            "url": url,
            "bytes": len(body),
            "sha256": hashlib.sha256(body).hexdigest(),
        }
        if self._with_text:
            line["text"] = body.decode("utf-8", "replace")
        try:
            with self._lock:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as error:
            raise DrafterUnavailable(
                f"the log of what is sent can't be written ({error.strerror or error}), so nothing was sent"
            ) from error
