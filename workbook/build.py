"""Builds rebalance.xlsm from rows and settings, on any operating system and without Excel.

The input sheets come from xl_rebal/sheets/layout.py, the settings from params/firm.toml, the macros and the ribbon from
their text sources in this folder. Results are computed by the same functions that Excel calls and are cached in their
cells, so that the file reads right where no Python runs. The same input gives the same bytes.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from udfs import functions, session
from udfs.known import UDF_MODULES, udf_functions
from workbook import client_page, pages, quarter_page, verify_page, what_if_page
from workbook.cell_styles import name_cell_styles
from workbook.firm_cells import FirmCells, setting_formula
from workbook.inputs import (
    Rows,
    cell_value,
    define_lists,
    lines_of,
    list_names,
    page,
    row_height,
    table_values,
    validation,
    write_cell,
    write_input_sheet,
    write_table,
)
from workbook.spill import NOT_CALCULATED, Compute
from workbook.styles import TAB_SETUP, Styles
from workbook.worksheet import QuickSheet
from xl_rebal.app.books import no_garbage_collection
from xl_rebal.params.load import FirmSetting, firm_settings
from xl_rebal.sheets import layout
from xl_rebal.sheets.layout import Column, Kind
from xl_rebal.sheets.tables import CellTable

CONF_SHEET = "xlwings.conf"
CREATED = datetime(2026, 1, 1)  # noqa: DTZ001 - fixed, so that the same input gives the same bytes
CALC_ENGINE = 191029
"""Calculation engine of Excel 2019 to 365: the file's results count as up to date for them."""

BOOK_CELL = (1, 5)
BOOK_NAME, CLIENT_NAME = "XRBook", "XRClient"
_TABLES = {s.name: s.table for s in layout.INPUT_SHEETS} | {layout.SETTINGS_SHEET: layout.SETTINGS_TABLE}
DATA_FORMULA = (
    "=XR_DATA("
    + ",".join(
        f"{table}[[#Headers],[#Data]]" for table in (_TABLES[sheet] for sheet in functions.DATA_SHEETS)
    )
    + ")"
)
"""Headers and rows of every table: the one form of a whole table that Excel and LibreOffice both resolve."""


@no_garbage_collection()
def build_workbook(
    path: str | Path,
    rows: Mapping[str, Rows],
    settings: Mapping[str, object],
    cached: bool = True,
    *,
    macros: bool = True,
    interpreter: str = "pythonw",
    python_path: str = "",
) -> Path:
    """Writes the workbook and returns its path.

    `rows` maps an input sheet's name to its rows (header -> dollars, text, date ...), `settings` a setting's name to
    its value; what is left out has its default. With `cached` every result is computed and stored in its cell.
    Without `macros` the file has neither VBA nor ribbon and must be named .xlsx. `interpreter` and `python_path` go
    to the xlwings.conf sheet: the Python that Excel starts, and a folder to import from when nothing is installed.
    """
    target = Path(path)
    values = _settings_values(settings)
    compute = _computer(rows, values) if cached else None
    book = xlsxwriter.Workbook(str(target), {"strings_to_formulas": False, "strings_to_urls": False})
    try:
        book.set_properties(
            {
                "title": "Rebalance review",
                "subject": "Tax-aware rebalancing preparation",
                "author": "xl_rebal",
                "created": CREATED,
            }
        )
        book.set_size(2600, 1500)
        # As saved by today's Excel and complete: it opens on the cached results and does not recalculate, which
        # would replace them by #NAME? or #VALUE! where macros are blocked or no Python runs.
        book.set_calc_mode("auto", CALC_ENGINE)
        book.calc_on_load = False
        styles = Styles(book)
        sheets = {name: book.add_worksheet(name, QuickSheet) for name in (*layout.SHEET_ORDER, CONF_SHEET)}
        for input_sheet in layout.INPUT_SHEETS:
            sheet_rows = rows.get(input_sheet.name, ())
            write_input_sheet(sheets[input_sheet.name], input_sheet, sheet_rows, styles)
        _write_settings(sheets[layout.SETTINGS_SHEET], styles, values, compute)
        _write_conf(sheets[CONF_SHEET], styles, interpreter, python_path)
        _define_names(book)
        with session.beside(target.resolve().parent):
            _write_pages(sheets, styles, rows, values, compute)
        sheets[layout.DASHBOARD_SHEET].activate()
        if macros:
            _add_macros(book, sheets)
    except BaseException:
        book.fileclosed = True  # or XlsxWriter would still leave half a workbook
        raise
    book.close()
    name_cell_styles(target, styles.named())
    if macros:
        from workbook.vba import add_ribbon

        add_ribbon(target)
    return target


def sheet_code_names() -> Mapping[str, str]:
    """VBA code name of every sheet, in the workbook's order: `wsDashboard`, `wsClient` ..."""
    return {
        name: "ws" + "".join(part[:1].upper() + part[1:] for part in re.split(r"\W+", name))
        for name in (*layout.SHEET_ORDER, CONF_SHEET)
    }


def _add_macros(book: xlsxwriter.Workbook, sheets: Mapping[str, Worksheet]) -> None:
    """The VBA project from its text sources; its module names are the sheets' code names."""
    from io import BytesIO

    from workbook.ovba import vba_project
    from workbook.vba import modules

    names = sheet_code_names()
    book.set_vba_name("ThisWorkbook")
    for name, sheet in sheets.items():
        sheet.set_vba_name(names[name])
    project = vba_project(modules(tuple(names.values())))
    book.add_vba_project(BytesIO(project), is_stream=True)


# --- Settings --------------------------------------------------------------------------------------------------


def _settings_values(settings: Mapping[str, object]) -> list[tuple[FirmSetting, Any]]:
    """Every setting in file order with the value its cell gets: the given one, else its default."""
    given = dict(settings)
    values = [(s, _setting_value(s, given.pop(s.name, s.default))) for s in firm_settings()]
    if given:
        known = ", ".join(s.name for s, _ in values)
        raise ValueError(f"There is no setting {next(iter(given))!r}. Settings are: {known}.")
    return values


def _setting_value(setting: FirmSetting, value: object) -> Any:
    """A default's text ('5%', '$500', '45') as the number of its cell; other values as they are."""
    if isinstance(value, str) and value and setting.kind in ("weight", "rate", "money", "count"):
        exact = Decimal(value.replace("$", "").replace(",", "").replace("%", ""))
        return float(exact / 100 if value.endswith("%") else exact)
    if isinstance(value, date) and not isinstance(value, datetime):
        return cell_value(value)
    return cell_value(getattr(value, "value", value))


def _settings_table(values: Sequence[tuple[FirmSetting, Any]]) -> list[list[Any]]:
    return [list(layout.SETTINGS_HEADERS), *([s.name, value, s.help] for s, value in values)]


def _write_settings(
    sheet: Worksheet,
    styles: Styles,
    values: Sequence[tuple[FirmSetting, Any]],
    compute: Compute | None,
) -> None:
    """The settings as a table, each cell with its own format and rule, and beside it the workbook's one data cell."""
    sheet.set_tab_color(TAB_SETUP)
    for at, width in enumerate((26, 26, 92, 3, 16, 46)):
        sheet.set_column(at, at, width, styles())
    name_form = styles(bold=True, align="left", indent=1)
    help_form = styles(text_wrap=True, align="left", indent=1)
    columns = [
        (layout.SETTINGS_HEADERS[0], name_form, True),
        (layout.SETTINGS_HEADERS[1], styles(align="left"), True),
        (layout.SETTINGS_HEADERS[2], help_form, False),
    ]
    write_table(sheet, layout.SETTINGS_TABLE, columns, _settings_table(values)[1:], styles)
    for y, (setting, value) in enumerate(values, 1):
        kind = Kind.CHOICE if setting.choices else Kind(setting.kind)
        form = styles.setting(kind)
        write_cell(sheet, y, 1, value, form)
        sheet.set_row(y, row_height(lines_of(setting.help, 92)))
        if rule := validation(Column(setting.name, kind, setting.help, choices=tuple(setting.choices))):
            sheet.data_validation(y, 1, y, 1, rule)
    row, column = BOOK_CELL
    label = styles(bold=True, align="left")
    sheet.write_string(0, column - 1, "Data", styles.input_header(True))
    sheet.write_string(0, column, "What this workbook holds now", styles.input_header(True))
    sheet.write_string(row, column - 1, "Book", label)
    key = compute("XR_DATA")[0][0] if compute else NOT_CALCULATED
    form = styles(align="left")
    sheet.write_dynamic_array_formula(row, column, row, column, DATA_FORMULA, form, key)
    note = "Read from all input tables at once. Every other result depends on this cell; leave it as it is."
    sheet.write_string(row + 1, column, note, styles.subtitle())
    sheet.write_string(row + 2, column - 1, "Quarter", label)
    named = {setting.name: value for setting, value in values}
    set_to, as_of = setting_formula("Quarter"), setting_formula("As Of")
    follows = f'YEAR({as_of})&"-Q"&ROUNDUP(MONTH({as_of})/3,0)'
    follows = f'IF({as_of}="","",{follows})'  # without a date no quarter is known
    sheet.write_formula(row + 2, column, f'=IF({set_to}&""="",{follows},{set_to})', form, _quarter(named))
    sheet.freeze_panes(1, 1)
    page(sheet, styles, repeat_row=0)
    sheet.print_area(0, 0, len(values), 2)


def _write_conf(sheet: Worksheet, styles: Styles, interpreter: str, python_path: str) -> None:
    """What xlwings reads when Excel first calls Python; keys in column A from A1 on, values beside them."""
    sheet.set_tab_color(TAB_SETUP)
    sheet.set_column(0, 0, 34, styles())
    sheet.set_column(1, 1, 60, styles())
    sheet.set_column(3, 3, 80, styles())
    entries = (
        (
            "Interpreter_Win",
            interpreter,
            "Full path of pythonw.exe that has xl_rebal, or pythonw from the PATH.",
        ),
        (
            "Interpreter_Mac",
            "python3",
            "On a Mac, for the buttons: full path of the python that has xl_rebal. Run once: xlwings runpython install",
        ),
        ("PYTHONPATH", python_path, "Only for a checkout that is not installed: its folder."),
        (
            "ADD_WORKBOOK_TO_PYTHONPATH",
            "False",
            "Python never imports files that happen to lie beside the workbook.",
        ),
        ("UDF Modules", ";".join(m.__name__ for m in UDF_MODULES), "Where the XR_ functions live."),
        ("Use UDF Server", "True", "Ribbon commands share the functions' Python, so they start at once."),
        ("Show Console", "False", "True shows Python's window, to look for the cause of a failure."),
    )
    for row, (key, value, what) in enumerate(entries):
        sheet.write_string(row, 0, key, styles(bold=True))
        write_cell(sheet, row, 1, value, styles.setting(Kind.TEXT))
        sheet.write_string(row, 3, what, styles.subtitle())
    page(sheet, styles)


# --- Results ---------------------------------------------------------------------------------------------------


def _computer(rows: Mapping[str, Rows], settings: Sequence[tuple[FirmSetting, Any]]) -> Compute:
    """`compute("XR_PLAN", client, ...)` over these rows, through the functions that Excel calls."""
    inputs = {sheet.name: table_values(sheet, rows.get(sheet.name, ())) for sheet in layout.INPUT_SHEETS}
    inputs[layout.SETTINGS_SHEET] = _settings_table(settings)
    data = functions.XR_DATA(*[inputs[name] for name in functions.DATA_SHEETS])
    key = data[0][0]
    by_name = {function.__name__: function for function in udf_functions()}

    def compute(name: str, client: str = "", *more: object) -> CellTable:
        if name == "XR_DATA":
            return data
        function = by_name[name]
        if next(iter(inspect.signature(function).parameters)) == "book":
            return function(key, client or None, *more)
        return function(client, key, *more)

    return compute


def _define_names(book: xlsxwriter.Workbook) -> None:
    define_lists(book, list_names().items())
    book.define_name(BOOK_NAME, f"={layout.SETTINGS_SHEET}!$F$2")
    book.define_name(pages.QUARTER_NAME, f"={layout.SETTINGS_SHEET}!$F$4")
    book.define_name(CLIENT_NAME, f"={layout.CLIENT_SHEET}!$C$2")
    for name, refers_to in pages.choice_names().items():
        book.define_name(name, refers_to)
    book.define_name(quarter_page.PLACE_NAME, f"={layout.QUARTER_SHEET}!{quarter_page.PLACE_CELL}")
    for name, place in what_if_page.input_names().items():
        book.define_name(name, f"='{layout.WHAT_IF_SHEET}'!{place}")


def _write_pages(
    sheets: Mapping[str, Worksheet],
    styles: Styles,
    rows: Mapping[str, Rows],
    settings: Sequence[tuple[FirmSetting, Any]],
    compute: Compute | None,
) -> None:
    named = {setting.name: value for setting, value in settings}
    as_of = named["As Of"] if isinstance(named["As Of"], datetime) else None
    quarter = _quarter(named)
    decisions = {
        str(row.get("Client ID")): str(row.get("Decision") or "")
        for row in rows.get("Decisions", ())
        if row.get("Quarter") == quarter
    }
    firm = pages.FirmFacts(str(named["Firm Name"] or ""), as_of, quarter, decisions)
    advisors = [str(row.get("Advisor") or "") for row in rows.get("Clients", ())]
    pages.write_dashboard(sheets[layout.DASHBOARD_SHEET], styles, firm, compute, advisors)
    clients = [str(row["Client ID"]) for row in rows.get("Clients", ()) if row.get("Client ID")]
    shown = clients[0] if clients else ""
    client_page.write_client(sheets[layout.CLIENT_SHEET], styles, shown, compute)
    cells = FirmCells(rows, named, shown)
    what_if_page.write_what_if(sheets[layout.WHAT_IF_SHEET], styles, cells, compute)
    verify_page.write_verify(sheets[layout.VERIFY_SHEET], styles, cells, compute)
    quarter_page.write_quarter(sheets[layout.QUARTER_SHEET], styles, quarter, pages.QUARTER_NAME, compute)
    pages.write_checks(sheets[layout.CHECKS_SHEET], styles, compute)
    pages.write_help(sheets[layout.HELP_SHEET], styles, udf_functions())


def _quarter(settings: Mapping[str, Any]) -> str:
    """The quarter that the briefs are for: as set, else the as-of date's, as the cell XRQuarter computes it."""
    as_of = settings["As Of"]
    if settings["Quarter"] or not isinstance(as_of, datetime):
        return str(settings["Quarter"] or "")
    return f"{as_of.year}-Q{(as_of.month + 2) // 3}"
