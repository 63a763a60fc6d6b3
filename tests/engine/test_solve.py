"""The search against enumeration: random mixed-integer programs, changed and solved again, and what is refused."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from xl_rebal.engine.solve import Arrays, Guess, Program, solve
from xl_rebal.errors import PlanInfeasible, SolverFailed

INF = np.inf


def arrays(cost, lower, upper, integer, rows) -> Arrays:
    """`rows` are (coefficients, lower, upper)."""
    matrix = np.array([r[0] for r in rows], dtype=float)
    count, width = matrix.shape
    return Arrays(
        np.array(cost, dtype=float),
        np.array(lower, dtype=float),
        np.array(upper, dtype=float),
        np.array(integer, dtype=np.bool_),
        np.array([r[1] for r in rows], dtype=float),
        np.array([r[2] for r in rows], dtype=float),
        np.arange(0, count * width + 1, width, dtype=np.int32),
        np.tile(np.arange(width, dtype=np.int32), count),
        matrix.ravel(),
        np.zeros(width, dtype=np.int8),
    )


def random_program(seed: int) -> Arrays:
    """Five integer columns of 0 to 3, two continuous ones, three rows; a point always exists."""
    rng = np.random.default_rng(seed)
    width = 7
    point = np.append(rng.integers(0, 4, 5), rng.random(2) * 3)
    rows = []
    for _ in range(3):
        coefficients = rng.normal(size=width).round(2)
        level = float(coefficients @ point)
        rows.append((coefficients, level - rng.random(), level + rng.random()))
    made = arrays(
        rng.normal(size=width).round(2), np.zeros(width), np.full(width, 3.0), [True] * 5 + [False] * 2, rows
    )
    return replace(made, guess=rng.integers(0, 3, width).astype(np.int8))


def enumerated(program: Arrays) -> float:
    """Least objective over every choice of the integer columns, each a linear program of its own."""
    best = INF
    for choice in itertools.product(range(4), repeat=5):
        fixed = replace(
            program,
            lower=np.append(np.array(choice, dtype=float), program.lower[5:]),
            upper=np.append(np.array(choice, dtype=float), program.upper[5:]),
            integer=np.zeros(7, dtype=np.bool_),
        )
        try:
            best = min(best, solve(fixed, absolute_gap=1e-9, node_limit=1).objective)
        except PlanInfeasible:
            continue
    return best


@pytest.mark.parametrize("seed", range(4))
def test_the_search_finds_the_least_of_all_choices(seed):
    program = random_program(seed)
    found = solve(program, absolute_gap=1e-9, node_limit=1000)
    assert found.proven
    assert found.objective == pytest.approx(enumerated(program), abs=1e-6)
    whole = found.values[:5]
    assert np.abs(whole - np.round(whole)).max() < 1e-9


@pytest.mark.parametrize("seed", range(40))
def test_our_own_search_and_the_mixed_integer_search_agree(seed):
    program = random_program(seed)
    own = Program(program).optimum(absolute_gap=1e-9, node_limit=1000)
    other = Program(program)._mixed_integer(1e-9, 10_000, -INF, None)
    assert own.objective == pytest.approx(other.objective, abs=1e-6)
    assert own.bound <= own.objective + 1e-9


@pytest.mark.parametrize("seed", range(20))
def test_a_program_that_was_changed_and_changed_back_finds_the_same(seed):
    program = random_program(seed)
    fresh = solve(program, absolute_gap=1e-9, node_limit=1000)
    warm = Program(program)
    warm.set_column(5, 0.0, 0.5)
    changed = replace(program, upper=np.where(np.arange(7) == 5, 0.5, program.upper))
    try:
        expected = solve(changed, absolute_gap=1e-9, node_limit=1000).objective
    except PlanInfeasible:
        with pytest.raises(PlanInfeasible):
            warm.optimum(absolute_gap=1e-9, node_limit=1000)
    else:
        assert warm.optimum(absolute_gap=1e-9, node_limit=1000).objective == pytest.approx(expected, abs=1e-6)
    warm.set_column(5, 0.0, 3.0)
    again = warm.optimum(absolute_gap=1e-9, node_limit=1000)
    assert again.objective == pytest.approx(fresh.objective, abs=1e-6)


@pytest.mark.parametrize("seed", range(40))
def test_a_point_that_is_enough_is_feasible_and_its_bound_holds(seed):
    program = random_program(seed)
    best = solve(program, absolute_gap=1e-9, node_limit=1000).objective
    found = Program(program).optimum(absolute_gap=1e-9, node_limit=1000, enough=best + 0.2)
    assert best - 1e-6 <= found.objective <= best + 0.2 + 1e-9
    assert found.bound <= best + 1e-6
    level = program.value.reshape(3, 7) @ found.values
    assert (level >= program.row_lower - 1e-6).all()
    assert (level <= program.row_upper + 1e-6).all()


def test_a_wrong_guess_costs_nothing_but_time():
    # least of -x with 2x <= 3 over whole x is x = 1; the guess says 0
    one = replace(
        arrays([-1.0], [0.0], [3.0], [True], [([2.0], -INF, 3.0)]),
        guess=np.array([Guess.DOWN], dtype=np.int8),
    )
    assert Program(one).optimum(absolute_gap=1e-9, node_limit=10, enough=-0.9).objective == pytest.approx(
        -1.0
    )


def test_a_whole_number_is_exact_where_a_big_multiplier_hides_a_millionth():
    # x <= 1e6 y with y whole: a y of 5e-7 would let x be a half for nothing
    rows = [([1.0, -1e6], -INF, 0.0), ([1.0, 0.0], 0.5, INF)]
    found = solve(arrays([0.0, 1.0], [0, 0], [10, 1], [False, True], rows), absolute_gap=1e-9, node_limit=10)
    assert found.objective == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize("enough", [-INF, 0.0])
def test_no_point_is_said(enough):
    # 1.2 <= x <= 1.8 has a relaxation but no whole number
    none = arrays([1.0], [0.0], [3.0], [True], [([1.0], 1.2, 1.8)])
    with pytest.raises(PlanInfeasible):
        Program(none).optimum(absolute_gap=1e-9, node_limit=10, enough=enough)


@pytest.mark.parametrize("field", ["cost", "value", "lower", "upper", "row_lower", "row_upper"])
def test_a_number_that_is_none_is_refused(field):
    good = random_program(1)
    bad = getattr(good, field).copy()
    bad[0] = np.nan
    with pytest.raises(SolverFailed):
        replace(good, **{field: bad})


def test_crossed_bounds_are_refused():
    with pytest.raises(SolverFailed, match="above"):
        arrays([1.0], [2.0], [1.0], [False], [([1.0], 0.0, 1.0)])
