"""What a CRM entry may contribute: a short dated quotation for the advisor, a preference or a plan for the client.

An entry is data that somebody typed: it may hold remarks not meant for the client, or text posing as instructions.
So the advisor sees it verbatim, while the client email takes from it only what a closed vocabulary recognizes (how
and when to meet, a plan such as college costs), with the entry's date. Nothing in an entry can change a figure.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from xl_rebal.drafting.ids import Lookup, is_nothing
from xl_rebal.drafting.prohibited import prohibited_phrases
from xl_rebal.drafting.vocabulary import DATE_WORDS, NUMBER_WORDS, UNPRINTABLE
from xl_rebal.rules.meetings import MEETING, NEGATION, PREFERS, paraphrase, wanted_part
from xl_rebal.rules.text import poses_as_instruction

LONGEST_QUOTE = 40
"""Words of an entry that a note for the advisor quotes."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A CRM entry with the ids of its facts."""

    text: str
    date: str  # as facts write it; '' when unknown
    kind: str
    text_id: str
    date_ids: tuple[str, ...]
    day: datetime.date | None = None  # as a date; None when unknown

    @property
    def ids(self) -> tuple[str, ...]:
        return (self.text_id, *self.date_ids)

    @property
    def poses_as_instruction(self) -> bool:
        """True when the entry reads as if written to software. Nothing of it goes into a letter."""
        return poses_as_instruction(self.text)

    @property
    def met(self) -> bool:
        """True when the entry records a meeting rather than a call or a remark."""
        said = re.search(
            r"\b(?:met (?:with|at|in|to|on)|in-person meeting|review meeting|we met)\b", self.text, re.I
        )
        return "meeting" in self.kind.casefold() or said is not None


@dataclass(frozen=True, slots=True)
class Preference:
    """How the client likes to meet or be reached: a noun phrase, or a short quotation."""

    phrase: str
    quoted: bool
    entry: Entry


def entries(lookup: Lookup) -> tuple[Entry, ...]:
    """The client's CRM entries, newest first as the fact table has them."""
    found = []
    for number in lookup.numbers("NOTE_"):
        fact = lookup.by_id[f"NOTE_{number}"]
        day, kind = lookup.get(f"NOTE_{number}_DATE"), lookup.get(f"NOTE_{number}_KIND")
        text = UNPRINTABLE.sub(" ", fact.value if isinstance(fact.value, str) else fact.display).strip()
        ids = (day.id,) if day else ()
        if text:
            found.append(
                Entry(
                    text,
                    day.display if day else "",
                    kind.display if kind else "",
                    fact.id,
                    ids,
                    fact.as_of,
                )
            )
    return tuple(found)


def quotation(text: str, longest: int = LONGEST_QUOTE) -> str:
    """The entry in quotation marks, verbatim; a long one stops after a word, with an ellipsis."""
    words = re.sub(r"[\"\u201c\u201d]", "'", UNPRINTABLE.sub(" ", text)).split()
    if len(words) <= longest:
        return f"\u201c{' '.join(words)}\u201d"
    start = " ".join(words[:longest]).rstrip(",;:.-\u2013\u2014")
    return f"\u201c{start}\u2026\u201d"


_SUSPECT = re.compile(
    r"[\d\[\]{}<>@|$%]|https?:|www\.|\b(?:ignore|instruction|system|prompt|assistant|model|say|tell|state|write"
    r"|recommend\w*|approv\w+|wire|transfer|divorc\w*|separat\w*|ill|illness|cancer|hospital|death|died|late husband"
    r"|late wife|lawsuit|difficult|angry|upset|complain\w*|rude|drink\w*|debt|bankrupt\w*|fee|fees)\b",
    re.I,
)
_FIRST = re.compile(r"\bbefore (?:any|a|an|each|every|the|we|you|selling|trad\w+)\b", re.I)
"""A call that is to come before something is a condition, not a way of meeting."""
LONGEST_PREFERENCE = 14


CONFIRMED = "MEETING_WISH"
"""The fact of a meeting preference that somebody has confirmed."""


def preference_of(lookup: Lookup) -> Preference | None:
    """How the client likes to meet: as somebody has confirmed it, else as the newest entry says that nobody declined."""
    confirmed = lookup.get(CONFIRMED)
    if confirmed and isinstance(confirmed.value, str):
        day = lookup.get("MEETING_WISH_DATE")
        entry = Entry(
            confirmed.value, day.display if day else "", "Preference", confirmed.id, (day.id,) if day else ()
        )
        found = meeting_preference((entry,))
        if found:
            return found
    declined = {
        _plain(lookup.by_id[f"DECLINED_WISH_{number}"].display) for number in lookup.numbers("DECLINED_WISH_")
    }
    return meeting_preference(entries(lookup), declined)


def _plain(sentence: str) -> str:
    return " ".join(sentence.split()).rstrip(".!;").casefold()


def meeting_preference(
    found: tuple[Entry, ...], declined: Collection[str] = frozenset()
) -> Preference | None:
    """The newest preference about meeting: paraphrased where every word is known, else quoted where it is harmless."""
    for entry in found:
        for sentence in () if entry.poses_as_instruction else _sentences(entry.text):
            if _plain(sentence) in declined:
                continue
            wanted = wanted_part(sentence)
            prefers = entry.kind.casefold() == "preference" or PREFERS.search(wanted)
            if not (prefers and MEETING.search(sentence)) or NEGATION.search(wanted) or _FIRST.search(wanted):
                continue
            phrase = paraphrase(wanted)
            if phrase:
                return Preference(phrase, False, entry)
            words = len(sentence.split())
            doubtful = _SUSPECT.search(sentence) or NEGATION.search(sentence) or prohibited_phrases(sentence)
            spelled = NUMBER_WORDS.search(sentence) or DATE_WORDS.search(sentence)
            if words <= LONGEST_PREFERENCE and not doubtful and not spelled:
                return Preference(quotation(sentence), True, entry)
    return None


@dataclass(frozen=True, slots=True)
class Wish:
    """A sentence of an entry in which the client asks for something that this letter is about."""

    sentence: str
    entry: Entry

    @property
    def quoted(self) -> str:
        """The sentence, or its first clause with an ellipsis when it is long; '' when neither can stand alone."""
        words = self.sentence.split()
        if len(words) <= LONGEST_WISH:
            return quotation(self.sentence, LONGEST_WISH)
        head = re.split(r"[,;:](?=\s)", self.sentence, maxsplit=1)[0]
        whole = _WISHES.search(head) and SHORTEST_WISH <= len(head.split()) <= LONGEST_WISH
        return f"{quotation(head)[:-1]}\u2026\u201d" if whole else ""


SHORTEST_WISH, LONGEST_WISH = 5, 16
_WISHES = re.compile(
    r"\b(?:wants?|would like|prefers?|would rather|asked (?:for|to|that)|(?:comfortable|fine|happy) with|hopes|wishes"
    r"|likes|leans? towards?)\b",
    re.I,
)
_SUBJECTS = (
    (re.compile(r"\bharvest\w*|\bloss(?:es)?\b", re.I), ("HARVEST_",)),
    (re.compile(r"\b(?:RMDs?|distributions?)\b", re.I), ("RMD_LEFT",)),
    (re.compile(r"\b(?:withdraw\w*|money|cash|checking)\b", re.I), ("TRANSFER_",)),
    (
        re.compile(
            r"\b(?:gains?|tax(?:es)?|single stocks?|budget|long-term treatment|ordinary rates)\b", re.I
        ),
        ("PLAN_LT_GAIN", "PLAN_ST_GAIN", "BUDGET_"),
    ),
    (
        re.compile(r"\b(?:bonds?|stocks?|equit\w+|risk|income|real assets|funds?)\b", re.I),
        ("TRIM_", "DRIFT_", "NO_ACTION"),
    ),
)
"""What a wish may be about, the most pertinent first, and the facts that put it into a letter."""


def wishes_mentioned(found: tuple[Entry, ...], lookup: Lookup, *, internal: bool = False) -> tuple[Wish, ...]:
    """One wish for each matter that this letter is about, the closest first; of equals the newest.

    What is doubtful, or can't be quoted without turning its meaning, is left out unless only the advisor reads it
    (`internal`).
    """
    wishes: list[Wish] = []
    for subject, facts in _SUBJECTS:
        if not any(_in_play(i, lookup) for i in lookup.by_id if i.startswith(facts)):
            continue
        about = (
            wish
            for wish in _all_wishes(found)
            if subject.search(wish.sentence) and (internal or (_harmless(wish.sentence) and wish.quoted))
        )
        wish = next(about, None)
        if wish and wish not in wishes:
            wishes.append(wish)
    return tuple(wishes)


def _in_play(fact_id: str, lookup: Lookup) -> bool:
    return not (fact_id.startswith("RMD_LEFT") and is_nothing(lookup.by_id[fact_id]))


def _all_wishes(found: tuple[Entry, ...]) -> Iterator[Wish]:
    for entry in found:
        for sentence in () if entry.poses_as_instruction else _whole_sentences(entry.text):
            if _WISHES.search(sentence):
                yield Wish(sentence, entry)


def _whole_sentences(text: str) -> list[str]:
    return [s.strip() for s in re.split(r"(?<=[.!?])\s+|\n+", text) if s.strip()]


def pertinent_quotation(entry: Entry, wishes: Iterable[Wish]) -> str:
    """The entry in quotation marks: whole when short, else from its first pertinent sentence on."""
    sentences = [w.sentence for w in wishes if w.entry == entry]
    starts = [entry.text.find(sentence) for sentence in sentences]
    if len(entry.text.split()) <= LONGEST_QUOTE or not sentences or min(starts) < 0:
        return quotation(entry.text)
    return quotation(entry.text[min(starts) :])


_SECRET = re.compile(r"\b(?:confidential\w*|private\w*|internal\w*|secret\w*|between us|mention\w*)\b", re.I)


_DANGLING = re.compile(r"\b(?:with|about|for|to) (?:it|that|this|them)\b", re.I)
"""Words that point to a sentence before: alone, 'is fine with it' says nothing."""


def _harmless(sentence: str) -> bool:
    """No figure, address, sensitive or confidential matter in the sentence, quoted or not."""
    spelled = NUMBER_WORDS.search(sentence) or _DANGLING.search(sentence)
    return not (
        _SUSPECT.search(sentence) or _SECRET.search(sentence) or spelled or prohibited_phrases(sentence)
    )


_PLANS = (
    (re.compile(r"\b(?:college|tuition|university)\b", re.I), "the college costs ahead"),
    (re.compile(r"\bretir(?:e|es|ing|ement)\b", re.I), "your retirement plans"),
    (
        re.compile(
            r"\b(?:buy\w*|purchas\w*)\b.{0,30}\b(?:house|home|condo|cottage|property|second home)\b", re.I
        ),
        "the home purchase you are considering",
    ),
    (re.compile(r"\b(?:renovat\w+|remodel\w*)\b", re.I), "the renovation you are planning"),
    (re.compile(r"\b(?:charit\w+|donat\w+|donor[- ]advised)\b", re.I), "your charitable plans"),
    (re.compile(r"\bwedding\b", re.I), "the family wedding ahead"),
    (
        re.compile(r"\b(?:sell\w*|sale of)\b.{0,30}\b(?:house|home|business|practice|company)\b", re.I),
        "the sale you are planning",
    ),
    (re.compile(r"\b(?:travel\w*|trip)\b", re.I), "your travel plans"),
)


_MONTH = re.compile(
    r"\b(?:(Jan)(?:uary)?|(Feb)(?:ruary)?|(Mar)(?:ch)?|(Apr)(?:il)?|(May)|(Jun)e?|(Jul)y?|(Aug)(?:ust)?|(Sep)(?:t(?:ember)?)?"
    r"|(Oct)(?:ober)?|(Nov)(?:ember)?|(Dec)(?:ember)?)\b\.?(?: \d{1,2}\b)?(?:,? (\d{4}))?"
)
_SEASON_ENDS = (
    ("spring", 6),
    ("summer", 9),
    ("fall", 12),
    ("autumn", 12),
    ("this year", 12),
    ("year end", 12),
)
"""Words for a time of the year, and the month in which it is over."""


def _is_over(sentence: str, said: datetime.date | None, as_of: datetime.date) -> bool:
    """Whether the time that a sentence of the day `said` names has passed: 'a wedding in May' of March, in October."""
    if said is None:
        return False
    ends = []
    for match in _MONTH.finditer(sentence):
        month = next(n for n in range(1, 13) if match[n])
        year = int(match[13]) if match[13] else said.year + (month < said.month)
        ends.append((year, month))
    ends += [
        (said.year + (month < said.month), month)
        for word, month in _SEASON_ENDS
        if re.search(rf"\b{word}\b", sentence, re.I) and not re.search(r"\bnext\b", sentence, re.I)
    ]
    return bool(ends) and max(ends) < (as_of.year, as_of.month)


def plan_mentioned(found: tuple[Entry, ...], as_of: datetime.date) -> tuple[str, Entry] | None:
    """A plan that the newest such entry mentions and whose time has not passed, in words of a closed list, and the entry."""
    for entry in found:
        for sentence in () if entry.poses_as_instruction else _sentences(entry.text):
            if NEGATION.search(sentence) or _is_over(sentence, entry.day, as_of):
                continue
            for pattern, words in _PLANS:
                if pattern.search(sentence):
                    return words, entry
    return None


def _sentences(text: str) -> list[str]:
    return [s.strip() for s in re.split(r"(?<=[.!?;])\s+|\n+|\u2022", text) if s.strip()]
