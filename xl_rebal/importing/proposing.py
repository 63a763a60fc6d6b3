"""Wishes in CRM entries as rows for the Rules sheet: always Proposed, each once, for a person to confirm or decline.

Nothing that is imported can write Status Confirmed, Confirmed By or Confirmed On: the cells of a proposed row are made here
alone, and its text comes in as plain text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from xl_rebal.engine.book import ClientRule, RuleKind, RuleStatus
from xl_rebal.engine.client_rules import paying_account
from xl_rebal.engine.rule_checks import describes
from xl_rebal.money import from_cents
from xl_rebal.rules.proposing import Row, new_proposals
from xl_rebal.sheets import layout
from xl_rebal.sheets.cells import folded
from xl_rebal.sheets.read import book_from_tables
from xl_rebal.sheets.rows import rows_of
from xl_rebal.sheets.source import Table
from xl_rebal.sheets.write import CellValue, Change


@dataclass(frozen=True, slots=True)
class Proposed:
    """A wish that the Rules sheet does not have yet: whose, in a few words, the sentence, and the row to add."""

    client_id: str
    what: str
    sentence: str
    cells: Mapping[str, CellValue]

    def __str__(self) -> str:
        return f"[{self.client_id}] {self.what}: \u201c{' '.join(self.sentence.split())}\u201d"


def proposed(tables: Mapping[str, Table]) -> tuple[Proposed, ...]:
    """What the entries on the Notes sheet ask for and the Rules sheet does not have, client by client."""
    rows = tuple(_rows(tables))
    found = []
    for home in book_from_tables(tables).households:
        for rule_id, one in new_proposals(home, rows):
            rule = ClientRule(
                home.client.id, one.kind, RuleStatus.PROPOSED, one.sentence, one.note.date, one.symbol, "",
                one.amount_cents, one.on,
            )  # fmt: skip
            payer = paying_account(home, rule) if one.kind is RuleKind.CASH_NEED else None
            cells: dict[str, CellValue] = {
                "Client ID": home.client.id,
                "Kind": one.kind.value,
                "Symbol": one.symbol or None,
                "Amount": None if one.amount_cents is None else from_cents(one.amount_cents),
                "Date": one.on,
                "Account ID": payer.id if payer else None,
                "Sentence": one.sentence,
                "Note Date": one.note.date,
                "Status": RuleStatus.PROPOSED.value,
                "Rule ID": rule_id,
            }
            given = {header: value for header, value in cells.items() if value is not None}
            found.append(Proposed(home.client.id, describes(rule), one.sentence, given))
    return tuple(found)


def has_rules_sheet(tables: Mapping[str, Table]) -> bool:
    """Whether the workbook has a Rules sheet that rows can be added to."""
    table = _table(tables, layout.RULES.name)
    return table is not None and set(map(folded, layout.RULES.required)) <= set(map(folded, table.headers))


def changed(tables: Mapping[str, Table], changes: Mapping[str, Change]) -> dict[str, Table]:
    """The tables as they will read once the changes are written."""
    result = dict(tables)
    for sheet, change in changes.items():
        name = next((n for n in tables if folded(n) == folded(sheet)), None)
        if name is not None:
            result[name] = _changed(tables[name], change)
    return result


def _changed(table: Table, change: Change) -> Table:
    places = {folded(header): at for at, header in enumerate(table.headers) if header}
    width = len(table.headers)

    def filled(row: list[object], cells: Mapping[str, CellValue]) -> list[object]:
        full = [*row, *[None] * (width - len(row))]
        for header, value in cells.items():
            if (at := places.get(folded(header))) is not None:
                full[at] = value
        return full

    rows: list[list[object]] = []
    for index, row in enumerate(table.rows):
        number = table.header_row + 1 + index
        if number in change.removed:
            rows.append([])
        else:
            rows.append(filled(row, change.updated.get(number, {})))
    rows += [filled([], cells) for cells in change.added]
    return replace(table, rows=rows)


def _table(tables: Mapping[str, Table], sheet: str) -> Table | None:
    return next((table for name, table in tables.items() if folded(name) == folded(sheet)), None)


def _rows(tables: Mapping[str, Table]) -> Iterator[Row]:
    """The rows of the Rules sheet, those that can't be used as well: nobody wants what they say proposed again."""
    rows = rows_of(_table(tables, layout.RULES.name), layout.RULES, [], needed=("Client ID",), absent=None)
    column = rows.columns
    for i in range(len(rows)):
        kind, status = column["Kind"][i], column["Status"][i]
        yield Row(
            column["Client ID"][i] or "",
            RuleKind(kind) if kind else None,
            RuleStatus(status) if status else None,
            column["Symbol"][i] or "",
            column["Amount"][i],
            column["Date"][i],
            column["Sentence"][i] or "",
            column["Rule ID"][i] or "",
        )
