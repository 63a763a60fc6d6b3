"""What the workbook has and the files do not list any more: said, because only a person knows whether it was sold or moved."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from xl_rebal.engine.problems import Problem, Severity
from xl_rebal.importers.statements import Statement
from xl_rebal.importing.accounts import Known
from xl_rebal.sheets.cells import folded
from xl_rebal.sheets.rows import Rows

_LISTED = 8


def missing_positions(
    known: Known, rows: Mapping[str, Sequence[int]], listed: Collection[str], sheet: Rows
) -> Iterable[Problem]:
    """Positions of an account that a file does not list, when nothing shows whether the file is whole."""
    gone = sorted(symbol for symbol in rows if symbol not in listed)
    if gone:
        yield sheet.problem(
            Severity.WARNING,
            "positions-missing",
            rows[gone[0]][0],
            "Symbol",
            f"The file does not list {', '.join(gone)} in account {known.id}; it may be cut off, so "
            f"{'they were' if len(gone) > 1 else 'it was'} kept.",
            "Delete the rows if the positions were sold or moved.",
        )


def left_over_lots(
    known: Known, rows: Mapping[str, Sequence[int]], kept: Collection[str], sheet: Rows
) -> Iterable[Problem]:
    """Lots of securities that a whole positions statement does not list: sold or moved, and for a person to delete."""
    gone = sorted(symbol for symbol in rows if symbol not in kept)
    if gone:
        yield sheet.problem(
            Severity.WARNING,
            "lots-left-over",
            rows[gone[0]][0],
            "Symbol",
            f"The custodian no longer lists {', '.join(gone)} in account {known.id}, but Lots has "
            f"{'lots of them' if len(gone) > 1 else 'lots of it'}.",
            "Delete these lots if the position was sold or moved.",
        )


def missing_accounts(
    statements: Mapping[str, Statement], accounts: Iterable[Known], on_sheet: Collection[str]
) -> Iterable[Problem]:
    """Accounts with positions on the sheet that files of several accounts no longer list: closed or moved, perhaps.

    `statements` are the positions statements by Account ID, `on_sheet` the folded accounts of the Positions sheet.
    """
    files: dict[str, int] = {}
    for statement in statements.values():
        files[statement.source.sheet] = files.get(statement.source.sheet, 0) + 1
    several = [s for s in statements.values() if files[s.source.sheet] > 1 and s.custodians is not None]
    found = {folded(account_id) for account_id in statements}
    words = {folded(word) for one in several for word in one.custodians or ("",)}
    missing = [
        known.id
        for known in accounts
        if folded(known.id) in on_sheet
        and folded(known.id) not in found
        and any(word in folded(known.custodian) for word in words)
    ]
    if missing:
        more = f" and {len(missing) - _LISTED:,} more" if len(missing) > _LISTED else ""
        yield Problem(
            Severity.NOTE, "accounts-missing", several[0].source, "", "", "",
            f"No positions of {', '.join(missing[:_LISTED])}{more}, which the Positions sheet has; they were kept.",
            "If an account was closed, delete its rows on Accounts, Lots and Positions.",
        )  # fmt: skip
