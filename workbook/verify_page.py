"""The Verify sheet: what a person checks by hand in the first briefs, recomputed by native formulas beside the XR_ results.

Each line has the sheet's own figure, the one that the functions show on the Client sheet, and their difference, and says
Agrees or Differs; one line on top sums up. Where a function shows no figure (a withheld client), nothing is compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlsxwriter.worksheet import Worksheet

from workbook import styles as look
from workbook import verify_formulas as f
from workbook import verify_layout as v
from workbook.client_page import book_line_cell
from workbook.firm_cells import FirmCells, client_value
from workbook.inputs import page, protect
from workbook.spill import NOT_CALCULATED, OPEN_ROOM, Compute, say_if_no_functions
from workbook.styles import Styles
from workbook.verify_values import BIRTHS, Verified, rmd_left, sold, verified
from xl_rebal.sheets.layout import CLIENT_SHEET
from xl_rebal.sheets.tables import Cell, CellTable

AGREES, DIFFERS = "Agrees", "Differs"
NO_ROOM = "This client has more rows than this sheet has room for: the rest is not recomputed."
STALE = "Press F9: these figures are of before the data changed."
_LEFT = (2, 18, 13, 13, 12, 13, 13, 12, 13, 13, 12, 12, 12, 9, 11, 9, 8)
_LIST = (8, 16, 15, 18, 13, 13, 14)
_WEIGHTS = 0.0000001


def write_verify(sheet: Worksheet, styles: Styles, firm: FirmCells, compute: Compute | None) -> None:
    """The comparison on the left, the rows behind it on the right, pointers and constants hidden."""
    sheet.set_tab_color(look.TAB_RESULT)
    sheet.hide_gridlines(2)
    sheet.set_default_row(17)
    for at, width in enumerate(_LEFT):
        sheet.set_column(at, at, width, styles())
    sheet.set_column(v.LOTS - 1, v.LOTS - 1, 3, styles())
    for start in (v.LOTS, v.POSITIONS):
        for x, width in enumerate(_LIST):
            sheet.set_column(start + x, start + x, width, styles())
    for first, last in v.HIDDEN:
        sheet.set_column(first, last, 9, styles(), {"hidden": True})
    writer = _Writer(sheet, styles, firm, compute)
    writer.constants()
    writer.lists()
    writer.classes()
    writer.plan()
    writer.sums()
    writer.summary()
    sheet.freeze_panes(3, 0)
    page(sheet, styles)
    sheet.print_area(0, 0, v.PLAN_HEAD + max(12, len(writer.sold)), v.DIFFER)
    protect(sheet)


class _Writer:
    """Writes the parts one after another and counts what the cached figures compare to."""

    def __init__(self, sheet: Worksheet, styles: Styles, firm: FirmCells, compute: Compute | None) -> None:
        self.sheet, self.styles, self.firm = sheet, styles, firm
        self.found: Verified = verified(firm)

        def result(function: str) -> list[dict[str, Cell]]:
            table: CellTable = compute(function, firm.client_id) if compute and firm.client_id else [[]]
            return [dict(zip(map(str, table[0]), row, strict=True)) for row in table[1:]]

        self.drift = {
            str(row["Asset Class"]): row
            for row in reversed(result("XR_DRIFT"))
            if isinstance(row["Value"], float) and not row["Symbol"]
        }
        self.plan_lots = result("XR_LOTS")
        self.sold = sold(firm, self.plan_lots)
        self.rmds = result("XR_RMD")
        [self.line] = result("XR_BOOK") or [{}]
        self.key = compute("XR_DATA")[0][0] if compute else NOT_CALCULATED
        self.compared = self.differ = 0

    def formula(self, row: int, column: int, formula: str, value: Any, form: str = "", **more: Any) -> None:
        style = self.styles.body(form, **more)
        self.sheet.write_formula(row, column, formula, style, _shown(value))

    def number(self, row: int, column: int, formula: str, value: Any) -> None:
        """A cell that stands left in its column, whatever it holds."""
        style = self.styles(align="left", indent=1)
        self.sheet.write_formula(row, column, formula, style, _shown(value))

    def heads(self, row: int, column: int, headers: Sequence[tuple[str, str]]) -> None:
        self.sheet.set_row(row, 30)
        for x, (header, form) in enumerate(headers):
            self.sheet.write_string(row, column + x, header, self.styles.header(form if x else ""))

    # --- Constants and lists ---

    def constants(self) -> None:
        """Tables of the law that the formulas for distributions read, with their sources, and registrations by kind."""
        from xl_rebal.engine.book import Registration
        from xl_rebal.params.load import tax_parameters

        self.rules = rules = tax_parameters(2026).rmd
        sheet, plain = self.sheet, self.styles()
        for column, text in (
            (v.AGES, "Uniform Lifetime table, Reg. 1.401(a)(9)-9(c)"),
            (v.BIRTHS, "Starting age by birth date, IRC 401(a)(9)(C)(v)"),
            (v.IRAS, "Own IRAs, Reg. 1.408-8(e)"),
            (v.SHELTERED, "Accounts whose sales are not taxed"),
        ):
            sheet.write_string(0, column, text, plain)
        for y, (age, divisor) in enumerate(sorted(rules.uniform_lifetime.items()), 1):
            sheet.write_number(y, v.AGES, age, plain)
            sheet.write_number(y, v.AGES + 1, float(divisor), plain)
        for y, (born, start) in enumerate(BIRTHS, 1):
            sheet.write_datetime(y, v.BIRTHS, born, self.styles(num_format=look.DATE))
            sheet.write_number(y, v.BIRTHS + 1, float(start), plain)
        self.iras = frozenset(r.value for r in rules.ira_pool)
        sheltered = sorted(r.value for r in Registration if not r.taxable)
        for column, names in ((v.IRAS, sorted(self.iras)), (v.SHELTERED, sheltered)):
            for y, name in enumerate(names, 1):
                sheet.write_string(y, column, name, plain)

    def lists(self) -> None:
        """The client's accounts, its lots, and the positions that stand in for lots."""
        found, sheet = self.found, self.sheet
        section = self.styles.section()
        sheet.write_string(v.ACCOUNT_HEAD - 1, v.LOTS, "The client's accounts", section)
        sheet.write_string(v.LOT_HEAD - 1, v.LOTS, "Lots behind the values", section)
        sheet.write_string(
            v.POSITION_HEAD - 1,
            v.POSITIONS,
            "Custodian positions: cash without a lot, and holdings of sheltered accounts without lots, count",
            section,
        )
        money = look.CENTS
        self.heads(
            v.ACCOUNT_HEAD,
            v.LOTS,
            [
                ("Row", ""),
                ("Account ID", ""),
                ("Registration", ""),
                ("Owner", ""),
                ("Year-End", money),
                ("RMD Taken", money),
            ],
        )
        heads = [
            ("Row", ""),
            ("Account ID", ""),
            ("Symbol", ""),
            ("Asset Class", ""),
            ("Quantity", "0"),
            ("Price", "0"),
        ]
        self.heads(v.LOT_HEAD, v.LOTS, [*heads, ("Value", money)])
        self.heads(v.POSITION_HEAD, v.POSITIONS, [*heads, ("Counts", money)])
        self.pointer(v.ACCOUNTS_COUNT, f.accounts_count(), float(len(found.accounts)))
        for number in range(1, v.ACCOUNT_ROOM + 1):
            self.account(number)
        for table, name, start, room in (
            ("tblLots", "Lots", v.LOTS, v.LOT_ROOM),
            ("tblPositions", "Positions", v.POSITIONS, v.POSITION_ROOM),
        ):
            self.then(name, start, 0)
            for number in range(1, room + 1):
                self.listed(table, name, start, number)
        # One row more than there is room for: whether there is any.
        for at, table, name, start, room in (
            (v.LOTS_OVER, "tblLots", "Lots", v.LOTS, v.LOT_ROOM),
            (v.POSITIONS_OVER, "tblPositions", "Positions", v.POSITIONS, v.POSITION_ROOM),
        ):
            more = f.next_row(table, start, room + 1).removeprefix("=")
            last = v.cell((v.LOT_HEAD if start == v.LOTS else v.POSITION_HEAD) + room, start + v.WHOSE)
            then = f"INDEX({v.area(v.ACCOUNT_HEAD + 1, v.THEN[start], v.ACCOUNT_ROOM)},{last})"
            formula = f'=IF({last}="",0,IF(OR({more}<{v.NONE},{then}>0),1,0))'
            self.pointer(at, formula, float(name in found.over))

    def pointer(self, at: int, formula: str, value: float) -> None:
        self.sheet.write_formula(at, v.COUNTS, formula, self.styles(), value)

    def account(self, number: int) -> None:
        row = v.ACCOUNT_HEAD + number
        known = number <= len(self.found.accounts)
        at, account = self.found.accounts[number - 1] if known else (0, {})
        self.number(
            row,
            v.ACCOUNT_ROW,
            f'=IF({v.cell(row, v.ACCOUNT_AT)}="","",{v.cell(row, v.ACCOUNT_AT)}+1)',
            float(at + 1) if known else "",
        )
        self.formula(row, v.ACCOUNT_AT, f.account_at(number), float(at) if known else "")
        for column, header, form in (
            (v.LOTS + v.ACCOUNT, "Account ID", ""),
            (v.REGISTRATION, "Registration", ""),
            (v.OWNER, "Owner", ""),
            (v.YEAR_END, "Prior Year-End Value", look.CENTS),
            (v.TAKEN, "RMD Taken", look.CENTS),
        ):
            self.formula(row, column, f.of_account(header, number), account.get(header), form)
        identity = account.get("Account ID")
        text = "" if identity is None else str(int(identity) if isinstance(identity, float) else identity)
        self.formula(
            row, v.TEXT_KEY, f.text_key(number), text.replace("~", "~~").replace("*", "~*").replace("?", "~?")
        )
        is_number = isinstance(identity, float) or (text.isdecimal() and (text == "0" or text[0] != "0"))
        self.formula(row, v.NUMBER_KEY, f.number_key(number), float(text) if is_number else "none")
        for table, name, start in (("tblLots", "Lots", v.LOTS), ("tblPositions", "Positions", v.POSITIONS)):
            first = self.found.first.get(name, [])
            value = first[number - 1] if number <= len(first) else None
            self.formula(
                row, v.FIRST[start], f.first_row(table, number), 9e9 if value is None else float(value)
            )
            self.then(name, start, number)

    def then(self, name: str, start: int, number: int) -> None:
        first = self.found.first.get(name, [])
        after = next((at for at in range(number, len(first)) if first[at] is not None), None)
        row = v.ACCOUNT_HEAD + number
        self.formula(
            row, v.THEN[start], f.next_account(start, number), 0.0 if after is None else float(after + 1)
        )

    def listed(self, table: str, name: str, start: int, number: int) -> None:
        head = v.LOT_HEAD if start == v.LOTS else v.POSITION_HEAD
        row = head + number
        lines = self.found.lots if name == "Lots" else self.found.positions
        line = lines[number - 1] if number <= len(lines) else None
        formulas = f.listed(table, start, number)
        values: dict[int, Any] = {}
        if line:
            values = {
                v.WHOSE: float(line.whose),
                v.AT: float(line.at),
                v.SECURITY: float(line.security),
                v.ROW: float(line.at + 1),
                v.ACCOUNT: line.account,
                v.SYMBOL: line.symbol,
                v.CLASS: line.asset_class,
                v.QUANTITY: line.quantity,
                v.PRICE: line.price,
                v.VALUE: line.value,
            }
        forms = {v.QUANTITY: "#,##0.####", v.PRICE: look.PRICE, v.VALUE: look.CENTS}
        if number > 1:
            step = self.step(lines, number)
            self.formula(row, start + v.NEXT, f.next_row(table, start, number), step)
        for x, formula in formulas.items():
            if x == v.ROW:
                self.number(row, start + x, formula, values.get(x))
            else:
                self.formula(row, start + x, formula, values.get(x), forms.get(x, ""))

    def step(self, lines: Sequence[Any], number: int) -> float:
        """What the pointer to the next row of the same account holds: NONE where the account has no other."""
        return lines[number - 1].step if number <= len(lines) else 9e9

    # --- Figures ---

    def verdict(self, row: int, compared: str, differ: str, values: tuple[int, int]) -> None:
        """Agrees or Differs, and how many figures were compared and how many of them differ."""
        n, d = v.cell(row, v.COMPARED), v.cell(row, v.DIFFER)
        said = "" if not values[0] else DIFFERS if values[1] else AGREES
        self.formula(row, v.RESULT, f'=IF({n}=0,"",IF({d}=0,"{AGREES}","{DIFFERS}"))', said, bold=True)
        quiet = {"font_color": look.SLATE}
        self.formula(row, v.COMPARED, compared, float(values[0]), "0;-0;", **quiet)
        self.formula(row, v.DIFFER, differ, float(values[1]), "0;-0;", **quiet)
        self.compared += values[0]
        self.differ += values[1]

    def beside(
        self, row: int, column: int, own: tuple[str, Any], result: tuple[str, Any], form: str, digits: int
    ) -> None:
        """The sheet's own figure, the function's, and their difference."""
        self.formula(row, column, *own, form)
        self.formula(row, column + 1, *result, form)
        here, there = v.cell(row, column), v.cell(row, column + 1)
        formula = f'=IF(AND(ISNUMBER({here}),ISNUMBER({there})),ROUND({here}-{there},{digits}),"")'
        both = isinstance(own[1], float) and isinstance(result[1], float)
        gap = round(own[1] - result[1], digits) + 0.0 if both else ""
        self.formula(row, column + 2, formula, gap, _gap_form(form))

    def classes(self) -> None:
        sheet, found = self.sheet, self.found
        sheet.write_string(
            v.CLASS_TOP - 1, 1, "Value, weight and drift by asset class", self.styles.section()
        )
        money, share = look.CENTS, look.PERCENT
        three = [("This sheet", money), ("XR_DRIFT", money), ("Difference", money)]
        self.heads(
            v.CLASS_TOP,
            1,
            [
                ("Asset class", ""),
                ("Value: this sheet", money),
                *three[1:],
                ("Weight: this sheet", share),
                *three[1:],
                ("Drift: this sheet", share),
                *three[1:],
                ("Status: this sheet", ""),
                ("XR_DRIFT", ""),
                ("Lots", "0"),
                ("Result", ""),
                ("Compared", "0"),
                ("Differ", "0"),
            ],
        )
        self.pointer(v.TARGETS_COUNT, f.targets_count(), float(found.targets))
        self.pointer(v.SCALE, f.scale(), float(found.scale))
        for number in range(1, v.CLASS_ROOM + 1):
            self.class_line(number)
        row = v.OTHER_ROW
        has = bool(self.drift)
        all_listed = found.targets <= v.CLASS_ROOM
        others = [d for name, d in self.drift.items() if d["Status"] == "No target"]
        theirs: Any = float(sum(_float(d["Value"]) for d in others)) if has else ""
        self.sheet.write_string(row, 1, "Without a target", self.styles.body())
        self.beside(row, 2, (f.other_value(), found.other), (f.other_result(), theirs), look.CENTS, 2)
        # What is left over is also that of classes that have a target and no room here.
        listed = f",{v.count(v.TARGETS_COUNT)}<={v.CLASS_ROOM}"
        self.compare_one(row, has and all_listed, found.other, theirs, listed)
        row = v.TOTAL_ROW
        self.sheet.write_string(row, 1, "Household", self.styles.body(bold=True))
        mine = ("=ROUND(" + f.VALUES + ",2)", found.total)
        book = self.line.get("Value") if self.line else ""
        self.beside(row, 2, mine, (f"={book_line_cell('Value')}", _shown(book)), look.CENTS, 2)
        self.compare_one(row, has, found.total, book)

    def compare_one(self, row: int, compares: bool, mine: Any, theirs: Any, unless: str = "") -> None:
        here, there = v.cell(row, 2), v.cell(row, 3)
        compared = f"=IF(AND({f.HAS_DRIFT},{self.fits()}{unless}),1,0)"
        wrong = not isinstance(theirs, float) or abs(mine - theirs) >= 0.005
        counts = (1, int(wrong)) if compares and self.found.fits else (0, 0)
        self.verdict(row, compared, _differs(row, here, there), counts)

    def fits(self) -> str:
        """Whether the client's accounts, lots and positions all have room on this sheet."""
        return f"{v.count(v.ACCOUNTS_COUNT)}<={v.ACCOUNT_ROOM},{v.count(v.LOTS_OVER)}=0,{v.count(v.POSITIONS_OVER)}=0"

    def class_line(self, number: int) -> None:
        row = v.CLASS_HEAD + number
        line = self.found.classes[number - 1] if number <= len(self.found.classes) else None
        shown = self.drift.get(line.name, {}) if line else {}

        def mine(value: Any) -> Any:
            return value if line else ""

        def theirs(header: str) -> Any:
            return shown.get(header, "missing" if self.drift else "") if line else ""

        name, value = v.cell(row, 1), v.cell(row, 2)
        total, weight = v.cell(v.TOTAL_ROW, 2), v.cell(row, 5)
        self.formula(row, v.TARGET_AT, f.target_at(number), line and float(line.at))
        self.formula(row, v.TARGET, f.target(number), line and line.target)
        self.formula(row, v.LOWER, f.edge(number, upper=False), line and line.lower)
        self.formula(row, v.UPPER, f.edge(number, upper=True), line and line.upper)
        self.formula(row, 1, f.class_name(number), line and line.name)
        self.beside(
            row,
            2,
            (f.class_value(number), mine(line and line.value)),
            (f.drift_result("Value", number), theirs("Value")),
            look.CENTS,
            2,
        )
        share = f'=IF({name}="","",IF({total}>0,{value}/{total},0))'
        self.beside(
            row,
            5,
            (share, mine(line and line.weight)),
            (f.drift_result("Weight", number), theirs("Weight")),
            look.PERCENT,
            7,
        )
        drift = f'=IF({name}="","",{weight}-{v.cell(row, v.TARGET)})'
        self.beside(
            row,
            8,
            (drift, mine(line and line.weight - line.target)),
            (f.drift_result("Drift", number), theirs("Drift")),
            look.SIGNED_PERCENT,
            7,
        )
        self.formula(row, 11, f.status(number), line and line.status)
        self.formula(row, 12, f.drift_result("Status", number), theirs("Status"))
        self.formula(row, 13, f.class_lots(number), line and float(line.lots), "0")
        compared = f'=IF({name}="",0,IF(AND({f.HAS_DRIFT},{self.fits()}),4,0))'
        tests = "+".join(
            f"IFERROR(IF(ABS({v.cell(row, x)}-{v.cell(row, x + 1)})<{limit},0,1),1)"
            for x, limit in ((2, "0.005"), (5, "0.0000001"), (8, "0.0000001"))
        )
        differ = f"=IF({v.cell(row, v.COMPARED)}=0,0,{tests}+IF({v.cell(row, 11)}={v.cell(row, 12)},0,1))"
        counts = (0, 0)
        if line and self.drift and self.found.fits:
            pairs = (
                (line.value, "Value", 0.005),
                (line.weight, "Weight", _WEIGHTS),
                (line.weight - line.target, "Drift", _WEIGHTS),
            )
            wrong = sum(
                not isinstance(theirs(h), float) or abs(a - theirs(h)) >= limit for a, h, limit in pairs
            )
            counts = (4, wrong + (theirs("Status") != line.status))
        self.verdict(row, compared, differ, counts)

    def plan(self) -> None:
        money = look.CENTS
        self.sheet.write_string(
            v.PLAN_HEAD - 1,
            1,
            "Lots that the plan sells, from their rows of the Lots sheet",
            self.styles.section(),
        )
        self.heads(
            v.PLAN_HEAD,
            1,
            [
                ("Account", ""),
                ("Symbol", ""),
                ("Lots row", "0"),
                ("Shares sold", "0"),
                ("Proceeds: this sheet", money),
                ("XR_LOTS", money),
                ("Cost basis: this sheet", money),
                ("XR_LOTS", money),
                ("Gain: this sheet", money),
                ("XR_LOTS", money),
                ("Largest difference", money),
                ("Term: this sheet", ""),
                ("XR_LOTS", ""),
                ("Result", ""),
                ("Compared", "0"),
                ("Differ", "0"),
            ],
        )
        count = sum(isinstance(row["Lots row"], float) for row in self.plan_lots)
        self.pointer(v.PLAN_COUNT, f.plan_count(), float(min(count, OPEN_ROOM)))
        for number in range(1, v.PLAN_ROOM + 1):
            self.sold_line(number)

    def sold_line(self, number: int) -> None:
        row = v.PLAN_HEAD + number
        formulas = f.plan_cells(number)
        line = self.sold[number - 1] if number <= len(self.sold) else None
        shown = self.plan_lots[number - 1] if line else {}
        own: dict[str, Any] = {}
        if line:
            own = {
                "account": line.account,
                "symbol": line.symbol,
                "row": line.row,
                "shares": line.shares,
                "proceeds": line.proceeds,
                "proceeds_xr": shown["Proceeds"],
                "basis": line.basis,
                "basis_xr": shown["Cost Basis"],
                "gain": line.gain,
                "gain_xr": shown["Gain"],
                "term": line.term,
                "term_xr": shown["Term"],
            }
        places: tuple[tuple[int, str, str], ...] = (
            (1, "account", ""),
            (2, "symbol", ""),
            (3, "row", "0"),
            (4, "shares", "#,##0.####"),
            (5, "proceeds", look.CENTS),
            (6, "proceeds_xr", look.CENTS),
            (7, "basis", look.CENTS),
            (8, "basis_xr", look.CENTS),
            (9, "gain", look.CENTS),
            (10, "gain_xr", look.CENTS),
            (12, "term", ""),
            (13, "term_xr", ""),
        )
        for x, key, form in places:
            self.formula(row, x, formulas[key], own.get(key), form, **({"shrink": True} if x == 13 else {}))
        pairs = [(v.cell(row, x), v.cell(row, x + 1)) for x in (5, 7, 9)]
        gaps = [f"ABS({a}-{b})" for a, b in pairs]
        largest = f'=IF({v.cell(row, 3)}="","",IFERROR(ROUND(MAX({",".join(gaps)}),2),"unreadable"))'
        differences = [_apart(own[k], own[f"{k}_xr"]) for k in ("proceeds", "basis", "gain")] if line else []
        self.formula(row, 11, largest, _largest(differences), _gap_form(look.CENTS))
        compared = f'=IF({v.cell(row, 3)}="",0,5)'
        tests = "+".join(f"IFERROR(IF({gap}<0.005,0,1),1)" for gap in gaps)
        same = f"IFERROR(IF({formulas['same']},0,1),1)"
        differ = f'=IF({v.cell(row, 3)}="",0,{tests}+IF({v.cell(row, 12)}={v.cell(row, 13)},0,1)+{same})'
        counts = (0, 0)
        if line:
            wrong = sum(gap >= 0.005 for gap in differences)
            counts = (5, wrong + (own["term"] != own["term_xr"]) + (not line.same))
        self.verdict(row, compared, differ, counts)

    def sums(self) -> None:
        sheet = self.sheet
        sheet.write_string(v.SUM_HEAD - 1, 1, "Gains and distributions", self.styles.section())
        money = look.CENTS
        heads = [
            ("Figure", ""),
            ("This sheet", money),
            ("XR_ result", money),
            ("Difference", money),
            ("How", ""),
        ]
        self.heads(v.SUM_HEAD, 1, heads)
        for x in range(6, v.RESULT):
            sheet.write_blank(v.SUM_HEAD, x, None, self.styles.header())
        for x, header in ((v.RESULT, ""), (v.COMPARED, "0"), (v.DIFFER, "0")):
            text = {v.RESULT: "Result", v.COMPARED: "Compared", v.DIFFER: "Differ"}[x]
            sheet.write_string(v.SUM_HEAD, x, text, self.styles.header(header))
        whole = len(self.sold) == sum(isinstance(row["Lots row"], float) for row in self.plan_lots)
        listed = f"{v.count(v.PLAN_COUNT)}<={v.PLAN_ROOM}"
        for at, (label, term, header) in enumerate(
            (("Short-term gain", "Short-term", "ST Gain"), ("Long-term gain", "Long-term", "LT Gain")), 1
        ):
            row = v.SUM_HEAD + at
            mine = float(sum(_float(line.gain) for line in self.sold if line.term == term))
            mine, theirs = round(mine, 2) + 0.0, self.line.get(header)
            result = (f"={book_line_cell(header)}", _shown(theirs))
            sheet.write_string(row, 1, label, self.styles.body())
            self.beside(row, 2, (f.planned_gain(term, v.PLAN_ROOM), mine), result, money, 2)
            how = f"The gains below that are {term.lower()}, beside the plan's total"
            sheet.write_string(row, 5, how, self.styles.body(font_color=look.SLATE))
            self.gain_line(row, listed, whole, mine, theirs)
        for at, (label, owner, births) in enumerate(
            (
                ("RMD left, client", "Client", ("Birth Date", "Spouse Birth Date")),
                ("RMD left, spouse", "Spouse", ("Spouse Birth Date", "Birth Date")),
            ),
            3,
        ):
            row = v.SUM_HEAD + at
            own: Any = (
                ""
                if self.firm.client_row is None
                else rmd_left(self.firm, owner, self.rules.uniform_lifetime, self.iras)
            )
            shown = [r["Left"] for r in self.rmds if str(r["Owner"]).startswith(owner) and r["Pool"] == "IRA"]
            theirs = shown[0] if shown else ""
            sheet.write_string(row, 1, label, self.styles.body())
            formula = (f.rmd_left(owner, *births), own)
            self.beside(row, 2, formula, (f.rmd_result(owner), _shown(theirs)), money, 2)
            how = "Own IRAs: year-end values by the Uniform Lifetime table, less what is taken. Plans and inherited: not here"
            sheet.write_string(row, 5, how, self.styles.body(font_color=look.SLATE))
            self.rmd_line(row, own, theirs)

    def gain_line(self, row: int, listed: str, whole: bool, mine: float, theirs: Any) -> None:
        """Compared when the plan has a figure and all of its lots are listed."""
        here, there = v.cell(row, 2), v.cell(row, 3)
        compared = f"=IF(AND({listed},ISNUMBER({there})),1,0)"
        wrong = isinstance(theirs, float) and abs(mine - theirs) >= 0.005
        counts = (1, int(wrong)) if whole and isinstance(theirs, float) else (0, 0)
        self.verdict(row, compared, _differs(row, here, there), counts)

    def rmd_line(self, row: int, mine: Any, theirs: Any) -> None:
        """Compared when either side is a number, unless the joint table is needed or the Client sheet folds the line away."""
        here, there = v.cell(row, 2), v.cell(row, 3)
        folded = f'COUNTIF({v.result_area("XR_RMD", "Owner")},"and * more")>0'
        compared = (
            f'=IF(OR({here}="needs the joint table",AND({there}="",{folded})),0,'
            f"IF(OR(ISNUMBER({here}),ISNUMBER({there})),1,0))"
        )
        hidden = not theirs and any(str(r["Owner"]).endswith(" more") for r in self.rmds)
        numbers = [x for x in (mine, theirs) if isinstance(x, float)]
        counts = (0, 0)
        if mine != "needs the joint table" and numbers and not hidden:
            counts = (1, int(len(numbers) < 2 or abs(mine - theirs) >= 0.005))
        self.verdict(row, compared, _differs(row, here, there), counts)

    # --- The line on top ---

    def summary(self) -> None:
        sheet, styles = self.sheet, self.styles
        sheet.set_row(0, 28)
        name = client_value("Client Name")
        title = f'=IFERROR({name}&"","")'
        sheet.write_formula(0, 1, title, styles.title(), self.firm.of_client("Client Name") or "")
        sheet.write_string(
            1,
            1,
            "Recomputed from the input sheets by this sheet's own formulas, without Python",
            styles.subtitle(),
        )
        link = f'=HYPERLINK("#{CLIENT_SHEET}!C2","Choose another client")'
        sheet.write_formula(1, 8, link, styles.link(), "Choose another client")
        last = v.PLAN_HEAD + v.PLAN_ROOM
        compared, differ = (
            f"SUM({v.area(v.CLASS_TOP + 1, x, last - v.CLASS_TOP)})" for x in (v.COMPARED, v.DIFFER)
        )
        fits = f"AND({self.fits()},{v.count(v.PLAN_COUNT)}<={v.PLAN_ROOM},{v.count(v.TARGETS_COUNT)}<={v.CLASS_ROOM})"
        status = book_line_cell("Status")
        formula = (
            f'=IF({compared}=0,"Nothing to compare: ",IF({differ}=0,IF({compared}=1,"The only figure agrees. ","All "&{compared}&" figures agree. "),'
            f'{differ}&" of "&{compared}&IF({differ}=1," figures differs"," figures differ")&": see the rows marked {DIFFERS}. "))'
            f'&IF({status}="Withheld","The client\'s plan is withheld, see Checks. ",'
            f'IF({compared}=0,"choose a client on the Client sheet.",""))'
            f'&IF({fits},"","{NO_ROOM}")'
        )
        self.sheet.set_row(2, 24)
        big = styles(font_size=13, bold=True, font_color=look.NAVY)
        self.sheet.write_formula(*v.SUMMARY_CELL, formula, big, self.said())
        self.sheet.write_formula(0, v.COUNTS - 1, "=XRBook", styles(), self.key)
        # Conditional formats are evaluated when a sheet is shown, even where nothing is calculated: results that were
        # refreshed without Excel never stand beside an "All agree" of before.
        stale = {
            "type": "formula",
            "criteria": f"={v.cell(0, v.COUNTS - 1)}<>XRBook",
            "format": styles.instead(STALE),
            "stop_if_true": True,
        }
        sheet.conditional_format(*v.SUMMARY_CELL, *v.SUMMARY_CELL, stale)
        say_if_no_functions(sheet, styles, v.SUMMARY_CELL)
        wrong = {"type": "formula", "criteria": f"={differ}>0", "format": styles.alarm()}
        sheet.conditional_format(*v.SUMMARY_CELL, v.SUMMARY_CELL[0], v.RESULT, wrong)
        for top, rows in (
            (v.CLASS_TOP, v.CLASS_ROOM + 2),
            (v.SUM_HEAD, v.SUM_ROWS),
            (v.PLAN_HEAD, v.PLAN_ROOM),
        ):
            first = f"$O{top + 2}"
            row_differs = {"type": "formula", "criteria": f'={first}="{DIFFERS}"', "format": styles.alarm()}
            sheet.conditional_format(top + 1, 1, top + rows, v.DIFFER, row_differs)
            used = {"type": "formula", "criteria": f'=$B{top + 2}<>""', "format": styles.row_line()}
            sheet.conditional_format(top + 1, 1, top + rows, v.DIFFER, used)
        for start, head, room in (
            (v.LOTS, v.ACCOUNT_HEAD, v.ACCOUNT_ROOM),
            (v.LOTS, v.LOT_HEAD, v.LOT_ROOM),
            (v.POSITIONS, v.POSITION_HEAD, v.POSITION_ROOM),
        ):
            used_row = v.cell(head + 1, start + 1).replace("$" + str(head + 2), str(head + 2))
            used = {"type": "formula", "criteria": f'={used_row}<>""', "format": styles.row_line()}
            sheet.conditional_format(head + 1, start, head + room, start + 6, used)

    def said(self) -> str:
        """The summary as its formula says it of the cached figures."""
        n, d = self.compared, self.differ
        text = "Nothing to compare: "
        if n:
            verb = "figures differs" if d == 1 else "figures differ"
            agree = "The only figure agrees. " if n == 1 else f"All {n} figures agree. "
            text = f"{d} of {n} {verb}: see the rows marked {DIFFERS}. " if d else agree
        if self.line.get("Status") == "Withheld":
            text += "The client's plan is withheld, see Checks. "
        elif not n:
            text += "choose a client on the Client sheet."
        listed = sum(isinstance(row["Lots row"], float) for row in self.plan_lots) <= v.PLAN_ROOM
        fits = self.found.fits and listed and self.found.targets <= v.CLASS_ROOM
        return text if fits else text + NO_ROOM


def _differs(row: int, here: str, there: str) -> str:
    """Formula: 1 when two amounts that are compared differ by half a cent or more, or one of them is none."""
    return f"=IF({v.cell(row, v.COMPARED)}=0,0,IFERROR(IF(ABS({here}-{there})<0.005,0,1),1))"


def _apart(mine: Any, theirs: Any) -> float:
    """How far two figures are apart; without end where one of them is none."""
    both = isinstance(mine, float) and isinstance(theirs, float)
    return abs(mine - theirs) if both else float("inf")


def _largest(differences: Sequence[float]) -> Any:
    if not differences:
        return ""
    return "unreadable" if max(differences) == float("inf") else round(max(differences), 2)


def _shown(value: Any) -> Any:
    """A cached result as a cell holds it: nothing is empty text, a date its serial number."""
    return "" if value is None else value


def _float(value: Any) -> float:
    return value if isinstance(value, float) else 0.0


def _gap_form(form: str) -> str:
    """A difference of nothing is a dash, so that others stand out."""
    return "0.0000%;-0.0000%;–" if "%" in form else "#,##0.00;-#,##0.00;–"
