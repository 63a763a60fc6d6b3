"""What the Verify sheet's own formulas come to, computed from the rows alone, to be stored in their cells.

Excel and LibreOffice replace these figures by what they calculate; a test compares the two. Nothing here is the engine's,
so that the file shows an honest comparison before anything has run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from workbook.firm_cells import FirmCells
from workbook.verify_layout import ACCOUNT_ROOM, CLASS_ROOM, LOT_ROOM, PLAN_ROOM, POSITION_ROOM

Row = Mapping[str, Any]
UNREADABLE, UNKNOWN = "unreadable", "unknown"


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of a list: its place in its table and its account's number (the first is 1), and what stands in its cells."""

    at: int
    whose: int
    step: float  # rows to the account's next one, as the pointer holds it
    account: Any
    symbol: str
    security: int
    asset_class: str
    quantity: Any
    price: float | str
    value: float | str


@dataclass(frozen=True, slots=True)
class ClassLine:
    name: str
    at: int
    target: float
    lower: float
    upper: float
    value: float
    weight: float
    lots: int

    @property
    def status(self) -> str:
        if self.weight > self.upper + 1e-9:
            return "Above band"
        return "Below band" if self.weight < self.lower - 1e-9 else "In band"


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A lot that the plan sells, recomputed from its row of the Lots table."""

    account: str
    symbol: str
    row: float
    shares: float
    proceeds: float | str
    basis: float | str
    gain: float | str
    term: str
    same: bool


@dataclass(slots=True)
class Verified:
    """Every figure of the sheet for the client that the workbook opens on."""

    accounts: list[tuple[int, Row]] = field(default_factory=list)
    first: dict[str, list[int | None]] = field(default_factory=dict)  # of each account, by table
    lots: list[Listed] = field(default_factory=list)
    positions: list[Listed] = field(default_factory=list)
    classes: list[ClassLine] = field(default_factory=list)
    targets: int = 0  # classes of the client's model; `classes` are as many as there is room for
    over: set[str] = field(
        default_factory=set
    )  # tables with more of the client's rows than there is room for
    scale: int = 1
    total: float = 0.0

    @property
    def fits(self) -> bool:
        return len(self.accounts) <= ACCOUNT_ROOM and not self.over

    @property
    def other(self) -> float:
        return float(_cents(_exact(self.total) - sum(_exact(line.value) for line in self.classes)))


def _exact(value: Any) -> Decimal:
    return Decimal(repr(float(value)))


def _cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _product(quantity: Any, price: Any) -> float | str:
    if not isinstance(quantity, float) or not isinstance(price, float):
        return UNREADABLE
    return float(_cents(_exact(quantity) * _exact(price)))


def verified(firm: FirmCells) -> Verified:
    """The client's accounts, lots, positions and classes; empty without a client."""
    found = Verified()
    if firm.client_row is None:
        return found
    accounts = firm.table("Accounts")
    found.accounts = [
        (at, row) for at, row in enumerate(accounts, 1) if _text(row.get("Client ID")) == firm.client_id
    ]
    securities = {
        _text(row.get("Symbol")).casefold(): (at, row)
        for at, row in reversed([*enumerate(firm.table("Securities"), 1)])
    }
    for sheet in ("Lots", "Positions"):
        rows = firm.table(sheet)
        places: dict[str, list[int]] = {}
        for at, row in enumerate(rows, 1):
            places.setdefault(_text(row.get("Account ID")), []).append(at)
        own = [places.get(_text(row.get("Account ID")), []) for _, row in found.accounts]
        found.first[sheet] = [at[0] if at else None for at in own]
        listed = [
            (number, at, row)
            for number, (row, ats) in enumerate(zip(found.accounts, own, strict=True), 1)
            for at in ats
        ]
        room = LOT_ROOM if sheet == "Lots" else POSITION_ROOM
        if len(listed) > room:
            found.over.add(sheet)
        lines = []
        for place, (number, at, (_, account)) in enumerate(listed[:room]):
            same = place > 0 and listed[place - 1][0] == number
            step = float(at - listed[place - 1][1]) if same else 9e9
            lines.append(_line(rows[at - 1], at, number, step, account, securities))
        if sheet == "Lots":
            found.lots = lines
        else:
            found.positions = [_counted(line, found) for line in lines]
    values = [line.value for line in (*found.lots, *found.positions) if isinstance(line.value, float)]
    found.total = float(sum((_exact(value) for value in values), Decimal(0)))
    _classes(found, firm)
    return found


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def _line(
    row: Row, at: int, whose: int, step: float, account: Row, securities: Mapping[str, tuple[int, Row]]
) -> Listed:
    symbol = _text(row.get("Symbol"))
    place, security = securities.get(symbol.casefold(), (0, {}))
    named_cash = symbol.upper() == "CASH"
    own_class = str(security.get("Asset Class") or "") if place else ("Cash" if named_cash else UNKNOWN)
    price = security.get("Price") if place else (1.0 if named_cash else UNKNOWN)
    if price is None:
        price = 1.0 if own_class == "Cash" else UNKNOWN
    quantity = row.get("Quantity")
    value = _product(quantity, price)
    return Listed(at, whose, step, account["Account ID"], symbol, place, own_class, quantity, price, value)


def _counted(line: Listed, found: Verified) -> Listed:
    """A position with what it adds to the lots."""
    from dataclasses import replace

    from xl_rebal.engine.book import Registration

    own = [lot for lot in found.lots if lot.whose == line.whose]
    registration = found.accounts[line.whose - 1][1].get("Registration")
    sheltered = registration in {r.value for r in Registration if not r.taxable}
    if line.asset_class == "Cash" and line.price == 1:
        counts = not any(lot.asset_class == "Cash" and lot.price == 1 for lot in own)
    else:
        counts = (
            sheltered
            and line.quantity > 0
            and all(lot.symbol.casefold() != line.symbol.casefold() for lot in own)
        )
    return line if counts else replace(line, value=0.0)


def _classes(found: Verified, firm: FirmCells) -> None:
    targets, model = firm.table("Targets"), _text(firm.of_client("Model"))
    weights = [row["Target"] for row in targets if isinstance(row.get("Target"), float)]
    found.scale = 100 if max(weights, default=0.0) > 1 else 1
    own = [
        (at, row)
        for at, row in enumerate(targets, 1)
        if model and _text(row.get("Model")) == model and not _text(row.get("Symbol"))
        if isinstance(row.get("Target"), float) and row.get("Asset Class")
    ]
    found.targets = len(own)
    for at, row in own[:CLASS_ROOM]:
        name, weight = row["Asset Class"], row["Target"] / found.scale
        lines = [line for line in (*found.lots, *found.positions) if _is(line, name)]
        value = float(sum((_exact(x.value) for x in lines if isinstance(x.value, float)), Decimal(0)))
        lower, upper = (_edge(row, weight, firm, found.scale, upper) for upper in (False, True))
        share = value / found.total if found.total > 0 else 0.0
        count = sum(_is(line, name) for line in found.lots)
        found.classes.append(ClassLine(name, at, weight, lower, upper, value, share, count))


def _is(line: Listed, asset_class: str) -> bool:
    return line.asset_class.casefold() == asset_class.casefold()


def _edge(row: Row, weight: float, firm: FirmCells, scale: int, upper: bool) -> float:
    own = row.get("Upper" if upper else "Lower")
    if isinstance(own, float):
        return own / scale
    kind = firm.settings.get("Class Band Type")
    reach: float
    if isinstance(row.get("Band"), float):
        reach = row["Band"] * (weight if (row.get("Band Type") or kind) == "Relative" else 1)
    elif isinstance(firm.of_client("Band"), float):
        reach = firm.of_client("Band")
    else:
        reach = firm.settings["Class Band"] * (weight if kind == "Relative" else 1)
    return min(1.0, weight + reach) if upper else max(0.0, weight - reach)


# --- Lots that the plan sells ----------------------------------------------------------------------------------


def sold(firm: FirmCells, plan_lots: Sequence[Row]) -> list[SoldLine]:
    """The plan's lots, recomputed; those with a row of the Lots table, as far as the sheet has room."""
    lots = firm.table("Lots")
    prices = {
        _text(row.get("Symbol")).casefold(): row.get("Price") for row in reversed(firm.table("Securities"))
    }
    lines = []
    for shown in plan_lots:
        if not isinstance(shown["Lots row"], float):
            continue
        lot = lots[int(shown["Lots row"]) - 2]
        symbol, shares = _text(lot.get("Symbol")), float(shown["Shares"])
        if not _is_plain(lot):
            lines.append(_unreadable(lot, symbol, shares, shown))
            continue
        proceeds = _product(shares, prices.get(symbol.casefold()))
        part = Decimal(1) if shares == lot["Quantity"] else _exact(shares) / _exact(lot["Quantity"])
        basis = float(_cents(_cents(_exact(lot["Cost Basis"])) * part))
        gain = float(_cents(_exact(proceeds) - _exact(basis))) if isinstance(proceeds, float) else UNREADABLE
        term = long_or_short(lot["Acquired"].date(), _day(firm.settings["As Of"]))
        account = _text(lot.get("Account ID"))
        same = account == _text(shown["Account"]) and symbol == shown["Symbol"] and shares <= lot["Quantity"]
        lines.append(SoldLine(account, symbol, shown["Lots row"], shares, proceeds, basis, gain, term, same))
    return lines[:PLAN_ROOM]


def _is_plain(lot: Row) -> bool:
    """Whether a lot's cells hold numbers and a date, as the formulas need; the reader takes some texts, too."""
    numbers = all(isinstance(lot.get(header), float) for header in ("Quantity", "Cost Basis"))
    return numbers and isinstance(lot.get("Acquired"), datetime)


def _unreadable(lot: Row, symbol: str, shares: float, shown: Row) -> SoldLine:
    account = _text(lot.get("Account ID"))
    return SoldLine(
        account, symbol, shown["Lots row"], shares, UNREADABLE, UNREADABLE, UNREADABLE, UNREADABLE, same=False
    )


def long_or_short(acquired: date, sold_on: date) -> str:
    """Term by the calendar: the day after the purchase, a year on; February 29 becomes March 1 where there is none."""
    begins = acquired + timedelta(days=1)
    try:
        turns = begins.replace(year=begins.year + 1)
    except ValueError:
        turns = date(begins.year + 1, 3, 1)
    return "Long-term" if sold_on >= turns else "Short-term"


def _day(value: Any) -> date:
    return value.date() if isinstance(value, datetime) else value


# --- Distributions ---------------------------------------------------------------------------------------------


def rmd_left(
    firm: FirmCells, owner: str, divisors: Mapping[int, Decimal], iras: frozenset[str]
) -> float | str:
    """What the sheet's formula for an owner's IRAs comes to; see verify_formulas.rmd_left."""
    births = ("Birth Date", "Spouse Birth Date")
    born, spouse = (firm.of_client(header) for header in (births if owner == "Client" else births[::-1]))
    own = [
        row
        for row in firm.accounts()
        if (row.get("Owner") or "Client") == owner and row.get("Registration") in iras
    ]
    if not own:
        return ""
    if born is None:
        return UNKNOWN
    if not isinstance(born, datetime):
        return UNREADABLE
    year = int(firm.settings["Tax Year"] or _day(firm.settings["As Of"]).year)
    start = next(age for since, age in reversed(BIRTHS) if _day(born) >= since)
    if year < (born.year * 12 + born.month - 1 + int(start * 12)) // 12:
        return ""
    if any(row.get("Prior Year-End Value") is None for row in own):
        return UNKNOWN
    if not all(isinstance(row["Prior Year-End Value"], float) for row in own):
        return UNREADABLE
    married = str(firm.of_client("Filing Status"))[:7] == "Married"
    if (
        isinstance(spouse, datetime)
        and spouse.year - born.year > 10
        and married
        and any(row.get("Sole Beneficiary") == "Spouse" for row in own)
    ):
        return "needs the joint table"
    divisor = divisors[min(year - born.year, max(divisors))]
    required = sum((_cents(_exact(row["Prior Year-End Value"]) / divisor) for row in own), Decimal(0))
    paid = [row.get("RMD Taken") or 0.0 for row in own]
    if not all(isinstance(amount, float) for amount in paid):
        return UNREADABLE
    taken = sum((abs(_exact(amount)) for amount in paid), Decimal(0))
    return float(max(Decimal(0), _cents(required - taken)))


BIRTHS: tuple[tuple[date, Decimal], ...] = (
    (date(1900, 1, 1), Decimal("70.5")),
    (date(1949, 7, 1), Decimal(72)),
    (date(1951, 1, 1), Decimal(73)),
    (date(1960, 1, 1), Decimal(75)),
)
"""Starting age by date of birth, from each date on (IRC 401(a)(9)(C)(v); born in 1959: 73 by the proposed regulation)."""
