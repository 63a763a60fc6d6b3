"""Which account of the workbook a masked account of a file is: by the digits that the mask shows, never by a guess.

Several accounts of a firm can end in the same three digits. Then the file's name decides, if it holds the Account ID; else
nothing is imported for that account and the person is told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath

from xl_rebal.engine.problems import Problem, Severity
from xl_rebal.importers.statements import Statement
from xl_rebal.sheets.cells import folded
from xl_rebal.sheets.rows import Rows

_FEWEST_DIGITS = 3
"""An Account ID with fewer digits is not matched by them."""


@dataclass(frozen=True, slots=True)
class Known:
    """An account of the workbook."""

    id: str
    client_id: str
    custodian: str
    digits: str  # of the ID


class Accounts:
    """The Accounts sheet, asked for the account that a statement belongs to."""

    def __init__(self, rows: Rows, custodian: str) -> None:
        columns = rows.columns
        self.custodian = custodian
        self.all = [
            Known(account_id, client_id or "", name or "", re.sub(r"\D", "", account_id))
            for account_id, client_id, name in zip(
                columns["Account ID"], columns["Client ID"], columns["Custodian"], strict=True
            )
            if account_id
        ]

    def find(self, statement: Statement, count: int) -> Known | Problem:
        """The statement's account, or the problem that keeps its `count` rows out of the workbook."""
        candidates = [known for known in self.all if _fits(known, statement.digits)]
        own = [known for known in candidates if self._is_own(known)]
        chosen = own or [known for known in candidates if not known.custodian]
        if len(chosen) > 1:
            chosen = [known for known in chosen if _named(known, statement.source.sheet)] or chosen
        if len(chosen) == 1:
            return chosen[0]
        return self._unmatched(statement, count, chosen, candidates)

    def _is_own(self, known: Known) -> bool:
        return folded(self.custodian) in folded(known.custodian)

    def _unmatched(
        self, statement: Statement, count: int, chosen: list[Known], candidates: list[Known]
    ) -> Problem:
        mask = statement.account or "that is not named"
        lost = f"its {count:,} row{' was' if count == 1 else 's were'} not imported"
        again = "and import again."
        if len(chosen) > 1:
            code = "account-ambiguous"
            names = ", ".join(known.id for known in chosen[:5]) + (" ..." if len(chosen) > 5 else "")
            fits = f"ends like {names}" if statement.digits else "shows no digit of its number"
            what = f"The account {mask!r} {fits}, so it can't be told which one it is; {lost}."
            todo = f"Download that account alone, put its Account ID into the file's name ('{chosen[0].id} {statement.kind.value}.csv') {again}"
        elif candidates:
            code = "account-elsewhere"
            other = candidates[0]
            what = (
                f"The account {mask!r} ends like {other.id}, but the Accounts sheet has that one at {other.custodian}, "
                f"not {self.custodian}; {lost}."
            )
            todo = f"Correct the Custodian on the Accounts sheet, or add the account, {again}"
        else:
            code = "account-unknown"
            what = f"No account on the Accounts sheet ends in {statement.digits} (the file shows {mask!r}); {lost}."
            todo = f"Add the account to the Accounts sheet, with its number as Account ID, {again}"
        return Problem(
            Severity.WARNING, code, statement.source, "Account", "", statement.account[:60], what, todo
        )


def _fits(known: Known, digits: str) -> bool:
    """Whether the account's digits end in those of the mask, or, where the workbook has them masked, the other way."""
    own = known.digits
    if not digits:
        return True
    return own.endswith(digits) or (len(own) >= _FEWEST_DIGITS and digits.endswith(own))


def _named(known: Known, file: str) -> bool:
    """Whether the file's name holds the Account ID, as typed or as bare digits."""
    stem = PurePath(file).stem
    runs = [re.sub(r"\D", "", run) for run in re.findall(r"\d[\d-]*", stem)]
    return folded(known.id) in folded(stem) or (len(known.digits) > _FEWEST_DIGITS and known.digits in runs)
