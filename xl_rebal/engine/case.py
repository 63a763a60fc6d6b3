"""What a plan may do for one household: what can be sold and bought where, which cash must move, what must hold.

A `Case` is the rebalance problem in the field's terms, before any mathematics: `model` turns it into arrays, `settle`
turns the answer back into trades. Rows are put in a named order (account, symbol, acquired, lot id), so the order of
rows in the workbook never changes a plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from xl_rebal.dates import date_text
from xl_rebal.engine.book import (
    Account,
    BuyIn,
    Household,
    Lot,
    Owner,
    RebalanceTo,
    Security,
    Settings,
    Term,
)
from xl_rebal.engine.drift import Drift, DriftStatus, Sleeve, drift
from xl_rebal.engine.holding import term_on
from xl_rebal.engine.results import Blocked, Rmd, RmdState, WashState
from xl_rebal.engine.wash_sales import WashCalendar, buy_blocks
from xl_rebal.money import value_cents
from xl_rebal.params.types import TaxParameters


@dataclass(frozen=True, slots=True)
class Sellable:
    """One thing that may be sold: a lot in a taxable account, or a whole position in a sheltered one."""

    account_id: str
    security: Security
    price: Decimal
    lots: tuple[Lot, ...]  # one for a taxable account
    quantity: Decimal
    value_cents: int
    basis_cents: int  # 0 and meaningless when sheltered
    term: Term | None  # None: sheltered, no tax

    @property
    def gain_per_dollar(self) -> float:
        """Taxable gain in each dollar sold; 0 inside an IRA or Roth."""
        if self.term is None or not self.value_cents:
            return 0.0
        return (self.value_cents - self.basis_cents) / self.value_cents

    @property
    def position(self) -> tuple[str, str]:
        return self.account_id, self.security.symbol


@dataclass(frozen=True, slots=True)
class Buyable:
    account_id: str
    security: Security
    price: Decimal

    @property
    def special(self) -> bool:
        """Designated for this kind of account only, such as a municipal fund for taxable ones."""
        return self.security.buy is not BuyIn.ANYWHERE

    @property
    def position(self) -> tuple[str, str]:
        return self.account_id, self.security.symbol


@dataclass(frozen=True, slots=True)
class Goal:
    """Where a sleeve's value must lie after the plan, in cents; its target pulls gently inside."""

    sleeve: Sleeve
    lower_cents: float
    upper_cents: float
    target_cents: float


@dataclass(frozen=True, slots=True)
class RmdNeed:
    """Cash that must leave one owner's pool of accounts for the taxable account `to`."""

    rmd: Rmd
    from_accounts: tuple[str, ...]
    to: str  # '' leaves the household: it has no taxable account
    cents: int


@dataclass(frozen=True, slots=True)
class CashNeed:
    """Cash of one account: what it has, what must leave it, what must stay."""

    account_id: str
    cents: int
    withdrawal_cents: int
    reserve_cents: int


@dataclass(frozen=True, slots=True)
class Case:
    household: Household
    settings: Settings
    before: Drift  # as held
    start: Drift  # after withdrawals, before trades: what the goals are judged by
    sellable: tuple[Sellable, ...]
    buyable: tuple[Buyable, ...]
    class_goals: tuple[Goal, ...]
    security_goals: tuple[Goal, ...]
    cash: tuple[CashNeed, ...]
    rmd_needs: tuple[RmdNeed, ...]
    blocked: tuple[Blocked, ...]

    @property
    def positions(self) -> frozenset[tuple[str, str]]:
        """Account and symbol of everything that may be sold or bought."""
        return frozenset((*(s.position for s in self.sellable), *(b.position for b in self.buyable)))

    @property
    def needs_action(self) -> bool:
        """A sleeve is out of band, or an account lacks the cash it must have or pay out."""
        return self.start.breached or any(self.cash_missing().values())

    def cash_missing(self) -> Mapping[str, int]:
        """Cents that each account (or '' for the household's reserve) lacks if nothing is sold.

        RMD cash is drawn from the owner's accounts in order, each down to its reserve.
        """
        left = {need.account_id: need.cents - need.withdrawal_cents for need in self.cash}
        reserve = {need.account_id: need.reserve_cents for need in self.cash}
        missing: dict[str, int] = {}
        for need in self.rmd_needs:
            still = need.cents
            for account_id in need.from_accounts:
                take = max(0, min(still, left[account_id] - reserve[account_id]))
                left[account_id] -= take
                still -= take
            if need.to:
                left[need.to] += need.cents - still
            if still:
                missing[need.from_accounts[0]] = missing.get(need.from_accounts[0], 0) + still
        for account_id, cents in left.items():
            if cents < reserve[account_id]:
                missing[account_id] = missing.get(account_id, 0) + reserve[account_id] - cents
        short = self.household.client.cash_reserve_cents - sum(left.values())
        if short > 0:
            missing[""] = short
        return missing


def case_of(household: Household, settings: Settings, params: TaxParameters, rmds: tuple[Rmd, ...]) -> Case:
    """The rebalance problem of a household, with a reason for everything that may not be sold."""
    withdrawals = sum(a.withdrawal_cents for a in household.accounts)
    before = drift(household, settings)
    start = drift(household, settings, {"": -withdrawals}) if withdrawals else before
    rmd_needs = _rmd_needs(household, rmds)
    leaving = sum(need.cents for need in rmd_needs if not need.to)
    if leaving:
        start = drift(household, settings, {"": -withdrawals - leaving})
    sellable, blocked = _sellable(household, settings, params, start)
    return Case(
        household,
        settings,
        before,
        start,
        sellable,
        _buyable(household, settings, params),
        tuple(_goal(s, settings.class_rebalance_to, start.total_cents) for s in start.classes if s.band),
        tuple(
            _goal(s, settings.security_rebalance_to, start.total_cents) for s in start.securities if s.band
        ),
        tuple(
            CashNeed(a.id, household.cash_cents(a.id), a.withdrawal_cents, a.cash_reserve_cents)
            for a in sorted(household.accounts, key=lambda a: a.id)
        ),
        rmd_needs,
        blocked,
    )


def _goal(sleeve: Sleeve, to: RebalanceTo, total_cents: int) -> Goal:
    """Band edges, or the target on the side that was left when the firm rebalances to target."""
    assert sleeve.band is not None  # noqa: S101 - callers pass sleeves with a band
    band = sleeve.band
    lower, upper = band.lower, band.upper
    if to is RebalanceTo.TARGET:
        if sleeve.status is DriftStatus.ABOVE:
            upper = band.target
        elif sleeve.status is DriftStatus.BELOW:
            lower = band.target
    return Goal(sleeve, lower * total_cents, upper * total_cents, band.target * total_cents)


def _rmd_needs(household: Household, rmds: tuple[Rmd, ...]) -> tuple[RmdNeed, ...]:
    """What is due this year and not taken. A first RMD may wait until April 1, so it is not forced here."""
    needs = []
    for rmd in rmds:
        if rmd.state is not RmdState.DUE or not rmd.left_cents:
            continue
        accounts = tuple(sorted(a.account_id for a in rmd.accounts))
        needs.append(RmdNeed(rmd, accounts, _rmd_destination(household, rmd.owner), rmd.left_cents))
    return tuple(needs)


def _rmd_destination(household: Household, owner: Owner) -> str:
    """The first taxable account of that owner, else a joint one, else any of the household's own."""
    own = sorted(
        (a for a in household.accounts if a.registration.household_taxable),
        key=lambda a: (a.owner is not owner, a.owner is not Owner.JOINT, a.source.row, a.id),
    )
    return own[0].id if own else ""


def _sellable(
    household: Household, settings: Settings, params: TaxParameters, start: Drift
) -> tuple[tuple[Sellable, ...], tuple[Blocked, ...]]:
    sellable: list[Sellable] = []
    blocked: list[Blocked] = []
    accounts = {a.id: a for a in household.accounts}
    calendar = WashCalendar.of(household, settings.as_of, params.wash_sale)
    above = {s.name.casefold() for s in start.classes + start.securities if s.status is DriftStatus.ABOVE}
    sheltered: dict[tuple[str, str], list[Lot]] = {}

    def block(lot: Lot, cents: int, reason: str) -> None:
        blocked.append(Blocked(lot.account_id, lot.symbol, lot.id, cents, reason))

    for lot in sorted(household.lots, key=lot_order):
        account = accounts[lot.account_id]
        security = household.securities[lot.symbol]
        if security.price is None or security.price <= 0:
            block(lot, 0, "It has no price.")
            continue
        cents = value_cents(lot.quantity, security.price)
        if reason := _account_block(account):
            block(lot, cents, reason)
        elif lot.hold:
            block(lot, cents, "Marked Hold: do not sell.")
        elif not account.registration.taxable:
            sheltered.setdefault((lot.account_id, lot.symbol), []).append(lot)
        elif lot.basis_cents is None or lot.acquired is None:
            block(lot, cents, "Its cost basis is unknown, so its gain is unknown.")
        elif lot.basis_cents > cents and (why := _wash_block(calendar, lot)):
            block(lot, cents, why)
        elif (
            0 < lot.basis_cents - cents < settings.harvest_min_loss * lot.basis_cents
            and security.asset_class.casefold() not in above
            and lot.symbol.casefold() not in above
        ):
            block(lot, cents, "Its loss is too small to harvest and its sleeve is not overweight.")
        else:
            term = term_on(lot.acquired, settings.as_of)
            sellable.append(
                Sellable(
                    lot.account_id,
                    security,
                    security.price,
                    (lot,),
                    lot.quantity,
                    cents,
                    lot.basis_cents,
                    term,
                )
            )
    for (account_id, symbol), lots in sorted(sheltered.items()):
        security = household.securities[symbol]
        assert security.price is not None  # noqa: S101 - unpriced lots were blocked above
        quantity = sum((lot.quantity for lot in lots), Decimal(0))
        cents = value_cents(quantity, security.price)
        sellable.append(Sellable(account_id, security, security.price, tuple(lots), quantity, cents, 0, None))
    return tuple(sellable), tuple(blocked)


def lot_order(lot: Lot) -> tuple[str, str, str, str]:
    """The named order of lots: account, symbol, acquired, lot id."""
    return lot.account_id, lot.symbol, lot.acquired.isoformat() if lot.acquired else "", lot.id


def _account_block(account: Account) -> str:
    if account.do_not_trade:
        why = account.do_not_trade_reason or "no reason given"
        return f"Account marked do not trade: {why}."
    if account.registration.separate_taxpayer:
        return f"{account.registration.value} is its own taxpayer: not traded with the household."
    return ""


def _wash_block(calendar: WashCalendar, lot: Lot) -> str:
    """Why a loss on this lot may not be taken today, or ''."""
    status = calendar.status(lot.symbol, (lot,))
    if status.state is not WashState.BLOCKED:
        return ""
    clear = f" Clear from {date_text(status.clear_from)}." if status.clear_from else ""
    return f"Selling at a loss now would be a wash sale.{clear}"


def _buyable(household: Household, settings: Settings, params: TaxParameters) -> tuple[Buyable, ...]:
    """Designated funds that each account may buy: priced, allowed there, with a class target, not washing a loss."""
    washed = buy_blocks(household, settings.as_of, params.wash_sale)
    classes = {t.asset_class.casefold() for t in household.targets if not t.symbol}
    found = []
    for account in sorted(household.accounts, key=lambda a: a.id):
        if _account_block(account):
            continue
        for symbol in sorted(household.securities):
            security = household.securities[symbol]
            place = BuyIn.TAXABLE if account.registration.taxable else BuyIn.SHELTERED
            if (
                security.buy in (BuyIn.ANYWHERE, place)
                and security.price is not None
                and security.price > 0
                and not security.is_cash
                and security.asset_class.casefold() in classes
                and security.identity not in washed
            ):
                found.append(Buyable(account.id, security, security.price))
    return tuple(found)
