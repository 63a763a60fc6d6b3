"""The sentences of the client email, topic by topic, made from whatever facts this client has.

Paragraphs: 1 why we write, 2 what we propose, 3 what it means for taxes, 4 distributions and contributions,
5 how we will talk and what we need. Each function adds the lines of one topic or none.
"""

from __future__ import annotations

from xl_rebal.drafting.crm import entries, meeting_preference, plan_mentioned
from xl_rebal.drafting.ids import Lookup, id_form, is_nothing, unsigned, way
from xl_rebal.drafting.letter import GENERAL, Writer, listed
from xl_rebal.facts.types import Direction, Fact

MOST_TRIMS = 4
"""Trims that the letter names; the brief lists all."""
MOST_FUNDS = 3


def prose(name: str) -> str:
    """A class name inside a sentence: 'Fixed Income' gives 'fixed income', 'US Equity' 'US equity'."""
    return " ".join(w if sum(c.isupper() for c in w) > 1 else w.lower() for w in name.split())


def opening(text: str) -> str:
    """The text with its first letter capital."""
    return text[:1].upper() + text[1:]


def out_of_band(lookup: Lookup) -> tuple[str, ...]:
    """Classes outside their band, the farthest first; without status facts, classes with the most drift."""
    found = []
    for key in lookup.keys("DRIFT_"):
        status, drift = lookup.get(f"STATUS_{key}"), lookup.by_id[f"DRIFT_{key}"]
        outside = status.display.endswith("band") and status.display != "In band" if status else True
        if lookup.is_class(key) and outside and not is_nothing(drift) and "NO_ACTION" not in lookup.by_id:
            found.append(key)
    return tuple(sorted(found, key=lambda k: (-abs(_number(lookup.by_id[f"DRIFT_{k}"])), k)))


def _number(fact: Fact) -> float:
    return float(fact.value) if isinstance(fact.value, (int, float)) else 0.0


def above_or_below(fact: Fact) -> str:
    return "below" if way(fact) is Direction.DOWN else "above"


def say_why(lookup: Lookup, to: Writer) -> None:
    """Paragraph 1: what stands out of line, or that nothing does."""
    quarter, as_of = lookup.get("QUARTER"), lookup.get("AS_OF")
    when = f" for {quarter.display}" if quarter else ""
    head = [f.id for f in (quarter, as_of) if f]
    intro = to.pick(
        "intro",
        f"We have finished our review of your portfolio{when}.",
        f"Your portfolio review{when} is ready, and here is what we found.",
        f"We have just gone through your portfolio{when}, and we want to share where it stands.",
    )
    to.say(1, intro, head, short=f"Your portfolio review{when} is ready.")
    if "NO_ACTION" in lookup.by_id:
        to.say(
            1,
            to.pick(
                "quiet",
                "Everything we track is inside the range we set for it, no cash needs to be raised, and so we propose "
                "no trades this quarter.",
                "The good news is that nothing needs to change: every part of the portfolio is inside its range, and we "
                "propose no trades this quarter.",
                "No trades are proposed this quarter, because each part of your mix is inside its agreed range and no "
                "cash is needed.",
            ),
            ["NO_ACTION"],
        )
        return
    keys = out_of_band(lookup)
    for place, key in enumerate(keys[:2]):
        _say_drift(lookup, to, key, first=place == 0)
    if not keys:
        _say_security_drift(lookup, to)


def _say_drift(lookup: Lookup, to: Writer, key: str, *, first: bool) -> None:
    drift, now = lookup.by_id[f"DRIFT_{key}"], lookup.get(f"CURRENT_{key}")
    target, band = lookup.get(f"TARGET_{key}"), lookup.get(f"BAND_{key}")
    name, side = prose(lookup.name(key)), above_or_below(drift)
    plain, ids = f"{opening(name)} is {unsigned(drift)} {side} its target.", [drift.id]
    if not now or not target:
        to.say(1, plain, ids, 0 if first else 30)
        return
    every = [*ids, now.id, target.id]
    if not first:
        text = f"{opening(name)}, at {now.display}, is {unsigned(drift)} {side} its {target.display} target."
        to.say(1, text, every, 30)
        return
    verb = "has grown to" if side == "above" else "has slipped to"
    text = to.pick(
        "drift",
        f"{opening(name)} {verb} {now.display} of your household\u2019s assets, {unsigned(drift)} {side} its "
        f"{target.display} target",
        f"The main finding is that {name} stands at {now.display}, which is {unsigned(drift)} {side} the "
        f"{target.display} target",
        f"What stands out is {name}: at {now.display} of the total it is {unsigned(drift)} {side} its {target.display} "
        "target",
    )
    if band:
        to.say(
            1, f"{text} and outside the {band.display} range we agreed on.", [*every, band.id], 0, plain, ids
        )
    else:
        to.say(1, f"{text}.", every, 0, plain, ids)


def _say_security_drift(lookup: Lookup, to: Writer) -> None:
    """No class is out of line: the holding that is, or that cash is what the trades are for."""
    for key in lookup.keys("DRIFT_"):
        drift, now = lookup.by_id[f"DRIFT_{key}"], lookup.get(f"CURRENT_{key}")
        if lookup.is_class(key) or is_nothing(drift):
            continue
        at = f", at {now.display} of the total," if now else ""
        text = (
            f"Your overall mix is inside its range, but one holding has moved away from its place in it: "
            f"{lookup.name(key)}{at} is {unsigned(drift)} {above_or_below(drift)} its target."
        )
        to.say(1, text, [drift.id, *([now.id] if now else [])])
        return
    if lookup.amount("TRIM_TOTAL"):
        to.say(
            1,
            "Your overall mix is inside its range; the changes below serve to have cash where it is needed.",
        )


def say_trades(lookup: Lookup, to: Writer) -> None:
    """Paragraph 2: what would be trimmed, where the money would go, where that leaves the mix."""
    total = lookup.get("TRIM_TOTAL")
    keys = sorted(
        lookup.keys("TRIM_", "_PROCEEDS"), key=lambda k: (-_number(lookup.by_id[f"TRIM_{k}_PROCEEDS"]), k)
    )
    trims = [(lookup.name(k), lookup.by_id[f"TRIM_{k}_PROCEEDS"]) for k in keys]
    if not trims and not total:
        _say_purchases_only(lookup, to)
        return
    shown = trims[:MOST_TRIMS]
    names = [f"{name} by {fact.display}" for name, fact in shown]
    if len(trims) > MOST_TRIMS:
        names.append("some smaller positions")
    what = listed(names) or "several positions"
    sum_up = f", {total.display} in all" if total and len(trims) != 1 else ""
    ids = [fact.id for _, fact in shown] + ([total.id] if total else [])
    back = to.pick(
        "propose", "We propose trimming", "Our proposal is to trim", "We suggest trimming", "We would trim"
    )
    few = [f"{name} ({fact.display})" for name, fact in shown[:2]]
    if len(trims) > 2:
        few.append("others")
    to.say(
        2, f"{back} {what}{sum_up}.", ids, 0, f"{back} {listed(few)}{sum_up}." if few else "",
        [fact.id for _, fact in shown[:2]] + ([total.id] if total else []),
    )  # fmt: skip
    _say_purchases(lookup, to)
    _say_after(lookup, to)


def _funds(lookup: Lookup) -> list[tuple[str, Fact]]:
    keys = [k for k in lookup.keys("REALLOCATE_", "_AMOUNT") if not lookup.is_class(k)]
    funds = [(lookup.name(k), lookup.by_id[f"REALLOCATE_{k}_AMOUNT"]) for k in keys]
    return sorted(funds, key=lambda pair: (-_number(pair[1]), pair[0]))


def _say_purchases(lookup: Lookup, to: Writer) -> None:
    funds = _funds(lookup)
    if not funds:
        return
    shown = [f"{name} ({fact.display})" for name, fact in funds[:MOST_FUNDS]]
    if len(funds) > MOST_FUNDS:
        shown.append("smaller additions elsewhere")
    back = to.pick(
        "move",
        "The proceeds would go into",
        "We would put the money to work in",
        "That money would move into",
        "In their place we would add to",
    )
    short = f"The proceeds would go into {funds[0][0]}{' and other funds' if len(funds) > 1 else ''}."
    to.say(2, f"{back} {listed(shown)}.", [f.id for _, f in funds[:MOST_FUNDS]], 2, short, ())


def _say_purchases_only(lookup: Lookup, to: Writer) -> None:
    funds = _funds(lookup)
    if funds:
        shown = listed([f"{name} ({fact.display})" for name, fact in funds[:MOST_FUNDS]])
        more = " and smaller additions elsewhere" if len(funds) > MOST_FUNDS else ""
        text = f"We propose putting available cash to work in {shown}{more}; nothing would need to be sold for it."
        to.say(2, text, [f.id for _, f in funds[:MOST_FUNDS]])


def _say_after(lookup: Lookup, to: Writer) -> None:
    for key in out_of_band(lookup)[:1]:
        after, target = lookup.get(f"AFTER_{key}"), lookup.get(f"TARGET_{key}")
        if not after:
            continue
        name = prose(lookup.name(key))
        near = f", against its {target.display} target" if target else ""
        text = to.pick(
            "after",
            f"With these changes {name} would come to {after.display} of the portfolio{near}.",
            f"That would bring {name} to {after.display}{near}.",
            f"Afterward {name} would stand at {after.display}{near}.",
        )
        to.say(2, text, [after.id, *([target.id] if target else [])], 20)


def say_gains(lookup: Lookup, to: Writer) -> None:
    """Paragraph 3: what the trims realize, by term; the estimate of tax; losses carried forward."""
    long, short = lookup.get("PLAN_LT_GAIN"), lookup.get("PLAN_ST_GAIN")
    said = [(f, t) for f, t in ((long, "long-term"), (short, "short-term")) if f and not is_nothing(f)]
    if said:
        parts = [f"a {term} {_gain_or_loss(f)} of {f.display}" for f, term in said]
        back = to.pick(
            "gain",
            "For taxes, the trims would realize",
            "On the tax side, these sales would realize",
            "If you agree, the sales would realize",
        )
        ids = [f.id for f, _ in said]
        to.say(3, f"{back} {listed(parts)}.", ids, 0, f"The sales would realize {listed(parts)}.", ids)
        if len(said) == 1 and said[0][1] == "long-term" and way(said[0][0]) is Direction.UP:
            to.say(
                3,
                "Long-term means held for more than a year, which is generally taxed at lower rates.",
                (),
                60,
            )
    for zero in (long, short):
        if zero and zero.mandatory and is_nothing(zero):
            text = f"The proposed sales are expected to realize {zero.display} of net {_term(zero)} gain."
            to.say(3, text, [zero.id])
    _say_biggest_gain(lookup, to)
    tax = lookup.amount("PLAN_TAX")
    if tax:
        saves = way(tax) is Direction.DOWN
        what = "reduce this year\u2019s tax by" if saves else "add"
        end = "" if saves else " to this year\u2019s tax"
        text = f"We estimate that the plan would {what} {tax.display}{end}."
        to.say(3, text, [tax.id], 10)
    carried, left = lookup.amount("CARRY_USED"), lookup.amount("CARRY_LEFT")
    if carried:
        rest = f", leaving {left.display} for later years" if left else ""
        text = f"Losses carried forward from earlier years would absorb {carried.display} of gains{rest}."
        to.say(3, text, [carried.id, *([left.id] if left else [])], 12)
    if tax or said:
        to.say(3, "These are estimates, so please share them with your tax preparer.", (), 45)


def _gain_or_loss(fact: Fact) -> str:
    return "loss" if way(fact) is Direction.DOWN else "gain"


def _term(fact: Fact) -> str:
    return "short-term" if "_ST_" in fact.id else "long-term"


def _say_biggest_gain(lookup: Lookup, to: Writer) -> None:
    gains = [lookup.by_id[f"TRIM_{k}_GAIN"] for k in lookup.keys("TRIM_", "_GAIN")]
    gains = [g for g in gains if way(g) is Direction.UP and not is_nothing(g)]
    if len(gains) > 1:
        best = max(gains, key=_number)
        name = lookup.name(best.id.removeprefix("TRIM_").removesuffix("_GAIN"))
        to.say(3, f"The largest part, a gain of {best.display}, comes from {name}.", [best.id], 40)


def say_budget(lookup: Lookup, to: Writer) -> None:
    """Paragraph 3: the gain budget, and what staying within it would mean."""
    budget, excess, left = (lookup.get(i) for i in ("GAIN_BUDGET", "BUDGET_EXCESS", "BUDGET_LEFT"))
    if excess and not is_nothing(excess):
        size = f" of {budget.display}" if budget else ""
        ids = [excess.id, *([budget.id] if budget else [])]
        text = to.pick(
            "excess",
            f"Together with what was realized earlier this year, that exceeds your gain budget{size} by {excess.display}."
            if lookup.amount("BUDGET_REALIZED")
            else f"That exceeds your gain budget{size} by {excess.display}.",
            f"Please note that this exceeds the gain budget{size} we set with you by {excess.display}.",
        )
        to.say(3, text, ids, 0, f"That exceeds your gain budget by {excess.display}.", [excess.id])
        _say_alternative(lookup, to)
    elif left and budget and lookup.get("TRIM_TOTAL"):
        text = f"That stays within your gain budget of {budget.display}, with {left.display} to spare."
        to.say(3, text, [budget.id, left.id], 8)
    elif left and budget and not is_nothing(left):
        text = f"You have {left.display} left of your {budget.display} gain budget for the year."
        to.say(3, text, [budget.id, left.id], 50)


def _say_alternative(lookup: Lookup, to: Writer) -> None:
    gain, trim, rest = (lookup.get(i) for i in ("ALT_GAIN", "ALT_TRIM", "ALT_RESIDUAL"))
    where = lookup.get("ALT_RESIDUAL_NAME")
    if not trim:
        return
    if is_nothing(trim):
        text = "Staying within the budget would mean making no trims for now."
    else:
        amount = (
            f", realizing a {_gain_or_loss(gain)} of {gain.display}" if gain and not is_nothing(gain) else ""
        )
        text = f"A smaller version that stays within the budget would trim {trim.display}{amount}"
        text += "."
    ids = [trim.id, *([gain.id] if gain and not is_nothing(gain) else [])]
    tail = ""
    if rest and not is_nothing(rest):
        name = where.display if where else "the mix"
        name = prose(name) if lookup.is_class(id_form(name)) or not where else name
        tail = f" It would leave {name} {unsigned(rest)} {above_or_below(rest)} target."
        ids += [rest.id, *([where.id] if where else [])]
    short = (
        f"A version within the budget would trim {trim.display} instead." if not is_nothing(trim) else text
    )
    to.say(3, text + tail + " The choice is yours.", ids, 1, short, [trim.id])


def say_harvest(lookup: Lookup, to: Writer) -> None:
    """Paragraph 3: losses worth taking, or when a purchase makes that too early."""
    for place, key in enumerate(lookup.keys("HARVEST_", "_LOSS")[:2]):
        loss, swap = lookup.by_id[f"HARVEST_{key}_LOSS"], lookup.get(f"HARVEST_{key}_SWAP")
        clear, name = lookup.get(f"HARVEST_{key}_CLEAR"), lookup.name(key)
        start = "Separately, " if place == 0 else "Likewise, "
        if clear:
            text = (
                f"{start}{name} shows a loss of {loss.display}; because of a recent purchase, the wash-sale rule would "
                f"disallow it if realized before {clear.display}, so we would wait."
            )
            to.say(3, text, [loss.id, clear.id], 6 + place)
            continue
        usable = swap and f"HARVEST_{key}_SWAP_PROBLEM" not in lookup.by_id
        instead = f", holding {swap.display} in its place" if swap and usable else ""
        text = to.pick(
            f"harvest{place}",
            f"{start}{name} shows a loss of {loss.display} that we could realize to offset gains{instead}.",
            f"{start}we could realize a loss of {loss.display} in {name} to offset gains{instead}.",
        )
        ids = [loss.id, *([swap.id] if swap and usable else [])]
        to.say(3, text, ids, 6 + place, f"{name} has a loss of {loss.display} we could use.", [loss.id])


def say_rmd(lookup: Lookup, to: Writer) -> None:
    """Paragraph 4: what is left of each required minimum distribution, and by when."""
    first = True
    for end in lookup.ends("RMD_LEFT"):
        left, due = lookup.by_id[f"RMD_LEFT{end}"], lookup.get(f"RMD_DUE{end}")
        if is_nothing(left):
            continue
        whose = _whose(lookup, end)
        by = f" by {due.display}" if due else ""
        ids = [left.id, *([due.id] if due else [])]
        meaning = (
            " (the yearly withdrawal the IRS requires)" if first and not lookup.get("TRIM_TOTAL") else ""
        )
        text = to.pick(
            f"rmd{end}",
            f"{left.display} of {whose} required minimum distribution{meaning} still has to be taken{by}.",
            f"A reminder about {whose} required minimum distribution{meaning}: {left.display} remains to be taken{by}.",
            f"Of {whose} required minimum distribution{meaning}, {left.display} is still to be taken{by}.",
        )
        to.say(4, text, ids, 0, f"{left.display} of {whose} required minimum distribution is due{by}.", ids)
        if first:
            plans = any(
                "rmd" in f.display.casefold() or "required" in f.display.casefold()
                for f in (lookup.by_id[f"TRANSFER_{n}_WHY"] for n in lookup.numbers("TRANSFER_", "_WHY"))
            )
            if plans:
                text = "The plan sets that cash aside inside the retirement account, so one set of trades serves both."
            else:
                text = "We will coordinate its timing with you so that the cash is on hand."
            to.say(4, text, (), 14)
        first = False
    required = any(not is_nothing(lookup.by_id[f"RMD_REQUIRED{e}"]) for e in lookup.ends("RMD_REQUIRED"))
    if first and required and lookup.ends("RMD_LEFT"):
        text = "Your required minimum distribution for the year has already been taken care of."
        to.say(4, text, (), 25)


def _whose(lookup: Lookup, end: str) -> str:
    spouse = end.startswith("_SPOUSE")
    plan = end.removeprefix("_SPOUSE").strip("_")
    kinds = {
        id_form(lookup.by_id[f"ACCOUNT_{n}_TYPE"].display): n for n in lookup.numbers("ACCOUNT_", "_TYPE")
    }
    name = lookup.by_id[f"ACCOUNT_{kinds[plan]}_TYPE"].display if plan in kinds else ""
    owner = "your spouse\u2019s" if spouse else "your"
    return f"{owner} {name}" if name else owner


def say_contributions(lookup: Lookup, to: Writer) -> None:
    """Paragraph 4: recent contributions, and whether the target knows of them."""
    for number in lookup.numbers("CONTRIBUTION_", "_AMOUNT")[:2]:
        amount, day = lookup.by_id[f"CONTRIBUTION_{number}_AMOUNT"], lookup.get(f"CONTRIBUTION_{number}_DATE")
        state = lookup.get(f"CONTRIBUTION_{number}_TARGET")
        on = f" of {day.display}" if day else ""
        ids = [amount.id, *([day.id] if day else [])]
        if state and state.display.startswith("already"):
            text = f"Your {amount.display} contribution{on} is already part of the target we measure against."
        elif state and state.display.startswith("not yet"):
            text = (
                f"Your {amount.display} contribution{on} came after we last set your target, so please tell us whether "
                "it is meant for the long term or has a purpose of its own."
            )
        else:
            text = (
                f"These figures include your {amount.display} contribution{on}; if it has a purpose of its own, please "
                "tell us."
            )
        to.say(4, text, ids, 4 + number, f"We have included your {amount.display} contribution{on}.", ids)


def say_meeting(lookup: Lookup, to: Writer) -> None:
    """Paragraph 5: how the client likes to meet, and a plan that an entry mentions, each with the entry's date."""
    found = entries(lookup)
    preference = meeting_preference(found)
    if preference:
        entry = preference.entry
        when = _when(entry.date, met=entry.met)
        if preference.quoted:
            text = f"{opening(when)} we noted how you like to meet: {preference.phrase} We will plan our talk around that."
            to.say(5, text, entry.ids, 3)
        else:
            text = to.pick(
                "meeting",
                f"{opening(when)} we noted that you prefer {preference.phrase}, and we will arrange our conversation that "
                "way.",
                f"Since you prefer {preference.phrase}, as we noted {when}, we will offer times to match.",
            )
            to.say(5, text, entry.ids, 3)
    plan = plan_mentioned(found)
    if plan:
        words, entry = plan
        same = preference is not None and preference.entry == entry
        when = "at the same time" if same else _when(entry.date, met=entry.met)
        text = to.pick(
            "plan",
            f"We also have in mind {words}, which we noted {when}; tell us if anything there has changed.",
            f"We kept {words} in view as well, as noted {when}, and would like to hear if that has changed.",
        )
        to.say(5, text, entry.ids, 15)


def _when(date: str, *, met: bool) -> str:
    if not date:
        return "in our last notes"
    return f"when we met on {date}" if met else f"on {date}"


def say_ask(lookup: Lookup, to: Writer) -> None:
    """Paragraph 5: what we need; nothing is traded before the client confirms."""
    if "NO_ACTION" in lookup.by_id or not (lookup.get("TRIM_TOTAL") or _funds(lookup)):
        text = to.pick(
            "ask",
            "There is nothing you need to do now, and nothing will be traded unless you confirm it first.",
            "You need not do anything for now; nothing is traded in your accounts until you confirm it.",
        )
        if any(not is_nothing(lookup.by_id[f"RMD_LEFT{e}"]) for e in lookup.ends("RMD_LEFT")):
            text = "Please let us know how you would like to take the distribution; nothing moves until you confirm."
    else:
        text = to.pick(
            "ask",
            "Nothing will be traded until you confirm, so please reply with your approval or with any questions.",
            "Please reply to let us know whether you agree or have questions; nothing is traded until you confirm.",
            "None of this happens until you confirm: a short reply with your approval or questions is all we need.",
        )
    to.say(5, text, (), 0)


def say_general(lookup: Lookup, to: Writer) -> None:
    """Lines that give a quiet letter its substance: the whole household, the mix, what would change our view."""
    total, kinds, as_of = lookup.get("AUM"), lookup.get("ACCOUNT_TYPES"), lookup.get("AS_OF")
    if total and as_of:
        across = f" across your {_account_kinds(kinds)} accounts" if kinds else ""
        text = f"We look at your household as a whole: {total.display}{across} as of {as_of.display}."
        to.say(1, text, [total.id, as_of.id, *([kinds.id] if kinds else [])], 70)
    model = lookup.get("MODEL")
    if model and model.display:
        text = f"We measured each part of it against the target mix of your {model.display} model."
        to.say(1, text, [model.id], 75)
    _say_mix(lookup, to)
    general = (
        (1, "As markets move, some holdings grow faster than others, and the balance of risk you chose can shift over time."),
        (3, "When we look at possible trades, we weigh the tax each would cause against the good it would do."),
        (4, "If your income, your family situation, or your need for cash has changed, please tell us, because that could "
            "change our view."),
        (5, "If anything in this letter is unclear, call or write at any time and we will walk you through it."),
        (5, "We will look at the portfolio again next quarter, and sooner if your plans change."),
        (3, "Leaving a sound portfolio alone is a decision too: it avoids realizing gains and paying trading costs without "
            "need.") if "NO_ACTION" in lookup.by_id else
        (3, "We prefer a few well-chosen changes to many small ones, because each sale can carry a tax cost."),
        (4, "It also helps us to know of larger expenses or deposits you expect in the coming months."),
        (2, "Our aim is to keep your savings spread in the way that you and we agreed on, so that no single part matters "
            "more than it should."),
        (4, "We keep your stated goals on file and read them again with every review."),
    )  # fmt: skip
    offset = int(to.pick("general", *(str(n) for n in range(len(general)))))
    for place in range(len(general)):
        paragraph, text = general[(place + offset) % len(general)]
        to.say(paragraph, text, (), GENERAL + place)


def _say_mix(lookup: Lookup, to: Writer) -> None:
    """Where the classes stand that are in their range."""
    outside = out_of_band(lookup)
    parts, ids = [], []
    for key in lookup.keys("CURRENT_"):
        now, target = lookup.by_id[f"CURRENT_{key}"], lookup.get(f"TARGET_{key}")
        if key not in outside and lookup.is_class(key) and target and not is_nothing(target):
            parts.append(f"{prose(lookup.name(key))} is at {now.display} against {target.display}")
            ids += [now.id, target.id]
    if parts:
        text = opening(listed(parts[:3]))
        weight = 18 if "NO_ACTION" in lookup.by_id else 80
        to.say(1, f"{text}.", ids[:6], weight)


def _account_kinds(kinds: Fact) -> str:
    names = kinds.value if isinstance(kinds.value, tuple) else tuple(kinds.display.split(", "))
    plain = ("Taxable", "Trust", "Joint", "Individual")
    return listed([str(name).lower() if name in plain else str(name) for name in names])
