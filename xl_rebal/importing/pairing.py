"""Which row of Lots is which lot of a custodian's file, so that what the firm added to a row stays with its lot.

A lot is its acquisition date; what else must agree gets looser step by step: quantity and basis, one of them, the basis
per share (a lot sold in part), and last the only lot of that day.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class LotFigures:
    """What identifies a lot, in the file or on the sheet; None is unknown."""

    acquired: date | None
    quantity: Decimal | None
    basis_cents: int | None

    @property
    def unit_basis_cents(self) -> Decimal | None:
        if self.basis_cents is None or not self.quantity:
            return None
        return Decimal(self.basis_cents) / self.quantity


_Rule = Callable[[LotFigures, LotFigures], bool]


def _same_quantity(file: LotFigures, sheet: LotFigures) -> bool:
    return file.quantity is not None and file.quantity == sheet.quantity


def _same_basis(file: LotFigures, sheet: LotFigures) -> bool:
    return file.basis_cents is not None and file.basis_cents == sheet.basis_cents


def _same_unit_basis(file: LotFigures, sheet: LotFigures) -> bool:
    ours, theirs = file.unit_basis_cents, sheet.unit_basis_cents
    return ours is not None and theirs is not None and abs(ours - theirs) <= 1


_RULES: Sequence[_Rule] = (
    lambda file, sheet: _same_quantity(file, sheet) and file.basis_cents == sheet.basis_cents,
    _same_quantity,
    _same_basis,
    _same_unit_basis,
)


def paired(file: Sequence[LotFigures], sheet: Sequence[LotFigures]) -> dict[int, int]:
    """Index in `file` -> index in `sheet` of the lots that are the same."""
    pairs: dict[int, int] = {}
    if not sheet:
        return pairs
    free = dict.fromkeys(range(len(sheet)))
    for rule in _RULES:
        for i, lot in enumerate(file):
            if i in pairs:
                continue
            match = next((j for j in free if sheet[j].acquired == lot.acquired and rule(lot, sheet[j])), None)
            if match is not None:
                pairs[i] = match
                del free[match]
    for i, lot in enumerate(file):
        if i in pairs:
            continue
        same_day = [j for j in free if sheet[j].acquired == lot.acquired]
        alone = sum(1 for k, other in enumerate(file) if k not in pairs and other.acquired == lot.acquired)
        if len(same_day) == alone == 1 and lot.acquired is not None:
            pairs[i] = same_day[0]
            del free[same_day[0]]
    for i, lot in enumerate(file):  # a date that only one side knows
        if i in pairs:
            continue
        undated = [
            j for j in free if None in (lot.acquired, sheet[j].acquired) and _same_quantity(lot, sheet[j])
        ]
        if len(undated) == 1:
            pairs[i] = undated[0]
            del free[undated[0]]
    return pairs
