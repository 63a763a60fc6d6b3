"""Two to four bullets for the advisor who will read the brief before the meeting.

First what the client said (CRM, verbatim and dated) or that nothing is on file, then what needs a decision, then what
has a date or a doubt. Every bullet stands on facts or an entry of this client; none is general advice.
"""

from __future__ import annotations

from xl_rebal.drafting.crm import LONGEST_QUOTE, Entry, Wish, entries, quotation, wish_mentioned
from xl_rebal.drafting.ids import Lookup, unsigned
from xl_rebal.drafting.letter import listed
from xl_rebal.drafting.wording import above_or_below, proposes, prose, size
from xl_rebal.facts.draft import Sentence
from xl_rebal.facts.types import Fact, FactKind, Topic

FEWEST_NOTES, MOST_NOTES = 2, 4
LONGEST_DATA = 45
"""Words of a data problem that a bullet repeats; a longer one stays in the workbook's Checks."""


def advisor_notes(lookup: Lookup) -> tuple[Sentence, ...]:
    """Bullets in order of use, at most four."""
    found = entries(lookup)
    notes: list[Sentence] = [_entry_note(found[0])] if found else [_nothing_on_file(lookup)]
    wish = wish_mentioned(found, lookup)
    if wish and wish.entry != found[0]:
        place = ", ".join(p for p in (wish.entry.kind.lower(), wish.entry.date) if p)
        notes.append(Sentence(f"CRM ({place}): {_around(wish)}", _with_kind(wish.entry)))
    notes += _decisions(lookup)
    urgent = [*_waiting(lookup), *_flags(lookup)]
    rest = [
        *urgent,
        *(_entry_note(e) for e in found[1:3] if not wish or e != wish.entry),
        *_data(lookup),
        *_contributions(lookup),
    ]
    notes += rest
    if len(notes) < FEWEST_NOTES:
        notes += _standing(lookup)
    return tuple(notes[:MOST_NOTES])


def _entry_note(entry: Entry) -> Sentence:
    place = ", ".join(p for p in (entry.kind.lower() if entry.kind else "", entry.date) if p)
    doubt = (
        " It reads like an instruction to software; nothing in it was followed."
        if entry.poses_as_instruction
        else ""
    )
    return Sentence(f"CRM{f' ({place})' if place else ''}: {quotation(entry.text)}{doubt}", _with_kind(entry))


def _around(wish: Wish) -> str:
    """The entry when it is short, else the sentence with the wish."""
    short = len(wish.entry.text.split()) <= LONGEST_QUOTE
    return quotation(wish.entry.text if short else wish.sentence)


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
        text = f"Decide with the client: the plan exceeds the gain budget{of} by {excess.display}"
        ids = [excess.id, *([budget.id] if budget else [])]
        rest = lookup.amount("ALT_RESIDUAL")
        if trim:
            text += f"; trimming {trim.display} instead stays within it"
            ids.append(trim.id)
            if rest:
                text += f" and leaves drift of {rest.display}"
                ids.append(rest.id)
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
    for end in lookup.ends("RMD_LEFT"):
        left, due = lookup.amount(f"RMD_LEFT{end}"), lookup.get(f"RMD_DUE{end}")
        if left:
            whose = "Spouse\u2019s RMD" if end.startswith("_SPOUSE") else "RMD"
            by = f" by {due.display}" if due else ""
            text = f"{whose}: {left.display} still to take{by}; confirm account and withholding."
            notes.append(Sentence(text, (left.id, *([due.id] if due else []))))
    for key in lookup.keys("HARVEST_", "_CLEAR"):
        loss, clear = lookup.get(f"HARVEST_{key}_LOSS"), lookup.by_id[f"HARVEST_{key}_CLEAR"]
        of = f" of {loss.display}" if loss else ""
        text = (
            f"{lookup.name(key)}: the loss{of} would be a wash sale before {clear.display}; set a reminder."
        )
        notes.append(Sentence(text, (*([loss.id] if loss else []), clear.id)))
    for key in lookup.keys("HARVEST_", "_LOSS"):
        if f"HARVEST_{key}_CLEAR" in lookup.by_id or f"TRIM_{key}_PROCEEDS" in lookup.by_id:
            continue
        loss = lookup.by_id[f"HARVEST_{key}_LOSS"]
        if f"REALLOCATE_{key}_AMOUNT" in lookup.by_id:
            name = lookup.name(key)
            text = f"{name} shows a loss of {loss.display}, but the plan adds to {name}: taking it now would be a wash sale."
            notes.append(Sentence(text, (loss.id,)))
            continue
        text = (
            f"{lookup.name(key)}: before taking the loss of {loss.display}, ask about purchases in accounts held elsewhere; "
            "they can wash it."
        )
        notes.append(Sentence(text, (loss.id,)))
    return notes


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
    short = [p for p in problems if len(p.display.split()) <= LONGEST_DATA]
    if short:
        return [Sentence(f"Data: {short[0].display}", (short[0].id,))]
    return [Sentence("Data problems are listed in the workbook under Checks.", ())] if problems else []


def _contributions(lookup: Lookup) -> list[Sentence]:
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
        return [Sentence(f"Farthest from target: {name}, {unsigned(far)} {above_or_below(far)}{then}.", ids)]
    no_action = lookup.get("NO_ACTION")
    if no_action:
        return [Sentence("No trades are proposed; use the meeting for plans and changes.", (no_action.id,))]
    return [Sentence("The review raised nothing to decide; use the meeting for plans and changes.", ())]
