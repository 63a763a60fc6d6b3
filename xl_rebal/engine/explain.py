"""Why a plan is as it is: each lot's counterfactual, what each rule costs, what waiting would save, which rules fight.

Every figure is the difference of two optima, both with any fraction of a share: the same household with one thing
changed. What waiting saves is the exact tax of the plan's own trades, had the lots turned long-term at today's prices.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from xl_rebal.dates import date_text
from xl_rebal.engine.book import BudgetMode, Household, Settings, Term
from xl_rebal.engine.case import Lift, Sellable, case_of
from xl_rebal.engine.holding import long_term_from
from xl_rebal.engine.plan import budget_cap
from xl_rebal.engine.relaxed import Optimum, Relaxed
from xl_rebal.engine.results import Plan, Rmd, Rule
from xl_rebal.engine.year import Year
from xl_rebal.errors import PlanInfeasible
from xl_rebal.money import money_text
from xl_rebal.params.types import TaxParameters

KEPT_LOTS = 10  # lots that are kept and explained: those whose sale would come cheapest
PRICED_POSITIONS = 8  # positions on hold that are priced one by one, the largest first
SAME_CENTS = 100.0  # differences below a dollar are none: the optimum is proven to a dollar


@dataclass(frozen=True, slots=True)
class LotReason:
    """One lot that could be sold: what the plan does with it and what the opposite would cost.

    `more_tax_cents` is the tax added when a lot that is sold may not be, or when one that is kept is sold in place of
    others; `more_drift` is the drift it would leave besides, as a fraction of the household's value. `sentence` says it.
    """

    account_id: str
    symbol: str
    lot_id: str  # '' for a position in a sheltered account
    sold_cents: int  # 0: kept
    gain_cents: int  # of what is sold; of the whole lot when kept
    more_tax_cents: int | None  # None: tax is unknown
    more_drift: float
    sentence: str


@dataclass(frozen=True, slots=True)
class RulePrice:
    """What lifting one rule would save: tax, and drift that could be cured besides."""

    rule: Rule
    what: str  # 'NVDA in Trust ...1234', or '' for the rule as a whole
    tax_saved_cents: int | None  # negative: more tax, for the drift that it cures
    drift_cured: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """What it would save to wait until lots that the plan sells at a short-term gain turn long-term, prices unchanged."""

    until: date
    lots: tuple[str, ...]  # lot ids
    saves_cents: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answers to "why this lot, not that", "what does this rule cost", "what if we wait", "what stands in the way"."""

    lots: tuple[LotReason, ...]  # sold first, by amount; then kept ones that come closest
    rules: tuple[RulePrice, ...]  # dearest first
    waiting: tuple[Waiting, ...]
    fighting: tuple[
        str, ...
    ]  # the smallest set of rules that together keep the goals out of reach; sentences


def explanation(
    household: Household,
    settings: Settings,
    params: TaxParameters,
    rmds: tuple[Rmd, ...],
    plan: Plan,
    *,
    short: bool = False,
) -> Explanation:
    """The explanation of a household's plan; empty where the plan trades nothing and nothing stands in its way.

    A `short` one is without kept lots and prices of rules: what a brief has room for, in a third of the time.
    """
    needed = plan.trades or plan.residual or plan.shortfalls
    if not needed:
        return Explanation((), (), (), ())
    asking = _Asking(household, settings, params, rmds, plan)
    return Explanation(
        (*asking.sold_lots(), *(() if short else asking.kept_lots())),
        () if short else tuple(asking.rule_prices()),
        tuple(asking.waiting()),
        asking.fighting(),
    )


class _Asking:
    """One household's optimum, and what becomes of it when one thing is changed."""

    def __init__(
        self,
        household: Household,
        settings: Settings,
        params: TaxParameters,
        rmds: tuple[Rmd, ...],
        plan: Plan,
    ) -> None:
        self._home, self._settings, self._params, self._rmds = household, settings, params, rmds
        self._plan = plan
        self._year = Year.of(household, settings, params)
        self._case = case_of(household, settings, params, rmds)
        self._total = max(1, self._case.start.total_cents)
        self._limited = settings.gain_budget_mode is BudgetMode.LIMIT
        self._cap = budget_cap(self._case, self._year)
        self._relaxed = Relaxed(self._case, self._year, self._cap if self._limited else None)
        self._base = self._relaxed.optimum()
        self._titles = {a.id: a.title for a in household.accounts}
        self._taxpayers = {a.id: a.taxpayer for a in household.accounts}

    # ------------------------------------------------------------ lots

    def sold_lots(self) -> Iterator[LotReason]:
        """The plan's sales lot by lot, the largest first, each forbidden in turn."""
        sold = self._sold_by_lot()
        index = {self._key(item): i for i, item in enumerate(self._case.sellable)}
        for key, (cents, gain) in sorted(sold.items(), key=lambda pair: (-pair[1][0], pair[0])):
            i = index[key]
            with self._relaxed.sale(i, 0.0, 0.0):
                other = self._relaxed.optimum()
            more, drift = self._more(other), self._more_drift(other)
            yield LotReason(*key, cents, gain, more, drift, _without_sentence(more, drift))

    def kept_lots(self) -> Iterator[LotReason]:
        """Lots of the classes that are sold from which the plan keeps whole: the cheapest to sell, each forced in turn."""
        sold = self._sold_by_lot()
        largest: dict[str, int] = defaultdict(int)
        for item in self._case.sellable:
            name = item.security.asset_class
            largest[name] = max(largest[name], sold.get(self._key(item), (0, 0))[0])
        kept = [
            (item.gain_per_dollar, i)
            for i, item in enumerate(self._case.sellable)
            if largest[item.security.asset_class] and self._key(item) not in sold and item.value_cents > 0
        ]
        for _, i in sorted(kept)[:KEPT_LOTS]:
            item = self._case.sellable[i]
            amount = float(min(item.value_cents, largest[item.security.asset_class]))
            try:
                with self._relaxed.sale(i, amount, float(item.value_cents)):
                    other = self._relaxed.optimum()
            except PlanInfeasible:
                continue
            more, drift = self._more(other), self._more_drift(other)
            gain = 0 if item.term is None else item.value_cents - item.basis_cents
            sentence = _instead_sentence(round(amount), more, drift)
            yield LotReason(*self._key(item), 0, gain, more, drift, sentence)

    def _sold_by_lot(self) -> dict[tuple[str, str, str], tuple[int, int]]:
        """Cents sold and gain by account, symbol and lot; a sheltered position has no lot."""
        found: dict[tuple[str, str, str], tuple[int, int]] = {}
        for trade in self._plan.sells:
            if not trade.disposals:
                found[trade.account_id, trade.symbol, ""] = (trade.amount_cents, 0)
            for d in trade.disposals:
                found[trade.account_id, trade.symbol, d.lot.id] = (d.proceeds_cents, d.gain_cents)
        return found

    @staticmethod
    def _key(item: Sellable) -> tuple[str, str, str]:
        return item.account_id, item.security.symbol, "" if item.term is None else item.lots[0].id

    def _more(self, other: Optimum) -> int | None:
        if other.tax_cents is None or self._base.tax_cents is None:
            return None
        return _material(other.tax_cents - self._base.tax_cents)

    def _more_drift(self, other: Optimum) -> float:
        return _material(other.outside_cents - self._base.outside_cents) / self._total

    # ------------------------------------------------------------ rules

    def rule_prices(self) -> Iterator[RulePrice]:
        """What each rule costs that keeps something from being traded, and the gain budget; dearest first."""
        prices = [self._price(lift) for lift in self._liftable()]
        if self._cap is not None:
            prices.append(self._budget_price())
        yield from sorted(prices, key=lambda p: (-(p.tax_saved_cents or 0), -p.drift_cured, p.what))

    def _liftable(self) -> list[Lift]:
        """The rules in force here, one by one: each position on hold, each account not traded, the others as a whole."""
        lifts: list[Lift] = []
        value: dict[tuple[str, str], int] = defaultdict(int)
        for row in self._case.blocked:
            if row.rule is Rule.HOLD:
                value[row.account_id, row.symbol] += row.value_cents
            elif row.rule is Rule.DO_NOT_TRADE:
                lifts.append(Lift(Rule.DO_NOT_TRADE, row.account_id))
            elif row.rule in (Rule.WASH_SALE, Rule.SHORT_TERM):
                lifts.append(Lift(row.rule))
        held = sorted(value, key=lambda position: (-value[position], position))
        lifts += [Lift(Rule.HOLD, *position) for position in held[:PRICED_POSITIONS]]
        if self._home.client.cash_reserve_cents or any(a.cash_reserve_cents for a in self._home.accounts):
            lifts.append(Lift(Rule.CASH_RESERVE))
        return list(dict.fromkeys(lifts))

    def _price(self, lift: Lift) -> RulePrice:
        free = self._optimum([lift], self._cap if self._limited else None)
        what = ""
        if lift.account_id:
            what = self._titles[lift.account_id]
            what = f"{lift.symbol} in {what}" if lift.symbol else what
        return self._priced(lift.rule, what, self._base, free)

    def _budget_price(self) -> RulePrice:
        """The budget's price, whether it holds in this plan or is only flagged."""
        held = self._base if self._limited else self._optimum([], self._cap)
        free = self._optimum([], None) if self._limited else self._base
        price = self._priced(Rule.GAIN_BUDGET, "", held, free)
        if self._limited or not (price.tax_saved_cents or price.drift_cured):
            return price
        return replace(price, sentence=_flagged_budget_sentence(price.tax_saved_cents, price.drift_cured))

    def _priced(self, rule: Rule, what: str, held: Optimum, free: Optimum) -> RulePrice:
        saved = (
            None
            if held.tax_cents is None or free.tax_cents is None
            else _material(held.tax_cents - free.tax_cents)
        )
        cured = _material(held.outside_cents - free.outside_cents) / self._total
        return RulePrice(rule, what, saved, cured, _rule_sentence(rule, what, saved, cured))

    def _optimum(self, lifts: list[Lift], cap: int | None) -> Optimum:
        case = case_of(self._home, self._settings, self._params, self._rmds, lifts) if lifts else self._case
        return Relaxed(case, self._year, cap).optimum()

    # ------------------------------------------------------------ waiting

    def waiting(self) -> Iterator[Waiting]:
        """For each day on which a lot sold at a short-term gain turns long-term: the tax saved by waiting till then."""
        gains = [
            (long_term_from(d.lot.acquired), d.lot.id, self._taxpayers[trade.account_id], d.gain_cents)
            for trade in self._plan.sells
            for d in trade.disposals
            if d.term is Term.SHORT and d.gain_cents > 0 and d.lot.acquired is not None
        ]
        now = self._plan.all_tax
        planned = {"": (self._plan.short_gain_cents, self._plan.long_gain_cents)}
        planned |= {o.account_id: (o.short_gain_cents, o.long_gain_cents) for o in self._plan.others}
        for until in sorted({day for day, *_ in gains}):
            turned = [(lot, gain) for day, lot, _, gain in gains if day <= until]
            moved = dict(planned)
            for day, _, taxpayer, gain in gains:
                if day <= until:
                    short, long = moved[taxpayer]
                    moved[taxpayer] = short - gain, long + gain
            then = self._year.added_tax_of_all(moved)
            if now is None or then is None:
                return
            saves = now.total_cents - then.total_cents
            if saves >= SAME_CENTS:
                yield Waiting(until, tuple(lot for lot, _ in turned), saves, self._wait(until, turned, saves))

    def _wait(self, until: date, turned: list[tuple[str, int]], saves: int) -> str:
        days = (until - self._settings.as_of).days
        lots = "One lot turns" if len(turned) == 1 else f"{len(turned)} lots turn"
        later = (
            "" if until.year == self._settings.tax_year else f" The tax would then fall into {until.year}."
        )
        return (
            f"{lots} long-term by {date_text(until)} ({days} days): selling then, at today's prices, "
            f"saves {money_text(saves)} of tax.{later}"
        )

    # ------------------------------------------------------------ what stands in the way

    def fighting(self) -> tuple[str, ...]:
        """The smallest set of rules that together keep goals or needed cash out of reach; nothing where all is met.

        Found by lifting all rules and putting them back one at a time while the goals stay within reach: what can't
        be put back is a set of which none can be spared.
        """
        if not (self._plan.residual or self._plan.shortfalls):
            return ()
        tolerance = max(float(self._settings.min_trade_cents), SAME_CENTS)

        def missed(found: Optimum) -> bool:
            return found.outside_cents > tolerance or found.short_of_cash_cents > tolerance

        if not missed(self._base):
            return ("Only whole shares and the smallest trade worth making stand in the way.",)
        rules = [*dict.fromkeys(b.rule for b in self._case.blocked if b.rule in _LIFTABLE), Rule.BUY_LIST]
        if self._home.client.cash_reserve_cents or any(a.cash_reserve_cents for a in self._home.accounts):
            rules.append(Rule.CASH_RESERVE)
        if self._limited and self._cap is not None:
            rules.append(Rule.GAIN_BUDGET)

        def without(lifted: list[Rule]) -> Optimum:
            cap = self._cap if self._limited and Rule.GAIN_BUDGET not in lifted else None
            return self._optimum([Lift(rule) for rule in lifted if rule is not Rule.GAIN_BUDGET], cap)

        if missed(without([rule for rule in rules if rule is not None])):
            return (
                "Even with every rule lifted the goals can't be met: what is held can't be traded so far.",
            )
        needed = [rule for rule in rules if rule is not None]
        for rule in tuple(needed):
            spared = [r for r in rules if r is not None and (r not in needed or r is rule)]
            if missed(without(spared)):
                needed.remove(rule)
        return tuple(self._conflict(rule) for rule in needed)

    def _conflict(self, rule: Rule) -> str:
        rows = [b for b in self._case.blocked if b.rule is rule]
        worth = money_text(sum(b.value_cents for b in rows))
        if text := _CONFLICTS.get(rule):
            return text
        names = sorted({b.symbol for b in rows})
        shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
        return f"{rule.value}: {shown} ({worth})."


_LIFTABLE = frozenset((Rule.HOLD, Rule.DO_NOT_TRADE, Rule.WASH_SALE, Rule.SHORT_TERM))
_CONFLICTS = {
    Rule.GAIN_BUDGET: "Gain budget: the gains that the goals need are more than it leaves.",
    Rule.CASH_RESERVE: "Cash reserve: cash that must stay can't be put to work.",
    Rule.BUY_LIST: "Designated funds only: a class below its goal has no fund that may be bought where the cash is.",
}


def _material(cents: float) -> int:
    """A difference in whole cents, or nothing where it is within what is proven."""
    return round(cents) if abs(cents) >= SAME_CENTS else 0


def _points(drift: float) -> str:
    return f"{100 * abs(drift):.1f} points"


def _without_sentence(more: int | None, drift: float) -> str:
    """What becomes of the plan when a sold lot is kept."""
    left = f"{_points(drift)} more drift left" if drift >= 0.0005 else ""
    if more is None:
        return (
            f"Without this sale: {left}."
            if left
            else "Tax unknown; another lot would serve as well for drift."
        )
    if more > 0:
        return f"Without this sale: {money_text(more)} more tax{f' and {left}' if left else ''}."
    if left:
        saved = f"{money_text(-more)} less tax, but " if more < 0 else ""
        return f"Without this sale: {saved}{left}."
    return "Another lot would serve as well."


def _instead_sentence(amount: int, more: int | None, drift: float) -> str:
    """What becomes of the plan when a kept lot is sold in place of others."""
    start = f"Selling {money_text(amount)} of it instead"
    left = f"{_points(drift)} more drift left" if drift >= 0.0005 else ""
    if more is None:
        return f"{start}: {left}." if left else f"{start}: tax unknown."
    if more > 0:
        return f"{start}: {money_text(more)} more tax{f' and {left}' if left else ''}."
    return f"{start}: {left}." if left else f"{start} would serve as well."


def _flagged_budget_sentence(saved: int | None, cured: float) -> str:
    """What holding a budget would do that this plan passes."""
    leaves = f"leave {_points(cured)} of drift" if cured >= 0.0005 else ""
    tax = ""
    if saved:
        tax = f"save {money_text(-saved)} of tax" if saved < 0 else f"cost {money_text(saved)} more tax"
    return f"{Rule.GAIN_BUDGET.value}: holding it would {' and '.join(x for x in (leaves, tax) if x)}."


def _rule_sentence(rule: Rule, what: str, saved: int | None, cured: float) -> str:
    about = f"{rule.value} ({what})" if what else rule.value
    cures = f"{_points(cured)} of drift" if cured >= 0.0005 else ""
    if saved is None:
        return f"{about}: keeps {cures} from being cured." if cures else f"{about}: tax unknown."
    if saved > 0:
        return f"{about}: costs {money_text(saved)} of tax{f' and {cures}' if cures else ''}."
    if cures:
        price = f", which would cost {money_text(-saved)} of tax" if saved < 0 else ""
        return f"{about}: keeps {cures} from being cured{price}."
    return f"{about}: costs nothing in this plan."
