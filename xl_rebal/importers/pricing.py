"""Quoted prices as dollars per unit held: bonds are quoted per 100, options per share of 100; the value proves which."""

from __future__ import annotations

import re
from decimal import Decimal

from xl_rebal.importers.exports import folded, product_fits
from xl_rebal.money import money_text, quantity_text

_OPTION = re.compile(
    r"\S+ \d{2}/\d{2}/\d{4} [\d.]+ [CP]"  # SMAL 04/01/2027 32.00 P
    r"|-?[A-Z]{1,6}\d{6}[CP]\d+(?:\.\d+)?"  # -QQZA270917C150, QQZA270917C00150000
    r"|[A-Z]{1,6} +\d{6}[CP]\d{8}"
)
_OPTION_NAME = re.compile(r"(?:call|put) ", re.I)
_CUSIP = re.compile(r"(?=.*\d)[0-9A-Z]{8}\d")
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
