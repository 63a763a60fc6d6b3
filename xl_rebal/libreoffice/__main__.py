"""Recalculates a workbook in LibreOffice with the XR_ functions of this installation, as Excel would.

    python -m xl_rebal.libreoffice rebalance.xlsm --client NAK02 --pdf review.pdf

The workbook is read, never written. Exit codes: 0 done; 1 done, but cells show errors; 2 could not be done.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from xlsxwriter.utility import xl_rowcol_to_cell

from workbook.build import CLIENT_NAME
from xl_rebal.errors import WorkbookUnreadable, XlRebalError
from xl_rebal.libreoffice.host import LibreOffice, Values

SHOWN_ERRORS = 20


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    try:
        if not asked.book.is_file():
            raise WorkbookUnreadable(f"There is no workbook {asked.book}. Check the folder and the name.")
        values = _recalculated(asked)
    except XlRebalError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error.filename} can't be written ({error.strerror}).", file=sys.stderr)
        return 2
    errors = values.errors()
    for sheet, row, column, text in errors[:SHOWN_ERRORS]:
        print(f"{sheet}!{xl_rowcol_to_cell(row, column)} shows {text}", file=sys.stderr)
    if len(errors) > SHOWN_ERRORS:
        print(f"and {len(errors) - SHOWN_ERRORS} more cells", file=sys.stderr)
    if not errors:
        print(f"{asked.book}: {len(values.sheets)} sheets calculated; no cell shows an error.")
    return 1 if errors else 0


def _recalculated(asked: argparse.Namespace) -> Values:
    """The values of the asked-for workbook and client, and the files that were asked for."""
    with LibreOffice() as office:
        office.open(asked.book)
        if asked.client:
            office.change(CLIENT_NAME, asked.client)
        office.calculate()
        blocked = office.spill()
        office.calculate()
        for place in blocked:
            print(f"{place}: a result does not fit, other cells are in its way.", file=sys.stderr)
        values = office.values()
        if asked.pdf:
            office.pdf(asked.pdf)
        if asked.json:
            asked.json.write_text(
                json.dumps(values.as_json(), ensure_ascii=False, indent=1), encoding="utf-8"
            )
        return values


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m xl_rebal.libreoffice",
        description="Recalculates a workbook in LibreOffice with the XR_ functions of this installation, without Excel.",
    )
    parser.add_argument(
        "book", type=Path, metavar="BOOK", help="The workbook (.xlsm or .xlsx). It is not changed."
    )
    parser.add_argument("--client", metavar="ID", help="The client that the Client sheet shows.")
    parser.add_argument("--pdf", type=Path, metavar="FILE", help="Write all sheets as they print.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="Write every cell's value, sheet by sheet.")
    return parser


if __name__ == "__main__":
    sys.exit(main())
