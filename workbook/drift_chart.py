"""The chart of drift on the Client sheet: each class's weight now and after the plan, against its target and band.

It stands beside the table, each class's bars in line with its row, so that a household with three classes leaves rows free
and no gap. The end of the outlined bar is the target and its whiskers are the band. The chart reads hidden cells of its
own, which are #N/A where the table has no class: nothing is drawn at 0 for a class that is not there.
"""

from __future__ import annotations

from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from workbook import styles as look
from workbook.curve import LEFT_OUT
from workbook.styles import Styles
from xl_rebal.sheets.layout import CLIENT_SHEET
from xl_rebal.sheets.tables import DRIFT_HEADERS, Cell, CellTable

HEADERS = ("Class", "Now", "After the plan", "Target", "Up to", "Down to")
ALT_TEXT = (
    "Chart of each asset class's weight now and after the plan, as bars in line with the table's rows, with an outlined "
    "bar up to its target and whiskers for its band. The table beside it has the same figures."
)
_CLASS, _WEIGHT, _TARGET, _LOWER, _UPPER, _AFTER = (
    DRIFT_HEADERS.index(h) for h in ("Asset Class", "Weight", "Target", "Lower", "Upper", "After Plan")
)


def write_drift_chart(
    sheet: Worksheet,
    styles: Styles,
    table_at: tuple[int, int],
    cells_at: tuple[int, int],
    chart_at: tuple[int, int, int, int, int],
    room: int,
    cached: CellTable | None,
    rows_height: float,
) -> None:
    """The chart's own cells (top left at `cells_at`) and the chart, at row, column, pixels from there, width and height.

    `table_at` is the first header cell of the spilled table of classes, `room` its most rows, `rows_height` their pixels.
    """
    row, column = cells_at
    for x, header in enumerate(HEADERS):
        sheet.write_string(row, column + x, header, styles())
    shown = []
    for y in range(1, room + 1):
        name, weight, target, lower, upper, after = (
            xl_rowcol_to_cell(table_at[0] + y, table_at[1] + x)
            for x in (_CLASS, _WEIGHT, _TARGET, _LOWER, _UPPER, _AFTER)
        )

        def number(cell: str, otherwise: str = "NA()") -> str:
            return f"=IF(ISNUMBER({cell}),{cell},{otherwise})"

        formulas = (
            f'=IF(ISNUMBER({weight}),{name},"")',
            number(weight),
            number(after),
            number(target),
            f"=IF(ISNUMBER({upper}),{upper}-{target},0)",
            f"=IF(ISNUMBER({lower}),{target}-{lower},0)",
        )
        shown.append(_figures(cached, y))
        for x, formula in enumerate(formulas):
            sheet.write_formula(row + y, column + x, formula, styles(), shown[-1][x])
    _insert_chart(sheet, styles, cells_at, chart_at, shown, rows_height)


def _figures(cached: CellTable | None, y: int) -> list[Cell]:
    """What the chart's cells of a row hold before anything runs."""
    values = cached[y] if cached and y < len(cached) else [None] * len(DRIFT_HEADERS)
    name, weight, target, lower, upper, after = (
        values[x] for x in (_CLASS, _WEIGHT, _TARGET, _LOWER, _UPPER, _AFTER)
    )

    def reach(edge: Cell, sign: int) -> float:
        return sign * (edge - target) if isinstance(edge, float) and isinstance(target, float) else 0.0

    drawn: list[Cell] = [v if isinstance(v, float) else LEFT_OUT for v in (weight, after, target)]
    return [name if isinstance(weight, float) else "", *drawn, reach(upper, 1), reach(lower, -1)]


def _insert_chart(
    sheet: Worksheet,
    styles: Styles,
    cells_at: tuple[int, int],
    chart_at: tuple[int, int, int, int, int],
    shown: list[list[Cell]],
    rows_height: float,
) -> None:
    top, column, bottom = cells_at[0] + 1, cells_at[1], cells_at[0] + len(shown)
    bars = styles.chart({"type": "bar"})

    def series(x: int, **look_of: Any) -> dict[str, Any]:
        return {
            "name": HEADERS[x],
            "categories": [CLIENT_SHEET, top, column, bottom, column],
            "values": [CLIENT_SHEET, top, column + x, bottom, column + x],
            "categories_data": [figures[0] for figures in shown],
            "values_data": [v if isinstance(v := figures[x], float) else None for figures in shown],
            **look_of,
        }

    def cells(x: int) -> str:
        first, last = (xl_rowcol_to_cell(y, column + x, row_abs=True, col_abs=True) for y in (top, bottom))
        return f"={CLIENT_SHEET}!{first}:{last}"

    solid = {"border": {"none": True}}
    bars.add_series(series(1, fill={"color": look.NAVY}, gap=35, overlap=0, **solid))
    bars.add_series(series(2, fill={"color": "#9DB4D0"}, **solid))
    band = {
        "type": "custom",
        "plus_values": cells(4),
        "minus_values": cells(5),
        "plus_data": [figures[4] for figures in shown],
        "minus_data": [figures[5] for figures in shown],
        "line": {"color": look.RED, "width": 1.25},
    }
    outline = {"fill": {"none": True}, "border": {"color": look.RED, "width": 0.75}}
    bars.add_series(series(3, y_error_bars=band, **outline))
    font = {"name": look.FONT, "size": 8, "color": look.SLATE}
    bars.set_y_axis(
        {"reverse": True, "label_position": "none", "line": {"color": look.SLATE}, "major_tick_mark": "none"}
    )
    bars.set_x_axis(
        {
            "num_font": font,
            "num_format": "0%",
            "min": 0,
            "label_position": "high",
            "line": {"none": True},
            "major_gridlines": {"visible": True, "line": {"color": look.RULE, "width": 0.5}},
        }
    )
    bars.set_title({"none": True})
    bars.set_legend({"position": "bottom", "font": font})
    bars.set_chartarea({"border": {"none": True}, "fill": {"none": True}})
    bars.set_plotarea({"layout": {"x": 0.02, "y": 0.0, "width": 0.94, "height": rows_height / chart_at[4]}})
    bars.show_na_as_empty_cell()
    bars.show_hidden_data()
    row, at, offset, width, height = chart_at
    bars.set_size({"width": width, "height": height})
    options = {"x_offset": offset, "y_offset": 0, "object_position": 2, "description": ALT_TEXT}
    sheet.insert_chart(row, at, bars, options)
