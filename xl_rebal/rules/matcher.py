"""Sentences of CRM entries that read like a client's wish: a proposal each, with the sentence as it stands.

A closed set of shapes for each kind, on sentences that are no question, supposition, report of the past or somebody else's
wish. Only what a person confirms on the Rules sheet ever has an effect; nothing here can make a rule Confirmed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from xl_rebal.engine.book import Household, Note, RuleKind
from xl_rebal.rules.amounts import amounts, day_in, only_amount
from xl_rebal.rules.meetings import MEETING, NEGATION, PREFERS, paraphrase, wanted_part
from xl_rebal.rules.names import Holdings
from xl_rebal.rules.text import doubtful, poses_as_instruction, sentences


@dataclass(frozen=True, slots=True)
class Proposal:
    """A wish that a sentence seems to state, for a person to confirm or decline."""

    kind: RuleKind
    note: Note
    sentence: str
    symbol: str = ""
    amount_cents: int | None = None
    on: date | None = None


LONGEST_SENTENCE = 400
"""A longer one is a pasted document, not a wish in a few words."""


def proposals(household: Household, notes: Iterable[Note] | None = None) -> Iterator[Proposal]:
    """What the household's CRM entries (or `notes`) ask for, in the order of the entries and their sentences."""
    holdings = Holdings(household)
    for note in household.notes if notes is None else notes:
        if poses_as_instruction(note.text):
            continue
        for sentence in sentences(note.text):
            if len(sentence) > LONGEST_SENTENCE:
                continue
            found = [
                one
                for shape, look in _shapes(holdings)
                if shape.search(sentence)
                for one in look(sentence, note)
            ]
            if found and not doubtful(sentence):
                yield from found


def _shapes(holdings: Holdings) -> tuple[tuple[re.Pattern[str], _Look], ...]:
    """What looks for each kind of wish, and a word that its sentence must have, so that most need no closer look."""
    return (
        (_KEEPING_WORD, lambda sentence, note: _keep(sentence, note, holdings)),
        (_CASH_WORD, _cash),
        (_GAINS_WORD, _budget),
        (MEETING, _meeting),
    )


_Look = Callable[[str, Note], Iterator[Proposal]]
_KEEPING_WORD = re.compile(
    r"\b(?:sell|sells|selling|sold|sales?|keep(?:ing)?|hold(?:ing)?|hang|part with|parting with|touch(?:ed)?|alone|untouched|left|trim\w*|liquidat\w*"
    r"|get(?:ting)? rid|let(?:ting)? go|reduc\w*|off[- ]limits|hands off)\b",
    re.I,
)
_CASH_WORD = re.compile(
    r"\b(?:need\w*|withdraw\w*|raise|set aside|free up|ask\w*|request\w*|wants?|would like|take out|pull)\b.*(?:\d|thousand|million|grand)",
    re.I,
)
_GAINS_WORD = re.compile(r"\bgains?\b", re.I)


# --- Do not sell ---------------------------------------------------------------------------------------------------

_NOT = r"(?:not|n['\u2019]t|never)"
_SELL = r"(?:sell(?:ing)?(?: off| out of)?|trim(?:ming)?|liquidat(?:e|ing)|part(?:ing)? with|let(?:ting)? go of|get(?:ting)? rid of|touch(?:ing)?|reduc(?:e|ing))"
_HOLDING = r"(?:position|shares?|stock|holdings?|stake)"
_KEEPING = (
    # does not want (us) to sell X; would rather not sell X; refuses to sell X; asked us not to sell X; do not sell X
    re.compile(
        rf"\b(?:(?:does|do|did|would|will|is|are|must|should|can|may)\s*{_NOT}|never|under no circumstances|refuses?(?: to)?|won['\u2019]t|unwilling(?: to)?|reluctant(?: to)?"
        rf"|(?:asked|told|instructed|wants?|requests?(?:ed)?|prefers?|would (?:rather|prefer|like)|agreed|promised|insist(?:s|ed)?|reminded|says?|said)\b(?:\s+(?:us|me|that|we|to|they|he|she|on|for|again|once more))*\s+(?:{_NOT}|never)"
        rf"|objects? to|opposed to|against)"
        rf"(?:\s+(?:want|wish|like|going|ready|willing|prepared|allowed|to|be|us|ever|under any circumstances|even|intend|plan|care))*\s+{_SELL}\s+(?P<object>.+)",
        re.I,
    ),
    # does not want X sold
    re.compile(rf"\b(?:does|do|would)\s*{_NOT}\s+(?:want|like|wish)\s+(?:to see\s+)?(?P<object>.+?)\s+(?:to be\s+)?(?:sold|trimmed|touched|liquidated)\b", re.I),
    # asked that X not be sold; wants X left alone; X is off limits; no sales of X
    re.compile(rf"\b(?:asked|requests?(?:ed)?|wants?|insist(?:s|ed)?|instructed)\s+(?:that\s+)?(?P<object>.+?)\s+{_NOT}\s+(?:to\s+)?be\s+(?:sold|trimmed|touched|liquidated)\b", re.I),
    re.compile(r"\b(?:wants?|asked|would like)\s+(?:that\s+|to have\s+)?(?P<object>.+?)\s+(?:to be\s+)?left\s+(?:alone|untouched|as (?:it|they) (?:is|are))\b", re.I),
    re.compile(r"(?P<object>.+?)\s+(?:is|are)\s+off[- ]limits\b", re.I),
    re.compile(r"\bno (?:sales?|selling|trims?|trimming) of (?P<object>.+)", re.I),
    # X is not to be sold; X must never be sold; X is not for sale
    re.compile(rf"(?P<object>.+?)\s+(?:is|are|must|should|may|can|shall|will)\s*{_NOT}\s+(?:to\s+)?(?:ever\s+)?(?:be\s+)?(?:sold|trimmed|touched|liquidated|for sale)\b", re.I),
    # wants to keep X; insists on holding on to X; keep X; leave X alone
    re.compile(
        r"\b(?:wants?|wishes|would like|prefers?|insists? on|asked|intends?|would rather|determined|plans?|agreed)\b(?:\s+(?:us|to|that|we|again))*\s+"
        r"(?:please )?(?:keep(?:ing)?|hold(?:ing)?(?: on ?to)?|hang(?:ing)? on to)\s+(?!\w+ing\b)(?P<object>.+)",
        re.I,
    ),
    re.compile(r"\b(?:leave|leaving)\s+(?P<object>.+?)\s+(?:alone|untouched|as (?:it|they) (?:is|are))\b", re.I),
    re.compile(r"^(?:please\s+)?(?:keep|hold(?: on ?to)?|hands off)\s+(?P<object>.+)", re.I),
)  # fmt: skip
_LIMITED = re.compile(
    r"\b(?:except|other than|but not|anything but|apart from|besides|all of|all (?:his|her|their|the)|too (?:much|many)|more than|less than|most of|half|part of"
    r"|any more|below|above|under|over \$|[\d.]+\s?%|at a loss|at this price|for less|at these prices|until|before|unless|without (?:asking|telling|calling|checking|talking)"
    r"|call(?:ing)? (?:him|her|them) first|right away|immediately|all at once|at once|in one go|quickly|today|this week|track of|an eye|posted|informed|updated|in mind|up with|records?|copies|statements?|in cash|to a minimum|new(?:ly)?|first|mind)\b",
    re.I,
)
"""The wish has a condition or is about a part: a hold of everything would be another wish."""
_COMPARED = re.compile(r"\b(?:fewer|more|less)\b", re.I)
_UNNEGATED = re.compile(
    rf"{_NOT}\s+(?:\w+\s+)?(?:mind|object|opposed|against|averse|reluctant|afraid|care|worried|married|attached|insist\w*|refus\w*|unwilling|wants? to keep|want to hold|need to keep|need to hold)"
    rf"|\b(?:no|without) (?:problem|objections?|qualms|issue|reason not)\b|\bwhy {_NOT}\b|\b(?:does|do|did|would|will)\s*{_NOT}\s+(?:\w+\s+)?(?:keep|hold)\b",
    re.I,
)
_AFTER = re.compile(
    r"[,;:(\u2013\u2014]|\b(?:to (?:buy|fund|pay|cover|finance|reduce|reinvest)|in order to|because|since|as (?:it|they|he|she|the)|but|while|though|and (?:wants?|asked|would|needs?|sell|buy|trim|use|take|prefers?|agreed|is|put|invest|add)"
    r"|so that|which|who|whose|instead|rather than|even (?:if|though)|when|for (?:the|a|his|her|their|sentimental|tax))\b",
    re.I,
)
"""Where the object of the verb ends."""


def _keep(sentence: str, note: Note, holdings: Holdings) -> Iterator[Proposal]:
    if not holdings.in_text(sentence, shouting=sentence.upper() == sentence) or _UNNEGATED.search(sentence):
        return
    for pattern in _KEEPING:
        match = pattern.search(sentence)
        if match is None:
            continue
        wanted = _AFTER.split(match["object"], maxsplit=1)[0] if not _ends_it(match) else match["object"]
        if _LIMITED.search(match["object"]) or _COMPARED.search(wanted):
            return
        found = holdings.in_text(wanted, shouting=sentence.upper() == sentence)
        for mention in found:
            yield Proposal(RuleKind.DO_NOT_SELL, note, sentence, symbol=mention.symbol, on=None)
        if found:
            return


def _ends_it(match: re.Match[str]) -> bool:
    """Whether the object stands before the verb, so that nothing after it can be taken for it."""
    return match.end("object") < match.end()


# --- Cash ----------------------------------------------------------------------------------------------------------

_ASKING = re.compile(
    r"\b(?:will\s+need|needs?(?:\s+us)?(?:\s+to\s+(?:withdraw|take out|have|raise|pull|pay|send|free up))?|(?:wants?|would like|plans?|intends?|wishes)\s+(?:us\s+)?to\s+(?:withdraw|take out|pull(?: out)?|raise|set aside|have)"
    r"|(?:asked|asks)\s+(?:us\s+)?(?:for|to\s+(?:withdraw|raise|send|wire|set aside|free up|have|take out))|requests?(?:ed)?|requesting|(?:please\s+)?(?:withdraw|raise|set aside|free up)|withdrawing|withdrawal of)\b",
    re.I,
)
_NO_NEED = re.compile(
    rf"\b(?:does|do|did|will|would|should)\s*{_NOT}\s+(?:\w+\s+)?(?:need|want|require|withdraw|ask|plan)|\bwon['\u2019]t\s+(?:need|withdraw|require)|\bno (?:need|withdrawal|cash)|\bneed(?:s|ed)? no\b|\bnot (?:need|require|asking)|\bneeded\b|\bnever\b",
    re.I,
)
_OTHER_MONEY = re.compile(
    r"\b(?:sav(?:e|es|ing|ings)|insur\w*|coverage|income|retire\w*|salary|wages|borrow\w*|loan|mortgage|line of credit|heloc|(?:per|a|each|every)\s+(?:year|month|week|quarter)|annual(?:ly)?|monthly|quarterly|yearly"
    r"|deposit\w*|contribut\w*|invest(?:ed|ing|s|ment|ments)?|add(?:ing|s)?|earn\w*|gains?|taxes? (?:of|bill was)|inherit\w*|net worth|portfolio (?:of|worth)|nest egg|premium|estate|fee|fees|worth|valued?|proceeds|gift(?:ed)?|rmds?|distributions?|roth conversion|convert\w*|harvest\w*|loss(?:es)?|rebalanc\w*|target|budget|pay(?:s)? (?:back|off)|match|at least|up to|less than|more than|between|minimum|matur\w*|bonds?|collect)\b",
    re.I,
)


def _cash(sentence: str, note: Note) -> Iterator[Proposal]:
    asking = _ASKING.search(sentence)
    if asking is None or _NO_NEED.search(sentence) or _OTHER_MONEY.search(sentence):
        return
    cents = only_amount(sentence)
    if (
        cents is None
        or cents < LEAST_NEED_CENTS
        or not any(at >= asking.start() for at, _ in amounts(sentence))
    ):
        return
    on = day_in(_without_amounts(sentence), note.date)
    if on is not None and on < note.date:
        return  # it speaks of the past
    yield Proposal(RuleKind.CASH_NEED, note, sentence, amount_cents=cents, on=on)


LEAST_NEED_CENTS = 100_000
"""Less than $1,000 is pocket money: no plan is changed for it."""


def _without_amounts(sentence: str) -> str:
    """The sentence without its amounts, so that `$12,025` is no day of December."""
    return re.sub(r"(?:\$|USD\s?)\s?[\d,.]*\d[kKmM]?", " ", sentence)


# --- Gain budget ---------------------------------------------------------------------------------------------------

_GAINS = r"(?:(?:net |realized |taxable |capital |this year['\u2019]s |the year['\u2019]s |total )*gains?)"
_LIMIT = r"(?:under|below|within|to|at|at or below|to no more than|no (?:higher|more|greater) than|to (?:a )?max(?:imum)? of|less than|at most|to at most|to under|to below)"
_MONEY = r"[^.;]{0,25}?(?:\$|USD|\d|thousand|million|hundred)"
_LIMITING = (
    re.compile(rf"\b(?:keep(?:ing)?|hold(?:ing)?|limit(?:ing)?|cap(?:ping)?|restrict(?:ing)?|stay(?:ing)?)\s+(?:his |her |their |the |our |all |any )*{_GAINS}[^.;]{{0,30}}?\b{_LIMIT}\b{_MONEY}", re.I),
    re.compile(rf"\b(?:stay(?:ing)?|remain(?:ing)?|keep(?:ing)? (?:it|us|him|her|them))\s+{_LIMIT}\b{_MONEY}[^.;]{{0,25}}?\b(?:of|in)\s+{_GAINS}", re.I),
    re.compile(rf"\bno more than\b{_MONEY}[^.;]{{0,20}}?\b(?:of|in)\s+{_GAINS}", re.I),
    re.compile(rf"\b(?:does|do|would|will)\s*{_NOT}\s+(?:want|like|wish)\s+to\s+(?:realize|take|recognize|incur|have)\s+(?:more|greater) than\b{_MONEY}[^.;]{{0,20}}?\b(?:of|in)\s+{_GAINS}", re.I),
    re.compile(rf"\bgains?\s+budget\s+(?:of|is|at|to|set (?:at|to))\b{_MONEY}", re.I),
    re.compile(rf"\b(?:limit|cap|ceiling|maximum) (?:for|on) (?:\w+ )?{_GAINS} (?:is|of|at)\b{_MONEY}", re.I),
    re.compile(rf"\b(?:limit|cap|ceiling|maximum)\s+of\b{_MONEY}[^.;]{{0,20}}?\b(?:of|in|on|for)\s+{_GAINS}", re.I),
)  # fmt: skip
_NO_GAINS = re.compile(
    rf"\b(?:does|do|would)\s*{_NOT}\s+(?:want|like|wish)\s+(?:us\s+)?to\s+(?:realize|take|recognize|incur|have|pay tax on)\s+any\s+(?:more\s+|further\s+|additional\s+)?{_GAINS}"
    rf"|^no\s+(?:capital |realized |taxable )?gains?\s+(?:this year|in 20\d\d)|\bwants?\s+no\s+(?:more\s+|further\s+)?{_GAINS}|\b(?:avoid|without)\s+(?:realizing\s+)?(?:any|all)\s+{_GAINS}",
    re.I,
)
_OTHER_GAINS = re.compile(
    r"\b(?:short[- ]term|long[- ]term|ordinary|per (?:position|stock|lot|trade)|each|every|loss(?:es)?|offset|unrealized|unless|except|market|return|performance|tax(?:es)? (?:under|below|of)|bracket|irmaa|between)\b",
    re.I,
)


def _budget(sentence: str, note: Note) -> Iterator[Proposal]:
    if _OTHER_GAINS.search(sentence):
        return
    none = _NO_GAINS.search(sentence)
    more = re.search(r"\b(?:more|further|additional)\b", none[0], re.I) if none else None
    limit = next((p for p in _LIMITING if p.search(sentence)), None)
    if none and not more and not only_amount(sentence):
        cents: int | None = 0
    elif limit is not None and not re.search(
        rf"\b(?:does|do|did|is|are)\s*{_NOT}\s+(?:have|need|care)\b", sentence, re.I
    ):
        cents = only_amount(sentence)
    else:
        return
    if cents is None:
        return
    said = day_in(_without_amounts(sentence), note.date)
    year = said.year if said else note.date.year
    if year < note.date.year:
        return
    yield Proposal(RuleKind.GAIN_BUDGET, note, sentence, amount_cents=cents, on=date(year, 12, 31))


# --- Meetings ------------------------------------------------------------------------------------------------------


_ABOUT_MEETING = re.compile(
    r"\b(?:prefer\w*|would rather|likes? to|best (?:reached|to reach|by|time)|easiest)\b", re.I
)


def _meeting(sentence: str, note: Note) -> Iterator[Proposal]:
    wanted = wanted_part(sentence)
    standing = _ABOUT_MEETING.search(wanted) or (
        note.kind.casefold() == "preference" and PREFERS.search(wanted)
    )
    if standing and MEETING.search(sentence) and not NEGATION.search(wanted) and paraphrase(wanted):
        yield Proposal(RuleKind.MEETING, note, sentence)


# --- Wishes taken back ---------------------------------------------------------------------------------------------

_RELEASED = re.compile(
    rf"\b(?:no longer (?:minds?|objects?|wants? to (?:keep|hold)|insists?|attached)|(?:is |are )?(?:ok|okay|fine|comfortable|happy|at ease) (?:with|to|if we)\s+(?:\w+\s+){{0,2}}?(?:sell\w*|trim\w*|part\w*)"
    rf"|(?:agreed|willing|ready|wants?|would like|decided|asked us|free) to (?:sell|trim|part with|let go of|reduce)|(?:may|can) (?:now )?be sold|please sell|changed (?:his|her|their) mind|does{_NOT} mind (?:selling|trimming))\b",
    re.I,
)
_CASH_OFF = re.compile(
    rf"\b(?:no longer needs?|does\s*{_NOT} need|won['\u2019]t need|need(?:s|ed)? no|called off|cancel(?:l?ed)?|fell through|paid (?:from|out of|by)|has been paid|was paid|covered by)\b",
    re.I,
)


def takes_back(sentence: str, kind: RuleKind, symbol: str, holdings: Holdings) -> bool:
    """Whether a later sentence reads as if a wish of this kind no longer held. It never ends a rule: a person does."""
    if kind is RuleKind.DO_NOT_SELL:
        negated = re.search(
            rf"{_NOT}\s+(?:\w+\s+)?(?:ok|okay|fine|comfortable|happy|willing|ready|want)\b", sentence, re.I
        )
        named = any(m.symbol == symbol for m in holdings.in_text(sentence))
        return bool(named and _RELEASED.search(sentence) and not negated)
    if kind is RuleKind.CASH_NEED:
        return bool(
            _CASH_OFF.search(sentence)
            and (
                _ASKING.search(sentence)
                or re.search(r"\b(?:cash|money|tuition|withdrawal)\b", sentence, re.I)
            )
        )
    return False
