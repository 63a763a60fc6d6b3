"""Finds what a text for a client may never say: promises, forecasts, claims of no risk or no tax, trades as done, pressure.

A sentence may stand where the words before the match deny it ('we cannot guarantee'), or where it speaks of what has not
happened ('once the shares are sold'). Letters of other alphabets that look alike, letters set apart, hidden characters and
figures for letters are read as a reader would. Limits: words are matched, not meaning; irony and hints pass, and the
advisor reads on.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from xl_rebal.drafting.prohibited_claims import CLAIMS
from xl_rebal.drafting.prohibited_families import FAMILIES
from xl_rebal.drafting.prohibited_frames import FRAMES
from xl_rebal.drafting.prohibited_rules import DONE, NO_DENIAL, OWN_THINGS, RULES, Rule

_EVERY = (*RULES, *CLAIMS, *FAMILIES, *FRAMES)
_CLAUSE = re.compile(r"[,;:\u2014]|--| \u2013 | but | yet | however | so ", re.I)
_SENTENCE = re.compile(r"(?<=[.!?])[\u201d\"')]*\s+|\n+")
_BROKEN = re.compile(r"(?<=[^\s.!?:;])[ \t]*\n[ \t]*(?=[a-z])")
"""A line that goes on in the next."""
_HYPHENATED = re.compile(r"(?<=[a-z])-\n(?=[a-z])")
_HIDDEN = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff]")


def prohibited_phrases(text: str) -> tuple[str, ...]:
    """What the text says that may never be said, as `'guaranteed' (a guarantee or promise)`."""
    found: list[str] = []
    for sentence in _SENTENCE.split(_BROKEN.sub(" ", _HYPHENATED.sub("", text))):
        plain = _plain(sentence.strip())
        if not _is_clean(_FIGURE.sub("0", _SYMBOL.sub(_alike, plain))):
            found += [f"'{plain[m.start() : m.end()]}' ({rule.why})" for rule, m in _matches(plain)]
    return tuple(dict.fromkeys(found))


_OF_RULES = frozenset(re.findall(r"[a-z]{2,5}", " ".join(rule.pattern.pattern for rule in _EVERY)))
_SYMBOL = re.compile(r"\b[A-Z]{2,5}(?:\.[A-Z])?\b")
_FIGURE = re.compile(r"\$?(?<!\d)(?!100%)\d[\d,]*(?:\.\d+)?%?")
"""No rule tells one symbol or figure from another; words that rules have ('RISK FREE') are no symbols."""


def _alike(match: re.Match[str]) -> str:
    return match.group() if match.group().lower() in _OF_RULES else "XX"


@lru_cache(maxsize=16384)
def _is_clean(plain: str) -> bool:
    """Remembered: without its figures and symbols, a sentence is the same in the letters of many clients."""
    return next(_matches(plain), None) is None


def _matches(sentence: str) -> Iterator[tuple[Rule, re.Match[str]]]:
    """Every rule that matches and is not excused; a rule that tells small letters from capitals gets the sentence in small ones."""
    small = sentence.lower()
    for symbol in _SYMBOL.finditer(sentence):
        if symbol.group().lower() not in _OF_RULES:
            small = small[: symbol.start()] + symbol.group() + small[symbol.end() :]
    for rule in _EVERY:
        for match in rule.pattern.finditer(sentence if rule.pattern.flags & re.I else small):
            if not _excused(rule, sentence, match):
                yield rule, match


def _excused(rule: Rule, sentence: str, match: re.Match[str]) -> bool:
    if rule.unless is None:
        return False
    before = sentence[: match.start()]
    clause = NO_DENIAL.sub("", _CLAUSE.split(before)[-1])
    if rule.unless.search(clause):
        return True
    if rule.unless_after and rule.unless_after.search(sentence[match.end() :]):
        return True
    if rule.anywhere and rule.anywhere.search(sentence):
        return True
    return rule.why == DONE and bool(OWN_THINGS.search(before + match.group()))


def _plain(text: str) -> str:
    """The text as a reader sees it: look-alike letters plain, one kind of apostrophe and space, nothing hidden or set apart."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", _HIDDEN.sub("", text))
        text = "".join(c for c in text if not unicodedata.combining(c)).translate(_ALIKE)
    text = _SET_APART.sub(lambda m: re.sub(r"[\W_]", "", m.group()), text)
    text = _DRESSED.sub("", text)
    text = _FOR_LETTERS.sub(lambda m: m.group().translate(_LETTERS), text)
    return re.sub(r" (?=%)", "", re.sub(r"[ \t]+", " ", text))


_ALIKE = str.maketrans(
    dict(
        zip(
            "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u051b\u051d\u0432\u043a\u043c\u043d\u0442\u0433"  # Cyrillic
            "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0406"
            "\u03b1\u03bf\u03c1\u03bd\u03b9\u03ba\u03c4\u03c5\u03b5\u03c7\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"  # Greek
            "\u0131\u0261\u2018\u2019\u201b\u02bc\u2032\u0060\u00b4\u2010\u2011\u2012\u2212\u2044",
            "aeopcyxijshdqwbkmhtrABEKMHOPCTXIaopviktuexABEZHIKMNOPTYXig'''''''----/",
            strict=True,
        )
    )
)
"""Letters of other alphabets, apostrophes and hyphens that look like those of the alphabet."""
_SET_APART = re.compile(r"(?<![^\W_])(?:[A-Za-z](?:[ .*_\u00b7|~/-]| - )){3,}[A-Za-z](?![^\W_])")
"""Letters one by one: 'g u a r a n t e e', 'r.i.s.k'."""
_DRESSED = re.compile(
    r"(?<=[A-Za-z])[*_~|\u00b7]+(?=[A-Za-z])|[*_~]{1,3}(?=[A-Za-z])|(?<=[A-Za-z])[*_~]{1,3}"
)
"""Marks inside or around a word."""
_FOR_LETTERS = re.compile(
    r"(?<![\w$@])(?=[A-Za-z0-9@$!]*[A-Za-z]{2})(?=[A-Za-z]+[0-9@$!])[A-Za-z0-9@$!]+[A-Za-z](?!\w)"
)
_LETTERS = str.maketrans("013457@$!", "oieastasi")
"""Figures and signs that stand for letters inside a word ('gu4rantee')."""
