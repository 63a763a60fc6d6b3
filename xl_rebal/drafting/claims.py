"""What a sentence claims of each figure in it, checked against what the figure is.

'A loss of X', 'trimming AAPL by X', 'your budget of X', 'by X' of a deadline: the words around a figure say what it is,
which security or person it belongs to and which term. A figure may stand where one of the facts that it may be fits
every such claim and is of a kind (amount, weight, date) that one of them is about. Tokens are one fact each; a display may be
any fact that is spelled so.

Limits: words are matched near the figure. A claim made in words that are not listed here goes unnoticed for a display;
for a token, a sentence that has none of the words of its kind is a fault of its own, and so is a date where none can stand.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from xl_rebal.drafting.ids import id_form, subject, way
from xl_rebal.drafting.indexed import Index, standing
from xl_rebal.facts.types import Direction, Fact, FactKind

F = "\ue000"
"""Stands for a figure while a sentence is read."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in a sentence: as it is shown, and the facts that it may be."""

    shown: str
    start: int
    stop: int
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class _Claim:
    """Where `words` match, the figure is said to be `what`: a fact whose id matches `ids` and that points `way`.

    `kinds`: of such figures only. `unless`: words of the sentence before the figure with which the claim is another one.
    """

    what: str
    words: tuple[re.Pattern[str], ...]
    ids: re.Pattern[str]
    kinds: frozenset[FactKind]
    way: Direction = Direction.NONE
    unless: re.Pattern[str] | None = None

    def fits(self, fact: Fact) -> bool:
        """Whether the fact may be so called; one of nothing points neither way."""
        return self.ids.fullmatch(fact.id) is not None and (
            self.way is Direction.NONE or way(fact) in (self.way, Direction.NONE)
        )


_MONEY, _PERCENT, _DATE = (frozenset({k}) for k in (FactKind.MONEY, FactKind.PERCENT, FactKind.DATE))
_TRADED = _MONEY | {FactKind.SHARES}


def _claim(
    what: str,
    ids: str,
    kinds: frozenset[FactKind],
    *words: str,
    way: Direction = Direction.NONE,
    unless: str = "",
) -> _Claim:
    """A claim in any of `words`, where `#` is the figure it is about."""
    patterns = tuple(re.compile(w.replace("#", f"(?P<figure>{F})"), re.I) for w in words)
    return _Claim(what, patterns, re.compile(ids), kinds, way, re.compile(unless, re.I) if unless else None)


_GAIN = r"(?:.*_)?GAIN|BUDGET_USED|BUDGET_REALIZED"
_LOSS = rf"{_GAIN}|HARVEST_.*_(?:LOSS|IN_PLAN)|CARRY_.*"
_TRIM = r"TRIM_.*_(?:PROCEEDS|SHARES)|TRIM_TOTAL|ALT_TRIM"
_SOFT = r"(?:about |around |roughly |only |just |some |another |an estimated |a total of |up to |at most |nearly )?"
_GAP = r"(?: [\w.&'\u2019-]+){0,4}?"
_SIDES = r"(?:above|below|over|under|past|short of|beyond|higher|lower|heavier|lighter|off|away)"

_LATER = r"\b(?:would|will|could|remain\w*|leav\w+|still|even so|after|once|version|instead|alternative|option|within the)\b"
"""Words for what would be so after trades, and not now."""
_ALTERNATIVE = r"\b(?:version|alternative|instead|option|choice|within (?:the|your)|keep\w* to|respect\w*)\b"

_BY_SALE = _claim(
    "what the proposed sale realizes",
    r"(?:TRIM|OTHER|OWN|PLAN)_.*|ALT_GAIN|HARVEST_.*_(?:LOSS|IN_PLAN)",
    _MONEY,
    r"\bselling XX would realize a (?:loss|gain) of #",
)
_WITHDRAWAL = _claim(
    "a withdrawal",
    r"TRANSFER_.*",
    _MONEY,
    r"# (?:that )?you asked\b",
    r"\bwithdraw\w*(?: of)? #",
    r"# withdrawal\b",
)
_AMOUNT = _claim("an amount or weight", r".*", _MONEY | _PERCENT | {FactKind.SHARES},
           r"\b(?:above|below|over|under|beyond|past|exceed\w*|short of)\b[^.;]*?,? by #(?!,? \d)", r"\baccounts? for #", rf"#(?: points?)? (?:{_SIDES})\b",
           r"\b(?:total|sum|amount|cost|worth|value|price) of #", r"\b(?:holds?|owns?|contains?|costs?|totals?|saves?|adds?|realizes?) #")  # fmt: skip
"""Said of no more than its kind: it tells nothing where another claim says what the figure is."""

CLAIMS: tuple[_Claim, ...] = (
    _claim("a target weight", r"TARGET_.*", _PERCENT,
           r"\btargets?(?: weight)?(?: (?:for|of) (?:the |your )?[a-z. ]{1,40}?)?(?: of| is| at|:)? #", r"# target\b"),
    _claim("what it is measured against", r"TARGET_.*|GAIN_BUDGET", _MONEY | _PERCENT, r"\b(?:against|compared (?:with|to)) (?:an? |its |the )?#"),
    _claim("a weight", r"(?:CURRENT|AFTER|TARGET)_.*", _PERCENT, r"\b(?:share|weight|allocation|portion) (?:of|is|at|stands at) #"),
    _claim("a weight now", r"CURRENT_.*", _PERCENT,
           r"\b(?:share|weight|allocation|portion) of #,? (?:now )?(?:is|sits|stands|runs|lies|has)\b",
           r"\b(?:grown|risen|slipped|fallen|dropped|climbed|shrunk|drifted|come down|gone up) to #", r"\bmakes? up #",
           r"\b(?:now|currently|today)(?: at| stands? at| is| are)? #", r"\bfrom #(?: \w+)? to \ue000", r"(?:^|[.;] )At #, ",
           r"\bat # (?:against|of the total|now|today)", r", at #(?=,)"),
    _claim("a weight now", r"CURRENT_.*", _PERCENT, r"\b(?:stands?|sits?|is|are) at #", unless=r"\b(?:would|will|could)\b"),
    _claim("a share of the portfolio", r"(?:CURRENT|AFTER|TARGET|RESIDUAL)_.*", _PERCENT,
           r"# of (?:your|the) (?:household|portfolio|total|assets|whole)"),
    _claim("a weight after the trades", r"AFTER_.*", _PERCENT,
           rf"\b(?:would|will) (?:\w+ )?(?:come|stand|be|sit|end up){_GAP} (?:to|at) #", rf"\bbring(?:s|ing)?{_GAP} (?:back )?to #(?! target)", r"\b(?:come|bring|get|return|restore)s?(?: \w+){0,2} back to #(?! target)", r"\b(?:back|would|will)\b[^.;]*\ue000,? and [\w ]{2,30} (?:to|at) #", rf"\b(?:lift|raise|lower|reduce|cut|increase|move)s?{_GAP} to #(?! target)"),
    _claim("a weight after the trades", r"AFTER_.*|TARGET_.*", _PERCENT, r"\bfrom \ue000(?: \w+)? to #"),
    _claim("a distance from target", r"DRIFT_.*|RESIDUAL_.*|ALT_RESIDUAL", _PERCENT,
           rf"#(?: points?)? (?:{_SIDES})\b", r"\bremain #", r"\b(?:over|under)weight by #", r"# (?:too )?(?:light|heavy|high|low)\b", rf"\b{_SIDES} (?:its|the|their) (?:\ue000 )?target by #",
           r"\b(?:grown|risen|slipped|fallen|dropped|climbed|drifted|up|down) by #"),
    _claim("a distance from target now", r"DRIFT_.*", _PERCENT, rf"#(?: points?)? (?:{_SIDES})\b", unless=_LATER),
    _claim("a distance from target that would remain", r"RESIDUAL_.*|ALT_RESIDUAL", _PERCENT,
           rf"\b(?:would|will) (?:still )?(?:remain|be|stay|stand){_GAP} #(?: points?)? (?:{_SIDES})\b", rf"\bleav(?:e|es|ing)\b{_GAP} #(?: points?)? (?:{_SIDES})\b",
           r"\bremain(?:s|ing)? #"),
    _claim("what would remain within the budget", r"ALT_RESIDUAL", _PERCENT,
           rf"{_ALTERNATIVE}[^.;]*?\b(?:leav\w+|remain\w*|be|stay)\b{_GAP} #(?: points?)? (?:{_SIDES})\b"),
    _claim("above target", r"DRIFT_.*|RESIDUAL_.*|ALT_RESIDUAL", _PERCENT,
           r"#(?: points?)? (?:too high|above|over|higher|heavier|ahead of|overweight)\b", way=Direction.UP),
    _claim("below target", r"DRIFT_.*|RESIDUAL_.*|ALT_RESIDUAL", _PERCENT,
           r"#(?: points?)? (?:too low|below|under|lower|lighter|short of|beneath|underweight)\b", way=Direction.DOWN),
    _claim("a range", r"BAND_.*", frozenset({FactKind.TEXT}), r"\b(?:bands?|range) (?:of|is|from) #", r"# (?:range|band)\b"),
    _claim("what was agreed", r"GAIN_BUDGET|TARGET_.*", _MONEY | _PERCENT, r"# (?:that |which )?(?:we|you) (?:\w+ )?(?:agreed|set)\b"),
    _claim("the gain budget", r"GAIN_BUDGET", _MONEY,
           r"\bbudget(?: (?:for|of) (?:the|this) year)? (?:of|is|was|at) #", r"# (?:annual |yearly |capital )*(?:gains? )?budget\b",
           r"\bexceed\w*(?: [\w'\u2019-]+){1,5}? #[^.;]*? by\b"),
    _claim("the excess over the gain budget", r"BUDGET_EXCESS", _MONEY,
           r"\bexceed\w*\b[^.;]*? by #", r"\bbudget\b[^;]*?\b(?:over|above|past|beyond|exceed\w*) (?:it|that|this)? ?by #", r"\b(?:gains?|budget|limit)\b[^.;]*?\b(?:above|over|beyond|past)\b[^.;]*?\b(?:agreed|budget|limit|set)\b[^.;]*? by #", rf"\bby {_SOFT}# (?:over|above|beyond|past)\b",
           r"# (?:over|above|beyond|past|in excess of|more than) (?:the|your|its|our|this)(?: [\w\ue000]+)? (?:budget|limit)\b",
           rf"\b(?:over|above|beyond|past) (?:the|your|its|our)(?: \w+)? budget{_GAP} by #"),
    _claim("what is left", r"BUDGET_LEFT|RMD_LEFT.*|CARRY_LEFT", _MONEY,
           r"# (?:to spare|left|remaining|unused|of room|remains|to go)\b", r"\bleav(?:es|ing) (?:you )?# (?:for|to|of|in)\b",
           r"\b(?:still|room) (?:has|have|of|for) #"),
    _claim("what is left of the gain budget", r"BUDGET_LEFT", _MONEY,
           r"\bbudget\b[^.;]*?,? (?:with|leaving) #", r"# (?:is |are )?(?:to spare|of room)\b", r"# (?:is )?(?:left|remaining|unused|remains)(?: \w+){0,3} (?:\ue000 )?(?:gain )?budget\b"),
    _claim("a carried loss that is left", r"CARRY_LEFT", _MONEY,
           r"\bleav(?:es|ing) (?:you )?# (?:for|to use in|to carry into) (?:later|future|coming|the next)\b", r"# (?:would |will )?(?:be |is )?carried (?:forward|into|over)\b"),
    _claim("a long-term gain or loss", r".*_LT_GAIN|TRIM_(?!.*_ST_).*_GAIN", _MONEY,
           rf"\blong-term (?:capital |net )?(?:gains?|loss(?:es)?)(?: \w+){{0,3}}? (?:of|is|are|be|at|to|reach|totaling|:) {_SOFT}#",
           r"# (?:of|in|as) (?:a )?(?:net )?long-term (?:capital )?(?:gains?|loss(?:es)?)", r"\blong-term(?: \w+)?[:,]? #"),
    _claim("a short-term gain or loss", r".*_ST_GAIN|TRIM_(?!.*_LT_).*_GAIN", _MONEY,
           rf"\bshort-term (?:capital |net )?(?:gains?|loss(?:es)?)(?: \w+){{0,3}}? (?:of|is|are|be|at|to|reach|totaling|:) {_SOFT}#",
           r"# (?:of|in|as) (?:a )?(?:net )?short-term (?:capital )?(?:gains?|loss(?:es)?)", r"\bshort-term(?: \w+)?[:,]? #"),
    _claim("a gain", _GAIN, _MONEY,
           rf"\b(?:gains?|profits?) (?:of|is|are|totaling|around|about|at) {_SOFT}#", rf"\bgains?(?! budget| tax)(?: (?!loss|budget|tax)[\w\ue000-]+){{1,5}} (?:is|are|be|reach|come to|total) {_SOFT}#",
           r"# (?:unrealized |long-term |short-term |net )*gain\b(?! budget)",
           r"# (?:of|in|as) (?:a )?(?:net |realized |taxable |capital |unrealized |long-term |short-term )*(?:gains?|profits?)\b(?! budget)",
           way=Direction.UP),
    _claim("a loss", _LOSS, _MONEY,
           rf"\bloss(?:es)? (?:of|is|are|totaling|around|about|at) {_SOFT}#", r"# (?:unrealized |long-term |short-term |net |harvestable )*loss\b",
           r"# (?:of|in|as) (?:a )?(?:net |realized |capital |unrealized |long-term |short-term )*loss(?:es)?\b",
           way=Direction.DOWN),
    _claim("the proceeds of a sale", _TRIM, _TRADED,
           rf"\b(?:trim|sell|reduc|par|lighten|cut)(?:s|e|es|ing|ming|ting)?{_GAP} by {_SOFT}#",
           rf"\b(?:trim|sell|trimming|selling|(?:trims|sales?|trimming|selling) of) {_SOFT}#",
           r"# (?:of|in|from) (?:trims|sales|proceeds)\b", r"\bproceeds of #", r"# (?:that |which )?(?:would|will|is to|are to) be (?:trimmed|sold|raised)\b"),
    _claim("the proceeds within the budget", r"ALT_TRIM", _MONEY,
           rf"\b(?:within|inside|respects?|keeps? to) (?:the|your|its) (?:\ue000 )?(?:gain )?(?:budget|limit)[^.;]*?\b(?:trim|sell)(?:s|ming|ing)? {_SOFT}#"),
    _claim("a gain within the budget", r"ALT_GAIN", _MONEY,
           r"\b(?:version|alternative|option|choice) (?:that |which )?(?:\w+ )?(?:within|inside) (?:the|your) (?:\ue000 )?(?:gain )?budget[^.;]*?\b(?:gain|loss) of #",
           r"\b(?:version|alternative|option|choice) (?:that |which )?(?:\w+ )?(?:within|inside) (?:the|your) (?:\ue000 )?(?:gain )?budget[^.;]*?# (?:of|in) (?:\w+ )?(?:gain|loss)"),
    _claim("what the proposed trades realize", r"PLAN_.*|TRIM_.*_GAIN|ALT_GAIN|OTHER_.*_GAIN|OWN_.*_GAIN|HARVEST_.*", _MONEY,
           r"\b(?:sales?|trims?|plan|trades?) (?:would|will|is expected to|are expected to|could) (?:realize|bring|result in|produce)\b[^.;]*?#"),
    _claim("the tax of the plan", r"PLAN_TAX|OWN_TAX|OTHER_\d+_TAX", _MONEY,
           rf"\b(?:the|this|our) (?:plan|proposal|sales?|trades?)\b{_GAP} (?:add|save|cost)s? (?:you )?{_SOFT}# (?:in|of|on) (?:\w+ )?tax", unless=_ALTERNATIVE),
    _claim("what the sales are taxed on", r"PLAN_.*GAIN|OWN_.*GAIN|OTHER_.*GAIN", _MONEY,
           r"\bsales? (?:is|are) inside\b[^.;]*#", r"\bgain to report (?:would be|is|of) #"),
    _claim("what is on a trust's own return", r"OTHER_\d+_.*", _MONEY, r"# (?:of (?:this|it|that) )?(?:is|are|would be|falls?|arises?) in the trust\b"),
    _claim("realized earlier", r"REALIZED_.*|BUDGET_REALIZED|YEAR_.*", _MONEY,
           r"\b(?:already realized|realized (?:so far|earlier)[^.;,]*?) #", r"# (?:was|has been|already|of gains?) (?:already )?realized (?:so far|earlier)"),
    _claim("a total", r"TRIM_TOTAL|REALLOCATE_TOTAL|ALT_TRIM|PLAN_GAIN|AUM", _MONEY, r"\b(?:a|the) total of #", r"\bin total,? #"),
    _claim("the total of the plan", r"TRIM_TOTAL|REALLOCATE_TOTAL|PLAN_GAIN|AUM", _MONEY,
           r"^(?![^.]*\b(?:instead|version|alternative|within|rather)\b)[^.]*\btotal of #"),
    _claim("a purchase", r"REALLOCATE_.*|TRANSFER_.*|CONTRIBUTION_.*", _TRADED,
           rf"\b(?:add|adding|invest|investing|buy|buying|purchase|purchasing) {_SOFT}#(?! (?:in|of|to your) tax)",
           r"# (?:would|will|could) (?:go|move|flow) (?:in)?to\b", r"# (?:into|toward) (?=\w)"),
    _claim("tax", r".*TAX", _MONEY,
           rf"\b(?:add|save|cost|owe)s? (?:you )?{_SOFT}# (?:in|of|on) (?:\w+ )?tax", r"# (?:in|of) (?:\w+ )?tax(?:es)?\b",
           rf"\btax(?:es)?(?: bill| estimate| cost| due)? (?:of|is|at|by|would be|would come to|would rise by) {_SOFT}#"),
    _claim("tax that is added", r".*TAX", _MONEY,
           rf"\b(?:add|cost|owe|pay|increase)(?:s|ing)? (?:you )?{_SOFT}# (?:in|of|on) (?:\w+ )?tax",
           rf"\btax(?:es)? (?:would |will |to )?(?:rise|go up|increase) by {_SOFT}#", rf"\badd(?:s|ing)? {_SOFT}# to your tax", way=Direction.UP),
    _claim("tax that is saved", r".*TAX", _MONEY,
           rf"\b(?:save|reduc|cut|lower)(?:s|e|es|ing)? (?:you )?{_SOFT}# (?:in|of|on) (?:\w+ )?tax",
           rf"\b(?:cut|lower|reduce|save)s? (?:on )?(?:your |the )?tax(?:es)?(?: bill)? by {_SOFT}#",
           rf"\btax(?:es)? (?:would |will |to )?(?:fall|go down|decrease|drop) by {_SOFT}#", way=Direction.DOWN),
    _claim("a required distribution", r"RMD_(?:LEFT|REQUIRED|TAKEN|ASKED).*|TRANSFER_.*", _MONEY,
           r"# (?:of|from|for|toward) (?:your|the|his|her|their)(?: [\w'\u2019()-]+){0,4} (?:required|distribution|RMD)",
           r"\b(?:required minimum )?distributions?(?: for the year)?,?(?: of)? #", r"\bRMD(?: of|:)? #", r"\b(?:distribution|RMD)(?: for (?:the|this) year)? (?:is|was|of) #",
           r"# (?:required|distribution|RMD)\b", r"# (?:that |which )?(?:still )?(?:has|have) to (?:leave|come out)\b"),
    _claim("a distribution left to take", r"RMD_LEFT.*", _MONEY,
           r"#(?: of [^.;]*?)? (?:is |are )?(?:still )?(?:remains?|has|have) to be taken\b", r"# (?:is|are) (?:still )?(?:to be taken|due|left to take)\b",
           r"# (?:still )?(?:to take|left to take)\b", r"\bstill (?:to take|take|owe)s? #", r"\bdistribution,? #,? may be taken\b"),
    _claim("a distribution that a withdrawal meets", r"RMD_ASKED.*", _MONEY, r"\b(?:meets?|covers?) #"),
    _claim("a distribution taken", r"RMD_TAKEN.*", _MONEY,
           r"\balready (?:taken|took) #", r"#(?: of [^.;]*?)? (?:has|have|was|were|is|are) (?:already )?(?:been )?(?:taken|withdrawn)\b"),
    _claim("a contribution", r"CONTRIBUTION_.*", _MONEY | _DATE,
           r"# (?:contribution|deposit)\b", r"# (?:that )?(?:you|we) (?:deposited|contributed|added|received)\b", r"\b(?:deposited|contributed|received)\b[^.;]*? on #", r"\b(?:contribution|deposit)(?: (?:you|that|was|were|made|arrived|came|which|in))* on #", r"\b(?:contribution|deposit)(?: made)? (?:of|on) #", r"\b(?:contribution|deposit) of [^.;,]{0,14}? on #"),
    _WITHDRAWAL,
    _BY_SALE,
    _claim("a carried loss that is used", r"CARRY_USED", _MONEY,
           r"\babsorb(?:s|ing)? #", r"# (?:could|would|can) be deducted\b", r"\bus(?:e|es|ing) up #"),
    _claim("the part that would be disallowed", r"HARVEST_.*_DISALLOWED", _MONEY, r"\(up to #\)"),
    _claim("the part that would be disallowed", r"HARVEST_.*_(?:DISALLOWED|LOSS)", _MONEY,
           rf"\bdisallow\w*{_GAP} #", r"# (?:would be |is |of it )?disallowed\b"),
    _claim("the household's assets", r"AUM", _MONEY, r"# across your\b", r"\bvalued at #", r"\bassets(?: under management)? (?:of|are|is|at|worth) #",
           r"\b(?:household|portfolio)(?: as a whole)?(?: holds| has| owns| is worth|:) #"),
    _claim("a tax rate", r".*_RATE", _PERCENT, r"\brates? (?:of|is|at) #", r"# (?:tax |federal |state )?rate\b"),
    _AMOUNT,
    _claim("the date of the data", r"AS_OF", _DATE, r"\bas of #"),
    _claim("a deadline of a distribution", r"RMD_DUE.*", _DATE,
           r"\b(?:taken|take|leave|due|distribution|RMD)\b[^.;]*?\b(?:by|before|on) #", r"\bmay (?:be taken this year or )?wait until #", r"\bdeadline\b[^.;]*? is #"),
    _claim("a day from which a loss counts", r"HARVEST_.*_CLEAR", _DATE,
           r"\b(?:wash|disallow\w*|loss)\b[^.;]*?\b(?:before|until|after) #", r"\bclear (?:on|from|after) #"),
    _claim("the date of an entry", r"NOTE_.*_DATE|.*_WISH.*_DATE", _DATE,
           r"\bon #,? (?:we|you|he|she|they) (?:noted|told|said|met|mentioned|asked|spoke|talked|wrote)",
           rf"\b(?:noted|notes?|met|told|said|mentioned|spoke|asked|talked|wrote|called|meeting|call|talk|entry|CRM)\b{_GAP}(?<!due)(?<!taken) (?:on|of|from) #"),
    _claim("a day in the past", r"NOTE_.*_DATE|.*_WISH.*_DATE|CONTRIBUTION_.*_DATE|AS_OF", _DATE, r"(?:^|[,;(] ?|\b(?:and|since|as)(?: \w+){0,3} )[Oo]n #"),
)  # fmt: skip

_SYMBOL = re.compile(r"\b(?!(?:RMD|IRA|CRM|IRS)\b)[A-Z]{2,5}(?:\.[A-Z])?\b")
"""Symbols are alike for reading a sentence, so that what was read of it serves others."""
_SPOUSE = re.compile(r"\b(?:spouse|wife|husband|partner)\b", re.I)
_TIED_BEFORE = re.compile(
    r"(?:(?:,| is| are| stands?| now| would stand| has grown| has slipped| have grown| have slipped)* (?:at|by)|(?: to)? ?\("
    r"| (?:shows?|would realize) an? (?:unrealized )?(?:loss|gain) of)[ ]?$", re.I
)  # fmt: skip
_TELLING = frozenset(
    "would will could should may has have is are be been carries carry shows show holds bears brings contributes contribute adds add"  # noqa: SIM905
    " accounts account for provides yields produces realizes to a an the its net capital unrealized realized long-term short-term gain"
    " loss sale sales trim trims position positions shares stock holding trade purchase of by cut trimmed reduced sold bought added at"
    " now about alone itself worth receive receives get gets".split()
)
"""Words between a symbol and its figure that say what is done with it or what it has."""
_TIED_AFTER = re.compile(
    r"^\)?,? (?:in|into|to|from|of|worth of|on|would be (?:invested|placed|put) (?:in|into)|comes from|would (?:go|move) into|will (?:go|move) into) ",
    re.I,
)


def figures_in(sentence: str, index: Index, chosen: Sequence[Fact]) -> tuple[Figure, ...]:
    """The figures of the sentence that are displays of `chosen` facts, the longest first where they overlap."""
    spelled: dict[str, list[Fact]] = {}
    for fact in chosen:
        if not _is_figure(fact):
            continue
        for _, plain in index.spelled[fact.id]:
            if plain in sentence:
                spelled.setdefault(plain, []).append(fact)
    found: list[Figure] = []
    for plain in sorted(spelled, key=lambda s: (-len(s), s)):
        for start, stop in standing(plain, sentence):
            if all(stop <= f.start or start >= f.stop for f in found):
                found.append(Figure(plain, start, stop, tuple(spelled[plain])))
    return tuple(sorted(found, key=lambda f: f.start))


def claim_faults(sentence: str, figures: Sequence[Figure], index: Index) -> tuple[str, ...]:
    """What the sentence says of its figures that none of the facts which they may be bears out."""
    if not figures:
        return ()
    masked, places = _masked(sentence, figures)
    fits: list[list[Fact]] = [list(f.facts) for f in figures]
    faults: dict[int, str] = {}
    called: dict[int, list[_Claim]] = {}

    def narrow(number: int, what: str, kept: list[Fact]) -> None:
        if not kept and number not in faults:
            figure = figures[number]
            labels = " or ".join(dict.fromkeys(f.label for f in fits[number][:2]))
            faults[number] = f"{figure.shown} is {labels}, not {what}."
        fits[number] = kept or fits[number]

    for claim, number in _claims_of(_SYMBOL.sub("XX", masked)):
        called.setdefault(number, []).append(claim)
        if any(f.kind in claim.kinds for f in figures[number].facts):
            kept = [f for f in fits[number] if claim.fits(f)]
            if claim is _WITHDRAWAL:
                kept = [f for f in kept if _is_withdrawal(f, index)]
            elif claim is _BY_SALE:
                kept = [f for f in kept if not _is_of_more(f, index)]
            narrow(number, claim.what, kept)
    for number, said in called.items():
        said = [claim for claim in said if claim is not _AMOUNT] or said
        kinds = frozenset[FactKind]().union(*(claim.kinds for claim in said))
        narrow(number, said[0].what, [f for f in fits[number] if f.kind in kinds])
    for at, number in places.items():
        key = _named(masked, at, index)
        if key:
            keys = (key, *_aliases(key, index))
            own = [f for f in fits[number] if _subject(f, index) in keys]
            narrow(number, f"of {index.lookup.name(key)}", own)
        elif all(f.kind in (FactKind.PERCENT, FactKind.TEXT, FactKind.DATE) for f in fits[number]):
            key = _spoken_of(masked, at, index)
            if key:
                own = [f for f in fits[number] if subject(f.id) in ("", key, *_aliases(key, index))]
                narrow(number, f"of {index.lookup.name(key)}", own)
    _check_lists(masked, places, fits, index, narrow)
    _check_owners(masked, fits, index, narrow)
    for match in _OF_ONE_KIND.finditer(masked):
        one, two = (places[match.start() + n] for n, char in enumerate(match.group()) if char == F)
        of_kinds = {f.kind for f in fits[one]}
        alike = [f for f in fits[two] if f.kind in of_kinds]
        narrow(two, f"to be compared with {fits[one][0].label}", alike)
    _check_dates(fits, narrow)
    return tuple(faults[n] for n in sorted(faults))


def _masked(sentence: str, figures: Sequence[Figure]) -> tuple[str, dict[int, int]]:
    """The sentence with `F` for each figure, and the number of the figure at each place."""
    pieces, places, end, length = [], {}, 0, 0
    for number, figure in enumerate(figures):
        pieces.append(sentence[end : figure.start])
        length += figure.start - end
        places[length] = number
        pieces.append(F)
        length += 1
        end = figure.stop
    return "".join([*pieces, sentence[end:]]), places


@lru_cache(maxsize=8192)
def _claims_of(masked: str) -> tuple[tuple[_Claim, int], ...]:
    """What the words say of each figure, by number. Remembered: many letters have the same sentence with other figures."""
    return tuple(
        (claim, masked.count(F, 0, match.start("figure")))
        for claim in CLAIMS
        for pattern in claim.words
        for match in pattern.finditer(masked)
        if claim.unless is None or not claim.unless.search(masked, 0, match.start("figure"))
    )


def _is_withdrawal(fact: Fact, index: Index) -> bool:
    """Whether cash moves because the client asked for it, and not for a required distribution."""
    why = index.by_id.get(fact.id.removesuffix("_AMOUNT") + "_WHY")
    return why is not None and why.display.casefold().startswith("withdrawal")


def _is_of_more(fact: Fact, index: Index) -> bool:
    """Whether it is the loss of a whole position of which the plan sells a part, whose own loss is another fact."""
    symbol = re.fullmatch(r"HARVEST_(.+)_LOSS", fact.id)
    return symbol is not None and f"TRIM_{symbol[1]}_GAIN" in index.by_id


def _spoken_of(masked: str, at: int, index: Index) -> str:
    """The class or security that a percentage follows: the last one named before it; '' when another stands right after."""
    before, after = masked[:at], masked[at + 1 :]
    low, best, found = before.casefold(), -1, ""
    for name, key, is_class in index.names:
        place = (low if is_class else before).rfind(name)
        stop = place + len(name)
        alone = not (before[place - 1 : place].isalnum() or before[stop : stop + 1].isalnum())
        if place >= 0 and alone and stop > best:
            best, found = stop, key
    tied = re.match(r"(?: \w+){0,2} (?:in|of) (?:the |your )?", after)
    if tied:
        rest = after[tied.end() :]
        if any((rest.casefold() if is_class else rest).startswith(name) for name, _, is_class in index.names):
            return ""
    return found


def _named(masked: str, at: int, index: Index) -> str:
    """The security or class that the words around a figure tie it to; '' when none is named next to it.

    Symbols are matched as they are written ('IT' is no 'it'); a class only before its figure.
    """
    before, after = masked[:at], masked[at + 1 :]
    tied = _TIED_BEFORE.search(before)
    if tied:
        start = before[: tied.start()]
        for name, key, is_class in index.names:
            text = start.casefold() if is_class else start
            if text.endswith(name) and not text[: -len(name)][-1:].isalnum():
                return key
    words = before.split()
    told = len(words)
    while told and words[told - 1].casefold() in _TELLING:
        told -= 1
    if told and not (
        told > 2 and words[told - 2] in ("and", "or") and _SYMBOL.fullmatch(words[told - 3].strip(","))
    ):
        for name, key, is_class in index.names:
            if not is_class and name == words[told - 1]:
                return key
    tied = _TIED_AFTER.match(after)
    if tied:
        rest = after[tied.end() :]
        for name, key, is_class in index.names:
            if not is_class and rest.startswith(name) and not rest[len(name) :][:1].isalnum():
                return key
    return ""


def _subject(fact: Fact, index: Index) -> str:
    """As `subject`; what would remain within the budget is of the class or security that another fact names."""
    left = index.by_id.get("ALT_RESIDUAL_NAME") if fact.id == "ALT_RESIDUAL" else None
    return subject(fact.id) if left is None else id_form(left.display)


def _aliases(key: str, index: Index) -> tuple[str, ...]:
    """The same security under a number of its own: 'VTI_2' for a second sale of VTI."""
    return tuple(k for k in index.low_names if index.low_names[k] == index.low_names.get(key) and k != key)


_OF_ONE_KIND = re.compile(
    rf"{F}(?: points?)? {_SIDES} (?:the |its |your |our )?{F}|\bfrom {F}(?: \w+)? to {F}"
)
_LIST = r"{0}(?:, {0})*,? and {0}"
_NAME = r"[A-Z]{1,5}(?:\.[A-Z])?"
_NAMES_THEN_FIGURES = re.compile(rf"\b({_LIST.format(_NAME)})\b([^.;{F}]*?)({_LIST.format(F)})")


def _check_lists(
    masked: str,
    places: Mapping[int, int],
    fits: Sequence[list[Fact]],
    index: Index,
    narrow: Callable[[int, str, list[Fact]], None],
) -> None:
    """Symbols in a row and as many figures in a row belong together in order ('AAPL and NVDA by X and Y')."""
    keys = {name: key for name, key, is_class in index.names if not is_class}
    for match in _NAMES_THEN_FIGURES.finditer(masked):
        named = re.findall(_NAME, match[1])
        at = [match.start(3) + n for n, char in enumerate(match[3]) if char == F]
        if len(named) == len(at) and all(name in keys for name in named):
            for name, place in zip(named, at, strict=True):
                own = [
                    f
                    for f in fits[places[place]]
                    if subject(f.id) in (keys[name], *_aliases(keys[name], index))
                ]
                narrow(places[place], f"of {name}", own)


def _check_owners(
    masked: str, fits: Sequence[list[Fact]], index: Index, narrow: Callable[[int, str, list[Fact]], None]
) -> None:
    """A distribution is the client's own unless the spouse is named, and from the kind of account that is named."""
    spouse = bool(_SPOUSE.search(masked))
    for number in range(len(fits)):
        if not all(_RMD.match(f.id) for f in fits[number]):
            continue
        theirs = [f for f in fits[number] if ("_SPOUSE" in f.id) == spouse]
        narrow(number, "the spouse's" if spouse else "the client's own", theirs)
        pools = {
            f.display for f in index.facts if f.id.startswith("RMD_POOL") and ("_SPOUSE" in f.id) == spouse
        }
        named = {pool for pool in pools if re.search(rf"(?<!\w){re.escape(pool)}(?!\w)", masked, re.I)}
        if len(pools) > 1:
            wanted = named or {"IRA"}
            narrow(
                number,
                f"from the {' or '.join(sorted(wanted))}",
                [f for f in fits[number] if _pool(f, index) in wanted],
            )


_RMD = re.compile(r"RMD_(?:LEFT|REQUIRED|TAKEN|DUE)")


def _pool(fact: Fact, index: Index) -> str:
    """The kind of account that a distribution comes from."""
    pool = index.by_id.get("RMD_POOL" + fact.id[_RMD.match(fact.id).end() :])  # type: ignore[union-attr]
    return pool.display if pool else "IRA"


_DATED = re.compile(
    r"(CONTRIBUTION_\d+|HARVEST_.+(?=_CLEAR|_LOSS)|RMD)_(?:AMOUNT|LOSS|LEFT|REQUIRED|TAKEN|DATE|CLEAR|DUE)(.*)"
)


def _check_dates(fits: Sequence[list[Fact]], narrow: Callable[[int, str, list[Fact]], None]) -> None:
    """Where a sentence has one amount that has a date, and one such date, they are of the same contribution or distribution."""
    pairs = [n for n, facts in enumerate(fits) if facts and all(_DATED.fullmatch(f.id) for f in facts)]
    amounts = [n for n in pairs if fits[n][0].kind is FactKind.MONEY]
    dates = [n for n in pairs if fits[n][0].kind is FactKind.DATE]
    if len(amounts) == len(dates) == 1:
        keys = {_DATED.sub(r"\1\2", f.id) for f in fits[amounts[0]]}
        same = [f for f in fits[dates[0]] if _DATED.sub(r"\1\2", f.id) in keys]
        narrow(dates[0], f"that of {fits[amounts[0]][0].label}", same)


# --- Tokens ----------------------------------------------------------------------------------------------------------

_ANNOUNCED: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(ids), re.compile(words, re.I))
    for ids, words in (
        (r"(?:TRIM|REALLOCATE)_.*_\d+_(?:.._)?(?:PROCEEDS|GAIN|AMOUNT|SHARES)", r"\baccount|\bIRA|\bRoth|\btrust|\btaxable|\b40"),
        (r"(?:TRIM_.*_PROCEEDS|TRIM_TOTAL|ALT_TRIM)", r"\b(?:trim|sell|sale|sold|reduc|proceeds|par(?:e|ing)|lighten|cut|rais)"),
        (r"TRIM_.*_SHARES", r"\bshares?|\btrim|\bsell|\bsale"),
        (r"REALLOCATE_.*", r"\b(?:buy|bought|purchas|add|invest|reinvest|into|go(?:es)?\b|move|put|reallocat|plac|work in|receiv)"),
        (r"YEAR_.*", r"\byear\b|\bso far|\btogether|\bin all|\bcounting"),
        (r"REALIZED_.*|BUDGET_REALIZED", r"\balready|\bso far|\bearlier|\bto date|\brealized\b(?=.*\byear\b)"),
        (r"ALT_.*", rf"{_ALTERNATIVE}|\bsecond |\bsmaller "),
        (r"O(?:WN|THER_\d+)_.*", r"\breturns?\b|\btrust"),
        (r"(?:.*_)?GAIN", r"\b(?:gain|loss|profit|realiz)"),
        (r"BUDGET_.*|GAIN_BUDGET", r"\bbudget|\blimit|\bexceed|\bover|\bgain"),
        (r"HARVEST_.*_(?:LOSS|IN_PLAN|DISALLOWED)", r"\bloss|\bharvest"),
        (r"HARVEST_.*_CLEAR", r"\bloss|\bwash|\bharvest|\bwait|\bclear|\buntil|\bbefore"),
        (r"CARRY_.*", r"\bloss|\bcarr"),
        (r".*TAX", r"\btax"),
        (r".*_RATE", r"\brate|\btax"),
        (r"RMD_(?:LEFT|REQUIRED|TAKEN|DUE).*", r"\bdistribution|\bRMD|\brequired|\bwithdraw|\bIRA"),
        (r"CONTRIBUTION_.*", r"\bcontribut|\bdeposit|\badded|\bcash|\bset"),
        (r"TRANSFER_.*", r"\bwithdraw|\bcash|\bmov|\bdistribution|\btransfer|\bpa(?:y|id)"),
        (r"AFTER_.*", r"\b(?:would|will|could|after|then|once|with th|bring|brought|back|return|restor|reach|lift|reduc|lower|rais|plan|propos|trade)"),
        (r"(?:CURRENT|AFTER)_.*", r"\b(?:now|at|up|to|of|stand|weight|share|come|bring|is|are|reach)"),
        (r"TARGET_.*", r"\btarget|\bagreed|\bset\b|\bagainst|\bgoal|\bback|\bplan"),
        (r"(?:DRIFT|RESIDUAL)_.*|ALT_RESIDUAL", r"\b(?:above|below|over|under|off|away|drift|higher|lower|beyond|short|from|past|light|heavy|too)"),
        (r"BAND_.*", r"\bband|\brange|\blimit"),
        (r"NOTE_.*_DATE", r"\b(?:not(?:e|ed|es)|met|meet|told|tell|said|say|mention|spoke|speak|ask|talk|call|wrote|prefer|wish|CRM|conversation|discuss|entry|visit|review|shar)"),
        (r"AS_OF", r"\bas of\b|\b(?:figures?|values?|data|prices?|held|holds?|worth|owned|balances?)\b"),
        (r"RMD_DUE.*", r"\b(?:by|before|deadline|due|until|wait|no later)\b"),
        (r"AUM", r"\bhousehold|\bportfolio|\bassets|\btotal|\baccounts"),
    )
)  # fmt: skip
"""Words of which a sentence must have one when it writes the token of such a fact."""


def token_claim_faults(sentences: Iterable[str], index: Index, token: re.Pattern[str]) -> tuple[str, ...]:
    """What a model's sentences say wrongly of their tokens, each of which is one fact, or do not say at all."""
    faults: list[str] = []
    before = ""
    for sentence in sentences:
        named = token.sub(lambda m: _name_or_mark(m, index), sentence)
        figures = [
            Figure(match.group(), match.start(), match.end(), (index.by_id[match[1]],))
            for match in token.finditer(named)
            if match[1] in index.by_id and _is_figure(index.by_id[match[1]])
        ]
        faults += claim_faults(named, figures, index)
        plain = token.sub(" ", named)
        faults += [
            f"{shown} stands in the sentence twice."
            for shown, n in Counter(f.shown for f in figures).items()
            if n > 1
        ]
        for figure in figures:
            fact = figure.facts[0]
            if fact.kind is FactKind.DATE and not (
                _DATE_BEFORE.search(named[: figure.start]) or _DATED_THING.match(named, figure.stop)
            ):
                faults.append(f"{figure.shown} is a date, and stands where none can ({fact.label}).")
            elif fact.kind is not FactKind.DATE and _ONLY_DATE_BEFORE.search(named[: figure.start]):
                faults.append(f"{figure.shown} is no date ({fact.label}).")
            near = f"{before} {plain}" if fact.id.startswith("ALT_") else plain
            if any(ids.fullmatch(fact.id) and not words.search(near) for ids, words in _ANNOUNCED):
                faults.append(f"The sentence does not say what {figure.shown} is ({fact.label}).")
            name = index.low_names.get(subject(fact.id), "") if _OF_ONE.match(fact.id) else ""
            if name and name not in f"{before} {plain}".casefold() and _of_several(fact, index):
                faults.append(
                    f"The sentence does not say which security {figure.shown} is about ({fact.label})."
                )
        before = plain
    return tuple(dict.fromkeys(faults))


def _of_several(fact: Fact, index: Index) -> bool:
    """Whether several securities have facts of this family, so that the figure alone does not tell which is meant."""
    family = fact.id.partition("_")[0] + "_"
    return len({subject(i) for i in index.by_id if i.startswith(family)} - {""}) > 1


_DATE_BEFORE = re.compile(
    r"(?:^|\b(?:on|by|until|till|before|after|since|from|of|through|and|or|than|dated|between|begin\w*|start\w*)|[,:;(\u2013-]) ?$"
    r"|\b(?:deadline|date|day)\b[^.;]* (?:is|was) $|\bfrom \[\[\w+\]\] to $", re.I
)  # fmt: skip
_DATED_THING = re.compile(
    r" (?:\w+ )?(?:contribution|deposit|note|meeting|call|entry|deadline|review|conversation|visit|data|values|prices)\b"
)
_ONLY_DATE_BEFORE = re.compile(r"\b(?:on or (?:before|after)|as of|until|till|since|dated) $", re.I)
"""Words before a figure after which a date may stand, and after which only a date may."""
_OF_ONE = re.compile(r"(?:TRIM|REALLOCATE|HARVEST|CURRENT|TARGET|AFTER|DRIFT|BAND|RESIDUAL)_")
"""Facts about one security, which their sentence or the one before it must name."""


def _name_or_mark(match: re.Match[str], index: Index) -> str:
    """A token of a name becomes the name, so that figures beside it can be tied to it."""
    fact = index.by_id.get(match[1])
    return fact.display if fact is not None and fact.kind is FactKind.NAME else match.group()


def _is_figure(fact: Fact) -> bool:
    return fact.kind not in (FactKind.NAME, FactKind.TEXT) or fact.id.startswith("BAND_")
