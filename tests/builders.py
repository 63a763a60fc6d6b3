"""Small builders of book values, so that a test reads as a worked example: name what matters, the rest has a default.

Money is given as dollars (`"12,345.67"` or a number) where the parameter says so, dates as ISO text or `date`.

    home = household(
        accounts=[account("TAX"), account("IRA", Registration.TRADITIONAL_IRA)],
        lots=[lot("VTI", 100, "9,000.00", "2024-03-01"), lot("VTI", 10, "900", "2026-09-20", "IRA")],
        securities=[security("VTI", "80.00")],
    )
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from xl_rebal.engine.book import (
    Account,
    Activity,
    ActivityType,
    BandType,
    Book,
    BudgetMode,
    CashBalance,
    Client,
    DrafterKind,
    DrafterLog,
    FilingStatus,
    Household,
    Lot,
    Note,
    Owner,
    Position,
    RebalanceTo,
    Registration,
    Security,
    SendCrm,
    Settings,
    Shares,
    ShortTermGains,
    StaleData,
    Target,
)
from xl_rebal.engine.problems import Problem, Source
from xl_rebal.money import to_cents
from xl_rebal.params.types import TaxParameters

AS_OF = date(2026, 10, 15)
"""The as-of date of every built book that does not name its own: a Thursday in 2026-Q4."""

TAX_YEAR = 2026
CLIENT_ID = "C1"
TAXABLE = "TAX"
"""Account that a lot, balance or transaction lies in when the test names none."""

_rows = itertools.count(2)

Dollars = str | int | Decimal


def day(text: str | date) -> date:
    """`day("2026-10-15")`; a date passes through."""
    return text if isinstance(text, date) else date.fromisoformat(text)


def cents(dollars: Dollars) -> int:
    """`cents("1,234.56")` gives 123456."""
    return to_cents(dollars.replace(",", "").replace("$", "") if isinstance(dollars, str) else dollars)


def number(value: str | int | Decimal) -> Decimal:
    """An exact Decimal from text or an int; never from a float."""
    return Decimal(value.replace(",", "")) if isinstance(value, str) else Decimal(value)


def settings(**changes: Any) -> Settings:
    """The firm's settings with the shipped defaults written out, as of `AS_OF`; any field can be changed.

    `as_of` may be ISO text; quarter and tax year follow it unless they are given.
    """
    as_of = day(changes.pop("as_of", AS_OF))
    base = Settings(
        as_of=as_of,
        quarter=f"{as_of.year}-Q{(as_of.month + 2) // 3}",
        tax_year=as_of.year,
        firm_name="Your Firm",
        logo="",
        firm_color="",
        class_band=0.05,
        class_band_type=BandType.ABSOLUTE,
        security_band=0.25,
        security_band_type=BandType.RELATIVE,
        class_rebalance_to=RebalanceTo.TARGET,
        security_rebalance_to=RebalanceTo.BAND,
        min_trade_cents=50_000,
        shares=Shares.WHOLE,
        share_decimals=3,
        transaction_cost=0.0005,
        gain_budget_mode=BudgetMode.FLAG,
        short_term_gains=ShortTermGains.ALLOW,
        wait_for_long_term_days=0,
        location_preference=0.0002,
        high_gain_cents=5_000_000,
        harvest_min_loss_cents=100_000,
        harvest_min_loss=0.025,
        long_term_soon_days=45,
        stale_price_days=5,
        stale_holdings_days=10,
        stale_data=StaleData.MARK,
        cash_need_days=120,
        recent_contribution_days=90,
        no_contact_months=12,
        executed_tolerance=0.02,
        minutes_check=10,
        minutes_decide=4,
        minutes_trade=10,
        output_folder="clients",
        drafter=DrafterKind.TEMPLATE,
        drafter_model="gpt-4o-mini",
        drafter_url="",
        drafter_at_once=4,
        drafter_price_in=None,
        drafter_price_out=None,
        drafter_log=DrafterLog.HASH,
        send_crm=SendCrm.YES,
        letter_tone="Warm",
    )
    return replace(base, **changes)


def tax_parameters(tax_year: int = TAX_YEAR) -> TaxParameters:
    """The shipped tax parameters of a year."""
    from xl_rebal.params.load import tax_parameters as load

    return load(tax_year)


def client(
    id: str = CLIENT_ID,  # noqa: A002
    *,
    name: str = "Ada & Ben Sample",
    status: FilingStatus = FilingStatus.MARRIED_JOINT,
    model: str = "Balanced",
    born: str | date | None = None,
    spouse_born: str | date | None = None,
    **more: Any,
) -> Client:
    """A client; `born` and `spouse_born` are birth dates, unknown unless given."""
    return Client(
        id=id,
        name=name,
        filing_status=status,
        model=model,
        birth_date=day(born) if born else None,
        spouse_birth_date=day(spouse_born) if spouse_born else None,
        source=more.pop("source", Source("Clients", next(_rows))),
        **more,
    )


def account(
    id: str = TAXABLE,  # noqa: A002
    registration: Registration = Registration.INDIVIDUAL,
    *,
    owner: Owner = Owner.CLIENT,
    year_end: Dollars | None = None,
    rmd_taken: Dollars = 0,
    **more: Any,
) -> Account:
    """An account; `year_end` (prior December 31 value) and `rmd_taken` are dollars."""
    return Account(
        id=id,
        client_id=more.pop("client_id", CLIENT_ID),
        registration=registration,
        owner=owner,
        prior_year_end_cents=None if year_end is None else cents(year_end),
        rmd_taken_cents=cents(rmd_taken),
        source=more.pop("source", Source("Accounts", next(_rows))),
        **more,
    )


def security(
    symbol: str, price: str | int | Decimal | None = 100, asset_class: str = "US Equity", **more: Any
) -> Security:
    """A security; priced $100 and in US Equity unless told otherwise."""
    return Security(
        symbol=symbol,
        asset_class=asset_class,
        price=None if price is None else number(price),
        source=more.pop("source", Source("Securities", next(_rows))),
        **more,
    )


def lot(
    symbol: str,
    quantity: str | int | Decimal,
    basis: Dollars | None,
    acquired: str | date | None,
    account_id: str = TAXABLE,
    **more: Any,
) -> Lot:
    """A tax lot with its total basis in dollars (None: unknown)."""
    row = next(_rows)
    return Lot(
        id=more.pop("id", f"L{row}"),
        account_id=account_id,
        symbol=symbol,
        acquired=None if acquired is None else day(acquired),
        quantity=number(quantity),
        basis_cents=None if basis is None else cents(basis),
        source=more.pop("source", Source("Lots", row)),
        **more,
    )


def lots_table(text: str) -> list[Lot]:
    """Lots from lines of `symbol quantity basis acquired [account]`; `?` stands for unknown, # starts a comment."""
    lots = []
    for line in text.splitlines():
        cells = line.partition("#")[0].split()
        if cells:
            symbol, quantity, basis, acquired, *rest = cells
            lots.append(
                lot(
                    symbol,
                    quantity,
                    None if basis == "?" else basis,
                    None if acquired == "?" else acquired,
                    *rest,
                )
            )
    return lots


def cash(dollars: Dollars, account_id: str = TAXABLE, symbol: str = "CASH") -> CashBalance:
    """Money in an account."""
    return CashBalance(account_id, symbol, cents(dollars), Source("Lots", next(_rows)))


def activity(
    on: str | date,
    type: ActivityType,  # noqa: A002
    symbol: str = "",
    quantity: str | int | Decimal | None = None,
    *,
    amount: Dollars = 0,
    short_gain: Dollars = 0,
    long_gain: Dollars = 0,
    account_id: str = TAXABLE,
) -> Activity:
    """A transaction; amounts are dollars, a loss is a negative gain."""
    return Activity(
        date=day(on),
        account_id=account_id,
        type=type,
        amount_cents=cents(amount),
        symbol=symbol,
        quantity=None if quantity is None else number(quantity),
        short_gain_cents=cents(short_gain),
        long_gain_cents=cents(long_gain),
        source=Source("Activity", next(_rows)),
    )


def buy(
    on: str | date, symbol: str, quantity: str | int | Decimal | None, account_id: str = TAXABLE
) -> Activity:
    """A purchase."""
    return activity(on, ActivityType.BUY, symbol, quantity, account_id=account_id)


def sell(
    on: str | date,
    symbol: str,
    quantity: str | int | Decimal | None,
    *,
    short_gain: Dollars = 0,
    long_gain: Dollars = 0,
    account_id: str = TAXABLE,
) -> Activity:
    """A sale with its realized gain by term in dollars."""
    return activity(
        on,
        ActivityType.SELL,
        symbol,
        quantity,
        short_gain=short_gain,
        long_gain=long_gain,
        account_id=account_id,
    )


def target(asset_class: str, weight: float, symbol: str = "", model: str = "Balanced", **more: Any) -> Target:
    """A target weight of a class, or of `symbol` inside it."""
    source = more.pop("source", Source("Targets", next(_rows)))
    return Target(model, asset_class, weight, symbol, source=source, **more)


def note(on: str | date, text: str, client_id: str = CLIENT_ID, **more: Any) -> Note:
    """A CRM entry."""
    return Note(client_id, day(on), text, source=more.pop("source", Source("Notes", next(_rows))), **more)


def household(
    *,
    client: Client | None = None,
    accounts: Iterable[Account] | None = None,
    lots: Iterable[Lot] = (),
    cash: Iterable[CashBalance] = (),
    positions: Iterable[Position] = (),
    activity: Iterable[Activity] = (),
    notes: Iterable[Note] = (),
    targets: Iterable[Target] = (),
    securities: Iterable[Security] | Mapping[str, Security] = (),
) -> Household:
    """A household; by default one individual account `TAX`, and $100 US Equity for every symbol not described.

    The symbol of a cash balance becomes a Cash security priced 1.
    """
    lots, cash, activity = tuple(lots), tuple(cash), tuple(activity)
    listed = securities.values() if isinstance(securities, Mapping) else securities
    known = {s.symbol: s for s in listed}
    for balance in cash:
        known.setdefault(balance.symbol, security(balance.symbol, 1, "Cash"))
    for symbol in (*(row.symbol for row in lots), *(row.symbol for row in activity)):
        if symbol:
            known.setdefault(symbol, security(symbol))
    return Household(
        client=client or _client(),
        accounts=tuple(accounts) if accounts is not None else (account(),),
        lots=lots,
        cash=cash,
        positions=tuple(positions),
        activity=activity,
        notes=tuple(notes),
        targets=tuple(targets),
        securities=known,
    )


_client = client  # `household` has a parameter of that name


def book(*households: Household, problems: Iterable[Problem] = (), **changes: Any) -> Book:
    """A book of these households; `changes` are settings."""
    known = {symbol: s for h in households for symbol, s in h.securities.items()}
    rows = dict.fromkeys(t for h in households for t in h.targets)
    return Book(settings(**changes), households, known, tuple(rows), problems=tuple(problems))
