"""The facts of a plan: what is trimmed, where the money goes, what it realizes, costs and leaves of the gain budget."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from xl_rebal.engine.book import Account, Household, Term
from xl_rebal.engine.drift import Drift
from xl_rebal.engine.problems import Source
from xl_rebal.engine.results import Blocked, BudgetUse, Plan, Review, Trade
from xl_rebal.facts.adding_up import decimals_of
from xl_rebal.facts.collect import (
    Collector,
    account_type,
    key_of,
    trimmed_percent_text,
    without_figures,
)
from xl_rebal.facts.types import Direction, FactKind, Topic
from xl_rebal.money import percent_text


def add_trades(
    table: Collector, household: Household, plan: Plan, drift: Drift | None, keys: Mapping[str, str]
) -> None:
    """Trims by account and by symbol, purchases by account, symbol and class, cash that moves, what is not sold."""
    number_of = {account.id: number for number, account in enumerate(household.accounts, 1)}
    lines: dict[str, list[_Sale]] = {}
    for trade in plan.sells:
        start = f"TRIM_{keys[trade.symbol]}_{number_of[trade.account_id]}"
        lines.setdefault(trade.symbol, []).append(_add_sell(table, household, trade, start))
    sales = []
    for symbol, parts in lines.items():
        trades = [t for t in plan.sells if t.symbol == symbol]
        named = without_figures(symbol, "this security")
        sales.append(_add_symbol_total(table, trades, parts, f"TRIM_{keys[symbol]}", named))
    if plan.sells:
        table.money(
            "TRIM_TOTAL", Topic.TRADE, plan.sold_cents, "proceeds of all trims",
            direction=Direction.DOWN, sources=table.lot_rows(plan.sells), mandatory=True,
        )  # fmt: skip
        table.add_up("TRIM_TOTAL", [sale.proceeds for sale in sales])
        table.add_up("PLAN_GAIN", [sale.gain for sale in sales if sale.gain])
    _add_buys(table, household, plan, keys)
    _add_cash(table, household, plan)
    _add_blocked(table, household, plan)
    _add_not_sold(table, plan)
    for sleeve in plan.residual:
        before = drift.sleeve(sleeve.name) if drift else None
        table.percent(
            f"RESIDUAL_{keys[sleeve.name]}", Topic.DRIFT, sleeve.drift,
            percent_text(sleeve.drift, decimals_of(before, sleeve), signed=True),
            f"drift of {without_figures(sleeve.name, 'this sleeve')} that remains after the proposed trades",
            direction=Direction.UP if sleeve.drift > 0 else Direction.DOWN, sources=sleeve.sources,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Sale:
    """Ids of the amounts of a sale that totals are the sums of; no gain where nothing is taxed."""

    proceeds: str
    gain: str = ""


def _add_buys(table: Collector, household: Household, plan: Plan, keys: Mapping[str, str]) -> None:
    """Purchases by account, by symbol, by class and all together, each of which adds up to the next."""
    number_of = {account.id: number for number, account in enumerate(household.accounts, 1)}
    lines: dict[str, list[str]] = {}
    for trade in plan.buys:
        start = f"REALLOCATE_{keys[trade.symbol]}_{number_of[trade.account_id]}"
        rows = (household.securities[trade.symbol].source, household.account(trade.account_id).source)
        named = without_figures(trade.symbol, "this fund")
        kind = account_type(household.account(trade.account_id).registration)
        words = f"purchase of {named} in the {without_figures(kind, 'plan')} account"
        table.shares(
            f"{start}_SHARES", Topic.REALLOCATE, trade.quantity, f"shares: {words}", Direction.UP, rows
        )
        line = table.money(f"{start}_AMOUNT", Topic.REALLOCATE, trade.amount_cents, words, sources=rows)
        lines.setdefault(trade.symbol, []).append(line.id)
    bought: list[str] = []
    for symbol, parts in lines.items():
        some = [t for t in plan.buys if t.symbol == symbol]
        cents = sum(t.amount_cents for t in some)
        words = f"purchase of {without_figures(symbol, 'this fund')}"
        whole = table.money(
            f"REALLOCATE_{keys[symbol]}_AMOUNT", Topic.REALLOCATE, cents, words, sources=table.buy_rows(some)
        )
        table.add_up(whole.id, parts)
        bought.append(whole.id)
    classes: dict[str, list[Trade]] = {}
    for trade in plan.buys:
        sleeve = plan.after.sleeve(household.securities[trade.symbol].asset_class)
        name = sleeve.name if sleeve else household.securities[trade.symbol].asset_class
        classes.setdefault(name, []).append(trade)
    for name, some in classes.items():
        words, cents = (
            f"purchases in {without_figures(name, 'this class')}",
            sum(t.amount_cents for t in some),
        )
        fact_id = f"REALLOCATE_{keys.get(name, key_of(name))}_AMOUNT"
        of_class = table.money(fact_id, Topic.REALLOCATE, cents, words, sources=table.buy_rows(some))
        table.add_up(
            of_class.id, [line for symbol in dict.fromkeys(t.symbol for t in some) for line in lines[symbol]]
        )
    if plan.buys:
        cents = sum(t.amount_cents for t in plan.buys)
        table.money(
            "REALLOCATE_TOTAL", Topic.REALLOCATE, cents, "all purchases", sources=table.buy_rows(plan.buys)
        )
        table.add_up("REALLOCATE_TOTAL", bought)


def _add_sell(table: Collector, household: Household, trade: Trade, start: str) -> _Sale:
    account: Account = household.account(trade.account_id)
    named = without_figures(trade.symbol, "this security")
    kind = without_figures(account_type(account.registration), "plan")
    where = f"{named} to sell in the {kind} account"
    rows, topic = [*table.lot_rows([trade]), account.source], Topic.TRADE
    table.shares(f"{start}_SHARES", topic, trade.quantity, f"shares of {where}", Direction.DOWN, rows)
    proceeds = table.money(
        f"{start}_PROCEEDS",
        topic,
        trade.amount_cents,
        f"proceeds of {where}",
        direction=Direction.DOWN,
        sources=rows,
    )
    gain = ""
    if trade.disposals:
        gain = table.gain(f"{start}_GAIN", topic, trade.gain_cents(), f"gain on {where}", sources=rows).id
    terms = {d.term for d in trade.disposals}
    if len(terms) > 1:
        parts = []
        for term, short in ((Term.LONG, "LT"), (Term.SHORT, "ST")):
            words = f"{term.value.lower()} gain on {where}"
            part = table.gain(f"{start}_{short}_GAIN", topic, trade.gain_cents(term), words, sources=rows)
            parts.append(part.id)
        table.add_up(gain, parts)
    if not terms:
        words = "No tax"
    elif len(terms) > 1:
        words = "Long- and short-term"
    else:
        words = str(next(iter(terms)).value)
    table.add(
        f"{start}_TERM", topic, FactKind.NAME, words, words, f"term of the sale of {named}",
        rule="IRC 1222" if terms else "IRC 408(e)", sources=rows,
    )  # fmt: skip
    flags = "; ".join(str(flag.value) for flag in trade.flags)
    if flags:
        table.text(f"{start}_FLAG", topic, flags, f"flag on the sale of {named}", sources=rows)
    if trade.reason:
        table.text(
            f"{start}_REASON",
            topic,
            table.masked(trade.reason),
            f"why {named} is sold",
            sources=rows,
            private=True,
        )
    return _Sale(proceeds.id, gain)


def _add_symbol_total(
    table: Collector, trades: list[Trade], parts: list[_Sale], start: str, named: str
) -> _Sale:
    """The trims of one symbol over all accounts, which are its parts."""
    rows, topic = table.lot_rows(trades), Topic.TRADE
    quantity = sum((t.quantity for t in trades), Decimal(0))
    cents = sum(t.amount_cents for t in trades)
    table.shares(f"{start}_SHARES", topic, quantity, f"shares of {named} to sell", Direction.DOWN, rows)
    proceeds = table.money(
        f"{start}_PROCEEDS",
        topic,
        cents,
        f"proceeds of trimming {named}",
        direction=Direction.DOWN,
        sources=rows,
    )
    table.add_up(proceeds.id, [part.proceeds for part in parts])
    gain = ""
    if any(t.disposals for t in trades):
        cents = sum(t.gain_cents() for t in trades)
        gain = table.gain(f"{start}_GAIN", topic, cents, f"gain on trimming {named}", sources=rows).id
        table.add_up(gain, [part.gain for part in parts if part.gain])
    return _Sale(proceeds.id, gain)


def _add_cash(table: Collector, household: Household, plan: Plan) -> None:
    """TRANSFER_n: cash that moves between accounts or leaves the household."""
    for number, transfer in enumerate(plan.transfers, 1):
        start, giver = f"TRANSFER_{number}", household.account(transfer.from_account)
        rows = [giver.source]
        if transfer.to_account:
            taker = household.account(transfer.to_account)
            rows.append(taker.source)
            to = f"to the {without_figures(account_type(taker.registration), 'plan')} account"
        else:
            to = "out of the household"
        kind = without_figures(account_type(giver.registration), "plan")
        table.money(
            f"{start}_AMOUNT", Topic.CASH, transfer.cents, f"cash that moves from the {kind} account {to}",
            direction=Direction.NONE, to_the_cent=True, sources=rows,
        )  # fmt: skip
        table.text(f"{start}_WHY", Topic.CASH, table.masked(transfer.why), "why the cash moves", sources=rows)


def _add_blocked(table: Collector, household: Household, plan: Plan) -> None:
    """BLOCKED_n: what the plan may not sell, lots of one account with one reason together."""
    groups: dict[tuple[str, str], list[Blocked]] = {}
    for blocked in plan.blocked:
        groups.setdefault((blocked.account_id, blocked.reason), []).append(blocked)
    for number, ((account_id, reason), members) in enumerate(groups.items(), 1):
        symbols = ", ".join(dict.fromkeys(b.symbol for b in members if b.symbol))
        account = table.account_text(account_id)
        what = f"{symbols} in {account}" if symbols else account
        lots = {b.lot_id for b in members}
        rows = [lot.source for lot in household.lots if lot.account_id == account_id and lot.id in lots]
        table.text(
            f"BLOCKED_{number}", Topic.TRADE, f"{what}: {table.masked(reason)}", "holding that the plan may not sell",
            sources=[household.account(account_id).source, *rows], private=True,
        )  # fmt: skip


_SHORT_REASONS = (
    (r"Account marked do not trade: (?P<why>.*?)\.?", "do not trade: {why}", True),
    (r".* is its own taxpayer.*", "a taxpayer of its own", True),
    (
        r"Selling at a loss now would be a wash sale\. Clear from (?P<why>.*?)\.?",
        "wash-sale window until {why}",
        False,
    ),
    (r"Client's wish of (?P<why>.*?): .*", "client's wish of {why}", False),
    (r"Marked Hold.*", "marked Hold", False),
    (r"Its cost basis is unknown.*", "cost basis unknown", False),
    (r"Its acquisition date is unknown.*", "acquisition date unknown", False),
    (r"Its loss is too small to harvest.*", "loss too small to harvest", False),
    (r"It has no price\.", "no price", False),
)
"""A reason as a sentence, the same in a few words, and whether it holds for the whole account."""


def _add_not_sold(table: Collector, plan: Plan) -> None:
    """NOT_SOLD_n: a reason in few words with the accounts or holdings it keeps, for a page with little room."""
    groups: dict[str, dict[str, list[str]]] = {}
    for blocked in plan.blocked:
        reason, whole = _in_short(table.masked(blocked.reason))
        symbols = groups.setdefault(reason, {}).setdefault(table.account_text(blocked.account_id), [])
        if blocked.symbol and not whole and blocked.symbol not in symbols:
            symbols.append(blocked.symbol)
    for number, (reason, accounts) in enumerate(groups.items(), 1):
        what = ", ".join(f"{_few(symbols)} in {a}" if symbols else a for a, symbols in accounts.items())
        table.text(
            f"NOT_SOLD_{number}", Topic.TRADE, f"{what} ({reason})", "what the plan may not sell, in short",
            private=True,
        )  # fmt: skip


def _in_short(reason: str) -> tuple[str, bool]:
    for pattern, short, whole in _SHORT_REASONS:
        match = re.fullmatch(pattern, reason)
        if match:
            return short.format(**match.groupdict()), whole
    return reason.rstrip("."), False


def _few(symbols: list[str]) -> str:
    return ", ".join(symbols) if len(symbols) <= MOST_SYMBOLS else f"{len(symbols)} holdings"


MOST_SYMBOLS = 4
"""Symbols that a short line names; more are counted."""


def add_gains_and_tax(table: Collector, household: Household, plan: Plan) -> None:
    """Gains of the plan and of the year by term, the carryforward used, and the tax that the plan adds.

    PLAN_ is over every return, as the trims are; where a trust with a return of its own sells, OWN_ and OTHER_n_ are its
    parts. The year, the carryforward, the rates and the budget are those of the client's own return.
    """
    topic, rows = Topic.GAIN, table.lot_rows(plan.sells)
    client = (household.client.source,)
    if plan.sells:
        taxed = any(trade.disposals for trade in plan.sells)
        both = (plan.all_long_gain_cents, plan.all_short_gain_cents)
        table.gain(
            "PLAN_LT_GAIN", topic, both[0], "long-term gain of the proposed trims",
            sources=rows, mandatory=both[0] != 0 or (taxed and both[1] == 0),
        )  # fmt: skip
        table.gain(
            "PLAN_ST_GAIN", topic, both[1], "short-term gain of the proposed trims",
            sources=rows, mandatory=both[1] != 0,
        )  # fmt: skip
        table.gain("PLAN_GAIN", topic, sum(both), "net gain of the proposed trims", sources=rows)
        table.add_up("PLAN_GAIN", ["PLAN_LT_GAIN", "PLAN_ST_GAIN"])
        _add_returns(table, household, plan)
    year = [a.source for a in household.activity if a.short_gain_cents or a.long_gain_cents]
    before, gains = plan.gains_before, plan.gains
    table.gain(
        "REALIZED_LT_GAIN", topic, before.long_cents, "long-term gain realized so far this year", sources=year
    )
    table.gain(
        "REALIZED_ST_GAIN",
        topic,
        before.short_cents,
        "short-term gain realized so far this year",
        sources=year,
    )
    if plan.sells:
        every = [*year, *rows]
        table.gain(
            "YEAR_LT_GAIN", topic, gains.long_cents, "long-term gain of the year with the plan", sources=every
        )
        table.gain(
            "YEAR_ST_GAIN",
            topic,
            gains.short_cents,
            "short-term gain of the year with the plan",
            sources=every,
        )
        own = "OWN" if plan.others_with_sales else "PLAN"
        table.add_up("YEAR_LT_GAIN", ["REALIZED_LT_GAIN", f"{own}_LT_GAIN"])
        table.add_up("YEAR_ST_GAIN", ["REALIZED_ST_GAIN", f"{own}_ST_GAIN"])
    carried_in = gains.short_carried_in_cents + gains.long_carried_in_cents
    if carried_in:
        rule, none = "IRC 1212(b)", Direction.NONE
        left = gains.carried_short_cents + gains.carried_long_cents
        table.money(
            "CARRY_IN",
            topic,
            carried_in,
            "loss carried into the year",
            direction=none,
            rule=rule,
            sources=client,
        )
        table.money(
            "CARRY_USED", topic, max(0, carried_in - left), "carried loss used this year with the plan",
            direction=none, rule=rule, sources=client,
        )  # fmt: skip
        table.money(
            "CARRY_LEFT",
            topic,
            left,
            "loss left to carry into next year",
            direction=none,
            rule=rule,
            sources=client,
        )
        table.add_up("CARRY_IN", ["CARRY_USED", "CARRY_LEFT"])
    if plan.all_tax is not None and plan.sells:
        cents = plan.all_tax.total_cents
        words = "estimated tax saved by the plan" if cents < 0 else "estimated tax that the plan adds"
        table.money("PLAN_TAX", Topic.TAX, cents, words, rule="IRC 1(h), 1411", sources=client)
    if plan.rates is not None:
        rates = plan.rates
        words = "rate on the next dollar of long-term gain" + (
            ", set for this client" if rates.overridden else ""
        )
        _add_rate(table, "MARGINAL_CG_RATE", rates.long_rate, words, "IRC 1(h)", client)
        if rates.niit_rate:
            _add_rate(
                table, "NIIT_RATE", rates.niit_rate, "net investment income tax", "IRC 1411(a)(1)", client
            )
        if plan.short_gain_cents > 0 and rates.short_rate is not None:
            words = "rate on the next dollar of short-term gain"
            _add_rate(table, "MARGINAL_ST_RATE", rates.short_rate, words, "IRC 1(j)", client)
        if rates.state_rate:
            _add_rate(
                table, "STATE_RATE", rates.state_rate, "state tax rate on gains", "Clients sheet", client
            )


def _add_returns(table: Collector, household: Household, plan: Plan) -> None:
    """OWN_ and OTHER_n_: gains and tax of the plan return by return, where a trust that files its own sells."""
    others = plan.others_with_sales
    if not others:
        return
    accounts = {o.account_id for o in others}
    row, whose = household.client.source, "on the client's own return"
    rows = [d.lot.source for t in plan.sells if t.account_id not in accounts for d in t.disposals] or [row]
    table.gain("OWN_LT_GAIN", Topic.GAIN, plan.long_gain_cents, f"long-term gain {whose}", sources=rows)
    table.gain("OWN_ST_GAIN", Topic.GAIN, plan.short_gain_cents, f"short-term gain {whose}", sources=rows)
    if plan.tax is not None:
        cents = plan.tax.total_cents
        words = f"estimated tax {'saved' if cents < 0 else 'added'} {whose}"
        table.money("OWN_TAX", Topic.TAX, cents, words, rule="IRC 1(h), 1411", sources=[row])
    for number, other in enumerate(others, 1):
        start, row = f"OTHER_{number}", household.account(other.account_id).source
        rows = table.lot_rows([t for t in plan.sells if t.account_id == other.account_id])
        named = table.account_text(other.account_id)
        table.name(f"{start}_NAME", Topic.GAIN, named, "taxpayer of its own", sources=[row], private=True)
        for term, short, cents in (
            (Term.LONG, "LT", other.long_gain_cents),
            (Term.SHORT, "ST", other.short_gain_cents),
        ):
            words = f"{term.value.lower()} gain on the trust's own return"
            table.gain(f"{start}_{short}_GAIN", Topic.GAIN, cents, words, sources=rows)
        both = other.long_gain_cents + other.short_gain_cents
        table.gain(f"{start}_GAIN", Topic.GAIN, both, "gain on the trust's own return", sources=rows)
        table.add_up(f"{start}_GAIN", [f"{start}_LT_GAIN", f"{start}_ST_GAIN"])
        if other.tax is not None:
            cents = other.tax.total_cents
            words = f"estimated tax {'saved' if cents < 0 else 'added'} on the trust's own return"
            table.money(
                f"{start}_TAX", Topic.TAX, cents, words, rule="IRC 1(e), 1(h), 1411(a)(2)", sources=[row]
            )
    for end in ("LT_GAIN", "ST_GAIN", "TAX"):
        every = ["OWN", *(f"OTHER_{number}" for number in range(1, len(others) + 1))]
        table.add_up(f"PLAN_{end}", [f"{start}_{end}" for start in every])


def _add_rate(
    table: Collector, fact_id: str, rate: Decimal, words: str, rule: str, rows: tuple[Source, ...]
) -> None:
    shown = trimmed_percent_text(float(rate), 2)
    table.percent(fact_id, Topic.TAX, rate, shown, words, rule=rule, sources=rows)


def add_budget(table: Collector, household: Household, review: Review, keys: Mapping[str, str]) -> None:
    """The client's gain budget, what is used of it with the plan, and the plan that would stay within it."""
    plan = review.plan
    use: BudgetUse | None = plan.budget if plan and plan.budget else review.budget
    if use is None:
        return
    topic, rows = Topic.BUDGET, (household.client.source,)
    table.money(
        "GAIN_BUDGET",
        topic,
        use.budget_cents,
        "gain budget of the year",
        direction=Direction.NONE,
        sources=rows,
    )
    table.gain(
        "BUDGET_REALIZED",
        topic,
        use.realized_cents,
        "net gain realized so far this year",
        rule="",
        sources=rows,
    )
    planned = "net gain of the year with the plan" if plan and plan.sells else "net gain of the year"
    table.gain("BUDGET_USED", topic, use.used_cents, planned, rule="", sources=rows)
    if use.excess_cents:
        table.money(
            "BUDGET_EXCESS", topic, use.excess_cents, "amount by which the gain budget is exceeded",
            direction=Direction.UP, sources=rows, mandatory=True,
        )  # fmt: skip
    else:
        table.money(
            "BUDGET_LEFT", topic, use.left_cents, "what is left of the gain budget",
            direction=Direction.DOWN, sources=rows,
        )  # fmt: skip
    own = "OWN" if plan and plan.others_with_sales else "PLAN"
    table.add_up("BUDGET_USED", ["GAIN_BUDGET", "BUDGET_EXCESS"])
    table.add_up("GAIN_BUDGET", ["BUDGET_USED", "BUDGET_LEFT"])
    table.add_up("BUDGET_USED", ["BUDGET_REALIZED", f"{own}_LT_GAIN", f"{own}_ST_GAIN"])
    table.add_up("BUDGET_REALIZED", ["REALIZED_LT_GAIN", "REALIZED_ST_GAIN"])
    other = plan.alternative if plan else None
    if other is None or (other.budget is not None and other.budget.excess_cents > 0):
        return  # none, or gains of earlier in the year leave no plan within the budget
    table.money(
        "ALT_TRIM", topic, other.sold_cents, "proceeds of the trims that stay within the gain budget",
        direction=Direction.DOWN, sources=table.lot_rows(other.sells),
    )  # fmt: skip
    gain = other.short_gain_cents + other.long_gain_cents
    table.gain(
        "ALT_GAIN",
        topic,
        gain,
        "net gain of the within-budget alternative",
        sources=table.lot_rows(other.sells),
    )
    if other.all_tax is not None:
        cents = other.all_tax.total_cents
        words = f"estimated tax that the within-budget alternative {'saves' if cents < 0 else 'adds'}"
        table.money("ALT_TAX", Topic.TAX, cents, words, rule="IRC 1(h), 1411", sources=rows)
    classes = [s for s in other.residual if not s.symbol]
    left = max(classes or other.residual, key=lambda s: (abs(s.drift), s.name), default=other.after.worst)
    if left is not None:
        table.percent(
            "ALT_RESIDUAL", topic, left.drift, percent_text(left.drift, signed=True),
            f"drift of {without_figures(left.name, 'this sleeve')} that would remain within the gain budget",
            direction=Direction.UP if left.drift > 0 else Direction.DOWN if left.drift < 0 else Direction.NONE,
            sources=left.sources,
        )  # fmt: skip
        table.name("ALT_RESIDUAL_NAME", topic, left.name, "where drift would remain")
