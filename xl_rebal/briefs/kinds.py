"""The two documents that are made from Word templates: the client's brief and the book summary."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from xl_rebal.briefs import placeholders, summary
from xl_rebal.errors import TemplateError


@dataclass(frozen=True, eq=False)  # there is one of each
class Kind:
    """A kind of document: its name in messages, its file in `templates/`, and what its template may and must show."""

    name: str
    file: str
    placeholders: Mapping[str, object]
    needed: tuple[str, ...]
    title: Callable[[Mapping[str, Any]], str]  # of the finished document, from its values


BRIEF = Kind(
    "brief",
    "brief.docx",
    placeholders.PLACEHOLDERS,
    ("client", "as_of", "trims", "no_trades", "tax", "checks", "drafted_by", "sources"),
    lambda values: f"{values['client']}: rebalancing brief {values['quarter']}",
)
"""An advisor decides on it: whose it is, what is proposed at which tax, what is unknown, and where it comes from."""

SUMMARY = Kind(
    "book summary",
    "summary.docx",
    summary.PLACEHOLDERS,
    ("as_of", "totals", "exceptions", "withheld", "rows", "sources"),
    lambda values: f"{values['firm']}: book summary {values['quarter']}",
)


def kind_of(used: frozenset[str]) -> Kind:
    """The kind that a template with these placeholders is most likely meant for."""
    own = {kind.file: len(used & (set(kind.placeholders) - shared())) for kind in (BRIEF, SUMMARY)}
    return SUMMARY if own[SUMMARY.file] > own[BRIEF.file] else BRIEF


def shared() -> frozenset[str]:
    """Placeholders that both kinds have."""
    return frozenset(BRIEF.placeholders) & frozenset(SUMMARY.placeholders)


def missing(kind: Kind, used: frozenset[str]) -> tuple[str, ...]:
    """What a template of this kind must show and does not."""
    return tuple(name for name in kind.needed if name not in used)


def refuse(kind: Kind, file: str, faults: tuple[str, ...]) -> TemplateError:
    """The error for a template with these faults, one a line after the first."""
    more = "".join(f"\n{fault}" for fault in faults[1:])
    return TemplateError(f"The {kind.name} template {file} {faults[0]}{more}")
