"""A system's exports as data: which header means what, how it writes money and cash, which rows are none.

One TOML file a system in `systems/`. A firm's own headers are added to it by `mappings/<system>.toml` beside its workbook,
which a person confirms once. `evidence` says how well the shape is known: 'documented' (vendor's documentation or importers
tested on real exports), 'partial', or 'inferred' (nobody outside has shown a file; headers are the usual words).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from xl_rebal.engine.book import ActivityType
from xl_rebal.errors import ExportUnreadable, ParameterInvalid
from xl_rebal.importers.exports import folded
from xl_rebal.importers.statements import Kind

FOLDER = Path(__file__).resolve().parent / "systems"

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "account": "Account",
        "account_name": "Account Name",
        "household": "Household",
        "registration": "Registration",
        "custodian": "Custodian",
        "status": "Status",
        "symbol": "Symbol",
        "cusip": "CUSIP",
        "isin": "ISIN",
        "name": "Security Name",
        "kind": "Security Type",
        "asset_class": "Asset Class",
        "security_id": "Security ID",
        "quantity": "Quantity",
        "price": "Price",
        "value": "Market Value",
        "cash_value": "Cash Value",
        "basis": "Cost Basis",
        "unit_cost": "Unit Cost",
        "gain": "Gain/Loss",
        "currency": "Currency",
        "fx": "FX Rate",
        "as_of": "As Of",
        "acquired": "Acquired",
        "lot_id": "Lot ID",
        "date": "Date",
        "type": "Type",
        "amount": "Amount",
        "detail": "Detail",
        "text": "Text",
        "subject": "Subject",
        "person": "Client",
        "person_id": "Client Number",
        "note_kind": "Entry Kind",
        "author": "Author",
        "deleted": "Deleted",
    }
)
"""What a column can mean, with the name that `--map` and the mapping files use for it."""

IGNORE = "ignore"
_BY_TITLE = {folded(title): name for name, title in FIELDS.items()}

_SECURITY = ("symbol", "cusip", "isin", "name")
NEEDS: Mapping[Kind, tuple[tuple[str, ...], ...]] = MappingProxyType(
    {
        Kind.POSITIONS: (_SECURITY, ("quantity",), ("price", "value")),
        Kind.LOTS: (_SECURITY, ("acquired",), ("quantity",), ("basis", "unit_cost")),
        Kind.TRANSACTIONS: (("date",), ("type",), ("amount", "price")),
        Kind.ACCOUNTS: (("account",), ("household", "person_id"), ("registration",)),
        Kind.NOTES: (("date",), ("text", "subject"), ("person", "person_id")),
        Kind.PEOPLE: (("person_id",), ("person",)),
        Kind.OTHER: (),
    }
)
"""For each kind the fields it can't do without; one of each group is enough."""


@dataclass(frozen=True, slots=True)
class TypeRule:
    """Transactions whose words match are `inward`, or `outward` where money goes out and that is given."""

    words: re.Pattern[str]
    inward: ActivityType
    outward: ActivityType


@dataclass(frozen=True, slots=True)
class TableMapping:
    """One kind of table that a system exports."""

    kind: Kind
    what: str
    evidence: str
    columns: Mapping[
        str, tuple[tuple[str, ...], ...]
    ]  # field -> alternatives, each the folded headers to add up
    ignored: frozenset[str] = frozenset()  # headers that are known and not used
    require: tuple[str, ...] = ()  # headers without which it is another table
    forbid: frozenset[str] = frozenset()
    titles: tuple[re.Pattern[str], ...] = ()  # text above the header, at the end, or in the file's name
    account_from: tuple[re.Pattern[str], ...] = ()  # the account in that text, as group `account`
    trailer: tuple[re.Pattern[str], ...] = ()  # the line that ends a whole file
    cash: tuple[re.Pattern[str], ...] = ()  # symbols and CUSIPs that are money
    cash_names: tuple[re.Pattern[str], ...] = ()
    skip: tuple[tuple[re.Pattern[str], str], ...] = ()  # rows that are none, and what they are instead
    types: tuple[TypeRule, ...] = ()
    parse: re.Pattern[str] | None = None  # fields inside the text of `type`
    keep: Mapping[str, frozenset[str]] = field(default_factory=dict)  # field -> values of rows that count
    advice: str = ""  # of a table that is not imported

    @property
    def names(self) -> frozenset[str]:
        """Every header that the table knows."""
        own = {part for options in self.columns.values() for option in options for part in option}
        return frozenset(own | self.ignored | set(self.require))

    def field_of(self, header: str) -> str:
        """The field that a folded header means, '' for one that is not used."""
        return next((name for name, options in self.columns.items() if (header,) in options), "")


@dataclass(frozen=True, slots=True)
class System:
    """A custodian, portfolio system or CRM, and the tables it exports."""

    key: str
    name: str
    role: str  # custodian, portfolio or crm
    custodians: tuple[str, ...]  # words in the Custodian column that mean it; () for systems that hold any
    evidence: str
    tables: tuple[TableMapping, ...]

    @property
    def names(self) -> frozenset[str]:
        return frozenset().union(*(table.names for table in self.tables))


@dataclass(frozen=True, slots=True)
class Overrides:
    """What a firm has confirmed: its headers (folded) and their fields, its CRM's people and their Client IDs."""

    columns: Mapping[str, str] = field(default_factory=dict)
    clients: Mapping[str, str] = field(default_factory=dict)


@cache
def systems() -> Mapping[str, System]:
    """Every system by its key. Raises ParameterInvalid for a file that breaks the rules."""
    return MappingProxyType({path.stem: load(path) for path in sorted(FOLDER.glob("*.toml"))})


def load(path: Path) -> System:
    """A system's file as values."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        return System(
            path.stem,
            raw["name"],
            raw["role"],
            tuple(raw.get("custodians", ())),
            raw["evidence"],
            tuple(_table(one) for one in raw["table"]),
        )
    except (KeyError, ValueError, TypeError, re.error, OSError) as error:
        raise ParameterInvalid(f"{path.name} breaks its rules: {error}. Restore the shipped file.") from error


_TABLE_KEYS = frozenset(
    (
        "kind", "what", "evidence", "columns", "ignored", "require", "forbid", "titles", "account_from", "trailer",
        "cash", "cash_names", "skip", "types", "parse", "keep", "advice",
    )
)  # fmt: skip


def _table(raw: Mapping[str, Any]) -> TableMapping:
    columns = raw.get("columns", {})
    wrong = (set(raw) - _TABLE_KEYS) | (set(columns) - set(FIELDS)) | (set(raw.get("keep", {})) - set(FIELDS))
    if wrong:
        raise ValueError(f"unknown key {', '.join(sorted(wrong))}")
    if raw["evidence"] not in ("documented", "partial", "inferred"):
        raise ValueError(f"evidence {raw['evidence']!r}")
    return TableMapping(
        Kind(raw["kind"]),
        raw["what"],
        raw["evidence"],
        {name: tuple(_option(alias) for alias in aliases) for name, aliases in columns.items()},
        frozenset(folded(header) for header in raw.get("ignored", ())),
        tuple(folded(header) for header in raw.get("require", ())),
        frozenset(folded(header) for header in raw.get("forbid", ())),
        _patterns(raw.get("titles", ())),
        _patterns(raw.get("account_from", ())),
        _patterns(raw.get("trailer", ())),
        _patterns(raw.get("cash", ())),
        _patterns(raw.get("cash_names", ())),
        tuple((re.compile(words, re.I), what) for words, what in raw.get("skip", ())),
        tuple(_type_rule(rule) for rule in raw.get("types", ())),
        re.compile(raw["parse"], re.I) if "parse" in raw else None,
        {name: frozenset(map(folded, values)) for name, values in raw.get("keep", {}).items()},
        raw.get("advice", ""),
    )


def _option(alias: str) -> tuple[str, ...]:
    """`longTermUnits + shortTermUnits` is two headers whose cells are added up."""
    return tuple(folded(part) for part in alias.split(" + "))


def _patterns(texts: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(text, re.I) for text in texts)


def _type_rule(rule: Sequence[str]) -> TypeRule:
    words, inward, outward = rule[0], rule[1], rule[-1]
    return TypeRule(re.compile(words, re.I), ActivityType(inward), ActivityType(outward))


def field_named(text: str) -> str:
    """The field that a person means: by its title, in any case; 'ignore' for a column to pass over.

    Raises ExportUnreadable that lists the titles.
    """
    wanted = folded(text)
    if wanted == IGNORE:
        return IGNORE
    found = _BY_TITLE.get(wanted) or (wanted if wanted in FIELDS else None)
    if found is None:
        raise ExportUnreadable(
            f"{text!r} is not something a column can mean. Choose from: {', '.join(FIELDS.values())}, or 'ignore'."
        )
    return found
