"""One thing that was looked at, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """OK: as it should be. NOTE: works, but is worth knowing. FIX: something does not work until somebody acts."""

    OK = "ok"
    NOTE = "note"
    FIX = "fix"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, about what, and what to do; nothing is to do where it is well."""

    about: str
    what: str
    todo: str = ""
    state: State = State.OK

    @property
    def well(self) -> bool:
        return self.state is not State.FIX

    def __str__(self) -> str:
        sentence = f"{self.what}. {self.todo}" if self.todo else self.what
        return f"{self.state.value.upper() if self.state is not State.OK else 'ok':5} {sentence}"

    def record(self) -> dict[str, str]:
        return {"about": self.about, "state": self.state.value, "what": self.what, "todo": self.todo}


def ok(about: str, what: str) -> Finding:
    return Finding(about, what)


def note(about: str, what: str, todo: str = "") -> Finding:
    return Finding(about, what, todo, State.NOTE)


def fix(about: str, what: str, todo: str) -> Finding:
    return Finding(about, what, todo, State.FIX)
