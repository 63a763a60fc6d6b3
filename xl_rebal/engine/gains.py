"""Netting of capital gains and losses for one year, with carryforwards (IRC 1222, 1211(b), 1212(b); Schedule D).

Short-term results are netted with short-term ones, long-term with long-term, each with the loss of that character
carried in; then the two nets meet. A remaining loss is deducted from ordinary income up to the limit, short-term
first, and the rest is carried to next year with its character.

Assumes that income is large enough for the deduction: below zero taxable income the Capital Loss Carryover
Worksheet (line 4) would carry over more. Does not model 28 %-rate gain (collectibles, section 1202) or
unrecaptured section 1250 gain.
"""

from __future__ import annotations

from xl_rebal.engine.results import NetGains


def net_gains(
    short_cents: int,
    long_cents: int,
    short_carried_in_cents: int,
    long_carried_in_cents: int,
    loss_limit_cents: int,
) -> NetGains:
    """The year's gains after netting: what is taxed, what is deducted, what is carried on. Exact to the cent.

    `short_cents` and `long_cents` are the year's realized totals, negative for a loss. Losses carried in and the
    limit are positive. Short -5,000, long +1,000, limit 3,000: 4,000 net short loss, 3,000 deducted, 1,000 carried.
    """
    if min(short_carried_in_cents, long_carried_in_cents, loss_limit_cents) < 0:
        raise ValueError("losses carried in and the loss limit are amounts of at least 0")
    short = short_cents - short_carried_in_cents  # Schedule D line 7
    long = long_cents - long_carried_in_cents  # Schedule D line 15
    short_offset = min(max(0, -short), max(0, long))  # short-term loss used up by long-term gain
    long_offset = min(max(0, -long), max(0, short))
    short_loss = max(0, -short) - short_offset
    long_loss = max(0, -long) - long_offset
    deduction = min(short_loss + long_loss, loss_limit_cents)  # Schedule D line 21
    from_short = min(short_loss, deduction)  # Capital Loss Carryover Worksheet: line 8, then lines 11 to 13
    return NetGains(
        short_cents=short_cents,
        long_cents=long_cents,
        short_carried_in_cents=short_carried_in_cents,
        long_carried_in_cents=long_carried_in_cents,
        taxed_short_cents=max(0, short) - long_offset,
        taxed_long_cents=max(0, long) - short_offset,
        deduction_cents=deduction,
        carried_short_cents=short_loss - from_short,
        carried_long_cents=long_loss - (deduction - from_short),
    )
