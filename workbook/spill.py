"""A spilled table on a sheet: its formula, its cached result, the formats of its columns and the lines of its rows.

A spilled table is written as a dynamic-array formula with its result cached beside it, so the file reads right before
Python has run. Tables that lie above one another have a fixed room and fold what does not fit: a spill never meets
another one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from workbook import styles as look
from workbook.inputs import write_cell
from workbook.styles import Styles
from xl_rebal.sheets.tables import CellTable

Compute = Callable[..., CellTable]
"""`compute("XR_PLAN", client, ...)`: what the function returns for the book of this workbook, to cache it."""

NOT_CALCULATED = "Press Ctrl+Alt+F9 to calculate."

OPEN_ROOM = 300
"""Rows with conditional formats below a table that runs on, as nothing stands below it."""

FORMATS: Mapping[str, str] = {
    **dict.fromkeys(("Weight", "Target", "Lower", "Upper", "After Plan", "Drift Left"), look.PERCENT),
    **dict.fromkeys(("Drift", "Worst Drift", "More Drift"), look.SIGNED_PERCENT),
    **dict.fromkeys(("Acquired", "Clear From", "Last Purchase", "Due", "Date"), look.DATE),
    **dict.fromkeys(
        ("Amount", "Sold", "ST Gain", "LT Gain", "ST Loss", "LT Loss", "Tax", "More Tax"), look.CENTS
    ),
    **dict.fromkeys(("Proceeds", "Cost Basis", "Gain", "Required", "Taken", "Left"), look.CENTS),
    **dict.fromkeys(("Before plan", "Plan", "With plan", "Value", "Year-End Value"), look.CENTS),
    **dict.fromkeys(("Added Tax", "$ per Point", "Gap", "At Stake"), look.CENTS),
    **dict.fromkeys(("As planned", "What if", "Difference"), look.CENTS),
    "Price": look.PRICE,
    **dict.fromkeys(("Shares", "Programs"), look.WHOLE),
    "Divisor": "0.0",
}
"""Number format of a result column by its header; text where there is none."""

FIRM_FORMATS: Mapping[str, str] = {
    **FORMATS,
    **dict.fromkeys(("Value", "Trims", "ST Gain", "LT Gain", "Tax", "Gain Budget"), look.DOLLARS),
    **dict.fromkeys(("Budget Used", "Budget Left (Over)", "RMD Left"), look.DOLLARS),
}
"""On the Dashboard money stands in whole dollars: it is for comparing clients."""

SHRUNK = frozenset(("Flag", "Flags", "Reason", "Class", "Client", "Purchases", "What", "Binding Limits"))
"""Texts that get smaller rather than cut when they are too long: each has a neighbour that they can't run over."""


def spill(
    sheet: Worksheet,
    styles: Styles,
    at: tuple[int, int],
    formula: str,
    cached: CellTable | None,
    headers: Sequence[str],
    room: int,
    formats: Mapping[str, str] = FORMATS,
    across: int = 0,
    wrapped: Collection[str] = (),
) -> None:
    """A spilled table at `at` (its header's first cell) with its cached result and formats for `room` rows.

    A table with OPEN_ROOM or more has nothing below it: there the columns bring the formats, not each empty cell.
    With `across` header and lines go over so many columns: the last text runs over the empty cells to its right.
    Columns in `wrapped` wrap their texts, which their rows must be high enough for.
    """
    row, column = at
    table = cached or [[NOT_CALCULATED, *[None] * (len(headers) - 1)]]
    forms = [formats.get(header, "") for header in headers]
    last = (row + len(table) - 1, column + len(table[0]) - 1)
    heads = [styles.header(form if x else "") for x, form in enumerate(forms)]
    bodies = [
        body_format(styles, header, formats, first=not x, wrap=header in wrapped)
        for x, header in enumerate(headers)
    ]
    sheet.write_dynamic_array_formula(row, column, *last, formula, heads[0], table[0][0])
    for y in range(len(table) if room >= OPEN_ROOM else room + 1):
        values = table[y] if y < len(table) else []
        for x in range(len(headers)):
            if (y, x) != (0, 0):
                value = values[x] if x < len(values) else None
                write_cell(sheet, row + y, column + x, value, heads[x] if y == 0 else bodies[x])
    for x in range(len(headers), across):
        sheet.write_blank(row, column + x, None, styles.header())
    width = max(len(headers), across)
    _row_rules(sheet, styles, (row + 1, column, row + room, column + width - 1), headers)


NO_FUNCTIONS = (
    "The XR_ functions don't run here. Excel: Enable Content. LibreOffice: close this, run xl-rebal libreoffice install, "
    "then xl-rebal libreoffice open FILE."
)
"""What a sheet says in place of results that a program without the functions can't compute: a format takes 255 characters."""


def say_if_alone(
    sheet: Worksheet,
    styles: Styles,
    at: tuple[int, int],
    anchor: tuple[int, int],
    headers: Sequence[str],
    cached: CellTable | None,
    *,
    title: str = "",
    form: Any = None,
) -> None:
    """At `at`, after `title`, the sentence of a table that is only a sentence; `anchor` is its first header cell.

    The sentence stands below the headers, or in the place of the first one, when nothing could be computed. In its own
    cell it is not shown: the empty texts that a spill puts into the cells to its right would cut it off. Comes before the
    rules of the spill, as LibreOffice takes the first that holds.
    """
    row, left = anchor[0] + 1, anchor[1]
    head, said = (xl_rowcol_to_cell(y, left, row_abs=True, col_abs=True) for y in (row - 1, row))
    rest = f"{xl_rowcol_to_cell(row, left + 1)}:{xl_rowcol_to_cell(row, left + len(headers) - 1)}"
    alone = f'AND(ISTEXT({said}),{said}<>"",COUNT({rest})+COUNTIF({rest},"?*")=0)'
    none = f'AND({head}<>"",{head}<>"{headers[0]}")'
    before, nothing = (f'"{title}: "&', title) if title else ("", " ")
    sentence = f'IF({none},{before}{head},IF({alone},{before}{said},"{nothing}"))'
    formula = f'=IFERROR({sentence},"{nothing}")'
    sheet.write_formula(*at, formula, form or styles.section(), _sentence(title, headers, cached))
    for y, criteria in ((row, alone), (row - 1, none)):
        hidden = {"type": "formula", "criteria": f"={criteria}", "format": styles.not_shown()}
        sheet.conditional_format(y, left, y, left, hidden)


def _sentence(title: str, headers: Sequence[str], cached: CellTable | None) -> str:
    """What say_if_alone's formula shows: title and sentence, or one of them; never nothing, which takes no format."""
    table = cached or [[NOT_CALCULATED]]
    only = ""
    if table[0][0] != headers[0]:
        only = str(table[0][0])
    elif len(table) > 1 and isinstance(table[1][0], str) and all(value is None for value in table[1][1:]):
        only = table[1][0]
    return ": ".join(filter(None, (title, only))) or " "


def say_if_no_functions(sheet: Worksheet, styles: Styles, at: tuple[int, int]) -> None:
    """At `at`, in the place of its text, a line once the functions don't run.

    It is a conditional format, which a program evaluates when it shows the sheet, even where it calculates nothing.
    """
    rule = {"type": "formula", "criteria": "=ISERROR(XRBook)", "format": styles.notice(NO_FUNCTIONS)}
    sheet.conditional_format(*at, *at, {**rule, "stop_if_true": True})


def body_format(
    styles: Styles,
    header: str,
    formats: Mapping[str, str] = FORMATS,
    *,
    first: bool = False,
    wrap: bool = False,
) -> Any:
    """The format of a result column's cells. The first column stands left: a sentence there runs over the empty cells."""
    if first and formats.get(header):
        return styles.body(formats[header], align="left", indent=1)
    if wrap:
        return styles.body(text_wrap=True)
    return styles.body(formats.get(header, ""), **({"shrink": True} if header in SHRUNK else {}))


def _row_rules(
    sheet: Worksheet, styles: Styles, area: tuple[int, int, int, int], headers: Sequence[str]
) -> None:
    """Lines under the rows in use, totals set off, fractions of shares shown, and emphasis on words that ask for it."""
    top, left = area[0], area[1]
    first = xl_rowcol_to_cell(top, left, col_abs=True)

    def rule(criteria: str, form: Any, columns: tuple[int, int] | None = None) -> None:
        start, end = columns or (area[1], area[3])
        sheet.conditional_format(
            top, start, area[2], end, {"type": "formula", "criteria": criteria, "format": form}
        )

    # Where several rules meet Excel merges them and LibreOffice takes the first: the narrow ones come first.
    for x, header in enumerate(headers):
        cell = xl_rowcol_to_cell(top, left + x)
        one = (left + x, left + x)
        if header == "Shares":
            rule(f"=AND(ISNUMBER({cell}),{cell}<>INT(N({cell})))", styles.fractions(), one)
        elif header in ("Status", "If sold today"):
            words = ("Above band", "Below band", "Wash sale", "Withheld", "Due")
            tests = ",".join(f'{cell}="{word}"' for word in words)
            rule(f"=OR({tests})", styles.emphasis(), one)
        elif header == "Severity":
            rule(f'={cell}="Error"', styles.emphasis(), one)
        elif header in ("Drift", "Worst Drift"):
            rule(
                f'={first}<>""', styles.row_line(), one
            )  # LibreOffice draws one range's rules where ranges meet
            _drift_bars(sheet, top, left + x, area[2])
    sums = ",".join(f'{first}="{label}"' for label in ("Net gain, both terms", "Tax added by the plan"))
    rule(f'=OR(LEFT({first},6)="Total ",{sums})', styles.total_line())
    rule(f'={first}<>""', styles.row_line())


def _drift_bars(sheet: Worksheet, top: int, column: int, bottom: int) -> None:
    """Bars from a line at a third of the cell: right is over target, left is under; the signed number says the same.

    To the right stands the number, which the bars of usual drifts leave free.
    """
    sheet.conditional_format(
        top,
        column,
        bottom,
        column,
        {
            "type": "data_bar",
            "data_bar_2010": True,
            "bar_solid": True,
            "bar_color": "#A9BDD6",
            "bar_negative_color": "#D9B8A6",
            "min_type": "num",
            "max_type": "num",
            "min_value": -0.15,
            "max_value": 0.3,
        },
    )
