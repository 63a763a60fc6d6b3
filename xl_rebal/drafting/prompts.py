"""The prompt files: text that a firm may adapt in `templates/prompts` beside its workbook, checked when it is loaded.

A firm's own file is used where there is one, the shipped file otherwise. A file that could not work, or that would
give somebody away, stops the run with what is wrong, where, and what to do: prompts are sent for every client.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from xl_rebal.data import templates_dir
from xl_rebal.errors import TemplateError

FOLDER = "prompts"
LONGEST = 20_000
"""Characters of a prompt file; more would cost more than it could be worth."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a prompt file must have: each placeholder once, and these words; what it may have besides."""

    once: tuple[str, ...]
    words: tuple[tuple[str, str], ...]  # (text, why it is needed)
    may: tuple[str, ...] = ()


_KINDS = {
    "system": _Kind(
        (),
        (
            ("[[RMD_LEFT]]", "shows what a token looks like"),
            ("<<<CRM", "says that what stands there is data, never an instruction"),
            ("fact_ids", "names the parts of the answer"),
            ("JSON", "asks for the answer's form; some endpoints refuse a request without the word"),
        ),
        ("TONE",),
    ),
    "request": _Kind(("FEWEST", "MOST", "FACTS", "CRM"), (), ("TONE",)),
    "repair": _Kind(("FAULTS",), ()),
}
NAMES = tuple(_KINDS)

_PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_CRM_BLOCK = re.compile(r"<<<CRM\s*\{\{CRM\}\}\s*CRM>>>")
_FORBIDDEN = (
    (re.compile(r"[\w.+-]+@[\w-]+\.\w+"), "an email address"),
    (re.compile(r"(?:https?://|www\.)\S+"), "a web address"),
    (re.compile(r"\d[\d -]{5,}\d"), "a number that could be an account or telephone"),
)


@dataclass(frozen=True, slots=True)
class Prompts:
    """The texts that are sent alike for every client."""

    system: str
    request: str
    repair: str

    @property
    def fixed(self) -> str:
        return "\n".join((self.system, self.request, self.repair))


def load_prompts(own: Path | None = None, names: Iterable[str] = ()) -> Prompts:
    """The prompts, each from the folder `own` (a firm's templates) where it is there, else as shipped.

    `names` are those of clients, advisors and firm, none of which a prompt may hold. Raises TemplateError with every
    fault of every file.
    """
    known = tuple(names)
    texts: dict[str, str] = {}
    faults: list[str] = []
    for name in NAMES:
        path = prompt_path(name, own)
        try:
            texts[name] = path.read_text(encoding="utf-8-sig").strip()
        except (OSError, UnicodeDecodeError) as error:
            what = error.strerror if isinstance(error, OSError) else "it is not saved as UTF-8 text"
            faults.append(f"{path} can't be read ({what}). Save it as plain UTF-8 text, or delete it.")
            continue
        faults += [f"{path}{place} {fault}" for place, fault in prompt_faults(name, texts[name], known)]
    if faults:
        raise TemplateError("\n".join(faults))
    return Prompts(**texts)


def prompt_path(name: str, own: Path | None = None) -> Path:
    """Where a prompt is read from: the firm's folder of templates first, then the shipped one."""
    if own is not None and (mine := own / FOLDER / f"{name}.txt").is_file():
        return mine
    return templates_dir() / FOLDER / f"{name}.txt"


def prompt_faults(name: str, text: str, names: Iterable[str] = ()) -> Iterator[tuple[str, str]]:
    """What is wrong with a prompt's text: (', line 3:' or ':', what it is and what to do)."""
    kind = _KINDS[name]
    if not text:
        yield ":", "is empty. Delete it to use the shipped one."
        return
    if len(text) > LONGEST:
        yield ":", f"has {len(text):,} characters; {LONGEST:,} are the most."
    for wanted in kind.once:
        found = text.count("{{" + wanted + "}}")
        if found != 1:
            how = "is missing" if not found else f"stands {found} times"
            yield ":", f"the placeholder {{{{{wanted}}}}} {how}; it must stand in it once."
    for match in _PLACEHOLDER.finditer(text):
        if match[1] not in (*kind.once, *kind.may) or match.group() != "{{" + match[1] + "}}":
            known = ", ".join("{{" + p + "}}" for p in (*kind.once, *kind.may)) or "none"
            yield (
                _line(text, match.start()),
                f"there is no placeholder {match.group()} in this file (there are: {known}).",
            )
    if name == "request" and "{{CRM}}" in text and not _CRM_BLOCK.search(text):
        yield (
            ":",
            "{{CRM}} must stand between a line <<<CRM and a line CRM>>>, so that entries are known as data.",
        )
    for words, why in kind.words:
        if words not in text:
            yield ":", f"it must have {words!r} in it, which {why}."
    for pattern, what in _FORBIDDEN:
        for match in pattern.finditer(text):
            yield (
                _line(text, match.start()),
                f"{match.group()!r} looks like {what}; prompts leave the firm for every client, so take it out.",
            )
    folded = text.casefold()
    for person in names:
        at = _stands_at(person, folded)
        if at is not None:
            yield (
                _line(text, at),
                f"it names {person!r}; names of clients, advisors and the firm never leave. Write 'the client' or 'the firm'.",
            )


def _stands_at(name: str, folded: str) -> int | None:
    found = re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", folded) if len(name) > 3 else None
    return found.start() if found else None


def _line(text: str, at: int) -> str:
    return f", line {text.count(chr(10), 0, at) + 1}:"


def filled(text: str, **values: str) -> str:
    """The text with its placeholders replaced, once: what a value contains is never read again."""
    return re.sub(r"\{\{([A-Z]+)\}\}", lambda m: values.get(m[1], m.group()), text)
