"""What a review holds, and what of it needs a person's eye."""

from __future__ import annotations

import pytest

from tests.builders import (
    account,
    buy,
    cash,
    client,
    household,
    lot,
    security,
    sell,
    settings,
    target,
    tax_parameters,
)
from xl_rebal.engine.book import BuyIn, Registration
from xl_rebal.engine.problems import Problem, Severity, Source
from xl_rebal.engine.review import Flag, flags, review

PARAMS = tax_parameters(2026)
OLD = "2015-03-02"


def home(**more):
    return household(
        **{
            "client": client(taxable_income_cents=300_000_00),
            "lots": [lot("STK", 80, 4000, OLD), lot("BND", 15, 1500, OLD)],
            "cash": [cash(500)],
            "securities": [
                security("STK", 100, "Equity"),
                security("BND", 100, "Fixed Income", buy=BuyIn.ANYWHERE),
            ],
            "targets": [target("Equity", 0.60), target("Fixed Income", 0.35), target("Cash", 0.05)],
            **more,
        }
    )


def problem(severity):
    return Problem(severity, "test", Source("Lots", 2), "", "", "", "What.", "Do.", "C1")


def test_an_error_withholds_plan_and_drift_but_not_the_rmd():
    owed = home(
        client=client(born="1947-05-19"),
        accounts=[account("TAX"), account("IRA", Registration.TRADITIONAL_IRA, year_end=21_100)],
    )
    found = review(owed, settings(), PARAMS, [problem(Severity.ERROR)])
    assert found.withheld
    assert found.drift is None
    assert found.rmds[0].left_cents == 1000_00  # 21,100 / 21.1 at 79
    assert flags(found)[0] is Flag.WITHHELD
    assert Flag.RMD_LEFT in flags(found)


def test_a_warning_is_flagged_and_withholds_nothing():
    found = review(home(), settings(), PARAMS, [problem(Severity.WARNING)])
    assert found.plan is not None
    assert Flag.WARNINGS in flags(found)


def test_a_quiet_household_has_no_flags():
    quiet = home(lots=[lot("STK", 60, 3000, OLD), lot("BND", 35, 3500, OLD)])
    assert flags(review(quiet, settings(), PARAMS, [])) == ()


@pytest.mark.parametrize(
    ("changes", "settings_changes", "flag"),
    [
        ({"client": client(taxable_income_cents=1, gain_budget_cents=100_00)}, {}, Flag.BUDGET),
        ({}, {"high_gain_cents": 500_00}, Flag.HIGH_GAIN),
        ({"lots": [lot("STK", 80, 4000, "2026-05-04"), lot("BND", 15, 1500, OLD)]}, {}, Flag.SHORT_TERM),
        ({"lots": [lot("STK", 80, None, OLD), lot("BND", 15, 1500, OLD)]}, {}, Flag.RESIDUAL),
        ({"client": client()}, {}, Flag.TAX_UNKNOWN),
        ({"lots": [lot("STK", 60, 9000, OLD), lot("BND", 35, 3500, OLD)]}, {}, Flag.HARVEST),
    ],
)
def test_each_flag_is_raised_by_what_it_names(changes, settings_changes, flag):
    assert flag in flags(review(home(**changes), settings(**settings_changes), PARAMS, []))


def test_a_loss_washed_by_the_spouses_ira_is_said():
    """100 shares sold at a $500 loss, 40 bought in the IRA ten days later: $200 is gone for good."""
    washed = home(
        accounts=[account("TAX"), account("IRA", Registration.TRADITIONAL_IRA)],
        activity=[sell("2026-06-01", "STK", 100, short_gain=-500), buy("2026-06-11", "STK", 40, "IRA")],
    )
    found = review(washed, settings(), PARAMS, [])
    said = [p.what for p in found.problems if p.code == "washed-elsewhere"]
    assert len(said) == 1
    assert "$200.00" in said[0]
    assert "for good" in said[0]


def test_a_loss_washed_in_the_spouses_account_raises_the_basis_of_the_lot_bought():
    """40 of 100 shares sold at $5 a share of loss are replaced: $200 more basis on a lot that cost $4,000 (IRC 1091(d))."""
    washed = home(
        accounts=[account("TAX"), account("HERS")],
        lots=[lot("STK", 60, 3000, OLD), lot("STK", 40, 4_000, "2026-06-11", "HERS")],
        activity=[sell("2026-06-01", "STK", 100, short_gain=-500), buy("2026-06-11", "STK", 40, "HERS")],
    )
    (said,) = [
        p.what for p in review(washed, settings(), PARAMS, []).problems if p.code == "washed-elsewhere"
    ]
    assert "$200.00 of it is disallowed until the replacement shares are sold" in said
    assert "the basis is then $4,200.00, not $4,000.00." in said


@pytest.mark.parametrize(
    ("sold", "said"), [("2025-12-20", "It concerns the return of 2025."), ("2024-12-20", None)]
)
def test_a_loss_of_last_december_bought_back_in_january_is_said_for_its_own_year(sold, said):
    bought = "2026-01-10" if sold.startswith("2025") else "2025-01-10"
    washed = home(
        accounts=[account("TAX"), account("HERS")],
        activity=[sell(sold, "STK", 100, long_gain=-500), buy(bought, "STK", 40, "HERS")],
    )
    found = [p.what for p in review(washed, settings(), PARAMS, []).problems if p.code == "washed-elsewhere"]
    assert [said in text for text in found] == ([True] if said else [])


def test_a_loss_washed_in_its_own_account_is_the_custodians_to_adjust():
    washed = home(
        activity=[sell("2026-06-01", "STK", 100, short_gain=-500), buy("2026-06-11", "STK", 40)],
    )
    assert all(p.code != "washed-elsewhere" for p in review(washed, settings(), PARAMS, []).problems)
