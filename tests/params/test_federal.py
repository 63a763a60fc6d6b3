"""The federal file against figures typed from the revenue procedures, forms and Code, not from the file."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest

from xl_rebal.engine.book import CLIENT_STATUSES, FilingStatus
from xl_rebal.engine.tax import tax_on_slice
from xl_rebal.params.load import tax_parameters, tax_years
from xl_rebal.params.types import Brackets

SINGLE = FilingStatus.SINGLE
JOINT = FilingStatus.MARRIED_JOINT
SEPARATE = FilingStatus.MARRIED_SEPARATE
HEAD = FilingStatus.HEAD_OF_HOUSEHOLD
SURVIVOR = FilingStatus.QUALIFYING_SURVIVOR

TRUST = FilingStatus.TRUST
EVERY = [(year, status) for year in (2025, 2026) for status in CLIENT_STATUSES]


def dollars(brackets: Brackets) -> tuple[int, ...]:
    assert all(top % 100 == 0 for top in brackets.tops_cents)
    return tuple(top // 100 for top in brackets.tops_cents)


def test_the_years_2025_and_2026_are_there_with_every_filing_status() -> None:
    assert tax_years() == (2025, 2026)
    for year in tax_years():
        assert set(tax_parameters(year).by_status) == set(FilingStatus)
        assert tax_parameters(year).tax_year == year


@pytest.mark.parametrize(("year", "status"), EVERY)
def test_the_ordinary_rates_are_the_seven_of_section_1j(year: int, status: FilingStatus) -> None:
    rates = tax_parameters(year).status(status).ordinary.rates
    assert [str(rate * 100) for rate in rates] == [
        "10.00",
        "12.00",
        "22.00",
        "24.00",
        "32.00",
        "35.00",
        "37.00",
    ]


@pytest.mark.parametrize(
    ("year", "tops", "bases", "long_term"),
    [  # Rev. Proc. 2024-40 sec. 2.01 Table 5, 2.03; Rev. Proc. 2025-32 sec. 4.01 Table 5, 4.03: tops and base amounts
        (2025, (3_150, 11_450, 15_650), (315, 2_307, 3_777), (3_250, 15_900)),
        (2026, (3_300, 11_700, 16_000), (330, 2_346, 3_851), (3_300, 16_250)),
    ],
)
def test_the_tables_of_estates_and_trusts(
    year: int, tops: tuple[int, ...], bases: tuple[int, ...], long_term: tuple[int, ...]
) -> None:
    of = tax_parameters(year).status(TRUST)
    assert [str(rate) for rate in of.ordinary.rates] == ["0.10", "0.24", "0.35", "0.37"]  # IRC 1(j)(2)(E)
    assert dollars(of.ordinary) == tops
    assert tuple(tax_on_slice(of.ordinary, 0, top * 100) / 100 for top in tops) == bases
    assert dollars(of.long_term) == long_term
    assert of.long_term.rates == (Decimal(0), Decimal("0.15"), Decimal("0.20"))
    assert (
        of.niit_threshold_cents == tops[-1] * 100
    )  # IRC 1411(a)(2)(B)(ii): where the highest bracket begins
    assert of.standard_deduction_cents == 0  # IRC 63(c)(6)(D)


@pytest.mark.parametrize(
    ("year", "status", "start_of_37", "base"),
    [  # Last row of Tables 1-4: "Over X: base plus 37 % of the excess over X". The base adds up every row above.
        (2025, JOINT, 751_600, "202154.50"),
        (2025, SURVIVOR, 751_600, "202154.50"),
        (2025, HEAD, 626_350, "187031.50"),
        (2025, SINGLE, 626_350, "188769.75"),
        (2025, SEPARATE, 375_800, "101077.25"),
        (2026, JOINT, 768_700, "206583.50"),
        (2026, SURVIVOR, 768_700, "206583.50"),
        (2026, HEAD, 640_600, "191171.00"),
        (2026, SINGLE, 640_600, "192979.25"),
        (2026, SEPARATE, 384_350, "103291.75"),
    ],
)
def test_the_bands_add_up_to_the_published_base_of_the_last_row(
    year: int, status: FilingStatus, start_of_37: int, base: str
) -> None:
    ordinary = tax_parameters(year).status(status).ordinary
    assert dollars(ordinary)[-1] == start_of_37
    assert tax_on_slice(ordinary, 0, start_of_37 * 100) == Decimal(base) * 100


@pytest.mark.parametrize(
    ("year", "status", "tops"),
    [
        (2025, SINGLE, (11_925, 48_475, 103_350, 197_300, 250_525, 626_350)),
        (2026, SINGLE, (12_400, 50_400, 105_700, 201_775, 256_225, 640_600)),
        (2026, JOINT, (24_800, 100_800, 211_400, 403_550, 512_450, 768_700)),
        (2026, HEAD, (17_700, 67_450, 105_700, 201_750, 256_200, 640_600)),
    ],
)
def test_the_tops_are_those_of_the_revenue_procedure(
    year: int, status: FilingStatus, tops: tuple[int, ...]
) -> None:
    assert dollars(tax_parameters(year).status(status).ordinary) == tops


@pytest.mark.parametrize(
    ("year", "status", "zero_rate", "fifteen_rate"),
    [  # Rev. Proc. 2024-40 sec. 2.03, Rev. Proc. 2025-32 sec. 4.03
        (2025, JOINT, 96_700, 600_050),
        (2025, SURVIVOR, 96_700, 600_050),
        (2025, HEAD, 64_750, 566_700),
        (2025, SINGLE, 48_350, 533_400),
        (2025, SEPARATE, 48_350, 300_000),
        (2026, JOINT, 98_900, 613_700),
        (2026, SURVIVOR, 98_900, 613_700),
        (2026, HEAD, 66_200, 579_600),
        (2026, SINGLE, 49_450, 545_500),
        (2026, SEPARATE, 49_450, 306_850),
    ],
)
def test_the_maximum_zero_and_15_percent_rate_amounts(
    year: int, status: FilingStatus, zero_rate: int, fifteen_rate: int
) -> None:
    long_term = tax_parameters(year).status(status).long_term
    assert dollars(long_term) == (zero_rate, fifteen_rate)
    assert long_term.rates == (Decimal(0), Decimal("0.15"), Decimal("0.20"))


@pytest.mark.parametrize(
    ("year", "deductions"),
    [  # single, joint, separate, head, survivor: P.L. 119-21 sec. 70102; Rev. Proc. 2025-32 sec. 4.14
        (2025, (15_750, 31_500, 15_750, 23_625, 31_500)),
        (2026, (16_100, 32_200, 16_100, 24_150, 32_200)),
    ],
)
def test_the_standard_deduction(year: int, deductions: tuple[int, ...]) -> None:
    params = tax_parameters(year)
    of = [params.status(s).standard_deduction_cents for s in (SINGLE, JOINT, SEPARATE, HEAD, SURVIVOR)]
    assert of == [amount * 100 for amount in deductions]


@pytest.mark.parametrize("year", [2025, 2026])
def test_amounts_that_no_index_moves(year: int) -> None:
    params = tax_parameters(year)
    assert params.niit_rate == Decimal("0.038")  # IRC 1411(a)(1)
    assert params.collectibles_rate == Decimal("0.28")  # IRC 1(h)(4); Schedule D, 28% Rate Gain Worksheet
    thresholds = {s: params.status(s).niit_threshold_cents for s in CLIENT_STATUSES}
    assert thresholds == {  # IRC 1411(b)
        SINGLE: 200_000_00,
        JOINT: 250_000_00,
        SEPARATE: 125_000_00,
        HEAD: 200_000_00,
        SURVIVOR: 250_000_00,
    }
    limits = {s: params.status(s).loss_limit_cents for s in FilingStatus}
    assert limits == {s: 1_500_00 if s is SEPARATE else 3_000_00 for s in FilingStatus}  # IRC 1211(b)(1)
    assert (params.wash_sale.days_before, params.wash_sale.days_after) == (30, 30)  # IRC 1091(a)


def test_the_qcd_limit_follows_the_notices() -> None:
    assert tax_parameters(2025).rmd.qcd_limit_cents == 108_000_00  # Notice 2024-80
    assert tax_parameters(2026).rmd.qcd_limit_cents == 111_000_00  # Notice 2025-67


@pytest.mark.parametrize(("year", "status"), EVERY)
def test_how_the_statuses_relate_in_the_code(year: int, status: FilingStatus) -> None:
    params = tax_parameters(year)
    single, joint, separate = (params.status(s) for s in (SINGLE, JOINT, SEPARATE))
    assert params.status(SURVIVOR) == joint  # IRC 1(a), 2(a)
    assert separate.standard_deduction_cents * 2 == joint.standard_deduction_cents  # IRC 63(c)
    assert dollars(separate.ordinary)[:-1] == dollars(single.ordinary)[:-1]
    assert dollars(separate.ordinary)[-1] * 2 == dollars(joint.ordinary)[-1]
    of = params.status(status)
    # The zero rate ends just under the 12 % band and 20 % begins inside the 35 % band (IRC 1(j)(5)).
    assert 0 < dollars(of.ordinary)[1] - dollars(of.long_term)[0] < 5_000
    assert dollars(of.ordinary)[4] < dollars(of.long_term)[1] < dollars(of.ordinary)[5]


def test_indexed_amounts_do_not_fall_from_year_to_year() -> None:
    for earlier, later in pairwise(tax_years()):
        for status in FilingStatus:
            old, new = (tax_parameters(year).status(status) for year in (earlier, later))
            before = (*old.ordinary.tops_cents, *old.long_term.tops_cents, old.standard_deduction_cents)
            after = (*new.ordinary.tops_cents, *new.long_term.tops_cents, new.standard_deduction_cents)
            assert all(a <= b for a, b in zip(before, after, strict=True))


def test_every_figure_has_a_source_that_names_its_year() -> None:
    assert "Rev. Proc. 2024-40" in tax_parameters(2025).sources["ordinary_brackets"]
    assert "Rev. Proc. 2025-32" in tax_parameters(2026).sources["ordinary_brackets"]
    for year in tax_years():
        sources = tax_parameters(year).sources
        assert {
            "niit.rate",
            "niit.threshold",
            "loss_limit",
            "wash_sale.window",
            "rmd.uniform_lifetime",
        } <= set(sources)
        assert all(any(mark in text for mark in ("IRC", "Rev. Proc.", "Reg.")) for text in sources.values())
