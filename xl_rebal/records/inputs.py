"""One client's own input as canonical JSON, enough to compute its review and brief again, and back to values.

Only securities that can matter to the client are kept: held, traded, targeted, identical, replacements, and the funds
that may be bought.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from xl_rebal.engine.book import BuyIn, Household, Settings
from xl_rebal.engine.problems import Problem
from xl_rebal.records.canonical import canonical, parsed
from xl_rebal.records.written import Reader, written


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that a client's review is computed from, but for the tax parameters (the manifest has their hash)."""

    settings: Settings
    household: Household
    problems: tuple[Problem, ...]


def inputs_bytes(inputs: Inputs) -> bytes:
    """inputs.json."""
    own = replace(inputs, household=replace(inputs.household, securities=_related(inputs.household)))
    return canonical(written(own))


def inputs_from(content: bytes, reader: Reader | None = None) -> Inputs:
    """The inputs that an inputs.json holds. Raises ValueError when it is not one.

    `reader` fills in what an earlier version did not know yet, and says so.
    """
    try:
        found = (reader or Reader()).read(Inputs, parsed(content))
    except ValueError as error:
        raise ValueError(f"not the inputs of a client: {error}") from error
    assert isinstance(found, Inputs)  # noqa: S101 - for the type checker
    return found


def _related(home: Household) -> dict[str, Any]:
    """Securities that the engine may look at for this household, in the book's order."""
    symbols = {row.symbol for rows in (home.lots, home.cash, home.positions, home.activity) for row in rows}
    symbols |= {target.symbol for target in home.targets}
    known = home.securities
    symbols |= {known[symbol].swap for symbol in symbols if symbol in known}
    groups = {known[symbol].identity for symbol in symbols if symbol in known}
    return {
        symbol: security
        for symbol, security in known.items()
        if symbol in symbols
        or security.identity in groups
        or security.buy is not BuyIn.NOWHERE
        or security.is_cash
    }
