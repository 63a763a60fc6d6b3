"""Invented firms in every system's export format, as formats are documented; and the workbook that they go into.

Each system has three households of its own in one workbook, so that the whole matrix needs one file. Every household holds a
broad fund in two lots, a bond fund, a single bond quoted per 100, and money.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from tests.sheets.workbooks import rows, write
from xl_rebal.money import to_cents

ON = date(2026, 2, 13)
BOND = "99ZZZ9AA1"
PRICES = {"QQZA": Decimal(40), "QQBD": Decimal("72.5"), BOND: Decimal("98.5")}
NAMES = {"QQZA": "EXAMPLE BROAD MKT ETF", "QQBD": "EXAMPLE BOND ETF", BOND: "EXAMPLE CNTY 4% 06/01/31"}


@dataclass(frozen=True)
class Lot:
    symbol: str
    acquired: date
    quantity: Decimal
    basis: Decimal

    @property
    def value(self) -> Decimal:
        return worth(self.symbol, self.quantity)


@dataclass(frozen=True)
class Held:
    """An account of a household and what it holds."""

    account: str
    household: str
    client: str
    registration: str
    lots: tuple[Lot, ...]
    cash: Decimal

    @property
    def positions(self) -> dict[str, Decimal]:
        found: dict[str, Decimal] = {}
        for lot in self.lots:
            found[lot.symbol] = found.get(lot.symbol, Decimal(0)) + lot.quantity
        return found

    def basis(self, symbol: str) -> Decimal:
        return sum((lot.basis for lot in self.lots if lot.symbol == symbol), Decimal(0))


def worth(symbol: str, quantity: Decimal) -> Decimal:
    per_100 = 100 if symbol == BOND else 1
    return (quantity * PRICES[symbol] / per_100).quantize(Decimal("0.01"))


def lots(scale: int = 1) -> tuple[Lot, ...]:
    return (
        Lot("QQZA", date(2024, 3, 4), Decimal(1000 * scale), Decimal(42_100 * scale)),
        Lot("QQZA", date(2025, 11, 20), Decimal("250.5") * scale, Decimal(10_000 * scale)),
        Lot("QQBD", date(2023, 6, 1), Decimal(500 * scale), Decimal("37812.50") * scale),
        Lot(BOND, date(2022, 1, 3), Decimal(5000), Decimal("5012.25")),
    )


ACCOUNTS: dict[str, tuple[str, str, str, str]] = {  # as each system writes account numbers
    "fidelity": ("Z00000001", "238765432", "Z00000003", "Z00000004"),
    "pershing": ("ZZZ000001", "ZZZ000002", "ZZZ000003", "ZZZ000004"),
    "orion": ("ZZ-0001", "ZZ-0002", "ZZ-0003", "ZZ-0004"),
    "black-diamond": ("5500-1001", "5500-1002", "5500-1003", "5500-1004"),
    "addepar": ("AD-0001", "AD-0002", "AD-0003", "AD-0004"),
    "tamarac": ("0000-0001", "0000-0002", "0000-0003", "0000-0004"),
    "envestnet": ("EN000001", "EN000002", "EN000003", "EN000004"),
    "schwab": ("4471-2086", "4471-3097", "4471-4108", "4471-5119"),
}
HOUSEHOLDS = ("Sample, Pat and Lee", "Roe, Jordan", "Doe Family Trust")
SYSTEMS = tuple(ACCOUNTS)


def held(system: str) -> tuple[Held, ...]:
    """What the three households hold in their four accounts."""
    first, second, third, fourth = ACCOUNTS[system]
    tag = system[:3].upper()
    names = [f"{name} {tag}" for name in HOUSEHOLDS]
    return (
        Held(first, names[0], f"{tag}1", "Joint", lots(), Decimal("5055.00")),
        Held(second, names[0], f"{tag}1", "Traditional IRA", lots(2), Decimal("812.34")),
        Held(third, names[1], f"{tag}2", "Individual", lots(3), Decimal("1500.25")),
        Held(fourth, names[2], f"{tag}3", "Trust", lots(4), Decimal("20000.00")),
    )


def custodian(system: str) -> str:
    return {"fidelity": "Fidelity", "pershing": "BNY Pershing", "schwab": "Schwab"}.get(
        system, "Example Trust Co"
    )


def workbook(path: Path) -> Path:
    """A firm with every system's households and accounts, and neither lots nor positions yet."""
    firm = [one for system in SYSTEMS for one in held(system)]
    clients = {one.client: one.household for one in firm}
    sheets = {
        "Clients": rows(
            "Client ID|Client Name|Filing Status|Model|Taxable Income|Birth Date",
            *((key, name, "Single", "Balanced", 120_000, date(1970, 5, 1)) for key, name in clients.items()),
        ),
        "Accounts": rows(
            "Account ID|Client ID|Registration|Custodian",
            *(
                (one.account, one.client, one.registration, custodian(system))
                for system in SYSTEMS
                for one in held(system)
            ),
        ),
        "Securities": rows(
            "Symbol|Asset Class|Price|Name|Price Date|Buy",
            ("QQZA", "Equity", 39.0, "Example", date(2026, 1, 30), "Yes"),
            ("QQBD", "Bonds", 72.0, "Example", date(2026, 1, 30), "Yes"),
            (BOND, "Bonds", 0.98, "Example", date(2026, 1, 30), None),
            ("CASH", "Cash", 1, "Cash", None, None),
        ),
        "Targets": rows(
            "Model|Asset Class|Target",
            ("Balanced", "Equity", 0.4),
            ("Balanced", "Bonds", 0.55),
            ("Balanced", "Cash", 0.05),
        ),
        "Lots": [dict.fromkeys(("Account ID", "Symbol", "Acquired", "Quantity", "Cost Basis", "Lot ID"))],
        "Positions": [dict.fromkeys(("Account ID", "Symbol", "Quantity", "Price", "Value"))],
        "Activity": [
            dict.fromkeys(
                ("Date", "Account ID", "Type", "Amount", "Symbol", "Quantity", "ST Gain", "LT Gain")
            )
        ],
        "Notes": [dict.fromkeys(("Client ID", "Date", "Text", "Kind", "Author", "Source"))],
        "Settings": rows("Setting|Value", ("As Of", ON), ("Tax Year", 2026), ("Firm Name", "Test & Co")),
    }
    return write(path, sheets)


# --- forms --------------------------------------------------------------------------------------------------------


def csv_text(headers: str, lines: Iterable[Sequence[object]], separator: str = ",") -> str:
    """A header row (names joined by '|') and rows, quoted where needed."""
    out = [separator.join(_cell(name, separator) for name in headers.split("|"))]
    out += [separator.join(_cell(cell, separator) for cell in row) for row in lines]
    return "\r\n".join(out) + "\r\n"


def _cell(value: object, separator: str) -> str:
    text = "" if value is None else str(value)
    return '"' + text.replace('"', '""') + '"' if separator in text or '"' in text or "\n" in text else text


def xlsx(
    above: Iterable[Sequence[object]], headers: str, lines: Iterable[Sequence[object]], sheet: str = "Sheet1"
) -> bytes:
    """A workbook file with rows above the header."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        page = book.add_worksheet(sheet)
        for number, row in enumerate([*above, headers.split("|"), *lines]):
            for column, value in enumerate(row):
                if isinstance(value, Decimal):
                    page.write_number(number, column, float(value))
                elif value is not None and value != "":
                    page.write(number, column, value)
    return target.getvalue()


def dollars(amount: Decimal) -> str:
    return f"{'-' if amount < 0 else ''}${abs(amount):.2f}"


def grouped(amount: Decimal) -> str:
    return f"${amount:,.2f}" if amount >= 0 else f"(${-amount:,.2f})"


def us(day: date) -> str:
    return f"{day.month}/{day.day}/{day.year}"


def document(value: Any) -> bytes:
    return json.dumps(value, default=float).encode()


Files = list[tuple[str, bytes]]


# --- custodians -----------------------------------------------------------------------------------------------------

FIDELITY_POSITIONS = (
    "Account Number|Account Name|Symbol|Description|Quantity|Last Price|Last Price Change|Current Value"
    "|Today's Gain/Loss Dollar|Today's Gain/Loss Percent|Total Gain/Loss Dollar|Total Gain/Loss Percent|Percent Of Account"
    "|Cost Basis Total|Average Cost Basis|Type"
)
FIDELITY_HISTORY = (
    "Run Date|Account|Account Number|Action|Symbol|Description|Type|Price ($)|Quantity|Commission ($)|Fees ($)"
    "|Accrued Interest ($)|Amount ($)|Settlement Date"
)
DISCLAIMER = '"The data and information in this spreadsheet is provided to you solely for your use and is not for distribution."'


def fidelity_positions(firm: Sequence[Held]) -> bytes:
    lines: list[list[object]] = []
    for one in firm:
        lines.append(
            [
                one.account,
                one.registration,
                "SPAXX**",
                "HELD IN MONEY MARKET",
                "",
                "",
                "",
                dollars(one.cash),
                *[""] * 7,
                "Cash",
                "",
            ]
        )
        for symbol, quantity in one.positions.items():
            value = worth(symbol, quantity)
            gain = value - one.basis(symbol)
            lines.append(
                [
                    one.account, one.registration, symbol, NAMES[symbol], quantity, f"${PRICES[symbol]:.2f}", "+$0.25",
                    dollars(value), "+$1.00", "+0.01%", dollars(gain), "-1.00%", "10.00%", dollars(one.basis(symbol)),
                    "$1.00", "Cash", "",
                ]
            )  # fmt: skip
    lines.append([firm[0].account, "Joint", "Pending activity", "", "", "", "", "-$136.75", *[""] * 9])
    text = csv_text(FIDELITY_POSITIONS, lines)
    return f'\ufeff{text}\r\n{DISCLAIMER}\r\n"Date downloaded Feb-13-2026 7:04 p.m ET"\r\n'.encode()


def fidelity(firm: Sequence[Held]) -> Files:
    lot_lines = [
        [one.account, lot.symbol, NAMES[lot.symbol], us(lot.acquired), "Long", lot.quantity, dollars(lot.value),
         dollars(lot.basis)]
        for one in firm
        for lot in one.lots
    ]  # fmt: skip
    first, second = firm[0].account, firm[1].account
    history = [
        ["02/10/2026", "Joint", first, " YOU BOUGHT EXAMPLE BROAD MKT ETF (QQZA) (Cash)", "QQZA", "EXAMPLE", "Cash", 39.8, 25,
         "", "", "", -995, "02/11/2026"],
        ["02/09/2026", "Joint", first, "REINVESTMENT EXAMPLE BROAD MKT ETF (QQZA) (Cash)", "QQZA", "EXAMPLE", "Cash", 40.1,
         2.345, "", "", "", -94.03, ""],
        ["02/03/2026", "Joint", second, "Electronic Funds Transfer Paid (Cash)", " ", "No Description", "Cash", "", "0.000",
         "", "", "", -5000, ""],
    ]  # fmt: skip
    activity = "\r\n\r\n" + csv_text(FIDELITY_HISTORY, history) + "\r\nDate downloaded 02/13/2026 3:00 pm\r\n"
    return [
        ("Portfolio_Positions_Feb-13-2026.csv", fidelity_positions(firm)),
        (
            "Lots_Feb-13-2026.csv",
            csv_text(
                "Account Number|Symbol|Description|Acquired|Term|Quantity|Current Value|Cost Basis Total",
                lot_lines,
            ).encode(),
        ),
        ("Accounts_History.csv", activity.encode("utf-8-sig")),
    ]


PERSHING_HOLDINGS = (
    "Snapshot Date|Account Number|First Name|Last Name|CUSIP|Symbol|Security Description|Quantity|Price|Market Value|Equity"
    "|Fixed Income|Fund Name|Accrued Interest|Cash and Cash Equivalents|IP Name"
)
PERSHING_UGL = (
    "Asset Category|Security Description|Security Type|Quantity|Unit Cost|Current Total Cost|Market Value|Last Price|Gain/Loss"
    "|Gain/Loss %|Term|Trade Date|Entry Date|Taxlot ID|Covered/NonCovered|Symbol|Security Identifier|Cusip"
)
PERSHING_MOVES = (
    "Process Date|Transaction Type|Net Amount (Base Currency)|SYMBOL|Security Description|Commission|Fees|Principal|Interest"
    "|Reference Number|Net Amount (Transaction Currency)|Settlement Date|Trade Date"
)


def pershing(firm: Sequence[Held]) -> Files:
    lines: list[list[object]] = []
    for one in firm:
        for symbol, quantity in one.positions.items():
            value = worth(symbol, quantity)
            name = NAMES[symbol]
            cusip, ticker = (symbol, "") if symbol == BOND else ("000000AA1", symbol)
            lines.append(["2026-02-13", one.account, "PAT", "SAMPLE", cusip, ticker, name, quantity, PRICES[symbol], value,
                          value, "", "", "", "", "ADVISOR ONE"])  # fmt: skip
        lines.append(["2026-02-13", one.account, "PAT", "SAMPLE", "USD999997", "USD", "U S DOLLARS CURRENCY", "", "", "", "",
                      "", "", "", one.cash, "ADVISOR ONE"])  # fmt: skip
    above = [
        ["Report Name : Holdings by Assets"],
        ["Input Criteria : IBD / OFF / IP equals ZZZ / ALL / ALL AND Snapshot Date equals 13-Feb-2026"],
        [f"Number of Rows : {len(lines)}"],
        ["Report Generated on 02/14/26 at 6:00 AM"],
        ["The information in this report was obtained from sources believed to be reliable."],
    ]
    files = [("Holdings by Assets.xlsx", xlsx(above, PERSHING_HOLDINGS, lines))]
    for one in firm:
        files.append((f"UGL {one.account}.xlsx", pershing_lots(one)))
    moves: list[list[object]] = [
        ["2026-02-10", "Buy 25.00000 share(s) of QQZA at 39.8", -995, "QQZA", "EXAMPLE", "", "", "", "", "R1", -995,
         "2026-02-11", "2026-02-10"],
        ["2026-02-11", "Buy 10.00000 of QQBD", -725, "QQBD", "EXAMPLE", "", "", "", "", "R2", -725, "-", "2026-02-11"],
        ["2026-02-12", "Cancel Buy -10.00000 of QQBD", 725, "QQBD", "EXAMPLE", "", "", "", "", "R3", 725, "-", "2026-02-11"],
        ["2026-02-12", "FEDERAL FUNDS RECEIVED", 5000, "", "", "", "", "", "", "R4", 5000, "-", "2026-02-12"],
    ]  # fmt: skip
    files.append(
        (
            f"Transactions {firm[0].account}.xlsx",
            xlsx([["Account", firm[0].account], ["As Of", "Feb 13, 2026"], []], PERSHING_MOVES, moves),
        )
    )
    return files


def pershing_lots(one: Held) -> bytes:
    lines: list[list[object]] = []
    for symbol, quantity in one.positions.items():
        own = [lot for lot in one.lots if lot.symbol == symbol]
        if len(own) > 1:
            lines.append(["Large Blend", NAMES[symbol], "ETF", quantity, "", one.basis(symbol), worth(symbol, quantity), "",
                          "", "", "", "Multiple", "", "", "Covered", symbol, symbol, ""])  # fmt: skip
        for number, lot in enumerate(own, 1):
            kind = "Municipal Bond" if symbol == BOND else "ETF"
            lines.append(["Large Blend", NAMES[symbol], kind, lot.quantity, "", lot.basis, lot.value, PRICES[symbol], "", "",
                          "long", f"{lot.acquired} 00:00:00", "", f"LOT{number}", "Covered", symbol, symbol, ""])  # fmt: skip
    lines.append(["", "U S DOLLARS CURRENCY", "Cash", one.cash, "", one.cash, one.cash, "", "", "", "", "", "1951-01-01",
                  "19510101", "", "USD999997", "USD999997", "USD999997"])  # fmt: skip
    lines.append(
        ["Cost basis is provided for information only and may differ from your records, see the notes."]
    )
    above: list[list[object]] = [
        ["Unrealized Gain/Loss"],
        [],
        ["Account", one.account],
        ["Client", "PAT SAMPLE"],
    ]
    above += [["As Of", "Feb 13, 2026 8:14 PM EST"], ["Net Unrealized Gain/loss", -2080], []]
    return xlsx(above, PERSHING_UGL, lines)


# --- portfolio systems ------------------------------------------------------------------------------------------------


def orion(firm: Sequence[Held]) -> Files:
    assets, verbose, number = [], [], 900_000
    for one in firm:
        base = {"accountNumber": one.account, "registrationType": one.registration, "householdName": one.household,
                "custodian": "Example Trust Co", "asOfDate": "2026-02-13T00:00:00-06:00", "isActive": True,
                "isManaged": True}  # fmt: skip
        for symbol, quantity in one.positions.items():
            number += 1
            kind = "Bond" if symbol == BOND else "StockOrETF"
            assets.append({"id": number, **base, "name": NAMES[symbol], "ticker": None if symbol == BOND else symbol,
                           "cusip": symbol if symbol == BOND else "000000AA1", "productType": kind,
                           "currentShares": quantity, "currentPrice": PRICES[symbol],
                           "currentValue": worth(symbol, quantity), "costBasis": one.basis(symbol),
                           "isCustodialCash": False})  # fmt: skip
            verbose.append(
                {
                    "id": number,
                    "name": NAMES[symbol],
                    "costBasisLots": [
                        {"asOfDate": "2026-02-13T00:00:00", "acquiredDate": f"{lot.acquired}T00:00:00",
                         "longTermCost": lot.basis if lot.acquired.year < 2025 else 0,
                         "shortTermCost": 0 if lot.acquired.year < 2025 else lot.basis,
                         "longTermUnits": lot.quantity if lot.acquired.year < 2025 else 0,
                         "shortTermUnits": 0 if lot.acquired.year < 2025 else lot.quantity,
                         "amortizationAmt": 0.0, "costPerShare": 1.0}
                        for lot in one.lots
                        if lot.symbol == symbol
                    ],
                    "costBasisHistories": [],
                }
            )  # fmt: skip
        number += 1
        assets.append({"id": number, **base, "name": "Cash", "ticker": "CASH", "cusip": None, "currentShares": one.cash,
                       "currentPrice": 1.0, "currentValue": one.cash, "costBasis": None, "isCustodialCash": True})  # fmt: skip
    moves = [
        {"id": 1, "accountNumber": firm[0].account, "transDate": "2026-02-10T00:00:00", "ticker": "QQZA", "status": "Complete",
         "transactionDescription": "Buy", "transAmount": 995.0, "noUnits": 25.0, "navPrice": 39.8},
        {"id": 2, "accountNumber": firm[0].account, "transDate": "2026-02-11T00:00:00", "ticker": "QQZA", "status": "Reversed",
         "transactionDescription": "Buy", "transAmount": 400.0, "noUnits": 10.0, "navPrice": 40.0},
    ]  # fmt: skip
    return [
        ("assets.json", document(assets)),
        ("lots.json", document(verbose)),
        ("transactions.json", document(moves)),
    ]


def black_diamond(firm: Sequence[Held]) -> Files:
    lines: list[list[object]] = []
    for one in firm:
        for lot in one.lots:
            ticker, cusip = ("", lot.symbol) if lot.symbol == BOND else (lot.symbol, "000000AA1")
            lines.append([one.household, f"{one.household} - {one.registration}", one.account, NAMES[lot.symbol], ticker,
                          cusip, us(lot.acquired), f"{lot.quantity:,.2f}", grouped(lot.basis), grouped(lot.value),
                          grouped(lot.value - lot.basis), "Long"])  # fmt: skip
        lines.append([one.household, one.registration, one.account, "Cash", "CASH", "", "", f"{one.cash:,.2f}", "N/A",
                      grouped(one.cash), "", ""])  # fmt: skip
    values = sum((lot.value for one in firm for lot in one.lots), Decimal(0)) + sum(
        (one.cash for one in firm), Decimal(0)
    )
    lines.append(["Total", "", "", "", "", "", "", "", "", grouped(values), "", ""])
    headers = "Relationship|Account Name|Account Number|Asset Name|Ticker|CUSIP|Open Date|Units|Cost Basis|Market Value|Unrealized G/L ($)|Term"
    text = "Unrealized Gain/Loss - Tax Lots\r\nAs of 2/13/2026\r\n\r\n" + csv_text(headers, lines)
    files = [("Tax Lots.csv", text.encode("cp1252"))]
    for one in firm:  # the API's answer names no account: the file's name does
        data = [
            {"asset": {"assetId": 1, "name": NAMES[symbol], "cusip": symbol if symbol == BOND else None,
                       "ticker": None if symbol == BOND else symbol},
             "returnInfo": {"units": quantity, "emv": worth(symbol, quantity), "returnDate": "2026-02-13T00:00:00"}}
            for symbol, quantity in one.positions.items()
        ]  # fmt: skip
        data.append({"asset": {"assetId": 2, "name": "Cash", "identifier": "CASH", "cusip": None, "ticker": "CASH"},
                     "returnInfo": {"units": one.cash, "emv": one.cash, "returnDate": "2026-02-13T00:00:00"}})  # fmt: skip
        files.append((f"holdings {one.account}.json", document({"data": data})))
    return files


ADDEPAR = (
    "Top Level Client|Holding Account|Holding Account Number|Security|Ticker Symbol|CUSIP|Asset Class|{}Units"
    "|Adjusted Value (USD)|Cost Basis (USD)|Unrealized Gain (USD)"
)


def addepar(firm: Sequence[Held]) -> Files:
    total = sum((lot.value for one in firm for lot in one.lots), Decimal(0)) + sum(
        (one.cash for one in firm), Decimal(0)
    )
    positions: list[list[object]] = []
    own: list[list[object]] = []
    for one in firm:
        where = [one.household, f"{one.household} account", one.account]
        for symbol, quantity in one.positions.items():
            value = worth(symbol, quantity)
            ticker, cusip = ("", symbol) if symbol == BOND else (symbol, "037833100")
            named = [*where, NAMES[symbol], ticker, cusip, "Equity"]
            positions.append([*named, quantity, value, one.basis(symbol), value - one.basis(symbol)])
            own += [
                [*named, us(lot.acquired), lot.quantity, lot.value, lot.basis, lot.value - lot.basis]
                for lot in one.lots
                if lot.symbol == symbol
            ]
        positions.append([*where, "USD", "", "", "Cash & Cash Equivalent", one.cash, one.cash, "", ""])
    tail: list[object] = ["Total", "", "", "", "", "", "", "", total, "", ""]
    moves = [
        [us(date(2026, 2, 10)), firm[0].household, firm[0].account, "buy", NAMES["QQZA"], "QQZA", 25, 995]
    ]
    return [
        ("Positions 2026-02-13.xlsx", xlsx([], ADDEPAR.format(""), [*positions, tail], "Portfolio View")),
        ("Lots 2026-02-13.csv", csv_text(ADDEPAR.format("Lot Open Date|"), own).encode("utf-8-sig")),
        (
            "Transactions.csv",
            csv_text(
                "Trade Date|Top Level Client|Holding Account Number|Type|Security|Ticker Symbol|Units|Amount (USD)",
                moves,
            ).encode(),
        ),
    ]


def tamarac(firm: Sequence[Held]) -> Files:
    headers = (
        "UniqueAccountId|AccountNumber|AccountName|HouseholdName|AccountType|Symbol|SecurityName|Quantity|Price|MarketValue"
        "|CostBasis|PurchaseDate|TargetPercent|ModelName"
    )
    lines: list[list[object]] = []
    for number, one in enumerate(firm, 1):
        where = [f"A-{number:04}", one.account, f"{one.household} account", one.household, one.registration]
        for lot in one.lots:
            lines.append([*where, lot.symbol, NAMES[lot.symbol], lot.quantity, PRICES[lot.symbol], lot.value, lot.basis,
                          f"{lot.acquired:%m/%d/%Y}", 60, "Balanced"])  # fmt: skip
        lines.append([*where, "CASH", "Cash", one.cash, 1, one.cash, "", "", 2, "Balanced"])
    return [("Bulk report 2026-02-13.csv", csv_text(headers, lines).encode())]


def envestnet(firm: Sequence[Held]) -> Files:
    headers = "Client Name|Account Number|Account Type|Program|Symbol|CUSIP|Description|{}Quantity|Price|Market Value|Cost Basis|Unrealized Gain/Loss"
    positions: list[list[object]] = []
    own: list[list[object]] = []
    for one in firm:
        where = [one.household, one.account, one.registration, "UMA"]
        for symbol, quantity in one.positions.items():
            value = worth(symbol, quantity)
            named = [*where, symbol, "", NAMES[symbol]]
            positions.append([*named, f"{quantity:,.2f}", dollars(PRICES[symbol]), grouped(value), grouped(one.basis(symbol)),
                              grouped(value - one.basis(symbol))])  # fmt: skip
            own += [
                [*named, us(lot.acquired), f"{lot.quantity:,.2f}", dollars(PRICES[symbol]), grouped(lot.value),
                 grouped(lot.basis), grouped(lot.value - lot.basis)]
                for lot in one.lots
                if lot.symbol == symbol
            ]  # fmt: skip
        positions.append(
            [*where, "CASH", "", "Cash", f"{one.cash:,.2f}", "$1.00", grouped(one.cash), "N/A", "N/A"]
        )
    return [
        ("Holdings 2026-02-13.csv", csv_text(headers.format(""), positions).encode("utf-16")),
        ("Lots 2026-02-13.csv", csv_text(headers.format("Purchase Date|"), own).encode("utf-16-le")),
    ]


def schwab(firm: Sequence[Held]) -> Files:
    from tests.importers.schwab_files import lots_file, positions_file, positions_section

    files: Files = []
    prices = {symbol: float(price) for symbol, price in PRICES.items() if symbol != BOND}
    for one in firm:
        mask = f"Individual ...{one.account[-3:]}"
        lot_rows = [
            {
                "Symbol": lot.symbol,
                "Acquired": lot.acquired,
                "Quantity": lot.quantity,
                "Cost Basis": lot.basis,
            }
            for lot in one.lots
            if lot.symbol != BOND
        ]
        money = {"Symbol": "CASH", "Acquired": None, "Quantity": one.cash, "Cost Basis": None}
        section = positions_section([*lot_rows, money], prices)
        files.append((f"{one.account}-Positions.csv", positions_file(mask, ON, section)))
        files.append((f"{one.account}-Lots.csv", lots_file(mask, ON, lot_rows, prices)))
    moves = [
        ["02/10/2026 as of 02/09/2026", "Buy", "QQZA", "EXAMPLE", "25", "$39.80", "", "-$995.00"],
        ["02/03/2026", "MoneyLink Transfer", "", "Tfr BANK", "", "", "", "$5,000.00"],
        ["Transactions Total", "", "", "", "", "", "", "$4,005.00"],
    ]
    title = (
        f'"Transactions  for account Brokerage XXXX-{firm[0].account[-4:]} as of 02/13/2026 04:00:00 ET"\r\n'
    )
    table = csv_text("Date|Action|Symbol|Description|Quantity|Price|Fees & Comm|Amount", moves)
    return [*files, ("Transactions.csv", (title + table).encode())]


FILES: dict[str, Callable[[Sequence[Held]], Files]] = {
    "fidelity": fidelity,
    "pershing": pershing,
    "orion": orion,
    "black-diamond": black_diamond,
    "addepar": addepar,
    "tamarac": tamarac,
    "envestnet": envestnet,
    "schwab": schwab,
}


def files_of(system: str) -> Files:
    return FILES[system](held(system))


def cents(amount: Decimal) -> int:
    return to_cents(amount)


# --- CRM --------------------------------------------------------------------------------------------------------------


NOTED = {  # what each household's entry says, in every CRM
    "FID1": "Annual review. Wants 6 months of cash & no tobacco.",
    "FID2": "Called about the college fund.",
    "FID3": "Trustees meet in May.",
}


def redtail() -> Files:
    contacts = [
        {"id": 41, "type": "Person", "first_name": "Jordan", "last_name": "Roe", "full_name": "Jordan Roe FID",
         "marital_status": "Single", "tax_id": "000-00-0000", "dob": "1970-05-01"},
        {"id": 40, "type": "Person", "first_name": "Pat", "last_name": "Sample", "full_name": "Pat Sample",
         "marital_status": "Married", "tax_id": "000-00-0000", "dob": "1970-05-01",
         "family": {"name": "Sample, Pat and Lee FID"}},
        {"id": 43, "type": "Trust", "full_name": "Doe Family Trust FID", "marital_status": None, "tax_id": "000-00-0000"},
    ]  # fmt: skip
    said = {41: NOTED["FID2"], 40: NOTED["FID1"], 43: NOTED["FID3"]}
    notes: list[dict[str, Any]] = [
        {"id": n, "category": "Review", "note_type": 1, "note_type_description": "Note", "pinned": False, "draft": False,
         "body": f"<p>{text.replace('&', '&amp;')}</p><p>Next: May.</p>", "deleted": False, "added_by": "Advisor One",
         "created_at": "2026-02-03T15:04:05.000Z", "updated_at": "2026-02-03T15:04:05.000Z",
         "note_associations": [{"id": 9, "note_id": n, "noteable_id": key, "noteable_type": "Contact", "deleted": False}]}
        for n, (key, text) in enumerate(said.items(), 1)
    ]  # fmt: skip
    notes.append(
        {"id": 9, "category": "Review", "note_type": 1, "draft": True, "deleted": False, "body": "<p>unfinished</p>",
         "created_at": "2026-02-04T15:04:05.000Z", "note_associations": [{"noteable_id": 41}]},
    )  # fmt: skip
    meta = {"total_records": 4, "total_pages": 1}
    return [
        ("contacts.json", document({"contacts": contacts, "meta": meta})),
        ("notes.json", document({"notes": notes, "meta": meta})),
    ]


def wealthbox() -> Files:
    people = (
        ("Jordan Roe FID", "FID2"),
        ("Sample, Pat and Lee FID", "FID1"),
        ("Doe Family Trust FID", "FID3"),
    )
    notes = [
        {"id": n, "creator": 9, "created_at": "2026-02-03 03:32 PM -0500", "updated_at": "2026-02-03 03:32 PM -0500",
         "content": f"<div>{NOTED[client].replace('&', '&amp;')}</div>",
         "linked_to": [{"id": 40 + n, "type": "Contact", "name": name}], "visible_to": "Everyone",
         "tags": [{"id": 3, "name": "Review"}]}
        for n, (name, client) in enumerate(people, 1)
    ]  # fmt: skip
    return [("notes.json", document({"status_updates": notes, "meta": {"total_count": 3, "total_pages": 1}}))]


def salesforce() -> Files:
    people = (
        ("Jordan Roe FID", "FID2"),
        ("Sample, Pat and Lee FID", "FID1"),
        ("Doe Family Trust FID", "FID3"),
    )
    tasks = [
        {"attributes": {"type": "Task", "url": "/x"}, "Id": f"00T{n}", "Subject": "Call", "ActivityDate": "2026-02-03",
         "Description": NOTED[client], "Who": None, "What": {"attributes": {"type": "Account"}, "Name": name},
         "Status": "Completed", "Owner": {"attributes": {"type": "User"}, "Name": "Advisor One"}, "IsDeleted": False}
        for n, (name, client) in enumerate(people, 1)
    ]  # fmt: skip
    return [("tasks.json", document({"totalSize": 3, "done": True, "records": tasks}))]


CRM: dict[str, Callable[[], Files]] = {
    "redtail": redtail,
    "wealthbox": wealthbox,
    "salesforce-fsc": salesforce,
}
