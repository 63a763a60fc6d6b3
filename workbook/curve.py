"""The chart of drift against tax on the Client sheet: the curve as a line, the plan as a diamond on or beside it.

A chart takes a fixed range, a spilled result has as many rows as it has, and empty text in a cell is drawn as 0. So the
chart reads cells of its own, in hidden columns beyond the printed page: each repeats a figure of the spilled table, or
is #N/A where a row has none, which every spreadsheet program leaves out of a line.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from workbook import styles as look
from workbook.styles import Styles
from xl_rebal.engine.frontier import Mark
from xl_rebal.sheets.insight_tables import FRONTIER_HEADERS
from xl_rebal.sheets.layout import CLIENT_SHEET
from xl_rebal.sheets.tables import Cell, CellTable

HEADERS = ("Drift", "Curve", "Plan", "No trades")
LEFT_OUT = "#N/A"
PLAN, TODAY = Mark.PLAN.value, Mark.TODAY.value
SAME_DRIFT = 0.000001
ALT_TEXT = (
    "Chart of the least tax for each amount of drift left, a line that falls to the right, with this plan as a diamond "
    "and no trades as a square. The table to its left has the same figures."
)
_DRIFT, _MARK, _TAX = (FRONTIER_HEADERS.index(header) for header in ("Drift Left", "Mark", "Added Tax"))


def draws_nothing(
    sheet: str,
    row: int,
    column: int,
    text: str,
    cells_at: tuple[int, int],
    room: int,
    headers: Sequence[str] = HEADERS,
) -> bool:
    """Whether an error in a cell is only a chart's own way to leave a point out."""
    top, left = cells_at
    inside = top < row <= top + room and left < column < left + len(headers)
    return sheet == CLIENT_SHEET and text == LEFT_OUT and inside


def write_curve(
    sheet: Worksheet,
    styles: Styles,
    table_at: tuple[int, int],
    cells_at: tuple[int, int],
    chart_at: tuple[int, int, int, int],
    room: int,
    cached: CellTable | None,
) -> None:
    """The chart's own cells (top left at `cells_at`) and the chart, at row, column, width and height in pixels.

    `table_at` is the first header cell of the spilled table, `room` its most rows.
    """
    row, column = cells_at
    sheet.set_column(column, column + len(HEADERS) - 1, 10, styles(), {"hidden": True})
    for x, header in enumerate(HEADERS):
        sheet.write_string(row, column + x, header, styles())
    shown: list[list[Cell]] = []
    for y in range(1, room + 1):
        drift, mark, tax = (
            xl_rowcol_to_cell(table_at[0] + y, table_at[1] + x) for x in (_DRIFT, _MARK, _TAX)
        )
        above = xl_rowcol_to_cell(table_at[0] + y - 1, table_at[1] + _DRIFT)
        formulas = (
            f"=IF(ISNUMBER({drift}),{drift},0)",
            f"=IF({_aside(drift, mark, above)},NA(),IF(ISNUMBER({tax}),{tax},NA()))",
            f'=IF(AND({mark}="{PLAN}",ISNUMBER({tax})),{tax},NA())',
            f'=IF(AND(RIGHT({mark},{len(TODAY)})="{TODAY}",ISNUMBER({tax})),{tax},NA())',
        )
        shown.append(_figures(cached, y))
        for x, formula in enumerate(formulas):
            sheet.write_formula(row + y, column + x, formula, styles(), shown[-1][x])
    _insert_chart(sheet, styles, cells_at, chart_at, shown)


def _aside(drift: str, mark: str, above: str) -> str:
    """Formula: whether a row is not of the curve, as the plan is, or no trades where a sale at a loss saves tax."""
    same = f'AND({mark}="{TODAY}",ABS(N({drift})-N({above}))<{SAME_DRIFT})'
    return f'OR(NOT(ISNUMBER({drift})),{mark}="{PLAN}",{same})'


def _figures(cached: CellTable | None, y: int) -> list[Cell]:
    """What the chart's cells of a row hold: the formulas' results, so that they read right before anything runs."""
    drift = _number(cached, y, _DRIFT)
    if cached is None or drift is None:
        return [0.0, *[LEFT_OUT] * (len(HEADERS) - 1)]
    mark, known = str(cached[y][_MARK] or ""), _number(cached, y, _TAX)
    tax: Cell = LEFT_OUT if known is None else known
    same = mark == TODAY and abs(drift - (_number(cached, y - 1, _DRIFT) or 0.0)) < SAME_DRIFT
    return [
        drift,
        LEFT_OUT if mark == PLAN or same else tax,
        tax if mark == PLAN else LEFT_OUT,
        tax if mark.endswith(TODAY) else LEFT_OUT,
    ]


def _number(cached: CellTable | None, y: int, x: int) -> float | None:
    value = cached[y][x] if cached and y < len(cached) else None
    return value if isinstance(value, float) else None


def _insert_chart(
    sheet: Worksheet,
    styles: Styles,
    cells_at: tuple[int, int],
    chart_at: tuple[int, int, int, int],
    shown: list[list[Cell]],
) -> None:
    chart = styles.chart({"type": "scatter", "subtype": "straight_with_markers"})
    top, column = cells_at[0] + 1, cells_at[1]
    bottom = cells_at[0] + len(shown)

    def series(x: int, name: str, **look_of: Any) -> None:
        chart.add_series(
            {
                "name": name,
                "categories": [CLIENT_SHEET, top, column, bottom, column],
                "values": [CLIENT_SHEET, top, column + x, bottom, column + x],
                "values_data": [v if isinstance(v := figures[x], float) else None for figures in shown],
                **look_of,
            }
        )

    marker = {"size": 5, "fill": {"color": look.NAVY}, "border": {"color": look.NAVY}}
    line = {"color": look.NAVY, "width": 1.75}
    series(1, "Least tax for the drift left", line=line, marker={"type": "circle", **marker})
    marker = {"size": 12, "fill": {"color": look.RED}, "border": {"color": look.WHITE}}
    series(2, PLAN, line={"none": True}, marker={"type": "diamond", **marker})
    marker = {"size": 8, "fill": {"color": look.SLATE}, "border": {"color": look.WHITE}}
    series(3, TODAY, line={"none": True}, marker={"type": "square", **marker})
    font = {"name": look.FONT, "size": 9, "color": look.SLATE}
    grid = {"visible": True, "line": {"color": look.RULE, "width": 0.5}}
    axis = {"num_font": font, "line": {"color": look.SLATE}, "label_position": "low"}
    chart.set_x_axis(
        {
            **axis,
            "name": "Drift left, share of the household's value",
            "name_font": {**font, "bold": False},
            "num_format": "0%",
            "min": 0,
            "major_gridlines": grid,
        }
    )
    chart.set_y_axis(
        {
            **axis,
            "name": "Tax the trades add",
            "name_font": {**font, "bold": False},
            "num_format": look.DOLLARS,
            "major_gridlines": grid,
        }
    )
    chart.set_title(
        {
            "name": "What curing the drift costs",
            "name_font": {"name": look.FONT, "size": 11, "color": look.NAVY},
        }
    )
    chart.set_legend({"position": "bottom", "font": font})
    chart.set_chartarea({"border": {"color": look.RULE}})
    chart.show_na_as_empty_cell()
    chart.show_blanks_as("span")
    chart.show_hidden_data()
    row, at, width, height = chart_at
    chart.set_size({"width": width, "height": height})
    options = {"x_offset": 12, "y_offset": 0, "object_position": 2, "description": ALT_TEXT}
    sheet.insert_chart(row, at, chart, options)
