"""The certificate of a plan: how far it is from the best possible, which limits bind, and a hash of all it rests on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache
from operator import attrgetter

from xl_rebal import __version__
from xl_rebal.engine.book import FilingStatus, Household, Settings
from xl_rebal.engine.drift import Drift
from xl_rebal.engine.results import BudgetUse, Rmd, Slack, Trade, Transfer
from xl_rebal.params.types import TaxParameters

NOT_OF_THE_PLAN = frozenset(
    [
        "source",
        "name",
        "advisor",
        "email",
        "folder",
        "quarter",
        "firm_name",
        "logo",
        "firm_color",
        "preferred_name",
        "output_folder",
        "drafter",
        "drafter_model",
        "drafter_url",
        "drafter_at_once",
        "drafter_price_in",
        "drafter_price_out",
        "drafter_log",
        "send_crm",
        "letter_tone",
        "executed_tolerance",
        "minutes_check",
        "minutes_decide",
        "minutes_trade",
        "positions_as_of",
        "lots_as_of",
        "stale_holdings_days",
        "stale_data",
        "cash_need_days",
        "withdrawal_why",
        "stated_short_cents",
        "stated_long_cents",
        "hold_why",
    ]
)
"""Fields that no plan depends on: where a row stands, and what only documents use."""


def slacks(
    household: Household, after: Drift, cash_after: Mapping[str, int], budget: BudgetUse | None
) -> tuple[Slack, ...]:
    """What the plan leaves of each limit, in cents: the gain budget, cash over the reserves, room inside each class band.

    Negative is beyond the limit. Tightest first.
    """
    found = []
    if budget is not None:
        found.append(Slack("Gain budget", budget.budget_cents - budget.used_cents))
    for account in household.accounts:
        left = cash_after[account.id] - account.cash_reserve_cents
        found.append(Slack(f"Cash of {account.title}", left))
    if household.client.cash_reserve_cents:
        left = sum(cash_after.values()) - household.client.cash_reserve_cents
        found.append(Slack("Cash reserve of the household", left))
    for sleeve in after.classes:
        if sleeve.band is not None:
            room = min(sleeve.weight - sleeve.band.lower, sleeve.band.upper - sleeve.weight)
            found.append(Slack(f"Band of {sleeve.name}", round(room * after.total_cents)))
    return tuple(sorted(found, key=lambda s: (s.left_cents, s.rule)))


def plan_hash(
    household: Household,
    settings: Settings,
    params: TaxParameters,
    rmds: Iterable[Rmd],
    trades: Iterable[Trade],
    transfers: Iterable[Transfer],
) -> str:
    """SHA-256 over everything that the plan rests on and over its trades; equal inputs give equal text anywhere.

    Inputs: the household's rows (in any order), the securities it holds or may buy, the firm's settings, the tax
    parameters of its filing status (and of trusts, where it has one) and of wash sales, its RMDs, and this package's version.
    """
    held = {lot.symbol for lot in household.lots} | {row.symbol for row in household.activity}
    held |= {balance.symbol for balance in household.cash}
    used = (s for s in household.securities.values() if s.symbol in held or s.buy.value != "No")
    parts = [
        f"xl_rebal {__version__} tax year {params.tax_year}",
        _text(household.client),
        *_sorted(household.accounts),
        *_sorted(household.lots),
        *_sorted(household.cash),
        *_sorted(household.activity),
        *_sorted(household.targets),
        *_sorted(used),
        _text(settings),
        _text(params.status(household.client.filing_status)),
        *(_text(params.status(FilingStatus.TRUST)) for a in household.accounts if a.files_own_return),
        _text(params.niit_rate),
        _text(params.wash_sale),
        *_sorted(rmds),
        *(
            f"{t.account_id} {t.side.value} {t.symbol} {t.quantity.normalize()} {t.amount_cents}"
            for t in trades
        ),
        *_sorted(transfers),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _sorted(rows: Iterable[object]) -> list[str]:
    return sorted(_text(row) for row in rows)


def _text(row: object) -> str:
    """One line for a row: the same for equal rows on any machine."""
    kind: type = type(row)
    if not is_dataclass(kind):
        return repr(row)
    return repr([v.normalize() if isinstance(v, Decimal) else v for v in _values(kind)(row)])


@cache
def _values(kind: type) -> attrgetter[tuple[object, ...]]:
    """What a plan depends on in a row of this kind."""
    return attrgetter(*(f.name for f in fields(kind) if f.name not in NOT_OF_THE_PLAN))
