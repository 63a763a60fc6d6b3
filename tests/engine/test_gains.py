"""Netting against Schedule D and its Capital Loss Carryover Worksheet, written out line by line here."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_rebal.engine.gains import net_gains
from xl_rebal.engine.results import NetGains

LIMIT = 3_000_00
SEPARATE = 1_500_00  # married filing separately
GAIN = st.integers(-20_000_00, 20_000_00)
CARRIED = st.integers(0, 10_000_00)


def outcome_cents(net: NetGains) -> tuple[int, ...]:
    """Taxed short, taxed long, deduction, carried short, carried long."""
    return (
        net.taxed_short_cents,
        net.taxed_long_cents,
        net.deduction_cents,
        net.carried_short_cents,
        net.carried_long_cents,
    )


def outcome(net: NetGains) -> tuple[int, ...]:
    """The same in whole dollars, and nothing but whole dollars."""
    parts = outcome_cents(net)
    assert all(part % 100 == 0 for part in parts)
    return tuple(part // 100 for part in parts)


@pytest.mark.parametrize(
    ("short", "long", "carried", "expected", "why"),
    [
        (2_000, 5_000, (0, 0), (2_000, 5_000, 0, 0, 0), "two gains are taxed apart"),
        (-2_000, 5_000, (0, 0), (0, 3_000, 0, 0, 0), "a short loss takes 5,000 long down to 3,000"),
        (5_000, -2_000, (0, 0), (3_000, 0, 0, 0, 0), "a long loss takes 5,000 short down to 3,000"),
        (-5_000, 5_000, (0, 0), (0, 0, 0, 0, 0), "equal and opposite: nothing is left"),
        (-3_000, 0, (0, 0), (0, 0, 3_000, 0, 0), "a loss at the limit is deducted whole"),
        (-3_001, 0, (0, 0), (0, 0, 3_000, 1, 0), "a dollar beyond the limit is carried, short-term"),
        (0, -3_001, (0, 0), (0, 0, 3_000, 0, 1), "a dollar beyond the limit is carried, long-term"),
        (
            -2_000,
            -4_000,
            (0, 0),
            (0, 0, 3_000, 0, 3_000),
            "short goes first: 2,000 short, then 1,000 of long",
        ),
        (-4_000, -2_000, (0, 0), (0, 0, 3_000, 1_000, 2_000), "3,000 of short; long is untouched"),
        (-10_000, 4_000, (0, 0), (0, 0, 3_000, 3_000, 0), "10,000 - 4,000 = 6,000 short; 3,000 left"),
        (4_000, -10_000, (0, 0), (0, 0, 3_000, 0, 3_000), "10,000 - 4,000 = 6,000 long; 3,000 left"),
        (
            6_000,
            8_000,
            (1_000, 3_000),
            (5_000, 5_000, 0, 0, 0),
            "each loss carried in meets its own character",
        ),
        (0, 8_000, (10_000, 0), (0, 0, 2_000, 0, 0), "10,000 short carried in - 8,000 long = 2,000 deducted"),
        (1_000, 0, (0, 9_000), (0, 0, 3_000, 0, 5_000), "9,000 long - 1,000 short - 3,000 = 5,000 long on"),
    ],
)
def test_gains_and_losses_net_by_character_then_across(
    short: int, long: int, carried: tuple[int, int], expected: tuple[int, ...], why: str
) -> None:
    net = net_gains(short * 100, long * 100, carried[0] * 100, carried[1] * 100, LIMIT)
    assert outcome(net) == expected, why


def test_married_filing_separately_deducts_1500() -> None:
    assert outcome(net_gains(-2_000_00, -2_000_00, 0, 0, SEPARATE)) == (0, 0, 1_500, 500, 2_000)


def test_netting_keeps_single_cents() -> None:
    net = net_gains(-300_001, 0, 0, 0, LIMIT)  # -$3,000.01
    assert (net.deduction_cents, net.carried_short_cents) == (300_000, 1)


def test_the_years_own_totals_are_kept_beside_the_result() -> None:
    net = net_gains(1_00, -2_00, 3_00, 4_00, LIMIT)
    assert (net.short_cents, net.long_cents) == (1_00, -2_00)
    assert (net.short_carried_in_cents, net.long_carried_in_cents) == (3_00, 4_00)


@pytest.mark.parametrize("bad", [(-1, 0, LIMIT), (0, -1, LIMIT), (0, 0, -1)])
def test_a_negative_carryforward_or_limit_is_refused(bad: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="at least 0"):
        net_gains(0, 0, *bad)


@given(GAIN, GAIN, CARRIED, CARRIED, st.sampled_from([LIMIT, SEPARATE]))
def test_nothing_is_lost_or_made_up(short: int, long: int, short_in: int, long_in: int, limit: int) -> None:
    net = net_gains(short, long, short_in, long_in, limit)
    left = net.taxed_short_cents + net.taxed_long_cents
    gone = net.deduction_cents + net.carried_short_cents + net.carried_long_cents
    assert short + long - short_in - long_in == left - gone
    assert left == 0 or gone == 0
    assert min(outcome_cents(net)) >= 0
    assert net.deduction_cents <= limit


@given(GAIN, GAIN, CARRIED, CARRIED, st.sampled_from([LIMIT, SEPARATE]))
def test_netting_follows_schedule_d_line_by_line(
    short: int, long: int, short_in: int, long_in: int, limit: int
) -> None:
    """Schedule D Parts I to III and the Capital Loss Carryover Worksheet of its instructions, income ample."""
    line_7 = short - short_in  # lines 1 to 5 less line 6
    line_15 = long - long_in  # lines 8 to 13 less line 14
    line_16 = line_7 + line_15
    if line_16 > 0:
        # Lines 17 and 18, Qualified Dividends and Capital Gain Tax Worksheet line 3: the smaller of 15 and 16.
        preferred = max(0, min(line_15, line_16))
        expected = (line_16 - preferred, preferred, 0, 0, 0)
    else:
        line_21 = min(-line_16, limit)
        w4 = line_21  # worksheet lines 1 to 4: income is ample, so line 4 is line 2
        w5 = max(0, -line_7)
        w6 = max(0, line_15)
        w8 = max(0, w5 - (w4 + w6)) if line_7 < 0 else 0
        w9 = max(0, -line_15)
        w10 = max(0, line_7)
        w11 = max(0, w4 - w5)
        w13 = max(0, w9 - (w10 + w11)) if line_15 < 0 else 0
        expected = (0, 0, line_21, w8, w13)
    assert outcome_cents(net_gains(short, long, short_in, long_in, limit)) == expected


@given(GAIN, GAIN, CARRIED, CARRIED)
def test_carrying_in_a_loss_is_the_same_as_realizing_it(
    short: int, long: int, short_in: int, long_in: int
) -> None:
    carried = net_gains(short, long, short_in, long_in, LIMIT)
    realized = net_gains(short - short_in, long - long_in, 0, 0, LIMIT)
    assert outcome_cents(carried) == outcome_cents(realized)


@given(GAIN, GAIN, st.lists(GAIN, max_size=6))
def test_the_carryforward_is_used_up_in_later_years_to_the_cent(
    short: int, long: int, later: list[int]
) -> None:
    """Over several years, all gains equal all that was taxed less all that was deducted or is still carried."""
    taxed = deducted = short_in = long_in = 0
    for year_long in [long, *later]:
        net = net_gains(short, year_long, short_in, long_in, LIMIT)
        taxed += net.taxed_short_cents + net.taxed_long_cents
        deducted += net.deduction_cents
        short_in, long_in = net.carried_short_cents, net.carried_long_cents
    years = 1 + len(later)
    assert years * short + long + sum(later) == taxed - deducted - short_in - long_in
