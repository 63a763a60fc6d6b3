"""Reads federal.toml, rmd.toml, rmd_joint.toml and firm.toml into checked values: all that a figure rests on.

A tax parameter is a table `[name]` with one block `[name.YEAR]` for each year in which its values change, each
with its own source. An indexed parameter holds for exactly its year; any other holds until a later block. A file
that breaks its own rules (an unknown key, a missing status, unit or source, brackets that do not rise) raises
`ParameterInvalid` naming file, block and key; a year that isn't there raises `ParameterMissing`. Nothing is guessed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from xl_rebal.engine.book import FilingStatus, Registration, Settings
from xl_rebal.errors import ParameterInvalid, ParameterMissing
from xl_rebal.money import to_cents
from xl_rebal.params.types import (
    ApplicableAge,
    Brackets,
    InheritedParameters,
    RmdParameters,
    StatusParameters,
    TaxParameters,
    WashSaleParameters,
)

FOLDER = Path(__file__).resolve().parent

STATUS_KEYS: Mapping[str, FilingStatus] = MappingProxyType(
    {
        "single": FilingStatus.SINGLE,
        "mfj": FilingStatus.MARRIED_JOINT,
        "mfs": FilingStatus.MARRIED_SEPARATE,
        "hoh": FilingStatus.HEAD_OF_HOUSEHOLD,
        "qss": FilingStatus.QUALIFYING_SURVIVOR,
    }
)
"""The keys that the files use, after the names of the revenue procedures' tables."""

TRUST_KEY = "trust"
"""The key of estates and trusts, a taxpayer without a standard deduction (IRC 63(c)(6)(D))."""

_T = TypeVar("_T")
_UNITS = frozenset(("USD", "rate", "days", "years", "registration"))
_HEADER = frozenset(("what", "unit", "indexed"))
_STATUSES = frozenset(STATUS_KEYS)

_FEDERAL: Mapping[str, tuple[str, frozenset[str]]] = {  # name -> its unit and the keys of its blocks
    "ordinary_brackets": ("USD", _STATUSES | {"rates"}),
    "fiduciary_brackets": ("USD", frozenset((TRUST_KEY, "rates"))),
    "long_term_brackets": ("USD", _STATUSES | {TRUST_KEY, "rates"}),
    "standard_deduction": ("USD", _STATUSES),
    "loss_limit": ("USD", _STATUSES | {TRUST_KEY}),
    "niit.rate": ("rate", frozenset(("value",))),
    "collectibles.rate": ("rate", frozenset(("value",))),
    "early_distribution.rate": ("rate", frozenset(("value",))),
    "early_distribution.age": ("years", frozenset(("age",))),
    "niit.threshold": ("USD", _STATUSES),
    "qcd_limit": ("USD", frozenset(("value",))),
    "wash_sale.window": ("days", frozenset(("days_before", "days_after"))),
}
_RMD: Mapping[str, tuple[str, frozenset[str]]] = {
    "rmd.applicable_ages": ("years", frozenset(("births",))),
    "rmd.owner_accounts": ("registration", frozenset(("registrations",))),
    "rmd.ira_pool": ("registration", frozenset(("registrations",))),
    "rmd.plan_403b_pool": ("registration", frozenset(("registrations",))),
    "rmd.joint_table": ("years", frozenset(("spouse_years_younger",))),
    "rmd.excise": ("rate", frozenset(("rate", "reduced_rate", "correction_years"))),
    "rmd.qcd_age": ("years", frozenset(("age",))),
    "rmd.inherited": (
        "years",
        frozenset(
            (
                "deaths_from", "years_with_individual", "years_without_individual", "majority_age",
                "years_younger", "waived_from", "waived_to",
            )
        ),
    ),
    "rmd.uniform_lifetime": ("years", frozenset(("divisors",))),
    "rmd.single_life": ("years", frozenset(("divisors",))),
}  # fmt: skip
_RMD_JOINT: Mapping[str, tuple[str, frozenset[str]]] = {
    "rmd.joint_life": ("years", frozenset(("first_spouse_age", "rows"))),
}


@dataclass(frozen=True, slots=True)
class FirmSetting:
    """One row of the Settings sheet: what it is called, which `Settings` field it fills, and its default text.

    `unreadable` is the choice that stands in for a cell that can't be read, where the default would not be the safe one.
    """

    name: str
    field: str
    kind: str
    default: str
    choices: tuple[str, ...]
    help: str
    unreadable: str = ""


# ---------------------------------------------------------------- tax parameters


@cache
def tax_parameters(tax_year: int, folder: Path = FOLDER) -> TaxParameters:
    """The federal parameters of one tax year, read from `folder` and checked.

    Raises ParameterMissing, naming the years there are, for a year that the files do not carry.
    """
    parameters = _parameters(folder)
    years = tax_years(folder)
    if tax_year not in years:
        raise ParameterMissing(_no_year(tax_year, parameters, years))
    values = {name: parameter.in_force(tax_year) for name, parameter in parameters.items()}
    window, early_age = values["wash_sale.window"], values["early_distribution.age"]
    return TaxParameters(
        tax_year=tax_year,
        by_status={
            **{status: _status(key, values) for key, status in STATUS_KEYS.items()},
            FilingStatus.TRUST: _trust(values),
        },
        niit_rate=values["niit.rate"].rate("value"),
        collectibles_rate=values["collectibles.rate"].rate("value"),
        early_rate=values["early_distribution.rate"].rate("value"),
        early_age=early_age.decimal("age", early_age.values["age"]),
        rmd=_rmd(values),
        wash_sale=WashSaleParameters(window.whole("days_before"), window.whole("days_after")),
        sources={name: block.source for name, block in values.items()},
    )


@cache
def tax_years(folder: Path = FOLDER) -> tuple[int, ...]:
    """The tax years for which every parameter has values, earliest first."""
    parameters = _parameters(folder).values()
    named = {year for parameter in parameters if parameter.indexed for year in parameter.blocks}
    return tuple(sorted(year for year in named if all(p.covers(year) for p in parameters)))


def _no_year(year: int, parameters: Mapping[str, _Parameter], years: tuple[int, ...]) -> str:
    lacking = [name for name, parameter in parameters.items() if not parameter.covers(year)]
    known = " and ".join(str(y) for y in years) or "none"
    begun = [name for name, parameter in parameters.items() if parameter.indexed and parameter.covers(year)]
    if begun:
        what = f"the files lack {', '.join(f'[{name}.{year}]' for name in lacking)}"
        return f"The federal parameters of tax year {year} are incomplete: {what}. Complete years: {known}."
    return (
        f"There are no federal tax parameters for tax year {year}. Years there are: {known}. "
        "Correct Tax Year in Settings, or install a version of xl_rebal that carries this year."
    )


def _status(key: str, values: Mapping[str, _Block]) -> StatusParameters:
    return StatusParameters(
        ordinary=values["ordinary_brackets"].brackets(key),
        long_term=values["long_term_brackets"].brackets(key),
        niit_threshold_cents=values["niit.threshold"].cents(key),
        loss_limit_cents=values["loss_limit"].cents(key),
        standard_deduction_cents=values["standard_deduction"].cents(key),
    )


def _trust(values: Mapping[str, _Block]) -> StatusParameters:
    """Of estates and trusts; their net investment income tax begins where the highest rate does (IRC 1411(a)(2)(B)(ii))."""
    ordinary = values["fiduciary_brackets"].brackets(TRUST_KEY)
    return StatusParameters(
        ordinary=ordinary,
        long_term=values["long_term_brackets"].brackets(TRUST_KEY),
        niit_threshold_cents=ordinary.tops_cents[-1],
        loss_limit_cents=values["loss_limit"].cents(TRUST_KEY),
        standard_deduction_cents=0,
    )


def _rmd(values: Mapping[str, _Block]) -> RmdParameters:
    owner = values["rmd.owner_accounts"].registrations()
    ira, plan_403b = values["rmd.ira_pool"].registrations(), values["rmd.plan_403b_pool"].registrations()
    if not (ira <= owner and plan_403b <= owner) or ira & plan_403b:
        values["rmd.ira_pool"].refuse(
            "the pools must be parts of rmd.owner_accounts and have no account in common"
        )
    excise = values["rmd.excise"]
    if excise.rate("reduced_rate") > excise.rate("rate"):
        excise.refuse("reduced_rate is above rate")
    uniform, single = values["rmd.uniform_lifetime"].divisors(), values["rmd.single_life"].divisors()
    younger = values["rmd.joint_table"].whole("spouse_years_younger")
    return RmdParameters(
        uniform_lifetime=uniform,
        single_life=single,
        applicable_ages=values["rmd.applicable_ages"].births(),
        joint_life=values["rmd.joint_life"].joint_rows(uniform, single, younger),
        joint_table_spouse_years_younger=younger,
        owner_rmd=owner,
        ira_pool=ira,
        plan_403b_pool=plan_403b,
        excise_rate=excise.rate("rate"),
        excise_reduced_rate=excise.rate("reduced_rate"),
        excise_correction_years=excise.whole("correction_years"),
        qcd_limit_cents=values["qcd_limit"].cents("value"),
        qcd_age=values["rmd.qcd_age"].decimal("age", values["rmd.qcd_age"].values["age"]),
        inherited=_inherited(values["rmd.inherited"]),
    )


def _inherited(block: _Block) -> InheritedParameters:
    waived_from, waived_to = block.whole("waived_from"), block.whole("waived_to")
    if waived_to < waived_from:
        block.refuse("waived_to is before waived_from")
    if type(block.values["deaths_from"]) is not date:
        block.refuse("deaths_from must be a date such as 2020-01-01")
    return InheritedParameters(
        deaths_from=block.values["deaths_from"],
        years_with_individual=block.whole("years_with_individual"),
        years_without_individual=block.whole("years_without_individual"),
        majority_age=block.whole("majority_age"),
        years_younger=block.whole("years_younger"),
        waived_years=range(waived_from, waived_to + 1),
    )


# ---------------------------------------------------------------- blocks of the tax files


@dataclass(frozen=True, slots=True)
class _Block:
    """The values of one parameter from one year on. Its methods convert a key or refuse it with its place."""

    place: str  # 'federal.toml [niit.rate.2013]'
    source: str
    values: Mapping[str, Any]

    def refuse(self, fault: str) -> None:
        raise ParameterInvalid(f"{self.place}: {fault}.")

    def whole(self, key: str, value: Any = None) -> int:
        """A whole number above zero: dollars, days or years."""
        number = self.values[key] if value is None else value
        if type(number) is not int or number <= 0:
            self.refuse(f"{key} must be a whole number above 0, not {number!r}")
        return int(number)

    def cents(self, key: str) -> int:
        return to_cents(self.whole(key))

    def decimal(self, key: str, text: Any) -> Decimal:
        """An exact number, written as text: a TOML float would not be exact."""
        try:
            number = Decimal(text) if isinstance(text, str) else Decimal("NaN")
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or number < 0:
            self.refuse(f'{key} must be a number of at least 0 written as text, such as "0.15", not {text!r}')
        return number

    def rate(self, key: str, text: Any = None) -> Decimal:
        number = self.decimal(key, self.values[key] if text is None else text)
        if number >= 1:
            self.refuse(f"{key} is a rate and must be below 1, not {number}")
        return number

    def items(self, key: str) -> list[Any]:
        listed = self.values[key]
        if not isinstance(listed, list) or not listed:
            self.refuse(f"{key} must be a list with something in it")
        return list(listed)

    def brackets(self, key: str) -> Brackets:
        rates = tuple(self.rate("rates", rate) for rate in self.items("rates"))
        tops = tuple(to_cents(self.whole(key, top)) for top in self.items(key))
        try:
            return Brackets(rates, tops)
        except ParameterInvalid as error:
            raise ParameterInvalid(f"{self.place}, {key}: {error}") from None

    def registrations(self) -> frozenset[Registration]:
        try:
            return frozenset(Registration(text) for text in self.items("registrations"))
        except ValueError as error:
            raise ParameterInvalid(f"{self.place}: registrations: {error}.") from None

    def divisors(self) -> Mapping[int, Decimal]:
        """Age -> divisor: every age from first to last, never rising with age."""
        if not isinstance(self.values["divisors"], dict) or not self.values["divisors"]:
            self.refuse("divisors must be a table of ages")
        table: dict[int, Decimal] = {}
        for age, text in self.values["divisors"].items():
            if not age.isdecimal():
                self.refuse(f"{age!r} is not an age")
            table[int(age)] = self.decimal(f"age {age}", text)
        for (age, divisor), (next_age, next_divisor) in pairwise(table.items()):
            if next_age != age + 1:
                self.refuse(f"age {next_age} follows age {age}: ages must follow each other without a gap")
            if next_divisor > divisor:
                self.refuse(f"the divisor of age {next_age} is above the one of age {age}")
        if min(table.values()) == 0:
            self.refuse("a divisor of 0 is impossible")
        return table

    def joint_rows(
        self, uniform: Mapping[int, Decimal], single: Mapping[int, Decimal], years_younger: int
    ) -> Mapping[int, Mapping[int, Decimal]]:
        """Owner's age -> spouse's age -> divisor, for every owner of the uniform table and each spouse who is younger enough.

        A wrong digit rarely survives: divisors never rise with either age, and two lives last at least as long as
        either and as the uniform table's, whose second life is only ten years younger, and no longer than both in turn.
        """
        first, rows = self.whole("first_spouse_age"), self.values["rows"]
        if not isinstance(rows, dict) or list(rows) != [str(age) for age in uniform]:
            self.refuse("rows must be the owner's ages of the Uniform Lifetime Table, one after the other")
        table: dict[int, dict[int, Decimal]] = {}
        for owner in uniform:
            texts = str(rows[str(owner)]).split()
            if len(texts) != owner - years_younger - first:
                self.refuse(
                    f"row {owner} must have {owner - years_younger - first} divisors, not {len(texts)}"
                )
            row = {
                spouse: self.decimal(f"row {owner}, spouse {spouse}", text)
                for spouse, text in enumerate(texts, first)
            }
            for spouse, divisor in row.items():
                if divisor > row.get(spouse - 1, divisor) or divisor > table.get(owner - 1, row).get(
                    spouse, divisor
                ):
                    self.refuse(
                        f"row {owner}, spouse {spouse}: {divisor} is above a divisor of a younger age"
                    )
                if not (
                    max(uniform[owner], single[owner], single[spouse])
                    <= divisor
                    <= single[owner] + single[spouse]
                ):
                    self.refuse(f"row {owner}, spouse {spouse}: {divisor} doesn't fit the other tables")
            table[owner] = row
        return table

    def births(self) -> tuple[ApplicableAge, ...]:
        """Applicable ages over all dates of birth, without gap or overlap, never falling."""
        spans = tuple(self._birth_span(entry) for entry in self.items("births"))
        if spans[0].born_from is not None or spans[-1].born_to is not None:
            self.refuse("the first births entry must have no 'from' and the last no 'to'")
        for earlier, later in pairwise(spans):
            if earlier.born_to is None or later.born_from != earlier.born_to + timedelta(days=1):
                self.refuse("births must follow each other day by day, without gap or overlap")
            if later.age < earlier.age:
                self.refuse("the applicable age must not fall for later births")
        return spans

    def _birth_span(self, entry: Any) -> ApplicableAge:
        if not isinstance(entry, dict) or not {"age"} <= set(entry) <= {"from", "to", "age", "caveat"}:
            self.refuse("each births entry has an age and may have from, to and caveat")
        ends = [entry.get("from"), entry.get("to")]
        if any(end is not None and type(end) is not date for end in ends):
            self.refuse("from and to of births must be dates such as 1949-06-30")
        return ApplicableAge(
            ends[0], ends[1], self.decimal("age", entry["age"]), str(entry.get("caveat", ""))
        )


@dataclass(frozen=True, slots=True)
class _Parameter:
    name: str
    indexed: bool
    blocks: Mapping[int, _Block]  # by first year

    def covers(self, year: int) -> bool:
        return year in self.blocks if self.indexed else year >= min(self.blocks)

    def in_force(self, year: int) -> _Block:
        """The block of that year, or, if not indexed, the latest that began by then."""
        return self.blocks[year if self.indexed else max(y for y in self.blocks if y <= year)]


@cache
def _parameters(folder: Path) -> Mapping[str, _Parameter]:
    """Every tax parameter of the files, by name, with nothing missing and nothing unknown."""
    found: dict[str, _Parameter] = {}
    files = (("federal.toml", _FEDERAL), ("rmd.toml", _RMD), ("rmd_joint.toml", _RMD_JOINT))
    for filename, schema in files:
        tables = dict(_flat(_toml(folder / filename), schema))
        for name in tables.keys() - schema.keys():
            raise ParameterInvalid(f"{filename}: [{name}] is not a parameter that xl_rebal knows.")
        for name, (unit, keys) in schema.items():
            if name not in tables:
                raise ParameterInvalid(f"{filename}: the parameter [{name}] is missing.")
            found[name] = _parameter(filename, name, unit, keys, tables[name])
    return found


def _flat(document: Mapping[str, Any], schema: Iterable[str]) -> Iterable[tuple[str, Any]]:
    """(dotted name, table) of each parameter: `[niit.rate]` nests in TOML, its name does not."""
    groups = {name.split(".")[0] for name in schema if "." in name}
    for key, value in document.items():
        if key in groups and isinstance(value, dict):
            yield from ((f"{key}.{inner}", table) for inner, table in value.items())
        else:
            yield key, value


def _parameter(filename: str, name: str, unit: str, keys: frozenset[str], table: Any) -> _Parameter:
    place = f"{filename} [{name}]"
    if not isinstance(table, dict) or not set(table) >= _HEADER:
        raise ParameterInvalid(f"{place}: a parameter needs what, unit and indexed.")
    if table["unit"] not in _UNITS or table["unit"] != unit:
        raise ParameterInvalid(f"{place}: unit must be {unit!r}, not {table['unit']!r}.")
    if type(table["indexed"]) is not bool or not _said(table["what"]):
        raise ParameterInvalid(f"{place}: what must be text and indexed true or false.")
    blocks: dict[int, _Block] = {}
    for year, values in table.items():
        if year in _HEADER:
            continue
        if not (year.isdecimal() and len(year) == 4) or not isinstance(values, dict):
            raise ParameterInvalid(f"{place}: {year!r} is neither a year nor a known key.")
        blocks[int(year)] = _block(f"{filename} [{name}.{year}]", keys, values)
    if not blocks:
        raise ParameterInvalid(f"{place}: there are no values: add a block [{name}.YEAR].")
    return _Parameter(name, table["indexed"], blocks)


def _block(place: str, keys: frozenset[str], values: Mapping[str, Any]) -> _Block:
    if not _said(values.get("source")):
        raise ParameterInvalid(
            f"{place}: every value needs a source (revenue procedure, code section or form line)."
        )
    if missing := sorted(keys - values.keys()):
        raise ParameterInvalid(f"{place}: {', '.join(missing)} is missing.")
    if unknown := sorted(values.keys() - keys - {"source"}):
        raise ParameterInvalid(f"{place}: {', '.join(unknown)} is not a key of this parameter.")
    return _Block(place, values["source"].strip(), {key: values[key] for key in keys})


def _said(text: Any) -> bool:
    return isinstance(text, str) and bool(text.strip())


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ParameterMissing(f"The parameter file {path} is missing. Install xl_rebal again.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ParameterInvalid(f"{path.name} is not valid TOML: {error}.") from error


# ---------------------------------------------------------------- the firm's settings


@cache
def firm_settings(folder: Path = FOLDER) -> tuple[FirmSetting, ...]:
    """The settings of firm.toml in file order: one for each field of `Settings`, each with a usable default."""
    document = _toml(folder / "firm.toml")
    rows = document.get("setting")
    if set(document) != {"setting"} or not isinstance(rows, list):
        raise ParameterInvalid("firm.toml: only [[setting]] entries belong in this file.")
    settings = tuple(_firm_setting(row) for row in rows)
    for attribute in ("name", "field"):
        seen = [getattr(setting, attribute) for setting in settings]
        if twice := sorted({value for value in seen if seen.count(value) > 1}):
            raise ParameterInvalid(f"firm.toml: {attribute} {', '.join(twice)} stands there more than once.")
    expected, given = {f.name for f in fields(Settings)}, {setting.field for setting in settings}
    if expected != given:
        odd = ", ".join(sorted(expected ^ given))
        raise ParameterInvalid(f"firm.toml: its fields and the fields of Settings differ in: {odd}.")
    return settings


def _firm_setting(row: Any) -> FirmSetting:
    known = {"name", "field", "kind", "default", "choices", "help", "unreadable"}
    if not isinstance(row, dict) or not {"name", "field", "kind", "help"} <= set(row) <= known:
        raise ParameterInvalid(f"firm.toml: a setting needs name, field, kind and help, not {row!r}.")
    place = f"firm.toml, setting {row['name']!r}"
    texts = [row[key] for key in ("name", "field", "kind", "help")] + [
        row.get("default", ""),
        row.get("unreadable", ""),
    ]
    choices = row.get("choices", [])
    if not all(isinstance(text, str) for text in [*texts, *choices]):
        raise ParameterInvalid(f"{place}: every value must be text.")
    setting = FirmSetting(
        row["name"],
        row["field"],
        row["kind"],
        row.get("default", ""),
        tuple(choices),
        row["help"],
        row.get("unreadable", ""),
    )
    if setting.kind not in _DEFAULTS:
        raise ParameterInvalid(f"{place}: kind {setting.kind!r} is not one of {', '.join(_DEFAULTS)}.")
    if (setting.kind == "choice") != bool(choices):
        raise ParameterInvalid(f"{place}: choices belong to kind 'choice', and it needs them.")
    if setting.kind == "choice" and setting.default not in choices:
        raise ParameterInvalid(f"{place}: default {setting.default!r} is not one of its choices.")
    if setting.unreadable and setting.unreadable not in choices:
        raise ParameterInvalid(f"{place}: unreadable {setting.unreadable!r} is not one of its choices.")
    if setting.default and not _reads(_DEFAULTS[setting.kind], setting.default):
        raise ParameterInvalid(f"{place}: default {setting.default!r} is not a {setting.kind}.")
    return setting


_DEFAULTS: Mapping[str, Callable[[str], object]] = {  # kind -> what must read a default of this kind
    "date": date.fromisoformat,
    "text": str,
    "weight": lambda text: Decimal(text.removesuffix("%")),
    "rate": lambda text: Decimal(text.removesuffix("%")),
    "money": lambda text: to_cents(text.removeprefix("$").replace(",", "")),
    "count": int,
    "price": Decimal,
    "choice": str,
}


def _reads(reader: Callable[[str], _T], text: str) -> bool:
    try:
        reader(text)
    except (ValueError, InvalidOperation):
        return False
    return True
