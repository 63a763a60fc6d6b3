"""What the XR_ functions answer to LibreOffice: rows of text, numbers and None, as its cells hold them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

from workbook.build import udf_functions

Rows: TypeAlias = list[list[str | float | None]]
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell's date has no time zone


def functions() -> Mapping[str, Callable[..., Any]]:
    """The functions that Excel calls, by name."""
    return {function.__name__: function for function in udf_functions()}


def answered(known: Mapping[str, Callable[..., Any]], name: str, arguments: Sequence[Any]) -> Rows:
    """A function's result. A call that does not fit it is answered with the sentence that says so."""
    if name not in known:
        return [[f"This installation has no function {name}. Run: xl-rebal libreoffice install"]]
    try:
        table = known[name](*arguments)
    except TypeError as error:  # every other error is a sentence already
        return [[f"{name} was called with arguments that do not fit ({error})."]]
    return [[serial(value) for value in row] for row in table]


def serial(value: Any) -> str | float | None:
    """A value as LibreOffice's cells hold it: a date is its serial number, a number that is none is #NUM!."""
    if isinstance(value, datetime):
        return (value.replace(tzinfo=None) - _EPOCH) / timedelta(days=1)
    if isinstance(value, date):
        return float((value - _EPOCH.date()).days)
    if value is None or isinstance(value, str):
        return value
    number = float(value)
    return number if math.isfinite(number) else "#NUM!"
