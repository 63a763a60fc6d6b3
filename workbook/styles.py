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
    Kind.QUANTITY: "#,##0.0#####",  # whole ones by a conditional format: none of their digits can get lost with it
    Kind.PRICE: PRICE,
    Kind.WEIGHT: "0.0#%",
    Kind.RATE: "0.0#%",
    Kind.COUNT: "0",
}
"""Number format of an input column by what it holds."""

RESULT_STYLES = {
    "": "XR Result",
    TEXT: "XR Result",
    DOLLARS: "XR Result Dollars",
    CENTS: "XR Result Money",
    PRICE: "XR Result Price",
    PERCENT: "XR Result Percent",
    SIGNED_PERCENT: "XR Result Drift",
    RATE: "XR Result Rate",
    DATE: "XR Result Date",
    WHOLE: "XR Result Count",
    FRACTIONS: "XR Result Shares",
}
"""Named style of a result cell by its number format."""

INPUT_STYLES = {
    **dict.fromkeys((Kind.TEXT, Kind.CHOICE, Kind.YES_NO), "XR Input"),
    Kind.DATE: "XR Input Date",
    Kind.MONEY: "XR Input Money",
    Kind.QUANTITY: "XR Input Quantity",
    Kind.PRICE: "XR Input Price",
    **dict.fromkeys((Kind.WEIGHT, Kind.RATE), "XR Input Percent"),
    Kind.COUNT: "XR Input Count",
}
"""Named style of an input cell by what it holds."""


class Styles:
    """The workbook's cell formats, each made once, asked for by its properties.

    A format with a name is one of that named cell style, which a firm finds in Excel's Cell Styles gallery.
    """

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}
        self._names: dict[Format, str] = {}

    def __call__(self, name: str = "", /, **properties: Any) -> Format:
        wanted = {"font_name": FONT, "font_size": 10, "valign": "vcenter", **properties}
        key = tuple(sorted(wanted.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(wanted)
        form = self._made[key]
        if name and self._names.setdefault(form, name) != name:
            raise ValueError(f"The styles {self._names[form]} and {name} look the same: {properties}.")
        return form

    def named(self) -> dict[int, str]:
        """Names of cell styles by the place of each format in the finished file; known once the workbook is closed."""
        places = {form.xf_index: name for form, name in self._names.items() if form.xf_index}
        return dict(sorted(places.items()))

    def chart(self, kind: dict[str, str]) -> Any:
        """A chart of this kind, to be filled and put on a sheet."""
        return self._book.add_chart(kind)

    def title(self) -> Format:
        return self("XR Title", font_size=18, bold=True, font_color=NAVY)

    def subtitle(self) -> Format:
        return self("XR Subtitle", font_color=SLATE)

    def section(self) -> Format:
        return self("XR Section", font_size=12, bold=True, font_color=NAVY, valign="bottom")

    def header(self, number_format: str = "") -> Format:
        """Header of a result table: over numbers it stands right, as they do."""
        align = "left" if number_format in ("", TEXT) else "right"
        return self(
            "XR Header",
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
        name = RESULT_STYLES.get(number_format, "XR Result Number")
        if number_format in ("", TEXT):
            return self(name, align="left", indent=1, **more)
        return self(name, **{"num_format": number_format, "align": "right", **more})

    def entry(self, number_format: str = "") -> Format:
        """A cell of a result sheet that a person types into: marked, and open where the sheet is protected."""
        align = {"indent": 1} if number_format in ("", TEXT) else {}
        return self(
            "XR Entry",
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
        return self("XR Link", font_color=LINK, underline=1, align="left", indent=1)

    def input(self, kind: Kind, **more: Any) -> Format:
        """A cell of an input table; open, should the firm protect the sheet."""
        text = (Kind.TEXT, Kind.CHOICE, Kind.YES_NO, Kind.DATE)
        align = {"align": "left", "indent": 1} if kind in text else {}
        own = {"num_format": INPUT_FORMATS[kind], **align, "locked": False, **more}
        return self(INPUT_STYLES[kind], **own)

    def input_note(self) -> Format:
        """Running text of an input column. Not `@`: Excel shows long text of that format as ####."""
        return self("XR Input Note", align="left", indent=1, text_wrap=True, locked=False)

    def setting(self, kind: Kind) -> Format:
        """A value on the Settings sheet: marked as one to type into."""
        look = {"bg_color": ENTRY, "align": "left", "indent": 1, "locked": False}
        return self("XR Setting", num_format=INPUT_FORMATS[kind], **look)

    def figure(self, number_format: str = "", **more: Any) -> Format:
        """A figure on top of a sheet, below its caption."""
        look = {"bold": True, "font_color": NAVY, "align": "left", "num_format": number_format or "General"}
        return self("XR Figure", **{**look, **more})

    def caption(self) -> Format:
        return self("XR Caption", font_size=9, font_color=SLATE, align="left")

    def label(self) -> Format:
        """What stands left of a cell to type into."""
        return self("XR Label", font_color=SLATE, align="right", indent=1)

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
            return self("XR Header Required", font_color=WHITE, bg_color=NAVY, **common)
        return self("XR Header Optional", font_color=NAVY, bg_color="#DDE4ED", **common)

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

    def notice(self, text: str) -> Format:
        """Conditional: this text in place of the cell's, running over the empty cells to its right."""
        return self._book.add_format({"num_format": f';;;"{text}"', "bold": True, "font_color": RED})

    def not_shown(self) -> Format:
        """Conditional: a text that stands elsewhere, too."""
        return self._book.add_format({"num_format": ";;;", "bottom": 4, "bottom_color": RULE})

    def whole(self) -> Format:
        """Conditional: a quantity without a fraction."""
        return self._book.add_format({"num_format": WHOLE})

    def fractions(self) -> Format:
        return self._book.add_format({"num_format": FRACTIONS, "bottom": 4, "bottom_color": RULE})
