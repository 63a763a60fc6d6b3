"""One cell's content as a value of its column's kind, or a `Fault` that says what is wrong and what to do.

What a person, a custodian's export and Excel itself put into a cell all arrives here: numbers as text with `$`, commas
and parentheses, Excel serial dates, error values, `--` for missing. Nothing here raises on content; a cell that can't
be read without guessing is a fault, never a guess.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from math import isinf, isnan

from xl_rebal.engine.problems import Severity
from xl_rebal.money import to_cents
from xl_rebal.sheets.layout import Column, Kind

Value = str | date | int | Decimal | float | bool | None


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a cell. With a severity below ERROR, `value` is what reading goes on with."""

    code: str
    what: str
    todo: str
    severity: Severity = Severity.ERROR
    value: Value = None


_MISSING_TEXT = frozenset(("", "-", "--", "—", "–", "n/a", "#n/a n/a"))
_MISSING = _MISSING_TEXT | {"incomplete", "missing", "none", "null", "not available"}

_ERRORS = frozenset(
    (
        *("#n/a", "#ref!", "#div/0!", "#value!", "#name?", "#num!", "#null!", "#spill!", "#calc!", "#field!"),
        *("#getting_data", "#connect!", "#blocked!", "#unknown!"),
    )
)
NOT_CALCULATED = "#NOT CALCULATED"
"""Stands for a formula whose result the file does not hold (`source` puts it into the cell)."""
COM_ERRORS = {
    -2146826288: "#NULL!",
    -2146826281: "#DIV/0!",
    -2146826273: "#VALUE!",
    -2146826265: "#REF!",
    -2146826259: "#NAME?",
    -2146826252: "#NUM!",
    -2146826246: "#N/A",
    -2146826245: "#GETTING_DATA",
    -2146826243: "#SPILL!",
    -2146826242: "#CONNECT!",
    -2146826241: "#BLOCKED!",
    -2146826240: "#UNKNOWN!",
    -2146826239: "#FIELD!",
    -2146826238: "#CALC!",
}
"""What Excel hands over COM for an error value: -2146828288 and its number in VBA (xlErrNA is 2042)."""

_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
_SPACES = re.compile(r"\s+")
_EXPONENT_ID = re.compile(r"\d(\.\d+)?[eE]\+?\d{1,3}")
_FORMULA = re.compile(r"=\S|[@+\-][A-Za-z_]\w*[(|!]")
_NUMBER = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)?(\.\d*)?([eE][+-]?\d{1,3})?")
_ISO_DATE = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]\d{1,2}:\d{2}.*)?")
_THOUSANDS_OR_DECIMALS = re.compile(r"(?<![\d.,])[1-9]\d{0,2}\.\d{3}(?![\d.,])")
"""`1.500` as text: cents have two digits, so this is fifteen hundred somewhere else."""
_US_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:[T ]+\d{1,2}:\d{2}.*)?")

_EXCEL_DIGITS = Context(prec=15, rounding=ROUND_HALF_EVEN)
"""Excel keeps 15 significant digits; what a stored double has beyond them is noise (100.30000000000001)."""

_LARGEST = Decimal(10) ** 13
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_PLAIN_PERCENT = Decimal("1.5")
"""A plain number above this in a weight column can't be a fraction of 1."""


def shown(raw: object) -> str:
    """The cell's content as text for a message, at most 60 characters."""
    if raw is None:
        return ""
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15:
        raw = int(raw)
    if isinstance(raw, datetime) and not (raw.hour or raw.minute or raw.second):
        raw = raw.date()
    text = _SPACES.sub(" ", _CONTROLS.sub("", str(raw))).strip()
    return text if len(text) <= 60 else text[:57] + "..."


def is_blank(raw: object) -> bool:
    """Whether nothing stands in the cell."""
    return (
        raw is None or (isinstance(raw, str) and not raw.strip()) or (isinstance(raw, float) and isnan(raw))
    )


def folded(text: str) -> str:
    """Text for comparing names: trimmed, inner white space folded, case ignored."""
    return " ".join(text.split()).casefold()


def _error_of(raw: object) -> Fault | None:
    """The fault of an Excel error value, if that is what stands there."""
    name = ""
    if isinstance(raw, str):
        if raw == NOT_CALCULATED:
            return Fault(
                "not-calculated",
                "The file holds no result of the formula in this cell.",
                "Open the workbook in Excel, let it calculate, and save it.",
            )
        if raw[:1] == "#" and raw.strip().lower() in _ERRORS:
            name = raw.strip()
    elif isinstance(raw, int) and not isinstance(raw, bool):
        name = COM_ERRORS.get(raw, "")
    if not name:
        return None
    return Fault(
        "error-value",
        f"The cell shows the Excel error {name}.",
        "Correct the formula or enter the value itself.",
    )


def text(raw: object) -> str | Fault | None:
    """Text without control characters, trimmed; a numeric identifier as Excel shows it (123456.0 gives '123456')."""
    if type(raw) is str:
        if raw.isalnum() and raw.isascii():
            return raw if not _EXPONENT_ID.fullmatch(raw) else _exponent(raw)
        error = _error_of(raw)
        if error:
            return error
        clean = unicodedata.normalize(
            "NFC", _CONTROLS.sub("", raw.replace("\r\n", "\n").replace("\r", "\n"))
        ).strip()
        if clean.lower() in _MISSING_TEXT:
            return None
        if _CONTROLS.search(raw):
            return Fault(
                "control-characters",
                "Invisible control characters stood in this text and were left out.",
                "Retype the text if it reads wrong.",
                Severity.NOTE,
                clean,
            )
        if _FORMULA.match(clean):
            return Fault(
                "formula-like-text",
                "This text looks like a formula. It is used as plain text and never calculated.",
                "Check where it came from, and correct the text if it is not meant.",
                Severity.WARNING,
                clean,
            )
        return _exponent(clean) if _EXPONENT_ID.fullmatch(clean) else clean
    if is_blank(raw):
        return None
    if isinstance(raw, bool):
        return "Yes" if raw else "No"
    error = _error_of(raw)
    if error:
        return error
    if isinstance(raw, int):
        return str(raw)
    if isinstance(raw, float):
        if isinf(raw):
            return Fault("not-text", "An infinite number stands here.", "Enter the text.")
        if not raw.is_integer():
            return f"{raw:.15g}"
        if abs(raw) >= 1e15:
            return _exponent(f"{raw:.0f}")
        return str(int(raw))
    if isinstance(raw, datetime):
        return raw.date().isoformat()
    return str(raw).strip() or None


def _exponent(value: str) -> Fault:
    return Fault(
        "exponent-form",
        "A long number was kept in exponent form or beyond 15 digits, so digits are lost.",
        "Format the column as text and enter the identifier again, or import the file again.",
        Severity.WARNING,
        value,
    )


def _decimal(raw: object) -> tuple[Decimal, bool] | Fault | None:
    """A number and whether it was written with a percent sign (not yet divided by 100)."""
    if isinstance(raw, bool):
        return _not_a_number(raw)
    if isinstance(raw, float):
        if isnan(raw):
            return None
        if isinf(raw) or abs(raw) >= 1e13:
            return _too_large(raw)
        digits = repr(raw)
        number = Decimal(digits)
        return (_EXCEL_DIGITS.plus(number) if len(digits) > 16 else number), False
    if isinstance(
        raw, int
    ):  # written as the float that a file has, or what is on record would read as changed
        fits = abs(raw) < _LARGEST
        return _error_of(raw) or ((Decimal(repr(float(raw))), False) if fits else _too_large(raw))
    if isinstance(raw, Decimal):
        return (raw, False) if raw.is_finite() and abs(raw) < _LARGEST else _too_large(raw)
    if raw is None:
        return None
    if not isinstance(raw, str):
        return _not_a_number(raw)
    body = _SPACES.sub("", _CONTROLS.sub("", raw)).lower()
    if body in _MISSING:
        return None
    if not body.isascii():
        body = body.replace("−", "-").replace("–", "-").replace("﹣", "-").replace("－", "-")
    error = _error_of(raw)
    if error:
        return error
    negative = False
    if body[:1] == "(" and body[-1:] == ")":
        negative, body = True, body[1:-1]
    elif body[-1:] == "-":
        negative, body = True, body[:-1]
    body = body.removeprefix("usd").removesuffix("usd").removeprefix("us$")
    for _ in range(2):  # sign before or after the currency sign: -$1.00, $-1.00
        if body[:1] == "-":
            if negative:
                return _not_a_number(raw)
            negative, body = True, body[1:]
        else:
            body = body.removeprefix("+")
        body = body.removeprefix("$")
    percent = body.endswith("%")
    body = body.removesuffix("%")
    match = _NUMBER.fullmatch(body)
    if not match or not (match[1] or len(match[2] or "") > 1) or not body.isascii():
        return _not_a_number(raw)
    try:
        number = Decimal(body.replace(",", ""))
    except InvalidOperation:
        return _not_a_number(raw)
    if number.adjusted() >= 13 or number.adjusted() < -30:
        return _too_large(raw) if number.adjusted() >= 13 else (Decimal(0), percent)
    return (-number if negative else number), percent


def _not_a_number(raw: object) -> Fault:
    return Fault("not-a-number", f"{shown(raw)!r} is not a number.", "Enter a plain number such as 1234.56.")


def _too_large(raw: object) -> Fault:
    return Fault("number-too-large", f"{shown(raw)} is too large to be right.", "Enter the right number.")


def number(raw: object) -> Decimal | Fault | None:
    """An exact number: from text, or from the digits that Excel shows of a stored double."""
    found = _decimal(raw)
    if found is None or isinstance(found, Fault):
        return found
    return _not_a_number(raw) if found[1] else found[0]


def money(raw: object) -> int | Fault | None:
    """Dollars in the cell as cents, half-up."""
    found = number(raw)
    if isinstance(raw, str) and isinstance(found, Decimal) and _THOUSANDS_OR_DECIMALS.search(raw):
        digits = "".join(c for c in raw if c.isdigit())
        return Fault(
            "ambiguous-number",
            f"It can't be told whether {shown(raw)!r} is {abs(found.normalize()):f} or {int(digits):,} dollars.",
            "Enter a plain number such as 1234.56.",
        )
    return to_cents(found) if isinstance(found, Decimal) else found


def count(raw: object) -> int | Fault | None:
    """A whole number, 0 or more."""
    found = number(raw)
    if not isinstance(found, Decimal):
        return found
    if found != found.to_integral_value() or found < 0:
        return Fault(
            "not-a-count", f"{shown(raw)!r} is not a whole number.", "Enter a whole number, 0 or more."
        )
    return int(found)


def fraction(raw: object, percent: bool | None = False) -> Decimal | Fault | None:
    """A weight or rate as a fraction of 1: '65%' and 0.65 give 0.65.

    `percent` says what a plain number without % is in this column: True a percent, False a fraction, None undecided
    (see `percents`), and then a number too large for a fraction is a fault.
    """
    found = _decimal(raw)
    if found is None or isinstance(found, Fault):
        return found
    value, signed = found
    if not signed and percent is None and value > _PLAIN_PERCENT:
        return Fault(
            "ambiguous-percent",
            f"It can't be told whether {shown(raw)} means {shown(raw)}%: other cells here are fractions of 1.",
            f"Write {shown(raw)}%, or {(value / 100).normalize():f}, like the rest of the column.",
        )
    if signed or percent:
        value = value / 100
    if value < 0:
        return Fault("negative-percent", f"{shown(raw)} is below zero.", "Enter a share from 0% to 100%.")
    if value > 1:
        return Fault("over-100-percent", f"{shown(raw)} is more than 100%.", "Enter a share from 0% to 100%.")
    return value


def percents(raws: Iterable[object]) -> bool | None:
    """Whether the plain numbers of a weight column are percents: 65, 30, 5 are, 0.65, 0.30, 0.05 are not.

    They are when one is too large for a fraction and either none is below 1 or they add up to about 100.
    None: one is too large, but the others look like fractions, so it can't be told.
    """
    plain = []
    for raw in raws:
        found = _decimal(raw)
        if isinstance(found, tuple) and not found[1] and found[0] != 0:
            plain.append(found[0])
    if not any(value > _PLAIN_PERCENT for value in plain):
        return False
    if all(value >= 1 for value in plain) or abs(sum(plain, Decimal(0)) - 100) <= 10:
        return True
    return None


_EPOCH = date(1899, 12, 30)
_EPOCH_1904 = date(1904, 1, 1)
_LAST_SERIAL = (date(_LAST_YEAR, 12, 31) - _EPOCH).days


def is_day_first(raw: object) -> bool:
    """Whether a text is a date that only reads with the day first: 31/12/2026."""
    match = _US_DATE.fullmatch(raw.strip()) if isinstance(raw, str) else None
    return match is not None and int(match[1]) > 12 >= int(match[2])


def day(raw: object, date_1904: bool = False, day_first: bool = False) -> date | Fault | None:
    """A date: Excel's own, a serial number, or text in ISO or US order (2026-03-31, 3/31/2026).

    `day_first` says that a date elsewhere in the column has its day first: then 03/04/2026 can be either, and is a fault.
    """
    if isinstance(raw, datetime):
        return _in_range(raw.date(), raw)
    if isinstance(raw, date):
        return _in_range(raw, raw)
    if is_blank(raw):
        return None
    if isinstance(raw, str):
        body = _SPACES.sub(" ", _CONTROLS.sub("", raw)).strip()
        if body.lower() in _MISSING:
            return None
        error = _error_of(body)
        if error:
            return error
        if iso := _ISO_DATE.fullmatch(body):
            year, month, dom = iso[1], iso[2], iso[3]
        elif us := _US_DATE.fullmatch(body):
            month, dom, year = us[1], us[2], us[3]
            if day_first and int(month) <= 12 and int(month) != int(dom) <= 12:
                return Fault(
                    "ambiguous-date",
                    f"It can't be told which of {shown(raw)!r} is the month: other dates in this column have the day first.",
                    f"Enter {year}-{int(month):02}-{int(dom):02} or {year}-{int(dom):02}-{int(month):02}.",
                )
        else:
            return _not_a_date(raw)
        try:
            return _in_range(date(int(year), int(month), int(dom)), raw)
        except ValueError:
            return _not_a_date(raw)
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        error = _error_of(raw)
        if error:
            return error
        if _FIRST_YEAR <= raw <= _LAST_YEAR and raw == int(raw):
            return Fault(
                "year-not-date",
                f"{shown(raw)} is a year, not a date.",
                "Enter the whole date, such as 2026-03-31.",
            )
        if not 1 <= raw <= _LAST_SERIAL:
            return _not_a_date(raw)
        if date_1904:
            return _in_range(_EPOCH_1904 + timedelta(days=int(raw)), raw)
        # Excel counts a 29 February 1900 that never was: serials below 61 are a day behind.
        return _in_range(_EPOCH + timedelta(days=int(raw) + (1 if raw < 61 else 0)), raw)
    return _not_a_date(raw)


def _not_a_date(raw: object) -> Fault:
    return Fault(
        "not-a-date",
        f"{shown(raw)!r} is not a date that can be read without guessing.",
        "Enter a date such as 2026-03-31 or 3/31/2026 (month first).",
    )


def _in_range(found: date, raw: object) -> date | Fault:
    if _FIRST_YEAR <= found.year <= _LAST_YEAR:
        return found
    return Fault("date-out-of-range", f"{shown(raw)} can't be right.", "Enter the date with its full year.")


_YES = frozenset(("yes", "y", "true", "t", "x", "1", "✓", "✔"))
_NO = frozenset(("no", "n", "false", "f", "0"))


def yes_no(raw: object) -> bool | Fault | None:
    """Yes or no; blank is None."""
    if isinstance(raw, bool):
        return raw
    if is_blank(raw):
        return None
    if isinstance(raw, (int, float)) and raw in (0, 1):
        return bool(raw)
    error = _error_of(raw)
    if error:
        return error
    word = folded(_CONTROLS.sub("", str(raw)))
    if word in _MISSING:
        return None
    if word in _YES:
        return True
    if word in _NO:
        return False
    return Fault("not-yes-no", f"{shown(raw)!r} is neither Yes nor No.", "Enter Yes or No.")


_ALIASES: Mapping[str, str] = {
    "mfj": "married filing jointly",
    "married joint": "married filing jointly",
    "married/joint": "married filing jointly",
    "joint return": "married filing jointly",
    "mfs": "married filing separately",
    "married separate": "married filing separately",
    "hoh": "head of household",
    "qss": "qualifying surviving spouse",
    "qualifying widow(er)": "qualifying surviving spouse",
    "jtwros": "joint",
    "joint tenants wros": "joint",
    "jt ten": "joint",
    "tic": "joint",
    "revocable trust": "trust",
    "living trust": "trust",
    "utma": "custodial (utma)",
    "ugma": "custodial (utma)",
    "utma/ugma": "custodial (utma)",
    "custodial": "custodial (utma)",
    "roth": "roth ira",
    "rollover": "rollover ira",
    "sep": "sep ira",
    "sep-ira": "sep ira",
    "simple": "simple ira",
    "401k": "401(k)",
    "roth 401k": "roth 401(k)",
    "403b": "403(b)",
    "457b": "457(b)",
    "457": "457(b)",
    "beneficiary ira": "inherited ira",
    "529 plan": "529",
    "purchase": "buy",
    "reinvestment": "reinvest",
    "deposit": "contribution",
    "sale": "sell",
    "true": "yes",
    "false": "no",
    "all": "yes",
}
"""Usual spellings of a choice that mean exactly one of them."""


def choice(raw: object, choices: tuple[str, ...]) -> str | Fault | None:
    """One of `choices` in its own spelling; case and white space do not matter."""
    found = text(raw)
    if isinstance(found, Fault):
        if found.severity is Severity.ERROR or not isinstance(found.value, str):
            return found
        found = found.value
    if found is None:
        return None
    word = folded(found)
    known = {folded(option): option for option in choices}
    hit = known.get(word) or known.get(_ALIASES.get(word, ""))
    if hit:
        return hit
    return Fault(
        "unknown-choice", f"{shown(raw)!r} is not one of the choices.", f"Choose from: {', '.join(choices)}."
    )


_SIMPLE: Mapping[Kind, Callable[[object], Value | Fault]] = {
    Kind.TEXT: text,
    Kind.DATE: day,
    Kind.MONEY: money,
    Kind.QUANTITY: number,
    Kind.PRICE: number,
    Kind.YES_NO: yes_no,
    Kind.COUNT: count,
}


def cell(
    column: Column,
    raw: object,
    *,
    percent: bool | None = False,
    date_1904: bool = False,
    day_first: bool = False,
) -> Value | Fault:
    """The value of `raw` in `column`, None when missing, or a `Fault`; never raises on content."""
    if column.kind is Kind.CHOICE:
        return choice(raw, column.choices)
    if column.kind is Kind.DATE:
        return day(raw, date_1904, day_first)
    if column.kind in (Kind.WEIGHT, Kind.RATE):
        found = fraction(raw, percent)
        return float(found) if column.kind is Kind.WEIGHT and isinstance(found, Decimal) else found
    return _SIMPLE[column.kind](raw)
