"""The RMD file against the tables of Pub. 590-B and the ages of the statute, typed here."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from xl_rebal.engine.book import Registration
from xl_rebal.params.load import tax_parameters

RMD = tax_parameters(2026).rmd

# Pub. 590-B Appendix B Table III, ages 72 to 120 and over, in reading order.
UNIFORM = """
27.4 26.5 25.5 24.6 23.7 22.9 22.0 21.1 20.2 19.4 18.5 17.7 16.8 16.0 15.2 14.4 13.7 12.9 12.2 11.5 10.8 10.1 9.5 8.9
8.4 7.8 7.3 6.8 6.4 6.0 5.6 5.2 4.9 4.6 4.3 4.1 3.9 3.7 3.5 3.4 3.3 3.1 3.0 2.9 2.8 2.7 2.5 2.3 2.0
"""


def test_the_uniform_lifetime_table_is_table_iii() -> None:
    typed = [Decimal(text) for text in UNIFORM.split()]
    assert RMD.uniform_lifetime == dict(zip(range(72, 121), typed, strict=True))


@pytest.mark.parametrize(
    ("age", "expectancy"),
    [(0, "84.6"), (20, "65.0"), (35, "50.5"), (50, "36.2"), (57, "29.8"), (60, "27.1"), (65, "22.9"), (70, "18.8"),
     (72, "17.2"), (75, "14.8"), (80, "11.2"), (85, "8.1"), (90, "5.7"), (100, "2.8"), (119, "1.1"), (120, "1.0")],
)  # fmt: skip
def test_the_single_life_table_is_table_i(age: int, expectancy: str) -> None:
    assert RMD.single_life[age] == Decimal(expectancy)


def test_the_single_life_table_has_every_age_to_120() -> None:
    assert list(RMD.single_life) == list(range(121))


def test_the_tables_fall_with_age_and_the_uniform_one_is_longer() -> None:
    for table in (RMD.uniform_lifetime, RMD.single_life):
        divisors = list(table.values())
        assert divisors == sorted(divisors, reverse=True)
    assert all(RMD.uniform_lifetime[age] > RMD.single_life[age] for age in RMD.uniform_lifetime)


@pytest.mark.parametrize(
    ("born", "age"),
    [  # IRC 401(a)(9)(C)(v); SECURE Act sec. 114, SECURE 2.0 Act sec. 107
        (date(1940, 5, 1), "70.5"),
        (date(1949, 6, 30), "70.5"),
        (date(1949, 7, 1), "72"),
        (date(1950, 12, 31), "72"),
        (date(1951, 1, 1), "73"),
        (date(1958, 12, 31), "73"),
        (date(1959, 1, 1), "73"),
        (date(1959, 12, 31), "73"),
        (date(1960, 1, 1), "75"),
        (date(1990, 1, 1), "75"),
    ],
)
def test_the_applicable_age_by_date_of_birth(born: date, age: str) -> None:
    found = [
        span
        for span in RMD.applicable_ages
        if (span.born_from is None or span.born_from <= born)
        and (span.born_to is None or born <= span.born_to)
    ]
    assert [span.age for span in found] == [Decimal(age)]
    assert bool(found[0].caveat) == (born.year == 1959)  # only by proposed regulation


def test_roth_and_inherited_accounts_have_no_owner_distribution() -> None:
    assert {r.value for r in RMD.owner_rmd} == {
        "Traditional IRA", "Rollover IRA", "SEP IRA", "SIMPLE IRA", "401(k)", "403(b)", "457(b)"
    }  # fmt: skip
    assert not any(registration.taxable for registration in RMD.owner_rmd)


def test_own_iras_are_one_pool_and_403b_contracts_another() -> None:
    # Reg. 1.408-8(e): IRAs in total from any; 401(k) and 457(b) plans each by itself, so in neither pool.
    assert {
        Registration.TRADITIONAL_IRA, Registration.ROLLOVER_IRA, Registration.SEP_IRA, Registration.SIMPLE_IRA
    } == RMD.ira_pool  # fmt: skip
    assert frozenset((Registration.PLAN_403B,)) == RMD.plan_403b_pool


def test_excise_and_joint_table() -> None:
    assert (RMD.excise_rate, RMD.excise_reduced_rate) == (Decimal("0.25"), Decimal("0.10"))  # IRC 4974
    assert RMD.joint_table_spouse_years_younger == 10


@pytest.mark.parametrize(
    ("owner", "spouse", "divisor"),
    [  # T.D. 9930 and the eCFR; 75 and 64 is the example of Pub. 590-B, 76 and 60 a fund company's published one
        (75, 64, "25.3"), (76, 60, "28.2"), (75, 60, "28.3"), (72, 61, "28.1"), (73, 62, "27.2"), (80, 55, "32.0"),
        (90, 76, "14.7"), (100, 85, "8.5"), (107, 90, "6.1"), (120, 109, "2.0"), (72, 20, "65.1"), (120, 20, "65.0"),
    ],
)  # fmt: skip
def test_the_joint_table_is_the_one_from_2022(owner: int, spouse: int, divisor: str) -> None:
    assert RMD.joint_life[owner][spouse] == Decimal(divisor)


def test_the_joint_table_has_every_pair_more_than_ten_years_apart() -> None:
    pairs = {(owner, spouse) for owner, row in RMD.joint_life.items() for spouse in row}
    assert pairs == {(owner, spouse) for owner in range(72, 121) for spouse in range(20, owner - 10)}
    assert len(pairs) == 3_234
    assert sum(d for row in RMD.joint_life.values() for d in row.values()) == Decimal("110414.7")


def test_every_joint_divisor_follows_from_the_single_life_table() -> None:
    """Both tables come from one mortality table, so the last survivor's expectancy can be computed from Table I.

    The preamble of T.D. 9930: an expectancy in whole years, plus 11/24 for monthly payments. From
    e(x) = 11/24 + p(x) (13/24 + e(x+1)) come the survival rates, rounded as Table I is; e(x,y) is 11/24 plus the sum over t
    of tp(x) + tp(y) - tp(x) tp(y). A slip of a row or a digit or two would show.
    """
    single = [float(RMD.single_life[age]) for age in range(121)]
    living = [1.0]
    for age in range(120):
        living.append(living[-1] * min(1.0, (single[age] - 11 / 24) / (single[age + 1] + 13 / 24)))
    living += [0.0] * 121
    for owner, row in RMD.joint_life.items():
        for spouse, divisor in row.items():
            expected = 11 / 24
            for t in range(1, 121 - spouse):
                p, q = living[owner + t] / living[owner], living[spouse + t] / living[spouse]
                expected += p + q - p * q
            assert abs(expected - float(divisor)) < 0.15, (owner, spouse)


def test_the_limits_for_inherited_accounts() -> None:
    # IRC 401(a)(9)(H)(i): ten years, deaths from 2020; (B)(ii): five years; Reg. 1.401(a)(9)-4(e)(3): 21
    limits = RMD.inherited
    assert (limits.years_with_individual, limits.years_without_individual) == (10, 5)
    assert (limits.deaths_from, limits.majority_age, limits.years_younger) == (date(2020, 1, 1), 21, 10)
    assert list(limits.waived_years) == [2021, 2022, 2023, 2024]  # Notices 2022-53, 2023-54, 2024-35


def test_a_qcd_is_for_owners_of_70_and_a_half_up_to_the_years_limit() -> None:
    assert RMD.qcd_age == Decimal("70.5")
    assert RMD.qcd_limit_cents == 111_000_00  # Notice 2025-67, for 2026
