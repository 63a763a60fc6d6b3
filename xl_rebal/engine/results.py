"""The values that the engine's rules return: gains, tax, wash-sale and harvest status, RMD, disposals, plans.

They stand together because the rules build on each other's results; each rule lives in its own module.
Signs: a sale's quantity and proceeds are positive, a loss is a negative gain, tax owed is positive.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from xl_rebal.engine.book import Activity, Lot, Owner, Registration, Term
from xl_rebal.engine.drift import Drift, Sleeve
from xl_rebal.engine.problems import Problem


@dataclass(frozen=True, slots=True)
class NetGains:
    """A year's capital gains after netting (IRC 1222, 1211, 1212; Schedule D).

    `short_cents` and `long_cents` are the year's realized totals before carryforwards. `taxed_*` are what remains
    taxable, `deduction` is what a net loss takes off ordinary income (>= 0), `carried_*` go to next year (>= 0).
    """

    short_cents: int
    long_cents: int
    short_carried_in_cents: int
    long_carried_in_cents: int
    taxed_short_cents: int
    taxed_long_cents: int
    deduction_cents: int
    carried_short_cents: int
    carried_long_cents: int


@dataclass(frozen=True, slots=True)
class TaxProfile:
    """What a taxpayer's return looks like without this year's capital gains."""

    ordinary_income_cents: int | None  # None: unknown, and tax is then unknown unless cg_rate answers it
    magi_cents: int | None
    other_investment_income_cents: int
    cg_rate: Decimal | None
    state_rate: Decimal


@dataclass(frozen=True, slots=True)
class TaxEstimate:
    """Extra tax that the year's net gains cause, compared with no gains and no losses; negative is a saving."""

    ordinary_cents: int  # on net short-term gain, less the loss deduction's saving
    long_term_cents: int
    niit_cents: int
    state_cents: int

    @property
    def total_cents(self) -> int:
        return self.ordinary_cents + self.long_term_cents + self.niit_cents + self.state_cents


def sum_of_taxes(taxes: Iterable[TaxEstimate | None]) -> TaxEstimate | None:
    """Line by line over several returns; None when one of them is unknown."""
    found = list(taxes)
    known = [tax for tax in found if tax is not None]
    if len(known) < len(found):
        return None
    return TaxEstimate(
        sum(tax.ordinary_cents for tax in known),
        sum(tax.long_term_cents for tax in known),
        sum(tax.niit_cents for tax in known),
        sum(tax.state_cents for tax in known),
    )


@dataclass(frozen=True, slots=True)
class MarginalRates:
    """Rate on the next dollar of gain. `long_rate` is the 0/15/20 rate (or the override), NIIT and state apart."""

    short_rate: Decimal | None  # None: depends on an income that is unknown (override given)
    long_rate: Decimal
    niit_rate: Decimal
    state_rate: Decimal
    overridden: bool = False


@dataclass(frozen=True, slots=True)
class WashMatch:
    """Replacement shares that disallow part of one loss sale (IRC 1091)."""

    sale: Activity | None  # None: the sale is only contemplated
    replacement: Lot | Activity
    quantity: Decimal
    disallowed_cents: int
    permanent: bool  # replacement sits in an IRA: the loss is gone (Rev. Rul. 2008-5)


class WashState(Enum):
    CLEAR = "Clear"
    BLOCKED = "Wash sale"  # a loss sold today would be disallowed, wholly or in part
    NOT_A_LOSS = "Not a loss"


@dataclass(frozen=True, slots=True)
class WashStatus:
    """What would happen to a loss on this security if it were sold on the as-of date.

    `clear_from` is the first day on which a loss sale has no purchase in the 30 days before it. Buys of the next
    30 days would wash it still, and accounts held elsewhere are unknown: `caveat` says so.
    """

    symbol: str
    state: WashState
    clear_from: date | None
    purchases: tuple[Lot | Activity, ...]  # what blocks it, latest first
    caveat: str = ""
    disallowed_cents: int | None = None  # the most of the loss that would go (>= 0); None: not known


@dataclass(frozen=True, slots=True)
class HarvestCandidate:
    """A loss worth taking: both thresholds of the firm are met by this symbol's loss lots of one account."""

    account_id: str
    symbol: str
    lots: tuple[Lot, ...]
    quantity: Decimal
    value_cents: int
    short_loss_cents: int  # negative
    long_loss_cents: int  # negative
    wash: WashStatus
    swap: str  # '' when none is designated
    swap_problem: str = ""  # e.g. the swap is in the same identical group

    @property
    def loss_cents(self) -> int:
        return self.short_loss_cents + self.long_loss_cents


class RmdState(Enum):
    NOT_DUE = "Not due"
    DUE = "Due"
    TAKEN = "Taken"
    FIRST_YEAR = "First year"  # may be deferred to April 1 of next year
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class RmdAccount:
    account_id: str
    registration: Registration
    prior_year_end_cents: int | None
    divisor: Decimal | None
    required_cents: int | None
    taken_cents: int


@dataclass(frozen=True, slots=True)
class Rmd:
    """Required minimum distribution of one owner over one pool of accounts that may be taken together."""

    owner: Owner
    pool: str  # 'IRA', '403(b)', 'Inherited IRA from NAME' of several, or the id of an account that stands alone
    state: RmdState
    age: int | None
    accounts: tuple[RmdAccount, ...]
    required_cents: int | None
    taken_cents: int
    left_cents: int | None
    due: date | None
    caveats: tuple[str, ...] = ()  # what is assumed or unknown, as sentences
    asked_cents: int = 0  # of what is left, met by withdrawals asked for from its accounts

    def counts_from(self, day: date) -> bool:
        """Whether a distribution on that day is for this year: one after the due date is late, and for another."""
        return self.due is not None and day <= self.due


@dataclass(frozen=True, slots=True)
class Disposal:
    """A lot's exit, whole or in part. Unknown basis never gets here: such lots are not sold."""

    lot: Lot
    quantity: Decimal
    proceeds_cents: int
    basis_cents: int
    term: Term

    @property
    def gain_cents(self) -> int:
        return self.proceeds_cents - self.basis_cents


class Side(Enum):
    SELL = "Sell"
    BUY = "Buy"


class TradeFlag(Enum):
    HIGH_GAIN = "High gain"
    SHORT_TERM = "Short-term gain"
    LONG_TERM_SOON = "Long-term soon"
    LOSS = "Realizes a loss"
    SHELTERED = "No tax: inside IRA or Roth"


@dataclass(frozen=True, slots=True)
class Trade:
    """One proposed line: a position sold or a fund bought in one account. Nothing here is ever an order."""

    account_id: str
    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal
    amount_cents: int
    disposals: tuple[Disposal, ...]  # sells in taxable accounts; empty for buys and sheltered sells
    flags: tuple[TradeFlag, ...]
    reason: str

    def gain_cents(self, term: Term | None = None) -> int:
        """Gain of the disposals of that term, or of both."""
        return sum(d.gain_cents for d in self.disposals if term is None or d.term is term)


@dataclass(frozen=True, slots=True)
class Transfer:
    """Cash that the plan expects to move between accounts: an RMD into a taxable account, or a withdrawal out."""

    from_account: str
    to_account: str  # '' leaves the household
    cents: int
    why: str


@dataclass(frozen=True, slots=True)
class BudgetUse:
    """The year's net realized gain against the client's gain budget."""

    budget_cents: int
    realized_cents: int  # year to date, both terms
    planned_cents: int

    @property
    def used_cents(self) -> int:
        return self.realized_cents + self.planned_cents

    @property
    def excess_cents(self) -> int:
        return max(0, self.used_cents - self.budget_cents)

    @property
    def left_cents(self) -> int:
        return max(0, self.budget_cents - self.used_cents)


class PlanState(Enum):
    NO_ACTION = "No action"  # nothing is out of band and no cash is needed
    PROPOSED = "Proposed"
    RESIDUAL = "Proposed, drift remains"  # hard rules leave a sleeve outside its goal
    WITHHELD = "Withheld"  # data errors: nothing is computed from wrong data


class Rule(Enum):
    """What may keep a plan from its goals; each can be lifted alone to see what it costs."""

    GAIN_BUDGET = "Gain budget"
    HOLD = "Do not sell"
    DO_NOT_TRADE = "Do not trade"
    SEPARATE_TAXPAYER = "Another taxpayer's account"
    WASH_SALE = "Wash sale"
    UNKNOWN_BASIS = "Unknown basis or date"
    NO_PRICE = "No price"
    SHORT_TERM = "No short-term gains"
    CASH_RESERVE = "Cash reserve"
    BUY_LIST = "Designated funds only"


@dataclass(frozen=True, slots=True)
class Blocked:
    """A lot or account that the plan may not sell, and why, for the reader who asks."""

    account_id: str
    symbol: str
    lot_id: str  # '' for the whole account or position
    value_cents: int
    reason: str
    rule: Rule | None = None


class ProofStatus(Enum):
    """How much is proven about a plan."""

    NOTHING = "Nothing to do"
    OPTIMAL = "Proven"  # the bound is the optimum of the problem with any fraction of a share
    LIMITED = "Work limit"  # the search ended at its limit: the bound holds, and may be loose


@dataclass(frozen=True, slots=True)
class Slack:
    """How far a plan is from one of its limits; 0 or less binds it."""

    rule: str  # 'Gain budget', 'Cash of Trust ...1234', 'US Equity'
    left_cents: int

    @property
    def binding(self) -> bool:
        """Used up to less than a dollar."""
        return self.left_cents < 100


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is proven about a plan, in dollars of its objective: tax, trading cost, and drift and cash left at their weights.

    `bound` is the least objective that any plan could have, with fractions of a share and without minimum trades, so
    `gap` is the most that this plan gives away, whole shares included. The objective itself is never shown as tax.
    `plan_hash` identifies the plan with everything that it rests on: inputs, rules, parameters, version, trades.
    """

    status: ProofStatus
    objective: float
    bound: float
    nodes: int  # linear programs solved
    slacks: tuple[Slack, ...]  # tightest first
    plan_hash: str

    @property
    def gap(self) -> float:
        return max(0.0, self.objective - self.bound)

    @property
    def gap_cents(self) -> int:
        """The gap to show, rounded up: what is said is never less than what is proven."""
        return math.ceil(round(self.gap * 100, 6))

    @property
    def binding(self) -> tuple[Slack, ...]:
        return tuple(s for s in self.slacks if s.binding)


@dataclass(frozen=True, slots=True)
class OtherTaxpayer:
    """What a plan does to the return of a trust that is its own taxpayer: nothing here nets with the household's."""

    account_id: str
    title: str  # 'Irrevocable Trust ...1234'
    short_gain_cents: int  # of the plan alone
    long_gain_cents: int
    gains: NetGains  # the trust's year with the plan
    gains_before: NetGains  # and without it
    tax: TaxEstimate | None  # what the plan adds to its return
    rates: MarginalRates | None  # on its next dollar after the plan


@dataclass(frozen=True, slots=True)
class Plan:
    """A household's proposed trades with every figure recomputed exactly from them.

    Gains, tax, rates and budget are those of the household's own return; `others` has the rest, and the properties
    that begin with `all_` are over every return.
    """

    state: PlanState
    trades: tuple[Trade, ...]  # sells by proceeds, then buys
    transfers: tuple[Transfer, ...]
    before: Drift
    after: Drift
    short_gain_cents: int  # of the plan alone
    long_gain_cents: int
    gains: NetGains  # the year with the plan
    gains_before: NetGains  # the year without it
    tax: TaxEstimate | None  # what the plan adds; None: unknown, and `unknowns` says why
    rates: MarginalRates | None  # on the next dollar after the plan
    budget: BudgetUse | None
    alternative: Plan | None  # within the gain budget, when this plan exceeds it
    residual: tuple[Sleeve, ...]  # sleeves still outside their goal
    shortfalls: tuple[str, ...]  # cash that could not be raised, as sentences
    blocked: tuple[Blocked, ...]
    unknowns: tuple[str, ...]
    certificate: Certificate | None = None
    others: tuple[OtherTaxpayer, ...] = ()  # trusts that may be traded, by account id

    @property
    def all_short_gain_cents(self) -> int:
        return self.short_gain_cents + sum(o.short_gain_cents for o in self.others)

    @property
    def all_long_gain_cents(self) -> int:
        return self.long_gain_cents + sum(o.long_gain_cents for o in self.others)

    @property
    def all_gain_cents(self) -> int:
        return self.all_short_gain_cents + self.all_long_gain_cents

    @property
    def all_tax(self) -> TaxEstimate | None:
        """What the plan adds over every return; None when one of them is unknown."""
        return sum_of_taxes((self.tax, *(o.tax for o in self.others)))

    @property
    def others_with_sales(self) -> tuple[OtherTaxpayer, ...]:
        """The other taxpayers in whose accounts something is sold."""
        selling = {t.account_id for t in self.sells}
        return tuple(o for o in self.others if o.account_id in selling)

    @property
    def sells(self) -> tuple[Trade, ...]:
        return tuple(t for t in self.trades if t.side is Side.SELL)

    @property
    def buys(self) -> tuple[Trade, ...]:
        return tuple(t for t in self.trades if t.side is Side.BUY)

    @property
    def sold_cents(self) -> int:
        return sum(t.amount_cents for t in self.sells)


class Method(Enum):
    FIFO = "FIFO"  # oldest lots first
    HIFO = "HIFO"  # highest basis per dollar first
    PROPORTIONAL = "Proportional"  # the same share of every lot


class Scope(Enum):
    HOUSEHOLD = "Household"
    ACCOUNT = "By account"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a rule of thumb realizes for the plan's class reductions; gains and tax are over every return."""

    method: Method
    scope: Scope
    sold_cents: int
    short_gain_cents: int
    long_gain_cents: int
    tax: TaxEstimate | None
    more_tax_cents: int | None  # than the plan's; negative: the rule costs less, at another security drift

    @property
    def gain_cents(self) -> int:
        return self.short_gain_cents + self.long_gain_cents


@dataclass(frozen=True, slots=True)
class Review:
    """Everything the engine says about one household: what brief, dashboard and cells show."""

    client_id: str
    client_name: str
    problems: tuple[Problem, ...]  # this client's, worst first
    drift: Drift | None  # None only when the household's value is unknown
    plan: Plan | None  # None when withheld
    wash: tuple[WashStatus, ...]  # every held security with a loss or a recent purchase
    harvest: tuple[HarvestCandidate, ...]
    rmds: tuple[Rmd, ...]
    budget: BudgetUse | None  # year to date, without the plan
    comparisons: tuple[Comparison, ...] = ()  # the same class reductions by rules of thumb

    @property
    def withheld(self) -> bool:
        return self.plan is None

    @property
    def rmd_left_cents(self) -> int:
        """Distributions left to take, as far as they are known."""
        return sum(r.left_cents or 0 for r in self.rmds)

    @property
    def rmd_is_known(self) -> bool:
        """Whether that is all of them: no pool owes an amount that can't be told."""
        return all(r.left_cents is not None for r in self.rmds if r.state is not RmdState.NOT_DUE)
