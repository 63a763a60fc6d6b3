"""What a plan may do for one household: what can be sold and bought where, which cash must move, what must hold.

A `Case` is the rebalance problem in the field's terms, before any mathematics: `model` turns it into arrays, `settle`
turns the answer back into trades. Rows are put in a named order (account, symbol, acquired, lot id), so the order of
rows in the workbook never changes a plan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from xl_rebal.dates import date_text
from xl_rebal.engine.book import (
    Account,
    BuyIn,
    Household,
    Location,
    Lot,
    Owner,
    RebalanceTo,
    Registration,
    Security,
    Settings,
    Shares,
    ShortTermGains,
    Term,
)
from xl_rebal.engine.drift import Drift, DriftStatus, Holdings, Sleeve, drift, holdings_cents
from xl_rebal.engine.harvest import worth_taking
from xl_rebal.engine.holding import days_to_long_term, term_on
from xl_rebal.engine.results import Blocked, Rmd, RmdState, Rule, Side
from xl_rebal.engine.wash_calendar import WashCalendar
from xl_rebal.engine.wash_sales import buy_blocks
from xl_rebal.money import value_cents
from xl_rebal.params.types import TaxParameters


@dataclass(frozen=True, slots=True)
class Lift:
    """A rule taken away, everywhere or for one account or position, to see what it costs."""

    rule: Rule
    account_id: str = ""
    symbol: str = ""

    def covers(self, rule: Rule, account_id: str, symbol: str) -> bool:
        return rule is self.rule and self.account_id in ("", account_id) and self.symbol in ("", symbol)


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
    too_small: bool = False  # a loss below the firm's harvest thresholds: no reason to sell
    taxpayer: str = ""  # whose return the gain is on: '' the household's own, else the account's id

    @property
    def weighed_gain_cents(self) -> int:
        """Gain that a full sale is weighed by: 0 inside an IRA or Roth, and for a loss that is too small to harvest."""
        return 0 if self.term is None or self.too_small else self.value_cents - self.basis_cents

    @property
    def gain_per_dollar(self) -> float:
        """That gain in each dollar sold."""
        return self.weighed_gain_cents / self.value_cents if self.value_cents else 0.0

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
    """Where a sleeve's value must lie after the plan, in cents; its target pulls gently inside.

    A class that left its band may have to come back to its target: what lies between that and the band's edge is
    outside the goal, and what lies beyond the edge is worse.
    """

    sleeve: Sleeve
    lower_cents: float
    upper_cents: float
    target_cents: float
    lower_edge_cents: float
    upper_edge_cents: float

    def outside_cents(self, value_cents: float) -> float:
        """How much of a value lies outside."""
        return max(0.0, value_cents - self.upper_cents, self.lower_cents - value_cents)


@dataclass(frozen=True, slots=True)
class RmdNeed:
    """Cash that must leave one owner's pool of accounts for the taxable account `to`, beside withdrawals that count."""

    rmd: Rmd
    from_accounts: tuple[str, ...]
    to: str  # '' leaves the household: it has no taxable account
    cents: int


@dataclass(frozen=True, slots=True)
class CashNeed:
    """Cash of one account: what it has, what must leave it, what must stay.

    `payable_cents` is the part of the withdrawal that the account could pay if all it may sell were sold. The rest is
    a shortfall whatever is done, so that no goal is judged by it.
    """

    account_id: str
    cents: int
    withdrawal_cents: int
    payable_cents: int
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
    rmds: tuple[Rmd, ...]
    holdings: Holdings
    calendar: WashCalendar
    locations: Mapping[str, Location]  # by class, casefolded
    washes: bool  # False: the wash-sale rule is lifted

    def outside_cents(self, after: Drift) -> float:
        """Value outside the goals after some trades, classes and securities added up."""
        values = {(s.asset_class, s.symbol): s.value_cents for s in after.classes + after.securities}
        return sum(
            goal.outside_cents(values[goal.sleeve.asset_class, goal.sleeve.symbol])
            for goal in (*self.class_goals, *self.security_goals)
        )

    @property
    def fixed_outside_cents(self) -> float:
        """Value outside the goals of securities that may neither be sold nor bought: no plan changes it."""
        traded = {symbol for _, symbol in self.positions}
        return sum(
            g.outside_cents(g.sleeve.value_cents)
            for g in self.security_goals
            if g.sleeve.symbol not in traded
        )

    @property
    def unpayable_cents(self) -> int:
        """What of the withdrawals could not be paid if all were sold that may be."""
        return sum(need.withdrawal_cents - need.payable_cents for need in self.cash)

    def location_cost(self, account_id: str, security: Security, side: Side) -> float:
        """Cost of each dollar of a trade that goes against the class's location: bought elsewhere, or sold from there."""
        best = self.locations.get(security.asset_class.casefold())
        if best is None:
            return 0.0
        there = self.household.account(account_id).registration.location is best
        return self.settings.location_preference if there is (side is Side.SELL) else 0.0

    @property
    def positions(self) -> frozenset[tuple[str, str]]:
        """Account and symbol of everything that may be sold or bought."""
        return frozenset((*(s.position for s in self.sellable), *(b.position for b in self.buyable)))

    @property
    def taxpayers(self) -> tuple[str, ...]:
        """Whose returns sales can touch: '' the household's own, then other taxpayers by account id."""
        return ("", *sorted({s.taxpayer for s in self.sellable} - {""}))

    @property
    def kept_in_part(self) -> frozenset[tuple[str, str]]:
        """Account and symbol of positions with lots that may not be sold: what may be is never the whole position."""
        return frozenset((b.account_id, b.symbol) for b in self.blocked)

    @property
    def needs_action(self) -> bool:
        """A sleeve is out of band, or an account lacks the cash it must have or pay out."""
        return self.start.breached or any(self.cash_missing().values())

    @property
    def gain_needed(self) -> bool:
        """Cash is missing where raising it may realize a gain: only that may break a budget that holds."""
        taxable = {a.id for a in self.household.accounts if a.registration.taxable}
        return any(cents and (a in taxable or not a) for a, cents in self.cash_missing().items())

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


def case_of(
    household: Household,
    settings: Settings,
    params: TaxParameters,
    rmds: tuple[Rmd, ...],
    lifted: Collection[Lift] = (),
) -> Case:
    """The rebalance problem of a household, with a reason for everything that may not be sold.

    `lifted` rules are left out: what they block may be traded, reserves are 0, any held security may be bought.
    """
    if any(lift.rule is Rule.CASH_RESERVE for lift in lifted):
        household = _without_reserves(household)
    holdings = holdings_cents(household)
    before = drift(household, settings, None, holdings)
    calendar = WashCalendar.of(household, settings.as_of, params.wash_sale)
    sellable, blocked = _sellable(household, settings, calendar, lifted)
    most = _most_cents(household, sellable)
    rmd_needs = _rmd_needs(household, settings, rmds, most)
    cash = _cash_needs(household, most, rmd_needs)
    leaving = sum(need.payable_cents for need in cash) + sum(need.cents for need in rmd_needs if not need.to)
    start = drift(household, settings, {"": -leaving}, holdings) if leaving else before
    sellable = _losses_marked(sellable, settings, start)
    return Case(
        household,
        settings,
        before,
        start,
        sellable,
        _buyable(household, settings, params, lifted),
        tuple(
            _goal(s, settings.class_rebalance_to, start, household, settings) for s in start.classes if s.band
        ),
        tuple(
            _goal(s, settings.security_rebalance_to, start, household, settings)
            for s in start.securities
            if s.band
        ),
        cash,
        rmd_needs,
        blocked,
        rmds,
        holdings,
        calendar,
        {
            t.asset_class.casefold(): t.location
            for t in household.targets
            if t.location is not None and not t.symbol
        },
        not any(lift.rule is Rule.WASH_SALE for lift in lifted),
    )


def _without_reserves(household: Household) -> Household:
    return replace(
        household,
        client=replace(household.client, cash_reserve_cents=0),
        accounts=tuple(replace(a, cash_reserve_cents=0) for a in household.accounts),
    )


def _goal(sleeve: Sleeve, to: RebalanceTo, start: Drift, household: Household, settings: Settings) -> Goal:
    """Band edges, or the target on the side that was left when the firm rebalances to target.

    With fractions of a share a plan would end on the very edge of a band, and rounding would carry it across: there
    the goal stays one step of the dearest share inside the edge.
    """
    assert sleeve.band is not None  # noqa: S101 - callers pass sleeves with a band
    band, total = sleeve.band, max(0, start.total_cents)
    lower, upper, target = band.lower * total, band.upper * total, band.target * total
    if settings.shares is Shares.FRACTIONAL:
        inside = _step_cents(sleeve, household, settings) + 1.0
        lower, upper = min(lower + inside, target), max(upper - inside, target)
    edges = lower, upper
    if to is RebalanceTo.TARGET:
        if sleeve.status is DriftStatus.ABOVE:
            upper = target
        elif sleeve.status is DriftStatus.BELOW:
            lower = target
    return Goal(sleeve, lower, upper, target, *edges)


def _step_cents(sleeve: Sleeve, household: Household, settings: Settings) -> float:
    """Cents of the smallest fraction of the dearest share that the household may trade in the sleeve."""
    held = {lot.symbol for lot in household.lots}
    prices = [
        s.price
        for s in household.securities.values()
        if s.price is not None
        and (s.symbol in held or s.buy is not BuyIn.NOWHERE)
        and (s.symbol == sleeve.symbol or (not sleeve.symbol and _in_class(s, sleeve)))
    ]
    return float(max(prices, default=Decimal(0)).scaleb(2 - settings.share_decimals))


def _in_class(security: Security, sleeve: Sleeve) -> bool:
    return security.asset_class.casefold() == sleeve.asset_class.casefold()


def _most_cents(household: Household, sellable: tuple[Sellable, ...]) -> dict[str, int]:
    """Cash that each account would have if all were sold that may be."""
    most = {a.id: household.cash_cents(a.id) for a in household.accounts}
    for item in sellable:
        most[item.account_id] += item.value_cents
    return most


def _rmd_needs(
    household: Household, settings: Settings, rmds: tuple[Rmd, ...], most: Mapping[str, int]
) -> tuple[RmdNeed, ...]:
    """What is due this year, not taken, and not met by withdrawals that the same accounts pay anyway.

    Every dollar that leaves an account in the year counts toward its pool's distribution (Reg. 1.401(a)(9)-5(a),
    1.408-8(e)); of a withdrawal that is asked for, what the account can pay. A first RMD may wait until April 1, so
    it is not forced here.
    """
    needs = []
    for rmd in rmds:
        if rmd.state is not RmdState.DUE or not rmd.left_cents:
            continue
        accounts = tuple(sorted(a.account_id for a in rmd.accounts))
        paid = sum(min(household.account(a).withdrawal_cents, max(0, most[a])) for a in accounts)
        left = rmd.left_cents - (paid if rmd.counts_from(settings.as_of) else 0)
        if left > 0:
            needs.append(RmdNeed(rmd, accounts, _rmd_destination(household, rmd.owner), left))
    return tuple(needs)


def _cash_needs(
    household: Household, most: Mapping[str, int], rmd_needs: tuple[RmdNeed, ...]
) -> tuple[CashNeed, ...]:
    most = dict(most)
    for need in rmd_needs:
        paid = min(need.cents, sum(max(0, most[account_id]) for account_id in need.from_accounts))
        if need.to:
            most[need.to] += paid
    return tuple(
        CashNeed(
            a.id,
            household.cash_cents(a.id),
            a.withdrawal_cents,
            min(a.withdrawal_cents, max(0, most[a.id])),
            a.cash_reserve_cents,
        )
        for a in sorted(household.accounts, key=lambda a: a.id)
    )


def _rmd_destination(household: Household, owner: Owner) -> str:
    """The first taxable account (by id) of that owner, else a joint one, else any of the household's own.

    One that is traded comes before one that is not: cash could not be put to work there.
    """
    own = sorted(
        (a for a in household.accounts if a.registration.household_taxable),
        key=lambda a: (a.do_not_trade, a.owner is not owner, a.owner is not Owner.JOINT, a.id),
    )
    return own[0].id if own else ""


def _sellable(
    household: Household, settings: Settings, calendar: WashCalendar, lifted: Collection[Lift]
) -> tuple[tuple[Sellable, ...], tuple[Blocked, ...]]:
    sellable: list[Sellable] = []
    blocked: list[Blocked] = []
    accounts = {a.id: a for a in household.accounts}
    sheltered: dict[tuple[str, str], list[Lot]] = {}
    for lot in sorted(household.lots, key=lot_order):
        account = accounts[lot.account_id]
        security = household.securities[lot.symbol]
        price = security.price
        cents = value_cents(lot.quantity, price) if price is not None and price > 0 else 0
        against = next(
            (
                (rule, why)
                for rule, why in _rules_against(lot, account, security, cents, settings, calendar)
                if not any(lift.covers(rule, lot.account_id, lot.symbol) for lift in lifted)
            ),
            None,
        )
        if against is not None:
            rule, why = against
            blocked.append(Blocked(lot.account_id, lot.symbol, lot.id, cents, why, rule))
        elif not account.registration.taxable:
            sheltered.setdefault((lot.account_id, lot.symbol), []).append(lot)
        else:
            assert price is not None and lot.basis_cents is not None and lot.acquired is not None  # noqa: S101, PT018
            term = term_on(lot.acquired, settings.as_of)
            sellable.append(
                Sellable(
                    lot.account_id,
                    security,
                    price,
                    (lot,),
                    lot.quantity,
                    cents,
                    lot.basis_cents,
                    term,
                    taxpayer=account.taxpayer,
                )
            )
    for (account_id, symbol), lots in sorted(sheltered.items()):
        security = household.securities[symbol]
        assert security.price is not None  # noqa: S101 - unpriced lots were blocked above
        quantity = sum((lot.quantity for lot in lots), Decimal(0))
        cents = sum(
            value_cents(lot.quantity, security.price) for lot in lots
        )  # as the drift report adds them up
        sellable.append(Sellable(account_id, security, security.price, tuple(lots), quantity, cents, 0, None))
    return tuple(sellable), tuple(blocked)


def _losses_marked(sellable: tuple[Sellable, ...], settings: Settings, start: Drift) -> tuple[Sellable, ...]:
    """Losses below the firm's harvest thresholds marked, unless their sleeve is overweight and is sold anyway.

    Such a lot may still be sold where room or cash is needed; its small loss alone never causes a trade.
    """
    above = {s.asset_class.casefold() for s in start.classes if s.status is DriftStatus.ABOVE}
    above_alone = {s.symbol for s in start.securities if s.status is DriftStatus.ABOVE}
    losses: dict[tuple[str, str], list[tuple[int, Lot]]] = defaultdict(list)
    for item in sellable:
        if item.term is not None and item.basis_cents > item.value_cents:
            losses[item.position].append((item.basis_cents - item.value_cents, item.lots[0]))
    small = {
        position
        for position, lots in losses.items()
        if not worth_taking(lots, settings) and position[1] not in above_alone
    }
    return tuple(
        replace(item, too_small=True)
        if item.position in small
        and item.basis_cents > item.value_cents
        and item.security.asset_class.casefold() not in above
        else item
        for item in sellable
    )


UNKNOWN_BASIS = "Its cost basis is unknown, so its gain is unknown."
UNKNOWN_DATE = "Its acquisition date is unknown, so the term of its gain is unknown."


def lot_order(lot: Lot) -> tuple[str, str, str, str]:
    """The named order of lots: account, symbol, acquired, lot id."""
    return lot.account_id, lot.symbol, lot.acquired.isoformat() if lot.acquired else "", lot.id


def _rules_against(
    lot: Lot, account: Account, security: Security, cents: int, settings: Settings, calendar: WashCalendar
) -> Iterator[tuple[Rule, str]]:
    """Every rule by which a lot worth `cents` may not be sold today, with the reason; none where it may be."""
    if security.price is None or security.price <= 0:
        yield Rule.NO_PRICE, "It has no price."
        return
    yield from _account_blocks(account)
    if lot.hold:
        yield Rule.HOLD, lot.hold_why or "Marked Hold: do not sell."
    if not account.registration.taxable:
        return
    if lot.basis_cents is None:
        yield Rule.UNKNOWN_BASIS, UNKNOWN_BASIS
        return
    if lot.acquired is None:
        yield Rule.UNKNOWN_BASIS, UNKNOWN_DATE
        return
    if lot.basis_cents > cents:
        if why := _wash_block(calendar, lot):
            yield Rule.WASH_SALE, why
    elif lot.basis_cents < cents and term_on(lot.acquired, settings.as_of) is Term.SHORT:
        wait = days_to_long_term(lot.acquired, settings.as_of)
        on = date_text(settings.as_of + timedelta(days=wait))
        if settings.short_term_gains is ShortTermGains.BLOCK:
            yield Rule.SHORT_TERM, f"Short-term gains are blocked: long-term from {on}."
        elif wait <= settings.wait_for_long_term_days:
            yield Rule.SHORT_TERM, f"Kept until it turns long-term on {on}."


def _account_blocks(account: Account) -> Iterator[tuple[Rule, str]]:
    """Every rule by which an account may not be traded."""
    if account.do_not_trade:
        why = account.do_not_trade_reason or "no reason given"
        yield Rule.DO_NOT_TRADE, f"Account marked do not trade: {why}."
    if account.registration.separate_taxpayer and not account.files_own_return:
        yield (
            Rule.SEPARATE_TAXPAYER,
            f"{account.registration.value} is its own taxpayer: not traded with the household"
            f"{_why_not_taxed(account)}",
        )


def _why_not_taxed(account: Account) -> str:
    if account.registration is Registration.IRREVOCABLE_TRUST:
        return ", as its own taxable income is not in the workbook."
    return ", as the kiddie tax takes the parents' and the child's returns."


def _wash_block(calendar: WashCalendar, lot: Lot) -> str:
    """Why a loss on this lot may not be taken today, or ''."""
    clear = calendar.clear_from((lot,))
    return f"Selling at a loss now would be a wash sale. Clear from {date_text(clear)}." if clear else ""


def _buyable(
    household: Household, settings: Settings, params: TaxParameters, lifted: Collection[Lift]
) -> tuple[Buyable, ...]:
    """Designated funds that each account may buy: priced, allowed there, with a class target, not washing a loss."""
    lifted_washes = any(lift.rule is Rule.WASH_SALE for lift in lifted)
    washed = {} if lifted_washes else buy_blocks(household, settings.as_of, params.wash_sale)
    classes = {t.asset_class.casefold() for t in household.targets if not t.symbol}
    held = {lot.symbol for lot in household.lots}
    found = []
    for account in sorted(household.accounts, key=lambda a: a.id):
        rules = [rule for rule, _ in _account_blocks(account)]
        if any(not any(lift.covers(rule, account.id, "") for lift in lifted) for rule in rules):
            continue
        listed = any(lift.covers(Rule.BUY_LIST, account.id, "") for lift in lifted)
        for symbol in sorted(household.securities):
            security = household.securities[symbol]
            place = BuyIn.TAXABLE if account.registration.taxable else BuyIn.SHELTERED
            if (
                (security.buy in (BuyIn.ANYWHERE, place) or (listed and symbol in held))
                and security.price is not None
                and security.price > 0
                and not security.is_cash
                and security.asset_class.casefold() in classes
                and security.identity not in washed
            ):
                found.append(Buyable(account.id, security, security.price))
    return tuple(found)
