"""Tax on gains against hand arithmetic, the published tables and the form worksheets written out line by line.

All figures are of tax year 2026 (Rev. Proc. 2025-32) unless said otherwise, typed here and not read from the files.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_rebal.engine.book import Client, FilingStatus
from xl_rebal.engine.gains import net_gains
from xl_rebal.engine.results import MarginalRates, NetGains, TaxEstimate, TaxProfile
from xl_rebal.engine.tax import (
    federal_and_state_tax_cents,
    marginal_rates,
    niit_room_cents,
    segments,
    tax_on_gains,
    tax_on_slice,
    tax_profile,
)
from xl_rebal.params.load import tax_parameters

SINGLE = FilingStatus.SINGLE
JOINT = FilingStatus.MARRIED_JOINT
SEPARATE = FilingStatus.MARRIED_SEPARATE
HEAD = FilingStatus.HEAD_OF_HOUSEHOLD
SURVIVOR = FilingStatus.QUALIFYING_SURVIVOR
TRUST = FilingStatus.TRUST


P = tax_parameters(2026)


def profile(
    income: int | None,
    *,
    magi: int | None = 0,
    other: int = 0,
    cg_rate: str | None = None,
    state: str = "0",
) -> TaxProfile:
    """A return in whole dollars; MAGI 0 keeps the net investment income tax out of the example."""
    return TaxProfile(
        ordinary_income_cents=None if income is None else income * 100,
        magi_cents=None if magi is None else magi * 100,
        other_investment_income_cents=other * 100,
        cg_rate=None if cg_rate is None else Decimal(cg_rate),
        state_rate=Decimal(state),
    )


def gains(
    short: int = 0, long: int = 0, short_in: int = 0, long_in: int = 0, status: FilingStatus = SINGLE
) -> NetGains:
    limit = 1_500_00 if status is SEPARATE else 3_000_00
    return net_gains(short * 100, long * 100, short_in * 100, long_in * 100, limit)


def tax(net: NetGains, of: TaxProfile, status: FilingStatus = SINGLE) -> TaxEstimate:
    estimate = tax_on_gains(net, of, status, P)
    assert estimate is not None
    return estimate


def rates(net: NetGains, of: TaxProfile, status: FilingStatus = SINGLE) -> MarginalRates:
    found = marginal_rates(net, of, status, P)
    assert found is not None
    return found


# ---------------------------------------------------------------- ordinary brackets


@pytest.mark.parametrize(
    ("status", "table"),
    [  # Rev. Proc. 2025-32 sec. 4.01, Tables 1-4: "over X: base plus ..."; the base is the tax on X itself.
        (SINGLE, [(12_400, "1240"), (50_400, "5800"), (105_700, "17966"), (201_775, "41024"), (256_225, "58448"), (640_600, "192979.25")]),
        (JOINT, [(24_800, "2480"), (100_800, "11600"), (211_400, "35932"), (403_550, "82048"), (512_450, "116896"), (768_700, "206583.50")]),
        (SURVIVOR, [(24_800, "2480"), (100_800, "11600"), (211_400, "35932"), (403_550, "82048"), (512_450, "116896"), (768_700, "206583.50")]),
        (SEPARATE, [(12_400, "1240"), (50_400, "5800"), (105_700, "17966"), (201_775, "41024"), (256_225, "58448"), (384_350, "103291.75")]),
        (HEAD, [(17_700, "1770"), (67_450, "7740"), (105_700, "16155"), (201_750, "39207"), (256_200, "56631"), (640_600, "191171")]),
    ],
)  # fmt: skip
def test_short_term_gain_on_no_other_income_is_taxed_by_the_published_table(
    status: FilingStatus, table: list[tuple[int, str]]
) -> None:
    for income, base in table:
        assert tax(gains(income, status=status), profile(0), status).ordinary_cents == int(
            Decimal(base) * 100
        )


def test_short_term_gain_across_a_bracket_edge_is_taxed_at_both_rates() -> None:
    # Single, 100,000 + 10,000: 5,700 to the edge at 105,700 x 22 % = 1,254; 4,300 x 24 % = 1,032.
    assert tax(gains(short=10_000), profile(100_000)).ordinary_cents == (1_254 + 1_032) * 100


def test_the_last_dollar_of_a_band_has_its_rate_and_the_next_dollar_the_next() -> None:
    assert tax(gains(short=1), profile(50_399)).ordinary_cents == 12  # 50,399 -> 50,400 at 12 %
    assert tax(gains(short=1), profile(50_400)).ordinary_cents == 22


def test_a_loss_saves_ordinary_tax_up_to_3000() -> None:
    # Single, 100,000: 3,000 x 22 % = 660, however large the loss.
    assert tax(gains(short=-3_000), profile(100_000)).total_cents == -660_00
    assert tax(gains(long=-80_000), profile(100_000)).total_cents == -660_00


def test_a_loss_saves_up_to_1500_for_married_filing_separately() -> None:
    # 1,500 x 22 % = 330.
    net = gains(short=-5_000, status=SEPARATE)
    assert tax(net, profile(100_000), SEPARATE).total_cents == -330_00


def test_a_loss_deduction_across_a_bracket_edge_saves_at_both_rates() -> None:
    # Single, 51,400 - 3,000: 1,000 x 22 % = 220 down to 50,400, then 2,000 x 12 % = 240.
    assert tax(gains(short=-3_000), profile(51_400)).ordinary_cents == -460_00


def test_a_loss_saves_nothing_without_taxable_income() -> None:
    assert tax(gains(short=-3_000), profile(0)).total_cents == 0
    assert tax(gains(short=-3_000), profile(1_000)).ordinary_cents == -100_00  # only 1,000 x 10 %


# ---------------------------------------------------------------- long-term gain on top


def test_long_term_gain_below_the_zero_rate_amount_is_free() -> None:
    # Single, 40,000 + 9,450 = 49,450, exactly the maximum zero rate amount.
    assert tax(gains(long=9_450), profile(40_000)).total_cents == 0
    assert tax(gains(long=9_451), profile(40_000)).long_term_cents == 15  # the dollar above: 15 %


def test_long_term_gain_across_the_15_percent_edge() -> None:
    # Single, 40,000 + 20,000: 9,450 at 0 %, 10,550 x 15 % = 1,582.50.
    assert tax(gains(long=20_000), profile(40_000)).long_term_cents == 1_582_50


def test_long_term_gain_across_the_20_percent_edge_with_niit() -> None:
    # Joint, 500,000 + 200,000, edge 613,700: 113,700 x 15 % = 17,055; 86,300 x 20 % = 17,260.
    # MAGI 532,200 + 200,000 is over 250,000 by 482,200; net investment income 200,000: 200,000 x 3.8 % = 7,600.
    # State 5 % of 200,000 = 10,000.
    estimate = tax(gains(long=200_000), profile(500_000, magi=532_200, state="0.05"), JOINT)
    assert estimate == TaxEstimate(0, (17_055 + 17_260) * 100, 7_600_00, 10_000_00)
    assert estimate.total_cents == 51_915_00


def test_one_gain_can_cross_both_edges() -> None:
    # Head of household, 60,000 + 600,000: 6,200 at 0 % to 66,200; 513,400 x 15 % = 77,010 to 579,600;
    # 80,400 x 20 % = 16,080 to 660,000.
    estimate = tax(gains(long=600_000, status=HEAD), profile(60_000), HEAD)
    assert estimate.long_term_cents == (77_010 + 16_080) * 100


def test_the_thresholds_are_those_of_the_tax_year() -> None:
    # Joint 2025: zero up to 96,700. 96,000 + 1,000: 300 x 15 % = 45. In 2026 (98,900) it is free.
    net, of = gains(long=1_000), profile(96_000)
    in_2025 = tax_on_gains(net, of, JOINT, tax_parameters(2025))
    assert in_2025 is not None
    assert in_2025.long_term_cents == 45_00
    assert tax(net, of, JOINT).long_term_cents == 0


def test_short_term_gain_pushes_long_term_gain_into_a_higher_rate() -> None:
    # Single, 540,000, long 10,000: 5,500 x 15 % = 825 to 545,500; 4,500 x 20 % = 900: 1,725.
    # With short 1,000 more: 4,500 x 15 % = 675 + 5,500 x 20 % = 1,100: 1,775, beside 1,000 x 35 % = 350.
    assert tax(gains(long=10_000), profile(540_000)).long_term_cents == 1_725_00
    both = tax(gains(short=1_000, long=10_000), profile(540_000))
    assert (both.ordinary_cents, both.long_term_cents) == (350_00, 1_775_00)


def test_unused_deductions_shelter_long_term_gain() -> None:
    # Single, 5,000 of deductions unused: gain 60,000 lies from 0 to 55,000; 49,450 free, 5,550 x 15 % = 832.50.
    assert tax(gains(long=60_000), profile(-5_000)).long_term_cents == 832_50


def test_unused_deductions_shelter_short_term_gain_first() -> None:
    # -5,000 + 8,000 short = 3,000 x 10 % = 300; long 46,450 fills 3,000 to 49,450 at 0 %.
    estimate = tax(gains(short=8_000, long=46_450), profile(-5_000))
    assert (estimate.ordinary_cents, estimate.long_term_cents) == (300_00, 0)


def test_long_term_gain_never_costs_more_than_ordinary_income_would() -> None:
    # Single, 49,450 + 950 = 50,400: at 15 % 142.50, but ordinary income there is taxed at 12 %: 114.
    assert tax(gains(long=950), profile(49_450)).long_term_cents == 114_00
    # 2,000: at 15 % 300; as ordinary income 950 x 12 % + 1,050 x 22 % = 345. The lower one counts.
    assert tax(gains(long=2_000), profile(49_450)).long_term_cents == 300_00


def test_a_loss_carried_in_lowers_the_taxed_gain() -> None:
    # Single, 100,000: long 10,000 - 4,000 carried in = 6,000 x 15 % = 900.
    assert tax(gains(long=10_000, long_in=4_000), profile(100_000)).total_cents == 900_00


# ---------------------------------------------------------------- net investment income tax


def test_niit_begins_with_the_first_dollar_above_the_threshold() -> None:
    of = profile(150_000, magi=190_000)
    assert tax(gains(long=10_000), of).niit_cents == 0  # MAGI exactly 200,000
    assert tax(gains(long=10_100), of).niit_cents == 3_80  # 100 x 3.8 %
    assert niit_room_cents(of, P.status(SINGLE)) == 10_000_00


@pytest.mark.parametrize(
    ("status", "threshold"),
    [(SINGLE, 200_000), (JOINT, 250_000), (SURVIVOR, 250_000), (SEPARATE, 125_000), (HEAD, 200_000)],
)
def test_niit_threshold_of_each_status(status: FilingStatus, threshold: int) -> None:
    of = profile(100_000, magi=threshold)
    assert tax(gains(long=1_000, status=status), of, status).niit_cents == 38_00


def test_a_gain_that_lifts_magi_over_the_threshold_taxes_other_investment_income_too() -> None:
    # MAGI 195,000 with 50,000 of interest: nothing is over. Gain 20,000: 15,000 over; 15,000 x 3.8 % = 570.
    assert tax(gains(long=20_000), profile(150_000, magi=195_000, other=50_000)).niit_cents == 570_00
    # Gain 100,000: 95,000 over, net investment income 150,000: 95,000 x 3.8 % = 3,610.
    assert tax(gains(long=100_000), profile(150_000, magi=195_000, other=50_000)).niit_cents == 3_610_00


def test_only_the_niit_that_the_gain_adds_is_counted() -> None:
    # MAGI 300,000, interest 5,000: 190 without. With 10,000: 15,000 x 3.8 % = 570. Added: 380.
    assert tax(gains(short=10_000), profile(250_000, magi=300_000, other=5_000)).niit_cents == 380_00


def test_the_loss_deduction_lowers_niit_but_not_below_zero() -> None:
    loss = gains(long=-9_000)
    assert (
        tax(loss, profile(250_000, magi=300_000, other=5_000)).niit_cents == -114_00
    )  # 3,000 x 3.8 % (Form 8960 line 5a)
    assert tax(loss, profile(250_000, magi=300_000, other=1_000)).niit_cents == -38_00
    assert tax(loss, profile(250_000, magi=300_000)).niit_cents == 0


def test_investment_losses_elsewhere_absorb_gain_before_niit() -> None:
    # Net investment income -4,000 + 10,000 = 6,000 x 3.8 % = 228.
    assert tax(gains(long=10_000), profile(250_000, magi=300_000, other=-4_000)).niit_cents == 228_00


# ---------------------------------------------------------------- state, override, unknown income


def test_state_tax_is_on_what_is_taxed_less_what_is_deducted() -> None:
    # 6.25 % of 1,000 + 3,000 = 250; of the 3,000 deduction -187.50.
    assert tax(gains(1_000, 3_000), profile(100_000, state="0.0625")).state_cents == 250_00
    assert tax(gains(-9_000), profile(100_000, state="0.0625")).state_cents == -187_50


def test_the_override_is_all_federal_tax_on_long_term_gain() -> None:
    # 23.8 % of 10,000 = 2,380; no NIIT on top although MAGI is far above; state 5 % = 500.
    estimate = tax(gains(long=10_000), profile(900_000, magi=950_000, cg_rate="0.238", state="0.05"))
    assert estimate == TaxEstimate(0, 2_380_00, 0, 500_00)


def test_with_an_override_short_term_gain_is_taxed_by_brackets_and_niit() -> None:
    # Single, 900,000: 4,000 x 37 % = 1,480 and x 3.8 % = 152; long 10,000 x 15 % override = 1,500.
    estimate = tax(gains(4_000, 10_000), profile(900_000, magi=950_000, cg_rate="0.15"))
    assert estimate == TaxEstimate(1_480_00, 1_500_00, 152_00, 0)


def test_with_an_override_short_term_gain_bears_niit_after_long_term_gain() -> None:
    # MAGI 195,000: long 10,000 lifts it to 205,000 (its NIIT is in the override); short 1,000 is all above: 38.
    estimate = tax(gains(1_000, 10_000), profile(150_000, magi=195_000, cg_rate="0.15"))
    assert estimate.niit_cents == 38_00


def test_tax_is_unknown_when_income_is_unknown() -> None:
    for net in (gains(short=1_000), gains(long=1_000), gains(short=-1_000)):
        assert tax_on_gains(net, profile(None, magi=None), SINGLE, P) is None
        assert marginal_rates(net, profile(None, magi=None), SINGLE, P) is None


def test_tax_is_unknown_when_magi_is() -> None:
    assert tax_on_gains(gains(long=1_000), profile(100_000, magi=None), SINGLE, P) is None
    assert niit_room_cents(profile(100_000, magi=None), P.status(SINGLE)) is None


def test_no_gain_is_no_tax_even_when_income_is_unknown() -> None:
    nothing = gains(short=4_000, short_in=4_000)
    assert tax_on_gains(nothing, profile(None, magi=None), SINGLE, P) == TaxEstimate(0, 0, 0, 0)


def test_the_override_answers_for_long_term_gain_when_income_is_unknown() -> None:
    of = profile(None, magi=None, cg_rate="0.20", state="0.05")
    assert tax(gains(long=1_000), of) == TaxEstimate(0, 200_00, 0, 50_00)
    assert tax_on_gains(gains(short=1, long=1_000), of, SINGLE, P) is None
    assert tax_on_gains(gains(long=-1), of, SINGLE, P) is None


def test_magi_left_empty_is_taxable_income_and_the_standard_deduction() -> None:
    client = Client("C1", "Ann", JOINT, "Growth", taxable_income_cents=300_000_00, state_rate=Decimal("0.05"))
    # Standard deduction of a joint return 2026: 32,200.
    assert tax_profile(client, P) == profile(300_000, magi=332_200, state="0.05")
    assert tax_profile(replace(client, magi_cents=310_000_00), P).magi_cents == 310_000_00
    assert tax_profile(replace(client, taxable_income_cents=None), P).magi_cents is None


def test_only_assessed_lines_are_rounded() -> None:
    # 33.33 long-term gain at 15 % is 4.9995: 5.00, not a sum of rounded pieces; NIIT 1.26654: 1.27.
    net = net_gains(0, 33_33, 0, 0, 3_000_00)
    estimate = tax(net, profile(300_000, magi=400_000))
    assert (estimate.long_term_cents, estimate.niit_cents) == (5_00, 1_27)


# ---------------------------------------------------------------- the next dollar


def test_rates_of_a_high_income_are_37_and_20_and_niit() -> None:
    found = rates(gains(long=10_000), profile(800_000, magi=850_000, state="0.05"))
    assert found == MarginalRates(Decimal("0.37"), Decimal("0.20"), Decimal("0.038"), Decimal("0.05"))


def test_rates_at_an_edge_are_those_above_it() -> None:
    assert rates(gains(), profile(49_449)).long_rate == 0
    assert rates(gains(), profile(50_400)).long_rate == Decimal("0.15")
    assert rates(gains(), profile(545_500)).long_rate == Decimal("0.20")
    assert rates(gains(), profile(0, magi=199_999)).niit_rate == 0
    assert rates(gains(), profile(0, magi=200_000)).niit_rate == Decimal("0.038")


def test_a_short_term_dollar_below_a_threshold_also_lifts_long_term_gain_over_it() -> None:
    # Single 540,000 with long 10,000 on top: 35 % on the dollar, and 20 % - 15 % on a dollar of long-term gain.
    assert rates(gains(long=10_000), profile(540_000)).short_rate == Decimal("0.40")


def test_the_next_dollar_is_free_while_a_carryforward_absorbs_it() -> None:
    found = rates(gains(long_in=50_000), profile(800_000, magi=850_000, state="0.05"))
    assert found == MarginalRates(Decimal(0), Decimal(0), Decimal(0), Decimal(0))


def test_the_next_dollar_costs_the_ordinary_rate_while_it_eats_the_loss_deduction() -> None:
    found = rates(gains(long=-1_000), profile(800_000, magi=850_000, other=10_000))
    assert (found.short_rate, found.long_rate, found.niit_rate) == (
        Decimal("0.37"),
        Decimal("0.37"),
        Decimal("0.038"),
    )


def test_a_short_term_dollar_that_uses_up_less_loss_leaves_more_long_term_gain() -> None:
    assert rates(gains(short=-5_000, long=9_000), profile(300_000)).short_rate == Decimal("0.15")


def test_a_long_term_dollar_that_uses_up_less_loss_leaves_more_short_term_gain() -> None:
    assert rates(gains(short=9_000, long=-5_000), profile(300_000)).long_rate == Decimal("0.35")


def test_rates_with_an_override_are_all_in_and_say_so() -> None:
    found = rates(gains(long=1), profile(800_000, magi=850_000, cg_rate="0.238"))
    assert found == MarginalRates(Decimal("0.408"), Decimal("0.238"), Decimal(0), Decimal(0), overridden=True)


def test_with_an_override_and_unknown_income_only_the_long_rate_is_known() -> None:
    of = profile(None, magi=None, cg_rate="0.20", state="0.05")
    assert rates(gains(short=500, long=1), of) == MarginalRates(
        None, Decimal("0.20"), Decimal(0), Decimal("0.05"), overridden=True
    )
    # A short-term dollar that leaves more long-term gain is known again.
    assert rates(gains(short=-500, long=900), of).short_rate == Decimal("0.20")
    # A long-term dollar that eats the deduction is not: no rate to show.
    assert marginal_rates(gains(long=-500), of, SINGLE, P) is None


# ---------------------------------------------------------------- properties

DOLLARS = st.integers(-1_200_000_00, 1_200_000_00)  # cents
INCOME = st.integers(-50_000_00, 1_000_000_00)
CARRY = st.integers(0, 60_000_00)
STATUS = st.sampled_from(list(FilingStatus))
PROFILES = st.builds(
    TaxProfile,
    ordinary_income_cents=INCOME,
    magi_cents=INCOME,
    other_investment_income_cents=st.integers(-20_000_00, 100_000_00),
    cg_rate=st.sampled_from([None, Decimal("0.15"), Decimal("0.238")]),
    state_rate=st.sampled_from([Decimal(0), Decimal("0.0675")]),
)

# Rev. Proc. 2025-32 sec. 4.01 and 4.03, typed in a second shape: (rate, from) and the two long-term thresholds.
ORDINARY = {
    SINGLE: ((10, 0), (12, 12_400), (22, 50_400), (24, 105_700), (32, 201_775), (35, 256_225), (37, 640_600)),
    JOINT: ((10, 0), (12, 24_800), (22, 100_800), (24, 211_400), (32, 403_550), (35, 512_450), (37, 768_700)),
    SEPARATE: ((10, 0), (12, 12_400), (22, 50_400), (24, 105_700), (32, 201_775), (35, 256_225), (37, 384_350)),
    HEAD: ((10, 0), (12, 17_700), (22, 67_450), (24, 105_700), (32, 201_750), (35, 256_200), (37, 640_600)),
    TRUST: ((10, 0), (24, 3_300), (35, 11_700), (37, 16_000)),
}  # fmt: skip
ORDINARY[SURVIVOR] = ORDINARY[JOINT]
THRESHOLDS = {
    SINGLE: (49_450, 545_500),
    JOINT: (98_900, 613_700),
    SURVIVOR: (98_900, 613_700),
    SEPARATE: (49_450, 306_850),
    HEAD: (66_200, 579_600),
    TRUST: (3_300, 16_250),
}
NIIT_FROM = {
    SINGLE: 200_000,
    JOINT: 250_000,
    SURVIVOR: 250_000,
    SEPARATE: 125_000,
    HEAD: 200_000,
    TRUST: 16_000,  # IRC 1411(a)(2)(B)(ii)
}


def table_tax(income: Fraction, status: FilingStatus) -> Fraction:
    """Tax Computation Worksheet: for each rate, the step up from the rate below on all income above its start."""
    total, below = Fraction(0), 0
    for rate, start in ORDINARY[status]:
        total += Fraction(rate - below, 100) * max(Fraction(0), income - start)
        below = rate
    return total


def worksheet_tax(income: Fraction, gain: Fraction, status: FilingStatus) -> Fraction:
    """Qualified Dividends and Capital Gain Tax Worksheet (Form 1040 instructions), no qualified dividends."""
    line_1 = max(Fraction(0), income)  # taxable income
    line_4 = gain  # lines 2 to 4
    line_5 = max(Fraction(0), line_1 - line_4)
    line_7 = min(line_1, THRESHOLDS[status][0])
    line_8 = min(line_5, line_7)
    line_9 = line_7 - line_8  # taxed at 0 %
    line_10 = min(line_1, line_4)
    line_12 = line_10 - line_9
    line_14 = min(line_1, THRESHOLDS[status][1])
    line_16 = max(Fraction(0), line_14 - (line_5 + line_9))
    line_17 = min(line_12, line_16)
    line_18 = line_17 * Fraction(15, 100)
    line_20 = line_10 - (line_9 + line_17)
    line_21 = line_20 * Fraction(20, 100)
    line_23 = line_18 + line_21 + table_tax(line_5, status)
    return min(line_23, table_tax(line_1, status))  # line 25


def form_8960(magi: Fraction, investment_income: Fraction, status: FilingStatus) -> Fraction:
    """Form 8960 lines 12 to 17."""
    line_12 = max(Fraction(0), investment_income)
    line_15 = max(Fraction(0), magi - NIIT_FROM[status])
    return Fraction(38, 1000) * min(line_12, line_15)


@given(DOLLARS, DOLLARS, CARRY, CARRY, PROFILES, STATUS)
def test_tax_is_the_difference_of_two_returns_on_the_forms(
    short: int, long: int, short_in: int, long_in: int, of: TaxProfile, status: FilingStatus
) -> None:
    of = replace(of, cg_rate=None)
    net = net_gains(short, long, short_in, long_in, P.status(status).loss_limit_cents)
    assert of.ordinary_income_cents is not None
    assert of.magi_cents is not None
    income, magi = Fraction(of.ordinary_income_cents, 100), Fraction(of.magi_cents, 100)
    other = Fraction(of.other_investment_income_cents, 100)
    # 1040 line 7: with ample carryforwards this may be a loss of up to the limit.
    line_7 = Fraction(net.taxed_short_cents + net.taxed_long_cents - net.deduction_cents, 100)
    long_gain = Fraction(net.taxed_long_cents, 100)
    income_tax = worksheet_tax(income + line_7, long_gain, status) - table_tax(
        max(Fraction(0), income), status
    )
    niit = form_8960(magi + line_7, other + line_7, status) - form_8960(magi, other, status)
    estimate = tax(net, of, status)
    assert abs(estimate.ordinary_cents + estimate.long_term_cents - income_tax * 100) <= Fraction(3, 2)
    assert abs(estimate.niit_cents - niit * 100) <= 1


@given(DOLLARS, DOLLARS, CARRY, CARRY, st.integers(0, 300_000_00), st.booleans(), PROFILES, STATUS)
def test_more_gain_never_lowers_tax(
    short: int,
    long: int,
    short_in: int,
    long_in: int,
    more: int,
    is_short: bool,
    of: TaxProfile,
    status: FilingStatus,
) -> None:
    less = federal_and_state_tax_cents(short, long, short_in, long_in, of, status, P)
    added = (more, 0) if is_short else (0, more)
    greater = federal_and_state_tax_cents(short + added[0], long + added[1], short_in, long_in, of, status, P)
    assert less is not None
    assert greater is not None
    assert less <= greater


@given(
    st.integers(0, 1_200_000_00),
    st.integers(0, 1_200_000_00),
    PROFILES,
    STATUS,
)
def test_income_tax_on_gains_lies_between_nothing_and_ordinary_tax_on_all_of_them(
    short: int, long: int, of: TaxProfile, status: FilingStatus
) -> None:
    of = replace(of, cg_rate=None)
    assert of.ordinary_income_cents is not None
    estimate = tax(net_gains(short, long, 0, 0, 0), of, status)
    start = max(0, of.ordinary_income_cents)
    end = max(0, of.ordinary_income_cents + short + long)
    ceiling = tax_on_slice(P.status(status).ordinary, start, end)
    assert 0 <= estimate.ordinary_cents + estimate.long_term_cents <= ceiling + 2
    assert 0 <= estimate.niit_cents <= P.niit_rate * (short + long + 100_000_00)
    assert min(estimate.ordinary_cents, estimate.long_term_cents) >= 0


@given(DOLLARS, DOLLARS, CARRY, CARRY, PROFILES, STATUS)
def test_marginal_rates_times_a_dollar_are_the_tax_of_a_dollar_more(
    short: int, long: int, short_in: int, long_in: int, of: TaxProfile, status: FilingStatus
) -> None:
    """Away from edges: a dollar more costs its rate within the rounding of the four lines."""
    limit = P.status(status).loss_limit_cents
    net = net_gains(short, long, short_in, long_in, limit)
    here, further = (
        rates(net, of, status),
        rates(net_gains(short + 100, long + 100, short_in, long_in, limit), of, status),
    )
    if of.cg_rate is not None or here != further:
        return
    for rate, more in ((here.short_rate, (100, 0)), (here.long_rate, (0, 100))):
        assert rate is not None
        before = federal_and_state_tax_cents(short, long, short_in, long_in, of, status, P)
        after = federal_and_state_tax_cents(short + more[0], long + more[1], short_in, long_in, of, status, P)
        assert before is not None
        assert after is not None
        assert abs(after - before - 100 * (rate + here.niit_rate + here.state_rate)) <= 4


@given(st.integers(-2_000_000_00, 2_000_000_00), PROFILES, STATUS)
def test_niit_is_its_rate_on_gain_beyond_the_room(long: int, of: TaxProfile, status: FilingStatus) -> None:
    of = replace(of, cg_rate=None)
    room = niit_room_cents(of, P.status(status))
    assert room is not None
    net = net_gains(0, long, 0, 0, P.status(status).loss_limit_cents)
    gain = net.taxed_long_cents - net.deduction_cents
    expected = Decimal("0.038") * (max(0, gain - room) - max(0, -room))
    assert abs(tax(net, of, status).niit_cents - expected) <= 1


# ---------------------------------------------------------------- the schedule as data


def test_segments_cover_a_schedule_from_zero_without_gap() -> None:
    bands = segments(P.status(SINGLE).long_term)
    assert [(b.bottom_cents, b.top_cents, b.rate) for b in bands] == [
        (0, 49_450_00, Decimal(0)),
        (49_450_00, 545_500_00, Decimal("0.15")),
        (545_500_00, None, Decimal("0.20")),
    ]


def test_a_slice_of_the_schedule_is_the_difference_of_its_ends() -> None:
    ordinary = P.status(JOINT).ordinary
    whole = tax_on_slice(ordinary, 0, 300_000_00)
    parts = tax_on_slice(ordinary, 0, 123_45) + tax_on_slice(ordinary, 123_45, 300_000_00)
    assert whole == parts
