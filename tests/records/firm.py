"""A small firm folder to record in: briefs of invented clients with the worked example's facts and a stand-in document."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tests import hartwell
from tests.briefs import cases
from xl_rebal.app.records import Recorder, on_record
from xl_rebal.briefs.filing import Filed
from xl_rebal.briefs.papers import papers_of
from xl_rebal.drafting.openai_drafter import Exchange
from xl_rebal.facts.build import build_facts
from xl_rebal.params.load import tax_parameters
from xl_rebal.records.inputs import Inputs
from xl_rebal.records.ledger import Ledger, Recording
from xl_rebal.records.places import FirmFolder
from xl_rebal.records.verify import Verdict, verify

REVIEW = hartwell.review()
FACTS = build_facts(hartwell.household(), REVIEW, hartwell.settings())
INPUTS = Inputs(hartwell.settings(), hartwell.household(), ())
PARAMETERS = tax_parameters(hartwell.settings().tax_year)
DRAFT = cases.hartwell_draft()
PERIOD = "2026-Q4"
NOON = datetime(2026, 10, 15, 12, 0, tzinfo=UTC)
WORKBOOK = "ab" * 32


def anchor(out: Path) -> Path:
    """Beside the firm folder, so that a test can look at it."""
    return out.with_name(f"{out.name}.anchor")


def recording(out: Path, by: str = "dana", at: datetime = NOON, wait_seconds: float = 30.0) -> Recording:
    return Recording(by, "PC-1", lambda: at, anchor(out), wait_seconds)


def recorder(out: Path, by: str = "dana") -> Recorder:
    return Recorder(out, recording(out, by))


def ledger(out: Path, by: str = "dana", at: datetime = NOON) -> Ledger:
    return Ledger(FirmFolder(out), recording(out, by, at))


def file(
    recorder: Recorder,
    client: str = "C1",
    document: bytes = b"brief one",
    *,
    name: str = "",
    period: str = PERIOD,
    flags: tuple[str, ...] = (),
    workbook: str = WORKBOOK,
    exchanges: tuple[Exchange, ...] = (),
) -> Filed:
    """Files one client's brief on record; the folder is named after the client."""
    shown = name or f"Client {client}"
    facts = replace(FACTS, client_id=client, client_name=shown, quarter=period)
    provenance = {"workbook": "firm.xlsm", "workbook_sha256": workbook, "figures_checked": "all"}
    papers = papers_of(facts, DRAFT, document, provenance)
    kept = on_record(
        papers,
        DRAFT,
        inputs=INPUTS,
        parameters=PARAMETERS,
        plan=REVIEW.plan,
        template=b"template",
        flags=flags,
        exchanges=exchanges,
    )
    return recorder.file(papers, kept, folder=shown)


def verdict(out: Path) -> Verdict:
    return verify(FirmFolder(out), anchor(out))


def snapshot(folder: Path) -> dict[str, bytes]:
    """Every file below a folder by its path."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


def ledger_bytes(out: Path) -> bytes:
    path = FirmFolder(out).ledger
    return path.read_bytes() if path.exists() else b""


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
