"""Reads what was filed beside a brief: its facts, and whether its files are still as they were filed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from xl_rebal.briefs.papers import sha256
from xl_rebal.errors import BriefUnreadable
from xl_rebal.facts.types import Direction, Fact, FactKind, Facts, Topic

BRIEF_NAME = re.compile(r"brief(-[1-9]\d*)?\.docx")


@dataclass(frozen=True, slots=True)
class FiledFacts:
    """A facts.json: the facts as the brief shows them, and the hashes of the files beside it by name."""

    path: Path
    facts: Facts
    hashes: Mapping[str, str]

    def as_filed(self, file: Path) -> bool:
        return self.hashes.get(file.name) == sha256(file.read_bytes())


def facts_beside(brief: Path) -> Path:
    """The facts.json that belongs to a brief: facts-2.json to brief-2.docx; to a copy by another name the newest.

    A book summary's facts bear its own name: book-summary-facts.json.
    """
    own = brief.with_name(f"{brief.stem}-facts.json")
    if own.is_file():
        return own
    match = BRIEF_NAME.fullmatch(brief.name)
    if match:
        return brief.with_name(f"facts{match[1] or ''}.json")
    found = sorted(brief.parent.glob("facts*.json"), key=lambda path: (len(path.name), path.name))
    return found[-1] if found else brief.with_name("facts.json")


def read_filed(path: Path) -> FiledFacts:
    """A facts.json as it was filed. Raises BriefUnreadable when it is missing or not one."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        summary = path.name.endswith("-facts.json") and "client_id" not in record  # of all clients
        facts = Facts(
            "" if summary else record["client_id"],
            "" if summary else record["client_name"],
            record["quarter"],
            date.fromisoformat(record["as_of"]),
            tuple(_fact(row) for row in record["facts"]),
        )
        return FiledFacts(path, facts, dict(record["files"]))
    except OSError as error:
        raise BriefUnreadable(
            f"{path} can't be read ({error.strerror or error}). A brief is checked against the facts filed beside it: "
            "leave it in its folder, or name the facts.json with --facts."
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BriefUnreadable(f"{path} is not the facts.json of a brief: {error}.") from error


def _fact(row: Mapping[str, Any]) -> Fact:
    """A fact of facts.json; its origin stays there as text."""
    return Fact(
        id=str(row["id"]),
        topic=Topic(row["topic"]),
        kind=FactKind(row["kind"]),
        value=row["value"],
        display=str(row["display"]),
        label=str(row["label"]),
        direction=Direction(row["direction"]),
        as_of=date.fromisoformat(row["as_of"]) if row["as_of"] else None,
        rule=str(row["rule"]),
        mandatory=bool(row["mandatory"]),
    )
