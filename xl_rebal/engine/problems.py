"""What is wrong with or unknown in the data, as values that name their place and the remedy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Severity(Enum):
    """How bad a problem is. An ERROR withholds that client's brief; the other clients are not touched."""

    ERROR = "Error"
    WARNING = "Warning"
    NOTE = "Note"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value came from: sheet and 1-based row of the workbook (row 0: not from a sheet)."""

    sheet: str
    row: int

    def __str__(self) -> str:
        return f"{self.sheet} row {self.row}" if self.row else self.sheet


NOWHERE = Source("", 0)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing for a person to look at.

    `column` is the header text, `cell` the address in the user's sheet ('F214', or '' where no single cell is
    at fault), `value` what stands there, `what` why it matters, `todo` what to do. `client_id` is None when the
    row belongs to nobody known. `cost` is what it costs to leave it as it is, in dollars where the engine knows
    them; '' until `engine.ignored` has said it in words.
    """

    severity: Severity
    code: str
    source: Source
    column: str
    cell: str
    value: str
    what: str
    todo: str
    client_id: str | None = None
    cost: str = ""

    @property
    def place(self) -> str:
        """`Lots!F214`, or `Lots row 214`, or the sheet alone."""
        if self.cell:
            return f"{self.source.sheet}!{self.cell}"
        return str(self.source) if self.source.row else self.source.sheet

    def __str__(self) -> str:
        shown = f" ({self.column}: {self.value!r})" if self.column and self.value else ""
        return f"{self.severity.value} at {self.place}{shown}: {self.what} {self.todo}".strip()


SEVERITY_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


_FIRM_SHEET = "Settings"
_EVERYBODYS_COLUMNS = frozenset(("Clients", "Accounts", "Securities", "Targets", "Lots", "Activity", "Rules"))


def is_everybodys(problem: Problem) -> bool:
    """Whether it is an error that makes every client's figures wrong: in Settings, or a column that is not read."""
    if problem.client_id is not None or problem.severity is not Severity.ERROR:
        return False
    sheet = problem.source.sheet
    return sheet == _FIRM_SHEET or (
        problem.code in ("column-missing", "column-unread") and sheet in _EVERYBODYS_COLUMNS
    )


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Worst first, then by place, so that the same book always lists the same way."""
    return tuple(
        sorted(
            problems,
            key=lambda p: (
                SEVERITY_ORDER[p.severity],
                p.source.sheet,
                p.source.row,
                p.column,
                p.code,
                p.what,
                p.client_id or "",
            ),
        )
    )
