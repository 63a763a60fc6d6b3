"""The household's optimum with any fraction of a share, asked again and again with one thing changed.

The program stays in the solver, so that forbidding a lot, forcing one or bounding the drift costs a few pivots. The
curve of drift against tax and every "what if" of an explanation are answered here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from xl_rebal.engine.book import Term
from xl_rebal.engine.case import Case
from xl_rebal.engine.model import CENTS_PER_UNIT, build
from xl_rebal.engine.plan import GAP, NODE_LIMIT, tax_side
from xl_rebal.engine.solve import Program
from xl_rebal.engine.year import Year

CURVE_GAP = 1e-6  # thousands of dollars: on a curve equal taxes are told apart by what is sold
DRIFT_COST = 10.0  # per dollar outside the goals where the least drift is asked for: above any rate of tax


@dataclass(frozen=True, slots=True)
class Optimum:
    """The best trades under the rules asked for; gains rounded to cents, tax exact for them, over every return."""

    outside_cents: float  # value left outside the goals
    short_cents: int
    long_cents: int
    tax_cents: int | None  # added to the year; None: unknown
    sold: tuple[float, ...]  # cents by sellable
    unpaid_cents: int  # of withdrawals, RMDs and reserves

    @property
    def sold_cents(self) -> int:
        return round(sum(self.sold))


class Relaxed:
    """One case in the solver. `curve` minimises tax alone, under a bound of drift; without it the plan's own objective."""

    def __init__(self, case: Case, year: Year, budget_cents: int | None, *, curve: bool = False) -> None:
        self.case, self._year = case, year
        self._fixed = case.fixed_outside_cents
        self._gap = CURVE_GAP if curve else GAP
        model = build(case, tax_side(year), budget_cents=budget_cents, curve=curve)
        self._columns = model.columns
        self._program = Program(model.arrays)
        rows = case.sellable
        value = np.array([float(max(1, s.value_cents)) for s in rows])
        gain = (
            np.array([0.0 if s.term is None else float(s.value_cents - s.basis_cents) for s in rows]) / value
        )
        self._gains = {
            (taxpayer, term): np.where([s.term is term and s.taxpayer == taxpayer for s in rows], gain, 0.0)
            for taxpayer in case.taxpayers
            for term in Term
        }

    def optimum(self) -> Optimum:
        """The optimum as things stand. Raises PlanInfeasible where no trades satisfy what is asked."""
        values = self._program.optimum(absolute_gap=self._gap, node_limit=NODE_LIMIT).values * CENTS_PER_UNIT
        columns = self._columns
        sold = np.maximum(values[list(columns.sells)], 0.0)
        realized = {key: round(float(sold @ gain)) for key, gain in self._gains.items()}
        gains = {t: (realized[t, Term.SHORT], realized[t, Term.LONG]) for t in self.case.taxpayers}
        tax = self._year.added_tax_of_all(gains)
        lacking = [*columns.cash_short.values(), *columns.rmd_short]
        return Optimum(
            float(values[list(columns.outside)].sum()) + self._fixed,
            sum(short for short, _ in gains.values()),
            sum(long for _, long in gains.values()),
            None if tax is None else tax.total_cents,
            tuple(sold.tolist()),
            round(float(values[lacking].sum())) + self.case.unpayable_cents,
        )

    def least_drift(self) -> Optimum:
        """The least drift that the rules allow, and the least tax with it; of a curve."""
        column = self._drift_column
        self._program.set_costs([column], DRIFT_COST)
        try:
            return self.optimum()
        finally:
            self._program.set_costs([column], 0.0)

    def within(self, outside_cents: float) -> Optimum:
        """The least tax with at most so much value outside the goals; of a curve."""
        left = max(0.0, outside_cents - self._fixed)
        self._program.set_column(self._drift_column, 0.0, left / CENTS_PER_UNIT)
        try:
            return self.optimum()
        finally:
            self._program.set_column(self._drift_column, 0.0, np.inf)

    @contextmanager
    def sale(self, index: int, lower_cents: float, upper_cents: float) -> Iterator[None]:
        """Within it, the sale of `case.sellable[index]` lies between these."""
        column, most = self._columns.sells[index], float(self.case.sellable[index].value_cents)
        self._program.set_column(column, lower_cents / CENTS_PER_UNIT, upper_cents / CENTS_PER_UNIT)
        try:
            yield
        finally:
            self._program.set_column(column, 0.0, most / CENTS_PER_UNIT)

    @property
    def _drift_column(self) -> int:
        assert self._columns.drift is not None  # noqa: S101 - asked of curves only
        return self._columns.drift
