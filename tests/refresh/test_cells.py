"""Single cells of a worksheet part are written, and every byte around them stays, however a program has written it."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.refresh.files import MAIN, is_sound
from xl_rebal.refreshing.cells import CellError, Reading, Sheet, SheetNotRead
from xl_rebal.refreshing.writing import Writer, Written

NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
READING = Reading(lambda number: ["zero", "one"][number], frozenset((7,)), False)


def sheet(data: str, *, head: str = "", tail: str = "") -> Sheet:
    return Sheet(f"<worksheet {NS}>{head}<sheetData>{data}</sheetData>{tail}</worksheet>".encode(), READING)


def shown(data: str) -> object:
    found = sheet(f'<row r="1">{data}</row>')
    cell = found.cell(1, 1)
    assert cell is not None
    return found.value(cell)


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ('<c r="A1"/>', None),
        ('<c r="A1" s="3"></c>', None),
        ('<c r="A1"><v>1.50</v></c>', 1.5),
        ('<c r="A1" s="7"><v>46310.25</v></c>', datetime(2026, 10, 15, 6)),  # noqa: DTZ001
        ('<c r="A1" t="s"><v>1</v></c>', "one"),
        ('<c r="A1" t="str"><f>A2</f><v>a &lt;b&gt; &amp;amp; &#8364;</v></c>', "a <b> &amp; €"),
        ('<c r="A1" t="str"><v>a_x000D_b_x005F_x0041_</v></c>', "a\rb_x0041_"),
        ('<c r="A1" t="inlineStr"><is><r><t>a</t></r><rPh sb="0" eb="1"><t>x</t></rPh><r><t>b</t></r></is></c>', "ab"),
        ('<c r="A1" t="b"><v>1</v></c>', True),
        ('<c r="A1" t="e"><v>#N/A</v></c>', CellError("#N/A")),
        ('<c r="A1"><f>B1</f></c>', "#NOT CALCULATED"),
        ('<c r="A1"><f>B1</f><v></v></c>', "#NOT CALCULATED"),
        ('<c r="A1" t="str"><f>B1</f><v/></c>', ""),
        ("<c><v>3</v></c>", 3.0),
    ],
)  # fmt: skip
def test_a_cell_shows_what_its_xml_says(data: str, value: object) -> None:
    assert shown(data) == value
    assert type(shown(data)) is type(value)


def test_cells_and_rows_without_a_reference_follow_the_one_before() -> None:
    found = sheet(
        '<row><c><v>1</v></c></row><row r="4"><c r="C4"><v>2</v></c><c><v>3</v></c></row><row><c><v>4</v></c></row>'
    )
    assert found.grid(4, 3, 5, 4) == [[2.0, 3.0], [None, None]]
    assert found.grid(5, 1, 5, 1) == [[4.0]]


def test_a_new_value_leaves_every_other_byte_and_keeps_format_formula_and_marks() -> None:
    data = (
        '<row r="1" spans="1:3" x14ac:dyDescent="0.25" ht=\'9\'>\n <c r="A1"  s="5" cm="1" vm="2" t="e"><f t="array" ref="A1:A2">'
        'XR_F(B1)</f><v>#VALUE!</v></c> <c r="C1" s="2"/></row>'
    )
    before = sheet(data, head='<sheetPr xmlns:x14ac="x"/>')
    after = Writer(before).changed({(1, 1): Written("x<y", "A1:B1"), (1, 2): Written(2.0)})
    assert after.decode() == before.content.decode().replace(
        'cm="1" vm="2" t="e"><f t="array" ref="A1:A2">XR_F(B1)</f><v>#VALUE!</v></c> ',
        'cm="1" t="str"><f t="array" ref="A1:B1">XR_F(B1)</f><v>x&lt;y</v></c> <c r="B1"><v>2</v></c>',
    )


def test_a_part_with_prefixed_names_stays_one() -> None:
    content = (
        f'<x:worksheet {NS.replace("xmlns", "xmlns:x")}><x:sheetData><x:row r="2"><x:c r="B2" t="str"><x:f>XR_F()</x:f>'
        "<x:v>old</x:v></x:c></x:row></x:sheetData></x:worksheet>"
    ).encode()
    found = Sheet(content, READING)
    after = Writer(found).changed({(2, 2): Written("new"), (3, 1): Written(True)})
    assert after == content.replace(b"old", b"new").replace(
        b"</x:row>", b'</x:row><x:row r="3"><x:c r="A3" t="b"><x:v>1</x:v></x:c></x:row>'
    )


def test_new_rows_and_cells_stand_in_order_and_the_extent_grows() -> None:
    found = sheet(
        '<row r="2" spans="2:2"><c r="B2"><v>1</v></c></row><row r="5"/><row r="9"><c r="AA9"><v>1</v></c></row>',
        head='<dimension ref="B2:AA9"/>',
    )
    places = [(2, 1), (2, 3), (3, 2), (5, 2), (9, 26), (9, 28), (10, 1)]
    after = Writer(found).changed({place: Written("x") for place in places})
    is_sound(after)
    again = Sheet(after, READING)
    assert all(again.grid(row, column, row, column) == [["x"]] for row, column in places)
    assert b'<dimension ref="A2:AB10"/>' in after
    assert b'spans="1:3"' in after


def test_an_empty_sheet_gets_cells() -> None:
    found = Sheet(f"<worksheet {NS}><sheetData/><pageMargins/></worksheet>".encode(), READING)
    after = Writer(found).changed({(1, 1): Written(1.0)})
    assert after.endswith(
        b'<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData><pageMargins/></worksheet>'
    )


def test_a_new_cell_has_its_rows_format_else_its_columns_as_in_excel() -> None:
    found = sheet(
        '<row r="1" s="4" customFormat="1"/><row r="2" s="4"/>',
        head='<cols><col min="2" max="3" width="9" style="6"/></cols>',
    )
    after = Sheet(
        Writer(found).changed({(row, column): Written("x") for row in (1, 2, 3) for column in (1, 3)}),
        READING,
    )
    styles = {c.get("r"): c.get("s") for c in etree.fromstring(after.content).iter(f"{MAIN}c")}
    assert styles == {"A1": "4", "C1": "4", "A2": None, "C2": "6", "A3": None, "C3": "6"}


def test_an_emptied_cell_keeps_its_format_and_a_blank_one_is_not_made() -> None:
    found = sheet('<row r="1"><c r="A1" s="3" t="s"><v>0</v></c></row>')
    assert Writer(found).changed(
        {(1, 1): Written(None), (1, 2): Written(""), (7, 7): Written(None)}
    ) == found.content.replace(b' t="s"><v>0</v></c>', b"/>")


@pytest.mark.parametrize(
    ("stored", "value", "same"),
    [
        ('<c r="A1"><v>0.1</v></c>', 0.1, True),
        ('<c r="A1"><v>0.30000000000000004</v></c>', 0.3, True),  # Excel shows 15 digits of both
        ('<c r="A1"><v>0</v></c>', -0.0, True),
        ('<c r="A1"><v>1</v></c>', True, False),
        ('<c r="A1" t="b"><v>1</v></c>', True, True),
        ('<c r="A1" t="s"><v>1</v></c>', "one", True),
        ('<c r="A1"><v>46310</v></c>', date(2026, 10, 15), True),
        ('<c r="A1" s="7"><v>46310</v></c>', date(2026, 10, 15), True),
        ('<c r="A1" t="str"><v></v></c>', "", True),
        ('<c r="A1" s="3"/>', "", True),
        ('<c r="A1" t="str"><v></v></c>', None, False),
        ('<c r="A1" t="str"><v>#N/A</v></c>', CellError("#N/A"), False),
        ('<c r="A1" t="e"><v>#N/A</v></c>', CellError("#N/A"), True),
    ],
)
def test_a_value_is_written_only_where_the_cell_shows_another_one(
    stored: str, value: object, same: bool
) -> None:
    assert Writer(sheet(f'<row r="1">{stored}</row>')).holds(1, 1, Written(value)) is same  # type: ignore[arg-type]


@given(st.one_of(st.text(max_size=20), st.floats(allow_nan=False, allow_infinity=False), st.booleans()))
def test_what_is_written_is_what_is_read_and_needs_no_second_writing(value: object) -> None:
    found = sheet('<row r="1"><c r="A1" t="str"><f>XR_F()</f><v>old</v></c></row>')
    after = Sheet(Writer(found).changed({(1, 1): Written(value)}), READING)  # type: ignore[arg-type]
    etree.fromstring(after.content, etree.XMLParser(recover=False))
    assert Writer(after).holds(1, 1, Written(value))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<chartsheet/>", "not a worksheet"),
        (b'<?xml version="1.0" encoding="UTF-16"?><worksheet><sheetData/></worksheet>', "UTF-8"),
        (b"<worksheet><sheetData><!-- <c/> --></sheetData></worksheet>", "comments"),
        (b"<worksheet></worksheet>", "not where they belong"),
        (b'<worksheet><sheetData><row r="1"/><row r="1"/></sheetData></worksheet>', "row 1 is not where"),
    ],
)
def test_a_part_whose_cells_could_be_mistaken_is_not_read(content: bytes, why: str) -> None:
    with pytest.raises(SheetNotRead, match=why):
        Sheet(content, READING)


def test_days_count_from_1904_where_the_workbook_says_so() -> None:
    apple = Reading(lambda number: "", frozenset((7,)), True)
    found = Sheet(
        f'<worksheet {NS}><sheetData><row r="1"><c r="A1" s="7"><v>0</v></c></row></sheetData></worksheet>'.encode(),
        apple,
    )
    assert found.grid(1, 1, 1, 1) == [[datetime(1904, 1, 1)]]  # noqa: DTZ001
    assert b"<v>1</v>" in Writer(found).changed({(1, 1): Written(date(1904, 1, 2))})
