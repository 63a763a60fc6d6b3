"""Cell values as a worksheet stores them, and many new rows at once as the text of their XML.

Elements cost time and memory: 50,000 rows of nine cells are half a million of them. Rows below a table's last one are new
in every cell, so they are written as text and put into the sheet when it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from xml.sax.saxutils import escape

CellValue = str | int | float | Decimal | date | bool | None

EPOCH, EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
_FIRST_RIGHT_DAY = date(1900, 3, 1)
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def stored_text(value: str) -> str:
    """A text without what XML can't hold; what Excel would take for an escaped character is escaped."""
    return _ESCAPE.sub("_x005F_", _CONTROLS.sub("", value))


def keeps_spaces(value: str) -> bool:
    """Whether the text has to be stored with its white space."""
    return value != value.strip() or "\n" in value


def stored_number(value: int | float | Decimal | date, epoch: date) -> str:
    """A number, truth value or day as the digits of a cell."""
    if isinstance(value, date):
        return str(_serial(value, epoch))
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(int(value)) if isinstance(value, bool) else repr(value)


def _serial(value: date, epoch: date) -> int:
    """Excel's number of a day; its calendar has a 29 February 1900, so days before it count one less."""
    day = value.date() if isinstance(value, datetime) else value
    early = epoch == EPOCH and day < _FIRST_RIGHT_DAY
    return (day - epoch).days - (1 if early else 0)


class NewRows:
    """Rows that are written below the last one. `columns` are letters from left to right, with style and formula."""

    def __init__(
        self,
        columns: Sequence[str],
        styles: Mapping[str, str],
        formulas: Mapping[str, str],
        epoch: date,
        prefix: str | None,
    ) -> None:
        self._prefix = f"{prefix}:" if prefix else ""
        self._epoch = epoch
        self._columns = [
            (column, f' s="{styles[column]}"' if styles.get(column, "0") != "0" else "", formulas.get(column))
            for column in columns
        ]
        self._rows: list[str] = []

    def add(self, number: int, cells: Mapping[str, CellValue]) -> None:
        """A row of values by column letters; a formula of the column stands where no value is given."""
        p = self._prefix
        parts = [f'<{p}row r="{number}">']
        for column, style, formula in self._columns:
            value = cells.get(column)
            start = f'<{p}c r="{column}{number}"{style}'
            if value is None or value == "":
                if formula is not None and column not in cells:
                    parts.append(f"{start}><{p}f>{escape(formula)}</{p}f></{p}c>")
                elif style:
                    parts.append(f"{start}/>")
            elif isinstance(value, str):
                parts.append(f'{start} t="inlineStr">{_inline(p, value)}</{p}c>')
            else:
                kind = ' t="b"' if isinstance(value, bool) else ""
                parts.append(f"{start}{kind}><{p}v>{stored_number(value, self._epoch)}</{p}v></{p}c>")
        parts.append(f"</{p}row>")
        self._rows.append("".join(parts))

    def xml(self) -> bytes:
        return "".join(self._rows).encode()


@lru_cache(maxsize=4096)
def _inline(prefix: str, value: str) -> str:
    space = ' xml:space="preserve"' if keeps_spaces(value) else ""
    text = escape(stored_text(value), {"\r": "&#13;"})
    return f"<{prefix}is><{prefix}t{space}>{text}</{prefix}t></{prefix}is>"
