"""The columns of export files explained: what each means to the system, or may mean, and the words that confirm it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from xl_rebal.importers.detect import fits_of, header_columns, lacking_of, nearest_header
from xl_rebal.importers.grids import Grid
from xl_rebal.importers.mapping import FIELDS, Overrides, System, systems
from xl_rebal.importers.read import grids_of_file, system_named
from xl_rebal.importing import firm
from xl_rebal.importing.run import contents_of


def explained(system: str, files: Sequence[Path], workbook: Path | None) -> list[str]:
    """Lines for a person, file by file."""
    named = system_named(system)
    confirmed = firm.confirmed(workbook) if workbook is not None else {}
    lines: list[str] = []
    for name, content in contents_of(files):
        for grid in grids_of_file(name, content, confirmed):
            own = named or _likeliest(grid, confirmed)
            lines += _explained(grid, own, confirmed.get(own.key, Overrides()), workbook)
    lines.append(f"A column can mean: {', '.join(FIELDS.values())}; or ignore.")
    return lines


def _likeliest(grid: Grid, confirmed: dict[str, Overrides]) -> System:
    """The system that knows most headers of a row."""

    def known(one: System) -> int:
        return sum(
            1 for column in header_columns(grid, one, confirmed.get(one.key, Overrides())) if column.meaning
        )

    return max(systems().values(), key=known)


def _explained(grid: Grid, system: System, overrides: Overrides, workbook: Path | None) -> list[str]:
    header = nearest_header(grid, system, overrides)
    if header is None:
        return [f"{grid.file} is empty."]
    columns = header_columns(grid, system, overrides)
    place = f", row {header.number}" if header.number else ""
    lines = [f"{grid.file}{place}, read as {system.name}'s:"]
    lines += [f"  {column}" for column in columns]
    fits = fits_of(grid, system, overrides) or fits_of(grid, system, overrides, strict=False)
    if fits:
        lines.append(f"It is {fits[0].table.what}.")
    else:
        lacking = lacking_of(grid, system, overrides)
        lines += [f"For {what} it lacks: {', '.join(names)}." for what, names in lacking.items()]
    pairs = [f'--map "{column.header}={column.proposal}"' for column in columns if column.proposal]
    if pairs:
        book = workbook.name if workbook else "BOOK"
        lines.append("If these are right, confirm them once; they are remembered:")
        file = grid.file.partition(" [")[0]
        lines.append(f'  xl-rebal import {system.key} "{file}" --into {book} {" ".join(pairs)}')
    return lines
