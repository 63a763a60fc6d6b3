"""Which formulas are understood, which references they hold, and which are left to Excel, with the reason."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_rebal.refreshing.formula import (
    Call,
    CellRange,
    Literal,
    Name,
    NotRead,
    Omitted,
    TableRange,
    call_of,
    calls_xr,
    references,
)


def arguments(text: str) -> tuple[object, ...]:
    return call_of(f"XR_F({text})").arguments


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("24", Literal(24.0)),
        ("-1.5E3", Literal(-1500.0)),
        ("5%", Literal(0.05)),
        ('"a ""b"", c"', Literal('a "b", c')),
        ("TRUE", Literal(True)),
        ("false()", Literal(False)),
        ("XRBook", Name("XRBook")),
        ("Client!XRClient", Name("XRClient", "Client")),
        ("B2", CellRange(None, 2, 2, 2, 2)),
        ("$C$10:$B$3", CellRange(None, 3, 2, 10, 3)),
        ("Settings!$F$2", CellRange("Settings", 2, 6, 2, 6)),
        ("'Ann''s list'!AA1:AB2", CellRange("Ann's list", 1, 27, 2, 28)),
        ("tblLots[[#Headers],[#Data]]", TableRange("tblLots", ("#headers", "#data"))),
        ("tblLots[#All]", TableRange("tblLots", ("#all",))),
        ("tblLots[]", TableRange("tblLots")),
        ("tblLots[Cost Basis]", TableRange("tblLots", (), ("Cost Basis", "Cost Basis"))),
        ("tblLots[[#This Row],[Acquired]]", TableRange("tblLots", ("#this row",), ("Acquired", "Acquired"))),
        ("tblLots[[#All],[Symbol]:[Quantity]]", TableRange("tblLots", ("#all",), ("Symbol", "Quantity"))),
        ("tblLots['#1 '[a']]", TableRange("tblLots", (), ("#1 [a]", "#1 [a]"))),
        ("XR_DATA(A1)", Call("XR_DATA", (CellRange(None, 1, 1, 1, 1),))),
    ],
)
def test_an_argument_is_a_literal_cells_a_table_a_name_or_another_call(text: str, expected: object) -> None:
    assert arguments(text) == (expected,)


def test_arguments_can_be_left_out_and_spaced() -> None:
    assert arguments(" XRBook , ,8 ") == (Name("XRBook"), Omitted(), Literal(8.0))
    assert arguments("") == ()


@pytest.mark.parametrize("before", ["", "[0]!", "_xll.", "_xludf."])
def test_what_programs_store_before_a_function_of_the_workbook_is_not_its_name(before: str) -> None:
    assert call_of(f"{before}xr_book(XRBook)") == Call("XR_BOOK", (Name("XRBook"),))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('IFERROR(XR_BOOK(XRBook),"")', "XR_BOOK stands inside IFERROR"),
        ("_xlfn.SINGLE(XR_BOOK(XRBook))", "XR_BOOK stands inside _XLFN.SINGLE"),
        ("1+XR_TERM(A1,B1)", "XR_TERM stands inside a calculation"),
        ("XR_TERM(A1,B1)&1", "XR_TERM is only a part of it"),
        ("XR_TERM(A1,TODAY())", "an argument of XR_TERM is TODAY"),
        ("XR_TERM(A1+1,B1)", "an argument of XR_TERM is a calculation"),
        ("XR_TERM(A:A,B1)", "whole rows or columns"),
        ("XR_TERM([1]Sheet1!A1,B1)", "another workbook"),
        ("XR_TERM('C:\\x\\[b.xlsx]S'!A1,B1)", "another workbook"),
        ("XR_TERM(A1#,B1)", "is a calculation"),
        ("XR_TERM({1,2},B1)", "not understood"),
        ("XR_TERM(#REF!,B1)", "what XR_TERM reads, a sheet or cells, was deleted"),
        ("XR_TERM(-A1,B1)", "is a calculation"),
        ("XR_TERM(A1", "is a calculation"),
        ("XR_TERM(", "not complete"),
    ],
)
def test_what_only_excel_computes_is_named_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(NotRead) as caught:
        call_of(text)
    assert why in str(caught.value)


def test_a_function_is_found_inside_others_but_not_in_texts_and_names() -> None:
    assert calls_xr('IF(A1="",1,XR_BOOK(XRBook))')
    assert not calls_xr('"XR_BOOK("&XRBook&XR_List')


def test_every_cell_table_and_name_of_a_formula_is_found_but_not_those_in_texts() -> None:
    text = 'IFERROR(INDEX(Dashboard!$B$8:$B$9,MATCH(XRClient,tblLots[Symbol],0))&"A1:B2",C3)'
    assert list(references(text)) == [
        CellRange("Dashboard", 8, 2, 9, 2),
        Name("XRClient"),
        TableRange("tblLots", (), ("Symbol", "Symbol")),
        CellRange(None, 3, 3, 3, 3),
    ]


@given(st.text(alphabet="XR_F(),;:$!'\"[]{}#%@&+-=AaB1290. tbl\n\u00e9"))
def test_any_text_is_either_understood_or_left(text: str) -> None:
    with contextlib.suppress(NotRead):
        assert isinstance(call_of(text), Call)
    list(references(text))
