"""The sheet that a reviewer fills in: links to the files, a drop-down of results; and what was typed, read back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from xl_rebal.errors import ExportUnreadable

LINK_COLOR = "0563C1"


def add_links(
    path: Path,
    sheet: str,
    columns: Sequence[str],
    link: Callable[[str], str],
    choice_column: str,
    choices: Sequence[str],
) -> None:
    """Makes the texts of `columns` links, and `choice_column` a drop-down, in a plain workbook that was just written."""
    from openpyxl import load_workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = load_workbook(path)
    page = book[sheet]
    headers = [cell.value for cell in page[1]]
    for name in columns:
        for row in page.iter_rows(min_row=2):
            cell = row[headers.index(name)]
            if cell.value:
                cell.hyperlink = link(str(cell.value))
                cell.font = Font(cell.font.name, cell.font.sz, color=LINK_COLOR, underline="single")
    letter = get_column_letter(headers.index(choice_column) + 1)
    validation = DataValidation("list", formula1=f'"{",".join(choices)}"', allow_blank=True)
    validation.add(f"{letter}2:{letter}{max(2, page.max_row)}")
    page.add_data_validation(validation)
    for wide in ("Result", "Reviewed By"):
        page.column_dimensions[get_column_letter(headers.index(wide) + 1)].width = 16
    page.column_dimensions[get_column_letter(headers.index("Remarks") + 1)].width = 50
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    book.save(path)


def read_columns(path: Path, sheet: str, columns: Sequence[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """(row, texts) of these columns in a plain workbook. Raises ExportUnreadable when sheet or column is missing."""
    from openpyxl import load_workbook

    try:
        rows = list(load_workbook(path, data_only=True)[sheet].iter_rows(values_only=True))
    except (OSError, KeyError, ValueError, EOFError) as error:
        raise ExportUnreadable(f"{path} has no sheet {sheet!r} that can be read ({error}).") from error
    except Exception as error:  # a damaged or foreign file: openpyxl has many ways to say so
        raise ExportUnreadable(
            f"{path} is not a workbook that can be read ({type(error).__name__})."
        ) from error
    headers = list(rows[0]) if rows else []
    for name in columns:
        if name not in headers:
            raise ExportUnreadable(f"{path.name}, sheet {sheet}: the column {name!r} is missing.")
    places = [headers.index(name) for name in columns]
    for number, row in enumerate(rows[1:], 2):
        yield number, tuple("" if row[i] is None else str(row[i]).strip() for i in places)
