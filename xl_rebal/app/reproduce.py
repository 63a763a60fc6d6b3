"""A filed brief made again from what its bundle keeps: plan, facts, letter and document, and what is not the same.

The engine runs on the stored inputs and the stored tax parameters. A template's letter is drafted again; a model's is
filled again from its stored answer, and nothing is sent. Where the package or the parameters are other ones now, what
they change is said fact by fact.
"""

from __future__ import annotations

import io
import json
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from xl_rebal import __version__
from xl_rebal.app.books import counted, facts_from
from xl_rebal.app.bundles import Kept, kept_of
from xl_rebal.app.composing import Composed, composed
from xl_rebal.app.looks import look_from
from xl_rebal.engine.book import SendCrm
from xl_rebal.errors import FilingFailed, RecordsUnreadable, XlRebalError
from xl_rebal.records.bundle import parts_in
from xl_rebal.records.canonical import sha256
from xl_rebal.records.history import History
from xl_rebal.records.inputs import Inputs
from xl_rebal.records.ledger import read_ledger
from xl_rebal.records.places import FOLDER, FirmFolder
from xl_rebal.records.written import differing, written

if TYPE_CHECKING:
    from xl_rebal.engine.results import Plan, Review
    from xl_rebal.facts.draft import Draft
    from xl_rebal.facts.types import Facts
    from xl_rebal.params.types import TaxParameters

MOST_LINES = 20
"""Differences of one brief that a terminal shows."""


@dataclass(frozen=True, slots=True)
class Change:
    """One value that is not the same: where, as it was filed, as it comes out now. '' is not there."""

    where: str
    old: str
    new: str

    def __str__(self) -> str:
        if not self.old:
            return f"{self.where}: not filed, now {self.new}"
        return f"{self.where}: {self.old}, now {self.new or 'not there'}"


@dataclass(frozen=True, slots=True)
class Reproduced:
    """What making a brief again showed. `faults` is why it could not be made, or what was wrong with what was kept."""

    bundle: str
    client: str
    period: str
    as_filed_by: str  # version of the package then
    faults: tuple[str, ...] = ()
    facts: tuple[Change, ...] = ()
    plan: tuple[Change, ...] = ()
    letter: tuple[Change, ...] = ()
    files: tuple[str, ...] = ()  # names of files that come out other than filed
    parameters: tuple[Change, ...] = ()  # the tax parameters of then and of now
    under_new_parameters: tuple[Change, ...] = ()  # facts
    notes: tuple[str, ...] = ()
    figures: int = 0  # facts that were compared

    @property
    def same(self) -> bool:
        """Whether every figure, the letter and the document's content are as filed; a new version may name itself."""
        return not (self.faults or self.facts or self.plan or self.letter or self.files)


def reproduce_bundle(path: Path) -> Reproduced:
    """Makes the brief of one bundle file again. Raises RecordsUnreadable when there is no such file.

    Where the bundle lies in a firm folder's record, it is also compared with its entry.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RecordsUnreadable(f"{path} can't be read ({error.strerror or error}).") from error
    on_record: str | None = None
    record = next((parent for parent in path.resolve().parents if parent.name == FOLDER), None)
    if record is not None:
        folder = FirmFolder(record.parent)
        bundles = History(read_ledger(folder).entries).bundles
        on_record = bundles.get(folder.relative(path.resolve()), "")
    return reproduced(path.name, content, on_record)


def reproduce_records(folder: FirmFolder, client: str = "", period: str = "") -> Iterator[Reproduced]:
    """Makes the latest brief of each client and period asked for again, in order. Raises RecordsUnreadable for none."""
    history = History(read_ledger(folder).entries)
    wanted = [
        filed[-1]
        for (own, of), filed in sorted(history.briefs.items())
        if client in ("", own) and period in ("", of)
    ]
    if not wanted:
        asked = " of ".join(filter(None, (client, period)))
        raise RecordsUnreadable(f"No brief{' of ' + asked if asked else ''} is on record in {folder.root}.")
    for brief in wanted:
        try:
            content = folder.inside(brief.bundle).read_bytes()
        except (OSError, FilingFailed) as error:
            why = (
                (error.strerror or "it can't be read")
                if isinstance(error, OSError)
                else "it is behind a link"
            )
            yield Reproduced(
                brief.bundle, brief.client, brief.period, "?", (f"The bundle can't be read: {why}.",)
            )
            continue
        made = reproduced(brief.bundle, content, brief.bundle_sha256)
        yield made if made.client != "?" else replace(made, client=brief.client, period=brief.period)


def reproduced(name: str, content: bytes, on_record: str | None) -> Reproduced:
    """Makes a brief again from a bundle's bytes. `on_record`: the hash of its entry, '' without entry, None: no ledger."""
    faults: list[str] = []
    if on_record is not None and on_record != sha256(content):
        faults.append(
            "The bundle is not the one on record: its bytes were changed after it was filed."
            if on_record
            else "The bundle has no entry in the ledger beside it."
        )
    try:
        manifest, parts = parts_in(content)
    except ValueError as error:
        why = f"The bundle is damaged or was changed: {error}."
        return Reproduced(name, "?", "?", "?", (*faults, why))
    about = (
        name,
        str(manifest.get("client", "?")),
        str(manifest.get("period", "?")),
        str(manifest.get("versions", {}).get("xl_rebal", "?")),
    )
    try:
        return _made_again(about, manifest, parts, faults)
    except XlRebalError as error:
        return Reproduced(*about, faults=(*faults, f"It can't be made again: {error}"))
    except (KeyError, ValueError) as error:
        return Reproduced(*about, faults=(*faults, f"It can't be made again from what was kept ({error})."))


def _made_again(
    about: tuple[str, str, str, str],
    manifest: Mapping[str, Any],
    parts: Mapping[str, bytes],
    faults: Sequence[str],
) -> Reproduced:
    kept = kept_of(manifest, parts)
    named = kept.plan if about[3] != __version__ else None
    review, facts = _computed(kept.inputs, kept.params, named)
    draft = _drafted(kept, facts)
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "brief.docx"
        template.write_bytes(kept.template)
        look = look_from(kept.inputs.settings, kept.logo)
        made = composed(
            kept.inputs.household, review, facts, draft, kept.inputs.settings, kept.origin, template, look
        )
    filed_facts, filed_rows = _filed_facts(parts)
    changed = tuple(_fact_changes(filed_rows, made.facts))
    today = _parameters_of_today(kept)
    under_new: tuple[Change, ...] = ()
    if today:
        _, new_facts = _computed(kept.inputs, _parameters(kept), kept.plan)
        under_new = tuple(_fact_changes(_records(facts), new_facts))
    notes = list(kept.notes)
    if about[3] != __version__:
        notes.append(f"Filed with version {about[3]}, made again with {__version__}.")
    return Reproduced(
        *about,
        faults=tuple(faults),
        facts=changed,
        plan=tuple(_plan_changes(kept.plan, review.plan)),
        letter=tuple(_letter_changes(kept.draft, draft)),
        files=tuple(_other_files(manifest, parts, made, draft, filed_facts)),
        parameters=tuple(today),
        under_new_parameters=under_new,
        notes=tuple(notes),
        figures=len(filed_rows),
    )


def _computed(inputs: Inputs, params: TaxParameters, named: Plan | None) -> tuple[Review, Facts]:
    """Review and facts. `named`: a plan whose hash takes the place of the new one's, which names version and parameters."""
    from xl_rebal.engine.review import review

    home, settings = inputs.household, inputs.settings
    found = review(home, settings, params, inputs.problems)
    if named and found.plan:
        found = replace(found, plan=_renamed(found.plan, named))
    return found, facts_from(home, settings, params, found)


def _renamed(plan: Plan, named: Plan) -> Plan:
    """The plan with the hash of another, and so its alternative."""
    old, new = named.certificate, plan.certificate
    if old and new:
        plan = replace(plan, certificate=replace(new, plan_hash=old.plan_hash))
    if plan.alternative and named.alternative:
        plan = replace(plan, alternative=_renamed(plan.alternative, named.alternative))
    return plan


# --- The letter ----------------------------------------------------------------------------------------------------


def _drafted(kept: Kept, facts: Facts) -> Draft:
    """The letter and notes again: by the template, or filled from the model's stored answer."""
    from xl_rebal.drafting.template import TemplateDrafter
    from xl_rebal.drafting.tone import tones_of

    tones, _ = tones_of(kept.inputs.settings.letter_tone)
    filed = kept.draft
    if filed.drafted_by.startswith("model "):
        from xl_rebal.drafting.openai_drafter import OpenAIDrafter
        from xl_rebal.drafting.replay import Replay

        model = filed.drafted_by.removeprefix("model ")
        answers = Replay([str(one.get("answer", "")) for one in kept.exchanges])
        given = kept.inputs.settings.send_crm is SendCrm.YES
        return OpenAIDrafter(model, tones=tones, answers=answers, send_crm=given).draft(facts)
    draft = TemplateDrafter(tones).draft(facts)
    # Why no model's answer was used belongs to that day, not to the figures.
    return replace(draft, drafted_by=filed.drafted_by, faults=filed.faults)


def _letter_changes(old: Draft, new: Draft) -> Iterator[Change]:
    for what, one, other in (
        ("drafted by", old.drafted_by, new.drafted_by),
        ("subject", old.subject, new.subject),
        *_each("paragraph", [old.greeting, *(p.text for p in old.paragraphs), old.closing],
               [new.greeting, *(p.text for p in new.paragraphs), new.closing]),
        *_each("note", [n.text for n in old.notes], [n.text for n in new.notes]),
    ):  # fmt: skip
        if one != other:
            yield Change(f"letter, {what}", _quoted(one), _quoted(other))


def _each(what: str, old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    for number in range(max(len(old), len(new))):
        one = old[number] if number < len(old) else ""
        other = new[number] if number < len(new) else ""
        yield f"{what} {number + 1}", one, other


def _quoted(text: str) -> str:
    return f'"{text}"' if text else ""


# --- Facts and plan ------------------------------------------------------------------------------------------------


def _filed_facts(parts: Mapping[str, bytes]) -> tuple[dict[str, Any], dict[str, Mapping[str, Any]]]:
    """The filed facts.json, and its facts by id."""
    name = next(name for name in parts if re.fullmatch(r"facts(-\d+)?\.json", name))
    record = json.loads(parts[name])
    return record, {str(row["id"]): row for row in record["facts"]}


def _records(facts: Facts) -> dict[str, Mapping[str, Any]]:
    from xl_rebal.briefs.papers import fact_record

    return {fact.id: json.loads(json.dumps(fact_record(fact))) for fact in facts}


def _fact_changes(old: Mapping[str, Mapping[str, Any]], facts: Facts) -> Iterator[Change]:
    """Facts whose figure or wording is another one, by what they are."""
    new = _records(facts)
    for fact_id in [*old, *(i for i in new if i not in old)]:
        one, other = old.get(fact_id), new.get(fact_id)
        if one is None or other is None:
            some = one or other or {}
            yield Change(
                f"{some['label'] or fact_id} ({fact_id})",
                str(one["display"]) if one else "",
                str(other["display"]) if other else "",
            )
        elif one != other:
            keys = [key for key in other if one.get(key) != other[key]]
            shown = "display" if "display" in keys else keys[0]
            what = "" if shown == "display" else f", {shown}"
            yield Change(
                f"{other['label'] or fact_id} ({fact_id}{what})", str(one.get(shown)), str(other[shown])
            )


_SOLVERS_OWN = ("certificate.objective", "certificate.bound", "certificate.nodes", "certificate.plan_hash")
"""What the solver's arithmetic and the version make of the same plan; its figures for people are facts."""


def _plan_changes(old: Plan | None, new: Plan | None) -> Iterator[Change]:
    for where, one, other in differing(written(old), written(new)):
        if not where.removeprefix("alternative.").startswith(_SOLVERS_OWN):
            yield Change(f"plan, {where}" if where else "plan", _shown(one), _shown(other))


def _shown(value: object) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


# --- Files ---------------------------------------------------------------------------------------------------------


def _other_files(
    manifest: Mapping[str, Any],
    parts: Mapping[str, bytes],
    made: Composed,
    draft: Draft,
    filed: Mapping[str, Any],
) -> Iterator[str]:
    """Names of working files that don't come out as filed. What only names the version is not looked at."""
    from xl_rebal.briefs.papers import papers_of

    names = [PurePosixPath(path).name for path in manifest["files"]]
    number = next((int(m[1]) for n in names if (m := re.fullmatch(r"facts-(\d+)\.json", n))), 1)
    again = papers_of(made.facts, draft, made.document, made.provenance).numbered(number)
    for name in sorted(names):
        old, new = parts[name], again.get(name, b"")
        if old != new and not _says_the_same(name, old, new, filed):
            yield name


def _says_the_same(name: str, old: bytes, new: bytes, filed: Mapping[str, Any]) -> bool:
    """Whether two files of other bytes differ only in what a version or a computer makes of the same."""
    if name.endswith(".docx"):
        return _zip_parts(old) == _zip_parts(new)
    if name.endswith(".json"):
        return _without_version(filed) == _without_version(json.loads(new or b"{}"))
    return False


def _zip_parts(content: bytes) -> Mapping[str, bytes]:
    """A document's parts: another computer's compression makes other bytes of the same."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _without_version(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """facts.json without what a version or a computer makes of the same: its facts are compared one by one."""
    own = {"version", "files", "facts"}
    provenance = {
        key: value
        for key, value in record.get("provenance", {}).items()
        if not key.startswith(("plan_hash", "proof"))
    }
    return {**{key: value for key, value in record.items() if key not in own}, "provenance": provenance}


# --- Parameters ----------------------------------------------------------------------------------------------------


def _parameters(kept: Kept) -> TaxParameters:
    from xl_rebal.params.load import tax_parameters

    return tax_parameters(kept.inputs.settings.tax_year)


def _parameters_of_today(kept: Kept) -> list[Change]:
    """The tax parameters that are other ones now."""
    pairs = differing(written(kept.params), written(_parameters(kept)))
    return [
        Change(f"tax parameter {where}", _shown(old), _shown(new))
        for where, old, new in pairs
        if not where.startswith("sources")
    ]


# --- Outcome -------------------------------------------------------------------------------------------------------


def reproduced_lines(one: Reproduced) -> list[str]:
    """The outcome for one brief in plain words: a line when all is the same, else what is not."""
    title = f"{one.client} {one.period}"
    more: list[str] = list(one.faults)
    more += _some("figure", one.facts) + _some("value of the plan", one.plan) + _some("text", one.letter)
    more += [f"{name} does not come out as filed." for name in one.files]
    if one.parameters:
        more += _some("tax parameter", one.parameters)
        more += _some("figure", one.under_new_parameters, "under today's tax parameters") or [
            "Under today's tax parameters every figure stays the same."
        ]
    if not one.same:
        lines = [f"{title}: not the same."]
    else:
        lines = [f"{title}: the same ({counted(one.figures, 'fact')}, plan, letter, document)."]
    return [*lines, *(f"  {text}" for text in (*more, *one.notes))]


def reproduced_sum(found: Sequence[Reproduced]) -> str:
    same = sum(one.same for one in found)
    return f"{same} of {counted(len(found), 'brief')} come out the same to the last figure."


def _some(noun: str, changes: Sequence[Change], when: str = "") -> list[str]:
    if not changes:
        return []
    said = f" {when}" if when else ""
    lines = [f"{counted(len(changes), noun)} differ{'s' if len(changes) == 1 else ''}{said}:"]
    lines += [f"  {change}" for change in changes[:MOST_LINES]]
    if len(changes) > MOST_LINES:
        lines.append(f"  ... and {len(changes) - MOST_LINES:,} more; --json lists them all.")
    return lines


def reproduced_record(one: Reproduced) -> dict[str, object]:
    """The outcome for JSON."""

    def rows(changes: Iterable[Change]) -> list[dict[str, str]]:
        return [{"where": c.where, "old": c.old, "new": c.new} for c in changes]

    return {
        "bundle": one.bundle,
        "client": one.client,
        "period": one.period,
        "same": one.same,
        "version_filed": one.as_filed_by,
        "version_now": __version__,
        "compared": one.figures,
        "faults": list(one.faults),
        "facts": rows(one.facts),
        "plan": rows(one.plan),
        "letter": rows(one.letter),
        "files": list(one.files),
        "parameters": rows(one.parameters),
        "facts_under_new_parameters": rows(one.under_new_parameters),
        "notes": list(one.notes),
    }
