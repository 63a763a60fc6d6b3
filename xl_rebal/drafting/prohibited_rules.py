"""Phrases that a text for a client may never use: promises, forecasts, claims of no risk or no tax, trades as done, pressure.

Each rule is a pattern with the reason for it and the words that excuse it. The lists are for a firm's compliance officer to
read; `prohibited_claims` has what is said by putting a subject and a claim together, and `prohibited` applies both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """`pattern` may not stand in a sentence, unless `unless` matches the words of its clause before it, or `unless_after` those after it.

    `anywhere` excuses from any place in the sentence ('Once you approve, we will place the trades').
    """

    why: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None = None
    unless_after: re.Pattern[str] | None = None
    anywhere: re.Pattern[str] | None = None


def any_of(*alternatives: str) -> re.Pattern[str]:
    """Any of these in small letters: `prohibited` hands the sentence so, which is four times as fast as to match any case."""
    return re.compile(_any_of(alternatives))


def any_case_of(*alternatives: str) -> re.Pattern[str]:
    """For a rule that tells a capital from a small letter ('the Guarantee Fund')."""
    return re.compile(_any_of(alternatives), re.IGNORECASE)


def _any_of(alternatives: tuple[str, ...]) -> str:
    return r"\b(?:" + "|".join(alternatives) + r")(?!\w)"


# --- Words that several rules share --------------------------------------------------------------------------------

DENIED = re.compile(
    r"\b(?:no|not|never|nothing|nobody|no one|none|neither|nor|cannot|hardly|without|whether|how|cannot tell|makes? no)\b|n't\b",
    re.I,
)
_NOT_MADE = re.compile(
    r"^(?: of(?: [\w-]+){1,4})? (?:is|are) (?:something|one|ones|what)(?: that)? "
    r"(?:(?:we|i) (?:can(?:not|'t| not)|could not|do not|don't|won't|never|will (?:not|never)|may not)"
    r"|(?:nobody|no one|no advis[eo]r|no firm) (?:can|could|does|will|may)) (?:ever )?(?:make|give|offer|provide|grant)\b",
    re.I,
)
"""After a noun like 'promise': it is one that is not made ('a promise of returns is something we cannot make')."""
NO_DENIAL = re.compile(
    r"\b(?:would |could |is )?not (?:be )?(?:un\w+|wrong|an exaggeration|too much|going too far|far-fetched) to (?:say|claim|call|think|expect|assume)\b|\b(?:no|without(?: a)?) (?:doubt|question)\b|\bnot only\b|\bnothing but\b",
    re.I,
)
"""Words that look like a denial and are the opposite."""

OPEN = re.compile(
    rf"(?:{DENIED.pattern})|\b(?:if|should|unless|may|might|could|would|were|suppose|assuming|in case|whether|chance|possible|possibility|risk) ?\b",
    re.I,
)
"""A denial, or a supposition."""

MARKET = (
    r"(?:markets?|stocks?|shares?|bonds?|equit(?:y|ies)|funds?|etfs?|prices?|rates?|yields?|returns?|portfolios?|values?"
    r"|balances?|accounts?|investments?|strateg(?:y|ies)|allocations?|mix|change|move|dollar|index(?:es)?|indices|sectors?"
    r"|tech|caps|holdings?|positions?|savings|wealth|money|nest egg|gains?|profits?|income|economy|inflation|rall(?:y|ies)"
    r"|downturns?|recovery|momentum|gold|it|this|these|they|that|those|(?-i:[A-Z]{2,5}(?:\.[A-Z])?))"
)
MOVES = (
    r"(?:rise|grow|increase|recover|rebound|fall|decline|drop|earn|return|gain|double|triple|climb|soar|surge|rally|jump"
    r"|outperform|underperform|beat|weaken|strengthen|improve|continue|boom|crash|collapse|sink|slide|tumble|peak|appreciate"
    r"|thrive|win|shine|prosper|pay off|go (?:up|down|higher|lower)|move (?:up|down|higher|lower)|bounce back|turn around"
    r"|do (?:better|well|best|great|worse)|keep (?:growing|rising|falling|climbing|going up)|come (?:out ahead|back)"
    r"|make (?:you )?(?:more )?money|be worth|profit|make you rich(?:er)?|take off|head (?:higher|lower))"
)
WILL = (
    r"(?:will|'ll|(?:is|are|am|'s|'re) (?:going|sure|certain|bound|set|poised|due|primed|likely|about|destined|guaranteed"
    r"|expected|headed|ready) to|has to|have to)"
)
SURELY = r"(?:definitely |certainly |surely |undoubtedly |no doubt |soon |only |always |also |probably |likely |again )?"
THINGS = (
    r"(?:trades?|orders?|sales?|purchases?|transactions?|rebalanc(?:e|ing)|swaps?|proceeds|money|cash|positions?|shares?"
    r"|stock|funds?|bonds?|lots?|holdings?|distributions?|withdrawals?|(?-i:[A-Z]{2,5}(?:\.[A-Z])?))"
)
FINISHED = (
    r"(?:sold|traded|executed|trimmed|rebalanced|harvested|reallocated|reinvested|liquidated|wired|exited|redeemed"
    r"|unloaded|dumped|offloaded|cashed out|swapped|cut back)"
)
_BOUGHT = r"(?:bought|purchased|acquired|added)"
_HANDLED = (
    r"(?:moved|placed|completed|submitted|filled|transferred|put|sent|entered|made|closed|finished|reduced|increased|shifted"
    r"|invested|settled|cleared|processed|got|taken|took|carried out)"
)
_JUST = r"(?:already |just |now |also |since |recently |all |successfully |therefore |then )*"
UNDONE = re.compile(
    rf"(?:{DENIED.pattern})|\b(?:if|would|should|could|may|might|unless|(?:proposed?|propose|suggest|recommend) that)\b"
    r"|\b(?:once|after|when|until|before|as soon as|as)(?: (?:the|your|all|any|each|these|those|we|they|our|every|of))*(?: [\w'-]+){0,2} ?$"
    r"|\b(?:that|which|who) ?$|\bto be ?$",
    re.I,
)
"""Before a word for a finished trade: it is denied, supposed, yet to come, or of long ago ('the fund that we bought')."""
OWN_THINGS = re.compile(
    r"\b(?:house|home|propert(?:y|ies)|cabin|cottage|condo|apartment|business|practice|company|boat|land|farm|building|car"
    r"|dividends?|interest|room|call|meeting|note|notes|copy|forms?|documents?|review|wish(?:es)?|summary|letter)\b",
    re.I,
)
"""What a client may have sold, or we may have moved or completed, that is no trade."""

_NOT_OURS = re.compile(
    rf"(?:{DENIED.pattern})|^(?:did|has|have|does) (?:your|the|he|she|they)\b|\b(?:doctor|accountant|attorney|custodian|insurer|contractor|builder|school|employer|bank|landlord|buyer) $",
    re.I,
)
"""A denial, or a promise that somebody else made."""

# --- The rules -----------------------------------------------------------------------------------------------------

PROMISE, FORECAST = "a guarantee or promise", "a forecast stated as fact"
NO_RISK, NO_TAX = "a claim of no risk", "a claim of no tax"
DONE, PRESSURE = "a trade stated as done", "pressure or superlatives"
CONSENT, BEYOND = "a consent that only the client gives", "a recommendation that no fact makes"

RULES: tuple[Rule, ...] = (
    Rule(
        PROMISE,
        any_case_of(
            r"(?:(?-i:Guarant(?:ee|eed|y)(?! (?!Return|Growth|Income|Profit|Gain|Result|Success)[A-Z][a-z]))|(?-i:guarant|GUARANT)[ey]\w*)"
            r"(?! (?:by|of) (?:the|an?|your) (?:insur|annuity|custodian|bank|employer|issuer)| (?:\w+ )?(?:rests?|depends?|belongs?|comes?|stands?)\b| nothing\b|(?: [\w-]+){0,5} (?:rider|contract|annuity|policy|insurer|pension|on timely|timely))",
            r"promis(?:e|es|ing)(?! (?:that )?(?:you|he|she|they|your \w+)(?: have| had)? (?:made|gave|told|kept))",
            r"(?<!you )(?<!they )(?<!he )(?<!she )promised(?! (?:to (?:look|send|call|check|review|get|write|let|keep you|come|follow|ask|provide|visit)|documents?|forms?|papers?|summar|report|copy|call|list))",
            r"pledg(?:e|es|ed|ing)",
            r"vows?",
            r"assur(?:e|es|ed|ing|ance)",
            r"(?:our|my) word (?:that|on|for)",
            r"(?:sure|safe) (?:thing|bet|winner)",
            r"(?:fool|bullet|fail|recession|crash)-?\s?(?:proof|safe)",
            r"without fail",
            r"lock(?:s|ed|ing)? in (?:the|your|a|these|those|our)? ?(?:\w+ )?(?:returns?|gains?|profits?|growth|income|yields?)",
            r"(?:returns?|gains?|profits?|growth|income) (?:is|are) locked in",
            r"no way (?:that )?(?:you|it|this|we|they|the|your|our|these)(?: [\w-]+){0,2} "
            r"(?:can|could|will|would|fails?|loses?|falls?|drops?|goes)(?! (?:know|tell|say|predict|promise|foresee))",
            r"no doubt",
            r"(?:never|can(?:no|')t|won't|will (?:not|never)|impossible to) (?:lose(?! sight| track| touch)|fail|go wrong)",
            r"cannot (?:lose(?! sight| track| touch)|fail|go wrong)",
            r"never (?:fails?|loses?|lets? you down)",
            r"always (?:makes?|pays?|wins?|works?|delivers?|grows?|beats?|goes up|earns?|comes? (?:back|through))",
            r"come out ahead",
            r"stand behind (?:these|the|our|your) (?:returns?|results?|performance|numbers?)",
        ),
        _NOT_OURS,
        _NOT_MADE,
    ),
    Rule(
        PROMISE,
        any_of(
            r"(?:we|i)(?:'re| are|'m| am) (?:certain|sure|positive|confident|convinced|absolutely \w+) (?:that )?(?:this|it|the|your"
            r"|these|they|returns?|stocks?|bonds?|prices?|markets?)(?: [\w-]+){0,3} (?:will|pays?|goes)",
            r"(?:sure|certain|bound|guaranteed) to (?:profit|win|succeed|make|gain|earn|come|benefit|pay)",
            r"(?:definitely|certainly|undoubtedly|inevitably|surely) (?:come|make|earn|profit|gain|grow|rise|win|succeed|pay)",
            r"(?:will|going to|'ll) (?:make|earn) (?:you )?(?:more |some |good )?(?:money|a profit|a fortune)",
            r"success is (?:certain|assured|guaranteed)",
        ),
        OPEN,
    ),
    Rule(
        PROMISE,
        any_of(
            r"(?:principal|capital|money|savings|investments?|nest egg|portfolio|accounts?|wealth|retirement|income) "
            r"(?:is|are|will be|stays?|remains?) (?:(?:fully|completely|totally|always|entirely|perfectly|quite) )?"
            r"(?:protected|safe|secure|insured|assured)",
        ),
        OPEN,
    ),
    Rule(
        FORECAST,
        any_of(
            r"(?:outperform(?:s|ing)?(?!\w)|outperformed (?:the|its|their|our|all|every|most)|beat(?:s|ing)? (?:the|its|their|our) (?:market|benchmark|index|peers?|competition)|beats our performance)",
            r"(?:predict|foresee)(?:s|ed|ing|ion|ions)?",
            r"forecast(?:s|ed|ing)?",
            r"upside(?! and (?:the |less |more )?downside)",
            r"(?:double|triple)-digit",
            r"(?:stock|fund|pick|investment|share|it|this|bond) (?:is|looks like) a (?:sure |clear |real )?winner",
            r"can only (?:go|get|rise|improve|climb)",
            r"nowhere to go but up",
            r"(?:headed|heading|going|pointing) (?:higher|lower|up from here|south|north)",
            r"go(?:es|ing)? up from here",
            r"(?:recession|rally|crash|correction|downturn|recovery|bull market|bear market|boom|slump|rebound|turnaround) (?:is|will be) "
            r"(?:coming|near|ahead|over|on (?:its|the) way|around the corner|imminent|certain|inevitable|here)",
        ),
        DENIED,
    ),
    Rule(
        FORECAST,
        any_of(
            rf"{MARKET} (?:\w+ )?{WILL} {SURELY}{MOVES}(?! (?:your|the|our) (?:call|trust|documents?))(?!\w)",
        ),
        OPEN,
    ),
    Rule(
        FORECAST,
        any_of(
            rf"you(?:r family)? ?{WILL} {SURELY}(?:earn|make|gain|profit|be (?:rich|worth|better off|ahead)|come out ahead|do well|get (?:more|higher))",
            rf"(?:we|i|analysts?|experts?|models?|economists?) (?:\w+ )?(?:expects?|anticipates?|believes?|thinks?|sees?|projects?)"
            rf"(?: that)?(?: (?:the|your|these|this|a|our|all))?(?: [\w-]+){{0,3}} (?:to|will|should) {SURELY}{MOVES}",
            r"(?:we|i) (?:expect|anticipate|see) (?:a |an )?(?:strong|good|great|better|rising|higher|big|bright)(?: \w+){0,2}",
            r"(?:will|'ll|going to|would) (?:\w+ )?(?:boost|increase|improve|raise|enhance|multiply|grow|maximi[sz]e|lift) (?:your|the|our) "
            r"(?:\w+ )?(?:returns?|wealth|income|savings|performance|yields?|profits?|nest egg)",
            r"worth (?:far |much |a lot |even )?more (?:in|by|next|soon|than)",
            rf"(?:set|poised|bound|due|primed|destined) (?:to|for) (?:{MOVES}|growth|gains|higher|lower)",
        ),
        OPEN,
    ),
    Rule(
        NO_RISK,
        any_of(
            r"risk[- ]?(?:free|less)",
            r"free (?:of|from) (?:any |all )?risk",
            r"(?:no|zero)[- ](?:(?!(?:remov|eliminat|eras|cancel|avoid|escap|prevent|lack|exclud|end)\w* )[\w-]+ ){0,2}?(?:risks?(?![- ]free)|downside)",
            r"without (?:any |the |taking )?(?:\w+ )?risk",
            r"(?:remov|eliminat|eras|cancel|neutrali[sz])\w* (?:all |any |every |the |your )*(?:\w+ )?risks?",
            r"tak(?:e|es|ing) (?:all |any |the )*risks? out",
            r"(?:completely|totally|perfectly|absolutely|entirely|fully|very) (?:safe|secure)",
            r"as safe as",
            r"safe (?:investment|choice|haven|return|income)",
            r"nothing to (?:lose|worry about|fear)",
            r"downside is (?:nil|none|gone|zero|limited to nothing|small)",
            r"(?:can't|cannot|won't|will not|never) (?:go down|fall|decline|drop|lose value)",
        ),
        re.compile(
            rf"(?:{DENIED.pattern})(?!.*\bthere (?:is|are) $)|\b(?:wrong|mistake|misread|misleading) to\b",
            re.I,
        ),
    ),
    Rule(
        NO_TAX,
        any_of(
            r"tax[- ]?free",
            r"free (?:of|from) (?:any |all |the )*(?:\w+ )?tax(?:es|ation)?",
            r"untaxed",
            r"loopholes?",
            r"(?:no|zero|without(?: any)?) (?:(?:capital gains?|federal|income|state|additional|extra|further|more|immediate) )*"
            r"tax(?:es)?(?! (?:advice|forms?|return|preparer|documents?|adviser|advisor|information|lots?))(?: \w+)?",
            r"(?:won't|will not|will never|never|don't|do not|wouldn't|would not|needn't|need not) (?:have to |be (?:asked|required) to )?"
            r"(?:pay|owe|face|incur|see|trigger) (?:any |a |additional |more )*(?:capital gains? |federal |income |state )*tax(?:es)?",
            r"(?:isn't|aren't|won't be|will not be|will never be|is not|are not|never|not be|not) taxed",
            r"(?:none|nothing)(?: [\w']+){0,4} (?:taxed|taxable)",
            r"(?:avoid|escap|skip|dodg|eliminat|eras|wip\w+ out|sidestep|bypass|evad|get\w* (?:around|out of)|sav\w+ you from)\w*"
            r" (?:(?:all|any|the|your|every|paying|capital gains?|federal|income|state|entire|whole) )*tax(?:es|ation)?(?:\b|$)",
            r"(?:irs|uncle sam|tax ?man)(?: \w+){0,2} (?:never|not|won't|can't) (?:\w+ )?(?:take|get|see|collect|touch|claim|tax|notice|know|find|ask|want|share)\w*",
            r"(?:irs|uncle sam|tax ?man)(?: \w+){0,2} (?:takes?|gets?|sees?|collects?|receives?) (?:nothing|none|no part|not a)",
            r"(?:costs?|owes?|pays?|adds?)(?: you)? nothing in (?:\w+ )?tax(?:es)?",
        ),
        re.compile(
            rf"(?:{DENIED.pattern})(?! (?:is|are|will be) $)|\b(?:inside|within) (?:the |your |an? )?(?:\w+ )?(?:ira|roth|401|hsa|retirement)",
            re.I,
        ),
        None,
        re.compile(
            r"\b(?:in|inside|within) (?:the |your |an? |his |her )?(?:\w+ )?(?:ira|roth|401|hsa)\b", re.I
        ),
    ),
    Rule(
        DONE,
        any_of(
            rf"(?:we|i)(?:'ve| have| had|'d)? ?{_JUST}(?:{FINISHED}|purchased)",
            rf"(?:we|i)(?:'ve| have| had|'d)? ?{_JUST}bought(?! .*\b(?:years ago|last year|long ago)\b)",
            rf"(?:we|i)(?:'ve| have| had|'d)? ?{_JUST}{_HANDLED} (?:[\w-]+ ){{0,3}}?(?:{THINGS}|(?:into|out of) (?-i:[A-Z]{{2,5}}))",
            r"(?:we|i)(?:'ve| have|'re| are)? (?:now )?out of (?:the|your|that|this|all) \w+",
            r"(?:pulled the trigger|went ahead|gone ahead|took the liberty|taken the liberty)",
            r"you (?:no longer|don't|do not) (?:own|hold) (?:any|a|the|your|that|those|these)",
        ),
        UNDONE,
    ),
    Rule(
        DONE,
        any_of(
            rf"(?:has|have|had) {_JUST}been {_JUST}(?:{FINISHED}|purchased|filled|bought)",
            rf"(?:was|were|got) {_JUST}(?:{FINISHED}|filled)",
            rf"(?:{THINGS}|it|they) (?:was|were) {_JUST}(?:bought|purchased)(?! (?:again|at|in|years|long|before|earlier|by|with|over|during|on (?:several|different|many|various|two|three)|on or))",
            rf"(?:is|are) (?:now |already |all )(?:{FINISHED}|invested|filled|complete|completed|done|placed|in place)",
            rf"{THINGS} (?:(?:has|have|had) {_JUST}been|was|were) {_JUST}(?:{_HANDLED}|done|accepted|confirmed)"
            r"(?! (?:when|as an?|earlier|in (?:the )?(?:spring|summer|fall|winter|past)))(?!(?<=distribution was taken) in (?:january|february|march|april|may|june|july|august|september|october|november|december))",
            rf"(?:trades?|orders?|sales?|purchases?|transactions?|rebalanc(?:e|ing)|swaps?) (?:all )?(?:(?:is|are) (?:in|done|complete|completed"
            rf"|placed|filled|closed|behind us)|settled|cleared|closed|went through|took place|executed|(?:has|have) {_JUST}(?:taken place|closed|settled|gone through|cleared))",
        ),
        UNDONE,
    ),
    Rule(
        CONSENT,
        any_of(
            r"(?:consent|approval|confirmation) (?:is |was )?(?:already )?(?:on file|given|waived|not needed|unnecessary)",
            r"(?:you|the client|client) (?:have |has |already |had )*(?:approved|consented|agreed to (?:the|these|this|all)|waived?s?|authorized)",
            r"(?:no|without) (?:further |your |any )*(?:confirmation|approval|consent)(?! ?,? (?:nothing|no |none|we (?:will not|do not|cannot|would not)))",
            r"nothing (?:needs|has|remains) to be (?:confirmed|approved|signed)",
        ),
        UNDONE,
    ),
    Rule(
        BEYOND,
        any_of(
            r"(?:sell|sold|liquidat|clos|cash|empty|buy|convert|mov|switch)(?:e|ing|s|es)? (?:out )?(?:everything|it all|all (?:of )?(?:your|the) "
            r"(?:holdings|positions|stocks?|shares|bonds?|money|savings|portfolio|accounts?)|(?:the|your) (?:whole|entire) portfolio)",
            r"(?:buy|invest|put|mov|switch|add)\w* (?:[\w']+ ){0,5}?(?:bitcoin|crypto\w*|annuit\w+|hedge funds?|private (?:equity|credit)|penny stocks?|options|futures)",
        ),
        DENIED,
    ),
    Rule(
        PRESSURE,
        any_of(
            r"(?:act|move|decide|reply|respond|sign|buy|sell) (?:\w+ )?(?:now|fast|quickly|immediately|right away|at once|without delay|before it)",
            r"(?:must|need to|have to|has to) (?:\w+ )?(?:act|decide|move|reply|respond|sign)(?: \w+)? (?:now|today|tonight|immediately|fast|quickly|soon|at once)",
            r"miss (?:out|this|the (?:chance|opportunity|boat|window|rally))",
            r"once[- ]in[- ]a[- ](?:lifetime|generation|decade)",
            r"(?:time|the clock) is (?:running out|ticking|short)",
            r"(?:offer|chance|opportunity|window|deal)(?: [\w']+){0,2} (?:last|close|closing|closes|end|ends|ending|expire|expires)",
            r"last chance",
            r"limited[- ]time",
            r"now or never",
            r"hurr(?:y|ies)",
            r"(?:do not|don't|never) (?:wait(?! for (?:us|me))|delay|hesitate(?! to (?:call|ask|contact|write|reach)))",
            r"(?:too late|too good to)",
            r"deal of the (?:year|century|decade|day)",
            r"(?:no other|no one else|nobody else|nobody|no one) (?:\w+ )?(?:advisor|adviser|firm|beats?|matches|comes close|offers?)",
            r"(?:foolish|crazy|silly|unwise|a mistake) (?:not to|to wait)",
            r"regret",
            r"(?:best|highest|greatest|biggest|top|unbeatable|unmatched|superior) (?:possible |available |risk-adjusted )?"
            r"(?:returns?|investments?|advisors?|advisers?|performance|funds?|deal|profits?|yields?|results?|performers?|stocks?|opportunit\w+)",
            r"(?:best|finest|greatest) (?:\w+ ){0,2}(?:you (?:will|could|can|would)|you'll|anyone (?:will|could|can)) ever",
            r"number one (?:advisor|adviser|firm|fund|choice)",
        ),
        re.compile(
            r"\bno\b|\b(?:not|never) (?:need|have|want)|\bneed not\b|n't (?:need|have)|\bnot ?$", re.I
        ),
    ),
)
