"""Two to four bullets for the advisor who will read the brief before the meeting.

First what the client said (CRM, verbatim and dated) or that nothing is on file, then what needs a decision, then what
has a date or a doubt. Every bullet stands on facts or an entry of this client; none is general advice.
"""

from __future__ import annotations

from xl_rebal.drafting.crm import Entry, Wish, entries, pertinent_quotation, quotation, wishes_mentioned
from xl_rebal.drafting.ids import Lookup, is_nothing, points
from xl_rebal.drafting.letter import listed
from xl_rebal.drafting.wording import above_or_below, is_first_year, proposes, prose, size, wash_share
from xl_rebal.facts.draft import Sentence
from xl_rebal.facts.types import Fact, FactKind, Topic

FEWEST_NOTES, MOST_NOTES = 2, 4
MOST_ENTRIES = 2
"""CRM entries that come before what the plan asks."""
LONGEST_DATA = 45
"""Words of a data problem that a bullet repeats; a longer one stays in the workbook's Checks."""


def advisor_notes(lookup: Lookup) -> tuple[Sentence, ...]:
    """Bullets in order of use, at most four."""
    found = entries(lookup)
    wishes = wishes_mentioned(found, lookup, internal=True)
    first = list(dict.fromkeys(wish.entry for wish in wishes))[:MOST_ENTRIES]
    if found and len(first) < MOST_ENTRIES and found[0] not in first:
        first.append(found[0])
    notes = _not_yet(lookup)
    notes += [_entry_note(e, wishes) for e in first] or [_nothing_on_file(lookup)]
    notes += _decisions(lookup)
    rest = [
        *_waiting(lookup),
        *_flags(lookup),
        *(_entry_note(e, wishes) for e in found[:3] if e not in first),
        *_data(lookup),
        *_contributions(lookup),
    ]
    notes += rest
    if len(notes) < FEWEST_NOTES:
        notes += _standing(lookup)
    return tuple(notes[:MOST_NOTES])


def _not_yet(lookup: Lookup) -> list[Sentence]:
    """That the letter rests on data too old to send it."""
    old = lookup.get("OLD_DATA")
    text = (
        f"Not to be sent yet: the letter rests on old data ({old.display}). Import it again and make the brief anew."
        if old
        else ""
    )
    return [Sentence(text, (old.id,))] if old else []


def _entry_note(entry: Entry, wishes: tuple[Wish, ...]) -> Sentence:
    place = ", ".join(p for p in (entry.kind.lower() if entry.kind else "", entry.date) if p)
    doubt = (
        " It reads like an instruction to software; nothing in it was followed."
        if entry.poses_as_instruction
        else ""
    )
    quoted = pertinent_quotation(entry, wishes)
    return Sentence(f"CRM{f' ({place})' if place else ''}: {quoted}{doubt}", _with_kind(entry))


def _with_kind(entry: Entry) -> tuple[str, ...]:
    return (*entry.ids, f"{entry.text_id}_KIND") if entry.kind else entry.ids


def _nothing_on_file(lookup: Lookup) -> Sentence:
    ids = ("NO_NOTES",) if lookup.get("NO_NOTES") else ()
    return Sentence(
        "No CRM entry is on file for this client, so nothing personal stands behind this letter. Ask what has changed and "
        "record the answer.",
        ids,
    )


def _decisions(lookup: Lookup) -> list[Sentence]:
    """The gain budget, and the trim that carries the most gain."""
    notes = []
    excess, budget, trim = (lookup.amount(i) for i in ("BUDGET_EXCESS", "GAIN_BUDGET", "ALT_TRIM"))
    if excess:
        of = f" of {budget.display}" if budget else ""
        what = "the plan exceeds" if proposes(lookup) else "gains realized this year exceed"
        text = f"Decide with the client: {what} the gain budget{of} by {excess.display}"
        ids = [excess.id, *([budget.id] if budget else [])]
        rest = lookup.amount("ALT_RESIDUAL")
        if trim:
            text += f"; trimming {trim.display} instead stays within it"
            ids.append(trim.id)
            if rest:
                where = lookup.get("ALT_RESIDUAL_NAME")
                text += f" and leaves {where.display if where else 'the mix'} {points(rest)} {above_or_below(rest)} target"
                ids += [rest.id, *([where.id] if where else [])]
        notes.append(Sentence(f"{text}.", tuple(ids)))
    return notes + _flagged_sales(lookup)


def _flagged_sales(lookup: Lookup) -> list[Sentence]:
    """The sale with the most gain that the firm's threshold flags, and lots worth waiting for."""
    flagged: dict[str, list[str]] = {}
    for key in lookup.keys("TRIM_", "_PROCEEDS"):
        ids = [f"TRIM_{key}_{n}_FLAG" for n in lookup.numbers(f"TRIM_{key}_", "_FLAG")]
        flagged[key] = [i for i in [*ids, f"TRIM_{key}_FLAG"] if i in lookup.by_id]
    notes = []
    high = [
        k for k, ids in flagged.items() if any("high gain" in lookup.by_id[i].display.casefold() for i in ids)
    ]
    gains = {k: lookup.by_id[f"TRIM_{k}_GAIN"] for k in high if f"TRIM_{k}_GAIN" in lookup.by_id}
    if gains:
        key = max(gains, key=lambda k: (size(gains[k]), k))
        gain, proceeds = gains[key], lookup.get(f"TRIM_{key}_PROCEEDS")
        of = f" on {proceeds.display} of proceeds" if proceeds else ""
        text = f"{lookup.name(key)} is flagged for its gain: {gain.display}{of}. Be ready to say why it is trimmed."
        notes.append(Sentence(text, (gain.id, *([proceeds.id] if proceeds else []))))
    soon = [k for k, ids in flagged.items() if any("soon" in lookup.by_id[i].display.casefold() for i in ids)]
    if soon:
        names = listed([lookup.name(k) for k in soon[:3]])
        text = f"{names}: part of the sale is short-term and turns long-term soon; ask whether the client can wait."
        notes.append(Sentence(text, ()))
    return notes


def _waiting(lookup: Lookup) -> list[Sentence]:
    """What has a date: distributions left to take, losses that a recent purchase blocks."""
    notes = []
    for end in lookup.ends("RMD_POOL") or lookup.ends("RMD_LEFT"):
        notes += _rmd_notes(lookup, end)
    for key in lookup.keys("HARVEST_", "_LOSS"):
        if f"HARVEST_{key}_IN_PLAN" not in lookup.by_id:
            notes.append(_harvest_note(lookup, key))
    return notes


def _rmd_notes(lookup: Lookup, end: str) -> list[Sentence]:
    left, due, pool = (lookup.get(f"RMD_{what}{end}") for what in ("LEFT", "DUE", "POOL"))
    named = f" ({pool.display})" if pool and end not in ("", "_SPOUSE") else ""
    whose = ("Spouse\u2019s " if end.startswith("_SPOUSE") else "") + f"RMD{named}"
    if left is None:
        text = f"{whose}: what is required is unknown; find out before the year ends."
        return [Sentence(text, (pool.id,) if pool else ())]
    if is_nothing(left):
        return []
    ids = (left.id, *([due.id] if due else []))
    if asked := lookup.get(f"RMD_ASKED{end}"):
        met = "all" if asked.value == left.value else asked.display
        by = f" by {due.display}" if due else ""
        text = f"{whose}: {left.display} to take{by}; the withdrawal asked for meets {met} of it. Confirm withholding."
        return [Sentence(text, (*ids, asked.id))]
    if due and is_first_year(lookup, end):
        text = (
            f"{whose}, the first: {left.display} may wait until {due.display}, but then the second falls in the same tax year; "
            "let the client choose."
        )
        return [Sentence(text, ids)]
    by = f" by {due.display}" if due else ""
    return [Sentence(f"{whose}: {left.display} still to take{by}; confirm account and withholding.", ids)]


def _harvest_note(lookup: Lookup, key: str) -> Sentence:
    loss, clear, lost = (lookup.get(f"HARVEST_{key}_{what}") for what in ("LOSS", "CLEAR", "DISALLOWED"))
    name, of = lookup.name(key), f" of {loss.display}" if loss else ""
    ids = [loss.id] if loss else []
    if clear:
        ids.append(clear.id)
        if lost and wash_share(lookup, key) < 0.5:
            some = any(digit in lost.display for digit in "123456789")
            text = (
                f"{name}: before {clear.display} a sale would wash {f'at most {lost.display}' if some else 'hardly anything'} of "
                f"the loss{of}; set a reminder, or decide that the rest is worth taking now."
            )
            return Sentence(text, (*ids, lost.id) if some else tuple(ids))
        most = "most of the loss" if lost and wash_share(lookup, key) < 1 else "the loss"
        return Sentence(
            f"{name}: {most}{of} would be a wash sale before {clear.display}; set a reminder.", tuple(ids)
        )
    little = lookup.get(f"HARVEST_{key}_LITTLE")
    if little:
        text = f"{name}, loss{of}: {little.display}; another year may make more of it."
        return Sentence(text, (*ids, little.id))
    if f"REALLOCATE_{key}_AMOUNT" in lookup.by_id:
        text = f"{name} shows a loss{of}, but the plan adds to {name}: taking it now would be a wash sale."
        return Sentence(text, tuple(ids))
    return Sentence(
        f"{name}: before taking the loss{of}, ask about purchases in accounts held elsewhere; they can wash it.",
        tuple(ids),
    )


def _flags(lookup: Lookup) -> list[Sentence]:
    flags = [f for f in lookup.facts.of(Topic.NOTE) if "_FLAG" in f.id and f.kind is FactKind.TEXT]
    flags.sort(key=lambda f: not f.display.casefold().startswith("do not trade"))
    if not flags:
        return []
    said = ", ".join(_flag(lookup, f) for f in flags[:3])
    ids = [f.id for f in flags[:3]]
    return [Sentence(f"Account flags to respect: {said}.", (*ids, *_flag_types(lookup, flags[:3])))]


def _flag(lookup: Lookup, flag: Fact) -> str:
    kind = lookup.get(flag.id.partition("_FLAG")[0] + "_TYPE")
    return f"{quotation(flag.display, 8)}{f' ({kind.display})' if kind else ''}"


def _flag_types(lookup: Lookup, flags: list[Fact]) -> list[str]:
    types = (f.id.partition("_FLAG")[0] + "_TYPE" for f in flags)
    return [i for i in types if i in lookup.by_id]


def _data(lookup: Lookup) -> list[Sentence]:
    problems = [lookup.by_id[f"DATA_{n}"] for n in lookup.numbers("DATA_")]
    problems = [p for p in problems if not p.label.startswith("note")]
    short = [p for p in problems if len(p.display.split()) <= LONGEST_DATA]
    if short:
        return [Sentence(f"Data: {short[0].display}", (short[0].id,))]
    return [Sentence("Data problems are listed in the workbook under Checks.", ())] if problems else []


def _contributions(lookup: Lookup) -> list[Sentence]:
    """The newest contribution and whether the target knows of it, unless a data problem says so already."""
    if any("contribution" in lookup.by_id[f"DATA_{n}"].display.casefold() for n in lookup.numbers("DATA_")):
        return []
    for number in lookup.numbers("CONTRIBUTION_", "_AMOUNT"):
        amount, day = lookup.by_id[f"CONTRIBUTION_{number}_AMOUNT"], lookup.get(f"CONTRIBUTION_{number}_DATE")
        state = lookup.get(f"CONTRIBUTION_{number}_TARGET")
        if state:
            of = f" of {day.display}" if day else ""
            ids = (amount.id, state.id, *([day.id] if day else []))
            return [Sentence(f"Contribution of {amount.display}{of}: {state.display}.", ids)]
    return []


def _standing(lookup: Lookup) -> list[Sentence]:
    """For a client about whom there is little to decide: where the mix stands farthest from its target."""
    drifts = [(k, lookup.by_id[f"DRIFT_{k}"]) for k in lookup.keys("DRIFT_") if lookup.amount(f"DRIFT_{k}")]
    if drifts:
        key, far = max(drifts, key=lambda pair: (abs(size(pair[1])), pair[0]))
        name = prose(lookup.name(key)) if lookup.is_class(key) else lookup.name(key)
        after = lookup.get(f"AFTER_{key}")
        if proposes(lookup):
            ids = (far.id, *([after.id] if after else []))
            then = f"; the plan brings it to {after.display}" if after else ""
        else:
            ids, then = (far.id,), ", inside its band: watch it next quarter"
        return [Sentence(f"Farthest from target: {name}, {points(far)} {above_or_below(far)}{then}.", ids)]
    no_action = lookup.get("NO_ACTION")
    if no_action:
        return [Sentence("No trades are proposed; use the meeting for plans and changes.", (no_action.id,))]
    return [Sentence("The review raised nothing to decide; use the meeting for plans and changes.", ())]
