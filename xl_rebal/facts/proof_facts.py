"""Facts that answer "can I rely on this plan": its certificate, each sale's counterfactual, rules of thumb, the curve.

Wording never claims more than was proven. A gap is rounded up; a search that ended at its work limit is not called
proven; where tax is unknown no tax is compared; a rule of thumb that costs less than the plan is said to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from xl_rebal.engine.book import Household
from xl_rebal.engine.problems import Source
from xl_rebal.engine.results import (
    Certificate,
    Comparison,
    Method,
    Plan,
    ProofStatus,
    Review,
    Rule,
    Scope,
    Trade,
)
from xl_rebal.facts.collect import Collector, trimmed_percent_text, without_figures
from xl_rebal.facts.types import Direction, FactKind, Topic
from xl_rebal.money import money_text, percent_text

if TYPE_CHECKING:  # they load the solver
    from xl_rebal.engine.explain import Explanation, LotReason
    from xl_rebal.engine.frontier import Frontier, FrontierPoint

HASH_SHOWN = 12
"""Characters of the plan's hash on paper: enough to tell plans apart; facts.json has all of it."""
CENTS_FROM_CENTS = 10_000
"""Gap in cents from which it is shown in whole dollars, rounded up."""
SAME_DRIFT = 0.0005
"""Share of the household below which a difference in drift would show as 0.0%."""
HALF_DOLLAR = 50

_BOUND = "linear-programming bound with any fraction of a share"
_CURVE = "the least tax for each drift left, any fraction of a share"
_COUNTERFACTUAL = "the same plan solved again without this sale, any fraction of a share"


def gap_cents(certificate: Certificate) -> int:
    """The gap to the proven bound, rounded up: to the cent, from $100 to the dollar; never less than a cent."""
    cents = max(1, certificate.gap_cents)
    return cents if cents < CENTS_FROM_CENTS else -(-cents // 100) * 100


def add_proof(table: Collector, household: Household, plan: Plan) -> None:
    """PROOF, the certificate in words; PROOF_GAP, PROOF_STATUS, PROOF_BINDING and PLAN_HASH, what it is made of."""
    proof = plan.certificate
    if proof is None:
        return
    topic, rows = Topic.PROOF, _sold_rows(plan) or (household.client.source,)
    table.add(
        "PLAN_HASH", topic, FactKind.NAME, proof.plan_hash, proof.plan_hash[:HASH_SHOWN],
        "hash of the plan with all it rests on", rule="SHA-256", sources=rows,
    )  # fmt: skip
    if plan.alternative and plan.alternative.certificate:
        other = plan.alternative.certificate.plan_hash
        table.add(
            "ALT_PLAN_HASH", topic, FactKind.NAME, other, other[:HASH_SHOWN],
            "hash of the within-budget alternative", rule="SHA-256", sources=rows,
        )  # fmt: skip
    table.text(
        "PROOF_STATUS", topic, str(proof.status.value), "how much is proven about the plan", rule=_BOUND
    )
    said = f"Checked independently. Plan {proof.plan_hash[:HASH_SHOWN]}."
    if not plan.trades and proof.status is ProofStatus.NOTHING:
        words = "No trades, so nothing to prove."
    else:
        cents = gap_cents(proof)
        gap = table.money(
            "PROOF_GAP", topic, cents, "the most that the plan gives away against the best one possible",
            to_the_cent=True, direction=Direction.NONE, rule=_BOUND, sources=rows,
        )  # fmt: skip
        limits = _binding(table, proof)
        binding = f"{' and '.join(limits)} {'bind' if len(limits) > 1 else 'binds'}" if limits else ""
        if binding:
            table.text("PROOF_BINDING", topic, binding, "limits that the plan uses up", sources=rows)
        words = _proof_words(proof.status, gap.display, binding, known=plan.tax is not None)
    table.text("PROOF", topic, f"{words} {said}", "certificate of the plan", rule=_BOUND, sources=rows)


def _proof_words(status: ProofStatus, gap: str, binding: str, *, known: bool) -> str:
    what = "the least tax and drift that the rules allow"
    if not known:
        what = "the best that the rules allow at the highest tax rates, as the client's are unknown"
    binds = f"; {binding}" if binding else ""
    if status is ProofStatus.LIMITED:
        return f"Search ended at its work limit: within {gap} of {what}, perhaps nearer{binds}."
    return f"Proven within {gap} of {what}{binds}."


def _binding(table: Collector, proof: Certificate) -> list[str]:
    """Limits used up and not passed, the gain budget first. Cash of one account is left out: it is spent as a rule."""
    found = []
    for slack in proof.binding:
        if slack.left_cents < 0 or slack.rule.startswith("Cash of "):
            continue
        words = table.masked(slack.rule)
        found.append(f"the {words[0].lower()}{words[1:]}")
    return sorted(found, key=lambda words: words != "the gain budget")[:2]


def _sold_rows(plan: Plan) -> tuple[Source, ...]:
    return tuple(d.lot.source for trade in plan.sells for d in trade.disposals)


# --- Each sale: what if not ----------------------------------------------------------------------------------------


def add_counterfactuals(
    table: Collector, household: Household, plan: Plan, why: Explanation, keys: Mapping[str, str]
) -> None:
    """WITHOUT_<KEY>_<n>: what becomes of the plan without this sale; with _TAX and _DRIFT, its figures.

    Of a sale with several lots the one lot is taken that is dearest to keep, and the words say that it is one lot.
    """
    number_of = {account.id: number for number, account in enumerate(household.accounts, 1)}
    for trade in plan.sells:
        reasons = [
            r for r in why.lots
            if r.sold_cents and (r.account_id, r.symbol) == (trade.account_id, trade.symbol)
        ]  # fmt: skip
        if not reasons:
            continue
        dearest = max(reasons, key=lambda r: (r.more_tax_cents or 0, r.more_drift, r.lot_id))
        start = f"WITHOUT_{keys[trade.symbol]}_{number_of[trade.account_id]}"
        _add_counterfactual(table, trade, dearest, start)


def _add_counterfactual(table: Collector, trade: Trade, reason: LotReason, start: str) -> None:
    topic, named = Topic.PROOF, without_figures(trade.symbol, "this security")
    rows = [d.lot.source for d in trade.disposals if d.lot.id == reason.lot_id] or table.lot_rows([trade])
    effect = effect_text(reason.more_tax_cents, reason.more_drift)
    if reason.unpaid_cents > 0:  # then tax and drift are beside the point
        reason = replace(reason, more_tax_cents=None, more_drift=0.0)
        effect = "cash that is needed could not be paid"
    if not effect:
        return
    one_of_many = len(trade.disposals) > 1
    left_out = "one of its lots" if one_of_many else "this sale"
    if _is_money(reason.more_tax_cents):
        more = reason.more_tax_cents or 0
        words = f"{'more' if more > 0 else 'less'} tax if {left_out} of {named} is left out"
        table.money(f"{start}_TAX", topic, more, words, rule=_COUNTERFACTUAL, sources=rows)
    if abs(reason.more_drift) >= SAME_DRIFT:
        shown = percent_text(abs(reason.more_drift))
        words = f"{'more' if reason.more_drift > 0 else 'less'} drift if {left_out} of {named} is left out"
        way = Direction.UP if reason.more_drift > 0 else Direction.DOWN
        table.percent(
            f"{start}_DRIFT", topic, reason.more_drift, shown, words,
            direction=way, rule=_COUNTERFACTUAL, sources=rows,
        )  # fmt: skip
    said = f"without {left_out} {effect}"
    if effect == AS_WELL:
        said = ANOTHER if one_of_many else effect
    table.text(
        start, topic, said, f"the plan without {left_out} of {named}", rule=_COUNTERFACTUAL, sources=rows
    )


AS_WELL = "other lots would serve as well"
ANOTHER = "for one of its lots another would serve as well"


def effect_text(more_tax_cents: int | None, more_drift: float) -> str:
    """`$1,240 more tax and 0.4% more drift`; '' when nothing is known of it."""
    tax = (more_tax_cents or 0) if _is_money(more_tax_cents) else 0
    parts = []
    if abs(more_drift) >= SAME_DRIFT:
        parts.append(f"{percent_text(abs(more_drift))} {'more' if more_drift > 0 else 'less'} drift")
    if tax:
        words = f"{money_text(abs(tax), whole=True)} {'more' if tax > 0 else 'less'} tax"
        parts.insert(0 if tax > 0 or not parts else 1, words)
    if not parts:
        return "" if more_tax_cents is None else AS_WELL
    return (" and " if tax > 0 and more_drift > 0 else ", ").join(parts)


def _is_money(cents: int | None) -> bool:
    """Whether an amount shows as more than $0."""
    return cents is not None and abs(cents) >= HALF_DOLLAR


# --- Beside rules of thumb -----------------------------------------------------------------------------------------

METHODS = (
    (Method.HIFO, "HIFO"),
    (Method.FIFO, "FIFO"),
    (Method.PROPORTIONAL, "proportional"),
)
SCOPES = ((Scope.ACCOUNT, "account by account"), (Scope.HOUSEHOLD, "over the whole household"))


def add_comparisons(table: Collector, household: Household, review: Review) -> None:
    """COMPARE_ACCOUNT and COMPARE_HOUSEHOLD: what rules of thumb would add for the same class drift, and each figure.

    Tax, or where it is unknown the gain. Rules of thumb keep to no security's target, no whole shares and no gain
    budget: one that costs less than the plan is said to, with that reason (COMPARE_LESS). Where none costs more, the
    plan does what they pass over, and they are not compared.
    """
    plan = review.plan
    if plan is None or not review.comparisons:
        return
    known = all(c.more_tax_cents is not None for c in review.comparisons)
    what = "tax" if known else "gain"
    rows = _sold_rows(plan) or (household.client.source,)
    less = False
    every = [_difference(c, plan, known=known) for c in review.comparisons]
    passed_over = any(map(_is_money, every)) and all(cents < HALF_DOLLAR for cents in every)
    if passed_over:
        text = (
            f"not comparable in {what}: by class alone FIFO, HIFO and proportional trims would pass over "
            "single securities, whole shares or rules that this plan keeps"
        )
        table.text("COMPARE_ACCOUNT", Topic.PROOF, text, "why rules of thumb are not compared", sources=rows)
    for scope, where in SCOPES:
        compared = {
            c.method: _difference(c, plan, known=known) for c in review.comparisons if c.scope is scope
        }
        for method, name in METHODS:
            cents = compared.get(method)
            if _is_money(cents):
                words = (
                    f"{'more' if (cents or 0) > 0 else 'less'} {what} by {name}, {where}, than by the plan"
                )
                table.money(
                    f"COMPARE_{method.name}_{scope.name}", Topic.PROOF, cents or 0, words,
                    rule=f"the plan's class reductions by {name}, {where}", sources=rows,
                )  # fmt: skip
        if len(compared) == len(METHODS) and not passed_over:
            text = _compared_text(compared, where, what, first=scope is SCOPES[0][0])
            label = f"{what} of rules of thumb, {where}"
            table.text(f"COMPARE_{scope.name}", Topic.PROOF, text, label, sources=rows)
        less = less or any(cents <= -HALF_DOLLAR for cents in compared.values())
    if less and not passed_over:
        table.text(
            "COMPARE_LESS", Topic.PROOF,
            "less where it passes over single securities, whole shares or the gain budget",
            "why a rule of thumb may cost less",
        )  # fmt: skip


def _compared_text(compared: Mapping[Method, int], where: str, what: str, *, first: bool) -> str:
    """`HIFO account by account would add $9,300 of tax for the same class drift, FIFO $12,440, proportional $10,050`."""
    same = " for the same class drift" if first else ""
    if not any(map(_is_money, compared.values())):
        return f"{where} the same {what}{same} by HIFO, FIFO and proportional trims"
    if all(cents >= HALF_DOLLAR for cents in compared.values()):
        lead, *others = (f"{name} {money_text(compared[method], whole=True)}" for method, name in METHODS)
        name, money = lead.split(" ")
        return ", ".join([f"{name} {where} would add {money} of {what}{same}", *others])
    said = ", ".join(f"{name} {_more_or_less(compared[method])}" for method, name in METHODS)
    return f"{what} {where}{same}: {said}"


def _difference(comparison: Comparison, plan: Plan, *, known: bool) -> int:
    if known:
        return comparison.more_tax_cents or 0
    return comparison.gain_cents - plan.all_gain_cents


def _more_or_less(cents: int) -> str:
    if not _is_money(cents):
        return "the same"
    return f"{money_text(abs(cents), whole=True)} {'more' if cents > 0 else 'less'}"


# --- Rules, waiting, the curve -------------------------------------------------------------------------------------


def add_prices(table: Collector, household: Household, plan: Plan, why: Explanation) -> None:
    """RULE_n: what a rule costs, dearest first; WAIT_n: what waiting saves; CONFLICT_n: what keeps goals out of reach.

    Rules that cost nothing are left out, and so is a gain budget that the plan's alternative shows the price of.
    """
    rows = (household.client.source,)
    shown = {Rule.GAIN_BUDGET} if plan.alternative else set()
    priced = [
        r for r in why.rules
        if r.rule not in shown and (_is_money(r.tax_saved_cents) or r.drift_cured >= SAME_DRIFT)
    ]  # fmt: skip
    groups: Iterable[tuple[str, list[str], str]] = (
        ("RULE", [r.sentence for r in priced], "what a rule of the client or firm costs"),
        ("WAIT", [w.sentence for w in why.waiting], "what waiting for long-term treatment saves"),
        ("CONFLICT", list(why.fighting), "a rule that keeps the goals out of reach"),
    )
    for start, sentences, label in groups:
        for number, sentence in enumerate(sentences, 1):
            table.text(f"{start}_{number}", Topic.PROOF, table.masked(sentence), label, sources=rows)


_MARKED = {
    "PLAN": "this plan",
    "BUDGET": "within the gain budget",
    "ZERO_TAX": "no added tax",
    "TODAY": "no trades",
}


def add_frontier(table: Collector, household: Household, curve: Frontier) -> None:
    """FRONTIER: tax against the drift that is left, at the places of interest, each also as a fact of its own.

    Its exact value is the curve: (drift, cents of tax) through all points.

    Nothing where the tax is unknown, or the same wherever one stops.
    """
    if len(curve.points) < 2 or any(point.tax_cents is None for _, point in curve.marks):
        return
    rows = (household.client.source,)
    places: dict[tuple[str, str], list[str]] = {}
    for mark, point in sorted(
        curve.marks, key=lambda pair: (pair[1].drift, list(_MARKED).index(pair[0].name))
    ):
        drift, tax = _spelled_point(point)
        words = _MARKED[mark.name]
        places.setdefault((drift, tax), []).append(words)
        table.money(
            f"FRONTIER_{mark.name}_TAX",
            Topic.PROOF,
            point.tax_cents or 0,
            f"tax added: {words}",
            sources=rows,
        )
        table.percent(
            f"FRONTIER_{mark.name}_DRIFT",
            Topic.PROOF,
            point.drift,
            drift,
            f"drift left: {words}",
            sources=rows,
        )
    if len({tax for _, tax in places}) > 1:
        parts = [
            f"{tax} at {drift} ({', '.join(sorted(words, key=_rank))})"
            for (drift, tax), words in places.items()
        ]
        through = tuple((point.drift, point.tax_cents) for point in curve.points)
        table.add(
            "FRONTIER", Topic.PROOF, FactKind.TEXT, through, ", ".join(parts),
            "tax against the drift that is left", rule=_CURVE, sources=rows,
        )  # fmt: skip


def _rank(words: str) -> int:
    return list(_MARKED.values()).index(words)


def _spelled_point(point: FrontierPoint) -> tuple[str, str]:
    cents = point.tax_cents or 0
    saved = "saves " if cents <= -HALF_DOLLAR else ""
    return trimmed_percent_text(point.drift), f"{saved}{money_text(abs(cents), whole=True)}"
