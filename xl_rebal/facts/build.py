"""Builds a client's fact table from the engine's review: the only place where a figure gets its wording.

What a brief, note or email says is chosen from these facts and never computed again. `facts/plan_facts.py` has the
facts of trades, gains, tax and budget; this module has the rest and the order.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from xl_rebal.dates import date_text
from xl_rebal.engine.book import ActivityType, Household, Note, Owner, Settings
from xl_rebal.engine.drift import DriftStatus, Sleeve
from xl_rebal.engine.freshness import old_data
from xl_rebal.engine.problems import NOWHERE, SEVERITY_ORDER, Problem, Severity, Source
from xl_rebal.engine.results import HarvestCandidate, PlanState, Review, Rmd, RmdState, WashState
from xl_rebal.engine.rmd_checks import FLAGGED_APART
from xl_rebal.facts.adding_up import decimals_of
from xl_rebal.facts.collect import (
    Collector,
    account_type,
    fact_keys,
    key_of,
    quarter_text,
    short_money_text,
    trimmed_percent_text,
    without_figures,
)
from xl_rebal.facts.plan_facts import add_budget, add_gains_and_tax, add_trades
from xl_rebal.facts.proof_facts import (
    add_comparisons,
    add_counterfactuals,
    add_frontier,
    add_prices,
    add_proof,
)
from xl_rebal.facts.rule_facts import add_rules
from xl_rebal.facts.types import Direction, FactKind, Facts, Topic
from xl_rebal.money import percent_text

if TYPE_CHECKING:  # they load the solver
    from xl_rebal.engine.explain import Explanation
    from xl_rebal.engine.frontier import Frontier

NEWEST_NOTES = 3
MOST_NOTES = 4
STANDING_KINDS = ("preference", "instruction", "restriction", "life event")
"""Kinds of CRM entry that stay pertinent when newer ones come: the last place goes to one of them."""


_SETTINGS = Source("Settings", 0)
"""The sheet, where a fact rests on a setting; a setting's row is not kept."""


def build_facts(
    household: Household,
    review: Review,
    settings: Settings,
    explanation: Explanation | None = None,
    frontier: Frontier | None = None,
) -> Facts:
    """Everything that may be said about this client for this quarter, in the order in which a brief is read.

    `explanation` and `frontier` are those of the review's plan, where they were asked for.
    """
    table = Collector(household, settings.as_of)
    keys = fact_keys(review)
    _add_header(table, household, review, settings)
    _add_names(table, household, review, keys)
    _add_drift(table, review, keys)
    if review.plan:
        add_trades(table, household, review.plan, review.drift, keys)
        add_gains_and_tax(table, household, review.plan)
        add_proof(table, household, review.plan)
        add_comparisons(table, household, review)
        if explanation:
            add_counterfactuals(table, household, review.plan, explanation, keys)
            add_prices(table, household, review.plan, explanation)
        if frontier and review.plan.trades:
            add_frontier(table, household, frontier)
    add_budget(table, household, review, keys)
    _add_harvest(table, review, keys)
    _add_rmds(table, household, review)
    _add_contributions(table, household, settings)
    add_rules(table, household)
    _add_notes(table, household, settings)
    _add_data(table, review)
    return Facts(review.client_id, review.client_name, settings.quarter, settings.as_of, table.facts)


def _add_header(table: Collector, household: Household, review: Review, settings: Settings) -> None:
    client, row = household.client, (household.client.source,)
    head = Topic.HEADER
    table.name("CLIENT_NAME", head, client.name, "client", sources=row, private=True)
    if client.preferred_name:
        table.name(
            "PREFERRED_NAME",
            head,
            client.preferred_name,
            "how the client is greeted",
            sources=row,
            private=True,
        )
    if client.email:
        table.name("CLIENT_EMAIL", head, client.email, "client's email address", sources=row, private=True)
    table.add(
        "QUARTER",
        head,
        FactKind.NAME,
        settings.quarter,
        quarter_text(settings.quarter),
        "quarter",
        sources=[_SETTINGS],
    )
    table.day("AS_OF", head, settings.as_of, "date of the data", sources=[_SETTINGS], mandatory=True)
    if old := old_data(household, settings):
        table.text(
            "OLD_DATA", head, "; ".join(map(str, old)), "data that is older than the firm allows",
            sources=[*(s.source for one in old for s in one.securities), *(a.source for one in old for a in one.accounts)],
        )  # fmt: skip
    if review.drift:
        cents = review.drift.total_cents
        table.add(
            "AUM", head, FactKind.MONEY, cents, short_money_text(cents), "household's assets under management",
            sources=[s for sleeve in review.drift.classes for s in sleeve.sources],
        )  # fmt: skip
    kinds = tuple(dict.fromkeys(account_type(a.registration) for a in household.accounts))
    table.add(
        "ACCOUNT_TYPES", head, FactKind.NAME, kinds, ", ".join(kinds), "kinds of account",
        sources=[a.source for a in household.accounts],
    )  # fmt: skip
    table.name("MODEL", head, client.model, "target model", sources=row)
    if client.advisor:
        table.name("ADVISOR", head, client.advisor, "advisor", sources=row, private=True)
    table.name("FIRM", head, settings.firm_name, "firm", sources=[_SETTINGS], private=True)
    for number, account in enumerate(household.accounts, 1):
        place, kind = (account.source,), account_type(account.registration)
        table.name(
            f"ACCOUNT_{number}", head, table.account_text(account.id), "account", sources=place, private=True
        )
        table.name(f"ACCOUNT_{number}_TYPE", head, kind, "kind of account", sources=place)


def _add_names(table: Collector, household: Household, review: Review, keys: Mapping[str, str]) -> None:
    """NAME_<KEY> of each class and symbol, and SECURITY_<KEY>: the full name of a security that has one."""
    for name, key in keys.items():
        security = household.securities.get(name)
        is_class = review.drift is not None and any(s.asset_class == name for s in review.drift.classes)
        rows = (security.source,) if security else ()
        label = "asset class" if is_class else "symbol"
        table.name(f"NAME_{key}", Topic.HEADER, name, label, sources=rows)
        if security and security.name and not is_class:
            table.name(f"SECURITY_{key}", Topic.HEADER, security.name, "name of the security", sources=rows)


def _add_drift(table: Collector, review: Review, keys: Mapping[str, str]) -> None:
    if review.drift is None:
        return
    for sleeve in review.drift.classes:
        after = review.plan.after.sleeve(sleeve.name) if review.plan and review.plan.trades else None
        decimals = decimals_of(sleeve, after)
        _add_sleeve(table, sleeve, keys[sleeve.name], decimals)
        if after:
            named = without_figures(sleeve.name, "this class")
            table.percent(
                f"AFTER_{keys[sleeve.name]}", Topic.DRIFT, after.weight, percent_text(after.weight, decimals),
                f"weight of {named} after the proposed trades", sources=sleeve.sources,
            )  # fmt: skip
    for sleeve in review.drift.securities:
        if sleeve.status in (DriftStatus.ABOVE, DriftStatus.BELOW):
            later = review.plan.after.sleeve(sleeve.name) if review.plan and review.plan.trades else None
            _add_sleeve(table, sleeve, keys[sleeve.name], decimals_of(sleeve, later))
    if review.plan and review.plan.state is PlanState.NO_ACTION:
        in_band = (
            "Every asset class and every security with a target is within its tolerance band, and no cash is needed: "
            "no trades are proposed this quarter."
        )
        table.text("NO_ACTION", Topic.DRIFT, in_band, "no action is needed", mandatory=True)


def _add_sleeve(table: Collector, sleeve: Sleeve, key: str, decimals: int) -> None:
    """CURRENT, TARGET, BAND, DRIFT and STATUS of a class or a security."""
    named = without_figures(sleeve.name, "this security" if sleeve.symbol else "this class")
    rows = sleeve.sources
    table.percent(
        f"CURRENT_{key}", Topic.DRIFT, sleeve.weight, percent_text(sleeve.weight, decimals),
        f"current weight of {named}", sources=rows,
    )  # fmt: skip
    if sleeve.band:
        band, target_row = sleeve.band, (sleeve.band.source,)
        table.percent(
            f"TARGET_{key}", Topic.DRIFT, band.target, trimmed_percent_text(band.target, decimals),
            f"target weight of {named}", sources=target_row,
        )  # fmt: skip
        edges = f"{trimmed_percent_text(band.lower)} to {trimmed_percent_text(band.upper)}"
        table.add(
            f"BAND_{key}", Topic.DRIFT, FactKind.TEXT, (band.lower, band.upper), edges,
            f"tolerance band of {named}", sources=target_row,
        )  # fmt: skip
        shown = percent_text(sleeve.drift, decimals, signed=True)
        away = f"{named} {'over' if sleeve.drift > 0 else 'under' if sleeve.drift < 0 else 'at'} its target"
        table.percent(
            f"DRIFT_{key}", Topic.DRIFT, sleeve.drift, shown, f"drift of {away}",
            direction=_way(sleeve.drift), sources=(*target_row, *rows),
        )  # fmt: skip
    table.text(f"STATUS_{key}", Topic.DRIFT, str(sleeve.status.value), f"status of {named}", sources=rows)


def _way(signed: float) -> Direction:
    return Direction.UP if signed > 0 else Direction.DOWN if signed < 0 else Direction.NONE


def _add_harvest(table: Collector, review: Review, keys: Mapping[str, str]) -> None:
    """One group of facts a symbol: its candidates of several accounts are added up."""
    by_symbol: dict[str, list[HarvestCandidate]] = {}
    for candidate in review.harvest:
        by_symbol.setdefault(candidate.symbol, []).append(candidate)
    for symbol, candidates in by_symbol.items():
        key, topic = keys[symbol], Topic.HARVEST
        named = without_figures(symbol, "this security")
        rows = [lot.source for c in candidates for lot in c.lots]
        table.money(
            f"HARVEST_{key}_LOSS", topic, sum(c.loss_cents for c in candidates),
            f"unrealized loss in {named} that could be harvested", rule="IRC 165(c), 1211(b)", sources=rows,
        )  # fmt: skip
        worst = next((c.wash for c in candidates if c.wash.state is WashState.BLOCKED), candidates[0].wash)
        bought = [purchase.source for purchase in worst.purchases]
        blocked = worst.state is WashState.BLOCKED
        lost = sum(c.wash.disallowed_cents or 0 for c in candidates if c.wash.state is WashState.BLOCKED)
        status = _wash_words(lost, -sum(c.loss_cents for c in candidates)) if blocked else "clear to harvest"
        table.text(
            f"HARVEST_{key}_STATUS", topic, status, f"wash-sale status of {named}", rule="IRC 1091(a)",
            sources=[*rows, *bought],
        )  # fmt: skip
        if blocked and worst.clear_from:
            table.day(
                f"HARVEST_{key}_CLEAR", topic, worst.clear_from, f"first day on which {named} is clear to harvest",
                rule="IRC 1091(a)", sources=bought,
            )  # fmt: skip
        if lost:
            table.money(
                f"HARVEST_{key}_DISALLOWED", topic, lost, f"the part of the loss in {named}, at most, that a sale now would disallow",
                direction=Direction.DOWN, rule="IRC 1091(a)", sources=[*rows, *bought],
            )  # fmt: skip
        planned = _planned_loss(review, candidates)
        if planned:
            table.money(
                f"HARVEST_{key}_IN_PLAN", topic, planned, f"part of the loss in {named} that the proposed trims realize",
                rule="IRC 165(c), 1211(b)", sources=rows,
            )  # fmt: skip
        if _worth_little(review):
            table.text(
                f"HARVEST_{key}_LITTLE", topic, "it would offset gains that are taxed at 0% this year",
                f"why harvesting {named} saves little", rule="IRC 1(h)(1)(B)", sources=rows,
            )  # fmt: skip
        if worst.caveat:
            table.text(
                f"HARVEST_{key}_CAVEAT", topic, table.masked(worst.caveat), "limit of the wash-sale check"
            )
        swap = next((c.swap for c in candidates if c.swap), "")
        if swap:
            table.name(
                f"HARVEST_{key}_SWAP", topic, swap, f"replacement designated for {named}", sources=rows
            )
        problem = next((c.swap_problem for c in candidates if c.swap_problem), "")
        if problem:
            table.text(
                f"HARVEST_{key}_SWAP_PROBLEM", topic, problem, f"why the replacement for {named} won't do"
            )


MOST_OF_IT, SMALL_PART = 0.9, 0.1
"""Shares of a loss that words distinguish: from the one up a wash sale takes it, below the other it takes little."""


def _wash_words(lost_cents: int, loss_cents: int) -> str:
    """What a sale now would do to the loss; `lost_cents` of 0 means that the share is not known."""
    share = lost_cents / loss_cents if lost_cents and loss_cents else 1.0
    if share >= MOST_OF_IT:
        return "wash sale if sold now"
    return (
        "a small part is a wash sale if sold now" if share < SMALL_PART else "partly a wash sale if sold now"
    )


def _worth_little(review: Review) -> bool:
    """Whether a loss would only take the place of long-term gains that no tax is due on."""
    plan = review.plan
    if (
        plan is None
        or plan.rates is None
        or plan.rates.long_rate
        or plan.rates.niit_rate
        or plan.rates.state_rate
    ):
        return False
    return plan.gains.long_cents > 0 and plan.gains.short_cents <= 0 and plan.gains.taxed_long_cents > 0


def _planned_loss(review: Review, candidates: list[HarvestCandidate]) -> int:
    """Loss (negative cents) that the plan already realizes from the candidates' lots."""
    lots = {(c.account_id, lot.id, lot.source) for c in candidates for lot in c.lots}
    sold = [(t.account_id, d) for t in review.plan.sells for d in t.disposals] if review.plan else []
    return sum(min(0, d.gain_cents) for account, d in sold if (account, d.lot.id, d.lot.source) in lots)


def _add_rmds(table: Collector, household: Household, review: Review) -> None:
    """RMD_REQUIRED, RMD_TAKEN, RMD_LEFT, RMD_ASKED, RMD_DUE of each owner's pool that has one to take or has taken it."""
    for rmd in review.rmds:
        if rmd.state is RmdState.NOT_DUE:
            continue
        end = "_SPOUSE" if rmd.owner is Owner.SPOUSE else ""
        whose = " of the spouse" if rmd.owner is Owner.SPOUSE else ""
        if rmd.pool != "IRA":
            end += "_" + key_of(account_type(household.account(rmd.accounts[0].account_id).registration))
        pool = household.account(rmd.accounts[0].account_id).registration if rmd.accounts else None
        words = account_type(pool) if pool and rmd.pool != "IRA" else rmd.pool
        table.name(f"RMD_POOL{end}", Topic.RMD, words, f"accounts that the distribution{whose} comes from")
        numbers = tuple(table.account_text(a.account_id) for a in rmd.accounts)
        if numbers:
            table.add(
                f"RMD_FROM{end}", Topic.RMD, FactKind.NAME, numbers, " and ".join(numbers),
                f"accounts that the distribution{whose} comes from, with the end of their numbers",
                sources=[household.account(a.account_id).source for a in rmd.accounts], private=True,
            )  # fmt: skip
        _add_rmd(table, household, rmd, end, whose)
    left = [rmd for rmd in review.rmds if rmd.left_cents]
    if len(left) > 1:
        rows = [household.account(a.account_id).source for rmd in left for a in rmd.accounts]
        table.money(
            "RMD_TOGETHER", Topic.RMD, review.rmd_left_cents,
            f"required minimum distributions left to take, {'all together' if review.rmd_is_known else 'those that are known'}",
            direction=Direction.NONE, to_the_cent=True, rule="IRC 401(a)(9), 408(a)(6)", sources=rows,
        )  # fmt: skip


def _add_rmd(table: Collector, household: Household, rmd: Rmd, end: str, whose: str) -> None:
    topic, rule = Topic.RMD, "IRC 401(a)(9), 408(a)(6)"
    rows = [household.account(a.account_id).source for a in rmd.accounts]
    rows.append(household.client.source)
    due_now = bool(rmd.left_cents)
    first = rmd.state is RmdState.FIRST_YEAR
    if rmd.required_cents is not None:
        table.money(
            f"RMD_REQUIRED{end}", topic, rmd.required_cents, f"required minimum distribution{whose} for the year",
            direction=Direction.NONE, to_the_cent=True, rule=rule, sources=rows,
        )  # fmt: skip
        table.money(
            f"RMD_TAKEN{end}", topic, rmd.taken_cents, f"distributions{whose} taken so far this year",
            direction=Direction.NONE, to_the_cent=True, rule=rule, sources=rows,
        )  # fmt: skip
    if rmd.left_cents is not None:
        table.money(
            f"RMD_LEFT{end}", topic, rmd.left_cents, f"{'first ' if first else ''}required minimum distribution{whose} left to take",
            direction=Direction.NONE, to_the_cent=True, rule=rule, sources=rows, mandatory=due_now,
        )  # fmt: skip
    if rmd.asked_cents:
        table.money(
            f"RMD_ASKED{end}", topic, rmd.asked_cents, f"part of the distribution{whose} that the withdrawal asked for meets",
            direction=Direction.NONE, to_the_cent=True, rule="Reg. 1.401(a)(9)-5(a)", sources=rows,
        )  # fmt: skip
    if rmd.due:
        words = f"date by which the required minimum distribution{whose} must be taken"
        if first:
            words = (
                f"date until which the first distribution{whose} may wait; the second is due in that year too"
            )
        table.day(f"RMD_DUE{end}", topic, rmd.due, words, rule=rule, sources=rows, mandatory=due_now)
    table.text(
        f"RMD_STATUS{end}", topic, str(rmd.state.value), f"state of the distribution{whose}", sources=rows
    )
    for number, caveat in enumerate(rmd.caveats, 1):
        table.text(
            f"RMD_CAVEAT{end}_{number}",
            topic,
            table.masked(caveat),
            "assumption about the distribution",
            sources=rows,
        )


def _add_contributions(table: Collector, household: Household, settings: Settings) -> None:
    """Recent contributions, newest first, each with whether the targets were set after it."""
    first_day = settings.as_of - timedelta(days=settings.recent_contribution_days)
    recent = [
        a for a in household.activity
        if a.type is ActivityType.CONTRIBUTION and first_day <= a.date <= settings.as_of
    ]  # fmt: skip
    recent.sort(key=lambda a: (a.date, a.amount_cents), reverse=True)
    dates = [t.as_of for t in household.targets if not t.symbol]
    target_date = min((d for d in dates if d), default=None) if all(dates) else None
    target_rows = [t.source for t in household.targets if not t.symbol]
    for number, item in enumerate(recent, 1):
        start, topic, rows = f"CONTRIBUTION_{number}", Topic.CONTRIBUTION, [item.source]
        table.money(
            f"{start}_AMOUNT", topic, item.amount_cents, "recent contribution",
            to_the_cent=True, sources=rows, as_of=item.date,
        )  # fmt: skip
        table.day(
            f"{start}_DATE", topic, item.date, "date of the contribution", sources=rows, as_of=item.date
        )
        kind = account_type(household.account(item.account_id).registration)
        table.name(f"{start}_ACCOUNT", topic, kind, "kind of account that received it", sources=rows)
        if target_date is None:
            words = "not known whether it is reflected in the target, which has no date"
        elif target_date >= item.date:
            words = f"already reflected in the target, set {date_text(target_date)}"
        else:
            words = f"not yet reflected in the target, set {date_text(target_date)}"
        table.text(
            f"{start}_TARGET", topic, words, "whether the target reflects the contribution", sources=[*rows, *target_rows]
        )  # fmt: skip


def pertinent_notes(notes: tuple[Note, ...], as_of: date) -> tuple[Note, ...]:
    """The newest three CRM entries and a fourth: the newest standing one (a preference, say), else the next newest."""
    past = sorted((n for n in notes if n.date <= as_of), key=lambda n: n.date, reverse=True)
    chosen, older = past[:NEWEST_NOTES], past[NEWEST_NOTES:]
    standing = [n for n in older if n.kind.strip().casefold() in STANDING_KINDS]
    return tuple(chosen + (standing or older)[: MOST_NOTES - NEWEST_NOTES])


def _add_notes(table: Collector, household: Household, settings: Settings) -> None:
    """CRM entries verbatim: quotations, never instructions. Account flags follow."""
    topic = Topic.NOTE
    notes = pertinent_notes(household.notes, settings.as_of)
    for number, note in enumerate(notes, 1):
        start, rows = f"NOTE_{number}", [note.source]
        table.text(start, topic, note.text, "entry in the client's record", sources=rows, as_of=note.date)
        table.day(f"{start}_DATE", topic, note.date, "date of the entry", sources=rows, as_of=note.date)
        if note.kind:
            table.name(f"{start}_KIND", topic, note.kind, "kind of entry", sources=rows)
        if note.author:
            table.name(
                f"{start}_AUTHOR", topic, note.author, "author of the entry", sources=rows, private=True
            )
    if not notes:
        table.text(
            "NO_NOTES", topic, "No CRM entry is on file for this client.", "no entry in the client's record"
        )
    for number, account in enumerate(household.accounts, 1):
        words = list(account.flags)
        if account.do_not_trade and not any("trade" in flag.casefold() for flag in words):
            words.append(f"Do not trade: {account.do_not_trade_reason}".removesuffix(": "))
        for flag in words:
            table.text(f"ACCOUNT_{number}_FLAG", topic, flag, "flag on the account", sources=[account.source])


def _of_kind(table: Collector, alike: list[Problem]) -> str:
    """`Lots!E67 (Cost Basis): what is wrong and what to do. And 4 more like it on the Checks sheet.`"""
    first = alike[0]
    where = (
        "" if first.source == NOWHERE else f"{first.place}{f' ({first.column})' if first.column else ''}: "
    )
    more = f" And {len(alike) - 1} more like it on the Checks sheet." if len(alike) > 1 else ""
    return f"{where}{table.masked(f'{first.what} {first.todo}'.strip())}{more}"


def _add_data(table: Collector, review: Review) -> None:
    """DATA_n: problems of the data worst first, then cash that can't be raised and what the plan could not know.

    A problem names its cell; others of its kind are counted, as the Checks sheet has each.
    """
    kinds: dict[tuple[str, Severity], list[Problem]] = {}
    for problem in sorted(review.problems, key=lambda p: SEVERITY_ORDER[p.severity]):
        alike = kinds.setdefault((problem.code, problem.severity), [])
        if problem not in alike and problem.code not in FLAGGED_APART:
            alike.append(problem)
    said: list[tuple[str, str, tuple[Source, ...]]] = [
        (_of_kind(table, alike), severity.value.lower(), tuple(p.source for p in alike))
        for (_, severity), alike in kinds.items()
        if alike
    ]
    if review.plan:
        said += [(table.masked(text), "shortfall", ()) for text in review.plan.shortfalls]
        basis = any(p.code == "missing-basis" for p in review.problems)
        income = any(p.code == "tax-unknown" for p in review.problems)
        unknowns = (
            text for text in review.plan.unknowns
            if not (basis and "no cost basis" in text) and not (income and text.startswith("Tax is unknown"))
        )  # fmt: skip
        said += [(table.masked(text), "unknown", ()) for text in unknowns]
    unique = {text: (kind, rows) for text, kind, rows in reversed(said)}
    shown = dict.fromkeys(text for text, _, _ in said)
    for number, text in enumerate(shown, 1):
        kind, rows = unique[text]
        table.text(f"DATA_{number}", Topic.DATA, text, f"{kind} in the data", sources=rows)
