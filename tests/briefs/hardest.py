"""The briefs that ask most of a page, constructed from one another: many trades, every flag, trusts, RMDs, losses, long texts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from tests import builders as b
from tests import hartwell
from tests.briefs import cases
from xl_rebal.briefs.context import BriefContext, brief_context
from xl_rebal.briefs.look import Look
from xl_rebal.briefs.pictures import Picture
from xl_rebal.briefs.raster import Canvas
from xl_rebal.engine.book import Owner, Registration, Term
from xl_rebal.engine.drift import drift
from xl_rebal.engine.problems import Problem, Severity, Source
from xl_rebal.engine.results import (
    Disposal,
    PlanState,
    Review,
    Rmd,
    RmdAccount,
    RmdState,
    Side,
    Trade,
    TradeFlag,
    WashState,
    WashStatus,
)
from xl_rebal.facts.build import build_facts
from xl_rebal.facts.draft import Draft

KINDS = (
    Registration.INDIVIDUAL, Registration.TRUST, Registration.TRADITIONAL_IRA, Registration.INHERITED_IRA, Registration.ROTH_IRA,
)  # fmt: skip
MOST_WORDS = 230
"""Of a letter, greeting and closing included (drafting/grounding)."""
_SENTENCE = (
    "We looked at every account of the household together and suggest these trims with their taxes in mind."
)


def longest_draft() -> Draft:
    """The longest letter that is allowed, in six paragraphs, over the longest notes."""
    return Draft(
        notes=cases.said(*(f"CRM (meeting, September 11, 2026): “{_SENTENCE * 6}”",) * 8),
        subject="Your Q4 2026 portfolio review: changes for your approval, with what they cost and what we need from you",
        greeting="Dear Bartholomew and Wilhelmina Featherstonehaugh-Montgomery,",
        paragraphs=cases.said(*(" ".join([_SENTENCE, _SENTENCE]),) * 5, _SENTENCE),
        closing="With best wishes,\nAlexandria Konstantinopoulos-Whitfield, CFP®\nFeatherstonehaugh, Montgomery & Partners Wealth Management",
        drafted_by="template (model answer rejected: notes 2: a figure in words: only facts give figures)",
    )


def logo() -> Picture:
    canvas = Canvas(400, 100)
    canvas.rectangle(0, 0, 400, 100, "800020")
    return Picture(canvas.png(300), "png", 92.0, 23.0, "Featherstonehaugh, Montgomery & Partners")


def forty_trades() -> BriefContext:
    """40 trims in taxable, trust, IRA, inherited and Roth accounts, 12 purchases; every flag; wash sales and harvests."""
    home, example = cases.long_household(), hartwell.review()
    accounts = tuple(
        b.account(
            f"7000-100{n}-{number:04d}",
            kind,
            flags=("Do not trade on Fridays: the trustee asks for a call first",),
        )
        for n, kind in enumerate(KINDS)
        for number in (1, 2)
    )
    home = replace(home, accounts=(*home.accounts, *accounts))
    price, trades = Decimal("1234.56"), []
    for number in range(40):
        account, lot = accounts[number % len(accounts)], home.lots[number % len(home.lots)]
        taxed = account.registration in KINDS[:2]
        sold = (
            Disposal(
                lot, Decimal("1234.5678"), 123_456_789, 198_765_432, Term.SHORT if number % 3 else Term.LONG
            ),
        )
        flags = tuple(TradeFlag) if number % 2 else (TradeFlag.LONG_TERM_SOON, TradeFlag.SHORT_TERM)
        reason = f"{lot.symbol} and Investment Grade Fixed Income above band; highest-basis lots first, as the gain budget is used up"
        trades.append(
            Trade(
                account.id,
                lot.symbol,
                Side.SELL,
                Decimal("1234.5678"),
                price,
                123_456_789,
                sold if taxed else (),
                flags,
                reason,
            )
        )
    for symbol in cases.LONG_SYMBOLS:
        trades.append(
            Trade(
                accounts[0].id, symbol, Side.BUY, Decimal("1234.5678"), price, 98_765_432, (), (), "to target"
            )
        )
    plan, now = hartwell.plan(), drift(home, b.settings())
    plan = replace(
        plan, state=PlanState.RESIDUAL, trades=tuple(trades), before=now, after=now, residual=now.classes, tax=None, rates=None,
        shortfalls=("The withdrawal that the client asked for by the end of the month can't be paid in full from the account.",),
        unknowns=("SCHB is held elsewhere too, as the client said, and cannot be seen here.",) * 3,
        blocked=plan.blocked * 12, alternative=replace(plan, trades=tuple(trades), after=now, residual=now.classes),
        transfers=plan.transfers * 4,
    )  # fmt: skip
    wash = WashStatus(
        "AAPL",
        WashState.BLOCKED,
        date(2026, 11, 30),
        (home.lots[0],),
        "Accounts held elsewhere are not known.",
        1_234_567,
    )
    harvest = tuple(
        replace(example.harvest[0], symbol=s, swap="VTI", lots=(), wash=replace(wash, symbol=s))
        for s in cases.LONG_SYMBOLS
    )
    review = Review(
        "C1",
        home.client.name,
        _problems(),
        now,
        plan,
        (wash,),
        harvest,
        _rmds(accounts),
        plan.budget,
        example.comparisons,
    )
    facts = build_facts(home, review, b.settings(), cases.long_explanation(plan), hartwell.frontier())
    source = "Featherstonehaugh Montgomery rebalancing 2026-Q4 final version 3.xlsm, SHA-256 3f2a9c1e77aa"
    return brief_context(home, review, facts, longest_draft(), sources=source, look=Look(logo=logo()))


def _problems() -> tuple[Problem, ...]:
    return tuple(
        Problem(
            Severity.WARNING, f"stale-{symbol}", Source("Securities", row), "Price", "C2", "",
            f"The price of {symbol} is older than the firm allows, so its value, its drift and the gain on its lots may be wrong.",
            "Refresh the prices, or ask the custodian for them before anything is traded.",
        )
        for row, symbol in enumerate(cases.LONG_SYMBOLS)
    )  # fmt: skip


def _rmds(accounts: tuple[object, ...]) -> tuple[Rmd, ...]:
    """The client's and the spouse's IRA, two inherited ones of which one is unknown, each with all there is to say."""
    first = hartwell.review().rmds[0]
    inherited = [a for a in accounts if getattr(a, "registration", None) is Registration.INHERITED_IRA]
    caveat = "The spouse is more than 10 years younger: if sole beneficiary all year, the Joint Life table requires $9,296.48 instead."
    pools = [
        replace(first, caveats=(caveat,)),
        replace(
            first, owner=Owner.SPOUSE, state=RmdState.FIRST_YEAR, due=date(2027, 4, 1), left_cents=1_234_567
        ),
    ]
    for number, account in enumerate(inherited):
        identity = getattr(account, "id", "")
        one = RmdAccount(identity, Registration.INHERITED_IRA, 50_000_000, Decimal("24.6"), 2_032_520, 0)
        unknown = number == 1
        pools.append(
            Rmd(
                Owner.CLIENT, identity, RmdState.UNKNOWN if unknown else RmdState.DUE, 75, (one,),
                None if unknown else 2_032_520, 0, None if unknown else 2_032_520, date(2026, 12, 31), (caveat,),
            )
        )  # fmt: skip
    return tuple(pools)


def no_spaces() -> BriefContext:
    """Names and texts without a place to break a line."""
    home, review = hartwell.household(), hartwell.review()
    home = replace(
        home,
        client=replace(
            home.client, name="Wolfeschlegelsteinhausenbergerdorff" * 3, model="M" * 80, advisor="W" * 60
        ),
    )
    facts = build_facts(home, review, hartwell.settings(), hartwell.explanation(), hartwell.frontier())
    draft = replace(longest_draft(), notes=cases.said("W" * 600, "x" * 600), greeting="Dear " + "W" * 200)
    return brief_context(home, review, facts, draft)


def wide_scripts() -> BriefContext:
    """Letters that are wider than Latin ones, and emoji."""
    home, review = hartwell.household(), hartwell.review()
    home = replace(
        home,
        client=replace(
            home.client, name="李王張劉陳楊黃趙周吳" * 5, advisor="Ярослава Константинопольская-Ветрова"
        ),
    )
    facts = build_facts(home, review, hartwell.settings(), hartwell.explanation(), hartwell.frontier())
    draft = replace(longest_draft(), notes=cases.said("投資組合檢討會議記錄" * 40, "👪 " * 200))
    return brief_context(home, review, facts, draft)


def hardest() -> dict[str, BriefContext]:
    """All of them by name, and the ordinary ends: the example, the quiet client, the longest of before."""
    return {
        "example": cases.hartwell_context()[0],
        "quiet": cases.quiet_context()[0],
        "longest": cases.long_context()[0],
        "forty-trades": forty_trades(),
        "no-spaces": no_spaces(),
        "wide-scripts": wide_scripts(),
    }


def generated(households: int, seed: int, lots: tuple[int, int]) -> dict[str, BriefContext]:
    """The brief of every household of an invented firm that is not withheld, by Client ID."""
    from xl_rebal import app, sample
    from xl_rebal.app.drafts import drafter_of
    from xl_rebal.briefs.context import brief_context
    from xl_rebal.sample.rows import tables_of

    rows = sample.generated_rows(households, seed, lots)
    book = app.book_of(tables_of(rows, sample.generated_settings_values()))
    drafter, found = drafter_of(book), {}
    for home in book.households:
        review = app.review_of(book, home.client.id)
        if not review.withheld:
            facts = app.facts_of(book, review)
            source = "rebalance.xlsm, SHA-256 3f2a9c1e77aa"
            found[home.client.id] = brief_context(home, review, facts, drafter.draft(facts), sources=source)
    return found
