"""The plan beside rules of thumb: the same class reductions by FIFO, HIFO and proportional trims, and their tax.

Each rule sells as many dollars of every asset class as the plan takes out of it, from the same lots that the plan was
allowed to sell, so the household's class drift is the same; which securities are trimmed, and so their drift inside
the class, is the rule's. `HOUSEHOLD` treats all accounts as one pool, `ACCOUNT` lets each account sell its share of the
class, as tools that rebalance account by account do. Fractions of a share are sold, which favors the rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from xl_rebal.engine.book import Household, Term
from xl_rebal.engine.case import Case, Sellable
from xl_rebal.engine.results import Comparison, Method, Plan, Scope, Side
from xl_rebal.engine.year import Year
from xl_rebal.money import allocate, share_of


def comparisons(case: Case, year: Year, plan: Plan) -> tuple[Comparison, ...]:
    """Every method in both scopes; nothing when the plan takes no class down."""
    wanted = _reductions(case.household, plan)
    if not wanted:
        return ()
    found, planned = [], plan.all_tax
    for scope in Scope:
        for method in Method:
            sold, gains = _sell(case, wanted, method, scope)
            short, long = (sum(of) for of in zip(*gains.values(), strict=True))
            tax = year.added_tax_of_all(gains)
            more = None if tax is None or planned is None else tax.total_cents - planned.total_cents
            found.append(Comparison(method, scope, sold, short, long, tax, more))
    return tuple(found)


def _reductions(household: Household, plan: Plan) -> dict[str, int]:
    """Cents that the plan takes out of each class, net of what it buys in it."""
    net: dict[str, int] = defaultdict(int)
    for trade in plan.trades:
        name = household.securities[trade.symbol].asset_class.casefold()
        net[name] += trade.amount_cents if trade.side is Side.SELL else -trade.amount_cents
    return {name: cents for name, cents in sorted(net.items()) if cents > 0}


def _sell(
    case: Case, wanted: dict[str, int], method: Method, scope: Scope
) -> tuple[int, dict[str, tuple[int, int]]]:
    """Cents sold when `method` sells `wanted` of each class, and short and long gain by taxpayer."""
    sold = 0
    gains = dict.fromkeys(case.taxpayers, (0, 0))
    for name, cents in wanted.items():
        pools: dict[str, list[Sellable]] = defaultdict(list)
        for item in case.sellable:
            if item.security.asset_class.casefold() == name and item.value_cents > 0:
                pools[item.account_id if scope is Scope.ACCOUNT else ""].append(item)
        values = [sum(i.value_cents for i in items) for items in pools.values()]
        total = sum(values)
        if not total:
            continue
        parts = allocate(min(cents, total), [Decimal(v) for v in values])
        for items, part in zip(pools.values(), parts, strict=True):
            for item, take in zip(items, _taken(items, part, method), strict=True):
                sold += take
                gain = take - share_of(item.basis_cents, Decimal(take), Decimal(item.value_cents))
                short, long = gains[item.taxpayer]
                if item.term is Term.SHORT:
                    gains[item.taxpayer] = short + gain, long
                elif item.term is Term.LONG:
                    gains[item.taxpayer] = short, long + gain
    return sold, gains


def _taken(items: Sequence[Sellable], cents: int, method: Method) -> list[int]:
    """Cents sold of each item; they add up to `cents` as far as the items reach."""
    if method is Method.PROPORTIONAL:
        return allocate(cents, [Decimal(item.value_cents) for item in items])
    taken = [0] * len(items)
    for i in sorted(range(len(items)), key=lambda k: (_rank(items[k], method), k)):
        taken[i] = min(items[i].value_cents, cents)
        cents -= taken[i]
    return taken


def _rank(item: Sellable, method: Method) -> tuple[float, str]:
    if method is Method.FIFO:
        acquired = item.lots[0].acquired
        return 0.0, acquired.isoformat() if acquired else ""
    return item.gain_per_dollar, ""
