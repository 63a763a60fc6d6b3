"""The hand-written sentences and what they should propose, and the household whose holdings they speak of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests import builders as b
from xl_rebal.engine.book import Household, RuleKind
from xl_rebal.rules.matcher import Proposal, proposals

SAID = date(2026, 10, 2)
NAMES = {
    "BA": "Boeing Co", "AAPL": "Apple Inc.", "MSFT": "Microsoft Corporation", "JNJ": "Johnson & Johnson", "DE": "Deere & Company",
    "VTI": "Vanguard Total Stock Market ETF", "BRK.B": "Berkshire Hathaway Inc. Class B", "TGT": "Target Corp", "T": "AT&T Inc.",
    "GOOG": "Alphabet Inc. Class C", "GOOGL": "Alphabet Inc. Class A", "F": "Ford Motor Company", "XOM": "Exxon Mobil Corp",
    "KO": "The Coca-Cola Company", "PG": "Procter & Gamble Co", "VUG": "Vanguard Growth ETF", "CAT": "Caterpillar Inc",
}  # fmt: skip


def household() -> Household:
    return b.household(
        lots=[b.lot(symbol, 10, 100, "2020-01-06") for symbol in NAMES],
        securities=[b.security(symbol, 100, name=name) for symbol, name in NAMES.items()],
    )


@dataclass(frozen=True, slots=True)
class Case:
    sentence: str
    expected: frozenset[str]


def cases(part: str) -> Iterator[Case]:
    """The sentences of one part of corpus.txt."""
    text = (Path(__file__).parent / "corpus.txt").read_text(encoding="utf-8")
    body = re.split(r"^\[(\w+)\]$", text, flags=re.M)
    for line in body[body.index(part) + 1].splitlines():
        if line.strip() and not line.startswith("#"):
            expected, sentence = line.split(" | ", 1)
            yield Case(sentence, frozenset(_expected(expected)))


def _expected(text: str) -> Iterator[str]:
    kind, *rest = text.split()
    if kind == "keep":
        yield from (f"keep {symbol}" for symbol in rest)
    elif kind != "-":
        yield text


def found(sentence: str, home: Household) -> frozenset[str]:
    """What the matcher proposes, as the corpus writes it."""
    return frozenset(map(_said, proposals(home, [b.note(SAID, sentence)])))


def _said(one: Proposal) -> str:
    dollars = None if one.amount_cents is None else f"{one.amount_cents / 100:.0f}"
    if one.kind is RuleKind.DO_NOT_SELL:
        return f"keep {one.symbol}"
    if one.kind is RuleKind.CASH_NEED:
        return f"cash {dollars}" + (f" {one.on}" if one.on else "")
    if one.kind is RuleKind.GAIN_BUDGET:
        return f"budget {dollars} {one.on.year if one.on else ''}"
    return "meet"
