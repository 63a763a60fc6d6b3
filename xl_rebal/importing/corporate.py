"""What changed about lots without a trade: a split, a new ticker, a basis moved by a spin-off. Seen in the lots, said in words.

The custodian's lots are taken as they are; what a person has to know is that the rest of the workbook (purchases on Activity,
a Hold flag, targets by symbol) may still speak of the shares as they were.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from xl_rebal.engine.problems import Problem, Severity, Source
from xl_rebal.importing.pairing import LotFigures
from xl_rebal.money import quantity_text

_SMALLEST_RATIO = Decimal("1.04")
_SAME_RATIO = Decimal("0.005")  # fractions of shares are paid out in cash
_LISTED = 8

Pair = tuple[LotFigures, LotFigures]  # a lot on the sheet, and the same lot in the file


def split_ratio(pairs: Sequence[Pair]) -> Decimal | None:
    """New shares for each old one, where every lot of a security has as many times its shares at the same total basis."""
    ratios = []
    for before, after in pairs:
        if not before.quantity or not after.quantity or before.basis_cents is None or not before.basis_cents:
            return None
        if before.acquired != after.acquired or before.basis_cents != after.basis_cents:
            return None
        ratios.append(after.quantity / before.quantity)
    if not ratios or min(ratios) <= 0:
        return None
    low, high = min(ratios), max(ratios)
    moved = low >= _SMALLEST_RATIO or high <= 1 / _SMALLEST_RATIO
    return max(ratios, key=ratios.count) if moved and high - low <= _SAME_RATIO * high else None


def basis_moved(pairs: Iterable[Pair]) -> int:
    """How many lots have another total basis for the same shares of the same day."""
    return sum(
        1
        for before, after in pairs
        if before.acquired == after.acquired
        and before.quantity == after.quantity
        and before.basis_cents is not None
        and after.basis_cents is not None
        and before.basis_cents != after.basis_cents
    )


def renamed(
    gone: Mapping[str, Sequence[LotFigures]], new: Mapping[str, Sequence[LotFigures]]
) -> dict[str, str]:
    """New symbol -> old symbol, where all lots of the two are alike in day, shares and basis, and nothing else is."""
    found: dict[str, str] = {}
    keys = {symbol: _key(lots) for symbol, lots in gone.items()}
    for symbol, lots in new.items():
        key = _key(lots)
        alike = [old for old, own in keys.items() if key is not None and own == key]
        if len(alike) == 1 and sum(1 for other in new.values() if _key(other) == key) == 1:
            found[symbol] = alike[0]
    return found


def _key(lots: Sequence[LotFigures]) -> Counter[tuple[object, ...]] | None:
    if not lots or any(None in (lot.acquired, lot.quantity, lot.basis_cents) for lot in lots):
        return None
    return Counter((lot.acquired, lot.quantity, lot.basis_cents) for lot in lots)


def split_problem(source: Source, account: str, symbol: str, ratio: Decimal) -> Problem:
    shown = f"{quantity_text(round(ratio, 4))} for 1"
    return Problem(
        Severity.WARNING, "split", source, "Quantity", "", symbol,
        f"{symbol} in account {account} has {shown} of its old shares at the same cost basis: a split. Its lots were brought up "
        "to date; purchases on the Activity sheet from before still count old shares, which matters for wash sales.",
        "Change the Quantity of those purchases, and see that the price on Securities is from after the split.",
    )  # fmt: skip


def renamed_problem(source: Source, account: str, old: str, new: str) -> Problem:
    return Problem(
        Severity.WARNING, "symbol-changed", source, "Symbol", "", new,
        f"The lots of {old} in account {account} are now listed as {new}, alike in day, shares and cost basis: a new ticker. "
        "Their rows were kept under the new symbol.",
        f"See that {new} is the same security, and put it in the place of {old} on Securities, Targets and Rules.",
    )  # fmt: skip


def basis_problem(source: Source, moved: Mapping[str, int]) -> Problem:
    """One note for all securities whose basis moved: symbol -> number of lots."""
    names, count = list(moved), sum(moved.values())
    more = f" and {len(names) - _LISTED:,} more" if len(names) > _LISTED else ""
    return Problem(
        Severity.NOTE, "basis-changed", source, "Cost Basis", "", "",
        f"Another cost basis for the same shares: {', '.join(names[:_LISTED])}{more} ({count:,} lot{'' if count == 1 else 's'}). A spin-off, a "
        "return of capital, a wash sale or a correction by the custodian; the file's was taken.",
        "",
    )  # fmt: skip
