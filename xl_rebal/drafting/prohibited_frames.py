"""Frames of sentences in which only some verbs or things are allowed in a text for a client; every other is refused.

The other lists name what is forbidden and miss what is said in new words. Here a frame (the client told to do something, we
said to have done something, something of the client's that will be) is closed: the verbs of an honest letter are listed.
"""

from __future__ import annotations

import re

from xl_rebal.drafting.prohibited_claims import ADVICE, NO_COST, RECORD
from xl_rebal.drafting.prohibited_families import OTHERS, PERSONAL
from xl_rebal.drafting.prohibited_rules import (
    BEYOND,
    CONSENT,
    DENIED,
    DONE,
    FORECAST,
    NO_RISK,
    NO_TAX,
    OPEN,
    PRESSURE,
    PROMISE,
    UNDONE,
    Rule,
    any_of,
)

SECRETS = "a request for money or secrets"

# --- What an honest letter says in each frame ----------------------------------------------------------------------

_ASKED = (
    r"(?:(?:also |then |always |still |first |only |please |kindly |at least |not |never |probably )*(?:ask|talk|speak|discuss|check|consult|tell|let|call|read|share|see|contact|write|mention|raise|bring|sign|send|return|complete|fill|review|reply|respond|confirm|meet|note|know|understand|look|compare"
    r"|keep|remember|expect|receive|get|provide|forward|give|approve|decline|decide|say|choose|hear|bear|avoid|be (?:aware|able|asked|told|taxed|reported|sold|held|kept|read|in touch|treated|seen|shown|checked|discussed|used|paid|taken|made|sent|between|within|at|in|on|about)|have (?:a|an|the|received|any|questions|your|to hand)"
    r"|do (?:nothing|anything|so|this only)|make|wait|plan for|report|include|find|feel free|worry|rely|come|go over|sit|want|need|like|stay (?:within|in|near)|remain|not|match|add up|equal|arrive|reach|show|appear|agree|happen|change|differ|follow|hold (?:the|no|at|between)|pay attention|use|consider (?:whether|the|how|both|your|this|these|that)))(?!\w)"
)
_DID = (
    r"(?:(?:also|already|now|not|never|always|since|again|only|just|first|therefore|carefully|recently|both|all) )*(?:prepared?|review\w*|look\w*|list\w*|calculat\w*|comput\w*|set aside|set out|kept|keep|note\w*|includ\w*|chosen?|chose|check\w*|heard?|hear|receiv\w*|written|wrote|write|use\w*|assum\w*|left|leave|mark\w*|count\w*|work\w*"
    r"|proposed?|suggest\w*|recommend\w*|describ\w*|explain\w*|discuss\w*|spoke\w*|speak|talk\w*|met|meet|ask\w*|told|tell|sent you|enclos\w*|attach\w*|shown?|show|added (?:a|the|your|this) (?:note|page|table|line|paragraph|sheet|copy|summary)|record\w*|read|compar\w*|taken? (?:into|account|note|care|your|the)|took (?:into|account|note|your)|plan\w*"
    r"|see|seen|saw|find|found|estimat\w*|round\w*|follow\w*|respect\w*|honou?r\w*|appl\w*|tr(?:y|ied)|consider\w*|weigh\w*|need|needed|want\w*|have|had|been|no|a|an|the|some|any|your|as|on|it|so|know\w*|known|more|less|not|never|of|serv\w*|manag\w*|updat\w*|correct\w*|chang\w* (?:nothing|no)|limit\w*|avoid\w*|skip\w*|exclud\w*|treat\w*|group\w*|draft\w*|reserv\w*|model\w*|assess\w*"
    r"|budget\w*|rank\w*|sort\w*|drawn? up|drew|held back|withheld|thought|think|hope\w*|enjoy\w*|appreciat\w*|long|known|still|yet|to|one|two|three|reason|there|what|why|how|questions|in mind|pair\w*|match\w*|understood|understand|agreed (?:on|with you|to (?:talk|meet|speak|review|call))|cover\w*|answer\w*|promis\w*|guarant\w*|predict\w*|forecast\w*|register\w*|learn\w*|notic\w*|identif\w*|confirm\w* (?:that|with|the (?:date|address|call|meeting))|arrang\w*|schedul\w*|moved? (?:our|the (?:call|meeting|date))|gone (?:over|through)|went (?:over|through)|call\w*|visit\w*|call\w*|remov\w*|revis\w*|select\w*|pick\w*|start\w*|made (?:a |the |no |some |our |an )?(?:note|copy|list|change|assumption|mistake|error|effort|attempt|estimate|proposal|plan)|put (?:together|the (?:plan|figures|numbers|details|reasons|table)|a (?:note|copy)|your (?:question|note|name)|our|in writing|off))(?!\w)"
)
_TO_COME = (
    r"(?:(?:also|then|still|now|only|not|never|therefore|always|generally|usually|normally|likely|probably) )*(?:be(?! (?:in (?:great|good|fine|excellent|better|top)|well|better|worth|fine|strong|higher|lower|up|down|richer|rewarded|ahead|glad|happy|thrilled|safe|secure|protected|gone|over|back|great|much|far|set|doubled|nothing|no)\b)|need|require|have(?! (?:more money|nothing|no |everything|enough|plenty|a (?:great|better|bright|good|strong|terrific|wonderful)))|enjoy|want|receive|hear|see|find|decide|get (?:a|an|the|your)|owe|pay|depend|vary|change|differ|fluctuate"
    r"|remain|stay (?:in|at|the|with|as|where|invested|within|un|open|part)|cover|come (?:from|out of|due|in|with|to)|go (?:to|toward|into|in|from|out)|show|include|appear|apply|send|call|ask|tell|review|discuss|meet|look|talk|explain|prepare|provide|give|let|report|mail|write|update|contact|check|take|follow|arrive|help|answer|go over|walk|make|mature|expire|reset|settle|move|cost|add|use|fund|realize|reduce|lower|split|offset|absorb|leave|hold|keep(?! (?:flowing|growing|rising|paying|coming|doing|working|going))|match|happen|fit|affect|"
    r"matter|bring|count|charge|place|continue|pass|serve|determine|turn|become|buy|sell|trade|start|begin|end|close|open|on|the|for|of|in|or|and|enclose|confirm|sign|post|carry|act|wait|calculate|treat|raise|deliver (?:a|the|this)|need|like|understand|know|say|read|think|post|draft|talk|sit|do (?:so|nothing|that|this)|add|join|accept|ask|stand|sit|form|live|retire(?! (?:early|rich|comfortabl))|travel|visit|spend|withdraw|draw|claim|convert|work|study|attend|celebrate|graduate|marry|sleep|set)(?!\w)"
)
_OWN = r"(?:your|this|that|these|those|the (?:new|lower|higher|current|proposed|other|same|whole|entire|remaining|combined)|our|each|every|all|most|both) (?:[\w'-]+ ){0,3}?(?!(?:advis[eo]rs?|office|team|custodian|accountant|cpa|attorney|preparer|call|meeting|letter|form|forms|statement|statements|bank|employer|spouse|wife|husband|son|daughter|children|family|firm|colleague|assistant|who|which|that|and|or|of|we|you|they|i|it|he|she)\b)[\w-]+"
_COMMANDS = r"(?:hold off|hang|consider (?!whether|the|how|both|these|that|all|any)|ditch|dump|load|borrow|refinance|downsize|postpone|delay|defer|convert|gift|donate|insure|diversify|stash|park|tap|tack|shift|lock|grab|seize|trust us|leave (?:it|this|the) |forget|ignore|relax|enjoy|celebrate|picture|imagine|think of|stay the course|stay put|stay invested|stick|start (?:a|an|saving|drawing|taking)|open (?:a|an)|top up|max|pay (?:off|down)|take out|claim|draw|raise your|increase your|boost|roll)"
_PRODUCTS = r"(?:annuit(?:y|ies)|(?:term|life|whole-life|umbrella|long-term care|disability) (?:policy|policies|insurance|cover(?:age)?)|life cover|silver|platinum|precious metals|bitcoin|crypto\w*|reverse mortgage|home equity (?:loan|line)|margin (?:loan|account)|donor-advised funds?|(?:revocable|living|family) trust|collectibles|hedge funds?|private (?:equity|credit)|structured notes?|penny stocks|options? (?:strategy|contracts?|trading)|covered calls|collar)"
_PRAISED = r"(?:great|excellent|outstanding|superb|exactly right|just right|spot on|very good|strong|terrific|perfect|right on|remarkable|impressive|well|brilliant|fine|the right (?:one|call|thing)|timely|well timed|wise|rewarded|rewarding)"

# --- What excuses them ---------------------------------------------------------------------------------------------

_ASKED_FOR = re.compile(
    rf"(?:{DENIED.pattern})|\b(?:if|whether|unless|outside|beyond|told|said|wrote|mention\w*|asked?|plan|planned|want\w*|wish\w*|intend\w*|decided|please|question|may have|elsewhere|prospectus)\b|\b(?:do|did|does|are|have|would) you\b(?! (?:thought|considered|looked))",
    re.I,
)
_OTHER_FUNDS = re.compile(
    rf"(?:{OPEN.pattern})|\b(?:weights?|drift\w*|targets?|band|compare\w*|expense)\b", re.I
)
_ONLY_THEN = re.compile(
    r"\b(?:once|after|when|if|until|unless|as soon as|provided|only)\b.*\b(?:you|your|client|prices|approv\w+|sign\w*)\b|\b(?:would|could|may|might|if)\b|\bno trades?\b",
    re.I,
)

_PAPERS = re.compile(
    r"^(?: [\w'-]+){0,4}? (?:reviews?|plans?|letters?|proposals?|notes?|cop(?:y|ies)|analys[ei]s|figures|numbers|reports?|summar(?:y|ies)|questions?|wish(?:es)?|pages?|forms?|records?|files?|calls?|meetings?|preparations?|work|estimates?|tables?|lists?|details|calculations?|statements?|accounts|documents?|reading|homework|policy|goals?)\b",
    re.I,
)
"""What we may have completed, placed or gone through: papers, and no trade."""

FRAMES: tuple[Rule, ...] = (
    # The client, or the family, told what to do.
    Rule(
        BEYOND,
        any_of(
            rf"(?:you|your (?:wife|husband|spouse|partner|son|daughter|children|kids|parents|mother|father|family|heirs|sister|brother)|he|she|they) (?:\w+ly )?(?:should|ought to|must|had better|would be (?:wise|smart|foolish) to|would do well to|had best|may wish to|might want to|may want to|might like to) (?!{_ASKED})\w+",
            rf"your (?:\w+ ){{0,2}}?(?:children|son|daughter|wife|husband|spouse|will|trust|estate|house|home|pension|policy|mortgage|savings|cash|debts?|loans?|plan at work) (?:should|ought to|must|needs? to) (?!{_ASKED})\w+",
            r"if (?:i|we) (?:were|was) you|in your (?:shoes|place|position)(?: (?:i|we))|(?:were|if) (?:it|this) (?:my|our) money|(?:have|had) you (?:ever )?(?:thought|considered|looked|been thinking)(?: (?:about|of|into|at))? (?!how the|the plan)\w+",
            r"(?:is|would be|may be|might be|it's|seems) (?:\w+ )?(?:worth|worthwhile|wise|smart|prudent|sensible|high time|time) (?:to )?(?!(?:your (?:time|while)|reading|noting|asking|knowing|checking|saying|a (?:call|talk|word)|taking|selling|trimming|keeping|holding|harvesting|realizing|doing|discuss\w*|review\w*|remember\w*|mention\w*|talk\w*|repeat\w*|ask|check|note|know|read|say|mention|review|repeat|than|about|less|more|what|the (?:call|wait))\b)(?:[a-z]+ing|putting|to |[a-z]+ (?:your|some|a|an|the|more|off|down|up))",
            rf"^(?:and |so |then |also,? |meanwhile,? |in the meantime,? |for now,? |separately,? )?(?:please )?(?:{_COMMANDS})",
            r"^(?:and |so |then )?(?:put|move|use|buy|sell|add|keep|let|send|take|shift|transfer|set|give|spend|save|hold|invest|bring) (?!(?:us|me|in mind|this letter|the (?:letter|form|proposal|time|plan)|your (?:questions?|time|reply|answer)|a (?:look|copy|moment|minute|note)|any questions|differently|simply|together|another way)\b)(?:[\w'-]+ ){0,7}?(?:loans?|debts?|mortgage|dips?|(?:life |insurance )polic(?:y|ies)|lapse|house|trust|gold|employer\S*)(?!\w)",
            r"(?:would|will|could) (?:\w+ )?(?:be (?:money well spent|time well spent|better served|well served|worth (?:every|it|the)|a (?:good|great|smart|wise|fine|sensible) (?:use|move|step|idea|choice))|fix|solve|close|cure|repair) (?:by |the |your |of |that )?(?:\w+ )?(?:shortfall|gap|problem|trust|polic\w+|annuit\w+|retirement|a )|(?:money|time) well spent",
            r"you (?:no longer|do not|don't|hardly) need (?:that|the|your|this|so much|as much)(?: \w+){0,2} (?:policy|insurance|cover\w*|cash|account|mortgage|house|trust|savings|fund)|let (?:it|them|the policy|that) lapse|(?:all|every) (?:of )?(?:your|the) (?:other|outside|remaining) accounts? (?:to|with|over)",
            r"(?:we|i)(?:'d| would| do)?(?: also| really| quite| still)? (?:like|love|favou?r|prefer|fancy) (?!(?:to |you to |your |it if |that you |the idea of your )(?:\w+ )?\w*)(?:silver|gold|\w+ (?:stocks|shares|bonds|funds) (?:here|now|at)|\w+ at these|the look)",
            r"at (?:these|current|today's|this) (?:levels?|prices?|valuations?)(?= ?[.,!]|$)",
        ),
        _ASKED_FOR,
    ),
    Rule(
        BEYOND,
        any_of(
            rf"{_PRODUCTS}(?: (?!not)[\w'-]+){{0,4}}? (?:suits?|rounds?|protects?|helps?|provides?|offers?|gives?|makes?|is (?:a|an|the|worth|one)|are (?:a|an|worth)|fits?|adds?|serves?|works?|pays?|belongs?|deserves?|better|nicely|as a)",
            rf"(?:like|love|favou?r|prefer|add|some|into|through|via) (?:an? |the |some |more )?{_PRODUCTS}",
        ),
        _ASKED_FOR,
        re.compile(r"^[^.]*(?:\?|\b(?:is|are|was|were) (?:not|outside|held elsewhere|separate|excluded|kept out)|\bpolicy\b.*\bprospectus|\b(?:your|an?|the) (?:own )?(?:attorney|agent|insurer|accountant)\b)", re.I),
    ),
    # We are said to have done more than plan and write.
    Rule(
        DONE,
        any_of(
            rf"we(?:'ve| have)(?: already| now| just| also| since| gone and| been able to| managed to| gone ahead and)* (?!{_DID})[a-z]+",
        ),
        UNDONE,
        _PAPERS,
        _ONLY_THEN,
    ),
    Rule(
        DONE,
        any_of(
            r"we (?:were able to|managed to|got|put (?:in|your (?!wish|question|interest|goal|needs)|the (?!plan|figures|numbers|details)|through)|did (?!not|so)|made the|took (?:you|profits?|gains?|losses|the (?:loss|gain|cash|money|step))|saw to|pulled|pushed|pocketed|banked|booked|realized|raised the|freed|opened|shed|lowered|parked|switched|dropped|replaced|let go|closed|converted|funded|deployed)(?= \w)",
            r"(?:trades?|orders?|sales?|purchases?|swaps?|money|cash|proceeds|positions?|funds?|shares)(?: \w+){0,3}? (?:hit|landed|reached|arrived|(?:is|are|was|were) (?:now |all )*(?:history|gone|in place|working|on the books|off the books|with the (?:desk|custodian|broker|exchange)))(?= |[.,!]|$)(?! (?:a limit|the limit|its|their))",
            r"you(?:'ll| will) (?:\w+ )?(?:see|find|notice|get) (?:\w+ ){0,3}?(?:sales?|trades?|purchases?|orders|confirmations?|new (?:funds?|positions?|holdings?))(?: \w+){0,3}? (?:on|in) your",
            r"(?:desk|custodian|broker|traders?|trading team) (?:\w+ )?(?:has|have|got|is|are)(?: \w+)? (?:your (?:orders?|instructions?|trades?)|working (?:on )?(?:them|it|your|the (?:orders|trades)))",
            r"(?:as of (?:this|yesterday|monday|today)[\w ]*,? |now )?you (?:now |already |currently )?own the (?:new|replacement)|(?:is|are|was|were) (?:now |all )?behind (?:you|us)(?= ?[.,!]|$)|found (?:a |their )?buyers?|(?:has|have) (?:been |gone |left )(?:on (?:its|their) way|out(?= |[.,!]|$)|into (?:effect|the market)|to (?:your|the) (?:bank|market|custodian))|(?:went|gone|came|come) (?:live|into effect)|put (?:\w+ ){0,3}?(?:into effect|to work)(?= |[.,!]|$)",
            r"(?:cash|money|proceeds|distribution|withdrawal|check|wire)(?: \w+)? (?:is|are|was|were) (?:now |already )?(?:on (?:its|their|the) way|in (?:your|the) (?:bank|checking|mail)|wired|en route|in transit|waiting for you|at work|working)",
        ),
        UNDONE,
        None,
        _ONLY_THEN,
    ),
    # The client is said to know, agree, want, have said yes.
    Rule(
        CONSENT,
        any_of(
            r"(?:we|i) (?:\w+ )?(?:know|understand|gather|take it|see|trust|hear|assume|believe|think|are sure|sense|feel|recall|note)(?: that)? (?:that )?you(?:'re|'d|'ve| are| were| would| have| will| both| all)*(?: \w+)? (?:in favou?r|fine|happy|agree\w*|comfortable|on board|okay|ok|ready|behind|approv\w*|support\w*|say yes|said yes|like (?:the|this)|go along|consent\w*|pleased|satisfied|with us|given|(?:want|need) (?:us to|this|these|the trades))(?! (?:to talk|your|about|with (?:your|the (?:level|risk)))\b)",
            r"(?:nod|yes|okay|word|message|signature|blessing|approval|handshake|go-ahead)(?: \w+){0,5}? (?:was (?:all|enough|everything|what)|is (?:enough|plenty)|was good enough)(?= |[.,!])|you (?:\w+ )?(?:leave|left|entrust\w*|delegate\w*|hand(?:ed)?) (?:\w+ ){0,4}?(?:to|with) us|(?:settled|agreed|decided|understood|a deal) between us",
            r"you (?:\w+ )?(?:told|asked|instructed|directed|authorized|wanted|allowed|trusted|empowered|permitted) (?:us|me) to (?:go ahead|proceed|sell|trade|act|place|use our|do (?:it|this|so|what)|make the|move (?:ahead|forward)|handle)(?! (?:only|no|none|nothing|less|not))",
            r"(?:your|the) (?:\w+ )?(?:message|note|email|e-mail|call|words?|letter|voicemail|text|signature|reply|answer|visit|form|silence|meeting|conversation)(?: \w+){0,3}? (?:gives?|gave|grants?|granted|provides?|authori[sz]es?|authori[sz]ed|settles?|settled|confirms? (?:your|the|these)|confirmed (?:your|the|these)|lets|empowers?|allows?|was (?:enough|clear|all)|is (?:enough|all|clear|sufficient)) (?:us |all |your |me |the |that |we |for |to )?",
            r"(?:this|the) letter (?:is |as |confirms |serves as |will serve as |your )+(?:\w+ )?(?:confirmation|that (?:the|your) (?:trades?|orders?|sales?)|receipt|notice that)|consider (?:this|it)(?: \w+)? (?:your |a |the |as )?(?:confirmation|notice|approval|done|authori[sz]ation)",
            r"(?:so|and) we (?:did not|didn't|do not|don't|won't|will not|have not|saw no need to|need not) (?:ask|need|wait|bother|check|trouble|call)(?: \w+){0,3}(?= again| you| first|[.!]| for)|(?:all|any|full|every) (?:the )?(?:authority|permission|approval|consent|clearance) (?:we|i) (?:need|want|require)",
        ),
        re.compile(rf"(?:{DENIED.pattern})|\b(?:if|whether|once|unless|until|when|before|please|hope|ask)\b", re.I),
        re.compile(r"^[^.]*\b(?:nothing|no trades?|not|only)\b", re.I),
    ),
    # Something of the client's that will be.
    Rule(
        FORECAST,
        any_of(
            rf"(?<!whether )(?<!what )(?<!how ){_OWN} (?:will|'ll|is going to|are going to) (?!{_TO_COME})[a-z]+",
            rf"(?<!what )you(?:'ll| will| are going to|'re going to)(?: \w+ly)? (?!{_TO_COME})[a-z]+",
            r"(?:(?<=\w )should|ought to|stands? to|set to|about to|bound to|sure to|poised to|likely to|expected to|positioned to|ready to|able to) (?:\w+ )?(?:lift|benefit|boost|do (?:\w+ )?well|rise|gain|climb|fare well|give (?:something|some of it|it) back|recover|reward|shine|deliver|outrun|help (?:stocks|bonds|prices|markets)|push|drive|hold up|thrive|take off|pay off|lead|prosper|profit|propel|hurt|drag|weigh on|cool|soften|squeeze)(?! (?:the (?:tax|stock weight|weight))|from (?:the )?(?:lower|long-term))",
            r"(?:(?<!be )positioned|placed|built|designed|set up|prepared|geared|made|constructed|ready|equipped|engineered) (?:to|for) (?:\w+ )?(?:do (?:\w+ )?well|prosper|thrive|profit|weather|withstand|survive|ride out|outlast|win|success|succeed|gain|growth|grow|anything|any|every|whatever|all (?:markets|seasons|weather)|come out|beat|benefit|last|handle)",
            r"(?:will|would|can|could|won't|are|is)(?: not|n't)? (?:be )?(?:\w+ )?(?:around|here|available|on offer|with us|repeated|seen again) (?:for long|forever|much longer|again soon|next year)|too (?:strong|weak|cheap|expensive|high|low|big|solid|healthy|fragile|good) (?:for|to) (?:\w+ ){0,4}?(?:fall|rise|do|last|fail|drop|crash|hold|keep|stay|decline|ignore)|(?:better|stronger|weaker|worse|good|longer) run(?= ahead| from here| than they have)|run (?:its|their) course",
            r"(?:seen|has|have|past|behind) (?:its|their|his|the) (?:best days|better days|peak|prime|day)|running (?:on fumes|hot|out of (?:steam|road|gas))|out of (?:steam|gas|favou?r)|(?:give|giving) (?:something|some of it|it|much of it|gains) back|(?:only )?(?:goes|moves|points|go) (?:only )?one way|on borrowed time|(?:little|small|scant) doubt|(?:good|strong|every|safe|fair) (?:bet|chance|odds|reason to (?:think|believe|expect))",
            r"(?:in|through|over|during|for) the (?:coming|next few|months ahead|years ahead|quarters ahead)(?: \w+)?(?= ?[.,;!]|$)(?<!the next few weeks)",
        ),
        re.compile(
            rf"(?:{OPEN.pattern}(?!.*\bshould $))|\b(?:meet|call|talk|speak|send|expects? (?:to hear|a call)|review|you plan|planned|said|you say|wrote|mention\w*|need|withdraw\w*|cash|spend\w*|distribut\w*|want|told|asked|schedule)\b",
            re.I,
        ),
    ),
    # Nothing bad can happen.
    Rule(
        NO_RISK,
        any_of(
            r"(?:nothing|no one|nobody|not a thing|there is nothing|little|no \w+)(?: \w+){0,3}? (?:that )?(?:can|could|will|would|should|is going to|to) (?:\w+ )?(?:set|throw|knock|keep|take|stop|upset|derail|spoil|undo|sink|ruin|endanger|jeopardi[sz]e|slow|worry|trouble|concern|surprise|stand in)(?! (?:the letter|us))",
            r"(?:tak(?:e|es|ing)|took|removes?|lifts?|eases?|ends?) (?:all |any |much |most )?(?:of )?(?:the |your )?(?:worr(?:y|ies)|fear|stress|sting|guesswork|danger|anxiety|nerves|drama)",
            r"(?:income|paychecks?|payments?|checks?|cash|money|distributions?|dividends)(?: \w+)? (?:will |'ll )?(?:keep|keeps|continue|continues|go on|goes on)(?: to)? (?:flow\w*|com\w+|arriv\w*|grow\w*|pay\w*|roll\w*)",
            r"(?:regardless of|whatever|no matter|despite|irrespective of|independent of) (?:what |how |which |where |the )?(?:\w+ )?(?:stocks?|bonds?|markets?|prices|rates|economy|happens?|the fed|congress|election|headlines|comes?)",
            r"(?:crash|fall|drop|downturn|recession|slump|correction|bear market|loss|decline)(?: \w+){0,4}? (?:would|will|could|can) (?:not (?:change|alter|upset|derail|dent|touch|spoil)|leave (?:you|your \w+) (?:\w+ )?(?:untouched|unharmed|unaffected|intact|whole|fine|comfortable))",
            r"(?:could|can)(?: not|n't) be (?:in )?(?:a |any )?(?:better|safer|finer|sounder|stronger|more \w+) ?(?:place|hands|spot|position|shape|home)?|nothing (?:beats|tops|matches|is (?:as )?(?:safer|safe|better))",
            r"(?:without|free of|not) (?:a |any )?(?:care|worry|second thought)(?= ?[.,!]|$| in the world)|(?:with )?(?:room|money|plenty|years) to spare|on (?:course|track|the way|schedule) to (?:retire|reach|meet|beat|double|a comfortable)|(?:has|have|had|yet to)(?: never)? let (?:anyone|you|us|a client) down",
            r"(?:safer|less risky|lower[- ]risk|more secure|steadier)(?: \w+){0,3} (?:with|at|for|and|yet|offering) (?:just )?(?:the |a |about the )?(?:same|similar|equal|higher|better|no less|as much)(?: \w+)? (?:returns?|yield|income|growth|upside)",
            r"(?:protect|shield|insulat|guard|shelter|buffer|safeguard|spar)\w* (?:\w+ ){1,4}?from (?:an? |any |the |such |another )?(?:\w+ )?(?:declines?|falls?|drops?|loss(?:es)?|crash\w*|downturns?|corrections?|recessions?|slumps?|swings?|inflation|volatility|risks?)",
            r"where (?:\w+ )?(?:money|savings|investors|people) (?:goes?|turns?|hides?) to be (?:safe|secure)|(?:safe|safely|securely) (?:tucked|parked|stored|invested|held|locked)|(?:weather|withstand|survive|ride out|shrug off|sail through|stand up to) (?:any|every|all|whatever|the next|a|the|even) ?(?:\w+ )?(?:storms?|downturns?|markets?|crisis|shocks?|crash|drops?|recession|anything|comes)",
            r"(?:downside|loss(?:es)?|risk|drop|decline|most you (?:can|could)|worst)(?: \w+){0,2} (?:is|are|would be|will be)(?: \w+)? (?:limited|capped|contained|small|minor|minimal|modest|negligible|bounded|manageable|well under|under)",
            r"no (?:more |nasty |bad |unpleasant |further )?(?:surprises|worries|headaches|sleepless|shocks|trouble|problems)(?! (?:were|was))|nothing to think about|nothing you (?:need|have) to (?:think|worry|care)|peace of mind",
        ),
        re.compile(
            rf"(?:{OPEN.pattern}(?!.*\b(?:there (?:is|are|will be)|with|you have|is) $))|\b(?:aim\w*|hope\w*|want\w*|goal|meant|designed|tr(?:y|ies))\b",
            re.I,
        ),
    ),
    # Better than others, and a record that is praised.
    Rule(
        RECORD,
        any_of(
            r"(?:than|ahead of|above|outside of|over|beyond|unlike|past) (?:what )?(?:other|comparable|similar|most|many|rival|typical|ordinary|average|competing|like|the other|nearly all|almost all|almost any|any other) (?:people|funds?|portfolios?|investors|clients|families|advis\w+|firms|managers|accounts|strategies|houses|retirees|savers|savvy|brokers|banks|ones)(?! (?:in|of) (?:your|the) (?:account|portfolio|household|plan))",
            r"(?:our|my|we|under our|with our) (?:\w+ ){0,2}?(?:selections?|picks?|choices|calls?|clients|decisions|ideas|moves|tilts?|timing|care|watch|guidance|stewardship|management|investments?|bets?|judg\w+|forecasts?)(?: [\w']+){0,3}? (?:ha(?:s|ve)|did|do|keep|kept|run|ran|turned|were|was|are|been|proved|proven|paid|worked|came)(?! (?:not|never|no)\b)(?: \w+){0,3}? (?:ahead|better|well|right|more|best|excellent|great|good|strong|above|out|profit\w*|superb|outstanding|off)",
            rf"(?:results?|returns?|performance|record|year|quarter|tilt|move|decision|timing|call|switch|sale|purchase|choice)(?: [\w']+){{0,5}}? (?:under our|since we|we made|turned out|has been|have been|proved|was|were)(?: [\w']+){{0,4}}? {_PRAISED}(?= ?[.,;!]|$)",
            r"(?:got|get|took|pulled|moved|had|have|bought|sold|were) (?:you |us |your \w+ )?(?:in|out|in to|out of)?(?: [\w']+){0,4}? (?:at|near|close to|around) (?:(?:just|exactly|precisely|about) )?(?:the |its |their )(?:right (?:time|moment)|high|highs|top|peak|low|lows|bottom|best (?:time|moment|price))",
            r"(?:hard pressed|hard-pressed|hard put|difficult|hard|tough|impossible|try) to (?:find|name|imagine|think of|beat|do|match|top)(?: \w+)? (?:a |an |any |anything )?(?:\w+ )?(?:better|finer|anything|one|equal|match|elsewhere|cheaper|adviser)|at any price|(?:featured|profiled|cited|quoted|named|ranked|praised|recognized|honored|written up|seen) (?:in|by|on|among) (?:the |a |an )?(?:\w+ )?(?:press|magazine|news\w*|list|media|journal|forbes|barron's|television|tv|top|best)|a model for others",
            r"(?:examiners?|regulators?|auditors?|sec|finra|inspectors?|irs)(?: \w+){0,2}? (?:found (?:nothing|no)|(?:has|have|had|took) no (?:issues?|concerns?|complaints?|objections?|problems?|quarrel)|gave us|praised|were (?:happy|satisfied|pleased|impressed)|likes?|liked|complimented)",
            r"(?:clients|families|people|investors|those|households|everyone|anyone) (?:who|that) (?:followed|listened|stayed|trusted|joined|hired|worked|stuck|went)(?: \w+){0,8}? (?:came|are|were|did|have|has|got|made|ended|finished|sleep|enjoy|wound)|(?:habit|history|way) of (?:finish|win|beat|com|mak|earn|be)\w+|(?:funds?|stocks?|shares|etf|manager|strategy|mix|bonds?) (?:that )?we (?:picked|chose|selected|bought|recommended|put you in|found)(?: \w+)? (?:beat|beats|outdid|won|has (?:beaten|done)|did|gained|led|topped|returned|rose|soared)|worse off (?:with|at|under|without|elsewhere)",
            r"(?:earn|ma[dk]e|kept|keep|g[oe]t|gain|done|do|did|fare|have|had|save)(?:ed|d|s)? (?:\w+ )?(?:more|better)(?: \w+){0,3} than (?:you|they|anyone|one) (?:would|could|might|ever)",
            r"keep (?:more|most) of (?:what|their|your|the)|come out (?:of this )?(?:with more|ahead|richer|better|on top)|(?:would have|would've|might have) let (?:these|this|those|the|your)",
        ),
        re.compile(rf"(?:{DENIED.pattern}(?!.*\b(?:no|nothing) $))|\b(?:if|may|might|could|whether|loan|mortgage)\b", re.I),
    ),
    # Deadlines and shame.
    Rule(
        PRESSURE,
        any_of(
            r"(?:confirm|reply|answer|sign|decide|approve|respond|call|act|commit|agree|let us know|hear from you)(?: \w+){0,3}? (?:by|before|until|no later than) (?:tonight|tomorrow|noon|midnight|the close|close of|end of (?:the )?day|this (?:evening|afternoon)|(?:mon|tues|wednes|thurs|fri)day (?:or|and we|if you want))",
            r"if you sleep on (?:it|this)|(?:leave|let) (?:this|it) (?:lying|sit|sitting|on your desk|wait|linger|gather)|(?:need|want|ask|like|urge) you to (?:act|decide|sign|move|commit|say yes)(?: \w+){0,3}? (?:before|by|today|now|at once|right|this (?:week|morning|afternoon))|immediate (?:yes|answer|go-ahead)|best thing (?:that )?you can do|(?:will|would) (?:look|be|get) worse (?:if|by|the longer|tomorrow|next)",
            r"you have (?:only |just )?(?:until|till|a few (?:days|hours)|days|hours|the weekend)|or (?:this|it|the (?:chance|deal|offer|price|saving)) (?:goes|is gone|disappears|passes|lapses|vanishes)|(?:goes|go|gone|slips|slip|melts) away(?= ?[.,!]|$| (?:soon|fast|if|when|after))",
            r"(?:would be|is|it's|what) (?:such )?(?:a |an )(?:great |real |terrible |crying |big )?(?:shame|pity|waste|crime|sin|disappointment|tragedy|missed opportunity)|(?:would |'d )?hate (?:for you|to see|if)|left (?:out|behind)(?= of| while| when|[.,!])|let(?:ting)? (?:these|this|those|the|your) (?:\w+ )?(?:losses?|savings?|opportunit\w+|chance|gains?) (?:expire|go|lapse|slip|pass|disappear|vanish)",
            r"no (?:good |real |sensible |earthly )?(?:reason|point|sense|use|benefit|excuse|advantage) (?:to|in|for) (?:\w+ )?(?:hold\w*|wait\w*|delay\w*|put\w*|linger\w*|stall\w*|sit\w*|hesitat\w*|sleep\w*|defer\w*)",
            r"(?:prompt|quick|swift|speedy|fast|early|immediate) (?:\w+ )?(?:answer|reply|decision|response|action|signature|yes|approval)(?: \w+)? (?:will|would|can|could|makes?|means?|saves?|pays?|is (?:vital|essential|crucial|needed|critical|key|important))(?! not)|so that (?:we|you) (?:do not|don't) (?:lose|miss|forfeit|let)",
        ),
        re.compile(r"\b(?:not|never|nothing|whether|nor|if|without)\b(?!.*\bso that)|n't\b", re.I),
    ),
    # Tax that is gone; the return.
    Rule(
        NO_TAX,
        any_of(
            r"(?:nobody|no one) at the (?:irs|tax)|(?:law|code|rules?|irs) (?:is|are) (?:\w+ )?(?:on your side|in your favou?r|behind you|with you)|(?:well|safely|comfortably|fully|clearly) (?:within|inside|clear of) (?:the |all )?(?:[\w-]+ ){0,3}?(?:rules?|law|limits?|code)|(?:so|and) there is no (?:\w+ )?(?:issue|problem|question|concern|tax)",
            r"(?:loss(?:es)?|deduction|refund|credit) (?:is|are) (?:\w+ )?(?:yours|all yours|fully yours|there to use)|(?:tax|gains?)(?: \w+){0,2} (?:is|are) (?:something|one thing|a thing) (?:that )?you (?:will|would|do)(?: not|n't)",
            r"(?:avoid|escape|dodge|sidestep|spare)s?(?: yourself)? (?:\w+ ){0,4}?tax(?:es)? (?:bills?|hit|costs?|burden|charge)",
            r"(?:gains?|tax(?:es)?|tax bill|liability)(?: \w+){0,2} (?:simply |just |all |quietly |effectively )*(?:disappears?|vanish(?:es)?|goes? away|melts?|evaporates?|drops? out|washes? out|is gone|are gone|nets? to nothing|shrinks? to nothing)",
            r"(?:leave|keep|left|leaves?|omit|drop|skip) (?:this|it|them|these|that|the \w+) (?:off|out of|from) (?:your|the) (?:tax )?return|(?:need|have) (?:not|no need) (?:to )?report|off (?:your|the) (?:tax )?return",
            r"(?:government|irs|uncle sam|treasury|tax ?payers?|washington)(?: \w+)? (?:picks? up|pays?|foots?|shares?|covers?|subsidi[sz]es?|refunds?|chips? in|helps? (?:you|pay)|gives? you)(?= \w)",
            r"(?:rule|rules|limit|law)(?: [\w']+){0,7}? (?:is|are) (?:nothing|not something|no (?:concern|issue|problem|obstacle))|knock\w* (?:your |the )?(?:\w+ )?tax\w*(?: \w+){0,2} (?:down|off|out)|(?:no|without) (?:\w+ )?surprises?(?: \w+)? (?:when|at|come|on) (?:you file|tax|april|your return)",
        ),
        re.compile(rf"(?:{OPEN.pattern}(?!.*\b(?:the|rule|is|there will be) $))", re.I),
    ),
    Rule(
        PROMISE,
        any_of(
            r"(?:cash|money|gain|profit|it|income|savings|retirement) (?:in the bank )?(?:is |are )?(?:as |as good as )yours(?: already)?|count (?:the|this|that|it) (?:\w+ ){0,4}?as (?:yours|done|earned|good|certain|in)|(?:plan|mix|portfolio|account|money|savings) (?:takes?|carries|carry|sees?|gets?|lasts?|brings?) you (?:\w+ ){0,2}?(?:to|through|past|beyond|for)",
            r"in (?:great|good|excellent|fine|top|better|the best of) (?:shape|hands|position|health) (?:for|whatever|to|no matter|come)|ready for (?:anything|whatever)|whatever (?:comes|lies|happens|the future)(?: \w+)?(?= ?[.,!]|$)|(?:you|we) (?:cannot|can't|won't|will not) go (?:wrong|far wrong)",
        ),
        OPEN,
    ),
    Rule(
        OTHERS,
        any_of(
            r"(?:people|person|man|woman|team|folks|firm|one|whoever)(?: \w+)? (?:who|that|which)?(?: \w+){0,2}? ?(?:set up|sold|ran|managed|handled|built|put together|looked after|advised|put you)(?: \w+){0,6}? (?:mess|wrong|badly|poorly|mistakes?|asleep|no idea|careless\w*|clueless|failed|let you down|should have|did not|didn't|never|botched|neglected|overcharged|harm|damage|job)",
        ),
        re.compile(r"\b(?:if|whether|ask)\b", re.I),
    ),
    Rule(
        PERSONAL,
        any_of(
            r"at (?:your|his|her) (?:time of life|age|stage of life)|(?:your|his|her|your (?:wife|husband|spouse|partner|mother|father)'s) (?:\w+ )?(?:blood pressure|heart|cancer|diabetes|dementia|memory|arthritis|hip|knee|back|nerves|moods?|weight|drinking|smoking|illness|diagnosis|sickness|prognosis|therapy|hearing|eyesight|disability|grief|divorce|doctors?)(?! (?:'s )?(?:name|number|office|bills?|appointment))",
        ),
        re.compile(r"\b(?:told|said|wrote|mention\w*|asked|shared|if|insurance|not|no|nothing|account)\b", re.I),
        re.compile(r"^(?: \w+){0,2} (?:account|of|at heart)\b", re.I),
    ),
    # Denials that press.
    Rule(
        PRESSURE,
        any_of(
            r"(?:do not|don't|never) (?:(?:get|be) (?:left|caught (?:out|short|napping|watching)|stuck|the (?:last|only) one)|(?:leave|let) (?:this|it|them|these|the (?:chance|moment|losses|savings)) (?:lying|sit\w*|on your|wait|linger|gather|go|slip|pass|lapse|until))",
        ),
    ),
    Rule(
        PROMISE,
        any_of(r"(?:stak|bet|risk)(?:e|es|ing|ting)? (?:our|my|the firm's) (?:\w+ )?(?:reputation|name|license|career|firm)"),
        DENIED,
    ),
    Rule(NO_COST, any_of(r"(?:all (?:of )?(?:this|that|it)|service|help|work|advice|it)(?: \w+){0,4}? for (?:nothing|free)(?= ?[.,!]|$)", r"without (?:giving up|sacrificing|losing|reducing|lowering|hurting|any loss of|touching|cutting|harming|trading away) (?:\w+ ){0,2}?(?:returns?|income|growth|upside|yields?|gains?|performance)"), DENIED),
    # Said by a hand that would have the client act or pay.
    Rule(
        CONSENT,
        any_of(
            r"(?:everything|all|it|trades?|orders?|sales?)(?: (?!not|nothing)\w+)? (?:is|are|will be|gets?) (?:traded|placed|sold|bought|executed|done|carried out) unless you|(?:trades?|orders?|sales?) (?:go|goes|are going) (?:in|out|through)(?: \w+)? (?:tomorrow|today|tonight|monday|this|next|at)",
            r"the client (?:has|had) (?:already )?(?:decided|agreed|approved|consented|accepted|signed|chosen)",
        ),
        UNDONE,
    ),
    Rule(
        ADVICE,
        any_of(
            r"no (?:cpa|accountant|attorney|lawyer|tax advis[eo]r|second opinion|advice) (?:is |was |will be )?(?:needed|required|necessary)|(?:these|those|the) (?:figures |numbers |estimates )?(?:are|is) (?:exact|final|certain|not estimates)",
        ),
        re.compile(r"\b(?:if|whether|not)\b", re.I),
    ),
    Rule(
        NO_COST,
        any_of(r"(?:we|i|the firm)(?: will|'ll| shall| are going to)? (?:waiv\w*|refund\w*|discount\w*|rebate\w*|forgo|halve\w*) (?:your|our|the|this|all|any|half)(?: \w+){0,2} (?:fees?|charges?|commissions?)"),
        DENIED,
    ),
    Rule(
        SECRETS,
        any_of(
            r"(?:wire|send|transfer|mail|pay) (?:the |your |us |a )?(?:\w+ )?(?:funds|money|cash|payment|check|proceeds|deposit) to (?:the|an?|this|our|another) (?:\w+ )?(?:account|address|wallet|bank)",
            r"(?:confirm|enter|send|give|tell|verify|provide|share|update|reply with|email) (?:us |me )?(?:your |the )(?:\w+ )?(?:passwords?|pin|passcodes?|social security number|log-?ins?|credentials|security code|card number|one-time code)",
        ),
        re.compile(r"\b(?:never|not|nobody|no one|ask you to)\b|n't\b", re.I),
    ),
)  # fmt: skip
