"""Claims that a text for a client may never make, as combinations of a subject, a certainty and an outcome.

The topics are those of the SEC's Marketing Rule (17 CFR 275.206(4)-1: untrue or unsubstantiated statements, benefits without
their risks, testimonials, results shown one-sidedly) and, in spirit, of FINRA Rule 2210(d) (promissory, exaggerated or
unwarranted claims, predictions); and of what an adviser's letter may not do to a client: press, act without consent, or keep
a client from counsel. A denial ('no fund is immune to losses') or an open question excuses most; a claim that is itself put
as a denial ('nothing can go wrong') is excused only where the letter says that it does not make it.
"""

from __future__ import annotations

import re

from xl_rebal.drafting.prohibited_rules import (
    CONSENT,
    DENIED,
    DONE,
    FORECAST,
    MARKET,
    MOVES,
    NO_RISK,
    NO_TAX,
    OPEN,
    PRESSURE,
    PROMISE,
    THINGS,
    UNDONE,
    WILL,
    Rule,
    any_of,
)

ADVICE = "keeping a client from counsel or from what must be read"
ENDORSED = "a testimonial or an endorsement"
INSIDE = "inside or confidential information"
NO_COST = "a benefit without its cost or risk"
RECORD = "results shown one-sidedly, or better than others'"
TIMING = "a claim to time the market"

# --- Words that several claims share -------------------------------------------------------------------------------

_NOT_SAID = re.compile(
    r"\b(?:do(?:es)? not|don't|doesn't|can(?:not|'t| not)|never|not|no ?(?:one|body)|neither|nor|wrong to|may not|should not) (?:\w+ ){0,3}?"
    r"(?:say|mean|claim|promise|know|tell|think|suggest|imply|believe|guarantee|assume|expect|follow|ensure|make sure|make certain)\b"
    r"|\b(?:no|without an?y?|not an?) (?:promise|claim|guarantee|assurance|statement)\b|\b(?:whether|wrong|not true|untrue)\b",
    re.I,
)
"""For a claim put as a denial: the letter says that it does not make it."""
_HEDGED = re.compile(
    rf"(?:{OPEN.pattern})|\b(?:help|helps|part(?:ly|ially)?|some(?:what)?|some of|aims?|aimed|meant|designed|intended|seeks?|tr(?:y|ies)|can|rather than)\b",
    re.I,
)
_GOOD = (
    r"(?:outcomes?|results?|success|gains?|profits?|returns?|growth|recover(?:y|ies)|rebounds?|landing|income|wins?|victory|performance|dividends?"
    r"|payouts?|upside|rewards?|benefits?|payoffs?|retirement|future|nest egg|savings|portfolio|balance|wealth|plan|strategy|investments?|funds?)"
)
_BAD = (
    r"(?:loss(?:es)?|risks?|downside|downturns?|volatility|market swings|swings|crash(?:es)?|declines?|falls?|drops?|corrections?|harm|danger"
    r"|bear markets?|turbulence|uncertainty|inflation|shocks?|market (?:moves|falls|drops|storms?|ups and downs))"
)
_ALL = r"(?:any|every|all|each|the)"
_CLIENTS = r"(?:clients?|customers?|investors?|families|households|people)"
_MONEY = (
    r"(?:money|savings|principal|capital|nest egg|wealth|retirement|portfolio|account|balance|holdings?|investments?|funds?|bonds?|income"
    r"|allocation|mix|plan|strategy|position|cash|principle)"
)
_BEATS = (
    r"(?:beat(?:s|en|ing)?|outperform(?:s|ed|ing)?|outpac(?:e|es|ed|ing)|crush(?:es|ed|ing)?|top(?:s|ped|ping)?|trounc(?:e|es|ed)|outdo(?:es|ne)?"
    r"|outsh(?:ine|ines|one)|outrun|outran|surpass(?:es|ed|ing)?|exceed(?:s|ed)?)"
)
_YARDSTICK = r"(?:market|index(?:es)?|indices|benchmarks?|peers?|rivals?|competition|competitors?|average|s&p|dow|field|pack|rest|banks?)"
_REGULATOR = r"(?:sec|commission|finra|irs|regulators?|washington|authorities|compliance(?: department| officer| team)?)"
_COUNSEL = (
    r"(?:accountants?|cpas?|attorneys?|lawyers?|tax (?:advis[eo]rs?|preparers?|person|pro)|counsel|compliance|spouse|wife|husband|partner|children|family"
    r"|anyone|anybody|disclosures?|fine print|small print|prospectus(?:es)?|disclaimers?|regulators?|sec|finra|second opinion|other advis[eo]rs?)"
)

_SUBJECT = (
    r"(?:markets?|stocks?|shares?|bonds?|equit(?:y|ies)|funds?|etfs?|prices?|rates?|yields?|returns?|portfolios?|values?|balances?|savings|wealth|nest egg|index(?:es)?|indices|sectors?|tech"
    r"|technology|companies|caps|dollar|gold|oil|economy|earnings|dividends?|inflation|rall(?:y|ies)|rebounds?|slide|recovery|correction|momentum|gains?|profits?|growth|treasur(?:y|ies)|commodities|real estate"
    r"|valuations?|volatility|investments?|holdings?|positions?|picks?|(?-i:(?!CPA|IRS|SEC|IRA|RMD|HSA|FINRA|CRM|FDIC|SIPC|LLC|ETF)(?:XX|[A-Z]{3,5})))"
)
_FUTURE = r"(?:will|'ll|shall|(?:is|are|'s|'re) (?:\w+ )?(?:going|about|set|bound|due|sure|certain|destined|poised|headed|guaranteed) to|(?:has|have) to|must|cannot help but|can't help but)"
_ADMINISTERED = (
    r"(?:(?:\w+ly |also |then |still |now |only |not |never )?(?:be (?!worth|fine|strong|higher|lower|up|down|better|richer|rewarded|protected|safe|ahead|back|doubled|tripled)|change|vary|fluctuate|depend|differ|remain (?:in|at|the|with|part|invested|as|un)"
    r"|stay (?:in|at|the|with|as|where|invested|within|un|open)|need|require|go (?:in|to|toward|from|out of)|cover|pay for|appear|come (?:from|out of|due|in)|turn (?:long|of)|become (?:long|due|cash|available|part)|mature|settle|move (?:to|into|from|in|out|within)"
    r"|pass (?:to|on)|include|count|show|have (?:to|a|an|no|been)|continue to (?:be|hold|follow|count)|reset|expire|apply|serve|follow|leave|hold|match|not|happen|make up|fit|cost|add|use|decide|determine|affect|matter|fund|take|buy|bring (?:equity|stocks|bonds|fixed|cash|the)|reduce|lower|split|offset|absorb|realize))"
)
"""After 'will': what is done with a holding, and no forecast of it."""

# --- The claims ----------------------------------------------------------------------------------------------------

CLAIMS: tuple[Rule, ...] = (
    # Certainty of an outcome.
    Rule(
        PROMISE,
        any_of(
            rf"{_GOOD} (?:\w+ )?(?:is|are|was|were|seems?|looks?|will be|'s) (?:now |already |quite |absolutely |completely |virtually |practically |nearly |almost |all but |as good as )*"
            r"(?:certain|sure|assured|secured?|guaranteed|a given|locked(?: in)?|inevitable|unavoidable|a certainty|a done deal|beyond doubt|never in doubt|in the bag|yours)"
            r"(?! (?:to|whether|if|when|how|what|of what|by a|by the|only))",
            r"(?:it is|it's|that is|that's|this is|consider it) (?:all but |almost |practically |virtually )?(?:a given|a certainty|certain|a done deal|inevitable|a sure|a lock)",
            r"(?:all but|as good as|virtually|practically) (?:certain|guaranteed|assured|locked|done|risk)",
            r"foregone conclusion",
            r"in the bag",
            r"(?:a |one )?(?:hundred|100)[- ]?(?:per ?cent|%) (?:chance|certain|sure|safe|secure|guaranteed|confident|protected|reliable)",
            r"100% ?(?:chance|certain|sure|safe|secure|confident|protected|reliable)",
            r"(?:you|your family) (?:can|may|could) (?:\w+ )?(?:count|bank|bet|rely|depend) on\b(?! (?:us|me|our (?:help|team|call)|hearing|a call)\b)",
            r"(?:bank|bet) on (?:it|this|that|us)",
            r"(?:whatever happens|whatever the (?:market|markets|economy|weather|world)|no matter (?:what(?! you)|who|where (?:the )?(?:market|rates|prices|stocks|we)|which way|how (?:the )?(?:market|stocks|prices|rates|bad|badly|volatile|low|far|hard))"
            r"|regardless of (?:the market|market|markets|what (?:the )?(?:market|happens))|in (?:any|every|all|good and bad) (?:kinds? of )?(?:markets?|weather|environments?|market conditions|economy)"
            r"|come what may|rain or shine|come rain|through thick and thin|in good times and bad|up or down)",
            rf"(?:secured?|set|safe|locked(?: in)?|covered|taken care of|provided for|comfortable|{_GOOD}) for (?:life|good|ever|the rest of (?:your|their|his|her))",
            r"(?:never|no longer|not|n't) (?:\w+ ){0,2}(?:have to |need to )?worry (?:about|again|over)(?: (?:money|income|losses|the market|markets|this|your))?",
            r"(?:worry|stress|care)-?\s?free",
            r"(?:can|will|'ll|could) (?:now |all )?(?:sleep|rest) (?:soundly|well|easy|easily|better|at night)",
            r"(?:make|made|makes|making) (?:good|up for|you whole)(?: for)? (?:on )?(?:any|your|the|every|all)? ?loss",
            r"(?:cover|refund|reimburse|compensate|absorb|eat|replace|repay) (?:you for )?(?:any|your|it|the|every|all) ?(?:\w+ )?(?:loss(?:es)?|shortfall|difference|downside)?(?= ?[.,!]| for you)",
            r"money-?\s?back",
            r"(?:can't|cannot|can not|never|no)-?\s?(?:miss|lose|fail|brainer)",
            r"(?:sure-?\s?fire|slam-?\s?dunk|home run|lay-?up|iron-?clad|rock-?\s?solid|air-?tight|infallible|unfailing|unsinkable|unshakable|money in the bank|easy money|dead cert|safe as houses)",
            r"pays? for (?:itself|themselves)",
            r"(?:has|have|'ve|got) your back",
            r"(?:stake|bet|staking|betting) (?:our|my|the) (?:reputation|name|house|farm|ranch|firm|life|license|career|job)",
            r"(?:you(?:'re| are)|we(?:'re| are)) looking at an? (?:\w+ )?(?:profit|gain|return|win|sure)|(?:a|an|the|your|one) (?:\w+ )?(?:sure|certain|guaranteed|assured|easy|dead-sure|near-certain) (?:profits?|gains?|returns?|income|growth|win|winner|money|payoff|payday|success)|(?:as|so) (?:certain|sure) as|"
            r"(?:always|invariably|inevitably|unfailingly) (?:\w+ )?(?:come out|end up|land|finish) (?:on top|ahead|richer|better|a winner|on your feet)|takes? care of you|never let you down",
            r"(?:make|makes|made) up (?:the|any|your) (?:difference|shortfall|gap|loss)|made whole|make you whole|(?:counted|relied|banked) (?:up)?on to (?:deliver|pay|earn|grow|return|produce)|(?:is|are) (?:now |as good as )?a done deal|as good as (?:in the bank|cash|gold|yours)",
            r"(?:think of|treat|regard|(?:is|are|works?|acts?) (?:just )?(?:like|as)|same as|no different from|the equivalent of) (?:\w+ ){0,5}?(?:a |an |your |in the |money in the )?(?:savings account|the bank|cash|certificates? of deposit|piggy bank|bank deposit)",
            r"mark my words|take my word|(?:our|my) word",
            r"(?:is|are|'s|'re) (?:all but |almost |virtually |practically |absolutely )?(?:bound|certain|guaranteed|destined|assured|set|sure) to (?!(?:send|tell|call|change|differ|vary|have|ask|meet|review"
            r"|expire|begin|start|close|become|turn|move|be (?:questions|changes|some|sent|filed|paid|taken|reviewed))\b)",
            rf"ensur(?:e|es|ed|ing) (?:that )?(?:\w+ ){{0,4}}?(?:{_GOOD}|growth|safety|security|do not lose|does not lose|never)",
            r"mak(?:e|es|ing) (?:sure|certain) (?:that )?(?:\w+ ){1,3}(?:do not|don't|does not|doesn't|never|won't|will not|cannot|can't) (?:lose|fall|fail|drop|decline|run out)",
            r"(?:will|'ll|would|can) never run (?:out|short|dry)(?: of (?:money|income))?",
            r"(?:proven|guaranteed|certain|sure|reliable|tested|time-tested|winning) (?:way|path|road|formula|recipe|system|method|strategy|approach) (?:to|for|of) (?:\w+ )?(?:wealth|riches|gains?|profits?|growth|beat\w*|success|make|earn|grow\w*|getting|retire\w*)",
            r"without (?:exception|a hitch|question|a doubt|any doubt)",
            r"(?:there is|there's|there can be|have|has) (?:absolutely |simply |really )?no (?:question|doubt|uncertainty|chance|scenario|case|circumstances?|possibility|situation) (?:that|about|of|in which|where|under|you|it|this|we)",
            r"under no circumstances? (?:can|could|will|would) (?:you|it|this|the)(?: \w+){0,2} (?:lose|fall|fail)",
        ),
        re.compile(rf"(?:{OPEN.pattern}(?!.*\bthere (?:is|are) $))|\b(?:hope|wish)\w*\b", re.I),
    ),
    Rule(
        PROMISE,
        any_of(
            r"(?:there is|there's|there can be|see|know of) (?:absolutely |simply |really |just )?no (?:scenario|case|chance|circumstances?|possibility|situation|way|market|world) (?:that|of|in which|where|under which|you|it|this|for this)",
            r"(?:never|no longer|not|n't) (?:\w+ ){0,2}(?:have to |need to )?worry (?:about|again|over)(?: (?:money|income|losses|the market|markets|volatility|risk|running|retirement|a thing))?",
            r"impossible (?:for (?:you|it|this) )?to (?:come out behind|lose|fail|go wrong|underperform|do badly|lag|miss|run out)",
            r"(?:nothing|no ill|no harm|no evil|nobody|no one) (?:\w+ )?(?:can|could|will|would|is going to) (?:\w+ )?(?:go wrong|happen to|hurt|harm|touch|threaten|shake|dent|reach|affect|stop|take (?:it|this|that|your))",
            r"nothing (?:\w+ )?(?:goes|to go) wrong|(?:can(?:not|'t| not)|won't|will not|never) (?:ever )?(?:disappoint|let you down|fail you|hurt you|lose|go to zero|miss)(?! (?:the|your|our|a) (?:call|form|deadline|track|sight|paper))",
            r"(?:will|'ll) not (?:be sorry|be disappointed|regret|lose (?:a|any|money|out|sleep))|won't (?:be sorry|be disappointed|regret|lose (?:a|any|money|out|sleep))",
        ),
        _NOT_SAID,
    ),
    # No risk.
    Rule(
        NO_RISK,
        any_of(
            r"(?:immune|impervious|invulnerable|bullet-?proof|resistant) (?:to|from|against)",
            r"(?:bomb|bear|market|storm|future|weather|downturn|loss|shock|inflation|volatility|bullet|fool|fail|crash|recession)-?\s?proof",
            rf"(?:protect|shield|insulat|guard|shelter|buffer|safeguard|immuni[sz]|inoculat|hedg|defend|secur)\w* (?:\w+ ){{0,3}}?(?:from|against) (?:{_ALL} )?(?:\w+ )?{_BAD}",
            r"(?:protects?|protected|shields?|shielded|insulat\w+|sheltered|shelters|hedged|covered|insured|guarded) (?:you |your \w+ |it )?(?:fully|completely|totally|entirely|perfectly|absolutely|100%)",
            r"(?:fully|completely|totally|entirely|perfectly|absolutely|always|100%) (?:protect|shield|insulat|shelter|hedg|cover|insur|guard|secur|safe|immune|risk)\w*",
            r"out of harm's way|beyond the reach of (?:the market|markets|losses)|safe harbor (?:from|in) (?:the )?(?:market|storm)|safe and sound|safe haven|safety net|in safe hands",
            r"(?:market|drop|fall|crash|downturn|recession|loss(?:es)?|selloff|sell-off|correction|bear market)(?: \w+){0,3} (?:would|will|could|can|does|do|is|are)(?:n't| not|not| never| no longer) (?:\w+ )?(?:touch|hurt|affect|reach|harm|faze|dent|bother|shake|cost you|matter|a threat|going to)",
            r"what (?:could|can|would|might) (?:possibly |ever )?go wrong|stop (?:watching|worrying|checking|following)|at (?:nobody|no one|no-one)'s (?:expense|cost)|(?:only|just|mere(?:ly)?) noise",
            rf"{_BAD} (?:is|are|becomes?) (?:now |simply |all |effectively |basically )?(?:off the table|out of the question|impossible|a thing of the past|history|behind (?:us|you)|gone|eliminated|ruled out|zero|nil|none|non-?existent|negligible|minimal|under control|taken care of)",
            r"(?:remov|eliminat|eras|abolish|dispens|end|ban(?:ish|s)|rul)\w* (?:with |out )?(?:all |any |every |the |your )*(?:\w+ )?(?:danger|chance|possibility|threat|fear|risk|worr(?:y|ies)|uncertainty|exposure|likelihood)(?= of| to|s?[.,!])",
            rf"(?:free (?:of|from)|without|devoid of|no exposure to|zero exposure to) (?:any |all |the )?(?:\w+ )?{_BAD}",
            r"(?:all|every bit) (?:of )?the (?:upside|growth|gains?|benefits?|rewards?|returns?)",
            rf"none of the (?:\w+ )?{_BAD}",
            r"(?:near|practically|virtually|almost|nearly|essentially|basically) (?:risk-?\s?less|risk-?\s?free|without risk|no risk|certain)",
            r"(?:can|could|will) only (?:go|get|grow|rise|gain|increase|win|benefit|help|improve|climb|make)",
            r"(?:as|just as|every bit as) (?:safe|secure|solid|sound) as|safer than|like (?:cash|money) in the bank|good as gold",
            rf"(?:your|the|this|our|all (?:of )?your) (?:\w+ ){{0,2}}?{_MONEY} (?:is|are|will be|stays?|remains?|would be) (?:(?:now|fully|completely|totally|always|entirely|perfectly|quite|very|rock-solid|solid) ?(?:and )?)*(?:safe|secure|protected|insured|hedged|shielded|sheltered|guarded|defended|guaranteed|risk-free)"
            r"(?! (?:from these|from this|from the (?:proposed |planned )?(?:trades|sales)|only|up to|by sipc|for (?:you|us) to))",
            r"(?:you|it|this|they|these)(?: are| is|'re|'s| will be) (?:\w+ )?(?:safe|secure|protected|insured|hedged|covered)(?= ?[.,;!]| (?:here|with|in (?:this|the|any|every)|against|from|no matter))",
            r"(?:no|zero|hardly any|little or no) (?:real |actual |meaningful |market |investment )?(?:danger|hazard|peril|chance of (?:a )?(?:loss|losing)|possibility of (?:a )?loss|loss potential)",
        ),
        re.compile(rf"(?:{_HEDGED.pattern})(?!.*\b(?:there (?:is|are)|with|has|have|can) $)", re.I),
    ),
    Rule(
        NO_RISK,
        any_of(
            r"(?:cannot|can't|can not|could not|couldn't|never|nothing|nobody|no one|none|won't|will not|unable to|incapable of|in no danger of) (?:(?!tell|know|say|promise|rule|predict|guarantee|exclude|whether|that|if|avoid|sell|buy|trade|mean|be certain|assure|you see|in|the)[\w-]+ ){0,6}?"
            r"(?:shrink|fall(?! (?:through|in|due|on|under|within|semester|term))|drop(?! (?:off|by|in))|loses?(?! (?:sight|track|touch|the (?:form|paper|letter|copy|key|note)))|lost (?:money|value|a|anything)|decline|hurt|harm|suffer|sink|crash|dip|go (?:under|down|broke|bust|wrong|to zero)|disappear|run (?:out|dry)|evaporate|collapse|go to waste|backfire|miss the mark|get worse)",
            r"(?:risks?|loss(?:es)?|downside|danger|volatility|uncertainty|exposure)(?: \w+){0,2} (?:to|at|down to) (?:zero|nothing|nil|none)|(?:tak(?:e|es|ing|en)|took) (?:all |every |any |out )?(?:of )?(?:the )?(?:worry|fear|stress|guesswork|danger|uncertainty|doubt|gamble|chance|volatility) out",
            rf"(?:{_BAD}|market|markets|tax(?:es)?|wash sales?)(?: \w+)? (?:is|are|will be|need) (?:no longer|not|never|no)(?: be)? (?:a |an |any |your |of )?(?:\w+ )?(?:concerns?|worr(?:y|ies)|problems?|issues?|factors?|threats?)",
            rf"(?:do not|don't|need not|needn't|no need to|no reason to|never) (?:have to |need to )?(?:worry|fear|be afraid|be concerned|lose sleep)(?: about| over| of)? (?:\w+ ){{0,3}}?(?:{_BAD}|market|markets|money|tax(?:es)?|audits?)",
            r"nothing to (?:lose|worry about|fear|give up|be afraid of|it)|no (?:cause|reason|need) (?:for|to) (?:concern|worry|fear|be concerned)",
        ),
        _NOT_SAID,
    ),
    # Benefit without its cost.
    Rule(
        NO_COST,
        any_of(
            r"(?:there (?:is|are)|there's|has|have|with|at|carr(?:y|ies)|comes? with|came with) (?:absolutely |simply |really |literally |virtually |almost )?(?:no|zero) (?:\w+ )?(?:catch|drawbacks?|trade-?\s?offs?|disadvantages?|negatives?|strings|minus(?:es)?|costs?|charges?|downsides?|sacrifice|pain|penalt(?:y|ies))"
            r"(?! (?:beyond|apart|other|except|but|for this|is due|applies|basis))",
            r"without (?:any |the |a single )?(?:catch|drawbacks?|trade-?\s?offs?|downsides?|sacrific\w+|costs?|strings)",
            r"(?:did|does|do|will|would)(?:n't| not) cost (?:you |us )?(?:a thing|anything|a (?:cent|penny|dime)|one)",
            r"(?:put|puts|putting) (?:[\w$,.]+ ){0,5}?in(?:to)? your pockets?|no strings attached|win-?\s?win|best of both worlds|have your cake|everything to gain|a free lunch|all gain",
            r"(?:costs?|cost|sets?|will cost|would cost) (?:you |us |your family )?(?:nothing|not a (?:cent|penny|dime|thing)|zero)",
            r"(?:free money|free ride|money for nothing|cost-?free|for free|free of (?:any |all )?(?:charge|cost|fees?)|at no (?:\w+ )?(?:cost|charge|expense)|free gift|on the house|risk-?free trial)",
            r"(?:is|are|'s|comes?|absolutely|completely|totally|entirely|perfectly|essentially) (?:\w+ )?free(?= ?[.,;!]| for you| with| and)",
        ),
        re.compile(
            rf"(?:{_NOT_SAID.pattern})|\b(?:not|never|n't|nothing|if)\b|\b(?:you|we|i|time|slot|calendar|morning|afternoon)(?:'re| are| is)? $",
            re.I,
        ),
    ),
    # Forecasts.
    Rule(
        FORECAST,
        any_of(
            rf"{MARKET} (?:\w+ )?(?:{WILL}|should) (?:\w+ ){{0,2}}(?:{MOVES}|lose (?:value|money|ground|steam)|come (?:down|back|good)|disappoint|hold up|hold (?:its|their) (?:value|ground)|do fine"
            r"|be (?:fine|strong(?:er)?|higher|lower|up|down|okay|better|worth more|back|there (?:every|for you))|stay (?:strong|high|low|up)|have (?:its|their) (?:moment|day)"
            r"|keep (?:pace|up|on)|lead|take off|turn (?:up|down|around|the corner|higher|lower)|skyrocket|explode|(?:reach|hit) (?:new|record|a new|fresh)|win out|see (?:strong|big|new|more)|enter a (?:bull|bear|new)"
            r"|cut|hike|pay more|catch up|heal|normali[sz]e|stabili[sz]e|calm|settle down|slow|accelerate|deliver|produce|generate|compound)",
            rf"(?:the fed|federal reserve|central bank|dividends?|earnings|profits|results|payouts?|bitcoin|crypto|oil|treasur(?:y|ies)|(?:emerging|developed|international|foreign|domestic) (?:markets?|stocks?|shares)|value stocks|growth stocks|small caps|large caps|real estate|housing|recession|inflation|volatility) (?:\w+ )?{WILL} (?:\w+ ){{0,2}}(?:{MOVES}|cut|hike|come down|come back|go away|end|arrive|hit|pay|lead)",
            r"(?:head|point|mov|trend|climb|go)(?:ed|ing|s)? (?:for|to|toward|towards|into) (?:new|record|all-time|fresh|the moon|much|even) ?(?:highs?|lows?|heights|higher|lower|better|territory)?",
            r"(?:have|has|had) (?:likely |probably |finally |clearly |surely )?(?:peaked|bottomed(?: out)?|hit (?:the |a |rock )?bottom|topped out|turned the corner|run (?:its|their) course|nowhere to go|plenty of room|lots of room|a long way to (?:go|run))",
            r"(?:worst|bottom|top|peak|low|lows|bear market|bull market|correction|sell-?off|recession|rally|crash|slump|storm|pain|bad news) (?:is|are|will be|seems?|looks?) (?:\w+ )?(?:behind us|over|in|past|done|coming|ahead|near|here|upon us|in sight|on the horizon|underway)",
            r"(?:better|good|bright|brighter|best|great|sunny|tough|hard|rough|dark|big) (?:days|times|years|months|future|prospects?|things|returns|gains|outlook|road) (?:\w+ )?(?:is|are|lies?|ahead|to come|coming|await\w*|for)",
            r"(?:expect|look for|look forward to|get ready for|brace for|prepare for|anticipate|see|foresee|awaits?) (?:an? |some |more |very |another )*(?:strong|big|great|solid|steady|higher|rising|better|double[- ]digit|triple[- ]digit|healthy|sharp|handsome|record|falling|lower|weak|good|robust|stellar|attractive|impressive|outsized|above-average) ?(?:\w+ )?"
            r"(?:gains?|growth|returns?|profits?|results?|income|performance|prices|rates|losses|years?|quarter|markets?|rally|rebound|dividends?|stocks|bonds|days|times)",
            r"(?:should|will|'ll|is likely to|are likely to|can be expected to|is expected to|are expected to|ought to|is going to|are going to) (?:\w+ )?(?:return|yield|earn|deliver|produce|generate|gain|beat|outpace|outperform|pay(?! for)|provide|bring(?: in)?|make) (?:you )?(?:\w+ ){0,3}?"
            r"(?:more|above|better|higher|well|strong|stronger|handsomely|steady|steadily|solid|superior|attractive|bigger|larger|good|great|excellent|healthy|consistent|reliable|growth|returns?|profits?|riches|wealth)(?! (?:information|detail|questions|time|notice|clarity|room|cash|sense))",
            r"(?:looks?|looking|seems?|appears?|stands?) (?:\w+ )?(?:ready|set|poised|primed|due|likely|sure|certain|bound|positioned|destined) (?:to|for) (?!(?:be (?:done|signed|sent)|sign|send|call|meet)\b)\w+",
            r"(?:due|ripe|ready|set|poised|primed|positioned|headed|bound|destined|overdue|in store|in line) for (?:an? |some |more |strong |another |big |much |serious )*(?:comeback|rebound|rally|recovery|bounce|breakout|take-?off|growth|gains?|run|surge|correction|fall|drop|crash|upswing|turnaround|highs?|success|greatness|trouble|losses)",
            r"(?:room|scope|potential|space) (?:to|for) (?:\w+ )?(?:run|grow|climb|rise|upside|growth|gains|appreciation|higher)",
            r"you(?:'ll| will|r family will)(?: \w+)? (?:be (?:glad|happy|pleased|thankful|grateful|delighted|rich|richer|wealthy|wealthier|better off|ahead|amazed|smiling)|thank us|thank yourself|never look back|enjoy (?:\w+ )?(?:returns|gains|growth|profits)|reap|see (?:\w+ )?(?:gains|growth|profits|results)|retire (?:\w+ )?(?:early|rich|comfortably|in comfort)|prosper|thrive|come out)"
            r"(?! (?:to (?:hear|know|learn|see that)|that (?:the|your|our) (?:form|call)))",
            r"you (?:can|should|could|may) (?:\w+ )?(?:expect|look forward to|anticipate|plan on|see) (?:to )?(?:\w+ )?(?:earn|gain|make|profit|returns?|growth|more income|higher|better|strong|steady|solid|a (?:\w+ )?return|gains|profits|double)",
            r"(?:year (?:after|over|in and) year|every single year|month after month|each and every year)(?=.{0,40}(?:[.!,]|$))",
            r"(?:keeps?|kept|goes|go) on? ?(?:rising|growing|climbing|going up|increasing|compounding|outperforming|winning|beating)(?= (?:for|year|over|from|through|in the|forever|and))",
            r"(?:only|just|simply) a matter of (?:time|months|weeks|days|years|when)|in the dust|along for the ride|by (?:our|my) (?:reckoning|math|projections?|forecasts?)|(?:put|puts|putting) (?:[\w$,.]+ ){0,5}?in(?:to)? your pockets?|encore|repeat performance|do it again|more where that came from",
            r"(?:we|i) see (?:the )?(?:\w+|s&p|s&p 0) (?:0 )?(?:at|above|past|over|near|hitting|reaching|north of) \S+|(?:account|portfolio|balance|fund|index|market|s&p|savings) (?:passes|crosses|reaches|hits|tops|breaks|clears) (?:the )?(?:\w+[- ])?(?:million|mark|0|new|record|all-time)",
            r"to the moon|sky(?:'s| is) the limit|skyrocket\w*|next big thing|the next (?:apple|amazon|nvidia|tesla|google|microsoft)|hockey stick|ten-?bagger",
            r"history (?:shows|tells|proves|says|teaches|is on)|(?:markets?|stocks|it|they) always (?:\w+ )?(?:come|comes|recover|recovers|go|goes|bounce|bounces|rise|rises|win|wins|return)",
            r"(?:we|i|analysts?|experts?|models?|economists?) (?:\w+ )?(?:see|sees|foresee|foresees|expect|expects|anticipate|anticipates|project|projects|envision) (?:\w+ ){1,5}?(?:growing|rising|climbing|falling|recovering|gaining|doubling|outperforming|beating|returning|strengthening|weakening|soaring|rallying)",
            r"(?:gains?|growth|returns?|rally|rebound|comeback|recovery|recession|crash|correction|boom|rate cuts?|upswing) (?:is|are|lies?) (?:\w+ )?(?:ahead|coming|on the way|around the corner|in store|in the cards|in the offing|imminent|inevitable|here|just ahead|near)",
            r"(?:winners?|multiples?|millions?|fortune) (?:in the making|of tomorrow)|tomorrow's winners?|ahead of the (?:market|crowd|curve|herd|crash|pack|game|recession)",
            r"(?:headwinds|clouds?|worries|troubles?) (?:are|is|will) (?:\w+ )?(?:clear\w*|fad\w*|pass\w*|lift\w*|gone|behind us)",
            r"(?:so|and|then|because|as) (?:\w+ )?(?:bonds|stocks|shares|prices|funds|you) (?:win|soar|boom|rally|surge)",
            r"(?:grow|double|triple|multiply|compound|build) your (?:\w+ )?(?:money|wealth|savings|nest egg|fortune)(?: (?:fast|faster|quickly|many|several|over|by|with))?",
            r"get(?:ting)? rich|make a (?:killing|fortune|bundle|mint)|big (?:money|profits?|gains?|winner)|easy (?:profits?|gains?)|fast (?:profits?|gains?|money)|quick (?:profits?|gains?|money|win)",
        ),
        OPEN,
        re.compile(r"^ ?(?:than|if|,? but (?:may|might|could)|or (?:fall|lower|not|may|worse))", re.I),
    ),
    Rule(
        FORECAST,
        any_of(
            rf"{_SUBJECT}(?:'s \w+)? (?:(?:soon|surely|certainly|definitely|probably|likely|always|inevitably|then|now|alone|too|eventually) )?{_FUTURE} (?!{_ADMINISTERED})\w+",
            rf"{_SUBJECT} (?:is|are|'s|'re) (?:\w+ )?(?:on (?:its|their|the) way|headed|heading|trending|destined|moving|going) (?:\w+ )?(?:up|down|higher|lower|back|north|south|up from|for)",
            rf"{_SUBJECT} (?:has|have|'ve) (?:\w+ )?(?:further|farther|more|a long way|room|space|plenty of room|only one way|one way|nowhere|a (?:bright|great|good|strong)) (?:to|left|future|year|outlook)",
            rf"{_SUBJECT} (?:is|are) (?:\w+ )?(?:overdue|poised|primed|ripe|a (?:coiled spring|sure|rocket|one-way)|unstoppable|undervalued|overvalued|not done|just getting started|only getting)|(?:market|stocks|bonds|it|they) owes? (?:us|you)",
            rf"(?:expect|watch|look for|see|wait for|trust|count on) (?:for )?(?:the |your |these |this |our |a )?(?:\w+ )?{_SUBJECT} to (?!be (?:taxed|reported|sold|sent|paid|included))\w+",
            r"(?:we|i)(?: are|'re| am|'m|'ve become| remain| feel) (?:\w+ )?(?:convinced|confident|positive|bullish|bearish|optimistic|pessimistic|upbeat)(?! about your (?:plan to|choice))",
            r"(?:we|i) (?:\w+ )?(?:anticipate|expect|foresee|see|look for|await) (?:an? |another |some |the )?(?:\w+ ){0,2}?(?:rally|rebound|recovery|upturn|upswing|comeback|bounce|correction|crash|downturn|recession|growth|gains|surge|boom|slump|bull|bear)",
            r"(?:yours|ours|this one|that one|the rest) (?:will|is going to|are going to)(?= ?(?:too|as well|follow|soon|next|also|[.,!]))",
            r"(?:our|my|the house) (?:view|call|bet|forecast|prediction|outlook|expectation|belief|base case|conviction) (?:is|calls|remains|points)(?! that (?:you|we|no|the (?:choice|plan)))",
            r"(?:loss(?:es)?|falls?|drops?|declines?|dips?|setbacks?|pullbacks?) (?:will|would|can only|is|are) (?:only |always |just |merely )?(?:be )?(?:temporary|short-lived|brief|small|minor|passing|made up|made back|recovered|reversed)",
            r"you(?:'ll| will) (?:\w+ )?(?:be (?:rewarded|laughing|sorry|amazed|set|well off|sitting pretty|a winner)|kick yourself|win|profit|gain(?! a (?:better|clearer))|make (?:more|money|a profit|up)|earn|double|come out|get (?:it|your money) back|beat|outlive|retire)",
        ),
        OPEN,
        re.compile(r"^ ?(?:than|if|,? but (?:may|might|could)|or (?:fall|lower|not|may|worse))", re.I),
    ),
    # Timing the market.
    Rule(
        TIMING,
        any_of(
            r"(?:perfect|ideal|right|best|great|good|wrong|worst|bad|prime|golden|opportune|exact|precise) (?:time|moment|point|day|week|hour|conditions?) (?:to|for) (?:\w+ ){0,2}?(?:buy\w*|sell\w*|invest\w*|get|getting|enter\w*|move|act|jump|load|exit\w*|bonds|stocks|purchas\w*|trim\w*|rebalanc\w*|tak\w*)",
            r"(?:now|this|today) is (?:\w+ )?(?:the|a|your) (?:\w+ )?(?:time|moment|chance|opportunity|day|hour|entry)(?: (?:to|for))?",
            r"entry point|buy the dip|buying opportunity|(?:back up the truck)",
            r"(?:get|getting|be|jump|pull|move|go|hop|sell) (?:back )?(?:in|out)(?: of (?:the )?(?:market|stocks|bonds))? (?:before|ahead of|early|while|now)",
            r"(?:this|that|here|it) (?:is|'s|was) (?:\w+ )?the (?:market )?(?:bottom|top|low|peak)(?= ?[.,!]| of the market| and| for)|better (?:moment|time|entry|price|chance|opportunity|point) (?:than (?:this|now|today)|to (?:buy|sell|take|get))",
            r"(?:step|stay|sit|stand|wait)(?:ping|ing|ting)? (?:aside|on the side|it out|this out|out the)|(?:come|get|go|jump|buy|move|step|pile) back (?:in|into)(?= ?[.,!]| when| after| once| at| the (?:market|stock))|(?:catch|ride|front-?run|beat) (?:the|a|this) (?:pop|wave|bounce|rally|move|upswing|dip|bottom|surge|rush|news|election|fed|announcement)|when prices are (?:cheaper|lower|higher|better|right)",
            r"(?:called?|calling|caught|nailed?|spotted|pick(?:ed)?) the (?:top|bottom|turn|peak|low|crash)",
            r"(?:time|timing|timed|outguess|outsmart|second-guess) (?:of )?(?:the )?markets?",
            r"(?:know|knows|knew|tell|tells|sense|show|shows|signal|signals|identif(?:y|ies)) (?:you )?(?:exactly |just |precisely )?(?:when|where) (?:to (?:get|buy|sell|be|move|exit|enter)|the (?:market|top|bottom|turn)|(?:stocks|prices|rates|it) (?:will|turn))",
            r"(?:prices?|stocks|bonds|shares|valuations|it|they|(?-i:[A-Z]{2,5})) (?:is|are) (?:\w+ )?(?:at (?:the|a|their|its|rock) (?:\w+ )?(?:bottom|low|lows|top|peak)|a (?:real |true |great )?(?:bargain|steal|buy|deal)|on sale|dirt cheap|too cheap|undervalued|a screaming buy|about to (?:turn|pop|move|break|run|drop))",
        ),
        re.compile(rf"(?:{DENIED.pattern})|\b(?:if|should|whether|may|might|could|is)\b(?! now)", re.I),
    ),
    # Pressure.
    Rule(
        PRESSURE,
        any_of(
            r"(?:this|it|the (?:decision|matter|sale|trade|move|change)) (?:really |simply |just )?(?:cannot|can't|can not|must not|should not|won't|will not) wait",
            r"(?:every|each) (?:day|hour|week|minute|month|moment)(?: (?:that )?(?:you wait|counts|of delay|matters|lost|that passes|costs|you delay)| (?:\w+ ){0,3}costs)",
            r"by return(?= ?[.,!]| of)",
            r"(?:opportunit(?:y|ies)|chances?|offers?|deals?|prices?|terms|openings?)(?: like (?:this|these)| such as this| this good)? (?:\w+ )?(?:(?:do|does|will)(?: not|n't)|won't|don't|doesn't|never|rarely|seldom|hardly ever) (?:\w+ )?(?:come|last|stay|wait|return|repeat|be (?:here|there|around|repeated))",
            r"(?:rare|unique|golden|fleeting|exceptional|extraordinary|incredible|amazing|tremendous|exclusive|special|unprecedented|unmissable|can't-miss) (?:\w+ )?(?:chance|opportunity|moment|window|offer|deal)",
            r"(?:window|door|offer|chance|opportunity)(?: \w+){0,4} (?:clos(?:e|es|ing)|shut\w*|expir\w*|slip\w*|disappear\w*|vanish\w*|stay open|slam\w*|pass(?:es|ing)? (?:you )?by)",
            r"if you (?:wait|delay|hesitate|don't act|do not act|hold off|put (?:it|this) off|say no|decline|do nothing)(?: \w+){0,4},? (?:you(?:'ll| will)? (?:\w+ )?(?:lose|miss|regret|fall|kick|pay dearly|be (?:sorry|left|too late))|it(?:'ll| will) (?:be too late|cost))",
            r"(?:costly|big|huge|grave|serious|terrible|expensive|great|major|real|bad)(?: \w+)? (?:mistake|error|blunder)(?= ?[.,!]| (?:to|not|by|if|by saying))|mistake (?:not to|to (?:wait|delay|say no|pass|decline|hold off|miss|ignore this|turn))",
            r"(?:every(?:one|body)(?: else)?|(?:smart|savvy|wise|serious|sophisticated) (?:investors|money|people|clients)|most (?:of our )?clients|other (?:clients|investors|families)|all our clients|your (?:neighbors|peers|friends)) (?:\w+ ){0,2}?(?:already|agree|agrees|agreed|doing (?:this|it)|done (?:this|it|so)|moved|bought|getting in|in on|are in|signed|on board|jump\w*)",
            r"(?:(?:only |you'd be )?a fool|fool(?:ish|hardy)?|crazy|mad|insane|silly|unwise|reckless|irresponsible) (?:to|not to|would|who|if you)",
            r"pass(?:es|ing)? (?:this|it|that) (?:up|by)|pass(?:ing)? up (?:this|the|such|on)",
            r"owe it to (?:yourself|your)",
            r"(?:grab|seize|snap up|jump on|jump at|leap at|lock in|snatch) (?:this|it|the|your|these|that|while) ?(?:\w+ )?",
            r"(?:last|final) (?:call|chance|opportunity|moment)|eleventh hour|do or die|make or break|before (?:it's|it is|they're|they are) (?:too late|gone)|while (?:you (?:still )?can|supplies|(?:prices?|rates?|it|they|valuations)(?: \w+){0,3} (?:last|lasts|favorable|low|cheap|good|attractive|holds?))",
            r"(?:strongly|urgently|really) (?:urge|recommend that you act|press|insist)|(?:we|i) (?:urge|implore|beg|insist)(?: that)? you|(?:this|it|that|which) is (?:\w+ )?urgent|urgently (?:ask|recommend|advise|request|need your)|an urgent (?:opportunity|chance|matter|decision)",
            r"(?:act|move|decide|approve|sign|trade|buy|sell) (?:\w+ )?before (?!you |we |anything|the (?:call|meeting))\w+",
            r"(?:need|want|must have|expect) (?:a |an |your |the )(?:\w+ )?(?:yes|answer|decision|signature|approval|okay|ok|go-ahead|reply|confirmation) (?:within (?:the|an|a|0) (?:hour|day|minute|hours)|today|now|tonight|by (?:noon|tonight|close)|right away|immediately)",
            r"drag(?:ging)? your feet|yourself to blame|who hesitates|missing out|left holding|clock|countdown|sense of urgency",
            r"(?:can't|cannot|can not) afford (?:to|not)|what are you waiting for|leav\w+ (?:money|cash|dollars) on the table|(?:fall|falling|left|get left|being left) behind|out in the cold|no time (?:to (?:lose|waste|spare)|like)",
            r"(?:do not|don't|never) (?:sleep on|sit on|let (?:this|it|the)|put (?:this|it) off|pass|drag|dither|overthink|think twice|think too|second-guess|be the (?:last|only))",
            r"(?:do|sign|approve|confirm|decide|act|buy|sell|trade|reply|respond|call|commit|say yes|move|invest)(?: (?:it|this|that|the \w+|on (?:it|this)|in|us|me|back|XX|(?-i:[A-Z]{2,5})|\w+ing)){0,3} (?:today(?! or)|tonight|now(?! or)|at once|immediately|right now|right away|asap|without delay|straight away|this (?:minute|instant|very)|before (?:it|the market|prices|rates|others))",
            r"(?:must|need to|have to|has to|ought to|had better|'d better) (?:\w+ )?(?:act|approve|sign|decide|move|buy|sell|say yes|agree|get in|get out|commit|jump)(?! (?:once|after|the (?:form|transfer)|anything))(?= (?:today|now|this|on|before|while|to (?:it|this|the plan)|fast|quickly|soon|at|right|immediately|in time)|[.!])",
            r"(?:decision|answer|reply|signature|approval|response|yes|confirmation) (?:is|are) (?:needed|required|due|wanted|expected) (?:today|now|at once|immediately|tonight|right away|by (?:noon|tonight|tomorrow|close))",
            r"time is (?:not on|against|of the essence|running|short|money)|side-?\s?lines?|kick yourself|pay (?:for it|dearly)|too (?:good|important|big) to (?:miss|pass|wait|ignore)|(?:get|jump|hop|climb) on board|miss(?:ed|ing)? (?:the|this|your) (?:boat|train|rally|move|chance|shot|bus)|strike while|the iron is hot|step up|fear of missing|fomo",
            r"you have (?:\w+ )?no (?:choice|alternative|option)|(?:the )?only (?:sensible|reasonable|rational|logical|smart|sane) (?:choice|option|thing|move|decision)",
        ),
        re.compile(
            r"\b(?:no|not|never|nothing|need not|n't|whether|neither|nor|without)\b(?!.*\b(?:you|it|this) $)|\bif\b(?=.*\bwe\b)|\b(?:wash[- ]sale|day|enrollment) $|n't\b",
            re.I,
        ),
    ),
    # Superlatives.
    Rule(
        PRESSURE,
        any_of(
            r"(?:smartest|wisest|best|safest|soundest|greatest|finest|strongest|cleverest|shrewdest|surest|most (?:profitable|rewarding|successful|reliable|trusted|sophisticated|advanced|powerful|lucrative|experienced|respected)) (?:[\w-]+ ){0,2}?(?:moves?|decisions?|investments?|portfolios?|strateg(?:y|ies)|funds?|advice|team|advis[eo]rs?|firms?|deals?|bets?|opportunit\w+"
            r"|performance|returns?|results?|mix|solutions?|allocations?|managers?|minds?|in (?:the )?(?:business|class|industry|country|state|region|market)|there is|around|money can buy|thing you can do|on the market|choice you can make|trade)(?! (?:for (?:a|the) call|we could find|among the))",
            r"(?:not|n't|never|no one will|nobody will|can|could) (?:ever )?(?:find|get|do|ask for|hope for|beat) (?:\w+ ){0,3}?(?:better|anything like|a finer|this|more)(?: \w+)?(?= (?:anywhere|elsewhere|portfolio|fund|plan|advice|advis|than|deal|for)|[.!])",
            r"(?:no|nothing|none) (?:is |are |can be )?(?:better|finer|smarter|safer)(?: \w+)? (?:than|way|place|fund|plan|portfolio|strategy|time|investment|choice|mix)|there(?: is|'s) (?:nothing|none|no) better",
            r"(?:best|highest|finest|top|strongest|greatest|most \w+|smartest) (?:\w+ ){0,2}?(?:in|of) (?:the |our |this |its |any )?(?:\w+ )?(?:industry|business|country|state|city|region|nation|world|field|town|profession|kind)",
            r"(?:won't|will not|never|not going to) (?:ever )?be (?:a )?better (?:moment|time|price|chance|opportunity|deal)|second to none|(?:like )?no other(?= ?[.,!]| in| on)|head and shoulders|in a (?:class|league) (?:of (?:its|our) own|by (?:itself|ourselves))|in (?:better|the best|good|expert) hands|could not (?:ask|hope) for|(?:as good as it gets)|ahead of the rest|hands down|bar none|simply the best|without equal|without peer|unlike anything",
            r"un(?:rival+ed|parallel+ed|matched|surpassed|equal+ed|beaten|beatable|precedented)|peerless|world-?\s?class|top-?\s?(?:notch|rated|ranked|tier|performing|quality)|best-?in-?class|first-?\s?(?:class|rate)|award-?\s?winning|(?:five|5)-?\s?star|premier|industry-?\s?leading|market-?\s?leading|state-of-the-art|game-?\s?chang\w+|revolutionary|miracle|magic(?:al)?|holy grail|secret sauce|superior|exceptional(?:ly)?|extraordinary|outstanding (?:returns?|performance|results?|gains?|opportunit\w+)|spectacular|phenomenal|incredible|amazing|stellar",
            r"(?:the |a )?leading (?:\w+ )?(?:advis[eo]rs?|firms?|experts?|managers?|wealth)|(?:number|no\.?) ?(?:one|1)(?= ?[.,!]| (?:in|advis|firm|fund|choice|pick))|#1|ultimate (?:\w+ )?(?:portfolio|plan|strategy|solution|investment|mix)|no-?\s?brainer|flawless|genius|brilliant (?:move|plan|strategy|pick)|unerring",
            r"(?:is|are|'s|'re) (?:(?!not )\w+ )?perfect(?:ly balanced| for you|ly positioned| in every way)?(?= ?[.,!]|$)|perfect (?:\w+ )?(?:portfolio|plan|mix|fund|solution|strategy|allocation|investment|choice|fit)",
            r"(?:no one|nobody|no other \w+|none|few) (?:else )?(?:\w+ ){0,4}?(?:as well as|better than|like|as good as|the way|can match|come close|comes close|rival\w*|can touch) ?(?:we|us|our|this|you|it)?",
            r"(?:we|our (?:\w+ )?(?:team|firm|advis[eo]rs?|research|portfolios?|picks?|process|approach|strateg(?:y|ies)|methods?|models?)) (?:is|are|'re) (?:\w+ )?(?:better|smarter|superior|the best|ahead|unique|far|proven)",
            r"(?:smartest|sharpest|brightest|finest|best|greatest) (?:people|minds|brains|hands|team|heads)|(?:wrote|write) the book|sit back(?: and)?|(?:nobody|no one|no other \w+|few|none)(?: \w+){0,8} (?:as (?:\w+ )?\w+ as|like|better than|than) (?:we|us|our|this)",
            r"(?:knows?|know) best|smarter than|(?:better|safer) (?:place|hands|home|deal|choice)? ?than (?:any(?:where|one|thing)?|every|all|most|other|others|the (?:competition|market|rest|index)|our (?:peers|competitors|rivals)|its (?:rivals|peers)|anyone|anybody|a bank|banks|what)",
            r"(?:beat|beats|beating|top|tops|trump|trumps) (?:any|every|all|anything|everything|everyone|anyone)",
        ),
        re.compile(
            rf"(?:{_NOT_SAID.pattern})|\b(?:not|never|nor|may|might|whether|which|what|could|depends|if)\b|n't\b",
            re.I,
        ),
    ),
    # Results shown one-sidedly, and comparisons.
    Rule(
        RECORD,
        any_of(
            rf"{_BEATS} (?:the|its|their|every|all|our|most|any|both|other|each) (?:\w+ ){{0,2}}?{_YARDSTICK}",
            r"(?:ha(?:s|ve|d)|'ve|'s) (?:\w+ )?(?:always|consistently|never|regularly|repeatedly|routinely|reliably|steadily|invariably|without fail) (?:\w+ )?(?:beat\w*|outperform\w*|done|gained|made|lost|had a|been (?:right|wrong|profitable|up|ahead)|returned|delivered|paid|risen|recovered|won|grown|failed|missed|come (?:back|through)|worked|earned|produced|let)",
            r"(?:consistently|always|reliably|regularly|routinely|repeatedly|invariably|unfailingly) (?:beats?|outperforms?|delivers?|earns?|returns?|generates?|produces?|makes?|wins?|gains?|profitable|right|outpaces?|higher|better|tops?|pays?|comes?)",
            r"(?:earned|returned|made|gained|deliver(?:s|ed)?|pa(?:id|ys)|produced|generated|did|do|done|performed|grew|grown|fared) (?:\w+ )?(?:more|better|higher returns|faster) than (?:the (?:market|index|competition|rest|average|s&p|benchmark)|any|every|other|others|its|their|most|a bank|our (?:peers|competitors|rivals)|what)",
            r"(?:our|my|his|her|the (?:team|firm|fund|manager|strategy|model)'s) (?:\w+ )?(?:track record|record|results|performance|numbers|returns|history|past returns)(?: (?!not|n't|cannot)\w+){0,2} (?:speaks?|proves?|shows?|says?|tells?|is (?:second|unmatched|excellent|outstanding|proof)|are (?:proof|excellent|outstanding)|guarantees?)",
            r"speaks? for (?:itself|themselves)|proof is in|proven (?:track|record|winner|results|performance|success|to (?:beat|work|win|outperform))|track record of (?:success|winning|beating|outperform\w*|strong|excellent|growth)",
            r"(?:\w+ )?(?:years?|quarters?|months?|times) (?:running|in a row|straight)|winning streak|never (?:had|have|has|seen|posted) (?:a |an )?(?:\w+ )?(?:losing|down|bad|negative|loss)|never (?:lost|loses) (?:a |any )?(?:money|cent|penny|dime|dollar|client)",
            r"(?:unlike|compared (?:with|to)|better than|ahead of|while) (?:other|most|many|some|our|the other|competing|rival|big|typical) (?:\w+ )?(?:advis[eo]rs?|firms?|managers?|banks?|brokers?|competitors?|rivals?|peers|robo)",
            r"(?:performance|returns?|results?|numbers|record) (?:has|have|was|were|is|are) (?:been )?(?:\w+ )?(?:outstanding|excellent|superb|exceptional|great|strong|impressive|terrific|remarkable|stellar|top|first-rate|unmatched|second to none)|pick(?:s|ed|ing)? (?:the |only |all )?(?:\w+ )?winn(?:ers?|ing)|(?:secret|proprietary|magic|special) (?:method|formula|system|model|strategy|sauce|approach|algorithm|process)",
            r"(?:nobody|no one|no client|none of our clients|not one client)(?: \w+){0,5} (?:lost|regretted|complained|been disappointed|left)",
            r"(?:(?:other|most|many|big|large|typical|competing|rival|the big|those|some|few) (?:\w+ )?(?:firms|advis[eo]rs?|brokers?|brokerages?|banks|managers|planners)|robo-?\s?advis[eo]rs?|your (?:old|previous|former|last|prior) (?:advis[eo]r|firm|broker|manager|bank)(?: at \w+)?) (?:\w+ )?(?:would|charges?|cannot|can't|can not|do not|don't|does not|doesn't|did not|didn't|never|will|could|won't|lets?|fail\w*|miss\w*|overlook\w*|rarely|seldom|only|still|simply|just)",
            r"unlike (?:the |your |a |those )?(?:\w+ )?(?:advis[eo]rs?|firms?|managers?|banks?|brokers?|brokerages?|competitors?|rivals?|robo\S*|wirehouses?)|(?:had|if) you (?:had )?(?:stayed|gone|remained|been|kept|left it) with (?!your (?:husband|wife|spouse|family)\b)\w+|(?:the way|like|as|than|what) we(?:'ve| have)? (?:do|did|done)(?: (?:it|that|this|for you(?: here)?))?(?= ?[.,!?]|$)",
            r"(?:had|if) you (?:had )?(?:owned|held|bought|invested in|put (?:your )?money)(?=.*\b(?:you'd|you would|would have|today|now)\b)|(?:leaving out|excluding|apart from|except for|not counting|setting aside|ignoring|other than|leave out) (?:the |those |a |one |that )?(?:\w+ ){0,2}?(?:bad|weak|poor|down|losing|rough|off|worst|losers?)",
            r"(?:our|the|my|your) last (?:\w+ )?(?:swaps?|picks?|trades?|calls?|moves?|ideas?)(?: \w+){0,4} (?:made|earned|gained|won|paid|returned|worked|doubled)|(?:all|each|every one|both)(?: of them)? (?:made (?:money|a profit)|earned|gained|won|paid off|returned|doubled)|remember how (?:well|much)|(?:we|i) (?:called|saw|predicted|nailed|spotted|foresaw|got) (?:the )?(?:\w+ )?(?:selloff|sell-off|crash|rally|downturn|recession|drop|turn|top|bottom|it coming)",
            r"higher (?:\w+ )?(?:returns?|profits?|yields?|gains?) than (?:the|any|our|other|its|most|a)|than the competition|put(?:s|ting)? the competition|run rings|run circles|beat anyone",
            r"(?:since|ever since) (?:we|you) (?:took over|started|joined|hired|came)(?=.*\b(?:grown|gained|beat\w*|outp\w+|risen|doubled|up|soared|better)\b)",
            r"(?:our|my|these|those|this (?:year|quarter)'s) (?:\w+ )?(?:picks?|winners?|best (?:picks?|performers?|calls?|ideas?)|calls|recommendations|predictions|forecasts) (?:\w+ )?(?:ha(?:s|ve)|did|do|beat|were|was|paid|doubled|tripled|gained|returned|won|came|made|are all|all)",
        ),
        re.compile(
            rf"(?:{DENIED.pattern}(?!.*\b(?:ha(?:s|ve)|we|it|'ve) $))|\b(?:if|may|might|could|whether|compare[sd]?|some|trailed|lagged)\b",
            re.I,
        ),
    ),
    # Testimonials and endorsements.
    Rule(
        ENDORSED,
        any_of(
            rf"(?:our|other|many|most|some|several|happy|satisfied|countless|hundreds of|thousands of|existing|all) (?:\w+ )?{_CLIENTS} (?:\w+ ){{0,4}}?(?:rav\w+|love|loved|adore|thrilled|delighted|happy|pleased|swear|praise\w*|recommend\w*|thank\w*|trust (?:us|this)|earned|made (?:money|a|good)|did (?:well|great|better)|done (?:well|great|better|wonder\w+)|doubled|tripled|retired|profited|benefit(?:t)?ed|enjoyed|can't be wrong|prosper\w*|saved (?:thousands|a|on)|grateful|glad|satisfied|report)",
            r"(?:a|another|one|some|many|several) (?:\w+ )?(?:clients?|customers?|famil(?:y|ies)|couples?|retirees?|investors?) (?:of ours|we (?:work|worked|help|helped|advise)|like you|just like you|in your (?:position|shoes|situation))|one of our (?:\w+ )?clients|ask (?:any(?:one|body)?|some|one) (?:\w+ )?(?:of our|we|client|who)|(?:clients|families|people) (?:say|tell us|call us|rank us|rate us)|testimonials?|rave reviews?|glowing review|(?:families|people|investors|couples|retirees) (?:just )?like (?:you|yours)(?= (?:have|are|did|do|who|al))",
            rf"{_REGULATOR} (?:(?!not|never|doesn|don|didn|neither|nor)\w+ ){{0,2}}?(?:approv\w+|endors\w+|sign(?:s|ed)? off|vouch\w*|recommend\w*|certif\w+|back(?:s|ed)|bless\w*|sanction\w*|guarantee\w*|agrees with)(?! (?:the (?:form|address|change)|letters?|every))",
            r"(?:approved|endorsed|recommended|certified|backed|sanctioned|vetted|blessed|guaranteed|supported) by (?:the )?(?:\w+ )?(?:sec|commission|finra|irs|regulators?|compliance|washington)|(?:sec|finra|government)-(?:approved|endorsed|backed|certified)",
            r"(?:couldn't|could not) be (?:happier|more pleased|more satisfied)|swears? by (?:us|this|it|the|our)|changed (?:my|his|her|their|our) li(?:fe|ves)|recommend us|wrote to us|trusts? us with|(?:made|did|took) the (?:very )?same (?:move|trade|plan|step|change)|\w+ percent of (?:our|the) (?:clients|families)",
            r"clean bill of health|seal of approval|(?:vetted|checked|examined|reviewed|inspected|licensed) by (?:the )?(?:sec|commission|finra|washington|regulators?|government)|(?:our|the firm's) (?:registration|license|exam\w*)(?: \w+){0,5} (?:means|shows|proves|tells|confirms)|(?:sec|commission|finra|regulators?) (?:has |have )?(?:looked at|reviewed|examined|checked|vetted|inspected|given us|passed|cleared)",
            r"(?:celebrit\w+|warren buffett|buffett|wall street|experts?|the (?:pros|professionals|experts|smart money)) (?:\w+ )?(?:agree|own|use|uses|owns|recommend\w*|endors\w*|buy|bought|love|swear|choose)",
        ),
        re.compile(
            rf"(?:{DENIED.pattern})|\b(?:if|may|might|could|asked|sipc)\b(?! (?:take|draw|find) comfort)",
            re.I,
        ),
    ),
    # Tax and law as a certainty.
    Rule(
        NO_TAX,
        any_of(
            r"(?:irs|uncle sam|tax ?man|government|tax authorities) (?:\w+ )?(?:will|would|has to|must|is going to|is sure to|is bound to|is happy to|always) (?:\w+ )?(?:accept|allow|approve|agree|refund|let|look the other way|go along|be fine|be ok|waive|forgive|sign)",
            r"(?:safe|protected|free|immune|shielded|secure) from (?:an |any |the |all )*(?:\w+ )?(?:audits?|irs|tax(?:es)?(?! loss)|taxation|penalt(?:y|ies)|tax ?man)|audit-?\s?proof|(?:bullet|water)-?tight (?:deduction|tax)",
            r"(?:fully|completely|entirely|100%|totally|definitely|certainly|clearly|perfectly|absolutely|undoubtedly) (?:\w+ )?(?:deductible|legal|tax-?deductible|tax-?exempt|exempt|compliant|within the (?:law|rules)|above board|legit(?:imate)?|allowed|lawful|qualif\w+)",
            r"(?:legally|fully|clearly|absolutely) entitled|(?:you are|you're) entitled to (?:\w+ )?(?:deduct|a (?:deduction|refund)|the deduction)|write (?:it|this|that|them|the (?:whole|entire|loss)\b[^.]{0,12}) off|take it off your (?:tax|return)",
            r"(?:ignore|forget(?: about)?|disregard|sidestep|get around|gets around|bypass|work around|dodge|beat|outsmart|circumvent|skirt|evade|outwit) (?:the |any |all |those )*(?:[\w-]+ ){0,2}?(?:rules?|laws?|limits?|requirements?|irs|tax ?man|regulations?|code)",
            r"(?:wip\w+|eras\w+|clear\w*|clean\w*|cancel\w*|kill\w*|zero\w*|wash\w*) (?:out |away |off )*(?:your |the |any |all |this year's )+(?:\w+ )?(?:tax(?:es)?|tax (?:slate|bill|liability)|slate)",
            r"tax(?:es)?(?: bill| liability| burden)? (?:\w+ )?(?:disappears?|vanish\w*|go(?:es)? away|gone|melts?|evaporat\w*|is history|drops? to (?:zero|nothing)|falls? to (?:zero|nothing)|a thing of the past)",
            r"keep(?:s|ing)? (?:every|each|all|the (?:whole|entire)|it all|100%|the lot)(?: (?:single|last))?(?: (?:penny|cent|dollar|dime|bit|of (?:it|the|your)(?: \w+)?|your (?:gains?|profits?|money)))?(?= ?[.,;!]| (?:for|as|with|and|to)|$)",
            r"(?:nothing|none(?: of (?:it|this|that|the \w+))?|not a (?:cent|penny|dime)|no part(?: of it)?|zero) (?:\w+ ){0,4}?(?:goes|go|is paid|is owed|is due|owed|due|paid|payable) (?:to )?(?:the )?(?:government|irs|treasury|state|uncle sam|tax\w*)",
            r"legal (?:way|trick|means) (?:around|out of|to (?:avoid|escape|dodge|skip|pay no))|tax (?:trick|secret|hack|magic|dodge|haven|shelter|holiday|giveaway|miracle)|(?:around|past) the (?:tax ?man|irs|tax(?:es)?)(?= ?[.,!])",
            r"will (?:definitely |certainly |surely |also )?(?:get|receive|have|bring you|give you|be getting|result in) (?:a |your |an )?(?:\w+ )?(?:refund|tax break|deduction|write-?off)(?! (?:of \$|only if|if|depends))",
            r"(?:no|none|nothing|zero|never|not (?:a|any|one)) (?:(?!if|may|might|could|or|of the tax)[\w']+ ){0,5}?(?:will be |would be |is |are |gets? |be )?(?:taxed|taxable|subject to (?:\w+ )?tax)",
            r"tax(?:es|ation)?(?: bill| liability)? (?:\w+ ){0,2}?(?:is|are|will be|to|becomes?|drops?|shrinks?|falls?) (?:\w+ )?(?:off the table|out of the (?:question|picture|way)|history|nil|zero|gone|nothing|none|a non-?issue|avoided|erased|wiped)|forget (?:about )?(?:the |any |your |all )?tax(?:es)?|(?:invisible|unknown|hidden) (?:to|from) the (?:irs|tax)|(?:gift|present|bonus|handout|freebie) from (?:the )?(?:irs|tax|uncle|government)|beyond the (?:irs|tax|reach of)",
            r"(?:means?|guarantees?|brings?) (?:that there (?:is|are) )?no (?:\w+ )?(?:tax(?:es)?|capital gains?)",
            r"(?:irs|uncle sam|tax ?man) (?:will|would) have no (?:problem|issue|objection|quarrel|complaint|questions?)|(?:get|gets|getting|got|give|gives) you (?:the |a |your )?(?:full |whole |entire |big |nice )?(?:deduction|write-off|refund)|(?:the )?(?:full|entire|whole|100%) (?:deduction|write-off)|knocks? (?:\S+ )?(?:off|from) your tax|wip\w+ (?:out|away|off) (?:the |your |this |any )?(?:gains?|tax|bill)",
            r"(?:tax|duty|levy)-?\s?less|tax-?\s?proof|exempt from (?:all|any|every|federal and state) ?(?:\w+ )?tax(?:es)?|(?:zero|no|nil|\$0) (?:in )?(?:tax|capital gains tax)(?:es)? (?:bill|hit|due|to pay|owed|cost|impact|consequences?|whatsoever|at all|ever)",
            r"(?:pay|pays|paying|owe|owes|owing) (?:nothing|zero|not a (?:cent|penny|dime)|no tax)(?: (?:to|in|on|at))?",
        ),
        re.compile(
            rf"(?:{_NOT_SAID.pattern})|\b(?:not|never|n't|nor|if|whether|may|might|could|depends)\b(?!.*\b(?:as|so|because) $)|n't\b",
            re.I,
        ),
        re.compile(r"^[^.]{0,20}\b(?:if|depend\w*|whether|only)\b", re.I),
    ),
    Rule(
        NO_TAX,
        any_of(
            r"(?:wash[- ]sale|tax|irs|such|this|that|these|the (?:\$?\w+ )?)(?: \w+)? ?(?:rules?|laws?|limits?|caps?) (?:does not|doesn't|do not|don't|won't|will not|cannot|can't|never|no longer|is not going to) (?:\w+ )?(?:apply|concern|affect|matter|touch|bind|count|catch|reach|bother)(?! (?:to|in|inside|within) (?:the |your |an? )?(?:ira|roth|401|hsa|retirement|gains))",
            r"(?:irs|uncle sam|tax ?man|government) (?:\w+ )?(?:cannot|can't|can not|can never|won't|will never|will not|has no|doesn't|does not|need never|never) (?:\w+ )?(?:touch|reach|question|challenge|object|audit|claim|say|right|way|care|mind|come after|tax|bother|know|need to know)(?! (?:the loss|a loss|losses|a deduction)\b)",
            r"(?:won't|will not|never|won't ever|not) (?:\w+ )?(?:see|get|receive|have|face|hear about) (?:a |any |another )?(?:tax )?(?:bills?|tax notices?|penalt(?:y|ies)|audits?)|(?:won't|will not|never|cannot|can't) be (?:audited|questioned|challenged|penali[sz]ed)|no (?:chance|risk|fear|danger) of (?:an |any )?audit",
            r"(?:(?:is|are|was|would be|will be) (?:not|never|no)|isn't|wouldn't be|won't be) (?:a |an |any )?wash sales?(?=,? so| and you|[.!]| in any| because)|(?:won't|will not|isn't|is not|never|not) (?:ever )?be (?:a |an |any )?(?:\w+ )?(?:bill|tax bill|notice|penalty)\b|(?:never|not|n't) (?:\w+ )?(?:pay|owe)(?:s|ing)? (?:\w+ )?(?:a (?:cent|penny|dime)|one cent|a thing)",
            r"tax(?:es)? (?:is|are|will be) (?:\w+ )?(?:not|no|never)(?: be)? (?:an? |any |your )?(?:\w+ )?(?:issue|problem|concern|matter|worry|consideration|factor)",
        ),
        _NOT_SAID,
    ),
    # Inside information.
    Rule(
        INSIDE,
        any_of(
            r"(?:inside|insider|non-?\s?public|secret|privileged|undisclosed|unpublished|classified) (?:information|info|tips?|sources?|knowledge|news|word|track|line|scoop|story|deal|details?|access|view)|inside scoop|the inside|hot tips?|stock tips?|tip-?off|tipped off|this tip|(?:a|the) tip (?:on|about|from|that)",
            r"(?:sources?|contacts?|friends?|someone|insiders?|people|an? (?:executive|director|employee|officer)|the (?:ceo|cfo|chairman)) (?:\w+ )?(?:at|in|inside|from|within|close to|of) (?:the )?(?:\w+ ){1,2}?(?:told|tells?|says?|said|confirm\w*|whisper\w*|hint\w*|let|indicat\w*|informed|shared)",
            r"(?:our|my) (?:\w+ )?(?:contacts?|sources?|insiders?|man inside)(?= (?:\w+ )?(?:tell|tells|told|say|says|said|at|in|inside|confirm\w*|believe\w*|hear|know|expect))|from inside the|on the inside",
            r"(?:friend|contact|someone|brother|sister|cousin|neighbor|buddy|colleague|person|acquaintance|insider|in-law|client)s? (?:\w+ ){0,2}?(?:on|in|at|from|inside|works? (?:in|at|for)) (?:the|their|its) (?:board|company|finance|management|deal|legal|executive|firm)|how (?:i|we) know|let's just say|want to be (?:out|in)(?: of)?|surprise (?:people|everyone|the market|the street|wall street)",
            r"on good authority|from a reliable source|reliably informed|in the know|people in the know",
            r"between (?:us|you and me|you and i|ourselves|the two of us)(?= ?[,.:]|,)|off the record|(?:keep|kept|keeping) (?:this|it|that|the \w+) (?:\w+ ){0,4}?(?:to (?:yourself|yourselves|ourselves)|quiet|secret|confidential|between|hush\w*|private|under (?:your|our) hat|off)|strictly confidential|hush-?\s?hush|in (?:strict|strictest) confidence",
            r"(?:before|that|which|until) (?:the )?(?:public|news|market|markets|street|announcement|press|others?|world) (?:\w+ )?(?:knows?|is announced|becomes? public|breaks?|does not|doesn't|finds? out|hears?|learns?|gets? out|is out|is made)|not (?:yet )?(?:been )?(?:public(?:ly)?|announced|disclosed) (?:yet|information|known|and)|(?:ahead of|before) (?:the|its|their) (?:official |public )?announcement",
            r"word (?:is|has it|on the street)|rumou?r (?:has it|is)|a little bird|(?:we|i)(?:'ve| have)? (?:hear|heard|learned|got word) (?:\w+ )?(?:that|from)(?: \w+){0,3} (?:inside|company|merger|takeover|deal|results|earnings|management|buyout|announce\w*|ceo|insiders?|sources?|stock|shares)|know something (?:that )?(?:others|the market|nobody)",
            r"(?:merger|takeover|buyout|acquisition|earnings (?:beat|miss|surprise)|announcement|deal|contract|approval) (?:\w+ )?(?:is|will be) (?:\w+ )?(?:coming|about to|imminent|announced (?:soon|next|shortly)|on the way|in the works|made public)",
        ),
        re.compile(
            rf"(?:{DENIED.pattern}(?!.*\b(?:that|and|which) the $))|\b(?:if|your|publicly announced)\b", re.I
        ),
    ),
    # Acting without consent, and trades as done.
    Rule(
        CONSENT,
        any_of(
            r"(?:unless|until|if) (?:we|i) (?:hear|get|receive|have)(?: \w+){0,6}?,? (?:\w+ )?(?:we|the (?:trades?|orders?|sales?|plan)|it|they|i) (?:will|'ll|shall|are going to|plan to|go|goes|proceed)(?! (?:not|wait|hold|leave|call|ask|assume that you do not|do nothing))",
            r"(?:if|unless|should) (?:we|i|you) (?:do not|don't|not) (?:hear|reply|respond|object|answer|say|write|call|receive)(?: \w+){0,6}?,? (?:we|the (?:trades?|orders?|sales?|plan)|it|they|i|this) (?:will|'ll|shall|are going to|plan to|go|goes|proceed|take|assume)(?! (?:not|wait|hold|leave|call|ask|do nothing|remain|stay|lapse))",
            r"(?:we|i|the (?:trades?|orders?|sales?|plan)) (?:will|'ll|shall|plan to|are going to|intend to) (?:(?!not )\w+ )?(?:go ahead|proceed|trade|sell|buy|place|execute|move forward|act|start|rebalance|assume|take)(?: (?!only)\w+){0,5} (?<!only )(?:unless|if) (?:we|you|i) (?:hear|object|do not|don't|say|tell|call|write|stop)",
            r"(?:silence|no (?:reply|response|answer|objection|news|word)|not replying|a lack of (?:reply|response)) (?:means|is|counts|will|equals|shows|implies|signals|serves|amounts|constitutes)(?! (?:not|n't|that nothing|no |nothing|never))",
            r"(?:assume|take(?! place)|treat|consider|count|read|deem|interpret) (?:\w+ ){0,3}?(?:your|you|the) ?(?:\w+ ){0,2}?(?:approval|consent|agreement|approve|consented?|agree|okay|silence|go-ahead|permission|blessing)(?! (?:is|was) (?:needed|required))",
            r"(?:trades?|orders?|sales?|everything|it|this|the (?:plan|rebalanc\w+)) (?:will )?(?:go|goes|happen|happens|run|runs|proceed|proceeds|execute|executes|take place|takes place|kick in|kicks in) (?:through )?(?:automatically|on (?:its|their) own|by (?:itself|themselves)|without (?:you|your|any)|regardless|anyway)|automatically (?:sell|buy|trade|execut\w+|rebalanc\w+|place)",
            r"(?:no|without|before) (?:need (?:of|for) )?(?:your )?(?:signature|okay|permission|say-so|go-ahead|sign-?off|input)(?: (?:is )?(?:needed|required|necessary))|(?:signature|permission|sign-?off|approval|consent|confirmation) (?:is not|isn't|was not) (?:needed|required|necessary)|need(?:s)? no (?:approval|signature|consent|confirmation|permission)",
            r"whether or not you|by the time you (?:read|open|get|see|receive)|(?:we|i)(?:'ll| will| shall) (?:pull the trigger|place (?!a )|sell|buy|trade|execute|trim|make the trades?|put (?:the|in) (?:orders?|trades?)|go ahead)(?: \w+){0,5}? (?:on (?:monday|tuesday|wednesday|thursday|friday)|tomorrow|tonight|first thing|this (?:week|afternoon|morning)|next (?:week|monday)|regardless|anyway|at the (?:open|close))(?!.*\b(?:if|once|after|when|provided|unless|with your|only|until)\b)",
            r"(?:acted|acting|signed|approved|agreed|decided|consented) (?:already )?(?:on|for|in) (?:your|the client's) (?:behalf|name|stead)|(?:decided|approved|signed|agreed) for you",
            r"(?:took|taken|take) the (?:opportunity|chance|initiative) (?:to|of|and) (?:\w+ )?(?:sell\w*|buy\w*|trim\w*|trad\w*|rebalanc\w*|swap\w*|harvest\w*|mov\w+ (?:the|your))|used our discretion",
        ),
        re.compile(rf"(?:{DENIED.pattern})(?!.*\b(?:unless|if) $)", re.I),
    ),
    Rule(
        DONE,
        any_of(
            rf"(?:your |the |all )?{THINGS} (?:(?:has|have|had) (?:\w+ )?been|was|were|got) (?:\w+ )?(?:adjusted|lightened|changed over|switched|rotated|converted|unwound|rearranged|realigned|tilted|cut|cut down|pared|scaled back|closed out|disposed of|let go|moved out|topped up|increased|added to|rolled)"
            r"(?! (?:in our records|by the custodian|after the split|for the split|last (?:year|spring|fall)|years ago|when))",
            r"(?:we|i)(?:'ve| have)? (?:already |just |now |also )*(?:lightened|pared|unwound|rotated|realigned|scaled back|topped up|divested|disposed of|got rid of|let go of|cleared out|cashed in|rolled|flipped|acted on) (?:\w+ ){0,3}?(?:position|shares?|stocks?|bonds?|funds?|holdings?|portfolio|account|NVDA|(?-i:[A-Z]{2,5})|it|this|that|the|your)(?! (?:reading|letter|address))",
            r"(?:we|i)(?:'re| are|'m| am) (?:now |already |currently |busy )?(?:selling|buying|trimming|trading|rebalancing|liquidating|harvesting|executing|placing the|unwinding|exiting|dumping)(?! (?:only|nothing))",
            r"(?:rebalanc(?:e|ing)|trades?|sales?|swaps?|purchases?|orders?|transactions?|switch) (?:\w+ )?(?:happened|occurred|came off|went (?:in|out|off|well|smoothly|live)|are all set|is all set|(?:is|are) (?:now )?(?:live|final|executed|history|behind us|in motion|underway|under way|in progress|in the works|taken care of))",
            r"(?:your|the) (?:\w+ ){0,2}?(?:shares|position|stock|holding|fund|(?-i:[A-Z]{2,5})) (?:is|are) (?:now |all |already )?(?:gone|off (?:your|the) (?:books|hands)|out of (?:your|the) (?:account|portfolio)|no longer (?:yours|in))",
            r"(?:trades?|orders?|rebalanc(?:e|ing)|swaps?|selling) (?:has|have|was|were|is|are) (?:\w+ly |already |now |just |all |since )*(?:been )?(?!propos|plann|discuss|suggest|describ|list|base|need|meant|chosen|design|review|put off|postpon|explain|consider|part|the|an?|in your|not|never|no|held|small|large|subject|due|still|for|to|pending|only|on hold|up to|waiting|possible|optional|estimat|shown|below|above|what|one|of|why|how|so|too|under|within|at|with|from|made (?:only|once|when|after)|placed (?:only|once|when|after)|done (?:only|once|when|after))\w+(?:ed|en|ne|one|nt|t|ade|old|aid)(?!\w)",
            r"(?:is|are) now (?:in|part of|held in|sitting in|inside) (?:your|the|both|all) (?:\w+ ){0,2}?(?:accounts?|portfolio|ira|roth|trust|bank)(?! (?:that|as of))",
            r"(?:distribution|wire|withdrawal|cash|check|money|payment|transfer) (?:has|have) (?:already |now |just )*(?:gone (?:out|through)|been (?:sent|wired|paid|released|issued|mailed|moved)|left|cleared|landed|arrived in your (?:bank|checking))",
            r"(?:we|i)(?:'ve| have)? (?:already |just |now |also )*(?:proceeded|went through with|gone through with|moved forward|implemented|carried out|executed|did the|done the|made the (?:trades?|sales?|swap|switch|purchase|change)|put (?:your|the) (?:\w+ )?(?:money|cash|proceeds|funds) (?:to work|in|into)|initiated|entered the|closed the|finali[sz]ed the (?:trades?|sales?|orders?))",
            r"(?:it|that|everything|all (?:of it|of this)) (?:is|has been|'s been) (?:all )?(?:done|taken care of|handled|executed|carried out|put through)|taken care of (?:the |all |your )?(?:\w+ )?(?:trades?|sales?|orders?|rebalanc\w+|selling|purchases?)",
            r"(?:you|your account) now (?:own|owns|hold|holds|have|has) (?:\w+ )?(?:less|fewer|more|no) (?:\w+ )?(?:NVDA|(?-i:[A-Z]{2,5})|shares|of|stock|bonds)",
        ),
        UNDONE,
    ),
    # Keeping a client from counsel or from what must be read.
    Rule(
        ADVICE,
        any_of(
            rf"(?:no need|not necessary|unnecessary|no point|no reason|needless|needn't|need not|(?:you )?(?:do not|don't|does not|doesn't) (?:have|need)|(?<!we )(?<!i )(?:do not|don't)|never|please not|skip|avoid|rather than|instead of|without|waste of time|stop)"
            rf"(?: \w+){{0,4}}? (?:ask\w*|run(?:ning)?|consult\w*|both(?:er|ering)|check\w*|tell\w*|mention\w*|show\w*|involv\w*|read\w*|talk\w*|discuss\w*|shar(?:e|ing)|inform\w*|call\w*|get\w*|seek\w*|speak\w*|bring\w*|pay\w*|look\w*|go(?:ing)?|wait\w*|hir\w+|listen\w*|study\w*|review\w*)(?: \w+){{0,6}}? (?:your |the |an? |any |our |other )?{_COUNSEL}(?! (?:if you prefer|at night))",
            r"(?:ignore|disregard|skip|overlook|forget(?: about)?|skim|pay no attention to|never mind|do not mind|don't mind|gloss over|tune out) (?:over |past )?(?:the |any |these |those |all |our |your )*(?:\w+ )?(?:disclosures?|fine print|small print|disclaimers?|warnings?|prospectus|risks?(?= ?[.,!])|rules|compliance|accountant|cpa|attorney|lawyer|legal ?ese|footnotes?|boilerplate)",
            r"your (?:accountant|cpa|attorney|lawyer|tax (?:advis[eo]r|preparer)) (?:\w+ )?(?:doesn't|does not|won't|will not|can't|cannot|is wrong|is mistaken|would only|will only|need not|doesn't need|only|just)(?: \w+)? (?:understand\w*|know (?:this|what|as|better|the first|about)|get (?:it|this)|see|agree|need|have to|complicate\w*|slow\w*|confuse\w*|add\w*|cost\w*|get in|bill)",
            r"(?:keep|leave|hide|withhold|conceal|kept) (?:this|it|that|the \w+) (?:away )?(?:from|out of) (?:your |the |our )?(?:spouse|wife|husband|accountant|cpa|attorney|lawyer|compliance|irs|sec|finra|regulators?|family|children|books|record|file)|(?:compliance|sec|finra|irs|regulators?) (?:does not|doesn't|need not|needn't|should not|shouldn't|won't|must not) (?:need to |have to )?(?:know|hear|see|find out)|(?:off|not on) the (?:books|record)|delete this|no paper trail",
            r"(?:you )?(?:do not|don't|needn't|need not|never) (?:have to |need to )?(?:read|look at|study|understand|worry about|bother with) (?:the |any |these |all )*(?:rest|details?|fine print|small print|disclosures?|documents?|prospectus|paperwork|terms)|only a formality|just a formality|mere formality|just sign|sign (?:here|it) and|legal ?ese",
            r"(?:leave|keep|cut) (?:him|her|them|yours?|it|your \w+) out of (?:it|this|the loop)|(?:cpas?|accountants?|attorneys?|lawyers?) (?:\w+ )?(?:tend|like|love|always|usually|only|just|never|will only) (?:to )?(?:\w+ )?(?:overthink|slow|complicate|worry|object|say no|fuss|get in|muddy|confuse|nitpick|delay)|(?:disclosures?|fine print|disclaimers?|warnings?)(?: \w+){0,6} (?:only|just|merely) (?:there|here|because|a formality|boilerplate|legal)|(?:lawyers?|compliance|regulators?) (?:make|makes|made|force|forces|insist)",
            r"(?:second opinion|outside advice|other advice|another opinion) (?:is|would be|will) (?:\w+ )?(?:unnecessary|not needed|a waste|pointless|only|just|not)|(?:trust|listen to|rely on) (?:only )?us(?: alone)?(?:,? (?:and )?(?:not|no one|nobody)|(?= ?[.!]))|leave (?:it|this|everything|the (?:thinking|decision|worrying)) to us",
        ),
        _NOT_SAID,
    ),
)
