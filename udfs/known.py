"""Every XR_ function, for hosts other than Excel: it finds them by the names of their modules."""

from __future__ import annotations

from collections.abc import Callable

from udfs import functions, insight, record
from xl_rebal.sheets.tables import CellTable

UDF_MODULES = (functions, insight, record)


def udf_functions() -> tuple[Callable[..., CellTable], ...]:
    """Every XR_ function, by name."""
    found = {name: value for module in UDF_MODULES for name, value in vars(module).items()}
    return tuple(found[name] for name in sorted(found) if name.startswith("XR_"))
