"""Which of the firm's securities a household's review looks at: nothing else on the Securities sheet can change it."""

from __future__ import annotations

from dataclasses import replace

from xl_rebal.engine.book import BuyIn, Household, Security


def used_securities(household: Household) -> dict[str, Security]:
    """The securities that the household holds, traded or has a target for, what they swap into, and what it may buy."""
    symbols = {lot.symbol for lot in household.lots}
    symbols.update(balance.symbol for balance in household.cash)
    symbols.update(position.symbol for position in household.positions)
    symbols.update(row.symbol for row in household.activity)
    symbols.update(target.symbol for target in household.targets)
    firm = household.securities
    symbols.update([firm[symbol].swap for symbol in symbols if symbol in firm])
    return {s.symbol: s for s in firm.values() if s.symbol in symbols or s.buy is not BuyIn.NOWHERE}


def with_used_securities(household: Household) -> Household:
    """The household as its review sees it: equal for two books that differ only in what is none of its business."""
    return replace(household, securities=used_securities(household))
