"""What a firm has said about its exports, in `mappings/<system>.toml` beside the workbook: plain text, written once, editable.

[columns]
"Tax Cost" = "Cost Basis"

[clients]
"Pat Sample" = "HAR01"
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from xl_rebal.errors import ExportUnreadable, WorkbookUnwritable
from xl_rebal.importers.exports import folded
from xl_rebal.importers.mapping import FIELDS, IGNORE, Overrides, System, field_named, systems

FOLDER = "mappings"


def confirmed(workbook: Path) -> dict[str, Overrides]:
    """The firm's mappings by system key. Raises ExportUnreadable for a file that says something impossible."""
    found = {}
    for key in systems():
        path = _path(workbook, key)
        if path.is_file():
            found[key] = overrides_of(*_tables(path))
    return found


def overrides_of(columns: Mapping[str, str], clients: Mapping[str, str]) -> Overrides:
    """Headers and names as the reader compares them."""
    return Overrides({folded(header): field_named(name) for header, name in columns.items()}, dict(clients))


def said(pairs: Iterable[str], option: str) -> dict[str, str]:
    """`Their Header=Cost Basis` as header and meaning. Raises ExportUnreadable for a text without `=`."""
    found = {}
    for pair in pairs:
        left, sign, right = pair.rpartition("=")
        if not sign or not left.strip() or not right.strip():
            raise ExportUnreadable(
                f"{option} {pair!r} has no '='. Write what the file says first: {option} \"Their Header=Cost Basis\"."
            )
        found[left.strip()] = right.strip()
    return found


def merged(
    workbook: Path, system: System, columns: Mapping[str, str], clients: Mapping[str, str]
) -> Overrides:
    """The firm's mapping of a system with these pairs added."""
    old_columns, old_clients = _tables(_path(workbook, system.key))
    return overrides_of({**old_columns, **columns}, {**old_clients, **clients})


def remember(workbook: Path, system: System, columns: Mapping[str, str], clients: Mapping[str, str]) -> Path:
    """Adds pairs to the system's mapping file, which is made if it is not there; returns it."""
    path = _path(workbook, system.key)
    old_columns, old_clients = _tables(path)
    titled = {
        header: (IGNORE if field_named(name) == IGNORE else FIELDS[field_named(name)])
        for header, name in {**_without(old_columns, columns), **columns}.items()
    }
    lines = [
        f"# What columns and names of {system.name}'s exports mean. Written by `xl-rebal import {system.key} ... --map`;",
        "# edit or delete lines as needed. A column can mean:",
        *(f"#   {title}" for title in FIELDS.values()),
        "#   ignore",
        "",
        "[columns]",
        *(f"{_quoted(header)} = {_quoted(name)}" for header, name in titled.items()),
        "",
        "[clients]",
        *(
            f"{_quoted(name)} = {_quoted(client)}"
            for name, client in {**_without(old_clients, clients), **clients}.items()
        ),
        "",
    ]
    temporary = path.with_name(path.name + ".tmp")
    try:
        path.parent.mkdir(exist_ok=True)
        temporary.write_text("\n".join(lines), encoding="utf-8")
        os.replace(temporary, path)
    except OSError as error:
        raise WorkbookUnwritable(f"{path} can't be written ({error.strerror or error}).") from error
    return path


def _path(workbook: Path, key: str) -> Path:
    return workbook.resolve().parent / FOLDER / f"{key}.toml"


def _without(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    again = {folded(header) for header in new}
    return {header: name for header, name in old.items() if folded(header) not in again}


def _tables(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """The two tables of a mapping file; empty ones where there is no file."""
    if not path.is_file():
        return {}, {}
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise ExportUnreadable(
            f'{path} can\'t be read ({error}). Each line is "Their Header" = "Cost Basis"; correct it, or delete the file.'
        ) from error
    tables = []
    for name in ("columns", "clients"):
        table = raw.get(name, {})
        if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
            raise ExportUnreadable(f"{path}: the table [{name}] holds something that is no text. Correct it.")
        tables.append(dict(table))
    return tables[0], tables[1]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
