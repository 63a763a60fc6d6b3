"""Schwab's positions and lot-details CSV files: three generations of headers, one account or all, one security or many.

The account is only shown masked (`XXXX-1234`, `...417`), the symbol of lots only in the title above them or the file's
name. Figures prove their columns: quantity x price must be the market value, else the row is reported and not taken.
Bonds are quoted per 100 and options per share of 100, so their price is turned into dollars per unit held. Not read:
transactions, realized gains, the advisor data files.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import PurePath

from xl_rebal.engine.problems import Problem, Severity, Source
from xl_rebal.errors import ExportUnreadable
from xl_rebal.importers.exports import (
    Line,
    Section,
    Skipped,
    Unreadable,
    as_of,
    cents,
    day,
    folded,
    is_missing,
    is_total,
    lines_of,
    number,
    sections_of,
)
from xl_rebal.importers.identifiers import digits_of
from xl_rebal.importers.notices import SHORT, SHORT_TODO, UNPRICED, UNPRICED_TODO
from xl_rebal.importers.pricing import DUST, is_bond, mismatch, price_scale
from xl_rebal.importers.rows import listed, repeated_text
from xl_rebal.importers.statements import CASH, Imported, ImportedLot, ImportedPosition, Kind, Statement
from xl_rebal.money import from_cents, money_text, quantity_text

_CASH_ROWS = frozenset(("cash & cash investments", "cash and cash investments", "cash & money market"))

_SYMBOL, _NAME = ("symbol",), ("description", "name", "security name")
_QUANTITY, _PRICE = ("quantity", "qty"), ("price",)
_VALUE, _BASIS = ("market value", "mkt val"), ("cost basis",)
_TYPE = ("security type", "asset type")
_OPENED, _BOUGHT = ("open date",), ("transaction open",)
_UNIT_COST, _DISALLOWED = ("cost/share", "cost per share"), ("disallowed loss",)
_MARKS = frozenset((*_SYMBOL, *_OPENED))
_OTHER_FILES = {"action": "the transactions file", "closed date": "the realized gain/loss file"}

_POSITIONS_TITLE = re.compile(
    r"positions for\s+(?:account\s+)?(?P<account>.*?)\s*\bas of\b(?P<when>.*)", re.I
)
_LOTS_TITLE = re.compile(
    r"(?P<symbol>.*?)\s*\blot details\s+for\s+(?P<account>.*?)\s*\bas of\b(?P<when>.*)", re.I
)
_BANNER = re.compile(r".{0,60}?(?:[Xx*•]{2,}|\.{2,}|…)[\s-]?\d{2,}|.{0,60}?\b\d{4}-\d{4}")
_LOTS_FILE = re.compile(r"(?P<symbol>[A-Za-z0-9./]+)[ _-]+lot[ _-]?details", re.I)
_TICKER_FILE = re.compile(r"[A-Z]{1,5}(?:[./][A-Z])?")
_LONGEST_TITLE = 200


def read_schwab(files: Sequence[tuple[str, bytes]]) -> Imported:
    """Positions and lots of Schwab's CSV files, given as (file name, content).

    Raises ExportUnreadable for a file without a header of either kind; all else that is wrong is a Problem.
    """
    reading = _Reading()
    for name, content in files:
        reading.file(name, content)
    return Imported(tuple(reading.statements), tuple(reading.problems), tuple(reading.skipped))


def _is_positions(names: Collection[str]) -> bool:
    return (
        "symbol" in names
        and any(n in names for n in _QUANTITY)
        and any(n in names for n in (*_VALUE, *_PRICE))
        and not any(n in names for n in (*_OPENED, *_OTHER_FILES))
    )


def _is_lots(names: Collection[str]) -> bool:
    return (
        "open date" in names
        and any(n in names for n in _QUANTITY)
        and any(n in names for n in (*_BASIS, *_VALUE))
        and not any(n in names for n in _OTHER_FILES)
    )


def _is_header(names: Collection[str]) -> bool:
    return _is_positions(names) or _is_lots(names)


def _is_title(text: str) -> bool:
    return len(text) <= _LONGEST_TITLE and bool(
        _POSITIONS_TITLE.search(text) or _LOTS_TITLE.search(text) or _BANNER.fullmatch(text)
    )


class _Reading:
    """The files one after the other, and what they gave."""

    def __init__(self) -> None:
        self.statements: list[Statement] = []
        self.problems: list[Problem] = []
        self.skipped: list[Skipped] = []

    def file(self, name: str, content: bytes) -> None:
        for separator in (",", "\t", ";"):
            lines = lines_of(name, content, separator)
            sections, loose = sections_of(lines, _MARKS, _is_header, _is_title)
            if sections:
                break
        else:
            raise ExportUnreadable(_no_header(name, lines_of(name, content)))
        when: datetime | None = as_of(PurePath(name).stem.replace("_", " "))
        for section in sections:
            when = self.section(name, section, when)
        for line in loose:
            self.loose(name, line)

    def loose(self, name: str, line: Line) -> None:
        if line.lone:
            self.skipped.append(Skipped(name, line.number, line.text, "text line"))
        else:
            self.problem(
                Severity.WARNING, "row-outside", name, line, "", line.text,
                "This row stands outside any account's rows (below a total), so it was not imported.",
                "Look whether it is a position or a lot; if so, download the file again.",
            )  # fmt: skip

    def section(self, name: str, section: Section, when: datetime | None) -> datetime | None:
        """Reads a section; its date, which later sections without one of their own share."""
        account = ""
        symbol = ""
        for line in section.titles:
            if not _is_title(line.text):
                self.skipped.append(Skipped(name, line.number, line.text[:200], "title line"))
            elif match := _POSITIONS_TITLE.search(line.text) or _LOTS_TITLE.search(line.text):
                when = as_of(match["when"]) or when
                account = match["account"]
                symbol = match.groupdict().get("symbol", "") or symbol
            else:
                account = line.text
        if section.total is not None:
            self.skipped.append(Skipped(name, section.total.number, section.total.text, "total row"))
        if _is_lots(section.columns):
            self.lots(name, section, account, symbol, when)
        else:
            self.positions(name, section, account, when)
        return when

    # ------------------------------------------------------------ positions

    def positions(self, name: str, section: Section, account: str, when: datetime | None) -> None:
        rows: list[ImportedPosition] = []
        bad = 0
        seen: dict[tuple[str, ...], Line] = {}
        again: list[Line] = []
        for line in section.rows:
            if line.cells in seen:
                again.append(line)
                self.skipped.append(Skipped(name, line.number, line.text[:200], "repeated row"))
                continue
            seen[line.cells] = line
            try:
                position = _position(name, section, line, account)
                if what := _worthless(position):
                    self.skipped.append(Skipped(name, line.number, line.text[:200], what))
                else:
                    rows.append(position)
            except Unreadable as why:
                self.damaged(name, line, section.cell(line, _SYMBOL), str(why))
                bad += 1
        self.say(name, section, rows, again)
        if not section.rows and section.total is None:
            return  # a header that another follows at once
        if section.total is None:
            self.problem(
                Severity.WARNING, "no-total", name, section.header, "", account,
                f"The positions of {_shown(account)} end without a total, so the file may be cut off: positions of the "
                "workbook that it lacks were kept.",
                "Download the file again if rows are missing.",
            )  # fmt: skip
        elif not bad:
            self.check_total(name, section, "Market Value", _VALUE, [r.value_cents for r in rows])
            basis = [r.basis_cents for r in rows if r.symbol != CASH]
            self.check_total(name, section, "Cost Basis", _BASIS, basis)
        self.statements.append(
            Statement(
                Kind.POSITIONS,
                Source(name, section.header.number),
                account,
                digits_of(account),
                "",
                when,
                not bad and section.total is not None,
                tuple(rows),
            )
        )

    def say(
        self, name: str, section: Section, rows: Sequence[ImportedPosition], again: Sequence[Line]
    ) -> None:
        """What is worth a message about positions that were read."""
        short = list(dict.fromkeys(r.symbol for r in rows if r.quantity < 0 and r.symbol != CASH))
        if short:
            self.problem(
                Severity.WARNING, "short-position", name, section.header, "Quantity", "", SHORT.format(listed(short)), SHORT_TODO
            )  # fmt: skip
        unpriced = list(
            dict.fromkeys(r.symbol for r in rows if r.price is None and r.value_cents is not None)
        )
        if unpriced and section.has(_PRICE):
            self.problem(
                Severity.WARNING, "price-unproven", name, section.header, "Price", "", UNPRICED.format(listed(unpriced)),
                UNPRICED_TODO,
            )  # fmt: skip
        if again:
            what, todo = repeated_text(len(again))
            self.problem(Severity.WARNING, "rows-repeated", name, again[0], "", "", what, todo)

    # ------------------------------------------------------------ lots

    def lots(self, name: str, section: Section, account: str, symbol: str, when: datetime | None) -> None:
        """A statement per security: of the title, or of each row where the file has a Symbol column."""
        fallback = symbol.strip() or _symbol_of_file(name)
        rows: dict[str, list[ImportedLot | None]] = {}
        for line in section.rows:
            own = section.cell(line, _SYMBOL) or fallback
            lots = rows.setdefault(own, [])
            try:
                lots.append(self.lot(name, section, line, account, own))
            except Unreadable as why:
                self.damaged(name, line, own, str(why))
                lots.append(None)
        if "" in rows:
            self.problem(
                Severity.ERROR, "no-symbol", name, section.header, "", "",
                "Neither a title above these lots nor the file's name says of which security they are, so they were not "
                "imported.",
                "Name the file like 'AAPL Lot Details.csv'.",
            )  # fmt: skip
            return
        if not rows:
            if section.total is not None:
                self.skipped.append(Skipped(name, section.header.number, fallback, "empty section"))
            return
        if section.total is None:
            self.problem(
                Severity.WARNING, "no-total", name, section.header, "", fallback,
                f"The lots of {', '.join(rows)} end without a Total row, so the file may be cut off.",
                "Compare the number of lots with the custodian's site.",
            )  # fmt: skip
        elif len(rows) == 1 and None not in (found := next(iter(rows.values()))):
            taken = [lot for lot in found if lot]
            self.check_total(name, section, "Market Value", _VALUE, [lot.value_cents for lot in taken])
            self.check_total(name, section, "Cost Basis", _BASIS, [lot.basis_cents for lot in taken])
            self.check_quantity(name, section, taken)
        for own, found in rows.items():
            self.statements.append(
                Statement(
                    Kind.LOTS,
                    Source(name, section.header.number),
                    account,
                    digits_of(account),
                    own,
                    when,
                    None not in found,
                    lots=tuple(lot for lot in found if lot),
                )
            )

    def lot(self, name: str, section: Section, line: Line, account: str, symbol: str) -> ImportedLot:
        """A row as a lot. Raises Unreadable with what is wrong with it."""
        opened, bought = section.cell(line, _OPENED), section.cell(line, _BOUGHT)
        try:
            acquired, traded = _day(opened), _day(bought)
            quantity = number(section.cell(line, _QUANTITY))
            price = number(section.cell(line, _PRICE))
            value = cents(section.cell(line, _VALUE))
            basis = cents(section.cell(line, _BASIS))
            unit_cost = number(section.cell(line, _UNIT_COST))
            disallowed = cents(section.cell(line, _DISALLOWED))
        except Unreadable as cell:
            raise Unreadable(f"{str(cell)[:60]!r} is no number or date") from None
        if quantity is None:
            raise Unreadable("the quantity is missing")
        if price is not None and value is not None:
            scale = price_scale(symbol, "", quantity, price, value)
            if scale is None:
                raise Unreadable(mismatch(quantity, price, value))
            price = price * scale
        elif (
            unit_cost is not None
            and basis is not None
            and price_scale(symbol, "", quantity, unit_cost, basis) is None
        ):
            # The wash-sale variant is known to show values one column off: the cost then proves the row.
            what = f"{quantity_text(quantity)} x Cost/Share {unit_cost:f} is not the Cost Basis {money_text(basis)}"
            raise Unreadable(what)
        if traded is not None and acquired is not None and traded != acquired:
            self.problem(
                Severity.WARNING, "tacked", name, line, "Transaction Open", bought,
                f"A wash sale moved the start of this {symbol} lot to {acquired}; it was bought on {traded}. Lots gets "
                f"{acquired}, which decides long-term.",
                f"See that Activity has the purchase of {traded}, so that it counts in the wash-sale window.",
            )  # fmt: skip
        return ImportedLot(
            account,
            digits_of(account),
            symbol,
            acquired,
            quantity,
            basis,
            price,
            value,
            traded,
            disallowed,
            Source(name, line.number),
        )

    # ------------------------------------------------------------ proofs and problems

    def check_total(
        self, name: str, section: Section, header: str, names: Sequence[str], parts: Sequence[int | None]
    ) -> None:
        """A note when the rows do not add up to the total row, which is not always reliable."""
        if section.total is None or not section.has(names):
            return
        try:
            stated = cents(section.cell(section.total, names))
        except Unreadable:
            return
        known = [part for part in parts if part is not None]
        if stated is None or len(known) < len(parts) or abs(sum(known) - stated) <= len(parts):
            return
        self.total_differs(name, section.total, header, money_text(sum(known)), money_text(stated))

    def check_quantity(self, name: str, section: Section, lots: Sequence[ImportedLot]) -> None:
        assert section.total is not None  # noqa: S101 - for the type checker
        try:
            stated = number(section.cell(section.total, _QUANTITY))
        except Unreadable:
            return
        held = sum((lot.quantity for lot in lots), Decimal(0))
        if stated is not None and stated != held:
            self.total_differs(name, section.total, "Quantity", quantity_text(held), quantity_text(stated))

    def total_differs(self, name: str, total: Line, header: str, rows: str, stated: str) -> None:
        self.problem(
            Severity.NOTE, "total-differs", name, total, header, stated,
            f"The rows above add up to {rows}, the total row says {stated}. The rows were imported.",
            "Nothing, if positions and lots agree on the Checks list; totals in this file are not always right.",
        )  # fmt: skip

    def damaged(self, name: str, line: Line, symbol: str, what: str) -> None:
        self.problem(
            Severity.ERROR, "row-damaged", name, line, "", "",
            f"The row of {symbol[:40] or line.text[:40]} can't be right ({what}), so it was not imported. Its columns may be "
            "shifted against the header.",
            "Download the file again, or enter the row by hand.",
        )  # fmt: skip

    def problem(
        self,
        severity: Severity,
        code: str,
        name: str,
        line: Line,
        column: str,
        value: str,
        what: str,
        todo: str,
    ) -> None:
        self.problems.append(
            Problem(severity, code, Source(name, line.number), column, "", value[:60], what, todo)
        )


def _position(name: str, section: Section, line: Line, account: str) -> ImportedPosition:
    """A row as a position. Raises Unreadable with what is wrong with it."""
    symbol = section.cell(line, _SYMBOL)
    try:
        value = cents(section.cell(line, _VALUE))
        basis = cents(section.cell(line, _BASIS))
        quantity = number(section.cell(line, _QUANTITY))
        price = number(section.cell(line, _PRICE))
    except Unreadable as cell:
        raise Unreadable(f"{str(cell)[:60]!r} is not a number") from None
    if folded(symbol) in _CASH_ROWS:
        if value is None:
            raise Unreadable("cash has no Market Value")
        symbol, quantity, price = CASH, from_cents(value), Decimal(1)
    elif not symbol or len(symbol) > 40:
        raise Unreadable("the symbol is missing")
    elif symbol == CASH:
        raise Unreadable("the symbol CASH stands for money in the workbook")
    elif quantity is None:
        raise Unreadable("the quantity is missing")
    elif price is not None and value is not None:
        kind = section.cell(line, _TYPE)
        scale = price_scale(symbol, kind, quantity, price, value)
        if scale is None and not is_bond(symbol, kind):
            raise Unreadable(mismatch(quantity, price, value))
        price = None if scale is None else price * scale  # a bond with a factor: nothing proves its price
    source = Source(name, line.number)
    title = section.cell(line, _NAME)
    return ImportedPosition(
        account,
        digits_of(account),
        symbol,
        "" if is_missing(title) else title,
        quantity,
        price,
        value,
        basis,
        source,
    )


def _worthless(position: ImportedPosition) -> str:
    """What a row without shares, or with a fraction worth nothing, is called; '' for a position."""
    if position.symbol == CASH:
        return ""
    if position.quantity == 0:
        return "empty position"
    return "worthless fraction" if abs(position.quantity) < DUST and position.value_cents == 0 else ""


def _day(text: str) -> date | None:
    if is_missing(text) or folded(text) in ("multiple", "various"):
        return None
    found = day(text)
    if found is None:
        raise Unreadable(text)
    return found


def _shown(account: str) -> str:
    return f"account {account}" if account else "an account that is not named"


def _symbol_of_file(name: str) -> str:
    stem = PurePath(name).stem
    if match := _LOTS_FILE.match(stem):
        return match["symbol"].upper()
    return stem if _TICKER_FILE.fullmatch(stem) else ""


def _no_header(name: str, lines: Sequence[Line]) -> str:
    """What was looked for, what was found, and what to do."""
    if not lines:
        return f"{name} is empty. Download it again."
    names = {folded(cell): line for line in lines for cell in line.cells}
    for header, other in _OTHER_FILES.items():
        if header in names:
            return (
                f"{name} is {other} of Schwab, which is not imported. Choose the positions file or lot details "
                "(Positions > Export)."
            )
    widest = max(lines[:25], key=lambda line: sum(1 for cell in line.cells if cell and not is_total(cell)))
    found = ", ".join(cell for cell in widest.cells if cell)
    return (
        f"{name} is not one of Schwab's positions or lot-details files. Looked for a row with the headers Symbol, Quantity "
        f"and Market Value, or Open Date, Quantity and Cost Basis; found at most (line {widest.number}): "
        f"{found[:120]}. Download the CSV again under Positions > Export, and do not edit it."
    )
