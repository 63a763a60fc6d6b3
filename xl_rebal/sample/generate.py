"""Any number of realistic households from a seed, for tests and benchmarks.

The firm has finer classes than the shipped sample (U.S. and international equity, fixed income, real assets, cash).
A household's rows depend only on the seed and its number, so a larger firm starts with the same households.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, log
from random import Random
from typing import NamedTuple

from xl_rebal.engine.book import Registration
from xl_rebal.money import decimal_of
from xl_rebal.sample.people import ADVISORS, FIRST_NAMES, LAST_NAMES, note_text
from xl_rebal.sample.prices import YEARS, path, price_on
from xl_rebal.sample.rows import CASH_SYMBOL, Cell, Row, Rows, household_rows, joined, rows_of
from xl_rebal.sample.securities import PRICE_DATE, security_rows
from xl_rebal.sheets.layout import LOTS, POSITIONS, SECURITIES, TARGETS

AS_OF = date.fromisoformat(PRICE_DATE)
US, ABROAD, BONDS, REAL, CASH = "US Equity", "International Equity", "Fixed Income", "Real Assets", "Cash"
CLASSES = (US, ABROAD, BONDS, REAL, CASH)
_ABROAD = frozenset(("VXUS", "IXUS", "VEA", "IEFA", "VWO", "IEMG"))
_STOCKS = frozenset(("AAPL", "MSFT", "NVDA", "JNJ", "PG", "JPM", "XOM", "BRK.B", "INTC", "DE"))
_MUNI = frozenset(("MUB", "VTEB"))

_TARGETS_AS_OF = "2026-07-01"
_MODELS = {
    "Preservation 30": (0.22, 0.08, 0.60, 0.05, 0.05),
    "Income 45": (0.32, 0.13, 0.46, 0.05, 0.04),
    "Balanced 60": (0.43, 0.17, 0.32, 0.05, 0.03),
    "Growth 75": (0.53, 0.22, 0.17, 0.06, 0.02),
    "Aggressive 90": (0.63, 0.27, 0.06, 0.02, 0.02),
}
_STOCK_CEILINGS = (("AAPL", 0.02, 0.06), ("MSFT", 0.02, 0.06), ("NVDA", 0.02, 0.06))  # symbol, target, upper

R = Registration


class _Holding(NamedTuple):
    account: str
    symbol: str
    value: float
    reinvests: bool


@dataclass(frozen=True, slots=True)
class _Universe:
    """The firm's securities by class, with their price histories."""

    rows: list[Row]
    price: dict[str, float]
    by_class: dict[str, tuple[str, ...]]
    history: dict[str, Sequence[float]]


def generated_settings_values() -> dict[str, Cell]:
    """Settings of a generated firm that differ from the defaults."""
    return {"Firm Name": "Generated Wealth Advisors", "As Of": AS_OF, "Quarter": "2026-Q4"}


def generated_rows(
    households: int, seed: int, lots: tuple[int, int] = (20, 500), errors: float = 0.0
) -> Rows:
    """Every sheet of a firm with `households` clients, each with a number of tax lots between the two `lots`.

    `errors` is the share of households that get one data error each, so that their briefs are withheld.
    """
    if households < 0 or not 1 <= lots[0] <= lots[1] or not 0 <= errors <= 1:
        raise ValueError("generated_rows: households >= 0, 1 <= lots[0] <= lots[1] and 0 <= errors <= 1")
    universe = _universe(seed)
    parts: list[Rows] = [{SECURITIES.name: universe.rows, TARGETS.name: _model_rows()}]
    for number in range(1, households + 1):
        rng = Random(f"{seed}/household/{number}")  # noqa: S311
        rows = _household(rng, number, lots, universe)
        fault = Random(f"{seed}/error/{number}")  # noqa: S311
        if fault.random() < errors:
            _spoil(rows, fault)
        parts.append(rows)
    return joined(parts)


def _universe(seed: int) -> _Universe:
    rows = security_rows()
    by_class: dict[str, list[str]] = {name: [] for name in CLASSES}
    history: dict[str, Sequence[float]] = {}
    price: dict[str, float] = {}
    for row in rows:
        symbol, value = str(row["Symbol"]), float(str(row["Price"]))
        if row["Asset Class"] == "Equity":
            row["Asset Class"] = ABROAD if symbol in _ABROAD else US
        asset_class = str(row["Asset Class"])
        price[symbol] = value
        by_class[asset_class].append(symbol)
        if asset_class != CASH:
            history[symbol] = path(seed, symbol, asset_class, symbol in _STOCKS, value)
    return _Universe(rows, price, {name: tuple(symbols) for name, symbols in by_class.items()}, history)


def _model_rows() -> list[Row]:
    headers = "Model|As Of|Asset Class|Target|Symbol|Lower|Upper|Band|Band Type"
    table: list[tuple[Cell, ...]] = []
    for model, weights in _MODELS.items():
        for name, weight in zip(CLASSES, weights, strict=True):
            small = weight < 0.10  # five points around 5 % would never be left downwards
            band: tuple[Cell, ...] = (0.5, "Relative") if small and name != CASH else ()
            table.append((model, _TARGETS_AS_OF, name, weight, None, None, None, *band))
        table += [(model, _TARGETS_AS_OF, US, target, s, 0.0, upper) for s, target, upper in _STOCK_CEILINGS]
    return rows_of(TARGETS, headers, table)


# --- one household ---------------------------------------------------------------------------------------------------


def _household(rng: Random, number: int, lots: tuple[int, int], universe: _Universe) -> dict[str, list[Row]]:
    age = round(min(92, max(29, rng.gauss(61, 13))))
    married = rng.random() < 0.68
    last = rng.choice(LAST_NAMES)
    first, second = rng.sample(FIRST_NAMES, 2)
    client_id = f"G{number:04d}"
    model = rng.choices(tuple(_MODELS), (2, 3, 4, 3, 1) if age >= 60 else (1, 1, 3, 5, 3))[0]
    worth = min(15e6, max(150e3, rng.lognormvariate(log(1.3e6), 0.8)))
    spouse_age = min(92, max(25, age + round(rng.gauss(-1, 5)))) if married else 0

    accounts = _accounts(rng, number, age, spouse_age)
    shares = [rng.gammavariate(2.0, 1.0) * size for _, size, _ in accounts]
    values = [worth * share / sum(shares) for share in shares]
    holdings, cash = _holdings(rng, accounts, values, _MODELS[model], universe)
    count = round(exp(rng.uniform(log(lots[0]), log(lots[1]))))
    holdings = sorted(holdings, key=lambda h: -h.value)[:count]
    lot_table, purchases = _lots(rng, holdings, count, universe)
    lot_table += [(account, CASH_SYMBOL, None, round(amount, 2)) for account, amount in cash.items()]

    held = {h.account: 0.0 for h in holdings} | cash
    for holding in holdings:
        held[holding.account] += holding.value
    account_rows, distributions = _account_rows(rng, accounts, held, age, spouse_age)
    client = _client(rng, client_id, f"{first} & {second} {last}" if married else f"{first} {last}", model)
    client |= {
        "Filing Status": _filing_status(rng, married),
        "Birth Date": _birthday(rng, age),
        "Spouse Birth Date": _birthday(rng, spouse_age) if married else None,
    }
    return household_rows(
        client,
        "Registration|Owner|Custodian|Prior Year-End Value|RMD Taken|Flags|Cash Reserve|Withdrawal",
        account_rows,
        lot_table,
        purchases + distributions + _money_activity(rng, accounts, universe),
        _notes(rng, first, model, str(client["Advisor"])),
        universe.price,
        rng.choice(("Wealthbox", "Redtail", "Salesforce")),
    )


def _client(rng: Random, client_id: str, name: str, model: str) -> Row:
    income = min(2.5e6, rng.lognormvariate(log(170_000), 0.75))
    chance = rng.random
    return {
        "Client ID": client_id,
        "Client Name": f"{name} ({client_id})",  # names alone would repeat in a large firm
        "Model": model,
        "Advisor": rng.choice(ADVISORS),
        "Email": f"{client_id.lower()}@example.com",
        "Taxable Income": None if chance() < 0.03 else round(income, -2),
        "Other Investment Income": round(income * rng.uniform(0.0, 0.12), -2),
        "CG Rate": rng.choice((0.15, 0.188, 0.238)) if chance() < 0.05 else None,
        "State Rate": rng.choice((0.0307, 0.044, 0.0495, 0.0575, 0.0685, 0.093)) if chance() < 0.6 else None,
        "ST Carryforward": round(rng.lognormvariate(8, 1), -1) if chance() < 0.10 else None,
        "LT Carryforward": round(rng.lognormvariate(9.5, 1), -1) if chance() < 0.18 else None,
        "Gain Budget": rng.choice((10_000, 25_000, 50_000, 100_000)) if chance() < 0.4 else None,
        "Band": rng.choice((0.03, 0.04, 0.06)) if chance() < 0.1 else None,
        "Cash Reserve": rng.choice((5_000, 10_000, 25_000)) if chance() < 0.25 else None,
    }


def _filing_status(rng: Random, married: bool) -> str:
    if married:
        return "Married filing separately" if rng.random() < 0.03 else "Married filing jointly"
    return rng.choices(("Single", "Head of household", "Qualifying surviving spouse"), (85, 12, 3))[0]


def _birthday(rng: Random, age: int) -> date:
    """A birth date of somebody who reaches `age` this year."""
    return date(AS_OF.year - age, rng.randint(1, 12), rng.randint(1, 28))


def _accounts(
    rng: Random, number: int, age: int, spouse_age: int
) -> list[tuple[str, float, tuple[str, str]]]:
    """Account id, its usual size beside the others, and registration with owner; a taxable one always comes first."""
    married, working = spouse_age > 0, age < 66
    first = R.JOINT if married else R.INDIVIDUAL
    kinds = [(first, 1.6, "Joint" if married else "Client")]
    for registration, size, owner, chance in (
        (R.TRUST, 1.2, "Client", 0.22),
        (R.TRADITIONAL_IRA, 1.2, "Client", 0.35 if working else 0.75),
        (R.ROLLOVER_IRA, 1.0, "Client", 0.3),
        (R.ROTH_IRA, 0.5, "Client", 0.5),
        (R.TRADITIONAL_IRA, 0.8, "Spouse", 0.45 * married),
        (R.ROTH_IRA, 0.4, "Spouse", 0.4 * married),
        (R.PLAN_401K, 0.9, "Client", 0.4 * working),
        (R.PLAN_403B, 0.6, "Spouse", 0.12 * married),
        (R.SEP_IRA, 0.5, "Client", 0.06),
        (R.INHERITED_IRA, 0.3, "Client", 0.05),
        (R.IRREVOCABLE_TRUST, 0.6, "Client", 0.04),
        (R.CUSTODIAL, 0.1, "Client", 0.10 * working),
        (R.EDUCATION_529, 0.15, "Client", 0.15 * working),
        (R.HSA, 0.08, "Client", 0.15 * working),
    ):
        if rng.random() < chance:
            kinds.append((registration, size, owner))
    return [
        (f"{number:05d}-{serial:02d}", size, (registration.value, owner))
        for serial, (registration, size, owner) in enumerate(kinds, 1)
    ]


def _holdings(
    rng: Random,
    accounts: Sequence[tuple[str, float, tuple[str, str]]],
    values: Sequence[float],
    weights: Sequence[float],
    universe: _Universe,
) -> tuple[list[_Holding], dict[str, float]]:
    """Positions whose classes stand around the model's weights, and cash by account.

    The classes drift together with their usual spread; accounts tilt, then rows and columns are fitted to the totals.
    """
    drifted = [
        w * rng.lognormvariate(0, 0.13 if name != CASH else 0.5)
        for name, w in zip(CLASSES, weights, strict=True)
    ]
    columns = [sum(values) * w / sum(drifted) for w in drifted]
    grid = [[rng.gammavariate(1.2, 1.0) + 0.02 for _ in CLASSES] for _ in accounts]
    for _ in range(6):
        for i, row in enumerate(grid):
            scale = values[i] / sum(row)
            grid[i] = [cell * scale for cell in row]
        for j, column in enumerate(columns):
            scale = column / sum(row[j] for row in grid)
            for row in grid:
                row[j] *= scale
    holdings, cash = [], {}
    for (account, _, (registration, _owner)), row in zip(accounts, grid, strict=True):
        taxable = Registration(registration).taxable
        reinvests = rng.random() < 0.55
        for asset_class, value in zip(CLASSES, row, strict=True):
            if asset_class == CASH:
                cash[account] = value
                continue
            if value < 1_500:
                continue
            choice = [s for s in universe.by_class[asset_class] if taxable or s not in _MUNI]
            symbols = rng.sample(choice, min(len(choice), 1 + (rng.random() < 0.6) + (value > 250e3)))
            parts = [rng.gammavariate(2.0, 1.0) for _ in symbols]
            holdings += [
                _Holding(account, s, value * part / sum(parts), reinvests and s not in _STOCKS)
                for s, part in zip(symbols, parts, strict=True)
            ]
    return holdings, cash


def _lots(
    rng: Random, holdings: Sequence[_Holding], count: int, universe: _Universe
) -> tuple[list[tuple[Cell, ...]], list[tuple[Cell, ...]]]:
    """`count` lots of these holdings, and the purchases of this year among them as activity."""
    extra = [0] * len(holdings)
    if holdings:
        weights = [h.value**0.5 * (3.0 if h.reinvests else 1.0) for h in holdings]
        for i in rng.choices(range(len(holdings)), weights, k=count - len(holdings)):
            extra[i] += 1
    table: list[tuple[Cell, ...]] = []
    activity: list[tuple[Cell, ...]] = []
    for holding, more in zip(holdings, extra, strict=True):
        price, history = universe.price[holding.symbol], universe.history[holding.symbol]
        shares = holding.value / price
        bought, reinvested = _dates(rng, more + 1, holding.reinvests)
        parts = [rng.gammavariate(1.5, 1.0) + 0.05 for _ in bought]
        drip = shares * 0.004  # a quarter's or month's dividend buys about this much of the position
        main = max(shares * 0.3, shares - drip * len(reinvested))
        for day, kind, quantity in [
            *(
                (d, "Buy", float(max(1, round(main * p / sum(parts)))))
                for d, p in zip(bought, parts, strict=True)
            ),
            *((d, "Reinvest", max(0.001, round(drip * rng.uniform(0.7, 1.3), 4))) for d in reinvested),
        ]:
            basis = round(quantity * price_on(history, AS_OF, day), 2)
            known = rng.random() >= 0.002
            hold = "Yes" if rng.random() < 0.01 else None
            serial = f"{len(table) + 1:04d}"
            table.append(
                (
                    holding.account,
                    holding.symbol,
                    day,
                    quantity,
                    basis if known else None,
                    hold,
                    "Yes",
                    serial,
                )
            )
            if day.year == AS_OF.year:
                activity.append((day, holding.account, kind, basis, holding.symbol, quantity))
    return table, activity


def _dates(rng: Random, count: int, reinvests: bool) -> tuple[list[date], list[date]]:
    """Distinct trade dates: purchases over the years, more of them lately, and monthly reinvestments up to now."""
    months = min(count - 1, 12 * YEARS - 12) if reinvests else 0
    offset = rng.randint(1, 28)
    reinvested = {_weekday(AS_OF - timedelta(days=offset + round(30.4375 * i))) for i in range(months)}
    bought: set[date] = set()
    while len(bought) + len(reinvested) < count:
        back = int(365.25 * YEARS * rng.random() ** 1.6)
        day = _weekday(AS_OF - timedelta(days=1 + back))
        if day not in reinvested:
            bought.add(day)
    return sorted(bought), sorted(reinvested)


def _weekday(day: date) -> date:
    """The day, or the Friday before it."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def _account_rows(
    rng: Random,
    accounts: Sequence[tuple[str, float, tuple[str, str]]],
    held: dict[str, float],
    age: int,
    spouse_age: int,
) -> tuple[list[tuple[Cell, ...]], list[tuple[Cell, ...]]]:
    """Account rows after the Client ID, and the distributions taken so far."""
    rows: list[tuple[Cell, ...]] = []
    taken_activity: list[tuple[Cell, ...]] = []
    pretax = {
        r.value
        for r in (R.TRADITIONAL_IRA, R.ROLLOVER_IRA, R.SEP_IRA, R.PLAN_401K, R.PLAN_403B, R.INHERITED_IRA)
    }
    for account, _, (registration, owner) in accounts:
        years = spouse_age if owner == "Spouse" else age
        value = held.get(account, 0.0)
        prior, taken = None, None
        if registration in pretax:
            prior = round(value * rng.uniform(0.86, 1.06), 2)
            if years > 73 or registration == R.INHERITED_IRA.value:
                taken = round(prior * rng.choice((0.0, 0.0, 0.02, 0.045)), 2)
                if taken:
                    day = _weekday(date(AS_OF.year, rng.randint(2, 9), rng.randint(3, 28)))
                    taken_activity.append((day, account, "RMD", taken))
        flags: list[str] = []
        if rng.random() < 0.03:
            flags.append(
                "Do not trade: " + rng.choice(("account is being transferred", "held away, advice only"))
            )
        if registration == R.EDUCATION_529.value:
            flags.append("College funding")
        if years > 70 and rng.random() < 0.4:
            flags.append("Distribution phase")
        taxable = Registration(registration).household_taxable
        reserve = rng.choice((2_500, 5_000)) if rng.random() < 0.08 else None
        withdrawal = round(value * rng.uniform(0.005, 0.03), -2) if taxable and rng.random() < 0.08 else None
        custodian = "Fidelity" if registration in (R.PLAN_401K.value, R.HSA.value) else "Schwab"
        rows.append(
            (
                account,
                registration,
                owner,
                custodian,
                prior,
                taken,
                "; ".join(flags) or None,
                reserve,
                withdrawal or None,
            )
        )
    return rows, taken_activity


def _money_activity(
    rng: Random, accounts: Sequence[tuple[str, float, tuple[str, str]]], universe: _Universe
) -> list[tuple[Cell, ...]]:
    """Contributions, withdrawals and this year's sales with their gains, in the household's first taxable account."""
    account = accounts[0][0]

    def day(back: int) -> date:
        return _weekday(AS_OF - timedelta(days=rng.randint(2, back)))

    table: list[tuple[Cell, ...]] = []
    if rng.random() < 0.3:
        table.append((day(120), account, "Contribution", round(rng.lognormvariate(9.8, 1.0), -2)))
    if rng.random() < 0.25:
        table.append((day(250), account, "Withdrawal", round(rng.lognormvariate(9.2, 0.7), -2)))
    for _ in range(rng.choices((0, 1, 2, 3), (50, 30, 15, 5))[0]):
        symbol = rng.choice(universe.by_class[US])
        quantity = rng.randint(5, 200)
        proceeds = round(quantity * universe.price[symbol], 2)
        short = rng.random() < 0.3
        gain = round(proceeds * (rng.gauss(0.0, 0.08) if short else rng.uniform(-0.05, 0.6)), 2)
        gains = (gain, 0) if short else (0, gain)
        table.append((day(280), account, "Sell", proceeds, symbol, quantity, *gains))
    return table


def _notes(rng: Random, name: str, model: str, advisor: str) -> list[tuple[Cell, ...]]:
    """One to four CRM entries; one client in twenty has heard nothing for over a year."""
    newest = rng.randint(370, 500) if rng.random() < 0.05 else rng.randint(3, 200)
    days = [newest, *(newest + rng.randint(30, 600) for _ in range(rng.randint(0, 3)))]
    entries: dict[str, tuple[Cell, ...]] = {}
    for back in days:
        kind, text = note_text(rng, name, model, AS_OF.year)
        entries.setdefault(text, (_weekday(AS_OF - timedelta(days=back)), kind, advisor, text))
    return list(entries.values())


# --- errors on purpose -----------------------------------------------------------------------------------------------


def _spoil(rows: dict[str, list[Row]], rng: Random) -> None:
    """Puts one error into a household's rows, of a kind that withholds its brief."""
    kind = rng.choice(("mismatch", "unknown symbol", "negative", "unknown model", "bad date"))
    lot = rng.choice([row for row in rows[LOTS.name] if row["Symbol"] != CASH_SYMBOL])
    if kind == "mismatch":
        position = next(
            p
            for p in rows[POSITIONS.name]
            if (p["Account ID"], p["Symbol"]) == (lot["Account ID"], lot["Symbol"])
        )
        position["Quantity"] = float(decimal_of(float(str(position["Quantity"]))) + 25)
    elif kind == "unknown symbol":
        lot["Symbol"] = "ZZZZX"
    elif kind == "negative":
        lot["Quantity"] = -float(str(lot["Quantity"]))
    elif kind == "unknown model":
        rows["Clients"][0]["Model"] = "Blanced 60"
    else:
        lot["Acquired"] = "13/45/2019"
