"""A model's stored answers given again in their order, so that a letter can be filled anew and nothing is sent."""

from __future__ import annotations

from collections.abc import Sequence

from xl_rebal.drafting.kept import Reply
from xl_rebal.errors import DrafterUnavailable


class Replay:
    """Stands where kept answers stand: each question gets the next answer, whatever it asks."""

    def __init__(self, answers: Sequence[str]) -> None:
        self._left = list(answers)

    def get(self, key: str) -> Reply:
        """The next answer. Raises DrafterUnavailable after the last one: a replay never asks."""
        if not self._left:
            raise DrafterUnavailable("the stored answers end before the letter was done")
        return Reply(self._left.pop(0))

    def put(self, key: str, reply: Reply) -> None:
        """Nothing: what is replayed is on record."""
