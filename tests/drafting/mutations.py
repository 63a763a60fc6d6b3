"""Letters with one thing wrong in each, made from good ones by a seed: what the guards must catch, and what they must let pass."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from xl_rebal.drafting.claims import Figure, figures_in
from xl_rebal.drafting.grounding import check_draft, check_text, claim_faults_of_tokens, fill, tidy
from xl_rebal.drafting.indexed import index_of
from xl_rebal.drafting.privacy import sendable
from xl_rebal.drafting.template import TemplateDrafter
from xl_rebal.facts.draft import Draft, Sentence
from xl_rebal.facts.types import Fact, FactKind, Facts

DRAFTER = TemplateDrafter()


@dataclass(frozen=True, slots=True)
class Mutant:
    """A letter with one thing changed: which kind of change, what stood there and what stands there now."""

    kind: str
    facts: Facts
    draft: Draft
    before: str
    after: str

    @property
    def caught(self) -> bool:
        return bool(check_draft(self.draft, self.facts))

    def __str__(self) -> str:
        return f"{self.kind} ({self.facts.client_id}): {self.before!r} -> {self.after!r}"


@dataclass(frozen=True, slots=True)
class Spot:
    """A figure of a letter: the paragraph and its place in it."""

    paragraph: int
    figure: Figure

    @property
    def fact(self) -> Fact:
        return self.figure.facts[0]


def spots_of(draft: Draft, facts: Facts) -> list[Spot]:
    index = index_of(facts)
    return [
        Spot(number, figure)
        for number, part in enumerate(draft.paragraphs)
        for figure in figures_in(tidy(part.text), index, index.chosen(part.fact_ids))
    ]


def with_text(draft: Draft, paragraph: int, text: str) -> Draft:
    parts = [*draft.paragraphs]
    parts[paragraph] = Sentence(text, parts[paragraph].fact_ids)
    return replace(draft, paragraphs=tuple(parts))


def put(draft: Draft, spot: Spot, said: str) -> Draft:
    """The letter with other words in the place of a figure."""
    text = tidy(draft.paragraphs[spot.paragraph].text)
    figure = spot.figure
    return with_text(draft, spot.paragraph, text[: figure.start] + said + text[figure.stop :])


# --- Other figures ---------------------------------------------------------------------------------------------------

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["_", "_", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def in_words(number: int) -> str:
    if number < 20:
        return _ONES[number]
    if number < 100:
        return _TENS[number // 10] + (f"-{_ONES[number % 10]}" if number % 10 else "")
    for size, name in ((1_000_000, "million"), (1_000, "thousand"), (100, "hundred")):
        if number >= size:
            rest = f" {in_words(number % size)}" if number % size else ""
            return f"{in_words(number // size)} {name}{rest}"
    raise ValueError(number)


def in_roman(number: int) -> str:
    found = ""
    for value, letters in (
        (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"),
        (5, "V"), (4, "IV"), (1, "I"),
    ):  # fmt: skip
        while number >= value:
            found, number = found + letters, number - value
    return found


_SCRIPTS = {
    "full-width": "０１２３４５６７８９",
    "Arabic-Indic": "٠١٢٣٤٥٦٧٨٩",
    "Devanagari": "०१२३४५६७८९",
    "superscript": "⁰¹²³⁴⁵⁶⁷⁸⁹",
    "subscript": "₀₁₂₃₄₅₆₇₈₉",
    "mathematical": "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
    "circled": "⓪①②③④⑤⑥⑦⑧⑨",
    "Chinese": "〇一二三四五六七八九",
}


def changed(spot: Spot, rng: Random) -> str:
    """One digit of the figure is another."""
    shown = spot.figure.shown
    places = [n for n, c in enumerate(shown) if c.isdigit()]
    at = rng.choice(places)
    other = rng.choice([d for d in "123456789" if d != shown[at]])
    return shown[:at] + other + shown[at + 1 :]


def misplaced(spot: Spot, rng: Random) -> str:
    """The same digits with another mark or scale."""
    shown = spot.figure.shown
    return rng.choice(
        [shown.replace(",", "."), shown + "0", shown + "k", shown + " million", "-" + shown, shown.replace("$", "€"),
         shown.replace(",", ""), "1" + shown.lstrip("$"), shown + "%" if "%" not in shown else shown.replace("%", " basis points")]
    )  # fmt: skip


def other_digits(spot: Spot, rng: Random) -> str:
    digits = _SCRIPTS[rng.choice(sorted(_SCRIPTS))]
    return spot.figure.shown.translate({ord(str(n)): digits[n] for n in range(10)})


def words_for(spot: Spot, _: Random) -> str:
    value, fact = spot.fact.value, spot.fact
    if fact.kind is FactKind.MONEY and isinstance(value, int):
        return f"{in_words(abs(value) // 100)} dollars"
    if fact.kind is FactKind.PERCENT and isinstance(value, float):
        whole, tenths = divmod(round(abs(value) * 1000), 10)
        return (
            f"{in_words(whole)} point {in_words(tenths)} percent" if tenths else f"{in_words(whole)} percent"
        )
    return in_words(int(re.sub(r"\D", "", spot.figure.shown)[:6] or 0))


_MONTHS = (
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
)  # fmt: skip


def date_shape(spot: Spot, rng: Random) -> str:
    """The same day, or about it, in another shape."""
    day = spot.fact.value
    assert isinstance(day, date)
    month = _MONTHS[day.month - 1]
    ordinal = {1: "first", 2: "second", 3: "third", 30: "thirtieth", 31: "thirty-first"}.get(
        day.day, in_words(day.day) + "th"
    )
    shapes = [
        day.isoformat(), f"{day.month}/{day.day}/{day.year}", f"{day.month}/{day.day}", f"{day.day} {month} {day.year}",
        f"{month[:3]}. {day.day}", f"{month} {day.day}th, {day.year}", f"{day.day}.{day.month}.{day.year}", f"{month} {day.year}",
        f"the {ordinal} of {month}", f"mid-{month}", f"early {_MONTHS[day.month % 12]}", f"{month} {in_roman(day.day)}",
        f"{month} {day.day}, {day.year + 1}", f"{month} {day.day % 28 + 1}, {day.year}", f"{day:%m-%d-%y}", f"the end of {month}",
        f"{_MONTHS[day.month % 12]} {day.day}, {day.year}",
    ]  # fmt: skip
    return rng.choice(shapes)


def spelled_percent(spot: Spot, rng: Random) -> str:
    shown = spot.figure.shown.replace(" percentage points", "%").lstrip("+-")
    bare = shown.rstrip("%")
    return rng.choice(
        [f"{bare} percent", f"{bare} per cent", f"{bare} pct", f"{in_words(int(float(bare)))} percent", f"{bare}\u2030",
         f"{in_roman(max(1, int(float(bare))))} percent", f"{bare} in a hundred", f"{in_words(int(float(bare)))} parts in a hundred"]
    )  # fmt: skip


VAGUE = (
    "a third", "two thirds", "half", "a half", "a quarter of it", "three quarters", "double that", "twice as much", "a dozen",
    "dozens of thousands", "a couple of thousand", "a few hundred", "tenfold", "triple the amount", "a fifth", "one in five",
    "several thousand", "a hundred grand", "six figures", "one percent", "a tenth", "nil", "zero", "a million",
    "a couple hundred", "hundreds", "one half", "half again as much", "XX", "MMXXVII", "thrice the sum", "a score of shares",
)  # fmt: skip
ADDED = (
    "We expect another $4,310.", "That is 7.3% of it.", "It concerns 12 shares.", "Our fee is 1.5x lower.", "It took 3 attempts.",
    "See page 14 of the plan.", "The fund was founded in 1987.", "Fees are 40 basis points.", "About £500 is at stake.",
    "The total is near $2.1M.", "We rank #1 in the state.", "Call 555-0134.", "It is the 2nd such plan.", "Q2 2027 is next.",
    "Roughly ten thousand dollars would stay.", "Five more lots are left.", "The yield is four percent.", "Expect it in January.",
    "We meet on 3/14.", "A third of it is new.", "It may double.", "Half is in bonds.", "You own ½ of it.", "Inflation ran at ３％.",
    "The rate is IV percent.", "A dozen lots remain.", "It grew by ٪٥.", "That is ¾ done.", "It costs $17.", "A few million more.",
)  # fmt: skip


def vague(_: Spot, rng: Random) -> str:
    return rng.choice(VAGUE)


_BY_KIND: dict[FactKind, tuple[tuple[str, Callable[[Spot, Random], str]], ...]] = {
    FactKind.MONEY: (
        ("changed figure", changed), ("misplaced mark or scale", misplaced), ("other digits", other_digits),
        ("number words", words_for), ("vague figure", vague),
    ),
    FactKind.PERCENT: (
        ("changed figure", changed), ("other digits", other_digits), ("number words", words_for),
        ("spelled percent", spelled_percent), ("vague figure", vague),
    ),
    FactKind.DATE: (("changed figure", changed), ("date in another shape", date_shape), ("other digits", other_digits)),
}  # fmt: skip


def mutants(clients: Sequence[Facts], each: int, seed: int) -> Iterator[Mutant]:
    """About `each` letters a client with a figure changed, added or swapped with another of the same letter."""
    rng = Random(seed)
    for facts in clients:
        draft = DRAFTER.draft(facts)
        spots = [s for s in spots_of(draft, facts) if s.fact.kind in _BY_KIND]
        if not spots:
            continue
        for _ in range(each):
            spot = rng.choice(spots)
            kind, make = rng.choice(_BY_KIND[spot.fact.kind])
            said = make(spot, rng)
            if said != spot.figure.shown and not _is_true(said, spot, draft, facts):
                yield Mutant(kind, facts, put(draft, spot, said), spot.figure.shown, said)
        added = rng.choice(ADDED)
        at = rng.randrange(len(draft.paragraphs))
        text = f"{draft.paragraphs[at].text} {added}"
        yield Mutant("added figure", facts, with_text(draft, at, text), "", added)
        yield from _swapped(draft, facts, spots, rng)


def _is_true(said: str, spot: Spot, draft: Draft, facts: Facts) -> bool:
    """Whether the changed figure happens to be another of the paragraph's: then it is a swap, which is tried apart."""
    index = index_of(facts)
    return any(
        said == shown
        for fact in index.chosen(draft.paragraphs[spot.paragraph].fact_ids)
        for _, shown in index.spelled[fact.id]
    )


def _swapped(draft: Draft, facts: Facts, spots: Sequence[Spot], rng: Random) -> Iterator[Mutant]:
    """Two figures of a letter, of one kind, in each other's place; of the same paragraph where there are such."""
    pairs = [
        (one, two)
        for n, one in enumerate(spots)
        for two in spots[n + 1 :]
        if one.fact.kind is two.fact.kind and one.figure.shown != two.figure.shown
        and one.figure.shown.endswith("points") == two.figure.shown.endswith("points")
    ]  # fmt: skip
    near = [pair for pair in pairs if pair[0].paragraph == pair[1].paragraph]
    for one, two in rng.sample(near, min(2, len(near))) + rng.sample(pairs, min(1, len(pairs))):
        swapped = put(put(draft, two, one.figure.shown), one, two.figure.shown)
        yield Mutant("swapped figures", facts, swapped, one.figure.shown, two.figure.shown)


# --- The same figure with other words ------------------------------------------------------------------------------------

TURNED: tuple[tuple[str, str], ...] = (
    (r"\babove\b", "below"), (r"\bbelow\b", "above"),
    (r"\blong-term gain\b", "long-term loss"), (r"\bshort-term gain\b", "short-term loss"),
    (r"\blong-term loss\b", "long-term gain"), (r"\bshort-term loss\b", "short-term gain"),
    (r"\blong-term(?= (?:gain|loss) of)", "short-term"), (r"\bshort-term(?= (?:gain|loss) of)", "long-term"),
    (r"\ba loss of\b", "a gain of"), (r"\ba gain of\b", "a loss of"),
    (r"\b(?:propose trimming|suggest trimming|consideration trimming)\b", "propose buying"), (r"\bproposal is to trim\b", "proposal is to buy"),
    (r"\bwould trim\b", "would buy"), (r"\bplan: trim\b", "plan: buy"),
    (r"\bwould go into\b", "would come from selling"), (r"\bto work in\b", "aside by selling"), (r"\bwe would add to\b", "we would sell"),
    (r"\bexceeds your\b", "stays within your"), (r"\bexceeds the\b", "stays within the"), (r"\bstays within your\b", "exceeds your"),
    (r"\bplan would add\b", "plan would save"), (r"\bplan would save\b", "plan would add"),
    (r"\byour spouse[\u2019'](?=s)", "your own IRA, not your partner"), (r"\bof your(?= (?:IRA )?required minimum)", "of your spouse\u2019s"),
    (r"\bstill has to be taken\b", "has already been taken"), (r"\bremains to be taken\b", "was already taken"), (r"\bis still to be taken\b", "has already been taken"),
    (r"\bgrown to\b", "grown by"), (r"\bslipped to\b", "slipped by"),
    (r"\byour gain budget of\b", "your required minimum distribution of"), (r"\bto spare\b", "over it"),
    (r"\bgain budget of\b", "gain of"), (r"\bin tax this year\b", "in gains this year"), (r"\bcontribution of\b", "withdrawal of"),
    (r"\bcontribution\b", "required minimum distribution"), (r"\bleaving\b", "using up"),
)  # fmt: skip
"""Words of the template's letters and others that make the figure beside them say something false."""


def turned(clients: Sequence[Facts]) -> Iterator[Mutant]:
    """Letters with a word of direction, term, kind or owner turned; every figure in them is true."""
    for facts in clients:
        draft = DRAFTER.draft(facts)
        for number, part in enumerate(draft.paragraphs):
            for sentence in re.split(r"(?<=[.!?]) +", part.text):
                if (
                    not re.search(r"\d", re.sub(r"\u201c.*?\u201d|Q\d|\d{4}", "", sentence))
                    or "$0" in sentence
                ):
                    continue  # of nothing, either word is true
                for pattern, other in TURNED:
                    wrong = re.sub(pattern, other, sentence, count=1)
                    if wrong != sentence:
                        text = part.text.replace(sentence, wrong)
                        yield Mutant(
                            f"turned {pattern}", facts, with_text(draft, number, text), sentence, wrong
                        )


# --- The token of another fact ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TokenText:
    """A paragraph as a model would write it, with tokens; `after` is the token that stands in the place of `before`."""

    facts: Facts
    text: str
    before: str = ""
    after: str = ""

    @property
    def faults(self) -> tuple[str, ...]:
        """As of a model's answer: the tokens are checked, then the text with its figures."""
        found = claim_faults_of_tokens(self.text, self.facts)
        return found or check_text(fill(self.text, self.facts), self.facts)


Tokenized = tuple[str, tuple[tuple[int, int, Fact], ...]]
"""A text with tokens, and each token's place and fact."""


def tokenized(facts: Facts) -> Iterator[Tokenized]:
    """The template's paragraphs with a token for each figure."""
    for part in DRAFTER.draft(facts).paragraphs:
        yield with_tokens(part.text, facts, part.fact_ids)


def with_tokens(text: str, facts: Facts, fact_ids: Sequence[str] | None = None) -> Tokenized:
    """The text with a token for each figure; of facts that are spelled alike, the first that may stand there."""
    index = index_of(facts)
    text, places, end, pieces, length = tidy(text), [], 0, [], 0
    for figure in figures_in(text, index, index.chosen(fact_ids)):
        alone = text[: figure.start] + "{}" + text[figure.stop :]
        fitting = [f for f in figure.facts if not TokenText(facts, alone.format(f.token)).faults]
        fact = (fitting or figure.facts)[0]
        pieces += [text[end : figure.start], fact.token]
        length += figure.start - end
        places.append((length, length + len(fact.token), fact))
        length += len(fact.token)
        end = figure.stop
    return "".join([*pieces, text[end:]]), tuple(places)


def clean_tokens(clients: Sequence[Facts]) -> Iterator[TokenText]:
    for facts in clients:
        for text, places in tokenized(facts):
            if places:
                yield TokenText(facts, text)


def wrong_tokens(clients: Sequence[Facts], each: int, seed: int) -> Iterator[TokenText]:
    """About `each` paragraphs a client in which a token is that of another fact of the client: of its kind in two of three."""
    rng = Random(seed)
    for facts in clients:
        spots = [(text, *place) for text, places in tokenized(facts) for place in places]
        others = _figures(facts)
        for text, start, stop, fact in rng.sample(spots, min(each, len(spots))):
            same = rng.random() < 2 / 3
            wrong = [f for f in others if f.display != fact.display and (f.kind is fact.kind or not same)]
            if wrong:
                other = rng.choice(wrong)
                yield TokenText(facts, text[:start] + other.token + text[stop:], fact.id, other.id)


def every_wrong_token(lines: Sequence[str], facts: Facts) -> Iterator[TokenText]:
    """The sentences with each of their tokens replaced by that of every other fact."""
    for line in lines:
        text, places = with_tokens(line, facts)
        for start, stop, fact in places:
            for other in _figures(facts):
                if other.display != fact.display and other.token not in text:
                    yield TokenText(facts, text[:start] + other.token + text[stop:], fact.id, other.id)


def _figures(facts: Facts) -> list[Fact]:
    """What a model may write of figures; nothing of it is zero, of which either word would be true."""
    return [f for f in sendable(facts) if f.kind in _BY_KIND and f.value]
