"""One client's own input as canonical JSON, enough to compute its review and brief again, and back to values.

Only securities that the client's review can look at are kept (engine.used).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from xl_rebal.engine.book import Household, Settings
from xl_rebal.engine.problems import Problem
from xl_rebal.engine.used import with_used_securities
from xl_rebal.records.canonical import parsed
from xl_rebal.records.written import Reader, written_bytes


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that a client's review is computed from, but for the tax parameters (the manifest has their hash)."""

    settings: Settings
    household: Household
    problems: tuple[Problem, ...]


def inputs_bytes(inputs: Inputs) -> bytes:
    """inputs.json."""
    return written_bytes(own_part(inputs))


def own_part(inputs: Inputs) -> Inputs:
    """The inputs with only the securities that the client's review looks at."""
    return replace(inputs, household=with_used_securities(inputs.household))


def inputs_from(content: bytes, reader: Reader | None = None) -> Inputs:
    """The inputs that an inputs.json holds. Raises ValueError when it is not one.

    `reader` fills in what an earlier version did not know yet, and says so.
    """
    try:
        found = (reader or Reader()).read(Inputs, parsed(content))
    except ValueError as error:
        raise ValueError(f"not the inputs of a client: {error}") from error
    assert isinstance(found, Inputs)  # noqa: S101 - for the type checker
    return found
