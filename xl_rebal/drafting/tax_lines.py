"""The sentences about taxes, distributions and contributions (paragraphs 3 and 4 of the client email)."""

from __future__ import annotations

from dataclasses import dataclass

from xl_rebal.drafting.greeting import is_one_person
from xl_rebal.drafting.ids import Lookup, id_form, is_nothing, points, way
from xl_rebal.drafting.letter import Writer, listed
from xl_rebal.drafting.wording import (
    above_or_below,
    gain_or_loss,
    in_plan,
    is_first_year,
    net_of_year,
    opening,
    prose,
    size,
    trims,
    wash_share,
)
from xl_rebal.facts.types import Direction, Fact


def say_gains(lookup: Lookup, to: Writer) -> None:
    """Paragraph 3: what the trims realize, by term."""
    long, short = lookup.get("PLAN_LT_GAIN"), lookup.get("PLAN_ST_GAIN")
    said = [(f, t) for f, t in ((long, "long-term"), (short, "short-term")) if f and not is_nothing(f)]
    sale = "sale" if len(trims(lookup)) == 1 else "sales"
    if said:
        parts = [f"a {term} {gain_or_loss(f)} of {f.display}" for f, term in said]
        this = "this sale" if sale == "sale" else "these sales"
        back = to.pick(
            "gain",
            f"For tax purposes, the {sale} would realize",
            f"On the tax side, {this} would realize",
            f"If you agree, the {sale} would realize",
        )
        ids = [f.id for f, _ in said]
        to.say(3, f"{back} {listed(parts)}.", ids, 0, f"The {sale} would realize {listed(parts)}.", ids)
    _say_trust(lookup, to)
    sheltered = trims(lookup) and not lookup.keys("TRIM_", "_GAIN")
    for zero in (long, short):
        if zero and zero.mandatory and is_nothing(zero):
            verb = "is" if sale == "sale" else "are"
            text = f"The {sale} {verb} expected to realize {zero.display} of net {_term(zero)} gain."
            to.say(3, text, [zero.id], 0, f"Net {_term(zero)} gain would be {zero.display}.", [zero.id])
    if sheltered:
        where, these = _where_sold(lookup), "This sale is" if sale == "sale" else "These sales are"
        they = "it adds" if sale == "sale" else "they add"
        text = f"{these} inside {where}, so {they} no gain or loss to this year\u2019s tax return."
        to.say(3, text, (), 0, text, ())


def _where_sold(lookup: Lookup) -> str:
    """'the IRA' or 'the IRA and Roth accounts': the kinds of account in which something is sold."""
    numbers = [
        n for key in lookup.keys("TRIM_", "_PROCEEDS") for n in lookup.numbers(f"TRIM_{key}_", "_PROCEEDS")
    ]
    facts = [lookup.get(f"ACCOUNT_{n}_TYPE") for n in numbers]
    kinds = list(dict.fromkeys(fact.display for fact in facts if fact))
    if not kinds:
        return "a tax-advantaged account" if len(trims(lookup)) == 1 else "tax-advantaged accounts"
    if len(kinds) == 1:
        return f"the {kinds[0]}" if kinds[0].endswith("IRA") else f"the {kinds[0]} account"
    return f"the {listed(kinds)} accounts"


def _say_trust(lookup: Lookup, to: Writer) -> None:
    """What of the gain is on a trust's own return, so that the client does not look for it on theirs."""
    for number in lookup.numbers("OTHER_", "_GAIN"):
        gain = lookup.amount(f"OTHER_{number}_GAIN")
        if gain:
            own = "which pays tax on a return of its own"
            budget = " and doesn't count toward your gain budget" if lookup.get("GAIN_BUDGET") else ""
            text = f"Of this, a {gain_or_loss(gain)} of {gain.display} is in the trust, {own}{budget}."
            to.say(3, text, [gain.id], 0, text, [gain.id])


def _term(fact: Fact) -> str:
    return "short-term" if "_ST_" in fact.id else "long-term"


def say_tax(lookup: Lookup, to: Writer) -> None:
    """Paragraph 3: where most of the gain comes from, the estimate of tax, losses carried forward."""
    long, short = lookup.amount("PLAN_LT_GAIN"), lookup.amount("PLAN_ST_GAIN")
    if long and not short and way(long) is Direction.UP:
        text = (
            "Gains on what was held for more than a year are long-term, and generally taxed at lower rates."
        )
        to.say(3, text, (), 60)
    gains = [(k, lookup.by_id[f"TRIM_{k}_GAIN"]) for k in lookup.keys("TRIM_", "_GAIN")]
    gains = [(k, g) for k, g in gains if way(g) is Direction.UP and not is_nothing(g)]
    if len(gains) > 1:
        key, best = max(gains, key=lambda pair: size(pair[1]))
        to.say(
            3, f"The largest part, a gain of {best.display}, comes from {lookup.name(key)}.", [best.id], 40
        )
    carried, left = lookup.amount("CARRY_USED"), lookup.amount("CARRY_LEFT")
    if carried:
        rest = f", leaving {left.display} for later years" if left else ""
        text = f"Losses carried forward from earlier years would absorb {carried.display} of this year\u2019s gains{rest}."
        if size(carried) > net_of_year(lookup) > 0:  # the gains, and then the yearly deduction
            text = (
                "Losses carried forward from earlier years would offset this year\u2019s gains and some other income, using up "
                f"{carried.display}{rest.replace(', leaving', ' and leaving')}."
            )
        if net_of_year(lookup) <= 0:  # nothing to absorb: the yearly deduction
            text = f"Of your losses carried forward, {carried.display} could be deducted this year{rest}."
        to.say(3, text, [carried.id, *([left.id] if left else [])], 9)
    _say_soon_long(lookup, to)
    tax = lookup.get("PLAN_TAX") if long or short else None
    if tax:
        saves = way(tax) is Direction.DOWN
        words = f"We estimate the plan would {'save' if saves else 'add'} {tax.display} in tax this year."
        if is_nothing(tax):
            words = "By our estimate the plan would leave this year\u2019s tax as it is."
        to.say(3, words, [tax.id], 6)
        apart = any(lookup.amount(f"OTHER_{n}_GAIN") for n in lookup.numbers("OTHER_", "_GAIN"))
        if saves and not apart and net_of_year(lookup) <= -WORTH_EXPLAINING:
            text = "The loss would be deducted from other income, up to the yearly limit"
            to.say(3, f"{text}, and any rest kept for later years.", (), 14, f"{text}.", ())
    if tax or long or short:
        text = to.pick(
            "estimate",
            "These are estimates; please check them with your CPA.",
            "Please check these estimates with your CPA or tax preparer.",
            "As these are estimates, please check them with your CPA.",
            plain=("These are estimates: please check them with your CPA.",),
        )
        to.say(3, text, (), 0)


def _say_soon_long(lookup: Lookup, to: Writer) -> None:
    """Lots about to turn long-term: the client may rather wait."""
    for key in lookup.keys("TRIM_", "_PROCEEDS"):
        ids = [f"TRIM_{key}_{n}_FLAG" for n in lookup.numbers(f"TRIM_{key}_", "_FLAG")]
        if any("soon" in lookup.by_id[i].display.casefold() for i in ids):
            text = (
                f"Part of the {lookup.name(key)} sale would turn from short-term to long-term before long; tell us if you "
                "would rather wait."
            )
            to.say(3, text, (), 5)
            return


WORTH_EXPLAINING = 100_00
"""Cents of net loss from which the letter says what becomes of it."""


def say_budget(lookup: Lookup, to: Writer) -> None:
    """Paragraph 3: the gain budget, counting what was realized earlier in the year, and the plan within it."""
    budget, excess, left = (lookup.get(i) for i in ("GAIN_BUDGET", "BUDGET_EXCESS", "BUDGET_LEFT"))
    earlier = lookup.amount("BUDGET_REALIZED")
    start = "Your own part of it" if lookup.numbers("OTHER_", "_GAIN") else "That"
    if earlier:
        taken = "losses" if way(earlier) is Direction.DOWN else "gains"
        start = f"Counting {taken} realized earlier this year, {start[0].lower()}{start[1:]}"
    if excess and not is_nothing(excess):
        size_of = f" of {budget.display}" if budget else ""
        ids = [excess.id, *([budget.id] if budget else [])]
        if earlier and not _realizes_gain(lookup):
            start = (
                "Even so, this year\u2019s net gain"
                if lookup.get("TRIM_TOTAL")
                else "This year\u2019s net gain"
            )
        text = to.pick(
            "excess",
            f"{start} exceeds your gain budget{size_of} by {excess.display}.",
            f"{start} exceeds the gain budget{size_of} we set with you by {excess.display}.",
        )
        to.say(3, text, ids, 0, f"{start} exceeds your gain budget by {excess.display}.", [excess.id])
        _say_alternative(lookup, to)
    elif left and budget:
        untouched = size(left) >= size(budget)
        ids = [budget.id] if untouched else [budget.id, left.id]
        if untouched:
            text = f"Your gain budget of {budget.display} for the year stays untouched."
        elif lookup.get("TRIM_TOTAL") and not _realizes_gain(lookup):
            text = f"With this plan you would have {left.display} left of your {budget.display} gain budget for the year."
        elif lookup.get("TRIM_TOTAL"):
            text = f"{start} stays within your gain budget of {budget.display}, with {left.display} to spare."
        else:
            text = f"You have {left.display} left of your {budget.display} gain budget for the year."
        to.say(3, text, ids, 8 if lookup.get("TRIM_TOTAL") and not untouched else 50)


def _realizes_gain(lookup: Lookup) -> bool:
    """Whether the plan's own sales realize more gains than losses; 'that' can't stand for a loss, or for no gain at all."""
    return sum(size(fact) for fact in map(lookup.get, ("PLAN_LT_GAIN", "PLAN_ST_GAIN")) if fact) > 0


def _say_alternative(lookup: Lookup, to: Writer) -> None:
    gain, trim, rest = (lookup.get(i) for i in ("ALT_GAIN", "ALT_TRIM", "ALT_RESIDUAL"))
    where = lookup.get("ALT_RESIDUAL_NAME")
    if not trim:
        return
    if is_nothing(trim):
        to.say(3, "Staying within the budget would mean making no trims for now.", [trim.id], 1)
        return
    ids = [trim.id]
    parts = [f"trim {trim.display}"]
    if gain and not is_nothing(gain):
        parts.append(f"realize a {gain_or_loss(gain)} of {gain.display}")
        ids.append(gain.id)
    if rest and not is_nothing(rest):
        name = where.display if where else "the mix"
        name = prose(name) if not where or lookup.is_class(id_form(name)) else name
        parts.append(f"leave {name} {points(rest)} {above_or_below(rest)} target")
        ids += [rest.id, *([where.id] if where else [])]
    text = f"A version that stays within the budget would {listed(parts)}"
    choice = to.pick(
        "choice",
        "The choice is yours.",
        "Please tell us which you prefer.",
        "Tell us which suits you better.",
    )
    short = f"A version within the budget would trim {trim.display} instead; tell us which you prefer."
    to.say(3, f"{text}. {choice}", ids, 1, short, [trim.id])


def say_harvest(lookup: Lookup, to: Writer) -> None:
    """Paragraph 3: losses worth taking, or when a purchase makes that too early; none of what is trimmed anyway.

    Nor of what the plan buys: the purchase would wash the loss (IRC 1091). Nor where gains are untaxed this year.
    """
    explained = False
    for place, key in enumerate(_worth_saying(lookup)):
        loss, swap = lookup.by_id[f"HARVEST_{key}_LOSS"], lookup.get(f"HARVEST_{key}_SWAP")
        clear, name = lookup.get(f"HARVEST_{key}_CLEAR"), _held(lookup, key)
        start = "Separately, " if place == 0 else "In addition, "
        if clear:
            _say_waiting_harvest(lookup, to, key, start, 7 + place, explained=explained)
            explained = True
            continue
        use = " to offset gains" if net_of_year(lookup) > 0 else " to offset future gains"
        use = use if place == 0 else ""
        usable = swap and f"HARVEST_{key}_SWAP_PROBLEM" not in lookup.by_id
        instead = f", holding {swap.display} in its place" if swap and usable else ""
        text = to.pick(
            f"harvest{place}",
            f"{start}{name} shows a loss of {loss.display} that we could {'realize' if use else 'take'}{use}{instead}.",
            f"{start}we could realize a loss of {loss.display} in {name}{use}{instead}.",
        )
        ids = [loss.id, *([swap.id] if swap and usable else [])]
        to.say(
            3, text, ids, 7 + place, f"We could also realize a loss of {loss.display} in {name}.", [loss.id]
        )


def _worth_saying(lookup: Lookup) -> list[str]:
    """The securities with a loss that the letter speaks of."""
    return [
        key
        for key in lookup.keys("HARVEST_", "_LOSS")
        if not in_plan(lookup, key)
        and f"REALLOCATE_{key}_AMOUNT" not in lookup.by_id
        and f"HARVEST_{key}_LITTLE" not in lookup.by_id
    ][:2]


def offers_loss(lookup: Lookup) -> bool:
    """Whether the letter speaks of a loss that no purchase blocks, so that the client may want it realized."""
    return any(f"HARVEST_{key}_CLEAR" not in lookup.by_id for key in _worth_saying(lookup))


def _say_waiting_harvest(
    lookup: Lookup, to: Writer, key: str, start: str, weight: int, *, explained: bool
) -> None:
    """A loss that a recent purchase would wash: how much of it, and until when."""
    loss, clear = lookup.by_id[f"HARVEST_{key}_LOSS"], lookup.by_id[f"HARVEST_{key}_CLEAR"]
    lost, name, share = lookup.get(f"HARVEST_{key}_DISALLOWED"), _held(lookup, key), wash_share(lookup, key)
    ids = [loss.id, clear.id, *([lost.id] if lost and share < MOST_OF_IT else [])]
    if lost and not any(
        digit in lost.display for digit in "123456789"
    ):  # "up to $0" would say that there is none
        what, ids = "a very small part of it", [loss.id, clear.id]
    elif lost and share < MOST_OF_IT:
        part = "a small part" if share < SMALL_PART else "part"
        what = f"{part} of it (up to {lost.display})"
    else:
        what = "most of it" if lost and share < 1 else "it"
    text = (
        f"{start}{name} shows a loss of {loss.display}; because of a recent purchase, the wash-sale rule would disallow "
        f"{what} if realized before {clear.display}, so we would wait."
    )
    if explained:
        text = (
            f"{start}{name} shows a loss of {loss.display}, of which the same rule would disallow {_of_it(what)} before "
            f"{clear.display}."
        )
    short = (
        f"{start}{name} shows a loss of {loss.display}; the wash-sale rule would disallow {what} if realized before "
        f"{clear.display}, so we would wait."
    )
    to.say(3, text, ids, weight, short, ids)


def _held(lookup: Lookup, key: str) -> str:
    """The security, and that it is held in a taxable account where another account sells the same one."""
    name = lookup.name(key)
    return f"{name} in a taxable account" if f"TRIM_{key}_PROCEEDS" in lookup.by_id else name


def _of_it(what: str) -> str:
    """'a small part (up to $4)' and 'all' after 'of which'."""
    return "all" if what == "it" else what.replace(" of it", "")


MOST_OF_IT, SMALL_PART = 0.9, 0.1
"""Shares of a loss that words distinguish: from the one up a wash sale takes it, below the other it takes little."""


def say_rmd(lookup: Lookup, to: Writer) -> None:
    """Paragraph 4: what is left of each required minimum distribution, and by when."""
    first = True
    for end in lookup.ends("RMD_LEFT"):
        left, due = lookup.by_id[f"RMD_LEFT{end}"], lookup.get(f"RMD_DUE{end}")
        if is_nothing(left):
            continue
        whose, source = _whose(lookup, end), _from(lookup, end)
        by = f" by {due.display}" if due else ""
        ids = [left.id, *([due.id] if due else [])]
        asked = lookup.get(f"RMD_ASKED{end}")
        whole = asked is not None and asked.value == left.value
        if due and is_first_year(lookup, end) and not whole:
            _say_first_rmd(to, whose, source, left, due)
            _say_asked(to, asked, whole)
            first = False
            continue
        meaning = (
            " (the yearly withdrawal the IRS requires)" if first and not lookup.get("TRIM_TOTAL") else ""
        )
        text = to.pick(
            f"rmd{end}",
            f"Please note that {left.display} of {whose} required minimum distribution{source.text}{meaning} still has to be "
            f"taken{by}.",
            f"A reminder about {whose} required minimum distribution{source.text}{meaning}: {left.display} remains to be "
            f"taken{by}.",
            f"Of {whose} required minimum distribution{source.text}{meaning}, {left.display} is still to be taken{by}.",
        )
        ids += source.ids
        short = f"Of {whose} required minimum distribution{source.text}, {left.display} is to be taken{by}."
        to.say(4, text, ids, 0, short, ids)
        if asked:
            _say_asked(to, asked, whole)
        elif first:
            plans = any(
                "rmd" in f.display.casefold() or "required" in f.display.casefold()
                for f in (lookup.by_id[f"TRANSFER_{n}_WHY"] for n in lookup.numbers("TRANSFER_", "_WHY"))
            )
            if plans:
                text = "The plan already allows for that cash to move out of the retirement account."
            else:
                text = "We will coordinate its timing with you so that the cash is on hand."
            to.say(4, text, (), 16)
        first = False
    required = any(not is_nothing(lookup.by_id[f"RMD_REQUIRED{e}"]) for e in lookup.ends("RMD_REQUIRED"))
    unknown = _say_unknown_rmds(lookup, to)
    if first and required and lookup.ends("RMD_LEFT") and not unknown:
        text = "What you are required to take out this year has already been taken."
        to.say(4, text, (), 25)


def _say_asked(to: Writer, asked: Fact | None, whole: bool) -> None:
    """That a withdrawal which the client asked for counts toward the distribution just named."""
    if asked is not None:
        of_it, ids = ("all", []) if whole else (asked.display, [asked.id])
        to.say(4, f"The withdrawal you asked for meets {of_it} of it.", ids, 3)


@dataclass(frozen=True, slots=True)
class _Accounts:
    """Which accounts a distribution comes from, where the letter goes to several people; else nothing."""

    text: str = ""
    ids: tuple[str, ...] = ()


def _from(lookup: Lookup, end: str) -> _Accounts:
    """' from the IRA ...0093': a couple reads whose it is from the number, as it stands on their statements."""
    found = lookup.get(f"RMD_FROM{end}")
    if found is None or is_one_person(lookup.facts.client_name):
        return _Accounts()
    several = isinstance(found.value, tuple) and len(found.value) > 1
    return _Accounts(f" from {'' if several else 'the '}{found.display}", (found.id,))


def _say_first_rmd(to: Writer, whose: str, source: _Accounts, left: Fact, due: Fact) -> None:
    """The choice of a first year (IRC 401(a)(9)(C)): now, or by April 1 beside the second one."""
    text = (
        f"{opening(whose)} first required minimum distribution{source.text}, {left.display}, may be taken this year or wait until "
        f"{due.display}; if it waits, it falls in the same tax year as the second. Please tell us which you prefer."
    )
    short = (
        f"{opening(whose)} first required minimum distribution{source.text}, {left.display}, may wait until {due.display}, but then "
        "falls in the same tax year as the second."
    )
    ids = [left.id, due.id, *source.ids]
    to.say(4, text, ids, 0, short, ids)


def _say_unknown_rmds(lookup: Lookup, to: Writer) -> bool:
    """A distribution whose amount can't be worked out from what is on file. True when there is one."""
    unknown = [e for e in lookup.ends("RMD_POOL") if f"RMD_LEFT{e}" not in lookup.by_id]
    for end in unknown[:1]:
        pool = lookup.by_id[f"RMD_POOL{end}"]
        whose = _owner(lookup, spouse=end.startswith("_SPOUSE"))
        source = lookup.get(f"RMD_FROM{end}")
        name = " ".join(w.lower() if w in ("Inherited", "Rollover") else w for w in pool.display.split())
        ids = [pool.id]
        if source and not is_one_person(lookup.facts.client_name):
            name, ids = source.display, [pool.id, source.id]
        text = f"We also need to find out with you what distribution {whose} {name} requires."
        to.say(4, text, ids, 0)
    return bool(unknown)


def _whose(lookup: Lookup, end: str) -> str:
    spouse = end.startswith("_SPOUSE")
    plan = end.removeprefix("_SPOUSE").strip("_")
    kinds = {
        id_form(lookup.by_id[f"ACCOUNT_{n}_TYPE"].display): n for n in lookup.numbers("ACCOUNT_", "_TYPE")
    }
    name = lookup.by_id[f"ACCOUNT_{kinds[plan]}_TYPE"].display if plan in kinds else ""
    owner = _owner(lookup, spouse=spouse)
    return f"{owner} {name}" if name else owner


def _owner(lookup: Lookup, *, spouse: bool) -> str:
    """'your' to one person; to a couple, or to a name that may be of several, neither 'your' nor 'your spouse's' says whose."""
    if is_one_person(lookup.facts.client_name):
        return "your spouse\u2019s" if spouse else "your"
    return "the spouse\u2019s" if spouse else "the"


def say_contributions(lookup: Lookup, to: Writer) -> None:
    """Paragraph 4: recent contributions, and whether the target knows of them."""
    for number in lookup.numbers("CONTRIBUTION_", "_AMOUNT")[:2]:
        amount, day = lookup.by_id[f"CONTRIBUTION_{number}_AMOUNT"], lookup.get(f"CONTRIBUTION_{number}_DATE")
        state = lookup.get(f"CONTRIBUTION_{number}_TARGET")
        on = f" of {day.display}" if day else ""
        ids = [amount.id, *([day.id] if day else [])]
        short = f"Your {amount.display} contribution{on} is included."
        if state and state.display.startswith("already"):
            text = f"Your {amount.display} contribution{on} is already part of the target we measure against."
            short = f"Your {amount.display} contribution{on} is already in the target."
        elif state and state.display.startswith("not yet"):
            text = (
                f"Your {amount.display} contribution{on} came after we last set your target, so please tell us whether "
                "it is meant for the long term or has a purpose of its own."
            )
            short = (
                f"Your {amount.display} contribution{on} came after we last set your target; what is it for?"
            )
        else:
            text = (
                f"These figures include your {amount.display} contribution{on}; if it has a purpose of its own, please "
                "tell us."
            )
        to.say(4, text, ids, 4 + number, short, ids)


def say_withdrawals(lookup: Lookup, to: Writer) -> None:
    """Paragraph 4: cash that the client asked to have paid out."""
    for number in lookup.numbers("TRANSFER_", "_WHY"):
        amount, why = lookup.amount(f"TRANSFER_{number}_AMOUNT"), lookup.by_id[f"TRANSFER_{number}_WHY"]
        if amount and why.display.casefold().startswith("withdrawal"):
            if "NO_ACTION" in lookup.by_id:
                to.say(
                    4, f"The {amount.display} you asked to withdraw can be paid from cash.", [amount.id], 3
                )
                continue
            text = to.pick(
                "withdrawal",
                f"The plan also raises the {amount.display} you asked to withdraw.",
                f"The {amount.display} you asked to withdraw is part of the plan.",
            )
            to.say(4, text, [amount.id], 3)
