"""CRM entries against the Notes sheet: who a name is in the workbook, and which entries are new.

A name is a client when it is a Client ID or Client Name, in either order of first and last name, or when the firm has said so
(`mappings/<system>.toml`, table `clients`). Anything else is asked, with the likely clients named; a note in the wrong
household's brief would be worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from xl_rebal.engine.problems import Problem, Severity
from xl_rebal.importers.statements import ImportedNote
from xl_rebal.sheets.cells import folded
from xl_rebal.sheets.rows import Rows
from xl_rebal.sheets.write import CellValue

_JOINERS = frozenset(("and", "&", "the", "family", "household", "mr", "mrs", "ms", "dr", "jr", "sr"))
_LISTED = 5


class Clients:
    """The Clients sheet, asked who a name is."""

    def __init__(self, rows: Rows, confirmed: Mapping[str, str]) -> None:
        columns = rows.columns
        self.all: list[tuple[str, str]] = [
            (client_id, name or client_id)
            for client_id, name in zip(columns["Client ID"], columns["Client Name"], strict=True)
            if client_id
        ]
        self.ids: dict[str, str] = {folded(client_id): client_id for client_id, _ in self.all}
        self.names: dict[str, set[str]] = {}
        for client_id, name in self.all:
            self.names.setdefault(_words_key(name), set()).add(client_id)
        self.confirmed = {folded(name): client_id for name, client_id in confirmed.items()}

    def find(self, person: str) -> str | None:
        """The Client ID of a name; None for one that is not known, or that two clients share."""
        wanted = folded(person)
        said = self.confirmed.get(wanted)
        if said:
            return self.ids.get(folded(said))
        if wanted in self.ids:
            return self.ids[wanted]
        alike = self.names.get(_words_key(person), set())
        return next(iter(alike)) if len(alike) == 1 else None

    def like(self, person: str) -> list[str]:
        """Client IDs of households that share a word of the name, for the question to the person."""
        words = _words(person) - _JOINERS
        return [client_id for client_id, name in self.all if words & (_words(name) - _JOINERS)][:_LISTED]


def new_notes(
    notes: Iterable[ImportedNote], sheet: Rows, clients: Clients
) -> tuple[list[dict[str, CellValue]], list[Problem], int]:
    """Rows to add to Notes, the names that nobody knows as problems, and how many entries are there already."""
    columns = sheet.columns
    there = {
        (folded(client or ""), on, _text_key(text or ""))
        for client, on, text in zip(columns["Client ID"], columns["Date"], columns["Text"], strict=True)
    }
    added: list[dict[str, CellValue]] = []
    strangers: dict[str, list[ImportedNote]] = {}
    same = 0
    for note in notes:
        client_id = clients.find(note.person)
        if client_id is None:
            strangers.setdefault(note.person, []).append(note)
            continue
        key = (folded(client_id), note.on, _text_key(note.text))
        if key in there:
            same += 1
            continue
        there.add(key)
        cells: dict[str, CellValue] = {
            "Client ID": client_id,
            "Date": note.on,
            "Text": note.text,
            "Kind": note.kind or None,
            "Author": note.author or None,
            "Source": note.system,
        }
        added.append({header: value for header, value in cells.items() if value is not None})
    added.sort(key=lambda cells: (str(cells["Date"]), str(cells["Client ID"])))
    return added, [_stranger(clients, person, rows) for person, rows in strangers.items()], same


def _stranger(clients: Clients, person: str, rows: list[ImportedNote]) -> Problem:
    count = "1 entry" if len(rows) == 1 else f"{len(rows):,} entries"
    like = clients.like(person)
    guess = f" Perhaps {', '.join(like)}." if like else ""
    todo = f'Say who it is once: --client "{person[:40]}={like[0] if like else "CLIENT-ID"}".'
    if not person:
        todo = "Say in the CRM whom the entry is about, and export it again."
    return Problem(
        Severity.WARNING, "person-unknown", rows[0].source, "Client", "", person[:60],
        f"{rows[0].system} has {count} about {person[:60] or 'nobody'!r}, who is no Client ID or Client Name of the Clients "
        f"sheet; not imported.{guess}",
        todo,
    )  # fmt: skip


def _words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W_]+", folded(name)))


def _words_key(name: str) -> str:
    """`Sample, Pat` and `Pat Sample` alike."""
    return " ".join(sorted(_words(name)))


def _text_key(text: str) -> str:
    return " ".join(text.split())
