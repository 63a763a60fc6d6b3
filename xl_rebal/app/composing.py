"""One client's brief put together from its review, facts and draft: the document, all facts on it, where they come from.

Filing makes a brief with it, and reproducing makes the same one again from what was kept.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from xl_rebal.errors import DraftRejected

if TYPE_CHECKING:
    from xl_rebal.briefs.look import Look
    from xl_rebal.engine.book import Household, Settings
    from xl_rebal.engine.results import Review
    from xl_rebal.facts.draft import Draft
    from xl_rebal.facts.types import Fact, Facts


@dataclass(frozen=True, slots=True)
class Origin:
    """The workbook file that a run was made from."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Composed:
    """A brief ready to be filed. `facts` has the page's own and the template's texts too."""

    document: bytes
    facts: Facts
    provenance: Mapping[str, str]


def composed(
    home: Household,
    found: Review,
    facts: Facts,
    draft: Draft,
    settings: Settings,
    origin: Origin,
    template: Path,
    look: Look,
) -> Composed:
    """The brief of one client. Raises DraftRejected when it shows a figure that no fact holds, TemplateError."""
    from xl_rebal.briefs.context import brief_context
    from xl_rebal.briefs.letter import html_page, html_text
    from xl_rebal.briefs.render import render_brief
    from xl_rebal.drafting.grounding import docx_text, ungrounded_figures

    sources = f"{origin.name}, SHA-256 {origin.sha256[:12]}" if origin.name else ""
    context = brief_context(home, found, facts, draft, sources=sources, look=look)
    document = render_brief(context, template)
    known = context.all_facts(facts)
    shown = docx_text(document)
    fixed = template_texts(template)
    stray = ungrounded_figures(shown, known, fixed=fixed) or ungrounded_figures(
        html_text(html_page(draft, draft.subject)), known
    )
    if stray:
        raise DraftRejected(
            f"The brief for {home.client.name} shows figures that no fact holds ({', '.join(stray[:5])}), so it was not "
            "filed. Report this with the client's rows.",
            stray,
        )
    provenance = {
        "workbook": origin.name,
        "workbook_sha256": origin.sha256,
        "template_sha256": hashlib.sha256(template.read_bytes()).hexdigest(),
        "tax_year": str(settings.tax_year),
        "figures_checked": "every figure of email and brief is a fact",
        **_proof_of(found),
    }
    return Composed(document, replace(known, facts=known.facts + own_texts(fixed, shown)), provenance)


def _proof_of(found: Review) -> dict[str, str]:
    """The plan's hash and certificate for the record; dollars of the plan's objective, not of tax."""
    proof = found.plan.certificate if found.plan else None
    if proof is None:
        return {}
    return {
        "plan_hash": proof.plan_hash,
        "proof": proof.status.value,
        "proof_objective_dollars": f"{proof.objective:.4f}",
        "proof_bound_dollars": f"{proof.bound:.4f}",
        "proof_gap_dollars": f"{proof.gap_cents / 100:.2f}",
        "proof_linear_programs": str(proof.nodes),
    }


def template_texts(template: Path) -> tuple[str, ...]:
    """The template's own lines that hold digits or a statement, with its placeholders taken out."""
    return _texts_of(template, template.stat().st_mtime_ns)


@functools.cache
def _texts_of(template: Path, _changed: int) -> tuple[str, ...]:
    from xl_rebal.drafting.grounding import docx_text

    plain = re.split(r"\{[{%#].*?[}%#]\}|\n", docx_text(template.read_bytes()))
    return tuple(
        dict.fromkeys(text.strip() for text in plain if re.search(r"\d", text) or _states_something(text))
    )


def _states_something(text: str) -> bool:
    """Whether a text of the template is a statement (a disclosure, say) and not a heading or label."""
    return len(text.split()) >= STATEMENT_WORDS


STATEMENT_WORDS = 6
"""Words from which a text of the template counts as a statement."""


def own_texts(fixed: tuple[str, ...], shown: str) -> tuple[Fact, ...]:
    """The template's own texts on a page as facts, so that facts.json accounts for all of it; statements must stay."""
    from xl_rebal.facts.types import Fact, FactKind, Topic

    return tuple(
        Fact(
            f"TEMPLATE_{number}", Topic.HEADER, FactKind.TEXT, text, text, "the template's own text",
            mandatory=_states_something(text),
        )
        for number, text in enumerate((text for text in fixed if text in shown), 1)
    )  # fmt: skip
