"""A CRM entry as sentences, and what keeps a sentence from being the client's own present wish.

An entry is data that somebody typed. A sentence is passed over when it asks, supposes, reports the past, speaks of somebody
else's wish, or is written as if to software: a wish that is missed is seen by whoever reads the entry, one that is made
up is a nuisance in every quarter.
"""

from __future__ import annotations

import re

INSTRUCTION = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instructions?|rules?|prompts?|above|previous|prior)\b"
    r"|\b(?:system|assistant|user|developer)\s*:|\bsystem prompt\b|\[\[|\{\{|<\|",
    re.I | re.S,
)
"""Text that reads as if written to software."""

_ABBREVIATED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Jr|Sr|St|vs|approx|Inc|Corp|Co|Ltd|No|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
    r"|e\.g|i\.e|U\.S)\.$|\b[A-Z]\.$"
)
_END = re.compile(r"(?<=[.!?;])[\s\u00a0]+|\n+|\u2022")


def poses_as_instruction(text: str) -> bool:
    """True when the text reads as if written to software. No rule is ever proposed from it."""
    return INSTRUCTION.search(text) is not None


def sentences(text: str) -> list[str]:
    """The sentences of an entry, verbatim; `Mr.`, `Inc.` and initials end none."""
    found: list[str] = []
    start = 0
    for match in _END.finditer(text):
        piece = text[start : match.start()]
        if "\n" not in match[0] and _ABBREVIATED.search(piece):
            continue
        found.append(piece)
        start = match.end()
    found.append(text[start:])
    return [piece.strip() for piece in found if piece.strip()]


_QUESTION = re.compile(
    r"\?|\b(?:ask(?:s|ed|ing)?|wonder(?:s|ed|ing)?|unsure|uncertain|not sure|unclear|curious|knows?|question(?:s|ed)?"
    r"|discuss(?:ed)?|decid(?:e|es|ing)|check|confirm)\s+(?:\w+\s+){0,3}?(?:whether|if|why|how|what|when)\b"
    r"|^\s*(?:should|shall|does|do(?!\s+not\b|n['\u2019]t\b)|is|are|can|could|would|will|why|how|what|when|whether)\s+(?:we|i|he|she|they|it|the|you|client)\b",
    re.I,
)
_SUPPOSED = re.compile(
    r"\b(?:if|unless|might|maybe|perhaps|possibl[ey]|potentially|hypothetical\w*|suppos(?:e|ing)|assum(?:e|es|ing)|in case"
    r"|in the event|could|consider(?:s|ed|ing)|think(?:s|ing)? (?:about|of)|toying|depends?|depending|leaning"
    r"|provided that|as long as|wouldn['\u2019]t (?:be|need)|for example|e\.g\.|for instance|imagine|likely to|eventually|some ?day|one day)\b"
    r"|\bmay\s+(?:need|want|wish|ask|prefer|have|be|not|require|decide|like)\b",
    re.I,
)
_PAST = re.compile(
    r"\b(?:used to|no longer|previously|formerly|at one time|at the time|had (?:asked|wanted|said|told|requested|needed|preferred)"
    r"|in the past|originally|changed (?:his|her|their) minds?|has since|have since|withdr(?:ew|awn)|rescind\w*|cancell?ed|dropped the"
    r"|was going to|were going to|years? ago|months? ago|last (?:year|month|quarter|spring|summer|fall|autumn|winter|january|february|march"
    r"|april|may|june|july|august|september|october|november|december)|back (?:in|then|when)|already (?:paid|withdrew|withdrawn|received|sent|taken|sold|covered|has)"
    r"|once (?:wanted|needed|asked)|until recently|is resolved|was resolved|not any ?more|any ?more\b)\b",
    re.I,
)
_WISHED_BY = (
    r"(?:(?:wants?|needs?|doesn['\u2019]t|does not|don['\u2019]t|do not|will|would|won['\u2019]t|refuses?|prefers?|likes?|insists?|hopes?|asked|asks"
    r"|says?|said|thinks?|recommends?|recommended|suggests?|suggested|advises?|advised|requests?|requested|is|are|has|never|plans?)\b)"
)
_OTHERS = (
    r"(?:brother|sister|sibling|son|daughter|child|children|kids?|mother|father|mom|dad|parents?|in-laws?|cousin|uncle|aunt|niece|nephew"
    r"|grand(?:son|daughter|child|children|kids|mother|father|parents)|friend|neighbou?r|colleague|co-?worker|boss|employer|partner(?:s)? at work"
    r"|accountant|cpa|attorney|lawyer|broker|banker|analysts?|research|committee|desk|manager|team|trustee|ex-(?:husband|wife)|other clients?|another client"
    r"|some clients?|many clients?|most clients?|a client of|prospect|market|company|board|firm|custodian|schwab|fidelity)"
)
_SOMEBODY_ELSE = re.compile(
    rf"\b{_OTHERS}(?:['\u2019]s?)?\s+(?:\w+\s+){{0,2}}?{_WISHED_BY}"
    r"|\b(?:we|i)\s+(?:\w+\s+){0,1}?(?:want|need|don['\u2019]t|do not|would (?:not|rather|prefer|like)|prefer|think|recommend(?:ed)?|suggest(?:ed)?|believe|advised?"
    r"|should|told|reminded|will need|won['\u2019]t)\b"
    r"|\b(?:according to|per) (?:the|our|his|her|their) "
    + _OTHERS
    + r"|\bour (?:view|opinion|recommendation|research|model|policy)\b",
    re.I,
)


def doubtful(sentence: str) -> bool:
    """Whether a sentence is a question, a supposition, a report of the past or somebody else's wish."""
    return any(p.search(sentence) for p in (_QUESTION, _SUPPOSED, _PAST, _SOMEBODY_ELSE))
