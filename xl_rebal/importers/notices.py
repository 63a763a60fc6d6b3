"""What several rows of a file have in common and is worth one message: short positions, other currencies, unproven prices."""

from __future__ import annotations

from dataclasses import dataclass, field

from xl_rebal.engine.problems import Severity
from xl_rebal.importers.detect import Fit
from xl_rebal.importers.exports import Line
from xl_rebal.importers.rows import Found, listed
from xl_rebal.money import money_text

SHORT = (
    "Short: {}. They were imported with a minus sign; the plan does not support short positions and withholds the clients who "
    "have short lots."
)
SHORT_TODO = "Review these clients by hand."
UNPRICED = "The price of {} does not give the value (quoted per 100, with a factor, or no value to prove it), so it was not taken."
UNPRICED_TODO = "Enter the price per unit held on the Securities sheet."


@dataclass(slots=True)
class Notices:
    """Symbols and accounts by what is to be said of them."""

    short: list[str] = field(default_factory=list)
    foreign: dict[str, list[str]] = field(default_factory=dict)  # currency -> symbols
    unpriced: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    unit_costs: list[str] = field(default_factory=list)  # whose basis column holds the cost of one unit
    gains: dict[str, tuple[Line, int, int]] = field(default_factory=dict)  # symbol -> basis, value less gain
    lost_accounts: dict[str, Line] = field(default_factory=dict)

    def report(self, fit: Fit, found: Found) -> None:
        """One problem for each thing that rows have."""
        header = fit.header
        if self.short:
            names = list(dict.fromkeys(self.short))
            found.problem(
                Severity.WARNING, "short-position", fit, header, "Quantity", "",
                SHORT.format(listed(names)), SHORT_TODO,
            )  # fmt: skip
        for currency, symbols in self.foreign.items():
            found.problem(
                Severity.WARNING, "foreign-currency", fit, header, "Currency", currency,
                f"In {currency}, not in dollars: {listed(list(dict.fromkeys(symbols)))}. Quantities were imported; amounts "
                "were taken only where the file gives them in dollars. Cost basis stays unknown.",
                "Enter price and cost basis in dollars.",
            )  # fmt: skip
        if self.unpriced:
            found.problem(
                Severity.WARNING, "price-unproven", fit, header, "Price", "",
                UNPRICED.format(listed(list(dict.fromkeys(self.unpriced)))), UNPRICED_TODO,
            )  # fmt: skip
        if self.unit_costs:
            found.problem(
                Severity.WARNING, "unit-basis", fit, header, "Cost Basis", "",
                f"The Cost Basis of {listed(list(dict.fromkeys(self.unit_costs)))} is the cost of one share, as the file's other "
                "figures show, not of the lot. It was not taken; a basis that the workbook has is kept.",
                'Export the total cost, or say what the column is: --map "Their Header=Unit Cost".',
            )  # fmt: skip
        for symbol, (line, basis, total) in list(self.gains.items())[:1]:
            more = len(self.gains) - 1
            found.problem(
                Severity.WARNING, "gain-differs", fit, line, "Cost Basis", money_text(basis),
                f"The Cost Basis of a lot of {symbol}{f' (and of {more:,} more securities)' if more else ''} is "
                f"{money_text(basis)}, but its value less its gain is {money_text(total)}. The Cost Basis was taken.",
                "Ask which is right: a wash sale, amortization or income in the gain may be the reason.",
            )  # fmt: skip
        if self.named:
            found.problem(
                Severity.NOTE, "no-identifier", fit, header, "Symbol", "",
                f"Without ticker, CUSIP and ISIN, and so called by their names: {listed(list(dict.fromkeys(self.named)))}.",
                "",
            )  # fmt: skip
        for account, line in self.lost_accounts.items():
            found.problem(
                Severity.ERROR, "account-damaged", fit, line, "Account", account,
                f"The account number {account} was damaged when the file was opened in Excel (digits are lost), so its rows "
                "were not imported.",
                "Import the file as it was downloaded, without opening and saving it in Excel.",
            )  # fmt: skip
