"""What the firm's clients own and are aiming for: frozen values, built once by a reader, read by everything else.

Money is integer cents, quantities and prices are Decimal, weights and rates are fractions of 1. Unknown is None.
Every value keeps its `Source`, so that any figure can be traced to its row.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cached_property

from xl_rebal.engine.problems import NOWHERE, Problem, Source
from xl_rebal.errors import UnknownClient

CASH_CLASS = "Cash"
"""The one asset class whose name the engine knows: its securities priced 1 (or unpriced) are money."""


class FilingStatus(Enum):
    SINGLE = "Single"
    MARRIED_JOINT = "Married filing jointly"
    MARRIED_SEPARATE = "Married filing separately"
    HEAD_OF_HOUSEHOLD = "Head of household"
    QUALIFYING_SURVIVOR = "Qualifying surviving spouse"
    TRUST = "Estate or trust"  # of an account that is its own taxpayer, never of a client


CLIENT_STATUSES = tuple(status for status in FilingStatus if status is not FilingStatus.TRUST)
"""What a client may file as."""


class Registration(Enum):
    """How an account is titled; the value is the text that the workbook shows."""

    INDIVIDUAL = "Individual"
    JOINT = "Joint"
    TRUST = "Trust"  # revocable: taxed to the grantor, so with the household
    IRREVOCABLE_TRUST = "Irrevocable Trust"  # its own taxpayer
    CUSTODIAL = "Custodial (UTMA)"  # the minor's, so its own taxpayer
    TRADITIONAL_IRA = "Traditional IRA"
    ROLLOVER_IRA = "Rollover IRA"
    SEP_IRA = "SEP IRA"
    SIMPLE_IRA = "SIMPLE IRA"
    ROTH_IRA = "Roth IRA"
    PLAN_401K = "401(k)"
    ROTH_401K = "Roth 401(k)"
    PLAN_403B = "403(b)"
    PLAN_457B = "457(b)"
    INHERITED_IRA = "Inherited IRA"
    INHERITED_ROTH_IRA = "Inherited Roth IRA"
    HSA = "HSA"
    EDUCATION_529 = "529"

    @cached_property  # asked for every lot several times
    def taxable(self) -> bool:
        """Sales realize gains on somebody's return."""
        return self in _TAXABLE

    @cached_property
    def separate_taxpayer(self) -> bool:
        """Gains belong to a taxpayer other than the household's own return."""
        return self in (Registration.IRREVOCABLE_TRUST, Registration.CUSTODIAL)

    @cached_property
    def household_taxable(self) -> bool:
        """Sales realize gains on the household's own return."""
        return self.taxable and not self.separate_taxpayer

    @property
    def location(self) -> Location:
        """The kind of account it is for asset location; an HSA's growth is never taxed either."""
        if self.taxable:
            return Location.TAXABLE
        return Location.ROTH if self in _ROTH else Location.TAX_DEFERRED


_ROTH = frozenset(
    (Registration.ROTH_IRA, Registration.ROTH_401K, Registration.INHERITED_ROTH_IRA, Registration.HSA)
)

_TAXABLE = frozenset(
    (
        Registration.INDIVIDUAL,
        Registration.JOINT,
        Registration.TRUST,
        Registration.IRREVOCABLE_TRUST,
        Registration.CUSTODIAL,
    )
)


class Owner(Enum):
    CLIENT = "Client"
    SPOUSE = "Spouse"
    JOINT = "Joint"


class SoleBeneficiary(Enum):
    """Who alone inherits an account that its owner still has; unknown is None."""

    SPOUSE = "Spouse"
    OTHER = "Other"  # somebody else, or the spouse with others


class BeneficiaryType(Enum):
    """What the heir of an inherited account is to the rules (IRC 401(a)(9)(E)); all but the last two are eligible."""

    SPOUSE = "Spouse"
    MINOR_CHILD = "Minor child"  # of the deceased owner
    DISABLED = "Disabled"
    CHRONICALLY_ILL = "Chronically ill"
    NOT_MUCH_YOUNGER = "Not more than ten years younger"
    DESIGNATED = "Designated"  # any other individual
    NON_PERSON = "Non-person"  # estate, charity, a trust that is not looked through


class BandType(Enum):
    ABSOLUTE = "Absolute"  # target 10 %, band 5 %: 5 % to 15 %
    RELATIVE = "Relative"  # target 10 %, band 25 %: 7.5 % to 12.5 %


class BuyIn(Enum):
    """Where a designated target fund may be bought."""

    NOWHERE = "No"
    ANYWHERE = "Yes"
    TAXABLE = "Taxable"
    SHELTERED = "IRA"  # every account whose sales are not taxed


class ActivityType(Enum):
    BUY = "Buy"
    REINVEST = "Reinvest"
    SELL = "Sell"
    CONTRIBUTION = "Contribution"
    WITHDRAWAL = "Withdrawal"
    RMD = "RMD"
    QCD = "QCD"
    TRANSFER_IN = "Transfer In"
    TRANSFER_OUT = "Transfer Out"
    DIVIDEND = "Dividend"
    INTEREST = "Interest"
    CAPITAL_GAIN_DISTRIBUTION = "Capital Gain Distribution"
    FEE = "Fee"
    OTHER = "Other"

    @property
    def purchase(self) -> bool:
        """Acquires shares by purchase, a reinvested dividend included (IRC 1091)."""
        return self in (ActivityType.BUY, ActivityType.REINVEST)


class RuleKind(Enum):
    """What a client asked for that a plan or a letter can heed."""

    DO_NOT_SELL = "Do not sell"
    CASH_NEED = "Cash need"
    GAIN_BUDGET = "Gain budget"
    MEETING = "Meeting preference"


class RuleStatus(Enum):
    """Only a person makes a rule Confirmed or Declined; whatever reads CRM entries can but propose."""

    PROPOSED = "Proposed"
    CONFIRMED = "Confirmed"
    DECLINED = "Declined"


class RuleState(Enum):
    """What has become of a rule on the as-of date."""

    IN_FORCE = "In force"
    PROPOSED = "Not confirmed"
    DECLINED = "Declined"
    EXPIRED = "Expired"
    LATER = "Not yet"
    MET = "Met"
    OVERRULED = "Overruled"
    IDLE = "Nothing to do"
    INCOMPLETE = "Incomplete"  # confirmed, yet not to be applied before somebody completes it


class StaleData(Enum):
    MARK = "Mark"  # the brief says what is old
    HOLD = "Hold"  # the client is withheld until newer data is imported


class Term(Enum):
    SHORT = "Short-term"
    LONG = "Long-term"


class BudgetMode(Enum):
    FLAG = "Flag"  # cure the drift, flag the excess, show the within-budget alternative
    LIMIT = "Limit"  # hold the budget, show the drift that stays


class RebalanceTo(Enum):
    TARGET = "Target"
    BAND = "Band"


class Shares(Enum):
    WHOLE = "Whole"
    FRACTIONAL = "Fractional"


class ShortTermGains(Enum):
    ALLOW = "Allow"  # weighed by their tax
    BLOCK = "Block"  # lots with a short-term gain are kept


class Location(Enum):
    """Kind of account that an asset class is best held in."""

    TAXABLE = "Taxable"
    TAX_DEFERRED = "Tax-deferred"
    ROTH = "Roth"


class DrafterKind(Enum):
    TEMPLATE = "Template"
    OPENAI = "OpenAI"


class DrafterLog(Enum):
    """What is kept on file of each request to a model."""

    HASH = "Hash"
    TEXT = "Text"


class SendCrm(Enum):
    """Whether CRM entries are part of what a model is given. With the template as drafter nothing leaves anyway."""

    YES = "Yes"
    NO = "No"


@dataclass(frozen=True, slots=True)
class Settings:
    """The firm's choices for this run; every default is data (params/firm.toml), none is in code."""

    as_of: date
    quarter: str  # '2026-Q4'
    tax_year: int
    firm_name: str
    logo: str  # file of the firm's logo, beside the workbook or with its full path; '': none
    firm_color: str  # as typed, '#1F3A5F'; '': the shipped one
    class_band: float
    class_band_type: BandType
    security_band: float
    security_band_type: BandType
    class_rebalance_to: RebalanceTo
    security_rebalance_to: RebalanceTo
    min_trade_cents: int
    shares: Shares
    share_decimals: int
    transaction_cost: float  # fraction of each dollar traded
    gain_budget_mode: BudgetMode
    short_term_gains: ShortTermGains
    wait_for_long_term_days: int  # a lot with a gain that turns long-term within so many days is kept
    location_preference: (
        float  # cost of each dollar bought outside, or sold inside, the preferred kind of account
    )
    high_gain_cents: int  # a trim whose gain reaches this is flagged
    harvest_min_loss_cents: int
    harvest_min_loss: float  # fraction of basis
    long_term_soon_days: int
    stale_price_days: int
    stale_holdings_days: int  # positions and lots
    stale_data: StaleData
    cash_need_days: int  # a confirmed cash need this near is raised
    recent_contribution_days: int
    no_contact_months: int
    executed_tolerance: float  # fraction of a planned trade that may be missing or too much when it is done
    minutes_check: int  # of a person, for a client's data errors; for the estimate of a quarter's hours
    minutes_decide: int
    minutes_trade: int
    output_folder: str
    drafter: DrafterKind
    drafter_model: str
    drafter_url: str
    drafter_at_once: int  # clients that a model is asked about at the same time
    drafter_price_in: float | None  # dollars a million tokens; None: unknown
    drafter_price_out: float | None
    drafter_log: DrafterLog
    send_crm: SendCrm
    letter_tone: str  # 'Warm', or per advisor 'Warm; Jordan Ellis: Formal'


@dataclass(frozen=True, slots=True)
class Client:
    """One household as the Clients sheet has it."""

    id: str
    name: str
    filing_status: FilingStatus
    model: str
    advisor: str = ""
    email: str = ""
    birth_date: date | None = None
    spouse_birth_date: date | None = None
    taxable_income_cents: int | None = None  # ordinary taxable income, without this year's capital gains
    magi_cents: int | None = (
        None  # modified AGI without this year's gains; unknown: taxable income + std deduction
    )
    other_investment_income_cents: int = 0  # interest, dividends ... (NIIT), without capital gains
    cg_rate: Decimal | None = None  # override: all-in federal rate on net long-term gain
    state_rate: Decimal = Decimal(0)
    short_carryforward_cents: int = 0  # positive: losses carried in
    long_carryforward_cents: int = 0
    gain_budget_cents: int | None = None  # net realized gain allowed in the tax year, both terms
    band: float | None = None  # overrides the firm's class band, absolute
    cash_reserve_cents: int = 0
    folder: str = ""
    source: Source = NOWHERE
    preferred_name: str = ""  # how letters greet the client: 'Rick and Ellen'
    stated_short_cents: int | None = None  # gain of the year so far as the custodian reports it
    stated_long_cents: int | None = None


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    client_id: str
    registration: Registration
    custodian: str = ""
    owner: Owner = Owner.CLIENT
    prior_year_end_cents: int | None = None
    rmd_taken_cents: int = 0  # distributions so far this year that count, QCDs included
    flags: tuple[str, ...] = ()  # as typed, for the brief
    do_not_trade: bool = False
    do_not_trade_reason: str = ""
    cash_reserve_cents: int = 0
    withdrawal_cents: int = 0  # cash asked for: leaves the household
    source: Source = NOWHERE
    sole_beneficiary: SoleBeneficiary | None = None  # of an owner's own account
    inherited_from: str = ""  # the deceased owner's name or ID; equal texts are one person
    owner_death_date: date | None = None  # of the deceased owner
    owner_birth_date: date | None = None
    beneficiary_type: BeneficiaryType | None = None
    own_taxable_income_cents: int | None = (
        None  # of its own return (a trust's): ordinary, without capital gains
    )
    own_short_carryforward_cents: int = 0  # positive: losses carried into its own return
    own_long_carryforward_cents: int = 0
    positions_as_of: date | None = None  # day of the data last imported
    lots_as_of: date | None = None
    withdrawal_why: str = ""  # what a confirmed rule asks the withdrawal for

    @property
    def files_own_return(self) -> bool:
        """An irrevocable trust whose own income is known: its gains can be taxed, so it may be traded.

        A UTMA account never is: the kiddie tax takes the parents' return and the child's (IRC 1(g)).
        """
        return (
            self.registration is Registration.IRREVOCABLE_TRUST and self.own_taxable_income_cents is not None
        )

    @property
    def taxpayer(self) -> str:
        """Whose return the account's sales are on: '' the household's own, else the account's id."""
        return self.id if self.registration.separate_taxpayer else ""

    @property
    def title(self) -> str:
        """`Traditional IRA ...1234`: registration and the last four characters of the account id."""
        return f"{self.registration.value} ...{self.id[-4:]}"


@dataclass(frozen=True, slots=True)
class Security:
    symbol: str
    asset_class: str
    price: Decimal | None
    name: str = ""
    price_date: date | None = None
    same_as: str = ""  # substantially-identical group; '' means only itself
    swap: str = ""  # replacement security for harvesting
    buy: BuyIn = BuyIn.NOWHERE
    min_trade_cents: int = 0
    source: Source = NOWHERE

    @property
    def is_cash(self) -> bool:
        return self.asset_class.casefold() == CASH_CLASS.casefold() and (
            self.price is None or self.price == 1
        )

    @property
    def identity(self) -> str:
        """Key of its substantially-identical group: securities with equal keys wash each other."""
        return self.same_as or self.symbol


@dataclass(frozen=True, slots=True)
class Target:
    """Target of an asset class in a model, or of one security inside its class when `symbol` is set."""

    model: str
    asset_class: str
    weight: float
    symbol: str = ""
    lower: float | None = None
    upper: float | None = None
    band: float | None = None
    band_type: BandType | None = None
    as_of: date | None = None  # when the target was set
    source: Source = NOWHERE
    location: Location | None = None  # of a class: where it is best held; None: anywhere


@dataclass(frozen=True, slots=True)
class Lot:
    """A tax lot. `basis_cents` None means that the custodian does not know it: never 0, never guessed."""

    id: str
    account_id: str
    symbol: str
    acquired: date | None
    quantity: Decimal
    basis_cents: int | None
    hold: bool = False  # do not sell
    covered: bool | None = None
    source: Source = NOWHERE
    hold_why: str = ""  # what holds it when it is not the Hold column alone: a confirmed rule, as a sentence


@dataclass(frozen=True, slots=True)
class CashBalance:
    account_id: str
    symbol: str
    cents: int
    source: Source = NOWHERE


@dataclass(frozen=True, slots=True)
class Position:
    """The custodian's own count, to reconcile lots against."""

    account_id: str
    symbol: str
    quantity: Decimal
    price: Decimal | None = None
    value_cents: int | None = None
    source: Source = NOWHERE
    basis_cents: int | None = None


@dataclass(frozen=True, slots=True)
class Activity:
    """A transaction. `quantity` is positive for shares in and out alike; the type says which."""

    date: date
    account_id: str
    type: ActivityType
    amount_cents: int
    symbol: str = ""
    quantity: Decimal | None = None
    short_gain_cents: int = 0
    long_gain_cents: int = 0
    source: Source = NOWHERE


@dataclass(frozen=True, slots=True)
class Note:
    """A CRM entry, quoted and dated. Its text is data: it can't change a figure or a rule."""

    client_id: str
    date: date
    text: str
    kind: str = ""
    author: str = ""
    origin: str = ""  # the sheet's Source column: which CRM
    source: Source = NOWHERE


@dataclass(frozen=True, slots=True)
class ClientRule:
    """A row of the Rules sheet: what a client asked for, in the words of a CRM entry, and what a person said to it."""

    client_id: str
    kind: RuleKind
    status: RuleStatus
    sentence: str = ""
    said_on: date | None = None  # date of the CRM entry
    symbol: str = ""
    account_id: str = ""  # '' every account; of a cash need: the only one that it can come from
    amount_cents: int | None = None
    on: date | None = None  # cash need: by when; gain budget: a day of its year; else the last day it holds
    confirmed_by: str = ""
    confirmed_on: date | None = None
    source: Source = NOWHERE


@dataclass(frozen=True, slots=True)
class Ruling:
    """A rule with what has become of it on the as-of date, and why, as a sentence."""

    rule: ClientRule
    state: RuleState
    why: str
    cents: int = 0  # of a cash need in force: what is still to be raised


@dataclass(frozen=True, slots=True)
class Decision:
    client_id: str
    quarter: str
    decision: str
    by: str = ""
    decided_on: date | None = None
    comment: str = ""
    source: Source = NOWHERE


@dataclass(frozen=True, slots=True)
class Household:
    """Everything the engine needs for one client: all it takes and all it may look at."""

    client: Client
    accounts: tuple[Account, ...]
    lots: tuple[Lot, ...]  # securities only; money is in `cash`
    cash: tuple[CashBalance, ...]
    positions: tuple[Position, ...]
    activity: tuple[Activity, ...]
    notes: tuple[Note, ...]
    targets: tuple[Target, ...]  # of the client's model
    securities: Mapping[str, Security]  # the whole firm's, by symbol
    rulings: tuple[Ruling, ...] = ()  # those in force are already in the lots, accounts and client above

    @property
    def rules_in_force(self) -> tuple[Ruling, ...]:
        """Confirmed rules that hold on the as-of date, in the order of the sheet."""
        return tuple(ruling for ruling in self.rulings if ruling.state is RuleState.IN_FORCE)

    def account(self, account_id: str) -> Account:
        for account in self.accounts:
            if account.id == account_id:
                return account
        raise KeyError(account_id)

    def cash_cents(self, account_id: str) -> int:
        return sum(balance.cents for balance in self.cash if balance.account_id == account_id)

    def realized_cents(self, tax_year: int, as_of: date) -> tuple[int, int]:
        """Short- and long-term gain realized this year up to `as_of` on the household's own return."""
        own = {a.id for a in self.accounts if a.registration.household_taxable}
        return self._realized_cents(own, tax_year, as_of)

    def realized_in_cents(self, account_id: str, tax_year: int, as_of: date) -> tuple[int, int]:
        """Short- and long-term gain realized this year up to `as_of` in one account."""
        return self._realized_cents({account_id}, tax_year, as_of)

    def _realized_cents(self, accounts: Collection[str], tax_year: int, as_of: date) -> tuple[int, int]:
        rows = [
            a
            for a in self.activity
            if a.account_id in accounts and a.date.year == tax_year and a.date <= as_of
        ]
        return sum(a.short_gain_cents for a in rows), sum(a.long_gain_cents for a in rows)


@dataclass(frozen=True, slots=True)
class Book:
    """The whole workbook as values, with the problems found while reading it.

    `columns` maps sheet -> header -> column letters in the user's sheet, to name cells in later problems.
    """

    settings: Settings
    households: tuple[Household, ...]
    securities: Mapping[str, Security]
    targets: tuple[Target, ...]
    decisions: tuple[Decision, ...] = ()
    problems: tuple[Problem, ...] = ()
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def household(self, client_id: str) -> Household:
        """The household with this Client ID, or, if none has it, with this exact name."""
        for household in self.households:
            if household.client.id == client_id:
                return household
        named = [h for h in self.households if h.client.name.casefold() == client_id.casefold()]
        if len(named) == 1:
            return named[0]
        known = ", ".join(h.client.id for h in self.households[:8])
        more = f" and {len(self.households) - 8} more" if len(self.households) > 8 else ""
        raise UnknownClient(f"No client {client_id!r} in the book. Client IDs are: {known}{more}.")

    def cell(self, source: Source, column: str) -> str:
        """`F214` for a row and a header, or '' when the column is not on the sheet."""
        letters = self.columns.get(source.sheet, {}).get(column, "")
        return f"{letters}{source.row}" if letters and source.row else ""
