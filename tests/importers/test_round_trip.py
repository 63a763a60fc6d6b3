"""Any firm written in a system's shape reads back as that firm: lots, positions and money, to the share and the cent."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.importers import system_files as files
from xl_rebal.importers.read import read_exports
from xl_rebal.importers.statements import CASH

CENTS = {"places": 2, "allow_nan": False, "allow_infinity": False}
LOT = st.builds(
    files.Lot,
    st.sampled_from(list(files.PRICES)),
    st.dates(date(1995, 1, 3), date(2026, 2, 12)),
    st.decimals(Decimal("0.05"), Decimal("250000"), **CENTS),
    st.decimals(Decimal("0.01"), Decimal("9000000"), **CENTS),
)


@st.composite
def firms(draw: st.DrawFn, system: str) -> list[files.Held]:
    """The system's four accounts with other lots and money."""
    return [
        replace(
            one,
            lots=tuple(draw(st.lists(LOT, min_size=1, max_size=6))),
            cash=draw(st.decimals(Decimal("0.01"), Decimal("2000000"), **CENTS)),
        )
        for one in files.held(system)
    ]


@pytest.mark.parametrize("system", files.SYSTEMS)
@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(st.data())
def test_any_firm_reads_back_as_it_was_written(system, data):
    firm = data.draw(firms(system))
    if system == "schwab":  # its lot files in this fixture have no bond
        firm = [replace(one, lots=tuple(x for x in one.lots if x.symbol != files.BOND)) for one in firm]
        firm = [one for one in firm if one.lots]
        if not firm:
            return
    imported = read_exports(system, files.FILES[system](firm)).imported
    assert [
        str(p) for p in imported.problems if p.code in ("row-damaged", "lots-missing", "total-differs")
    ] == []
    for one in firm:
        key = one.account[-3:] if system == "schwab" else one.account
        own = [x for x in imported.lots if x.account.endswith(key) and x.symbol != CASH]
        read = Counter((x.symbol, x.acquired, x.quantity, x.basis_cents) for x in own)
        assert read == Counter((x.symbol, x.acquired, x.quantity, files.cents(x.basis)) for x in one.lots)
        if any(p.account for p in imported.positions):
            held = {p.symbol: p.quantity for p in imported.positions if p.account.endswith(key)}
            if system == "tamarac":
                continue  # its file of lots is all it has
            assert held == {**one.positions, CASH: one.cash}
