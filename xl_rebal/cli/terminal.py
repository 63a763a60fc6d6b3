"""How the terminal shows things: tables, JSON, a progress bar, and the arguments that several commands take."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from xl_rebal.app import Progress
    from xl_rebal.sheets.tables import CellTable

NEEDS_ATTENTION = 1
FAILED = 2

BookArgument = Annotated[Path, typer.Argument(metavar="BOOK", help="The firm's workbook (.xlsm or .xlsx).")]
ClientOption = Annotated[
    list[str] | None, typer.Option("--client", metavar="ID", help="Client ID or name; repeat for several.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of text, for scripts.")]

SHARES_OF_ONE = (
    "Weight",
    "Target",
    "Drift",
    "Lower",
    "Upper",
    "After Plan",
    "Worst Drift",
    "Drift Left",
    "More Drift",
)
"""Columns of tables whose numbers are fractions of 1: shown as percents."""


@contextmanager
def progress_bar(what: str, *, quiet: bool = False) -> Iterator[Progress | None]:
    """A progress bar on the terminal's error stream; none where nobody watches."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)

        def step(done: int, total: int, name: str) -> None:
            bar.update(task, completed=done, total=total, description=f"{what} {name[:30]:30}")

        yield step


def print_json(value: object) -> None:
    print(json.dumps(value, indent=2, default=str, ensure_ascii=False))


def print_table(table: CellTable) -> None:
    """Columns side by side, as wide as what they hold; numbers to the right. A row that is a sentence stands alone."""
    header, *body = table
    if len(body) == 1 and isinstance(body[0][0], str) and not any(v is not None for v in body[0][1:]):
        print(body[0][0])
        return
    shown = [[_cell(value, title) for value, title in zip(row, header, strict=True)] for row in table]
    widths = [max(len(row[i]) for row in shown) for i in range(len(header))]
    numeric = [any(isinstance(row[i], int | float) for row in body) for i in range(len(header))]
    for row, values in zip(shown, table, strict=True):
        cells = (
            text.rjust(width)
            if isinstance(value, int | float) or (values is header and number)
            else text.ljust(width)
            for text, width, value, number in zip(row, widths, values, numeric, strict=True)
        )
        print("  ".join(cells).rstrip())


def _cell(value: object, header: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if header in SHARES_OF_ONE:
        return f"{value:.2%}"
    return f"{value:,.2f}".removesuffix(".00")
