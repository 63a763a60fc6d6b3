"""CRM entries as notes: whom they are about in the CRM's words, their text without markup, drafts and deleted ones left out.

A CRM knows people, the workbook households. Contacts in the same import give the name behind a number and the household it
belongs to; who a name is in the workbook is decided where the sheets are known (importing/crm.py), never here.
"""

from __future__ import annotations

import html
import re

from xl_rebal.engine.problems import Severity
from xl_rebal.importers.detect import Fit
from xl_rebal.importers.exports import Line, Unreadable, folded
from xl_rebal.importers.rows import Found, TableRows
from xl_rebal.importers.statements import ImportedNote, Kind

_BREAKS = re.compile(r"<\s*(?:br|/p|/div|/li|/tr|/h\d)\b[^>]*>", re.I)
_HIDDEN = re.compile(r"<(script|style)\b.*?</\1\s*>", re.I | re.S)
_TAG = re.compile(r"</?[a-z][^<>]*>|<!--.*?-->", re.I | re.S)
_SSN = re.compile(r"\b\d{3}-\d{2}-\d{4}\b")
_LONGEST_TEXT = 8_000
_YES = frozenset(("yes", "true", "1"))

People = dict[str, tuple[str, str]]
"""A contact's number -> (name, household)."""


def people_of(fit: Fit) -> People:
    """The contacts of a table; {} for another kind of table."""
    if fit.table.kind is not Kind.PEOPLE:
        return {}
    rows = TableRows(fit, Found())
    people: People = {}
    for line in rows:
        if key := rows.text(line, "person_id"):
            people[key] = (rows.text(line, "person"), rows.text(line, "household"))
    return people


def read_notes(fit: Fit, found: Found, people: People) -> None:
    """Reads a table of notes, meetings or tasks into `found`."""
    rows = TableRows(fit, found)
    long = 0
    for line in rows:
        if any(folded(text) in _YES for text in _flags(rows, line)):
            rows.skipped(line, "deleted or draft note")
            continue
        subject, body = plain_text(rows.text(line, "subject")), plain_text(rows.text(line, "text"))
        text = body if not subject or body.startswith(subject) else f"{subject}: {body}" if body else subject
        if not text:
            rows.skipped(line, "empty note")
            continue
        try:
            on = rows.day(line, "date")
            if on is None:
                raise Unreadable("the date is missing")
        except Unreadable as why:
            rows.damaged(line, text, str(why))
            continue
        key = rows.text(line, "person_id").split("; ")[0]
        name, household = people.get(key, ("", ""))
        person = household or rows.text(line, "person").split("; ")[0] or name or key
        if len(text) > _LONGEST_TEXT:
            long += 1
            text = text[: _LONGEST_TEXT - 3] + "..."
        found.notes.append(
            ImportedNote(
                person,
                on,
                _SSN.sub("[number removed]", text),
                rows.text(line, "note_kind").split("; ")[0],
                "" if (author := rows.text(line, "author")).isdigit() else author,
                fit.system.name,
                rows.source(line),
            )
        )
    if long:
        found.problem(
            Severity.NOTE, "note-shortened", fit, fit.header, "Text", "",
            f"{long} {'entry was' if long == 1 else 'entries were'} longer than {_LONGEST_TEXT:,} characters and cut there.",
            "",
        )  # fmt: skip


def _flags(rows: TableRows, line: Line) -> list[str]:
    """The cells that say whether an entry is deleted or a draft."""
    names = {name for option in rows.fit.table.columns.get("deleted", ()) for name in option}
    places = [i for i, cell in enumerate(rows.fit.header.cells) if folded(cell) in names]
    return [line.cells[i] for i in places if i < len(line.cells)]


def plain_text(text: str) -> str:
    """A text without markup: tags are dropped, paragraphs become lines, entities their characters."""
    if "<" in text or "&" in text:
        text = _TAG.sub("", _BREAKS.sub("\n", _HIDDEN.sub("", text)))
        text = html.unescape(text)
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)
