"""What may leave the firm: an allow-listed view of the facts, CRM text with every identifier taken out, and a gate.

Figures are never sent: the model works with ids, labels and directions. Private facts (names, account numbers, email
addresses) are never sent. CRM text goes out with known identifiers, numbers and addresses replaced. As the last step
the outgoing bytes are searched for every known identifier, and nothing is sent when one is found.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

from xl_rebal.drafting.crm import Entry
from xl_rebal.errors import DrafterUnavailable
from xl_rebal.facts.types import Direction, Fact, FactKind, Facts, Topic

_COMMON = frozenset(
    """
    the and of family household trust estate foundation llc inc fund partners revocable irrevocable living joint
    account taxable roth ira mr mrs ms dr jr sr advisor advisors advisory wealth capital financial management group
    company associates investment investments planning partner services asset assets
    """.split()  # noqa: SIM905
)
"""Words of names that identify nobody."""
_UNSENT = re.compile(r"BLOCKED_|NOT_SOLD_|DATA_|ACCOUNT_\d+$|CLIENT_|NOTE_\d+_AUTHOR$|NO_NOTES$|AUM$")
"""Facts a model has no use for, or whose text could name an account."""
_OF_ENTRIES = re.compile(r"NOTE_\d|NO_NOTES$|(?:DECLINED_|MEETING_)?WISH(?:_|$)")
"""Facts that are, or come from, an entry of the CRM."""
SHORTEST_PART = 3


class IdentifierFound(DrafterUnavailable):
    """An outgoing text would have named a client; it was not sent."""


def identifiers(facts: Facts) -> tuple[str, ...]:
    """Whole identifiers: names, numbers and addresses as they are written."""
    found = [facts.client_name, facts.client_id]
    for fact in facts:
        if fact.private and fact.kind is not FactKind.TEXT:
            found += [fact.display, *([fact.value] if isinstance(fact.value, str) else [])]
            found += re.findall(r"[^\s;,<>]+@[^\s;,<>]+", fact.display)
            if re.fullmatch(r"ACCOUNT_\d+", fact.id):
                found += re.findall(r"\u2026(\w+)", fact.display)
    return tuple(dict.fromkeys(i.strip() for i in found if len(i.strip()) >= SHORTEST_PART))


def name_parts(facts: Facts) -> tuple[str, ...]:
    """Words of the names of people and firm that could identify them: 'Hartwell', 'Ellen'."""
    named = [facts.client_name]
    people = ("ADVISOR", "FIRM", "PREFERRED_NAME")
    named += [f.display for f in facts if f.private and (f.id in people or f.id.endswith("_AUTHOR"))]
    words = (w for name in named for w in re.findall(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?", name))
    return tuple(dict.fromkeys(w for w in words if len(w) >= SHORTEST_PART and w.casefold() not in _COMMON))


def scrubbed(text: str, facts: Facts) -> str:
    """CRM text for a model: names, addresses and numbers replaced by marks, marks of our own syntax removed."""
    text = re.sub(r"<<<|>>>|\[\[|\]\]|\{\{|\}\}", " ", text)
    text = re.sub(r"\S+@\S+", "[email]", text)
    text = re.sub(r"(?:https?://|www\.)\S+", "[link]", text)
    for known in sorted({*identifiers(facts), *name_parts(facts)}, key=lambda s: (-len(s), s)):
        text = re.sub(rf"(?<!\w){re.escape(known)}(?:['\u2019]s)?(?!\w)", "[name]", text, flags=re.I)
    return re.sub(r"[$\u20ac\u00a3]?\w*\d(?:[\w.,:/%-]*[\w%])?", "[number]", text).strip()


_ORDINARY = frozenset(
    """
    zoom teams webex skype facetime roth ira rmd medicare medicaid treasury treasuries internet january february march april
    may june july august september october november december monday tuesday wednesday thursday friday saturday sunday
    mondays tuesdays wednesdays thursdays fridays christmas thanksgiving easter hanukkah diwali american english federal
    """.split()  # noqa: SIM905
)
"""Words with a capital that name nobody, wherever they stand."""
_OPENERS = frozenset(
    """
    a about account accounts accountant adult after again agreed all also always an and annual another any approved are as ask
    asked asks at aunt away balance bank beach because been before being beneficiary best birthday board born boss both bought
    boys brief bring brother brothers budget but buys buying by call called calls calling can cancelled car care cash cell
    charitable check children church claims client clients close college comfortable coming company concerned confirmed
    considering consults contact contribution conversation cost could couple cousin current daughter daughters day deciding
    declined did dinner discussed dislikes distribution divorce do does dog doing donation done don't draft drafts each early
    either email emailed emails employer entry estate even every everyone everything existing expects explained family father
    feels fees felt few final finally fine first follow follow-up for found friend friends from full funds gains gave general
    gets getting gift girls give given glad goal goals goes going grandchildren granddaughter granddaughters grandkids
    grandson grandsons had half handles happy has have he health hears held her here him his holds home hopes house household
    how however husband i if important in income information inherited inheritance interested interest into introduced invited
    is it its just keep keeps kids kitchen large last lately lawyer leans leaves left less let letter life like liked likes
    lives living loan long long-term looking loves lump lunch mail major make makes many market married meeting meetings meet
    mentioned message met mind more mortgage most mother move moved moves moving much must needs neighbor nephew never new
    next nickname niece no not note noted notes nothing now of off offered often old on once one only open or other our out
    over own owner owns paid parents partner pays pension people phone phoned plan planning plans please policy portfolio
    prefers preferred preference promised property proceeds quarterly question questions quick rather reach reads received
    recently referred relocating remind reminded reminder rental renovation repeat requested requests retired retirement
    retires retiring review reviewed risk routing said sale same saves saving savings says scheduled sees sell selling sells
    send sent separately several she short should sister sisters site skip so sold some someone son sons soon speak spends
    spoke spouse spring start started starts still stays stepson stepdaughter stock summer sure talked target tax taxes team
    text thanked that the their them then there these they thinks this those tired to today told took transfer transferred
    travel trip trust trustee tuition turned turns twins uncle uncomfortable under understands unsure until up update updated
    use used uses very video visit visited visits voicemail waiting walked wanted wants warned was we wedding week welcomed
    went were what when where which while who why widow widowed wife will winter wire wishes with wondered working works
    worried worries would writes wrote year years yearly yes yet you your youngest
    """.split()  # noqa: SIM905
)
"""Words that may open a sentence of an entry, with the capital that it gives them. Any other is taken for a name."""
_SHORT_FORMS = frozenset(
    "I A RMD RMDs IRA IRAs SEP SIMPLE ETF ETFs CD CDs HSA QCD QCDs DAF US USA UTMA UGMA CPA ESG IRS AMT LTC OK AM PM PTO".split()  # noqa: SIM905
)
_WORD = re.compile(r"(?<![\w\[])[^\W\d_][\w'\u2019-]*")
_OPENS = re.compile(r"(?:^|[.!?:;\n\u2022\u201c\"(\[-])\s*$")


def scrubbed_entry(text: str, facts: Facts) -> str:
    """A CRM entry for a model: `scrubbed`, and other people's names too, as far as capitals betray them.

    A relative's name, an employer or a town is in no fact. Every word with a capital is taken for a name unless it is a
    known ordinary word, a symbol of the client's, or opens a sentence as one of `_OPENERS`: better a word too few than a
    name too many. A name written all in small letters goes unnoticed.
    """
    clean = scrubbed(text, facts)
    symbols = {f.display for f in facts if f.id.startswith("NAME_")}

    def hidden(match: re.Match[str]) -> str:
        whole = match.group()
        word = re.sub(r"['\u2019]s$", "", whole)
        if (
            word in symbols
            or word in _SHORT_FORMS
            or len(word) == 1
            or word.casefold() in _ORDINARY
            or word == word.lower()
        ):
            return whole
        opens = _OPENS.search(clean, 0, match.start()) is not None
        if opens and word.casefold() in _OPENERS and word[1:] == word[1:].lower():
            return whole
        return "[name]" + whole[len(word) :]

    return _WORD.sub(hidden, clean)


def people_named(text: str, facts: Facts) -> tuple[str, ...]:
    """Words of a model's letter that look like names: with a capital inside a sentence, and of no fact or ordinary word."""
    known = {
        word
        for f in facts
        if not re.fullmatch(r"NOTE_\d+", f.id)
        for word in re.findall(r"[\w'\u2019-]+", f.display)
    }
    found = []
    for match in _WORD.finditer(text):
        word = re.sub(r"['\u2019]s$", "", match.group())
        ordinary = (
            word == word.lower() or len(word) == 1 or word in _SHORT_FORMS or word.casefold() in _ORDINARY
        )
        if not ordinary and word not in known and not _OPENS.search(text, 0, match.start()):
            found.append(word)
    return tuple(dict.fromkeys(found))


def sendable(facts: Facts) -> tuple[Fact, ...]:
    """The facts a model may know of, in table order."""
    return tuple(
        f
        for f in facts
        if not f.private
        and f.topic is not Topic.PROOF
        and not _UNSENT.match(f.id)
        and not f.id.startswith("NAME_")
    )


def without_entries(facts: Facts) -> Facts:
    """The facts without CRM entries, their dates and kinds, and what was confirmed of them: nothing of a CRM is left."""
    return replace(facts, facts=tuple(f for f in facts if not _OF_ENTRIES.match(f.id)))


def fact_lines(facts: Facts) -> str:
    """One line of JSON a fact: id, topic, what it is, direction, whether it must be said. No figures."""
    lines = []
    for fact in sendable(facts):
        if fact.topic is Topic.NOTE and fact.kind is FactKind.TEXT and not re.fullmatch(r"NOTE_\d+", fact.id):
            continue
        line: dict[str, object] = {
            "id": fact.id,
            "topic": fact.topic.value,
            "what": scrubbed_label(fact, facts),
        }
        if fact.direction is not Direction.NONE:
            line["direction"] = fact.direction.value
        if fact.mandatory:
            line["mandatory"] = True
        if fact.kind is FactKind.NAME and not re.search(r"\d", fact.display):
            line["reads"] = scrubbed(fact.display, facts)
        lines.append(json.dumps(line, ensure_ascii=False))
    return "\n".join(lines)


def scrubbed_label(fact: Fact, facts: Facts) -> str:
    """The label; a label holds no figure, and no name either unless a class or fund bears the client's."""
    label = fact.label
    for known in sorted(identifiers(facts), key=len, reverse=True):
        label = re.sub(rf"(?<!\w){re.escape(known)}(?!\w)", "[name]", label, flags=re.I)
    return label


def crm_lines(found: Iterable[Entry], facts: Facts) -> str:
    """CRM entries under their ids, scrubbed; '(none)' when there are none."""
    lines = [
        f"{entry.text_id} ({scrubbed(entry.kind, facts) or 'entry'}): {scrubbed_entry(entry.text, facts)}"
        for entry in found
        if not entry.poses_as_instruction
    ]
    return "\n".join(lines) or "(none)"


def pattern_of(known: Iterable[str], spoken: str) -> re.Pattern[str] | None:
    """What finds the firm's identifiers of everybody: numbers and addresses, and names of more than one telling word.

    Names that the fixed prompts speak anyway are left out; a household's own name is looked for in all its parts besides.
    """
    fixed, telling = _folded(spoken), set()
    for one in known:
        folded = _folded(" ".join(one.split()))
        words = [w for w in re.findall(r"[^\W\d_]+", folded) if w not in _COMMON]
        number = len(folded) >= SHORTEST_NUMBER and re.search(r"\d", folded)
        if (number or "@" in folded or len(words) > 1) and not _stands(folded, fixed):
            telling.add(folded)
    if not telling:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(t) for t in sorted(telling))})(?!\w)")


SHORTEST_NUMBER = 5
"""Characters from which a number of a client or account is looked for in what leaves."""


def refuse_identifiers(
    body: bytes, facts: Facts, spoken: str, everybody: re.Pattern[str] | None = None
) -> None:
    """Raises IdentifierFound when the bytes contain an identifier of the client, or of `everybody`, in any escaping JSON allows.

    A part of a name counts where it is written as a name (capitalized); one that is also a word of `spoken`, the fixed
    prompts ('Price'), is looked for as part of the whole name only.
    """
    text = body.decode("utf-8", "replace")
    with suppress(ValueError, RecursionError):  # an answer may be nested deeper than any of ours
        text += "\n" + json.dumps(json.loads(text), ensure_ascii=False)
    plain = unicodedata.normalize("NFKC", text)
    fixed = _folded(spoken)
    whole = any(_stands(_folded(known), plain.casefold()) for known in identifiers(facts))
    part = any(
        _stands(spelled, plain) and not _stands(_folded(name), fixed)
        for name in name_parts(facts)
        for spelled in (unicodedata.normalize("NFKC", name), _upper(name))
    )
    if not whole and not part and everybody is not None and everybody.search(plain.casefold()):
        raise IdentifierFound(
            "The request to the model would have named another client of the firm, so it was not sent."
        )
    if whole or part:
        raise IdentifierFound("The request to the model would have named the client, so it was not sent.")


def _upper(name: str) -> str:
    return unicodedata.normalize("NFKC", name).upper()


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _stands(known: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(known)}(?!\w)", text) is not None
