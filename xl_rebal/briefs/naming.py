"""Folder names that Windows, OneDrive and a person can live with, one for each client."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable

from xl_rebal.engine.book import Client
from xl_rebal.paths import DEVICE, deceptive

LONGEST = 60
"""Characters of a folder name: the whole path of a brief must stay below Windows' 260."""


def safe_name(name: str, instead: str = "client") -> str:
    r"""`name` as one folder name: `Smith & Co: <x>/..` gives `Smith and Co x`; accents stay.

    No path separators, no characters or device names that Windows refuses (CON, COM1 ...), no dots or spaces at the
    ends, no invisible direction marks. `instead` is taken when nothing is left.
    """
    text = unicodedata.normalize("NFC", name).replace("&", " and ")
    text = " ".join("".join(" " if deceptive(c) else c for c in text).split()).strip(". ")
    text = text[:LONGEST].rstrip(". ")
    if set(unicodedata.normalize("NFKC", text)) <= {"."}:
        return safe_name(instead) if instead != "client" else "client"
    if reserved := DEVICE.fullmatch(text):  # CON.txt is the console as well, so the mark goes before the dot
        word = len(reserved[1])
        text = f"{text[:word]}_{text[word:]}"
    return text


def client_folders(clients: Iterable[Client]) -> dict[str, str]:
    """Folder name by Client ID: the client's own Folder or name; clients that share one get their ID added."""
    wanted = {client.id: safe_name(client.folder or client.name, client.id) for client in clients}
    shared = Counter(name.casefold() for name in wanted.values())
    named: dict[str, str] = {}
    taken: set[str] = set()
    for client_id, name in wanted.items():
        chosen = with_id(name, client_id) if shared[name.casefold()] > 1 else name
        number = 2
        while chosen.casefold() in taken:
            chosen, number = f"{with_id(name, client_id)}-{number}", number + 1
        taken.add(chosen.casefold())
        named[client_id] = chosen
    return named


def with_id(name: str, client_id: str) -> str:
    """`Pat Lee (C07)`, within the length limit."""
    end = f" ({safe_name(client_id)[:24].rstrip('. ')})"
    return name[: LONGEST - len(end)].rstrip(". ") + end
