"""Where everything stands on the Verify sheet: zero-based rows and columns of its parts, and their cells' addresses.

Left are the figures that are compared. Right of them are the rows that they are made of, so that each can be followed by
hand: the client's accounts, its lots, and the positions that stand in for lots. Pointers and constants are hidden.
"""

from __future__ import annotations

from xlsxwriter.utility import xl_rowcol_to_cell

from workbook.client_page import client_blocks
from xl_rebal.sheets.layout import CLIENT_SHEET

CLASS_TOP, CLASS_ROOM = 5, 10
TOTAL_ROW, OTHER_ROW = CLASS_TOP + 1, CLASS_TOP + 2
CLASS_HEAD = OTHER_ROW
"""The row above the first class: the household and what has no target come first, as classes are few or many."""
SUM_HEAD, SUM_ROWS = 20, 4
PLAN_HEAD, PLAN_ROOM = 27, 120
RESULT, COMPARED, DIFFER = 14, 15, 16
SUMMARY_CELL = (2, 1)

ACCOUNT_HEAD, ACCOUNT_ROOM = CLASS_TOP, 20
LOT_HEAD, LOT_ROOM = PLAN_HEAD, 300
POSITION_HEAD, POSITION_ROOM = PLAN_HEAD, 120

ROW, ACCOUNT, SYMBOL, CLASS, QUANTITY, PRICE, VALUE = range(7)
"""Columns of a list, counted from its first one."""
LOTS, POSITIONS = 18, 33
NEXT, WHOSE, AT, SECURITY = 7, 8, 9, 10
"""Hidden columns of a list: distance to the account's next row, the account's number, the row, the security's row."""
ACCOUNT_ROW, REGISTRATION, OWNER, YEAR_END, TAKEN = LOTS, LOTS + 2, LOTS + 3, LOTS + 4, LOTS + 5
ACCOUNT_AT, TEXT_KEY, NUMBER_KEY = LOTS + 7, LOTS + 8, LOTS + 9
FIRST, THEN = {LOTS: LOTS + 10, POSITIONS: LOTS + 12}, {LOTS: LOTS + 11, POSITIONS: LOTS + 13}
"""Of each account: its first row in a table, and the number of the next account that has any."""
AGES, BIRTHS, IRAS, SHELTERED = 46, 48, 50, 51
TARGET_AT, TARGET, LOWER, UPPER = 52, 53, 54, 55
COUNTS = 57
"""Hidden: how many accounts, targets, lots ... there are, in rows 0 to 5 of this column."""
HIDDEN = ((LOTS + 7, LOTS + 13), (POSITIONS + 7, POSITIONS + 10), (AGES, COUNTS))
NONE = "9E9"
"""Stands for `no such row` in pointers: larger than any row."""


def cell(row: int, column: int) -> str:
    """`$C$7`."""
    return str(xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True))


def area(top: int, column: int, rows: int, width: int = 1) -> str:
    """`$C$7:$C$26`, from `top` over so many rows."""
    return f"{cell(top, column)}:{cell(top + rows - 1, column + width - 1)}"


def count(at: int) -> str:
    return cell(at, COUNTS)


ACCOUNTS_COUNT, TARGETS_COUNT, LOTS_OVER, POSITIONS_OVER, PLAN_COUNT, SCALE = range(6)


def result_area(function: str, header: str) -> str:
    """The column of a table on the Client sheet below its header, as long as its room; the last of several is meant."""
    block = [b for b in client_blocks() if b.function == function][-1]
    column = block.column + block.headers.index(header)
    return f"{CLIENT_SHEET}!{area(block.row + 1, column, block.room)}"


def result_cell(function: str, header: str, at: int) -> str:
    """One cell of it, `at` rows below the header."""
    block = [b for b in client_blocks() if b.function == function][-1]
    return f"{CLIENT_SHEET}!{cell(block.row + at, block.column + block.headers.index(header))}"
