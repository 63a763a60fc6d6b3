"""Cents, quantities and the only crossings between exact numbers and floats.

Money is `int` cents. Quantities and prices are `Decimal` as the custodian reported them. They meet once, here,
rounded half-up to the cent. Rates and weights are floats and never come back as money except through `to_cents`.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal

CENT = Decimal("0.01")
_EXACT = Context(prec=40, rounding=ROUND_HALF_UP)
"""Room for any quantity times any price; one context for all, as entering one costs more than the product."""


def to_cents(dollars: Decimal | str | int) -> int:
    """Whole cents of an exact dollar amount, half-up (`Decimal('1.005')` gives 101)."""
    return int((Decimal(dollars) * 100).to_integral_value(ROUND_HALF_UP))


def from_cents(cents: int) -> Decimal:
    """Dollars with two decimals: 12345 gives `Decimal('123.45')`."""
    return Decimal(cents).scaleb(-2)


def value_cents(quantity: Decimal, price: Decimal) -> int:
    """Market value in cents, rounded half-up once."""
    return int(_EXACT.to_integral_value(_EXACT.scaleb(_EXACT.multiply(quantity, price), 2)))


def share_of(total_cents: int, part: Decimal, whole: Decimal) -> int:
    """Cents of `total_cents` that belong to `part` of `whole`, half-up; all of it when part == whole.

    Used to split a lot's total basis: what is left is total minus this, so no cent is lost.
    """
    if part == whole:
        return total_cents
    return int(_EXACT.to_integral_value(_EXACT.divide(_EXACT.multiply(Decimal(total_cents), part), whole)))


def rate_of(cents: int, rate: Decimal) -> int:
    """`rate` of an amount, half-up to the cent: one assessed tax line."""
    return int((Decimal(cents) * rate).to_integral_value(ROUND_HALF_UP))


def allocate(total_cents: int, weights: Sequence[Decimal]) -> list[int]:
    """Splits `total_cents` by weights so that the parts add up to it (largest remainder, earlier first)."""
    whole = sum(weights, Decimal(0))
    if not weights or whole == 0:
        raise ValueError("allocate needs weights with a positive sum")
    exact = [Decimal(total_cents) * weight / whole for weight in weights]
    parts = [int(value.to_integral_value(ROUND_DOWN)) for value in exact]
    left = total_cents - sum(parts)
    step = 1 if left > 0 else -1
    order = sorted(range(len(exact)), key=lambda i: (-abs(exact[i] - parts[i]), i))
    for i in order[: abs(left)]:
        parts[i] += step
    return parts


def decimal_of(number: float) -> Decimal:
    """The decimal that a cell's float shows (`repr`), not its binary expansion: 0.1 gives 0.1."""
    return Decimal(repr(float(number)))


def dollars(cents: int) -> float:
    """Dollars as a float, for the solver and for cells only."""
    return cents / 100


def money_text(cents: int, *, whole: bool = False) -> str:
    """`$1,234.56`, `-$1,234.56`; with `whole` rounded half-up to dollars: `$1,235`."""
    sign = "-" if cents < 0 else ""
    if whole:
        rounded = int(Decimal(abs(cents)).scaleb(-2).to_integral_value(ROUND_HALF_UP))
        return f"{sign if rounded else ''}${rounded:,}"
    return f"{sign}${abs(cents) // 100:,}.{abs(cents) % 100:02d}"


AT_LEAST = "at least "


def at_least_text(cents: int) -> str:
    """What is known of an amount of which a part is not: `at least $16,000`, rounded down to dollars."""
    return f"{AT_LEAST}{money_text(cents // 100 * 100, whole=True)}"


def quantity_text(quantity: Decimal) -> str:
    """Shares without trailing zeros: `Decimal('200.0000')` gives `200`, 12.5 gives `12.5`."""
    text = f"{quantity:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent_text(fraction: float, decimals: int = 1, *, signed: bool = False) -> str:
    """`0.062` gives `6.2%` (`+6.2%` when signed); rounds half-up on the shown digit, never `-0.0%`."""
    shown = (decimal_of(fraction) * 100).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    if shown == 0:
        shown = abs(shown)
    return f"{shown:+}%" if signed and shown != 0 else f"{shown}%"
