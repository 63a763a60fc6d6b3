"""Collects facts in reading order under unique ids, and words them: dates, signs, account types, masked numbers.

One rule for signs: a percentage of drift carries its sign, an amount never does. A loss is `$8,012` with a label that
says loss and direction DOWN, so that it reads right in a sentence; a table sets it in parentheses.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from datetime import date
from decimal import Decimal

from xl_rebal.dates import date_text
from xl_rebal.engine.book import Account, Household, Registration
from xl_rebal.engine.problems import NOWHERE, Source
from xl_rebal.engine.results import Review, Trade
from xl_rebal.facts.adding_up import Sum, shown_to_add_up, trimmed_money_text
from xl_rebal.facts.types import Direction, Fact, FactKind, Topic
from xl_rebal.money import money_text, percent_text, quantity_text

ACCOUNT_TYPES: Mapping[Registration, str] = {
    Registration.INDIVIDUAL: "Taxable",
    Registration.JOINT: "Taxable",
    Registration.CUSTODIAL: "UTMA",
    Registration.TRADITIONAL_IRA: "IRA",
    Registration.ROLLOVER_IRA: "IRA",
    Registration.ROTH_IRA: "Roth",
}
"""What an advisor calls an account in passing; the others go by the name of their registration."""


def account_type(registration: Registration) -> str:
    """`Taxable`, `IRA`, `Roth`, `Trust` ...: how a brief names the kind of account."""
    return ACCOUNT_TYPES.get(registration, str(registration.value))


def masked_number(account_id: str) -> str:
    """The last four characters of an account number: `4417-0093` gives `…0093`."""
    return "…" + re.sub(r"\W", "", account_id)[-4:]


_ISO_DATE = re.compile(r"\b\d{4}-\d\d-\d\d\b")


def _spelled_date(match: re.Match[str]) -> str:
    try:
        return date_text(date.fromisoformat(match[0]))
    except ValueError:
        return match[0]


def quarter_text(quarter: str) -> str:
    """`Q4 2026` for `2026-Q4`; any other wording stays as the firm typed it."""
    match = re.fullmatch(r"(\d{4})-Q([1-4])", quarter)
    return f"Q{match[2]} {match[1]}" if match else quarter


def short_money_text(cents: int) -> str:
    """`$2.98M` from a million up, else whole dollars."""
    if cents < 100_000_000:
        return money_text(cents, whole=True)
    hundredths = (cents + 500_000) // 1_000_000
    return f"${hundredths // 100:,}.{hundredths % 100:02d}M"


def trimmed_percent_text(fraction: float, decimals: int = 1) -> str:
    """`65%` and `62.5%`: without a trailing zero."""
    text = percent_text(fraction, decimals)
    return re.sub(r"\.?0+%$", "%", text) if "." in text else text


def key_of(name: str) -> str:
    """The part of a fact id that stands for a name: capitals, digits and '_' (`Fixed Income` -> `FIXED_INCOME`)."""
    return re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_") or "X"


def fact_keys(review: Review) -> dict[str, str]:
    """Id part of every class and symbol of a review, unique over both: 'BRK.B' -> 'BRK_B', then 'BRK_B_2'."""
    names: list[str] = []
    if review.drift:
        names += [s.asset_class for s in review.drift.classes] + [s.symbol for s in review.drift.securities]
    for plan in (review.plan, review.plan.alternative if review.plan else None):
        if plan:
            names += [s.name for s in (*plan.after.classes, *plan.after.securities)]
            names += [t.symbol for t in plan.trades]
    names += [c.symbol for c in review.harvest] + [c.swap for c in review.harvest if c.swap]
    names += [w.symbol for w in review.wash]
    keys: dict[str, str] = {}
    taken: set[str] = set()
    for name in dict.fromkeys(names):
        keys[name] = _unique(key_of(name), taken)
        taken.add(keys[name])
    return keys


def _unique(wanted: str, taken: Container[str]) -> str:
    number, candidate = 1, wanted
    while candidate in taken:
        number += 1
        candidate = f"{wanted}_{number}"
    return candidate


def without_figures(name: str, instead: str) -> str:
    """`name`, or `instead` when it holds a digit, because a label holds no figure."""
    return instead if re.search(r"\d", name) else name


class Collector:
    """Facts of one client as they are made; `add` and its siblings by kind give each a unique id."""

    def __init__(self, household: Household, as_of: date) -> None:
        self._facts: dict[str, Fact] = {}
        self._sums: list[Sum] = []
        self._household = household
        self._as_of = as_of
        self._spelled = [
            (a.id, self._number_pattern(a), self.account_text(a.id))
            for a in sorted(household.accounts, key=lambda account: -len(account.id))
            if len(a.id) > 3
        ]

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts in the order in which they were made, amounts shown so that they add up."""
        return tuple(shown_to_add_up(self._facts, self._sums).values())

    def add_up(self, total: str, parts: Iterable[str]) -> None:
        """Notes that the fact `total` is the sum of these, made already or later, so that they are shown so."""
        self._sums.append(Sum(total, tuple(parts)))

    def lot_rows(self, trades: Iterable[Trade]) -> list[Source]:
        """Rows of the lots that trades sell; of a position in a sheltered account, which has no disposals, all its lots."""
        found: list[Source] = []
        for trade in trades:
            found += [d.lot.source for d in trade.disposals] or [
                lot.source
                for lot in self._household.lots
                if (lot.account_id, lot.symbol) == (trade.account_id, trade.symbol)
            ]
        return found

    def buy_rows(self, trades: Iterable[Trade]) -> list[Source]:
        """Rows of the securities and accounts that trades buy."""
        home = self._household
        return [
            row
            for trade in trades
            for row in (home.securities[trade.symbol].source, home.account(trade.account_id).source)
        ]

    def account_text(self, account_id: str) -> str:
        """`IRA …0093`."""
        kind = account_type(self._household.account(account_id).registration)
        return f"{kind} {masked_number(account_id)}"

    @staticmethod
    def _number_pattern(account: Account) -> re.Pattern[str]:
        """The account's number, with the kind before it where a sentence has both: 'Roth IRA 4417-0093'."""
        kinds = sorted({account_type(account.registration), str(account.registration.value)})
        before = "|".join(re.escape(kind) for kind in kinds)
        return re.compile(rf"(?:\b(?:{before}) )?(?<!\w){re.escape(account.id)}(?!\w)")

    def masked(self, text: str) -> str:
        """An engine sentence with the household's account numbers shortened and its dates spelled out."""
        text = _ISO_DATE.sub(_spelled_date, text)
        for account_id, pattern, spelled in self._spelled:
            if account_id in text:
                text = pattern.sub(spelled, text)
        return text

    def add(
        self,
        fact_id: str,
        topic: Topic,
        kind: FactKind,
        value: object,
        display: str,
        label: str,
        *,
        direction: Direction = Direction.NONE,
        as_of: date | None = None,
        rule: str = "",
        sources: Iterable[Source] = (),
        mandatory: bool = False,
        private: bool = False,
    ) -> Fact:
        """Adds one fact; an id that is taken gets a numeric suffix, sources are listed once each.

        Without sources it rests on the household as a whole: its row of the Clients sheet stands for it.
        """
        rows = tuple(dict.fromkeys(s for s in sources if s != NOWHERE))
        if not rows and self._household.client.source != NOWHERE:
            rows = (self._household.client.source,)
        unique = _unique(fact_id, self._facts)
        fact = Fact(
            unique, topic, kind, value, display, label, direction, as_of or self._as_of, rule, rows, mandatory, private
        )  # fmt: skip
        self._facts[unique] = fact
        return fact

    def money(
        self,
        fact_id: str,
        topic: Topic,
        cents: int,
        label: str,
        *,
        direction: Direction | None = None,
        to_the_cent: bool = False,
        rule: str = "",
        sources: Iterable[Source] = (),
        mandatory: bool = False,
        as_of: date | None = None,
    ) -> Fact:
        """An amount, shown without sign; its direction is that of the sign unless given."""
        shown = trimmed_money_text(abs(cents)) if to_the_cent else money_text(abs(cents), whole=True)
        way = direction or (Direction.UP if cents > 0 else Direction.DOWN if cents < 0 else Direction.NONE)
        return self.add(
            fact_id, topic, FactKind.MONEY, cents, shown, label,
            direction=way, rule=rule, sources=sources, mandatory=mandatory, as_of=as_of,
        )  # fmt: skip

    def gain(
        self,
        fact_id: str,
        topic: Topic,
        cents: int,
        label: str,
        *,
        rule: str = "IRC 1001(a), 1222",
        sources: Iterable[Source] = (),
        mandatory: bool = False,
    ) -> Fact:
        """A gain or loss; `label` has the word 'gain', which becomes 'loss' when the amount is negative."""
        words = label.replace("gain", "loss") if cents < 0 else label
        return self.money(fact_id, topic, cents, words, rule=rule, sources=sources, mandatory=mandatory)

    def shares(
        self,
        fact_id: str,
        topic: Topic,
        quantity: Decimal,
        label: str,
        direction: Direction,
        sources: Iterable[Source] = (),
    ) -> Fact:
        return self.add(
            fact_id, topic, FactKind.SHARES, quantity, quantity_text(quantity), label,
            direction=direction, sources=sources,
        )  # fmt: skip

    def text(
        self,
        fact_id: str,
        topic: Topic,
        text: str,
        label: str,
        *,
        rule: str = "",
        sources: Iterable[Source] = (),
        mandatory: bool = False,
        private: bool = False,
        as_of: date | None = None,
    ) -> Fact:
        return self.add(
            fact_id, topic, FactKind.TEXT, text, text, label,
            rule=rule, sources=sources, mandatory=mandatory, private=private, as_of=as_of,
        )  # fmt: skip

    def name(
        self,
        fact_id: str,
        topic: Topic,
        name: str,
        label: str,
        *,
        sources: Iterable[Source] = (),
        private: bool = False,
    ) -> Fact:
        return self.add(fact_id, topic, FactKind.NAME, name, name, label, sources=sources, private=private)

    def day(
        self,
        fact_id: str,
        topic: Topic,
        day: date,
        label: str,
        *,
        rule: str = "",
        sources: Iterable[Source] = (),
        mandatory: bool = False,
        as_of: date | None = None,
    ) -> Fact:
        return self.add(
            fact_id, topic, FactKind.DATE, day, date_text(day), label,
            rule=rule, sources=sources, mandatory=mandatory, as_of=as_of,
        )  # fmt: skip

    def percent(
        self,
        fact_id: str,
        topic: Topic,
        value: float | Decimal,
        display: str,
        label: str,
        *,
        direction: Direction = Direction.NONE,
        rule: str = "",
        sources: Iterable[Source] = (),
    ) -> Fact:
        return self.add(
            fact_id, topic, FactKind.PERCENT, value, display, label, direction=direction, rule=rule, sources=sources
        )  # fmt: skip
