"""One spelling for every recorded value, so that its hash means something: canonical JSON and SHA-256.

UTF-8, keys sorted, no white space, no floats: money is integer cents, weights and quantities are text.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

_SHA256 = re.compile(r"[0-9a-f]{64}")
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def canonical(value: object) -> bytes:
    """`value` as canonical JSON. Raises TypeError for floats and for what JSON does not know."""
    return _ENCODER.encode(_plain(value)).encode("utf-8")


def _plain(value: object) -> object:
    """`value` with tuples as lists and lone surrogates (a damaged file name) spelled out; floats are refused."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return whole_text(value)
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("a recorded mapping has a key that is not text")
        return {_plain(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} can't be recorded: write cents as int, other numbers as text")


def whole_text(text: str) -> str:
    """The text with lone surrogates spelled out."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def encoded(value: object) -> bytes:
    """Canonical JSON of a value that came from `parsed` or `written`, and so needs no checking."""
    return _ENCODER.encode(value).encode("utf-8")


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"{text} is a float, which no record holds")


_DECODER = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse)


def parsed(content: bytes) -> dict[str, Any]:
    """The object that `content` holds. Raises ValueError when it is not UTF-8, not JSON, no object, or has a float."""
    try:
        found = _DECODER.decode(content.decode("utf-8"))
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_sha256(value: object) -> bool:
    return isinstance(value, str) and _SHA256.fullmatch(value) is not None
