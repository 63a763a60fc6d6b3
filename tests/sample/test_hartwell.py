"""The worked example's arithmetic, from its rows alone: why the best plan is 200 AAPL, 100 MSFT and 50 NVDA."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from math import ceil

from xl_rebal.engine.drift import DriftStatus, drift
from xl_rebal.engine.plan import plan
from xl_rebal.engine.results import PlanState, TradeFlag
from xl_rebal.money import percent_text
from xl_rebal.params.load import tax_parameters
from xl_rebal.sample import firm_rows, firm_settings_values, hartwell_rows, tables_of
from xl_rebal.sample.hartwell import CLIENT_ID, IRA, JOINT, ROTH, TRUST
from xl_rebal.sample.rows import Row
from xl_rebal.sample.securities import prices, security_rows
from xl_rebal.sheets.read import book_from_tables

PRICES = {symbol: Decimal(repr(price)) for symbol, price in prices().items()}
CLASS_OF = {str(row["Symbol"]): str(row["Asset Class"]) for row in security_rows()}
ROWS = hartwell_rows()
BOOK = book_from_tables(tables_of(firm_rows(), firm_settings_values()))


def number(cell: object) -> Decimal:
    return Decimal(repr(cell))


def held(symbol: str) -> Decimal:
    """Shares of `symbol` over all accounts."""
    return sum((number(lot["Quantity"]) for lot in ROWS["Lots"] if lot["Symbol"] == symbol), Decimal(0))


def value(symbol: str) -> Decimal:
    return held(symbol) * PRICES[symbol]


def class_value(asset_class: str) -> Decimal:
    return sum(
        (value(s) for s in {str(lot["Symbol"]) for lot in ROWS["Lots"]} if CLASS_OF[s] == asset_class),
        Decimal(0),
    )


def target(name: str) -> Decimal:
    """Target of a class, or of a security."""
    for row in ROWS["Targets"]:
        if (row["Symbol"] or row["Asset Class"]) == name:
            return number(row["Target"])
    raise KeyError(name)


def lots(symbol: str) -> list[Row]:
    """Lots that the plan may sell: in Joint and Trust."""
    return [lot for lot in ROWS["Lots"] if lot["Symbol"] == symbol and lot["Account ID"] in (JOINT, TRUST)]


HOUSEHOLD = class_value("Equity") + class_value("Fixed Income") + class_value("Cash")
EXCESS = class_value("Equity") - target("Equity") * HOUSEHOLD


def points(symbol: str) -> Decimal:
    """Drift in points as shown: one decimal."""
    return ((value(symbol) / HOUSEHOLD - target(symbol)) * 100).quantize(Decimal("0.1"))


def test_household_is_worth_about_2_98_million_with_equity_at_71_2_percent() -> None:
    assert round(HOUSEHOLD, -4) == 2_980_000
    assert (class_value("Equity") / HOUSEHOLD * 100).quantize(Decimal("0.1")) == Decimal("71.2")
    assert (EXCESS / HOUSEHOLD * 100).quantize(Decimal("0.1")) == Decimal("6.2")


def test_shown_drifts_are_those_of_the_example() -> None:
    shown = {s: points(s) for s in ("AAPL", "MSFT", "NVDA", "SCHB", "IVV", "VXUS", "SCHD", "VB")}
    assert shown == {
        "AAPL": Decimal("3.1"), "MSFT": Decimal("2.4"), "NVDA": Decimal("1.8"), "SCHB": Decimal("-1.1"),
        "IVV": Decimal("0.0"), "VXUS": Decimal("0.0"), "SCHD": Decimal("0.0"), "VB": Decimal("0.0"),
    }  # fmt: skip


def test_class_and_security_targets_each_add_up() -> None:
    assert target("Equity") + target("Fixed Income") + target("Cash") == 1
    assert sum(number(row["Target"]) for row in ROWS["Targets"] if row["Symbol"]) == target("Equity")


def test_one_msft_share_less_would_leave_equity_above_target() -> None:
    # 200 x 225 + 100 x 420 + 50 x 1,960 = 185,000; with 99 MSFT 184,580
    assert 185_000 - 420 < EXCESS <= 185_000
    # The slack is below 10, so no other count of shares sums to less and still cures: see the brute force.
    assert 185_000 - EXCESS < 10


def test_aapl_needs_200_shares_to_reach_its_upper_edge_and_199_do_not_do() -> None:
    over = value("AAPL") - target("AAPL") * Decimal("1.25") * HOUSEHOLD  # band: 25 % of target
    assert 199 * 225 < over <= 200 * 225


def test_nvda_is_above_its_band_and_51_shares_would_take_it_below() -> None:
    assert value("NVDA") > target("NVDA") * Decimal("1.25") * HOUSEHOLD
    lower = target("NVDA") * Decimal("0.75") * HOUSEHOLD
    assert value("NVDA") - 50 * 1_960 >= lower > value("NVDA") - 51 * 1_960


def test_schb_has_less_than_one_share_of_room_above_its_lower_edge() -> None:
    # own band: 10 % of 11 % = 1.1 points
    lower = (target("SCHB") - Decimal("0.011")) * HOUSEHOLD
    assert 0 < value("SCHB") - lower < PRICES["SCHB"]


def test_no_other_whole_share_cure_realizes_less_gain() -> None:
    def cheapest_first(symbol: str) -> list[int]:
        """Gain in cents of the first n shares, for n = 0, 1, 2 ..., lots by gain per share."""
        price = PRICES[symbol]
        per_share = sorted(
            (price - number(lot["Cost Basis"]) / number(lot["Quantity"]), int(number(lot["Quantity"])))
            for lot in lots(symbol)
        )
        gains = [Decimal(0)]
        for gain, shares in per_share:
            for _ in range(shares):
                gains.append(gains[-1] + gain)
        return [int(g * 100) for g in gains]

    aapl, msft, nvda = cheapest_first("AAPL"), cheapest_first("MSFT"), cheapest_first("NVDA")
    # Bands after the cure: AAPL at most its upper edge, NVDA and MSFT between their edges.
    cures = []
    for a in range(200, len(aapl)):
        for n in range(5, 51):
            left = EXCESS - 225 * a - 1_960 * n
            m = max(64, ceil(left / 420))  # at least 64, or MSFT stays above its band
            if m < len(msft):
                cures.append((aapl[a] + nvda[n] + msft[m], a, m, n))
    best, second, *_ = sorted(cures)
    assert best == (121_000_00, 200, 100, 50)
    assert second[0] > best[0]


def test_sold_lots_are_long_term_and_give_32_28_and_61_thousand() -> None:
    sold = {
        (str(lot["Symbol"]), lot["Quantity"]): lot
        for lot in ROWS["Lots"]
        if (lot["Symbol"], lot["Quantity"]) in {("AAPL", 200), ("MSFT", 100), ("NVDA", 50)}
    }
    gains = {
        s: n * PRICES[s] - number(lot["Cost Basis"]) for (s, n), lot in sold.items() if isinstance(n, int)
    }
    assert gains == {"AAPL": 32_000, "MSFT": 28_000, "NVDA": 61_000}
    assert all(
        isinstance(lot["Acquired"], date) and lot["Acquired"] < date(2025, 10, 15) for lot in sold.values()
    )


def test_every_other_lot_of_the_trimmed_stocks_gains_more_on_each_dollar() -> None:
    def gain_per_dollar(lot: Row) -> Decimal:
        return 1 - number(lot["Cost Basis"]) / (number(lot["Quantity"]) * PRICES[str(lot["Symbol"])])

    for symbol in ("AAPL", "MSFT", "NVDA"):
        cheapest, *rest = sorted(gain_per_dollar(lot) for lot in lots(symbol))
        assert all(other > cheapest + Decimal("0.05") for other in rest), symbol


def test_sheltered_equity_cannot_be_sold_and_the_reasons_are_stated() -> None:
    flags = {row["Account ID"]: str(row["Flags"] or "") for row in ROWS["Accounts"]}
    assert flags[IRA].startswith("Do not trade: transfer")
    assert all(
        lot["Hold"] == "Yes" for lot in ROWS["Lots"] if lot["Account ID"] == ROTH and lot["Symbol"] != "CASH"
    )
    assert any("grandchildren" in str(note["Text"]) for note in ROWS["Notes"])


def test_rmd_is_87_000_and_the_ira_holds_the_cash_for_it() -> None:
    ira = next(row for row in ROWS["Accounts"] if row["Account ID"] == IRA)
    assert number(ira["Prior Year-End Value"]) / Decimal("21.1") == 87_000  # age 79: Pub. 590-B Table III
    assert ira["RMD Taken"] == 0
    cash = next(lot for lot in ROWS["Lots"] if lot["Account ID"] == IRA and lot["Symbol"] == "CASH")
    assert number(cash["Quantity"]) >= 87_000


def test_schb_shows_an_8_000_loss_that_the_roth_reinvestment_blocks() -> None:
    lot = next(lot for lot in ROWS["Lots"] if lot["Symbol"] == "SCHB" and lot["Account ID"] == JOINT)
    loss = number(lot["Cost Basis"]) - number(lot["Quantity"]) * PRICES["SCHB"]
    assert loss == Decimal("8062.50")  # 9,375 x (26.46 - 25.60)
    assert loss / number(lot["Cost Basis"]) > Decimal("0.025")
    buys = [row for row in ROWS["Activity"] if row["Symbol"] == "SCHB" and row["Type"] in ("Buy", "Reinvest")]
    # its own purchase is 36 days before the as-of date, the Roth's reinvestment 13
    assert [(date(2026, 10, 15) - row["Date"]).days for row in buys if isinstance(row["Date"], date)] == [
        36,
        13,
    ]


def test_positions_are_the_sums_of_the_lots() -> None:
    for position in ROWS["Positions"]:
        of_lots = [
            number(lot["Quantity"])
            for lot in ROWS["Lots"]
            if (lot["Account ID"], lot["Symbol"]) == (position["Account ID"], position["Symbol"])
        ]
        assert number(position["Quantity"]) == sum(of_lots)


def test_drift_report_shows_what_the_rows_say() -> None:
    report = drift(BOOK.household(CLIENT_ID), BOOK.settings)
    shown = {
        s.name: (percent_text(s.drift, signed=True), s.status) for s in report.classes + report.securities
    }
    above, inside, below = DriftStatus.ABOVE, DriftStatus.INSIDE, DriftStatus.BELOW
    assert shown["Equity"] == ("+6.2%", above)
    assert shown["Fixed Income"] == ("-6.2%", below)
    assert [shown[s] for s in ("AAPL", "MSFT", "NVDA")] == [
        ("+3.1%", above),
        ("+2.4%", above),
        ("+1.8%", above),
    ]
    assert shown["SCHB"] == ("-1.1%", inside)


def test_optimiser_finds_the_cure_that_brute_force_finds() -> None:
    best = plan(BOOK.household(CLIENT_ID), BOOK.settings, tax_parameters(2026))
    assert best.state is PlanState.PROPOSED
    sells = {t.symbol: (t.account_id, int(t.quantity), t.amount_cents, t.gain_cents()) for t in best.sells}
    assert sells == {
        "AAPL": (JOINT, 200, 45_000_00, 32_000_00),
        "MSFT": (JOINT, 100, 42_000_00, 28_000_00),
        "NVDA": (TRUST, 50, 98_000_00, 61_000_00),
    }
    assert [t.symbol for t in best.sells if TradeFlag.HIGH_GAIN in t.flags] == ["NVDA"]
    assert (best.short_gain_cents, best.long_gain_cents) == (0, 121_000_00)
    assert best.tax is not None
    assert best.tax.total_cents == 28_798_00  # 121,000 x (20 % + 3.8 %)
    assert best.budget is not None
    assert best.budget.excess_cents == 21_000_00
    assert all(BOOK.securities[t.symbol].asset_class == "Fixed Income" for t in best.buys)
    assert 184_900_00 <= sum(t.amount_cents for t in best.buys) <= 185_500_00
    assert [(t.from_account, t.to_account, t.cents) for t in best.transfers] == [(IRA, JOINT, 87_000_00)]
    assert best.alternative is not None
    assert best.alternative.long_gain_cents <= 100_000_00
