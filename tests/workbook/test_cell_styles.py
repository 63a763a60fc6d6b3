"""Named cell styles: the kinds of cells that a firm restyles in Excel's gallery, and that their cells follow them.

That a changed style changes its cells is seen in a real spreadsheet program: tests/libreoffice/test_install.py.
"""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from lxml import etree

from workbook.build import build_workbook
from workbook.cell_styles import with_named_styles
from workbook.styles import Styles
from xl_rebal.refreshing.run import refresh
from xl_rebal.sample import firm_rows, firm_settings_values

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("styles") / "rebalance.xlsx"
    return build_workbook(path, firm_rows(), firm_settings_values(), macros=False)


def styles_of(path: Path) -> dict[str, str]:
    """The named style of cells that stand for their kinds, as a reader that is not ours tells it."""
    places = (
        "Dashboard!A1", "Dashboard!B6", "Dashboard!A7", "Dashboard!C7", "Dashboard!C9", "Dashboard!E9", "Dashboard!F4",
        "Client!C2", "Client!E9", "Client!D9", "What-If!C6", "Clients!A1", "Clients!E1", "Clients!A2", "Clients!G2",
        "Notes!C2", "Lots!C2", "Lots!D2", "Lots!E2", "Targets!C2", "Securities!C2", "Settings!B3", "Settings!B12", "Checks!A5",
    )  # fmt: skip
    with pytest.warns(UserWarning, match="extension is not supported"):
        book = openpyxl.load_workbook(path)
    return {place: book[place.split("!")[0]][place.split("!")[1]].style for place in places}


def test_each_kind_of_cell_has_the_style_that_it_is_called_by(built: Path) -> None:
    assert styles_of(built) == {
        "Dashboard!A1": "XR Title", "Dashboard!B6": "XR Entry", "Dashboard!A7": "XR Header", "Dashboard!C7": "XR Header",
        "Dashboard!C9": "XR Result Dollars", "Dashboard!E9": "XR Result Drift", "Dashboard!F4": "XR Figure",
        "Client!C2": "XR Entry", "Client!E9": "XR Result Percent", "Client!D9": "XR Result Money", "What-If!C6": "XR Entry",
        "Clients!A1": "XR Header Required", "Clients!E1": "XR Header Optional", "Clients!A2": "XR Input",
        "Clients!G2": "XR Input Date", "Notes!C2": "XR Input Note", "Lots!C2": "XR Input Date", "Lots!D2": "XR Input Quantity",
        "Lots!E2": "XR Input Money", "Targets!C2": "XR Input Percent", "Securities!C2": "XR Input Price",
        "Settings!B3": "XR Setting", "Settings!B12": "XR Setting", "Checks!A5": "XR Link",
    }  # fmt: skip


def test_a_cell_applies_only_what_its_style_has_not(built: Path) -> None:
    """What a format shares with its style is marked as not applied, or a changed style would not reach the cell."""
    with zipfile.ZipFile(built) as book:
        root = etree.fromstring(book.read("xl/styles.xml"))
    records = root.find(f"{MAIN}cellStyleXfs")
    named = [form for form in root.find(f"{MAIN}cellXfs") if form.get("xfId") != "0"]
    assert len(named) > 40
    flags = {
        "numFmtId": "applyNumberFormat",
        "fontId": "applyFont",
        "fillId": "applyFill",
        "borderId": "applyBorder",
    }
    for form in named:
        record = records[int(form.get("xfId"))]
        for key, flag in flags.items():
            assert form.get(flag) == str(int(form.get(key) != record.get(key))), etree.tostring(form)
        for tag, flag in (("alignment", "applyAlignment"), ("protection", "applyProtection")):
            mine, its = (
                dict(e.attrib) if (e := xf.find(f"{MAIN}{tag}")) is not None else {} for xf in (form, record)
            )
            assert form.get(flag) == str(int(mine != its)), etree.tostring(form)


def test_a_refresh_leaves_the_styles_of_every_cell(built: Path, tmp_path: Path) -> None:
    book = Path(shutil.copy(built, tmp_path))
    with zipfile.ZipFile(book) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    for name, content in parts.items():
        if name.startswith("xl/worksheets/sheet"):  # a stored result of before
            parts[name] = content.replace(b"<v>2122038.04</v>", b"<v>1</v>")
    with zipfile.ZipFile(book, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)
    before = styles_of(book)
    assert refresh(book).cells
    assert styles_of(book) == before


def test_two_names_for_one_look_are_refused(tmp_path: Path) -> None:
    """Excel could not tell their cells apart: one format has one style."""
    with xlsxwriter.Workbook(str(tmp_path / "book.xlsx")) as book:
        styles = Styles(book)
        styles("XR One", bold=True)
        with pytest.raises(ValueError, match=re.escape("XR One and XR Two look the same")):
            styles("XR Two", bold=True)


def test_no_names_leave_the_styles_as_they_are(built: Path) -> None:
    with zipfile.ZipFile(built) as book:
        content = book.read("xl/styles.xml")
    assert with_named_styles(content, {}) == content
