"""Reviews and drafts to lay out: the worked example, a household in band, and the longest a page must carry."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from tests import builders as b
from tests import hartwell
from xl_rebal.briefs.context import BriefContext, brief_context
from xl_rebal.engine.book import Household, Term
from xl_rebal.engine.drift import drift
from xl_rebal.engine.explain import Explanation, LotReason, RulePrice, Waiting
from xl_rebal.engine.problems import Problem, Severity, Source
from xl_rebal.engine.results import (
    Certificate,
    Disposal,
    Method,
    Plan,
    PlanState,
    ProofStatus,
    Review,
    Rule,
    Side,
    Slack,
    Trade,
    TradeFlag,
)
from xl_rebal.facts.build import build_facts
from xl_rebal.facts.draft import Draft, Sentence
from xl_rebal.facts.types import Facts

LONG_CLASSES = (
    "US Large Cap Equity", "International Developed Equity", "Emerging Markets Equity",
    "Investment Grade Fixed Income", "Real Assets and Commodities", "Cash",
)  # fmt: skip
LONG_SYMBOLS = ("AAPL", "MSFT", "NVDA", "GOOGL", "AMZN", "BRK.B", "JPM", "UNH", "XOM", "LLY", "COST", "HD")


def said(*texts: str) -> tuple[Sentence, ...]:
    return tuple(Sentence(text, ()) for text in texts)


def hartwell_draft() -> Draft:
    return Draft(
        notes=said(
            "August 14, 2026 (Meeting, D. Whitfield): “Quarterly meeting. Comfortable with tax-loss harvesting; "
            "wants to stay near the gain budget.”",
            "June 2, 2026 (Call, R. Osei): “Emma starts college in fall 2027; keep the trust's equity liquid.”",
            "A contribution of $250,000 on August 28, 2026 is already reflected in the target.",
        ),
        subject="Your Q4 2026 portfolio review",
        greeting="Dear Hartwell Family,",
        paragraphs=said(
            "As of October 15, 2026 your household stands at $2.98M. Equity has grown to 71.2% of the portfolio "
            "against a target of 65%, with AAPL, MSFT and NVDA each above the weight we planned for them.",
            "We suggest trimming $185,000 and moving the proceeds into fixed income. The trims would realize about "
            "$121,000 of long-term gain, which is $21,000 above your gain budget of $100,000. A smaller version "
            "would realize $99,040 and leave Equity +1.2% from its target.",
            "You told us this summer that you are comfortable with tax-loss harvesting: SCHB has an unrealized loss "
            "of $8,012. Please also remember that $87,000 of your required minimum distribution is left to take by "
            "December 31, 2026.",
            "Nothing happens until we have spoken. Would a call this week or next suit you?",
        ),
        closing="Warm regards,\nDana Whitfield",
        drafted_by="template",
    )  # fmt: skip


def hartwell_context() -> tuple[BriefContext, Facts]:
    facts = build_facts(
        hartwell.household(),
        hartwell.review(),
        hartwell.settings(),
        hartwell.explanation(),
        hartwell.frontier(),
    )
    context = brief_context(
        hartwell.household(),
        hartwell.review(),
        facts,
        hartwell_draft(),
        sources="workbook Meridian.xlsm 3f2a9c1e",
    )
    return context, facts


def quiet_context() -> tuple[BriefContext, Facts]:
    """Nothing out of band, nothing due, no CRM entry: the shortest brief."""
    home = b.household(
        client=b.client("Q1", name="Ann Quiet"),
        lots=[b.lot("VTI", 60, "5,000", "2020-01-02")],
        cash=[b.cash("4,000")],
        targets=[b.target("US Equity", 0.6), b.target("Cash", 0.4)],
    )
    now = drift(home, b.settings())
    plan = replace(
        hartwell.plan_of(), state=PlanState.NO_ACTION, before=now, after=now, transfers=(), blocked=(), budget=None,
        rates=None, tax=None, certificate=Certificate(ProofStatus.NOTHING, 0.0, 0.0, 0, (), "5e" * 32),
    )  # fmt: skip
    review = Review("Q1", home.client.name, (), now, plan, (), (), (), None)
    facts = build_facts(home, review, b.settings())
    draft = Draft(
        said("No CRM entry is on file for this client."), "Your portfolio", "Dear Ann,",
        said("Your portfolio is in line with its targets; no trades are proposed this quarter."), "Best regards",
        "template",
    )  # fmt: skip
    return brief_context(home, review, facts, draft), facts


def long_household() -> Household:
    """Six classes with long names, twelve securities over target, four long CRM entries, long names everywhere."""
    lots = [
        b.lot(s, 1_234 + i, "1,218,456.78", "2012-03-04", "900000-12345678")
        for i, s in enumerate(LONG_SYMBOLS)
    ]
    securities = [
        b.security(s, "1234.56", LONG_CLASSES[i % 5], name=f"{s} Incorporated")
        for i, s in enumerate(LONG_SYMBOLS)
    ]
    targets = [
        b.target(name, weight)
        for name, weight in zip(LONG_CLASSES, (0.3, 0.2, 0.1, 0.3, 0.05, 0.05), strict=True)
    ]
    targets += [b.target(LONG_CLASSES[i % 5], 0.01, s) for i, s in enumerate(LONG_SYMBOLS)]
    words = "Spoke at length about the sale of the family business, college funding, charitable plans and the move. "
    return b.household(
        client=b.client(
            name="The Bartholomew & Wilhelmina Featherstonehaugh-Montgomery Family Revocable Living Trust",
            model="Balanced Growth with Municipal Bonds, Tax-Aware", advisor="Alexandria Konstantinopoulos-Whitfield, CFP®",
            gain_budget_cents=12_345_678_900,
        ),
        accounts=[b.account("900000-12345678", flags=("College funding",)), *hartwell.household().accounts],
        lots=lots, cash=[b.cash("987,654.32", "900000-12345678")], securities=securities, targets=targets,
        notes=[b.note(f"2026-0{m}-11", words * 4, kind="Meeting", author="Alexandria K.-W.") for m in (9, 7, 5, 3)],
    )  # fmt: skip


def long_explanation(plan: Plan) -> Explanation:
    """A counterfactual for every trim, and three of everything else."""
    lots = tuple(
        LotReason(t.account_id, t.symbol, d.lot.id, d.proceeds_cents, d.gain_cents, -12_345_600, 0.0123, "")
        for t in plan.sells
        for d in t.disposals
    )
    sentence = (
        "Do not sell (NVDA in Individual 900000-12345678): costs $12,345.67 of tax and 1.2 points of drift."
    )
    rules = (RulePrice(Rule.HOLD, "NVDA", 1_234_567, 0.012, sentence),) * 3
    until = b.day("2027-01-11")
    waits = (
        Waiting(
            until, ("1",), 1_234_567, "3 lots turn long-term by January 11, 2027: waiting saves $12,345.67."
        ),
    )
    return Explanation(
        lots, rules, waits * 3, ("Gain budget: the gains that the goals need are more than it leaves.",) * 3
    )


def long_context() -> tuple[BriefContext, Facts]:
    home = long_household()
    account, price = home.accounts[0].id, Decimal("1234.56")
    flags = (TradeFlag.HIGH_GAIN, TradeFlag.LONG_TERM_SOON)
    trades = []
    for index, lot in enumerate(home.lots):
        cents = 123_456_000
        sold = Disposal(lot, Decimal(1_000), cents, 98_765_432, Term.LONG if index % 2 else Term.SHORT)
        reason = f"highest-basis lots of {lot.symbol} first, because their gain is the smallest"
        trades.append(
            Trade(account, lot.symbol, Side.SELL, Decimal(1_000), price, cents, (sold,), flags, reason)
        )
    for symbol in LONG_SYMBOLS[:6]:
        trades.append(
            Trade(account, symbol, Side.BUY, Decimal(1_000), price, 123_456_000, (), (), "to target")
        )
    now = drift(home, b.settings())
    example = hartwell.review()
    other = hartwell.plan()
    plan = replace(
        other, trades=tuple(trades), before=now, after=now, alternative=replace(other, after=now, trades=tuple(trades)),
        residual=now.classes[:1], long_gain_cents=14_814_340 * 10, short_gain_cents=14_814_340 * 10,
        unknowns=tuple(f"{symbol} is held elsewhere too, as the client said, and cannot be seen." for symbol in LONG_SYMBOLS),
        shortfalls=("The account has too little cash for the withdrawal that the client asked for by the end of the month.",),
        blocked=other.blocked * 4, certificate=replace(
            hartwell.certificate(12_345.67, "3f9a1c20be41", Slack("Gain budget", 0), Slack(f"Band of {LONG_CLASSES[3]}", 0)),
            status=ProofStatus.LIMITED,
        ),
    )  # fmt: skip
    harvest = tuple(replace(example.harvest[0], symbol=s, swap="VTI", lots=()) for s in LONG_SYMBOLS[:5])
    problems = tuple(
        Problem(
            Severity.WARNING, "stale", Source("Securities", row), "Price", "C2", "",
            f"The price of {symbol} is older than the firm allows and its value may be wrong.", "Refresh the prices.",
        )
        for row, symbol in enumerate(LONG_SYMBOLS)
    )  # fmt: skip
    compared = tuple(
        replace(c, more_tax_cents=-123_456_700 if c.method is Method.HIFO else 1_234_567_800)
        for c in example.comparisons
    )
    review = Review("C1", home.client.name, problems, now, plan, (), harvest, example.rmds, None, compared)
    facts = build_facts(home, review, b.settings(), long_explanation(plan), hartwell.frontier())
    entry = "Spoke at length about the sale of the family business, college funding, charitable plans and the move. "
    sentence = "We looked at every account of the household together and suggest these trims with their taxes in mind. "
    draft = Draft(
        notes=said(*(f"September 11, 2026 (Meeting, Alexandria K.-W.): “{entry * 4}”",) * 4),
        subject="Your portfolio review for the fourth quarter: what we suggest, what it costs and what we need from you",
        greeting="Dear Bartholomew and Wilhelmina,",
        paragraphs=said(*(sentence * 4,) * 3, sentence + "A call would be welcome soon."),
        closing="With kind regards and best wishes to all of the family,\nAlexandria Konstantinopoulos-Whitfield, CFP®",
        drafted_by="model llama-3.3-70b-instruct at a local endpoint",
    )  # fmt: skip
    source = "workbook Meridian Wealth Partners rebalancing 2026-Q4 final.xlsm, SHA-256 3f2a9c1e77aa"
    return brief_context(home, review, facts, draft, sources=source), facts
