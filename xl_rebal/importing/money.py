"""Money that a file lists twice: as cash, and once more as the fund that it is swept into."""

from __future__ import annotations

from decimal import Decimal

from xl_rebal.engine.problems import Problem, Severity
from xl_rebal.importers.statements import CASH, Statement
from xl_rebal.importing.accounts import Known
from xl_rebal.money import money_text

_CENTS_WORTH_SAYING = 100


def money_twice(known: Known, statement: Statement) -> list[Problem]:
    """One warning for a fund at $1 a share whose value is, to the cent, that of a row of cash in the same account."""
    money = {p.value_cents for p in statement.positions if p.symbol == CASH and p.value_cents is not None}
    return [
        Problem(
            Severity.WARNING, "money-twice", fund.source, "Symbol", "", fund.symbol,
            f"Account {known.id} lists {money_text(fund.value_cents)} of cash and the same {money_text(fund.value_cents)} of "
            f"{fund.symbol} at $1 a share: perhaps the same money twice. Both were imported.",
            f"If it is one amount, delete {fund.symbol} of this account on Positions and Lots, and export the file without it.",
            cost=f"The household's value and cash are too high by {money_text(fund.value_cents)}.",
        )
        for fund in statement.positions
        if fund.symbol != CASH
        and fund.price == Decimal(1)
        and fund.value_cents in money
        and (fund.value_cents or 0) >= _CENTS_WORTH_SAYING
    ]  # fmt: skip
