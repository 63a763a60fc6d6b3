"""Words that a text for a client may not use, may use only with the right sign, or may not use for a figure.

Lists, not logic: a firm's compliance officer can read this file from top to bottom. `grounding` applies it.
"""

from __future__ import annotations

import re


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(alternatives) + r")\b", re.IGNORECASE)


NUMBER_WORDS = _words(
    r"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    r"|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-\w+)?",
    r"(?:hundred|thousand|million|billion|trillion|dozen)s?|scores? of",
    r"hal(?:f|ves|ved|ving|ve)",
    r"doubl(?:e|es|ed|ing)|tripl(?:e|es|ed|ing)|quadrupl(?:e|es|ed|ing)|twice|thrice|(?:two|three|four|five|six|seven|eight|nine|ten|twenty|hundred|thousand|many|several|multi)fold",
    r"per ?cent|percentage points?|basis points?|zero|nil",
    r"(?:one|a|an)[- ](?:third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|hundredth)s?",
    r"a quarter of (?!the year|this year|next year)",
    r"one (?:point|day|week|month|year|share|lot|dollar|cent|time)s?",
    r"(?:dollar|buck|grand)s?",
)
"""Figures spelled out. 'One of', 'this quarter' and ordinals are ordinary English and stay allowed."""

ROMAN_NUMERALS = re.compile(
    r"\b(?=[IVXLCDM]{2,}\b)(?!(?:CD|MD|DC|CC|CV|XL|MI|LI|DI|CI|MC|MM|DM|LD|MIX|CIVIC)\b)"
    r"M{0,4}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})\b"
)
"""Figures in Roman numerals. Abbreviations that look like some are left alone."""

MONTHS = _words(
    r"January|February|April|June|July|August|September|October|November|December",
    r"(?:in|by|on|of|since|until|before|after|early|late|next|last|through|this|every) (?:March|May)",
    r"(?:mid|early|late|end)-(?:March|May)",
)
"""Months: in a letter they stand only inside the display of a date."""

DATE_WORDS = _words(
    MONTHS.pattern,
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?",
    r"tomorrow|yesterday|(?:next|last) week|tonight",
    r"Christmas|Thanksgiving|New Year's(?: Eve| Day)?",
)
"""Dates and days that a model may only name through a token."""

HOLIDAYS = _words(
    r"(?:on|by|before|until|till|after|since|from|due|than|through)(?: \w+){0,3}? (?:Christmas|Thanksgiving|New Year['\u2019]s|Labor Day|Memorial Day"
    r"|Independence Day|Juneteenth|Veterans Day|Halloween|Easter|Good Friday|Tax Day)"
)
"""Days by their names, where they date something."""

OVER_UNDER = (
    _words(
        r"overweight(?:ed)?|above|heavier|higher|ahead of|more than|exceed(?:s|ed|ing)?|over(?: (?:its|the|your|their))? target"
    ),
    _words(
        r"underweight(?:ed)?|below|lighter|lower|short of|less than|beneath|under(?: (?:its|the|your|their))? target"
    ),
)
GAIN_LOSS = (_words(r"gains?|gained|profits?|appreciation"), _words(r"loss(?:es)?|lose|lost"))
EXCEEDS_WITHIN = (
    _words(r"exceed(?:s|ed|ing)?|beyond|above|past|over", r"in excess", r"more than"),
    _words(r"within|below|under|left|remain(?:s|ing)?|unused|room|inside|less than|to spare"),
)
BUY_SELL = (
    _words(
        r"buy(?:s|ing)?|add(?:s|ing|ed)?|invest(?:s|ing|ed)?|purchas(?:e|es|ing)|into|toward|reinvest(?:s|ing|ed)?"
    ),
    _words(
        r"sell(?:s|ing)?|trim(?:s|ming)?|reduc(?:e|es|ing)|sales?|lighten(?:s|ing)?|taking|take|pare|paring"
    ),
)
"""Pairs of (words for UP, words for DOWN), by what the figure is about."""

COMPOUNDS = _words(
    r"gains? budgets?",
    r"gains? tax(?:es)?|capital gains? rates?",
    r"tax[- ]loss(?:es)?|loss(?:es)? (?:carry\w+|carried (?:forward|over|in))|loss limit",
    r"loss harvest\w*|(?:carried|carry)[- ]?forward loss(?:es)?",
    r"gains? or loss(?:es)?|loss(?:es)? or gains?",
)
"""Terms of the trade whose words say nothing about a sign."""

FIXED_FIGURES = ("401(k)", "403(b)", "457(b)", "529 plan", "529 account", "529")
"""Account types that have figures in their names."""

SCALE_WORDS = (
    r"[\s\u00a0-]*(?:%|\u2030|\uff05|(?:per ?cent|percentage|thousand|million|billion|trillion|hundred|dozen|bps"
    r"|basis points?|k|m|mm|mn|bn|b|x|(?:and|or) (?:a bit|change|some|then some|so|more|less)|plus|odd|ish|give or take)\b|\+)"
)
"""What changes a figure when it follows: '$45 million' is not '$45'."""

UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""Control characters, halves of characters, and those that turn the direction of a text, so that a figure reads backwards."""
