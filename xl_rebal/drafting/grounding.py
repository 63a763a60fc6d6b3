"""Checks that a text says nothing about a client that is not a fact of that client.

Every figure must be the display of a fact (design: code writes figures, drafters only choose among them), words of
direction must agree with signs, and some things are never said (vocabulary.py). The checks judge texts alike,
whoever wrote them: the template, a language model, or a person who edited the brief.

Limits: a figure is matched by its spelling, so `5%` that is one fact's value can't be told from another `5%` unless
the sentence names a symbol or class that the fact is not about. Meaning is left to the advisor who reads the draft.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from xl_rebal.drafting.claims import claim_faults, figures_in, token_claim_faults
from xl_rebal.drafting.document import docx_text
from xl_rebal.drafting.entry_claims import entry_date_faults
from xl_rebal.drafting.ids import spellings, subject, way
from xl_rebal.drafting.indexed import SYMBOL, Index, index_of, standing, tidy
from xl_rebal.drafting.prohibited import prohibited_phrases
from xl_rebal.drafting.vocabulary import (
    BUY_SELL,
    COMPOUNDS,
    DATE_WORDS,
    EXCEEDS_WITHIN,
    FIXED_FIGURES,
    GAIN_LOSS,
    HOLIDAYS,
    MONTHS,
    NUMBER_WORDS,
    OVER_UNDER,
    ROMAN_NUMERALS,
    UNPRINTABLE,
)
from xl_rebal.facts.draft import Draft
from xl_rebal.facts.types import Direction, Fact, FactKind, Facts, Topic

__all__ = [
    "check_draft",
    "check_text",
    "claim_faults_of_tokens",
    "direction_faults",
    "docx_text",
    "fill",
    "missing_mandatory",
    "prohibited_phrases",
    "spelled_figures",
    "tidy",
    "token_faults",
    "ungrounded_figures",
    "wording_faults",
]

FEWEST_WORDS, MOST_WORDS = 150, 230
"""Length of the client email, greeting and closing included."""

TOKEN = re.compile(r"\[\[([A-Z][A-Z0-9_]*)\]\]")
NOT_SAID = " may not be said."
"""How a fault ends that is about a phrase, and not about a figure."""
_QUOTED = re.compile(r"[\u201c\"]([^\u201c\u201d\"]+)[\u201d\"]")
_SENTENCE_END = re.compile(r"(?<=[.!?;:])[\u201d\"')]*\s+|\n+")
_WHOLE_SENTENCE = re.compile(r"(?<=[.!?])[\u201d\"')]*\s+|\n+")
_HOLE = "\ufffc"


def token_faults(text: str, allowed: Iterable[str], facts: Facts) -> tuple[str, ...]:
    """Tokens that are unknown, not among the section's `fact_ids`, or malformed."""
    known, listed = index_of(facts).by_id, set(allowed)
    faults = []
    for name in dict.fromkeys(TOKEN.findall(text)):
        if name not in known:
            faults.append(f"[[{name}]] is not a fact of this client.")
        elif name not in listed:
            faults.append(f"[[{name}]] is used but not listed in the section's fact_ids.")
    if re.search(r"\[\[|\]\]|\{\{|\{%", TOKEN.sub("", text)):
        faults.append("A token is malformed: write [[FACT_ID]] exactly as in the fact table.")
    return tuple(faults)


def claim_faults_of_tokens(text: str, facts: Facts) -> tuple[str, ...]:
    """What a model's sentences say wrongly of their tokens, or leave unsaid. Each token is one fact, so nothing is in doubt."""
    return token_claim_faults(_WHOLE_SENTENCE.split(tidy(text)), index_of(facts), TOKEN)


def spelled_figures(text: str) -> tuple[str, ...]:
    """Figures in a model's own words: digits, number words, dates, percent and currency signs outside tokens."""
    plain = TOKEN.sub(_HOLE, text)
    words = [m.group() for pattern in (NUMBER_WORDS, DATE_WORDS) for m in pattern.finditer(plain)]
    return tuple(dict.fromkeys([*_figures_left(plain), *words]))


def fill(text: str, facts: Facts) -> str:
    """The text with each token replaced by its fact's display, once: what a display contains is never read again.

    A signed drift loses its sign where the sentence's words say the direction ('above its target by 6.2 percentage
    points').
    """
    known = index_of(facts).by_id
    sentences, start = [], 0
    for stop in [*(m.end() for m in _SENTENCE_END.finditer(text)), len(text)]:
        sentence, start = text[start:stop], stop
        said = {w for w in (Direction.UP, Direction.DOWN) if _has(OVER_UNDER, w, sentence)}

        def shown(match: re.Match[str], said: set[Direction] = said) -> str:
            fact = known[match[1]]
            return spellings(fact)[-1] if way(fact) in said else fact.display

        sentences.append(TOKEN.sub(shown, sentence))
    return "".join(sentences)


def ungrounded_figures(
    text: str, facts: Facts, fact_ids: Iterable[str] | None = None, fixed: Iterable[str] = ()
) -> tuple[str, ...]:
    """Figures in `text` that no fact (of `fact_ids`, else any) displays, in order of appearance.

    Digits, currency and percent signs, whatever script, and figures spelled out in words. `fixed` are the firm's own
    template texts (disclosures, telephone numbers), which may stand as they are.
    """
    index = index_of(facts)
    rest = _without_grounded(tidy(text), index, index.chosen(fact_ids), fixed)
    return tuple(dict.fromkeys([*_figures_left(rest), *_in_words(rest), *_months_left(rest, index)]))


def _is_figure_sign(char: str) -> bool:
    """A digit or numeral of any script, a fraction, a currency sign or a percent sign."""
    return (
        char in "%\u2030\u2031\uff05\u066a"
        or unicodedata.category(char) == "Sc"
        or unicodedata.numeric(char, None) is not None
    )


@lru_cache(maxsize=4096)
def _in_words(text: str) -> tuple[str, ...]:
    """Figures spelled out in a text without its other figures, which many clients' texts share."""
    return tuple(
        m.group() for pattern in (NUMBER_WORDS, ROMAN_NUMERALS, HOLIDAYS) for m in pattern.finditer(text)
    )


_OF_PEOPLE = ("CLIENT_NAME", "PREFERRED_NAME", "ADVISOR", "FIRM")


def _months_left(text: str, index: Index) -> list[str]:
    """Months outside the dates that are facts; not those that are people's names ('Dear April,'), nor a text's cut end."""
    found = [m.group() for m in MONTHS.finditer(text) if not text.startswith("...", m.end())]
    if not found:
        return []
    named = set(re.findall(r"\w+", index.facts.client_name))
    for fact in index.facts:
        if fact.kind is FactKind.NAME and (fact.private or fact.id in _OF_PEOPLE):
            named.update(re.findall(r"\w+", fact.display))
    return [month for month in found if month not in named]


def _without_grounded(text: str, index: Index, chosen: Sequence[Fact], fixed: Iterable[str]) -> str:
    """The text with quotations of CRM entries, displays of facts and fixed texts cut out."""
    whole_entries = len(chosen) == len(index.facts)

    def unquoted(match: re.Match[str]) -> str:
        inner = _plain(match[1].strip().rstrip(",.").strip())
        entries = (f for f in chosen if f.topic is Topic.NOTE and f.kind is FactKind.TEXT)
        known = inner and any(inner in _plain(tidy(t)) for f in entries for t in (str(f.value), f.display))
        return _HOLE if known else match.group()

    for whole in sorted({tidy(t) for t in fixed if t}, key=len, reverse=True):
        text = text.replace(whole, _HOLE)
    text = _QUOTED.sub(unquoted, text)
    entries = () if whole_entries else index.entries
    allowed = {plain for f in chosen if f.id not in entries for _, plain in index.spelled[f.id]}
    allowed |= {*FIXED_FIGURES, *_quarter(index.facts)}
    for spelling in sorted((s for s in allowed if s in text), key=lambda s: (-len(s), s)):
        text = _cut(text, spelling)
    return text


def _cut(text: str, spelling: str) -> str:
    """The text with a hole wherever the spelling stands alone."""
    pieces, start = [], 0
    for begin, stop in standing(spelling, text):
        pieces += [text[start:begin], _HOLE]
        start = stop
    return "".join([*pieces, text[start:]]) if pieces else text


def _plain(text: str) -> str:
    shown = UNPRINTABLE.sub(" ", re.sub(r"[\u201c\u201d\"]", "'", text))
    return re.sub(r"\s+", " ", shown).casefold()


def _quarter(facts: Facts) -> set[str]:
    """Spellings of the quarter, and the years of the quarter and of the data."""
    spelled = {facts.quarter, str(facts.as_of.year)}
    match = re.fullmatch(r"(\d{4})-?\s?Q([1-4])", facts.quarter)
    if match:
        year, number = match.groups()
        spelled |= {year, f"Q{number} {year}", f"{year}-Q{number}", f"Q{number}"}
    return spelled


_FIGURE = re.compile(rf"[\d$%]|[^\x00-\x7f{_HOLE}]")
"""What a figure could be made of: a digit, a sign, or a character outside ASCII, to be looked at one by one."""


def _figures_left(text: str) -> list[str]:
    """Words with a digit (of any script), a fraction sign, a currency sign or a percent sign in them."""
    if not _FIGURE.search(text):
        return []
    return [
        word.strip(".,;:!?()\u201c\u201d\"'" + _HOLE) or word
        for word in re.split(r"[\s\u2014]+", text)
        if _FIGURE.search(word) and any(_is_figure_sign(c) for c in word)
    ]


_PAIRS = (
    (re.compile(r"DRIFT_|RESIDUAL_|ALT_RESIDUAL$"), OVER_UNDER),
    (re.compile(r".*_(?:GAIN|LOSS)$|BUDGET_(?:USED|REALIZED)$"), GAIN_LOSS),
    (re.compile(r"BUDGET_(?:EXCESS|LEFT)$"), EXCEEDS_WITHIN),
    (re.compile(r"TRIM_|ALT_TRIM$|REALLOCATE_"), BUY_SELL),
)


def _pair(fact: Fact) -> tuple[re.Pattern[str], re.Pattern[str]] | None:
    return next((pair for pattern, pair in _PAIRS if pattern.match(fact.id)), None)


def _has(pair: tuple[re.Pattern[str], re.Pattern[str]], which: Direction, text: str) -> bool:
    return bool(pair[0 if which is Direction.UP else 1].search(text))


_NO_FIGURES = (FactKind.TEXT, FactKind.NAME, FactKind.DATE)


def direction_faults(text: str, facts: Facts, fact_ids: Iterable[str] | None = None) -> tuple[str, ...]:
    """Figures whose nearest word of direction contradicts their sign, or that stand with the wrong security.

    A word in the same clause counts before one across a comma, dash or 'and'. For trims and purchases the verb
    before the figure decides ('trimming AAPL by $45,000 and adding ...').
    """
    index = index_of(facts)
    every = index.chosen(fact_ids)
    chosen = [fact for fact in every if fact.kind not in _NO_FIGURES]
    faults: list[str] = []
    said = _without_sentences(tidy(text), every)
    for sentence in _WHOLE_SENTENCE.split(said):
        if _FIGURE.search(sentence):
            faults += claim_faults(sentence, figures_in(sentence, index, every), index)
    for sentence in _SENTENCE_END.split(said):
        if not _FIGURE.search(sentence):
            continue
        masked = COMPOUNDS.sub(lambda m: "~" * len(m.group()), sentence)
        claims: dict[tuple[str, str], list[Fact]] = {}
        for fact in chosen:
            for spelled in index.spelled[fact.id]:
                if spelled[1] in sentence:
                    claims.setdefault(spelled, []).append(fact)
        for (display, plain), claimants in claims.items():
            for span in standing(plain, sentence):
                fault = _wrong_way(display, span, masked, claimants)
                fault = fault or _wrong_subject(display, sentence, claimants, index)
                if fault:
                    faults.append(fault)
    return tuple(dict.fromkeys([*faults, *_strangers(said, index), *_claims(said, index)]))


_NO_SYMBOLS = frozenset(
    "RMD IRA SEP ETF CD HSA QCD DAF US USA UTMA UGMA CPA ESG IRS AMT CRM LLC LLP PO AM PM OK SSA NIIT II III IV".split()  # noqa: SIM905
)


def _strangers(text: str, index: Index) -> list[str]:
    """Symbols of securities that are in no fact: what is recommended is in the facts."""
    found = dict.fromkeys(symbol for symbol in SYMBOL.findall(text) if symbol not in _NO_SYMBOLS)
    return [
        f"{symbol} is no security of this client's facts." for symbol in found if symbol not in index.symbols
    ]


LONG_TEXT = 6
"""Words from which a fact that is a text counts as a sentence of its own."""


def _without_sentences(text: str, chosen: Sequence[Fact]) -> str:
    """The text without the facts that are whole sentences, such as a problem of the data: they say what they say."""
    for fact in chosen:
        if fact.kind is FactKind.TEXT and len(fact.display) > len(text):
            continue
        if fact.kind is FactKind.TEXT and fact.display in text and len(fact.display.split()) >= LONG_TEXT:
            text = text.replace(fact.display, _HOLE)
    return text


def _wrong_way(display: str, span: tuple[int, int], sentence: str, claimants: Sequence[Fact]) -> str:
    found = ""
    for fact in claimants:
        pair, points = _pair(fact), way(fact)
        if pair is None or points is Direction.NONE:
            return ""
        word, says = _nearest(sentence, span, pair)
        if says is None or says is points:
            return ""
        found = f"'{word}' contradicts {display}, which is {fact.label}."
    return found


def _nearest(
    sentence: str, span: tuple[int, int], pair: tuple[re.Pattern[str], re.Pattern[str]]
) -> tuple[str, Direction | None]:
    best: tuple[int, str, Direction | None] = (10**6, "", None)
    for pattern, says in zip(pair, (Direction.UP, Direction.DOWN), strict=True):
        for match in pattern.finditer(sentence):
            before = match.end() <= span[0]
            gap = sentence[match.end() : span[0]] if before else sentence[span[1] : match.start()]
            crossings = len(re.findall(r"[,;()\u2014]| and | but | while | to ", gap))
            distance = len(gap) + 40 * crossings + (0 if before or pair is not BUY_SELL else 1000)
            if distance < best[0]:
                best = (distance, match.group(), says)
    return best[1], best[2]


def _wrong_subject(display: str, sentence: str, claimants: Sequence[Fact], index: Index) -> str:
    """A figure of one security in a sentence that names only others."""
    own = {subject(f.id) for f in claimants}
    if "" in own:
        return ""
    low, lookup = sentence.casefold(), index.lookup
    named = {key for key, name in index.low_names.items() if name in low and _has_word(low, name)}
    if not named or named & own or all(lookup.is_class(key) for key in named):
        return ""
    wrong, right = (", ".join(sorted(lookup.name(k) for k in keys)) for keys in (named, own))
    return f"{display} belongs to {right}, but the sentence names {wrong}."


def _has_word(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


_WEIGHTS = (
    ("overweight", re.compile(r"\boverweight", re.I), Direction.UP),
    ("underweight", re.compile(r"\bunderweight", re.I), Direction.DOWN),
)
_STAYING = re.compile(r"(?:stay|keep|remain|hold|fit)\w*\b[^.;]{0,30}\bwithin", re.I)


def _claims(text: str, index: Index) -> list[str]:
    """Claims without a figure that the whole fact table contradicts."""
    faults, drifts, budget = [], index.drifts, index.by_id
    for word, pattern, needed in _WEIGHTS:
        if drifts and needed not in drifts and pattern.search(text):
            faults.append(f"'{word}' contradicts the drift: nothing is {word}.")
    exceeds = re.search(r"\b(?:exceeds?|exceeding|over|beyond) (?:\w+ ){0,3}gain budget", text, re.I)
    if "BUDGET_LEFT" in budget and "BUDGET_EXCESS" not in budget and exceeds:
        faults.append(f"'{exceeds.group()}' contradicts the gain budget, which is not exceeded.")
    within = re.search(r"\b(?:within|below|under) (?:\w+ ){0,2}gain budget", text, re.I)
    if "BUDGET_EXCESS" in budget and within and "ALT_TRIM" not in index.by_id and not _STAYING.search(text):
        faults.append(f"'{within.group()}' contradicts the gain budget, which is exceeded.")
    return faults


def check_text(
    text: str, facts: Facts, fact_ids: Iterable[str] | None = None, fixed: Iterable[str] = ()
) -> tuple[str, ...]:
    """Everything wrong with a filled text, as sentences; empty when it may stand. CRM quotations are not judged."""
    chosen_ids = None if fact_ids is None else tuple(fact_ids)
    faults = [
        *wording_faults(text, facts, chosen_ids, fixed),
        *direction_faults(_QUOTED.sub(_HOLE, text), facts, chosen_ids),
        *entry_date_faults(text, index_of(facts)),
    ]
    return tuple(dict.fromkeys(faults))


def wording_faults(
    text: str, facts: Facts, fact_ids: Iterable[str] | None = None, fixed: Iterable[str] = ()
) -> tuple[str, ...]:
    """Figures that are no facts, forbidden phrases and tokens left over: what is wrong whatever the sentence means."""
    chosen_ids = None if fact_ids is None else tuple(fact_ids)
    index = index_of(facts)
    rest = _without_grounded(tidy(text), index, index.chosen(chosen_ids), fixed)
    faults = [f"{figure} is not a figure of this client's facts." for figure in _figures_left(rest)]
    faults += [f"'{word}' is a figure in words: only facts give figures." for word in _in_words(rest)]
    faults += [
        f"{month} is not part of a date of this client's facts." for month in _months_left(rest, index)
    ]
    faults += [f"{said}{NOT_SAID}" for said in prohibited_phrases(rest)]
    if TOKEN.search(rest):
        faults.append("A token was left unfilled.")
    faults += [f"A character that no page can show (U+{ord(c):04X})." for c in UNPRINTABLE.findall(text)]
    return tuple(dict.fromkeys(faults))


def missing_mandatory(draft: Draft, facts: Facts) -> tuple[str, ...]:
    """Ids of mandatory facts that the email does not say."""
    said = {i for p in draft.paragraphs for i in p.fact_ids}
    body = tidy(draft.body)
    return tuple(
        fact.id
        for fact in facts
        if fact.mandatory
        and (
            fact.id not in said
            or (
                fact.kind is not FactKind.TEXT
                and not any(any(standing(tidy(s), body)) for s in spellings(fact))
            )
        )
    )


_NO_TRADES = re.compile(
    r"\bno (?:trades?|changes?) (?:is|are) (?:proposed|needed)|\bpropose no (?:trades?|changes?)", re.I
)
_ON_CONFIRMATION = re.compile(
    r"\b(?:until|unless|before|without|once|only (?:after|when|if)) (?:\w+ ){0,3}(?:confirm\w*|approv\w+|agree\w*|consent|go-ahead)",
    re.I,
)


def check_draft(draft: Draft, facts: Facts) -> tuple[str, ...]:
    """Everything wrong with a draft: figures, directions, phrases, mandatory facts and length."""
    faults: list[str] = []
    index = index_of(facts)
    headers = [f.id for f in facts.of(Topic.HEADER)]
    for part in (*draft.paragraphs, *draft.notes):
        unknown = [i for i in part.fact_ids if i not in index.by_id]
        faults += [f"{i} is not a fact of this client." for i in unknown]
        faults += check_text(part.text, facts, [*part.fact_ids, *headers])
    for text in (draft.subject, draft.greeting, draft.closing):
        faults += check_text(text, facts, headers)
    for part in draft.paragraphs:
        rest = _without_grounded(tidy(part.text), index, (), ())
        faults += [f"{said}{NOT_SAID}" for said in prohibited_phrases(rest)]
    body = draft.body
    if "NO_ACTION" in index.by_id and not _NO_TRADES.search(body):
        faults.append("The email must say that no trades are proposed.")
    if "TRIM_TOTAL" in index.by_id:
        if _NO_TRADES.search(body):
            faults.append("The email says that no trades are proposed, but there are.")
        if not _ON_CONFIRMATION.search(body):
            faults.append("The email must say that nothing is traded until the client confirms.")
    for fact_id in missing_mandatory(draft, facts):
        faults.append(f"The email must say {fact_id} ({index.by_id[fact_id].label}).")
    if not FEWEST_WORDS <= draft.words <= MOST_WORDS:
        faults.append(f"The email has {draft.words} words; it must have {FEWEST_WORDS} to {MOST_WORDS}.")
    return tuple(dict.fromkeys(faults))
