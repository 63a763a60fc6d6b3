"""Whether what a model says that the client told us is anything the client told us.

A model's letter may paraphrase a CRM entry, so no exact match can be asked for. But a sentence that gives the client
words, with the date of an entry or without one, must share at least one word of substance with that entry (with any
entry, a confirmed wish or a rule where it gives no date). What shares nothing was made up, or is of another entry's day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from xl_rebal.drafting.crm import entries, plan_mentioned, preference_of
from xl_rebal.drafting.ids import Lookup
from xl_rebal.drafting.indexed import standing, tidy
from xl_rebal.drafting.second_look import stem
from xl_rebal.facts.draft import Draft
from xl_rebal.facts.types import Facts
from xl_rebal.rules.text import sentences

_SAYING = r"(?:told|said|mentioned|asked|noted|shared|explained|expressed|indicated|requested|wrote|stated|let (?:us|me) know|pointed out|brought up|raised|instructed|informed)"
_ATTRIBUTED = re.compile(
    rf"\byou(?:'ve| have| had| both| also| recently| once| already)* {_SAYING}\b"
    r"|\byou(?:'d| would| both| generally| usually| always)* (?:prefer|wish|enjoy|favor|value|care)\w*\b"
    r"|\bwe(?: have| had)* (?:noted|recorded|heard|learned|understood|kept (?:it )?in (?:mind|view))\b|\b(?:when|since) we (?:met|spoke|talked)\b"
    r"|\bCRM\b|\bour (?:last |recent )?(?:meeting|call|conversation|talk)\b"
    r"|\byour (?:stated |expressed )?(?:preference|wish|request|comment|concern|remark|question)\w*\b"
    rf"|\b(?:client|clients|he|she|they|husband|wife|spouse)(?: has| have| had| both| also)* {_SAYING}\b",
    re.I,
)
"""A sentence that gives the client words: what was said, asked for or is preferred, or what was noted of it."""

_OPEN = re.compile(
    r"\?$|\b(?:no|without|any) (?:CRM )?(?:entry|entries|notes?)\b|\bnothing (?:personal|is|was|has|on)\b"
    r"|\b(?:if|whether|what|which|whatever|whichever|whenever|wherever|however|how|when|where) (?:\w+ ){0,4}?you(?:'d| would)? (?:prefer|wish|favor)\w*",
    re.I,
)
"""A sentence that asks, leaves it to the client, or says that nothing is known."""
ALIKE = 5
"""Letters in which two words must agree from the start to count as the same: retire, retirement."""
_QUOTE = "\u201c\u201d"
"""Stands for a quotation, whose words and date `grounding` and `entry_claims` compare with the entry's own."""
_WORD = re.compile(r"[A-Za-z][\w'-]*")
_EMPTY = frozenset(
    [
        "the",
        "and",
        "that",
        "this",
        "these",
        "those",
        "with",
        "from",
        "into",
        "for",
        "our",
        "your",
        "you",
        "their",
        "them",
        "they",
        "she",
        "her",
        "his",
        "him",
        "has",
        "have",
        "had",
        "was",
        "were",
        "been",
        "being",
        "are",
        "is",
        "will",
        "would",
        "could",
        "should",
        "may",
        "might",
        "can",
        "must",
        "shall",
        "not",
        "nor",
        "yet",
        "but",
        "also",
        "both",
        "about",
        "above",
        "after",
        "again",
        "all",
        "any",
        "because",
        "before",
        "below",
        "between",
        "during",
        "each",
        "ever",
        "every",
        "few",
        "how",
        "its",
        "just",
        "let",
        "like",
        "more",
        "most",
        "much",
        "near",
        "next",
        "off",
        "once",
        "one",
        "only",
        "other",
        "out",
        "over",
        "own",
        "per",
        "same",
        "since",
        "some",
        "still",
        "such",
        "than",
        "then",
        "there",
        "through",
        "too",
        "under",
        "until",
        "upon",
        "very",
        "what",
        "when",
        "where",
        "which",
        "while",
        "who",
        "whom",
        "why",
        "within",
        "without",
        "yes",
        "told",
        "said",
        "mention",
        "ask",
        "note",
        "share",
        "explain",
        "express",
        "indicat",
        "request",
        "wrot",
        "stat",
        "know",
        "point",
        "brought",
        "rais",
        "instruct",
        "inform",
        "prefer",
        "want",
        "wish",
        "would",
        "like",
        "lik",
        "remark",
        "comment",
        "concern",
        "question",
        "last",
        "recent",
        "client",
        "clients",
        "entry",
        "crm",
        "file",
        "letter",
        "date",
        "noted",
        "kept",
        "view",
        "mind",
        "heard",
        "learn",
        "understood",
        "record",
        "spoke",
        "conversation",
        "day",
        "week",
        "month",
        "year",
        "quarter",
        "time",
        "account",
        "accounts",
        "portfolio",
        "plan",
        "review",
        "sale",
        "sell",
        "sold",
        "trade",
        "trad",
        "tax",
        "gain",
        "loss",
        "target",
        "band",
        "share",
        "fund",
        "household",
        "propos",
        "suggest",
        "recommend",
        "offer",
        "keep",
        "kept",
        "take",
        "taken",
        "make",
        "made",
        "mak",
        "take",
        "tak",
        "tim",
        "sal",
        "giv",
        "going",
        "get",
        "got",
        "put",
        "set",
        "see",
        "look",
        "note",
        "thing",
        "things",
        "way",
        "well",
        "good",
        "best",
        "please",
        "glad",
        "happy",
        "today",
        "now",
        "first",
        "second",
        "new",
        "back",
        "down",
        "talk",
        "discuss",
        "decide",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ]
)
"""Words that say nothing of what was told: grammar, saying itself, dates, and what every letter is about."""


def attribution_faults(draft: Draft, facts: Facts) -> tuple[str, ...]:
    """Sentences of a model's letter or notes that give the client words which no entry has."""
    known = _told(facts)
    dates = [date for date in known if date]
    everything = frozenset().union(*known.values())
    faults = []
    for text in (*(p.text for p in draft.paragraphs), *(n.text for n in draft.notes)):
        for sentence in sentences(re.sub(r"\u201c[^\u201d]*\u201d", _QUOTE, tidy(text))):
            if _QUOTE in sentence or _OPEN.search(sentence) or not _ATTRIBUTED.search(sentence):
                continue
            given = [date for date in dates if any(standing(date, sentence))]
            words = _substance([sentence])
            told = frozenset().union(*(known[date] for date in given)) if given else everything
            if words and not words & told:
                where = f"the entry of {' or '.join(given)}" if given else "any entry"
                faults.append(f"Nothing of \u201c{sentence}\u201d stands in {where}.")
    return tuple(dict.fromkeys(faults))


def _told(facts: Facts) -> dict[str, frozenset[str]]:
    """Words of substance of the entries by their date as facts write it, and, under '', of all else known of the client."""
    lookup = Lookup(facts)
    told: dict[str, frozenset[str]] = {"": _substance(_other_texts(facts))}
    for entry in entries(lookup):
        told[entry.date] = told.get(entry.date, frozenset()) | _substance([entry.text])
    preference, plan = preference_of(lookup), plan_mentioned(entries(lookup), facts.as_of)
    for words, of in (
        (preference.phrase, preference.entry) if preference else ("", None),
        plan or ("", None),
    ):
        if of is not None:
            told[of.date] = told.get(of.date, frozenset()) | _substance([words])
    return told


def _other_texts(facts: Facts) -> Iterator[str]:
    """What else the client may have been heard with: wishes, rules, contributions, withdrawals, names of holdings."""
    for fact in facts:
        if not re.match(r"NOTE_\d", fact.id):
            yield fact.display
            yield fact.label


def _substance(texts: Iterable[str]) -> frozenset[str]:
    """The stems of a text's words but the empty ones."""
    words = {word.casefold() for text in texts for word in _WORD.findall(text)}
    full = (w for w in words if len(w) > 2 and w not in _EMPTY and stem(w) not in _EMPTY)
    return frozenset(stem(w)[:ALIKE] for w in full)
