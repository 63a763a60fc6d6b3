"""The securities of the sample firm and of generated firms: real tickers, invented prices of one October day."""

from __future__ import annotations

from datetime import date

from xl_rebal.sample.rows import Row, rows_of
from xl_rebal.sheets.layout import SECURITIES

PRICE_DATE = "2026-10-15"

_HEADERS = "Symbol|Asset Class|Price|Name|Same As|Swap|Buy|Min Trade"
# fmt: off
_TABLE = (
    # broad U.S. funds; Same As: funds of one index wash each other
    ("IVV", "Equity", 684.20, "iShares Core S&P 500 ETF", "S&P 500", "ITOT", "Yes"),
    ("VOO", "Equity", 628.45, "Vanguard S&P 500 ETF", "S&P 500", "SCHB"),
    ("SPY", "Equity", 681.10, "SPDR S&P 500 ETF Trust", "S&P 500", "ITOT"),
    ("SWPPX", "Equity", 16.95, "Schwab S&P 500 Index Fund", "S&P 500", "ITOT"),
    ("SCHB", "Equity", 25.60, "Schwab U.S. Broad Market ETF", None, "ITOT"),
    ("ITOT", "Equity", 148.32, "iShares Core S&P Total U.S. Stock Market ETF", None, "SCHB"),
    ("VTI", "Equity", 336.75, "Vanguard Total Stock Market ETF", "CRSP US Total Market", "ITOT", "Yes"),
    ("VTSAX", "Equity", 163.08, "Vanguard Total Stock Market Index Fund Admiral", "CRSP US Total Market", "ITOT"),
    ("QQQ", "Equity", 598.40, "Invesco QQQ Trust", None, "VUG"),
    ("VUG", "Equity", 482.15, "Vanguard Growth ETF", None, "IWF"),
    ("IWF", "Equity", 471.60, "iShares Russell 1000 Growth ETF", None, "VUG"),
    ("VTV", "Equity", 187.90, "Vanguard Value ETF", None, "SCHD"),
    ("SCHD", "Equity", 27.46, "Schwab U.S. Dividend Equity ETF", None, "VTV"),
    ("VB", "Equity", 258.30, "Vanguard Small-Cap ETF", None, "IJR"),
    ("IJR", "Equity", 119.55, "iShares Core S&P Small-Cap ETF", None, "VB"),
    # abroad
    ("VXUS", "Equity", 74.85, "Vanguard Total International Stock ETF", None, "IXUS", "Yes"),
    ("IXUS", "Equity", 86.20, "iShares Core MSCI Total International Stock ETF", None, "VXUS"),
    ("VEA", "Equity", 61.35, "Vanguard FTSE Developed Markets ETF", None, "IEFA"),
    ("IEFA", "Equity", 88.70, "iShares Core MSCI EAFE ETF", None, "VEA"),
    ("VWO", "Equity", 54.10, "Vanguard FTSE Emerging Markets ETF", None, "IEMG"),
    ("IEMG", "Equity", 66.45, "iShares Core MSCI Emerging Markets ETF", None, "VWO"),
    # single stocks
    ("AAPL", "Equity", 225.00, "Apple Inc."),
    ("MSFT", "Equity", 420.00, "Microsoft Corporation"),
    ("NVDA", "Equity", 1960.00, "NVIDIA Corporation"),
    ("JNJ", "Equity", 168.25, "Johnson & Johnson", None, "XLV"),
    ("PG", "Equity", 152.40, "The Procter & Gamble Company"),
    ("JPM", "Equity", 298.75, "JPMorgan Chase & Co."),
    ("XOM", "Equity", 112.60, "Exxon Mobil Corporation"),
    ("BRK.B", "Equity", 496.30, "Berkshire Hathaway Inc. Class B"),
    ("INTC", "Equity", 36.85, "Intel Corporation", None, "QQQ"),
    ("XLV", "Equity", 139.80, "Health Care Select Sector SPDR Fund"),
    ("DE", "Equity", 461.20, "Deere & Company"),
    # bonds
    ("AGG", "Fixed Income", 99.84, "iShares Core U.S. Aggregate Bond ETF", "US Aggregate Float Adjusted", "SCHZ", "Yes"),
    ("BND", "Fixed Income", 73.92, "Vanguard Total Bond Market ETF", "US Aggregate Float Adjusted", "SCHZ", "IRA"),
    ("SCHZ", "Fixed Income", 23.28, "Schwab U.S. Aggregate Bond ETF", None, "VCIT"),
    ("VCIT", "Fixed Income", 83.42, "Vanguard Intermediate-Term Corporate Bond ETF", None, "LQD"),
    ("LQD", "Fixed Income", 111.05, "iShares iBoxx $ Investment Grade Corporate Bond ETF", None, "VCIT"),
    ("SCHP", "Fixed Income", 26.71, "Schwab U.S. TIPS ETF", None, "VTIP"),
    ("VTIP", "Fixed Income", 50.12, "Vanguard Short-Term Inflation-Protected Securities ETF", None, "SCHP"),
    ("MUB", "Fixed Income", 106.35, "iShares National Muni Bond ETF", None, "VTEB", "Taxable"),
    ("VTEB", "Fixed Income", 49.78, "Vanguard Tax-Exempt Bond ETF", None, "MUB"),
    ("SGOV", "Fixed Income", 100.52, "iShares 0-3 Month Treasury Bond ETF"),
    # real assets
    ("VNQ", "Real Assets", 91.15, "Vanguard Real Estate ETF", None, "SCHH", "IRA"),
    ("SCHH", "Real Assets", 21.74, "Schwab U.S. REIT ETF", None, "VNQ"),
    ("GLDM", "Real Assets", 78.60, "SPDR Gold MiniShares Trust", "Gold bullion", None, "Yes"),
    ("IAU", "Real Assets", 74.95, "iShares Gold Trust", "Gold bullion"),
    # money
    ("CASH", "Cash", 1.00, "Cash and sweep"),
    ("SWVXX", "Cash", 1.00, "Schwab Value Advantage Money Fund"),
)
# fmt: on


def security_rows() -> list[Row]:
    """The Securities sheet, every price of the same day."""
    rows = rows_of(SECURITIES, _HEADERS, _TABLE)
    for row in rows:
        row["Price Date"] = date.fromisoformat(PRICE_DATE)
    return rows


def prices() -> dict[str, float]:
    """Symbol -> price."""
    return {str(row["Symbol"]): float(str(row["Price"])) for row in security_rows()}
