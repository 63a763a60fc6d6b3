"""What a brief's template is filled with: facts in their final wording, cut to what fits one page.

Every figure on the page is the display of a fact. What the page itself needs to say (how many rows it left out, who
drafted, from which workbook) is returned beside the values as facts of its own, so that the check of figures can see
them. Long lists fold to 'and 4 more, see the workbook'.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from xl_rebal.briefs.drawn import ALERT, curve_picture, curve_text, drift_rows, is_out
from xl_rebal.briefs.fit import HEAD_WIDTHS, fitted
from xl_rebal.briefs.letter import not_yet, subject_of
from xl_rebal.briefs.look import Look
from xl_rebal.briefs.measure import text_lines
from xl_rebal.briefs.page import FORBIDDEN, Page
from xl_rebal.briefs.sections import Sections
from xl_rebal.briefs.tax_column import tax_lines
from xl_rebal.engine.book import Household
from xl_rebal.engine.results import PlanState, Review, Trade, TradeFlag
from xl_rebal.engine.review import Flag, flags
from xl_rebal.engine.rmd import WITHDRAWAL_COUNTS
from xl_rebal.engine.rmd_inherited import UNKNOWN
from xl_rebal.facts.collect import fact_keys
from xl_rebal.facts.draft import Draft
from xl_rebal.facts.types import Direction, Fact, Facts, Topic
from xl_rebal.money import AT_LEAST

DRAFTER_LENGTH, SOURCES_LENGTH, KEPT_END = 48, 56, 26
"""Letters of the foot line: who drafted, the workbook with its hash, and how much of its end stays."""
LINE_LENGTH, PROOF_LENGTH, BLOCKED_LENGTH = 270, 330, 120
FLAGGED = (TradeFlag.HIGH_GAIN, TradeFlag.SHORT_TERM, TradeFlag.LONG_TERM_SOON)
"""Flags to look at; the others only repeat the term or the reason."""


_MASK = re.compile(r" \u2026(?=\w{1,4}\b)")
"""'IRA …5512' must stay on one line: a line may end at the space and after the ellipsis, but not within 'IRA&nbsp;...5512'."""


@dataclass(frozen=True, slots=True)
class BriefContext:
    """Values of the placeholders, and the page's own figures as facts (`furniture`)."""

    values: Mapping[str, Any]
    furniture: tuple[Fact, ...]
    look: Look = field(default_factory=Look)

    def all_facts(self, facts: Facts) -> Facts:
        """`facts` with the page's own: what every figure in the rendered brief must be found in."""
        return replace(facts, facts=facts.facts + self.furniture)


def brief_context(
    household: Household,
    review: Review,
    facts: Facts,
    draft: Draft,
    *,
    sources: str = "",
    look: Look | None = None,
) -> BriefContext:
    """The values of all PLACEHOLDERS for one client, folded as little as one page allows.

    `sources` names the workbook and its hash for the foot line; `look` is the firm's color and logo.
    """
    look = look or Look()

    keys = fact_keys(review)
    sections = Sections(
        facts,
        (
            lambda page: _head(page) | {"logo": look.logo or ""},
            lambda page: _at_a_glance(page, review),
            lambda page: {"drift": drift_rows(page, review, keys, look.palette)},
            lambda page: {"out_of_line": _out_of_line(page, review, keys)},
            lambda page: _trades(page, household, review, keys),
            lambda page: {"money_lines": _money_lines(page, household, review, keys)},
            lambda page: {"curve": curve_picture(page, look.palette) if page.limits.curve else ""},
            lambda page: {"proof_lines": _proof_lines(page)},
            lambda page: {"tax": tax_lines(page, review, keys)},
            lambda page: {
                "notes": [
                    page.clip(note.text, page.limits.note_length) for note in draft.notes[: page.limits.notes]
                ]
            },
            lambda page: {"checks": _checks(page, facts, draft)},
            lambda page: {"email": _email(page, facts, draft)},
            lambda page: {
                "drafted_by": page.own(
                    page.clip(draft.drafted_by, DRAFTER_LENGTH), "who drafted the email and the notes"
                ),
                "sources": page.own(
                    _ends(sources or "the firm's workbook", SOURCES_LENGTH), "where the figures come from"
                ),
            },
        ),
        _printable,
    )
    limits = fitted(sections)
    return BriefContext(sections.values(limits), sections.furniture(limits), look)


def _ends(text: str, length: int) -> str:
    """A text too long without its middle: a workbook's name begins what a hash ends."""
    if len(text) <= length:
        return text
    return f"{text[: length - KEPT_END - 1].rstrip()}…{text[-KEPT_END:]}"


def _head(page: Page) -> dict[str, Any]:
    limits = page.limits
    return {
        "client": page.clip(page("CLIENT_NAME"), limits.name_length),
        "quarter": page("QUARTER"),
        "as_of": page("AS_OF") + (f"  ·  old: {old}" if (old := page("OLD_DATA")) else ""),
        "aum": page("AUM"),
        "account_types": _named(page, "account_types", page("ACCOUNT_TYPES")),
        "model": _named(page, "model", page("MODEL")),
        "advisor": _named(page, "advisor", page("ADVISOR")) or "not assigned",
        "firm": _named(page, "firm", page("FIRM")),
    }


def _named(page: Page, place: str, text: str) -> str:
    """A text of the head: whole where it takes one line, else as long as the page allows."""
    length = page.limits.head_length
    whole = text_lines(" ".join(text.split()), HEAD_WIDTHS[place], bold=True) == 1
    return page.clip(text, max(length, len(text)) if whole else length)


_TAX_NOTES = {Direction.DOWN: "saved, estimate", Direction.UP: "added, estimate"}


def _at_a_glance(page: Page, review: Review) -> dict[str, Any]:
    """The four figures that a decision starts from, each with a word of what it means, and what needs a look."""
    sells = review.plan.sells if review.plan else ()
    excess, left = page("BUDGET_EXCESS"), page("BUDGET_LEFT")
    over = f"{excess} over budget" if excess else f"{left} of budget left" if left else ""
    tax = page.fact("PLAN_TAX")
    unknown = "unknown" if any(trade.disposals for trade in sells) else "none"
    rmd, by = page("RMD_TOGETHER"), ""
    owed = [f for f in page.of(Topic.RMD) if f.id.startswith("RMD_LEFT") and f.value]
    if len(owed) == 1:
        rmd, by = owed[0].display, page(owed[0].id.replace("RMD_LEFT", "RMD_DUE"))
    blind = Flag.RMD_UNKNOWN in flags(review)
    if rmd and blind:
        rmd = f"{AT_LEAST}{rmd}"
    some = bool(rmd) or any(f.id.startswith("RMD_POOL") for f in page.of(Topic.RMD))
    flagged = [flag.value for flag in flags(review)]
    return {
        "glance": {
            "trim": page("TRIM_TOTAL") or "none",
            "trim_note": page.own(
                f"in {len(sells)} {'line' if len(sells) == 1 else 'lines'}", "number of trims"
            )
            if sells
            else "",
            "gain": page.signed("PLAN_GAIN") or "none",
            "gain_note": over,
            "tax": tax.display if tax else unknown,
            "tax_note": _TAX_NOTES.get(tax.direction, "estimate") if tax else "",
            "rmd": rmd or ("unknown" if blind else "all taken" if some else "none due"),
            "rmd_note": f"by {by}".replace(" ", "\u00a0")
            if by
            else "",  # a year alone on a line says nothing
        },
        "flags": f"  {ALERT}  ".join(flagged),
    }


def _printable(value: Any) -> Any:
    """The same values without characters that XML or Word's line breaking can't carry."""
    if isinstance(value, str):
        return _MASK.sub("\u00a0...", FORBIDDEN.sub("", value.replace("\r\n", "\n").replace("\t", " ")))
    if isinstance(value, list):
        return [_printable(item) for item in value]
    if isinstance(value, dict):
        return {key: _printable(item) for key, item in value.items()}
    return value


def _out_of_line(page: Page, review: Review, keys: Mapping[str, str]) -> str:
    """`AAPL +3.1% (8.1%, target 5%); MSFT ...`, furthest from target first."""
    found = [s for s in review.drift.securities if is_out(s)] if review.drift else []
    found.sort(key=lambda s: -abs(s.drift))
    parts = [
        f"{s.symbol} {page(f'DRIFT_{keys[s.name]}')} "
        f"({page(f'CURRENT_{keys[s.name]}')}, target {page(f'TARGET_{keys[s.name]}')})"
        for s in found
    ]
    return page.folded(parts, page.limits.securities, ";  ")


def _trades(
    page: Page, household: Household, review: Review, keys: Mapping[str, str]
) -> dict[str, str | list[dict[str, str]]]:
    plan = review.plan
    sells = plan.sells if plan else ()
    why_none = ""
    if plan is None:
        why_none = (
            "No plan: the data has errors, listed in the workbook's Checks. Correct them and run again."
        )
    elif plan.state is PlanState.NO_ACTION:
        why_none = page("NO_ACTION")
    elif not sells:
        why_none = "Nothing needs to be sold."
    shown = sells if len(sells) <= page.limits.trims + 1 else sells[: page.limits.trims]
    return {
        "no_trades": why_none,
        "trims": [_trim(page, household, trade, keys, shared=_shared_reason(sells)) for trade in shown],
        "trim_total": page("TRIM_TOTAL"),
        "gain_total": page.signed("PLAN_GAIN"),
        "trims_more": page.more(len(sells) - len(shown)),
    }


def _shared_reason(sells: tuple[Trade, ...]) -> str:
    """The reason of several trims when they all have the same, else ''."""
    reasons = {trade.reason for trade in sells}
    return next(iter(reasons)) if len(sells) > 1 and len(reasons) == 1 else ""


def _trim(
    page: Page, household: Household, trade: Trade, keys: Mapping[str, str], *, shared: str
) -> dict[str, str]:
    """One row. A reason that all rows share stands once below the table instead."""
    number = _number_of(household, trade.account_id)
    start = f"TRIM_{keys[trade.symbol]}_{number}"
    flag = "; ".join(str(alert.value) for alert in trade.flags if alert in FLAGGED)
    flag = f"{ALERT} {flag}" if flag else ""
    why = "" if shared else page(f"{start}_REASON")
    room = page.limits.why_length - (math.ceil(len(flag) * BOLDER) + 2 if flag else 0)
    without = page(f"WITHOUT_{keys[trade.symbol]}_{number}")
    said = _reason(page, why, without, room)
    return {
        "symbol": trade.symbol,
        "account": page.clip(page(f"ACCOUNT_{number}"), 24),
        "shares": page(f"{start}_SHARES"),
        "proceeds": page(f"{start}_PROCEEDS"),
        "gain": page.signed(f"{start}_GAIN") or "–",
        "term": page(f"{start}_TERM").replace("Long- and short-term", "Both"),
        "flag": flag + ("  " if flag and said else ""),
        "why": said if flag else said[:1].upper() + said[1:],
    }


BOLDER = 1.18
"""Letters of a reason that a letter of the flag before it takes the room of: it is bold, and has capitals."""
LEAST_REASON = 20
"""Letters below which a reason is not worth starting."""


def _reason(page: Page, why: str, without: str, room: int) -> str:
    """Why a position is sold and what becomes of the plan without: both, else the second, which has the dollars, whole."""
    both = "; ".join(text for text in (why, without) if text)
    if len(both) <= room:
        return both
    if without and len(without) <= room:
        return without
    if not why or room <= LEAST_REASON:
        return ""
    clauses = why.split("; ")
    while clauses and len("; ".join(clauses)) > room:
        clauses.pop()
    return "; ".join(clauses) or page.clip(why, room)


def _number_of(household: Household, account_id: str) -> int:
    return next(n for n, account in enumerate(household.accounts, 1) if account.id == account_id)


def _money_lines(
    page: Page, household: Household, review: Review, keys: Mapping[str, str]
) -> list[dict[str, str]]:
    """Where the proceeds go, cash that moves, drift that stays, and what may not be sold."""
    plan = review.plan
    if plan is None:
        return []
    lines: list[tuple[str, str]] = []
    if _shared_reason(plan.sells):
        first = plan.sells[0]
        start = f"TRIM_{keys[first.symbol]}_{_number_of(household, first.account_id)}"
        lines.append(("Why these lots", page(f"{start}_REASON")))
    buys = []
    for trade in plan.buys:
        number = _number_of(household, trade.account_id)
        start = f"REALLOCATE_{keys[trade.symbol]}_{number}"
        account = page(f"ACCOUNT_{number}")
        buys.append(f"{page(f'{start}_AMOUNT')} to {trade.symbol} ({page(f'{start}_SHARES')} sh, {account})")
    if buys:
        lines.append(
            (
                "Reallocate",
                (f"{page('REALLOCATE_TOTAL')}:  " if len(buys) > 1 else "")
                + page.folded(buys, page.limits.buys, ";  "),
            )
        )
    for number, transfer in enumerate(plan.transfers[: page.limits.transfers], 1):
        giver = page(f"ACCOUNT_{_number_of(household, transfer.from_account)}")
        taker = "out of the household"
        if transfer.to_account:
            taker = f"to {page(f'ACCOUNT_{_number_of(household, transfer.to_account)}')}"
        why = page(f"TRANSFER_{number}_WHY")
        lines.append(("Move cash", f"{page(f'TRANSFER_{number}_AMOUNT')} from {giver} {taker}: {why}"))
    if more := page.more(len(plan.transfers) - page.limits.transfers):
        label, text = lines[-1]
        lines[-1] = (label, f"{page.clip(text, LINE_LENGTH - len(more) - 2)};  {more}")
    left = [f"{s.name} {page(f'RESIDUAL_{keys[s.name]}')}" for s in plan.residual]
    if left:
        lines.append(("Drift that remains", page.folded(left, page.limits.securities, ";  ")))
    blocked = [page.clip(f.display, BLOCKED_LENGTH) for f in page.starting("NOT_SOLD_")]
    if blocked:
        lines.append(("Not sold", page.folded(blocked, page.limits.blocked, ";  ")))
    wishes = [page.clip(f.display, LINE_LENGTH) for f in page.starting("WISH_")]
    shown = wishes[: page.limits.wishes]
    more = page.more(len(wishes) - len(shown))
    lines += [("Client's wish", f"{wish};  {more}" if more and wish is shown[-1] else wish) for wish in shown]
    return [{"label": label, "text": page.clip(text, LINE_LENGTH)} for label, text in lines]


def _proof_lines(page: Page) -> list[dict[str, str]]:
    """Why this plan: its certificate, rules of thumb beside it, tax against drift, and what rules and waiting cost."""
    lines = [("Proof", page("PROOF").replace(" Plan ", " Plan\u00a0"))]
    scopes = [text for scope in ("ACCOUNT", "HOUSEHOLD") if (text := page(f"COMPARE_{scope}"))]
    if shown := "; ".join(scopes[: page.limits.scopes]):
        less = page("COMPARE_LESS") if " less" in shown else ""
        lines.append(("Rules of thumb", shown + (f" ({less})" if less else "")))
    if page.limits.curve:
        lines.append(("Tax for total drift", curve_text(page)))
    for number in range(1, page.limits.whys + 1):
        lines.append(("In the way", page(f"CONFLICT_{number}")))
        lines.append(("Price of a rule", page(f"RULE_{number}")))
        lines.append(("Waiting", page(f"WAIT_{number}")))
    return [{"label": label, "text": page.clip(text, PROOF_LENGTH)} for label, text in lines if text]


def _checks(page: Page, facts: Facts, draft: Draft) -> list[str]:
    """What an advisor must know of the data: not mere notes, which stand in the workbook."""
    found = [f.display for f in facts.of(Topic.DATA) if not f.label.startswith("note")]
    caveats = [f.display for f in facts.of(Topic.RMD) if f.id.startswith("RMD_CAVEAT")]
    said = ("First year", WITHDRAWAL_COUNTS)  # the RMD line says it
    found += [text for text in caveats if not text.startswith(said)]
    found = [text for text in found if not any(text in note.text for note in draft.notes)]
    found = [text for text in found if not any(_told(text) in other and text != other for other in found)]
    shown = [page.clip(text, page.limits.check_length) for text in found[: page.limits.checks]]
    left = len(found) - page.limits.checks
    if left > 0:
        more = page.own(f"({left} more on the Checks sheet)", "checks not shown")
        shown[-1] = f"{shown[-1]} {more}"
    return shown


def _told(caveat: str) -> str:
    """What a caveat says, without the account that it begins with, which a problem of the data names elsewhere."""
    return caveat.rpartition(UNKNOWN)[2]


def _on_one_line(closing: str) -> str:
    """`Best regards,  Margaret Alder · Alder & Finch`."""
    farewell, *signed = closing.split("\n")
    return "  ".join(filter(None, (farewell, " · ".join(signed))))


def _email(page: Page, facts: Facts, draft: Draft) -> dict[str, str | list[str]]:
    """The email; one longer than a page can carry is cut here and stays whole in email.txt."""
    left, paragraphs = page.limits.email_words, []
    for sentence in draft.paragraphs:
        words = sentence.text.split()
        if len(words) > left:
            cut = " ".join(words[:left])
            paragraphs.append(page.own(f"{cut} … (the rest is in email.txt)", "shortened email"))
            break
        paragraphs.append(sentence.text)
        left -= len(words)
    return {
        "to": page.clip(not_yet(facts), 110) or page("CLIENT_EMAIL"),
        "subject": page.clip(subject_of(facts, draft), 110),
        "greeting": page.clip(draft.greeting, 110),
        "paragraphs": paragraphs,
        "closing": draft.closing if page.limits.closing_lines > 1 else _on_one_line(draft.closing),
    }
