"""The facts of a whole book: the firm's totals, what needs the committee's eye, a row a client, and how well it is proven.

Sums are of exact cents and read as such: a column of clients adds up to the firm's total as both are shown (`adding_up`).
Values in millions apart, which are no sums on the page. Clients whose plans are withheld are in no total.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median

from xl_rebal.dates import date_text
from xl_rebal.engine.book import Book, Household, Term
from xl_rebal.engine.drift import DriftStatus, Sleeve
from xl_rebal.engine.problems import Severity, Source
from xl_rebal.engine.results import (
    Method,
    Plan,
    PlanState,
    ProofStatus,
    Review,
    RmdState,
    Scope,
    Trade,
    TradeFlag,
    WashState,
)
from xl_rebal.engine.review import HIGH_RISK, Flag, flags
from xl_rebal.facts.adding_up import Sum, shown_to_add_up
from xl_rebal.facts.collect import Collector, key_of, quarter_text, short_money_text, trimmed_percent_text
from xl_rebal.facts.proof_facts import gap_cents
from xl_rebal.facts.types import Direction, Fact, FactKind, Facts, Topic
from xl_rebal.money import at_least_text, money_text, percent_text


@dataclass
class _Table:
    """Facts as they are made, each under an id of its own."""

    as_of: date
    facts: dict[str, Fact] = field(default_factory=dict)
    sums: list[Sum] = field(default_factory=list)

    def add_up(self, total: str, parts: Iterable[str]) -> None:
        """Notes that `total` is the sum of those of the parts that there are."""
        self.sums.append(Sum(total, tuple(part for part in parts if part in self.facts)))

    def show_sums(self) -> None:
        """Amounts with as many decimals as add up; a text that quotes one is made afterwards."""
        self.facts = shown_to_add_up(self.facts, self.sums)

    def add(
        self, fact_id: str, topic: Topic, kind: FactKind, value: object, display: str, label: str,
        sources: Iterable[Source] = (), direction: Direction = Direction.NONE,
    ) -> None:  # fmt: skip
        rows = tuple(dict.fromkeys(sources))
        self.facts[fact_id] = Fact(
            fact_id, topic, kind, value, display, label, direction, self.as_of, sources=rows
        )

    def money(self, fact_id: str, topic: Topic, cents: int, label: str, sources: Iterable[Source]) -> None:
        """An amount to the dollar without its sign, which is its direction."""
        way = Direction.UP if cents > 0 else Direction.DOWN if cents < 0 else Direction.NONE
        shown = money_text(abs(cents), whole=True)
        self.add(fact_id, topic, FactKind.MONEY, cents, shown, label, sources, way)

    def partly_known(
        self, fact_id: str, topic: Topic, cents: int, label: str, sources: Iterable[Source], *, known: bool
    ) -> None:
        """An amount of at least 0; where not all of it is known, that part is said as `at least`."""
        if known:
            self.money(fact_id, topic, cents, label, sources)
            return
        shown = at_least_text(cents) if cents else "unknown"
        self.add(fact_id, topic, FactKind.MONEY, cents, shown, label, sources)

    def count(self, fact_id: str, topic: Topic, number: int, label: str, sources: Iterable[Source]) -> None:
        self.add(fact_id, topic, FactKind.COUNT, number, f"{number:,}", label, sources)

    def text(self, fact_id: str, topic: Topic, text: str, label: str, sources: Iterable[Source] = ()) -> None:
        self.add(fact_id, topic, FactKind.TEXT, text, text, label, sources)


def client_key(number: int) -> str:
    """Start of the ids of the facts about the book's `number`th client, from 1."""
    return f"ROW_{number}"


def book_facts(book: Book, reviews: Sequence[Review]) -> Facts:
    """Everything that the book summary says; `reviews` are those of the book's households, in the same order."""
    settings = book.settings
    table = _Table(settings.as_of)
    pairs = list(zip(book.households, reviews, strict=True))
    table.add("FIRM", Topic.HEADER, FactKind.NAME, settings.firm_name, settings.firm_name, "firm")
    table.add(
        "QUARTER", Topic.HEADER, FactKind.NAME, settings.quarter, quarter_text(settings.quarter), "quarter"
    )
    as_of = settings.as_of
    table.add("AS_OF", Topic.HEADER, FactKind.DATE, as_of, date_text(as_of), "date of the data")
    year = settings.tax_year
    table.add("TAX_YEAR", Topic.TAX, FactKind.COUNT, year, str(year), "tax year of the sales")
    for fact_id, width, kind in (
        ("CLASS_BAND", settings.class_band, settings.class_band_type),
        ("SECURITY_BAND", settings.security_band, settings.security_band_type),
    ):
        words = f"tolerance of what has no band of its own, {kind.value.lower()}"
        table.add(fact_id, Topic.DRIFT, FactKind.PERCENT, width, trimmed_percent_text(width), words)
    table.money("MIN_TRADE", Topic.TRADE, settings.min_trade_cents, "smallest trade worth making", ())
    _add_clients(table, pairs)
    planned = [(home, found, found.plan) for home, found in pairs if found.plan is not None]
    _add_trades(table, planned)
    _add_tax(table, planned)
    _add_distributions(table, pairs)
    _add_proof(table, planned)
    rows = {client_key(number): pair for number, pair in enumerate(pairs, 1)}
    for start, (home, found) in rows.items():
        _add_row(table, start, home, found)
    _add_up(table, rows)
    for start, (home, found) in rows.items():
        _add_exceptions(table, start, home, found)
    return Facts("", settings.firm_name, settings.quarter, as_of, tuple(table.facts.values()))


Pair = tuple[Household, Review]
Planned = tuple[Household, Review, Plan]


def _rows(homes: Iterable[Household]) -> list[Source]:
    return [home.client.source for home in homes]


def _add_clients(table: _Table, pairs: Sequence[Pair]) -> None:
    head = Topic.HEADER
    table.count("CLIENTS", head, len(pairs), "clients", _rows(h for h, _ in pairs))
    known = [(home, found.drift) for home, found in pairs if found.drift is not None]
    total = sum(drift.total_cents for _, drift in known)
    table.add(
        "AUM", head, FactKind.MONEY, total, short_money_text(total), "assets under management of all clients not withheld",
        _rows(h for h, _ in known),
    )  # fmt: skip
    withheld = [home for home, found in pairs if found.plan is None]
    table.count("WITHHELD", head, len(withheld), "clients withheld", _rows(withheld))
    for fact_id, label, states in (
        ("PROPOSED", "clients with proposed trades", (PlanState.PROPOSED, PlanState.RESIDUAL)),
        ("QUIET", "clients without trades", (PlanState.NO_ACTION,)),
        ("RESIDUAL", "clients whose drift or cash need remains", (PlanState.RESIDUAL,)),
    ):
        homes = [home for home, found in pairs if found.plan is not None and found.plan.state in states]
        table.count(fact_id, Topic.DRIFT, len(homes), label, _rows(homes))
    risky = [home for home, found in pairs if found.plan is not None and set(flags(found)) & set(HIGH_RISK)]
    table.count("EXCEPTIONS", head, len(risky), "clients with an exception", _rows(risky))


def _add_trades(table: _Table, planned: Sequence[Planned]) -> None:
    trades, gain = Topic.TRADE, Topic.GAIN
    selling = [(home, plan) for home, _, plan in planned if plan.sells]
    rows = _rows(home for home, _ in selling)
    table.money("TRIMS", trades, sum(p.sold_cents for _, p in selling), "proceeds of all trims", rows)
    table.count("TRIM_LINES", trades, sum(len(p.sells) for _, p in selling), "lines to trim", rows)
    table.count("TRIM_CLIENTS", trades, len(selling), "clients with trims", rows)
    buying = [(home, plan) for home, _, plan in planned if plan.buys]
    bought = sum(t.amount_cents for _, plan in buying for t in plan.buys)
    table.money("BUYS", Topic.REALLOCATE, bought, "all purchases", _rows(h for h, _ in buying))
    table.money(
        "LT_GAIN",
        gain,
        sum(p.all_long_gain_cents for _, p in selling),
        "net long-term gain of the trims",
        rows,
    )
    table.money(
        "ST_GAIN",
        gain,
        sum(p.all_short_gain_cents for _, p in selling),
        "net short-term gain of the trims",
        rows,
    )
    table.money("GAIN", gain, sum(p.all_gain_cents for _, p in selling), "net gain of the trims", rows)
    over = [
        (home, plan.budget.excess_cents)
        for home, _, plan in planned
        if plan.budget is not None and plan.budget.excess_cents > 0
    ]
    table.count(
        "OVER_BUDGET", Topic.BUDGET, len(over), "clients over their gain budget", _rows(h for h, _ in over)
    )
    table.money(
        "OVER_BUDGET_BY",
        Topic.BUDGET,
        sum(c for _, c in over),
        "gain over the budgets",
        _rows(h for h, _ in over),
    )
    losses = [(home, found.harvest) for home, found, _ in planned if found.harvest]
    table.count(
        "HARVEST_CLIENTS",
        Topic.HARVEST,
        len(losses),
        "clients with losses to harvest",
        _rows(h for h, _ in losses),
    )
    for fact_id, label, states in (
        ("HARVEST", "losses worth harvesting", tuple(WashState)),
        ("HARVEST_CLEAR", "of it clear of wash sales today", (WashState.CLEAR,)),
    ):
        found = sum(c.loss_cents for _, harvest in losses for c in harvest if c.wash.state in states)
        table.money(fact_id, Topic.HARVEST, found, label, _rows(h for h, _ in losses))


def _add_tax(table: _Table, planned: Sequence[Planned]) -> None:
    """Tax added and saved apart: a saving at one client pays no other client's tax."""
    known = [
        (home, plan.all_tax.total_cents)
        for home, _, plan in planned
        if plan.trades and plan.all_tax is not None
    ]
    added = [(home, cents) for home, cents in known if cents > 0]
    saved = [(home, cents) for home, cents in known if cents < 0]
    unknown = [home for home, _, plan in planned if plan.sells and plan.all_tax is None]
    for start, some, words in (
        ("TAX_ADDED", added, "tax that plans add"),
        ("TAX_SAVED", saved, "tax that plans save"),
    ):
        rows = _rows(home for home, _ in some)
        table.money(start, Topic.TAX, sum(cents for _, cents in some), words, rows)
        table.count(f"{start}_CLIENTS", Topic.TAX, len(some), f"clients: {words}", rows)
    table.count("TAX_UNKNOWN", Topic.TAX, len(unknown), "clients whose tax is unknown", _rows(unknown))


def _add_distributions(table: _Table, pairs: Sequence[Pair]) -> None:
    owed = [(home, rmd) for home, found in pairs for rmd in found.rmds if rmd.state is not RmdState.NOT_DUE]
    rows = _rows(home for home, _ in owed)
    all_known = all(found.rmd_is_known for _, found in pairs)
    for fact_id, cents, words in (
        ("RMD_REQUIRED", sum(r.required_cents or 0 for _, r in owed), "required minimum distributions"),
        (
            "RMD_TAKEN",
            sum(r.taken_cents for _, r in owed if r.required_cents is not None),
            "distributions taken",
        ),
        ("RMD_LEFT", sum(r.left_cents or 0 for _, r in owed), "distributions left to take"),
    ):
        table.partly_known(fact_id, Topic.RMD, cents, words, rows, known=all_known or fact_id == "RMD_TAKEN")
    left = {home.client.id: home for home, rmd in owed if rmd.left_cents}
    table.count(
        "RMD_LEFT_CLIENTS",
        Topic.RMD,
        len(left),
        "clients with a distribution left to take",
        _rows(left.values()),
    )
    unknown = {home.client.id: home for home, rmd in owed if rmd.state is RmdState.UNKNOWN}
    table.count(
        "RMD_UNKNOWN",
        Topic.RMD,
        len(unknown),
        "clients whose distribution is unknown",
        _rows(unknown.values()),
    )


REASONS = 3
"""Errors of a withheld client that are said; the Checks sheet has them all."""
RULES = ((Method.HIFO, "HIFO"), (Method.FIFO, "FIFO"), (Method.PROPORTIONAL, "PROPORTIONAL"))


def _add_proof(table: _Table, planned: Sequence[Planned]) -> None:
    """What is proven of the plans with trades, and what rules of thumb would add account by account where tax is known."""
    proofs = [
        (home, plan.certificate) for home, _, plan in planned if plan.trades and plan.certificate is not None
    ]
    rows = _rows(home for home, _ in proofs)
    table.count("PLANS", Topic.PROOF, len(proofs), "plans with trades", rows)
    proven = [home for home, proof in proofs if proof.status is ProofStatus.OPTIMAL]
    table.count(
        "PROVEN", Topic.PROOF, len(proven), "plans proven to the optimum of the problem", _rows(proven)
    )
    limited = [home for home, proof in proofs if proof.status is ProofStatus.LIMITED]
    table.count("LIMITED", Topic.PROOF, len(limited), "plans whose search ended at its limit", _rows(limited))
    if proofs:
        gaps = [gap_cents(proof) for _, proof in proofs]
        for fact_id, cents, words in (
            ("GAP_MEDIAN", round(median(gaps)), "median of the most that a plan gives away"),
            ("GAP_MOST", max(gaps), "the most that any plan gives away"),
        ):
            table.add(fact_id, Topic.PROOF, FactKind.MONEY, cents, money_text(cents), words, rows)
    compared = [
        (home, c) for home, found, plan in planned for c in found.comparisons
        if plan.trades and c.scope is Scope.ACCOUNT and c.more_tax_cents is not None
    ]  # fmt: skip
    for method, name in RULES:
        some = [(home, c.more_tax_cents or 0) for home, c in compared if c.method is method]
        if some:
            table.money(
                f"COMPARE_{name}", Topic.PROOF, sum(cents for _, cents in some),
                f"tax by {name}, account by account, more than by the plans", _rows(h for h, _ in some),
            )  # fmt: skip
            table.count("COMPARED", Topic.PROOF, len(some), "clients compared", _rows(h for h, _ in some))


def _add_up(table: _Table, rows: Iterable[str]) -> None:
    """The firm's totals as sums of each other and of the clients' rows, and what each client uses of a budget."""
    starts = tuple(rows)
    table.add_up("GAIN", ("LT_GAIN", "ST_GAIN"))
    table.add_up("RMD_REQUIRED", ("RMD_TAKEN", "RMD_LEFT"))
    for total, end in (
        ("TRIMS", "TRIM"), ("LT_GAIN", "LT"), ("ST_GAIN", "ST"), ("OVER_BUDGET_BY", "OVER"), ("RMD_LEFT", "RMD"),
    ):  # fmt: skip
        table.add_up(total, (f"{start}_{end}" for start in starts))
    taxes = [fact for start in starts if (fact := table.facts.get(f"{start}_TAX"))]
    for total, way in (("TAX_ADDED", Direction.UP), ("TAX_SAVED", Direction.DOWN)):
        table.add_up(total, (fact.id for fact in taxes if fact.direction is way))
    for start in starts:
        table.add_up(f"{start}_USED", (f"{start}_BUDGET", f"{start}_OVER"))
    table.show_sums()


# --- A row a client ------------------------------------------------------------------------------------------------


def _add_row(table: _Table, start: str, home: Household, found: Review) -> None:
    client, row, plan = home.client, (home.client.source,), found.plan
    masked = Collector(home, table.as_of).masked
    table.add(f"{start}_NAME", Topic.HEADER, FactKind.NAME, client.name, client.name, "client", row)
    table.add(f"{start}_ID", Topic.HEADER, FactKind.NAME, client.id, client.id, "client ID", row)
    table.add(f"{start}_ADVISOR", Topic.HEADER, FactKind.NAME, client.advisor, client.advisor, "advisor", row)
    if plan is None:
        reasons = [masked(str(p)) for p in found.problems if p.severity is Severity.ERROR]
        more = f" And {len(reasons) - REASONS} more." if len(reasons) > REASONS else ""
        table.text(
            f"{start}_WHY", Topic.DATA, " ".join(reasons[:REASONS]) + more, "why the client is withheld", row
        )
        return
    if found.drift is not None:
        cents = found.drift.total_cents
        table.add(f"{start}_AUM", Topic.HEADER, FactKind.MONEY, cents, short_money_text(cents), "value", row)
        worst = _worst(found.drift.classes)
        if worst is not None:
            shown = f"{percent_text(worst.drift, signed=True)} {worst.name}"
            table.add(
                f"{start}_WORST", Topic.DRIFT, FactKind.TEXT, worst.drift, shown, "class furthest from target", worst.sources
            )  # fmt: skip
    sold = [d.lot.source for trade in plan.sells for d in trade.disposals] or list(row)
    table.money(f"{start}_TRIM", Topic.TRADE, plan.sold_cents, "proceeds of trims", sold)
    table.money(f"{start}_ST", Topic.GAIN, plan.all_short_gain_cents, "net short-term gain of trims", sold)
    table.money(f"{start}_LT", Topic.GAIN, plan.all_long_gain_cents, "net long-term gain of trims", sold)
    if plan.all_tax is not None:
        table.money(f"{start}_TAX", Topic.TAX, plan.all_tax.total_cents, "tax that the plan adds", sold)
    if plan.budget is not None:
        for end, cents, words in (
            ("BUDGET", plan.budget.budget_cents, "gain budget"),
            ("USED", plan.budget.used_cents, "gain budget used with the plan"),
            ("OVER", plan.budget.excess_cents, "over the gain budget"),
            ("LEFT", plan.budget.left_cents, "left of the gain budget"),
        ):
            table.money(f"{start}_{end}", Topic.BUDGET, cents, words, row)
    left = [rmd for rmd in found.rmds if rmd.left_cents]
    if left:
        accounts = [home.account(a.account_id).source for rmd in left for a in rmd.accounts]
        table.partly_known(
            f"{start}_RMD", Topic.RMD, found.rmd_left_cents, "distributions left to take", accounts, known=found.rmd_is_known
        )  # fmt: skip
    if plan.trades and plan.certificate is not None:
        cents = gap_cents(plan.certificate)
        table.add(
            f"{start}_GAP", Topic.PROOF, FactKind.MONEY, cents, money_text(cents), "the most that the plan gives away", row
        )  # fmt: skip


def _add_exceptions(table: _Table, start: str, home: Household, found: Review) -> None:
    """What the committee should see of a client, with its figures as they are shown elsewhere."""
    if found.plan is None:
        return
    masked = Collector(home, table.as_of).masked
    for flag in flags(found):
        if flag in HIGH_RISK:
            said = masked(_said(table, start, flag, found.plan))
            table.text(f"{start}_{key_of(flag.name)}", Topic.HEADER, said, flag.value, (home.client.source,))


def _worst(sleeves: Sequence[Sleeve]) -> Sleeve | None:
    """The class furthest from its target, one out of band before all others."""
    out = [s for s in sleeves if s.status in (DriftStatus.ABOVE, DriftStatus.BELOW)]
    return max(out or sleeves, key=lambda s: abs(s.drift), default=None)


def _said(table: _Table, start: str, flag: Flag, plan: Plan) -> str:
    """An exception with its figures."""
    if flag is Flag.BUDGET and plan.budget is not None:
        over, used, budget = (table.facts[f"{start}_{end}"].display for end in ("OVER", "USED", "BUDGET"))
        return f"{flag.value} by {over} ({used} of {budget})"
    if flag in (Flag.HIGH_GAIN, Flag.SHORT_TERM):
        mark = TradeFlag.HIGH_GAIN if flag is Flag.HIGH_GAIN else TradeFlag.SHORT_TERM
        whole = not any("." in table.facts[f"{start}_{term}"].display for term in ("ST", "LT"))
        found = [(t.symbol, _flagged_cents(t, mark)) for t in plan.sells if mark in t.flags]
        listed = ", ".join(f"{symbol} {money_text(cents, whole=whole)}" for symbol, cents in found)
        return f"{flag.value}: {listed}"
    if flag is Flag.RESIDUAL:
        left = [f"{s.name} {percent_text(s.drift, signed=True)}" for s in plan.residual]
        return f"{flag.value}: {', '.join([*left, *plan.shortfalls])}"
    said: str = flag.value
    return said


def _flagged_cents(trade: Trade, mark: TradeFlag) -> int:
    """The gain that a sale is flagged for: all of it, or that of its short-term lots with one."""
    if mark is TradeFlag.HIGH_GAIN:
        return trade.gain_cents()
    return sum(d.gain_cents for d in trade.disposals if d.term is Term.SHORT and d.gain_cents > 0)
