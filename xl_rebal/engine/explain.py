"""Why a plan is as it is: each lot's counterfactual, what each rule costs, what waiting would save, which rules fight.

Every figure is the difference of two optima, both with any fraction of a share: the same household with one thing
changed. What waiting saves is the exact tax of the plan's own trades, had the lots turned long-term at today's prices.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
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

SOLD_LOTS = 40  # lots that are sold and explained, the largest of each trade first: each is solved again
KEPT_LOTS = 10  # lots that are kept and explained: those whose sale would come cheapest
PRICED_POSITIONS = 8  # positions on hold that are priced one by one, the largest first
_Key = tuple[str, str, str]  # account, symbol, lot; a sheltered position has no lot
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
    unpaid_cents: int = 0  # cash that the client needs and that could then not be paid


@dataclass(frozen=True, slots=True)
class RulePrice:
    """What lifting one rule would save: tax, and drift that could be cured besides."""

    rule: Rule
    what: str  # 'NVDA in Trust ...1234', or '' for the rule as a whole
    tax_saved_cents: int | None  # negative: more tax, for the drift that it cures
    drift_cured: float
    sentence: str
    unpaid_cents: int = 0  # cash that the client needs and that it keeps from being paid


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
    fighting: tuple[str, ...]  # sets of rules, none to be spared, that keep the goals out of reach; sentences


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
        """The plan's largest sales lot by lot, the largest first, each forbidden in turn."""
        sold = self._sold_by_lot()
        index = {self._key(item): i for i, item in enumerate(self._case.sellable)}
        for key in self._largest(sold):
            with self._relaxed.sale(index[key], 0.0, 0.0):
                change = self._change(self._base, self._relaxed.optimum())
            sentence = f"Without this sale: {said}." if (said := change.said(self._total)) else AS_WELL
            if change.tax_cents is None and sentence == AS_WELL:
                sentence = "Tax unknown; another lot would serve as well for drift."
            yield LotReason(
                *key,
                *sold[key],
                change.tax_cents,
                change.outside_cents / self._total,
                sentence,
                change.unpaid_cents,
            )

    @staticmethod
    def _largest(sold: Mapping[_Key, tuple[int, int]]) -> list[_Key]:
        """The lots to explain: the largest of each position, then the next ones; in order of size."""
        order = sorted(sold, key=lambda key: (-sold[key][0], key))
        seen: dict[tuple[str, str], int] = defaultdict(int)
        rank = {}
        for account_id, symbol, lot_id in order:
            rank[account_id, symbol, lot_id] = seen[account_id, symbol]
            seen[account_id, symbol] += 1
        chosen = set(sorted(order, key=lambda key: rank[key])[:SOLD_LOTS])
        return [key for key in order if key in chosen]

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
            change = self._change(self._base, other)
            gain = 0 if item.term is None else item.value_cents - item.basis_cents
            start = f"Selling {money_text(round(amount))} of it instead"
            sentence = (
                f"{start}: {said}." if (said := change.said(self._total)) else f"{start} would serve as well."
            )
            if change.tax_cents is None and not said:
                sentence = f"{start}: tax unknown."
            yield LotReason(
                *self._key(item),
                0,
                gain,
                change.tax_cents,
                change.outside_cents / self._total,
                sentence,
                change.unpaid_cents,
            )

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

    @staticmethod
    def _change(base: Optimum, other: Optimum) -> _Change:
        """What `other` has more of than `base`."""
        tax = None
        if other.tax_cents is not None and base.tax_cents is not None:
            tax = _material(other.tax_cents - base.tax_cents)
        return _Change(
            tax,
            _material(other.outside_cents - base.outside_cents),
            _material(other.unpaid_cents - base.unpaid_cents),
        )

    # ------------------------------------------------------------ rules

    def rule_prices(self) -> Iterator[RulePrice]:
        """What each rule costs that keeps something from being traded, and the gain budget; dearest first."""
        prices = [self._price(lift) for lift in self._liftable()]
        if self._cap is not None:
            prices.append(self._budget_price())
        yield from sorted(
            prices, key=lambda p: (-p.unpaid_cents, -(p.tax_saved_cents or 0), -p.drift_cured, p.what)
        )

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
        if self._limited or not (price.tax_saved_cents or price.drift_cured > 0 or price.unpaid_cents > 0):
            return price
        return replace(price, sentence=_flagged_budget_sentence(price, self._total))

    def _priced(self, rule: Rule, what: str, held: Optimum, free: Optimum) -> RulePrice:
        cost = self._change(free, held)
        return RulePrice(
            rule,
            what,
            cost.tax_cents,
            cost.outside_cents / self._total,
            _rule_sentence(rule, what, cost, self._total),
            cost.unpaid_cents,
        )

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
        wait = "1 day" if days == 1 else f"{days} days"
        lots = "One lot turns" if len(turned) == 1 else f"{len(turned)} lots turn"
        later = ""
        if until.year != self._settings.tax_year:
            later = f" The tax would then fall into {until.year}; this takes its income and other gains to be like this year's."
        return (
            f"{lots} long-term by {date_text(until)} ({wait}): selling then, at today's prices, "
            f"saves {money_text(saves)} of tax.{later}"
        )

    # ------------------------------------------------------------ what stands in the way

    def fighting(self) -> tuple[str, ...]:
        """Sets of rules that together keep goals or needed cash out of reach; nothing where all is met.

        A set is found by lifting all rules and putting them back one at a time while the goals stay within reach:
        what can't be put back is a set of which none can be spared. Where lifting that set is not enough, the next
        one follows.
        """
        if not (self._plan.residual or self._plan.shortfalls):
            return ()
        tolerance = max(float(self._settings.min_trade_cents), SAME_CENTS)

        def missed(lifted: Collection[Rule]) -> bool:
            cap = self._cap if self._limited and Rule.GAIN_BUDGET not in lifted else None
            found = self._optimum([Lift(rule) for rule in lifted if rule is not Rule.GAIN_BUDGET], cap)
            return found.outside_cents > tolerance or found.unpaid_cents > tolerance

        if not missed(()):
            return ("Only whole shares and the smallest trade worth making stand in the way.",)
        rules = self._rules_in_force()
        if missed(rules):
            return self._beyond_rules()
        said: list[str] = []
        lifted: list[Rule] = []
        while missed(lifted):
            needed = [rule for rule in rules if rule not in lifted]
            for rule in tuple(needed):
                if missed([r for r in rules if r not in needed or r is rule]):
                    needed.remove(rule)
            said += [f"Besides: {text}" if lifted else text for text in map(self._conflict, needed)]
            lifted += needed
        return tuple(said)

    def _rules_in_force(self) -> list[Rule]:
        """The rules that could be lifted here."""
        rules = {b.rule: None for b in self._case.blocked if b.rule in _LIFTABLE}
        rules |= {Rule.WASH_SALE: None, Rule.BUY_LIST: None}
        if self._home.client.cash_reserve_cents or any(a.cash_reserve_cents for a in self._home.accounts):
            rules[Rule.CASH_RESERVE] = None
        if self._limited and self._cap is not None:
            rules[Rule.GAIN_BUDGET] = None
        return [rule for rule in rules if rule is not None]

    def _beyond_rules(self) -> tuple[str, ...]:
        """What stands in the way where lifting all rules does not help: what nobody can lift, else what is held."""
        fixed = dict.fromkeys(b.rule for b in self._case.blocked if b.rule and b.rule not in _LIFTABLE)
        if fixed:
            return tuple(self._conflict(rule) for rule in fixed)
        return ("Even with every rule lifted the goals can't be met by trading what is held.",)

    def _conflict(self, rule: Rule) -> str:
        rows = [b for b in self._case.blocked if b.rule is rule]
        if not rows:
            return _CONFLICTS[rule]
        names = sorted({b.symbol for b in rows})
        shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
        return f"{rule.value}: {shown} ({money_text(sum(b.value_cents for b in rows))})."


@dataclass(frozen=True, slots=True)
class _Change:
    """What one optimum has more of than another, in cents; nothing where it is within what is proven."""

    tax_cents: int | None  # None: unknown
    outside_cents: int  # value outside the goals
    unpaid_cents: int  # cash that is needed and not paid

    def said(self, total_cents: int) -> str:
        """`$375.00 less tax, but 10.0 points more drift left`; '' for nothing."""
        worse: list[str] = []
        better: list[str] = []
        if self.unpaid_cents > 0:
            worse.append(f"{money_text(self.unpaid_cents)} of the cash that is needed could not be paid")
        if tax := self.tax_cents:
            (worse if tax > 0 else better).append(
                f"{money_text(abs(tax))} {'more' if tax > 0 else 'less'} tax"
            )
        if self.outside_cents and not self.unpaid_cents:  # without its cash an account's drift says nothing
            more = self.outside_cents > 0
            (worse if more else better).append(
                f"{_drift_text(self.outside_cents, total_cents)} {'more' if more else 'less'} drift left"
            )
        return ", but ".join(" and ".join(part) for part in (better, worse) if part)


_LIFTABLE = frozenset((Rule.HOLD, Rule.DO_NOT_TRADE, Rule.WASH_SALE, Rule.SHORT_TERM))
_CONFLICTS = {
    Rule.GAIN_BUDGET: "Gain budget: the gains that the goals need are more than it leaves.",
    Rule.CASH_RESERVE: "Cash reserve: cash that must stay can't be put to work.",
    Rule.WASH_SALE: "Wash sale: what should be bought would wash a loss, or has washed one too lately.",
    Rule.BUY_LIST: "Designated funds only: a class below its goal has no fund that may be bought where the cash is.",
}


def _material(cents: float) -> int:
    """A difference in whole cents, or nothing where it is within what is proven."""
    return round(cents) if abs(cents) >= SAME_CENTS else 0


AS_WELL = "Another lot would serve as well."


def _drift_text(outside_cents: float, total_cents: int) -> str:
    """Points of the household's value, or dollars where that would round to none."""
    points = 100 * abs(outside_cents) / total_cents
    return f"{points:.1f} points" if points >= 0.05 else money_text(round(abs(outside_cents)))


def _flagged_budget_sentence(cost: RulePrice, total_cents: int) -> str:
    """What holding a budget would do that this plan passes."""
    parts = []
    if cost.unpaid_cents > 0:
        parts.append(f"leave {money_text(cost.unpaid_cents)} of needed cash unpaid")
    if cost.drift_cured > 0:
        parts.append(f"leave {_drift_text(cost.drift_cured * total_cents, total_cents)} of drift")
    if saved := cost.tax_saved_cents:
        parts.append(
            f"save {money_text(-saved)} of tax" if saved < 0 else f"cost {money_text(saved)} more tax"
        )
    return f"{Rule.GAIN_BUDGET.value}: holding it would {' and '.join(parts)}."


def _rule_sentence(rule: Rule, what: str, cost: _Change, total_cents: int) -> str:
    about = f"{rule.value} ({what})" if what else rule.value
    saved, cured = cost.tax_cents, cost.outside_cents
    if cost.unpaid_cents > 0:
        return f"{about}: keeps {money_text(cost.unpaid_cents)} of needed cash from being paid."
    cures = f"{_drift_text(cured, total_cents)} of drift" if cured > 0 else ""
    if saved is None:
        return f"{about}: keeps {cures} from being cured." if cures else f"{about}: tax unknown."
    if saved > 0:
        return f"{about}: costs {money_text(saved)} of tax{f' and {cures}' if cures else ''}."
    if cures:
        price = f", which would cost {money_text(-saved)} of tax" if saved < 0 else ""
        return f"{about}: keeps {cures} from being cured{price}."
    if saved < 0 or cured < 0 or cost.unpaid_cents < 0:
        return f"{about}: without it the plan would be another one, with no less tax."
    return f"{about}: costs nothing in this plan."
