"""How the workbook looks: one font, few colours, one format for each kind of value.

Colour never carries a meaning alone: a sign, parentheses or a word always says the same.
"""

from __future__ import annotations

from typing import Any

import xlsxwriter
from xlsxwriter.format import Format

from xl_rebal.sheets.layout import Kind

FONT = "Calibri"
NAVY = "#1F3A5F"
SLATE = "#5B6B7F"
RULE = "#C9D1DB"
PALE = "#F2F5F9"
ENTRY = "#FFF8E1"
WHITE = "#FFFFFF"
RED = "#9C1C1C"
LINK = "#0B5394"
TAB_RESULT, TAB_INPUT, TAB_SETUP = NAVY, "#7A8CA3", "#B9A15B"

DOLLARS = "$#,##0;($#,##0);$0"
CENTS = "$#,##0.00;($#,##0.00);$0.00"
PRICE = "#,##0.00##"
PERCENT = "0.0%"
SIGNED_PERCENT = "[>=0.0005]+0.0%;[<=-0.0005]-0.0%;0.0%"  # never -0.0%
RATE = "0.0#%"
DATE = "yyyy-mm-dd"
WHOLE = "#,##0"
FRACTIONS = "#,##0.000"
TEXT = "@"

INPUT_FORMATS = {
    Kind.TEXT: TEXT,
    Kind.CHOICE: TEXT,
    Kind.YES_NO: TEXT,
    Kind.DATE: DATE,
    Kind.MONEY: "#,##0.00",
    Kind.QUANTITY: "General",
    Kind.PRICE: PRICE,
    Kind.WEIGHT: "0.0#%",
    Kind.RATE: "0.0#%",
    Kind.COUNT: "0",
}
"""Number format of an input column by what it holds."""


class Styles:
    """The workbook's cell formats, each made once, asked for by its properties."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def __call__(self, **properties: Any) -> Format:
        wanted = {"font_name": FONT, "font_size": 10, "valign": "vcenter", **properties}
        key = tuple(sorted(wanted.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(wanted)
        return self._made[key]

    def chart(self, kind: dict[str, str]) -> Any:
        """A chart of this kind, to be filled and put on a sheet."""
        return self._book.add_chart(kind)

    def title(self) -> Format:
        return self(font_size=18, bold=True, font_color=NAVY)

    def subtitle(self) -> Format:
        return self(font_color=SLATE)

    def section(self) -> Format:
        return self(font_size=12, bold=True, font_color=NAVY, valign="bottom")

    def header(self, number_format: str = "") -> Format:
        """Header of a result table: over numbers it stands right, as they do."""
        align = "left" if number_format in ("", TEXT) else "right"
        return self(
            bold=True,
            font_color=WHITE,
            bg_color=NAVY,
            align=align,
            text_wrap=True,
            border=1,
            border_color=NAVY,
            indent=1 if align == "left" else 0,
        )

    def body(self, number_format: str = "", **more: Any) -> Format:
        """A result cell; `unknown` in a column of numbers stands right, too."""
        if number_format in ("", TEXT):
            return self(align="left", indent=1, **more)
        return self(num_format=number_format, align="right", **more)

    def entry(self, number_format: str = "") -> Format:
        """A cell of a result sheet that a person types into: marked, and open where the sheet is protected."""
        align = {"indent": 1} if number_format in ("", TEXT) else {}
        return self(
            bold=True,
            bg_color=ENTRY,
            border=1,
            border_color=NAVY,
            align="left" if align else "right",
            num_format=number_format or TEXT,
            locked=False,
            **align,
        )

    def link(self) -> Format:
        return self(font_color=LINK, underline=1, align="left", indent=1)

    def input(self, kind: Kind, **more: Any) -> Format:
        text = (Kind.TEXT, Kind.CHOICE, Kind.YES_NO, Kind.DATE)
        align = {"align": "left", "indent": 1} if kind in text else {}
        return self(**{"num_format": INPUT_FORMATS[kind], **align, **more})

    def input_header(self, required: bool) -> Format:
        """Header of an input column: dark where a value is required, light where it may stay empty."""
        common: dict[str, Any] = {
            "bold": True,
            "text_wrap": True,
            "border": 1,
            "border_color": RULE,
            "indent": 1,
        }
        if required:
            return self(font_color=WHITE, bg_color=NAVY, **common)
        return self(font_color=NAVY, bg_color="#DDE4ED", **common)

    def row_line(self) -> Format:
        """Conditional: the hairline under a row that holds something."""
        return self._book.add_format({"bottom": 4, "bottom_color": RULE})

    def total_line(self) -> Format:
        return self._book.add_format({"bold": True, "top": 1, "top_color": NAVY})

    def emphasis(self) -> Format:
        """Conditional: what needs a look. The cell's own words or sign say so as well."""
        return self._book.add_format({"bold": True, "font_color": RED, "bottom": 4, "bottom_color": RULE})

    def changed(self) -> Format:
        """Conditional: a figure that is another one than before."""
        return self._book.add_format({"bold": True, "bottom": 4, "bottom_color": RULE})

    def alarm(self) -> Format:
        """Conditional: what must not be overlooked. The cell or its row says so in words as well."""
        return self._book.add_format(
            {"bold": True, "font_color": RED, "bg_color": "#FBE9E7", "bottom": 4, "bottom_color": RULE}
        )

    def instead(self, text: str) -> Format:
        """Conditional: this text in place of the cell's."""
        form = {"num_format": f';;;"{text}"', "bold": True, "font_color": RED, "bg_color": "#FBE9E7"}
        return self._book.add_format(form)

    def not_shown(self) -> Format:
        """Conditional: a text that stands elsewhere, too."""
        return self._book.add_format({"num_format": ";;;", "bottom": 4, "bottom_color": RULE})

    def fractions(self) -> Format:
        return self._book.add_format({"num_format": FRACTIONS, "bottom": 4, "bottom_color": RULE})
