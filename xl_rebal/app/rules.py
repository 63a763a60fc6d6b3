"""The use case of clients' rules: what is on the Rules sheet and holds, and what CRM entries ask for besides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xl_rebal.engine.book import Book, RuleState, Ruling
from xl_rebal.errors import WorkbookUnwritable

if TYPE_CHECKING:
    from xl_rebal.importing.proposing import Proposed


@dataclass(frozen=True, slots=True)
class RulesResult:
    """The rulings on the sheet's rules, the wishes that it does not have, and where the file of before is when they were written."""

    workbook: Path
    rulings: tuple[Ruling, ...]
    new: tuple[Proposed, ...]
    backup: Path | None

    @property
    def needs_attention(self) -> bool:
        """Whether a person has to confirm, complete or write something."""
        waiting = (RuleState.PROPOSED, RuleState.INCOMPLETE)
        return bool(self.new) or any(ruling.state in waiting for ruling in self.rulings)

    def lines(self) -> list[str]:
        """The rules in the order of the sheet, then what is new, the outcome last."""
        from xl_rebal.engine.client_rules import citation, quoted
        from xl_rebal.engine.rule_checks import describes

        lines = [
            f"{ruling.rule.source} [{ruling.rule.client_id}] {ruling.state.value}: {describes(ruling.rule)} "
            f"({citation(ruling.rule)}: {quoted(ruling.rule)}). {ruling.why}"
            for ruling in self.rulings
        ]
        lines += [f"New {one}" for one in self.new]
        if not self.new:
            return [*lines, "No CRM entry asks for anything that is not on the Rules sheet."]
        count = "1 proposal" if len(self.new) == 1 else f"{len(self.new):,} proposals"
        if self.backup is None:
            return [
                *lines,
                f"{count}, not written. --write adds them to the Rules sheet, without effect until confirmed.",
            ]
        return [
            *lines,
            f"{count} added to the Rules sheet of {self.workbook.name}. Confirm or decline each there.",
            f"The workbook as it was: {self.backup.name}",
        ]

    def record(self) -> dict[str, object]:
        """The same for scripts."""
        return {
            "workbook": str(self.workbook),
            "rules": [
                {
                    "place": str(r.rule.source),
                    "client": r.rule.client_id,
                    "kind": r.rule.kind.value,
                    "symbol": r.rule.symbol,
                    "amount_cents": r.rule.amount_cents,
                    "date": r.rule.on,
                    "sentence": r.rule.sentence,
                    "note_date": r.rule.said_on,
                    "status": r.rule.status.value,
                    "state": r.state.value,
                    "why": r.why,
                    "confirmed_by": r.rule.confirmed_by,
                    "confirmed_on": r.rule.confirmed_on,
                }
                for r in self.rulings
            ],
            "new": [dict(one.cells) for one in self.new],
            "backup": str(self.backup) if self.backup else None,
        }


def rulings_of(book: Book, client_ids: Sequence[str] | None = None) -> tuple[Ruling, ...]:
    """The rulings on every rule of the clients asked for, in the order of the sheet."""
    homes = book.households if client_ids is None else [book.household(one) for one in client_ids]
    return tuple(sorted((r for h in homes for r in h.rulings), key=lambda r: r.rule.source.row))


def rules(workbook: Path, *, write: bool = False, client_ids: Sequence[str] | None = None) -> RulesResult:
    """What the Rules sheet says, and the wishes in CRM entries that it lacks; with `write` they are added as Proposed.

    A wish is proposed once: one that was declined or confirmed, or whose row a person has edited, never comes again. Raises
    WorkbookUnreadable, UnknownClient, and WorkbookUnwritable where the workbook has no Rules sheet or can't be written.
    """
    from xl_rebal.importing.proposing import has_rules_sheet, proposed
    from xl_rebal.sheets.layout import RULES
    from xl_rebal.sheets.read import book_from_tables
    from xl_rebal.sheets.source import read_tables
    from xl_rebal.sheets.write import Change, change_rows

    tables = read_tables(workbook)
    book = book_from_tables(tables)
    wanted = None if client_ids is None else {book.household(one).client.id for one in client_ids}
    new = tuple(one for one in proposed(tables) if wanted is None or one.client_id in wanted)
    backup = None
    if write and new:
        if not has_rules_sheet(tables):
            raise WorkbookUnwritable(
                f"{workbook.name} has no Rules sheet: it was made by an older version. Make a new workbook with "
                "xl-rebal build and bring the data into it."
            )
        backup = change_rows(workbook, {RULES.name: Change(added=tuple(one.cells for one in new))})
    return RulesResult(workbook, rulings_of(book, client_ids), new, backup)
