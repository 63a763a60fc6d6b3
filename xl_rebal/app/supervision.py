"""The use cases of supervision: draw a sample of briefs, write it as a sheet for the reviewer, enter what was found."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xl_rebal.app.records import with_record
from xl_rebal.errors import ExportUnreadable, FilingFailed
from xl_rebal.records.ledger import Ledger, Recording
from xl_rebal.records.places import EXPORTS, FirmFolder, safe_part
from xl_rebal.records.supervise import Result, ReviewedBrief, Sample, Sampled, draw, freeze, record_reviews

if TYPE_CHECKING:
    from xl_rebal.sheets.tables import CellTable

SHEET, ABOUT = "Sample", "How it was drawn"
HEADERS = (
    "Rank", "Client ID", "Why", "Decision", "By", "Brief", "Bundle", "Reviewed By", "Result", "Remarks",
)  # fmt: skip


def freeze_population(folder: FirmFolder, recording: Recording, period: str) -> tuple[int, str, bool]:
    """Enters who has a brief of the period: how many, their hash, and whether that was on record. Raises RecordsUnreadable."""
    ledger = Ledger(with_record(folder), recording)
    with ledger.writing():
        clients, own, there = freeze(ledger, period)
        return len(clients), own, there


def supervise(
    folder: FirmFolder,
    recording: Recording,
    period: str,
    count: int,
    *,
    seed: str | None,
    new_seed: Callable[[], str],
) -> Sample:
    """Freezes the period's clients, draws the sample and records both. Raises RecordsUnreadable without briefs."""
    from xl_rebal.engine.review import HIGH_RISK

    ledger = Ledger(with_record(folder), recording)
    with ledger.writing():
        high_risk = frozenset(flag.value for flag in HIGH_RISK)
        return draw(ledger, period, count, high_risk, seed=seed, new_seed=new_seed)


def sample_table(sample: Sample) -> CellTable:
    """The sample as a table: drawn ones by rank, then the high-risk ones; reviews that are on record filled in."""
    rows: CellTable = [list(HEADERS)]
    for one in _in_order(sample):
        why = ", ".join([*(["Drawn"] if one.drawn else []), *one.risks])
        made, by = (one.decision.decision, one.decision.by) if one.decision else ("none", None)
        seen = one.review
        reviewed = (seen.by, seen.result, seen.why or None) if seen else (None, None, None)
        rows.append([one.rank, one.client, why, made, by, one.brief.brief, one.brief.bundle, *reviewed])
    return rows


def _in_order(sample: Sample) -> list[Sampled]:
    """Drawn ones by rank, then the high-risk ones."""
    return sorted(sample.chosen, key=lambda one: (not one.drawn, one.rank))


def sample_lines(sample: Sample) -> list[str]:
    """What was drawn from what, in a sentence or two."""
    told = "drawn before; nothing was added to the record" if sample.again else "on record"
    lines = [
        f"{len(sample.chosen)} of {len(sample.population)} clients, population {sample.population_sha256[:12]}, seed "
        f"{sample.seed} ({'given' if sample.given else 'drawn after the population was on record'}), {told}."
    ]
    if sample.earlier:
        lines.append(f"{sample.earlier} other drawing of {sample.period} is on record before this one." if sample.earlier == 1
                     else f"{sample.earlier} other drawings of {sample.period} are on record before this one.")  # fmt: skip
    left = [one.client for one in sample.chosen if one.review is None]
    lines.append(f"Left to review: {', '.join(left)}." if left else "All of them are reviewed.")
    return lines


def sample_record(sample: Sample) -> dict[str, object]:
    """A sample for JSON."""
    return {
        "period": sample.period,
        "seed": sample.seed,
        "seed_given": sample.given,
        "earlier_drawings": sample.earlier,
        "count": sample.count,
        "population": len(sample.population),
        "population_sha256": sample.population_sha256,
        "again": sample.again,
        "chosen": [
            {
                "client": one.client,
                "rank": one.rank,
                "drawn": one.drawn,
                "risks": list(one.risks),
                "brief": one.brief.brief,
                "bundle": one.brief.bundle,
                "decision": one.decision.decision if one.decision else None,
                "result": one.review.result if one.review else None,
                "reviewed_by": one.review.by if one.review else None,
            }
            for one in sample.chosen
        ],
    }


def sample_file(folder: FirmFolder, sample: Sample) -> Path:
    """A name that is free for a sample's sheet, in the firm folder's `_exports`: remarks made in an earlier one stay."""
    exports = folder.root / EXPORTS
    exports.mkdir(exist_ok=True)
    stem = f"Sample {safe_part(sample.period)} {safe_part(sample.seed)}"
    number = 1
    while (path := exports / f"{stem}{f' ({number})' if number > 1 else ''}.xlsx").exists():
        number += 1
    return path


def write_sample_sheet(sample: Sample, path: Path, folder: FirmFolder) -> Path:
    """The sample as a new plain .xlsx with links to briefs and bundles, and room for the reviewer's result and remarks."""
    from xl_rebal.sheets.export import write_results
    from xl_rebal.sheets.sample_sheet import add_links

    about: CellTable = [
        ["What", "Value"],
        ["Period", sample.period],
        ["Seed", sample.seed],
        [
            "Seed comes from",
            "a person" if sample.given else "the program, after the population was on record",
        ],
        ["Other drawings before", sample.earlier],
        ["Asked for", sample.count],
        ["Clients in the population", len(sample.population)],
        ["Population SHA-256", sample.population_sha256],
        ["Rank", 'SHA-256 of ["<seed>","<period>","<client>"], lowest first'],
        ["Results to enter", ", ".join(result.value for result in Result)],
        ["Then", "xl-rebal supervise DIR --period Q --results THIS_FILE --by NAME"],
    ]
    write_results(path, {SHEET: sample_table(sample), ABOUT: about})

    def link(relative: str) -> str:
        return _seen_from(path, folder, relative)

    add_links(path, SHEET, ("Brief", "Bundle"), link, "Result", [result.value for result in Result])
    return path


def _seen_from(path: Path, folder: FirmFolder, relative: str) -> str:
    """Where a filed file lies, seen from the sheet at `path`; its full path when that is on another drive."""
    target = folder.root.resolve() / relative
    try:
        return Path(os.path.relpath(target, path.resolve().parent)).as_posix()
    except ValueError:
        return str(target)


def write_sample_document(sample: Sample, path: Path, folder: FirmFolder) -> Path:
    """The sample as a new Word document to work through and sign; results are entered with `--result` or the .xlsx.

    Raises FilingFailed when the file exists or can't be written.
    """
    from urllib.parse import quote

    from xl_rebal.briefs.review_sheet import ReviewLine, review_sheet
    from xl_rebal.records.places import write_new

    lines = []
    for row, one in zip(sample_table(sample)[1:], _in_order(sample), strict=True):
        decided = f"{one.decision.decision} by {one.decision.by}" if one.decision else "none"
        lines.append(
            ReviewLine(
                rank=str(one.rank),
                client=Path(one.brief.brief).parts[0],
                client_id=one.client,
                link=quote(_seen_from(path, folder, one.brief.brief)),
                why=str(row[HEADERS.index("Why")]),
                decision=decided,
                result=one.review.result if one.review else "",
                remarks=f"{one.review.why} ({one.review.by})".strip() if one.review else "",
            )
        )
    title = f"Review of briefs, {sample.period}"
    given = "given by a person" if sample.given else "drawn by the program after the population was on record"
    about = [
        f"{len(sample.chosen)} of {len(sample.population)} clients: {sample.count} asked for, and every high-risk one. "
        f"Seed {sample.seed}, {given}. Drawings of this quarter with another seed before it: {sample.earlier}.",
        f"Population SHA-256: {sample.population_sha256}",
        f"Then enter each result: xl-rebal supervise DIR --period {sample.period} --result clear --client ID --by NAME "
        "(--why TEXT for a finding or follow-up).",
    ]
    content = review_sheet(title, about, lines, [result.value for result in Result])
    if path.exists():
        raise FilingFailed(f"{path} exists already; it is not overwritten. Name another file.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_new(path, content)
    except OSError as error:
        raise FilingFailed(f"{path} can't be written: {error.strerror or error}.") from error
    return path


def enter_results(
    folder: FirmFolder,
    recording: Recording,
    period: str,
    results: Sequence[tuple[str, Result, str]],
    *,
    by: str,
) -> list[ReviewedBrief]:
    """Enters results as (Client ID, result, remark). Raises DecisionRefused, and enters nothing, for one that can't be."""
    ledger = Ledger(with_record(folder), recording)
    with ledger.writing():
        return record_reviews(ledger, period, results, by=by)


def results_of(path: Path) -> list[tuple[str, Result, str]]:
    """The results that a reviewer typed into a sample sheet. Raises ExportUnreadable when it is not one."""
    from xl_rebal.sheets.sample_sheet import read_columns

    found = []
    for row, (client, result, why) in read_columns(path, SHEET, ("Client ID", "Result", "Remarks")):
        if not result:
            continue
        try:
            found.append((client, Result(result.casefold()), why))
        except ValueError:
            known = ", ".join(one.value for one in Result)
            raise ExportUnreadable(
                f"{path.name}, sheet {SHEET}, row {row}, column Result: {result!r} is no result. Enter one of: {known}."
            ) from None
    return found


def review_lines(entered: Sequence[ReviewedBrief]) -> list[str]:
    lines = []
    for one in entered:
        own = " The reviewer is who decided: that is on record too." if one.own else ""
        lines.append(f"{one.client}: {one.result} by {one.by} is on record (entry {one.n}).{own}")
    return lines or ["Every result is on record already."]
