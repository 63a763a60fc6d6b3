"""One client's files of a quarter, made before it is known under which number they are filed.

The files are those of `filing`: the brief, its draft email in three forms, and facts.json, which says what the brief says
with exact values and origins, who drafted it, and the hashes of the files beside it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from xl_rebal import __version__
from xl_rebal.briefs.letter import email_bytes, email_html, email_text
from xl_rebal.facts.draft import Draft
from xl_rebal.facts.types import Fact, Facts

_ENCODER = json.JSONEncoder(ensure_ascii=False)
FORMAT = 1
"""Of facts.json; a change of its keys raises it."""

Parts = Mapping[tuple[str, str], bytes]
"""The files of a brief by start and suffix of their name; the number goes between."""


@dataclass(frozen=True, slots=True)
class Papers:
    """A brief and what is filed with it. `head` and `rows` are facts.json without the files' hashes."""

    client_id: str
    client_name: str
    quarter: str
    as_of: date
    drafted_by: str
    provenance: Mapping[str, str]
    parts: Parts
    head: Mapping[str, Any]
    rows: str

    def numbered(self, number: int = 1) -> dict[str, bytes]:
        """The files by name, as they are filed under this number: the same values give the same bytes."""
        contents = {
            f"{start}{end_of(number)}{suffix}": content for (start, suffix), content in self.parts.items()
        }
        hashes = {name: sha256(content) for name, content in sorted(contents.items())}
        head = json.dumps({**self.head, "files": hashes}, ensure_ascii=False, indent=1).removesuffix("\n}")
        record = f'{head},\n "facts": [\n{self.rows}\n ]\n}}\n'
        contents[f"facts{end_of(number)}.json"] = record.encode("utf-8", "backslashreplace")
        return contents


def papers_of(facts: Facts, draft: Draft, document: bytes, provenance: Mapping[str, str]) -> Papers:
    """The files of a brief. `provenance` is kept in facts.json: workbook and template hashes, parameters, validator result."""
    return Papers(
        facts.client_id,
        facts.client_name,
        facts.quarter,
        facts.as_of,
        draft.drafted_by,
        provenance,
        {
            ("brief", ".docx"): document,
            ("email", ".eml"): email_bytes(facts, draft),
            ("email", ".txt"): email_text(facts, draft),
            ("email", ".html"): email_html(facts, draft),
        },
        {
            "format": FORMAT,
            "client_id": facts.client_id,
            "client_name": facts.client_name,
            "quarter": facts.quarter,
            "as_of": facts.as_of.isoformat(),
            "version": __version__,
            "drafted_by": draft.drafted_by,
            "draft_faults": list(draft.faults),
            "provenance": dict(sorted(provenance.items())),
        },
        ",\n".join(f"  {_ENCODER.encode(fact_record(fact))}" for fact in facts),
    )


def end_of(number: int) -> str:
    """What stands between start and suffix of a file's name."""
    return f"-{number}" if number > 1 else ""


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def fact_record(fact: Fact) -> dict[str, Any]:
    """One fact for JSON: the exact value as text or whole number, its origin as sheet and row."""
    return {
        "id": fact.id,
        "topic": fact.topic.value,
        "kind": fact.kind.value,
        "value": _exact(fact.value),
        "display": fact.display,
        "label": fact.label,
        "direction": fact.direction.value,
        "as_of": fact.as_of.isoformat() if fact.as_of else None,
        "rule": fact.rule,
        "sources": [str(source) for source in fact.sources],
        "mandatory": fact.mandatory,
    }


def _exact(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_exact(item) for item in value]
    if value is None or isinstance(value, int | float | str):
        return value
    return str(value)
