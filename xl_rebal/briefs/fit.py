"""How much fits on one page: limits from roomy to tight, and an estimate of the height that a brief will take.

A quiet client's notes are shown whole; a busy client's lists fold. The estimate knows the shipped template's sizes and
the widths of its letters; the tests lay out the longest cases and count pages, so that it stays honest. A firm's
own template with larger type may need a second page: nothing is lost then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from xl_rebal.briefs.measure import lines, text_lines, text_width


@dataclass(frozen=True, slots=True)
class Limits:
    """The most of everything that a brief lists, and the length of what it quotes."""

    name_length: int
    head_length: int  # model, advisor, firm
    classes: int
    why_length: int  # of a trim's flag and reason, in letters of the reason
    trims: int
    securities: int
    buys: int
    blocked: int
    wishes: int  # rules that the client asked for
    harvests: int
    notes: int
    note_length: int
    checks: int
    check_length: int
    taxes: int  # lines of the tax column
    transfers: int
    email_words: int
    scopes: int  # rules of thumb: 1 account by account, 2 over the household too
    curve: int  # whether tax is shown against drift
    closing_lines: int  # of the email: 1 line, or as many as it has
    whys: int  # prices of rules, what waiting saves, what stands in the way: so many of each


LEAST = Limits(
    name_length=44, head_length=27, classes=6, why_length=54, trims=4, securities=3, buys=2, blocked=1, wishes=1, harvests=1,
    notes=3, note_length=90, checks=1, check_length=60, taxes=7, transfers=1, email_words=150, scopes=0, curve=0, closing_lines=1, whys=0,
)  # fmt: skip
"""What every brief shows."""

WISHES: tuple[tuple[str, int], ...] = (
    ("email_words", 250), ("check_length", 110), ("head_length", 44), ("taxes", 9), ("scopes", 1), ("trims", 6),
    ("note_length", 120), ("checks", 2), ("curve", 1), ("notes", 4), ("transfers", 2), ("taxes", 14), ("trims", 8),
    ("name_length", 60), ("classes", 8),
    ("harvests", 2), ("note_length", 150), ("check_length", 160), ("securities", 5), ("buys", 3), ("whys", 1), ("note_length", 220),
    ("blocked", 2), ("wishes", 2), ("scopes", 2), ("trims", 10), ("email_words", 280), ("why_length", 96), ("trims", 12),
    ("harvests", 3), ("securities", 8), ("buys", 5), ("trims", 14),
    ("check_length", 220), ("checks", 4), ("note_length", 320), ("notes", 6), ("securities", 12), ("buys", 8),
    ("harvests", 5), ("blocked", 3), ("wishes", 4), ("classes", 10), ("email_words", 330), ("whys", 2), ("note_length", 420),
    ("check_length", 340), ("closing_lines", 4),
)  # fmt: skip
"""What a brief shows beyond that as far as there is room, most wanted first."""


class Filling(Protocol):
    """A page's values under any limits, and which of the limits make a difference there."""

    def values(self, limits: Limits) -> Mapping[str, Any]: ...

    def reads(self, field: str, limits: Limits) -> bool: ...


def fitted(page: Filling) -> Limits:
    """The limits under which a brief shows the most of WISHES on one page."""
    height = Height()
    if height.fits(page.values(EVERYTHING)):
        return EVERYTHING
    limits = LEAST
    for field, value in WISHES:
        wider = replace(limits, **{field: value})
        if not page.reads(field, limits) or height.fits(page.values(wider)):
            limits = wider
    return limits


def _everything() -> Limits:
    limits = LEAST
    for field, value in WISHES:
        limits = replace(limits, **{field: value})
    return limits


EVERYTHING = _everything()
"""What a brief shows that has room for it all."""


PAGE_POINTS = 722.5
FILL = 0.985  # share of the page that an estimate may take: the rest is for fonts that run wider than ours
LINE, LABEL = 10.4, 9.4  # points: a line of text, a label above a value; both fixed in the template
ROW, HEAD_ROW, PICTURE_ROW = 11.7, 11.0, 11.7  # of a table
TITLE, UNDER_TITLE, HEADING = 20.8, 11.0, 17.8
GLANCE = 14.7  # a line of the figures to start from
DECISION = 26.0  # the boxes to tick and the line for reasons
WHOLE = 540.0  # points across the page
CURVE_COLUMN = 133.0
REASON_WIDTH = 174.0  # of a trim's flag and reason
TRIM_COLUMNS = (("symbol", 40), ("account", 76), ("shares", 44), ("proceeds", 55), ("gain", 55), ("term", 43))
NOTE_WIDTH = 271.0
HEAD_WIDTHS = {"account_types": 129, "model": 129, "advisor": 111, "firm": 125}


def estimated_points(values: Mapping[str, Any]) -> float:
    """Height of the brief with these values on the shipped template."""
    return Height().points(values)


def fits(values: Mapping[str, Any]) -> bool:
    """Whether the brief is expected to fit one page with room to spare."""
    return Height().fits(values)


class Height:
    """Estimates a page under many limits, each part of it once for the values that it shows."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, ...], tuple[float, list[Any]]] = {}

    def points(self, values: Mapping[str, Any]) -> float:
        """Height of the brief with these values on the shipped template."""
        return sum(self._part(number, values) for number in range(len(_PARTS))) + HEADING + DECISION

    def fits(self, values: Mapping[str, Any]) -> bool:
        return self.points(values) <= PAGE_POINTS * FILL

    def _part(self, number: int, values: Mapping[str, Any]) -> float:
        names, points = _PARTS[number]
        shown = [values[name] for name in names]
        key = (number, *map(id, shown))
        if key not in self._known:
            self._known[key] = points(values), shown  # kept, so that an id stays theirs
        return self._known[key][0]


def _head(values: Mapping[str, Any]) -> float:
    """Name and value, who and what, the figures to start from, and what needs a look."""
    title = text_lines(values["client"], 393, 17, bold=True)
    strip = max(text_lines(str(values[name]), width, bold=True) for name, width in HEAD_WIDTHS.items())
    who = LABEL + LINE * strip
    if values["logo"]:
        who = max(who, values["logo"].height + 3)
    glance, widths = values["glance"], (("trim", 129), ("gain", 129), ("tax", 111), ("rmd", 125))
    tallest = max(
        1
        if text_width(glance[key], 12, bold=True) + text_width(f"  {glance[f'{key}_note']}", 8) <= width
        else 2
        for key, width in widths
    )
    points = title * TITLE + UNDER_TITLE + 3 + who + 3 + LABEL + GLANCE * tallest + 3
    if values["flags"]:
        points += 3 + text_lines(f"▲ To look at  {values['flags']}", WHOLE, bold=True) * LINE + 1
    return points


def _drift(values: Mapping[str, Any]) -> float:
    rows = (PICTURE_ROW + LINE * (text_lines(row["name"], 117, bold=True) - 1) for row in values["drift"])
    points = HEADING + HEAD_ROW + sum(rows)
    if values["out_of_line"]:
        points += 2 + _paragraphs([("▲ Securities out of line  ", values["out_of_line"])], WHOLE)
    return points


def _trades(values: Mapping[str, Any]) -> float:
    points = HEADING
    if values["no_trades"]:
        points += _paragraphs([("", values["no_trades"])], WHOLE)
    if values["trims"]:
        points += ROW + HEAD_ROW
        for row in values["trims"]:
            reason = lines(((row["flag"], True), (row["why"], False)), REASON_WIDTH)
            others = (text_lines(row[name], width) for name, width in TRIM_COLUMNS)
            points += ROW + LINE * (max(reason, *others) - 1)
    return points


def _money(values: Mapping[str, Any]) -> float:
    return _paragraphs(_labeled(values["money_lines"]), WHOLE, 2.5)


def _proof(values: Mapping[str, Any]) -> float:
    if not values["proof_lines"]:
        return 0.0
    beside = values["curve"].height + 3 if values["curve"] else 0.0
    room = WHOLE - 12 - (CURVE_COLUMN if beside else 0.0)
    return 5.5 + max(_paragraphs(_labeled(values["proof_lines"]), room), beside)


def _columns(values: Mapping[str, Any]) -> float:
    """Tax to the left; notes and checks to the right."""
    tax = _paragraphs([(f"{line['flag']}{line['label']}  ", line["text"]) for line in values["tax"]], 251)
    notes = _paragraphs([("", note) for note in values["notes"]], NOTE_WIDTH)
    notes += LINE * sum(text_width(note.split(" ")[0]) > NOTE_WIDTH for note in values["notes"])
    notes += _paragraphs([("▲ Check  ", check) for check in values["checks"]], NOTE_WIDTH)
    return 3 + HEADING + max(tax, notes)


def _email(values: Mapping[str, Any]) -> float:
    email = values["email"]
    said = [email["subject"], email["greeting"], *email["paragraphs"], email["closing"]]
    return HEADING + 5 + _paragraphs([("", text) for text in said], WHOLE - 12, 2.0)


_PARTS: tuple[tuple[tuple[str, ...], Callable[[Mapping[str, Any]], float]], ...] = (
    (("client", "account_types", "model", "advisor", "firm", "logo", "glance", "flags"), _head),
    (("drift", "out_of_line"), _drift),
    (("no_trades", "trims"), _trades),
    (("money_lines",), _money),
    (("proof_lines", "curve"), _proof),
    (("tax", "notes", "checks"), _columns),
    (("email",), _email),
)
"""The parts of the page from its top: the placeholders that each shows, and its height with their values."""


def _labeled(rows: Iterable[Mapping[str, str]]) -> list[tuple[str, str]]:
    return [(f"{row['label']}  ", row["text"]) for row in rows]


def _paragraphs(texts: Iterable[tuple[str, str]], width: float, after: float = 1.0) -> float:
    """Height of paragraphs, each a bold label ('' for none) and a text."""
    return sum(lines(((label, True), (text, False)), width) * LINE + after for label, text in texts)
