"""What the template of the book summary is filled with: the firm's totals, exceptions first, a row a client, the proof.

Every figure is the display of a fact of the book; words around them are fixed. Lists are not folded: the document is as
long as the book needs, with the heads of its tables repeated on every page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from xl_rebal.briefs.context import BriefContext
from xl_rebal.briefs.drawn import ALERT
from xl_rebal.briefs.look import Look
from xl_rebal.briefs.page import FORBIDDEN
from xl_rebal.engine.book import BudgetMode, Settings
from xl_rebal.engine.results import Review
from xl_rebal.engine.review import HIGH_RISK, Flag, flags
from xl_rebal.facts.book_facts import client_key
from xl_rebal.facts.collect import key_of
from xl_rebal.facts.types import Direction, Fact, FactKind, Facts, Topic


def summary_context(
    facts: Facts,
    reviews: Sequence[Review],
    settings: Settings,
    *,
    sources: str = "",
    look: Look | None = None,
) -> BriefContext:
    """The values of SUMMARY_PLACEHOLDERS; `facts` are the book's, `reviews` in the order that they were made from."""
    book, look = _Book(facts), look or Look()
    said = sources or "the firm's workbook"
    values = {
        "firm": book("FIRM"),
        "logo": look.logo or "",
        "quarter": book("QUARTER"),
        "as_of": book("AS_OF"),
        "glance": {
            "clients": book("CLIENTS"),
            "clients_note": f"{book('WITHHELD')} withheld",
            "aum": book("AUM"),
            "trim": book("TRIMS"),
            "trim_note": book.clients("TRIM_CLIENTS"),
            "gain": book.signed("GAIN"),
            "tax": book("TAX_ADDED"),
            "tax_note": f"added; {book('TAX_SAVED')} saved"
            if book.amount("TAX_SAVED")
            else "added, estimate",
            "rmd": book("RMD_LEFT"),
            "rmd_note": book.clients("RMD_LEFT_CLIENTS"),
        },
        "totals": list(_totals(book)),
        "exceptions": list(_exceptions(book, reviews)),
        "no_exceptions": "" if book.amount("EXCEPTIONS") else "No plan has an exception.",
        "withheld": list(_withheld(book, reviews)),
        "none_withheld": "" if book.amount("WITHHELD") else "No client is withheld.",
        "rows": [
            _row(book, client_key(n), found) for n, found in enumerate(reviews, 1) if found.plan is not None
        ],
        "proof": list(_proof(book)),
        "method": list(_method(book, settings)),
        "sources": said,
    }
    own = (Fact("PAGE_1", Topic.HEADER, FactKind.TEXT, said, said, "where the figures come from"),)
    return BriefContext(_printable(values), own, look)


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return FORBIDDEN.sub(" ", value)
    if isinstance(value, list):
        return [_printable(item) for item in value]
    if isinstance(value, dict):
        return {key: _printable(item) for key, item in value.items()}
    return value


class _Book:
    """Facts as the summary asks for them."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts.by_id

    def __call__(self, fact_id: str) -> str:
        fact = self._facts.get(fact_id)
        return fact.display if fact else ""

    def amount(self, fact_id: str) -> bool:
        """Whether there is a figure that is not nothing."""
        fact = self._facts.get(fact_id)
        return fact is not None and bool(fact.value)

    def clients(self, fact_id: str) -> str:
        """`1 client`, `4 clients`."""
        return f"{self(fact_id)} {'client' if self(fact_id) == '1' else 'clients'}"

    def signed(self, fact_id: str) -> str:
        """An amount as a table has it: less than nothing in parentheses, nothing as a dash."""
        fact = self._facts.get(fact_id)
        if fact is None or not fact.value:
            return "–"
        return f"({fact.display})" if fact.direction is Direction.DOWN else fact.display


def _totals(book: _Book) -> Iterator[dict[str, str]]:
    """The firm's totals, a line each, with what belongs to it."""
    short, long = book.signed("ST_GAIN"), book.signed("LT_GAIN")
    some = book.clients
    lines = (
        ("Plans", book("PROPOSED"), f"with trades; in band, without trades: {book('QUIET')}; drift or cash need remains: {book('RESIDUAL')}"),
        ("Trims", book("TRIMS"), f"{book('TRIM_LINES')} in number, {some('TRIM_CLIENTS')}; purchases {book('BUYS')}"),
        ("Net gain", book.signed("GAIN"), f"long-term {long}, short-term {short}"),
        ("Tax added", book("TAX_ADDED"), f"{some('TAX_ADDED_CLIENTS')}; saved {book('TAX_SAVED')}, {some('TAX_SAVED_CLIENTS')}; unknown: {some('TAX_UNKNOWN')}"),
        ("Over gain budget", some("OVER_BUDGET"), f"by {book('OVER_BUDGET_BY')} together"),
        ("RMDs left", book("RMD_LEFT"), f"{some('RMD_LEFT_CLIENTS')}; required {book('RMD_REQUIRED')}, taken {book('RMD_TAKEN')}; unknown: {some('RMD_UNKNOWN')}"),
        ("Losses to harvest", book("HARVEST"), f"{some('HARVEST_CLIENTS')}; clear of wash sales today {book('HARVEST_CLEAR')}"),
    )  # fmt: skip
    for label, value, note in lines:
        yield {"label": label, "value": value, "note": note}


def _exceptions(book: _Book, reviews: Sequence[Review]) -> Iterator[dict[str, str]]:
    """Clients with a flag of HIGH_RISK, in the order of the flags, then of the book."""
    found = []
    for number, review in enumerate(reviews, 1):
        risks = [flag for flag in flags(review) if flag in HIGH_RISK] if review.plan is not None else []
        if risks:
            start = client_key(number)
            said = [f"{ALERT} {book(f'{start}_{key_of(flag.name)}')}" for flag in risks]
            found.append((HIGH_RISK.index(risks[0]), number, start, said))
    for _, _, start, said in sorted(found):
        yield {
            "client": book(f"{start}_NAME"),
            "advisor": book(f"{start}_ADVISOR") or "not assigned",
            "what": "; ".join(said),
        }


def _withheld(book: _Book, reviews: Sequence[Review]) -> Iterator[dict[str, str]]:
    for number, review in enumerate(reviews, 1):
        if review.plan is None:
            start = client_key(number)
            yield {
                "client": book(f"{start}_NAME"),
                "advisor": book(f"{start}_ADVISOR") or "not assigned",
                "why": book(f"{start}_WHY"),
            }


def _row(book: _Book, start: str, review: Review) -> dict[str, str]:
    over = book.amount(f"{start}_OVER")
    budget = f"{ALERT} {book(f'{start}_OVER')} over" if over else book(f"{start}_LEFT")
    known = bool(book(f"{start}_TAX"))
    return {
        "client": book(f"{start}_NAME"),
        "advisor": book(f"{start}_ADVISOR"),
        "aum": book(f"{start}_AUM"),
        "worst": book(f"{start}_WORST"),
        "trim": book.signed(f"{start}_TRIM"),
        "long": book.signed(f"{start}_LT"),
        "short": book.signed(f"{start}_ST"),
        "tax": book.signed(f"{start}_TAX") if known else "unknown",
        "budget": budget or "none",
        "rmd": book(f"{start}_RMD") or ("unknown" if Flag.RMD_UNKNOWN in flags(review) else "–"),
        "gap": book(f"{start}_GAP") or "–",
        "flags": ", ".join(flag.value for flag in flags(review)),
    }


def _proof(book: _Book) -> Iterator[str]:
    """Sentences on how well the plans are proven."""
    if not book.amount("PLANS"):
        yield "No plan has trades, so there is nothing to prove."
        return
    yield (
        f"Plans with trades: {book('PLANS')}. Of them {book('PROVEN')} are proven to the optimum of the problem with any fraction "
        f"of a share; the search of {book('LIMITED')} ended at its work limit, and their bound holds all the same."
    )
    yield (
        f"What a plan gives away at most against the best one possible, whole shares included: median {book('GAP_MEDIAN')}, "
        f"most {book('GAP_MOST')}, of tax and drift together."
    )
    yield (
        "Every plan shown was derived again from its trades by a checker that shares no code with the optimizer; one that "
        "fails is withheld."
    )
    compared = [
        f"{name} {book(f'COMPARE_{rule}')} {'less' if _is_less(book, rule) else 'more'}"
        for rule, name in (("HIFO", "HIFO"), ("FIFO", "FIFO"), ("PROPORTIONAL", "proportional trims"))
        if book(f"COMPARE_{rule}")
    ]
    if compared:
        yield (
            f"Tax of rules of thumb, account by account, beside the plans of {book.clients('COMPARED')}: {', '.join(compared)}. "
            "Rules of thumb keep to no security's target, no whole shares and no gain budget."
        )


def _is_less(book: _Book, rule: str) -> bool:
    return book.signed(f"COMPARE_{rule}").startswith("(")


def _method(book: _Book, settings: Settings) -> Iterator[str]:
    """Sentences on the firm's choices behind the plans."""
    yield (
        f"Class bands are {book('CLASS_BAND')} ({settings.class_band_type.value.lower()}) and security bands "
        f"{book('SECURITY_BAND')} ({settings.security_band_type.value.lower()}) where a client has none of its own; the smallest "
        f"trade is {book('MIN_TRADE')}."
    )
    if settings.gain_budget_mode is BudgetMode.LIMIT:
        yield "A gain budget is held, and the drift that stays is shown."
    else:
        yield "Drift is cured where a gain budget would not allow it, and the excess is flagged with an alternative."
    yield (
        f"Among all plans that cure the drift over all accounts of a household, the one with the least tax for {book('TAX_YEAR')} "
        "and trading cost is taken: federal tax, net investment income tax, and state tax where a rate is given."
    )


PLACEHOLDERS: Mapping[str, object] = {
    "firm": "the firm's name",
    "logo": "picture: the firm's logo, or nothing",
    "quarter": "Q4 2026",
    "as_of": "date of the data",
    "glance": {
        "clients": "number of clients",
        "clients_note": "how many are withheld",
        "aum": "value of all clients that are not withheld",
        "trim": "proceeds of all trims",
        "trim_note": "at how many clients",
        "gain": "net gain of all trims",
        "tax": "tax that plans add",
        "tax_note": "what plans save, or that it is an estimate",
        "rmd": "required distributions left to take",
        "rmd_note": "at how many clients",
    },
    "totals": [
        {"label": "Trims, Net gain, Tax added ...", "value": "the figure", "note": "what belongs to it"}
    ],
    "exceptions": [
        {
            "client": "client",
            "advisor": "who signs the brief",
            "what": "the exceptions, each with ▲ and its figures",
        }
    ],
    "no_exceptions": "that there are none, or nothing",
    "withheld": [
        {"client": "client", "advisor": "who signs the brief", "why": "errors of the data, with the cell"}
    ],
    "none_withheld": "that there are none, or nothing",
    "rows": [
        {
            "client": "client",
            "advisor": "who signs the brief",
            "aum": "the household's value",
            "worst": "class furthest from target, with its drift",
            "trim": "proceeds of trims",
            "long": "long-term gain, or (loss)",
            "short": "short-term gain, or (loss)",
            "tax": "tax that the plan adds, or (saves)",
            "budget": "what is left of the gain budget, or by how much it is exceeded",
            "rmd": "required distributions left to take",
            "gap": "the most that the plan gives away against the best one",
            "flags": "what needs a look",
        }
    ],
    "proof": ["a sentence on how well the plans are proven"],
    "method": ["a sentence on the firm's choices"],
    "sources": "workbook and data that the figures come from",
}
"""Every placeholder of the book summary's template with its meaning."""
