"""Quoted prices as dollars per unit held: bonds are quoted per 100, options per share of 100; the value proves which."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from decimal import Decimal, localcontext
from typing import Any

from xl_rebal.importers.exports import folded, product_fits
from xl_rebal.importers.statements import ImportedLot, ImportedPosition
from xl_rebal.money import from_cents, money_text, quantity_text, value_cents

_OPTION = re.compile(
    r"\S+ \d{2}/\d{2}/\d{4} [\d.]+ [CP]"  # SMAL 04/01/2027 32.00 P
    r"|-?[A-Z]{1,6}\d{6}[CP]\d+(?:\.\d+)?"  # -QQZA270917C150, QQZA270917C00150000
    r"|[A-Z]{1,6} +\d{6}[CP]\d{8}"
)
_OPTION_NAME = re.compile(r"(?:call|put) ", re.I)
_CUSIP = re.compile(r"(?=.*\d)[0-9A-Z]{8}\d")
DUST = Decimal("0.001")
"""Fewer shares than this, if they are worth nothing, are no position."""
_PER_100, _OF_100 = Decimal("0.01"), Decimal(100)


def is_bond(symbol: str, kind: str) -> bool:
    """Whether the security's type says fixed income, or its symbol is a CUSIP."""
    word = folded(kind)
    return (
        any(sign in word for sign in ("fixed income", "bond", "treasur", "municipal", "mortgage", "note"))
        or bool(_CUSIP.fullmatch(symbol))
        or word in ("cd", "cds", "certificate of deposit")
    )


def is_option(symbol: str, kind: str, name: str = "") -> bool:
    return (
        "option" in folded(kind) or bool(_OPTION.fullmatch(symbol)) or bool(_OPTION_NAME.match(name.strip()))
    )


def price_scale(
    symbol: str, kind: str, quantity: Decimal, price: Decimal, value_cents: int, name: str = ""
) -> Decimal | None:
    """What makes the quoted price dollars per unit: 1, or 1/100 for a bond, or 100 for an option; None if nothing fits."""
    if product_fits(quantity, price, value_cents):
        return Decimal(1)
    if is_bond(symbol, kind) and product_fits(quantity, price * _PER_100, value_cents):
        return _PER_100
    if is_option(symbol, kind, name) and product_fits(quantity * 100, price, value_cents):
        return _OF_100
    return None


def mismatch(quantity: Decimal, price: Decimal, value: int) -> str:
    return f"{quantity_text(quantity)} x ${price:,f} is not the Market Value {money_text(value)}"


def derive_prices(groups: Sequence[list[Any]], but: Collection[str]) -> None:
    """Puts prices on positions and lots of a file without a price column: value / quantity of the largest holding.

    A row whose value that price does not give again, and the symbols in `but`, stay without one.
    """
    largest: dict[str, ImportedPosition | ImportedLot] = {}
    for row in (row for group in groups for row in group):
        if row.price is None and row.value_cents is not None and row.symbol not in but:
            before = largest.get(row.symbol)
            if before is None or abs(row.quantity) > abs(before.quantity):
                largest[row.symbol] = row
    prices = {symbol: _unit_price(row.quantity, row.value_cents or 0) for symbol, row in largest.items()}
    for group in groups:
        for index, row in enumerate(group):
            price = prices.get(row.symbol)
            if (
                row.price is None
                and price is not None
                and product_fits(row.quantity, price, row.value_cents or 0)
            ):
                group[index] = replace(row, price=price)


def _unit_price(quantity: Decimal, value: int) -> Decimal | None:
    """The price with the fewest decimals that gives the value to the cent."""
    if not quantity:
        return None
    with localcontext() as context:
        context.prec = 40
        exact = from_cents(value) / quantity
        for decimals in range(2, 9):
            price = exact.quantize(Decimal(1).scaleb(-decimals))
            if value_cents(quantity, price) == value:
                return price
    return None
