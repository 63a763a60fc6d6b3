"""Sheets of random results, stored ranges and cells of a user: whatever happens, each cell shows what Excel's rules say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter
from python_calamine import CalamineWorkbook

from tests.refresh.files import areas, calc, inside, is_sound, only_results_differ, sheet_bytes
from xl_rebal.refreshing.run import refresh

Place = tuple[int, int]
result = st.tuples(*(st.integers(0, n) for n in (12, 8)), *(st.integers(1, n) for n in (5, 4, 6, 5)))
"""Row and column of a formula, rows and columns of its stored result, rows and columns of the one that it has now."""


def XR_GRID(rows: float, columns: float) -> list[list[Any]]:  # noqa: N802
    """A result of texts, numbers and empty cells."""
    return [
        [f"r{y} c{x}" if (x + y) % 3 else (float(x * y) if x % 2 else None) for x in range(int(columns))]
        for y in range(int(rows))
    ]


def block(row: int, column: int, rows: int, columns: int) -> set[Place]:
    return {(y, x) for y in range(row, row + rows) for x in range(column, column + columns)}


def name(place: Place) -> str:
    return f"{get_column_letter(place[1] + 1)}{place[0] + 1}"


def values(path: Path) -> dict[Place, Any]:
    table = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Calc").to_python(skip_empty_area=False)
    return {(y, x): value for y, row in enumerate(table) for x, value in enumerate(row) if value != ""}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("random")


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(result, max_size=6), st.sets(st.tuples(st.integers(0, 16), st.integers(0, 12)), max_size=6))
def test_results_fill_their_own_cells_and_no_others(folder, results, typed):
    formulas: dict[Place, tuple[int, int]] = {}
    stored: dict[Place, set[Place]] = {}
    for row, column, *was, rows, columns in results:
        cells = block(row, column, *was)
        if not cells & {place for one in stored.values() for place in one}:
            formulas[row, column], stored[row, column] = (rows, columns), cells
    typed -= {place for one in stored.values() for place in one}

    def fill(book: Any, sheet: Any) -> None:
        for (row, column), size in formulas.items():
            last = max(stored[row, column])
            sheet.write_dynamic_array_formula(
                row, column, *last, f"=XR_GRID({size[0]},{size[1]})", None, "old"
            )
            for place in stored[row, column] - {(row, column)}:
                sheet.write(*place, "old")
        for place in typed:
            sheet.write(*place, "mine")

    path = calc(folder / "b.xlsx", fill)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("xl_rebal.refreshing.run.udf_functions", lambda: (XR_GRID,))
        done = refresh(path)
        assert refresh(path, check=True).up_to_date
    assert not done.left
    if done.backup:
        only_results_differ(done.backup, path)
        done.backup.unlink()
    content = sheet_bytes(path, "Calc")
    is_sound(content)
    blocked = {one.place.removeprefix("Calc!") for one in done.blocked}
    expected: dict[Place, Any] = dict.fromkeys(typed, "mine")
    filled = set(typed)
    for place, size in formulas.items():
        wanted = block(*place, *size)
        area = areas(content)[name(place)][0]
        if name(place) in blocked:
            assert area == name(place)
            filled.add(place)
        else:
            assert inside([area]) == {name(one) for one in wanted}
            assert not wanted & filled  # neither on what was typed nor on another result
            filled |= wanted
            table = XR_GRID(*size)
            cells = {one: table[one[0] - place[0]][one[1] - place[1]] for one in wanted}
            expected |= {one: value for one, value in cells.items() if value is not None}
    assert values(path) == expected
    for place, size in formulas.items():
        if name(place) in blocked:
            assert (block(*place, *size) - {place}) & filled
