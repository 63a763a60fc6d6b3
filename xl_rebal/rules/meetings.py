"""How a client likes to meet or be reached, told from a sentence by a closed vocabulary."""

from __future__ import annotations

import re

PREFERS = re.compile(
    r"\b(?:prefer\w*|would rather|likes?|best (?:reached|to reach|by|time)|easiest|wants?|asked? (?:for|to|that)"
    r"|requests?(?:ed)?|reach (?:her|him|them))\b",
    re.I,
)
MEETING = re.compile(
    r"\b(?:meet\w*|calls?|called|contact\w*|talk\w*|speak\w*|visits?|reviews?|reach\w*|zoom|video|phone|e-?mails?|"
    r"in[- ]person|discuss\w*|conversations?)\b",
    re.I,
)
NEGATION = re.compile(
    r"\b(?:not|no|never|don't|doesn't|dislikes?|avoids?|stop|cancel\w*|no longer|confidential|private|internal)\b|n't\b",
    re.I,
)
_WAYS = (
    (
        re.compile(
            r"\b(?:in[- ]person|face[- ]to[- ]face|(?:at|in) (?:the|our|your) office|come in)\b", re.I
        ),
        "in person",
    ),
    (re.compile(r"\b(?:video|zoom|teams|webex|facetime)\b", re.I), "by video"),
    (re.compile(r"\b(?:phone|telephone|(?:a|short|quick|brief) calls?|calls)\b", re.I), "by phone"),
    (re.compile(r"\be-?mails?\b", re.I), "by email"),
)
_TIMES = (
    (re.compile(r"\bmornings?\b", re.I), "morning"),
    (re.compile(r"\b(?:afternoons?)\b", re.I), "afternoon"),
    (re.compile(r"\b(?:evenings?|after work)\b", re.I), "evening"),
)
_DAY = re.compile(r"\b((?:Mon|Tues|Wednes|Thurs|Fri)day)s?\b")


_INSTEAD = re.compile(r"\b(?:rather than|instead of|than|to avoid|not|never)\b", re.I)
"""What follows is what the client does not want."""


def wanted_part(sentence: str) -> str:
    """The part of the sentence that says what is wanted: 'Zoom' of 'Zoom over phone', all of 'talk over the phone'."""
    wanted = _INSTEAD.split(sentence, maxsplit=1)[0]
    first, over, _ = wanted.partition(" over ")
    return first if over and any(pattern.search(first) for pattern, _ in _WAYS) else wanted


def paraphrase(wanted: str) -> str:
    """`meeting in person on a Tuesday morning`; '' where no word of the vocabulary is in it."""
    ways = [words for pattern, words in _WAYS if pattern.search(wanted)]
    times = [words for pattern, words in _TIMES if pattern.search(wanted)]
    day = _DAY.search(wanted)
    if not (ways or times or day):
        return ""
    when = " ".join([*([day[1]] if day else []), *times[:1]])
    parts = [" or ".join(ways), f"{'on a' if day else 'in the'} {when}" if when else ""]
    remote = {"by email", "by phone"}
    verb = (
        "hearing from us"
        if ways == ["by email"]
        else "talking"
        if ways and set(ways) <= remote
        else "meeting"
    )
    return " ".join([verb, *(p for p in parts if p)])
