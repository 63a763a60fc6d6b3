"""Which account of the workbook an account of a file is: by its whole number, or by the digits that a mask shows.

Never by a guess. Several accounts of a firm can end in the same three digits: then the file's name decides, if it holds the
Account ID. A number that only agrees without its leading zeros was damaged by Excel. In both cases nothing is imported for
that account and the person is told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath

from xl_rebal.engine.problems import Problem, Severity
from xl_rebal.importers.identifiers import is_masked
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

    @property
    def skeleton(self) -> str:
        return skeleton(self.id)


class Accounts:
    """The Accounts sheet, asked for the account that a statement belongs to."""

    def __init__(self, rows: Rows, custodian: str) -> None:
        columns = rows.columns
        self.custodians: tuple[str, ...] = (custodian,)
        self.all = [
            Known(account_id, client_id or "", name or "", re.sub(r"\D", "", account_id))
            for account_id, client_id, name in zip(
                columns["Account ID"], columns["Client ID"], columns["Custodian"], strict=True
            )
            if account_id
        ]
        self.by_skeleton: dict[str, list[Known]] = {}
        self.without_zeros: set[str] = set()
        for known in self.all:
            self._note(known)
        self._told = self.custodians

    def add(self, account_id: str, client_id: str, custodian: str) -> Known:
        """An account that this import adds."""
        known = Known(account_id, client_id, custodian, re.sub(r"\D", "", account_id))
        self.all.append(known)
        self._note(known)
        return known

    def _note(self, known: Known) -> None:
        plain = known.skeleton
        self.by_skeleton.setdefault(plain, []).append(known)
        self.without_zeros.add(plain.lstrip("0"))

    def named(self, account: str) -> Known | None:
        """The one account with this whole number, dashes and case aside."""
        found = self.by_skeleton.get(skeleton(account), [])
        return found[0] if len(found) == 1 else None

    def find(self, statement: Statement, count: int) -> Known | Problem:
        """The statement's account, or the problem that keeps its `count` rows out of the workbook."""
        self.custodians = self._told if statement.custodians is None else statement.custodians
        if statement.full:
            return self._by_number(statement, count)
        candidates = [known for known in self.all if _fits(known, statement.digits)]
        own = [known for known in candidates if self._is_own(known)]
        chosen = own or [known for known in candidates if not known.custodian]
        if len(chosen) > 1:
            chosen = [known for known in chosen if _named(known, statement.source.sheet)] or chosen
        if len(chosen) == 1:
            return chosen[0]
        return self._unmatched(statement, count, chosen, candidates)

    def _by_number(self, statement: Statement, count: int) -> Known | Problem:
        """The account with the statement's whole number, whoever keeps it: two with one number are for a person."""
        found = self.by_skeleton.get(skeleton(statement.account), [])
        if len(found) > 1:
            found = [known for known in found if self._is_own(known)] or found
        if len(found) == 1:
            return found[0]
        if not found:
            masked = [
                known
                for known in self.all
                if is_masked(known.id) and known.digits and statement.digits.endswith(known.digits)
            ]
            if len(masked) == 1:
                return masked[0]
            zeros = skeleton(statement.account).lstrip("0")
            found = [known for known in self.all if zeros and known.skeleton.lstrip("0") == zeros]
            if found:
                return self._damaged(statement, count, found[0])
        return self._unmatched(statement, count, found, found)

    def _damaged(self, statement: Statement, count: int, like: Known) -> Problem:
        return Problem(
            Severity.WARNING, "account-zeros", statement.source, "Account", "", statement.account[:60],
            f"The account {statement.account!r} is {like.id} of the Accounts sheet but for leading zeros, which Excel drops "
            f"when it opens a CSV file; {_lost(count)}.",
            "Import the file as it was downloaded, or write the Account ID as the file has it, if that is right.",
        )  # fmt: skip

    def _is_own(self, known: Known) -> bool:
        return not self.custodians or any(folded(one) in folded(known.custodian) for one in self.custodians)

    def _unmatched(
        self, statement: Statement, count: int, chosen: list[Known], candidates: list[Known]
    ) -> Problem:
        mask = statement.account
        lost = _lost(count)
        again = "and import again."
        if len(chosen) > 1:
            code = "account-ambiguous"
            names = ", ".join(known.id for known in chosen[:5]) + (" ..." if len(chosen) > 5 else "")
            fits = f"ends like {names}" if statement.digits else "shows no digit of its number"
            if mask:
                what = f"The account {mask!r} {fits}, so it can't be told which one it is; {lost}."
            else:
                what = f"The file does not name its account, so it can't be told which one it is; {lost}."
            todo = f"Download that account alone, put its Account ID into the file's name ('{chosen[0].id} {statement.kind.value}.csv') {again}"
        elif candidates:
            code = "account-elsewhere"
            other = candidates[0]
            like = f"The account {mask!r} ends like" if statement.digits else "The file's account could be"
            what = (
                f"{like} {other.id}, but the Accounts sheet has that one at {other.custodian}, "
                f"not {self.custodians[0]}; {lost}."
            )
            todo = f"Correct the Custodian on the Accounts sheet, or add the account, {again}"
        else:
            code = "account-unknown"
            if not mask:
                what = f"The file does not name its account, and none on the Accounts sheet is left to be it; {lost}."
            elif statement.full:
                what = f"The account {mask!r} is not on the Accounts sheet; {lost}."
            elif not statement.digits:
                what = f"The account {mask!r} shows no digit of its number, and none on the Accounts sheet can be it; {lost}."
            else:
                what = f"No account on the Accounts sheet ends in {statement.digits} (the file shows {mask!r}); {lost}."
            todo = f"Add the account to the Accounts sheet, with its number as Account ID, {again}"
        return Problem(
            Severity.WARNING, code, statement.source, "Account", "", statement.account[:60], what, todo
        )


def _lost(count: int) -> str:
    return f"its {count:,} row{' was' if count == 1 else 's were'} not imported"


def skeleton(account: str) -> str:
    """An account number without dashes, spaces and case: 'ZZ-0001' and 'zz0001' are one."""
    return "".join(char for char in account.casefold() if char.isalnum())


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
