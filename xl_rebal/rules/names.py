"""Which of a household's securities a text speaks of: by symbol, or by the company's name as people write it.

Only securities that the household holds are looked for, so that `Target` in a house without that share is a word. A name is
what stands on the Securities sheet without its legal form; its first word serves where no other holding begins with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from xl_rebal.engine.book import Household

_LEGAL = frozenset(
    (
        "inc", "incorporated", "corp", "corporation", "co", "company", "companies", "plc", "ltd", "limited", "llc", "lp", "nv", "sa",
        "ag", "se", "the", "common", "stock", "shares", "share", "class", "cl", "a", "b", "c", "adr", "ads", "com", "new", "holdings", "holding",
        "group", "etf", "fund", "trust", "index", "ord", "reit", "&", "and",
    )
)  # fmt: skip
"""Words that a company's or fund's name ends (or begins) with and nobody says."""
_FAMILIES = frozenset(
    (
        "vanguard", "ishares", "fidelity", "schwab", "spdr", "invesco", "dimensional", "dfa", "american", "united", "general", "bank",
        "national", "first", "international", "global", "us", "u.s", "total", "core", "select", "state", "t", "rowe", "pimco", "wisdomtree",
        "johnson", "capital", "real", "short", "long", "intermediate", "treasury", "municipal", "tax", "high", "emerging", "developed", "growth", "value",
        "small", "large", "mid", "dividend", "new", "southern", "northern", "western", "eastern", "public", "standard", "best", "advanced", "cash",
    )
)  # fmt: skip
"""First words that say nothing alone."""
_WORDS = frozenset(
    (
        "target", "apple", "visa", "gap", "block", "chase", "shell", "square", "match", "delta", "progressive", "travelers", "discover", "oracle",
        "amazon", "ford", "ball", "snap", "unity", "zoom", "meta", "dominion", "republic", "waters", "crown", "gartner", "key", "carnival", "workday",
        "principal", "equity", "prudential", "constellation", "honest", "coach", "monster", "keys",
    )
)  # fmt: skip
"""Names that are words, too: they count only with a capital letter."""
_NOT_TICKERS = frozenset(("IT", "ALL", "ARE", "SO", "ON", "NOW", "OR", "AN", "BE", "GO", "HAS", "FOR", "CAN", "OUT", "IRA", "RMD", "CASH", "US", "TAX"))  # fmt: skip
_MARKED = r"(?:\$|\(\s*|\bticker\s+|\bsymbol\s+)"


@dataclass(frozen=True, slots=True)
class Mention:
    """A security in a text: its symbol, and where its name stands."""

    symbol: str
    start: int
    end: int


class Holdings:
    """The securities that a household holds, asked which of them a text names."""

    def __init__(self, household: Household) -> None:
        symbols = sorted({lot.symbol for lot in household.lots})
        names = {s: household.securities[s].name for s in symbols if s in household.securities}
        self._patterns = [(symbol, _patterns(symbol, names, symbols)) for symbol in symbols]

    def in_text(self, text: str, *, shouting: bool = False) -> list[Mention]:
        """Every holding that the text names, in the order of the text; one symbol once.

        In a text that is `shouting` (all in capitals) a ticker can't be told from a word.
        """
        found: dict[str, Mention] = {}
        for symbol, patterns in self._patterns:
            for pattern, is_ticker in patterns:
                if is_ticker and shouting:
                    continue
                match = pattern.search(text)
                if match:
                    found.setdefault(symbol, Mention(symbol, match.start(), match.end()))
        longest = [m for m in found.values() if not any(_inside(m, other) for other in found.values())]
        return sorted(longest, key=lambda m: (m.start, m.symbol))


def _inside(one: Mention, other: Mention) -> bool:
    """Whether a name is a part of a longer one: 'Vanguard Growth' in 'Vanguard Growth & Income'."""
    return other.start <= one.start and one.end <= other.end and other.end - other.start > one.end - one.start


def _patterns(
    symbol: str, names: Mapping[str, str], symbols: Iterable[str]
) -> list[tuple[re.Pattern[str], bool]]:
    found = list(_symbol_patterns(symbol))
    words = _said(names.get(symbol, ""))
    if not words:
        return found
    found.append((_name_pattern(words), False))
    first = words[0]
    others = [_said(names[s]) for s in symbols if s != symbol and s in names]
    if (
        len(words) > 1
        and len(first) > 3
        and first.casefold() not in _FAMILIES
        and not any(other and other[0].casefold() == first.casefold() for other in others)
    ):
        found.append((_name_pattern([first]), False))
    return found


def _symbol_patterns(symbol: str) -> Iterator[tuple[re.Pattern[str], bool]]:
    plain = re.escape(symbol)
    if len(symbol) > 1 and symbol not in _NOT_TICKERS:
        yield re.compile(rf"(?<![\w.$-]){plain}(?![\w-]|\.\w)"), True
    yield re.compile(rf"{_MARKED}{plain}\b(?![\w-])"), False


def _said(name: str) -> list[str]:
    """The words of a name that people say: 'The Boeing Company' is Boeing, 'Johnson & Johnson' stays whole."""
    words = [w for w in re.split(r"[\s,()/]+", name) if w.strip(".")]
    words = [w.rstrip(".") for w in words]
    while words and words[-1].casefold().replace(".", "") in _LEGAL:
        words.pop()
    while words and words[0].casefold() in ("the",):
        words.pop(0)
    return words if any(len(w) > 1 for w in words) else []


def _name_pattern(words: list[str]) -> re.Pattern[str]:
    """The name in any case; in capitals or small letters alike unless it is an ordinary word."""
    parts = []
    for word in words:
        if word == "&" or word.casefold() == "and":
            parts.append(r"(?:&|and)")
        else:
            parts.append(re.escape(word).replace(r"\'", "['\u2019]"))
    text = r"[\s-]+".join(parts)
    exact = len(words) == 1 and words[0].casefold() in _WORDS
    if exact:
        text = (
            f"(?:{re.escape(words[0][:1].upper() + words[0][1:])}|{re.escape(words[0])})"
            if words[0][:1].isupper()
            else text
        )
    return re.compile(rf"(?<![\w$-]){text}(?:['\u2019]s?)?(?![\w-])", 0 if exact else re.I)
