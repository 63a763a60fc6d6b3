"""The page about the XR_ functions, udfs/FUNCTIONS.md, made from the functions themselves: python -m workbook.function_docs

What each function and argument is comes from where Excel's function wizard has it, columns and examples from calls on the
sample firm, and errors are what the functions answer when asked wrongly.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from workbook.function_help import FunctionHelp, function_helps
from workbook.inputs import cell_value, table_values
from workbook.vba import udf_module_names
from xl_rebal import sample
from xl_rebal.sample.hartwell import CLIENT_ID as CLIENT
from xl_rebal.sheets import layout
from xl_rebal.sheets.tables import Cell, CellTable

PAGE = Path(__file__).resolve().parent.parent / "udfs" / "FUNCTIONS.md"
EXAMPLES: dict[str, dict[str, object]] = {
    "XR_TERM": {"acquired": date(2025, 3, 1), "sold": date(2026, 3, 2)},
    "XR_WHATIF": {"budget": 100_000},
}
"""Arguments of an example beside the client and the book."""
VARIES = frozenset(("Plan Hash",))
"""Columns whose content follows the version of the package."""
HEAD = """# The XR_ functions

Made from the functions by `python -m workbook.function_docs`; changes made here are lost with the next one.

The functions run in Excel for Windows and, as stored results, everywhere else (`xl-rebal refresh`). `XR_DATA` reads the
input tables once and returns a key; the workbook keeps it in the cell named `XRBook`, and every other function takes it
as `book`. So a change of any table reaches every result, and nothing is read twice. Results spill: a header row, then
rows. Dollars are numbers, weights and rates are fractions of 1, dates are Excel's. The examples are the sample firm's.

What a person must know comes back as one sentence in the first cell, never as an error value or a traceback:

| asked | answer |
| --- | --- |
"""

Functions = dict[str, Callable[..., CellTable]]


def page() -> str:
    """The whole page."""
    functions: Functions = {}
    for name in udf_module_names():
        module = importlib.import_module(name)
        functions |= {n: f for n, f in vars(module).items() if n.startswith("XR_")}
    tables = _sample_tables()
    key = str(functions["XR_DATA"](**tables)[0][0])
    parts = [HEAD + "".join(f"| {asked} | {_cell(said)} |\n" for asked, said in _errors(functions, key))]
    parts += [_section(one, functions[one.name], key, tables) for one in function_helps(udf_module_names())]
    return "\n".join(parts)


def _sample_tables() -> dict[str, Any]:
    """XR_DATA's arguments on the sample firm, by name."""
    rows = sample.firm_rows()
    tables: dict[str, Any] = {
        sheet.name.lower(): table_values(sheet, rows.get(sheet.name, ()))
        for sheet in layout.INPUT_SHEETS
        if sheet is not layout.DECISIONS
    }
    settings = [[name, cell_value(value), ""] for name, value in sample.firm_settings_values().items()]
    return {**tables, layout.SETTINGS_SHEET.lower(): [list(layout.SETTINGS_HEADERS), *settings]}


def _errors(functions: Functions, key: str) -> Iterator[tuple[str, Cell]]:
    drift = functions["XR_DRIFT"]
    for asked, answer in (
        ("with an empty book cell", drift(CLIENT, None)),
        ("where XRBook itself holds a sentence", drift(CLIENT, "Python was closed.")),
        ("of a book that Python no longer has", drift(CLIENT, "Book 000000000000: 1 client, 0 errors")),
        ("without a client", drift(None, key)),
        ("of a client that does not exist", drift("NOBODY", key)),
        ("of a client whose data has errors", drift(_withheld(functions, key), key)),
        ("with a wish that is no number", functions["XR_WHATIF"](CLIENT, key, "much")),
        ("with ranges of two sizes", functions["XR_TERM"]([[1], [2]], [[1], [2], [3]])),
    ):
        yield asked, next(cell for row in reversed(answer) for cell in row if cell is not None)


def _withheld(functions: Functions, key: str) -> Cell:
    header, *rows = functions["XR_CHECKS"](key)
    severity, client = header.index("Severity"), header.index("Client ID")
    return next(row[client] for row in rows if row[severity] == "Error")


def _section(one: FunctionHelp, function: Callable[..., CellTable], key: str, tables: dict[str, Any]) -> str:
    lines = [
        f"## {one.name}",
        "",
        f"`{one.call}`",
        "",
        one.text,
        "",
        "| argument | what | left out |",
        "| --- | --- | --- |",
    ]
    for argument in one.arguments:
        default = (
            ""
            if not argument.optional
            else f"`{argument.default}`"
            if argument.default is not None
            else "nothing"
        )
        lines.append(f"| `{argument.name}` | {_cell(argument.text)} | {default} |")
    given = tables if one.name == "XR_DATA" else _given(one, key)
    header, *rows = function(**given)
    if one.name in ("XR_DATA", "XR_TERM"):
        rows, header = [header], ["Result"]
    lines += ["", f"Example: `{_formula(one, given)}`", "", "| column | first row |", "| --- | --- |"]
    first = rows[0] if rows else []
    for at, name in enumerate(header):
        value = first[at] if at < len(first) else None
        lines.append(f"| {_cell(name)} | {'...' if name in VARIES else _cell(value)} |")
    return "\n".join([*lines, ""])


def _given(one: FunctionHelp, key: str) -> dict[str, Any]:
    known: dict[str, object] = {"client": CLIENT, "book": key, **EXAMPLES.get(one.name, {})}
    return {argument.name: known[argument.name] for argument in one.arguments if argument.name in known}


def _formula(one: FunctionHelp, given: dict[str, Any]) -> str:
    """The example as it stands in a cell."""
    if one.name == "XR_DATA":
        tables = [*(sheet.table for sheet in layout.INPUT_SHEETS if sheet is not layout.DECISIONS)]
        return f"=XR_DATA({tables[0]}[[#Headers],[#Data]], ...)"
    shown = []
    for argument in one.arguments:
        if argument.name not in given:
            break
        value = given[argument.name]
        if argument.name == "book":
            shown.append("XRBook")
        elif isinstance(value, date):
            shown.append(f"DATE({value.year},{value.month},{value.day})")
        else:
            shown.append(f'"{value}"' if isinstance(value, str) else str(value))
    return f"={one.name}({', '.join(shown)})"


def _cell(value: Cell) -> str:
    """A cell as text in a Markdown table."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return (
            f"{value:,.0f}" if value.is_integer() else f"{value:,.6g}" if abs(value) < 1 else f"{value:,.2f}"
        )
    return " ".join(str(value).replace("|", "\\|").split())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE)
