"""Every sheet, column and setting of the workbook, named once. The header text is the contract.

The reader validates by it, the builder lays the sheets out by it, the importers fill rows by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from xl_rebal.engine.book import (
    CLIENT_STATUSES,
    ActivityType,
    BandType,
    BeneficiaryType,
    BuyIn,
    Location,
    Owner,
    Registration,
    RuleKind,
    RuleStatus,
    SoleBeneficiary,
)


class Kind(Enum):
    """What a cell holds: decides parsing, number format and validation."""

    TEXT = "text"
    DATE = "date"
    MONEY = "money"  # dollars in the cell, cents in the Book
    QUANTITY = "quantity"
    PRICE = "price"
    WEIGHT = "weight"  # 0.65 or 65% in the cell; a fraction of 1 in the Book
    RATE = "rate"  # like WEIGHT; a Decimal in the Book
    YES_NO = "yes/no"
    CHOICE = "choice"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Column:
    header: str
    kind: Kind
    help: str
    required: bool = False
    choices: tuple[str, ...] = ()  # for CHOICE, in the order of the drop-down
    refers_to: tuple[str, str] | None = None  # (sheet, header) whose values are allowed
    width: int = 14


@dataclass(frozen=True, slots=True)
class SheetLayout:
    name: str
    table: str  # Excel table name
    row_is: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()  # headers that make a row unique (for merging imports)

    def column(self, header: str) -> Column:
        return next(c for c in self.columns if c.header == header)

    @property
    def headers(self) -> tuple[str, ...]:
        return tuple(c.header for c in self.columns)

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(c.header for c in self.columns if c.required)


def _values(enum: type[Enum]) -> tuple[str, ...]:
    return tuple(str(member.value) for member in enum)


K = Kind

CLIENTS = SheetLayout(
    "Clients",
    "tblClients",
    "household",
    (
        Column("Client ID", K.TEXT, "Unique key of the household, e.g. HAR01.", True),
        Column(
            "Client Name",
            K.TEXT,
            "Name as it appears on the brief and on the client's folder.",
            True,
            width=30,
        ),
        Column(
            "Filing Status",
            K.CHOICE,
            "Federal filing status.",
            True,
            tuple(status.value for status in CLIENT_STATUSES),
            width=24,
        ),
        Column(
            "Model",
            K.TEXT,
            "Target model, as on the Targets sheet.",
            True,
            refers_to=("Targets", "Model"),
            width=18,
        ),
        Column("Advisor", K.TEXT, "Who signs the brief.", width=20),
        Column(
            "Email", K.TEXT, "Client's address, for the draft email only. Nothing is ever sent.", width=28
        ),
        Column("Birth Date", K.DATE, "Needed for RMDs."),
        Column("Spouse Birth Date", K.DATE, "Needed for the spouse's RMDs."),
        Column(
            "Taxable Income",
            K.MONEY,
            "Expected taxable income of the tax year, without capital gains. Blank: tax is unknown.",
            width=16,
        ),
        Column(
            "MAGI",
            K.MONEY,
            "Modified adjusted gross income without capital gains. Blank: taxable income plus the standard deduction.",
            width=16,
        ),
        Column(
            "Other Investment Income",
            K.MONEY,
            "Interest, dividends and the like, for the net investment income tax.",
            width=16,
        ),
        Column(
            "CG Rate",
            K.RATE,
            "Override: all-in federal rate on net long-term gain. Blank: computed from income.",
        ),
        Column("State Rate", K.RATE, "State income tax rate on gains. Blank: no state tax is estimated."),
        Column(
            "ST Carryforward",
            K.MONEY,
            "Short-term loss carried into this tax year, as a positive amount.",
            width=16,
        ),
        Column(
            "LT Carryforward",
            K.MONEY,
            "Long-term loss carried into this tax year, as a positive amount.",
            width=16,
        ),
        Column(
            "Gain Budget",
            K.MONEY,
            "Most net gain the client wants to realize in the tax year. Blank: no budget.",
            width=16,
        ),
        Column(
            "Band",
            K.WEIGHT,
            "Override of the firm's class tolerance band, absolute (5% = plus or minus 5 points).",
        ),
        Column("Cash Reserve", K.MONEY, "Cash to keep in the household."),
        Column("Folder", K.TEXT, "Folder name for this client's briefs. Blank: the client's name.", width=20),
        Column(
            "Stated ST Gain",
            K.MONEY,
            "Short-term gain of the year so far as the custodian reports it: compared with Activity, used for nothing else.",
            width=16,
        ),
        Column(
            "Stated LT Gain",
            K.MONEY,
            "Long-term gain of the year so far as the custodian reports it: compared with Activity, used for nothing else.",
            width=16,
        ),
        Column(
            "Preferred Name",
            K.TEXT,
            "How the draft email greets the client, e.g. Rick and Ellen. Blank: made from the client's name.",
            width=20,
        ),
    ),
    ("Client ID",),
)

ACCOUNTS = SheetLayout(
    "Accounts",
    "tblAccounts",
    "account",
    (
        Column(
            "Account ID",
            K.TEXT,
            "Unique key, as the custodian writes it (text, so that zeros stay).",
            True,
            width=16,
        ),
        Column("Client ID", K.TEXT, "Household that owns it.", True, refers_to=("Clients", "Client ID")),
        Column(
            "Registration",
            K.CHOICE,
            "How the account is titled; decides tax and RMD.",
            True,
            _values(Registration),
            width=20,
        ),
        Column("Custodian", K.TEXT, "Schwab, Fidelity, Pershing ..."),
        Column("Owner", K.CHOICE, "Whose account it is. Blank: Client.", choices=_values(Owner)),
        Column("Prior Year-End Value", K.MONEY, "Value on December 31 of last year, for the RMD.", width=18),
        Column("RMD Taken", K.MONEY, "Distributions so far this year that count, QCDs included."),
        Column(
            "Flags",
            K.TEXT,
            "Separated by ';'. 'Do not trade: reason' locks the account; anything else is shown on the brief.",
            width=36,
        ),
        Column("Cash Reserve", K.MONEY, "Cash to keep in this account."),
        Column(
            "Withdrawal", K.MONEY, "Cash the client asked for from this account: it leaves the household."
        ),
        Column(
            "Sole Beneficiary",
            K.CHOICE,
            "Spouse: alone and all year, so a spouse more than ten years younger lowers the RMD. Other: not so. Blank: unknown.",
            choices=_values(SoleBeneficiary),
            width=16,
        ),
        Column(
            "Inherited From",
            K.TEXT,
            "Inherited accounts: the deceased owner's name or ID. Accounts with the same text share one RMD.",
            width=20,
        ),
        Column(
            "Owner Death Date",
            K.DATE,
            "Inherited accounts: when the deceased owner died. Needed for the RMD.",
            width=16,
        ),
        Column(
            "Owner Birth Date",
            K.DATE,
            "Inherited accounts: the deceased owner's birth date. Tells whether distributions had begun.",
            width=16,
        ),
        Column(
            "Beneficiary Type",
            K.CHOICE,
            "Inherited accounts: what the heir is to the rules. Designated: any individual who is none of the others.",
            choices=_values(BeneficiaryType),
            width=28,
        ),
        Column(
            "Own Taxable Income",
            K.MONEY,
            "Irrevocable trusts: taxable income of the trust's own return, without capital gains (0 if none). Blank: not traded. "
            "Of a trust with several accounts, enter it at one of them only.",
            width=16,
        ),
        Column(
            "Own ST Carryforward",
            K.MONEY,
            "Irrevocable trusts: short-term loss carried into the trust's own return, as a positive amount.",
            width=16,
        ),
        Column(
            "Own LT Carryforward",
            K.MONEY,
            "Irrevocable trusts: long-term loss carried into the trust's own return, as a positive amount.",
            width=16,
        ),
        Column("Positions As Of", K.DATE, "Day of the positions, filled by imports. Blank: unknown."),
        Column("Lots As Of", K.DATE, "Day of the lots, filled by imports of all of them. Blank: unknown."),
    ),
    ("Account ID",),
)

SECURITIES = SheetLayout(
    "Securities",
    "tblSecurities",
    "security",
    (
        Column("Symbol", K.TEXT, "Ticker or CUSIP.", True),
        Column(
            "Asset Class", K.TEXT, "As on the Targets sheet. 'Cash' with price 1 is money.", True, width=18
        ),
        Column(
            "Price", K.PRICE, "Price per share. Blank: unknown, and its holders' briefs are withheld.", True
        ),
        Column("Name", K.TEXT, "Name as on the brief.", width=32),
        Column("Price Date", K.DATE, "Date of the price."),
        Column(
            "Same As",
            K.TEXT,
            "Substantially identical group: securities with the same text here wash each other.",
            width=16,
        ),
        Column(
            "Swap",
            K.TEXT,
            "Replacement to hold after harvesting a loss; not identical.",
            refers_to=("Securities", "Symbol"),
        ),
        Column("Buy", K.CHOICE, "Designated target fund: where the plan may buy it.", choices=_values(BuyIn)),
        Column("Min Trade", K.MONEY, "Smallest trade in this security. Blank: the firm's setting."),
    ),
    ("Symbol",),
)

TARGETS = SheetLayout(
    "Targets",
    "tblTargets",
    "target of a class, or of a security in it",
    (
        Column("Model", K.TEXT, "Name of the model.", True, width=18),
        Column("Asset Class", K.TEXT, "Class that the weight belongs to.", True, width=18),
        Column(
            "Target", K.WEIGHT, "Weight of the whole household. The classes of a model add up to 100%.", True
        ),
        Column(
            "Symbol",
            K.TEXT,
            "Blank: target of the class. A symbol: target of that security within the class.",
        ),
        Column("Lower", K.WEIGHT, "Lowest weight that needs no action. Blank: from the band."),
        Column("Upper", K.WEIGHT, "Highest weight that needs no action. Blank: from the band."),
        Column(
            "Band", K.WEIGHT, "Tolerance. Absolute: points around the target. Relative: share of the target."
        ),
        Column("Band Type", K.CHOICE, "Blank: the firm's setting.", choices=_values(BandType)),
        Column("As Of", K.DATE, "When the target was set; later contributions are not in it."),
        Column(
            "Location",
            K.CHOICE,
            "Of a class: kind of account it is best held in. Blank: no preference.",
            choices=_values(Location),
        ),
    ),
    ("Model", "Asset Class", "Symbol"),
)

LOTS = SheetLayout(
    "Lots",
    "tblLots",
    "tax lot (cash: one row per account, quantity in dollars)",
    (
        Column(
            "Account ID",
            K.TEXT,
            "Account that holds it.",
            True,
            refers_to=("Accounts", "Account ID"),
            width=16,
        ),
        Column(
            "Symbol",
            K.TEXT,
            "Security, as on the Securities sheet.",
            True,
            refers_to=("Securities", "Symbol"),
        ),
        Column("Acquired", K.DATE, "Trade date of purchase.", True),
        Column("Quantity", K.QUANTITY, "Shares.", True),
        Column(
            "Cost Basis",
            K.MONEY,
            "Total basis of the lot. Blank: unknown; the lot is then never sold by the plan.",
            True,
        ),
        Column(
            "Lot ID",
            K.TEXT,
            "The custodian's lot number. Blank: one is made from the row's values.",
            width=18,
        ),
        Column("Hold", K.YES_NO, "Yes: do not sell this lot."),
        Column("Covered", K.YES_NO, "Whether the custodian reports its basis to the IRS."),
    ),
    ("Account ID", "Symbol", "Acquired", "Lot ID"),
)

POSITIONS = SheetLayout(
    "Positions",
    "tblPositions",
    "custodian position, to reconcile lots against",
    (
        Column(
            "Account ID",
            K.TEXT,
            "Account that holds it.",
            True,
            refers_to=("Accounts", "Account ID"),
            width=16,
        ),
        Column(
            "Symbol",
            K.TEXT,
            "Security, as on the Securities sheet.",
            True,
            refers_to=("Securities", "Symbol"),
        ),
        Column("Quantity", K.QUANTITY, "Shares by the custodian's count; dollars for cash.", True),
        Column("Price", K.PRICE, "Custodian's price."),
        Column("Value", K.MONEY, "Custodian's value.", width=16),
        Column(
            "Cost Basis",
            K.MONEY,
            "Custodian's total cost of the position: compared with the lots, used for nothing else.",
            width=16,
        ),
    ),
    ("Account ID", "Symbol"),
)

ACTIVITY = SheetLayout(
    "Activity",
    "tblActivity",
    "transaction",
    (
        Column("Date", K.DATE, "Trade date.", True),
        Column(
            "Account ID",
            K.TEXT,
            "Account it happened in.",
            True,
            refers_to=("Accounts", "Account ID"),
            width=16,
        ),
        Column("Type", K.CHOICE, "What happened.", True, _values(ActivityType), width=20),
        Column("Amount", K.MONEY, "Dollars, positive.", True, width=16),
        Column("Symbol", K.TEXT, "Security, for trades and dividends."),
        Column("Quantity", K.QUANTITY, "Shares, positive."),
        Column("ST Gain", K.MONEY, "Realized short-term gain of a sale (loss negative)."),
        Column("LT Gain", K.MONEY, "Realized long-term gain of a sale (loss negative)."),
    ),
    ("Date", "Account ID", "Type", "Symbol", "Amount"),
)

NOTES = SheetLayout(
    "Notes",
    "tblNotes",
    "CRM entry",
    (
        Column("Client ID", K.TEXT, "Household it is about.", True, refers_to=("Clients", "Client ID")),
        Column("Date", K.DATE, "Date of the entry.", True),
        Column("Text", K.TEXT, "What was said or agreed, as recorded.", True, width=80),
        Column("Kind", K.TEXT, "Meeting, Call, Email, Preference ..."),
        Column("Author", K.TEXT, "Who wrote it.", width=18),
        Column("Source", K.TEXT, "CRM it comes from."),
    ),
    ("Client ID", "Date", "Text"),
)

RULES = SheetLayout(
    "Rules",
    "tblRules",
    "wish of a client: proposed from a CRM entry, in force once a person confirms it",
    (
        Column("Client ID", K.TEXT, "Household.", True, refers_to=("Clients", "Client ID")),
        Column("Kind", K.CHOICE, "What the client asked for.", True, _values(RuleKind), width=18),
        Column(
            "Symbol",
            K.TEXT,
            "Do not sell: the security. Blank for the other kinds.",
            refers_to=("Securities", "Symbol"),
            width=10,
        ),
        Column(
            "Amount", K.MONEY, "Cash need: how much. Gain budget: the most net gain of the year.", width=12
        ),
        Column(
            "Date",
            K.DATE,
            "Cash need: by when. Gain budget: any day of its tax year. Otherwise: the last day on which it holds, if any.",
            width=12,
        ),
        Column(
            "Account ID",
            K.TEXT,
            "Do not sell: blank is every account. Cash need: where it is taken from; needed when there are several.",
            refers_to=("Accounts", "Account ID"),
            width=16,
        ),
        Column("Sentence", K.TEXT, "The CRM entry's own words.", width=38),
        Column("Note Date", K.DATE, "Date of the CRM entry.", width=12),
        Column(
            "Status",
            K.CHOICE,
            "Proposed: no effect. Confirmed: in force. Declined: no effect, and not proposed again.",
            True,
            _values(RuleStatus),
            width=12,
        ),
        Column("Confirmed By", K.TEXT, "Who confirmed it. Without a name a rule is not in force.", width=16),
        Column("Confirmed On", K.DATE, "When it was confirmed.", width=13),
        Column(
            "Rule ID",
            K.TEXT,
            "Made from the entry when it is proposed, so that it is proposed once. Leave it as it is.",
            width=16,
        ),
    ),
    ("Rule ID",),
)

DECISIONS = SheetLayout(
    "Decisions",
    "tblDecisions",
    "recorded decision (filled by Record Decision)",
    (
        Column("Client ID", K.TEXT, "Household.", True),
        Column("Quarter", K.TEXT, "Quarter of the brief, e.g. 2026-Q4.", True),
        Column("Decision", K.TEXT, "Approve, Modify, Decline or Defer.", True),
        Column("By", K.TEXT, "Who decided.", width=20),
        Column("Date", K.DATE, "When."),
        Column("Comment", K.TEXT, "What was changed and why.", width=50),
    ),
)

INPUT_SHEETS = (CLIENTS, ACCOUNTS, SECURITIES, TARGETS, LOTS, POSITIONS, ACTIVITY, NOTES, RULES, DECISIONS)

SETTINGS_SHEET = "Settings"
SETTINGS_TABLE = "tblSettings"
SETTINGS_HEADERS = ("Setting", "Value", "What it does")
"""The Settings sheet is a table of name, value, help; names, kinds and defaults are in params/firm.toml."""

DASHBOARD_SHEET = "Dashboard"
CLIENT_SHEET = "Client"
WHAT_IF_SHEET = "What-If"
VERIFY_SHEET = "Verify"
QUARTER_SHEET = "Quarter"
CHECKS_SHEET = "Checks"
HELP_SHEET = "Help"

SHEET_ORDER = (
    DASHBOARD_SHEET,
    CLIENT_SHEET,
    WHAT_IF_SHEET,
    VERIFY_SHEET,
    QUARTER_SHEET,
    CHECKS_SHEET,
    *(sheet.name for sheet in INPUT_SHEETS),
    SETTINGS_SHEET,
    HELP_SHEET,
)
