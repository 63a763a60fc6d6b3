"""Which proposals are new against the rules that the sheet has: each is made once, whatever a person has done with it since.

A proposal's id is made from the entry and what it asks for. A row with that id is never proposed again, declined or not; nor
is what a rule that is open or in force asks for already. What was declined is proposed anew only when a later entry says it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from xl_rebal.engine.book import Household, Note, RuleKind, RuleStatus
from xl_rebal.rules.matcher import Proposal, proposals
from xl_rebal.rules.meetings import paraphrase, wanted_part


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the Rules sheet as far as it tells a proposal from a new one; '' and None where it is empty."""

    client_id: str
    kind: RuleKind | None
    status: RuleStatus | None
    symbol: str = ""
    amount_cents: int | None = None
    on: date | None = None
    sentence: str = ""
    rule_id: str = ""


def proposal_id(client_id: str, proposal: Proposal) -> str:
    """`R-` and twelve hexadecimal digits: the same for the same wish in the same entry, on any computer."""
    parts = (
        client_id.casefold(),
        proposal.kind.value,
        proposal.symbol.casefold(),
        proposal.note.date.isoformat(),
        _plain(proposal.sentence),
    )
    return "R-" + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def new_proposals(
    household: Household, rows: Iterable[Row], notes: Iterable[Note] | None = None
) -> list[tuple[str, Proposal]]:
    """The proposals of a household's entries (or of `notes`) that the sheet does not have, each with its id."""
    own = [row for row in rows if row.client_id.casefold() == household.client.id.casefold()]
    taken = {row.rule_id.strip() for row in own if row.rule_id.strip()}
    by_hand = {
        (_plain(row.sentence), row.kind, row.symbol.casefold()) for row in own if not row.rule_id.strip()
    }
    open_wishes = {
        _wish(row.kind, row.symbol, row.amount_cents, row.on, row.sentence)
        for row in own
        if row.status in (RuleStatus.PROPOSED, RuleStatus.CONFIRMED)
    }
    found = []
    for proposal in proposals(household, notes):
        rule_id = proposal_id(household.client.id, proposal)
        written = (_plain(proposal.sentence), proposal.kind, proposal.symbol.casefold())
        wish = _wish(proposal.kind, proposal.symbol, proposal.amount_cents, proposal.on, proposal.sentence)
        if rule_id in taken or written in by_hand or wish in open_wishes:
            continue
        taken.add(rule_id)
        open_wishes.add(wish)
        found.append((rule_id, proposal))
    return found


_Wish = tuple[RuleKind | None, str, int | None, date | None]


def _wish(kind: RuleKind | None, symbol: str, amount: int | None, on: date | None, sentence: str) -> _Wish:
    """What is asked for, the same for two entries that ask for the same."""
    if kind is RuleKind.DO_NOT_SELL:
        return kind, symbol.casefold(), None, None
    if kind is RuleKind.MEETING:
        return kind, paraphrase(wanted_part(sentence)), None, None
    return kind, "", amount, on


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
