"""Checks a plan from its trades and the household alone: a second opinion that shares no code with the solver.

Nothing here calls case, model, solve or settle: shares, cash, gains, terms, wash windows, budget and drift are worked out
a second time, the plain way. A plan that fails is withheld with the reason, so a mistake in the optimiser can't reach a
brief. What it does share is the tax schedule (engine/tax) and the RMD amounts (engine/rmd), which have tests of their own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

from xl_rebal.engine.book import (
    Account,
    ActivityType,
    BudgetMode,
    BuyIn,
    Client,
    FilingStatus,
    Household,
    Lot,
    Registration,
    Settings,
    Shares,
    ShortTermGains,
    Term,
)
from xl_rebal.engine.results import NetGains, Plan, PlanState, RmdState, Side, TaxEstimate
from xl_rebal.engine.rmd import rmds
from xl_rebal.engine.tax import federal_and_state_tax_cents, tax_profile
from xl_rebal.params.types import TaxParameters

TAXED = {
    Registration.INDIVIDUAL,
    Registration.JOINT,
    Registration.TRUST,
    Registration.IRREVOCABLE_TRUST,
    Registration.CUSTODIAL,
}
SEPARATE = {Registration.IRREVOCABLE_TRUST, Registration.CUSTODIAL}
_Bought = tuple[str, str, date | None]  # account, symbol, day


def violations(home: Household, settings: Settings, params: TaxParameters, plan: Plan) -> list[str]:
    """Every rule that the plan breaks, as sentences; none is a sound plan."""
    found = list(Audit(home, settings, params, plan).all())
    if plan.alternative is not None:
        other = plan.alternative
        found += [f"alternative: {text}" for text in Audit(home, settings, params, other, limited=True).all()]
        if other.budget is None or other.budget.excess_cents > max(0, _over_before(other)):
            found.append("the alternative is over the budget, yet is called within it")
    return found


def _files_own_return(account: Account) -> bool:
    """A non-grantor trust whose income is known; the kiddie tax of a minor's account is never computed."""
    return (
        account.registration is Registration.IRREVOCABLE_TRUST
        and account.own_taxable_income_cents is not None
    )


def cents_of(quantity: Decimal, price: Decimal) -> int:
    """Quantity x price in cents, half-up, by integers."""
    q, q_down = quantity.as_integer_ratio()
    p, p_down = price.as_integer_ratio()
    down = q_down * p_down
    return (2 * q * p * 100 + down) // (2 * down)


def is_long(acquired: date, sold: date) -> bool:
    """Held for more than a year from the day after acquisition."""
    begins = acquired + timedelta(days=1)
    try:
        turns = begins.replace(year=begins.year + 1)
    except ValueError:  # February 29
        turns = date(begins.year + 1, 3, 1)
    return sold >= turns


def _over_before(plan: Plan) -> int:
    return plan.budget.realized_cents - plan.budget.budget_cents if plan.budget else 0


class Audit:
    """One plan under examination; `limited` says whether the gain budget was to hold."""

    def __init__(
        self,
        home: Household,
        settings: Settings,
        params: TaxParameters,
        plan: Plan,
        limited: bool | None = None,
    ) -> None:
        self.home, self.settings, self.params, self.plan = home, settings, params, plan
        self.accounts: dict[str, Account] = {a.id: a for a in home.accounts}
        self.limited = settings.gain_budget_mode is BudgetMode.LIMIT if limited is None else limited
        self.short = " ".join(plan.shortfalls)

    def all(self) -> Iterator[str]:
        yield from self._sales()
        yield from self._sizes()
        yield from self._buys()
        yield from self._cash()
        yield from self._gains()
        yield from self._washes()
        yield from self._rmds()
        yield from self._after()
        yield from self._state()

    # ------------------------------------------------------------ what is sold

    def _locked(self, account: Account, lot: Lot) -> str:
        security = self.home.securities[lot.symbol]
        if account.do_not_trade:
            return "the account is not traded"
        if account.registration in SEPARATE and not _files_own_return(account):
            return "the account is another taxpayer's"
        if lot.hold:
            return "the lot is on hold"
        if security.price is None or security.price <= 0:
            return "it has no price"
        if account.registration in TAXED and (lot.basis_cents is None or lot.acquired is None):
            return "its basis or date is unknown"
        if account.registration in TAXED and self._kept_for_term(lot, security.price):
            return "its gain is short-term, and such gains are to wait"
        return ""

    def _kept_for_term(self, lot: Lot, price: Decimal) -> bool:
        """Whether a short-term gain is blocked by the firm's settings, or soon enough long-term to be waited for."""
        on, days = self.settings.as_of, self.settings.wait_for_long_term_days
        if lot.basis_cents is None or lot.acquired is None or is_long(lot.acquired, on):
            return False
        if cents_of(lot.quantity, price) <= lot.basis_cents:
            return False
        blocked = self.settings.short_term_gains is ShortTermGains.BLOCK
        return blocked or is_long(lot.acquired, on + timedelta(days=days))

    def _free_shares(self, account_id: str, symbol: str) -> Decimal:
        lots = (lot for lot in self.home.lots if (lot.account_id, lot.symbol) == (account_id, symbol))
        return sum((x.quantity for x in lots if not self._locked(self.accounts[account_id], x)), Decimal(0))

    def _sales(self) -> Iterator[str]:
        sold: dict[tuple[str, str, str, int], Decimal] = defaultdict(Decimal)
        held = {(lot.account_id, lot.symbol, lot.id, lot.source.row): lot for lot in self.home.lots}
        for trade in self.plan.sells:
            where = f"sale of {trade.symbol} in {trade.account_id}"
            account = self.accounts[trade.account_id]
            if trade.price != self.home.securities[trade.symbol].price:
                yield f"{where}: price differs"
            if account.registration in TAXED:
                if trade.quantity != sum((d.quantity for d in trade.disposals), Decimal(0)):
                    yield f"{where}: shares differ from the lots'"
                if trade.amount_cents != sum(d.proceeds_cents for d in trade.disposals):
                    yield f"{where}: proceeds differ from the lots'"
            elif trade.disposals:
                yield f"{where}: lots named in a sheltered account"
            if trade.quantity > self._free_shares(trade.account_id, trade.symbol) or trade.quantity <= 0:
                yield f"{where}: {trade.quantity} shares, of {self._free_shares(trade.account_id, trade.symbol)}"
            parts = max(1, len(trade.disposals), sum(x.symbol == trade.symbol for x in self.home.lots))
            if abs(trade.amount_cents - cents_of(trade.quantity, trade.price)) > parts:
                yield f"{where}: proceeds are not shares x price"
            for d in trade.disposals:
                key = (trade.account_id, trade.symbol, d.lot.id, d.lot.source.row)
                sold[key] += d.quantity
                if held.get(key) != d.lot:
                    yield f"{where}: lot {d.lot.id} is not held"
                if why := self._locked(account, d.lot):
                    yield f"{where}: lot {d.lot.id} may not be sold: {why}"
                if abs(d.proceeds_cents - cents_of(d.quantity, trade.price)) > 0:
                    yield f"{where}: proceeds of lot {d.lot.id}"
                if d.lot.basis_cents is not None:
                    share = Decimal(d.lot.basis_cents) * d.quantity / d.lot.quantity
                    if abs(d.basis_cents - share) > Decimal("0.5"):
                        yield f"{where}: basis of lot {d.lot.id}"
        for key, quantity in sold.items():
            if key in held and not 0 < quantity <= held[key].quantity:
                yield f"lot {key}: {quantity} of {held[key].quantity} shares sold"

    def _sizes(self) -> Iterator[str]:
        """Whole steps but for a full liquidation, and the minimum trade but for raising needed cash."""
        whole = self.settings.shares is Shares.WHOLE
        step = Decimal(1) if whole else Decimal(1).scaleb(-self.settings.share_decimals)
        seen = set()
        for trade in self.plan.trades:
            key = (trade.account_id, trade.symbol)
            if key in seen:
                yield f"{key} is traded twice"
            seen.add(key)
            everything = trade.side is Side.SELL and trade.quantity == self._free_shares(*key)
            if trade.quantity % step and not everything:
                yield f"{key}: {trade.quantity} shares is not a whole step"
            least = max(self.settings.min_trade_cents, self.home.securities[trade.symbol].min_trade_cents)
            if trade.amount_cents < least - 2 and not self._lacks_cash():
                yield f"{key}: a trade of {trade.amount_cents} cents, below the minimum"

    def _lacks_cash(self) -> bool:
        """Whether the household needs cash that something must be sold for."""
        home = self.home
        if sum(c.cents for c in home.cash) - sum(a.withdrawal_cents for a in home.accounts) < (
            home.client.cash_reserve_cents
        ):
            return True
        for account in home.accounts:
            need = account.withdrawal_cents + account.cash_reserve_cents
            if home.cash_cents(account.id) < need:
                return True
        return any(left > 0 for _, left in self._owed())

    def _gain_for_cash(self) -> int:
        """Gain realized in accounts that lack cash, or anywhere where the household lacks it: what may break a budget."""
        home = self.home
        kept = sum(c.cents for c in home.cash) - sum(a.withdrawal_cents for a in home.accounts)
        short = {
            a.id
            for a in home.accounts
            if kept < home.client.cash_reserve_cents
            or home.cash_cents(a.id) < a.withdrawal_cents + a.cash_reserve_cents
        }
        gains = (d.gain_cents for t in self.plan.sells if t.account_id in short for d in t.disposals)
        return sum(gain for gain in gains if gain > 0)

    # ------------------------------------------------------------ what is bought

    def _buys(self) -> Iterator[str]:
        classes = {t.asset_class.casefold() for t in self.home.targets if not t.symbol}
        for trade in self.plan.buys:
            where = f"purchase of {trade.symbol} in {trade.account_id}"
            account, security = self.accounts[trade.account_id], self.home.securities[trade.symbol]
            place = BuyIn.TAXABLE if account.registration in TAXED else BuyIn.SHELTERED
            if security.buy not in (BuyIn.ANYWHERE, place):
                yield f"{where}: not designated there"
            if account.do_not_trade or (account.registration in SEPARATE and not _files_own_return(account)):
                yield f"{where}: the account is not traded"
            if security.asset_class.casefold() not in classes:
                yield f"{where}: its class has no target"
            if trade.amount_cents != cents_of(trade.quantity, trade.price) or trade.quantity <= 0:
                yield f"{where}: amount is not shares x price"

    # ------------------------------------------------------------ cash

    def _cash_after(self) -> dict[str, int]:
        cash = {a.id: self.home.cash_cents(a.id) for a in self.home.accounts}
        for trade in self.plan.trades:
            cash[trade.account_id] += trade.amount_cents * (1 if trade.side is Side.SELL else -1)
        for transfer in self.plan.transfers:
            cash[transfer.from_account] -= transfer.cents
            if transfer.to_account:
                cash[transfer.to_account] += transfer.cents
        return cash

    def _cash(self) -> Iterator[str]:
        after = self._cash_after()
        bought = {t.account_id for t in self.plan.buys}
        for account_id, cents in after.items():
            account = self.accounts[account_id]
            told = account_id[-4:] in self.short
            if cents < account.cash_reserve_cents:
                if not told:
                    yield f"cash of {account_id} ends at {cents}, reserve {account.cash_reserve_cents}, and nobody says so"
                if account_id in bought:
                    yield f"{account_id} buys while its cash ends at {cents}, below its reserve"
            asked = sum(
                t.cents
                for t in self.plan.transfers
                if t.from_account == account_id and t.why.startswith("With")
            )
            if asked != account.withdrawal_cents:
                yield f"withdrawal of {account_id}: {asked} instead of {account.withdrawal_cents}"
        said = sum(max(0, self.accounts[a].cash_reserve_cents - cents) for a, cents in after.items())
        if (
            sum(after.values()) + said < self.home.client.cash_reserve_cents
            and "The household" not in self.short
        ):
            yield "the household's cash ends below its reserve, and nobody says so"

    # ------------------------------------------------------------ gains and tax

    def _gains(self) -> Iterator[str]:
        plan, client = self.plan, self.home.client
        gains: dict[str, dict[Term, int]] = defaultdict(lambda: {Term.SHORT: 0, Term.LONG: 0})
        for trade in plan.sells:
            for d in trade.disposals:
                if d.lot.acquired is None:
                    yield f"lot {d.lot.id} has no date"
                    continue
                term = Term.LONG if is_long(d.lot.acquired, self.settings.as_of) else Term.SHORT
                if term is not d.term:
                    yield f"lot {d.lot.id} is {term.value}"
                gains[self._return(trade.account_id)][term] += d.proceeds_cents - d.basis_cents
        own = gains[""]
        if (own[Term.SHORT], own[Term.LONG]) != (plan.short_gain_cents, plan.long_gain_cents):
            yield f"gains by term are {own}"
        yield from self._tax("", client, gains[""], plan.gains, plan.gains_before, plan.tax)
        yield from self._other_returns(gains)
        realized = self._realized("")
        year = sum(realized) + sum(own.values())
        if client.gain_budget_cents is None:
            if plan.budget is not None:
                yield "a budget nobody set"
            return
        if plan.budget is None or plan.budget.used_cents != year:
            yield "budget used is not the year's net gain"
        excess = sum(own.values()) - max(0, client.gain_budget_cents - sum(realized))
        if self.limited and excess > self._gain_for_cash():
            yield f"plan's gain is {excess} over what the budget leaves, more than needed cash explains"

    def _return(self, account_id: str) -> str:
        """'' for the household's own return, else the account that files another."""
        return account_id if self.accounts[account_id].registration in SEPARATE else ""

    def _realized(self, taxpayer: str) -> tuple[int, int]:
        """Short- and long-term gain of the year so far on one return."""
        rows = [
            row
            for row in self.home.activity
            if row.date.year == self.settings.tax_year
            and row.date <= self.settings.as_of
            and self.accounts[row.account_id].registration in TAXED
            and self._return(row.account_id) == taxpayer
        ]
        return sum(row.short_gain_cents for row in rows), sum(row.long_gain_cents for row in rows)

    def _tax(
        self,
        taxpayer: str,
        payer: Client,
        gains: Mapping[Term, int],
        told: NetGains,
        told_before: NetGains,
        tax: TaxEstimate | None,
    ) -> Iterator[str]:
        """One return's gains of the year, and its tax as that of the year with the plan less that without it."""
        whose = f" of {taxpayer}" if taxpayer else ""
        before = self._realized(taxpayer)
        year = (before[0] + gains[Term.SHORT], before[1] + gains[Term.LONG])
        if (told.short_cents, told.long_cents) != year:
            yield f"the year's gains{whose} are not realized + plan"
        if (told_before.short_cents, told_before.long_cents) != before:
            yield f"the year's gains{whose} without the plan are not those realized"
        carried = payer.short_carryforward_cents, payer.long_carryforward_cents
        profile = tax_profile(payer, self.params)
        one, two = (
            federal_and_state_tax_cents(short, long, *carried, profile, payer.filing_status, self.params)
            for short, long in (before, year)
        )
        if one is not None and two is not None:
            if tax is None or tax.total_cents != two - one:
                yield f"tax{whose} is {tax}, the two years differ by {two - one}"
        elif tax is not None:
            yield f"tax{whose} is given though it is unknown"

    def _other_returns(self, gains: Mapping[str, Mapping[Term, int]]) -> Iterator[str]:
        """Each trust that files for itself is told apart, with its own gains and tax."""
        filing = sorted(a.id for a in self.accounts.values() if _files_own_return(a))
        told = [other.account_id for other in self.plan.others]
        if told != filing:
            yield f"returns of {told} are told, those of {filing} are filed"
        none = {Term.SHORT: 0, Term.LONG: 0}
        for other in self.plan.others:
            if other.account_id not in filing:
                continue
            account, client = self.accounts[other.account_id], self.home.client
            own = gains.get(account.id, none)
            if (own[Term.SHORT], own[Term.LONG]) != (other.short_gain_cents, other.long_gain_cents):
                yield f"gains by term of {account.id} are {dict(own)}"
            payer = Client(
                account.id,
                account.id,
                FilingStatus.TRUST,
                "",
                taxable_income_cents=account.own_taxable_income_cents,
                other_investment_income_cents=max(0, account.own_taxable_income_cents or 0),
                state_rate=client.state_rate,
                short_carryforward_cents=account.own_short_carryforward_cents,
                long_carryforward_cents=account.own_long_carryforward_cents,
            )
            yield from self._tax(account.id, payer, own, other.gains, other.gains_before, other.tax)

    # ------------------------------------------------------------ wash sales

    def _identity(self, symbol: str) -> str:
        security = self.home.securities.get(symbol)
        return (security.same_as or symbol) if security else symbol

    def _washes(self) -> Iterator[str]:
        as_of = self.settings.as_of
        bought_now = {self._identity(t.symbol) for t in self.plan.buys}
        recent, rows = self._recent_purchases()
        for trade in self.plan.sells:
            for d in trade.disposals:
                value = cents_of(d.lot.quantity, trade.price)
                if d.lot.basis_cents is None or d.lot.basis_cents <= value:
                    continue
                identity = self._identity(trade.symbol)
                if identity in bought_now:
                    yield f"{trade.symbol} is sold at a loss and {identity} is bought"
                own = (d.lot.account_id, d.lot.symbol, d.lot.acquired)
                for key, lot, what in recent[identity]:
                    if lot is None:
                        washes = key != own
                    else:  # one purchase in two lots is the sold lot's own
                        washes = lot != d.lot and not (key == own and rows[own] == 1)
                    if washes and self._return(key[0]) == self._return(trade.account_id):
                        yield f"the loss on {trade.symbol} lot {d.lot.id} is a wash: {what}"
        for row in self.home.activity:
            account = self.accounts[row.account_id]
            planned = account.registration in TAXED - SEPARATE or _files_own_return(account)
            lost = row.short_gain_cents < 0 or row.long_gain_cents < 0
            if row.type is ActivityType.SELL and lost and planned:
                last = row.date + timedelta(days=self.params.wash_sale.days_after)
                if row.date <= as_of <= last and self._identity(row.symbol) in bought_now:
                    yield f"buying {row.symbol} washes the loss of {row.date}"

    def _recent_purchases(
        self,
    ) -> tuple[Mapping[str, list[tuple[_Bought, Lot | None, str]]], Mapping[_Bought, int]]:
        """By identical group, the purchases of the days before a sale: their key, lot and words. One counts on its own return.

        Also how many Activity rows each key (account, symbol, day) has.
        """
        as_of = self.settings.as_of
        first = as_of - timedelta(days=self.params.wash_sale.days_before)
        recent: dict[str, list[tuple[_Bought, Lot | None, str]]] = defaultdict(list)
        rows: dict[_Bought, int] = defaultdict(int)
        for row in self.home.activity:
            if row.type in (ActivityType.BUY, ActivityType.REINVEST):
                key = (row.account_id, row.symbol, row.date)
                rows[key] += 1
                if first <= row.date <= as_of:
                    what = f"{row.symbol} bought in {row.account_id} on {row.date}"
                    recent[self._identity(row.symbol)].append((key, None, what))
        for lot in self.home.lots:
            if lot.acquired and first <= lot.acquired <= as_of:
                what = f"lot {lot.id} of {lot.symbol} in {lot.account_id}"
                key = (lot.account_id, lot.symbol, lot.acquired)
                recent[self._identity(lot.symbol)].append((key, lot, what))
        return recent, rows

    # ------------------------------------------------------------ distributions

    def _rmds(self) -> Iterator[str]:
        moved: dict[str, int] = defaultdict(int)
        for transfer in self.plan.transfers:
            if transfer.why.startswith("Required"):
                moved[transfer.from_account] += transfer.cents
                to = self.accounts.get(transfer.to_account)
                if transfer.to_account and (to is None or to.registration not in TAXED - SEPARATE):
                    yield "an RMD goes to an account that is not the household's taxable one"
            if transfer.cents <= 0:
                yield "a transfer of nothing"
        for pool, left in self._owed():
            paid = sum(moved.pop(account_id, 0) for account_id in pool)
            if paid > max(0, left):
                yield f"RMD of {pool}: {paid} moved, {left} left"
            if paid < left and not any(a[-4:] in self.short for a in pool):
                yield f"RMD of {pool}: only {paid} moved of {left}, and nobody says so"
        if moved:
            yield f"cash moved as RMD without one: {dict(moved)}"

    def _owed(self) -> Iterator[tuple[list[str], int]]:
        """Each pool that owes a distribution, and what of it the withdrawals asked for leave to be moved besides.

        A withdrawal counts as far as its account could pay it with its cash and all that may be sold there, and
        unless it comes after the due date, when it is another year's.
        """
        for rmd in rmds(self.home, self.settings, self.params):
            if rmd.state is not RmdState.DUE or not rmd.left_cents or rmd.due is None:
                continue
            pool, left = [a.account_id for a in rmd.accounts], rmd.left_cents
            if self.settings.as_of <= rmd.due:
                for account_id in pool:
                    there = self.home.cash_cents(account_id)
                    for lot in self.home.lots:
                        price = self.home.securities[lot.symbol].price
                        free = lot.account_id == account_id and not self._locked(
                            self.accounts[account_id], lot
                        )
                        if free and price is not None:
                            there += cents_of(lot.quantity, price)
                    left -= max(0, min(self.accounts[account_id].withdrawal_cents, there))
            yield pool, left

    # ------------------------------------------------------------ drift

    def _values(self) -> dict[str, int]:
        """Cents by class after the plan."""
        values: dict[str, int] = defaultdict(int)
        securities = self.home.securities
        for lot in self.home.lots:
            price = securities[lot.symbol].price
            if price is not None:
                values[securities[lot.symbol].asset_class.casefold()] += cents_of(lot.quantity, price)
        for trade in self.plan.trades:
            sign = -1 if trade.side is Side.SELL else 1
            values[securities[trade.symbol].asset_class.casefold()] += sign * trade.amount_cents
        values["cash"] += sum(self._cash_after().values())
        return values

    def _after(self) -> Iterator[str]:
        values = self._values()
        total = sum(values.values())
        if self.plan.after.total_cents != total:
            yield f"the household is worth {total} after the plan, not {self.plan.after.total_cents}"
        for sleeve in self.plan.after.classes:
            if values.get(sleeve.name.casefold(), 0) != sleeve.value_cents:
                yield f"{sleeve.name} is worth {values.get(sleeve.name.casefold(), 0)}, not {sleeve.value_cents}"
        for sleeve in self.plan.after.securities:
            if sleeve.value_cents < 0:
                yield f"{sleeve.name} is worth {sleeve.value_cents} after the plan"

    def _state(self) -> Iterator[str]:
        plan = self.plan
        out = {
            s.name
            for s in plan.after.classes + plan.after.securities
            if s.band and not s.band.lower - 1e-9 <= s.weight <= s.band.upper + 1e-9
        }
        if plan.state is PlanState.NO_ACTION and (plan.trades or out or plan.shortfalls):
            yield "no action, yet something is out of band, lacking or traded"
        if plan.state is PlanState.PROPOSED and (out or plan.shortfalls):
            yield f"proposed as a cure, yet {out or plan.shortfalls} remain"
        if not out <= {s.name for s in plan.residual}:
            yield f"{out} out of band and not said"
