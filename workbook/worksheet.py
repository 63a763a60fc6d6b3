"""A worksheet of XlsxWriter that writes thousands of formulas in a fraction of the time."""

from __future__ import annotations

import re

from xlsxwriter.worksheet import Worksheet

_CALL = re.compile(r"[\w.]+\(")


class QuickSheet(Worksheet):  # type: ignore[misc]
    """XlsxWriter's, with the same output.

    In each formula XlsxWriter looks for 29 newer functions, such as FILTER, whose names need a prefix in the file: a fifth of
    the time to build a large firm's workbook. A formula that only calls functions of formulas that it left as they were is
    left as it is, too.
    """

    def __init__(self) -> None:
        super().__init__()
        self._without_prefix: set[str] = set()

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        if expand_future_functions or formula[:1] != "=" or formula[-1:] == "}":
            return str(super()._prepare_formula(formula, expand_future_functions))
        calls = set(_CALL.findall(formula))
        if not calls <= self._without_prefix:
            prepared = str(super()._prepare_formula(formula))
            if prepared != formula[1:]:
                return prepared
            self._without_prefix |= calls
        return formula[1:]
