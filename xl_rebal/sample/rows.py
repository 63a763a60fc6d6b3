"""Literal tables as sheet rows: a header per column, ISO dates as dates, and positions that follow from lots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from xl_rebal.money import decimal_of, from_cents, value_cents
from xl_rebal.sheets.layout import (
    ACCOUNTS,
    ACTIVITY,
    CLIENTS,
    INPUT_SHEETS,
    LOTS,
    NOTES,
    POSITIONS,
    SETTINGS_HEADERS,
    SETTINGS_SHEET,
    Kind,
    SheetLayout,
)
from xl_rebal.sheets.source import Table

Cell = str | float | int | date | None
Row = dict[str, Cell]
Rows = Mapping[str, list[Row]]
"""Sheet name -> rows, each a header -> value mapping with every header of the sheet."""

CASH_SYMBOL = "CASH"


def rows_of(sheet: SheetLayout, headers: str, table: Iterable[Sequence[Cell]]) -> list[Row]:
    """Rows of `sheet` from a literal table whose columns are `headers`, separated by `|`; other cells are empty.

    A date may be written as ISO text.
    """
    columns = [sheet.column(header.strip()) for header in headers.split("|")]
    names = [column.header for column in columns]
    dates = [column.header for column in columns if column.kind is Kind.DATE]
    empty: Row = dict.fromkeys(sheet.headers)
    result = []
    for record in table:
        if len(record) > len(columns):
            raise ValueError(f"{sheet.name}: {record!r} has more cells than {headers!r}")
        row = empty | dict(zip(names, record, strict=False))
        for header in dates:
            if isinstance(text := row[header], str):
                row[header] = date.fromisoformat(text)
        result.append(row)
    return result


def positions_of(lots: Iterable[Row], prices: Mapping[str, float]) -> list[Row]:
    """The custodian's positions that these lots add up to, valued lot by lot as the drift report does."""
    shares: dict[tuple[str, str], Decimal] = {}
    cents: dict[tuple[str, str], int] = {}
    for lot in lots:
        symbol = str(lot["Symbol"])
        key = (str(lot["Account ID"]), symbol)
        quantity = decimal_of(float(str(lot["Quantity"])))
        shares[key] = shares.get(key, Decimal(0)) + quantity
        cents[key] = cents.get(key, 0) + value_cents(quantity, decimal_of(prices[symbol]))
    return [
        {
            "Account ID": account,
            "Symbol": symbol,
            "Quantity": float(quantity),
            "Price": prices[symbol],
            "Value": float(from_cents(cents[account, symbol])),
            "Cost Basis": None,
        }
        for (account, symbol), quantity in shares.items()
    ]


def joined(parts: Iterable[Rows]) -> Rows:
    """All rows of several firms or households under one set of sheets, in order."""
    whole: dict[str, list[Row]] = {sheet.name: [] for sheet in INPUT_SHEETS}
    for part in parts:
        for name, rows in part.items():
            whole[name].extend(rows)
    return whole


LOT_HEADERS = "Account ID|Symbol|Acquired|Quantity|Cost Basis|Hold|Covered|Lot ID"
ACTIVITY_HEADERS = "Date|Account ID|Type|Amount|Symbol|Quantity|ST Gain|LT Gain"
NOTE_HEADERS = "Date|Kind|Author|Text"


def household_rows(
    client: Row,
    account_headers: str,
    accounts: Sequence[Sequence[Cell]],
    lots: Sequence[Sequence[Cell]],
    activity: Sequence[Sequence[Cell]],
    notes: Sequence[Sequence[Cell]],
    prices: Mapping[str, float],
    origin: str = "Wealthbox",
) -> dict[str, list[Row]]:
    """Rows of one household; its positions are those that the lots add up to.

    `account_headers` follow Account ID; lots, activity and notes have the headers above.
    """
    key = client["Client ID"]
    lot_rows = rows_of(LOTS, LOT_HEADERS, lots)
    return {
        CLIENTS.name: rows_of(CLIENTS, "|".join(client), [tuple(client.values())]),
        ACCOUNTS.name: rows_of(
            ACCOUNTS, f"Client ID|Account ID|{account_headers}", [(key, *account) for account in accounts]
        ),
        LOTS.name: lot_rows,
        POSITIONS.name: positions_of(lot_rows, prices),
        ACTIVITY.name: rows_of(ACTIVITY, ACTIVITY_HEADERS, activity),
        NOTES.name: rows_of(
            NOTES, f"Client ID|Source|{NOTE_HEADERS}", [(key, origin, *note) for note in notes]
        ),
    }


def tables_of(rows: Rows, settings: Mapping[str, Cell]) -> dict[str, Table]:
    """The raw tables that a workbook with these rows and settings would be read as."""
    tables = {
        sheet.name: Table(
            sheet.name, sheet.headers, [[row[h] for h in sheet.headers] for row in rows[sheet.name]]
        )
        for sheet in INPUT_SHEETS
    }
    values: list[list[object]] = [[name, value, None] for name, value in settings.items()]
    tables[SETTINGS_SHEET] = Table(SETTINGS_SHEET, SETTINGS_HEADERS, values)
    return tables
