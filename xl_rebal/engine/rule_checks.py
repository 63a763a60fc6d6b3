"""What a person must say to the rules of the Rules sheet: questions, and rules that are over, overruled or incomplete."""

from __future__ import annotations

from collections.abc import Iterator

from xl_rebal.dates import date_text
from xl_rebal.engine.book import Book, ClientRule, Household, RuleKind, RuleState, Ruling
from xl_rebal.engine.client_rules import citation, quoted
from xl_rebal.engine.problems import Problem, Severity
from xl_rebal.engine.reconcile import household_problem
from xl_rebal.money import money_text, value_cents

_OVER = "Decline it when it is over, or correct it."
_ANSWER = "Set Status to Confirmed and enter your name in Confirmed By, or set it to Declined."


def rule_problems(book: Book, household: Household) -> Iterator[Problem]:
    """One problem for each rule that is neither in force nor declined."""
    for ruling in household.rulings:
        found = _problem_of(household, ruling)
        if found is not None:
            severity, code, column, value, todo, cost = found
            rule = ruling.rule
            what = f"{describes(rule)} ({citation(rule)}: {quoted(rule)}). {ruling.why}"
            yield household_problem(
                book, household, severity, code, rule.source, column, value, what, todo, cost
            )


_Found = tuple[Severity, str, str, str, str, str]  # severity, code, column, value, what to do, what it costs


def _problem_of(household: Household, ruling: Ruling) -> _Found | None:
    rule, state = ruling.rule, ruling.state
    status = rule.status.value
    if state is RuleState.PROPOSED:
        severity = Severity.NOTE if rule.kind is RuleKind.MEETING else Severity.WARNING
        return (
            severity,
            "rule-proposed",
            "Status",
            status,
            f"Is this what the client wants? {_ANSWER}",
            _at_stake(household, rule),
        )
    if state is RuleState.INCOMPLETE:
        column, value = ("Confirmed By", "") if not rule.confirmed_by.strip() else ("Kind", rule.kind.value)
        return (
            Severity.ERROR,
            "rule-incomplete",
            column,
            value,
            "Complete the row, or set its Status to Declined.",
            _at_stake(household, rule),
        )
    if state is RuleState.OVERRULED:
        return (
            Severity.WARNING,
            "rule-overruled",
            "Status",
            status,
            "Decline the one that no longer holds.",
            "This row has no effect; the other one has.",
        )
    if state is RuleState.EXPIRED:
        unpaid = rule.kind is RuleKind.CASH_NEED
        cost = (
            "The client may still be without the cash."
            if unpaid
            else "Nothing, if it is over: the plan no longer heeds it."
        )
        severity = Severity.WARNING if unpaid else Severity.NOTE
        return severity, "rule-expired", "Date", str(rule.on or rule.said_on or ""), _OVER, cost
    if state is RuleState.IDLE:
        return (
            Severity.WARNING,
            "rule-idle",
            "Symbol",
            rule.symbol,
            "Correct the Symbol if it has changed since; decline the rule if the position was sold.",
            f"If {rule.symbol} has another symbol now, the plan may sell what the client wants to keep.",
        )
    if state in (RuleState.LATER, RuleState.MET):
        return (
            Severity.NOTE,
            "rule-idle",
            "Status",
            status,
            "Nothing, if that is right." if state is RuleState.LATER else _OVER,
            "Nothing now: it has no effect on this plan.",
        )
    return None


def describes(rule: ClientRule) -> str:
    """What a rule asks for in a few words: `Do not sell BA`, `Cash need of $60,000.00 by January 31, 2027`."""
    amount = f" of {money_text(rule.amount_cents)}" if rule.amount_cents is not None else ""
    if rule.kind is RuleKind.DO_NOT_SELL:
        until = f" until {date_text(rule.on)}" if rule.on else ""
        where = f" in account {rule.account_id}" if rule.account_id else ""
        return f"{rule.kind.value} {rule.symbol}".rstrip() + where + until
    if rule.kind is RuleKind.CASH_NEED:
        return f"{rule.kind.value}{amount}" + (f" by {date_text(rule.on)}" if rule.on else "")
    if rule.kind is RuleKind.GAIN_BUDGET:
        day = rule.on or rule.said_on
        return f"{rule.kind.value}{amount}" + (f" for {day.year}" if day else "")
    return str(rule.kind.value)


def _at_stake(household: Household, rule: ClientRule) -> str:
    """What it costs to leave a question about a rule open, in dollars."""
    if rule.kind is RuleKind.DO_NOT_SELL:
        security = household.securities.get(rule.symbol)
        price = security.price if security else None
        held = 0 if price is None else sum(
            value_cents(lot.quantity, price)
            for lot in household.lots
            if lot.symbol == rule.symbol and rule.account_id in ("", lot.account_id)
        )  # fmt: skip
        return (
            f"The plan may sell some of {money_text(held)} of {rule.symbol} that the client wants to keep."
            if held
            else ""
        )
    if rule.kind is RuleKind.CASH_NEED and rule.amount_cents:
        return f"{money_text(rule.amount_cents)} may be lacking when the client needs it."
    if rule.kind is RuleKind.GAIN_BUDGET and rule.amount_cents is not None:
        return f"The plan may realize more than the {money_text(rule.amount_cents)} of gain that the client wants."
    return "The letter may offer a kind of meeting that the client does not like."
