"""Rows changed in a real workbook: everything else in the file stays as it was, byte for byte."""

from __future__ import annotations

import re
import shutil
import subprocess
import warnings
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from workbook.build import build_workbook
from xl_rebal import sample
from xl_rebal.errors import WorkbookUnwritable
from xl_rebal.sample.hartwell import JOINT, TRUST
from xl_rebal.sample.securities import security_rows
from xl_rebal.sheets.source import read_tables
from xl_rebal.sheets.write import Change, change_rows

ROWS = {**sample.hartwell_rows(), "Securities": security_rows()}
LOTS = ROWS["Lots"]
LAST = len(LOTS) + 1
NEW = {
    "Account ID": JOINT, "Symbol": "A&B <1>", "Acquired": date(2024, 2, 29), "Quantity": Decimal("1234567.00012345"),
    "Cost Basis": Decimal("9876543.21"),
}  # fmt: skip
TABLE = "xl/tables/table5.xml"  # of Lots


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """Macros, ribbon, dynamic arrays and comments; a column of the user's own on Lots."""
    rows = {**ROWS, "Lots": [dict(row, Mine=f"note {n}") for n, row in enumerate(LOTS, 2)]}
    path = tmp_path_factory.mktemp("built") / "book.xlsm"
    return build_workbook(path, rows, sample.firm_settings_values(), cached=False)


@pytest.fixture
def book(built, tmp_path) -> Path:
    return Path(shutil.copy(built, tmp_path / "book.xlsm"))


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def changed_parts(before: Path, after: Path) -> set[str]:
    old, new = parts(before), parts(after)
    assert list(old) == list(new)
    return {name for name in old if old[name] != new[name]}


def lots(path: Path) -> list[list[object]]:
    return [list(row) for row in read_tables(path)["Lots"].rows]


def lots_number(path: Path) -> int:
    """Place of the Lots sheet among the workbook's sheets, from 1: the number of its part."""
    sheets = etree.fromstring(parts(path)["xl/workbook.xml"]).find("{*}sheets")
    return [sheet.get("name") for sheet in sheets].index("Lots") + 1


def lots_part(path: Path) -> str:
    return f"xl/worksheets/sheet{lots_number(path)}.xml"


def table_ref(path: Path, part: str = TABLE) -> str:
    root = etree.fromstring(parts(path)[part])
    filters = [e.get("ref") for e in root if e.tag.endswith("autoFilter")]
    assert filters in ([root.get("ref")], [])
    return str(root.get("ref"))


def sound_sheet(content: bytes) -> None:
    """Strictly well-formed, rows and cells each once and in order: what Excel asks of a sheet before it opens it."""
    root = etree.fromstring(content, etree.XMLParser(recover=False))
    rows = [int(row.get("r")) for row in root.iter("{*}row")]
    assert rows == sorted(set(rows))
    for row in root.iter("{*}row"):
        names = [cell.get("r") for cell in row]
        columns = [name.rstrip("0123456789") for name in names]
        assert all(name == f"{column}{row.get('r')}" for name, column in zip(names, columns, strict=True))
        assert columns == sorted(set(columns), key=lambda c: (len(c), c))
        for cell in row:
            tags = [etree.QName(child).localname for child in cell]
            assert tags in ([], ["v"], ["is"], ["f"], ["f", "v"])
            assert (cell.get("t") == "inlineStr") == (tags == ["is"])


CHANGE = Change(
    updated={2: {"Quantity": Decimal("12.5"), "Cost Basis": None}}, removed=frozenset({3, 4, 5}), added=(NEW,)
)


def test_only_the_sheet_its_table_and_its_print_area_change(book):
    backup = change_rows(book, {"Lots": CHANGE})
    # removed 3, added 1: two rows fewer
    assert changed_parts(backup, book) == {lots_part(book), TABLE, "xl/workbook.xml"}
    for name in (
        "customUI/customUI14.xml",
        "xl/vbaProject.bin",
        "xl/metadata.xml",
        "xl/styles.xml",
        "xl/sharedStrings.xml",
    ):
        assert parts(book)[name] == parts(backup)[name]


def test_the_sheet_stays_sound_and_the_dynamic_arrays_elsewhere_too(book):
    backup = change_rows(book, {"Lots": CHANGE, "Positions": Change(removed=frozenset({2}))})
    for name, content in parts(book).items():
        if name.startswith("xl/worksheets/sheet"):
            sound_sheet(content)
    marked = [len(re.findall(rb'\bcm="', content)) for content in parts(book).values()]
    assert marked == [len(re.findall(rb'\bcm="', content)) for content in parts(backup).values()]
    assert sum(marked) > 0


def test_readers_see_the_new_values(book):
    before = lots(book)
    change_rows(book, {"Lots": CHANGE})
    expected = [*before[:1], [JOINT, "A&B <1>", date(2024, 2, 29), 1234567.00012345, 9876543.21], *before[4:]]
    expected[0][3:5] = [12.5, ""]
    found = lots(book)
    assert [row[:5] for row in found] == [row[:5] for row in expected]
    assert [row[-1] for row in found] == ["note 2", "", *(f"note {n}" for n in range(6, LAST + 1))]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sheet = openpyxl.load_workbook(book)["Lots"]
    assert [cell.value for cell in sheet[3]][:2] == [JOINT, "A&B <1>"]
    assert sheet["C3"].value.date() == date(2024, 2, 29)
    assert sheet.max_row == LAST - 2


def test_the_table_grows_and_shrinks_with_its_rows(book):
    assert table_ref(book) == f"A1:I{LAST}"
    change_rows(book, {"Lots": Change(added=(NEW, NEW))})
    assert table_ref(book) == f"A1:I{LAST + 2}"
    assert f"Lots!$A$1:$I${LAST + 2}".encode() in parts(book)["xl/workbook.xml"]
    change_rows(book, {"Lots": Change(removed=frozenset(range(4, LAST + 3)))})
    assert table_ref(book) == "A1:I3"
    change_rows(book, {"Lots": Change(removed=frozenset({2, 3}))})
    assert table_ref(book) == "A1:I2"  # a table keeps one row, be it empty
    assert [row for row in lots(book) if any(row)] == []
    change_rows(book, {"Lots": Change(added=(NEW,))})
    assert table_ref(book) == "A1:I2"
    assert lots(book)[0][:2] == [JOINT, "A&B <1>"]
    sound_sheet(parts(book)[lots_part(book)])


def test_new_rows_have_the_formats_of_their_columns(book):
    change_rows(book, {"Lots": Change(added=(NEW,))})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sheet = openpyxl.load_workbook(book)["Lots"]
    for column in range(1, 10):
        old, new = sheet.cell(2, column), sheet.cell(LAST + 1, column)
        assert (new.number_format, new.style_id) == (old.number_format, old.style_id)


def test_text_never_becomes_a_formula_or_breaks_the_file(book):
    odd = {"Account ID": "=1+1", "Symbol": " a\x00b\x0b ", "Lot ID": "_x0041_", "Mine": "two\nlines"}
    change_rows(book, {"Lots": Change(added=(odd,))})
    row = lots(book)[-1]
    assert (row[0], str(row[1]).strip(), row[-1]) == ("=1+1", "ab", "two\nlines")
    assert b"_x005F_x0041_" in parts(book)[lots_part(book)]
    assert b"<f>1+1" not in parts(book)[lots_part(book)]


def test_a_second_import_keeps_both_earlier_files(book):
    first = change_rows(book, {"Lots": Change(added=(NEW,))})
    second = change_rows(book, {"Lots": Change(added=(NEW,))})
    assert [first.name, second.name] == ["book (before import 1).xlsm", "book (before import 2).xlsm"]
    assert len(lots(second)) == len(lots(first)) + 1


# --- Shapes that users give a workbook ---------------------------------------------------------------------------


HEADERS = ["Account ID", "Symbol", "Acquired", "Quantity", "Cost Basis"]
OWN = [["A", "X", 45000, 1, 10.5], ["A", "Y", 45001, 2, 20.5], ["A", "Z", 45002, 3, 30.5]]


def own_book(
    path: Path, *, formula: bool = False, total: bool = False, plain: bool = False
) -> tuple[xlsxwriter.Workbook, object]:
    """A workbook of a user's making: Lots in B3, perhaps with a calculated column, a total row, or no table at all."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Lots")
    if plain:
        for y, row in enumerate([HEADERS, *OWN]):
            sheet.write_row(2 + y, 1, row)
        return book, sheet
    columns: list[dict[str, object]] = [{"header": header} for header in HEADERS]
    if formula:
        columns.append({"header": "Double", "formula": "=[@Quantity]*2"})
    if total:
        columns[3]["total_function"] = "sum"
    options = {"data": OWN, "columns": columns, "total_row": total, "name": "T"}
    sheet.add_table(2, 1, 5 + total, len(columns), options)
    return book, sheet


def table_rows(path: Path) -> list[list[object]]:
    return [row[:5] for row in read_tables(path)["Lots"].rows]


def test_a_plain_range_without_a_table_is_changed_where_it_stands(tmp_path):
    book, _ = own_book(tmp_path / "own.xlsx", plain=True)
    book.close()
    change_rows(
        tmp_path / "own.xlsx",
        {"Lots": Change({4: {"Quantity": 9}}, frozenset({5}), ({"Symbol": "N"}, {"Symbol": "O"}))},
    )
    assert [row[1] for row in table_rows(tmp_path / "own.xlsx")] == ["X", "N", "Z", "O"]
    assert table_rows(tmp_path / "own.xlsx")[0][3] == 9


def test_calculated_columns_go_on_in_new_rows(tmp_path):
    book, _ = own_book(tmp_path / "own.xlsx", formula=True)
    book.close()
    change_rows(
        tmp_path / "own.xlsx",
        {"Lots": Change(removed=frozenset({4}), added=({"Symbol": "N"}, {"Symbol": "O"}))},
    )
    content = parts(tmp_path / "own.xlsx")["xl/worksheets/sheet1.xml"]
    sound_sheet(content)
    assert len(set(re.findall(rb"<f>[^<]*</f>", content))) == 1
    assert content.count(b"<f>") == 4  # one a row: three as before, of which the first is N's, and O's
    assert table_ref(tmp_path / "own.xlsx", "xl/tables/table1.xml") == "B3:G7"


def test_rows_stay_in_place_where_something_points_at_them(tmp_path):
    book, _ = own_book(tmp_path / "own.xlsx")
    book.add_worksheet("Mine").write_formula("A1", "=Lots!E6", None, 3)
    book.close()
    change_rows(tmp_path / "own.xlsx", {"Lots": Change(removed=frozenset({4}))})
    assert [row[1] for row in table_rows(tmp_path / "own.xlsx")] == ["", "Y", "Z"]  # E6 still is Z's quantity
    change_rows(tmp_path / "own.xlsx", {"Lots": Change(added=({"Symbol": "N"},))})
    assert [row[1] for row in table_rows(tmp_path / "own.xlsx")] == [
        "N",
        "Y",
        "Z",
    ]  # the blank row is used again


def test_a_row_with_a_comment_keeps_its_place_and_its_comment(tmp_path):
    book, sheet = own_book(tmp_path / "own.xlsx")
    sheet.write_comment("C5", "about Y")
    book.close()
    change_rows(tmp_path / "own.xlsx", {"Lots": Change(removed=frozenset({4}), added=())})
    assert [row[1] for row in table_rows(tmp_path / "own.xlsx")] == ["", "Y", "Z"]


def test_a_total_row_is_refused_with_what_to_do(tmp_path):
    book, _ = own_book(tmp_path / "own.xlsx", total=True)
    book.close()
    content = (tmp_path / "own.xlsx").read_bytes()
    with pytest.raises(WorkbookUnwritable, match="Table Design > Total Row"):
        change_rows(tmp_path / "own.xlsx", {"Lots": Change(added=({"Symbol": "N"},))})
    assert (tmp_path / "own.xlsx").read_bytes() == content


# --- Files that can't be changed ---------------------------------------------------------------------------------


def refused(path: Path, said: str) -> None:
    """The change is refused in these words, the file is as it was, and nothing is left beside it."""
    content, beside = path.read_bytes(), sorted(p.name for p in path.parent.iterdir())
    with pytest.raises(WorkbookUnwritable) as error:
        change_rows(path, {"Lots": CHANGE})
    assert said in str(error.value)
    assert path.read_bytes() == content
    assert sorted(p.name for p in path.parent.iterdir()) == beside


def test_a_workbook_open_in_excel_is_refused(book):
    book.with_name("~$book.xlsm").write_bytes(b"")
    refused(book, "book.xlsm is open in Excel. Close it there")


def test_a_read_only_file_is_refused(book):
    book.chmod(0o444)
    refused(book, "is read-only")


def test_a_read_only_folder_is_refused(book):
    book.parent.chmod(0o555)
    try:
        refused(book, "is read-only")
    finally:
        book.parent.chmod(0o755)


def test_a_row_that_is_gone_is_refused(book):
    with pytest.raises(WorkbookUnwritable, match="Row 9999 of Lots"):
        change_rows(book, {"Lots": Change(updated={9999: {"Quantity": 1}})})


def test_the_header_row_is_never_written_over(book):
    with pytest.raises(WorkbookUnwritable, match="Row 1 of Lots"):
        change_rows(book, {"Lots": Change(removed=frozenset({1}))})


def test_a_sheet_that_is_missing_is_named(book):
    with pytest.raises(WorkbookUnwritable, match="no sheet Trades"):
        change_rows(book, {"Trades": Change(removed=frozenset({2}))})


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_the_changed_workbook(book, tmp_path):
    """As the Lots sheet in CSV: the only sheet whose rows it reads from the changed XML."""
    gone = [n for n, row in enumerate(LOTS, 2) if row["Account ID"] == TRUST]
    change_rows(book, {"Lots": Change(removed=frozenset(gone), added=(NEW,))})
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    to = f"csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,{lots_number(book)}"
    command = ["soffice", profile, "--headless", "--convert-to", to, "--outdir", str(tmp_path), str(book)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    text = next(tmp_path.glob("book*.csv")).read_text(encoding="utf-8")
    lines = [row for row in text.splitlines() if row.strip(",")]
    assert "A&B <1>" in text
    assert TRUST not in text
    assert len(lines) == 1 + len(LOTS) - len(gone) + 1


@given(
    removed=st.frozensets(st.integers(2, LAST)),
    updated=st.dictionaries(st.integers(2, LAST), st.decimals(0, 10**6, places=4), max_size=6),
    added=st.lists(st.sampled_from(["N1", "N2", "N3"]), max_size=12),
)
@settings(max_examples=12)
def test_any_change_reads_back_as_rows_kept_changed_and_added(
    built, tmp_path_factory, removed, updated, added
):
    """Against lists: rows left in their order, with their new quantities, and every added row exactly once."""
    path = Path(shutil.copy(built, tmp_path_factory.mktemp("any") / "book.xlsm"))
    updated = {row: quantity for row, quantity in updated.items() if row not in removed}
    before = lots(path)
    cells = tuple({"Symbol": symbol, "Quantity": 1} for symbol in added)
    change_rows(path, {"Lots": Change({r: {"Quantity": q} for r, q in updated.items()}, removed, cells)})
    found = [row for row in lots(path) if any(row)]
    kept = [
        [*row[:3], float(updated.get(n, Decimal(repr(row[3])))), *row[4:]]
        for n, row in enumerate(before, 2)
        if n not in removed
    ]
    assert [row for row in found if row[0]] == kept
    assert sorted(row[1] for row in found if not row[0]) == sorted(added)
    rows = max(1, len(before) - len(removed) + len(added))
    assert table_ref(path) == f"A1:I{rows + 1}"
    sound_sheet(parts(path)[lots_part(path)])
