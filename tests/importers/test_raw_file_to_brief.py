"""Each of the eleven systems from raw file to filed brief: found out, imported, checked, and a Word brief of what it said."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import docx
import pytest

from tests.importers import system_files as files
from tests.importers.test_systems import imported
from xl_rebal import app as use
from xl_rebal.engine.problems import Severity
from xl_rebal.importers.mapping import systems
from xl_rebal.money import money_text, value_cents


@pytest.fixture(scope="module")
def empty(tmp_path_factory) -> Path:
    return files.workbook(tmp_path_factory.mktemp("firm") / "firm.xlsx")


@pytest.fixture(scope="module")
def with_holdings(empty, tmp_path_factory) -> Path:
    """The firm with one custodian's holdings, as it is before the CRM's entries come."""
    book = Path(shutil.copy(empty, tmp_path_factory.mktemp("held") / "firm.xlsx"))
    imported("auto", files.files_of("fidelity"), book)
    return book


def text_of(brief: Path) -> str:
    """All words of a brief, those in its tables included."""
    document = docx.Document(str(brief))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


@pytest.mark.parametrize("system", [*files.SYSTEMS, *files.CRM])
def test_a_systems_files_become_a_filed_brief(system, empty, with_holdings, tmp_path):
    crm = system in files.CRM
    book = Path(shutil.copy(with_holdings if crm else empty, tmp_path / "firm.xlsx"))
    result = imported("auto", files.CRM[system]() if crm else files.files_of(system), book)
    assert [str(p) for p in result.problems] == []
    assert all(line.startswith(systems()[system].name) for line in result.evidence)

    firm = files.held("fidelity" if crm else system)
    loaded = use.load(book)
    own = {one.client for one in firm}
    assert [str(p) for p in loaded.problems if p.client_id in own and p.severity is Severity.ERROR] == []
    if crm:
        entries = {client: [note.text for note in loaded.household(client).notes] for client in own}
        assert {
            client: texts[0].partition("\n")[0].removeprefix("Call: ") for client, texts in entries.items()
        } == files.NOTED

    for one in firm:  # what the files say an account is worth is what the book makes it, to the cent
        bonds = (
            Decimal(0)
            if system != "schwab"
            else sum((x.value for x in one.lots if x.symbol == files.BOND), Decimal(0))
        )
        stated = sum((lot.value for lot in one.lots), one.cash) - bonds
        home = loaded.household(one.client)
        held = [lot for lot in home.lots if lot.account_id == one.account]
        price = {s: loaded.securities[s].price for s in {lot.symbol for lot in held}}
        shares = {s: sum((x.quantity for x in held if x.symbol == s), Decimal(0)) for s in price}
        worth = sum(value_cents(quantity, price[s] or Decimal(0)) for s, quantity in shares.items())
        assert worth + sum(c.cents for c in home.cash if c.account_id == one.account) == files.cents(stated)

    filed = use.make_briefs(loaded, tmp_path / "clients", client_ids=[firm[0].client], workbook=book)
    assert (len(filed.filed), filed.withheld, filed.failed) == (1, (), ())
    (brief,) = (tmp_path / "clients").rglob("brief.docx")
    text = text_of(brief)
    assert firm[0].household in text
    total = sum(files.cents(lot.value) for one in firm[:2] for lot in one.lots) + sum(
        files.cents(x.cash) for x in firm[:2]
    )
    if system != "schwab":
        assert money_text(total).partition(".")[0] in text
    if crm:
        assert "6 months of cash" in text
