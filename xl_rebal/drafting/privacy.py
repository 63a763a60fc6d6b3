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
    return re.sub(r"[$\u20ac\u00a3]?\w*\d[\w.,:/%-]*", "[number]", text).strip()


_NO_PERSON = frozenset(
    """
    he she they it we i you client clients both this that these there who which what when if husband wife spouse daughter
    son parents mother father brother sister family accountant preparer annual review meeting call email met discussed
    prefers wants asked likes would comfortable roth ira rmd zoom teams medicare etf january february march april may june
    july august september october november december monday tuesday wednesday thursday friday saturday sunday
    """.split()  # noqa: SIM905
)
_INSIDE = re.compile(r"(?<=[^\s.!?:;\u2022])(\s+)([A-Z]\w*[^\W\d_A-Z][\w'\u2019-]*)")
_FIRST = re.compile(
    r"(^|[.!?:;\u2022]\s+|\n)([A-Z]\w*[^\W\d_A-Z][\w-]*)(?=['\u2019]s\b|\s+(?:and|is|was|has|had|would|will|wants?|prefers?|asks?"
    r"|asked|likes?|said|says|called|does|did|can|may|worries|hopes|moved|turns|starts|keeps|handles|leans|thinks|feels|[a-z]{3,}s)\b)"
)


def scrubbed_entry(text: str, facts: Facts) -> str:
    """A CRM entry for a model: `scrubbed`, and other people's names too, as far as capitals betray them.

    A relative's name is in no fact. A capitalized word inside a sentence, or one that opens it before a verb, is taken
    for a name unless it is a word of _NO_PERSON: better a word too few than a name too many.
    """

    def hidden(match: re.Match[str]) -> str:
        before, word = match.groups()
        return match.group() if word.casefold() in _NO_PERSON else f"{before}[name]"

    return _FIRST.sub(hidden, _INSIDE.sub(hidden, scrubbed(text, facts)))


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


def refuse_identifiers(body: bytes, facts: Facts, spoken: str) -> None:
    """Raises IdentifierFound when the bytes contain an identifier of the client, in any escaping JSON allows.

    A part of a name counts where it is written as a name (capitalized); one that is also a word of `spoken`, the fixed
    prompts ('Price'), is looked for as part of the whole name only.
    """
    text = body.decode("utf-8", "replace")
    with suppress(ValueError):
        text += "\n" + json.dumps(json.loads(text), ensure_ascii=False)
    plain = unicodedata.normalize("NFKC", text)
    fixed = _folded(spoken)
    whole = any(_stands(_folded(known), plain.casefold()) for known in identifiers(facts))
    part = any(
        _stands(spelled, plain) and not _stands(_folded(name), fixed)
        for name in name_parts(facts)
        for spelled in (unicodedata.normalize("NFKC", name), _upper(name))
    )
    if whole or part:
        raise IdentifierFound("The request to the model would have named the client, so it was not sent.")


def _upper(name: str) -> str:
    return unicodedata.normalize("NFKC", name).upper()


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _stands(known: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(known)}(?!\w)", text) is not None
