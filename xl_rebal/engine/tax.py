"""The tax that a year's net capital gains cause: brackets, stacking of long-term gain, NIIT, state.

It is the difference of two returns, with the gains and without. On each, ordinary taxable income (short-term gain in,
loss deduction out) fills the ordinary brackets from below; long-term gain lies on top of it and takes the 0/15/20 %
schedule where it lies, but never more than the ordinary brackets would take (IRC 1(h)(1); Qualified Dividends and
Capital Gain Tax Worksheet). Ordinary income below zero is unused deduction and shelters gain. The net investment
income tax is on the lesser of net investment income and MAGI above the threshold (IRC 1411(a)(1); Form 8960).

Cents and Decimal throughout; only a line that a return would assess is rounded, half-up to the cent.

Limits: does not model AMT, 28 %-rate and unrecaptured section 1250 gain, phase-outs that rise with income (social
security, credits, deductions, Medicare premiums), or the kiddie tax (IRC 1(g)). Qualified dividends inside
taxable income are treated as ordinary: this leaves the tax on long-term gain exact and can shift that on short-term.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from xl_rebal.engine.book import Client, FilingStatus
from xl_rebal.engine.gains import net_gains
from xl_rebal.engine.results import MarginalRates, NetGains, TaxEstimate, TaxProfile
from xl_rebal.params.types import Brackets, StatusParameters, TaxParameters

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Segment:
    """A band of a rate schedule: `rate` on income from `bottom_cents` to `top_cents`; None has no top."""

    bottom_cents: int
    top_cents: int | None
    rate: Decimal


@cache
def segments(brackets: Brackets) -> tuple[Segment, ...]:
    """The bands of a schedule from zero up, without gap: what `tax_on_slice` adds up, and what a solver needs."""
    bottoms = (0, *brackets.tops_cents)
    tops = (*brackets.tops_cents, None)
    return tuple(Segment(*band) for band in zip(bottoms, tops, brackets.rates, strict=True))


def tax_on_slice(brackets: Brackets, bottom_cents: int, top_cents: int) -> Decimal:
    """Tax, in unrounded cents, on the income that lies between two points of a schedule."""
    tax = _ZERO
    for band in segments(brackets):
        if band.bottom_cents >= top_cents:
            break
        top = top_cents if band.top_cents is None else min(top_cents, band.top_cents)
        tax += band.rate * max(0, top - max(bottom_cents, band.bottom_cents))
    return tax


def niit_room_cents(profile: TaxProfile, status: StatusParameters) -> int | None:
    """Gain (or, below zero, loss) at which net investment income tax begins; None if MAGI is unknown.

    A dollar of gain adds a dollar to net investment income and a dollar to MAGI, so the lesser of the two moves with
    it and the tax is simply `rate x (gain - room)` from here on. MAGI 190,000, threshold 200,000: room for 10,000.
    """
    if profile.magi_cents is None:
        return None
    return -min(profile.other_investment_income_cents, profile.magi_cents - status.niit_threshold_cents)


def tax_profile(client: Client, params: TaxParameters) -> TaxProfile:
    """The client's return without this year's capital gains.

    MAGI left empty is taken as taxable income plus the standard deduction of the status, which is too low by what an
    itemizer deducts beyond it.
    """
    magi = client.magi_cents
    if magi is None and client.taxable_income_cents is not None:
        magi = client.taxable_income_cents + params.status(client.filing_status).standard_deduction_cents
    return TaxProfile(
        ordinary_income_cents=client.taxable_income_cents,
        magi_cents=magi,
        other_investment_income_cents=client.other_investment_income_cents,
        cg_rate=client.cg_rate,
        state_rate=client.state_rate,
    )


def tax_on_gains(
    net: NetGains, profile: TaxProfile, status: FilingStatus, params: TaxParameters
) -> TaxEstimate | None:
    """Extra tax on the return because of `net`, against a return without gains or losses; a saving is negative.

    With a `cg_rate` override, taxed long-term gain costs that rate, all federal tax in, so only the NIIT that
    short-term gain or the deduction adds beside it is counted. State tax is `state_rate` of what is taxed less the
    loss deduction: it assumes a flat rate, gains taxed as other income, the federal deduction and carryforward, and
    no state deduction that shelters gain.

    None when income is unknown and something is taxed or deducted, unless that is long-term gain alone and an
    override answers it. Nothing taxed and nothing deducted is 0 whatever the income.
    """
    with_gains = _lines(
        net.taxed_short_cents, net.taxed_long_cents, net.deduction_cents, profile, status, params
    )
    without = _lines(0, 0, 0, profile, status, params)
    if with_gains is None or without is None:
        return None
    return TaxEstimate(
        ordinary_cents=_assessed(with_gains.ordinary) - _assessed(without.ordinary),
        long_term_cents=_assessed(with_gains.long_term),
        niit_cents=_assessed(with_gains.niit) - _assessed(without.niit),
        state_cents=_assessed(with_gains.state),
    )


def federal_and_state_tax_cents(
    short_cents: int,
    long_cents: int,
    short_carried_in_cents: int,
    long_carried_in_cents: int,
    profile: TaxProfile,
    status: FilingStatus,
    params: TaxParameters,
) -> int | None:
    """Total of `tax_on_gains` for a year's realized totals and carryforwards: netting and tax in one step."""
    limit = params.status(status).loss_limit_cents
    net = net_gains(short_cents, long_cents, short_carried_in_cents, long_carried_in_cents, limit)
    tax = tax_on_gains(net, profile, status, params)
    return None if tax is None else tax.total_cents


def marginal_rates(
    net: NetGains, profile: TaxProfile, status: FilingStatus, params: TaxParameters
) -> MarginalRates | None:
    """Rates on the next dollar of short- and of long-term gain, after netting.

    A dollar that only uses up a loss carried on costs 0; one that eats into the loss deduction, or frees short-term
    gain from a long-term loss, costs the ordinary rate. `short_rate` includes what the dollar pushes of the
    long-term gain above it into a higher rate. With an override both rates are federal tax all in and `niit_rate` is
    0, so that rates may be added. With income unknown, `short_rate` is None where it depends on income.
    None when the rate on long-term gain is unknown.
    """
    limit = params.status(status).loss_limit_cents
    carried = (net.short_carried_in_cents, net.long_carried_in_cents)
    more_short = net_gains(net.short_cents + 1, net.long_cents, *carried, limit)
    more_long = net_gains(net.short_cents, net.long_cents + 1, *carried, limit)
    short = _step(net, more_short, profile, status, params)
    long = _step(net, more_long, profile, status, params)
    if long is None:
        return None
    overridden = profile.cg_rate is not None
    short_rate = None if short is None else short.ordinary + short.long_term
    if short is not None and short_rate is not None and overridden:
        short_rate += short.niit
    return MarginalRates(
        short_rate=short_rate,
        long_rate=long.ordinary + long.long_term,
        niit_rate=_ZERO if overridden else long.niit,
        state_rate=long.state,
        overridden=overridden,
    )


# ---------------------------------------------------------------- one return


@dataclass(frozen=True, slots=True)
class _Lines:
    """Lines of a return that capital gains touch, in unrounded cents; also their change for one cent of gain."""

    ordinary: Decimal
    long_term: Decimal
    niit: Decimal
    state: Decimal


def _lines(
    short_cents: int,
    long_cents: int,
    deduction_cents: int,
    profile: TaxProfile,
    status: FilingStatus,
    params: TaxParameters,
) -> _Lines | None:
    """The lines for gains that are left after netting; None if they depend on an unknown income."""
    gain = short_cents + long_cents - deduction_cents
    state = profile.state_rate * gain
    room = niit_room_cents(profile, params.status(status))
    if profile.ordinary_income_cents is None or room is None:
        if short_cents or deduction_cents or (long_cents and profile.cg_rate is None):
            return None
        return _Lines(_ZERO, (profile.cg_rate or _ZERO) * long_cents, _ZERO, state)

    rates = params.status(status)
    ordinary_income = profile.ordinary_income_cents + short_cents - deduction_cents
    bottom, top = max(0, ordinary_income), max(0, ordinary_income + long_cents)
    ordinary = tax_on_slice(rates.ordinary, 0, bottom)
    niit = params.niit_rate * max(0, gain - room)  # Form 8960 lines 12 to 17
    if profile.cg_rate is not None:
        included = params.niit_rate * (max(0, long_cents - room) - max(0, -room))
        return _Lines(ordinary, profile.cg_rate * long_cents, niit - included, state)
    stacked = tax_on_slice(rates.long_term, bottom, top)  # worksheet lines 18 and 21
    as_ordinary = tax_on_slice(rates.ordinary, bottom, top)  # worksheet line 24 less line 22
    return _Lines(ordinary, min(stacked, as_ordinary), niit, state)


def _step(
    net: NetGains, more: NetGains, profile: TaxProfile, status: FilingStatus, params: TaxParameters
) -> _Lines | None:
    """Change of each line, per cent, from `net` to `more`, which has one cent more of realized gain."""
    short = more.taxed_short_cents - net.taxed_short_cents
    long = more.taxed_long_cents - net.taxed_long_cents
    deduction = more.deduction_cents - net.deduction_cents
    if profile.ordinary_income_cents is None or profile.magi_cents is None:
        if profile.cg_rate is None or short or deduction:
            return None
        return _Lines(_ZERO, profile.cg_rate * long, _ZERO, profile.state_rate * long)
    before = _lines(net.taxed_short_cents, net.taxed_long_cents, net.deduction_cents, profile, status, params)
    after = _lines(
        more.taxed_short_cents, more.taxed_long_cents, more.deduction_cents, profile, status, params
    )
    if before is None or after is None:
        return None
    return _Lines(
        after.ordinary - before.ordinary,
        after.long_term - before.long_term,
        after.niit - before.niit,
        after.state - before.state,
    )


def _assessed(cents: Decimal) -> int:
    """A line as assessed: half-up to the cent."""
    return int(cents.to_integral_value(ROUND_HALF_UP))
