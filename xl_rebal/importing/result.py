"""What an import did, in plain words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from xl_rebal.engine.problems import Problem, Severity, Source
from xl_rebal.importers.exports import Skipped

_NAMED_SYMBOLS = 12


@dataclass(slots=True)
class Counts:
    """Rows of one account on one sheet."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    same: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)

    def __str__(self) -> str:
        parts = (
            (self.added, "added"),
            (self.changed, "changed"),
            (self.removed, "removed"),
            (self.same, "as before"),
        )
        return ", ".join(f"{count:,} {what}" for count, what in parts if count) or "none"


@dataclass(slots=True)
class AccountReport:
    account_id: str
    client_id: str
    lots: Counts = field(default_factory=Counts)
    positions: Counts = field(default_factory=Counts)
    activity: Counts = field(default_factory=Counts)

    def __str__(self) -> str:
        """`lots 4 added, 1 removed; positions none; activity 3 added`"""
        moved = f"; activity {self.activity}" if self.activity or self.activity.same else ""
        held = f"lots {self.lots}; positions {self.positions}"
        return f"activity {self.activity}" if moved and not self.holds else held + moved

    @property
    def holds(self) -> bool:
        """Whether the files said anything about lots or positions."""
        return any((self.lots, self.positions, self.lots.same, self.positions.same))


@dataclass(slots=True)
class Report:
    """What `merge` found to change, account by account, and what it could not use."""

    as_of: date | None = None
    positions_read: int = 0
    lots_read: int = 0
    transactions_read: int = 0
    notes_read: int = 0
    accounts: dict[str, AccountReport] = field(default_factory=dict)
    priced: int = 0
    new_symbols: list[str] = field(default_factory=list)
    unclassed: list[str] = field(default_factory=list)  # of the new symbols, those without an asset class
    new_accounts: list[str] = field(default_factory=list)
    new_clients: list[str] = field(default_factory=list)
    notes: Counts = field(default_factory=Counts)
    explained: int = 0  # positions whose change since the last import transactions explain
    days: list[tuple[str, str, date]] = field(default_factory=list)  # account, which rows, of which day
    proposed: list[str] = field(default_factory=list)  # rules that CRM entries ask for, as sentences
    kept_basis: int = 0  # lots whose basis only the workbook knows
    problems: list[Problem] = field(default_factory=list)
    skipped: tuple[Skipped, ...] = ()

    def account(self, account_id: str, client_id: str) -> AccountReport:
        return self.accounts.setdefault(account_id, AccountReport(account_id, client_id))


@dataclass(frozen=True, slots=True)
class ImportResult:
    """An import that is done: the workbook holds its rows; `backup` is the file as it was (None: nothing changed)."""

    workbook: Path
    files: int
    report: Report
    backup: Path | None
    evidence: tuple[str, ...] = ()
    preview: tuple[str, ...] = ()
    dry_run: bool = False
    mapping: Path | None = None  # the firm's mapping file, when this import has written it

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What a person has to see to."""
        return tuple(p for p in self.report.problems if p.severity is not Severity.NOTE)

    @property
    def notes(self) -> tuple[Problem, ...]:
        """What is only worth knowing."""
        return tuple(p for p in self.report.problems if p.severity is Severity.NOTE)

    def lines(self) -> list[str]:
        """The outcome, most important last: what was read, what changed, what was not used, where the old file is."""
        report = self.report
        day = f", as of {report.as_of}" if report.as_of else ""
        files = f"{self.files} file{'' if self.files == 1 else 's'}"
        read = (
            (report.positions_read, "position", "positions"),
            (report.lots_read, "lot", "lots"),
            (report.transactions_read, "transaction", "transactions"),
            (report.notes_read, "CRM entry", "CRM entries"),
        )
        counts = [f"{count:,} {one if count == 1 else many}" for count, one, many in read if count]
        lines = [*self.evidence, f"Read {files}{day}: {', '.join(counts) or 'nothing to import'}."]
        if self.mapping is not None:
            lines.append(f"The headers are remembered in {self.mapping.parent.name}/{self.mapping.name}.")
        unchanged = 0
        for account in report.accounts.values():
            if not account.lots and not account.positions and not account.activity:
                unchanged += 1
                continue
            owner = f" ({account.client_id})" if account.client_id else ""
            lines.append(f"Account {account.account_id}{owner}: {account}.")
        if unchanged and unchanged < len(report.accounts):
            lines.append(f"{unchanged:,} account{'' if unchanged == 1 else 's'} as before.")
        if report.notes_read:
            lines.append(f"Notes: {report.notes}.")
        if report.explained:
            one = report.explained == 1
            lines.append(
                f"{report.explained:,} changed position{' is' if one else 's are'} explained by transactions."
            )
        if report.proposed:
            lines.append(
                f"Proposed on the Rules sheet, without effect until somebody confirms: {len(report.proposed):,}."
            )
            lines += [f"  {one}" for one in report.proposed[:_NAMED_SYMBOLS]]
        for names, sheet in ((report.new_clients, "Clients"), (report.new_accounts, "Accounts")):
            if names:
                lines.append(f"Added to the {sheet} sheet: {_some(names)}.")
        if report.priced:
            one = report.priced == 1
            lines.append(f"{report.priced:,} price{'' if one else 's'} brought up to date.")
        if report.new_symbols:
            if not report.unclassed:
                todo = ", with the classes that the file gives."
            elif len(report.unclassed) == len(report.new_symbols):
                todo = ". Enter their Asset Class there."
            else:
                todo = f". Enter the Asset Class of {_some(report.unclassed)} there."
            lines.append(f"New on the Securities sheet: {_some(report.new_symbols)}{todo}")
        if report.kept_basis:
            have = "1 lot has" if report.kept_basis == 1 else f"{report.kept_basis:,} lots have"
            lines.append(f"{have} no cost basis in the file; the workbook's own was kept.")
        kinds = Counter(one.what for one in report.skipped)
        if kinds:
            passed = (f"{count:,} {what}{'' if count == 1 else 's'}" for what, count in sorted(kinds.items()))
            lines.append(f"Passed over: {', '.join(passed)}.")
        lines += [str(problem) for problem in (*self.notes, *self.problems)]
        lines += self.preview
        if self.dry_run:
            lines.append(f"Nothing was written: {self.workbook.name} is as it was (--dry-run).")
        elif self.backup is None and self.problems:
            lines.append(f"{self.workbook.name} was not changed.")
        elif self.backup is None:
            lines.append(f"Nothing to change: {self.workbook.name} holds what these files say already.")
        else:
            lines.append(f"{self.workbook.name} is up to date. As it was before: {self.backup.name}")
        return lines


def formula_problems(workbook: Path, kept: Sequence[str], replaced: Sequence[str]) -> list[Problem]:
    """What became of formulas in the columns that an import fills."""
    problems, place = [], Source(workbook.name, 0)
    if kept:
        what = f"Calculated columns kept their formulas, and the files' values were not used: {_some(kept)}."
        problems.append(Problem(Severity.NOTE, "formula-kept", place, "", "", "", what, ""))
    if replaced:
        what = f"Formulas stood in cells that the files have values for, and the values take their place: {_some(replaced)}."
        todo = "If a formula is to stay, take the import back (--undo) and move the formula to a column of your own."
        problems.append(Problem(Severity.WARNING, "formula-replaced", place, "", "", "", what, todo))
    return problems


def _some(names: Sequence[str]) -> str:
    more = len(names) - _NAMED_SYMBOLS
    comma = "; " if any("," in name for name in names) else ", "
    return comma.join(names[:_NAMED_SYMBOLS]) + (f" and {more} more" if more > 0 else "")
