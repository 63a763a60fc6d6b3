"""What the XR_ functions answer to LibreOffice: rows of text, numbers and None, as its cells hold them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

from udfs.given import From1904
from udfs.known import udf_functions

Rows: TypeAlias = list[list[str | float | None]]
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - a cell's date has no time zone
_DIFFERENT = (
    "The open workbooks do not count their days from the same year (1900 and 1904), so a date can't be told from its number. "
    "Close the others, then Tools > Add-Ons > Rebalance: Calculate Now."
)


def functions() -> Mapping[str, Callable[..., Any]]:
    """The functions that Excel calls, by name."""
    return {function.__name__: function for function in udf_functions()}


def answered(
    known: Mapping[str, Callable[..., Any]], name: str, arguments: Sequence[Any], date_1904: bool | None
) -> Rows:
    """A function's result. A call that does not fit it is answered with the sentence that says so.

    `date_1904` says from when the workbook counts its days, which are plain numbers here (None: it can't be told).
    """
    if name not in known:
        return [[f"This installation has no function {name}. Run: xl-rebal libreoffice install"]]
    if date_1904 is None:
        return [[_DIFFERENT]]
    if date_1904:
        arguments = [From1904(one) if isinstance(one, list | tuple) else one for one in arguments]
    try:
        table = known[name](*arguments)
    except TypeError as error:  # every other error is a sentence already
        return [[f"{name} was called with arguments that do not fit ({error})."]]
    return [[serial(value, date_1904) for value in row] for row in table]


def serial(value: Any, date_1904: bool = False) -> str | float | None:
    """A value as LibreOffice's cells hold it: a date is its serial number, a number that is none is #NUM!."""
    epoch = _EPOCH_1904 if date_1904 else _EPOCH
    if isinstance(value, datetime):
        return (value.replace(tzinfo=None) - epoch) / timedelta(days=1)
    if isinstance(value, date):
        return float((value - epoch.date()).days)
    if value is None or isinstance(value, str):
        return value
    number = float(value)
    return number if math.isfinite(number) else "#NUM!"
