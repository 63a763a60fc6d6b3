"""Sheets held in memory, for tests of merging: name the rows that matter."""

from __future__ import annotations

from typing import Any

from xl_rebal.sheets import layout
from xl_rebal.sheets.source import Table

Row = dict[str, Any]


def sheets(**rows: list[Row]) -> dict[str, Table]:
    """Every input sheet as a table; `accounts=[...]` fills Accounts, and so on."""
    found = {}
    for sheet in layout.INPUT_SHEETS:
        own = rows.get(sheet.name.lower(), [])
        cells = [[row.get(header) for header in sheet.headers] for row in own]
        found[sheet.name] = Table(sheet.name, sheet.headers, cells)
    return found


def client(client_id: str, name: str = "") -> Row:
    return {"Client ID": client_id, "Client Name": name or client_id, "Filing Status": "Single", "Model": "M"}


def account(
    account_id: str, client_id: str = "C1", custodian: str = "", registration: str = "Individual"
) -> Row:
    return {
        "Account ID": account_id,
        "Client ID": client_id,
        "Registration": registration,
        "Custodian": custodian,
    }
