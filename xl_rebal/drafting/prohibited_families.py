"""Families of claims that a text for a client may never make: who says what of whom, with which certainty, in which tense.

`prohibited_claims` has phrases; here a rule is a frame of roles, each a list of words: a subject (the market, a lawmaker, the
firm, the client), a verb, and what it is said of (a yardstick, a thing outside the plan, a consent, a trade). A rule with
`anywhere` also looks at the whole sentence, since 'once you approve' may stand before a comma or at the end.
"""

from __future__ import annotations

import re

from xl_rebal.drafting.prohibited_claims import ENDORSED, NO_COST, RECORD
from xl_rebal.drafting.prohibited_rules import (
    BEYOND,
    CONSENT,
    DENIED,
    DONE,
    FORECAST,
    MOVES,
    NO_RISK,
    NO_TAX,
    OPEN,
    PRESSURE,
    PROMISE,
    THINGS,
    UNDONE,
    Rule,
    any_of,
)

OTHERS = "a judgment on another adviser"
PERSONAL = "a remark on health or on private life"


def _pattern(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.I)


# --- Roles ---------------------------------------------------------------------------------------------------------

_ASSET = (
    r"(?:markets?|stocks?|shares|bonds?|equit(?:y|ies)|funds?|prices?|(?:interest |mortgage |tax )?rates|yields?|(?:tax )?brackets|taxes|portfolios?|investments?|savings|wealth|nest egg|principal|capital"
    r"|money|accounts?|gold|oil|dollar|economy|inflation|earnings|dividends|sectors?|tech(?:nology)?|caps|companies|real estate|housing|treasur(?:y|ies)|momentum|growth|value|volatility|valuations?|commodities|index(?:es)?|mix|allocation)"
)
_LAWMAKER = r"(?:congress|lawmakers|legislators|politicians|washington|policymakers|(?:the )?(?:fed(?:eral reserve)?|central banks?|administration|white house|senate|treasury department)|new (?:tax )?law)"
_SEER = r"(?:we|i|our (?:\w+ )?(?:team|analysts?|committee|desk|strategists?|firm|research|view|models?)|analysts?|economists?|experts?|strategists|most (?:people|observers|economists)|everyone|forecasters?|wall street)"
_WAY = r"(?:drift|ris|fall|mov|head|climb|slid|eas|cool|soften|firm|weaken|strengthen|recover|rebound|improv|slipp|trend|gain|los|grow|shrink|slow|pick|bounc|turn|lead|lagg|soar|surg|rally|roar|com|declin|tumbl|rebound|perform|outperform)ing"
_GIVEN = r"(?:go-?ahead|green light|approval|consent|permission|blessing|nod|okay|ok|sign-?off|agreement|signature|say-so|authori[sz]ation|assent|acceptance)"
_CLIENTS = (
    r"(?:clients?|customers?|families|investors|households|retirees|couples|people|friends|neighbors|savers)"
)
_YARDSTICK = (
    r"(?:(?:the |a |an |any |most |all |other |every |its |their |our |your )*(?:[\w-]+ ){0,2}?(?:index(?:es)?|indices|markets?(?! (?:value|price))|benchmarks?|average|peers?|competition|competitors?|rivals?|s&p|dow|crowd|pack|elsewhere"
    r"|industry|anyone|anybody|everyone|other (?:advis[eo]rs|firms|managers|investors|portfolios)|advis[eo]rs|firms|managers|brokers|balanced fund)|what (?:you|they|others|most|people|investors|anyone|the market))"
)
_FARED = (
    r"(?:finish|end|come|came|land|do|did|done|doing|earn|return|perform|gain|grow|grew|made|make|run|ran|stay|keep|kept|put|is|are|was|were|been|stand|sit|rank|fare|pay|paid|yield|deliver|rose|rise|climb|went|gone|moved?|pull|remain)"
    r"(?:s|es|ed|ing)?"
)
_AHEAD = (
    r"(?:ahead of|better than|more than|higher than|faster than|above|past|in front of|beyond|over and above)"
)
_REGULATOR = r"(?:sec|securities and exchange commission|commission|finra|irs|internal revenue service|treasury|regulators?|state|government|authorities|examiners?|auditors?)"
_FORMER = r"your (?:former|old|previous|prior|last|other|current|existing|earlier) (?:\w+ )?(?:advis[eo]rs?|brokers?|firm|managers?|bank(?:er)?|planners?|accountant|cpa)"

# --- What excuses them ---------------------------------------------------------------------------------------------

_NO = DENIED
_ASSURES_NOT = re.compile(
    rf"(?:{DENIED.pattern})|\b(?:aim|aims|aimed|hope|hopes|want|wants|goal|meant|designed|intended|seeks?|try|tries|help|helps)\b",
    re.I,
)
_CLIENT_SAID = _pattern(
    r"\b(?:you|he|she|they|the client) (?:\w+ )?(?:told|said|say|wrote|mention(?:ed)?|asked|plan|planned|want|wanted|wish|wished|intend|decided|described|reported|shared|have decided)\b",
    r"\b(?:as|at|on|per|by|from) (?:you|your (?:\w+ )?(?:request|wish|wishes|note|plan|instructions?|message|email|call))\b",
    r"\byour (?:wish|request|plan|question|note)\b",
    r"\b(?:if|whether|unless|suppose|in case|do|did|does|are|have|would) you\b",
    r"\b(?:outside|beyond) (?:the|this|our)\b",
)
_NOT_ADVISED = re.compile(rf"(?:{DENIED.pattern})|{_CLIENT_SAID.pattern}", re.I)
_WITH_COUNSEL = re.compile(
    r"\b(?:with|by|to|from|ask|see) (?:your|an?) (?:own |\w+ )?(?:attorney|lawyer|accountant|cpa|tax (?:advis|prepar)\w*|estate\w*|insur\w*|agent|employer|plan administrator|doctor)",
    re.I,
)
_ON_YOUR_WORD = _pattern(
    r"\b(?:only|nothing)\b",
    r"\b(?:once|after|when|if|until|unless|as soon as|provided|before)(?: that)? (?:you|your|the client|the (?:form|letter|signed))\b",
    r"\b(?:with|without|on|upon|awaiting|await|pending) your\b",
    r"\b(?:would|should|could|may|might|propose[sd]?|if)\b",
    r"\bshould you\b",
)
"""The sentence makes the trade wait for the client's word."""
_RELATIVE = re.compile(
    rf"(?:{DENIED.pattern})|\b(?:if|would|unless|whether|once|until|when|after|before|should|please|confirm|ask|asks|hope|must|need|needs)\b|\b(?:polic\w+|targets?|limits?|agreement|ranges?|bands?|risk\w*|mix|allocation|plan|letter|bounds?|rules?|goals?|terms|fee)(?: \w+)?(?: that| which| as| to which| on which)? ?$|\b(?:that|which|who|what) ?$",
    re.I,
)

# --- Outside the plan ----------------------------------------------------------------------------------------------

_ASKING = (
    r"(?:ask|talk|speak|discuss|check|consult|tell|let|call|read|share|see|contact|write|mention|raise|bring|sign|send|return|complete|fill|review|reply|confirm|meet|note|know|understand|look over|"
    r"compare|keep in mind|remember|expect|mind|wonder|wait|go over|sit down|provide|forward|give us|give your)"
)
_DIRECTED = (
    rf"(?:you(?:'d| would| will|'ll)?(?: \w+)? (?:should|ought to|need to|must|had better|better|might(?: want to| look| think| also)?|may want to|could|would (?:be wise|do well|benefit|gain)|be (?:wise|smart|better off)|want to|have to|can|will want to)(?: to)?(?: also| really| now| perhaps| always)?(?! (?:also )?{_ASKING})"
    rf"|(?:we|i)(?:'d| would|'ll| will)?(?: \w+)? (?:suggest|recommend|advise|encourage|urge|propose|like|love|favou?r|see|think|believe)(?! (?:that )?(?:you |your )?(?:{_ASKING}|{_ASKING}ing))"
    r"|(?:our|my) (?:\w+ )?(?:advice|recommendation|suggestion|counsel|view|tip)(?: \w+){0,2} (?:is|would be)"
    r"|(?:it|this|that|now|here|today)(?:'s| is| would be| will be| may be| might be| could be| makes| seems| looks like| looks| pays)(?: \w+)? (?:a |an |the |your )?(?:wise|smart|prudent|sensible|good|great|fine|ideal|perfect|right|excellent|better|best|natural|sense|worth|worthwhile|time|moment|opportune|helpful|attractive|logical)(?: (?:idea|move|time|year|moment|chance|point|step|opportunity|choice|season|thing))?(?: to| for| in)?"
    r"|(?:why not|how about|what about|be sure to|make sure to|don't forget to|remember to|feel free to|time to|pays to|perhaps it is time to|worth)"
    r"|(?:consider|think about|look into|explore|look at))"
)
_COMMAND = (
    r"(?:^|(?<=[,;:] )|(?<=\bso )|(?<=\bplease )|(?<=\balso )|(?<=\bto )|(?<=\bthen ))(?:please |also |then |now |next |maybe |perhaps |just )*"
    r"(?:buy|pick up|get|take|open|set up|start|put|move|shift|convert|roll|consolidate|max out|top up|increase|raise|boost|pay (?:down|off)|prepay|refinance|borrow|draw|tap|use|claim|delay|defer|file|name|change|update|gift|give|donate|contribute|fund|insure|sell|dump|invest|add|establish|create|purchase|switch|ditch|cancel|drop|rewrite|skip|save|set aside)"
)
_OUTSIDE = (
    r"(?:annuit(?:y|ies)|(?:(?:life|health|care|disability|umbrella|term|whole|liability|medical|medigap) )?(?:insurance|cover(?:age)?)(?! (?:by|from|of|the))|(?:life|insurance) polic(?:y|ies)|long-term care|roth|conversions?|convert\w*|rollovers?|529|college (?:savings )?(?:plan|fund)|mortgage|home equity|reverse mortgage"
    r"|line of credit|margin|loans?|debts?|refinanc\w+|(?:revocable |living |family |irrevocable |charitable )?trusts?(?! (?:company|us|fund|account))|(?:your|a|new) wills?|estate (?:plan|tax|attorney|documents)|beneficiar(?:y|ies)|power of attorney|probate|gift(?:s|ing)?|donat\w+|charit\w+|donor-advised|grandchild\w*|heirs?|kids"
    r"|social security|pension|medicare|(?:workplace|employer|company|employer's|retirement|work) (?:retirement )?plan|401\W?k\W?|0\W?k\W?|hsa|health savings|emergency (?:savings|fund|money|reserve)|rental|vacation home|second home|rental property|physical gold|gold(?! (?:fund|etf|trust|shares|weight|target|position))|silver|precious metals|bitcoin|crypto\w*|options"
    r"|private (?:credit|equity)|hedge funds?|start-?ups?|collectibles|farmland|ira contribution|contribut\w+ to your|max\w* out|retire (?:early|later|sooner)|work(?:ing)? (?:longer|another)|downsiz\w+|(?:old|other|outside|former) (?:accounts?|401|plan)|accounts? elsewhere|savings (?:account|bonds)|certificates? of deposit|cds?\b)"
)
_HANG_ON = r"(?:hang(?:ing)? on to|hold(?:ing)? on to|stick(?:ing)? with|get(?:ting)? (?:rid|out) of|dump(?:ing)?|unload(?:ing)?|ditch(?:ing)?|bail(?:ing)? (?:out )?(?:on|of)|load(?:ing)? up on|stock(?:ing)? up on|doubl(?:e|ing) down on|pick(?:ing)? up(?: some| more)|snap(?:ping)? up|scoop(?:ing)? up|buy(?:ing)? (?:more|some)|add(?:ing)? (?:more )?to your|cash(?:ing)? (?:in|out)|exit(?:ing)?|never sell\w*|keep(?:ing)? (?:buying|adding))"
_HELD = r"(?:shares?|stocks?|positions?|holdings?|funds?|bonds?|equities|company|employer|crypto\w*|bitcoin|gold|silver|metals|real estate|(?-i:[A-Z]{2,5}))"

# --- The families --------------------------------------------------------------------------------------------------

FAMILIES: tuple[Rule, ...] = (
    # Certainty about the client's money.
    Rule(
        PROMISE,
        any_of(
            r"(?:every|full|complete|total|utmost|absolute|the fullest|supreme|unshakeable) (?:confidence|faith|conviction|certainty|trust) (?:that|in)",
            r"(?:will|'ll|can|is going to|are going to) (?:\w+ )?(?:deliver|provide|produce|meet|satisfy|support|sustain|give you|see you through|carry you|get you|last)(?: \w+){0,2} (?:what you need|everything|all (?:of )?(?:that )?you|your (?:income|retirement|spending|lifestyle|needs|goals|dreams|lifetime|whole|golden)|as long as you|(?:through|for) (?:your|life|retirement|the rest))",
            r"(?:you can|you may|please|so) (?:rest (?:easy|assured)|be (?:sure|certain|assured|confident|at ease))|rest (?:easy|assured)|(?:you have|take) (?:our|my) word",
            r"no matter (?:where|what|how|which way|who)(?: the)?(?: \w+)? (?:markets?|economy|stocks|prices|rates|happens|comes|wins|congress|fed)|(?:whichever|whatever) (?:way|direction|happens|comes|the markets?)",
            r"(?:needs|goals?|retirement|income|future|spending|college|bills|lifestyle)(?: \w+)? (?:is|are|will be) (?:now |all |fully |completely |already )*(?:secured?|assured|covered|taken care of|guaranteed|met|funded|settled|in the bag|locked in)(?= ?[.,;!]| for| no matter| whatever)",
        ),
        _ASSURES_NOT,
    ),
    Rule(
        NO_RISK,
        any_of(
            rf"(?:{_ASSET}|nest egg|it|they|holdings)(?: \w+){{0,2}} (?:(?:will|is going to|are going to|can|does|do) )?(?:hold|holds|keep|keeps|retain|retains|maintain|maintains|preserve|preserves)(?: \w+)? (?:its|their|all|every) (?:\w+ )?(?:value|worth|ground|purchasing power|gains?|shape)",
            rf"(?:{_ASSET}|holdings)(?: \w+){{0,2}} (?:stays?|remains?|is|are|will (?:be|stay|remain)|comes? (?:through|out)|emerges?) (?:\w+ )?(?:intact|whole|unharmed|untouched|unscathed|unaffected|out of (?:danger|reach|harm's way)|bulletproof|impregnable|undamaged|protected from)",
            r"(?:practically|virtually|almost|hardly|barely|next to|essentially|nearly|close to|little or|scarcely|zero|no) (?:any |no |nothing |zero )?(?:\w+ )?(?:danger|chance|possibility|likelihood|threat) (?:of|that|to) (?:\w+ ){0,3}?(?:los\w+|fall\w*|declin\w*|drop\w*|damage|harm|default|shrink\w*|failure|failing|trouble)",
            r"(?:about as|as) (?:safe|secure|solid|sound|riskless|dependable) as|about as (?:safe|secure|solid) (?:an? )?\w+|as good as (?:cash|gold|money)",
            r"(?:puts?|takes?|keeps?|moves?|makes?) (?:you|it|your \w+) (?:\w+ )?(?:out of (?:danger|harm|reach)|beyond (?:danger|harm|the reach)|safe\b|immune|loss-?proof)",
            r"(?:makes? (?:sure|certain)|ensures?|sees to it|means)(?: that)? (?:\w+ ){1,3}?(?:never|cannot|can't|will not|won't|do not|don't) (?:\w+ )?(?:lose|fall|drop|decline|suffer|run out)",
        ),
        _ASSURES_NOT,
        None,
    ),
    # What will be: the market, rates, the law.
    Rule(
        FORECAST,
        any_of(
            r"^(?:so |and |also,? |next,? )?(?:expect|anticipate|look for|watch for|brace for|count on|prepare for|get ready for|look forward to)(?! (?:to (?:hear|receive|see|get)|(?:the |a |an |our |your |another )?(?:\w+ )?(?:call|letter|e-?mail|confirmations?|statements?|forms?|message|notice|paper\w*|document\w*|report|meeting|us)\b)) \w+",
            rf"(?:{_SEER}) (?:\w+ )?(?:sees?|expects?|anticipates?|thinks?|believes?|looks? for|foresees?|projects?|feels?|reckons?|suspects?|envisions?|figures?|calls? for)(?: that)?(?: (?!you|we|no)[\w'-]+){{0,3}}? {_ASSET}(?: (?!not|weight|target)[\w'-]+){{0,2}}? (?:{_WAY}|(?:to|will|should|can) (?:\w+ )?{MOVES}|(?:lower|higher|up|down|ahead)(?= ?[.,;!]| from| before| by| this| next| over| into| through))",
            rf"{_LAWMAKER} (?:\w+ )?(?:(?:will|'ll|must|should|shall)(?! not) |(?:is|are) (?:\w+ )?(?:bound|sure|going|set|likely|certain|about|expected|poised|ready|due|determined|forced) to|ha(?:s|ve) (?:\w+ )?(?:little|no|few|no other) (?:\w+ )?(?:choices?|options?|alternatives?|room)|ha(?:s|ve) to |can only |cannot avoid |can't avoid )",
            r"(?:tax(?:es)?|(?:tax|capital gains?|income tax|estate tax|marginal|top|interest|mortgage|short-term|long-term) (?:rates?|brackets?|laws?|rules?|yields)|brackets?|rates|prices|stocks|bonds|equities|markets?|yields|inflation|the dollar|volatility|valuations|earnings) (?:is|are|'re|'s) (?:\w+ )?(?:(?:going|moving|heading|headed|turning|drifting|trending|pointing|coming|climbing|bouncing|inching|marching|on (?:the|its|their) way|on track) (?:\w+ ){0,2}?(?:up|down|higher|lower|north|south|soon|next|from here|before|back(?! (?:to|into|in|within|toward)))|(?:rising|falling|climbing|increasing|coming|dropping|jumping) (?:soon|next|shortly|from here|again|before))",
            rf"{_ASSET} (?:looks?|seems?|appears?|feels?|stands?) (?:\w+ )?(?:cheap|ready|set|poised|strong|weak|attractive|good|promising|likely|tired|stretched|rich|expensive|unstoppable|unlikely|primed|bound|headed|healthy|bright|favou?rable|vulnerable|undervalued|overvalued|toppy|solid)(?! (?:in|against) (?:this|the) (?:table|list|letter))",
            rf"{_ASSET} should (?:\w+ )?(?:have (?:its|their) (?:\w+ )?(?:turn|day|moment|chance|year|time|run)|do|be (?:better|stronger|higher|lower|fine|up|down|back|good|weaker|strong|okay|next)|get|find|see|enjoy|hold up|start|begin|come back|benefit|lead|lag|regain|{MOVES})(?!\w)",
            rf"(?:{_ASSET}|downturn|bear market|sell-?off|slump|worst|recession|cycle|storm) (?:is|are|has been|have been|'s) (?:\w+ )?(?:beaten|tamed|dead|defeated|licked|finished|conquered|whipped|under control|here to stay|inevitable|unavoidable|a sure|a certainty|around the corner|long gone|on the mend|about to|only going)",
            r"(?:correction|recession|rally|rebound|crash|downturn|upturn|boom|rate cuts?|rate hikes?|bull market|bear market|recovery|selloff|slump|tax (?:hikes?|increases?|cuts?)|higher taxes|lower rates|higher rates|better (?:times|markets)|inflation) (?:is|are|looms?|awaits?|lies?|can't be|cannot be)(?: \w+)? ?(?:coming|loom\w*|near\w*|next|ahead|overdue|due|certain|likely|inevitable|on (?:the|its|their) (?:way|horizon|cards)|around|in store|avoided|ahead|before)",
            r"(?:only|one) (?:direction|way|path|place|road)(?: \w+){0,3}? (?:is|to go is|for \w+ is)? ?(?:up|down|higher|lower)|nowhere (?:else )?(?:to go )?but",
            r"(?:turn|day|moment|time|place) in the sun|(?:com|fall|brought|bring)\w* back (?:down )?to (?:earth|life|reality)|back in (?:favou?r|fashion|vogue)|(?:their|its|your) day will come|heavy lifting|tide is turning|wind at (?:our|your|their|its) back|tailwinds?",
            r"(?:matter|question) of (?:time|when,? not|weeks|months)",
            r"(?:headed|heading|in|poised|due|set|ready|in store|in line|bound|ripe|primed) for (?:an? |some |more |another |the )?(?:\w+ )?(?:weak\w*|strong\w*|soft\w*|rough|smooth|good|bad|tough|great|long|better|worse|quiet|volatile|bumpy|healthy|solid|banner)(?:er)? (?:stretch|run|patch|ride|spell|finish|start|year|quarter|season|decade|months?|times|returns|period|results)",
            r"(?:will|going to|'ll) (?:have|find|get|see|enjoy|be) (?:its|their|your|a|an|the) (?:\w+ )?(?:turn|day|year|moment|comeback|rebound|strong|great|good|better|bright\w*|best|beneficiar\w+|winner|fine)(?= |[.,!])(?! (?:idea|understanding|look|chance to|time to|record|view))",
            rf"(?:once|when|as soon as|after|before) (?:the )?(?:{_ASSET}|fed|economy) (?:recovers?|rebounds?|turns?|bounces?|comes? back|rises?|rall(?:y|ies)|takes? off|falls?|drops?|cuts?|hikes?|crash(?:es)?|heats? up)(?=.*\byou(?:'ll| will)\b)",
        ),
        OPEN,
        re.compile(r"^ ?(?:than|if|,? but (?:may|might|could)|or (?:fall|lower|not|may|worse))", re.I),
    ),
    # How well we, or what we chose, did or do.
    Rule(
        RECORD,
        any_of(
            rf"{_FARED}(?: (?!not |never )[\w'-]+){{0,4}}? {_AHEAD} {_YARDSTICK}",
            r"(?:leaves?|leaving|left|puts?|putting) (?:the |a |an |any |every |other |most |your )*(?:[\w-]+ ){0,3}?(?:market|index|benchmark|funds?|peers|others|competition|rest|average|advis[eo]rs?|firms?|portfolios?) (?:\w+ )?(?:behind|in the (?:dust|shade)|to shame)",
            rf"{_FARED} (?:\w+ )?better than (?:the|one|what) (?:one |portfolio |account |mix |fund |plan )?(?:that )?(?:you|they|anyone|others) ",
            r"our (?:\w+ )?(?:approach|discipline|process|method|service|advice|strateg(?:y|ies)|research|picks|calls?|judg\w+|selection|system|models?|skill|insight|clients|portfolios|accounts|management|guidance|expertise)(?: \w+){0,2}? (?:earns?|earned|adds? (?:value|a (?:couple|few|lot|full|percent\w*|point|half)|one|two|several|points|percent\w*|more|real|0)|added (?:value|points|a)|returned|wins?|won|pays? off|paid off|works? (?:so |very |better|wonders)|makes? (?:money|more)|made (?:money|more|you)|delivers?|delivered|saves? (?:you|clients|families|people|investors)|beats?|gains?|gained|shines?|does (?:well|better)|did (?:well|better)|rewards?|rewarded|finish\w*|tends? to (?:do|finish|win|earn|beat|come|get|make|gain)|puts? you)",
            r"(?:paid|pays?|paying) off(?: (?:handsomely|well|nicely|big|for|again|in spades|richly)|(?= ?[.,;!]))|(?:proved|proven|turned out|turns out)(?: \w+){0,2} (?:right|correct|a winner|well|wise|prescient|brilliant|smart|profitable)",
            r"(?:was|were|is|are|proved|turned out to be) (?:\w+ )?(?:our |the |your |one of our |one of the |a )(?:very )?(?:best|smartest|winning|great|brilliant|inspired|savvy|excellent|shrewdest|wisest) (?:\w+ )?(?:call|pick|move|choice|decision|idea|trade|bet|performer)s?",
            r"(?:we|i|our (?:team|clients|firm|committee))(?:'ve| have| had)? (?:\w+ )?(?:sold|bought|got (?:you )?(?:in|out)|trimmed|cut|added|exited|tilted|moved|shifted|loaded)(?: [\w'-]+){0,6}? (?:just |right |shortly |well |months? |weeks? |days? )?(?:before|ahead of|as|in time)(?: for)? (?:it|they|the|prices|markets?|that)(?: \w+){0,3}? (?:fell|dropped|crash\w*|rose|jumped|soared|tumbled|plunged|rallied|rally|slid|sank|collaps\w*|took off|climbed|fall|drop|slump|downturn|rise|surge|sell-?off|plunge|rebound)",
            r"(?:shows?|proves?|proof|demonstrates?|evidence|tells you|confirms?) (?:of )?(?:you )?(?:how|that|why|what|of)? ?(?:well |good |much )?(?:our|we|us|this approach|the approach)(?: \w+){0,3}? (?:works?|pays?|right|can do|wins?|succeed\w*|worth|matters?|ahead|good|better|skill\w*|value)",
            r"(?:few|no|hardly any|not many|very few|no other) (?:other )?(?:\w+ )?(?:managers?|advis[eo]rs?|firms?|people|brokers?|planners?|investors|funds?|portfolios?)(?: \w+){0,3}? (?:can|could|do|does|have|has|will|come|comes|ever)? ?(?:match\w*|equal\w*|rival\w*|touch\w*|compet\w+|keep up|(?:come|comes) close|say the same|do (?:this|what|it|as)|offer (?:this|what|such|the)|beat|hold a candle|boast|deliver|achiev\w+)(?! (?:a |any )?(?:guarantee|promise|certain))",
            r"(?:portfolio|account|fund|mix|sleeve|approach|strategy|allocation|returns?|performance)(?: \w+){0,2} (?:is|was|has been|will be|does|did) (?:\w+ )?(?:well |far |miles |comfortably )?(?:ahead of|better than|superior to|above) (?:the (?:index|market|benchmark|average)|others?|peers|most|any|its)",
            rf"(?:than|like) (?:{_CLIENTS}|you|anyone|what you)(?: \w+){{0,2}} (?:could |can |would )?(?:get|find|earn|receive|expect)(?: \w+)? (?:elsewhere|anywhere|at a|from a|on (?:your|their) own|alone)",
        ),
        re.compile(
            rf"(?:{DENIED.pattern}(?!.*\b(?:ha(?:s|ve)|we|it|'ve) $))|\b(?:if|may|might|could|whether|should|unless|compare[sd]?|loan|mortgage|debt|card|aims?|goal|targets?|band|limit)\b",
            re.I,
        ),
    ),
    # Pressure.
    Rule(
        PRESSURE,
        any_of(
            r"(?:the )?(?:sooner|earlier|faster|quicker|longer) (?:you|we|it|this)(?:'re| are)?(?: [\w']+){1,5}?,? (?:the )?(?:more|better|less|bigger|larger|greater|smaller|higher|lower|worse|harder|fewer)",
            r"(?:waiting|delay(?:ing|s)?|holding off|hesitat\w+|postpon\w+|putting (?:it|this|that) off|standing still|sitting (?:tight|still|on)|doing nothing|inaction|saying no|procrastinat\w+|indecision|declining|turning (?:this|it) down)(?: [\w']+){0,5}? (?:will|would|is|can only|could only|has|means?|costs? you|hurts?)(?! not) (?:[\w']+ ){0,3}?(?:mistake|costs? you|costing|hurts?|regret\w*|foolish|unwise|shame|waste|pity|error|expensive|too late|dear\w*|sorry|lose|losing|miss\w*|reckless)",
            r"(?:opportunity|chance|window|moment|savings?|price|offer|benefit) (?:is|will be|would be|may be) (?:\w+ )?(?:gone|lost|missed|over|taken|wasted|forfeited)|or (?:else )?(?:the|this|your|you(?:'ll| will)?) (?:\w+ )?(?:opportunity|chance|window|savings?|lose|miss)",
            r"(?:need|want|must have|require)s? (?:a |an |your |the )(?:\w+ )?(?:yes|answer|decision|signature|approval|okay|go-ahead|reply|confirmation)(?: \w+)? (?:right|today|now|tonight|immediately|this (?:minute|instant|morning|afternoon)|urgently|fast)",
            r"(?:slip|slipping|get|pass|run) (?:away|through (?:your|our) (?:fingers|hands)|you by|past you)|running out(?: of time)?(?= (?:to|for|on)|[.,!])",
            r"(?:can't|cannot|can not|could not|couldn't|hardly|ill|not) (?:really )?afford to|(?:cost|costs|costing) you (?:money|dearly|thousands|a fortune|every|more)|price of (?:waiting|delay)",
        ),
        re.compile(
            r"\b(?:no|not|never|nothing|need not|n't|whether|neither|nor|without|if)\b|n't\b", re.I
        ),
    ),
    # Advice beyond the plan.
    Rule(
        BEYOND,
        any_of(
            rf"{_DIRECTED}(?: (?!ask|whether|tell|discuss)[\w'-]+){{0,7}}? {_OUTSIDE}",
            rf"{_COMMAND}(?: (?!ask|form|forms)[\w'-]+){{0,5}}? {_OUTSIDE}",
            rf"(?:{_DIRECTED}|(?:^|(?<=[,;:] )|(?<=\bso ))(?:please |just )?)(?:(?: to)? |(?<= )|)(?:\w+ ){{0,2}}?{_HANG_ON}(?: [\w'-]+){{0,3}}? {_HELD}",
            rf"(?:{_OUTSIDE})(?: [\w'-]+){{0,6}}? (?:would|will|could|can|is going to|may|might) (?:(?!not|never|only|also affect)\w+ )?(?:(?:serve|suit|fit|benefit|help|protect|save|give|make|let|lower|cut|reduce|put|leave|allow|spare) (?:you|sense|your|more)|be (?:a |an |the )?(?:\w+ )?(?:good|great|wise|smart|sensible|fit|better|best|right|prudent|worth|ideal|excellent)|pay off|work (?:well|better))",
            rf"(?:deserves?|belongs?|has) (?:a )?(?:place|spot|role|home) (?:in|for) (?:your|every|any)|(?:{_OUTSIDE}) (?:is|are|makes?|offers?) (?:\w+ )?(?:a |an |the )?(?:good|great|wise|smart|sensible|ideal|perfect|right|best|better|excellent|sense|prudent|solid|natural|answer)(?! (?:to (?:ask|discuss)|question))",
        ),
        _NOT_ADVISED,
        _WITH_COUNSEL,
    ),
    # What the client is said to have agreed to.
    Rule(
        CONSENT,
        any_of(
            r"you(?:'ve| have| had)?(?: already| all| both| kindly| just| now| verbally| happily| \w+ly){0,2} (?:agreed|approved|accepted|consented|authori[sz]ed|okayed|ok'd|signed off|green-?lighted|greenlit|said yes|went along|gone along|blessed|waved through)"
            r"(?! (?:to |with |on |the )*(?:your |our |an? |its )?(?:\w+ )?(?:investment |target )?(?:polic\w+|agreement|ips|targets?|contract|limits?|disclosure|meet\w*|call|talk|review|speak|date|risk|range|fees?|document|invitation|job|offer))",
            r"(?:gave|given|give|giving|granted|sent|signaled|handed)(?: us| me| your| the| a| full| verbal| \w+ly){0,4} (?:go-?ahead|green light|approval|consent|permission|blessing|nod|okay|ok|sign-?off|say-so|authori[sz]ation|thumbs up|yes)(?= |[.,;!])",
            rf"(?:we|i)(?:'ve| have| now have| already have| received| got| obtained| hold| carry)+(?: \w+)? your (?:\w+ )?{_GIVEN}(?! (?:form|blank))",
            rf"(?:thank you|thanks|appreciate\w*|grateful|pleased)(?: \w+){{0,3}}? (?:for|that) (?:\w+ )?(?:giving us|agreeing|approving|accepting|signing off|authori[sz]ing|saying yes|(?:your|the) (?:\w+ )?{_GIVEN}|letting us (?:go|proceed|sell|trade|make)|you agreed|you approved)",
            rf"your (?:\w+ )?{_GIVEN}(?: (?!not|n't|never|would|will|if|may|before|is|does|did|doesn't)[\w'-]+){{0,5}}? (?:covers|covered|applies|extends|stands|continues|carries|suffices|authori[sz]\w+|lets us|allows us|still holds|is (?:on record|good|enough|assumed|understood|implied|noted|recorded|in place|in hand|clear)|(?:was|has been) (?:given|received|noted|recorded|obtained|implied))",
            r"(?:since|because|now that|given that|knowing|seeing (?:that|as)|assuming)(?: that)? you(?:'re|'d|'ve| are| would| will| have| had| seem| already)*(?: \w+)? (?:comfortable|happy|fine|okay|ok|on board|satisfied|agree\w*|wants? (?:this|it|us)|approve\w*|no objections?|said yes|gave|given|wanted (?:this|it|us))",
            r"as you(?:'ve| have)?(?: \w+)? (?:agreed|approved|authori[sz]ed|accepted|consented)",
            r"you(?:'re| are| seem| seemed| were)(?: already| clearly| all| both| quite)* (?:on board|in (?:full )?agreement|happy with (?:the|this|these|it)|fine with (?:the|this|these|it)|okay with (?:the|this|these|it)|comfortable with (?:the plan|this|these|it|the (?:trades|sales|changes))|ready to (?:go|proceed|trade))",
            r"(?:nothing|no) (?:further|more|else)(?: \w+)? (?:is |are |will be )?(?:needed|required|necessary) (?:from you|on your (?:part|end|side))",
            r"(?:treat|take|took|count|consider|regard|read|record|mark|log|view)\w* (?:[\w'-]+ ){1,5}?as (?:a |an |your |full )?(?:yes|accepted|approved|agreed|approval|consent|agreement|acceptance|go-ahead|authori[sz]\w+|confirmed|settled|permission)",
            r"(?:we|i)(?:'ve| have)? (?:\w+ )?(?:moved|acted|went|gone|agreed|signed|approved|decided|proceeded|traded|sold|bought|took|made)(?: \w+){0,4}? (?:on|in) your (?:behalf|name|stead)",
            r"(?:approved|agreed|authori[sz]ed|accepted|okayed|blessed) by you(?! (?:is|are|would|before))",
        ),
        _RELATIVE,
        re.compile(r"^[^.]*\?|^ ?(?:yet|in writing before)", re.I),
    ),
    # Trades that are, or will be, placed whatever the client says.
    Rule(
        DONE,
        any_of(
            rf"(?:we|i|our (?:\w+ )?(?:team|desk|traders?|firm)|the (?:custodian|desk|traders?))(?:'ll| will| shall| plan to| intend to| are about to| is about to| are set to| are going to| is going to)(?: (?!not|only|never|make)\w+)? (?:(?:place|enter|execute|route|submit|send|put|carry out|complete|finish|make|work|fill|move|do)(?: [\w'-]+){{0,4}}? {THINGS}|(?:go ahead|proceed|press ahead|move (?:ahead|forward)|swap|sell|buy|trade|trim|rebalance|switch|exchange|liquidate|reinvest)(?! (?:not|only)))",
            r"(?:we|i)(?: are|'re| am|'m) (?:now |already )?(?:going ahead|moving (?:ahead|forward)|proceeding|pressing (?:ahead|on)|pushing ahead|putting (?:the|these|your) \w+ through)",
            r"(?:accounts?|portfolios?|mix|allocation|holdings|weights?|everything|stocks|bonds|you)(?: \w+){0,2}? (?:is|are|'re|sits?|stands?) (?:(?:now|once (?:again|more)|finally|all|fully|again|at last) )*(?:back (?:in|on|to|at|within|where)|rebalanced|(?:now|once again|finally|again|at last) (?:\w+ )?(?:in line|on target|balanced|in balance|restored|realigned|set))",
            rf"(?:custodian|broker|desk|fidelity|schwab|exchange|bank|traders?) (?:has |have )?(?:already |just |now |since )*(?:filled|executed|completed|processed|settled|sold|bought|placed|carried out|wired|confirmed (?:all|the|every|your))(?: \w+){{0,3}} {THINGS}(?! (?:in|last|on the|at)\b.*\b(?:year|spring|fall)\b)",
            rf"(?:{THINGS}|everything|all (?:of )?(?:it|this|them)|they|the (?:whole|entire) \w+)(?: \w+){{0,2}}? (?:went (?:out|in|through|off)|(?:has|have|is|are)(?: now| all| already)* (?:been )?(?:under way|in motion|complete|completed|behind us|taken care of|done|finished|filled|placed|executed)|(?:was|were)(?: all| just)* (?:completed|filled|placed|executed|carried out|finished|done|made at)|(?:is|are|will be)(?: all| already| now)? (?:gone|out of your (?:account|hands)))(?! (?:only|when|once|after|if))",
        ),
        UNDONE,
        None,
        _ON_YOUR_WORD,
    ),
    # Tax and law as certain.
    Rule(
        NO_TAX,
        any_of(
            r"(?:none|nothing|no part|no trace|not a (?:word|trace|bit)|neither)(?: [\w']+){0,4}? (?:show\w* up|appear\w*|be (?:reported|seen|noticed|visible)|reach\w*|land\w*|turn up|touch\w*|affect\w*|change\w*|count\w*)(?: \w+){0,2}? (?:your |the |this year's |any )*(?:\w+ )?(?:tax\w*|return|irs|1099|schedule)",
            r"(?:wash[- ]sales?(?: rules?)?|that rule|these rules|the rule|alternative minimum tax|net investment income tax|surtax|kiddie tax)(?: \w+)? (?:(?:does|do|will|can)(?: not|n't)|cannot|won't|is not|isn't|are not|never) (?:\w+ )?(?:apply|applies|matter|affect|touch|concern|come into|bite|an? (?:issue|problem|concern|factor)|triggered|be triggered|reach)",
            r"(?:definitely|clearly|certainly|surely|absolutely|undoubtedly|beyond (?:doubt|question)|without question|for (?:sure|certain)|of course)(?: \w+){0,3}? (?:substantially identical|deductible|taxable|long-term|qualif\w+|legal|exempt|allowed|lawful|bracket|count\w*)|(?:bracket|deduct\w*|tax\w*|irs|rate|loss(?:es)?|gains?|refund)(?: \w+){0,3}? (?:for (?:sure|certain)|beyond (?:doubt|question)|without (?:question|a doubt)|no question)",
            r"you (?:can|will|may|are (?:able|entitled|free|allowed)|'re (?:able|entitled|free|allowed)|get|have the right)(?: be able)?(?: to)? (?:\w+ )?(?:(?:deduct|write off|claim) (?:all|the (?:entire|full|whole)|every|100%|the loss in full|it all)|(?:take|use) (?:the (?:entire|full|whole)|every) (?:loss|deduction|credit))",
            r"(?:tax(?:es)?(?: bill| liability| burden)?|what you owe)(?: \w+){0,3}? (?:will|is going to|are going to|is sure to|has to)(?! not) (?:\w+ )?(?:go down|fall|be (?:lower|less|smaller|nothing|zero|reduced|small|negligible)|shrink|drop|decline|decrease|come down)",
            r"(?:loss(?:es)?|harvest\w*|sales?|swap|this|they|it|these)(?: \w+)? (?:will|do|does|is going to|are going to)? ?(?:wipes? out|cancels?|eras\w+|eliminat\w+|offsets?|absorbs?|covers?|neutrali[sz]\w+|soaks? up|shelters?)(?: [\w']+){0,3}? (?:your |the |all )?(?:\w+ )?(?:gains?|tax(?:es)?|income|liability)(?: \w+)? (?:in full|entirely|completely|fully|altogether|for good|totally)",
            r"(?:will|'ll|would)(?: not|n't) owe (?:a |one |any |the )?(?:\w+ )?(?:cent|penny|dime|dollar|thing|anything|tax\w*)|won't owe (?:a |one |any |the )?\w+|owe (?:nothing|zero|not a)|(?:without|with no|escape|avoid)(?: \w+){0,2} (?:owing|paying) (?:a |any )?(?:tax\w*|cent|penny|thing)",
            r"legally(?:,)?(?: \w+){0,2} (?:nothing|no (?:problem|risk|issue)|fine|safe|clear|sound|airtight|in the clear)|(?:perfectly|entirely|completely|totally|100%) (?:legal|lawful|proper|within)|nothing (?:\w+ )?to worry about(?: \w+){0,2} (?:legal\w*|tax\w*|irs|with (?:the|these))|in the clear",
            r"(?:irs|tax (?:man|people|authorities)|internal revenue service) (?:\w+ )?(?:will|would|is going to|won't|has|cannot|can't) (?:(?!not|never)\w+ )?(?:have no|no (?:problem|issue|objection|quarrel|interest|reason)|fine|ok|okay|accept\w*|allow\w*|approve\w*|care|mind|object|question|challenge|agree\w*|problem)",
        ),
        re.compile(
            rf"(?:{OPEN.pattern}(?!.*\b(?:you|will|would|is|are|the) $))|\b(?:do not|don't|cannot|nobody|no one|not|whether|if|may|might|could)\b|\b(?:inside|within|in) (?:the |your |an? )?(?:\w+ )?(?:ira|roth|401|hsa|retirement)|\bestimates?\b",
            re.I,
        ),
        re.compile(r"^[^.]*\b(?:ira|roth|hsa)\b", re.I),
    ),
    # Praise by others, and of the firm.
    Rule(
        ENDORSED,
        any_of(
            rf"(?:^|(?:our|other|many|most|some|several|all|these|the|two|another|one|a) )(?:\w+ )?{_CLIENTS}(?: (?!not|may|might|who|whose|can|should|often ask)[\w'-]+){{0,3}}? (?:rav(?:e|es|ed|ing)|loves?|loved|praises?|praised|swears?|adores?|thanks?|thanked|applauds?|compliment\w*|recommends?|recommended|rate us|rates us|rank us|sing\w* (?:our|the)|told (?:us|me)|tells? (?:us|me)|said|says?|call(?:s|ed)? (?:us|it|this)|thrilled|delighted|grateful|sleep\w*|trust(?:s|ed)? us|keep\w* coming|stay\w* with us)(?! (?:that )?(?:they|he|she) (?:want|need|prefer|plan)\w*| goodbye)",
            rf"(?:blessing|approval|endorsement|backing|stamp|seal|okay|ok|nod|support|sanction|green light|imprimatur|confidence|clearance)(?: of approval)? (?:of|from|by) (?:the )?(?:\w+ )?{_REGULATOR}(?! (?:would|is needed|before))",
            rf"(?:cleared|reviewed|okayed|ok'd|passed|signed off(?: on)?|accepted|approved|blessed|examined|vetted|sanctioned|registered and approved|audited|confirmed|endorsed|validated|backed|certified) by (?:the )?(?:\w+ )?{_REGULATOR}",
            rf"(?:the )?{_REGULATOR} (?:has|have|had|'s|'ve|does|do|already)(?: (?!not|never|no)\w+)? (?:\w+ and )?(?:cleared|reviewed|okayed|passed|signed off|accepted|approved|blessed|examined|vetted|sanctioned|audited|confirmed|endorsed|validated|backed|certified|agreed|agrees?|approve|endorse|recognized)",
            r"(?:we|our (?:firm|team|advis[eo]rs?|people|founders?)|our \w+ team)(?: \w+){0,2}? (?:is|are|has|have|was|were|'re|'ve) (?:\w+ )?(?:the )?(?:mastered|won|been (?:named|voted|ranked|rated|recognized|honored)|renowned|known for (?:our|its|their)|famous|celebrated|second to none|the most|the best|unmatched|most trusted|one of the (?:best|top|most|leading)|leaders?|among the (?:best|top|most|leading|finest)|highly (?:rated|regarded|respected))",
            r"(?:no one|nobody|no other \w+|no firm|few)(?: \w+)? (?:looks?|takes?|cares?|manages?|knows?|understands?|handles?|treats?|watches|serves?|works?|guards?)(?: [\w']+){0,5}? (?:like|as|better|the way|more) ?(?:we|us|our|this|closely|well|than)",
        ),
        re.compile(rf"(?:{DENIED.pattern})|\b(?:if|may|might|could|whether|asked)\b", re.I),
        re.compile(r"^[^.]*\bnot\b.*\b(?:endors|approv|mean|impl|recommend)", re.I),
    ),
    # Without its cost.
    Rule(
        NO_COST,
        any_of(
            r"(?:at|for|with|without|carries|comes at) (?:no|zero|any|not a) (?:\w+ )?(?:extra |additional |added |further )?(?:cost|charge|fee|expense)s?(?: (?:to|for) you)?(?! (?:basis|schedule|other|beyond|that|is|are))",
            r"(?:you|clients?) (?:\w+ )?(?:pays?|owes?|spends?)(?: us)? (?:nothing|not a (?:cent|penny|dime)|zero)|(?:no|not a (?:cent|penny)|nothing)(?: \w+)? (?:to|you) pay|(?:free|gratis|complimentary|on us)(?= ?[.,;!]| of charge)",
            r"(?:savings?|benefits?|gains?|harvest\w*|service|advice|loss(?:es)?|tax (?:benefits?|alpha)|we|this|it|what (?:you|we) save)(?: \w+){0,3}? (?:will |would |can |does |do )?(?:\w+ly |more than |far |also )?(?:covers?|pays? (?:for|back)|exceeds?|outweighs?|offsets?|makes? up for|recoups?|earns? back) (?:\w+ ){0,2}?(?:our|the|its|your) (?:\w+ )?(?:fees?|costs?|charges?|itself|own way)(?! (?:basis|base))",
            r"pays? for (?:itself|themselves)",
        ),
        re.compile(
            rf"(?:{DENIED.pattern}(?!.*\b(?:at|with) $))|\b(?:if|may|might|could|whether|time|slot|calendar|morning|afternoon|are you|you are|you're)\b",
            re.I,
        ),
    ),
    # Other advisers; the client's person.
    Rule(
        OTHERS,
        any_of(
            rf"(?:{_FORMER})(?: at \w+)?(?: (?:clearly|simply|obviously|really|just|never|always|plainly|probably|also|often|apparently))*(?: (?!sent|send|sends|transferred|transfer|gave|give|gives|provid|report|suppl|held|hold|holds|keeps|kept|moved|told|tells|show|is|was|has|had|can|may|might|will|would|at|in|of|and|or|came|come|with|to|on|for|did|does|do|who|when|as|if|before|after|until|about|still holds|bought|sold|used|charged|listed|record)\w+| (?:had|has) (?:no|little|you (?:in|over)|it (?:wrong|all)|left|put|made|failed|missed|ignored|neglected|cost|been (?:careless|asleep|wrong))| (?:was|is) (?:\w+ )?(?:wrong|careless|asleep|greedy|expensive|overcharging|clueless|incompetent|negligent|sloppy|lazy|out of (?:his|her|their) depth|not (?:paying|looking|doing))| (?:did|does|do|would|could|should|will)(?: not|n't| have| never| nothing| little| a (?:poor|bad|terrible))| (?:used|charged) (?:you|too|high|poor|outdated))",
            r"(?:mess|mistakes?|errors?|bad advice|poor advice|damage|neglect|carelessness|blunders?|sloppy work) (?:\w+ )?(?:left|made|done|caused|by|of) (?:\w+ )?(?:your |by )?(?:\w+ )?(?:former|old|previous|prior|last|other) (?:advis\w+|broker|firm|manager|bank)",
        ),
        re.compile(r"\b(?:if|whether|ask|asked|please|once|when|until)\b", re.I),
    ),
    Rule(
        PERSONAL,
        any_of(
            r"(?:given|because of|considering|in view of|in light of|owing to|due to|with|after|since|about|of|to hear|regarding|despite|through|during|for) (?:your|his|her|your (?:husband|wife|spouse|partner|mother|father|son|daughter|child)'s) (?:\w+ )?(?:health|illness|heart (?:condition|attack|trouble|problems?|surgery)|cancer|diagnosis|(?:medical )?condition|surgery|stroke|dementia|depression|disease|treatment|chemo\w*|hospital\w*|pregnancy|disability|divorce|breakup|bereavement|addiction|drinking|weight|poor (?:health|memory)|memory|failing \w+|advanced age|old age|religion|politics|marital \w+)",
            r"(?:at your age|people your age|someone your age|your declining|in your condition|you are (?:not getting any younger|getting on|no longer young|too old|sick|ill\b))",
        ),
        re.compile(r"\b(?:you|he|she) (?:told|said|wrote|mentioned|asked|shared)\b|\b(?:insurance|if|nothing|not)\b", re.I),
    ),
)  # fmt: skip
