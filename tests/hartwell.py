"""The Hartwell household of the worked example: $2.98M, equity 71.2% against 65%, AAPL, MSFT and NVDA over target.

Drift is computed by the engine from these holdings; plan, harvest, wash and RMD values are written out by hand so
that a test of facts or briefs shows its arithmetic:

    trim   shares  price   proceeds   basis     gain
    AAPL      200    225     45,000   13,000   32,000
    MSFT      100    420     42,000   14,000   28,000
    NVDA       50  1,960     98,000   37,000   61,000
    total                   185,000            121,000   budget 100,000: 21,000 over
    tax 121,000 x (20% + 3.8%) = 28,798
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from tests import builders as b
from xl_rebal.engine.book import ActivityType, BuyIn, Household, Lot, Owner, Registration, Settings, Term
from xl_rebal.engine.drift import drift
from xl_rebal.engine.explain import Explanation, LotReason, RulePrice
from xl_rebal.engine.frontier import Frontier, FrontierPoint, Mark
from xl_rebal.engine.problems import Problem, Severity, Source
from xl_rebal.engine.results import (
    Blocked,
    BudgetUse,
    Certificate,
    Comparison,
    Disposal,
    HarvestCandidate,
    MarginalRates,
    Method,
    NetGains,
    Plan,
    PlanState,
    ProofStatus,
    Review,
    Rmd,
    RmdAccount,
    RmdState,
    Rule,
    Scope,
    Side,
    Slack,
    TaxEstimate,
    Trade,
    TradeFlag,
    Transfer,
    WashState,
    WashStatus,
)
from xl_rebal.money import rate_of

CLIENT_ID = "HAR01"
TAX, IRA, ROTH, TRUST = "7001-4417", "7001-0093", "7001-2208", "7002-5150"
LOTS: dict[str, Lot] = {
    "AAPL": b.lot("AAPL", 1073, 69_745, "2017-05-04", TAX, id="A1", source=Source("Lots", 2)),
    "MSFT": b.lot("MSFT", 525, 73_500, "2018-02-12", TAX, id="M1", source=Source("Lots", 3)),
    "NVDA": b.lot("NVDA", 88, 65_120, "2021-11-19", TAX, id="N1", source=Source("Lots", 4)),
    "SCHB": b.lot("SCHB", 6000, 158_012, "2025-01-15", TRUST, id="S1", source=Source("Lots", 5)),
    "VTI": b.lot("VTI", 4776, 900_000, "2015-03-02", ROTH, id="V1", source=Source("Lots", 6)),
    "BND": b.lot("BND", 10390, 800_000, "2020-06-30", IRA, id="B1", source=Source("Lots", 7)),
}


def settings() -> Settings:
    return b.settings(as_of="2026-10-15", firm_name="Meridian Wealth Partners")


def household() -> Household:
    accounts = [
        b.account(TAX, Registration.JOINT, owner=Owner.JOINT, client_id=CLIENT_ID),
        b.account(IRA, Registration.TRADITIONAL_IRA, year_end="2,140,200", rmd_taken=0, client_id=CLIENT_ID),
        b.account(ROTH, Registration.ROTH_IRA, client_id=CLIENT_ID),
        b.account(TRUST, Registration.TRUST, client_id=CLIENT_ID, flags=("College funding for Emma",)),
    ]
    return b.household(
        client=b.client(
            CLIENT_ID, name="Hartwell Family", model="Balanced Growth", advisor="Dana Whitfield",
            email="hartwell@example.com", gain_budget_cents=10_000_000, born="1951-04-02",
        ),
        accounts=accounts,
        lots=LOTS.values(),
        cash=[b.cash("89,455", IRA)],
        securities=[
            b.security("AAPL", 225, "Equity", name="Apple Inc."),
            b.security("MSFT", 420, "Equity", name="Microsoft Corp."),
            b.security("NVDA", 1960, "Equity", name="NVIDIA Corp."),
            b.security("SCHB", 25, "Equity", name="Schwab U.S. Broad Market ETF", swap="VTI"),
            b.security("VTI", 280, "Equity", name="Vanguard Total Stock Market ETF"),
            b.security("BND", 74, "Fixed Income", name="Vanguard Total Bond Market ETF", buy=BuyIn.SHELTERED),
            b.security("MUB", 100, "Fixed Income", name="iShares National Muni Bond ETF", buy=BuyIn.TAXABLE),
        ],
        activity=[b.activity("2026-08-28", ActivityType.CONTRIBUTION, amount="250,000", account_id=TAX)],
        notes=[
            b.note("2026-08-14", "Quarterly meeting. Comfortable with tax-loss harvesting; wants to stay near the "
                   "gain budget.", CLIENT_ID, kind="Meeting", author="D. Whitfield"),
            b.note("2026-06-02", "Emma starts college in fall 2027; keep the trust's equity liquid.", CLIENT_ID,
                   kind="Call", author="R. Osei"),
            b.note("2026-03-18", "Reviewed estate documents with counsel.", CLIENT_ID, kind="Meeting"),
            b.note("2026-01-20", "Sent 1099s to CPA.", CLIENT_ID, kind="Email"),
            b.note("2025-05-11", "Prefers to give appreciated stock to charity.", CLIENT_ID, kind="Preference"),
        ],
        targets=[
            b.target("Equity", 0.65, model="Balanced Growth", as_of=date(2026, 9, 1)),
            b.target("Fixed Income", 0.33, model="Balanced Growth", as_of=date(2026, 9, 1)),
            b.target("Cash", 0.02, model="Balanced Growth", as_of=date(2026, 9, 1)),
            b.target("Equity", 0.05, "AAPL", model="Balanced Growth"),
            b.target("Equity", 0.05, "MSFT", model="Balanced Growth"),
            b.target("Equity", 0.04, "NVDA", model="Balanced Growth"),
        ],
    )  # fmt: skip


def trim(symbol: str, shares: int, price: int, basis: int, *flags: TradeFlag) -> Trade:
    """A sale out of the one lot of `symbol` in the taxable account; `price` and `basis` in dollars."""
    cents = shares * price * 100
    sold = Disposal(LOTS[symbol], Decimal(shares), cents, basis * 100, Term.LONG)
    return Trade(
        TAX,
        symbol,
        Side.SELL,
        Decimal(shares),
        Decimal(price),
        cents,
        (sold,),
        flags,
        "highest-basis lots first",
    )


def purchase(symbol: str, shares: int, price: int, account_id: str) -> Trade:
    cents = shares * price * 100
    return Trade(account_id, symbol, Side.BUY, Decimal(shares), Decimal(price), cents, (), (), "to target")


def net_long(cents: int) -> NetGains:
    """A year with this long-term gain and nothing else."""
    return NetGains(0, cents, 0, 0, 0, cents, 0, 0, 0)


def plan_of(*trades: Trade) -> Plan:
    """A plan with these trades; gains, tax at 20% + 3.8%, budget and drift follow from them."""
    home = household()
    gain = sum(t.gain_cents() for t in trades)
    change: dict[str, int] = {}
    for trade in trades:
        sign = 1 if trade.side is Side.BUY else -1
        change[trade.symbol] = change.get(trade.symbol, 0) + sign * trade.amount_cents
    after = drift(home, settings(), change)
    return Plan(
        state=PlanState.PROPOSED,
        trades=trades,
        transfers=(Transfer(IRA, TAX, 8_700_000, "required minimum distribution of the year"),),
        before=drift(home, settings()),
        after=after,
        short_gain_cents=0,
        long_gain_cents=gain,
        gains=net_long(gain),
        gains_before=net_long(0),
        tax=TaxEstimate(0, rate_of(gain, Decimal("0.20")), rate_of(gain, Decimal("0.038")), 0),
        rates=MarginalRates(Decimal("0.35"), Decimal("0.20"), Decimal("0.038"), Decimal(0)),
        budget=BudgetUse(10_000_000, 0, gain),
        alternative=None,
        residual=(),
        shortfalls=(),
        blocked=(
            Blocked(TRUST, "SCHB", "S1", 15_000_000, "Its loss is for harvesting with the designated swap."),
        ),
        unknowns=(),
    )


def plan() -> Plan:
    """The worked example, and its alternative: 32 NVDA instead of 50, gain 32,000 + 28,000 + 39,040 = 99,040."""
    apple, microsoft = trim("AAPL", 200, 225, 13_000), trim("MSFT", 100, 420, 14_000)
    full = plan_of(
        trim("NVDA", 50, 1960, 37_000, TradeFlag.HIGH_GAIN),
        apple,
        microsoft,
        purchase("MUB", 1110, 100, TAX),
        purchase("BND", 1000, 74, IRA),  # 111,000 + 74,000 = 185,000
    )
    within = plan_of(trim("NVDA", 32, 1960, 23_680), apple, microsoft, purchase("MUB", 1497, 100, TAX))
    class_left = within.after.sleeve("Equity")
    assert class_left is not None
    alternative = replace(
        within,
        residual=(class_left,),
        state=PlanState.RESIDUAL,
        certificate=certificate(
            0.42, "a41b", Slack("Gain budget", 96_000 - 95_904)
        ),  # less than a dollar left
    )
    return replace(full, alternative=alternative, certificate=certificate(0.874, "3f9a1c20be41"))


def certificate(gap: float, plan_hash: str, *tight: Slack) -> Certificate:
    """A proven plan `gap` dollars from its bound; `plan_hash` is how its 64 digits begin."""
    slacks = (*tight, Slack(f"Cash of Joint {TAX}", 0), Slack("Band of Equity", 14_900_000))
    return Certificate(
        ProofStatus.OPTIMAL, 28_798.874, 28_798.874 - gap, 31, slacks, plan_hash.ljust(64, "0")
    )


def comparisons() -> tuple[Comparison, ...]:
    """Rules of thumb that sell $185,000 of equity, at 23.8% of the gain beyond the plan's $121,000."""
    gains = {
        Scope.HOUSEHOLD: (121_000, 133_000, 127_000),  # 0, 12,000 and 6,000 more gain
        Scope.ACCOUNT: (160_076, 173_269, 163_227),
    }
    found = []
    for scope, by_method in gains.items():
        for method, dollars in zip((Method.HIFO, Method.FIFO, Method.PROPORTIONAL), by_method, strict=True):
            gain = dollars * 100
            tax = TaxEstimate(0, rate_of(gain, Decimal("0.20")), rate_of(gain, Decimal("0.038")), 0)
            more = tax.total_cents - 2_879_800
            found.append(Comparison(method, scope, 18_500_000, 0, gain, tax, more))
    return tuple(found)


def explanation() -> Explanation:
    """What if not: each trim's lot alone, by hand."""

    def without(symbol: str, cents: int, gain: int, more: int | None, drift: float) -> LotReason:
        return LotReason(TAX, symbol, LOTS[symbol].id, cents, gain, more, drift, "")

    return Explanation(
        lots=(
            without("NVDA", 9_800_000, 6_100_000, -1_451_800, 0.0326),
            without("AAPL", 4_500_000, 3_200_000, 124_000, 0.0),
            without("MSFT", 4_200_000, 2_800_000, 0, 0.0),
        ),
        rules=(
            RulePrice(
                Rule.GAIN_BUDGET,
                "",
                -522_600,
                0.0118,
                "Gain budget: keeps 1.2 points of drift from being cured.",
            ),
        ),
        waiting=(),
        fighting=(),
    )


def frontier() -> Frontier:
    """Tax against the drift left, from the plan's to today's 6.2%."""
    plan, budget, today = (
        FrontierPoint(drift, tax, 0, gain, 0)
        for drift, tax, gain in ((0.0, 2_879_800, 12_100_000), (0.0118, 2_357_152, 9_904_000), (0.062, 0, 0))
    )
    return Frontier((plan, budget, today), ((Mark.PLAN, plan), (Mark.BUDGET, budget), (Mark.TODAY, today)))


def review() -> Review:
    home = household()
    wash = WashStatus("SCHB", WashState.CLEAR, None, (), "Accounts held elsewhere are not known.")
    harvest = HarvestCandidate(
        TRUST, "SCHB", (LOTS["SCHB"],), Decimal(6000), 15_000_000, 0, -801_200, wash, "VTI"
    )
    rmd = Rmd(
        Owner.CLIENT, "IRA", RmdState.DUE, 75,
        (RmdAccount(IRA, Registration.TRADITIONAL_IRA, 214_020_000, Decimal("24.6"), 8_700_000, 0),),
        8_700_000, 0, 8_700_000, date(2026, 12, 31),
    )  # fmt: skip
    problem = Problem(
        Severity.WARNING, "stale-price", Source("Securities", 5), "Price Date", "E5", "2026-10-02",
        "The price of SCHB is older than the firm allows.", "Refresh prices.", CLIENT_ID,
    )  # fmt: skip
    done = plan()
    return Review(
        CLIENT_ID, home.client.name, (problem,), drift(home, settings()), done, (wash,), (harvest,), (rmd,),
        done.budget and replace(done.budget, planned_cents=0), comparisons(),
    )  # fmt: skip
