"""Briefs made again from their bundles: the same to the last figure, and every change since is named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from typer.testing import CliRunner

from tests.drafting.endpoint import Endpoint, completion
from tests.records import firm
from xl_rebal import app, sample
from xl_rebal.app.reproduce import reproduce_bundle, reproduce_records, reproduced, reproduced_lines
from xl_rebal.cli import app as terminal
from xl_rebal.engine.book import Book
from xl_rebal.errors import RecordsUnreadable
from xl_rebal.params import load
from xl_rebal.params.types import TaxParameters
from xl_rebal.records.bundle import INPUTS, PARAMETERS, bundle_of, parts_in
from xl_rebal.records.canonical import canonical, parsed
from xl_rebal.records.places import FirmFolder


def sample_book(**settings: object) -> Book:
    values = {**sample.firm_settings_values(), **settings}
    return app.book_of(sample.tables_of(sample.firm_rows(), values))


def filed(book: Book, out: Path, *clients: str) -> Path:
    made = app.make_briefs(book, out, client_ids=clients or None, recording=firm.recording)
    assert not made.failed, made.failed
    return out


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample firm's briefs, all that its data allows."""
    return filed(sample_book(), tmp_path_factory.mktemp("firm") / "clients")


def bundle(clients: Path, client: str) -> Path:
    return next(clients.glob(f"_records/bundles/*/{client}-*.zip"))


def with_part(path: Path, name: str, change: Callable[[dict[str, Any]], None]) -> bytes:
    """The bundle with a stored part changed, and a manifest that says so: what a careful forger makes."""
    manifest, parts = parts_in(path.read_bytes())
    part = parsed(parts[name])
    change(part)
    parts[name] = canonical(part)
    files = {place: parts[place.rpartition("/")[2]] for place in manifest["files"]}
    stored = {own: parts[own] for own in manifest["stored"]}
    about = {k: v for k, v in manifest.items() if k not in ("format", "client", "period", "files", "stored")}
    return bundle_of(manifest["client"], manifest["period"], files, stored, about).content


def test_every_client_of_the_sample_firm_comes_out_the_same_to_the_byte(clients: Path) -> None:
    found = list(reproduce_records(FirmFolder(clients)))
    assert len(found) == 11
    for one in found:
        assert one.same, "\n".join(reproduced_lines(one))
        assert one.figures > 80
        assert not one.notes
    one = reproduce_bundle(bundle(clients, "HAR01"))
    assert one.same
    assert reproduced_lines(one) == [
        f"HAR01 2026-Q4: the same ({one.figures} facts, plan, letter, document)."
    ]


def test_a_second_version_of_a_brief_comes_out_under_its_own_name(tmp_path: Path) -> None:
    out = filed(sample_book(), tmp_path / "clients", "NAK02")
    next(out.glob("*/*/brief.docx")).write_bytes(b"signed by hand")
    filed(sample_book(**{"Firm Name": "Another Name"}), out, "NAK02")
    (one,) = reproduce_records(FirmFolder(out))
    assert one.same, reproduced_lines(one)
    assert next(out.glob("*/*/facts-2.json"))


def test_inputs_that_somebody_changed_are_found_by_the_record_and_by_the_figures(clients: Path) -> None:
    path = bundle(clients, "HAR01")

    def cheaper(inputs: dict[str, Any]) -> None:
        for lot in inputs["household"]["lots"]:
            if lot["symbol"] == "AAPL" and lot["basis_cents"]:
                lot["basis_cents"] += 1_000_000

    forged = with_part(path, INPUTS, cheaper)
    alone = reproduced(path.name, forged, None)
    assert not alone.same
    assert not alone.faults
    assert any("gain" in change.where for change in alone.facts)
    assert alone.plan
    assert alone.files == (
        "brief.docx",
        "email.eml",
        "email.html",
        "email.txt",
    )  # of facts.json the facts themselves
    with_record = reproduced(path.name, forged, "ab" * 32)
    assert "not the one on record" in with_record.faults[0]
    assert "differ" in "\n".join(reproduced_lines(alone))


def test_a_bundle_with_a_byte_of_another_value_is_not_taken_for_whole(clients: Path, tmp_path: Path) -> None:
    content = bundle(clients, "NAK02").read_bytes()
    for at in range(40, len(content), len(content) // 40):
        damaged = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
        found = reproduced("x.zip", damaged, firm.sha(content))
        assert not found.same
        assert "not the one on record" in found.faults[0]
    alone = tmp_path / "x.zip"
    alone.write_bytes(b"PK no zip")
    assert "damaged" in reproduce_bundle(alone).faults[0]


def test_the_parameters_of_then_are_used_and_what_todays_change_is_said_fact_by_fact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = load.tax_parameters

    def of_then(year: int) -> TaxParameters:
        return replace(real(year), niit_rate=Decimal("0.05"))

    with monkeypatch.context() as then:
        then.setattr(load, "tax_parameters", of_then)
        out = filed(sample_book(), tmp_path / "clients", "HAR01")
    (one,) = reproduce_records(FirmFolder(out))
    assert one.same, reproduced_lines(one)
    assert [(c.where, c.old, c.new) for c in one.parameters] == [("tax parameter niit_rate", "0.05", "0.038")]
    assert one.under_new_parameters
    assert all(change.old != change.new for change in one.under_new_parameters)
    assert any("tax" in change.where.casefold() for change in one.under_new_parameters)
    assert "under today's tax parameters" in "\n".join(reproduced_lines(one))


def test_a_setting_that_the_version_of_then_did_not_know_is_filled_in_and_said(clients: Path) -> None:
    path = bundle(clients, "NAK02")

    def older(inputs: dict[str, Any]) -> None:
        del inputs["settings"]["letter_tone"]
        del inputs["household"]["client"]["folder"]
        inputs["settings"]["lunar_phase"] = "full"

    one = reproduced(path.name, with_part(path, INPUTS, older), None)
    assert one.same, reproduced_lines(one)
    assert len(one.notes) == 3
    without = reproduced(
        path.name, with_part(path, PARAMETERS, lambda params: params.pop("collectibles_rate")), None
    )
    assert without.same, reproduced_lines(without)
    assert without.notes == ("TaxParameters had no collectibles rate yet: 0.28 is taken",)
    assert any("no letter tone yet" in note for note in one.notes)
    assert any("no lunar phase any more: full" in note for note in one.notes)


def test_a_brief_of_another_version_says_so_and_only_its_own_name_differs(
    clients: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("xl_rebal.app.reproduce", "xl_rebal.briefs.papers", "xl_rebal.engine.certificate"):
        monkeypatch.setattr(f"{module}.__version__", "99.0")
    one = reproduce_bundle(bundle(clients, "HAR01"))
    assert one.same, reproduced_lines(one)
    assert one.notes == (f"Filed with version {one.as_filed_by}, made again with 99.0.",)


def test_a_part_that_is_missing_is_said_and_is_no_crash(clients: Path) -> None:
    manifest, parts = parts_in(bundle(clients, "NAK02").read_bytes())
    for gone in (INPUTS, PARAMETERS, "plan.json", "draft.json", "template.docx"):
        files = {place: parts[place.rpartition("/")[2]] for place in manifest["files"]}
        stored = {own: parts[own] for own in manifest["stored"] if own != gone}
        made = bundle_of("NAK02", "2026-Q4", files, stored, {"provenance": manifest["provenance"]})
        found = reproduced("x.zip", made.content, None)
        assert not found.same
        assert "can't be made again" in found.faults[0]


# --- A model's letter


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with HTTPServer(threaded=True) as server:
        yield Endpoint(server)


LETTER = {
    "email": [
        {
            "fact_ids": [
                "AS_OF",
                "NO_ACTION",
                "CURRENT_EQUITY",
                "TARGET_EQUITY",
                "CURRENT_CASH",
                "TARGET_CASH",
            ],
            "text": "We have finished this quarter's review of your household's portfolio as of [[AS_OF]], and it is good news. "
            "[[NO_ACTION]] "
            "Equity now makes up [[CURRENT_EQUITY]] of the whole, against a target of [[TARGET_EQUITY]], and cash stands "
            "at [[CURRENT_CASH]], against a target of [[TARGET_CASH]]. We look at all of your accounts together, so that "
            "each of them does what it is best suited for.",
        },
        {
            "fact_ids": ["GAIN_BUDGET", "HARVEST_MUB_LOSS", "HARVEST_MUB_SWAP"],
            "text": "Your gain budget of [[GAIN_BUDGET]] for the year stays untouched. Apart from that, MUB shows a loss of "
            "[[HARVEST_MUB_LOSS]] that could be realized and set against gains in later years, while [[HARVEST_MUB_SWAP]] "
            "takes its place in the portfolio. Please tell us whether you hold it anywhere else, because a purchase there "
            "could take the loss away.",
        },
        {
            "fact_ids": ["CONTRIBUTION_1_AMOUNT", "CONTRIBUTION_1_DATE"],
            "text": "Your contribution of [[CONTRIBUTION_1_AMOUNT]] on [[CONTRIBUTION_1_DATE]] came after we last set your "
            "target. Please let us know whether it is meant for the long term. Nothing will be traded until you confirm, so "
            "do reply with any questions.",
        },
    ],
    "notes": [
        {"fact_ids": ["NOTE_1", "NOTE_1_DATE"], "text": "CRM on [[NOTE_1_DATE]]: [[NOTE_1]]"},
        {
            "fact_ids": ["HARVEST_MUB_LOSS"],
            "text": "MUB: ask about purchases elsewhere before harvesting the loss of [[HARVEST_MUB_LOSS]].",
        },
    ],
}


def test_a_models_letter_is_filled_again_from_its_stored_answer_and_nothing_is_sent(
    endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    own = {"Drafter": "OpenAI", "Drafter Model": "small", "Drafter URL": endpoint.url}
    book = sample_book(**own)
    endpoint.play(completion("no JSON"), completion(json.dumps(LETTER)))
    out = filed(book, tmp_path / "clients", "NAK02")
    sent = len(endpoint.bodies)
    assert sent == 2  # the question and its repair
    manifest, parts = parts_in(bundle(out, "NAK02").read_bytes())
    assert manifest["drafted_by"] == "model small", parts["draft.json"].decode()
    (one,) = reproduce_records(FirmFolder(out))
    assert one.same, reproduced_lines(one)
    assert len(endpoint.bodies) == sent
    other = json.loads(parts["exchanges.json"])
    other[-1]["answer"] = other[-1]["answer"].replace("it is good news", "all is well")
    parts["exchanges.json"] = canonical(other)
    files = {place: parts[place.rpartition("/")[2]] for place in manifest["files"]}
    about = {"provenance": manifest["provenance"]}
    stored = {name: parts[name] for name in manifest["stored"]}
    forged = reproduced("x.zip", bundle_of("NAK02", "2026-Q4", files, stored, about).content, None)
    assert [change.where for change in forged.letter] == ["letter, paragraph 2"]


def test_a_letter_that_fell_back_on_the_template_comes_out_with_its_reason(
    endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    endpoint.play(completion("no JSON"))
    book = sample_book(**{"Drafter": "OpenAI", "Drafter Model": "small", "Drafter URL": endpoint.url})
    out = filed(book, tmp_path / "clients", "NAK02")
    (one,) = reproduce_records(FirmFolder(out))
    assert one.same, reproduced_lines(one)


# --- The command

run = CliRunner()


def test_the_command_names_each_brief_and_its_exit_code_says_whether_all_are_the_same(
    clients: Path, tmp_path: Path
) -> None:
    good = run.invoke(terminal, ["reproduce", str(clients), "--client", "HAR01"])
    assert good.exit_code == 0, good.output
    assert good.output.startswith("HAR01 2026-Q4: the same (")
    path = tmp_path / "forged.zip"

    def richer(inputs: Mapping[str, Any]) -> None:
        inputs["household"]["cash"][0]["cents"] += 5_000_000

    path.write_bytes(with_part(bundle(clients, "HAR01"), INPUTS, richer))
    bad = run.invoke(terminal, ["reproduce", str(path), "--json"])
    assert bad.exit_code == 1
    (record,) = json.loads(bad.output)
    assert not record["same"]
    assert record["facts"]
    with pytest.raises(RecordsUnreadable, match="No brief of XYZ"):
        list(reproduce_records(FirmFolder(clients), "XYZ"))


def test_a_bundle_that_is_no_zip_any_more_is_named_by_the_client_and_quarter_on_record(
    clients: Path, tmp_path: Path
) -> None:
    out = shutil.copytree(clients, tmp_path / "clients")
    bundle(out, "NAK02").write_bytes(b"PK no zip")
    (found,) = reproduce_records(FirmFolder(out), "NAK02")
    assert (found.client, found.period, found.same) == ("NAK02", firm.PERIOD, False)
