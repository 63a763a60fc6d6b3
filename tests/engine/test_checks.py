"""What a book's values must satisfy together. Each test changes one thing in a household that is right."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests import builders as b
from xl_rebal.engine.book import ActivityType, Book, BuyIn, Household, Lot, Position, Registration, Security
from xl_rebal.engine.checks import checks, months_before
from xl_rebal.engine.problems import Problem, Severity, Source

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


def home(**changes: Any) -> Household:
    """$60,000 of US Equity and $40,000 of Bonds in one taxable account, as Balanced wants it; as of 2026-10-15."""
    parts: dict[str, Any] = {
        "client": b.client(taxable_income_cents=20_000_000),
        "lots": [
            b.lot("VTI", 600, "30,000", "2020-01-06", id="V"),
            b.lot("BND", 400, "41,000", "2021-02-01", id="B"),
        ],
        "securities": [
            b.security("VTI", 100, "US Equity", price_date=date(2026, 10, 14), buy=BuyIn.ANYWHERE),
            b.security("BND", 100, "Bonds", price_date=date(2026, 10, 14), buy=BuyIn.ANYWHERE),
        ],
        "targets": [b.target("US Equity", 0.6), b.target("Bonds", 0.4)],
        "notes": [b.note("2026-08-01", "Met.")],
    }
    return b.household(**(parts | changes))


def found(household: Household, **settings: Any) -> tuple[Problem, ...]:
    return checks(b.book(household, **settings))


def only(problems: tuple[Problem, ...], code: str, severity: Severity) -> Problem:
    assert [(p.code, p.severity) for p in problems] == [(code, severity)], [str(p) for p in problems]
    return problems[0]


def position(symbol: str, quantity: str, value: int | None = None, price: str | None = None) -> Position:
    return Position(
        b.TAXABLE, symbol, Decimal(quantity), Decimal(price) if price else None, value, Source("Positions", 2)
    )  # fmt: skip


def with_security(symbol: str, **changes: Any) -> Household:
    right = home()
    return replace(
        right, securities={**right.securities, symbol: replace(right.securities[symbol], **changes)}
    )


def test_a_right_household_has_no_problem() -> None:
    assert found(home()) == ()


# ------------------------------------------------------------------ targets


@pytest.mark.parametrize(
    ("bonds", "wrong"), [(0.38, True), (0.4002, True), (0.40009, False), (0.3999, False)]
)
def test_class_targets_make_100_percent_within_a_hundredth_of_a_percent(bonds: float, wrong: bool) -> None:
    problems = found(home(targets=[b.target("US Equity", 0.6), b.target("Bonds", bonds)]))
    assert [p.code for p in problems] == (["targets-not-100"] if wrong else [])


def test_a_model_that_nobody_follows_is_only_warned_of() -> None:
    book = b.book(home())
    unused = b.target("US Equity", 0.9, model="Old")
    problem = only(checks(replace(book, targets=(*book.targets, unused))), "targets-not-100", WARNING)
    assert problem.client_id is None


def test_a_model_of_securities_alone_has_no_classes() -> None:
    problems = found(home(targets=[b.target("US Equity", 0.6, "VTI")]))
    only(problems, "no-class-targets", ERROR)


def test_securities_of_a_class_may_not_exceed_it() -> None:
    targets = [b.target("US Equity", 0.6), b.target("Bonds", 0.4), b.target("Bonds", 0.45, "BND")]
    problem = only(found(home(targets=targets)), "securities-exceed-class", ERROR)
    assert "45.00%" in problem.what
    assert "40.00%" in problem.what


def test_a_security_target_belongs_to_a_known_security_of_that_class() -> None:
    base = [b.target("US Equity", 0.6), b.target("Bonds", 0.4)]
    only(found(home(targets=[*base, b.target("Bonds", 0.1, "BNDD")])), "unknown-target-symbol", ERROR)
    only(found(home(targets=[*base, b.target("Bonds", 0.1, "VTI")])), "class-differs", ERROR)


def test_a_security_target_needs_its_class() -> None:
    gold = b.security("IAU", 40, "Gold", buy=BuyIn.ANYWHERE)
    targets = [b.target("US Equity", 0.6), b.target("Bonds", 0.4), b.target("Gold", 0.1, "IAU")]
    right = home(targets=targets)
    only(found(replace(right, securities={**right.securities, "IAU": gold})), "class-without-target", ERROR)


def test_a_target_twice_is_an_error() -> None:
    targets = [b.target("US Equity", 0.3), b.target("Bonds", 0.4), b.target("us equity", 0.3)]
    only(found(home(targets=targets)), "duplicate-target", ERROR)


@pytest.mark.parametrize(
    ("lower", "upper", "column"),
    [(0.65, None, "Lower"), (None, 0.55, "Upper"), (0.7, 0.5, "Upper"), (0.5, 0.7, None)],
)
def test_a_target_lies_inside_its_band(lower: float | None, upper: float | None, column: str | None) -> None:
    problems = found(
        home(targets=[b.target("US Equity", 0.6, lower=lower, upper=upper), b.target("Bonds", 0.4)])
    )
    assert [(p.code, p.column) for p in problems] == ([("band-without-target", column)] if column else [])


def test_a_class_that_nothing_may_be_bought_in_is_warned_of() -> None:
    only(found(with_security("BND", buy=BuyIn.NOWHERE)), "no-fund-to-buy", WARNING)


def test_an_unknown_model_names_the_one_that_was_meant() -> None:
    problems = checks(
        replace(b.book(home(client=b.client(model="Balancd", taxable_income_cents=1), targets=[])),
                targets=(b.target("US Equity", 0.6), b.target("Bonds", 0.4)))
    )  # fmt: skip
    problem = only(problems, "unknown-model", ERROR)
    assert "'Balanced'" in problem.todo


def test_a_held_class_without_a_target_names_its_securities_once() -> None:
    right = home(lots=[b.lot("IAU", 5, 100, "2020-01-06"), b.lot("IAU", 6, 100, "2020-01-06"), b.lot("GLD", 1, 1, "2020-01-06")],
                 securities=[*home().securities.values(), b.security("IAU", 40, "Gold"), b.security("GLD", 200, "Gold")])  # fmt: skip
    problem = only(found(right), "unknown-class", ERROR)
    assert problem.what == "IAU, GLD are of class Gold, which has no target in model Balanced."


# ------------------------------------------------------------------ prices


@pytest.mark.parametrize("price", [None, Decimal(0), Decimal("-1.5")])
def test_a_held_security_needs_a_price(price: Decimal | None) -> None:
    problem = only(found(with_security("VTI", price=price)), "no-price", ERROR)
    assert (problem.column, problem.client_id) == ("Price", b.CLIENT_ID)


def test_the_price_of_a_security_that_nobody_holds_does_not_matter() -> None:
    right = home()
    assert found(replace(right, securities={**right.securities, "IBM": b.security("IBM", None)})) == ()


@pytest.mark.parametrize(
    ("day", "code"),
    [("2026-10-10", None), ("2026-10-09", "stale-price"), ("2026-10-16", "price-after-as-of")],
)
def test_a_price_is_stale_after_the_firms_days_and_early_after_the_as_of_date(
    day: str, code: str | None
) -> None:
    """As of October 15 and 5 days: October 10 is still good."""
    problems = found(with_security("VTI", price_date=date.fromisoformat(day)))
    assert [p.code for p in problems] == ([code] if code else [])
    assert all(p.severity is WARNING for p in problems)


def test_stale_prices_of_a_client_are_one_problem() -> None:
    right = home()
    old = {s: replace(x, price_date=date(2026, 9, 1)) for s, x in right.securities.items()}
    assert (
        "2 held prices are older than 5 days"
        in only(found(replace(right, securities=old)), "stale-price", WARNING).what
    )


def test_a_held_symbol_must_be_listed() -> None:
    right = home()
    problems = found(replace(right, securities={"VTI": right.securities["VTI"]}))
    assert "unknown-symbol" in [p.code for p in problems if p.severity is ERROR]


# ------------------------------------------------------------------ lots


def test_a_lot_bought_on_the_as_of_date_is_right_and_a_day_later_is_not() -> None:
    assert found(home(lots=[b.lot("VTI", 1, 1, "2026-10-15")])) == ()
    only(found(home(lots=[b.lot("VTI", 1, 1, "2026-10-16")])), "acquired-after-as-of", ERROR)


@pytest.mark.parametrize(("quantity", "code"), [("-5", "negative-quantity"), ("0", "zero-quantity")])
def test_a_lot_has_shares(quantity: str, code: str) -> None:
    only(found(home(lots=[b.lot("VTI", quantity, 1, "2020-01-06")])), code, ERROR)


def test_a_basis_is_not_negative_and_zero_is_questioned() -> None:
    only(found(home(lots=[b.lot("VTI", 1, "-1", "2020-01-06")])), "negative-basis", ERROR)
    only(found(home(lots=[b.lot("VTI", 1, 0, "2020-01-06")])), "zero-basis", WARNING)


def test_lots_without_basis_are_one_problem_for_each_position() -> None:
    lots = [
        b.lot("VTI", 1, None, "2020-01-06"),
        b.lot("VTI", 2, None, "2020-01-07"),
        b.lot("VTI", 3, 5, "2020-01-08"),
    ]
    problem = only(found(home(lots=lots)), "missing-basis", WARNING)
    assert problem.what == (
        "2 lots of VTI in account TAX have no cost basis: their gain is unknown and they are left out of the plan."
    )


def test_a_lot_without_a_date_has_no_term() -> None:
    only(found(home(lots=[b.lot("VTI", 1, 5, None)])), "missing-date", WARNING)


def test_in_an_ira_neither_basis_nor_date_matters() -> None:
    ira = [b.account("TAX", Registration.TRADITIONAL_IRA)]
    assert found(home(accounts=ira, lots=[b.lot("VTI", 1, None, None)])) == ()


def test_one_lot_id_in_an_account_is_one_lot() -> None:
    lots = [b.lot("VTI", 1, 5, "2020-01-06", id="7"), b.lot("VTI", 2, 9, "2020-01-07", id="7")]
    only(found(home(lots=lots)), "duplicate-lot", ERROR)
    other = [b.account(), b.account("TAX2")]
    apart = [lots[0], b.lot("VTI", 2, 9, "2020-01-07", "TAX2", id="7")]
    assert found(home(accounts=other, lots=apart)) == ()


# ------------------------------------------------------------------ reconciling


def reconciled(*positions: Position, **changes: Any) -> tuple[Problem, ...]:
    return found(home(positions=positions, **changes))


def test_lots_and_positions_that_agree_are_silent() -> None:
    assert reconciled(position("VTI", "600", 6_000_000, "100"), position("BND", "400.0000", 4_000_000)) == ()


def test_a_share_too_few_is_an_error_with_both_figures() -> None:
    problem = only(reconciled(position("VTI", "601"), position("BND", "400")), "lots-differ", ERROR)
    assert "add up to 600, the custodian counts 601: 1 missing" in problem.what


def test_a_sliver_of_a_share_is_only_warned_of() -> None:
    """0.0004 shares at $100 are 4 cents: rounding of fractional shares, far below the smallest trade of $500."""
    only(reconciled(position("VTI", "600.0004"), position("BND", "400")), "lots-differ", WARNING)


def test_a_fraction_of_a_dear_share_is_an_error() -> None:
    """Half a share at $2,000 is $1,000, more than the smallest trade of $500."""
    right = home(positions=[position("VTI", "600.5"), position("BND", "400")])
    dear = replace(
        right, securities={**right.securities, "VTI": replace(right.securities["VTI"], price=Decimal(2000))}
    )
    only(found(dear), "lots-differ", ERROR)


def test_a_position_without_lots_and_lots_without_position_are_errors() -> None:
    lots = [b.lot("VTI", 600, "30,000", "2020-01-06")]
    problem = only(reconciled(position("VTI", "600"), position("BND", "400"), lots=lots), "no-lots", ERROR)
    assert "holds 400 BND" in problem.what
    only(reconciled(position("VTI", "600")), "not-at-custodian", ERROR)


def test_a_position_of_an_unlisted_security_says_what_it_may_be_worth_where_the_custodian_does() -> None:
    """Where lots of it are held it is said once, by them; a position of no shares is none."""
    known = (position("VTI", "600"), position("BND", "400"))
    stated = only(reconciled(*known, position("NEW", "10", 123_00)), "unknown-symbol", ERROR)
    assert "The custodian holds 10 of NEW in account TAX" in stated.what
    assert stated.cost.startswith("$123.00 of the household's value may be wrong")
    assert only(reconciled(*known, position("NEW", "10")), "unknown-symbol", ERROR).cost == ""
    assert reconciled(*known, position("NEW", "0")) == ()
    both = home(positions=(*known, position("NEW", "10", 123_00)))
    held = found(replace(both, lots=(*both.lots, b.lot("NEW", 10, "100", "2020-01-06"))))
    assert [p.code for p in held] == ["unknown-symbol"]
    assert "is held in 1 lot" in held[0].what


def test_an_account_that_the_custodian_does_not_report_is_not_reconciled() -> None:
    assert reconciled() == ()


def test_values_are_compared_when_quantities_agree() -> None:
    """600 x $100 = $60,000 by lots; the custodian's $6,000 smells of a split or a wrong price."""
    problem = only(
        reconciled(position("VTI", "600", 600_000, "10"), position("BND", "400")), "value-differs", ERROR
    )
    assert "$60,000.00 at $100.00" in problem.what
    assert "$6,000.00 at $10.00" in problem.what


def test_a_value_too_near_to_cause_a_trade_is_only_warned_of() -> None:
    """$60,000 against $60,300: $300 is less than the smallest trade, $500."""
    only(reconciled(position("VTI", "600", 6_030_000), position("BND", "400")), "value-differs", WARNING)


def test_cents_lost_in_rounding_lots_are_silent() -> None:
    """Three lots of 1/3 share at $0.05 round to 2 cents each: 6 cents against a position of 5."""
    lots = [b.lot("VTI", "0.3334", 1, "2020-01-06", id=str(i)) for i in range(3)]
    right = home(lots=lots, positions=[position("VTI", "1.0002", 5)])
    cheap = replace(
        right, securities={**right.securities, "VTI": replace(right.securities["VTI"], price=Decimal("0.05"))}
    )
    assert found(cheap) == ()


@pytest.mark.parametrize(("stated", "severity"), [("1000", None), ("1000.01", WARNING), ("1500", ERROR)])
def test_cash_is_reconciled_against_the_smallest_trade(stated: str, severity: Severity | None) -> None:
    balances = [b.cash(900), b.cash(100)]
    problems = reconciled(
        position("CASH", stated), position("VTI", "600"), position("BND", "400"), cash=balances,
        targets=[b.target("US Equity", 0.6), b.target("Bonds", 0.4), b.target("Cash", 0.0)],
    )  # fmt: skip
    assert [(p.code, p.severity) for p in problems] == ([("cash-differs", severity)] if severity else [])


# ------------------------------------------------------------------ accounts and client


def test_a_client_without_accounts_can_not_be_computed() -> None:
    only(found(home(accounts=[], lots=[])), "no-accounts", ERROR)


def test_an_empty_account_is_noted() -> None:
    only(found(home(accounts=[b.account(), b.account("TAX2")])), "empty-account", NOTE)


def test_a_locked_account_and_another_taxpayer_are_noted() -> None:
    lock = b.account(do_not_trade=True, do_not_trade_reason="moving", flags=("Do not trade: moving",))
    assert "moving" in only(found(home(accounts=[lock])), "do-not-trade", NOTE).what
    trust = b.account(b.TAXABLE, Registration.IRREVOCABLE_TRUST)
    noted = only(found(home(accounts=[trust])), "separate-taxpayer", NOTE)
    assert "its own taxpayer" in noted.what
    assert "Own Taxable Income" in noted.todo


def test_a_trust_with_an_income_of_its_own_is_said_to_be_traded() -> None:
    trust = b.account(b.TAXABLE, Registration.IRREVOCABLE_TRUST, own_taxable_income_cents=0)
    noted = only(found(home(accounts=[trust])), "separate-taxpayer", NOTE)
    assert "traded with the household, and taxed on its own return" in noted.what
    locked = replace(trust, do_not_trade=True, do_not_trade_reason="moving", flags=("Do not trade: moving",))
    texts = [p.what for p in found(home(accounts=[locked]))]
    assert any("not traded, and taxed on its own return" in text for text in texts)


def test_an_income_of_its_own_is_warned_of_where_it_is_not_used() -> None:
    joint = b.account(b.TAXABLE, Registration.JOINT, own_taxable_income_cents=5_000_00)
    assert "irrevocable trust" in only(found(home(accounts=[joint])), "own-income-unused", WARNING).what
    minor = b.account(b.TAXABLE, Registration.CUSTODIAL, own_taxable_income_cents=5_000_00)
    unused, separate = found(home(accounts=[minor]))
    assert (unused.code, separate.code) == ("own-income-unused", "separate-taxpayer")
    assert "kiddie tax" in separate.what


def test_overdrawn_cash_is_warned_of() -> None:
    only(found(home(cash=[b.cash("-12.50")])), "negative-cash", WARNING)


def test_tax_is_unknown_without_income_or_rate_where_gains_are_taxed() -> None:
    only(found(home(client=b.client())), "tax-unknown", WARNING)
    assert found(home(client=b.client(cg_rate=Decimal("0.238")))) == ()
    assert found(home(client=b.client(), accounts=[b.account("TAX", Registration.ROTH_IRA)])) == ()


@pytest.mark.parametrize(
    ("magi", "low"), [(20_000_000, False), (19_999_999, True), (25_000_000, False), (None, False)]
)
def test_magi_is_at_least_taxable_income(magi: int | None, low: bool) -> None:
    """Taxable income is adjusted gross income less deductions (IRC 63), and MAGI is no less than that."""
    problems = found(home(client=b.client(taxable_income_cents=20_000_000, magi_cents=magi)))
    assert [p.code for p in problems] == (["magi-below-income"] if low else [])


@pytest.mark.parametrize(
    ("rates", "column"),
    [
        ({"state_rate": Decimal("0.133")}, None),
        ({"state_rate": Decimal("0.93")}, "State Rate"),
        ({"cg_rate": Decimal("0.238")}, None),
        ({"cg_rate": Decimal("0.75")}, "CG Rate"),
    ],
)
def test_a_rate_that_nobody_pays_is_questioned(rates: dict[str, Decimal], column: str | None) -> None:
    problems = found(home(client=b.client(taxable_income_cents=20_000_000, **rates)))
    assert [(p.code, p.column) for p in problems] == ([("rate-too-high", column)] if column else [])


def test_a_birth_date_lies_in_the_past() -> None:
    only(found(home(client=b.client(born="2062-01-05", taxable_income_cents=1))), "born-after-as-of", ERROR)


@pytest.mark.parametrize(("gain", "over"), [("9,999", False), ("10,000", False), ("10,000.01", True)])
def test_a_gain_budget_is_exceeded_by_more_than_the_budget(gain: str, over: bool) -> None:
    client = b.client(taxable_income_cents=1, gain_budget_cents=1_000_000)
    problems = found(home(client=client, activity=[b.sell("2026-03-02", "VTI", 5, long_gain=gain)]))
    assert [(p.code, p.severity) for p in problems] == ([("budget-exceeded", WARNING)] if over else [])


# ------------------------------------------------------------------ activity, notes


def test_activity_after_the_as_of_date_is_counted() -> None:
    problems = found(home(activity=[b.buy("2026-10-16", "VTI", 5), b.buy("2026-10-17", "VTI", 5)]))
    assert "2 transactions are" in only(problems, "activity-after-as-of", WARNING).what


@pytest.mark.parametrize(("symbol", "quantity"), [("", 5), ("VTI", None)])
def test_a_purchase_must_say_what_and_how_much(symbol: str, quantity: int | None) -> None:
    only(found(home(activity=[b.buy("2026-10-01", symbol, quantity)])), "vague-purchase", WARNING)


@pytest.mark.parametrize(("on", "newer"), [("2026-09-01", False), ("2026-09-02", True)])
def test_a_contribution_after_the_targets_were_set_is_not_in_them(on: str, newer: bool) -> None:
    targets = [
        b.target("US Equity", 0.6, as_of=date(2026, 9, 1)),
        b.target("Bonds", 0.4, as_of=date(2026, 7, 1)),
    ]
    given = b.activity(on, ActivityType.CONTRIBUTION, amount="25,000")
    problems = found(home(targets=targets, activity=[given]))
    assert [p.code for p in problems] == (["contribution-not-in-target"] if newer else [])
    assert all("$25,000.00" in p.what and "not reflected in the target" in p.what for p in problems)


def test_a_contribution_below_the_smallest_trade_is_silent() -> None:
    targets = [b.target("US Equity", 0.6, as_of=date(2026, 9, 1)), b.target("Bonds", 0.4)]
    assert (
        found(
            home(
                targets=targets,
                activity=[b.activity("2026-09-02", ActivityType.CONTRIBUTION, amount="499.99")],
            )
        )
        == ()
    )


@pytest.mark.parametrize(
    ("last", "silent"), [("2025-10-15", False), ("2025-10-14", True), (None, True), ("2026-12-01", True)]
)
def test_a_year_without_a_crm_entry_is_warned_of(last: str | None, silent: bool) -> None:
    """Twelve months before 2026-10-15 is 2025-10-15; an entry of the future is no contact yet."""
    problems = found(home(notes=[b.note(last, "Met.")] if last else []))
    assert [(p.code, p.severity) for p in problems] == ([("no-contact", WARNING)] if silent else [])


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [("2026-03-31", 1, "2026-02-28"), ("2024-03-30", 1, "2024-02-29"), ("2026-01-15", 12, "2025-01-15"), ("2026-01-31", 2, "2025-11-30"),
     ("2026-12-01", 0, "2026-12-01")],
)  # fmt: skip
def test_months_back_end_at_a_months_last_day(day: str, months: int, before: str) -> None:
    assert months_before(date.fromisoformat(day), months) == date.fromisoformat(before)


# ------------------------------------------------------------------ replacement securities and RMDs


def swapped(**vti: Any) -> Book:
    return b.book(with_security("VTI", **vti))


def test_a_swap_is_listed_and_not_identical() -> None:
    only(checks(swapped(swap="ITOTT")), "unknown-swap", WARNING)
    only(checks(swapped(swap="VTI")), "identical-swap", WARNING)
    assert checks(swapped(swap="BND")) == ()


def test_an_identical_group_has_two_members() -> None:
    only(checks(swapped(same_as="US market")), "group-of-one", NOTE)
    right = home()
    pair: dict[str, Security] = {**right.securities, "VTSAX": b.security("VTSAX", 120, same_as="VTI")}
    assert found(replace(right, securities=pair)) == ()


# ------------------------------------------------------------------ the list itself


def test_one_clients_faults_are_nobody_elses_and_errors_come_first() -> None:
    wrong = home(lots=[b.lot("VTI", -1, 1, "2020-01-06")], notes=[])
    right = home(client=b.client("C2", name="Cy Cole", taxable_income_cents=1))
    problems = checks(b.book(replace(right, targets=wrong.targets), wrong))
    assert [(p.client_id, p.severity) for p in problems] == [("C1", ERROR), ("C1", WARNING)]


def test_every_problem_says_what_to_do_and_names_its_cell() -> None:
    book = b.book(home(lots=[b.lot("VTI", -1, None, "2027-01-06", source=Source("Lots", 214))], notes=[]))
    book = replace(book, columns={"Lots": {"Quantity": "D", "Acquired": "C", "Cost Basis": "E"}})
    problems = [p for p in checks(book) if p.source.sheet == "Lots"]
    assert {p.cell for p in problems} == {"D214", "C214", "E214"}
    assert all(p.what.endswith(".") and p.todo.endswith(".") for p in checks(book))


@pytest.mark.parametrize(
    ("basis", "code"),
    [
        (
            "72.15",
            "unit-basis",
        ),  # 600 shares at $100: no lot has grown 800 times, and $72.15 is what a share may have cost
        ("433", None),  # $0.72 a share: a hundredfold and more, but no share cost $433
        ("6,000,000", "hundredfold-basis"),  # a cost per 100 taken for dollars
        ("600,000", None),  # a loss of 90 %
    ],
)
def test_a_basis_of_the_size_of_another_unit_is_questioned(basis: str, code: str | None) -> None:
    problems = found(
        home(lots=[b.lot("VTI", 600, basis, "2020-01-06"), b.lot("BND", 400, "41,000", "2021-02-01")])
    )
    assert [p.code for p in problems] == ([code] if code else [])


@pytest.mark.parametrize(
    ("name", "lot", "said"),
    [
        ("SPDR Gold MiniShares Trust", b.lot("VTI", 600, "30,000", "2020-01-06"), True),
        ("abrdn Physical Silver Shares ETF", b.lot("VTI", 600, "30,000", "2025-10-14"), True),
        ("SPDR Gold MiniShares Trust", b.lot("VTI", 600, "30,000", "2025-10-15"), False),  # short-term still
        ("SPDR Gold MiniShares Trust", b.lot("VTI", 600, "70,000", "2020-01-06"), False),  # a loss
        ("SPDR Gold MiniShares Trust", b.lot("VTI", 600, "30,000", "2020-01-06", "IRA"), False),
        ("VanEck Gold Miners ETF", b.lot("VTI", 600, "30,000", "2020-01-06"), False),
        ("Goldman Sachs ActiveBeta ETF", b.lot("VTI", 600, "30,000", "2020-01-06"), False),
    ],
)
def test_long_term_gain_of_a_fund_that_holds_metal_is_said_to_be_taxed_at_up_to_28_percent(
    name: str, lot: Lot, said: bool
) -> None:
    """IRC 1(h)(4), 408(m): $60,000 - $30,000 = $30,000 of gain x 28 % = $8,400."""
    right = with_security("VTI", name=name)
    ira = b.account("IRA", Registration.ROTH_IRA)
    lots = (lot, b.lot("BND", 400, "41,000", "2021-02-01"))
    problems = checks(
        b.book(replace(right, lots=lots, accounts=(*right.accounts, ira))), b.tax_parameters(2026)
    )
    told = [p for p in problems if p.code == "collectible-gain"]
    assert bool(told) is said
    if told:
        assert "its long-term gain, $30,000.00 unrealized, is then taxed at up to 28%" in told[0].what
        assert "up to $8,400.00" in told[0].cost


def test_a_few_shares_that_have_grown_a_lot_are_not_questioned() -> None:
    lots = [b.lot("VTI", 60, "150", "2010-01-06"), b.lot("BND", 40, "4,100", "2021-02-01")]
    assert found(home(lots=lots)) == ()
