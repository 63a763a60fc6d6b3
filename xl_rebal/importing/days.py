"""Of which day an account's positions and lots are once an import is done: kept on the Accounts sheet.

The day of lots is set only when the import brings all lots of the account, and is then that of the oldest file: a fresh lot
beside old ones makes an account no fresher.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from xl_rebal.importers.statements import Statement
from xl_rebal.importing.accounts import Known
from xl_rebal.sheets.cells import folded

POSITIONS, LOTS = "Positions As Of", "Lots As Of"


def account_days(
    positions: Mapping[str, tuple[Known, Statement]],
    lots: Mapping[tuple[str, str], tuple[Known, Statement]],
    held: Mapping[str, Collection[str]],
) -> Iterator[tuple[str, str, date]]:
    """(Account ID, header, day) of every account that the statements date.

    `lots` are by account and symbol; `held` are the symbols with lots on the sheet by folded account, money left out.
    """
    for account_id, (_, statement) in positions.items():
        if statement.as_of is not None:
            yield account_id, POSITIONS, statement.as_of.date()
    by_account: dict[str, dict[str, Statement]] = {}
    for (account_id, symbol), (_, statement) in lots.items():
        by_account.setdefault(account_id, {})[symbol] = statement
    for account_id, own in by_account.items():
        whole = {symbol for symbol, statement in own.items() if statement.whole}
        stamps = [own[symbol].as_of for symbol in whole]
        days = [stamp.date() for stamp in stamps if stamp is not None]
        if days and len(days) == len(own) and whole >= set(held.get(folded(account_id), ())):
            yield account_id, LOTS, min(days)
