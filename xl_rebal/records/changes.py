"""What of a client's own input is other than when a brief was made: its content, not the file it stands in.

Where a row stands, the order of rows, and settings that no figure depends on are no content: sorting a sheet, or editing
another client, makes no brief stale.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from xl_rebal.records.canonical import encoded, sha256
from xl_rebal.records.inputs import Inputs, own_part
from xl_rebal.records.written import written

_PLACES = frozenset(("source", "cell", "what", "todo", "cost"))
"""Where something stands, and sentences that say so."""

_NO_FIGURE = frozenset(
    (
        "logo", "firm_color", "output_folder", "drafter", "drafter_model", "drafter_url", "drafter_at_once",
        "drafter_price_in", "drafter_price_out", "drafter_log", "send_crm", "letter_tone", "executed_tolerance",
        "minutes_check", "minutes_decide", "minutes_trade",
    )
)  # fmt: skip
"""Settings that change how a brief looks, is drafted or is worked on, and none of its figures."""

_SHEETS = {
    "client": "Clients",
    "accounts": "Accounts",
    "lots": "Lots",
    "cash": "Lots (cash)",
    "positions": "Positions",
    "activity": "Activity",
    "notes": "Notes",
    "targets": "Targets",
    "securities": "Securities",
    "rulings": "Rules",
}
"""Fields of a household by the sheet that fills them; one that is not here is called by its own name."""

NAMED = 4
"""Fields or symbols that one change names."""


def content_sha256(inputs: Inputs) -> str:
    """One hash over the content: equal for two books that say the same of this client."""
    return content_sha256_of(written(own_part(inputs)))


def content_sha256_of(own: object) -> str:
    """As `content_sha256`, of the client's own part of the inputs in its written form."""
    return sha256(encoded(_content_of(own)))


def changes(old: Inputs, new: Inputs) -> tuple[str, ...]:
    """What is other now, a phrase for each sheet: `Lots: 2 rows`, `Securities: MSFT price`. Empty: nothing."""
    before, after = _content(old), _content(new)
    return tuple(_changes(before, after))


def _content(inputs: Inputs) -> dict[str, Any]:
    return _content_of(written(own_part(inputs)))


def _content_of(own: object) -> dict[str, Any]:
    assert isinstance(own, dict)  # noqa: S101 - a dataclass
    plain: dict[str, Any] = _without_places(own)
    for name in _NO_FIGURE:
        plain["settings"].pop(name, None)
    return plain


def _without_places(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_places(item) for key, item in value.items() if key not in _PLACES}
    if isinstance(value, list):
        return sorted((_without_places(item) for item in value), key=encoded)
    return value


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    if found := _fields(before["settings"], after["settings"]):
        yield f"Settings: {found}"
    old, new = before["household"], after["household"]
    for name in [*old, *(key for key in new if key not in old)]:
        one, other = old.get(name), new.get(name)
        if one == other:
            continue
        sheet = _SHEETS.get(name, name)
        if name == "client":
            yield f"{sheet}: {_fields(one, other)}"
        elif name == "securities":
            yield f"{sheet}: {_securities(one, other)}"
        else:
            yield f"{sheet}: {_rows(one or [], other or [])}"
    if before["problems"] != after["problems"] and old == new:
        yield "Checks: other problems"


def _fields(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    names = [key for key in {**one, **other} if one.get(key) != other.get(key)]
    return _listed([name.removesuffix("_cents").replace("_", " ") for name in names])


def _securities(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    found = []
    for symbol in {**one, **other}:
        if symbol not in one or symbol not in other:
            found.append(f"{symbol} {'new' if symbol not in one else 'gone'}")
        elif one[symbol] != other[symbol]:
            found.append(f"{symbol} {_fields(one[symbol], other[symbol])}")
    return _listed(found)


def _rows(one: list[Any], other: list[Any]) -> str:
    """How many rows are new, gone or changed; a row counts once, as the larger of what came and what went."""
    before, after = Counter(map(encoded, one)), Counter(map(encoded, other))
    count = max((before - after).total(), (after - before).total())
    return "1 row" if count == 1 else f"{count} rows"


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
