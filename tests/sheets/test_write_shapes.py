"""What users put around, into and below a table: kept as it is, or refused with what to do, and never a damaged file."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from tests.sheets.test_write import HEADERS, OWN, parts, sound_sheet, table_ref
from xl_rebal.errors import WorkbookUnwritable
from xl_rebal.sheets.formulas import around_formulas
from xl_rebal.sheets.source import read_tables
from xl_rebal.sheets.write import Change, change_rows

SHEET = "xl/worksheets/sheet1.xml"
NEW = {"Account ID": "A", "Symbol": "N", "Quantity": 9}
GROWN = {"Lots": Change(added=(NEW, NEW))}
Page = Any  # an xlsxwriter worksheet


def lots_book(
    path: Path,
    around: Callable[[xlsxwriter.Workbook, Page], object],
    *,
    extra: tuple[dict[str, str], ...] = (),
) -> Path:
    """Lots as a table in A1:E4 (more with `extra` columns), and what `around` puts on the sheet."""
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("Lots")
        columns = [*({"header": header} for header in HEADERS), *extra]
        page.add_table(0, 0, 3, len(columns) - 1, {"data": OWN, "columns": columns, "name": "T"})
        around(book, page)
    return path


def symbols(path: Path) -> list[object]:
    return [row[1] for row in read_tables(path)["Lots"].rows]


def refused(path: Path, changes: dict[str, Change], said: str) -> None:
    content = path.read_bytes()
    with pytest.raises(WorkbookUnwritable, match=said):
        change_rows(path, changes)
    assert path.read_bytes() == content


def test_rows_are_not_grown_into_a_table_below(tmp_path):
    def below(_: xlsxwriter.Workbook, page: Page) -> None:
        page.add_table(5, 1, 7, 2, {"name": "Mine"})

    path = lots_book(tmp_path / "own.xlsx", below)
    change_rows(path, {"Lots": Change({2: {"Quantity": 7}})})  # without growing nothing is in the way
    with pytest.raises(WorkbookUnwritable):
        change_rows(path, {"Lots": Change(added=(NEW,) * 4)})


def test_rows_are_not_grown_into_merged_cells(tmp_path):
    path = lots_book(tmp_path / "own.xlsx", lambda _, page: page.merge_range("B6:D6", ""))
    change_rows(path, {"Lots": Change(added=(NEW,))})
    refused(path, {"Lots": Change(added=(NEW,))}, r"merged cells \(B6:D6\) stand below")


def test_merged_cells_and_tables_beside_the_rows_are_not_in_the_way(tmp_path):
    def beside(_: xlsxwriter.Workbook, page: Page) -> None:
        page.merge_range("H5:I5", "")
        page.add_table(3, 10, 6, 11, {"name": "Mine"})

    path = lots_book(tmp_path / "own.xlsx", beside)
    change_rows(path, GROWN)
    assert symbols(path)[-2:] == ["N", "N"]
    assert table_ref(path, "xl/tables/table1.xml") == "A1:E6"
    assert table_ref(path, "xl/tables/table2.xml") == "K4:L7"


def test_a_note_below_the_table_is_never_taken_into_it(tmp_path):
    path = lots_book(tmp_path / "own.xlsx", lambda _, page: page.write("A8", "Source: custodian"))
    refused(path, GROWN, r"stands 'Source: custodian' \(row 8\)")
    change_rows(path, {"Lots": Change({2: {"Quantity": 7}})})
    assert table_ref(path, "xl/tables/table1.xml") == "A1:E4"


def test_rows_pasted_below_the_table_count_as_its_rows(tmp_path):
    path = lots_book(tmp_path / "own.xlsx", lambda _, page: page.write_row("A5", ["A", "P", 45003, 4, 40.5]))
    change_rows(path, GROWN)
    assert symbols(path) == ["X", "Y", "Z", "P", "N", "N"]
    assert table_ref(path, "xl/tables/table1.xml") == "A1:E7"


def test_formatted_rows_below_the_table_take_new_rows_in_order(tmp_path):
    def formatted(book: xlsxwriter.Workbook, page: Page) -> None:
        for row in range(4, 9):
            page.write_blank(row, 3, None, book.add_format({"bold": True}))

    path = lots_book(tmp_path / "own.xlsx", formatted)
    change_rows(path, {"Lots": Change(added=tuple({**NEW, "Symbol": f"N{n}"} for n in range(9)))})
    assert symbols(path)[3:] == [f"N{n}" for n in range(9)]
    sound_sheet(parts(path)[SHEET])


def test_hidden_columns_filters_and_conditional_formats_stay_and_cover_the_new_rows(tmp_path):
    def around(book: xlsxwriter.Workbook, page: Page) -> None:
        page.set_column("C:C", None, None, {"hidden": True})
        page.set_row(2, None, None, {"hidden": True})  # as a filter hides it
        page.conditional_format(
            "D2:D4", {"type": "cell", "criteria": ">", "value": 1, "format": book.add_format()}
        )
        page.data_validation("B2:B4", {"validate": "length", "criteria": "<", "value": 9})

    path = lots_book(tmp_path / "own.xlsx", around)
    change_rows(path, {"Lots": Change({3: {"Quantity": 5}}, added=(NEW,))})
    content = parts(path)[SHEET]
    sound_sheet(content)
    assert b'hidden="1"' in content.partition(b"<sheetData>")[0]
    assert len(re.findall(rb"<row [^>]*hidden", content)) == 1
    assert b'sqref="D2:D5"' in content
    assert b'sqref="B2:B5"' in content
    assert read_tables(path)["Lots"].rows[1][3] == 5


def test_a_formula_in_a_single_cell_gives_way_and_is_named(tmp_path):
    path = lots_book(tmp_path / "own.xlsx", lambda _, page: page.write_formula("D3", "=1+1", None, 2))
    changes = {"Lots": Change({3: {"Quantity": 5}})}
    found = around_formulas(path, changes, read_tables(path))
    assert (found.changes, found.kept, found.replaced) == (changes, (), ("Lots!D3",))
    change_rows(path, found.changes)
    assert read_tables(path)["Lots"].rows[1][3] == 5


def test_a_calculated_column_keeps_its_formula_in_old_and_new_rows(tmp_path):
    def around(_: xlsxwriter.Workbook, page: Page) -> None:
        page.add_table(9, 0, 11, 5, {"name": "Other"})

    columns = ({"header": "Value", "formula": "=[@Quantity]*2"},)
    path = lots_book(tmp_path / "own.xlsx", lambda *_: None, extra=columns)
    changes = {
        "Lots": Change({2: {"Value": 3}, 3: {"Value": 3, "Quantity": 8}}, added=({**NEW, "Value": 3},))
    }
    found = around_formulas(path, changes, read_tables(path))
    assert found.kept == ("Lots: Value",)
    assert found.replaced == ()
    change_rows(path, found.changes)
    sheet = openpyxl.load_workbook(path)["Lots"]
    assert [str(sheet.cell(row, 6).value).startswith("=") for row in range(2, 6)] == [True] * 4
    assert sheet["D3"].value == 8
    assert around_formulas(path, {"Lots": Change({2: {"Value": 3}})}, read_tables(path)).changes == {}


def shared(path: Path) -> Path:
    """D2:D4 hold one shared formula, as Excel stores one that was filled down."""
    import zipfile

    content = parts(path)
    text = content[SHEET].decode()
    for row, body in (
        (2, '<f t="shared" ref="D2:D4" si="0">E2*2</f>'),
        (3, '<f t="shared" si="0"/>'),
        (4, '<f t="shared" si="0"/>'),
    ):
        text, count = re.subn(rf'(<c r="D{row}"[^>]*>)', rf"\g<1>{body}", text)
        assert count == 1
    content[SHEET] = text.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def test_the_first_cell_of_a_shared_formula_hands_it_on_when_it_gets_a_value(tmp_path):
    path = shared(lots_book(tmp_path / "own.xlsx", lambda *_: None))
    assert [openpyxl.load_workbook(path)["Lots"][f"D{n}"].value for n in (2, 3, 4)] == [
        "=E2*2",
        "=E3*2",
        "=E4*2",
    ]
    change_rows(path, {"Lots": Change({2: {"Quantity": 5}})})
    sheet = openpyxl.load_workbook(path)["Lots"]
    assert [sheet[f"D{n}"].value for n in (2, 3, 4)] == [5, "=E3*2", "=E4*2"]
    change_rows(path, {"Lots": Change({3: {"Quantity": 6}, 4: {"Quantity": 7}})})
    assert b"shared" not in parts(path)[SHEET]


def test_a_cell_of_a_formula_over_several_cells_is_refused(tmp_path):
    path = lots_book(
        tmp_path / "own.xlsx", lambda _, page: page.write_array_formula("D2:D4", "{=E2:E4*2}", None, 3)
    )
    refused(path, {"Lots": Change({2: {"Quantity": 5}})}, "part of a formula that fills D2:D4")
    refused(path, {"Lots": Change({3: {"Quantity": 5}})}, "part of a formula that fills D2:D4")


def test_a_comment_near_the_table_stays_where_it_is(tmp_path):
    def around(_: xlsxwriter.Workbook, page: Page) -> None:
        page.write_comment("B4", "about Z")
        page.write_comment("H2", "beside")

    path = lots_book(tmp_path / "own.xlsx", around)
    before = {name: content for name, content in parts(path).items() if "comment" in name or "vml" in name}
    change_rows(path, {"Lots": Change(removed=frozenset({2}), added=(NEW, NEW))})
    assert symbols(path) == ["N", "Y", "Z", "N"] or symbols(path) == ["", "Y", "Z", "N", "N"]
    assert {name: parts(path)[name] for name in before} == before


def test_a_sheet_written_with_a_prefix_takes_rows_under_it(tmp_path):
    import zipfile

    path = lots_book(tmp_path / "own.xlsx", lambda *_: None)
    content = parts(path)
    text = content[SHEET].decode()
    text = re.sub(r"<(/?)(?!\?|x:)(\w)", r"<\1x:\2", text).replace("xmlns=", "xmlns:x=", 1)
    content[SHEET] = text.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    change_rows(path, GROWN)
    assert symbols(path) == ["X", "Y", "Z", "N", "N"]
    assert b"<row" not in parts(path)[SHEET]
