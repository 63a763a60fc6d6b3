"""Schwab's CSV files made from the rows of a workbook, as the custodian's site would export them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from xl_rebal.money import from_cents, to_cents, value_cents

Row = Mapping[str, Any]

POSITION_HEADERS = {
    2020: "Symbol|Description|Quantity|Price|Price Change $|Price Change %|Market Value|Day Change $|Day Change %|Cost Basis"
    "|Gain/Loss $|Gain/Loss %|Reinvest Dividends?|Capital Gains?|% Of Account|Security Type",
    2025: "Symbol|Description|Qty (Quantity)|Price|Price Chng $ (Price Change $)|Price Chng % (Price Change %)"
    "|Mkt Val (Market Value)|Day Chng $ (Day Change $)|Day Chng % (Day Change %)|Cost Basis|Gain $ (Gain/Loss $)"
    "|Gain % (Gain/Loss %)|Ratings|Reinvest?|Reinvest Capital Gains?|% of Acct (% of Account)|Security Type",
    2026: "Symbol|Description|Price|Qty (Quantity)|Mkt Val (Market Value)|Cost Basis|Gain $ (Gain/Loss $)"
    "|Gain % (Gain/Loss %)|Reinvest?|% of Acct (% of Account)|Asset Type",
}
LOT_HEADERS = (
    "Open Date|Quantity|Price|Cost/Share|Market Value|Cost Basis|Gain/Loss $|Gain/Loss %|Holding Period"
)
WASH_HEADERS = (
    "Open Date|Transaction Open|Quantity|Price|Cost/Share|Transaction CPS|Market Value|Cost Basis|Transaction CB"
    "|Gain/Loss $|Transaction G/L $|Gain/Loss %|Transaction G/L %|Holding Period|Disallowed Loss"
)
KEY = {
    "Quantity": "quantity", "Qty (Quantity)": "quantity", "Price": "price", "Market Value": "value",
    "Mkt Val (Market Value)": "value", "Cost Basis": "basis", "Symbol": "symbol", "Description": "name",
    "Asset Type": "kind", "Security Type": "kind", "Open Date": "opened", "Transaction Open": "bought",
    "Cost/Share": "unit_cost", "Disallowed Loss": "disallowed", "Holding Period": "term",
}  # fmt: skip


def line(cells: Iterable[str]) -> str:
    """Every cell quoted, and Schwab's comma at the end."""
    return "".join(f'"{cell}",' for cell in cells)


def dollars(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}${from_cents(abs(cents)):,}"


def shares(quantity: Decimal) -> str:
    text = f"{quantity:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def table(headers: str, rows: Iterable[Mapping[str, str]]) -> list[str]:
    names = headers.split("|")
    return [line(names), *(line(row.get(KEY.get(name, ""), "--") for name in names) for row in rows)]


def decimal(cell: object) -> Decimal:
    return Decimal(str(cell))


def positions_section(lots: Iterable[Row], prices: Mapping[str, float], year: int = 2026) -> list[str]:
    """Header, a row per security of these lots, the cash row and the total."""
    held: dict[str, list[Row]] = {}
    for lot in lots:
        held.setdefault(str(lot["Symbol"]), []).append(lot)
    rows: list[dict[str, str]] = []
    total = basis_total = 0
    for symbol, own in held.items():
        quantity = sum((decimal(lot["Quantity"]) for lot in own), Decimal(0))
        if symbol == "CASH":
            total += to_cents(quantity)
            rows.append(
                {
                    "symbol": "Cash & Cash Investments",
                    "value": dollars(to_cents(quantity)),
                    "kind": "Cash and Money Market",
                }
            )
            continue
        value = value_cents(quantity, decimal(prices[symbol]))
        total += value
        known = all(lot["Cost Basis"] is not None for lot in own)
        basis = sum(to_cents(decimal(lot["Cost Basis"])) for lot in own) if known else None
        basis_total += basis or 0
        rows.append(
            {
                "symbol": symbol,
                "name": f"{symbol} INC",
                "quantity": shares(quantity),
                "price": f"${decimal(prices[symbol]):,.2f}",
                "value": dollars(value),
                "basis": "Incomplete" if basis is None else dollars(basis),
                "kind": "Equity",
            }
        )
    name = "Account Total" if year == 2020 else "Positions Total"
    rows.append({"symbol": name, "name": "", "value": dollars(total), "basis": dollars(basis_total)})
    return table(POSITION_HEADERS[year], rows)


def positions_file(account: str, on: date, section: list[str], year: int = 2026) -> bytes:
    day = f"{on:%m/%d/%Y}" if year == 2020 else f"{on:%Y/%m/%d}"
    title = f'"Positions for account {account} as of 04:10 PM ET, {day}"'
    return "\r\n".join([title, "", *section, ""]).encode()


def lots_section(account: str, on: date, symbol: str, lots: Iterable[Row], price: float) -> list[str]:
    """Title, header, a row per lot and the total of one security."""
    own = list(lots)
    rows: list[dict[str, str]] = []
    for lot in own:
        quantity, at = decimal(lot["Quantity"]), decimal(price)
        basis = None if lot["Cost Basis"] is None else to_cents(decimal(lot["Cost Basis"]))
        rows.append(
            {
                "opened": f"{lot['Acquired']:%m/%d/%Y} 00:00:00",
                "quantity": shares(quantity),
                "price": f"${at:,.2f}",
                "unit_cost": "--" if basis is None else f"${from_cents(basis) / quantity:,.2f}",
                "value": dollars(value_cents(quantity, at)),
                "basis": "Missing" if basis is None else dollars(basis),
                "term": "Long Term",
            }
        )
    held = sum((decimal(lot["Quantity"]) for lot in own), Decimal(0))
    value = sum(value_cents(decimal(lot["Quantity"]), decimal(price)) for lot in own)
    basis = sum(to_cents(decimal(lot["Cost Basis"])) for lot in own if lot["Cost Basis"] is not None)
    rows.append(
        {"opened": "Total", "quantity": shares(held), "value": dollars(value), "basis": dollars(basis)}
    )
    title = f'"{symbol} Lot Details for {account} as of 04:11 PM ET, {on:%m/%d/%Y}"'
    return [title, "", *table(LOT_HEADERS, rows), ""]


def lots_file(account: str, on: date, lots: Iterable[Row], prices: Mapping[str, float]) -> bytes:
    """Every security's lots, one section after the other."""
    held: dict[str, list[Row]] = {}
    for lot in lots:
        if lot["Symbol"] != "CASH":
            held.setdefault(str(lot["Symbol"]), []).append(lot)
    lines: list[str] = []
    for symbol, own in held.items():
        lines += lots_section(account, on, symbol, own, prices[symbol])
    return "\r\n".join(lines).encode()
