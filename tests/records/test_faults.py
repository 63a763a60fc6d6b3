"""Disks that fill up or can't be written, clocks that go back, awkward names: a clear sentence, and nothing lost."""

from __future__ import annotations

import sys

from tests.records import faults


def test_nothing_on_record_is_lost_whatever_fails() -> None:
    if sys.platform == "win32":
        return  # nothing can be forked there: the long run is made elsewhere
    outcomes = faults.main()
    assert outcomes.keys() == faults.CASES.keys()
    assert all(outcomes.values())
