"""Rules that clients asked for: which of them hold on the as-of date, and the household with those in force.

A rule is in force only when a person has confirmed it by name. It then works through what the engine knows anyway: lots
are held, an account pays a withdrawal, the gain budget is lowered; a meeting preference is for the letter alone. A rule
that somebody confirmed and that can't be applied is never passed over: it is INCOMPLETE, which withholds the client.
One that is over has no effect, complete or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from xl_rebal.dates import date_text
from xl_rebal.engine.book import (
    Account,
    ActivityType,
    ClientRule,
    Household,
    RuleKind,
    RuleState,
    RuleStatus,
    Ruling,
    Settings,
)
from xl_rebal.money import money_text

WITHDRAWAL = "Withdrawal asked for"
"""Why cash leaves the household when the Accounts sheet alone asks for it."""


def with_rules(household: Household, rules: Iterable[ClientRule], settings: Settings) -> Household:
    """The household with the rulings on its rules, those in force applied to its lots, accounts and gain budget.

    `rules` are in the order of the sheet. Without a rule in force nothing of the household changes but its `rulings`.
    """
    ruled = replace(household, rulings=tuple(_Rulings(household, tuple(rules), settings).all()))
    for ruling in ruled.rules_in_force:
        ruled = _applied(ruled, ruling)
    return ruled


def citation(rule: ClientRule) -> str:
    """Where a rule comes from: `CRM entry of September 8, 2026`, or its row where it has no date."""
    return f"CRM entry of {date_text(rule.said_on)}" if rule.said_on else str(rule.source)


def quoted(rule: ClientRule) -> str:
    """The rule's sentence in single quotation marks; what it asks for where it has none.

    Double ones mark quotations of a brief's own CRM entries, which are checked apart from the text around them.
    """
    return f"\u2018{' '.join(rule.sentence.split())}\u2019" if rule.sentence.strip() else rule.kind.value


class _Rulings:
    """The rules of one household against each other, the sheets and the calendar."""

    def __init__(self, household: Household, rules: Sequence[ClientRule], settings: Settings) -> None:
        self.home, self.rules, self.settings = household, rules, settings
        self.confirmed = [r for r in rules if r.status is RuleStatus.CONFIRMED]
        self.seen: list[ClientRule] = []
        self.paid = _paid(household, self.confirmed, settings)

    def all(self) -> Iterator[Ruling]:
        for rule in self.rules:
            state, why = self._state(rule)
            cents = 0
            if state in (RuleState.IN_FORCE, RuleState.MET):
                self.seen.append(rule)
                if rule.kind is RuleKind.CASH_NEED:
                    cents = (rule.amount_cents or 0) - self.paid.get(id(rule), 0)
            yield Ruling(rule, state, why, cents)

    def _state(self, rule: ClientRule) -> tuple[RuleState, str]:
        if rule.status is RuleStatus.PROPOSED:
            return RuleState.PROPOSED, "Nobody has confirmed it, so it has no effect."
        if rule.status is RuleStatus.DECLINED:
            return RuleState.DECLINED, "It was declined."
        if over := self._over(rule):
            return over
        if not rule.confirmed_by.strip():
            return (
                RuleState.INCOMPLETE,
                "It is marked Confirmed, but Confirmed By does not say who confirmed it.",
            )
        own = {
            RuleKind.DO_NOT_SELL: self._do_not_sell,
            RuleKind.CASH_NEED: self._cash_need,
            RuleKind.GAIN_BUDGET: self._gain_budget,
            RuleKind.MEETING: self._meeting,
        }[rule.kind]
        return own(rule)

    def _over(self, rule: ClientRule) -> tuple[RuleState, str] | None:
        """A rule whose day, or whose year, is past; a cash need that was paid by then is met."""
        if rule.kind is RuleKind.GAIN_BUDGET:
            said, year = rule.on or rule.said_on, self.settings.tax_year
            if said is not None and said.year < year:
                return RuleState.EXPIRED, f"It was meant for {said.year}; this is tax year {year}."
            return None
        if rule.on is None or rule.on >= self.settings.as_of:
            return None
        return self._met(rule) or (
            RuleState.EXPIRED,
            f"It held until {date_text(rule.on)}, which is past.",
        )

    def _met(self, rule: ClientRule) -> tuple[RuleState, str] | None:
        paid = self.paid.get(id(rule), 0)
        if not rule.amount_cents or paid < rule.amount_cents:
            return None
        return RuleState.MET, f"Activity shows {money_text(paid)} withdrawn since it was said."

    def _stray_account(self, rule: ClientRule) -> tuple[RuleState, str] | None:
        if rule.account_id and rule.account_id not in {a.id for a in self.home.accounts}:
            return RuleState.INCOMPLETE, f"Account {rule.account_id!r} is none of this client's."
        return None

    def _do_not_sell(self, rule: ClientRule) -> tuple[RuleState, str]:
        if not rule.symbol:
            return RuleState.INCOMPLETE, "It does not say which Symbol may not be sold."
        if rule.symbol not in self.home.securities:
            return RuleState.INCOMPLETE, f"{rule.symbol} is not on the Securities sheet."
        if found := self._stray_account(rule):
            return found
        if not any(_covers(rule, lot.account_id, lot.symbol) for lot in self.home.lots):
            return RuleState.IDLE, f"No lot of {rule.symbol} is held."
        return RuleState.IN_FORCE, f"{rule.symbol} is not sold{_where(rule)}."

    def _cash_need(self, rule: ClientRule) -> tuple[RuleState, str]:
        if not rule.amount_cents or rule.amount_cents < 0:
            return RuleState.INCOMPLETE, "It does not say how much cash is needed (Amount)."
        if rule.on is None:
            return RuleState.INCOMPLETE, "It does not say by when the cash is needed (Date)."
        if found := self._stray_account(rule):
            return found
        account = paying_account(self.home, rule)
        if account is None:
            return (
                RuleState.INCOMPLETE,
                "Account ID does not say where the cash is taken from: the client has "
                f"{'several taxable accounts' if _payers(self.home) else 'no taxable account that is traded'}.",
            )
        if any(self._same_need(rule, other) for other in self.seen):
            return (
                RuleState.OVERRULED,
                "The same amount by the same date is already asked for in another row.",
            )
        if self.home.account(account.id).withdrawal_cents == rule.amount_cents:
            return (
                RuleState.OVERRULED,
                f"Withdrawal of account {account.id} on the Accounts sheet asks for the same amount; it is raised once.",
            )
        if rule.on > self.settings.as_of + timedelta(days=self.settings.cash_need_days):
            return (
                RuleState.LATER,
                f"It is needed by {date_text(rule.on)}, more than {self.settings.cash_need_days} days away.",
            )
        if found := self._met(rule):
            return found
        paid = self.paid.get(id(rule), 0)
        so_far = f", as {money_text(paid)} was withdrawn since it was said" if paid else ""
        left = money_text(rule.amount_cents - paid)
        return (
            RuleState.IN_FORCE,
            f"{left} is raised in account {account.id} by {date_text(rule.on)}{so_far}.",
        )

    def _same_need(self, rule: ClientRule, other: ClientRule) -> bool:
        """Whether the other row asks for the same dollars by the same date from the same account, named or not."""
        return (
            other.kind is RuleKind.CASH_NEED
            and (other.amount_cents, other.on) == (rule.amount_cents, rule.on)
            and paying_account(self.home, other) == paying_account(self.home, rule)
        )

    def _gain_budget(self, rule: ClientRule) -> tuple[RuleState, str]:
        if rule.amount_cents is None or rule.amount_cents < 0:
            return RuleState.INCOMPLETE, "It does not say how much gain is wanted at most (Amount)."
        said = rule.on or rule.said_on
        if said is None:
            return RuleState.INCOMPLETE, "It does not say for which year it is meant (Date)."
        year, asked = self.settings.tax_year, rule.amount_cents
        if said.year > year:
            return RuleState.LATER, f"It is meant for {said.year}; this is tax year {year}."
        newest = max(
            (r for r in self.confirmed if r.kind is RuleKind.GAIN_BUDGET and _year(r) == year),
            key=lambda r: (str(r.said_on or ""), r.source.row),
        )
        if newest is not rule:
            return RuleState.OVERRULED, f"A newer rule ({citation(newest)}) says {_amount(newest)}."
        own = self.home.client.gain_budget_cents
        if own is not None and own < asked:
            return RuleState.OVERRULED, f"Gain Budget on the Clients sheet is lower: {money_text(own)}."
        return RuleState.IN_FORCE, f"Net gain of {year} is to stay within {money_text(asked)}."

    def _meeting(self, rule: ClientRule) -> tuple[RuleState, str]:
        if not rule.sentence.strip():
            return RuleState.INCOMPLETE, "It has no Sentence that says how the client likes to meet."
        newest = max(
            (
                r
                for r in self.confirmed
                if r.kind is RuleKind.MEETING and r.confirmed_by.strip() and not self._over(r)
            ),
            key=lambda r: (str(r.said_on or ""), r.source.row),
        )
        if newest is not rule:
            return RuleState.OVERRULED, f"A newer preference is confirmed ({citation(newest)})."
        return RuleState.IN_FORCE, "The letter offers to meet this way."


def _applied(household: Household, ruling: Ruling) -> Household:
    rule = ruling.rule
    if rule.kind is RuleKind.DO_NOT_SELL:
        why = f"Client's wish of {_dated(rule)}: {quoted(rule)}"
        lots = tuple(
            replace(lot, hold=True, hold_why=why) if _covers(rule, lot.account_id, lot.symbol) else lot
            for lot in household.lots
        )
        return replace(household, lots=lots)
    if rule.kind is RuleKind.CASH_NEED:
        payer = paying_account(household, rule)
        assert payer is not None  # noqa: S101 - a need without one is INCOMPLETE
        by = f"by {date_text(rule.on)}, " if rule.on else ""
        why = f"{payer.withdrawal_why or WITHDRAWAL}; {by}client's wish of {_dated(rule)}"
        ruled = replace(payer, withdrawal_cents=payer.withdrawal_cents + ruling.cents, withdrawal_why=why)
        accounts = tuple(ruled if a.id == payer.id else a for a in household.accounts)
        return replace(household, accounts=accounts)
    if rule.kind is RuleKind.GAIN_BUDGET:
        return replace(household, client=replace(household.client, gain_budget_cents=rule.amount_cents))
    return household


def paying_account(household: Household, rule: ClientRule) -> Account | None:
    """Where a cash need is taken from: the account it names, else the only one of the household's own that is traded."""
    if rule.account_id:
        return household.account(rule.account_id)
    own = _payers(household)
    return own[0] if len(own) == 1 else None


def _payers(household: Household) -> list[Account]:
    return [a for a in household.accounts if a.registration.household_taxable and not a.do_not_trade]


def _paid(household: Household, confirmed: Sequence[ClientRule], settings: Settings) -> dict[int, int]:
    """By cash need (`id` of its rule): what withdrawals from its account have paid of it since it was said.

    A withdrawal pays a need of its very amount first, then the needs of that account by their dates, each dollar once.
    """
    known = {a.id for a in household.accounts}
    needs = [
        (rule, payer.id, rule.said_on, rule.amount_cents)
        for rule in confirmed
        if rule.kind is RuleKind.CASH_NEED and rule.said_on and rule.amount_cents and rule.amount_cents > 0
        and rule.account_id in ("", *known) and (payer := paying_account(household, rule)) is not None
    ]  # fmt: skip
    needs.sort(key=lambda n: (str(n[0].on or ""), n[0].source.row))
    paid = {id(rule): 0 for rule, *_ in needs}
    rows = (r for r in household.activity if r.type is ActivityType.WITHDRAWAL and r.date <= settings.as_of)
    for row in sorted(rows, key=lambda r: (r.date, r.source.row)):
        open_needs = [
            n for n in needs if n[1] == row.account_id and n[2] < row.date and paid[id(n[0])] < n[3]
        ]
        exact = [n for n in open_needs if n[3] == row.amount_cents and not paid[id(n[0])]]
        left = row.amount_cents
        for rule, _, _, amount in exact[:1] or open_needs:
            part = min(left, amount - paid[id(rule)])
            paid[id(rule)] += part
            left -= part
    return paid


def _covers(rule: ClientRule, account_id: str, symbol: str) -> bool:
    return symbol == rule.symbol and rule.account_id in ("", account_id)


def _where(rule: ClientRule) -> str:
    return f" in account {rule.account_id}" if rule.account_id else ""


def _year(rule: ClientRule) -> int | None:
    said = rule.on or rule.said_on
    return said.year if said and rule.amount_cents is not None and rule.confirmed_by.strip() else None


def _amount(rule: ClientRule) -> str:
    return money_text(rule.amount_cents or 0)


def _dated(rule: ClientRule) -> str:
    return date_text(rule.said_on) if rule.said_on else f"{rule.source}"
