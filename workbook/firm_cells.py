"""Native formulas that look a value up in the input tables, and the same values for the cells' cached results.

They use what every Excel from 2010 on and LibreOffice calculate alike: no dynamic arrays, no whole columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbook.inputs import Rows, cell_value

CLIENT_ROW_NAME = "XRClientRow"
"""The cell that holds the chosen client's place in the Clients table."""


def setting_formula(name: str) -> str:
    return f'INDEX(tblSettings[Value],MATCH("{name}",tblSettings[Setting],0))'


def client_value(header: str) -> str:
    """The chosen client's cell of the Clients table; empty cells compare equal to ""."""
    return f"INDEX(tblClients[{header}],{CLIENT_ROW_NAME})"


def client_row() -> str:
    """The chosen client's place by ID, be it text or a number, else by name as the XR_ functions take it, too."""
    ids = "tblClients[Client ID]"
    return (
        f"=IFERROR(MATCH(XRClient,{ids},0),IFERROR(MATCH(VALUE(XRClient),{ids},0),"
        'IFERROR(MATCH(XRClient,tblClients[Client Name],0),"")))'
    )


@dataclass(frozen=True, slots=True)
class FirmCells:
    """The input tables as their cells hold them, and the client that the workbook opens on."""

    rows: Mapping[str, Rows]
    settings: Mapping[str, Any]
    client_id: str

    def table(self, sheet: str) -> list[dict[str, Any]]:
        """A table's rows by header; what is missing or blank is None."""
        return [
            {header: cell_value(value) for header, value in row.items()} for row in self.rows.get(sheet, ())
        ]

    @property
    def client_row(self) -> float | None:
        """The client's place in the Clients table, the first is 1."""
        ids = [str(row.get("Client ID")) for row in self.rows.get("Clients", ())]
        return float(ids.index(self.client_id) + 1) if self.client_id in ids else None

    def of_client(self, header: str) -> Any:
        place = self.client_row
        return None if place is None else cell_value(self.rows["Clients"][int(place) - 1].get(header))

    def accounts(self) -> list[dict[str, Any]]:
        """The client's rows of the Accounts table."""
        return [row for row in self.table("Accounts") if row.get("Client ID") == self.client_id]

    def sum_of_accounts(self, header: str) -> float:
        return float(sum(row.get(header) or 0.0 for row in self.accounts()))
