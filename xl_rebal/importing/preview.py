"""What an import would change, sheet by sheet, with the first rows: for a person to look at before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from xl_rebal.money import decimal_of, quantity_text
from xl_rebal.sheets.cells import day, folded, shown
from xl_rebal.sheets.layout import INPUT_SHEETS, Kind
from xl_rebal.sheets.source import Table
from xl_rebal.sheets.write import Change

FIRST_ROWS = 5
_DATES = {
    folded(sheet.name): [folded(column.header) for column in sheet.columns if column.kind is Kind.DATE]
    for sheet in INPUT_SHEETS
}


def preview(
    changes: Mapping[str, Change], tables: Mapping[str, Table], first: int = FIRST_ROWS
) -> tuple[str, ...]:
    """Lines for a person: per sheet the counts, then the first rows added (+), changed (~) and removed (-)."""
    lines: list[str] = []
    for sheet, change in changes.items():
        table = next((one for name, one in tables.items() if folded(name) == folded(sheet)), None)
        if table is None:
            continue
        parts = (
            (len(change.added), "added"),
            (len(change.updated), "changed"),
            (len(change.removed), "removed"),
        )
        lines.append(f"{sheet}: {', '.join(f'{count:,} {what}' for count, what in parts if count)}")
        lines += _cut(
            [f"  + {_cells([(h, row.get(h)) for h in table.headers])}" for row in change.added[:first]],
            len(change.added),
        )
        lines += _cut(list(_updates(table, change, first)), len(change.updated))
        lines += _cut(list(_removals(table, change, first)), len(change.removed))
    return tuple(lines)


def _cut(lines: list[str], count: int) -> list[str]:
    more = count - len(lines)
    return [*lines, f"    and {more:,} more"] if more > 0 and lines else lines


def _updates(table: Table, change: Change, first: int) -> Iterator[str]:
    for row in sorted(change.updated)[:first]:
        before = _row(table, row)
        new = change.updated[row]
        cells = [(header, _text(before.get(folded(header))), _text(value)) for header, value in new.items()]
        other = [
            cell for cell in cells if cell[1] != cell[2]
        ]  # a date is written with its price, changed or not
        parts = [f"{header} {was or 'blank'} -> {will or 'blank'}" for header, was, will in other or cells]
        yield f"  ~ row {row} {_key(table, before)}: {', '.join(parts)}"


def _removals(table: Table, change: Change, first: int) -> Iterator[str]:
    for row in sorted(change.removed)[:first]:
        before = _row(table, row)
        yield f"  - row {row} {_cells([(h, before.get(folded(h))) for h in table.headers])}"


def _row(table: Table, number: int) -> dict[str, object]:
    index = number - table.header_row - 1
    cells = table.rows[index] if 0 <= index < len(table.rows) else []
    found = {folded(header): cell for header, cell in zip(table.headers, cells, strict=False)}
    for header in _DATES.get(folded(table.sheet), ()):
        on = day(found.get(header), table.date_1904)
        if isinstance(on, date):  # a date in a cell without a date's format is a number
            found[header] = on
    return found


def _key(table: Table, row: Mapping[str, object]) -> str:
    """The first three cells of a row, which say what it is."""
    return " ".join(filter(None, (_text(row.get(folded(header))) for header in table.headers[:3])))


def _cells(cells: Sequence[tuple[str, object]]) -> str:
    return ", ".join(f"{header} {text}" for header, value in cells if (text := _text(value)))[:200]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Decimal):
        return quantity_text(value)
    if isinstance(value, (int, float)):
        return quantity_text(decimal_of(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else shown(value)
