"""The sentences of the client email, topic by topic, made from whatever facts this client has.

Paragraphs: 1 why we write, 2 what we propose, 3 what it means for taxes, 4 distributions and contributions,
5 how we will talk and what we need. Each function adds the lines of one topic or none.
"""

from __future__ import annotations

import re

from xl_rebal.drafting.crm import (
    CONFIRMED,
    Entry,
    Wish,
    entries,
    plan_mentioned,
    preference_of,
    wishes_mentioned,
)
from xl_rebal.drafting.greeting import is_organization
from xl_rebal.drafting.ids import Lookup, is_nothing, points, way
from xl_rebal.drafting.letter import GENERAL, Writer, listed
from xl_rebal.drafting.reasons import Why, reason_of, say_reasons
from xl_rebal.drafting.tax_lines import offers_loss
from xl_rebal.drafting.wording import (
    above_or_below,
    be,
    funds,
    its,
    opening,
    out_of_band,
    proposes,
    prose,
    size,
    third,
    trims,
)
from xl_rebal.facts.types import Direction, Fact

MOST_TRIMS = 4
"""Trims that the letter names; the brief lists all."""
MOST_NAMED_IN_SHORT = MOST_TRIMS
"""As many in the short form, as the sentence of reasons after it names them all."""
MOST_FUNDS = 3
MOST_WISHES = 2
NEARLY_ALL = 0.95
"""Share of the proceeds from which purchases are said to take 'the proceeds' rather than a part of them."""


def say_why(lookup: Lookup, to: Writer) -> None:
    """Paragraph 1: what stands out of line, or that nothing does."""
    _say_intro(lookup, to)
    if "NO_ACTION" in lookup.by_id:
        to.say(
            1,
            to.pick(
                "quiet",
                "Everything we track is inside the range we set for it, no cash needs to be raised, and so we propose "
                "no trades this quarter.",
                "Your mix does not need to be rebalanced: every part of the portfolio is inside its range, and we propose "
                "no trades this quarter.",
                "No trades are proposed this quarter, because each part of your mix is inside its agreed range and no "
                "cash needs to be raised.",
                plain=(
                    "We propose no trades this quarter: every part is in its range and no cash is needed.",
                ),
                formal=(
                    "As every part of the portfolio lies within its agreed range and no cash needs to be raised, no trades "
                    "are proposed this quarter.",
                ),
            ),
            ["NO_ACTION"],
        )
        return
    keys = out_of_band(lookup)
    for place, key in enumerate(keys[:2]):
        _say_drift(lookup, to, key, first=place == 0)
    if not keys:
        _say_security_drift(lookup, to)


def _say_intro(lookup: Lookup, to: Writer) -> None:
    """What is written about, and of which day every figure below is."""
    quarter, as_of = lookup.get("QUARTER"), lookup.get("AS_OF")
    when = f" for {quarter.display}" if quarter else ""
    day = f" as of {as_of.display}" if as_of else ""
    intro = to.pick(
        "intro",
        f"We have finished our review of your portfolio{when}{f', with figures{day}' if day else ''}.",
        f"Your portfolio review{when} is ready, and here is what we found{day}.",
        f"We have just gone through your portfolio{when}{f'; all figures are{day}' if day else ''}.",
        f"Here is where your portfolio stands{day}, after our review{when}.",
        plain=(
            f"This is the result of your portfolio review{when}{f', with figures{day}' if day else ''}.",
            f"Your portfolio review{when} is done{f'; all figures are{day}' if day else ''}.",
        ),
        formal=(
            f"We are writing to you about the review of your portfolio{when}{f', with figures{day}' if day else ''}.",
            f"We have completed the review of your portfolio{when} and report its findings{day} below.",
        ),
    )
    to.say(1, intro, [fact.id for fact in (quarter, as_of) if fact])


def _say_drift(lookup: Lookup, to: Writer, key: str, *, first: bool) -> None:
    drift, now = lookup.by_id[f"DRIFT_{key}"], lookup.get(f"CURRENT_{key}")
    target, band = lookup.get(f"TARGET_{key}"), lookup.get(f"BAND_{key}")
    name, side = prose(lookup.name(key)), above_or_below(drift)
    plain, ids = f"{opening(name)} {be(name)} {points(drift)} {side} target.", [drift.id]
    if not now or not target:
        to.say(1, plain, ids, 0 if first else 30)
        return
    every = [*ids, now.id, target.id]
    if not first:
        text = f"{opening(name)}, at {now.display}, {be(name)} {points(drift)} {side} the {target.display} target."
        to.say(1, text, every, 30)
        return
    text = to.pick(
        "drift",
        f"{opening(name)} now {third(name, 'make')} up {now.display} of your {_whole(lookup)}\u2019s assets, {points(drift)} {side} the "
        f"{target.display} target",
        f"The main finding is that {name} {third(name, 'stand')} at {now.display}, which is {points(drift)} {side} the "
        f"{target.display} target",
        f"What stands out is {name}, which at {now.display} of the total {be(name)} {points(drift)} {side} the "
        f"{target.display} target",
    )
    short = f"{opening(name)} {third(name, 'stand')} at {now.display}, {points(drift)} {side} target."
    short_ids = [*ids, now.id]
    if band and not band.display.startswith("-"):
        text += f" and outside the {band.display} range we agreed on"
        every.append(band.id)
    to.say(1, f"{text}.", every, 0, short, short_ids)


def _say_security_drift(lookup: Lookup, to: Writer) -> None:
    """No class is out of line: the holding that is, or that cash is what the trades are for."""
    for key in lookup.keys("DRIFT_"):
        drift, now = lookup.by_id[f"DRIFT_{key}"], lookup.get(f"CURRENT_{key}")
        if lookup.is_class(key) or is_nothing(drift):
            continue
        at = f", at {now.display} of the total," if now else ""
        text = (
            f"Your overall mix is inside its range, but one holding has moved away from its place in it: "
            f"{lookup.name(key)}{at} is {points(drift)} {above_or_below(drift)} its target."
        )
        to.say(1, text, [drift.id, *([now.id] if now else [])])
        return
    if lookup.amount("TRIM_TOTAL"):
        aim = "would keep it close to target" if funds(lookup) else "would have cash ready where it is needed"
        to.say(1, f"Your overall mix is inside its range; the changes below {aim}.")


def say_trades(lookup: Lookup, to: Writer) -> None:
    """Paragraph 2: what would be trimmed, where the money would go, where that leaves the mix."""
    total, found = lookup.get("TRIM_TOTAL"), [(lookup.name(k), fact) for k, fact in trims(lookup)]
    if not found and not total:
        _say_purchases_only(lookup, to)
        return
    names = [f"{name} by {fact.display}" for name, fact in found[:MOST_TRIMS]]
    if len(found) > MOST_TRIMS:
        names.append("some smaller positions")
    what = listed(names) or "several positions"
    sum_up = f", for a total of {total.display}" if total and len(found) != 1 else ""
    every = [fact.id for _, fact in found[:MOST_TRIMS]] + ([total.id] if total else [])
    back = to.pick(
        "propose",
        "We propose trimming",
        "Our proposal is to trim",
        "We suggest trimming",
        "We would trim",
        plain=("We propose trimming", "The plan: trim"),
        formal=("We recommend for your consideration trimming", "We respectfully propose trimming"),
    )
    few = [f"{name} ({fact.display})" for name, fact in found[:MOST_NAMED_IN_SHORT]]
    if len(found) > MOST_NAMED_IN_SHORT:
        few.append("others")
    fewer = [fact.id for _, fact in found[:MOST_NAMED_IN_SHORT]] + ([total.id] if total else [])
    short = f"{back} {listed(few)}{sum_up}." if few else ""
    to.say(2, f"{back} {what}{sum_up}.", every, 0, short, fewer)
    say_reasons(lookup, to, [key for key, _ in trims(lookup)[:MOST_TRIMS]])
    _say_purchases(lookup, to)
    _say_after(lookup, to)


def _say_purchases(lookup: Lookup, to: Writer) -> None:
    found = funds(lookup)
    if not found:
        return
    total, bought = lookup.get("TRIM_TOTAL"), sum(size(fact) for _, fact in found)
    more = total is not None and bought > size(total)
    if len(found) == 1 and total:
        name, fact = found[0]
        one, whole = len(trims(lookup)) == 1, fact.value == total.value
        if more:
            text = f"Together with available cash, {fact.display} would go into {name}."
            to.say(2, text, [fact.id], 2, f"We would add to {name}.", ())
            return
        if not whole:
            start = "The proceeds" if total and bought >= NEARLY_ALL * size(total) else "Part of the proceeds"
            to.say(
                2,
                f"Of the proceeds, {fact.display} would go into {name}.",
                [fact.id],
                2,
                f"{start} would go into {name}.",
                (),
            )
            return
        text = to.pick(
            "move",
            f"We would put {'the proceeds' if one else 'all of the proceeds'} into {name}.",
            f"{'The proceeds' if one else 'All of the proceeds'} would go into {name}.",
            f"The proceeds would move into {name}.",
        )
        to.say(2, text, (), 2)
        return
    names = [f"{name} ({fact.display})" for name, fact in found[:MOST_FUNDS]]
    if len(found) > MOST_FUNDS:
        names.append("smaller additions elsewhere")
    back = to.pick(
        "move",
        "The proceeds would go into",
        "We would put the money into",
        "The money raised would move into",
        "With the proceeds we would add to",
    )
    if more:
        back = to.pick(
            "more", "Adding available cash, we would buy", "Together with available cash, we would add to"
        )
    start = "The proceeds"
    if total and bought < NEARLY_ALL * size(total):
        start = "Part of the proceeds"
        back = f"{start} would go into"
    short = f"{start} would go into {listed([name for name, _ in found[:MOST_FUNDS]])}."
    to.say(2, f"{back} {listed(names)}.", [f.id for _, f in found[:MOST_FUNDS]], 2, short, ())


def _say_purchases_only(lookup: Lookup, to: Writer) -> None:
    found = funds(lookup)
    if found:
        shown = listed([f"{name} ({fact.display})" for name, fact in found[:MOST_FUNDS]])
        more = " and smaller additions elsewhere" if len(found) > MOST_FUNDS else ""
        text = f"We propose putting available cash into {shown}{more}; nothing would need to be sold for it."
        to.say(2, text, [f.id for _, f in found[:MOST_FUNDS]])


def _say_after(lookup: Lookup, to: Writer) -> None:
    for key in out_of_band(lookup)[:1]:
        after, target = lookup.get(f"AFTER_{key}"), lookup.get(f"TARGET_{key}")
        if not after:
            continue
        name = prose(lookup.name(key))
        if target and _same_weight(after, target):
            text = to.pick(
                "after",
                f"These changes would bring {name} back to {its(name)} {target.display} target.",
                f"With these changes {name} would be back at {its(name)} {target.display} target.",
            )
            to.say(2, text, [target.id], 20)
            continue
        near = f", against {its(name)} {target.display} target" if target else ""
        text = to.pick(
            "after",
            f"With these changes {name} would come to {after.display} of the portfolio{near}.",
            f"That would bring {name} to {after.display}{near}.",
            f"Afterward {name} would stand at {after.display}{near}.",
        )
        to.say(2, text, [after.id, *([target.id] if target else [])], 20)
    for key in lookup.keys("RESIDUAL_")[:1]:
        left = lookup.by_id[f"RESIDUAL_{key}"]
        if not is_nothing(left):
            name = prose(lookup.name(key)) if lookup.is_class(key) else lookup.name(key)
            kept = (
                ", as part of it may not be sold for now"
                if way(left) is Direction.UP and _is_blocked(lookup, key)
                else ""
            )
            text = f"Even so, {name} would remain {points(left)} {above_or_below(left)} {its(name)} target{kept}."
            to.say(2, text, [left.id], 12)


def _is_blocked(lookup: Lookup, key: str) -> bool:
    """Whether a rule or a mark keeps some of the security from being sold."""
    held = re.compile(rf"(?:^|, ){re.escape(lookup.name(key))}(?:,| in )")
    return any(held.search(lookup.by_id[f"BLOCKED_{n}"].display) for n in lookup.numbers("BLOCKED_"))


def _same_weight(after: Fact, target: Fact) -> bool:
    """Whether two percentages read alike: '17.0%' and '17%'."""
    return after.display.removesuffix("%").removesuffix(".0") == target.display.removesuffix(
        "%"
    ).removesuffix(".0")


def say_meeting(lookup: Lookup, to: Writer) -> None:
    """Paragraph 5: how the client likes to meet, and a plan that an entry mentions, each with the entry's date."""
    found = entries(lookup)
    preference = preference_of(lookup)
    if preference:
        entry, phrase = preference.entry, preference.phrase
        when = _when(entry)
        if preference.quoted:
            text = f"Our notes{f' of {entry.date}' if entry.date else ''} say: {phrase} We will plan our talk around that."
        elif entry.met:
            text = to.pick(
                "meeting",
                f"{opening(when)}, we noted that you prefer {phrase}, and we will offer times to match.",
                f"Since you prefer {phrase}, as noted {when}, we will offer times to match.",
                f"We noted {when} that you prefer {phrase}, and we will arrange our talk that way.",
            )
        else:
            text = to.pick(
                "meeting",
                f"{opening(when)} we noted that you prefer {phrase}, and we will follow that.",
                f"Since you prefer {phrase}, as we noted {when}, we will get in touch that way.",
                f"We noted {when} that you prefer {phrase}, and we will arrange things accordingly.",
            )
        confirmed = entry.text_id == CONFIRMED  # by a person: it goes before what entries say else
        to.say(5, text, entry.ids, 1 if confirmed else 3)
    wishes = wishes_mentioned(found, lookup)
    if preference:
        wishes = tuple(w for w in wishes if w.sentence not in preference.phrase)
    gain = lookup.amount("PLAN_ST_GAIN")
    short_term = gain is not None and way(gain) is Direction.UP
    gains = short_term or ((long := lookup.amount("PLAN_LT_GAIN")) is not None and way(long) is Direction.UP)
    for place, asked in enumerate(wishes[: 1 if preference else MOST_WISHES]):
        _say_wish(asked, to, place, wishes[0], short_term=short_term, gains=gains)
    wish = wishes[0] if wishes else None
    plan = plan_mentioned(found, lookup.facts.as_of)
    if plan:
        words, entry = plan
        said = preference or wish
        same = said is not None and said.entry == entry
        when = "at the same time" if same else _when(entry)
        text = to.pick(
            "plan",
            f"We {'also ' if said else ''}have in mind {words}, which we noted {when}; tell us if anything there has changed.",
            f"We {'also ' if said else ''}kept in view {words}, as noted {when}; please tell us if anything there has changed.",
        )
        to.say(5, text, entry.ids, 15)


_WAITS = re.compile(r"\b(?:wait\w*|hold\w*)\b.*\blong[- ]term\b|\bordinary rates\b", re.I)
"""A wish not to pay tax on a short-term gain."""
_CALLS = re.compile(r"\b(?:call|phone|talk|word)\b.*\bbefore\b.*\bgains?\b", re.I)
"""A wish to be called before a gain is realized."""


def _say_wish(wish: Wish, to: Writer, place: int, first: Wish, *, short_term: bool, gains: bool) -> None:
    """The client's words with their date, and a question rather than a claim: the plan may not follow them."""
    if place:
        start = "Also:" if wish.entry == first.entry else f"{opening(_when(wish.entry))} we noted:"
        to.say(5, f"{start} {wish.quoted}", wish.entry.ids, 13)
        return
    when = _when(wish.entry)
    if short_term and _WAITS.search(wish.sentence):
        text = f"{opening(when)} we noted: {wish.quoted} This proposal would not wait, so tell us which you prefer."
        to.say(5, text, wish.entry.ids, 3, f"{opening(when)} we noted: {wish.quoted}", wish.entry.ids)
        return
    if gains and _CALLS.search(wish.sentence):
        noted = f"{opening(when)} we noted: {wish.quoted}"
        text = f"{noted} This proposal would realize a gain, so let us talk first."
        to.say(5, text, wish.entry.ids, 3, text, wish.entry.ids)
        return
    text = to.pick(
        "wish",
        f"{opening(when)} we noted: {wish.quoted} Please tell us if that has changed.",
        f"We have kept in view what we noted {when}: {wish.quoted}",
        f"We also keep in mind what we noted {when}: {wish.quoted}",
    )
    to.say(5, text, wish.entry.ids, 3, f"{opening(when)} we noted: {wish.quoted}", wish.entry.ids)


def _when(entry: Entry) -> str:
    if not entry.date:
        return "in our last notes"
    return f"when we met on {entry.date}" if entry.met else f"on {entry.date}"


def say_ask(lookup: Lookup, to: Writer) -> None:
    """Paragraph 5: what we need; nothing is traded before the client confirms."""
    if "NO_ACTION" in lookup.by_id or not proposes(lookup):
        text = to.pick(
            "ask",
            "There is nothing you need to do now, and nothing will be traded unless you confirm it first.",
            "You need not do anything for now; nothing is traded in your accounts until you confirm it.",
            plain=("No action is needed from you; nothing is traded until you confirm it.",),
            formal=(
                "No action is required of you at this time; nothing will be traded unless you confirm it.",
            ),
        )
        if any(not is_nothing(lookup.by_id[f"RMD_LEFT{e}"]) for e in lookup.ends("RMD_LEFT")):
            text = "Please let us know how you would like to take the distribution; nothing moves until you confirm."
        elif "NO_ACTION" in lookup.by_id and offers_loss(lookup):
            text = to.pick(
                "ask",
                "Please tell us if you would like a loss realized now; nothing will be traded until you confirm it.",
                "Whether to take a loss now is for you to say; nothing is traded in your accounts until you confirm it.",
            )
    elif lookup.amount("BUDGET_EXCESS") and lookup.amount("ALT_TRIM"):
        text = to.pick(
            "ask",
            "Please reply with the version you would like, or with questions; nothing is traded until you confirm.",
            "We need to know which version you choose, and nothing will be traded until you confirm it.",
        )
    elif _raises_withdrawal(lookup):
        text = to.pick(
            "ask",
            "Please confirm, or ask us, so that the cash can be raised for you; nothing is traded until you confirm.",
            "Nothing will be traded until you confirm; with your reply we can raise the cash you asked for.",
        )
    else:
        text = to.pick(
            "ask",
            "Nothing will be traded until you confirm, so please reply with your approval or with any questions.",
            "Please reply to let us know whether you agree or have questions; nothing is traded until you confirm.",
            "None of this happens until you confirm: a short reply with your approval or questions is all we need.",
            plain=("Please reply yes or no, or with questions; nothing is traded until you confirm.",),
            formal=(
                "We would be grateful for your approval or your questions in reply; nothing will be traded until you confirm.",
            ),
        )
    to.say(5, text, (), 0)


def _raises_withdrawal(lookup: Lookup) -> bool:
    """Whether cash that the client asked for comes from what is sold."""
    whys = [lookup.by_id[f"TRANSFER_{n}_WHY"].display.casefold() for n in lookup.numbers("TRANSFER_", "_WHY")]
    sold = [reason_of(lookup, key) for key, _ in trims(lookup)]
    wanted = any(why.startswith("withdrawal") for why in whys)
    return wanted and any(reason is not None and reason.why is Why.CASH for reason in sold)


def say_general(lookup: Lookup, to: Writer) -> None:
    """Lines that give a quiet letter its substance: the whole household, the mix, what would change our view."""
    total, kinds = lookup.get("AUM"), lookup.get("ACCOUNT_TYPES")
    if total:
        across = f" across your {_account_kinds(kinds)} accounts" if kinds else ""
        text = f"We look at your {_whole(lookup)} as a whole: {total.display}{across}."
        to.say(1, text, [total.id, *([kinds.id] if kinds else [])], 70)
    model = lookup.get("MODEL")
    if model and model.display:
        text = (
            f"We measured each part of your portfolio against the target mix of your {model.display} model."
        )
        to.say(1, text, [model.id], 75)
    _say_mix(lookup, to)
    calm = (
        "Leaving a portfolio alone is a decision too: it avoids realizing gains and paying trading costs without need."
        if "NO_ACTION" in lookup.by_id
        else "We prefer a few well-chosen changes to many small ones, because each sale can carry a tax cost."
    )
    body = 3 if proposes(lookup) else 1
    situation = "plans" if is_organization(lookup.facts.client_name) else "family situation"
    general = (
        (1, "As markets move, some holdings grow faster than others, and the balance of risk you chose can shift over time."),
        (body, calm),
        (4, f"If your income, your {situation}, or your need for cash has changed, please tell us, because that could "
            "change our view."),
        (4, "It also helps us to know of larger expenses or deposits you expect in the coming months."),
        (5, "We will look at the portfolio again next quarter, and sooner if your plans change."),
        (body, "When we weigh a possible trade, we set the tax it would cause against the good it would do."),
        (5, "If anything in this letter is unclear, call or write at any time and we will walk you through it."),
        (1, "Our aim is to keep your savings spread in the way that you and we agreed on, so that no single part matters "
            "more than it should."),
    )  # fmt: skip
    offset = int(to.pick("general", *(str(n) for n in range(len(general)))))
    for place in range(len(general)):
        paragraph, text = general[(place + offset) % len(general)]
        to.say(paragraph, text, (), GENERAL + place)


def _whole(lookup: Lookup) -> str:
    """What a client's accounts are together: a trust or a charity is no household."""
    return "portfolio" if is_organization(lookup.facts.client_name) else "household"


def _say_mix(lookup: Lookup, to: Writer) -> None:
    """Where the classes stand that are in their range."""
    outside = out_of_band(lookup)
    parts, ids = [], []
    for key in lookup.keys("CURRENT_"):
        now, target = lookup.by_id[f"CURRENT_{key}"], lookup.get(f"TARGET_{key}")
        if key not in outside and lookup.is_class(key) and target and not is_nothing(target):
            name = prose(lookup.name(key))
            parts.append(f"{name} {be(name)} at {now.display} (target {target.display})")
            ids += [now.id, target.id]
    if parts:
        text = opening(listed(parts[:3]))
        weight = 18 if "NO_ACTION" in lookup.by_id else 80
        to.say(1, f"{text}.", ids[:6], weight)


def _account_kinds(kinds: Fact) -> str:
    """'taxable, SEP IRA, and irrevocable trust': ordinary words small, names and initials as they are."""
    names = kinds.value if isinstance(kinds.value, tuple) else tuple(kinds.display.split(", "))
    plain = {"Taxable", "Trust", "Irrevocable", "Joint", "Individual", "Inherited"}
    return listed([" ".join(w.lower() if w in plain else w for w in str(name).split()) for name in names])
