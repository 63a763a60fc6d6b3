"""Arrays in, arrays out: the only file that knows the solver (HiGHS, through highspy).

The solver answers "Optimal" to a model with NaN in it, ignores misspelt options, and may return a point for crossed
bounds; each of these is refused here. Work is bounded by nodes, never by the clock, so the same arrays give the
same answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xl_rebal.errors import PlanInfeasible, SolverFailed

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Arrays:
    """A mixed-integer program: minimise cost @ x with row_lower <= A x <= row_upper, lower <= x <= upper.

    `starts`, `index`, `value` hold A row by row. Numbers are scaled near 1 (thousands of dollars).
    """

    cost: Floats
    lower: Floats
    upper: Floats
    integer: NDArray[np.bool_]
    row_lower: Floats
    row_upper: Floats
    starts: NDArray[np.int32]
    index: NDArray[np.int32]
    value: Floats

    def __post_init__(self) -> None:
        if not (np.isfinite(self.cost).all() and np.isfinite(self.value).all()):
            raise SolverFailed("The model has a cost or coefficient that is not a finite number.")
        for low, high in ((self.lower, self.upper), (self.row_lower, self.row_upper)):
            if np.isnan(low).any() or np.isnan(high).any():
                raise SolverFailed("The model has a bound that is not a number.")
            if (low > high + 1e-9).any():
                raise SolverFailed("The model has a lower bound above its upper bound.")


@dataclass(frozen=True, slots=True)
class Solution:
    """A feasible point, its objective and the proven bound on any point's objective."""

    values: Floats
    objective: float
    bound: float
    proven: bool  # False: the node limit came first; objective - bound is then the gap

    @property
    def gap(self) -> float:
        return max(0.0, self.objective - self.bound)


def solve(arrays: Arrays, *, absolute_gap: float, node_limit: int) -> Solution:
    """The optimum within `absolute_gap`, or the best point found within `node_limit` branch-and-bound nodes.

    Raises PlanInfeasible when no point exists and SolverFailed for anything else without a point.
    """
    import highspy

    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, setting in (
        ("output_flag", False),
        ("threads", 1),
        ("random_seed", 0),
        ("mip_rel_gap", 0.0),
        ("mip_abs_gap", absolute_gap),
        ("mip_max_nodes", node_limit),
        ("mip_feasibility_tolerance", 1e-9),
        ("primal_feasibility_tolerance", 1e-9),
    ):
        if highs.setOptionValue(name, setting) != highspy.HighsStatus.kOk:
            raise SolverFailed(f"The solver does not know the option {name!r}.")
    if highs.passModel(_highs_model(arrays)) == highspy.HighsStatus.kError:
        raise SolverFailed("The solver refused the model.")
    if highs.run() == highspy.HighsStatus.kError:
        raise SolverFailed("The solver stopped with an error.")
    status = highs.getModelStatus()
    infeasible = (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible)
    if status in infeasible:
        raise PlanInfeasible("No set of trades satisfies the hard rules.")
    info = highs.getInfo()
    has_point = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    limits = (highspy.HighsModelStatus.kSolutionLimit, highspy.HighsModelStatus.kIterationLimit)
    if not has_point or not (status == highspy.HighsModelStatus.kOptimal or status in limits):
        raise SolverFailed(f"The solver found no plan ({highs.modelStatusToString(status)}).")
    values = np.asarray(highs.getSolution().col_value, dtype=np.float64)
    objective = float(info.objective_function_value)
    bound = float(info.mip_dual_bound) if arrays.integer.any() else objective
    return Solution(values, objective, bound, status == highspy.HighsModelStatus.kOptimal)


def _highs_model(arrays: Arrays) -> Any:
    import highspy

    lp = highspy.HighsLp()
    lp.num_col_ = arrays.cost.size
    lp.num_row_ = arrays.row_lower.size
    lp.col_cost_ = arrays.cost
    lp.col_lower_ = arrays.lower
    lp.col_upper_ = arrays.upper
    lp.row_lower_ = arrays.row_lower
    lp.row_upper_ = arrays.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = arrays.starts
    lp.a_matrix_.index_ = arrays.index
    lp.a_matrix_.value_ = arrays.value
    if arrays.integer.any():
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[bool(flag)] for flag in arrays.integer]
    return lp
