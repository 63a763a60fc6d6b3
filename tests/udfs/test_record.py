"""XR_QUARTER: the record in the firm's folder, found by what each host says of where the workbook lies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.udfs.excel import excel
from tests.udfs.test_functions import Call, data, whole_tables
from udfs import session
from udfs.record import folder_of
from xl_rebal import app
from xl_rebal.clock import recording


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample firm's workbook and the brief of one client."""
    workbook = app.write_sample(tmp_path_factory.mktemp("firm"))
    book = app.load(workbook)
    out = app.output_folder(book, workbook)
    app.make_briefs(book, out, client_ids=("HAR01",), workbook=workbook, recording=recording)
    return workbook.parent


@pytest.fixture(scope="module")
def call() -> Iterator[Call]:
    with excel() as function:
        yield function


@pytest.fixture
def key(call: Call) -> str:
    return str(call("XR_DATA", *data(whole_tables()))[0][0])


def test_each_clients_standing_comes_from_the_folder_that_the_cell_names(
    call: Call, key: str, firm: Path
) -> None:
    table = call("XR_QUARTER", key, f"{firm}/[rebalance.xlsm]Quarter")
    header, *rows = table
    standing = {row[0]: dict(zip(header, row, strict=True)) for row in rows}
    assert standing["HAR01"]["Next"] == "Decide"
    assert standing["NAK02"]["Next"] == "Make the brief"
    assert standing["MAR06"]["Next"] == "Fix the data"
    assert len(call("XR_QUARTER", key, str(firm), 3)) == 4
    ledger = firm / "clients" / "_records" / "ledger.jsonl"
    whole = ledger.read_bytes()
    ledger.write_bytes(whole.splitlines(keepends=True)[0])
    try:
        changed = call("XR_QUARTER", key, str(firm))
    finally:
        ledger.write_bytes(whole)
    assert changed[1][header.index("Next")] == "Make the brief"


def test_without_a_folder_it_says_so_and_a_refresh_brings_its_own(call: Call, key: str, firm: Path) -> None:
    assert str(call("XR_QUARTER", key)[1][0]).startswith("Not known yet where this workbook lies")
    assert str(call("XR_QUARTER", key, "Z:/gone/[x.xlsm]Quarter")[1][0]).startswith("Not known yet")
    with session.beside(firm):
        assert call("XR_QUARTER", key)[1][0] == "HAR01"
    assert session.place() is None


def test_the_words_of_excel_and_of_libreoffice_lead_to_the_same_folder(tmp_path: Path) -> None:
    place = tmp_path / "A firm's"
    place.mkdir()
    assert folder_of(f"{place}/[rebalance.xlsm]Quarter") == place
    assert folder_of(f"'{(place / 'rebalance.ods').as_uri()}'#$Quarter") == place
    assert folder_of(str(place)) == place
    assert folder_of("") is None
    assert folder_of("https://firm.sharepoint.com/[rebalance.xlsm]Quarter") is None
