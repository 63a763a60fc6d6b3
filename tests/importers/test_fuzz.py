"""Whatever a file holds, reading it gives values and Problems or one refusal in words: real files of every system, mutated."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.importers import system_files as files
from tests.importers.memory import account, client, sheets
from xl_rebal.errors import ExportUnreadable, FetchFailed
from xl_rebal.fetching.black_diamond import _accounts
from xl_rebal.fetching.store import without_numbers
from xl_rebal.importers.detect import header_columns, lacking_of
from xl_rebal.importers.mapping import Overrides, systems
from xl_rebal.importers.read import grids_of_file, read_exports
from xl_rebal.importing import merge

SYSTEMS = ("auto", *systems())
TOKENS = [
    b'"', b",", b"\n", b"\r", b"\x00", b"Total", b"--", b"1E+9", b"}", b";", b"<", b"&", b"-", b"(", b"\xff", b"\xef\xbb\xbf",
    b"9" * 30, b"<c/>", b't="s"', b"<v>-5</v>", b"12/31/9999", b"0000-00-00", b"NaN", b"1.2.3", "\u200b".encode(),
]  # fmt: skip
VALUES: list[Any] = [
    None, True, 0, -1, 1e308, 10**30, "", "x", [], {}, [[]], [{}], [None], {"a": {}}, "2026-13-45", "9" * 40, "=1+1", "1e999",
]  # fmt: skip
ANY = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
Draw = Callable[[st.SearchStrategy[Any]], Any]


@cache
def sound() -> list[tuple[str, bytes]]:
    """Every file of every system."""
    portfolios = [one for system in files.SYSTEMS for one in files.files_of(system)]
    return portfolios + [one for crm in files.CRM.values() for one in crm()]


def survives(system: str, name: str, content: bytes, *, complete: bool = False) -> None:
    """Reads, merges and explains a file; nothing but a refusal in words may be raised."""
    try:
        imported = read_exports(system, [(name, content)], complete=complete).imported
        assert all(str(problem) for problem in imported.problems)
        own = [account(one.account, "C1", files.custodian(s)) for s in files.SYSTEMS for one in files.held(s)]
        merge(imported, sheets(accounts=own, clients=[client("C1", "Jordan Roe FID")]))
        for grid in grids_of_file(name, content, {}):
            for one in (systems()["orion"], systems()["redtail"]):
                assert all(str(column) for column in header_columns(grid, one, Overrides()))
                lacking_of(grid, one, Overrides())
    except ExportUnreadable as refused:
        if len(str(refused)) < 20:
            raise


def mangled(draw: Draw, content: bytes) -> bytes:
    found = bytearray(content)
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(found)))
        length = draw(st.sampled_from([0, 0, 1, 3, 60, 2000]))
        found[at : at + length] = draw(st.one_of(st.sampled_from(TOKENS), st.binary(max_size=6)))
    return bytes(found)


@ANY
@given(st.data())
def test_a_file_with_damaged_bytes(data):
    name, content = data.draw(st.sampled_from(sound()))
    system = data.draw(st.sampled_from(SYSTEMS))
    survives(system, name, mangled(data.draw, content), complete=data.draw(st.booleans()))


@ANY
@given(st.data())
def test_a_workbook_with_damaged_parts(data):
    """Damaged before it was zipped: the archive itself is sound, so the damage reaches the reader."""
    name, content = data.draw(st.sampled_from([one for one in sound() if one[1].startswith(b"PK")]))
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w") as new:
        victim = data.draw(st.sampled_from(old.namelist()))
        for part in old.namelist():
            text = old.read(part)
            new.writestr(part, mangled(data.draw, text) if part == victim else text)
    survives(data.draw(st.sampled_from(SYSTEMS)), name, target.getvalue())


@ANY
@given(st.data())
def test_json_with_values_where_they_do_not_belong(data):
    name, content = data.draw(st.sampled_from([one for one in sound() if one[1][:1] in b"{["]))
    document = json.loads(content)
    for _ in range(data.draw(st.integers(1, 4))):
        node = document
        while isinstance(node, (dict, list)) and node:
            places = list(node) if isinstance(node, dict) else list(range(len(node)))
            place = data.draw(st.sampled_from(places))
            inner = node[place]
            if not isinstance(inner, (dict, list)) or not inner or data.draw(st.integers(0, 3)) == 0:
                node[place] = data.draw(st.sampled_from(VALUES))
                break
            node = inner
    survives(data.draw(st.sampled_from(SYSTEMS)), name, json.dumps(document).encode())


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(SYSTEMS), st.binary(max_size=400))
def test_any_bytes_under_any_name(system, content):
    survives(system, "file.dat", content)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.lists(st.text(max_size=12), max_size=8), max_size=12), st.sampled_from(SYSTEMS))
def test_any_cells_below_a_real_header(rows, system):
    header = "Account Number,Symbol,Description,Acquired,Quantity,Last Price,Current Value,Cost Basis Total"
    lines = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    survives(system, "Lots 2026-02-13.csv", "\n".join([header, *lines]).encode("utf-8", "replace"))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.binary(max_size=200))
def test_any_batch_of_an_api_is_read_or_refused(content, inner):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("Account_1.json", inner)
    for batch in (content, target.getvalue(), target.getvalue()[:-9]):
        with suppress(FetchFailed):
            assert list(_accounts(batch)) == []
    without_numbers(content)
