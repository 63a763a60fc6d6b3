"""A small firm as sheets of rows, and real workbook files of it, for tests of reading.

Two households: ADA (Balanced; a taxable account and an IRA) and BEN (Balanced; one taxable account). Everything in it is
right, so that a test changes one thing and sees one problem.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

from xl_rebal.engine.book import Book
from xl_rebal.engine.checks import checks
from xl_rebal.engine.problems import Problem, in_order
from xl_rebal.sheets.read import read_book

Row = dict[str, Any]
Firm = dict[str, list[Row]]


def rows(headers: str, *values: Sequence[Any]) -> list[Row]:
    """Rows from headers joined by '|' and one tuple of values each."""
    names = headers.split("|")
    return [dict(zip(names, row, strict=True)) for row in values]


def firm() -> Firm:
    """A fresh copy of the firm; all its money adds up."""
    return {
        "Clients": rows(
            "Client ID|Client Name|Filing Status|Model|Taxable Income|Birth Date",
            ("ADA", "Ada Abel", "Single", "Balanced", 120_000, date(1970, 5, 1)),
            ("BEN", "Ben Burg", "Married filing jointly", "Balanced", 250_000, date(1975, 6, 2)),
        ),
        "Accounts": rows(
            "Account ID|Client ID|Registration",
            ("A-1", "ADA", "Individual"),
            ("A-2", "ADA", "Traditional IRA"),
            ("B-1", "BEN", "Joint"),
        ),
        "Securities": rows(
            "Symbol|Asset Class|Price|Price Date|Buy",
            ("VTI", "Equity", 250.25, date(2026, 9, 30), "Yes"),
            ("BND", "Bonds", 72.5, date(2026, 9, 30), "Yes"),
            ("CASH", "Cash", 1, None, None),
        ),
        "Targets": rows(
            "Model|Asset Class|Target",
            ("Balanced", "Equity", 0.6),
            ("Balanced", "Bonds", 0.38),
            ("Balanced", "Cash", 0.02),
        ),
        "Lots": rows(
            "Account ID|Symbol|Acquired|Quantity|Cost Basis|Lot ID",
            ("A-1", "VTI", date(2020, 3, 2), 100, 15_000, "L1"),
            ("A-1", "VTI", date(2024, 3, 1), 50.5, 11_000.25, "L2"),
            ("A-1", "CASH", None, 1_200.5, None, None),
            ("A-2", "BND", date(2021, 1, 4), 300, 24_000, None),
            ("B-1", "VTI", date(2019, 7, 8), 80, 12_000, None),
            ("B-1", "CASH", None, 500, None, None),
        ),
        "Positions": rows(
            "Account ID|Symbol|Quantity|Value",
            ("A-1", "VTI", 150.5, 37_662.63),  # 150.5 x 250.25 = 37,662.625
            ("A-1", "CASH", 1_200.5, None),
            ("A-2", "BND", 300, 21_750),
            ("B-1", "VTI", 80, 20_020),
        ),
        "Activity": rows(
            "Date|Account ID|Type|Amount|Symbol|Quantity|ST Gain|LT Gain",
            (date(2026, 2, 3), "A-1", "Sell", 10_000, "VTI", 40, 0, 2_500),
        ),
        "Notes": rows(
            "Client ID|Date|Text",
            ("ADA", date(2026, 8, 1), "Wants to keep the house fund in cash."),
            ("BEN", date(2026, 7, 1), "Called about college."),
        ),
        "Decisions": [],
        "Settings": rows("Setting|Value", ("As Of", date(2026, 9, 30)), ("Firm Name", "Test & Co")),
    }


def write(
    path: Path, sheets: Mapping[str, list[Row]], *, top: int = 0, left: int = 0, order: Mapping[str, list[str]] | None = None,
    **options: Any,
) -> Path:  # fmt: skip
    """A real workbook: each sheet's header at 0-based (top, left), columns as in `order` or as first met."""
    with xlsxwriter.Workbook(
        str(path), {"default_date_format": "m/d/yyyy", "strings_to_formulas": False, **options}
    ) as book:
        for name, table in sheets.items():
            sheet = book.add_worksheet(name)
            headers = (order or {}).get(name) or list(
                dict.fromkeys(header for row in table for header in row)
            )
            for column, header in enumerate(headers):
                sheet.write_string(top, left + column, header)
                for index, row in enumerate(table):
                    value = row.get(header)
                    if isinstance(value, date):
                        sheet.write_datetime(top + 1 + index, left + column, value)
                    elif isinstance(value, str):
                        sheet.write_string(top + 1 + index, left + column, value)
                    elif value is not None:
                        sheet.write(top + 1 + index, left + column, value)
    return path


def checked(path: Path) -> tuple[Book, tuple[Problem, ...]]:
    """The book of a file, and all its problems: of reading and of the checks."""
    book = read_book(path)
    return book, in_order((*book.problems, *checks(book)))
