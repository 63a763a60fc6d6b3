"""What each problem costs if it is left as it is: the column If Ignored of the Checks list.

Dollars come from the check that found the problem, which has the figures at hand. Here stands what can be said of a kind
of problem without figures, and that an error of a client withholds that client.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from xl_rebal.engine.problems import Problem, Severity, is_everybodys

WITHHELD = "This client's plan and brief are withheld."
_NOBODY = "It belongs to no client that is known, so nothing is computed from it."
_EVERYBODY = "Every client's plan and brief are withheld."
NOTHING = "Nothing: no figure depends on it."

_SHEET_GONE = "Nothing on this sheet is known, so what depends on it is missing or withheld for every client."
_OF_CODE = {
    **dict.fromkeys(("sheet-missing", "sheet-empty", "header-missing", "column-missing"), _SHEET_GONE),
    "band-without-target": "The model's band works against its own target.",
    "below-table": "What the sheets of the workbook show and what briefs say differ by these rows.",
    "class-differs": "The model's targets are not those of the classes that its securities count in.",
    "class-without-target": "Drift of these securities can't be judged.",
    "duplicate-setting": "The firm's other value has no effect.",
    "duplicate-symbol": NOTHING,
    "duplicate-target": "The model asks for more than 100%, or for less, than the firm meant.",
    "empty-account": "If it is not empty, the household's value and drift are wrong by what it holds.",
    "gain-missing": "The year's gains, the tax and what is left of the gain budget are wrong by the gain of this sale.",
    "group-of-one": "A wash sale with a security that is meant to be in the group would be missed.",
    "identical-lots": "If it was pasted twice, the position counts twice.",
    "identical-swap": "Harvesting into this swap would lose the deduction of the loss.",
    "no-class-targets": "Drift can't be judged for clients of this model.",
    "no-contact": "A wish, a change in the family or a need for cash may be unknown to this plan.",
    "no-fund-to-buy": "Drift below this class's target stays uncured, and its share of the proceeds stays in cash.",
    "no-reason": "Whoever reads the brief can't tell why the account is left alone.",
    "own-income-unused": NOTHING,
    "rmd-unknown": "A distribution that is due may be missed, and the brief can't say how much to take.",
    "securities-exceed-class": "The plan can't reach all of these targets at once.",
    "separate-taxpayer": "Nothing, if the registration is right.",
    "shared-name": NOTHING,
    "sign-dropped": "Nothing, if the positive amount is right.",
    "targets-not-100": "Drift would be judged against targets that don't add up.",
    "tax-unknown": "No tax is shown, the plan ranks lots at top rates, and a cheaper plan may be missed.",
    "tax-year-differs": "Gains, RMDs and tax rates are those of another year than the data.",
    "totals-row": NOTHING,
    "unknown-setting": "The setting keeps its default.",
    "unknown-swap": "Harvesting finds no replacement for this security.",
    "unknown-tone": "Letters keep the default tone.",
    "washed-elsewhere": "The year's reported gains are too low, and the replacement shares' basis is wrong when they are sold.",
}
"""What leaving it costs, by code, where the check itself gives no figure."""

_OF_SHEET = {
    "Activity": "Gains of the year, recent purchases (wash sales), contributions or distributions may be incomplete.",
    "Notes": "The entry is missing in the brief and in the letter.",
    "Rules": "The rule has no effect on the plan.",
    "Decisions": "The decision is missing beside the client on the Dashboard.",
    "Positions": "The lots of this account are not reconciled against it.",
}
"""What a warning about a row of a sheet costs when nothing more is known of it."""


def with_costs(problems: Iterable[Problem]) -> list[Problem]:
    """The problems with `cost` filled in everywhere; what a check has said itself is kept."""
    return [replace(p, cost=_cost(p)) for p in problems]


def _cost(problem: Problem) -> str:
    own = problem.cost or _OF_CODE.get(problem.code, "")
    if problem.severity is Severity.ERROR:
        if problem.client_id is None:
            return problem.cost or (_EVERYBODY if is_everybodys(problem) else own or _NOBODY)
        return f"{WITHHELD} {own}".strip()
    if problem.code == "sheet-missing" and problem.source.sheet == "Rules":
        return "What clients asked for and somebody confirmed (do not sell, cash by a date) is not heeded by any plan."
    if own:
        return own
    if problem.severity is Severity.NOTE:
        return "Nothing, if it is right."
    if problem.code == "column-unread":
        return "What was entered in it is shown nowhere."
    return _OF_SHEET.get(problem.source.sheet, "The figures that rest on this cell may be wrong.")
