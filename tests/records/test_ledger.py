"""The ledger: entries chained by hash, appended whole, mended in the open after an interrupted append."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.records import firm
from xl_rebal.errors import FilingFailed, RecordsUnreadable
from xl_rebal.records import entry as kinds
from xl_rebal.records.canonical import canonical
from xl_rebal.records.entry import START, chain_of
from xl_rebal.records.findings import Trouble
from xl_rebal.records.ledger import read_ledger
from xl_rebal.records.places import FirmFolder, patiently
from xl_rebal.records.retention import retain_until


def noted(out: Path, *texts: str, at=firm.NOON) -> None:
    ledger = firm.ledger(out, at=at)
    with ledger.writing():
        for text in texts:
            ledger.append("remark", {"text": text})


def lines(out: Path) -> list[bytes]:
    return FirmFolder(out).ledger.read_bytes().splitlines()


def test_an_entry_is_canonical_json_with_its_own_hash_over_all_the_rest(tmp_path: Path) -> None:
    """Recomputed here with json and hashlib alone, as an examiner would."""
    noted(tmp_path, "Zoë, 李", "second")
    previous = "0" * 64
    for number, line in enumerate(lines(tmp_path), start=1):
        body = json.loads(line)
        own = body.pop("hash")
        plain = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")
        assert hashlib.sha256(plain).hexdigest() == own
        assert (body["n"], body["prev"]) == (number, previous)
        previous = own
    assert [json.loads(line)["kind"] for line in lines(tmp_path)] == [kinds.OPENED, "remark", "remark"]
    assert "Zoë, 李".encode() in lines(tmp_path)[1]
    assert START == "0" * 64


@pytest.mark.parametrize("value", [0.5, Decimal("1.5"), date(2026, 1, 1), {1: "a"}, b"x"])
def test_only_whole_numbers_and_text_are_recorded(value: object) -> None:
    with pytest.raises(TypeError):
        canonical({"value": value})


def test_a_damaged_name_is_spelled_out_rather_than_refused() -> None:
    assert canonical({"name": "a\udcff"}) == b'{"name":"a\\\\udcff"}'


def test_an_entry_is_kept_five_years_from_the_end_of_its_fiscal_year() -> None:
    """17 CFR 275.204-2(e)(1); a fiscal year that ends in February ends on its last day, leap years too."""
    assert retain_until(date(2026, 11, 22)) == date(2031, 12, 31)
    assert retain_until(date(2026, 12, 31)) == date(2031, 12, 31)
    assert retain_until(date(2027, 1, 1)) == date(2032, 12, 31)
    assert retain_until(date(2026, 7, 1), 6) == date(2032, 6, 30)
    assert retain_until(date(2026, 6, 30), 6) == date(2031, 6, 30)
    assert retain_until(date(2022, 12, 1), 2) == date(2028, 2, 29)


def test_a_fiscal_year_end_on_record_holds_for_the_entries_after_it(tmp_path: Path) -> None:
    ledger = firm.ledger(tmp_path)
    with ledger.writing():
        ledger.append(kinds.FISCAL_YEAR, {"month": 6})
    noted(tmp_path, "after")
    assert [found.retain_until for found in read_ledger(FirmFolder(tmp_path)).entries] == [
        "2031-12-31",
        "2031-12-31",
        "2032-06-30",
    ]


def test_a_clock_that_goes_back_is_recorded_as_it_is_and_order_is_by_number(tmp_path: Path) -> None:
    noted(tmp_path, "first")
    noted(tmp_path, "second", at=firm.NOON - timedelta(days=400))
    chain = read_ledger(FirmFolder(tmp_path))
    assert not chain.findings
    assert [found.at[:4] for found in chain.entries] == ["2026", "2026", "2025"]
    assert [found.n for found in chain.entries] == [1, 2, 3]
    assert firm.verdict(tmp_path).clean


def test_two_ledgers_of_one_folder_see_each_others_entries(tmp_path: Path) -> None:
    first, second = firm.ledger(tmp_path, "dana"), firm.ledger(tmp_path, "riley")
    for turn in (first, second, first, second):
        with turn.writing():
            turn.append("remark", {})
    chain = read_ledger(FirmFolder(tmp_path))
    assert not chain.findings
    assert [found.by for found in chain.entries] == ["dana", "dana", "riley", "dana", "riley"]


@pytest.mark.parametrize("cut", [1, 40, 300])
def test_a_torn_last_line_is_kept_aside_recorded_and_the_ledger_goes_on(tmp_path: Path, cut: int) -> None:
    noted(tmp_path, "first", "x" * 400)
    path = FirmFolder(tmp_path).ledger
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    torn = whole[:-cut].rpartition(b"\n")[2]
    assert Trouble.TORN in {f.trouble for f in firm.verdict(tmp_path).findings}
    noted(tmp_path, "third")
    chain = read_ledger(FirmFolder(tmp_path))
    assert not chain.findings
    evidence = next(found for found in chain.entries if found.kind == kinds.TORN)
    kept = tmp_path / "_records" / evidence.data["file"]
    assert kept.read_bytes() == torn
    assert evidence.data["sha256"] == hashlib.sha256(torn).hexdigest()
    # The entry that was torn was acknowledged by the anchor, so its loss stays visible.
    assert {f.trouble for f in firm.verdict(tmp_path).findings} == {Trouble.ANCHOR}


def test_bytes_after_a_power_cut_are_torn_and_not_taken_for_an_entry(tmp_path: Path) -> None:
    """A file system may lengthen a file with zeros before the bytes reach the disk."""
    noted(tmp_path, "first")
    with FirmFolder(tmp_path).ledger.open("ab") as file:
        file.write(b"\0" * 700)
    noted(tmp_path, "second")
    assert firm.verdict(tmp_path).clean
    assert [p.stat().st_size for p in (tmp_path / "_records").glob("*.torn")] == [700]


def test_a_disk_that_fills_up_in_an_append_leaves_a_ledger_that_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted(tmp_path, "first")
    real = os.write

    def half(handle: int, content: bytes) -> int:
        if b'"text":"second"' in bytes(content):
            real(handle, bytes(content)[:50])
            raise OSError(28, os.strerror(28))
        return real(handle, content)

    with monkeypatch.context() as patch:
        patch.setattr("xl_rebal.records.ledger.os.write", half)
        with pytest.raises(FilingFailed, match="disk is full"):
            noted(tmp_path, "second")
    noted(tmp_path, "third")
    assert firm.verdict(tmp_path).clean
    assert [f.data.get("text") for f in read_ledger(FirmFolder(tmp_path)).entries if f.kind == "remark"] == [
        "first",
        "third",
    ]


def test_entries_cut_off_before_an_append_are_noticed_and_the_anchor_kept_as_evidence(tmp_path: Path) -> None:
    noted(tmp_path, "first", "second", "third")
    known = firm.anchor(tmp_path).read_bytes()
    path = FirmFolder(tmp_path).ledger
    path.write_bytes(b"\n".join(lines(tmp_path)[:2]) + b"\n")
    noted(tmp_path, "fourth")
    found = firm.verdict(tmp_path)
    assert not found.clean
    assert [f.trouble for f in found.findings] == [Trouble.ANCHOR]
    assert "had 2 entries, and the anchor of dana knew 4" in str(found.findings[0])
    kept = list(tmp_path.parent.glob(f"{tmp_path.name}.kept-*.json"))
    assert [p.read_bytes() for p in kept] == [known]


def test_a_deleted_ledger_is_started_again_but_not_unseen(tmp_path: Path) -> None:
    noted(tmp_path, "first", "second")
    FirmFolder(tmp_path).ledger.unlink()
    noted(tmp_path, "third")
    assert Trouble.ANCHOR in {f.trouble for f in firm.verdict(tmp_path).findings}


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ([0, 1, 3, 4], [(Trouble.MISSING, "entry 3")]),
        ([0, 3, 4], [(Trouble.MISSING, "entries 2 to 3")]),
        ([0, 1, 3, 2, 4], [(Trouble.REORDERED, "entry 4"), (Trouble.REORDERED, "entry 3")]),
        ([0, 1, 2, 2, 3, 4], [(Trouble.ADDED, "entry 3")]),
        ([1, 2, 3, 4], [(Trouble.MISSING, "entry 1")]),
        ([0, 1, 2, 3, 4, 1], [(Trouble.ADDED, "entry 2")]),
    ],
)
def test_missing_reordered_and_repeated_entries_are_named(
    tmp_path: Path, order: list[int], said: list[tuple[Trouble, str]]
) -> None:
    noted(tmp_path, "a", "b", "c", "d")
    every = lines(tmp_path)
    chain = chain_of(b"".join(every[i] + b"\n" for i in order))
    assert [(f.trouble, f.place) for f in chain.findings] == said


def test_an_entry_forged_with_a_hash_of_its_own_breaks_the_link_to_the_next(tmp_path: Path) -> None:
    noted(tmp_path, "a", "b", "c")
    every = lines(tmp_path)
    body = json.loads(every[2])
    del body["hash"]
    body["data"] = {"text": "forged"}
    body["hash"] = hashlib.sha256(canonical(body)).hexdigest()
    every[2] = canonical(body)
    findings = chain_of(b"".join(line + b"\n" for line in every)).findings
    assert [(f.trouble, f.place) for f in findings] == [(Trouble.CHANGED, "entry 4")]


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.replace(b'"at"', b' "at"', 1),
        lambda line: line.replace(b"remark", b"r\\u0065mark", 1),
        lambda line: b'{"by":"x",' + line[1:],
        lambda line: line.replace(b"}", b',"extra":1}', 1),
        lambda line: line.replace(b'"n":2', b'"n":2.0', 1),
        lambda line: b"[" + line + b"]",
        lambda line: b"",
        lambda line: b"{" * 5000,
    ],
)
def test_a_line_written_in_any_other_way_is_a_changed_one(tmp_path: Path, change) -> None:
    noted(tmp_path, "a", "b")
    every = lines(tmp_path)
    every[1] = change(every[1])
    findings = chain_of(b"".join(line + b"\n" for line in every)).findings
    assert [(f.trouble, f.place) for f in findings] == [(Trouble.CHANGED, "ledger line 2")]


def test_a_folder_without_a_record_is_said_to_have_none(tmp_path: Path) -> None:
    with pytest.raises(RecordsUnreadable, match="no record"):
        read_ledger(FirmFolder(tmp_path))
    with pytest.raises(RecordsUnreadable, match="no record"):
        firm.verdict(tmp_path)


@pytest.mark.parametrize(("number", "said"), [(13, "read-only"), (30, "read-only"), (28, "disk is full")])
def test_a_folder_that_cannot_be_written_is_said_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, said: str
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    noted(tmp_path, "first")
    before = firm.snapshot(tmp_path)
    monkeypatch.setattr("xl_rebal.records.lock.os.open", refuse)
    with pytest.raises(FilingFailed, match=said):
        noted(tmp_path, "second")
    assert firm.snapshot(tmp_path) == before


def test_a_home_that_cannot_be_written_keeps_no_brief_from_its_record(tmp_path: Path) -> None:
    """The anchor's folder is a file: the entry is written, and verify says that there is no anchor."""
    firm.anchor(tmp_path / "firm").mkdir()
    noted(tmp_path / "firm", "first")
    assert len(lines(tmp_path / "firm")) == 2


def test_a_file_that_a_scanner_holds_for_a_moment_is_waited_for_on_windows_only() -> None:
    pauses: list[float] = []

    def held(times: int):
        left = [times]

        def do() -> str:
            if left[0]:
                left[0] -= 1
                raise PermissionError(13, "held")
            return "done"

        return do

    assert patiently(held(3), windows=True, sleep=pauses.append) == "done"
    assert pauses == [0.05, 0.1, 0.2]
    for windows, times in ((True, 9), (False, 1)):
        with pytest.raises(PermissionError):
            patiently(held(times), windows=windows, sleep=pauses.append)
