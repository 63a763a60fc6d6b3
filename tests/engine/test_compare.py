"""The plan beside rules of thumb: each rule's gains worked out by hand, the same dollars out of each class."""

from __future__ import annotations

from tests import builders as b
from xl_rebal import app, sample
from xl_rebal.engine.book import BuyIn, Registration
from xl_rebal.engine.results import Method, Scope
from xl_rebal.engine.review import review

PARAMS = b.tax_parameters(2026)
JOINT, IRA = "TAX", "IRA"


def household(**more):
    """$8,000 of stock in three lots against a 60 % target of $10,000: $2,000 must go."""
    return b.household(
        **{
            "client": b.client(taxable_income_cents=300_000_00),
            "lots": [
                b.lot("STK", 30, 300, "2010-01-04"),  # oldest: gain $90 in $100
                b.lot("STK", 30, 2400, "2016-01-04"),  # gain $20 in $100
                b.lot("STK", 20, 1900, "2026-05-04"),  # short-term: gain $5 in $100
                b.lot("BND", 15, 1500, "2015-03-02"),
            ],
            "cash": [b.cash(500)],
            "securities": [
                b.security("STK", 100, "Equity"),
                b.security("BND", 100, "Fixed Income", buy=BuyIn.ANYWHERE),
            ],
            "targets": [b.target("Equity", 0.60), b.target("Fixed Income", 0.35), b.target("Cash", 0.05)],
            **more,
        }
    )


def compared(home):
    found = review(home, b.settings(), PARAMS, [])
    return found, {(c.method, c.scope): c for c in found.comparisons}


def test_each_rule_sells_what_its_name_says():
    _, by = compared(household())
    fifo, hifo, pro = (by[m, Scope.HOUSEHOLD] for m in (Method.FIFO, Method.HIFO, Method.PROPORTIONAL))
    assert (fifo.short_gain_cents, fifo.long_gain_cents) == (0, 1_800_00)  # 20 shares at $90 gain
    assert (hifo.short_gain_cents, hifo.long_gain_cents) == (100_00, 0)  # the 20 dearest: $5 each
    # A quarter of every lot: 7.5 x 90 + 7.5 x 20 = 825 long, 5 x 5 = 25 short.
    assert (pro.short_gain_cents, pro.long_gain_cents) == (25_00, 825_00)


def test_every_rule_takes_the_same_dollars_out_of_the_class():
    found, by = compared(household())
    assert {c.sold_cents for c in by.values()} == {found.plan.sold_cents}


def test_account_by_account_each_sells_its_share():
    """Half of the stock lies in the IRA: by household FIFO sells the taxable lot alone, by account half of it."""
    home = household(
        accounts=[b.account(JOINT), b.account(IRA, Registration.ROLLOVER_IRA)],
        lots=[
            b.lot("STK", 40, 400, "2010-01-04"),
            b.lot("STK", 40, 400, "2012-01-04", IRA),
            b.lot("BND", 15, 1500, "2015-03-02"),
        ],
    )
    found, by = compared(home)
    assert found.plan.tax.total_cents == 0
    assert by[Method.FIFO, Scope.HOUSEHOLD].long_gain_cents == 1_800_00
    split = by[Method.FIFO, Scope.ACCOUNT]
    assert split.long_gain_cents == 900_00
    assert split.more_tax_cents == split.tax.total_cents > 0


def test_no_rule_pays_less_tax_where_the_plan_is_bound_by_classes_alone():
    found, by = compared(household())
    assert all(c.more_tax_cents >= 0 for c in by.values()), found.plan


def test_a_plan_that_takes_no_class_down_has_nothing_beside_it():
    quiet = household(lots=[b.lot("STK", 60, 3000, "2015-03-02"), b.lot("BND", 35, 3500, "2015-03-02")])
    assert compared(quiet)[0].comparisons == ()


def test_without_income_the_difference_is_unknown():
    _, by = compared(household(client=b.client()))
    assert all(c.more_tax_cents is None for c in by.values())


def test_hartwell_saves_against_fifo_and_proportional_trims():
    firm = app.book_of(sample.tables_of(sample.firm_rows(), sample.firm_settings_values()))
    by = {(c.method, c.scope): c for c in app.review_of(firm, "HAR01").comparisons}
    assert by[Method.FIFO, Scope.HOUSEHOLD].more_tax_cents > 0
    assert by[Method.PROPORTIONAL, Scope.HOUSEHOLD].more_tax_cents > 0
