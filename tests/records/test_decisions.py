"""Decisions, samples, lists, exports and merged copies: each is an entry, and each is bound to what it speaks of."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pytest

from tests.records import firm
from xl_rebal.app import records as use
from xl_rebal.app import supervision
from xl_rebal.errors import DecisionRefused, ExportUnreadable, FilingFailed, RecordsUnreadable
from xl_rebal.records import entry as kinds
from xl_rebal.records.decisions import Attached, Choice, Decided, decide
from xl_rebal.records.entry import chain_of
from xl_rebal.records.findings import Trouble
from xl_rebal.records.ledger import read_ledger
from xl_rebal.records.listing import ENTRIES, MANIFEST, Wanted
from xl_rebal.records.places import FirmFolder
from xl_rebal.records.supervise import Result, Sample, ranking


def decided(out: Path, client: str = "C1", choice: Choice = Choice.APPROVE, **more) -> Decided:
    ledger = firm.ledger(out)
    about = {"by": "Dana W.", "workbook_sha256": firm.WORKBOOK, "changed": lambda brief: (), **more}
    with ledger.writing():
        return decide(ledger, FirmFolder(out), client, firm.PERIOD, choice, **about)


def sampled(out: Path, period: str, seed: str | None, count: int) -> Sample:
    return supervision.supervise(
        FirmFolder(out), firm.recording(out), period, count, seed=seed, new_seed=lambda: "random"
    )


def entries(out: Path, kind: str = "") -> list[kinds.Entry]:
    return [found for found in read_ledger(FirmFolder(out)).entries if kind in ("", found.kind)]


# --- Decisions


def test_a_decision_is_bound_to_the_latest_brief_of_its_quarter(tmp_path: Path) -> None:
    recorder = firm.recorder(tmp_path)
    firm.file(recorder)
    firm.file(recorder, document=b"brief two")
    firm.file(recorder, period="2027-Q1")
    made = decided(tmp_path, choice=Choice.MODIFY, why="Client wants to keep MSFT.")
    data = made.entry.data
    assert data["brief_sha256"] == hashlib.sha256(b"brief two").hexdigest()
    assert (data["entry"], data["decision"], data["decided_by"]) == (3, "modify", "Dana W.")
    assert data["why"] == "Client wants to keep MSFT."
    assert firm.verdict(tmp_path).clean


def test_a_signed_file_is_filed_beside_the_brief_and_never_over_another(tmp_path: Path) -> None:
    brief = firm.file(firm.recorder(tmp_path)).brief
    first = decided(tmp_path, signed=Attached(".PDF", b"%PDF one"))
    second = decided(tmp_path, signed=Attached(".pdf", b"%PDF two"))
    again = decided(tmp_path, signed=Attached(".pdf", b"%PDF two"))
    assert [path.name for made in (first, second, again) for path in made.files] == [
        "brief-signed.pdf",
        "brief-signed-2.pdf",
        "brief-signed-2.pdf",
    ]
    assert brief.with_name("brief-signed.pdf").read_bytes() == b"%PDF one"
    assert firm.verdict(tmp_path).clean
    brief.with_name("brief-signed.pdf").write_bytes(b"%PDF ome")
    assert [f.trouble for f in firm.verdict(tmp_path).findings] == [Trouble.CHANGED]


def test_a_brief_edited_in_its_place_is_filed_as_a_new_version_by_the_decision(tmp_path: Path) -> None:
    brief = firm.file(firm.recorder(tmp_path)).brief
    brief.write_bytes(b"edited and signed")
    assert not firm.verdict(tmp_path).clean
    made = decided(tmp_path)
    assert [path.name for path in made.files] == ["brief-edited.docx"]
    assert firm.verdict(tmp_path).clean
    brief.write_bytes(b"brief one")  # back to what was filed: not what was decided on
    assert not firm.verdict(tmp_path).clean


@pytest.mark.parametrize("choice", list(Choice))
def test_a_brief_that_was_decided_on_stays_when_a_new_one_is_made(tmp_path: Path, choice: Choice) -> None:
    recorder = firm.recorder(tmp_path)
    brief = firm.file(recorder).brief
    decided(tmp_path, choice=choice, why="As agreed.")
    assert firm.file(recorder).brief == brief  # the same again: nothing new
    again = firm.file(recorder, document=b"brief two")
    assert again.brief.name == "brief-2.docx"
    assert brief.read_bytes() == b"brief one"
    assert "stays" in again.message
    assert firm.verdict(tmp_path).clean


def test_a_brief_is_stale_once_the_clients_own_input_changed_and_the_message_says_what(
    tmp_path: Path,
) -> None:
    firm.file(firm.recorder(tmp_path))
    with pytest.raises(
        DecisionRefused, match=r"C1 after the brief.*Lots: 2 rows; Settings: as of.*--even-if-stale"
    ):
        decided(tmp_path, changed=lambda brief: ("Lots: 2 rows", "Settings: as of"))
    made = decided(tmp_path, workbook_sha256="cd" * 32)  # another file, the same content
    assert not made.stale
    made = decided(tmp_path, changed=lambda brief: ("Lots: 2 rows",), even_if_stale=True)
    assert made.stale
    assert made.entry.data["stale"] is True
    assert made.entry.data["changed"] == ["Lots: 2 rows"]


def test_without_a_brief_there_is_nothing_to_decide(tmp_path: Path) -> None:
    firm.file(firm.recorder(tmp_path))
    with pytest.raises(DecisionRefused, match=r"C2 has no brief of 2026-Q4 on record"):
        decided(tmp_path, "C2")


# --- Samples


def test_a_client_ranks_by_the_hash_of_seed_period_and_client() -> None:
    """Recomputed with hashlib and a literal text, so that any tool can draw the sample again."""
    clients = [f"C{number}" for number in range(50)]
    expected = sorted(
        clients, key=lambda client: hashlib.sha256(f'["dice 7","2026-Q4","{client}"]'.encode()).hexdigest()
    )
    assert list(ranking("dice 7", "2026-Q4", clients)) == expected
    assert ranking("dice 7", "2026-Q4", clients[::-1]) == ranking("dice 7", "2026-Q4", clients)
    assert ranking("dice 8", "2026-Q4", clients) != ranking("dice 7", "2026-Q4", clients)


def test_a_sample_freezes_its_population_first_and_adds_every_high_risk_brief(tmp_path: Path) -> None:
    recorder = firm.recorder(tmp_path)
    for number in range(10):
        firm.file(recorder, f"C{number}", flags=("High gain",) if number == 3 else ("Harvest candidate",))
    firm.file(recorder, "C10", period="2027-Q1")
    decided(tmp_path, "C5", changed=lambda brief: ("Lots: 1 row",), even_if_stale=True)
    drawn = sampled(tmp_path, "2026-Q4", "s", 2)
    first_two = ranking("s", "2026-Q4", [f"C{number}" for number in range(10)])[:2]
    assert {one.client for one in drawn.chosen} == {"C3", "C5", *first_two}
    assert [found.kind for found in entries(tmp_path)[-2:]] == [kinds.POPULATION, kinds.SAMPLE]
    assert len(entries(tmp_path)[-2].data["clients"]) == 10
    again = sampled(tmp_path, "2026-Q4", "s", 2)
    assert again.again
    assert [one.client for one in again.chosen] == [one.client for one in drawn.chosen]
    other = sampled(tmp_path, "2026-Q4", "t", 2)
    assert not other.again  # a second seed is on record too: nobody can draw until it suits
    assert len(entries(tmp_path, kinds.POPULATION)) == 1
    assert firm.verdict(tmp_path).clean


def test_a_sample_is_written_to_a_plain_sheet_with_room_for_remarks(tmp_path: Path) -> None:
    firm.file(firm.recorder(tmp_path / "firm"), flags=("High gain",))
    drawn = sampled(tmp_path / "firm", firm.PERIOD, "s", 1)
    book = openpyxl.load_workbook(
        supervision.write_sample_sheet(drawn, tmp_path / "sample.xlsx", FirmFolder(tmp_path / "firm"))
    )
    rows = list(book["Sample"].values)
    assert rows[0][:3] == ("Rank", "Client ID", "Why")
    assert rows[1][:3] == (1, "C1", "Drawn, High gain")
    assert supervision.sample_record(drawn)["population"] == 1


def test_a_sample_is_written_to_a_word_document_with_links_boxes_and_lines_to_sign(tmp_path: Path) -> None:
    from docx import Document

    out = tmp_path / "firm"
    firm.file(firm.recorder(out), "C1", flags=("High gain",))
    firm.file(firm.recorder(out), "C2")
    decided(out, "C1", by="M. & Co")
    drawn = sampled(out, firm.PERIOD, "s", 2)
    supervision.enter_results(
        FirmFolder(out), firm.recording(out), firm.PERIOD, [("C1", Result.FINDING, "No <note>.")], by="Robin"
    )
    path = tmp_path / "to review" / "sample.docx"
    supervision.write_sample_document(sampled(out, firm.PERIOD, "s", 2), path, FirmFolder(out))
    document = Document(str(path))
    head, *rows = document.tables[0].rows
    assert [cell.text for cell in head.cells][:4] == ["Rank", "Client", "Why", "Decision"]
    shown = {row.cells[1].text.splitlines()[1].split()[0]: row.cells for row in rows}
    assert shown.keys() == {one.client for one in drawn.chosen}
    assert shown["C1"][3].text == "approve by M. & Co"
    assert shown["C1"][4].text.splitlines() == ["☐ clear", "☒ finding", "☐ follow-up"]
    assert shown["C1"][5].text == "No <note>. (Robin)"
    assert shown["C2"][4].text.splitlines()[0] == "☐ clear"
    links = [r.target_ref for r in document.part.rels.values() if r.is_external]
    assert len(links) == 2
    assert all((path.parent / unquote(link)).resolve().is_file() for link in links)
    assert any("Signature" in paragraph.text for paragraph in document.paragraphs)
    with pytest.raises(FilingFailed, match="not overwritten"):
        supervision.write_sample_document(drawn, path, FirmFolder(out))


def test_a_seed_of_the_program_is_drawn_after_the_population_is_on_record(tmp_path: Path) -> None:
    for number in range(6):
        firm.file(firm.recorder(tmp_path), f"C{number}")
    seen = []

    def new_seed() -> str:
        seen.append(entries(tmp_path)[-1].kind)
        return "f00d"

    folder, who = FirmFolder(tmp_path), firm.recording(tmp_path)
    drawn = supervision.supervise(folder, who, firm.PERIOD, 2, seed=None, new_seed=new_seed)
    assert seen == [kinds.POPULATION]
    assert (drawn.seed, drawn.given, drawn.earlier) == ("f00d", False, 0)
    second = sampled(tmp_path, firm.PERIOD, "lottery", 2)
    assert (second.given, second.earlier) == (True, 1)
    again = sampled(tmp_path, firm.PERIOD, "f00d", 2)
    assert (again.again, again.given) == (True, False)
    assert "1 other drawing" in supervision.sample_lines(second)[1]
    # A brief filed since then is another population; drawing again freezes it first.
    firm.file(firm.recorder(tmp_path), "C9")
    sampled(tmp_path, firm.PERIOD, "lottery", 2)
    assert [e.kind for e in entries(tmp_path)[-2:]] == [kinds.POPULATION, kinds.SAMPLE]


def test_what_was_edited_changed_or_traded_otherwise_is_always_reviewed(tmp_path: Path) -> None:
    recorder = firm.recorder(tmp_path)
    for number in range(5):
        firm.file(recorder, f"C{number}")
    edited = firm.file(recorder, "C1").brief
    edited.write_bytes(b"edited by the advisor")
    decided(tmp_path, "C1")
    decided(tmp_path, "C2", Choice.MODIFY, why="Keep MSFT.")
    ledger = firm.ledger(tmp_path)
    with ledger.writing():
        brief = ledger.history.latest("C3", firm.PERIOD)
        assert brief is not None
        data = {"outcome": "Other lots sold", "manifest_sha256": brief.manifest_sha256, "trades": []}
        ledger.append(kinds.EXECUTED, data, client="C3", period=firm.PERIOD)
    drawn = sampled(tmp_path, firm.PERIOD, "s", 0)
    assert {one.client: one.risks for one in drawn.chosen} == {
        "C1": ("Brief edited",),
        "C2": ("Approved with changes",),
        "C3": ("Trades: Other lots sold",),
    }


def test_a_reviewers_results_are_typed_into_the_sheet_and_entered_all_or_none(tmp_path: Path) -> None:
    out = tmp_path / "firm"
    for client in ("C1", "C2"):
        firm.file(firm.recorder(out), client, flags=("High gain",))
    decided(out, "C1")
    drawn = sampled(out, firm.PERIOD, "s", 2)
    sheet = supervision.write_sample_sheet(drawn, tmp_path / "sample.xlsx", FirmFolder(out))
    book = openpyxl.load_workbook(sheet)
    page = book["Sample"]
    headers = [cell.value for cell in page[1]]
    assert page.cell(2, headers.index("Brief") + 1).hyperlink.target.startswith("firm/Client C")
    assert (tmp_path / page.cell(2, headers.index("Brief") + 1).hyperlink.target).is_file()
    assert (tmp_path / page.cell(2, headers.index("Bundle") + 1).hyperlink.target).is_file()
    assert page.data_validations.dataValidation[0].formula1 == '"clear,finding,follow-up"'
    page.cell(2, headers.index("Result") + 1).value = "Finding"
    book.save(sheet)
    folder, who = FirmFolder(out), firm.recording(out)
    with pytest.raises(DecisionRefused, match="needs a remark, so nothing was entered"):
        supervision.enter_results(folder, who, firm.PERIOD, supervision.results_of(sheet), by="Robin")
    page.cell(2, headers.index("Remarks") + 1).value = "No note of the call."
    page.cell(3, headers.index("Result") + 1).value = "clear"
    book.save(sheet)
    results = supervision.results_of(sheet)
    entered = supervision.enter_results(folder, who, firm.PERIOD, results, by="dana w.")
    assert {one.client: one.own for one in entered} == {"C1": True, "C2": False}
    assert supervision.enter_results(folder, who, firm.PERIOD, results, by="dana w.") == []
    again = sampled(out, firm.PERIOD, "s", 2)
    assert again.again
    assert "All of them are reviewed." in supervision.sample_lines(again)
    assert {row[8] for row in supervision.sample_table(again)[1:]} == {"finding", "clear"}
    with pytest.raises(DecisionRefused, match="C7 is in no sample"):
        supervision.enter_results(folder, who, firm.PERIOD, [("C7", Result.CLEAR, "")], by="Robin")
    page.cell(3, headers.index("Result") + 1).value = "fine"
    book.save(sheet)
    with pytest.raises(ExportUnreadable, match=r"row 3, column Result: 'fine' is no result"):
        supervision.results_of(sheet)
    (tmp_path / "no.xlsx").write_bytes(b"PK")
    with pytest.raises(ExportUnreadable, match="not a workbook"):
        supervision.results_of(tmp_path / "no.xlsx")
    assert firm.verdict(out).clean


def test_a_period_without_briefs_names_the_ones_there_are(tmp_path: Path) -> None:
    firm.file(firm.recorder(tmp_path))
    with pytest.raises(RecordsUnreadable, match=r"No brief of 2030-Q1.*2026-Q4"):
        sampled(tmp_path, "2030-Q1", "s", 1)


# --- Lists and exports


def test_entries_are_listed_by_client_period_person_and_decision(tmp_path: Path) -> None:
    recorder = firm.recorder(tmp_path)
    firm.file(recorder)
    firm.file(recorder, "C2")
    firm.file(recorder, "C2", period="2027-Q1")
    decided(tmp_path, choice=Choice.DEFER)
    folder = FirmFolder(tmp_path)
    assert [e.n for e in use.entries(folder, Wanted(client="C2"))] == [3, 4]
    assert [e.n for e in use.entries(folder, Wanted(client="C2", period="2027-Q1"))] == [4]
    assert [e.n for e in use.entries(folder, Wanted(by="dana w."))] == [5]
    assert [e.n for e in use.entries(folder, Wanted(decision="defer"))] == [5]
    assert use.entries(folder, Wanted(decision="approve")) == []
    assert "defer by Dana W." in str(use.entries_table(use.entries(folder, Wanted()))[-1])


def test_the_complete_file_of_a_client_is_exported_with_a_manifest_and_recorded(tmp_path: Path) -> None:
    recorder = firm.recorder(tmp_path)
    brief = firm.file(recorder).brief
    firm.file(recorder, "C2")
    decided(tmp_path, signed=Attached(".pdf", b"%PDF"))
    brief.with_name("email.txt").unlink()
    brief.with_name("email.eml").write_bytes(b"other")
    done = use.export_file(FirmFolder(tmp_path), firm.recording(tmp_path), Wanted("C1"), Path("c1.zip"))
    assert done.missing == ("Client C1/2026-Q4/email.txt",)
    assert done.changed == ("Client C1/2026-Q4/email.eml",)
    assert done.file == tmp_path / "_exports" / "c1.zip"
    with zipfile.ZipFile(done.file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(parts[MANIFEST])
    for name, own in manifest["files"].items():
        assert hashlib.sha256(parts[name]).hexdigest() == own
    assert not any("C2" in name for name in parts)
    assert b"Client C2" not in parts[ENTRIES]
    assert parts["files/Client C1/2026-Q4/brief-signed.pdf"] == b"%PDF"
    assert any(name.startswith("files/_records/bundles/") for name in parts)
    last = entries(tmp_path)[-1]
    assert (last.kind, last.data["sha256"]) == (
        kinds.EXPORT,
        hashlib.sha256(done.file.read_bytes()).hexdigest(),
    )


@pytest.mark.parametrize("name", ["../x.zip", "/x.zip", "a/../../x.zip", "x.exe", "C:\\x.zip"])
def test_an_export_stays_in_the_firms_folder(tmp_path: Path, name: str) -> None:
    out = tmp_path / "firm"
    firm.file(firm.recorder(out))
    with pytest.raises(FilingFailed):
        use.export_file(FirmFolder(out), firm.recording(out), Wanted("C1"), Path(name))
    assert not list(tmp_path.rglob("x.*"))


def test_an_export_overwrites_nothing_and_needs_to_know_whose(tmp_path: Path) -> None:
    firm.file(firm.recorder(tmp_path))
    who = firm.recording(tmp_path)
    use.export_file(FirmFolder(tmp_path), who, Wanted("C1"), Path("x.zip"))
    with pytest.raises(FilingFailed, match="not overwritten"):
        use.export_file(FirmFolder(tmp_path), who, Wanted("C1"), Path("x.zip"))
    with pytest.raises(FilingFailed, match="Say whose"):
        use.export_file(FirmFolder(tmp_path), who, Wanted(), Path("y.zip"))
    with pytest.raises(RecordsUnreadable, match="Nothing is on record for C7"):
        use.export_file(
            FirmFolder(tmp_path), who, Wanted("C7"), Path("x.zip")
        )  # the client first, then the file


# --- Conflict copies


def forked(tmp_path: Path) -> Path:
    """Two computers filed offline from the same start; the sync program kept the other's ledger as a copy."""
    out = tmp_path / "firm"
    firm.file(firm.recorder(out))
    ledger = FirmFolder(out).ledger
    start = ledger.read_bytes()
    firm.anchor(out).unlink()
    firm.file(firm.recorder(out, by="riley"), "C2")
    decided(out, "C2")
    other = ledger.read_bytes()
    ledger.write_bytes(start)
    firm.anchor(out).unlink()
    firm.file(firm.recorder(out), "C3")
    ledger.with_name("ledger-PC-2.jsonl").write_bytes(other)
    return out


def test_a_conflict_copy_is_noticed_and_its_entries_come_in_quoted_whole(tmp_path: Path) -> None:
    out = forked(tmp_path)
    assert Trouble.COPY in {f.trouble for f in firm.verdict(out).findings}
    copy = FirmFolder(out).records / "ledger-PC-2.jsonl"
    theirs = copy.read_bytes().splitlines()[2:]
    merged = use.merge(FirmFolder(out), firm.recording(out))
    assert [(one.name, one.entries, one.damaged) for one in merged] == [("ledger-PC-2.jsonl", 2, 0)]
    chain = read_ledger(FirmFolder(out))
    assert not chain.findings
    quoted = [e.data["line"].encode() for e in chain.entries if e.kind == kinds.MERGED]
    assert quoted == theirs
    assert firm.verdict(out).clean, firm.verdict(out).findings
    # What was merged counts: C2's brief and the decision on it.
    assert [e.kind for e in use.entries(FirmFolder(out), Wanted("C2"))] == [kinds.BRIEF, kinds.DECISION]
    assert decided(out, "C2").brief.client == "C2"
    assert use.merge(FirmFolder(out), firm.recording(out)) == []


def test_a_damaged_line_of_a_copy_is_quoted_too_and_a_merge_cut_short_is_completed(tmp_path: Path) -> None:
    out = forked(tmp_path)
    copy = FirmFolder(out).records / "ledger-PC-2.jsonl"
    copy.write_bytes(copy.read_bytes() + b"\xff damaged \xfe\n")
    use.merge(FirmFolder(out), firm.recording(out))
    ledger = FirmFolder(out).ledger
    lines = ledger.read_bytes().splitlines(keepends=True)
    ledger.write_bytes(
        b"".join(lines[:-3])
    )  # the second quote, the damaged one and the last word are not written yet
    firm.anchor(out).unlink()
    (again,) = use.merge(FirmFolder(out), firm.recording(out))
    assert (again.entries, again.damaged) == (1, 1)
    quoted = [e.data["line"] for e in read_ledger(FirmFolder(out)).entries if e.kind == kinds.MERGED]
    assert len(quoted) == len(set(quoted)) == 3
    assert quoted[-1] == "\\xff damaged \\xfe"
    assert firm.verdict(out).clean


def test_a_copy_changed_after_the_merge_is_found(tmp_path: Path) -> None:
    out = forked(tmp_path)
    use.merge(FirmFolder(out), firm.recording(out))
    copy = FirmFolder(out).records / "ledger-PC-2.jsonl"
    assert not chain_of(copy.read_bytes()).findings
    copy.write_bytes(copy.read_bytes()[:-1])
    assert not firm.verdict(out).clean


@pytest.mark.parametrize(
    ("by", "choice", "why", "said"),
    [("Dana W.", Choice.MODIFY, "  ", "what is to be changed"), (" ", Choice.APPROVE, "", "who decided")],
)
def test_changes_need_a_description_and_every_decision_a_name(
    tmp_path: Path, by: str, choice: Choice, why: str, said: str
) -> None:
    firm.file(firm.recorder(tmp_path))
    with pytest.raises(DecisionRefused, match=said):
        decided(tmp_path, choice=choice, by=by, why=why)
    assert not entries(tmp_path, kinds.DECISION)


def test_every_entry_that_somebody_answers_for_names_one_person_by_one_name(tmp_path: Path) -> None:
    firm.file(firm.recorder(tmp_path), flags=("High gain",))
    decided(tmp_path, by=" Dana  W. ")
    sampled(tmp_path, firm.PERIOD, "s", 1)
    folder, who, found = FirmFolder(tmp_path), firm.recording(tmp_path), [("C1", Result.CLEAR, "")]
    before = len(entries(tmp_path))
    with pytest.raises(DecisionRefused, match="who reviewed"):
        supervision.enter_results(folder, who, firm.PERIOD, found, by="  ")
    with pytest.raises(DecisionRefused, match="who answers"):
        use.accept(folder, who, by=" ", why="x")
    assert len(entries(tmp_path)) == before
    (entered,) = supervision.enter_results(folder, who, firm.PERIOD, found, by="dana w. ")
    assert (entered.by, entered.own) == ("dana w.", True)
