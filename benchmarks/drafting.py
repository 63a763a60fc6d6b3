"""Measures the guards of drafting on seeded corpora and prints a table: python benchmarks/drafting.py [--clients N]

Letters of the sample firm, of tables made by hand and of generated households are changed one thing at a time; phrases,
entries and answers come from tests/data/drafting. Requests go to a server on this computer, which keeps the bytes it gets.
Each row has its target, how many were tried, what was found, and whether it is met; the exit code is 1 when one is not.
Phrases by another hand were seen once before their misses were mended: their first figure stands in the row.
"""

from __future__ import annotations

import argparse
import json
import logging
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pytest_httpserver import HTTPServer
from werkzeug import Response

from tests.drafting.corpora import clients, lines_of, sample_book
from tests.drafting.endpoint import GOOD, Endpoint, completion, failure
from tests.drafting.mutations import (
    DRAFTER,
    TokenText,
    clean_tokens,
    every_wrong_token,
    mutants,
    turned,
    with_text,
    with_tokens,
    wrong_tokens,
)
from tests.drafting.similarity import last_of, opening_of, reading_grade, shared_sentences
from tests.drafting.tables import hartwell
from tests.drafting.test_crm_is_data import ALONE, faults_of, figures, names, obeying, with_entry
from xl_rebal import app
from xl_rebal.drafting.grounding import (
    FEWEST_WORDS,
    MOST_WORDS,
    check_draft,
    check_text,
    prohibited_phrases,
)
from xl_rebal.drafting.ids import Lookup
from xl_rebal.drafting.openai_drafter import OpenAIDrafter
from xl_rebal.drafting.privacy import identifiers, name_parts
from xl_rebal.drafting.reasons import reason_of
from xl_rebal.drafting.template import TemplateDrafter
from xl_rebal.drafting.wording import trims
from xl_rebal.facts.draft import Draft
from xl_rebal.facts.types import Facts


@dataclass(frozen=True, slots=True)
class Row:
    """One measure: what was found of `n` tried, and whether that meets the target; a row without a target only tells."""

    measure: str
    n: int
    found: str
    target: str = ""
    met: bool = True
    fewest: int = 1

    def __str__(self) -> str:
        verdict = (
            "" if not self.target else "**FAIL**" if not self.met else "too few" if self.short else "pass"
        )
        return f"| {self.measure} | {self.target} | {self.n:,} | {self.found} | {verdict} |"

    @property
    def short(self) -> bool:
        """Whether fewer were tried than the target speaks of, as with few --clients."""
        return self.n < self.fewest


def share(part: int, whole: int) -> str:
    return f"{part:,} ({part / whole:.1%})" if whole else "none"


def at_least(measure: str, caught: int, n: int, wanted: float, fewest: int = 1) -> Row:
    """Caught, as a share of at least `fewest` tried."""
    target = f"{wanted:.0%}" if wanted == 1 else f">= {wanted:.0%}"
    return Row(measure, n, share(caught, n), target + _of(fewest), caught >= wanted * n, fewest)


def at_most(measure: str, refused: int, n: int, wanted: float, fewest: int = 1) -> Row:
    """Refused, as a share of at least `fewest` tried."""
    target = f"<= {wanted:.0%}" if wanted else "0"
    return Row(measure, n, share(refused, n), target + _of(fewest), refused <= wanted * n, fewest)


def _of(fewest: int) -> str:
    return f" of >= {fewest:,}" if fewest > 1 else ""


def figure_rows(every: tuple[Facts, ...]) -> Iterator[Row]:
    made = list(mutants(every, 5, seed=11))
    missed = [m for m in made if not m.caught]
    yield at_least(
        "letters with a figure changed, swapped or added: caught", len(made) - len(missed), len(made), 1, 1000
    )
    for kind, count in sorted(Counter(m.kind for m in made).items()):
        yield at_least(f"  {kind}", count - sum(m.kind == kind for m in missed), count, 1)
    tokens = list(wrong_tokens(every, 3, seed=11))
    yield at_least("token of another fact: caught", sum(bool(t.faults) for t in tokens), len(tokens), 1, 200)
    facts = hartwell()
    lines = [*lines_of("right_claims_2")]
    tokens = list(every_wrong_token(lines, facts))
    yield at_least(
        "any other token in free sentences (2.0 % of 1,363 passed at first sight): caught",
        sum(bool(t.faults) for t in tokens), len(tokens), 1, 200,
    )  # fmt: skip
    right = [TokenText(facts, with_tokens(line, facts)[0]) for line in lines]
    yield at_most(
        "free sentences with the right tokens: refused", sum(bool(t.faults) for t in right), len(right), 0.01
    )
    edits = list(turned(every))
    yield at_least(
        "true figure, word of direction, term, kind or owner turned: caught",
        sum(m.caught for m in edits), len(edits), 0.95, 200,
    )  # fmt: skip
    wrong = lines_of("wrong_claims")
    true = [*lines_of("right_claims"), *lines]
    yield at_least(
        "false sentences in free words (44 of 52 before tuning): caught",
        sum(bool(check_text(line, facts)) for line in wrong), len(wrong), 0.95,
    )  # fmt: skip
    yield at_most(
        "true sentences in free words: refused",
        sum(bool(check_text(line, facts)) for line in true),
        len(true),
        0.01,
    )


def clean_rows(every: tuple[Facts, ...]) -> Iterator[Row]:
    letters = [(facts, DRAFTER.draft(facts)) for facts in every]
    refused = sum(bool(check_draft(draft, facts)) for facts, draft in letters)
    yield at_most("template's letters: refused", refused, len(letters), 0.01, 300)
    extra, refused = [*lines_of("harmless"), *lines_of("harmless_families")], 0
    extra = [line for line in extra if not check_text(line, hartwell())]
    for number, (facts, draft) in enumerate(letters):
        last = len(draft.paragraphs) - 1
        edited = with_text(draft, last, f"{draft.paragraphs[last].text} {extra[number % len(extra)]}")
        faults = [f for f in check_draft(edited, facts) if " words; it must have " not in f]
        refused += bool(faults)
    yield at_most("letters with a harmless sentence added: refused", refused, len(letters), 0.01, 300)
    paragraphs = list(clean_tokens(every))
    yield at_most(
        "paragraphs with the right tokens: refused",
        sum(bool(p.faults) for p in paragraphs),
        len(paragraphs),
        0.01,
        300,
    )


HARDEST_GRADE = 12
"""Reading grade of the hardest letter: the last year of school."""
HOLLOW = re.compile(
    r"hope (?:this|you|all)|trust (?:this|you)|finds you well|just (?:wanted|reaching)|reaching out|touch(?:ing)? base|"
    r"as (?:always|you (?:may )?know)|exciting|in (?:these|today)|good news|pleased to|happy to|delighted",
    re.I,
)
"""Openings that could stand in any letter."""


def letter_rows(every: tuple[Facts, ...]) -> Iterator[Row]:
    """How the template's letters read, and whether what they show adds up."""
    letters = [(facts, DRAFTER.draft(facts)) for facts in every]
    n = len(letters)
    outside = sum(not FEWEST_WORDS <= draft.words <= MOST_WORDS for _, draft in letters)
    lengths = [draft.words for _, draft in letters]
    said = f"letters of fewer than {FEWEST_WORDS} or more than {MOST_WORDS} words (here {min(lengths)} to {max(lengths)})"
    yield at_most(said, outside, n, 0, 300)
    yield at_least("letters unlike any other", len({d.body for _, d in letters}), n, 1, 300)
    for what, part in (("opening", opening_of), ("last sentence", last_of)):
        found = Counter(part(draft) for _, draft in letters)
        yield at_most(
            f"letters with the commonest {what} (of {len(found)})", found.most_common(1)[0][1], n, 0.3, 300
        )
    alike = shared_sentences(letters)
    yield Row(
        "sentences that two letters share, mean of all pairs",
        n,
        f"{alike.mean:.1%}",
        "<= 10%",
        alike.mean <= 0.1,
    )
    yield Row("  the most alike pair", 2, f"{alike.most:.1%} ({' and '.join(alike.pair)})")
    grades = sorted(reading_grade(" ".join(p.text for p in draft.paragraphs)) for _, draft in letters)
    yield Row(
        "reading grade (Flesch-Kincaid), the hardest letter", n, f"{grades[-1]:.1f} (median {grades[n // 2]:.1f})",
        f"<= {HARDEST_GRADE}", grades[-1] <= HARDEST_GRADE,
    )  # fmt: skip
    yield at_most(
        "hollow openings", sum(bool(HOLLOW.search(d.paragraphs[0].text)) for _, d in letters), n, 0, 300
    )
    unexplained = [key for facts, draft in letters for key in named_without_reason(facts, draft)]
    named = sum(name in draft.body for facts, draft in letters for name in _sold(facts))
    yield at_most("trims named without their reason", len(unexplained), named, 0)
    shown = [sums for _, draft in letters for sums in totals_shown(draft)]
    yield at_most(
        "totals that the trims before them do not add up to", sum(a != b for a, b in shown), len(shown), 0
    )


def _sold(facts: Facts) -> list[str]:
    lookup = Lookup(facts)
    return [lookup.name(key) for key, _ in trims(lookup)]


def named_without_reason(facts: Facts, draft: Draft) -> list[str]:
    """Symbols that a letter proposes to sell and of which the sentence after says nothing, though a reason is known."""
    lookup = Lookup(facts)
    text = next((p.text for p in draft.paragraphs if " for a total of $" in p.text), "")
    proposal, _, rest = text.partition(". ")
    told = rest.partition(". ")[0]
    if re.match(r"(?:Both|All of these)\b", told):
        return []
    return [
        lookup.name(key)
        for key, _ in trims(lookup)
        if re.search(rf"\b{re.escape(lookup.name(key))}\b", proposal)
        and reason_of(lookup, key)
        and not re.search(rf"\b{re.escape(lookup.name(key))}\b", told)
    ]


def totals_shown(draft: Draft) -> Iterator[tuple[int, int]]:
    """Each total of trims that a letter shows with all its parts, in cents: the parts' sum and the total."""
    for paragraph in draft.paragraphs:
        for match in re.finditer(
            r"(?P<parts>[^;]*?), for a total of \$(?P<total>[\d,]+(?:\.\d\d)?)", paragraph.text
        ):
            if not re.search(r"\bothers\b|smaller positions", match["parts"]):
                parts = re.findall(r"\$([\d,]+(?:\.\d\d)?)", match["parts"])
                yield sum(map(_cents, parts)), _cents(match["total"])


def _cents(shown: str) -> int:
    whole, _, part = shown.replace(",", "").partition(".")
    return int(whole) * 100 + int(part or 0)


def phrase_rows() -> Iterator[Row]:
    for name, said in (
        ("prohibited", "forbidden phrases: caught"),
        ("prohibited_held_out", "  written before tuning, kept apart: caught"),
        ("prohibited_families", "  by topics of the marketing rule: caught"),
        ("prohibited_held_out_2", "  by another hand (25 of 30 at first sight): caught"),
        ("prohibited_held_out_3", "  by a third hand, in other words (60 of 120 at first sight): caught"),
        ("prohibited_held_out_4", "  by a fourth hand, without figures (57 of 100 at first sight): caught"),
        (
            "prohibited_held_out_5",
            "  by the same, who kept away from the rules (47 of 140 at first sight): caught",
        ),
    ):
        lines = lines_of(name)
        yield at_least(said, sum(bool(prohibited_phrases(line)) for line in lines), len(lines), 0.98)
    for name, said in (
        ("harmless", "harmless look-alikes: refused"),
        ("harmless_held_out", "  kept apart (2 of 50 at first sight): refused"),
        ("harmless_families", "  by topics of the marketing rule: refused"),
        ("harmless_held_out_2", "  by another hand (1 of 30 at first sight): refused"),
        ("harmless_held_out_3", "  by a third hand (16 of 120 at first sight): refused"),
        ("harmless_held_out_4", "  by a fourth hand (2 of 100 at first sight): refused"),
        ("harmless_held_out_5", "  by the same (3 of 150 at first sight): refused"),
    ):
        lines = lines_of(name)
        yield at_most(said, sum(bool(prohibited_phrases(line)) for line in lines), len(lines), 0.02)
    for name, said in (
        (
            "prohibited_never_learned",
            "forbidden phrases that no rule was made from: caught by the rules alone",
        ),
        ("harmless_never_learned", "  their look-alikes: refused"),
    ):
        lines = lines_of(name)
        yield Row(said, len(lines), share(sum(bool(prohibited_phrases(line)) for line in lines), len(lines)))


@contextmanager
def endpoint() -> Iterator[Endpoint]:
    with HTTPServer(threaded=True) as server:
        yield Endpoint(server)


def privacy_rows(every: tuple[Facts, ...]) -> Iterator[Row]:
    entries = lines_of("crm_private")
    with endpoint() as there:
        there.play(completion("no letter"))
        drafter = OpenAIDrafter("m", there.url, api_key="k", retries=0)
        found = asked = 0
        for line in entries:
            there.bodies.clear()
            drafter.draft(with_entry(re.sub(r"[{}]", "", line)))
            asked += len(there.bodies)
            known = re.findall(r"\{([^}]+)\}", line)
            for body in there.bodies:
                crm = json.dumps(json.loads(body), ensure_ascii=False).split("<<<CRM")[1].split("CRM>>>")[0]
                found += sum(bool(re.search(rf"(?<!\w){re.escape(i)}(?!\w)", crm)) for i in known)
        for facts in every:
            there.bodies.clear()
            drafter.draft(facts)
            asked += len(there.bodies)
            known = [*identifiers(facts), *name_parts(facts)]
            for body in there.bodies:
                said = json.dumps(json.loads(body), ensure_ascii=False)
                crm = said.split("<<<CRM")[1].split("CRM>>>")[0]
                found += sum(bool(re.search(rf"(?<!\w){re.escape(i)}(?!\w)", crm)) for i in known)
                found += sum(i in said for i in identifiers(facts) if len(i) > 5)
        drafter.close()
    yield Row("identifiers in captured request bodies", asked, str(found), "0", found == 0)


def injection_rows() -> Iterator[Row]:
    entries = lines_of("crm_injections")
    changed = 0
    for entry in entries:
        draft = TemplateDrafter().draft(with_entry(entry))
        frame = (draft.greeting, draft.closing, draft.subject) == (
            ALONE.greeting,
            ALONE.closing,
            ALONE.subject,
        )
        weights = {"66.2%", "60%", "55%", "65%", "30.1%", "35%", "60.0%"}
        changed += not (frame and figures(draft) <= figures(ALONE) | weights and names(draft) <= names(ALONE))
    yield at_most(
        "CRM injections that change the template's figures, recommendation or recipient",
        changed,
        len(entries),
        0,
        50,
    )
    believed = sum(not faults_of(obeying(entry), with_entry(entry)) for entry in entries)
    yield at_most("CRM injections that a model obeys and that are believed", believed, len(entries), 0, 50)


def failing(stop: threading.Event) -> dict[str, Response | Callable[[dict[str, Any]], Response]]:
    def slow(_: dict[str, Any]) -> Response:
        stop.wait(1)
        return completion(json.dumps(GOOD))

    def drip(_: dict[str, Any]) -> Response:
        return Response(
            (b"" if stop.wait(0.05) else b" " for _ in range(40)), content_type="application/json"
        )

    return {
        "slow": slow, "drips": drip, "refusing": completion(None, refusal="No."), "truncated": completion('{"email": [', "length"),
        "invalid": completion("Dear client, all is well."), "wrong schema": completion('{"letter": 1}'), "empty": completion(""),
        "429": failure(429), "500": failure(500), "not HTTP JSON": Response("<html>"), "elsewhere": Response("", 307, {"location": "/x"}),
        "filtered": completion(None, "content_filter"),
    }  # fmt: skip


def endpoint_rows() -> Iterator[Row]:
    book = sample_book()
    withheld = len(app.withheld(book))
    due = len(book.households) - withheld
    stop = threading.Event()
    for kind, answer in [("down", None), *failing(stop).items()]:
        with endpoint() as there, tempfile.TemporaryDirectory() as folder:
            url = there.url if answer is not None else "http://127.0.0.1:9/v1"
            if answer is not None:
                there.play(answer)
            drafter = OpenAIDrafter("m", url, api_key="k", timeout_seconds=0.4, retries=1)
            result = app.make_briefs(book, Path(folder), drafter=drafter)
            drafter.close()
            marked = sum(f.drafted_by.startswith("template (model ") for f in result.filed)
        yield at_least(f"endpoint {kind}: briefs filed and marked", marked, due, 1)
    stop.set()


def main() -> int:
    """Prints the table; 1 when a target is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--clients", type=int, default=300, help="generated households beside the sample firm's"
    )
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    started, missed, short = time.process_time(), 0, 0
    every = clients(parser.parse_args().clients)
    print(f"{len(every)} clients\n\n| measure | target | n | found | |\n|---|---|---:|---|---|")
    for rows in (
        figure_rows(every), clean_rows(every), letter_rows(every), phrase_rows(), privacy_rows(every), injection_rows(), endpoint_rows(),
    ):  # fmt: skip
        for row in rows:
            print(row, flush=True)
            missed += not row.met
            short += row.short
    print(
        f"\n{missed} targets missed, {short} tried on too few; {time.process_time() - started:.0f} seconds of processor time"
    )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
