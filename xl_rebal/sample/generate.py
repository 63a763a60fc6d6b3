"""Any number of realistic households from a seed, for tests and benchmarks.

The firm has finer classes than the shipped sample (U.S. and international equity, fixed income, real assets, cash).
A household's rows depend only on the seed and its number, so a larger firm starts with the same households.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from math import exp, log
from random import Random

from xl_rebal.engine.book import Owner, Registration
from xl_rebal.money import decimal_of
from xl_rebal.sample.people import ADVISORS, FIRST_NAMES, LAST_NAMES, note_text
from xl_rebal.sample.portfolios import (
    AS_OF,
    CASH,
    CLASSES,
    US,
    Account,
    Universe,
    holdings_of,
    lots_of,
    universe_of,
    weekday,
)
from xl_rebal.sample.rows import CASH_SYMBOL, Cell, Row, Rows, household_rows, joined, rows_of
from xl_rebal.sheets.layout import CLIENTS, LOTS, POSITIONS, SECURITIES, TARGETS

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
_PRETAX = (R.TRADITIONAL_IRA, R.ROLLOVER_IRA, R.SEP_IRA, R.PLAN_401K, R.PLAN_403B, R.INHERITED_IRA)


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
    universe = universe_of(seed)
    parts: list[Rows] = [{SECURITIES.name: universe.rows, TARGETS.name: _model_rows()}]
    for number in range(1, households + 1):
        rng = Random(f"{seed}/household/{number}")  # noqa: S311
        rows = _household(rng, number, lots, universe)
        fault = Random(f"{seed}/error/{number}")  # noqa: S311
        if fault.random() < errors:
            _spoil(rows, fault)
        parts.append(rows)
    return joined(parts)


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


def _household(rng: Random, number: int, lots: tuple[int, int], universe: Universe) -> dict[str, list[Row]]:
    age = round(min(92, max(29, rng.gauss(61, 13))))
    married = rng.random() < 0.68
    first, last = _name(number)
    second = rng.choice([name for name in FIRST_NAMES if name != first])
    client_id = f"G{number:04d}"
    model = rng.choices(tuple(_MODELS), (2, 3, 4, 3, 1) if age >= 60 else (1, 1, 3, 5, 3))[0]
    worth = min(15e6, max(150e3, rng.lognormvariate(log(1.3e6), 0.8)))
    spouse_age = min(92, max(25, age + round(rng.gauss(-1, 5)))) if married else 0

    accounts = _accounts(rng, number, age, spouse_age)
    shares = [rng.gammavariate(2.0, 1.0) * account.size for account in accounts]
    values = [worth * share / sum(shares) for share in shares]
    holdings, cash = holdings_of(rng, accounts, values, _MODELS[model], universe)
    count = round(exp(rng.uniform(log(lots[0]), log(lots[1]))))
    holdings = sorted(holdings, key=lambda h: -h.value)[:count]
    lot_table, purchases = lots_of(rng, holdings, count, universe)
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


def _name(number: int) -> tuple[str, str]:
    """First and last name of client `number`: no pair comes twice in the first ten thousand."""
    lap, i = divmod(number, len(LAST_NAMES))
    return FIRST_NAMES[(37 * i + lap) % len(FIRST_NAMES)], LAST_NAMES[i]


def _client(rng: Random, client_id: str, name: str, model: str) -> Row:
    income = min(2.5e6, rng.lognormvariate(log(170_000), 0.75))
    chance = rng.random
    return {
        "Client ID": client_id,
        "Client Name": name,
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


def _accounts(rng: Random, number: int, age: int, spouse_age: int) -> list[Account]:
    """Accounts that such a household might have; a taxable one always comes first."""
    married, working = spouse_age > 0, age < 66
    first = R.JOINT if married else R.INDIVIDUAL
    kinds = [(first, 2.4, Owner.JOINT if married else Owner.CLIENT)]
    for registration, size, owner, chance in (
        (R.TRUST, 2.0, Owner.CLIENT, 0.22),
        (R.TRADITIONAL_IRA, 1.2, Owner.CLIENT, 0.35 if working else 0.75),
        (R.ROLLOVER_IRA, 1.0, Owner.CLIENT, 0.3),
        (R.ROTH_IRA, 0.5, Owner.CLIENT, 0.5),
        (R.TRADITIONAL_IRA, 0.8, Owner.SPOUSE, 0.45 * married),
        (R.ROTH_IRA, 0.4, Owner.SPOUSE, 0.4 * married),
        (R.PLAN_401K, 0.9, Owner.CLIENT, 0.4 * working),
        (R.PLAN_403B, 0.6, Owner.SPOUSE, 0.12 * married),
        (R.SEP_IRA, 0.5, Owner.CLIENT, 0.06),
        (R.INHERITED_IRA, 0.3, Owner.CLIENT, 0.05),
        (R.IRREVOCABLE_TRUST, 0.6, Owner.CLIENT, 0.04),
        (R.CUSTODIAL, 0.1, Owner.CLIENT, 0.10 * working),
        (R.EDUCATION_529, 0.15, Owner.CLIENT, 0.15 * working),
        (R.HSA, 0.08, Owner.CLIENT, 0.15 * working),
    ):
        if rng.random() < chance:
            kinds.append((registration, size, owner))
    return [
        Account(f"{number:05d}-{serial:02d}", size, registration, owner)
        for serial, (registration, size, owner) in enumerate(kinds, 1)
    ]


def _account_rows(
    rng: Random,
    accounts: Sequence[Account],
    held: dict[str, float],
    age: int,
    spouse_age: int,
) -> tuple[list[tuple[Cell, ...]], list[tuple[Cell, ...]]]:
    """Account rows after the Client ID, and the distributions taken so far."""
    rows: list[tuple[Cell, ...]] = []
    distributions: list[tuple[Cell, ...]] = []
    for account in accounts:
        kind = account.registration
        years = spouse_age if account.owner is Owner.SPOUSE else age
        value = held.get(account.id, 0.0)
        prior, taken = None, None
        if kind in _PRETAX:
            prior = round(value * rng.uniform(0.86, 1.06), 2)
            if years > 73 or kind is R.INHERITED_IRA:
                taken = round(prior * rng.choice((0.0, 0.0, 0.02, 0.06)), 2)
                if taken:
                    day = weekday(date(AS_OF.year, rng.randint(2, 9), rng.randint(3, 28)))
                    distributions.append((day, account.id, "RMD", taken))
        flags: list[str] = []
        if rng.random() < 0.03:
            flags.append(
                "Do not trade: " + rng.choice(("account is being transferred", "held away, advice only"))
            )
        if kind is R.EDUCATION_529:
            flags.append("College funding")
        if years > 70 and rng.random() < 0.4:
            flags.append("Distribution phase")
        custodian = "Fidelity" if kind in (R.PLAN_401K, R.HSA) else "Schwab"
        own = kind.household_taxable
        reserve = rng.choice((2_500, 5_000)) if own and rng.random() < 0.12 else None
        asked = own and rng.random() < 0.08 and not any(flag.startswith("Do not trade") for flag in flags)
        withdrawal = round(value * rng.uniform(0.005, 0.03), -2) if asked else 0
        row = (account.id, kind.value, account.owner.value, custodian, prior, taken, "; ".join(flags) or None)
        rows.append((*row, reserve, withdrawal or None))
    return rows, distributions


def _money_activity(rng: Random, accounts: Sequence[Account], universe: Universe) -> list[tuple[Cell, ...]]:
    """Contributions, withdrawals and this year's sales with their gains, in the household's first taxable account."""
    account = accounts[0].id

    def day(back: int) -> date:
        return weekday(AS_OF - timedelta(days=rng.randint(2, back)))

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
        entries.setdefault(text, (weekday(AS_OF - timedelta(days=back)), kind, advisor, text))
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
        rows[CLIENTS.name][0]["Model"] = "Blanced 60"
    else:
        lot["Acquired"] = "13/45/2019"
