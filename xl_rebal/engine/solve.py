"""Arrays in, arrays out: the only file that knows the solver (HiGHS, through highspy).

Most programs here have a handful of integer columns and a linear relaxation that is nearly integral. So the search is
our own branch and bound over one linear program kept warm, where a node costs some 0.2 ms; what it does not close within
its limit goes to HiGHS's mixed-integer search. Work is bounded by nodes, never by the clock, so the same arrays give the
same answer.

The solver answers "Optimal" to a model with NaN in it, ignores misspelt options, and may return a point for crossed
bounds; each of these is refused here.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xl_rebal.errors import PlanInfeasible, SolverFailed

Floats = NDArray[np.float64]

TREE_NODES = 60  # linear programs of the own search before the mixed-integer search takes over
GUESS_NODES = 40  # of the first guess: it is taken only if it comes near enough to a known bound
INTEGRAL = 1e-6  # an integer column this close to a whole number is tried as one, solved again with it exact
WHOLE = 1e-9  # and this close it is one: a big multiplier turns a millionth into dollars
_NOTHING = np.empty(0)


class Guess(IntEnum):
    """Where an integer column most likely ends: it costs nothing to be wrong, as the guess is never a limit."""

    OPEN = 0
    UP = 1  # at its upper bound if the relaxation has any of it
    DOWN = 2  # at its lower bound unless the relaxation has all of it


@dataclass(frozen=True, slots=True)
class Arrays:
    """A mixed-integer program: minimise cost @ x with row_lower <= A x <= row_upper, lower <= x <= upper.

    `starts`, `index`, `value` hold A row by row. `guess` has a `Guess` for each column. Numbers are scaled near 1
    (thousands of dollars).
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
    guess: NDArray[np.int8]

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
    nodes: int  # linear programs solved, or nodes of the mixed-integer search

    @property
    def gap(self) -> float:
        return max(0.0, self.objective - self.bound)


def load() -> None:
    """Loads the solver, for a process that will soon be asked: else the first program does."""
    import highspy  # noqa: F401


def solve(arrays: Arrays, *, absolute_gap: float, node_limit: int) -> Solution:
    """The optimum within `absolute_gap`, or the best point found within `node_limit` nodes of the last search.

    Raises PlanInfeasible when no point exists and SolverFailed for anything else without a point.
    """
    return Program(arrays).optimum(absolute_gap=absolute_gap, node_limit=node_limit)


class Program:
    """A program held in the solver: solved, changed in its bounds or costs, and solved again from where it was."""

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays
        self._cost, self._lower, self._upper = (a.copy() for a in (arrays.cost, arrays.lower, arrays.upper))
        self._row_lower, self._row_upper = arrays.row_lower.copy(), arrays.row_upper.copy()
        self._integers = np.flatnonzero(arrays.integer).astype(np.int32)
        self._highs = _highs(presolve="off")
        _pass(self._highs, self._model(integer=False))
        self._nodes = 0

    def set_costs(self, columns: Sequence[int], cost: float) -> None:
        """The same cost for each of these columns."""
        for column in columns:
            self._cost[column] = cost
            self._highs.changeColCost(column, cost)

    def set_column(self, column: int, lower: float, upper: float) -> None:
        """New bounds of a column."""
        self._lower[column], self._upper[column] = lower, upper
        self._highs.changeColBounds(column, lower, upper)

    def optimum(self, *, absolute_gap: float, node_limit: int, enough: float = -np.inf) -> Solution:
        """The optimum within `absolute_gap`, or the first point found that is no worse than `enough`.

        With `enough` (a bound that is known to be near), a guess at the integer columns is tried first. `node_limit`
        bounds the mixed-integer search that follows where the own one does not close.
        """
        self._nodes = 0
        found = None
        if np.isfinite(enough):
            found = self._guessed(absolute_gap, enough)
            if found is not None and found.objective <= enough:
                return found
        else:
            found = self._tree(self._whole(self._lower), self._whole(self._upper), absolute_gap, TREE_NODES)
            if found is None and self._nodes < TREE_NODES:
                raise PlanInfeasible("No set of trades satisfies the hard rules.")
            if found is not None and found.proven:
                return found
        return self._mixed_integer(absolute_gap, node_limit, enough, found)

    # ------------------------------------------------------------ the own search

    def _whole(self, bounds: Floats) -> Floats:
        """Bounds of the integer columns."""
        return bounds[self._integers].copy()

    def _relaxed(self, lower: Floats, upper: Floats) -> tuple[float, Floats] | None:
        """Objective and point of the linear program with these bounds on the integer columns; None: no point."""
        self._nodes += 1
        if self._integers.size:
            self._highs.changeColsBounds(self._integers.size, self._integers, lower, upper)
        if not _answered(
            self._highs
        ):  # a warm start can end in numerical doubt: begin anew, then another way
            self._highs.clearSolver()
            if not _answered(self._highs):
                self._highs.clearSolver()
                self._highs.setOptionValue("presolve", "on")
                try:
                    _run(self._highs)
                finally:
                    self._highs.setOptionValue("presolve", "off")
        if not _has_point(self._highs):
            return None
        return self._highs.getObjectiveValue(), np.array(self._highs.getSolution().col_value)

    def _guessed(self, gap: float, enough: float) -> Solution | None:
        """The best point of a search in which the integer columns with a `Guess` are fixed by it."""
        lower, upper = self._whole(self._lower), self._whole(self._upper)
        root = self._relaxed(lower, upper)
        if root is None:
            raise PlanInfeasible("No set of trades satisfies the hard rules.")
        point, guess = root[1][self._integers], self._arrays.guess[self._integers]
        up = (guess == Guess.UP) & (point > INTEGRAL)
        lower[up] = upper[up]
        down = ((guess == Guess.DOWN) & (point < upper - INTEGRAL)) | ((guess == Guess.UP) & ~up)
        upper[down] = lower[down]
        found = self._tree(lower, upper, gap, GUESS_NODES, enough)
        return found and replace(found, bound=min(root[0], found.objective), proven=False)

    def _tree(
        self, lower: Floats, upper: Floats, gap: float, limit: int, enough: float = -np.inf
    ) -> Solution | None:
        """Branch and bound: down to the nearest whole numbers first, then from the best bound; None: no point found."""
        start = self._nodes
        best, point = np.inf, _NOTHING
        waiting: list[tuple[float, int, Floats, Floats]] = []
        node: tuple[float, Floats, Floats] | None = (-np.inf, lower, upper)
        open_bound = np.inf  # of what was left unexplored
        while node is not None or waiting:
            if node is None:
                bound, _, lower, upper = heapq.heappop(waiting)
            else:
                bound, lower, upper = node
            node = None
            if bound >= best - gap:
                open_bound = min(open_bound, bound)
                continue
            if self._nodes - start >= limit:
                open_bound = min(open_bound, bound)
                break
            relaxed = self._relaxed(lower, upper)
            if relaxed is None:
                continue
            objective, values = relaxed
            if objective >= best - gap:
                open_bound = min(open_bound, objective)
                continue
            whole = values[self._integers]
            off = np.abs(whole - np.round(whole))
            if not off.size or off.max() <= INTEGRAL:
                exact = self._exact(whole, off, objective, values)
                if exact is not None and exact[0] < best:
                    best, point = exact
                if best <= enough:
                    open_bound = min(open_bound, objective)
                    break
                if not off.size or off.max() <= WHOLE or (exact is not None and exact[0] <= objective + gap):
                    open_bound = min(open_bound, objective)
                    continue
            near, far = _branches(lower, upper, whole, off)
            heapq.heappush(waiting, (objective, self._nodes, *far))
            node = (objective, *near)
        if node is not None:
            open_bound = min(open_bound, node[0])
        if not point.size:
            return None
        bound = min([best, open_bound, *(w[0] for w in waiting)])
        return Solution(point, best, bound, best - bound <= gap, self._nodes)

    def _exact(
        self, whole: Floats, off: Floats, objective: float, values: Floats
    ) -> tuple[float, Floats] | None:
        """The best point with its integer columns exactly whole; None: there is none."""
        if not off.size or off.max() == 0.0:
            return objective, values
        fixed = np.round(whole)
        return self._relaxed(fixed, fixed)

    # ------------------------------------------------------------ the mixed-integer search

    def _mixed_integer(self, gap: float, node_limit: int, enough: float, known: Solution | None) -> Solution:
        """The program by HiGHS's own search, from the best point known."""
        import highspy

        highs = _highs(
            mip_rel_gap=0.0,
            mip_abs_gap=gap,
            mip_max_nodes=node_limit,
            mip_feasibility_tolerance=1e-9,
            objective_target=enough,
        )
        _pass(highs, self._model(integer=True))
        if known is not None:
            point = highspy.HighsSolution()
            point.col_value = list(known.values)
            highs.setSolution(point)
        _run(highs)
        if not _has_point(highs):
            if known is not None:
                return known
            status = highs.getModelStatus()
            infeasible = (
                highspy.HighsModelStatus.kInfeasible,
                highspy.HighsModelStatus.kUnboundedOrInfeasible,
            )
            if status in infeasible:
                raise PlanInfeasible("No set of trades satisfies the hard rules.")
            raise SolverFailed(f"The solver found no plan ({highs.modelStatusToString(status)}).")
        info = highs.getInfo()
        objective = float(info.objective_function_value)
        values = np.asarray(highs.getSolution().col_value, dtype=np.float64)
        if known is not None and known.objective < objective:
            objective, values = known.objective, known.values
        bound = min(objective, float(info.mip_dual_bound)) if self._integers.size else objective
        proven = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return Solution(values, objective, bound, proven, self._nodes + max(1, int(info.mip_node_count)))

    def _model(self, *, integer: bool) -> Any:
        import highspy

        arrays = self._arrays
        lp = highspy.HighsLp()
        lp.num_col_ = arrays.cost.size
        lp.num_row_ = arrays.row_lower.size
        lp.col_cost_ = self._cost
        lp.col_lower_ = self._lower
        lp.col_upper_ = self._upper
        lp.row_lower_ = self._row_lower
        lp.row_upper_ = self._row_upper
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = arrays.starts
        lp.a_matrix_.index_ = arrays.index
        lp.a_matrix_.value_ = arrays.value
        if integer and self._integers.size:
            kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
            lp.integrality_ = [kinds[bool(flag)] for flag in arrays.integer]
        return lp


def _branches(
    lower: Floats, upper: Floats, whole: Floats, off: Floats
) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """The two sides of the column farthest from a whole number, yes/no columns before counts; the nearer side first."""
    yes_no = (upper - lower <= 1.0) & (off > WHOLE)
    column = int(np.argmax(off + yes_no))
    down = np.floor(whole[column])
    below, above = (lower, upper.copy()), (lower.copy(), upper)
    below[1][column] = down
    above[0][column] = down + 1.0
    return (below, above) if whole[column] - down < 0.5 else (above, below)


def _highs(**options: str | float) -> Any:
    import highspy

    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, setting in {
        "output_flag": False,
        "threads": 1,
        "random_seed": 0,
        "primal_feasibility_tolerance": 1e-9,
        "dual_feasibility_tolerance": 1e-9,
        **options,
    }.items():
        if highs.setOptionValue(name, setting) != highspy.HighsStatus.kOk:
            raise SolverFailed(f"The solver does not know the option {name!r}.")
    return highs


def _pass(highs: Any, model: Any) -> None:
    import highspy

    if highs.passModel(model) == highspy.HighsStatus.kError:
        raise SolverFailed("The solver refused the model.")


def _run(highs: Any) -> None:
    import highspy

    if highs.run() == highspy.HighsStatus.kError:
        raise SolverFailed("The solver stopped with an error.")


def _answered(highs: Any) -> bool:
    """Runs a linear program; whether that ended with an answer, be it that there is no point."""
    import highspy

    known = highspy.HighsModelStatus
    if highs.run() == highspy.HighsStatus.kError:
        return False
    return highs.getModelStatus() in (known.kOptimal, known.kInfeasible, known.kUnboundedOrInfeasible)


def _has_point(highs: Any) -> bool:
    """Whether the last run ended with a feasible point; raises where the solver gave up."""
    import highspy

    known = highspy.HighsModelStatus
    status = highs.getModelStatus()
    if status in (known.kInfeasible, known.kUnboundedOrInfeasible):
        return False
    if status == known.kOptimal:
        return True
    if status not in (known.kSolutionLimit, known.kIterationLimit, known.kObjectiveTarget):
        raise SolverFailed(f"The solver found no plan ({highs.modelStatusToString(status)}).")
    return bool(highs.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible)
