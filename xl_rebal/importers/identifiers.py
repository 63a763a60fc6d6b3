"""Names of securities and accounts as exports write them, and what Excel does to them: said, never silently joined.

Excel shows a CUSIP of digits as 3.7833E+08 and drops leading zeros when it opens a CSV file. A CUSIP can be had back from
the ISIN beside it (its characters 3 to 11); nothing else brings lost digits back.
"""

from __future__ import annotations

import re

from xl_rebal.importers.exports import Unreadable, is_missing

_EXPONENT = re.compile(r"\d(?:\.\d+)?E\+?\d{1,3}", re.I)
_NORTH_AMERICAN_ISIN = re.compile(r"(?:US|CA)[0-9A-Z]{9}\d")
_MASK = re.compile(r"(?:^|[\s-])(?:[Xx]{2,}|[*•#]{2,}|\.{2,}|…)[\s-]?\d{0,8}\W*$")
_SEEN_DIGITS = re.compile(r"(\d[\d-]*)\W*$")
_LONGEST_SYMBOL = 40
_CUSIP_LENGTH = 9


def security_symbol(symbol: str, cusip: str, isin: str, name: str) -> str:
    """The name that a security goes by: its ticker, else CUSIP, else ISIN, else its own name.

    Raises Unreadable for an identifier that Excel has damaged when nothing else tells the security.
    """
    symbol, cusip, isin = ("" if is_missing(one) else one.strip() for one in (symbol, cusip, isin))
    if symbol and not is_exponent(symbol):
        return " ".join(symbol.split())[:_LONGEST_SYMBOL]
    damaged = symbol
    if cusip:
        if len(cusip) == _CUSIP_LENGTH and not is_exponent(cusip):
            return cusip.upper()
        if _NORTH_AMERICAN_ISIN.fullmatch(isin.upper()):
            return isin.upper()[2:11]
        if not cusip.isdigit() and not is_exponent(cusip):
            return cusip[:_LONGEST_SYMBOL]
        damaged = cusip
    if isin and not is_exponent(isin):
        return isin.upper()
    if damaged:
        how = "shows it as a number in exponent form" if is_exponent(damaged) else "lost its leading zeros"
        raise Unreadable(
            f"the identifier {damaged} was damaged when the file was opened in Excel ({how}), and the row has neither a "
            "ticker nor an ISIN"
        )
    if is_missing(name):
        raise Unreadable("the symbol is missing")
    return " ".join(name.split())[:_LONGEST_SYMBOL]


def is_exponent(text: str) -> bool:
    """Whether an identifier was turned into a rounded number: 3.7833E+08."""
    return bool(_EXPONENT.fullmatch(text))


def is_masked(account: str) -> bool:
    """Whether an account shows only its last digits: `XXXX-1234`, `...417`, `****1234`."""
    return bool(_MASK.search(account))


def digits_of(account: str) -> str:
    """The digits that a masked account shows at its end: 'XXXX-1234' gives '1234', '...417' gives '417', '...' ''."""
    match = _SEEN_DIGITS.search(account)
    return re.sub(r"\D", "", match[1]) if match else ""
